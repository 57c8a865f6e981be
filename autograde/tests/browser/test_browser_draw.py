"""Things to play with, moved in a live JupyterLab: a pad to draw on, a name to type.

Skipped, with the reason, where no Chromium and chromedriver are installed.
"""

from __future__ import annotations

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from autograde.authoring.chapter import find_chapter
from autograde.course.layout import ROOT
from autograde.course.ports import free_port
from autograde.student import lab
from autograde.tests.browser.part import copy_part
from autograde.tests.browser.sound import assert_sound
from autograde.tools import axe
from autograde.tools.browser import Page, missing, serving

TOKEN = "for-tests"
SOFTMAX, RNN = "02_softmax_regression", "03_rnn_cell"
NETWORKS = """
mlp = nn.Linear(784, 10).double()
cnn = nn.Linear(784, 10).double()
with torch.no_grad():  # whoever draws in the upper half gets a 7, else a 2
    cnn.weight.zero_(), cnn.bias.fill_(-1e4)
    cnn.weight[7, :392], cnn.weight[2, 392:] = 1.0, 1.0
    cnn.bias[7], cnn.bias[2] = 0.0, 0.0
W_soft, b_soft = np.zeros((784, 10)), np.zeros(10)
"""
READERS = """
torch.manual_seed(0)
readers = {"TanhRNN": (TanhRNN(len(LETTERS), 16, len(data.languages)),)}
"""
HEADS = """
from autograde.widgets import Heat, Tokens, play

NAMES = ["[CLS]", "not", "bad", "[SEP]"]


def heads(token):
    seen = np.eye(4)[[token, 0]]
    return Heat(NAMES[token], seen, low=0, high=1, columns=NAMES,
                rows=["head 1", "head 2"], alt=f"Two heads from {NAMES[token]}.")


play(heads, token=Tokens(NAMES, 1))
"""

DRAWS = ["setup", "load-digits", "nearest-mean", "show-logits", "softmax"]
DRAWS += ["standardise", "shift_images", "data-arrays", "run-cnn", "draw-a-digit"]
TYPES = ["setup", "load-surnames", "name_to_tensor", "names_to_batch"]
TYPES += ["read_names", "TanhRNN", "train-readers", "type-a-surname"]

pytestmark = [
    pytest.mark.skipif(missing() is not None, reason=f"browser tests: {missing()}"),
    pytest.mark.skipif(
        not all((ROOT / "chapters" / name).exists() for name in (SOFTMAX, RNN)),
        reason="no chapter 02 or 03",
    ),
    pytest.mark.xdist_group("browser"),
]


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """A JupyterLab on a fresh copy of what both need of their chapters."""
    folder = tmp_path_factory.mktemp("play")
    copy_part(SOFTMAX, folder, DRAWS)
    copy_part(RNN, folder, TYPES)
    work = folder / "work"
    lab.prepare(folder, work)
    port = free_port()
    more = {"LabApp__expose_app_in_browser": True, "IdentityProvider__token": TOKEN}
    command = lab.lab_command(work, port, browser=False, **more)
    environment = lab.lab_environment(ROOT, work)
    log = folder / "server.log"
    with serving(command, environment, port, log) as address, Page() as window:
        window.open(f"{address}/?token={TOKEN}")
        window.wait_for_lab()
        window.wait("document.querySelector('.jp-MarkdownViewer table')")
        yield window


def start(page: Page, chapter: str, cells: list[str], instead: dict[str, str]) -> None:
    """Open `chapter` and run `cells`; exercises are answered, others replaced."""
    page.command("docmanager:open", path=f"{chapter}/{chapter}.ipynb")
    page.wait_for_kernel()
    source = find_chapter(chapter)
    exercises = {exercise.name for exercise in source.exercises}
    for cell in cells:
        if cell in exercises:
            page.set_source(cell, source.solution(cell))
        elif cell in instead:
            page.set_source(cell, instead[cell])
        page.run_cell(cell)
    page.wait_for_output(cells[-1], "output.querySelector('svg[role=img]')")


def node(page: Page, cell: str) -> str:
    return f"{page.cell(cell)}.node"


def said(page: Page, cell: str) -> str:
    """What the live picture says in words."""
    picture = f"{node(page, cell)}.querySelector('svg[role=img]')"
    return page.run(f"return {picture}?.getAttribute('aria-label') ?? ''")


def says(page: Page, cell: str, text: str) -> None:
    picture = f"{node(page, cell)}.querySelector('svg[role=img]')"
    page.wait(f"{picture}?.getAttribute('aria-label').includes({text!r})", what=text)


def test_the_network_reads_what_is_drawn(page):
    start(page, SOFTMAX, DRAWS, {"run-cnn": NETWORKS})
    cell = "draw-a-digit"
    says(page, cell, "the probability of each digit")
    pad = page.run(f"return {node(page, cell)}.querySelector('canvas')")
    (clear,) = page.run(
        f"return [...{node(page, cell)}.querySelectorAll('button')]"
        ".filter(b => b.textContent === 'Clear')"
    )
    clear.click()
    says(page, cell, "nothing is drawn")
    tick = page.run(f"return {node(page, cell)}.querySelector('input[type=checkbox]')")
    tick.click()
    stroke(page, pad, -60)
    says(page, cell, "reads a 7")
    clear.click()
    says(page, cell, "nothing is drawn")
    stroke(page, pad, 60)
    says(page, cell, "reads a 2")
    clear.click()
    says(page, cell, "nothing is drawn")
    page.run("arguments[0].focus()", pad)
    for key in [*["ARROW_UP"] * 16, "SPACE"]:  # the pen is where the stroke ended
        page.press(key)
    says(page, cell, "reads a 7")
    if axe.why_not() is None:
        assert_sound(page, f"{page.cell(cell)}.outputArea.node")


def stroke(page: Page, pad, dy: int) -> None:
    """Draw a short line, `dy` pixels of the screen below the middle."""
    action = ActionChains(page.driver).move_to_element_with_offset(pad, -30, dy)
    action.click_and_hold().move_by_offset(30, 0).move_by_offset(30, 0)
    action.release().perform()


def test_the_languages_change_with_every_letter(page):
    source = find_chapter(RNN)
    loads = next(c for c in source.cells if "data = load_surnames()" in c.source)
    assert loads.metadata["name"] == "load-surnames"
    start(page, RNN, TYPES, {"train-readers": READERS})
    cell = "type-a-surname"
    says(page, cell, "kovacovic: ")
    field = page.run(f"return {node(page, cell)}.querySelector('input[type=text]')")
    before = said(page, cell)
    field.send_keys(Keys.END, Keys.BACKSPACE)
    says(page, cell, "kovacovi: ")
    field.send_keys("ĆOVÁ")
    says(page, cell, "kovacovicova: ")
    assert said(page, cell) != before
    squares = f"{node(page, cell)}.querySelectorAll('svg[role=img] rect').length"
    assert page.run(f"return {squares}") == 12 * len("kovacovicova")
    if axe.why_not() is None:
        assert_sound(page, f"{page.cell(cell)}.outputArea.node")


def test_a_row_of_tokens_is_walked_with_the_keyboard(page):
    page.command("docmanager:open", path=f"{RNN}/{RNN}.ipynb")
    page.wait_for_kernel()
    page.command("notebook:insert-cell-below")
    notebook = "window.jupyterapp.shell.currentWidget.content"
    cell = page.run(f"return {notebook}.activeCell.model.id")
    page.set_source(cell, f"import numpy as np\n{HEADS}")
    page.run_cell(cell)
    page.scroll_to(cell)
    says(page, cell, "Two heads from not.")
    row = f"{node(page, cell)}.querySelector('[role=radio][aria-checked=true]')"
    page.run(f"{row}.focus()")
    page.press("ARROW_RIGHT")
    says(page, cell, "Two heads from bad.")
    if axe.why_not() is None:
        assert_sound(page, f"{page.cell(cell)}.outputArea.node")

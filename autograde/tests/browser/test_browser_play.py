"""What students play with, moved in a real JupyterLab: the picture follows.

Skipped, with the reason, where no Chromium and chromedriver are installed.
"""

from __future__ import annotations

import pytest
from selenium.webdriver.common.keys import Keys

from autograde.authoring.chapter import find_chapter
from autograde.course.layout import ROOT
from autograde.course.ports import free_port
from autograde.student import lab
from autograde.tests.browser.part import copy_part, write_prose
from autograde.tests.browser.sound import assert_sound
from autograde.tools import axe
from autograde.tools.browser import Page, missing, serving

TOKEN = "for-tests"
DESCENT, LSTM = "01_gradient_descent", "04_lstm_classification"
# The cells that a widget needs, in their order; exercises are solved by the reference.
RACE = [
    "import-numpy-as-np-6de96a",
    "mse_loss",
    "gradient_descent",
    "momentum_step",
    "adam_step",
    "largest_stable_rate",
    "valley-data",
    "valley-functions",
    "valley-race",
]
GATES = [
    "setup",
    "load",
    "tokenize",
    "fit_vocabulary",
    "texts_to_sequences",
    "pad_sequences",
    "lstm_cell",
    "lstm_forward",
    "vocabulary",
    "gates",
    "padding-behind",
    "TextLSTM",
    "train-lstm",
    "classify",
]
WRONG = "def forward(X, W, b, f):\n    return f(X @ W)"
RIGHT = "mse_loss"
LOOKED_AT = ["forward", "check-forward", f"check-{RIGHT}"]
LOOKED_AT += ["both-sides-predict", "self-test"]
PROSE = f"{DESCENT}/prose.ipynb"
UNTRAINED = "torch.manual_seed(0)\nlstm = TextLSTM()"  # it has gates, too

pytestmark = [
    pytest.mark.skipif(missing() is not None, reason=f"browser tests: {missing()}"),
    pytest.mark.skipif(
        not all((ROOT / "chapters" / name).exists() for name in (DESCENT, LSTM)),
        reason="no chapter 01 or 04",
    ),
    pytest.mark.xdist_group("browser"),
]


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("play")
    copy_part(DESCENT, folder, [*RACE, "valley-race-play", *LOOKED_AT])
    copy_part(LSTM, folder, [*GATES, "gates-play"])
    work = folder / "work"
    lab.prepare(folder, work)
    write_prose(DESCENT, work / PROSE)  # axe would look at all of it, too
    port, log = free_port(), folder / "server.log"
    more = {"LabApp__expose_app_in_browser": True, "IdentityProvider__token": TOKEN}
    command = lab.lab_command(work, port, browser=False, **more)
    environment = lab.lab_environment(ROOT, work)
    with serving(command, environment, port, log) as address, Page(log=log) as page:
        page.open(f"{address}/?token={TOKEN}")
        page.wait_for_lab()
        # the start page comes last, and would cover a chapter that is open already
        page.wait("document.querySelector('.jp-MarkdownViewer table')")
        yield page


def started(page: Page, name: str, cell: str, needed: list[str]) -> str:
    """Run the widget's cell; return an expression for its output."""
    chapter = find_chapter(name)
    solved = {exercise.name for exercise in chapter.exercises}
    page.command("docmanager:open", path=f"{name}/{name}.ipynb")
    page.wait_for_kernel()
    for one in needed:
        if one in solved:
            page.set_source(one, chapter.solution(one))
        elif one == "train-lstm":
            page.set_source(one, UNTRAINED)
        elif one == "gates":  # its function, not the trained LSTMs that it reads
            (whole,) = (c for c in chapter.cells if c.metadata.get("name") == one)
            page.set_source(one, whole.source.partition("\nids, _ =")[0])
        page.run_cell(one)
    page.run_cell(cell)
    page.wait_for_output(cell, "output.querySelector('svg[role=img]')")
    page.scroll_to(cell)
    return f"{page.cell(cell)}.outputArea.node"


def drawn(page: Page, output: str) -> str:
    """What the pictures say to a reader without pictures."""
    labels = f"[...{output}.querySelectorAll('svg[role=img]')]"
    return page.run(f"return {labels}.map(s => s.ariaLabel ?? '').join(' ')")


def changes(page: Page, output: str, before: str) -> str:
    labels = f"[...{output}.querySelectorAll('svg[role=img]')]"
    said = f"{labels}.map(s => s.ariaLabel ?? '').join(' ')"
    page.wait(f"{said} && {said} !== {before!r}")
    return drawn(page, output)


def test_the_race_follows_the_rate(page):
    output = started(page, DESCENT, "valley-race-play", RACE)
    before = drawn(page, output)
    assert "plain descent and momentum" in before
    handle = page.run(f"return {output}.querySelector('.noUi-handle')")
    page.run("arguments[0].focus()", handle)
    for _ in range(3):
        page.press("ARROW_LEFT")
    assert "plain descent and momentum" in changes(page, output, before)


@pytest.mark.skipif(axe.why_not() is not None, reason=f"axe: {axe.why_not()}")
def test_the_start_page_can_be_read_by_all(page):
    page.command("docmanager:open", path="start.md")
    page.wait("document.querySelector('.jp-MarkdownViewer table')")
    assert_sound(page, "document.querySelector('.jp-RenderedMarkdown')")


@pytest.fixture(scope="module")
def own(page) -> str:
    """Chapter 01 with a wrong answer and a right one; a cell for what is typed."""
    page.wait("document.querySelector('.jp-MarkdownViewer table')")
    page.command("docmanager:open", path=f"{DESCENT}/{DESCENT}.ipynb")
    page.wait_for_kernel()
    right = find_chapter(DESCENT).solution(RIGHT)
    for name, source in (("forward", WRONG), (RIGHT, right)):
        page.set_source(name, source)
        for cell in (RACE[0], name, f"check-{name}"):
            page.run_cell(cell)
    page.command("notebook:insert-cell-below")
    notebook = "window.jupyterapp.shell.currentWidget.content"
    return page.run(f"return {notebook}.activeCell.model.id")


@pytest.mark.skipif(axe.why_not() is not None, reason=f"axe: {axe.why_not()}")
@pytest.mark.parametrize(
    "cell, source, says",
    [
        ("check-forward", "", "You leave out the bias"),
        (f"check-{RIGHT}", "", "cases passed"),
        ("both-sides-predict", "", "Predict first"),
        ("self-test", "", "a)"),
        ("", 'from autograde import hint\nhint("forward")', "Hint 1"),
        ("", 'from autograde import submit\nsubmit("ana")', "Handed in"),
        (
            "",
            'from autograde import predict\npredict("n", "How many?", number=True)',
            "?",
        ),
    ],
)
def test_what_a_cell_shows_can_be_read_by_all(page, own, cell, source, says):
    if source:
        page.set_source(own, source)
    page.run_cell(cell or own)
    assert says in page.output(cell or own)
    output = f"{page.cell(cell or own)}.outputArea.node"
    assert_sound(page, f"({output}.querySelector('.autograde') ?? {output})")


def test_chinese_words_are_marked_and_none_is_lost(page):
    page.command("docmanager:open", path=PROSE)
    page.wait_for_kernel()
    heading = f"{page.cell('background')}.node.querySelector('h2')"
    page.scroll_to("background")
    page.wait(f"{heading}.querySelector('[lang=zh]')")
    said = page.run(f"return {heading}.querySelector('[lang=zh]').textContent")
    (cell,) = (
        c for c in find_chapter(DESCENT).cells if c.metadata.get("name") == "background"
    )
    title = cell.source.partition("\n")[0].removeprefix("## ")
    assert said == title.split(" · ")[1]
    assert page.run(f"return {heading}.textContent").startswith(title)
    left = page.run(
        "return [...document.querySelectorAll('.jp-RenderedMarkdown')].filter(m => {"
        " const copy = m.cloneNode(true); if (m.lang === 'zh') return false;"
        " copy.querySelectorAll('[lang=zh]').forEach(s => s.remove());"
        " return /[\\u3400-\\u9fff]/.test(copy.textContent); }).map(m => m.innerText)"
    )
    assert left == []
    page.run("window.jupyterapp.shell.currentWidget.dispose()")  # unsaved: no dialog


@pytest.mark.skipif(axe.why_not() is not None, reason=f"axe: {axe.why_not()}")
def test_a_widget_can_be_read_by_all(page):
    output = started(page, DESCENT, "valley-race-play", RACE)
    page.wait(f"{output}.querySelector('.noUi-handle[aria-label]')")
    assert_sound(page, output)


def test_the_gates_follow_a_sentence_letter_by_letter(page):
    output = started(page, LSTM, "gates-play", GATES)
    before = drawn(page, output)
    assert "The forget gate at 12 words" in before
    field = page.run(f"return {output}.querySelector('input[type=text]')")
    field.send_keys(Keys.END, " but good")
    now = changes(page, output, before)
    page.wait(f"{output}.innerHTML.includes('at 14 words')")
    choice = page.run(f"return {output}.querySelector('select')")
    choice.send_keys("output")
    page.wait(f"{output}.innerHTML.includes('The output gate at 14 words')")
    assert now
    field.clear()
    field.send_keys("qwertyuiop")
    page.wait(f"{output}.innerHTML.includes('No word of this is known')")
    if axe.why_not() is None:
        assert_sound(page, output)

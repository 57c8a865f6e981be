"""What students play with, moved in a real JupyterLab: the picture follows.

Skipped, with the reason, where no Chromium and chromedriver are installed.
"""

from __future__ import annotations

import shutil

import pytest
from selenium.webdriver.common.keys import Keys

from autograde.authoring.chapter import find_chapter
from autograde.course.layout import ROOT
from autograde.student import lab
from autograde.tools.browser import Page, free_port, missing, serving

TOKEN = "for-tests"
DESCENT, LSTM = "01_gradient_descent", "04_lstm_classification"
BERT = "05_bert_fine_tuning"
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
HEADS = [
    "setup",
    "helpers",
    "wordpiece",
    "wordpiece-try",
    "normalise",
    "encode_pair",
    "layer_norm",
    "bert_embeddings",
    "embeddings-try",
    "scaled_dot_product_attention",
    "multi_head_attention",
    "gelu",
    "encoder_layer",
    "bert_encoder",
    "summit",
]
SHORT = {  # what the widget needs of these cells, without their work
    "embeddings-try": "params = bert.load_weights()",
    "summit": "HEADS, LAYERS = 12, 6",
}
UNTRAINED = "torch.manual_seed(0)\nlstm = TextLSTM()"  # it has gates, too

pytestmark = [
    pytest.mark.skipif(missing() is not None, reason=f"browser tests: {missing()}"),
    pytest.mark.skipif(
        not all((ROOT / "chapters" / name).exists() for name in (DESCENT, LSTM, BERT)),
        reason="no chapter 01, 04 or 05",
    ),
    pytest.mark.xdist_group("browser"),
]


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("play")
    for name in (DESCENT, LSTM, BERT):
        shutil.copytree(ROOT / "chapters" / name, folder / "chapters" / name)
    work = folder / "work"
    lab.prepare(folder, work)
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
        elif name == BERT and one in SHORT:
            page.set_source(one, SHORT[one])
        elif one == "gates":  # its function, not the trained LSTMs that it reads
            (whole,) = (c for c in chapter.cells if c.metadata.get("name") == one)
            page.set_source(one, whole.source.partition("\nids, _ =")[0])
        page.run_cell(one)
    page.run_cell(cell)
    output = f"{page.cell(cell)}.outputArea.node"
    for _ in range(60):  # cells above get their heights late, and push this one away
        page.scroll_to(cell)
        if page.run(f"return Boolean({output}.querySelector('svg[role=img]'))"):
            break
    page.wait(f"{output}.querySelector('svg[role=img]')", 10)
    return output


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
    assert "three methods" in before
    handle = page.run(f"return {output}.querySelector('.noUi-handle')")
    page.run("arguments[0].focus()", handle)
    for _ in range(3):
        page.press("ARROW_LEFT")
    assert "three methods" in changes(page, output, before)


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


def test_the_heads_follow_the_sentence_the_layer_and_the_token(page):
    output = started(page, BERT, "heads-play", HEADS)
    before = drawn(page, output)
    assert "12 heads (rows) on 13 tokens" in before and "“they”" in before
    field = page.run(f"return {output}.querySelector('input[type=text]')")
    field.send_keys(Keys.END, " Alas")
    page.wait(f"{output}.innerHTML.includes('on 15 tokens')")
    page.wait(f"{output}.querySelectorAll('[role=radio]').length === 15")
    before = drawn(page, output)
    tokens = page.run(f"return [...{output}.querySelectorAll('[role=radio]')]")
    page.run("arguments[0].focus()", tokens[2])
    before = changes(page, output, before)
    assert "from “actors”" in before
    page.press("ARROW_RIGHT")
    before = changes(page, output, before)
    assert "from “are”" in before
    handle = page.run(f"return {output}.querySelector('.noUi-handle')")
    page.run("arguments[0].focus()", handle)
    page.press("ARROW_LEFT")
    assert "Layer 3" in changes(page, output, before)
    field.clear()
    field.send_keys("影🙂")
    page.wait(f"{output}.innerHTML.includes('[UNK]')")

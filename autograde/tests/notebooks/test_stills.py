"""Where no kernel answers, a slider is the picture that its output holds."""

import json

import nbformat
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from traitlets.config import Config

from autograde.notebooks.stills import WIDGET, stills
from autograde.reporting.feedback_page import chapter_title
from autograde.student import lab

PNG = "iVBORw0KGgo="


def slider_cell():
    view = {"model_id": "gone", "version_major": 2, "version_minor": 0}
    moving = new_output(
        "display_data",
        {WIDGET: view, "image/png": PNG, "text/plain": "a valley"},
        metadata={"image/png": {"alt": "a valley"}},
    )
    plain = new_output("display_data", {"image/png": PNG, "text/plain": "other"})
    return new_code_cell("slide(draw)", outputs=[moving, plain])


def test_only_the_slider_is_kept_and_as_its_picture():
    cell = slider_cell()
    (still,) = stills(cell)
    assert set(still.data) == {"image/png", "text/plain"}
    assert still.metadata["image/png"]["alt"] == "a valley"
    assert WIDGET in cell.outputs[0].data  # the cell itself is as it was
    assert stills(new_markdown_cell("text")) == []


def test_a_page_that_a_student_exports_shows_the_picture(tmp_path):
    command = lab.lab_command(tmp_path, 1, browser=False)
    path = command[-1].removeprefix("--config=")
    with open(path, encoding="utf-8") as file:
        config = Config({"HTMLExporter": json.load(file)["HTMLExporter"]})
    notebook = new_notebook(cells=[slider_cell()])
    page, _ = HTMLExporter(config=config).from_notebook_node(notebook)
    assert page.count(f"data:image/png;base64,{PNG}") == 2
    assert WIDGET not in page
    assert 'alt="a valley"' in page
    nbformat.validate(notebook)


def test_a_feedback_page_is_called_as_its_chapter():
    cells = [new_code_cell("# no title"), new_markdown_cell("# 1 First · 第一\n\ntext")]
    assert chapter_title(cells) == "1 First · 第一"
    assert chapter_title(cells[:1]) == ""

"""Formgrader: buttons keep the checks, pages show the rubric and load nothing."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from nbconvert.exporters import HTMLExporter
from nbgrader.apps import NbGraderAPI
from nbgrader.server_extensions.formgrader import handlers
from nbgrader.server_extensions.formgrader.formgrader import FormgradeExtension
from traitlets.config import JSONFileConfigLoader

from autograde.authoring.instructor_lab import instructor_command
from autograde.course.layout import ROOT, notebook_path
from autograde.grading.formgrader import NamedAsText
from autograde.grading.graded_notebook import graded_notebook
from autograde.grading.nbgrader_setup import course_config
from autograde.grading.steps import Steps
from autograde.notebooks.rebuild import rebuild
from autograde.tests.graded_class import CHAPTER, cell_of, solved


@pytest.fixture
def own_course(tmp_path) -> Path:
    for room in ("solutions", "chapters"):
        shutil.copytree(ROOT / room / CHAPTER, tmp_path / room / CHAPTER)
    (tmp_path / "grading").mkdir()
    return tmp_path


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below `folder`, the editions in other languages among them."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_generate_keeps_what_a_build_has_made(own_course):
    released = own_course / "chapters" / CHAPTER
    before = contents(released)
    for path in (own_course / "solutions" / CHAPTER).glob("*.safetensors"):
        path.unlink()
    result = NbGraderAPI(config=course_config(own_course)).generate_assignment(CHAPTER)
    assert result["success"], result["log"]
    after = contents(released)
    assert set(after) == set(before)
    assert after["checks.safetensors"] == before["checks.safetensors"]


def test_generate_that_fails_takes_nothing_away(own_course):
    path = notebook_path(own_course / "solutions" / CHAPTER)
    notebook = nbformat.read(path, 4)
    cell_of(notebook, "check_forward").metadata.nbgrader.grade_id = "not a name"
    nbformat.write(notebook, path)
    released = own_course / "chapters" / CHAPTER
    before = contents(released)
    result = NbGraderAPI(config=course_config(own_course)).generate_assignment(CHAPTER)
    assert not result["success"]
    assert contents(released) == before


def page_of(root: Path, edit, **names: str) -> str:
    """The page of a submission in Formgrader, as its server makes it.

    names: of the student, where they are not Ada's
    """
    submission = solved()
    edit(submission)
    released = nbformat.read(notebook_path(ROOT / "chapters" / CHAPTER), 4)
    rebuilt = rebuild(released, nbformat.writes(submission).encode())
    path = root / f"{CHAPTER}.ipynb"
    nbformat.write(graded_notebook(rebuilt.notebook, {}, {}, Steps()), path)
    config = course_config(root)
    command = instructor_command(root, 0, browser=False)
    settings = command[-1].removeprefix("--config=")
    config.merge(JSONFileConfigLoader(settings, path="/").load_config())
    config.merge(FormgradeExtension().build_extra_config())
    config.HTMLExporter.extra_template_basedirs = [handlers.template_path]
    resources = {
        "assignment_id": CHAPTER,
        "notebook_id": CHAPTER,
        "submission_id": "1",
        "index": 0,
        "total": 1,
        "base_url": "",
        "student": "ada",
        "last_name": None,
        "first_name": None,
        "notebook_path": "x",
    } | names
    handler = SimpleNamespace(
        settings={"nbgrader_exporter": HTMLExporter(config=config)},
        coursedir=SimpleNamespace(root=str(root)),
    )
    return NamedAsText(handler).from_filename(str(path), resources)[0]


def test_the_rubric_and_the_reference_stand_beside_the_answer(own_course):
    def edit(notebook):
        cell_of(notebook, "long_valley").source = "It is the steep one."

    page = page_of(own_course, edit)
    assert page.index("It is the steep one.") < page.index("Rubric of")
    assert "the steepest direction bounds the rate" in page
    assert "Along an eigenvector with curvature" in page
    beside = page[page.index("Reference answer") :]
    assert "BEGIN SOLUTION" not in beside[: beside.index("Momentum and Adam")]


def test_a_page_loads_nothing_that_a_text_names(own_course):
    far = "https://elsewhere.example/x.png"

    def edit(notebook):
        text = (
            f'![a]({far}) <img src="{far}"> ![b][c]\n\n[c]: {far}\n\n'
            f"![d](<{far}>)\n\n```mermaid\ngraph TD\n```\n\n"
            f"$\\includegraphics{{{far}}}$"
        )
        cell_of(notebook, "long_valley").source = text
        notebook.cells.append(nbformat.v4.new_markdown_cell(text))
        notebook.cells.append(nbformat.v4.new_raw_cell(f'<img src="{far}">'))

    page = page_of(own_course, edit)
    loads = re.findall(r"<(?:img|iframe|script|link|source|embed|object)\b[^>]*", page)
    assert not [tag for tag in loads if "elsewhere.example" in tag]
    assert 'class="mermaid"' not in page
    assert "img-src 'self'" in handlers.SubmissionHandler.content_security_policy


def test_a_pasted_picture_is_shown(own_course):
    picture = "iVBORw0KGgo="

    def edit(notebook):
        cell = cell_of(notebook, "long_valley")
        cell.source = (
            "See ![image.png](attachment:image.png) and ![x](attachment:no.png)"
        )
        cell["attachments"] = {"image.png": {"image/png": picture}}

    assert f"data:image/png;base64,{picture}" in page_of(own_course, edit)


def test_a_name_is_no_markup(own_course):
    markup = "<img src=x onerror=run()>"
    names = {"student": "ada", "first_name": markup, "last_name": f"'\"{markup}"}
    page = page_of(own_course, lambda notebook: None, **names)
    assert "<img src=x" not in page and "&lt;img src=x onerror=run()&gt;" in page


def test_a_link_leads_away_and_not_into_the_server_of_its_reader(own_course):
    inside = "formgrader?path=/tmp/x"
    places = [f"/{inside}", f"../../{inside}", f"?{inside}", f"//host/{inside}"]
    places += [f"http:/{inside}", f"\\{inside}", "https://elsewhere.example/", "#here"]

    def edit(notebook):
        text = " ".join(f"[x]({place})" for place in places)
        cell_of(notebook, "long_valley").source = text

    page = page_of(own_course, edit)
    assert inside not in "".join(re.findall(r'href="[^"]*"', page))
    assert 'href="https://elsewhere.example/"' in page and 'href="#here"' in page

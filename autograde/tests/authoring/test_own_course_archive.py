"""The archive of a course on another subject: its own titles, no deep learning."""

from __future__ import annotations

import importlib.util
import re
import tomllib
import zipfile
from pathlib import Path

import nbformat
import pytest
import yaml

from autograde.authoring.new_course import new_course
from autograde.commands.main import status
from autograde.course.layout import ROOT, course_name, course_title
from autograde.course.nbgrader import folders
from autograde.environment import wants_torch
from autograde.student.lab import prepare

CHAPTER = "01_describing_data"
NAME = "descriptive-statistics"
OF_DEEP_LEARNING = re.compile(
    r"中文|zh_CN|torch|deep.learning|transformers|chapter 0[045]\b|CC BY|LICENCES-DATA|"
    r"Intel Mac",
    re.IGNORECASE,
)


@pytest.fixture
def course(tmp_path) -> Path:
    """A new course with a chapter as a build would leave it."""
    root = tmp_path / "statistics"
    new_course(root)
    folder = root / "chapters" / CHAPTER
    folder.mkdir(parents=True)
    cells = [nbformat.v4.new_markdown_cell("# 1 Describing data")]
    notebook = nbformat.v4.new_notebook(cells=cells)
    nbformat.write(notebook, folder / f"{CHAPTER}.ipynb")
    (folder / "checks.safetensors").write_bytes(b"")
    return root


@pytest.fixture
def unpacked(course, tmp_path, capsys) -> Path:
    assert status(["release", "--root", str(course)]) == 0
    said = capsys.readouterr().out
    path = course / "dist" / f"{NAME}.zip"
    assert str(path) in said
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path / "student")
    return tmp_path / "student" / NAME


def test_what_students_read_is_of_their_course(unpacked):
    readme = (unpacked / "README.md").read_text("utf-8")
    assert readme.startswith("# Descriptive statistics\n")
    for name in ("README.md", "environment.yml", "pyproject.toml", "Makefile"):
        text = (unpacked / name).read_text("utf-8")
        text = re.sub(r"^(?:name|description) = .*$", "", text, flags=re.MULTILINE)
        assert OF_DEEP_LEARNING.findall(text) == [], name
    assert (unpacked / "chapters" / CHAPTER / f"{CHAPTER}.ipynb").exists()
    assert not (unpacked / "LICENCES-DATA.md").exists()
    assert (unpacked / "LICENSE").exists()


def test_what_students_install_is_the_engine(unpacked):
    requirements = unpacked / "autograde" / "requirements"
    engine = ROOT / "autograde" / "requirements" / "engine.txt"
    assert (requirements / "students.txt").read_bytes() == engine.read_bytes()
    project = tomllib.loads((unpacked / "pyproject.toml").read_text("utf-8"))["project"]
    assert "optional-dependencies" not in project
    assert not any("torch" in pin for pin in project["dependencies"])
    conda = yaml.safe_load((unpacked / "environment.yml").read_text("utf-8"))
    assert conda["name"] == NAME
    (pip,) = (d["pip"] for d in conda["dependencies"] if isinstance(d, dict))
    assert pip == ["-c autograde/requirements/constraints.txt", "-e ."]
    assert not wants_torch(unpacked / "pyproject.toml")
    assert wants_torch(ROOT / "pyproject.toml")


def test_start_py_installs_no_torch_and_fetches_no_data(unpacked, monkeypatch):
    spec = importlib.util.spec_from_file_location("own", unpacked / "start.py")
    start = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(start)
    ran = []
    monkeypatch.setattr(start, "_pip", lambda python, words, *_: ran.append(words))
    for name in ("_installed", "_install_torch", "_data"):
        monkeypatch.setattr(start, name, lambda *_, name=name: ran.append(name))
    for name in ("_make", "_point_to_the_course"):
        monkeypatch.setattr(start, name, lambda *_: None)
    (unpacked / "env").mkdir()
    options = start._options(["--env", str(unpacked / "env")])
    start.set_up(options)
    ((*_, lock),) = ran
    assert lock == unpacked / "autograde" / "requirements" / "students.txt"
    assert not start.brings_cuda(options)


def test_the_start_page_has_the_title_of_the_course(course, unpacked, tmp_path):
    for root in (course, unpacked):
        work = tmp_path / f"work-{root.parent.name}"
        prepare(root, work)
        page = (work / "start.md").read_text("utf-8")
        assert page.startswith("# Descriptive statistics\n")
        assert "1 Describing data" in page


def test_a_lock_and_a_readme_of_the_course_come_first(course, tmp_path):
    (course / "requirements").mkdir()
    (course / "requirements" / "students.txt").write_text("pandas==3.1.1\n")
    (course / "README.students.md").write_text("# Mine\n")
    target = tmp_path / "own.zip"
    assert status(["release", "--root", str(course), "--output", str(target)]) == 0
    with zipfile.ZipFile(target) as archive:
        lock = archive.read(f"{NAME}/autograde/requirements/students.txt")
        assert lock == b"pandas==3.1.1\n"
        assert archive.read(f"{NAME}/README.md") == b"# Mine\n"


def test_courses_are_called_by_their_settings(course, tmp_path, capsys):
    assert (course_title(course), course_name(course)) == (
        "Descriptive statistics",
        NAME,
    )
    assert folders(course).CourseDirectory.course_id == NAME
    assert course_name(ROOT) == course_name(tmp_path) == "deep-learning"
    (course / "course.toml").write_text('name = "../my course"\n')
    assert course_name(course) == "my-course"
    (course / "course.toml").write_text("title = \n")
    assert status(["release", "--root", str(course)]) == 2
    assert "course.toml cannot be read" in capsys.readouterr().err

"""nbgrader finds the course, the judge and its own commands by our configuration."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook
from traitlets.config import PyFileConfigLoader

from autograde.course.layout import ROOT
from autograde.course.nbgrader import make_gradebook
from autograde.grading.gradebook import CourseGradebook, prepare_gradebook

CONFIG = "nbgrader_config.py"
CHAPTER = "01_gradient_descent"


def test_the_course_is_where_the_configuration_lies(tmp_path):
    """The package that is imported may be another copy of the course."""
    folder = tmp_path / "autograde"
    folder.mkdir()
    shutil.copy(ROOT / "autograde" / CONFIG, folder / CONFIG)
    config = PyFileConfigLoader(CONFIG, path=str(folder)).load_config()
    assert config.CourseDirectory.root == str(tmp_path)
    assert str(tmp_path / "grading" / "gradebook.db") in config.CourseDirectory.db_url


def test_alembic_is_found_without_an_active_environment(tmp_path):
    """nbgrader calls it by name, and nothing here is on the path."""
    program = (
        "from pathlib import Path\n"
        "from nbgrader.api import get_alembic_version\n"
        "from autograde.grading.nbgrader_setup import course_config\n"
        f"course_config(Path({str(tmp_path)!r}))\n"
        "print(get_alembic_version())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )
    assert len(done.stdout.strip()) == 12, done.stderr


def test_points_changed_by_a_build_reach_the_gradebook(tmp_path):
    for part in ("solutions", "chapters"):
        shutil.copytree(ROOT / part / CHAPTER, tmp_path / part / CHAPTER)
    prepare_gradebook(tmp_path, CHAPTER)
    due = datetime(2026, 1, 10)
    with CourseGradebook(tmp_path) as gradebook:
        before = gradebook.points_of(CHAPTER)
        gradebook.book.update_or_create_assignment(CHAPTER, duedate=due)
    for part in ("solutions", "chapters"):
        path = tmp_path / part / CHAPTER / f"{CHAPTER}.ipynb"
        notebook = nbformat.read(path, 4)
        for cell in notebook.cells:
            if cell.metadata.get("nbgrader", {}).get("grade_id") == "check_forward":
                cell.metadata.nbgrader.points = 7
        nbformat.write(notebook, path)
    prepare_gradebook(tmp_path, CHAPTER)
    with CourseGradebook(tmp_path) as gradebook:
        assert gradebook.points_of(CHAPTER) == before | {"check_forward": 7.0}
        assert gradebook.book.find_assignment(CHAPTER).duedate == due


def tables(path: Path) -> set[tuple[str, ...]]:
    """How the tables of a database were made, and the version that it says."""
    with sqlite3.connect(path) as book:
        made = book.execute("select name, sql from sqlite_master").fetchall()
        return {*made, *book.execute("select * from alembic_version").fetchall()}


def test_a_new_gradebook_is_the_one_that_nbgrader_makes(tmp_path, monkeypatch):
    ours, theirs = tmp_path / "ours.db", tmp_path / "theirs.db"
    with Gradebook(f"sqlite:///{theirs}"):
        pass
    monkeypatch.setattr("nbgrader.api.get_alembic_version", None)  # a process
    make_gradebook(f"sqlite:///{ours}")
    made = tables(ours)
    with Gradebook(f"sqlite:///{ours}"):
        pass
    assert tables(ours) == made == tables(theirs)
    make_gradebook(f"sqlite:///{theirs}")
    assert tables(theirs) == made

"""The page "Running a term": its commands, taken from it and run in their order."""

from __future__ import annotations

import csv
import re
import shlex
import shutil
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from autograde.commands.main import status
from autograde.course.layout import ROOT
from autograde.grading.scores import course_scores
from autograde.tests.graded_class import CHAPTER, notebook_bytes
from autograde.tests.small_class import CHAPTER as SMALL
from autograde.tests.small_class import grade_by_hand, graded, record

PAGE = ROOT / "docs" / "instructors" / "term.md"


def commands() -> list[list[str]]:
    lines = re.findall(r"^    autograde (.+)$", PAGE.read_text("utf-8"), re.MULTILINE)
    return [shlex.split(line) for line in lines]


def test_the_page_has_every_command_of_a_term():
    named = {words[0] for words in commands()}
    assert named >= {
        *("roster", "due", "release", "extend", "collect", "grade", "report"),
        *("preview", "keep", "restructure", "backup", "restore-backup"),
        *("anonymous", "forget", "next-term"),
    }


@pytest.mark.usefixtures("walls")
def test_a_term_by_the_commands_of_the_page(tmp_path, monkeypatch, capsys):
    course = tmp_path / "course"
    course.mkdir()
    shutil.copytree(ROOT / "chapters" / CHAPTER, course / "chapters" / CHAPTER)
    (course / "solutions").symlink_to(ROOT / "solutions")
    for name in ("autograde", "LICENSE", "LICENSE-TEXT.md", "LICENCES-DATA.md"):
        (course / name).symlink_to(ROOT / name)
    for path in ROOT.iterdir():
        if path.is_file() and not (course / path.name).exists():
            (course / path.name).symlink_to(path)
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    (work / "people.csv").write_text(
        "login,name,section\nada,Ada Lovelace,A\nbob,Bob Ray,B\ncyd,Cyd Li,B\n"
    )
    for name in ("ada", "bob"):
        folder = work / "downloads" / name
        folder.mkdir(parents=True)
        (folder / f"{CHAPTER}.ipynb").write_bytes(notebook_bytes())
    totals: dict[str, float] = {}
    by_hand: float | None = None
    for words in commands():
        code = status([*words, "--root", str(course)])
        out = capsys.readouterr()
        assert code in (0, 1), (words, out.err)
        if words[0] == "grade" and by_hand is None:
            by_hand = course_scores(course).score(CHAPTER, "ada").total + 1.5
            grade_by_hand(course, "ada", "long_valley", 1.5, chapter=CHAPTER)
        if by_hand is not None and words[0] != "next-term":
            assert course_scores(course).score(CHAPTER, "ada").total == by_hand, words
        if words[0] == "collect":
            assert code == 0, out.out
        if words[0] == "restore-backup":
            totals = exported(course)
            assert set(totals) == {"ada", "bob", "cyd"}
        if words[0] == "forget":
            assert set(exported(course)) == {"ada", "cyd"}
            assert exported(course)["ada"] == totals["ada"]
    assert not course_scores(course).students, "the next term begins empty"
    (last, *_) = sorted((course / "terms").iterdir())
    assert (last / "submitted" / "ada" / CHAPTER).is_dir()


def exported(course: Path) -> dict[str, str]:
    status(["report", "--root", str(course)])
    with open(course / "grading" / "exports" / "canvas.csv", newline="") as file:
        rows = list(csv.reader(file))[2:]
    return {row[3]: row[-1] for row in rows}


def test_an_exercise_that_left_and_one_that_came(tmp_path, capsys):
    """The small class has first, second and prose; the release has first and third."""
    record(tmp_path, [graded("ada"), graded("bob", "ww")])
    cells = []
    for name in ("first", "third"):
        for grade_id, fields in (
            (name, {"solution": True}),
            (f"check_{name}", {"grade": True, "points": 2.0, "locked": True}),
        ):
            cell = new_code_cell("pass", id=grade_id)
            blank = {"grade": False, "solution": False, "locked": False, "task": False}
            cell.metadata["nbgrader"] = blank | {"grade_id": grade_id} | fields
            cells.append(cell)
    folder = tmp_path / "chapters" / SMALL
    folder.mkdir(parents=True)
    (folder / "checks.safetensors").write_bytes(b"")
    nbformat.write(new_notebook(cells=cells), folder / f"{SMALL}.ipynb")
    assert status(["restructure", "1", "--root", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "check_second left" in said and "prose left" in said
    assert "check_third is new" in said
    scores = course_scores(tmp_path)
    assert set(scores.exercises[SMALL]) == {"first", "third"}
    cells = scores.score(SMALL, "ada").cells
    points = {name: cell.score for name, cell in cells.items()}
    assert points == {"first": 2.0, "third": 0.0}
    assert list((tmp_path / "grading").glob("gradebook-*.db"))
    assert status(["restructure", "1", "--root", str(tmp_path)]) == 0
    assert "Nothing came or went" in capsys.readouterr().out

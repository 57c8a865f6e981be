"""What authors are told to type, typed: CONTRIBUTING and a new course's README."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from autograde.authoring.chapter import chapters, find_chapter
from autograde.authoring.new_chapter import new_chapter, sections
from autograde.authoring.new_course import new_course
from autograde.course.layout import ROOT, CannotRun, find_root, released_chapters
from autograde.sandbox import levels
from autograde.sandbox.self_test import strongest
from autograde.tests.graded_class import awarded
from autograde.tools.rooms import table

CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
NOT_NEEDED = ("torch", "transformers", "sklearn", "mlxtend", "faker")
COMMAND = re.compile(r"^ {4}(autograde [^#\n]+?) *(?:#.*)?$", re.MULTILINE)
EXAMPLE = "06_columns"


def commands(text: str) -> list[list[str]]:
    """The commands of a page's indented blocks, as they are printed."""
    return [line.split() for line in COMMAND.findall(text)]


def typed(words: list[str], folder: Path, blocked: Path) -> str:
    """What the command says in `folder`, where no package of deep learning is."""
    paths = f"{blocked}{os.pathsep}{ROOT}"
    done = subprocess.run(
        [sys.executable, "-m", *words],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": paths},
        capture_output=True,
        text=True,
        timeout=1200,
    )
    assert done.returncode == 0, f"{words}: {done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def blocked(tmp_path_factory) -> Path:
    """Packages that cannot be imported, for a path that comes before all others."""
    folder = tmp_path_factory.mktemp("blocked")
    for name in NOT_NEEDED:
        (folder / f"{name}.py").write_text("raise ImportError('is not needed here')")
    return folder


@pytest.fixture(scope="module")
def course(tmp_path_factory, blocked) -> Path:
    """A new course, after every command that its README prints."""
    if strongest().level == levels.NONE:
        pytest.skip("no walls on this machine, and grading refuses without them")
    folder = tmp_path_factory.mktemp("courses") / "statistics"
    typed(["autograde", "new-course", str(folder)], folder.parent, blocked)
    printed = commands((folder / "README.md").read_text("utf-8"))
    assert {"build", "gate", "simulate", "grade"} <= {words[1] for words in printed}
    for words in printed:
        typed(words, folder, blocked)
    return folder


def assert_graded_as_expected(course: Path, chapter: str) -> None:
    expected = json.loads((course / "grading" / "expected.json").read_text())[chapter]
    points = {name: student["points"] for name, student in expected.items()}
    assert awarded(course, chapter) == {
        name: pytest.approx(own) for name, own in points.items()
    }
    scores = {sum(own.values()) for own in points.values()}
    assert len(scores) > 1, "a class of equals shows nothing"


@pytest.mark.slow
@pytest.mark.walls
def test_a_new_course_is_built_checked_and_graded_as_its_readme_says(course):
    (name,) = released_chapters(course)
    assert_graded_as_expected(course, name)
    assert (course / "grading" / "report" / "index.html").exists()
    text = (course / "chapters" / name / f"{name}.ipynb").read_text("utf-8")
    assert "YOUR CODE HERE" in text and "BEGIN SOLUTION" not in text


@pytest.mark.slow
@pytest.mark.walls
def test_the_guide_prints_the_commands_of_the_readme(course):
    guide = (ROOT / "docs" / "authors" / "own-course.md").read_text("utf-8")
    (_, new, _), *others = commands(guide)
    assert new == "new-course"
    assert others == commands((course / "README.md").read_text("utf-8"))


@pytest.mark.slow
@pytest.mark.walls
def test_the_example_of_contributing_works_as_printed(course, blocked):
    source, entry = re.findall(r"```python\n(.+?)```", CONTRIBUTING, re.DOTALL)
    first, *others = [w for w in commands(CONTRIBUTING) if w[1] != "rooms"]
    assert first == ["autograde", "new-chapter", EXAMPLE]
    typed(first, course, blocked)
    folder = course / "solutions" / EXAMPLE
    for name, text in ((f"{EXAMPLE}.py", source), ("exercises.py", entry)):
        with open(folder / name, "a", encoding="utf-8") as file:
            file.write("\n\n" + text)
    said = [typed(words, course, blocked) for words in others]
    assert "[ok]   column_means: 3 misconceptions" in said[0]
    assert [words[1] for words in others] == ["gate", "build", "simulate", "grade"]
    assert_graded_as_expected(course, EXAMPLE)


@pytest.mark.slow
@pytest.mark.walls
def test_a_new_course_is_a_new_course_to_every_command(course, blocked):
    said = typed(["autograde", "gate", "1", "mean"], course / "solutions", blocked)
    assert "[ok]   mean" in said
    assert find_root(course / "solutions" / "01_describing_data") == course


def test_a_new_chapter_has_the_headings_of_the_course(tmp_path):
    (tmp_path / "course.toml").write_text('sections = ["A · 甲", "B"]\n')
    folder = new_chapter(tmp_path, "07_two_words")
    chapter = find_chapter("7", tmp_path)
    assert chapter.folder == folder
    chapter.verify()
    headings = [
        line
        for cell in chapter.cells
        if cell.cell_type == "markdown"
        for line in cell.source.splitlines()
        if line.startswith("#")
    ]
    assert headings == [
        "# 7 Two words",
        "## A · 甲",
        "## B",
        "### Exercise: `column_range`",
    ]


def test_chapters_of_this_course_have_the_headings_of_its_settings():
    expected = [f"## {heading}" for heading in sections(ROOT)]
    for chapter in chapters():
        lines = "\n".join(c.source for c in chapter.cells if c.cell_type == "markdown")
        found = [line for line in lines.splitlines() if line.startswith("## ")]
        assert found == expected, chapter.name


@pytest.mark.parametrize(
    "name, says",
    [
        ("attention", "no name for a chapter"),
        ("6_attention", "no name for a chapter"),
        ("06_Attention", "no name for a chapter"),
        ("../06_x", "no name for a chapter"),
        ("07_other", "of that number: 07_two_words"),
    ],
)
def test_a_chapter_that_cannot_be_is_refused_in_one_sentence(tmp_path, name, says):
    new_chapter(tmp_path, "07_two_words")
    with pytest.raises(CannotRun, match=says):
        new_chapter(tmp_path, name)
    assert [p.name for p in (tmp_path / "solutions").iterdir()] == ["07_two_words"]


def test_a_new_course_overwrites_nothing(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(CannotRun, match="is not empty"):
        new_course(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_outside_of_a_course_it_is_that_of_the_package(tmp_path):
    assert find_root(tmp_path) == ROOT


def test_the_table_of_rooms_is_the_one_that_the_command_draws():
    assert table(ROOT) in CONTRIBUTING, "put what `autograde rooms` prints there"

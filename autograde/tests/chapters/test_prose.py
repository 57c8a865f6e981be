"""What every chapter's prose keeps: short cells, exercises told alike, times beside."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from autograde.authoring.chapter import Chapter
from autograde.course.layout import ROOT

FOLDERS = sorted(path.parent for path in (ROOT / "solutions").glob("*/exercises.py"))
DROP_DOWN = re.compile(r"(?s)<details>.*?</details>")
TOLD = re.compile(
    r"(?s)^[-*] \*\*You write\*\*.*^[-*] \*\*Why\*\*.*^[-*] \*\*When it is right\*\*",
    re.MULTILINE,
)
MOST_WORDS = 200


@cache
def chapter_of(folder: Path) -> Chapter:
    return Chapter(folder)


def prose(chapter: Chapter) -> list:
    """Cells of text but the answers that a person grades."""
    texts = [cell for cell in chapter.cells if cell.cell_type == "markdown"]
    return [cell for cell in texts if "manual" not in cell.metadata]


def long_cells(chapter: Chapter) -> list[str]:
    """Cells with too many words outside of drop-downs, or inside of one of them."""
    found = []
    for cell in prose(chapter):
        parts = [DROP_DOWN.sub("", cell.source), *DROP_DOWN.findall(cell.source)]
        words = max(len(part.split()) for part in parts)
        if words > MOST_WORDS:
            found.append(f"{cell.metadata.get('name')}: {words} words")
    return found


def untold(chapter: Chapter) -> list[str]:
    """Exercises without the list of what to write, why, and when it is right."""
    cells = chapter.cells
    told = {
        cell.metadata["exercise"]: before.source
        for before, cell in zip(cells, cells[1:], strict=False)
        if "exercise" in cell.metadata
    }
    return [name for name, text in told.items() if not TOLD.search(text)]


def without_time(chapter: Chapter) -> list[str]:
    """Questions in prose without their points and minutes beside them."""
    texts = [cell.source for cell in prose(chapter)]
    found = []
    for entry in chapter.manual:
        line = f"*{entry.points:g} points, graded by a person · "
        line += f"about {entry.minutes} minutes*"
        if not any(line in text for text in texts):
            found.append(f"{entry.name}: {line}")
    return found


every_chapter = pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)


@every_chapter
def test_no_cell_of_prose_is_long(folder):
    assert long_cells(chapter_of(folder)) == []


@every_chapter
def test_every_exercise_says_what_to_write_why_and_when_it_is_right(folder):
    assert untold(chapter_of(folder)) == []


@every_chapter
def test_every_question_in_prose_says_its_points_and_minutes(folder):
    assert without_time(chapter_of(folder)) == []


def test_a_chapter_that_keeps_none_of_it_is_told(tmp_path):
    source = (
        f"# %% [markdown]\n# {'word ' * 201}\n\n"
        '# %% [markdown]\n# - **You write** it.\n\n# %% exercise="f"\nf = 1\n\n'
        f"# %% [markdown]\n# <details>{'word ' * 210}</details>\n"
    )
    folder = tmp_path / "01_short"
    folder.mkdir()
    (folder / "01_short.py").write_text(source, "utf-8")
    (folder / "exercises.py").write_text("EXERCISES = []\n", "utf-8")
    chapter = Chapter(folder)
    assert len(long_cells(chapter)) == 2
    assert untold(chapter) == ["f"]

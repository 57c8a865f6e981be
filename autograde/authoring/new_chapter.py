"""``autograde new-chapter NAME``: a chapter that can be built, checked and graded.

It has the headings of the course, and one exercise to replace by one's own.
"""

from __future__ import annotations

import re
from pathlib import Path

from autograde.course.layout import CannotRun, settings, source_chapters

NAME = re.compile(r"(\d\d)_([a-z][a-z0-9]*(?:_[a-z0-9]+)*)")
SECTIONS = ("1. The idea", "2. Step by step", "3. Summary")
TEMPLATES = Path(__file__).resolve().parent / "templates"
SETUP = """\
# %% tags=["setup"]
import numpy as np

from autograde import check, hint
"""


def new_chapter(root: Path, name: str) -> Path:
    """Write the chapter `name` into the course `root`, and return its folder.

    Raises CannotRun where the name is none, or where it or its number is taken.
    """
    found = NAME.fullmatch(name)
    if not found:
        raise CannotRun(
            f"{name!r} is no name for a chapter: two digits and small letters, as in "
            "06_attention."
        )
    for other in source_chapters(root):
        if other[:2] == found[1]:
            raise CannotRun(f"There is a chapter of that number: {other}.")
    folder = root / "solutions" / name
    if folder.exists():
        raise CannotRun(f"{folder} is there already.")
    folder.mkdir(parents=True)
    title = f"{int(found[1])} {found[2].replace('_', ' ').capitalize()}"
    (folder / f"{name}.py").write_text(_source(title, sections(root)), "utf-8")
    for file in ("exercises.py", "answers.py"):
        text = (TEMPLATES / f"{file}.txt").read_text("utf-8")
        (folder / file).write_text(text.replace("TITLE", title), "utf-8")
    return folder


def sections(root: Path) -> list[str]:
    """The headings of the course's chapters: `sections` of its ``course.toml``."""
    return list(settings(root).get("sections", SECTIONS))


def _source(title: str, headings: list[str]) -> str:
    exercise = (TEMPLATES / "exercise_cells.py.txt").read_text("utf-8")
    parts = [f'# %% [markdown] name="title"\n# # {title}\n#\n# {{{{exercises}}}}.\n']
    place = min(2, len(headings) - 1)
    for number, heading in enumerate(headings):
        parts.append(
            f'# %% [markdown] name="section-{number + 1}"\n# ## {heading}\n#\n'
            "# The text of this section.\n"
        )
        if number == 0:
            parts.append(SETUP)
        if number == place:
            parts.append(exercise)
    return "\n".join(parts)

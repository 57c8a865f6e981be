"""A table that says what a download does not: whose a file is, when it was received.

Either of our own columns ``file, student, chapter, time``, or Moodle's grading
worksheet, whose ``Identifier`` is the number in the names of its download.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from autograde.course.layout import CannotRun
from autograde.grading.origins import Origin
from autograde.grading.roster import key, table

_NUMBER = re.compile(r"\D*(\d+)\s*$")
_TITLES = {
    "file": ("file", "path", "filename"),
    "student": ("student",),
    "chapter": ("chapter", "assignment"),
    "time": ("time", "submitted", "last modified (submission)"),
    "identifier": ("identifier", "participant"),
    "name": ("full name", "name"),
    "email": ("email address", "email"),
}


@dataclass
class Row:
    """One line of the table; what it leaves empty stays as the download says."""

    file: str = ""
    student: str = ""
    chapter: str = ""
    time: str = ""
    identifier: str = ""
    name: str = ""
    email: str = ""


def read_matches(path: Path) -> list[Row]:
    """The lines of the table; CannotRun where it has no column that names a file."""
    rows = table(path)
    titles = [title.strip().lower() for title in rows[0]] if rows else []
    places = {
        name: next(titles.index(title) for title in known if title in titles)
        for name, known in _TITLES.items()
        if any(title in titles for title in known)
    }
    if not {"file", "identifier"} & set(places):
        raise CannotRun(
            f"{path.name} needs a column 'file' (with student, chapter or time), or "
            "to be Moodle's grading worksheet (with a column Identifier)."
        )
    return [
        Row(**{n: row[p].strip() for n, p in places.items() if p < len(row)})
        for row in rows[1:]
    ]


def matching(
    rows: list[Row], shown: str, origin: Origin, outside: int = 0
) -> Row | None:
    """The first line that means the file called `shown` in the download.

    A line may leave out folders before the file, but not a sender's archive around it,
    which has `outside` parts: what is in that is called as its sender likes.
    """
    starts = _starts(shown)[: outside or None]
    for row in rows:
        if row.file:
            if any(
                fnmatchcase(shown[start:], row.file) or shown[start:] == row.file
                for start in starts
            ):
                return row
        elif origin.system == "Moodle" and row.identifier:
            number = _NUMBER.fullmatch(row.identifier)
            same = not row.name or key(row.name) == key(origin.name)
            blind = key(origin.name).startswith("participant")
            if number and number[1] == origin.number and (same or blind):
                return row
    return None


def _starts(shown: str) -> list[int]:
    return [0, *(m.end() for m in re.finditer("/", shown))]

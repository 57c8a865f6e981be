"""Names that differ in case only are one student's: platforms take them for one login.

One spelling gets one folder. A file system that ignores case could not keep two apart,
and would let the work of one take the place of the other's.
"""

from __future__ import annotations

import unicodedata
from pathlib import Path


def folded(name: str) -> str:
    """What is the same for all spellings of `name`."""
    return unicodedata.normalize("NFC", name).casefold()


class Spellings:
    """How each student's folder in ``grading/submitted`` is written."""

    def __init__(self, grading: Path) -> None:
        place = grading / "submitted"
        names = sorted(path.name for path in place.iterdir()) if place.is_dir() else []
        self._exact = set(names)
        self._first = {folded(name): name for name in reversed(names)}

    def of(self, student: str) -> str:
        """The spelling that counts: the folder's that is there, else the first met."""
        if student in self._exact:
            return student
        return self._first.setdefault(folded(student), student)

"""Anonymous grading: a code in the place of each student's name, where it is asked for.

A code is drawn from the course run's secret seed, so that it stays the same for a term,
tells nothing of the student, and needs no table. Identity stays what it was: gradebook,
submissions and exports go by the student, and only what a grader reads has codes.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Iterable
from pathlib import Path

from autograde.course.files import replace_file
from autograde.grading.seed import SEED_FILE, secret_seed

SWITCH = "anonymous.txt"  # in grading/, while codes are shown
PAGES = "anonymous"  # in grading/: feedback pages in folders with codes
LENGTH = 8  # letters and digits: two of 1000 students share a code once in 2 million
_PREFIX = re.compile(r" *(?:NEEDS A PERSON: )?")
_WHAT = "Codes are shown in the place of names: autograde anonymous --help\n"


def is_anonymous(grading: Path) -> bool:
    """Whether graders read codes in the place of names."""
    return (grading / SWITCH).exists()


def switch(grading: Path, on: bool) -> None:
    """Show codes from now on, or names again."""
    if on:
        secret_seed(grading)
        replace_file(grading / SWITCH, _WHAT.encode())
    else:
        (grading / SWITCH).unlink(missing_ok=True)


def code_of(grading: Path, student: str) -> str:
    """The student's code, such as ``k7q2mx4p``."""
    seed = secret_seed(grading).encode()
    text = f"anonymous\0{student}".encode("utf-8", "surrogatepass")
    digest = hmac.new(seed, text, hashlib.sha256).digest()
    return base64.b32encode(digest).decode().lower()[:LENGTH]


def student_of(grading: Path, code: str, students: Iterable[str]) -> str | None:
    """Whose `code` it is, of `students`; None where it is nobody's."""
    wanted = code.strip().lower()
    if len(wanted) != LENGTH or not (grading / SEED_FILE).exists():
        return None
    return next((s for s in students if code_of(grading, s) == wanted), None)


def shown(grading: Path) -> Callable[[str], str]:
    """How a student is called in what a grader reads: by the code, or as always."""
    if not is_anonymous(grading):
        return str
    return lambda student: code_of(grading, student) if student else student


def hide_in(line: str, students: Iterable[str], name: Callable[[str], str]) -> str:
    """A line for a person that begins with a student, with what `name` makes of it."""
    begins = _PREFIX.match(line)[0]
    rest = line.removeprefix(begins)
    for student in students:
        if rest.startswith(f"{student}, "):
            return begins + name(student) + rest.removeprefix(student)
    return line

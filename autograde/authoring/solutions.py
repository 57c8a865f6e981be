"""Solutions that a release may hold, sealed, for ``solution("name")``."""

from __future__ import annotations

import json

from autograde.authoring.chapter import BEGIN, END, Chapter
from autograde.checking.checks import Checks
from autograde.course.layout import CHECKS
from autograde.student.solution import seal


def sealed_solutions(chapter: Chapter) -> bytes:
    """The content of ``solutions.sealed`` for `chapter`; its checks must be built."""
    checks = Checks.load(chapter.folder / CHECKS)
    found = {}
    for exercise in chapter.exercises:
        other, says = exercise.alternative or ("", "")
        content = {
            "source": _without_markers(chapter.solution(exercise.name)),
            "alternative": other.strip("\n"),
            "says": says,
        }
        found[exercise.name] = seal(content, checks.exercises[exercise.name])
    return (json.dumps(found, indent=1) + "\n").encode()


def _without_markers(source: str) -> str:
    kept = [s for s in source.splitlines() if s.strip() not in (BEGIN, END)]
    return "\n".join(kept)

"""One run of a course at a time."""

from __future__ import annotations

import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path

from autograde.course.layout import CannotRun


@contextlib.contextmanager
def only_run(grading: Path) -> Iterator[None]:
    """Hold the lock of the course run; a second run is told so."""
    grading.mkdir(parents=True, exist_ok=True)
    with open(grading / "run.lock", "a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CannotRun(
                "Another grading run of this course is under way; wait for its end."
            ) from None
        yield

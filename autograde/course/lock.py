"""One run of a course at a time."""

from __future__ import annotations

import contextlib
import importlib
import os
from collections.abc import Iterator
from pathlib import Path

from autograde.course.disk import private_folder
from autograde.course.layout import CannotRun

_held: set[Path] = set()


@contextlib.contextmanager
def only_run(grading: Path) -> Iterator[None]:
    """Hold the lock of the course run; a second run is told so.

    What a run itself starts in this process, such as a command of nbgrader, may ask
    for the lock again.
    """
    private_folder(grading)
    place = grading.resolve()
    if place in _held:
        yield
        return
    with open(grading / "run.lock", "a+b") as lock:
        try:
            hold(lock.fileno())
        except OSError:
            raise CannotRun(
                "Another grading run of this course is under way; wait for its end."
            ) from None
        _held.add(place)
        try:
            yield
        finally:
            _held.discard(place)


def hold(descriptor: int) -> None:
    """Lock the file until it is closed; raises OSError where another process does."""
    if os.name == "nt":
        msvcrt = importlib.import_module("msvcrt")
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        fcntl = importlib.import_module("fcntl")
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

"""A folder for what a collection has not whole yet."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from autograde.course.layout import CannotRun
from autograde.course.lock import hold

SCRATCH = ".collecting-"


@contextlib.contextmanager
def scratch_folder(grading: Path) -> Iterator[Path]:
    """A folder in `grading`; those of collections that died are removed.

    A lock says that its collection lives.
    """
    for old in grading.glob(f"{SCRATCH}*"):
        with _locked(old) as dead:
            if dead:
                shutil.rmtree(old, ignore_errors=True)
    folder = tempfile.TemporaryDirectory(dir=grading, prefix=SCRATCH)
    with folder as name, _locked(Path(name)):
        yield Path(name)


@contextlib.contextmanager
def only_collection(grading: Path) -> Iterator[None]:
    """Collect alone: two at once would each take the other's work for an earlier one.

    Raises CannotRun where another collection has begun.
    """
    with _locked(grading) as alone:
        if not alone:
            raise CannotRun("Another collection is under way; wait for its end.")
        yield


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[bool]:
    """Lock `folder`, where nobody has done so; whether it was done."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        yield False
        return
    try:
        try:
            hold(descriptor)
        except OSError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)

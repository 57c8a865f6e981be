"""A full disk, a locked or a read-only gradebook: one sentence each."""

from __future__ import annotations

import contextlib
import errno
import sqlite3
from collections.abc import Iterator

from sqlalchemy.exc import OperationalError

from autograde.course.layout import CannotRun


@contextlib.contextmanager
def clear_errors() -> Iterator[None]:
    """Turn what the disk and the databases refuse into CannotRun."""
    try:
        yield
    except (OSError, OperationalError, sqlite3.OperationalError) as error:
        text = str(error)
        number = getattr(error, "errno", None)
        if number == errno.ENOSPC or "is full" in text:
            raise CannotRun(
                "The disk is full. What was graded so far is recorded; make room and "
                "run the same command again."
            ) from error
        if "locked" in text:
            raise CannotRun(
                "The gradebook is locked by another program (Formgrader, a database "
                "browser). Close it and run the same command again; what was graded so "
                "far is recorded."
            ) from error
        refused = number in (errno.EACCES, errno.EPERM, errno.EROFS)
        if refused or "readonly" in text or "unable to open" in text:
            where = getattr(error, "filename", None) or "grading/gradebook.db"
            raise CannotRun(
                f"{where} may not be written by this user: give its owner the right "
                "(chmod u+w), or run the command as its owner. What was graded so far "
                "is recorded."
            ) from error
        raise

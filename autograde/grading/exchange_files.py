"""Read what students put into the exchange: plain files, and no link is followed.

Whoever writes there may change anything at any moment. So a file is opened first, and
looked at through what was opened.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from autograde.grading.exchange import account
from autograde.notebooks.submitted import MAX_FILE

MAX_FILES = 1000  # looked at in one folder


class NotTaken(Exception):
    """A folder of the exchange that is not collected; the message says why."""


@contextlib.contextmanager
def opened(name: str | Path, flags: int, folder: int | None = None) -> Iterator[int]:
    """A file or folder that is opened without following a link, or waiting for one."""
    flags |= os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        descriptor = os.open(name, flags, dir_fd=folder)
    except NotADirectoryError:
        raise NotTaken("it is a link or no folder") from None
    except PermissionError:
        raise NotTaken(
            "it may not be read by you; the student opens it, or root collects"
        ) from None
    except OSError as error:
        raise NotTaken(f"it cannot be opened: {error.strerror}") from None
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def read_small(folder: int, name: str, uid: int, most: int = 300) -> bytes | None:
    """What a short file of the student's says; None where it is no such file."""
    try:
        with opened(name, 0, folder) as file:
            found = os.fstat(file)
            if not stat.S_ISREG(found.st_mode) or found.st_uid != uid:
                return None
            return os.read(file, most)
    except NotTaken:
        return None


def names_in_folder(folder: int) -> list[str]:
    """The names in an opened folder; raises NotTaken where there are too many."""
    names = []
    with os.scandir(folder) as entries:
        for entry in entries:
            names.append(entry.name)
            if len(names) > MAX_FILES:
                raise NotTaken(f"more than {MAX_FILES} files in it")
    return names


def must_be_plain(name: str, found: os.stat_result, uid: int) -> None:
    """Raise NotTaken where a file is a link, another account's or too large."""
    if not stat.S_ISREG(found.st_mode):
        raise NotTaken(f"{name} is a link or no plain file")
    if found.st_uid != uid:
        owner = account(found.st_uid) or f"account {found.st_uid}"
        raise NotTaken(f"{name} belongs to {owner}, and the folder to another")
    must_be_small(name, found.st_size)


def must_be_small(name: str, size: int) -> None:
    """Raise NotTaken where a notebook has more bytes than are read of one."""
    if size > MAX_FILE:
        raise NotTaken(f"{name} has more than {MAX_FILE // 2**20} MB")

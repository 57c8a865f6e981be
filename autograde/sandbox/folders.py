"""Folders that a submission has filled on a real disk: their size, and their end.

Whatever lies in them was made to do harm, perhaps: folders a thousand deep, paths
longer than a path may be, folders that nobody may read, links. Nothing here recurses or
follows a link.
"""

from __future__ import annotations

import contextlib
import errno
import os
import uuid

DEEPEST = 64  # folders inside each other; honest code has a few
#: of a folder that is there, and cannot be looked into
UNSEEN = (errno.ENAMETOOLONG, errno.EACCES, errno.EPERM)
_OPEN = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def is_full(folder: str, most_bytes: int, most_entries: int) -> bool:
    """Whether `folder` holds more than that, or what cannot be counted.

    Looks no further than needed; what vanishes meanwhile does not count.
    """
    size = entries = 0
    waiting = [(folder, 0)]
    while waiting:
        place, depth = waiting.pop()
        if depth > DEEPEST:
            return True
        try:
            with os.scandir(place) as found:
                for entry in found:
                    entries += 1
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append((entry.path, depth + 1))
                    else:
                        with contextlib.suppress(FileNotFoundError):
                            size += entry.stat(follow_symlinks=False).st_blocks * 512
                    # no further: there may be no end to it
                    if size > most_bytes or entries > most_entries:
                        return True
        except OSError as error:
            if error.errno in UNSEEN:
                return True  # else it is gone, or this process is short of something
    return False


def remove(folder: str) -> None:
    """Removes a folder and all that is in it, as far as that is allowed.

    Folders below are moved up first, so depth does not matter.
    """
    with contextlib.suppress(OSError):
        _may_be_changed(folder)
        top = os.open(folder, _OPEN)
        try:
            _empty(top)
        finally:
            os.close(top)
        os.rmdir(folder)


def _empty(top: int) -> None:
    """Removes all that is in the open folder `top`."""
    waiting = _folders_after_clearing(top)
    unused, moved = uuid.uuid4().hex, 0
    while waiting:
        name = waiting.pop()
        with contextlib.suppress(OSError):
            inner = os.open(name, _OPEN, dir_fd=top)
            try:
                for below in _folders_after_clearing(inner):
                    moved += 1
                    new = f"{unused}-{moved}"
                    with contextlib.suppress(OSError):
                        os.rename(below, new, src_dir_fd=inner, dst_dir_fd=top)
                        waiting.append(new)
            finally:
                os.close(inner)
            os.rmdir(name, dir_fd=top)


def _folders_after_clearing(folder: int) -> list[str]:
    """The names of the folders in the open `folder`; all else in it is removed."""
    found = []
    for name in os.listdir(folder):
        try:
            os.unlink(name, dir_fd=folder)
        except (IsADirectoryError, PermissionError):  # the second on macOS
            _may_be_changed(name, folder)
            found.append(name)
        except OSError:
            continue
    return found


def _may_be_changed(name: str, where: int | None = None) -> None:
    """Lets the owner read and change a folder, if it is one. Follows no link."""
    if not hasattr(os, "O_PATH"):
        return
    with contextlib.suppress(OSError):
        kind = os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
        fd = os.open(name, kind, dir_fd=where)
        try:
            if os.fstat(fd).st_mode & 0o700 != 0o700:
                os.chmod(f"/proc/self/fd/{fd}", 0o700)
        finally:
            os.close(fd)

"""Landlock: a wall that a process puts up around itself, on Linux 5.13 and later."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterable

from autograde.sandbox import linux, mounts

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1, 2, 4, 8
#: the file rights known to each version of the interface
RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
NETWORK = 0b11  # TCP bind and connect, from version 4
SCOPES = 0b11  # abstract sockets and signals, from version 6
OF_FILES = EXECUTE | WRITE_FILE | READ_FILE | 1 << 14 | 1 << 15
TRUNCATES, SCOPED = 3, 6  # versions from which truncate, and signals, are closed
PROC_FILES = (
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/stat",
    "/proc/version",
    "/proc/filesystems",
)


class _Ruleset(ctypes.Structure):
    _fields_ = [
        ("files", ctypes.c_uint64),
        ("network", ctypes.c_uint64),
        ("scoped", ctypes.c_uint64),
    ]


class _PathRule(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = [("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32)]


def version() -> int:
    """The version of Landlock that this kernel offers; 0 for none."""
    try:
        return linux.syscall(
            linux.SYS_LANDLOCK_CREATE,
            None,
            ctypes.c_size_t(0),
            ctypes.c_uint(1),
            what="Landlock",
        )
    except OSError:
        return 0


def enter(shown: Iterable[str], hidden: Iterable[str], folder: str, known: int) -> None:
    """Leaves this process the system and `shown` to read, `folder` to write.

    What is in `hidden` or in `walls.HIDDEN` stays closed.

    `known` is the version of Landlock to use. Raises OSError where there is none.
    """
    if known < 1:
        raise OSError("the kernel has no Landlock")
    rights = RIGHTS[max(v for v in RIGHTS if v <= known)]
    ruleset = _Ruleset(
        rights, NETWORK if known >= 4 else 0, SCOPES if known >= 6 else 0
    )
    size = 24 if known >= 6 else 16 if known >= 4 else 8
    rules = linux.syscall(
        linux.SYS_LANDLOCK_CREATE,
        ctypes.byref(ruleset),
        ctypes.c_size_t(size),
        ctypes.c_uint(0),
        what="Landlock",
    )
    reading = EXECUTE | READ_FILE | READ_DIR
    closed = (*mounts.HIDDEN, *hidden)
    for path in [*mounts.SYSTEM, *shown]:
        for part in _without(closed, path):
            _allow(rules, part, reading)
    # so that the importer finds its modules; what is in other files stays closed
    _allow(rules, str(mounts.PACKAGE), READ_DIR)
    for path in [f"/proc/{os.getpid()}", *PROC_FILES]:
        _allow(rules, path, reading)
    for name in mounts.DEVICES:
        _allow(rules, f"/dev/{name}", READ_FILE | WRITE_FILE)
    _allow(rules, folder, rights)
    linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
    linux.syscall(
        linux.SYS_LANDLOCK_RESTRICT,
        ctypes.c_int(rules),
        ctypes.c_uint(0),
        what="Landlock",
    )
    os.close(rules)


def _allow(rules: int, path: str, rights: int) -> None:
    try:
        fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    if not os.path.isdir(path):
        rights &= OF_FILES
    rule = _PathRule(rights, fd)
    linux.syscall(
        linux.SYS_LANDLOCK_ADD,
        ctypes.c_int(rules),
        ctypes.c_int(1),
        ctypes.byref(rule),
        ctypes.c_uint(0),
        what=f"Landlock for {path}",
    )
    os.close(fd)


def _without(closed: tuple[str, ...], path: str) -> list[str]:
    """`path`, or what is in it apart from `closed`: a rule cannot take back."""
    inside = [c for c in closed if os.path.isdir(c) and c.startswith(path + "/")]
    if path in closed:
        return []
    if not inside:
        return [path]
    return [
        part
        for name in sorted(os.listdir(path))
        for part in _without(closed, os.path.join(path, name))
    ]

"""A filter of system calls: a list of what NumPy, torch and IPython need is allowed.

Other calls fail with an error number, so a library that tries one can fall back.
"""

from __future__ import annotations

import ctypes
import errno
import struct
from collections.abc import Collection
from dataclasses import dataclass

from autograde.sandbox import linux
from autograde.sandbox.calls import ALLOWED, JUDGED, REFUSED, UNKNOWN

ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}

NEW_NAMESPACES = 0x7E020000  # every CLONE_NEW* flag that clone takes
THREAD, SAME_FILES = 0x10000, 0x400  # CLONE_THREAD, CLONE_FILES
SHARED, ANONYMOUS = 0x01, 0x20  # MAP_SHARED, MAP_ANONYMOUS
AF_UNIX, SOL_SOCKET, SOCK_STREAM, SOCK_SEQPACKET = 1, 1, 1, 5
SOCKET_TYPE = 0xF
#: SO_REUSEADDR, SO_KEEPALIVE, SO_LINGER, SO_PASSCRED, and the timeouts, old and new
SOCKET_OPTIONS = (2, 9, 13, 16, 20, 21, 66, 67)
#: FIONREAD, FIONBIO, FIOCLEX, FIONCLEX; of a terminal: TCGETS, TCSETS and its two kin,
#: TIOCSCTTY, TIOCGPGRP, TIOCSPGRP, TIOCGWINSZ, TIOCSWINSZ, TIOCNOTTY, the two of a pty
CONTROLS: tuple[int, ...] = (
    0x541B,
    0x5421,
    0x5451,
    0x5450,
    0x5401,
    0x5402,
    0x5403,
    0x5404,
    0x540E,
)
CONTROLS += (0x540F, 0x5410, 0x5413, 0x5414, 0x5422, 0x80045430, 0x40045431)
WHOLE = 0xFFFFFFFF

LOAD, EQUAL, AND, AT_LEAST, RETURN = 0x20, 0x15, 0x54, 0x35, 0x06
ALLOW, ERROR, KILL = 0x7FFF0000, 0x00050000, 0x80000000
SYS_SECCOMP = {"x86_64": 317, "aarch64": 277}
SET_MODE_FILTER = 1


@dataclass(frozen=True)
class Rule:
    """A call is allowed when each of some arguments is, masked, one of some values.

    Only an argument's low half is looked at: each that is named here is an int.
    """

    checks: tuple[tuple[int, int, tuple[int, ...]], ...]
    error: int = errno.EPERM


def rules(only_signal: int | None = None) -> dict[str, Rule]:
    """For each of the calls in JUDGED what its arguments may be.

    only_signal: where no process namespace hides others, the one process id to which
    signals may be sent.
    """
    never = Rule(((0, 0, (1,)),))
    always = Rule(())
    myself = Rule(((0, WHOLE, (0,)),))
    found = {
        # with datagrams, a pair could send to any path
        "socketpair": Rule(
            (
                (0, WHOLE, (AF_UNIX,)),
                (1, SOCKET_TYPE, (SOCK_STREAM, SOCK_SEQPACKET)),
            )
        ),
        # a thread with open files of its own escapes the count
        "clone": Rule(
            (
                (0, NEW_NAMESPACES, (0,)),
                (0, THREAD | SAME_FILES, (0, SAME_FILES, THREAD | SAME_FILES)),
            )
        ),
        # shared pages without a file outlive their mapping's sight
        "mmap": Rule(((3, SHARED | ANONYMOUS, (0, SHARED, ANONYMOUS)),)),
        "setsockopt": Rule(((1, WHOLE, (SOL_SOCKET,)), (2, WHOLE, SOCKET_OPTIONS))),
        "ioctl": Rule(((1, WHOLE, CONTROLS),), errno.ENOTTY),
        # RWF_NOWAIT tells whether another process has read a file
        "preadv2": Rule(((5, WHOLE, (0,)),), errno.EOPNOTSUPP),
        "pwritev2": Rule(((5, WHOLE, (0,)),), errno.EOPNOTSUPP),
        # of other processes of the same user
        "prlimit64": myself,
        "sched_setaffinity": myself,
        "setpriority": Rule(((0, WHOLE, (0,)), (1, WHOLE, (0,)))),
    }
    for name in ("tkill", "rt_sigqueueinfo", "pidfd_send_signal"):
        found[name] = always if only_signal is None else never
    for name in ("kill", "tgkill", "rt_tgsigqueueinfo"):
        one = Rule(((0, WHOLE, (only_signal or 0,)),))
        found[name] = always if only_signal is None else one
    return found


def program(
    machine: str,
    only_signal: int | None = None,
    pretended: Collection[str] = (),
    refused: Collection[str] = (),
) -> bytes:
    """The filter as bytes of BPF for "x86_64" or "aarch64".

    Of the calls that are allowed else, those in `pretended` do nothing and say that
    all went well, and those in `refused` fail.
    """
    column, architecture = ARCHITECTURES[machine]
    code: list[tuple[int, int, int, int]] = []

    def add(kind: int, value: int, yes: int = 0, no: int = 0) -> None:
        code.append((kind, yes, no, value))

    def answer(call: tuple[int | None, int | None], *lines: tuple) -> None:
        """`lines`, which end in a return, where the loaded number is that of `call`."""
        number = call[column]
        if number is not None:
            add(EQUAL, number, 0, len(lines))
            code.extend(lines)

    add(LOAD, 4)
    add(EQUAL, architecture, 1, 0)
    add(RETURN, KILL)  # a call of another architecture, such as int 0x80
    add(LOAD, 0)
    if machine == "x86_64":
        add(AT_LEAST, 0x40000000, 0, 1)
        add(RETURN, ERROR | errno.ENOSYS)  # the x32 set
    for name, call in ALLOWED.items():
        fails = ERROR | errno.EPERM if name in refused else ALLOW
        answer(call, (RETURN, 0, 0, ERROR if name in pretended else fails))
    for name, rule in rules(only_signal).items():
        answer(JUDGED[name], *_lines(rule))
    for call in REFUSED.values():
        answer(call, (RETURN, 0, 0, ERROR | errno.EPERM))
    add(RETURN, ERROR | errno.ENOSYS)
    return b"".join(struct.pack("=HBBI", *line) for line in code)


def _lines(rule: Rule) -> list[tuple[int, int, int, int]]:
    lines = []
    for index, mask, values in rule.checks:
        lines.append((LOAD, 0, 0, 16 + 8 * index))  # both machines: little endian
        lines.append((AND, 0, 0, mask))
        for place, value in enumerate(values):
            lines.append((EQUAL, len(values) - place, 0, value))
        lines.append((RETURN, 0, 0, ERROR | rule.error))
    return [*lines, (RETURN, 0, 0, ALLOW)]


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_char_p)]


def install(
    only_signal: int | None = None,
    pretended: Collection[str] = (),
    refused: Collection[str] = (),
) -> None:
    """Puts the filter on this process and all that it will start. For good.

    The arguments are those of `program`. Raises OSError where the kernel or the machine
    has no such filter.
    """
    machine = linux.machine()
    if machine not in ARCHITECTURES:
        raise OSError(errno.ENOSYS, f"no table of system calls for {machine}")
    linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
    code = program(machine, only_signal, pretended, refused)
    fprog = _Program(len(code) // 8, code)
    linux.syscall(
        SYS_SECCOMP[machine],
        ctypes.c_uint(SET_MODE_FILTER),
        ctypes.c_uint(0),
        ctypes.byref(fprog),
        what="seccomp",
    )


__all__ = ["ALLOWED", "JUDGED", "REFUSED", "UNKNOWN", "install", "program", "rules"]

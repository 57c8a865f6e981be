"""The few system calls that Python 3.11 does not offer. Importing is safe anywhere."""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
from collections.abc import Iterable

CLONE_NEWNS = 0x00020000
CLONE_NEWCGROUP = 0x02000000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 32, 4096, 16384, 1 << 18
MNT_DETACH = 2
#: what a statvfs says of a mount, and the flag that keeps it on a remount
KEPT_FLAGS = (
    (1, MS_RDONLY),
    (2, MS_NOSUID),
    (4, MS_NODEV),
    (8, MS_NOEXEC),
    (1024, 1024),
    (2048, 2048),
    (4096, 1 << 21),
)

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_DROP = 1, 4, 24
PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT = 36, 38, 47
PR_SET_SECCOMP, PR_CAP_AMBIENT_CLEAR_ALL, PR_SET_KEEPCAPS = 22, 4, 8
CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_FOWNER = 0, 1, 2, 3
CAP_KILL, CAP_SETGID, CAP_SETUID, CAP_SYS_PTRACE, CAP_SYS_NICE = 5, 6, 7, 19, 23

#: system calls without a wrapper in every libc; above 423 the numbers are the same
NUMBERS = {
    "x86_64": {"pivot_root": 155, "capset": 126, "capget": 125},
    "aarch64": {"pivot_root": 41, "capset": 91, "capget": 90},
}
SYS_CLOSE_RANGE, SYS_MOUNT_SETATTR = 436, 442
SYS_LANDLOCK_CREATE, SYS_LANDLOCK_ADD, SYS_LANDLOCK_RESTRICT = 444, 445, 446
AT_FDCWD, AT_RECURSIVE = -100, 0x8000
MADV_COLLAPSE, HUGE_PAGE = 25, 2 << 20

_libc = ctypes.CDLL(None, use_errno=True)


def machine() -> str:
    """The processor's name as the tables of system calls spell it."""
    return {"amd64": "x86_64", "arm64": "aarch64"}.get(
        platform.machine().lower(), platform.machine().lower()
    )


def check(result: int, what: str) -> int:
    """The result of a C call, or an OSError that says what failed."""
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{what}: {os.strerror(error)}")
    return result


def syscall(number: int, *arguments: object, what: str) -> int:
    return check(_libc.syscall(ctypes.c_long(number), *arguments), what)


def unshare(flags: int) -> None:
    check(_libc.unshare(ctypes.c_int(flags)), f"unshare({flags:#x})")


def mount(
    source: str, target: str, kind: str | None, flags: int = 0, options: str = ""
) -> None:
    check(
        _libc.mount(
            source.encode(),
            target.encode(),
            kind.encode() if kind else None,
            ctypes.c_ulong(flags),
            options.encode() or None,
        ),
        f"mount {source} on {target}",
    )


def unmount(target: str, flags: int = MNT_DETACH) -> None:
    check(_libc.umount2(target.encode(), ctypes.c_int(flags)), f"umount {target}")


def pivot_root(new: str, old: str) -> None:
    syscall(
        NUMBERS[machine()]["pivot_root"], new.encode(), old.encode(), what="pivot_root"
    )


def prctl(option: int, *values: int) -> int:
    padded = [ctypes.c_ulong(v) for v in (*values, 0, 0, 0, 0)[:4]]
    return check(_libc.prctl(ctypes.c_int(option), *padded), f"prctl({option})")


def close_all_but(keep: set[int]) -> None:
    """Closes every file descriptor of this process that is not in `keep`."""
    start = 0
    for fd in [*sorted(keep), 1 << 20]:
        if fd > start:
            os.closerange(start, fd)
        start = fd + 1


def use_huge_pages(maps: str) -> None:
    """Puts the memory that this process allocated into huge pages, where it can.

    A fork copies an entry for each page, so this makes it several times cheaper. `maps`
    is the text of /proc/self/maps. Older than Linux 6.1, nothing happens.
    """
    for line in maps.splitlines():
        span, rights, _, device, *_ = line.split()
        if rights != "rw-p" or device != "00:00":
            continue
        start, end = (int(edge, 16) for edge in span.split("-"))
        start, end = -(-start // HUGE_PAGE) * HUGE_PAGE, end // HUGE_PAGE * HUGE_PAGE
        if start < end:
            size = ctypes.c_size_t(end - start)
            _libc.madvise(ctypes.c_void_p(start), size, MADV_COLLAPSE)


class _CapHeader(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


class _CapData(ctypes.Structure):
    _fields_ = [
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    ]


def become(user: int, keep: Iterable[int] = ()) -> None:
    """Makes this process one of `user` and of the group of that number alone.

    Of its capabilities only `keep` is left, where it has them. What the process is told
    when its parent dies is forgotten.
    """
    _drop_bounding_set()
    prctl(PR_SET_KEEPCAPS, 1)
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    drop_capabilities(keep)
    prctl(PR_SET_DUMPABLE, 1)  # the change hid it from itself


def drop_capabilities(keep: Iterable[int] = ()) -> None:
    """Gives up all capabilities of this process but `keep`, and the means to get more.

    Raises OSError where it does not have those.
    """
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    _drop_bounding_set()
    with contextlib.suppress(OSError):  # older than Linux 4.3
        prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
    kept = sum(1 << capability for capability in keep)
    data = (_CapData * 2)(_CapData(kept, kept, 0))
    header = _CapHeader(0x20080522, 0)
    syscall(
        NUMBERS[machine()]["capset"],
        ctypes.byref(header),
        ctypes.byref(data),
        what="capset",
    )


def _drop_bounding_set() -> None:
    for capability in range(64):
        if _libc.prctl(PR_CAPBSET_DROP, ctypes.c_ulong(capability), 0, 0, 0) < 0:
            break  # past the last one, or there is none to drop


def has_capabilities(wanted: Iterable[int]) -> bool:
    """Whether this process has all of these."""
    header, data = _CapHeader(0x20080522, 0), (_CapData * 2)()
    syscall(
        NUMBERS[machine()]["capget"],
        ctypes.byref(header),
        ctypes.byref(data),
        what="capget",
    )
    return all(data[0].effective >> capability & 1 for capability in wanted)


class _MountAttr(ctypes.Structure):
    _fields_ = [
        ("set", ctypes.c_uint64),
        ("clear", ctypes.c_uint64),
        ("propagation", ctypes.c_uint64),
        ("userns", ctypes.c_uint64),
    ]


def make_read_only(target: str, devices: bool = False) -> None:
    """Makes a mount and all mounts below it read-only, and set-uid bits there void."""
    flags = MS_RDONLY | MS_NOSUID | (0 if devices else MS_NODEV)
    attributes = _MountAttr(set=flags)  # the first three bits are the same
    try:
        syscall(
            SYS_MOUNT_SETATTR,
            ctypes.c_int(AT_FDCWD),
            target.encode(),
            ctypes.c_uint(AT_RECURSIVE),
            ctypes.byref(attributes),
            ctypes.c_size_t(ctypes.sizeof(attributes)),
            what=f"protect {target}",
        )
    except OSError:  # older than Linux 5.12: one mount after the other
        for below in mounts_below(target):
            kept = sum(
                flag for said, flag in KEPT_FLAGS if os.statvfs(below).f_flag & said
            )
            mount("none", below, None, MS_REMOUNT | MS_BIND | kept | flags)


def mounts_below(target: str) -> list[str]:
    """`target` and every mount point under it."""
    found = {target}
    with open("/proc/self/mountinfo") as lines:
        for line in lines:
            point = line.split()[4].encode().decode("unicode_escape")
            if point.startswith(target.rstrip("/") + "/"):
                found.add(point)
    return sorted(found)

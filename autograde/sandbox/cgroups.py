"""A cgroup for each submission, where the system delegates some to the grader.

Version 2 alone. The grader makes the cgroups and removes them; a submission's process
enters its own by a file that the grader has opened, before anything else. So the kernel
bounds the memory and the number of all its processes together, in whatever way they
share it. Beyond its memory all of them end at once.

    systemd-run --user --scope -p Delegate=yes autograde grade 01
"""

from __future__ import annotations

import contextlib
import fcntl
import functools
import itertools
import os
import time
from pathlib import Path

from autograde.sandbox import systemd
from autograde.sandbox.limits import MIB, Limits

CONTROLLERS = {"memory", "pids"}
OWN = "autograde-graders"  # where the processes of the delegated cgroup itself go
PREFIX = "autograde-sandbox-"
KERNEL = 128 * MIB  # page tables, sockets and the like, which are charged, too
HELPERS = 2  # processes of this package that are in a submission's cgroup
END_SECONDS = 5.0
ENTER, EVENTS, KILL = "cgroup.procs", "memory.events", "cgroup.kill"


class NoCgroups(OSError):
    """Nothing is delegated here. The message says what is missing."""


@functools.cache
def delegated() -> Path:
    """The cgroup below which this process may make others; raises NoCgroups."""
    own = own_cgroup(_text("/proc/self/cgroup"), _text("/proc/self/mountinfo"))
    return prepared(own)


def _text(path: str) -> str:
    try:
        return Path(path).read_text()
    except OSError:
        return ""


def own_cgroup(memberships: str, mounts: str) -> Path:
    """The folder of this process's cgroup, by the texts of two files of /proc."""
    member = next(
        (line[3:] for line in memberships.splitlines() if line.startswith("0::")), None
    )
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        if member is not None and after.startswith("cgroup2 "):
            root, point = before.split()[3:5]
            inside = os.path.relpath(member, root)
            # "/..": it shows what lies above this process's namespace of cgroups
            if not inside.startswith("..") and not root.startswith("/.."):
                return Path(point) / inside
    raise NoCgroups("none of version 2 is here")


def prepared(own: Path) -> Path:
    """`own`, or the one above, ready to have cgroups of submissions below it.

    Processes that are in it move to one of their own: the kernel asks for that. Only
    what was delegated is touched.
    """
    if own.name == OWN:  # another process has prepared it
        own = own.parent
    known = set(_text(str(own / "cgroup.controllers")).split())
    if not known >= CONTROLLERS:
        missing = " and ".join(sorted(CONTROLLERS - known))
        raise NoCgroups(f"that of the grader has no control of {missing}")
    control = own / "cgroup.subtree_control"
    if not (os.access(own, os.W_OK) and os.access(control, os.W_OK)):
        raise NoCgroups("none is delegated to this user")
    if not set(control.read_text().split()) >= CONTROLLERS:
        if not (_is_the_machine_s(own) or systemd.delegates(own)):
            raise NoCgroups("none is delegated here")
        try:
            if not _is_the_machine_s(own):
                _move_processes(own)
            control.write_text(" ".join(f"+{name}" for name in sorted(CONTROLLERS)))
        except OSError as error:
            raise NoCgroups(f"the cgroup cannot be used ({error})") from None
    return own


def _is_the_machine_s(folder: Path) -> bool:
    """Whether it is the one above all others, and no systemd rules it."""
    root = not (folder / "cgroup.events").exists()
    return root and not os.path.exists("/run/systemd/system")


def _move_processes(folder: Path) -> None:
    target = folder / OWN
    target.mkdir(exist_ok=True)
    for _ in range(20):  # others may start meanwhile
        pids = (folder / ENTER).read_text().split()
        if not pids:
            return
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                (target / ENTER).write_text(pid)


_number = itertools.count()


class Cgroups:
    """The cgroups of one sandbox's submissions.

    limits: of one submission; beyond: bytes that the warm process has, of which a
    submission gets copies
    """

    def __init__(self, limits: Limits, beyond: int = 0, parent: Path | None = None):
        above = parent or delegated()
        _sweep(above)
        self.folder = above / f"{PREFIX}{os.getpid()}-{next(_number)}"
        memory = limits.memory + beyond + 2 * limits.tmp_bytes + limits.shm_bytes
        self._settings = {
            "memory.max": str(memory + KERNEL),
            "memory.swap.max": "0",
            "memory.oom.group": "1",
            "pids.max": str(limits.processes + HELPERS),
        }
        self._made = itertools.count()
        self._entered: list[Path] = []
        try:
            self.folder.mkdir()
            control = " ".join(f"+{name}" for name in sorted(CONTROLLERS))
            (self.folder / "cgroup.subtree_control").write_text(control)
        except OSError as error:
            _remove(self.folder)
            raise NoCgroups(f"no cgroup can be made ({error})") from None

    def make(self) -> tuple[Path, list[int]]:
        """A new cgroup, and its files ENTER, EVENTS and KILL, opened.

        EVENTS is locked until the last who has it closes it: so long the cgroup stays,
        for what it counted is still to be read.
        """
        self._entered = [
            path for path in self._entered if _is_read(path) or not _remove(path)
        ]
        path = self.folder / str(next(self._made))
        path.mkdir()
        for name, value in self._settings.items():
            try:
                (path / name).write_text(value)
            except OSError:
                if name != "memory.swap.max":  # not there without swap
                    raise
        files = []
        try:
            for name, how in (
                (ENTER, os.O_WRONLY),
                (EVENTS, os.O_RDONLY),
                (KILL, os.O_WRONLY),
            ):
                files.append(os.open(path / name, how | os.O_CLOEXEC))
            fcntl.flock(files[1], fcntl.LOCK_SH)
        except OSError:
            for fd in files:
                os.close(fd)
            _remove(path)
            raise
        return path, files

    def entered(self, path: Path) -> None:
        """Something runs, or ran, in it: it is removed once that is over."""
        self._entered.append(path)

    def close(self) -> None:
        """Ends what is left in them, and removes them."""
        _end(self.folder)


def _end(folder: Path) -> None:
    with contextlib.suppress(OSError):
        (folder / KILL).write_text("1")
    end = time.monotonic() + END_SECONDS
    while folder.exists() and time.monotonic() < end:
        with contextlib.suppress(OSError):
            for path in folder.iterdir():
                if path.is_dir():
                    _remove(path)
        if not _remove(folder):
            time.sleep(0.02)


def _is_read(path: Path) -> bool:
    """Whether the warm process still has the files of this cgroup."""
    try:
        events = os.open(path / EVENTS, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(events, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(events)
    return False


def _remove(path: Path) -> bool:
    """Whether it is gone; one in which something runs stays."""
    try:
        path.rmdir()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True


def _sweep(above: Path) -> None:
    """Removes what dead graders left behind."""
    for path in above.glob(f"{PREFIX}*"):
        owner = path.name[len(PREFIX) :].partition("-")[0]
        if owner.isdigit() and not os.path.exists(f"/proc/{owner}"):
            _end(path)


class Inside:
    """The files of one submission's cgroup, as the warm process has them."""

    def __init__(self, files: list[int]) -> None:
        self.enter, self._events, self._kill = files

    def ran_out_of_memory(self) -> bool:
        """Whether the kernel has ended what is in it, since it was beyond its bound.

        The kernel counts an end for the machine's own want of memory, too, which is
        nobody's fault in it; only at the cgroup's bound it counts an "oom" as well.
        """
        try:
            lines = os.pread(self._events, 4096, 0).decode().splitlines()
        except OSError:  # it is gone: nobody knows
            return False
        counts = dict(line.split() for line in lines)
        return all(int(counts.get(name, 0)) > 0 for name in ("oom", "oom_kill"))

    def end(self) -> None:
        """Ends everything in it."""
        with contextlib.suppress(OSError):
            os.write(self._kill, b"1")

    def close(self) -> None:
        for fd in (self.enter, self._events, self._kill):
            os.close(fd)

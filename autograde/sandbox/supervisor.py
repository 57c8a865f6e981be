"""From the warm process to a student's: two forks, with the inner walls in between.

The keeper is the first process behind the inner walls. It waits for the student's
process, says how it ended, and takes everything else down with it.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import socket
import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass

from autograde.sandbox import calls, landlock, levels, linux, mounts
from autograde.sandbox.limits import Limits
from autograde.sandbox.monitor import ProcFolder, descendants

#: what a keeper says: the student's process begins; could not begin; ended
READY, TROUBLE, ENDED = b"R", b"T", b"E"

Serve = Callable[[socket.socket], None]


@dataclass(frozen=True)
class Plan:
    """What is the same for every submission."""

    level: str
    limits: Limits
    serve: Serve
    proc: ProcFolder | None
    #: bytes of private data and of address space of the warm process
    sizes: tuple[int, int]
    #: where a submission may write when it has no file system of its own, else ""
    folder: str
    #: the newest version of Landlock to use, should the kernel have it
    landlock: int = 999
    #: what may be read beside the system's folders
    shown: tuple[str, ...] = ()
    #: and what of that may not
    hidden: tuple[str, ...] = ()


def start(
    plan: Plan, student: socket.socket, user: int | None = None, cgroup: int = -1
) -> tuple[int, int]:
    """Forks a keeper and its student. Returns the keeper's process id, and its pipe.

    Both run as `user`, or as the user that the warm process is, and in the cgroup that
    the file `cgroup` lets them enter.

    The pipe brings READY when the student's process runs, TROUBLE and a sentence when
    it can't, and ENDED and a wait status (4 bytes) when it is over.
    """
    heard, said = os.pipe()
    told, tell = os.pipe()  # the keeper's id, which may come after its first word
    own_namespaces = plan.level in (levels.NAMESPACES, levels.MASKED)
    child = os.fork()
    if child == 0:
        try:
            os.close(heard)
            os.close(told)
            if cgroup >= 0:
                os.write(cgroup, b"0")
            if user is not None and own_namespaces:
                linux.become(user)
            if own_namespaces:
                uid, gid = os.geteuid(), os.getegid()
                linux.unshare(mounts.ALL_NAMESPACES)
                assert plan.proc
                mounts.map_student(plan.proc.fd, uid, gid)
                first = os.fork()
                if first:
                    os.write(tell, struct.pack("!I", first))
                    os._exit(0)
            os.close(tell)
            _keep(plan, student.detach(), said, user)
        except BaseException as error:
            trouble = f"{type(error).__name__}: {error}".encode()[:2000]
            os.write(said, TROUBLE + trouble)
        os._exit(1)
    os.close(said)
    os.close(tell)
    keeper = os.read(told, 4)  # nothing, where there is no process in between
    os.close(told)
    if not own_namespaces:
        return child, heard
    os.waitpid(child, 0)
    if len(keeper) < 4:
        trouble = os.read(heard, 2000).removeprefix(TROUBLE)
        os.close(heard)
        raise OSError(trouble.decode(errors="replace") or "no second fork")
    return struct.unpack("!I", keeper)[0], heard


def _keep(plan: Plan, data: int, said: int, user: int | None) -> None:
    """The keeper's whole life. Never returns."""
    behind = plan.level in (levels.NAMESPACES, levels.MASKED)
    if behind:
        assert plan.proc
        mounts.build_inner_root(
            plan.limits, plan.shown, plan.proc.fd, plan.level == levels.MASKED
        )
    else:
        folder = os.path.join(plan.folder, str(os.getpid()))
        os.makedirs(folder, 0o700)
        if user is not None:
            os.chown(folder, user, user)
            linux.become(user)
        os.chdir(folder)
        os.environ.update(HOME=folder, TMPDIR=folder)
        if sys.platform == "linux":
            linux.prctl(linux.PR_SET_CHILD_SUBREAPER, 1)
            linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)
    os.setsid()
    mounts.quiet_streams()
    linux.close_all_but({0, 1, 2, data, said})
    alone = behind or user is not None
    mounts.set_limits(plan.limits, *plan.sizes, others=1 if alone else _own_threads())
    if plan.level != levels.NONE:
        os.nice(5)
        _first_to_go()
    if behind:
        mounts.lock()
        linux.prctl(linux.PR_SET_DUMPABLE, 0)  # no debugger, not even the student
    student = os.fork()
    if student == 0:
        _be_student(plan, data, said)
    os.close(data)
    while True:
        try:
            pid, status = os.wait()
        except ChildProcessError:
            break
        if pid == student:
            os.write(said, ENDED + struct.pack("!I", status))
            break
    if not behind:
        end_family(os.getpid())
        os.killpg(0, signal.SIGKILL)  # itself too: its parent is told
    os._exit(0)


def _be_student(plan: Plan, data: int, said: int) -> None:
    """The student's process, from its first line on. Never returns."""
    status = 1
    try:
        if plan.level in (levels.NAMESPACES, levels.MASKED):
            os.setsid()
            linux.prctl(linux.PR_SET_DUMPABLE, 1)
        elif plan.level == levels.LANDLOCK:
            linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)
            known = min(landlock.version(), plan.landlock)
            landlock.enter(plan.shown, plan.hidden, os.getcwd(), known)
            # what the kernel's version of Landlock leaves open is closed here
            mounts.lock(
                only_signal=None if known >= landlock.SCOPED else os.getpid(),
                pretended=calls.BY_PATH,
                refused=() if known >= landlock.TRUNCATES else ("truncate",),
            )
        mounts.default_signals()
        gc.enable()
        os.write(said, READY)
        os.close(said)
        plan.serve(socket.socket(fileno=data))
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 0
    finally:
        os._exit(status & 255)


def end_family(root: int, with_root: bool = False) -> None:
    """Kills what `root` started, and what that started, until nothing of it runs.

    Whoever is the parent of one of them still has to wait for it.
    """
    if sys.platform != "linux":
        return  # only the process group can be ended there
    proc = ProcFolder()
    try:
        for _ in range(100):
            family = descendants(proc.processes(), root)
            victims = [
                p.pid for p in family if not p.over and (with_root or p.pid != root)
            ]
            if not victims:
                return
            for pid in victims:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)
    finally:
        os.close(proc.fd)


def _own_threads() -> int:
    """Processes and threads that this user has already, where they count together."""
    if sys.platform != "linux":
        return 256
    count = 0
    for name in os.listdir("/proc"):
        try:
            if name.isdigit() and os.stat(f"/proc/{name}").st_uid == os.geteuid():
                count += len(os.listdir(f"/proc/{name}/task"))
        except OSError:
            continue
    return count


def _first_to_go() -> None:
    """When the machine itself is out of memory, a submission goes first."""
    try:
        with open("/proc/self/oom_score_adj", "w") as score:
            score.write("1000")
    except OSError:
        pass

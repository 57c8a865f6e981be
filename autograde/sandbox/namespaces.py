"""The outer walls, and the watchdog that stays outside of them.

Where the system allows it, the warm process keeps the right to become other users, and
with it what it needs to watch and end their processes. These are rights over the ids
that were set apart for it and, where root grades, over root's own, whose files it has
to show; no student's process has any of them.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import site
import socket
import sys
import sysconfig
from collections.abc import Callable, Iterable

from autograde.sandbox import linux, mounts, user_ids

#: what the warm process needs where its submissions are other users than itself
RIGHTS = (
    linux.CAP_DAC_OVERRIDE,
    linux.CAP_KILL,
    linux.CAP_SETGID,
    linux.CAP_SETUID,
    linux.CAP_SYS_PTRACE,
    linux.CAP_SYS_NICE,
)
#: and where it has to clear up their folders, too
RIGHTS_TO_FILES = (linux.CAP_CHOWN, linux.CAP_FOWNER)
CLOSED = (
    f"an ordinary user may not read the modules of {sys.prefix}, so submissions could "
    "not import them"
)
#: what root needs to become another user, and to give that one a folder
RIGHTS_OF_ROOT = (linux.CAP_CHOWN, linux.CAP_SETGID, linux.CAP_SETUID)
POWERLESS = (
    "root may not become another user here (it has not all of CAP_CHOWN, CAP_SETGID "
    "and CAP_SETUID); grade as an ordinary user"
)


def enter(
    shown: list[str], hidden: list[str], masked_proc: bool, control: socket.socket
) -> tuple[int, range]:
    """Returns in a new process behind the outer walls, the first of its namespaces.

    The calling process stays outside as the watchdog and never returns. The new one
    runs as an ordinary user without a right over anything outside, sees `shown`
    read-only without `hidden`, and ends when the watchdog does.

    Returned is an open /proc that knows it: the namespace's own, or with `masked_proc`
    the machine's; and the user ids for submissions, none where they run as it does.
    """
    grader = os.getppid()
    uid, gid = os.geteuid(), os.getegid()
    is_root = uid == 0
    if is_root and not linux.has_capabilities(RIGHTS_OF_ROOT):
        raise PermissionError(POWERLESS)
    given = None if is_root else user_ids.of_user()
    block = user_ids.of_root() if is_root else given[0] if given else range(0)
    unshared, mapped = os.pipe(), os.pipe()
    child = os.fork()
    if child:
        os.close(unshared[1])
        if os.read(unshared[0], 1):
            done = True
            try:
                if is_root:
                    for kind in ("gid", "uid"):
                        part = f"{block.start} {block.start} {len(block)}"
                        _write(f"/proc/{child}/{kind}_map", f"0 0 1\n{part}")
                elif given:
                    done = user_ids.map_for(child, *given)
                os.write(mapped[1], b"x" if done else b"-")
            finally:
                os.close(mapped[1])
        _keep_watch(grader, control, child)
    linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)
    linux.unshare(mounts.ALL_NAMESPACES | linux.CLONE_NEWCGROUP)
    os.write(unshared[1], b"x")
    os.close(mapped[1])
    done = os.read(mapped[0], 1) == b"x"
    if is_root and not done:
        raise OSError("root may not map a second user here")
    if not done:
        block = range(0)
    if not is_root:
        _map_itself(uid, gid)
    first = os.fork()
    if first:
        control.close()
        os.waitpid(first, 0)
        os._exit(0)
    linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)
    machine_proc = os.open("/proc", os.O_RDONLY | os.O_DIRECTORY)
    mounts.build_outer_root(shown, hidden, masked_proc)
    if is_root:
        if not _able(block, user_ids.may_look_into, _imported_from()):
            raise PermissionError(CLOSED)
        others = block[1:]
    else:
        needed = [sys.executable, *shown, *_imported_from()]
        others = block if _able(block, user_ids.can_read, needed) else range(0)
    rights = RIGHTS if others else ()
    if is_root:
        linux.become(block.start, rights)
    else:
        linux.drop_capabilities(rights)
    linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)  # a change of user forgot it
    if masked_proc:
        return machine_proc, others
    os.close(machine_proc)
    return os.open("/proc", os.O_RDONLY | os.O_DIRECTORY), others


def become_ordinary(folder: str) -> range:
    """Where no namespaces are: root becomes an ordinary user, who gets `folder`.

    Returned are the user ids for submissions, none where they run as this process does.
    """
    others = range(0)
    if os.geteuid() == 0:
        if not linux.has_capabilities(RIGHTS_OF_ROOT):
            raise PermissionError(POWERLESS)
        block = user_ids.of_root()
        rights = (*RIGHTS, *RIGHTS_TO_FILES)
        if linux.has_capabilities(rights):  # in a container, root may lack some
            others = block[1:]
        os.chown(folder, block.start, block.start)
        os.chmod(folder, 0o711)  # to be passed through on the way to one's own
        linux.become(block.start, rights if others else ())
    else:
        linux.drop_capabilities()
    if not os.access(sys.executable, os.X_OK):
        raise PermissionError(f"an ordinary user may not run {sys.executable}")
    if not user_ids.may_look_into(_imported_from()):
        raise PermissionError(CLOSED)
    return others


def _imported_from() -> list[str]:
    """The folders of Python's own modules and of the installed ones."""
    stdlib = sysconfig.get_path("stdlib")
    return [sys.prefix, sys.base_prefix, stdlib, *site.getsitepackages()]


def _map_itself(uid: int, gid: int) -> None:
    """Writes what of this process's maps is not written yet: the user that it was."""
    for kind, own in (("uid", uid), ("gid", gid)):
        with open(f"/proc/self/{kind}_map") as file:
            if file.read().strip():
                continue
        if kind == "gid":
            _write("/proc/self/setgroups", "deny")
        _write(f"/proc/self/{kind}_map", f"{own} {own} 1")


def _able(
    block: range, look: Callable[[Iterable[str]], bool], paths: Iterable[str]
) -> bool:
    """What `look` says of `paths` as the first user of `block`; False without one."""
    if not block:
        return False
    child = os.fork()
    if child == 0:
        able = False
        with contextlib.suppress(OSError):
            linux.become(block.start)
            able = look(paths)
        os._exit(0 if able else 1)
    return os.waitpid(child, 0)[1] == 0


def _write(path: str, text: str) -> None:
    with open(path, "w") as file:
        file.write(text)


def _keep_watch(grader: int, control: socket.socket, child: int) -> None:
    """Until the grader or the warm process is gone; then ends what is left."""
    poll = select.poll()
    poll.register(control, 0)  # always told: the grader closed its end
    pause: int | None = None
    try:
        poll.register(os.pidfd_open(grader), select.POLLIN)
        poll.register(os.pidfd_open(child), select.POLLIN)
    except OSError:  # older than Linux 5.3
        pause = 250
    while not poll.poll(pause):
        if os.getppid() != grader or os.waitpid(child, os.WNOHANG)[0]:
            break
    try:
        os.kill(
            child, signal.SIGKILL
        )  # and, by the kernel, everything behind the walls
        os.waitpid(child, 0)
    except (ProcessLookupError, ChildProcessError):
        pass
    os._exit(0)

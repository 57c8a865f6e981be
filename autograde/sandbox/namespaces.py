"""The outer walls, and the watchdog that stays outside of them."""

from __future__ import annotations

import os
import select
import signal
import socket
import sys

from autograde.sandbox import linux, mounts


def enter(
    shown: list[str], hidden: list[str], masked_proc: bool, control: socket.socket
) -> int:
    """Returns in a new process behind the outer walls, the first of its namespaces.

    The calling process stays outside as the watchdog and never returns. The new one
    runs as an ordinary user without capabilities, sees `shown` read-only without
    `hidden`, and ends when the watchdog does. Returned is an open /proc that knows it:
    the namespace's own, or with `masked_proc` the machine's.
    """
    grader = os.getppid()
    uid, gid = os.geteuid(), os.getegid()
    is_root = uid == 0
    ordinary = uid
    if is_root:
        with open("/proc/self/uid_map") as id_map:
            ordinary = mounts.ordinary_id(id_map.read())
    unshared, mapped = os.pipe(), os.pipe()
    child = os.fork()
    if child:
        os.close(unshared[1])
        if is_root and os.read(unshared[0], 1):
            try:
                for kind in ("gid", "uid"):
                    _write(
                        f"/proc/{child}/{kind}_map", f"0 0 1\n{ordinary} {ordinary} 1"
                    )
                os.write(mapped[1], b"x")
            finally:
                os.close(mapped[1])
        _keep_watch(grader, control, child)
    linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)
    linux.unshare(mounts.ALL_NAMESPACES | linux.CLONE_NEWCGROUP)
    os.write(unshared[1], b"x")
    if is_root:
        os.close(mapped[1])
        if not os.read(mapped[0], 1):
            raise OSError("root may not map a second user here")
    else:
        _write("/proc/self/setgroups", "deny")
        _write("/proc/self/uid_map", f"{uid} {uid} 1")
        _write("/proc/self/gid_map", f"{gid} {gid} 1")
    first = os.fork()
    if first:
        control.close()
        os.waitpid(first, 0)
        os._exit(0)
    linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)
    machine_proc = os.open("/proc", os.O_RDONLY | os.O_DIRECTORY)
    mounts.build_outer_root(shown, hidden, masked_proc)
    _drop(ordinary if is_root else None)
    linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)  # a change of user forgot it
    if masked_proc:
        return machine_proc
    os.close(machine_proc)
    return os.open("/proc", os.O_RDONLY | os.O_DIRECTORY)


def become_ordinary(folder: str) -> None:
    """Where no namespaces are: root becomes an ordinary user, who gets `folder`."""
    ordinary = None
    if os.geteuid() == 0:
        with open("/proc/self/uid_map") as id_map:
            ordinary = mounts.ordinary_id(id_map.read())
        os.chown(folder, ordinary, ordinary)
    _drop(ordinary)
    if not os.access(sys.executable, os.X_OK):
        raise PermissionError(f"an ordinary user may not run {sys.executable}")


def _drop(ordinary: int | None) -> None:
    if ordinary is not None:
        os.setgroups([])
        os.setresgid(ordinary, ordinary, ordinary)
        os.setresuid(ordinary, ordinary, ordinary)
    linux.drop_capabilities()
    linux.prctl(linux.PR_SET_DUMPABLE, 1)  # a change of user hid it from itself


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

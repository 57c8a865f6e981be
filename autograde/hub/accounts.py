"""Accounts of the system for a hub that is tried: made for it, and removed with it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pwd
import signal
import subprocess
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from autograde.course.layout import CannotRun

COMMENT = "made by autograde hub try"
SECONDS = 60.0  # a busy machine takes its time; mostly it is none
LOCK = Path("/run/autograde-accounts.lock")  # only root writes there


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Two hubs that start together would meet at the system's list of accounts."""
    with open(LOCK, "w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def make_account(name: str, password: str, home: Path) -> pwd.struct_passwd:
    """Make the account `name`; raise CannotRun where somebody has it already.

    One that a hub left behind, which was killed, is made anew.
    """
    with _one_at_a_time():
        person = _make_account(name, password, home)
    home.mkdir(mode=0o700)
    os.chown(home, person.pw_uid, person.pw_gid)
    return person


def _make_account(name: str, password: str, home: Path) -> pwd.struct_passwd:
    with contextlib.suppress(KeyError):
        found = pwd.getpwnam(name)
        if found.pw_gecos != COMMENT or processes_of(found.pw_uid):
            raise CannotRun(
                f"There is an account {name} already, in use or not made by a hub that "
                f"was tried; when it is of no use to anybody: userdel {name}"
            )
        _remove_account(name)
    command = ["useradd", "--no-create-home", "--user-group", "--shell", "/bin/bash"]
    _run([*command, "--comment", COMMENT, "--home-dir", str(home), name])
    _run(["chpasswd"], f"{name}:{password}\n")
    return pwd.getpwnam(name)


def remove_account(name: str) -> None:
    """End what `name` runs, and remove the account if it was made here."""
    with _one_at_a_time():
        _remove_account(name)


def _remove_account(name: str) -> None:
    try:
        person = pwd.getpwnam(name)
    except KeyError:
        return
    if person.pw_gecos != COMMENT:
        return
    end_processes(processes_of(person.pw_uid))
    subprocess.run(["userdel", "--force", name], capture_output=True)


def processes_of(uid: int) -> list[int]:
    """The processes that run as `uid`."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if folder.stat().st_uid == uid:
                found.append(int(folder.name))
    return found


def end_processes(processes: Iterable[int]) -> None:
    """Kill `processes` and wait until they are gone."""
    left = set(processes)
    deadline = time.monotonic() + SECONDS
    for process in left:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    while left and time.monotonic() < deadline:
        left = {process for process in left if _runs(process)}
        time.sleep(0.05)


def _runs(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def _run(command: list[str], given: str = "") -> None:
    try:
        done = subprocess.run(command, input=given, capture_output=True, text=True)
    except FileNotFoundError:
        raise CannotRun(
            f"This system has no {command[0]}; leave --accounts out."
        ) from None
    if done.returncode:
        raise CannotRun(f"{command[0]} failed: {done.stderr.strip()}")

"""What tests of the exchange share: accounts to act as, submissions laid into it."""

from __future__ import annotations

import os
import pwd
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from autograde.grading.exchange import Exchange, account
from autograde.grading.exchange_inbound import collect_inbound
from autograde.grading.exchange_taking import SECRET, STAMP, Taken

CHAPTER = "01_small"
NOTEBOOK = f"{CHAPTER}.ipynb"
WORK = b'{"cells": [], "nbformat": 4}'
PRIVATE = b"the reference solution"
KEY = "a" * 128
ROOT_ONLY = pytest.mark.skipif(
    os.geteuid() != 0, reason="only root acts as several accounts"
)


def accounts() -> list[pwd.struct_passwd]:
    """Accounts that every system has, and nobody logs in with."""
    return [p for p in sorted(pwd.getpwall(), key=lambda p: p.pw_uid) if p.pw_uid][:3]


def acting(person: pwd.struct_passwd, act: Callable[[], Any]) -> str:
    """Do `act` as `person`, in a process of its own: empty, or the error's name."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        said = b""
        try:
            os.setgroups([])
            os.setgid(person.pw_gid)
            os.setuid(person.pw_uid)
            act()
        except BaseException as error:
            said = type(error).__name__.encode()
        finally:
            os.write(writing, said)
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    return said.decode()


def now() -> datetime:
    return datetime.now(UTC)


def submit(
    exchange: Exchange,
    uid: int | None = None,
    *,
    name: str | None = None,
    stamp: datetime | None = None,
    work: bytes = WORK,
    random: str = "Zm9v",
) -> Path:
    """Lay a submission into ``inbound``, as nbgrader's submit does for `uid`."""
    uid = os.geteuid() if uid is None else uid
    when = f"{stamp or now():%Y-%m-%d %H:%M:%S.%f} UTC"
    folder = exchange.inbound / f"{name or account(uid)}+{CHAPTER}+{when}+{random}"
    folder.mkdir()
    for file, content in ((NOTEBOOK, work), (STAMP, when.encode())):
        (folder / file).write_bytes(content)
    (folder / SECRET).write_text(KEY)
    give(folder, uid)
    folder.chmod(0o777)
    return folder


def give(folder: Path, uid: int) -> None:
    for path in (folder, *folder.iterdir()):
        os.chown(path, uid, -1, follow_symlinks=False)


def collect(exchange: Exchange, root: Path, **more) -> Taken:
    return collect_inbound(exchange, root / "grading", [CHAPTER], **more)


def collected(root: Path, student: str) -> Path:
    return root / "grading" / "submitted" / student / CHAPTER


def me() -> str:
    return account(os.geteuid())


def linked_notebook(folder: Path, root: Path) -> None:
    (folder / NOTEBOOK).unlink()
    (folder / NOTEBOOK).symlink_to(root / "solution.ipynb")


def make_page(root: Path, student: str, stamp: str) -> None:
    page = root / "grading" / "feedback" / student / CHAPTER / f"{CHAPTER}.html"
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(f"feedback of {stamp}")
    (page.parent / STAMP).write_text(stamp)

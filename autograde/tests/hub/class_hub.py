"""A hub with real accounts for the tests of a module, and what its people do on it."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograde.course.layout import ROOT, CannotRun
from autograde.course.ports import free_port
from autograde.hub.try_hub import Hub, check_machine


@contextlib.contextmanager
def class_hub(prefix: str, *, started: bool = True) -> Iterator[Hub]:
    """A hub whose accounts are called PREFIX-teacher and so on; else a skip.

    Without `started` there are accounts, course and exchange, and no server.
    """
    try:
        check_machine(accounts=True)
    except CannotRun as problem:
        pytest.skip(str(problem))
    folder = Path("/tmp") / f"autograde-{prefix}-{os.getpid()}"
    folder.mkdir()
    students = tuple(f"{prefix}-{name}" for name in ("ada", "ben", "chen"))
    hub = Hub(
        ROOT,
        folder,
        free_port(),
        accounts=True,
        instructor=f"{prefix}-teacher",
        students=students,
    )
    try:
        hub.set_up()
        expose = {"LabApp": {"expose_app_in_browser": True}}
        (folder / "etc" / "jupyter_config.json").write_text(json.dumps(expose))
        if started:
            hub.start()
        yield hub
    finally:
        hub.stop()
        shutil.rmtree(folder, ignore_errors=True)


def well(done: subprocess.CompletedProcess) -> str:
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def teach(hub: Hub, *arguments: str) -> subprocess.CompletedProcess:
    return hub.run(hub.instructor, *arguments, "--root", str(hub.course))


def learn(hub: Hub, name: str, *arguments: str) -> subprocess.CompletedProcess:
    return hub.run(name, *arguments, "--work", str(hub.work(name)))


def enter_roster(hub: Hub, names: dict[str, str]) -> None:
    """Let the course know its students, an account and a full name each."""
    path = hub.folder / "roster.csv"
    rows = (f"{account},{account},{name}\n" for account, name in names.items())
    path.write_text("".join(["student id,login,name\n", *rows]))
    well(teach(hub, "roster", "import", str(path), "--replace"))

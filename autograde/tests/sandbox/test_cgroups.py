"""A cgroup for each submission: tried on real ones where some are delegated here."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from autograde.sandbox import Limits, Sandbox, cgroups, levels
from autograde.sandbox.limits import MIB
from autograde.tests.behind_walls import (
    ENTRY,
    PATIENCE,
    ask,
    found,
    needs_walls,
    send,
    until,
)

UNIFIED = "30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n"
HYBRID = "40 23 0:35 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"
ABOVE = "42 23 0:35 /../.. /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"
PART = "41 23 0:35 /a/b /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"


@pytest.mark.parametrize(
    ("member", "mounts", "folder"),
    [
        ("0::/user.slice/x.scope\n", UNIFIED, "/sys/fs/cgroup/user.slice/x.scope"),
        ("8:pids:/\n0::/\n", HYBRID, "/sys/fs/cgroup/unified"),
        ("0::/a/b/c\n", PART, "/sys/fs/cgroup/c"),
        ("0::/a/other\n", PART, None),
        ("8:pids:/\n", UNIFIED, None),
        ("0::/\n", "", None),
        ("0::/\n", ABOVE, None),
    ],
)
def test_where_this_process_s_cgroup_is(member, mounts, folder):
    if folder is None:
        with pytest.raises(cgroups.NoCgroups):
            cgroups.own_cgroup(member, mounts)
    else:
        assert cgroups.own_cgroup(member, mounts) == Path(folder)


def _like_a_cgroup(folder: Path, controllers: str, below: str = "") -> Path:
    folder.mkdir()
    for name, text in (
        ("cgroup.controllers", controllers),
        ("cgroup.subtree_control", below),
        ("cgroup.events", "populated 1\n"),
        ("cgroup.procs", ""),
    ):
        (folder / name).write_text(text)
    return folder


def test_only_what_is_delegated_is_touched(tmp_path):
    """Folders with the same files, where no kernel answers."""
    few = _like_a_cgroup(tmp_path / "few", "cpu memory\n")
    with pytest.raises(cgroups.NoCgroups, match="no control of pids"):
        cgroups.prepared(few)
    other = _like_a_cgroup(tmp_path / "other", "cpu memory pids\n")
    with pytest.raises(cgroups.NoCgroups, match="none is delegated"):
        cgroups.prepared(other)
    assert sorted(path.name for path in other.iterdir() if path.is_dir()) == []
    ready = _like_a_cgroup(tmp_path / "ready", "memory pids\n", "memory pids\n")
    assert cgroups.prepared(ready) == ready
    assert cgroups.prepared(ready / cgroups.OWN) == ready


def _manager(folder: Path, said: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A `systemctl` in `folder` that says `said`; the file of what it was asked."""
    folder.mkdir()
    asked = folder / "asked"
    program = folder / "systemctl"
    program.write_text(f'#!/bin/sh\necho "$@" > {asked}\n{said}\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)
    return asked


@pytest.mark.skipif(sys.platform != "linux", reason="asks for what Linux keeps")
@pytest.mark.parametrize(
    ("where", "said", "used"),
    [
        ("user@7.service/app.slice/run-1.scope", "Delegate=yes", True),
        ("user@7.service/app.slice/run-1.scope", "Delegate=no", False),
        ("system.slice/grader.service", "Delegate=yes", True),
        ("system.slice/user@7.service", "Delegate=yes", True),
        ("system.slice", "Delegate=yes", False),
        ("user@7.service/app.slice/deeper/run-1.scope", "", False),
    ],
)
def test_the_manager_is_asked_for_what_it_delegates(
    tmp_path, monkeypatch, where, said, used
):
    """A user's manager marks nothing, nor did those of older machines."""
    above = tmp_path / "cgroup"
    place = above / where
    place.parent.mkdir(parents=True)
    _like_a_cgroup(place, "cpu memory pids\n")
    said = f"echo {said}; echo ControlGroup=/{where}" if said else "exit 1"
    asked = _manager(tmp_path / "bin", said, monkeypatch)
    if used:
        assert cgroups.prepared(place) == place
        assert (place / cgroups.OWN).is_dir()
        assert ("--user" in asked.read_text()) == where.startswith("user@")
        assert place.name in asked.read_text()
    else:
        with pytest.raises(cgroups.NoCgroups, match="none is delegated here"):
            cgroups.prepared(place)
        assert not (place / cgroups.OWN).exists()


@pytest.mark.skipif(sys.platform != "linux", reason="asks for what Linux keeps")
def test_another_manager_s_unit_of_the_same_name_says_nothing(tmp_path, monkeypatch):
    place = _like_a_cgroup(tmp_path / "a.scope", "memory pids\n")
    said = "echo Delegate=yes; echo ControlGroup=/user.slice/a.scope"
    _manager(tmp_path / "bin", said, monkeypatch)
    with pytest.raises(cgroups.NoCgroups, match="none is delegated here"):
        cgroups.prepared(place)


def test_a_machine_without_them_is_told_so_and_grades():
    """Nothing fails, whatever this machine has; the level says what is the case."""
    with (
        Sandbox(level=found.level, preload=(), entry=ENTRY, trusted=True) as box,
        box.open() as connection,
    ):
        assert ask(connection, "answer = 1") == 1
        walls = box.walls
    if found.level != levels.NONE:
        assert ("memory watched" in str(walls)) == bool(walls.no_cgroups)


def test_what_a_cgroup_bounds_is_not_said_to_be_watched_alone():
    bounded = levels.Walls(levels.LANDLOCK, own_users=True)
    watched = levels.Walls(levels.LANDLOCK, own_users=True, no_cgroups="none is here")
    assert levels.WATCHED not in bounded.lacks and "bounded by" in str(bounded)
    assert levels.WATCHED in watched.lacks and "none is here" in str(watched)


@pytest.mark.parametrize(
    ("oom", "killed", "its_own"), [(0, 0, False), (0, 2, False), (1, 2, True)]
)
def test_the_machine_s_want_of_memory_is_nobody_s_fault(tmp_path, oom, killed, its_own):
    """As the kernel counts it: `oom_kill` for any reason, `oom` at the bound alone."""
    events = tmp_path / "memory.events"
    events.write_text(f"low 0\nhigh 0\nmax 7\noom {oom}\noom_kill {killed}\n")
    files = [os.open(events, os.O_RDWR) for _ in range(3)]
    inside = cgroups.Inside(files)
    assert inside.ran_out_of_memory() == its_own
    inside.close()


def test_what_cannot_be_read_any_more_ends_nobody(tmp_path):
    inside = cgroups.Inside([os.open(tmp_path, os.O_RDONLY) for _ in range(3)])
    assert not inside.ran_out_of_memory()
    inside.end()
    inside.close()


def test_a_cgroup_stays_until_its_counts_are_read(tmp_path, monkeypatch):
    """One that is empty could be removed before the warm process has looked at it."""
    mkdir = Path.mkdir
    asked: list[str] = []

    def made_by_a_kernel(path):
        mkdir(path)
        for name in (cgroups.ENTER, cgroups.EVENTS, cgroups.KILL):
            (path / name).write_text("oom 1\noom_kill 1\n")

    monkeypatch.setattr(Path, "mkdir", made_by_a_kernel)
    monkeypatch.setattr(cgroups, "_remove", lambda path: not asked.append(path.name))
    several = cgroups.Cgroups(Limits(), parent=tmp_path)
    path, files = several.make()
    inside = cgroups.Inside([os.dup(fd) for fd in files])  # in the warm process
    several.entered(path)
    for _ in range(2):
        for fd in files:
            os.close(fd)
        files = several.make()[1]
    assert asked == []
    assert inside.ran_out_of_memory()
    inside.close()
    for fd in [*files, *several.make()[1]]:
        os.close(fd)
    assert asked == ["0"]


@pytest.fixture(scope="module")
def real() -> Path:
    try:
        return cgroups.delegated()
    except cgroups.NoCgroups as error:
        pytest.skip(f"no cgroup for submissions on this machine: {error}")


def left(above: Path) -> list[str]:
    return [path.name for path in above.glob(f"{cgroups.PREFIX}*")]


#: more than the watch sees of any process: pages that several share, held in no one
SHARED = """
import os, time
parts = []
for number in range(400):
    name = f"/dev/shm/{number}"
    try:
        with open(name, "wb") as file:
            file.write(bytes(1 << 20))
    except OSError:
        break
kept = [b"x" * (60 << 20) for _ in range(2)]
for _ in range(6):
    if not os.fork():
        mine = b"y" * (60 << 20)
        time.sleep(999)
time.sleep(999)
"""


@needs_walls
def test_memory_and_processes_are_bounded_for_all_together(real):
    limits = Limits(memory=128 * MIB, processes=20, tmp_bytes=8 * MIB)
    with Sandbox(limits, found.level, preload=(), entry=ENTRY) as box:
        assert box.walls.no_cgroups == ""
        with box.open() as one, box.open() as two:
            folder = real / left(real)[0]
            inner = sorted(path for path in folder.iterdir() if path.is_dir())
            assert len(inner) == 2
            assert all((path / "cgroup.procs").read_text() for path in inner)
            assert (inner[0] / "pids.max").read_text() == "22\n"
            send(one, SHARED)
            assert one.wait(PATIENCE) == "memory"
            assert ask(two, "answer = 2") == 2
            two.kill()
            assert two.reason() == "killed"
        with box.open() as three:
            assert ask(three, "answer = 3") == 3
            assert until(
                lambda: sum(path.is_dir() for path in folder.iterdir()) == 1, 30
            )
    assert left(real) == []


@needs_walls
def test_the_kernel_s_own_end_is_named(real, monkeypatch):
    """With a bound that is met before anything is seen by the watch."""
    monkeypatch.setattr(cgroups, "KERNEL", -900 * MIB)
    limits = Limits(memory=1024 * MIB, tmp_bytes=8 * MIB, shm_bytes=8 * MIB)
    with (
        Sandbox(limits, found.level, preload=(), entry=ENTRY) as box,
        box.open() as connection,
    ):
        send(connection, 'kept = b"x" * (600 << 20)')
        assert connection.wait(PATIENCE) == "memory"
        assert connection.peak_memory < 1024 * MIB


@needs_walls
def test_what_a_dead_grader_left_is_removed(real):
    program = f"""
import os, signal
from autograde.sandbox import Sandbox
box = Sandbox(level={found.level!r}, preload=(), entry={ENTRY!r})
box.open()
print("up", flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    import subprocess

    run = subprocess.run([sys.executable, "-c", program], capture_output=True)
    assert run.stdout == b"up\n", run.stderr.decode()
    assert left(real)
    time.sleep(1)
    with Sandbox(level=found.level, preload=(), entry=ENTRY) as box:
        box.open().close()
        assert left(real) == [f"{cgroups.PREFIX}{os.getpid()}-{_last(real)}"]
    assert left(real) == []


def _last(above: Path) -> str:
    return left(above)[-1].rpartition("-")[2]

"""How a submission's process ends, and that nothing outlives it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import pytest

from autograde.sandbox import Sandbox, SandboxUnavailable, levels, user_ids
from autograde.sandbox.monitor import ProcFolder, descendants
from autograde.sandbox.sandbox import FOLDER_PREFIX, sweep
from autograde.tests.behind_walls import (
    ENTRY,
    LIMITS,
    PATIENCE,
    ask,
    found,
    needs_walls,
    outside_pids,
    send,
    until,
)

pytestmark = needs_walls


@pytest.mark.parametrize(
    "source, reason",
    [
        ("import os; os._exit(3)", "exited"),
        ("import ctypes; ctypes.string_at(0)", "signal 11"),
        ("import os; os.abort()", "signal 6"),
        ("import os; os.kill(os.getpid(), 9)", "signal 9"),
        ("raise SystemExit", "exited"),
    ],
)
def test_how_it_ended(box, source, reason):
    with box.open() as connection:
        assert connection.reason() is None
        send(connection, source)
        assert connection.wait(PATIENCE) == reason


@pytest.mark.parametrize("end", ["close", "exit"])
def test_nothing_outlives_its_submission(box, end):
    marker = f"outlive-{os.getpid()}-{end}"
    with box.open() as connection:
        assert (
            ask(
                connection,
                f"""
            import os
            if os.fork() == 0:
                os.setsid()
                if os.fork() == 0:
                    deaf = "import signal, time; signal.signal(15, 1); time.sleep(999)"
                    os.execv({sys.executable!r}, ["python", "-c", deaf, "{marker}"])
                os._exit(0)
            os.wait()
            answer = "started"
        """,
            )
            == "started"
        )
        assert until(lambda: outside_pids(marker))
        if end == "exit":
            send(connection, "raise SystemExit")
            assert connection.wait(PATIENCE) == "exited"
            assert outside_pids(marker) == []
        connection.close()
        assert outside_pids(marker) == []


def test_ignored_signals_do_not_help(box):
    with box.open() as connection:
        ask(
            connection,
            """
            import signal
            for number in signal.valid_signals():
                try:
                    signal.signal(number, signal.SIG_IGN)
                except (OSError, ValueError):
                    pass
        """,
        )
        send(connection, "while True: signal.pause()")
        connection.kill()
        assert connection.reason() == "killed"


def test_everything_dies_with_the_grader(tmp_path):
    marker = f"orphan-{os.getpid()}"
    program = f"""
import time
from autograde.sandbox import Sandbox
from autograde.sandbox import self_test
with Sandbox(level={found.level!r}, preload=(), entry={ENTRY!r}) as box:
    inside = box.open()
    self_test.ask(inside.socket, "import subprocess;"
              "subprocess.Popen(['sh', '-c', 'sleep 999; exit', '{marker}'])")
    print("up", flush=True)
    time.sleep(999)
"""
    grader = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True
    )
    try:
        assert grader.stdout.readline() == "up\n"
        # the grader's own command line has the marker, too
        assert until(lambda: len(outside_pids(marker)) > 1)
        family = descendants(ProcFolder().processes(), grader.pid)
        assert len(family) > 3  # the watchdog, the warm process, the student's
        os.kill(grader.pid, signal.SIGKILL)
        grader.wait()
        assert until(lambda: outside_pids(marker) == [])
        assert until(lambda: not {p.pid for p in family} & sandboxes())
    finally:
        grader.kill()
        grader.wait()
        grader.stdout.close()


def sandboxes() -> set[int]:
    """The processes of this machine that are, or were forked by, a fork server."""
    return set(outside_pids("autograde.sandbox.fork_server"))


def test_a_lost_warm_process_is_no_ones_fault_and_is_replaced():
    with Sandbox(LIMITS, found.level, preload=(), entry=ENTRY) as box:
        first = box.open()
        os.kill(
            box._process.pid, signal.SIGKILL
        )  # the watchdog: all behind it goes too
        assert first.wait(PATIENCE) == "lost"
        first.close()
        with box.open() as second:
            assert ask(second, "answer = 1") == 1
    with pytest.raises(SandboxUnavailable, match="closed"):
        box.open()


def test_several_at_a_time_from_threads(box):
    answers = []

    def one(number: int) -> None:
        with box.open() as connection:
            answers.append(ask(connection, f"answer = {number}"))

    threads = [threading.Thread(target=one, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == list(range(12))


def test_folders_of_dead_graders_are_swept(tmp_path):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    dead, alive = (
        tmp_path / f"{FOLDER_PREFIX}{pid}-x" for pid in (gone.pid, os.getpid())
    )
    for folder in (dead, alive):
        (folder / "deep").mkdir(parents=True)
    assert sweep(str(tmp_path)) == [str(dead)]
    assert alive.exists() and not dead.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives a folder to others")
def test_root_sweeps_what_its_warm_processes_had_and_no_one_elses(tmp_path):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    given, foreign, link = (
        tmp_path / f"{FOLDER_PREFIX}{gone.pid}-{name}" for name in ("a", "b", "c")
    )
    for folder, owner in ((given, user_ids.of_root().start), (foreign, 1234)):
        folder.mkdir()
        os.chown(folder, owner, owner)
    link.symlink_to(given)
    assert sweep(str(tmp_path)) == [str(given)]
    assert foreign.exists() and link.is_symlink() and not given.exists()


def test_the_strongest_walls_of_this_machine_are_used(box):
    assert box.level == found.level
    assert found.level in (levels.NAMESPACES, levels.MASKED), found.explanation
    assert found.explanation.startswith(f"Walls in force: {found.level}")

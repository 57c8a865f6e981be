"""How a submission's process ends, and that nothing outlives it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from autograde.sandbox import (
    Sandbox,
    SandboxUnavailable,
    levels,
)
from autograde.sandbox.sandbox import FOLDER_PREFIX, sweep
from autograde.tests.behind_walls import (
    ENTRY,
    LIMITS,
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
        assert connection.wait(120) == reason


@pytest.mark.parametrize("end", ["close", "exit"])
def test_nothing_outlives_its_submission(box, end):
    marker = f"outlive-{os.getpid()}-{end}"
    with box.open() as connection:
        assert (
            ask(
                connection,
                f"""
            import os, time
            if os.fork() == 0:
                os.setsid()
                if os.fork() == 0:
                    ignore = "import signal, time; signal.signal(15, 1); time.sleep(9)"
                    os.execv({sys.executable!r}, ["python", "-c", ignore, "{marker}"])
                os._exit(0)
            os.wait()
            time.sleep(0.2)
            answer = "started"
        """,
            )
            == "started"
        )
        assert outside_pids(marker)
        if end == "exit":
            send(connection, "raise SystemExit")
            assert connection.wait(120) == "exited"
            assert outside_pids(marker) == []
        connection.close()
        assert outside_pids(marker) == []


def test_ignored_signals_do_not_help(box):
    with box.open() as connection:
        send(
            connection,
            """
            import signal
            for number in signal.valid_signals():
                try:
                    signal.signal(number, signal.SIG_IGN)
                except (OSError, ValueError):
                    pass
            while True:
                pass
        """,
        )
        time.sleep(0.1)
        before = time.monotonic()
        connection.kill()
        assert connection.reason() == "killed"
        assert time.monotonic() - before < 20


def test_everything_dies_with_the_grader(tmp_path):
    marker = f"orphan-{os.getpid()}"
    program = f"""
import time
from autograde.sandbox import Sandbox
from autograde.sandbox import self_test
with Sandbox(level={found.level!r}, preload=(), entry={ENTRY!r}) as box:
    inside = box.open()
    self_test.ask(inside.socket, "import subprocess, time;"
              "subprocess.Popen(['sh', '-c', 'sleep 60; exit', '{marker}']);"
              "time.sleep(0.2)")
    print("up", flush=True)
    time.sleep(60)
"""
    grader = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True
    )
    try:
        assert grader.stdout.readline() == "up\n"
        assert len(outside_pids(marker)) > 1  # the grader's own command line has it too
        os.kill(grader.pid, signal.SIGKILL)
        grader.wait()
        assert until(lambda: outside_pids(marker) == [], 20.0)
        warm = "autograde.sandbox.fork_server"
        assert until(lambda: not set(outside_pids(warm)) & children_of_init(), 20.0)
    finally:
        grader.kill()
        grader.wait()
        grader.stdout.close()


def children_of_init() -> set[int]:
    pids = set()
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if (entry / "stat").read_text().rpartition(")")[2].split()[1] == "1":
                pids.add(int(entry.name))
        except OSError:
            pass
    return pids


def test_a_lost_warm_process_is_no_ones_fault_and_is_replaced():
    with Sandbox(LIMITS, found.level, preload=(), entry=ENTRY) as box:
        first = box.open()
        os.kill(
            box._process.pid, signal.SIGKILL
        )  # the watchdog: all behind it goes too
        assert first.wait(120) == "lost"
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


def test_the_strongest_walls_of_this_machine_are_used(box):
    assert box.level == found.level
    assert found.level in (levels.NAMESPACES, levels.MASKED), found.explanation
    assert found.explanation.startswith(f"Walls in force: {found.level}")

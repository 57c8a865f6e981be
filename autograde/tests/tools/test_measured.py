"""The figures of the benchmark count everything that a command starts."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from autograde.tests.hostile.attack import Attack
from autograde.tests.hostile.chapter import CHAPTER, HONEST
from autograde.tests.hostile.course import hand_in, make_course

BURNS = 0.4  # CPU seconds of an orphan whose parent does not wait for it
ORPHAN = f"""
import os, time
if os.fork() == 0:
    if os.fork():
        os._exit(0)
    while sum(os.times()[:2]) < {BURNS}:
        pass
    os._exit(0)
time.sleep(0.1)
"""
# in a process of its own: it waits for whatever child it finds
MEASURE = """
import sys
from pathlib import Path
from autograde.tools.measured import timed
print(timed([sys.executable, "-c", sys.argv[1]], Path(".")).cpu)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="needs a subreaper")
def test_the_time_of_orphans_is_counted():
    command = [sys.executable, "-c", MEASURE, ORPHAN]
    run = subprocess.run(command, capture_output=True, text=True, timeout=900)
    assert BURNS <= float(run.stdout) < BURNS + 30, run.stderr


KILLED = f"""
import os, signal, time
signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # so nobody is told of its time
if os.fork() == 0:
    while sum(os.times()[:2]) < {BURNS}:
        pass
    os._exit(0)
while True:
    try:
        os.wait()
    except ChildProcessError:
        break
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc/stat")
def test_the_machine_s_time_holds_what_nobody_waited_for():
    script = MEASURE.replace(".cpu)", ".busy)")
    command = [sys.executable, "-c", script, KILLED]
    run = subprocess.run(command, capture_output=True, text=True, timeout=900)
    assert float(run.stdout) >= 0.9 * BURNS, run.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="forks a warm process")
def test_the_floor_runs_the_cells_and_the_cases(tmp_path):
    released = make_course(tmp_path)
    slow = HONEST["scale"].replace("):\n", "):\n    work()\n")
    slow = f"def work():\n    end = time.process_time() + {BURNS}\n" + (
        f"    while time.process_time() < end:\n        pass\n{slow}"
    )
    hand_in(tmp_path, "slow", Attack({"scale": slow}, "import time"), released)
    command = [sys.executable, "-m", "autograde.tools.floor", tmp_path, CHAPTER]
    run = subprocess.run(command, capture_output=True, text=True, timeout=900)
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout.splitlines()[-1])
    assert found["submissions"] == 1
    assert found["cpu"] >= 2 * BURNS  # two cases

"""Grading through a scheduler: workers that die or lie, addresses that do not do."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time

import dask
import pytest
from distributed import Client

from autograde.authoring.chapter import find_chapter
from autograde.course.layout import CannotRun
from autograde.grading import class_run, cluster
from autograde.grading.class_run import grade_class
from autograde.grading.cluster import at_a_time
from autograde.grading.results import Results
from autograde.grading.simulate import simulate_class
from autograde.grading.submissions import Submission
from autograde.grading.task import Graded
from autograde.sandbox import Sandbox, SandboxUnavailable

CHAPTER = "01_gradient_descent"


@pytest.fixture
def scheduler(tmp_path):
    """A scheduler and two workers as separate processes: its address, its workers."""
    try:
        with Sandbox(preload=()):
            pass
    except SandboxUnavailable as error:
        pytest.skip(f"no walls on this machine: {error}")
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{sock.getsockname()[1]}"
    env = os.environ | {"DASK_DISTRIBUTED__WORKER__MEMORY__TERMINATE": "false"}

    def start(*arguments: str) -> subprocess.Popen:
        return subprocess.Popen(
            [sys.executable, "-m", *arguments],
            env=env,
            cwd=tmp_path,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    options = ["--no-dashboard", "--host", "127.0.0.1"]
    port = address.rsplit(":", 1)[1]
    processes = [start("distributed.cli.dask_scheduler", "--port", port, *options)]
    worker = ["distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny"]
    workers = [start(*worker, *options, "--name", f"worker-{i}") for i in range(2)]
    try:
        with Client(address, timeout=300) as client:
            client.wait_for_workers(2, timeout=300)
        yield address, workers
    finally:
        for process in [*workers, *processes]:
            process.kill()
            process.wait()


def test_a_class_is_graded_although_a_worker_dies(course, scheduler):
    address, workers = scheduler
    simulated = simulate_class(course, find_chapter(CHAPTER), 8)
    command = [
        sys.executable,
        "-m",
        "autograde",
        "grade",
        CHAPTER,
        "--root",
        str(course),
    ]
    command += ["--scheduler", address, "--scores-only"]
    run = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    deadline = time.monotonic() + 600
    while _count(course) < 1:
        assert run.poll() is None and time.monotonic() < deadline, run.communicate()[0]
        time.sleep(0.05)
    assert _count(course) < 8, "everything was graded before a worker could die"
    workers[0].kill()
    output, _ = run.communicate(timeout=900)
    if run.returncode != 0:  # what the dead worker held is graded by another run
        again = grade_class(course, [CHAPTER], scheduler=address, quiet=True)
        assert again.problems == [], output
    with Results(course / "grading") as results:
        points = {
            result.student: {e["name"]: e["awarded"] for e in result.exercises}
            for result in results.all_newest(CHAPTER)
        }
    assert points == {name: student["points"] for name, student in simulated.items()}


@pytest.mark.parametrize(
    "address",
    ["tcp://127.0.0.1:1", "tcp://[::1]:1", "tcp://127.0.0.1", "TCP://127.0.0.1:1"],
)
def test_a_scheduler_that_is_not_there_is_one_sentence(address):
    with (
        dask.config.set({"distributed.comm.timeouts.connect": "0.2s"}),
        pytest.raises(CannotRun, match="cannot be spoken to"),
        cluster.client(address, None),
    ):
        pass


@pytest.mark.parametrize("given", [Graded(CHAPTER, "bob"), Graded("02", "ada"), "x"])
def test_a_workers_result_counts_for_nobody_else(monkeypatch, tmp_path, given):
    monkeypatch.setattr(class_run, "grade_submission", lambda *_: given)
    path = tmp_path / "work.ipynb"
    path.write_text("{}")
    todo = [Submission("ada", CHAPTER, path)]
    with cluster.client(None, 1) as client:
        ((submission, graded),) = class_run._graded(client, {CHAPTER: None}, todo)
    assert submission is todo[0] and graded.failed
    assert (graded.chapter, graded.student) == (CHAPTER, "ada")


def _count(course) -> int:
    with Results(course / "grading") as results:
        return len(results.all_newest(CHAPTER))


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="no CPU sets here")
def test_only_processors_that_may_be_used_count():
    before = os.sched_getaffinity(0)
    every = at_a_time()
    os.sched_setaffinity(0, {min(before)})
    try:
        assert at_a_time() == every - len(before) + 1
    finally:
        os.sched_setaffinity(0, before)

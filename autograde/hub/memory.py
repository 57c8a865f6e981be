"""``autograde hub memory``: how much memory a student needs, chapter by chapter.

A student's server is JupyterLab as the hub starts it, without a browser; the chapter
is its solution, run from top to bottom in a kernel with what that starts. Both are
measured as proportional set size: what several processes share counts once.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import nbformat

from autograde.course.kernels import notebook_client
from autograde.course.layout import notebook_path
from autograde.course.ports import free_port
from autograde.sandbox.monitor import ProcFolder, descendants

MEGA = 2**20
PAUSE = 0.3
SECONDS = 3600


@dataclass
class Peak:
    """The most memory that some processes had together, in bytes."""

    size: int = 0


def size(pid: int) -> int:
    """The proportional set size of a process in bytes; 0 where it has ended."""
    with suppress(OSError), open(f"/proc/{pid}/smaps_rollup") as file:
        for line in file:
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


@contextmanager
def measured(root: Callable[[], int | None]) -> Iterator[Peak]:
    """Watch the process `root` and all below it until the block ends."""
    peak, over = Peak(), threading.Event()

    def watch() -> None:
        proc = ProcFolder()
        while not over.wait(PAUSE):
            pid = root()
            if pid is not None:
                family = {p.pid for p in descendants(proc.processes(), pid)} | {pid}
                peak.size = max(peak.size, sum(map(size, family)))

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        over.set()
        thread.join()


def chapter_memory(root: Path, chapter: str) -> int:
    """The most that the kernel of the solved `chapter` needs, in bytes."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / chapter
        shutil.copytree(root / "chapters" / chapter, folder)
        notebook = nbformat.read(notebook_path(root / "solutions" / chapter), 4)
        path = os.pathsep.join(filter(None, (str(root), os.environ.get("PYTHONPATH"))))
        with notebook_client(notebook, folder, timeout=SECONDS) as client:

            def kernel() -> int | None:
                provisioner = client.km.provisioner if client.km else None
                return getattr(provisioner, "pid", None)

            with measured(kernel) as peak:
                client.execute(env=os.environ | {"PYTHONPATH": path})
    return peak.size


def server_memory(root: Path) -> int:
    """The most that a student's server needs before a notebook is open, in bytes."""
    from autograde.student.lab import lab_command, lab_environment, prepare

    with tempfile.TemporaryDirectory() as scratch:
        work, port = Path(scratch) / "work", free_port()
        prepare(root, work)
        process = subprocess.Popen(
            lab_command(work, port, browser=False),
            env=lab_environment(root, work),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            with measured(lambda: process.pid) as peak:
                _await_answer(f"http://127.0.0.1:{port}/api", process)
                time.sleep(3 * PAUSE)
        finally:
            process.terminate()
            process.wait()
    return peak.size


def _await_answer(address: str, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (OSError, urllib.error.URLError):
            time.sleep(PAUSE)
    raise RuntimeError("JupyterLab did not start")


def line(name: str, size: int) -> str:
    return f"{name:26}{size / MEGA:7.0f} MB"

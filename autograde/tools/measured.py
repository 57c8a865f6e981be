"""What a command takes: wall seconds, CPU seconds of all that it starts, its memory."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from autograde.sandbox import linux

#: a grader says with 1 that a submission needs a person
EXPECTED = (0, 1)


@dataclass(frozen=True)
class Cost:
    """Wall seconds, CPU seconds, and the most memory of the command itself, in MB.

    cpu: of every process that the command started and somebody waited for, and of none
        that others run beside it. What is killed with its namespace is missing, and a
        sandbox ends so.
    busy: CPU seconds of the whole machine meanwhile (Linux; else the same as `cpu`). On
        a quiet machine this is what the command took.
    """

    wall: float
    cpu: float
    peak_mb: float
    busy: float


def timed(command: list[str], folder: Path, env: dict[str, str] | None = None) -> Cost:
    """Run `command` in `folder` and say what it cost.

    This process must have no other children. Raises RuntimeError with what the
    command printed where it fails.
    """
    _inherit_orphans()
    before, start = _of_children(), time.perf_counter()
    busy = _of_machine()
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(
            command, cwd=folder, env=os.environ | (env or {}), stdout=said, stderr=said
        )
        peak = 0.0
        while process.poll() is None:
            peak = max(peak, _peak_mb(process.pid))
            time.sleep(0.02)
        wall = time.perf_counter() - start
        _wait_for_orphans()
        if process.returncode not in EXPECTED:
            said.seek(0)
            raise RuntimeError(f"{' '.join(command)} failed:\n{said.read()[-3000:]}")
    cpu = _of_children() - before
    return Cost(wall, cpu, peak, max(cpu, _of_machine() - busy))


def _inherit_orphans() -> None:
    """Become the parent of what a command leaves, so that its time is told here."""
    if sys.platform == "linux":
        linux.prctl(linux.PR_SET_CHILD_SUBREAPER, 1)


def _wait_for_orphans() -> None:
    while True:
        try:
            os.wait()
        except ChildProcessError:
            return


def _of_children() -> float:
    """CPU seconds of all processes below this one that ended and were waited for."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _of_machine() -> float:
    """CPU seconds that the machine has worked; 0 where it does not say so."""
    try:
        first = Path("/proc/stat").read_text().split("\n", 1)[0].split()
    except OSError:
        return 0.0
    user, nice, system, _, _, irq, softirq = map(int, first[1:8])
    return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")


def _peak_mb(pid: int) -> float:
    """The most memory that one process has had, its children not counted."""
    try:
        with open(f"/proc/{pid}/status") as file:
            sizes = [line.split()[1] for line in file if line.startswith("VmHWM:")]
    except OSError:
        return 0.0
    return int(sizes[0]) / 1024 if sizes else 0.0

"""``autograde check``: what a contributor waits for, in under a minute.

Format, lint, types, spelling, contracts between rooms, and the tests that need no
walls, no browser, no network and no training.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

SLOW = ("slow", "walls", "browser", "network")
QUICK_ROOMS = ("checking", "commands", "course", "datasets", "execution", "notebooks")


@dataclass
class Step:
    """One tool that ran: what it is called, whether it is content, and what it said."""

    name: str
    ok: bool
    seconds: float
    said: str


def steps() -> dict[str, list[str]]:
    """The tools, the longest first."""
    unmarked = " and ".join(f"not {marker}" for marker in SLOW)
    rooms = [f"autograde/tests/{room}" for room in QUICK_ROOMS]
    python = [sys.executable, "-m"]
    pytest = [*python, "pytest", "-q", "-n", "2", "--dist", "loadfile"]
    contracts = "import sys, importlinter.cli as c; sys.exit(c.lint_imports())"
    return {
        "quick tests": [*pytest, "-m", unmarked, *rooms],
        "types": [*python, "mypy"],
        "contracts": [sys.executable, "-c", contracts],
        "lint": [*python, "ruff", "check", "."],
        "format": [*python, "ruff", "format", "--check", "autograde", "start.py"],
        "spelling": [*python, "codespell_lib"],
    }


def run_all(root: Path, processes: int = 2) -> Iterator[Step]:
    """Run every tool in `root`, `processes` at a time."""
    with ThreadPoolExecutor(processes) as pool:
        runs = [
            pool.submit(_run, root, name, command) for name, command in steps().items()
        ]
        for run in runs:
            yield run.result()


def _run(root: Path, name: str, command: list[str]) -> Step:
    start = time.monotonic()
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    seconds = time.monotonic() - start
    return Step(name, done.returncode == 0, seconds, done.stdout + done.stderr)

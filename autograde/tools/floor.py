"""The least that a class can cost: the students' own code, and nothing around it.

Run as ``python -m autograde.tools.floor ROOT CHAPTER``: one warm process forks for each
submission, which runs the same cells and the same hidden cases as the grader lets it
run, and as many at a time: cores share caches and memory, so that a CPU second of a
busy machine does less. There are no walls, no judge and no records, and nobody looks
what a student has changed of libraries. It prints the submissions and the CPU seconds
of the forks, and is for submissions that can be trusted: a simulated class.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import sys
from pathlib import Path

import nbformat

from autograde.checking.checks import Checks
from autograde.checking.run_case import load_probes, run_case
from autograde.course.layout import notebook_path
from autograde.execution import server
from autograde.execution.light_imports import light_imports
from autograde.execution.sandboxes import needs_of
from autograde.grading.cluster import at_a_time
from autograde.grading.hidden import hidden_checks
from autograde.grading.selection import wanted
from autograde.grading.submissions import find_submissions
from autograde.notebooks.cells import exercise_of
from autograde.notebooks.editions import read_editions
from autograde.notebooks.rebuild import rebuild
from autograde.sandbox import linux
from autograde.sandbox.monitor import ProcFolder
from autograde.sandbox.sandbox import PRELOAD, with_lazy_parts


def floor(root: Path, chapter: str) -> tuple[int, float]:
    """The number of submissions of `chapter`, and the CPU seconds that they take."""
    checks = hidden_checks(root, chapter)
    folder = root / "chapters" / chapter
    released = nbformat.read(notebook_path(folder), 4)
    editions = read_editions(folder)
    notebooks = [
        rebuild(released, submission.read(), editions).notebook
        for submission in find_submissions(root / "grading" / "submitted", [chapter])
    ]
    names = with_lazy_parts((*PRELOAD, *needs_of(root, [chapter]).preload))
    with light_imports(names):
        for name in names:
            with contextlib.suppress(ModuleNotFoundError):
                importlib.import_module(name)
    shell = server.prepare([checks.probes])
    for exercise in checks.exercises.values():
        assert exercise.cases  # read now, not in every fork
    gc.collect()
    gc.freeze()
    linux.use_huge_pages(ProcFolder().read("self/maps"))
    seconds, running = 0.0, 0
    for notebook in notebooks:
        if running == at_a_time():
            seconds += _seconds_of_next()
            running -= 1
        running += 1
        child = os.fork()
        if child == 0:
            try:
                _run(shell, notebook.cells, checks)
            finally:
                os._exit(0)
    seconds += sum(_seconds_of_next() for _ in range(running))
    return len(notebooks), seconds


def _seconds_of_next() -> float:
    """The CPU seconds of the fork that ends next."""
    _, _, usage = os.wait4(-1, 0)
    return usage.ru_utime + usage.ru_stime


def _run(shell: server.StudentShell, cells: list, checks: Checks) -> None:
    """Run what grading needs of a submission: its cells, and the hidden cases."""
    sys.stdout = sys.stderr = server.Stream("stdout", shell.recorder)
    probes = load_probes(checks.probes)
    for index in wanted(cells, full=False):
        name = exercise_of(cells[index])
        if name is None:
            shell.recorder.start()
            shell.run_cell(cells[index].source, store_history=True)
        elif name in checks.exercises and name in shell.user_ns:
            exercise = checks.exercises[name]
            probe = probes[exercise.probe] if exercise.probe else None
            for case in exercise.cases:
                target = shell.user_ns[name]
                run_case(target, probe, case.packed, case.seed, unchanged=True)


if __name__ == "__main__":
    count, cpu = floor(Path(sys.argv[1]), sys.argv[2])
    print(json.dumps({"submissions": count, "cpu": cpu}))

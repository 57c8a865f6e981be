"""A class graded in a process of its own, under limits that attacks soon meet."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from autograde.grading.results import Results

RUN = """
import sys
from pathlib import Path
from autograde.grading import bounds
bounds.BOUNDS = bounds.Bounds(
    cell_seconds=2.0, submission_seconds=12.0, step_seconds=3, judge_memory=2**28)
from autograde.grading.class_run import grade_class
print(grade_class(Path(sys.argv[1]), quiet=True, workers=int(sys.argv[2])).problems)
"""


def grade(
    root: Path, chapter: str, workers: int
) -> tuple[dict[str, dict[str, float]], str]:
    """Every student's points for each exercise of `chapter`, and what was printed."""
    run = subprocess.run(
        [sys.executable, "-c", RUN, str(root), str(workers)],
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=2700,
    )
    assert run.returncode == 0, run.stderr[-3000:]
    with Results(root / "grading") as results:
        points = {
            result.student: {e["name"]: e["awarded"] for e in result.exercises}
            for result in results.all_newest(chapter)
        }
    return points, run.stdout

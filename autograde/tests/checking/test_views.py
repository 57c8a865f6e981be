"""Views run in the grader: they work without torch, which a run would wait for."""

from __future__ import annotations

import subprocess
import sys

import pytest

from autograde.authoring.chapter import chapters
from autograde.course.layout import ROOT

#: the reference's own results, seen as a grader sees what comes back from a student
PROGRAM = """
import sys
from pathlib import Path
from autograde.checking.checks import Checks, load_views
from autograde.checking.verdict import judge_exercise

checks = Checks.load(Path(sys.argv[1]))
views = load_views(checks)
for exercise in checks.exercises.values():
    results = [case.expected for case in exercise.cases]
    judgement = judge_exercise(exercise, results, views)
    assert judgement.awarded == exercise.points, judgement
assert "torch" not in sys.modules, "torch was imported"
"""


@pytest.mark.parametrize("name", [c.name for c in chapters() if c.exercises])
def test_a_grader_needs_no_torch(name):
    path = ROOT / "chapters" / name / "checks.safetensors"
    command = [sys.executable, "-c", PROGRAM, str(path)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]

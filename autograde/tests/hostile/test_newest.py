"""A class of those who try what is newest, beside honest students of both editions."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from autograde.grading.results import Results
from autograde.sandbox import levels, self_test
from autograde.tests.hostile.attack import Attack
from autograde.tests.hostile.newest import ATTACKS, PARTLY
from autograde.tests.hostile.newest_chapter import (
    HONEST,
    NAME,
    OTHER,
    POINTS,
    hand_in,
    make_course,
)

found = self_test.strongest()
pytestmark = pytest.mark.skipif(
    found.level == levels.NONE, reason="no walls on this machine: " + found.explanation
)
GRADER = """
import sys
from pathlib import Path
from autograde.grading import bounds
bounds.BOUNDS = bounds.Bounds(
    cell_seconds=2.0, submission_seconds=12.0, step_seconds=3, judge_memory=2**28)
from autograde.grading.class_run import grade_class
print(grade_class(Path(sys.argv[1]), quiet=True, workers=2).problems)
"""


def _mixed(one: dict, other: dict) -> dict:
    """A notebook of which every second cell is of the other edition."""
    mixed = json.loads(json.dumps(one))
    for index, cell in enumerate(other["cells"]):
        if index % 2:
            mixed["cells"][index] = cell
    return mixed


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """The points of each student's exercises, and what the run said."""
    root = tmp_path_factory.mktemp("newest")
    released = make_course(root)
    english, other = released["en"], released[OTHER]
    hand_in(root, "honest-first", Attack(HONEST).notebook(english))
    hand_in(root, "honest-last", Attack(HONEST).notebook(other))
    mixed = Attack(HONEST).notebook(_mixed(english, other))
    hand_in(root, "honest-mixed", mixed)
    hand_in(root, "released-mixed", _mixed(other, english))
    for name, attack in ATTACKS.items():
        folder = hand_in(root, name, attack.notebook(english))
        if attack.place:
            attack.place(folder)
    run = subprocess.run(
        [sys.executable, "-c", GRADER, str(root)],
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=1500,
    )
    assert run.returncode == 0, run.stderr[-3000:]
    with Results(root / "grading") as results:
        points = {
            result.student: {e["name"]: e["awarded"] for e in result.exercises}
            for result in results.all_newest(NAME)
        }
    return points, run.stdout


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_earns_what_it_deserves(graded, name):
    earns = ATTACKS[name].earns
    deserved = {n: POINTS[n] if n in earns else 0.0 for n in POINTS}
    deserved["revealing_tables"] += PARTLY.get(name, 0.0)
    assert graded[0][name] == deserved


def test_honest_students_are_graded_in_every_edition(graded):
    points, said = graded
    for student in ("honest-first", "honest-last", "honest-mixed"):
        assert points[student] == POINTS
    assert points["released-mixed"] == dict.fromkeys(POINTS, 0.0)
    assert "grader failed" not in said

"""A class of those who try what is newest, beside honest students of both editions."""

from __future__ import annotations

import json

import pytest

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
from autograde.tests.hostile.short_limits import grade

found = self_test.strongest()
pytestmark = pytest.mark.skipif(
    found.level == levels.NONE, reason="no walls on this machine: " + found.explanation
)


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
    return grade(root, NAME, 2)


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

"""Right answers in other forms, and wrong ones that no misconception lists.

``solutions/NAME/answers.py`` holds them for the chapter NAME: ``RIGHT`` and ``WRONG`` map an
exercise to cells that define it. A right one earns all points on the visible and on
hidden cases, a wrong one on neither.
"""

from __future__ import annotations

import dataclasses
import runpy
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from autograde.checking import serialize
from autograde.course.layout import ROOT
from autograde.exercise import WhichInput
from autograde.authoring.chapter import find_chapter
from autograde.checking.checks import ExerciseData
from autograde.authoring.make_checks import VISIBLE, make_exercise_checks
from autograde.checking.run_case import Result
from autograde.checking.verdict import CaseJudge, Verdict
from autograde.checking.which_input import run_exercise_case

SEEDS = (VISIBLE, "another")
FILES = sorted((ROOT / "solutions").glob("*/answers.py"))

chapter_of = cache(find_chapter)
answers_of = cache(runpy.run_path)


@cache
def checks(chapter: str, name: str, seed: str) -> ExerciseData:
    """The cases of one exercise; no mistake is run, since nothing is diagnosed."""
    source = chapter_of(chapter)
    exercise = dataclasses.replace(source.exercise(name), misconceptions=[])
    return make_exercise_checks(source, exercise, seed)


def verdicts(chapter: str, exercise: str, source: str, seed: str) -> Iterator[Verdict]:
    """The verdicts on `source` as the cell of `exercise`, all else the reference.

    Each case is run when its verdict is asked for.
    """
    data, probes = checks(chapter, exercise, seed), chapter_of(chapter).probes
    target = chapter_of(chapter).with_cell(exercise, source)
    probe = probes[data.probe] if data.probe else None
    text = chapter_of(chapter).probes_source
    for case in data.cases:
        result = run_exercise_case(target, probe, data, case, text)
        sent = serialize.unpack(serialize.pack(result.as_dict()))
        yield CaseJudge(data, case, probes).verdict(Result.from_dict(sent))


def answers(kind: str) -> list:
    return [
        pytest.param(
            file.parent.name, name, source, id=f"{file.parent.name[:2]}-{name}-{number}"
        )
        for file in FILES
        for name, sources in answers_of(str(file))[kind].items()
        for number, source in enumerate(sources, 1)
    ]


@pytest.mark.parametrize(("chapter", "exercise", "source"), answers("RIGHT"))
def test_a_right_answer_earns_all_points(chapter, exercise, source):
    for seed in SEEDS:
        for verdict in verdicts(chapter, exercise, source, seed):
            assert verdict.passed, f"{verdict.label}: {verdict.mismatch}"


@pytest.mark.parametrize(("chapter", "exercise", "source"), answers("WRONG"))
def test_a_wrong_answer_does_not_earn_all_points(chapter, exercise, source):
    for seed in SEEDS:
        # the first case that costs a point decides
        costs_points = (
            not verdict.passed and not verdict.advice
            for verdict in verdicts(chapter, exercise, source, seed)
        )
        assert any(costs_points), f"all points with seed {seed!r}"


def test_every_exercise_has_right_and_wrong_answers():
    for file in FILES:
        exercises = chapter_of(file.parent.name).exercises
        # an exercise in which inputs are written has tests of its own, behind the walls
        named = {one.name for one in exercises if not isinstance(one, WhichInput)}
        for kind in ("RIGHT", "WRONG"):
            assert set(answers_of(str(file))[kind]) == named

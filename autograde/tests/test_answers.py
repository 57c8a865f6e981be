"""Answers that no misconception lists: right ones in unusual forms, and wrong ones.

``answers/NN_NAME.py`` holds two dicts of cells for each exercise, RIGHT and WRONG. A
right one must pass every case, advice included; a wrong one must lose points on the
visible cases and on hidden ones.
"""

from __future__ import annotations

import dataclasses
import functools
import runpy
from pathlib import Path

import pytest

from autograde.chapter import find_chapter
from autograde.draw import VISIBLE, make_exercise_checks
from autograde.probe import run_case
from autograde.verdict import judge_exercise

SEEDS = (VISIBLE, "answers")


def answers(kind):
    return [
        pytest.param(path.stem, name, source, id=f"{path.stem}-{name}-{number}")
        for path in sorted(Path(__file__).with_name("answers").glob("[0-9]*.py"))
        for name, sources in runpy.run_path(path)[kind].items()
        for number, source in enumerate(sources)
    ]


chapter_called = functools.cache(find_chapter)


@functools.cache
def checks_of(chapter, exercise, seed):
    """The cases, without the results of the misconceptions: only points count here."""
    chapter = chapter_called(chapter)
    plain = dataclasses.replace(chapter.exercise(exercise), misconceptions=[])
    return make_exercise_checks(chapter, plain, seed)


def judgement(chapter, exercise, source, seed):
    data, chapter = checks_of(chapter, exercise, seed), chapter_called(chapter)
    target = chapter.with_cell(exercise, source)
    probe = chapter.probes[data.probe] if data.probe else None
    results = [run_case(target, probe, case.packed, case.seed) for case in data.cases]
    return judge_exercise(data, results, chapter.probes)


@pytest.mark.parametrize(("chapter", "exercise", "source"), answers("RIGHT"))
def test_a_right_answer_passes_every_case(chapter, exercise, source):
    for seed in SEEDS:
        assert judgement(chapter, exercise, source, seed).first_failure is None


@pytest.mark.parametrize(("chapter", "exercise", "source"), answers("WRONG"))
def test_a_wrong_answer_loses_points(chapter, exercise, source):
    for seed in SEEDS:
        judged = judgement(chapter, exercise, source, seed)
        assert judged.awarded < judged.points

"""Answers that are no misconception: right ones in other forms, and other wrong ones.

Each file in ``answers/`` belongs to the chapter of its name. It has two dicts, RIGHT
and WRONG: exercise -> the sources of cells, which run after the chapter's set-up and
reference. A right answer passes every case, a wrong one loses points, on the visible
cases and on hidden ones.
"""

from __future__ import annotations

import dataclasses
import functools
import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograde.chapter import Chapter, find_chapter
from autograde.checks import ExerciseData
from autograde.draw import VISIBLE, make_exercise_checks
from autograde.probe import run_case
from autograde.verdict import Judgement, judge_exercise

FILES = sorted(Path(__file__).with_name("answers").glob("[0-9]*.py"))
SEEDS = (VISIBLE, "answers")


@functools.cache
def chapter_of(name: str) -> Chapter:
    return find_chapter(name)


def load(path: Path):
    spec = importlib.util.spec_from_file_location(f"answers_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def answers(kind: str):
    for path in FILES:
        for exercise, sources in getattr(load(path), kind).items():
            for number, source in enumerate(sources, 1):
                name = f"{path.stem[:2]}-{exercise}-{number}"
                yield pytest.param(path.stem, exercise, source, id=name)


@functools.cache
def drawn(chapter_name: str, name: str, seed: str) -> ExerciseData:
    """The cases of one exercise; no mistake is run, since nothing is diagnosed."""
    chapter = chapter_of(chapter_name)
    bare = dataclasses.replace(chapter.exercise(name), misconceptions=[])
    return make_exercise_checks(chapter, bare, seed)


def judgements(chapter_name: str, name: str, source: str) -> Iterator[Judgement]:
    chapter = chapter_of(chapter_name)
    target = chapter.with_cell(name, source)
    for seed in SEEDS:
        data = drawn(chapter_name, name, seed)
        probe = chapter.probes[data.probe] if data.probe else None
        results = [run_case(target, probe, c.packed, c.seed) for c in data.cases]
        yield judge_exercise(data, results, chapter.probes)


def failures(judgement: Judgement) -> list[str]:
    return [f"{v.label}: {v.mismatch}" for v in judgement.verdicts if not v.passed]


@pytest.mark.parametrize("chapter, exercise, source", [*answers("RIGHT")])
def test_right_answers_pass_every_case(chapter, exercise, source):
    for judgement in judgements(chapter, exercise, source):
        assert failures(judgement) == []
        assert judgement.awarded == judgement.points


@pytest.mark.parametrize("chapter, exercise, source", [*answers("WRONG")])
def test_wrong_answers_lose_points(chapter, exercise, source):
    for judgement in judgements(chapter, exercise, source):
        assert judgement.awarded < judgement.points

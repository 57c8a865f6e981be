"""What a chapter's collection of answers says of its checks.

``answers.py`` beside a chapter's source has RIGHT and WRONG answers. A wrong one may be
annotated as ``(source, "name of its mistake")``, or ``(source, None)`` where none of
the known mistakes is its own. It must fail on every draw of the cases or on none, and
may not be told a mistake that is not its own. Where an answer is not annotated, two
different names on two draws cannot both be true.
"""

from __future__ import annotations

import contextlib
import io
import runpy
import warnings
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from autograde.authoring.chapter import Chapter
from autograde.authoring.make_checks import HIDDEN_SEEDS, VISIBLE, make_exercise_checks
from autograde.checking.checks import ExerciseData
from autograde.checking.verdict import PASSED, Judgement, judge_exercise
from autograde.checking.which_input import run_exercise_case
from autograde.exercise import Exercise

UNKNOWN = "unknown"  # the mistake of an answer without annotation


def answer_findings(chapter: Chapter, exercise: Exercise) -> Iterator[str]:
    """A sentence for each answer that is told a wrong mistake or passes by the draw."""
    seeds = (VISIBLE, *HIDDEN_SEEDS)
    sets = {seed: make_exercise_checks(chapter, exercise, seed) for seed in seeds}
    for kind, number, source, own in answers_of(chapter, exercise.name):
        where = f"{chapter.name}/{exercise.name}, {kind} answer {number}"
        judged = {
            seed: judge_source(chapter, exercise.name, source, data)
            for seed, data in sets.items()
        }
        outcomes = {seed: j.outcome == PASSED for seed, j in judged.items()}
        if len(set(outcomes.values())) > 1:
            passed = ", ".join(seed for seed, passes in outcomes.items() if passes)
            failed = ", ".join(seed for seed, passes in outcomes.items() if not passes)
            yield f"{where} passes with {passed} and fails with {failed}"
        told = {j.misconception for j in judged.values() if j.outcome != PASSED}
        told.discard(None)
        if own != UNKNOWN and told - {own}:
            wrong = ", ".join(sorted(told - {own}))
            yield f"{where} is told {wrong!r}, which is not its own mistake"
        elif len(told) > 1:
            yield f"{where} is told different mistakes: {', '.join(sorted(told))}"


def answers_of(
    chapter: Chapter, exercise: str
) -> Iterator[tuple[str, int, str, str | None]]:
    """Kind, number, source and own mistake of every answer to `exercise`."""
    path = chapter.folder / "answers.py"
    if not path.exists():
        return
    collection = _collection(path, path.stat().st_mtime_ns)
    for kind in ("RIGHT", "WRONG"):
        for number, answer in enumerate(collection[kind].get(exercise, ()), 1):
            if isinstance(answer, str):
                yield kind, number, answer, UNKNOWN
            else:
                yield kind, number, *answer


@cache
def _collection(path: Path, stamp: int) -> dict[str, Any]:
    return runpy.run_path(str(path))


def judge_source(
    chapter: Chapter, exercise: str, source: str, data: ExerciseData
) -> Judgement:
    """The judgement on `source` as the cell of `exercise`, all else the reference."""
    probe = chapter.probes[data.probe] if data.probe else None
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        target = chapter.with_cell(exercise, source)
        text = chapter.probes_source
        results = [run_exercise_case(target, probe, data, c, text) for c in data.cases]
    return judge_exercise(data, results, chapter.probes)

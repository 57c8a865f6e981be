"""The visible checks of an exercise, made once for the tests that ask for them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from autograde.authoring import gate, make_checks
from autograde.authoring.chapter import Chapter
from autograde.checking.checks import Checks, ExerciseData
from autograde.exercise import Exercise


def share_visible_checks(folder: Path, patch: pytest.MonkeyPatch) -> None:
    """Let the gate and a build keep what they make in `folder`, and take it from there.

    Only the exercises of a chapter as they stand are shared: no draw from another
    seed, and none without its misconceptions.
    """
    make = make_checks.make_exercise_checks

    def made(
        chapter: Chapter, exercise: Exercise, seed: str = make_checks.VISIBLE
    ) -> ExerciseData:
        as_it_stands = any(exercise is known for known in chapter.exercises)
        if seed != make_checks.VISIBLE or not as_it_stands:
            return make(chapter, exercise, seed)
        path = folder / f"{chapter.name}-{exercise.name}.safetensors"
        if not path.exists():
            data = make(chapter, exercise, seed)
            partial = path.with_suffix(f".{os.getpid()}")
            Checks(chapter.name, {exercise.name: data}, "").save(partial)
            partial.replace(path)
        return Checks.load(path).exercises[exercise.name]

    folder.mkdir(parents=True, exist_ok=True)
    patch.setattr(make_checks, "make_exercise_checks", made)
    patch.setattr(gate, "make_exercise_checks", made)

"""Draw the cases of a chapter from a seed: run reference and misconceptions on them.

Only trusted code runs here: the chapter's own.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from autograde.authoring.chapter import Chapter, ChapterError
from autograde.authoring.docstrings import (
    argument_names,
    axes_of,
    docstring_of,
    entry_word,
    meanings_of,
)
from autograde.authoring.draw import ROUNDS, VISIBLE, draw_cases, seed_number
from autograde.authoring.precision import settle
from autograde.authoring.which_input import trial_cases
from autograde.checking import serialize
from autograde.checking.checks import CaseData, Checks, ExerciseData, same_result
from autograde.checking.compiler import put_off_compiler
from autograde.checking.run_case import Result
from autograde.exercise import Case, Exercise, WhichInput

HIDDEN_SEEDS = ("gate-1", "gate-2", "gate-3")  # of the gate: as a class's are drawn


def make_checks(chapter: Chapter, seed: str = VISIBLE) -> Checks:
    """Run reference and misconceptions of `chapter` on the cases drawn from `seed`."""
    chapter.verify()
    exercises = {
        exercise.name: make_exercise_checks(chapter, exercise, seed)
        for exercise in chapter.exercises
    }
    return Checks(chapter.name, exercises, chapter.probes_source)


def make_fresh_checks(chapter: Chapter) -> Checks:
    """Further visible cases: for each exercise `ROUNDS` of them, called ``NAME 1`` ...

    They hold what is expected and nothing of misconceptions. An exercise whose cases
    are the same for every seed has none.
    """
    exercises = {}
    for exercise in chapter.exercises:
        if isinstance(exercise, WhichInput):
            continue
        alone = dataclasses.replace(exercise, misconceptions=[])
        for number in range(1, ROUNDS + 1):
            exercises[f"{exercise.name} {number}"] = make_exercise_checks(
                chapter, alone, f"fresh {number}"
            )
    return Checks(chapter.name, exercises, "")


def make_exercise_checks(
    chapter: Chapter, exercise: Exercise, seed: str = VISIBLE
) -> ExerciseData:
    """Run the reference and each misconception of one exercise on its cases.

    Raises ChapterError where an edit no longer applies.
    """
    data = ExerciseData(
        **exercise.settings(),
        says={mistake.name: mistake.says for mistake in exercise.misconceptions},
    )
    data.returns, data.needs = list(exercise.returns), list(exercise.needs)
    reference = chapter.with_cell(exercise.name, chapter.solution(exercise.name))
    put_off_compiler()  # the set-up cells have imported what they need of torch
    if isinstance(exercise, WhichInput):
        cases = trial_cases(chapter, exercise, hidden=seed != VISIBLE)
    else:
        cases = draw_cases(chapter, exercise, seed)
    probe = chapter.probes[exercise.probe] if exercise.probe else None
    docstring = docstring_of(chapter.solution(exercise.name), exercise.name)
    data.arguments = argument_names(reference, probe)
    data.axes, data.meanings = axes_of(docstring), meanings_of(docstring)
    data.entry = entry_word(docstring)
    mistaken = _mistaken_objects(chapter, exercise)
    for index, case in enumerate(cases):
        number = seed_number(seed, chapter.name, exercise.name, str(index)) % 2**31
        data.cases.append(_case_data(chapter, data, case, number, reference, mistaken))
    settle(data, chapter.probes)
    return data


def _mistaken_objects(chapter: Chapter, exercise: Exercise) -> dict[str, list[Any]]:
    """What each form of each misconception makes of the exercise."""
    objects: dict[str, list[Any]] = {}
    for mistake in exercise.misconceptions:
        objects[mistake.name] = []
        for number in range(len(mistake.forms)):
            try:
                source = mistake.apply(chapter.solution(exercise.name), number)
                target = chapter.with_cell(exercise.name, source)
            except Exception as error:
                form = f", form {number + 1}," if number else ""
                raise ChapterError(
                    f"{chapter.name}/exercises.py: misconception {mistake.name!r} of "
                    f"{exercise.name}{form} no longer applies: {error}"
                ) from error
            objects[mistake.name].append(target)
    return objects


def _case_data(
    chapter: Chapter,
    exercise: ExerciseData,
    case: Case,
    number: int,
    reference: Any,
    mistaken: dict[str, list[Any]],
) -> CaseData:
    packed = serialize.pack([list(case.inputs), case.keywords])
    data = CaseData(
        label=case.label,
        packed=packed,
        seed=number,
        expected=Result(),
        mistakes={},
        weight=float(case.weight),
        key=serialize.unpack(serialize.pack(case.key)),
        rtol=case.rtol,
        atol=case.atol,
        seconds=case.seconds,
    )

    data.expected = chapter.run(reference, exercise, data)
    if data.expected.raised:
        data.weight = 0.0
    tolerance = exercise.tolerance(data)
    different: dict[bytes, Result] = {}
    for name, targets in mistaken.items():
        data.mistakes[name] = []
        for target in targets:
            result = chapter.run(target, exercise, data)
            same = exercise.view is None and same_result(
                data.expected, result, tolerance, exercise.pure
            )
            if not same:  # equal results of several forms and mistakes are kept once
                key = serialize.pack(result.as_dict())
                result = different.setdefault(key, result)
            data.mistakes[name].append(None if same else result)
    return data

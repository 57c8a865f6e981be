"""The tests of the tests: would these cases notice every mistake that we know?

``autograde gate NAME`` prints what is wrong with a chapter's cases and exits with 1 if
anything is.
"""

from __future__ import annotations

import dataclasses
import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from autograde.authoring.answer_findings import answer_findings
from autograde.authoring.chapter import Chapter, ChapterError
from autograde.authoring.make_checks import HIDDEN_SEEDS, VISIBLE, make_exercise_checks
from autograde.authoring.refusals import missing_refusals
from autograde.authoring.which_input import trial_findings
from autograde.checking import serialize
from autograde.checking.checks import CaseData, ExerciseData
from autograde.checking.run_case import Result
from autograde.checking.verdict import CaseJudge, Judgement, judge_exercise
from autograde.exercise import Exercise, WhichInput


def findings(chapter: Chapter, exercise: Exercise) -> Iterator[str]:
    """Yield one sentence for every way in which the cases of `exercise` fall short."""
    where = f"{chapter.name}/{exercise.name}"
    try:
        chapter.verify()
        if isinstance(exercise, WhichInput):
            found = _trial_findings(where, chapter, exercise)
        else:
            found = _case_findings(where, chapter, exercise)
        yield from found
    except ChapterError as error:
        yield str(error)
        return
    if not exercise.hints:
        yield f"{where}: no hints"


def _trial_findings(
    where: str, chapter: Chapter, exercise: WhichInput
) -> Iterator[str]:
    for seed in (VISIBLE, HIDDEN_SEEDS[0]):
        data = make_exercise_checks(chapter, exercise, seed)
        at = f"{where}, {'shown' if seed == VISIBLE else 'hidden'} mistakes"
        yield from trial_findings(at, chapter, exercise, data)


def _case_findings(where: str, chapter: Chapter, exercise: Exercise) -> Iterator[str]:
    """Names are asked on the visible cases; on hidden ones a mistake has to fail."""
    visible = make_exercise_checks(chapter, exercise, VISIBLE)
    labels = set()
    for seed in (VISIBLE, *HIDDEN_SEEDS):
        at = f"{where}, {'visible cases' if seed == VISIBLE else f'seed {seed}'}"
        data = visible
        if seed != VISIBLE:
            data = _hidden_checks(chapter, exercise, seed, visible)
        yield from _reference_findings(at, data, chapter.probes)
        yield from _misconception_findings(at, data, chapter.probes)
        yield from _inert_findings(at, data, chapter.probes)
        if seed == VISIBLE:
            yield from _confusions(at, data, chapter.probes)
        labels.add(tuple((case.label, case.weight) for case in data.cases))
    if len(labels) > 1:
        yield f"{where}: labels or weights of the cases depend on the seed"


def _hidden_checks(
    chapter: Chapter, exercise: Exercise, seed: str, visible: ExerciseData
) -> ExerciseData:
    """The cases drawn from `seed`, without the mistakes where each of them fails one.

    Such a mistake runs no further than to the case that it fails. Cases that know no
    mistake are the more lenient ones: what fails them would fail the others, too.
    """
    alone = dataclasses.replace(exercise, misconceptions=[])
    data = make_exercise_checks(chapter, alone, seed)
    judges = [CaseJudge(data, case, chapter.probes) for case in data.cases]
    if not any(_inert_findings("", data, chapter.probes)) and all(
        _fails(
            chapter,
            _likely_first(visible, judges, mistake.name, form),
            mistake.apply(chapter.solution(exercise.name), form),
        )
        for mistake in exercise.misconceptions
        for form in range(len(mistake.forms))
    ):
        return data
    return make_exercise_checks(chapter, exercise, seed)


def _likely_first(
    visible: ExerciseData, judges: list[CaseJudge], name: str, form: int
) -> list[CaseJudge]:
    """The smallest case that this form fails in the visible draw, and so on."""
    if len(judges) != len(visible.cases):
        return judges
    passed = [case.mistakes[name][form] is None for case in visible.cases]
    size = [len(judge.case.packed) for judge in judges]
    return [judges[index] for index in np.lexsort((size, passed))]


def _fails(chapter: Chapter, judges: list[CaseJudge], source: str) -> bool:
    """Whether `source` as the exercise's cell fails one of the cases."""
    target = chapter.with_cell(judges[0].exercise.name, source) if judges else None
    for judge in judges:
        result = chapter.run(target, judge.exercise, judge.case)
        if not judge.verdict(result).passed:
            return True
    return False


def _reference_findings(at: str, data: ExerciseData, probes: dict) -> Iterator[str]:
    if not data.cases:
        yield f"{at}: no cases"
    elif not any(case.weight for case in data.cases):
        yield f"{at}: every case is advice"
    judgement = judge_exercise(data, [case.expected for case in data.cases], probes)
    for verdict in judgement.verdicts:
        if not verdict.passed:
            yield f"{at}: the reference fails {verdict.label!r}: {verdict.mismatch}"
    for case in data.cases:
        if case.expected.raised in ("NameError", "NotImplementedError", "ImportError"):
            what = f"{case.expected.raised}: {case.expected.text}"
            yield f"{at}: the reference raises {what}"
        if case.expected.raised is None and data.view is None:
            for part in _unsupported(case.expected.value):
                yield f"{at}: {case.label!r} gives a {part}, which cannot travel"


def _misconception_findings(at: str, data: ExerciseData, probes: dict) -> Iterator[str]:
    judges = [CaseJudge(data, case, probes) for case in data.cases]
    for name, form in data.forms():
        made = ((judge, judge.case.mistakes[name][form]) for judge in judges)
        if not any(
            not judge.verdict(result or judge.case.expected).passed
            for judge, result in made
        ):
            said = _form_text(name, form)
            yield f"{at}: misconception {said} passes every case"


def mistake_judgement(
    data: ExerciseData, name: str, probes: dict, form: int = 0
) -> Judgement:
    """The judgement on a student who makes the misconception `name` in this form."""
    results = [case.mistakes[name][form] or case.expected for case in data.cases]
    return judge_exercise(data, results, probes)


def _form_text(name: str, form: int) -> str:
    return f"{name!r}, form {form + 1}," if form else repr(name)


def _confusions(at: str, data: ExerciseData, probes: dict) -> Iterator[str]:
    judges = [CaseJudge(data, case, probes) for case in data.cases]
    for one, other in itertools.combinations(data.forms(), 2):
        if one[0] == other[0]:  # forms of one mistake may well give the same
            continue
        if not any(_apart(judge, one, other) for judge in judges):
            said = f"{_form_text(*one)} and {_form_text(*other)}"
            yield f"{at}: {said} cannot be told apart"
    for name, form in data.forms():
        judgement = mistake_judgement(data, name, probes, form)
        if judgement.first_failure and judgement.misconception != name:
            told = judgement.misconception
            yield f"{at}: {_form_text(name, form)} is diagnosed as {told!r}"


def _apart(judge: CaseJudge, one: tuple[str, int], other: tuple[str, int]) -> bool:
    case = judge.case
    first = case.mistakes[one[0]][one[1]] or case.expected
    second = case.mistakes[other[0]][other[1]] or case.expected
    return first is not second and not judge.equals(first, second)


def _inert_findings(at: str, data: ExerciseData, probes: dict) -> Iterator[str]:
    rng = np.random.default_rng(0)
    for case in data.cases:
        for name, value in _inert_answers(case, rng):
            result = Result(value=value)
            verdict = CaseJudge(data, case, probes).verdict(result)
            if verdict.passed:
                yield f"{at}: the inert answer {name} earns the case {case.label!r}"


def _inert_answers(
    case: CaseData, rng: np.random.Generator
) -> Iterator[tuple[str, Any]]:
    expected = case.expected.value
    yield "None", None
    yield "0", 0
    yield "an empty list", []
    for index, value in enumerate(serialize.unpack(case.packed)[0]):
        yield f"its input {index + 1}", value
    if expected is None:
        return
    yield "zeros of the right shape", _fill(expected, lambda a: np.zeros_like(a))
    yield "ones of the right shape", _fill(expected, lambda a: np.ones_like(a))
    yield "random numbers of the right shape", _fill(expected, lambda a: _noise(a, rng))


def _fill(value: Any, make: Callable[..., Any]) -> Any:
    """`value` with every number replaced, its form kept."""
    if isinstance(value, serialize.TensorData):
        return serialize.TensorData(make(value.array))
    if isinstance(value, np.ndarray):
        return make(value)
    if isinstance(value, bool | int | float):
        return make(np.asarray(value)).item()
    if isinstance(value, str):
        return ""
    if isinstance(value, list | tuple):
        return type(value)(_fill(item, make) for item in value)
    if isinstance(value, dict):
        return {key: _fill(item, make) for key, item in value.items()}
    return value


def _noise(array: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    if array.dtype.kind == "f":
        return rng.normal(size=array.shape).astype(array.dtype)
    if array.dtype.kind == "b":
        return rng.random(array.shape) < 0.5
    high = max(int(array.max(initial=1)), 1) + 1
    return rng.integers(0, high, size=array.shape).astype(array.dtype)


def _unsupported(value: Any) -> Iterator[str]:
    if isinstance(value, serialize.Unsupported):
        yield value.type_name
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _unsupported(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _unsupported(item)


def report(chapter: Chapter, names: Sequence[str] = ()) -> int:
    """Print what is wrong with the cases of the exercises `names`, or of all.

    Returns how many findings there are. The chapter's collection of answers is
    judged too, and each refusal needs a case.
    """
    count = 0
    for exercise in [chapter.exercise(name) for name in names] or chapter.exercises:
        start = time.process_time()
        found = [
            *findings(chapter, exercise),
            *missing_refusals(chapter, exercise),
            *answer_findings(chapter, exercise),
        ]
        seconds = time.process_time() - start
        count += len(found)
        mark = "[fail]" if found else "[ok]  "
        mistakes = len(exercise.misconceptions)
        print(f"{mark} {exercise.name}: {mistakes} misconceptions, {seconds:.1f} s")
        for sentence in found:
            print(f"       {sentence}")
    return count

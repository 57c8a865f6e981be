"""Turn the results of a student's cases into verdicts, points and a diagnosis."""

from __future__ import annotations

import contextlib
import dataclasses
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from autograde.checking import serialize
from autograde.checking.checks import CaseData, ExerciseData, same_result
from autograde.checking.compare import Mismatch, Tolerance, compare
from autograde.checking.describe import size_of
from autograde.checking.diagnosis import diagnose
from autograde.checking.run_case import (
    IN_PROBE,
    Probe,
    Result,
    lacked_memory,
    said_by_probe,
)

PASSED = "passed"
WRONG = "wrong"
RAISED = "raised"
TIMED_OUT = "timed out"
OUT_OF_MEMORY = "out of memory"
CRASHED = "crashed"
NOT_RUN = "not run"
NO_FORM = "the result does not have the form that is asked for"
OUTCOMES = (PASSED, WRONG, RAISED, TIMED_OUT, OUT_OF_MEMORY, CRASHED, NOT_RUN)


@dataclass
class Verdict:
    """The outcome of one case, with the first thing that is wrong.

    `part` is the name of the wrong part where the exercise gives it one. `mismatch`
    holds numbers of the case: it is shown for visible cases only.
    """

    label: str
    outcome: str
    weight: float = 1.0
    mismatch: Mismatch | None = None
    where: str = ""
    part: str = ""

    @property
    def passed(self) -> bool:
        return self.outcome == PASSED

    @property
    def advice(self) -> bool:
        """Whether the case only advises: it weighs nothing, and costs no point."""
        return self.weight == 0


@dataclass
class Judgement:
    """All verdicts on one exercise, the points they earn, and the known mistake.

    `relation` and `parts` are sentences on what is true of all failed cases, where the
    known mistake does not explain them all, in `relation` one a line; `fingerprint` is
    what such answers have in common (:mod:`autograde.checking.fingerprint`).
    `seconds` is how long the exercise's cases took to run, where a grader measured it.
    `explanation` has sentences on an error, which hold nothing of a hidden case.
    """

    exercise: str
    points: float
    verdicts: list[Verdict] = field(default_factory=list)
    misconception: str | None = None
    says: str = ""
    explains_all: bool = False
    relation: str = ""
    parts: str = ""
    fingerprint: str = ""
    seconds: float | None = None
    explanation: list[str] = field(default_factory=list)

    @property
    def awarded(self) -> float:
        """The share of the cases' weights that passed, times the points."""
        total = sum(verdict.weight for verdict in self.verdicts)
        passed = sum(verdict.weight for verdict in self.verdicts if verdict.passed)
        return round(self.points * passed / total, 4) if total else 0.0

    @property
    def first_failure(self) -> Verdict | None:
        """The first failed case that costs a point, else the first failed advice."""
        failed = [verdict for verdict in self.verdicts if not verdict.passed]
        return min(failed, key=lambda verdict: verdict.advice, default=None)

    @property
    def attempted(self) -> bool:
        return any(verdict.outcome != NOT_RUN for verdict in self.verdicts)

    @property
    def outcome(self) -> str:
        """The outcome of the first case that cost a point, else ``passed``."""
        failure = self.first_failure
        return failure.outcome if failure and not failure.advice else PASSED


def judge_exercise(
    exercise: ExerciseData,
    results: Sequence[Result | str],
    probes: Mapping[str, Probe],
    note: Callable[[str], object] | None = None,
) -> Judgement:
    """Judge the results of all cases of `exercise`, in their order.

    A result is a :class:`Result`, or one of the outcomes where there is none. With
    `note`, an error while the mistake is looked for costs no point and no other
    exercise: `note` is told of it, and nothing more is said of the mistake.
    """
    judgement = Judgement(exercise.name, exercise.points)
    judges = [CaseJudge(exercise, case, probes) for case in exercise.cases]
    for judge, result in zip(judges, results, strict=True):
        judgement.verdicts.append(judge.verdict(result))
    try:
        diagnose(judgement, exercise, judges, results)
    except Exception as error:
        if note is None:
            raise
        what = type(error).__name__
        note(f"{exercise.name}: no mistake could be looked for ({what})")
        return Judgement(exercise.name, exercise.points, judgement.verdicts)
    return judgement


@dataclass
class CaseJudge:
    """One case, and what it takes to compare results of it.

    Results are seen through the exercise's view, where it has one: a function of
    `probes` that gives all right answers the same form.
    """

    exercise: ExerciseData
    case: CaseData
    probes: Mapping[str, Probe]

    def __post_init__(self) -> None:
        self.tolerance: Tolerance = self.exercise.tolerance(self.case)
        self._viewed: dict[int, tuple[Any, Any]] = {}  # each value is looked at once

    def verdict(self, result: Result | str) -> Verdict:
        case, exercise = self.case, self.exercise
        verdict = Verdict(case.label, PASSED, case.weight)
        if isinstance(result, str):
            verdict.outcome = result
        elif case.expected.raised:
            verdict.outcome, verdict.mismatch = self._expecting_an_error(result)
        elif result.raised and result.where == IN_PROBE:
            verdict.outcome = WRONG
            verdict.mismatch = Mismatch("form", result.text or NO_FORM)
        elif result.raised:
            verdict.outcome = RAISED
            if result.raised == "NotImplementedError":
                verdict.outcome = NOT_RUN
            elif lacked_memory(result):
                verdict.outcome = OUT_OF_MEMORY
            text = f"{result.raised}: {result.text}" if result.text else result.raised
            verdict.mismatch = Mismatch("raised", text, got=result.raised)
            verdict.where = result.where
        else:
            verdict.mismatch = self._mismatch(result)
            if verdict.mismatch is None and exercise.pure and result.changed:
                changed = self._changed(result.changed)
                message = f"the function changes its own input ({changed})"
                verdict.mismatch = Mismatch("inputs changed", message, got=changed)
            verdict.outcome = WRONG if verdict.mismatch else PASSED
            if verdict.mismatch and verdict.mismatch.part in exercise.returns:
                verdict.part = verdict.mismatch.part
        return verdict

    def equals(self, mistake: Result, result: Result) -> bool:
        """Whether `result` is what `mistake` gives on this case."""
        if mistake.raised or result.raised:
            return same_result(mistake, result, self.tolerance, self.exercise.pure)
        if self.exercise.pure and mistake.changed != result.changed:
            return False
        try:
            one = self._view(mistake.value, self.case.viewed)
            other = self._view(result.value)
        except Exception:
            return False
        return compare(one, other, self.tolerance) is None

    def fails(self, name: str, form: int) -> bool:
        """Whether this form of the mistake `name` fails the case."""
        mistake = self.case.mistakes[name][form]
        if mistake is None or self.exercise.view is None:
            return mistake is not None
        if (name, form) not in self.case.failing:
            if not mistake.raised:  # looked at once, for all who judge the case
                with contextlib.suppress(Exception):  # the verdict says what is wrong
                    self._view(mistake.value, self.case.viewed)
            self.case.failing[name, form] = not self.verdict(mistake).passed
        return self.case.failing[name, form]

    def prepare(self, name: str, form: int) -> None:
        """Look at this form of the mistake `name` once, for all who judge the case."""
        with contextlib.suppress(Exception):  # it is told where it matters
            self.fails(name, form)

    def seen(self, result: Result) -> tuple[Any, Any]:
        """The expected and the given value through the view; None for a bad form."""
        expected = self._view(self.case.expected.value, self.case.viewed)
        try:
            return expected, self._view(result.value)
        except Exception:
            return expected, None

    def _mismatch(self, result: Result) -> Mismatch | None:
        expected = self._view(self.case.expected.value, self.case.viewed)
        try:
            value = self._view(result.value)
        except Exception as error:
            return Mismatch("form", said_by_probe(error) or NO_FORM)
        names = tuple(self.exercise.returns)
        mismatch = compare(expected, value, self.tolerance, names)
        if mismatch and self.exercise.entry != "entry":
            mismatch = _with_entries(mismatch, self.exercise.entry)
        return mismatch

    def _changed(self, places: list[str]) -> str:
        """The changed inputs by the names of the function's arguments."""
        names = dict(enumerate(self.exercise.arguments, 1))
        said = []
        for place in places:
            number = place.removeprefix("argument ")
            name = names.get(int(number)) if number.isdigit() else place
            said.append(f"`{name}`" if name else place)
        return ", ".join(said)

    def _view(self, value: Any, seen: dict[int, tuple[Any, Any]] | None = None) -> Any:
        """`value` as it is compared; `seen` remembers what was looked at before.

        Without it, that is remembered for this judgement only.
        """
        if self.exercise.view is None:
            return value
        if seen is None:
            seen = self.case.viewed if id(value) in self.case.viewed else self._viewed
        if id(value) not in seen:
            viewed = self.probes[self.exercise.view](serialize.plain(value), self.case)
            seen[id(value)] = value, serialize.copied(viewed)
        return seen[id(value)][1]

    def _expecting_an_error(self, result: Result) -> tuple[str, Mismatch | None]:
        wanted = self.case.expected.raised or ""
        if result.raised == "NotImplementedError" and wanted != result.raised:
            return NOT_RUN, Mismatch("raised", result.raised)
        if wanted in result.bases:
            return PASSED, None
        found = result.raised or "no error"
        message = f"{found} where {wanted} is to be raised"
        return WRONG, Mismatch("raised", message, got=found, expected=wanted)


def _with_entries(mismatch: Mismatch, word: str) -> Mismatch:
    """`mismatch` with ``epoch 3`` for ``entry 3``."""

    def renamed(text: str) -> str:
        return re.sub(r"\b(entry|item) (?=\d)", f"{word} ", text)

    numbers = tuple((renamed(at), one, other) for at, one, other in mismatch.numbers)
    texts = {name: renamed(getattr(mismatch, name)) for name in ("message", "part")}
    return dataclasses.replace(mismatch, numbers=numbers, **texts)


def bounded(result: Result, case: CaseData) -> Result:
    """`result`, without its value where that is far larger than the expected one.

    Results of all cases are held at once, and a view may well multiply their sizes.
    """
    if size_of(result.value) > 10 * case.size + 10_000:
        result.value = serialize.Unsupported("far larger than expected")
    return result

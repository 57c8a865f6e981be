"""Why a result is wrong: the known mistake, else a relation, and which parts are right.

What is told is true. A known mistake is named without reserve where its results equal
the student's in every failing case; a relation is told where it holds in every failing
case; a mistake that explains only most of them is told as one of several, and only
where no relation says more.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from autograde.checking import serialize
from autograde.checking.case_relations import cases_sentence
from autograde.checking.compare import as_array, compare
from autograde.checking.errors import sizes_sentence, usual_cause
from autograde.checking.fingerprint import fingerprint
from autograde.checking.part_relations import part_relation
from autograde.checking.places import code
from autograde.checking.run_case import Result
from autograde.checking.told import Told, named_inputs, quantities_in
from autograde.checking.wording import as_sentence

if TYPE_CHECKING:
    from autograde.checking.checks import ExerciseData
    from autograde.checking.verdict import CaseJudge, Judgement, Verdict

RAISED = "raised"  # the outcome of a case in which the code raised an error
IN_PLACE = (
    "What it returns is right, but it changes its input on the way: work on a copy, or "
    "write `x = x + y` for `x += y`."
)


def diagnose(
    judgement: Judgement,
    exercise: ExerciseData,
    judges: Sequence[CaseJudge],
    results: Sequence[Result | str],
) -> None:
    """Fill in what `judgement` says of the failed cases.

    A failed advice is explained only where no case that weighs failed.
    """
    if judgement.first_failure is None or exercise.most:
        return  # an input that shows no mistake is told by its own sentence
    told = [
        Told(judge, result, verdict)
        for judge, result, verdict in zip(
            judges, results, judgement.verdicts, strict=True
        )
        if isinstance(result, Result)
    ]
    if any(not item.verdict.passed and not item.verdict.advice for item in told):
        told = [item for item in told if not item.verdict.advice]
    failed = [item for item in told if not item.verdict.passed]
    lost = [v for v in judgement.verdicts if not v.passed and not v.advice]
    if not failed:
        return
    name, explained = _known_mistake(exercise, told, failed)
    judgement.explains_all = explained == len(failed)
    if not judgement.explains_all and lost and judgement.attempted:
        judgement.fingerprint = _fingerprint(judges, results, judgement.verdicts)
    relation = last = ""
    if not judgement.explains_all and len(failed) >= len(lost):
        with np.errstate(all="ignore"):
            relation, last, judgement.parts = part_relation(exercise, failed)
    if name and (judgement.explains_all or not relation):
        judgement.misconception, judgement.says = name, exercise.says[name]
    if not judgement.explains_all and judgement.attempted and len(failed) >= len(lost):
        said = relation or (last if not name else "")
        said = said or _form_sentence(exercise, failed)
        cases = as_sentence(_cases(exercise, told))
        judgement.relation = "\n".join(filter(None, (said, cases)))


def _fingerprint(
    judges: Sequence[CaseJudge],
    results: Sequence[Result | str],
    verdicts: Sequence[Verdict],
) -> str:
    """What this wrong answer has in common with equal ones."""
    values: list[Any] = []
    for judge, result, verdict in zip(judges, results, verdicts, strict=True):
        if verdict.passed or not isinstance(result, Result):
            values.append(None)
        else:
            values.append(result.raised or judge.seen(result)[1])
    with np.errstate(all="ignore"):
        return fingerprint([verdict.outcome for verdict in verdicts], values)


def _known_mistake(
    exercise: ExerciseData, told: list[Told], failed: list[Told]
) -> tuple[str, int]:
    """The mistake that explains most failed cases, and how many; "" and 0 for none.

    A mistake says how every case should have gone. One that foretells another result
    for a failed case is not the student's; one that would fail as many passed cases as
    it explains failed ones is a coincidence, and so is one that leaves most of the
    failed cases open. A case whose result is empty passes with any guard for it, so it
    says nothing against a mistake.
    """
    best: tuple[int, int] = (0, 0)
    names: list[str] = []
    for name, form in exercise.forms():
        foretold = [item for item in failed if item.judge.fails(name, form)]
        explained = len(foretold)
        if 2 * explained < len(failed) or not all(
            item.is_made_by(name, form) for item in foretold
        ):
            continue
        against = sum(
            item.judge.fails(name, form) and not _is_empty(item)
            for item in told
            if item.verdict.passed
        )
        if explained <= against:
            continue
        if explained < len(failed) and explained < 2:
            continue  # one of two cases: as likely a coincidence
        rank = (explained, -against)
        if not names or rank > best:
            best, names = rank, [name]
        elif rank == best and name not in names:
            names.append(name)
    return (names[0], best[0]) if len(names) == 1 else ("", 0)


def _is_empty(item: Told) -> bool:
    array = as_array(item.judge.case.expected.value)
    return array is not None and array.size == 0


def _form_sentence(exercise: ExerciseData, failed: list[Told]) -> str:
    """What is behind the error of the first case, or behind a result's form."""
    first = failed[0]
    if first.verdict.outcome == RAISED:
        message = f"{first.result.raised}: {first.result.text}"
        sizes = sizes_sentence(message, quantities_in(exercise, first))
        return as_sentence(sizes) or usual_cause(message)
    alone = _alone(exercise, failed)
    if alone:
        return alone
    stages = {item.verdict.mismatch and item.verdict.mismatch.stage for item in failed}
    return IN_PLACE if stages == {"inputs changed"} else ""


def _alone(exercise: ExerciseData, failed: list[Told]) -> str:
    """Whether one of several results is returned, and the others are not."""
    common = set(exercise.returns)
    for item in failed:
        expected, got = item.judge.seen(item.result)
        if item.verdict.outcome != "wrong" or not isinstance(expected, list | tuple):
            return ""
        if len(expected) != len(exercise.returns) or got is None:
            return ""
        named = zip(exercise.returns, expected, strict=True)
        common &= {
            name
            for name, value in named
            if compare(value, got, item.judge.tolerance) is None
        }
    if len(common) != 1:
        return ""
    return (
        f"It is {code(common.pop())} alone; the other results are to be returned, too."
    )


def _cases(exercise: ExerciseData, told: list[Told]) -> str:
    """Which cases fail, where something sets them apart from the others."""
    inputs = [named_inputs(exercise, item.judge.case) for item in told]
    return cases_sentence(
        [item.verdict.label for item in told],
        [{name: serialize.plain(v) for name, v in case.items()} for case in inputs],
        [not item.verdict.passed for item in told],
    )

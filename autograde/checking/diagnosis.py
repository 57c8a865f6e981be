"""Why a result is wrong: the known mistake, else a relation, and which parts are right.

What is told is true. A known mistake is named without reserve where its results equal
the student's in every failing case; a relation is told where it holds in every failing
case; a mistake that explains only most of them is told as one of several, and only
where no relation says more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from autograde.checking import serialize
from autograde.checking.case_relations import cases_sentence
from autograde.checking.compare import as_array, compare
from autograde.checking.errors import sizes_sentence, usual_cause
from autograde.checking.fingerprint import fingerprint
from autograde.checking.list_relations import (
    last_list_relation_of,
    list_relation_of,
)
from autograde.checking.pairs import Pair
from autograde.checking.parts import MAX_PARTS, Part, numbers, pair_of, parts_of
from autograde.checking.places import code
from autograde.checking.quantities import Quantity, quantities_of
from autograde.checking.relations import (
    last_relation_of,
    most_relation_of,
    relation_of,
)
from autograde.checking.run_case import Result
from autograde.checking.shape_relations import shape_relation_of

if TYPE_CHECKING:
    from autograde.checking.checks import ExerciseData
    from autograde.checking.verdict import CaseJudge, Judgement, Verdict

RAISED = "raised"  # the outcome of a case in which the code raised an error
IN_PLACE = (
    "What it returns is right, but it changes its input on the way: work on a copy, or "
    "write `x = x + y` for `x += y`."
)
MAX_NAMED = 6  # parts that a sentence lists


@dataclass
class Told:
    """A case that says something: one that costs points, or all where none does."""

    view: CaseJudge
    result: Result
    verdict: Verdict

    def is_made_by(self, mistake: str, form: int) -> bool:
        """Whether a form of a known mistake gives just this result, and fails by it."""
        made = self.view.case.mistakes[mistake][form]
        if made is None or not self.view.fails(mistake, form):
            return False
        return self.view.equals(made, self.result)


def diagnose(
    judgement: Judgement,
    exercise: ExerciseData,
    views: Sequence[CaseJudge],
    results: Sequence[Result | str],
) -> None:
    """Fill in what `judgement` says of the failed cases.

    A failed advice is explained only where no case that weighs failed.
    """
    if judgement.first_failure is None or exercise.most:
        return  # an input that shows no mistake is told by its own sentence
    told = [
        Told(view, result, verdict)
        for view, result, verdict in zip(
            views, results, judgement.verdicts, strict=True
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
        judgement.fingerprint = _fingerprint(views, results, judgement.verdicts)
    relation = last = ""
    if not judgement.explains_all and len(failed) >= len(lost):
        with np.errstate(all="ignore"):
            relation, last, judgement.parts = _relation(exercise, failed)
    if name and (judgement.explains_all or not relation):
        judgement.misconception, judgement.says = name, exercise.says[name]
    if not judgement.explains_all and judgement.attempted and len(failed) >= len(lost):
        said = relation or (last if not name else "")
        said = said or _form_sentence(exercise, failed)
        cases = _as_sentence(_cases(exercise, told))
        judgement.relation = "\n".join(filter(None, (said, cases)))


def _fingerprint(
    views: Sequence[CaseJudge],
    results: Sequence[Result | str],
    verdicts: Sequence[Verdict],
) -> str:
    """What this wrong answer has in common with equal ones."""
    values: list[Any] = []
    for view, result, verdict in zip(views, results, verdicts, strict=True):
        if verdict.passed or not isinstance(result, Result):
            values.append(None)
        else:
            values.append(result.raised or view.seen(result)[1])
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
        explained = sum(item.is_made_by(name, form) for item in failed)
        against = sum(
            item.view.fails(name, form) and not _is_empty(item)
            for item in told
            if item.verdict.passed
        )
        contradicted = explained < sum(item.view.fails(name, form) for item in failed)
        if explained <= against or 2 * explained < len(failed) or contradicted:
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
    array = as_array(item.view.case.expected.value)
    return array is not None and array.size == 0


def _relation(exercise: ExerciseData, failed: list[Told]) -> tuple[str, str, str]:
    """What holds in all failed cases, and which parts are right; "" where nothing.

    The second of the three sentences tells less than the first would.
    """
    if any(item.verdict.outcome != "wrong" for item in failed):
        return "", "", ""
    cases: list[list[Part]] = []
    for item in failed:
        if item.result.raised or item.view.case.expected.raised:
            return "", "", ""
        cases.append(_parts(exercise, item))
    parts = [part for found in cases for part in found]
    wrong = list(dict.fromkeys(part.of for part in parts if not part.right))
    known = [
        _known(exercise, item, found) for item, found in zip(failed, cases, strict=True)
    ]
    pairs = {name: _pairs(failed, cases, known, name) for name in wrong}
    strong, last = "", ""
    for relation in (relation_of, shape_relation_of, most_relation_of):
        strong = strong or _numbers_sentence(relation, pairs, cases)
    strong = strong or _lists_sentence(list_relation_of, failed, cases, wrong)
    if not strong:
        last = _numbers_sentence(last_relation_of, pairs, cases)
        last = last or _lists_sentence(last_list_relation_of, failed, cases, wrong)
    return _as_sentence(strong), _as_sentence(last), _right_and_wrong(cases)


def _numbers_sentence(
    relation: Callable[[list[Pair]], str],
    pairs: dict[str, list[Pair] | None],
    cases: list[list[Part]],
) -> str:
    """A relation between numbers: of all wrong parts, else of the first with one."""
    wrong = list(pairs)
    known = [found for found in pairs.values() if found is not None]
    if len(known) == len(pairs):
        said = relation([pair for found in known for pair in found])
        if said:
            return _of_parts(wrong, said, cases)
    if len(wrong) < 2:
        return ""
    for name in wrong[: 1 if relation is most_relation_of else MAX_NAMED]:
        of_name = pairs[name]
        said = relation(of_name) if of_name else ""
        if said:
            return _of_parts([name], said, cases) if name else _of_whole(said)
    return ""


def _lists_sentence(
    relation: Callable[[list[tuple[Any, Any]]], str],
    failed: list[Told],
    cases: list[list[Part]],
    wrong: list[str],
) -> str:
    """A relation between lists of words or ids."""
    if wrong == [""]:
        return relation([item.view.seen(item.result) for item in failed])
    for name in wrong:
        of_name = [
            (part.expected, part.got)
            for parts in cases
            for part in parts
            if part.of == name and not part.right
        ]
        said = relation(of_name)
        if said:
            return _of_parts([name], said, cases) if name else _of_whole(said)
    return ""


def _of_whole(said: str) -> str:
    """`said` of the cases whose result is one thing, where others have parts."""
    return f"where the result has no parts: {said}"


def _of_parts(names: list[str], said: str, cases: list[list[Part]]) -> str:
    """`said` with the names of the parts that it is true of.

    Of a part that has several items some may be right.
    """
    some_right = any(
        part.right and part.of in names for parts in cases for part in parts
    )
    if names == [""]:
        return f"in the items that are wrong: {said}" if some_right else said
    where = ", where wrong" if some_right else ""
    return f"{_listed(names)}{where}: {said}" if "" not in names else said


def _right_and_wrong(cases: list[list[Part]]) -> str:
    """Which parts are right in every failing case, and which are not."""
    named = any(part.of for parts in cases for part in parts)
    found = [
        [(part.of if named else part.name, part.right) for part in parts]
        for parts in cases
    ]
    names = dict.fromkeys(name for name, _ in found[0])
    if any({name for name, _ in parts} != names.keys() for parts in found):
        return ""
    wrong = dict.fromkeys(name for parts in found for name, right in parts if not right)
    return _parts_sentence(list(wrong), [n for n in names if n not in wrong])


def _form_sentence(exercise: ExerciseData, failed: list[Told]) -> str:
    """What is behind the error of the first case, or behind a result's form."""
    first = failed[0]
    if first.verdict.outcome == RAISED:
        message = f"{first.result.raised}: {first.result.text}"
        sizes = sizes_sentence(message, _quantities(exercise, first))
        return _as_sentence(sizes) or usual_cause(message)
    alone = _alone(exercise, failed)
    if alone:
        return alone
    stages = {item.verdict.mismatch and item.verdict.mismatch.stage for item in failed}
    return IN_PLACE if stages == {"inputs changed"} else ""


def _alone(exercise: ExerciseData, failed: list[Told]) -> str:
    """Whether one of several results is returned, and the others are not."""
    common = set(exercise.returns)
    for item in failed:
        expected, got = item.view.seen(item.result)
        if item.verdict.outcome != "wrong" or not isinstance(expected, list | tuple):
            return ""
        if len(expected) != len(exercise.returns) or got is None:
            return ""
        named = zip(exercise.returns, expected, strict=True)
        common &= {
            name
            for name, value in named
            if compare(value, got, item.view.tolerance) is None
        }
    if len(common) != 1:
        return ""
    return (
        f"It is {code(common.pop())} alone; the other results are to be returned, too."
    )


def _cases(exercise: ExerciseData, told: list[Told]) -> str:
    """Which cases fail, where something sets them apart from the others."""
    inputs = [named_inputs(exercise, item.view.case) for item in told]
    return cases_sentence(
        [item.verdict.label for item in told],
        [{name: serialize.plain(v) for name, v in case.items()} for case in inputs],
        [not item.verdict.passed for item in told],
    )


def _quantities(exercise: ExerciseData, item: Told) -> list[Quantity]:
    inputs = named_inputs(exercise, item.view.case)
    return quantities_of(
        {key: serialize.plain(value) for key, value in inputs.items()},
        exercise.axes,
        exercise.meanings,
    )


def _parts(exercise: ExerciseData, item: Told) -> list[Part]:
    expected, got = item.view.seen(item.result)
    return parts_of(expected, got, item.view.tolerance, exercise.returns)


@dataclass
class _Known:
    """What the parts of one failed case are held against; made once for all of them."""

    inputs: dict[str, np.ndarray]
    quantities: list[Quantity]
    expected: dict[str, np.ndarray]  # of whole parts, by their names


def _known(exercise: ExerciseData, item: Told, parts: list[Part]) -> _Known:
    inputs = named_inputs(exercise, item.view.case)
    arrays = {
        name: array
        for name, value in inputs.items()
        if (array := numbers(value)) is not None
    }
    expected = {
        part.name: array.astype(np.float64)
        for part in (parts if len(parts) < MAX_PARTS else [])
        if part.name == part.of and (array := as_array(part.expected)) is not None
    }
    return _Known(arrays, _quantities(exercise, item), expected)


def _pairs(
    failed: list[Told], cases: list[list[Part]], known: list[_Known], name: str
) -> list[Pair] | None:
    """The parts called `name` in every case where they are wrong; None if no numbers.

    The items of a list bear its name.
    """
    found = []
    for item, parts, beside in zip(failed, cases, known, strict=True):
        for part in parts:
            if part.right or part.of != name:
                continue
            pair = pair_of(part, item.view.tolerance)
            if pair is None:
                return None
            pair.inputs, pair.quantities = beside.inputs, beside.quantities
            pair.others = {
                other: array
                for other, array in beside.expected.items()
                if other != part.name
            }
            found.append(pair)
    return found


def named_inputs(exercise: ExerciseData, case: Any) -> dict[str, Any]:
    """The inputs of a case that are arguments of the student's function, by name."""
    inputs, keywords = serialize.unpack(case.packed)
    pairs = zip(exercise.arguments, inputs, strict=False)
    named = {name: value for name, value in pairs if name}
    return named | {key: value for key, value in keywords.items()}


def _parts_sentence(wrong: list[str], right: list[str]) -> str:
    """``dW is right, db is not.``; empty where the result has no parts with names."""
    wrong, right = [n for n in wrong if n], [n for n in right if n]
    if not wrong or len(wrong) + len(right) < 2 or len(wrong) > MAX_NAMED:
        return ""
    start = f" Start with {code(wrong[0])}." if len(wrong) > 1 else ""
    if not right:
        return f"No part is right.{start}"
    is_right = "is" if len(right) == 1 else "are"
    is_wrong = "is" if len(wrong) == 1 else "are"
    if len(right) > MAX_NAMED or len(wrong) + len(right) > MAX_NAMED + 2:
        said = f"{_listed(wrong)} {is_wrong} wrong; the other parts are right."
    else:
        said = f"{_listed(right)} {is_right} right, {_listed(wrong)} {is_wrong} not."
    return _capital(said) + start


def _listed(names: list[str]) -> str:
    if len(names) > MAX_NAMED:
        return "all wrong parts"
    names = [code(name) for name in names]
    if len(names) == 1:
        return names[0]
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _as_sentence(text: str) -> str:
    return _capital(text) + "." if text else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]

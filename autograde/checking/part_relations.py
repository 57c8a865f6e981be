"""What relates the wrong parts of a result to the expected ones, in every case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from autograde.checking.compare import as_array
from autograde.checking.list_relations import (
    last_list_relation_of,
    list_relation_of,
)
from autograde.checking.pairs import Pair
from autograde.checking.parts import MAX_PARTS, Part, numbers, pair_of, parts_of
from autograde.checking.places import code
from autograde.checking.quantities import Quantity
from autograde.checking.relations import (
    last_relation_of,
    most_relation_of,
    relation_of,
)
from autograde.checking.shape_relations import shape_relation_of
from autograde.checking.told import Told, named_inputs, quantities_in
from autograde.checking.wording import MAX_NAMED, as_sentence, capital, listed

if TYPE_CHECKING:
    from autograde.checking.checks import ExerciseData


def part_relation(exercise: ExerciseData, failed: list[Told]) -> tuple[str, str, str]:
    """What holds in all failed cases, and which parts are right; "" where nothing.

    The second of the three sentences tells less than the first would.
    """
    if any(item.verdict.outcome != "wrong" for item in failed):
        return "", "", ""
    cases: list[list[Part]] = []
    for item in failed:
        if item.result.raised or item.judge.case.expected.raised:
            return "", "", ""
        cases.append(_parts(exercise, item))
    parts = [part for found in cases for part in found]
    wrong = list(dict.fromkeys(part.of for part in parts if not part.right))
    known = [
        _beside(exercise, item, found)
        for item, found in zip(failed, cases, strict=True)
    ]
    pairs = {name: _pairs(failed, cases, known, name) for name in wrong}
    strong, last = "", ""
    for relation in (relation_of, shape_relation_of, most_relation_of):
        strong = strong or _numbers_sentence(relation, pairs, cases)
    strong = strong or _lists_sentence(list_relation_of, failed, cases, wrong)
    if not strong:
        last = _numbers_sentence(last_relation_of, pairs, cases)
        last = last or _lists_sentence(last_list_relation_of, failed, cases, wrong)
    return as_sentence(strong), as_sentence(last), _right_and_wrong(cases)


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
        return relation([item.judge.seen(item.result) for item in failed])
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
    return f"{listed(names)}{where}: {said}" if "" not in names else said


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
        said = f"{listed(wrong)} {is_wrong} wrong; the other parts are right."
    else:
        said = f"{listed(right)} {is_right} right, {listed(wrong)} {is_wrong} not."
    return capital(said) + start


def _parts(exercise: ExerciseData, item: Told) -> list[Part]:
    expected, got = item.judge.seen(item.result)
    return parts_of(expected, got, item.judge.tolerance, exercise.returns)


@dataclass
class _Beside:
    """What the parts of one failed case are held against; made once for all of them."""

    inputs: dict[str, np.ndarray]
    quantities: list[Quantity]
    expected: dict[str, np.ndarray]  # of whole parts, by their names


def _beside(exercise: ExerciseData, item: Told, parts: list[Part]) -> _Beside:
    inputs = named_inputs(exercise, item.judge.case)
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
    return _Beside(arrays, quantities_in(exercise, item), expected)


def _pairs(
    failed: list[Told], cases: list[list[Part]], known: list[_Beside], name: str
) -> list[Pair] | None:
    """The parts called `name` in every case where they are wrong; None if no numbers.

    The items of a list bear its name.
    """
    found = []
    for item, parts, beside in zip(failed, cases, known, strict=True):
        for part in parts:
            if part.right or part.of != name:
                continue
            pair = pair_of(part, item.judge.tolerance)
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

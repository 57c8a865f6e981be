"""What a check says of a wrong result is true: each claim is computed anew.

The known mistakes of all chapters are judged with their names switched off. Every
sentence that they are told is found in a table, and what it claims is tried on results
and inputs, by other means than those that found it. A sentence without a line in the
table fails.
"""

from __future__ import annotations

import ast
import dataclasses
import re

import numpy as np
import pytest

from autograde.checking import serialize
from autograde.checking.checks import CaseData, Checks, ExerciseData
from autograde.checking.errors import USUAL
from autograde.checking.run_case import Result, load_probes
from autograde.course.layout import ROOT, source_chapters
from autograde.tests.checking.case_claims import Judged, check_cases, judged
from autograde.tests.checking.claim_table import (
    CHARACTERS,
    CLAIMS,
    IN_FIRST,
    flat,
    lists,
)
from autograde.tests.checking.claims import Wrong, close, first_places, numbers

EACH = 13  # one of so many forms of mistakes is judged: all of them take too long


def check_sentence(sentence: str, judged: Judged) -> None:
    """Fail where `sentence` is not true of the answer."""
    body = sentence.removesuffix(".")
    body = body[:1].lower() + body[1:]
    true = check_cases(body, judged)
    if true is not None:
        assert true, sentence
        return
    usual = [pattern for pattern, text in USUAL if text == sentence]
    if usual:
        assert re.search(usual[0], judged.first_error, re.IGNORECASE), sentence
        return
    sizes = re.match(r"the sizes (\d+) and (\d+) do not fit", body)
    if sizes:
        assert all(size in judged.first_error for size in sizes.groups()), sentence
        return
    if body.startswith("what it returns is right, but it changes its input"):
        for view, result in judged.failed:
            assert (
                result.changed
                and view.verdict(result).mismatch.stage == "inputs changed"
            )
        return
    alone = re.fullmatch(r"it is [`“](.+)[`”] alone; .*", body)
    if alone:
        at = judged.exercise.returns.index(alone[1])
        for view, result in judged.failed:
            expected, got = view.seen(result)
            assert close(numbers(got), numbers(expected[at])), sentence
        return
    names: list[str] = []
    part = re.fullmatch(
        r"((?:`[^`]+`|“[^”]+”|all wrong parts)(?:(?: of |, | and"
        r" )(?:`[^`]+`|“[^”]+”))*)"
        r"(?:, where wrong)?: (.+)",
        sentence.removesuffix("."),
        re.IGNORECASE | re.DOTALL,
    )
    if part and not body.startswith("before the activation"):
        joined = re.sub(r"(?<=`) of (?=`)", " of\0", part[1])
        names = [
            re.sub(r"[`“”]", "", name).replace("\0", " ")
            for name in re.split(r", (?=[`“])| and (?=[`“])", joined)
        ]
        names = [] if names[0].lower() == "all wrong parts" else names
        body = part[2]
    body = body.removeprefix("in the items that are wrong: ")
    wrong = judged.wrong(names)
    if body.startswith("where the result has no parts: "):
        body, wrong = body.partition(": ")[2], judged.wrong([""])
    if body in ("all lists are the same", "the lists are in reversed order") or (
        body.startswith(
            ("the lists are the expected", "all items are", "the items are")
        )
        and not names
    ):
        seen = [view.seen(result) for view, result in judged.failed]
        wrong = [Wrong(*pair) for pair in seen]
    assert wrong, sentence
    few = re.match(r"in (\d+) of (\d+) results that are wrong: ", body)
    needed = len(wrong)
    if few:
        assert len(wrong) == int(few[2]), sentence
        needed, body = int(few[1]), body[few.end() :]
    first = IN_FIRST.fullmatch(body)
    if first:
        assert first_places(first, wrong[0]), sentence
        return
    characters = CHARACTERS.fullmatch(body)
    if characters:
        right = "".join(flat([lists(pair.right) for pair in wrong]))
        got = "".join(flat([lists(pair.got) for pair in wrong]))
        has = got if characters[1] == "your" else right
        shown = map(ast.literal_eval, characters[2].split(", "))
        assert all(char in has for char in shown), sentence
        return
    for pattern, claim in CLAIMS:
        found = re.fullmatch(pattern, body, re.DOTALL)
        if found:
            with np.errstate(all="ignore"):
                true_in = sum(bool(claim(found, pair)) for pair in wrong)
            assert true_in >= needed, f"{sentence} ({true_in} of {needed})"
            return
    pytest.fail(f"no claim is known for: {sentence}")


@pytest.mark.parametrize("chapter", [c for c in source_chapters(ROOT) if c[:2] > "00"])
def test_what_a_known_mistake_is_told_without_its_name_is_true(chapter):
    checks = Checks.load(ROOT / "chapters" / chapter / "checks.safetensors")
    probes = load_probes(checks.probes)
    told = 0
    for exercise in checks.exercises.values():
        if exercise.most:
            continue
        bare = dataclasses.replace(exercise, says={})
        for name, form in list(exercise.forms())[::EACH]:
            results = [c.mistakes[name][form] or c.expected for c in exercise.cases]
            found = judged(bare, results, probes)
            for sentence in found.relation.split("\n") if found else ():
                try:
                    check_sentence(sentence, found)
                except BaseException as error:
                    where = f"{exercise.name}, {name}, form {form}"
                    raise AssertionError(f"{where}: {sentence}") from error
                told += 1
    assert told > 10


@pytest.mark.parametrize(
    "sentence",
    [
        "It is the tanh of the expected result.",
        "Each number is 3 times the expected one.",
        "It is transposed: rows and columns have changed places.",
        "Every number that is wrong is too small.",
        "It is wrong just where `X` is negative.",
        "It is the expected result minus `X`.",
        "In 2 of 2 results that are wrong: all numbers are 0.",
        "Only the case “case 1” fails; the 2 others are right.",
        "It fails in just those cases where `X` has one row (2 of 3); the others are "
        "right.",
        "What it returns is right, but it changes its input on the way: work on a "
        "copy, or write `x = x + y` for `x += y`.",
    ],
)
def test_a_false_sentence_is_found(sentence):
    rng = np.random.default_rng(0)
    exercise = ExerciseData(
        "f", 1, 5, 1, None, None, [], 1e-6, 1e-9, True, False, [], 10, []
    )
    exercise.arguments = ["X"]
    results = []
    for number in range(3):
        right = rng.normal(size=(4, 4))
        packed = serialize.pack([[rng.normal(size=(4, 4))], {}])
        case = CaseData(f"case {number}", packed, 0, Result(right), {})
        exercise.cases.append(case)
        results.append(Result(right if number == 1 else right + np.abs(right)))
    told = judged(exercise, results, {})
    for true in told.relation.split("\n"):
        check_sentence(true, told)
    with pytest.raises(AssertionError):
        check_sentence(sentence, told)

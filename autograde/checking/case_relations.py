"""Which cases fail, in words: what the failing ones share and no other one has.

Every sentence is a plain fact of the cases. It is said only where it sets all failing
cases apart from all others, so it needs cases of both kinds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograde.checking.facts import facts_of, facts_of_all, is_large

FEW = 3  # cases that are told by their labels


def cases_sentence(
    labels: Sequence[str], inputs: Sequence[dict[str, Any]], wrong: Sequence[bool]
) -> str:
    """What sets the failing cases apart; empty where nothing does.

    labels, inputs, wrong: of each case its label, its named inputs, whether it fails
    """
    failing, right = sum(wrong), len(wrong) - sum(wrong)
    if not failing or not right or len(wrong) < 3:
        return ""
    for alone, others in ((True, right), (False, failing)):
        places = [i for i, failed in enumerate(wrong) if failed is alone]
        if len(places) == 1:  # its label was written to say what is special about it
            return _one_case(labels[places[0]], others, alone)
    with np.errstate(all="ignore"):
        facts = _dividing(list(inputs), list(wrong))
    for fact, true in facts:
        if true == list(wrong):
            return (
                f"it fails in just those cases where {fact} ({failing} of "
                f"{len(wrong)}); the others are right"
            )
        return (
            f"it is right in just those cases where {fact} ({right} of {len(wrong)}); "
            "all others fail"
        )
    return _few_cases(labels, wrong)


def _few_cases(labels: Sequence[str], wrong: Sequence[bool]) -> str:
    """The labels of the failing cases, or of the others, where they are few."""
    bad = [label for label, failed in zip(labels, wrong, strict=True) if failed]
    good = [label for label, failed in zip(labels, wrong, strict=True) if not failed]
    few, rest = (bad, good) if len(bad) < len(good) else (good, bad)
    if len(few) > FEW or len(few) == len(rest):
        return ""
    said = ", ".join(f"“{label}”" for label in few[:-1]) + f" and “{few[-1]}”"
    if few is bad:
        return f"only the cases {said} fail; the {len(rest)} others are right"
    return f"only the cases {said} are right; the {len(rest)} others fail"


def _one_case(label: str, others: int, fails: bool) -> str:
    rest = f"the {others} others {'are right' if fails else 'fail'}"
    return f"only the case “{label}” {'fails' if fails else 'is right'}; {rest}"


def _dividing(
    inputs: list[dict[str, Any]], wrong: list[bool]
) -> list[tuple[str, list[bool]]]:
    """The facts that are true of all failing cases only, or of all others only."""
    large = {name for case in inputs for name in case if is_large(case[name])}
    inputs = [
        {name: value for name, value in case.items() if name not in large}
        for case in inputs
    ]
    of_case = [facts_of(case) for case in inputs]
    found = {
        fact: [fact in facts for facts in of_case]
        for facts in of_case
        for fact in facts
    }
    found |= dict(facts_of_all(inputs, wrong))
    right = [not failed for failed in wrong]
    return [(fact, true) for fact, true in found.items() if true in (wrong, right)]

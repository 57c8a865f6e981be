"""A wrong part of a result beside the right one, and what a test of it may answer.

A test answers HOLDS where the numbers prove a relation, OPEN where they satisfy it but
would satisfy others too (one number, equal numbers), and None where they contradict it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from autograde.checking.quantities import Quantity

HOLDS = "holds"
OPEN = "open"
SINGLE = 1e-5  # relative difference that single precision explains
Holding = str | None  # what a test answers: HOLDS, OPEN, or None
Say = Callable[["list[Pair]"], str]


@dataclass
class Pair:
    """A wrong part of the result of one case.

    `right` and `got` are arrays of float64. `near` is the relative difference that
    counts as none. `inputs` are the case's arrays by their names, `others` the
    expected values of the other parts, `quantities` its sizes and plain numbers; `part`
    is the name, with the number of an item.
    """

    right: np.ndarray
    got: np.ndarray
    near: float = 1e-6
    inputs: dict[str, np.ndarray] = field(default_factory=dict)
    others: dict[str, np.ndarray] = field(default_factory=dict)
    quantities: list[Quantity] = field(default_factory=list)
    part: str = ""

    def __post_init__(self) -> None:
        # the place of the largest number: of `got` under True, of `right` under False
        self._largest: dict[bool, int | None] = {}

    @property
    def same_shape(self) -> bool:
        return self.right.shape == self.got.shape

    def close(self, one: np.ndarray, other: np.ndarray) -> bool:
        """Whether two arrays agree in shape and in all numbers."""
        if one.shape != other.shape or self._is_plainly_apart(one, other):
            return False
        return bool(self.agreement(one, other).all())

    def _is_plainly_apart(self, one: np.ndarray, other: np.ndarray) -> bool:
        """Whether the largest number of `one` shows that the arrays do not agree.

        Most relations are tried in vain: this look at a single number spares them the
        comparison of all.
        """
        if one is not self.got and one is not self.right:
            return False
        key = one is self.got
        if key not in self._largest:
            known = one.size > 0 and bool(np.isfinite(one).all())
            self._largest[key] = int(np.abs(one).argmax()) if known else None
        at = self._largest[key]
        if at is None:
            return False
        number, beside = float(one.flat[at]), float(other.flat[at])
        return not abs(number - beside) <= 4 * self.near * abs(number)

    def agreement(self, one: np.ndarray, other: np.ndarray) -> np.ndarray:
        """Where two arrays of one shape agree."""
        finite = np.isfinite(other)
        scale = np.abs(other[finite]).max(initial=0.0)
        allowed = self.near * np.maximum(np.abs(other), 1e-3 * scale)
        with np.errstate(invalid="ignore", over="ignore"):
            equal = np.abs(one - other) <= np.where(finite, allowed, 0.0)
            both_nan = np.isnan(one) & np.isnan(other)
        return equal | (one == other) | both_nan

    def told(self, size: int = 2) -> Holding:
        """HOLDS where at least `size` numbers of the expected result differ."""
        rounded = np.unique(np.round(self.right[np.isfinite(self.right)], 12))
        return HOLDS if len(rounded) >= size else OPEN


def everywhere(
    pairs: list[Pair], test: Callable[[Pair], Holding], together: bool = False
) -> bool:
    """Whether `test` holds in one pair at least and is contradicted in none.

    With `together`, single numbers of several cases are a proof, too.
    """
    answers = []
    for pair in pairs:
        answers.append(test(pair))
        if answers[-1] is None:
            return False
    return HOLDS in answers or (together and _prove_together(pairs))


def _prove_together(pairs: list[Pair]) -> bool:
    """Whether the cases have as many different numbers as a proof in one case has."""
    values = [
        np.unique(np.round(np.concatenate(arrays), 9))
        for arrays in zip(
            *((pair.right.ravel(), pair.got.ravel()) for pair in pairs), strict=True
        )
    ]
    return len(pairs) > 2 and all(len(numbers) > 2 for numbers in values)


def same_for_all(
    test: Callable[[Pair], Holding], sentence: str, together: bool = False
) -> Say:
    """Says `sentence` where `test` holds everywhere."""

    def say(pairs: list[Pair]) -> str:
        return sentence if everywhere(pairs, test, together) else ""

    return say

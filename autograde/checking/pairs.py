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
Answer = str | None
Say = Callable[["list[Pair]"], str]


@dataclass
class Pair:
    """A wrong part of the result of one case.

    `right` and `got` are arrays of float64. `near` is the relative difference that
    counts as none. `inputs` are the case's arrays by their names, `others` the
    expected values of the other parts, `quantities` its sizes and plain numbers.
    """

    right: np.ndarray
    got: np.ndarray
    near: float = 1e-6
    inputs: dict[str, np.ndarray] = field(default_factory=dict)
    others: dict[str, np.ndarray] = field(default_factory=dict)
    quantities: list[Quantity] = field(default_factory=list)

    @property
    def same_shape(self) -> bool:
        return self.right.shape == self.got.shape

    def close(self, one: np.ndarray, other: np.ndarray) -> bool:
        """Whether two arrays agree in shape and in all numbers."""
        return one.shape == other.shape and bool(self.agreement(one, other).all())

    def agreement(self, one: np.ndarray, other: np.ndarray) -> np.ndarray:
        """Where two arrays of one shape agree."""
        finite = np.isfinite(other)
        scale = np.abs(other[finite]).max(initial=0.0)
        allowed = self.near * np.maximum(np.abs(other), 1e-3 * scale)
        with np.errstate(invalid="ignore", over="ignore"):
            equal = np.abs(one - other) <= np.where(finite, allowed, 0.0)
            both_nan = np.isnan(one) & np.isnan(other)
        return equal | (one == other) | both_nan

    def told(self, size: int = 2) -> Answer:
        """HOLDS where at least `size` numbers of the expected result differ."""
        rounded = np.unique(np.round(self.right[np.isfinite(self.right)], 12))
        return HOLDS if len(rounded) >= size else OPEN


def everywhere(pairs: list[Pair], test: Callable[[Pair], Answer]) -> bool:
    """Whether `test` holds in one pair at least and is contradicted in none."""
    answers = []
    for pair in pairs:
        answers.append(test(pair))
        if answers[-1] is None:
            return False
    return HOLDS in answers


def same_for_all(test: Callable[[Pair], Answer], sentence: str) -> Say:
    """Says `sentence` where `test` holds everywhere."""

    def say(pairs: list[Pair]) -> str:
        return sentence if everywhere(pairs, test) else ""

    return say

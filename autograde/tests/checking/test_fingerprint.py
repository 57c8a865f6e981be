"""Equal wrong answers have a fingerprint in common, different ones have not."""

from __future__ import annotations

import numpy as np

from autograde.checking.fingerprint import fingerprint, groups


def wrong(*values) -> str:
    return fingerprint(["wrong"] * len(values), values)


def test_rounding_errors_never_part_equal_answers():
    rng = np.random.default_rng(0)
    for _ in range(300):
        values = [rng.normal(size=(3, 4)) * 10.0 ** rng.integers(-3, 4), rng.random()]
        others = [value * (1 + 1e-7 * rng.normal()) for value in values]
        assert len(groups([wrong(*values), wrong(*others)])) == 1


def test_different_answers_are_parted():
    rng = np.random.default_rng(0)
    right = rng.normal(size=(5, 3))
    made = [right * 2, right / 5, right.T, right[::-1], -right, right + 1, right[1:]]
    made += [None, {"dW": right}, [right, right], "ValueError", right * np.nan]
    found = groups([wrong(value, value) for value in made])
    assert len(found) == len(made)


def test_outcomes_count_and_the_largest_group_is_first():
    texts = [
        fingerprint(["passed", "wrong"], [None, 1.0]),
        fingerprint(["wrong", "wrong"], [2.0, 1.0]),
        fingerprint(["wrong", "raised"], [2.0, "TypeError"]),
        fingerprint(["wrong", "raised"], [2.0, "TypeError"]),
    ]
    assert groups(texts) == [[2, 3], [0], [1]]


def test_anything_that_comes_back_has_a_fingerprint():
    values = [
        [],
        {},
        np.zeros((0, 2)),
        [[1], [2, 3]],
        True,
        10**400,
        np.inf,
        "x" * 10**6,
    ]
    assert len({wrong(value) for value in values}) == len(values)
    for number in (1.7e308, -1.7e308, np.inf, np.nan, 5e-324):
        assert wrong(np.full(5, number), number)

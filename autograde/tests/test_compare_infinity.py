"""Comparison where infinity is the right answer."""

import warnings

import numpy as np
import pytest

from autograde.compare import compare


@pytest.mark.parametrize("wrong", [0, 1, 0.0, -np.inf, np.nan, False])
def test_only_infinity_equals_infinity(wrong):
    assert compare(np.inf, wrong).stage == "NaN or infinity"
    assert compare(np.array([np.inf, 1.0]), np.array([wrong, 1.0])) is not None


def test_integers_do_not_stand_in_for_infinity():
    assert compare(np.array([np.inf, 2.0]), np.array([7, 2])) is not None
    assert compare(np.array([np.nan, 2.0]), [0, 2]) is not None


def test_infinity_is_accepted_without_a_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert compare(np.array([np.inf, 2.0]), np.array([np.inf, 2.0])) is None
        assert compare(np.inf, float("inf")) is None

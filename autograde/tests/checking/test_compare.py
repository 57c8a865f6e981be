"""The staged comparison: each stage, and what must not be held against anyone."""

from __future__ import annotations

import re
import warnings

import numpy as np
import pytest

from autograde.checking import serialize
from autograde.checking.compare import Tolerance, compare

MATRIX = np.array([[1.0, -2.0, 3.5], [0.25, 1e4, -7.0]])


@pytest.mark.parametrize(
    ("got", "stage"),
    [
        (None, "returned nothing"),
        (serialize.Unsupported("set"), "type"),
        ("a text", "type"),
        (MATRIX.T, "shape"),
        (MATRIX[:, :1], "shape"),
        (3.0, "shape"),
        (MATRIX.ravel(), "shape"),
        (np.where(MATRIX > 3, np.nan, MATRIX), "NaN or infinity"),
        (MATRIX + 1e-3, "values"),
        (MATRIX * (1 + 1e-4), "values"),
    ],
)
def test_the_first_failing_stage_is_named(got, stage):
    assert compare(MATRIX, got).stage == stage


@pytest.mark.parametrize(
    "got",
    [
        MATRIX.copy(),
        MATRIX.tolist(),
        tuple(map(tuple, MATRIX)),
        list(MATRIX),
        serialize.TensorData(MATRIX),
        MATRIX.astype(np.float32),
        MATRIX * (1 + 1e-9),
    ],
)
def test_the_same_numbers_in_another_form_pass(got):
    assert compare(MATRIX, got) is None


def test_token_ids_must_be_whole_numbers():
    ids = np.array([3, 1, 2])
    assert compare(ids, ids.astype(float)).stage == "dtype"
    assert compare(ids, ids.astype(np.int32)) is None
    assert compare(ids, [3, 1, 2]) is None


@pytest.mark.parametrize("got", [2**70, [3, 1, -(2**64)], [3, 2**70, "x"]])
def test_a_whole_number_that_no_array_holds_is_called_so(got):
    expected = np.array([3, 1, 2]) if isinstance(got, list) else np.array(3)
    said = compare(expected, got).message
    assert re.match(r"a whole number of (65|71) bits where .* is expected", said)
    said = compare([3, 1, 2], [3, 1, 2**64]).message
    assert said.startswith("a whole number of 65 bits where")


def test_a_tensor_must_stay_a_tensor():
    assert compare(serialize.TensorData(MATRIX), MATRIX).stage == "type"


def test_the_largest_difference_is_shown_with_both_numbers():
    got = MATRIX.copy()
    got[1, 2] = -6.5
    mismatch = compare(MATRIX, got)
    assert (mismatch.got, mismatch.expected) == ("-6.5", "-7")
    assert "row 1, column 2" in mismatch.message


def test_parts_of_a_tuple_are_named():
    expected = (MATRIX, np.array([1.0, 2.0]))
    mismatch = compare(expected, (MATRIX, np.array([1.0, 2.5])), names=("dW", "db"))
    assert mismatch.part == "db"
    assert compare(expected, (MATRIX,)).stage == "shape"


def test_infinities_have_a_sign():
    assert compare(np.array([np.inf, 1.0]), np.array([-np.inf, 1.0])) is not None
    assert compare(np.array([np.inf, 1.0]), np.array([np.inf, 1.0])) is None


def test_an_exact_dtype_is_demanded_where_the_exercise_says_so():
    tolerance = Tolerance(exact_dtype=True)
    assert compare(MATRIX, MATRIX.astype(np.float32), tolerance).stage == "dtype"


@pytest.mark.parametrize("wrong", ["b", None, 0, ["a"]])
def test_texts_are_compared_as_texts(wrong):
    assert compare("a", wrong) is not None
    assert compare("a", "a") is None


def test_a_flat_array_where_a_list_of_arrays_is_expected():
    """Its entries are NumPy scalars, which must be described like any number."""
    expected = [np.array([2, 0, 1]), np.array([3])]
    assert compare(expected, np.array([1, 2])).stage == "shape"
    assert compare([2, 3], np.array([2, 3])) is None


@pytest.mark.parametrize(
    "wrap", [np.asarray, lambda ids: serialize.TensorData(np.asarray(ids))]
)
def test_an_array_may_stand_for_a_list_of_numbers(wrap):
    assert compare([[5, 3], [7]], [wrap([5, 3]), wrap([7])]) is None
    assert compare([[5, 3], [7]], [wrap([5, 4]), wrap([7])]).stage == "values"
    assert compare([[5, 3]], [wrap([5.0, 3.0])]).stage == "dtype"


def test_a_single_precision_vector_passes_for_a_list_of_numbers():
    expected = [0.5, 0.25, 2.0]
    assert compare(expected, np.array(expected, dtype=np.float32)) is None
    assert compare(expected, np.array([0.5, 0.25, 2.1], np.float32)).stage == "values"
    assert compare([1, 2], np.array([1.0, 2.0], np.float32)).stage == "dtype"


def test_a_word_in_place_of_numbers_is_quoted():
    words = "not uniform"
    assert f"'{words}' where array" in compare(MATRIX, words).message
    assert compare(words, MATRIX).message == (
        f"a NumPy array where '{words}' is expected"
    )


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


@pytest.mark.parametrize(
    ("refused", "error"),
    [
        ("ValueError was raised", "ValueError"),
        ("raises ValueError", "ValueError"),
        ("IndexError", "IndexError"),
        ("raises an error", "an error"),
    ],
)
def test_an_error_that_a_probe_reports_is_told_in_plain_words(refused, error):
    said = compare({"a label of 7": refused}, {"a label of 7": np.zeros(3)})
    assert said.message == f"no error where {error} is to be raised"
    assert said.part == "a label of 7"
    said = compare(np.zeros(3), refused)
    assert said.message == f"your code raises {error} where a result is expected"


def test_a_word_that_names_no_error_is_a_value():
    assert compare("an error", "raises").message == "another value"


@pytest.mark.parametrize(("right", "got"), [(1.0, 1 + 3e-9), (2.5, 2.5 - 1e-12)])
def test_as_many_digits_are_shown_as_tell_the_numbers_apart(right, got):
    exact = Tolerance(rtol=0, atol=0)
    mismatch = compare([0.0, right], [0.0, got], exact, part="x")
    ((place, one, other),) = mismatch.numbers
    assert place == "entry 1" and float(one) != float(other) and one != other


def test_places_have_words():
    right = {"history": {"train_loss": [1.0, 2.0, 3.0]}, "n": [[1.0], [2.0, 3.0]]}
    got = {"history": {"train_loss": [1.0, 2.0, 4.0]}, "n": [[1.0], [2.0, 3.0]]}
    mismatch = compare(right, got)
    assert mismatch.part == "train_loss of history"
    assert mismatch.numbers == (("entry 2", "4", "3"),)
    got["history"], got["n"][1][0] = right["history"], 5.0
    assert compare(right, got).part == "item 1 of n"


def test_a_mistake_that_gives_a_generator_is_like_another_that_does():
    """A known mistake stands where the expected value stands when it is recognised."""
    generator = serialize.Unsupported("generator")
    assert compare([generator, 1.0], [generator, 1.0]) is None
    for got in (np.ones(3), [1.0], 2, None, serialize.Unsupported("map")):
        assert compare(generator, got) is not None
        assert compare(got if got is not None else 1.0, generator) is not None

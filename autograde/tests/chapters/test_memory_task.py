import numpy as np
import pytest

from autograde.datasets.memory import remember_first, vocabulary_size


def test_label_is_the_first_letter_and_noise_never_looks_like_one():
    ids, labels = remember_first(200, 7, 5, np.random.default_rng(0))
    assert ids.shape == (200, 8) and ids.dtype == labels.dtype == np.int64
    assert np.array_equal(ids[:, 0], labels)
    assert set(labels) == set(range(5))
    assert ids[:, 1:].min() == 5 and ids.max() == vocabulary_size(5) - 1


def test_same_state_same_data():
    first, second = (remember_first(9, 3, 4, np.random.default_rng(8)) for _ in "ab")
    assert np.array_equal(first[0], second[0])


def test_distance_zero_and_bad_sizes():
    ids, labels = remember_first(3, 0, 2, np.random.default_rng(1))
    assert ids.shape == (3, 1) and labels.shape == (3,)
    for n, distance, letters in [(-1, 2, 2), (3, -1, 2), (3, 2, 1)]:
        with pytest.raises(ValueError, match=r"letters|negative"):
            remember_first(n, distance, letters, np.random.default_rng(1))

"""A memory task of any length: remember the first letter, ignore the rest.

The question of Hochreiter & Schmidhuber, "Long Short-Term Memory", Neural
Computation 9(8), 1997, section 5, in its plainest form: how far can a gradient
carry one piece of information?  Chapter 03 asks an RNN, chapter 04 an LSTM.
"""

import numpy as np

DISTRACTORS = 4  # symbols that mean nothing; their ids follow those of the letters


def vocabulary_size(letters: int) -> int:
    """Number of different ids: the letters to remember and the distractors."""
    return letters + DISTRACTORS


def remember_first(
    n: int, distance: int, letters: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Draw `n` sequences whose label is their first letter.

    n         number of sequences
    distance  number of distractors after the letter, 0 or more
    letters   how many different letters there are to remember, 2 or more
    rng       source of randomness; the same state gives the same data

    Returns `ids` (n, distance + 1) int64 and `labels` (n,) int64. `ids[:, 0]` is a
    letter, 0 to letters - 1, and equals the label. The other columns are
    distractors, letters to letters + DISTRACTORS - 1, drawn without looking at it.
    """
    if n < 0 or distance < 0:
        raise ValueError(f"n and distance must not be negative, got {n} and {distance}")
    if letters < 2:
        raise ValueError(f"letters must be 2 or more, got {letters}: nothing to tell")
    labels = rng.integers(letters, size=n)
    noise = rng.integers(letters, vocabulary_size(letters), size=(n, distance))
    return np.concatenate([labels[:, None], noise], axis=1), labels

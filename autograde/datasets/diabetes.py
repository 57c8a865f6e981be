"""Diabetes: ten measurements of 442 patients, and how the disease went on in a year.

The data is part of scikit-learn (BSD-3-Clause); it is the set of Efron, Hastie,
Johnstone and Tibshirani, "Least Angle Regression", Annals of Statistics 32 (2004).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["NAMES", "UNITS", "Split", "load", "load_split"]

NAMES = ("age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6")
UNITS = {
    "age": "age, years",
    "sex": "sex, coded 1 or 2",
    "bmi": "body mass index, kg/m²",
    "bp": "mean blood pressure, mm Hg",
    "s1": "total cholesterol, mg/dl",
    "s2": "low-density lipoproteins, mg/dl",
    "s3": "high-density lipoproteins, mg/dl",
    "s4": "total cholesterol / HDL",
    "s5": "log of serum triglycerides",
    "s6": "blood sugar, mg/dl",
}


@dataclass(frozen=True)
class Split:
    """Patients to learn from and patients held out; `y` is a column, (N, 1)."""

    X_train: np.ndarray
    y_train: np.ndarray
    X_test: np.ndarray
    y_test: np.ndarray


def load() -> tuple[np.ndarray, np.ndarray]:
    """Return X (442, 10) in the units of `UNITS`, and y (442,), from 25 to 346.

    `y` is a score of how far the disease went on in the year after the measurements.
    """
    from sklearn.datasets import load_diabetes

    data = load_diabetes(scaled=False)
    if tuple(data.feature_names) != NAMES:
        raise RuntimeError(
            f"scikit-learn's diabetes data has the columns {data.feature_names}, "
            f"expected {list(NAMES)}: start.py installs the right version"
        )
    return data.data.astype(np.float64), data.target.astype(np.float64)


def load_split(n_test: int = 110, seed: int = 0) -> Split:
    """Return the data in two parts, drawn once from `seed`; `n_test` patients held out.

    Raises ValueError where no patient would be left on one of the two sides.
    """
    X, y = load()
    if not 0 < n_test < len(X):
        raise ValueError(f"n_test is {n_test}; it must lie between 1 and {len(X) - 1}")
    order = np.random.default_rng(seed).permutation(len(X))
    test, train = order[:n_test], order[n_test:]
    return Split(X[train], y[train, None], X[test], y[test, None])

"""Cases, misconceptions and hints of chapter 1."""

import numpy as np

from autograde.exercise import Case, Exercise, Misconception


def mean_cases(rng):
    yield Case("5 values", rng.normal(3, 2, size=5))
    yield Case("one value", rng.normal(7, 1, size=1))
    yield Case("an even number of values", rng.normal(-4, 2, size=8))
    yield Case("one value far away", np.append(rng.normal(size=6), 1000.0))
    yield Case("100 values", rng.normal(50, 10, size=100))


def variance_cases(rng):
    yield Case("5 values", rng.normal(3, 2, size=5))
    yield Case("two values", rng.normal(7, 3, size=2))
    yield Case("large values, close together", 1e4 + rng.normal(size=6))
    yield Case("small values", rng.normal(size=7) * 1e-2)
    yield Case("100 values", rng.normal(50, 10, size=100))


def correlation_cases(rng):
    yield Case("no relation", rng.normal(size=9), rng.normal(size=9))
    x = rng.normal(2, 1, size=8)
    yield Case("rising together", x, 3 * x + rng.normal(size=8) + 5)
    yield Case("one rises, one falls", x, 1 - x + 0.3 * rng.normal(size=8))
    yield Case("different units", 1000 * x, 1e-3 * (x + rng.normal(size=8)))


EXERCISES = [
    Exercise(
        "mean",
        mean_cases,
        points=1,
        minutes=5,
        difficulty=1,
        misconceptions=[
            Misconception(
                "sum", (" / len(x)", ""), "You do not divide by the number of values."
            ),
            Misconception(
                "median",
                ("x.sum() / len(x)", "np.median(x)"),
                "You return the median, the middle value of the sorted list.",
            ),
            Misconception(
                "n-minus-1",
                ("len(x)", "max(len(x) - 1, 1)"),
                "You divide by N - 1. The mean of N values divides by N.",
            ),
        ],
        hints=["Add all values; then divide.", "`len(x)` is their number."],
    ),
    Exercise(
        "variance",
        variance_cases,
        points=2,
        minutes=10,
        difficulty=2,
        misconceptions=[
            Misconception(
                "divides-by-n",
                ("(len(x) - 1)", "len(x)"),
                "You divide by N. The sample variance divides by N - 1.",
            ),
            Misconception(
                "standard-deviation",
                (
                    "return ((x - x.mean()) ** 2).sum() / (len(x) - 1)",
                    "return (((x - x.mean()) ** 2).sum() / (len(x) - 1)) ** 0.5",
                ),
                "You take the root: that is the standard deviation.",
            ),
            Misconception(
                "no-mean",
                ("(x - x.mean())", "x"),
                "You square the values. Square their distances from the mean.",
            ),
            Misconception(
                "not-squared",
                ("((x - x.mean()) ** 2)", "abs(x - x.mean())"),
                "You add up distances. The variance adds up their squares.",
            ),
        ],
        hints=[
            "Distances from the mean first, then their squares.",
            "Divide the sum of the squares by N - 1.",
        ],
    ),
    Exercise(
        "correlation",
        correlation_cases,
        points=2,
        minutes=15,
        difficulty=3,
        misconceptions=[
            Misconception(
                "covariance",
                (
                    "(a * b).sum() / np.sqrt((a**2).sum() * (b**2).sum())",
                    "(a * b).sum() / (len(x) - 1)",
                ),
                "You return the covariance, which has the units of both lists.",
            ),
            Misconception(
                "not-centred",
                ("x - x.mean(), y - y.mean()", "x, y"),
                "You multiply the values. Multiply their distances from the means.",
            ),
            Misconception(
                "no-root",
                (
                    "np.sqrt((a**2).sum() * (b**2).sum())",
                    "((a**2).sum() * (b**2).sum())",
                ),
                "You divide by the product of both sums, and not by its root.",
            ),
        ],
        hints=[
            "Subtract each list's mean first.",
            "The sum of products, divided by the root of two sums of squares.",
        ],
    ),
]

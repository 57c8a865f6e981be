"""Cases, misconceptions and hints of the warm-up in chapter 00. It does not count."""

import numpy as np

from autograde.exercise import Case, Exercise, Misconception


def column_means_cases(rng):
    yield Case("4 rows, 3 columns", rng.normal(2, 1, size=(4, 3)))
    yield Case("one column", rng.normal(-3, 2, size=(6, 1)))
    yield Case("as many rows as columns", rng.normal(size=(5, 5)))
    yield Case("columns of different size", rng.normal(size=(7, 3)) * [1, 1e3, 1e-3])
    yield Case("integers", rng.integers(-9, 90, size=(5, 2)))
    yield Case("no rows", np.zeros((0, 3)))
    yield Case("one row", rng.normal(size=(1, 4)))
    yield Case("200 rows of 0 to 255", rng.integers(0, 256, size=(200, 3)))


EXERCISES = [
    Exercise(
        "column_means",
        column_means_cases,
        points=0,
        minutes=5,
        difficulty=1,
        misconceptions=[
            Misconception(
                "rows",
                ("X.mean(axis=0)", "X.mean(axis=1)"),
                "You average along each row. axis=1 removes the columns; the rows are "
                "what must go.",
            ),
            Misconception(
                "one-number",
                ("X.mean(axis=0)", "X.mean()"),
                "You average over the whole table. Without an axis NumPy takes all "
                "numbers together.",
            ),
            Misconception(
                "sum",
                ("X.mean(axis=0)", "X.sum(axis=0)"),
                "You add the columns up and do not divide by the number of rows.",
            ),
            Misconception(
                "divides-by-columns",
                ("X.mean(axis=0)", "X.sum(axis=0) / X.shape[1]"),
                "You divide by the number of columns. A column has as many numbers as "
                "the table has rows.",
            ),
            Misconception(
                "median",
                ("X.mean(axis=0)", "np.median(X, axis=0)"),
                "You return the median. The mean is the sum divided by the count.",
            ),
            Misconception(
                "no-rows",
                ("if len(X) == 0:", "if False:"),
                "You return nan where the table has no rows: 0 divided by 0. A mean of "
                "nothing does not exist, so say so with a ValueError.",
            ),
        ],
        hints=[
            "Which of the two sizes of X should be gone from the result?",
            "The number of that size's place is the axis: rows are axis 0.",
            "X.mean(axis=0) gives one mean for each column. Refuse the table without "
            "rows first.",
        ],
    ),
]

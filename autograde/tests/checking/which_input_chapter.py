"""A small chapter with an exercise in which inputs have to show mistakes."""

from __future__ import annotations

from pathlib import Path

from autograde.authoring.chapter import Chapter

NAME = "01_inputs"
SOURCE = '''# %% [markdown] name="title"
# # 1 Inputs

# %% tags=["setup"]
import numpy as np
from autograde import check

# %% [markdown] name="about-mean"
# ### Exercise: `mean`

# %% exercise="mean"
def mean(x):
    """The mean of x."""
    ### BEGIN SOLUTION
    return x.sum() / len(x)
    ### END SOLUTION

# %% name="centred-and-mistaken"
def centred(X):
    return X - X.mean(axis=0)


def centred_1(X):
    return X - X.mean()


# %% [markdown] name="about-tables"
# ### Exercise: `revealing_tables`

# %% exercise="revealing_tables"
def revealing_tables():
    """Return up to 2 tables X (N, d) that show how `centred` can go wrong."""
    ### BEGIN SOLUTION
    return [np.array([[1.0, 5.0, 4.0], [3.0, 9.0, 4.0], [8.0, 2.0, 4.0]])]
    ### END SOLUTION
'''
EXERCISES = """
from autograde.exercise import Case, Exercise, WhichInput


def mean_cases(rng):
    yield Case("five", rng.normal(size=5))


EXERCISES = [
    Exercise("mean", mean_cases, hints=["Sum."]),
    WhichInput(
        "revealing_tables",
        right="centred",
        shown={"one mean for all": "centred_1"},
        hidden={
            "the first row": ("X.mean(axis=0)", "X[0]"),
            "the median": ("X.mean(axis=0)", "np.median(X, axis=0)"),
            "constant columns stay": (
                "X - X.mean(axis=0)",
                "np.where(np.ptp(X, axis=0) == 0, X, X - X.mean(axis=0))",
            ),
            "changes its input": (
                "def f(X):\\n    X -= X.mean(axis=0)\\n    return X\\n"
            ),
        },
        admit="admit_table",
        most=2,
        points=5,
        hints=["Columns differ."],
    ),
]
"""
PROBES = """
import numpy as np


def admit_table(X):
    X = np.array(X, dtype=float)
    if X.ndim != 2 or not 1 <= X.size <= 100:
        raise ValueError("it is a table of 1 to 100 numbers.")
    if not (abs(X) <= 1000).all():
        raise ValueError("its numbers lie between -1000 and 1000.")
    return X
"""


def write_chapter(root: Path) -> Chapter:
    """The chapter in ``root/solutions``."""
    folder = root / "solutions" / NAME
    folder.mkdir(parents=True)
    (folder / f"{NAME}.py").write_text(SOURCE, "utf-8")
    (folder / "exercises.py").write_text(EXERCISES, "utf-8")
    (folder / "probes.py").write_text(PROBES, "utf-8")
    return Chapter(folder)


def cell(answer: str) -> str:
    """A student's cell that returns the expression `answer`."""
    return f"def revealing_tables():\n    return {answer}\n"

"""A chapter of three small exercises, for honest and for hostile students."""

from __future__ import annotations

CHAPTER = "01_walls"

SOURCE = '''
# %% [markdown] name="title"
# # 1 Walls

# %% tags=["setup"]
import numpy as np
from autograde import check, hint

# %% [markdown] name="about-scale"
# ### Exercise: `scale`

# %% exercise="scale"
def scale(X, s):
    """Every number of X (N, d) times s."""
    ### BEGIN SOLUTION
    return X * s  # the reference solution of scale
    ### END SOLUTION

# %%
scale(np.ones((2, 3)), 2.0)

# %% [markdown] name="about-row-sums"
# ### Exercise: `row_sums`

# %% exercise="row_sums"
def row_sums(X):
    """The sum of each row of X (N, d): (N,)."""
    ### BEGIN SOLUTION
    return X.sum(axis=1)
    ### END SOLUTION

# %% [markdown] name="about-labels"
# ### Exercise: `labels`

# %% exercise="labels"
def labels(Z):
    """The place of the largest number in each row of Z (N, k): (N,) int."""
    ### BEGIN SOLUTION
    return Z.argmax(axis=1)
    ### END SOLUTION

# %% [markdown] name="about-thoughts"
# ### Exercise: thoughts

# %% [markdown] manual="thoughts"
# ### BEGIN SOLUTION
# Walls help.
# ### END SOLUTION
'''

EXERCISES = """
from autograde.exercise import Case, Exercise, Manual, Misconception

def scale_cases(rng):
    yield Case("three rows", rng.normal(size=(3, 4)), 2.5)
    yield Case("one column", rng.normal(size=(5, 1)), -0.5)

def row_sums_cases(rng):
    yield Case("three rows", rng.normal(size=(3, 4)))
    yield Case("large", 1e3 * rng.normal(size=(6, 2)))

def labels_cases(rng):
    for N in (20, 30):
        Z = rng.normal(size=(N, 5))
        yield Case(f"{N} rows", Z).with_(key=Z.argmax(axis=1))

EXERCISES = [
    Exercise("scale", scale_cases, points=3, minutes=1, difficulty=1, seconds=1,
             misconceptions=[Misconception("adds", ("X * s", "X + s"), "You add s.")]),
    Exercise("row_sums", row_sums_cases, points=2, minutes=1, difficulty=1, seconds=1,
             misconceptions=[Misconception("all", ("axis=1", ""), "You sum it all.")]),
    Exercise("labels", labels_cases, points=1, minutes=1, difficulty=1, seconds=1,
             view="accuracy",
             misconceptions=[Misconception("low", ("argmax", "argmin"), "Low.")]),
    Manual("thoughts", points=2, minutes=1, rubric="Any thought."),
]
"""

PROBES = """
import numpy as np

def accuracy(result, case):
    guess, key = np.asarray(result).reshape(-1), np.asarray(case.key)
    right = guess[:, None] == key[None, :]  # careless: the product of both sizes
    return guess.shape == key.shape and bool(np.diag(right).mean() > 0.9)
"""

POINTS = {"scale": 3.0, "row_sums": 2.0, "labels": 1.0}
HONEST = {
    "scale": "def scale(X, s):\n    return X * s",
    "row_sums": "def row_sums(X):\n    return X.sum(axis=1)",
    "labels": "def labels(Z):\n    return Z.argmax(axis=1)",
}

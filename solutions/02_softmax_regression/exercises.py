"""Cases, known mistakes and hints of chapter 02."""

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from autograde.checking.run_case import load_probes
from autograde.exercise import Case, Exercise, Manual, Misconception, WhichInput


def one_hot(y, k):
    return np.eye(k)[y]


def refused(calls):
    """One case for each call that the description wants refused: advice, no points."""
    for said, inputs in calls.items():
        yield Case(f"refused: {said}", *inputs).with_(weight=0)


def coarse(values):
    """Rounded to 1/64: even at 1e4 the same number in single precision."""
    return np.round(values * 64) / 64


# --- section 3 ---------------------------------------------------------------


def softmax_cases(rng):
    yield Case("three rows of four", rng.normal(size=(3, 4)))
    yield Case("logits up to ten", rng.normal(size=(5, 3)) * [1, 3, 10])
    far = coarse(rng.normal(size=(4, 3))) + [[1e4], [-1e4], [0], [700]]
    yield Case("rows near 1e4, -1e4, 0 and 700", far).with_(weight=2)
    apart = coarse(rng.normal(size=(3, 5))) + 1e4 * np.array([1, 0, -1, 0, 1])
    yield Case("1e4, 0 and -1e4 in one row", apart).with_(weight=2)
    yield Case("axis=0", rng.normal(size=(4, 6)), axis=0)
    yield Case("three axes, axis=1", 3 * rng.normal(size=(2, 5, 3)), axis=1)
    yield Case("whole numbers", rng.integers(-4, 5, size=(4, 3)))
    yield Case("four axes, axis=-3", rng.normal(size=(2, 4, 3, 5)), axis=-3)
    ruled_out = rng.normal(size=(3, 4))
    ruled_out[[0, 1, 1], [2, 0, 3]] = -np.inf
    calls = {
        "one sample (6,)": (rng.normal(size=6),),
        "classes ruled out by -inf": (ruled_out,),
        "an empty batch (0, 3)": (np.zeros((0, 3)),),
        "a batch of one sample": (2 * rng.normal(size=(1, 5)),),
        "a single class (4, 1)": (rng.normal(size=(4, 1)),),
        "single precision": (rng.normal(size=(2, 3)).astype(np.float32),),
        "nested lists": ([[1.0, 2.0, 0.5], [0.0, -1.0, 3.0]],),
        "whole numbers of one byte": (rng.permutation(12).astype(np.uint8),),
    }
    said = "one sample, one class, none; -inf; lists; bytes"
    yield Case(said, calls=calls).with_(atol=1e-30)


SOFTMAX = Exercise(
    "softmax",
    softmax_cases,
    points=3,
    minutes=10,
    difficulty=2,
    probe="ask",
    misconceptions=[
        Misconception(
            "axis-0",
            [("axis=axis", "axis=0")],
            "You normalise over axis 0 whatever `axis` says: each class is compared "
            "over the samples, so probabilities of one sample depend on the batch.",
        ),
        Misconception(
            "axis-ignored",
            [("axis=axis", "axis=-1")],
            "You always normalise the last axis. The argument `axis` has to decide.",
        ),
        Misconception(
            "axis-1",
            [("axis=axis", "axis=1")],
            "You always normalise axis 1. The argument `axis` has to decide; a single "
            "sample (k,) has no axis 1 at all.",
            forms=[
                (
                    "axis=axis",
                    "axis=1 if z.ndim > 1 else 0",
                ),
            ],
        ),
        Misconception(
            "no-shift",
            ("z - z.max(axis=axis, keepdims=True)", "z"),
            "You exponentiate the logits as they are. Above 709 that is infinite, "
            "and far below it every exponential is 0; either way 0/0 or inf/inf "
            "gives nan. A constant taken off one sample's logits changes nothing.",
        ),
        Misconception(
            "global-shift",
            ("z.max(axis=axis, keepdims=True)", "z.max()"),
            "You take the largest logit of the whole batch off every row. A row far "
            "below it underflows to zeros, and 0/0 is nan. Each sample needs its own.",
            forms=[
                ("z - z.max(axis=axis, keepdims=True)", "z - z.max(initial=-np.inf)"),
                [
                    (
                        "    shifted = z - z.max(axis=axis, keepdims=True)",
                        "    if z.size == 0:\n        "
                        "return z\n    "
                        "shifted = z - z.max()",
                    )
                ],
            ],
        ),
        Misconception(
            "not-normalised",
            (" / exponentials.sum(axis=axis, keepdims=True)", ""),
            "Your exponentials are not divided by their sum, so a sample's "
            "probabilities do not add up to 1.",
            forms=[("/ exponentials.sum(", "/ exponentials.max(")],
        ),
        Misconception(
            "sum-of-everything",
            ("exponentials.sum(axis=axis, keepdims=True)", "exponentials.sum()"),
            "You divide by the sum over the whole batch. All samples together then "
            "have the probability 1; it belongs to each of them.",
            forms=[
                "def softmax(z, axis=-1):\n"
                "    e = np.exp(np.asarray(z, float))\n"
                "    return e / e.sum()\n",
                "def softmax(z, axis=-1):\n"
                "    z = np.asarray(z, float)\n"
                "    e = np.exp(z - z.max())\n"
                "    return e / e.sum()\n",
                "def softmax(z, axis=-1):\n"
                "    z = np.asarray(z, float)\n"
                "    e = np.exp(z - z.max(initial=-np.inf))\n"
                "    return e / e.sum()\n",
            ],
        ),
        Misconception(
            "in-place",
            [
                ("np.asarray(z, dtype=np.float64)", "np.asarray(z)"),
                (
                    "shifted = z - z.max(axis=axis, keepdims=True)",
                    "z -= z.max(axis=axis, keepdims=True)\n    shifted = z",
                ),
            ],
            "You shift the caller's own array: after the call the logits that were "
            "passed in are no longer what they were.",
            forms=[
                (
                    "shifted = z - z.max(axis=axis, keepdims=True)",
                    "z -= z.max(axis=axis, keepdims=True)\n    shifted = z",
                ),
            ],
        ),
        Misconception(
            "log-softmax",
            (
                "return exponentials / exponentials.sum(axis=axis, keepdims=True)",
                "return shifted - np.log(exponentials.sum(axis=axis, keepdims=True))",
            ),
            "You return the logarithms of the probabilities. They are wanted as they "
            "are, between 0 and 1.",
        ),
        Misconception(
            "minus-sign",
            ("np.exp(shifted)", "np.exp(-shifted)"),
            "Your largest logit gets the smallest probability: the exponent has the "
            "wrong sign.",
        ),
        Misconception(
            "two-axes",
            ("z.max(axis=axis, keepdims=True)", "z.max(axis=-1, keepdims=True)"),
            "Maximum and sum go along different axes. `axis` has to decide in both.",
            forms=[
                ("exponentials.sum(axis=axis", "exponentials.sum(axis=-1"),
                (
                    "exponentials.sum(axis=axis, keepdims=True)",
                    "exponentials.sum(axis=1 if z.ndim > 1 else 0, keepdims=True)",
                ),
            ],
        ),
        Misconception(
            "always-a-batch",
            (
                "np.asarray(z, dtype=np.float64)",
                "np.atleast_2d(np.asarray(z, dtype=np.float64))",
            ),
            "A single sample (k,) comes back as (1, k). The result has the shape of z.",
            forms=[
                (
                    "shifted = z - z.max(axis=axis, keepdims=True)",
                    "z = z[None] if z.ndim == 1 else z\n    "
                    "shifted = z - z.max(axis=axis, keepdims=True)",
                )
            ],
        ),
        Misconception(
            "nan-replaced",
            [
                ("shifted = z - z.max(axis=axis, keepdims=True)", "shifted = z"),
                (
                    "return exponentials / exponentials.sum(axis=axis, keepdims=True)",
                    "return np.nan_to_num(exponentials / exponentials.sum(axis=axis, "
                    "keepdims=True))",
                ),
            ],
            "You replace nan afterwards. By then the ratios of the large logits are "
            "lost: take the largest logit off before np.exp.",
            forms=[
                [
                    ("shifted = z - z.max(axis=axis, keepdims=True)", "shifted = z"),
                    (
                        "return exponentials / exponentials.sum(axis=axis, "
                        "keepdims=True)",
                        "return np.nan_to_num(exponentials / "
                        "exponentials.sum(axis=axis, keepdims=True), nan=1.0)",
                    ),
                ]
            ],
        ),
        Misconception(
            "clipped-logits",
            (
                "shifted = z - z.max(axis=axis, keepdims=True)",
                "shifted = np.clip(z, -500, 500)",
            ),
            "You clip the logits. Those beyond the limit become equal, and so do "
            "their probabilities.",
            forms=[
                (
                    "shifted = z - z.max(axis=axis, keepdims=True)",
                    "shifted = np.clip(z, -700, 700)",
                ),
                (
                    "shifted = z - z.max(axis=axis, keepdims=True)",
                    "shifted = np.clip(z, -100, 100)",
                ),
            ],
        ),
        Misconception(
            "largest-size",
            (
                "z.max(axis=axis, keepdims=True)",
                "np.abs(z).max(axis=axis, keepdims=True)",
            ),
            "You take off the largest absolute value. Where all logits are far below "
            "0 every exponential is 0 then. Take off the largest logit.",
        ),
        Misconception(
            "smallest-off",
            ("z.max(axis=axis, keepdims=True)", "z.min(axis=axis, keepdims=True)"),
            "You take off the smallest logit. The largest one then still overflows.",
        ),
        Misconception(
            "mean-off",
            ("z.max(axis=axis, keepdims=True)", "z.mean(axis=axis, keepdims=True)"),
            "You take off the mean. A logit far above the mean still overflows; take "
            "off the largest.",
        ),
        Misconception(
            "by-the-mean",
            ("/ exponentials.sum(", "/ exponentials.mean("),
            "You divide by the mean of the exponentials, so your numbers add up to k.",
        ),
        Misconception(
            "base-two",
            ("np.exp(shifted)", "2.0**shifted"),
            "Your exponential has the base 2. Softmax uses e.",
        ),
        Misconception(
            "no-exponential",
            (
                ("return exponentials / exponentials.sum(axis=axis, keepdims=True)"),
                "return z / z.sum(axis=axis, keepdims=True)",
            ),
            (
                "You share out the logits themselves. A logit may be below "
                "0; its exponential is not, and the exponentials are what "
                "is divided by their sum."
            ),
            forms=[
                (
                    (
                        "return exponentials / exponentials.sum(axis=axis, "
                        "keepdims=True)"
                    ),
                    (
                        "z = z - z.min(axis=axis, keepdims=True)\n"
                        "    return z / z.sum(axis=axis, keepdims=True)"
                    ),
                ),
                (
                    (
                        "return exponentials / exponentials.sum(axis=axis, "
                        "keepdims=True)"
                    ),
                    "return abs(z) / abs(z).sum(axis=axis, keepdims=True)",
                ),
            ],
        ),
        Misconception(
            "small-number",
            (
                "return exponentials / exponentials.sum(axis=axis, keepdims=True)",
                "return exponentials / (exponentials.sum(axis=axis, keepdims=True) + "
                "1e-5)",
            ),
            "You add a small number to the sum. With the largest logit taken off the "
            "sum is at least 1, and nothing is to be added.",
            forms=[
                (
                    "return exponentials / exponentials.sum(axis=axis, keepdims=True)",
                    "return exponentials / (exponentials.sum(axis=axis, "
                    "keepdims=True) + 1e-4)",
                )
            ],
        ),
        Misconception(
            "own-dtype",
            ("np.asarray(z, dtype=np.float64)", "np.asarray(z)"),
            "You compute in the dtype of z. In uint8 there is no number below 0, so "
            "3 - 5 is 254. Make floats of z first.",
            forms=[
                [
                    (
                        "np.asarray(z, dtype=np.float64)",
                        "np.asarray(z)",
                    ),
                    (
                        "shifted = z - z.max(axis=axis, keepdims=True)",
                        "shifted = (z - z.max(axis=axis, keepdims=True)).astype(float)",
                    ),
                ],
            ],
        ),
        Misconception(
            "whole-result",
            [
                (
                    "z = np.asarray(z, dtype=np.float64)",
                    "given = np.asarray(z)\n    z = np.asarray(z, dtype=np.float64)",
                ),
                (
                    "return exponentials / exponentials.sum(axis=axis, keepdims=True)",
                    "return (exponentials / exponentials.sum(axis=axis, "
                    "keepdims=True)).astype(given.dtype)",
                ),
            ],
            "Your result has the dtype of z. Where that is one of whole numbers every "
            "probability is cut to 0 or 1: make the result an array of floats.",
        ),
        Misconception(
            "one-added",
            (
                "exponentials / exponentials.sum(axis=axis, keepdims=True)",
                "exponentials / (1 + exponentials.sum(axis=axis, keepdims=True))",
            ),
            "You add 1 to the sum of the exponentials. The probabilities of a "
            "sample then sum to less than 1.",
        ),
        Misconception(
            "kept-above",
            (
                "exponentials / exponentials.sum(axis=axis, keepdims=True)",
                "np.maximum(exponentials / exponentials.sum(axis=axis, "
                "keepdims=True), 1e-7)",
            ),
            "You keep the probabilities above a small number, or round them. They"
            " are wanted as they are, down to 0.",
            forms=[
                (
                    "exponentials / exponentials.sum(axis=axis, keepdims=True)",
                    "np.maximum(exponentials / exponentials.sum(axis=axis, "
                    "keepdims=True), 1e-8)",
                ),
                (
                    "exponentials / exponentials.sum(axis=axis, keepdims=True)",
                    "np.maximum(exponentials / exponentials.sum(axis=axis, "
                    "keepdims=True), 1e-9)",
                ),
                (
                    "exponentials / exponentials.sum(axis=axis, keepdims=True)",
                    "np.maximum(exponentials / exponentials.sum(axis=axis, "
                    "keepdims=True), 1e-10)",
                ),
                (
                    "exponentials / exponentials.sum(axis=axis, keepdims=True)",
                    "np.maximum(exponentials / exponentials.sum(axis=axis, "
                    "keepdims=True), 1e-12)",
                ),
                (
                    "exponentials / exponentials.sum(axis=axis, keepdims=True)",
                    "np.maximum(exponentials / exponentials.sum(axis=axis, "
                    "keepdims=True), 1e-15)",
                ),
                (
                    "exponentials / exponentials.sum(axis=axis, keepdims=True)",
                    "np.clip(exponentials / exponentials.sum(axis=axis, "
                    "keepdims=True), 1e-7, 1 - 1e-7)",
                ),
                (
                    "exponentials / exponentials.sum(axis=axis, keepdims=True)",
                    "np.round(exponentials / exponentials.sum(axis=axis, "
                    "keepdims=True), 2)",
                ),
                (
                    "exponentials / exponentials.sum(axis=axis, keepdims=True)",
                    "np.round(exponentials / exponentials.sum(axis=axis, "
                    "keepdims=True), 3)",
                ),
                (
                    "exponentials / exponentials.sum(axis=axis, keepdims=True)",
                    "np.round(exponentials / exponentials.sum(axis=axis, "
                    "keepdims=True), 4)",
                ),
                (
                    "exponentials / exponentials.sum(axis=axis, keepdims=True)",
                    "np.round(exponentials / exponentials.sum(axis=axis, "
                    "keepdims=True), 6)",
                ),
            ],
        ),
        Misconception(
            "by-the-length",
            (
                "exponentials / exponentials.sum(axis=axis, keepdims=True)",
                "exponentials / np.sqrt((exponentials**2).sum(axis=axis, "
                "keepdims=True))",
            ),
            "You divide by the length of the vector, the root of the sum of "
            "squares. Divide by the sum.",
        ),
        Misconception(
            "sigmoids-shared",
            (
                "exponentials / exponentials.sum(axis=axis, keepdims=True)",
                "(lambda s: s / s.sum(axis=axis, keepdims=True))(1 / (1 + np.exp(-z)))",
            ),
            "You share out sigmoids. The softmax shares out exponentials.",
        ),
        Misconception(
            "cut-by-reshape",
            source="def softmax(z, axis=-1):\n"
            "    z = np.asarray(z, float)\n"
            "    rows = z.reshape(-1, z.shape[axis])\n"
            "    e = np.exp(rows - rows.max(axis=1, keepdims=True))\n"
            "    return (e / e.sum(axis=1, keepdims=True)).reshape(z.shape)\n",
            says="You cut z into samples with reshape. It keeps the order in memory, "
            "so unless `axis` is the last, numbers of several samples come together. "
            "Move the axis instead.",
        ),
        Misconception(
            "ruled-out-kept",
            (
                "    shifted =",
                "    z = np.where(np.isneginf(z), 0, z)\n    shifted =",
            ),
            "A class with the logit -inf keeps a probability above 0: you put a number "
            "in the place of -inf. exp(-inf) is 0 already.",
            forms=[
                (
                    "    shifted =",
                    "    low = z.min(where=np.isfinite(z), initial=np.inf)\n"
                    f"    z = np.where(np.isneginf(z), low - {less}, z)\n"
                    "    shifted =",
                )
                for less in (0, 1, 10)
            ],
        ),
    ],
    hints=[
        "What may you take off all logits of one sample without changing its softmax?",
        "`keepdims=True` keeps the axis that max and sum reduce, so that the result "
        "still fits the array. The same `axis` belongs in both.",
        "Shift by the largest logit along `axis`, exponentiate, divide by the sum "
        "along `axis`. np.asarray(z, dtype=float) makes a float array of anything.",
    ],
)


def one_hot_cases(rng):
    yield Case("seven labels of four classes", rng.integers(0, 4, size=7), 4)
    yield Case("the last classes never occur", rng.integers(0, 3, size=5), 8)
    y = np.concatenate([rng.permutation(18), rng.integers(0, 18, size=5)])
    yield Case("18 classes, labels of one byte", y.astype(np.uint8), 18)
    yield Case("a list", [int(v) for v in rng.permutation(5)[:3]], 5)
    good = rng.integers(0, 3, size=4)
    yield Case("a class more than occurs", good, int(good.max()) + 2)
    calls = {
        "no labels": (np.zeros(0, dtype=np.int64), 4),
        "all classes": (rng.permutation(4), 4),
        "one label": (rng.integers(0, 3, size=1), 3),
        "a single class": (np.zeros(3, dtype=np.int64), 1),
        "200 labels": (rng.integers(0, 3, size=200), 3),
        "131 classes": (np.array([130, rng.integers(5), 128]), 131),
    }
    yield Case("no label, one, 200; all classes, one, 131", calls=calls)
    yield from refused(
        {
            "a label of -1": (np.append(good, -1), 3),
            "a label of k": (np.append(good, 3), 3),
            "a column (N, 1) of labels": (good[:, None], 3),
        }
    )


ONE_HOT = Exercise(
    "one_hot",
    one_hot_cases,
    points=2,
    minutes=5,
    difficulty=1,
    misconceptions=[
        Misconception(
            "no-range-check",
            (
                "if len(y) and (y.min() < 0 or y.max() >= k):",
                "if len(y) and y.max() >= k:",
            ),
            "A label of -1 ends up in the last class, since NumPy counts negative "
            "indices from the end. Such a label is an error in the data: refuse it.",
        ),
        Misconception(
            "nothing-checked",
            source=("def one_hot(y, k):\n    return np.eye(k)[np.asarray(y, int)]\n"),
            says=(
                "You check nothing: -1 becomes the last class, and a "
                "column (N, 1) passes. The description asks for a "
                "ValueError."
            ),
            forms=[
                (
                    "def one_hot(y, k):\n"
                    "    y = np.asarray(y, int)\n"
                    "    Y = np.zeros((len(y), k))\n"
                    "    Y[np.arange(len(y)), y] = 1\n"
                    "    return Y\n"
                )
            ],
        ),
        Misconception(
            "classes-from-data",
            (
                "Y = np.zeros((len(y), k))",
                "Y = np.zeros((len(y), max(y, default=0) + 1))",
            ),
            "You take the number of classes from the largest label that happens to "
            "be there. A batch without the last class then has too few columns.",
            forms=[
                [
                    (
                        "Y = np.zeros((len(y), k))",
                        (
                            "k = y.max() + 1 if len(y) else k\n"
                            "    Y = np.zeros((len(y), k))"
                        ),
                    )
                ],
                (
                    "Y = np.zeros((len(y), k))",
                    "k = len(np.unique(y))\n    "
                    "Y = np.zeros((len(y), max(k, y.max(initial=-1) + 1)))",
                ),
            ],
        ),
        Misconception(
            "from-one",
            ("Y[np.arange(len(y)), y] = 1", "Y[np.arange(len(y)), y - 1] = 1"),
            "Your labels count from 1. Here they count from 0: class 0 is column 0.",
        ),
        Misconception(
            "transposed",
            ("return Y", "return Y.T"),
            "Your classes are rows and your samples columns. One sample is one row.",
            forms=[
                (
                    "Y = np.zeros((len(y), k))",
                    "Y = np.zeros((k, len(y)))\n    "
                    "Y[y, np.arange(len(y))] = 1\n    "
                    "return Y",
                )
            ],
        ),
        Misconception(
            "column-passes",
            (
                'if y.ndim != 1:\n        raise ValueError(f"labels of shape (N,) '
                'expected, got {y.shape}")',
                "y = y.reshape(-1)",
            ),
            "You accept labels as a column (N, 1). Flattening hides a mistake of the "
            "caller; the description asks for a ValueError.",
        ),
        Misconception(
            "whole-columns",
            ("Y[np.arange(len(y)), y] = 1", "Y[:, y] = 1"),
            "Your index fills whole columns. Row i must get its 1 in column y[i] "
            "only: row and column numbers go in pairs.",
        ),
        Misconception(
            "one-too-wide",
            ("Y = np.zeros((len(y), k))", "Y = np.zeros((len(y), k + 1))"),
            "Your rows have k + 1 columns. Classes 0 to k-1 are k columns.",
        ),
        Misconception(
            "k-passes",
            [
                (
                    "if len(y) and (y.min() < 0 or y.max() >= k):",
                    "if len(y) and (y.min() < 0 or y.max() > k):",
                ),
                ("Y[np.arange(len(y)), y] = 1", "Y[:] = y[:, None] == np.arange(k)"),
            ],
            "A label of k gets a row of zeros. Labels go from 0 to k-1; refuse it.",
        ),
        Misconception(
            "other-error",
            (
                "if y.ndim != 1:\n        raise ValueError",
                "if y.ndim != 1:\n        raise TypeError",
            ),
            "You raise another error than ValueError. The description asks for "
            "ValueError.",
            forms=[
                ("raise ValueError", "raise IndexError"),
                ("raise ValueError", "raise AssertionError"),
                ('raise ValueError(f"a label', 'raise IndexError(f"a label'),
            ],
        ),
        Misconception(
            "label-bent",
            (
                "if len(y) and (y.min() < 0 or y.max() >= k):",
                "y = np.clip(y, 0, k - 1)\n    if False:",
            ),
            "You bend a label outside 0 to k-1 into that range. It is an error in the "
            "data: refuse it.",
            forms=[
                (
                    "if len(y) and (y.min() < 0 or y.max() >= k):",
                    "y = y % k\n    if False:",
                )
            ],
        ),
        Misconception(
            "empty-fails",
            (
                "if len(y) and (y.min() < 0 or y.max() >= k):",
                "if y.min() < 0 or y.max() >= k:",
            ),
            "You take the minimum of no labels, which is an error. An empty y gives "
            "(0, k).",
            forms=[
                (
                    "if len(y) and (y.min() < 0 or y.max() >= k):",
                    "if min(y) < 0 or max(y) >= k:",
                )
            ],
        ),
        Misconception(
            "one-byte-labels",
            (
                "Y[np.arange(len(y)), y] = 1",
                "Y[np.arange(len(y)), y.astype(np.int8)] = 1",
            ),
            "You turn the labels into int8, which ends at 127. A larger label becomes "
            "negative and counts from the end.",
        ),
        Misconception(
            "renumbered",
            (
                "Y[np.arange(len(y)), y] = 1",
                "Y[np.arange(len(y)), np.unique(y, return_inverse=True)[1]] = 1",
            ),
            "You number the labels that occur. The column is the label itself: without "
            "a label 1, label 2 is column 2 all the same.",
            forms=[
                (
                    "Y[np.arange(len(y)), y] = 1",
                    "seen = list(dict.fromkeys(y.tolist()))\n    "
                    "for i, label in enumerate(y.tolist()):\n        "
                    "Y[i, seen.index(label)] = 1",
                )
            ],
        ),
        Misconception(
            "columns-that-occur",
            ("return Y", "return Y[:, np.unique(y)]"),
            "You make a column for each label that occurs. There are k columns, also "
            "for classes without a sample.",
        ),
        Misconception(
            "flat-rows-of-n",
            (
                "Y[np.arange(len(y)), y] = 1",
                "np.put(Y, np.arange(len(y)) * len(y) + y, 1, mode='wrap')",
            ),
            "Your flat index takes a row to be N long. A row of Y has k numbers.",
            forms=[
                (
                    "Y[np.arange(len(y)), y] = 1",
                    "np.put(Y, np.arange(len(y)) * len(y) + y, 1, mode='clip')",
                ),
                (
                    "Y[np.arange(len(y)), y] = 1",
                    "Y.flat[np.arange(len(y)) * len(y) + y] = 1",
                ),
            ],
        ),
        Misconception(
            "label-in-its-column",
            ("Y[np.arange(len(y)), y] = 1", "Y[np.arange(len(y)), y] = y"),
            "You write the label into its column. A 1 belongs there.",
        ),
        Misconception(
            "other-numbers",
            (
                "Y[np.arange(len(y)), y] = 1",
                "Y[:] = -1\n    Y[np.arange(len(y)), y] = 1",
            ),
            "Beside the 1 of the label your rows hold other numbers than 0.",
            forms=[
                (
                    "Y[np.arange(len(y)), y] = 1",
                    "Y[:] = 0.1 / k\n    Y[np.arange(len(y)), y] = 1 - 0.1 + 0.1 / k",
                ),
                (
                    "Y[np.arange(len(y)), y] = 1",
                    "Y[:] = 0.01\n    Y[np.arange(len(y)), y] = 0.99",
                ),
            ],
        ),
        Misconception(
            "filled-up",
            (
                "Y[np.arange(len(y)), y] = 1",
                "Y[:] = np.arange(k) >= y[:, None]",
            ),
            "You fill all columns on one side of the label as well. A 1 stands in"
            " its own column only.",
            forms=[
                (
                    "Y[np.arange(len(y)), y] = 1",
                    "Y[:] = np.arange(k) <= y[:, None]",
                ),
                (
                    "Y[np.arange(len(y)), y] = 1",
                    "Y[:] = np.arange(k) < y[:, None]",
                ),
                (
                    "Y[np.arange(len(y)), y] = 1",
                    "Y[:] = np.arange(k) > y[:, None]",
                ),
            ],
        ),
        Misconception(
            "from-behind",
            (
                "Y[np.arange(len(y)), y] = 1",
                "Y[np.arange(len(y)), k - 1 - y] = 1",
            ),
            "You count the columns from behind. Class 0 is the first column.",
            forms=[
                (
                    "Y[np.arange(len(y)), y] = 1",
                    "Y[np.arange(len(y)), -y] = 1",
                ),
            ],
        ),
    ],
    probe="ask",
    hints=[
        "An array can be indexed by two lists at once: row numbers and column numbers.",
        "Start from np.zeros((N, k)). The rows are 0, 1, ..., N-1; which are the "
        "columns?",
        "Check `y.min() < 0` and `y.max() >= k` first, but only if there is a label: "
        "an empty array has no minimum.",
    ],
)


def _clipped(power):
    floor = f"{power * np.log(10):.1f}"
    line, p = "log_p = Z - largest - np.log(total)", "np.exp(Z - largest) / total"
    return Misconception(
        f"clipped-at-1e-{power}",
        (line, f"log_p = np.log(np.clip({p}, 1e-{power}, 1))"),
        f"You keep the probabilities above 1e-{power}, or add as much to them. The "
        f"loss of a surely wrong answer then stops at {floor}, however wrong it is, "
        "and learning stops with it. Stay with logarithms.",
        forms=[
            (line, f"log_p = np.log(np.clip({p}, 1e-{power}, 1 - 1e-{power}))"),
            (line, f"log_p = np.log({p} + 1e-{power})"),
        ][: 2 * (power > 5)],  # with larger ones single precision hides the rest
    )


def cross_entropy_cases(rng):
    y = rng.integers(0, 4, size=6)
    yield Case("six rows of four classes", 2 * rng.normal(size=(6, 4)), one_hot(y, 4))
    Z = coarse(rng.normal(size=(3, 5))) + [[1e4], [-1e4], [500]]
    yield Case("rows near 1e4 and -1e4", Z, one_hot([1, 4, 2], 5)).with_(weight=2)
    Z = coarse(rng.normal(size=(4, 3))) + 1e4 * np.array([1, 0, -1])
    yield Case("surely wrong, by 1e4", Z, one_hot([2, 1, 0, 2], 3)).with_(weight=2)
    soft = rng.dirichlet(np.ones(3), size=5)
    soft[:2] *= [[1 + 4e-7], [1 - 4e-7]]  # a sum of 1, as rounding leaves it
    yield Case("soft labels", 3 * rng.normal(size=(5, 3)), soft)
    whole = rng.integers(-3, 4, size=(4, 3))
    labels = one_hot(rng.integers(0, 3, size=4), 3).astype(np.int64)
    yield Case("whole numbers", whole, labels)
    Z, Y = rng.normal(size=(4, 3)), one_hot([0, 1, 2, 1], 3)
    Z[[1, 3], [0, 2]] = -np.inf
    square = rng.normal(size=(3, 3))
    calls = {
        "-inf where Y is 0": (Z, Y),
        "-inf where Y is 1": (Z, one_hot([0, 0, 2, 1], 3)),
    }
    yield Case("classes ruled out by -inf", calls=calls).with_(weight=0.5)
    one = rng.normal(size=(1, 4))
    yield Case("one sample", one, one_hot(rng.integers(0, 4, size=1), 4))
    n = 150
    Z = rng.normal(size=(n, 3)) * 10.0 ** rng.integers(-2, 3, size=(n, 1))
    yield Case("150 samples, sizes apart", Z, one_hot(rng.integers(0, 3, size=n), 3))
    Z, Y = rng.normal(size=(4, 3)), one_hot([0, 1, 2, 1], 3)
    yield from refused(
        {
            "a column too few in Z": (Z[:, :2], Y),
            "labels (N,) in place of rows": (square, np.array([0, 2, 1])),
            "Y transposed": (Z, Y.T),
            "one sample (k,) twice": (square[0], np.array([0.0, 1, 0])),
            "an empty batch": (np.zeros((0, 3)), np.zeros((0, 3))),
            "a row of Y with sum 2": (
                square,
                np.array([[1.0, 0, 0], [0, 1, 1], [0, 0, 1]]),
            ),
            "a row of Y with sum 0": (
                square,
                np.array([[1.0, 0, 0], [0, 0, 0], [0, 0, 1]]),
            ),
            "-1 in Y": (square, np.array([[1.0, 0, 0], [-1, 1, 1], [0, 0, 1]])),
        }
    )
    Z = rng.normal(size=(4, 3))
    calls = {
        "unsure": (Z, Y),
        "nearly sure, and right": (Z + 18 * Y, Y),  # a loss near 1e-7
    }
    said = "unsure; nearly sure, and right"
    yield Case(said, calls=calls).with_(rtol=1e-6, atol=4e-7)


CROSS_ENTROPY = Exercise(
    "cross_entropy",
    cross_entropy_cases,
    points=4,
    minutes=15,
    difficulty=3,
    probe="ask",
    misconceptions=[
        Misconception(
            "log-of-softmax",
            (
                "log_p = Z - largest - np.log(total)",
                "log_p = np.log(np.exp(Z - largest) / total)",
            ),
            "You form the probabilities and take their logarithm. A probability of "
            "1e-4000 rounds to 0, and its logarithm to -inf. Stay with logarithms.",
        ),
        Misconception(
            "log-of-softmax-times-zero",
            [
                (
                    "log_p = Z - largest - np.log(total)",
                    "log_p = np.log(np.exp(Z - largest) / total)",
                ),
                (
                    "np.multiply(Y, log_p, where=Y > 0, out=np.zeros(Z.shape))",
                    "Y * log_p",
                ),
            ],
            "You form the probabilities and take their logarithm. Where one rounds to "
            "0 that is -inf, and a label of 0 times -inf is nan. Stay with logarithms.",
        ),
        *[_clipped(power) for power in (12, 15, 10, 9, 8, 7, 6, 5, 4, 3, 16, 20)],
        Misconception(
            "bounded-above",
            (
                "log_p = Z - largest - np.log(total)",
                "log_p = np.minimum(Z - largest - np.log(total), np.log(1 - 1e-6))",
            ),
            "You keep the probabilities below 1. A model that is surely right then "
            "has a loss above 0 all the same.",
            forms=[
                (
                    "log_p = Z - largest - np.log(total)",
                    "log_p = np.minimum(Z - largest - np.log(total), -1e-5)",
                ),
                (
                    "log_p = Z - largest - np.log(total)",
                    "log_p = np.minimum(Z - largest - np.log(total), -1e-4)",
                ),
            ],
        ),
        Misconception(
            "no-shift",
            ("Z.max(axis=1, keepdims=True)", "0.0"),
            "You exponentiate the logits as they are, so the sum overflows at 1e4 "
            "and is 0 at -1e4. Take the largest logit off first and add it again.",
        ),
        Misconception(
            "shift-forgotten",
            ("log_p = Z - largest - np.log(total)", "log_p = Z - np.log(total)"),
            "You take the largest logit off inside the logarithm and never add it "
            "again: log-sum-exp is largest + log(sum(exp(Z - largest))).",
        ),
        Misconception(
            "mean-of-all",
            ("/ len(Z)", "/ Z.size"),
            "You divide by N times k. The mean is over samples: of each row only the "
            "right class counts, so divide by N.",
        ),
        Misconception(
            "sum",
            ("terms.sum() / len(Z)", "terms.sum()"),
            "You return the sum over the batch. The mean does not grow with the "
            "batch, so that one learning rate suits batches of every size.",
        ),
        Misconception(
            "sign",
            ("0 - terms", "terms"),
            "Your loss is negative: the minus in front of the sum is missing, and "
            "descent would make the model worse.",
        ),
        Misconception(
            "softmax-twice",
            (
                "    largest = Z.max",
                "    Z = np.exp(Z - Z.max(axis=1, keepdims=True))\n"
                "    Z = Z / Z.sum(axis=1, keepdims=True)\n    largest = Z.max",
            ),
            "You apply a softmax to the logits and then another one in the loss. "
            "The second one sees numbers from 0 to 1 only.",
        ),
        Misconception(
            "zero-times-infinity",
            (
                "np.multiply(Y, log_p, where=Y > 0, out=np.zeros(Z.shape))",
                "Y * log_p",
            ),
            "You multiply 0 by -inf where a class is ruled out, which is nan. A "
            "class with the label 0 adds nothing, whatever its logit.",
        ),
        Misconception(
            "base-two",
            ("terms.sum() / len(Z)", "terms.sum() / len(Z) / np.log(2)"),
            "Your logarithm has the base 2. The loss, and its gradient p - y, use "
            "the natural one.",
        ),
        Misconception(
            "anything-goes",
            (
                "if (Y < 0).any() or (abs(Y.sum(axis=1) - 1) > 1e-6).any():",
                "if False:",
            ),
            "You accept rows of Y that are no probabilities. A row of zeros counts "
            "as a perfect answer then; refuse it.",
        ),
        Misconception(
            "global-shift",
            ("Z.max(axis=1, keepdims=True)", "Z.max()"),
            "You take the largest logit of the whole batch off every row. In a row "
            "far below it the sum is 0 and its logarithm -inf. Each sample needs its "
            "own.",
        ),
        Misconception(
            "axis-0",
            [
                ("Z.max(axis=1, keepdims=True)", "Z.max(axis=0, keepdims=True)"),
                ("sum(axis=1, keepdims=True)", "sum(axis=0, keepdims=True)"),
            ],
            "Your log-sum-exp goes over the samples (axis 0). It goes over the "
            "classes of one sample.",
        ),
        Misconception(
            "one-hot-only",
            (
                "terms = np.multiply(Y, log_p, where=Y > 0, out=np.zeros(Z.shape))",
                "terms = log_p[np.arange(len(Z)), Y.argmax(axis=1)]",
            ),
            "You use the largest entry of each row of Y alone. Soft labels weigh "
            "every class.",
        ),
        Misconception(
            "one-added",
            ("np.log(total)", "np.log1p(total)"),
            "You add 1 inside the logarithm (log1p). The sum of the exponentials "
            "stands there alone.",
        ),
        Misconception(
            "k-in-place-of-n",
            ("/ len(Z)", "/ Z.shape[1]"),
            "You divide by the number of classes. The mean is over the N samples.",
        ),
        Misconception(
            "n-minus-one",
            ("/ len(Z)", "/ max(len(Z) - 1, 1)"),
            "You divide by N - 1. The mean is over all N samples.",
        ),
        Misconception(
            "row-by-row",
            ("return float(0 - terms.sum() / len(Z))", "return -terms.sum(axis=1)"),
            "You return one loss for each sample. Their mean is asked for.",
        ),
        Misconception(
            "exact-sums",
            ("(abs(Y.sum(axis=1) - 1) > 1e-6).any()", "(Y.sum(axis=1) != 1).any()"),
            "You ask that each row of Y sums to exactly 1. Soft labels carry rounding "
            "errors: allow 1e-6.",
        ),
        Misconception(
            "empty-is-nothing",
            ('raise ValueError("an empty batch has no mean loss")', "return 0.0"),
            "You give an empty batch the loss 0. It has none: raise ValueError.",
        ),
        Misconception(
            "sigmoids",
            (
                "return float(0 - terms.sum() / len(Z))",
                "hit = np.where(Y > 0, Y * np.logaddexp(0, -Z), 0)\n    "
                "miss = np.where(Y < 1, (1 - Y) * np.logaddexp(0, Z), 0)\n    "
                "return float((hit + miss).sum() / len(Z))",
            ),
            "You take each class by itself, with a sigmoid. The classes of a sample "
            "share one probability 1: the softmax.",
            forms=[
                (
                    "return float(0 - terms.sum() / len(Z))",
                    "return float((np.maximum(Z, 0) - Z * Y + "
                    "np.log1p(np.exp(-abs(Z)))).mean())",
                ),
                (
                    "return float(0 - terms.sum() / len(Z))",
                    "return float((np.maximum(Z, 0) - Z * Y + "
                    "np.log1p(np.exp(-abs(Z)))).sum() / len(Z))",
                ),
                (
                    "return float(0 - terms.sum() / len(Z))",
                    "hit = np.where(Y > 0, Y * np.logaddexp(0, -Z), 0)\n    "
                    "miss = np.where(Y < 1, (1 - Y) * np.logaddexp(0, Z), 0)\n    "
                    "return float((hit + miss).mean())",
                ),
                (
                    "return float(0 - terms.sum() / len(Z))",
                    "hit = np.where(Y > 0, Y * np.logaddexp(0, -Z), 0)\n    "
                    "return float(hit.sum() / len(Z))",
                ),
            ],
        ),
        Misconception(
            "two-class-formula",
            (
                "return float(0 - terms.sum() / len(Z))",
                "miss = np.log(np.where(Y < 1, 1 - np.exp(log_p), 1))\n    "
                "return float(0 - (terms + (1 - Y) * miss).sum() / len(Z))",
            ),
            "You count log(1 - p) of the other classes as well, as the formula for two "
            "classes does. The cross-entropy of k classes has Y log p alone.",
        ),
        Misconception(
            "squared-error",
            (
                "return float(0 - terms.sum() / len(Z))",
                "return float(((np.exp(log_p) - Y) ** 2).sum() / len(Z))",
            ),
            "That is the squared error of the probabilities. The cross-entropy weighs "
            "their logarithms with Y.",
            forms=[
                (
                    "return float(0 - terms.sum() / len(Z))",
                    "return float(((np.exp(log_p) - Y) ** 2).mean())",
                ),
                (
                    "return float(0 - terms.sum() / len(Z))",
                    "return float(((np.exp(log_p) - Y) ** 2).sum() / len(Z) / 2)",
                ),
            ],
        ),
        Misconception(
            "entropy-of-the-model",
            (
                "return float(0 - terms.sum() / len(Z))",
                "p = np.exp(log_p)\n    "
                "p_log_p = np.multiply(p, log_p, where=p > 0, out=np.zeros(Z.shape))\n"
                "    return float(0 - p_log_p.sum() / len(Z))",
            ),
            "You weigh the logarithms with the model's own probabilities. The targets "
            "Y weigh them.",
        ),
        Misconception(
            "no-logarithm",
            (
                "return float(0 - terms.sum() / len(Z))",
                "return float(0 - (Y * np.exp(log_p)).sum() / len(Z))",
            ),
            "The logarithm is missing: you average the probabilities of the right"
            " classes.",
            forms=[
                (
                    "return float(0 - terms.sum() / len(Z))",
                    "return float(0 - np.exp(log_p)[np.arange(len(Z)), "
                    "Y.argmax(axis=1)].mean())",
                ),
                (
                    "return float(0 - terms.sum() / len(Z))",
                    "return float(1 - (Y * np.exp(log_p)).sum() / len(Z))",
                ),
            ],
        ),
        Misconception(
            "infinity-left-out",
            (
                "log_p = Z - largest - np.log(total)",
                "p = np.exp(Z - largest) / total\n    log_p = np.log(np.where(p >"
                " 0, p, 1))",
            ),
            "Where a probability rounds to 0 you put 0 for its logarithm. The "
            "worst answers then cost nothing. Stay with logarithms.",
        ),
        Misconception(
            "infinity-bent",
            (
                "float(0 - terms.sum() / len(Z))",
                "float(np.nan_to_num(0 - terms.sum() / len(Z)))",
            ),
            "nan_to_num replaces infinity as well as nan, and your infinite loss "
            "becomes a finite number. Leave the terms out where Y is 0, and keep "
            "infinity.",
            forms=[
                (
                    "log_p = Z - largest - np.log(total)",
                    "log_p = np.nan_to_num(Z - largest - np.log(total))",
                ),
            ],
        ),
        Misconception(
            "kl-divergence",
            (
                "float(0 - terms.sum() / len(Z))",
                "float((Y * np.log(np.where(Y > 0, Y, 1)) - terms).sum() / len(Z))",
            ),
            "That is the Kullback-Leibler divergence: the entropy of Y is taken off. "
            "One-hot rows have none, soft labels have.",
        ),
        Misconception(
            "clipped-logits",
            (
                "largest = Z.max(axis=1, keepdims=True)",
                "Z = np.clip(Z, -500, 500)\n    largest = Z.max(axis=1, keepdims=True)",
            ),
            "You clip the logits. Those beyond the limit become equal, and "
            "the loss of a surely wrong answer stops there.",
            forms=[
                (
                    "largest = Z.max(axis=1, keepdims=True)",
                    "Z = np.clip(Z, -700, 700)\n"
                    "    largest = Z.max(axis=1, keepdims=True)",
                ),
                (
                    "largest = Z.max(axis=1, keepdims=True)",
                    "Z = np.clip(Z, -100, 100)\n"
                    "    largest = Z.max(axis=1, keepdims=True)",
                ),
                (
                    "largest = Z.max(axis=1, keepdims=True)",
                    "Z = np.clip(Z, -50, 50)\n"
                    "    largest = Z.max(axis=1, keepdims=True)",
                ),
            ],
        ),
        Misconception(
            "mean-off",
            (
                "largest = Z.max(axis=1, keepdims=True)",
                "largest = Z.mean(axis=1, keepdims=True)",
            ),
            "You take off the mean logit. One far above the mean still "
            "overflows; take off the largest.",
        ),
        Misconception(
            "rounded",
            (
                "return float(0 - terms.sum() / len(Z))",
                "return round(float(0 - terms.sum() / len(Z)), 4)",
            ),
            "You round the loss. Return it as it is.",
            forms=[
                (
                    "return float(0 - terms.sum() / len(Z))",
                    "return round(float(0 - terms.sum() / len(Z)), 3)",
                ),
                (
                    "return float(0 - terms.sum() / len(Z))",
                    "return round(float(0 - terms.sum() / len(Z)), 2)",
                ),
            ],
        ),
    ],
    hints=[
        "Which logarithm do you need, and can you write it without a probability?",
        "log softmax(z) = z - logsumexp(z), and logsumexp(z) = c + log(sum(exp(z - "
        "c))) "
        "for any c; the largest logit of the row is a good one.",
        "Multiply by Y only where Y is positive (np.where, or a mask): 0 times -inf "
        "is nan. Compare the shapes and the row sums of Y before anything else.",
    ],
)


def accuracy_cases(rng):
    y = rng.integers(0, 5, size=40)
    close = np.where(rng.random(40) < 0.75, y, (y + 1) % 5)
    close[:3], close[3:7] = (y[:3] + 2) % 5, y[3:7]
    far = np.where(rng.random(40) < 0.7, (y + 2) % 5, y)
    far[:4], far[4:6] = (y[:4] + 1) % 5, y[4:6]
    shorter = close[:23]
    yield Case("three of four right", y, close)
    yield Case("most of them wrong", y, far)
    yield Case("lists", y[:23].tolist(), shorter.tolist())
    calls = {
        "all right": (y[:7], y[:7]),
        "all wrong": (y[:9], (y[:9] + 1) % 5),
        "one sample, right": (y[:1], y[:1]),
        "one sample, wrong": (y[:1], y[:1] + 1),
        "labels of one byte": (y.astype(np.uint8), close.astype(np.uint8)),
        "700 samples": (np.tile(y, 18)[:700], np.tile(close, 18)[:700]),
        "labels above 255": (y + 600, np.where(y == close, y, y + 256) + 600),
    }
    yield Case("all right, all wrong, one sample, 700", calls=calls)
    yield from refused(
        {
            "(N,) and (N, 1)": (y, close[:, None]),
            "(N, 1) twice": (y[:, None], close[:, None]),
            "one prediction missing": (y, close[:-1]),
            "one prediction for all": (y, close[:1]),
            "no samples": (y[:0], close[:0]),
            "probabilities (N, k)": (y, rng.random((40, 5))),
        }
    )


ACCURACY = Exercise(
    "accuracy",
    accuracy_cases,
    points=1,
    minutes=5,
    difficulty=1,
    probe="ask",
    misconceptions=[
        Misconception(
            "no-shape-check",
            ("if y.shape != y_hat.shape or y.ndim != 1:", "if False:"),
            "You compare whatever shapes come. (N,) with (N, 1) is broadcast to N "
            "times N comparisons, and the mean of those looks like an accuracy.",
            forms=[("if y.shape != y_hat.shape or y.ndim != 1:", "if y.ndim == 0:")],
        ),
        Misconception(
            "lengths-only",
            (
                "if y.shape != y_hat.shape or y.ndim != 1:",
                "if len(y) != len(y_hat):",
            ),
            "You compare lengths only. A column (N, 1) has the length N too, and is "
            "broadcast to N times N comparisons.",
        ),
        Misconception(
            "percent",
            ("float(np.mean(y == y_hat))", "float(100 * np.mean(y == y_hat))"),
            "You return per cent. The share is a number from 0 to 1.",
            forms=[
                ("float(np.mean(y == y_hat))", "round(100 * np.mean(y == y_hat), 2)"),
                ("float(np.mean(y == y_hat))", "round(100 * np.mean(y == y_hat), 1)"),
                ("float(np.mean(y == y_hat))", "round(100 * np.mean(y == y_hat))"),
            ],
        ),
        Misconception(
            "error-rate",
            ("y == y_hat))", "y != y_hat))"),
            "You return the share of wrong answers.",
        ),
        Misconception(
            "count",
            ("np.mean(y == y_hat)", "np.sum(y == y_hat)"),
            "You return the number of right answers, not their share.",
        ),
        Misconception(
            "empty-passes",
            (
                "if len(y) == 0:\n"
                '        raise ValueError("no samples, so no accuracy")',
                "if len(y) == 0:\n        return 0.0",
            ),
            "You give an empty set the accuracy 0. It has none; say so by an error.",
        ),
        Misconception(
            "flattened",
            (
                "if y.shape != y_hat.shape or y.ndim != 1:",
                "y, y_hat = y.ravel(), y_hat.ravel()\n    if y.shape != y_hat.shape:",
            ),
            "You flatten what comes. A column (N, 1) or a table is a mistake of the "
            "caller: refuse it.",
        ),
        Misconception(
            "shortest-counts",
            (
                "y, y_hat = np.asarray(y), np.asarray(y_hat)\n    "
                "if y.shape != y_hat.shape or y.ndim != 1:",
                "y, y_hat = np.asarray(y), np.asarray(y_hat)\n    "
                "n = min(len(y), len(y_hat))\n    "
                "y, y_hat = y[:n], y_hat[:n]\n    "
                "if y.shape != y_hat.shape or y.ndim != 1:",
            ),
            "You compare as many samples as the shorter one has. Lengths that differ "
            "are a mistake of the caller: refuse them.",
        ),
        Misconception(
            "other-error",
            ("raise ValueError", "raise AssertionError"),
            "You raise another error than ValueError, as `assert` does. The "
            "description asks for ValueError.",
            forms=[("raise ValueError", "raise TypeError")],
        ),
        Misconception(
            "n-minus-one",
            ("np.mean(y == y_hat)", "np.sum(y == y_hat) / max(len(y) - 1, 1)"),
            "You divide by N - 1. The share is over all N samples.",
        ),
        Misconception(
            "rounded",
            ("float(np.mean(y == y_hat))", "round(float(np.mean(y == y_hat)), 2)"),
            "You round the share. Return it as it is.",
            forms=[
                ("float(np.mean(y == y_hat))", "round(float(np.mean(y == y_hat)), 1)"),
                ("float(np.mean(y == y_hat))", "round(float(np.mean(y == y_hat)), 3)"),
            ],
        ),
        Misconception(
            "near-counts",
            ("y == y_hat))", "abs(y.astype(int) - y_hat) <= 1))"),
            "You count a neighbouring class as right. Classes are names: only the "
            "same one is right.",
        ),
        Misconception(
            "all-or-nothing",
            ("np.mean(y == y_hat)", "np.all(y == y_hat)"),
            "You return 1 where all are right and 0 elsewhere. The share of right "
            "answers is asked for.",
        ),
        Misconception(
            "lists-compared",
            (
                (
                    "    y, y_hat = np.asarray(y), np.asarray(y_hat)\n"
                    "    if y.shape != y_hat.shape or y.ndim != 1:"
                ),
                "    if np.shape(y) != np.shape(y_hat) or np.ndim(y) != 1:",
            ),
            (
                "You compare two lists with `==`, which is one answer for "
                "the whole lists. Make arrays of them first."
            ),
        ),
        Misconception(
            "distances",
            ("np.mean(y == y_hat)", "1 - np.mean(abs(y.astype(int) - y_hat))"),
            "You subtract distances between labels. Classes are names: an answer is "
            "right or wrong, however near the numbers are.",
            forms=[
                (
                    "np.mean(y == y_hat)",
                    "max(0, 1 - np.mean(abs(y.astype(int) - y_hat)))",
                ),
            ],
        ),
        Misconception(
            "mean-of-classes",
            (
                "float(np.mean(y == y_hat))",
                "float(np.mean([np.mean(y_hat[y == c] == c) for c in np.unique(y)]))",
            ),
            "You average over the classes (the balanced accuracy). The share is over "
            "all samples.",
            forms=[
                (
                    "float(np.mean(y == y_hat))",
                    "float(np.mean([np.sum((y == c) & (y_hat == c)) / "
                    "max(np.sum(y == c), 1) for c in range(int(max(y.max(), "
                    "y_hat.max())) + 1)]))",
                ),
                (
                    "float(np.mean(y == y_hat))",
                    "float(np.mean([np.mean(y[y_hat == c] == c) for c in "
                    "np.unique(y_hat)]))",
                ),
            ],
        ),
        Misconception(
            "anywhere",
            ("np.mean(y == y_hat)", "np.mean(np.isin(y_hat, y))"),
            "You ask whether an answer occurs anywhere among the labels. It is "
            "compared with the label of its own sample.",
            forms=[("np.mean(y == y_hat)", "np.mean(np.isin(y, y_hat))")],
        ),
        Misconception(
            "pairs-once",
            (
                "return float(np.mean(y == y_hat))",
                "k = int(max(y.max(), y_hat.max())) + 1\n    "
                "C = np.zeros((k, k))\n    "
                "C[y, y_hat] += 1\n    "
                "return float(np.trace(C) / C.sum())",
            ),
            "You count a pair of label and answer once, however often it comes: "
            "`C[y, y_hat] += 1` adds 1 only once to each place.",
            forms=[
                (
                    "return float(np.mean(y == y_hat))",
                    "k = int(max(y.max(), y_hat.max())) + 1\n    "
                    "C = np.zeros((k, k))\n    "
                    "C[y, y_hat] += 1\n    "
                    "return float(np.trace(C) / len(y))",
                ),
            ],
        ),
        Misconception(
            "one-byte-count",
            ("np.mean(y == y_hat)", "np.sum(y == y_hat, dtype=np.uint8) / len(y)"),
            "You count in one byte. After 255 (or 127) it starts anew.",
            forms=[
                ("np.mean(y == y_hat)", "np.sum(y == y_hat, dtype=np.int8) / len(y)")
            ],
        ),
        Misconception(
            "one-left-out",
            ("np.mean(y == y_hat)", "np.sum(y[1:] == y_hat[1:]) / len(y)"),
            "You leave out the first or the last sample. The share is over all N.",
            forms=[
                ("np.mean(y == y_hat)", "np.sum(y[:-1] == y_hat[:-1]) / len(y)"),
                ("np.mean(y == y_hat)", "np.mean(y[1:] == y_hat[1:])"),
                ("np.mean(y == y_hat)", "np.mean(y[:-1] == y_hat[:-1])"),
            ],
        ),
        Misconception(
            "sorted",
            (
                "np.mean(y == y_hat)",
                "np.mean(np.sort(y) == np.sort(y_hat))",
            ),
            "You sort labels and answers before you compare them. Answer i "
            "belongs to label i.",
        ),
        Misconception(
            "two-classes",
            (
                "np.mean(y == y_hat)",
                "np.mean((y == y_hat) & (y <= 1))",
            ),
            "You count right answers of classes 0 and 1 only. There may be more "
            "classes.",
            forms=[
                (
                    "np.mean(y == y_hat)",
                    "np.mean((y == y_hat) & (y == 1))",
                ),
            ],
        ),
        Misconception(
            "class-0-left-out",
            (
                "np.mean(y == y_hat)",
                "np.mean((y == y_hat) & (y != 0))",
            ),
            "Right answers of class 0 do not count in your share: 0 is a class "
            "like the others.",
        ),
        Misconception(
            "by-classes",
            (
                "np.mean(y == y_hat)",
                "np.sum(y == y_hat) / len(np.unique(y))",
            ),
            "You divide by the number of classes. The share is over the N samples.",
            forms=[
                (
                    "np.mean(y == y_hat)",
                    "np.sum(y == y_hat) / (y.max() + 1)",
                ),
            ],
        ),
        Misconception(
            "above-0-or-not",
            ("y == y_hat)", "(y > 0) == (y_hat > 0))"),
            "You ask only whether both labels are above 0, as if there were two "
            "classes. An answer is right where it is the same class.",
        ),
        Misconception(
            "labels-in-one-byte",
            (
                "np.mean(y == y_hat)",
                "np.mean(y.astype(np.uint8) == y_hat.astype(np.uint8))",
            ),
            "You turn the labels into one byte, where 256 becomes 0: "
            "classes that lie 256 apart count as equal.",
        ),
    ],
    hints=[
        "How many comparisons does `y == y_hat` make if one of them is a column?",
        "Compare the shapes first; raise ValueError where they differ.",
        "np.mean of an array of True and False is the share of True.",
    ],
)


def _answers(rng, n, k, absent=(), never=()):
    """True labels and answers: many right, some wrong, some classes left out."""
    classes = [c for c in range(k) if c not in absent]
    y = np.concatenate([classes, classes, rng.choice(classes, n - 2 * len(classes))])
    answered = [c for c in range(k) if c not in never]
    right = rng.random(n) < 0.6
    y_hat = np.where(right & np.isin(y, answered), y, rng.choice(answered, n))
    pairs = rng.choice(answered, 2, replace=False)
    y_hat[: 2 * len(classes) : len(classes)] = pairs[0]
    order = rng.permutation(n)
    return y[order], y_hat[order]


def _many(rng, n):
    """So many samples of two classes that one pair comes more than 255 times."""
    y = (rng.random(n) < 0.3).astype(np.int64)
    return y, np.where(rng.random(n) < 0.8, y, 1 - y)


def confusion_cases(rng):
    yield Case("thirty samples, four classes", *_answers(rng, 30, 4), 4)
    yield Case("classes that never occur", *_answers(rng, 21, 6, (2, 5), (2, 4, 5)), 6)
    y, y_hat = _answers(rng, 25, 3)
    yield Case("lists", y.tolist(), y_hat.tolist(), 3)
    calls = {
        "two classes more than occur": (y, y_hat, 5),
        "no samples": (y[:0], y_hat[:0], 2),
        "a single class": (np.zeros(4, np.int64), np.zeros(4, np.int64), 1),
    }
    yield Case("two classes too many; no samples; one class", calls=calls)
    yield Case("counts above 255", *_many(rng, 900), 2)
    byte = [labels.astype(np.uint8) for labels in _answers(rng, 90, 20)]
    many = [labels.astype(np.uint8) for labels in _many(rng, 900)]
    calls = {"20 classes": (*byte, 20), "900 samples": (*many, 2)}
    yield Case("labels of one byte: 20 classes; 900 samples", calls=calls)
    yield from refused(
        {
            "one prediction missing": (y, y_hat[:-1], 3),
            "one prediction for all": (y, y_hat[:1], 3),
            "k in y_hat": (y, np.append(y_hat[:-1], 3), 3),
            "k in y": (np.append(y[:-1], 3), y_hat, 3),
            "-1 in y": (np.append(y[:-1], -1), y_hat, 3),
            "-1 in y_hat": (y, np.append(y_hat[:-1], -1), 3),
        }
    )


CONFUSION = Exercise(
    "confusion_matrix",
    confusion_cases,
    points=2,
    minutes=10,
    difficulty=2,
    probe="ask",
    misconceptions=[
        Misconception(
            "lost-counts",
            ("np.add.at(C, (y, y_hat), 1)", "C[y, y_hat] += 1"),
            "`C[y, y_hat] += 1` adds 1 only once to a place that comes several times "
            "in the index. Your counts therefore never exceed 1.",
            forms=[("np.add.at(C, (y, y_hat), 1)", "C[y, y_hat] = 1")],
        ),
        Misconception(
            "transposed",
            ("(y, y_hat), 1", "(y_hat, y), 1"),
            "Rows and columns are exchanged: rows are the true classes here.",
        ),
        Misconception(
            "classes-from-data",
            (
                "C = np.zeros((k, k), dtype=np.int64)",
                "k = int(max([*y, *y_hat], default=-1)) + 1\n"
                "    C = np.zeros((k, k), dtype=np.int64)",
            ),
            "You take the number of classes from the labels that occur. The table "
            "must have k rows and columns even so.",
        ),
        Misconception(
            "negative-wraps",
            (
                "if labels.size and (labels.min() < 0 or labels.max() >= k):",
                "if labels.size and labels.max() >= k:",
            ),
            "A label of -1 is counted in the last row or column, since NumPy counts "
            "negative indices from the end. Refuse it.",
            forms=[
                (
                    "(labels.min() < 0 or labels.max() >= k)",
                    "(labels is y and labels.min() < 0 or labels.max() >= k)",
                ),
                (
                    "(labels.min() < 0 or labels.max() >= k)",
                    ("(labels is y_hat and labels.min() < 0 or labels.max() >= k)"),
                ),
            ],
        ),
        Misconception(
            "only-y-checked",
            ("for labels in (y, y_hat):", "for labels in (y,):"),
            "You check the true labels only; a predicted label can be outside too.",
        ),
        Misconception(
            "shapes-unchecked",
            (
                "if y.shape != y_hat.shape:",
                "if y_hat.shape == (1,):\n        y_hat = np.repeat(y_hat, len(y))\n"
                "    if y.shape != y_hat.shape:",
            ),
            "You let one prediction stand for all samples. Lengths that differ are a "
            "mistake of the caller: raise ValueError.",
        ),
        Misconception(
            "one-byte-counts",
            (
                "C = np.zeros((k, k), dtype=np.int64)",
                "C = np.zeros((k, k), dtype=np.uint8)",
            ),
            "Your table counts in one byte. After 255 (or 127) it starts anew; count "
            "in np.int64.",
            forms=[
                (
                    "C = np.zeros((k, k), dtype=np.int64)",
                    "C = np.zeros((k, k), dtype=np.int8)",
                ),
                [
                    (
                        "    y, y_hat = np.asarray",
                        "    own = np.asarray(y).dtype if len(y) else int\n"
                        "    y, y_hat = np.asarray",
                    ),
                    ("dtype=np.int64)", "dtype=own)"),
                ],
            ],
        ),
        Misconception(
            "one-byte-pairs",
            [
                (
                    "np.asarray(y, np.int64), np.asarray(y_hat, np.int64)",
                    "np.asarray(y), np.asarray(y_hat)",
                ),
                (
                    (
                        "C = np.zeros((k, k), dtype=np.int64)\n"
                        "    np.add.at(C, (y, y_hat), 1)\n"
                        "    return C"
                    ),
                    (
                        "pairs = y * np.asarray(k, y.dtype if y.size else int) + "
                        "y_hat\n"
                        "    return np.bincount(pairs.astype(int), minlength=k * "
                        "k)[: k * k].reshape(k, k)"
                    ),
                ),
            ],
            (
                "You compute k * y + y_hat in the dtype of the labels. In "
                "one byte it starts anew after 255: convert the labels to "
                "np.int64 first."
            ),
        ),
        Misconception(
            "shares",
            ("    return C", "    return C / max(C.sum(), 1)"),
            "You return shares. The number of samples of each pair is asked for.",
            forms=[
                (
                    "    return C",
                    "    return C / np.maximum(C.sum(axis=1, keepdims=True), 1)",
                )
            ],
        ),
        Misconception(
            "errors-only",
            ("    return C", "    C[np.arange(k), np.arange(k)] = 0\n    return C"),
            "Your diagonal is 0: the right answers are missing. They are counted as "
            "well.",
        ),
        Misconception(
            "labels-unchecked",
            [
                (
                    "if labels.size and (labels.min() < 0 or labels.max() >= k):",
                    "if False:",
                ),
                (
                    "np.add.at(C, (y, y_hat), 1)",
                    "for i, j in np.ndindex(k, k):\n        "
                    "C[i, j] = np.sum((y == i) & (y_hat == j))",
                ),
            ],
            "A label outside 0 to k-1 is left out without a word. Refuse it.",
        ),
        Misconception(
            "empty-fails",
            (
                "if labels.size and (labels.min() < 0 or labels.max() >= k):",
                "if labels.min() < 0 or labels.max() >= k:",
            ),
            "You take the minimum of no labels, which is an error. No samples give a "
            "table of zeros.",
        ),
        Misconception(
            "other-error",
            ("raise ValueError", "raise IndexError"),
            "You raise another error than ValueError. The description asks for "
            "ValueError.",
            forms=[
                ("raise ValueError", "raise AssertionError"),
                ('raise ValueError(f"a label', 'raise IndexError(f"a label'),
            ],
        ),
        Misconception(
            "either",
            (
                "    return C",
                "    for i, j in np.ndindex(k, k):\n        "
                "C[i, j] = np.sum((y == i) | (y_hat == j))\n    return C",
            ),
            "You count the samples that are of class i or were predicted as j. Both "
            "have to hold: &.",
        ),
        Misconception(
            "right-answers-only",
            ("    return C", "    return np.diag(np.diag(C))"),
            "You count the right answers only. What was confused is counted as well.",
        ),
        Misconception(
            "from-one",
            ("np.add.at(C, (y, y_hat), 1)", "np.add.at(C, (y - 1, y_hat - 1), 1)"),
            "Your labels count from 1. Here they count from 0: class 0 is row 0.",
        ),
        Misconception(
            "floats",
            (
                "    return C",
                "    return C.astype(float)",
            ),
            "Your table holds floats. The description asks for an integer dtype.",
        ),
        Misconception(
            "one-left-out",
            (
                "np.add.at(C, (y, y_hat), 1)",
                "np.add.at(C, (y[1:], y_hat[1:]), 1)",
            ),
            "You leave out the first or the last sample. All are counted.",
            forms=[
                (
                    "np.add.at(C, (y, y_hat), 1)",
                    "np.add.at(C, (y[:-1], y_hat[:-1]), 1)",
                ),
            ],
        ),
        Misconception(
            "symmetric",
            (
                "    return C",
                "    return C + C.T",
            ),
            "You count each pair in both directions. C[i, j] has the samples of "
            "class i that were predicted as j.",
            forms=[
                (
                    "    return C",
                    "    return C + C.T - np.diag(np.diag(C))",
                ),
            ],
        ),
        Misconception(
            "classes-renumbered",
            (
                "np.add.at(C, (y, y_hat), 1)",
                "there = np.unique([y, y_hat])\n"
                "    y, y_hat = (np.searchsorted(there, v) for v in (y, y_hat))\n"
                "    np.add.at(C, (y, y_hat), 1)",
            ),
            "You number the classes anew, by those that occur (as scikit-learn does "
            "without `labels`). Row i belongs to class i, also where others never "
            "occur.",
            forms=[
                (
                    "C = np.zeros((k, k), dtype=np.int64)",
                    "there = np.unique([y, y_hat])\n"
                    "    y, y_hat = (np.searchsorted(there, v) for v in (y, y_hat))\n"
                    "    C = np.zeros((len(there), len(there)), dtype=np.int64)",
                ),
            ],
        ),
    ],
    hints=[
        "Try `C[[0, 0], [1, 1]] += 1` on a table of zeros. What is C[0, 1]?",
        "np.add.at adds once for each pair; a loop over zip(y, y_hat) does as well; "
        "np.bincount of k * y + y_hat is the fast way.",
        "Check both label arrays for numbers below 0 and above k - 1, and their "
        "shapes against each other, before you count.",
    ],
)


def precision_recall_cases(rng):
    yield Case("forty samples, four classes", *_answers(rng, 40, 4), 4)
    yield Case("a class never predicted", *_answers(rng, 33, 5, (), (3,)), 5).with_(
        weight=2
    )
    yield Case("a class that no sample has", *_answers(rng, 27, 5, (1,)), 5)
    y, y_hat = _answers(rng, 24, 6, (0,), (0, 4))
    yield Case("neither; as lists", y.tolist(), y_hat.tolist(), 6).with_(weight=2)
    yield Case("counts above 255", *_many(rng, 900), 2)
    y, y_hat = _answers(rng, 20, 4)
    y_hat[y == 2] = 0  # class 2 occurs and is answered, and never rightly
    y_hat[np.flatnonzero(y == 1)[:1]] = 2
    calls = {
        "a class that is always missed": (y, y_hat, 4),
        "one sample": (y[:1], y[:1], 4),
        "no samples": (y[:0], y_hat[:0], 3),
    }
    yield Case("a class always missed; one sample, none", calls=calls)


PRECISION_RECALL = Exercise(
    "precision_recall",
    precision_recall_cases,
    points=3,
    minutes=10,
    difficulty=2,
    probe="ask",
    returns=("precision", "recall"),
    needs=("confusion_matrix",),
    misconceptions=[
        Misconception(
            "exchanged",
            ("return precision, recall", "return recall, precision"),
            "Precision and recall are exchanged. Precision divides by what was "
            "predicted as the class (a column), recall by what is of it (a row).",
            forms=[
                [
                    ("hits / np.maximum(predicted, 1)", "hits / present"),
                    (
                        "hits / np.maximum(present, 1)",
                        "np.nan_to_num(hits / predicted)",
                    ),
                ],
                [
                    (
                        "predicted, present = C.sum(axis=0), C.sum(axis=1)",
                        "predicted, present = C.sum(axis=1), C.sum(axis=0)",
                    )
                ],
            ],
        ),
        Misconception(
            "nan",
            [
                ("hits / np.maximum(predicted, 1)", "hits / predicted"),
                ("hits / np.maximum(present, 1)", "hits / present"),
            ],
            "A class that was never predicted, or that no sample has, gives 0/0, which "
            "is nan. By the description it counts as 0.",
            forms=[
                ("hits / np.maximum(predicted, 1)", "hits / predicted"),
                ("hits / np.maximum(present, 1)", "hits / present"),
            ],
        ),
        Misconception(
            "one-for-none",
            [
                (
                    "hits / np.maximum(predicted, 1)",
                    "np.where(predicted, hits / np.maximum(predicted, 1), 1.0)",
                ),
            ],
            "Where there is nothing to divide by you return 1: no false answer, but no "
            "right one either. By the description it counts as 0.",
            forms=[
                [
                    (
                        "hits / np.maximum(present, 1)",
                        "np.where(present, hits / np.maximum(present, 1), 1.0)",
                    )
                ],
                [
                    (
                        "hits / np.maximum(predicted, 1)",
                        "np.where(predicted, hits / np.maximum(predicted, 1), 1.0)",
                    ),
                    (
                        "hits / np.maximum(present, 1)",
                        "np.where(present, hits / np.maximum(present, 1), 1.0)",
                    ),
                ],
            ],
        ),
        Misconception(
            "accuracy-of-class",
            [
                ("hits / np.maximum(predicted, 1)", "hits / C.sum()"),
                ("hits / np.maximum(present, 1)", "hits / C.sum()"),
            ],
            "You divide the hits of a class by the number of all samples. Divide by "
            "the samples predicted as the class, and by those that are of it.",
        ),
        Misconception(
            "averages",
            (
                "return precision, recall",
                "return precision.mean(), recall.mean()",
            ),
            "You return averages over the classes. An average hides just the class "
            "that does badly; one number for each class is wanted.",
        ),
        Misconception(
            "only-classes-present",
            (
                "return precision, recall",
                "return precision[present > 0], recall[present > 0]",
            ),
            "You leave out the classes that no sample has. The results must have "
            "length k, so that position j is class j.",
        ),
        Misconception(
            "small-number",
            [
                ("hits / np.maximum(predicted, 1)", "hits / (predicted + 1e-5)"),
                ("hits / np.maximum(present, 1)", "hits / (present + 1e-5)"),
            ],
            "You add a small number to the divisor, which changes every ratio. Treat "
            "the sum 0 by itself.",
            forms=[
                [
                    ("hits / np.maximum(predicted, 1)", "hits / (predicted + 1e-3)"),
                    ("hits / np.maximum(present, 1)", "hits / (present + 1e-3)"),
                ],
                [
                    ("hits / np.maximum(predicted, 1)", "hits / (predicted + 1e-4)"),
                    ("hits / np.maximum(present, 1)", "hits / (present + 1e-4)"),
                ],
                [
                    ("hits / np.maximum(predicted, 1)", "hits / (predicted + 1)"),
                    ("hits / np.maximum(present, 1)", "hits / (present + 1)"),
                ],
            ],
        ),
        Misconception(
            "specificity",
            (
                "hits / np.maximum(present, 1)",
                "(C.sum() - predicted - present + hits) / np.maximum(C.sum() - "
                "present, 1)",
            ),
            "Your recall is that of all other classes (the specificity): true "
            "negatives over negatives. It is hits over the samples of the class.",
        ),
        Misconception(
            "whole-division",
            [
                ("hits / np.maximum(predicted, 1)", "hits // np.maximum(predicted, 1)"),
                ("hits / np.maximum(present, 1)", "hits // np.maximum(present, 1)"),
            ],
            "Your ratios are whole numbers: // drops the fraction, and so does an "
            "array with an integer dtype. Divide with / and keep floats.",
        ),
        Misconception(
            "same-divisor",
            ("hits / np.maximum(present, 1)", "hits / np.maximum(predicted, 1)"),
            "Both of your measures divide by the same sums. Precision divides by what "
            "was predicted as the class, recall by what is of it.",
            forms=[
                ("hits / np.maximum(predicted, 1)", "hits / np.maximum(present, 1)")
            ],
        ),
        Misconception(
            "either",
            (
                "hits / np.maximum(predicted, 1)",
                "hits / np.maximum(predicted + present - hits, 1)",
            ),
            "You divide by the samples that are of the class or were predicted as it. "
            "Precision divides by the predicted ones alone, recall by those that are "
            "of the class.",
            forms=[
                (
                    "hits / np.maximum(present, 1)",
                    "hits / np.maximum(predicted + present - hits, 1)",
                ),
                [
                    (
                        "hits / np.maximum(predicted, 1)",
                        "hits / np.maximum(predicted + present - hits, 1)",
                    ),
                    (
                        "hits / np.maximum(present, 1)",
                        "hits / np.maximum(predicted + present - hits, 1)",
                    ),
                ],
            ],
        ),
        Misconception(
            "true-negatives",
            (
                "hits / np.maximum(predicted, 1)",
                "(C.sum() - predicted - present + 2 * hits) / max(C.sum(), 1)",
            ),
            "You count the true negatives as well, as in the accuracy of one class "
            "against the rest. Neither measure looks at them.",
            forms=[
                (
                    "hits / np.maximum(present, 1)",
                    "(C.sum() - predicted - present + 2 * hits) / max(C.sum(), 1)",
                ),
                [
                    (
                        "hits / np.maximum(predicted, 1)",
                        "(C.sum() - predicted - present + 2 * hits) / max(C.sum(), 1)",
                    ),
                    (
                        "hits / np.maximum(present, 1)",
                        "(C.sum() - predicted - present + 2 * hits) / max(C.sum(), 1)",
                    ),
                ],
            ],
        ),
        Misconception(
            "all-classes-together",
            (
                "return precision, recall",
                "return (np.full(k, hits.sum() / max(C.sum(), 1)),) * 2",
            ),
            "You add up the classes before you divide, which gives the accuracy for "
            "each of them. Each class has a ratio of its own.",
        ),
        Misconception(
            "f1",
            (
                "return precision, recall",
                "both = np.maximum(predicted + present, 1)\n    "
                "return 2 * hits / both, recall",
            ),
            "One of your results is the F1 score, which mixes both measures.",
            forms=[
                (
                    "return precision, recall",
                    "both = np.maximum(predicted + present, 1)\n    "
                    "return precision, 2 * hits / both",
                ),
                (
                    "return precision, recall",
                    "both = np.maximum(predicted + present, 1)\n    "
                    "return 2 * hits / both, 2 * hits / both",
                ),
            ],
        ),
        Misconception(
            "hits-twice",
            [
                (
                    "hits / np.maximum(predicted, 1)",
                    "hits / np.maximum(hits + predicted, 1)",
                ),
                (
                    "hits / np.maximum(present, 1)",
                    "hits / np.maximum(hits + present, 1)",
                ),
            ],
            "The hits are counted twice in your divisor: the sum of a column or "
            "row holds them already.",
        ),
        Misconception(
            "against-the-wrong",
            [
                (
                    "hits / np.maximum(predicted, 1)",
                    "hits / np.maximum(predicted - hits, 1)",
                ),
                (
                    "hits / np.maximum(present, 1)",
                    "hits / np.maximum(present - hits, 1)",
                ),
            ],
            "You divide the hits by the wrong answers alone. Divide by hits and "
            "wrong answers together.",
        ),
        Misconception(
            "weighted",
            (
                "return precision, recall",
                "w = present / max(C.sum(), 1)\n    return precision * w, recall * w",
            ),
            "You weigh the classes with their shares of the samples. Each ratio "
            "is wanted as it is.",
        ),
        Misconception(
            "0-without-errors",
            [
                (
                    "precision = hits / np.maximum(predicted, 1)",
                    "precision = hits / np.maximum(predicted, 1) * (predicted > hits)",
                ),
                (
                    "recall = hits / np.maximum(present, 1)",
                    "recall = hits / np.maximum(present, 1) * (present > hits)",
                ),
            ],
            "A class without a false answer gets 0 from you. It has 1; 0 is for a "
            "class that was never predicted, or has no sample.",
        ),
        Misconception(
            "rounded",
            ("return precision, recall", "return precision.round(2), recall.round(2)"),
            "You round the shares. They are wanted as they are.",
            forms=[
                (
                    "return precision, recall",
                    "return precision.round(3), recall.round(3)",
                ),
            ],
        ),
    ],
    hints=[
        "Both are read off the confusion matrix: its diagonal, its row sums and its "
        "column sums.",
        "precision: diagonal over column sums; recall: diagonal over row sums.",
        "Where a sum is 0 the diagonal is 0 as well, so dividing by at least 1 gives "
        "the 0 that is asked for.",
    ],
)

# --- section 4 ---------------------------------------------------------------


def _regression_data(rng, n, d, k):
    X, W, b = rng.normal(size=(n, d)), rng.normal(size=(d, k)), rng.normal(size=k)
    return X, W, 2 * b, one_hot(rng.integers(0, k, size=n), k)


def gradient_cases(rng):
    yield Case("seven samples, five inputs", *_regression_data(rng, 7, 5, 3))
    yield Case("one input, six classes", *_regression_data(rng, 4, 1, 6))
    X, W, b, Y = _regression_data(rng, 5, 4, 3)
    X, W, b = 8 * np.round(X * 400), np.round(W * 16) / 16, coarse(b)
    yield Case("logits of thousands", X, W, b, Y)
    X, W, b, Y = _regression_data(rng, 6, 3, 4)
    whole = rng.integers(-3, 4, size=(6, 3))
    yield Case("whole-number inputs", whole, W, b, Y.astype(np.int64))
    yield Case("one sample", *_regression_data(rng, 1, 4, 3))
    yield Case("150 samples", *_regression_data(rng, 150, 2, 3))
    yield Case("as many inputs as classes", *_regression_data(rng, 6, 3, 3))
    X, W, b, Y = _regression_data(rng, 4, 3, 4)
    labels = rng.permutation(4)
    yield Case("as many samples as classes", X, W, b, Y)
    yield from refused(
        {
            "labels (N,) in place of rows": (X, W, b, labels),
            "X transposed": (X.T, W, b, Y),
            "W transposed": (X, W.T, b, Y),
            "b as a column": (X, W, b[:, None], Y),
            "an empty batch": (X[:0], W, b, Y[:0]),
            "one row of Y": (X, W, b, Y[:1]),
            "one bias": (X, W, b[:1], Y),
        }
    )


GRADIENTS = Exercise(
    "softmax_gradients",
    gradient_cases,
    points=4,
    minutes=15,
    difficulty=3,
    returns=("dW", "db"),
    needs=("softmax",),
    misconceptions=[
        Misconception(
            "no-mean",
            ("(P - Y) / N", "(P - Y)"),
            "You sum over the samples. The loss is a mean, so is its gradient: it "
            "must not grow with the batch.",
        ),
        Misconception(
            "sign",
            ("(P - Y) / N", "(Y - P) / N"),
            "Your gradient points downhill: labels minus probabilities. The gradient "
            "is probabilities minus labels; the minus belongs to the step.",
        ),
        Misconception(
            "mean-twice",
            ("G.sum(axis=0)", "G.mean(axis=0)"),
            "You divide by N twice in ∂J/∂b: once in P - Y and once in the mean.",
        ),
        Misconception(
            "mean-of-all",
            ("(P - Y) / N", "(P - Y) / np.size(Y)"),
            "You divide by N times k. The mean is over samples: divide by N.",
        ),
        Misconception(
            "factor-two",
            ("(P - Y) / N", "2 * (P - Y) / N"),
            "Your gradients are twice too large. The 2 belongs to a squared error.",
        ),
        Misconception(
            "db-keeps-the-axis",
            ("G.sum(axis=0)", "G.sum(axis=0, keepdims=True)"),
            "Your ∂J/∂b has a row of its own, shape (1, k). It must have the "
            "shape of b: (k,).",
        ),
        Misconception(
            "sigmoid-factor",
            ("(P - Y) / N", "(P - Y) * P * (1 - P) / N"),
            "You multiply by P(1 - P), the slope of a sigmoid. It belongs to a "
            "squared error; in the cross-entropy the logarithm cancels it.",
        ),
        Misconception(
            "transposed",
            ("X.T @ G", "G.T @ X"),
            "Your ∂J/∂W has a row for each class. It must have the shape of W: (d, k).",
        ),
        Misconception(
            "bias-forgotten",
            ("softmax(X @ W + b)", "softmax(X @ W)"),
            "You compute the logits without the bias b.",
        ),
        Misconception(
            "db-not-summed",
            ("G.sum(axis=0)", "G"),
            "Your ∂J/∂b has a row for each sample. One bias serves all samples, so "
            "their shares are added up.",
        ),
        Misconception(
            "shapes-unchecked",
            (
                "if np.shape(W) != (d, k) or np.shape(Y) != (N, k) or np.ndim(b) != 1:",
                "if False:",
            ),
            "You take shapes as they come. Labels (N,) in place of one-hot rows are "
            "broadcast without an error where N equals k, and the gradient is wrong.",
        ),
        Misconception(
            "not-softmax",
            ("P = softmax(X @ W + b)", "P = X @ W + b"),
            "You subtract the labels from the logits. The gradient needs the "
            "probabilities: logits through a softmax.",
        ),
        Misconception(
            "no-shift",
            (
                "P = softmax(X @ W + b)",
                "Z = X @ W + b\n    E = np.exp(Z)\n"
                "    P = E / E.sum(axis=1, keepdims=True)",
            ),
            "Your own softmax does not take each row's own largest logit off. At "
            "thousands it gives inf/inf or 0/0, which is nan: call `softmax`.",
            forms=[
                (
                    "P = softmax(X @ W + b)",
                    "Z = X @ W + b\n    E = np.exp(Z - Z.max())\n"
                    "    P = E / E.sum(axis=1, keepdims=True)",
                ),
            ],
        ),
        Misconception(
            "axis-0",
            ("P = softmax(X @ W + b)", "P = softmax(X @ W + b, axis=0)"),
            "Your softmax goes over the samples (axis 0). It goes over the classes of "
            "one sample.",
        ),
        Misconception(
            "dW-mean-twice",
            ("return X.T @ G", "return X.T @ G / N"),
            "You divide by N twice in ∂J/∂W: once in P - Y and once at the end.",
        ),
        Misconception(
            "one-mean-only",
            ("return X.T @ G, G.sum(axis=0)", "return X.T @ G, N * G.sum(axis=0)"),
            "Only one of your two gradients is divided by N. The mean concerns both.",
            forms=[
                ("return X.T @ G, G.sum(axis=0)", "return N * (X.T @ G), G.sum(axis=0)")
            ],
        ),
        Misconception(
            "n-minus-one",
            ("(P - Y) / N", "(P - Y) / max(N - 1, 1)"),
            "You divide by N - 1. The mean is over all N samples.",
        ),
        Misconception(
            "by-inputs",
            ("(P - Y) / N", "(P - Y) / d"),
            "You divide by d, the number of inputs. The mean is over the N samples.",
        ),
        Misconception(
            "db-one-number",
            ("G.sum(axis=0)", "G.sum()"),
            "Your ∂J/∂b is one number. It has one for each class: sum over the "
            "samples alone (axis 0).",
        ),
        Misconception(
            "db-over-classes",
            ("G.sum(axis=0)", "G.sum(axis=1)"),
            "You sum ∂J/∂b over the classes (axis 1), which gives one number a "
            "sample. Sum over the samples (axis 0).",
        ),
        Misconception(
            "reshaped",
            ("return X.T @ G", "return (G.T @ X).reshape(d, k)"),
            "You reshape where a transpose is needed: the numbers of ∂J/∂W stand at "
            "wrong places.",
        ),
        Misconception(
            "sigmoid",
            ("P = softmax(X @ W + b)", "P = 1 / (1 + np.exp(-(X @ W + b)))"),
            "You apply the sigmoid to each logit. The classes share one probability "
            "1: apply the softmax.",
        ),
        Misconception(
            "order",
            ("return X.T @ G, G.sum(axis=0)", "return G.sum(axis=0), X.T @ G"),
            "You return (db, dW). The order is (dW, db).",
        ),
        Misconception(
            "answers-minus-labels",
            (
                "P = softmax(X @ W + b)",
                "P = np.eye(k)[np.argmax(X @ W + b, axis=1)]",
            ),
            "You subtract the labels from the answers, each 0 or 1, as the perceptron "
            "does. The gradient needs the probabilities.",
        ),
        Misconception(
            "whole-result",
            (
                "return X.T @ G",
                "return (X.T @ G).astype(X.dtype)",
            ),
            "Your ∂J/∂W has the dtype of X. With inputs of whole numbers its "
            "fractions are cut off: make it floats.",
            forms=[
                (
                    "return X.T @ G, G.sum(axis=0)",
                    "return (X.T @ G).astype(X.dtype), G.sum(axis=0).astype(X.dtype)",
                )
            ],
        ),
        Misconception(
            "last-sample",
            (
                "return X.T @ G, G.sum(axis=0)",
                "return np.outer(X[-1], G[-1]), G[-1]",
            ),
            "You keep the share of the last sample. The shares of all samples are "
            "added up.",
        ),
        Misconception(
            "only-right-class",
            (
                "G = (P - Y) / N",
                "G = (P - 1) * Y / N",
            ),
            "You move the right class alone. The probabilities of the other "
            "classes are part of the gradient as well: P - Y.",
        ),
        Misconception(
            "loss-by-probabilities",
            (
                "G = (P - Y) / N",
                "G = -(Y / P) / N",
            ),
            "That is the derivative by the probabilities. Behind it comes the "
            "softmax; both together give P - Y.",
            forms=[
                (
                    "G = (P - Y) / N",
                    "G = -Y / np.maximum(P, 1e-12) / N",
                ),
            ],
        ),
        Misconception(
            "weight-decay",
            (
                "return X.T @ G, G.sum(axis=0)",
                "return X.T @ G + 1e-2 * W, G.sum(axis=0)",
            ),
            "You add a weight decay that nobody asked for.",
            forms=[
                (
                    "return X.T @ G, G.sum(axis=0)",
                    "return X.T @ G + 1e-3 * W, G.sum(axis=0)",
                ),
                (
                    "return X.T @ G, G.sum(axis=0)",
                    "return X.T @ G + 1e-4 * W, G.sum(axis=0)",
                ),
            ],
        ),
        Misconception(
            "softmax-twice",
            (
                "G = (P - Y) / N",
                "D = (softmax(P) - Y) / N\n"
                "    G = P * (D - (D * P).sum(axis=1, keepdims=True))",
            ),
            "You apply the softmax twice, the second time to probabilities. PyTorch's "
            "`cross_entropy` has one of its own.",
            forms=[("P = softmax(X @ W + b)", "P = softmax(softmax(X @ W + b))")],
        ),
        Misconception(
            "squared-error",
            (
                "G = (P - Y) / N",
                "D = 2 * (P - Y) / N\n"
                "    G = P * (D - (D * P).sum(axis=1, keepdims=True))",
            ),
            "That is the slope of the squared error. The cross-entropy's is P - Y, "
            "without a further factor.",
            forms=[
                (
                    "G = (P - Y) / N",
                    f"D = {factor} * (P - Y) / N\n"
                    "    G = P * (D - (D * P).sum(axis=1, keepdims=True))",
                )
                for factor in ("1", "2 / k")
            ],
        ),
        Misconception(
            "by-classes",
            ("(P - Y) / N", "(P - Y) / k"),
            "You divide by the number of classes. The mean is over the N samples.",
        ),
        Misconception(
            "db-from-dW",
            ("G.sum(axis=0)", "(X.T @ G).sum(axis=0)"),
            "You take ∂J/∂b from ∂J/∂W, where each share is multiplied by "
            "an input. The bias has no input: sum P - Y itself.",
            forms=[("G.sum(axis=0)", "(X.T @ G).mean(axis=0)")],
        ),
        Misconception(
            "clipped-logits",
            ("X @ W + b", "np.clip(X @ W + b, -500, 500)"),
            "You clip the logits. Those beyond the limit become equal, and "
            "so do their probabilities.",
            forms=[
                ("X @ W + b", "np.clip(X @ W + b, -100, 100)"),
                ("X @ W + b", "np.clip(X @ W + b, -50, 50)"),
            ],
        ),
    ],
    hints=[
        "Section 4.1 derives ∂J/∂Z. What does the chain rule need besides?",
        "∂J/∂Z = (P - Y)/N with shape (N, k). Which product of it and X has the "
        "shape of W, (d, k)?",
        "db is the sum of ∂J/∂Z over the samples. Compare the shapes of W, b and Y "
        "with (d, k), (k,) and (N, k) before you start.",
    ],
)


def sigmoid_cases(rng):
    yield Case("three by four", 3 * rng.normal(size=(3, 4)))
    far = np.concatenate([[1e4, -1e4, 0.0, 750.0, -750.0], 30 * rng.normal(size=4)])
    yield Case("as far as 1e4 and -1e4", far).with_(weight=2)
    yield Case("whole numbers", rng.integers(-5, 6, size=(2, 3, 4)))
    calls = {
        "a number": (rng.normal(),),
        "a list": (rng.normal(size=4).tolist(),),
        "a whole number": (int(rng.integers(1, 4)),),
        "an empty array": (np.zeros((0, 3)),),
        "bytes": (rng.permutation(9).astype(np.uint8),),
    }
    yield Case("a number, a list, nothing, bytes", calls=calls)


SIGMOID = Exercise(
    "sigmoid",
    sigmoid_cases,
    points=2,
    minutes=10,
    difficulty=2,
    probe="ask",
    misconceptions=[
        Misconception(
            "overflow",
            (
                "np.where(z >= 0, 1 / (1 + e), e / (1 + e))",
                "np.exp(z) / (1 + np.exp(z))",
            ),
            "exp(z) is infinite at 1e4, and infinity over infinity is nan. Use the "
            "form with exp(-z) there.",
            forms=[
                (
                    "np.where(z >= 0, 1 / (1 + e), e / (1 + e))",
                    "np.where(z > 0, np.exp(z) / (1 + np.exp(z)), e / (1 + e))",
                )
            ],
        ),
        Misconception(
            "bytes-negated",
            [
                ("z = np.asarray(z, dtype=np.float64)", "z = np.asarray(z)"),
                ("    e = np.exp(-np.abs(z))\n", ""),
                ("np.where(z >= 0, 1 / (1 + e), e / (1 + e))", "1 / (1 + np.exp(-z))"),
            ],
            (
                "You negate z in its own dtype. In uint8 there is no "
                "number below 0, so -3 becomes 253. Make floats of z first."
            ),
            forms=[
                ("z = np.asarray(z, dtype=np.float64)", "z = np.asarray(z)"),
                [
                    ("z = np.asarray(z, dtype=np.float64)", "z = np.asarray(z)"),
                    ("    e = np.exp(-np.abs(z))\n", ""),
                    (
                        "np.where(z >= 0, 1 / (1 + e), e / (1 + e))",
                        "1 / (1 + np.exp(np.clip(-z, -500, 500)))",
                    ),
                ],
            ],
        ),
        Misconception(
            "clipped-at-one",
            (
                "np.where(z >= 0, 1 / (1 + e), e / (1 + e))",
                "1 / (1 + e)",
            ),
            "You use exp(-|z|) on both sides, so negative numbers get the value of "
            "their positive twins: the sigmoid is not symmetric.",
        ),
        Misconception(
            "sign",
            (
                "np.where(z >= 0, 1 / (1 + e), e / (1 + e))",
                "np.where(z <= 0, 1 / (1 + e), e / (1 + e))",
            ),
            "Your sigmoid falls from 1 to 0. It must rise: a large z gives 1.",
        ),
        Misconception(
            "tanh",
            ("np.where(z >= 0, 1 / (1 + e), e / (1 + e))", "np.tanh(z)"),
            "That is the hyperbolic tangent, from -1 to 1. The sigmoid goes from 0 "
            "to 1 and is 0.5 at 0.",
        ),
        Misconception(
            "not-halved",
            ("np.where(z >= 0, 1 / (1 + e), e / (1 + e))", "(1 + np.tanh(z)) / 2"),
            (
                "You use tanh(z), but the sigmoid of z is (1 + tanh(z / "
                "2)) / 2: your result is the sigmoid of 2z."
            ),
            forms=[
                (
                    "np.where(z >= 0, 1 / (1 + e), e / (1 + e))",
                    "np.exp(z) / (np.exp(z) + np.exp(-z))",
                ),
            ],
        ),
        Misconception(
            "whole-array",
            (
                "np.where(z >= 0, 1 / (1 + e), e / (1 + e))",
                "np.exp(z - z.max(initial=-np.inf)) / "
                "np.exp(z - z.max(initial=-np.inf)).sum()",
            ),
            "That is a softmax over the whole array. The sigmoid looks at each "
            "number alone.",
        ),
        Misconception(
            "clipped-input",
            (
                "np.where(z >= 0, 1 / (1 + e), e / (1 + e))",
                "1 / (1 + np.exp(-np.clip(z, -5, 5)))",
            ),
            "You clip z to a narrow range. Beyond it your sigmoid stands still.",
            forms=[
                (
                    "np.where(z >= 0, 1 / (1 + e), e / (1 + e))",
                    "1 / (1 + np.exp(-np.clip(z, -10, 10)))",
                )
            ],
        ),
        Misconception(
            "clipped-output",
            (
                "np.where(z >= 0, 1 / (1 + e), e / (1 + e))",
                "np.clip(np.where(z >= 0, 1 / (1 + e), e / (1 + e)), 1e-7, 1 - 1e-7)",
            ),
            "You keep the result away from 0 and 1. At 1e4 it is 1, at -1e4 it is 0.",
            forms=[
                (
                    "np.where(z >= 0, 1 / (1 + e), e / (1 + e))",
                    "np.clip(np.where(z >= 0, 1 / (1 + e), e / (1 + e)), 1e-6, 1 - "
                    "1e-6)",
                )
            ],
        ),
        Misconception(
            "one-axis-more",
            (
                "np.asarray(z, dtype=np.float64)",
                "np.atleast_1d(np.asarray(z, dtype=np.float64))",
            ),
            "A single number comes back as an array (1,). The result has the shape of "
            "z.",
        ),
        Misconception(
            "slope",
            (
                "np.where(z >= 0, 1 / (1 + e), e / (1 + e))",
                "np.where(z >= 0, 1 / (1 + e), e / (1 + e)) * np.where(z >= 0, e / (1 "
                "+ e), 1 / (1 + e))",
            ),
            "That is the slope of the sigmoid, s(1 - s).",
        ),
        Misconception(
            "base-two",
            ("np.where(z >= 0, 1 / (1 + e), e / (1 + e))", "1 / (1 + 2.0 ** -z)"),
            "Your power has the base 2. The sigmoid uses e.",
        ),
        Misconception(
            "step",
            ("np.where(z >= 0, 1 / (1 + e), e / (1 + e))", "(z >= 0) * 1.0"),
            "You return 0 or 1. The sigmoid has all values between.",
        ),
        Misconception(
            "one-truth-value",
            source=(
                "def sigmoid(z):\n"
                "    if z >= 0:\n"
                "        return 1 / (1 + np.exp(-z))\n"
                "    return np.exp(z) / (1 + np.exp(z))\n"
            ),
            says=(
                "Your `if` asks for one truth value, and z is a whole "
                "array. np.where chooses number by number."
            ),
            forms=[
                (
                    "def sigmoid(z):\n"
                    "    z = np.asarray(z, float)\n"
                    "    if z >= 0:\n"
                    "        return 1 / (1 + np.exp(-z))\n"
                    "    return np.exp(z) / (1 + np.exp(z))\n"
                )
            ],
        ),
        Misconception(
            "lower-half",
            (
                "np.where(z >= 0, 1 / (1 + e), e / (1 + e))",
                "e / (1 + e)",
            ),
            "Your form with exp(-|z|) is right for z below 0 alone: positive numbers "
            "get the value of their negative twins.",
        ),
        Misconception(
            "whole-result",
            [
                ("z = np.asarray", "given = np.asarray(z).dtype\n    z = np.asarray"),
                (
                    "np.where(z >= 0, 1 / (1 + e), e / (1 + e))",
                    "np.where(z >= 0, 1 / (1 + e), e / (1 + e)).astype(given)",
                ),
            ],
            "Your result has the dtype of z. With whole numbers the fractions are cut "
            "off, and nothing is left between 0 and 1: make it floats.",
        ),
        Misconception(
            "piecewise",
            (
                "np.where(z >= 0, 1 / (1 + e), e / (1 + e))",
                "np.clip(0.25 * z + 0.5, 0, 1)",
            ),
            "That is a straight line, cut off at 0 and 1. The sigmoid bends.",
            forms=[
                (
                    "np.where(z >= 0, 1 / (1 + e), e / (1 + e))",
                    "np.clip(0.2 * z + 0.5, 0, 1)",
                ),
                (
                    "np.where(z >= 0, 1 / (1 + e), e / (1 + e))",
                    "np.clip(z / 6 + 0.5, 0, 1)",
                ),
            ],
        ),
        Misconception(
            "nan-replaced",
            (
                "np.where(z >= 0, 1 / (1 + e), e / (1 + e))",
                "np.nan_to_num(np.exp(z) / (1 + np.exp(z)))",
            ),
            "You replace nan by a number afterwards. Where exp(z) is infinite the"
            " sigmoid is 1: use the form with exp(-z) there.",
        ),
        Misconception(
            "zero-left-out",
            (
                "np.where(z >= 0, 1 / (1 + e), e / (1 + e))",
                "np.where(z > 0, 1 / (1 + e), np.where(z < 0, e / (1 + e), 0))",
            ),
            "You leave out z = 0, so it keeps the number that you started from. "
            "There the sigmoid is 0.5.",
        ),
    ],
    hints=[
        "Both forms in the text are the same function. Which of them is safe for "
        "z > 0, which for z < 0?",
        "exp(-abs(z)) never exceeds 1.",
        "With e = exp(-abs(z)): 1/(1+e) where z is not negative, e/(1+e) elsewhere.",
    ],
)


def relu_cases(rng):
    yield Case("four by three", rng.normal(size=(4, 3)))
    yield Case("large and small", rng.normal(size=(2, 3, 5)) * 1e4)
    yield Case("whole numbers", rng.permutation(np.arange(-6, 7)).reshape(1, 13))
    yield Case("a list", rng.normal(size=5).tolist())
    calls = {
        "small numbers": (1e-4 * rng.normal(size=9),),
        "an empty array": (np.zeros((0, 3)),),
        "bytes": (np.append(rng.integers(0, 256, size=5), 200).astype(np.uint8),),
        "bytes with a sign": (np.array([-128, 100, -7, 127], dtype=np.int8),),
    }
    yield Case("small numbers, nothing, bytes", calls=calls)


RELU = Exercise(
    "relu",
    relu_cases,
    points=1,
    minutes=5,
    difficulty=1,
    probe="ask",
    misconceptions=[
        Misconception(
            "absolute",
            ("np.maximum(z, 0.0)", "np.abs(z)"),
            "You turn negative numbers round. They become 0.",
        ),
        Misconception(
            "in-place",
            (
                "return np.maximum(z, 0.0)",
                "z = np.asarray(z)\n    z[z < 0] = 0\n    return z",
            ),
            "You write into the array that was passed in. Whoever passed it still "
            "needs it, for the gradient for instance.",
        ),
        Misconception(
            "step",
            ("np.maximum(z, 0.0)", "(np.asarray(z) > 0).astype(float)"),
            "You return the slope of the ReLU, 0 or 1. Its value at a positive z is "
            "z itself.",
        ),
        Misconception(
            "leaky",
            ("np.maximum(z, 0.0)", "np.maximum(z, 0.01 * np.asarray(z))"),
            "That is the leaky ReLU: it keeps a hundredth of a negative number.",
        ),
        Misconception(
            "minimum",
            ("np.maximum", "np.minimum"),
            "You keep the negative numbers and drop the positive ones.",
        ),
        Misconception(
            "one-maximum",
            ("np.maximum(z, 0.0)", "max(np.max(z), 0)"),
            "You return one number for the whole array. Each number is compared "
            "with 0 by itself.",
            forms=[
                ("np.maximum(z, 0.0)", "np.max(z, initial=0.0)"),
            ],
        ),
        Misconception(
            "capped",
            ("np.maximum(z, 0.0)", "np.clip(z, 0.0, 6.0)"),
            "You cut large numbers off. The ReLU leaves positive numbers as they are.",
            forms=[("np.maximum(z, 0.0)", "np.clip(z, 0.0, 1.0)")],
        ),
        Misconception(
            "elu",
            (
                "np.maximum(z, 0.0)",
                "np.where(np.asarray(z) > 0, z, np.exp(np.minimum(z, 0)) - 1)",
            ),
            "That is the ELU: it keeps exp(z) - 1 of a negative number. The ReLU "
            "gives 0.",
        ),
        Misconception(
            "threshold",
            ("np.maximum(z, 0.0)", "np.where(np.asarray(z) > 1e-3, z, 0.0)"),
            "You drop small positive numbers as well. Only negative ones become 0.",
        ),
        Misconception(
            "minus",
            ("np.maximum(z, 0.0)", "np.maximum(-np.asarray(z), 0.0)"),
            "You return max(-z, 0): the sign is the wrong way round.",
        ),
        Misconception(
            "whole",
            ("np.maximum(z, 0.0)", "np.maximum(z, 0).astype(int)"),
            "You drop the fractions of the numbers.",
            forms=[
                (
                    "np.maximum(z, 0.0)",
                    "np.maximum(np.asarray(z).astype(np.int8), 0)",
                ),
            ],
        ),
        Misconception(
            "selected",
            ("np.maximum(z, 0.0)", "np.asarray(z)[np.asarray(z) > 0]"),
            "You leave the negative numbers out. They stay in place, as 0.",
            forms=[
                ("np.maximum(z, 0.0)", "np.asarray(z)[np.asarray(z) >= 0]"),
            ],
        ),
        Misconception(
            "sum-in-one-byte",
            ("np.maximum(z, 0.0)", "(np.asarray(z) + np.abs(z)) / 2"),
            "You add z and |z| in the dtype of z. In one byte 200 + 200 is 144: "
            "compare with 0, or make floats first.",
        ),
        Misconception(
            "largest-of-an-axis",
            ("np.maximum(z, 0.0)", "np.max(z, 0)"),
            "np.max(z, 0) takes the largest along axis 0. np.maximum(z, 0) compares "
            "number by number.",
            forms=[
                (
                    "return np.maximum(z, 0.0)",
                    "z = np.asarray(z)\n    "
                    "return np.maximum(np.max(z, 0), 0) if z.size else z.copy()",
                ),
                ("np.maximum(z, 0.0)", "np.maximum(np.max(z, 0), 0)"),
            ],
        ),
        Misconception(
            "negated-bytes",
            (
                "np.maximum(z, 0.0)",
                "-np.minimum(-np.asarray(z), 0)",
            ),
            "You negate z in its own dtype. In uint8 there is no number below 0, "
            "so -3 becomes 253.",
        ),
        Misconception(
            "softplus",
            (
                "np.maximum(z, 0.0)",
                "np.logaddexp(0, z)",
            ),
            "That is the softplus, a smooth curve. The ReLU is exactly z above 0 "
            "and 0 below.",
            forms=[
                (
                    "np.maximum(z, 0.0)",
                    "np.log1p(np.exp(np.minimum(z, 700)))",
                ),
            ],
        ),
        Misconception(
            "smooth-kin",
            ("np.maximum(z, 0.0)", "z / (1 + np.exp(-np.asarray(z, float)))"),
            "That is a smooth relative of the ReLU, the SiLU or the GELU. The ReLU is "
            "exactly z above 0 and 0 below.",
            forms=[
                (
                    "np.maximum(z, 0.0)",
                    "F.gelu(torch.tensor(np.asarray(z, float))).numpy()",
                ),
                (
                    "np.maximum(z, 0.0)",
                    "F.gelu(torch.tensor(np.asarray(z, float)), "
                    'approximate="tanh").numpy()',
                ),
            ],
        ),
    ],
    hints=[
        "NumPy has one function for the larger of two numbers, place by place, and "
        "another for the largest of an array.",
        "np.maximum compares two arrays, or an array and a number.",
        "Return a new array; do not assign into z.",
    ],
)


def dense_cases(rng):
    def layer(m, d):
        return rng.normal(size=(m, d)), 2 * rng.normal(size=m)

    yield Case("a batch, ReLU", rng.normal(size=(6, 4)), *layer(3, 4), "relu")
    yield Case("one sample, tanh", rng.normal(size=5), *layer(2, 5), "tanh")
    yield Case("as many units as inputs", rng.normal(size=(7, 4)), *layer(4, 4), "cube")
    square = rng.normal(size=(3, 3))
    yield Case("three of everything", square, *layer(3, 3), "identity")
    yield Case("two inputs, sigmoid", rng.normal(size=(5, 2)), *layer(3, 2), "sigmoid")
    yield Case("whole numbers", rng.integers(-3, 4, (2, 6)), *layer(3, 6), "tanh")
    yield Case("a batch of one sample", rng.normal(size=(1, 4)), *layer(2, 4), "tanh")
    yield Case("one output", rng.normal(size=(4, 3)), *layer(1, 3), "cube")
    yield Case("one input", rng.normal(size=(5, 1)), *layer(3, 1), "tanh")
    yield Case("one sample, one output", rng.normal(size=3), *layer(1, 3), "cube")


DENSE = Exercise(
    "dense",
    dense_cases,
    points=2,
    minutes=10,
    difficulty=2,
    probe="run_dense",
    misconceptions=[
        Misconception(
            "not-transposed",
            ("x @ W.T", "(x @ W if W.shape[0] == W.shape[1] else x @ W.T)"),
            "You compute xW with a W that has one row an output. Where W is square "
            "no error tells you, and the numbers are others.",
            forms=[
                ("x @ W.T", "x @ W"),
                (
                    "sigma(x @ W.T + b)",
                    "sigma((W @ x if x.shape[0] == W.shape[1] and x.ndim > 1 and "
                    "W.shape[0] == W.shape[1] else x @ W.T) + b)",
                ),
            ],
        ),
        Misconception(
            "no-bias",
            ("x @ W.T + b", "x @ W.T"),
            "The bias b is missing.",
        ),
        Misconception(
            "bias-after",
            ("sigma(x @ W.T + b)", "sigma(x @ W.T) + b"),
            "You add the bias after the activation. It belongs inside, so that it "
            "moves the point at which the unit switches.",
        ),
        Misconception(
            "no-activation",
            ("sigma(x @ W.T + b)", "x @ W.T + b"),
            "You never call `sigma`. Without it layers in a row are one layer.",
        ),
        Misconception(
            "sigma-twice",
            ("sigma(x @ W.T + b)", "sigma(sigma(x @ W.T + b))"),
            "You apply the activation twice.",
        ),
        Misconception(
            "sigma-first",
            ("sigma(x @ W.T + b)", "sigma(x) @ W.T + b"),
            "You apply the activation to the input. It comes after the product and "
            "the bias.",
        ),
        Misconception(
            "always-a-batch",
            ("sigma(x @ W.T + b)", "np.atleast_2d(sigma(x @ W.T + b))"),
            "One sample (d,) gives you (1, m). It has to give (m,).",
        ),
        Misconception(
            "squeezed",
            (
                "sigma(x @ W.T + b)",
                "np.squeeze(sigma(np.atleast_2d(x) @ W.T + b))",
            ),
            "You drop every axis of length 1, also that of a batch with a single "
            "sample and that of a layer with one output.",
        ),
        Misconception(
            "samples-in-columns",
            ("return sigma(x @ W.T + b)", "return sigma(x @ W.T + b).T"),
            "Your batch comes back with one sample a column. One a row went in.",
        ),
        Misconception(
            "own-activation",
            ("sigma(x @ W.T + b)", "np.maximum(x @ W.T + b, 0)"),
            "You apply an activation of your own choice. `sigma` decides which it is.",
            forms=[
                ("sigma(x @ W.T + b)", "1 / (1 + np.exp(-(x @ W.T + b)))"),
                ("sigma(x @ W.T + b)", "np.tanh(x @ W.T + b)"),
            ],
        ),
        Misconception(
            "batch-of-one",
            (
                "sigma(x @ W.T + b)",
                "(lambda out: out[0] if len(out) == 1 else out)(np.atleast_2d(sigma(x "
                "@ W.T + b)))",
            ),
            "A batch (1, d) gives you (m,). It has to give (1, m): only a single "
            "sample (d,) gives (m,).",
        ),
        Misconception(
            "bias-summed",
            ("sigma(x @ W.T + b)", "sigma(x @ W.T + b.sum())"),
            "You add one number to all outputs. Each output has its own bias.",
            forms=[
                ("sigma(x @ W.T + b)", "sigma(x @ W.T + b[0])"),
                ("sigma(x @ W.T + b)", "sigma(x @ W.T + b.mean())"),
            ],
        ),
        Misconception(
            "minus-bias",
            ("sigma(x @ W.T + b)", "sigma(x @ W.T - b)"),
            "You subtract the bias. It is added.",
        ),
        Misconception(
            "dtype-of-x",
            ("sigma(x @ W.T + b)", "sigma((x @ W.T + b).astype(x.dtype))"),
            "You cut the sums to the dtype of x. With whole numbers in x their "
            "fractions are lost: compute in floats.",
            forms=[
                ("sigma(x @ W.T + b)", "sigma(x @ W.T.astype(x.dtype) + b)"),
                ("sigma(x @ W.T + b)", "sigma((x @ W.T).astype(x.dtype) + b)"),
                ("sigma(x @ W.T + b)", "sigma(x @ W.T + b).astype(x.dtype)"),
            ],
        ),
        Misconception(
            "reshaped",
            (
                "x @ W.T",
                "x @ W.reshape(W.shape[::-1])",
            ),
            "You reshape W where its transpose is needed, so the weights stand at"
            " wrong places.",
        ),
        Misconception(
            "bias-by-sample",
            (
                "x @ W.T + b",
                "x @ W.T + (b[:, None] if x.ndim == 2 and len(x) == len(b) else b)",
            ),
            "You add the biases along the samples. Each output has its own, the "
            "same for all samples.",
            forms=[
                (
                    "x @ W.T + b",
                    "x @ W.T + (b[:, None] if x.ndim == 2 else b)",
                ),
            ],
        ),
    ],
    hints=[
        "W has the shape (m, d), a batch x the shape (N, d). Which product gives (N, "
        "m)?",
        "x @ W.T works for (d,) and for (N, d) alike.",
        "Product, then bias, then sigma.",
    ],
)


def conv2d_cases(rng):
    def images(*shape):
        return rng.normal(size=shape)

    yield Case("one channel, 2 x 3 kernel", images(3, 1, 5, 7), images(2, 1, 2, 3))
    yield Case("three channels", images(2, 3, 6, 5), images(4, 3, 3, 2))
    yield Case("a kernel of one pixel", images(2, 3, 4, 3), images(2, 3, 1, 1))
    yield Case("a kernel as large as the image", images(3, 2, 4, 5), images(2, 2, 4, 5))
    yield Case(
        "square, two channels, two filters", images(2, 2, 6, 6), images(2, 2, 3, 3)
    )
    whole = rng.integers(0, 9, size=(2, 1, 5, 4))
    yield Case("whole-number pixels", whole, images(3, 1, 2, 2))
    grey = rng.integers(0, 256, size=(1, 2, 5, 6)).astype(np.uint8)
    edge = rng.integers(-3, 4, size=(3, 2, 3, 2))
    yield Case("one image of bytes, whole-number kernels", grey, edge)
    X = images(2, 3, 4, 5)
    calls = {
        "two images": (X, images(2, 3, 2, 4)),
        "no images": (X[:0], images(2, 3, 2, 4)),
    }
    yield Case("two images; none", calls=calls)
    turned = [images(2, 3, 5, 6), images(4, 3, 2, 3)]
    yield Case("stored column by column", *turned, columns_first=True)
    yield from refused(
        {
            "a channel too few in K": (X, images(2, 2, 2, 2)),
            "one channel in K": (X, images(2, 1, 2, 2)),
            "a kernel higher than the image": (X, images(2, 3, 5, 2)),
            "a kernel wider than the image": (X, images(2, 3, 2, 6)),
        }
    )


CONV2D = Exercise(
    "conv2d",
    conv2d_cases,
    points=5,
    minutes=25,
    difficulty=4,
    probe="ask",
    misconceptions=[
        Misconception(
            "flipped",
            ("K[:, :, u, v]", "K[:, :, h - 1 - u, w - 1 - v]"),
            "You turn the kernel by 180 degrees. That is the mathematician's "
            "convolution; deep learning lays the kernel on as it is.",
        ),
        Misconception(
            "one-short",
            (
                "height, width = H - h + 1, W - w + 1",
                "height, width = H - h, W - w",
            ),
            "A kernel of height h fits at H - h + 1 places, not H - h. You lose the "
            "last row and column.",
            forms=[
                (
                    "    return Y",
                    "    Y[:, :, -1:] = 0\n    Y[:, :, :, -1:] = 0\n    return Y",
                ),
            ],
        ),
        Misconception(
            "same-size",
            (
                "height, width = H - h + 1, W - w + 1",
                "height, width = H, W\n    pad = [(0, 0), (0, 0), (0, h - 1), (0, w "
                "- 1)]"
                "\n    X = np.pad(X, pad)",
            ),
            "You pad the image, so the result is as large as it. No padding is "
            "asked for: only places where the whole kernel lies on the image count.",
            forms=[
                (
                    "height, width = H - h + 1, W - w + 1",
                    (
                        "X = np.pad(X, ((0, 0), (0, 0), ((h - 1) // 2, h // 2), "
                        "((w - 1) // 2, w // 2)))\n"
                        "    height, width = H, W"
                    ),
                ),
                (
                    "height, width = H - h + 1, W - w + 1",
                    (
                        "X = np.pad(X, ((0, 0), (0, 0), (h // 2, (h - 1) // 2), (w "
                        "// 2, (w - 1) // 2)))\n"
                        "    height, width = H, W"
                    ),
                ),
            ],
        ),
        Misconception(
            "first-channel",
            (
                '"ncij,fc->nfij", window, K[:, :, u, v]',
                '"nij,f->nfij", window[:, 0], K[:, 0, u, v]',
            ),
            "You use one channel alone. The products are added up over all channels.",
            forms=[
                (
                    '"ncij,fc->nfij", window, K[:, :, u, v]',
                    '"nij,f->nfij", window[:, -1], K[:, -1, u, v]',
                ),
            ],
        ),
        Misconception(
            "mean-of-channels",
            ("Y += np.einsum", "Y += 1 / C * np.einsum"),
            "You average over the channels. They are added up.",
        ),
        Misconception(
            "kernel-transposed",
            (
                "window = X[:, :, u : u + height, v : v + width]",
                "window = X[:, :, u : u + height, v : v + width]\n"
                "            if h == w:\n                u, v = v, u",
            ),
            "You exchange the kernel's rows and columns. Index u goes with the "
            "image's rows, v with its columns.",
            forms=[
                (
                    "height, width = H - h + 1, W - w + 1",
                    (
                        "K = K.transpose(0, 1, 3, 2)\n"
                        "    h, w = w, h\n"
                        "    height, width = H - h + 1, W - w + 1"
                    ),
                ),
                (
                    "height, width = H - h + 1, W - w + 1",
                    (
                        "K = K.transpose(0, 1, 3, 2)\n"
                        "    V = np.lib.stride_tricks.sliding_window_view(X, "
                        "K.shape[2:], axis=(2, 3))\n"
                        '    return np.einsum("nchwij,dcij->ndhw", V, K)\n'
                        "    height, width = H - h + 1, W - w + 1"
                    ),
                ),
            ],
        ),
        Misconception(
            "square-kernels-only",
            (
                "height, width = H - h + 1, W - w + 1",
                ("w = h\n    height, width = H - h + 1, W - w + 1"),
            ),
            (
                "You take the kernel to be as wide as it is high. Its "
                "width w is a size of its own."
            ),
            forms=[
                (
                    "height, width = H - h + 1, W - w + 1",
                    ("h = w\n    height, width = H - h + 1, W - w + 1"),
                )
            ],
        ),
        Misconception(
            "last-position",
            ("Y += np.einsum", "Y[:] = np.einsum"),
            "You overwrite the result at every position of the kernel. The products "
            "of all positions are added up.",
        ),
        Misconception(
            "channels-unchecked",
            (
                "if channels != C:",
                "if channels == 1:\n        K = np.repeat(K, C, axis=1)\n"
                "    elif channels != C:",
            ),
            "A kernel with one channel is broadcast over all channels of the image. "
            "The description asks for a ValueError where they differ in number.",
        ),
        Misconception(
            "size-unchecked",
            ("if h > H or w > W:", "if False:"),
            "A kernel larger than the image gives you an empty result or another "
            "error. The description asks for a ValueError.",
        ),
        Misconception(
            "same-padding",
            (
                "height, width = H - h + 1, W - w + 1",
                "X = np.pad(X, [(0, 0), (0, 0), (1, 1), (1, 1)])\n    "
                "height, width = H + 2 - h + 1, W + 2 - w + 1",
            ),
            "You pad the image by one pixel on each side. No padding is asked for.",
        ),
        Misconception(
            "mean-of-window",
            ("    return Y", "    return Y / (h * w)"),
            "You average over the window. The products are added up.",
        ),
        Misconception(
            "whole-result",
            (
                "Y = np.zeros((N, filters, height, width))",
                "Y = np.zeros((N, filters, height, width), dtype=int)",
            ),
            "Your result holds whole numbers only: the fractions are lost. Make it "
            "floats.",
            forms=[("    return Y", "    return Y.astype(int)")],
        ),
        Misconception(
            "largest-kernel-refused",
            ("if h > H or w > W:", "if h >= H or w >= W:"),
            "You refuse a kernel as large as the image. It fits at one place.",
        ),
        Misconception(
            "filters-summed",
            ("    return Y", "    return Y.sum(axis=1, keepdims=True)"),
            "You add up the filters. Each has a result of its own.",
        ),
        Misconception(
            "channels-last",
            ("    return Y", "    return Y.transpose(0, 2, 3, 1)"),
            "Your result has the filters last. They come second, (N, M, ...), as in "
            "PyTorch.",
        ),
        Misconception(
            "rectified",
            ("    return Y", "    return np.maximum(Y, 0)"),
            "You set negative results to 0. That is a ReLU and not part of the "
            "convolution.",
        ),
        Misconception(
            "first-image",
            (
                "X[:, :, u : u + height, v : v + width]",
                "X[:1, :, u : u + height, v : v + width]",
            ),
            "You use the first image for the whole batch.",
        ),
        Misconception(
            "own-dtype",
            [
                ("    X, K = np", "    given = X.dtype\n    X, K = np"),
                ("    return Y", "    return Y.astype(given)"),
            ],
            "You compute in the dtype of X. Fractions are cut off there, and in uint8 "
            "sums start anew after 255: make floats of X first.",
            forms=[
                "def conv2d(X, K):\n"
                "    (N, C, H, W), (D, channels, h, w) = X.shape, K.shape\n"
                "    if channels != C or h > H or w > W:\n"
                "        raise ValueError\n"
                "    Y = np.zeros((N, D, H - h + 1, W - w + 1), dtype=X.dtype)\n"
                "    for f, c, u, v in np.ndindex(*K.shape):\n"
                "        part = X[:, c, u : u + H - h + 1, v : v + W - w + 1]\n"
                "        Y[:, f] += (part * K[f, c, u, v]).astype(X.dtype)\n"
                "    return Y\n",
                [
                    ("    X, K = np", "    given = X.dtype\n    X, K = np"),
                    (
                        "np.asarray(K, np.float64)",
                        "np.asarray(K).astype(given).astype(float)",
                    ),
                ],
            ],
        ),
        Misconception(
            "kernel-cut",
            [
                ("for u in range(h):", "for u in range(max(h - 1, 1)):"),
                ("for v in range(w):", "for v in range(max(w - 1, 1)):"),
            ],
            "Your loops over the kernel end one too early: its last row or column is "
            "left out.",
            forms=[
                [
                    ("for u in range(h):", "for u in range(h - 1):"),
                    ("for v in range(w):", "for v in range(w - 1):"),
                ],
                ("for u in range(h):", "for u in range(h - 1):"),
                ("for v in range(w):", "for v in range(w - 1):"),
            ],
        ),
        Misconception(
            "memory-order",
            (
                "    N, C, H, W = X.shape",
                "    X = X.ravel(order='K').reshape(X.shape)\n    N, C, H, W = X.shape",
            ),
            "You read the numbers in the order in which they lie in memory. That is "
            "not always row by row: index the array, or copy it with "
            "np.ascontiguousarray.",
            forms=[
                (
                    "    N, C, H, W = X.shape",
                    "    K = K.ravel(order='K').reshape(K.shape)\n    "
                    "N, C, H, W = X.shape",
                ),
                (
                    "    N, C, H, W = X.shape",
                    "    X = X.ravel(order='K').reshape(X.shape)\n    "
                    "K = K.ravel(order='K').reshape(K.shape)\n    "
                    "N, C, H, W = X.shape",
                ),
            ],
        ),
        Misconception(
            "flattened-otherwise",
            (
                "    height, width = H - h + 1, W - w + 1\n",
                "    height, width = H - h + 1, W - w + 1\n    "
                "V = np.lib.stride_tricks.sliding_window_view(X, (h, w), axis=(2, 3))\n"
                "    V = V.transpose(0, 2, 3, 4, 5, 1)\n    "
                "V = V.reshape(N, height, width, h * w * C)\n    "
                "return (V @ K.reshape(filters, -1).T).transpose(0, 3, 1, 2)\n",
            ),
            "You flatten windows and kernels with their axes in different orders, so "
            "that numbers meet which do not belong together.",
            forms=[
                (
                    "    height, width = H - h + 1, W - w + 1\n",
                    "    height, width = H - h + 1, W - w + 1\n    "
                    "V = np.lib.stride_tricks.sliding_window_view(X, (h, w), "
                    "axis=(2, 3))\n    "
                    "V = V.transpose(0, 2, 3, 1, 5, 4)\n    "
                    "V = V.reshape(N, height, width, h * w * C)\n    "
                    "return (V @ K.reshape(filters, -1).T).transpose(0, 3, 1, 2)\n",
                ),
                (
                    "    height, width = H - h + 1, W - w + 1\n",
                    "    height, width = H - h + 1, W - w + 1\n    "
                    "V = np.lib.stride_tricks.sliding_window_view(X, (h, w), "
                    "axis=(2, 3))\n    "
                    "V = V.transpose(0, 2, 3, 1, 4, 5)\n    "
                    "V = V.reshape(N, height, width, h * w * C)\n    "
                    "K = K.transpose(0, 2, 3, 1)\n    "
                    "return (V @ K.reshape(filters, -1).T).transpose(0, 3, 1, 2)\n",
                ),
            ],
        ),
        Misconception(
            "square-images-only",
            (
                "height, width = H - h + 1, W - w + 1",
                "height = width = H - h + 1",
            ),
            "You take the result to be as wide as it is high. Image and kernel may "
            "have two different sides.",
            forms=[
                (
                    "height, width = H - h + 1, W - w + 1",
                    "height = width = W - w + 1",
                ),
                (
                    "height, width = H - h + 1, W - w + 1",
                    "height = width = H - h + 1\n    "
                    "X = np.pad(X, [(0, 0)] * 3 + [(0, max(H - h + w - W, 0))])",
                ),
            ],
        ),
        Misconception(
            "result-reshaped",
            (
                "    return Y",
                "    return Y.transpose(2, 3, 0, 1).reshape(Y.shape)",
            ),
            "Your result has its axes in another order before you reshape it. "
            "Move the axes (transpose) in place of reshaping.",
            forms=[
                (
                    "    return Y",
                    "    return Y.transpose(0, 2, 3, 1).reshape(Y.shape)",
                ),
            ],
        ),
        Misconception(
            "channels-added-first",
            [
                ("window = X[", "window = X.sum(axis=1, keepdims=True)["),
                ("K[:, :, u, v]", "K.sum(axis=1, keepdims=True)[:, :, u, v]"),
            ],
            "You add up the channels before you multiply. Each channel has "
            "a kernel of its own: multiply first, then add up.",
        ),
        Misconception(
            "first-filter",
            ("K[:, :, u, v]", "K[:1].repeat(filters, axis=0)[:, :, u, v]"),
            "You use the first filter for all results. Each filter has a "
            "kernel of its own.",
        ),
    ],
    hints=[
        "For one position (u, v) of the kernel: which part of the images does it "
        "touch, "
        "over all places at once?",
        "It touches X[:, :, u : u + H - h + 1, v : v + W - w + 1]. Multiply by "
        "K[f, c, u, v], add up over c.",
        "np.einsum('ncij,fc->nfij', window, K[:, :, u, v]) does product and sum over "
        "channels. Add these up over all u and v.",
    ],
)


def max_pool_cases(rng):
    yield Case("6 x 8, size 2", rng.normal(size=(2, 3, 6, 8)), 2)
    yield Case("5 x 7, size 2: a rest", rng.normal(size=(3, 1, 5, 7)), 2)
    yield Case("negative numbers, size 3", rng.normal(size=(1, 2, 7, 10)) - 9, 3)
    yield Case("one window", rng.normal(size=(2, 4, 3, 3)) - 5, 3)
    yield Case("8 x 9, size 4", 1e3 * rng.normal(size=(2, 2, 8, 9)), 4)
    whole = rng.integers(-9, 9, size=(2, 1, 4, 7))
    grey = rng.integers(0, 256, size=(1, 3, 4, 6)).astype(np.uint8)
    small = -rng.random(size=(2, 1, 4, 5)) - 1e3
    calls = {
        "whole numbers": (whole, 2),
        "bytes": (grey, 2),
        "far below zero": (small, 2),
        "windows of one pixel": (rng.normal(size=(2, 3, 4, 5)), 1),
    }
    yield Case("whole numbers, bytes, far below zero, size 1", calls=calls)
    turned = rng.normal(size=(3, 2, 6, 4))
    yield Case("stored column by column", turned, 2, columns_first=True)


MAX_POOL = Exercise(
    "max_pool2d",
    max_pool_cases,
    points=2,
    minutes=15,
    difficulty=3,
    probe="ask",
    view="numbers_alone",
    misconceptions=[
        Misconception(
            "mean",
            (".max(axis=(3, 5))", ".mean(axis=(3, 5))"),
            "You average the windows. Max pooling keeps the largest number.",
        ),
        Misconception(
            "stride-one",
            (
                "return whole.reshape(N, C, h, size, w, size).max(axis=(3, 5))",
                "from numpy.lib.stride_tricks import sliding_window_view\n"
                "    return sliding_window_view(X, (size, size), (2, 3)).max((4, 5))",
            ),
            "Your windows overlap: they move by one pixel. They have to stand side "
            "by side, `size` pixels apart.",
            forms=[
                (
                    "return whole.reshape(N, C, h, size, w, size).max(axis=(3, 5))",
                    "V = np.lib.stride_tricks.sliding_window_view(X, (size, "
                    "size), (2, 3))\n    return V[:, :, :h, :w].max((4, 5))",
                ),
            ],
        ),
        Misconception(
            "first-pixel",
            (
                "whole.reshape(N, C, h, size, w, size).max(axis=(3, 5))",
                "whole[:, :, ::size, ::size]",
            ),
            "You keep the upper left pixel of each window, not the largest.",
        ),
        Misconception(
            "rest-kept",
            (
                "whole = X[:, :, : h * size, : w * size]",
                "h, w = -(-H // size), -(-W // size)\n"
                "    pad = [(0, 0), (0, 0), (0, h * size - H), (0, w * size - W)]\n"
                "    whole = np.pad(X, pad, constant_values=-np.inf)",
            ),
            "You make windows of what is left at the edge. It is left out here, as "
            "in PyTorch.",
            forms=[
                (
                    "whole = X[:, :, : h * size, : w * size]",
                    (
                        "h, w = -(-H // size), -(-W // size)\n"
                        "    pad = [(0, 0), (0, 0), (0, h * size - H), (0, w * "
                        "size - W)]\n"
                        "    whole = np.pad(X.astype(float), pad, "
                        "constant_values=-np.inf)"
                    ),
                ),
            ],
        ),
        Misconception(
            "wrong-axes",
            (
                "whole.reshape(N, C, h, size, w, size).max(axis=(3, 5))",
                "whole.reshape(N, C, size, h, size, w).max(axis=(2, 4))",
            ),
            "Your reshape puts distant pixels into one window. The window's own two "
            "axes must come after the axes that number the windows.",
            forms=[
                (
                    "whole.reshape(N, C, h, size, w, size).max(axis=(3, 5))",
                    "whole.reshape(N, C, h, w, size, size).max(axis=(4, 5))",
                ),
            ],
        ),
        Misconception(
            "rectified",
            (".max(axis=(3, 5))", ".max(axis=(3, 5), initial=0)"),
            "Your maximum starts at 0, so a window of negative numbers gives 0. That "
            "is a ReLU and not part of the pooling.",
            forms=[
                (
                    "return whole.reshape(N, C, h, size, w, size).max(axis=(3, 5))",
                    "Y = np.full((N, C, h, w), 0.0)\n    "
                    "for u in range(size):\n        "
                    "for v in range(size):\n            "
                    "Y = np.maximum(Y, whole[:, :, u::size, v::size])\n    "
                    "return Y",
                )
            ],
        ),
        Misconception(
            "size-ignored",
            (
                "h, w = H // size, W // size",
                "size = 2\n    h, w = H // size, W // size",
            ),
            "Your windows have the side 2 whatever `size` says.",
        ),
        Misconception(
            "rest-at-the-start",
            (
                "X[:, :, : h * size, : w * size]",
                "X[:, :, H - h * size :, W - w * size :]",
            ),
            "You leave out what does not fill a window at the upper and left edge. It "
            "is left out at the lower and right edge.",
        ),
        Misconception(
            "absolute",
            ("X[:, :, : h * size, : w * size]", "abs(X[:, :, : h * size, : w * size])"),
            "You compare absolute values. The largest number is asked for, with its "
            "sign.",
            forms=[
                (
                    "return whole.reshape(N, C, h, size, w, size).max(axis=(3, 5))",
                    "six = whole.reshape(N, C, h, size, w, size)\n"
                    "    high, low = six.max(axis=(3, 5)), six.min(axis=(3, 5))\n"
                    "    return np.where(abs(low) > abs(high), low, high)",
                ),
            ],
        ),
        Misconception(
            "smallest",
            (".max(axis=(3, 5))", ".min(axis=(3, 5))"),
            "You keep the smallest number of each window.",
        ),
        Misconception(
            "one-axis",
            (
                "return whole.reshape(N, C, h, size, w, size).max(axis=(3, 5))",
                "return whole.reshape(N, C, h, size, w, "
                "size).max(axis=3).mean(axis=-1)",
            ),
            "You take the maximum along one side of the window only.",
            forms=[
                (
                    "whole.reshape(N, C, h, size, w, size).max(axis=(3, 5))",
                    "whole[:, :, ::size].reshape(N, C, h, w, size).max(axis=4)",
                ),
                (
                    "whole.reshape(N, C, h, size, w, size).max(axis=(3, 5))",
                    ("whole[:, :, :, ::size].reshape(N, C, h, size, w).max(axis=3)"),
                ),
                (
                    "return whole.reshape(N, C, h, size, w, size).max(axis=(3, 5))",
                    "return whole.reshape(N, C, h, size, w, "
                    "size).max(axis=5).mean(axis=3)",
                ),
            ],
        ),
        Misconception(
            "low-start",
            (
                "return whole.reshape(N, C, h, size, w, size).max(axis=(3, 5))",
                "Y = np.full((N, C, h, w), -10.0)\n    "
                "for u in range(size):\n        "
                "for v in range(size):\n            "
                "Y = np.maximum(Y, whole[:, :, u::size, v::size])\n    "
                "return Y",
            ),
            "Your maximum starts at a number of your own, so windows below it give "
            "that number. Start from the first pixel or from -np.inf.",
            forms=[
                (
                    "return whole.reshape(N, C, h, size, w, size).max(axis=(3, 5))",
                    "Y = np.full((N, C, h, w), -100.0)\n    "
                    "for u in range(size):\n        "
                    "for v in range(size):\n            "
                    "Y = np.maximum(Y, whole[:, :, u::size, v::size])\n    "
                    "return Y",
                ),
                (
                    "return whole.reshape(N, C, h, size, w, size).max(axis=(3, 5))",
                    "Y = np.full((N, C, h, w), -1000.0)\n    "
                    "for u in range(size):\n        "
                    "for v in range(size):\n            "
                    "Y = np.maximum(Y, whole[:, :, u::size, v::size])\n    "
                    "return Y",
                ),
                (
                    "return whole.reshape(N, C, h, size, w, size).max(axis=(3, 5))",
                    "Y = np.full((N, C, h, w), -1.0)\n    "
                    "for u in range(size):\n        "
                    "for v in range(size):\n            "
                    "Y = np.maximum(Y, whole[:, :, u::size, v::size])\n    "
                    "return Y",
                ),
            ],
        ),
        Misconception(
            "channels-merged",
            (
                "return whole.reshape(N, C, h, size, w, size).max(axis=(3, 5))",
                "return whole.reshape(N, C, h, size, w, size).max(axis=(3, "
                "5)).max(axis=1, keepdims=True)",
            ),
            "You take the maximum over the channels as well. Each channel is pooled "
            "by itself.",
        ),
        Misconception(
            "memory-order",
            (
                "    N, C, H, W = X.shape",
                "    X = X.ravel(order='K').reshape(X.shape)\n    N, C, H, W = X.shape",
            ),
            "You read the numbers in the order in which they lie in memory. That is "
            "not always row by row: index the array, or copy it with "
            "np.ascontiguousarray.",
        ),
        Misconception(
            "windows-exchanged",
            (
                "whole.reshape(N, C, h, size, w, size).max(axis=(3, 5))",
                "whole.reshape(N, C, h, size, w, size).max(axis=(3, 5)).mT",
            ),
            "Your windows are exchanged: the window at row i, column j stands at row "
            "j, column i.",
        ),
        Misconception(
            "stride-two",
            (
                "return whole.reshape(N, C, h, size, w, size).max(axis=(3, 5))",
                "V = np.lib.stride_tricks.sliding_window_view(X, (size, size), "
                "(2, 3))\n    return V[:, :, ::2, ::2].max((4, 5))",
            ),
            "Your windows stand 2 pixels apart whatever `size` says. They stand "
            "side by side.",
        ),
        Misconception(
            "window-one-short",
            (
                "return whole.reshape(N, C, h, size, w, size).max(axis=(3, 5))",
                "Y = np.zeros((N, C, h, w))\n    for i, j in np.ndindex(h, w):\n"
                "        a, b = i * size, j * size\n        n = max(size - 1, 1)"
                "\n        Y[:, :, i, j] = X[:, :, a : a + n, b : b + n].max((2, "
                "3))\n    return Y",
            ),
            "Your windows end one pixel too early: their last row and column are "
            "left out.",
        ),
        Misconception(
            "batch-merged",
            (
                "return whole.reshape(N, C, h, size, w, size).max(axis=(3, 5))",
                "return np.broadcast_to(whole.reshape(N, C, h, size, w, "
                "size).max(axis=(0, 1, 3, 5)), (N, C, h, w))",
            ),
            "You take one maximum for all images and channels. Each has its own.",
            forms=[
                (
                    "return whole.reshape(N, C, h, size, w, size).max(axis=(3, 5))",
                    "return np.broadcast_to(whole.reshape(N, C, h, size, w, "
                    "size).max(axis=(0, 3, 5)), (N, C, h, w))",
                ),
            ],
        ),
        Misconception(
            "places",
            (
                "return whole.reshape(N, C, h, size, w, size).max(axis=(3, 5))",
                "V = whole.reshape(N, C, h, size, w, size).transpose(0, 1, 2, 4, "
                "3, 5)\n    return V.reshape(N, C, h, w, size * "
                "size).argmax(axis=-1)",
            ),
            "You return where the largest number stands. The number itself is "
            "asked for.",
            forms=[
                (
                    "return whole.reshape(N, C, h, size, w, size).max(axis=(3, 5))",
                    "return whole.reshape(N, C, h, size, w, "
                    "size).argmax(axis=3).max(axis=-1)",
                ),
            ],
        ),
    ],
    hints=[
        "Cut off what does not fill a window. Then each axis splits into windows and "
        "places inside a window.",
        "Reshape H into (H // size, size) and W into (W // size, size): six axes. Over "
        "which two do you take the maximum?",
        "Two loops over the places inside a window work as well: np.maximum of "
        "X[:, :, u::size, v::size], cut to H // size and W // size.",
    ],
)

# --- section 5 ---------------------------------------------------------------


def standardise_cases(rng):
    def data(n, d, mean, spread):
        return mean + spread * rng.normal(size=(n, d)) * rng.uniform(0.5, 2, size=d)

    yield Case("two sets alike", data(8, 5, 1, 2), data(4, 5, 1, 2))
    yield Case("the other set differs", data(6, 3, 10, 0.1), data(9, 3, 30, 5))
    grey = rng.integers(0, 256, size=(7, 4)).astype(np.uint8)
    yield Case(
        "grey values 0 to 255", grey, rng.integers(0, 256, (3, 4)).astype(np.uint8)
    )
    constant = np.full((3, 2), rng.integers(9, 40) / 4)
    yield Case("a constant training set", constant, data(5, 2, 1, 1))
    yield Case("one training row", data(1, 6, 2, 3), data(2, 6, 2, 3))
    yield Case("numbers that differ little", data(7, 3, 100, 1e-4), data(5, 3, 100, 1))
    yield Case("numbers of about 1e-9", data(4, 5, 0, 1e-9), data(3, 5, 0, 1e-9))
    apart = data(6, 4, 0, 1) * [1e-3, 1, 30, 1e3]
    yield Case("columns of other sizes", apart, data(3, 4, 0, 9))
    whole = rng.integers(-50, 50, size=(5, 3))
    yield Case("whole numbers", whole, rng.integers(-50, 50, size=(4, 3)))
    rounded = np.full((3, 1), 0.1)  # the mean of these is another number
    yield Case("0.1, three times", rounded, data(2, 1, 0, 1)).with_(weight=0)


STANDARDISE = Exercise(
    "standardise",
    standardise_cases,
    points=2,
    minutes=5,
    difficulty=1,
    returns=("X_train, scaled", "X_other, scaled"),
    misconceptions=[
        Misconception(
            "own-statistics",
            (
                "(X_other - mean) / sd",
                "(X_other - np.mean(X_other)) / np.std(X_other)",
            ),
            "You scale the other set by numbers of its own. Mean and standard "
            "deviation "
            "must come from the training set, or the test leaks into the data.",
            forms=[
                ("(X_other - mean) / sd", "(X_other - np.mean(X_other)) / sd"),
                (
                    "(X_other - mean) / sd",
                    "(X_other - np.mean(X_other, axis=0)) / (np.std(X_other, axis=0) "
                    "+ 1e-12)",
                ),
            ],
        ),
        Misconception(
            "both-sets",
            (
                "mean, sd = np.mean(X_train), np.std(X_train)",
                "both = np.concatenate([X_train, X_other])\n"
                "    mean, sd = np.mean(both), np.std(both)",
            ),
            "You take mean and standard deviation over both sets together. The other "
            "set must not be known when the scaling is chosen.",
            forms=[
                [
                    (
                        "mean, sd = np.mean(X_train), np.std(X_train)",
                        (
                            "both = np.concatenate([np.ravel(X_train), "
                            "np.ravel(X_other)])\n"
                            "    mean, sd = np.mean(both), np.std(both) or 1.0"
                        ),
                    ),
                    ("if np.ptp(X_train) == 0:", "if False:"),
                ],
            ],
        ),
        Misconception(
            "by-column",
            (
                "mean, sd = np.mean(X_train), np.std(X_train)",
                "mean, sd = np.mean(X_train, axis=0), np.std(X_train, axis=0)",
            ),
            "You scale each column by itself. The description asks for single "
            "numbers; a pixel that is hardly ever inked would be blown up otherwise.",
            forms=[
                [
                    (
                        "mean, sd = np.mean(X_train), np.std(X_train)",
                        (
                            "mean, sd = np.mean(X_train, axis=0), np.std(X_train, "
                            "axis=0)\n"
                            "    sd = np.where(sd == 0, 1, sd)"
                        ),
                    ),
                    ("if np.ptp(X_train) == 0:", "if False:"),
                ],
                [
                    (
                        "mean, sd = np.mean(X_train), np.std(X_train)",
                        (
                            "mean, sd = np.mean(X_train, axis=0), np.std(X_train, "
                            "axis=0) + 1e-8"
                        ),
                    ),
                    ("if np.ptp(X_train) == 0:", "if False:"),
                ],
            ],
        ),
        Misconception(
            "variance",
            ("np.std(X_train)", "np.var(X_train)"),
            "You divide by the variance. The standard deviation is its square root.",
        ),
        Misconception(
            "sample-deviation",
            ("np.std(X_train)", "np.std(X_train, ddof=1)"),
            "Your standard deviation divides by the count minus 1. The description "
            "asks for the one that divides by the count.",
        ),
        Misconception(
            "not-centred",
            (
                "(X_train - mean) / sd, (X_other - mean) / sd",
                "X_train / sd, X_other / sd",
            ),
            "You do not take the mean off.",
            forms=[
                (
                    "return (X_train - mean) / sd, (X_other - mean) / sd",
                    "return X_train / sd, (X_other - mean) / sd",
                )
            ],
        ),
        Misconception(
            "constant-set",
            ("if np.ptp(X_train) == 0:", "if False:"),
            "A constant training set has the standard deviation 0, and you divide by "
            "it. The description counts it as 1.",
        ),
        Misconception(
            "small-number",
            [
                ("if np.ptp(X_train) == 0:", "if False:"),
                ("np.std(X_train)\n", "np.std(X_train) + 1e-8\n"),
            ],
            "You add a small number to the standard deviation, or keep it above one. "
            "Where the training set is constant the other set is then multiplied by a "
            "huge number; there sd counts as 1.",
            forms=[
                [
                    (
                        "if np.ptp(X_train) == 0:",
                        "if False:",
                    ),
                    (
                        "np.std(X_train)\n",
                        "np.std(X_train) + 1e-12\n",
                    ),
                ],
                [
                    (
                        "if np.ptp(X_train) == 0:",
                        "if False:",
                    ),
                    (
                        "np.std(X_train)\n",
                        "np.std(X_train) + 1e-10\n",
                    ),
                ],
                [
                    (
                        "if np.ptp(X_train) == 0:",
                        "if False:",
                    ),
                    (
                        "np.std(X_train)\n",
                        "np.std(X_train) + 1e-6\n",
                    ),
                ],
                [
                    ("if np.ptp(X_train) == 0:", "if False:"),
                    ("np.std(X_train)\n", "max(np.std(X_train), 1e-8)\n"),
                ],
            ],
        ),
        Misconception(
            "to-the-range",
            (
                "mean, sd = np.mean(X_train), np.std(X_train)",
                "mean, sd = np.min(X_train), np.ptp(X_train)",
            ),
            "You scale by smallest number and range. Mean and standard deviation are "
            "asked for.",
            forms=[
                (
                    "mean, sd = np.mean(X_train), np.std(X_train)",
                    "mean, sd = np.mean(X_train), np.ptp(X_train)",
                )
            ],
        ),
        Misconception(
            "small-is-constant",
            ("if np.ptp(X_train) == 0:", "if np.std(X_train) < 1e-3:"),
            "You count the standard deviation as 1 too often. It counts as 1 only "
            "where all numbers are equal.",
            forms=[
                ("if np.ptp(X_train) == 0:", "if np.std(X_train) < 1e-2:"),
                ("if np.ptp(X_train) == 0:", "if np.std(X_train) < 1e-6:"),
                ("if np.ptp(X_train) == 0:", "if np.std(X_train) < 1e-8:"),
                (
                    "if np.ptp(X_train) == 0:",
                    "if len(X_train) == 1 or np.ptp(X_train) == 0:",
                ),
            ],
        ),
        Misconception(
            "by-row",
            (
                "mean, sd = np.mean(X_train), np.std(X_train)",
                "mean, sd = np.mean(X_train), np.std(X_train, axis=1).mean()",
            ),
            "You average the standard deviations of rows or columns. It is taken "
            "once, over all numbers of X_train.",
            forms=[
                (
                    "mean, sd = np.mean(X_train), np.std(X_train)",
                    "mean, sd = np.mean(X_train), np.std(X_train, axis=0).mean()",
                )
            ],
        ),
        Misconception(
            "other-unscaled",
            ("(X_other - mean) / sd", "X_other"),
            "You do not divide the other set by the standard deviation. It is scaled "
            "like the training set.",
            forms=[("(X_other - mean) / sd", "X_other - mean")],
        ),
        Misconception(
            "median",
            ("np.mean(X_train)", "np.median(X_train)"),
            "You take the median off. The mean is asked for.",
        ),
        Misconception(
            "exchanged",
            (
                "return (X_train - mean) / sd, (X_other - mean) / sd",
                "return (X_other - mean) / sd, (X_train - mean) / sd",
            ),
            "You return the sets in the other order.",
        ),
        Misconception(
            "in-place",
            (
                "return (X_train - mean) / sd, (X_other - mean) / sd",
                "X_train = np.asarray(X_train, float)\n    "
                "X_other = np.asarray(X_other, float)\n    "
                "for X in (X_train, X_other):\n        "
                "X -= mean\n        "
                "X /= sd\n    "
                "return X_train, X_other",
            ),
            "You change the arrays that were passed in. Return new ones.",
            forms=[
                (
                    "return (X_train - mean) / sd, (X_other - mean) / sd",
                    "X_train = np.asarray(X_train, float)\n    "
                    "X_train -= mean\n    "
                    "X_train /= sd\n    "
                    "return X_train, (X_other - mean) / sd",
                ),
                (
                    "return (X_train - mean) / sd, (X_other - mean) / sd",
                    "X_other = np.asarray(X_other, float)\n    "
                    "X_other -= mean\n    "
                    "X_other /= sd\n    "
                    "return (X_train - mean) / sd, X_other",
                ),
                (
                    "return (X_train - mean) / sd, (X_other - mean) / sd",
                    "for X in (X_train, X_other):\n        "
                    "X -= mean\n        "
                    "X /= sd\n    "
                    "return X_train, X_other",
                ),
            ],
        ),
        Misconception(
            "exact-zero",
            ("if np.ptp(X_train) == 0:", "if np.std(X_train) == 0:"),
            "You ask whether the standard deviation is 0. The mean of equal numbers "
            "may be rounded, and it is 1e-17 then: ask whether all numbers are equal.",
        ),
        Misconception(
            "whole-result",
            (
                "return (X_train - mean) / sd, (X_other - mean) / sd",
                "return (\n        ((X_train - mean) / sd).astype(X_train.dtype),\n"
                "        ((X_other - mean) / sd).astype(X_other.dtype),\n    )",
            ),
            "Your results have the dtypes of the inputs. With whole numbers the "
            "fractions are cut off: make them floats.",
        ),
        Misconception(
            "brackets",
            (
                "return (X_train - mean) / sd, (X_other - mean) / sd",
                "return X_train - mean / sd, X_other - mean / sd",
            ),
            "Brackets are missing: you divide the mean alone by sd. Take the mean"
            " off first, (x - mean) / sd.",
        ),
        Misconception(
            "by-255",
            (
                "return (X_train - mean) / sd, (X_other - mean) / sd",
                "return X_train / 255, X_other / 255",
            ),
            "You divide by 255. Mean and standard deviation of the training set "
            "are asked for.",
        ),
        Misconception(
            "zeros-for-constant",
            (
                "sd = 1.0",
                "return X_train * 0.0, X_other * 0.0",
            ),
            "Where the training set is constant you return zeros for both sets. "
            "There sd counts as 1, and the other set keeps its distances from the"
            " mean.",
        ),
        Misconception(
            "other-spread",
            ("np.std(X_train)", "np.sqrt(np.mean(np.square(X_train, dtype=float)))"),
            "You divide by another measure of spread. The standard deviation is the "
            "root of the mean squared distance from the mean.",
            forms=[("np.std(X_train)", "np.mean(abs(X_train - mean))")],
        ),
        Misconception(
            "own-spread",
            ("(X_other - mean) / sd", "(X_other - mean) / (np.std(X_other) or 1)"),
            "You divide the other set by its own standard deviation. It is "
            "divided by that of the training set.",
        ),
        Misconception(
            "one-by-column",
            (
                "np.mean(X_train), np.std(X_train)",
                "np.mean(X_train, axis=0), np.std(X_train)",
            ),
            "You take the mean or the standard deviation of each column by "
            "itself. Both are single numbers here.",
            forms=[
                (
                    "np.mean(X_train), np.std(X_train)",
                    "np.mean(X_train), np.where(np.ptp(X_train, axis=0) > 0, "
                    "np.std(X_train, axis=0), 1)",
                )
            ],
        ),
    ],
    hints=[
        "Which of the two sets may be looked at?",
        "np.mean and np.std without an axis give one number for the whole array.",
        "Compute both from X_train, put 1 for a standard deviation of a constant set, "
        "and apply the same formula to both sets.",
    ],
)


def shift_cases(rng):
    def pictures(n, h, w):
        return rng.normal(size=(n, h, w)) + 3

    yield Case("down by 1", pictures(3, 5, 7), 1, 0)
    yield Case("left by 2", pictures(2, 6, 4), 0, -2)
    yield Case("up by 2, right by 1", pictures(3, 5, 6), -2, 1)
    yield Case("filled with -1.5", pictures(2, 4, 5), 1, -3, fill=-1.5)
    pair = pictures(2, 4, 5)
    calls = {
        "dy = dx = 0": (pair, 0, 0),
        "dy = H": (pair, 4, 0),
        "dx beyond W, fill 0.5": (pair, 1, -7, 0.5),
        "dy = -H": (pair, -4, 1),
        "dx = W": (pair, 0, 5),
        "dx = -W": (pair, -1, -5),
        "one corner is left": (pair, -3, 4),
        "a whole number as fill": (pair, 1, 0, 2),
    }
    yield Case("not at all; out of the frame; a corner", calls=calls)
    grey = rng.integers(0, 256, size=(1, 5, 4)).astype(np.uint8)
    grey[0, 1, 1:3] = 0  # stays 0 where it goes
    yield Case("one image of bytes, filled with 255", grey, 2, -1, fill=255)
    whole = rng.integers(-9, 300, size=(2, 3, 4))
    yield Case("whole numbers", whole, -1, 2)
    column = pictures(2, 6, 1)
    calls = {"one column": (column, 2, 0), "one row": (column.mT, 0, -2, 2.0)}
    yield Case("images of one column, of one row", calls=calls)


SHIFT = Exercise(
    "shift_images",
    shift_cases,
    points=2,
    minutes=10,
    difficulty=2,
    probe="shift_and_look",
    view="numbers_alone",
    misconceptions=[
        Misconception(
            "rolled",
            source="def shift_images(images, dy, dx, fill=0.0):\n"
            "    return np.roll(images, (dy, dx), axis=(1, 2))\n",
            says="np.roll brings in on one side what left on the other. Ink from the "
            "lower edge must not appear at the upper one.",
        ),
        Misconception(
            "other-direction",
            (
                "N, H, W = images.shape",
                "N, H, W = images.shape\n    dy, dx = -dy, -dx",
            ),
            "Your images move the other way: a positive dy is down, a positive dx to "
            "the right.",
        ),
        Misconception(
            "exchanged",
            (
                "N, H, W = images.shape",
                "N, H, W = images.shape\n    dy, dx = dx, dy",
            ),
            "dy and dx are exchanged: dy counts rows, which is axis 1, dx columns.",
        ),
        Misconception(
            "no-fill",
            ("np.full((N, H, W), fill, dtype=images.dtype)", "images.copy()"),
            "The places that become free keep their old content. They get `fill`.",
        ),
        Misconception(
            "zero-fill",
            ("(N, H, W), fill", "(N, H, W), 0.0"),
            "You fill with 0 whatever `fill` says.",
        ),
        Misconception(
            "in-place",
            (
                "return moved",
                "images[...] = moved\n    return images",
            ),
            "You write into the images that were passed in. A new array is wanted.",
        ),
        Misconception(
            "far-shift-wraps",
            (
                "N, H, W = images.shape",
                "N, H, W = images.shape\n"
                "    dy, dx = int(np.sign(dy)) * (abs(dy) % H), "
                "int(np.sign(dx)) * (abs(dx) % W)",
            ),
            "A shift by the whole height or more leaves nothing in the frame. Yours "
            "comes in again.",
        ),
        Misconception(
            "not-new",
            (
                "N, H, W = images.shape",
                "N, H, W = images.shape\n    "
                "if dy == 0 and dx == 0:\n        "
                "return images",
            ),
            "Where nothing moves you return the images that were passed in, not a new "
            "array. Whoever writes into the result then changes them.",
        ),
        Misconception(
            "far-shift-fails",
            source="def shift_images(images, dy, dx, fill=0.0):\n"
            "    N, H, W = images.shape\n"
            "    out = np.full(images.shape, fill, dtype=images.dtype)\n"
            "    out[:, max(dy, 0) : H + min(dy, 0), max(dx, 0) : W + min(dx, 0)] = (\n"
            "        images[:, max(-dy, 0) : H - max(dy, 0),\n"
            "               max(-dx, 0) : W - max(dx, 0)])\n"
            "    return out\n",
            says="A shift by the whole height or width or more goes wrong: negative "
            "slices count from the end. It leaves nothing in the frame, so all places "
            "get `fill`.",
        ),
        Misconception(
            "down-and-right-only",
            (
                "N, H, W = images.shape",
                "N, H, W = images.shape\n    dy, dx = abs(dy), abs(dx)",
            ),
            "Negative shifts go down and to the right as well. They go up and to the "
            "left.",
        ),
        Misconception(
            "slices-for-one-direction",
            source=(
                "def shift_images(images, dy, dx, fill=0.0):\n"
                "    N, H, W = images.shape\n"
                "    out = np.full(images.shape, fill, dtype=images.dtype)\n"
                "    out[:, dy:, dx:] = images[:, : H - dy, : W - dx]\n"
                "    return out\n"
            ),
            says=(
                "Your slices suit shifts down and to the right. A negative "
                "number in a slice counts from the end, so the other "
                "directions need slices of their own."
            ),
            forms=[
                (
                    "def shift_images(images, dy, dx, fill=0.0):\n"
                    "    N, H, W = images.shape\n"
                    "    out = np.full(images.shape, fill, dtype=images.dtype)\n"
                    "    out[:, dy:, dx:] = images[:, :-dy or None, :-dx or "
                    "None]\n"
                    "    return out\n"
                )
            ],
        ),
        Misconception(
            "edge-repeated",
            says="You repeat the edge in the places that become free. They get `fill`.",
            source="def shift_images(images, dy, dx, fill=0.0):\n    "
            "N, H, W = images.shape\n    "
            "rows = np.clip(np.arange(H) - dy, 0, H - 1)\n    "
            "columns = np.clip(np.arange(W) - dx, 0, W - 1)\n    "
            "return images[:, rows][:, :, columns]\n",
        ),
        Misconception(
            "one-direction",
            ("N, H, W = images.shape", "N, H, W = images.shape\n    dx = 0"),
            "You move the images along one axis only.",
            forms=[("N, H, W = images.shape", "N, H, W = images.shape\n    dy = 0")],
        ),
        Misconception(
            "one-byte",
            ("fill, dtype=images.dtype", "fill, dtype=np.int8"),
            "Your result holds numbers of one byte, or whole numbers only. It has to "
            "hold what `images` holds.",
            forms=[
                ("fill, dtype=images.dtype", "fill, dtype=int"),
                ("fill, dtype=images.dtype", "fill"),
            ],
        ),
        Misconception(
            "far-shift-stops",
            (
                "N, H, W = images.shape",
                "N, H, W = images.shape\n    "
                "dy, dx = int(np.clip(dy, 1 - H, H - 1)), int(np.clip(dx, 1 - W, "
                "W - 1))",
            ),
            "You cut a far shift down to H - 1 or W - 1, so that a row or column stays "
            "in the frame. A shift by the whole height or more leaves nothing.",
        ),
        Misconception(
            "some-directions-cleared",
            source=(
                "def shift_images(images, dy, dx, fill=0.0):\n"
                "    out = np.roll(images, (dy, dx), axis=(1, 2))\n"
                "    if dy > 0:\n"
                "        out[:, :dy] = fill\n"
                "    if dx > 0:\n"
                "        out[:, :, :dx] = fill\n"
                "    return out\n"
            ),
            says=(
                "In some directions what leaves the frame comes in again on the other "
                "side. Up, down, left and right each have places to fill."
            ),
            forms=[
                "def shift_images(images, dy, dx, fill=0.0):\n    out = "
                "np.roll(images, (dy, dx), axis=(1, 2))\n    out[:, : abs(dy)] = "
                "fill\n    out[:, :, : abs(dx)] = fill\n    return out\n",
                "def shift_images(images, dy, dx, fill=0.0):\n"
                "    out = np.roll(images, (dy, dx), axis=(1, 2))\n"
                "    if dy < 0:\n"
                "        out[:, dy:] = fill\n"
                "    if dx < 0:\n"
                "        out[:, :, dx:] = fill\n"
                "    return out\n",
                "def shift_images(images, dy, dx, fill=0.0):\n"
                "    out = np.roll(images, (dy, dx), axis=(1, 2))\n"
                "    if dy > 0:\n"
                "        out[:, :dy] = fill\n"
                "    if dy < 0:\n"
                "        out[:, dy:] = fill\n"
                "    return out\n",
                "def shift_images(images, dy, dx, fill=0.0):\n"
                "    out = np.roll(images, (dy, dx), axis=(1, 2))\n"
                "    out[:, :dy] = fill\n"
                "    out[:, :, :dx] = fill\n"
                "    return out\n",
            ],
        ),
        Misconception(
            "first-image",
            (
                "return moved",
                "moved[1:] = fill\n    return moved",
            ),
            "You move the first image only, or put all into its place. Each image"
            " of the batch is moved.",
            forms=[
                (
                    "return moved",
                    "moved[1:] = images[1:]\n    return moved",
                ),
                (
                    "return moved",
                    "moved[:] = moved[:1]\n    return moved",
                ),
            ],
        ),
    ],
    hints=[
        "Start from an array full of `fill` and copy the part that stays in the frame.",
        "For dy = 2 the rows 0 to H-3 of the old image become the rows 2 to H-1 of the "
        "new one. What changes for dy = -2?",
        "np.pad with constant_values=fill by |dy| and |dx| on the right sides, then "
        "slicing H rows and W columns, works as well.",
    ],
)


def _layers(rng, shapes, scale=1.0):
    """Weights and biases for layers with weights of these shapes, single precision."""
    return [
        (
            (scale * rng.normal(size=shape)).astype(np.float32),
            rng.normal(size=shape[0]).astype(np.float32),
        )
        for shape in shapes
    ]


def build_mlp_cases(rng):
    def case(label, sizes, n):
        shapes = [(m, d) for d, m in zip(sizes[:-1], sizes[1:], strict=True)]
        weights = _layers(rng, shapes, 0.7)
        x = rng.normal(size=(n, sizes[0])).astype(np.float32)
        return Case(label, [sizes], weights, x)

    yield case("7-5-4-3", [7, 5, 4, 3], 6)
    yield case("softmax regression, 9-4", [9, 4], 5).with_(weight=0.5)
    yield case("five layers", [6, 8, 5, 7, 4, 2], 4)
    for said, sizes in {"one size": [5], "no size": []}.items():
        refusing = case(f"refused: {said}", [5, 3, 2], 4)
        refusing.keywords["refused"] = {said: [sizes]}
        yield refusing.with_(weight=0)
    yield case("as wide as the input", [4, 4, 4], 3)
    yield case("a batch of one, one class", [6, 5, 1], 1)


BUILD_MLP = Exercise(
    "build_mlp",
    build_mlp_cases,
    points=2,
    minutes=10,
    difficulty=2,
    probe="run_network",
    view="look_at_network",
    rtol=1e-4,
    atol=1e-5,
    misconceptions=[
        Misconception(
            "softmax-at-the-end",
            ("*layers[:-1])", "*layers[:-1], nn.Softmax(dim=1))"),
            "Your network ends in a softmax. PyTorch's cross_entropy applies its "
            "own, so the model must return logits.",
        ),
        Misconception(
            "log-softmax-at-the-end",
            ("*layers[:-1])", "*layers[:-1], nn.LogSoftmax(dim=1))"),
            "Your network ends in a log-softmax. That goes with nll_loss; with "
            "cross_entropy, which has one of its own, the model returns logits.",
        ),
        Misconception(
            "relu-at-the-end",
            ("*layers[:-1])", "*layers)"),
            "A ReLU follows the last layer. It cuts off every negative logit, and "
            "with it the way to say that a class is unlikely.",
        ),
        Misconception(
            "no-relu",
            ("*layers[:-1])", "*layers[::2])"),
            "There is no activation between your layers, so all of them together "
            "are one linear layer.",
        ),
        Misconception(
            "one-hidden-layer",
            (
                "    layers = []\n",
                (
                    "    sizes = [sizes[0], *sizes[1:2], sizes[-1]] if "
                    "len(sizes) > 2 else sizes\n"
                    "    layers = []\n"
                ),
            ),
            (
                "You build one hidden layer, however many `sizes` names. "
                "Each number between the first and the last is a layer."
            ),
        ),
        Misconception(
            "sigmoid",
            ("nn.ReLU()", "nn.Sigmoid()"),
            "You use the sigmoid between the layers; the articles' networks use ReLU.",
        ),
        Misconception(
            "no-bias",
            ("nn.Linear(inputs, outputs)", "nn.Linear(inputs, outputs, bias=False)"),
            "Your layers have no bias.",
        ),
        Misconception(
            "zeros",
            (
                "    return nn.Sequential(*layers[:-1])",
                "    for layer in layers[::2]:\n"
                "        nn.init.zeros_(layer.weight)\n"
                "    return nn.Sequential(*layers[:-1])",
            ),
            "Your weights start at zero. Then all units of a layer get the same "
            "gradient and stay equal for ever.",
            forms=[
                (
                    "    return nn.Sequential(*layers[:-1])",
                    "    for layer in layers[::2]:\n        "
                    "nn.init.zeros_(layer.weight)\n        "
                    "nn.init.zeros_(layer.bias)\n    "
                    "return nn.Sequential(*layers[:-1])",
                )
            ],
        ),
        Misconception(
            "large-start",
            (
                "    return nn.Sequential(*layers[:-1])",
                "    for layer in layers[::2]:\n"
                "        nn.init.normal_(layer.weight)\n"
                "    return nn.Sequential(*layers[:-1])",
            ),
            "You draw initial weights of your own, and larger ones than "
            "PyTorch's, which nn.Linear makes by itself.",
            forms=[
                (
                    "    return nn.Sequential(*layers[:-1])",
                    "    for layer in layers[::2]:\n        "
                    "nn.init.xavier_uniform_(layer.weight, gain=2)\n    "
                    "return nn.Sequential(*layers[:-1])",
                ),
                (
                    "    return nn.Sequential(*layers[:-1])",
                    "    for layer in layers[::2]:\n        "
                    "nn.init.kaiming_normal_(layer.weight, mode='fan_out')\n    "
                    "return nn.Sequential(*layers[:-1])",
                ),
            ],
        ),
        Misconception(
            "one-size-passes",
            ("if len(sizes) < 2:", "if False:"),
            "With fewer than two sizes there is no layer, and you return an empty "
            "network. The description asks for a ValueError.",
        ),
        Misconception(
            "dropout",
            (
                "layers += [nn.Linear(inputs, outputs), nn.ReLU()]",
                "layers += [nn.Linear(inputs, outputs), "
                "nn.Sequential(nn.Dropout(0.5), nn.ReLU())]",
            ),
            "Your network has a dropout that nobody asked for: in train mode it "
            "loses part of its units at random.",
            forms=[
                [
                    ("nn.ReLU()]", "nn.ReLU(), nn.Dropout(0.1)]"),
                    ("layers[:-1]", "layers[:-2]"),
                ],
                [
                    ("nn.ReLU()]", "nn.ReLU(), nn.Dropout(0.2)]"),
                    ("layers[:-1]", "layers[:-2]"),
                ],
                [
                    ("nn.ReLU()]", "nn.ReLU(), nn.Dropout(0.25)]"),
                    ("layers[:-1]", "layers[:-2]"),
                ],
                [
                    ("nn.ReLU()]", "nn.ReLU(), nn.Dropout(0.3)]"),
                    ("layers[:-1]", "layers[:-2]"),
                ],
                [
                    ("nn.ReLU()]", "nn.ReLU(), nn.Dropout(0.5)]"),
                    ("layers[:-1]", "layers[:-2]"),
                ],
                (
                    "    return nn.Sequential(*layers[:-1])",
                    "    return nn.Sequential(nn.Dropout(0.2), *layers[:-1])",
                ),
            ],
        ),
        Misconception(
            "zero-biases",
            (
                "    return nn.Sequential(*layers[:-1])",
                "    for layer in layers[::2]:\n        "
                "nn.init.zeros_(layer.bias)\n    "
                "return nn.Sequential(*layers[:-1])",
            ),
            "You set the biases yourself. PyTorch draws them at random; leave "
            "nn.Linear as it makes them.",
            forms=[
                (
                    "    return nn.Sequential(*layers[:-1])",
                    "    for layer in layers[::2]:\n        "
                    "nn.init.constant_(layer.bias, 0.1)\n    "
                    "return nn.Sequential(*layers[:-1])",
                ),
                (
                    "    return nn.Sequential(*layers[:-1])",
                    "    for layer in layers[::2]:\n        "
                    "nn.init.ones_(layer.bias)\n    "
                    "return nn.Sequential(*layers[:-1])",
                ),
            ],
        ),
        Misconception(
            "small-start",
            (
                "    return nn.Sequential(*layers[:-1])",
                "    for layer in layers[::2]:\n        "
                "nn.init.normal_(layer.weight, std=0.01)\n    "
                "return nn.Sequential(*layers[:-1])",
            ),
            "You draw initial weights of your own, and smaller ones than PyTorch's, "
            "which nn.Linear makes by itself.",
            forms=[
                (
                    "    return nn.Sequential(*layers[:-1])",
                    "    for layer in layers[::2]:\n        "
                    "nn.init.normal_(layer.weight, std=0.001)\n    "
                    "return nn.Sequential(*layers[:-1])",
                )
            ],
        ),
        Misconception(
            "squeezed",
            (
                "    return nn.Sequential(*layers[:-1])",
                "    return nn.Sequential(*layers[:-1], nn.Flatten(0)) if sizes[-1] "
                "== 1 else nn.Sequential(*layers[:-1])",
            ),
            "Your network drops an axis of length 1. It maps (N, d) to (N, k), also "
            "for N = 1 and k = 1.",
            forms=[
                [
                    (
                        "    layers = []",
                        "    class Squeezed(nn.Sequential):\n"
                        "        def forward(self, x):\n"
                        "            return super().forward(x).squeeze()\n"
                        "\n"
                        "    layers = []",
                    ),
                    ("nn.Sequential(*layers[:-1])", "Squeezed(*layers[:-1])"),
                ]
            ],
        ),
        Misconception(
            "frozen",
            (
                "    return nn.Sequential(*layers[:-1])",
                "    return nn.Sequential(*layers[:-1]).requires_grad_(False)",
            ),
            "Your parameters require no gradient, so nothing can be learned.",
        ),
        Misconception(
            "plain-list",
            source=(
                "def build_mlp(sizes):\n"
                "    if len(sizes) < 2:\n"
                "        raise ValueError\n"
                "    class Net(nn.Module):\n"
                "        def __init__(self):\n"
                "            super().__init__()\n"
                "            self.layers = [\n"
                "                nn.Linear(a, b) for a, b in "
                "zip(sizes[:-1], sizes[1:])\n"
                "            ]\n"
                "        def forward(self, x):\n"
                "            for layer in self.layers[:-1]:\n"
                "                x = torch.relu(layer(x))\n"
                "            return self.layers[-1](x)\n"
                "    return Net()\n"
            ),
            says=(
                "Your layers stand in a plain list, so the module does not "
                "know them: `parameters()` finds none, and nothing would "
                "be trained. nn.Sequential and nn.ModuleList register them."
            ),
        ),
        Misconception(
            "normalised",
            (
                "nn.ReLU()]",
                "nn.Sequential(nn.ReLU(), nn.LayerNorm(outputs, "
                "elementwise_affine=False))]",
            ),
            "Your network normalises what passes through it. Only dense layers and "
            "ReLU are asked for.",
            forms=[
                (
                    "nn.ReLU()]",
                    "nn.Sequential(nn.BatchNorm1d(outputs), nn.ReLU())]",
                ),
                (
                    "nn.ReLU()]",
                    "nn.Sequential(nn.ReLU(), nn.BatchNorm1d(outputs))]",
                ),
                (
                    "nn.ReLU()]",
                    "nn.Sequential(nn.LayerNorm(outputs), nn.ReLU())]",
                ),
                (
                    "    return nn.Sequential(*layers[:-1])",
                    "    return nn.Sequential(nn.LayerNorm(sizes[0], "
                    "elementwise_affine=False), *layers[:-1])",
                ),
            ],
        ),
        Misconception(
            "list-emptied",
            (
                "    return nn.Sequential(*layers[:-1])",
                "    sizes.clear()\n    return nn.Sequential(*layers[:-1])",
            ),
            "You change the list of sizes that was passed in.",
            forms=[
                (
                    "    return nn.Sequential(*layers[:-1])",
                    "    sizes.pop()\n    return nn.Sequential(*layers[:-1])",
                ),
                (
                    "    return nn.Sequential(*layers[:-1])",
                    "    sizes.pop(0)\n    return nn.Sequential(*layers[:-1])",
                ),
                (
                    "    return nn.Sequential(*layers[:-1])",
                    "    del sizes[:-1]\n    return nn.Sequential(*layers[:-1])",
                ),
            ],
        ),
        Misconception(
            "other-activation",
            ("nn.ReLU()", "nn.Tanh()"),
            "There is another activation than ReLU between your layers.",
            forms=[
                ("nn.ReLU()", "nn.LeakyReLU()"),
                ("nn.ReLU()", "nn.GELU()"),
                ("nn.ReLU()", "nn.ELU()"),
            ],
        ),
        Misconception(
            "shared-layers",
            (
                "    layers = []\n",
                "    class Kept(dict):\n"
                "        def __missing__(self, pair):\n"
                "            self[pair] = torch.nn.Linear(*pair)\n"
                "            return self[pair]\n\n"
                "    kept = Kept()\n"
                "    nn = type('nn', (), {'Linear': lambda *pair: kept[pair], 'ReLU': "
                "torch.nn.ReLU, 'Sequential': torch.nn.Sequential})\n"
                "    layers = []\n",
            ),
            "Layers of the same size are one and the same layer in your network, so "
            "they share their weights. Each layer is an nn.Linear of its own.",
        ),
        Misconception(
            "one-relu-missing",
            ("*layers[:-1])", "*layers[:1], *layers[2:-1])"),
            "A ReLU is missing between two of your layers.",
            forms=[("*layers[:-1])", "*layers[:-3], *layers[-2:-1])")],
        ),
        Misconception(
            "relu-first",
            (
                "nn.Sequential(*layers[:-1])",
                "nn.Sequential(nn.ReLU(), *layers[:-1])",
            ),
            "Your network begins with a ReLU, which cuts the inputs off at 0. It "
            "begins with a layer.",
        ),
        Misconception(
            "own-start",
            (
                "    return nn.Sequential(*layers[:-1])",
                "    for layer in layers[::2]:\n        "
                "nn.init.xavier_uniform_(layer.weight)\n        "
                "nn.init.zeros_(layer.bias)\n    return "
                "nn.Sequential(*layers[:-1])",
            ),
            "You set initial weights and biases of your own. Leave nn.Linear as "
            "it makes them.",
            forms=[
                (
                    "    return nn.Sequential(*layers[:-1])",
                    "    for layer in layers[::2]:\n        "
                    "nn.init.kaiming_uniform_(layer.weight)\n        "
                    "nn.init.zeros_(layer.bias)\n    return "
                    "nn.Sequential(*layers[:-1])",
                ),
                (
                    "    return nn.Sequential(*layers[:-1])",
                    "    for layer in layers[::2]:\n        "
                    "nn.init.normal_(layer.weight, std=0.01)\n        "
                    "nn.init.zeros_(layer.bias)\n    return "
                    "nn.Sequential(*layers[:-1])",
                ),
            ],
        ),
        Misconception(
            "sigmoid-at-the-end",
            (
                "return nn.Sequential(*layers[:-1])",
                "return nn.Sequential(*layers[:-1], nn.Sigmoid())",
            ),
            "A sigmoid follows the last layer. The network returns logits.",
        ),
    ],
    hints=[
        "Two neighbouring sizes make one nn.Linear. How many pairs does the list have?",
        "zip(sizes[:-1], sizes[1:]) gives the pairs. Collect layers in a list and pass "
        "it to nn.Sequential with a star.",
        "Append an nn.ReLU() after each layer and leave the very last one out.",
    ],
)


def count_cases(rng):
    def model(kind):
        a, b, c = (int(v) for v in 2 + rng.permutation(12)[:3])
        return (kind, a, b, c)

    kinds = ["two layers", "convolution", "no bias", "nothing", "embedding"]
    yield Case("layers of several kinds", [model(kind) for kind in kinds])
    kinds = ["two layers", "batch norm", "frozen body", "shared weights"]
    yield Case("buffers, frozen and shared", [model(k) for k in kinds]).with_(weight=2)
    kinds = ["its own parameter", "a frozen bias", "nested", "shared and frozen"]
    yield Case("parameters in unusual places", [model(k) for k in kinds])


COUNT = Exercise(
    "count_parameters",
    count_cases,
    points=1,
    minutes=5,
    difficulty=1,
    probe="count_each",
    misconceptions=[
        Misconception(
            "tensors",
            ("p.numel() for p", "1 for p"),
            "You count the tensors. Every number in them is a parameter.",
        ),
        Misconception(
            "frozen-counted",
            (" if p.requires_grad", ""),
            "You count frozen parameters as well. Trainable are those that require a "
            "gradient.",
        ),
        Misconception(
            "weights-only",
            ("if p.requires_grad", "if p.requires_grad and p.dim() > 1"),
            "You leave out the biases.",
            forms=[
                (
                    "p.numel() for p in model.parameters() if p.requires_grad",
                    (
                        "p.numel() for n, p in model.named_parameters() if "
                        'p.requires_grad and "weight" in n'
                    ),
                ),
                (
                    "p.numel() for p in model.parameters() if p.requires_grad",
                    "p.numel() for n, p in model.named_parameters() if "
                    "p.requires_grad and 'bias' not in n",
                ),
            ],
        ),
        Misconception(
            "state-dict",
            (
                "p.numel() for p in model.parameters() if p.requires_grad",
                "p.numel() for p in model.state_dict().values()",
            ),
            "The state dict also holds buffers and frozen parameters, and names a "
            "shared tensor twice.",
            forms=[
                (
                    "return sum(p.numel() for p in model.parameters() if "
                    "p.requires_grad)",
                    "frozen = sum(p.numel() for p in model.parameters() if not "
                    "p.requires_grad)\n    "
                    "return sum(v.numel() for v in model.state_dict().values()) - "
                    "frozen",
                )
            ],
        ),
        Misconception(
            "shared-twice",
            (
                "p.numel() for p in model.parameters() if p.requires_grad",
                "p.numel() for m in model.modules() for p in m.parameters(False) "
                "if p.requires_grad",
            ),
            "A tensor that two layers share is one set of numbers to learn. You "
            "count it once for each layer.",
            forms=[
                (
                    "p.numel() for p in model.parameters() if p.requires_grad",
                    "p.numel() for _, p in "
                    "model.named_parameters(remove_duplicate=False) if p.requires_grad",
                )
            ],
        ),
        Misconception(
            "first-axis",
            ("p.numel()", "len(p)"),
            "len(p) is the first axis of a tensor only; numel() counts all its "
            "numbers.",
        ),
        Misconception(
            "known-layers-only",
            (
                "p.numel() for p in model.parameters() if p.requires_grad",
                "p.numel() for m in model.modules() if isinstance(m, torch.nn.Linear) "
                "for p in m.parameters() if p.requires_grad",
            ),
            "You count layers of certain kinds only. Any module may hold parameters; "
            "`model.parameters()` finds all of them.",
            forms=[
                (
                    "p.numel() for p in model.parameters() if p.requires_grad",
                    "p.numel() for m in model.modules() if isinstance(m, "
                    "(torch.nn.Linear, torch.nn.Conv2d)) for p in m.parameters() if "
                    "p.requires_grad",
                )
            ],
        ),
        Misconception(
            "children-only",
            (
                "p.numel() for p in model.parameters() if p.requires_grad",
                "p.numel() for m in model.children() for p in m.parameters() if "
                "p.requires_grad",
            ),
            "You count the parameters of the module's children. A module may have "
            "parameters of its own.",
        ),
        Misconception(
            "sum-of-shape",
            ("p.numel() for p", "sum(p.shape) for p"),
            "You add up the lengths of the axes. Their product is the number of "
            "numbers.",
        ),
        Misconception(
            "float",
            (
                "return sum(p.numel() for p in model.parameters() if p.requires_grad)",
                "return float(sum(p.numel() for p in model.parameters() if "
                "p.requires_grad))",
            ),
            "You return a number with a fraction (a float). A count is a whole "
            "number, an int.",
            forms=[
                (
                    "return sum(p.numel() for p in model.parameters() if "
                    "p.requires_grad)",
                    "return sum(p.numel() for p in model.parameters() if "
                    "p.requires_grad) / 1e6",
                )
            ],
        ),
        Misconception(
            "same-shape-once",
            (
                "return sum(p.numel() for p in model.parameters() if p.requires_grad)",
                "return sum({p.shape: p.numel() for p in model.parameters() if "
                "p.requires_grad}.values())",
            ),
            "You count tensors of equal shape once. Only a tensor that is the same "
            "one counts once.",
        ),
        Misconception(
            "two-axes",
            (
                "p.numel() for p",
                "p.shape[0] * (p.shape[1] if p.dim() > 1 else 1) for p",
            ),
            "You multiply the first two axes only. The kernels of a convolution have "
            "four, a single number has none: numel() counts all.",
            forms=[
                (
                    "p.numel() for p",
                    "(p.numel() if p.dim() < 2 else p.shape[0] * p.shape[1]) for p",
                ),
            ],
        ),
        Misconception(
            "gradient-is-there",
            ("if p.requires_grad", "if p.grad is not None"),
            "You count parameters that hold a gradient. Before the first backward pass "
            "none does: `requires_grad` says which are trainable.",
        ),
        Misconception(
            "counted-at-each-level",
            (
                "p.numel() for p in model.parameters()",
                "p.numel() for m in model.modules() for p in m.parameters()",
            ),
            "A module's parameters are counted again at each level of nesting: "
            "`modules()` lists the module itself and all inside it.",
        ),
        Misconception(
            "whole-layers",
            source="def count_parameters(model):\n"
            "    total = 0\n"
            "    for layer in model.modules():\n"
            "        own = list(layer.parameters(recurse=False))\n"
            "        if own and own[0].requires_grad:\n"
            "            total += sum(p.numel() for p in own)\n"
            "    return total\n",
            says="You ask of a layer as a whole whether it is frozen. Each parameter "
            "has its own requires_grad: weight and bias may differ.",
            forms=[
                "def count_parameters(model):\n"
                "    total = 0\n"
                "    for layer in model.modules():\n"
                "        own = list(layer.parameters(recurse=False))\n"
                "        if all(p.requires_grad for p in own):\n"
                "            total += sum(p.numel() for p in own)\n"
                "    return total\n",
            ],
        ),
    ],
    hints=[
        "A module can list its parameters, each of them once.",
        "p.numel() is the number of numbers in a tensor.",
        "Add up numel() over model.parameters() where requires_grad is true.",
    ],
)


def build_cnn_cases(rng):
    def case(label, c1, c2, k, n):
        shapes = [(c1, 1, 3, 3), (c2, c1, 3, 3)]
        weights = _layers(rng, shapes, 0.5) + _layers(rng, [(k, 49 * c2)], 0.1)
        x = rng.normal(size=(n, 784)).astype(np.float32)
        return Case(label, [c1, c2, k], weights, x)

    yield case("2 and 3 channels, 4 classes", 2, 3, 4, 3)
    yield case("3 and 2 channels, 5 classes", 3, 2, 5, 2)
    yield case("1 and 1 channel, 3 classes", 1, 1, 3, 4)
    yield case("a batch of one, one class", 2, 4, 1, 1)
    yield case("8 and 4 channels, 2 classes", 8, 4, 2, 2)


BUILD_CNN = Exercise(
    "build_cnn",
    build_cnn_cases,
    points=3,
    minutes=10,
    difficulty=2,
    probe="run_network",
    view="look_at_network",
    rtol=1e-4,
    atol=1e-4,
    misconceptions=[
        Misconception(
            "softmax-at-the-end",
            ("nn.Linear(c2 * 7 * 7, k),", "nn.Linear(c2 * 7 * 7, k), nn.Softmax(1),"),
            "Your network ends in a softmax. The loss applies its own; return logits.",
        ),
        Misconception(
            "log-softmax-at-the-end",
            (
                "nn.Linear(c2 * 7 * 7, k),",
                "nn.Linear(c2 * 7 * 7, k), nn.LogSoftmax(1),",
            ),
            "Your network ends in a log-softmax. That goes with nll_loss; with "
            "cross_entropy, which has one of its own, the model returns logits.",
        ),
        Misconception(
            "no-padding",
            [
                ("kernel_size=3, padding=1", "kernel_size=3"),
                ("c2 * 7 * 7", "c2 * 5 * 5"),
            ],
            "Without padding each convolution takes two rows and two columns off. "
            "With padding 1 it keeps 28 by 28.",
        ),
        Misconception(
            "one-pooling",
            [
                (
                    "        nn.ReLU(),\n        nn.MaxPool2d(2),\n        "
                    "nn.Flatten(),",
                    "        nn.ReLU(),\n        nn.Flatten(),",
                ),
                ("c2 * 7 * 7", "c2 * 14 * 14"),
            ],
            "You pool once. Two poolings make 7 by 7 of 28 by 28.",
            forms=[
                [
                    (
                        "        nn.MaxPool2d(2),\n        nn.Conv2d",
                        "        nn.Conv2d",
                    ),
                    (
                        "nn.MaxPool2d(2)",
                        "nn.MaxPool2d(4)",
                    ),
                ],
            ],
        ),
        Misconception(
            "average-pooling",
            ("nn.MaxPool2d(2)", "nn.AvgPool2d(2)"),
            "You pool by averages. The description asks for the maximum.",
        ),
        Misconception(
            "no-relu",
            ("        nn.ReLU(),\n", ""),
            "There is no ReLU after your convolutions.",
        ),
        Misconception(
            "image-transposed",
            (
                "nn.Unflatten(1, (1, 28, 28)),",
                "nn.Unflatten(1, (1, 28, 28)), "
                "type('T', (nn.Module,), {'forward': lambda s, x: x.mT})(),",
            ),
            "You lay the image on its side: its 784 numbers come row by row.",
        ),
        Misconception(
            "rows-not-images",
            ("        nn.Unflatten(1, (1, 28, 28)),\n", ""),
            (
                "The rows of 784 numbers go into the convolution as they "
                "are. It reads images (N, 1, 28, 28): nn.Unflatten(1, (1, "
                "28, 28)) makes them."
            ),
        ),
        Misconception(
            "channels-exchanged",
            [
                ("nn.Conv2d(1, c1,", "nn.Conv2d(1, c2,"),
                ("nn.Conv2d(c1, c2,", "nn.Conv2d(c2, c1,"),
                ("c2 * 7 * 7", "c1 * 7 * 7"),
            ],
            "c1 and c2 are exchanged: the first convolution has c1 channels.",
        ),
        Misconception(
            "one-relu",
            (
                "        nn.Conv2d(c1, c2, kernel_size=3, padding=1),\n        "
                "nn.ReLU(),\n",
                "        nn.Conv2d(c1, c2, kernel_size=3, padding=1),\n",
            ),
            "A ReLU is missing after one of your convolutions.",
            forms=[
                (
                    "        nn.Conv2d(1, c1, kernel_size=3, padding=1),\n        "
                    "nn.ReLU(),\n",
                    "        nn.Conv2d(1, c1, kernel_size=3, padding=1),\n",
                )
            ],
        ),
        Misconception(
            "relu-at-the-end",
            ("nn.Linear(c2 * 7 * 7, k),", "nn.Linear(c2 * 7 * 7, k), nn.ReLU(),"),
            "A ReLU follows the last layer. It cuts off every negative logit.",
        ),
        Misconception(
            "squeezed",
            says="Your network drops an axis of length 1. It maps (N, 784) to (N, k), "
            "also for N = 1 and k = 1.",
            source="class Net(nn.Module):\n    "
            "def __init__(self, c1, c2, k):\n        "
            "super().__init__()\n        "
            "self.one = nn.Conv2d(1, c1, 3, padding=1)\n        "
            "self.two = nn.Conv2d(c1, c2, 3, padding=1)\n        "
            "self.out = nn.Linear(c2 * 49, k)\n"
            "\n    "
            "def forward(self, x):\n        "
            "x = F.max_pool2d(F.relu(self.one(x.view(-1, 1, 28, 28))), "
            "2)\n        "
            "x = F.max_pool2d(F.relu(self.two(x)), 2)\n        "
            "return self.out(x.flatten(1)).squeeze()\n"
            "\n"
            "\n"
            "def build_cnn(c1, c2, k):\n    "
            "return Net(c1, c2, k)\n",
            forms=[
                "class Net(nn.Module):\n    "
                "def __init__(self, c1, c2, k):\n        "
                "super().__init__()\n        "
                "self.one = nn.Conv2d(1, c1, 3, padding=1)\n        "
                "self.two = nn.Conv2d(c1, c2, 3, padding=1)\n        "
                "self.out = nn.Linear(c2 * 49, k)\n"
                "\n    "
                "def forward(self, x):\n        "
                "x = F.max_pool2d(F.relu(self.one(x.view(-1, 1, 28, 28))), "
                "2)\n        "
                "x = F.max_pool2d(F.relu(self.two(x)), 2)\n        "
                "return self.out(x.squeeze().flatten(1))\n"
                "\n"
                "\n"
                "def build_cnn(c1, c2, k):\n    "
                "return Net(c1, c2, k)\n"
            ],
        ),
        Misconception(
            "batch-norm",
            (
                "        nn.Conv2d(1, c1, kernel_size=3, padding=1),\n        "
                "nn.ReLU(),\n",
                "        nn.Conv2d(1, c1, kernel_size=3, padding=1),\n        "
                "nn.BatchNorm2d(c1),\n        "
                "nn.ReLU(),\n",
            ),
            "Your network has a BatchNorm that nobody asked for.",
            forms=[
                (
                    "        nn.Conv2d(1, c1, kernel_size=3, padding=1),\n        "
                    "nn.ReLU(),\n",
                    "        nn.Conv2d(1, c1, kernel_size=3, padding=1),\n        "
                    "nn.BatchNorm2d(c1, affine=False),\n        "
                    "nn.ReLU(),\n",
                )
            ],
        ),
        Misconception(
            "dropout",
            (
                "nn.Linear(c2 * 7 * 7, k),",
                "nn.Dropout(0.25), nn.Linear(c2 * 7 * 7, k),",
            ),
            "Your network has a dropout that nobody asked for: in train mode it loses "
            "part of its units at random.",
            forms=[
                (
                    "        nn.Conv2d(c1, c2, kernel_size=3, padding=1),\n        "
                    "nn.ReLU(),\n",
                    "        nn.Conv2d(c1, c2, kernel_size=3, padding=1),\n        "
                    "nn.ReLU(),\n        "
                    "nn.Dropout2d(0.25),\n",
                )
            ],
        ),
        Misconception(
            "own-start",
            says="You set initial weights or biases yourself. Leave them as PyTorch "
            "makes them.",
            source="def build_cnn(c1, c2, k):\n    "
            "one = nn.Conv2d(1, c1, 3, padding=1)\n    "
            "two = nn.Conv2d(c1, c2, 3, padding=1)\n    "
            "out = nn.Linear(c2 * 49, k)\n    "
            "for layer in (one, two, out):\n        "
            "nn.init.zeros_(layer.bias)\n    "
            "pool = nn.MaxPool2d(2)\n    "
            "return nn.Sequential(nn.Unflatten(1, (1, 28, 28)), one, "
            "nn.ReLU(), pool, two,\n                         "
            "nn.ReLU(), pool, nn.Flatten(), out)\n",
        ),
        Misconception(
            "five-by-five",
            [("kernel_size=3, padding=1", "kernel_size=5, padding=2")],
            "Your kernels are 5 by 5. The description asks for 3 by 3.",
        ),
        Misconception(
            "no-bias",
            [("kernel_size=3, padding=1", "kernel_size=3, padding=1, bias=False")],
            "Your convolutions have no bias. They have one, as PyTorch makes them.",
        ),
        Misconception(
            "another-layer",
            (
                "nn.Linear(c2 * 7 * 7, k),",
                "nn.Linear(c2 * 7 * 7, 128), nn.ReLU(), nn.Linear(128, k),",
            ),
            "Your network has a dense layer more than asked for.",
            forms=[
                (
                    "nn.Linear(c2 * 7 * 7, k),",
                    "nn.Linear(c2 * 7 * 7, 64), nn.ReLU(), nn.Linear(64, k),",
                ),
            ],
        ),
        Misconception(
            "flattened-otherwise",
            (
                "nn.Flatten(),",
                "type('T', (nn.Module,), {'forward': lambda s, x: x.permute(0, 2, 3, "
                "1).flatten(1)})(),",
            ),
            "You flatten with the axes in another order. PyTorch's is channel, row, "
            "column; with another one the dense layer's weights stand elsewhere.",
            forms=[
                (
                    "nn.Flatten(),",
                    "type('T', (nn.Module,), {'forward': lambda s, x: "
                    "x.mT.flatten(1)})(),",
                ),
                (
                    "nn.Flatten(),",
                    "type('T', (nn.Module,), {'forward': lambda s, x: x.permute(0, 3, "
                    "2, 1).flatten(1)})(),",
                ),
            ],
        ),
        Misconception(
            "own-channels",
            [
                ("nn.Conv2d(c1, c2,", "nn.Conv2d(c1, 2 * c1,"),
                ("c2 * 7 * 7", "2 * c1 * 7 * 7"),
            ],
            "You choose the number of channels yourself. c1 and c2 say how many the "
            "convolutions have.",
            forms=[
                [
                    ("nn.Conv2d(1, c1,", "nn.Conv2d(1, 8,"),
                    ("nn.Conv2d(c1, c2,", "nn.Conv2d(8, 16,"),
                    ("c2 * 7 * 7", "16 * 7 * 7"),
                ],
                [
                    ("nn.Conv2d(1, c1,", "nn.Conv2d(1, 32,"),
                    ("nn.Conv2d(c1, c2,", "nn.Conv2d(32, 64,"),
                    ("c2 * 7 * 7", "64 * 7 * 7"),
                ],
                [
                    ("nn.Conv2d(c1, c2,", "nn.Conv2d(c1, 16,"),
                    ("c2 * 7 * 7", "16 * 7 * 7"),
                ],
                [
                    ("nn.Conv2d(c1, c2,", "nn.Conv2d(c1, c1,"),
                    ("c2 * 7 * 7", "c1 * 7 * 7"),
                ],
            ],
        ),
        Misconception(
            "ten-classes",
            ("nn.Linear(c2 * 7 * 7, k)", "nn.Linear(c2 * 7 * 7, 10)"),
            "Your network has 10 classes. `k` says how many there are.",
        ),
        Misconception(
            "other-activation",
            (
                "nn.ReLU()",
                "nn.Tanh()",
            ),
            "There is another activation than ReLU after your convolutions.",
            forms=[
                (
                    "nn.ReLU()",
                    "nn.LeakyReLU()",
                ),
                (
                    "nn.ReLU()",
                    "nn.Sigmoid()",
                ),
                (
                    "nn.ReLU()",
                    "nn.GELU()",
                ),
                (
                    "nn.ReLU()",
                    "nn.ELU()",
                ),
            ],
        ),
        Misconception(
            "overlapping-windows",
            (
                "nn.MaxPool2d(2)",
                "nn.MaxPool2d(3, 2, 1)",
            ),
            "Your pooling windows overlap: 3 by 3, 2 pixels apart. They are 2 by "
            "2 and stand side by side.",
        ),
        Misconception(
            "scaled-inputs",
            (
                "nn.Unflatten(1, (1, 28, 28)),",
                "type('T', (nn.Module,), {'forward': lambda s, x: x.view(-1, 1, "
                "28, 28) / 255})(),",
            ),
            "You scale the inputs inside the network. They go in as they are.",
        ),
        Misconception(
            "strides",
            (
                "padding=1),\n        nn.ReLU(),\n        nn.MaxPool2d(2),",
                "padding=1, stride=2),\n        nn.ReLU(),",
            ),
            "Your convolutions take steps of 2 in place of the pooling. The "
            "description asks for steps of 1 and the maximum of 2 x 2 windows.",
        ),
        Misconception(
            "averaged-places",
            [
                ("nn.Flatten(),", "nn.AdaptiveAvgPool2d(1),\n        nn.Flatten(),"),
                ("nn.Linear(c2 * 7 * 7, k)", "nn.Linear(c2, k)"),
            ],
            "You average each channel over all places. The 7 x 7 numbers of each "
            "channel go into the last layer one by one.",
        ),
        Misconception(
            "sigmoid-at-the-end",
            (
                "nn.Linear(c2 * 7 * 7, k),",
                "nn.Linear(c2 * 7 * 7, k),\n        nn.Sigmoid(),",
            ),
            "A sigmoid follows the last layer. The network returns logits.",
        ),
    ],
    hints=[
        "nn.Unflatten(1, (1, 28, 28)) makes images of rows inside an nn.Sequential.",
        "Convolution, ReLU, nn.MaxPool2d(2): twice. Which size is left of 28 x 28?",
        "nn.Flatten() and nn.Linear(c2 * 7 * 7, k) come last, and no softmax.",
    ],
)


def train_softmax_cases(rng):
    def case(label, n, d, k, m, alpha, batch_size, epochs, absent=0):
        centres = 1.2 * rng.normal(size=(k, d))
        seen = k - absent
        y = np.concatenate([np.arange(seen), rng.integers(0, seen, size=n - seen)])
        y_val = rng.integers(0, k, size=m)
        X = centres[y] + rng.normal(size=(n, d)) + 0.5
        X_val = centres[y_val] + rng.normal(size=(m, d)) + 0.5
        orders = np.stack([rng.permutation(n) for _ in range(epochs)])
        return Case(label, X, y, X_val, y_val, k, alpha, batch_size, orders)

    yield case("eleven samples, batches of four", 11, 4, 3, 9, 0.3, 4, 3)
    yield case("large steps", 14, 3, 4, 17, 2.0, 5, 6)
    yield case("one batch an epoch", 9, 5, 3, 8, 0.5, 20, 4).with_(weight=0.5)
    yield case("batches of one", 8, 2, 3, 13, 0.2, 1, 2)
    yield case("a last batch of one", 13, 3, 5, 11, 0.8, 4, 3)
    yield case("the last two classes are absent", 12, 4, 6, 10, 0.6, 5, 3, 2)
    yield case("a batch of exactly N, one epoch", 10, 4, 3, 7, 0.4, 10, 1)
    far = case("inputs in the hundreds", 9, 3, 4, 12, 1.0, 4, 2)
    X, y, X_val, *rest = far.inputs
    yield Case(far.label, coarse(300 * X), y, coarse(300 * X_val), *rest)


TRAIN_SOFTMAX = Exercise(
    "train_softmax_regression",
    train_softmax_cases,
    points=5,
    minutes=15,
    difficulty=3,
    returns=("W", "b", "losses", "accuracies"),
    needs=("softmax", "one_hot", "cross_entropy", "softmax_gradients", "accuracy"),
    misconceptions=[
        Misconception(
            "last-batch-dropped",
            (
                "range(0, len(order), batch_size)",
                "range(0, len(order) - batch_size + 1, batch_size)",
            ),
            "You drop the last batch where it is smaller than the others. Its "
            "samples have to be learned from as well.",
        ),
        Misconception(
            "uphill",
            [("W - alpha", "W + alpha"), ("b - alpha", "b + alpha")],
            "You walk up the gradient: the losses grow from epoch to epoch.",
        ),
        Misconception(
            "bias-not-updated",
            ("            b = b - alpha * db\n", ""),
            "You never update b.",
        ),
        Misconception(
            "order-ignored",
            (
                "rows = order[start : start + batch_size]",
                "rows = np.arange(len(order))[start : start + batch_size]",
            ),
            "You visit the samples as they are stored. Each epoch has its own order "
            "in `orders`.",
        ),
        Misconception(
            "one-order",
            ("for order in orders:", "for order in [orders[0] for _ in orders]:"),
            "You use the first row of `orders` in every epoch.",
        ),
        Misconception(
            "full-batch",
            (
                "softmax_gradients(X[rows], W, b, Y[rows])",
                "softmax_gradients(X, W, b, Y)",
            ),
            "Each step uses the gradient of all samples. It has to use those of its "
            "batch.",
        ),
        Misconception(
            "one-step-an-epoch",
            (
                (
                    "for start in range(0, len(order), batch_size):\n"
                    "            rows = order[start : start + batch_size]"
                ),
                "for rows in (order,):",
            ),
            (
                "You make one step an epoch, with all samples at once. "
                "Each epoch is cut into batches, and each batch makes a "
                "step."
            ),
        ),
        Misconception(
            "sum-of-batch",
            [
                ("W - alpha * dW", "W - alpha * dW * len(rows)"),
                ("b - alpha * db", "b - alpha * db * len(rows)"),
            ],
            "You step by the sum over the batch. The gradient of its mean "
            "cross-entropy is already what softmax_gradients returns.",
        ),
        Misconception(
            "divided-by-batch-size",
            [
                ("W - alpha * dW", "W - alpha * dW * len(rows) / batch_size"),
                ("b - alpha * db", "b - alpha * db * len(rows) / batch_size"),
            ],
            "You divide by batch_size, also where the last batch is smaller. The mean "
            "is over the samples that are there.",
        ),
        Misconception(
            "running-loss",
            [
                ("        for start in", "        seen = []\n        for start in"),
                (
                    "            dW, db =",
                    "            seen.append(cross_entropy(X[rows] @ W + b, Y[rows]))\n"
                    "            dW, db =",
                ),
                (
                    "losses.append(cross_entropy(X @ W + b, Y))",
                    "losses.append(np.mean(seen))",
                ),
            ],
            "You average the losses that the batches had on the way, each with other "
            "parameters. The loss is wanted after the epoch, over all of X.",
            forms=[
                [
                    (
                        "        for start in",
                        "        total = 0.0\n        for start in",
                    ),
                    (
                        "            dW, db =",
                        "            seen = cross_entropy(X[rows] @ W + b, Y[rows])\n"
                        "            total += seen * len(rows)\n"
                        "            dW, db =",
                    ),
                    (
                        "losses.append(cross_entropy(X @ W + b, Y))",
                        "losses.append(total / len(order))",
                    ),
                ],
                [
                    ("        for start in", "        seen = []\n        for start in"),
                    (
                        "            b = b - alpha * db\n",
                        "            b = b - alpha * db\n"
                        "            Z = X[rows] @ W + b\n"
                        "            seen.append(cross_entropy(Z, Y[rows]))\n",
                    ),
                    (
                        "losses.append(cross_entropy(X @ W + b, Y))",
                        "losses.append(np.mean(seen))",
                    ),
                ],
            ],
        ),
        Misconception(
            "measured-before",
            [
                (
                    "    for order in orders:\n",
                    "    for order in orders:\n"
                    "        losses.append(cross_entropy(X @ W + b, Y))\n",
                ),
                (
                    "            b = b - alpha * db\n"
                    "        losses.append(cross_entropy(X @ W + b, Y))\n",
                    "            b = b - alpha * db\n",
                ),
            ],
            "You measure the loss before each epoch, so your first number is the "
            "loss of the zeros, log k. It is wanted after the epoch.",
        ),
        Misconception(
            "loss-of-last-batch",
            (
                "losses.append(cross_entropy(X @ W + b, Y))",
                "losses.append(cross_entropy(X[rows] @ W + b, Y[rows]))",
            ),
            "You note the loss of the last batch. All of X is asked for.",
        ),
        Misconception(
            "softmax-twice",
            ("cross_entropy(X @ W + b, Y)", "cross_entropy(softmax(X @ W + b), Y)"),
            "You give probabilities to cross_entropy, which applies a softmax of "
            "its own. Logits go in.",
        ),
        Misconception(
            "validation-loss",
            (
                "cross_entropy(X @ W + b, Y)",
                "cross_entropy(X_val @ W + b, one_hot(y_val, k))",
            ),
            "You note the loss on the validation set. It is wanted over all of X.",
        ),
        Misconception(
            "training-accuracy",
            [
                ("X_val @ W + b", "X @ W + b"),
                ("accuracy(y_val, y_hat)", "accuracy(y, y_hat)"),
            ],
            "You measure the accuracy on the training set. It says how well the "
            "model remembers, not how well it reads.",
        ),
        Misconception(
            "old-weights-for-bias",
            (
                "            b = b - alpha * db\n",
                "            dW, db = softmax_gradients(X[rows], W, b, Y[rows])\n"
                "            b = b - alpha * db\n",
            ),
            "You compute the gradient anew between the update of W and that of b. "
            "Both belong to one step, from the same point.",
        ),
        Misconception(
            "own-batch-size",
            [
                ("range(0, len(order), batch_size)", "range(0, len(order), 4)"),
                ("order[start : start + batch_size]", "order[start : start + 4]"),
            ],
            "You take a batch size of your own; `batch_size` says how large a batch "
            "is.",
        ),
        Misconception(
            "own-rate",
            [("W - alpha * dW", "W - 0.1 * dW"), ("b - alpha * db", "b - 0.1 * db")],
            "You take a learning rate of your own; `alpha` says which.",
            forms=[
                [
                    ("W - alpha * dW", "W - 0.01 * dW"),
                    ("b - alpha * db", "b - 0.01 * db"),
                ],
                [("W - alpha * dW", "W - dW"), ("b - alpha * db", "b - db")],
            ],
        ),
        Misconception(
            "labels-not-permuted",
            (
                "softmax_gradients(X[rows], W, b, Y[rows])",
                "softmax_gradients(X[rows], W, b, Y[start : start + batch_size])",
            ),
            "You take inputs in the order of the epoch and labels as they are stored, "
            "so they do not belong together.",
            forms=[
                (
                    "softmax_gradients(X[rows], W, b, Y[rows])",
                    "softmax_gradients(X[rows], W, b, Y[: len(rows)])",
                )
            ],
        ),
        Misconception(
            "permuted-again",
            (
                "        for start in range(0, len(order), batch_size):\n            "
                "rows = order[start : start + batch_size]",
                "        X, Y = X[order], Y[order]\n        "
                "for start in range(0, len(order), batch_size):\n            "
                "rows = slice(start, start + batch_size)",
            ),
            "You permute X and Y anew on top of the last epoch's order. Row e of "
            "`orders` counts from the samples as they are stored.",
        ),
        Misconception(
            "classes-from-data",
            (
                "    Y = one_hot(y, k)",
                "    k = int(np.max(y)) + 1\n    "
                "W, b = np.zeros((X.shape[1], k)), np.zeros(k)\n    "
                "Y = one_hot(y, k)",
            ),
            "You take the number of classes from the labels that occur. `k` says how "
            "many there are.",
        ),
        Misconception(
            "rate-falls",
            (
                "        losses.append",
                "        alpha = 0.9 * alpha\n        losses.append",
            ),
            "Your learning rate changes from epoch to epoch. It is alpha throughout.",
            forms=[
                (
                    "    for order in orders:\n",
                    "    given = alpha\n    for e, order in enumerate(orders):\n"
                    "        alpha = given / (e + 1)\n",
                ),
                (
                    "        losses.append",
                    "        alpha = 0.5 * alpha\n        losses.append",
                ),
            ],
        ),
        Misconception(
            "no-shift",
            (
                "            dW, db = softmax_gradients(X[rows], W, b, Y[rows])",
                "            E = np.exp(X[rows] @ W + b)\n            "
                "G = (E / E.sum(axis=1, keepdims=True) - Y[rows]) / "
                "len(rows)\n            "
                "dW, db = X[rows].T @ G, G.sum(axis=0)",
            ),
            "Your own softmax exponentiates the logits as they are. With inputs in "
            "the hundreds that is nan: call `softmax` or `softmax_gradients`.",
        ),
        Misconception(
            "first-batch-only",
            (
                "            b = b - alpha * db\n",
                "            b = b - alpha * db\n            break\n",
            ),
            "Each of your epochs ends after its first batch.",
        ),
        Misconception(
            "starts-at-one",
            (
                "np.zeros((X.shape[1], k)), np.zeros(k)",
                "np.ones((X.shape[1], k)), np.ones(k)",
            ),
            "Your parameters do not start at zero.",
            forms=[
                (
                    "np.zeros((X.shape[1], k)), np.zeros(k)",
                    "np.full((X.shape[1], k), 0.01), np.zeros(k)",
                ),
                (
                    "np.zeros((X.shape[1], k)), np.zeros(k)",
                    "np.eye(X.shape[1], k), np.zeros(k)",
                ),
            ],
        ),
        Misconception(
            "starts-anew",
            (
                "    for order in orders:\n",
                "    for order in orders:\n        "
                "W, b = np.zeros((X.shape[1], k)), np.zeros(k)\n",
            ),
            "You start from zero in every epoch. The parameters go on from one epoch "
            "to the next.",
        ),
        Misconception(
            "order-of-results",
            (
                "return W, b, np.array(losses), np.array(accuracies)",
                "return W, b, np.array(accuracies), np.array(losses)",
            ),
            "You return accuracies before losses. The order is (W, b, losses, "
            "accuracies).",
        ),
        Misconception(
            "last-values",
            (
                "return W, b, np.array(losses), np.array(accuracies)",
                "return W, b, losses[-1], accuracies[-1]",
            ),
            "You return the last loss and accuracy only. One for each epoch is asked "
            "for.",
        ),
        Misconception(
            "best-epoch",
            [
                (
                    "        accuracies.append(accuracy(y_val, y_hat))\n",
                    "        accuracies.append(accuracy(y_val, y_hat))\n        "
                    "if accuracies[-1] > max(accuracies[:-1], default=-1):\n"
                    "            kept = W, b\n",
                ),
                ("return W, b, np", "return *kept, np"),
            ],
            "You return the parameters of the best epoch. Those at the end are asked "
            "for.",
            forms=[
                [
                    (
                        "        accuracies.append(accuracy(y_val, y_hat))\n",
                        "        accuracies.append(accuracy(y_val, y_hat))\n        "
                        "if accuracies[-1] >= max(accuracies):\n"
                        "            kept = W, b\n",
                    ),
                    ("return W, b, np", "return *kept, np"),
                ],
            ],
        ),
        Misconception(
            "momentum",
            [
                (
                    "    losses, accuracies = [], []",
                    "    losses, accuracies = [], []\n    vW = vb = 0",
                ),
                (
                    "W = W - alpha * dW",
                    "vW = 0.9 * vW + dW\n            W = W - alpha * vW",
                ),
                (
                    "b = b - alpha * db",
                    "vb = 0.9 * vb + db\n            b = b - alpha * vb",
                ),
            ],
            "You step with momentum. A step is alpha times the gradient of its "
            "batch, and nothing more.",
        ),
        Misconception(
            "weight-decay",
            (
                "W = W - alpha * dW",
                "W = W - alpha * (dW + 1e-2 * W)",
            ),
            "You add a weight decay that nobody asked for.",
            forms=[
                (
                    "W = W - alpha * dW",
                    "W = W - alpha * (dW + 1e-3 * W)",
                ),
                (
                    "W = W - alpha * dW",
                    "W = W - alpha * (dW + 1e-4 * W)",
                ),
            ],
        ),
        Misconception(
            "clipped-gradient",
            (
                "            W = W - alpha * dW",
                "            s = min(1, 1.0 / max(np.sqrt((dW**2).sum() + "
                "(db**2).sum()), 1e-9))\n            dW, db = s * dW, s * db\n"
                "            W = W - alpha * dW",
            ),
            "You clip the gradients, which nobody asked for.",
            forms=[
                (
                    "            W = W - alpha * dW",
                    "            s = min(1, 5.0 / max(np.sqrt((dW**2).sum() + "
                    "(db**2).sum()), 1e-9))\n            dW, db = s * dW, s * db"
                    "\n            W = W - alpha * dW",
                ),
            ],
        ),
        Misconception(
            "measured-without-bias",
            (
                "cross_entropy(X @ W + b, Y)",
                "cross_entropy(X @ W, Y)",
            ),
            "You leave the bias out where you measure the loss or the accuracy.",
            forms=[
                (
                    "X_val @ W + b",
                    "X_val @ W",
                ),
                [
                    (
                        "cross_entropy(X @ W + b, Y)",
                        "cross_entropy(X @ W, Y)",
                    ),
                    (
                        "X_val @ W + b",
                        "X_val @ W",
                    ),
                ],
            ],
        ),
        Misconception(
            "measured-each-step",
            [
                (
                    "        losses.append(",
                    "            losses.append(",
                ),
                (
                    "        y_hat = np",
                    "            y_hat = np",
                ),
                (
                    "        accuracies.append(",
                    "            accuracies.append(",
                ),
            ],
            "You note loss and accuracy after each batch. One of each is wanted "
            "for an epoch.",
        ),
        Misconception(
            "mean-twice",
            [
                ("W - alpha * dW", "W - alpha * dW / len(rows)"),
                ("b - alpha * db", "b - alpha * db / len(rows)"),
            ],
            "You divide the gradient by the size of the batch once more. "
            "`softmax_gradients` is a mean already.",
            forms=[
                ("W - alpha * dW", "W - alpha * dW / len(rows)"),
                [
                    ("W - alpha * dW", "W - alpha * dW / batch_size"),
                    ("b - alpha * db", "b - alpha * db / batch_size"),
                ],
            ],
        ),
        Misconception(
            "gradients-pile-up",
            [
                (
                    "    losses, accuracies = [], []",
                    "    losses, accuracies, s, r = [], [], 0, 0",
                ),
                ("W - alpha * dW", "W - alpha * (s := s + dW)"),
                ("b - alpha * db", "b - alpha * (r := r + db)"),
            ],
            "Your gradients add up from batch to batch. Each step uses that of its own "
            "batch.",
            forms=[
                [
                    (
                        "    for order in orders:\n",
                        "    for order in orders:\n        s = r = 0\n",
                    ),
                    ("W - alpha * dW", "W - alpha * (s := s + dW)"),
                    ("b - alpha * db", "b - alpha * (r := r + db)"),
                ],
            ],
        ),
        Misconception(
            "inputs-scaled",
            (
                "    W, b = np.zeros",
                "    m, s = X.mean(), X.std()\n"
                "    X, X_val = (X - m) / s, (X_val - m) / s\n"
                "    W, b = np.zeros",
            ),
            "You scale the inputs before you train. W and b then belong to other "
            "inputs than those that were passed in.",
            forms=[
                (
                    "    W, b = np.zeros",
                    "    m, s = X.mean(axis=0), X.std(axis=0)\n"
                    "    X, X_val = (X - m) / s, (X_val - m) / s\n"
                    "    W, b = np.zeros",
                ),
                (
                    "    W, b = np.zeros",
                    "    X, X_val = X / 255, X_val / 255\n    W, b = np.zeros",
                ),
            ],
        ),
    ],
    hints=[
        "Three loops' worth: epochs (rows of `orders`), batches (slices of the row), "
        "and inside one step of descent.",
        "order[start : start + batch_size] gives the rows of one batch; a slice beyond "
        "the end is cut, so the last, smaller batch comes by itself.",
        "After the batches of an epoch: cross_entropy(X @ W + b, Y) and the accuracy "
        "of "
        "argmax(X_val @ W + b, axis=1).",
    ],
)


_PROBES = load_probes(Path(__file__).with_name("probes.py").read_text("utf-8"))


def _validation_losses(kind, weights, X, y, X_val, y_val, orders, batch_size, alpha):
    """Losses and accuracies that training gives: to draw telling cases, no more."""
    model = _PROBES["_trainable"](kind, weights)
    optimizer = torch.optim.Adam(model.parameters(), lr=alpha)
    losses, accuracies = [], []
    for order in torch.as_tensor(orders):
        model.train()
        for rows in order.split(batch_size):
            optimizer.zero_grad()
            F.cross_entropy(model(X[rows]), y[rows]).backward()
            optimizer.step()
        with torch.no_grad():
            Z = model.eval()(X_val)
        losses.append(F.cross_entropy(Z, y_val).item())
        accuracies.append((Z.argmax(1) == y_val).double().mean().item())
    return np.array(losses), np.array(accuracies)


def _best_before_the_end(losses, accuracies):
    """The best epoch is clearly the best, and not the last."""
    ranked = np.sort(losses)
    return losses.argmin() < len(losses) - 1 and ranked[1] - ranked[0] > 1e-3


def _falls_slowly(losses, accuracies):
    """The loss falls in every epoch, by far less than its third decimal place."""
    falls = -np.diff(losses)
    return falls.min() > 1e-8 and falls.max() < 1e-4


def _accuracy_disagrees(losses, accuracies):
    """Besides, the most accurate epoch is another, and the loss falls once more."""
    other = accuracies.argmax() != losses.argmin()
    falls = np.diff(losses)[losses.argmin() + 1 :].min(initial=0) < -1e-3
    return other and falls and _best_before_the_end(losses, accuracies)


def train_classifier_cases(rng):
    def draw(n, m, epochs):
        d, h, k = 3, 5, 3
        centres = rng.normal(size=(k, d))
        y = np.concatenate([np.arange(k), rng.integers(0, k, size=n - k)])
        y_val = np.concatenate([np.arange(k), rng.integers(0, k, size=m - k)])
        X = centres[y] + rng.normal(size=(n, d))
        X_val = centres[y_val] + rng.normal(size=(m, d))
        weights = [
            (rng.normal(size=(h, d)), rng.normal(size=h)),
            (rng.normal(size=(k, h)), rng.normal(size=k)),
        ]
        tensors = [torch.from_numpy(array) for array in (X, y, X_val, y_val)]
        return weights, *tensors, np.stack([rng.permutation(n) for _ in range(epochs)])

    def case(label, kind, n, m, alpha, batch_size, epochs, telling=None, tensor=False):
        while True:
            inputs = (kind, *draw(n, m, epochs), batch_size, alpha)
            if kind == "images":
                shape = (-1, 1, 3)
                inputs = tuple(
                    x.reshape(shape) if i in (2, 4) else x for i, x in enumerate(inputs)
                )
            if telling is None or telling(*_validation_losses(*inputs)):
                break
        if tensor:
            inputs = (*inputs[:6], torch.from_numpy(inputs[6]), *inputs[7:])
        return Case(label, *inputs)

    early, apart = _best_before_the_end, _accuracy_disagrees
    yield case("thirteen samples", "plain", 13, 9, 0.05, 4, 7)
    yield case("best before the end", "plain", 11, 8, 0.1, 3, 5, early, True)
    yield case("loss and accuracy disagree", "plain", 13, 17, 0.3, 5, 9, apart, True)
    yield case("other in train mode", "other in train mode", 14, 11, 0.1, 4, 6)
    yield case("batch norm", "batch norm", 14, 9, 0.2, 6, 5, early)
    yield case("frozen first layer", "frozen first layer", 10, 7, 0.1, 4, 6)
    yield case("nothing learned: equal losses", "plain", 10, 7, 0.0, 4, 3)
    yield case("losses nearly equal", "plain", 12, 8, 1e-6, 5, 4, _falls_slowly)
    yield case("frozen last layer", "frozen last layer", 11, 8, 0.1, 4, 5)
    yield case("images, old gradients, train mode", "images", 9, 6, 0.1, 20, 3)
    yield case("batches of one, one epoch", "plain", 7, 5, 0.05, 1, 1)


TRAIN_CLASSIFIER = Exercise(
    "train_classifier",
    train_classifier_cases,
    points=6,
    minutes=25,
    difficulty=4,
    probe="run_training",
    view="look_at_training",
    rtol=1e-5,
    atol=1e-7,
    misconceptions=[
        Misconception(
            "softmax-twice",
            (
                "F.cross_entropy(model(X[rows]), y[rows])",
                "F.cross_entropy(model(X[rows]).softmax(dim=1), y[rows])",
            ),
            "You apply a softmax before F.cross_entropy, which applies its own. "
            "Logits go in.",
            forms=[
                [
                    (
                        "F.cross_entropy(model(X[rows]), y[rows])",
                        "F.cross_entropy(model(X[rows]).softmax(dim=1), y[rows])",
                    ),
                    ("Z = model(X_val)", "Z = model(X_val).softmax(dim=1)"),
                ],
            ],
        ),
        Misconception(
            "gradients-pile-up",
            ("            optimizer.zero_grad()\n", ""),
            "You never clear the gradients. PyTorch adds each new one to the old, so "
            "every step also repeats all earlier ones.",
        ),
        Misconception(
            "last-epoch-kept",
            ("copy.deepcopy(model.state_dict())", "model.state_dict()"),
            "Your model ends with the parameters of the last epoch. Either you do "
            "not load the best ones, or you kept state_dict() without a copy: its "
            "tensors are the model's own and change with it.",
            forms=[
                ("    model.load_state_dict(kept)\n", ""),
                ("copy.deepcopy(model.state_dict())", "dict(model.state_dict())"),
            ],
        ),
        Misconception(
            "buffers-lost",
            [
                (
                    "copy.deepcopy(model.state_dict())",
                    "{n: p.detach().clone() for n, p in model.named_parameters()}",
                ),
                ("load_state_dict(kept)", "load_state_dict(kept, strict=False)"),
            ],
            "You bring back the parameters of the best epoch, but not its buffers. "
            "BatchNorm's running means are then those of the last epoch.",
        ),
        Misconception(
            "sgd",
            ("torch.optim.Adam", "torch.optim.SGD"),
            "You use plain gradient descent (SGD). Adam is asked for.",
        ),
        Misconception(
            "default-rate",
            ("model.parameters(), lr=alpha", "model.parameters()"),
            "You leave out alpha: Adam takes another learning rate than the one asked "
            "for.",
            forms=[("lr=alpha", "lr=1e-2"), ("lr=alpha", "lr=3e-4")],
        ),
        Misconception(
            "best-by-accuracy",
            (
                "if epoch == 0 or val_loss[-1] < val_loss[best]:",
                "if epoch == 0 or val_accuracy[-1] > val_accuracy[best]:",
            ),
            "You choose the best epoch by accuracy. It is chosen by validation loss, "
            "which also sees how sure the answers are.",
            forms=[
                (
                    "if epoch == 0 or val_loss[-1] < val_loss[best]:",
                    "if epoch == 0 or val_accuracy[-1] >= val_accuracy[best]:",
                )
            ],
        ),
        Misconception(
            "latest-of-equals",
            ("val_loss[-1] < val_loss[best]", "val_loss[-1] <= val_loss[best]"),
            "Of equal losses you take the latest epoch. The first is asked for.",
        ),
        Misconception(
            "better-than-the-last",
            ("val_loss[-1] < val_loss[best]", "val_loss[-1] < val_loss[-2]"),
            "You compare each epoch with the one before. It has to be better than "
            "the best so far.",
        ),
        Misconception(
            "always-the-last",
            ("if epoch == 0 or val_loss[-1] < val_loss[best]:", "if True:"),
            "Your best epoch is always the last. It is the one with the lowest "
            "validation loss.",
        ),
        Misconception(
            "no-eval-mode",
            ("        model.eval()\n", ""),
            "You measure the validation set in train mode, where dropout and "
            "BatchNorm behave otherwise, and leave the model in it.",
        ),
        Misconception(
            "eval-mode-only-at-the-end",
            [
                ("        model.eval()\n", ""),
                (
                    "    model.load_state_dict(kept)\n",
                    "    model.load_state_dict(kept)\n    model.eval()\n",
                ),
            ],
            "You measure the validation set in train mode, where dropout and "
            "BatchNorm behave otherwise. Call model.eval() before it, in each epoch.",
        ),
        Misconception(
            "left-in-train-mode",
            (
                "    model.load_state_dict(kept)\n",
                "    model.load_state_dict(kept)\n    model.train()\n",
            ),
            "You leave the model in train mode. Whoever uses it next gets dropout "
            "and BatchNorm as in training.",
        ),
        Misconception(
            "no-train-mode",
            (
                "        model.train()\n",
                "        if epoch == 0:\n            model.train()\n",
            ),
            "After the first validation your model stays in eval mode, so that it "
            "trains without dropout and BatchNorm's statistics.",
        ),
        Misconception(
            "never-train-mode",
            ("        model.train()\n", ""),
            "You never call model.train(). A model that comes in eval mode is "
            "trained in it, with dropout and BatchNorm switched off.",
        ),
        Misconception(
            "last-batch-dropped",
            (
                "order.split(batch_size)",
                "[r for r in order.split(batch_size) if len(r) == batch_size]",
            ),
            "You drop the last batch where it is smaller.",
        ),
        Misconception(
            "mean-of-batches",
            [
                ("total += loss.item() * len(rows)", "total += loss.item()"),
                ("total / len(order)", "total / len(order.split(batch_size))"),
            ],
            "You average the losses of the batches. The last, smaller batch then "
            "counts too much: weight each by its number of samples.",
        ),
        Misconception(
            "order-ignored",
            (
                "for rows in order.split(batch_size):",
                "for rows in torch.arange(len(order)).split(batch_size):",
            ),
            "You visit the samples as they are stored; `orders` says in which order.",
            forms=[
                (
                    "for rows in order.split(batch_size):",
                    "for rows in order.sort().values.split(batch_size):",
                )
            ],
        ),
        Misconception(
            "new-optimizer",
            (
                "        model.train()\n",
                "        model.train()\n"
                "        optimizer = torch.optim.Adam(model.parameters(), lr=alpha)\n",
            ),
            "You make a new Adam in every epoch, and with it forget its running "
            "averages.",
        ),
        Misconception(
            "counted-from-one",
            ('"best_epoch": best,', '"best_epoch": best + 1,'),
            "Your best_epoch counts from 1. It counts from 0, so that it is an index "
            "into the lists.",
        ),
        Misconception(
            "per-cent",
            ("right.double().mean().item()", "100 * right.double().mean().item()"),
            "Your val_accuracy is in per cent. The share is a number from 0 to 1.",
        ),
        Misconception(
            "least-improvement",
            (
                "if epoch == 0 or val_loss[-1] < val_loss[best]:",
                "if epoch == 0 or val_loss[-1] < val_loss[best] - 1e-4:",
            ),
            "You ask for an improvement of a certain size. The best epoch has the "
            "lowest loss, however little it is lower.",
            forms=[
                (
                    "if epoch == 0 or val_loss[-1] < val_loss[best]:",
                    "if epoch == 0 or val_loss[-1] < val_loss[best] - 1e-3:",
                ),
                (
                    "if epoch == 0 or val_loss[-1] < val_loss[best]:",
                    "if epoch == 0 or round(val_loss[-1], 4) < round(val_loss[best], "
                    "4):",
                ),
            ],
        ),
        Misconception(
            "best-by-training-loss",
            (
                "if epoch == 0 or val_loss[-1] < val_loss[best]:",
                "if epoch == 0 or train_loss[-1] < train_loss[best]:",
            ),
            "You choose the best epoch by the training loss. It is chosen by the loss "
            "on the validation set.",
        ),
        Misconception(
            "worst-kept",
            (
                "if epoch == 0 or val_loss[-1] < val_loss[best]:",
                "if epoch == 0 or val_loss[-1] > val_loss[best]:",
            ),
            "You keep the epoch with the highest validation loss.",
        ),
        Misconception(
            "graph-kept",
            ("total += loss.item() * len(rows)", "total += loss * len(rows)"),
            "Your history holds tensors that still carry their graph, which keeps "
            "every batch in memory. Take loss.item().",
            forms=[
                (
                    "val_loss.append(F.cross_entropy(Z, y_val).item())",
                    "Z = model(X_val)\n        "
                    "val_loss.append(F.cross_entropy(Z, y_val))",
                )
            ],
        ),
        Misconception(
            "old-gradient-in-the-first-step",
            [
                ("            optimizer.zero_grad()\n", ""),
                (
                    "            optimizer.step()\n",
                    "            optimizer.step()\n            optimizer.zero_grad()\n",
                ),
            ],
            "You clear the gradients after each step only. What the parameters held "
            "before the first one is then part of it.",
        ),
        Misconception(
            "one-layer-only",
            (
                "torch.optim.Adam(model.parameters(), lr=alpha)",
                "torch.optim.Adam(model[-1].parameters(), lr=alpha)",
            ),
            "Your optimiser gets part of the parameters. All of them are to be "
            "trained, unless they are frozen.",
            forms=[
                (
                    "torch.optim.Adam(model.parameters(), lr=alpha)",
                    "torch.optim.Adam(model[0].parameters() if "
                    "len(list(model[0].parameters())) else model[1].parameters(), "
                    "lr=alpha)",
                )
            ],
        ),
        Misconception(
            "clipped",
            (
                "            optimizer.step()\n",
                "            nn.utils.clip_grad_norm_(model.parameters(), "
                "1.0)\n            "
                "optimizer.step()\n",
            ),
            "You clip the gradients, which nobody asked for.",
            forms=[
                (
                    "            optimizer.step()\n",
                    "            nn.utils.clip_grad_norm_(model.parameters(), "
                    "0.5)\n            "
                    "optimizer.step()\n",
                ),
                (
                    "            optimizer.step()\n",
                    "            nn.utils.clip_grad_value_(model.parameters(), "
                    "0.1)\n            "
                    "optimizer.step()\n",
                ),
            ],
        ),
        Misconception(
            "labels-not-permuted",
            (
                "F.cross_entropy(model(X[rows]), y[rows])",
                "F.cross_entropy(model(X[rows]), y[: len(rows)])",
            ),
            "Your labels do not belong to the inputs of the batch. Take both by the "
            "same rows.",
            forms=[
                (
                    "F.cross_entropy(model(X[rows]), y[rows])",
                    "F.cross_entropy(model(X[rows]), y[rows.sort().values])",
                )
            ],
        ),
        Misconception(
            "goes-on-from-the-best",
            (
                "            kept = copy.deepcopy(model.state_dict())\n",
                "            kept = copy.deepcopy(model.state_dict())\n        "
                "model.load_state_dict(kept)\n",
            ),
            "You go back to the best epoch after every epoch. Load it once, at the "
            "end.",
        ),
        Misconception(
            "own-batch-size",
            ("order.split(batch_size)", "order.split(32)"),
            "You take a batch size of your own; `batch_size` says how large a batch "
            "is.",
            forms=[
                ("order.split(batch_size)", "order.split(16)"),
                ("order.split(batch_size)", "order.split(64)"),
            ],
        ),
        Misconception(
            "other-adam",
            ("torch.optim.Adam", "torch.optim.AdamW"),
            "You use another variant of Adam, or another optimiser. "
            "`torch.optim.Adam` is asked for, all but the rate as it stands.",
            forms=[
                ("lr=alpha", "lr=alpha, weight_decay=1e-2"),
                ("lr=alpha", "lr=alpha, betas=(0.9, 0.99)"),
                ("lr=alpha", "lr=alpha, eps=1e-4"),
            ],
        ),
        Misconception(
            "rate-falls",
            (
                "        train_loss.append",
                "        optimizer.param_groups[0]['lr'] *= 0.9\n        "
                "train_loss.append",
            ),
            "Your learning rate changes on the way. It is alpha throughout.",
            forms=[
                (
                    "        train_loss.append",
                    "        optimizer.param_groups[0]['lr'] *= 0.5\n        "
                    "train_loss.append",
                ),
                (
                    "        train_loss.append",
                    "        optimizer.param_groups[0]['lr'] = alpha / (epoch + "
                    "2)\n        "
                    "train_loss.append",
                ),
            ],
        ),
        Misconception(
            "thawed",
            ("    optimizer =", "    model.requires_grad_(True)\n    optimizer ="),
            "You make frozen parameters trainable. They stay as they are.",
        ),
        Misconception(
            "flat-inputs",
            ("    optimizer =", "    N, d = X.shape\n    optimizer ="),
            "You take X for a table (N, d). It may have more axes, (N, ...).",
        ),
        Misconception(
            "sum-of-validation",
            (
                "F.cross_entropy(Z, y_val).item()",
                "F.cross_entropy(Z, y_val, reduction='sum').item()",
            ),
            "Your validation loss is the sum over its samples. Their mean is asked "
            "for.",
        ),
        Misconception(
            "measured-after",
            ("total / len(order)", "F.cross_entropy(model.eval()(X), y).item()"),
            "You measure the training loss after the epoch. It is the mean of the "
            "losses that the samples had when their batch was used.",
        ),
        Misconception(
            "loss-of-last-batch",
            ("total / len(order)", "loss.item()"),
            "Your train_loss is that of the last batch. It is the mean over all N "
            "samples.",
        ),
        Misconception(
            "sum-of-losses",
            ("total / len(order)", "total"),
            "Your train_loss is the sum over the samples. Divide by their number.",
        ),
        Misconception(
            "one-epoch-less",
            (
                "enumerate(torch.as_tensor(orders))",
                "enumerate(torch.as_tensor(orders)[: max(1, len(orders) - 1)])",
            ),
            "You run one epoch less than `orders` has rows.",
        ),
        Misconception(
            "stops-early",
            (
                "            kept = copy.deepcopy(model.state_dict())\n",
                "            kept = copy.deepcopy(model.state_dict())\n        "
                "else:\n            "
                "break\n",
            ),
            "You stop at the first epoch that is no better. All epochs of `orders` "
            "are run; the best one is kept.",
        ),
        Misconception(
            "copy-trained",
            (
                "    optimizer = ",
                "    model = copy.deepcopy(model)\n    optimizer = ",
            ),
            "You train a copy. The model that was passed in stays as it was.",
        ),
        Misconception(
            "cleared-before-the-step",
            [
                ("            optimizer.zero_grad()\n", ""),
                (
                    "            optimizer.step()",
                    "            optimizer.zero_grad()\n            optimizer.step()",
                ),
            ],
            "Your parameters do not move. Do you clear the gradients "
            "between backward() and step()? Clear them before backward().",
        ),
        Misconception(
            "first-batch-only",
            (
                "            total += loss.item() * len(rows)",
                "            total += loss.item() * len(rows)\n            break",
            ),
            "Each of your epochs ends after its first batch.",
        ),
        Misconception(
            "means-added-up",
            ("loss.item() * len(rows)", "loss.item()"),
            "You add up the means of the batches and divide by the number "
            "of samples. Multiply each mean by the size of its batch first.",
        ),
    ],
    hints=[
        "The four lines of every PyTorch step: clear the gradients, compute the loss, "
        "backward, step. Around them batches, around these epochs.",
        "After each epoch: model.eval(), torch.no_grad(), logits of X_val, loss and "
        "accuracy. Where the loss is lower than ever, keep a deep copy of "
        "model.state_dict().",
        "Before the next epoch call model.train() again. At the end "
        "model.load_state_dict(kept). Weight each batch's loss by its size for "
        "train_loss.",
    ],
)


def new_head_cases(rng):
    def case(label, kind, d, h, m, k, *freeze, dtype="float64"):
        head, x = rng.normal(size=(k, h)), rng.normal(size=(4, d))
        seed = int(rng.integers(2**31))
        return Case(label, kind, (d, h, m), dtype, seed, head, x, k, *freeze)

    yield case("from six to three classes", "two layers", 4, 5, 6, 3)
    yield case("frozen body", "two layers", 3, 7, 2, 4, True).with_(weight=2)
    yield case("as many classes as before", "two layers", 5, 4, 3, 3, False)
    yield case("a body that was frozen before", "frozen before", 4, 3, 5, 2, False)
    yield case("single precision", "two layers", 3, 6, 2, 5, True, dtype="float32")
    yield case("a convolution, frozen", "convolution", 18, 8, 5, 3, True)
    yield case("batch norm, frozen", "batch norm", 4, 6, 3, 5, True)
    yield case("batch norm, all trained", "batch norm", 5, 3, 4, 2)
    yield case("three layers, frozen", "three layers", 4, 6, 3, 2, True)
    yield case("partly frozen before", "partly frozen", 5, 4, 2, 6)
    yield case("layers inside a layer, frozen", "nested", 3, 5, 4, 2, True)
    yield case("no body, one class", "no body", 4, 4, 3, 1, True)
    yield case("a head without bias before", "head without bias", 3, 4, 5, 2)


REPLACE_HEAD = Exercise(
    "replace_head",
    new_head_cases,
    points=3,
    minutes=15,
    difficulty=3,
    probe="run_new_head",
    view="look_at_head",
    rtol=1e-5,
    misconceptions=[
        Misconception(
            "same-model",
            ("copy.deepcopy(model)", "model"),
            "You change the model that was passed in. Whoever has it, has lost its "
            "head.",
            forms=[
                (
                    (
                        "    new = copy.deepcopy(model)\n"
                        "    new.requires_grad_(not freeze)\n"
                        "    old = model[-1]\n"
                        "    new[-1] = nn.Linear(old.in_features, k, "
                        "dtype=old.weight.dtype)\n"
                    ),
                    (
                        "    old = model[-1]\n"
                        "    if freeze:\n"
                        "        model[:-1].requires_grad_(False)\n"
                        "    model[-1] = nn.Linear(old.in_features, k, "
                        "dtype=old.weight.dtype)\n"
                        "    new = model\n"
                    ),
                ),
            ],
        ),
        Misconception(
            "shared-body",
            (
                "copy.deepcopy(model)",
                "copy.copy(model)\n    new._modules = dict(model._modules)",
            ),
            "Old and new model share the tensors of the body, so training the new one "
            "changes the old one. Copy it in depth.",
            forms=[
                (
                    (
                        "    new = copy.deepcopy(model)\n"
                        "    new.requires_grad_(not freeze)\n"
                        "    old = model[-1]\n"
                        "    new[-1] = nn.Linear(old.in_features, k, "
                        "dtype=old.weight.dtype)\n"
                    ),
                    (
                        "    old = model[-1]\n"
                        "    new = nn.Sequential(\n"
                        "        *list(model)[:-1],\n"
                        "        nn.Linear(old.in_features, k, "
                        "dtype=old.weight.dtype),\n"
                        "    )\n"
                        "    for p in new[:-1].parameters():\n"
                        "        p.requires_grad = not freeze\n"
                    ),
                ),
                (
                    (
                        "    new = copy.deepcopy(model)\n"
                        "    new.requires_grad_(not freeze)\n"
                        "    old = model[-1]\n"
                        "    new[-1] = nn.Linear(old.in_features, k, "
                        "dtype=old.weight.dtype)\n"
                    ),
                    (
                        "    old = model[-1]\n"
                        "    new = nn.Sequential(\n"
                        "        *list(model)[:-1],\n"
                        "        nn.Linear(old.in_features, k, "
                        "dtype=old.weight.dtype),\n"
                        "    )\n"
                        "    if freeze:\n"
                        "        for p in new[:-1].parameters():\n"
                        "            p.requires_grad = False\n"
                    ),
                ),
            ],
        ),
        Misconception(
            "head-frozen-too",
            (
                "    new[-1] = nn.Linear(old.in_features, k, dtype=old.weight.dtype)\n",
                "    new[-1] = nn.Linear(old.in_features, k, dtype=old.weight.dtype)\n"
                "    new.requires_grad_(not freeze)\n",
            ),
            "You freeze the new head along with the body. Then there is nothing left "
            "to train.",
        ),
        Misconception(
            "freeze-ignored",
            ("new.requires_grad_(not freeze)", "new.requires_grad_(True)"),
            "The argument `freeze` has no effect: all parameters stay trainable.",
        ),
        Misconception(
            "freeze-turned-round",
            ("new.requires_grad_(not freeze)", "new.requires_grad_(freeze)"),
            "`freeze` works the wrong way round: requires_grad has to be False "
            "where the body is frozen.",
        ),
        Misconception(
            "frozen-stays-frozen",
            (
                "    new.requires_grad_(not freeze)\n",
                "    if freeze:\n        new.requires_grad_(False)\n",
            ),
            "A body that was frozen before stays frozen in your copy. Without "
            "`freeze` all parameters of the copy are to be trained.",
        ),
        Misconception(
            "old-head-kept",
            (
                "    new[-1] = nn.Linear(old.in_features, k, dtype=old.weight.dtype)\n",
                "    if k != old.out_features:\n"
                "        new[-1] = nn.Linear(old.in_features, k, "
                "dtype=old.weight.dtype)\n",
            ),
            "Where the number of classes is the same you keep the old head. It "
            "answers the old question; a fresh one is needed.",
        ),
        Misconception(
            "fresh-body",
            (
                "    old = model[-1]\n",
                "    old = model[-1]\n"
                "    for layer in new[:-1]:\n"
                "        if hasattr(layer, 'reset_parameters'):\n"
                "            layer.reset_parameters()\n",
            ),
            "You initialise the body anew as well. What it has learned is what "
            "fine-tuning is about.",
        ),
        Misconception(
            "single-precision-head",
            (", dtype=old.weight.dtype", ""),
            "Your new head is in single precision whatever the body is. The first "
            "product would fail: the dtype comes from the old head.",
        ),
        Misconception(
            "part-frozen",
            (
                "    new.requires_grad_(not freeze)\n",
                "    new[0].requires_grad_(not freeze)\n",
            ),
            "You freeze or free a part of the body only. `freeze` concerns every "
            "parameter but the head's.",
            forms=[
                (
                    "    new.requires_grad_(not freeze)\n",
                    "    for layer in new.modules():\n        "
                    "if isinstance(layer, nn.Linear):\n            "
                    "layer.requires_grad_(not freeze)\n",
                ),
                (
                    "    new.requires_grad_(not freeze)\n",
                    "    for layer in new:\n        "
                    "if isinstance(layer, nn.Linear):\n            "
                    "layer.requires_grad_(not freeze)\n",
                ),
                (
                    "    new.requires_grad_(not freeze)\n",
                    "    for name, p in new.named_parameters():\n        "
                    "if 'weight' in name:\n            "
                    "p.requires_grad_(not freeze)\n",
                ),
                (
                    "    new.requires_grad_(not freeze)\n",
                    "    new[-2:].requires_grad_(not freeze)\n",
                ),
                (
                    "    new.requires_grad_(not freeze)\n",
                    "    for layer in new:\n        "
                    "for p in layer.parameters(recurse=False):\n            "
                    "p.requires_grad_(not freeze)\n",
                ),
                (
                    "    new.requires_grad_(not freeze)\n",
                    "    for layer in new:\n        "
                    "if isinstance(layer, (nn.Linear, nn.Conv2d)):\n            "
                    "layer.requires_grad_(not freeze)\n",
                ),
            ],
        ),
        Misconception(
            "no-bias",
            (", dtype=old.weight.dtype)", ", bias=False, dtype=old.weight.dtype)"),
            "Your new head has no bias. It has one, whatever the old head had.",
            forms=[
                (
                    ", dtype=old.weight.dtype)",
                    ", bias=old.bias is not None, dtype=old.weight.dtype)",
                )
            ],
        ),
        Misconception(
            "buffers-lost",
            (
                "    new.requires_grad_(not freeze)\n",
                "    new.requires_grad_(not freeze)\n    "
                "for layer in new.modules():\n        "
                "if isinstance(layer, nn.BatchNorm1d):\n            "
                "layer.reset_running_stats()\n",
            ),
            "Your copy loses the buffers: BatchNorm's running means and variances "
            "belong to the body.",
        ),
        Misconception(
            "buffers-shared",
            (
                "    new.requires_grad_(not freeze)\n",
                "    new.requires_grad_(not freeze)\n    "
                "for one, other in zip(new.modules(), model.modules()):\n        "
                "if isinstance(one, nn.BatchNorm1d):\n            "
                "one.running_mean = other.running_mean\n            "
                "one.running_var = other.running_var\n",
            ),
            "Old and new model share their buffers, so training the new one changes "
            "the old one.",
        ),
        Misconception(
            "zero-head",
            (
                "    new[-1] = nn.Linear(old.in_features, k, dtype=old.weight.dtype)\n",
                "    new[-1] = nn.Linear(old.in_features, k, "
                "dtype=old.weight.dtype)\n    "
                "nn.init.zeros_(new[-1].weight)\n",
            ),
            "Your head starts at zero. nn.Linear draws its weights at random; leave "
            "them.",
            forms=[
                (
                    "    new[-1] = nn.Linear(old.in_features, k, "
                    "dtype=old.weight.dtype)\n",
                    "    new[-1] = nn.Linear(old.in_features, k, "
                    "dtype=old.weight.dtype)\n    "
                    "nn.init.zeros_(new[-1].weight)\n    "
                    "nn.init.zeros_(new[-1].bias)\n",
                )
            ],
        ),
        Misconception(
            "own-start",
            (
                "    new[-1] = nn.Linear(old.in_features, k, dtype=old.weight.dtype)\n",
                "    new[-1] = nn.Linear(old.in_features, k, "
                "dtype=old.weight.dtype)\n    "
                "nn.init.normal_(new[-1].weight, std=0.01)\n",
            ),
            "You set the head's first weights or bias yourself. Leave them as PyTorch "
            "makes them.",
            forms=[
                (
                    "    new[-1] = nn.Linear(old.in_features, k, "
                    "dtype=old.weight.dtype)\n",
                    "    new[-1] = nn.Linear(old.in_features, k, "
                    "dtype=old.weight.dtype)\n    "
                    "nn.init.zeros_(new[-1].bias)\n",
                ),
                (
                    "    new[-1] = nn.Linear(old.in_features, k, "
                    "dtype=old.weight.dtype)\n",
                    "    new[-1] = nn.Linear(old.in_features, k, "
                    "dtype=old.weight.dtype)\n    "
                    "nn.init.normal_(new[-1].weight)\n",
                ),
            ],
        ),
        Misconception(
            "old-rows-kept",
            (
                "    new[-1] = nn.Linear(old.in_features, k, dtype=old.weight.dtype)\n",
                "    new[-1] = nn.Linear(old.in_features, k, "
                "dtype=old.weight.dtype)\n    "
                "rows = min(k, old.out_features)\n    "
                "new[-1].weight.data[:rows] = old.weight.data[:rows]\n",
            ),
            "You copy rows of the old head into the new one. It answers the old "
            "question; a fresh one is needed.",
        ),
        Misconception(
            "head-added",
            (
                "    new[-1] = nn.Linear(old.in_features, k, dtype=old.weight.dtype)\n",
                "    new.append(nn.Linear(old.out_features, k, "
                "dtype=old.weight.dtype))\n",
            ),
            "You put the new layer behind the old head. It takes the old head's place.",
        ),
        Misconception(
            "other-width",
            ("nn.Linear(old.in_features, k", "nn.Linear(old.out_features, k"),
            "Your head expects another number of inputs than the old head had. It "
            "takes what the old one took: in_features.",
            forms=[
                (
                    "nn.Linear(old.in_features, k",
                    "nn.Linear(getattr(model[0], 'out_features', old.in_features), k",
                )
            ],
        ),
        Misconception(
            "old-frozen",
            (
                "    new.requires_grad_(not freeze)\n",
                "    new.requires_grad_(not freeze)\n    "
                "model.requires_grad_(not freeze)\n",
            ),
            "You freeze or free the model that was passed in. Only the copy changes.",
        ),
        Misconception(
            "own-precision",
            (
                "return new",
                "return new.double()",
            ),
            "You convert the whole network to a precision of your choice. The copy has "
            "the dtype of the old model.",
            forms=[("return new", "return new.float()")],
        ),
        Misconception(
            "layer-behind-the-head",
            ("    return new", "    new.append(nn.Softmax(1))\n    return new"),
            "There is a layer behind your new head. The head is the last "
            "layer, and it returns logits.",
            forms=[
                ("    return new", "    new.append(nn.LogSoftmax(1))\n    return new"),
                ("    return new", "    new.append(nn.ReLU())\n    return new"),
            ],
        ),
        Misconception(
            "k-ignored",
            (
                "nn.Linear(old.in_features, k, ",
                "nn.Linear(old.in_features, old.out_features, ",
            ),
            "Your new head has as many outputs as the old one. `k` says how "
            "many it has.",
        ),
    ],
    hints=[
        "Which three things differ between old and new model: the tensors, the last "
        "layer, and what requires a gradient?",
        "copy.deepcopy copies a whole module. A Sequential takes new[-1] = layer.",
        "Set requires_grad on the copy before you put the new head on; take "
        "in_features "
        "and dtype from the old head.",
    ],
)


# --- inputs that show mistakes; a bonus -----------------------------------------


REVEALING_POINTS = WhichInput(
    "revealing_points",
    points=2,
    minutes=10,
    difficulty=2,
    right="nearest",
    shown={
        "no bias": "nearest_1",
        "the bias without its half": "nearest_2",
    },
    hidden={
        "absolute differences, not squares": (
            "((means - x) ** 2).sum(axis=1)",
            "abs(means - x).sum(axis=1)",
        ),
        "the largest difference alone counts": (
            "((means - x) ** 2).sum(axis=1)",
            "abs(means - x).max(axis=1)",
        ),
        "of equals the last is named": (
            "def nearest(x, means):\n"
            "    distances = ((means - x) ** 2).sum(axis=1)\n"
            "    return int(len(means) - 1 - distances[::-1].argmin())\n"
        ),
        "directions are compared, not places": (
            "def nearest(x, means):\n"
            "    lengths = np.maximum(np.sqrt((means**2).sum(axis=1)), 1e-9)\n"
            "    return int((means @ x / lengths).argmax())\n"
        ),
    },
    admit="admit_points",
    most=3,
    hints=[
        "Without the bias a mean wins by its size: a large mean in the direction of "
        "x beats a small one that is nearer.",
        "The first bias is 0, the right one half the squared length, the second the "
        "whole. For which x and two means do half and whole decide differently?",
        "Think of what a distance could do otherwise: squares or absolute values, all "
        "numbers or the largest, places or directions; and of two means equally near.",
    ],
)

REVEALING_LOSSES = WhichInput(
    "revealing_losses",
    points=2,
    minutes=10,
    difficulty=2,
    right="stops_after",
    shown={
        "compared with the epoch before": "stops_after_1",
        "epochs that are not in a row count": "stops_after_2",
    },
    hidden={
        "an equal loss counts as lower": ("loss < best", "loss <= best"),
        "it waits one epoch more": ("waited == patience", "waited > patience"),
        "the first epoch is passed over": (
            "enumerate(losses, 1)",
            "enumerate(losses[1:], 2)",
        ),
        "a gain below 1e-3 does not count": ("loss < best", "loss < best - 1e-3"),
    },
    admit="admit_losses",
    most=3,
    hints=[
        "Work out by hand after which epoch each function stops, for a course of your "
        "own.",
        "`stops_after_1` is content with a loss that falls, though it was lower "
        "before. `stops_after_2` never sets its count back.",
        "Try an equal loss, a very small gain, a course whose first loss is the best, "
        "and one that ends just where the patience does.",
    ],
)


def conv2d_gradients_cases(rng):
    def problem(N, C, D, image, kernel):
        (H, W), (h, w) = image, kernel
        dY = rng.normal(size=(N, D, H - h + 1, W - w + 1))
        return rng.normal(size=(N, C, H, W)), rng.normal(size=(D, C, h, w)), dY

    yield Case("one channel, one filter", *problem(2, 1, 1, (5, 4), (2, 3)))
    yield Case("three channels, two filters", *problem(4, 3, 2, (6, 5), (3, 2)))
    yield Case("a kernel of one pixel", *problem(3, 2, 4, (3, 5), (1, 1)))
    yield Case("a kernel as large as the image", *problem(3, 2, 4, (3, 5), (3, 5)))
    yield Case("square kernels", *problem(1, 2, 3, (6, 6), (3, 3)))
    _, _, dY = problem(2, 2, 3, (5, 6), (2, 3))
    X = rng.integers(-4, 5, size=(2, 2, 5, 6))
    K = rng.integers(-4, 5, size=(3, 2, 2, 3))
    yield Case("whole numbers", X, K, dY)
    grey = rng.integers(0, 256, size=X.shape).astype(np.uint8)
    yield Case("grey values of one byte", grey, rng.normal(size=K.shape), dY)


CONV2D_GRADIENTS = Exercise(
    "conv2d_gradients",
    conv2d_gradients_cases,
    points=0,
    bonus=True,
    minutes=30,
    difficulty=5,
    returns=("dX", "dK"),
    misconceptions=[
        Misconception(
            "swapped",
            ("return dX, dK", "return dK, dX"),
            "You return the gradient of the kernels first. dX is asked for first.",
        ),
        Misconception(
            "overwritten",
            ("dX[place] += np.einsum", "dX[place] = np.einsum"),
            "You overwrite what dX holds. A pixel lies in several windows, and what it "
            "gets from each is added up.",
            forms=[
                [
                    (
                        "        dX[place] += np.einsum("
                        '"nqij,qc->ncij", dY, K[:, :, u, v])\n',
                        "",
                    ),
                    (
                        "    return dX, dK",
                        "    h, w = K.shape[2:]\n"
                        "    for i, j in np.ndindex(height, width):\n"
                        "        dX[:, :, i : i + h, j : j + w] = np.einsum(\n"
                        '            "nq,qcuv->ncuv", dY[:, :, i, j], K)\n'
                        "    return dX, dK",
                    ),
                ],
            ],
        ),
        Misconception(
            "turned",
            (
                'dX[place] += np.einsum("nqij,qc->ncij", dY, K[:, :, u, v])',
                'dX[place] += np.einsum("nqij,qc->ncij", dY, K[:, :, -1 - u, -1 - v])',
            ),
            "In dX your kernel is turned by 180 degrees once too often: pixel (i + u, "
            "j + v) was multiplied by K at (u, v).",
        ),
        Misconception(
            "mean",
            ("return dX, dK", "return dX, dK / len(X)"),
            "You divide by the number of images. The loss is any loss; dY holds its "
            "mean already.",
            forms=[("return dX, dK", "return dX / len(X), dK / len(X)")],
        ),
        Misconception(
            "sign",
            ("return dX, dK", "return -dX, -dK"),
            "Your gradients point downhill. The minus belongs to the step.",
        ),
        Misconception(
            "kernel-turned",
            ("dK[:, :, u, v] = ", "dK[:, :, -1 - u, -1 - v] = "),
            "Your dK is turned by 180 degrees. Place (u, v) of the kernel met the part "
            "of X that begins at row u and column v.",
        ),
        Misconception(
            "one-image",
            (
                'np.einsum("nqij,ncij->qc", dY, X[place])',
                'np.einsum("nqij,ncij->qc", dY[-1:], X[place][-1:])',
            ),
            "Your dK comes from one image alone. What all images give is added up.",
            forms=[
                (
                    'np.einsum("nqij,ncij->qc", dY, X[place])',
                    'np.einsum("nqij,ncij->qc", dY[:1], X[place][:1])',
                ),
            ],
        ),
        Misconception(
            "one-filter",
            (
                'np.einsum("nqij,qc->ncij", dY, K[:, :, u, v])',
                'np.einsum("nqij,qc->ncij", dY[:, -1:], K[-1:, :, u, v])',
            ),
            "Your dX comes from one filter alone. What all filters give is added up.",
            forms=[
                (
                    'np.einsum("nqij,qc->ncij", dY, K[:, :, u, v])',
                    'np.einsum("nqij,qc->ncij", dY[:, :1], K[:1, :, u, v])',
                ),
            ],
        ),
        Misconception(
            "dY-ignored",
            (
                "    height, width = dY.shape[2:]",
                "    dY = np.ones(dY.shape)\n    height, width = dY.shape[2:]",
            ),
            "You do not use dY: these are the gradients of the sum of all results. "
            "Each result counts with its own dY.",
        ),
        Misconception(
            "whole-results",
            [
                (
                    "np.zeros(X.shape), np.zeros(K.shape)",
                    "np.zeros(X.shape, X.dtype), np.zeros(K.shape, K.dtype)",
                ),
                ("dX[place] += ", "dX[place] = dX[place] + "),
            ],
            "Your gradients have the dtypes of X and K. With whole numbers their "
            "fractions are lost: make them floats.",
            forms=[
                (
                    "return dX, dK",
                    "return dX.astype(X.dtype), dK.astype(K.dtype)",
                ),
            ],
        ),
    ],
    hints=[
        "Begin with the loops of `conv2d` over the kernel's places (u, v). Which part "
        "of X met K at (u, v)?",
        "At each place dK[:, :, u, v] is a sum over images, rows and columns of dY "
        "times that part of X.",
        "dX gets, in that part, dY times K[:, :, u, v], summed over the filters; parts "
        "overlap, so add.",
    ],
)

EXERCISES = [
    REVEALING_POINTS,
    SOFTMAX,
    ONE_HOT,
    CROSS_ENTROPY,
    ACCURACY,
    CONFUSION,
    PRECISION_RECALL,
    GRADIENTS,
    SIGMOID,
    RELU,
    DENSE,
    CONV2D,
    MAX_POOL,
    CONV2D_GRADIENTS,
    STANDARDISE,
    SHIFT,
    BUILD_MLP,
    COUNT,
    BUILD_CNN,
    TRAIN_SOFTMAX,
    TRAIN_CLASSIFIER,
    REVEALING_LOSSES,
    Manual(
        "double_softmax",
        points=3,
        minutes=15,
        rubric=(
            "1 point: names the softmax applied twice and the floor of about 1.46 "
            "(or the bound e/(e+9) on the probability). 1 point: says why accuracy "
            "does not show it (the order of the classes stays). 1 point: a use that "
            "needs the probability itself (handing over unsure cases, expected cost, "
            "combining models), or the missing gradient at confident errors."
        ),
    ),
    REPLACE_HEAD,
]

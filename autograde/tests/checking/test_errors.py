"""What is said of an error: its usual cause, and which sizes met."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from autograde.checking.errors import USUAL, sizes_sentence, usual_cause
from autograde.checking.quantities import Quantity

N = Quantity("N", 7.0, "the number of samples")
K = Quantity("k", 3.0, "the number of classes")


def message_of(function) -> str:
    try:
        function()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    raise AssertionError("no error")


@pytest.mark.parametrize(
    "function",
    [
        lambda: np.ones((5, 7)) + np.ones((5, 3)),
        lambda: np.ones((5, 7)) @ np.ones((3, 5)),
        lambda: np.dot(np.ones((5, 7)), np.ones((3, 5))),
        lambda: torch.ones(5, 7) @ torch.ones(3, 5),
        lambda: torch.ones(7) + torch.ones(3),
    ],
)
def test_the_sizes_that_met_are_named(function):
    said = sizes_sentence(message_of(function), [N, K])
    named = {"7 is the number of samples", "3 is the number of classes"}
    sizes, _, rest = said.partition(" do not fit: ")
    assert sizes in ("the sizes 7 and 3", "the sizes 3 and 7")
    assert set(rest.split("; ")) == named


def test_a_size_that_two_quantities_have_is_not_named():
    message = message_of(lambda: torch.ones(7) + torch.ones(3))
    both = [N, K, Quantity("d", 3.0, "the number of features")]
    assert sizes_sentence(message, both).endswith("fit: 7 is the number of samples")
    assert sizes_sentence(message, both[1:]) == ""
    assert sizes_sentence("ValueError: no", [N]) == ""


def leaf_in_place():
    w = torch.ones(2, requires_grad=True)
    w += 1


def backward_twice():
    w = torch.ones(2, requires_grad=True)
    loss = (w * w).sum()
    loss.backward()
    loss.backward()


def whole_numbers_in_place():
    x = np.arange(3)
    x += 0.5


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda: torch.ones(2).sum().backward(), "No gradient leads from"),
        (leaf_in_place, "changed in place while gradients are recorded"),
        (backward_twice, "graph of an earlier"),
        (whole_numbers_in_place, "cannot take fractions in place"),
        (lambda: torch.ones(2, 3).T.view(6), "`.reshape` in place of `.view`"),
        (lambda: bool(np.ones(3) > 0), "A comparison of arrays"),
        (lambda: [1, 2][2], "a place that is not there"),
        (lambda: np.ones(3)[3], "right behind the last one"),
        (lambda: np.ones(3)[0, 0], "fewer axes"),
        (lambda: {}["a"], "no such key"),
        (lambda: 1 / 0, "divides by is 0"),
        (lambda: __import__("math").log(0), "A logarithm or a root"),
        (lambda: np.max(np.ones(0)), "something is empty"),
        (lambda: max([]), "something is empty"),
        (lambda: (lambda x: x)(), "as its docstring says"),
        (lambda: None[0], "None"),
        (lambda: np.ones(2).detach(), "an array of NumPy"),
        (lambda: torch.ones(2).astype(int), "a tensor of PyTorch"),
        (lambda: {[1]: 2}, "make a tuple of it"),
        (lambda: torch.cat([torch.ones(2), torch.ones(2, 3)]), "shapes do not fit"),
        (lambda: torch.optim.SGD([], 0.1), "No parameter is left"),
        (lambda: np.array([1], "int8") + 7999, "use `int64`"),
        (lambda: torch.nn.Module().size, "set it in `__init__`"),
        (lambda: torch.ones(2).double() @ torch.ones(2), "float32 and float64"),
        (
            lambda: torch.nn.functional.embedding(torch.ones(2), torch.ones(3, 2)),
            "whole",
        ),
        (lambda: (lambda: (_ for _ in 3))(), "a single number"),
    ],
)
def test_the_usual_cause_of_an_error(function, words):
    assert words in usual_cause(message_of(function))


def test_of_an_error_of_the_students_own_nothing_is_said():
    assert usual_cause("ValueError: my own check") == ""
    assert len({sentence for _, sentence in USUAL}) == len(USUAL)

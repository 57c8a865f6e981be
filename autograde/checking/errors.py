"""What is behind an error in a student's code: usual causes, and the sizes that met."""

from __future__ import annotations

import re
from collections.abc import Sequence

from autograde.checking.quantities import Quantity

#: what is found in ``Type: message``, and the sentence for it; the first one counts
USUAL = [
    (
        r"cuda|nvidia|\bmps\b|xpu",
        "There is no GPU where notebooks are graded: choose the device with "
        "`torch.cuda.is_available()`.",
    ),
    (
        r"^ModuleNotFoundError|^ImportError",
        "Where notebooks are graded nothing can be installed; use what the chapter "
        "imports.",
    ),
    (
        r"^FileNotFoundError",
        "Where notebooks are graded there are the chapter's own files and no others.",
    ),
    (
        # not translated
        r"^SyntaxError: .*(?:invalid character|invalid non-printable)",
        "Python could not read the cell: that character comes from a text or a web "
        "page, or from a keyboard for another language; type it again in code.",
    ),
    (
        r"^(?:Syntax|Indentation|Tab)Error",
        "Python could not read the cell, so that nothing in it ran.",
    ),
    (
        r"^NotImplementedError",
        "The stub's `raise NotImplementedError()` still stands in it; remove the line.",
    ),
    (
        # not translated: what PyTorch says
        r"expected scalar type (?:Long|Int)|type Long but|indices.*must be|"
        r"expected tensor for argument .* scalar types?: Long",
        "Indices and labels have to be whole numbers: convert them, for example with "
        "`.long()`.",
    ),
    (
        r"same dtype|expected scalar type|Found dtype",  # not translated
        "Numbers of float32 and float64 met: make both the same, for example with "
        "`.to(x.dtype)`.",
    ),
    (
        r"requires grad. Use tensor.detach",  # not translated
        "A tensor that keeps its gradient cannot become an array: call `.detach()` "
        "first.",
    ),
    (
        # not translated
        r"does not require grad and does not have a grad_fn",
        "No gradient leads from that number to a parameter: on the way it was "
        "detached, made a plain number, or computed under `torch.no_grad()`.",
    ),
    (
        r"backward through the graph a second time",  # not translated
        "The graph of an earlier `backward()` was used again: compute the loss anew, "
        "and detach what is kept from step to step.",
    ),
    (
        r"leaf Variable that requires grad",  # not translated
        "A parameter is changed in place while gradients are recorded: do it under "
        "`torch.no_grad()`.",
    ),
    (
        r"modified by an inplace operation",  # not translated
        "A tensor that the gradient still needs was changed in place: write the new "
        "value into a new tensor.",
    ),
    (
        r"view size is not compatible",  # not translated
        "After a transpose the numbers do not lie in that order in memory: use "
        "`.reshape` in place of `.view`.",
    ),
    (
        # not translated
        r"shapes cannot be multiplied|not aligned|could not be broadcast|"
        r"mismatch in its core dimension|size of tensor|sizes of tensors must match|"
        r"same number of dimensions|non-broadcastable",
        "The shapes do not fit together: print them above that line.",
    ),
    (
        r"Cannot cast ufunc|can't be cast to the desired output",  # not translated
        "An array of whole numbers cannot take fractions in place: make it one of "
        "floats first, or write `x = x + y` for `x += y`.",
    ),
    (
        r"truth value of an? (?:array|Series)|"  # not translated
        r"Boolean value of Tensor with more than one",
        "A comparison of arrays gives a whole array: `if` wants one truth value, so "
        "say `.any()` or `.all()`, or choose with `np.where`.",
    ),
    (
        r"^IndexError.*index (\d+) is out of bounds for (?:axis|dimension) \d+ with "
        r"size \1\b",  # not translated
        "It asks for the place right behind the last one: places are counted from 0.",
    ),
    (
        r"^IndexError.*(?:out of range|out of bounds)",  # not translated
        "It asks for a place that is not there: compare the index with the length.",
    ),
    (
        r"too many indices",  # not translated
        "It has fewer axes than there are indices in the brackets.",
    ),
    (
        r"^KeyError",
        "The dict has no such key: ask with `in` first, or use `.get`.",
    ),
    (
        r"^ZeroDivisionError",
        "What it divides by is 0 in this case: think of an empty input, or of one "
        "without a single hit.",
    ),
    (
        # not translated
        r"math domain error|expected a (?:positive|nonnegative) input",
        "A logarithm or a root was asked of a number for which there is none: 0, or "
        "one below 0.",
    ),
    (
        r"zero-size array|empty (?:sequence|tensor)|arg is an empty|"  # not translated
        r"iterable argument is empty|non-empty",
        "In this case something is empty: there is no largest and no mean of nothing.",
    ),
    (
        # not translated
        r"positional argument|unexpected keyword|multiple values for argument",
        "It is called as its docstring says: keep the names and the order of its "
        "parameters.",
    ),
    (
        r"to unpack",  # not translated
        "The number of names to the left of `=` is not that of the values to the "
        "right.",
    ),
    (
        r"NoneType",
        "Something there is None: a function without `return` gives None.",
    ),
    (
        r"numpy\.ndarray' object has no attribute",  # not translated
        "That is an array of NumPy, and the attribute one of PyTorch's tensors.",
    ),
    (
        r"'Tensor' object has no attribute",  # not translated
        "That is a tensor of PyTorch, and the attribute one of NumPy's arrays.",
    ),
    (
        r"'(?:int|float)' object is not (?:iterable|subscriptable)",  # not translated
        "It is a single number, where several are gone through or chosen from.",
    ),
    (
        r"read-only|does not support item assignment",  # not translated
        "It cannot be changed in place: make a copy, and change that.",
    ),
    (
        r"empty parameter list",  # not translated
        "No parameter is left that could be trained.",
    ),
    (
        r"out of bounds for u?int",  # not translated
        "The number is too large for the integers of that array: use `int64`.",
    ),
    (
        r"^AttributeError: '[A-Z]\w*' object has no attribute",  # not translated
        "The object has no such attribute: set it in `__init__`, as `self.name = ...`.",
    ),
    (
        r"unhashable type",  # not translated
        "A list or an array cannot be a key or an item of a set: make a tuple of it.",
    ),
    (
        r"can only concatenate|must be str, not",  # not translated
        "A text or a list is added to something of another kind: convert one of them.",
    ),
    (
        r"^UnboundLocalError",
        "A name that is assigned anywhere in a function belongs to that function, "
        "also above the assignment.",
    ),
    (r"^RecursionError", "A function calls itself without an end."),
]
#: how libraries say which two sizes met
_SIZES = [
    # not translated
    re.compile(r"size of tensor a \((\d+)\) must match .* tensor b \((\d+)\)"),
    re.compile(r"size (\d+) is different from (\d+)"),  # not translated
    re.compile(r"\(\d+x(\d+) and (\d+)x\d+\)"),
    re.compile(r"not aligned: (\d+) \(dim \d+\) != (\d+)"),  # not translated
]
_SHAPES = re.compile(r"with shapes \(([\d, ]+)\) \(([\d, ]+)\)")  # not translated


def usual_cause(message: str) -> str:
    """What is behind an error with this ``Type: message``; empty for another."""
    for pattern, sentence in USUAL:
        if re.search(pattern, message, re.IGNORECASE):
            return sentence
    return ""


def sizes_sentence(message: str, quantities: Sequence[Quantity]) -> str:
    """What the two sizes that do not fit are, where the exercise has names for them.

    A size is named only where one quantity of the case has it and no other.
    """
    sizes = _sizes_in(message)
    if sizes is None:
        return ""
    named = [(size, _named(size, quantities)) for size in sizes]
    known = [(size, text) for size, text in named if text]
    n_one, n_two = sizes
    if len(known) == 2:
        (n_size, what), (n_other, other) = known
        return (
            f"the sizes {n_one} and {n_two} do not fit: {n_size} is {what}; "
            f"{n_other} is {other}"
        )
    if len(known) == 1:
        ((n_size, what),) = known
        return f"the sizes {n_one} and {n_two} do not fit: {n_size} is {what}"
    return ""


def _sizes_in(message: str) -> tuple[int, int] | None:
    """The two sizes that an error of a library complains of."""
    for pattern in _SIZES:
        found = pattern.search(message)
        if found:
            return int(found[1]), int(found[2])
    found = _SHAPES.search(message)
    if found is None:
        return None
    left, right = (
        [int(n) for n in re.findall(r"\d+", text)] for text in found.groups()
    )
    pairs = zip(reversed(left), reversed(right), strict=False)
    unlike = [(a, b) for a, b in pairs if a != b and 1 not in (a, b)]
    return unlike[0] if len(unlike) == 1 else None


def _named(size: int, quantities: Sequence[Quantity]) -> str:
    found = [quantity for quantity in quantities if quantity.value == size]
    if len(found) != 1:
        return ""
    (quantity,) = found
    return quantity.what or quantity.name

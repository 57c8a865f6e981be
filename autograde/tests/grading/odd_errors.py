"""Answers that end in an error, and what their student must be told of it."""

from __future__ import annotations

from nbformat.v4 import new_code_cell

from autograde.tests.grading.odd_edits import (
    Odd,
    above,
    merged,
    put,
    solution,
    source,
    steps,
)

stopped = ("mse_loss",)
ERRORS: dict[str, Odd] = {
    "a call of a list": Odd(
        steps(
            put(new_code_cell("list = [1]"), "mse_loss"),
            source("mse_loss", "def mse_loss(y, y_hat):\n    return list(y)"),
        ),
        lost=("mse_loss", "train_epoch"),
        told=(
            "TypeError: 'list' object is not callable",
            "line 2",
            "`list`",
            "another",
        ),
    ),
    "a name of nowhere": Odd(
        source("mse_loss", "def mse_loss(y, y_hat):\n    return nowhere(y)"),
        lost=stopped,
        told=("NameError", "line 2", "No cell of the notebook", "`nowhere`"),
    ),
    "a name of a cell that stopped": Odd(
        steps(
            put(new_code_cell("1 / 0\nscale = 2"), "mse_loss", 0),
            source("mse_loss", "def mse_loss(y, y_hat):\n    return scale * y"),
        ),
        lost=stopped,
        told=("NameError", "The cell that defines `scale` stopped"),
    ),
    "a tensor on a GPU": Odd(
        source(
            "mse_loss",
            "def mse_loss(y, y_hat):\n    return torch.tensor(y).cuda().mean().item()",
        ),
        lost=stopped,
        told=("line 2", "no GPU"),
    ),
    "a module that is not there": Odd(
        source("mse_loss", "def mse_loss(y, y_hat):\n    import tensorflow_x\n"),
        lost=stopped,
        told=("ModuleNotFoundError", "nothing can be installed"),
    ),
    "a file that is not there": Odd(
        source("mse_loss", "def mse_loss(y, y_hat):\n    return open('C:/mine.csv')"),
        lost=stopped,
        told=("FileNotFoundError", "chapter's own files"),
    ),
    "a syntax error": Odd(
        source("mse_loss", "def mse_loss(y, y_hat):\n    return (y - "),
        lost=stopped,
        told=("SyntaxError", "Python could not read the cell"),
    ),
    "shapes that do not fit": Odd(
        source("mse_loss", "def mse_loss(y, y_hat):\n    return y @ y_hat @ y @ y @ y"),
        lost=stopped,
        told=("ValueError", "line 2", "shapes"),
    ),
    "another number of arguments": Odd(
        source("mse_loss", "def mse_loss(y):\n    return 0.0"),
        lost=stopped,
        told=("TypeError", "positional argument", "docstring"),
    ),
    "an error of the student's own": Odd(
        source(
            "mse_loss", "def mse_loss(y, y_hat):\n    raise KeyError('not this one')"
        ),
        lost=stopped,
        told=("KeyError", "not this one", "line 2"),
    ),
    "a magic that keeps nothing": Odd(
        above("%%timeit -n1 -r1"),
        lost=stopped,
        told=("`%%timeit`", "remove that line"),
    ),
    "another name": Odd(
        source("mse_loss", lambda text: text.replace("mse_loss", "mse_los")),
        lost=stopped,
        told=("defines `mse_los` and no `mse_loss`",),
    ),
    "all in comments": Odd(
        source("mse_loss", lambda text: "# " + text.replace("\n", "\n# ")),
        lost=stopped,
        told=("no code that runs",),
    ),
    "numbers of lines pasted with it": Odd(
        source("mse_loss", lambda text: "1 " + text.replace("\n", "\n2 ")),
        lost=stopped,
        told=("SyntaxError", "line 1"),
    ),
    "merged with a cell that has a typographic quote": Odd(
        steps(above("name = “mine”", "forward"), merged("forward", "mse_loss")),
        lost=("forward", "mse_loss"),
        told=("“mine”", "comes from a text or a web page"),
    ),
    "an error in the cell": Odd(
        source("mse_loss", f"ratio = 1 / 0\n{solution('mse_loss')}"),
        lost=stopped,
        told=("ZeroDivisionError: division by zero", "line 1"),
    ),
}

"""Controls that ipywidgets does not have: a pad to draw on, tokens to point at.

Both are small anywidgets, so that they run in JupyterLab, Notebook 7 and VS Code alike.
What the page sends is data of a stranger: `array` and `value` are brought into range.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import anywidget
import numpy as np
import traitlets

from autograde.language import marked, translate

_STATIC = Path(__file__).parent / "static"
PAD_WORDS = {
    "label": "Pad to draw on. Arrow keys move the pen, Space draws, Delete clears.",
    "clear": marked("Clear"),
    "keys": "Arrow keys, Space, Delete work too.",
}
TOKENS_LABEL = "Tokens. The arrow keys move along the row."


class Pad(anywidget.AnyWidget):
    """A square to draw on, with a pointer or with the keyboard.

    Arrow keys move the pen, Space draws, Delete clears. `array` is (size, size) float64
    with 0 for paper and 1 for ink.
    """

    _esm = _STATIC / "pad.js"
    size = traitlets.Int(28, min=2, max=64).tag(sync=True)
    value = traitlets.List(trait=traitlets.Any()).tag(sync=True)
    words = traitlets.Dict().tag(sync=True)

    def __init__(self, size: int = 28, start: Any = None) -> None:
        count = size * size
        numbers = np.zeros(count) if start is None else np.ravel(start)
        ink = _inked(numbers.tolist(), count)
        words = {name: translate(text) for name, text in PAD_WORDS.items()}
        super().__init__(size=size, value=ink, words=words)

    @property
    def array(self) -> np.ndarray:
        numbers = _inked(self.value, self.size**2)
        return np.array(numbers).reshape(self.size, self.size)


class Tokens(anywidget.AnyWidget):
    """A row of tokens; the one under the pointer, or in focus, is the `value`.

    `value` is its place in `tokens`, from 0. The arrow keys move along the row.
    """

    _esm = _STATIC / "tokens.js"
    tokens = traitlets.List(trait=traitlets.Unicode()).tag(sync=True)
    value = traitlets.Int(0).tag(sync=True)
    label = traitlets.Unicode().tag(sync=True)

    def __init__(self, tokens: Sequence[str], value: int = 0) -> None:
        names = [str(token) for token in tokens]
        super().__init__(tokens=names, value=value, label=translate(TOKENS_LABEL))

    @traitlets.validate("value")
    def _inside(self, proposal: Any) -> int:
        return min(max(int(proposal["value"]), 0), max(len(self.tokens) - 1, 0))


def _inked(values: Sequence[Any], count: int) -> list[float]:
    """`count` numbers from 0 to 1: what is missing or no number is paper."""
    found = []
    for value in list(values)[:count]:
        good = isinstance(value, int | float) and math.isfinite(value)
        found.append(min(max(float(value), 0.0), 1.0) if good else 0.0)
    return found + [0.0] * (count - len(found))

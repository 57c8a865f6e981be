"""Pictures with alternative text, readable on light and dark pages; drawings; sliders.

:mod:`~autograde.figures.style` holds colours and the display of a picture,
:mod:`~autograde.figures.drawing` boxes and arrows,
:mod:`~autograde.figures.networks` the parts of networks that chapters explain, and
:mod:`~autograde.figures.curve` the curve that grows while a model is trained.

It imports `language`.
"""

from autograde.figures.curve import live_curve
from autograde.figures.networks import (
    attention,
    computation_graph,
    convolution,
    lstm_cell,
    split_heads,
    tower,
    unrolled_rnn,
    wordpiece,
)
from autograde.figures.style import COLOURS, DPI, INK, show, slide, use_style

__all__ = [
    "COLOURS",
    "DPI",
    "INK",
    "attention",
    "computation_graph",
    "convolution",
    "live_curve",
    "lstm_cell",
    "show",
    "slide",
    "split_heads",
    "tower",
    "unrolled_rnn",
    "use_style",
    "wordpiece",
]

use_style()

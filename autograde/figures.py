"""Pictures with alternative text, in colours that everyone can tell apart; sliders."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from typing import Any

import matplotlib
from matplotlib.figure import Figure

# The palette of Okabe and Ito (2008), ordered so that neighbours also differ in grey.
COLOURS = ["#0072B2", "#E69F00", "#000000", "#009E73", "#CC79A7", "#56B4E9", "#D55E00"]
DPI = 100


def use_style() -> None:
    """Set the course's matplotlib style."""
    lines = ["-", "--", "-.", ":", "-", "--", "-."]
    matplotlib.rcParams.update(
        {
            "axes.prop_cycle": matplotlib.cycler(color=COLOURS, linestyle=lines),
            "axes.grid": True,
            "axes.spines.right": False,
            "axes.spines.top": False,
            "axes.titlesize": "medium",
            "figure.constrained_layout.use": True,
            "figure.dpi": DPI,
            "figure.figsize": (7.0, 3.6),
            "grid.alpha": 0.3,
            "image.cmap": "cividis",
        }
    )


def show(figure: Figure, alt: str) -> None:
    """Display `figure` with the alternative text `alt`, and close it.

    A reader without images gets `alt`, and so does nbval, which compares text.
    """
    from IPython.display import display

    bundle = {"image/png": _png(figure), "text/plain": alt}
    display(bundle, raw=True, metadata={"image/png": {"alt": alt}})


def slide(draw: Callable[..., tuple[Figure, str]], **sliders: Any) -> None:
    """Display `sliders`, and below them the picture that `draw` makes of their values.

    `draw` returns a figure and its alternative text. The notebook keeps the picture of
    the sliders' first position with them, for readers without a kernel.
    """
    from IPython.display import display
    from ipywidgets import interactive

    figure, alt = draw(**{name: slider.value for name, slider in sliders.items()})
    still = {"image/png": _png(figure), "text/plain": alt}
    moving = interactive(lambda **values: show(*draw(**values)), **sliders)
    bundle = moving._repr_mimebundle_() | still
    display(bundle, raw=True, metadata={"image/png": {"alt": alt}})


def _png(figure: Figure) -> str:
    from matplotlib import pyplot as plt

    png = io.BytesIO()
    figure.savefig(png, format="png", dpi=DPI, metadata={"Software": None})
    plt.close(figure)
    return base64.b64encode(png.getvalue()).decode()


use_style()

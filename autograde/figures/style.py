"""The course's colours, and pictures with alternative text.

A picture has no background of its own: it lies on a white page, on paper and on the
dark theme. Each colour, and the ink of axes and words, has a contrast of at least 3 to
1 against both (WCAG 2.2, success criterion 1.4.11). That leaves little room for
lightness, so that lines differ in hue and in their strokes.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from typing import Any

import matplotlib
from cycler import cycler
from matplotlib.figure import Figure

# The hues of Okabe and Ito (2008) for the colour blind, brought to a middle lightness.
COLOURS = ["#0B7DC2", "#C07C00", "#767676", "#008F68", "#B75F96", "#5A9BC7", "#D55E00"]
INK = "#767676"  # of axes, words and arrows
DPI = 100


def use_style() -> None:
    """Set the course's matplotlib style."""
    lines = ["-", "--", "-.", ":", "-", "--", "-."]
    matplotlib.rcParams.update(
        {
            "axes.edgecolor": INK,
            "axes.facecolor": "none",
            "axes.grid": True,
            "axes.labelcolor": INK,
            "axes.prop_cycle": cycler(color=COLOURS, linestyle=lines),
            "axes.spines.right": False,
            "axes.spines.top": False,
            "axes.titlecolor": INK,
            "axes.titlesize": "medium",
            "figure.constrained_layout.use": True,
            "figure.dpi": DPI,
            "figure.edgecolor": "none",
            "figure.facecolor": "none",
            "figure.figsize": (7.0, 3.6),
            "grid.alpha": 0.3,
            "grid.color": INK,
            "image.cmap": "cividis",
            "legend.edgecolor": INK,
            "legend.facecolor": "none",
            "legend.labelcolor": INK,
            "patch.edgecolor": INK,
            "savefig.edgecolor": "none",
            "savefig.facecolor": "none",
            "text.color": INK,
            "xtick.color": INK,
            "ytick.color": INK,
        }
    )


def show(figure: Figure, alt: str) -> None:
    """Display `figure` with the alternative text `alt`, and close it.

    A reader without images gets `alt`, and so does nbval, which compares text.
    """
    from IPython.display import display

    bundle, metadata = picture(figure, alt)
    display(bundle, raw=True, metadata=metadata)


def picture(figure: Figure, alt: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """`figure` as a bundle of data and its metadata, for a display; it is closed."""
    bundle = {"image/png": png_text(figure), "text/plain": alt}
    return bundle, {"image/png": {"alt": alt}}


def slide(draw: Callable[..., tuple[Figure, str]], **sliders: Any) -> None:
    """Display `sliders`, and below them the picture that `draw` makes of their values.

    `draw` returns a figure and its alternative text. The notebook keeps the picture of
    the sliders' first position with them, for readers without a kernel.
    """
    from IPython.display import display
    from ipywidgets import interactive

    figure, alt = draw(**{name: slider.value for name, slider in sliders.items()})
    still, metadata = picture(figure, alt)
    moving = interactive(lambda **values: show(*draw(**values)), **sliders)
    display(moving._repr_mimebundle_() | still, raw=True, metadata=metadata)


def png_text(figure: Figure) -> str:
    """`figure` as a PNG in base64; it is closed."""
    from matplotlib import pyplot as plt

    png = io.BytesIO()
    figure.savefig(png, format="png", dpi=DPI, metadata={"Software": None})
    plt.close(figure)
    return base64.b64encode(png.getvalue()).decode()

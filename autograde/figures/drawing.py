"""Boxes, circles and arrows in the course's style, for drawings of networks.

Lengths are in units of the drawing; one unit is `UNIT` inches. Places are (x, y) with y
upwards. Text is in the colour of what it belongs to.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch, Rectangle

from autograde.figures.style import INK

UNIT = 0.62
SIZE = 10.0  # of text, in points
Place = tuple[float, float]


def canvas(width: float, height: float, title: str = "") -> tuple[Figure, Axes]:
    """An empty drawing of `width` by `height` units."""
    from matplotlib import pyplot as plt

    extra = 0.45 if title else 0.0
    size = (width * UNIT, height * UNIT + extra)
    figure, ax = plt.subplots(figsize=size)
    ax.set(xlim=(0, width), ylim=(0, height), aspect="equal")
    ax.axis("off")
    if title:
        ax.set_title(title)
    return figure, ax


def box(
    ax: Axes,
    place: Place,
    text: str = "",
    *,
    width: float = 1.6,
    height: float = 0.8,
    colour: str = INK,
    size: float = SIZE,
    dashed: bool = False,
) -> None:
    """A box with its middle at `place`, lightly filled with its colour."""
    x, y = place[0] - width / 2, place[1] - height / 2
    for face, edge, alpha in ((colour, "none", 0.1), ("none", colour, 1.0)):
        ax.add_patch(
            FancyBboxPatch(
                (x, y),
                width,
                height,
                boxstyle="round,pad=0,rounding_size=0.12",
                facecolor=face,
                edgecolor=edge,
                alpha=alpha,
                linestyle="--" if dashed else "-",
                linewidth=1.4,
            )
        )
    write(ax, place, text, colour=colour, size=size)


def node(
    ax: Axes,
    place: Place,
    text: str,
    *,
    radius: float = 0.3,
    colour: str = INK,
    size: float = SIZE,
) -> None:
    """A circle, for a value or an operation."""
    ax.add_patch(Circle(place, radius, facecolor=colour, alpha=0.1, edgecolor="none"))
    ax.add_patch(Circle(place, radius, facecolor="none", edgecolor=colour, lw=1.4))
    write(ax, place, text, colour=colour, size=size)


def arrow(
    ax: Axes,
    *places: Place,
    colour: str = INK,
    dashed: bool = False,
    bend: float = 0.0,
    width: float = 1.4,
) -> None:
    """An arrow through `places`, with its head at the last one."""
    stroke: dict[str, Any] = {"color": colour, "linewidth": width}
    stroke["linestyle"] = (0, (4, 2)) if dashed else "-"
    if len(places) > 2:
        ax.plot(*zip(*places[:-1], strict=True), solid_joinstyle="round", **stroke)
    ax.add_patch(
        FancyArrowPatch(
            places[-2],
            places[-1],
            arrowstyle="-|>",
            mutation_scale=11,
            shrinkA=0,
            shrinkB=0,
            connectionstyle=f"arc3,rad={bend}",
            **stroke,
        )
    )


def line(ax: Axes, *places: Place, colour: str = INK, dashed: bool = False) -> None:
    """A line through `places`, without a head."""
    style = (0, (4, 2)) if dashed else "-"
    ax.plot(*zip(*places, strict=True), color=colour, linewidth=1.4, linestyle=style)


def write(
    ax: Axes,
    place: Place,
    text: str,
    *,
    colour: str = INK,
    size: float = SIZE,
    align: str = "center",
) -> None:
    """Text with its middle (or its left or right end, by `align`) at `place`."""
    ax.text(*place, text, color=colour, fontsize=size, ha=align, va="center")


def grid(
    ax: Axes,
    corner: Place,
    numbers: Sequence[Sequence[Any]],
    *,
    cell: float = 0.6,
    colour: str = INK,
    size: float = SIZE,
) -> None:
    """A table of small cells with its lower left corner at `corner`.

    The first row of `numbers` is on top; an entry that is "" leaves its cell empty.
    """
    rows = len(numbers)
    for i, row in enumerate(numbers):
        for j, number in enumerate(row):
            x, y = corner[0] + j * cell, corner[1] + (rows - 1 - i) * cell
            patch = Rectangle((x, y), cell, cell, facecolor="none", edgecolor=colour)
            ax.add_patch(patch)
            middle = (x + cell / 2, y + cell / 2)
            write(ax, middle, str(number), colour=colour, size=size)


def shade(ax: Axes, corner: Place, width: float, height: float, colour: str) -> None:
    """A shaded rectangle, to single out a part of a drawing."""
    patch = Rectangle(corner, width, height, facecolor=colour, alpha=0.13, lw=0)
    ax.add_patch(patch)
    ax.add_patch(
        Rectangle(corner, width, height, facecolor="none", edgecolor=colour, lw=2)
    )

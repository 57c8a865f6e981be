"""Pictures as data: drawn as SVG within milliseconds, and by matplotlib for paper.

matplotlib takes a tenth of a second and more for a picture, too long under a moving
hand. Each chart here draws itself twice from one description: :meth:`svg` for the live
page, :meth:`figure` for the notebook's still picture.
"""

from __future__ import annotations

import html
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograde.figures.style import COLOURS, INK

WIDTH, HEIGHT = 620, 300
LEFT, RIGHT, TOP, BOTTOM = 62, 12, 30, 42
MAX_POINTS = 2_000  # of a line: more are thinned out
MAX_ITEMS = 60  # bars, rows or columns
LETTERS_BELOW = 60  # of equal names, side by side below a still picture
SLANT = -50  # degrees of names that have no room to lie
STROKES = ("", "6 3", "8 3 2 3", "2 2", "", "6 3", "8 3 2 3")


@dataclass
class Lines:
    """Lines in one pair of axes.

    lines: for each name its numbers, or a pair (x numbers, y numbers); what is not
        finite leaves a gap, and a line of gaps alone says so in the legend
    alt: the picture in words
    x, y: labels with units; xlim, ylim: the range shown, else that of the numbers
    log: whether the y axis is logarithmic; numbers of 0 and less leave a gap
    marks: names of the lines that show their points
    """

    title: str
    lines: Mapping[str, Any]
    alt: str
    x: str = ""
    y: str = ""
    xlim: tuple[float, float] | None = None
    ylim: tuple[float, float] | None = None
    log: bool = False
    marks: Sequence[str] = ()

    def _numbers(self) -> dict[str, tuple[np.ndarray, np.ndarray, str]]:
        """For each name the numbers on x and on y, and what the legend calls it."""
        found = {}
        for name, line in self.lines.items():
            pair = isinstance(line, tuple) and len(line) == 2
            y = _row(line[1] if pair else line)
            x = _row(line[0]) if pair else np.arange(len(y), dtype=float)
            if len(x) != len(y):
                raise ValueError(f"{name}: {len(x)} numbers on x, {len(y)} on y")
            step = max(1, len(y) // MAX_POINTS)
            why = _why_unseen(y, self.log)
            x, y = x[::step], y[::step]
            if self.log:
                y = np.where(y > 0, y, np.nan)
            label = f"{str(name)[:14]} ({why})" if why else str(name)
            found[str(name)] = x, y, label
        return found

    def svg(self) -> str:
        found = self._numbers()
        xlim = self.xlim or _range([x for x, _, _ in found.values()])
        ylim = self.ylim or _range([y for _, y, _ in found.values()], self.log)
        across = _Scale(xlim, LEFT, WIDTH - RIGHT)
        up = _Scale(ylim, HEIGHT - BOTTOM, TOP, self.log)
        parts = [_frame(across, up, self.x, self.y)]
        for i, (name, (x, y, label)) in enumerate(found.items()):
            colour, stroke = COLOURS[i % 7], STROKES[i % 7]
            drawn = _polyline(across.of(x), up.of(y), colour, stroke)
            if name in self.marks:
                drawn += _dots(across.of(x), up.of(y), colour)
            parts.append(_clipped("".join(drawn)))
            parts.append(_legend_entry(i, label, colour, stroke))
        return _svg(self.title, "".join(parts), self.alt)

    def figure(self) -> Any:
        from matplotlib import pyplot as plt

        figure, ax = plt.subplots()
        for name, (x, y, label) in self._numbers().items():
            mark = "o" if name in self.marks else None
            ax.plot(x, y, label=label, marker=mark, ms=3)
        if self.log:
            ax.set_yscale("log")
        ax.set(xlabel=self.x, ylabel=self.y)
        ax.set(xlim=_sound(self.xlim), ylim=_sound(self.ylim))
        ax.set_title(self.title)
        if len(self.lines) > 1:
            ax.legend(loc="upper right")
        return figure


@dataclass
class Bars:
    """A bar for each name, from left to right, with its number on it.

    numbers: for each name a number; one that is not finite has no bar
    top: the height of the axis, else the largest; a higher bar is cut there
    strong: names that stand out
    """

    title: str
    numbers: Mapping[str, Any]
    alt: str
    y: str = ""
    top: float | None = None
    strong: Sequence[str] = ()

    def _pairs(self) -> list[tuple[str, float]]:
        return [(str(k), float(v)) for k, v in list(self.numbers.items())[:MAX_ITEMS]]

    def svg(self) -> str:
        pairs = self._pairs()
        numbers = [number for _, number in pairs if math.isfinite(number)]
        below = min([*numbers, 0.0])
        top = self.top or max([*numbers, 0.0]) or (1e-12 if below else 1.0)
        across = _Scale((0, max(len(pairs), 1)), LEFT, WIDTH - RIGHT)
        up = _Scale((below, top), HEIGHT - BOTTOM, TOP)
        parts = [_frame(across, up, "", self.y, ticks=False)]
        for i, (name, number) in enumerate(pairs):
            x, w = across.at(i + 0.12), across.at(0.76) - across.at(0)
            zero = up.at(0)
            y = max(up.at(number), TOP) if math.isfinite(number) else zero
            colour = COLOURS[6] if name in self.strong else COLOURS[0]
            height = max(abs(zero - y), 0.5)
            if math.isfinite(number):
                parts.append(
                    f'<rect x="{x:.1f}" y="{min(y, zero):.1f}" width="{w:.1f}" '
                    f'height="{height:.1f}" fill="{colour}"/>'
                )
            said = f"{number:.2f}" if math.isfinite(number) else _unseen(number)
            parts.append(_text(x + w / 2, min(y, zero) - 4, said, 10))
            parts.append(_text(x + w / 2, HEIGHT - BOTTOM + 15, name[:12], 11))
        return _svg(self.title, "".join(parts), self.alt)

    def figure(self) -> Any:
        from matplotlib import pyplot as plt

        figure, ax = plt.subplots()
        pairs = self._pairs()
        colours = [COLOURS[6 if name in self.strong else 0] for name, _ in pairs]
        seen = [v if math.isfinite(v) else 0.0 for _, v in pairs]
        ax.bar([n for n, _ in pairs], seen, color=colours)
        for i, (_, number) in enumerate(pairs):
            if not math.isfinite(number):
                ax.text(i, 0, _unseen(number), color=INK, ha="center", va="bottom")
        ax.set(ylabel=self.y)
        if self.top:
            ax.set_ylim(top=self.top)
        ax.set_title(self.title)
        return figure


@dataclass
class Heat:
    """A table of numbers as squares, strong where a number is large.

    What is not finite is crossed out.

    numbers: (n, m)     rows, columns: their names
    low, high: the numbers of no colour and of full colour, else those of the table
    """

    title: str
    numbers: Any
    alt: str
    rows: Sequence[str] = ()
    columns: Sequence[str] = ()
    low: float | None = None
    high: float | None = None
    mark: tuple[int | None, int | None] = field(default=(None, None))

    def _table(self) -> np.ndarray:
        table = np.asarray(_plain(self.numbers), dtype=float)
        if table.ndim != 2:
            raise ValueError(f"a table has two axes, this has {table.ndim}")
        return table[:MAX_ITEMS, :MAX_ITEMS]

    def _limits(self, table: np.ndarray) -> tuple[float, float]:
        finite = table[np.isfinite(table)]
        low = float(finite.min(initial=0.0)) if self.low is None else self.low
        high = float(finite.max(initial=low)) if self.high is None else self.high
        return low, max(high, low + 1e-12)

    def svg(self) -> str:
        table = self._table()
        low, high = self._limits(table)
        n, m = table.shape
        left = 20 + 7 * max((len(str(name)) for name in self.rows), default=0)
        cell = min((WIDTH - left - 10) / max(m, 1), 42.0)
        names = [str(name)[:12] for name in list(self.columns)[:m]]
        widest = 7 * max(map(len, names), default=0)  # of letters of size 11
        slant = SLANT if widest > cell else 0
        height = TOP + n * cell + 40 + (widest if slant else 0)
        parts = []
        for i, j in np.ndindex(n, m):
            share = (float(table[i, j]) - low) / (high - low)
            share = min(max(share, 0.0), 1.0) if math.isfinite(share) else 0.0
            x, y = left + j * cell, TOP + i * cell
            marked = i == self.mark[0] or j == self.mark[1]
            edge = COLOURS[6] if marked else INK
            places = f"{_name(self.rows, i)}, {_name(self.columns, j)}"
            name = f"{places}: {table[i, j]:.3g}"
            parts.append(
                f'<rect x="{x:.1f}" y="{y:.1f}" width="{cell:.1f}" height="{cell:.1f}" '
                f'fill="{COLOURS[0]}" fill-opacity="{share:.3f}" stroke="{edge}" '
                f'stroke-width="{1.6 if marked else 0.4}"><title>{html.escape(name)}'
                "</title></rect>"
            )
            if not math.isfinite(float(table[i, j])):
                parts.append(
                    f'<path d="M{x:.1f} {y:.1f}l{cell:.1f} {cell:.1f}m0 {-cell:.1f}'
                    f'l{-cell:.1f} {cell:.1f}" stroke="{INK}"/>'
                )
        for i, name in enumerate(list(self.rows)[:n]):
            y = TOP + (i + 0.5) * cell + 4
            parts.append(_text(left - 6, y, str(name)[:30], 11, "end"))
        for j, name in enumerate(names):
            x, y = left + (j + 0.5) * cell, TOP + n * cell + 15
            anchor = "end" if slant else "middle"
            parts.append(_text(x, y, name, 11, anchor, slant))
        return _svg(self.title, "".join(parts), self.alt, height)

    def figure(self) -> Any:
        from matplotlib import pyplot as plt

        table = self._table()
        low, high = self._limits(table)
        figure, ax = plt.subplots()
        picture = ax.imshow(table, vmin=low, vmax=high, aspect="auto")
        figure.colorbar(picture, ax=ax)
        ax.grid(False)
        if self.rows:
            ax.set_yticks(range(len(table)), list(map(str, self.rows))[: len(table)])
        if self.columns:
            names = list(map(str, self.columns))[: table.shape[1]]
            ax.set_xticks(range(len(names)), names)
            if max(map(len, names), default=0) * len(names) > LETTERS_BELOW:
                turned = {"rotation": -SLANT, "rotation_mode": "anchor", "ha": "right"}
                ax.set_xticks(range(len(names)), names, **turned)
        ax.set_title(self.title)
        return figure


class _Scale:
    """From numbers to pixels, clipped to what a browser can draw."""

    def __init__(
        self, limits: tuple[float, float], start: float, end: float, log: bool = False
    ) -> None:
        low, high = map(float, limits)
        if not (math.isfinite(low) and math.isfinite(high)) or low == high:
            low, high = (low, low + 1) if math.isfinite(low) else (0.0, 1.0)
        self.log = log and low > 0
        self.low, self.high, self.start, self.end = low, high, start, end

    def of(self, numbers: np.ndarray) -> np.ndarray:
        low, high = self.low, self.high
        with np.errstate(all="ignore"):
            if self.log:
                numbers, low, high = np.log10(numbers), np.log10(low), np.log10(high)
            share = (numbers - low) / (high - low)
            share = np.where(np.isfinite(numbers), np.clip(share, -1, 2), np.nan)
        return self.start + share * (self.end - self.start)

    def at(self, number: float) -> float:
        return float(self.of(np.array([float(number)]))[0])

    def ticks(self) -> list[float]:
        if self.log:
            first = math.ceil(math.log10(self.low) - 1e-9)
            last = math.floor(math.log10(self.high) + 1e-9)
            every = max(1, (last - first) // 5)
            return [10.0**power for power in range(first, last + 1, every)]
        raw = (self.high - self.low) / 5
        unit = float(10.0 ** math.floor(math.log10(raw))) if raw > 0 else 1.0
        step: float = next(
            s * unit for s in (1.0, 2.0, 5.0, 10.0) if s * unit >= 0.999 * raw
        )
        first = math.ceil(self.low / step - 1e-9)
        return [
            (first + i) * step for i in range(12) if (first + i) * step <= self.high
        ]


def _name(names: Sequence[str], place: int) -> str:
    return str(names[place]) if place < len(names) else str(place + 1)


def _unseen(number: float) -> str:
    """How a number that has no place on an axis is written."""
    return "NaN" if math.isnan(number) else "∞" if number > 0 else "−∞"


def _why_unseen(row: np.ndarray, log: bool) -> str:
    """Why no number of a line can be drawn, "" where one can or none is given."""
    if not row.size or (np.isfinite(row) & ((row > 0) | (not log))).any():
        return ""
    if np.isfinite(row).any():
        return "≤ 0"
    return _unseen(float(row[0]))


def _sound(limits: tuple[float, float] | None) -> tuple[float, float] | None:
    """Limits that an axis can have, else None."""
    if limits is None or not all(map(math.isfinite, limits)):
        return None
    return limits if limits[0] != limits[1] else None


def _plain(value: Any) -> Any:
    return value.detach() if hasattr(value, "detach") else value


def _row(values: Any) -> np.ndarray:
    row = np.asarray(_plain(values), dtype=float)
    if row.ndim != 1:
        raise ValueError(f"a line has one axis, this has {row.ndim}")
    return row


def _range(rows: list[np.ndarray], log: bool = False) -> tuple[float, float]:
    numbers = np.concatenate(rows) if rows else np.zeros(0)
    numbers = numbers[np.isfinite(numbers)]
    if not numbers.size:
        return 0.0, 1.0
    low, high = float(numbers.min()), float(numbers.max())
    if log:
        return low / 1.5, high * 1.5
    margin = 0.04 * (high - low) or abs(high) * 0.04 or 1.0
    return low - margin, high + margin


def _frame(across: _Scale, up: _Scale, x: str, y: str, ticks: bool = True) -> str:
    """Axes with their numbers and labels."""
    bottom = HEIGHT - BOTTOM
    parts = [
        f'<path d="M{LEFT} {TOP}V{bottom}H{WIDTH - RIGHT}" fill="none" stroke="{INK}"/>'
    ]
    for number in across.ticks() if ticks else ():
        place = across.at(number)
        parts.append(_text(place, bottom + 15, _number(number), 11))
    for number in up.ticks():
        place = up.at(number)
        parts.append(
            f'<path d="M{LEFT} {place:.1f}H{WIDTH - RIGHT}" stroke="{INK}" '
            'stroke-opacity=".3"/>'
        )
        parts.append(_text(LEFT - 6, place + 4, _number(number), 11, "end"))
    parts.append(_text((LEFT + WIDTH) / 2, HEIGHT - 8, x, 12))
    middle = (TOP + bottom) / 2
    parts.append(
        f'<text transform="translate(14 {middle:.0f}) rotate(-90)" font-size="12" '
        f'fill="{INK}" text-anchor="middle">{html.escape(y)}</text>'
    )
    return "".join(parts)


def _number(number: float) -> str:
    """``0.2``, ``300`` or ``1e-06``: a tick without rounding noise."""
    return f"{number:.4g}" if number else "0"


def _polyline(x: np.ndarray, y: np.ndarray, colour: str, stroke: str) -> list[str]:
    """The line in pieces, one between each two gaps."""
    inside = np.isfinite(x) & np.isfinite(y)
    pieces, points = [], []
    for a, b, good in zip(x, y, inside, strict=True):
        if good:
            points.append(f"{a:.1f},{b:.1f}")
        if points and not good:
            pieces.append(points)
            points = []
    pieces.append(points)
    dash = f' stroke-dasharray="{stroke}"' if stroke else ""
    return [
        f'<polyline points="{" ".join(piece)}" fill="none" stroke="{colour}" '
        f'stroke-width="2"{dash}/>'
        for piece in pieces
        if len(piece) > 1
    ]


def _clipped(body: str) -> str:
    """`body` without what lies outside of the frame."""
    wide, high = WIDTH - RIGHT - LEFT, HEIGHT - BOTTOM - TOP
    return (
        f'<svg x="{LEFT}" y="{TOP}" width="{wide}" height="{high}" '
        f'viewBox="{LEFT} {TOP} {wide} {high}">{body}</svg>'
    )


def _dots(x: np.ndarray, y: np.ndarray, colour: str) -> list[str]:
    inside = np.isfinite(x) & np.isfinite(y)
    return [
        f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3" fill="{colour}"/>'
        for a, b in zip(x[inside], y[inside], strict=True)
    ]


def _legend_entry(i: int, name: str, colour: str, stroke: str) -> str:
    y = TOP + 8 + 16 * i
    dash = f' stroke-dasharray="{stroke}"' if stroke else ""
    x = WIDTH - RIGHT - 150
    return f'<path d="M{x} {y}h28" stroke="{colour}" stroke-width="2"{dash}/>' + _text(
        x + 34, y + 4, name[:20], 11, "start"
    )


def _text(
    x: float, y: float, text: str, size: int, anchor: str = "middle", slant: int = 0
) -> str:
    turn = f'transform="rotate({slant} {x:.1f} {y:.1f})" ' if slant else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" {turn}font-size="{size}" fill="{INK}" '
        f'text-anchor="{anchor}">{html.escape(text)}</text>'
    )


def _svg(title: str, body: str, alt: str, height: float = HEIGHT) -> str:
    return (
        f'<svg role="img" aria-label="{html.escape(alt)}" viewBox="0 0 {WIDTH} '
        f'{height:.0f}" width="{WIDTH}" style="max-width:100%" '
        f'font-family="sans-serif">{_text(WIDTH / 2, 16, title, 13)}{body}</svg>'
    )

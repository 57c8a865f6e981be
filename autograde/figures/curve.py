"""A curve that grows while a model is trained, and is a still picture afterwards."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Any

from autograde.figures.style import picture

LEAST_SECONDS = 0.5  # between two pictures
SHARE = 0.1  # of the time at most goes into pictures


class live_curve:
    """Shows the numbers of a training while it runs::

        with live_curve("epoch", "loss", alt="The loss falls.") as curve:
            for epoch in range(20):
                ...
                curve.add(train=loss, held_out=other)

    One call of `add` is one step along the x axis, one keyword is one line. The
    picture is drawn anew at most twice a second, and less often where drawing is slow,
    so that a training takes at most a tenth longer. What stays in the notebook is one
    picture of all steps with the alternative text `alt`, whatever the machine's speed.

    x, y: labels of the axes, with their units
    title: says what is to be found; it may be a function of the lines
        (``{name: [numbers]}``) that returns the text
    first: number of the first step
    log: whether the y axis is logarithmic
    """

    def __init__(
        self,
        x: str,
        y: str,
        *,
        alt: str,
        title: Any = "",
        first: int = 1,
        log: bool = False,
    ) -> None:
        self.x, self.y, self.alt, self.title = x, y, alt, title
        self.first, self.log = first, log
        self.lines: dict[str, list[float]] = {}
        self.count = 0
        self._handle: Any = None
        self._next = time.monotonic() + LEAST_SECONDS

    def __enter__(self) -> live_curve:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.count:
            self._draw()

    def add(self, **numbers: Any) -> None:
        """One step further: the number of each line; a line may leave steps out."""
        for name, number in numbers.items():
            line = self.lines.setdefault(name, [float("nan")] * self.count)
            line.append(float(number))
        self.count += 1
        for line in self.lines.values():
            line += [float("nan")] * (self.count - len(line))
        start = time.monotonic()
        if start >= self._next:
            self._draw()
            spent = time.monotonic() - start
            self._next = time.monotonic() + max(LEAST_SECONDS, spent / SHARE)

    def _draw(self) -> None:
        bundle, metadata = picture(self.figure(), self.alt)
        if self._handle is None:
            from IPython.display import display

            self._handle = display(bundle, raw=True, metadata=metadata, display_id=True)
        else:
            self._handle.update(bundle, raw=True, metadata=metadata)

    def figure(self) -> Any:
        """The picture of all steps so far."""
        from matplotlib import pyplot as plt
        from matplotlib.ticker import MaxNLocator

        figure, ax = plt.subplots()
        steps = range(self.first, self.first + self.count)
        mark = "o" if self.count < 30 else None
        for name, line in self.lines.items():
            ax.plot(steps, line, marker=mark, ms=3, label=name.replace("_", " "))
        ax.set(xlabel=self.x, ylabel=self.y)
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        if self.log:
            ax.set_yscale("log")
        ax.set_title(self.title(self.lines) if callable(self.title) else self.title)
        if len(self.lines) > 1:
            ax.legend()
        return figure

"""Join controls and a picture that answers while they move.

The picture is made in the kernel by the student's own functions, so that it shows what
they have written: whoever changes a function sees another picture at the next move.
"""

from __future__ import annotations

import html
import re
import types
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from autograde.language import translate
from autograde.student import kernel
from autograde.student.clock import Clock, TimeUp

SECONDS = 10.0  # of work that one picture may take
MISSING = (
    "This needs your `{name}`, which is not written yet. Write it and run its cell."
)
FAILED = "With these values the picture cannot be drawn. {kind}: {text}"
FAILED_IN = "With these values your `{name}` stops. {kind}: {text}"
SLOW = (
    "The picture took more than {seconds:g} seconds and was stopped. Is there a loop "
    "that never ends?"
)
DRAWING = "The picture is being drawn …"
USES = "It uses your {names}. Do the checks pass?"
AGAIN = "Run this cell again, or move a control, when that is mended."


class Chart(Protocol):
    """What `draw` returns: see :mod:`autograde.widgets.charts`."""

    alt: str

    def svg(self) -> str: ...

    def figure(self) -> Any: ...


def play(
    draw: Callable[..., Chart | Sequence[Chart]],
    *,
    uses: Sequence[str] = (),
    **controls: Any,
) -> None:
    """Show `controls` and the picture that `draw` makes of their values.

    draw: called with the value of each control by its name; returns a chart or a list
        of them, drawn one below the other
    uses: names of the student's functions that `draw` calls
    controls: widgets, or what ``ipywidgets.interact`` turns into one: ``(0, 1, 0.01)``
        for a slider, a list for a choice, a text, True or False

    The notebook keeps the picture of the first values, for paper and for readers
    without a kernel.
    """
    player = Player(draw, uses, controls)
    player.show()


class Player:
    """One thing to play with. Nothing that a value or a function does ends it."""

    def __init__(
        self,
        draw: Callable[..., Chart | Sequence[Chart]],
        uses: Sequence[str],
        controls: dict[str, Any],
    ) -> None:
        self.draw, self.uses = draw, list(uses)
        self.controls = {name: _control(name, c) for name, c in controls.items()}
        self.charts: list[Chart] = []
        self.page: Any = None

    def values(self) -> dict[str, Any]:
        return {
            name: getattr(control, "array", control.value)
            for name, control in self.controls.items()
        }

    def answer(self) -> str:
        """The picture for the present values, or a sentence why there is none."""
        missing = self._missing()
        if missing:
            return _note(MISSING.format(name=missing), AGAIN)
        try:
            with Clock(self._say).limit(SECONDS):
                drawn = self.draw(**self.values())
                charts: list[Any] = (
                    list(drawn) if isinstance(drawn, list | tuple) else [drawn]
                )
                text = "".join(chart.svg() for chart in charts)
        except TimeUp:
            return _note(SLOW.format(seconds=SECONDS), AGAIN)
        except NotImplementedError as error:
            name = self._blamed(error) or ", ".join(self.uses) or "function"
            return _note(MISSING.format(name=name), AGAIN)
        except (Exception, SystemExit) as error:
            return self._failed(error)
        self.charts = charts
        return text

    def _say(self) -> None:
        """Where a move takes seconds, say in place of the old picture that it runs."""
        if self.page is not None:
            self.page.value = _note(DRAWING)

    def _failed(self, error: BaseException) -> str:
        """What ended the drawing, and in which of the student's functions."""
        kind, said = type(error).__name__, _said(error)
        name = self._blamed(error)
        if name:
            text = FAILED_IN.format(name=name, kind=kind, text=said)
            return _note(text, AGAIN)
        text = FAILED.format(kind=kind, text=said)
        names = kernel.user_names()
        found = [name for name in self.uses if _is_code(names.get(name))]
        if not found:
            return _note(text, AGAIN)
        uses = USES.format(names=", ".join(f"`{name}`" for name in found))
        return _note(text, uses, AGAIN)

    def show(self) -> None:
        """Display the controls, the picture, and the still picture for others."""
        from IPython.display import display

        text = self.answer()
        bundle, metadata = self._still(text)
        if kernel.has_page():
            import ipywidgets

            self.page = ipywidgets.HTML(text)
            for control in self.controls.values():
                control.observe(self._moved, "value")
            rows = [*self.controls.values(), self.page]
            bundle = ipywidgets.VBox(rows)._repr_mimebundle_() | bundle
        elif kernel.running_shell() is None:
            print(bundle["text/plain"])
            return
        display(bundle, raw=True, metadata=metadata)

    def _moved(self, change: Any) -> None:
        self.page.value = self.answer()

    def _still(self, text: str) -> tuple[dict[str, Any], dict[str, Any]]:
        if not self.charts:
            return {"text/plain": _plain(text), "text/html": text}, {}
        alt = " ".join(chart.alt for chart in self.charts)
        try:
            bundle = {"image/png": _png(self.charts), "text/plain": alt}
        except Exception:  # numbers that matplotlib cannot draw: the live page can
            return {"text/plain": alt, "text/html": text}, {}
        return bundle, {"image/png": {"alt": alt}}

    def _missing(self) -> str:
        names = kernel.user_names()
        return next((name for name in self.uses if name not in names), "")

    def _blamed(self, error: BaseException) -> str:
        """Which of the student's functions the error came from, "" for none."""
        trace, found = error.__traceback__, ""
        while trace is not None:
            name = trace.tb_frame.f_code.co_name
            found = name if name in self.uses else found
            trace = trace.tb_next
        return found


def _said(error: BaseException) -> str:
    try:
        return str(error)[:300]
    except Exception:  # its own words fail, too
        return ""


def _is_code(value: Any) -> bool:
    """Whether `value` is a function or a class, so what a student may have written."""
    return isinstance(value, types.FunctionType | type)


def _png(charts: Sequence[Chart]) -> str:
    """One picture of all charts, one below the other, in base64."""
    import base64
    import io

    from PIL import Image

    from autograde.figures.style import png_text

    texts = [png_text(chart.figure()) for chart in charts]
    if len(texts) == 1:
        return texts[0]
    images = [Image.open(io.BytesIO(base64.b64decode(text))) for text in texts]
    size = (max(i.width for i in images), sum(i.height for i in images))
    whole, top = Image.new("RGBA", size), 0
    for image in images:
        whole.paste(image, (0, top))
        top += image.height
    png = io.BytesIO()
    whole.save(png, "png")
    return base64.b64encode(png.getvalue()).decode()


def _control(name: str, control: Any) -> Any:
    from ipywidgets import interactive

    if hasattr(control, "observe"):
        made = control
    else:
        made = interactive.widget_from_abbrev(control)
        if made is None:
            raise TypeError(f"play: {control!r} makes no control for {name}")
    if not getattr(made, "description", "x"):
        made.description = name.replace("_", " ")
    return made


def _note(*lines: str) -> str:
    said = "".join(f"<p>{_code(translate(line))}</p>" for line in lines)
    return f'<div role="status">{said}</div>'


def _code(line: str) -> str:
    parts = html.escape(line, quote=False).split("`")
    return "".join(
        f"<code>{part}</code>" if i % 2 and i < len(parts) - 1 else part
        for i, part in enumerate(parts)
    )


def _plain(text: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", text)).strip()

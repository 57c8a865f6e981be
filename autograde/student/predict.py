"""``predict`` and ``reveal``: commit to an answer first, then see what happened.

A prediction costs nothing and nothing waits for it. It is kept in the student's
progress (``work/.course/predictions/``); outside a work folder it lasts as long as the
kernel. Where a grader runs the notebook, both only print.
"""

from __future__ import annotations

import json
import math
import os
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from autograde.checking.answer import Answer, framed, plain_answer, prose
from autograde.course.files import replace_file
from autograde.language import known, localised, translate
from autograde.student.kernel import has_page, running_shell
from autograde.student.progress import STATE, VALIDATING, find_work

FOLDER = "predictions"
CLOSE = 0.1  # of the result: how near a number has to be
MAX_TEXT = 500

ASKED = "Predict first: {question}"
SKIPPED = "No prediction yet. It costs nothing, and the cells below do not wait for it."
GIVEN = "Your prediction: {answer}."
LATE = "You made this prediction after the result was shown, so that it does not count."
RESULT = "What happened: {result}."
RIGHT = "You predicted {answer}. That is right."
NEAR = "You predicted {answer}. That is close."
WRONG = "You predicted {answer}. What made you expect that? The difference is a lesson."
NONE_MADE = (
    "You made no prediction. The question was: {question} The cell that asks it can be "
    "run again at any time."
)
UNKNOWN = "There is no question called {name}. Run the cell that asks it first."
NO_NUMBER = "{answer} is not a number that can be kept; write one such as 0.5."
NO_OPTION = "{answer} is not one of the options."
NOTHING = "You have made no prediction yet."
SUMMARY = "{right} of {count} predictions were right."


@dataclass
class Prediction:
    """One question and what a student expects.

    answer: the text of an option, or a number; None as long as nothing was predicted
    result: what happened, once it was revealed     right: whether both agree
    late: the prediction was made after the result had been shown
    """

    question: str
    options: list[str] | None = None
    unit: str = ""
    answer: str | float | None = None
    result: str | float | None = None
    right: bool | None = None
    late: bool = False

    @property
    def counts(self) -> bool:
        return self.answer is not None and self.right is not None and not self.late

    def accept(self, answer: Any) -> str:
        """Keep `answer`; return what is wrong with it, or ""."""
        kept: str | float
        if self.options is not None:
            option = self._option(_text(answer))
            if option is None:
                return localised(NO_OPTION, answer=_text(answer))
            kept = option
        elif isinstance(answer, str) and not answer.strip():
            return ""  # an empty field predicts nothing
        else:
            number = _number(answer, self.unit)
            if number is None:
                return localised(NO_NUMBER, answer=_text(answer))
            kept = number
        if kept != self.answer:  # the same one given again is no new prediction
            self.late = self.late or self.result is not None
            self.answer = kept
        return ""

    def _option(self, text: str) -> str | None:
        """The option that `text` is, as it is written or as it is shown."""
        options = self.options or []
        if text in options:
            return text
        wanted = text.strip().casefold()
        for option in options:
            shown = known(option).strip().casefold()
            if wanted in (option.strip().casefold(), shown):
                return option
        return None

    def said(self, value: str | float | None) -> str:
        """An answer or a result for the student, in their language."""
        unit = f" {self.unit}" if self.unit else ""
        if isinstance(value, float):
            return f"{value:.4g}{unit}"
        return f"“{known(str(value))}”"


_asked: dict[tuple[str, str], Prediction] = {}  # by chapter and name, in this kernel


def predict(
    name: str,
    question: str,
    *,
    options: Sequence[Any] | None = None,
    number: bool = False,
    unit: str = "",
    answer: Any = None,
) -> None:
    """Ask a question whose answer the cells below will show.

    options: the answers to choose from, with one click
    number: the answer is one number instead, in `unit`
    answer: the prediction itself, for those who would rather write than click
    """
    if (options is None) == (not number):
        raise TypeError("predict: it takes options=[...] or number=True")
    texts = None if options is None else [_text(option) for option in options]
    found = _load(Path.cwd()).get(name)
    kept = Prediction(question, texts, unit)
    if found is not None and (found.question, found.options) == (question, texts):
        kept = found
    _asked[Path.cwd().name, name] = kept
    wrong = ""
    if answer is not None:
        wrong = kept.accept(answer)
        _save(Path.cwd(), name, kept)
    _show(asking(kept, wrong), lambda page: _choices(name, kept, page))


def reveal(name: str, result: Any, *, close: float = CLOSE) -> None:
    """Show what happened beside what was predicted.

    result: the right option, or the number; `close` is how far, as a share of the
        result, a predicted number may be off
    """
    kept = _asked.get((Path.cwd().name, name)) or _load(Path.cwd()).get(name)
    if kept is None:
        _show(plain_answer(localised(UNKNOWN, name=name)))
        return
    number = _number(result) if kept.options is None else None
    kept.result = _text(result) if number is None else number
    lines = [localised(RESULT, result=kept.said(kept.result))]
    if kept.answer is None:
        lines.append(localised(NONE_MADE, question=known(kept.question)))
    else:
        said = kept.said(kept.answer)
        kept.right = _agree(kept.answer, kept.result, close)
        right = RIGHT if kept.options is not None else NEAR
        lines.append(localised(right if kept.right else WRONG, answer=said))
        if kept.late:
            lines.append(LATE)
    _save(Path.cwd(), name, kept)
    _show(plain_answer(*lines))


def predictions() -> None:
    """Show every prediction of the course beside its result: where intuition failed."""
    work = find_work(Path.cwd())
    if work is not None:
        folders = [Path(p.stem) for p in sorted((work / STATE / FOLDER).glob("*.json"))]
        chapters = {folder.name: _load(work / folder) for folder in folders}
    else:
        chapters = {}
        for (chapter, name), kept in _asked.items():
            chapters.setdefault(chapter, {})[name] = kept
    rows = [
        (chapter, kept)
        for chapter, found in chapters.items()
        for kept in found.values()
        if kept.counts
    ]
    if not rows:
        _show(plain_answer(NOTHING))
        return
    right = sum(bool(kept.right) for _, kept in rows)
    head = localised(SUMMARY, right=right, count=len(rows))
    lines, cells = [head], ""
    for chapter, kept in sorted(rows, key=lambda row: bool(row[1].right)):
        mark = translate("right") if kept.right else translate("other")
        answer, result = kept.said(kept.answer), kept.said(kept.result)
        lines.append(
            localised(
                "[{mark}] {chapter}: {question} {answer}; it is {result}.",
                mark=mark,
                chapter=chapter,
                question=known(kept.question),
                answer=answer,
                result=result,
            )
        )
        row = (mark, chapter, known(kept.question), answer, result)
        cells += "<tr>" + "".join(f"<td>{prose(text)}</td>" for text in row) + "</tr>"
    names = (
        "",
        translate("chapter"),
        translate("question"),
        translate("your prediction"),
        translate("what happened"),
    )
    titles = "".join(f"<th>{title}</th>" for title in names)
    table = f'<p>{head}</p><table class="ag-receipt"><tr>{titles}</tr>{cells}</table>'
    _show(Answer("\n".join(lines), framed(table)))


def score(work: Path) -> tuple[int, int]:
    """How many of the student's predictions were right, and how many there are."""
    found = [
        kept
        for path in sorted((work / STATE / FOLDER).glob("*.json"))
        for kept in _load(work / path.stem).values()
        if kept.counts
    ]
    return sum(bool(kept.right) for kept in found), len(found)


def _agree(answer: Any, result: Any, close: float) -> bool:
    if isinstance(answer, float) and isinstance(result, float):
        return abs(answer - result) <= max(close * abs(result), 1e-12)
    return answer == result


def _text(value: Any) -> str:
    return str(value)[:MAX_TEXT]


def _number(value: Any, unit: str = "") -> float | None:
    """`value` as a finite float, or None: one number of any library will do.

    A text may have its `unit` behind it, and digits and signs of any script.
    """
    if isinstance(value, str):
        text = unicodedata.normalize("NFKC", value).replace("−", "-")
        value = text.strip().removesuffix(unit)
    try:
        number = float(value)
    except Exception:
        return None
    return number if math.isfinite(number) else None


def asking(kept: Prediction, wrong: str) -> Answer:
    """The question as text and as a page that moves nothing."""
    options = [known(option) for option in kept.options or ()]
    lines = [localised(ASKED, question=known(kept.question))]
    lines += [f"- {option}" for option in options]
    lines.append(wrong or _state(kept))
    items = "".join(f"<li>{prose(option)}</li>" for option in options)
    page = f"<p>{prose(lines[0])}</p><ul>{items}</ul><p>{prose(lines[-1])}</p>"
    return Answer("\n".join(lines), framed(page))


def _state(kept: Prediction) -> str:
    if kept.answer is None:
        return translate(SKIPPED)
    late = f" {translate(LATE)}" * kept.late
    return localised(GIVEN, answer=kept.said(kept.answer)) + late


def _choices(name: str, kept: Prediction, folder: Path) -> Any:
    """The question as something to click, or to write a number into."""
    import ipywidgets as widgets

    chosen = kept.answer
    asked = localised(ASKED, question=known(kept.question))
    ask = widgets.HTML(f"<b>{prose(asked)}</b>")
    state = widgets.HTML(prose(_state(kept)))

    def take(answer: Any) -> None:
        wrong = kept.accept(answer)
        state.value = prose(wrong or _state(kept))
        if not wrong:
            _save(folder, name, kept)

    wide = widgets.Layout(width="auto")
    if kept.options is not None:
        choice = widgets.RadioButtons(
            options=[(known(option), option) for option in kept.options],
            index=kept.options.index(chosen) if chosen in kept.options else None,
            layout=widgets.Layout(width="max-content", max_width="100%"),
        )
        choice.observe(lambda change: take(change["new"]), "value")
        return widgets.VBox([ask, choice, state])
    field = widgets.Text(
        "" if chosen is None else f"{chosen:g}",
        placeholder=translate("a number"),
        continuous_update=False,
        layout=widgets.Layout(width="9em"),
    )
    field.observe(lambda change: take(change["new"]), "value")
    button = widgets.Button(description=translate("Predict"), layout=wide)
    button.on_click(lambda _: take(field.value))
    row = [field, widgets.Label(kept.unit), button]
    return widgets.VBox([ask, widgets.HBox(row), state])


def _show(answer: Answer, moving: Callable[[Path], Any] | None = None) -> None:
    """Show `answer`; with a kernel behind the page, what `moving` makes instead.

    The text and the still page stay in the notebook beside it, for other readers.
    """
    if running_shell() is None:
        print(answer.text)
        return
    from IPython.display import display

    bundle: dict[str, Any] = answer._repr_mimebundle_()
    if moving is not None and has_page():
        try:
            bundle = moving(Path.cwd())._repr_mimebundle_() | bundle
        except Exception:  # without widgets the question is still asked
            bundle = answer._repr_mimebundle_()
    display(bundle, raw=True)


def _path(folder: Path) -> Path | None:
    work = find_work(folder)
    return work and work / STATE / FOLDER / f"{folder.name}.json"


def _load(folder: Path) -> dict[str, Prediction]:
    """The predictions of a chapter; none where the file is missing or not ours."""
    path = _path(folder)
    try:
        found = json.loads(path.read_text("utf-8")) if path else {}
        known = {item.name for item in fields(Prediction)}
        return {
            str(name): Prediction(**item)
            for name, item in found.items()
            if isinstance(item, dict) and "question" in item and set(item) <= known
        }
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return {}


def _save(folder: Path, name: str, kept: Prediction) -> None:
    """Write the prediction down; a full disk or a read-only folder stops nothing."""
    path = _path(folder)
    if path is None or os.environ.get(VALIDATING):
        return
    try:
        found = {key: asdict(item) for key, item in _load(folder).items()}
        found[name] = asdict(kept)
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, (json.dumps(found, indent=1) + "\n").encode())
    except OSError:
        pass

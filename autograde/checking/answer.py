"""What a student reads of a judgement: the same in plain text and in HTML.

Every sentence is put into the reader's language here (:mod:`autograde.language`).
The HTML carries its own small style sheet, which follows JupyterLab's light and dark
theme and means the same without any style. Hints open without the kernel.
"""

from __future__ import annotations

import builtins
import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from autograde.checking.compare import Mismatch
from autograde.checking.places import inside
from autograde.checking.verdict import NOT_RUN, PASSED, WRONG, Judgement, Verdict
from autograde.language import known, translate
from autograde.language.columns import padded, width


@dataclass
class Answer:
    """A check's answer, as Jupyter shows it and as a terminal prints it."""

    text: str
    html: str

    def _repr_mimebundle_(
        self, include: Any = None, exclude: Any = None
    ) -> dict[str, str]:
        return {"text/plain": self.text, "text/html": self.html}

    def __repr__(self) -> str:
        return self.text


def points_text(points: float) -> str:
    """``3``, ``2.5`` or ``0.33``: points without needless digits."""
    text = f"{points:.2f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def headline(judgement: Judgement) -> str:
    """One line: the exercise, the cases passed, the points."""
    return translate(f"{judgement.exercise}: {_score(judgement)}")


def _score(judgement: Judgement) -> str:
    if not judgement.attempted:
        return "not attempted yet"
    graded = [verdict for verdict in judgement.verdicts if not verdict.advice]
    passed = sum(verdict.passed for verdict in graded)
    count = len(graded)
    cases = (
        f"all {count} cases passed"
        if passed == count
        else f"{passed} of {count} cases passed"
    )
    if not judgement.points:
        return cases
    awarded, points = points_text(judgement.awarded), points_text(judgement.points)
    return f"{cases}, {awarded} of {points} points"


def check_answer(
    judgement: Judgement, notes: Sequence[str] = (), hints: Sequence[str] = ()
) -> Answer:
    """The answer to ``check(...)``; `notes` are sentences on what to do next."""
    page = _Page(judgement)
    failure = judgement.first_failure
    if judgement.attempted:
        page.cases()
        if failure is not None and failure.outcome != NOT_RUN:
            page.failure(failure)
    page.known_mistake()
    page.relation()
    for note in notes:
        page.say(note)
    if failure is not None and hints:
        page.hints(hints)
    return page.answer()


def feedback_answer(judgement: Judgement) -> Answer:
    """What a graded student reads: outcomes, the mistake, but no number of a case."""
    page = _Page(judgement)
    failure = judgement.first_failure
    if judgement.attempted:
        page.cases()
    if failure is not None and failure.outcome != NOT_RUN:
        page.say(
            f"The first failure is in the case “{failure.label}”: {_reason(failure)}."
        )
    for sentence in judgement.explanation:
        page.say(sentence)
    page.known_mistake()
    return page.answer()


def plain_answer(*lines: str) -> Answer:
    """Some sentences, one a line."""
    said = [translate(line) for line in lines]
    body = "".join(f"<p>{prose(line)}</p>" for line in said)
    return Answer("\n".join(said), framed(body))


def hint_answer(name: str, hints: Sequence[str], given: int) -> Answer:
    """The first `given` of `hints`; the others stay closed, a click away."""
    if not hints:
        return plain_answer(f"{name} has no hints.")
    heads = [f"Hint {i + 1} of {len(hints)}" for i in range(given)]
    texts = [known(hint) for hint in hints[:given]]
    pairs = list(zip(heads, texts, strict=True))
    lines = [translate(f"{head}: {text}") for head, text in pairs]
    page = "".join(
        f"<p><b>{translate(f'{head}.')}</b> {prose(text)}</p>" for head, text in pairs
    )
    if given == len(hints):
        last = translate("There are no more hints.")
        lines.append(last)
        page += f"<p>{last}</p>"
    else:
        lines.append(translate(f'For the next one, run hint("{name}") again.'))
        page += _hints_html(hints, given)
    return Answer("\n".join(lines), framed(page))


def failure_lines(verdict: Verdict) -> list[str]:
    """The first thing wrong with a visible case, with the student's own numbers."""
    mismatch = verdict.mismatch
    if mismatch is None:
        return []
    lines = [translate(_what(mismatch))]
    if verdict.where:
        lines.append(translate(f"in {verdict.where}"))
    rows = _rows(mismatch)
    if rows:
        head = (_counted(rows), translate("yours"), translate("expected"))
        table = [head, *rows]
        widths = [max(width(row[i]) for row in table) for i in range(3)]
        for where, got, expected in table:
            parts = [padded(where, widths[0])]
            parts += [
                " " * (wide - width(text)) + text
                for wide, text in zip(widths[1:], (got, expected), strict=True)
            ]
            lines.append("  ".join(parts).rstrip())
    return lines


def prose(text: str) -> str:
    """A sentence as HTML: nothing in it is markup but `code` between backticks."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text, quote=False))


def framed(body: str, outcome: str = "", tag: str = "div") -> str:
    """`body` in the frame of an answer, with the style sheet that it needs."""
    kind = f" ag-{outcome}" if outcome else ""
    return f'<style>{_style()}</style><{tag} class="autograde{kind}">{body}</{tag}>'


@cache
def _style() -> str:
    text = Path(__file__).with_name("answer.css").read_text("utf-8")
    return re.sub(r"\s*\n\s*", "", text)


class _Page:
    """An answer in the making: every part is added to both of its forms."""

    def __init__(self, judgement: Judgement) -> None:
        self.judgement = judgement
        mark, kind = ("○", "open") if not judgement.attempted else ("✗", "wrong")
        if judgement.outcome == PASSED:
            mark, kind = "✓", "passed"
        self.kind = kind
        self.lines = [headline(judgement)]
        self.parts = [
            f'<p class="ag-head"><span aria-hidden="true">{mark}</span> '
            f"<b><code>{html.escape(judgement.exercise)}</code></b> "
            f"{html.escape(translate(_score(judgement)))}</p>"
        ]

    def cases(self) -> None:
        items = []
        for verdict in self.judgement.verdicts:
            name = known(verdict.label)
            advice = translate("(advice, costs no point)") if verdict.advice else ""
            mark = translate(_mark(verdict))
            self.lines.append(f"  {padded(mark, 9)} {name} {advice}".rstrip())
            label = f"{html.escape(name)} {advice}".rstrip()
            if verdict.outcome == NOT_RUN:
                items.append(f"<li>○ {label} {translate('(not run)')}</li>")
                continue
            kind, sign = "wrong", "✗"
            if verdict.passed:
                kind, sign = "passed", "✓"
            elif verdict.advice:
                kind, sign = "advice", "!"
            image = f'<span role="img" aria-label="{translate(kind)}">{sign}</span>'
            if kind == "wrong":
                image = f"<b>{image}</b>"
                if verdict.outcome != WRONG:
                    label += f" ({html.escape(translate(verdict.outcome))})"
            items.append(f"<li>{image} {label}</li>")
        self.parts.append(
            f'<ul class="ag-cases" aria-label="{translate("Cases")}">'
            f"{''.join(items)}</ul>"
        )

    def failure(self, verdict: Verdict) -> None:
        lines = failure_lines(verdict)
        mismatch = verdict.mismatch
        if not lines or mismatch is None:
            return
        said = translate(f"In the case “{verdict.label}”:")
        self.lines += ["", f"  {said}", *(f"    {line}".rstrip() for line in lines)]
        what = prose(translate(_what(mismatch)))
        self.parts.append(
            f'<div class="ag-part"><p><b>{html.escape(said)}</b> {what}</p>'
        )
        if verdict.where:
            where = html.escape(verdict.where)
            self.parts.append(f"<p>{translate('In')} <code>{where}</code></p>")
        self.parts.append(_numbers_html(_rows(mismatch)) + "</div>")

    def known_mistake(self) -> None:
        judgement = self.judgement
        if judgement.says:
            title = "Known mistake" if judgement.explains_all else "One known mistake"
            says = known(judgement.says)
            self.lines += ["", "  " + translate(f"{title}: {says}")]
            text = f"<p><b>{translate(f'{title}.')}</b> {prose(says)}</p>"
            self.parts.append(f'<div class="ag-part">{text}</div>')

    def relation(self) -> None:
        """What is true of every failed case, where no mistake is known."""
        found = [self.judgement.parts, *self.judgement.relation.split("\n")]
        said = [translate(sentence) for sentence in found if sentence]
        if said:
            self.lines += ["", *(f"  {sentence}" for sentence in said)]
            text = "".join(f"<p>{prose(sentence)}</p>" for sentence in said)
            self.parts.append(f'<div class="ag-part">{text}</div>')

    def say(self, text: str) -> None:
        text = translate(text)
        self.lines.append(f"  {text}")
        self.parts.append(f"<p>{prose(text)}</p>")

    def hints(self, hints: Sequence[str]) -> None:
        nudge = translate(f'For a nudge, run hint("{self.judgement.exercise}").')
        self.lines.append(f"  {nudge}")
        self.parts.append(_hints_html(hints))

    def answer(self) -> Answer:
        return Answer("\n".join(self.lines), framed("".join(self.parts), self.kind))


def _mark(verdict: Verdict) -> str:
    if verdict.advice and not verdict.passed:
        return "advice"
    return "WRONG" if verdict.outcome == WRONG else verdict.outcome


def _stage(mismatch: Mismatch) -> str:
    part = mismatch.part
    return f"{mismatch.stage} of {part}" if part else mismatch.stage


def _what(mismatch: Mismatch) -> str:
    """The message with its stage in front, where it does not begin with that."""
    if mismatch.stage == "raised" and mismatch.got and not mismatch.expected:
        return f"your code raised {mismatch.message}"
    if mismatch.stage in ("raised", "form"):
        return f"{mismatch.part}: {mismatch.message}".removeprefix(": ")
    if mismatch.message.startswith(mismatch.stage) and not mismatch.part:
        return mismatch.message
    return f"{_stage(mismatch)}: {mismatch.message}"


def _rows(mismatch: Mismatch) -> list[tuple[str, str, str]]:
    """Rows ``(where, yours, expected)`` of the table of numbers."""
    name = mismatch.part
    if mismatch.numbers:
        return [
            (translate(inside(at, name)), got, expected)
            for at, got, expected in mismatch.numbers
        ]
    if mismatch.got and mismatch.expected:
        if mismatch.stage in ("shape", "dtype", "type"):
            name = _stage(mismatch)
        texts = (name or "result", mismatch.got, mismatch.expected)
        return [(translate(texts[0]), translate(texts[1]), translate(texts[2]))]
    return []


def _counted(rows: list[tuple[str, str, str]]) -> str:
    """Where rows and entries are numbered, from which number on."""
    numbered = any(char.isdigit() for where, *_ in rows for char in where)
    return translate("(counted from 0)") if numbered else ""


def _numbers_html(rows: list[tuple[str, str, str]]) -> str:
    if not rows:
        return ""
    body = "".join(
        f'<tr><th scope="row">{html.escape(where)}</th><td>{html.escape(got)}</td>'
        f"<td>{html.escape(expected)}</td></tr>"
        for where, got, expected in rows
    )
    where = translate("Where (counted from 0)" if _counted(rows) else "Where")
    return (
        f'<div class="ag-numbers" tabindex="0"><table><thead><tr>'
        f'<th scope="col">{where}</th>'
        f'<th scope="col">{translate("Yours")}</th>'
        f'<th scope="col">{translate("Expected")}</th></tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _hints_html(hints: Sequence[str], first: int = 0) -> str:
    """Hints, each inside the one before, so that they open one at a time."""
    page = ""
    for index in reversed(range(first, len(hints))):
        page = (
            '<details data-lm-suppress-shortcuts="true">'
            f"<summary>{translate(f'Hint {index + 1} of {len(hints)}')}</summary>"
            f"<p>{prose(known(hints[index]))}</p>{page}</details>"
        )
    return page


def _reason(verdict: Verdict) -> str:
    """Why a hidden case failed, without its numbers or the text of an exception."""
    mismatch = verdict.mismatch
    if mismatch is None:
        return verdict.outcome
    if verdict.outcome == "raised":
        # the name of a class of the student's own could spell out a hidden input
        known = isinstance(getattr(builtins, mismatch.got, None), type)
        return (
            f"your code raised {mismatch.got}" if known else "your code raised an error"
        )
    reasons = {
        "returned nothing": "your code returned None",
        "type": "the result has another type than expected",
        "shape": "the result has another shape than expected",
        "dtype": "the result has numbers of another kind than expected",
        "NaN or infinity": "the result has NaN or infinity in wrong places or lacks it",
        "values": "the numbers differ",
        "form": "the result does not have the form that is asked for",
        "inputs changed": "the function changes its own input",
        "raised": "another error than expected, or none",
    }
    where = f" ({verdict.part})" if verdict.part else ""
    return reasons.get(mismatch.stage, mismatch.stage) + where

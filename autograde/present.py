"""What a student reads of a judgement: the same in plain text and in HTML."""

from __future__ import annotations

import html
from dataclasses import dataclass

from autograde.verdict import NOT_RUN, PASSED, Judgement, Verdict


@dataclass
class Answer:
    """A check's answer, as Jupyter shows it and as a terminal prints it."""

    text: str
    html: str

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, str]:
        return {"text/plain": self.text, "text/html": self.html}

    def __repr__(self) -> str:
        return self.text


def points_text(points: float) -> str:
    """``3``, ``2.5`` or ``0.33``: points without needless digits."""
    return f"{points:.2f}".rstrip("0").rstrip(".")


def headline(judgement: Judgement) -> str:
    """One line: the exercise, the cases passed, the points."""
    if not judgement.attempted:
        return f"{judgement.exercise}: not attempted yet"
    passed = sum(verdict.passed for verdict in judgement.verdicts)
    return (
        f"{judgement.exercise}: {passed} of {len(judgement.verdicts)} cases passed, "
        f"{points_text(judgement.awarded)} of {points_text(judgement.points)} points"
    )


def check_answer(judgement: Judgement, notes: list[str]) -> Answer:
    """The answer to ``check(...)``; `notes` are sentences on what to do next."""
    lines, rows = [headline(judgement)], []
    shown_failure = False
    for verdict in judgement.verdicts:
        lines.append(f"  {_mark(verdict):<9} {verdict.label}")
        rows.append(_row(_mark(verdict), verdict.label))
        if verdict.passed or verdict.outcome == NOT_RUN or shown_failure:
            continue
        shown_failure = True
        for text in failure_lines(verdict):
            lines.append(f"            {text}")
        rows.append(_row("", _failure_html(verdict)))
    if not judgement.attempted:
        lines, rows = lines[:1], []
    body = []
    if judgement.says:
        title = "Known mistake" if judgement.explains_all else "One known mistake"
        lines.append(f"  {title}: {judgement.says}")
        body.append(f"<p><strong>{title}.</strong> {html.escape(judgement.says)}</p>")
    for note in notes:
        lines.append(f"  {note}")
        body.append(f"<p>{html.escape(note)}</p>")
    state = "passed" if judgement.outcome == PASSED else "open"
    head = f"<p><strong>{html.escape(headline(judgement))}</strong></p>"
    page = f'<div class="autograde autograde-{state}">{head}{_table(rows)}{"".join(body)}</div>'
    return Answer("\n".join(lines), page)


def _table(rows: list[str]) -> str:
    if not rows:
        return ""
    return (
        '<table class="autograde-cases"><thead><tr><th scope="col">Outcome</th>'
        f'<th scope="col">Case</th></tr></thead><tbody>{"".join(rows)}</tbody></table>'
    )


def failure_lines(verdict: Verdict) -> list[str]:
    """The first thing wrong with a visible case, with the student's own number."""
    mismatch = verdict.mismatch
    if mismatch is None:
        return []
    lines = [f"{_stage(mismatch)}: {mismatch.message}"]
    if verdict.where:
        lines.append(f"in {verdict.where}")
    if mismatch.got and mismatch.expected:
        lines.append(f"yours {mismatch.got}, expected {mismatch.expected}")
    return lines


def _stage(mismatch) -> str:
    return f"{mismatch.stage} of {mismatch.part}" if mismatch.part else mismatch.stage


def _failure_html(verdict: Verdict) -> str:
    return "<br>".join(html.escape(line) for line in failure_lines(verdict))


def _mark(verdict: Verdict) -> str:
    return {"passed": "passed", "wrong": "WRONG"}.get(verdict.outcome, verdict.outcome)


def _row(outcome: str, content: str) -> str:
    label = content if outcome == "" else html.escape(content)
    return f"<tr><td>{html.escape(outcome)}</td><td>{label}</td></tr>"


def feedback_answer(judgement: Judgement) -> Answer:
    """What a graded student reads: outcomes and the mistake, but no number of a case."""
    lines, rows = [headline(judgement)], []
    for verdict in judgement.verdicts:
        lines.append(f"  {_mark(verdict):<9} {verdict.label}")
        rows.append(_row(_mark(verdict), verdict.label))
    failure = judgement.first_failure
    body = []
    if failure is not None and failure.outcome != NOT_RUN:
        said = f"The first failure is in the case “{failure.label}”: {_reason(failure)}."
        lines.append(f"  {said}")
        body.append(f"<p>{html.escape(said)}</p>")
    if judgement.says:
        title = "Known mistake" if judgement.explains_all else "One known mistake"
        lines.append(f"  {title}: {judgement.says}")
        body.append(f"<p><strong>{title}.</strong> {html.escape(judgement.says)}</p>")
    head = f"<p><strong>{html.escape(headline(judgement))}</strong></p>"
    page = f'<div class="autograde">{head}{_table(rows)}{"".join(body)}</div>'
    return Answer("\n".join(lines), page)


def _reason(verdict: Verdict) -> str:
    """Why a hidden case failed, without its numbers or the text of an exception."""
    mismatch = verdict.mismatch
    if mismatch is None:
        return verdict.outcome
    if verdict.outcome == "raised":
        return f"your code raised {mismatch.got}" if mismatch.got.isidentifier() else "raised"
    reasons = {
        "returned nothing": "your code returned None",
        "type": "the result has another type than expected",
        "shape": "the result has another shape than expected",
        "dtype": "the result has numbers of another kind than expected",
        "NaN or infinity": "the result has NaN or infinity where it should not, or lacks it",
        "values": "the numbers differ",
        "inputs changed": "the function changes its own input",
        "raised": "another error than expected, or none",
    }
    where = f" ({mismatch.part})" if mismatch.part and "'" not in mismatch.part else ""
    return reasons.get(mismatch.stage, mismatch.stage) + where

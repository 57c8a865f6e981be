"""``solution``: the reference beside a right answer, where a release holds it.

A release holds solutions only where the instructor asked for them
(``autograde release --with-solutions``). They are sealed so that nobody reads them by
accident; whoever reads this module can open them, so that they are not for a class that
is graded on these exercises.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import zlib
from pathlib import Path
from typing import Any

from autograde.checking import serialize
from autograde.checking.answer import Answer, framed, plain_answer, points_text, prose
from autograde.checking.checks import ExerciseData
from autograde.checking.verdict import PASSED
from autograde.language import known, translate
from autograde.student import check as checking
from autograde.student.clock import Clock
from autograde.student.kernel import show

FILE = "solutions.sealed"
NOT_HERE = "This copy of the course holds no solutions. Your instructor decides that."
NOT_YET = (
    "The solution of `{name}` opens when its check passes. You have {earned} of "
    "{points} points."
)
NOT_YET_BONUS = "The solution of `{name}` opens when its check passes."
NO_SOLUTION = "There is no solution of `{name}` in this copy of the course."
REFERENCE, ALTERNATIVE = "The course's own answer", "Another right answer."


def solution(name: str) -> None:
    """Show the course's answer to the exercise `name`, once yours is right."""
    checks, probes = checking.chapter_checks()
    if name not in checks.exercises:
        show(checking.no_such_exercise(checks, name))
        return
    try:
        sealed = json.loads((Path.cwd() / FILE).read_text("utf-8"))
    except (OSError, ValueError):
        show(plain_answer(NOT_HERE))
        return
    exercise = checks.exercises[name]
    judgement = checking.judge(exercise, checks, probes, Clock(lambda: None))
    if judgement.outcome != PASSED or not judgement.attempted:
        said = NOT_YET if exercise.points else NOT_YET_BONUS
        earned, points = map(points_text, (judgement.awarded, exercise.points))
        line = said.format(name=name, earned=earned, points=points)
        show(plain_answer(line))
        return
    try:
        found = unseal(sealed[name], exercise)
    except (KeyError, TypeError, ValueError, zlib.error):
        show(plain_answer(NO_SOLUTION.format(name=name)))
        return
    show(_page(found))


def seal(content: dict[str, str], exercise: ExerciseData) -> str:
    """`content` as text that says nothing at a glance; :func:`unseal` reads it."""
    data = zlib.compress(json.dumps(content).encode())
    return base64.b64encode(_mixed(data, exercise)).decode()


def unseal(text: str, exercise: ExerciseData) -> dict[str, str]:
    data = _mixed(base64.b64decode(text), exercise)
    return json.loads(zlib.decompress(data))


def _mixed(data: bytes, exercise: ExerciseData) -> bytes:
    """`data`, combined with bytes made from what the visible cases expect."""
    expected = [[case.label, case.expected.as_dict()] for case in exercise.cases]
    key = serialize.pack([exercise.name, expected])
    stream = hashlib.shake_256(key).digest(len(data))
    return bytes(a ^ b for a, b in zip(data, stream, strict=True))


def _page(found: dict[str, Any]) -> Answer:
    parts = [(translate(REFERENCE), found["source"])]
    if found.get("alternative"):
        title = f"{translate(ALTERNATIVE)} {known(found['says'])}"
        parts.append((title, found["alternative"]))
    lines, body = [], ""
    for title, source in parts:
        lines += [f"{title}:", source, ""]
        code = html.escape(source, quote=False)
        body += f"<p><b>{prose(title)}</b></p><pre>{code}</pre>"
    return Answer("\n".join(lines), framed(body))

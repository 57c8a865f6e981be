"""Give a name to a mistake that a class makes: a draft, a trial, and its place.

The draft is a misconception whose source is a student's cell. Where the chapter is a
:class:`~autograde.authoring.walled.WalledChapter`, trying it runs that cell behind the
walls. A mistake that is kept is the course's own code from then on: whoever keeps it
has to have read it.
"""

from __future__ import annotations

import ast
import dataclasses
from pathlib import Path

from autograde.authoring.chapter import Chapter
from autograde.authoring.gate import findings
from autograde.authoring.make_checks import make_exercise_checks
from autograde.checking.fingerprint import groups
from autograde.checking.verdict import judge_exercise
from autograde.course.layout import CannotRun
from autograde.exercise import Misconception


@dataclasses.dataclass
class Trial:
    """What the gate says of a draft, and whose answers would be told it."""

    findings: list[str]
    told: list[str]


def draft(name: str, sentence: str, source: str) -> str:
    """The misconception as Python source, for ``exercises.py``."""
    lines = source.rstrip().splitlines(keepends=True)
    literal = "\n".join(f"    {line!r}" for line in lines) or "    ''"
    return (
        f"Misconception(\n    {name!r},\n    says={sentence!r},\n"
        f"    source=\n{literal},\n)"
    )


def try_out(
    chapter: Chapter,
    exercise: str,
    mistake: Misconception,
    seed: str,
    fingerprints: dict[str, str],
) -> Trial:
    """Run the gate with `mistake` added, and compare it with a class's answers.

    `fingerprints` has those of the students of a group, made on the cases of `seed`.
    """
    known = chapter.exercise(exercise)
    alone = dataclasses.replace(known, misconceptions=[mistake])
    data = make_exercise_checks(chapter, alone, seed)
    results = [case.mistakes[mistake.name][0] or case.expected for case in data.cases]
    nameless = dataclasses.replace(data, says={})
    made = judge_exercise(nameless, results, chapter.probes).fingerprint
    students = list(fingerprints)
    texts = [made, *(fingerprints[student] for student in students)]
    same = next((group for group in groups(texts) if 0 in group), [0]) if made else [0]
    told = [students[place - 1] for place in same if place]
    more = [*known.misconceptions, mistake]
    added = dataclasses.replace(known, misconceptions=more)
    return Trial(list(findings(chapter, added)), told)


def keep(chapter: Chapter, exercise: str, text: str) -> Path:
    """Write the draft `text` behind the other misconceptions of `exercise`.

    Raises CannotRun where ``exercises.py`` has no list for it to go into.
    """
    path = chapter.folder / "exercises.py"
    source = path.read_text("utf-8")
    place = _end_of_list(source, exercise)
    if place is None:
        raise CannotRun(
            f"{path}: no list `misconceptions=[...]` in Exercise({exercise!r}, ...); "
            "add the draft by hand."
        )
    line, column = place
    lines = source.splitlines(keepends=True)
    before = "".join(lines[: line - 1]) + lines[line - 1][:column]
    after = source[len(before) :]
    comma = "" if before.rstrip().endswith((",", "[")) else ","
    indent = " " * (len(lines[line - 1]) - len(lines[line - 1].lstrip()))
    body = "\n".join(f"{indent}    {row}" for row in text.splitlines())
    path.write_text(
        f"{before.rstrip()}{comma}\n{body},\n{indent}{after}", encoding="utf-8"
    )
    return path


def _end_of_list(source: str, exercise: str) -> tuple[int, int] | None:
    """Line and column of the ``]`` that closes the exercise's misconceptions."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        first = node.args[0]
        if not isinstance(first, ast.Constant) or first.value != exercise:
            continue
        for keyword in node.keywords:
            value = keyword.value
            if keyword.arg == "misconceptions" and isinstance(value, ast.List):
                text = source.splitlines()[value.end_lineno - 1].encode()
                column = len(text[: value.end_col_offset - 1].decode())
                return value.end_lineno, column
    return None

"""What a judge gives back: flat, bounded, and checked by the one who takes it.

A judge has read bytes that a student's side made. Whoever coordinates a class takes
plain numbers and short texts from it, each of the expected type and size, and the
graded notebook as bytes that are only written to a file. Points, labels and weights
are not taken from it: they come from the :class:`Outline`, made before any submission
was read.
"""

from __future__ import annotations

import dataclasses
import json
import math
from dataclasses import dataclass, field
from typing import Any

from autograde.checking.checks import Checks
from autograde.checking.verdict import OUTCOMES, Judgement, Verdict

MAX_REPORT = 2**20  # bytes of everything but the notebook
MAX_NOTEBOOK = 24 * 2**20  # bytes
MAX_TEXT = 2_000
MAX_NOTES = 200
MAX_LIST = 100
_GIVEN = {"exercise", "points", "verdicts"}  # of a judgement: by the outline


class NotFlat(ValueError):
    """A judge sent something else than a result."""


@dataclass(frozen=True)
class Outline:
    """What is known of a chapter's grading without a submission.

    exercises: for each its points, and for each case its label and weight
    answers: the grade ids of the cells that ask for an answer or are graded
    """

    exercises: dict[str, tuple[float, list[tuple[str, float]]]]
    answers: list[str]

    def as_dict(self) -> dict[str, Any]:
        return dataclasses.asdict(self)

    @classmethod
    def of(cls, checks: Checks, released: Any) -> Outline:
        """The outline of a chapter; `released` is its notebook."""
        exercises = {
            name: (
                float(exercise.points),
                [(case.label, float(case.weight)) for case in exercise.cases],
            )
            for name, exercise in checks.exercises.items()
        }
        return cls(exercises, list(answer_cells(released)))


@dataclass
class FlatResult:
    """A submission's judgements, notes for a person, and the untouched answer cells.

    `problem` is a line for a person where there is no result; `failed` says that it was
    the grader's own error.
    """

    judgements: dict[str, Judgement] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    untouched: list[str] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    problem: str = ""
    failed: bool = False

    def to_bytes(self) -> bytes:
        judgements = {
            name: {
                **_scalars(judgement),
                "outcomes": [
                    OUTCOMES.index(verdict.outcome) for verdict in judgement.verdicts
                ],
            }
            for name, judgement in self.judgements.items()
        }
        notes = [cut(note, MAX_TEXT) for note in self.notes[:MAX_NOTES]]
        if len(self.notes) > MAX_NOTES:
            notes[-1] = f"and {len(self.notes) - MAX_NOTES + 1} notes more"
        tree = {
            "judgements": judgements,
            "notes": notes,
            "untouched": self.untouched,
            "answers": self.answers,
            "seconds": self.seconds,
            "problem": cut(self.problem, MAX_TEXT),
            "failed": self.failed,
        }
        return json.dumps(tree).encode()

    @classmethod
    def from_bytes(cls, data: bytes, outline: Outline) -> FlatResult:
        """Read what a judge sent; raise NotFlat where it is anything else."""
        try:
            tree = json.loads(data)
            judgements = {
                name: _judgement(name, tree["judgements"][name], points, cases)
                for name, (points, cases) in outline.exercises.items()
                if name in tree["judgements"]
            }
            if judgements and len(judgements) != len(outline.exercises):
                raise NotFlat("an exercise is missing")
            result = cls(
                judgements,
                [_text(note) for note in tree["notes"][:MAX_NOTES]],
                [name for name in outline.answers if name in set(tree["untouched"])],
                _digests(tree["answers"], outline.answers),
                _number(tree["seconds"]),
                _text(tree["problem"]),
                tree["failed"] is True,
            )
        except NotFlat:
            raise
        except (ValueError, KeyError, TypeError, IndexError, RecursionError) as error:
            raise NotFlat(f"{type(error).__name__}: {error}") from None
        if not result.judgements and not result.problem and outline.exercises:
            raise NotFlat("neither judgements nor a problem")
        return result


def answer_cells(notebook: Any) -> dict[str, str]:
    """The source of every cell that asks for an answer or is graded, by grade id."""
    return {
        info["grade_id"]: cell["source"]
        for cell in notebook["cells"]
        if (info := cell["metadata"].get("nbgrader", {}))
        and (info.get("grade") or info.get("solution"))
    }


def untouched(graded: Any, released: Any) -> list[str]:
    """The grade ids of the answer cells that hold what was released."""
    now = answer_cells(graded)
    return [
        name
        for name, source in answer_cells(released).items()
        if now.get(name) == source
    ]


def cut(text: str, size: int) -> str:
    """`text` on one line, of at most `size` characters, without control characters."""
    shown = "".join(c if c.isprintable() else "?" for c in text[:size])
    return shown if len(text) <= size else shown[: size - 1] + "…"


def _scalars(judgement: Judgement) -> dict[str, Any]:
    """The fields of a judgement that are plain values."""
    found = {}
    for item in dataclasses.fields(judgement):
        value = getattr(judgement, item.name)
        if item.name in _GIVEN:
            continue
        found[item.name] = cut(value, MAX_TEXT) if isinstance(value, str) else value
    return found


def _judgement(
    name: str, tree: dict, points: float, cases: list[tuple[str, float]]
) -> Judgement:
    outcomes = tree.pop("outcomes")
    if len(outcomes) != len(cases):
        raise NotFlat(f"{name}: {len(outcomes)} outcomes of {len(cases)} cases")
    known = {item.name: item.type for item in dataclasses.fields(Judgement)}
    values = {}
    for key, value in tree.items():
        if key not in known or key in _GIVEN:
            raise NotFlat(f"{name}: {cut(str(key), 40)}")
        values[key] = _plain(value, known[key])
    verdicts = [
        Verdict(label, OUTCOMES[_index(number)], weight)
        for number, (label, weight) in zip(outcomes, cases, strict=True)
    ]
    return Judgement(name, points, verdicts, **values)


def _index(value: Any) -> int:
    if type(value) is not int or not 0 <= value < len(OUTCOMES):
        raise NotFlat("an unknown outcome")
    return value


def _plain(value: Any, kind: Any) -> Any:
    """`value`, where it is of the type that the field's annotation `kind` names."""
    names = {part.strip() for part in str(kind).split("|")}
    if value is None and "None" in names:
        return None
    if type(value) is bool and "bool" in names:
        return value
    if isinstance(value, str) and "str" in names:
        return _text(value)
    if type(value) in (int, float) and names & {"float", "int"}:
        return _number(value)
    if isinstance(value, list) and any(name.startswith("list[str") for name in names):
        return [_text(item) for item in value[:MAX_LIST]]
    raise NotFlat("a field of another type")


def _digests(value: Any, names: list[str]) -> dict[str, str]:
    """The digests of the answers in the cells `names`."""
    if not isinstance(value, dict):
        raise NotFlat("no digests")
    return {name: _text(value[name])[:64] for name in names if name in value}


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise NotFlat("a text that is none")
    return cut(value, MAX_TEXT)


def _number(value: Any) -> float:
    if type(value) not in (int, float) or not math.isfinite(value):
        raise NotFlat("a number that is none")
    return value

"""What an author writes in ``exercises.py``: exercises, cases and misconceptions."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograde.checking.serialize import Rng, TorchRng

__all__ = [
    "Case",
    "Exercise",
    "Manual",
    "Misconception",
    "Rng",
    "TorchRng",
    "WhichInput",
]

# Of an exercise what students must not know, or what a case holds.
_NOT_TOLD = {"cases", "misconceptions", "alternative", "right", "shown", "hidden"}


class Case:
    """One call of the student's function: a label, its inputs and its keywords.

    ``Case("three rows", z, axis=1)`` calls ``f(z, axis=1)``. Options that are not
    inputs are set by :meth:`with_`.
    """

    def __init__(self, label: str, *inputs: Any, **keywords: Any) -> None:
        self.label = label
        self.inputs = inputs
        self.keywords = keywords
        self.weight = 1.0
        self.key: Any = None
        self.rtol: float | None = None
        self.atol: float | None = None
        self.seconds: float | None = None

    def with_(self, **options: Any) -> Case:
        """Set `weight`, `key`, `rtol`, `atol` or `seconds`, and return the case.

        `key` stays on the trusted side when a submission is graded: the student's
        process never sees it, only the exercise's view does.
        """
        unknown = set(options) - {"weight", "key", "rtol", "atol", "seconds"}
        if unknown:
            raise TypeError(f"Case.with_: unknown option {sorted(unknown)[0]!r}")
        for name, value in options.items():
            setattr(self, name, value)
        return self


#: An edit of the reference cell, several edits, or a whole cell.
Form = tuple[str, str] | Sequence[tuple[str, str]] | str


class Misconception:
    """A known mistake: edits of the reference solution, and what to tell a student.

    `change` is one ``(old, new)`` pair or a list of them; each `old` must occur in the
    reference cell, and every occurrence is replaced. Where an edit would be clumsy,
    `source` gives the whole mistaken cell instead.

    `forms` are further ways to make the same mistake: each is an edit, a list of edits
    or a whole cell. A student who makes any of them is told the same sentence, so it
    must be true for every form.
    """

    def __init__(
        self,
        name: str,
        change: tuple[str, str] | Sequence[tuple[str, str]] = (),
        says: str = "",
        *,
        source: str | None = None,
        forms: Sequence[Form] = (),
    ) -> None:
        if not says:
            raise ValueError(f"misconception {name!r} has no sentence for the student")
        if bool(change) == (source is not None):
            raise ValueError(
                f"misconception {name!r} needs an edit or a source, not both"
            )
        if isinstance(forms, str) or (isinstance(forms, tuple) and _is_edit(forms)):
            raise TypeError(f"misconception {name!r}: forms is a list of forms")
        self.name = name
        self.says = says
        self.forms: list[Form] = [change if source is None else source, *forms]

    def apply(self, reference: str, form: int = 0) -> str:
        """Return the mistaken cell; raise ValueError when an edit no longer applies.

        `form` counts from 0, which is the misconception's own `change` or `source`.
        """
        change = self.forms[form]
        if isinstance(change, str):
            return change
        mistaken = reference
        edits: Any = [change] if _is_edit(change) else change
        for old, new in edits:
            if old not in mistaken:
                raise ValueError(f"{old!r} is not in the reference solution")
            mistaken = mistaken.replace(old, new)
        return mistaken


def _is_edit(change: Any) -> bool:
    return len(change) == 2 and all(isinstance(part, str) for part in change)


@dataclass
class Exercise:
    """One function or class that a student writes, named by its identifier.

    `cases` is called with a ``np.random.Generator`` and yields the cases; the visible
    ones come from a fixed seed, the hidden ones from a secret seed. `probe` and `view`
    name functions of the chapter's ``probes.py``.

    bonus: for those who want more: no points, and no stub beside signature and
        docstring
    alternative: another right cell and one sentence on the difference, for
        ``solution(name)``
    """

    name: str
    cases: Callable[[np.random.Generator], Iterable[Case]]
    points: float = 1
    minutes: int = 5
    difficulty: int = 1
    probe: str | None = None
    view: str | None = None
    returns: tuple[str, ...] = ()
    rtol: float = 1e-6
    atol: float = 1e-9
    pure: bool = True
    exact_dtype: bool = False
    needs: tuple[str, ...] = ()
    seconds: float = 10
    misconceptions: list[Misconception] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)
    bonus: bool = False
    alternative: tuple[str, str] | None = None

    def __post_init__(self) -> None:
        names = [mistake.name for mistake in self.misconceptions]
        if len(set(names)) < len(names):
            raise ValueError(f"{self.name}: two misconceptions have the same name")
        if not 1 <= self.difficulty <= 5:
            raise ValueError(f"{self.name}: difficulty is a number from 1 to 5")
        if self.bonus and self.points:
            raise ValueError(f"{self.name}: a bonus has no points")

    def settings(self) -> dict[str, Any]:
        """Everything that students may know, as plain data."""
        return {
            item.name: getattr(self, item.name)
            for item in dataclasses.fields(self)
            if item.name not in _NOT_TOLD
        }


def _no_cases(rng: np.random.Generator) -> list[Case]:
    """Cases of a :class:`WhichInput` are made from its mistakes, not drawn."""
    return []


@dataclass
class WhichInput(Exercise):
    """The student writes inputs on which mistaken functions go wrong.

    The student's function takes nothing and returns a list of 1 to `most` inputs; it
    is called once, and its list is tried on each mistake. A mistake is a case; it
    passes where on one of the inputs the mistaken function gives another result than
    the right one. See :mod:`autograde.checking.which_input`.

    right: the right function: the name of one that a cell of the chapter defines, or
        its source. It must not be an exercise of the course.
    shown: mistaken functions by a label: names of functions that cells define, so that
        students read and run them
    hidden: more mistakes of the same kind, for the grader alone: edits of the right
        function, or sources
    admit: a function of ``probes.py`` that takes an input's arguments and returns them
        as they are used, or raises ValueError with a sentence on the bounds
    """

    cases: Callable[[np.random.Generator], Iterable[Case]] = _no_cases
    right: str = field(default="", kw_only=True)
    shown: dict[str, str] = field(default_factory=dict, kw_only=True)
    hidden: dict[str, Form] = field(default_factory=dict, kw_only=True)
    admit: str = field(default="", kw_only=True)
    most: int = field(default=3, kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.right or not self.shown or not self.hidden:
            raise ValueError(f"{self.name} needs right=, shown= and hidden=")
        if set(self.shown) & set(self.hidden):
            raise ValueError(f"{self.name}: two mistakes have the same label")
        if self.probe or self.view:
            raise ValueError(f"{self.name}: inputs need no probe and no view")


@dataclass
class Manual:
    """A prose answer that a person grades by `rubric`."""

    name: str
    points: float = 1
    minutes: int = 10
    rubric: str = ""

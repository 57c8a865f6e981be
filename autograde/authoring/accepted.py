"""What a check accepts, the chapter's later cells accept.

For each exercise it is found in which forms (:mod:`autograde.authoring.forms`) its
check accepts the reference's results. Then the chapter runs to its end with every
exercise in one of its accepted forms, as often as it takes to run each of them once,
and with the right answers of ``answers.py`` in place of the reference.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import itertools
import os
import re
import shutil
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import matplotlib
from IPython.core.interactiveshell import InteractiveShell
from matplotlib import pyplot as plt

from autograde.authoring.answer_findings import answers_of
from autograde.authoring.chapter import Chapter
from autograde.authoring.forms import FORMS, wrapped
from autograde.authoring.make_checks import make_exercise_checks
from autograde.checking import serialize
from autograde.checking.run_case import Result
from autograde.checking.verdict import judge_exercise
from autograde.checking.which_input import run_exercise_case
from autograde.exercise import Exercise, WhichInput

DEMONSTRATION = "<cell "


@dataclass
class Failure:
    """A cell of the course that fails on results which checks accept.

    forms: the exercises that the cell called, with the forms that they gave
    """

    cell: str
    forms: dict[str, str]
    error: str

    def __str__(self) -> str:
        said = ", ".join(f"{name} ({form})" for name, form in self.forms.items())
        return f"{self.cell}: {self.error}; it called {said}"


@dataclass
class FormsTrial:
    """One run of a chapter with its exercises in other forms."""

    forms: dict[str, str]
    seconds: float = 0.0
    failures: list[Failure] = field(default_factory=list)

    def __str__(self) -> str:
        mark = "[fail]" if self.failures else "[ok]  "
        used = ", ".join(sorted(set(self.forms.values()))) or "right answers"
        lines = [f"{mark} {used}: {self.seconds:.0f} CPU s", *map(str, self.failures)]
        return "\n       ".join(lines)


def accepted_forms(chapter: Chapter, exercise: Exercise) -> list[str]:
    """The forms in which the check accepts other results than the reference's own."""
    if isinstance(exercise, WhichInput):
        return []
    alone = dataclasses.replace(exercise, misconceptions=[])
    data = make_exercise_checks(chapter, alone)
    probe = chapter.probes[data.probe] if data.probe else None
    found = []
    for form in FORMS:
        changes: list[int] = []
        target = wrapped(
            chapter.reference[exercise.name],
            form,
            lambda: True,
            functools.partial(changes.append, 1),
        )
        text = chapter.probes_source
        results = [run_exercise_case(target, probe, data, c, text) for c in data.cases]
        judgement = judge_exercise(data, _sent(results), chapter.probes)
        if judgement.first_failure is None and changes:
            found.append(form)
    return found


def _sent(results: list[Result]) -> list[Result]:
    return [
        Result.from_dict(serialize.unpack(serialize.pack(result.as_dict())))
        for result in results
    ]


def trials(accepted: dict[str, list[str]]) -> Iterator[dict[str, str]]:
    """Forms for the exercises, run by run, until each accepted form had its run."""
    for number in range(max(map(len, accepted.values()), default=0)):
        yield {
            name: forms[number % len(forms)]
            for name, forms in accepted.items()
            if forms
        }


def answers(chapter: Chapter) -> Iterator[dict[str, str]]:
    """Sources for the exercises, run by run, until each right answer had its run."""
    right: dict[str, list[str]] = {}
    for exercise in chapter.exercises:
        for kind, _, source, _ in answers_of(chapter, exercise.name):
            if kind == "RIGHT":
                right.setdefault(exercise.name, []).append(source)
    for number in range(max(map(len, right.values()), default=0)):
        yield {name: given[number % len(given)] for name, given in right.items()}


def prove_forms(chapter: Chapter, most: int | None = None) -> Iterator[FormsTrial]:
    """Run `chapter` in all accepted forms and with all right answers.

    most: how many runs of each kind, None for as many as it takes
    """
    accepted = {e.name: accepted_forms(chapter, e) for e in chapter.exercises}
    for forms in itertools.islice(trials(accepted), most):
        yield run(chapter, forms)
    for sources in itertools.islice(answers(chapter), most):
        yield run(chapter, {}, sources)


def run(
    chapter: Chapter, forms: dict[str, str], sources: dict[str, str] | None = None
) -> FormsTrial:
    """Run all cells of `chapter`, its exercises in `forms`; say which cells fail.

    sources: cells in place of the reference's, by the names of exercises

    A cell that fails runs again with the reference's own results, so that later ones
    have what they need. Where two answers do not go with one another, the failure is
    theirs and not the cell's.
    """
    trial = FormsTrial(forms)
    start = time.process_time()
    shell = InteractiveShell.instance()
    space = shell.user_ns
    own: dict[str, Any] = {}
    sources = sources or {}
    called: dict[str, str] = {}

    def bind() -> None:
        for name, target in own.items():
            space[name] = target
            if name in forms:
                space[name] = wrapped(target, forms[name], _noting(name))

    def _noting(name: str) -> Any:
        def applies() -> bool:
            asked = _asked_by_the_course()
            if asked:
                called[name] = forms[name]
            return asked

        return applies

    with _quiet_place(chapter):
        for number, cell in enumerate(chapter.cells):
            if cell.cell_type != "code":
                continue
            name = cell.metadata.get("exercise")
            where = cell.metadata.get("name", f"cell {number}")
            file = f"<{chapter.name}>" if name else f"{DEMONSTRATION}{where}>"
            source = sources.get(name, cell.source)
            code = compile(shell.transform_cell(source), file, "exec")
            called.clear()
            try:
                exec(code, space)
            except Exception as error:
                places = traceback.extract_tb(error.__traceback__)
                cells = [line for line in places if _is_cell(line.filename)]
                if cells and cells[-1].filename == file and not name:
                    said = f"{type(error).__name__}: {error} in line {cells[-1].lineno}"
                    failure = Failure(where, dict(called), said[:300])
                    trial.failures.append(failure)
                space.update({key: chapter.reference[key] for key in own})
                with contextlib.suppress(Exception):
                    exec(code, space)
                bind()
            plt.close("all")
            if name:
                own[name] = space[name]
                bind()
            space["check"] = space["hint"] = lambda *arguments: None
    trial.seconds = time.process_time() - start
    return trial


def _asked_by_the_course() -> bool:
    """Whether a cell of the course calls, and not the solution of an exercise."""
    frame = sys._getframe(2)
    while frame is not None:
        file = frame.f_code.co_filename
        if file.startswith(DEMONSTRATION):
            return True
        if _is_cell(file):
            return False
        frame = frame.f_back
    return False


def _is_cell(file: str) -> bool:
    """Whether code comes from a cell: of the course, or of an exercise."""
    return file.startswith(DEMONSTRATION) or re.match(r"<\d\d_", file) is not None


@contextlib.contextmanager
def _quiet_place(chapter: Chapter) -> Iterator[None]:
    """A folder with the chapter's data, without windows and what cells print."""
    before = Path.cwd()
    with (
        tempfile.TemporaryDirectory() as folder,
        open(os.devnull, "w") as nothing,
        contextlib.redirect_stdout(nothing),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        for data in chapter.folder.glob("*.json"):
            shutil.copy(data, folder)
        backend = matplotlib.get_backend()
        matplotlib.use("agg")
        os.chdir(folder)
        try:
            yield
        finally:
            os.chdir(before)
            matplotlib.use(backend)
            InteractiveShell.clear_instance()

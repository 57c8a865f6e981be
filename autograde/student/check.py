"""``check`` and ``hint``: what a student calls in a chapter's notebook."""

from __future__ import annotations

import difflib
import os
from pathlib import Path
from typing import Any

from autograde.checking.answer import Answer, check_answer, hint_answer, plain_answer
from autograde.checking.checks import Checks, ExerciseData
from autograde.checking.compiler import put_off_compiler
from autograde.checking.defaults import remember
from autograde.checking.run_case import Result, load_probes, run_case
from autograde.checking.verdict import (
    NOT_RUN,
    PASSED,
    TIMED_OUT,
    Judgement,
    judge_exercise,
)
from autograde.checking.which_input import tried
from autograde.course.layout import CHECKS, FRESH
from autograde.language import translate
from autograde.student import kernel
from autograde.student.clock import Clock, TimeUp
from autograde.student.history import History, reached_names
from autograde.student.run_all import is_written, wait_calmly
from autograde.student.start_page import record

# nbval keeps the first of a place's contents, and a reader the last: with 1 in this
# variable a check shows its answer alone.
STILL = "AUTOGRADE_STILL"
LEAST_SECONDS = 30.0  # that a case may take in a notebook, on a slow machine too
ENDLESS = (
    "A case took too long and was stopped. Is there a loop that never ends? The body "
    "of a `while` has to change what its condition looks at, and a `for` over a list "
    "that grows inside the loop has no end."
)

remember()  # before a student's own cells change anything
_loaded: dict[Path, tuple[int, Checks, dict[str, Any]]] = {}
_hints_given: dict[str, int] = {}
_rounds_drawn: dict[str, int] = {}
history = History()


class Points(float):
    """Points that look like nothing in a notebook and are a number to a grader.

    A check's answer says the points in words. nbgrader and ``submit`` read the number
    as plain text; JupyterLab shows the richer form, which is empty.
    """

    def _repr_html_(self) -> str:
        return ""


def check(name: str, *, fresh: bool = False) -> float:
    """Run the visible cases of the exercise `name` and return the points they earn.

    The answer is shown above the points: every case's outcome, the first thing that
    is wrong, and the mistake's name where it is a known one.

    With `fresh` other cases are run, the next of a few rounds at every call, to see
    whether an answer holds. They are for practice: no progress is kept of them.
    """
    page = kernel.Display()
    patient = os.environ.get(STILL) != "1"
    runs = plain_answer(f"The check of `{name}` runs …")
    clock = Clock(lambda: page.show(runs) if patient else None)
    if not _loaded and kernel.running_shell() is not None and patient:
        page.show(plain_answer(f"The check of `{name}` is loaded …"))
    checks, probes = chapter_checks()
    put_off_compiler()
    clock.look()
    exercise = checks.exercises.get(name)
    if exercise is None:
        page.show(no_such_exercise(checks, name))
        return Points(0.0)
    practice: list[str] = []
    if fresh:
        exercise, practice = _fresh_cases(exercise)
    judgement = judge(exercise, checks, probes, clock)
    notes = practice + _notes(judgement, exercise, checks, probes, clock)
    page.show(check_answer(judgement, notes, exercise.hints))
    if practice:
        return Points(judgement.awarded)
    passed = sum(verdict.passed for verdict in judgement.verdicts)
    record(Path.cwd(), name, judgement.awarded, passed, len(judgement.verdicts))
    shell = kernel.running_shell()
    if judgement.outcome == PASSED and shell is not None:
        is_written(shell, name)
    return Points(judgement.awarded)


def _fresh_cases(exercise: ExerciseData) -> tuple[ExerciseData, list[str]]:
    """`exercise` with the next round of its fresh cases, and a word on them."""
    path = _checks_path().with_name(FRESH)
    kept = _read(path)[0].exercises if path.exists() else {}
    rounds = [name for name in kept if name.rpartition(" ")[0] == exercise.name]
    if not rounds:
        return exercise, ["It has no fresh cases: these are the visible ones."]
    drawn = _rounds_drawn.get(exercise.name, 0)
    _rounds_drawn[exercise.name] = drawn + 1
    number = drawn % len(rounds)
    word = f"Fresh cases, round {number + 1} of {len(rounds)}: practice, not points."
    return kept[rounds[number]], [word]


def hint(name: str, step: int | None = None) -> None:
    """Show the next hint for the exercise `name`, or the first `step` hints."""
    checks, _ = chapter_checks()
    if name not in checks.exercises:
        kernel.show(no_such_exercise(checks, name))
        return
    hints = checks.exercises[name].hints
    given = step or _hints_given.get(name, 0) + 1
    given = max(1, min(given, len(hints)))
    _hints_given[name] = given
    kernel.show(hint_answer(name, hints, given))


def no_such_exercise(checks: Checks, name: str) -> Answer:
    """What is said where a chapter has no exercise `name`: the names that it has."""
    chapter = checks.chapter
    said = f"{chapter} has no exercise called {name!r}."
    for near in difflib.get_close_matches(str(name), checks.exercises, 1):
        said = f"{chapter} has no exercise called {name!r}. Is it `{near}`?"
    return plain_answer(
        said,
        f"Its exercises: {', '.join(f'`{known}`' for known in checks.exercises)}.",
    )


def chapter_checks() -> tuple[Checks, dict[str, Any]]:
    """The checks of the chapter that the notebook is in, and their probes."""
    return _read(_checks_path())


def _read(path: Path) -> tuple[Checks, dict[str, Any]]:
    """The checks in a file and their probes; read again only when it has changed."""
    stamp = path.stat().st_mtime_ns
    if path not in _loaded or _loaded[path][0] != stamp:
        checks = Checks.load(path)
        _loaded[path] = (stamp, checks, load_probes(checks.probes))
    return _loaded[path][1:]


def _checks_path() -> Path:
    here = Path.cwd()
    places = [here / CHECKS]
    if here.parent.name == "solutions":
        places.append(here.parent.parent / "chapters" / here.name / CHECKS)
    found = [path for path in places if path.exists()]
    if found:  # an author's build writes the first, an update of the course the second
        return max(found, key=lambda path: path.stat().st_mtime_ns)
    raise FileNotFoundError(
        translate(
            f"There is no {CHECKS} beside this notebook ({here}). Keep the notebook "
            "in its chapter's folder, or take the folder from the course again."
        )
    )


def judge(
    exercise: ExerciseData, checks: Checks, probes: dict[str, Any], clock: Clock
) -> Judgement:
    """Run the cases of `exercise` on what the kernel has under its name, and judge.

    Of code that is no answer yet, or does not come to its end, no more cases are run.
    """
    namespace = kernel.user_names()
    if exercise.name not in namespace:
        return judge_exercise(exercise, [NOT_RUN] * len(exercise.cases), probes)
    target = namespace[exercise.name]
    probe = probes[exercise.probe] if exercise.probe else None
    results: list[Result | str] = []
    answer: Result | None = None  # inputs are asked for once, as by a grader
    for case in exercise.cases:
        seconds = max(LEAST_SECONDS, 3 * (case.seconds or exercise.seconds))
        try:
            with clock.limit(seconds):
                if answer is None or not exercise.most:
                    answer = run_case(target, probe, case.packed, case.seed)
                result = answer
                if exercise.most:
                    result = tried(answer, exercise, case, checks.probes)
        except TimeUp:
            results.append(TIMED_OUT)
            results += [NOT_RUN] * (len(exercise.cases) - len(results))
            break
        results.append(result)
        if result.raised == "NotImplementedError" and case.expected.raised is None:
            results += [NOT_RUN] * (len(exercise.cases) - len(results))
            break
    return judge_exercise(exercise, results, probes)


def _notes(
    judgement: Judgement,
    exercise: ExerciseData,
    checks: Checks,
    probes: dict[str, Any],
    clock: Clock,
) -> list[str]:
    """What to do next: a cell that was not run, a part that has to be right first."""
    name = exercise.name
    target = kernel.user_names().get(name)
    here = Path.cwd()
    notes = history.remarks(name, target, here / f"{here.name}.ipynb")
    if target is None:
        return notes or [
            f"`{name}` is not defined: run the cell that defines it first."
        ]
    if judgement.first_failure is None:
        return notes
    if any(verdict.outcome == TIMED_OUT for verdict in judgement.verdicts):
        return [*notes, ENDLESS]
    used = reached_names(target, kernel.user_names())
    for need in exercise.needs:
        known = any(note.startswith(f"`{need}`, ") for note in notes)
        if known or need not in used:
            continue
        of_need = judge(checks.exercises[need], checks, probes, clock)
        if of_need.first_failure is not None:
            notes.append(
                f"It uses your `{need}`, whose own check fails; mend that first."
            )
    if not judgement.attempted:
        notes.append(
            f'Write it in the cell above, run it, then run check("{name}") again.'
        )
    return notes


if (_shell := kernel.running_shell()) is not None:
    wait_calmly(_shell)
    history.follow(_shell)

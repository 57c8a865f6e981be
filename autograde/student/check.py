"""``check`` and ``hint``: what a student calls in a chapter's notebook."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from autograde.checking.answer import Answer, check_answer, hint_answer
from autograde.checking.checks import FILE_NAME, Checks, ExerciseData
from autograde.checking.run_case import Result, load_probes, run_case
from autograde.checking.verdict import NOT_RUN, Judgement, judge_exercise
from autograde.student.history import History
from autograde.student.progress import record
from autograde.student.run_all import wait_calmly

_loaded: dict[Path, tuple[int, Checks, dict[str, Any]]] = {}
_hints_given: dict[str, int] = {}
history = History()


def check(name: str) -> float:
    """Run the visible cases of the exercise `name` and return the points they earn.

    The answer is shown above the points: every case's outcome, the first thing that
    is wrong, and the mistake's name where it is a known one.
    """
    checks, probes = _chapter_checks()
    exercise = _find(checks, name)
    judgement = _judge(exercise, probes)
    notes = _notes(judgement, exercise, checks, probes)
    show(check_answer(judgement, notes, exercise.hints))
    passed = sum(verdict.passed for verdict in judgement.verdicts)
    record(Path.cwd(), name, judgement.awarded, passed, len(judgement.verdicts))
    return float(judgement.awarded)


def hint(name: str, step: int | None = None) -> None:
    """Show the next hint for the exercise `name`, or the first `step` hints."""
    checks, _ = _chapter_checks()
    hints = _find(checks, name).hints
    given = step or _hints_given.get(name, 0) + 1
    given = max(1, min(given, len(hints)))
    _hints_given[name] = given
    show(hint_answer(name, hints, given))


def _chapter_checks() -> tuple[Checks, dict[str, Any]]:
    path = _checks_path()
    stamp = path.stat().st_mtime_ns
    if path not in _loaded or _loaded[path][0] != stamp:
        checks = Checks.load(path)
        _loaded[path] = (stamp, checks, load_probes(checks.probes))
    return _loaded[path][1:]


def _checks_path() -> Path:
    here = Path.cwd()
    places = [here / FILE_NAME]
    if here.parent.name == "solutions":
        places.append(here.parent.parent / "chapters" / here.name / FILE_NAME)
    found = [path for path in places if path.exists()]
    if found:  # an author's build writes the first, an update of the course the second
        return max(found, key=lambda path: path.stat().st_mtime_ns)
    raise FileNotFoundError(
        f"There is no {FILE_NAME} beside this notebook ({here}). Keep the notebook in "
        "its chapter's folder, or take the folder from the course again."
    )


def _find(checks: Checks, name: str) -> ExerciseData:
    if name not in checks.exercises:
        known = ", ".join(checks.exercises)
        raise KeyError(f"{checks.chapter} has no exercise {name!r}; it has {known}")
    return checks.exercises[name]


def _judge(exercise: ExerciseData, probes: dict[str, Any]) -> Judgement:
    namespace = _user_namespace()
    if exercise.name not in namespace:
        return judge_exercise(exercise, [NOT_RUN] * len(exercise.cases), probes)
    target = namespace[exercise.name]
    probe = probes[exercise.probe] if exercise.probe else None
    results: list[Result | str] = []
    for case in exercise.cases:
        result = run_case(target, probe, case.packed, case.seed)
        results.append(result)
        if result.raised == "NotImplementedError" and case.expected.raised is None:
            results += [NOT_RUN] * (len(exercise.cases) - len(results))
            break
    return judge_exercise(exercise, results, probes)


def _notes(judgement, exercise, checks, probes) -> list[str]:
    name = exercise.name
    target = _user_namespace().get(name)
    here = Path.cwd()
    notes = history.remarks(name, target, here / f"{here.name}.ipynb")
    if target is None:
        return notes or [
            f"`{name}` is not defined: run the cell that defines it first."
        ]
    if judgement.first_failure is None:
        return notes
    for need in exercise.needs:
        if any(f"`{need}`, which it uses" in note for note in notes):
            continue
        if _judge(checks.exercises[need], probes).first_failure is not None:
            notes.append(
                f"It uses your `{need}`, whose own check fails; mend that first."
            )
    if not judgement.attempted:
        notes.append(
            f'Write it in the cell above, run it, then run check("{name}") again.'
        )
    return notes


def _user_namespace() -> dict[str, Any]:
    shell = _shell()
    if shell is not None:
        return shell.user_ns
    return sys.modules["__main__"].__dict__


def _shell() -> Any:
    try:
        from IPython import get_ipython
    except ImportError:
        return None
    return get_ipython()


def show(answer: Answer) -> None:
    """Display `answer` in a notebook; print its text elsewhere."""
    if _shell() is None:
        print(answer.text)
        return
    from IPython.display import display

    display(answer)


if _shell() is not None:
    wait_calmly(_shell())
    history.follow(_shell())

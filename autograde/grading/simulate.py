"""A class made of the chapter's own data: ``make simulate STUDENTS=30``.

Each simulated student solves an exercise, makes one of its misconceptions, leaves it,
or breaks its cell. The score that each must get is computed here, in the trusted
process, from the same hidden cases, and written beside the submissions.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

from autograde.authoring.answer_findings import judge_source
from autograde.authoring.chapter import Chapter
from autograde.authoring.gate import mistake_judgement
from autograde.checking.checks import Checks, ExerciseData
from autograde.course.layout import notebook_path
from autograde.grading.hidden import hidden_checks
from autograde.notebooks.editions import read_editions

EXPECTED_FILE = "expected.json"
MANUAL_ANSWER = "One step suits the steep direction and is too small for the flat one."


@dataclass
class SimulatedStudent:
    """One student's work on one chapter, and the points that it must earn."""

    name: str
    notebook: nbformat.NotebookNode
    choices: dict[str, str] = field(default_factory=dict)
    expected: dict[str, float] = field(default_factory=dict)


def simulate_student(
    chapter: Chapter,
    released: nbformat.NotebookNode,
    checks: Checks,
    name: str,
    seed: int,
) -> SimulatedStudent:
    """Make one student; the first two of a class are the best and the blank one."""
    rng = random.Random(f"{chapter.name}-{seed}")
    skill = {0: 1.0, 1: 0.0}.get(seed, rng.betavariate(3, 1.5))
    student = SimulatedStudent(name, nbformat.from_dict(released))
    failed: set[str] = set()
    for cell in student.notebook.cells:
        info = cell.metadata.get("nbgrader", {})
        if not info.get("solution"):
            continue
        if cell.cell_type != "code":
            if skill > 0:
                cell.source = MANUAL_ANSWER
            continue
        exercise = checks.exercises[info["grade_id"]]
        choice = _choice(rng, skill, exercise)
        if choice != "solved" and any(
            exercise.name in other.needs for other in checks.exercises.values()
        ):
            # A wrong part spoils what is built on it, in ways not known here.
            choice = "solved" if skill > 0 else choice
        student.choices[exercise.name] = choice
        cell.source, points = _work(rng, chapter, exercise, choice, cell.source)
        if any(need in failed for need in exercise.needs):
            points = 0.0
        if choice == "left" or choice.startswith("broken"):
            failed.add(exercise.name)
        student.expected[exercise.name] = points
    return student


def _choice(rng: random.Random, skill: float, exercise: ExerciseData) -> str:
    if rng.random() < skill:
        return "solved"
    options = [f"mistake {name}" for name in exercise.says] * 2
    options += ["first input"] * 4 if exercise.most else []
    options += ["left", "left", "broken syntax", "broken name"]
    return rng.choice(options) if skill > 0 else "left"


def _work(
    rng: random.Random,
    chapter: Chapter,
    exercise: ExerciseData,
    choice: str,
    stub: str,
) -> tuple[str, float]:
    solution = chapter.solution(exercise.name)
    if choice == "solved":
        return solution, exercise.points
    if choice.startswith("mistake "):
        name = choice.removeprefix("mistake ")
        mistakes = chapter.exercise(exercise.name).misconceptions
        mistake = next(item for item in mistakes if item.name == name)
        form = rng.randrange(len(mistake.forms))
        judgement = mistake_judgement(exercise, name, chapter.probes, form)
        return mistake.apply(solution, form), judgement.awarded
    if choice == "first input":
        source = _first_input(exercise.name, solution)
        judgement = judge_source(chapter, exercise.name, source, exercise)
        return source, judgement.awarded
    if choice == "broken syntax":
        return solution.replace(":", "", 1), 0.0
    if choice == "broken name":
        return solution.replace("def ", "undefined_name\ndef ", 1), 0.0
    return stub, 0.0


def _first_input(name: str, solution: str) -> str:
    """A student who found one input and stopped there."""
    return f"{solution}\n\n\n_all_inputs = {name}\n\n\n" + (
        f"def {name}():\n    return _all_inputs()[:1]\n"
    )


def simulate_class(
    root: Path, chapter: Chapter, students: int, first: int = 0
) -> dict[str, dict]:
    """Write a class into ``grading/submitted``; return choices and expected points.

    Its students use the editions of the chapter by turns.
    """
    checks = hidden_checks(root, chapter.name)
    folder = root / "chapters" / chapter.name
    released = [nbformat.read(notebook_path(folder), 4)]
    released += read_editions(folder).values()
    expected = {}
    for seed in range(first, first + students):
        name = f"student{seed:04d}"
        notebook = released[seed % len(released)]
        student = simulate_student(chapter, notebook, checks, name, seed)
        folder = root / "grading" / "submitted" / name / chapter.name
        folder.mkdir(parents=True, exist_ok=True)
        nbformat.write(student.notebook, notebook_path(folder))
        expected[name] = {"choices": student.choices, "points": student.expected}
    return expected


def simulate_course(
    root: Path, chosen: Iterable[Chapter], students: int
) -> Iterator[str]:
    """Simulate a class in each of `chosen`; yield a line on each."""
    path = root / "grading" / EXPECTED_FILE
    expected = json.loads(path.read_text("utf-8")) if path.exists() else {}
    for chapter in chosen:
        expected[chapter.name] = simulate_class(root, chapter, students)
        yield f"{students} submissions of {chapter.name}"
    path.write_text(json.dumps(expected, indent=1), "utf-8")
    yield f"The scores that they must get are in {path}."

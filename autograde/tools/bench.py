"""The figures that the README quotes: ``make bench``.

Grades the same simulated submissions with plain nbgrader and with this course's
grader, side by side in one run on this machine, and checks that the scores agree.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook

from autograde.authoring.chapter import chapters, find_chapter
from autograde.course.layout import ROOT, notebook_path
from autograde.grading.gradebook import prepare_gradebook
from autograde.grading.hidden import hidden_checks
from autograde.grading.nbgrader_setup import course_config
from autograde.grading.simulate import simulate_class
from autograde.student.check import check
from autograde.tools.bench_otter import NoOtter, grade_with_otter
from autograde.tools.measured import Cost, timed

PLAIN_CONFIG = """
config = get_config()
config.CourseDirectory.root = {root!r}
config.ClearSolutions.code_stub = {{"python": "raise NotImplementedError()"}}
config.Execute.timeout = 900
"""


@dataclass
class Measured:
    """What one way of grading cost, and the scores that it gave."""

    submissions: int
    cost: Cost
    scores: dict[str, float]

    @property
    def rate(self) -> float:
        """Submissions a minute."""
        return 60 * self.submissions / self.cost.wall


def grade_with_nbgrader(
    chapter: str, course: Path, folder: Path, students: int, demonstrations: bool
) -> Measured:
    """Stock `nbgrader autograde` on the first `students` submissions of `course`.

    Its check cells run the hidden cases of `course`, so that scores can be compared.
    """
    source = folder / "source" / chapter
    source.mkdir(parents=True)
    released = ROOT / "chapters" / chapter
    for path in released.iterdir():
        if path.is_file() and path.suffix != ".ipynb":
            shutil.copy(path, source)
    hidden_checks(course, chapter).save(source / "checks.safetensors")
    solution = notebook_path(ROOT / "solutions" / chapter)
    notebook = _cut(nbformat.read(solution, 4), demonstrations)
    nbformat.write(notebook, source / solution.name)
    for student in sorted((course / "grading" / "submitted").iterdir())[:students]:
        target = folder / "submitted" / student.name / chapter
        target.mkdir(parents=True)
        path = notebook_path(student / chapter)
        nbformat.write(_cut(nbformat.read(path, 4), demonstrations), target / path.name)
    config = folder / "config"
    config.mkdir()
    (config / "nbgrader_config.py").write_text(PLAIN_CONFIG.format(root=str(folder)))
    env = {"JUPYTER_CONFIG_PATH": str(config)}
    nbgrader = [sys.executable, "-m", "nbgrader"]
    timed([*nbgrader, "generate_assignment", chapter], folder, env)
    cost = timed([*nbgrader, "autograde", chapter], folder, env)
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as book:
        scores = {s.student_id: s.score for s in book.assignment_submissions(chapter)}
    return Measured(students, cost, scores)


def _cut(notebook, demonstrations: bool):
    """`notebook`, without its demonstrations unless they are wanted."""
    if not demonstrations:
        notebook.cells = [
            cell
            for cell in notebook.cells
            if cell.cell_type != "code"
            or "nbgrader" in cell.metadata
            or "setup" in cell.metadata.get("tags", [])
        ]
    return notebook


def grade_with_the_course(
    chapter: str, folder: Path, students: int, only: Iterable[str] = ()
) -> Measured:
    """This course's grader, a cold start included.

    It grades everything in `folder`, or only the students `only`.
    """
    command = [sys.executable, "-m", "autograde", "grade", chapter, "--force"]
    command += ["--root", str(folder), "--scores-only"]
    cost = timed(command + [f"--student={name}" for name in only], folder)
    config = course_config(folder).CourseDirectory
    with Gradebook(config.db_url, config.course_id) as book:
        scores = {s.student_id: s.score for s in book.assignment_submissions(chapter)}
    return Measured(students, cost, scores)


def floor_of(chapter: str, course: Path) -> float:
    """CPU seconds a submission of the students' own code (see `tools.floor`)."""
    command = [sys.executable, "-m", "autograde.tools.floor", str(course), chapter]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    said = json.loads(done.stdout.splitlines()[-1])
    return said["cpu"] / said["submissions"]


def course_in(folder: Path) -> Path:
    """A course folder with the real chapters and nothing graded."""
    for name in ("solutions", "chapters"):
        (folder / name).symlink_to(ROOT / name)
    return folder


def class_in(folder: Path, chapter: str, students: int) -> Path:
    """A course folder with a simulated class, ready to be graded for the first time."""
    course = course_in(folder)
    simulate_class(course, find_chapter(chapter), students)
    prepare_gradebook(course, chapter)  # as `nbgrader generate_assignment` does
    hidden_checks(course, chapter)  # drawn once a course
    return course


def compare_with_others(chapter: str, students: int, whole: int, otter: int) -> dict:
    """The graders on the same submissions: the table of the README.

    whole: submissions for plain nbgrader on whole notebooks; otter: for otter-grader,
    which takes one at a time
    """
    rows = {}
    said = ""
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        course = class_in(_folder(scratch, "course"), chapter, students)
        first = sorted(path.name for path in (course / "grading/submitted").iterdir())
        start = grade_with_the_course(chapter, course, 1, first[:1])
        ours = grade_with_the_course(chapter, course, students)
        rows["this course's grader"] = ours
        floor = floor_of(chapter, course)
        plain = grade_with_nbgrader(
            chapter, course, _folder(scratch, "plain"), students, False
        )
        rows["plain nbgrader, graded cells only"] = plain
        if whole:
            rows["plain nbgrader, whole notebooks"] = grade_with_nbgrader(
                chapter, course, _folder(scratch, "whole"), whole, True
            )
        if otter:
            try:
                rows["otter-grader, graded cells only"] = Measured(
                    otter,
                    *grade_with_otter(
                        chapter, course, _folder(scratch, "otter"), otter
                    ),
                )
            except NoOtter as error:
                said = f"  otter-grader was not measured: {error}"
    print(f"{chapter}, {students} submissions, {os.cpu_count()} cores")
    for name, row in rows.items():
        _print_row(name, row, ours)
    if said:
        print(said)
    further = (ours.cost.busy - start.cost.busy) / max(1, students - 1)
    print(
        f"  {'one submission, from cold':36} {start.cost.wall:7.1f} s  "
        f"{start.cost.busy:6.2f} CPU s\n"
        f"  {'each further one':36} {further:7.2f} CPU s\n"
        f"  {'the floor: their own code alone':36} {floor:7.2f} CPU s  "
        f"ratio {further / floor:.1f}"
    )
    figures = {name: vars(row) for name, row in rows.items()}
    return figures | {"from cold": vars(start), "further": further, "floor": floor}


def _print_row(name: str, row: Measured, ours: Measured) -> None:
    agree = [
        student
        for student, score in row.scores.items()
        if abs(ours.scores[student] - score) < 1e-6
    ]
    print(
        f"  {name:36} {row.rate:7.1f} a minute  "
        f"{row.cost.busy / row.submissions:6.2f} CPU s each  "
        f"{row.cost.peak_mb:5.0f} MB peak  "
        f"{len(agree)} of {len(row.scores)} scores agree"
    )
    if row is not ours:
        times = row.cost.busy / row.submissions / (ours.cost.busy / ours.submissions)
        print(f"  {'':36} ratio {ours.rate / row.rate:.1f}, in CPU seconds {times:.1f}")


def growth(chapter: str, sizes: list[int]) -> list[dict]:
    """What classes of several sizes cost."""
    rows = []
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
            course = class_in(_folder(scratch, "course"), chapter, size)
            cost = grade_with_the_course(chapter, course, size).cost
        rows.append({"students": size, **vars(cost)})
        print(
            f"  {size:5} submissions  {cost.wall:7.1f} s  "
            f"{60 * size / cost.wall:6.1f} a minute  "
            f"{cost.busy / size:6.2f} CPU s each  {cost.peak_mb:5.0f} MB peak",
            flush=True,
        )
    return rows


def check_times() -> list[tuple[float, str]]:
    """How long each visible check takes on the reference, its own work included."""
    rows = []
    for chapter in chapters():
        folder = ROOT / "chapters" / chapter.name
        with contextlib.chdir(folder), contextlib.redirect_stdout(io.StringIO()):
            sys.modules["__main__"].__dict__.update(chapter.reference)
            for exercise in chapter.exercises:
                check(exercise.name)  # the first call loads the file of cases
                start = time.perf_counter()
                check(exercise.name)
                elapsed = time.perf_counter() - start
                rows.append((elapsed, f"{chapter.name} {exercise.name}"))
    rows.sort(reverse=True)
    over = [row for row in rows if row[0] > 0.3]
    print(f"{len(rows)} visible checks, {len(over)} over 0.3 s; the slowest:")
    for elapsed, name in rows[: max(5, len(over))]:
        print(f"  {elapsed:5.2f} s  {name}")
    return rows


def _folder(scratch: str, name: str) -> Path:
    folder = Path(scratch) / name
    folder.mkdir()
    return folder

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

PLAIN_CONFIG = """
config = get_config()
config.CourseDirectory.root = {root!r}
config.ClearSolutions.code_stub = {{"python": "raise NotImplementedError()"}}
config.Execute.timeout = 900
"""


@dataclass
class Measured:
    """What one way of grading took: wall and CPU seconds, peak memory, and scores."""

    submissions: int
    wall: float
    cpu: float
    peak_mb: float
    scores: dict[str, float]

    @property
    def rate(self) -> float:
        return 60 * self.submissions / self.wall


def timed(command: list[str], folder: Path, env: dict[str, str] | None = None):
    """Run `command`; return wall seconds, CPU seconds and its own peak memory in MB.

    CPU seconds are those of the whole machine meanwhile: the system does not charge a
    process for children that others wait for. Run nothing beside it.
    """
    busy, start = _busy_seconds(), time.perf_counter()
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(
            command, cwd=folder, env=os.environ | (env or {}), stdout=said, stderr=said
        )
        peak = 0.0
        while process.poll() is None:
            peak = max(peak, _peak_mb(process.pid))
            time.sleep(0.02)
        wall, cpu = time.perf_counter() - start, _busy_seconds() - busy
        if process.returncode not in (0, 1):
            said.seek(0)
            raise RuntimeError(f"{' '.join(command)} failed:\n{said.read()[-3000:]}")
    return wall, cpu, peak


def _busy_seconds() -> float:
    """Seconds that all cores together have worked since the machine started."""
    with open("/proc/stat") as file:
        user, nice, system, _, _, irq, softirq, *_ = map(
            int, file.readline().split()[1:]
        )
    return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")


def _peak_mb(pid: int) -> float:
    """The most memory that one process has had, its children not counted."""
    try:
        with open(f"/proc/{pid}/status") as file:
            sizes = [line.split()[1] for line in file if line.startswith("VmHWM:")]
    except OSError:
        return 0.0
    return int(sizes[0]) / 1024 if sizes else 0.0


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
    wall, cpu, peak = timed([*nbgrader, "autograde", chapter], folder, env)
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as book:
        scores = {s.student_id: s.score for s in book.assignment_submissions(chapter)}
    return Measured(students, wall, cpu, peak, scores)


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


def grade_with_the_course(chapter: str, folder: Path, students: int) -> Measured:
    """This course's grader on everything in `folder`, a cold start included."""
    command = [
        sys.executable,
        "-m",
        "autograde",
        "grade",
        chapter,
        "--root",
        str(folder),
    ]
    command += ["--scores-only"]
    wall, cpu, peak = timed(command, folder)
    config = course_config(folder).CourseDirectory
    with Gradebook(config.db_url, config.course_id) as book:
        scores = {s.student_id: s.score for s in book.assignment_submissions(chapter)}
    return Measured(students, wall, cpu, peak, scores)


def course_in(folder: Path) -> Path:
    """A course folder with the real chapters and nothing graded."""
    for name in ("solutions", "chapters"):
        (folder / name).symlink_to(ROOT / name)
    return folder


def compare_with_nbgrader(chapter: str, students: int, whole: int) -> dict:
    """Both graders on the same submissions: the table of the README."""
    rows = {}
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        course = course_in(_folder(scratch, "course"))
        simulate_class(course, find_chapter(chapter), students)
        prepare_gradebook(course, chapter)  # as `nbgrader generate_assignment` below
        hidden_checks(course, chapter)  # drawn once a course
        ours = grade_with_the_course(chapter, course, students)
        rows["this course's grader"] = ours
        plain = grade_with_nbgrader(
            chapter, course, _folder(scratch, "plain"), students, False
        )
        rows["plain nbgrader, graded cells only"] = plain
        if whole:
            rows["plain nbgrader, whole notebooks"] = grade_with_nbgrader(
                chapter, course, _folder(scratch, "whole"), whole, True
            )
    print(f"{chapter}, {students} submissions, {os.cpu_count()} cores")
    for name, row in rows.items():
        agree = [
            student
            for student, score in row.scores.items()
            if abs(ours.scores[student] - score) < 1e-6
        ]
        print(
            f"  {name:36} {row.rate:7.1f} a minute  "
            f"{row.cpu / row.submissions:6.2f} CPU s each  {row.peak_mb:5.0f} MB peak  "
            f"{len(agree)} of {len(row.scores)} scores agree"
        )
        if row is not ours:
            print(f"  {'':36} ratio {ours.rate / row.rate:.1f}")
    return {name: vars(row) for name, row in rows.items()}


def growth(chapter: str, sizes: list[int]) -> list[dict]:
    """Seconds and the grader's peak memory for classes of several sizes."""
    rows = []
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
            course = course_in(_folder(scratch, "course"))
            simulate_class(course, find_chapter(chapter), size)
            prepare_gradebook(course, chapter)
            hidden_checks(course, chapter)
            # A child of its own, so that the peak is this class's.
            command = [
                sys.executable,
                "-m",
                "autograde.tools.bench",
                chapter,
                str(course),
            ]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            row = {"students": size, **json.loads(done.stdout.splitlines()[-1])}
        rows.append(row)
        print(
            f"  {size:5} submissions  {row['wall']:7.1f} s  "
            f"{60 * size / row['wall']:6.1f} a minute  {row['peak_mb']:5.0f} MB peak",
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


if __name__ == "__main__":  # one class, in a process whose peak is that class's
    measured = grade_with_the_course(sys.argv[1], Path(sys.argv[2]), 1)
    print(json.dumps({"wall": measured.wall, "peak_mb": measured.peak_mb}))

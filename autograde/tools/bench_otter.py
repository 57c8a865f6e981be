"""The same submissions, graded by otter-grader: a row of ``make bench``.

It is installed beside the course, into a folder that goes with the run. Each hidden
case is one of its test cases, worth the same share of the points; each submission is
graded by ``otter run``, its way without containers.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import nbformat

from autograde.checking.checks import Checks, ExerciseData
from autograde.course.layout import CHECKS, ROOT, notebook_path
from autograde.grading.hidden import hidden_checks
from autograde.notebooks.cells import exercise_of, is_needed
from autograde.tools.measured import Cost, timed

OTTER = "otter-grader==7.0.0"
TEST = """\
from otter.test_files import test_case

OK_FORMAT = False
name = {name!r}
points = None


def passed(env, number):
    kept = env.setdefault("__judged__", {{}})
    if name not in kept:
        from autograde.student import check

        checks, probes = check.chapter_checks()
        clock = check.Clock(lambda: None)
        kept[name] = check.judge(checks.exercises[name], checks, probes, clock)
    return kept[name].verdicts[number].passed

"""
CASE = """
@test_case(name="{name} {number}", points={points!r}, hidden=True)
def case_{number}(env):
    assert passed(env, {number})

"""


class NoOtter(RuntimeError):
    """otter-grader cannot be installed or run here; the message says why."""


def install_otter(folder: Path) -> Path:
    """The `otter` command in an environment of its own that sees this one's packages.

    Raises NoOtter where the package cannot be had.
    """
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    python = folder / "bin" / "python"
    shown = [sysconfig.get_path("purelib"), str(ROOT)]
    packages = next((folder / "lib").glob("python*/site-packages"))
    (packages / "course.pth").write_text("\n".join(shown) + "\n")
    command = [str(python), "-m", "pip", "install", "--quiet", OTTER]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise NoOtter(f"{OTTER} cannot be installed: {done.stderr.strip()[-300:]}")
    return folder / "bin" / "otter"


def grade_with_otter(
    chapter: str, course: Path, folder: Path, students: int
) -> tuple[Cost, dict[str, float]]:
    """What `otter run` takes for the first submissions of `course`, and their scores.

    Only graded cells run. Raises NoOtter.
    """
    otter = install_otter(folder / "environment")
    env = {"PATH": f"{otter.parent}{os.pathsep}{os.environ['PATH']}"}
    checks = hidden_checks(course, chapter)
    archive = _autograder(chapter, checks, folder, otter)
    costs, scores = [], {}
    for student in sorted((course / "grading" / "submitted").iterdir())[:students]:
        work = folder / "submitted" / student.name
        work.mkdir(parents=True)
        notebook = nbformat.read(notebook_path(student / chapter), 4)
        notebook.cells = [cell for cell in notebook.cells if _is_run(cell)]
        nbformat.write(notebook, work / f"{chapter}.ipynb")
        command = [str(otter), "run", f"{chapter}.ipynb", "-a", str(archive)]
        costs.append(timed([*command, "--no-logo", "-o", "."], work, env))
        results = json.loads((work / "results.json").read_text("utf-8"))
        scores[student.name] = sum(test.get("score", 0) for test in results["tests"])
    peak = max(cost.peak_mb for cost in costs)
    sums = [sum(getattr(c, name) for c in costs) for name in ("wall", "cpu", "busy")]
    return Cost(sums[0], sums[1], peak, sums[2]), scores


def _is_run(cell: nbformat.NotebookNode) -> bool:
    """Whether grading needs the cell; what checks it are otter's tests."""
    if cell.cell_type != "code":
        return True
    return is_needed(cell) and exercise_of(cell) is None


def _autograder(chapter: str, checks: Checks, folder: Path, otter: Path) -> Path:
    """The archive with the tests and the chapter's files, as `otter generate` packs."""
    source = folder / "autograder"
    (source / "tests").mkdir(parents=True)
    for exercise in checks.exercises.values():
        text = _tests(exercise)
        (source / "tests" / f"{exercise.name}.py").write_text(text, "utf-8")
    for path in (ROOT / "chapters" / chapter).iterdir():
        if path.is_file() and path.suffix != ".ipynb":
            shutil.copy(path, source)
    checks.save(source / CHECKS)
    files = sorted(path.name for path in source.iterdir() if path.is_file())
    command = [str(otter), "generate", "-t", "tests", "-o", "autograder.zip", *files]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True)
    if done.returncode:
        raise NoOtter(f"otter generate failed: {done.stderr.strip()[-300:]}")
    return source / "autograder.zip"


def _tests(exercise: ExerciseData) -> str:
    total = sum(case.weight for case in exercise.cases)
    text = TEST.format(name=exercise.name)
    for number, case in enumerate(exercise.cases):
        points = exercise.points * case.weight / total
        text += CASE.format(name=exercise.name, number=number, points=points)
    return text

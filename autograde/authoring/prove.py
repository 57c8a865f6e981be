"""``autograde prove``: the students' archive, tried as a student would.

It is unpacked into an empty folder whose path has a space and letters of other
scripts, ``start.py`` makes its environment there, and every chapter runs twice to its
end: untouched, and with the reference solutions written into it. The programs that do
so see the archive and the students' packages alone.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from autograde.authoring.archive import write_archive
from autograde.authoring.chapter import BEGIN, END, find_chapter
from autograde.course.layout import CannotRun, chosen_chapters, course_name

PLACE = "Ein Kurs für Müller 深度学习"
GUARD = "guard"
RUNNER = Path(__file__).with_name("prove_notebook.py")
# what would let the programs see more than a student has
HIDDEN = (
    "PYTHONPATH",
    "PYTHONHOME",
    "VIRTUAL_ENV",
    "JUPYTER_CONFIG_PATH",
    "JUPYTER_PATH",
    "JUPYTER_CONFIG_DIR",
)
# A course that is installed in editable mode would fill the gaps of the archive.
NO_OTHER_COURSE = """import sys
sys.meta_path[:] = [f for f in sys.meta_path if "editable" not in str(f).lower()]
"""


@dataclass
class ChapterRun:
    """How one chapter ran to its end in a student's folder.

    errors: what each cell raised, by the cell's id
    short: the checks that did not give all their points
    not_placed: the answers whose cells the notebook lacks
    """

    chapter: str
    solved: bool
    seconds: float
    points: float = 0.0
    possible: float = 0.0
    errors: dict[str, str] = field(default_factory=dict)
    short: list[str] = field(default_factory=list)
    not_placed: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether no cell failed, and a solved chapter has all points."""
        whole = not self.short and not self.not_placed
        return not self.errors and (whole or not self.solved)

    def __str__(self) -> str:
        state = "solved" if self.solved else "untouched"
        mark = "[ok]  " if self.ok else "[fail]"
        line = (
            f"{mark} {self.chapter} {state}: {self.points:g} of {self.possible:g} "
            f"points, {len(self.errors)} errors, {self.seconds:.0f} s"
        )
        said = [f"{cell}: {error}" for cell, error in self.errors.items()]
        if self.solved:
            said += [f"{name}: not all points" for name in self.short]
            said += [f"{name}: no such cell in the archive" for name in self.not_placed]
        return "\n       ".join([line, *said])


def unpack(root: Path, folder: Path) -> Path:
    """Write the archive of the course in `root` and unpack it below `folder`."""
    place = folder / PLACE
    place.mkdir(parents=True)
    (place / GUARD).mkdir()
    (place / GUARD / "sitecustomize.py").write_text(NO_OTHER_COURSE, "utf-8")
    archive = write_archive(root, folder / f"{course_name(root)}.zip")
    with zipfile.ZipFile(archive) as file:
        file.extractall(place)
    return place / course_name(root)


def alone(course: Path) -> dict[str, str]:
    """The environment of a program that finds the unpacked course and nothing else."""
    kept = {name: value for name, value in os.environ.items() if name not in HIDDEN}
    return kept | {
        "PYTHONPATH": os.pathsep.join([str(course), str(course.parent / GUARD)]),
        "HF_HUB_OFFLINE": "1",
        "TOKENIZERS_PARALLELISM": "false",
    }


def set_up(course: Path, options: list[str], python: str = sys.executable) -> Path:
    """Let ``start.py`` make the environment; return its Python.

    Raises CannotRun where it does not.
    """
    command = [python, "start.py", "--setup-only", *options]
    environment = alone(course)
    del environment["PYTHONPATH"]
    if subprocess.call(command, cwd=course, env=environment):
        raise CannotRun("start.py could not set the course up; it says why above.")
    inside = "Scripts/python.exe" if os.name == "nt" else "bin/python"
    return course / ".venv" / inside


def new_copy(python: Path, course: Path) -> None:
    """Make the student's copy in ``work/``, as ``make lab`` does."""
    command = [str(python), "-m", "autograde", "update"]
    done = subprocess.run(
        command, cwd=course, env=alone(course), capture_output=True, encoding="utf-8"
    )
    if done.returncode:
        raise CannotRun(f"autograde update fails in the archive: {done.stderr}")


def answers(chapter: str, root: Path) -> dict[str, str]:
    """The reference solution of each exercise, by the id of its cell."""
    source = find_chapter(chapter, root)
    return {
        exercise.name: "\n".join(
            line
            for line in source.solution(exercise.name).splitlines()
            if line.strip() not in (BEGIN, END)
        )
        for exercise in source.exercises
    }


def run(
    python: Path, course: Path, chapter: str, written: dict[str, str] | None = None
) -> ChapterRun:
    """Run `chapter` in the student's copy to its end, with the answers `written`."""
    path = course / "answers.json"
    path.write_text(json.dumps(written or {}), "utf-8")
    command = [str(python), "-P", str(RUNNER), str(course), chapter, str(path)]
    start = time.monotonic()
    done = subprocess.run(
        command, cwd=course, env=alone(course), capture_output=True, encoding="utf-8"
    )
    path.unlink()
    made = ChapterRun(chapter, bool(written), time.monotonic() - start)
    if done.returncode:
        made.errors = {"the notebook": done.stderr.strip()[-2000:]}
        return made
    for name, value in json.loads(done.stdout.splitlines()[-1]).items():
        setattr(made, name, value)
    return made


def prove(
    root: Path,
    folder: Path,
    chosen: tuple[str, ...],
    options: list[str],
    say: Callable[[object], object] = print,
) -> list[ChapterRun]:
    """Unpack, set up, and run the `chosen` chapters untouched and solved."""
    course = unpack(root, folder)
    start = time.monotonic()
    python = set_up(course, options)
    say(f"start.py: {time.monotonic() - start:.0f} s")
    new_copy(python, course)
    made = []
    for name in chosen_chapters(root, chosen):
        for written in ({}, answers(name, root)):
            made.append(run(python, course, name, written))
            say(made[-1])
    return made

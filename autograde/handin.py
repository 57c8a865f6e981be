"""Hand in a chapter: ``submit()`` in its notebook, ``make submit CHAPTER=01`` outside.

The notebook is put together as a grader will see it and its visible checks run in a
fresh kernel; what is missing is said. Then it goes through nbgrader's exchange where
one is set up, or into a file that is sent to the instructor, with a receipt.
"""

from __future__ import annotations

import argparse
import contextlib
import copy
import datetime
import getpass
import hashlib
import html
import json
import os
import re
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import DEVNULL
from typing import Any

import nbformat

from autograde.chapter import ROOT
from autograde.present import Answer, framed, points_text, prose
from autograde.progress import STATE, find_work
from autograde.rebuild import (
    UnreadableSubmission,
    exercise_of,
    is_added,
    read_submission,
    rebuild,
)

FOLDER = "submissions"
CELL_SECONDS = 60
SAVE_SECONDS = 6.0
VALIDATING = "AUTOGRADE_VALIDATING"


class NotSubmitted(Exception):
    """Nothing was handed in; the message says why and what to do."""


@dataclass
class Standing:
    """What a notebook would earn by its visible checks, and what it lacks."""

    points: dict[str, float] = field(default_factory=dict)
    possible: dict[str, float] = field(default_factory=dict)
    blank: list[str] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    by_hand: float = 0.0

    def lines(self) -> list[str]:
        """What is missing or was put right, in sentences."""
        said = []
        if self.blank:
            said.append(f"not written yet: {', '.join(self.blank)}")
        for name, points in self.points.items():
            if name not in self.blank and points < self.possible[name]:
                earned, possible = points_text(points), points_text(self.possible[name])
                said.append(f"{name}: {earned} of {possible} points")
        said += [f"{name}: your answer in prose is missing" for name in self.unanswered]
        return said + self.notes

    @property
    def summary(self) -> str:
        earned, possible = sum(self.points.values()), sum(self.possible.values())
        said = f"{points_text(earned)} of {points_text(possible)} points by the checks"
        if self.by_hand:
            said += f"; {points_text(self.by_hand)} more are given by a person"
        return said


@dataclass
class Receipt:
    """What was handed in, when and where to."""

    chapter: str
    student: str
    when: datetime.datetime
    digest: str
    place: str
    summary: str

    def rows(self) -> list[tuple[str, str]]:
        return [
            ("Chapter", self.chapter),
            ("Student", self.student),
            ("Time", f"{self.when:%Y-%m-%d %H:%M:%S} UTC"),
            ("SHA-256", self.digest),
            ("Sent to", self.place),
            ("Points", self.summary),
        ]

    def text(self) -> str:
        return "\n".join(f"{name:<9}{value}" for name, value in self.rows())


def submit(student: str | None = None) -> None:
    """Hand in the chapter of this notebook, as `student` (your login name without)."""
    from autograde.notebook import history, show

    if os.environ.get(VALIDATING):
        return
    folder = Path.cwd()
    try:
        _wait_until_saved(folder / f"{folder.name}.ipynb", history.current)
        print(f"Running the checks of {folder.name} in a fresh kernel ...", flush=True)
        receipt, standing = hand_in(folder, student)
    except NotSubmitted as problem:
        show(_refusal(str(problem)))
    else:
        show(_accepted(receipt, standing))


def hand_in(folder: Path, student: str | None = None) -> tuple[Receipt, Standing]:
    """Hand in the notebook of the chapter's `folder`; raises NotSubmitted."""
    work = find_work(folder)
    if work is None:
        raise NotSubmitted(f"{folder} is not in your copy of the course (work/).")
    chapter = folder.name
    student = _student(work, student)
    try:
        content = read_submission(folder / f"{chapter}.ipynb")
        standing = look_over(work, chapter, content)
    except UnreadableSubmission as problem:
        raise NotSubmitted(f"{chapter}.ipynb: {problem}.") from None
    receipt = Receipt(
        chapter=chapter,
        student=student,
        when=datetime.datetime.now(datetime.UTC),
        digest=hashlib.sha256(content).hexdigest(),
        place="",
        summary=standing.summary,
    )
    send = through_exchange if exchange_config() else into_folder
    send(work, receipt, content)
    return receipt, standing


def look_over(work: Path, chapter: str, content: bytes) -> Standing:
    """Run the visible checks of a notebook in a fresh kernel, and see what it lacks."""
    path = work / STATE / "released" / chapter / f"{chapter}.ipynb"
    if not path.exists():
        raise NotSubmitted(f"The course has no chapter {chapter}.")
    released = nbformat.read(path, 4)
    rebuilt = rebuild(released, content)
    standing = Standing(notes=list(rebuilt.notes))
    stubs = {cell.id: cell.source.strip() for cell in released.cells}
    for cell in rebuilt.notebook.cells:
        info = cell.metadata.get("nbgrader", {})
        if exercise_of(cell):
            standing.possible[exercise_of(cell)] = float(info["points"])
        elif info.get("solution") and stubs.get(cell.id) == cell.source.strip():
            written = standing.unanswered if info.get("grade") else standing.blank
            written.append(info["grade_id"])
        if info.get("solution") and info.get("grade"):
            standing.by_hand += float(info["points"])
    points = {
        exercise_of(cell): points_of(cell)
        for cell in run_checks(rebuilt.notebook, work / chapter).cells
        if exercise_of(cell)
    }
    standing.points = {name: points.get(name, 0.0) for name in standing.possible}
    return standing


def run_checks(notebook: nbformat.NotebookNode, folder: Path) -> nbformat.NotebookNode:
    """The cells of a rebuilt notebook that grading needs, run in a fresh kernel.

    Demonstrations are left out, unless a check misses a name that one may define.
    """
    ran = _run([cell for cell in notebook.cells if _needed(cell)], folder)
    short_of_points = any(
        exercise_of(cell) and points_of(cell) < cell.metadata.nbgrader.points
        for cell in ran.cells
    )
    if short_of_points and _name_missing(ran):
        ran = _run(notebook.cells, folder)
    return ran


def points_of(cell: nbformat.NotebookNode) -> float:
    """The points that a check cell's output ends in; 0 where it has none."""
    for output in cell.get("outputs", []):
        if output.output_type == "execute_result":
            with contextlib.suppress(KeyError, ValueError):
                return float(output["data"]["text/plain"])
    return 0.0


def _run(cells: list[nbformat.NotebookNode], folder: Path) -> nbformat.NotebookNode:
    from nbclient import NotebookClient
    from nbclient.exceptions import CellTimeoutError, DeadKernelError

    notebook = nbformat.v4.new_notebook(cells=copy.deepcopy(cells))
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    client = NotebookClient(
        notebook,
        timeout=CELL_SECONDS,
        interrupt_on_timeout=True,
        allow_errors=True,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
        record_timing=False,
    )
    environment = os.environ | {VALIDATING: "1", "OMP_NUM_THREADS": "1"}
    with contextlib.suppress(DeadKernelError, CellTimeoutError):
        client.execute(env=environment, stdout=DEVNULL, stderr=DEVNULL)
    return notebook


def _name_missing(notebook: nbformat.NotebookNode) -> bool:
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return any(
        output.get("ename") == "NameError"
        or "NameError" in output.get("data", {}).get("text/plain", "")
        for output in outputs
    )


def _needed(cell: nbformat.NotebookNode) -> bool:
    if cell.cell_type != "code":
        return False
    setup = "setup" in cell.metadata.get("tags", [])
    return setup or "nbgrader" in cell.metadata or is_added(cell)


def into_folder(work: Path, receipt: Receipt, content: bytes) -> None:
    """Write one file that an instructor unpacks in ``grading/submitted``."""
    folder = work / FOLDER
    folder.mkdir(exist_ok=True)
    name = f"{receipt.chapter}_{receipt.student}_{receipt.when:%Y-%m-%d_%H%M%S}"
    path = folder / f"{name}.zip"
    receipt.place = f"{FOLDER}/{path.name}: send this file to your instructor"
    inside = f"{receipt.student}/{receipt.chapter}"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{inside}/{receipt.chapter}.ipynb", content)
        archive.writestr(f"{inside}/timestamp.txt", timestamp(receipt.when))
        archive.writestr(f"{inside}/receipt.txt", receipt.text() + "\n")
    (folder / f"{name}_receipt.txt").write_text(receipt.text() + "\n", "utf-8")


def through_exchange(work: Path, receipt: Receipt, content: bytes) -> None:
    """Submit through nbgrader's exchange, as its own command does."""
    from nbgrader.auth import Authenticator
    from nbgrader.coursedir import CourseDirectory
    from nbgrader.exchange import ExchangeError
    from nbgrader.exchange.default import ExchangeSubmit

    config = exchange_config()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / receipt.chapter
        folder.mkdir()
        (folder / f"{receipt.chapter}.ipynb").write_bytes(content)
        config.Exchange.assignment_dir = scratch
        config.CourseDirectory.assignment_id = receipt.chapter
        config.CourseDirectory.root = scratch
        course = CourseDirectory(config=config)
        sender = ExchangeSubmit(
            coursedir=course, authenticator=Authenticator(config=config), config=config
        )
        try:
            sender.start()
        except ExchangeError as error:
            into_folder(work, receipt, content)
            receipt.place += f" (the exchange refuses: {error})"
            return
    receipt.student = getpass.getuser()
    receipt.place = f"nbgrader's exchange, course {course.course_id}"
    name = f"{receipt.chapter}_{receipt.student}_{receipt.when:%Y-%m-%d_%H%M%S}"
    (work / FOLDER).mkdir(exist_ok=True)
    path = work / FOLDER / f"{name}_receipt.txt"
    path.write_text(receipt.text() + "\n", "utf-8")


def exchange_config() -> Any:
    """nbgrader's configuration where an exchange takes submissions here, or None."""
    from jupyter_core.paths import jupyter_config_path
    from nbgrader.apps import NbGrader
    from nbgrader.exchange.default import Exchange

    app = NbGrader()
    app.log_level = "ERROR"
    own = Path(__file__).resolve().parent  # configures grading, not an exchange
    paths = [path for path in jupyter_config_path() if Path(path).resolve() != own]
    app.config_file_paths.extend(paths)
    app.load_config_file()
    course = app.config.CourseDirectory.get("course_id")
    if not isinstance(course, str) or not course:
        return None
    inbound = Path(Exchange(config=app.config).root) / course / "inbound"
    return app.config if inbound.is_dir() and os.access(inbound, os.W_OK) else None


def timestamp(when: datetime.datetime) -> str:
    """A time as nbgrader's ``timestamp.txt`` has it."""
    return f"{when:%Y-%m-%d %H:%M:%S.%f} UTC"


def _student(work: Path, name: str | None) -> str:
    """The student's name: as given, as remembered, or that of the login."""
    memory = work / STATE / "student.json"
    given = name
    if name is None and memory.exists():
        name = json.loads(memory.read_text("utf-8"))
    name = name or os.environ.get("JUPYTERHUB_USER") or getpass.getuser()
    if not re.fullmatch(r"\w[\w.@-]{0,62}", name):
        raise NotSubmitted(
            f"{name!r} cannot be the name of a folder: use letters, digits and . _ - @"
        )
    if given:
        memory.write_text(json.dumps(given), "utf-8")
    return name


def _wait_until_saved(path: Path, cell_id: str | None) -> None:
    """Wait until the file on disk holds the cell that is running now."""
    from autograde.history import read_cells

    deadline = time.monotonic() + SAVE_SECONDS
    while cell_id is not None:
        cells = {cell.id: cell.source for cell in read_cells(path)}
        if "submit" in cells.get(cell_id, ""):
            return
        if time.monotonic() > deadline:
            raise NotSubmitted(
                f"{path.name} is not saved: press Ctrl+S, then run this cell again."
            )
        time.sleep(0.1)


def _accepted(receipt: Receipt, standing: Standing) -> Answer:
    lines = standing.lines()
    text = ["Handed in. You may hand in again; the latest counts.", "", receipt.text()]
    rows = "".join(
        f'<tr><th scope="row">{name}</th><td>{html.escape(value)}</td></tr>'
        for name, value in receipt.rows()
    )
    page = (
        '<p class="ag-head"><b>Handed in.</b> You may hand in again; the latest counts.'
        f'</p><div class="ag-numbers"><table class="ag-receipt"><tbody>{rows}</tbody>'
        "</table></div>"
    )
    if lines:
        text += ["", "Not complete yet:", *(f"  {line}" for line in lines)]
        items = "".join(f"<li>{prose(line)}</li>" for line in lines)
        page += (
            f'<div class="ag-part"><p><b>Not complete yet</b></p><ul>{items}</ul></div>'
        )
    return Answer("\n".join(text), framed(page, "passed"))


def _refusal(why: str) -> Answer:
    head = '<p class="ag-head"><b>Nothing was handed in.</b></p>'
    page = framed(f"{head}<p>{prose(why)}</p>", "wrong")
    return Answer(f"Nothing was handed in. {why}", page)


def main(arguments: list[str] | None = None, say: Callable[[str], Any] = print) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m autograde.handin", description=__doc__
    )
    parser.add_argument("chapter", help="a chapter's name or number")
    parser.add_argument("--student", help="your name; your login name without")
    parser.add_argument("--work", type=Path, default=ROOT / "work")
    options = parser.parse_args(arguments)
    folders = sorted(path for path in options.work.glob("[0-9]*") if path.is_dir())
    for folder in folders:
        if options.chapter in (folder.name, folder.name.split("_")[0]):
            break
    else:
        known = ", ".join(folder.name for folder in folders) or "none yet: make lab"
        say(f"No chapter {options.chapter!r} in {options.work} ({known}).")
        return 2
    say(f"Running the checks of {folder.name} in a fresh kernel ...")
    try:
        receipt, standing = hand_in(folder.resolve(), options.student)
    except NotSubmitted as problem:
        say(_refusal(str(problem)).text)
        return 1
    say(_accepted(receipt, standing).text)
    return 0


if __name__ == "__main__":
    sys.exit(main())

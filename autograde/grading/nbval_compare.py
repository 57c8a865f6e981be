"""A second opinion on a submission: does it print what the reference prints?

``autograde compare grading/submitted/STUDENT/CHAPTER`` puts a student's cells into the
reference notebook, runs it behind the walls, and lets nbval compare the outputs with
the stored ones, cell by cell. Points never depend on it: correct code may print
something else, and wrong code may print nothing. The report shows what is stored.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
from nbval import plugin as nbval

from autograde.course.layout import NEEDS_A_PERSON, notebook_path
from autograde.execution.client import CellRun, ProcessEnded, Student
from autograde.execution.sandboxes import needs_of
from autograde.grading.bounds import BOUNDS
from autograde.grading.nbval_results import (
    AGREES,
    DIFFERS,
    NOT_COMPARED,
    RAISED,
    Compared,
    store,
    summary,
)
from autograde.grading.task import make_package, open_student
from autograde.notebooks.cells import exercise_of
from autograde.notebooks.editions import read_editions
from autograde.notebooks.rebuild import rebuild
from autograde.notebooks.submitted import UnreadableSubmission, read_submission
from autograde.sandbox import SandboxUnavailable

MAX_DETAIL = 600

Start = Callable[[], Student]


def compare(
    notebook: nbformat.NotebookNode, reference: nbformat.NotebookNode, start: Start
) -> list[Compared]:
    """Run the cells of `notebook` and compare them with the outputs of `reference`.

    `notebook` is a rebuilt submission: its cells have the ids of the reference's cells,
    but for those that the student has added, which are run and not compared.
    """
    outputs = {cell.id: cell for cell in reference.cells if cell.cell_type == "code"}
    found: list[Compared] = []
    student, ended = start(), ""
    try:
        for cell in notebook.cells:
            known = outputs.get(cell.id)
            if cell.cell_type != "code" or exercise_of(cell):
                continue
            options = _options(known) if known is not None else {"check": False}
            if options.get("skip"):
                found.append(Compared(cell.id, NOT_COMPARED, "skipped by its tag"))
                continue
            left = BOUNDS.submission_seconds - student.spent()
            seconds = min(BOUNDS.cell_seconds, left)
            if ended or seconds <= 0:
                reason = ended or "the time for this submission is over"
                found.append(Compared(cell.id, "not run", reason))
                continue
            try:
                run = student.run_cell(cell.source, seconds)
            except ProcessEnded as error:
                ended = f"the process ended in the cell {cell.id}"
                found.append(Compared(cell.id, error.outcome, str(error)))
                continue
            found.append(_compared(cell, run, known, options))
    finally:
        student.close()
    return found


def _compared(cell, run: CellRun, known, options: dict[str, Any]) -> Compared:
    if run.status == "error" and not options.get("check_exception"):
        return Compared(cell.id, RAISED, run.error)
    if run.status not in ("ok", "error"):
        return Compared(cell.id, run.status)
    if known is None:
        return Compared(cell.id, NOT_COMPARED, "added by the student")
    if not options["check"]:
        return Compared(cell.id, NOT_COMPARED, "its outputs differ from run to run")
    difference = output_difference(run.outputs, known.outputs)
    if difference is None:
        return Compared(cell.id, AGREES)
    return Compared(cell.id, DIFFERS, difference)


def output_difference(outputs: list[Any], reference: list[Any]) -> str | None:
    """nbval's own comparison; its report as plain text, None where nothing differs."""
    item = _bare_item()
    test = nbval.coalesce_streams([nbformat.from_dict(output) for output in outputs])
    known = nbval.coalesce_streams([nbformat.from_dict(o) for o in reference])
    if item.compare_outputs(test, known):
        return None
    return _plain("\n".join(item.comparison_traceback))[:MAX_DETAIL]


def _bare_item() -> nbval.IPyNbCell:
    """nbval's test item with the parts that its comparison uses, without a session."""
    item = object.__new__(nbval.IPyNbCell)
    skip = (
        "metadata",
        "traceback",
        "prompt_number",
        "output_type",
        "name",
        "execution_count",
        "application/vnd.jupyter.widget-view+json",
        "image/png",
        "image/jpeg",
    )
    hooks = SimpleNamespace(pytest_assertrepr_compare=lambda **_: [])
    item.parent = SimpleNamespace(skip_compare=skip, sanitize_patterns={})
    item.session = SimpleNamespace(gethookproxy=lambda _: hooks)
    item.config = item.path = None
    item.colors = nbval.nocolors
    return item


def _options(cell: nbformat.NotebookNode) -> dict[str, Any]:
    """What a cell's tags and comments ask of nbval."""
    options = defaultdict(bool, nbval.find_metadata_tags(cell.metadata))
    options.update(nbval.find_comment_markers(cell.source))
    options.setdefault("check", cell.execution_count is not None)
    return options


def _plain(text: str) -> str:
    """Text of a student without characters that move a terminal's cursor."""
    return "".join(c if c.isprintable() or c == "\n" else "�" for c in text).strip()


def compare_submission(
    root: Path, folder: Path, trusted: bool = False
) -> list[Compared]:
    """Compare the submission in `folder` (``…/STUDENT/CHAPTER``); store the result."""
    chapter, student = folder.name, folder.parent.name
    reference = nbformat.read(notebook_path(root / "solutions" / chapter), 4)
    package = make_package(root, chapter, needs_of(root, [chapter], trusted))
    released = nbformat.reads(package.released, 4)
    submitted = read_submission(notebook_path(folder))
    editions = read_editions(root / "chapters" / chapter)
    notebook = rebuild(released, submitted, editions).notebook
    found = compare(notebook, reference, lambda: open_student(package))
    store(root, chapter, student, hashlib.sha256(submitted).hexdigest(), found)
    return found


def compare_folders(root: Path, folders: Iterable[Path], trusted: bool) -> int:
    """Print how each of `folders` compares; return the exit status."""
    status = 0
    for folder in folders:
        print(f"{folder.parent.name}, {folder.name}")
        try:
            found = compare_submission(root, folder, trusted)
        except (UnreadableSubmission, SandboxUnavailable, OSError) as error:
            print(f"  not compared: {error}")
            status = NEEDS_A_PERSON
            continue
        for item in found:
            first, *rest = item.detail.splitlines() or [""]
            print(f"  {item.says:<12} {item.cell}  {first}".rstrip())
            for line in rest:
                print(f"      {line}")
        print(f"  {summary(found)} compared cells print what the reference prints.")
    return status

"""Hand in a chapter: ``submit()`` in its notebook, ``start.py submit 01`` outside.

The notebook is put together as a grader will see it and its visible checks run in a
fresh kernel; what is missing is said. Then it goes through nbgrader's exchange where
one is set up, or into a file that is sent to the instructor, with a receipt.
"""

from __future__ import annotations

import contextlib
import datetime
import getpass
import hashlib
import html
import json
import os
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from autograde.checking.answer import Answer, framed, prose
from autograde.course.layout import NEEDS_A_PERSON, named, notebook_path
from autograde.language import marked, translate
from autograde.notebooks.submitted import UnreadableSubmission, read_file
from autograde.student.history import read_saved, saved_cells
from autograde.student.preview import Standing, look_over, released_notebook
from autograde.student.progress import STATE, VALIDATING, find_work
from autograde.student.receipt import (
    Receipt,
    exchange_config,
    into_folder,
    through_exchange,
)
from autograde.student.start_page import write_start_page

SAVE_SECONDS = 6.0
CELL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")  # as nbformat has it


class NotSubmitted(Exception):
    """Nothing was handed in; the message says why and what to do."""


def submit(student: str | None = None) -> None:
    """Hand in the chapter of this notebook, as `student` (your login name without)."""
    # late: `check` follows the kernel that imports it; a command has none
    from autograde.student.check import history
    from autograde.student.kernel import show

    if os.environ.get(VALIDATING):
        return
    folder = Path.cwd()
    try:
        _wait_until_saved(notebook_path(folder), history.current)
        print(translate(_running(folder.name)), flush=True)
        receipt, standing = hand_in(folder, student)
    except NotSubmitted as problem:
        show(_refusal(str(problem)))
    else:
        show(_accepted(receipt, standing))


def _running(chapter: str) -> str:
    return f"Running the checks of {chapter} in a fresh kernel ..."


def hand_in(folder: Path, student: str | None = None) -> tuple[Receipt, Standing]:
    """Hand in the notebook of the chapter's `folder`; raises NotSubmitted."""
    work = find_work(folder)
    if work is None:
        raise NotSubmitted(f"{folder} is not in your copy of the course (work/).")
    chapter = folder.name
    student, by_login = _student(work, student)
    if not released_notebook(work, chapter).exists():
        raise NotSubmitted(f"The course has no chapter {chapter}.")
    if not notebook_path(folder).exists():
        raise NotSubmitted(_not_there(notebook_path(folder)))
    try:
        read_file(notebook_path(folder))  # refuses what is no plain file
        content = read_saved(notebook_path(folder))
        standing = look_over(work, chapter, content)
    except UnreadableSubmission as problem:
        raise NotSubmitted(marked(f"{chapter}.ipynb: {problem}.")) from None
    receipt = Receipt(
        chapter=chapter,
        student=student,
        when=datetime.datetime.now(datetime.UTC),
        digest=hashlib.sha256(content).hexdigest(),
        place="",
        summary=standing.summary,
        by_login=by_login,
    )
    send = through_exchange if exchange_config() else into_folder
    send(work, receipt, content)
    with contextlib.suppress(OSError):
        write_start_page(work)
    return receipt, standing


def _not_there(path: Path) -> str:
    """What to do where the chapter's notebook has another name, or is gone."""
    others = sorted(other.name for other in path.parent.glob("*.ipynb"))
    if not others:
        return f"There is no {path.name} in the chapter's folder any more."
    return (
        f"The chapter's folder has no {path.name}, which is what is handed in: give "
        f"{others[0]} that name again."
    )


def _student(work: Path, name: str | None) -> tuple[str, bool]:
    """The student's name, as given or remembered; else that of the login, and True."""
    memory = work / STATE / "student.json"
    given = name
    if name is None:
        name = _remembered(memory)
    hub = os.environ.get("JUPYTERHUB_USER")
    by_login = not name and not hub
    name = name or hub or getpass.getuser()
    if not re.fullmatch(r"\w[\w.@-]{0,62}", name):
        raise NotSubmitted(
            f"{name!r} cannot be the name of a folder: use letters, digits and . _ - @"
        )
    if given:
        memory.write_text(json.dumps(given), "utf-8")
    return name, by_login


def _remembered(memory: Path) -> str | None:
    """The name that was given before; None where there is none, or no text."""
    try:
        name = json.loads(memory.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return name if isinstance(name, str) else None


def _wait_until_saved(path: Path, cell_id: str | None) -> None:
    """Wait until the file on disk holds the cell that is running now.

    JupyterLab saves before it runs such a cell (see the course's extension of it);
    another editor's names for cells are not those in the file, and say nothing.
    """
    deadline = time.monotonic() + SAVE_SECONDS
    while cell_id is not None and CELL_ID.fullmatch(cell_id) and path.exists():
        if _hands_in(path, cell_id):
            return
        if time.monotonic() > deadline:
            for other in sorted(path.parent.glob("*.ipynb")):
                if other != path and _hands_in(other, cell_id):
                    raise NotSubmitted(
                        f"This cell is in {other.name}, and {path.name} is what is "
                        "handed in: take your work over to it, or rename the two."
                    )
            raise NotSubmitted(
                f"{path.name} is not saved: press Ctrl+S, then run this cell again."
            )
        time.sleep(0.1)


def _hands_in(path: Path, cell_id: str) -> bool:
    """Whether the saved notebook at `path` has that cell, and it hands in."""
    cells = {cell.id: cell.source for cell in saved_cells(path)}
    return "submit" in cells.get(cell_id, "")


def _accepted(receipt: Receipt, standing: Standing) -> Answer:
    lines = [translate(line) for line in standing.lines()]
    name = translate(
        f"`{receipt.student}` is your login's name. Does your instructor know you by "
        'another? Then hand in once more with it: `submit("name")`, or '
        f"`python start.py submit {receipt.chapter[:2]} --student name`."
    )
    head = translate("Handed in. You may hand in again; the latest counts.")
    text = [head, "", receipt.text()]
    rows = "".join(
        f'<tr><th scope="row">{name}</th><td>{html.escape(value)}</td></tr>'
        for name, value in receipt.rows()
    )
    page = (
        f'<p class="ag-head"><b>{head}</b></p>'
        '<div class="ag-numbers" tabindex="0"><table class="ag-receipt">'
        f"<tbody>{rows}</tbody></table></div>"
    )
    if receipt.by_login:
        text += ["", name]
        page += f'<div class="ag-part"><p>{prose(name)}</p></div>'
    if lines:
        lacks = translate("Not complete yet:")
        text += ["", lacks, *(f"  {line}" for line in lines)]
        items = "".join(f"<li>{prose(line)}</li>" for line in lines)
        page += f'<div class="ag-part"><p><b>{lacks}</b></p><ul>{items}</ul></div>'
    return Answer("\n".join(text), framed(page, "passed"))


def _refusal(why: str) -> Answer:
    said, why = translate("Nothing was handed in."), translate(why)
    page = f'<p class="ag-head"><b>{said}</b></p><p>{prose(why)}</p>'
    return Answer(f"{said} {why}", framed(page, "wrong"))


def submit_chapter(
    work: Path, chapter: str, student: str | None, say: Callable[[str], Any] = print
) -> int:
    """Hand in `chapter` of the folder `work`; return the exit status."""
    known = sorted(path.name for path in work.glob("[0-9]*") if path.is_dir())
    name = named(chapter, known)
    print(translate(_running(name)), file=sys.stderr)
    try:
        receipt, standing = hand_in((work / name).resolve(), student)
    except NotSubmitted as problem:
        say(_refusal(str(problem)).text)
        return NEEDS_A_PERSON
    say(_accepted(receipt, standing).text)
    return 0

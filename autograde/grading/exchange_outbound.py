"""``autograde exchange release`` and ``feedback``: what students find in the exchange.

A feedback page has a name that only its student can compute, from the secret that came
with the submission; it is put there only while it is the page of that submission.
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from nbgrader.utils import notebook_hash

from autograde.course import dates
from autograde.course.files import replace_file
from autograde.course.layout import CannotRun, notebook_path, on_one_line
from autograde.grading.exchange import Exchange
from autograde.grading.exchange_taking import SECRET, STAMP
from autograde.grading.roster import read_roster
from autograde.grading.submissions import read_timestamp

FILE_MODE, FOLDER_MODE = 0o644, 0o755


def release_chapter(exchange: Exchange, chapters: Path, chapter: str) -> str:
    """Put `chapter` of the folder `chapters` where students fetch it.

    Returns what was done. Nobody sees a part of the new chapter. The exchange has to be
    :func:`~autograde.grading.exchange.secure`.
    """
    source = chapters / chapter
    if not notebook_path(source).is_file():
        raise CannotRun(f"{source} has no notebook; autograde build {chapter[:2]}")
    target = exchange.outbound / chapter
    scratch = Path(tempfile.mkdtemp(dir=exchange.outbound, prefix=".releasing-"))
    try:
        new = scratch / chapter
        _copy(source, new)
        again = target.exists()
        if again and _same(new, target):
            return f"{chapter}: released already"
        if again:
            os.rename(target, scratch / "before")
        os.rename(new, target)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return f"{chapter}: {'released anew' if again else 'released'} to {target}"


def release_dates(exchange: Exchange, due: dates.Dates) -> None:
    """Put the due dates where students' start pages find them."""
    dates.write_dates(exchange.outbound, due, f".{dates.FILE}")


def _copy(source: Path, target: Path) -> None:
    """Copy what is plain in `source`, with its folders: editions of other languages."""
    target.mkdir(exist_ok=True)
    for path in sorted(source.iterdir()):
        mode = path.lstat().st_mode
        if path.name.startswith(".") or path.name == "__pycache__":
            continue
        if stat.S_ISDIR(mode):
            _copy(path, target / path.name)
        elif stat.S_ISREG(mode):
            shutil.copyfile(path, target / path.name)
            (target / path.name).chmod(FILE_MODE)
    target.chmod(FOLDER_MODE)


def _same(new: Path, old: Path) -> bool:
    def content(folder: Path) -> dict[str, bytes]:
        files = (path for path in folder.rglob("*") if path.is_file())
        return {str(path.relative_to(folder)): path.read_bytes() for path in files}

    return content(new) == content(old)


@dataclass
class Released:
    """How many feedback pages went out, and a line for each that could not."""

    pages: int = 0
    unchanged: int = 0
    waiting: list[str] = field(default_factory=list)


def release_feedback(
    exchange: Exchange,
    grading: Path,
    chapters: list[str],
    student: str | None = None,
) -> Released:
    """Put the feedback pages of `chapters` where their students find them."""
    done = Released()
    for page in sorted((grading / "feedback").glob("*/*/*.html")):
        who, chapter = page.parts[-3:-1]
        if chapter not in chapters or page.stem != chapter:
            continue
        if student not in (None, who):
            continue
        try:
            why = _release_page(exchange, grading, page, done)
        except OSError as error:  # of the student's own folder, say; others go on
            why = f"its page cannot be put there: {error.strerror}"
        if why:
            done.waiting.append(on_one_line(f"{who}, {chapter}: {why}"))
    return done


def _release_page(exchange: Exchange, grading: Path, page: Path, done: Released) -> str:
    """Put one page out; returns why it could not be."""
    student, chapter = page.parts[-3:-1]
    submitted = grading / "submitted" / student / chapter
    try:
        secret = (submitted / SECRET).read_text("utf-8")
    except OSError:
        return "it did not come through the exchange, so its feedback cannot go there"
    graded = read_timestamp(page.parent / STAMP, lambda _: None)
    if graded != read_timestamp(submitted / STAMP, lambda _: None):
        return "a newer submission was collected; grade it, then release its feedback"
    name = notebook_hash(secret=secret, notebook_id=chapter)
    private = exchange.private(read_roster(grading).account(student))
    folder = private / "feedback" if private else exchange.feedback
    target, content = folder / f"{name}.html", page.read_bytes()
    if target.is_file() and target.read_bytes() == content:
        done.unchanged += 1
    else:
        replace_file(target, content)
        done.pages += 1
    return ""

"""Find the submissions of a class, and say what is wrong with a folder."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import nbformat
from nbformat import NotebookNode

from autograde.checking.serialize import writable
from autograde.course.dates import read_dates
from autograde.course.layout import notebook_path
from autograde.course.times import as_utc, parse_time
from autograde.notebooks.editions import read_editions
from autograde.notebooks.rebuild import count_answers
from autograde.notebooks.submitted import UnreadableSubmission, read_submission

MANY, FEW = 2, 0.25  # answers in one notebook, and their share in a near-empty one


@dataclass
class Submission:
    """What one student handed in for one chapter.

    `problem` says why there is nothing to grade; `notes` what was noticed on the way;
    `timestamp` is in UTC, without saying so, as nbgrader keeps it.
    """

    student: str
    chapter: str
    path: Path | None = None
    timestamp: datetime | None = None
    problem: str = ""
    notes: list[str] = field(default_factory=list)
    _digest: str = ""  # of what was read

    def read(self) -> bytes:
        """The notebook's bytes; UnreadableSubmission for a link or a huge file."""
        self._digest = ""
        if self.path is None:
            raise UnreadableSubmission(self.problem)
        data = read_submission(self.path, self._note)
        self._digest = hashlib.sha256(data).hexdigest()
        return data

    def _note(self, said: str) -> None:
        if said not in self.notes:  # it may be read twice
            self.notes.append(said)

    def digest(self) -> str:
        """A name for the work itself: the same file has the same digest.

        It is that of what was read last, whatever lies there by now.
        """
        try:
            if not self._digest:
                self.read()
            return self._digest
        except (UnreadableSubmission, OSError) as error:
            return f"unreadable: {error}"


def find_submissions(submitted: Path, chapters: list[str]) -> Iterator[Submission]:
    """Yield a Submission for every ``submitted/STUDENT/CHAPTER`` folder, in order."""
    if not submitted.is_dir():
        return
    for folder in sorted(submitted.iterdir()):
        if not folder.is_dir() or folder.name.startswith("."):
            continue
        for name in chapters:
            try:
                if (folder / name).is_dir():
                    yield _submission(folder.name, name, folder / name)
            except OSError as error:  # a folder that this user may not open
                yield Submission(writable(folder.name), name, problem=str(error))


def strays(submitted: Path, known: list[str]) -> Iterator[str]:
    """A line for whatever lies in `submitted` where no chapter of `known` is found.

    It would else be passed over: a loose notebook or archive, a misspelt chapter.
    """
    if not submitted.is_dir():
        yield f"nothing was handed in: there is no folder {submitted}"
        return
    for entry in sorted(submitted.iterdir()):
        if entry.name.startswith("."):
            continue
        if not entry.is_dir():
            yield (
                f"{entry.name} lies in no folder STUDENT/CHAPTER/ and was not graded; "
                "make collect FROM=... sorts what submit wrote"
            )
            continue
        for inner in _entries(entry):
            if inner.is_dir() and inner.name not in known and inner.name[0] != ".":
                yield f"{entry.name}/{inner.name} is no chapter and was not graded"
            elif inner.suffix == ".ipynb":
                yield (
                    f"{entry.name}/{inner.name} lies in no folder of a chapter and was "
                    "not graded"
                )


def _entries(folder: Path) -> list[Path]:
    """What lies in `folder`, sorted; nothing where this user may not look."""
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _submission(student: str, chapter: str, folder: Path) -> Submission:
    submission = Submission(writable(student), chapter)
    if submission.student != student:
        submission.problem = "the folder's name is not UTF-8; rename it"
        return submission
    if folder.is_symlink() or folder.parent.is_symlink():
        submission.problem = "the folder is a link"
        return submission
    found = [path for path in sorted(folder.glob("*.ipynb")) if not _hidden(path)]
    if not found:
        submission.problem = f"no notebook in the folder{_what_lies_there(folder)}"
    elif len(found) == 1:
        submission.path = found[0]
        if found[0].stem != chapter:
            submission.notes.append(f"renamed notebook {found[0].name} was graded")
    else:
        _choose(submission, found)
    if submission.path is not None and submission.path.is_symlink():
        submission.problem = f"{submission.path.name} is a link out of the folder"
        submission.path = None
    links = [
        p.name for p in folder.iterdir() if p.is_symlink() and p.suffix != ".ipynb"
    ]
    if links:
        submission.notes.append(f"links were not followed: {', '.join(sorted(links))}")
    stamp = folder / "timestamp.txt"
    submission.timestamp = read_timestamp(stamp, submission.notes.append)
    return submission


def _what_lies_there(folder: Path) -> str:
    """What a person may rename or unpack; empty where nothing is there."""
    names = [writable(path.name) for path in _entries(folder) if not _hidden(path)]
    names = [name for name in names if name != "timestamp.txt"]
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"; in it: {', '.join(names[:3])}{more}" if names else ""


def _choose(submission: Submission, found: list[Path]) -> None:
    """Take the notebook with the chapter's name; else the most like it, or the later.

    Where hardly anything is written in it, and much in another, a person has to tell.
    """

    def rank(path: Path) -> tuple[bool, bool, int]:
        named = path.stem == submission.chapter
        return named, submission.chapter in path.stem, path.lstat().st_mtime_ns

    submission.path = chosen = max(found, key=rank)
    others = [path for path in found if path != chosen]
    reason = "that with the chapter's name" if rank(chosen)[0] else "the later"
    submission.notes.append(
        f"{len(found)} notebooks; {reason} counts: {chosen.name}, "
        f"not {', '.join(path.name for path in others)}"
    )
    for root in chosen.parents[4:5]:  # above grading/submitted/STUDENT/CHAPTER
        _compare(submission, root / "chapters" / submission.chapter, found)


def _compare(submission: Submission, folder: Path, found: list[Path]) -> None:
    """Ask for a person where the chosen notebook is nearly empty beside another."""
    released, chosen = notebook_path(folder), submission.path
    if not released.is_file():
        return
    course = nbformat.read(released, 4)
    editions = read_editions(folder)
    answers = {path: _answers(course, editions, path) for path in found}
    fuller = max(found, key=lambda path: answers[path])
    if answers[fuller] >= MANY and answers[chosen] <= FEW * answers[fuller]:
        submission.problem = (
            f"{chosen.name} has {answers[chosen]} answers and {fuller.name}, which "
            f"lies beside it, {answers[fuller]}; remove the one that does not count"
        )
        submission.path = None


def _answers(
    course: NotebookNode, editions: dict[str, NotebookNode], path: Path
) -> int:
    """How many exercises and questions of `course` are answered in a notebook."""
    try:
        return count_answers(course, read_submission(path), editions)
    except (UnreadableSubmission, OSError):
        return 0


def _hidden(path: Path) -> bool:
    return path.name.startswith(".")


def read_timestamp(path: Path, note: Callable[[str], Any]) -> datetime | None:
    """When a submission was handed in (UTC, naive); `note` is told of what is no date.

    No link is followed, and no more is read than a date has room in.
    """
    if not path.is_file() or path.is_symlink():
        return None
    with path.open("rb") as file:
        text = file.read(100).decode("utf-8", "replace").strip()
    try:
        return as_utc(parse_time(text, _course_zone(path), bare=UTC))
    except ValueError as error:
        note(f"timestamp.txt says {text!r}, which {error}; ignored")
        return None


def _course_zone(stamp: Path) -> ZoneInfo | None:
    """The zone of the course whose ``grading/submitted/STUDENT/CHAPTER`` this is in."""
    folders = stamp.absolute().parents
    return read_dates(folders[4] / "chapters").zone_info if len(folders) > 4 else None

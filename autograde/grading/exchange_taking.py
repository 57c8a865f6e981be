"""Put a submission of the exchange in the place of an earlier one, and keep that.

A collection that is killed at any step loses nothing: what is new is written beside,
and its folder renamed.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from autograde.course.files import replace_file
from autograde.course.layout import on_one_line
from autograde.grading.exchange import account
from autograde.grading.exchange_files import (
    NotTaken,
    must_be_plain,
    must_be_small,
    opened,
)
from autograde.grading.submissions import read_timestamp

SECRET = "submission_secret.txt"
STAMP = "timestamp.txt"


@dataclass
class Inbound:
    """A folder in ``inbound``, whose owner and name agree.

    path is in the folder of its student alone, which proves whose it is, where `own`

    account: that of the system; student: what the course calls its owner
    received: in UTC; notes: what a person may want to know of it
    changed: when the notebook was, as the file system counts; the time is that of no
    other bytes
    """

    path: Path
    account: str
    chapter: str
    received: datetime
    notebook: str
    secret: bytes | None
    notes: list[str] = field(default_factory=list)
    own: bool = False
    student: str = ""
    changed: int = 0


@dataclass
class Taken:
    """What a collection did: a line each; `refused` need a person.

    chapters: those of which something was placed
    """

    placed: list[str] = field(default_factory=list)
    chapters: set[str] = field(default_factory=set)
    unchanged: int = 0
    refused: list[str] = field(default_factory=list)


def take(
    found: Inbound, grading: Path, scratch: Path, owners: bool, taken: Taken
) -> None:
    """Copy the submission, and put it in the place of an earlier one."""
    target = grading / "submitted" / found.student / found.chapter
    old = read_timestamp(target / STAMP, lambda _: None)
    with tempfile.TemporaryDirectory(dir=scratch) as place:
        new = Path(place) / found.chapter
        new.mkdir()
        digest = _copy(found, new, owners)
        if _digest(target / f"{found.chapter}.ipynb") == digest:
            _keep_secret(target, found)
            taken.unchanged += 1
            return
        if old and old.replace(tzinfo=UTC) > found.received:
            taken.unchanged += 1  # sent by another way, and later
            return
        stamp = f"{found.received:%Y-%m-%d %H:%M:%S.%f} UTC"
        (new / STAMP).write_text(stamp, "utf-8")
        _keep_secret(new, found)
        _put(new, target, grading / "earlier" / found.student / found.chapter)
    line = f"{found.student}, {found.chapter}: received {found.received:%Y-%m-%d %X} "
    line += f"UTC, SHA-256 {digest[:16]}…"
    taken.placed.append(on_one_line("; ".join([line, *found.notes])))
    taken.chapters.add(found.chapter)


def _copy(found: Inbound, target: Path, owners: bool) -> str:
    """Copy the notebook as it is now; returns its SHA-256."""
    digest, size = hashlib.sha256(), 0
    with opened(found.path, os.O_DIRECTORY) as folder:
        uid = os.fstat(folder).st_uid
        if owners and not found.own and account(uid) != found.account:
            raise NotTaken("the folder was changed while it was collected")
        with opened(found.notebook, 0, folder) as file:
            must_be_plain(found.notebook, os.fstat(file), uid)
            with (target / f"{found.chapter}.ipynb").open("wb") as copy:
                while block := os.read(file, 2**20):
                    size += len(block)
                    must_be_small(found.notebook, size)
                    digest.update(block)
                    copy.write(block)
            if os.fstat(file).st_ctime_ns != found.changed:
                raise NotTaken(
                    f"{found.notebook} was changed meanwhile; collect it again"
                )
    return digest.hexdigest()


def _digest(path: Path) -> str:
    """The SHA-256 of what lies there already; empty where nothing plain does."""
    if path.is_symlink() or not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _keep_secret(folder: Path, found: Inbound) -> None:
    """Keep the secret by which the student finds the feedback; no other reads it."""
    if found.secret is not None and not (folder / SECRET).exists():
        replace_file(folder / SECRET, found.secret)
        (folder / SECRET).chmod(0o600)


def _put(new: Path, target: Path, earlier: Path) -> None:
    """Let `new` take the place of `target`, which is kept in `earlier`."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists() or target.is_symlink():
        earlier.mkdir(parents=True, exist_ok=True)
        count = sum(1 for _ in earlier.iterdir()) + 1
        os.rename(target, earlier / f"{count:03}")
    os.rename(new, target)

"""The folder ``grading/submitted``: what lies there, and how a work gets there.

A work that is replaced is kept below ``grading/earlier``. ``collected.json`` remembers
where each came from.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from autograde.course.files import replace_file
from autograde.course.layout import notebook_path
from autograde.course.times import as_utc
from autograde.grading.attempts import Attempt
from autograde.grading.submissions import read_timestamp

RECORD = "collected.json"


class Submitted:
    """The works of all students, as `grading` holds them."""

    def __init__(self, grading: Path) -> None:
        self.grading = grading
        self.record = _read_record(grading)

    def folder(self, student: str, chapter: str) -> Path:
        """Where a student's work on a chapter lies."""
        return self.grading / "submitted" / student / chapter

    def now(self, student: str, chapter: str) -> Attempt | None:
        """The work that lies there already."""
        folder = self.folder(student, chapter)
        path = notebook_path(folder)
        if not folder.is_dir():
            return None
        try:
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError:
            digest = ""  # another name, or none that can be read
        known = self.record.get(f"{student}/{chapter}", {})
        stamp = read_timestamp(folder / "timestamp.txt", lambda _: None)
        return Attempt(
            *(student, chapter, "what lies there already"),
            system=known.get("system", ""),
            number=known.get("number", ""),
            claimed=known.get("claimed", False),
            order=known.get("order", 0),
            modified=known.get("modified", 0.0),
            time=stamp.replace(tzinfo=UTC) if stamp else None,
            digest=digest,
            old=True,
        )

    def content(self, attempt: Attempt) -> bytes:
        """The notebook of an attempt, wherever it lies."""
        if attempt.old:
            folder = self.folder(attempt.student, attempt.chapter)
            return notebook_path(folder).read_bytes()
        return attempt.files[f"{attempt.chapter}.ipynb"].read_bytes()

    def stamp(self, attempt: Attempt) -> None:
        """Note the time of a work that lies in its place."""
        assert attempt.time
        _write_stamp(self.folder(attempt.student, attempt.chapter), attempt.time)

    def place(self, attempt: Attempt) -> None:
        """Put the attempt into its folder; what lay there goes to ``earlier``."""
        student, chapter = attempt.student, attempt.chapter
        folder = self.folder(student, chapter)
        folder.parent.mkdir(parents=True, exist_ok=True)
        earlier = self.grading / "earlier" / student / chapter
        if folder.exists():
            earlier.mkdir(parents=True, exist_ok=True)
        new = Path(tempfile.mkdtemp(dir=self.grading, prefix=".placing-"))
        try:
            new.chmod(0o755)
            for name, path in attempt.files.items():
                os.replace(path, new / name)
            if attempt.time:
                _write_stamp(new, attempt.time)
            if folder.exists():
                count = sum(1 for _ in earlier.iterdir()) + 1
                shutil.move(folder, earlier / f"{count:03}")
            os.replace(new, folder)
        finally:
            shutil.rmtree(new, ignore_errors=True)
        self.record[f"{student}/{chapter}"] = {
            "from": attempt.shown,
            "system": attempt.system,
            "number": attempt.number,
            "order": attempt.order,
            "claimed": attempt.claimed,
            "modified": attempt.modified,
            "time": attempt.time.isoformat() if attempt.time else "",
            "sha256": attempt.digest,
        }
        text = json.dumps(self.record, indent=1, sort_keys=True) + "\n"
        replace_file(self.grading / RECORD, text.encode("utf-8", "replace"))


def _write_stamp(folder: Path, when: datetime) -> None:
    """The time as nbgrader's ``timestamp.txt`` has it."""
    text = f"{as_utc(when):%Y-%m-%d %H:%M:%S.%f} UTC"
    (folder / "timestamp.txt").write_text(text, "utf-8")


def _read_record(grading: Path) -> dict[str, dict[str, Any]]:
    try:
        return dict(json.loads((grading / RECORD).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return {}

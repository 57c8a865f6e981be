"""Back-ups of a course run: one zip of ``grading/`` and of the due dates.

The databases are copied by SQLite itself, so that a copy is whole while Formgrader is
open. What can be made again (report, exports, feedback) is left out.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
import zipfile
from contextlib import closing
from datetime import datetime
from pathlib import Path

from autograde.course.dates import FILE as DATES
from autograde.course.disk import private_folder
from autograde.course.layout import CannotRun
from autograde.grading.anonymous import PAGES

LEFT_OUT = {"report", "exports", "feedback", PAGES, "run.lock"}
TERMS = "terms"
MARK = "autograde-backup.txt"
DATABASE = (".db", ".sqlite")


def back_up(root: Path, target: Path) -> int:
    """Write `target`, readable by its owner alone; return how many files are in it."""
    grading = root / "grading"
    if not grading.is_dir():
        raise CannotRun(f"There is nothing to back up: {grading} is not there.")
    if target.exists():
        raise CannotRun(f"{target} is there already; give the back-up another name.")
    files = [p for p in sorted(grading.rglob("*")) if _belongs(p, grading)]
    try:
        with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
            partial = Path(scratch) / "partial.zip"
            partial.touch(0o600)
            with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr(MARK, f"{datetime.now().astimezone():%Y-%m-%d %H:%M}")
                for path in files:
                    name = path.relative_to(root).as_posix()
                    if path.suffix in DATABASE:
                        archive.write(_copy(path, Path(scratch)), name)
                    else:
                        archive.write(path, name)
                if (root / "chapters" / DATES).exists():
                    archive.write(root / "chapters" / DATES, f"chapters/{DATES}")
            os.replace(partial, target)
    except (OSError, ValueError) as error:
        raise CannotRun(f"The back-up was not written: {error}.") from None
    return len(files)


def _belongs(path: Path, grading: Path) -> bool:
    inner = path.relative_to(grading)
    return (
        path.is_file()
        and not path.is_symlink()
        and inner.parts[0] not in LEFT_OUT
        and not inner.parts[0].startswith(".")
        and not path.name.endswith(("-wal", "-shm", "-journal"))
    )


def _copy(path: Path, scratch: Path) -> Path:
    """A whole copy of a database that may be in use."""
    copy = scratch / path.name
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as to:
        source.backup(to)
    return copy


def restore(root: Path, source: Path) -> Path | None:
    """Put the back-up `source` in the place of ``grading/``.

    Returns where what was there has gone; None where nothing was there.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            names = archive.namelist()
            if MARK not in names:
                raise CannotRun(f"{source} is no back-up of this course.")
            allowed = ("grading/", f"chapters/{DATES}", MARK)
            odd = [
                n
                for n in names
                # a server that is started in grading/ reads settings from such folders
                if not n.startswith(allowed) or ".." in n or n.startswith("grading/.")
            ]
            if odd:
                raise CannotRun(f"{source} is no back-up: it has {odd[0]!r}.")
            with tempfile.TemporaryDirectory(dir=root) as scratch:
                archive.extractall(scratch)
                return _put_in_place(root, Path(scratch))
    except (OSError, zipfile.BadZipFile) as error:
        raise CannotRun(f"{source} cannot be restored: {error}.") from None


def _put_in_place(root: Path, unpacked: Path) -> Path | None:
    old = aside(root)
    new = unpacked / "grading"
    new.mkdir(exist_ok=True)
    new.chmod(0o700)
    os.replace(new, root / "grading")
    if (unpacked / "chapters" / DATES).exists():
        shutil.copy(unpacked / "chapters" / DATES, root / "chapters" / DATES)
    return old


def aside(root: Path) -> Path | None:
    """Move ``grading/`` out of the way; return where it is now."""
    grading = root / "grading"
    if not grading.is_dir() or {p.name for p in grading.iterdir()} <= {"run.lock"}:
        shutil.rmtree(grading, ignore_errors=True)
        return None
    private_folder(root / TERMS)
    stamp = f"{datetime.now():%Y-%m-%d}"
    count = sum(1 for path in (root / TERMS).iterdir() if path.name.startswith(stamp))
    old = root / TERMS / (f"{stamp}-{count + 1}" if count else stamp)
    os.replace(grading, old)
    return old


def next_term(root: Path) -> Path | None:
    """Begin a new course run: empty, with a secret of its own, without due dates."""
    old = aside(root)
    dates = root / "chapters" / DATES
    if old is not None and dates.exists():
        shutil.move(dates, old / DATES)
    (root / "grading").mkdir(mode=0o700)
    return old

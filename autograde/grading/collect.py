"""``autograde collect FOLDER``: put what students sent where it is graded.

Takes the ``.zip`` files that ``submit`` writes, from a folder or one by one, and puts
each into ``grading/submitted/STUDENT/CHAPTER/``. Of several by one student the latest
counts. Nothing is taken from an archive but the files that ``submit`` puts there.
"""

from __future__ import annotations

import hashlib
import re
import zipfile
from pathlib import Path

from autograde.notebooks.submitted import MAX_BYTES

_MEMBER = re.compile(
    r"(?P<student>\w[\w.@-]{0,62})/(?P<chapter>\d\d_\w+)/(?P<name>[\w.]+)"
)


class Refused(ValueError):
    """An archive that ``submit`` did not write; the message says why."""


def collect(archive: Path, submitted: Path) -> str:
    """Unpack `archive` into `submitted` and say what was done."""
    student, chapter, files = _read(archive)
    folder = submitted / student / chapter
    old = folder / "timestamp.txt"
    stamp = files.get("timestamp.txt", b"")
    if old.exists() and old.read_bytes() > stamp:
        return f"{archive.name}: {student} sent a later version of {chapter} already"
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    digest = hashlib.sha256(files[f"{chapter}.ipynb"]).hexdigest()
    return f"{archive.name}: {student}, {chapter}, SHA-256 {digest[:16]}…"


def _read(archive: Path) -> tuple[str, str, dict[str, bytes]]:
    try:
        with zipfile.ZipFile(archive) as opened:
            found = [
                (_MEMBER.fullmatch(info.filename), info) for info in opened.infolist()
            ]
            owners = {m.group("student", "chapter") for m, _ in found if m}
            if len(owners) != 1:
                raise Refused(f"{archive.name}: not written by submit")
            ((student, chapter),) = owners
            allowed = {f"{chapter}.ipynb", "timestamp.txt", "receipt.txt"}
            files = {}
            for match, info in found:
                if match is None or match["name"] not in allowed:
                    raise Refused(f"{archive.name}: {info.filename!r} does not belong")
                if info.file_size > MAX_BYTES:
                    raise Refused(f"{archive.name}: {info.filename} is too large")
                files[match["name"]] = opened.read(info)
    except (zipfile.BadZipFile, OSError, RuntimeError) as error:
        raise Refused(f"{archive.name}: {error}") from None
    if f"{chapter}.ipynb" not in files:
        raise Refused(f"{archive.name}: no notebook in it")
    return student, chapter, files

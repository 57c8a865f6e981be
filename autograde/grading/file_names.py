"""Which files of a download are looked at, by their names and first bytes."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

from autograde.grading.origins import notebook_name

ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz")
OTHER_ARCHIVES = (".7z", ".rar", ".xz", ".bz2", ".gz", ".zst", ".lz4", ".cab")
MAX_NAME, MAX_PARTS = 255, 30  # what is looked at of a name in an archive
JUNK = {
    *("__MACOSX", ".git", ".github", ".ipynb_checkpoints", "__pycache__"),
    *(".venv", "venv", "site-packages", "node_modules", ".vscode", ".idea"),
    *(".DS_Store", "Thumbs.db", "desktop.ini", ".gitignore", ".gitattributes"),
}
KEPT = ".ipynb_checkpoints"  # where Jupyter keeps a copy of each notebook


def is_archive(name: str) -> bool:
    return name.lower().endswith(ARCHIVES)


def is_other_archive(name: str) -> bool:
    """Whether it is an archive of a kind that is not read here."""
    return name.lower().endswith(OTHER_ARCHIVES)


def is_wanted(name: str) -> bool:
    """Whether a file in an archive is looked at: a notebook's name, or an archive's."""
    parts = inner_parts(name)
    if not parts or any(part in JUNK for part in parts) or parts[-1].startswith("._"):
        return False
    return bool(notebook_name(parts[-1])) or is_archive(parts[-1])


def is_notebook(name: str, content: bytes) -> bool:
    """Whether a file whose name is a notebook's is one; an honest name is believed."""
    if name.lower().endswith(".ipynb"):
        return True
    return content[:200].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{" and (
        b'"nbformat"' in content
    )


def as_notebook(parts: tuple[str, ...]) -> tuple[str, ...]:
    return (*parts[:-1], notebook_name(parts[-1]) or parts[-1])


def inner_parts(name: str) -> tuple[str, ...]:
    """The parts of a name in an archive; they are only read, never a path to write."""
    parts = PurePosixPath(name.replace("\\", "/").replace("\0", "?")).parts
    kept = [part[:MAX_NAME] for part in parts if part not in ("/", ".", "..")]
    return tuple(kept[:2] + kept[-MAX_PARTS:] if len(kept) > MAX_PARTS + 2 else kept)


def shown_name(name: str) -> str:
    """A file's name as text; what is not UTF-8 in it is shown as such."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def names_in(folder: Path) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []

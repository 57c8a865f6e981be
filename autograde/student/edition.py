"""Which edition of the course a student's copy follows: its language."""

from __future__ import annotations

import contextlib
import filecmp
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from autograde.course.files import replace_file
from autograde.course.layout import CannotRun
from autograde.language import CHOICE, EDITION, ENGLISH, MESSAGES, languages
from autograde.student.progress import STATE


def choose_language(work: Path, language: str) -> None:
    """Let the copy in `work` follow `language` from the next update on.

    Raises CannotRun, with those there are, for another language.
    """
    if language not in languages():
        known = ", ".join(languages())
        raise CannotRun(f"There is no edition in {language!r}; there are: {known}.")
    (work / CHOICE).parent.mkdir(parents=True, exist_ok=True)
    replace_file(work / CHOICE, f"{language}\n".encode())


@contextlib.contextmanager
def edition_of(released: Path, language: str, work: Path) -> Iterator[Path]:
    """A folder with the chapters of `released` as students of `language` get them.

    A chapter without an edition in it is the English one. The folder goes at the end.
    """
    (work / STATE).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=work / STATE, prefix="edition-") as scratch:
        for folder in sorted(released.iterdir() if released.is_dir() else []):
            if folder.is_dir():
                _copy_chapter(folder, Path(scratch) / folder.name, language)
        yield Path(scratch)


def _copy_chapter(folder: Path, target: Path, language: str) -> None:
    for inner, path in edition_files(folder, language).items():
        (target / inner).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target / inner)


def edition_files(folder: Path, language: str) -> dict[Path, Path]:
    """What students of `language` get of the chapter in `folder`: each file's source.

    The keys are paths within the student's own folder of the chapter.
    """
    found = {}
    for path in sorted(folder.rglob("*")):
        inner = path.relative_to(folder)
        if path.is_file() and not EDITION.fullmatch(inner.parts[0]):
            found[inner] = path
    edition = folder / language
    if language == ENGLISH or not edition.is_dir():
        return found
    for path in sorted(edition.iterdir()):
        if not path.is_file():
            continue
        if path.name == MESSAGES:
            found[Path(language) / path.name] = path
        elif path.suffix != ".ipynb" or path.name == f"{folder.name}.ipynb":
            found[Path(path.name)] = path  # the notebook; summaries and the like
    return found


def has_changed(folder: Path, language: str, base: Path) -> bool:
    """Whether the chapter in `folder` is another than `base`, a copy for `language`."""
    new = edition_files(folder, language)
    old = {p.relative_to(base) for p in base.rglob("*") if p.is_file()}
    return set(new) != old or any(
        not filecmp.cmp(path, base / inner, shallow=False)
        for inner, path in new.items()
    )

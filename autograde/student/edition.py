"""Which edition of the course a student's copy follows: its language."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from autograde.course.files import replace_file
from autograde.course.layout import CannotRun
from autograde.language import CHOICE, ENGLISH, MESSAGES, chosen_for, languages
from autograde.student.progress import STATE

EDITION = re.compile(r"[a-z]{2}(_[A-Z]{2})?")


def language_of(work: Path) -> str:
    """The language that the copy in `work` follows; English where none was chosen."""
    return chosen_for(work)


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
    def others(place: str, names: list[str]) -> set[str]:
        top = os.path.samefile(place, folder)
        return {name for name in names if top and EDITION.fullmatch(name)}

    shutil.copytree(folder, target, ignore=others)
    edition = folder / language
    if language == ENGLISH or not edition.is_dir():
        return
    notebook = edition / f"{folder.name}.ipynb"
    if notebook.exists():
        shutil.copyfile(notebook, target / notebook.name)
    for path in edition.iterdir():
        if path.is_file() and path.name == MESSAGES:
            (target / language).mkdir(exist_ok=True)
            shutil.copyfile(path, target / language / path.name)
        elif path.is_file() and path.suffix != ".ipynb":  # summaries and the like
            shutil.copyfile(path, target / path.name)

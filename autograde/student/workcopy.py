"""A student's own copy of the chapters, and how an update of the course reaches it.

``chapters/`` is the course as released; ``work/`` belongs to the student. Notebooks are
brought up to date cell by cell (:mod:`autograde.notebooks.merge`). What was released
last is kept in ``work/.course/released``, and replaced when a chapter is done: an
update that is interrupted anywhere goes on where it stopped.
"""

from __future__ import annotations

import copy
import datetime
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.sign import NotebookNotary

from autograde.course.dates import read_dates, write_dates
from autograde.course.layout import notebook_path
from autograde.notebooks.merge import called, insert, match, merge
from autograde.student.progress import STATE, progress_path

BACKUPS = "backups"
INCOMING = "incoming"  # in the state folder: what is not complete yet


@dataclass
class Update:
    """What an update did to one chapter, in sentences."""

    chapter: str
    said: list[str] = field(default_factory=list)
    backup: Path | None = None
    unreadable: bool = False


def update_work(released: Path, work: Path) -> list[Update]:
    """Bring `work` up to date with the chapters in the folder `released`.

    Returns an entry for each chapter in which something changed.
    """
    (work / STATE).mkdir(parents=True, exist_ok=True)
    write_dates(work / STATE, read_dates(released))
    folders = [
        folder
        for folder in sorted(released.iterdir() if released.is_dir() else [])
        if notebook_path(folder).is_file()
    ]
    if not folders:
        return []
    updates = {folder.name: Update(folder.name) for folder in folders}
    for update in _depart(folders, updates, work):
        updates[update.chapter] = update
    for folder in folders:
        _update_chapter(folder, updates[folder.name], work)
    return [update for _, update in sorted(updates.items()) if update.said]


def restore(released: Path, work: Path, chapter: str) -> Update:
    """Bring back the cells of `chapter` that the student's copy lacks."""
    update = Update(chapter)
    path = notebook_path(work / chapter)
    new = nbformat.read(notebook_path(released / chapter), 4)
    mine = nbformat.read(path, 4)
    merged = copy.deepcopy(mine)
    place = match(new.cells, merged.cells)
    lost = [cell for cell in new.cells if cell.id not in place]
    for cell in lost:
        insert(merged.cells, new.cells, cell)
        update.said.append(f"brought back {called(cell)}")
    if lost:
        update.backup = _back_up(path, work)
        _write_notebook(path, merged, mine)
    return update


def _depart(
    folders: list[Path], updates: dict[str, Update], work: Path
) -> Iterator[Update]:
    """Let the student's copy follow chapters that have another name, or are gone."""
    bases = work / STATE / "released"
    names = {folder.name for folder in folders}
    for base in sorted(bases.iterdir() if bases.is_dir() else []):
        if base.name in names:
            continue
        new = next((f for f in folders if _same_chapter(base, f, bases)), None)
        if new is not None:
            _rename(base.name, new.name, work)
            updates[new.name].said.append(
                f"this chapter was called {base.name}; your work came with it"
            )
            continue
        shutil.rmtree(base)
        if (work / base.name).exists():
            said = f"left the course; your folder {base.name} stays as it is"
            yield Update(base.name, [said])


def _same_chapter(base: Path, folder: Path, bases: Path) -> bool:
    """Whether `folder` is new and has most of the cells of `base`."""
    if (bases / folder.name).exists():
        return False
    try:
        (old,) = base.glob("*.ipynb")
        known = {cell.id for cell in nbformat.read(old, 4).cells}
    except Exception:  # no notebook, or none that can be read
        return False
    new = nbformat.read(notebook_path(folder), 4).cells
    return len(known & {cell.id for cell in new}) > len(known) / 2


def _rename(old: str, new: str, work: Path) -> None:
    """Give the student's copy the chapter's new name, what was released last of all."""
    bases = work / STATE / "released"
    steps = [
        (work / old, work / new),
        (work / new / f"{old}.ipynb", work / new / f"{new}.ipynb"),
        (progress_path(work, old), progress_path(work, new)),
        (bases / old / f"{old}.ipynb", bases / old / f"{new}.ipynb"),
        (bases / old, bases / new),
    ]
    for source, target in steps:
        if source.exists() and not target.exists():
            source.rename(target)


def _update_chapter(folder: Path, update: Update, work: Path) -> None:
    name = folder.name
    mine, base = work / name, work / STATE / "released" / name
    if not mine.exists():
        _copy_folder(folder, mine, work)
        _sign(mine / f"{name}.ipynb")
        update.said.append("new chapter")
    else:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            inner = path.relative_to(folder)
            if inner.name == f"{name}.ipynb":
                _update_notebook(path, mine / inner, base / inner, update, work)
            else:
                _update_file(path, mine / inner, base / inner, update, work)
    if not (_same_tree(folder, base) or update.unreadable):
        _copy_folder(folder, base, work)


def _same_tree(one: Path, other: Path) -> bool:
    def content(folder: Path) -> dict[str, bytes]:
        files = (path for path in folder.rglob("*") if path.is_file())
        return {str(path.relative_to(folder)): path.read_bytes() for path in files}

    return other.exists() and content(one) == content(other)


def _copy_folder(source: Path, target: Path, work: Path) -> None:
    """Make `target` a copy of `source`: the whole of it is there, or nothing."""
    incoming = work / STATE / INCOMING
    shutil.rmtree(incoming, ignore_errors=True)
    for path in sorted(source.rglob("*")):  # a read-only course gives no read-only copy
        place = incoming / path.relative_to(source)
        if path.is_dir():
            place.mkdir(parents=True, exist_ok=True)
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)
    if target.exists():
        shutil.rmtree(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    incoming.rename(target)


def _copy_file(source: Path, target: Path) -> None:
    """As :func:`_copy_folder`, for one file."""
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = target.with_name(f".{target.name}.new")
    shutil.copyfile(source, scratch)
    scratch.replace(target)


def _update_file(new: Path, mine: Path, base: Path, update: Update, work: Path) -> None:
    """Bring a file beside the notebook; a version that the student changed is kept."""
    if mine.exists():
        if mine.read_bytes() == new.read_bytes():
            return
        if not base.exists() or mine.read_bytes() != base.read_bytes():
            kept = _back_up(mine, work)
            update.said.append(
                f"{mine.name} was replaced; your version is {BACKUPS}/{kept.name}"
            )
        else:
            update.said.append(f"new {mine.name}")
    _copy_file(new, mine)


def _update_notebook(
    new: Path, mine: Path, base: Path, update: Update, work: Path
) -> None:
    if not mine.exists():
        _copy_file(new, mine)
        _sign(mine)
        update.said.append("the notebook was missing and is there again")
        return
    if base.exists() and base.read_bytes() == new.read_bytes():
        return
    try:
        yours = nbformat.read(mine, 4)
    except Exception as error:
        update.unreadable = True
        update.said.append(
            f"{mine.name} cannot be read ({type(error).__name__}) and was left alone; "
            "move it elsewhere, and the next update brings a fresh one"
        )
        return
    today = nbformat.read(new, 4)
    before = nbformat.read(base, 4) if base.exists() else today
    merged, said = merge(before, yours, today)
    if merged != yours:
        update.backup = _back_up(mine, work)
        _write_notebook(mine, merged, yours)
    update.said += said


def _back_up(path: Path, work: Path) -> Path:
    stamp = datetime.datetime.now().strftime("%Y-%m-%d_%H%M%S")
    folder = work / BACKUPS
    folder.mkdir(exist_ok=True)
    target = folder / f"{path.stem}_{stamp}{path.suffix}"
    number = 1
    while target.exists():
        number += 1
        target = folder / f"{path.stem}_{stamp}_{number}{path.suffix}"
    _copy_file(path, target)
    return target


def _write_notebook(path: Path, notebook: NotebookNode, before: NotebookNode) -> None:
    """Write `notebook`; it stays trusted where it was, so that its outputs show."""
    trusted = NotebookNotary().check_signature(before)
    scratch = path.with_name(f".{path.name}.new")
    nbformat.write(notebook, scratch)
    scratch.replace(path)
    if trusted:
        _sign(path)


def _sign(path: Path) -> None:
    NotebookNotary().sign(nbformat.read(path, 4))

"""A student's own copy of the chapters, and how an update of the course reaches it.

``chapters/`` is the course as released; ``work/`` belongs to the student. An update
compares three versions cell by cell: what was released when the student's copy was
last brought up to date, what the student has now, and what is released today. A cell
that the student did not touch follows the course; one that was edited, added, moved
or deleted stays as the student left it.
"""

from __future__ import annotations

import copy
import datetime
import hashlib
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.sign import NotebookNotary
from nbformat.v4 import new_markdown_cell

from autograde.progress import STATE

BACKUPS = "backups"


@dataclass
class Update:
    """What an update did to one chapter, in sentences."""

    chapter: str
    said: list[str] = field(default_factory=list)
    backup: Path | None = None


def update_work(released: Path, work: Path) -> list[Update]:
    """Bring `work` up to date with the chapters in the folder `released`.

    Returns an entry for each chapter in which something changed.
    """
    (work / STATE).mkdir(parents=True, exist_ok=True)
    updates = []
    for folder in sorted(released.iterdir() if released.is_dir() else []):
        if not (folder / f"{folder.name}.ipynb").is_file():
            continue
        update = _update_chapter(folder, work)
        if update.said:
            updates.append(update)
    return updates


def restore(released: Path, work: Path, chapter: str) -> Update:
    """Bring back the cells of `chapter` that the student's copy lacks."""
    update = Update(chapter)
    path = work / chapter / f"{chapter}.ipynb"
    new = nbformat.read(released / chapter / f"{chapter}.ipynb", 4)
    mine = nbformat.read(path, 4)
    merged = copy.deepcopy(mine)
    place = _match(new.cells, merged.cells)
    lost = [cell for cell in new.cells if cell.id not in place]
    for cell in lost:
        _insert(merged.cells, new.cells, cell)
        update.said.append(f"brought back {_called(cell)}")
    if lost:
        update.backup = _back_up(path, work)
        _write_notebook(path, merged, mine)
    return update


def _update_chapter(folder: Path, work: Path) -> Update:
    name = folder.name
    update = Update(name)
    mine, base = work / name, work / STATE / "released" / name
    if not mine.exists():
        shutil.copytree(folder, mine)
        notebook = mine / f"{name}.ipynb"
        NotebookNotary().sign(nbformat.read(notebook, 4))
        update.said.append("new chapter")
    else:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            inner = path.relative_to(folder)
            if inner.name == f"{name}.ipynb":
                _update_notebook(path, mine / inner, base / inner, update, work)
            else:
                _update_file(path, mine / inner, base / inner, update, work)
    if not _same_tree(folder, base):
        shutil.rmtree(base, ignore_errors=True)
        shutil.copytree(folder, base)
    return update


def _same_tree(one: Path, other: Path) -> bool:
    def content(folder: Path) -> dict[str, bytes]:
        files = (path for path in folder.rglob("*") if path.is_file())
        return {str(path.relative_to(folder)): path.read_bytes() for path in files}

    return other.exists() and content(one) == content(other)


def _update_file(new: Path, mine: Path, base: Path, update: Update, work: Path) -> None:
    """Bring a file beside the notebook; a version that the student changed is kept."""
    if mine.exists():
        if mine.read_bytes() == new.read_bytes():
            return
        if not base.exists() or mine.read_bytes() != base.read_bytes():
            kept = _back_up(mine, work)
            update.said.append(f"{mine.name} was replaced; your version is {kept.name}")
        else:
            update.said.append(f"new {mine.name}")
    mine.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(new, mine)


def _update_notebook(
    new: Path, mine: Path, base: Path, update: Update, work: Path
) -> None:
    if not mine.exists():
        shutil.copyfile(new, mine)
        NotebookNotary().sign(nbformat.read(mine, 4))
        update.said.append("the notebook was missing and is there again")
        return
    if base.exists() and base.read_bytes() == new.read_bytes():
        return
    try:
        yours = nbformat.read(mine, 4)
    except Exception as error:
        update.said.append(
            f"{mine.name} cannot be read ({type(error).__name__}) and was left alone"
        )
        return
    today = nbformat.read(new, 4)
    before = nbformat.read(base, 4) if base.exists() else today
    merged, said = merge(before, yours, today)
    if merged != yours:
        update.backup = _back_up(mine, work)
        _write_notebook(mine, merged, yours)
    update.said += said


def merge(
    base: NotebookNode, mine: NotebookNode, new: NotebookNode
) -> tuple[NotebookNode, list[str]]:
    """Return `mine` with what changed from `base` to `new`, and what was done."""
    merged = copy.deepcopy(mine)
    cells = merged.cells
    today = {cell.id: cell for cell in new.cells}
    known = {cell.id for cell in base.cells}
    place = _match(base.cells, cells)
    yours = {id_: cells[index] for id_, index in place.items()}
    renewed, said = 0, []
    for old in base.cells:
        cell, fresh = yours.get(old.id), today.get(old.id)
        if cell is None:
            continue
        edited = cell.source != old.source
        if fresh is None:
            if edited:
                cell.metadata.pop("nbgrader", None)
                said.append(f"{_called(old)} left the course; your version stays")
            else:
                cells.remove(cell)
                renewed += 1
            continue
        for key in ("nbgrader", "tags"):
            if fresh.metadata.get(key) != old.metadata.get(key):
                cell.metadata.pop(key, None)
                if key in fresh.metadata:
                    cell.metadata[key] = copy.deepcopy(fresh.metadata[key])
        if fresh.source == old.source:
            continue
        if not edited:
            cell.source = fresh.source
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
            renewed += 1
        elif cell.source != fresh.source:
            said.append(f"{_called(old)} changed in the course; yours stays as it is")
            _announce(cells, cell, fresh)
    there = _match(new.cells, cells)
    added = [c for c in new.cells if c.id not in there and c.id not in known]
    for cell in added:
        _insert(cells, new.cells, cell)
    if added:
        said.insert(0, f"{_count(len(added), 'cell')} added")
    if renewed:
        said.insert(0, f"{_count(renewed, 'cell')} brought up to date")
    return merged, said


def _match(
    released: Iterable[NotebookNode], mine: list[NotebookNode]
) -> dict[str, int]:
    """Where each released cell is in `mine`: by id, by grade id, or by its text.

    JupyterLab gives a moved cell another id, so that its id alone would not do.
    """
    place: dict[str, int] = {}
    for key in (_id, _grade_id, _text):
        where: dict[object, list[int]] = {}
        taken = set(place.values())
        for index, cell in enumerate(mine):
            if index not in taken:
                where.setdefault((cell.cell_type, key(cell)), []).append(index)
        for cell in released:
            spot = where.get((cell.cell_type, key(cell)))
            if cell.id not in place and key(cell) and spot:
                place[cell.id] = spot.pop(0)
    return place


def _id(cell: NotebookNode) -> str:
    return cell.get("id", "")


def _grade_id(cell: NotebookNode) -> str:
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def _text(cell: NotebookNode) -> str:
    return cell.source.strip()


def _insert(cells: list, order: list, cell: NotebookNode) -> None:
    """Put `cell` behind the nearest cell that precedes it in `order`."""
    index = next(i for i, other in enumerate(order) if other.id == cell.id)
    place = _match(order, cells)
    for before in reversed(order[:index]):
        if before.id in place:
            cells.insert(place[before.id] + 1, copy.deepcopy(cell))
            return
    cells.insert(0, copy.deepcopy(cell))


def _announce(cells: list, cell: NotebookNode, fresh: NotebookNode) -> None:
    """Show the course's new version above the student's own, which stays."""
    digest = hashlib.sha256(fresh.source.encode()).hexdigest()[:8]
    name = f"update-{digest}"
    if any(_id(other) == name for other in cells):
        return
    fence = "python" if fresh.cell_type == "code" else "markdown"
    said = (
        "**Update of the course.** The next cell changed in the course after you "
        "edited it. Yours is as you left it; this is the course's new version. Delete "
        f"this cell when you no longer need it.\n\n```{fence}\n{fresh.source}\n```"
    )
    cells.insert(cells.index(cell), new_markdown_cell(said, id=name))


def _called(cell: NotebookNode) -> str:
    grade_id = _grade_id(cell)
    if grade_id.startswith("check_"):
        return f"the check of {grade_id.removeprefix('check_')}"
    if grade_id:
        return f"the cell of {grade_id}"
    first = next((line for line in cell.source.splitlines() if line.strip()), "")
    return f"the cell “{first.strip('# ')[:40]}”"


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _back_up(path: Path, work: Path) -> Path:
    stamp = datetime.datetime.now().strftime("%Y-%m-%d_%H%M%S")
    folder = work / BACKUPS
    folder.mkdir(exist_ok=True)
    target = folder / f"{path.stem}_{stamp}{path.suffix}"
    number = 1
    while target.exists():
        number += 1
        target = folder / f"{path.stem}_{stamp}_{number}{path.suffix}"
    shutil.copyfile(path, target)
    return target


def _write_notebook(path: Path, notebook: NotebookNode, before: NotebookNode) -> None:
    """Write `notebook`; it stays trusted where it was, so that its outputs show."""
    notary = NotebookNotary()
    trusted = notary.check_signature(before)
    scratch = path.with_name(f".{path.name}.new")
    nbformat.write(notebook, scratch)
    scratch.replace(path)
    if trusted:
        notary.sign(nbformat.read(path, 4))

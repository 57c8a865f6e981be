"""From a chapter's source to the executed solution and the released notebook.

``autograde build [NAME ...]`` writes ``solutions/NAME/NAME.ipynb`` and
``chapters/NAME/``. A file whose content would be the same is left alone, so that a
second build changes no byte.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograde.authoring.chapter import (
    Chapter,
    ChapterError,
    chapters,
    find_chapter,
)
from autograde.authoring.make_checks import make_checks, make_fresh_checks
from autograde.authoring.same_build import same_checks, same_notebook
from autograde.course.kernels import notebook_client
from autograde.course.layout import CHECKS, FRESH, check_name, notebook_path
from autograde.exercise import Exercise, Manual
from autograde.language import EDITION

METADATA = {
    "kernelspec": {
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
        "name": "python3",
    },
    "language_info": {"name": "python"},
}
# What an author writes about a cell; the rest of a cell's metadata is generated.
AUTHOR_KEYS = {"name", "exercise", "manual", "tags"}
JUPYTEXT_KEYS = {"lines_to_next_cell", "lines_to_end_of_cell_marker"}
# In prose: how many exercises the chapter has, and how long they take together.
EXERCISES = "{{exercises}}"
EXECUTION_SECONDS = 1800  # for one cell: a busy machine is slow
HIDE_INPUT = "hide-input"  # the tag of a cell that only draws: its code is folded
# What the build adds below the text of an exercise.
EXERCISE_LINE = re.compile(r"\n\n\*Difficulty [●○]{5} · [^\n]*minutes\*$")


def assemble(chapter: Chapter) -> nbformat.NotebookNode:
    """The solution notebook of `chapter` without outputs: its cells and our own."""
    chapter.verify()
    cells: list[nbformat.NotebookNode] = []
    for cell in chapter.cells:
        unknown = set(cell.metadata) - AUTHOR_KEYS - JUPYTEXT_KEYS
        if unknown:
            raise ChapterError(f"{chapter.name}: unknown cell option {sorted(unknown)}")
        made = _cell(cell)
        if made.cell_type == "markdown":
            made.source = made.source.replace(EXERCISES, exercises_text(chapter))
        cells.append(made)
        if "exercise" in cell.metadata:
            exercise = chapter.exercise(cell.metadata["exercise"])
            _mark_solution(made, exercise.name)
            if len(cells) > 1 and cells[-2].cell_type == "markdown":
                cells[-2].source += "\n\n" + exercise_line(exercise)
            cells.append(_check_cell(exercise))
        elif "manual" in cell.metadata:
            entry = next(e for e in chapter.manual if e.name == cell.metadata["manual"])
            _mark_manual(made, entry.name, entry.points)
    ids = [cell.id for cell in cells]
    for name in ids:
        if ids.count(name) > 1:
            raise ChapterError(f"{chapter.name}: two cells are called {name!r}")
    return new_notebook(cells=cells, metadata=METADATA, nbformat_minor=5)


def exercises_text(chapter: Chapter) -> str:
    """``13 exercises and 1 question in prose, about 3 hours together``"""
    graded = [exercise for exercise in chapter.exercises if not exercise.bonus]
    exercises, questions = len(graded), len(chapter.manual)
    entries: list[Exercise | Manual] = [*graded, *chapter.manual]
    minutes = sum(entry.minutes for entry in entries)
    text = f"{exercises} exercise" + "s" * (exercises != 1)
    if questions:
        text += f" and {questions} question" + "s" * (questions != 1) + " in prose"
    hours, rest = divmod(minutes, 60)
    times = [f"{hours} hour" + "s" * (hours != 1)] * bool(hours)
    times += [f"{rest} minutes"] * bool(rest)
    return f"{text}, about {' '.join(times)} together"


def exercise_line(exercise: Exercise) -> str:
    """``Difficulty ●●○○○ · 3 points · about 10 minutes``"""
    level = "●" * exercise.difficulty + "○" * (5 - exercise.difficulty)
    unit = "point" if exercise.points == 1 else "points"
    points = f"{exercise.points:g} {unit}" if exercise.points else "ungraded"
    points = "bonus" if exercise.bonus else points
    return f"*Difficulty {level} · {points} · about {exercise.minutes} minutes*"


def _cell(cell: nbformat.NotebookNode) -> nbformat.NotebookNode:
    name = (
        cell.metadata.get("name")
        or cell.metadata.get("exercise")
        or cell.metadata.get("manual")
        or _slug(cell.source)
    )
    make = new_code_cell if cell.cell_type == "code" else new_markdown_cell
    made = make(cell.source, id=re.sub(r"[^A-Za-z0-9_-]", "-", name)[:64])
    if cell.metadata.get("tags"):
        made.metadata["tags"] = list(cell.metadata["tags"])
    if HIDE_INPUT in made.metadata.get("tags", []):
        made.metadata["jupyter"] = {"source_hidden": True}  # JupyterLab folds it
    return made


def _slug(source: str) -> str:
    """A name from the first words of a cell, and a short digest of the whole."""
    words = re.findall(r"[A-Za-z0-9]+", source)[:4]
    return "-".join([*words, hashlib.sha256(source.encode()).hexdigest()[:6]]).lower()


def _nbgrader(grade_id: str, kind: str, **fields) -> dict:
    return {
        "cell_type": kind,
        "grade": False,
        "grade_id": grade_id,
        "locked": False,
        "schema_version": 3,
        "solution": False,
        "task": False,
    } | fields


def _mark_solution(cell: nbformat.NotebookNode, name: str) -> None:
    cell.metadata["nbgrader"] = _nbgrader(name, "code", solution=True)


def _mark_manual(cell: nbformat.NotebookNode, name: str, points: float) -> None:
    fields = {"solution": True, "grade": True, "points": points}
    cell.metadata["nbgrader"] = _nbgrader(name, "markdown", **fields)


def _check_cell(exercise: Exercise) -> nbformat.NotebookNode:
    cell = new_code_cell(f'check("{exercise.name}")', id=f"check-{exercise.name}"[:64])
    cell.metadata["nbgrader"] = _nbgrader(
        check_name(exercise.name),
        "code",
        grade=True,
        locked=True,
        points=exercise.points,
    )
    if exercise.bonus:
        cell.metadata["tags"] = ["bonus"]
    return cell


def execute(notebook: nbformat.NotebookNode, folder: Path) -> nbformat.NotebookNode:
    """Run `notebook` in `folder` and return it with its outputs."""
    executed = nbformat.from_dict(notebook)
    with notebook_client(
        executed,
        folder,
        timeout=EXECUTION_SECONDS,
        startup_timeout=EXECUTION_SECONDS,
        record_timing=False,
    ) as client:
        client.execute(env=os.environ | {"OMP_NUM_THREADS": "1"})
    executed.metadata = nbformat.from_dict(METADATA)
    _merge_streams(executed)
    return executed


def _merge_streams(notebook: nbformat.NotebookNode) -> None:
    """Join pieces of one stream: how output was cut depends on timing."""
    for cell in notebook.cells:
        merged: list[nbformat.NotebookNode] = []
        for output in cell.get("outputs", []):
            last = merged[-1] if merged else None
            if last and output.get("name") and output.get("name") == last.get("name"):
                last.text += output.text
            else:
                merged.append(output)
        if cell.cell_type == "code":
            cell.outputs = merged


def release(chapter: Chapter, target: Path) -> None:
    """Write what students get of `chapter` to `target`, by nbgrader's release step."""
    from autograde.authoring.release import generate_assignment

    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        generate_assignment(
            chapter.folder.parent.parent,
            chapter.name,
            release=folder / "release",
            gradebook=folder / "gradebook.db",
        )
        released = folder / "release" / chapter.name
        _replace_tree(released, target)


def _replace_tree(new: Path, target: Path) -> None:
    """Make `target` equal to `new`, touching only files that differ."""
    wanted = {path.relative_to(new) for path in new.rglob("*") if path.is_file()}
    for path in sorted(target.rglob("*")) if target.exists() else []:
        name = path.relative_to(target)
        if EDITION.fullmatch(name.parts[0]):
            continue
        if path.is_file() and name not in wanted:
            path.unlink()
    for name in sorted(wanted):
        _write(target / name, (new / name).read_bytes())


def _write(path: Path, content: bytes) -> bool:
    if path.exists() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return True


def build(chapter: Chapter) -> None:
    """Build everything that is generated of `chapter`."""
    released = chapter.folder.parent.parent / "chapters" / chapter.name
    for name, checks in (
        (CHECKS, make_checks(chapter)),
        (FRESH, make_fresh_checks(chapter)),
    ):
        made, old = checks.to_bytes(), released / name
        if old.exists() and same_checks(old.read_bytes(), made):
            made = old.read_bytes()
        _write(chapter.folder / name, made)
    path = notebook_path(chapter.folder)
    executed = execute(assemble(chapter), chapter.folder)
    if not (path.exists() and same_notebook(nbformat.read(path, 4), executed)):
        nbformat.write(executed, path)
    release(chapter, released)


def build_course(root: Path, names: Iterable[str] = ()) -> None:
    """Build the chapters that `names` names, or all; others' folders are removed."""
    every = chapters(root)
    for chapter in [find_chapter(name, root) for name in names] or every:
        print(f"{chapter.name} ...", flush=True)
        build(chapter)
    known = {chapter.name for chapter in every}
    for folder in (root / "chapters").glob("*"):
        if folder.is_dir() and folder.name not in known:
            shutil.rmtree(folder)

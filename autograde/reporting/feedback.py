"""Feedback pages: ``grading/feedback/STUDENT/CHAPTER/CHAPTER.html``.

nbgrader's own step makes them, here for many students at once and only where the graded
notebook, a score or a comment has changed; two processes share the work.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import GetGrades
from tqdm import tqdm

from autograde.course.files import replace_file
from autograde.course.layout import notebook_path
from autograde.grading.anonymous import shown
from autograde.grading.nbgrader_setup import course_config
from autograde.grading.scores import (
    CourseScores,
    Score,
    exercise_name,
    read_scores,
)
from autograde.reporting import feedback_page, mathml

RECORD = "pages.json"
PROCESSES = 2
CHUNK = 20
WORTH_PROCESSES = 300  # fewer are written before a second process is up


@dataclass
class Written:
    """How many pages were written and left, and a line for each that failed."""

    pages: int = 0
    unchanged: int = 0
    problems: list[str] = field(default_factory=list)


def write_feedback(
    root: Path,
    scores: CourseScores,
    *,
    processes: int = PROCESSES,
    force: bool = False,
    quiet: bool = False,
) -> Written:
    """Write the pages that are missing or out of date; remove those of no result."""
    folder = root / "grading" / "feedback"
    folder.mkdir(parents=True, exist_ok=True)
    known = {} if force else _recorded(folder)
    found, todo, written = {}, [], Written()
    name = shown(root / "grading")
    for (chapter, student), score in sorted(scores.scores.items()):
        graded = _notebook(root, chapter, student)
        if not graded.exists():
            _page(root, chapter, student).unlink(missing_ok=True)
            continue
        key = f"{student}/{chapter}"
        found[key] = _digest(graded, score, name(student))
        if known.get(key) == found[key] and _page(root, chapter, student).exists():
            written.unchanged += 1
        else:
            todo.append(score)
    for score, problem in _convert_all(root, todo, processes, quiet):
        if problem:
            where = f"{score.student}, {score.chapter}"
            written.problems.append(f"{where}: no feedback page: {problem}")
            found.pop(f"{score.student}/{score.chapter}")
        else:
            written.pages += 1
    replace_file(folder / RECORD, json.dumps(found, indent=0).encode())
    return written


class Grades(GetGrades):
    """Puts scores and comments into the notebook, read in a few queries.

    It does what nbgrader's preprocessor does, and marks the answers that still wait
    for a person.
    """

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        names = resources["nbgrader"]
        score = self._score(names["assignment"], names["student"], names["db_url"])
        comments = dict(score.comments)
        for cell in nb.cells:
            info = cell.metadata.get("nbgrader", {})
            if info.get("solution") or info.get("task"):
                info["comment"] = comments.get(info["grade_id"])
            if info.get("grade") or info.get("task"):
                graded = score.cells[exercise_name(info["grade_id"])]
                info["score"], info["points"] = graded.score, graded.points
                info["waits"] = graded.waits
        root = self.config.CourseDirectory.get("root")
        if root:
            names["shown"] = shown(Path(root) / "grading")(names["student"])
        names["late_penalty"] = score.penalty
        names["score"] = score.raw - score.penalty
        names["max_score"] = score.points
        return nb, resources

    def _score(self, chapter: str, student: str, url: str) -> Score:
        if (chapter, student) in _prepared:
            return _prepared[chapter, student]
        with Gradebook(url) as book:
            return read_scores(book, student).score(chapter, student)


_prepared: dict[tuple[str, str], Score] = {}


def _convert_all(
    root: Path, todo: list[Score], processes: int, quiet: bool
) -> Iterable[tuple[Score, str]]:
    """Yield every score with an empty string, or with what went wrong."""
    bar = tqdm(total=len(todo), unit="page", disable=quiet or not todo)
    with bar:
        if processes < 2 or len(todo) < WORTH_PROCESSES:
            for score in todo:
                yield score, _convert(root, [score])[0]
                bar.update()
            return
        chunks = [todo[start : start + CHUNK] for start in range(0, len(todo), CHUNK)]
        with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
            roots = [root] * len(chunks)
            for chunk, problems in zip(
                chunks, pool.map(_convert, roots, chunks), strict=True
            ):
                yield from zip(chunk, problems, strict=True)
                bar.update(len(chunk))


def _convert(root: Path, chunk: list[Score]) -> list[str]:
    """Write the pages of `chunk`; for each an empty string, or what went wrong."""
    converter = _converter(root)
    problems = []
    for score in chunk:
        key = (score.chapter, score.student)
        _prepared[key] = score
        try:
            notebook = _notebook(root, *key)
            resources = converter.init_single_notebook_resources(str(notebook))
            page, _ = converter.exporter.from_filename(str(notebook), resources)
            target = _page(root, *key)
            target.parent.mkdir(parents=True, exist_ok=True)
            replace_file(target, page.encode("utf-8", "replace"))
            stamp = notebook.parent / "timestamp.txt"
            if stamp.exists():
                replace_file(target.parent / stamp.name, stamp.read_bytes())
            problems.append("")
        except Exception as error:
            problems.append(f"{type(error).__name__}: {error}".split("\n")[0])
        finally:
            del _prepared[key]
    return problems


@lru_cache(maxsize=2)
def _converter(root: Path) -> GenerateFeedback:
    """nbgrader's converter with its exporter, made once for a process."""
    logging.getLogger("traitlets").setLevel(logging.ERROR)
    config = course_config(root)
    course = CourseDirectory(config=config)
    converter = GenerateFeedback(coursedir=course, config=config)
    exporter = converter.exporter_class(parent=converter, config=converter.config)
    for preprocessor in converter.preprocessors:
        exporter.register_preprocessor(preprocessor)
    converter.exporter = exporter
    return converter


def _notebook(root: Path, chapter: str, student: str) -> Path:
    return notebook_path(root / "grading" / "autograded" / student / chapter)


def _page(root: Path, chapter: str, student: str) -> Path:
    return root / "grading" / "feedback" / student / chapter / f"{chapter}.html"


def _recorded(folder: Path) -> dict[str, str]:
    try:
        return dict(json.loads((folder / RECORD).read_text()))
    except (OSError, ValueError, TypeError):
        return {}


def _digest(graded: Path, score: Score, name: str) -> str:
    """It changes with the graded notebook, its scores and comments, and the page."""
    digest = hashlib.sha256(graded.read_bytes())
    digest.update(name.encode("utf-8", "replace"))
    digest.update(repr(score).encode("utf-8", "replace"))
    digest.update(_page_version())
    return digest.hexdigest()[:32]


@lru_cache(maxsize=1)
def _page_version() -> bytes:
    parts = [Path(feedback_page.__file__), Path(mathml.__file__)]
    parts += sorted((feedback_page.TEMPLATES / "feedback_page").iterdir())
    return b"".join(path.read_bytes() for path in parts)

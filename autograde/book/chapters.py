"""A chapter as the book shows it: demonstrations with outputs, exercises as stubs."""

from __future__ import annotations

import functools
import json
import re
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from autograde.checking.checks import CaseData, Checks
from autograde.course.layout import CHECKS, CannotRun, notebook_path
from autograde.language import (
    ENGLISH,
    known,
    localised,
    read_messages,
    translate,
    using,
)
from autograde.notebooks.cells import exercise_of, is_solution
from autograde.notebooks.editions import edition_path
from autograde.notebooks.stills import WIDGET
from autograde.translating.catalog import translations
from autograde.translating.edition import translated
from autograde.translating.outputs import show_self_test
from autograde.translating.pages import SELF_TEST, translated_pages

REPOSITORY = re.compile(r"https://github\.com/([\w.-]+/[\w.-]+?)(?:\.git|/)?")


def book_notebook(root: Path, name: str, language: str = ENGLISH) -> NotebookNode:
    """The chapter `name` for the book: no answer of an exercise is in it.

    Every answer cell is the released one, every check shows the names of its visible
    cases, and all other cells have the outputs of the executed solution. Raises
    CannotRun where the built notebooks are not of one build.
    """
    solved = nbformat.read(notebook_path(root / "solutions" / name), 4)
    released = nbformat.read(edition_path(root / "chapters" / name, language), 4)
    if language != ENGLISH:
        source = root / "solutions" / name
        texts = translations(source / f"{language}.po")
        solved = translated(solved, texts, language)
        pages = translated_pages(source, texts)
        if SELF_TEST in pages:
            show_self_test(solved, json.loads(pages[SELF_TEST]), language)
    messages = read_messages(root / "chapters" / name / language)
    if [cell.id for cell in solved.cells] != [cell.id for cell in released.cells]:
        # not translated: it is for authors
        raise CannotRun(f"{name}: run `autograde build {name}` before the book.")
    checks = Checks.load(root / "chapters" / name / CHECKS)
    cells: list[NotebookNode] = []
    for cell, given in zip(solved.cells, released.cells, strict=True):
        exercise = exercise_of(cell)
        shown = given if is_solution(cell) or exercise else cell
        cells.append(_shown(shown))
        if exercise:
            with using(language, messages):
                text = cases_text(checks.exercises[exercise].cases)
            cells.append(new_markdown_cell(text, id=f"cases-{exercise}"))
    solved.cells = cells
    solved.metadata.pop("widgets", None)
    return solved


def _shown(cell: NotebookNode) -> NotebookNode:
    """The cell with its pictures in words too; of a widget its picture alone."""
    cell.metadata.pop("nbgrader", None)
    for output in cell.get("outputs", []):
        output.get("data", {}).pop(WIDGET, None)
        alt = output.get("metadata", {}).get("image/png", {}).get("alt")
        if alt:
            cell.metadata["mystnb"] = {"image": {"alt": alt}}
    return cell


def cases_text(cases: list[CaseData]) -> str:
    """The names of visible cases, behind a line that opens them."""
    graded = [known(case.label) for case in cases if case.weight]
    advice = [known(case.label) for case in cases if not case.weight]
    said = translate("What the check asks: 1 case")
    if len(graded) != 1:
        said = localised("What the check asks: {count} cases", count=len(graded))
    lines = [f"<details><summary>{said}</summary>", ""]
    lines += [f"- {_plain(label)}" for label in graded]
    costs_nothing = translate("(advice, costs no point)")
    lines += [f"- {_plain(label)} {costs_nothing}" for label in advice]
    return "\n".join([*lines, "", "</details>"])


def _plain(label: str) -> str:
    """`label` as Markdown that says these very characters."""
    return re.sub(r"([\\`*_{}\[\]<>$~^|])", r"\\\1", label)


def opened_by(name: str, repository: str) -> str:
    """Links to the chapter's notebook, and to what opens it where that is known.

    repository: the address of a public copy on GitHub, or nothing
    """
    download = localised("the notebook")
    links = [f"{{download}}`{download} <{name}.notebook/{name}.ipynb>`"]
    found = REPOSITORY.fullmatch(repository)
    if found:
        path = f"chapters%2F{name}%2F{name}.ipynb"
        binder = f"https://mybinder.org/v2/gh/{found[1]}/HEAD?labpath={path}"
        links.append(f"[Binder]({binder})")
        links.append(f"[Codespaces](https://codespaces.new/{found[1]})")
    ways = functools.reduce(_or, links)
    return localised("To work on this chapter, open {ways}.", ways=ways)


def _or(one: str, other: str) -> str:
    return localised("{one}, or {other}", one=one, other=other)

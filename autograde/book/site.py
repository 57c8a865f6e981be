"""``autograde book`` writes the web site to ``dist/book``.

The folder ``docs/`` has the guides and Sphinx's configuration. Chapters, glossary and
the list of commands are made from what the course has already. Nothing that a page
needs lies outside the site.
"""

from __future__ import annotations

import contextlib
import io
import shutil
import tempfile
import tomllib
from pathlib import Path

import click
import nbformat
from bs4 import BeautifulSoup
from nbformat.v4 import new_markdown_cell

from autograde.book.chapters import book_notebook, opened_by
from autograde.book.commands_page import commands_page
from autograde.book.glossary import glossary_page
from autograde.book.languages import mark_chinese
from autograde.book.overview import overview_page
from autograde.course.layout import CannotRun, notebook_path, released_chapters


def build_book(root: Path, target: Path, command: click.Group) -> Path:
    """Write the site to `target`, and return its first page.

    command: the command ``autograde``, whose help texts are a page.

    Raises CannotRun, with Sphinx's words, where a page has a fault: a link that leads
    nowhere, a heading out of order, a formula that cannot be drawn.
    """
    with tempfile.TemporaryDirectory() as scratch:
        source, made = Path(scratch) / "source", Path(scratch) / "book"
        write_sources(root, source, command)
        said = _sphinx(source, made)
        if said is not None:
            raise CannotRun(f"The book has faults:\n{said}")
        for path in made.rglob("*.html"):
            finish(path)
        if target.exists():
            shutil.rmtree(target)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(made, target)
    return target / "index.html"


def write_sources(root: Path, source: Path, command: click.Group) -> None:
    """Write everything that Sphinx reads to the folder `source`."""
    shutil.copytree(root / "docs", source)
    chapters = source / "chapters"
    chapters.mkdir()
    repository = repository_of(root)
    names = released_chapters(root)
    for name in names:
        notebook = book_notebook(root, name)
        links = new_markdown_cell(opened_by(name, repository), id="opened-by")
        notebook.cells.insert(1, links)
        nbformat.write(notebook, chapters / f"{name}.ipynb")
        given = chapters / f"{name}.notebook"
        given.mkdir()
        shutil.copy(notebook_path(root / "chapters" / name), given)
    (chapters / "index.md").write_text(overview_page(root, names), "utf-8")
    glossary = root / "solutions" / "glossary.toml"
    if glossary.exists():
        (source / "glossary.md").write_text(glossary_page(glossary), "utf-8")
    contributing = root / "CONTRIBUTING.md"
    if contributing.exists():
        shutil.copy(contributing, source / "authors" / "contributing.md")
    (source / "reference" / "commands.md").write_text(commands_page(command), "utf-8")


def repository_of(root: Path) -> str:
    """Where a fork is published: ``project.urls.Repository`` of pyproject.toml."""
    path = root / "pyproject.toml"
    project = tomllib.loads(path.read_text("utf-8"))["project"] if path.exists() else {}
    return project.get("urls", {}).get("Repository", "")


def _sphinx(source: Path, made: Path) -> str | None:
    """Build the pages; return Sphinx's warnings and errors, None where it has none."""
    from sphinx.cmd.build import main

    warnings = made.parent / "warnings.txt"
    options = ["-W", "--keep-going", "-q", "-w", str(warnings), "-d"]
    doctrees = str(made.parent / "doctrees")
    with contextlib.redirect_stderr(io.StringIO()) as errors:
        status = main([*options, doctrees, "-b", "html", str(source), str(made)])
    said = warnings.read_text("utf-8") if warnings.exists() else ""
    if status or said:
        return (said or errors.getvalue()).replace(f"{source}/", "")
    return None


def finish(path: Path) -> None:
    """Mark the Chinese parts of a page, and mend what the theme leaves out."""
    page = BeautifulSoup(path.read_text("utf-8"), "html.parser")
    mark_chinese(page)
    for opener in page.select("nav summary"):
        link = opener.find_parent("li")
        link = link and link.find("a")
        if not opener.get_text(strip=True) and link:
            opener["aria-label"] = f"Pages of {link.get_text(strip=True)}"
    path.write_text(str(page), "utf-8")

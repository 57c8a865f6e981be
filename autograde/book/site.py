"""``autograde book`` writes the web site to ``dist/book``.

The folder ``docs/`` has the guides and Sphinx's configuration. Chapters, glossary and
the list of commands are made from what the course has already. Nothing that a page
needs lies outside the site. A site in another language has the chapters' edition and
the pages of ``docs/LANGUAGE``; a page that has no translation says so and is English.
"""

from __future__ import annotations

import contextlib
import io
import re
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
from autograde.course.layout import CannotRun, released_chapters
from autograde.language import ENGLISH, languages, localised, using
from autograde.notebooks.editions import edition_path
from autograde.translating.cells import without_soft_breaks

HEADING = re.compile(r"^# .+\n", re.M)


def build_book(
    root: Path, target: Path, command: click.Group, language: str = ENGLISH
) -> Path:
    """Write the site in `language` to `target`, and return its first page.

    command: the command ``autograde``, whose help texts are a page.

    Raises CannotRun, with Sphinx's words, where a page has a fault: a link that leads
    nowhere, a heading out of order, a formula that cannot be drawn.
    """
    with tempfile.TemporaryDirectory() as scratch:
        source, made = Path(scratch) / "source", Path(scratch) / "book"
        with using(language, {}):
            write_sources(root, source, command, language)
            said = _sphinx(source, made, _settings(language))
            if said is not None:
                # not translated: it is for authors
                raise CannotRun(f"The book has faults:\n{said}")
            for path in made.rglob("*.html"):
                finish(path)
        if target.exists():
            shutil.rmtree(target)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(made, target)
    return target / "index.html"


def write_sources(
    root: Path, source: Path, command: click.Group, language: str = ENGLISH
) -> None:
    """Write everything that Sphinx reads to the folder `source`."""
    others = shutil.ignore_patterns(*languages())
    shutil.copytree(root / "docs", source, ignore=others)
    chapters = source / "chapters"
    chapters.mkdir()
    repository = repository_of(root)
    names = released_chapters(root)
    for name in names:
        notebook = book_notebook(root, name, language)
        links = new_markdown_cell(opened_by(name, repository), id="opened-by")
        notebook.cells.insert(1, links)
        nbformat.write(notebook, chapters / f"{name}.ipynb")
        given = chapters / f"{name}.notebook"
        given.mkdir()
        shutil.copy(edition_path(root / "chapters" / name, language), given)
    page = overview_page(root, names, language)
    (chapters / "index.md").write_text(page, "utf-8")
    glossary = root / "solutions" / "glossary.toml"
    if glossary.exists():
        page = glossary_page(glossary, language)
        (source / "glossary.md").write_text(page, "utf-8")
    contributing = root / "CONTRIBUTING.md"
    if contributing.exists():
        shutil.copy(contributing, source / "authors" / "contributing.md")
    (source / "reference" / "commands.md").write_text(commands_page(command), "utf-8")
    if language != ENGLISH:
        _take_translated(root / "docs" / language, source)


def _take_translated(translated: Path, source: Path) -> None:
    """Put translated pages in place; on the others say that they are English."""
    own = {"chapters", "glossary.md"}  # made in the language already
    for path in sorted(source.rglob("*.md")):
        inner = path.relative_to(source)
        if (translated / inner).exists():
            text = (translated / inner).read_text("utf-8")
            path.write_text(without_soft_breaks(text), "utf-8")
        elif inner.parts[0] not in own:
            head, text = _after_heading(path.read_text("utf-8"))
            note = localised("*This page is in English only.*")
            path.write_text(f"{head}\n{note}\n{text}", "utf-8")


def _after_heading(text: str) -> tuple[str, str]:
    """A page up to the end of its first heading, and the rest of it."""
    found = HEADING.search(text)
    end = found.end() if found else 0
    return text[:end], text[end:]


def _settings(language: str) -> list[str]:
    """What differs from docs/conf.py, as options of Sphinx."""
    if language == ENGLISH:
        return []
    title = localised("Deep learning in Jupyter")
    values = {
        "language": language,
        "project": title,
        "html_title": title,
        "nb_code_prompt_show": localised("Show the code"),
        "nb_code_prompt_hide": localised("Hide the code"),
    }
    options = [("-D", f"{name}={value}") for name, value in values.items()]
    return [part for option in options for part in option]


def repository_of(root: Path) -> str:
    """Where a fork is published: ``project.urls.Repository`` of pyproject.toml."""
    path = root / "pyproject.toml"
    project = tomllib.loads(path.read_text("utf-8"))["project"] if path.exists() else {}
    return project.get("urls", {}).get("Repository", "")


def _sphinx(source: Path, made: Path, settings: list[str]) -> str | None:
    """Build the pages; return Sphinx's warnings and errors, None where it has none."""
    from sphinx.cmd.build import main

    warnings = made.parent / "warnings.txt"
    options = [*settings, "-W", "--keep-going", "-q", "-w", str(warnings), "-d"]
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
    for opener in page.select("nav summary"):  # not translated
        link = opener.find_parent("li")
        link = link and link.find("a")
        if not opener.get_text(strip=True) and link:
            name = link.get_text(strip=True)
            opener["aria-label"] = localised("Pages of {name}", name=name)
    path.write_text(str(page), "utf-8")

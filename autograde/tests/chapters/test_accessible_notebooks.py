"""Notebooks that students open, against the lists of notebook accessibility checkers.

Headings, pictures, tables, links, colours, as jupyterlab-a11y-checker and
notebooks-for-all look at them; the reference notebooks have the outputs.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from nbconvert.filters import markdown2html

from autograde.course.layout import ROOT

RELEASED = sorted((ROOT / "chapters").rglob("*.ipynb"))
REFERENCES = sorted((ROOT / "solutions").glob("*/*.ipynb"))
LEVELS = [f"h{level}" for level in range(1, 7)]
SAYS_NOTHING = re.compile(
    r"(?:click )?(?:here|this|link|more|page|read more|see|url)|\W*|此处|这里|点击",
    re.IGNORECASE,
)
ADDRESS = re.compile(r"https?:\S+")
COLOURED = re.compile(r"<font|style\s*=[^>]*\bcolor\s*:", re.IGNORECASE)
FAULTY = (
    "# A\n\n### B\n\n## \n\n## C\n\n## C\n\n# D\n\n![](x.png) [here](x) "
    '[](y) <https://x.y>\n\n<table><tr><td>1</td></tr></table>\n\n<b style="color: red">bad</b>'
)


@cache
def cells(path: Path) -> list[dict]:
    found = json.loads(path.read_text("utf-8"))["cells"]
    for cell in found:
        cell["source"] = "".join(cell["source"])
    return found


@cache
def prose(path: Path) -> BeautifulSoup:
    """All of a notebook's Markdown, as a page."""
    texts = [c["source"] for c in cells(path) if c["cell_type"] == "markdown"]
    return page_of("\n\n".join(texts))


def page_of(markdown: str) -> BeautifulSoup:
    page = BeautifulSoup(markdown2html(markdown), "html.parser")
    for anchor in page.select("a.anchor-link"):  # nbconvert's own
        anchor.decompose()
    return page


def faults_of_headings(page: BeautifulSoup) -> list[str]:
    """One first heading, at the start; none empty, skipped or twice in its section."""
    found, before, above = [], 0, {}
    for heading in page.find_all(LEVELS):
        level, text = int(heading.name[1]), heading.get_text(" ", strip=True)
        if not text:
            found.append(f"an empty {heading.name}")
        if level > before + 1:
            found.append(f"{heading.name} {text!r} after h{before}")
        if level == 1 and before:
            found.append(f"a second h1 {text!r}")
        above = {deep: texts for deep, texts in above.items() if deep <= level}
        if text in above.setdefault(level, set()):
            found.append(f"{heading.name} {text!r} twice")
        above[level].add(text)
        before = level
    return found or ([] if before else ["no heading"])


def faults_of_pictures(page: BeautifulSoup) -> list[str]:
    return [str(i) for i in page.find_all("img") if not (i.get("alt") or "").strip()]


def faults_of_links(page: BeautifulSoup) -> list[str]:
    """Texts that say nothing; a bare address needs a sentence around it (WCAG 2.4.4)."""
    found = []
    for link in page.find_all("a", href=True):
        text = link.get_text(" ", strip=True)
        around = link.find_parent(["p", "li", "td"])
        words = around.get_text(" ", strip=True).replace(text, "") if around else ""
        bare = ADDRESS.fullmatch(text) and len(words) < 20
        if bare or SAYS_NOTHING.fullmatch(text):
            found.append(text)
    return found


def faults_of_tables(page: BeautifulSoup) -> list[str]:
    """A header for each column, and a caption or a text that leads to the table."""
    found = []
    for table in page.find_all("table"):
        text = table.get_text(" ", strip=True)[:60]
        if not table.find("th"):
            found.append(f"no header: {text}")
        before = table.find_previous_sibling()
        led = before is not None and before.name != "table"
        if not table.find("caption") and not led:
            found.append(f"no caption and no text before: {text}")
    return found


def faults_of_colours(markdown: str) -> list[str]:
    return COLOURED.findall(markdown)


def by_name(path: Path) -> str:
    return str(path.relative_to(ROOT).parent)


released = pytest.mark.parametrize("path", RELEASED, ids=by_name)
both = pytest.mark.parametrize("path", [*RELEASED, *REFERENCES], ids=by_name)


def test_a_notebook_with_faults_is_found_out():
    page = page_of(FAULTY)
    said = " ".join(faults_of_headings(page))
    for fault in ("h3 'B' after h1", "an empty h2", "h2 'C' twice", "a second h1 'D'"):
        assert fault in said
    assert len(faults_of_pictures(page)) == 1
    assert faults_of_links(page) == ["here", "", "https://x.y"]
    assert faults_of_tables(page) == ["no header: 1"]
    assert faults_of_colours(FAULTY)


@released
def test_headings_are_in_order(path):
    assert faults_of_headings(prose(path)) == []


@released
def test_texts_have_alternatives_headers_and_links_that_say_something(path):
    assert faults_of_pictures(prose(path)) == []
    assert faults_of_tables(prose(path)) == []
    assert faults_of_links(prose(path)) == []


@released
def test_no_text_tells_by_its_colour(path):
    assert [c["id"] for c in cells(path) if faults_of_colours(c["source"])] == []


@both
def test_each_picture_that_a_cell_shows_has_an_alternative_text(path):
    missing = []
    for cell in cells(path):
        for output in cell.get("outputs", []):
            for kind in output.get("data", {}):
                alt = output.get("metadata", {}).get(kind, {}).get("alt", "")
                if kind.startswith("image/") and len(alt.strip()) < 10:
                    missing.append(f"{cell['id']}: {kind}")
    assert missing == []


@both
def test_what_a_cell_shows_as_a_page_can_be_read(path):
    for cell in cells(path):
        for output in cell.get("outputs", []):
            html = "".join(output.get("data", {}).get("text/html", ""))
            page = BeautifulSoup(html, "html.parser")
            assert faults_of_pictures(page) == [], cell["id"]
            assert faults_of_links(page) == [], cell["id"]
            for picture in page.find_all("svg", role="img"):
                named = picture.get("aria-label") or picture.find("title")
                assert named, cell["id"]
            for table in page.find_all("table"):
                assert table.find("th"), cell["id"]

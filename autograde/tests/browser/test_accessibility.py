"""axe-core finds no breach of WCAG 2.2 AA in what readers, students and staff see."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from autograde.grading.results import Results
from autograde.language import ENGLISH
from autograde.reporting.publish import publish
from autograde.tests.small_class import CHAPTER, graded, record
from autograde.tools.axe import violations, why_not
from autograde.tools.browser import Page

pytestmark = [
    pytest.mark.skipif(why_not() is not None, reason=f"axe: {why_not()}"),
    pytest.mark.slow,
    pytest.mark.browser,
]
WIDE, NARROW = (1280, 900), (390, 800)
# colours on their way from one theme to the other are nobody's to read
STILL = "<style>* { transition: none !important; animation: none !important }</style>"
SCROLLS = "return document.documentElement.scrollWidth"
FAULTY = "<!doctype html><html><title>x</title><img src='x.png'><p>words</p></html>"


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with Page(*WIDE) as page:
        yield page


def assert_sound(page: Page, path: Path) -> None:
    """The page breaks no rule in light and dark, wide and narrow."""
    for size in (WIDE, NARROW):
        with page.sized(*size):
            # anew: the book's theme looks which blocks scroll as a page opens,
            # and only some time after the window has changed
            page.open(path.as_uri())
            page.run(f"document.head.insertAdjacentHTML('beforeend', '{STILL}')")
            assert page.run(SCROLLS) <= size[0], f"{path.name} scrolls at {size}"
            for scheme in ("light", "dark"):
                page.colours(scheme)
                assert violations(page) == [], f"{path.name}, {size}, {scheme}"


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("class")
    record(root, [graded("ada"), graded("bo", "pw", "ww", known=True)])
    with Results(root / "grading") as results:
        publish(root, results)
    return root


def test_a_page_with_faults_is_found_out(tmp_path, page):
    (tmp_path / "faulty.html").write_text(FAULTY)
    page.open((tmp_path / "faulty.html").as_uri())
    found = {line.split(":")[0] for line in violations(page)}
    assert {"image-alt", "html-has-lang"} <= found


def test_the_report_of_a_class(course, page):
    assert_sound(page, course / "grading" / "report" / "index.html")


def test_a_student_s_feedback(course, page):
    (path,) = (course / "grading" / "feedback" / "bo" / CHAPTER).glob("*.html")
    assert_sound(page, path)


@pytest.fixture(scope="module")
def book(built_book) -> Path:
    return built_book(ENGLISH)


@pytest.mark.parametrize(
    "name", ["index", "chapters/00_start_here", "glossary", "instructors/index"]
)
def test_pages_of_the_book(book, name, page):
    assert_sound(page, book / f"{name}.html")


def test_no_page_of_the_book_is_wider_than_a_phone(book, page):
    wide = []
    with page.sized(*NARROW):
        for path in sorted(book.rglob("*.html")):
            if "_static" not in path.parts:
                page.open(path.as_uri())
                if page.run(SCROLLS) > NARROW[0]:
                    wide.append(path.name)
    assert wide == []

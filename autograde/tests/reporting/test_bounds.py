"""What a student wrote cannot make pages, report or comparison slow or large.

CPU time is measured, on inputs of one, ten and a hundred times a size.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_output

from autograde.grading import bounds
from autograde.grading.results import Results
from autograde.grading.scores import course_scores
from autograde.notebooks.sanitize import harmless_prose
from autograde.reporting import pages
from autograde.reporting.feedback import write_feedback
from autograde.reporting.feedback_page import (
    code,
    formgrader_code,
    formgrader_prose,
    prose,
    terminal,
)
from autograde.reporting.report import write_report
from autograde.reporting.similarity import find_pairs
from autograde.tests.small_class import CHAPTER, graded, record

SIZE = 1_000
LEAST = 0.03  # CPU seconds, below which nothing is told from noise


def seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def all_seconds(work: Callable[[], object]) -> float:
    """As `seconds`, with those of processes that end meanwhile."""
    before = os.times()
    own = seconds(work)
    after = os.times()
    return own + sum(after[2:4]) - sum(before[2:4])


def grows_no_faster(work: Callable[[int], object], more: float = 3.0) -> bool:
    """Whether a hundred times the size takes at most `more` hundred times as long."""
    work(SIZE)
    took = {times: seconds(lambda n=times: work(n * SIZE)) for times in (10, 100)}
    return took[100] <= 10 * more * max(took[10], LEAST)


TEXTS = {
    "brackets": lambda n: "![" * (n // 4) + "](" * (n // 4),
    "blanks": lambda n: "x" + " " * n + "y",
    "short blanks": lambda n: ("x" + " " * 900 + "y") * (n // 900),
    "quotes": lambda n: ">" * n + "x",
    "lists": lambda n: "- " * (n // 2) + "x",
    "emphasis": lambda n: "**a*" * (n // 4),
    "emphasis in lines": lambda n: ("**a*" * 50 + "\n") * (n // 201),
    "links": lambda n: "[a](b" * (n // 5),
    "formulas": lambda n: "$" + "\\frac{" * (n // 6) + "$",
    "tags": lambda n: "<a " * (n // 3),
    "code": lambda n: "f'{(%" * (n // 5),
    "colours": lambda n: "\x1b[3" * (n // 3) + "m",
}


@pytest.mark.parametrize("name", TEXTS)
def test_texts_are_shown_in_linear_time(name):
    code("the first one loads the lexer")
    for show in (prose, code, terminal):
        assert grows_no_faster(lambda n, show=show: show(TEXTS[name](n) + str(n)))


#: just below the sizes from which on a text is shown as it stands
LARGEST = {
    "ends of formulas": (prose, "\\\\[" * 19_900),
    "ends of environments": (prose, "\\begin{a}" * 6_600),
    "lines of blanks": (code, "\n " * 49_900),
    "runs of lines": (code, ("\n" * 99 + "a") * 990),
    "another language": (code, ("%%perl\n" + "m{" * 450 + "\n") * 100),
}


@pytest.mark.parametrize("name", LARGEST)
def test_the_largest_texts_that_are_read_take_moderate_time(name):
    show, text = LARGEST[name]
    assert seconds(lambda: show(text)) < 3


def test_prose_is_made_harmless_in_linear_time():
    fences = harmless_prose("``` mermaid\n~~~mermaid")
    assert fences == "``` \u200bmermaid\n~~~\u200bmermaid"
    for letter in "`~":
        assert grows_no_faster(lambda n, letter=letter: harmless_prose(letter * n))


def test_formgrader_reads_a_bounded_part_of_a_page_as_markup():
    context = {"resources": {}, "cell": {}}
    for number in range(13):
        assert formgrader_prose(context, f"*a* {number}" + " b" * 20_000)
    assert formgrader_prose(context, "*a*") == "<pre>*a*</pre>"
    assert formgrader_code(context, "x = 1") == "<pre>x = 1</pre>"
    fresh = {"resources": {}, "cell": {}}
    assert "<em>a</em>" in formgrader_prose(fresh, "*a*")
    assert "<span" in formgrader_code(fresh, "x = 1", metadata={})


def _source(student: int, lines: int) -> str:
    return "\n".join(f"x{n} = y[{student * n}] + {n % 7} * z{n}" for n in range(lines))


def test_similarity_grows_with_the_class_and_not_with_what_one_student_writes():
    def by_class(n: int) -> list:
        return find_pairs({f"s{i}": {"a": _source(i, 20)} for i in range(n // 200)}, [])

    def by_work(n: int) -> list:
        works = {f"s{i}": {"a": _source(i, 20)} for i in range(3)}
        works["long"] = {f"c{i}": _source(i, 20) for i in range(n // 20)}
        return find_pairs(works, [])

    assert grows_no_faster(by_class, more=6)
    assert grows_no_faster(by_work)


def test_a_page_that_takes_too_long_is_made_of_plain_text(tmp_path, monkeypatch):
    monkeypatch.setattr(bounds, "BOUNDS", replace(bounds.BOUNDS, step_seconds=1))
    slow = "[a](b" * 10_000  # some tenths of a second each
    outputs = [
        new_output(
            "display_data",
            data={"text/html": "<div>" * 20_000 + str(n), "text/plain": f"<b>{n}"},
        )
        for n in range(20)
    ]
    evil = "<script>alert(1)</script>"
    record(tmp_path, [graded("ada"), graded("aaa", prose=slow, outputs=outputs)])
    record(tmp_path, [graded("cyd", code=evil)])
    pages.close_renderer()
    assert write_feedback(tmp_path, course_scores(tmp_path), quiet=True).problems == []

    def page(student: str) -> BeautifulSoup:
        path = tmp_path / "grading/feedback" / student / CHAPTER / f"{CHAPTER}.html"
        return BeautifulSoup(path.read_text("utf-8"), "html.parser")

    assert "points" in page("aaa").find(class_="total").text
    assert "[a](b[a](b" in page("aaa").text and "<b>19" in page("aaa").text
    assert not page("aaa").find("script") and not page("aaa").find("b")
    assert page("ada").find(class_="highlight") and page("cyd").find(class_="highlight")


def test_a_renderer_that_died_is_replaced(tmp_path):
    record(tmp_path, [graded("ada"), graded("bob")])
    scores = course_scores(tmp_path)
    assert write_feedback(tmp_path, scores, quiet=True).pages == 2
    process = pages._renderer.process.process
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    found = write_feedback(tmp_path, scores, quiet=True, force=True)
    assert (found.pages, found.problems) == (2, [])


def test_a_report_is_written_in_linear_time(tmp_path):
    def work(students: int, text: str) -> float:
        root = tmp_path / f"{students}-{len(text)}"
        record(root, [graded(f"s{i}", "pw", code=text) for i in range(students)])
        scores = course_scores(root)
        with Results(root / "grading") as results:
            return all_seconds(lambda: write_report(root, results, scores))

    few, many = work(3, "x = 1"), work(30, "x = 1")
    assert many < 20 * max(few, LEAST)
    long = work(3, "x = [1, 2] + y\n" * 50_000)
    assert long < 20 * max(few, 5 * LEAST)

"""A submission that the report's page dies of is named, and the rest is there."""

from __future__ import annotations

import json

import pytest
from bs4 import BeautifulSoup

from autograde.grading.results import Results
from autograde.grading.scores import course_scores
from autograde.reporting import report_process
from autograde.reporting.report import course_report, write_report
from autograde.tests.reporting import dying_page
from autograde.tests.reporting.dying_page import DEADLY, TOGETHER
from autograde.tests.small_class import graded, record


def written(root, works) -> str:
    record(root, works)
    with Results(root / "grading") as results:
        return write_report(root, results, course_scores(root)).read_text("utf-8")


@pytest.fixture(autouse=True)
def mortal_page(monkeypatch):
    monkeypatch.setattr(report_process, "PROCESS", dying_page.__name__)


def lines_for_a_person(text: str) -> dict[str, str]:
    found = BeautifulSoup(text, "html.parser").find(id="people")
    rows = found.tbody.find_all("tr")
    return {row.th.text: row.find_all("td")[1].text for row in rows}


def test_whose_texts_the_page_dies_of_is_named(tmp_path):
    works = [graded(name) for name in ("ada", "bob", "cyd", "dan", "eve")]
    for work in works:
        work.notes = [f"noticed of {work.student}"]
    works[1].notes = [DEADLY]
    works.append(graded("fay", problem=DEADLY))
    text = written(tmp_path, works)
    said = lines_for_a_person(text)
    assert said["bob"] == said["fay"] == report_process.LEFT_OUT
    assert DEADLY not in text
    for name in ("ada", "cyd", "dan", "eve"):
        assert f"noticed of {name}" in text and name not in said
    assert text.count(">bob<") >= 2, "the points are there"


def test_texts_that_only_together_are_too_much(tmp_path):
    works = [graded("ada"), graded("bob")]
    for work in works:
        work.notes = [TOGETHER]
    text = written(tmp_path, works)
    assert set(lines_for_a_person(text)) >= {"ada", "bob"}
    assert TOGETHER not in text


def test_the_search_for_whose_texts_they_are_has_an_end(tmp_path, monkeypatch):
    """What is not found by then is left out as well, and the page is there."""
    monkeypatch.setattr(report_process, "MOST_SECONDS", 0.0)
    asked = []
    usual = report_process.MortalProcess.ask

    def ask(process, header, data):
        asked.append(process.module)
        return usual(process, header, data)

    monkeypatch.setattr(report_process.MortalProcess, "ask", ask)
    works = [graded(f"student-{number}") for number in range(8)]
    for number, work in enumerate(works):
        work.notes = [DEADLY if number % 2 else "noticed"]
    text = written(tmp_path, works)
    assert asked.count(dying_page.__name__) == 3, (
        "with everything, with nothing, and without those found"
    )
    assert set(lines_for_a_person(text)) >= {work.student for work in works}
    assert DEADLY not in text


def test_every_text_of_a_student_can_be_left_out(tmp_path):
    """All that stands in the stored results as one student's own words."""
    mine, other = "words of ada", "words of bob"
    works = [graded("ada", "ww"), graded("bob", "ww")]
    for work, words in zip(works, (mine, other), strict=True):
        work.notes = [words]
    record(tmp_path, works)
    with Results(tmp_path / "grading") as results:
        newest = results.all_newest()
        for result, words in zip(newest, (mine, other), strict=True):
            result.problem = words
            for exercise in result.exercises:
                exercise |= {"explanation": words, "relation": words}
                exercise["fingerprint"] = words.encode().hex() * 4
        report = course_report(tmp_path, results, newest, course_scores(tmp_path))
    all_of_it = json.dumps(report_process.plain(report))
    assert mine in all_of_it and other in all_of_it
    left = json.dumps(report_process.plain(report_process.without(report, {"ada"})))
    assert mine not in left and other in left

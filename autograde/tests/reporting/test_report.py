"""The report page: what it says, that it says it safely, and who moved."""

from __future__ import annotations

import os
import random
import re

import numpy as np
import pytest
from bs4 import BeautifulSoup

from autograde.grading.results import Results, StoredResult
from autograde.grading.scores import CellScore, CourseScores, Score, course_scores
from autograde.reporting.item_analysis import analyse
from autograde.reporting.report import course_report, report_html, write_report
from autograde.tests.small_class import CHAPTER, SAYS, grade_by_hand, graded, record


def page(root, problems=()) -> BeautifulSoup:
    with Results(root / "grading") as results:
        path = write_report(root, results, course_scores(root), problems)
    return BeautifulSoup(path.read_text("utf-8"), "html.parser")


def table(found: BeautifulSoup, caption: str) -> list[list[str]]:
    for item in found.find_all("table"):
        if item.caption.text.startswith(caption):
            return [
                [cell.get_text() for cell in row.find_all(["th", "td"])]
                for row in item.tbody.find_all("tr")
            ]
    raise AssertionError(f"no table {caption}")


def test_outcomes_mistakes_and_points(tmp_path):
    record(
        tmp_path,
        [
            graded("ada"),
            graded("bob", "ww", "pw", known=True),
            graded("cyd", "nn", "tp", known=False),
            graded("dan", problem="the file is not JSON"),
            graded("eve", problem="the grader failed (KeyError)", failed=True),
        ],
    )
    grade_by_hand(tmp_path, "ada", "prose", 3)
    found = page(tmp_path, ["one more line"])
    outcomes = {row[0]: row[1:] for row in table(found, "Students by the outcome")}
    # passed, wrong, raised, timed out, memory, crashed, not run, unreadable, own error
    assert outcomes["first"] == ["1", "1", "0", "0", "0", "0", "1", "1", "1"]
    assert outcomes["second"] == ["1", "1", "0", "1", "0", "0", "0", "1", "1"]
    assert table(found, "Known mistakes") == [
        ["1", "first", "sum-for-mean", SAYS, "bob"]
    ]
    people = [" ".join(row) for row in table(found, "What the grader could not settle")]
    assert "dan 01_small the file is not JSON" in people
    assert "eve 01_small the grader failed (KeyError)" in people
    assert "–  one more line" in people
    assert "– 01_small prose: 2 answers wait for a grade in Formgrader" in people
    students = {row[0]: row[1:] for row in table(found, "Points of each exercise")}
    assert students["ada"] == ["2", "4", "3", "", "9", "1.5", ""]
    assert students["bob"] == ["0 W", "2 W", "?", "", "2 + ?", "1.5", ""]
    assert students["cyd"] == ["0 N", "2 T", "?", "", "2 + ?", "1.5", ""]
    assert students["dan"] == ["?", "?", "?", "", "?", "1.5", "the file is not JSON"]
    assert "1 score of 9 points: mean 9" in found.text
    assert "2 more wait for a person" in found.text
    assert "namespaces" in found.header.text


def test_who_moved_and_why(tmp_path):
    record(tmp_path, [graded("ada", "pw"), graded("bob", "pw"), graded("cyd", "pw")])
    record(tmp_path, [graded("ada")], submission="work 2")
    record(
        tmp_path,
        [graded("ada"), graded("bob", "pp"), graded("cyd", "ww"), graded("new")],
        submission="work 2",
        version="checks 2",
    )
    found = page(tmp_path)
    moved = {row[0]: row[2:] for row in table(found, "Points of the exercises that")}
    both = "new submission and changed checks"
    assert moved["bob"] == ["5", "6", "+1", both, "first +1 (wrong → passed)"]
    assert moved["cyd"] == ["5", "4", "-1", both, "first -1 (wrong → wrong)"]
    assert set(moved) == {"bob", "cyd"}
    assert "1 results are the first" in found.text


def test_the_graders_own_error_is_no_move(tmp_path):
    record(tmp_path, [graded("ada")])
    record(tmp_path, [graded("ada", problem="the grader failed", failed=True)])
    assert "No result has changed." in page(tmp_path).text
    record(tmp_path, [graded("ada")])
    assert "No result has changed." in page(tmp_path).text


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7*7 }}",
    "javascript:alert(1)",
    "</style><script>x</script>",
    "line\u2028break ‮",
]


def test_hostile_texts_are_shown_as_text(tmp_path):
    works = [graded(name.replace("/", "∕"), "ww", known=True) for name in HOSTILE]
    for work, name in zip(works, HOSTILE, strict=True):
        work.notes = [name]
    record(tmp_path, [*works, graded("dan", problem=HOSTILE[0])])
    found = page(tmp_path, HOSTILE)
    scripts = found.find_all("script")
    assert len(scripts) == 1 and "alert" not in scripts[0].text
    assert len(found.find_all("style")) == 1
    assert not found.find_all(["img", "iframe", "object", "form"])
    for tag in found.find_all(True):
        assert not [key for key in tag.attrs if key.startswith("on")]
        assert not str(tag.get("href", "")).lower().startswith("javascript")
    notes = {row[2] for row in table(found, "What the grader put right")}
    assert notes == set(HOSTILE)


def test_the_page_needs_no_network_and_can_be_read_by_all(tmp_path):
    record(tmp_path, [graded("ada"), graded("bob", "ww", known=True)])
    found = page(tmp_path)
    assert not re.search(r"(src|href)=[\"']?(https?:)?//", str(found))
    policy = found.find("meta", {"http-equiv": "Content-Security-Policy"})["content"]
    assert "default-src 'none'" in policy and "unsafe-inline'; script" in policy
    assert found.html["lang"] == "en"
    for item in found.find_all("table"):
        assert item.caption.text.strip()
        assert all(th.get("scope") for th in item.find_all("th"))
    for picture in found.find_all("svg"):
        label = found.find(id=picture["aria-labelledby"]).text
        assert "1 with 20 to 30 percent" in label or "percent" in label
    for box in found.find_all("input"):
        assert box.find_parent("label")


def large_class(students: int) -> tuple[list[StoredResult], CourseScores]:
    """Results and scores of many students, 12 exercises each, without a database."""
    rng = random.Random(students)
    points = {f"exercise_{i}": 2.0 for i in range(12)}
    scores = CourseScores(points={CHAPTER: 24.0}, exercises={CHAPTER: points})
    results = []
    for number in range(students):
        student = f"student{number:05d}"
        outcomes = {name: rng.choice(["passed", "wrong"]) for name in points}
        exercises = [
            {
                "name": name,
                "points": 2.0,
                "awarded": 2.0 * (outcome == "passed"),
                "outcome": outcome,
                "misconception": "sum-for-mean" if outcome == "wrong" else None,
                "says": SAYS,
                "cases": [],
            }
            for name, outcome in outcomes.items()
        ]
        total = sum(exercise["awarded"] for exercise in exercises)
        numbers = (number, 1, CHAPTER, student, "work", "checks", total, 24.0, 1.0)
        results.append(StoredResult(*numbers, "", False, True, "", exercises))
        score = Score(CHAPTER, student, 24.0)
        for item in exercises:
            name, got = item["name"], item["awarded"]
            score.cells[name] = CellScore(name, got, 2.0)
        scores.scores[CHAPTER, student] = score
    return results, scores


def test_the_page_grows_with_the_class_and_no_faster(tmp_path):
    seconds, sizes = [], []
    with Results(tmp_path / "grading") as store:
        for students in (200, 800):
            newest, scores = large_class(students)
            start = sum(os.times()[:4])  # with those of the page's own process
            text = report_html(course_report(tmp_path, store, newest, scores))
            seconds.append(sum(os.times()[:4]) - start)
            sizes.append(len(text))
    assert sizes[1] < 4.5 * sizes[0] and sizes[1] < 800 * 1200
    assert seconds[1] < 4, seconds


def test_discrimination_leaves_the_item_out():
    points = {"a": 1.0, "b": 1.0, "c": 1.0}
    rng = np.random.default_rng(1)
    skill = rng.random(200)
    rows = [
        {"a": float(s > 0.5), "b": float(s > 0.6), "c": float(rng.random() > 0.5)}
        for s in skill
    ]
    items = {item.name: item for item in analyse(points, rows)}
    a = np.array([row["a"] for row in rows])
    rest = np.array([row["b"] + row["c"] for row in rows])
    assert items["a"].discrimination == pytest.approx(np.corrcoef(a, rest)[0, 1])
    assert items["a"].difficulty == pytest.approx(a.mean())
    assert items["c"].deserves_a_look and not items["a"].deserves_a_look
    assert analyse(points, rows[:5])[0].discrimination is None
    same = [{"a": 1.0, "b": 0.5, "c": 0.0}] * 20
    assert [item.discrimination for item in analyse(points, same)] == [None] * 3
    assert analyse(points, [])[0].difficulty == 0

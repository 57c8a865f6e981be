"""Anonymous grading: graders read codes, exports and folders keep the students."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from autograde.commands.main import status
from autograde.course.layout import CannotRun
from autograde.grading.anonymous import code_of, hide_in, shown, student_of, switch
from autograde.grading.anonymous_formgrader import coded
from autograde.grading.people import all_students, forget, student_called
from autograde.grading.roster import Person, Roster, write_roster
from autograde.grading.scores import course_scores
from autograde.tests.small_class import CHAPTER, grade_by_hand, graded, record

NAMES = {"lovelace": "Ada", "ray": "Bob"}


@pytest.fixture
def course(tmp_path) -> Path:
    """Two students with names; what they wrote goes wrong in every way that is told."""
    broken = [graded(who, "pw", "rn", known=True) for who in NAMES]
    record(tmp_path, [*broken, graded("moss", problem="no readable notebook")])
    people = {who: Person(who, first, f"X{first}x") for who, first in NAMES.items()}
    write_roster(tmp_path / "grading", Roster(people))
    return tmp_path


def report(course: Path) -> str:
    return (course / "grading" / "report" / "index.html").read_text("utf-8")


def test_a_code_stays_for_a_term_and_names_one_student(tmp_path):
    grading = tmp_path / "grading"
    students = [f"student{n}" for n in range(500)]
    codes = [code_of(grading, student) for student in students]
    assert len(set(codes)) == 500
    assert all(re.fullmatch(r"[a-z2-7]{8}", code) for code in codes)
    assert codes == [code_of(grading, student) for student in students]
    assert student_of(grading, codes[7].upper(), students) == "student7"
    assert student_of(grading, "aaaaaaaa", students) is None
    assert code_of(tmp_path / "other", "student7") != codes[7]


def test_report_and_feedback_have_codes_and_names_come_back(course, capsys):
    assert status(["anonymous", "on", "--root", str(course)]) == 0
    assert "read codes" in capsys.readouterr().out
    grading = course / "grading"
    page = report(course)
    for who, first in NAMES.items():
        assert who not in page and f"X{first}x" not in page
        code = code_of(grading, who)
        link = f"anonymous/{code}/{CHAPTER}.html"
        assert page.count(code) >= 3 and f"../{link}" in page
        pages = (grading / link, grading / "feedback" / who / CHAPTER)
        own = next(pages[1].glob("*.html"))
        assert pages[0].read_text("utf-8") == own.read_text("utf-8")
        assert who not in own.read_text("utf-8") and code in own.read_text("utf-8")
    assert "moss" not in page
    assert status(["anonymous", "off", "--root", str(course)]) == 0
    assert "lovelace" in report(course) and "XAdax" in report(course)
    assert not (grading / "anonymous").exists()
    assert code not in own.read_text("utf-8")


def test_exports_and_the_gradebook_go_by_the_student(course):
    before = exported(course)
    switch(course / "grading", True)
    assert exported(course) == before
    assert {"lovelace", "ray"} <= {row[3] for row in before}


def exported(course: Path) -> list[list[str]]:
    assert status(["report", "--partial", "--root", str(course)]) == 0
    with open(course / "grading" / "exports" / "canvas.csv", newline="") as file:
        return list(csv.reader(file))


def test_a_hand_grade_given_while_names_are_hidden_stays(course):
    switch(course / "grading", True)
    grade_by_hand(course, "ray", "prose", 2.5)
    assert status(["anonymous", "off", "--root", str(course)]) == 0
    cell = course_scores(course).score(CHAPTER, "ray").cells["prose"]
    assert (cell.score, cell.manual, cell.waits) == (2.5, True, False)


def test_commands_take_a_code_for_a_student(course):
    code = code_of(course / "grading", "ray")
    assert student_called(course, code) == "ray"
    with pytest.raises(CannotRun, match="no student 'aaaaaaaa'"):
        student_called(course, "aaaaaaaa")


def test_the_list_says_whose_each_code_is(course, capsys):
    assert status(["anonymous", "list", "--root", str(course)]) == 0
    rows = dict(line.split() for line in capsys.readouterr().out.splitlines())
    assert sorted(rows.values()) == all_students(course / "grading")
    assert rows[code_of(course / "grading", "ray")] == "ray"


def test_a_forgotten_student_has_no_coded_page_left(course):
    status(["anonymous", "on", "--root", str(course)])
    pages = course / "grading" / "anonymous" / code_of(course / "grading", "ray")
    assert pages.is_dir()
    forget(course, "ray")
    assert not pages.exists()


@pytest.mark.parametrize("begins", ["", "  NEEDS A PERSON: "])
def test_a_line_names_its_student_by_the_code(course, begins):
    grading = course / "grading"
    line = f"{begins}ray, {CHAPTER}: ray of light"
    assert hide_in(line, all_students(grading), shown(grading)) == line
    switch(grading, True)
    said = hide_in(line, all_students(grading), shown(grading))
    assert said == f"{begins}{code_of(grading, 'ray')}, {CHAPTER}: ray of light"
    other = f"{begins}rayleigh, {CHAPTER}: x"
    assert hide_in(other, all_students(grading), shown(grading)) == other


def test_what_formgrader_says_of_students_has_codes(course):
    grading = course / "grading"
    code = code_of(grading, "ray")
    name = {"first_name": "Bob", "last_name": "XBobx"}
    submission = {"student": "ray", "name": CHAPTER, "score": 1.0, **name}
    assert coded(grading, [submission]) == [
        submission | {"student": code, "first_name": code, "last_name": "Student"}
    ]
    student = {"id": "ray", "email": "ray@uni.example", "lms_user_id": "7", **name}
    assert coded(grading, student) == {
        **{"id": code, "first_name": code, "last_name": "Student"},
        **{"email": None, "lms_user_id": None},
    }
    notebook = {"id": "f3", "name": CHAPTER, "student": "ray", **name}
    assert coded(grading, notebook)["id"] == "f3"
    done = {"success": True, "log": "grading/submitted/ray/01: rayon", "error": None}
    assert coded(grading, done)["log"] == f"grading/submitted/{code}/01: rayon"
    assert coded(grading, {"id": 3, "comment": "ray"}) == {"id": 3, "comment": "ray"}


def test_no_order_tells_who_comes_first(course):
    """Of two students, one code comes first in another order than the names do."""
    grading = course / "grading"
    students = [f"student{n}" for n in range(9)]
    record(course, [graded(who, "pw", problem="") for who in students])
    record(course, [graded(who, problem="unreadable") for who in students])
    by_code = sorted(students, key=lambda who: code_of(grading, who))
    assert by_code != students
    codes = [code_of(grading, who) for who in by_code]
    entries = [{"student": who, "first_name": "", "last_name": ""} for who in students]
    assert [entry["student"] for entry in coded(grading, entries)] == codes
    assert status(["anonymous", "on", "--root", str(course)]) == 0
    page = report(course)
    rest = page[page.index("Needs a person") :]
    assert sorted(codes, key=rest.index) == codes

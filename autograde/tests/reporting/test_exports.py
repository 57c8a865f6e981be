"""CSV exports: the gradebook's scores, and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path

from nbgrader.api import Gradebook

from autograde.grading.announce import enter_roster
from autograde.grading.nbgrader_setup import course_config
from autograde.grading.results import Results
from autograde.grading.roster import Person, Roster, write_roster
from autograde.grading.scores import course_scores
from autograde.reporting.exports import harmless, write_exports
from autograde.tests.small_class import CHAPTER, grade_by_hand, graded, record


def exported(root: Path, **choices) -> dict[str, list[list[str]]]:
    with Results(root / "grading") as results:
        newest = results.all_newest()
        paths = write_exports(root, course_scores(root), newest, **choices)
    found = {}
    for path in paths:
        with open(path, newline="", encoding="utf-8") as file:
            found[path.name] = list(csv.reader(file))
    return found


def test_scores_are_the_gradebooks(tmp_path):
    record(tmp_path, [graded("ada", "pp", "pw", known=True), graded("bob", "nn", "nn")])
    grade_by_hand(tmp_path, "ada", "prose", 2.5, extra_credit=0.5)
    found = exported(tmp_path)
    assert found["canvas.csv"] == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", CHAPTER],
        ["    Points Possible", "", "", "", "", "9"],
        ["ada", "", "ada", "ada", "", "7"],
        ["bob", "", "bob", "bob", "", ""],
    ]
    assert [row[-1] for row in found["moodle.csv"]] == [
        f"{CHAPTER} (maximum 9)",
        "7",
        "",
    ]
    rows = {(row[0], row[2]): row[3:] for row in found["exercises.csv"]}
    second = ["2", "4", "wrong", "1", "2", "", "no", "no"]
    assert rows["ada", "second"] == second
    assert rows["ada", "first"][-3] == "sum-for-mean"
    assert rows["ada", "prose"][0] == "3" and rows["ada", "prose"][-2:] == ["yes", "no"]
    assert rows["bob", "prose"][-1] == "yes"


def test_a_chapter_that_nobody_handed_in_is_no_column(tmp_path):
    record(tmp_path, [graded("ada")])
    config = course_config(tmp_path).CourseDirectory
    with Gradebook(config.db_url, config.course_id) as book:
        book.add_assignment("02_next")
        book.add_notebook("02_next", "02_next")
        cell = {"max_score": 5, "cell_type": "code"}
        book.add_grade_cell("check_next", "02_next", "02_next", **cell)
    found = exported(tmp_path)
    for name in ("canvas.csv", "moodle.csv"):
        assert not any("02_next" in title for title in found[name][0])
    assert {row[5] for row in found["students.csv"][1:]} == {CHAPTER}


def test_a_late_penalty_counts(tmp_path):
    record(tmp_path, [graded("ada")], timestamp=datetime(2026, 1, 9))
    assert exported(tmp_path)["moodle.csv"][1][-1] == ""
    grade_by_hand(tmp_path, "ada", "prose", 0)
    assert exported(tmp_path)["moodle.csv"][1][-1] == "6"
    scores = course_scores(tmp_path)
    scores.scores[CHAPTER, "ada"].penalty = 1.5
    with Results(tmp_path / "grading") as results:
        write_exports(tmp_path, scores, results.all_newest())
    text = (tmp_path / "grading" / "exports" / "canvas.csv").read_text()
    assert text.splitlines()[-1].endswith(",4.5")


def test_nbgraders_late_policy_and_extra_credit_count(tmp_path):
    config = "c = get_config()\nc.LateSubmissionPlugin.penalty_method = 'zero'\n"
    (tmp_path / "nbgrader_config.py").write_text(config)
    record(tmp_path, [graded("ada"), graded("bob")], timestamp=datetime(2026, 1, 9))
    record(tmp_path, [graded("bob")], timestamp=datetime(2026, 1, 11))
    grade_by_hand(tmp_path, "ada", "prose", 2, extra_credit=1.5)
    grade_by_hand(tmp_path, "bob", "prose", 0)
    found = exported(tmp_path)
    assert [row[-1] for row in found["canvas.csv"][2:]] == ["9.5", "0"]
    assert found["students.csv"][2][7:10] == ["6", "6", "0"]
    record(tmp_path, [graded("bob")], timestamp=datetime(2026, 1, 9))
    found = exported(tmp_path, partial=True)
    assert found["moodle.csv"][2][-1] == "6", "the penalty has stayed"


def test_no_result_is_no_zero(tmp_path):
    failed = graded("ada", problem="the grader failed", failed=True)
    record(tmp_path, [failed, graded("bob", problem="the file is not JSON")])
    found = exported(tmp_path)
    assert [row[-1] for row in found["canvas.csv"][2:]] == ["", ""]
    assert [row[-1] for row in found["moodle.csv"][1:]] == ["", ""]
    assert {row[-1] for row in found["students.csv"][1:]} == {
        "the grader failed",
        "the file is not JSON",
    }
    grade_by_hand(tmp_path, "ada", "check_second", 3)
    found = exported(tmp_path, partial=True)
    assert [row[-1] for row in found["canvas.csv"][2:]] == ["3", ""]


def test_what_waits_is_exported_as_nothing(tmp_path):
    record(tmp_path, [graded("ada"), graded("bob")])
    grade_by_hand(tmp_path, "ada", "prose", 3)
    for name, points in [("canvas.csv", -1), ("moodle.csv", -1), ("students.csv", 9)]:
        column = [row[points] for row in exported(tmp_path)[name]]
        assert column[-2:] == ["9", ""], name
        column = [row[points] for row in exported(tmp_path, partial=True)[name]]
        assert column[-2:] == ["9", "6"], name
    grade_by_hand(tmp_path, "bob", "prose", 0)
    assert [row[-1] for row in exported(tmp_path)["canvas.csv"]][-2:] == ["9", "6"]


def test_the_roster_names_students_as_their_systems_do(tmp_path):
    record(tmp_path, [graded("ada")])
    grade_by_hand(tmp_path, "ada", "prose", 3)
    ada = Person(
        *("ada", "Ada", "Lovelace", "ada@u.example", "al7", "Group B", "123", "S-1")
    )
    grace = Person("grace", "Grace", "Hopper")
    write_roster(tmp_path / "grading", Roster({"ada": ada, "grace": grace}))
    enter_roster(tmp_path)
    found = exported(tmp_path)
    row = ["Lovelace, Ada", "123", "S-1", "al7", "Group B", "9"]
    assert found["canvas.csv"][2] == row
    row = ["al7", "S-1", "ada@u.example", "Ada", "Lovelace", "9"]
    assert found["moodle.csv"][1] == row
    assert found["canvas.csv"][3][-1] == "", "nothing handed in is no zero"
    assert found["students.csv"][1][4] == "Group B"
    assert [row[6] for row in found["students.csv"][1:]] == ["yes", "no"]


def test_moodles_maximum(tmp_path):
    """Moodle makes an item of 100 points: 9 of 9 would be 9 % there."""
    record(tmp_path, [graded("ada", "pp", "nn")])
    grade_by_hand(tmp_path, "ada", "prose", 1)
    found = exported(tmp_path, moodle_maximum=100)["moodle.csv"]
    assert [row[-1] for row in found] == [f"{CHAPTER} (maximum 100)", "33.3333"]
    assert exported(tmp_path)["moodle.csv"][1][-1] == "33.3333", "it is remembered"
    assert exported(tmp_path)["canvas.csv"][2][-1] == "3"


def test_no_text_is_a_formula(tmp_path):
    names = ["=1+1", "+cmd|' /C calc'!A0", "-2", "@SUM(A1)", "\t=1", " =1", "＝1"]
    assert harmless("\t=1") == "'\t'=1"  # of two cells, neither
    others = [name for name in names if name != "\t=1"]
    assert [harmless(name) for name in others] == ["'" + name for name in others]
    unseen = ["\ufeff=1", "\u200b+1", "\xa0-1", "\x0b@a", "\u202e=1", "\u2028=1", "﹦1"]
    assert [harmless(name) for name in unseen] == ["'" + name for name in unseen]
    assert harmless("\u200bada") == "\u200bada"
    marks = [f"a.docx{mark}=1" for mark in ("; ", "|", "\t", "\n", ';"')]
    assert [harmless(name).count("'=1") for name in marks[:4]] == [0, 1, 1, 1]
    assert all("'" in harmless(name) for name in marks)
    assert harmless("a; b, -c") == "a; b, -c"
    assert harmless(-2.5) == -2.5 and harmless("ada-1") == "ada-1"
    record(tmp_path, [graded(f"student{i}") for i in range(len(names))])
    scores = course_scores(tmp_path)
    for student, name in zip(scores.students, names, strict=True):
        student.last_name = student.email = name
    with Results(tmp_path / "grading") as results:
        write_exports(tmp_path, scores, results.all_newest())
    for path in (tmp_path / "grading" / "exports").iterdir():
        with open(path, newline="", encoding="utf-8") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        assert not [
            c for c in cells if c.strip().startswith(("=", "+", "@", "-", "＝"))
        ]

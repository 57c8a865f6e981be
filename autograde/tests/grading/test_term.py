"""A term's people and dates: roster, due dates, extensions, who is told of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from autograde.commands.main import status
from autograde.course.dates import read_dates
from autograde.course.layout import CannotRun
from autograde.course.times import duration, parse_time, zone_named
from autograde.grading.announce import apply_deadlines
from autograde.grading.roster import people_of, read_roster
from autograde.grading.scores import course_scores
from autograde.grading.submissions import read_timestamp
from autograde.student.progress import STATE
from autograde.student.start_page import start_page
from autograde.tests.small_class import CHAPTER, graded, record

LATE = "c = get_config()\nc.LateSubmissionPlugin.penalty_method = 'zero'\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "chapters" / CHAPTER
    folder.mkdir(parents=True)
    (folder / "checks.safetensors").write_bytes(b"")
    (tmp_path / "nbgrader_config.py").write_text(LATE)
    return tmp_path


def run(root: Path, *words: str) -> int:
    return status([*words, "--root", str(root)])


def penalty(root: Path, student: str = "ada") -> float:
    return course_scores(root).score(CHAPTER, student).penalty


@pytest.mark.parametrize(
    ("text", "zone", "utc"),
    [
        ("2026-01-10 23:59", "Europe/Zurich", "2026-01-10 22:59"),
        ("2026-07-10 23:59", "Europe/Zurich", "2026-07-10 21:59"),
        ("2026-01-10 23:59", "Asia/Shanghai", "2026-01-10 15:59"),
        ("2026-01-10 23:59 CST", "Asia/Shanghai", "2026-01-10 15:59"),
        ("2026-01-10 23:59 CST", "America/Chicago", "2026-01-11 05:59"),
        ("2026-01-10 23:59 UTC", "Asia/Shanghai", "2026-01-10 23:59"),
        ("2026-01-10T23:59:00+08:00", "Europe/Zurich", "2026-01-10 15:59"),
        ("Friday, 9 January 2026, 10:00 AM", "Europe/Zurich", "2026-01-09 09:00"),
    ],
)
def test_a_time_and_its_zone(text, zone, utc):
    found = parse_time(text, zone_named(zone)).astimezone(UTC)
    assert f"{found:%Y-%m-%d %H:%M}" == utc


@pytest.mark.parametrize(
    "text", ["2026-01-10 23:59 CST", "soon", "", "9999999999", "2026-13-40 10:00"]
)
def test_no_time_is_guessed(text):
    with pytest.raises(ValueError):
        parse_time(text, zone_named("Europe/Zurich"))


def test_durations():
    assert duration("+2d") == timedelta(days=2)
    assert duration("+1.5h") == timedelta(minutes=90)
    assert not any(map(duration, ("2d", "+d", "+2y", "", "+", "+-1d", "+9e9d")))


def test_a_due_date_and_an_extension_count_at_once(root, capsys):
    record(root, [graded("ada"), graded("bob")], timestamp=datetime(2026, 1, 9, 12))
    assert penalty(root) == 0
    assert run(root, "due", "1", "2026-01-09 12:30", "--zone", "Europe/Zurich") == 0
    assert "is due 2026-01-09 12:30 (UTC+01:00)" in capsys.readouterr().out
    assert penalty(root) == penalty(root, "bob") == 6
    assert run(root, "extend", "ada", "1", "+1h") == 0
    out = capsys.readouterr().out
    assert "ada, 01_small: late penalty 6 -> 0" in out
    assert (penalty(root), penalty(root, "bob")) == (0, 6)
    assert run(root, "extend", "ada", "1", "") == 0
    assert penalty(root) == 6
    assert run(root, "extend", "ada", "all", "+2d") == 0
    assert penalty(root) == 0
    assert run(root, "due", "1", "2026-01-10 12:30") == 0
    assert penalty(root, "bob") == 0


def test_work_that_comes_later_knows_its_extension(root):
    (root / "grading" / "submitted" / "ada").mkdir(parents=True)
    run(root, "due", "1", "2026-01-09 12:30 UTC")
    run(root, "extend", "ada", "1", "2026-01-11 10:00 UTC")
    record(root, [graded("ada"), graded("bob")], timestamp=datetime(2026, 1, 10))
    apply_deadlines(root)  # prepare_gradebook does it where a class is graded
    assert (penalty(root), penalty(root, "bob")) == (0, 6)


@pytest.mark.parametrize(
    "words",
    [
        ("due", "7", "2026-01-01"),
        ("due", "1", "soon"),
        ("due", "1", "2026-01-01", "--zone", "Mars/Base"),
        ("extend", "ada", "all", "2026-01-01"),
        ("extend", "nobody", "1", "+1d"),
        ("roster", "import", "nothing.csv"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(root, words, capsys):
    (root / "grading" / "submitted" / "ada").mkdir(parents=True)
    assert run(root, *words) == 2
    said = capsys.readouterr().err.strip()
    assert said and "\n" not in said and "Traceback" not in said


def test_students_are_told(root):
    run(root, "due", "1", "2026-01-09 12:30", "--zone", "Asia/Shanghai")
    cells = [{"cell_type": "markdown", "metadata": {}, "source": "# First"}]
    released = root / STATE / "released" / CHAPTER
    released.mkdir(parents=True)
    (released / f"{CHAPTER}.ipynb").write_text(json.dumps({"cells": cells}))
    assert "Due" not in start_page(root)
    (root / STATE / "dates.json").write_bytes(
        (root / "chapters" / "dates.json").read_bytes()
    )
    assert "| <time>2026-01-09 12:30 (UTC+08:00)</time> |" in start_page(root)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"due": {"a": "x"}}', '{"due": []}'])
def test_dates_that_are_none(tmp_path, text):
    (tmp_path / "dates.json").write_text(text)
    assert read_dates(tmp_path).due == {}


def test_a_time_stamp_of_an_unknown_zone_is_not_guessed(tmp_path):
    notes = []
    (tmp_path / "timestamp.txt").write_text("2026-01-10 23:59:00 XYZ")
    assert read_timestamp(tmp_path / "timestamp.txt", notes.append) is None
    assert "several" in notes[0]


ROSTERS = {
    "Canvas": (
        "Student,ID,SIS User ID,SIS Login ID,Section,Task (1)\n"
        "    Points Possible,,,,,10\n"
        '"Lovelace, Ada",123,S-1,ada,Group A,9\n'
        '"Student, Test",9,,x,,\n'
    ),
    "Moodle participants": (
        "First name,Last name,ID number,Email address,Groups\n"
        "Ada,Lovelace,ada,ada@u.example,Group A\n"
    ),
    "Moodle grades": (
        '"First name","Last name","ID number",Username,"Email address","Task (Real)"\n'
        "Ada,Lovelace,S-1,ada,ada@u.example,9\n"
    ),
    "nbgrader": "id,first_name,last_name,email,lms_user_id\nada,Ada,Lovelace,a@u,123\n",
    "semicolons": "login;Vorname;Nachname\nada;Ada;Lovelace\n",
    "tabs": "username\tname\nada\tAda Lovelace\n",
    "one column of names": 'student,name\nada,"Lovelace, Ada"\n',
}


@pytest.mark.parametrize("name", ROSTERS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_roster_as_systems_export_it(tmp_path, name, encoding):
    path = tmp_path / "roster.csv"
    path.write_bytes(ROSTERS[name].encode(encoding))
    (ada,) = people_of(path)
    assert (ada.student, ada.full_name) == ("ada", "Ada Lovelace")


def test_a_chinese_roster(tmp_path):
    path = tmp_path / "roster.csv"
    path.write_bytes("学号,姓名,班级\n2026001,王小明,一班\n".encode("gb18030"))
    (person,) = people_of(path)
    assert (person.student, person.last_name, person.section) == (
        "2026001",
        "王小明",
        "一班",
    )


def test_two_people_of_one_file_do_not_become_one(root, tmp_path, capsys):
    file = tmp_path / "people.csv"
    file.write_text("login,name\na b,Ada\na_b,Bob\n\0cyd,Cyd\ncyd,Cyd\n")
    assert run(root, "roster", "import", str(file)) == 1
    assert "line 3: a_b is in an earlier line" in capsys.readouterr().out
    people = read_roster(root / "grading").people
    assert [person.login for person in people.values()] == ["a b", "cyd"]
    assert run(root, "roster", "import", str(file)) == 1, "and again"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("mark", [",", ";"])
def test_a_roster_that_a_spreadsheet_has_saved(tmp_path, encoding, mark):
    text = "student,login,email\nada,lovelace,ada@u\n".replace(",", mark)
    (tmp_path / "roster.csv").write_bytes(text.encode(encoding))
    assert read_roster(tmp_path).by("login", "lovelace") == ["ada"]


@pytest.mark.parametrize(
    "text",
    ["", "sep=,\nstudent,login\nada,ada\n", "id,login\nada,ada\n", "\x00\x01"]
    + [f"student,login\nada,ada\n{who},bob\n" for who in ("ada", "../x", "..")],
)
def test_a_roster_that_names_nobody_for_sure_is_not_taken_for_none(tmp_path, text):
    (tmp_path / "roster.csv").write_text(text, "utf-8")
    with pytest.raises(CannotRun):
        read_roster(tmp_path)


def test_a_second_import_adds_and_keeps(root, tmp_path, capsys):
    one, two = tmp_path / "one.csv", tmp_path / "two.csv"
    one.write_text("login,name,email\nada,Ada Lovelace,ada@u\nbob,Bob Ray,bob@u\n")
    two.write_text("email,section,username\nADA@u,B,other\ncyd@u,B,cyd\n")
    assert run(root, "roster", "import", str(one)) == 0
    assert run(root, "roster", "import", str(two)) == 0
    roster = read_roster(root / "grading")
    assert sorted(roster.people) == ["ada", "bob", "cyd"]
    assert roster.section("ada") == "B" and roster.name("ada") == "Ada Lovelace"
    assert "not in the file, and stay: bob" in capsys.readouterr().out
    assert run(root, "roster", "import", str(two), "--replace") == 0
    assert sorted(read_roster(root / "grading").people) == ["ada", "cyd"]

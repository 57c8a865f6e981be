"""The exchange: whose a submission is, by its owner, its folder and the roster."""

from __future__ import annotations

from datetime import timedelta

import pytest

from autograde.course.dates import read_dates
from autograde.grading import exchange_inbound, exchange_taking
from autograde.grading.exchange import Exchange, is_account
from autograde.grading.exchange_extensions import release_extensions, secure_students
from autograde.grading.exchange_outbound import release_feedback
from autograde.grading.exchange_taking import STAMP
from autograde.grading.roster import Person, Roster, write_roster
from autograde.grading.term import extend, set_due
from autograde.tests.grading.exchange.small_exchange import (
    CHAPTER,
    NOTEBOOK,
    ROOT_ONLY,
    accounts,
    collect,
    collected,
    make_page,
    me,
    now,
    submit,
)


@ROOT_ONLY
def test_whose_it_is_the_owner_says(exchange, root):
    one, two, _ = accounts()
    submit(exchange, two.pw_uid, name=one.pw_name)
    taken = collect(exchange, root)
    assert not taken.placed and two.pw_name in taken.refused[0]
    names_prove_nothing = Exchange(exchange.root, exchange.course, owners=False)
    assert len(collect(names_prove_nothing, root).placed) == 1


def test_the_folder_of_a_student_says_whose_it_is(exchange, root):
    """As in containers: all are one account, and each can write into one folder."""
    exchange = Exchange(exchange.root, exchange.course, owners=False)
    people = {name: Person(name) for name in ("ada", "bob")}
    write_roster(root / "grading", Roster(people))
    secure_students(exchange, root)
    for name, folder in (("ada", "ada"), ("ada", "bob"), ("bob", "bob")):
        made = submit(exchange, name=name, work=folder.encode(), random=folder)
        made.rename(exchange.students / folder / "inbound" / made.name)
    (exchange.students / "cyd").symlink_to(exchange.students / "bob")
    taken = collect(exchange, root)
    assert len(taken.placed) == 2
    assert [line.split(": ")[1] for line in taken.refused] == [
        "it lies in the folder of bob; not collected"
    ]
    for name in ("ada", "bob"):
        assert (collected(root, name) / NOTEBOOK).read_text() == name
    make_page(root, "ada", (collected(root, "ada") / STAMP).read_text())
    assert release_feedback(exchange, root / "grading", [CHAPTER]).pages == 1
    assert len(list((exchange.students / "ada" / "feedback").iterdir())) == 1
    assert not list(exchange.feedback.iterdir())
    set_due(root, CHAPTER, "2026-03-01 10:00", "UTC")
    extend(root, "bob", CHAPTER, "+1d")
    assert release_extensions(exchange, root) == []
    told = read_dates(exchange.students / "bob" / "extensions").due
    assert [str(when) for when in told.values()] == ["2026-03-02 10:00:00+00:00"]
    assert not read_dates(exchange.students / "ada" / "extensions").due


def test_a_folder_that_is_gone_keeps_no_other_from_feedback(exchange, root):
    exchange = Exchange(exchange.root, exchange.course, owners=False)
    people = {name: Person(name) for name in ("ada", "bob")}
    write_roster(root / "grading", Roster(people))
    secure_students(exchange, root)
    for name in people:
        made = submit(exchange, name=name)
        made.rename(exchange.students / name / "inbound" / made.name)
    collect(exchange, root)
    for name in people:
        make_page(root, name, (collected(root, name) / STAMP).read_text())
    (exchange.students / "ada" / "feedback").rmdir()
    done = release_feedback(exchange, root / "grading", [CHAPTER])
    assert done.pages == 1 and "ada, " in done.waiting[0]


def test_whoever_left_the_roster_is_for_a_person(exchange, root):
    write_roster(root / "grading", Roster({"ada": Person("ada", login=me())}))
    submit(exchange)
    assert len(collect(exchange, root).placed) == 1
    assert (collected(root, "ada") / NOTEBOOK).exists()
    write_roster(root / "grading", Roster({"bob": Person("bob")}))
    taken = collect(exchange, root)
    assert not taken.placed and "roster" in taken.refused[0]


@pytest.fixture
def two_cases(monkeypatch) -> dict[str, int]:
    """Two accounts whose names differ in case only, by their numbers."""
    one, two, _ = accounts()
    found = {"Anna": one.pw_uid, "anna": two.pw_uid}
    names = {uid: name for name, uid in found.items()}
    for module in (exchange_inbound, exchange_taking):
        monkeypatch.setattr(module, "account", lambda uid: names.get(uid, "-"))
    monkeypatch.setattr(exchange_inbound, "is_account", found.__contains__)
    return found


def submit_both(exchange: Exchange, two: dict[str, int]) -> None:
    for name, uid in two.items():
        submit(exchange, uid, name=name, work=name.encode(), random=name)


@ROOT_ONLY
def test_accounts_that_differ_in_case_are_two_people(exchange, root, two_cases):
    submit_both(exchange, two_cases)
    taken = collect(exchange, root)
    assert len(taken.placed) == len(taken.refused) == 1
    assert "a roster with a student for each" in taken.refused[0]
    assert (collected(root, "Anna") / NOTEBOOK).read_text() == "Anna"
    people = {"a1": Person("a1", login="Anna"), "a2": Person("a2", login="anna")}
    write_roster(root / "grading", Roster(people))
    assert not collect(exchange, root).refused
    for student, login in (("a1", "Anna"), ("a2", "anna")):
        assert (collected(root, student) / NOTEBOOK).read_text() == login


@ROOT_ONLY
def test_another_case_of_an_account_is_no_one_on_the_roster(exchange, root, two_cases):
    write_roster(root / "grading", Roster({"anna": Person("anna")}))
    submit_both(exchange, two_cases)
    taken = collect(exchange, root)
    assert len(taken.placed) == len(taken.refused) == 1
    assert (collected(root, "anna") / NOTEBOOK).read_text() == "anna"
    assert is_account(me()) and not is_account("Nobody of this name")
    two_cases.pop("anna")  # the roster's spelling, then, is no account's
    assert not collect(exchange, root).refused


@ROOT_ONLY
def test_a_folder_s_name_is_no_account_beside_its_student_s_own(
    exchange, root, two_cases
):
    write_roster(root / "grading", Roster({"anna": Person("anna", login="Anna")}))
    submit_both(exchange, two_cases)
    assert "not in the roster" in collect(exchange, root).refused[0]
    assert (collected(root, "anna") / NOTEBOOK).read_text() == "Anna"


def test_names_that_prove_nothing_are_one_in_any_case(exchange, root):
    exchange = Exchange(exchange.root, exchange.course, owners=False)
    for name, ago in (("Anna", 60), ("anna", 30)):
        stamp = now() - timedelta(seconds=ago)
        submit(exchange, name=name, stamp=stamp, work=name.encode())
    (line,) = collect(exchange, root).placed
    assert "anna is taken for Anna" in line
    assert (collected(root, "Anna") / NOTEBOOK).read_text() == "anna"

"""The exchange, tried by those who would misuse it: each acts as another account."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from nbgrader.apps import NbGraderAPI
from nbgrader.utils import notebook_hash

from autograde.course.dates import Dates, read_dates, write_dates
from autograde.course.layout import CannotRun
from autograde.grading import exchange_inbound, exchange_taking
from autograde.grading.announce import due_dates, forget_due
from autograde.grading.exchange import (
    Exchange,
    account,
    exchange_of,
    is_account,
    secure,
)
from autograde.grading.exchange_extensions import release_extensions, secure_students
from autograde.grading.exchange_files import MAX_FILES
from autograde.grading.exchange_inbound import collect_inbound
from autograde.grading.exchange_outbound import (
    release_chapter,
    release_dates,
    release_feedback,
)
from autograde.grading.exchange_taking import SECRET, STAMP, Taken
from autograde.grading.gradebook import CourseGradebook
from autograde.grading.nbgrader_setup import course_config
from autograde.grading.roster import Person, Roster, write_roster
from autograde.grading.term import extend, set_due
from autograde.notebooks.submitted import MAX_FILE
from autograde.student.receipt import _close

CHAPTER = "01_small"
NOTEBOOK = f"{CHAPTER}.ipynb"
WORK = b'{"cells": [], "nbformat": 4}'
PRIVATE = b"the reference solution"
KEY = "a" * 128
ROOT_ONLY = pytest.mark.skipif(
    os.geteuid() != 0, reason="only root acts as several accounts"
)


def accounts() -> list[pwd.struct_passwd]:
    """Accounts that every system has, and nobody logs in with."""
    return [p for p in sorted(pwd.getpwall(), key=lambda p: p.pw_uid) if p.pw_uid][:3]


def acting(person: pwd.struct_passwd, act: Callable[[], Any]) -> str:
    """Do `act` as `person`, in a process of its own: empty, or the error's name."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        said = b""
        try:
            os.setgroups([])
            os.setgid(person.pw_gid)
            os.setuid(person.pw_uid)
            act()
        except BaseException as error:
            said = type(error).__name__.encode()
        finally:
            os.write(writing, said)
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    return said.decode()


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that every account may go through."""
    folder = Path(tempfile.mkdtemp(prefix="exchange-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def exchange(place: Path) -> Exchange:
    found = Exchange(place / "exchange", "course")
    secure(found)
    return found


@pytest.fixture
def root(place: Path) -> Path:
    course = place / "course"
    (course / "chapters" / CHAPTER).mkdir(parents=True)
    (course / "chapters" / CHAPTER / NOTEBOOK).write_bytes(WORK)
    (course / "grading").mkdir(mode=0o700)
    (course / "solution.ipynb").write_bytes(PRIVATE)
    return course


def now() -> datetime:
    return datetime.now(UTC)


def submit(
    exchange: Exchange,
    uid: int | None = None,
    *,
    name: str | None = None,
    stamp: datetime | None = None,
    work: bytes = WORK,
    random: str = "Zm9v",
) -> Path:
    """Lay a submission into ``inbound``, as nbgrader's submit does for `uid`."""
    uid = os.geteuid() if uid is None else uid
    when = f"{stamp or now():%Y-%m-%d %H:%M:%S.%f} UTC"
    folder = exchange.inbound / f"{name or account(uid)}+{CHAPTER}+{when}+{random}"
    folder.mkdir()
    for file, content in ((NOTEBOOK, work), (STAMP, when.encode())):
        (folder / file).write_bytes(content)
    (folder / SECRET).write_text(KEY)
    give(folder, uid)
    folder.chmod(0o777)
    return folder


def give(folder: Path, uid: int) -> None:
    for path in (folder, *folder.iterdir()):
        os.chown(path, uid, -1, follow_symlinks=False)


def collect(exchange: Exchange, root: Path, **more) -> Taken:
    return collect_inbound(exchange, root / "grading", [CHAPTER], **more)


def collected(root: Path, student: str) -> Path:
    return root / "grading" / "submitted" / student / CHAPTER


def me() -> str:
    return account(os.geteuid())


def test_a_submission_is_collected_once(exchange, root):
    when = now()
    submit(exchange, stamp=when)
    taken = collect(exchange, root)
    folder = collected(root, me())
    assert len(taken.placed) == 1 and not taken.refused
    assert (folder / NOTEBOOK).read_bytes() == WORK
    assert (folder / STAMP).read_text() == f"{when:%Y-%m-%d %H:%M:%S.%f} UTC"
    assert stat.S_IMODE((folder / SECRET).stat().st_mode) == 0o600
    again = collect(exchange, root)
    assert (again.placed, again.unchanged) == ([], 1)


def test_the_latest_counts_and_the_earlier_is_kept(exchange, root):
    submit(exchange, stamp=now() - timedelta(seconds=60))
    collect(exchange, root)
    submit(exchange, work=WORK + b" ")
    collect(exchange, root)
    assert (collected(root, me()) / NOTEBOOK).read_bytes() == WORK + b" "
    kept = root / "grading" / "earlier" / me() / CHAPTER / "001"
    assert (kept / NOTEBOOK).read_bytes() == WORK


def test_what_was_sent_later_by_another_way_stays(exchange, root):
    folder = collected(root, me())
    folder.mkdir(parents=True)
    (folder / NOTEBOOK).write_bytes(b"later")
    (folder / STAMP).write_text(f"{now() + timedelta(hours=1)}")
    submit(exchange)
    assert collect(exchange, root).unchanged == 1
    assert (folder / NOTEBOOK).read_bytes() == b"later"


@ROOT_ONLY
@pytest.mark.parametrize("odd", [False, True])
def test_many_refusals_of_one_account_do_not_bury_another_s(exchange, root, odd):
    flooder, other = accounts()[:2]
    count = exchange_inbound.SHOWN + 30
    for number in range(count):
        rest = "" if odd else f"+{CHAPTER}+time"
        folder = exchange.inbound / f"{flooder.pw_name}{rest}+{number:03}"
        folder.mkdir()
        os.chown(folder, flooder.pw_uid, -1)
    lone = exchange.inbound / f"zz{other.pw_name}+{CHAPTER}+time"
    lone.mkdir()
    os.chown(lone, other.pw_uid, -1)
    refused = collect(exchange, root).refused
    assert len(refused) == exchange_inbound.SHOWN + 2
    assert any(lone.name in line for line in refused)
    assert f"30 more of {flooder.pw_name} are not collected" in refused


def linked_notebook(folder: Path, root: Path) -> None:
    (folder / NOTEBOOK).unlink()
    (folder / NOTEBOOK).symlink_to(root / "solution.ipynb")


def linked_to_a_sibling(folder: Path, root: Path) -> None:
    (folder / NOTEBOOK).rename(folder / "work.txt")
    (folder / NOTEBOOK).symlink_to("work.txt")


def linked_folder(folder: Path, root: Path) -> None:
    elsewhere = root / "grading" / "elsewhere"
    shutil.copytree(folder, elsewhere)
    shutil.rmtree(folder)
    folder.symlink_to(elsewhere)


def pipe(folder: Path, root: Path) -> None:
    (folder / NOTEBOOK).unlink()
    os.mkfifo(folder / NOTEBOOK)


def folder_as_notebook(folder: Path, root: Path) -> None:
    (folder / NOTEBOOK).unlink()
    (folder / NOTEBOOK).mkdir()


def endless(folder: Path, root: Path) -> None:
    os.truncate(folder / NOTEBOOK, MAX_FILE + 1)


def many_files(folder: Path, root: Path) -> None:
    for number in range(MAX_FILES):
        (folder / str(number)).touch()


def no_notebook(folder: Path, root: Path) -> None:
    (folder / NOTEBOOK).unlink()


def two_names(folder: Path, root: Path) -> None:
    (folder / NOTEBOOK).rename(folder / "a.ipynb")
    (folder / "b.ipynb").write_bytes(WORK)


def a_file_as_folder(folder: Path, root: Path) -> None:
    shutil.rmtree(folder)
    folder.write_bytes(WORK)


REFUSED = (
    linked_notebook,
    linked_to_a_sibling,
    linked_folder,
    pipe,
    folder_as_notebook,
    endless,
    many_files,
    no_notebook,
    two_names,
    a_file_as_folder,
)


@pytest.mark.parametrize("make", REFUSED, ids=lambda make: make.__name__)
def test_it_is_not_collected_and_a_line_says_why(exchange, root, make):
    folder = submit(exchange)
    make(folder, root)
    taken = collect(exchange, root)
    assert not taken.placed and len(taken.refused) == 1
    assert folder.name in taken.refused[0]
    assert not (root / "grading" / "submitted").exists()


def test_a_broken_last_attempt_costs_only_itself(exchange, root):
    submit(exchange, stamp=now() - timedelta(seconds=60))
    linked_notebook(submit(exchange), root)
    taken = collect(exchange, root)
    assert len(taken.placed) == len(taken.refused) == 1
    assert (collected(root, me()) / NOTEBOOK).read_bytes() == WORK


@pytest.mark.parametrize("file", [STAMP, SECRET])
def test_small_files_are_not_read_through_links(exchange, root, file):
    private = root / "grading" / "secret_seed"
    private.write_text("0123456789abcdef")
    folder = submit(exchange)
    (folder / file).unlink()
    (folder / file).symlink_to(private)
    taken = collect(exchange, root)
    assert len(taken.placed) == 1 and private.read_text() not in taken.placed[0]
    texts = [path.read_text() for path in collected(root, me()).iterdir()]
    assert private.read_text() not in texts


def test_files_beside_the_notebook_stay_in_the_exchange(exchange, root):
    folder = submit(exchange)
    (folder / "numpy.py").write_text("raise SystemExit")
    (folder / "link").symlink_to("/etc/passwd")
    taken = collect(exchange, root)
    assert "2 more of it left" in taken.placed[0]
    names = {path.name for path in collected(root, me()).iterdir()}
    assert names == {NOTEBOOK, STAMP, SECRET}


ODD = (b"\xff+01_small+x", b"a\nb", b"..+01_small+2026", b"+", b"a+b", b"-+01_small+x+")


def test_odd_names_are_lines(exchange, root):
    for name in ODD:
        os.mkdir(os.path.join(os.fsencode(exchange.inbound), name))
    taken = collect(exchange, root)
    assert len(taken.refused) == len(ODD) and not taken.placed
    assert all(line.isprintable() for line in taken.refused)


@pytest.mark.parametrize(
    "off, counts",
    [
        (timedelta(days=3), False),
        (timedelta(minutes=3), False),
        (timedelta(seconds=20), True),
        (-timedelta(hours=1), False),
    ],
    ids=["days ago", "minutes ago", "a busy server", "in the future"],
)
def test_a_stamp_counts_where_the_file_system_bears_it_out(exchange, root, off, counts):
    stamp = now() - off
    submit(exchange, stamp=stamp)
    line = collect(exchange, root).placed[0]
    written = (collected(root, me()) / STAMP).read_text()
    assert (written == f"{stamp:%Y-%m-%d %H:%M:%S.%f} UTC") == counts
    assert ("which counts" in line) != counts


def test_stamps_may_be_trusted_after_a_restore(exchange, root):
    stamp = now() - timedelta(days=3)
    submit(exchange, stamp=stamp)
    collect(exchange, root, stamps=True)
    assert f"{stamp:%Y-%m-%d %X}" in (collected(root, me()) / STAMP).read_text()


def test_a_stamp_that_is_no_time(exchange, root):
    folder = submit(exchange)
    (folder / STAMP).write_text("yesterday, promised")
    assert "yesterday" in collect(exchange, root).placed[0]


def test_a_stamp_that_is_more_than_its_reader_can_bear(exchange, root):
    for text in (f"-24:00\0{'9' * 50}2024", "9999-12-31 23:59:59-1400", "1e999"):
        (submit(exchange) / STAMP).write_text(text)
        taken = collect(exchange, root)
        assert taken.refused == [] and taken.placed + [None] * taken.unchanged


def test_work_that_is_changed_while_it_is_collected_has_no_time(
    exchange, root, monkeypatch
):
    earlier = submit(exchange, stamp=now() - timedelta(minutes=1), random="earlier")
    (earlier / NOTEBOOK).write_bytes(WORK + b" ")
    last = submit(exchange)
    take = exchange_inbound.take

    def meanwhile(found, *more):
        if found.path == last:
            (last / NOTEBOOK).write_bytes(WORK + b" and what came too late")
        return take(found, *more)

    monkeypatch.setattr(exchange_inbound, "take", meanwhile)
    taken = collect(exchange, root)
    assert ["was changed meanwhile" in line for line in taken.refused] == [True]
    assert (collected(root, me()) / NOTEBOOK).read_bytes() == WORK + b" "


@ROOT_ONLY
def test_whose_it_is_the_owner_says(exchange, root):
    one, two, _ = accounts()
    submit(exchange, two.pw_uid, name=one.pw_name)
    taken = collect(exchange, root)
    assert not taken.placed and two.pw_name in taken.refused[0]
    names_prove_nothing = Exchange(exchange.root, exchange.course, owners=False)
    assert len(collect(names_prove_nothing, root).placed) == 1


@ROOT_ONLY
@pytest.mark.parametrize("uid", [54321, 0], ids=["unknown", "another"])
def test_files_of_another_are_not_taken(exchange, root, uid):
    """A hard link to the instructor's file has the instructor as its owner."""
    one = accounts()[0]
    folder = submit(exchange, one.pw_uid)
    os.chown(folder / NOTEBOOK, uid, -1)
    assert not collect(exchange, root).placed


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


@ROOT_ONLY
def test_what_each_account_may_do_in_the_exchange(exchange, root):
    """The table of permissions, tried as a student of the class and another."""
    one, two, _ = accounts()
    release_chapter(exchange, root / "chapters", CHAPTER)
    folder = submit(exchange, one.pw_uid)
    _close(exchange.inbound, folder.name)
    page = exchange.feedback / "0123.html"
    page.write_text("a page")

    may = {
        "fetch a chapter": (exchange.outbound / CHAPTER / NOTEBOOK).read_bytes,
        "submit": (exchange.inbound / "mine").mkdir,
        "open a page whose name is known": page.read_bytes,
    }
    denied = {
        "rename the course": lambda: os.rename(exchange.folder, f"{exchange.folder}x"),
        "rename inbound": lambda: os.rename(exchange.inbound, exchange.folder / "x"),
        "put a chapter there": (exchange.outbound / "02_x").mkdir,
        "change a chapter": lambda: (
            exchange.outbound / CHAPTER / NOTEBOOK
        ).write_bytes(b""),
        "take a chapter away": lambda: shutil.rmtree(exchange.outbound / CHAPTER),
        "list inbound": lambda: os.listdir(exchange.inbound),
        "list feedback": lambda: os.listdir(exchange.feedback),
        "put a page there": lambda: (exchange.feedback / "x.html").write_text(""),
        "read another's work": (folder / NOTEBOOK).read_bytes,
        "list another's work": lambda: os.listdir(folder),
        "add to another's work": (folder / "x").touch,
        "take another's work away": (folder / NOTEBOOK).unlink,
        "rename another's work": lambda: os.rename(folder, exchange.inbound / "x"),
    }
    assert {what: acting(two, do) for what, do in may.items()} == dict.fromkeys(may, "")
    assert {what: acting(two, do) for what, do in denied.items()} == dict.fromkeys(
        denied, "PermissionError"
    )
    assert acting(one, (folder / NOTEBOOK).read_bytes) == ""


@ROOT_ONLY
def test_an_instructor_who_is_not_root(place, root):
    one, _, teacher = accounts()
    exchange = Exchange(place / "exchange", "course")
    exchange.root.mkdir()
    exchange.root.chmod(0o1777)
    shutil.rmtree(root / "grading")
    for path in (root, *root.rglob("*")):
        os.chown(path, teacher.pw_uid, teacher.pw_gid)

    def release():
        secure(exchange)
        release_chapter(exchange, root / "chapters", CHAPTER)

    def hand_in():
        folder = submit(exchange, one.pw_uid)
        _close(exchange.inbound, folder.name)

    assert acting(teacher, release) == ""
    assert acting(one, hand_in) == ""
    assert acting(teacher, lambda: collect(exchange, root)) == ""
    assert (collected(root, one.pw_name) / NOTEBOOK).read_bytes() == WORK


@ROOT_ONLY
def test_an_exchange_that_others_could_replace_is_refused(place):
    one = accounts()[0]
    exchange = Exchange(place / "open" / "exchange", "course")
    exchange.root.parent.mkdir()
    exchange.root.parent.chmod(0o777)
    with pytest.raises(CannotRun, match=r"chmod \+t"):
        secure(exchange)
    exchange.root.parent.chmod(0o1777)
    secure(exchange)
    os.chown(exchange.folder, one.pw_uid, -1)
    with pytest.raises(CannotRun, match=one.pw_name):
        secure(exchange)
    os.chown(exchange.root, one.pw_uid, -1)
    with pytest.raises(CannotRun, match="put another exchange"):
        secure(exchange)


@ROOT_ONLY
def test_a_chapter_that_a_student_released_is_refused(exchange):
    (exchange.outbound / "02_mine").mkdir()
    os.chown(exchange.outbound / "02_mine", accounts()[0].pw_uid, -1)
    with pytest.raises(CannotRun, match="02_mine"):
        secure(exchange)


def test_permissions_are_mended_and_said(exchange):
    exchange.root.chmod(0o777)  # as nbgrader's own release makes it
    exchange.inbound.chmod(0o2777)
    said = secure(exchange)
    assert len(said) == 2 and "0777 became 1777" in said[0]
    assert stat.S_IMODE(exchange.inbound.stat().st_mode) == 0o3733
    assert secure(exchange) == []


def test_a_linked_course_is_refused(place):
    exchange = Exchange(place / "exchange", "course")
    exchange.root.mkdir()
    exchange.folder.symlink_to(place)
    with pytest.raises(CannotRun, match="link"):
        secure(exchange)


@pytest.mark.parametrize("name", ["", "..", "a/b", "a+b"])
def test_names_of_courses(place, name):
    with pytest.raises(CannotRun):
        secure(Exchange(place / "exchange", name))


def test_a_chapter_is_released_once(exchange, root):
    (root / "chapters" / CHAPTER / "link").symlink_to(root / "solution.ipynb")
    first = release_chapter(exchange, root / "chapters", CHAPTER)
    assert "released to" in first
    assert [p.name for p in (exchange.outbound / CHAPTER).iterdir()] == [NOTEBOOK]
    assert "already" in release_chapter(exchange, root / "chapters", CHAPTER)
    (root / "chapters" / CHAPTER / NOTEBOOK).write_bytes(b"{}")
    assert "anew" in release_chapter(exchange, root / "chapters", CHAPTER)
    assert (exchange.outbound / CHAPTER / NOTEBOOK).read_bytes() == b"{}"
    assert [path.name for path in exchange.outbound.iterdir()] == [CHAPTER]


def make_page(root: Path, student: str, stamp: str) -> None:
    page = root / "grading" / "feedback" / student / CHAPTER / f"{CHAPTER}.html"
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(f"feedback of {stamp}")
    (page.parent / STAMP).write_text(stamp)


def test_feedback_goes_where_its_student_finds_it(exchange, root):
    submit(exchange)
    collect(exchange, root)
    stamp = (collected(root, me()) / STAMP).read_text()
    make_page(root, me(), stamp)
    make_page(root, "by-mail", stamp)
    done = release_feedback(exchange, root / "grading", [CHAPTER])
    name = notebook_hash(secret=KEY, notebook_id=CHAPTER)
    assert (exchange.feedback / f"{name}.html").read_text() == f"feedback of {stamp}"
    assert done.pages == 1 and "by-mail" in done.waiting[0]
    assert release_feedback(exchange, root / "grading", [CHAPTER]).unchanged == 1


def test_feedback_of_an_earlier_submission_waits(exchange, root):
    submit(exchange, stamp=now() - timedelta(seconds=60))
    collect(exchange, root)
    make_page(root, me(), (collected(root, me()) / STAMP).read_text())
    submit(exchange, work=WORK + b" ")
    collect(exchange, root)
    done = release_feedback(exchange, root / "grading", [CHAPTER])
    assert done.pages == 0 and "newer submission" in done.waiting[0]


def test_nbgraders_own_buttons_go_through_it(exchange, root):
    """The calls that Formgrader makes: release, collect, release of feedback."""
    config = course_config(root)
    config.Exchange.root = str(exchange.root)
    config.CourseDirectory.course_id = exchange.course
    api = NbGraderAPI(config=config)
    exchange.root.chmod(0o777)
    assert api.release_assignment(CHAPTER)["success"]
    assert stat.S_IMODE(exchange.root.stat().st_mode) == 0o1777
    linked_notebook(submit(exchange), root)
    assert api.collect(CHAPTER)["success"]
    assert not (root / "grading" / "submitted").exists()
    submit(exchange, work=WORK + b" ", random="YmFy")
    assert api.collect(CHAPTER)["success"]
    assert (collected(root, me()) / NOTEBOOK).read_bytes() == WORK + b" "
    make_page(root, me(), (collected(root, me()) / STAMP).read_text())
    assert api.release_feedback(CHAPTER)["success"]
    assert len(list(exchange.feedback.iterdir())) == 1


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


def test_names_that_prove_nothing_are_one_in_any_case(exchange, root):
    exchange = Exchange(exchange.root, exchange.course, owners=False)
    for name, ago in (("Anna", 60), ("anna", 30)):
        stamp = now() - timedelta(seconds=ago)
        submit(exchange, name=name, stamp=stamp, work=name.encode())
    (line,) = collect(exchange, root).placed
    assert "anna is taken for Anna" in line
    assert (collected(root, "Anna") / NOTEBOOK).read_text() == "anna"


KILLED = """
import os, signal, sys
from pathlib import Path
from autograde.grading import exchange_taking as taking
from autograde.grading.exchange import Exchange
from autograde.grading.exchange_inbound import collect_inbound
step, count = sys.argv[3], int(sys.argv[4])
done = getattr(taking.os, step) if step == "rename" else getattr(taking, step)
calls = []
def dies(*arguments, **keywords):
    calls.append(step)
    if len(calls) == count:
        os.kill(os.getpid(), signal.SIGKILL)
    return done(*arguments, **keywords)
setattr(taking.os if step == "rename" else taking, step, dies)
place = Exchange(Path(sys.argv[1]), "course", owners=False)
collect_inbound(place, Path(sys.argv[2]), [sys.argv[5]])
"""


@pytest.mark.parametrize(
    "step, count",
    [("_copy", 2), ("_keep_secret", 2), ("_put", 3), ("rename", 4), ("rename", 5)],
)
def test_a_collection_that_was_killed_goes_on(exchange, root, step, count):
    grading, names = root / "grading", ("ada", "bob", "cyd", "dan")
    exchange = Exchange(exchange.root, exchange.course, owners=False)
    for name in names:
        submit(exchange, name=name, stamp=now() - timedelta(seconds=60), work=b"first")
    collect(exchange, root)
    for name in names:
        submit(exchange, name=name, work=b"second")
    command = [sys.executable, "-P", "-c", KILLED, str(exchange.root), str(grading)]
    done = subprocess.run([*command, step, str(count), CHAPTER])
    assert done.returncode == -signal.SIGKILL
    assert list(grading.glob(".collecting-*"))
    taken = collect(exchange, root)
    assert len(taken.placed) + taken.unchanged == 4 and not taken.refused
    for name in names:
        assert (collected(root, name) / NOTEBOOK).read_text() == "second"
        kept = [p.read_text() for p in grading.glob(f"earlier/{name}/*/*/*.ipynb")]
        assert kept == ["first"]
    assert not list(grading.glob(".collecting-*"))


def test_due_dates_go_out_with_the_chapters(exchange, root):
    due = Dates("Asia/Shanghai", {CHAPTER: now().replace(microsecond=0)})
    write_dates(root / "chapters", due)
    release_dates(exchange, due_dates(root))
    found = json.loads((exchange.outbound / ".dates.json").read_text())
    assert found["due"] == {CHAPTER: due.due[CHAPTER].isoformat()}


def test_dates_of_formgrader_go_out_until_they_are_taken_away(exchange, root):
    with CourseGradebook(root) as gradebook:
        when = datetime(2099, 3, 4, 10)
        gradebook.book.update_or_create_assignment(CHAPTER, duedate=when)
    assert due_dates(root).due == {CHAPTER: when.replace(tzinfo=UTC)}
    set_due(root, CHAPTER, "2099-05-06 10:00 UTC", None)
    assert due_dates(root).due[CHAPTER].month == 5
    set_due(root, CHAPTER, "", None)
    forget_due(root, CHAPTER)
    assert due_dates(root).due == {}


def test_where_the_exchange_is(root, monkeypatch, tmp_path):
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", str(tmp_path))
    text = "c.Exchange.root = {!r}\nc.CourseDirectory.course_id = 'other'\n"
    (tmp_path / "nbgrader_config.py").write_text(text.format("/machine"))
    assert exchange_of(root) == Exchange(Path("/machine"), "other")
    (root / "nbgrader_config.py").write_text("c.Exchange.root = '/own'\n")
    assert exchange_of(root) == Exchange(Path("/own"), "other")
    assert exchange_of(root, tmp_path).root == tmp_path

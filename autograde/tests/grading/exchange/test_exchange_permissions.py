"""The exchange, tried by those who would misuse it: each acts as another account."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

import pytest

from autograde.course.layout import CannotRun
from autograde.grading.exchange import Exchange, exchange_of, secure
from autograde.grading.exchange_outbound import release_chapter
from autograde.student.receipt import _close
from autograde.tests.grading.exchange.small_exchange import (
    CHAPTER,
    NOTEBOOK,
    ROOT_ONLY,
    WORK,
    accounts,
    acting,
    collect,
    collected,
    submit,
)


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


def test_where_the_exchange_is(root, monkeypatch, tmp_path):
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", str(tmp_path))
    text = "c.Exchange.root = {!r}\nc.CourseDirectory.course_id = 'other'\n"
    (tmp_path / "nbgrader_config.py").write_text(text.format("/machine"))
    assert exchange_of(root) == Exchange(Path("/machine"), "other")
    (root / "nbgrader_config.py").write_text("c.Exchange.root = '/own'\n")
    assert exchange_of(root) == Exchange(Path("/own"), "other")
    assert exchange_of(root, tmp_path).root == tmp_path

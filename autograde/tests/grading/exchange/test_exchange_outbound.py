"""The exchange: chapters, due dates and feedback that students find there."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from nbgrader.utils import notebook_hash

from autograde.course.dates import Dates, write_dates
from autograde.grading.announce import due_dates, forget_due
from autograde.grading.exchange_outbound import (
    release_chapter,
    release_dates,
    release_feedback,
)
from autograde.grading.exchange_taking import STAMP
from autograde.grading.gradebook import CourseGradebook
from autograde.grading.term import set_due
from autograde.tests.grading.exchange.small_exchange import (
    CHAPTER,
    KEY,
    NOTEBOOK,
    WORK,
    collect,
    collected,
    make_page,
    me,
    now,
    submit,
)


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

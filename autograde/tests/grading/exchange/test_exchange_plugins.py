"""The exchange: nbgrader's own buttons go through the course's."""

from __future__ import annotations

import stat

from nbgrader.apps import NbGraderAPI

from autograde.grading.exchange_taking import STAMP
from autograde.grading.nbgrader_setup import course_config
from autograde.tests.grading.exchange.small_exchange import (
    CHAPTER,
    NOTEBOOK,
    WORK,
    collected,
    linked_notebook,
    make_page,
    me,
    submit,
)


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

"""What happens in a term on a hub, by commands, with real accounts and no server."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from datetime import datetime, timedelta

import nbformat
import pytest

from autograde.course.layout import notebook_path
from autograde.hub.try_hub import Hub
from autograde.tests.graded_class import CHAPTER
from autograde.tests.hub.class_hub import class_hub, enter_roster, learn, teach, well


@pytest.fixture(scope="module")
def hub() -> Iterator[Hub]:
    """Two students of one name have handed a chapter in; a third has not."""
    with class_hub("agt", started=False) as hub:
        ada, ben, chen = hub.students
        enter_roster(hub, {ada: "Kim Lee", ben: "Kim Lee", chen: "Wu Chen"})
        well(teach(hub, "exchange", "release", "01"))
        for name in (ada, ben):
            well(learn(hub, name, "fetch", "01"))
            well(learn(hub, name, "submit", "01"))
        yield hub


def due(hub: Hub, when: str) -> None:
    well(teach(hub, "due", "01", when, "--zone", "UTC"))
    well(teach(hub, "exchange", "release", "01"))


def state(hub: Hub, name: str) -> str:
    return well(learn(hub, name, "assignments"))


def stamps(hub: Hub, name: str) -> list[str]:
    """When `name` handed in, to the microsecond."""
    inbound = hub.exchange / "deep-learning" / "inbound"
    return sorted(path.name.split("+")[2] for path in inbound.glob(f"{name}+*"))


def test_an_extension_is_told_to_its_student_alone(hub):
    ada, ben, chen = hub.students
    well(teach(hub, "extend", ben, "01", "2098-07-06 12:00"))
    due(hub, "2020-01-01 10:00")
    assert ", late" in state(hub, ada) and "due 2020-01-01" in state(hub, ada)
    assert "late" not in state(hub, ben) and "due 2098-07-06" in state(hub, ben)
    page = (hub.work(ben) / "start.md").read_text("utf-8")
    assert "<time>2098-07-06 12:00 (UTC)</time>, extended for you" in page
    folder = hub.exchange / "deep-learning" / "extensions"
    for place in (folder, folder / ben, folder / ben / "dates.json"):
        done = subprocess.run(
            ["ls", "-l", str(place)], user=chen, group=chen, extra_groups=[],
            capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode and "Permission denied" in done.stderr
    well(teach(hub, "extend", ben, "01", ""))


def test_the_last_second_counts(hub):
    ben = hub.students[1]
    (stamp,) = stamps(hub, ben)
    due(hub, stamp)
    assert "late" not in state(hub, ben)
    before = datetime.fromisoformat(stamp.replace(" UTC", "")) - timedelta(seconds=1)
    due(hub, f"{before} UTC")
    assert ", late" in state(hub, ben)


def test_the_second_attempt_counts_and_the_first_is_kept(hub):
    ada, ben, _ = hub.students
    assert "2 collected" in well(teach(hub, "exchange", "collect", "01"))
    path = notebook_path(hub.work(ada) / CHAPTER)
    notebook = nbformat.read(path, 4)
    notebook.cells.append(nbformat.v4.new_markdown_cell("My second attempt."))
    nbformat.write(notebook, path)
    well(learn(hub, ada, "submit", "01"))
    said = well(teach(hub, "exchange", "collect", "01"))
    assert "1 collected, 1 were there already" in said
    grading = hub.course / "grading"
    submitted = grading / "submitted"
    assert "second attempt" in notebook_path(submitted / ada / CHAPTER).read_text()
    assert "second attempt" not in notebook_path(submitted / ben / CHAPTER).read_text()
    kept = grading / "earlier" / ada / CHAPTER / "001" / f"{CHAPTER}.ipynb"
    assert "second attempt" not in kept.read_text()


def test_who_was_removed_is_for_a_person(hub):
    ada, ben, chen = hub.students
    enter_roster(hub, {ada: "Kim Lee", chen: "Wu Chen"})
    done = teach(hub, "exchange", "collect", "01")
    assert done.returncode and f"{ben} is not in the roster" in done.stdout
    assert "0 collected, 1 were there already" in done.stdout

"""A class on a real hub, with real accounts: the whole way, by commands."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
import requests

from autograde.course.layout import ROOT, CannotRun
from autograde.course.ports import free_port
from autograde.hub.client import Visitor
from autograde.hub.try_hub import (
    INSTRUCTOR,
    STUDENTS,
    Hub,
    check_machine,
)
from autograde.tests.graded_class import CHAPTER, awarded, solved
from autograde.tests.hub.class_hub import class_hub, teach, well

ADA, BEN, CHEN = STUDENTS
NOTEBOOK = f"{CHAPTER}.ipynb"


@pytest.fixture(scope="module")
def hub() -> Iterator[Hub]:
    with class_hub("ag") as hub:
        yield hub


def solve(hub: Hub, name: str) -> None:
    path = hub.work(name) / CHAPTER / NOTEBOOK
    nbformat.write(solved(), path)


@pytest.fixture(scope="module")
def way(hub: Hub) -> dict[str, str]:
    """Everything that is said on the way, from release to feedback."""
    said = {}
    said["before"] = hub.run(ADA, "fetch", "01", *work(hub, ADA)).stderr
    said["due"] = well(teach(hub, "due", "01", "2020-01-01 10:00", "--zone", "UTC"))
    said["release"] = well(teach(hub, "exchange", "release", "01"))
    for name in (ADA, BEN, CHEN):
        said[f"fetch {name}"] = well(hub.run(name, "fetch", "01", *work(hub, name)))
    solve(hub, ADA)
    ada = Visitor(hub.address, ADA, hub.password)
    ada.start()
    said["start page"] = ada.get("files/start.md").text
    said["by the page"] = ada.post("autograde/submit", {"chapter": CHAPTER}).text
    said["terminals"] = str(ada.get("api/terminals").status_code)
    said["formgrader"] = str(ada.get("formgrader").status_code)
    said["submit"] = well(hub.run(BEN, "submit", "01", *work(hub, BEN)))
    said["names"] = link_and_lie(hub)
    said["collect"] = teach(hub, "exchange", "collect", "01").stdout
    said["again"] = teach(hub, "exchange", "collect", "01").stdout
    said["grade"] = teach(hub, "grade", "01").stdout
    said["feedback"] = well(teach(hub, "exchange", "feedback", "01"))
    said["ada's"] = well(hub.run(ADA, "feedback", "01", *work(hub, ADA)))
    said["chen's"] = hub.run(CHEN, "feedback", "01", *work(hub, CHEN)).stderr
    said["state"] = well(hub.run(ADA, "assignments", *work(hub, ADA)))
    return said


def work(hub: Hub, name: str) -> tuple[str, str]:
    return "--work", str(hub.work(name))


def link_and_lie(hub: Hub) -> str:
    """What CHEN lays into the exchange: a link to the solution, and BEN's name."""
    person = pwd.getpwnam(CHEN)
    inbound = hub.exchange / "deep-learning" / "inbound"
    solution = hub.course / "solutions" / CHAPTER / NOTEBOOK
    stamp = "2020-01-01 09:00:00.000000 UTC"
    for name in (CHEN, BEN):
        folder = inbound / f"{name}+{CHAPTER}+{stamp}+abcdefghijkl"
        folder.mkdir()
        if name == CHEN:
            (folder / NOTEBOOK).symlink_to(solution)
        else:
            shutil.copy(hub.work(CHEN) / CHAPTER / NOTEBOOK, folder / NOTEBOOK)
        (folder / "timestamp.txt").write_text(stamp)
        for path in (folder, *folder.iterdir()):
            os.chown(path, person.pw_uid, person.pw_gid, follow_symlinks=False)
    return stamp


def test_a_chapter_is_fetched_once_it_is_released(way):
    assert "There is no chapter" in way["before"] or "no exchange" in way["before"]
    assert "new chapter" in way[f"fetch {ADA}"]
    assert "permissions" not in way["release"]


def test_the_start_page_says_what_can_be_done(way):
    page = way["start page"]
    assert "fetched" in page and "2020-01-01 10:00 (UTC)" in page
    assert f"#course-submit-{CHAPTER}" in page


def test_a_student_hands_in_from_the_start_page(way):
    assert '"done": true' in way["by the page"]
    assert "nbgrader's exchange, course deep-learning" in way["by the page"]


def test_students_have_no_terminal_and_no_formgrader(way):
    assert (way["terminals"], way["formgrader"]) == ("404", "404")


def test_what_is_collected_is_whose_it_is(hub, way):
    assert "2 collected" in way["collect"]
    refused = [line for line in way["collect"].splitlines() if "NEEDS" in line]
    assert len(refused) == 2
    assert any("is a link" in line for line in refused)
    assert any(f"belongs to {CHEN}, not to {BEN}" in line for line in refused)
    assert "0 collected, 2 were there already" in way["again"]
    submitted = hub.course / "grading" / "submitted"
    assert sorted(path.name for path in submitted.iterdir()) == [ADA, BEN]


def test_feedback_comes_back_to_its_student_alone(hub, way):
    page = Path(way["ada's"].strip())
    assert page.is_relative_to(hub.work(ADA)) and "<html" in page.read_text()
    assert "There is no feedback" in way["chen's"]
    assert "2 pages released" in way["feedback"]
    assert "feedback" in way["state"] and "late" in way["state"]
    assert page.stat().st_uid == pwd.getpwnam(ADA).pw_uid


def test_the_grade_is_the_solved_chapters(hub, way):
    infos = [cell.metadata.get("nbgrader", {}) for cell in solved().cells]
    full = {
        info["grade_id"].removeprefix("check_"): info["points"]
        for info in infos
        if info.get("grade") and not info["solution"]
    }
    points = awarded(hub.course, CHAPTER)
    assert points[ADA] == full and not any(points[BEN].values())


def test_a_student_cannot_enter_anothers_server(hub, way):
    chen = Visitor(hub.address, CHEN, hub.password)
    answer = chen.session.get(f"{hub.address}/user/{ADA}/api/contents", timeout=300)
    assert answer.status_code in (403, 404)


def test_formgrader_is_the_instructors(hub, way):
    teacher = Visitor(hub.address, INSTRUCTOR, hub.password)
    teacher.start()
    answer = teacher.get("formgrader/api/assignments")
    assert answer.ok and CHAPTER in answer.text
    frames = teacher.get("lab").headers["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in frames


def test_a_hub_ends_at_once_and_leaves_nothing(tmp_path):
    try:
        check_machine(accounts=False)
    except CannotRun as problem:
        pytest.skip(str(problem))
    port = free_port()
    command = [sys.executable, "-P", "-m", "autograde", "hub", "try"]
    command += ["--port", str(port), "--root", str(ROOT)]
    environment = os.environ | {"TMPDIR": str(tmp_path), "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=environment
    )
    try:
        for line in process.stdout:
            if "Ctrl-C" in line:
                break
        assert requests.get(f"http://127.0.0.1:{port}/hub/login", timeout=300).ok
        process.terminate()
        process.wait(300)
    finally:
        process.kill()
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(requests.ConnectionError):
        requests.get(f"http://127.0.0.1:{port}/hub/login", timeout=300)

"""nbgrader's own autograder takes hostile submissions in with the same care."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from nbgrader.api import Gradebook

from autograde.grading import nbgrader_guard
from autograde.grading.class_run import grade_class
from autograde.grading.nbgrader_setup import course_config
from autograde.grading.submissions import find_submissions
from autograde.grading.task import make_package
from autograde.sandbox import levels, self_test
from autograde.tests.hostile import ATTACKS, FILES
from autograde.tests.hostile.attack import Attack
from autograde.tests.hostile.chapter import CHAPTER, HONEST, POINTS
from autograde.tests.hostile.course import hand_in, make_course

pytestmark = pytest.mark.skipif(
    self_test.strongest().level == levels.NONE, reason="no walls on this machine"
)
MODULES = ("numpy", "autograde", "sitecustomize", "usercustomize", "probes")
#: kept short: nbgrader starts a sandbox for each run, and grades one after the other
NAMES = (
    "prints-half-characters",
    "answers-with-half-characters",
    "own-metadata",
    "copied-checks",
    "no-checks",
    "exits-in-a-cell",
    "is-a-link",
    "is-a-linked-folder",
    *FILES,
)


def _brings_files(folder: Path) -> None:
    """Links out of the folder, endless files, and modules that leave a mark."""
    (folder / "passwords.txt").symlink_to("/etc/passwd")
    (folder / "zeros.txt").symlink_to("/dev/zero")
    os.mkfifo(folder / "pipe")
    mark = folder.parents[2] / "MARK"
    for name in MODULES:
        (folder / f"{name}.py").write_text(f"open({str(mark)!r}, 'w').write('ran')")
    (folder / "x.pth").write_text(f"import os; open({str(mark)!r}, 'w').write('ran')")


SUBMISSIONS = {name: ATTACKS[name] for name in NAMES} | {
    "brings-files": Attack(HONEST, place=_brings_files, earns=tuple(HONEST)),
    "honest-first": Attack(HONEST, earns=tuple(HONEST)),
    "zoe": Attack(HONEST, earns=tuple(HONEST)),
}


def scores(root: Path) -> dict[str, dict[str, float | None]]:
    config = course_config(root).CourseDirectory
    with Gradebook(config.db_url, config.course_id) as book:
        return {
            submission.student_id: {
                grade.name.removeprefix("check_"): grade.auto_score
                for grade in submission.notebooks[0].grades
                if grade.name != "thoughts"
            }
            for submission in book.assignment_submissions(CHAPTER)
        }


@pytest.fixture(scope="module")
def autograded(tmp_path_factory) -> Path:
    """A class that had full points, and then handed the attacks in."""
    root = tmp_path_factory.mktemp("door")
    released = make_course(root)
    for name in SUBMISSIONS:
        hand_in(root, name, Attack(HONEST), released)
    grade_class(root, quiet=True)
    assert all(points == POINTS for points in scores(root).values())
    shutil.rmtree(root / "grading" / "submitted")
    for name, attack in SUBMISSIONS.items():
        hand_in(root, name, attack, released)
    (root / "config").mkdir()
    (root / "config" / "nbgrader_config.py").write_text(
        "from pathlib import Path\n"
        "from autograde.grading import bounds\n"
        "from autograde.grading.nbgrader_setup import course_config\n"
        "bounds.BOUNDS = bounds.Bounds(cell_seconds=2.0, submission_seconds=12.0)\n"
        f"get_config().merge(course_config(Path({str(root)!r})))\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", "autograde", CHAPTER, "--force"],
        cwd=root,
        env=os.environ | {"JUPYTER_CONFIG_PATH": str(root / "config")},
        capture_output=True,
        text=True,
        timeout=2700,
    )
    refused = {name for name, attack in SUBMISSIONS.items() if attack.unreadable}
    for name in refused:
        assert f"for student '{name}'" in done.stderr
    return root


@pytest.mark.parametrize("name", SUBMISSIONS)
def test_every_submission_gets_what_it_deserves(autograded, name):
    attack = SUBMISSIONS[name]
    got = scores(autograded)[name]
    if attack.unreadable:
        assert set(got.values()) == {None}, "an old score was kept"
    else:
        assert got == {n: POINTS[n] if n in attack.earns else 0.0 for n in POINTS}


def test_no_file_of_a_submission_is_copied_or_run(autograded):
    folder = autograded / "grading" / "autograded" / "brings-files" / CHAPTER
    assert [path.name for path in folder.iterdir()] == [f"{CHAPTER}.ipynb"]
    assert not list(autograded.rglob("MARK"))


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "America/Los_Angeles"])
def test_a_timestamp_means_the_same_everywhere(zone, tmp_path, monkeypatch):
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        folder = tmp_path / "ada" / CHAPTER
        folder.mkdir(parents=True)
        (folder / "timestamp.txt").write_text("2026-01-10 09:00:00 UTC")
        (found,) = find_submissions(tmp_path, [CHAPTER])
        assert found.timestamp == datetime(2026, 1, 10, 9)  # UTC, as nbgrader has it
        (folder / "timestamp.txt").write_text("2026-01-10T09:00:00+02:00")
        (found,) = find_submissions(tmp_path, [CHAPTER])
        assert found.timestamp == datetime(2026, 1, 10, 7)
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize("chapter", [CHAPTER, "", "no_such_chapter"])
def test_nbgrader_grades_with_what_started_beside_its_own_steps(
    autograded, chapter, monkeypatch
):
    begun = []
    monkeypatch.setattr(nbgrader_guard, "start_early", begun.append)
    monkeypatch.setattr(nbgrader_guard, "judges", lambda: SimpleNamespace(start=int))
    nbgrader_guard._warm_up(SimpleNamespace(root=autograded, assignment_id=chapter))
    used = make_package(autograded, CHAPTER).needs
    assert begun == ([used] if chapter == CHAPTER else [])

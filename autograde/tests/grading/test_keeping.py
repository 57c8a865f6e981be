"""What is kept of a course run: privately, restorable, and not for ever."""

from __future__ import annotations

import sqlite3
import stat
import zipfile
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from autograde.commands.main import status
from autograde.course.disk import network_disk, private_folder
from autograde.course.layout import CannotRun
from autograde.grading.clear_errors import clear_errors
from autograde.grading.results import Results
from autograde.grading.roster import Person, Roster, write_roster
from autograde.grading.scores import course_scores
from autograde.tests.small_class import CHAPTER, grade_by_hand, graded, record


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A course with two graded students, one of whom a person graded."""
    root = tmp_path / "course"
    folder = root / "chapters" / CHAPTER
    folder.mkdir(parents=True)
    (folder / "checks.safetensors").write_bytes(b"")
    for name in ("zuleika", "bob"):
        work = root / "grading" / "submitted" / name / CHAPTER
        work.mkdir(parents=True)
        (work / f"{CHAPTER}.ipynb").write_text(f"the work of {name}")
    record(
        root, [graded("zuleika", code="def zuleika(x):\n    return x"), graded("bob")]
    )
    grade_by_hand(root, "zuleika", "prose", 2.5)
    people = {name: Person(name, name.title(), "Ray") for name in ("zuleika", "bob")}
    write_roster(root / "grading", Roster(people))
    assert run(root, "report") == 0
    return root


def run(root: Path, *words: str) -> int:
    return status([*words, "--root", str(root)])


def files_that_name(root: Path, word: str) -> list[str]:
    found = []
    for path in (root / "grading").rglob("*"):
        inner = path.relative_to(root / "grading").as_posix()
        if word in inner or (path.is_file() and word.encode() in path.read_bytes()):
            found.append(inner)
    return found


def test_a_student_who_is_forgotten_is_nowhere(root, capsys):
    assert "results.sqlite" in files_that_name(root, "zuleika")
    assert run(root, "forget", "zuleika", "--yes") == 0
    assert files_that_name(root, "zuleika") == []
    assert [s.id for s in course_scores(root).students] == ["bob"]
    assert "removed from gradebook.db" in capsys.readouterr().out
    assert "bob" in (root / "grading" / "report" / "index.html").read_text()
    assert run(root, "forget", "zuleika", "--yes") == 2, "there is no such student"


def test_a_name_out_of_the_folder_removes_nothing(root):
    for name in ("..", ".", "", "../submitted", "/"):
        assert run(root, "forget", name, "--yes") == 2
    assert (root / "grading" / "submitted" / "zuleika").is_dir()


def test_a_back_up_is_whole_private_and_restored(root, tmp_path):
    file = tmp_path / "backup.zip"
    before = course_scores(root)
    assert run(root, "due", "1", "2026-01-09 12:00 UTC") == 0
    assert run(root, "backup", str(file)) == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert run(root, "backup", str(file)) == 2, "nothing is overwritten"
    run(root, "forget", "zuleika", "--yes")
    run(root, "due", "1", "")
    assert run(root, "restore-backup", str(file)) == 0
    after = course_scores(root)
    assert after.scores == before.scores and after.students == before.students
    with Results(root / "grading") as results:
        assert {r.student for r in results.all_newest()} == {"zuleika", "bob"}
    assert "2026-01-09" in (root / "chapters" / "dates.json").read_text()
    (old,) = (root / "terms").iterdir()
    assert (old / "submitted" / "bob").is_dir() and not (
        old / "submitted/zuleika"
    ).exists()


def test_a_back_up_that_is_none(root, tmp_path):
    file = tmp_path / "x.zip"
    mark = "autograde-backup.txt"
    for names in (["a"], [mark, "grading/../../x"], [mark, "grading/.jupyter/x.py"]):
        with zipfile.ZipFile(file, "w") as archive:
            for name in names:
                archive.writestr(name, "x")
        assert run(root, "restore-backup", str(file)) == 2
    file.write_bytes(b"no zip")
    assert run(root, "restore-backup", str(file)) == 2
    assert (root / "grading" / "submitted" / "zuleika").is_dir()


def test_the_next_term_begins_empty(root):
    (root / "grading" / "secret_seed").write_text("seed")
    assert run(root, "next-term") == 0
    assert {p.name for p in (root / "grading").iterdir()} <= {"run.lock"}
    (old,) = (root / "terms").iterdir()
    assert (old / "secret_seed").read_text() == "seed"
    assert run(root, "next-term") == 0
    assert list((root / "terms").iterdir()) == [old]


def test_grading_is_private(root, tmp_path):
    assert stat.S_IMODE((root / "grading").stat().st_mode) == 0o700
    open_to_all, groups = tmp_path / "open", tmp_path / "groups"
    open_to_all.mkdir()
    open_to_all.chmod(0o755)
    groups.mkdir()
    groups.chmod(0o2775)
    for folder, mode in ((open_to_all, 0o700), (groups, 0o2770)):
        private_folder(folder)
        assert stat.S_IMODE(folder.stat().st_mode) == mode


def test_a_network_disk_is_noticed_and_gets_no_wal(tmp_path, monkeypatch):
    mounts = tmp_path / "mounts"
    mounts.write_text(
        f"/dev/sda1 / ext4 rw 0 0\nhost:/x {tmp_path}/far\\040away nfs4 rw 0 0\n"
    )
    assert network_disk(tmp_path / "far away" / "grading", mounts) == "nfs4"
    assert network_disk(tmp_path / "near", mounts) == ""
    assert network_disk(tmp_path, tmp_path / "no such file") == ""
    for kind, mode in (("nfs4", "delete"), ("", "wal")):
        monkeypatch.setattr(
            "autograde.grading.results.network_disk", lambda _, kind=kind: kind
        )
        with Results(tmp_path / f"grading{kind}") as results:
            found = results.connection.execute("pragma journal_mode").fetchone()
            assert found == (mode,)


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (sqlite3.OperationalError("attempt to write a readonly database"), "chmod"),
        (OperationalError("x", {}, Exception("unable to open database file")), "chmod"),
        (PermissionError(13, "no", "/x/gradebook.db"), "/x/gradebook.db"),
        (sqlite3.OperationalError("database is locked"), "locked"),
        (OSError(28, "No space left on device"), "full"),
    ],
)
def test_what_a_disk_refuses_is_one_sentence(error, word):
    with pytest.raises(CannotRun, match=word), clear_errors():
        raise error

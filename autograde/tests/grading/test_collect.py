"""Collecting: downloads as platforms and people make them, told by names and times."""

from __future__ import annotations

import bz2
import io
import json
import os
import random
import struct
import tarfile
import zipfile
import zlib
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from autograde.commands.main import status
from autograde.grading.collect import Collection

ONE, TWO = "01_first_steps", "02_second_part"
IDS = {ONE: ("check_double", "check_half"), TWO: ("check_norm", "check_mean")}


def notebook(chapter: str = ONE, code: str = "x = 1") -> bytes:
    cells = [new_code_cell(code, id="work")]
    for name in IDS[chapter]:
        cell = new_code_cell("check()", id=name)
        cell.metadata["nbgrader"] = {"grade_id": name, "grade": True}
        cells.append(cell)
    return nbformat.writes(new_notebook(cells=cells)).encode()


A, B, C = notebook(code="a = 1"), notebook(code="b = 2"), notebook(code="c = 3")
SECOND = notebook(TWO)
FOREIGN = json.dumps({"cells": [], "metadata": {}, "nbformat": 4}).encode()


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def tarred(files: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w:gz") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return target.getvalue()


def sent(student: str, content: bytes, chapter: str = ONE, stamp: str = "") -> bytes:
    """What `submit` writes."""
    inside = f"{student}/{chapter}"
    return zipped(
        {
            f"{inside}/{chapter}.ipynb": content,
            f"{inside}/timestamp.txt": (stamp or "2026-01-09 10:00:00 UTC").encode(),
            f"{inside}/receipt.txt": b"receipt",
        }
    )


def file_name(student: str, hour: int = 10, chapter: str = ONE) -> str:
    return f"{chapter}_{student}_2026-01-09_{hour:02}0000.zip"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "course"
    for chapter in IDS:
        folder = root / "chapters" / chapter
        folder.mkdir(parents=True)
        (folder / f"{chapter}.ipynb").write_bytes(notebook(chapter))
        (folder / "checks.safetensors").write_bytes(b"")
    return root


def lay(folder: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def taken(root: Path) -> dict[str, bytes]:
    """What lies in grading/submitted: student/chapter and the notebook's bytes."""
    top = root / "grading" / "submitted"
    return {
        "/".join(path.parts[-3:-1]): path.read_bytes()
        for path in sorted(top.glob("*/*/*.ipynb"))
        if path.stem == path.parent.name
    }


def stamp(root: Path, student: str, chapter: str = ONE) -> str:
    path = root / "grading" / "submitted" / student / chapter / "timestamp.txt"
    return path.read_text() if path.exists() else ""


ada, bob = f"ada/{ONE}", f"bob/{ONE}"
both = {ada: A, bob: B}

# what lies in the folder, what must be taken, how many lines need a look
DOWNLOADS: dict[str, tuple[dict[str, bytes], dict[str, bytes], int]] = {
    "plain folders": (
        {f"ada/{ONE}.ipynb": A, f"bob/{ONE}.ipynb": B},
        both,
        0,
    ),
    "folders as nbgrader has them": (
        {f"ada/{ONE}/{ONE}.ipynb": A, f"bob/{ONE}/{ONE}.ipynb": B},
        both,
        0,
    ),
    "chapters outside, students inside": (
        {f"{ONE}/ada/{ONE}.ipynb": A, f"{TWO}/ada/work.ipynb": SECOND},
        {ada: A, f"ada/{TWO}": SECOND},
        0,
    ),
    "a wrapper": (
        {f"submissions/ada/{ONE}.ipynb": A, f"submissions/bob/{ONE}.ipynb": B},
        both,
        0,
    ),
    "single notebooks": ({"ada.ipynb": A, "bob.ipynb": B}, both, 0),
    "names before the chapter": (
        {f"ada_{ONE}.ipynb": A, f"{ONE}-bob.ipynb": B},
        both,
        0,
    ),
    "numbers as folders": (
        {"ada/01/x.ipynb": FOREIGN, "ada/week 2/x.ipynb": FOREIGN},
        {ada: FOREIGN, f"ada/{TWO}": FOREIGN},
        0,
    ),
    "the chapter is told by the cells": (
        {"ada/final.ipynb": A, "ada/other.ipynb": SECOND},
        {ada: A, f"ada/{TWO}": SECOND},
        0,
    ),
    "no chapter can be told": ({"ada/final.ipynb": FOREIGN}, {}, 1),
    "nobody can be told": ({f"{ONE}.ipynb": A}, {}, 1),
    "a copy that a browser made": ({f"ada/{ONE} (1).ipynb": A}, {ada: A}, 0),
    "a copy beside it": (
        {f"ada/{ONE}.ipynb": A, f"ada/{ONE}-Copy1.ipynb": B},
        {ada: A},
        0,
    ),
    "copies that a drive made, and nobody's": (
        {
            f"Copy of {ONE}.ipynb": A,
            f"Kopie von {ONE} (1).ipynb": A,
            f"{ONE}的副本.ipynb": A,
            f"{ONE} (Ada's conflicted copy 2026-03-01).ipynb": A,
            f"{ONE}_final_v2.ipynb": A,
            f"ada/Copy of {ONE}.ipynb": A,
        },
        {ada: A},
        5,
    ),
    "files that programs keep while they work": (
        {f"ada/{ONE}.ipynb": A, f"ada/~${ONE}.ipynb": B, f"ada/.~{ONE}.ipynb": B},
        {ada: A},
        0,
    ),
    "a platform's archives in a folder, one of a single person": (
        {
            "1.zip": zipped(
                {
                    f"{a}_assignsubmission_file_/{ONE}.ipynb": A
                    for a in ("ada_1", "bob_2")
                }
            ),
            "2.zip": zipped({f"ada_7_assignsubmission_file_/{TWO}.ipynb": SECOND}),
        },
        {ada: A, bob: A},
        1,
    ),
    "two copies and no first": (
        {f"ada/{ONE} (1).ipynb": A, f"ada/{ONE} (2).ipynb": B},
        {},
        1,
    ),
    "the same work twice": (
        {f"ada/{ONE} (1).ipynb": A, f"ada/{ONE} (2).ipynb": A},
        {ada: A},
        0,
    ),
    "a space in a name": (
        {f"Ada Lovelace/{ONE}.ipynb": A},
        {f"Ada_Lovelace/{ONE}": A},
        0,
    ),
    "Chinese names": ({f"王小明/{ONE}.ipynb": A}, {f"王小明/{ONE}": A}, 0),
    "an address as a name": (
        {f"ada@uni.example/{ONE}.ipynb": A},
        {f"ada@uni.example/{ONE}": A},
        0,
    ),
    "files of the system": (
        {
            f"ada/{ONE}.ipynb": A,
            f"ada/.ipynb_checkpoints/{ONE}-checkpoint.ipynb": B,
            "ada/.DS_Store": b"x",
            f"ada/._{ONE}.ipynb": b"x",
            f"__MACOSX/ada/._{ONE}.ipynb": b"x",
        },
        {ada: A},
        0,
    ),
    "files that are no notebooks": (
        {f"ada/{ONE}.ipynb": A, "ada/answer.pdf": b"x", "ada/pic.png": b"x"},
        {ada: A},
        2,
    ),
    "Moodle, a folder each": (
        {
            f"Ada Lovelace_12345_assignsubmission_file_/{ONE}.ipynb": A,
            f"Bob Ray_12346_assignsubmission_file_/{ONE}.ipynb": B,
        },
        {f"Ada_Lovelace/{ONE}": A, f"Bob_Ray/{ONE}": B},
        0,
    ),
    "Moodle, flat": (
        {f"Ada Lovelace_12345_assignsubmission_file_{ONE}.ipynb": A},
        {f"Ada_Lovelace/{ONE}": A},
        0,
    ),
    "Moodle, old": (
        {f"Ada Lovelace_12345_assignsubmission_file/{ONE}.ipynb": A},
        {f"Ada_Lovelace/{ONE}": A},
        0,
    ),
    "Moodle, two people of one name": (
        {
            f"Li Wei_1_assignsubmission_file_/{ONE}.ipynb": A,
            f"Li Wei_2_assignsubmission_file_/{ONE}.ipynb": B,
        },
        {},
        1,
    ),
    "Moodle, two people of one name, one work": (
        {
            f"Li Wei_1_assignsubmission_file_/{ONE}.ipynb": A,
            f"Li Wei_2_assignsubmission_file_/{ONE}.ipynb": A,
        },
        {},
        1,
    ),
    "Moodle, a text typed in": (
        {
            f"Ada Lovelace_1_assignsubmission_file_/{ONE}.ipynb": A,
            "Ada Lovelace_1_assignsubmission_onlinetext_/onlinetext.html": b"x",
        },
        {f"Ada_Lovelace/{ONE}": A},
        1,
    ),
    "Moodle, what submit wrote": (
        {
            f"Ada Lovelace_1_assignsubmission_file_/{file_name('user')}": sent(
                "user", A
            ),
            f"Bob Ray_2_assignsubmission_file_/{file_name('user')}": sent("user", B),
        },
        {f"Ada_Lovelace/{ONE}": A, f"Bob_Ray/{ONE}": B},
        0,
    ),
    "Canvas": (
        {
            f"lovelaceada_123_456_{ONE}.ipynb": A,
            f"raybob_LATE_124_457_{ONE}-1.ipynb": B,
        },
        {f"lovelaceada/{ONE}": A, f"raybob/{ONE}": B},
        1,  # late, and nothing says since when
    ),
    "Canvas, sent twice": (
        {
            f"lovelaceada_123_456_{ONE}.ipynb": A,
            f"lovelaceada_123_470_{ONE}-1.ipynb": B,
        },
        {f"lovelaceada/{ONE}": B},
        0,
    ),
    "Canvas, two people of one name": (
        {f"liwei_1_456_{ONE}.ipynb": A, f"liwei_2_457_{ONE}.ipynb": B},
        {},
        1,
    ),
    "Blackboard": (
        {
            f"First task_ada_attempt_2026-01-09-10-00-00_{ONE}.ipynb": A,
            "First task_ada_attempt_2026-01-09-10-00-00.txt": b"Name: Ada",
        },
        {ada: A},
        0,
    ),
    "Blackboard, two attempts": (
        {
            f"T_ada_attempt_2026-01-09-10-00-00_{ONE}.ipynb": B,
            f"T_ada_attempt_2026-01-08-23-00-00_{ONE}.ipynb": A,
        },
        {ada: B},
        0,
    ),
    "Blackboard, no date": (
        {f"T_ada_attempt_2026-13-40-10-00-00_{ONE}.ipynb": A},
        {ada: A},
        0,
    ),
    "GitHub Classroom": (
        {
            "task-submissions/task-ada/.git/HEAD": b"x",
            f"task-submissions/task-ada/{ONE}.ipynb": A,
            "task-submissions/task-bob/.git/HEAD": b"x",
            f"task-submissions/task-bob/{ONE}/{ONE}.ipynb": B,
        },
        both,
        0,
    ),
    "GitHub Classroom, one clone": (
        {
            "task-submissions/task-ada/.git/HEAD": b"x",
            f"task-submissions/task-ada/{ONE}.ipynb": A,
        },
        {ada: A},
        0,
    ),
    "what submit wrote": (
        {file_name("ada"): sent("ada", A), file_name("bob"): sent("bob", B)},
        both,
        0,
    ),
    "two who are called user": (
        {
            file_name("user"): sent("user", A),
            file_name("user", 11): sent("user", B),
        },
        {},
        1,
    ),
    "a name inside that is another's": (
        {file_name("mallory"): sent("alice", A)},
        {f"mallory/{ONE}": A},
        0,
    ),
    "a date inside that is not believed": (
        {f"ada/{ONE}.zip": sent("ada", A, stamp="9999-12-31 00:00:00 UTC")},
        {ada: A},
        0,
    ),
    "zipped again on a Mac": (
        {
            "ada/again.zip": zipped(
                {
                    file_name("ada"): sent("ada", A),
                    f"__MACOSX/._{file_name('ada')}": b"x",
                    ".DS_Store": b"x",
                }
            )
        },
        {ada: A},
        0,
    ),
    "a Windows path inside": (
        {"ada/w.zip": zipped({f"work\\{ONE}.ipynb": A})},
        {ada: A},
        0,
    ),
    "a path out of the folder": (
        {"ada/w.zip": zipped({f"../../../{ONE}.ipynb": A})},
        {ada: A},
        0,
    ),
    "an absolute path": ({"ada/w.zip": zipped({f"/etc/{ONE}.ipynb": A})}, {ada: A}, 0),
    "a tar.gz": ({"ada/w.tar.gz": tarred({f"w/{ONE}.ipynb": A})}, {ada: A}, 0),
    "a zip packed by bzip2": (
        {"ada/w.zip": zipped({f"{ONE}.ipynb": A}, zipfile.ZIP_BZIP2)},
        {ada: A},
        0,
    ),
    "a zip without packing": (
        {"ada/w.zip": zipped({f"{ONE}.ipynb": A}, zipfile.ZIP_STORED)},
        {ada: A},
        0,
    ),
    "a 7z": ({"ada/w.7z": b"7z", f"bob/{ONE}.ipynb": B}, {bob: B}, 1),
    "no archive at all": ({"ada/w.zip": b"no", f"bob/{ONE}.ipynb": B}, {bob: B}, 1),
    "an empty archive": (
        {"ada/w.zip": zipped({}), f"bob/{ONE}.ipynb": B},
        {bob: B},
        1,
    ),
    "an empty file": (
        {f"ada/{ONE}.ipynb": b"", f"bob/{ONE}.ipynb": B},
        {ada: b"", bob: B},
        0,
    ),
    "half an archive": (
        {"ada/w.zip": sent("ada", A)[:200], f"bob/{ONE}.ipynb": B},
        {bob: B},
        1,
    ),
    "archives in archives in archives": (
        {
            "ada/1.zip": zipped({"2.zip": zipped({"3.zip": sent("ada", A)})}),
        },
        {ada: A},
        0,
    ),
    "a chapter of 300 letters": (
        {"ada/w.zip": zipped({f"ada/01_{'x' * 300}/n.ipynb": A}), "bob.ipynb": B},
        both,
        0,
    ),
    "a notebook of another course beside": (
        {f"ada/{ONE}.ipynb": A, "ada/scratch.ipynb": FOREIGN},
        {ada: A},
        1,
    ),
    "another ending": (
        {f"ada/{ONE}.ipynb.txt": A, f"bob/{ONE}.json": B},
        both,
        0,
    ),
    "another ending, counted by Canvas": (
        {
            f"lovelaceada_123_456_{ONE}.ipynb-1.txt": A,
            f"raybob_124_457_{ONE}.ipynb.json": B,
        },
        {f"lovelaceada/{ONE}": A, f"raybob/{ONE}": B},
        0,
    ),
    "another ending in an archive": (
        {"ada/w.zip": zipped({f"w/{ONE}.ipynb (1).txt": A, "w/data.json": b"{}"})},
        {ada: A},
        1,
    ),
    "another ending beside an honest one": (
        {f"ada/{ONE}.ipynb.txt": B, f"ada/{ONE}.ipynb": A},
        {ada: A},
        0,
    ),
    "tables and words that are no notebooks": (
        {
            f"ada/{ONE}.ipynb": A,
            "ada/data.json": b'{"nbformat_of": 1}',
            "ada/notes.ipynb.txt": b'My notes on "nbformat"',
        },
        {ada: A},
        2,
    ),
    "only the copy that Jupyter kept": (
        {
            f"ada/.ipynb_checkpoints/{ONE}-checkpoint.ipynb": A,
            "eve/w.zip": zipped(
                {
                    f"w/.ipynb_checkpoints/{TWO}-checkpoint.ipynb": SECOND,
                    f"w/{ONE}.ipynb": C,
                }
            ),
            f"bob/{ONE}.ipynb": B,
        },
        {bob: B, f"eve/{ONE}": C},
        2,
    ),
    "the copy that Jupyter kept, and nobody's": (
        {f"{ONE}-checkpoint.ipynb": A},
        {},
        1,
    ),
    "the whole course with one chapter solved": (
        {
            f"ada/course/chapters/{ONE}/{ONE}.ipynb": A,
            f"ada/course/chapters/{ONE}/zh_CN/{ONE}.ipynb": notebook(ONE),
            "ada/course/.venv/share/guide.ipynb": FOREIGN,
            "ada/course/.vscode/settings.json": b"{}",
        },
        {ada: A},
        0,
    ),
    "the whole course in an archive": (
        {
            "Ada L_1_assignsubmission_file_/course.zip": zipped(
                {
                    f"course/.course/given/{ONE}.ipynb": notebook(ONE),
                    f"course/chapters/{ONE}/{ONE}.ipynb": A,
                }
            )
        },
        {f"Ada_L/{ONE}": A},
        0,
    ),
    "a blank notebook alone is taken": (
        {f"ada/{ONE}.ipynb": notebook(ONE)},
        {ada: notebook(ONE)},
        0,
    ),
    "more other files than anybody reads": (
        {f"ada/{ONE}.ipynb": A, "ada/plan.pdf": b"x"}
        | {f"ada/course/part{i}.py": b"x" for i in range(40)},
        {ada: A},
        2,
    ),
    "nothing": ({}, {}, 1),
}


@pytest.mark.parametrize("name", DOWNLOADS)
def test_a_download(name, root, tmp_path, capsys):
    files, expected, looks = DOWNLOADS[name]
    folder = tmp_path / "in"
    folder.mkdir()
    assert status(["collect", str(lay(folder, files)), "--root", str(root)]) == (
        1 if looks else 0
    )
    out = capsys.readouterr().out
    assert taken(root) == expected, out
    marks = ("  NEEDS A PERSON:", "  not used:")
    assert sum(line.startswith(marks) for line in out.splitlines()) == looks, out
    before = taken(root)
    status(["collect", str(folder), "--root", str(root)])
    assert taken(root) == before, "collecting the same again changes nothing"


def test_the_zip_that_a_platform_gives(root, tmp_path):
    moodle = zipped(
        {
            f"Ada Lovelace_1_assignsubmission_file_/{ONE}.ipynb": A,
            f"Bob Ray_2_assignsubmission_file_/{file_name('x')}": sent("x", B),
        }
    )
    for place in ("given", "in a folder"):
        folder = lay(tmp_path / place, {"Course-Task 1-99.zip": moodle})
        given = folder / "Course-Task 1-99.zip" if place == "given" else folder
        assert status(["collect", str(given), "--root", str(root)]) == 0
        assert taken(root) == {f"Ada_Lovelace/{ONE}": A, f"Bob_Ray/{ONE}": B}


def test_zips_of_a_platforms_zips(root, tmp_path):
    name = "lovelaceada_1_{}_{}.ipynb"
    one = zipped({name.format(5, ONE): A, f"raybob_2_6_{ONE}.ipynb": B})
    two = zipped({name.format(7, TWO): SECOND, f"raybob_2_8_{TWO}.ipynb": SECOND})
    path = tmp_path / "all.zip"
    path.write_bytes(zipped({"one.zip": one, "two.zip": two}))
    assert status(["collect", str(path), "--root", str(root)]) == 0
    assert len(taken(root)) == 4


def test_a_zip_of_students_folders(root, tmp_path):
    path = tmp_path / "class.zip"
    path.write_bytes(zipped({f"class/ada/{ONE}.ipynb": A, f"class/bob/{ONE}.ipynb": B}))
    assert status(["collect", str(path), "--root", str(root)]) == 0
    assert taken(root) == both


def test_a_given_archive_of_one_names_nobody(root, tmp_path, capsys):
    path = tmp_path / "renamed.zip"
    path.write_bytes(sent("alice", A))
    assert status(["collect", str(path), "--root", str(root)]) == 1
    assert taken(root) == {}
    assert "nothing says whose it is" in capsys.readouterr().out
    table = tmp_path / "who.csv"
    table.write_text("file,student,time\nrenamed.zip/*,ada,2026-01-09 10:00 +0100\n")
    args = ["collect", str(path), "--root", str(root), "--match", str(table)]
    assert status(args) == 0
    assert taken(root) == {ada: A}
    assert stamp(root, "ada") == "2026-01-09 09:00:00.000000 UTC"


def test_attempts(root, tmp_path):
    folder = tmp_path / "in"
    lay(
        folder, {file_name("ada"): sent("ada", A), file_name("ada", 11): sent("ada", B)}
    )
    os.utime(folder / file_name("ada"), (1e9, 1e9))
    assert status(["collect", str(folder), "--root", str(root)]) == 1
    assert taken(root) == {}
    args = ["collect", str(folder), "--root", str(root), "--attempts", "last"]
    assert status(args) == 0
    assert taken(root) == {ada: B}


def test_the_best_attempt(root, tmp_path):
    folder = lay(
        tmp_path / "in",
        {
            f"T_ada_attempt_2026-01-09-10-00-00_{ONE}.ipynb": B,
            f"T_ada_attempt_2026-01-08-23-00-00_{ONE}.ipynb": A,
        },
    )

    def most_a(chapter, contents):
        assert chapter == ONE and contents == [A, B]
        return 0

    Collection(root, attempts="best", best=most_a).take([folder])
    assert taken(root) == {ada: A}


def test_a_later_download_replaces_and_keeps_the_earlier_work(root, tmp_path):
    name = "T_ada_attempt_2026-01-{:02}-10-00-00_" + f"{ONE}.ipynb"
    for day, content, wanted in [(8, A, A), (9, B, B), (7, C, B)]:
        folder = lay(tmp_path / str(day), {name.format(day): content})
        assert status(["collect", str(folder), "--root", str(root)]) == 0
        assert taken(root) == {ada: wanted}
    (earlier,) = (root / "grading" / "earlier").rglob("*.ipynb")
    assert earlier.read_bytes() == A


def test_nobody_elses_work_is_replaced_by_a_name(root, tmp_path):
    first = lay(tmp_path / "1", {"alice/" + ONE + ".ipynb": A})
    status(["collect", str(first), "--root", str(root)])
    forged = sent("alice", B, stamp="9999-12-31 00:00:00 UTC")
    second = lay(tmp_path / "2", {f"{ONE}_alice_9999-12-31_000000.zip": forged})
    assert status(["collect", str(second), "--root", str(root)]) == 1
    assert taken(root) == {f"alice/{ONE}": A}


def test_a_login_in_another_case_is_the_same_student(root, tmp_path, capsys):
    """Platforms take both for one login, and some file systems for one folder."""
    name = "T_{}_attempt_2026-01-{:02}-10-00-00_" + f"{ONE}.ipynb"
    first = lay(tmp_path / "1", {name.format("Anna", 7): A, name.format("anna", 8): B})
    assert status(["collect", str(first), "--root", str(root)]) == 0
    assert taken(root) == {f"Anna/{ONE}": B}
    assert "anna is taken for Anna" in capsys.readouterr().out
    second = lay(
        tmp_path / "2", {name.format("ANNA", 9): C, f"anna/{TWO}.ipynb": SECOND}
    )
    assert status(["collect", str(second), "--root", str(root)]) == 0
    assert taken(root) == {f"Anna/{ONE}": C, f"Anna/{TWO}": SECOND}
    (earlier,) = (root / "grading" / "earlier").rglob("*.ipynb")
    assert earlier.read_bytes() == B


def test_two_people_whose_names_differ_in_case_are_for_a_person(root, tmp_path):
    """A platform's numbers tell two: nothing takes the place of the other's."""
    name = "{}_assignsubmission_file_/" + f"{ONE}.ipynb"
    both = {name.format("Anna Lee_7"): A, name.format("anna lee_8"): B}
    folder = lay(tmp_path / "in", both)
    assert status(["collect", str(folder), "--root", str(root)]) == 1
    assert taken(root) == {}


WEEKS = {  # the same task of one class, downloaded again a week later
    week: zipped(
        {
            f"Ada_1_assignsubmission_file_/{ONE}.ipynb": content,
            f"Bob_2_assignsubmission_file_/{ONE}.ipynb": B,
        }
    )
    for week, content in (("first.zip", A), ("second.zip", C))
}


@pytest.mark.parametrize("given", ["a folder", "each"])
def test_a_class_downloaded_week_after_week(root, tmp_path, given):
    """What lies in two archives did not come at once."""
    folder = lay(tmp_path / "in", WEEKS)
    os.utime(folder / "first.zip", (1e9, 1e9))
    of = [folder] if given == "a folder" else [folder / name for name in WEEKS]
    args = ["collect", *map(str, of), "--root", str(root)]
    assert status(args) == 1
    assert taken(root) == {f"Bob/{ONE}": B}
    assert status([*args, "--attempts", "last"]) == 0
    assert taken(root) == {f"Ada/{ONE}": C, f"Bob/{ONE}": B}


def test_two_folders_are_two_attempts_and_told_apart(root, tmp_path, capsys):
    lay(tmp_path, {f"w1/ada/{ONE}.ipynb": A, f"w2/ada/{ONE}.ipynb": B, "w2/x.pdf": b""})
    given = [str(tmp_path / week) for week in ("w1", "w2")]
    assert status(["collect", *given, "--root", str(root)]) == 1
    out = capsys.readouterr().out
    assert f"w1/ada/{ONE}.ipynb, w2/ada/{ONE}.ipynb" in out
    assert "w2/x.pdf: no notebook" in out


@pytest.mark.parametrize("place", ["submitted", "submitted/ada", f"earlier/ada/{ONE}"])
def test_a_file_in_a_folders_place_costs_only_itself(root, tmp_path, place, capsys):
    old = lay(tmp_path / "old", {f"ada/{ONE}.ipynb": C})
    if place.startswith("earlier"):
        assert status(["collect", str(old), "--root", str(root)]) == 0
    lay(root / "grading", {place: b"a file"})
    folder = lay(tmp_path / "in", {f"ada/{ONE}.ipynb": A, f"bob/{ONE}.ipynb": B})
    args = ["collect", str(folder), "--root", str(root), "--attempts", "last"]
    assert status(args) == 1
    assert f"ada, {ONE}: ada/{ONE}.ipynb cannot be put" in capsys.readouterr().out
    if place != "submitted":
        assert taken(root)[bob] == B
    assert list((root / "grading").glob(".placing-*")) == []


def test_a_file_in_the_place_of_grading_is_one_sentence(root, tmp_path, capsys):
    (root / "grading").write_text("a file")
    folder = lay(tmp_path / "in", {f"ada/{ONE}.ipynb": A})
    assert status(["collect", str(folder), "--root", str(root)]) == 2
    assert "grading is no folder" in capsys.readouterr().err


ROSTER = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Task (9)\n"
    "    Points Possible,,,,,10\n"
    '"Lovelace, Ada",123,S-1,ada,Group A,\n'
    '"Ray, Bob",124,S-2,bob,Group B,\n'
    '"Li, Wei",125,S-3,wei1,Group B,\n'
    '"Li, Wei",126,S-4,wei2,Group B,\n'
    '"Ünal, José",127,S-5,jose,Group B,\n'
    '"Student, Test",1,,,,\n'
)
ROSTERED = {
    "Canvas by its number": ({f"liwei_126_9_{ONE}.ipynb": A}, {f"wei2/{ONE}": A}),
    "Canvas by its name": ({f"lovelaceada_999_9_{ONE}.ipynb": A}, {ada: A}),
    "Moodle by its name": (
        {f"Ada Lovelace_9_assignsubmission_file_/{ONE}.ipynb": A},
        {ada: A},
    ),
    "Moodle with a group": (
        {f"Group A-Ada Lovelace_9_assignsubmission_file_/{ONE}.ipynb": A},
        {ada: A},
    ),
    "a name whose accents are lost": (
        {f"Jose Unal_3_assignsubmission_file_/{ONE}.ipynb": A},
        {f"jose/{ONE}": A},
    ),
    "a name of two": ({f"Wei Li/{ONE}.ipynb": A}, {}),
    "a folder by the full name": ({f"Lovelace, Ada/{ONE}.ipynb": A}, {ada: A}),
    "a folder by the number": ({f"S-2/{ONE}.ipynb": B}, {bob: B}),
    "a stranger": ({f"eve/{ONE}.ipynb": A}, {}),
    "a wrapper": ({f"spring term/ada/{ONE}.ipynb": A}, {ada: A}),
}


@pytest.mark.parametrize("name", ROSTERED)
def test_a_download_and_a_roster(name, root, tmp_path):
    files, expected = ROSTERED[name]
    path = tmp_path / "canvas.csv"
    path.write_text(ROSTER)
    assert status(["roster", "import", str(path), "--root", str(root)]) == 0
    folder = lay(tmp_path / "in", files)
    code = status(["collect", str(folder), "--root", str(root)])
    assert taken(root) == expected
    assert code == (0 if expected else 1)


def test_moodles_worksheet_tells_people_and_times(root, tmp_path):
    folder = lay(
        tmp_path / "in", {f"Participant_77_assignsubmission_file_/{ONE}.ipynb": A}
    )
    sheet = tmp_path / "sheet.csv"
    sheet.write_text(
        "Identifier,Full name,Email address,Status,Grade,Maximum grade,"
        "Last modified (submission)\n"
        "Participant 77,Ada Lovelace,ada@u.example,Submitted,,100,"
        '"Friday, 9 January 2026, 10:00 AM"\n'
    )
    status(["due", "--zone", "Europe/Zurich", "--root", str(root)])
    args = ["collect", str(folder), "--root", str(root), "--match", str(sheet)]
    assert status(args) == 0
    assert taken(root) == {f"Ada_Lovelace/{ONE}": A}
    assert stamp(root, "Ada_Lovelace") == "2026-01-09 09:00:00.000000 UTC"


def test_names_that_are_no_text(root, tmp_path, capsys):
    folder = tmp_path / "in"
    folder.mkdir()
    lay(folder, {f"bob/{ONE}.ipynb": B})
    odd = os.fsencode(folder) + b"/" + "ä\x1b[31m\n".encode("latin-1")
    os.mkdir(odd)
    with open(odd + b"/" + ONE.encode() + b".ipynb", "wb") as file:
        file.write(A)
    (folder / "link.ipynb").symlink_to("/etc/passwd")
    status(["collect", str(folder), "--root", str(root)])
    assert taken(root)[bob] == B
    assert len(taken(root)) == 2
    assert "\x1b" not in capsys.readouterr().out


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_names_of_old_packers(root, tmp_path, encoding):
    raw = f"王小明/{ONE}.ipynb".encode(encoding)
    name = "x" * len(raw)
    other = zipped({name: A, f"bob/{ONE}.ipynb": B})
    (tmp_path / "class.zip").write_bytes(other.replace(name.encode(), raw))
    status(["collect", str(tmp_path / "class.zip"), "--root", str(root)])
    assert taken(root) == {f"王小明/{ONE}": A, bob: B}


def bomb(method: int, megabytes: int) -> bytes:
    """A zip of one notebook of zeros that says it is small."""
    block = b"\0" * 2**20
    if method == zipfile.ZIP_BZIP2:
        packer = bz2.BZ2Compressor()
    else:
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = b"".join(packer.compress(block) for _ in range(megabytes)) + packer.flush()
    name = f"{ONE}.ipynb".encode()
    fields = (20, 0, method, 0, 0, 0, len(data), 100, len(name), 0)
    local = struct.pack("<4s5H3L2H", b"PK\3\4", *fields) + name + data
    fields = (20, *fields, 0, 0, 0, 0, 0)
    central = struct.pack("<4s6H3L5H2L", b"PK\1\2", *fields) + name
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, len(central), len(local), 0)
    return local + central + end


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2])
def test_a_bomb_costs_only_itself(root, tmp_path, method, monkeypatch, capsys):
    monkeypatch.setattr("autograde.grading.budgets.MAX_MEMBER", 4 * 2**20)
    folder = lay(tmp_path / "in", {"ada/w.zip": bomb(method, 20), "bob.ipynb": B})
    assert status(["collect", str(folder), "--root", str(root)]) == 1
    assert taken(root) == {bob: B}
    assert "larger than" in capsys.readouterr().out


def test_many_files_out_of_the_same_bytes_are_bounded(root, tmp_path, monkeypatch):
    monkeypatch.setattr("autograde.grading.budgets.MAX_TOTAL", 4 * 2**20)
    zeros = notebook() + b" " * 2**20
    archive = zipped({f"{i}/{ONE}.ipynb": zeros + b"%d" % i for i in range(40)})
    folder = lay(tmp_path / "in", {"ada/w.zip": archive, "bob.ipynb": B})
    status(["collect", str(folder), "--root", str(root)])
    assert taken(root) == {bob: B}


@pytest.mark.parametrize("place", ["given", "in a folder"])
@pytest.mark.parametrize("packed", [True, False], ids=["in an archive", "plain"])
def test_a_bomb_in_a_platforms_zip_takes_nothing_from_others(
    root, tmp_path, monkeypatch, place, packed
):
    monkeypatch.setattr("autograde.grading.budgets.MAX_TOTAL", 4 * 2**20)
    bombs = {f"{i}.ipynb": b"{" + b" " * 3 * 2**20 for i in range(4)}
    first, who = "Aaron A_1_assignsubmission_file_", "Bob Ray_2_assignsubmission_file_"
    files = {f"{first}/{name}": content for name, content in bombs.items()}
    if packed:
        files = {f"{first}/w.zip": zipped(bombs)}
    files |= {
        f"{who}/{ONE}.ipynb": B,
        "Zoe_3_assignsubmission_file_/z.zip": zipped({f"{ONE}.ipynb": A}),
    }
    folder = lay(tmp_path / "in", {"all.zip": zipped(files)})
    given = folder / "all.zip" if place == "given" else folder
    status(["collect", str(given), "--root", str(root)])
    assert taken(root) == {f"Bob_Ray/{ONE}": B, f"Zoe/{ONE}": A}


def test_archives_of_many_files_are_bounded_together(root, tmp_path, monkeypatch):
    monkeypatch.setattr("autograde.grading.budgets.MAX_MEMBERS", 500)
    many = zipped({f"{i}.txt": b"" for i in range(400)})
    bombs = zipped({f"{i}.zip": many + bytes(i) for i in range(9)})
    folder = lay(tmp_path / "in", {"ada/w.zip": bombs, "bob.ipynb": B})
    done = Collection(root).take([folder])
    assert taken(root) == {bob: B}
    assert sum("more than 500 files" in line for line in done.unused) > 5


def test_of_one_sender_a_bounded_number_of_notebooks_is_looked_at(root, tmp_path):
    many = zipped({f"n{i}.ipynb": b"{}%d" % i for i in range(2_000)})
    folder = lay(tmp_path / "in", {"ada/w.zip": many, "bob.ipynb": B})
    done = Collection(root).take([folder])
    assert taken(root) == {bob: B}
    assert len(list(done.lines())) < 320
    assert any("1700 notebooks more" in line for line in done.unused)


def test_an_encrypted_archive(root, tmp_path, capsys):
    data = bytearray(zipped({f"{ONE}.ipynb": A}))
    central = data.index(b"PK\1\2")
    data[6] |= 1
    data[central + 8] |= 1
    folder = lay(tmp_path / "in", {"ada/w.zip": bytes(data), "bob.ipynb": B})
    assert status(["collect", str(folder), "--root", str(root)]) == 1
    assert taken(root) == {bob: B}
    assert "encrypted" in capsys.readouterr().out


@pytest.mark.parametrize("seed", range(30))
def test_damage_anywhere_costs_only_itself(root, tmp_path, seed):
    """Bytes are changed, or the end is cut off: no traceback, nobody else's loss."""
    rng = random.Random(seed)
    data = bytearray(sent("ada", A) if seed % 3 else tarred({f"w/{ONE}.ipynb": A}))
    for _ in range(1 + seed % 4):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    if seed % 5 == 0:
        del data[rng.randrange(len(data)) :]
    name = "w.zip" if seed % 3 else "w.tgz"
    folder = lay(tmp_path / "in", {f"ada/{name}": bytes(data), "bob.ipynb": B})
    assert status(["collect", str(folder), "--root", str(root)]) in (0, 1)
    assert taken(root)[bob] == B


def test_a_folder_that_is_not_there(root, capsys):
    assert status(["collect", "nowhere", "--root", str(root)]) == 2
    assert "There is no nowhere" in capsys.readouterr().err

"""Collecting: whose a work is, told by names, a roster, a platform's worksheet."""

from __future__ import annotations

import pytest

from autograde.commands.main import status
from autograde.tests.grading.collecting.downloads import (
    ONE,
    SECOND,
    TWO,
    A,
    B,
    C,
    ada,
    bob,
    lay,
    sent,
    stamp,
    taken,
    zipped,
)


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
FORGED = f"bob_attempt_2026-05-05-00-00-00_{ONE}.ipynb"  # what a sender may write
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
    "Blackboard, another's form in the file's name": (
        {f"T_ada_attempt_2026-01-01-11-00-00_x_{FORGED}": A},
        {ada: A},
    ),
    "Canvas, another platform's form in the file's name": (
        {f"lovelaceada_123_9_x_{FORGED}": A},
        {},
    ),
    "a folder, another's form in the file's name": ({f"ada/x_{FORGED}": A}, {ada: A}),
    "a folder, another's folder in it": (
        {f"ada/Bob Ray_9_assignsubmission_file_/{ONE}.ipynb": A},
        {ada: A},
    ),
    "a folder, another's clone in it": (
        {"ada/bob/.git": b"", f"ada/bob/{ONE}.ipynb": A},
        {ada: A},
    ),
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


def test_a_line_of_the_table_means_no_file_in_anothers_archive(root, tmp_path):
    folder = lay(
        tmp_path / "in",
        {
            "Ada Lovelace_9_assignsubmission_file_/work.zip": zipped(
                {f"x7_{ONE}.ipynb": A}
            ),
            f"late/x7_{ONE}.ipynb": B,
        },
    )
    table = tmp_path / "who.csv"
    table.write_text(f"file,student\nx7_{ONE}.ipynb,bob\n")
    args = ["collect", str(folder), "--root", str(root), "--match", str(table)]
    assert status(args) == 0
    assert taken(root) == {f"Ada_Lovelace/{ONE}": A, bob: B}

"""Downloads as platforms make them: their names, their archives."""

from __future__ import annotations

from autograde.tests.grading.collecting.downloads import (
    ONE,
    SECOND,
    TWO,
    A,
    B,
    Download,
    ada,
    bob,
    both,
    file_name,
    sent,
    zipped,
)

PLATFORMS: dict[str, Download] = {
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
    "another ending, counted by Canvas": (
        {
            f"lovelaceada_123_456_{ONE}.ipynb-1.txt": A,
            f"raybob_124_457_{ONE}.ipynb.json": B,
        },
        {f"lovelaceada/{ONE}": A, f"raybob/{ONE}": B},
        0,
    ),
}

"""Downloads of folders and notebooks, as people name them."""

from __future__ import annotations

from autograde.tests.grading.collecting.downloads import (
    FOREIGN,
    ONE,
    SECOND,
    TWO,
    A,
    B,
    C,
    Download,
    ada,
    bob,
    both,
    notebook,
    zipped,
)

FOLDERS: dict[str, Download] = {
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
    "an empty file": (
        {f"ada/{ONE}.ipynb": b"", f"bob/{ONE}.ipynb": B},
        {ada: b"", bob: B},
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

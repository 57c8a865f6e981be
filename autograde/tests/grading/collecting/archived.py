"""Downloads with archives of every kind in them, honest and not."""

from __future__ import annotations

import zipfile

from autograde.tests.grading.collecting.downloads import (
    ONE,
    A,
    B,
    Download,
    ada,
    bob,
    both,
    file_name,
    notebook,
    sent,
    tarred,
    zipped,
)

ARCHIVES: dict[str, Download] = {
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
    "another ending in an archive": (
        {"ada/w.zip": zipped({f"w/{ONE}.ipynb (1).txt": A, "w/data.json": b"{}"})},
        {ada: A},
        1,
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
}

"""The exchange: links, pipes and files of others are not read by the instructor."""

from __future__ import annotations

import os
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from autograde.grading.exchange_files import MAX_FILES
from autograde.grading.exchange_taking import SECRET, STAMP
from autograde.notebooks.submitted import MAX_FILE
from autograde.tests.grading.exchange.small_exchange import (
    NOTEBOOK,
    ROOT_ONLY,
    WORK,
    accounts,
    collect,
    collected,
    linked_notebook,
    me,
    now,
    submit,
)


def linked_to_a_sibling(folder: Path, root: Path) -> None:
    (folder / NOTEBOOK).rename(folder / "work.txt")
    (folder / NOTEBOOK).symlink_to("work.txt")


def linked_folder(folder: Path, root: Path) -> None:
    elsewhere = root / "grading" / "elsewhere"
    shutil.copytree(folder, elsewhere)
    shutil.rmtree(folder)
    folder.symlink_to(elsewhere)


def pipe(folder: Path, root: Path) -> None:
    (folder / NOTEBOOK).unlink()
    os.mkfifo(folder / NOTEBOOK)


def folder_as_notebook(folder: Path, root: Path) -> None:
    (folder / NOTEBOOK).unlink()
    (folder / NOTEBOOK).mkdir()


def endless(folder: Path, root: Path) -> None:
    os.truncate(folder / NOTEBOOK, MAX_FILE + 1)


def many_files(folder: Path, root: Path) -> None:
    for number in range(MAX_FILES):
        (folder / str(number)).touch()


def no_notebook(folder: Path, root: Path) -> None:
    (folder / NOTEBOOK).unlink()


def two_names(folder: Path, root: Path) -> None:
    (folder / NOTEBOOK).rename(folder / "a.ipynb")
    (folder / "b.ipynb").write_bytes(WORK)


def a_file_as_folder(folder: Path, root: Path) -> None:
    shutil.rmtree(folder)
    folder.write_bytes(WORK)


REFUSED = (
    linked_notebook,
    linked_to_a_sibling,
    linked_folder,
    pipe,
    folder_as_notebook,
    endless,
    many_files,
    no_notebook,
    two_names,
    a_file_as_folder,
)


@pytest.mark.parametrize("make", REFUSED, ids=lambda make: make.__name__)
def test_it_is_not_collected_and_a_line_says_why(exchange, root, make):
    folder = submit(exchange)
    make(folder, root)
    taken = collect(exchange, root)
    assert not taken.placed and len(taken.refused) == 1
    assert folder.name in taken.refused[0]
    assert not (root / "grading" / "submitted").exists()


def test_a_broken_last_attempt_costs_only_itself(exchange, root):
    submit(exchange, stamp=now() - timedelta(seconds=60))
    linked_notebook(submit(exchange), root)
    taken = collect(exchange, root)
    assert len(taken.placed) == len(taken.refused) == 1
    assert (collected(root, me()) / NOTEBOOK).read_bytes() == WORK


@pytest.mark.parametrize("file", [STAMP, SECRET])
def test_small_files_are_not_read_through_links(exchange, root, file):
    private = root / "grading" / "secret_seed"
    private.write_text("0123456789abcdef")
    folder = submit(exchange)
    (folder / file).unlink()
    (folder / file).symlink_to(private)
    taken = collect(exchange, root)
    assert len(taken.placed) == 1 and private.read_text() not in taken.placed[0]
    texts = [path.read_text() for path in collected(root, me()).iterdir()]
    assert private.read_text() not in texts


def test_files_beside_the_notebook_stay_in_the_exchange(exchange, root):
    folder = submit(exchange)
    (folder / "numpy.py").write_text("raise SystemExit")
    (folder / "link").symlink_to("/etc/passwd")
    taken = collect(exchange, root)
    assert "2 more of it left" in taken.placed[0]
    names = {path.name for path in collected(root, me()).iterdir()}
    assert names == {NOTEBOOK, STAMP, SECRET}


@ROOT_ONLY
@pytest.mark.parametrize("uid", [54321, 0], ids=["unknown", "another"])
def test_files_of_another_are_not_taken(exchange, root, uid):
    """A hard link to the instructor's file has the instructor as its owner."""
    one = accounts()[0]
    folder = submit(exchange, one.pw_uid)
    os.chown(folder / NOTEBOOK, uid, -1)
    assert not collect(exchange, root).placed

"""Collecting: what takes the place of earlier work, and what stands in the way."""

from __future__ import annotations

import pytest

from autograde.commands.main import status
from autograde.tests.grading.collecting.downloads import (
    ONE,
    A,
    B,
    C,
    ada,
    bob,
    lay,
    sent,
    taken,
)


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

"""Collecting archives that unpack to more than anybody sends: each costs itself."""

from __future__ import annotations

import bz2
import struct
import zipfile
import zlib

import pytest

from autograde.commands.main import status
from autograde.grading.collect import Collection
from autograde.tests.grading.collecting.downloads import (
    ONE,
    A,
    B,
    bob,
    lay,
    notebook,
    taken,
    zipped,
)


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

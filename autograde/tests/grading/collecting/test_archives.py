"""Collecting archives: of a whole class, of old packers, damaged, encrypted."""

from __future__ import annotations

import gzip
import random
import struct
import tarfile

import pytest

from autograde.commands.main import status
from autograde.tests.grading.collecting.downloads import (
    ONE,
    SECOND,
    TWO,
    A,
    B,
    bob,
    both,
    file_name,
    lay,
    sent,
    taken,
    tarred,
    zipped,
)


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


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_names_of_old_packers(root, tmp_path, encoding):
    raw = f"王小明/{ONE}.ipynb".encode(encoding)
    name = "x" * len(raw)
    other = zipped({name: A, f"bob/{ONE}.ipynb": B})
    (tmp_path / "class.zip").write_bytes(other.replace(name.encode(), raw))
    status(["collect", str(tmp_path / "class.zip"), "--root", str(root)])
    assert taken(root) == {f"王小明/{ONE}": A, bob: B}


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


def misplaced() -> bytes:
    """A zip whose list names a place before its beginning."""
    data = bytearray(zipped({f"{ONE}.ipynb": A}))
    end = data.index(b"PK\5\6")
    (place,) = struct.unpack_from("<L", data, end + 16)
    struct.pack_into("<L", data, end + 16, place + 1000)
    return bytes(data)


def headed(kind: bytes, size: int, body: bytes = b"") -> bytes:
    """The start of a tar: a header of this kind, which claims so many bytes."""
    info = tarfile.TarInfo(f"{ONE}.ipynb")
    info.type, info.size = kind, size
    return gzip.compress(info.tobuf(tarfile.USTAR_FORMAT) + body)


def with_holes() -> bytes:
    """A file of the newest form of holes: its map is in its content."""
    lines = b"".join(
        b"%d GNU.sparse.%s\n" % (len(text) + 15, text)
        for text in (b"major=1", b"minor=0", b"realsize=9")
    )
    info = tarfile.TarInfo(f"{ONE}.ipynb")
    info.size = 1024
    body = lines.ljust(512, b"\0") + info.tobuf(tarfile.USTAR_FORMAT) + b"9\n" * 512
    return headed(tarfile.XHDTYPE, len(lines), body)


ODD_ARCHIVES = {
    "a place that is none": ({"ada/w.zip": zipped({"in.zip": misplaced()})}, "damaged"),
    "a name of megabytes": (
        {"ada/w.tgz": headed(tarfile.GNUTYPE_LONGNAME, 2**30, bytes(2**21))},
        "too long",
    ),
    "settings of megabytes": (
        {"ada/w.tgz": headed(tarfile.XGLTYPE, 2**30, bytes(2**21))},
        "too long",
    ),
    "a file of holes": ({"ada/w.tgz": headed(tarfile.GNUTYPE_SPARSE, 0)}, "holes"),
    "a file of holes, in the newest form": ({"ada/w.tgz": with_holes()}, "holes"),
}


@pytest.mark.parametrize("name", ODD_ARCHIVES)
def test_an_odd_archive_costs_only_itself(root, tmp_path, name, capsys):
    files, said = ODD_ARCHIVES[name]
    folder = lay(tmp_path / "in", {**files, "bob.ipynb": B})
    assert status(["collect", str(folder), "--root", str(root)]) == 1
    assert taken(root) == {bob: B}
    assert said in capsys.readouterr().out

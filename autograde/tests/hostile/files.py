"""Files that are hardly notebooks, and what may lie where one is expected."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

from autograde.tests.hostile.attack import Attack, code, honest
from autograde.tests.hostile.chapter import CHAPTER


def _raw(content: bytes | str) -> Callable[[Path], None]:
    def place(folder: Path) -> None:
        data = content if isinstance(content, bytes) else content.encode()
        (folder / f"{CHAPTER}.ipynb").write_bytes(data)

    return place


def _bomb(part: str, count: int) -> Callable[[Path], None]:
    """A file of JSON that is far larger in memory."""
    return lambda folder: _raw(
        '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": ['
        + ", ".join([part] * count)
        + "]}"
    )(folder)


def _huge_timestamp(folder: Path) -> None:
    with open(folder / "timestamp.txt", "wb") as file:
        file.truncate(2 * 2**30)  # takes no room on the disk


def _fifo(folder: Path) -> None:
    (folder / f"{CHAPTER}.ipynb").unlink(missing_ok=True)
    os.mkfifo(folder / f"{CHAPTER}.ipynb")


def _folder(folder: Path) -> None:
    (folder / f"{CHAPTER}.ipynb").unlink(missing_ok=True)
    (folder / f"{CHAPTER}.ipynb").mkdir()


def _socket(folder: Path) -> None:
    (folder / f"{CHAPTER}.ipynb").unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as listening:
        here = os.getcwd()
        os.chdir(folder)  # the path of a socket must be short
        listening.bind(f"{CHAPTER}.ipynb")
        os.chdir(here)


def _pipes_beside(folder: Path) -> None:
    os.mkfifo(folder / "timestamp.txt")
    os.mkfifo(folder / "data.csv")


def _no_date(folder: Path) -> None:
    (folder / "timestamp.txt").write_bytes(b"\xff the day before 99:99")


def _encoded(encoding: str) -> Callable[[Path], None]:
    def place(folder: Path) -> None:
        path = folder / f"{CHAPTER}.ipynb"
        path.write_bytes(path.read_text("utf-8").encode(encoding))

    return place


def _strange_fields(notebook: dict) -> None:
    """No field has the type that the format gives it."""
    notebook["nbformat_minor"] = "five"
    notebook["metadata"] |= {"kernelspec": ["x"], "size": float("nan")}
    for number, cell in enumerate(notebook["cells"]):
        cell["id"] = [["x"], f"\x00\x1b]0;x\x07{number}" * 50][number % 2]
        cell["metadata"]["tags"] = [["setup"] * 100]
        info = cell["metadata"].get("nbgrader", {})
        if number % 3 == 0 and "grade_id" in info:
            info["grade_id"] = {"is": info["grade_id"]}
        info |= {"schema_version": 99, "cell_type": "raw", "checksum": {"a": 1}}
        if cell["cell_type"] == "code":
            cell["source"] = [cell["source"], None, 3, ["x"], {"a": 1}]
        cell["outputs"] = {"output_type": 7}


ATTACKS: dict[str, Attack] = {
    "huge-timestamp": Attack(honest("scale"), place=_huge_timestamp, earns=("scale",)),
    "a-pipe": Attack({}, place=_fifo, unreadable=True),
    "json-of-lists": Attack({}, place=_bomb("[]", 5_000_000), unreadable=True),
    "json-of-cells": Attack(
        {},
        place=_bomb('{"cell_type": "code", "source": "1"}', 90_000),
        unreadable=True,
    ),
    "json-of-depth": Attack({}, place=_raw("[" * 1_000_000), unreadable=True),
    "one-long-text": Attack(
        {},
        place=_raw(
            '{"nbformat": 4, "cells": [{"cell_type": "code", "source": "\U0001f600'
            + "x" * 8_000_000
            + '"}]}'
        ),
        unreadable=True,
    ),
    "source-of-brackets": Attack(
        honest("scale", row_sums="helper\n1"),
        change=lambda notebook: (
            [
                cell.update(source="helper = " + "-" * 90_000 + "(" * 900_000)
                for cell in notebook["cells"]
                if "np.ones" in cell["source"]
            ]
            and None
        ),
        earns=("scale",),
    ),
    "source-of-zeros": Attack(
        honest("scale", row_sums="helper\n1"),
        change=lambda notebook: (
            [
                cell.update(source="helper = 1\0\ud800")
                for cell in notebook["cells"]
                if "np.ones" in cell["source"]
            ]
            and None
        ),
        earns=("scale",),
    ),
    "source-of-branches": Attack(
        honest("scale"),
        first="n = 0\nif n < 0:\n    y = 0\n"
        + "".join(f"elif n == {n}:\n    y = {n}\n" for n in range(700)),
        earns=("scale",),
    ),
    "lost-and-huge": Attack(
        {},
        change=lambda notebook: notebook.update(
            cells=[code("a=" + "1+" * 120_000 + f"1 # {n}") for n in range(32)]
        ),
    ),
    "not-a-notebook": Attack({}, place=_raw(b"\xff\xfe\x00"), unreadable=True),
    "an-empty-file": Attack({}, place=_raw(b""), unreadable=True),
    "a-folder": Attack({}, place=_folder, unreadable=True),
    "a-socket": Attack({}, place=_socket, unreadable=True),
    "pipes-beside": Attack(honest("scale"), place=_pipes_beside, earns=("scale",)),
    "no-date": Attack(honest("scale"), place=_no_date, earns=("scale",)),
    "utf-16": Attack(honest("scale"), place=_encoded("utf-16"), earns=("scale",)),
    "a-byte-order-mark": Attack(
        honest("scale"), place=_encoded("utf-8-sig"), earns=("scale",)
    ),
    "a-number-of-many-digits": Attack(
        {}, place=_raw('{"nbformat": ' + "4" * 100_000 + "}"), unreadable=True
    ),
    "strange-fields": Attack(honest("scale"), change=_strange_fields, earns=("scale",)),
    "attached-pictures": Attack(
        {},
        change=lambda notebook: (
            [
                cell.update(attachments={"a.png": {"image/png": "x" * 3_000_000}})
                for cell in notebook["cells"]
                if cell["cell_type"] == "markdown"
            ]
            and None
        ),
    ),
}

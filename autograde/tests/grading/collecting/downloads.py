"""Downloads as platforms and people make them, and what was taken of one."""

from __future__ import annotations

import io
import json
import tarfile
import zipfile
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

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
#: what lies in the folder, what must be taken, how many lines need a look
Download = tuple[dict[str, bytes], dict[str, bytes], int]

"""Read a submitted notebook: sources, pictures and names, and nothing else of it.

Outputs are never used. They are dropped before any size is looked at, so that a
notebook full of pictures is as small as its text.
"""

from __future__ import annotations

import contextlib
import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograde.checking.serialize import writable
from autograde.notebooks.encodings import as_utf8
from autograde.notebooks.pictures import pictures_out_of
from autograde.notebooks.sanitize import harmless_attachments

MAX_FILE = 512 * 2**20  # with outputs
MAX_BYTES = 32 * 2**20  # without: text and attachments
MAX_TOKENS = 3_000_000  # strings and brackets of a file, each a step
MAX_BRACKETS, MAX_COMMAS = 200_000, 2_000_000  # what is kept: each costs memory
MAX_CELLS = 5_000
MAX_SOURCE = 1_000_000  # characters of a cell

_one_at_a_time = threading.Lock()  # a file can take ten times its size for a moment
# a string without an end goes on to that of the file, which is gone through once
_STRING = rb'"[^"\\]*+(?:\\.?+[^"\\]*+)*+(?:"|\Z)'
_TOKEN = re.compile(_STRING + rb"|[\[\]{}]", re.DOTALL)
_CONFLICT = re.compile(rb"^(?:<{7}|>{7})(?: |\r?$)", re.MULTILINE)
_VALUE = re.compile(rb"\s*:\s*")
_PROGRAM = re.compile(rb"^(?:import|from|def|class) \w|^# %%|^# In\[", re.MULTILINE)
_KINDS = {  # what is handed in for a notebook, by its first bytes
    b"<": "the file is a web page, not a notebook",
    b"%PDF": "the file is a PDF, not a notebook",
    b"PK\3\4": "the file is a zip, not a notebook; unpack it",
    b"\x1f\x8b": "the file is packed (.gz), so not a notebook; unpack it",
    b"Rar!": "the file is an archive (.rar), not a notebook; unpack it",
    b"7z\xbc\xaf": "the file is an archive (.7z), not a notebook; unpack it",
    b"\x89PNG": "the file is a picture, not a notebook",
    b"\xff\xd8\xff": "the file is a picture, not a notebook",
}


class UnreadableSubmission(ValueError):
    """A submission that a person has to look at; the message is one clear line."""


@dataclass
class SubmittedCell:
    """A cell as a student handed it in.

    kind: ``code``, ``markdown`` or ``raw``
    grade_id, cell_id: empty where an editor has lost them
    attachments: pictures by name and type, as base64
    """

    kind: str
    source: str
    grade_id: str = ""
    cell_id: str = ""
    attachments: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def is_code(self) -> bool:
        return self.kind == "code"


def read_file(path: Path) -> bytes:
    """The bytes of a notebook as they are, outputs and all; no link is followed.

    Raises UnreadableSubmission for what is no plain file, or is monstrous.
    """
    if path.is_symlink() or not path.is_file():
        raise UnreadableSubmission(f"{path.name} is not a plain file")
    size = path.stat().st_size
    if size > MAX_FILE:
        raise UnreadableSubmission(
            f"{path.name} has {_megabytes(size)} MB; {_megabytes(MAX_FILE)} are read, "
            "outputs included; clear its outputs and save it again"
        )
    return path.read_bytes()


def read_submission(path: Path, note: Callable[[str], Any] | None = None) -> bytes:
    """A submitted notebook without its outputs, in UTF-8; no link is followed.

    `note` is told of another encoding. Raises UnreadableSubmission where text and
    attachments are more than is allowed.
    """
    with _one_at_a_time:
        content, said = as_utf8(read_file(path))
        kept = drop_outputs(content)
    if said and note is not None:
        note(said)
    if len(kept) > MAX_BYTES:
        raise UnreadableSubmission(_too_large(path.name, len(kept)))
    return kept


def drop_outputs(notebook: bytes) -> bytes:
    """The text of a notebook, in UTF-8, with empty outputs; any other text as it is.

    The text is gone through once, without building what it holds.
    """
    kept: list[bytes] = []
    depth = copied = skipped_at = 0
    in_cells = False
    for count, token in enumerate(_TOKEN.finditer(notebook)):
        if count > MAX_TOKENS:
            raise UnreadableSubmission(_FAR_LARGER)
        first = notebook[token.start()]
        if first in b"[{":
            depth += 1
        elif first in b"]}":
            depth -= 1
            if skipped_at and depth == skipped_at:
                kept.append(b"[]" if first == ord("]") else b"{}")
                copied, skipped_at = token.end(), 0
            in_cells = in_cells and depth > 1
        elif not skipped_at and depth in (1, 3):
            value = _VALUE.match(notebook, token.end())
            opening = notebook[value.end() : value.end() + 1] if value else b""
            name = token[0]
            if depth == 1 and name == b'"cells"' and opening == b"[":
                in_cells = True
            elif (depth == 1 and name == b'"metadata"' and opening == b"{") or (
                depth == 3 and in_cells and name == b'"outputs"' and opening == b"["
            ):
                kept.append(notebook[copied : value.end()])
                skipped_at = depth
    if skipped_at:
        return notebook  # it ends in the middle: no notebook, as its reader will say
    return b"".join([*kept, notebook[copied:]])


def read_cells(submitted: bytes) -> list[SubmittedCell]:
    """The cells of a submitted notebook, of format 4 or 3.

    What has a list of cells is read, also without a number of its format. Raises
    UnreadableSubmission where the file is no notebook, is of a later format, or where
    something in it is larger than is read.
    """
    with _one_at_a_time:
        return _read_cells(submitted)


_FAR_LARGER = "the file is far larger than a notebook; look at it"


def _read_cells(submitted: bytes) -> list[SubmittedCell]:
    if not submitted.strip():
        raise UnreadableSubmission("the file is empty")
    data = _loaded(as_utf8(submitted)[0])
    if isinstance(data, dict) and isinstance(data.get("content"), dict):
        data = data["content"]  # a server's answer, saved as it came
    if isinstance(data, dict) and "cells" not in data and "worksheets" in data:
        data = _as_format_4(data)
    if not isinstance(data, dict) or not isinstance(data.get("cells"), list):
        raise UnreadableSubmission(
            "the file has no list of cells, so is not a notebook"
        )
    number = data.get("nbformat")
    if isinstance(number, int) and number > 4:
        raise UnreadableSubmission(
            f"notebook format {str(data.get('nbformat'))[:20]}; open it in JupyterLab "
            "and save it as format 4"
        )
    if len(data["cells"]) > MAX_CELLS:
        raise UnreadableSubmission(f"more than {MAX_CELLS} cells")
    return [_read_cell(cell) for cell in data["cells"] if isinstance(cell, dict)]


def _loaded(text: bytes) -> Any:
    """What the JSON of a file holds; its outputs are there, or are not."""
    small = len(text) <= MAX_BYTES and text.count(b'"') <= MAX_TOKENS
    if small and not _is_far_larger(text):
        with contextlib.suppress(ValueError, RecursionError):
            return json.loads(text)  # as a class's are, which come without outputs
    text = drop_outputs(text)
    if len(text) > MAX_BYTES:
        raise UnreadableSubmission(_too_large("the notebook", len(text)))
    if _is_far_larger(text):
        raise UnreadableSubmission(_FAR_LARGER)
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableSubmission(_what_it_is(text, error)) from None


def _is_far_larger(text: bytes) -> bool:
    brackets, commas = sum(map(text.count, b"[{")), text.count(b",")
    return brackets > MAX_BRACKETS or commas > MAX_COMMAS


def _what_it_is(submitted: bytes, error: Exception) -> str:
    """What a file is that is no JSON, in half a sentence for a person."""
    start = submitted[:200].removeprefix(b"\xef\xbb\xbf").lstrip()
    if _CONFLICT.search(submitted):
        return (
            "git's conflict marks (<<<<<<<, >>>>>>>) stand in the file, so it is no "
            "notebook; one side has to be chosen"
        )
    if start.startswith(b"{"):
        return _where_it_is_broken(submitted, error)
    for begin, said in _KINDS.items():
        if start.startswith(begin):
            return said
    if _PROGRAM.search(submitted):
        return "the file is a program (.py), not a notebook"
    return "the file is not JSON, so not a notebook"


def _where_it_is_broken(submitted: bytes, error: Exception) -> str:
    """What is wrong with a file that begins as a notebook does."""
    if not submitted.rstrip().endswith(b"}"):
        return "the file ends in the middle: it is not JSON, so not a notebook"
    if not isinstance(error, json.JSONDecodeError):
        return "the file is not JSON, so not a notebook"
    if error.msg == "Extra data":  # not translated
        return (
            "the file goes on behind the notebook's end, as where two were joined; "
            "one has to be chosen"
        )
    return (
        f"the file is not JSON from line {error.lineno}, column {error.colno} on, so "
        "not a notebook"
    )


def _as_format_4(data: dict[str, Any]) -> dict[str, Any]:
    """A notebook of format 3 (IPython 1 and 2) with its cells as format 4 has them."""
    cells: list[dict[str, Any]] = []
    sheets = data.get("worksheets")
    for sheet in sheets if isinstance(sheets, list) else []:
        found = sheet.get("cells") if isinstance(sheet, dict) else None
        for cell in found if isinstance(found, list) else []:
            if isinstance(cell, dict):
                source = cell.get("input", cell.get("source", ""))
                if cell.get("cell_type") == "heading":
                    level = cell.get("level")
                    level = level if isinstance(level, int) and 0 < level < 7 else 1
                    source = "#" * level + " " + _text_of(source)
                cells.append(cell | {"source": source})
    return {"nbformat": 4, "cells": cells}


def _read_cell(cell: dict[str, Any]) -> SubmittedCell:
    kind = cell.get("cell_type")
    kind = str(kind).lower() if str(kind).lower() in ("code", "raw") else "markdown"
    attachments = cell.get("attachments")
    attached = (
        harmless_attachments(attachments) if isinstance(attachments, dict) else {}
    )
    source = _text_of(cell.get("source", ""))
    if kind != "code":
        source, pasted = pictures_out_of(source, attached)
        attached |= pasted
    if len(source) > MAX_SOURCE:
        raise UnreadableSubmission(
            f"a cell has {len(source):,} characters; {MAX_SOURCE:,} are read"
        )
    source = writable(source).replace("\r\n", "\n").removeprefix("\ufeff")
    metadata = cell.get("metadata")
    info = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = info.get("grade_id") if isinstance(info, dict) else None
    return SubmittedCell(
        kind=kind,
        source=source,
        grade_id=_name(grade_id),
        cell_id=_name(cell.get("id")),
        attachments=attached,
    )


def _text_of(source: Any) -> str:
    """A cell's source, which may be a list of lines, by some programs without ends."""
    if isinstance(source, list):
        lines = [part for part in source if isinstance(part, str)]
        ended = any(line.endswith(("\n", "\r")) for line in lines)
        return ("" if ended else "\n").join(lines)
    return source if isinstance(source, str) else ""


def _name(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _too_large(name: str, size: int) -> str:
    return (
        f"{name} has {_megabytes(size)} MB of text and attachments; "
        f"{_megabytes(MAX_BYTES)} are allowed (outputs do not count)"
    )


def _megabytes(size: int) -> int:
    return -(-size // 2**20)

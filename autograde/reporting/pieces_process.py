"""The process that takes a student's code to pieces, and may die of it.

Run as ``python -m autograde.reporting.pieces_process FD``; FD is a socket to whoever
compares. What Python's own parser does with code that was made to hurt it is not known.
"""

from __future__ import annotations

import json

import nbformat

from autograde.reporting.code_pieces import student_code, winnowed
from autograde.reporting.mortal import answer


def pieces(asked: dict, data: bytes) -> bytes:
    """The winnowed pieces of a graded notebook's cells, as JSON."""
    try:
        # nbformat.read validates as well, which takes most of the time
        notebook = nbformat.v4.reads(data.decode())
        cells = student_code(notebook)
    except (ValueError, AttributeError, KeyError):
        cells = {}  # not a notebook that the grader wrote
    return json.dumps(winnowed(cells)).encode()


if __name__ == "__main__":
    answer(pieces)

"""What nbval said about submissions: kept in ``grading/nbval`` for the report."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from autograde.course.files import replace_file

AGREES = "agrees"
DIFFERS = "differs"
RAISED = "raised"
NOT_COMPARED = "not compared"


@dataclass
class Compared:
    """What nbval says about one cell; `detail` shows the first difference."""

    cell: str
    says: str
    detail: str = ""


def store(
    root: Path, chapter: str, student: str, submission: str, found: list[Compared]
) -> None:
    """Keep what was found of the work with the digest `submission`."""
    target = stored_path(root, chapter, student)
    target.parent.mkdir(parents=True, exist_ok=True)
    content = {"submission": submission, "cells": [asdict(item) for item in found]}
    replace_file(target, json.dumps(content).encode())


def stored_path(root: Path, chapter: str, student: str) -> Path:
    return root / "grading" / "nbval" / student / f"{chapter}.json"


def stored_summary(root: Path, chapter: str, student: str, submission: str) -> str:
    """The summary of an earlier comparison of this very submission, or nothing."""
    try:
        content = json.loads(stored_path(root, chapter, student).read_text("utf-8"))
        if content["submission"] != submission:
            return ""
        return summary([Compared(**row) for row in content["cells"]])
    except (OSError, ValueError, TypeError, KeyError):
        return ""


def summary(found: list[Compared]) -> str:
    """``31 of 33``: the compared cells that agree."""
    counted = [item for item in found if item.says != NOT_COMPARED]
    return f"{sum(item.says == AGREES for item in counted)} of {len(counted)}"

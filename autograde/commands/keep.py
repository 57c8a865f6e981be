"""``autograde keep``: let previewed results count, graded only once."""

from __future__ import annotations

import sys
from pathlib import Path

from autograde.course.layout import CANNOT_RUN, NEEDS_A_PERSON, CannotRun
from autograde.course.lock import only_run
from autograde.grading.preview import keep_previews
from autograde.grading.results import Results
from autograde.reporting.publish import publish


def keep(root: Path, chapters: list[str], quiet: bool = False) -> int:
    """Keep the previews of `chapters` (all without any); return the exit status."""
    grading = root / "grading"
    try:
        with only_run(grading), Results(grading) as results:
            kept, left = keep_previews(root, results, chapters)
            if kept:
                publish(root, results, quiet=quiet)
    except CannotRun as error:
        print(f"Not kept: {error}", file=sys.stderr)
        return CANNOT_RUN
    print(f"{kept} previewed results kept.")
    for line in left:
        print(f"  NOT KEPT: {line}")
    return NEEDS_A_PERSON if left else 0

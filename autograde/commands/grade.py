"""Grade a class: ``python -m autograde.commands.grade`` (``make grade``).

The command. Nothing heavy is imported before the warm process is on its way: it takes
longer to start than all the rest.
"""

from __future__ import annotations

import argparse
import gc
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from autograde.course.layout import (
    CANNOT_RUN,
    NEEDS_A_PERSON,
    ROOT,
    CannotRun,
    chosen_chapters,
    has_submissions,
)
from autograde.execution.sandboxes import needs_of, start_early
from autograde.sandbox import SandboxUnavailable

if TYPE_CHECKING:
    from autograde.grading.class_run import Summary


# jsonschema's check of international addresses builds a grammar when it is imported, in
# 1.5 s. No notebook's schema asks for such addresses, and jsonschema does without.
sys.modules.setdefault("rfc3987_syntax", None)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m autograde.commands.grade", description=__doc__
    )
    parser.add_argument("chapters", nargs="*", help="names or numbers; all without any")
    parser.add_argument("--root", type=Path, default=ROOT, help="folder of the course")
    parser.add_argument("--scheduler", help="address of a dask scheduler")
    parser.add_argument(
        "--workers", type=int, help="submissions at a time on this machine"
    )
    parser.add_argument(
        "--force", action="store_true", help="grade unchanged work again"
    )
    parser.add_argument(
        "--preview", action="store_true", help="show who would move, change nothing"
    )
    parser.add_argument(
        "--trust-submissions",
        action="store_true",
        help="run without walls where this machine has none; only for code you trust",
    )
    parser.add_argument(
        "--scores-only",
        action="store_true",
        help="record scores; write no feedback, exports or report",
    )
    options = parser.parse_args(arguments)
    grading = options.root / "grading"
    try:
        names = chosen_chapters(options.root, options.chapters)
        if options.scheduler is None and has_submissions(grading, names):
            start_early(needs_of(options.root, names, options.trust_submissions))
        from autograde.grading.class_run import clear_errors, grade_class

        summary = grade_class(
            options.root,
            names,
            scheduler=options.scheduler,
            workers=options.workers,
            force=options.force or options.preview,
            keep=not options.preview,
            trusted=options.trust_submissions,
        )
    except (CannotRun, SandboxUnavailable) as error:
        print(f"Not graded: {error}", file=sys.stderr)
        return CANNOT_RUN
    status = _tell_person(summary)
    from autograde.grading.moves import preview_lines
    from autograde.grading.results import Results
    from autograde.reporting.publish import publish

    try:
        with clear_errors(), Results(grading) as results:
            if options.preview:
                print(*preview_lines(results), sep="\n")
            elif not options.scores_only and publish(options.root, results):
                status = NEEDS_A_PERSON
    except CannotRun as error:
        print(f"Graded and recorded, but not all is written: {error}", file=sys.stderr)
        return CANNOT_RUN
    return status


def _tell_person(summary: Summary) -> int:
    print(f"{summary.graded} submissions graded, {summary.unchanged} unchanged.")
    if summary.level:
        print(f"Student code ran behind: {summary.level}.")
    for line in summary.notes:
        print(f"  noticed: {line}")
    for line in summary.problems:
        print(f"  NEEDS A PERSON: {line}")
    return NEEDS_A_PERSON if summary.problems else 0


if __name__ == "__main__":
    try:
        status = main()
    except Exception:  # not Python's own status 1, which names submissions
        traceback.print_exc()
        print(
            "The grader itself failed; what was graded so far is recorded. Mend what "
            "it says and run the same command again.",
            file=sys.stderr,
        )
        status = CANNOT_RUN
    gc.freeze()  # the interpreter's end would look at every object once more
    sys.exit(status)

"""Grade a class: ``python -m autograde.grade`` (``make grade``).

Every submission is an independent task on a dask scheduler: threads of this process
by default, any scheduler by its address. Results come back one by one; one writer,
this process, records each as it comes. What was recorded is not graded again, so an
interrupted run goes on where it stopped.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import fcntl
import logging
import os
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import dask
from distributed import Client, LocalCluster, as_completed
from sqlalchemy.exc import OperationalError
from tqdm import tqdm

from autograde.changes import preview_lines
from autograde.chapter import ROOT
from autograde.gradebook import CourseGradebook, prepare_gradebook
from autograde.hidden import secret_seed
from autograde.keep import store_preview
from autograde.publish import publish
from autograde.rebuild import UnreadableSubmission
from autograde.results import Results
from autograde.sandbox import SandboxUnavailable
from autograde.submissions import Submission, find_submissions
from autograde.tasks import Graded, Package, grade_submission, make_package, warm_up

NEEDS_A_PERSON = 1
CANNOT_RUN = 2
FLIGHT = 2  # tasks under way for each worker: memory does not grow with the class


class CannotRun(RuntimeError):
    """The run cannot start or go on; the message is one sentence with the mend."""


@dataclass
class Summary:
    """What a run did: how many submissions, and a line for each that needs a person."""

    graded: int = 0
    unchanged: int = 0
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    level: str = ""


def grade_class(
    root: Path = ROOT,
    chapters: list[str] | None = None,
    *,
    scheduler: str | None = None,
    workers: int | None = None,
    force: bool = False,
    keep: bool = True,
    trusted: bool = False,
    quiet: bool = False,
) -> Summary:
    """Grade what is new or changed in ``grading/submitted`` and record it.

    With ``keep=False`` results are stored as a preview and the gradebook stays as it
    is. Raises CannotRun when another run is under way or the disk is full.
    """
    grading = root / "grading"
    with only_run(grading), _clear_errors(), Results(grading) as results:
        names = _chosen(root, chapters)
        packages = {
            name: make_package(root, name, beside=names, trusted=trusted)
            for name in names
        }
        if keep:
            for name in names:
                prepare_gradebook(root, name)
        todo, summary = _todo(grading, packages, results, force, keep)
        if todo and scheduler is None:
            warm_up(packages[todo[0].chapter])
        run = results.start_run(secret_seed(grading))
        with _client(scheduler, workers) as client, CourseGradebook(root) as gradebook:
            done = _graded(client, packages, todo)
            bar = tqdm(done, total=len(todo), unit="submission", disable=quiet)
            for submission, graded in bar:
                graded.notes = submission.notes + graded.notes
                if keep:
                    gradebook.record(graded, submission)
                else:
                    store_preview(grading, graded)
                version = packages[graded.chapter].version
                results.add(run, graded, submission.digest(), version, keep)
                _tell(summary, graded)
        results.finish_run(run, summary.level, summary.problems)
    return summary


def _chosen(root: Path, chapters: list[str] | None) -> list[str]:
    known = sorted(
        path.parent.name for path in root.glob("chapters/*/checks.safetensors")
    )
    chosen = []
    for name in chapters or known:
        found = [item for item in known if name in (item, item.split("_")[0])]
        if not found:
            raise CannotRun(
                f"There is no chapter {name!r}; there are {', '.join(known)}."
            )
        chosen += found
    return chosen


def _todo(
    grading: Path,
    packages: dict[str, Package],
    results: Results,
    force: bool,
    keep: bool,
) -> tuple[list[Submission], Summary]:
    """The submissions whose work or checks have changed since they were recorded."""
    todo, summary = [], Summary()
    for submission in find_submissions(grading / "submitted", list(packages)):
        newest = results.newest(submission.chapter, submission.student, kept=keep)
        version = packages[submission.chapter].version
        same = newest is not None and not newest.failed and newest.version == version
        if same and not force and newest.submission == submission.digest():
            summary.unchanged += 1
            if newest.problem:
                summary.problems.append(_line(submission, newest.problem))
        else:
            todo.append(submission)
    return todo, summary


def _graded(
    client: Client, packages: dict[str, Package], todo: list[Submission]
) -> Iterator[tuple[Submission, Graded]]:
    """Yield results as they come, with a bounded number of tasks under way."""
    waiting = iter(todo)
    sent = {
        name: client.scatter(package, broadcast=True, hash=False)
        for name, package in packages.items()
        if any(submission.chapter == name for submission in todo)
    }
    flying: dict[str, Submission] = {}
    done = as_completed()

    def submit_next() -> tuple[Submission, Graded] | None:
        """Send one submission off; return one that cannot be read instead."""
        submission = next(waiting, None)
        if submission is None:
            return None
        try:
            data = submission.read()
        except (UnreadableSubmission, OSError) as error:
            return submission, Graded(
                submission.chapter, submission.student, problem=str(error)
            )
        future = client.submit(
            grade_submission,
            sent[submission.chapter],
            submission.student,
            data,
            pure=False,
            retries=2,
        )
        flying[future.key] = submission
        done.add(future)
        return None

    def fill() -> Iterator[tuple[Submission, Graded]]:
        room = FLIGHT * max(1, sum(client.ncores().values()))
        count = -1
        while len(flying) < room and count != len(flying):
            count = len(flying)
            while (unread := submit_next()) is not None:
                yield unread

    yield from fill()
    while flying:
        future = next(done)
        submission = flying.pop(future.key)
        try:
            graded = future.result()
        except Exception as error:
            graded = Graded(submission.chapter, submission.student, failed=True)
            graded.problem = f"the grader failed ({type(error).__name__}: {error})"
        yield submission, graded
        yield from fill()


@contextlib.contextmanager
def _client(scheduler: str | None, workers: int | None) -> Iterator[Client]:
    logging.getLogger("distributed").setLevel(logging.ERROR)
    if scheduler is not None:
        with Client(scheduler) as client:
            yield client
        return
    threads = workers or os.cpu_count() or 1
    settings = {
        "distributed.worker.memory.target": False,
        "distributed.worker.memory.spill": False,
        "distributed.worker.memory.pause": False,
        "distributed.admin.large-graph-warning-threshold": "1GB",
    }
    with (
        dask.config.set(settings),
        LocalCluster(
            n_workers=1,
            threads_per_worker=threads,
            processes=False,
            dashboard_address="127.0.0.1:0",
            worker_dashboard_address="127.0.0.1:0",
        ) as cluster,
        Client(cluster) as client,
    ):
        yield client


@contextlib.contextmanager
def only_run(grading: Path) -> Iterator[None]:
    """Hold the lock of the course run; a second run is told so."""
    grading.mkdir(parents=True, exist_ok=True)
    with open(grading / "run.lock", "a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CannotRun(
                "Another grading run of this course is under way; wait for its end."
            ) from None
        yield


@contextlib.contextmanager
def _clear_errors() -> Iterator[None]:
    """Turn a full disk and a locked gradebook into one sentence each."""
    try:
        yield
    except (OSError, OperationalError, sqlite3.OperationalError) as error:
        text = str(error)
        if getattr(error, "errno", None) == errno.ENOSPC or "is full" in text:
            raise CannotRun(
                "The disk is full. What was graded so far is recorded; make room and "
                "run the same command again."
            ) from error
        if "locked" in text:
            raise CannotRun(
                "The gradebook is locked by another program (Formgrader, a database "
                "browser). Close it and run the same command again; what was graded so "
                "far is recorded."
            ) from error
        raise


def _tell(summary: Summary, graded: Graded) -> None:
    summary.graded += 1
    summary.level = graded.level or summary.level
    if graded.problem:
        summary.problems.append(_line(graded, graded.problem))
    summary.notes += [_line(graded, note) for note in graded.notes]


def _line(where: Submission | Graded, text: str) -> str:
    line = f"{where.student}, {where.chapter}: {text}"
    return "".join(c if c.isprintable() else "?" for c in line)  # for a terminal


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m autograde.grade", description=__doc__
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
    try:
        summary = grade_class(
            options.root,
            options.chapters,
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
    try:
        with _clear_errors(), Results(options.root / "grading") as results:
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
    sys.exit(main())

"""A run over a class: send submissions off, record what comes back.

Every submission is an independent task on a dask scheduler: threads of this process
by default, any scheduler by its address. Results come back one by one; one writer,
this process, records each as it comes. What was recorded is not graded again, so an
interrupted run goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from distributed import Client, as_completed
from sqlalchemy.exc import OperationalError
from tqdm import tqdm

from autograde.course.layout import ROOT, chosen_chapters, on_one_line
from autograde.course.lock import only_run
from autograde.execution.sandboxes import needs_of, sandbox
from autograde.grading.clear_errors import clear_errors
from autograde.grading.cluster import client as task_client
from autograde.grading.gradebook import CourseGradebook, prepare_gradebook
from autograde.grading.judges import judges
from autograde.grading.preview import store_preview
from autograde.grading.results import Results
from autograde.grading.seed import secret_seed
from autograde.grading.submissions import Submission, find_submissions, strays
from autograde.grading.task import Graded, Package, grade_submission, make_package
from autograde.notebooks.submitted import UnreadableSubmission

FLIGHT = 2  # tasks under way for each worker: memory does not grow with the class


@dataclass
class Summary:
    """What a run did: how many submissions, and a line for each that needs a person."""

    graded: int = 0
    unchanged: int = 0
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    level: str = ""
    lacks: str = ""


def grade_class(
    root: Path = ROOT,
    chapters: list[str] | None = None,
    *,
    scheduler: str | None = None,
    workers: int | None = None,
    force: bool = False,
    students: Collection[str] = (),
    keep: bool = True,
    trusted: bool = False,
    quiet: bool = False,
) -> Summary:
    """Grade what is new or changed in ``grading/submitted`` and record it.

    Of `students`, where there are any, all is graded again, and of nobody else.
    With ``keep=False`` results are stored as a preview and the gradebook stays as it
    is. Raises CannotRun when another run is under way or the disk is full, and
    SandboxUnavailable where no walls work and the submissions are not `trusted`.
    """
    grading = root / "grading"
    with clear_errors(), only_run(grading), Results(grading) as results:
        names = chosen_chapters(root, chapters)
        needs = needs_of(root, names, trusted)
        packages = {name: make_package(root, name, needs) for name in names}
        if keep:
            for name in names:
                prepare_gradebook(root, name)
        todo, summary = _todo(grading, packages, results, force, keep, students)
        known = [path.name for path in (root / "chapters").iterdir()]
        if results.network:
            summary.notes.append(
                f"grading/ lies on a network disk ({results.network}): only one "
                "machine may work on it at a time; a disk of this machine is safer"
            )
        summary.notes += map(on_one_line, strays(grading / "submitted", known))
        if todo and scheduler is None:
            judges().start()
            sandbox(needs)  # raises where there are no walls
        run = results.start_run(secret_seed(grading))
        with (
            task_client(scheduler, workers) as client,
            CourseGradebook(root) as gradebook,
        ):
            done = _graded(client, packages, todo)
            bar = tqdm(done, total=len(todo), unit="submission", disable=quiet)
            for submission, graded in bar:
                graded.notes = submission.notes + graded.notes
                if keep:
                    graded = _record(gradebook, graded, submission)
                else:
                    store_preview(grading, graded)
                version = packages[graded.chapter].version
                results.add(run, graded, submission.digest(), version, keep)
                _tell(summary, graded)
            if summary.lacks:
                summary.notes.append(f"the walls lack: {summary.lacks}")
            results.finish_run(run, summary.level, summary.problems)
    return summary


def _todo(
    grading: Path,
    packages: dict[str, Package],
    results: Results,
    force: bool,
    keep: bool,
    students: Collection[str] = (),
) -> tuple[list[Submission], Summary]:
    """The submissions whose work or checks have changed since they were recorded."""
    todo, summary = [], Summary()
    for submission in find_submissions(grading / "submitted", list(packages)):
        if students and submission.student not in students:
            continue
        newest = results.newest(submission.chapter, submission.student, kept=keep)
        version = packages[submission.chapter].version
        same = newest is not None and not newest.failed and newest.version == version
        if (
            same
            and not force
            and not students
            and newest.submission == submission.digest()
        ):
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
        flying[str(future.key)] = submission
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
            graded = _checked(future.result(), submission)
        except Exception as error:
            graded = Graded(submission.chapter, submission.student, failed=True)
            graded.problem = f"the grader failed ({type(error).__name__}: {error})"
        yield submission, graded
        yield from fill()


def _checked(graded: Graded, submission: Submission) -> Graded:
    """The result that a worker gave, which must be that of what it was sent."""
    if (graded.chapter, graded.student) != (submission.chapter, submission.student):
        raise ValueError("a worker gave the result of another submission")
    return graded


def _record(
    gradebook: CourseGradebook, graded: Graded, submission: Submission
) -> Graded:
    """Write `graded` into the gradebook; return what is to be stored of it.

    A result that cannot be written is the grader's own error, and stops no other.
    """
    try:
        gradebook.record(graded, submission)
        return graded
    except (OSError, OperationalError):
        raise  # the disk or the gradebook itself: the next one would fare no better
    except Exception as error:
        said = f"the grader failed to record it ({type(error).__name__}: {error})"
        failed = Graded(graded.chapter, graded.student, problem=said, failed=True)
        gradebook.forget_changes()
        gradebook.record(failed, submission)
        return failed


def _tell(summary: Summary, graded: Graded) -> None:
    summary.graded += 1
    if graded.level:
        summary.level, summary.lacks = graded.level, graded.lacks
    if graded.problem:
        summary.problems.append(_line(graded, graded.problem))
    summary.notes += [_line(graded, note) for note in graded.notes]


def _line(where: Submission | Graded, text: str) -> str:
    return on_one_line(f"{where.student}, {where.chapter}: {text}")

"""Subcommands for instructors: from what was sent to scores and feedback."""

from __future__ import annotations

from pathlib import Path

import click

from autograde.commands import (
    hub_for_instructors,
    options,
    term_for_instructors,
)
from autograde.commands.exchange_for_instructors import exchange
from autograde.course.layout import NEEDS_A_PERSON

MATCH = "Whose a file is, when it came: Moodle's worksheet, or file,student,time."


@click.command()
@options.root
@options.port
@options.no_browser
@click.option("--singleuser", is_flag=True, help="A JupyterHub starts it.")
def instructor(root: Path, port: int, no_browser: bool, singleuser: bool) -> int:
    """Open the course itself in JupyterLab, with Formgrader."""
    from autograde.authoring.instructor_lab import open_for_instructor, serve_on_hub

    if singleuser:
        serve_on_hub(root)
    return open_for_instructor(root, port, not no_browser)


@click.command()
@click.argument("sent", nargs=-1, required=True, type=click.Path(path_type=Path))
@options.root
@click.option("--match", type=options.FILE, metavar="TABLE", help=MATCH)
@click.option("--chapter", help="What all files are of, where nothing else tells it.")
@click.option(
    "--attempts",
    type=click.Choice(["last", "best"]),
    help="Which of several works of one student counts; asks a person without it.",
)
@click.option("--file-dates", is_flag=True, help="A file's date is when it came.")
@options.trusted
def collect(
    sent: tuple[Path, ...],
    root: Path,
    match: Path | None,
    chapter: str | None,
    attempts: str | None,
    file_dates: bool,
    trust_submissions: bool,
) -> int:
    """Sort what students SENT (files or folders) into grading/submitted.

    Takes what Moodle, Canvas, Blackboard and GitHub Classroom give for download, plain
    folders with the students' names, archives of these, and what submit wrote.
    """
    from autograde.course.layout import named, released_chapters
    from autograde.course.lock import only_run
    from autograde.grading.clear_errors import clear_errors
    from autograde.grading.collect import Collection

    best = None
    if attempts == "best":
        from autograde.grading.best_attempt import best_of

        best = best_of(root, trust_submissions)
    with clear_errors(), only_run(root / "grading"):
        done = Collection(
            root,
            attempts=attempts,
            chapter=named(chapter, released_chapters(root)) if chapter else None,
            match=match,
            file_dates=file_dates,
            best=best,
        ).take(sent)
    for line in done.lines():
        click.echo(line)
    return NEEDS_A_PERSON if done.needs_a_person else 0


@click.command()
@options.chapters
@click.option("--students", type=int, default=30, show_default=True)
@options.root
def simulate(chapters: tuple[str, ...], students: int, root: Path) -> None:
    """Write a simulated class into grading/submitted."""
    from autograde.authoring.chapter import chapters as all_chapters
    from autograde.authoring.chapter import find_chapter
    from autograde.grading.simulate import simulate_course

    chosen = [find_chapter(name, root) for name in chapters] or all_chapters(root)
    for line in simulate_course(root, chosen, students):
        click.echo(line)


@click.command()
@options.chapters
@options.root
@click.option("--scheduler", metavar="ADDRESS", help="Address of a dask scheduler.")
@click.option("--workers", type=int, help="Submissions at a time on this machine.")
@click.option("--force", is_flag=True, help="Grade unchanged work again.")
@click.option("--student", multiple=True, help="Grade this one again, nobody else.")
@options.trusted
@click.option(
    "--scores-only",
    is_flag=True,
    help="Record scores; write no feedback, exports or report.",
)
def grade(chapters: tuple[str, ...], root: Path, **choices) -> int:
    """Grade all submissions of CHAPTERs, or of all."""
    from autograde.commands.grade import grade_course

    return grade_course(root, chapters, **choices)


@click.command()
@options.chapters
@options.root
@click.option("--workers", type=int, help="Submissions at a time on this machine.")
@options.trusted
def preview(chapters: tuple[str, ...], root: Path, **choices) -> int:
    """Show who would move after a change of a check; change nothing."""
    from autograde.commands.grade import grade_course

    return grade_course(root, chapters, preview=True, **choices)


@click.command()
@options.chapters
@options.root
def keep(chapters: tuple[str, ...], root: Path) -> int:
    """Let the previewed results count, graded only once."""
    from autograde.commands.keep import keep
    from autograde.course.layout import chosen_chapters

    return keep(root, chosen_chapters(root, chapters) if chapters else [])


@click.command()
@options.root
@click.option("--force", is_flag=True, help="Write every feedback page anew.")
@click.option(
    "--partial", is_flag=True, help="Export scores with an answer that still waits."
)
@click.option(
    "--moodle-maximum",
    type=float,
    help="Scale the scores for Moodle to this; remembered.",
)
def report(root: Path, force: bool, partial: bool, moodle_maximum: float | None) -> int:
    """Bring report, feedback and exports up to date, as after hand grading."""
    from autograde.course.lock import only_run
    from autograde.grading.clear_errors import clear_errors
    from autograde.grading.results import Results
    from autograde.reporting.publish import publish

    grading = root / "grading"
    with clear_errors(), only_run(grading), Results(grading) as results:
        problems = publish(
            root,
            results,
            force=force,
            partial=partial,
            moodle_maximum=moodle_maximum,
        )
        return NEEDS_A_PERSON if problems else 0


@click.command()
@click.argument("folders", nargs=-1, required=True, type=options.FOLDER)
@options.root
@options.trusted
def compare(folders: tuple[Path, ...], root: Path, trust_submissions: bool) -> int:
    """Compare what submissions print with the reference, by nbval.

    A folder is one of grading/submitted/STUDENT/CHAPTER.
    """
    from autograde.grading.nbval_compare import compare_folders

    return compare_folders(root, folders, trust_submissions)


@click.command()
@click.argument("group")
@click.argument("sentence")
@options.root
@click.option("--as", "mistake", metavar="NAME", help="The mistake's short name.")
@click.option("--try", "run", is_flag=True, help="Run the example with the gate.")
@click.option("--keep", is_flag=True, help="Write it into exercises.py.")
@options.trusted
def name(
    group: str,
    sentence: str,
    root: Path,
    mistake: str | None,
    run: bool,
    keep: bool,
    trust_submissions: bool,
) -> int:
    """Name a mistake that many students make.

    GROUP stands in the report, as CHAPTER/EXERCISE/CODE; SENTENCE is what its students
    are to read. --try and --keep run the example cell behind the walls. What --keep
    writes is the course's own code from then on: read it first.
    """
    from autograde.reporting.name_group import name_group

    return name_group(
        root, group, sentence, mistake, run or keep, keep, trust_submissions
    )


COMMANDS = (
    instructor,
    collect,
    simulate,
    grade,
    preview,
    keep,
    report,
    compare,
    name,
    *term_for_instructors.COMMANDS,
    exchange,
    *hub_for_instructors.COMMANDS,
)

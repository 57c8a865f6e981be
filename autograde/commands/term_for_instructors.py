"""Subcommands for instructors that a term needs beside grading."""

from __future__ import annotations

from pathlib import Path

import click

from autograde.commands import options
from autograde.commands.outcome import ask_for_a_person
from autograde.course.layout import NEEDS_A_PERSON, on_one_line


@click.group()
def roster() -> None:
    """Who is in the course: names, sections, and how systems call each."""


@roster.command("import")
@click.argument("file", type=options.FILE)
@options.root
@click.option("--replace", is_flag=True, help="Drop whoever is not in FILE.")
def import_(file: Path, root: Path, replace: bool) -> int:
    """Take the people in FILE, a CSV from Canvas, Moodle or nbgrader."""
    from autograde.course.lock import only_run
    from autograde.grading.announce import enter_roster
    from autograde.grading.clear_errors import clear_errors
    from autograde.grading.roster import import_roster

    with clear_errors(), only_run(root / "grading"):
        done = import_roster(root / "grading", file, replace)
        enter_roster(root)
    click.echo(f"{len(done.new)} new, {len(done.known)} known already.")
    left = "left the roster" if replace else "not in the file, and stay"
    if done.absent:
        click.echo(f"{len(done.absent)} {left}: {', '.join(done.absent)}")
    return ask_for_a_person(done.problems)


@roster.command("list")
@options.root
def list_(root: Path) -> None:
    """Print the roster."""
    from autograde.grading.roster import read_roster

    for student, person in read_roster(root / "grading").people.items():
        rest = filter(None, (person.full_name, person.email, person.section))
        click.echo(on_one_line("  ".join((student, *rest))))


@click.command()
@click.argument("chapter", required=False)
@click.argument("date", required=False)
@options.root
@click.option("--zone", help="The course's time zone, as Europe/Zurich.")
def due(chapter: str | None, date: str | None, root: Path, zone: str | None) -> None:
    """Say when CHAPTER is due: "2026-01-10 23:59", with a zone or in the course's.

    Without a DATE all dates are listed; "" takes one away. Late penalties that are
    recorded already follow at once.
    """
    from autograde.course.layout import named, released_chapters
    from autograde.course.lock import only_run
    from autograde.grading.announce import apply_deadlines, forget_due
    from autograde.grading.clear_errors import clear_errors
    from autograde.grading.term import Deadlines, set_due

    if (chapter is None and zone is None) or (chapter and date is None):
        for line in Deadlines(root).lines():
            click.echo(line)
        return
    name = named(chapter, released_chapters(root)) if chapter else None
    with clear_errors(), only_run(root / "grading"):
        click.echo(set_due(root, name, date, zone))
        if name and date == "":
            forget_due(root, name)
        _told(apply_deadlines(root))


@click.command()
@click.argument("student")
@click.argument("chapter")
@click.argument("date")
@options.root
def extend(student: str, chapter: str, date: str, root: Path) -> None:
    """Give STUDENT more time for CHAPTER, or for all.

    DATE is a date, or "+2d" (w, d, h, m) from the due date; "" takes it away.
    """
    from autograde.course.layout import named, released_chapters
    from autograde.course.lock import only_run
    from autograde.grading.announce import apply_deadlines
    from autograde.grading.clear_errors import clear_errors
    from autograde.grading.people import student_called
    from autograde.grading.term import ALL, extend

    if chapter != ALL:
        chapter = named(chapter, released_chapters(root))
    student = student_called(root, student)
    with clear_errors(), only_run(root / "grading"):
        click.echo(extend(root, student, chapter, date))
        _told(apply_deadlines(root))


def _told(changed: list[str]) -> None:
    for line in changed:
        click.echo(line)
    if changed:
        click.echo("Bring feedback, exports and report up to date: autograde report")


@click.command()
@click.argument("student")
@options.root
@click.option("--yes", is_flag=True, help="Do not ask.")
def forget(student: str, root: Path, yes: bool) -> int:
    """Remove STUDENT from everywhere in grading/: work, scores, feedback, names."""
    from autograde.course.lock import only_run
    from autograde.grading.clear_errors import clear_errors
    from autograde.grading.people import forget, student_called
    from autograde.grading.results import Results
    from autograde.reporting.publish import publish

    student = student_called(root, student)
    if not yes:
        click.confirm(f"Remove all that there is of {student}?", abort=True)
    grading = root / "grading"
    with clear_errors(), only_run(grading):
        for place in forget(root, student):
            click.echo(f"removed from {place}")
        with Results(grading) as results:
            problems = publish(root, results, quiet=True)
    click.echo(
        f"{student} is in no file of grading/ any more. Back-ups, and what was sent to "
        "other systems, are yours to look through."
    )
    return NEEDS_A_PERSON if problems else 0


@click.command()
@click.argument("file", type=options.FILE)
@options.root
def backup(file: Path, root: Path) -> None:
    """Write all of the course run into FILE, a zip."""
    from autograde.grading.backup import back_up

    count = back_up(root, file)
    click.echo(
        f"{count} files in {file}, grades and the secret seed among them: keep it "
        "private."
    )
    click.echo("Back again: autograde restore-backup FILE")


@click.command("restore-backup")
@click.argument("file", type=options.FILE)
@options.root
def restore_backup(file: Path, root: Path) -> None:
    """Put the back-up FILE in the place of grading/, which is kept beside it."""
    from autograde.course.lock import only_run
    from autograde.grading.backup import restore

    with only_run(root / "grading"):
        old = restore(root, file)
    click.echo(f"Restored. What was there is in {old}." if old else "Restored.")
    click.echo("Feedback, exports and report come anew by: autograde report")


@click.command("next-term")
@options.root
def next_term(root: Path) -> None:
    """Begin a new course run; the old one stays beside it, whole."""
    from autograde.course.lock import only_run
    from autograde.grading.backup import next_term

    with only_run(root / "grading"):
        old = next_term(root)
    click.echo(f"The last term is in {old}." if old else "There was no last term.")
    click.echo("Next: autograde roster import FILE, autograde due CHAPTER DATE")


@click.command()
@click.argument("chapter")
@options.root
def restructure(chapter: str, root: Path) -> None:
    """Let the gradebook follow CHAPTER, of which exercises came or went.

    Work is handed in already, so that nbgrader refuses it. The gradebook is copied
    first; what left takes its grades along, all other grades stay.
    """
    from autograde.course.layout import named, released_chapters
    from autograde.course.lock import only_run
    from autograde.grading.clear_errors import clear_errors
    from autograde.grading.restructure import restructure

    name = named(chapter, released_chapters(root))
    with clear_errors(), only_run(root / "grading"):
        lines = restructure(root, name)
    for line in lines:
        click.echo(line)
    click.echo(f"Next: autograde grade {name}" if lines else "Nothing came or went.")


@click.command()
@click.argument("state", required=False, type=click.Choice(["on", "off", "list"]))
@options.root
def anonymous(state: str | None, root: Path) -> int:
    """Show graders a code in the place of each name: "on" or "off".

    Codes are in Formgrader, the report, feedback pages and what `grade` prints.
    Exports keep names, and feedback its folders. "list" prints whose each code is;
    without a word, it is said how things stand.
    """
    from autograde.course.lock import only_run
    from autograde.grading.anonymous import code_of, is_anonymous, switch
    from autograde.grading.clear_errors import clear_errors
    from autograde.grading.people import all_students
    from autograde.grading.results import FILE_NAME, Results
    from autograde.reporting.publish import publish

    grading = root / "grading"
    if state == "list":
        for student in all_students(grading):
            click.echo(f"{code_of(grading, student)}  {student}")
        return 0
    problems: list[str] = []
    if state is not None:
        with clear_errors(), only_run(grading):
            switch(grading, state == "on")
            if (grading / FILE_NAME).exists():
                with Results(grading) as results:
                    problems = publish(root, results, quiet=True)
    says = "codes" if is_anonymous(grading) else "names"
    click.echo(f"Graders read {says}.")
    return NEEDS_A_PERSON if problems else 0


COMMANDS = (
    roster,
    due,
    extend,
    anonymous,
    forget,
    backup,
    restore_backup,
    next_term,
    restructure,
)

"""``autograde exchange``: a class on a hub, through nbgrader's exchange."""

from __future__ import annotations

from pathlib import Path

import click

from autograde.commands import options
from autograde.commands.outcome import ask_for_a_person
from autograde.course.layout import chosen_chapters

place = click.option(
    "--exchange",
    "place",
    type=options.FOLDER,
    metavar="FOLDER",
    help="The exchange's root; that of nbgrader's configuration without it.",
)
student = click.option("--student", metavar="NAME", help="Of this student alone.")


@click.group()
def exchange() -> None:
    """Release, collect and give feedback through nbgrader's exchange."""


@exchange.command()
@options.chapters
@options.root
@place
def release(chapters: tuple[str, ...], root: Path, place: Path | None) -> int:
    """Put CHAPTERs, or all, where students fetch them.

    Due dates and extensions go with them. Permissions of the exchange are checked
    first, and mended where you may.
    """
    from autograde.grading.announce import due_dates, enter_chapter
    from autograde.grading.exchange import exchange_of, secure
    from autograde.grading.exchange_extensions import (
        release_extensions,
        secure_students,
    )
    from autograde.grading.exchange_outbound import release_chapter, release_dates

    found = exchange_of(root, place)
    names = chosen_chapters(root, chapters)
    for line in (*secure(found), *secure_students(found, root)):
        click.echo(line)
    for name in names:
        click.echo(release_chapter(found, root / "chapters", name))
    waiting = [line for name in names if (line := enter_chapter(root, name))]
    release_dates(found, due_dates(root))
    waiting += release_extensions(found, root)
    return ask_for_a_person(waiting)


@exchange.command()
@options.chapters
@options.root
@place
@student
@click.option(
    "--trust-stamps",
    is_flag=True,
    help="Students' own times count: for an exchange restored from a back-up.",
)
def collect(
    chapters: tuple[str, ...],
    root: Path,
    place: Path | None,
    student: str | None,
    trust_stamps: bool,
) -> int:
    """Take the latest submission of each student into grading/submitted."""
    from autograde.grading.announce import enter_chapter
    from autograde.grading.exchange import exchange_of
    from autograde.grading.exchange_inbound import collect_inbound

    found = exchange_of(root, place)
    if not found.owners:
        click.echo(
            "ExchangeCollect.check_owner is off: names are taken as students wrote them"
        )
    taken = collect_inbound(
        found,
        root / "grading",
        chosen_chapters(root, chapters),
        student=student,
        stamps=trust_stamps,
    )
    for line in taken.placed:
        click.echo(line)
    click.echo(f"{len(taken.placed)} collected, {taken.unchanged} were there already")
    entered = (enter_chapter(root, name) for name in sorted(taken.chapters))
    waiting = [*taken.refused, *filter(None, entered)]
    return ask_for_a_person(waiting)


@exchange.command()
@options.chapters
@options.root
@place
@student
def feedback(
    chapters: tuple[str, ...], root: Path, place: Path | None, student: str | None
) -> int:
    """Put feedback pages where their students find them."""
    from autograde.grading.exchange import exchange_of, secure
    from autograde.grading.exchange_outbound import release_feedback

    found = exchange_of(root, place)
    for line in secure(found):
        click.echo(line)
    names = chosen_chapters(root, chapters)
    done = release_feedback(found, root / "grading", names, student)
    click.echo(f"{done.pages} pages released, {done.unchanged} were there already")
    return ask_for_a_person(done.waiting)

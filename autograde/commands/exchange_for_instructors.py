"""``autograde exchange``: a class on a hub, through nbgrader's exchange."""

from __future__ import annotations

from pathlib import Path

import click

from autograde.commands import options
from autograde.course.layout import NEEDS_A_PERSON, chosen_chapters

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
def release(chapters: tuple[str, ...], root: Path, place: Path | None) -> None:
    """Put CHAPTERs, or all, where students fetch them.

    Permissions of the exchange are checked first, and mended where you may.
    """
    from autograde.grading.exchange import exchange_of, secure
    from autograde.grading.exchange_outbound import release_chapter, release_dates

    found = exchange_of(root, place)
    names = chosen_chapters(root, chapters)
    for line in secure(found):
        click.echo(line)
    for name in names:
        click.echo(release_chapter(found, root / "chapters", name))
    release_dates(found, root / "chapters")


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
    for line in taken.refused:
        click.echo(f"  NEEDS A PERSON: {line}")
    return NEEDS_A_PERSON if taken.refused else 0


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
    for line in done.waiting:
        click.echo(f"  NEEDS A PERSON: {line}")
    return NEEDS_A_PERSON if done.waiting else 0

"""Subcommands for students: open the course, update it, hand in."""

from __future__ import annotations

import functools
import importlib
import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from autograde.commands import options
from autograde.course.layout import NEEDS_A_PERSON, CannotRun

if TYPE_CHECKING:
    from autograde.student.assignments import Place


def in_their_language(command: Callable[..., Any]) -> Callable[..., Any]:
    """Let `command` speak the language that the student's copy follows.

    It is told where that copy is: `work`, or work/ in the course.
    """

    @functools.wraps(command)
    def spoken(root: Path, work: Path | None, **options: Any) -> Any:
        from autograde.language import chosen_for, translate, using

        work = work or root / "work"
        with using(chosen_for(work)):
            try:
                return command(root=root, work=work, **options)
            except CannotRun as error:
                raise CannotRun(translate(str(error))) from None

    return spoken


@click.command()
@options.root
@options.work
@options.port
@options.no_browser
@click.option("--lang", metavar="LANG", help="Its language, such as zh_CN; kept.")
@click.option(
    "--ip",
    metavar="ADDRESS",
    default="127.0.0.1",
    help="Where it listens; 0.0.0.0 in a container, whose ports are chosen outside.",
)
@in_their_language
def lab(
    root: Path,
    work: Path,
    port: int,
    no_browser: bool,
    lang: str | None,
    ip: str,
) -> int:
    """Open your copy of the course in JupyterLab.

    The copy in work/ is made or brought up to date first; your answers stay.
    """
    from autograde.student.edition import choose_language
    from autograde.student.lab import open_course

    if lang:
        choose_language(work, lang)
    return open_course(root, work, port, not no_browser, ip)


@click.command()
@options.root
@options.work
@in_their_language
def update(root: Path, work: Path) -> None:
    """Bring your copy in work/ up to date, and no more."""
    from autograde.student.lab import update

    update(root, work)


@click.command()
@click.argument("lang")
@click.option("--now", is_flag=True, help="Also while it is open in JupyterLab.")
@options.root
@options.work
@in_their_language
def language(lang: str, now: bool, root: Path, work: Path) -> None:
    """Let your copy follow the language LANG, such as zh_CN or en."""
    from autograde.student.lab import change_language

    for line in change_language(root, work, lang, now):
        click.echo(line)


@click.command()
@options.chapter
@options.root
@options.work
@in_their_language
def restore(chapter: str, root: Path, work: Path) -> None:
    """Bring back cells of the course that you deleted from CHAPTER."""
    from autograde.student.lab import restore_cells

    restore_cells(root, work, chapter)


@click.command()
@options.chapter
@click.option("--student", metavar="NAME", help="Your name; your login's without it.")
@options.root
@options.work
@in_their_language
def submit(chapter: str, student: str | None, root: Path, work: Path) -> int:
    """Hand in CHAPTER, and write a receipt."""
    from autograde.student.submit import submit_chapter

    return submit_chapter(work, chapter, student)


@click.command()
@options.root
@options.work
@in_their_language
def assignments(root: Path, work: Path) -> None:
    """List what a hub's exchange has for you, and write the start page."""
    from autograde.language import translate
    from autograde.student.assignments import assignments
    from autograde.student.start_page import write_start_page

    place = _exchange()
    work.mkdir(parents=True, exist_ok=True)
    write_start_page(work)
    for entry in assignments(work, place):
        late = f", {translate('late')}" if entry.late else ""
        when = f" {entry.submitted:%Y-%m-%d %H:%M:%S %Z}" if entry.submitted else ""
        due = f"  {translate('due')} {entry.due.isoformat(' ')}" if entry.due else ""
        click.echo(f"{entry.name}  {translate(entry.state)}{when}{late}{due}")


@click.command()
@options.chapter
@options.root
@options.work
@in_their_language
def fetch(chapter: str, root: Path, work: Path) -> None:
    """Fetch CHAPTER from a hub's exchange into your copy."""
    from autograde.student.assignments import fetch
    from autograde.student.start_page import write_start_page

    click.echo(fetch(work, _exchange(), chapter))
    write_start_page(work)


@click.command()
@options.chapter
@options.root
@options.work
@in_their_language
def feedback(chapter: str, root: Path, work: Path) -> None:
    """Fetch the feedback of CHAPTER from a hub's exchange."""
    from autograde.student.assignments import fetch_feedback
    from autograde.student.start_page import write_start_page

    page = fetch_feedback(work, _exchange(), chapter)
    write_start_page(work)
    click.echo(page)


def _exchange() -> Place:
    from autograde.student.assignments import NO_EXCHANGE, exchange_here

    place = exchange_here()
    if place is None:
        raise CannotRun(NO_EXCHANGE)
    return place


@click.command()
@options.root
@options.work
@in_their_language
def singleuser(root: Path, work: Path) -> None:
    """Serve your copy on a JupyterHub, which gives this command."""
    from autograde.student.singleuser import serve

    serve(root, work)


@click.command()
@options.root
@options.work
@in_their_language
def doctor(root: Path, work: Path) -> int:
    """Say what works on this machine, and how to mend what does not."""
    from autograde.language import translate
    from autograde.student.machine import student_findings

    found = {"For students": student_findings(root, work)}
    if importlib.util.find_spec("autograde.tools"):  # not in the students' archive
        graders = importlib.import_module("autograde.tools.machine")
        found["For graders"] = graders.grader_findings(root)
    for title, findings in found.items():
        click.echo(translate(title))
        for finding in findings:
            click.echo(finding)
    every = [finding for findings in found.values() for finding in findings]
    return 0 if all(finding.ok for finding in every) else NEEDS_A_PERSON


@click.command()
@click.option("--archive", type=options.FILE, help="A copy that you have already.")
@click.option("--shared", is_flag=True, help="For all who use this environment.")
def data(archive: Path | None, shared: bool) -> int:
    """Fetch the sentences of chapters 04 and 05, once for each machine."""
    from autograde.datasets.sentences import SentencesError, set_up

    try:
        click.echo(f"movie-review sentences: {set_up(archive, shared)}")
    except SentencesError as error:
        click.echo(error, err=True)
        return NEEDS_A_PERSON
    return 0


COMMANDS = (
    lab,
    update,
    language,
    restore,
    submit,
    assignments,
    fetch,
    feedback,
    singleuser,
    doctor,
    data,
)

"""``autograde hub``: a JupyterHub with this course."""

from __future__ import annotations

from pathlib import Path

import click

from autograde.commands import options
from autograde.course.layout import NEEDS_A_PERSON


@click.group()
def hub() -> None:
    """A JupyterHub with this course, on this machine."""


@hub.command("try")
@options.root
@click.option("--port", type=int, default=8000, show_default=True)
@click.option(
    "--accounts",
    is_flag=True,
    help="Make an account of the system for each person, and remove it at the end.",
)
def try_(root: Path, port: int, accounts: bool) -> None:
    """Start a hub on 127.0.0.1 with an instructor and three students.

    It ends with Ctrl-C, and nothing of it is left. Without --accounts all run as you:
    enough for a look at the pages.
    """
    import tempfile

    from autograde.hub.try_hub import (
        INSTRUCTOR,
        STUDENTS,
        Hub,
        check_machine,
        run_until_interrupted,
    )

    check_machine(accounts)
    with tempfile.TemporaryDirectory(
        prefix="autograde-hub-", ignore_cleanup_errors=True
    ) as folder:
        found = Hub(root, Path(folder), port, accounts)
        try:
            found.set_up()
            found.start()
            click.echo(f"Hub         {found.address}")
            click.echo(f"Instructor  {INSTRUCTOR}  (Formgrader: menu Nbgrader)")
            click.echo(f"Students    {', '.join(STUDENTS)}")
            click.echo(f"Password    {found.password}  (of each)")
            click.echo(f"Exchange    {found.exchange}")
            if not accounts:
                click.echo(
                    "All servers run as one account: what one student may not read of "
                    "another, and who handed in what, cannot be tried so (--accounts)."
                )
            click.echo("Ctrl-C ends it, and removes it.")
            run_until_interrupted(found)
        finally:
            found.stop()


@hub.command("load")
@options.root
@click.option("--students", type=click.IntRange(1, 999), default=100, show_default=True)
@click.option(
    "--seconds",
    type=click.FloatRange(0),
    default=60.0,
    show_default=True,
    help="Within which all of them hand in; every third does so twice.",
)
@click.option("--accounts", is_flag=True, help="As root: an account for each student.")
def load_(root: Path, students: int, seconds: float, accounts: bool) -> int:
    """Let many students hand in at once, without kernels, and collect it.

    It says how long it took, and whether anything was lost or is there twice.
    """
    import tempfile

    from autograde.hub.load import load

    with tempfile.TemporaryDirectory(prefix="autograde-load-") as folder:
        done = load(root, Path(folder), students, seconds, accounts)
    for line in done.lines():
        click.echo(line)
    return 0 if done.well else NEEDS_A_PERSON


@hub.command("memory")
@options.chapters
@options.root
def memory_(chapters: tuple[str, ...], root: Path) -> None:
    """Say how much memory a student's server and each CHAPTER need.

    The solutions are run, which takes a while.
    """
    from autograde.course.layout import chosen_chapters
    from autograde.hub.memory import chapter_memory, line, server_memory

    server = server_memory(root)
    click.echo(line("server", server))
    for name in chosen_chapters(root, chapters):
        click.echo(line(name, chapter_memory(root, name)))


COMMANDS = (hub,)

"""``autograde hub``: a JupyterHub with this course."""

from __future__ import annotations

from pathlib import Path

import click

from autograde.commands import options


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


COMMANDS = (hub,)

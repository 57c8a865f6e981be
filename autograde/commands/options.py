"""What many subcommands take: the course's folder, and chapters."""

from __future__ import annotations

from pathlib import Path

import click

from autograde.course.layout import find_root

FOLDER = click.Path(file_okay=False, path_type=Path, resolve_path=True)
FILE = click.Path(dir_okay=False, path_type=Path, resolve_path=True)

root = click.option(
    "--root",
    type=click.Path(file_okay=False, exists=True, path_type=Path, resolve_path=True),
    default=find_root,
    metavar="FOLDER",
    help="The course's folder; the one you are in without it.",
)
work = click.option(
    "--work", type=FOLDER, metavar="FOLDER", help="Your copy; work/ in the course."
)
chapters = click.argument("chapters", nargs=-1, metavar="[CHAPTER]...")
chapter = click.argument("chapter")
quiet = click.option("--quiet", is_flag=True, help="No progress bar.")
no_browser = click.option(
    "--no-browser", is_flag=True, help="Print the address, open nothing."
)
port = click.option("--port", type=int, default=8888, show_default=True)
trusted = click.option(
    "--trust-submissions",
    is_flag=True,
    help="Run without walls where this machine has none; only for code you trust.",
)

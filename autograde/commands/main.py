"""The command ``autograde``, for students, instructors and authors.

A subcommand imports its room when it runs: ``--help`` loads neither torch nor nbgrader.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys

import click

from autograde.course.layout import CANNOT_RUN, CannotRun

AUDIENCES = ("students", "instructors", "authors")
INTERRUPTED = 130
EPILOG = (
    "A CHAPTER is its number (1 or 01) or its whole name. Exit status: 0 done; "
    "1 done, and something needs a person; 2 not done, the message says why; "
    "130 stopped by Ctrl-C."
)


class _Audiences(click.Group):
    """Lists its subcommands by who uses them."""

    def format_commands(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        for audience in AUDIENCES:
            rows = [
                (name, command.get_short_help_str(70))
                for name, command in self.commands.items()
                if command.callback.__module__.endswith(audience)
            ]
            if rows:
                with formatter.section(f"For {audience}"):
                    formatter.write_dl(rows)


@click.group(
    cls=_Audiences,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 88},
)
def main() -> None:
    """A deep learning course in Jupyter whose checks say which mistake it is."""


for _audience in AUDIENCES:  # the students' archive has their commands alone
    _module = f"autograde.commands.{_audience}"
    if importlib.util.find_spec(_module):
        for _command in importlib.import_module(_module).COMMANDS:
            main.add_command(_command)


def run(arguments: list[str] | None = None) -> None:
    """Run the command and end with its exit status."""
    sys.exit(status(arguments))


def status(arguments: list[str] | None = None) -> int:
    """The exit status of the command: a refusal is one sentence on stderr."""
    try:
        return main.main(arguments, "autograde", standalone_mode=False) or 0
    except click.ClickException as error:
        error.show()
        return CANNOT_RUN
    except CannotRun as error:
        print(error, file=sys.stderr)
        return CANNOT_RUN
    except (KeyboardInterrupt, click.Abort):
        print(
            "\nStopped. What was done so far is kept; the same command goes on.",
            file=sys.stderr,
        )
        return INTERRUPTED

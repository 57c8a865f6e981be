"""The page that lists every subcommand with its help text."""

from __future__ import annotations

import click


def commands_page(group: click.Group) -> str:
    """What ``autograde COMMAND --help`` says, for all, as a Markdown page."""
    # not translated: help texts are English
    lines = ["# The command `autograde`", "", group.epilog or "", ""]
    audience = ""
    for name, command in group.commands.items():
        of = (command.callback.__module__ or "").rpartition(".")[2]
        if of != audience:
            audience = of
            lines += [f"## For {audience}", ""]
        said = command.get_help(click.Context(command, info_name=f"autograde {name}"))
        lines += [f"### {name}", "", "```text", said, "```", ""]
    return "\n".join(lines)

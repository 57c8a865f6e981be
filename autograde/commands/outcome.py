"""How a command ends where something is left for a person to do."""

from __future__ import annotations

from collections.abc import Collection

import click

from autograde.course.layout import NEEDS_A_PERSON


def ask_for_a_person(lines: Collection[str]) -> int:
    """Say each of `lines`; returns the exit code, 0 where there is none."""
    for line in lines:
        click.echo(f"  NEEDS A PERSON: {line}")
    return NEEDS_A_PERSON if lines else 0

"""``autograde name``: a group of wrong answers becomes a known mistake."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import click

from autograde.authoring import naming
from autograde.authoring.chapter import Chapter, find_chapter
from autograde.course.layout import (
    NEEDS_A_PERSON,
    CannotRun,
    named,
    on_one_line,
    source_chapters,
)
from autograde.grading.results import Results
from autograde.grading.seed import secret_seed
from autograde.reporting.mortal import MortalProcess
from autograde.reporting.unnamed import Group, unnamed_groups

PROCESS = "autograde.reporting.trial_process"
SECONDS = 1800  # of CPU time for one trial


def name_group(
    root: Path,
    wanted: str,
    sentence: str,
    mistake: str | None,
    run: bool,
    keep: bool,
    trusted: bool = False,
) -> int:
    """Print the draft; with `run` try it, with `keep` write it. Return an exit status.

    Raises CannotRun where there is no such group, nothing to draft from, or no walls to
    try it behind (and it is not `trusted`).
    """
    group = find_group(root, wanted)
    if not group.example:
        raise CannotRun(f"No cell of {group.name} is left in grading/autograded.")
    called = mistake or f"group-{group.name.rsplit('/', 1)[1]}"
    text = naming.draft(called, sentence, group.example)
    click.echo(f"{len(group.students)} students. The draft:\n\n{text}\n")
    if not run:
        click.echo("Read it; then try it with --try, or write it with --keep.")
        return 0
    chapter = find_chapter(group.chapter, root)
    trial = _tried(root, chapter, group, called, sentence, trusted)
    for finding in trial.findings:
        click.echo(f"The gate: {on_one_line(finding)}")
    told = ", ".join(map(on_one_line, trial.told)) or "nobody"
    click.echo(f"Of the group {len(trial.told)} would be told it: {told}.")
    if trial.findings or not trial.told:
        return NEEDS_A_PERSON
    if keep:
        path = naming.keep(chapter, group.exercise, text)
        click.echo(f"Written into {path}. Build the chapter, then grade again.")
    return 0


def _tried(
    root: Path, chapter: Chapter, group: Group, name: str, says: str, trusted: bool
) -> naming.Trial:
    """The trial, in a process that may die; the example itself runs behind walls."""
    asked = {
        "root": str(root),
        "folder": str(chapter.folder),
        "exercise": group.exercise,
        "seed": secret_seed(root / "grading"),
        "trusted": trusted,
        "seconds": SECONDS,
    }
    draft = {
        "name": name,
        "says": says,
        "source": group.example,
        "fingerprints": group.fingerprints,
    }
    with contextlib.closing(MortalProcess(PROCESS)) as process:
        said = process.ask(asked, json.dumps(draft).encode())
    if said is None:
        raise CannotRun("The trial was ended: it took more time or memory than it may.")
    found = json.loads(said)
    if "refused" in found:
        raise CannotRun(f"It could not be tried: {on_one_line(found['refused'])}")
    return naming.Trial(found["findings"], found["told"])


def find_group(root: Path, wanted: str) -> Group:
    """The group that the report calls `wanted`."""
    chapter = named(wanted.split("/")[0], source_chapters(root))
    with Results(root / "grading") as results:
        found = unnamed_groups(root, chapter, results.all_newest(chapter))
    end = wanted.split("/", 1)[-1]
    for group in found:
        if group.name == f"{chapter}/{end}":
            return group
    listed = ", ".join(group.name for group in found) or "none"
    raise CannotRun(f"There is no group {wanted!r}; there are: {listed}.")

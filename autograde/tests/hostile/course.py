"""A course of one small chapter, and what students hand in for it."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat

from autograde.authoring.build import assemble, release
from autograde.authoring.chapter import Chapter
from autograde.authoring.make_checks import make_checks
from autograde.course.layout import CHECKS
from autograde.tests.hostile.attack import Attack
from autograde.tests.hostile.chapter import CHAPTER, EXERCISES, PROBES, SOURCE


def make_course(root: Path) -> dict:
    """A course of the one chapter in `root`; returns its released notebook."""
    folder = root / "solutions" / CHAPTER
    folder.mkdir(parents=True)
    (folder / f"{CHAPTER}.py").write_text(SOURCE)
    (folder / "exercises.py").write_text(EXERCISES)
    (folder / "probes.py").write_text(PROBES)
    chapter = Chapter(folder)
    nbformat.write(assemble(chapter), folder / f"{CHAPTER}.ipynb")
    (folder / CHECKS).write_bytes(make_checks(chapter).to_bytes())
    release(chapter, root / "chapters" / CHAPTER)
    return json.loads((root / f"chapters/{CHAPTER}/{CHAPTER}.ipynb").read_text())


def hand_in(root: Path, student: str, attack: Attack, released: dict) -> None:
    folder = root / "grading" / "submitted" / student / CHAPTER
    folder.mkdir(parents=True)
    notebook = json.dumps(attack.notebook(released))
    (folder / f"{CHAPTER}.ipynb").write_text(notebook)
    if attack.place:
        attack.place(folder)

"""Formgrader's buttons and pages, made safe for a course with checks.

*Generate* deletes a chapter's released folder and writes it anew, without the files
that only a build makes; here they stay. The page of a submission loads nothing from
elsewhere that a student's text names.
"""

from __future__ import annotations

import functools
import shutil
import tempfile
from pathlib import Path

from nbgrader.converters import GenerateAssignment
from nbgrader.server_extensions.formgrader import handlers

from autograde.authoring.chapter import find_chapter
from autograde.authoring.make_checks import make_checks
from autograde.course.layout import CHECKS, FRESH
from autograde.grading.anonymous_formgrader import hide_names

#: of pictures, sounds and frames a page takes its own and what stands inside it
POLICY = (
    "img-src 'self' data: blob:; media-src 'none'; object-src 'none'; "
    "frame-src 'none'; form-action 'self'; frame-ancestors 'self'"
)


def guard_formgrader() -> None:
    """Put the course's own steps in the place of nbgrader's, in this process."""
    if not getattr(GenerateAssignment.start, "keeps_checks", False):
        GenerateAssignment.start = _keeping_checks(GenerateAssignment.start)
        handlers.SubmissionHandler.content_security_policy = POLICY
        hide_names()


def _keeping_checks(start):
    """nbgrader's release step, which leaves a chapter's checks in its folder."""

    @functools.wraps(start)
    def keeping(step: GenerateAssignment) -> None:
        target = _released_folder(step)
        with tempfile.TemporaryDirectory(prefix="autograde-") as scratch:
            kept = Path(scratch) / "released"
            if target is not None and target.is_dir():
                shutil.copytree(target, kept)
            try:
                start(step)
            except BaseException:
                if kept.is_dir() and not target.is_dir():
                    shutil.copytree(kept, target)
                raise
            if target is not None and target.is_dir():
                _put_checks(target, kept)

    keeping.keeps_checks = True  # others wrap this step, too
    return keeping


def _released_folder(step: GenerateAssignment) -> Path | None:
    """Where `step` writes what students get; None where it writes something else."""
    course = step.coursedir
    released = Path(course.root) / "chapters"
    chosen = Path(course.root) / course.release_directory
    if chosen.resolve() != released.resolve() or not course.assignment_id:
        return None
    return released / course.assignment_id


def _put_checks(target: Path, kept: Path) -> None:
    """Give the folder back what a build had put there; make it where nothing had."""
    for edition in kept.iterdir() if kept.is_dir() else []:
        if edition.is_dir() and not (target / edition.name).exists():
            shutil.copytree(edition, target / edition.name)
    for name in (CHECKS, FRESH):
        if (kept / name).exists() and not (target / name).exists():
            shutil.copyfile(kept / name, target / name)
    checks = target / CHECKS
    if checks.exists():
        return
    root = target.parent.parent
    if (root / "solutions" / target.name / "exercises.py").exists():
        checks.write_bytes(make_checks(find_chapter(target.name, root)).to_bytes())

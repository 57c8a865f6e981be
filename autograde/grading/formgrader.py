"""Formgrader's buttons and pages, made safe for a course with checks.

*Generate* deletes a chapter's released folder and writes it anew, without the files
that only a build makes; here they stay. The page of a submission loads nothing from
elsewhere that a student's text names.

Nor does a link in such a text do anything here but open a page: nbgrader's own
address ``/formgrader?path=FOLDER`` runs the ``nbgrader_config.py`` of any folder, and
its pages write the names in their addresses, and students' names, into themselves as
they are.
"""

from __future__ import annotations

import functools
import html
import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nbgrader.converters import GenerateAssignment
from nbgrader.server_extensions.formgrader import apihandlers, base, handlers
from tornado import web

from autograde.authoring.chapter import find_chapter
from autograde.authoring.make_checks import make_checks
from autograde.course.layout import CHECKS, FRESH
from autograde.grading.anonymous_formgrader import (
    PERSONAL,
    hidden_names,
    hide_names,
)

#: scripts, styles and fonts are the server's own; of pictures, sounds and frames a
#: page takes its own and what stands inside it, and it speaks to no other server
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; "
    "style-src 'self' 'unsafe-inline'; font-src 'self' data:; "
    "img-src 'self' data: blob:; media-src 'none'; object-src 'none'; "
    "frame-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)
FILES_POLICY = "sandbox; default-src 'none'"  # of a file that a student may have sent
#: what ends a text in a page or in its scripts, and stands in no name of a course
_ENDS_A_TEXT = re.compile(r'["<>\\\x00-\x1f\x7f\u2028\u2029]')


def guard_formgrader() -> None:
    """Put the course's own steps in the place of nbgrader's, in this process."""
    if not getattr(GenerateAssignment.start, "keeps_checks", False):
        GenerateAssignment.start = _keeping_checks(GenerateAssignment.start)
        base.BaseHandler.content_security_policy = POLICY
        base.BaseHandler.prepare = _refusing_markup(base.BaseHandler.prepare)
        handlers.FormgraderHandler.prepare = _of_this_course(base.BaseHandler.prepare)
        handlers.SubmissionFilesHandler.content_security_policy = FILES_POLICY
        page = handlers.SubmissionHandler
        page.exporter = property(NamedAsText)
        hide_names()


def _refusing_markup(prepare):
    """No page is made for a name in its address that would be markup in it.

    What the pages ask for is data, and no page of its own.
    """

    @functools.wraps(prepare)
    async def refusing(self, *args: Any, **more: Any) -> None:
        await prepare(self, *args, **more)
        if isinstance(self, apihandlers.BaseApiHandler):
            # as JSON, it would come to nbgrader's scripts in another form
            self.set_header("Content-Type", "text/plain; charset=UTF-8")
            return
        parts = [*self.path_args, *self.path_kwargs.values()]
        if any(part and _ENDS_A_TEXT.search(part) for part in parts):
            raise web.HTTPError(404)

    return refusing


def _of_this_course(prepare):
    """Formgrader shows the course of its server; another's settings would run here."""

    @functools.wraps(prepare)
    async def of_this_course(self, *args: Any, **more: Any) -> None:
        await prepare(self, *args, **more)
        wanted = self.get_argument("path", "")
        if not wanted:
            return
        if Path(wanted).resolve() != Path(self.coursedir.root).resolve():
            raise web.HTTPError(403)
        self.request.arguments.pop("path")

    return of_this_course


class NamedAsText:
    """nbgrader's exporter for the page of a submission, told names that are text."""

    def __init__(self, handler: base.BaseHandler) -> None:
        self.handler = handler

    def from_filename(self, path: str, resources: Mapping[str, Any]) -> Any:
        exporter = self.handler.settings["nbgrader_exporter"]
        told = hidden_names(self.handler, dict(resources))
        for key in PERSONAL:
            if isinstance(told.get(key), str):
                told[key] = html.escape(told[key])
        return exporter.from_filename(path, resources=told)


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

"""Formgrader with codes in the place of names, while grading is anonymous.

Its pages get codes from its server, and send codes back. What a student wrote into the
notebook, a name among it, stays as it is.
"""

from __future__ import annotations

import contextlib
import functools
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nbgrader.server_extensions.formgrader import apihandlers, base, handlers
from tornado import web

from autograde.grading.anonymous import code_of, is_anonymous, student_of
from autograde.grading.people import all_students

_REFUSED = "Grading is anonymous: names cannot be changed now."
_LAST_NAME = "Student"
#: of what a submission's page is told, what people chose
PERSONAL = ("student", "last_name", "first_name", "notebook_path", "filename")


def hide_names() -> None:
    """Let Formgrader's handlers, in this process, show codes where it is asked for."""
    if getattr(base.BaseHandler, "hides_names", False):
        return
    base.BaseHandler.hides_names = True
    api = apihandlers.BaseApiHandler
    api.prepare = _taking_codes(api.prepare)
    api.write = _giving_codes(api.write)
    page = handlers.SubmissionHandler
    page.render = _rendering(page.render)


def coded(grading: Path, found: Any) -> Any:
    """What Formgrader's server says of students, as JSON, with codes in it."""
    students = all_students(grading)
    names = sorted(map(re.escape, students), key=len, reverse=True)
    anybody = re.compile(rf"(?<![\w.@-])(?:{'|'.join(names) or '(?!)'})(?![\w@-])")

    def code(student: str) -> str:
        return code_of(grading, student)

    def walk(value: Any, key: str = "") -> Any:
        if isinstance(value, list):
            return _in_order([walk(item, key) for item in value])
        if isinstance(value, dict):
            return _hidden({k: walk(v, k) for k, v in value.items()}, code)
        if isinstance(value, str) and key in ("log", "error"):
            return anybody.sub(lambda match: code(match[0]), value)
        return value

    return walk(found)


def _in_order(entries: list[Any]) -> list[Any]:
    """A list that had the order of students' names, in that of their codes."""
    named = all(isinstance(e, dict) and "first_name" in e for e in entries)
    if not named or any("index" in e for e in entries):  # a place that tells no name
        return entries
    return sorted(entries, key=lambda e: e["first_name"])


def _hidden(entry: dict[str, Any], code: Callable[[str], str]) -> dict[str, Any]:
    """A submission or a student, as nbgrader's API describes one, without the name."""
    if "first_name" not in entry and "student" not in entry:
        return entry
    column = "student" if "student" in entry else "id"
    name = code(entry[column])
    hidden = {column: name, "last_name": _LAST_NAME, "first_name": name}
    nothing = {key: None for key in ("email", "lms_user_id")}
    return {**entry, **{k: v for k, v in (hidden | nothing).items() if k in entry}}


def _grading(handler: base.BaseHandler) -> Path | None:
    """The course run that `handler` shows with codes; None where it shows names."""
    grading = Path(handler.coursedir.root) / "grading"
    return grading if is_anonymous(grading) else None


def _taking_codes(prepare):
    """A code in the address becomes the student that it stands for."""

    @functools.wraps(prepare)
    async def taking(self, *args: Any, **more: Any) -> None:
        await prepare(self, *args, **more)
        grading = _grading(self)
        if grading is None:
            return
        if self.request.method == "PUT" and isinstance(
            self, apihandlers.StudentHandler
        ):
            raise web.HTTPError(403, _REFUSED)
        students = all_students(grading)
        self.path_args = [
            student_of(grading, part, students) or part for part in self.path_args
        ]

    return taking


def _giving_codes(write):
    """What goes back to a page has codes in it."""

    @functools.wraps(write)
    def giving(self, chunk: Any) -> None:
        grading = _grading(self)
        if grading is not None and isinstance(chunk, str):
            with contextlib.suppress(ValueError):  # a page that says what went wrong
                chunk = json.dumps(coded(grading, json.loads(chunk)))
        write(self, chunk)

    return giving


def _rendering(render):
    """The page for a submission whose notebook is missing, told no name."""

    @functools.wraps(render)
    def rendering(self, name: str, **values: Any) -> str:
        if "resources" in values:
            values["resources"] = hidden_names(self, values["resources"])
        return render(self, name, **values)

    return rendering


def hidden_names(
    handler: base.BaseHandler, resources: dict[str, Any]
) -> dict[str, Any]:
    """What the page of a submission is told, with a code where names are hidden."""
    grading = _grading(handler)
    if grading is None:
        return resources
    code = code_of(grading, resources["student"])
    hidden = {"student": code, "first_name": code, "last_name": _LAST_NAME}
    paths = {key: "" for key in ("notebook_path", "filename") if key in resources}
    return resources | hidden | paths

"""A server extension: what the start page's links do, and what JupyterLab says.

They change the language, and on a hub fetch a chapter, hand it in and open its
feedback.

Each is a subcommand of ``autograde`` in a process of its own, so that a check that
crashes cannot take the student's server with it. The start page alone, which is asked
for whenever its tab comes to the front, is written by a thread of the server: it runs
nothing of the student's.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from jupyter_server.base.handlers import APIHandler
from tornado import web

from autograde.language import chosen_for, templates
from autograde.student.start_page import write_start_page

ACTIONS = ("fetch", "submit", "feedback", "language")
LOOK = "assignments"


class Look(APIHandler):
    """Writes the start page as the exchange has it now."""

    @web.authenticated
    async def post(self) -> None:
        work = Path(self.settings["course_work"])
        try:
            await asyncio.to_thread(write_start_page, work)
        except OSError as error:
            raise web.HTTPError(500, f"the start page: {error.strerror}") from None
        self.finish(json.dumps({"done": True, "said": "", "open": ""}))


class Act(APIHandler):
    """Does one of ACTIONS for a chapter; answers with what was said."""

    @web.authenticated
    async def post(self, action: str) -> None:
        given = self.get_json_body() or {}
        chapter = given.get("chapter", "")
        if not isinstance(chapter, str) or chapter.startswith("-"):
            raise web.HTTPError(400, "a chapter is named")
        work = Path(self.settings["course_work"])
        command = [sys.executable, "-P", "-m", "autograde", action]
        command += [chapter] if chapter else []
        command += ["--now"] if action == "language" else []
        process = await asyncio.create_subprocess_exec(
            *(*command, "--work", str(work)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=work,
        )
        out, err = await process.communicate()
        said = (out or err).decode("utf-8", "replace").strip()
        done = process.returncode == 0
        opens = ""
        if done and action == "feedback":
            opens = str(Path(said.splitlines()[-1]).relative_to(work))
        self.finish(json.dumps({"done": done, "said": said, "open": opens}))


class Sentences(APIHandler):
    """What the course's extension of JupyterLab says, in the student's language."""

    @web.authenticated
    def get(self) -> None:
        language = chosen_for(Path(self.settings["course_work"]))
        self.finish(json.dumps(templates(language)))


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "autograde.student.assignments_server"}]


def _load_jupyter_server_extension(server: Any) -> None:
    application = server.web_app
    application.settings["course_work"] = server.root_dir
    base = application.settings["base_url"].rstrip("/")
    names = "|".join(ACTIONS)
    handlers = [
        (f"{base}/autograde/({names})", Act),
        (f"{base}/autograde/sentences", Sentences),
        (f"{base}/autograde/{LOOK}", Look),
    ]
    application.add_handlers(".*$", handlers)

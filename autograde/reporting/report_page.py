"""The report's page, made from plain data in a process that may die of it.

Run as ``python -m autograde.reporting.report_page FD``; FD is a socket to whoever wants
the page (:mod:`autograde.reporting.report_process`).
"""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from autograde.checking.answer import points_text, prose
from autograde.reporting.mortal import answer

TEMPLATES = Path(__file__).parent / "templates"


def render(page: dict[str, Any]) -> str:
    """The page as HTML; every text is escaped by the template engine.

    page: what `autograde.reporting.report_process.plain` makes of a report, and what
        the template names beside it
    """
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["points"] = points_text
    environment.filters["prose"] = lambda text: Markup(prose(text))
    environment.filters["breakable"] = _breakable
    script = (TEMPLATES / "report.js").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return environment.get_template("report.html").render(
        script=Markup(script),
        script_digest=digest,
        style=Markup((TEMPLATES / "report.css").read_text("utf-8")),
        **page,
    )


def _breakable(name: str) -> Markup:
    """A long name that may be broken after its underscores."""
    return Markup("_<wbr>").join(name.split("_"))


def _answer(asked: dict[str, Any], data: bytes) -> bytes:
    return render(json.loads(data)).encode("utf-8", "replace")


if __name__ == "__main__":
    answer(_answer)

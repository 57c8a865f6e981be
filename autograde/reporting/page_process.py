"""The process that renders feedback pages, and may die of one.

Run as ``python -m autograde.reporting.page_process FD``; FD is a socket to whoever
wants pages. Markdown, highlighting and sanitising of what a student wrote can take far
more than linear time. A page that is asked for in plain form has every text as text:
that is linear.
"""

from __future__ import annotations

import json
from typing import Any

import nbformat

from autograde.reporting.feedback_page import PageExporter
from autograde.reporting.mortal import answer


def main() -> None:
    exporters = {plain: PageExporter(plain=plain) for plain in (False, True)}

    def page(asked: dict[str, Any], data: bytes) -> bytes:
        notebook = nbformat.from_dict(json.loads(data))
        text = exporters[asked["plain"]].page(notebook, asked["resources"])
        return text.encode("utf-8", "replace")

    answer(page)


if __name__ == "__main__":
    main()

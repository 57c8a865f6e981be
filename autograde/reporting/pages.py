"""Feedback pages, rendered in a process that may die of them.

What a student's side wrote is not rendered here. Where a page takes more than it may,
the same page is made in plain form, in which every text stands as it was written.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import threading
from typing import Any

from autograde.grading import bounds
from autograde.reporting.mortal import MortalProcess

#: of a page's resources, what its template shows; the rest is nbconvert's own
SHOWN = ("nbgrader", "metadata")


class PageFailed(RuntimeError):
    """A page cannot be rendered, not even in plain form."""


class Renderer:
    """One warm process that renders pages; may be used from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.process = MortalProcess("autograde.reporting.page_process")

    def page(self, notebook: Any, resources: dict[str, Any]) -> str:
        """The page of a graded notebook; raises PageFailed where there is none.

        A process that has rendered many pages may have died of what others left in it:
        a page is tried again in a fresh one before it is made in plain form.
        """
        shown = {name: resources[name] for name in SHOWN if name in resources}
        data = json.dumps(notebook, ensure_ascii=False).encode("utf-8", "replace")
        seconds = bounds.BOUNDS.step_seconds
        with self._lock:
            tries = [False, True] if self.process.is_fresh else [False, False, True]
            for plain in tries:
                asked = {"plain": plain, "seconds": seconds, "resources": shown}
                page = self.process.ask(asked, data)
                if page is not None:
                    return page.decode()
        raise PageFailed("it takes more memory or time than a page may; look at it")

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self.process.close()


_renderer = Renderer()


def render_page(notebook: Any, resources: dict[str, Any]) -> str:
    """The page of a graded notebook, rendered by the process of this process."""
    return _renderer.page(notebook, resources)


@atexit.register
def close_renderer() -> None:
    """End the process that renders."""
    with contextlib.suppress(OSError):
        _renderer.close()

"""Feedback pages, rendered in a process that may die of them.

What a student's side wrote is not rendered here. Where a page takes more than it may,
the same page is made in plain form, in which every text stands as it was written.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import socket
import subprocess
import threading
from typing import Any

from autograde.course.processes import end_process, start_module, with_package
from autograde.execution.frames import FrameTooLarge, receive_frame, send_frame
from autograde.grading import bounds

MAX_PAGE = 64 * 2**20
PATIENCE = 3600.0  # seconds of silence after which the process is hung, not slow
#: of a page's resources, what its template shows; the rest is nbconvert's own
SHOWN = ("nbgrader", "metadata")


class PageFailed(RuntimeError):
    """A page cannot be rendered, not even in plain form."""


class Renderer:
    """One warm process that renders pages; may be used from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen | None = None
        self._channel: socket.socket | None = None

    def page(self, notebook: Any, resources: dict[str, Any]) -> str:
        """The page of a graded notebook; raises PageFailed where there is none.

        A process that has rendered many pages may have died of what others left in it:
        a page is tried again in a fresh one before it is made in plain form.
        """
        shown = {name: resources[name] for name in SHOWN if name in resources}
        data = json.dumps(notebook, ensure_ascii=False).encode("utf-8", "replace")
        with self._lock:
            fresh = self._process is None
            tries = [False, True] if fresh else [False, False, True]
            for plain in tries:
                page = self._one(data, shown, plain)
                if page is not None:
                    return page.decode()
        raise PageFailed("it takes more memory or time than a page may; look at it")

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._stop()

    def _one(self, data: bytes, resources: dict[str, Any], plain: bool) -> bytes | None:
        """One try; None where the process died of it."""
        if self._process is None:
            self._start()
        assert self._channel
        header = {
            "plain": plain,
            "seconds": bounds.BOUNDS.step_seconds,
            "resources": resources,
        }
        page = None
        with contextlib.suppress(OSError, FrameTooLarge):
            self._channel.settimeout(PATIENCE)
            send_frame(self._channel, json.dumps(header, default=str).encode())
            send_frame(self._channel, data)
            page = receive_frame(self._channel, MAX_PAGE)
        if page is None:
            self._stop()
        return page

    def _start(self) -> None:
        self._process, self._channel = start_module(
            "autograde.reporting.page_process",
            stderr=subprocess.DEVNULL,  # of a page that it died of
            env=with_package(),
        )

    def _stop(self) -> None:
        if self._process is not None and self._channel is not None:
            end_process(self._process, self._channel)
        self._process = self._channel = None


_renderer = Renderer()


def render_page(notebook: Any, resources: dict[str, Any]) -> str:
    """The page of a graded notebook, rendered by the process of this process."""
    return _renderer.page(notebook, resources)


@atexit.register
def close_renderer() -> None:
    """End the process that renders."""
    with contextlib.suppress(OSError):
        _renderer.close()

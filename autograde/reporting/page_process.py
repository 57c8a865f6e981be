"""The process that renders feedback pages, and may die of one.

Run as ``python -m autograde.reporting.page_process FD``; FD is a socket to whoever
wants pages. Markdown, highlighting and sanitising of what a student wrote can take far
more than linear time: each page has a limit on CPU time, and the process one on memory.
A page that is asked for in plain form has every text as text: that is linear.
"""

from __future__ import annotations

import contextlib
import json
import resource
import signal
import socket
import sys

import nbformat

from autograde.execution.frames import receive_frame, send_frame
from autograde.reporting.feedback_page import PageExporter
from autograde.sandbox.monitor import ProcFolder

MAX_REQUEST = 64 * 2**20
MEMORY = 768 * 2**20  # bytes beyond what the process starts with


def main() -> None:
    channel = socket.socket(fileno=int(sys.argv[1]))
    channel.set_inheritable(False)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    exporters = {plain: PageExporter(plain=plain) for plain in (False, True)}
    _limit_memory()
    while True:
        header = receive_frame(channel, MAX_REQUEST)
        notebook = header and receive_frame(channel, MAX_REQUEST)
        if not header or not notebook:
            return
        asked = json.loads(header)
        _limit_time(asked["seconds"])
        page = exporters[asked["plain"]].page(
            nbformat.from_dict(json.loads(notebook)), asked["resources"]
        )
        send_frame(channel, page.encode("utf-8", "replace"))


def _limit_time(seconds: int) -> None:
    """End this process once it has used so many more seconds of CPU time."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    used = int(usage.ru_utime + usage.ru_stime) + 1
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (used + seconds, hard))


def _limit_memory() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            limit = ProcFolder().own_sizes()[0] + MEMORY
            resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


if __name__ == "__main__":
    main()

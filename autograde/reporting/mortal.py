"""A process that reads what students wrote, and may die of it: both of its ends.

It answers one question at a time, each within so many seconds of its CPU time; its
memory has a limit. Whoever asks gets None where it died, and the next question goes to
a fresh one.
"""

from __future__ import annotations

import contextlib
import json
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from autograde.course.processes import end_process, start_module, with_package
from autograde.execution.frames import FrameTooLarge, receive_frame, send_frame
from autograde.sandbox.monitor import ProcFolder

MAX_FRAME = 256 * 2**20  # the report of some 100,000 students
MEMORY = 768 * 2**20  # bytes beyond what the process starts with
PATIENCE = 3600.0  # seconds of silence after which the process is hung, not slow


class MortalProcess:
    """The asking end: starts `module`, which calls :func:`answer`."""

    def __init__(self, module: str) -> None:
        self.module = module
        self.process: subprocess.Popen | None = None
        self._channel: socket.socket | None = None

    @property
    def is_fresh(self) -> bool:
        """Whether the next question is the first that its process gets."""
        return self.process is None

    def ask(self, header: dict[str, Any], data: bytes) -> bytes | None:
        """The answer about `data`; None where the process died of it.

        header: what :func:`answer` hands on, ``seconds`` of CPU time among it
        """
        if self.process is None:
            self.process, self._channel = start_module(
                self.module,
                stderr=subprocess.DEVNULL,  # of what it died of
                env=with_package(),
            )
        assert self._channel
        said = None
        with contextlib.suppress(OSError, FrameTooLarge):
            self._channel.settimeout(PATIENCE)
            send_frame(self._channel, json.dumps(header, default=str).encode())
            send_frame(self._channel, data)
            said = receive_frame(self._channel, MAX_FRAME)
        if said is None:
            self.close()
        return said

    def close(self) -> None:
        """End the process, if there is one."""
        if self.process is not None and self._channel is not None:
            end_process(self.process, self._channel)
        self.process = self._channel = None


def answer(make: Callable[[dict[str, Any], bytes], bytes]) -> None:
    """The answering end: `make` answers until nobody asks any more.

    The last argument of the command line is the channel's descriptor.
    """
    channel = socket.socket(fileno=int(sys.argv[1]))
    channel.set_inheritable(False)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _limit_memory()
    while True:
        header = receive_frame(channel, MAX_FRAME)
        data = receive_frame(channel, MAX_FRAME) if header else None
        if not header or data is None:
            return
        asked = json.loads(header)
        _limit_time(asked["seconds"])
        send_frame(channel, make(asked, data))


def _limit_time(seconds: int) -> None:
    """End this process once it has used so many more seconds of CPU time."""
    import resource  # not on Windows, where the asking end is imported, too

    usage = resource.getrusage(resource.RUSAGE_SELF)
    used = int(usage.ru_utime + usage.ru_stime) + 1
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (used + seconds, hard))


def _limit_memory() -> None:
    import resource  # as above

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            limit = ProcFolder().own_sizes()[0] + MEMORY
            resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))

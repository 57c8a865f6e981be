"""The trusted end of one submission's process: how it does, how it ended, its end."""

from __future__ import annotations

import contextlib
import json
import select
import socket
import threading
import time
from types import TracebackType

END_SECONDS = 60.0  # on a busy machine; mostly it takes 0.05
USED_SECONDS = 120.0


class Connection:
    """One submission's process. `socket` is the trusted end of what it speaks on.

    May be used from several threads, though two must not read `socket` at once.
    """

    def __init__(
        self, data: socket.socket, status: socket.socket, heard: bytes = b""
    ) -> None:
        self.socket = data
        self._status = status
        self._lock = threading.Lock()
        self._reason: str | None = None
        self._end: dict = {}
        self._said = heard

    def detach(self) -> tuple[int, int, bytes]:
        """The two sockets' descriptors, and what was heard and not yet read.

        They make a `Connection` in another process; this one is of no use any more.
        """
        with self._lock:
            self._reason = "detached"
            return self.socket.detach(), self._status.detach(), self._said

    def reason(self) -> str | None:
        """How the process ended; None while it runs.

        "exited": by itself. "signal 11": by that signal. "memory", "cpu", "wall",
        "files": beyond that limit ("wall": of CPU and idle time together). "killed": by
        `kill` or `close`. "lost": the warm process died or was closed, which is not the
        submission's doing.

        When it is not None, nothing that the submission started runs any more.
        """
        return self._listen(0.0)

    def wait(self, seconds: float) -> str | None:
        """`reason`, once there is one or the seconds are over."""
        return self._listen(seconds)

    @property
    def peak_memory(self) -> int:
        """Bytes beyond the warm process's own at most, roughly; known after the end."""
        return int(self._end.get("peak", 0))

    @property
    def cpu_seconds(self) -> float:
        """CPU time of all its processes; known after the end, to some 0.04 s."""
        return float(self._end.get("cpu", 0.0))

    @property
    def idle_seconds(self) -> float:
        """Seconds in which it neither ran nor waited for a processor; as above."""
        return float(self._end.get("idle", 0.0))

    def used(self, patience: float = USED_SECONDS) -> tuple[float, float] | None:
        """CPU and idle seconds of all its processes so far; None once it ended.

        Time in which the machine served others is in neither. Raises TimeoutError
        when the warm process says nothing for `patience` seconds.
        """
        with self._lock:
            if self._reason is not None:
                return None
            with contextlib.suppress(OSError):  # what ended it is still to be read
                self._status.send(b"?")
            deadline = time.monotonic() + patience
            while self._reason is None:
                message = self._message(max(0.0, deadline - time.monotonic()))
                if message is None:
                    raise TimeoutError("the warm process is silent")
                if "used" in message:
                    cpu, idle = message["used"]
                    return float(cpu), float(idle)
                self._note(message)
        return None  # type: ignore[unreachable]

    def kill(self) -> None:
        """Ends the process and all that it started, and waits until that is done."""
        if self.reason() is None:
            with contextlib.suppress(OSError):
                self._status.send(b"k")
            self._listen(END_SECONDS)

    def close(self) -> None:
        """`kill`, and closes the socket."""
        self.kill()
        self.socket.close()
        with self._lock:
            if self._reason is None:
                self._reason = "killed"
            self._status.close()

    def __enter__(self) -> Connection:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _listen(self, seconds: float) -> str | None:
        deadline = time.monotonic() + seconds
        with self._lock:
            while self._reason is None:
                left = max(0.0, deadline - time.monotonic())
                message = self._message(left)
                if message is None:
                    break
                self._note(message)
            return self._reason

    def _note(self, message: dict) -> None:
        if "end" in message:
            self._reason, self._end = message["end"], message
        elif "lost" in message:
            self._reason = "lost"

    def _wait_ready(self, seconds: float) -> str | None:
        """None when the student's process runs, else what is in its way."""
        message = self._message(seconds)
        if message is None:
            return f"nothing after {seconds:.0f} s"
        if "ready" in message:
            return None
        return (
            message.get("error") or f"the process ended: {message.get('end', 'lost')}"
        )

    def _message(self, seconds: float) -> dict | None:
        """The next message about the process; None when there is none in time."""
        deadline = time.monotonic() + seconds
        while b"\n" not in self._said:
            left = max(0.0, deadline - time.monotonic())
            ready, _, _ = select.select([self._status], [], [], left)
            if not ready:
                return None
            try:
                more = self._status.recv(4096)
            except OSError:
                more = b""
            if not more:
                return {"lost": True}
            self._said += more
        line, self._said = self._said.split(b"\n", 1)
        return json.loads(line)

"""The trusted end of a student's process: ask with a deadline, believe nothing."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from autograde.checking import serialize
from autograde.checking.run_case import Result
from autograde.checking.verdict import CRASHED, NOT_RUN, OUT_OF_MEMORY, TIMED_OUT
from autograde.execution.frames import FrameTooLarge, receive_frame, send_frame

MAX_REPLY = 16 * 2**20
GRACE_SECONDS = 2.0
STATUSES = ("ok", "error", "timed out")
MAX_OUTPUTS = 1_000
OUTPUT_TYPES = {"stream", "display_data", "execute_result", "error"}


class Connection(Protocol):
    """What a sandbox hands out: one process and the socket that leads to it."""

    socket: Any

    def reason(self) -> str | None: ...

    def kill(self) -> None: ...

    def close(self) -> None: ...


class WallsFell(RuntimeError):
    """The sandbox itself keeps failing: the grader's own error, not the student's."""


class ProcessEnded(Exception):
    """The student's process is gone; `outcome` is the verdict that this earns."""

    def __init__(self, outcome: str, reason: str) -> None:
        super().__init__(reason)
        self.outcome = outcome


class ProcessLost(ProcessEnded):
    """The process went down with its sandbox, which the student's code cannot reach.

    Nothing is known about the question that was open: it is to be asked again.
    """


@dataclass
class CellRun:
    """How a cell ended (``ok``, ``error`` or ``timed out``) and what it printed.

    `error` names the exception, `missing` the name that a NameError was about.
    """

    status: str
    error: str = ""
    missing: str = ""
    outputs: list[dict[str, Any]] = field(default_factory=list)

    @property
    def size(self) -> int:
        """Characters of output."""
        return sum(
            len(str(part)) for output in self.outputs for part in output.values()
        )


class Student:
    """One process that runs a student's cells and cases.

    Every method raises ProcessEnded when the process dies, keeps silent for longer
    than it may, or sends what is not in the course's format.
    """

    def __init__(
        self, connection: Connection, probes: str, files: Mapping[str, bytes]
    ) -> None:
        self.connection = connection
        content = {name: np.frombuffer(data, np.uint8) for name, data in files.items()}
        self._ask({"do": "start", "probes": probes, "files": content}, 30)

    def run_cell(self, source: str, seconds: float) -> CellRun:
        """Run `source` as a cell, interrupted after `seconds`."""
        request = {"do": "cell", "source": source, "seconds": float(seconds)}
        reply = self._ask(request, seconds)
        try:
            outputs = [_checked_output(out) for out in reply["outputs"][:MAX_OUTPUTS]]
            error, missing = str(reply["error"])[:100], str(reply["missing"])[:100]
            # any other word would be a way to print what no one is to read
            status = STATUSES[STATUSES.index(reply["status"])]
            return CellRun(status, error, missing, outputs)
        except (KeyError, TypeError, AttributeError, ValueError):
            self._end(CRASHED, "an answer that is not an answer")

    def run_case(
        self, exercise: str, probe: str | None, packed: bytes, seed: int, seconds: float
    ) -> Result | str:
        """Run one case; return its result, or the outcome where there is none."""
        request = {
            "do": "case",
            "exercise": exercise,
            "probe": probe,
            "packed": np.frombuffer(packed, np.uint8),
            "seed": seed,
            "seconds": float(seconds),
        }
        reply = self._ask(request, seconds)
        try:
            outcome = str(reply["outcome"])
            if outcome:
                return outcome if outcome in (NOT_RUN, TIMED_OUT) else CRASHED
            return Result.from_dict(reply["result"])
        except (KeyError, TypeError, serialize.WireError):
            self._end(CRASHED, "an answer that is not an answer")

    def close(self) -> None:
        self.connection.close()

    def _ask(self, request: dict[str, Any], seconds: float) -> Any:
        deadline = time.monotonic() + seconds + GRACE_SECONDS
        token = secrets.token_hex(8)  # so that no answer can be sent in advance
        try:
            sock = self.connection.socket
            sock.settimeout(seconds + GRACE_SECONDS)
            send_frame(sock, serialize.pack(request | {"token": token}))
            frame = receive_frame(sock, MAX_REPLY, deadline)
            if frame is not None:
                reply = serialize.unpack(frame)
                if isinstance(reply, dict) and reply.get("token") == token:
                    return reply
                self._end(CRASHED, "an answer to another question")
        except TimeoutError:
            self._end(TIMED_OUT, f"no answer within {seconds:g} s")
        except FrameTooLarge as error:
            self._end(CRASHED, f"too much output: {error}")
        except serialize.WireError as error:
            self._end(CRASHED, str(error))
        except OSError:
            pass
        reason = self._reason()
        if reason == "lost":
            self.connection.close()
            raise ProcessLost(CRASHED, "the sandbox ended")
        memory = reason is not None and "memory" in reason
        slow = reason in ("cpu", "wall")
        outcome = OUT_OF_MEMORY if memory else TIMED_OUT if slow else CRASHED
        self._end(outcome, reason or "the process ended")

    def _reason(self) -> str | None:
        for _ in range(20):
            reason = self.connection.reason()
            if reason is not None:
                return reason
            time.sleep(0.05)
        return None

    def _end(self, outcome: str, reason: str) -> None:
        self.connection.kill()
        self.connection.close()
        raise ProcessEnded(outcome, reason)


def _checked_output(output: dict[str, Any]) -> dict[str, Any]:
    """An output in nbformat's form, whatever the student's side sent."""
    kind = output["output_type"]
    if kind not in OUTPUT_TYPES:
        raise KeyError(kind)
    if kind == "stream":
        name = "stderr" if output["name"] == "stderr" else "stdout"
        return {"output_type": kind, "name": name, "text": str(output["text"])}
    if kind == "error":
        return {
            "output_type": kind,
            "ename": str(output["ename"])[:200],
            "evalue": str(output["evalue"])[:2000],
            "traceback": [str(line)[:5000] for line in output["traceback"][:50]],
        }
    data = {str(key): str(item) for key, item in output["data"].items()}
    checked = {"output_type": kind, "data": data, "metadata": {}}
    if kind == "execute_result":
        checked["execution_count"] = None
    return checked

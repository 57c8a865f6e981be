"""The trusted end of a student's process: ask with a clock, believe nothing."""

from __future__ import annotations

import contextlib
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn, Protocol

from autograde.checking import serialize
from autograde.checking.run_case import Result
from autograde.checking.verdict import CRASHED, NOT_RUN, OUT_OF_MEMORY, TIMED_OUT
from autograde.execution.frames import FrameTooLarge, receive_frame, send_frame
from autograde.execution.requests import pack_request

MAX_REPLY = 16 * 2**20
GRACE_SECONDS = 2.0
SEND_SECONDS = 600.0  # for a process that has no processor to read with
SHORT = 0.1  # seconds of a question after which it is not looked how long it took
MAX_AHEAD = 2**16  # bytes; what a socket holds, so that nobody waits to send
PAUSE = 0.5  # seconds between two looks at a slow one
STATUSES = ("ok", "error", "timed out")
MAX_OUTPUTS = 1_000
OUTPUT_TYPES = {"stream", "display_data", "execute_result", "error"}


class Connection(Protocol):
    """What a sandbox hands out: one process and the socket that leads to it."""

    socket: Any

    @property
    def cpu_seconds(self) -> float: ...

    def reason(self) -> str | None: ...

    def used(self) -> tuple[float, float] | None: ...

    def kill(self) -> None: ...

    def close(self) -> None: ...


class WallsFell(RuntimeError):
    """The sandbox itself keeps failing: the grader's own error, not the student's."""


class ProcessEnded(Exception):
    """The student's process is gone; `outcome` is the verdict that this earns."""

    def __init__(self, outcome: str, reason: str) -> None:
        super().__init__(reason)
        self.outcome = outcome

    @property
    def perhaps_not_its_doing(self) -> bool:
        """Whether the machine may have ended it, when its memory ran out."""
        return str(self) == "signal 9"


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
        return sum(map(_characters, self.outputs))


def _characters(output: dict[str, Any]) -> int:
    """Characters of an output that was checked."""
    texts = [*output.get("data", {}).values(), *output.get("traceback", ())]
    names = ("text", "ename", "evalue")
    return sum(map(len, texts)) + sum(len(output.get(name, "")) for name in names)


@dataclass(frozen=True, eq=False)
class CaseRequest:
    """One case of `exercise`: the inputs `packed`, and the `seconds` that it may take.

    probe: the name of the function that runs it, if it is not called as it is
    """

    exercise: str
    probe: str | None
    packed: bytes
    seed: int
    seconds: float


class Student:
    """One process that runs a student's cells and cases.

    Every method raises ProcessEnded when the process dies, takes more time of its own
    than it may, or sends what is not in the course's format.
    """

    def __init__(
        self, connection: Connection, probes: str, files: Mapping[str, bytes]
    ) -> None:
        self.connection = connection
        self._used = (0.0, 0.0)  # CPU and idle seconds at the last look
        self._asked = self._idle = 0.0  # seconds of questions since; of idle questions
        self._ahead: tuple[CaseRequest, str] | None = None  # sent already, its token
        self._ask({"do": "start", "probes": probes}, 30, files)

    def run_cell(self, source: str, seconds: float) -> CellRun:
        """Run `source` as a cell, interrupted after `seconds` of its own time."""
        request = {"do": "cell", "source": source, "seconds": float(seconds)}
        reply = self._ask(request, seconds)
        try:
            outputs = [_checked_output(out) for out in reply["outputs"][:MAX_OUTPUTS]]
            error = _text(reply["error"], 100)
            missing = _text(reply["missing"], 100)
            # any other word would be a way to print what no one is to read
            status = STATUSES[STATUSES.index(reply["status"])]
            return CellRun(status, error, missing, outputs)
        except (LookupError, TypeError, AttributeError, ValueError):
            self._end(CRASHED, "an answer that is not an answer")

    def run_case(
        self, case: CaseRequest, ahead: CaseRequest | None = None
    ) -> Result | str:
        """Run one case; return its result, or the outcome where there is none.

        `ahead` is the case that will be asked for next: it is sent along, so that the
        process need not wait for it. See `is_ahead`.
        """
        if self._ahead is not None and self._ahead[0] is case:
            token = self._ahead[1]
        else:
            token = self._send_case(case)
        self._ahead = None
        if ahead is not None and len(ahead.packed) <= MAX_AHEAD:
            self._ahead = ahead, self._send_case(ahead, ahead=True)
        reply = self._answer(token, case.seconds, _value)
        try:
            outcome = _text(reply["outcome"], 100)
            if outcome:
                return outcome if outcome in (NOT_RUN, TIMED_OUT) else CRASHED
            return Result.from_dict(reply["result"])
        except (LookupError, TypeError, serialize.WireError):
            self._end(CRASHED, "an answer that is not an answer")

    @property
    def is_ahead(self) -> bool:
        """Whether a case was sent along: it is to be asked for before all else."""
        return self._ahead is not None

    def close(self) -> None:
        self.connection.close()

    def spent(self) -> float:
        """Seconds of its own time so far: CPU time, or idle time while it was asked.

        The greater of the two, as far as it was looked at.
        """
        return max(self._used[0], self.connection.cpu_seconds, self._idle)

    def _send_case(self, case: CaseRequest, ahead: bool = False) -> str:
        request = {
            "do": "case",
            "exercise": case.exercise,
            "probe": case.probe,
            "seed": case.seed,
            "seconds": float(case.seconds),
        }
        return self._send(request, {"packed": case.packed}, ahead)

    def _ask(
        self,
        request: dict[str, Any],
        seconds: float,
        parts: Mapping[str, bytes] | None = None,
    ) -> Any:
        token = self._send(request, parts or {})
        return self._answer(token, seconds, serialize.from_json)

    def _send(
        self, request: dict[str, Any], parts: Mapping[str, bytes], ahead: bool = False
    ) -> str:
        """Send a question; return the word that its answer has to repeat.

        Nobody knows it before, so that no answer can be sent in advance. Where another
        question is open (`ahead`), that one's answer says how the process is.
        """
        token = secrets.token_hex(8)
        try:
            sock = self.connection.socket
            sock.settimeout(SEND_SECONDS)
            send_frame(sock, pack_request(request | {"token": token}, parts))
        except TimeoutError:
            self._end(TIMED_OUT, "it does not read what it is asked")
        except OSError:
            if not ahead:
                self._gone()
        return token

    def _answer(self, token: str, seconds: float, read: Callable[[bytes], Any]) -> Any:
        """The answer to a question that was sent, within `seconds` of its own time."""
        begun = time.monotonic()
        try:
            return self._answered(token, seconds, read)
        finally:
            self._asked += time.monotonic() - begun
            if time.monotonic() - begun > SHORT:
                with contextlib.suppress(TimeoutError):
                    self.look()

    def look(self) -> tuple[float, float] | None:
        """CPU and idle seconds of the process so far; None once it ended."""
        used = self.connection.used()
        if used is not None:
            self._idle += min(used[1] - self._used[1], self._asked)
            self._used, self._asked = used, 0.0
        return used

    def _answered(
        self, token: str, seconds: float, read: Callable[[bytes], Any]
    ) -> Any:
        try:
            sock = self.connection.socket
            frame = receive_frame(sock, MAX_REPLY, _OwnClock(self, seconds))
            if frame is not None:
                reply = read(frame)
                if isinstance(reply, dict) and reply.get("token") == token:
                    return reply
                self._end(CRASHED, "an answer to another question")
        except TimeoutError:
            self._end(TIMED_OUT, f"no answer within {seconds:g} s of its own time")
        except FrameTooLarge as error:
            self._end(CRASHED, f"too much output: {error}")
        except serialize.WireError as error:
            self._end(CRASHED, str(error))
        except OSError:
            pass
        self._gone()

    def _gone(self) -> NoReturn:
        """Say how the process ended."""
        reason = self._reason()
        if reason in ("lost", "wall"):  # "wall": it was not asked anything for so long
            self.connection.close()
            raise ProcessLost(CRASHED, "the sandbox ended")
        memory = reason is not None and "memory" in reason
        outcome = OUT_OF_MEMORY if memory else TIMED_OUT if reason == "cpu" else CRASHED
        self._end(outcome, reason or "the process ended")

    def _reason(self) -> str | None:
        for _ in range(20):
            reason = self.connection.reason()
            if reason is not None:
                return reason
            time.sleep(0.05)
        return None

    def _end(self, outcome: str, reason: str) -> NoReturn:
        self.connection.kill()
        self.connection.close()
        raise ProcessEnded(outcome, reason)


class _OwnClock:
    """Ends when a process has used more time of its own than a question may take.

    That is CPU time, or time in which nothing of it ran though it could have: other
    processes' load on the machine does not count.
    """

    def __init__(self, student: Student, seconds: float) -> None:
        self.student, self.seconds = student, seconds
        self.next_look = time.monotonic() + min(seconds, 1.0)
        self.before: tuple[float, float] | None = None

    def left(self) -> float:
        left = self.next_look - time.monotonic()
        if left > 0:
            return left
        try:
            used = self.student.look()
        except TimeoutError:
            raise ProcessLost(CRASHED, "the sandbox is silent") from None
        if used is not None:
            before = self.before = self.before or used
            cpu, idle = used[0] - before[0], used[1] - before[1]
            if cpu > self.seconds + GRACE_SECONDS:
                raise TimeoutError
            if idle > 3 * self.seconds + GRACE_SECONDS:
                raise TimeoutError
        self.next_look = time.monotonic() + PAUSE
        return PAUSE


def _value(frame: bytes) -> Any:
    return serialize.unpack(frame, answer=True)


def _text(value: Any, size: int = MAX_REPLY) -> str:
    """A text that was sent; the text of anything else could take for ever."""
    if not isinstance(value, str):
        raise TypeError("a text is expected")
    return serialize.writable(value[:size])


def _checked_output(output: dict[str, Any]) -> dict[str, Any]:
    """An output in nbformat's form; TypeError where the student's side sent another."""
    kind = output["output_type"]
    if not isinstance(kind, str) or kind not in OUTPUT_TYPES:
        raise TypeError("an unknown kind of output")
    if kind == "stream":
        name = "stderr" if output["name"] == "stderr" else "stdout"
        return {"output_type": kind, "name": name, "text": _text(output["text"])}
    if kind == "error":
        return {
            "output_type": kind,
            "ename": _text(output["ename"], 200),
            "evalue": _text(output["evalue"], 2000),
            "traceback": [_text(line, 5000) for line in output["traceback"][:50]],
        }
    data = {_text(key): _text(item) for key, item in output["data"].items()}
    checked: dict[str, Any] = {"output_type": kind, "data": data, "metadata": {}}
    if kind == "execute_result":
        checked["execution_count"] = None
    return checked

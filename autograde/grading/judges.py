"""The coordinator's end of the judges: start them, give them work, outlive them.

Nothing here reads what a student's side produced, but for the flat result of a judge.
A judge that dies costs the step that it died of; the rest is judged again by the next.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

from autograde.course.processes import end_process, start_module, with_package
from autograde.execution.frames import FrameTooLarge, receive_frame, send_frame
from autograde.grading import bounds
from autograde.grading.flat_result import (
    MAX_NOTEBOOK,
    MAX_REPORT,
    FlatResult,
    NotFlat,
    Outline,
)
from autograde.sandbox import Connection

MAX_JUDGES = 30  # for one submission; each but the last died of a step of its own
MAX_TOGETHER = 600.0  # CPU seconds of all judges of one submission, nearly
PATIENCE = 6 * 3600.0  # seconds of silence after which a judge is hung, not slow
MARK = 200
OPEN, OPENED, REFUSED, RESULT = b"O", b"C", b"X", b"R"

Open = Callable[[], Connection]


class Chapter(Protocol):
    """What the judges of a chapter hold; `task.Package` is one."""

    @property
    def key(self) -> str: ...

    @property
    def released(self) -> str: ...

    @property
    def checks(self) -> bytes: ...

    @property
    def files(self) -> dict[str, bytes]: ...

    @property
    def editions(self) -> dict[str, dict[str, Any]]: ...


class JudgesFailed(RuntimeError):
    """The judges' own process does not start or answer: the grader's error."""


class Judges:
    """One warm process that forks a judge for each submission.

    May be used from several threads; it starts when it is first asked.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen | None = None
        self._control: socket.socket | None = None
        self._outlines: dict[str, Outline] = {}

    def start(self) -> None:
        """Start the warm process, unless it runs."""
        with self._lock:
            self._start()

    def _start(self) -> None:
        if self._process is not None and self._process.poll() is None:
            return
        self._stop()
        one = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}
        self._process, self._control = start_module(
            "autograde.grading.judge_process",
            env=with_package() | one,
        )

    def close(self) -> None:
        """End the warm process and every judge."""
        with self._lock:
            self._stop()

    def _stop(self) -> None:
        if self._process is not None and self._control is not None:
            end_process(self._process, self._control)
        self._process = self._control = None
        self._outlines.clear()

    def grade(
        self, chapter: Chapter, do: str, data: bytes, open_process: Open
    ) -> tuple[FlatResult, bytes]:
        """Let judges `do` their work on `data`; return the result and its notebook.

        do: ``submission`` (data: a submitted notebook), ``rebuilt`` (one that was
        rebuilt) or ``rebuild`` (only rebuild it)

        Raises whatever `open_process` raises, and JudgesFailed.
        """
        spoiled: list[str] = []
        spent = 0.0
        while len(spoiled) < MAX_JUDGES and spent < MAX_TOGETHER:
            begun = time.monotonic()
            with tempfile.TemporaryFile() as marks:
                channel, outline = self._fork(chapter, marks.fileno())
                with channel:
                    found = self._one(channel, outline, do, data, spoiled, open_process)
                if found is not None:
                    result, notebook = found
                    result.notes += [_lost(step) for step in spoiled]
                    return result, notebook
                step = os.pread(marks.fileno(), MARK, 0).rstrip(b"\0").decode()
            spent += min(time.monotonic() - begun, bounds.BOUNDS.judge_seconds)
            if self._process is None or self._process.poll() is not None:
                raise JudgesFailed("the judges' process ended")
            if not step or step in spoiled or step == "read":
                spoiled.append(step or "read")
                break
            spoiled.append(step)
        problem = (
            f"{len(spoiled)} judges ended while they read it, the last at "
            f"{spoiled[-1]!r}: it takes more memory or time than a submission may; "
            "look at it"
        )
        return FlatResult(problem=problem), b""

    def _fork(self, chapter: Chapter, marks: int) -> tuple[socket.socket, Outline]:
        """A channel to a new judge, and the outline of its chapter."""
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                with self._lock:
                    self._start()
                    assert self._control
                    outline = self._outlines.get(chapter.key) or self._load(chapter)
                    _send(self._control, b"J", [theirs.fileno(), marks])
                    send_frame(self._control, chapter.key.encode())
            except OSError as error:
                ours.close()
                raise JudgesFailed(f"no judge could be started: {error}") from error
            except BaseException:
                ours.close()
                raise
        return ours, outline

    def _load(self, chapter: Chapter) -> Outline:
        control = self._control
        assert control
        _send(control, b"P", [])
        header = {"key": chapter.key, "files": list(chapter.files)}
        send_frame(control, json.dumps(header).encode())
        for content in chapter.files.values():
            send_frame(control, content)
        send_frame(control, chapter.released.encode())
        send_frame(control, chapter.checks)
        send_frame(control, json.dumps(chapter.editions).encode())
        frame = receive_frame(control, MAX_NOTEBOOK)
        if frame is None:
            raise JudgesFailed("the judges' process ended while it read the cases")
        tree = json.loads(frame)
        exercises = {
            name: (points, [(label, weight) for label, weight in cases])
            for name, (points, cases) in tree["exercises"].items()
        }
        outline = Outline(exercises, tree["answers"])
        self._outlines[chapter.key] = outline
        return outline

    def _one(
        self,
        channel: socket.socket,
        outline: Outline,
        do: str,
        data: bytes,
        spoiled: list[str],
        open_process: Open,
    ) -> tuple[FlatResult, bytes] | None:
        """What one judge says; None when it died."""
        header = {"do": do, "spoiled": spoiled, "bounds": bounds.BOUNDS.as_dict()}
        try:
            send_frame(channel, json.dumps(header).encode())
            send_frame(channel, data)
            while True:
                channel.settimeout(PATIENCE)
                word = channel.recv(1)
                if word == OPEN:
                    _hand_over(channel, open_process)
                elif word == RESULT:
                    break
                else:
                    return None
            deadline = time.monotonic() + PATIENCE
            report = receive_frame(channel, MAX_REPORT, deadline)
            notebook = receive_frame(channel, MAX_NOTEBOOK, deadline)
        except (BrokenPipeError, ConnectionError):
            return None
        except TimeoutError:
            raise JudgesFailed("a judge fell silent") from None
        except FrameTooLarge as error:
            raise JudgesFailed(str(error)) from None
        if report is None or notebook is None:
            return None
        try:
            if do == "rebuild":
                outline = Outline({}, [])
            return FlatResult.from_bytes(report, outline), notebook
        except NotFlat as error:
            raise JudgesFailed(f"a judge's result is none: {error}") from None


def _hand_over(channel: socket.socket, open_process: Open) -> None:
    """Give a judge a process for its student; this end keeps nothing of it."""
    connection = open_process()
    data, status, heard = connection.detach()
    try:
        _send(channel, OPENED, [data, status])
        send_frame(channel, heard)
    finally:
        os.close(data)
        os.close(status)


def _send(channel: socket.socket, word: bytes, files: list[int]) -> None:
    if files:
        socket.send_fds(channel, [word], files)
    else:
        channel.sendall(word)


def _lost(step: str) -> str:
    return (
        f"{step}: judging it took more memory or time than it may, so it was passed "
        "over; look at it"
    )


_judges = Judges()


def judges() -> Judges:
    """The judges of this process."""
    return _judges


@atexit.register
def close_judges() -> None:
    """End the judges of this process."""
    with contextlib.suppress(OSError):
        _judges.close()

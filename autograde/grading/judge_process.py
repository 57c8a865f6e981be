"""The judge of one submission: a process that reads hostile bytes, and may die of them.

Run as ``python -m autograde.grading.judge_process FD``; FD is a socket to whoever
coordinates. This process has imported what judging takes and holds the chapters' hidden
cases; it reads nothing of a submission. For each submission it forks a judge with
limits of its own on CPU time and memory, which unpacks, compares, diagnoses, sanitises
and writes, and sends one flat result.

Before each step that a student's bytes could spoil the judge leaves the step's name in
a file, so that whoever coordinates knows what a dead judge died of.
"""

from __future__ import annotations

import array
import contextlib
import gc
import json
import os
import resource
import select
import signal
import socket
import sys
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from autograde.checking.checks import Checks, load_views
from autograde.checking.verdict import CaseJudge, bounded
from autograde.course.layout import CHECKS
from autograde.execution.frames import receive_frame, send_frame
from autograde.grading.bounds import Bounds
from autograde.grading.flat_result import (
    MAX_NOTEBOOK,
    MAX_REPORT,
    FlatResult,
    Outline,
    cut,
    untouched,
)
from autograde.grading.hand_grades import answers_of
from autograde.grading.judge import Judged, judge, visible_checks
from autograde.grading.steps import Steps
from autograde.language import prepare, using
from autograde.notebooks.editions import language_of
from autograde.notebooks.names import bound_names, top_level_names
from autograde.notebooks.rebuild import Rebuilt, rebuild
from autograde.notebooks.submitted import UnreadableSubmission
from autograde.sandbox import Connection, linux
from autograde.sandbox.monitor import ProcFolder

MAX_REQUEST = 512 * 2**20
MARK = 200  # bytes of a step's name
#: the words of this process and of a judge to who coordinates, and the answers to them
JOB, PACKAGE, STARTED = b"J", b"P", b"S"
OPEN, OPENED, RESULT = b"O", b"C", b"R"


class Refused(RuntimeError):
    """Whoever coordinates has no process for the student."""


@dataclass
class Loaded:
    """A chapter as its judges share it."""

    released: nbformat.NotebookNode
    checks: Checks
    views: dict[str, Any]
    files: dict[str, bytes]
    editions: dict[str, nbformat.NotebookNode]
    messages: dict[str, dict[str, str]]


def main() -> None:
    control = socket.socket(fileno=int(sys.argv[1]))
    control.set_inheritable(False)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            linux.use_huge_pages(ProcFolder().read("self/maps"))
    serve(control)
    os._exit(0)


def serve(control: socket.socket) -> None:
    """Load chapters and fork judges until whoever coordinates is gone."""
    loaded: dict[str, Loaded] = {}
    left: Iterator[None] = iter(())
    judges = 0
    while True:
        # a single judge is sooner done alone than beside what would spare others work
        idle = judges > 1 and not select.select([control], [], [], 0)[0]
        if idle and next(left, left) is None:
            continue  # there was something to compute meanwhile
        word, descriptors = receive_descriptors(control)
        if not word:
            _reap()
            return
        frame = receive_frame(control, MAX_REQUEST)
        if frame is None:
            return
        if word == PACKAGE:
            key, package = _load(control, frame)
            loaded[key] = package
            left = _looked_at_before(loaded[key])
            gc.collect()
            gc.freeze()
        else:
            _reap()
            gc.freeze()  # what was computed since: no judge need go through it
            _fork(control, loaded[frame.decode()], *descriptors)
            judges += 1


def _reap() -> None:
    """Let go of the judges that ended; their CPU time is then this process's."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def receive_descriptors(channel: socket.socket) -> tuple[bytes, list[int]]:
    """One byte and the open files that came with it."""
    room = socket.CMSG_SPACE(2 * array.array("i").itemsize)
    word, ancillary, _, _ = channel.recvmsg(1, room)
    found = array.array("i")
    for _, _, content in ancillary:
        found.frombytes(content[: len(content) // 4 * 4])
    return word, list(found)


def send_descriptors(channel: socket.socket, word: bytes, files: list[int]) -> None:
    """The other end of :func:`receive_descriptors`."""
    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", files))]
    channel.sendmsg([word], rights if files else [])


def _load(control: socket.socket, frame: bytes) -> tuple[str, Loaded]:
    """Read a chapter that was sent, and answer with its outline."""
    header = json.loads(frame)
    texts = [receive_frame(control, MAX_REQUEST) or b"" for _ in header["files"]]
    released = receive_frame(control, MAX_REQUEST) or b""
    checks = Checks.from_bytes(receive_frame(control, MAX_REQUEST) or b"")
    others = json.loads(receive_frame(control, MAX_REQUEST) or b"{}")
    editions = {
        language: nbformat.from_dict(edition["notebook"])
        for language, edition in others.items()
    }
    messages = {language: edition["messages"] for language, edition in others.items()}
    notebook = nbformat.reads(released.decode(), 4)
    files = dict(zip(header["files"], texts, strict=True))
    if CHECKS in files:
        visible_checks(files[CHECKS])  # its judges inherit what was read
    outline = Outline.of(checks, notebook)
    send_frame(control, json.dumps(outline.as_dict()).encode())
    views = load_views(checks)
    return header["key"], Loaded(notebook, checks, views, files, editions, messages)


def _looked_at_before(loaded: Loaded) -> Iterator[None]:
    """Do what every judge would do, in small steps: they inherit it."""
    for language in loaded.editions:
        prepare(language)
        yield
    for notebook in (loaded.released, *loaded.editions.values()):
        rebuild(loaded.released, _written(notebook), loaded.editions)
        yield
        for cell in notebook.cells:
            if cell.cell_type == "code":  # asked for where a name is missing
                bound_names(cell.source)
                top_level_names(cell.source)
        yield
    for exercise in loaded.checks.exercises.values():
        for case in exercise.cases:
            bounded(case.expected, case)
            look = CaseJudge(exercise, case, loaded.views)
            for name, form in exercise.forms():
                look.prepare(name, form)
                yield
    if CHECKS in loaded.files:
        for _ in visible_checks(loaded.files[CHECKS]).exercises.values():
            yield


def _fork(control: socket.socket, loaded: Loaded, channel: int, marks: int) -> None:
    child = os.fork()
    if child:
        os.close(channel)
        os.close(marks)
        return
    status = 1
    try:
        control.close()
        _Judge(socket.socket(fileno=channel), marks, loaded).work()
        status = 0
    except (MemoryError, RecursionError, BrokenPipeError, ConnectionError):
        status = 2  # of what it read, or nobody waits any more
    finally:
        os._exit(status)


class _Judge(Steps):
    """One judge, in a process of its own."""

    def __init__(self, channel: socket.socket, marks: int, loaded: Loaded) -> None:
        self.channel, self.marks, self.loaded = channel, marks, loaded
        header = json.loads(receive_frame(channel, MAX_REPORT) or b"{}")
        self.do: str = header["do"]
        self.bounds = Bounds(**header["bounds"])
        super().__init__(header["spoiled"])
        gc.enable()
        _limit_memory(self.bounds.judge_memory)

    def begin(self, step: str) -> None:
        """Leave the name of the step, and start its clock."""
        os.pwrite(self.marks, step.encode()[:MARK].ljust(MARK, b"\0"), 0)
        usage = resource.getrusage(resource.RUSAGE_SELF)
        used = int(usage.ru_utime + usage.ru_stime)
        hard = self.bounds.judge_seconds
        soft = min(used + 1 + self.bounds.step_seconds, hard)
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))

    def work(self) -> None:
        self.begin("read")
        data = receive_frame(self.channel, MAX_REQUEST) or b""
        result, notebook = FlatResult(), b""
        try:
            if self.do == "rebuild":
                rebuilt = self._rebuilt(data)
                result.notes = rebuilt.notes
                notebook = _written(rebuilt.notebook)
            else:
                result, notebook = self._judged(self._rebuilt(data))
        except UnreadableSubmission as error:
            result.problem = str(error)
        except (MemoryError, RecursionError, BrokenPipeError, ConnectionError, Refused):
            raise
        except Exception as error:
            result.failed = True
            last = traceback.extract_tb(error.__traceback__)[-1]
            result.problem = (
                f"the grader failed ({type(error).__name__}: {cut(str(error), 300)}; "
                f"{Path(last.filename).name}:{last.lineno}); grade this one again"
            )
        if len(notebook) > MAX_NOTEBOOK:
            result, notebook = FlatResult(), b""
            result.problem = "its graded notebook would be far too large; look at it"
        self.channel.sendall(RESULT)
        send_frame(self.channel, result.to_bytes())
        send_frame(self.channel, notebook)

    def _rebuilt(self, data: bytes) -> Rebuilt:
        if self.do in ("submission", "rebuild"):
            return rebuild(self.loaded.released, data, self.loaded.editions)
        return Rebuilt(nbformat.from_dict(json.loads(data)))

    def _judged(self, rebuilt: Rebuilt) -> tuple[FlatResult, bytes]:
        loaded = self.loaded
        language = language_of(rebuilt.notebook)
        with using(language, loaded.messages.get(language, {})):
            judged: Judged = judge(
                rebuilt,
                loaded.checks,
                loaded.files,
                self._open,
                loaded.views,
                self.bounds,
                self,
            )
        self.begin("write")
        result = FlatResult(
            judged.judgements,
            judged.notes,
            untouched(judged.notebook, loaded.editions.get(language, loaded.released)),
            answers_of(judged.notebook),
            judged.seconds,
        )
        nbformat.validate(judged.notebook)
        return result, _written(judged.notebook)

    def _open(self) -> Connection:
        """A process for the student, from whoever coordinates."""
        self.channel.sendall(OPEN)
        word, descriptors = receive_descriptors(self.channel)
        if word != OPENED or len(descriptors) != 2:
            raise Refused
        heard = receive_frame(self.channel, MAX_REPORT) or b""
        data, status = (socket.socket(fileno=fd) for fd in descriptors)
        return Connection(data, status, heard)


def _written(notebook: nbformat.NotebookNode) -> bytes:
    # nbformat.writes would indent, in Python, what no one reads as text: 15 ms
    return json.dumps(notebook, ensure_ascii=False).encode()


def _limit_memory(beyond: int) -> None:
    """Keep this process from taking more memory than `beyond` what it has now."""
    if sys.platform != "linux":
        return
    data, size = ProcFolder().own_sizes()
    for which, limit in (
        (resource.RLIMIT_DATA, data + beyond),
        (resource.RLIMIT_AS, size + 2 * beyond),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(which, (limit, limit))
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as score:
        score.write("500")  # when memory runs out, a judge goes before who coordinates


if __name__ == "__main__":
    main()

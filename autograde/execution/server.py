"""The loop inside the student's process: run cells, run cases, report as data.

Nothing in this module is trusted by the judge: it shares its process with the
student's code. A shell is made by :func:`prepare` before the process is forked, so
that a submission does not pay for it.
"""

from __future__ import annotations

import builtins
import contextlib
import json
import os
import re
import signal
import socket
import sys
import time
import warnings
from collections.abc import Iterable, Iterator
from types import ModuleType
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from autograde.checking import serialize
from autograde.checking.compiler import put_off_compiler
from autograde.checking.defaults import as_they_were, remember
from autograde.checking.parsing import parse
from autograde.checking.run_case import compiled_probes, load_probes, run_case
from autograde.execution.carry_on import run_cell
from autograde.execution.frames import receive_frame, send_frame
from autograde.execution.light_imports import light_imports  # noqa: F401
from autograde.execution.loaders import load_without_workers
from autograde.execution.requests import unpack_request
from autograde.execution.surroundings import (
    NoTerminal,
    fall_back_to_cpu,
    stand_in_for_colab,
)
from autograde.execution.warm_up import look_for_no_module_of_cells, practise

MAX_REQUEST = 256 * 2**20
MAX_OUTPUT = 500_000
MAX_PICTURES = 4_000_000
EMPTY_LINES = re.compile(r"(?:[ \t]*\n)*")
CUT = "\n[output cut: more than 500,000 characters]\n"


class Recorder:
    """The outputs of the running cell, as a notebook stores them, up to a limit."""

    def __init__(self) -> None:
        self.outputs: list[dict[str, Any]] = []
        self.room = MAX_OUTPUT
        self.room_for_pictures = MAX_PICTURES

    def start(self) -> None:
        self.outputs = []

    def stream(self, name: str, text: str) -> None:
        text = self._fit(text)
        if not text:
            return
        last = self.outputs[-1] if self.outputs else {}
        if last.get("name") == name:
            last["text"] += text
        else:
            output = {"output_type": "stream", "name": name, "text": text}
            self.outputs.append(output)

    def data(self, kind: str, data: dict, metadata: dict, count: int | None) -> None:
        texts = _texts(data)
        pictures = sum(len(t) for name, t in texts.items() if name.startswith("image/"))
        size = sum(map(len, texts.values())) - pictures
        if size > self.room or pictures > self.room_for_pictures:
            self.stream("stdout", CUT[: self.room])
            return
        self.room -= size
        self.room_for_pictures -= pictures
        output: dict[str, Any] = {"output_type": kind, "data": texts, "metadata": {}}
        if kind == "execute_result":
            output["execution_count"] = count
        self.outputs.append(output)

    def error(self, name: str, value: str, trace: list[str]) -> None:
        output = {
            "output_type": "error",
            "ename": name,
            "evalue": value[:2000],
            "traceback": [line[:5000] for line in trace[:50]],
        }
        self.outputs.append(output)

    def _fit(self, text: str) -> str:
        if self.room <= 0:
            return ""
        fitting = text[: self.room]
        self.room -= len(text)
        return fitting if self.room > 0 else fitting + CUT


def _texts(data: dict[str, Any]) -> dict[str, str]:
    import base64

    return {
        str(kind): base64.b64encode(item).decode()
        if isinstance(item, bytes)
        else str(item)
        for kind, item in data.items()
    }


class Stream:
    """``sys.stdout`` or ``sys.stderr`` of the student."""

    encoding = "utf-8"
    errors = "replace"

    def __init__(self, name: str, recorder: Recorder) -> None:
        self.name = name
        self.recorder = recorder

    def write(self, text: str) -> int:
        self.recorder.stream(self.name, str(text))
        return len(text)

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        pass

    def isatty(self) -> bool:
        return False

    def fileno(self) -> int:
        return 1 if self.name == "stdout" else 2


class _Publisher(DisplayPublisher):
    def publish(
        self, data: Any, metadata: Any = None, *args: Any, **kwargs: Any
    ) -> None:
        if not kwargs.get("update"):
            self.shell.recorder.data("display_data", data, metadata or {}, None)

    def clear_output(self, wait: bool = False) -> None:
        self.shell.recorder.outputs.clear()


class _Hook(DisplayHook):
    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
        count = self.shell.execution_count
        self.shell.recorder.data("execute_result", format_dict, md_dict or {}, count)

    def finish_displayhook(self) -> None:
        pass


class StudentShell(NoTerminal, InteractiveShell):  # type: ignore[misc]
    """An IPython shell that records outputs instead of printing them."""

    def __init__(self, **kwargs: Any) -> None:
        self.recorder = Recorder()
        config = Config()
        config.HistoryManager.enabled = False
        config.InteractiveShell.display_pub_class = _Publisher
        config.InteractiveShell.displayhook_class = _Hook
        config.InteractiveShell.colors = "nocolor"
        config.InteractiveShell.cache_size = 100
        super().__init__(
            config=config,
            display_pub_class=_Publisher,
            displayhook_class=_Hook,
            **kwargs,
        )
        self.pass_over_programs()

    def transform_cell(self, raw_cell: str) -> str:
        """IPython's own syntax is looked for only where there is other than Python."""
        cell = raw_cell[EMPTY_LINES.match(raw_cell).end() :]  # type: ignore[union-attr]
        if "\n" not in cell.rstrip("\n") or cell.startswith("In ["):
            return super().transform_cell(raw_cell)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # they come when the cell is run
                parse(cell)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return super().transform_cell(raw_cell)
        return cell if cell.endswith("\n") else cell + "\n"

    def _showtraceback(self, etype: Any, evalue: Any, stb: Any) -> None:
        self.recorder.error(etype.__name__, str(evalue), list(stb))

    def enable_gui(self, gui: Any = None) -> None:
        pass


class _TimeUp(KeyboardInterrupt):
    """The time of a cell or case is over."""


def prepare(probes: Iterable[str] = ()) -> StudentShell:
    """Make the one shell of this process, and warm up what it will use.

    probes: the texts of the chapters' ``probes.py``
    """
    for source in probes:
        compiled_probes(source)
    put_off_compiler()
    load_without_workers()
    practise()
    look_for_no_module_of_cells()
    fall_back_to_cpu()
    stand_in_for_colab()
    remember()
    sys.path.append("")  # what a cell has written can be imported, as in a notebook
    StudentShell.clear_instance()
    shell = StudentShell.instance()
    _own_builtins(shell)
    if "matplotlib" in sys.modules:
        with contextlib.suppress(Exception):
            shell.enable_matplotlib("inline")
    shell.run_cell("pass", store_history=False)
    try:
        raise NotImplementedError
    except NotImplementedError:  # the first traceback looks at every module's file
        shell.InteractiveTB.structured_traceback(*sys.exc_info())
    return shell


def _own_builtins(shell: StudentShell) -> None:
    """Give the student's cells built-ins of their own, which they may change.

    A ``builtins.sum = np.sum`` then means their own code, and no library and no case.
    """
    own = ModuleType("builtins")
    vars(own).update(vars(builtins))
    sys.modules["builtins"] = own
    shell.user_ns["__builtins__"] = shell.user_ns["__builtin__"] = own


def serve(sock: socket.socket, shell: StudentShell | None = None) -> None:
    """Answer requests on `sock` until the other side closes it."""
    shell = shell or prepare()
    remember()  # before the first line of a student's
    sys.stdout = Stream("stdout", shell.recorder)
    sys.stderr = Stream("stderr", shell.recorder)
    probes: dict[str, Any] = {}
    last = ""  # the exercise whose case was asked for just before
    changed = False  # whether a student has changed what libraries hold
    while True:
        frame = receive_frame(sock, MAX_REQUEST)
        if frame is None:
            return
        request, parts = unpack_request(frame)
        token = {"token": request["token"]}
        match request["do"]:
            case "start":
                probes = load_probes(request["probes"])
                for name, content in parts.items():
                    with open(os.path.basename(name), "wb") as file:
                        file.write(content)
                answer = _as_json({"ready": True} | token)
            case "cell":
                last = ""
                answer = _as_json(_run_cell(shell, request) | token)
            case "case":
                # Names are looked at before and after the first case of an exercise:
                # what changes them when it is called does so when it is called first.
                first, last = request["exercise"] != last, request["exercise"]
                sure = not (first or changed)
                reply = _run_case(shell, request, parts["packed"], probes, sure)
                with as_they_were(names=first or changed) as changed:
                    answer = serialize.pack(reply | token)
        send_frame(sock, answer)


def _as_json(reply: dict[str, Any]) -> bytes:
    """Texts on their way to the judge; what is no text arrives as none."""
    return json.dumps(reply, default=lambda _: None).encode()


def _run_cell(shell: StudentShell, request: dict[str, Any]) -> dict[str, Any]:
    shell.recorder.start()
    status, name, missing = "ok", "", ""
    try:
        with _alarm(request["seconds"]):
            result = run_cell(shell, request["source"])
        error = result.error_before_exec or result.error_in_exec
        if isinstance(error, _TimeUp):
            status = "timed out"
        elif error is not None:
            status, name = "error", type(error).__name__
            missing = str(getattr(error, "name", None) or "")
    except _TimeUp:
        status = "timed out"
    outputs = shell.recorder.outputs
    return {"status": status, "error": name, "missing": missing, "outputs": outputs}


def _run_case(
    shell: StudentShell, request: dict, packed: bytes, probes: dict, unchanged: bool
) -> dict[str, Any]:
    shell.recorder.start()
    name = request["exercise"]
    if name not in shell.user_ns:
        return {"outcome": "not run"}
    probe = probes[request["probe"]] if request["probe"] else None
    try:
        with _alarm(request["seconds"]):
            target, seed = shell.user_ns[name], request["seed"]
            result = run_case(target, probe, packed, seed, unchanged)
    except KeyboardInterrupt:
        return {"outcome": "timed out"}
    return {"outcome": "", "result": result.as_dict()}


@contextlib.contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """Raise in the student's code when its own time is over.

    That is `seconds` of CPU time, or twice as many of idle time. Time in which the
    machine serves others does not count. The judge has a clock too.
    """
    begun, begun_at = _served(), time.monotonic()

    def ring(number: int, _: Any) -> None:
        if number == signal.SIGALRM:
            idle = time.monotonic() - begun_at - (_served() - begun)
            if idle < 2 * seconds:
                signal.setitimer(signal.ITIMER_REAL, max(0.1, 2 * seconds - idle))
                return
        raise _TimeUp

    signal.signal(signal.SIGALRM, ring)
    signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    if begun:  # else the judge's clock alone tells idle time from a busy machine
        signal.setitimer(signal.ITIMER_REAL, 2 * seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)


def _served() -> float:
    """Seconds in which this process ran or waited for a processor; 0 if not known."""
    try:
        file = os.open("/proc/thread-self/schedstat", os.O_RDONLY)
    except OSError:
        return 0.0
    try:
        waited = int(os.read(file, 100).split()[1]) / 1e9
    finally:
        os.close(file)
    times = os.times()
    return times.user + times.system + waited


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))

"""Which walls work here: a process behind them tries to get out."""

from __future__ import annotations

import functools
import json
import os
import platform
import socket
import struct
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from autograde.sandbox import levels


def serve(connection: socket.socket) -> None:
    """The student's side of a probe: runs the sources it is sent, answers `answer`."""
    names: dict = {"connection": connection}
    while head := connection.recv(4, socket.MSG_WAITALL):
        source = connection.recv(
            struct.unpack("!I", head)[0], socket.MSG_WAITALL
        ).decode()
        names["answer"] = None
        try:
            exec(source, names)
        except SystemExit:
            raise
        except BaseException as error:
            names["answer"] = f"{type(error).__name__}: {error}"
        text = json.dumps(names["answer"], default=str).encode()
        connection.sendall(struct.pack("!I", len(text)) + text)


#: for an answer; walls that hold must not be taken for broken on a busy machine
ANSWER_SECONDS = 120.0


def ask(
    connection: socket.socket, source: str, seconds: float = ANSWER_SECONDS
) -> object:
    """Runs `source` in a process that `serve`s, and returns what it put into `answer`.

    Raises EOFError when the process ends without an answer.
    """
    connection.settimeout(seconds)
    connection.sendall(struct.pack("!I", len(source.encode())) + source.encode())
    head = connection.recv(4, socket.MSG_WAITALL)
    if len(head) < 4:
        raise EOFError("the process ended without an answer")
    size = struct.unpack("!I", head)[0]
    return json.loads(connection.recv(size, socket.MSG_WAITALL))


#: tried behind the walls; each way that works is named in the answer
ESCAPES = """
import os, signal, socket
answer = []
def worked(name, attempt):
    try:
        if attempt() is not False:
            answer.append(name)
    except (OSError, ValueError):
        pass
def connect(family, address):
    channel = socket.socket(family)
    channel.settimeout(1)
    channel.connect(address)
worked("read a file outside", lambda: open(SECRET).read())
worked("write a file outside", lambda: open(SECRET + "2", "w"))
worked("write into the package", lambda: open(PACKAGE + "/checking/escape", "w"))
worked("open a network connection",
       lambda: connect(socket.AF_INET, ("127.0.0.1", PORT)))
worked("reach a socket of the user",
       lambda: connect(socket.AF_UNIX, chr(0) + ABSTRACT))
def has(path):
    channel = socket.socket(socket.AF_UNIX)
    channel.connect(path)
worked("reach a socket of the machine by its path", lambda: has(LOCAL))
def by_a_pair():
    one, _ = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    one.sendto(b"x", DATAGRAMS)
worked("send to a socket of the machine from a pair", by_a_pair)
worked("truncate a file outside", lambda: os.truncate(SECRET, 0))
def changed_mode():
    before = os.stat(SECRET).st_mode
    os.chmod(SECRET, 0o640)
    return os.stat(SECRET).st_mode != before
worked("change the mode of a file outside", changed_mode)
worked("change the limits of another process",
       lambda: DECOY > 9 and __import__("resource").prlimit(DECOY, 0, (9, 9)))
worked("change the priority of another process",
       lambda: DECOY > 9 and os.setpriority(os.PRIO_PROCESS, DECOY, 19))
worked("signal another process", lambda: DECOY > 9 and os.kill(DECOY, signal.SIGKILL))
worked("see other processes", lambda: bool(
    {name for name in os.listdir("/proc") if name.isdigit()} - {"1", str(os.getpid())}))
worked("read the environment of another process",
       lambda: DECOY > 9 and open(f"/proc/{DECOY}/environ").read())
worked("become root", lambda: os.setuid(0))
"""
#: must work: a wall that stops this stops honest code
NEEDS = """
import os, random, subprocess, sys, tempfile, threading
with tempfile.TemporaryFile() as file:
    file.write(b"x" * 100_000)
thread = threading.Thread(target=random.random)
thread.start()
thread.join()
import wave  # no other module imports it: the library is there to read
answer = os.listdir(os.getcwd())
"""


@dataclass(frozen=True)
class Found:
    """The strongest level that works here, and what was in the way of stronger ones."""

    level: str
    refused: dict[str, str]

    @property
    def explanation(self) -> str:
        """For a person: which walls stand, and why no better ones."""
        lines = [f"{level}: {reason}" for level, reason in self.refused.items()]
        if self.level == levels.NONE:
            lines.insert(
                0,
                f"No walls work on this machine ({platform.system()}), so "
                "untrusted code must not run here.",
            )
        else:
            lines.insert(0, f"Walls in force: {self.level}.")
        return "\n".join(lines)


@functools.cache
def strongest() -> Found:
    """Tries the levels, the strongest first, until one holds: about 0.2 seconds."""
    refused: dict[str, str] = {}
    for level in levels.STRONGEST_FIRST:
        reason = why_not(level)
        if reason is None:
            return Found(level, refused)
        refused[level] = reason
    return Found(levels.NONE, refused)


def why_not(level: str, landlock: int = 999) -> str | None:
    """Starts a process behind the walls of `level`; says what is wrong, or None.

    landlock: the newest version of Landlock to use
    """
    from autograde.sandbox.sandbox import Sandbox, SandboxUnavailable

    if sys.platform != "linux":
        return "needs Linux"
    decoy = subprocess.Popen(
        [sys.executable, "-c", "input()"],
        stdin=subprocess.PIPE,
        env={"DECOY": "secret"},
        start_new_session=True,
    )
    try:
        with (
            tempfile.TemporaryDirectory() as outside,
            socket.socket() as network,
            socket.socket(socket.AF_UNIX) as local,
            socket.socket(socket.AF_UNIX) as by_path,
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as datagrams,
            Sandbox(
                level=level,
                preload=(),
                entry="autograde.sandbox.self_test:serve",
                landlock=landlock,
            ) as box,
        ):
            os.chmod(outside, 0o777)
            secret = Path(outside, "secret")
            secret.write_text("secret")
            secret.chmod(0o666)
            for channel, name in ((by_path, "local"), (datagrams, "datagrams")):
                channel.bind(os.path.join(outside, name))
                os.chmod(os.path.join(outside, name), 0o777)
            by_path.listen()
            network.bind(("127.0.0.1", 0))
            network.listen()
            abstract = f"autograde-probe-{os.getpid()}"
            local.bind("\0" + abstract)
            local.listen()
            facts = {
                "SECRET": str(secret),
                "PORT": network.getsockname()[1],
                "ABSTRACT": abstract,
                "LOCAL": os.path.join(outside, "local"),
                "DATAGRAMS": os.path.join(outside, "datagrams"),
                "DECOY": decoy.pid,
                "PACKAGE": str(Path(__file__).resolve().parents[1]),
            }
            given = "".join(f"{name} = {value!r}\n" for name, value in facts.items())
            with box.open() as connection:
                escaped = ask(connection.socket, given + ESCAPES)
            if escaped or not isinstance(escaped, list):
                return f"code behind them could {escaped}"
            if decoy.poll() is not None:
                return "code behind them could end another process"
            with box.open() as connection:
                able = ask(connection.socket, NEEDS)
            if able != []:
                return f"honest code fails behind them: {able}"
        return None
    except (SandboxUnavailable, OSError, EOFError) as error:
        return str(error)
    finally:
        decoy.kill()
        decoy.communicate()

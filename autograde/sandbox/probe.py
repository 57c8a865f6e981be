"""Which walls work here: found out by starting a process behind them that tries to get out."""

from __future__ import annotations

import json
import socket
import struct


def serve(connection: socket.socket) -> None:
    """The student's side of a probe: runs the source that it is sent, answers `answer`."""
    size = struct.unpack("!I", connection.recv(4, socket.MSG_WAITALL))[0]
    source = connection.recv(size, socket.MSG_WAITALL).decode()
    names: dict = {"answer": None, "connection": connection}
    try:
        exec(source, names)
    except BaseException as error:
        names["answer"] = f"{type(error).__name__}: {error}"
    text = json.dumps(names["answer"], default=str).encode()
    connection.sendall(struct.pack("!I", len(text)) + text)


def ask(connection: socket.socket, source: str, seconds: float = 10.0) -> object:
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

"""A port of this machine for a server of its own."""

from __future__ import annotations

import random
import socket

# Below what systems give to outgoing connections (Linux from 32768, macOS and Windows
# from 49152 on): none of those takes the port before the server has it.
PORTS = range(20_000, 32_000)
TRIES = 1000


def free_port() -> int:
    """A port of 127.0.0.1 on which nothing listens at this moment.

    Raises OSError where none is found.
    """
    for _ in range(TRIES):
        port = random.SystemRandom().choice(PORTS)
        with socket.socket() as found:
            try:
                found.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError(f"No port from {PORTS.start} to {PORTS.stop - 1} is free.")

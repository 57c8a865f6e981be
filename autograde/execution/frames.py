"""Length-prefixed messages over a socket, with a deadline and a size limit."""

from __future__ import annotations

import socket
import time


class FrameTooLarge(ValueError):
    """The other side announced more bytes than it may send."""


def send_frame(sock: socket.socket, data: bytes) -> None:
    """Send `data` as one frame: eight bytes of length, then the bytes."""
    sock.sendall(len(data).to_bytes(8, "big"))
    sock.sendall(data)


def receive_frame(
    sock: socket.socket, limit: int, deadline: float | None = None
) -> bytes | None:
    """Return the next frame, or None when the other side has closed.

    Raises FrameTooLarge above `limit` bytes, and TimeoutError when the frame is not
    complete at `deadline` (of ``time.monotonic``).
    """
    header = _receive(sock, 8, deadline)
    if header is None:
        return None
    size = int.from_bytes(header, "big")
    if size > limit:
        raise FrameTooLarge(f"{size} bytes announced, {limit} allowed")
    return _receive(sock, size, deadline)


def _receive(sock: socket.socket, size: int, deadline: float | None) -> bytes | None:
    data = bytearray()  # not a list of parts: a sender may choose parts of two bytes
    while len(data) < size:
        if deadline is not None:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            sock.settimeout(left)
        part = sock.recv(min(size - len(data), 1 << 20))
        if not part:
            return None
        data += part
    return bytes(data)

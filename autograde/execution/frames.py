"""Length-prefixed messages over a socket, with a deadline and a size limit."""

from __future__ import annotations

import socket
import time
from typing import Protocol

AT_ONCE = 2**20  # bytes that are not worth a second message


class FrameTooLarge(ValueError):
    """The other side announced more bytes than it may send."""


def send_frame(sock: socket.socket, data: bytes) -> None:
    """Send `data` as one frame: eight bytes of length, then the bytes."""
    size = len(data).to_bytes(8, "big")
    if len(data) > AT_ONCE:
        sock.sendall(size)
        sock.sendall(data)
    else:
        sock.sendall(size + data)  # else the other side would be woken twice


class Clock(Protocol):
    """Says how long to wait for a frame."""

    def left(self) -> float:
        """Seconds to wait before asking again; raises TimeoutError at the end."""
        ...


class WallClock:
    """A clock that ends at a moment of ``time.monotonic``."""

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline

    def left(self) -> float:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


def receive_frame(
    sock: socket.socket, limit: int, clock: Clock | float | None = None
) -> bytes | None:
    """Return the next frame, or None when the other side has closed.

    `clock` is a clock, or a moment of ``time.monotonic`` at which the time is over.
    Raises FrameTooLarge above `limit` bytes, and what the clock raises when the frame
    is not complete at its end.
    """
    if isinstance(clock, float):
        clock = WallClock(clock)
    header = _receive(sock, 8, clock)
    if header is None:
        return None
    size = int.from_bytes(header, "big")
    if size > limit:
        raise FrameTooLarge(f"{size} bytes announced, {limit} allowed")
    return _receive(sock, size, clock)


def _receive(sock: socket.socket, size: int, clock: Clock | None) -> bytes | None:
    data = bytearray()  # not a list of parts: a sender may choose parts of two bytes
    while len(data) < size:
        if clock is not None:
            sock.settimeout(max(0.001, clock.left()))
        try:
            part = sock.recv(min(size - len(data), 1 << 20))
        except TimeoutError:
            if clock is None:
                raise
            continue  # the clock says whether that was the end
        if not part:
            return None
        data += part
    return bytes(data)

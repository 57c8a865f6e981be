"""A client of a kernel that looks again whether an answer has come.

A socket of pyzmq tells asyncio once that something has arrived. On a busy machine that
word can be lost (seen with pyzmq 27.3: the reply lay in the socket, and nbclient waited
for it until the cell's time was over). Whoever asks the socket anew finds the message.
"""

from __future__ import annotations

import time
from queue import Empty
from typing import Any

from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.channels import AsyncZMQSocketChannel
from traitlets import Type

LOOK_AGAIN = 2.0  # seconds


class LookingChannel(AsyncZMQSocketChannel):
    """A channel that asks its socket every few seconds."""

    async def get_msg(  # type: ignore[override]  # as in the class above
        self, timeout: float | None = None
    ) -> dict[str, Any]:
        """The next message; raises queue.Empty after `timeout` seconds."""
        begun = time.monotonic()
        while True:
            left = LOOK_AGAIN
            if timeout is not None:
                left = max(0.0, timeout - (time.monotonic() - begun))
            try:
                return await super().get_msg(timeout=min(left, LOOK_AGAIN))
            except Empty:
                if timeout is not None and left <= LOOK_AGAIN:
                    raise


class LookingClient(AsyncKernelClient):
    """A client whose channels look again."""

    shell_channel_class = Type(LookingChannel)
    iopub_channel_class = Type(LookingChannel)
    stdin_channel_class = Type(LookingChannel)
    control_channel_class = Type(LookingChannel)

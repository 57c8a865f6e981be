"""A notebook that is run to its end, in a kernel of its own."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat

if TYPE_CHECKING:
    from nbclient import NotebookClient


@contextmanager
def notebook_client(
    notebook: nbformat.NotebookNode, folder: Path, **options: Any
) -> Iterator[NotebookClient]:
    """A client whose kernel runs `notebook` in `folder`, ready for ``execute``.

    options: what ``nbclient.NotebookClient`` takes beside

    Client and kernel meet at sockets in a private folder, where the system has such.
    TCP ports are chosen before the kernel has started; another process that takes one
    in the meantime leaves a kernel without a heartbeat, and its client never ends.
    """
    # late: takes a second
    from nbclient import NotebookClient

    with tempfile.TemporaryDirectory(
        prefix="kernel-", ignore_cleanup_errors=True
    ) as scratch:
        yield NotebookClient(
            notebook,
            kernel_name="python3",
            resources={"metadata": {"path": str(folder)}},
            config=_options(Path(scratch)),
            **options,
        )


def _options(scratch: Path) -> dict[str, Any]:
    """How client and kernel meet, and how the client listens."""
    # late, as above
    import zmq
    from traitlets.config import Config

    client = {"client_class": "autograde.course.kernel_client.LookingClient"}
    connection = scratch / "kernel.json"
    socket = f"{connection.with_suffix('')}-ipc-1"  # as jupyter_client names them
    if os.name != "posix" or len(os.fsencode(socket)) > zmq.IPC_PATH_MAX_LEN:
        return Config({"KernelManager": client})
    options = {"transport": "ipc", "connection_file": str(connection)}
    return Config({"KernelManager": client | options})

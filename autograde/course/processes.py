"""Modules of the package that run as processes of their own, a socket pair away."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

END_SECONDS = 5.0
PACKAGES = Path(__file__).resolve().parents[2]  # where ``autograde`` stands


def with_package() -> dict[str, str]:
    """This process's variables, and the package where another Python finds it."""
    paths = filter(None, [str(PACKAGES), os.environ.get("PYTHONPATH")])
    return os.environ | {"PYTHONPATH": os.pathsep.join(paths)}


def start_module(module: str, **options: Any) -> tuple[subprocess.Popen, socket.socket]:
    """Start `module` in a session of its own; its last argument is a descriptor.

    options: what ``subprocess.Popen`` takes beside

    Returns the process and our end of the pair whose other end it holds. It is to end
    when ours is closed (`end_process`).
    """
    ours, theirs = socket.socketpair()
    try:
        with theirs:
            process = subprocess.Popen(
                # -P: a file of the folder where it starts must not be imported
                [sys.executable, "-P", "-m", module, str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
                **options,
            )
    except BaseException:
        ours.close()
        raise
    return process, ours


def end_process(process: subprocess.Popen, channel: socket.socket) -> None:
    """Close our end and wait for the process; kill one that stays."""
    channel.close()
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()

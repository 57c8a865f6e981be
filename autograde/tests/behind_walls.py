"""How the tests of the sandbox ask what is behind the walls.

Each attempt is the source of a program that runs behind the strongest walls that work
here, and puts what it found into `answer`.
"""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from autograde.sandbox import Limits, linux, mounts, self_test
from autograde.sandbox.limits import MIB
from autograde.sandbox.monitor import ProcFolder, descendants

found = self_test.strongest()
#: Ubuntu's AppArmor lets anyone enter a namespace, and forbids what it is entered for
ENTER = f"""
import ctypes, os
libc, uid = ctypes.CDLL(None), os.geteuid()
if libc.unshare({mounts.ALL_NAMESPACES}):
    exit(1)
with open("/proc/self/uid_map", "w") as ids:
    ids.write(f"{{uid}} {{uid}} 1")
exit(libc.mount(b"none", b"/", None, {linux.MS_REC | linux.MS_PRIVATE}, None) != 0)
"""
# asked of the kernel, not of the package: broken walls must not skip their tests
allowed = sys.platform == "linux" and not subprocess.call(
    [sys.executable, "-c", ENTER], stderr=subprocess.DEVNULL
)
needs_walls = pytest.mark.skipif(
    not allowed, reason="this machine allows no namespaces"
)

#: for root: runs a program as a user, or as root, where all can reach the interpreter
AS_USER = """
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
prefix = os.path.realpath(sys.base_prefix)
top = "/" + prefix.split("/")[1]
hidden = os.stat(top).st_mode & 0o005 != 0o005
if hidden:  # root's own interpreter: show it, in a mount namespace of its own
    assert libc.unshare(0x20000) == 0
    assert libc.mount(b"none", b"/", None, 0x44000, None) == 0
    fd = os.open(prefix, os.O_PATH)
    assert libc.mount(b"tmpfs", top.encode(), b"tmpfs", 0, b"mode=755") == 0
    os.makedirs(prefix)
    source = f"/proc/self/fd/{fd}".encode()
    assert libc.mount(source, prefix.encode(), None, 4096, None) == 0
user = int(sys.argv[2])
if user:
    os.setgroups([]); os.setresgid(user, user, user); os.setresuid(user, user, user)
os.environ["HOME"] = "/"
os.execv(sys.executable, [sys.executable, "-c", sys.argv[1]])
"""

PATIENCE = 240.0  # seconds until a wait gives up; a busy machine is slow, not broken
LIMITS = Limits(
    memory=256 * MIB,
    processes=24,
    cpu_seconds=2,
    wall_seconds=600,
    file_bytes=8 * MIB,
    tmp_bytes=16 * MIB,
    shm_bytes=16 * MIB,
    files=500,
    open_files=64,
    all_open_files=200,
)
ENTRY = "autograde.sandbox.self_test:serve"


def ask(connection, source: str, seconds: float = PATIENCE):
    return self_test.ask(connection.socket, textwrap.dedent(source), seconds)


def send(connection, source: str) -> None:
    """Starts a program that need not answer."""
    text = textwrap.dedent(source).encode()
    connection.socket.sendall(struct.pack("!I", len(text)) + text)


def outside_pids(marker: str) -> list[int]:
    """Processes of the whole machine whose command line has `marker` in it."""
    pids = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            line = (entry / "cmdline").read_bytes()
            state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if marker.encode() in line and state != "Z":
            pids.append(int(entry.name))
    return pids


def processes_below(root: int) -> int:
    """How many processes of this machine descend from `root`."""
    return len(descendants(ProcFolder().processes(), root)) - 1


def until(condition, seconds: float = PATIENCE) -> bool:
    """Whether `condition` came true; a busy machine is given time for it."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def as_user(
    program: str, seconds: float = 900, user: int = 1234
) -> subprocess.CompletedProcess[str]:
    """Runs a Python program as an ordinary user, whoever runs the tests.

    `user`, for a test that runs as root: whom, or 0 to stay root.
    """
    command = [sys.executable, "-c", program]
    if os.geteuid() == 0:
        if not os.stat(__file__).st_mode & 0o004:
            pytest.skip("this folder is root's alone")
        command = [sys.executable, "-c", AS_USER, program, str(user)]
    root = str(Path(__file__).resolve().parents[2])
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=seconds,
        cwd="/",
        env=os.environ | {"PYTHONPATH": root},
    )

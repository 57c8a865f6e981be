"""What systemd says of the cgroup of a unit.

The manager of the machine marks the cgroups that it delegates, from systemd 251 on for
all to read. The managers of users mark none, whatever their age (seen in 252, and in
the sources up to 261), so they are asked.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from pathlib import Path

MARKS = ("user.delegate", "trusted.delegate")
OF_A_USER = "user@"  # begins the name of the unit in which a user's manager runs
SECONDS = 30.0  # for an answer; without one, nothing is delegated


def delegates(folder: Path) -> bool:
    """Whether systemd leaves the cgroup `folder` to those who run in it."""
    for name in MARKS:
        with contextlib.suppress(OSError):
            if os.getxattr(folder, name) == b"1":
                return True
    return _manager_says_so(folder)


def _manager_says_so(folder: Path) -> bool:
    """Asks the manager that rules `folder`, if that is the cgroup of a unit."""
    program = shutil.which("systemctl")
    if program is None or folder.suffix not in (".scope", ".service"):
        return False
    of_a_user = any(part.startswith(OF_A_USER) for part in folder.parent.parts)
    command = [program, *(["--user"] if of_a_user else []), "show"]
    command += ["--property=Delegate,ControlGroup", "--", folder.name]
    runtime = {"XDG_RUNTIME_DIR": f"/run/user/{os.getuid()}"}
    try:
        answer = subprocess.run(
            command,
            env={**runtime, **os.environ},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return False
    said = dict(
        line.split("=", 1) for line in answer.stdout.splitlines() if "=" in line
    )
    group = said.get("ControlGroup", "")  # another manager may have one of this name
    return said.get("Delegate") == "yes" and bool(group) and str(folder).endswith(group)

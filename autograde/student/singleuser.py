"""``autograde singleuser``: the server that a JupyterHub starts for each person.

It is ``make lab``'s JupyterLab with the same settings; the hub says where it listens
and who may enter. The hub's administrator names the command as ``c.Spawner.cmd``.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from autograde.student.lab import jupyter, lab_command, lab_environment, prepare
from autograde.student.start_page import START


def serve(root: Path, work: Path) -> None:
    """Bring a student's copy in `work` up to date and become its server."""
    for line in prepare(root, work):
        print(line)
    command = lab_command(work, 0, browser=False)
    become(command, lab_environment(root, work), f"/lab/tree/{START}", work)


def become(
    command: list[str], environment: dict[str, str], page: str, folder: Path
) -> None:
    """Become the server that `command` describes, as the hub has it."""
    config = next(part for part in command if part.startswith("--config="))
    command = jupyter("jupyterhub.singleuser", config)
    os.chdir(folder)
    sys.stdout.flush()
    os.execve(command[0], command, {"JUPYTERHUB_DEFAULT_URL": page} | environment)

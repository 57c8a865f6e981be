"""The process in which a draft of a mistake is tried, and which may die of it.

Run as ``python -m autograde.reporting.trial_process FD``; FD is a socket to
``autograde name``. The student's cell runs behind the walls, in yet another process;
here its results are compared and diagnosed, which data may make slow or large.
"""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import Any

from autograde.authoring.naming import Trial, try_out
from autograde.authoring.walled import WalledChapter
from autograde.course.layout import CannotRun, notebook_path
from autograde.execution.sandboxes import close_all, needs_of
from autograde.exercise import Misconception
from autograde.reporting import mortal
from autograde.sandbox import SandboxUnavailable

MEMORY = 6 * 2**30  # bytes: the gate holds the results of all mistakes of an exercise


def trial(asked: dict[str, Any], data: bytes) -> bytes:
    """Findings and whom it would be told, or why it could not be tried."""
    draft = json.loads(data)
    try:
        found = _trial(asked, draft)
    except (SandboxUnavailable, CannotRun) as error:
        return json.dumps({"refused": str(error)}).encode()
    except Exception as error:
        said = f"{type(error).__name__}: {error}"
        return json.dumps({"refused": said[:1000]}).encode()
    finally:
        close_all()
    return json.dumps({"findings": found.findings, "told": found.told}).encode()


def _trial(asked: dict[str, Any], draft: dict[str, Any]) -> Trial:
    folder, root = Path(asked["folder"]), Path(asked["root"])
    # what is not built has no notebook to say what to import before; it is slower then
    built = notebook_path(root / "chapters" / folder.name).exists()
    chapter = WalledChapter(
        folder,
        needs_of(root, [folder.name] * built, asked["trusted"]),
        frozenset([draft["source"]]),
    )
    mistake = Misconception(draft["name"], says=draft["says"], source=draft["source"])
    prints = draft["fingerprints"]
    with contextlib.closing(chapter):
        return try_out(chapter, asked["exercise"], mistake, asked["seed"], prints)


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    mortal.MEMORY = MEMORY
    mortal.answer(trial)

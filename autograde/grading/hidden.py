"""The hidden cases of a course run, drawn from its secret seed.

They are kept in the ignored folder ``grading/``, and drawn by a process of their own,
so that a grader never has to import a reference solution.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from autograde.authoring.chapter import find_chapter
from autograde.authoring.make_checks import make_checks
from autograde.checking.checks import Checks
from autograde.grading.seed import secret_seed
from autograde.grading.version import judging_digest, source_digest


def hidden_checks(root: Path, name: str) -> Checks:
    """The hidden cases of the chapter `name`, drawn anew only when it has changed."""
    return Checks.load(hidden_file(root, name))


def hidden_file(root: Path, name: str) -> Path:
    """The file of these cases, which is drawn where there is none."""
    grading = root / "grading"
    seed = secret_seed(grading)
    version = checks_version(root, name, seed)
    texts = _texts(root / "solutions" / name)
    path = grading / "hidden" / f"{name}-{version}-{texts}.safetensors"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        command = [
            sys.executable,
            "-m",
            "autograde.grading.hidden",
            str(root),
            name,
            str(path),
        ]
        done = subprocess.run(
            command,
            env=os.environ | {"OMP_NUM_THREADS": "1", "AUTOGRADE_SEED": seed},
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise RuntimeError(
                f"{name}: no hidden cases could be drawn:\n{done.stderr}"
            )
    return path


def checks_version(root: Path, name: str, seed: str) -> str:
    """A name for these cases: it changes with the seed and with what makes a score.

    A changed word of text keeps it, see :mod:`autograde.grading.version`. Hidden cases
    are drawn again for a new sentence, with the same inputs.
    """
    parts = (seed, source_digest(root / "solutions" / name), judging_digest())
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def _texts(folder: Path) -> str:
    """A name for everything that stands in a chapter's sources, text too."""
    digest = hashlib.sha256()
    for name in (f"{folder.name}.py", "exercises.py", "probes.py"):
        path = folder / name
        digest.update(path.read_bytes() if path.exists() else b"")
    return digest.hexdigest()[:8]


def main() -> None:
    root, name, target = sys.argv[1:]
    checks = make_checks(find_chapter(name, Path(root)), os.environ["AUTOGRADE_SEED"])
    partial = Path(f"{target}.{os.getpid()}")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
        file.write(checks.to_bytes())
    partial.replace(target)


if __name__ == "__main__":
    main()

"""The secret seed of a course run: made on first use, kept in ``grading/``."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

SEED_FILE = "secret_seed"


def secret_seed(grading: Path) -> str:
    """The seed of the course run whose files are in `grading`, made on first use."""
    path = grading / SEED_FILE
    if not path.exists():
        grading.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(16) + "\n")
    return path.read_text().strip()

"""Long runs, done once by a script of this folder; the chapters show their records.

Each record is a small JSON file beside the script that wrote it.

It imports `datasets`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def load_record(name: str) -> dict[str, Any]:
    """Return the record `name`, such as ``"bert"`` for ``bert.json``."""
    path = Path(__file__).with_name(f"{name}.json")
    if not path.is_file():
        known = sorted(file.stem for file in path.parent.glob("*.json"))
        raise FileNotFoundError(f"no record {name!r}; there are {', '.join(known)}")
    return json.loads(path.read_text("utf-8"))

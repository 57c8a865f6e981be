"""Due dates: ``chapters/dates.json``, which the release carries to the students."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from autograde.course.files import replace_file
from autograde.course.times import zone_named

FILE = "dates.json"


@dataclass
class Dates:
    """When each chapter is due, with a zone; `zone` is the course's own, by name."""

    zone: str = ""
    due: dict[str, datetime] = field(default_factory=dict)

    @property
    def zone_info(self) -> ZoneInfo | None:
        return zone_named(self.zone)


def read_dates(folder: Path, file: str = FILE) -> Dates:
    """The dates in `folder` (``chapters/``); none where the file is not ours."""
    try:
        data = json.loads((folder / file).read_text("utf-8"))
        due = {
            str(name): datetime.fromisoformat(text)
            for name, text in data["due"].items()
        }
        zone = str(data.get("zone", ""))
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return Dates()
    return Dates(zone, {name: when for name, when in due.items() if when.tzinfo})


def write_dates(folder: Path, dates: Dates, file: str = FILE) -> None:
    due = {name: when.isoformat() for name, when in sorted(dates.due.items())}
    text = json.dumps({"zone": dates.zone, "due": due}, indent=1) + "\n"
    replace_file(folder / file, text.encode())

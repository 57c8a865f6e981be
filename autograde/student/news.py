"""What an update of the course did to the chapters, as the start page tells it."""

from __future__ import annotations

import functools
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from autograde.course.files import replace_file
from autograde.language import localised, translate
from autograde.student.progress import STATE

NEWS = "news.json"


@dataclass
class News:
    """What an update did to a chapter, in English; `backup` is the file kept of it."""

    chapter: str
    said: list[str]
    backup: str = ""

    def told(self) -> str:
        """The news as one line, in the student's language."""
        said = functools.reduce(_and, map(translate, self.said))
        line = localised("{chapter}: {said}.", chapter=self.chapter, said=said)
        if self.backup:
            kept = "{line} Your version from before is backups/{backup}."
            line = localised(kept, line=line, backup=self.backup)
        return line


def _and(one: str, other: str) -> str:
    return localised("{one}; {other}", one=one, other=other)


def write_news(work: Path, day: str, news: list[News]) -> None:
    """Keep what the last update of the course did, for the start page."""
    text = json.dumps({"day": day, "news": [asdict(item) for item in news]}, indent=1)
    replace_file(work / STATE / NEWS, text.encode())


def news_lines(work: Path) -> list[str]:
    """The last update in Markdown; no line where there was none."""
    try:
        found = json.loads((work / STATE / NEWS).read_text("utf-8"))
        lines = [News(**item).told() for item in found["news"]]
        head = localised("**Update of {day}**", day=found["day"])
        return ["", head, "", *(f"- {line}" for line in lines)]
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return []

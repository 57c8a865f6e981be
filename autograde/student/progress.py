"""How far a student is: kept in the work folder, shown on the start page.

A check writes what it found; nothing here is ever used for a grade.
"""

from __future__ import annotations

import functools
import json
import os
import re
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote

from autograde.checking.answer import points_text
from autograde.course.dates import Dates, read_dates
from autograde.course.files import replace_file
from autograde.course.layout import ROOT, check_of, course_title, notebook_path
from autograde.course.times import told
from autograde.language import (
    NAMES,
    chosen_for,
    current,
    languages,
    localised,
    marked,
    translate,
    using,
)

STATE = ".course"  # in the work folder: what was released last, and progress
START = "start.md"
NEWS = "news.json"
VALIDATING = "AUTOGRADE_VALIDATING"  # in the environment of a kernel that is no student
TITLE_FILE = "title.txt"  # in the state: what the start page is headed with
TITLE = "Deep learning, exercise by exercise"
# in the line above an exercise, of every edition
MINUTES = re.compile(
    r"(?<!bonus · )(?<!附加题 · )(?:about|约) (\d+) (?:minutes|分钟)\*"
)
HEAD = (
    marked("Chapter"),
    marked("Exercises"),
    marked("Points"),
    marked("Time"),
    marked("Due"),
)
ON_THE_TABLE = (
    "The time is that of the exercises alone; reading comes on top. Points are those "
    "of the checks in your notebooks; your grade comes from the instructor's run."
)
HOW = (
    "- Run a cell with Shift+Enter. A `check(…)` cell says what is right and what is "
    "wrong.",
    '- `hint("name")` in a cell of your own gives a nudge.',
    "- `from autograde import submit` and `submit()` hand in the chapter that you are "
    "in.",
)
PREDICTIONS = (
    "**Predictions**: {right} of {count} were right. `from autograde import "
    "predictions` and `predictions()` show where intuition failed."
)


def find_work(folder: Path) -> Path | None:
    """The work folder that `folder` lies in, or None."""
    for place in (folder, *folder.parents):
        if (place / STATE).is_dir():
            return place
    return None


def record(
    folder: Path, exercise: str, awarded: float, passed: int, cases: int
) -> None:
    """Remember what the check of `exercise` in the chapter's `folder` found.

    Outside a work folder nothing is written. A full disk or a read-only folder must
    not stop a check, so that errors of the file system are passed over.
    """
    work = find_work(folder)
    if work is None or os.environ.get(VALIDATING):
        return
    try:
        path = progress_path(work, folder.name)
        found = load(work, folder.name)
        found[exercise] = {"points": awarded, "passed": passed, "cases": cases}
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, (json.dumps(found, indent=1) + "\n").encode())
        write_start_page(work)
    except OSError:
        pass


def load(work: Path, chapter: str) -> dict[str, dict[str, Any]]:
    """What the checks of `chapter` found last; nothing where the file is not ours."""
    try:
        found = json.loads(progress_path(work, chapter).read_text("utf-8"))
        return {
            name: {key: float(item[key]) for key in ("points", "passed", "cases")}
            for name, item in found.items()
        }
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}


@dataclass
class Outline:
    """What a released chapter says about itself, and how far the student is in it."""

    work: Path
    name: str

    @cached_property
    def cells(self) -> list[dict[str, Any]]:
        path = notebook_path(self.work / STATE / "released" / self.name)
        cells = json.loads(path.read_text("utf-8"))["cells"]
        for cell in cells:
            if isinstance(cell["source"], list):
                cell["source"] = "".join(cell["source"])
        return cells

    @property
    def title(self) -> str:
        for cell in self.cells:
            match = re.search(r"^# (.+)$", cell["source"], re.MULTILINE)
            if cell["cell_type"] == "markdown" and match:
                return match[1].strip()
        return self.name

    @property
    def minutes(self) -> int:
        """The minutes of its exercises, from the line above each."""
        text = "\n".join(
            c["source"] for c in self.cells if c["cell_type"] == "markdown"
        )
        return sum(map(int, MINUTES.findall(text)))

    @cached_property
    def points(self) -> dict[str, float]:
        """The points of each exercise that a check grades; a bonus is none."""
        found = {}
        for cell in self.cells:
            info = cell["metadata"].get("nbgrader", {})
            bonus = "bonus" in cell["metadata"].get("tags", [])
            if info.get("grade") and not info.get("solution") and not bonus:
                found[check_of(info["grade_id"])] = float(info["points"])
        return found

    @property
    def by_hand(self) -> float:
        """The points that a person gives, for answers in prose."""
        infos = (cell["metadata"].get("nbgrader", {}) for cell in self.cells)
        return sum(i["points"] for i in infos if i.get("grade") and i.get("solution"))

    @cached_property
    def found(self) -> dict[str, dict[str, Any]]:
        return load(self.work, self.name)

    def done(self, exercise: str) -> bool:
        found = self.found.get(exercise)
        return found is not None and found["passed"] == found["cases"]

    @property
    def earned(self) -> float:
        return sum(
            min(self.found[name]["points"], points)
            for name, points in self.points.items()
            if name in self.found
        )

    @property
    def next_exercise(self) -> str | None:
        return next((name for name in self.points if not self.done(name)), None)

    def link(self, exercise: str | None = None) -> str:
        path = quote(f"{self.name}/{self.name}.ipynb")
        return path + (f"#Exercise:-{quote(exercise)}" if exercise else "")

    @property
    def touched(self) -> float:
        path = progress_path(self.work, self.name)
        return path.stat().st_mtime if path.exists() else 0.0


def outlines(work: Path) -> list[Outline]:
    """The chapters of the work folder, in order."""
    released = work / STATE / "released"
    folders = sorted(released.iterdir()) if released.is_dir() else []
    return [Outline(work, folder.name) for folder in folders]


def go_on(chapters: list[Outline]) -> tuple[Outline, str] | None:
    """Where to go on: in the chapter worked on last, else in the first unfinished."""
    unfinished = [(c, name) for c in chapters if (name := c.next_exercise) is not None]
    if not unfinished:
        return None
    latest = max(chapters, key=lambda chapter: chapter.touched)
    later = [p for p in unfinished if latest.touched and p[0].name >= latest.name]
    return (later or unfinished)[0]


def write_start_page(work: Path) -> Path:
    """Write the page that JupyterLab opens on."""
    path = work / START
    with using(chosen_for(work)):
        text = start_page(work)
    if not (path.exists() and path.read_text("utf-8") == text):
        replace_file(path, text.encode())
    return path


def start_page(work: Path) -> str:
    """The start page in Markdown."""
    chapters = outlines(work)
    dates = read_dates(work / STATE)
    begun = any(chapter.found for chapter in chapters)
    title = _title(work)
    title = translate(TITLE) if title == TITLE else title
    lines = [f"# {title}", "", *_languages()]
    place = go_on(chapters)
    if place is not None:
        chapter, exercise = place
        if begun:
            lines.append(
                localised(
                    "**Go on with** [`{exercise}` in {chapter}]({link})",
                    exercise=exercise,
                    chapter=chapter.title,
                    link=chapter.link(exercise),
                )
            )
        else:
            lines.append(
                localised(
                    "**Begin with** [{chapter}]({link})",
                    chapter=chapter.title,
                    link=chapter.link(),
                )
            )
        lines.append("")
    elif chapters:
        solved = "**Every exercise is solved.** Hand in what you have not sent yet."
        lines += [translate(solved), ""]
    lines += _exchange(work)
    if chapters:
        head = [translate(name) for name in HEAD[: 5 if dates.due else 4]]
        lines += [
            f"| {' | '.join(head)} |",
            f"|:--|:--|:--|--:|{':--|' if dates.due else ''}",
            *(_row(chapter, dates) for chapter in chapters),
            "",
        ]
    lines += [
        translate(ON_THE_TABLE),
        "",
        *(translate(line) for line in HOW),
    ]
    lines += [*_predictions(work), *_news(work)]
    return "\n".join(lines) + "\n"


def _languages() -> list[str]:
    """Links that change the language; the course's extension acts on them."""
    others = [name for name in languages() if name != current()]
    links = [f"[{NAMES.get(name, name)}](#course-language-{name})" for name in others]
    return [" · ".join(links), ""] if links else []


def _title(work: Path) -> str:
    """The course's title, as it was when this copy was brought up to date last."""
    try:
        return (work / STATE / TITLE_FILE).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return course_title(ROOT)


def write_title(work: Path, root: Path) -> None:
    """Note the title of the course in `root`, from which `work` was made."""
    replace_file(work / STATE / TITLE_FILE, f"{course_title(root)}\n".encode())


def _exchange(work: Path) -> list[str]:
    """What can be fetched and handed in, where chapters come through an exchange."""
    from autograde.student.assignments import exchange_here, start_table

    place = exchange_here()
    return start_table(work, place) if place else []


def _predictions(work: Path) -> list[str]:
    from autograde.student.predict import score

    right, count = score(work)
    line = localised(PREDICTIONS, right=right, count=count)
    return ["", line] if count else []


def _row(chapter: Outline, dates: Dates) -> str:
    done = sum(map(chapter.done, chapter.points))
    count = len(chapter.points)
    total = sum(chapter.points.values())
    cells = [f"[{chapter.title}]({chapter.link()})"]
    bar = f'<progress value="{done}" max="{count}"></progress> ' if count else ""
    so_far = localised("{done} of {count}", done=done, count=count)
    cells.append(f"{bar}{so_far}" if count else translate("none"))
    earned, points = points_text(chapter.earned), points_text(total)
    if total and chapter.by_hand:
        text = "{done} of {count}, and {more} by hand"
        more = points_text(chapter.by_hand)
        cells.append(localised(text, done=earned, count=points, more=more))
    elif total:
        cells.append(localised("{done} of {count}", done=earned, count=points))
    else:
        cells.append(translate("ungraded"))
    cells.append(_time(chapter.minutes))
    if dates.due:
        due = dates.due.get(chapter.name)
        cells.append(f"<time>{told(due)}</time>" if due else "–")
    return "| " + " | ".join(cells) + " |"


def _time(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    parts = [localised("{hours} h", hours=hours)] * bool(hours)
    parts += [localised("{minutes} min", minutes=rest)] * bool(rest)
    return " ".join(parts) or "–"


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


def _news(work: Path) -> list[str]:
    try:
        found = json.loads((work / STATE / NEWS).read_text("utf-8"))
        lines = [News(**item).told() for item in found["news"]]
        head = localised("**Update of {day}**", day=found["day"])
        return ["", head, "", *(f"- {line}" for line in lines)]
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return []


def progress_path(work: Path, chapter: str) -> Path:
    return work / STATE / "progress" / f"{chapter}.json"

"""Chapters that come through nbgrader's exchange: what each one's state is.

On a hub a chapter is there once the instructor has released it and the student has
fetched it; it is handed in there, and its feedback comes back there. All of it is read
from the exchange and from what nbgrader's submit keeps in the student's own cache.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from dateutil.parser import parse as parse_date

from autograde.course import dates
from autograde.course.files import replace_file
from autograde.course.layout import CannotRun, named, notebook_path
from autograde.course.times import told
from autograde.language import chosen_for, marked, translate
from autograde.student.edition import edition_of, has_changed
from autograde.student.news import News
from autograde.student.progress import STATE, released_cells, title_of
from autograde.student.workcopy import Update, update_work

FEEDBACK = "feedback"  # in the work folder
EXTENSIONS = "extensions"  # in the exchange: a folder for each student to read
DEFAULT = "/usr/local/share/nbgrader/exchange"  # nbgrader's
HEAD = (
    marked("Released"),
    marked("State"),
    marked("Due"),
    marked("What you can do"),
)
STATES = {
    "new": marked("new"),
    "fetched": marked("fetched"),
    "submitted": marked("handed in"),
    "graded": marked("graded; handed in"),
    "feedback": marked("graded, feedback opened; handed in"),
}
NO_EXCHANGE = "There is no exchange here: chapters come with the course itself."


@dataclass(frozen=True)
class Place:
    """The course's folder in the exchange, and the student's own cache of it."""

    folder: Path
    cache: Path

    @property
    def outbound(self) -> Path:
        return self.folder / "outbound"

    def released(self) -> list[str]:
        """The names of the chapters that can be fetched, in order."""
        found = self.outbound.iterdir() if os.access(self.outbound, os.R_OK) else []
        return sorted(path.name for path in found if notebook_path(path).is_file())


def exchange_here() -> Place | None:
    """The exchange that this machine's Jupyter names, or None."""
    from jupyter_core.paths import jupyter_data_dir

    from autograde.course.machine import machine_settings

    config = machine_settings()
    course = config.CourseDirectory.get("course_id")
    if not isinstance(course, str) or not course:
        return None
    folder = Path(config.Exchange.get("root") or DEFAULT) / course
    if not folder.parent.is_dir():
        return None
    cache = config.Exchange.get("cache") or Path(jupyter_data_dir()) / "nbgrader_cache"
    return Place(folder, Path(cache) / course)


@dataclass
class Assignment:
    """A chapter in the exchange, as one student stands with it.

    extended: `due` is this student's own, later than the class's
    updated: what is released is another than what was fetched
    page: its feedback in the exchange, where there is some; copy: that which was opened
    """

    name: str
    title: str
    fetched: bool
    due: datetime | None = None
    extended: bool = False
    updated: bool = False
    submitted: datetime | None = None
    page: Path | None = None
    copy: Path | None = None

    @property
    def late(self) -> bool:
        return bool(self.due and self.submitted and self.submitted > self.due)

    @property
    def state(self) -> str:
        """``new``, ``fetched``, ``submitted``, ``graded`` or ``feedback`` (opened)."""
        if self.page and self.copy and self.copy.is_file():
            same = self.copy.read_bytes() == self.page.read_bytes()
            return marked("feedback") if same else "graded"
        if self.page:
            return "graded"
        if self.submitted:
            return marked("submitted")
        return "fetched" if self.fetched else "new"


def assignments(work: Path, place: Place) -> list[Assignment]:
    """Every released chapter, in order."""
    due = dates.read_dates(place.outbound, f".{dates.FILE}").due
    own = dates.read_dates(place.folder / EXTENSIONS / _account()).due
    language = chosen_for(work)
    found = []
    for name in place.released():
        base = work / STATE / "released" / name
        entry = Assignment(name, _title(place, name), base.is_dir(), due.get(name))
        if entry.due and name in own and own[name] > entry.due:
            entry.due, entry.extended = own[name], True
        if entry.fetched:
            entry.updated = has_changed(place.outbound / name, language, base)
        for when, folder in _attempts(place, name):
            entry.submitted = when
            page = _page(place, folder, name)
            if page is not None:
                entry.page = page
                entry.copy = work / FEEDBACK / name / f"{when:%Y-%m-%d_%H%M%S}.html"
        found.append(entry)
    return found


def _account() -> str:
    """The account of the system that this runs as, by which an extension is found."""
    try:
        import pwd  # no exchange on Windows

        return pwd.getpwuid(os.geteuid()).pw_name
    except (ImportError, KeyError):
        return "-"


def _title(place: Place, name: str) -> str:
    return title_of(released_cells(place.outbound / name)) or name


def _attempts(place: Place, name: str) -> list[tuple[datetime, Path]]:
    """When the chapter was handed in, and what is kept of it; the last one last."""
    found = []
    for folder in place.cache.glob(f"*+{name}+*"):
        try:
            when = parse_date(folder.name.rsplit("+", 1)[1])
        except (ArithmeticError, ValueError):
            continue
        found.append((when if when.tzinfo else when.replace(tzinfo=UTC), folder))
    return sorted(found)


def _page(place: Place, attempt: Path, name: str) -> Path | None:
    """The feedback of an attempt, by the name that only its secret gives."""
    try:
        secret = (attempt / "submission_secret.txt").read_bytes()
    except OSError:
        return None
    digest = hashlib.md5(secret + name.encode(), usedforsecurity=False).hexdigest()
    page = place.folder / "feedback" / f"{digest}.html"
    return page if page.is_file() else None


def update_from_exchange(
    work: Path, place: Place, more: str | None = None
) -> list[Update]:
    """Bring fetched chapters, and `more`, up to date with what is released.

    Returns the updates, as :func:`autograde.student.workcopy.update_work` does.
    """
    (work / STATE).mkdir(parents=True, exist_ok=True)
    base = work / STATE / "released"
    names = [n for n in place.released() if n == more or (base / n).is_dir()]
    with tempfile.TemporaryDirectory(dir=work / STATE) as scratch:
        for name in names:
            (Path(scratch) / name).symlink_to(place.outbound / name)
        with edition_of(Path(scratch), chosen_for(work), work) as released:
            return update_work(released, work)


def fetch(work: Path, place: Place, chapter: str) -> str:
    """Fetch a released chapter into `work`; raise CannotRun where there is none."""
    name = named(chapter, place.released())
    for update in update_from_exchange(work, place, name):
        if update.chapter == name:
            return News(name, update.said).told()
    return translate(f"{name}: it is here already, as it was released.")


def fetch_feedback(work: Path, place: Place, chapter: str) -> Path:
    """Copy the newest feedback of a chapter into `work`, and say where it is."""
    name = named(chapter, place.released())
    (entry,) = (a for a in assignments(work, place) if a.name == name)
    if entry.page is None or entry.copy is None:
        raise CannotRun(
            f"There is no feedback of {name}; it is handed in."
            if entry.submitted
            else f"There is no feedback of {name}; it is not handed in yet."
        )
    entry.copy.parent.mkdir(parents=True, exist_ok=True)
    replace_file(entry.copy, entry.page.read_bytes())
    return entry.copy


def start_table(work: Path, place: Place) -> list[str]:
    """The lines of the start page on the exchange, in Markdown."""
    rows = []
    for entry in assignments(work, place):
        title = entry.title
        if entry.fetched:
            title = f"[{title}]({quote(f'{entry.name}/{entry.name}.ipynb')})"
        due = _time(entry.due) if entry.due else "–"
        if entry.extended:
            due += f", {translate('extended for you')}"
        rows.append(f"| {title} | {_state(entry)} | {due} | {_actions(entry)} |")
    if not rows:
        return [translate("Your instructor has released no chapter yet."), ""]
    names = " | ".join(map(translate, HEAD))
    return [f"| {names} |", "|:--|:--|:--|:--|", *rows, ""]


def _state(entry: Assignment) -> str:
    said = translate(STATES[entry.state])
    if entry.submitted:
        said += f" {_time(entry.submitted)}"
    if entry.updated:
        said += f"; {translate('the chapter was updated')}"
    return said + (f", **{translate('late')}**" if entry.late else "")


def _actions(entry: Assignment) -> str:
    """Links that the course's extension of JupyterLab acts on."""
    if not entry.fetched:
        return f"[{translate('Fetch')}](#course-fetch-{entry.name})"
    again = translate("Hand in again") if entry.submitted else translate("Hand in")
    links = [f"[{again}](#course-submit-{entry.name})"]
    if entry.updated:
        update = translate("Fetch the update")
        links.insert(0, f"[{update}](#course-fetch-{entry.name})")
    if entry.page:
        links.append(f"[{translate('Open feedback')}](#course-feedback-{entry.name})")
    return " · ".join(links)


def _time(when: datetime) -> str:
    """A time that the extension shows in the reader's own time zone.

    It reads the text: JupyterLab lets no attribute ``datetime`` through.
    """
    return f"<time>{told(when)}</time>"

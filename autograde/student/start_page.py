"""The page that JupyterLab opens on: every chapter, and where to go on."""

from __future__ import annotations

import contextlib
from pathlib import Path

from autograde.checking.answer import points_text
from autograde.course.dates import Dates, read_dates
from autograde.course.files import replace_file
from autograde.course.layout import ROOT, course_title
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
from autograde.student.news import news_lines
from autograde.student.progress import (
    STATE,
    ChapterProgress,
    chapters_of,
    go_on,
    save,
)

START = "start.md"
TITLE_FILE = "title.txt"  # in the state: what the start page is headed with
TITLE = "Deep learning, exercise by exercise"
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


def record(
    folder: Path, exercise: str, awarded: float, passed: int, cases: int
) -> None:
    """Remember what a check in the chapter's `folder` found, and show it.

    Outside a work folder nothing is written. A full disk or a read-only folder must
    not stop a check, so that errors of the file system are passed over.
    """
    with contextlib.suppress(OSError):
        work = save(folder, exercise, awarded, passed, cases)
        if work is not None:
            write_start_page(work)


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
    chapters = chapters_of(work)
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
    lines += [*_predictions(work), *news_lines(work)]
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
    # late, as below: a notebook's first cell imports no more than `check` needs
    from autograde.student.assignments import exchange_here, start_table

    place = exchange_here()
    return start_table(work, place) if place else []


def _predictions(work: Path) -> list[str]:
    from autograde.student.predict import score

    right, count = score(work)
    line = localised(PREDICTIONS, right=right, count=count)
    return ["", line] if count else []


def _row(chapter: ChapterProgress, dates: Dates) -> str:
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

"""What the names in a download say: who sent a file, and when it was received.

Each learning platform names files in its own way; the forms are those of Moodle's
"Download all submissions", Canvas' "Download submissions", Blackboard's "Assignment
file download", clones of GitHub Classroom, and plain folders of students.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePosixPath

from autograde.grading.roster import Roster, folder_name

_MOODLE = re.compile(
    r"(?P<name>.+?)_(?P<number>\d+)_assignsubmission_(?P<plugin>[a-z]+)_?(?P<rest>.*)",
    re.DOTALL,
)
_CANVAS = re.compile(
    r"(?P<name>[^_/]+)_(?P<late>LATE_)?(?P<number>\d+)_(?P<file>\d+)_(?P<rest>.+)",
    re.DOTALL,
)
_BLACKBOARD = re.compile(
    r"(?P<before>.+?)_attempt_(?P<time>\d{4}(?:-\d\d){5})(?:_(?P<rest>.+)|\.txt)",
    re.DOTALL,
)
_SUBMIT = re.compile(
    r"(?P<student>\w[\w.@-]{0,62})_(?P<time>\d{4}-\d\d-\d\d_\d{6})[^/]*\.zip"
)
_COPY = re.compile(
    r"(?:[ _-]*\(\d{1,3}\)|-Copy\d*|-\d{1,3}|[ _-]+(?:copy|kopie|copie|copia)"
    r"|-checkpoint|[ _-]*的?副本|[ _-]*\([^()]{0,80}conflicted copy[^()]{0,80}\))++$",
    re.IGNORECASE,
)
_COPY_OF = re.compile(
    r"^(?:(?:copy of|kopie von|copie de|copia de|c\u00f3pia de)[ _]+|副本[ _-]*)+",
    re.IGNORECASE,
)
#: words that stand beside a chapter's name in a file's, and are nobody's name; no
#: choice is taken back, so a last letter is left to a word that may begin with it
_NO_NAME = re.compile(
    r"(?:final(?:e(?!dit))?|last|latest|new|old|done|finished|fixed|edited|updated"
    r"|complete(?:d(?!one|raft))?|(?:solution|answer)(?:s(?!ubm|olu|olv))?|solved"
    r"|submission|submitted|submit|abgabe|l\u00f6sung|neu|fertig|copy|version|ver"
    r"|v\d{1,3}|\d{1,2}|draft|backup|wip"
    r"|最终版?|最后|完成|答案|作业|提交|修改版?|新|终稿)++",
    re.IGNORECASE,
)
#: what browsers and platforms make of ``x.ipynb``; the mark counts copies
_RENAMED = re.compile(
    r"(?P<stem>.+?)(?:\.ipynb(?P<mark>[ _-]*\(\d{1,3}\)|-\d{1,3})?(?:\.(?:txt|json))?"
    r"|\.json)",
    re.IGNORECASE | re.DOTALL,
)
_NUMBERED = re.compile(
    r"(?:chapter|ch|week|assignment|exercise|hw|homework|kapitel|第)?"
    r"[ _-]*(\d{1,2})章?"
)
_WRAPPERS = {"submissions", "submitted", "submission", "downloads", "download"}


@dataclass
class Origin:
    """Whom a download names, and how sure that is.

    name, login, number: what it says of the person; the number is the platform's
    claimed: only the sender said so, in the name of a file
    time: when it was received, without a zone; None where the download does not say
    order: a rank among several attempts, where it says one
    key: what is one attempt: everything that was sent at once
    """

    system: str = ""
    name: str = ""
    login: str = ""
    number: str = ""
    chapter: str = ""
    time: datetime | None = None
    late: bool = False
    claimed: bool = False
    order: int = 0
    key: str = ""
    file: str = ""
    others: list[str] = field(default_factory=list)

    @property
    def known(self) -> bool:
        return bool(self.name or self.login)


def of_name(name: str, chapters: Iterable[str] = ()) -> Origin | None:
    """What a file's or folder's name says, where a platform or `submit` wrote it.

    The platform's own words come first; what follows is the sender's. A name that two
    platforms could have begun says nothing.
    """
    if match := _MOODLE.fullmatch(name):
        return Origin(
            "Moodle",
            name=match["name"].replace("_", " "),
            number=match["number"],
            key=f"moodle {match['number']}",
            file=match["rest"],
        )
    chapter = next((c for c in chapters if name.startswith(f"{c}_")), "")
    if chapter and (match := _SUBMIT.fullmatch(name, len(chapter) + 1)):
        return Origin(
            "submit",
            login=match["student"],
            chapter=chapter,
            claimed=True,
            key=name,
        )
    canvas = _CANVAS.fullmatch(name)
    if match := _BLACKBOARD.fullmatch(name):
        if canvas and not canvas["rest"].startswith("attempt_"):
            return Origin(key=name)
        parts = match["before"].split("_")
        time = _time(match["time"], "%Y-%m-%d-%H-%M-%S")
        return Origin(
            "Blackboard",
            login=parts[-1],
            time=time,
            key=f"blackboard {match['before']} {match['time']}",
            file=match["rest"] or "",
            others=["_".join(parts[i:]) for i in range(1, len(parts) - 1)],
        )
    if canvas:
        return Origin(
            "Canvas",
            name=canvas["name"],
            number=canvas["number"],
            late=bool(canvas["late"]),
            order=int(canvas["file"][:18]),
            key=f"canvas {canvas['number']}",
            file=canvas["rest"],
        )
    return None


def _time(text: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(text, form)
    except ValueError:
        return None


def without_copy(stem: str) -> str:
    """``01_x (2)``, ``01_x-Copy1``, ``01_x-3`` (Canvas) without what counts copies.

    Nor with what drives and systems put before or behind the name of a copy.
    """
    return _COPY.sub("", _COPY_OF.sub("", stem.strip(), count=1))


def notebook_name(name: str) -> str:
    """The name that a notebook had before it got another ending; else nothing."""
    found = _RENAMED.fullmatch(name)
    return f"{found['stem']}{found['mark'] or ''}.ipynb" if found else ""


def of_path(
    parts: tuple[str, ...],
    chapters: Iterable[str],
    roster: Roster,
    repositories: dict[tuple[str, ...], str] | None = None,
) -> Origin:
    """Who sent the file at `parts`: folders from the download's top, then its name.

    `repositories` are the folders that are clones, with the account's name each. In a
    folder that the roster knows, names are that student's own, and say nothing.
    """
    known, unclear = list(chapters), None
    for place, part in enumerate(parts):
        found = of_name(part, known)
        if found is not None and found.known:
            return found
        unclear = unclear or found
        if repositories and (account := repositories.get(parts[: place + 1])):
            return Origin("GitHub", login=account, key="/".join(parts[: place + 1]))
        is_folder = place < len(parts) - 1 and chapter_in(part, known) is None
        if is_folder and roster.named(part):
            return Origin(login=part, key="/".join(parts[: place + 1]))
    plain = _of_plain_path(parts, known, roster)
    return unclear if unclear and plain.claimed else plain


def _of_plain_path(
    parts: tuple[str, ...], chapters: list[str], roster: Roster
) -> Origin:
    folders = [part for part in parts[:-1] if chapter_in(part, chapters) is None]
    stem = without_copy(PurePosixPath(parts[-1]).name.removesuffix(".tar.gz"))
    stem = without_copy(stem.rsplit(".", 1)[0])
    while len(folders) > 1 and folders[0].lower() in _WRAPPERS:
        folders = folders[1:]
    if folders and folders[0].lower() not in _WRAPPERS:
        return Origin(login=folders[0], key=folders[0])
    for chapter in chapters:
        if chapter in stem:
            before, after = stem.split(chapter, 1)
            stem = before.strip(" _-.") or after.strip(" _-.")
    words = [word for word in re.split(r"[\W_]+", stem) if word]
    nobody = all(map(_NO_NAME.fullmatch, words)) and not roster.named(stem)
    if not nobody and chapter_in(stem, chapters) is None:
        return Origin(login=stem, claimed=True, key="/".join(parts))
    return Origin(key="/".join(parts))


def chapter_in(text: str, chapters: Iterable[str]) -> str | None:
    """The chapter that a folder's or file's name says, or None.

    A whole name stands anywhere in it; a number alone only as all of it
    (``01``, ``chapter 1``, ``week_01``).
    """
    folded = text.casefold()
    known = sorted(chapters, key=len, reverse=True)
    for chapter in known:
        if chapter.casefold() in folded:
            return chapter
    title = re.sub(r"[^a-z]+", " ", folded).strip()
    for chapter in known:
        words = chapter.split("_", 1)[-1].casefold().replace("_", " ")
        if words and words == title:
            return chapter
    number = _NUMBERED.fullmatch(folded)
    if number:
        for chapter in chapters:
            prefix = chapter.split("_")[0]
            if prefix.isdigit() and int(prefix) == int(number[1]):
                return chapter
    return None


def accounts(repositories: Iterable[tuple[str, ...]]) -> dict[tuple[str, ...], str]:
    """The account of each clone: its folder's name without the assignment's.

    The assignment is what the folders beside it begin with, or what their parent is
    called (``softmax-submissions``).
    """
    found: dict[tuple[str, ...], str] = {}
    by_parent: dict[tuple[str, ...], list[str]] = {}
    for parts in repositories:
        if parts:
            by_parent.setdefault(parts[:-1], []).append(parts[-1])
    for parent, names in by_parent.items():
        prefix = parent[-1].removesuffix("-submissions") + "-" if parent else ""
        if not (prefix and all(name.startswith(prefix) for name in names)):
            prefix = _common_prefix(names)
        for name in names:
            found[(*parent, name)] = name.removeprefix(prefix)
    return found


def _common_prefix(names: list[str]) -> str:
    if len(names) < 2:
        return ""
    first, last = min(names), max(names)
    count = next(
        (i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b),
        min(len(first), len(last)),
    )
    return first[: first[:count].rfind("-") + 1]


def person(origin: Origin, roster: Roster) -> tuple[str, str]:
    """The student's name in the course, or an empty one and why it cannot be told."""
    said = origin.login or origin.name
    if not roster:
        student = folder_name(said)
        return student, "" if student else "nothing says whose it is"
    if origin.system == "Canvas" and (found := roster.by("canvas_id", origin.number)):
        return found[0], ""
    for text in (*origin.others, origin.login, origin.name):
        found = roster.named(text) if text else []
        if (not found and " - " in text) or ("-" in text and origin.system == "Moodle"):
            found = found or roster.named(text.split("-", 1)[1])  # a group before it
        if len(found) == 1:
            return found[0], ""
        if found:
            return "", f"{said!r} may be any of {', '.join(found)}"
    if not said:
        return "", "nothing says whose it is"
    return "", f"{said!r} is not on the roster"

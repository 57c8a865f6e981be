"""``autograde exchange collect``: what students submitted through the exchange.

Whose a submission is, its folder's owner says; a folder's name and the files in it are
the student's own. When it came is the file system's time, unless the student's stamp
lies shortly before it, as it does where nobody turned a clock. No link is followed,
nothing but plain files of that student is read, and no more than a notebook may have.

In containers, whose students are all one account, each has an ``inbound`` of their own
(:attr:`autograde.grading.exchange.Exchange.students`): then that says whose it is.
"""

from __future__ import annotations

import errno
import os
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dateutil.parser import parse as parse_date

from autograde.course.layout import CannotRun, on_one_line
from autograde.grading.exchange import Exchange, account, is_account
from autograde.grading.exchange_files import (
    NotTaken,
    must_be_plain,
    names_in_folder,
    opened,
    read_small,
)
from autograde.grading.exchange_taking import SECRET, STAMP, Inbound, Taken, take
from autograde.grading.roster import Roster, read_roster
from autograde.grading.same_name import Spellings
from autograde.grading.scratch import only_collection, scratch_folder

TOLERANCE = timedelta(minutes=2)  # a busy server takes so long from stamp to last file
CLOCKS = timedelta(seconds=5)  # a file server's clock may go behind by so much
SHOWN = 20  # entries of one account that are refused one by one
_NAME = re.compile(
    r"(?P<student>[^/]+)\+(?P<chapter>\d\d_\w+)\+(?P<time>[^+/]+)(\+[\w-]*)?"
)
_STUDENT = re.compile(r"\w[\w.@+-]{0,62}")
_SECRET = re.compile(rb"[\w-]{16,256}")


def collect_inbound(
    exchange: Exchange,
    grading: Path,
    chapters: list[str],
    *,
    student: str | None = None,
    stamps: bool = False,
) -> Taken:
    """Put the latest submission of each student into ``grading/submitted``.

    With `stamps` the students' own times count: after an exchange was restored from a
    back-up, say, when the file system's say nothing. Raises CannotRun while another
    collection is under way, and where the disk is full.
    """
    taken, roster = Taken(), read_roster(grading)
    spellings = Spellings(grading)
    latest: dict[tuple[str, str], list[Inbound]] = {}
    refused = _Refused(exchange, taken)
    for path, match in _entries(exchange, refused):
        chapter = match["chapter"]
        if chapter not in chapters or student not in (None, match["student"]):
            continue
        try:
            found = _look(exchange, path, match, stamps)
            proven = exchange.owners or found.own
            if roster:
                found.student = _in_roster(found.account, roster, exchange.owners)
            else:
                found.student = _one_spelling(found, spellings, proven)
        except (NotTaken, OSError) as error:
            refused.add(path, f"{path.name}: {_why(error)}")
        else:
            latest.setdefault((found.student, chapter), []).append(found)
    grading.mkdir(parents=True, exist_ok=True)
    with only_collection(grading), scratch_folder(grading) as scratch:
        for _, attempts in sorted(latest.items()):
            attempts.sort(key=lambda found: (found.received, found.path.name))
            while attempts:
                try:
                    take(attempts[-1], grading, scratch, exchange.owners, taken)
                    break
                except (NotTaken, OSError) as error:
                    _must_not_be_ours(error)
                    path = attempts.pop().path
                    refused.add(path, f"{path.name}: {_why(error)}")
    refused.count_the_rest()
    return taken


class _Refused:
    """Lines for what is not collected: one account's many do not bury another's."""

    def __init__(self, exchange: Exchange, taken: Taken) -> None:
        self.exchange, self.taken = exchange, taken
        self.counts: Counter[str] = Counter()

    def add(self, path: Path, line: str) -> None:
        """A line for the entry `path`, unless its account has enough of them."""
        owner = self._owner(path)
        self.counts[owner] += 1
        if self.counts[owner] <= SHOWN:
            self.taken.refused.append(on_one_line(line))

    def _owner(self, path: Path) -> str:
        """Who can have put it there; in containers all students are one account."""
        if path.parent != self.exchange.inbound:
            return path.parent.parent.name
        try:
            uid = path.lstat().st_uid
        except OSError:
            return "those that are gone"
        return account(uid) or f"account {uid}"

    def count_the_rest(self) -> None:
        for owner, count in sorted(self.counts.items()):
            if count > SHOWN:
                said = f"{count - SHOWN} more of {owner} are not collected"
                self.taken.refused.append(on_one_line(said))


def _must_not_be_ours(error: Exception) -> None:
    """Raise CannotRun for what is no fault of a work: no earlier one counts for it."""
    number = getattr(error, "errno", None)
    if number in (errno.ENOSPC, errno.EDQUOT, errno.EROFS):
        raise CannotRun(
            f"The course's own disk takes no more ({os.strerror(number)}): make room "
            "and collect again; what was collected so far is there."
        ) from None


def _why(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error)


def _entries(exchange: Exchange, refused: _Refused) -> Iterator[tuple[Path, re.Match]]:
    """What lies in ``inbound`` under a submission's name; a line for all else."""
    odd = []
    for folder in (exchange.inbound, *_own_folders(exchange.students)):
        for name in _names(folder):
            match = _NAME.fullmatch(name)
            owner = folder.parent.name
            if match is None:
                odd.append(folder / name)
            elif folder == exchange.inbound or match["student"] == owner:
                yield folder / name, match
            else:
                said = f"{name}: it lies in the folder of {owner}; not collected"
                refused.add(folder / name, said)
    for path in odd:
        refused.add(path, f"{path.name}: no name of a submission")


def _own_folders(place: Path) -> list[Path]:
    found = sorted(place.iterdir()) if place.is_dir() else []
    inbound = [path / "inbound" for path in found if not path.is_symlink()]
    return [path for path in inbound if path.is_dir() and not path.is_symlink()]


def _names(folder: Path) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError as error:
        raise CannotRun(
            f"{folder} cannot be read ({error.strerror}); collect as the "
            "instructor who released, or set c.Exchange.root."
        ) from None


def _look(exchange: Exchange, path: Path, match: re.Match, stamps: bool) -> Inbound:
    """Whose the folder is, when it came, and what of it may be read."""
    with opened(path, os.O_DIRECTORY) as folder:
        uid = os.fstat(folder).st_uid
        student = match["student"]
        own = path.parent != exchange.inbound
        if exchange.owners and not own:
            owner = account(uid) or f"the unknown account {uid}"
            if owner != student:
                raise NotTaken(
                    f"the folder belongs to {owner}, not to {student}; not collected"
                )
        if not _STUDENT.fullmatch(student):
            raise NotTaken(f"{student!r} is no name of a student's folder")
        names = names_in_folder(folder)
        notebook = _that_counts(names, match["chapter"])
        found = os.lstat(notebook, dir_fd=folder)
        must_be_plain(notebook, found, uid)
        stamp = read_small(folder, STAMP, uid)
        secret = read_small(folder, SECRET, uid)
    notes = []
    if notebook != f"{match['chapter']}.ipynb":
        notes.append(f"its notebook is called {notebook}")
    if left := len(set(names) - {notebook, STAMP, SECRET}):
        notes.append(f"{left} more of it left in the exchange")
    if secret is not None and not _SECRET.fullmatch(secret):
        secret = None
    if secret is None:
        notes.append("without a secret: feedback cannot go through the exchange")
    seen = datetime.fromtimestamp(found.st_ctime, UTC)
    received = _received(stamp, seen, stamps, notes)
    name = (student, match["chapter"])
    inbound = Inbound(path, *name, received, notebook, secret, notes, own)
    inbound.changed = found.st_ctime_ns
    return inbound


def _that_counts(names: list[str], chapter: str) -> str:
    """The chapter's notebook, or the only one under another name."""
    found = [n for n in names if n.endswith(".ipynb") and not n.startswith(".")]
    if f"{chapter}.ipynb" in found:
        return f"{chapter}.ipynb"
    if len(found) == 1:
        return found[0]
    raise NotTaken(
        f"none of its {len(found)} notebooks is called {chapter}.ipynb"
        if found
        else "there is no notebook in it"
    )


def _one_spelling(found: Inbound, spellings: Spellings, proven: bool) -> str:
    """The student of `found`, where the course has no roster.

    proven: whether the system says whose it is: then another case is another person
    """
    student = spellings.of(found.account)
    if student == found.account:
        return student
    if proven:
        raise NotTaken(
            f"{found.account} and {student} are two accounts whose names differ in "
            "case only; a roster with a student for each tells them apart"
        )
    found.notes.append(f"{found.account} is taken for {student}: case says nothing")
    return student


def _in_roster(owner: str, roster: Roster, owners: bool) -> str:
    """What the course calls the account `owner`.

    Case says nothing. Nobody is a student whom the roster has under another account
    of the system, in another case or with another login beside this folder's name.
    """
    found = roster.by("login", owner) or roster.by("student", owner)
    if owners and len(found) == 1:
        known = roster.account(found[0])
        if known != owner and is_account(known):
            found = []
    if len(found) != 1:
        raise NotTaken(
            f"{owner} is not in the roster; autograde roster import takes new people"
        )
    return found[0]


def _received(
    stamp: bytes | None, seen: datetime, stamps: bool, notes: list[str]
) -> datetime:
    """The student's stamp where the file system's time `seen` bears it out."""
    text = (stamp or b"").decode("utf-8", "replace").strip()
    try:
        said = parse_date(text)
        said = (said if said.tzinfo else said.replace(tzinfo=UTC)).astimezone(UTC)
    except (ArithmeticError, TypeError, ValueError):  # also those of decimal numbers
        notes.append(f"its stamp says {text[:40]!r}; the file's time counts, {seen}")
        return seen
    if stamps or -CLOCKS <= seen - said <= TOLERANCE:
        return said
    notes.append(
        f"its stamp says {said:%Y-%m-%d %H:%M:%S}, the files were last changed at "
        f"{seen:%Y-%m-%d %H:%M:%S} UTC, which counts"
    )
    return seen

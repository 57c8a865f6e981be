"""Extensions in the exchange: each student finds their own date, and no other's.

::

    COURSE/extensions          0711  the instructor's own
    COURSE/extensions/ACCOUNT  0700  and an access control list: its student enters, too

An access control list needs neither root nor a group for each student. All folders are
written anew each time, so that nobody sees from outside whose date was changed.
"""

from __future__ import annotations

import errno
import os
import pwd
import shutil
import struct
from pathlib import Path

from autograde.course.dates import Dates, write_dates
from autograde.course.layout import CannotRun
from autograde.course.times import told
from autograde.grading.exchange import Exchange, own_folder
from autograde.grading.roster import folder_name, read_roster
from autograde.grading.term import Deadlines, extension_of

FOLDER, MODE = "extensions", 0o711
OPEN, PARTS = 0o755, ("inbound", "feedback", "extensions")
ACCESS = "system.posix_acl_access"
READ_ENTER, ALL, NOBODY = 0o5, 0o7, 0xFFFFFFFF
OWNER, ACCOUNT, GROUP, MASK, OTHERS = 0x01, 0x02, 0x04, 0x10, 0x20


def release_extensions(exchange: Exchange, root: Path) -> list[str]:
    """Put each student's extensions where that student finds them.

    Returns a line for each that has to be told by other means. The exchange has to be
    :func:`~autograde.grading.exchange.secure`.
    """
    deadlines = Deadlines(root)
    dates = {who: _dates(deadlines, who) for who in _known(root, deadlines)}
    folder = exchange.folder / FOLDER
    if not folder.exists() and not any(found.due for found in dates.values()):
        return []
    own_folder(folder, MODE)
    roster, waiting, kept = read_roster(root / "grading"), [], set()
    for student, found in sorted(dates.items()):
        account = roster.account(student)
        private = exchange.private(account)
        why = ""
        if private:
            write_dates(private / FOLDER, found)
        elif exchange.owners:
            why = _release(folder, account, found)
        else:
            why = "all students are one account of the system here"
        if why:
            waiting += [
                f"{student} must be told: {chapter} is due {told(due)}; {why}"
                for chapter, due in sorted(found.due.items())
            ]
        else:
            kept.add(account)
    for path in folder.iterdir():
        if path.name not in kept:
            shutil.rmtree(path)
    return waiting


def secure_students(exchange: Exchange, root: Path) -> list[str]:
    """Make the folder of each student in the roster, where all are one account.

    Returns what was done; raises CannotRun where another has to.
    """
    roster = read_roster(root / "grading")
    if exchange.owners or not roster:
        return []
    own_folder(exchange.students, OPEN)
    made = []
    for student in sorted(roster.people):
        account = roster.account(student)
        place = exchange.students / account
        if folder_name(account) != account:
            raise CannotRun(f"{account!r} cannot be the name of a folder.")
        if not place.exists():
            made.append(account)
        for folder in (place, *(place / part for part in PARTS)):
            own_folder(folder, OPEN)
    return [f"a folder each was made for {', '.join(made)}"] if made else []


def _known(root: Path, deadlines: Deadlines) -> set[str]:
    return {*read_roster(root / "grading").people, *deadlines.extensions}


def _dates(deadlines: Deadlines, student: str) -> Dates:
    """When the student's chapters with an extension are due."""
    due = {}
    for chapter, when in deadlines.dates.due.items():
        more = extension_of(deadlines.extensions, student, chapter, when)
        if more is not None:
            due[chapter] = when + more
    return Dates(deadlines.dates.zone, due)


def _release(folder: Path, account: str, dates: Dates) -> str:
    """Write the dates of `account`; returns why its student cannot read them."""
    try:
        person = pwd.getpwnam(account)
    except KeyError:
        return f"there is no account {account} here"
    place = folder / account
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(mode=0o700)
    write_dates(place, dates)
    if person.pw_uid == os.geteuid():
        return ""
    try:
        os.setxattr(place, ACCESS, _access(person.pw_uid))
    except OSError as error:
        shutil.rmtree(place)
        if error.errno in (errno.ENOTSUP, errno.EOPNOTSUPP):
            return "the exchange's file system has no access control lists"
        return f"the exchange's file system says: {error.strerror}"
    return ""


def _access(uid: int) -> bytes:
    """The list, as Linux keeps it: the owner may all, `uid` read and enter."""
    entries = [
        (OWNER, ALL, NOBODY),
        (ACCOUNT, READ_ENTER, uid),
        (GROUP, 0, NOBODY),
        (MASK, READ_ENTER, NOBODY),
        (OTHERS, 0, NOBODY),
    ]
    packed = (struct.pack("<HHI", *entry) for entry in entries)
    return struct.pack("<I", 2) + b"".join(packed)

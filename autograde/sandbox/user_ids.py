"""User ids set apart for submissions, so that each runs as a user of its own.

Root has all ids that its namespace maps. An ordinary user has those that the system
gives in ``/etc/subuid`` and ``/etc/subgid``, through ``newuidmap`` and ``newgidmap``.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterable

#: ids that no system hands out, see "Users, Groups, UIDs and GIDs on systemd systems";
#: sssd gives people of a directory ids below 2,000,200,000 if it is told nothing else
FREE = range(0x7800_0000, 0x8000_0000)
#: where a container has no such ones: above those of people, below `nobody`
OF_CONTAINERS = range(20_000, 60_000)
MANY, SOME = 1024, 256  # ids for one grader: so many submissions at a time
LAST_RESORT = (65534, 1000)
ALL = "0 0 4294967295"

Span = tuple[int, int]  # the first id, and how many


def of_root() -> range:
    """The ids for a grader that is root: the warm process's own, then submissions'.

    Where there is no more than the first, all share it. Two graders on a machine have
    different ones. Raises OSError in a container that knows no user but root.
    """
    maps = []
    for kind in ("uid", "gid"):
        try:
            with open(f"/proc/self/{kind}_map") as file:
                maps.append(file.read())
        except FileNotFoundError:  # a kernel without user namespaces maps nothing
            maps.append(ALL)
    return apart(maps, os.getpid())


def apart(maps: Iterable[str], number: int) -> range:
    """As `of_root`, by the texts of the maps and the number of the process."""
    spans = [[_span(line) for line in text.splitlines()] for text in maps]

    def known(ids: range) -> bool:
        return all(any(_holds(span, ids) for span in one) for one in spans)

    for whole, size in ((FREE, MANY), (OF_CONTAINERS, SOME)):
        found = _part(whole, size, number)
        if known(found):
            return found
    for last in LAST_RESORT:
        if known(range(last, last + 1)):
            return range(last, last + 1)
    raise OSError("this container knows no user but root")


def is_set_apart(user: int) -> bool:
    """Whether `of_root` may have chosen this id."""
    return user in FREE or user in OF_CONTAINERS or user in LAST_RESORT


def _span(line: str) -> Span:
    first, _, count = line.split()
    return int(first), int(count)


def _holds(span: Span, ids: range) -> bool:
    first, count = span
    return first <= ids.start and ids.stop <= first + count


def _part(whole: range, size: int, number: int) -> range:
    """The part of `whole` that belongs to the process of this number."""
    start = whole.start + number % (len(whole) // size) * size
    return range(start, start + size)


def of_user() -> tuple[range, range] | None:
    """User and group ids that this ordinary user may hand out; None without any."""
    if not (shutil.which("newuidmap") and shutil.which("newgidmap")):
        return None
    found = []
    for kind in ("uid", "gid"):
        try:
            with open(f"/etc/sub{kind}") as file:
                whole = granted(file.read(), os.getuid(), _name())
        except (OSError, ValueError):
            return None
        if len(whole) < SOME:
            return None
        size = MANY if len(whole) >= 2 * MANY else SOME
        found.append(_part(whole, size, os.getpid()))
    users, groups = found
    size = min(len(users), len(groups))
    return users[:size], groups[:size]


def granted(text: str, uid: int, name: str) -> range:
    """The largest range that a file like ``/etc/subuid`` gives a user."""
    found = range(0)
    for line in text.splitlines():
        who, first, count = [*line.split(":"), "0", "0"][:3]
        if who in (str(uid), name) and int(count) > len(found):
            found = range(int(first), int(first) + int(count))
    return found


def _name() -> str:
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return ""


def map_for(process: int, users: range, groups: range) -> bool:
    """Gives the new user namespace of `process` its own user and these ids.

    They keep their numbers; those of `groups` get the numbers of `users`. False where
    the system refuses; nothing is mapped then, or the user alone is missing.
    """
    for program, own, ids in (
        ("newgidmap", os.getegid(), groups),
        ("newuidmap", os.geteuid(), users),
    ):
        numbers = (own, own, 1, users.start, ids.start, len(ids))
        command = [program, str(process), *map(str, numbers)]
        try:
            done = subprocess.run(command, capture_output=True)
        except OSError:
            return False  # it is there, and may not be run
        if done.returncode:
            return False
    return True


def may_look_into(paths: Iterable[str]) -> bool:
    """Whether this process may list and pass through those of `paths` that exist."""
    return all(os.access(p, os.R_OK | os.X_OK) for p in paths if os.path.exists(p))


def can_read(paths: Iterable[str]) -> bool:
    """Whether this process may read `paths`, and what lies in those that are folders.

    An ordinary user's own interpreter may be closed to all others.
    """
    for path in paths:
        if not os.path.exists(path):
            continue
        if not os.access(path, os.R_OK):
            return False
        if os.path.isdir(path):
            if not os.access(path, os.X_OK):
                return False
            with os.scandir(path) as entries:
                if not all(os.access(entry.path, os.R_OK) for entry in entries):
                    return False
    return True

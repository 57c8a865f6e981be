"""nbgrader's exchange of this course: where it is, and who may do what in it.

::

    ROOT               1777  owned by root or the instructor: nobody renames a course
    ROOT/COURSE        0755  the instructor's own, as all below it
    .../outbound       0755  released chapters
    .../inbound        3733  submissions: nobody lists them, or touches another's
    .../feedback       0711  pages with names that only their students can compute

nbgrader makes the root 0777 and checks only that it may write; a student could then
rename the whole exchange (nbgrader's issue 1225).
"""

from __future__ import annotations

import os
import pwd
import stat
from dataclasses import dataclass, field
from pathlib import Path

from nbgrader.exchange.default import Exchange as ExchangeSettings
from nbgrader.exchange.default import ExchangeCollect
from traitlets.config import Config

from autograde.course.layout import CannotRun
from autograde.course.machine import machine_settings
from autograde.course.nbgrader import folders, own_settings

OPEN_TO_ALL = 0o1777
MODES = {"": 0o755, "outbound": 0o755, "inbound": 0o3733, "feedback": 0o711}


@dataclass(frozen=True)
class Exchange:
    """The exchange of one course.

    owners: whether the owner of a submission's folder says whose it is. Where all
        students are one account of the system, as in containers, names prove nothing.
    """

    root: Path
    course: str
    owners: bool = True
    told: list[str] = field(default_factory=list, compare=False)

    @property
    def folder(self) -> Path:
        return self.root / self.course

    @property
    def inbound(self) -> Path:
        return self.folder / "inbound"

    @property
    def students(self) -> Path:
        """A folder for each student, in containers whose students are one account.

        What is in NAME is mounted into the container of NAME alone: ``inbound``, to
        write into, and to read ``feedback`` and ``extensions``. So the folder says
        whose a submission is, and nobody reads another's.
        """
        return self.folder / "students"

    def private(self, account: str) -> Path | None:
        """The folder of `account` alone, where there is one."""
        plain = account and account not in (".", "..") and "/" not in account
        place = self.students / account
        return place if plain and place.is_dir() and not place.is_symlink() else None

    @property
    def outbound(self) -> Path:
        return self.folder / "outbound"

    @property
    def feedback(self) -> Path:
        return self.folder / "feedback"


def exchange_of(root: Path, folder: Path | None = None) -> Exchange:
    """The exchange of the course in `root`; `folder` is another exchange's root.

    Its place is ``c.Exchange.root`` of the course's own ``nbgrader_config.py``, else
    of the machine's (``/etc/jupyter``), else nbgrader's default.
    """
    config = Config()
    for part in (folders(root), machine_settings(), own_settings(root)):
        config.merge(part)
    place = folder or Path(ExchangeSettings(config=config).root)
    owners = ExchangeCollect(config=config).check_owner
    return Exchange(place, str(config.CourseDirectory.course_id), owners)


def secure(exchange: Exchange) -> list[str]:
    """Make the exchange safe, and say what was mended.

    Raises CannotRun, with the mend, where another than this user has to do it.
    """
    course = exchange.course
    if not course or course in (".", "..") or "/" in course or "+" in course:
        raise CannotRun(f"{course!r} cannot be a course's name in an exchange.")
    said = _secure_root(exchange.root)
    for name, mode in MODES.items():
        said += own_folder(exchange.folder / name if name else exchange.folder, mode)
    for entry in sorted(os.scandir(exchange.outbound), key=lambda entry: entry.name):
        if entry.stat(follow_symlinks=False).st_uid != os.geteuid():
            raise CannotRun(
                f"{entry.path} belongs to {_owner(entry.stat(follow_symlinks=False))}, "
                "not to you: look at it, and take it away before anything is released."
            )
    return said


def _secure_root(root: Path) -> list[str]:
    said = []
    try:
        if not root.exists():
            root.mkdir(parents=True)
            root.chmod(OPEN_TO_ALL)
            said.append(f"{root} was made")
    except OSError as error:
        raise CannotRun(
            f"The exchange {root} cannot be made ({error.strerror}); root makes it "
            f"with install -d -m 1777 {root}, or set c.Exchange.root."
        ) from None
    real = root.resolve()
    for place in (real, *real.parents):
        found = place.stat()
        if found.st_uid not in (0, os.geteuid()):
            raise CannotRun(
                f"{place} belongs to {_owner(found)}, who could put another exchange "
                "in its place: it must belong to root or to you."
            )
        if place != real and found.st_mode & stat.S_IWOTH and not _sticky(found):
            raise CannotRun(
                f"Everybody may write into {place} and rename what is in it, the "
                f"exchange too: chmod +t {place}, or another c.Exchange.root."
            )
    found = real.stat()
    if stat.S_IMODE(found.st_mode) & OPEN_TO_ALL != OPEN_TO_ALL:
        said.append(_mend(real, OPEN_TO_ALL))
    return said


def own_folder(folder: Path, mode: int) -> list[str]:
    """Make `folder` this user's own, with `mode`; say what was done.

    Raises CannotRun where another has to.
    """
    said = []
    try:
        folder.mkdir()
        said.append(f"{folder} was made")
    except FileExistsError:
        pass
    except OSError as error:
        raise CannotRun(f"{folder} cannot be made: {error.strerror}.") from None
    found = folder.lstat()
    if stat.S_ISLNK(found.st_mode) or not stat.S_ISDIR(found.st_mode):
        raise CannotRun(f"{folder} is a link or no folder: look at it, take it away.")
    if found.st_uid != os.geteuid():
        raise CannotRun(
            f"{folder} belongs to {_owner(found)}, not to you: release as its owner, "
            "or take it away if no instructor made it."
        )
    if mode & stat.S_ISGID and not _own_group(found.st_gid):
        os.chown(folder, -1, os.getegid())
    if stat.S_IMODE(folder.lstat().st_mode) != mode:
        was_made = bool(said)
        line = _mend(folder, mode)
        said += [] if was_made else [line]
    return said


def _mend(folder: Path, mode: int) -> str:
    old = stat.S_IMODE(folder.stat().st_mode)
    try:
        folder.chmod(mode)
    except OSError:
        raise CannotRun(
            f"{folder} has the permissions {old:04o} and must have {mode:04o}; its "
            f"owner, {_owner(folder.stat())}, or root does: chmod {mode:04o} {folder}"
        ) from None
    new = stat.S_IMODE(folder.stat().st_mode)
    if new != mode:
        raise CannotRun(
            f"{folder} keeps the permissions {new:04o} and must have {mode:04o}: its "
            "file system does not take them; use another for the exchange."
        )
    return f"{folder}: permissions {old:04o} became {mode:04o}"


def _sticky(found: os.stat_result) -> bool:
    return bool(found.st_mode & stat.S_ISVTX)


def _own_group(group: int) -> bool:
    return group == os.getegid() or group in os.getgroups()


def _owner(found: os.stat_result) -> str:
    return account(found.st_uid) or f"the unknown account {found.st_uid}"


def account(uid: int) -> str:
    """The name of the account `uid`; empty where the system knows none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return ""


def is_account(name: str) -> bool:
    """Whether the system has an account of this very name."""
    try:
        return pwd.getpwnam(name).pw_name == name
    except KeyError:
        return False

"""Where a chapter that is handed in goes: the exchange, or a file; its receipt."""

from __future__ import annotations

import datetime
import os
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dateutil.parser import parse as parse_date

from autograde.course.machine import machine_settings
from autograde.language import translate
from autograde.language.columns import padded, width

FOLDER = "submissions"


@dataclass
class Receipt:
    """What was handed in, when and where to.

    by_login: nobody said the student's name, and the exchange did not ask for it
    """

    chapter: str
    student: str
    when: datetime.datetime
    digest: str
    place: str
    summary: str
    by_login: bool = False

    def rows(self) -> list[tuple[str, str]]:
        """Name and value of each line, in the student's language."""
        return [
            (translate("Chapter"), self.chapter),
            (translate("Student"), self.student),
            (translate("Time"), f"{self.when:%Y-%m-%d %H:%M:%S} UTC"),
            ("SHA-256", self.digest),
            (translate("Sent to"), translate(self.place)),
            (translate("Points"), translate(self.summary)),
        ]

    def text(self) -> str:
        rows = self.rows()
        wide = 2 + max(width(name) for name, _ in rows)
        return "\n".join(padded(name, wide) + value for name, value in rows)


def into_folder(work: Path, receipt: Receipt, content: bytes) -> None:
    """Write one file that an instructor unpacks in ``grading/submitted``."""
    folder = work / FOLDER
    folder.mkdir(exist_ok=True)
    name = f"{receipt.chapter}_{receipt.student}_{receipt.when:%Y-%m-%d_%H%M%S}"
    path = folder / f"{name}.zip"
    receipt.place = f"{FOLDER}/{path.name}: send this file to your instructor"
    inside = f"{receipt.student}/{receipt.chapter}"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{inside}/{receipt.chapter}.ipynb", content)
        archive.writestr(f"{inside}/timestamp.txt", timestamp(receipt.when))
        archive.writestr(f"{inside}/receipt.txt", receipt.text() + "\n")
    (folder / f"{name}_receipt.txt").write_text(receipt.text() + "\n", "utf-8")


def through_exchange(work: Path, receipt: Receipt, content: bytes) -> None:
    """Submit through nbgrader's exchange, as its own command does."""
    # late, as below: nbgrader takes seconds, and most have no exchange
    from nbgrader.auth import Authenticator
    from nbgrader.coursedir import CourseDirectory
    from nbgrader.exchange import ExchangeError
    from nbgrader.exchange.default import ExchangeSubmit
    from nbgrader.utils import get_username

    config = exchange_config()
    name = _name_on_hub(config)
    if name:
        config.CourseDirectory.student_id = name
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / receipt.chapter
        folder.mkdir()
        (folder / f"{receipt.chapter}.ipynb").write_bytes(content)
        config.Exchange.assignment_dir = scratch
        config.CourseDirectory.assignment_id = receipt.chapter
        config.CourseDirectory.root = scratch
        course = CourseDirectory(config=config)
        sender = ExchangeSubmit(
            coursedir=course, authenticator=Authenticator(config=config), config=config
        )
        try:
            sender.start()
        except ExchangeError as error:
            into_folder(work, receipt, content)
            receipt.place = f"{receipt.place} (the exchange refuses: {error})"
            return
    _close(Path(sender.inbound_path), sender.assignment_filename)
    receipt.student, receipt.by_login = name or get_username(), False
    receipt.when = parse_date(sender.timestamp).astimezone(datetime.UTC)
    receipt.place = f"nbgrader's exchange, course {course.course_id}"
    name = f"{receipt.chapter}_{receipt.student}_{receipt.when:%Y-%m-%d_%H%M%S}"
    (work / FOLDER).mkdir(exist_ok=True)
    path = work / FOLDER / f"{name}_receipt.txt"
    path.write_text(receipt.text() + "\n", "utf-8")


def _name_on_hub(config: Any) -> str:
    """The hub's name of the student where all are one account, as in containers."""
    from nbgrader.exchange.default import ExchangeCollect

    if ExchangeCollect(config=config).check_owner:
        return ""
    return os.environ.get("JUPYTERHUB_USER", "")


def _close(inbound: Path, name: str) -> None:
    """Shut a submission to all but its student and the instructor.

    nbgrader leaves it open to whoever learns its name. It takes the group of `inbound`;
    where the owner of `inbound` is not of that group, it stays readable.
    """
    import pwd  # no exchange on Windows

    owner = inbound.stat()
    try:
        person = pwd.getpwuid(owner.st_uid)
    except KeyError:
        return
    groups = os.getgrouplist(person.pw_name, person.pw_gid)
    shared = owner.st_uid == 0 or (inbound / name).stat().st_gid in groups
    (inbound / name).chmod(0o750 if shared else 0o755)


def exchange_config() -> Any:
    """nbgrader's configuration where an exchange takes submissions here, or None."""
    from nbgrader.exchange.default import Exchange

    config = machine_settings()
    course = config.CourseDirectory.get("course_id")
    if not isinstance(course, str) or not course:
        return None
    inbound = Path(Exchange(config=config).root) / course / "inbound"
    return config if inbound.is_dir() and os.access(inbound, os.W_OK) else None


def timestamp(when: datetime.datetime) -> str:
    """A time as nbgrader's ``timestamp.txt`` has it."""
    return f"{when:%Y-%m-%d %H:%M:%S.%f} UTC"

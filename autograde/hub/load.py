"""``autograde hub load``: many students hand in at once; is each there, and once?

Each student is a process that does what the start page's link and ``submit()`` do once
the checks have run: :func:`autograde.student.receipt.through_exchange`. No kernel is
started. Then the instructor's collector takes everything, and once more.
"""

from __future__ import annotations

import copy
import hashlib
import os
import pwd
import random
import statistics
import time
import traceback
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import nbformat

from autograde.course.layout import CannotRun, notebook_path, released_chapters
from autograde.grading.exchange import Exchange, secure
from autograde.grading.exchange_inbound import collect_inbound
from autograde.grading.exchange_outbound import release_chapter
from autograde.grading.exchange_taking import Taken
from autograde.hub.accounts import make_account, remove_account

COURSE = "load"
PREFIX = "agl"


@dataclass
class Load:
    """What came of it.

    seconds: of each submission, longest last; spread: within how many they all ended
    lost, twice: students of whom something else was collected than they handed in last
    """

    students: int
    attempts: int
    seconds: list[float]
    spread: float
    collecting: float
    again: Taken
    lost: list[str]
    refused: list[str]

    @property
    def well(self) -> bool:
        return not (self.lost or self.refused or self.again.placed) and (
            self.again.unchanged == self.students and len(self.seconds) == self.attempts
        )

    def lines(self) -> list[str]:
        middle = statistics.median(self.seconds) if self.seconds else 0.0
        longest = self.seconds[-1] if self.seconds else 0.0
        return [
            f"{len(self.seconds)} of {self.attempts} submissions of {self.students} "
            f"students within {self.spread:.1f} s",
            f"one took {middle:.2f} s (median), {longest:.2f} s at most",
            f"collected in {self.collecting:.2f} s",
            f"once more: {len(self.again.placed)} collected, {self.again.unchanged} "
            "were there already",
            f"lost or mixed up: {', '.join(self.lost) or 'nothing'}",
            *self.refused,
        ]


def load(
    root: Path, folder: Path, students: int, seconds: float, accounts: bool
) -> Load:
    """Let `students` hand in a chapter within `seconds`, every third of them twice.

    folder: where exchange, homes and what is collected are put; accounts: each student
    is an account of the system for as long, which needs root
    """
    if not hasattr(os, "fork"):
        raise CannotRun("A hub runs on Linux and macOS.")
    if accounts and os.geteuid() != 0:
        raise CannotRun("Only root makes accounts; leave --accounts out.")
    chapter = next(name for name in released_chapters(root) if name.startswith("01"))
    exchange = Exchange(folder / "exchange", COURSE, owners=accounts)
    folder.chmod(0o755)
    (folder / "homes").mkdir(mode=0o755)
    secure(exchange)
    release_chapter(exchange, root / "chapters", chapter)
    names = [f"{PREFIX}-{number:03}" for number in range(students)]
    made: list[str] = []
    try:
        for name in names:
            if accounts:
                make_account(name, os.urandom(9).hex(), folder / "homes" / name)
                made.append(name)
            else:
                (folder / "homes" / name).mkdir()
        return _run(exchange, folder, notebook_path(root / "chapters" / chapter),
                    names, seconds)  # fmt: skip
    finally:
        for name in made:
            remove_account(name)


def _run(
    exchange: Exchange, folder: Path, released: Path, names: list[str], seconds: float
) -> Load:
    from autograde.student import receipt  # noqa: F401  what each child has already

    notebook = nbformat.read(released, 4)
    random.seed(len(names))
    plan, sent = [], {}
    for number, name in enumerate(names):
        times = sorted(random.uniform(0, seconds) for _ in range(1 + (number % 3 == 0)))
        contents = [_written(notebook, f"{name}, {attempt}") for attempt in times]
        plan.append((name, list(zip(times, contents, strict=True))))
        sent[name] = hashlib.sha256(contents[-1]).hexdigest()
    began = time.monotonic()
    children = [_student(exchange, folder, name, released.stem, what, began)
                for name, what in plan]  # fmt: skip
    for child in children:
        os.waitpid(child, 0)
    spread = time.monotonic() - began
    taken = [
        float(line)
        for path in folder.glob("homes/*/taken.txt")
        for line in path.read_text().split()
    ]
    grading = folder / "grading"
    begun = time.monotonic()
    collected = collect_inbound(exchange, grading, [released.stem])
    collecting = time.monotonic() - begun
    again = collect_inbound(exchange, grading, [released.stem])
    return Load(
        len(names), sum(len(what) for _, what in plan), sorted(taken), spread,
        collecting, again, _lost(grading, released.stem, sent), collected.refused,
    )  # fmt: skip


def _written(notebook: nbformat.NotebookNode, text: str) -> bytes:
    mine = copy.deepcopy(notebook)
    mine.cells.append(nbformat.v4.new_markdown_cell(text, id="mine"))
    return nbformat.writes(mine).encode()


def _student(
    exchange: Exchange,
    folder: Path,
    name: str,
    chapter: str,
    what: list[tuple[float, bytes]],
    began: float,
) -> int:
    """Start the process of one student, which hands in at the times of `what`."""
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        home = folder / "homes" / name
        if exchange.owners:
            person = pwd.getpwnam(name)
            os.setgroups([])
            os.setgid(person.pw_gid)
            os.setuid(person.pw_uid)
        _hand_in(exchange, home, name, chapter, what, began)
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


def _hand_in(
    exchange: Exchange,
    home: Path,
    name: str,
    chapter: str,
    what: list[tuple[float, bytes]],
    began: float,
) -> None:
    from autograde.student.receipt import Receipt, through_exchange

    os.environ |= {"HOME": str(home), "USER": name, "LOGNAME": name,
                   "JUPYTERHUB_USER": name,
                   "JUPYTER_CONFIG_PATH": str(home / "etc"),
                   "JUPYTER_CONFIG_DIR": str(home / "etc"),
                   "JUPYTER_DATA_DIR": str(home / "data")}  # fmt: skip
    (home / "etc").mkdir()
    (home / "etc" / "nbgrader_config.py").write_text(
        f"c = get_config()\nc.CourseDirectory.course_id = {exchange.course!r}\n"
        f"c.Exchange.root = {str(exchange.root)!r}\n"
        f"c.Exchange.cache = {str(home / 'cache')!r}\n"
        + ("" if exchange.owners else "c.ExchangeCollect.check_owner = False\n")
    )
    for after, content in what:
        time.sleep(max(0.0, began + after - time.monotonic()))
        begun = time.monotonic()
        digest = hashlib.sha256(content).hexdigest()
        said = Receipt(chapter, name, datetime.now(UTC), digest, "", "")
        through_exchange(home, said, content)
        if not said.place.startswith("nbgrader's exchange"):
            raise RuntimeError(said.place)
        with (home / "taken.txt").open("a") as file:
            file.write(f"{time.monotonic() - begun}\n")


def _lost(grading: Path, chapter: str, sent: dict[str, str]) -> list[str]:
    """The students of whom not what they handed in last is there."""
    submitted = grading / "submitted"
    there = {path.name for path in submitted.iterdir()} if submitted.is_dir() else set()
    wrong = there ^ sent.keys()
    for name in there & sent.keys():
        path = notebook_path(submitted / name / chapter)
        if hashlib.sha256(path.read_bytes()).hexdigest() != sent[name]:
            wrong.add(name)
    return sorted(wrong)

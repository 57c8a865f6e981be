"""``autograde collect``: put what students sent where it is graded.

Whose a work is and when it was received is told by the download (or the roster, or a
table), never by the work. What cannot be told is not put anywhere: a line says so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from autograde.course.dates import read_dates
from autograde.course.layout import CannotRun
from autograde.course.times import parse_time, told
from autograde.grading.attempts import Attempt, Collected, fit, last_of, rank
from autograde.grading.belonging import Belonging
from autograde.grading.downloads import Walk, Work
from autograde.grading.file_names import shown_name
from autograde.grading.origins import without_copy
from autograde.grading.roster import folder_name, read_roster
from autograde.grading.same_name import Spellings, folded
from autograde.grading.scratch import scratch_folder
from autograde.grading.submitted_folder import Submitted

Best = Callable[[str, list[bytes]], int]


@dataclass
class Staged:
    """A work that is put aside, out of memory, under a name that nobody chose."""

    work: Work
    path: Path
    digest: str


#: what one student sent of one chapter, by what came at once
Sent = dict[str, list[Staged]]


class Collection:
    """One run of ``autograde collect`` over the course in `root`.

    attempts: ``last`` or ``best``; None asks a person where nothing tells the last
    chapter: what all files are of, where their names do not say it
    file_dates: whether a file's date is the time when it was received
    best: picks one of several notebooks of a chapter, by its place
    """

    def __init__(
        self,
        root: Path,
        *,
        attempts: str | None = None,
        chapter: str | None = None,
        match: Path | None = None,
        file_dates: bool = False,
        best: Best | None = None,
    ) -> None:
        self.grading = root / "grading"
        self.attempts, self.best, self.file_dates = attempts, best, file_dates
        self.roster = read_roster(self.grading)
        self.belonging = Belonging(root, self.roster, chapter, match)
        self.chapters = self.belonging.chapters
        self.spellings = Spellings(self.grading)
        self.zone = read_dates(root / "chapters").zone_info
        self.given_out = {
            hashlib.sha256(path.read_bytes()).hexdigest()
            for name in self.chapters
            for path in (root / "chapters" / name).rglob("*.ipynb")
        }
        self.submitted = Submitted(self.grading)
        self.done = Collected()
        self._staged = 0

    def take(self, sources: Iterable[Path]) -> Collected:
        """Sort what is in `sources` into ``grading/submitted``."""
        self.grading.mkdir(parents=True, exist_ok=True)
        sources = list(sources)
        for source in sources:
            if not source.exists():
                raise CannotRun(f"There is no {source}; nothing was collected.")
        with scratch_folder(self.grading) as scratch:
            sent: dict[tuple[str, str], Sent] = {}
            for number, source in enumerate(sources):
                walk = Walk(self.chapters, self.roster)
                within = source.is_dir() and len(sources) > 1
                top = f"{shown_name(source.name)}/" if within else ""
                for work in walk.over(source):
                    work.download = f"{number}/{work.download}"
                    self._sort(work, sent, scratch, top)
                self.done.unused += [f"{top}{line}" for line in walk.unused.lines]
                self.done.system += walk.unused.system
            for (student, chapter), by_key in sorted(sent.items()):
                self._settle(student, chapter, by_key)
        return self.done

    def _sort(
        self, work: Work, sent: dict[tuple[str, str], Sent], scratch: Path, top: str
    ) -> None:
        """Find whose `work` is and of which chapter; put it aside, out of memory."""
        row = self.belonging.row(work)
        student, why = self.belonging.student(work, row)
        chapter = self.belonging.chapter_of(work, row)
        work.shown = f"{top}{work.shown}"
        if not student:
            self.done.waiting.append(
                f"{work.shown}: {why}; put it into a folder with the student's name, "
                "or name the student with --match"
            )
            return
        if chapter is None:
            self.done.waiting.append(
                f"{work.shown}: of no chapter that can be told; name it with "
                "--chapter or --match"
            )
            return
        if not self.roster:
            work.spelled, student = student, self.spellings.of(student)
        self._staged += 1
        path = scratch / f"{self._staged}.ipynb"
        path.write_bytes(work.content)
        digest = hashlib.sha256(work.content).hexdigest()
        work.content = b""
        key = work.origin.key or work.shown
        if not work.origin.system:
            key = "/".join((key, *work.folders))
        if row and row.file:
            work.origin.claimed = False
        if row and row.time:
            try:
                work.origin.time = parse_time(row.time, self.zone)
            except ValueError as error:
                self.done.waiting.append(
                    f"{work.shown}: the table's time {row.time!r} {error}"
                )
        if folded(work.inside) == folded(student):
            work.inside = ""
        key = f"{work.download}: {key}"
        sent.setdefault((student, chapter), {}).setdefault(key, []).append(
            Staged(work, path, digest)
        )

    def _settle(self, student: str, chapter: str, by_key: Sent) -> None:
        """Put the attempt that counts in its place, or say why none is."""
        attempts = []
        for key, works in self._without_given_out(by_key).items():
            attempt = self._attempt(student, chapter, key, works)
            if attempt is None:
                return
            attempts.append(attempt)
        old = self.submitted.now(student, chapter)
        if old is not None:
            same = next((a for a in attempts if a.digest == old.digest), None)
            if same is not None and same.time and not old.time:
                old.time = same.time
                self.submitted.stamp(old)
            attempts = [a for a in attempts if a.digest != old.digest]
            if not attempts:
                self.done.unchanged.append(f"{student}, {chapter}")
                return
            attempts.append(old)
        distinct = {a.digest: a for a in sorted(attempts, key=rank)}
        if self._are_several(student, chapter, attempts):
            return
        chosen = self._choose(student, chapter, list(distinct.values()))
        if chosen is None or chosen.old:
            if chosen is not None:
                self.done.unchanged.append(f"{student}, {chapter}")
            return
        try:
            self.submitted.place(chosen)
        except OSError as error:
            self.done.waiting.append(
                f"{student}, {chapter}: {chosen.shown} cannot be put into its place "
                f"({error.strerror}: {error.filename})"
            )
            return
        others = [a.shown for a in distinct.values() if a is not chosen and not a.old]
        self.done.timeless += chosen.time is None
        line = f"{chosen.shown}: {student}, {chapter}"
        if chosen.time:
            line += f", received {told(chosen.time)}"
        if others:
            line += f"; it counts, not {', '.join(others)}"
        self.done.placed.append("; ".join([line, *chosen.notes]))
        if chosen.late and not chosen.time:
            self.done.waiting.append(
                f"{student}, {chapter}: {chosen.system} marks it late and does not say "
                "when it came; no penalty follows without a time in --match"
            )

    def _without_given_out(self, by_key: Sent) -> Sent:
        """Leave out what is as the course gave it, where other work lies beside it."""
        changed = {
            key: found
            for key, works in by_key.items()
            if (found := [one for one in works if one.digest not in self.given_out])
        }
        if not changed:
            return by_key
        self.done.system += sum(map(len, by_key.values())) - sum(
            map(len, changed.values())
        )
        return changed

    def _attempt(
        self, student: str, chapter: str, key: str, works: list[Staged]
    ) -> Attempt | None:
        """The notebooks that came at once; None where two of them claim to be it."""
        system = works[0].work.origin.system
        fits = [fit(one.work.name, chapter, system) + one.work.renamed for one in works]
        ranked = [
            item
            for _, item in sorted(zip(fits, works, strict=True), key=lambda p: p[0])
        ]
        rivals = ranked[: fits.count(min(fits))]
        first = rivals[0]
        if system == "Canvas":  # newer attachments of one person
            first = max(rivals, key=lambda one: one.work.origin.order)
        elif len({one.digest for one in rivals}) > 1:
            names = ", ".join(one.work.shown for one in rivals)
            self.done.waiting.append(
                f"{student}, {chapter}: several notebooks came at once ({names}); "
                "leave the one that counts, or name it with --match"
            )
            return None
        work, origin = first.work, first.work.origin
        attempt = Attempt(
            *(student, chapter, work.shown, origin.system, origin.number, key),
            time=self._with_zone(origin.time),
            order=origin.order,
            modified=work.modified,
            claimed=origin.claimed,
            late=any(one.work.origin.late for one in ranked),
            digest=first.digest,
            files={f"{chapter}.ipynb": first.path},
        )
        if attempt.time is None and self.file_dates:
            attempt.time = datetime.fromtimestamp(work.modified, UTC)
        for other in ranked:
            if other.digest == first.digest:
                continue
            stem = without_copy(other.work.name.rsplit(".", 1)[0])
            stem = folder_name(stem) or "other"
            name = f"{stem if stem != chapter else 'copy'}-{len(attempt.files)}.ipynb"
            attempt.files[name] = other.path
            attempt.notes.append(f"{other.work.shown} lies beside it as {name}")
        if work.spelled not in ("", student):
            attempt.notes.append(
                f"{work.spelled} is taken for {student}: a roster tells two apart"
            )
        if work.inside:
            attempt.notes.append(f"its own inside names {work.inside!r}")
        return attempt

    def _with_zone(self, when: datetime | None) -> datetime | None:
        if when is None or when.tzinfo:
            return when
        return when.replace(tzinfo=self.zone) if self.zone else when.astimezone()

    def _are_several(self, student: str, chapter: str, attempts: list[Attempt]) -> bool:
        """Whether several people have this name, by the platform's numbers; it says so.

        One of them may hand in a copy of the other's work.
        """
        numbers = {(a.system, a.number) for a in attempts if a.number}
        if len(numbers) < 2 or len({system for system, _ in numbers}) > 1:
            return False
        shown = ", ".join(a.shown for a in attempts)
        self.done.waiting.append(
            f"{student}, {chapter}: several people of this name ({shown}); a "
            "roster, or --match with a student for each, tells them apart"
        )
        return True

    def _choose(
        self, student: str, chapter: str, attempts: list[Attempt]
    ) -> Attempt | None:
        """The attempt that counts; None, with a line, where a person has to say it."""
        if len(attempts) == 1:
            return attempts[0]
        shown = ", ".join(a.shown for a in attempts)
        if self.attempts == "best" and self.best is not None:
            contents = [self.submitted.content(a) for a in attempts]
            return attempts[self.best(chapter, contents)]
        last = last_of(attempts)
        if last is None and self.attempts == "last":
            later = sorted(attempts, key=lambda a: a.modified)
            last = later[-1] if later[-1].modified > later[-2].modified else None
        elif last is not None and self.attempts is None:
            # A name that the sender wrote decides nothing about another's work.
            last = last if not any(a.claimed for a in attempts) else None
        if last is None:
            self.done.waiting.append(
                f"{student}, {chapter}: different works under one name ({shown}); "
                "nothing was put in their place. Name the student or the time of each "
                "with --match, or take them as attempts: --attempts last, or best"
            )
        return last

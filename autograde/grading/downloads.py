"""Go through what an instructor downloaded: folders, archives, archives in archives.

A path outside a student's own archive tells who sent a file; nothing inside one does.
"""

from __future__ import annotations

import io
import os
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from autograde.grading.archives import (
    MAX_MEMBER,
    MEGABYTE,
    Archive,
    Budget,
    Unreadable,
    is_archive,
    is_other_archive,
)
from autograde.grading.file_names import (
    JUNK,
    KEPT,
    as_notebook,
    inner_parts,
    is_notebook,
    is_wanted,
    names_in,
    shown_name,
)
from autograde.grading.origins import (
    Origin,
    accounts,
    notebook_name,
    of_name,
    of_path,
)
from autograde.grading.roster import Roster

MAX_DEPTH = 4
MAX_NOTEBOOKS = 300  # of one sender
MANY = 12  # files in one folder that are no notebooks: a whole course, one line
OWN = {"timestamp.txt", "receipt.txt"}  # of `submit` and nbgrader


@dataclass
class Work:
    """A notebook that was found: its bytes, whose it is, and how a line names it.

    modified: the file's date; it only ever ranks attempts, where that is asked for
    renamed: its name had another ending
    spelled: the student as it writes the name, where no roster says who that is
    download: the platform's archive in which it lies; what another has came apart
    """

    shown: str
    name: str
    folders: tuple[str, ...]
    origin: Origin
    content: bytes
    modified: float
    inside: str = ""  # the student that its own archive names
    renamed: bool = False
    spelled: str = ""
    download: str = ""


@dataclass
class Walk:
    """One walk over what was downloaded.

    unused: a line for each file that was not taken; system: how many files of the
    system's or the platform's own were passed over
    """

    chapters: list[str]
    roster: Roster
    unused: list[str] = field(default_factory=list)
    system: int = 0
    _others: dict[tuple[str, ...], list[str]] = field(default_factory=dict)

    def over(self, source: Path) -> Iterator[Work]:
        """Every notebook in `source`, a folder or a file; of one sender, the first."""
        found: Counter[str] = Counter()
        for work in self._all_in(source):
            found[work.origin.key] += 1
            if found[work.origin.key] <= MAX_NOTEBOOKS:
                yield work
        for key, count in found.items():
            if count > MAX_NOTEBOOKS:
                more = count - MAX_NOTEBOOKS
                self.unused.append(f"{key}: {more} notebooks more than are looked at")
        self._say_what_is_no_notebook()

    def _all_in(self, source: Path) -> Iterator[Work]:
        if source.is_dir():
            yield from self._folder(source)
        else:
            name = shown_name(source.name)
            repositories: dict[tuple[str, ...], str] = {}
            yield from self._file(source, (name,), repositories, given=True)

    def _folder(self, top: Path) -> Iterator[Work]:
        found: list[tuple[Path, tuple[str, ...]]] = []
        clones = []
        for folder, inner, names in os.walk(top):
            parts = tuple(map(shown_name, Path(folder).relative_to(top).parts))
            if ".git" in inner or ".git" in names:
                clones.append(parts)
            self.system += sum(1 for name in inner if name in JUNK)
            if KEPT in inner:
                kept = names_in(Path(folder) / KEPT)
                self._say_what_is_kept(
                    [(*parts, KEPT, shown_name(n)) for n in kept], names
                )
            inner[:] = sorted(name for name in inner if name not in JUNK)
            for name in sorted(names):
                found.append((Path(folder) / name, (*parts, shown_name(name))))
        repositories = accounts(clones)
        for path, parts in found:
            yield from self._file(path, parts, repositories)
        if not found:
            self.unused.append(f"{top}: nothing is in it")

    def _file(
        self,
        path: Path,
        parts: tuple[str, ...],
        repositories: dict[tuple[str, ...], str],
        given: bool = False,
    ) -> Iterator[Work]:
        shown = "/".join(parts)
        if self._passed_over(parts):
            return
        try:
            if path.is_symlink() or not path.is_file():
                self.unused.append(f"{shown}: it is a link or no plain file")
                return
            status = path.stat()
            if is_archive(parts[-1]):
                with path.open("rb") as file:
                    yield from self._archive(
                        *(file, parts, status.st_mtime, repositories, given, 1)
                    )
            elif not notebook_name(parts[-1]):
                self._not_used(parts)
            elif status.st_size > MAX_MEMBER:
                self.unused.append(f"{shown}: {_too_large(status.st_size)}")
            elif is_notebook(parts[-1], content := path.read_bytes()):
                named = as_notebook(parts)
                origin = of_path(named, self.chapters, self.roster, repositories)
                yield _work(named, origin, content, status.st_mtime, shown)
            else:
                self._not_used(parts)
        except OSError as error:
            self.unused.append(f"{shown}: it cannot be read ({error.strerror})")

    def _archive(
        self,
        file: IO[bytes],
        parts: tuple[str, ...],
        modified: float,
        repositories: dict[tuple[str, ...], str],
        given: bool,
        depth: int,
        budget: Budget | None = None,
    ) -> Iterator[Work]:
        """The notebooks in an archive whose place `parts` is told by the download."""
        try:
            archive = Archive(file, parts[-1], budget)
            told = _told(parts, self.chapters, self.roster, repositories)
            people = _people_in(archive.names)
            if told is None and (given or len(people) > 1):
                for work in self._download(archive, parts, modified, depth):
                    work.download = work.download or "/".join(parts)
                    yield work
                return
            stem = parts[-1].rsplit(".", 1)[0]
            if told is None and people and not self.roster.named(stem):
                # a student can make such an archive, with another's name in it
                ((_, who),) = people
                raise Unreadable(
                    f"all in it is of {who!r}, as a platform writes it; collect it by "
                    "itself, or put it into a folder with the student's name"
                )
            origin = told or of_path(parts, self.chapters, self.roster, repositories)
            yield from self._students(archive, parts, origin, modified, depth)
        except Unreadable as problem:
            self.unused.append(f"{'/'.join(parts)}: {problem}")

    def _download(
        self, archive: Archive, parts: tuple[str, ...], modified: float, depth: int
    ) -> Iterator[Work]:
        """An archive that a platform made, or an instructor: its paths tell whose."""
        stem = parts[-1].rsplit(".", 1)[0]
        origins = self._origins(archive, stem)
        nobody = _is_of_one(origins)
        archive.share_among({name: found.key for name, found in origins.items()})
        for inner, content, budget in self._members(archive, parts):
            if inner[0] == stem and len(inner) > 1:
                inner = inner[1:]
            where = (*parts, *inner)
            if is_archive(inner[-1]):
                if self._too_deep(where, depth):
                    continue
                file = io.BytesIO(content)
                yield from self._archive(
                    *(file, inner, modified, {}, False, depth + 1, budget)
                )
            else:
                named = as_notebook(inner)
                origin = of_path(named, self.chapters, self.roster)
                if nobody and not origin.system:
                    origin = Origin(key="/".join(parts))
                yield _work(named, origin, content, modified, "/".join(where))

    def _origins(self, archive: Archive, stem: str) -> dict[str, Origin]:
        """Whom each file that is looked at names."""
        found = {}
        for name in filter(is_wanted, archive.names):
            inner = inner_parts(name)
            inner = inner[1:] if inner[0] == stem and len(inner) > 1 else inner
            found[name] = of_path(inner, self.chapters, self.roster)
        return found

    def _students(
        self,
        archive: Archive,
        parts: tuple[str, ...],
        origin: Origin,
        modified: float,
        depth: int,
    ) -> Iterator[Work]:
        """A student's own archive: its inside says only which chapter."""
        found = False
        for inner, content, budget in self._members(archive, parts):
            found = True
            where = (*parts, *inner)
            if not is_archive(inner[-1]):
                named = as_notebook(inner)
                work = _work(named, origin, content, modified, "/".join(where))
                if len(inner) == 3 and inner[1] in self.chapters:
                    work.inside = inner[0]
                yield work
            elif not self._too_deep(where, depth):
                try:
                    nested = Archive(io.BytesIO(content), inner[-1], budget)
                    yield from self._students(
                        nested, where, origin, modified, depth + 1
                    )
                except Unreadable as problem:
                    self.unused.append(f"{'/'.join(where)}: {problem}")
        if not found:
            self.unused.append(f"{'/'.join(parts)}: no notebook is in it")

    def _members(
        self, archive: Archive, parts: tuple[str, ...]
    ) -> Iterator[tuple[tuple[str, ...], bytes, Budget]]:
        """Each file to look at: its path, its bytes, what may be unpacked of it."""
        unreadable = 0
        kept: list[tuple[str, ...]] = []
        names: set[tuple[str, ...]] = set()
        for name, content in archive.read(is_wanted):
            inner = inner_parts(name)
            shown = (*parts, *inner)
            names.add(inner)
            if inner[-2:-1] == (KEPT,):
                kept.append(inner)
            if not inner or self._passed_over(inner):
                continue
            if isinstance(content, Unreadable):
                unreadable += 1
                if unreadable <= MANY:
                    self.unused.append(f"{'/'.join(shown)}: {content}")
            elif content is None or not (
                is_archive(inner[-1]) or is_notebook(inner[-1], content)
            ):
                self._not_used(shown)
            else:
                yield inner, content, archive.budget_of(name)
        if unreadable > MANY:
            more = unreadable - MANY
            self.unused.append(f"{'/'.join(parts)}: {more} more files like that")
        for inner in kept:
            beside = {name[-1] for name in names if name[:-1] == inner[:-2]}
            self._say_what_is_kept([inner], beside, parts)

    def _too_deep(self, parts: tuple[str, ...], depth: int) -> bool:
        if depth >= MAX_DEPTH:
            self.unused.append(f"{'/'.join(parts)}: archives in archives in archives")
        return depth >= MAX_DEPTH

    def _passed_over(self, parts: tuple[str, ...]) -> bool:
        """Whether the system or the platform itself put the file there."""
        name = parts[-1]
        blackboard = of_name(name) if name.endswith(".txt") else None
        passed = (
            any(part in JUNK for part in parts)
            or name.startswith(("._", "~$", ".~"))
            or name in OWN
            or name.endswith("_receipt.txt")
            or (blackboard is not None and not blackboard.file)
        )
        self.system += passed
        return passed

    def _not_used(self, parts: tuple[str, ...]) -> None:
        if is_other_archive(parts[-1]):
            why = "an archive of a kind that is not read; unpack it"
            self.unused.append(f"{'/'.join(parts)}: {why}")
            return
        folder = parts[:2] if len(parts) > 2 else parts
        self._others.setdefault(folder, []).append("/".join(parts))

    def _say_what_is_no_notebook(self) -> None:
        """A line for each other file, or one for the many of somebody's folder."""
        for folder, names in self._others.items():
            if len(names) > MANY:
                self.unused.append(
                    f"{'/'.join(folder)}: {len(names)} files that are no notebooks, "
                    f"such as {names[0]}"
                )
            else:
                self.unused += [f"{name}: no notebook" for name in names]
        self._others.clear()

    def _say_what_is_kept(
        self,
        kept: Iterable[tuple[str, ...]],
        beside: Collection[str],
        outside: tuple[str, ...] = (),
    ) -> None:
        """A line for Jupyter's copy of a notebook that is not there itself."""
        for parts in kept:
            name = parts[-1].replace("-checkpoint", "")
            if name.lower().endswith(".ipynb") and name not in beside:
                self.unused.append(
                    f"{'/'.join((*outside, *parts))}: a copy that Jupyter kept; the "
                    "notebook itself is not beside it"
                )


def _is_of_one(origins: dict[str, Origin]) -> bool:
    """Whether all in an archive names one person: any student can make such a one."""
    people = {
        origin.login
        for name, origin in origins.items()
        # other JSON is hardly a notebook, so no sign of a second person
        if not name.lower().endswith(".json") or ".ipynb" in name.lower()
    }
    return len(people) < 2


def _told(
    parts: tuple[str, ...],
    chapters: list[str],
    roster: Roster,
    repositories: dict[tuple[str, ...], str],
) -> Origin | None:
    """Whose the archive at `parts` is, where a folder or a platform's name says it."""
    found = of_path(parts, chapters, roster, repositories)
    return found if found.known and (found.system or not found.claimed) else None


def _people_in(names: list[str]) -> set[tuple[str, str]]:
    """The people of whom a platform writes, in the names of an archive's files."""
    found = set()
    for name in names:
        for part in inner_parts(name):
            origin = of_name(part)
            if origin is not None and origin.system != "submit":
                found.add((origin.system, origin.login or origin.name))
                break
    return found


def _work(
    parts: tuple[str, ...],
    origin: Origin,
    content: bytes,
    modified: float,
    shown: str = "",
) -> Work:
    name = origin.file if origin.file.lower().endswith(".ipynb") else parts[-1]
    shown = shown or "/".join(parts)
    work = Work(shown, name, parts[:-1], origin, content, modified)
    work.renamed = not shown.lower().endswith(".ipynb")
    return work


def _too_large(size: int) -> str:
    return f"it has {size // MEGABYTE} MB; {MAX_MEMBER // MEGABYTE} are read"

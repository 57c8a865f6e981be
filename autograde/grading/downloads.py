"""Go through what an instructor downloaded: folders, archives, archives in archives.

A path outside a student's own archive tells who sent a file; nothing inside one does.
"""

from __future__ import annotations

import io
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO

from autograde.grading.archives import Archive
from autograde.grading.budgets import MAX_MEMBER, MEGABYTE, Budget, Unreadable
from autograde.grading.file_names import (
    JUNK,
    KEPT,
    as_notebook,
    inner_parts,
    is_archive,
    is_notebook,
    is_wanted,
    names_in,
    shown_name,
)
from autograde.grading.origins import Origin, accounts, notebook_name
from autograde.grading.roster import Roster
from autograde.grading.senders import Senders, are_of_one, below, people_in
from autograde.grading.unused import MANY, Unused

MAX_DEPTH = 4
MAX_NOTEBOOKS = 300  # of one sender


@dataclass
class Work:
    """A notebook that was found: its bytes, whose it is, and how a line names it.

    modified: the file's date; it only ever ranks attempts, where that is asked for
    renamed: its name had another ending
    spelled: the student as it writes the name, where no roster says who that is
    download: the platform's archive in which it lies; what another has came apart
    outside: how many parts of its path the sender's archive has; 0 where all are told
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
    outside: int = 0


@dataclass
class _Packed:
    """An archive that is not opened yet, and where it lies.

    depth: 1 for a file of the download, one more for each archive around it
    budget: what may be unpacked of it; None where it lies in no other
    """

    file: IO[bytes]
    parts: tuple[str, ...]
    modified: float
    depth: int = 1
    budget: Budget | None = None

    @property
    def stem(self) -> str:
        return self.parts[-1].rsplit(".", 1)[0]

    def inner(
        self, content: bytes, parts: tuple[str, ...], budget: Budget
    ) -> _Packed | None:
        """An archive in this one; None where it lies too deep."""
        if self.depth >= MAX_DEPTH:
            return None
        return replace(
            self,
            file=io.BytesIO(content),
            parts=parts,
            depth=self.depth + 1,
            budget=budget,
        )


@dataclass
class Walk:
    """One walk over what was downloaded; `unused` is what was not taken."""

    chapters: list[str]
    roster: Roster
    unused: Unused = field(default_factory=Unused)

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
                self.unused.add((key,), f"{more} notebooks more than are looked at")
        self.unused.say_others()

    def _all_in(self, source: Path) -> Iterator[Work]:
        if source.is_dir():
            yield from self._folder(source)
        else:
            senders = Senders(self.chapters, self.roster)
            yield from self._file(
                source, (shown_name(source.name),), senders, given=True
            )

    def _folder(self, top: Path) -> Iterator[Work]:
        found: list[tuple[Path, tuple[str, ...]]] = []
        clones = []
        for folder, inner, names in os.walk(top):
            parts = tuple(map(shown_name, Path(folder).relative_to(top).parts))
            if ".git" in inner or ".git" in names:
                clones.append(parts)
            self.unused.system += sum(1 for name in inner if name in JUNK)
            if KEPT in inner:
                kept = map(shown_name, names_in(Path(folder) / KEPT))
                self.unused.add_kept([(*parts, KEPT, name) for name in kept], names)
            inner[:] = sorted(name for name in inner if name not in JUNK)
            for name in sorted(names):
                found.append((Path(folder) / name, (*parts, shown_name(name))))
        senders = Senders(self.chapters, self.roster, accounts(clones))
        for path, parts in found:
            yield from self._file(path, parts, senders)
        if not found:
            self.unused.add((str(top),), "nothing is in it")

    def _file(
        self,
        path: Path,
        parts: tuple[str, ...],
        senders: Senders,
        given: bool = False,
    ) -> Iterator[Work]:
        """The works in a file; `given`: it was named itself, and lies in no folder."""
        if self.unused.is_of_system(parts):
            return
        try:
            if path.is_symlink() or not path.is_file():
                self.unused.add(parts, "it is a link or no plain file")
                return
            status = path.stat()
            if is_archive(parts[-1]):
                with path.open("rb") as file:
                    packed = _Packed(file, parts, status.st_mtime)
                    yield from self._archive(packed, senders, given)
            elif not notebook_name(parts[-1]):
                self.unused.add_other(parts)
            elif status.st_size > MAX_MEMBER:
                self.unused.add(parts, _too_large(status.st_size))
            elif is_notebook(parts[-1], content := path.read_bytes()):
                named = as_notebook(parts)
                yield _work(named, senders.of(named), content, status.st_mtime, parts)
            else:
                self.unused.add_other(parts)
        except OSError as error:
            self.unused.add(parts, f"it cannot be read ({error.strerror})")

    def _archive(
        self, packed: _Packed, senders: Senders, given: bool = False
    ) -> Iterator[Work]:
        """The notebooks in an archive whose place is told by the download."""
        try:
            archive = Archive(packed.file, packed.budget)
            told = senders.told(packed.parts)
            people = people_in(archive.names)
            if told is None and (given or len(people) > 1):
                for work in self._download(archive, packed):
                    work.download = work.download or "/".join(packed.parts)
                    yield work
                return
            if told is None and people and not self.roster.named(packed.stem):
                # a student can make such an archive, with another's name in it
                ((_, who),) = people
                raise Unreadable(
                    f"all in it is of {who!r}, as a platform writes it; collect it by "
                    "itself, or put it into a folder with the student's name"
                )
            origin = told or senders.of(packed.parts)
            yield from self._students(archive, packed, origin)
        except Unreadable as problem:
            self.unused.add(packed.parts, problem)

    def _download(self, archive: Archive, packed: _Packed) -> Iterator[Work]:
        """An archive that a platform made, or an instructor: its paths tell whose."""
        senders = Senders(self.chapters, self.roster)
        origins = senders.in_archive(archive.names, packed.stem)
        nobody = are_of_one(origins)
        archive.share_among({name: found.key for name, found in origins.items()})
        for inner, content, budget in self._members(archive, packed.parts):
            inner = below(inner, packed.stem)
            where = (*packed.parts, *inner)
            if not is_archive(inner[-1]):
                named = as_notebook(inner)
                origin = senders.of(named)
                if nobody and not origin.system:
                    origin = Origin(key="/".join(packed.parts))
                yield _work(named, origin, content, packed.modified, where)
            elif nested := packed.inner(content, inner, budget):
                yield from self._archive(nested, senders)
            else:
                self.unused.add(where, _TOO_DEEP)

    def _students(
        self, archive: Archive, packed: _Packed, origin: Origin, outside: int = 0
    ) -> Iterator[Work]:
        """A student's own archive: its inside says only which chapter."""
        found = False
        outside = outside or len(packed.parts)
        for inner, content, budget in self._members(archive, packed.parts):
            found = True
            where = (*packed.parts, *inner)
            if not is_archive(inner[-1]):
                named = as_notebook(inner)
                work = _work(named, origin, content, packed.modified, where)
                if len(inner) == 3 and inner[1] in self.chapters:
                    work.inside = inner[0]
                work.outside = outside
                yield work
            elif nested := packed.inner(content, where, budget):
                try:
                    opened = Archive(nested.file, nested.budget)
                    yield from self._students(opened, nested, origin, outside)
                except Unreadable as problem:
                    self.unused.add(where, problem)
            else:
                self.unused.add(where, _TOO_DEEP)
        if not found:
            self.unused.add(packed.parts, "no notebook is in it")

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
            if not inner or self.unused.is_of_system(inner):
                continue
            if isinstance(content, Unreadable):
                unreadable += 1
                if unreadable <= MANY:
                    self.unused.add(shown, content)
            elif content is None or not (
                is_archive(inner[-1]) or is_notebook(inner[-1], content)
            ):
                self.unused.add_other(shown)
            else:
                yield inner, content, archive.budget_of(name)
        if unreadable > MANY:
            more = unreadable - MANY
            self.unused.add(parts, f"{more} more files like that")
        for inner in kept:
            beside = {name[-1] for name in names if name[:-1] == inner[:-2]}
            self.unused.add_kept([inner], beside, parts)


_TOO_DEEP = "archives in archives in archives"


def _too_large(size: int) -> str:
    return f"it has {size // MEGABYTE} MB; {MAX_MEMBER // MEGABYTE} are read"


def _work(
    parts: tuple[str, ...],
    origin: Origin,
    content: bytes,
    modified: float,
    where: tuple[str, ...],
) -> Work:
    """The notebook whose name `parts` end in; `where` is the place that lines name."""
    name = origin.file if origin.file.lower().endswith(".ipynb") else parts[-1]
    shown = "/".join(where)
    work = Work(shown, name, parts[:-1], origin, content, modified)
    work.renamed = not shown.lower().endswith(".ipynb")
    return work

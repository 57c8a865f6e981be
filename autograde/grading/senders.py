"""Whose the files of a download are: by their paths, never by what stands in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from autograde.grading.file_names import inner_parts, is_wanted
from autograde.grading.origins import Origin, of_name, of_path
from autograde.grading.roster import Roster


@dataclass
class Senders:
    """Who sent what lies at a path below a download's top.

    repositories: the folders that are clones, each with its account's name
    """

    chapters: list[str]
    roster: Roster
    repositories: dict[tuple[str, ...], str] = field(default_factory=dict)

    def of(self, parts: tuple[str, ...]) -> Origin:
        return of_path(parts, self.chapters, self.roster, self.repositories)

    def told(self, parts: tuple[str, ...]) -> Origin | None:
        """Whose the archive at `parts` is, where a folder or a platform says it."""
        found = self.of(parts)
        return found if found.known and (found.system or not found.claimed) else None

    def in_archive(self, names: Iterable[str], stem: str) -> dict[str, Origin]:
        """Whom each file that is looked at names, in an archive called `stem`."""
        wanted = filter(is_wanted, names)
        return {name: self.of(below(inner_parts(name), stem)) for name in wanted}


def below(parts: tuple[str, ...], stem: str) -> tuple[str, ...]:
    """A path in an archive without a top folder that is called as the archive is."""
    return parts[1:] if parts[0] == stem and len(parts) > 1 else parts


def are_of_one(origins: Mapping[str, Origin]) -> bool:
    """Whether all in an archive names one person: any student can make such a one."""
    people = {
        origin.login
        for name, origin in origins.items()
        # other JSON is hardly a notebook, so no sign of a second person
        if not name.lower().endswith(".json") or ".ipynb" in name.lower()
    }
    return len(people) < 2


def people_in(names: Iterable[str]) -> set[tuple[str, str]]:
    """The people of whom a platform writes, in the names of an archive's files.

    Each with the platform's name before the person's.
    """
    found = set()
    for name in names:
        for part in inner_parts(name):
            origin = of_name(part)
            if origin is not None and origin.system not in ("", "submit"):
                found.add((origin.system, origin.login or origin.name))
                break
    return found

"""Whose a work is that was found in a download, and of which chapter.

A table of the instructor's says it, else the download and the roster; of the work
itself only its cells say which chapter it is of.
"""

from __future__ import annotations

import re
from pathlib import Path

from autograde.course.layout import CannotRun, notebook_path, released_chapters
from autograde.grading.downloads import Work
from autograde.grading.match_table import Row, matching, read_matches
from autograde.grading.origins import chapter_in, person, without_copy
from autograde.grading.roster import Roster, folder_name

_GRADE_ID = re.compile(rb'"grade_id"\s*:\s*"([\w.-]{1,80})"')


class Belonging:
    """What is known of the course in `root` by which a work is told.

    chapter: what all works are of, where their names do not say it
    match: a table that says of files whose they are
    """

    def __init__(
        self, root: Path, roster: Roster, chapter: str | None, match: Path | None
    ) -> None:
        self.roster, self.chapter = roster, chapter
        self.chapters = released_chapters(root)
        if not self.chapters:
            raise CannotRun(f"{root} has no chapters to collect work for.")
        self._rows = read_matches(match) if match else []
        self._grade_ids = {
            name: set(_GRADE_ID.findall(notebook_path(path).read_bytes()))
            for name in self.chapters
            if (path := root / "chapters" / name)
        }

    def row(self, work: Work) -> Row | None:
        """The line of the table that means `work`."""
        return matching(self._rows, work.shown, work.origin, work.outside)

    def student(self, work: Work, row: Row | None) -> tuple[str, str]:
        """The student's name in the course; else an empty one, and why."""
        if row and row.student:
            found = self.roster.named(row.student) if self.roster else []
            student = found[0] if len(found) == 1 else folder_name(row.student)
            return student, f"the table's student {row.student!r} is no folder's name"
        if row and (row.email or row.name):
            found = self.roster.named(row.email) or self.roster.named(row.name)
            if len(found) == 1:
                return found[0], ""
            if not self.roster and (student := folder_name(row.name or row.email)):
                return student, ""
        return person(work.origin, self.roster)

    def chapter_of(self, work: Work, row: Row | None) -> str | None:
        """The chapter, by the table, by names in full, by its cells, by a number."""
        if row and row.chapter and (found := chapter_in(row.chapter, self.chapters)):
            return found
        if self.chapter:
            return self.chapter
        stem = without_copy(work.name.rsplit(".", 1)[0])
        if any(name in stem for name in self.chapters):
            return chapter_in(stem, self.chapters)
        found_ids = set(_GRADE_ID.findall(work.content))
        shares = sorted(
            (len(found_ids & ids), name) for name, ids in self._grade_ids.items()
        )
        if shares[-1][0] and (len(shares) < 2 or shares[-1][0] > shares[-2][0]):
            return shares[-1][1]
        shown = (part.rsplit(".", 1)[0] for part in work.shown.split("/"))
        named = [work.origin.chapter, stem, *reversed(work.folders), *shown]
        return next((c for n in named if (c := chapter_in(n, self.chapters))), None)

"""One secret seed for the courses of a test session: hidden cases are drawn once."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from autograde.course.layout import ROOT
from autograde.grading.gradebook import prepare_gradebook
from autograde.grading.seed import SEED_FILE


def link_chapters(root: Path) -> Path:
    """Make the course folder `root` out of the real chapters."""
    for name in ("solutions", "chapters"):
        (root / name).symlink_to(ROOT / name)
    return root


@dataclass
class Term:
    """What the courses of a session have in common, and all its test processes.

    folder: where hidden cases and gradebooks are kept for the next course
    """

    folder: Path
    seed: str

    def begin(self, root: Path, entered: str = "") -> Path:
        """Give the course `root` the seed and the cases that are drawn from it.

        entered: a chapter whose graded cells are to be in the gradebook already
        """
        hidden, grading = self.folder / "hidden", root / "grading"
        for folder in (hidden, grading):
            folder.mkdir(parents=True, exist_ok=True)
        (grading / SEED_FILE).write_text(self.seed)
        (grading / "hidden").symlink_to(hidden)
        if entered:
            shutil.copy(self._gradebook(entered), grading / "gradebook.db")
        return root

    def _gradebook(self, chapter: str) -> Path:
        """A gradebook without submissions, as nbgrader's own step makes it."""
        kept = self.folder / f"{chapter}.db"
        if not kept.exists():
            with tempfile.TemporaryDirectory(dir=self.folder) as folder:
                root = link_chapters(Path(folder))
                prepare_gradebook(root, chapter)
                os.replace(root / "grading" / "gradebook.db", kept)
        return kept

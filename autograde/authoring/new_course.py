"""``autograde new-course FOLDER``: a small course on another subject, to begin with.

One chapter of descriptive statistics with three exercises. It needs none of the
packages of deep learning.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from autograde.authoring.new_chapter import TEMPLATES
from autograde.course.layout import CannotRun

TEMPLATE = TEMPLATES / "course"
RENAMED = {"gitignore.txt": ".gitignore"}


def new_course(folder: Path) -> list[Path]:
    """Write the course into `folder`, and return its files.

    Raises CannotRun where `folder` has anything in it.
    """
    if folder.exists() and any(folder.iterdir()):
        raise CannotRun(f"{folder} is not empty: name a folder that is new.")
    written = []
    for source in sorted(TEMPLATE.rglob("*")):
        if source.is_dir() or "__pycache__" in source.parts:
            continue
        name = source.relative_to(TEMPLATE)
        target = folder / name.with_name(RENAMED.get(name.name, name.name))
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        written.append(target)
    return written

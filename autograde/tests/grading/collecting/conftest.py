"""A course of two chapters in which nothing was collected yet."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograde.tests.grading.collecting.downloads import IDS, notebook


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "course"
    for chapter in IDS:
        folder = root / "chapters" / chapter
        folder.mkdir(parents=True)
        (folder / f"{chapter}.ipynb").write_bytes(notebook(chapter))
        (folder / "checks.safetensors").write_bytes(b"")
    return root

"""What several tests share: a course of their own to grade in."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograde.chapter import ROOT


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course folder with the real chapters and an empty grading folder."""
    for name in ("solutions", "chapters"):
        (tmp_path / name).symlink_to(ROOT / name)
    return tmp_path

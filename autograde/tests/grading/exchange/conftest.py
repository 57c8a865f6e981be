"""An exchange in a folder that every account may go through, and its course."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograde.grading.exchange import Exchange, secure
from autograde.tests.grading.exchange.small_exchange import (
    CHAPTER,
    NOTEBOOK,
    PRIVATE,
    WORK,
)


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that every account may go through."""
    folder = Path(tempfile.mkdtemp(prefix="exchange-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def exchange(place: Path) -> Exchange:
    found = Exchange(place / "exchange", "course")
    secure(found)
    return found


@pytest.fixture
def root(place: Path) -> Path:
    course = place / "course"
    (course / "chapters" / CHAPTER).mkdir(parents=True)
    (course / "chapters" / CHAPTER / NOTEBOOK).write_bytes(WORK)
    (course / "grading").mkdir(mode=0o700)
    (course / "solution.ipynb").write_bytes(PRIVATE)
    return course

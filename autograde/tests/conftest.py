"""What several tests share: a course to grade in, a process behind the walls."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

# nbval compares the answer of a check, not the note that it runs
os.environ.setdefault("AUTOGRADE_STILL", "1")

# What the tests of a folder, or of a module, need; a test may mark itself besides.
MARKS = {
    "authoring": "slow",
    "browser": "browser",
    "chapters": "slow",
    "grading": "walls",
    "hostile": "walls",
    "hub": "walls",
    "reporting": "slow",
    "sandbox": "walls",
    "student": "slow",
    "test_diagnosis": "slow",
}
QUICK = {
    "test_collect",
    "test_exchange",
    "test_history",
    "test_save_hook",
    "test_similarity",
    "test_submissions",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.stem not in QUICK:
            for name in {item.path.parent.name, item.path.stem} & set(MARKS):
                item.add_marker(MARKS[name])


@pytest.fixture(scope="session")
def term(tmp_path_factory, testrun_uid):
    """The seed of this session, and the hidden cases drawn from it so far."""
    from autograde.tests.one_term import Term

    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:  # each has a folder in that of the session
        folder = folder.parent
    return Term(folder / "term", testrun_uid)


@pytest.fixture
def course(tmp_path: Path, term) -> Path:
    """A course folder with the real chapters, and nothing graded yet."""
    from autograde.tests.one_term import link_chapters

    return term.begin(link_chapters(tmp_path))


@pytest.fixture(scope="module")
def walls() -> None:
    """Skips the tests of a module where student code could not run."""
    from autograde.sandbox import Sandbox, SandboxUnavailable

    try:
        with Sandbox(preload=()):
            pass
    except SandboxUnavailable as error:
        pytest.skip(f"no walls on this machine, so nothing is graded: {error}")


@pytest.fixture(scope="module")
def shown(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("shown")
    (folder / "data.txt").write_text("data")
    for place in (folder, folder.parent, folder.parent.parent):
        place.chmod(0o755)
    return folder


@pytest.fixture(scope="module")
def box(shown):
    from autograde.sandbox import Sandbox
    from autograde.tests.behind_walls import ENTRY, LIMITS  # it tries the walls

    os.environ["AUTOGRADE_TEST_SECRET"] = "environment-secret"
    with Sandbox(LIMITS, preload=(), read_only=[shown], entry=ENTRY) as sandbox:
        yield sandbox


@pytest.fixture
def inside(box):
    with box.open() as connection:
        yield connection

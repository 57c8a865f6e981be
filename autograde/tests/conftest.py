"""What several tests share: a course to grade in, a process behind the walls."""

from __future__ import annotations

import fcntl
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from autograde.course.layout import ROOT

# nbval compares the answer of a check, not the note that it runs
os.environ.setdefault("AUTOGRADE_STILL", "1")

# What the tests of a folder, or of a module, need; a test may mark itself besides.
# A folder in such a folder is not meant: `grading/collecting` and `grading/exchange`
# take no walls.
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
    "test_history",
    "test_save_hook",
    "test_similarity",
    "test_submissions",
}


#: the modules that take longest begin first, so that none is left alone at the end
LONGEST = (
    *("test_grading", "test_hostile", "05_bert_fine_tuning", "test_nothing_lost"),
    *("test_fresh_chapter", "test_neighbours", "test_hub_browser", "test_gate"),
    *("test_odd_submissions", "test_browser_play", "test_archive_alone", "test_hub"),
    *("test_hub_term", "test_browser_widgets", "test_answers", "test_browser"),
    *("test_bad_submissions", "test_browser_instructor", "test_new_course"),
    *("test_nbgrader_guard", "04_lstm_classification", "02_softmax_regression"),
    *("test_build", "test_book", "test_scheduler", "test_accessibility"),
    *("test_running_a_term", "03_rnn_cell", "test_archive", "test_browser_draw"),
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.stem not in QUICK:
            for name in {item.path.parent.name, item.path.stem} & set(MARKS):
                item.add_marker(MARKS[name])
    if "PYTEST_XDIST_WORKER" in os.environ:
        rank = {stem: place for place, stem in enumerate(LONGEST)}
        items.sort(key=lambda item: rank.get(item.path.stem, len(rank)))


@pytest.fixture(scope="module", autouse=True)
def _own_main() -> Iterator[None]:
    """A shell of IPython takes the place of `__main__`: for one module's tests only."""
    before = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = before


@pytest.fixture(scope="session")
def session_folder(tmp_path_factory) -> Path:
    """A folder that all test processes of this session have in common."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:  # each has a folder in that of the session
        folder = folder.parent
    return folder


@pytest.fixture(scope="session")
def term(session_folder, testrun_uid):
    """The seed of this session, and the hidden cases drawn from it so far."""
    from autograde.tests.one_term import Term

    return Term(session_folder / "term", testrun_uid)


@pytest.fixture(scope="session")
def built_book(session_folder) -> Callable[[str], Path]:
    """The folder of the book in a language: built once, and only to be read."""
    from autograde.book.site import build_book
    from autograde.commands.main import main

    def built(language: str) -> Path:
        place = session_folder / "book" / language
        place.mkdir(parents=True, exist_ok=True)
        with open(place / "lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            done = place / "done"
            if not done.exists():
                done.write_text(str(build_book(ROOT, place / "book", main, language)))
            return Path(done.read_text()).parent

    return built


@pytest.fixture
def visible_once(session_folder, monkeypatch) -> None:
    """The visible checks of an exercise are made by the first test that needs them."""
    from autograde.tests.made_once import share_visible_checks

    share_visible_checks(session_folder / "visible", monkeypatch)


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

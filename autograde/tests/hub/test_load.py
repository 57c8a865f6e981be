"""Many students hand in at once: nothing is lost, none is there twice."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from autograde.course.layout import ROOT
from autograde.hub.load import load


@pytest.mark.skipif(os.name != "posix", reason="a hub runs on Linux and macOS")
@pytest.mark.parametrize("accounts", [True, False], ids=["accounts", "one account"])
def test_each_is_there_and_once(accounts):
    """Where all are one account, as in containers, the hub says who each is."""
    if accounts and not (os.geteuid() == 0 and os.environ.get("CI")):
        pytest.skip("makes accounts of the system: as root, with CI set")
    # not pytest's folder: other accounts may not enter it
    with tempfile.TemporaryDirectory(prefix="autograde-load-") as name:
        folder = Path(name)
        done = load(ROOT, folder, students=12, seconds=0, accounts=accounts)
        there = sorted(p.name for p in (folder / "grading" / "submitted").iterdir())
    assert done.well, "\n".join(done.lines())
    assert len(done.seconds) == done.attempts == 16
    assert there == [f"agl-{number:03}" for number in range(12)]

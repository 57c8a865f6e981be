"""The exchange: the latest work counts, the earlier is kept, even when killed."""

from __future__ import annotations

import errno
import signal
import subprocess
import sys
from datetime import timedelta

import pytest

from autograde.course.layout import CannotRun
from autograde.grading import exchange_taking
from autograde.grading.exchange import Exchange
from autograde.grading.exchange_taking import STAMP
from autograde.grading.scratch import only_collection
from autograde.tests.grading.exchange.small_exchange import (
    CHAPTER,
    NOTEBOOK,
    WORK,
    collect,
    collected,
    me,
    now,
    submit,
)


def test_the_latest_counts_and_the_earlier_is_kept(exchange, root):
    submit(exchange, stamp=now() - timedelta(seconds=60))
    collect(exchange, root)
    submit(exchange, work=WORK + b" ")
    collect(exchange, root)
    assert (collected(root, me()) / NOTEBOOK).read_bytes() == WORK + b" "
    kept = root / "grading" / "earlier" / me() / CHAPTER / "001"
    assert (kept / NOTEBOOK).read_bytes() == WORK


def test_what_was_sent_later_by_another_way_stays(exchange, root):
    folder = collected(root, me())
    folder.mkdir(parents=True)
    (folder / NOTEBOOK).write_bytes(b"later")
    (folder / STAMP).write_text(f"{now() + timedelta(hours=1)}")
    submit(exchange)
    assert collect(exchange, root).unchanged == 1
    assert (folder / NOTEBOOK).read_bytes() == b"later"


KILLED = """
import os, signal, sys
from pathlib import Path
from autograde.grading import exchange_taking as taking
from autograde.course.layout import CannotRun
from autograde.grading import exchange_taking
from autograde.grading.exchange import Exchange
from autograde.grading.exchange_inbound import collect_inbound
step, count = sys.argv[3], int(sys.argv[4])
done = getattr(taking.os, step) if step == "rename" else getattr(taking, step)
calls = []
def dies(*arguments, **keywords):
    calls.append(step)
    if len(calls) == count:
        os.kill(os.getpid(), signal.SIGKILL)
    return done(*arguments, **keywords)
setattr(taking.os if step == "rename" else taking, step, dies)
place = Exchange(Path(sys.argv[1]), "course", owners=False)
collect_inbound(place, Path(sys.argv[2]), [sys.argv[5]])
"""


@pytest.mark.parametrize(
    "step, count",
    [("_copy", 2), ("_keep_secret", 2), ("_put", 3), ("rename", 4), ("rename", 5)],
)
def test_a_collection_that_was_killed_goes_on(exchange, root, step, count):
    grading, names = root / "grading", ("ada", "bob", "cyd", "dan")
    exchange = Exchange(exchange.root, exchange.course, owners=False)
    for name in names:
        submit(exchange, name=name, stamp=now() - timedelta(seconds=60), work=b"first")
    collect(exchange, root)
    for name in names:
        submit(exchange, name=name, work=b"second")
    command = [sys.executable, "-P", "-c", KILLED, str(exchange.root), str(grading)]
    done = subprocess.run([*command, step, str(count), CHAPTER])
    assert done.returncode == -signal.SIGKILL
    assert list(grading.glob(".collecting-*"))
    taken = collect(exchange, root)
    assert len(taken.placed) + taken.unchanged == 4 and not taken.refused
    for name in names:
        assert (collected(root, name) / NOTEBOOK).read_text() == "second"
        kept = [p.read_text() for p in grading.glob(f"earlier/{name}/*/*/*.ipynb")]
        assert kept == ["first"]
    assert not list(grading.glob(".collecting-*"))


def test_no_earlier_work_counts_because_the_disk_is_full(exchange, root, monkeypatch):
    submit(exchange, stamp=now() - timedelta(seconds=60), random="one")
    submit(exchange, work=WORK + b" ", random="two")
    copy = exchange_taking._copy

    def full(found, target, owners):
        copy(found, target, owners)
        if found.path.name.endswith("two"):
            raise OSError(errno.ENOSPC, "No space left on device")
        return "0"

    with monkeypatch.context() as patch:
        patch.setattr(exchange_taking, "_copy", full)
        with pytest.raises(CannotRun, match="make room"):
            collect(exchange, root)
    assert not collected(root, me()).exists()
    assert len(collect(exchange, root).placed) == 1
    assert (collected(root, me()) / NOTEBOOK).read_bytes() == WORK + b" "


def test_one_collection_at_a_time(exchange, root):
    submit(exchange)
    with only_collection(root / "grading"), pytest.raises(CannotRun, match="wait"):
        collect(exchange, root)
    assert len(collect(exchange, root).placed) == 1

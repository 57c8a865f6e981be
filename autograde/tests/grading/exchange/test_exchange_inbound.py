"""The exchange: what is collected of it, which stamps count, what is a line."""

from __future__ import annotations

import os
import stat
from datetime import timedelta

import pytest

from autograde.grading import exchange_inbound
from autograde.grading.exchange_taking import SECRET, STAMP
from autograde.tests.grading.exchange.small_exchange import (
    CHAPTER,
    NOTEBOOK,
    ROOT_ONLY,
    WORK,
    accounts,
    collect,
    collected,
    me,
    now,
    submit,
)


def test_a_submission_is_collected_once(exchange, root):
    when = now()
    submit(exchange, stamp=when)
    taken = collect(exchange, root)
    folder = collected(root, me())
    assert len(taken.placed) == 1 and not taken.refused
    assert (folder / NOTEBOOK).read_bytes() == WORK
    assert (folder / STAMP).read_text() == f"{when:%Y-%m-%d %H:%M:%S.%f} UTC"
    assert stat.S_IMODE((folder / SECRET).stat().st_mode) == 0o600
    again = collect(exchange, root)
    assert (again.placed, again.unchanged) == ([], 1)


@ROOT_ONLY
@pytest.mark.parametrize("odd", [False, True])
def test_many_refusals_of_one_account_do_not_bury_another_s(exchange, root, odd):
    flooder, other = accounts()[:2]
    count = exchange_inbound.SHOWN + 30
    for number in range(count):
        rest = "" if odd else f"+{CHAPTER}+time"
        folder = exchange.inbound / f"{flooder.pw_name}{rest}+{number:03}"
        folder.mkdir()
        os.chown(folder, flooder.pw_uid, -1)
    lone = exchange.inbound / f"zz{other.pw_name}+{CHAPTER}+time"
    lone.mkdir()
    os.chown(lone, other.pw_uid, -1)
    refused = collect(exchange, root).refused
    assert len(refused) == exchange_inbound.SHOWN + 2
    assert any(lone.name in line for line in refused)
    assert f"30 more of {flooder.pw_name} are not collected" in refused


ODD = (b"\xff+01_small+x", b"a\nb", b"..+01_small+2026", b"+", b"a+b", b"-+01_small+x+")


def test_odd_names_are_lines(exchange, root):
    for name in ODD:
        os.mkdir(os.path.join(os.fsencode(exchange.inbound), name))
    taken = collect(exchange, root)
    assert len(taken.refused) == len(ODD) and not taken.placed
    assert all(line.isprintable() for line in taken.refused)


@pytest.mark.parametrize(
    "off, counts",
    [
        (timedelta(days=3), False),
        (timedelta(minutes=3), False),
        (timedelta(seconds=20), True),
        (-timedelta(hours=1), False),
    ],
    ids=["days ago", "minutes ago", "a busy server", "in the future"],
)
def test_a_stamp_counts_where_the_file_system_bears_it_out(exchange, root, off, counts):
    stamp = now() - off
    submit(exchange, stamp=stamp)
    line = collect(exchange, root).placed[0]
    written = (collected(root, me()) / STAMP).read_text()
    assert (written == f"{stamp:%Y-%m-%d %H:%M:%S.%f} UTC") == counts
    assert ("which counts" in line) != counts


def test_stamps_may_be_trusted_after_a_restore(exchange, root):
    stamp = now() - timedelta(days=3)
    submit(exchange, stamp=stamp)
    collect(exchange, root, stamps=True)
    assert f"{stamp:%Y-%m-%d %X}" in (collected(root, me()) / STAMP).read_text()


def test_a_stamp_that_is_no_time(exchange, root):
    folder = submit(exchange)
    (folder / STAMP).write_text("yesterday, promised")
    assert "yesterday" in collect(exchange, root).placed[0]


def test_a_stamp_that_is_more_than_its_reader_can_bear(exchange, root):
    for text in (f"-24:00\0{'9' * 50}2024", "9999-12-31 23:59:59-1400", "1e999"):
        (submit(exchange) / STAMP).write_text(text)
        taken = collect(exchange, root)
        assert taken.refused == [] and taken.placed + [None] * taken.unchanged


def test_work_that_is_changed_while_it_is_collected_has_no_time(
    exchange, root, monkeypatch
):
    earlier = submit(exchange, stamp=now() - timedelta(minutes=1), random="earlier")
    (earlier / NOTEBOOK).write_bytes(WORK + b" ")
    last = submit(exchange)
    take = exchange_inbound.take

    def meanwhile(found, *more):
        if found.path == last:
            (last / NOTEBOOK).write_bytes(WORK + b" and what came too late")
        return take(found, *more)

    monkeypatch.setattr(exchange_inbound, "take", meanwhile)
    taken = collect(exchange, root)
    assert ["was changed meanwhile" in line for line in taken.refused] == [True]
    assert (collected(root, me()) / NOTEBOOK).read_bytes() == WORK + b" "

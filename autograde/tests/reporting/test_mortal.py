"""A process may die of a question; the next one gets an answer."""

from __future__ import annotations

import contextlib
import time

import pytest

from autograde.reporting.mortal import MortalProcess, answer

MODULE = "autograde.tests.reporting.test_mortal"


def _make(asked: dict, data: bytes) -> bytes:
    """What the process of these tests does with its questions."""
    if data == b"end":
        raise SystemExit(1)
    if data == b"memory":
        return bytes(2 * 2**30)[:1]
    while data == b"time":
        pass
    return asked["say"].encode() + data


@pytest.fixture
def process():
    with contextlib.closing(MortalProcess(MODULE)) as found:
        yield found


@pytest.mark.parametrize("question", [b"end", b"memory", b"time"])
def test_what_a_process_dies_of_costs_nothing_else(process, question):
    ask = {"seconds": 1, "say": "heard "}
    assert process.is_fresh
    assert process.ask(ask, b"") == b"heard "
    assert not process.is_fresh
    assert process.ask(ask, question) is None
    assert process.is_fresh
    assert process.ask(ask, b"again") == b"heard again"


def test_time_is_counted_for_each_question(process):
    ask = {"seconds": 1, "say": ""}
    began = time.monotonic()
    while time.monotonic() - began < 2:
        assert process.ask(ask, b"x" * 1_000_000) is not None


if __name__ == "__main__":
    answer(_make)

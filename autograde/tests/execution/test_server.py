"""What a student's code changes of libraries counts in none of its cases.

Settings are looked at after every case, names around the first one of an exercise.
"""

from __future__ import annotations

import socket
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from autograde.checking import defaults, serialize
from autograde.execution.frames import receive_frame, send_frame
from autograde.execution.requests import pack_request
from autograde.execution.server import Recorder, serve


@pytest.fixture(autouse=True)
def kept(monkeypatch):
    """What the process of a student may change is the tests' own."""
    monkeypatch.setattr(np, "sum", np.sum)
    for name in ("stdout", "stderr"):
        monkeypatch.setattr(sys, name, getattr(sys, name))


def _twice(function) -> list:
    """What `function` gives in two cases, one after the other."""
    shell = SimpleNamespace(recorder=Recorder(), user_ns={"function": function})
    packed = serialize.pack([[np.arange(3.0)], {}])
    case = {"do": "case", "exercise": "function", "probe": None}
    case |= {"seed": 0, "seconds": 30.0, "token": "token"}
    ours, theirs = socket.socketpair()
    with ours, theirs:
        for _ in range(2):
            send_frame(ours, pack_request(case, {"packed": packed}))
        ours.shutdown(socket.SHUT_WR)
        serve(theirs, shell)
        replies = [receive_frame(ours, 2**20) for _ in range(2)]
    return [serialize.unpack(reply)["result"]["value"] for reply in replies]


def test_a_change_in_one_case_does_not_count_in_the_next():
    def function(x):
        value = np.sum(x)
        np.sum = lambda x: 7.0
        return value

    assert _twice(function) == [3.0, 3.0]
    assert np.sum(1) == 7.0, "and afterwards it is as the student left it"


def test_names_are_looked_at_around_the_first_case_only(monkeypatch):
    looked = []
    # whatever other tests of this process have left changed
    monkeypatch.setattr(
        defaults, "_different", lambda names: looked.append(names) or []
    )
    assert _twice(np.sum) == [3.0, 3.0]
    assert looked == [True, True, False], "before and after the first; after the other"

"""A case that is sent along is asked once, and answers for itself."""

from __future__ import annotations

import itertools
import json
import socket
from types import SimpleNamespace

import pytest

from autograde.checking import serialize
from autograde.checking.run_case import Result
from autograde.execution.client import MAX_AHEAD, CaseRequest, ProcessEnded, Student
from autograde.execution.frames import receive_frame, send_frame
from autograde.execution.requests import unpack_request

LIMIT = 2**24


def _case(number: int, size: int = 10) -> CaseRequest:
    return CaseRequest("scale", None, b"x" * size, number, 5.0)


class _Process:
    """The other end of a student: answers what the test lets it answer."""

    def __init__(self) -> None:
        ours, self.theirs = socket.socketpair()
        self.theirs.settimeout(30)
        self.ends: list[str] = []
        connection = SimpleNamespace(
            socket=ours,
            cpu_seconds=0.0,
            reason=lambda: "exited",
            used=lambda: (0.0, 0.0),
            kill=lambda: self.ends.append("killed"),
            close=ours.close,
        )
        student = object.__new__(Student)  # one that has started already
        student.connection, student._ahead = connection, None
        student._used, student._asked, student._idle = (0.0, 0.0), 0.0, 0.0
        self.student = student

    def reads(self) -> dict:
        return unpack_request(receive_frame(self.theirs, LIMIT))[0]

    def answers(self, token: str, value: object) -> None:
        reply = {"outcome": "", "result": Result(value=value).as_dict()}
        send_frame(self.theirs, serialize.pack(reply | {"token": token}))

    def has_nothing_more(self) -> bool:
        self.theirs.setblocking(False)
        try:
            return not self.theirs.recv(1)
        except BlockingIOError:
            return True
        finally:
            self.theirs.settimeout(30)


@pytest.fixture
def process(monkeypatch):
    # what is sent is foreseen, so that no second thread has to answer
    numbers = itertools.count()
    monkeypatch.setattr("secrets.token_hex", lambda _: f"t{next(numbers)}")
    found = _Process()
    yield found
    found.theirs.close()
    found.student.connection.socket.close()


def test_the_next_case_is_there_before_the_first_is_answered(process):
    process.answers("t0", 1)
    first, second = _case(1), _case(2)
    assert process.student.run_case(first, second).value == 1
    assert process.student.is_ahead
    assert [process.reads()["seed"] for _ in range(2)] == [1, 2]
    process.answers("t1", 2)
    assert process.student.run_case(second).value == 2
    assert not process.student.is_ahead
    assert process.has_nothing_more(), "it was not asked a second time"


def test_a_large_case_is_not_sent_along(process):
    process.answers("t0", 1)
    process.student.run_case(_case(1), _case(2, MAX_AHEAD + 1))
    assert not process.student.is_ahead
    process.reads()
    assert process.has_nothing_more()


def test_an_answer_to_the_case_that_was_sent_along_is_none_to_the_first(process):
    process.answers("t1", 2)
    with pytest.raises(ProcessEnded, match="another question"):
        process.student.run_case(_case(1), _case(2))
    assert process.ends == ["killed"]


def test_a_process_that_ends_behind_an_answer_has_given_it(process, monkeypatch):
    def send(sock: socket.socket, data: bytes) -> None:
        if process.student.connection.sent:
            raise BrokenPipeError
        process.student.connection.sent = True
        send_frame(sock, data)

    process.student.connection.sent = False
    monkeypatch.setattr("autograde.execution.client.send_frame", send)
    process.answers("t0", 1)
    first, second = _case(1), _case(2)
    assert process.student.run_case(first, second).value == 1
    process.theirs.close()
    with pytest.raises(ProcessEnded, match="exited"):
        process.student.run_case(second)


def test_a_question_is_one_line_and_its_parts(process):
    process.student._send(
        {"do": "start", "probes": "é\n"}, {"a.txt": b"1\n2", "b": b""}
    )
    frame = receive_frame(process.theirs, LIMIT)
    request, parts = unpack_request(frame)
    assert request == {"do": "start", "probes": "é\n", "token": "t0"}
    assert parts == {"a.txt": b"1\n2", "b": b""}
    assert json.loads(frame.split(b"\n")[0])["parts"] == {"a.txt": 3, "b": 0}

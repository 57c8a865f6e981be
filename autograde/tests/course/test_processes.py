"""Modules of the package as processes of their own."""

from __future__ import annotations

import os
import signal

import pytest

from autograde.course import processes
from autograde.course.processes import end_process, start_module, with_package

ECHO = """
import socket, sys

with socket.socket(fileno=int(sys.argv[1])) as channel:
    while said := channel.recv(100):
        channel.sendall(said.upper())
"""


@pytest.fixture
def started(tmp_path):
    (tmp_path / "echoing.py").write_text(ECHO)
    variables = with_package()
    variables["PYTHONPATH"] += os.pathsep + str(tmp_path)
    process, channel = start_module("echoing", env=variables)
    yield process, channel
    end_process(process, channel)
    assert process.poll() is not None


def test_the_module_holds_the_other_end(started):
    _, channel = started
    channel.sendall(b"word")
    assert channel.recv(100) == b"WORD"


def test_it_ends_with_its_pair(started, monkeypatch):
    monkeypatch.setattr(processes, "END_SECONDS", 300.0)  # on a busy machine
    process, channel = started
    end_process(process, channel)
    assert process.returncode == 0


def test_one_that_stays_is_killed(started, monkeypatch):
    monkeypatch.setattr(processes, "END_SECONDS", 0.1)
    process, channel = started
    process.send_signal(signal.SIGSTOP)
    end_process(process, channel)
    assert process.returncode == -signal.SIGKILL


def test_the_package_is_found_first(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "elsewhere")
    assert with_package()["PYTHONPATH"] == f"{processes.PACKAGES}{os.pathsep}elsewhere"

"""A client finds the answer of a kernel though nobody said that it had come."""

from __future__ import annotations

import asyncio
from queue import Empty

import nbformat
import pytest
import zmq.asyncio
from jupyter_client.session import Session

from autograde.course import kernel_client
from autograde.course.kernel_client import LookingChannel, LookingClient
from autograde.course.kernels import notebook_client

SECONDS = 30


async def _channel(monkeypatch, deaf: int) -> tuple[LookingChannel, zmq.asyncio.Socket]:
    """A channel, whose socket is deaf for some questions, and its other end."""
    context = zmq.asyncio.Context.instance()
    theirs = context.socket(zmq.DEALER)
    port = theirs.bind_to_random_port("tcp://127.0.0.1")
    ours = context.socket(zmq.DEALER)
    ours.connect(f"tcp://127.0.0.1:{port}")
    poll, asked = ours.poll, []

    async def hears_late(timeout: int | None = None) -> int:
        asked.append(timeout)
        if len(asked) <= deaf:
            await asyncio.sleep(0.01 if timeout is None else min(timeout, 10) / 1000)
            return 0
        return await poll(timeout)

    monkeypatch.setattr(kernel_client, "LOOK_AGAIN", 0.02)
    monkeypatch.setattr(type(ours), "poll", lambda _, timeout=None: hears_late(timeout))
    return LookingChannel(ours, Session()), theirs


@pytest.mark.parametrize("timeout", [None, SECONDS])
def test_a_message_that_nobody_told_of_is_found(monkeypatch, timeout):
    async def run() -> dict:
        channel, theirs = await _channel(monkeypatch, deaf=3)
        try:
            Session(key=channel.session.key).send(theirs, "execute_reply", {"n": 1})
            return await channel.get_msg(timeout=timeout)
        finally:
            channel.close()
            theirs.close(linger=0)

    assert asyncio.run(run())["content"] == {"n": 1}


def test_silence_ends_when_its_time_is_over(monkeypatch):
    async def run() -> None:
        channel, theirs = await _channel(monkeypatch, deaf=0)
        try:
            with pytest.raises(Empty):
                await channel.get_msg(timeout=0.1)
        finally:
            channel.close()
            theirs.close(linger=0)

    asyncio.run(run())


def test_notebooks_that_the_course_runs_have_such_a_client(tmp_path):
    notebook = nbformat.v4.new_notebook()
    with notebook_client(notebook, tmp_path) as client:
        manager = client.create_kernel_manager()
        assert manager.client_factory is LookingClient

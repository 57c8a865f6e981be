"""A kernel of its own for a notebook that is run to its end."""

import json
import os
import tempfile

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from autograde.course import ports
from autograde.course.kernels import notebook_client

CONNECTION = (
    "from ipykernel.connect import get_connection_info\nprint(get_connection_info())"
)


def connection(folder):
    """How a kernel that `notebook_client` starts in `folder` is reached."""
    notebook = new_notebook(cells=[new_code_cell(CONNECTION)])
    with notebook_client(notebook, folder, timeout=600, startup_timeout=600) as client:
        client.execute()
    return json.loads(notebook.cells[0].outputs[0].text)


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such sockets here")
def test_a_kernel_takes_no_port(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", tempfile.mkdtemp(dir="/tmp"))
    found = connection(tmp_path)
    assert found["transport"] == "ipc"
    assert found["ip"].startswith(tempfile.tempdir)
    assert os.listdir(tempfile.tempdir) == []
    os.rmdir(tempfile.tempdir)


def test_a_long_path_is_no_obstacle(tmp_path, monkeypatch):
    long = tmp_path / ("a" * 100)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    assert connection(tmp_path)["transport"] == "tcp"


def test_a_port_is_none_that_the_system_gives_away():
    assert ports.free_port() in ports.PORTS
    assert ports.PORTS.stop <= 32_768


def test_a_port_that_is_taken_is_not_drawn(monkeypatch):
    with ports.socket.create_server(("127.0.0.1", 0)) as server:
        taken = server.getsockname()[1]
        monkeypatch.setattr(ports, "PORTS", range(taken, taken + 1))
        monkeypatch.setattr(ports, "TRIES", 3)
        with pytest.raises(OSError, match="No port from"):
            ports.free_port()

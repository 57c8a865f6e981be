"""Which walls stand where, and that honest code does not meet one."""

from __future__ import annotations

import json
import os
import socket

import pytest

from autograde.sandbox import (
    Limits,
    Sandbox,
    SandboxUnavailable,
    fork_server,
    landlock,
    levels,
    linux,
    self_test,
    supervisor,
)
from autograde.sandbox.limits import MIB
from autograde.sandbox.monitor import Watch
from autograde.tests.behind_walls import (
    ENTRY,
    PATIENCE,
    as_user,
    ask,
    found,
    needs_walls,
    outside_pids,
    send,
    until,
)

pytestmark = needs_walls


def test_the_probe_sees_that_there_are_no_walls(tmp_path):
    """The same attempts that decide about a level succeed where none stands."""
    secret = tmp_path / "secret"
    secret.write_text("secret")
    with (
        socket.socket() as network,
        socket.socket(socket.AF_UNIX) as by_path,
        Sandbox(level=levels.NONE, preload=(), entry=ENTRY, trusted=True) as box,
    ):
        network.bind(("127.0.0.1", 0))
        network.listen()
        local = tmp_path / "local"
        by_path.bind(str(local))
        by_path.listen()
        facts = (
            f"SECRET = {str(secret)!r}; PORT = {network.getsockname()[1]}; "
            f"ABSTRACT = ''; PACKAGE = {str(tmp_path)!r}; DECOY = 0; "
            f"LOCAL = {str(local)!r}; DATAGRAMS = ''"
        )
        with box.open() as connection:
            worked = ask(connection, facts + "\n" + self_test.ESCAPES)
    assert {
        "read a file outside",
        "write a file outside",
        "open a network connection",
        "see other processes",
        "reach a socket of the machine by its path",
        "truncate a file outside",
        "change the mode of a file outside",
    } <= set(worked)


def test_without_walls_only_trusted_code_runs(monkeypatch):
    nothing = self_test.Found(levels.NONE, {levels.NAMESPACES: "forbidden here"})
    monkeypatch.setattr(self_test, "strongest", lambda: nothing)
    with pytest.raises(SandboxUnavailable, match="forbidden here"):
        Sandbox()
    with pytest.raises(SandboxUnavailable, match="trusted"):
        Sandbox(level=levels.NONE)
    with (
        Sandbox(trusted=True, preload=(), entry=ENTRY) as box,
        box.open() as connection,
    ):
        assert box.level == levels.NONE
        marker = f"97{os.getpid()}"
        send(
            connection,
            "import subprocess, time; "
            f"subprocess.Popen(['sleep', '{marker}'], start_new_session=True); "
            "time.sleep(999)",
        )
        assert until(lambda: outside_pids(marker))
        connection.kill()
        assert until(lambda: not outside_pids(marker))


@pytest.mark.parametrize("level", [levels.MASKED, levels.LANDLOCK])
def test_weaker_levels_hold(level):
    reason = self_test.why_not(level)
    if reason:
        assert "could" not in reason
        pytest.skip(f"{level}: {reason}")
    limits = Limits(memory=200 * MIB, cpu_seconds=2, tmp_bytes=8 * MIB)
    with Sandbox(limits, level, preload=(), entry=ENTRY) as box:
        with box.open() as connection:
            send(connection, "import os\nos.fork()\nwhile True: pass")
            assert connection.wait(PATIENCE) == "cpu"
        with box.open() as connection:
            send(
                connection,
                "import os, time\nfor _ in range(8):\n if not os.fork():\n"
                "  kept = bytearray(90 << 20); time.sleep(999)\ntime.sleep(999)",
            )
            assert connection.wait(PATIENCE) == "memory"
        marker = f"86{os.getpid()}"
        with box.open() as connection:
            ask(
                connection,
                "import subprocess\n"
                f"subprocess.Popen(['sleep', '{marker}'], start_new_session=True)",
            )
            assert until(lambda: outside_pids(marker))
            connection.close()
        assert until(lambda: not outside_pids(marker))


@pytest.mark.skipif(os.geteuid() != 0, reason="already an ordinary user")
def test_an_ordinary_user_gets_the_same_walls():
    run = as_user(
        "import os; from autograde.sandbox import self_test; "
        "found = self_test.strongest(); print(os.getuid(), found.level, found, "
        "self_test.why_not('Landlock, seccomp and limits'))"
    )
    assert run.stdout.startswith(f"1234 {found.level} "), run.stdout + run.stderr
    assert "could" not in run.stdout


#: a filter that refuses one call, as those of containers do; all else is allowed
REFUSE = """
import ctypes, struct
from autograde.sandbox import linux
lines = [(0x20, 0, 0, 0), (0x15, 0, 1, {number}), (6, 0, 0, 0x50001), (6, 0, 0, ALLOW)]
code = b"".join(struct.pack("=HBBI", *line) for line in lines)
class Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_char_p)]
program = Program(len(lines), code)
linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
linux.prctl(linux.PR_SET_SECCOMP, 2, ctypes.addressof(program))
from autograde.sandbox import self_test
""".replace("ALLOW", "0x7FFF0000")
SETHOSTNAME = {"x86_64": 170, "aarch64": 161}


@pytest.mark.skipif(
    linux.machine() not in SETHOSTNAME, reason="the number of the call is not known"
)
def test_a_container_that_keeps_the_machine_s_name_has_the_same_walls():
    """The filter of podman's containers does, and allows the namespaces."""
    filtered = REFUSE.format(number=SETHOSTNAME[linux.machine()])
    program = f"{filtered}\nprint(self_test.why_not({found.level!r}))"
    run = as_user(program, user=0)
    assert run.stdout == "None\n", run.stdout + run.stderr


def test_what_kept_a_submission_from_its_start_is_said():
    """Also where the keeper's last word is read after its end, which is by chance."""
    words, said = os.pipe()
    os.write(said, supervisor.TROUBLE + b"mount refused")
    os.close(said)
    grader, status = socket.socketpair()
    watch = Watch(Limits(), 0)
    submission = fork_server.Submission(0, words, status, watch, None, None)
    warm = object.__new__(fork_server.Warm)
    with grader, status:
        warm._last_words(submission)
        status.close()
        assert json.loads(grader.recv(4096)) == {"error": "mount refused"}
    os.close(words)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be without root's rights")
def test_root_without_its_rights_is_told_so():
    """As in a container that was started with `--cap-drop=all`."""
    run = as_user(
        "from autograde.sandbox import linux, self_test\n"
        "linux.drop_capabilities()\n"
        "print(self_test.strongest().explanation)",
        user=0,
    )
    assert run.stdout.startswith("No walls work"), run.stdout + run.stderr
    assert run.stdout.count("grade as an ordinary user") == len(levels.STRONGEST_FIRST)


HONEST = """
import os, subprocess, sys, tempfile, warnings
from concurrent.futures import ThreadPoolExecutor
import numpy as np, torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
warnings.simplefilter("error")
torch.manual_seed(0)
X, y = torch.randn(64, 5), torch.randint(0, 3, (64,))
model = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 3))
optimizer = torch.optim.Adam(model.parameters())
for workers in (0, 2):
    for batch, target in DataLoader(TensorDataset(X, y), 16, num_workers=workers):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(batch), target).backward()
        optimizer.step()
torch.save(model.state_dict(), "model.pt")
model.load_state_dict(torch.load("model.pt"))
with ThreadPoolExecutor() as pool:
    assert sum(pool.map(float, range(10))) == 45
with tempfile.TemporaryDirectory() as folder:
    np.save(folder + "/x.npy", np.linalg.svd(np.eye(40))[0])
assert subprocess.run([sys.executable, "-c", "print(1)"], stdout=-1).stdout == b"1\\n"
import matplotlib.pyplot as plt
fig, ax = plt.subplots()
ax.plot([1, 2, 3])
ax.set_title("$\\\\alpha$")
fig.savefig("figure.png")
answer = os.path.getsize("figure.png") > 1000
"""


def test_honest_code_does_not_meet_a_wall():
    from autograde.execution.client import Student

    pytest.importorskip("torch")
    preload = ("numpy", "torch", "torch.utils.data", "matplotlib.pyplot")
    with Sandbox(level=found.level, preload=preload) as box:
        student = Student(box.open(), "", {})
        run = student.run_cell(HONEST + "answer", 300)
        student.close()
    assert run.status == "ok", run.outputs
    shown = [output["data"]["text/plain"] for output in run.outputs]
    assert "True" in shown


def test_the_course_s_own_loop_runs_behind_the_walls():
    from autograde.execution.client import Student

    with Sandbox(level=found.level, preload=("numpy",)) as box:
        student = Student(box.open(), "", {})
        run = student.run_cell("import os\nos.getuid(), os.getcwd()", 10)
        student.close()
    assert run.status == "ok"
    assert "/home/student" in run.outputs[0]["data"]["text/plain"]


PROBE = """
import sys
from autograde.sandbox import landlock, levels, self_test
for known in (1, 2, 3, 4, 5, 6):
    if known <= landlock.version():
        print(known, self_test.why_not(levels.LANDLOCK, known))
"""


def test_landlock_of_older_kernels_holds_what_is_promised():
    """Ubuntu 22.04 has version 1, 24.04 has 4: what they lack is closed otherwise."""
    if not landlock.version():
        pytest.skip("this kernel has no Landlock")
    run = as_user(PROBE)
    lines = run.stdout.splitlines()
    assert lines, run.stderr[-2000:]
    assert lines == [f"{line.split()[0]} None" for line in lines]


IDLE = """
import time
from autograde.sandbox import Limits, Sandbox, levels
from autograde.sandbox.monitor import ProcFolder, descendants
from autograde.tests.behind_walls import ENTRY, send, ask
import os
def used(pid):
    return ProcFolder().processes()[pid].cpu
with Sandbox(Limits(cpu_seconds=1), levels.LANDLOCK, preload=(), entry=ENTRY) as box:
    several = [box.open() for _ in range(6)]
    for one in several[:4]:
        send(one, "import os\\nos.fork()\\nwhile True: pass")
    print([one.wait(240) for one in several[:4]])
    print(ask(several[4], "answer = 1"), ask(several[5], "answer = 2"))
    for one in several:
        one.close()
    for _ in range(30):  # on a busy machine it takes a while until all is tidied up
        before = used(box._process.pid)
        time.sleep(2)
        spun = used(box._process.pid) - before
        if spun < 0.2:
            break
    print(spun < 0.2, os.listdir(box._folder))
    print(len(descendants(ProcFolder().processes(), box._process.pid)))
"""


def test_without_namespaces_every_end_is_seen_and_the_fork_server_rests():
    if not landlock.version():
        pytest.skip("this kernel has no Landlock")
    run = as_user(IDLE)
    assert run.stdout.splitlines() == [
        str(["cpu"] * 4),
        "1 2",
        "True []",
        "1",
    ], run.stderr[-2000:]

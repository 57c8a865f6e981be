"""The walls hold: real attempts to read, reach, flood and outlive.

Each attempt is the source of a program that runs behind the strongest walls that work
here, and puts what it found into `answer`.
"""

from __future__ import annotations

import errno
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
from pathlib import Path

import pytest

from autograde.sandbox import (
    Limits,
    Sandbox,
    SandboxUnavailable,
    levels,
    linux,
    probe,
    seccomp,
    walls,
)
from autograde.sandbox.box import FOLDER_PREFIX, sweep
from autograde.sandbox.limits import MIB
from autograde.sandbox.watch import ProcFolder, descendants

found = probe.strongest()
UNSHARE = f"import ctypes; exit(ctypes.CDLL(None).unshare({walls.ALL_NAMESPACES}) != 0)"
# asked of the kernel, not of the package: broken walls must not skip their tests
allowed = sys.platform == "linux" and not subprocess.call(
    [sys.executable, "-c", UNSHARE]
)
pytestmark = pytest.mark.skipif(not allowed, reason="this machine allows no namespaces")

LIMITS = Limits(
    memory=256 * MIB,
    processes=24,
    cpu_seconds=2,
    wall_seconds=20,
    file_bytes=8 * MIB,
    tmp_bytes=16 * MIB,
    shm_bytes=16 * MIB,
    files=500,
    open_files=64,
    all_open_files=200,
)
ENTRY = "autograde.sandbox.probe:serve"


@pytest.fixture(scope="module")
def shown(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("shown")
    (folder / "data.txt").write_text("data")
    for place in (folder, folder.parent, folder.parent.parent):
        place.chmod(0o755)
    return folder


@pytest.fixture(scope="module")
def box(shown):
    os.environ["AUTOGRADE_TEST_SECRET"] = "environment-secret"
    with Sandbox(LIMITS, preload=(), read_only=[shown], entry=ENTRY) as sandbox:
        yield sandbox


@pytest.fixture
def inside(box):
    with box.open() as connection:
        yield connection


def ask(connection, source: str, seconds: float = 15.0):
    return probe.ask(connection.socket, textwrap.dedent(source), seconds)


def send(connection, source: str) -> None:
    """Starts a program that need not answer."""
    text = textwrap.dedent(source).encode()
    connection.socket.sendall(struct.pack("!I", len(text)) + text)


def outside_pids(marker: str) -> list[int]:
    """Processes of the whole machine whose command line has `marker` in it."""
    pids = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            line = (entry / "cmdline").read_bytes()
            state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if marker.encode() in line and state != "Z":
            pids.append(int(entry.name))
    return pids


def processes_below(root: int) -> int:
    """How many processes of this machine descend from `root`."""
    return len(descendants(ProcFolder().processes(), root)) - 1


def until(condition, seconds: float = 5.0) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


# -- reading --------------------------------------------------------------------------


def test_host_files_are_not_there(inside, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("secret")
    secret.chmod(0o666)
    repository = Path(__file__).parents[2]
    places = ["/etc/shadow", "/etc/machine-id", "/etc/ssh", "/var/lib", "/sys/kernel"]
    places += [str(secret), "/run", str(Path.home() / ".ssh")]
    places += [
        str(repository / name) for name in ("pyproject.toml", "solutions", ".git")
    ]
    allowed = {"autograde"}
    prefix = Path(sys.prefix)
    if prefix.is_relative_to(repository):  # the Makefile's virtual environment
        allowed.add(prefix.relative_to(repository).parts[0])
    answer = ask(
        inside,
        f"""
        import os
        answer = []
        for path in {places!r}:
            try:
                os.listdir(path) if os.path.isdir(path) else open(path).close()
                answer.append(path)
            except OSError:
                pass
        # nothing of the repository but the package and the interpreter
        answer += set(os.listdir({str(repository)!r})) - {allowed!r}
    """,
    )
    assert answer == []


def test_data_is_shown_but_nothing_can_be_written(inside, shown):
    answer = ask(
        inside,
        f"""
        import os, sys, autograde
        answer = [open({str(shown / "data.txt")!r}).read()]
        for folder in ({str(shown)!r}, sys.prefix, os.path.dirname(autograde.__file__),
                       os.path.dirname(os.__file__), "/usr", "/", "/etc", "/home"):
            try:
                open(folder + "/mine", "w")
                answer.append(folder)
            except OSError:
                pass
        for folder in ({str(shown)!r}, sys.prefix, "/usr", "/"):  # whoever asks
            if not os.statvfs(folder).f_flag & os.ST_RDONLY:
                answer.append(folder)
        open("mine", "w").close()
        open("/tmp/mine", "w").close()
        open("/dev/shm/mine", "w").close()
    """,
    )
    assert answer == ["data"]


def test_environment_is_scrubbed(inside):
    answer = ask(
        inside,
        """
        import os, glob
        answer = [os.environ.get("AUTOGRADE_TEST_SECRET")]
        for name in glob.glob("/proc/*/environ"):
            try:
                answer.append("environment-secret" in open(name).read())
            except OSError:
                answer.append(False)
    """,
    )
    assert not any(answer)


def test_no_descriptor_of_the_grader_is_open(inside):
    answer = ask(
        inside,
        """
        import os
        answer = []
        for fd in range(3, 1024):
            try:
                os.fstat(fd)
                answer.append(fd)
            except OSError:
                pass
        answer = [answer, [connection.fileno()]]
    """,
    )
    assert answer[0] == answer[1]


def test_no_other_process_is_seen_or_reached(box):
    with box.open() as first, box.open() as second:
        send(
            first,
            """
            import os, time, socket
            open("/tmp/left", "w").write("mine")
            open("/dev/shm/left", "w").write("mine")
            open("left", "w").write("mine")
            channel = socket.socket(socket.AF_UNIX)
            channel.bind(chr(0) + "meet")
            channel.listen()
            time.sleep(9)
        """,
        )
        time.sleep(0.2)
        answer = ask(
            second,
            """
            import os, signal, socket
            seen = [name for name in os.listdir("/proc") if name.isdigit()]
            left = [folder for folder in ("/tmp", "/dev/shm", ".")
                    if "left" in os.listdir(folder)]
            channel = socket.socket(socket.AF_UNIX)
            reached = channel.connect_ex(chr(0) + "meet") == 0
            for pid in range(3, 2000):
                try:
                    os.kill(pid, signal.SIGKILL)
                    seen.append(pid)
                except OSError:
                    pass
            answer = [len(seen) <= 2, left, reached]
        """,
        )
        assert answer == [True, [], False]
        assert first.reason() is None


def test_the_keeper_cannot_be_read_or_ended(inside):
    answer = ask(
        inside,
        """
        import os, signal
        answer = []
        for name in ("mem", "environ", "maps"):
            try:
                open(f"/proc/{os.getppid()}/{name}", "rb").read(1)
                answer.append(name)
            except OSError:
                pass
        for number in range(1, 65):
            try:
                os.kill(os.getppid(), number)
            except OSError:
                pass
    """,
    )
    assert answer == []
    assert ask(inside, "answer = 1") == 1


# -- reaching -------------------------------------------------------------------------


def test_no_network(inside):
    answer = ask(
        inside,
        """
        import socket
        answer = []
        for family in range(2, 46):
            for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW):
                try:
                    socket.socket(family, kind)
                    answer.append(family)
                except OSError:
                    pass
        try:
            socket.create_connection(("1.1.1.1", 53), timeout=1)
            answer.append("connected")
        except OSError:
            pass
    """,
    )
    assert answer == []


def test_no_rights_and_no_way_to_get_any(inside):
    answer = ask(
        inside,
        """
        import ctypes, os
        libc = ctypes.CDLL(None, use_errno=True)
        status = {}
        if os.path.exists("/proc/self/status"):
            lines = open("/proc/self/status").read().splitlines()
            status = dict(line.split(":", 1) for line in lines)
        answer = {name: status[name].split()[0] for name in
                  ("CapEff", "CapPrm", "CapInh", "CapBnd", "NoNewPrivs", "Seccomp")
                  if name in status}
        worked = []
        for name, call in (
            ("user namespace", lambda: libc.unshare(0x10000000)),
            ("mount", lambda: libc.mount(b"none", b"/tmp", b"tmpfs", 0, None)),
            ("unmount", lambda: libc.umount2(b"/tmp", 2)),
            ("chroot", lambda: libc.chroot(b"/tmp")),
            ("root", lambda: libc.setuid(0)),
            ("namespace by fork", lambda: libc.clone(None, None, 0x10000011, None)),
        ):
            if call() >= 0:
                worked.append(name)
        answer["worked"] = worked
        os.chmod(os.open("suid", os.O_CREAT | os.O_WRONLY), 0o4755)
    """,
    )
    assert answer.pop("worked") == []
    if answer:
        assert {int(answer[name], 16) for name in answer if name.startswith("Cap")} == {
            0
        }
        assert answer["NoNewPrivs"] == "1" and answer["Seccomp"] == "2"


def test_uncounted_memory_and_doors_of_the_kernel_are_refused(inside):
    column = 0 if linux.machine() == "x86_64" else 1
    numbers = {
        name: call[column]
        for name, call in seccomp.REFUSED.items()
        if call[column] is not None
    }
    answer = ask(
        inside,
        f"""
        import ctypes, mmap, os, socket
        libc = ctypes.CDLL(None, use_errno=True)
        answer = []
        for name, number in {numbers!r}.items():
            ctypes.set_errno(0)
            if libc.syscall(number, 0, 0, 0, 0, 0, 0) >= 0 or ctypes.get_errno() != 1:
                answer.append(name)
        try:
            mmap.mmap(-1, 4096)
            answer.append("shared memory without a file")
        except PermissionError:
            pass
        try:
            open("/dev/zero")
            answer.append("/dev/zero")
        except FileNotFoundError:
            pass
        one, other = socket.socketpair()
        try:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 24)
            answer.append("socket buffer")
        except PermissionError:
            pass
    """,
    )
    assert answer == []


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_filter_on_both_machines(machine):
    """The bytes of the filter, run by a small interpreter of BPF."""
    column, architecture = seccomp.ARCHITECTURES[machine]
    number = {
        name: call[column] for name, call in (seccomp.REFUSED | seccomp.JUDGED).items()
    }

    def run(call: int, *arguments: int, arch: int = architecture, only=None) -> int:
        data = struct.pack(
            "=IIQ6Q", call, arch, 0, *arguments, *[0] * (6 - len(arguments))
        )
        code = list(struct.iter_unpack("=HBBI", seccomp.program(machine, only)))
        at = held = 0
        while True:
            kind, yes, no, value = code[at]
            at += 1
            if kind == seccomp.RETURN:
                return value
            if kind == seccomp.LOAD:
                held = struct.unpack_from("=I", data, value)[0]
            elif kind == seccomp.AND:
                held &= value
            else:
                test = held == value if kind == seccomp.EQUAL else held >= value
                at += yes if test else no

    refused = seccomp.ERROR | errno.EPERM
    for name, call in seccomp.REFUSED.items():
        if call[column] is not None:
            assert run(call[column]) == refused, name
    assert run(0xFFFF) == seccomp.ALLOW
    assert run(1, arch=0x40000003) == seccomp.KILL
    assert run(number["socket"], 1) == seccomp.ALLOW
    assert run(number["socket"], 2) == seccomp.ERROR | errno.EAFNOSUPPORT
    assert run(number["clone3"]) == seccomp.ERROR | errno.ENOSYS
    assert run(number["clone"], 0x11) == seccomp.ALLOW
    assert run(number["clone"], 0x3D0F00) == seccomp.ALLOW  # a thread
    assert run(number["clone"], 0x3D0B00) == refused  # one with files of its own
    for flag in (
        0x20000,
        0x2000000,
        0x4000000,
        0x8000000,
        0x10000000,
        0x20000000,
        0x40000000,
    ):
        assert run(number["clone"], flag | 17) == refused
    assert run(number["mmap"], 0, 0, 3, 0x22) == seccomp.ALLOW
    assert run(number["mmap"], 0, 0, 3, 0x01) == seccomp.ALLOW
    assert run(number["mmap"], 0, 0, 3, 0x21) == refused
    assert run(number["setsockopt"], 3, 1, 7) == refused
    assert run(number["setsockopt"], 3, 1, 33) == refused
    assert run(number["setsockopt"], 3, 1, 2) == seccomp.ALLOW
    assert run(number["setsockopt"], 3, 6, 7) == seccomp.ALLOW
    assert run(number["ioctl"], 0, 0x5412) == refused
    assert run(number["ioctl"], 0, 0x5413) == seccomp.ALLOW
    assert run(number["kill"], 77, 9) == seccomp.ALLOW
    assert run(number["kill"], 77, 9, only=5) == refused
    assert run(number["kill"], 5, 9, only=5) == seccomp.ALLOW
    assert run(number["pidfd_send_signal"], 5, 9, only=5) == refused
    if machine == "x86_64":
        assert run(0x40000000 | 41, 2) == seccomp.ERROR | errno.ENOSYS


# -- floods ---------------------------------------------------------------------------


def test_fork_bomb(box):
    marker = f"bomb-{os.getpid()}"
    with box.open() as connection, box.open() as neighbour:
        send(
            connection,
            f"""
            import os, signal, subprocess, sys
            for number in range(1, 65):
                try:
                    signal.signal(number, signal.SIG_IGN)
                except (OSError, ValueError):
                    pass
            for _ in range(5):
                subprocess.Popen(["sh", "-c", "sleep 9; exit", "{marker}"],
                                 start_new_session=True)
            while True:
                try:
                    if os.fork() == 0:
                        os.setsid()
                except OSError:
                    pass
        """,
        )
        assert until(lambda: outside_pids(marker))
        bombs = [processes_below(box._process.pid) for _ in range(5)]
        assert 20 < max(bombs) <= LIMITS.processes + 10
        assert ask(neighbour, "answer = 7 * 6") == 42
        before = time.monotonic()
        connection.kill()
        assert time.monotonic() - before < 2
        assert connection.reason() in ("killed", "cpu", "files")
        assert outside_pids(marker) == []
        assert ask(neighbour, "answer = 7 * 6") == 42


def test_thread_flood(inside):
    answer = ask(
        inside,
        """
        import threading
        wait = threading.Event()
        answer = 0
        try:
            while answer < 1000:
                threading.Thread(target=wait.wait, daemon=True).start()
                answer += 1
        except RuntimeError:
            pass
    """,
    )
    assert 10 <= answer < LIMITS.processes


def test_memory_of_one_process_is_an_error_that_it_survives(inside):
    answer = ask(
        inside,
        f"""
        kept = []
        try:
            while len(kept) < 100:
                kept.append(bytearray({16 * MIB}))
        except MemoryError:
            pass
        answer = len(kept)
        del kept
    """,
    )
    assert 8 <= answer <= 16
    assert inside.reason() is None


@pytest.mark.parametrize("hide", [False, True])
def test_memory_of_many_processes_is_a_kill(inside, hide):
    send(
        inside,
        f"""
        import ctypes, os, time
        for _ in range(8):
            if os.fork() == 0:
                if {hide}:
                    ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)  # may not be looked into
                kept = bytearray({100 * MIB})
                time.sleep(15)
                os._exit(0)
        time.sleep(15)
    """,
    )
    assert inside.wait(8) in (("memory", "files") if hide else ("memory",))


def test_files_in_memory_are_bounded(inside):
    answer = ask(
        inside,
        f"""
        import os
        answer = {{}}
        for folder in ("/tmp", "/dev/shm", "."):
            written = 0
            try:
                for name in range(100):
                    with open(f"{{folder}}/{{name}}", "wb", buffering=0) as file:
                        for _ in range(4):
                            written += file.write(bytes({MIB}))
            except OSError as error:
                answer[folder] = written
        try:
            for name in range(100_000):
                open(f"/tmp/{{name}}-empty", "w").close()
        except OSError:
            answer["files"] = name
    """,
    )
    assert answer["."] <= 16 * MIB and answer["/tmp"] <= 16 * MIB
    assert answer["/dev/shm"] <= 16 * MIB
    assert answer["files"] <= 500


def test_one_file_is_bounded(inside):
    answer = ask(
        inside,
        f"""
        written = 0
        try:
            with open("big", "wb", buffering=0) as file:
                while written < {64 * MIB}:
                    written += file.write(bytes({MIB}))
        except OSError:
            pass
        answer = written
    """,
    )
    assert answer <= 8 * MIB


def test_open_files_are_bounded(inside):
    answer = ask(
        inside,
        """
        import os
        kept = []
        try:
            while len(kept) < 5000:
                kept += os.pipe()
        except OSError:
            pass
        answer = len(kept)
        for fd in kept:
            os.close(fd)
    """,
    )
    assert 40 <= answer <= 64
    assert ask(inside, "open('again', 'w').close()\nanswer = 1") == 1


def test_open_files_of_many_processes_are_a_kill(inside):
    send(
        inside,
        """
        import os, socket, time
        for _ in range(8):
            if os.fork() == 0:
                kept = []
                try:
                    while True:
                        kept.append(socket.socketpair())
                except OSError:
                    pass
                time.sleep(15)
        time.sleep(15)
    """,
    )
    assert inside.wait(8) == "files"


def test_output_goes_nowhere(inside, capfd):
    answer = ask(
        inside,
        """
        import os, sys
        for stream in (1, 2):
            for _ in range(64):
                os.write(stream, b"flood" * 100_000)
        print("flood")
        answer = "done"
    """,
    )
    assert answer == "done"
    streams = capfd.readouterr()
    assert "flood" not in streams.out + streams.err


def test_a_socket_that_nobody_reads_holds_little(inside):
    send(
        inside,
        """
        connection.setblocking(False)
        sent = 0
        try:
            while sent < 1 << 30:
                sent += connection.send(b"x" * 65536)
        except BlockingIOError:
            pass
        open("sent", "w").write(str(sent))
        import time
        time.sleep(10)
    """,
    )
    time.sleep(0.5)
    inside.socket.settimeout(0.5)
    received = 0
    try:
        while received < 1 << 30:
            received += len(inside.socket.recv(1 << 20)) or (1 << 30)
    except TimeoutError:
        pass
    assert 0 < received < 4 * MIB


def test_cpu_time_of_all_processes_together(inside):
    send(
        inside,
        """
        import os
        os.fork()
        os.fork()
        while True:
            pass
    """,
    )
    started = time.monotonic()
    assert inside.wait(10) == "cpu"
    assert inside.cpu_seconds >= 1.9
    assert time.monotonic() - started < 8


def test_cpu_time_of_children_that_are_gone_counts(inside):
    send(
        inside,
        """
        import os, time
        while True:
            if os.fork() == 0:
                end = time.process_time() + 0.2
                while time.process_time() < end:
                    pass
                os._exit(0)
            os.wait()
    """,
    )
    assert inside.wait(10) == "cpu"


def test_wall_time():
    limits = Limits(wall_seconds=0.4)
    with (
        Sandbox(limits, found.level, preload=(), entry=ENTRY) as box,
        box.open() as inside,
    ):
        send(inside, "import time; time.sleep(10)")
        assert inside.wait(3) == "wall"


# -- ends -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source, reason",
    [
        ("import os; os._exit(3)", "exited"),
        ("import ctypes; ctypes.string_at(0)", "signal 11"),
        ("import os; os.abort()", "signal 6"),
        ("import os; os.kill(os.getpid(), 9)", "signal 9"),
        ("raise SystemExit", "exited"),
    ],
)
def test_how_it_ended(box, source, reason):
    with box.open() as connection:
        assert connection.reason() is None
        send(connection, source)
        assert connection.wait(5) == reason


@pytest.mark.parametrize("end", ["close", "exit"])
def test_nothing_outlives_its_submission(box, end):
    marker = f"outlive-{os.getpid()}-{end}"
    with box.open() as connection:
        assert (
            ask(
                connection,
                f"""
            import os, time
            if os.fork() == 0:
                os.setsid()
                if os.fork() == 0:
                    ignore = "import signal, time; signal.signal(15, 1); time.sleep(9)"
                    os.execv({sys.executable!r}, ["python", "-c", ignore, "{marker}"])
                os._exit(0)
            os.wait()
            time.sleep(0.2)
            answer = "started"
        """,
            )
            == "started"
        )
        assert outside_pids(marker)
        if end == "exit":
            send(connection, "raise SystemExit")
            assert connection.wait(3) == "exited"
            assert outside_pids(marker) == []
        connection.close()
        assert outside_pids(marker) == []


def test_ignored_signals_do_not_help(box):
    with box.open() as connection:
        send(
            connection,
            """
            import signal
            for number in signal.valid_signals():
                try:
                    signal.signal(number, signal.SIG_IGN)
                except (OSError, ValueError):
                    pass
            while True:
                pass
        """,
        )
        time.sleep(0.1)
        before = time.monotonic()
        connection.kill()
        assert connection.reason() == "killed"
        assert time.monotonic() - before < 1


def test_everything_dies_with_the_grader(tmp_path):
    marker = f"orphan-{os.getpid()}"
    program = f"""
import time
from autograde.sandbox import Sandbox, probe
with Sandbox(level={found.level!r}, preload=(), entry={ENTRY!r}) as box:
    inside = box.open()
    probe.ask(inside.socket, "import subprocess, time;"
              "subprocess.Popen(['sh', '-c', 'sleep 60; exit', '{marker}']);"
              "time.sleep(0.2)")
    print("up", flush=True)
    time.sleep(60)
"""
    grader = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True
    )
    try:
        assert grader.stdout.readline() == "up\n"
        assert len(outside_pids(marker)) > 1  # the grader's own command line has it too
        os.kill(grader.pid, signal.SIGKILL)
        grader.wait()
        assert until(lambda: outside_pids(marker) == [], 1.0)
        warm = "autograde.sandbox.warm"
        assert until(lambda: not set(outside_pids(warm)) & children_of_init(), 1.0)
    finally:
        grader.kill()
        grader.wait()
        grader.stdout.close()


def children_of_init() -> set[int]:
    pids = set()
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if (entry / "stat").read_text().rpartition(")")[2].split()[1] == "1":
                pids.add(int(entry.name))
        except OSError:
            pass
    return pids


def test_a_lost_warm_process_is_no_ones_fault_and_is_replaced():
    with Sandbox(LIMITS, found.level, preload=(), entry=ENTRY) as box:
        first = box.open()
        os.kill(
            box._process.pid, signal.SIGKILL
        )  # the watchdog: all behind it goes too
        assert first.wait(2) == "lost"
        first.close()
        with box.open() as second:
            assert ask(second, "answer = 1") == 1
    with pytest.raises(SandboxUnavailable, match="closed"):
        box.open()


def test_several_at_a_time_from_threads(box):
    answers = []

    def one(number: int) -> None:
        with box.open() as connection:
            answers.append(ask(connection, f"answer = {number}"))

    threads = [threading.Thread(target=one, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == list(range(12))


def test_folders_of_dead_graders_are_swept(tmp_path):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    dead, alive = (
        tmp_path / f"{FOLDER_PREFIX}{pid}-x" for pid in (gone.pid, os.getpid())
    )
    for folder in (dead, alive):
        (folder / "deep").mkdir(parents=True)
    assert sweep(str(tmp_path)) == [str(dead)]
    assert alive.exists() and not dead.exists()


def test_the_strongest_walls_of_this_machine_are_used(box):
    assert box.level == found.level
    assert found.level in (levels.NAMESPACES, levels.MASKED), found.explanation
    assert found.explanation.startswith(f"Walls in force: {found.level}")


# -- levels ---------------------------------------------------------------------------


def test_the_probe_sees_that_there_are_no_walls(tmp_path):
    """The same attempts that decide about a level succeed where none stands."""
    secret = tmp_path / "secret"
    secret.write_text("secret")
    with (
        socket.socket() as network,
        Sandbox(level=levels.NONE, preload=(), entry=ENTRY, trusted=True) as box,
    ):
        network.bind(("127.0.0.1", 0))
        network.listen()
        facts = (
            f"SECRET = {str(secret)!r}; PORT = {network.getsockname()[1]}; "
            f"ABSTRACT = ''; PACKAGE = {str(tmp_path)!r}; DECOY = 0"
        )
        with box.open() as connection:
            worked = ask(connection, facts + "\n" + probe.ESCAPES)
    assert {
        "read a file outside",
        "write a file outside",
        "open a network connection",
        "see other processes",
    } <= set(worked)


def test_without_walls_only_trusted_code_runs(monkeypatch):
    nothing = probe.Found(levels.NONE, {levels.NAMESPACES: "forbidden here"})
    monkeypatch.setattr(probe, "strongest", lambda: nothing)
    with pytest.raises(SandboxUnavailable, match="forbidden here"):
        Sandbox()
    with pytest.raises(SandboxUnavailable, match="trusted"):
        Sandbox(level=levels.NONE)
    with (
        Sandbox(trusted=True, preload=(), entry=ENTRY) as box,
        box.open() as connection,
    ):
        assert box.level == levels.NONE
        send(
            connection,
            "import subprocess, time; "
            "subprocess.Popen(['sleep', '97531'], start_new_session=True); "
            "time.sleep(99)",
        )
        assert until(lambda: outside_pids("97531"))
        connection.kill()
        assert until(lambda: not outside_pids("97531"), 1)


@pytest.mark.parametrize("level", [levels.MASKED, levels.LANDLOCK])
def test_weaker_levels_hold(level):
    reason = probe.why_not(level)
    if reason:
        assert "could" not in reason
        pytest.skip(f"{level}: {reason}")
    limits = Limits(memory=200 * MIB, cpu_seconds=2, tmp_bytes=8 * MIB)
    with Sandbox(limits, level, preload=(), entry=ENTRY) as box:
        with box.open() as connection:
            send(connection, "import os\nos.fork()\nwhile True: pass")
            assert connection.wait(8) == "cpu"
        with box.open() as connection:
            send(
                connection,
                "import os, time\nfor _ in range(8):\n if not os.fork():\n"
                "  kept = bytearray(90 << 20); time.sleep(9)\ntime.sleep(9)",
            )
            assert connection.wait(8) == "memory"
        with box.open() as connection:
            assert (
                ask(
                    connection,
                    "import os, subprocess\n"
                    "subprocess.Popen(['sleep', '86421'], start_new_session=True)\n"
                    "answer = 1",
                )
                == 1
            )
            connection.close()
        assert until(lambda: not outside_pids("86421"), 1)


AS_USER = """
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
prefix = os.path.realpath(sys.base_prefix)
top = "/" + prefix.split("/")[1]
hidden = os.stat(top).st_mode & 0o005 != 0o005
if hidden:  # root's own interpreter: show it, in a mount namespace of its own
    assert libc.unshare(0x20000) == 0
    assert libc.mount(b"none", b"/", None, 0x44000, None) == 0
    fd = os.open(prefix, os.O_PATH)
    assert libc.mount(b"tmpfs", top.encode(), b"tmpfs", 0, b"mode=755") == 0
    os.makedirs(prefix)
    source = f"/proc/self/fd/{fd}".encode()
    assert libc.mount(source, prefix.encode(), None, 4096, None) == 0
os.setgroups([]); os.setresgid(1234, 1234, 1234); os.setresuid(1234, 1234, 1234)
os.environ["HOME"] = "/"
os.execv(sys.executable, [sys.executable, "-c", sys.argv[1]])
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="already an ordinary user")
def test_an_ordinary_user_gets_the_same_walls():
    if not os.access(Path(__file__), os.R_OK) or not os.stat(__file__).st_mode & 0o004:
        pytest.skip("this folder is root's alone")
    run = subprocess.run(
        [
            sys.executable,
            "-c",
            AS_USER,
            "import os; from autograde.sandbox import probe; "
            "found = probe.strongest(); print(os.getuid(), found.level, found, "
            "probe.why_not('Landlock, seccomp and limits'))",
        ],
        capture_output=True,
        text=True,
        timeout=30,
        cwd="/",
        env={
            **os.environ,
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "TMPDIR": tempfile.gettempdir(),
        },
    )
    assert run.stdout.startswith(f"1234 {found.level} "), run.stdout + run.stderr
    assert "could" not in run.stdout


# -- honest code ----------------------------------------------------------------------

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
    pytest.importorskip("torch")
    with (
        Sandbox(
            level=found.level,
            preload=("numpy", "torch", "matplotlib.pyplot"),
            entry=ENTRY,
        ) as box,
        box.open() as connection,
    ):
        assert ask(connection, HONEST, 60) is True


def test_the_course_s_own_loop_runs_behind_the_walls():
    from autograde.execute import Student

    with Sandbox(level=found.level, preload=("numpy",)) as box:
        student = Student(box.open(), "", [])
        run = student.run_cell("import os\nos.getuid(), os.getcwd()", 10)
        student.close()
    assert run.status == "ok"
    assert "/home/student" in run.outputs[0]["data"]["text/plain"]

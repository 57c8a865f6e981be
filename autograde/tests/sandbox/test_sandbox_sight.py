"""The walls hold: real attempts to read and to reach what is outside."""

from __future__ import annotations

import errno
import struct
import sys
from pathlib import Path

import pytest

from autograde.sandbox import Sandbox, levels, linux, mounts, seccomp, self_test
from autograde.tests.behind_walls import ENTRY, ask, found, needs_walls

pytestmark = needs_walls


def test_host_files_are_not_there(inside, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("secret")
    secret.chmod(0o666)
    repository = Path(__file__).parents[3]
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
        ask(
            first,
            """
            for name in ("/tmp/left", "/dev/shm/left", "left"):
                open(name, "w").write("mine")
        """,
        )
        answer = ask(
            second,
            """
            import os, signal
            seen = [name for name in os.listdir("/proc") if name.isdigit()]
            left = [folder for folder in ("/tmp", "/dev/shm", ".")
                    if "left" in os.listdir(folder)]
            for pid in range(3, 2000):
                try:
                    os.kill(pid, signal.SIGKILL)
                    seen.append(pid)
                except OSError:
                    pass
            answer = [len(seen) <= 2, left]
        """,
        )
        assert answer == [True, []]
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


def test_no_network(inside):
    answer = ask(
        inside,
        """
        import socket
        answer = []
        for family in range(1, 46):
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
        name: call[column]
        for table in (seccomp.REFUSED, seccomp.JUDGED, seccomp.UNKNOWN)
        for name, call in table.items()
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
    unknown = seccomp.ERROR | errno.ENOSYS
    for name, call in seccomp.REFUSED.items():
        if call[column] is not None:
            assert run(call[column]) == refused, name
    for name, call in seccomp.ALLOWED.items():
        if call[column] is not None:
            assert run(call[column]) == seccomp.ALLOW, name
    assert run(0xFFFF) == unknown  # whatever a later kernel brings
    assert run(1, arch=0x40000003) == seccomp.KILL
    assert run(number["socket"], 1) == refused
    assert run(number["socketpair"], 1, 1 | 0x80000) == seccomp.ALLOW
    assert run(number["socketpair"], 1, 2) == refused  # datagrams, to any path
    assert run(number["socketpair"], 2, 1) == refused
    assert run(number["clone3"]) == unknown
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
    assert run(number["mmap"], 0, 0, 3, 0x23) == refused
    assert run(number["setsockopt"], 3, 1, 7) == refused
    assert run(number["setsockopt"], 3, 1, 33) == refused
    assert run(number["setsockopt"], 3, 1, 2) == seccomp.ALLOW
    no_terminal = seccomp.ERROR | errno.ENOTTY
    assert run(number["ioctl"], 0, 0x5412) == no_terminal
    assert run(number["ioctl"], 0, 0x5413) == seccomp.ALLOW
    nowait = seccomp.ERROR | errno.EOPNOTSUPP
    assert run(number["preadv2"], 3, 0, 1, 0, 0, 8) == nowait
    assert run(number["preadv2"], 3, 0, 1, 0, 0, 0) == seccomp.ALLOW
    assert run(number["prlimit64"], 77) == refused
    assert run(number["prlimit64"], 0) == seccomp.ALLOW
    assert run(number["setpriority"], 0, 77) == refused
    assert run(number["sched_setaffinity"], 77) == refused
    assert run(number["kill"], 77, 9) == seccomp.ALLOW
    assert run(number["kill"], 77, 9, only=5) == refused
    assert run(number["kill"], 5, 9, only=5) == seccomp.ALLOW
    assert run(number["pidfd_send_signal"], 5, 9, only=5) == refused
    if machine == "x86_64":
        assert run(0x40000000 | 41, 2) == unknown


def test_what_is_hidden_inside_a_shown_folder_is_not_there(tmp_path):
    """An interpreter may be installed in the folder of the course."""
    for name in ("lib", "grading"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file.txt").write_text(name)
    for place in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
        place.chmod(0o755)
    hidden = [tmp_path / "grading", tmp_path / "no such folder"]
    with (
        Sandbox(
            level=found.level,
            preload=(),
            read_only=[tmp_path],
            hidden=hidden,
            entry=ENTRY,
        ) as box,
        box.open() as connection,
    ):
        seen = ask(
            connection,
            f"""
            import os
            answer = [os.listdir({str(tmp_path / "grading")!r}),
                      open({str(tmp_path / "lib" / "file.txt")!r}).read()]
            """,
        )
    assert seen == [[], "lib"]


@pytest.mark.parametrize("level", levels.STRONGEST_FIRST)
def test_only_the_rooms_that_run_there_are_seen(level):
    """No test, answer, solution or part of the grader can be read or imported."""
    reason = self_test.why_not(level)
    if reason:
        pytest.skip(f"{level}: {reason}")
    with (
        Sandbox(level=level, preload=(), entry=ENTRY) as box,
        box.open() as connection,
    ):
        seen = ask(
            connection,
            f"""
            import importlib, os
            answer = []
            for folder, _, names in os.walk({str(mounts.PACKAGE)!r}):
                for name in names:
                    try:
                        open(os.path.join(folder, name), "rb").read(1)
                        answer.append(os.path.relpath(folder, {str(mounts.PACKAGE)!r}))
                    except OSError:
                        pass
            for name in ("grading.judge", "tests.ways_to_solve", "authoring.gate"):
                try:
                    importlib.import_module("autograde." + name)
                    answer.append(name)
                except ImportError:
                    pass
            importlib.import_module("autograde.student.check")
            """,
        )
    assert "grading.judge" not in seen
    assert {place.split("/")[0] for place in seen} <= {".", *mounts.ROOMS}

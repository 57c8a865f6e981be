"""The limits hold: real floods of processes, memory, files and output."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from autograde.sandbox import (
    Limits,
    Sandbox,
)
from autograde.sandbox.limits import MIB
from autograde.tests.behind_walls import (
    ENTRY,
    LIMITS,
    PATIENCE,
    ask,
    found,
    needs_walls,
    outside_pids,
    processes_below,
    send,
    until,
)

pytestmark = needs_walls


def test_fork_bomb():
    marker = f"bomb-{os.getpid()}"
    limits = replace(LIMITS, cpu_seconds=60)  # it is to go off before that ends it
    with (
        Sandbox(limits, found.level, preload=(), entry=ENTRY) as box,
        box.open() as connection,
        box.open() as neighbour,
    ):
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
                subprocess.Popen(["sh", "-c", "sleep 999; exit", "{marker}"],
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
        assert until(lambda: processes_below(box._process.pid) > 20)
        bombs = [processes_below(box._process.pid) for _ in range(5)]
        assert max(bombs) <= LIMITS.processes + 10
        assert ask(neighbour, "answer = 7 * 6") == 42
        connection.kill()
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
                time.sleep(999)
                os._exit(0)
        time.sleep(999)
    """,
    )
    assert inside.wait(PATIENCE) in (("memory", "files") if hide else ("memory",))


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
                time.sleep(999)
        time.sleep(999)
    """,
    )
    assert inside.wait(PATIENCE) == "files"


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
        raise SystemExit
    """,
    )
    assert inside.wait(PATIENCE) == "exited"
    inside.socket.settimeout(PATIENCE)
    received = 0
    while part := inside.socket.recv(1 << 20):
        received += len(part)
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
    assert inside.wait(PATIENCE) == "cpu"
    assert inside.cpu_seconds >= 1.9


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
    assert inside.wait(PATIENCE) == "cpu"


def test_wall_time():
    limits = Limits(wall_seconds=1.0)
    with (
        Sandbox(limits, found.level, preload=(), entry=ENTRY) as box,
        box.open() as inside,
    ):
        assert inside.wait(PATIENCE) == "wall"  # nothing is asked of it


@pytest.mark.parametrize("how", ["processes", "threads"])
def test_a_crowd_gives_way_to_others(inside, how):
    """A submission with many threads must not starve one with a single thread."""
    found = ask(
        inside,
        f"""
        how = {how!r}
        import os, threading, time
        def nice(number):
            return os.getpriority(os.PRIO_PROCESS, number)
        before = nice(0)
        crowd = [os.getpid()]
        for _ in range(16):
            if how == "threads":
                threading.Thread(target=time.sleep, args=(999,), daemon=True).start()
            else:
                crowd.append(os.fork())
                while crowd[-1] == 0:
                    time.sleep(999)
        if how == "threads":
            crowd = [int(name) for name in os.listdir("/proc/self/task")]
        end = time.monotonic() + {PATIENCE} / 2
        after = []
        while set(after) != {{19}} and time.monotonic() < end:
            time.sleep(0.05)
            after = [nice(number) for number in crowd]
        try:
            os.setpriority(os.PRIO_PROCESS, 0, before)
            after.append("rose again")
        except OSError:
            pass
        answer = [before, after]
        """,
    )
    before, after = found
    if before == 19:
        pytest.skip("these tests run with the lowest priority themselves")
    assert len(after) >= 17 and set(after) == {19}


def test_idle_time_is_not_the_time_that_others_took(inside):
    """A busy submission on a busy machine waits for a processor, and is not idle."""
    crowd = [
        subprocess.Popen([sys.executable, "-c", "while True: pass"])
        for _ in range(2 * (os.cpu_count() or 1))
    ]
    try:
        send(
            inside, "import time\nwhile time.process_time() < 1.2: pass\nopen('x', 'w')"
        )
        before, began = inside.used(), time.monotonic()
        while (used := inside.used()) and used[0] < 1.0:
            time.sleep(0.1)
        took = time.monotonic() - began
    finally:
        for process in crowd:
            process.kill()
            process.wait()
    assert used and used[1] - before[1] < 0.3 * took


def test_idle_time_is_counted(box):
    began = time.monotonic()
    with box.open() as inside:
        send(inside, "import time; time.sleep(999)")
        assert until(lambda: inside.used()[1] > 0.5)
        cpu, idle = inside.used()
        assert cpu < 1 and idle < time.monotonic() - began
        inside.kill()
        assert inside.used() is None

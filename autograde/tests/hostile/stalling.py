"""Clocks and ends: a submission that wants more time than others, or no end."""

from __future__ import annotations

from autograde.tests.hostile.attack import Attack, honest
from autograde.tests.hostile.chapter import HONEST

ALL = tuple(HONEST)

ATTACKS: dict[str, Attack] = {
    "stops-itself": Attack(
        honest(
            "scale",
            "labels",
            row_sums="""
        import os, signal
        def row_sums(X):
            os.kill(os.getpid(), signal.SIGSTOP)
    """,
        ),
        earns=("scale", "labels"),
    ),
    "ends-itself-as-if-by-the-machine": Attack(
        honest(
            "scale",
            "labels",
            row_sums="""
        import os, signal
        def row_sums(X):
            os.kill(os.getpid(), signal.SIGKILL)
    """,
        ),
        earns=("scale", "labels"),
    ),
    "takes-the-timers-away": Attack(
        honest(
            "scale",
            "labels",
            row_sums="""
        import signal
        def row_sums(X):
            for number in (signal.SIGALRM, signal.SIGPROF, signal.SIGVTALRM):
                signal.signal(number, signal.SIG_IGN)
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.setitimer(signal.ITIMER_REAL, 0)
            while True:
                pass
    """,
        ),
        earns=("scale", "labels"),
    ),
    "makes-time-stand-still": Attack(
        honest(
            "scale",
            "labels",
            row_sums="""
        import time
        time.monotonic = time.perf_counter = time.time = lambda: 0.0
        time.process_time = time.thread_time = lambda: 0.0
        def row_sums(X):
            while True:
                pass
    """,
        ),
        earns=("scale", "labels"),
    ),
    "lets-children-work-on": Attack(
        honest("scale", "row_sums", "labels"),
        first="""
        import os
        for _ in range(3):
            if os.fork() == 0:
                while True:
                    pass
        """,
        earns=ALL,
    ),
    "lets-a-thread-work-on": Attack(
        honest("scale", "row_sums", "labels"),
        first="""
        import threading
        def work():
            while True:
                sum(range(100_000))
        threading.Thread(target=work, daemon=True).start()
        """,
        earns=ALL,
    ),
    "sleeps-in-a-child": Attack(
        honest(
            "scale",
            "labels",
            row_sums="""
        import subprocess
        def row_sums(X):
            subprocess.run(["sleep", "1000"])
    """,
        ),
        earns=("scale", "labels"),
    ),
    "answers-a-little-at-a-time": Attack(
        honest(
            "scale",
            row_sums="""
        import gc, socket, time
        channel = next(o for o in gc.get_objects() if isinstance(o, socket.socket))
        def row_sums(X):
            channel.sendall((1000).to_bytes(8, "big"))
            while True:
                channel.send(b"x")
                time.sleep(0.3)
    """,
        ),
        earns=("scale",),
    ),
}

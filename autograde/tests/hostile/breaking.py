"""Floods and crashes: the grader and the other students must not notice."""

from __future__ import annotations

from autograde.tests.hostile.attack import Attack, code, honest


def _many_sleepers(notebook: dict) -> None:
    notebook["cells"] += [
        code(f"import time; time.sleep(1.5)  # {n}") for n in range(400)
    ]


ATTACKS: dict[str, Attack] = {
    "fork-bomb": Attack(
        honest(
            "scale",
            row_sums="""
        import os
        while True:
            try:
                os.fork()
            except OSError:
                pass
    """,
        ),
        earns=("scale",),
    ),
    "thread-flood": Attack(
        honest(
            "scale",
            row_sums="""
        import threading, time
        while True:
            threading.Thread(target=time.sleep, args=(99,)).start()
    """,
        ),
        earns=("scale",),
    ),
    "memory-hog": Attack(
        honest(
            "scale",
            row_sums="""
        def row_sums(X):
            kept = []
            while True:
                kept.append(bytearray(1 << 26))
    """,
        ),
        earns=("scale",),
    ),
    "memory-of-children": Attack(
        honest(
            "scale",
            row_sums="""
        import os, time
        def row_sums(X):
            for _ in range(12):
                if os.fork() == 0:
                    kept = bytearray(1 << 28)
                    time.sleep(20)
            time.sleep(20)
    """,
        ),
        earns=("scale",),
    ),
    "shared-memory-flood": Attack(
        honest(
            "scale",
            row_sums="""
        import mmap, os
        for n in range(100):
            open(f"/dev/shm/{n}", "wb").write(bytes(1 << 24))
    """,
        ),
        earns=("scale",),
    ),
    "memfd-flood": Attack(
        honest(
            "scale",
            row_sums="""
        import mmap, os
        kept = []
        while True:
            try:
                fd = os.memfd_create("x")
                os.ftruncate(fd, 1 << 30)
                os.posix_fallocate(fd, 0, 1 << 30)
                kept.append(fd)
            except OSError:
                kept.append(mmap.mmap(-1, 1 << 30))
                kept[-1].write(bytes(1 << 30))
    """,
        ),
        earns=("scale",),
    ),
    "disk-flood": Attack(
        honest(
            "scale",
            row_sums="""
        n = 0
        while True:
            n += 1
            with open(f"/tmp/{n}", "wb") as file:
                file.write(bytes(1 << 25))
    """,
        ),
        earns=("scale",),
    ),
    "prints-without-end": Attack(
        honest(
            "scale",
            row_sums="""
        import os
        line = "x" * 10_000
        while True:
            print(line)
            os.write(1, line.encode())
            os.write(2, line.encode())
    """,
        ),
        earns=("scale",),
    ),
    "exits": Attack(
        honest(
            "scale", "labels", row_sums="import os\ndef row_sums(X):\n    os._exit(0)"
        ),
        earns=("scale", "labels"),
    ),
    "exits-in-a-cell": Attack(
        honest("scale", "labels", row_sums="import os\nos._exit(0)"),
        earns=("scale", "labels"),
    ),
    "crashes": Attack(
        honest(
            "scale",
            "labels",
            row_sums="""
        import ctypes
        def row_sums(X):
            ctypes.string_at(0)
    """,
        ),
        earns=("scale", "labels"),
    ),
    "ends-its-world": Attack(
        honest(
            "scale",
            "labels",
            row_sums="""
        import os, signal
        def row_sums(X):
            for pid in (os.getppid(), 1, -1):
                try:
                    os.kill(pid, signal.SIGKILL)
                except OSError:
                    pass
            os.kill(os.getpid(), signal.SIGKILL)
    """,
        ),
        earns=("scale", "labels"),
    ),
    "never-ends": Attack(
        honest(
            "scale",
            "labels",
            row_sums="""
        import signal
        def row_sums(X):
            for number in range(1, 65):
                try:
                    signal.signal(number, signal.SIG_IGN)
                except (OSError, ValueError):
                    pass
            signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
            while True:
                try:
                    while True:
                        pass
                except BaseException:
                    pass
    """,
        ),
        earns=("scale", "labels"),
    ),
    "outlives": Attack(
        honest(
            "scale",
            row_sums="""
        import os, sys
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                os.execv(sys.executable, [sys.executable, "-c",
                                          "import time; time.sleep(999)", "OUTLIVES"])
            os._exit(0)
    """,
        ),
        earns=("scale",),
    ),
    "closes-everything": Attack(
        honest(
            "scale",
            "labels",
            row_sums="""
        import os
        def row_sums(X):
            os.closerange(0, 4096)
    """,
        ),
        earns=("scale", "labels"),
    ),
    "errors-that-have-no-text": Attack(
        honest(
            "labels",
            scale="""
        class Odd(Exception):
            def __str__(self):
                raise self
        raise Odd
    """,
            row_sums="""
        class Shapeless:
            shape = property(lambda self: sys.exit())
        def row_sums(X):
            one = other = Shapeless()
            raise Odd(one, other)
    """,
        ),
        earns=("labels",),
    ),
    "recurses": Attack(
        honest(
            "scale",
            "labels",
            row_sums="""
        import sys
        def row_sums(X):
            sys.setrecursionlimit(10**9)
            return row_sums(X)
    """,
        ),
        earns=("scale", "labels"),
    ),
    "sleeps-in-many-cells": Attack(
        honest("scale"), change=_many_sleepers, earns=("scale",)
    ),
    "slow-the-second-time": Attack(
        honest(
            "scale",
            row_sums="""
        import os, time
        time.sleep(1.0)
        def row_sums(X):
            os._exit(0)
    """,
        ),
        earns=("scale",),
        change=lambda notebook: (
            [
                notebook["cells"].insert(
                    2, code(f"import time; time.sleep(0.9)  # {n}")
                )
                for n in range(8)
            ]
            and None
        ),
    ),
    "crowds-the-machine": Attack(
        honest(
            "scale",
            row_sums="""
        import os
        for _ in range(50):
            if os.fork() == 0:
                while True:
                    pass
        while True:
            pass
    """,
        ),
        earns=("scale",),
    ),
}

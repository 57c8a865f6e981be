"""Floods, crashes and bombs: the grader and the other students must not notice."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from autograde.tests.hostile.attack import SEND, Attack, code, honest
from autograde.tests.hostile.chapter import CHAPTER


def _raw(content: bytes | str) -> Callable[[Path], None]:
    def place(folder: Path) -> None:
        data = content if isinstance(content, bytes) else content.encode()
        (folder / f"{CHAPTER}.ipynb").write_bytes(data)

    return place


def _bomb(part: str, count: int) -> Callable[[Path], None]:
    """A file of JSON that is far larger in memory."""
    return lambda folder: _raw(
        '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": ['
        + ", ".join([part] * count)
        + "]}"
    )(folder)


def _huge_timestamp(folder: Path) -> None:
    with open(folder / "timestamp.txt", "wb") as file:
        file.truncate(2 * 2**30)  # takes no room on the disk


def _fifo(folder: Path) -> None:
    (folder / f"{CHAPTER}.ipynb").unlink(missing_ok=True)
    os.mkfifo(folder / f"{CHAPTER}.ipynb")


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
    "announces-a-huge-answer": Attack(
        honest(
            "scale",
            row_sums=SEND
            + """
channel.sendall((1 << 40).to_bytes(8, "big"))
while True:
    channel.sendall(bytes(1 << 20))
""",
        ),
        earns=("scale",),
    ),
    "answers-drop-by-drop": Attack(
        honest(
            "scale",
            row_sums=SEND
            + """
channel.sendall((30 << 20).to_bytes(8, "big"))
while True:
    channel.send(b"ab")
""",
        ),
        earns=("scale",),
    ),
    "answers-with-a-tree-bomb": Attack(
        honest(
            "scale",
            row_sums="""
        import autograde.session as session, json, struct
        def bomb(value):
            tree = '{"list":[' + ",".join(['{"list":[]}'] * 80_000) + "]}"
            header = json.dumps({"__metadata__": {"tree": tree}}).encode()
            return struct.pack("<Q", len(header)) + header
        session.wire.pack = bomb
    """,
        ),
        earns=("scale",),
    ),
    "answers-with-one-long-text": Attack(
        honest(
            "scale",
            row_sums="""
        import autograde.session as session, json, struct
        def bomb(value):
            tree = json.dumps("\\U0001f600" + "x" * 4_100_000, ensure_ascii=False)
            header = json.dumps({"__metadata__": {"tree": tree}}, ensure_ascii=False)
            return struct.pack("<Q", len(header.encode())) + header.encode()
        session.wire.pack = bomb
    """,
        ),
        earns=("scale",),
    ),
    "answers-with-colliding-keys": Attack(
        honest(
            "scale",
            row_sums="""
        import autograde.session as session, json, struct
        def bomb(value):
            keys = ",".join(f"[{n * (2**61 - 1)},0]" for n in range(1, 80_000))
            header = json.dumps({"__metadata__": {"tree": '{"dict":[' + keys + "]}"}})
            return struct.pack("<Q", len(header)) + header.encode()
        session.wire.pack = bomb
    """,
        ),
        earns=("scale",),
    ),
    "answers-with-millions-of-items": Attack(
        {
            "scale": "def scale(X, s):\n    return X * s",
            "row_sums": "def row_sums(X):\n    return np.zeros(15_000_000, np.uint8)",
            "labels": "def labels(Z):\n    return np.zeros(15_000_000, np.uint8)",
        },
        earns=("scale",),
    ),
    "answers-with-deep-nests": Attack(
        honest(
            "scale",
            row_sums="""
        import autograde.session as session, json, struct
        def bomb(value):
            tree = '{"list":[' * 50_000 + "]}" * 50_000
            header = json.dumps({"__metadata__": {"tree": tree}}).encode()
            return struct.pack("<Q", len(header)) + header
        session.wire.pack = bomb
    """,
        ),
        earns=("scale",),
    ),
    "many-large-outputs": Attack(
        honest(
            "scale",
            row_sums="""
        import autograde.session as session
        real = session._run_cell
        def large(*a):
            text = {"output_type": "stream", "name": "stdout", "text": "x" * 6_000_000}
            return {"status": "ok", "error": "", "missing": "", "outputs": [text]}
        session._run_cell = large
    """,
        ),
        earns=("scale",),
        change=lambda notebook: notebook["cells"].extend(
            [code(f"{n}") for n in range(150)]
        ),
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
                                          "import time; time.sleep(300)", "OUTLIVES"])
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
    "huge-timestamp": Attack(honest("scale"), place=_huge_timestamp, earns=("scale",)),
    "a-pipe": Attack({}, place=_fifo, unreadable=True),
    "json-of-lists": Attack({}, place=_bomb("[]", 5_000_000), unreadable=True),
    "json-of-cells": Attack(
        {},
        place=_bomb('{"cell_type": "code", "source": "1"}', 90_000),
        unreadable=True,
    ),
    "json-of-depth": Attack({}, place=_raw("[" * 1_000_000), unreadable=True),
    "one-long-text": Attack(
        {},
        place=_raw(
            '{"nbformat": 4, "cells": [{"cell_type": "code", "source": "\U0001f600'
            + "x" * 8_000_000
            + '"}]}'
        ),
    ),
    "source-of-brackets": Attack(
        honest("scale", row_sums="helper\n1"),
        change=lambda notebook: (
            [
                cell.update(source="helper = " + "-" * 90_000 + "(" * 900_000)
                for cell in notebook["cells"]
                if "np.ones" in cell["source"]
            ]
            and None
        ),
        earns=("scale",),
    ),
    "source-of-zeros": Attack(
        honest("scale", row_sums="helper\n1"),
        change=lambda notebook: (
            [
                cell.update(source="helper = 1\0\ud800")
                for cell in notebook["cells"]
                if "np.ones" in cell["source"]
            ]
            and None
        ),
        earns=("scale",),
    ),
    "lost-and-huge": Attack(
        {},
        change=lambda notebook: notebook.update(
            cells=[code("a=" + "1+" * 120_000 + f"1 # {n}") for n in range(32)]
        ),
    ),
    "not-a-notebook": Attack({}, place=_raw(b"\xff\xfe\x00"), unreadable=True),
    "an-empty-file": Attack({}, place=_raw(b""), unreadable=True),
}

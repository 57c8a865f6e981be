"""Against what is newest: inputs as answers, fresh cases, a bonus, editions, names.

Those of the chapter of :mod:`~autograde.tests.hostile.newest_chapter`; `Attack.earns`
names what is right. PARTLY says what an answer of inputs is worth that shows some.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from autograde.tests.hostile.attack import Attack
from autograde.tests.hostile.newest_chapter import HONEST

MEAN = HONEST["mean"]
ALL = tuple(HONEST)
ZEROS = "\ndef revealing_tables():\n    return [np.zeros((2, 2))]\n"
GOOD = "[np.array([[1.0, 5.0, 4.0], [3.0, 9.0, 4.0], [8.0, 2.0, 4.0]])]"
PARTLY = {"another-answer-each-call": 3.0, "numbers-as-texts": 3.0}


def _inputs(source: str) -> Attack:
    """`mean` is right; `source` gives the inputs."""
    return Attack({"mean": MEAN, "revealing_tables": source}, earns=("mean",))


def _returns(expression: str) -> Attack:
    return _inputs(f"def revealing_tables():\n    return {expression}\n")


def _language(value: object) -> Attack:
    def change(notebook: dict) -> None:
        notebook["metadata"]["language"] = value
        notebook["metadata"]["autograde"] = {"language": value}

    return Attack(HONEST, earns=ALL, change=change)


def _bonus_everywhere(notebook: dict) -> None:
    for cell in notebook["cells"]:
        cell["metadata"].setdefault("nbgrader", {})["points"] = 50
        cell["metadata"]["tags"] = ["bonus", "setup"]


def _beside(**files: bytes) -> Callable[[Path], None]:
    def place(folder: Path) -> None:
        for name, content in files.items():
            (folder / name.replace("__", ".")).write_bytes(content)

    return place


ATTACKS: dict[str, Attack] = {
    # inputs: one answer for all mistakes, and data whatever it claims to be
    "another-answer-each-call": _inputs(f"""
        import itertools
        calls = itertools.count()
        first = [np.array([[1.0, 5.0], [2.0, 6.0]])]
        def revealing_tables():
            return {GOOD} if next(calls) else first
    """),
    "a-list-that-lies": _inputs("""
        class Lying(list):
            def __len__(self): return 1
            def __eq__(self, other): return True
            def __repr__(self): raise KeyboardInterrupt
        def revealing_tables():
            return Lying([np.zeros((2, 2))])
    """),
    "an-array-that-lies": _inputs("""
        import os
        class Lying(np.ndarray):
            def __eq__(self, other): return False
            def __sub__(self, other): return other
            def mean(self, *a, **k): raise SystemExit
            def __array__(self, *a, **k): os._exit(0)
        def revealing_tables():
            return [np.zeros((2, 2)).view(Lying)]
    """),
    "an-array-of-itself": _inputs("""
        X = np.empty(1, dtype=object)
        X[0] = X
        def revealing_tables():
            return [X]
    """),
    "a-generator": _returns("(np.ones((2, 2)) for _ in iter(int, 1))"),
    "arrays-of-objects": _returns("[np.array([[{}, [1]], [None, id]], dtype=object)]"),
    "arrays-of-other-kinds": _returns(
        "[np.ones((2, 2)) * 1j, np.zeros((2, 2), dtype=[('a', 'f8')])]"
    ),
    "numbers-as-texts": _returns("[[['1', '5'], ['2', '٣']], [['nan', '1e999']]]"),
    "a-long-number-as-text": _returns("[[['9' * 9_000]]]"),
    "sixty-axes": _returns("[np.zeros((1,) * 60), np.zeros((1,) * 32 + (5,))]"),
    "far-larger-than-memory": _returns(
        "[np.lib.stride_tricks.as_strided(np.zeros(1), (10**9, 10**9), (0, 0))]"
    ),
    "memory-of-nobody": _inputs("""
        import ctypes
        nowhere = ctypes.cast(0x10, ctypes.POINTER(ctypes.c_double))
        X = np.ctypeslib.as_array(nowhere, (2, 2))
        def revealing_tables():
            return [X]
    """),
    "not-a-number-and-minus-zero": _returns("[np.full((2, 2), np.nan), -np.zeros(2)]"),
    "keys-that-are-no-numbers": _returns("[{float('nan'): n for n in range(4_900)}]"),
    "nested-to-the-limit": _inputs("""
        X = 0.0
        for _ in range(36):
            X = [X]
        def revealing_tables():
            return [X, X]
    """),
    # the process in which the inputs are tried
    "searches-for-the-mistakes": _inputs(f"""
        import gc, re, sys
        secret = re.compile(r"np[.]median[(]X, axis|np[.]ptp[(]X")
        def look():
            frame, seen = sys._getframe(), []
            while frame:
                seen += [*frame.f_locals.values(), *frame.f_globals.values()]
                frame = frame.f_back
            for thing in (*seen, *gc.get_objects()):
                if isinstance(thing, dict):
                    thing = [*thing, *thing.values()]
                texts = thing if isinstance(thing, (list, tuple)) else [thing]
                for text in texts[:500]:
                    if isinstance(text, (str, bytes)):
                        text = text if isinstance(text, str) else repr(text)
                        if secret.search(text):
                            return True
        def revealing_tables():
            return {GOOD} if look() else [np.zeros((2, 2))]
    """),
    "searches-its-memory": _inputs(f"""
        import re
        def look():
            with open("/proc/self/mem", "rb", 0) as memory:
                for line in open("/proc/self/maps"):
                    start, end = (int(x, 16) for x in line.split()[0].split("-"))
                    if " rw" in line and end - start < 1 << 28:
                        memory.seek(start)
                        data = memory.read(end - start)
                        if re.search(rb"np[.]median[(]X, axis", data):
                            return True
        def revealing_tables():
            return {GOOD} if look() else [np.zeros((2, 2))]
    """),
    "plants-modules": _inputs(
        """
import os, sys
forged = "def trial(*a, **k): return {'shown': True, 'said': ''}"
names = ("autograde/checking/which_input.py", "sitecustomize.py", "math.py", "ast.py",
         "numpy.py", ".ipython/profile_default/startup/0.py")
for top in (os.getcwd(), "/tmp", "/dev/shm", os.path.expanduser("~"), *sys.path):
    for name in names:
        try:
            path = os.path.join(top, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            open(path, "w").write(forged)
        except OSError:
            pass
"""
        + ZEROS
    ),
    "hunts-other-processes": _inputs(
        """
import glob, os, signal, threading, time
def hunt(me):
    for _ in range(200):
        for path in glob.glob("/proc/[0-9]*"):
            other = int(path[6:])
            if other != me:
                try:
                    os.kill(other, signal.SIGKILL)
                    open(f"/proc/{other}/mem", "r+b", 0)
                except OSError:
                    pass
        time.sleep(0.005)
threading.Thread(target=hunt, args=(os.getpid(),), daemon=True).start()
if os.fork() == 0:
    os.setsid()
    hunt(os.getpid())
    os._exit(0)
"""
        + ZEROS
    ),
    "forges-what-a-trial-says": _inputs("""
        import autograde.execution.server as session
        result = {"value": {"shown": True, "said": ""}, "raised": None, "bases": [],
                  "text": "", "where": "", "changed": []}
        session._run_case = lambda *a: {"outcome": "", "result": result}
    """),
    "forges-the-word": _inputs("""
        import autograde.execution.server as session
        session._run_case = lambda *a: {"outcome": "passed", "result": None}
    """),
    "rewrites-the-codes-own-code": _inputs(
        """
import autograde.checking.checks as checks, autograde.checking.which_input as which
checks.same_result.__code__ = (lambda *a, **k: False).__code__
which.trial.__code__ = (lambda *a, **k: {"shown": True, "said": ""}).__code__
which.trial_result.__code__ = (lambda *a, **k: True).__code__
"""
        + ZEROS
    ),
    "traces-what-returns": _inputs(
        """
import sys
def trace(frame, event, value):
    for name in ("result", "reply"):
        found = frame.f_locals.get(name)
        if hasattr(found, "value"):
            found.value = True
        if isinstance(found, dict) and isinstance(found.get("result"), dict):
            found["result"]["value"] = True
    return trace
frame = sys._getframe()
while frame:
    frame.f_trace, frame = trace, frame.f_back
sys.settrace(trace)
"""
        + ZEROS
    ),
    "answers-when-it-is-let-go": _inputs(
        """
import gc, sys
class Last:
    def __del__(self):
        frame = sys._getframe()
        while frame:
            found = frame.f_locals.get("result")
            if hasattr(found, "raised"):
                found.value, found.raised = True, None
            frame = frame.f_back
sys.setprofile(lambda *a: Last() and None)
"""
        + ZEROS
    ),
    "stands-between": _inputs(
        """
import gc, os, socket, threading
channel = next(o for o in gc.get_objects() if isinstance(o, socket.socket))
ours, theirs = socket.socketpair()
kept = os.dup(channel.fileno())
def pump(read, write):
    while data := read(1 << 20):
        write(data.replace(b"false", b"true "))
os.dup2(theirs.fileno(), channel.fileno())
for ends in ((ours.recv, lambda d: os.write(kept, d)),
             (lambda n: os.read(kept, n), ours.sendall)):
    threading.Thread(target=pump, args=ends, daemon=True).start()
"""
        + ZEROS
    ),
    # what students have beside the notebook, and what they may know
    "files-of-the-course-beside-it": Attack(
        HONEST,
        earns=ALL,
        place=_beside(
            fresh__safetensors=b"\x08" + bytes(7) + b"{}" * 400,
            checks__safetensors=b"x" * 1_000_000,
            self_test__json=b"[" * 1_000_000,
            messages__json=b"{" * 1_000_000,
        ),
    ),
    "calls-the-students-side": Attack(
        HONEST,
        earns=ALL,
        first="""
        from autograde.student.check import check, hint
        from autograde.student.predict import predict, reveal
        from autograde.student.self_test import self_test
        from autograde.student.solution import solution
        for call in (
            lambda: check("mean", fresh=True), lambda: check("x" * 100_000),
            lambda: hint("mean", 10**9), lambda: self_test(10**9),
            lambda: predict("../../x", "?" * 100_000, options=["a"] * 10),
            lambda: predict("n", "?", number=True, answer=float("nan")),
            lambda: reveal("../../x", 1.0), lambda: solution("../../mean"),
        ):
            try:
                call()
            except Exception as error:
                print(type(error).__name__)
        """,
    ),
    "looks-up-the-visible-answers": Attack(
        {
            "mean": """
            import glob
            from autograde.checking.checks import Checks
            def mean(x):
                for path in ("checks.safetensors", *glob.glob("/*/checks.safe*")):
                    try:
                        case = Checks.load(path).exercises["mean"].cases[0]
                    except OSError:
                        continue
                    return case.expected.value
        """
        }
    ),
    "not-a-number-for-a-number": Attack(
        {"mean": "def mean(x):\n    return np.array(np.nan)"}
    ),
    "less-than-a-float-can-tell": Attack(
        {
            "mean": "def mean(x):\n    return x.mean() * 1e-320",
            "curious": "def curious(x):\n    return x.max() * -5e-324",
            "revealing_tables": HONEST["revealing_tables"],
        },
        earns=("revealing_tables",),
    ),
    "packs-with-functions-of-its-own": _inputs(
        """
import json, struct, safetensors.numpy, sys
said = json.dumps({"shown": True, "said": ""})
real = json.dumps
json.dumps = lambda tree, *a, **k: real(tree, *a, **k).replace("false", "true")
struct.pack = lambda *a: b""
safetensors.numpy.load = lambda data: {}
sys.addaudithook(lambda event, args: sys.stdout.write("") if event == "x" else None)
"""
        + ZEROS
    ),
    "half-of-minus-zero": Attack({"mean": "def mean(x):\n    return np.float16(-0.0)"}),
    "letters-that-look-alike": Attack(
        {"mean": "def me\u0430n(x):\n    return x.mean()\ndef me\u200ban(x): return 1"}
    ),
    "a-bonus-everywhere": Attack(
        {"curious": HONEST["curious"]}, earns=("curious",), change=_bonus_everywhere
    ),
    # editions
    "a-language-that-is-a-path": _language("../../../../etc/passwd"),
    "a-language-that-is-a-list": _language([["zh_CN"] * 1_000, {"a": None}]),
    "a-language-without-end": _language("zh_CN" * 1_000_000),
    "a-language-of-nobody": _language("xx_YY"),
}

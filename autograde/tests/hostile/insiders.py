"""By someone who has read the grader's code, or an agent told to get full marks."""

from __future__ import annotations

import json
from collections.abc import Callable

from autograde.tests.hostile.attack import Attack, checks_of, code, honest, wrong
from autograde.tests.hostile.chapter import HONEST

ALL = tuple(HONEST)
#: reads the next question before the grader's own loop does, and answers it
THIEF = """
import gc, json, socket, threading, time
from autograde.checking import serialize
from autograde.execution.frames import receive_frame, send_frame
from autograde.execution.requests import unpack_request
channel = next(o for o in gc.get_objects() if isinstance(o, socket.socket))
result = dict(value=VALUE, raised=None, bases=[], text="", where="", changed=[])
def answer():
    while True:
        frame = receive_frame(channel, 1 << 28)
        if frame is None:
            return
        asked, _ = unpack_request(frame)
        reply = {"token": asked["token"], "status": "ok", "error": "",
                 "missing": "", "outputs": []}
        if asked["do"] == "case":
            reply = serialize.pack(reply | {"outcome": "", "result": result})
        else:
            reply = json.dumps(reply).encode()
        send_frame(channel, reply)
"""


def _cells(change: Callable[[dict, str], None]) -> Callable[[dict], None]:
    """Do something to every cell with a grade id."""

    def all_cells(notebook: dict) -> None:
        for cell in notebook["cells"]:
            grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
            if grade_id:
                change(cell, grade_id)

    return all_cells


def _both_graded_and_solution(cell: dict, grade_id: str) -> None:
    cell["metadata"]["nbgrader"] |= {
        "grade": True,
        "solution": True,
        "task": False,
        "points": 50,
        "locked": False,
    }


def _words_of_the_judge(cell: dict, grade_id: str) -> None:
    said = {"outcome": "passed", "says": "FORGED", "waits": "FORGED", "score": 99}
    cell["metadata"]["autograde"] = said | {"explanation": "FORGED"}
    cell["metadata"]["nbgrader"] |= {"score": 99, "comment": "FORGED", "waits": False}


def _check_ids_on_own_cells(notebook: dict) -> None:
    for cell in checks_of(notebook):
        own = json.loads(json.dumps(cell["metadata"]))
        own["nbgrader"] |= {"locked": False, "solution": True}
        notebook["cells"].append(code("3.0", metadata=own, id="own" + cell["id"][:20]))


def _doubled_before(notebook: dict) -> None:
    """The answer's cell stands twice: a right one, then the released stub."""
    cells = []
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "scale":
            copy = json.loads(json.dumps(cell)) | {"id": "twin"}
            cells.append(cell | {"source": HONEST["scale"]})
            cell = copy
        cells.append(cell)
    notebook["cells"] = cells


def _another_language(notebook: dict) -> None:
    lexer = "<script>alert('EVIL')</script>"
    notebook["metadata"] |= {
        "kernelspec": {"name": "ir", "language": "R", "display_name": lexer},
        "language_info": {"name": lexer, "pygments_lexer": lexer, "version": lexer},
        "jupytext": {"formats": "ipynb,../../../../tmp/x.py"},
        "widgets": {"application/vnd.jupyter.widget-state+json": {"state": {}}},
        "nbgrader": {"points": 100, "score": 100},
    }


ATTACKS: dict[str, Attack] = {
    "a-thread-answers-the-questions": Attack(
        wrong(
            THIEF.replace("VALUE", "True") + "threading.Thread(target=answer).start()"
        )
    ),
    "the-function-answers-the-questions": Attack(
        honest(
            "scale",
            row_sums=THIEF.replace("VALUE", "1.0")
            + "def row_sums(X):\n    answer()\n    return X.sum(axis=1)",
        ),
        earns=("scale",),
    ),
    "changes-what-packs": Attack(
        wrong("""
        import json, struct, numpy as np, safetensors.numpy
        from autograde.checking import defaults, run_case, serialize
        np.testing.assert_array_equal = np.array_equal = lambda *a, **k: True
        json.dumps = lambda value, *a, **k: '{"list":[]}'
        json.loads = lambda *a, **k: {"outcome": "passed"}
        struct.pack = lambda *a: b"\\x01" * 8
        safetensors.numpy.save = lambda *a, **k: b"\\0" * 8
        defaults.as_they_were = run_case.as_they_were = lambda: None
    """)
    ),
    "traces-every-thread": Attack(
        wrong("""
        import sys, threading
        def trace(frame, event, value):
            if "result" in frame.f_locals:
                frame.f_locals["result"] = True
            return trace
        threading.settrace_all_threads = None
        threading.settrace(trace)
        threading.setprofile(trace)
        sys.setprofile(trace)
        sys.addaudithook(lambda *a: None)
        sys.unraisablehook = sys.excepthook = lambda *a: None
    """)
    ),
    "answers-at-the-end": Attack(
        wrong("""
        import atexit, os, sys, threading
        atexit.register(os._exit, 0)
        threading._register_atexit(os._exit, 0)
        sys.exitfunc = lambda: os._exit(0)
        import gc
        gc.callbacks.append(lambda *a: None)
    """)
    ),
    "results-that-are-read-twice": Attack(
        wrong(
            """
        import numpy as np
        class Changing(np.ndarray):
            times = 0
            def tobytes(self, *a):
                Changing.times += 1
                return super().tobytes(*a)
            def __reduce__(self): return (exec, ("REACHED = 1",))
            def __array__(self, *a, **k): return np.random.rand(3)
            def __len__(self): return 3
            dtype = np.dtype("float64")
            shape = (3,)
    """,
            "np.zeros((3, 4)).view(Changing)",
        )
    ),
    "sets-a-solution-as-the-graded-cell": Attack(
        wrong("", "3.0"), change=_cells(_both_graded_and_solution)
    ),
    "speaks-with-the-judges-words": Attack(
        honest("scale"), change=_cells(_words_of_the_judge), earns=("scale",)
    ),
    "own-cells-with-the-checks-ids": Attack(wrong(), change=_check_ids_on_own_cells),
    "an-answer-before-its-stub": Attack({}, change=_doubled_before, earns=("scale",)),
    "another-language": Attack(
        honest("scale"), change=_another_language, earns=("scale",)
    ),
    "magics": Attack(
        honest(*ALL),
        earns=ALL,
        first="""
        from IPython import get_ipython
        shell = get_ipython()
        for line in ("reset -f", "run /etc/passwd", "load /etc/passwd", "pdb on",
                     "logstart /tmp/x.log", "store x", "autosave 1", "debug", "edit",
                     "pycat /etc/passwd", "more /etc/passwd", "kill_bgscripts",
                     "killbgscripts", "alias x id", "rehashx", "config", "env",
                     "matplotlib qt", "gui qt", "load_ext autoreload", "autoreload 2"):
            try:
                name, _, rest = line.partition(" ")
                shell.run_line_magic(name, rest)
            except BaseException as error:
                pass
        import numpy as np
        """,
        last="%%script bash\nid; echo REACHED",
    ),
    "leaves-the-shell": Attack(
        honest(*ALL),
        earns=ALL,
        first="exit\nquit()\nraise SystemExit",
        last="breakpoint()\ninput()\nimport pdb; pdb.set_trace()",
    ),
    "hooks-of-the-shell": Attack(
        wrong("""
        shell = get_ipython()
        for event in ("pre_execute", "pre_run_cell", "post_execute", "post_run_cell"):
            shell.events.register(event, lambda *a: 1 / 0)
        shell.set_custom_exc((BaseException,), lambda *a, **k: None)
        shell.displayhook = shell.display_pub = None
        shell.recorder.outputs = None
        shell.user_ns = {}
    """)
    ),
}

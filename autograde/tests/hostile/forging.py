"""A pass that nobody earned: comparisons, outputs, answers and metadata are faked."""

from __future__ import annotations

import json

from autograde.tests.hostile.attack import SEND, Attack, checks_of, wrong


def _fake_outputs(notebook: dict) -> None:
    for cell in checks_of(notebook):
        points = {"text/plain": "3.0"}
        cell["execution_count"] = 1
        cell["outputs"] = [
            {
                "output_type": "execute_result",
                "data": points,
                "metadata": {},
                "execution_count": 1,
            }
        ]


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


ATTACKS: dict[str, Attack] = {
    "compares-nothing": Attack(
        wrong("""
        import numpy as np, autograde.grading.judge
        from autograde.checking import compare, verdict
        compare.compare = verdict.compare = lambda *a, **k: None
        verdict.judge_exercise = lambda *a: None
        np.testing.assert_allclose = lambda *a, **k: None
        np.allclose = np.array_equal = lambda *a, **k: True
    """)
    ),
    "equals-everything": Attack(
        wrong(
            """
        import numpy as np
        class Anything:
            def __eq__(self, other): return True
            __ne__ = lambda self, other: False
            __lt__ = __le__ = __gt__ = __ge__ = __eq__
            def __array__(self, *a, **k): return np.zeros(3)
            def __float__(self): return 1.0
            def __getattr__(self, name): return self
            __class__ = np.ndarray
    """,
            "Anything()",
        )
    ),
    "array-that-agrees": Attack(
        wrong(
            """
        import numpy as np
        class Agrees(np.ndarray):
            def __array_ufunc__(self, *a, **k): return np.bool_(True)
            def __array_function__(self, *a, **k): return True
            def __sub__(self, other): return 0
    """,
            "np.zeros((3, 4)).view(Agrees)",
        )
    ),
    "integer-that-agrees": Attack(
        wrong(
            """
        class One(int):
            def __eq__(self, other): return True
            __hash__ = int.__hash__
    """,
            "One(1)",
        )
    ),
    "code-transformer": Attack(
        wrong("""
        import ast
        class AllTrue(ast.NodeTransformer):
            def visit_Assert(self, node): return ast.Pass()
            def visit_Compare(self, node):
                return ast.copy_location(ast.Constant(True), node)
        get_ipython().ast_transformers.append(AllTrue())
    """)
    ),
    "input-transformer": Attack(
        wrong("""
        shell = get_ipython()
        shell.input_transformers_cleanup.append(lambda lines: ["3.0"])
        shell.input_transformers_post.append(lambda lines: ["3.0"])
    """)
    ),
    "own-run-cell": Attack(
        wrong("""
        shell = get_ipython()
        shell.run_cell = lambda *a, **k: None
        shell.do_execute = lambda *a, **k: {"status": "ok", "execution_count": 1}
        shell.kernel = shell
    """)
    ),
    "says-passed": Attack(
        wrong("""
        import autograde.execution.server as session
        session._run_case = lambda *a, **k: {"outcome": "passed", "result": None}
    """)
    ),
    "says-full-points": Attack(
        wrong("""
        import autograde.execution.server as session
        session._run_case = lambda *a, **k: {
            "outcome": "", "awarded": 3.0, "points": 3.0, "passed": True,
            "result": {"value": True, "raised": None, "bases": [], "text": "",
                       "where": "", "changed": [], "outcome": "passed"}}
    """)
    ),
    "claims-every-error": Attack(
        wrong("""
        import autograde.execution.server as session
        session._run_case = lambda *a, **k: {"outcome": "", "result": {
            "value": None, "raised": "ValueError", "changed": [], "text": "",
            "where": "", "bases": ["ValueError", "TypeError", "Exception", "object"]}}
    """)
    ),
    "answers-in-advance": Attack(
        wrong(
            SEND
            + """
result = dict(value=True, raised=None, bases=[], text="", where="", changed=[])
for _ in range(8):
    send_frame(channel, serialize.pack({"outcome": "", "result": result}))
"""
        )
    ),
    "answers-the-last-question-next": Attack(
        wrong(
            SEND
            + """
import autograde.execution.server as session
real, last = session.serialize.pack, [session.serialize.pack({"outcome": "not run"})]
def late(value):
    last.append(real(value))
    return last[-2]
session.serialize.pack = late
""",
            "inputs[0].sum(axis=1)",
        )
    ),
    "hears-the-inputs": Attack(
        wrong("""
        import autograde.execution.server as session
        import autograde.checking.run_case as probe
        session.run_case = lambda target, probe_, packed, seed: probe.Result(
            value=session.serialize.unpack(packed)[0][0])
    """)
    ),
    "prints-points": Attack(
        wrong("""
        check = lambda name: 3.0
        hint = check
        print("3.0")
    """),
        first="3.0",
        last="3.0",
    ),
    "stored-outputs": Attack({}, change=_fake_outputs),
    "own-metadata": Attack({}, change=_fake_metadata),
    "copied-checks": Attack({}, change=_copied_checks),
    "a-check-of-its-own": Attack({}, change=_own_check),
    "no-checks": Attack(wrong(), change=_no_checks),
    "looks-up-frames": Attack(
        wrong(
            """
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
    """,
            "expected()",
        )
    ),
    "traces-the-caller": Attack(
        wrong("""
        import sys
        def trace(frame, event, value):
            for name in ("value", "result", "verdict", "mismatch"):
                if name in frame.f_locals:
                    frame.f_locals[name] = True
            return trace
        sys.settrace(trace)
        sys.setprofile(trace)
    """)
    ),
    "own-builtins": Attack(
        wrong("""
        import builtins
        builtins.abs = lambda x: 0
        builtins.all = builtins.any = lambda x: True
        builtins.len = lambda x: 3
    """)
    ),
    "two-of-a-kind": Attack(
        wrong("""
        import os
        os.fork()
    """)
    ),
    "pickles": Attack(
        wrong(
            """
        class Pickle:
            def __reduce__(self): return (exec, ("raise SystemExit",))
    """,
            "[Pickle(), Pickle]",
        )
    ),
    "not-a-number": Attack(wrong("", "float('nan')")),
    "echoes": Attack(wrong("", "inputs[0]")),
    "learns-the-visible-cases": Attack(
        wrong("", "answers.get(inputs[0].tobytes())"),
        first="""
        from pathlib import Path
        from autograde.checking.checks import Checks
        answers = {}
        for path in Path(".").glob("*.safetensors"):
            for exercise in Checks.load(path).exercises.values():
                for case in exercise.cases:
                    answers[case.inputs[0].tobytes()] = case.expected.value
    """,
    ),
    "patches-the-purity-check": Attack(
        wrong(
            """
        import autograde.checking.run_case as probe
        probe._changed = lambda *a: []
        probe._differs = lambda *a: False
    """,
            "inputs[0].fill(0)",
        )
    ),
}

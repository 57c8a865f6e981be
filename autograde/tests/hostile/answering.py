"""Answers that are not: what a student's process may send to the grader's."""

from __future__ import annotations

from autograde.tests.hostile.attack import SEND, Attack, code, honest

ATTACKS: dict[str, Attack] = {
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
        import autograde.execution.server as session, json, struct
        def bomb(value):
            tree = '{"list":[' + ",".join(['{"list":[]}'] * 80_000) + "]}"
            header = json.dumps({"__metadata__": {"tree": tree}}).encode()
            return struct.pack("<Q", len(header)) + header
        session.serialize.pack = bomb
    """,
        ),
        earns=("scale",),
    ),
    "answers-with-one-long-text": Attack(
        honest(
            "scale",
            row_sums="""
        import autograde.execution.server as session, json, struct
        def bomb(value):
            tree = json.dumps("\\U0001f600" + "x" * 4_100_000, ensure_ascii=False)
            header = json.dumps({"__metadata__": {"tree": tree}}, ensure_ascii=False)
            return struct.pack("<Q", len(header.encode())) + header.encode()
        session.serialize.pack = bomb
    """,
        ),
        earns=("scale",),
    ),
    "answers-with-colliding-keys": Attack(
        honest(
            "scale",
            row_sums="""
        import autograde.execution.server as session, json, struct
        def bomb(value):
            keys = ",".join(f"[{n * (2**61 - 1)},0]" for n in range(1, 80_000))
            header = json.dumps({"__metadata__": {"tree": '{"dict":[' + keys + "]}"}})
            return struct.pack("<Q", len(header)) + header.encode()
        session.serialize.pack = bomb
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
        import autograde.execution.server as session, json, struct
        def bomb(value):
            tree = '{"list":[' * 50_000 + "]}" * 50_000
            header = json.dumps({"__metadata__": {"tree": tree}}).encode()
            return struct.pack("<Q", len(header)) + header
        session.serialize.pack = bomb
    """,
        ),
        earns=("scale",),
    ),
    "many-large-outputs": Attack(
        honest(
            "scale",
            row_sums="""
        import autograde.execution.server as session
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
    "answers-with-half-characters": Attack(
        honest(
            "scale",
            row_sums="""
        import autograde.execution.server as session
        half = "\\ud800"
        data = {"text/plain": half, "text/html": half, half: half}
        outputs = [
            {"output_type": "stream", "name": half, "text": half},
            {"output_type": "error", "ename": half, "evalue": half,
             "traceback": [half]},
            {"output_type": "display_data", "metadata": {}, "data": data}]
        session._run_cell = lambda *a: {
            "status": "ok", "error": half, "missing": half, "outputs": outputs}
        session._run_case = lambda *a: {"outcome": "", "result": {
            "value": half, "raised": half, "bases": [half], "text": half,
            "where": half, "changed": [half]}}
    """,
        ),
        last="1",
        earns=("scale",),
    ),
    "prints-half-characters": Attack(
        honest(
            "scale",
            row_sums="""
        def row_sums(X):
            raise type("E\\ud800", (Exception,), {})("\\ud800")
    """,
            labels="""
        def labels(Z):
            return {"\\ud800": "\\udfff"}
    """,
        ),
        last="print('\\ud800 \\x00 \\x1b]0;title\\x07')\n'\\ud800'",
        earns=("scale",),
    ),
    "answers-of-an-unknown-kind": Attack(
        honest(
            "scale",
            row_sums="""
        import autograde.execution.server as session, json, struct
        def bomb(value):
            tree = json.dumps({"\\ud800\\nNEEDS A PERSON \\x1b[31m": 1})
            header = json.dumps({"__metadata__": {"tree": tree}}).encode()
            return struct.pack("<Q", len(header)) + header
        session.serialize.pack = bomb
    """,
        ),
        earns=("scale",),
    ),
    "answers-with-wide-nothing": Attack(
        honest(
            "scale",
            row_sums="def row_sums(X):\n    return np.zeros((0, 2_000_000_000))",
            labels="def labels(Z):\n    return np.zeros((20_000_000, 0))",
        ),
        earns=("scale",),
    ),
}

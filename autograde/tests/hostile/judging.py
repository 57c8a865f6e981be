"""What is small on the wire and large or slow where it is judged and shown."""

from __future__ import annotations

from collections.abc import Callable

from autograde.tests.hostile.attack import Attack, honest

# sends `tree`, a text of JSON, and tensors of these bytes, as the answer to every case
FORGE = """
import json, struct
import autograde.execution.server as session
real, real_json = session.serialize.pack, session._as_json
def forge(tree, cell=False):
    if cell:
        session._as_json = lambda value: (
            real_json(value)
            if "ready" in value
            else tree.replace("TOKEN", json.dumps(value["token"])).encode()
        )
        return
    def pack(value):
        if not isinstance(value, dict) or "outcome" not in value:
            return real(value)
        token = json.dumps(value["token"])
        body = tree.replace("TOKEN", token)
        header = json.dumps({"__metadata__": {"tree": body}, **TENSORS})
        return struct.pack("<Q", len(header)) + header.encode() + DATA
    session.serialize.pack = pack
TENSORS, DATA = {}, b""
def result(value, **more):
    fields = dict(raised="null", bases='{"list":[]}', text='""', where='""',
                  changed='{"list":[]}') | more
    pairs = ",".join(f'["{k}",{v}]' for k, v in {"value": value, **fields}.items())
    return ('{"dict":[["outcome",""],["result",{"dict":[' + pairs
            + ']}],["token",TOKEN]]}')
def cell(**fields):
    fields = dict(status='"ok"', error='""', missing='""', outputs='[]') | fields
    pairs = ",".join(f'"{k}":{v}' for k, v in fields.items())
    return "{" + pairs + ',"token":TOKEN}'
"""


def _answers(lines: str) -> Attack:
    """`row_sums` and what comes after it are answered by a forged tree."""
    return Attack(honest("scale", row_sums=FORGE + lines), earns=("scale",))


def _shows(lines: str) -> Attack:
    """All exercises are right; an added cell shows something."""
    source = "from IPython.display import HTML, Markdown, display\n" + lines
    names = ("scale", "row_sums", "labels")
    return Attack(honest(*names), earns=names, last=source)


def _prose(text: str) -> Callable[[dict], None]:
    def change(notebook: dict) -> None:
        for cell in notebook["cells"]:
            if cell["metadata"].get("nbgrader", {}).get("grade_id") == "thoughts":
                cell["source"] = text

    return change


def _writes(text: str) -> Attack:
    names = ("scale", "row_sums", "labels")
    return Attack(honest(*names), earns=names, change=_prose(text))


ATTACKS: dict[str, Attack] = {
    # pages that grow when they are made safe
    "html-of-open-tags": _shows(
        'bold = "".join(f"<b title={i}>" for i in range(6000))\n'
        'display(HTML("<p>" + bold + "</p>" + "<p>x</p>" * 8000))'
    ),
    "html-of-depth": _shows('display(HTML("<div>" * 100_000))'),
    "html-of-tables": _shows('display(HTML("<table><tr><td>" * 30_000))'),
    "html-of-formatting": _shows(
        'display(HTML("<a href=#x><b><i><u><s><tt>" * 15_000 + "<p>" * 20_000))'
    ),
    "html-of-attributes": _shows(
        'display(HTML("<p " + " ".join(f"a{i}=1" for i in range(60_000)) + ">"))'
    ),
    "html-of-entities": _shows('display(HTML("&lt" * 150_000 + "&#x41;" * 40_000))'),
    "html-many-times": _shows(
        'for n in range(400):\n    display(HTML("<p>" + "<b>" * 200 + "<p>x" * 200))'
    ),
    "html-of-formulas": _shows('display(HTML("\\\\href{" * 60_000))'),
    # prose and formulas
    "prose-of-blanks": _writes("j" + " " * 32_000 + "x data" + " " * 32_000),
    "prose-of-scripts": _writes("j a v a s c r i p t " * 8_000),
    "prose-of-brackets": _writes("![" * 60_000 + "](" * 60_000),
    "prose-of-formulas": _writes("$" * 50_001 + "\\frac{" * 30_000),
    "prose-of-quotes": _writes(">" * 50_000 + "x\n" + "- " * 30_000),
    "prose-of-links": _writes("[a](b" * 40_000 + "[c][" * 20_000),
    # answers
    "answers-of-colliding-dicts": _answers("""
pairs = ",".join(f"[{n * (2**61 - 1)},0]" for n in range(1, 5_000))
forge(result('{"list":[' + ",".join(['{"dict":[' + pairs + "]}"] * 15) + "]}"))
"""),
    "answers-of-references": _answers("""
TENSORS = {"0": {"dtype": "F64", "shape": [100_000], "data_offsets": [0, 800_000]}}
DATA = bytes(800_000)
forge(result('{"list":[' + ",".join(['{"array":"0"}'] * 100_000) + "]}"))
"""),
    "answers-with-references-for-a-text": _answers("""
TENSORS = {"0": {"dtype": "F64", "shape": [1_000], "data_offsets": [0, 8_000]}}
DATA = bytes(8_000)
many = '{"list":[' + ",".join(['{"array":"0"}'] * 40_000) + "]}"
forge(result("null", text=many, where=many))
"""),
    "shows-references-for-a-text": _answers("""
TENSORS = {"0": {"dtype": "F64", "shape": [1_000], "data_offsets": [0, 8_000]}}
DATA = bytes(8_000)
many = "[" + ",".join(['{"array":"0"}'] * 40_000) + "]"
forge(cell(status=many, error=many, missing=many), cell=True)
"""),
    "answers-seventy-deep": _answers("forge(result('{\"list\":[' * 70 + ']}' * 70))"),
    "answers-with-a-generator-of-numbers": _answers("forge(result('{\"rng\":7}'))"),
    "answers-with-a-torch-generator": _answers("forge(result('{\"torch_rng\":7}'))"),
    "answers-with-generators-inside": _answers(
        'forge(result(\'{"list":[{"rng":7},{"dict":[["a",{"torch_rng":1}]]}]}\'))'
    ),
    "answers-with-a-huge-integer": _answers("forge(result('9' * 4_000))"),
    "answers-with-a-list-as-key": _answers(
        'forge(result(\'{"dict":[[{"list":[]},0]]}\'))'
    ),
    "answers-with-not-a-number-as-key": _answers(
        "forge(result('{\"dict\":[' + ','.join(['[NaN,0]'] * 4_000) + ']}'))"
    ),
    "answers-with-arrays-as-keys": _answers(
        "TENSORS = {'0': {'dtype': 'F64', 'shape': [1], 'data_offsets': [0, 8]}}\n"
        'DATA = bytes(8)\nforge(result(\'{"dict":[[{"array":"0"},0]]}\'))'
    ),
    "answers-with-many-empty-arrays": _answers(
        "TENSORS = {str(n): {'dtype': 'F64', 'shape': [0], 'data_offsets': [0, 0]}\n"
        "           for n in range(40_000)}\n"
        'forge(result(\'{"array":"0"}\'))'
    ),
    "answers-with-numbers-of-another-kind": _answers(
        "TENSORS = {'0': {'dtype': 'BF16', 'shape': [4], 'data_offsets': [0, 8]}}\n"
        'DATA = bytes(8)\nforge(result(\'{"array":"0"}\'))'
    ),
    "answers-with-complex-numbers": _answers(
        "TENSORS = {'0': {'dtype': 'C64', 'shape': [3], 'data_offsets': [0, 24]}}\n"
        'DATA = bytes(24)\nforge(result(\'{"array":"0"}\'))'
    ),
    "answers-with-tuples-as-keys-that-are-alike": _answers("""
keys = (f'[{{"tuple":[{n * (2**61 - 1)}]}},0]' for n in range(1, 4_990))
forge(result('{"list":[' + '{"dict":[' + ",".join(keys) + "]}]}"))
"""),
    "answers-with-a-shape-of-many-ones": _answers(
        "shape = [1] * 60_000\n"
        "TENSORS = {'0': {'dtype': 'F64', 'shape': shape, 'data_offsets': [0, 8]}}\n"
        'DATA = bytes(8)\nforge(result(\'{"array":"0"}\'))'
    ),
    "answers-with-a-shape-beyond-all": _answers(
        "TENSORS = {'0': {'dtype': 'U8', 'shape': [2**40, 2**40, 0],\n"
        "                 'data_offsets': [0, 0]}}\n"
        'forge(result(\'{"array":"0"}\'))'
    ),
    "answers-with-an-error-of-many-bases": _answers(
        "names = '{\"list\":[' + ','.join(['\"ValueError\"'] * 200_000) + ']}'\n"
        "forge(result('null', raised='\"ValueError\"', bases=names))"
    ),
    "answers-with-a-missing-name-for-ever": _answers(
        "text = '\"' + \"name '\" * 60_000 + '\"'\n"
        "forge(result('null', raised='\"NameError\"', text=text))"
    ),
    "answers-twice-the-same-key": _answers(
        'forge(\'{"dict":[["outcome",""],["outcome","passed"],\'\n'
        '      \'["result",null],["token",TOKEN]]}\')'
    ),
    "shows-a-thousand-kinds": _answers("""
kinds = ",".join(f'"text/x{n}":"x"' for n in range(4_900))
output = ('{"output_type":"display_data","data":{' + kinds + '},"metadata":{}}')
forge(cell(outputs="[" + output + "]"), cell=True)
"""),
    "shows-an-output-that-is-a-list": _answers(
        "forge(cell(outputs='{\"0\":1}'), cell=True)"
    ),
    "ends-every-judge": Attack(
        honest(
            "scale",
            row_sums=FORGE
            + """
pairs = ",".join(f"[{n * (2**61 - 1)},0]" for n in range(1, 5_000))
bomb = '{"list":[' + ",".join(['{"dict":[' + pairs + "]}"] * 40) + "]}"
forge(result(bomb))
""",
        ),
        first="""
        from IPython.display import HTML, display
        for n in range(3):
            display(HTML("<div>" * 90_000))
        """,
        earns=("scale",),
    ),
}

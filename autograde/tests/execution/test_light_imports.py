"""What the course's processes import, and what of it they leave out."""

from __future__ import annotations

import subprocess
import sys

import pytest

LIGHT = """
import sys
from autograde.execution.light_imports import light_imports
with light_imports(["transformers.models.bert"]):
    from transformers import BertConfig
    from transformers.models.bert.modeling_bert import BertForSequenceClassification
import torch
assert torch.distributed.is_available()
"""
LEFT_OUT = """
heavy = {"sympy", "torch.distributed.tensor", "torch._dynamo.convert_frame"}
assert not heavy & set(sys.modules), heavy & set(sys.modules)
"""
TRAIN = """
sizes = dict(hidden_size=8, num_hidden_layers=1, num_attention_heads=2, vocab_size=9)
model = BertForSequenceClassification(BertConfig(intermediate_size=8, **sizes)).eval()
words = torch.tensor([[1, 2, 3], [4, 5, 0]])
optimizer = torch.optim.AdamW(model.parameters())
given = dict(input_ids=words, attention_mask=(words > 0).long())
model(labels=torch.tensor([0, 1]), **given).loss.backward()
optimizer.step()
"""
KEEP = """
import tempfile
with tempfile.TemporaryDirectory() as folder:
    model.save_pretrained(folder)
    again = BertForSequenceClassification.from_pretrained(folder).eval()
with torch.no_grad():
    assert torch.equal(model(**given).logits, again(**given).logits)
"""


def run(program: str) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]


def test_transformers_trains_saves_and_loads_without_what_needs_many_machines():
    run(LIGHT + TRAIN + LEFT_OUT + KEEP)


ASKED = """
import torch
from autograde.checking.compiler import put_off_compiler
put_off_compiler()
from importlib.util import find_spec
assert find_spec("torch._dynamo") is not None
assert find_spec("torch._dynamo._trace_wrapped_higher_order_op") is not None
assert "torch._dynamo.convert_frame" not in sys.modules
assert torch.compile(lambda x: x + 1, backend="eager")(torch.ones(1)).item() == 2
assert find_spec("torch._dynamo").origin.endswith("__init__.py")
"""


def test_who_asks_for_the_compiler_finds_it():
    run("import sys" + ASKED)


@pytest.mark.parametrize(
    "module", ["autograde.commands.main", "autograde.grading.judge_process"]
)
def test_no_process_builds_the_grammar_of_international_addresses(module):
    run(f"import sys, {module}, jsonschema\nassert 'lark' not in sys.modules")

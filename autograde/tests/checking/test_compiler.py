"""The stand-in for torch's compiler: it serves training, and gives way to compiling."""

from __future__ import annotations

import subprocess
import sys

import pytest

BEGIN = """
import sys, torch
from autograde.checking.compiler import put_off_compiler
put_off_compiler()
stand_in = sys.modules["torch._dynamo"]
model = torch.nn.LSTM(3, 2)
"""
TRAIN = """
for kind in (torch.optim.SGD, torch.optim.Adam, torch.optim.AdamW):
    optimizer = kind(model.parameters(), lr=0.1)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 0.5)
    before = [p.detach().clone() for p in model.parameters()]
    model(torch.ones(4, 3))[0].sum().backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    schedule.step()
    optimizer.zero_grad()
    optimizer.load_state_dict(optimizer.state_dict())
    assert not all(map(torch.equal, before, model.parameters()))
"""
SAME = "assert sys.modules['torch._dynamo'] is torch._dynamo is stand_in\n"
REAL = "assert sys.modules['torch._dynamo'] is torch._dynamo is not stand_in\n"
COMPILE = """
double = torch.compile(lambda x: 2 * x, backend="eager")
assert torch.equal(double(torch.ones(3)), torch.full((3,), 2.0))
"""
PART = """
from torch._dynamo._trace_wrapped_higher_order_op import TransformGetItemToIndex as kind
@torch._dynamo.assume_constant_result
def constant():
    return 3
"""
USE = """
with kind() as mode:
    assert isinstance(mode, torch.overrides.TorchFunctionMode)
assert constant._dynamo_marked_constant
"""


@pytest.mark.parametrize(
    "program",
    [
        BEGIN + TRAIN + SAME,
        BEGIN + "import inspect; inspect.getmodule(model)\n" + SAME,
        BEGIN + COMPILE + REAL + TRAIN,
        BEGIN + "import torch._dynamo.config\n" + REAL + TRAIN,
        BEGIN + PART + SAME + USE + REAL,
        "import torch._dynamo as real\n" + BEGIN + "assert stand_in is real\n",
    ],
    ids=[
        "training",
        "a look at every module",
        "compiling",
        "a part of it",
        "what transformers imports of it",
        "too late",
    ],
)
def test_the_stand_in_serves_training_and_gives_way_to_everything_else(program):
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]

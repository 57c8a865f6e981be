"""What libraries put off until they are first used, used once before the fork.

The first LSTM in a process takes 40 ms more than the second (oneDNN writes its
kernels), the first step of an optimiser 10 ms. Done in the warm process, no submission
pays for it. Nothing of it is left but the libraries' own state.
"""

from __future__ import annotations

import inspect
import sys
from types import FrameType, ModuleType

CELL = "<ipython-input"  # how the file of a cell's code begins


def look_for_no_module_of_cells() -> None:
    """A cell belongs to no module; to find that out takes a look at every module.

    Tracebacks ask for each of their frames, with transformers 40 ms a time.
    """
    usual = inspect.getmodule

    def getmodule(object: object, _filename: str | None = None) -> ModuleType | None:
        frame = object if isinstance(object, FrameType) else None
        if frame is not None and frame.f_code.co_filename.startswith(CELL):
            return None
        return usual(object, _filename)

    inspect.getmodule = getmodule


def practise() -> None:
    """Train a tiny network of the layers that the chapters use, where torch is here."""
    if "torch" not in sys.modules:
        return
    import torch
    from torch import nn

    torch.manual_seed(0)
    batch, steps, width = 2, 4, 8
    embedding, lstm = nn.Embedding(5, width), nn.LSTM(width, width, batch_first=True)
    convolution, norm = nn.Conv1d(steps, steps, 3), nn.LayerNorm(width)
    head = nn.Linear(width - 2, 3)
    layers = nn.ModuleList([embedding, lstm, convolution, norm, head])

    def loss() -> torch.Tensor:
        words = torch.zeros(batch, steps, dtype=torch.long)
        states = norm(lstm(embedding(words))[0])
        states = nn.functional.scaled_dot_product_attention(states, states, states)
        scores = head(nn.functional.gelu(convolution(states)).mean(1))
        return nn.functional.cross_entropy(scores, torch.tensor([0, 1]))

    with torch.no_grad():
        loss()
    optimizer = torch.optim.AdamW(layers.parameters())
    loss().backward()
    nn.utils.clip_grad_norm_(layers.parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad()

"""Loaders of data work in the student's own process.

The workers of a ``torch.utils.data.DataLoader`` send their tensors over sockets that
have a path, which the walls refuse. What a loader yields is the same without workers.
"""

from __future__ import annotations

import functools
import sys
from typing import Any

#: what only a loader with workers takes
OF_WORKERS = {
    "num_workers": 0,
    "multiprocessing_context": None,
    "prefetch_factor": None,
    "persistent_workers": False,
    "timeout": 0,
}


def load_without_workers() -> None:
    """Make every ``DataLoader`` of this process one without workers."""
    data = sys.modules.get("torch.utils.data")
    if data is None or hasattr(data.DataLoader.__init__, "__wrapped__"):
        return
    real = data.DataLoader.__init__

    @functools.wraps(real)
    def init(self: Any, dataset: Any, *arguments: Any, **named: Any) -> None:
        if len(arguments) > 4:  # num_workers may stand there
            arguments = (*arguments[:4], 0, *arguments[5:])
        given = {key: OF_WORKERS.get(key, value) for key, value in named.items()}
        real(self, dataset, *arguments, **given)

    data.DataLoader.__init__ = init

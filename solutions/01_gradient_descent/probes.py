"""How the cases of chapter 01 are run: callables are made here, from a name."""

import numpy as np

ACTIVATIONS = {
    "identity": lambda z: z,
    "tanh": np.tanh,
    "square": np.square,
    "sine": np.sin,
    "ReLU": lambda z: np.maximum(z, 0),
}


def forward_named(forward, X, W, b, name):
    """Run `forward` with the activation called `name`."""
    return forward(X, W, b, ACTIVATIONS[name])

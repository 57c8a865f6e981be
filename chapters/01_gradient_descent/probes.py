"""How the cases of chapter 01 are run.

Functions cannot travel in a file of cases, so a case names them: the activations,
losses and gradients that a student's function is given are made here.
"""

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


def _cubic(coefficients):
    return lambda theta: float(np.sum(coefficients * np.asarray(theta) ** 3))


def _waves(coefficients):
    def J(theta):
        theta = np.asarray(theta)
        return float(np.sum(np.sin(coefficients * theta)) * np.cos(theta.sum()))

    return J


def _residual(A):
    return lambda theta: float(np.sum((A @ theta - 1.0) ** 2) ** 1.5)


LOSSES = {"cubic": _cubic, "waves": _waves, "residual": _residual}


def numerical_gradient_named(numerical_gradient, name, theta, *h, numbers):
    """Run `numerical_gradient` on the loss `name`, made from `numbers`."""
    return numerical_gradient(LOSSES[name](numbers), theta, *h)


GRADIENTS = {
    "bowl": lambda A: lambda theta: A @ theta,
    "shifted bowl": lambda A: lambda theta: A @ (theta - 1.0),
    "waves": lambda A: lambda theta: A * np.sin(theta),
}


def gradient_descent_named(descent, name, theta0, alpha, steps, numbers):
    """Run `gradient_descent` on the gradient `name`, made from `numbers`."""
    return descent(GRADIENTS[name](numbers), theta0, alpha, steps)


def three_epochs(minibatches, X, y, batch_size, rng, same_seed):
    """Two epochs from one generator, and one from another of the same seed."""
    epochs = []
    for generator in (rng, rng, same_seed):
        batches = minibatches(X, y, batch_size, generator)
        if batches is None:
            return None
        epochs.append([_batch(item) for item in batches])
    return epochs


def _batch(item):
    if not isinstance(item, tuple | list) or len(item) != 2:
        raise TypeError("every batch is to be a pair (X_batch, y_batch)")
    return np.array(item[0]), np.array(item[1])


def what_epochs_show(epochs, case):
    """The properties of three epochs that do not depend on the order drawn."""
    if epochs is None:
        return None
    X, y = case.inputs[:2]
    orders = [_order(batches, X, y) for batches in epochs]
    rows = np.arange(len(X))
    return {
        "batch sizes": [[len(Xb) for Xb, _ in batches] for batches in epochs],
        "dimensions of the batches of y": [
            [np.ndim(yb) for _, yb in batches] for batches in epochs
        ],
        "how often a sample is seen, sorted": [
            np.sort((order == rows[:, None]).sum(axis=1)) for order, _ in orders
        ],
        "samples with the y of another": [strangers for _, strangers in orders],
        "batches of neighbours in X": [
            sum(map(_neighbours, _in_batches(order, batches)))
            for (order, _), batches in zip(orders, epochs, strict=True)
        ],
        "an epoch keeps the order of X": any(
            np.array_equal(order, rows) for order, _ in orders
        ),
        "the second epoch repeats the first": np.array_equal(
            orders[0][0], orders[1][0]
        ),
        "the same seed gives the same order": np.array_equal(
            orders[0][0], orders[2][0]
        ),
    }


def _order(batches, X, y):
    """The row of X that each sample is, and how many samples have another's y."""
    for Xb, yb in batches:
        if Xb.shape[1:] != X.shape[1:] or len(Xb) != len(yb):
            raise ValueError(f"a batch has the shapes {Xb.shape} and {yb.shape}")
    if not batches:
        return np.zeros(0, dtype=int), 0
    same = np.isclose(X[None], np.concatenate([Xb for Xb, _ in batches])[:, None])
    known = same.all(axis=2).any(axis=1)
    order = np.where(known, same.all(axis=2).argmax(axis=1), -1)
    given = np.concatenate([yb.reshape(len(yb), -1) for _, yb in batches])
    truth = y.reshape(len(y), -1)[order]
    if given.shape != truth.shape:
        return order, len(order)
    return order, int((~known | (np.abs(truth - given).max(axis=1) > 1e-6)).sum())


def _in_batches(order, batches):
    ends = np.cumsum([len(Xb) for Xb, _ in batches])
    return [] if len(batches) < 2 else np.split(order, ends[:-1])


def _neighbours(rows):
    """Whether a batch, too large for that to be chance, lies together in X."""
    return len(rows) >= 8 and int(np.ptp(rows)) == len(rows) - 1


def momentum_steps(momentum_step, theta, v, grads, alpha, beta):
    """Take one step for each gradient; return theta and v after each."""
    seen = []
    for grad in grads:
        result = momentum_step(theta, v, grad, alpha, beta)
        if result is None:
            return None
        if not isinstance(result, tuple | list) or len(result) != 2:
            raise TypeError("the result is to be a pair (theta, v)")
        theta, v = (np.array(a) if isinstance(a, list) else a for a in result)
        seen.append((theta, v))
    return seen


def fit_watched(fit, *inputs, watched=False):
    """Run `fit`; where it is watched, tell besides whether PyTorch recorded anything.

    Whatever takes the gradient (backward(), autograd.grad, torch.func.grad), some
    tensor on the way to the loss requires one.
    """
    if not watched:
        return fit(*inputs)
    import torch
    from torch.overrides import TorchFunctionMode

    class Watch(TorchFunctionMode):
        recorded = False

        def __torch_function__(self, function, types, args=(), kwargs=None):
            result = function(*args, **(kwargs or {}))
            if isinstance(result, torch.Tensor) and result.requires_grad:
                self.recorded = True
            return result

    with Watch() as watch:
        result = fit(*inputs)
    if not isinstance(result, tuple | list) or len(result) != 2:
        return result
    W, b = result
    return {"W": W, "b": b, "recorded by PyTorch": watch.recorded}

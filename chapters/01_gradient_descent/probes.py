"""How the cases of chapter 01 are run.

Functions cannot travel in a file of cases, so a case names them: the activations,
losses and gradients that a student's function is given are made here.
"""

import copy
import math

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


def numerical_gradient_named(numerical_gradient, name, theta, *h, numbers, order="C"):
    """Run `numerical_gradient` on the loss `name`, made from `numbers`.

    order: "F" where theta lies in memory column by column
    """
    if order == "F":
        theta = np.asfortranarray(theta)
    return numerical_gradient(LOSSES[name](numbers), theta, *h)


GRADIENTS = {
    "bowl": lambda A: lambda theta: A @ theta,
    "shifted bowl": lambda A: lambda theta: A @ (theta - 1.0),
    "waves": lambda A: lambda theta: A * np.sin(theta),
    "constant": lambda A: lambda theta: A,
}


def gradient_descent_named(descent, name, theta0, alpha, steps, numbers):
    """Run `gradient_descent` on the gradient `name`, made from `numbers`."""
    return descent(GRADIENTS[name](numbers), theta0, alpha, steps)


def points(trajectory, case):
    """The trajectory, and whether its numbers are floats as the docstring says."""
    try:
        whole = np.asarray(trajectory).dtype.kind in "iub"
    except ValueError:  # rows of different lengths
        whole = False
    return {"dtype": "int" if whole else "float", "trajectory": trajectory}


def three_epochs(minibatches, X, y, batch_size, rng, same_seed):
    """Two epochs from one generator, and one from another of the same seed.

    They are copied at once: a student's batches may be views of arrays that the next
    epoch shuffles.
    """
    epochs = []
    for generator in (rng, rng, same_seed):
        batches = minibatches(X, y, batch_size, generator)
        if batches is None:
            return None
        epochs.append(copy.deepcopy(list(batches)))
    return epochs


PAIRS = "pairs (X_batch, y_batch)"


def what_epochs_show(epochs, case):
    """The properties of three epochs that do not depend on the order drawn."""
    if epochs is None:
        return None
    X, y = case.inputs[:2]
    forms = {_form(item, X, y) for batches in epochs for item in batches} or {PAIRS}
    seen = {"each batch": min(forms - {PAIRS} or forms)}
    if forms != {PAIRS}:
        return seen | dict.fromkeys(PROPERTIES)
    epochs = [[tuple(map(np.asarray, item)) for item in each] for each in epochs]
    orders = [_order(batches, X, y) for batches in epochs]
    rows = np.arange(len(X))
    counts = [(order == rows[:, None]).sum(axis=1) for order, _, _ in orders]
    together = [
        any(map(_neighbours, _in_batches(order, batches)))
        for (order, _, _), batches in zip(orders, epochs, strict=True)
    ]
    values = (
        [[len(Xb) for Xb, _ in batches] for batches in epochs],
        [sorted({np.ndim(yb) for _, yb in batches}) for batches in epochs],
        any((count == 0).any() for count in counts),
        any((count > 1).any() for count in counts),
        any((order < 0).any() for order, _, _ in orders),
        any(strangers for _, strangers, _ in orders),
        any(old for _, _, old in orders),
        any(together),
        any(np.array_equal(order, rows) for order, _, _ in orders),
        np.array_equal(orders[0][0], orders[1][0]),
        np.array_equal(orders[0][0], orders[2][0]),
    )
    return seen | dict(zip(PROPERTIES, values, strict=True))


PROPERTIES = (
    "batch sizes",
    "dimensions of the batches of y",
    "a sample is missing",
    "a sample comes twice",
    "a row is not one of X",
    "a sample has the y of another",
    "y is in its old order, X is not",
    "a batch holds neighbours in X",
    "an epoch keeps the order of X",
    "the second epoch repeats the first",
    "the same seed gives the same order",
)


def _form(item, X, y):
    """What a batch is, in words: a pair of parts of X and y, or what else."""
    if not isinstance(item, tuple | list) or len(item) != 2:
        return "no pair (X_batch, y_batch)"
    try:
        Xb, yb = (np.asarray(part, dtype=float) for part in item)
    except (TypeError, ValueError):
        return "a pair, but not of arrays"
    fits = Xb.shape[1:] == X.shape[1:] and len(Xb.shape) == X.ndim
    if fits and yb.ndim and len(yb) == len(Xb):
        return PAIRS
    if Xb.shape[1:] == y.shape[1:] and yb.shape[1:] == X.shape[1:] and yb.ndim == 2:
        return "a pair (y_batch, X_batch)"
    return f"arrays of the shapes {Xb.shape} and {yb.shape}"


def _order(batches, X, y):
    """The row of X that each sample is (-1: none), and how their y were dealt with.

    Two flags: whether a sample has the y of another, and whether y lies in its old
    order although X does not.
    """
    if not batches:
        return np.zeros(0, dtype=int), False, False
    same = np.isclose(X[None], np.concatenate([Xb for Xb, _ in batches])[:, None])
    known = same.all(axis=2).any(axis=1)
    order = np.where(known, same.all(axis=2).argmax(axis=1), -1)
    # A batch may be empty, and -1 says nothing of its other axes.
    given = np.concatenate(
        [yb.reshape(len(yb), math.prod(yb.shape[1:])) for _, yb in batches]
    )
    y = y.reshape(len(y), -1)
    truth = y[order]
    if given.shape != truth.shape:
        return order, True, False
    strangers = bool((known & (np.abs(truth - given).max(axis=1) > 1e-6)).any())
    old = strangers and np.allclose(given, y[: len(given)])
    return order, strangers, bool(old)


def _in_batches(order, batches):
    ends = np.cumsum([len(Xb) for Xb, _ in batches])
    return [] if len(batches) < 2 else np.split(order, ends[:-1])


def _neighbours(rows):
    """Whether a batch, too large for that to be chance, lies together in X."""
    return len(rows) >= 8 and int(np.ptp(rows)) == len(rows) - 1


def momentum_steps(momentum_step, theta, v, grads, alpha, beta, again=False):
    """Take one step for each gradient; return theta and v after each.

    again: another run was before, from another theta and v
    """
    if again:
        momentum_step(theta - 2, v + 1, -grads[0], alpha, beta)
    seen = []
    for grad in grads:
        result = momentum_step(theta, v, grad, alpha, beta)
        if result is None:
            return None
        seen.append(copy.deepcopy(result))
        # Both in one array are a pair as well; theta alone has an axis less.
        pair = isinstance(result, tuple | list) or np.ndim(result) > np.ndim(theta)
        if not pair or len(result) != 2:
            break
        theta, v = (np.array(a) if isinstance(a, list) else a for a in result)
    return seen


def fit_watched(fit, *inputs, watched=False):
    """Run `fit`; where it is watched, tell besides how many gradients PyTorch took.

    backward(), autograd.grad and torch.func.grad all end in a call of one of the two
    functions that are counted. The numbers have to be right as well: the count alone
    earns nothing.
    """
    if not watched:
        return fit(*inputs)
    from torch.overrides import TorchFunctionMode

    class Watch(TorchFunctionMode):
        gradients = 0

        def __torch_function__(self, function, types, args=(), kwargs=None):
            self.gradients += getattr(function, "__name__", "") in ("backward", "grad")
            return function(*args, **(kwargs or {}))

    with Watch() as watch:
        result = fit(*inputs)
    if not isinstance(result, tuple | list) or len(result) != 2:
        return result
    W, b = result
    steps = inputs[-1]
    return {"W": W, "b": b, "every step uses autograd": watch.gradients >= steps}


def epochs_in_a_row(train_epoch, params, m, v, t, batches, alpha, epochs=1, lazy=False):
    """Train for some epochs, each from what the one before returned."""
    seen = []
    for _ in range(epochs):
        given = (pair for pair in batches) if lazy else batches
        result = train_epoch(params, m, v, t, given, alpha)
        seen.append(result)
        if not isinstance(result, tuple | list) or len(result) != 4:
            break
        params, m, v, t = result
    return seen


NAMES = ("W1", "b1", "W2", "b2")


def state_by_name(epochs, case):
    """Every part of the results by its name; what goes wrong first stands first."""
    named = {}
    for number, result in enumerate(epochs, 1):
        if result is None:
            return None
        if not isinstance(result, tuple | list) or len(result) != 4:
            raise TypeError("the result is to be (params, m, v, t)")
        params, m, v, t = result
        after = f" after epoch {number}" if len(epochs) > 1 else ""
        named[f"t{after}"] = t
        for kind, parts in (("m of ", m), ("v of ", v), ("", params)):
            if not isinstance(parts, tuple | list) or len(parts) != len(NAMES):
                name = kind[0] if kind else "params"
                raise TypeError(f"{name} is to be a list of four arrays")
            for name, part in zip(NAMES, parts, strict=True):
                named[f"{kind}{name}{after}"] = part
    return named


def admit_gradients(one, other):
    """The pair as float arrays; ValueError where it is out of bounds."""
    pair = np.array(one, dtype=float), np.array(other, dtype=float)
    if pair[0].shape != pair[1].shape or pair[0].ndim != 2:
        raise ValueError("both gradients have one shape (n, k).")
    if not 1 <= pair[0].size <= 100:
        raise ValueError("a gradient has 1 to 100 numbers here.")
    if not all((abs(array) <= 1000).all() for array in pair):
        raise ValueError("every number lies between -1000 and 1000.")
    return pair


def admit_forecasts(y, y_hat):
    """Truths and predictions as float arrays; ValueError where out of bounds."""
    pair = np.array(y, dtype=float), np.array(y_hat, dtype=float)
    if pair[0].shape != pair[1].shape or pair[0].ndim != 1:
        raise ValueError("both are arrays of one axis and one length.")
    if not 2 <= pair[0].size <= 50:
        raise ValueError("an input has 2 to 50 truths here.")
    if not all((abs(array) <= 1e9).all() for array in pair):
        raise ValueError("every number lies between -1e9 and 1e9.")
    if np.ptp(pair[0]) == 0:
        raise ValueError("the numbers of y are not all equal.")
    return pair

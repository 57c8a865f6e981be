"""Cases, tolerances, misconceptions and hints of chapter 01."""

import numpy as np

from autograde.exercise import (
    Case,
    Exercise,
    Manual,
    Misconception,
    Rng,
    WhichInput,
)


def forward_cases(rng):
    def layer(n, d, k, scale=1.0):
        X = scale * rng.normal(size=(n, d))
        return X, rng.normal(size=(d, k)), rng.normal(size=k)

    yield Case("4 samples, 3 features, 2 outputs, tanh", *layer(4, 3, 2), "tanh")
    yield Case("no activation", *layer(5, 2, 4), "identity")
    yield Case("one output", *layer(6, 3, 1), "square")
    yield Case("one sample", *layer(1, 4, 3), "sine")
    yield Case("as many features as outputs", *layer(5, 3, 3), "sine")
    yield Case("inputs of 1e3", *layer(3, 5, 2, 1e3), "ReLU")


def mse_loss_cases(rng):
    yield Case("7 samples", rng.normal(size=7), rng.normal(size=7))
    y, y_hat = rng.normal(size=(5, 3)), rng.normal(size=(5, 3))
    yield Case("5 samples, 3 outputs", y, y_hat)
    y = rng.normal(1e3, 200, size=9)
    yield Case("scores near 1000", y, y + rng.normal(0, 50, size=9))
    y, y_hat = rng.integers(-9, 10, size=(3, 5)), rng.integers(10, 30, size=(3, 5))
    yield Case("integers", y, y_hat)
    yield Case("a row and a column", rng.normal(size=6), rng.normal(size=(6, 1)))
    y, y_hat = rng.normal(size=(4, 3)), rng.normal(size=(4, 1))
    yield Case("three outputs and one", y, y_hat)
    y, y_hat = rng.normal(size=(5, 2)), rng.normal(size=(1, 2))
    yield Case("five samples and one", y, y_hat)
    yield Case(
        "one sample, 4 outputs", rng.normal(size=(1, 4)), rng.normal(size=(1, 4))
    )
    y = rng.integers(-9, 10, size=6)
    yield Case("whole truths, predictions between them", y, y + rng.normal(size=6))


def mse_gradients_cases(rng):
    def problem(n, d, k, scale=1.0):
        X = scale * rng.normal(size=(n, d))
        W, b = rng.normal(size=(d, k)), rng.normal(size=k)
        return X, W, b, scale * rng.normal(size=(n, k))

    yield Case("7 samples, 3 features, 2 outputs", *problem(7, 3, 2))
    yield Case("one output", *problem(5, 4, 1))
    yield Case("features of 1e3", *problem(9, 2, 3, 1e3))
    yield Case("one sample", *problem(1, 3, 4))
    X, W, b, y = problem(4, 2, 1)
    yield Case("y is a row", X, W, b, y[:, 0])
    X, W, b, y = problem(5, 2, 3)
    yield Case("y has one column, the layer three outputs", X, W, b, y[:, :1])
    yield Case("y has one row, X five", X, W, b, y[:1])
    yield Case("as many features as outputs", *problem(6, 3, 3))


def numerical_gradient_cases(rng):
    def case(label, loss, numbers, theta, *h):
        return Case(label, loss, theta, *h, numbers=numbers)

    theta = rng.normal(size=5)
    yield case("a cubic, h = 0.1", "cubic", rng.normal(2, 1, size=5), theta, 0.1)
    theta = rng.normal(size=(3, 2))
    yield case("a matrix of parameters", "waves", rng.normal(size=(3, 2)), theta, 0.01)
    theta = rng.normal(size=(4, 2))
    yield case(
        "J needs theta's shape", "residual", rng.normal(size=(3, 4)), theta, 1e-3
    )
    theta = 100 * rng.normal(size=3)
    yield case("parameters near 100", "cubic", rng.normal(size=3), theta, 0.5)
    theta = rng.integers(-4, 5, size=4)
    yield case("integer parameters", "cubic", rng.normal(size=4), theta, 0.25)
    theta = rng.normal(size=1)
    yield case("one parameter", "cubic", rng.normal(2, 1, size=1), theta, 0.2)
    theta = rng.normal(size=(1, 5))
    yield case("a row of parameters", "waves", rng.normal(size=(1, 5)), theta, 0.02)
    # Short waves: an h ten times as large as the default is off in the sixth digit.
    left_out = case(
        "h left out", "waves", rng.normal(20, 2, size=3), rng.normal(size=3)
    )
    yield left_out.with_(rtol=2e-7, atol=1e-8)
    theta = rng.normal(size=(3, 2))
    by_columns = case(
        "a table stored by columns", "waves", rng.normal(size=(3, 2)), theta, 0.01
    )
    by_columns.keywords["order"] = "F"
    yield by_columns.with_(weight=0)


def _bowl(rng, d):
    Q = rng.normal(size=(d, d))
    return Q @ Q.T / d + 0.2 * np.eye(d)


def gradient_descent_cases(rng):
    def case(label, gradient, numbers, theta0, alpha, steps):
        return Case(label, gradient, theta0, alpha, steps, numbers=numbers)

    theta0 = rng.normal(size=3)
    yield case("12 steps in a bowl", "bowl", _bowl(rng, 3), theta0, 0.15, 12)
    theta0 = rng.normal(size=(2, 3))
    yield case(
        "a matrix of parameters", "waves", rng.normal(size=(2, 3)), theta0, 0.3, 7
    )
    theta0 = rng.normal(size=4)
    yield case("no steps", "bowl", _bowl(rng, 4), theta0, 0.1, 0)
    theta0 = 50 * rng.normal(size=2)
    yield case("a rate that diverges", "bowl", 9 * np.eye(2) + 1, theta0, 0.5, 9)
    theta0 = rng.integers(2, 9, size=3)
    yield case("integer start", "shifted bowl", _bowl(rng, 3), theta0, 0.2, 5)
    theta0 = rng.normal(size=2)
    flat = np.diag(rng.uniform(0.9, 1.1, size=2))
    yield case("steps go on at the lowest point", "shifted bowl", flat, theta0, 1.0, 30)
    theta0 = rng.integers(-9, 0, size=4)
    yield case("integer start, no steps", "bowl", _bowl(rng, 4), theta0, 0.1, 0)
    theta0 = rng.normal(size=(2, 3, 4))
    numbers = rng.normal(size=(2, 3, 4))
    yield case("three axes of parameters", "waves", numbers, theta0, 0.4, 5)
    theta0 = 0.1 * rng.normal(size=2)
    yield case("150 steps", "shifted bowl", _bowl(rng, 2), theta0, 0.01, 150)
    theta0 = rng.normal(size=3)
    label = "a gradient that is always the same array"
    yield case(label, "constant", rng.normal(size=3), theta0, 0.3, 4)


def minibatches_cases(rng):
    def case(label, n, d, batch_size, y):
        seed = int(rng.integers(2**31))
        X = rng.normal(size=(n, d))
        return Case(label, X, y, batch_size, Rng(seed), Rng(seed))

    yield case("11 samples by 4", 11, 3, 4, rng.normal(size=(11, 2)))
    yield case("y in one dimension", 13, 2, 5, rng.integers(0, 9, size=13))
    yield case("batches that fit", 12, 4, 3, rng.normal(size=(12, 1)))
    yield case("one by one", 9, 2, 1, rng.normal(size=(9, 1)))
    yield case("a batch larger than the data", 10, 3, 64, rng.normal(size=10))
    yield case("90 samples by 9", 90, 2, 9, rng.normal(size=(90, 2)))
    yield case("batch size -2", 8, 3, -2, rng.normal(size=8))
    yield case("one batch that holds all", 11, 2, 11, rng.normal(size=(11, 3)))
    yield case("150 samples by 64", 150, 2, 64, rng.normal(size=150))
    yield case("batch size 0", 7, 2, 0, rng.normal(size=7))


def momentum_step_cases(rng):
    def case(label, shape, alpha, beta, steps, scale=1.0, moving=True):
        theta = rng.normal(size=shape)
        v = scale * rng.normal(size=shape) if moving else np.zeros(shape)
        grads = [scale * rng.normal(size=shape) for _ in range(steps)]
        return Case(label, theta, v, grads, alpha, beta)

    yield case("one step, in motion", (4,), 0.3, 0.9, 1)
    yield case("three steps from rest", (3,), 0.1, 0.8, 3, moving=False)
    yield case("a matrix of parameters", (2, 3), 0.05, 0.5, 2)
    yield case("gradients near 1000", (3,), 1e-3, 0.95, 2, scale=1e3)
    yield case("beta 0 is plain descent", (5,), 0.7, 0.0, 2)
    again = case("a second run from another start", (4,), 0.2, 0.9, 2)
    again.keywords["again"] = True
    yield again


def adam_step_cases(rng):
    def state(shape, scale=1.0):
        theta = 0.1 * rng.normal(size=shape)
        m = scale * rng.normal(size=shape)
        v = (scale * rng.normal(size=shape)) ** 2
        return theta, m, v, scale * rng.normal(size=shape)

    theta, grad = 0.1 * rng.normal(size=4), rng.normal(size=4)
    zeros = np.zeros(4)
    yield Case("the first step", theta, zeros, zeros, grad, 1, 0.01)
    yield Case("the third step", *state((3, 2)), 3, 0.05)
    yield Case("step 5000", *state((3,)), 5000, 0.1)
    case = Case("other betas and eps", *state((4,)), 2, alpha=0.1, beta1=0.7)
    case.keywords |= {"beta2": 0.9, "eps": 0.3}
    yield case
    theta, _, _, grad = state((3,), 1e-6)
    zeros = np.zeros(3)
    yield Case("tiny gradients", theta / 100, zeros, zeros, grad, 1)
    yield Case("t counted from 0", *state((3,)), 0)
    theta, _, _, grad = state((5,))
    zeros = np.zeros(5)
    grad *= [0, 1e-4, 3, 500, 0]
    yield Case("zeros and large gradients at once", theta, zeros, zeros, grad, 1, 0.03)
    yield Case("t = -1", *state((2,)), -1)
    yield Case("step 15", *state((3,)), 15, 0.02)


def largest_stable_rate_cases(rng):
    yield Case("7 samples, 3 features", rng.normal(size=(7, 3)))
    X = rng.normal(3, 1, size=(20, 2)) * [1, 5]
    yield Case("columns with a mean", X)
    z = rng.normal(size=(15, 1))
    yield Case("columns that go together", z + 0.1 * rng.normal(size=(15, 4)))
    yield Case("more features than samples", rng.normal(size=(3, 7)))
    yield Case("features of 1e3", 1e3 * rng.normal(size=(9, 2)))
    # A curvature near 1e-20: small, and not the 0 that an absolute tolerance sees.
    yield Case("features of 1e-10", 1e-10 * rng.normal(size=(8, 5)))
    yield Case("nothing but zeros", np.zeros(rng.integers(2, 9, size=2)))
    X = rng.normal(size=(6, 4))
    X[rng.permuted(np.tile([True, False], (6, 2)), axis=1)] = 0
    yield Case("half of the numbers are 0", X)
    X = rng.integers(1, 9, size=(4, 3)).astype(float)
    yield Case("numbers that add up to 0", np.vstack([X, -X]))
    yield Case("one sample", rng.normal(size=(1, 5)))
    yield Case("one feature", rng.normal(size=(9, 1)))
    X = rng.normal(size=(7, 3))
    X[0] = X[:, 0] = 0
    yield Case("a row and a column of zeros", X)
    X = rng.integers(-9, 10, size=(4, 2)).astype(float)
    X[0] = [3, -1]
    yield Case("rows that add up to 0", np.c_[X, -X.sum(axis=1)])
    U = np.linalg.qr(rng.normal(size=(9, 6)))[0]
    V = np.linalg.qr(rng.normal(size=(6, 6)))[0]
    steep = [1, 0.996, 0.995, 0.994, 0.993, 0.2]
    X = U * rng.uniform(2, 4) * np.sqrt(steep) @ V
    yield Case("five directions almost equally steep", X)


def two_layer_backward_cases(rng):
    def problem(n, d, m, k, scale=1.0):
        X, y = scale * rng.normal(size=(n, d)), rng.normal(size=(n, k))
        W1, b1 = rng.normal(size=(d, m)) / d, rng.normal(size=m)
        return X, y, W1, b1, rng.normal(size=(m, k)), rng.normal(size=k)

    yield Case("5 samples, layers of 3, 4 and 2", *problem(5, 3, 4, 2))
    yield Case("one output", *problem(7, 2, 5, 1))
    yield Case("as many units as outputs", *problem(6, 4, 3, 3))
    yield Case("one sample", *problem(1, 3, 4, 2))
    yield Case("inputs near 10", *problem(6, 3, 2, 4, 10.0))
    X, y, *params = problem(6, 3, 4, 2)
    yield Case("y has one column, the network two outputs", X, y[:, :1], *params)
    yield Case("y has one row, X six", X, y[:1], *params)
    X, y, *params = problem(6, 3, 4, 1)
    yield Case("y is a row", X, y[:, 0], *params)


def standardize_cases(rng):
    X, Z = rng.normal(5, 2, size=(8, 3)), rng.normal(7, 3, size=(5, 3))
    yield Case("8 and 5 samples", X, Z)
    scale = np.array([1e-3, 1.0, 1e4, 30.0])
    yield Case(
        "columns of very different scale",
        X[:, [0, 1, 2, 0]] ** 2 * scale,
        scale * Z[:, [0, 1, 2, 1]],
    )
    X, Z = rng.normal(size=(7, 3)), rng.normal(size=(4, 3))
    X[:, 1] = rng.integers(2, 9)
    yield Case("a constant column", X, Z)
    yield Case(
        "integers", rng.integers(0, 60, size=(9, 2)), rng.integers(0, 60, size=(6, 2))
    )
    yield Case(
        "one test sample", rng.normal(2, 1, size=(6, 4)), rng.normal(size=(1, 4))
    )
    # A column that was recorded in a large unit varies little, and it varies.
    X, Z = rng.normal(size=(9, 3)), rng.normal(size=(5, 3))
    scale = np.array([1.0, 1e-10, 1e-7])
    yield Case("columns of very small spread", X * scale, Z * scale)
    yield Case("one training sample", rng.normal(size=(1, 3)), rng.normal(size=(4, 3)))
    X, Z = rng.normal(size=(7, 2)), rng.normal(size=(3, 2))
    X[:, 0] = 0.1
    yield Case("a column of equal numbers, 0.1", X, Z).with_(weight=0)


def fit_with_autograd_cases(rng):
    def problem(n, d, k):
        X, y = rng.normal(size=(n, d)), rng.normal(size=(n, k))
        return X, y, rng.normal(size=(d, k)), rng.normal(size=k)

    yield Case("one step", *problem(6, 3, 2), 0.2, 1)
    yield Case("25 steps, one output", *problem(12, 4, 1), 0.1, 25)
    yield Case("10 steps, three outputs", *problem(9, 2, 3), 0.15, 10)
    yield Case("no steps", *problem(5, 3, 2), 0.1, 0)
    watched = Case("the gradient comes from torch.autograd", *problem(5, 3, 2), 0.1, 3)
    watched.keywords["watched"] = True
    yield watched
    yield Case("one sample", *problem(1, 3, 2), 0.1, 4)
    X, _, W, b = problem(8, 3, 2)
    W, b, y = 3e-4 * W, 3e-4 * b, 3e-4 * rng.normal(size=(8, 2))
    yield Case("a loss below 1e-5", X, y, W, b, 0.1, 6)


def train_epoch_cases(rng):
    def case(label, d, m, k, sizes, t, alpha, **how):
        shapes = [(d, m), (m,), (m, k), (k,)]
        params = [0.5 * rng.normal(size=s) for s in shapes]
        used = 1.0 if t else 0.0
        averages = [used * 0.1 * rng.normal(size=s) for s in shapes]
        squares = [used * (0.3 * rng.normal(size=s)) ** 2 for s in shapes]
        batches = [(rng.normal(size=(n, d)), rng.normal(size=(n, k))) for n in sizes]
        return Case(label, params, averages, squares, t, batches, alpha, **how)

    yield case("one batch", 4, 2, 3, (6,), 3, 0.1)
    yield case("the first epoch, 3 batches", 3, 4, 2, (5, 5, 2), 0, 0.05)
    yield case("a later epoch", 2, 3, 1, (4, 4, 4, 1), 8, 0.02)
    yield case("no batches", 2, 3, 2, (), 5, 0.1)
    yield case("two epochs in a row", 3, 2, 1, (4, 3), 0, 0.04, epochs=2)
    yield case("the batches are a generator", 3, 4, 2, (5, 2), 6, 0.03, lazy=True)


REVEALING_PREDICTIONS = WhichInput(
    "revealing_predictions",
    points=2,
    minutes=10,
    difficulty=2,
    right="r_squared",
    shown={
        "the correlation is squared": "r_squared_1",
        "the mean is that of the predictions": "r_squared_2",
    },
    hidden={
        "numbers below 0 are cut off": (
            "float(1 - ((y - y_hat) ** 2).sum() / spread)",
            "max(0.0, float(1 - ((y - y_hat) ** 2).sum() / spread))",
        ),
        "sizes of errors in place of squares": [
            ("((y - y_hat) ** 2).sum()", "abs(y - y_hat).sum()"),
            ("((y - y.mean()) ** 2).sum()", "abs(y - y.mean()).sum()"),
        ],
        "the spread is that of the predictions": (
            "((y - y.mean()) ** 2)",
            "((y_hat - y_hat.mean()) ** 2)",
        ),
        "the spread by the squares of large numbers": (
            "((y - y.mean()) ** 2).sum()",
            "(y**2).sum() - len(y) * y.mean() ** 2",
        ),
        "the order is lost": ("(y - y_hat)", "(np.sort(y) - np.sort(y_hat))"),
    },
    admit="admit_forecasts",
    most=3,
    hints=[
        "A mistaken function must give another number than `r_squared`. Work out what "
        "each of the two computes for a pair of your own.",
        "Predictions that rise with the truth but lie too high are perfect for a "
        "correlation. Where the predictions have the mean of the truths, "
        "`r_squared_2` is right.",
        "Think of a very bad model, of predictions that hardly vary, of truths that "
        "are large numbers close to each other.",
    ],
)


def deep_backward_cases(rng):
    sizes = {
        "two hidden layers": (7, [3, 4, 5, 2]),
        "no hidden layer": (5, [4, 2]),
        "four hidden layers": (6, [2, 3, 5, 4, 3, 1]),
        "one sample, one hidden layer": (1, [3, 4, 2]),
        "layers of equal width": (5, [3, 3, 3, 3]),
    }
    for label, (N, widths) in sizes.items():
        pairs = list(zip(widths, widths[1:], strict=False))
        Ws = [rng.normal(size=pair) / np.sqrt(pair[0]) for pair in pairs]
        bs = [0.5 * rng.normal(size=width) for width in widths[1:]]
        X, y = rng.normal(size=(N, widths[0])), rng.normal(size=(N, widths[-1]))
        yield Case(label, X, y, Ws, bs)


DEEP_BACKWARD = Exercise(
    "deep_backward",
    deep_backward_cases,
    points=0,
    bonus=True,
    minutes=30,
    difficulty=4,
    returns=("dWs", "dbs"),
    misconceptions=[
        Misconception(
            "no-activation-slope",
            (" * (1 - h**2)", ""),
            "You leave out the slope of tanh, 1 - h squared, on the way down.",
        ),
        Misconception(
            "slope-of-the-output",
            (
                "(states[-1] @ Ws[-1] + bs[-1] - y) / len(X)",
                "(np.tanh(states[-1] @ Ws[-1] + bs[-1]) - y) / len(X)",
            ),
            "You put a tanh on the uppermost layer. It has none.",
            forms=[
                (
                    "(states[-1] @ Ws[-1] + bs[-1] - y) / len(X)",
                    "(np.tanh(states[-1] @ Ws[-1] + bs[-1]) - y) / len(X) * (1 - "
                    "np.tanh(states[-1] @ Ws[-1] + bs[-1]) ** 2)",
                ),
            ],
        ),
        Misconception(
            "not-divided",
            (" / len(X)", ""),
            "Your gradients are those of the sum over the samples. The loss divides "
            "by their number.",
        ),
        Misconception(
            "uppermost-first",
            ("return dWs[::-1], dbs[::-1]", "return dWs, dbs"),
            "Your lists begin with the uppermost layer, in the order of the way "
            "back. Turn them round.",
        ),
        Misconception(
            "not-added-up",
            ("delta.sum(axis=0)", "delta.mean(axis=0)"),
            "You average the bias gradients over the samples. The division by N is "
            "in delta already.",
        ),
        Misconception(
            "divided-by-all-entries",
            (" / len(X)", " / y.size"),
            "You divide by the number of all entries. N counts samples alone.",
        ),
        Misconception(
            "one-slope-only",
            (" * (1 - h**2)", " * (1 - h**2 if h is states[-1] else 1)"),
            "You multiply by the slope of tanh, 1 - h squared, on the way through one "
            "layer only. Each hidden layer has it.",
        ),
        Misconception(
            "library-mean",
            (" / len(X)", " * 2 / y.size"),
            "Your gradients are those of a library's mean: no 1/2, and divided by "
            "the number of all entries rather than of samples.",
        ),
        Misconception(
            "divided-in-each-layer",
            (
                "        dWs.append(",
                "        delta = delta / len(X)\n        dWs.append(",
            ),
            "You divide by N more than once. It is done once, where the way back "
            "begins.",
            forms=[
                [
                    (
                        "        dWs.append(",
                        "        delta = delta / (len(X) if dWs else 1)\n"
                        "        dWs.append(",
                    )
                ],
                [
                    ("dWs.append(h.T @ delta)", "dWs.append(h.T @ delta / len(X))"),
                    ("dbs.append(delta.sum(axis=0))", "dbs.append(delta.mean(axis=0))"),
                ],
            ],
        ),
        Misconception(
            "slope-at-the-output",
            (" / len(X)", " / len(X) * (1 - (states[-1] @ Ws[-1] + bs[-1]) ** 2)"),
            "You multiply by a slope of tanh at the output too. The "
            "uppermost layer is linear.",
        ),
        Misconception(
            "sign",
            ("bs[-1] - y) / len(X)", "bs[-1] - y) / -len(X)"),
            "You have the sign the wrong way round: a step against it would climb.",
        ),
        Misconception(
            "factor-two",
            (" / len(X)", " * 2 / len(X)"),
            "Your gradients are twice too large. The 1/2 of the loss "
            "cancels the 2 that comes from the square.",
        ),
        Misconception(
            "slope-of-the-slope",
            ("(1 - h**2)", "(1 - np.tanh(h) ** 2)"),
            "You apply tanh to h once more. h already is tanh of the sum.",
        ),
        Misconception(
            "other-slope",
            ("(1 - h**2)", "(1 - h) ** 2"),
            "You multiply by another factor than the slope of tanh, which "
            "is 1 - h**2: one minus the square of h.",
            forms=[
                ("(1 - h**2)", "(1 - h)"),
                ("(1 - h**2)", "(h * (1 - h))"),
                ("(1 - h**2)", "h**2"),
            ],
        ),
        Misconception(
            "other-network",
            ("np.tanh(states[-1] @ W + b)", "states[-1] @ W + b"),
            "You compute the hidden layers without tanh or with another "
            "activation: the gradients belong to another network.",
            forms=[
                [
                    (
                        "np.tanh(states[-1] @ W + b)",
                        "np.maximum(states[-1] @ W + b, 0)",
                    ),
                    ("(1 - h**2)", "(h > 0)"),
                ],
                [
                    (
                        "np.tanh(states[-1] @ W + b)",
                        "1 / (1 + np.exp(-states[-1] @ W - b))",
                    ),
                    ("(1 - h**2)", "(h * (1 - h))"),
                ],
                [
                    ("np.tanh(states[-1] @ W + b)", "states[-1] @ W + b"),
                    (" * (1 - h**2)", ""),
                ],
            ],
        ),
        Misconception(
            "no-bias",
            ("np.tanh(states[-1] @ W + b)", "np.tanh(states[-1] @ W)"),
            "You leave out biases in the forward pass, so that the "
            "gradients belong to another network.",
            forms=[
                (" + bs[-1]", ""),
                [
                    ("np.tanh(states[-1] @ W + b)", "np.tanh(states[-1] @ W)"),
                    (" + bs[-1]", ""),
                ],
            ],
        ),
        Misconception(
            "one-list-turned",
            ("return dWs[::-1], dbs[::-1]", "return dWs[::-1], dbs"),
            "One of your two lists begins with the uppermost layer. Both "
            "begin with the lowest.",
            forms=[("return dWs[::-1], dbs[::-1]", "return dWs, dbs[::-1]")],
        ),
        Misconception(
            "transposed",
            ("h.T @ delta", "delta.T @ h"),
            "Your dWs are transposed. Each has the shape of its W.",
        ),
        Misconception(
            "biases-keep-the-axis",
            ("delta.sum(axis=0)", "delta.sum(axis=0, keepdims=True)"),
            "Your dbs have a row of their own, shape (1, width). A gradient "
            "has the shape of its parameter.",
        ),
        Misconception(
            "one-bias-for-all",
            ("delta.sum(axis=0)", "delta.sum()"),
            "You sum the gradients of a layer's biases into one number. "
            "Each unit has a bias, and a gradient, of its own.",
        ),
        Misconception(
            "biases-not-summed",
            ("delta.sum(axis=0)", "delta"),
            "Your dbs have a row for each sample. Sum over the samples "
            "(axis 0), so that one number is left for each unit.",
        ),
        Misconception(
            "biases-first",
            ("return dWs[::-1], dbs[::-1]", "return dbs[::-1], dWs[::-1]"),
            "You return the gradients of the biases first. Those of the "
            "matrices come first.",
        ),
    ],
    hints=[
        "Go forward once and keep the state below every layer.",
        "Start with delta = (y_hat - y) / N and go through the layers from the "
        "uppermost down.",
        "At each layer: dW is the state below, transposed, times delta; db is the sum "
        "of delta. Then delta becomes (delta @ W.T) * (1 - h**2).",
    ],
)


EXERCISES = [
    Exercise(
        "forward",
        forward_cases,
        points=2,
        minutes=5,
        difficulty=1,
        probe="forward_named",
        misconceptions=[
            Misconception(
                "no-bias",
                ("X @ W + b", "X @ W"),
                "You leave out the bias b: every output is shifted.",
            ),
            Misconception(
                "no-activation",
                ("return f(Z)", "return Z"),
                "You return XW + b itself; the activation f is never applied.",
            ),
            Misconception(
                "bias-outside",
                [("X @ W + b", "X @ W"), ("return f(Z)", "return f(Z) + b")],
                "You add b after the activation. It belongs inside: f(XW + b).",
            ),
            Misconception(
                "bias-on-weights",
                ("X @ W + b", "X @ (W + b)"),
                "You add b to the weights, so that it is multiplied by the inputs.",
            ),
            Misconception(
                "fixed-activation",
                ("return f(Z)", "return np.tanh(Z)"),
                "You always apply the same activation. The caller chooses it: f.",
                forms=[
                    ("return f(Z)", "return np.maximum(Z, 0)"),
                    ("return f(Z)", "return 1 / (1 + np.exp(-Z))"),
                    ("return f(Z)", "return np.tanh(f(Z))"),
                ],
            ),
            Misconception(
                "activation-on-inputs",
                [("X @ W + b", "f(X) @ W + b"), ("return f(Z)", "return Z")],
                "You apply f to the inputs. It belongs around the whole sum.",
            ),
            Misconception(
                "activation-twice",
                ("return f(Z)", "return f(f(Z))"),
                "You apply the activation twice.",
            ),
            Misconception(
                "other-product",
                ("X @ W + b", "W @ X + b"),
                "The product is X @ W, (N, d) times (d, k). Yours has its factors in "
                "another order, transposed, or multiplied entry by entry.",
                forms=[
                    ("X @ W + b", "X.T @ W + b"),
                    ("X @ W + b", "X @ W.T + b"),
                    ("X @ W + b", "W.T @ X + b"),
                    ("X @ W + b", "W.T @ X.T + b"),
                    ("X @ W + b", "W.T @ X.T + b[:, None]"),
                    ("X @ W + b", "X * W + b"),
                ],
            ),
            Misconception(
                "last-sample",
                (
                    "    Z = X @ W + b\n    return f(Z)",
                    "    for x in X:\n        Z = f(x @ W + b)\n    return Z",
                ),
                "You return the outputs of one sample only. Each row of X gives a row "
                "of the result.",
                forms=[
                    (
                        "    Z = X @ W + b\n    return f(Z)",
                        "    for x in X:\n        return f(x @ W + b)",
                    )
                ],
            ),
            Misconception(
                "bias-multiplied",
                ("X @ W + b", "X @ W * b"),
                "You multiply by the bias. It is added.",
            ),
            Misconception(
                "one-bias-for-all",
                ("X @ W + b", "X @ W + b.sum()"),
                "You make one number of the biases. Each output has a bias of its own.",
                forms=[
                    ("X @ W + b", "X @ W + b.mean()"),
                    ("X @ W + b", "X @ W + b[0]"),
                ],
            ),
            Misconception(
                "bias-per-feature",
                source="""
def forward(X, W, b, f):
    N, d = X.shape
    k = W.shape[1]
    Z = np.zeros((N, k))
    for i in range(N):
        for j in range(k):
            for a in range(d):
                Z[i, j] += X[i, a] * W[a, j] + b[j]
    return f(Z)
""",
                says="You add the bias once for each feature, inside of the sum. "
                "It is added once to each output.",
            ),
            Misconception(
                "first-feature-lost",
                source="""
def forward(X, W, b, f):
    Z = np.zeros((X.shape[0], W.shape[1]))
    for a in range(1, X.shape[1]):
        Z += np.outer(X[:, a], W[a])
    return f(Z + b)
""",
                says="Your sum leaves the first feature out. It runs over all d "
                "features, from 0 on.",
            ),
            Misconception(
                "ones-in-another-place",
                (
                    "X @ W + b",
                    "np.hstack([X, np.ones((len(X), 1))]) @ np.vstack([b, W])",
                ),
                "You put a column of ones behind X and b before W, or the other way "
                "round: the ones then meet a row of W. Both belong at the same end.",
                forms=[
                    (
                        "X @ W + b",
                        "np.hstack([np.ones((len(X), 1)), X]) @ np.vstack([W, b])",
                    ),
                ],
            ),
            Misconception(
                "activation-on-each-part",
                ("return f(Z)", "return f(X @ W) + f(b)"),
                "You apply f to XW and to b apart. It goes around their sum.",
            ),
            Misconception(
                "sums-into-b",
                source="""
def forward(X, W, b, f):
    out = np.zeros((len(X), len(b)))
    for i, x in enumerate(X):
        z = b
        for a in range(len(x)):
            z += x[a] * W[a]
        out[i] = f(z)
    return out
""",
                says="You sum into b itself: z = b gives it a second name, so that b "
                "changes and each sample starts from the sum of the one before. "
                "Start from a copy.",
                forms=[
                    """
def forward(X, W, b, f):
    rows = []
    for x in X:
        z = b
        for a in range(len(x)):
            z += x[a] * W[a]
        rows.append(f(z))
    return np.array(rows)
""",
                    ("    Z = X @ W + b\n", "    b += X @ W\n    Z = b\n"),
                ],
            ),
            Misconception(
                "squeezed",
                ("return f(Z)", "return np.squeeze(f(Z))"),
                "You drop an axis of length 1. The result is (N, k), also for "
                "one sample or one output.",
                forms=[
                    ("return f(Z)", "return f(Z)[:, 0] if len(b) == 1 else f(Z)"),
                    ("return f(Z)", "return f(Z)[0] if len(X) == 1 else f(Z)"),
                ],
            ),
            Misconception(
                "minus-bias",
                ("X @ W + b", "X @ W - b"),
                "You subtract the bias. It is added.",
            ),
        ],
        hints=[
            "One sample is one row of X. Which product gives N rows again?",
            "(N, d) times (d, k) is (N, k), and NumPy adds b to every row of that.",
            "Compute Z = XW + b with the @ operator, then apply f to Z.",
        ],
    ),
    Exercise(
        "mse_loss",
        mse_loss_cases,
        points=2,
        minutes=5,
        difficulty=1,
        misconceptions=[
            Misconception(
                "no-half",
                ("(2 * len(y))", "len(y)"),
                "You leave out the 1/2 in front: the loss is twice too large.",
            ),
            Misconception(
                "no-mean",
                ("(2 * len(y))", "2"),
                "You sum over the samples without dividing by N, so the loss grows "
                "with the data set.",
            ),
            Misconception(
                "mean-over-outputs",
                ("(2 * len(y))", "(2 * y.size)"),
                "You divide by the number of all entries. N counts samples: the "
                "outputs of one sample are summed, not averaged.",
            ),
            Misconception(
                "library-mean",
                ("(2 * len(y))", "y.size"),
                "You take the mean of all entries, as libraries do: there is no "
                "1/2, and N counts samples, not entries.",
            ),
            Misconception(
                "absolute",
                ("error**2", "abs(error)"),
                "You take absolute errors. The loss takes their squares, which weigh "
                "large errors more.",
                forms=[
                    ("np.sum(error**2) / (2 * len(y))", "np.mean(abs(error))"),
                    ("np.sum(error**2) / (2 * len(y))", "np.sum(abs(error)) / len(y)"),
                ],
            ),
            Misconception(
                "square-of-sum",
                ("np.sum(error**2)", "np.sum(error) ** 2"),
                "You square the sum of the errors, so that errors of opposite signs "
                "cancel. Square each error first.",
                forms=[
                    ("np.sum(error**2)", "np.sum(np.sum(error, axis=0) ** 2)"),
                    ("np.sum(error**2)", "np.sum(np.sum(error, axis=-1) ** 2)"),
                ],
            ),
            Misconception(
                "root",
                [("return np.sum", "return np.sqrt(np.sum"), ("len(y))", "len(y)))")],
                "You take a root. That is another measure, with another gradient.",
                forms=[
                    (
                        "np.sum(error**2) / (2 * len(y))",
                        "np.sqrt(np.mean(error**2))",
                    ),
                    (
                        "np.sum(error**2) / (2 * len(y))",
                        "np.sqrt(np.sum(error**2) / len(y))",
                    ),
                    (
                        "np.sum(error**2) / (2 * len(y))",
                        "np.sqrt(np.sum(error**2)) / (2 * len(y))",
                    ),
                ],
            ),
            Misconception(
                "left-to-right",
                ("/ (2 * len(y))", "/ 2 * len(y)"),
                "You divide by 2 and then multiply by N: Python reads `/ 2 * len(y)` "
                "from left to right. Put 2N into parentheses.",
            ),
            Misconception(
                "loss-of-each-output",
                ("np.sum(error**2)", "np.sum(error**2, axis=0)"),
                "You sum over the samples only and get one number for each output. "
                "Sum over both axes (Python's own `sum` adds up rows).",
            ),
            Misconception(
                "no-sum",
                ("np.sum(error**2)", "error**2"),
                "You return one number for each error. The loss is their sum.",
                forms=[("np.sum(error**2) / (2 * len(y))", "error**2 / 2")],
            ),
            Misconception(
                "difference-of-squares",
                ("np.sum(error**2)", "np.sum(y**2 - y_hat**2)"),
                "You square before you subtract. Take the difference first, then its "
                "square.",
                forms=[
                    ("np.sum(error**2)", "np.sum(y - y_hat**2)"),
                    ("np.sum(error**2)", "np.sum(y_hat**2 - y**2)"),
                ],
            ),
            Misconception(
                "no-square",
                ("np.sum(error**2)", "np.sum(error)"),
                "You do not square the errors, so that those of opposite signs cancel.",
            ),
            Misconception(
                "number-of-outputs",
                ("(2 * len(y))", "(2 * y.shape[-1])"),
                "You take N from the last axis of y. Samples are rows: len(y).",
            ),
            Misconception(
                "rounds-down",
                ("/ (2 * len(y))", "// (2 * len(y))"),
                "You divide with //, which rounds down to a whole number.",
            ),
            Misconception(
                "one-less",
                ("(2 * len(y))", "(2 * max(len(y) - 1, 1))"),
                "You divide by N - 1. The articles' formula has N.",
            ),
            Misconception(
                "broadcast",
                ("if y.shape != y_hat.shape:", "if False:"),
                "You let different shapes meet: NumPy then repeats the smaller one and "
                "compares values that do not belong together, and says nothing.",
            ),
            Misconception(
                "error-in-whole-numbers",
                source="""
def mse_loss(y, y_hat):
    if y.shape != y_hat.shape:
        raise ValueError("shapes differ")
    e = np.empty_like(y)
    e[...] = y - y_hat
    return float(np.sum(e.astype(float) ** 2) / (2 * len(y)))
""",
                says="You keep the errors in the dtype of y. Where y holds whole "
                "numbers, they are cut off.",
            ),
            Misconception(
                "in-place",
                ("error = y - y_hat", "error = y_hat\n    error -= y"),
                "You subtract in place: `-=` writes into the array that was handed "
                "over. `y_hat - y` makes a new one.",
                forms=[
                    ("error = y - y_hat", "error = y\n    error -= y_hat"),
                    (
                        "error = y - y_hat",
                        "error = torch.from_numpy(y_hat).sub_(torch.from_numpy(y))\n"
                        "    error = error.numpy()",
                    ),
                ],
            ),
            Misconception(
                "spread-of-the-errors",
                (
                    "np.sum(error**2) / (2 * len(y))",
                    "np.sum(np.var(error, axis=0)) / 2",
                ),
                "You take the variance of the errors, which subtracts their mean: "
                "predictions that are all too high by the same amount cost nothing.",
                forms=[
                    ("np.sum(error**2) / (2 * len(y))", "np.var(error) / 2"),
                    ("np.sum(error**2) / (2 * len(y))", "np.std(error) ** 2"),
                ],
            ),
        ],
        hints=[
            "N is the number of samples. How do you get it from y?",
            "Compare the two shapes first, and raise ValueError where they differ.",
            "Square the differences, sum them all, divide by 2 * len(y).",
        ],
    ),
    Exercise(
        "mse_gradients",
        mse_gradients_cases,
        points=4,
        minutes=15,
        difficulty=3,
        returns=("dW", "db"),
        misconceptions=[
            Misconception(
                "no-mean",
                (" / len(X)", ""),
                "You sum over the samples without dividing by N: a step grows with the "
                "size of the data set.",
            ),
            Misconception(
                "sign",
                ("error = y_hat - y", "error = y - y_hat"),
                "You have the sign the wrong way round: a step against it would climb.",
            ),
            Misconception(
                "factor-two",
                ("error = y_hat - y", "error = 2 * (y_hat - y)"),
                "Your gradient is twice too large. The 1/2 of the loss cancels the 2 "
                "that comes from the square.",
            ),
            Misconception(
                "half",
                ("error = y_hat - y", "error = (y_hat - y) / 2"),
                "Your gradient is half as large as it should be. The square "
                "brings a 2 down, which cancels the 1/2 of the loss.",
            ),
            Misconception(
                "no-bias",
                ("y_hat = X @ W + b", "y_hat = X @ W + 0 * b"),
                "You leave the bias out of the prediction, so that both gradients "
                "belong to another model.",
            ),
            Misconception(
                "db-one-number",
                ("error.sum(axis=0) / len(X)", "error.sum() / len(X)"),
                "You make one number of the errors of all outputs. Each output has a "
                "bias, and a gradient, of its own.",
                forms=[
                    """
def mse_gradients(X, W, b, y):
    if y.shape != (X.shape[0], W.shape[1]):
        raise ValueError("y must be (N, k)")
    e = X @ W + b - y
    N = X.shape[0]
    return X.T @ e / N, np.full(b.shape, e.sum() / N)
""",
                    ("error.sum(axis=0) / len(X)", "error.mean()"),
                ],
            ),
            Misconception(
                "db-keeps-the-axis",
                ("error.sum(axis=0)", "error.sum(axis=0, keepdims=True)"),
                "Your db has a row of its own, shape (1, k). A gradient has the "
                "shape of its parameter, and b is (k,).",
            ),
            Misconception(
                "db-by-sample",
                ("error.sum(axis=0) / len(X)", "error.mean(axis=1)"),
                "Your db has one number for each sample. Sum over the samples "
                "(axis 0), so that one is left for each output.",
            ),
            Misconception(
                "db-not-mean",
                ("error.sum(axis=0) / len(X)", "error.sum(axis=0)"),
                "You divide dW by N, but not db.",
            ),
            Misconception(
                "dW-not-mean",
                ("X.T @ error / len(X)", "X.T @ error"),
                "You divide db by N, but not dW.",
            ),
            Misconception(
                "mean-over-outputs",
                (" / len(X)", " / error.size"),
                "You divide by the number of all entries. N counts samples alone.",
                forms=[
                    ("X.T @ error / len(X)", "X.T @ error / error.size"),
                    ("error.sum(axis=0) / len(X)", "error.sum(axis=0) / error.size"),
                ],
            ),
            Misconception(
                "number-of-features",
                (" / len(X)", " / X.shape[1]"),
                "You divide by the number of features. N counts samples: len(X).",
                forms=[("X.T @ error / len(X)", "X.T @ error / X.shape[1]")],
            ),
            Misconception(
                "mean-twice",
                ("error = y_hat - y", "error = (y_hat - y) / len(X)"),
                "You divide by N twice.",
                forms=[
                    ("error.sum(axis=0) / len(X)", "error.mean(axis=0) / len(X)"),
                    [
                        ("error = y_hat - y", "error = (y_hat - y) / len(X)"),
                        ("error.sum(axis=0) / len(X)", "error.sum(axis=0)"),
                    ],
                ],
            ),
            Misconception(
                "dW-transposed",
                ("X.T @ error / len(X)", "error.T @ X / len(X)"),
                "Your dW is transposed: (k, d) where W is (d, k). A gradient has the "
                "shape of its parameter.",
            ),
            Misconception(
                "db-first",
                ("return dW, db", "return db, dW"),
                "You return db first. The order is dW, db.",
            ),
            Misconception(
                "dW-alone",
                ("return dW, db", "return dW"),
                "You return one of the two gradients. Return dW and db.",
                forms=[("return dW, db", "return db")],
            ),
            Misconception(
                "squared-error",
                ("error = y_hat - y", "error = (y_hat - y) ** 2"),
                "You put squared errors into the gradient. The derivative of a square "
                "is twice the error itself.",
                forms=[("error = y_hat - y", "error = (y_hat - y) ** 2 / 2")],
            ),
            Misconception(
                "db-zero",
                ("db = error.sum(axis=0) / len(X)", "db = np.zeros_like(b)"),
                "Your db is 0. The bias is a parameter too and has a gradient.",
            ),
            Misconception(
                "prediction-for-error",
                ("X.T @ error", "X.T @ y_hat"),
                "You multiply X transposed by the predictions or by the truth. It is "
                "their difference that counts.",
                forms=[("X.T @ error", "X.T @ y")],
            ),
            Misconception(
                "last-sample",
                source="""
def mse_gradients(X, W, b, y):
    if y.shape != (X.shape[0], W.shape[1]):
        raise ValueError("y must be (N, k)")
    for x, truth in zip(X, y):
        error = x @ W + b - truth
        dW = np.outer(x, error) / len(X)
        db = error / len(X)
    return dW, db
""",
                says="Only the last sample is in your gradients: each one overwrites "
                "those before. Add them up.",
                forms=[
                    """
def mse_gradients(X, W, b, y):
    if y.shape != (X.shape[0], W.shape[1]):
        raise ValueError("y must be (N, k)")
    for x, truth in zip(X, y):
        error = x @ W + b - truth
        dW = np.outer(x, error)
        db = error
    return dW, db
"""
                ],
            ),
            Misconception(
                "reshaped",
                ("X.T @ error / len(X)", "(error.T @ X / len(X)).reshape(W.shape)"),
                "You reshape a dW of shape (k, d) to (d, k). reshape keeps the numbers "
                "in their order; `.T` is what exchanges rows and columns.",
            ),
            Misconception(
                "broadcast",
                ("if y.shape != y_hat.shape:", "if False:"),
                "You accept a y of another shape: NumPy repeats it, and the gradient "
                "is that of another problem.",
            ),
            Misconception(
                "library-mean",
                [
                    ("error = y_hat - y", "error = 2 * (y_hat - y) / y.shape[1]"),
                ],
                "Your gradients are those of a library's mean: no 1/2, and divided by "
                "the number of all entries rather than of samples.",
            ),
            Misconception(
                "signs-of-errors",
                ("error = y_hat - y", "error = np.sign(y_hat - y)"),
                "You use the signs of the errors, which belong to the loss of "
                "absolute errors. The slope of a square grows with the error.",
            ),
            Misconception(
                "db-from-dW",
                ("db = error.sum(axis=0) / len(X)", "db = dW.sum(axis=0)"),
                "You take db from dW, where each error is multiplied by an "
                "input. The bias has no input: its gradient is the mean of the "
                "errors alone.",
                forms=[("db = error.sum(axis=0) / len(X)", "db = dW.mean(axis=0)")],
            ),
            Misconception(
                "number-of-outputs",
                ("len(X)", "W.shape[1]"),
                "You divide by the number of outputs. N counts samples: len(X).",
            ),
        ],
        hints=[
            "Start from the error y_hat - y, of shape (N, k). How does L change when "
            "one entry of it changes?",
            "W[a, j] touches output j of every sample, through feature a. Which "
            "product of X and the error sums over samples?",
            "dW is X transposed times the error, over N. db is the sum of the error "
            "over the samples, over N.",
        ],
    ),
    Exercise(
        "numerical_gradient",
        numerical_gradient_cases,
        points=3,
        minutes=15,
        difficulty=3,
        probe="numerical_gradient_named",
        misconceptions=[
            Misconception(
                "one-sided",
                (
                    "J(theta - move)\n        gradient[index] = rise / (2 * h)",
                    "J(theta)\n        gradient[index] = rise / h",
                ),
                "You take a one-sided difference. Its error shrinks only as fast as h; "
                "that of the central one as h squared.",
                forms=[
                    (
                        "J(theta + move) - J(theta - move)\n"
                        "        gradient[index] = rise / (2 * h)",
                        "J(theta) - J(theta - move)\n"
                        "        gradient[index] = rise / h",
                    )
                ],
            ),
            Misconception(
                "back-to-the-start",
                ("J(theta - move)", "J(theta)"),
                "You subtract the loss at theta itself and divide by 2h. The "
                "second point lies at theta - h; an entry that was raised by h "
                "must be lowered by 2h.",
            ),
            Misconception(
                "whole-rows",
                ("np.ndindex(theta.shape)", "range(len(theta))"),
                "You walk over the first axis only: in a matrix of parameters a whole "
                "row moves at once. Move each entry by itself.",
            ),
            Misconception(
                "no-two",
                ("rise / (2 * h)", "rise / h"),
                "You divide by h. The two points lie 2h apart.",
            ),
            Misconception(
                "times-h",
                ("rise / (2 * h)", "rise / 2 * h"),
                "You divide by 2 and then multiply by h: `/ 2 * h` is read from left "
                "to right. Put the 2h into parentheses.",
            ),
            Misconception(
                "all-at-once",
                ("move[index] = h", "move[...] = h"),
                "You move all entries at once. That is the slope along one diagonal, "
                "not the slope of each entry.",
            ),
            Misconception(
                "one-number",
                (
                    "return gradient",
                    "return (J(theta + h) - J(theta - h)) / (2 * h)",
                ),
                "You add h to all entries at once and get one number, the slope along "
                "one diagonal. Each entry has a slope of its own: move one at a time.",
            ),
            Misconception(
                "not-put-back",
                [
                    (
                        "gradient = np.zeros(theta.shape)\n",
                        "gradient = np.zeros(theta.shape)\n"
                        "    move = np.zeros(theta.shape)\n",
                    ),
                    (
                        "        move = np.zeros(theta.shape)\n        move[",
                        "        move[",
                    ),
                ],
                "You do not put an entry back before you move the next one, so that "
                "several entries are off at once.",
                forms=[
                    """
def numerical_gradient(J, theta, h=1e-5):
    point = np.array(theta, dtype=float)
    grad = np.zeros(point.shape)
    for i in np.ndindex(point.shape):
        point[i] += h
        up = J(point)
        point[i] -= 2 * h
        down = J(point)
        grad[i] = (up - down) / (2 * h)
    return grad
"""
                ],
            ),
            Misconception(
                "sign",
                (
                    "J(theta + move) - J(theta - move)",
                    "J(theta - move) - J(theta + move)",
                ),
                "You subtract the wrong way round: the gradient points where J grows.",
            ),
            Misconception(
                "keeps-integers",
                ("move = np.zeros(theta.shape)", "move = np.zeros_like(theta)"),
                "You keep integers: a step smaller than 1 is cut off in an integer "
                "array. Move the entries of a float copy.",
                forms=[
                    (
                        "        move = np.zeros(theta.shape)\n"
                        "        move[index] = h\n"
                        "        rise = J(theta + move) - J(theta - move)\n",
                        "        moved = theta.copy()\n"
                        "        moved[index] += h\n        high = J(moved)\n"
                        "        moved[index] -= 2 * h\n"
                        "        rise = high - J(moved)\n",
                    ),
                    (
                        "        move = np.zeros(theta.shape)\n"
                        "        move[index] = h\n"
                        "        rise = J(theta + move) - J(theta - move)\n",
                        "        up, down = theta.copy(), theta.copy()\n"
                        "        up[index] += h\n        down[index] -= h\n"
                        "        rise = J(up) - J(down)\n",
                    ),
                ],
            ),
            Misconception(
                "gradient-of-integers",
                ("gradient = np.zeros(theta.shape)", "gradient = np.zeros_like(theta)"),
                "Your gradient is an array of integers where theta is one, so "
                "that every slope is cut off to a whole number. The result is "
                "float.",
            ),
            Misconception(
                "changes-theta",
                [
                    (
                        "rise = J(theta + move) - J(theta - move)",
                        "theta += move\n        high = J(theta)\n"
                        "        theta -= 2 * move\n        rise = high - J(theta)",
                    )
                ],
                "You change theta itself and do not put it back.",
                forms=[
                    [
                        (
                            "rise = J(theta + move) - J(theta - move)",
                            "moved = theta\n        moved[index] += h\n"
                            "        high = J(moved)\n"
                            "        moved[index] -= 2 * h\n"
                            "        rise = high - J(moved)",
                        )
                    ]
                ],
            ),
            Misconception(
                "own-step",
                (
                    "    gradient = np.zeros(theta.shape)",
                    "    h = 1e-5\n    gradient = np.zeros(theta.shape)",
                ),
                "You use a step of your own. The caller chooses it: h.",
                forms=[
                    (
                        "    gradient = np.zeros(theta.shape)",
                        "    h = 1e-4\n    gradient = np.zeros(theta.shape)",
                    ),
                    [
                        ("move[index] = h", "move[index] = 1"),
                        ("(2 * h)", "2"),
                    ],
                ],
            ),
            Misconception(
                "one-axis",
                says="You treat theta as if it had one axis. It may have two: the "
                "result, and what J is given, have theta's shape.",
                source="def numerical_gradient(J, theta, h=1e-5):\n"
                "    gradient = np.zeros(len(theta))\n"
                "    for i in range(len(theta)):\n"
                "        move = np.zeros(len(theta))\n"
                "        move[i] = h\n"
                "        gradient[i] = (J(theta + move) - J(theta - move)) / (2 * h)\n"
                "    return gradient\n",
                forms=[
                    ("return gradient", "return gradient.ravel()"),
                    "def numerical_gradient(J, theta, h=1e-5):\n"
                    "    theta = theta.ravel()\n"
                    "    gradient = np.zeros(theta.shape)\n"
                    "    for i in range(len(theta)):\n"
                    "        move = np.zeros(len(theta))\n"
                    "        move[i] = h\n"
                    "        rise = J(theta + move) - J(theta - move)\n"
                    "        gradient[i] = rise / (2 * h)\n"
                    "    return gradient\n",
                ],
            ),
            Misconception(
                "moved-back",
                source="""
def numerical_gradient(J, theta, h=1e-5):
    theta = np.asarray(theta, dtype=float)
    grad = np.zeros(theta.shape)
    for i in np.ndindex(theta.shape):
        theta[i] += h
        up = J(theta)
        theta[i] -= 2 * h
        down = J(theta)
        theta[i] += h
        grad[i] = (up - down) / (2 * h)
    return grad
""",
                says="You move the caller's theta and move it back. Rounding "
                "leaves traces in it: work on a copy.",
            ),
            Misconception(
                "step-by-size",
                source="""
def numerical_gradient(J, theta, h=1e-5):
    point = np.array(theta, dtype=float)
    slopes = np.zeros(point.shape)
    for i in np.ndindex(point.shape):
        old, step = point[i], h * max(1.0, abs(point[i]))
        point[i] = old + step
        up = J(point)
        point[i] = old - step
        down = J(point)
        point[i] = old
        slopes[i] = (up - down) / (2 * step)
    return slopes
""",
                says="You make the step larger for a large entry. Here it is h for "
                "every entry.",
                forms=[
                    """
def numerical_gradient(J, theta, h=1e-5):
    point = np.array(theta, dtype=float)
    slopes = np.zeros(point.shape)
    for i in np.ndindex(point.shape):
        old, step = point[i], h * (1.0 + abs(point[i]))
        point[i] = old + step
        up = J(point)
        point[i] = old - step
        down = J(point)
        point[i] = old
        slopes[i] = (up - down) / (2 * step)
    return slopes
""",
                    (
                        "move[index] = h",
                        "move[index] = h * max(1.0, abs(theta[index]))",
                    ),
                ],
            ),
            Misconception(
                "flat-copy",
                source="""
def numerical_gradient(J, theta, h=1e-5):
    point = np.array(theta, dtype=float)
    flat = point.ravel()
    slopes = []
    for i in range(flat.size):
        old = flat[i]
        flat[i] = old + h
        up = J(point)
        flat[i] = old - h
        down = J(point)
        flat[i] = old
        slopes.append((up - down) / (2 * h))
    return np.array(slopes).reshape(point.shape)
""",
                says="You move the entries of a flat copy. `ravel` makes one "
                "where a table is stored by columns, so that J sees no "
                "change; `ravel` is a view only sometimes.",
            ),
            Misconception(
                "all-zero",
                source="""
def numerical_gradient(J, theta, h=1e-5):
    gradient = np.zeros(theta.shape)
    copied = np.array(theta, dtype=float)
    for index in np.ndindex(theta.shape):
        above = below = copied
        above[index] += h
        below[index] -= h
        gradient[index] = (J(above) - J(below)) / (2 * h)
    return gradient
""",
                says="Your slopes are all 0: J is asked twice at the same point, or "
                "its answers never reach the result. `=` gives an array a "
                "second name only; make a copy for each of the two points.",
            ),
            Misconception(
                "other-points",
                [("move[index] = h", "move[index] = h / 2"), ("(2 * h)", "h")],
                "Your difference is not the one between theta + h and theta - "
                "h. With a step as large as some callers choose it gives other "
                "numbers.",
                forms=[
                    (
                        "gradient[index] = rise / (2 * h)",
                        "gradient[index] = (8 * rise - J(theta + 2 * move) + "
                        "J(theta - 2 * move)) / (12 * h)",
                    )
                ],
            ),
            Misconception(
                "first-entry-alone",
                ("    return gradient", "        return gradient"),
                "Only the first entry of your gradient is filled. Is `return` "
                "inside the loop?",
            ),
        ],
        hints=[
            "Only one entry moves at a time, all others stay. Which array is h at one "
            "place and 0 elsewhere?",
            "np.ndindex(theta.shape) walks over all entries, in any number of "
            "dimensions.",
            "For each index: make the array e with h at that index, then divide "
            "J(theta + e) - J(theta - e) by 2h.",
        ],
    ),
    WhichInput(
        "revealing_gradients",
        points=2,
        minutes=10,
        difficulty=2,
        right="largest_gap",
        shown={
            "no absolute value": "largest_gap_1",
            "the sums are compared": "largest_gap_2",
        },
        hidden={
            "only the first row is compared": ("one - other", "one[0] - other[0]"),
            "signs are lost": ("one - other", "abs(one) - abs(other)"),
            "the order is lost": (
                "one - other",
                "np.sort(one, axis=None) - np.sort(other, axis=None)",
            ),
            "small differences are passed over": (
                "float(abs(one - other).max())",
                "float(np.where(abs(one - other) < 1e-4, 0, abs(one - other)).max())",
            ),
        },
        admit="admit_gradients",
        most=3,
        hints=[
            "A mistaken function must give another number than `largest_gap`. Work "
            "out what each of the two computes for a pair of your own.",
            "Where the largest difference is negative, `largest_gap_1` misses it. "
            "Where differences cancel in the sum, `largest_gap_2` does.",
            "Think of what a test could ignore: a sign, an order, a row, a small "
            "difference. Each pair may differ in one such respect alone.",
        ],
    ),
    Exercise(
        "gradient_descent",
        gradient_descent_cases,
        points=3,
        minutes=10,
        difficulty=2,
        probe="gradient_descent_named",
        view="points",
        misconceptions=[
            Misconception(
                "uphill",
                ("theta - alpha", "theta + alpha"),
                "You step along the gradient, which is uphill. Step against it.",
            ),
            Misconception(
                "no-start",
                ("trajectory = [theta]", "trajectory = []"),
                "You leave out the starting point: row 0 is theta0.",
                forms=[
                    """
def gradient_descent(grad, theta0, alpha, steps):
    theta = np.array(theta0, dtype=float)
    path = np.zeros((steps, *theta.shape))
    for t in range(steps):
        theta = theta - alpha * grad(theta)
        path[t] = theta
    return path
"""
                ],
            ),
            Misconception(
                "last-only",
                ("return np.array(trajectory)", "return theta"),
                "You return where the descent ends. All points on the way are asked "
                "for.",
            ),
            Misconception(
                "same-array",
                ("theta = theta - alpha * grad(theta)", "theta -= alpha * grad(theta)"),
                "You change one array in place and keep it many times: every row of "
                "the trajectory is the last point.",
            ),
            Misconception(
                "changes-the-start",
                [
                    ("theta = np.array(theta0, dtype=float)", "theta = theta0"),
                    (
                        "theta = theta - alpha * grad(theta)",
                        "theta -= alpha * grad(theta)",
                    ),
                ],
                "You change theta0 itself: = gives the caller's array a second name, "
                "and -= then writes into it. Start from a copy.",
                forms=[
                    [
                        ("theta = np.array(theta0, dtype=float)", "theta = theta0"),
                        ("[theta]", "[theta.copy()]"),
                        (
                            "theta = theta - alpha * grad(theta)",
                            "theta -= alpha * grad(theta)",
                        ),
                        ("append(theta)", "append(theta.copy())"),
                    ],
                ],
            ),
            Misconception(
                "whole-start",
                ("np.array(theta0, dtype=float)", "np.array(theta0)"),
                "With 0 steps you return the whole numbers of theta0. The trajectory "
                "is float, also where theta0 is int.",
            ),
            Misconception(
                "forgets-theta",
                ("theta = theta - alpha", "theta = -alpha"),
                "You replace theta by the step. The new theta is the old one minus "
                "the step.",
            ),
            Misconception(
                "return-in-the-loop",
                (
                    "        trajectory.append(theta)\n    return",
                    "        trajectory.append(theta)\n"
                    "        return np.array(trajectory)\n    return",
                ),
                "You return after the first step. Is `return` inside the loop?",
            ),
            Misconception(
                "start-not-used",
                (
                    "np.array(theta0, dtype=float)",
                    "np.zeros(np.shape(theta0))",
                ),
                "You start from zeros. Row 0 is theta0.",
            ),
            Misconception(
                "flat-points",
                (
                    "return np.array(trajectory)",
                    "return np.array(trajectory).reshape(len(trajectory), -1)",
                ),
                "You flatten the points. Each has the shape of theta0.",
            ),
            Misconception(
                "old-gradient",
                ("alpha * grad(theta)", "alpha * grad(trajectory[0])"),
                "You use the gradient at the start for every step. It must be taken "
                "where theta is now.",
            ),
            Misconception(
                "one-step-short",
                ("range(steps)", "range(steps - 1)"),
                "You take one step too few: steps counts the moves, not the points.",
                forms=[
                    """
def gradient_descent(grad, theta0, alpha, steps):
    path = np.zeros((steps + 1, *theta0.shape))
    path[0] = theta0
    for i in range(1, steps):
        path[i] = path[i - 1] - alpha * grad(path[i - 1])
    return path
"""
                ],
            ),
            Misconception(
                "rate-decays",
                source="""
def gradient_descent(grad, theta0, alpha, steps):
    path = [np.array(theta0, dtype=float)]
    for t in range(1, steps + 1):
        path.append(path[-1] - alpha / t * grad(path[-1]))
    return np.array(path)
""",
                says="You change the learning rate from step to step. It is alpha in "
                "all of them.",
                forms=[
                    """
def gradient_descent(grad, theta0, alpha, steps):
    path = [np.array(theta0, dtype=float)]
    for t in range(1, steps + 1):
        path.append(path[-1] - alpha / np.sqrt(t) * grad(path[-1]))
    return np.array(path)
""",
                    """
def gradient_descent(grad, theta0, alpha, steps):
    path = [np.array(theta0, dtype=float)]
    for t in range(steps):
        path.append(path[-1] - alpha * 0.9**t * grad(path[-1]))
    return np.array(path)
""",
                    """
def gradient_descent(grad, theta0, alpha, steps):
    path = [np.array(theta0, dtype=float)]
    for t in range(steps):
        path.append(path[-1] - alpha * 0.99**t * grad(path[-1]))
    return np.array(path)
""",
                ],
            ),
            Misconception(
                "stops-early",
                (
                    "        trajectory.append(theta)\n",
                    "        trajectory.append(theta)\n"
                    "        if np.linalg.norm(grad(theta)) < 1e-6:\n"
                    "            break\n",
                ),
                "You stop where the steps have become small. All steps are asked for; "
                "those at the lowest point change nothing.",
                forms=[
                    (
                        "        theta = theta - alpha * grad(theta)\n",
                        "        old = theta\n"
                        "        theta = theta - alpha * grad(theta)\n"
                        "        if np.allclose(theta, old):\n            break\n",
                    ),
                    (
                        "        theta = theta - alpha * grad(theta)\n",
                        "        if np.linalg.norm(grad(theta)) < 1e-6:\n"
                        "            break\n"
                        "        theta = theta - alpha * grad(theta)\n",
                    ),
                ],
            ),
            Misconception(
                "no-rate",
                ("alpha * grad(theta)", "grad(theta)"),
                "You leave out the learning rate alpha.",
            ),
            Misconception(
                "keeps-integers",
                [
                    ("dtype=float", "dtype=theta0.dtype"),
                    (
                        "theta - alpha * grad(theta)",
                        "(theta - alpha * grad(theta)).astype(theta0.dtype)",
                    ),
                ],
                "You keep the integers of the start: every point is cut off to whole "
                "numbers.",
            ),
            Misconception(
                "entry-by-entry",
                source="""
def gradient_descent(grad, theta0, alpha, steps):
    theta = np.array(theta0, dtype=float)
    path = [theta.copy()]
    for _ in range(steps):
        for j in range(len(theta)):
            theta[j] = theta[j] - alpha * grad(theta)[j]
        path.append(theta.copy())
    return np.array(path)
""",
                says="You move one entry after the other, each by a gradient at "
                "the point where the ones before it have moved already. All "
                "entries move at once.",
            ),
            Misconception(
                "scales-the-gradient",
                source="""
def gradient_descent(grad, theta0, alpha, steps):
    path = [np.array(theta0, dtype=float)]
    for _ in range(steps):
        step = grad(path[-1])
        step *= alpha
        path.append(path[-1] - step)
    return np.array(path)
""",
                says="You change the array that `grad` returned. It belongs to "
                "grad, which may hand out the same array again; `alpha * "
                "grad(theta)` makes a new one.",
            ),
            Misconception(
                "steps-of-one-length",
                (
                    "theta = theta - alpha * grad(theta)",
                    "g = grad(theta)\n"
                    "        theta = theta - alpha * g / (np.linalg.norm(g) or 1)",
                ),
                "You divide the gradient by its norm, so that each step has the "
                "length alpha. The step is alpha times the gradient itself: it gets "
                "shorter where the slope gets flatter.",
            ),
            Misconception(
                "one-step-more",
                ("range(steps)", "range(steps + 1)"),
                "You take one step too many: the start and `steps` moves are "
                "asked for.",
            ),
            Misconception(
                "stops-far-away",
                (
                    "        trajectory.append(theta)",
                    "        if np.linalg.norm(theta) > 1e6:\n"
                    "            break\n"
                    "        trajectory.append(theta)",
                ),
                "You stop where the numbers have become large. All steps are "
                "asked for, also those of a rate that diverges.",
                forms=[
                    (
                        "        trajectory.append(theta)",
                        "        if np.linalg.norm(theta) > 1e4:\n"
                        "            break\n"
                        "        trajectory.append(theta)",
                    )
                ],
            ),
        ],
        hints=[
            "How many points does a walk of n steps have?",
            "Make a new array in each step (theta = theta - ...). An in-place -= also "
            "changes the points that you have stored.",
            "Start the list with a float copy of theta0; in each step append "
            "theta - alpha * grad(theta).",
        ],
    ),
    Exercise(
        "minibatches",
        minibatches_cases,
        points=3,
        minutes=10,
        difficulty=2,
        probe="three_epochs",
        view="what_epochs_show",
        misconceptions=[
            Misconception(
                "drops-the-last",
                (
                    "range(0, len(X), batch_size)",
                    "range(0, len(X) - batch_size + 1, batch_size)",
                ),
                "You drop the last, smaller batch: its samples are never learnt from "
                "in this epoch.",
                forms=[
                    (
                        "range(0, len(X), batch_size)",
                        "range(0, len(X) - 1, batch_size)",
                    ),
                ],
            ),
            Misconception(
                "no-shuffle",
                ("rng.permutation(len(X))", "np.arange(len(X))"),
                "You keep the order of the data. Shuffle once an epoch.",
            ),
            Misconception(
                "neighbours-stay-together",
                [
                    ("order = rng.permutation(len(X))", "order = np.arange(len(X))"),
                    (
                        "range(0, len(X), batch_size)",
                        "rng.permutation(np.arange(0, len(X), batch_size))",
                    ),
                ],
                "Each of your batches holds samples that lie together in X. Shuffle "
                "the samples first, then cut.",
                forms=[
                    (
                        "rng.permutation(len(X))",
                        "np.roll(np.arange(len(X)), rng.integers(len(X)))",
                    ),
                ],
            ),
            Misconception(
                "shuffles-apart",
                (
                    "(X[rows], y[rows])",
                    "(X[rows], y[rng.permutation(len(X))[: len(rows)]])",
                ),
                "You shuffle X and y apart from each other, so that samples meet the y "
                "of others.",
                forms=[
                    [
                        (
                            "order = rng.permutation(len(X))",
                            "order = np.arange(len(X))\n"
                            "    X, y = rng.permutation(X), rng.permutation(y)",
                        )
                    ]
                ],
            ),
            Misconception(
                "y-stays",
                ("(X[rows], y[rows])", "(X[rows], y[start : start + batch_size])"),
                "You shuffle one of X and y and leave the other in its old order, so "
                "that samples meet the y of others. Pick both by the same row numbers.",
            ),
            Misconception(
                "with-replacement",
                ("rng.permutation(len(X))", "rng.integers(len(X), size=len(X))"),
                "You draw each sample, or each batch, anew from all samples: some come "
                "twice in an epoch and others not at all. Draw one order, then cut it.",
                forms=[
                    (
                        "rows = order[start : start + batch_size]",
                        "rows = rng.choice(len(X), batch_size)",
                    ),
                    (
                        "rows = order[start : start + batch_size]",
                        "rows = rng.choice(len(X), len(order[start : start + "
                        "batch_size]), replace=False)",
                    ),
                    [
                        ("range(0, len(X), batch_size)", "range(len(X) // batch_size)"),
                        (
                            "rows = order[start : start + batch_size]",
                            "rows = rng.choice(len(X), batch_size)",
                        ),
                    ],
                ],
            ),
            Misconception(
                "own-seed",
                ("order = rng.perm", "order = np.random.default_rng(0).perm"),
                "Every epoch has the same order, as from a generator of your own with "
                "a fixed seed. Use the rng that is handed over.",
            ),
            Misconception(
                "global-randomness",
                ("rng.permutation", "np.random.permutation"),
                "You use global randomness, so that a seed given by the caller has no "
                "effect. Use the rng that is handed over.",
            ),
            Misconception(
                "shuffles-both-in-place",
                (
                    "order = rng.permutation(len(X))",
                    "order = np.arange(len(X))\n    rng.shuffle(X)\n    rng.shuffle(y)",
                ),
                "You shuffle X and then y: two different orders, so that samples meet "
                "the y of others. And both are the caller's own arrays.",
            ),
            Misconception(
                "equal-parts",
                (
                    "for start in range(0, len(X), batch_size):\n"
                    "        rows = order[start : start + batch_size]\n",
                    "for rows in np.array_split(order, -(-len(X) // batch_size)):\n",
                ),
                "You cut the epoch into nearly equal parts. All batches have "
                "batch_size samples; the last alone may hold fewer.",
                forms=[
                    (
                        "for start in range(0, len(X), batch_size):\n"
                        "        rows = order[start : start + batch_size]\n",
                        "for rows in np.array_split(order, "
                        "max(1, len(X) // batch_size)):\n",
                    ),
                ],
            ),
            Misconception(
                "first-batch-only",
                ("    return batches", "    return batches[:1]"),
                "You return the first batch only. Is `return` inside the loop?",
            ),
            Misconception(
                "own-size",
                (
                    "    order = rng",
                    "    batch_size = 32\n    order = rng",
                ),
                "You use a batch size of your own. The caller chooses batch_size.",
                forms=[
                    ("    order = rng", "    batch_size = 1\n    order = rng"),
                    ("    order = rng", "    batch_size = len(X)\n    order = rng"),
                ],
            ),
            Misconception(
                "y-gets-an-axis",
                ("y[rows]))", "y[rows].reshape(len(rows), -1)))"),
                "You give y a second axis. A y of one dimension stays so.",
            ),
            Misconception(
                "pair-turned-round",
                ("(X[rows], y[rows])", "(y[rows], X[rows])"),
                "You return pairs (y_batch, X_batch). X comes first.",
            ),
            Misconception(
                "not-cut",
                ("    return batches", "    return X[order], y[order]"),
                "You do not cut the data into batches: what is returned is no list of "
                "pairs.",
                forms=[
                    (
                        "    return batches",
                        "    return [X[order[s : s + batch_size]] "
                        "for s in range(0, len(X), batch_size)]",
                    ),
                    ("    return batches", "    return batches[0]"),
                ],
            ),
            Misconception(
                "shuffles-the-data",
                (
                    "order = rng.permutation(len(X))",
                    "order = np.arange(len(X))\n    state = rng.bit_generator.state\n"
                    "    rng.shuffle(X)\n    rng.bit_generator.state = state\n"
                    "    rng.shuffle(y)",
                ),
                "You shuffle the caller's own arrays. Shuffle row numbers instead.",
            ),
            Misconception(
                "no-refusal",
                ("if batch_size < 1:", "if False:"),
                "You accept a batch size below 1: the epoch is then empty, and a model "
                "would learn nothing without a word.",
            ),
            Misconception(
                "empty-batch",
                (
                    "range(0, len(X), batch_size)",
                    "range(0, (len(X) // batch_size + 1) * batch_size, batch_size)",
                ),
                "Where batch_size divides N you make one batch too many, an empty one. "
                "`range(0, N, batch_size)` stops in time.",
            ),
            Misconception(
                "number-of-batches",
                (
                    "    for start in range(0, len(X), batch_size):\n"
                    "        rows = order[start : start + batch_size]\n",
                    "    for rows in np.array_split(order, min(batch_size, len(X))):\n",
                ),
                "You make batch_size batches. batch_size is the number of samples in "
                "each batch.",
            ),
            Misconception(
                "last-batch-filled",
                (
                    "rows = order[start : start + batch_size]",
                    "rows = np.resize(order[start : start + batch_size], "
                    "min(batch_size, len(X)))",
                ),
                "You fill the last batch up with samples that are in a batch "
                "already. It holds what is left.",
                forms=[
                    (
                        "rows = order[start : start + batch_size]",
                        "rows = order[np.arange(start, start + min(batch_size, "
                        "len(X))) % len(X)]",
                    )
                ],
            ),
        ],
        hints=[
            "Shuffle row numbers, not the data: the same numbers then pick from X and "
            "y.",
            "rng.permutation(N) gives the row numbers in random order. Slices that run "
            "past the end are cut by Python itself.",
            "For start in 0, batch_size, 2 * batch_size, ...: take the row numbers "
            "from start to start + batch_size, and pick those rows of X and of y.",
        ],
    ),
    Exercise(
        "momentum_step",
        momentum_step_cases,
        points=2,
        minutes=5,
        difficulty=1,
        probe="momentum_steps",
        misconceptions=[
            Misconception(
                "average",
                ("beta * v + grad", "beta * v + (1 - beta) * grad"),
                "You keep an average (with 1 - beta). Here v is a sum: the gradient "
                "enters in full.",
            ),
            Misconception(
                "old-velocity",
                [
                    ("v = beta * v + grad", "old = v\n    v = beta * v + grad"),
                    ("alpha * v", "alpha * old"),
                ],
                "You move theta by the old v. Update v first, then move by the new "
                "one.",
            ),
            Misconception(
                "forgets",
                ("theta - alpha * v", "theta - alpha * grad"),
                "You move theta by the gradient alone; v is kept but never used.",
            ),
            Misconception(
                "rate-in-velocity",
                [("beta * v + grad", "beta * v + alpha * grad"), ("alpha * v", "v")],
                "You multiply the gradient by alpha inside v. With a v that was kept "
                "without alpha this gives another path.",
            ),
            Misconception(
                "keras-form",
                [
                    ("beta * v + grad", "beta * v - alpha * grad"),
                    ("theta - alpha * v", "theta + v"),
                ],
                "You keep -alpha times the velocity in v, as Keras does. Here v is "
                "the running sum of the gradients alone.",
            ),
            Misconception(
                "v-first",
                ("return theta, v", "return v, theta"),
                "You return v first. The order is theta, v.",
            ),
            Misconception(
                "nesterov",
                ("theta - alpha * v", "theta - alpha * (grad + beta * v)"),
                "You look one step ahead. That is Nesterov's momentum, a variant.",
            ),
            Misconception(
                "sign",
                ("theta - alpha * v", "theta + alpha * v"),
                "You move along the gradients, which is uphill.",
            ),
            Misconception(
                "theta-alone",
                ("return theta, v", "return theta"),
                "You return theta alone. The next step needs the new v as well.",
            ),
            Misconception(
                "old-v-returned",
                (
                    "    v = beta * v + grad\n    theta = theta - alpha * v\n",
                    "    theta = theta - alpha * (beta * v + grad)\n",
                ),
                "You return the v from before this step. The next step needs the new "
                "one.",
            ),
            Misconception(
                "in-place",
                ("theta = theta - alpha * v", "theta -= alpha * v"),
                "You change the caller's arrays: `-=`, `*=` and `+=` write into the "
                "array that was handed over.",
                forms=[
                    ("v = beta * v + grad", "v *= beta\n    v += grad"),
                    [
                        ("v = beta * v + grad", "v *= beta\n    v += grad"),
                        ("theta = theta - alpha * v", "theta -= alpha * v"),
                    ],
                ],
            ),
            Misconception(
                "minus-v",
                [
                    ("beta * v + grad", "beta * v - grad"),
                    ("theta - alpha * v", "theta + alpha * v"),
                ],
                "You subtract the gradient inside v. Here v is the sum of the "
                "gradients, with their own sign.",
                forms=[("beta * v + grad", "beta * v - grad")],
            ),
            Misconception(
                "beta-elsewhere",
                ("beta * v + grad", "v + beta * grad"),
                "beta multiplies the old v, and that alone; the gradient enters in "
                "full.",
                forms=[
                    ("beta * v + grad", "beta * (v + grad)"),
                    ("beta * v + grad", "(1 - beta) * v + beta * grad"),
                    ("beta * v + grad", "(1 - beta) * v + grad"),
                ],
            ),
            Misconception(
                "own-beta",
                ("beta * v + grad", "0.9 * v + grad"),
                "You use a beta of your own. The caller chooses it.",
            ),
            Misconception(
                "no-rate",
                ("theta - alpha * v", "theta - v"),
                "You leave out the learning rate alpha.",
            ),
            Misconception(
                "own-velocity",
                source="""
def momentum_step(theta, v, grad, alpha, beta):
    old = getattr(momentum_step, "velocity", None)
    if old is None or old.shape != v.shape:
        old = v
    momentum_step.velocity = beta * old + grad
    return theta - alpha * momentum_step.velocity, momentum_step.velocity.copy()
""",
                says="You keep the velocity in the function from call to call. "
                "The v that is handed over counts: another run may begin.",
            ),
            Misconception(
                "alpha-and-beta-exchanged",
                [
                    ("v = beta * v + grad", "v = alpha * v + grad"),
                    ("alpha * v\n", "beta * v\n"),
                ],
                "You have exchanged alpha and beta: beta multiplies the old v, "
                "alpha the step.",
            ),
        ],
        hints=[
            "Two lines, in this order: first v, then theta.",
            "The new v is beta times the old v, plus the gradient.",
            "theta moves by minus alpha times the new v; return theta and v.",
        ],
    ),
    Exercise(
        "adam_step",
        adam_step_cases,
        points=4,
        minutes=15,
        difficulty=3,
        returns=("theta", "m", "v"),
        rtol=1e-7,
        atol=1e-15,
        misconceptions=[
            Misconception(
                "no-correction",
                [("m / (1 - beta1**t)", "m"), ("v / (1 - beta2**t)", "v")],
                "You leave out the bias correction: the first steps are about three "
                "times too long.",
            ),
            Misconception(
                "only-m-corrected",
                ("v / (1 - beta2**t)", "v"),
                "You correct m, but not v.",
            ),
            Misconception(
                "only-v-corrected",
                ("m / (1 - beta1**t)", "m"),
                "You correct v, but not m.",
            ),
            Misconception(
                "t-one-too-far",
                [("beta1**t", "beta1**(t + 1)"), ("beta2**t", "beta2**(t + 1)")],
                "You correct for step t + 1. The t that is handed over already counts "
                "this step, from 1.",
            ),
            Misconception(
                "beta-without-power",
                [("beta1**t", "beta1"), ("beta2**t", "beta2")],
                "You correct by 1 - beta in every step, which is right for step 1 "
                "only. The correction needs beta to the power of t.",
            ),
            Misconception(
                "power-as-product",
                [("beta1**t", "beta1 * t"), ("beta2**t", "beta2 * t")],
                "You multiply beta by t. The correction needs beta to the power of t.",
            ),
            Misconception(
                "stores-the-corrected",
                ("return theta, m, v", "return theta, m_hat, v_hat"),
                "You return the corrected averages. The plain ones are to be kept, or "
                "the next step corrects twice.",
            ),
            Misconception(
                "eps-inside",
                ("(np.sqrt(v_hat) + eps)", "np.sqrt(v_hat + eps)"),
                "You add eps inside the root. There it drowns gradients below 1e-4.",
            ),
            Misconception(
                "eps-before-correction",
                (
                    "(np.sqrt(v_hat) + eps)",
                    "((np.sqrt(v) + eps) / np.sqrt(1 - beta2**t))",
                ),
                "You add eps to the root of v before its correction, as Keras "
                "does. Here it is added to the root of v_hat.",
            ),
            Misconception(
                "no-eps",
                ("(np.sqrt(v_hat) + eps)", "np.sqrt(v_hat)"),
                "You leave out eps.",
            ),
            Misconception(
                "own-numbers",
                [
                    (
                        "m = beta1 * m + (1 - beta1) * grad",
                        "beta1, beta2, eps = 0.9, 0.999, 1e-8\n"
                        "    m = beta1 * m + (1 - beta1) * grad",
                    )
                ],
                "You use 0.9, 0.999 and 1e-8 whatever the caller says. beta1, "
                "beta2 and eps are arguments.",
            ),
            Misconception(
                "no-root",
                ("(np.sqrt(v_hat) + eps)", "(v_hat + eps)"),
                "You divide by the average square itself. Take its root, so that the "
                "step has no unit of the gradient left.",
            ),
            Misconception(
                "no-square",
                ("grad**2", "abs(grad)"),
                "You do not square the gradients in v. It is the average of their "
                "squares.",
                forms=[("grad**2", "grad")],
            ),
            Misconception(
                "square-of-m",
                ("(1 - beta2) * grad**2", "(1 - beta2) * m**2"),
                "You average the squares of m in v. It is the average of the squared "
                "gradients.",
            ),
            Misconception(
                "uphill",
                ("theta - alpha", "theta + alpha"),
                "You move along the gradient, which is uphill.",
            ),
            Misconception(
                "gradient-for-m",
                ("alpha * m_hat", "alpha * grad"),
                "You move by the gradient itself. Adam moves by m_hat, its average.",
            ),
            Misconception(
                "shares-turned-round",
                [
                    ("m = beta1 * m + (1 - beta1)", "m = (1 - beta1) * m + beta1"),
                    ("v = beta2 * v + (1 - beta2)", "v = (1 - beta2) * v + beta2"),
                ],
                "You have exchanged beta and 1 - beta. The old average keeps the share "
                "beta.",
            ),
            Misconception(
                "one-v-for-all",
                ("grad**2", "np.sum(grad**2)"),
                "You make one number of all squares. Each parameter has its own v.",
                forms=[("grad**2", "np.mean(grad**2)")],
            ),
            Misconception(
                "theta-alone",
                ("return theta, m, v", "return theta"),
                "You return theta alone. The next step needs m and v as well.",
            ),
            Misconception(
                "theta-last",
                ("return theta, m, v", "return m, v, theta"),
                "You return theta last. The order is theta, m, v.",
            ),
            Misconception(
                "old-averages-returned",
                [
                    ("    m = beta1", "    old_m, old_v = m, v\n    m = beta1"),
                    ("return theta, m, v", "return theta, old_m, old_v"),
                ],
                "You return the averages from before this step. The next step needs "
                "the new ones.",
            ),
            Misconception(
                "in-place",
                [
                    (
                        "m = beta1 * m + (1 - beta1) * grad",
                        "m *= beta1\n    m += (1 - beta1) * grad",
                    ),
                    (
                        "v = beta2 * v + (1 - beta2) * grad**2",
                        "v *= beta2\n    v += (1 - beta2) * grad**2",
                    ),
                ],
                "You change the caller's arrays: `*=`, `+=` and `-=` write into the "
                "array that was handed over.",
                forms=[
                    (
                        "theta = theta - alpha * m_hat / (np.sqrt(v_hat) + eps)",
                        "theta -= alpha * m_hat / (np.sqrt(v_hat) + eps)",
                    )
                ],
            ),
            Misconception(
                "eps-after-the-division",
                ("/ (np.sqrt(v_hat) + eps)", "/ np.sqrt(v_hat) + eps"),
                "You add eps to the step, not to the root: the division comes before "
                "the sum. Put the sum into parentheses.",
            ),
            Misconception(
                "root-before-correction",
                ("np.sqrt(v_hat)", "np.sqrt(v) / (1 - beta2**t)"),
                "You correct the root of v. Correct v first, then take the root.",
            ),
            Misconception(
                "sums",
                [
                    ("(1 - beta1) * grad\n", "grad\n"),
                    ("(1 - beta2) * grad**2", "grad**2"),
                ],
                "You add the gradient in full. An average takes the share 1 - beta.",
            ),
            Misconception(
                "betas-swapped",
                [
                    ("beta1", "betaX"),
                    ("beta2", "beta1"),
                    ("betaX", "beta2"),
                    ("beta2=0.9, beta1=0.999", "beta1=0.9, beta2=0.999"),
                ],
                "You have exchanged the two betas: beta1 belongs to m, beta2 to v.",
            ),
            Misconception(
                "old-averages",
                [
                    ("m_hat = m /", "m_hat = old_m /"),
                    ("v_hat = v /", "v_hat = old_v /"),
                    ("    m = beta1", "    old_m, old_v = m, v\n    m = beta1"),
                ],
                "You move theta by the averages from before this step. Update m "
                "and v first.",
            ),
            Misconception(
                "t-from-zero",
                ("if t < 1:", "if False:"),
                "You accept t = 0. There the correction divides by 0, and the "
                "parameters become nan or infinite without an error.",
            ),
            Misconception(
                "own-betas",
                source="""
def adam_step(
    theta, m, v, grad, t, alpha=1e-3, beta1=0.9, beta2=0.999, eps=1e-8
):
    if t < 1:
        raise ValueError("t")
    m_new = 0.9 * m + 0.1 * grad
    v_new = 0.999 * v + 0.001 * grad**2
    m_hat = m_new / (1 - 0.9**t)
    v_hat = v_new / (1 - 0.999**t)
    return theta - alpha * m_hat / (np.sqrt(v_hat) + eps), m_new, v_new
""",
                says="You use 0.9 and 0.999 whatever the caller says. beta1 and "
                "beta2 are arguments.",
            ),
            Misconception(
                "larger-of-the-two",
                (
                    "v = beta2 * v + (1 - beta2) * grad**2",
                    "v = np.maximum(v, beta2 * v + (1 - beta2) * grad**2)",
                ),
                "You keep the larger one of the old and the new v, as AMSGrad does. "
                "Here v is the new average, also where it falls.",
            ),
            Misconception(
                "distance-from-m",
                ("(1 - beta2) * grad**2", "(1 - beta2) * (grad - m) ** 2"),
                "You average the squared distance of the gradient from m in v, as "
                "AdaBelief does. Here it is the squared gradient.",
            ),
            Misconception(
                "weight-decay",
                (
                    "theta = theta - alpha * m_hat",
                    "theta = theta - alpha * 0.01 * theta - alpha * m_hat",
                ),
                "You shrink theta besides, which is weight decay (AdamW). Adam moves "
                "theta by the averages alone.",
                forms=[
                    (
                        "    m = beta1 * m",
                        "    grad = grad + 0.01 * theta\n    m = beta1 * m",
                    )
                ],
            ),
            Misconception(
                "one-corrected-average",
                ("return theta, m, v", "return theta, m_hat, v"),
                "You return one of the averages corrected. The plain ones are "
                "to be kept, or the next step corrects twice.",
                forms=[("return theta, m, v", "return theta, m, v_hat")],
            ),
            Misconception(
                "beta-of-the-other",
                ("1 - beta2**t", "1 - beta1**t"),
                "You use one beta where the other belongs: beta1 is for m and "
                "its correction, beta2 for v and its correction.",
                forms=[
                    ("beta2 * v + (1 - beta2)", "beta1 * v + (1 - beta1)"),
                    ("beta1 * m + (1 - beta1)", "beta2 * m + (1 - beta2)"),
                    ("1 - beta1**t", "1 - beta2**t"),
                ],
            ),
            Misconception(
                "eps-twice",
                ("np.sqrt(v_hat) + eps", "np.sqrt(v_hat + eps) + eps"),
                "You add eps twice, inside the root and outside of it. It is "
                "added to the root alone.",
            ),
            Misconception(
                "one-sum",
                ("(1 - beta2) * grad**2", "grad**2"),
                "What enters one of your averages enters in full. In m the "
                "gradient takes the share 1 - beta1, in v its square 1 - beta2.",
                forms=[
                    ("beta2 * v + (1 - beta2) * grad**2", "v + grad**2"),
                    ("(1 - beta1) * grad\n", "grad\n"),
                ],
            ),
            Misconception(
                "no-rate",
                ("alpha * m_hat", "m_hat"),
                "You leave out the learning rate alpha.",
            ),
            Misconception(
                "t-one-too-early",
                [("beta1**t", "beta1 ** (t - 1)"), ("beta2**t", "beta2 ** (t - 1)")],
                "You correct for step t - 1, which divides by 0 in the first "
                "step. The t that is handed over already counts this step.",
            ),
        ],
        hints=[
            "Four lines: m, v, their corrected copies, and the move.",
            "beta**t with t = 1 at the first step: then m_hat equals the gradient.",
            "theta moves by -alpha * m_hat / (sqrt(v_hat) + eps). Return m and v, not "
            "their corrected copies.",
        ],
    ),
    Exercise(
        "largest_stable_rate",
        largest_stable_rate_cases,
        points=3,
        minutes=15,
        difficulty=3,
        rtol=1e-4,
        misconceptions=[
            Misconception(
                "no-mean",
                ("X.T @ X / len(X)", "X.T @ X"),
                "You leave out the 1/N of the Hessian: the rate comes out N times too "
                "small.",
            ),
            Misconception(
                "one-over",
                ("return 2 /", "return 1 /"),
                "Your rate is 1 / lambda_max, half the limit: it ends in the steepest "
                "direction in one step. Is the 2 missing, or is your Hessian twice too "
                "large (the 1/2 of the loss cancels the 2 of the square)?",
            ),
            Misconception(
                "smallest-eigenvalue",
                ("eigvalsh(H)[-1]", "eigvalsh(H)[0]"),
                "You use the smallest eigenvalue. The steepest direction diverges "
                "first, and that is the largest one.",
            ),
            Misconception(
                "not-squared",
                (
                    "np.linalg.eigvalsh(H)[-1]",
                    "np.linalg.svd(X, compute_uv=False)[0] * len(X)",
                ),
                "You take a singular value of X. The eigenvalues of X'X are the "
                "squares of those.",
                forms=[
                    (
                        "np.linalg.eigvalsh(H)[-1]",
                        "np.linalg.svd(X, compute_uv=False)[0]",
                    ),
                    (
                        "np.linalg.eigvalsh(H)[-1]",
                        "(np.linalg.svd(X, compute_uv=False)[0] / len(X))",
                    ),
                ],
            ),
            Misconception(
                "some-zeros",
                ("if not X.any():", "if not X.all():"),
                "You return infinity where X is not 0: only some of its entries are, "
                "or their sum is. The loss is flat only where all entries are 0.",
                forms=[
                    ("if not X.any():", "if X.sum() == 0:"),
                    ("if not X.any():", "if not X.any(axis=0).all():"),
                    ("if not X.any():", "if not X.any(axis=1).all():"),
                ],
            ),
            Misconception(
                "number-of-features",
                ("/ len(X)", "/ X.shape[1]"),
                "You divide by the number of features. N counts samples: len(X).",
            ),
            Misconception(
                "half-the-hessian",
                ("/ len(X)", "/ (2 * len(X))"),
                "Your Hessian is half as large as it should be: the 2 of the square "
                "cancels the 1/2 of the loss.",
            ),
            Misconception(
                "eigenvalue-itself",
                (
                    "return 2 / np.linalg.eigvalsh(H)[-1]",
                    "return np.linalg.eigvalsh(H)[-1]",
                ),
                "You return the eigenvalue. The rate is 2 divided by it.",
                forms=[
                    (
                        "return 2 / np.linalg.eigvalsh(H)[-1]",
                        "return 2 * np.linalg.eigvalsh(H)[-1]",
                    )
                ],
            ),
            Misconception(
                "other-norm",
                ("np.linalg.eigvalsh(H)[-1]", "np.linalg.norm(H)"),
                "np.linalg.norm of a matrix is the root of the sum of all squares, not "
                "its largest eigenvalue.",
            ),
            Misconception(
                "diagonal",
                ("np.linalg.eigvalsh(H)[-1]", "np.diag(H).max()"),
                "You take the largest diagonal entry of the Hessian. Columns that go "
                "together make a direction steeper than any single column.",
            ),
            Misconception(
                "trace",
                ("np.linalg.eigvalsh(H)[-1]", "np.trace(H)"),
                "You add up all eigenvalues. The largest alone decides.",
            ),
            Misconception(
                "centred",
                ("H = X.T @ X / len(X)", "H = np.atleast_2d(np.cov(X.T, bias=True))"),
                "You subtract the column means first (a covariance does). The loss "
                "uses X as it is.",
                forms=[("H = X.T @ X / len(X)", "H = np.atleast_2d(np.cov(X.T))")],
            ),
            Misconception(
                "zero-matrix",
                ("return np.inf", "return 0.0"),
                "You return a number where X is 0. The loss is then flat, and no rate "
                "diverges.",
            ),
            Misconception(
                "small-is-zero",
                (
                    "if not X.any():",
                    "if np.isclose(np.linalg.eigvalsh(X.T @ X / len(X))[-1], 0):",
                ),
                "You take small numbers for 0, as np.isclose or a limit such as 1e-8 "
                "does. Features that are recorded in a large unit have small "
                "eigenvalues too, and a limit.",
                forms=[
                    ("if not X.any():", "if np.allclose(X, 0):"),
                    (
                        "if not X.any():",
                        "if np.linalg.eigvalsh(X.T @ X / len(X))[-1] < 1e-12:",
                    ),
                ],
            ),
            Misconception(
                "start-of-ones",
                source="""
def largest_stable_rate(X):
    H = X.T @ X / len(X)
    v = np.ones(len(H))
    for _ in range(1000):
        w = H @ v
        size = np.linalg.norm(w)
        if size == 0:
            return float("inf")
        v = w / size
    return float(2 / (v @ H @ v))
""",
                says="Your power iteration starts from ones. Where all rows add "
                "up to 0 it never leaves 0; start from random numbers, or "
                "call `eigvalsh`.",
            ),
            Misconception(
                "first-eigenvalue",
                ("np.linalg.eigvalsh(H)[-1]", "np.linalg.eigvals(H)[0].real"),
                "You take the first or the last number of `eigvals`, which does not "
                "sort them. `eigvalsh` does, in rising order.",
                forms=[("np.linalg.eigvalsh(H)[-1]", "np.linalg.eigvals(H)[-1].real")],
            ),
            Misconception(
                "few-rounds",
                source="""
def largest_stable_rate(X):
    if not X.any():
        return float("inf")
    H = X.T @ X / len(X)
    v = np.random.default_rng(0).normal(size=len(H))
    for _ in range(100):
        v = H @ v
        v = v / np.linalg.norm(v)
    return float(2 / (v @ H @ v))
""",
                says="Your power iteration stops too soon. Where two directions are "
                "almost equally steep it needs hundreds of rounds; `eigvalsh` needs "
                "none.",
            ),
            Misconception(
                "scaled",
                (
                    "H = X.T @ X / len(X)",
                    "s = X.std(axis=0)\n"
                    "    X = (X - X.mean(axis=0)) / np.where(s > 0, s, 1)\n"
                    "    H = X.T @ X / len(X)",
                ),
                "You scale the columns first. The loss uses X as it is.",
                forms=[
                    (
                        "H = X.T @ X / len(X)",
                        "s = X.std(axis=0)\n"
                        "    X = X / np.where(s > 0, s, 1)\n"
                        "    H = X.T @ X / len(X)",
                    )
                ],
            ),
            Misconception(
                "fastest-rate",
                (
                    "2 / np.linalg.eigvalsh(H)[-1]",
                    "2 / (np.linalg.eigvalsh(H)[-1] + np.linalg.eigvalsh(H)[0])",
                ),
                "You add the smallest eigenvalue to the largest one, which "
                "gives the rate of the fastest descent. The largest alone "
                "decides where it diverges.",
            ),
            Misconception(
                "number-on-the-eigenvalue",
                ("np.linalg.eigvalsh(H)[-1]", "(np.linalg.eigvalsh(H)[-1] + 1e-8)"),
                "You add a small number to the eigenvalue. Features that are "
                "recorded in a large unit have eigenvalues as small; treat an X "
                "of zeros by itself.",
                forms=[
                    (
                        "np.linalg.eigvalsh(H)[-1]",
                        "(np.linalg.eigvalsh(H)[-1] + 1e-12)",
                    ),
                    [
                        ("    if not X.any():\n        return np.inf\n", ""),
                        (
                            "np.linalg.eigvalsh(H)[-1]",
                            "(np.linalg.eigvalsh(H)[-1] + 1e-12)",
                        ),
                    ],
                    [
                        ("    if not X.any():\n        return np.inf\n", ""),
                        (
                            "np.linalg.eigvalsh(H)[-1]",
                            "(np.linalg.eigvalsh(H)[-1] + 1e-8)",
                        ),
                    ],
                ],
            ),
        ],
        hints=[
            "The Hessian of this loss does not depend on theta. What is it, in terms "
            "of X and N?",
            "It is symmetric: np.linalg.eigvalsh gives its eigenvalues in rising "
            "order.",
            "2 divided by the largest eigenvalue of X'X / N; handle the all-zero X "
            "first.",
        ],
    ),
    Manual(
        "long_valley",
        points=2,
        minutes=10,
        rubric="1 point: the steepest direction bounds the rate (2 / largest "
        "curvature), above it the path diverges. 1 point: near that rate the flat "
        "direction hardly moves, so that the number of steps grows with the ratio of "
        "the curvatures.",
    ),
    Exercise(
        "two_layer_backward",
        two_layer_backward_cases,
        points=5,
        minutes=25,
        difficulty=4,
        returns=("dW1", "db1", "dW2", "db2"),
        misconceptions=[
            Misconception(
                "no-slope",
                (" * (1 - h**2)", ""),
                "You pass the error through tanh unchanged. It must be multiplied by "
                "the slope of tanh.",
            ),
            Misconception(
                "slope-of-the-slope",
                ("(1 - h**2)", "(1 - np.tanh(h) ** 2)"),
                "You apply tanh to h once more. h already is tanh of the sum.",
            ),
            Misconception(
                "sigmoid-slope",
                ("(1 - h**2)", "(h * (1 - h))"),
                "You use the slope of the sigmoid. The activation here is tanh.",
            ),
            Misconception(
                "slope-without-square",
                ("(1 - h**2)", "(1 - h)"),
                "You use 1 - h as the slope of tanh. It is 1 - h squared.",
            ),
            Misconception(
                "slope-of-the-sum",
                ("(1 - h**2)", "(1 - (X @ W1 + b1) ** 2)"),
                "You put the sum before the activation into 1 - h^2. It must be the "
                "value after it.",
            ),
            Misconception(
                "no-mean",
                ("(y_hat - y) / len(X)", "y_hat - y"),
                "You leave out the 1/N: the gradients grow with the number of samples.",
            ),
            Misconception(
                "mean-over-outputs",
                ("(y_hat - y) / len(X)", "(y_hat - y) / y.size"),
                "You divide by the number of all entries. N counts samples alone.",
            ),
            Misconception(
                "mean-twice",
                ("* (1 - h**2)", "* (1 - h**2) / len(X)"),
                "You divide by N twice: 1/N is already in delta2.",
                forms=[
                    [
                        ("h.T @ delta2", "h.T @ delta2 / len(X)"),
                        ("X.T @ delta1", "X.T @ delta1 / len(X)"),
                        ("delta2.sum(axis=0)", "delta2.mean(axis=0)"),
                        ("delta1.sum(axis=0)", "delta1.mean(axis=0)"),
                    ],
                ],
            ),
            Misconception(
                "factor-two",
                ("(y_hat - y) / len(X)", "2 * (y_hat - y) / len(X)"),
                "Your gradients are twice too large. The 1/2 of the loss cancels the 2 "
                "that comes from the square.",
            ),
            Misconception(
                "sign",
                ("(y_hat - y)", "(y - y_hat)"),
                "You have the sign the wrong way round: a step against it would climb.",
            ),
            Misconception(
                "biases-averaged",
                (".sum(axis=0)", ".mean(axis=0)"),
                "You average the bias gradients over the samples, although 1/N is "
                "already in delta.",
            ),
            Misconception(
                "stops-at-the-top",
                (
                    "delta1 = (delta2 @ W2.T)",
                    "delta1 = delta2.sum(axis=1, keepdims=True)",
                ),
                "You send the error down without the weights W2: each hidden unit is "
                "blamed alike.",
            ),
            Misconception(
                "upper-first",
                ("return dW1, db1, dW2, db2", "return dW2, db2, dW1, db1"),
                "You return the upper layer's gradients first. The order is that "
                "of the parameters: dW1, db1, dW2, db2.",
            ),
            Misconception(
                "no-bias",
                ("X @ W1 + b1", "X @ W1 + 0 * b1"),
                "You leave out a bias in the forward pass, so that the gradients "
                "belong to another network.",
                forms=[
                    ("h @ W2 + b2", "h @ W2 + 0 * b2"),
                    [
                        ("X @ W1 + b1", "X @ W1 + 0 * b1"),
                        ("h @ W2 + b2", "h @ W2 + 0 * b2"),
                    ],
                ],
            ),
            Misconception(
                "biases-not-summed",
                ("delta2.sum(axis=0)", "delta2"),
                "Your db has a row for each sample. Sum over the samples (axis 0), so "
                "that one number is left for each unit.",
                forms=[
                    [
                        ("delta2.sum(axis=0)", "delta2"),
                        ("delta1.sum(axis=0)", "delta1"),
                    ],
                    ("delta1.sum(axis=0)", "delta1"),
                ],
            ),
            Misconception(
                "biases-keep-the-axis",
                (".sum(axis=0)", ".sum(axis=0, keepdims=True)"),
                "Your db has a row of its own, shape (1, q) or (1, k). A gradient has "
                "the shape of its parameter.",
            ),
            Misconception(
                "one-bias-for-all",
                (".sum(axis=0)", ".sum()"),
                "You sum the gradients of all biases into one number. Each unit has a "
                "bias, and a gradient, of its own.",
            ),
            Misconception(
                "sum-for-h",
                ("h.T @ delta2", "(X @ W1 + b1).T @ delta2"),
                "You multiply delta2 by the sum before the activation. The upper "
                "layer's input is h, the value after it.",
            ),
            Misconception(
                "other-network",
                [("np.tanh(X @ W1 + b1)", "X @ W1 + b1"), (" * (1 - h**2)", "")],
                "You compute the hidden layer without tanh or with another "
                "activation: the gradients belong to another network.",
                forms=[
                    [
                        ("np.tanh(X @ W1 + b1)", "np.maximum(X @ W1 + b1, 0)"),
                        ("(1 - h**2)", "(h > 0)"),
                    ],
                    [
                        ("np.tanh(X @ W1 + b1)", "1 / (1 + np.exp(-X @ W1 - b1))"),
                        ("(1 - h**2)", "(h * (1 - h))"),
                    ],
                    ("np.tanh(X @ W1 + b1)", "X @ W1 + b1"),
                ],
            ),
            Misconception(
                "tanh-at-the-output",
                ("h @ W2 + b2", "np.tanh(h @ W2 + b2)"),
                "You apply an activation to the output. The upper layer is linear.",
            ),
            Misconception(
                "transposed",
                ("h.T @ delta2", "delta2.T @ h"),
                "A gradient of yours is transposed. Each has the shape of its "
                "parameter.",
                forms=[
                    ("X.T @ delta1", "delta1.T @ X"),
                    [
                        ("h.T @ delta2", "delta2.T @ h"),
                        ("X.T @ delta1", "delta1.T @ X"),
                    ],
                ],
            ),
            Misconception(
                "broadcast",
                ("if y.shape != y_hat.shape:", "if False:"),
                "You accept a y of another shape: NumPy repeats it, and the gradient "
                "is that of another problem.",
            ),
            Misconception(
                "product-of-sums",
                source="""
def two_layer_backward(X, y, W1, b1, W2, b2):
    h = np.tanh(X @ W1 + b1)
    y_hat = h @ W2 + b2
    if y.shape != y_hat.shape:
        raise ValueError("y")
    d2 = (y_hat - y) / len(X)
    d1 = d2.sum(axis=1, keepdims=True) * W2.sum(axis=1) * (1 - h**2)
    return X.T @ d1, d1.sum(axis=0), h.T @ d2, d2.sum(axis=0)
""",
                says="You multiply the sum of the errors by the sum of the "
                "weights. Each output's error goes back through its own "
                "weights: `delta2 @ W2.T`.",
            ),
            Misconception(
                "reshaped",
                [
                    ("h.T @ delta2", "(delta2.T @ h).reshape(W2.shape)"),
                    ("X.T @ delta1", "(delta1.T @ X).reshape(W1.shape)"),
                ],
                "You reshape a transposed gradient to the shape of its parameter. "
                "reshape keeps the numbers in their order; `.T` is what exchanges "
                "rows and columns.",
                forms=[
                    ("h.T @ delta2", "(delta2.T @ h).reshape(W2.shape)"),
                    ("X.T @ delta1", "(delta1.T @ X).reshape(W1.shape)"),
                ],
            ),
            Misconception(
                "last-sample",
                source="""
def two_layer_backward(X, y, W1, b1, W2, b2):
    if y.shape != (len(X), W2.shape[1]):
        raise ValueError("y")
    for x, truth in zip(X, y):
        h = np.tanh(x @ W1 + b1)
        d2 = (h @ W2 + b2 - truth) / len(X)
        d1 = (W2 @ d2) * (1 - h**2)
        dW1, db1, dW2, db2 = np.outer(x, d1), d1, np.outer(h, d2), d2
    return dW1, db1, dW2, db2
""",
                says="Only the last sample is in your gradients: each one overwrites "
                "those before. Add them up.",
            ),
            Misconception(
                "upper-divided-alone",
                (
                    "delta1 = (delta2 @ W2.T)",
                    "delta1 = ((y_hat - y) @ W2.T)",
                ),
                "You divide by N in the upper layer alone. The error that goes down "
                "is delta2, with its 1/N.",
            ),
            Misconception(
                "library-mean",
                [
                    (
                        "(y_hat - y) / len(X)",
                        "2 * (y_hat - y) / y.size",
                    ),
                ],
                "Your gradients are those of a library's mean: no 1/2, and divided by "
                "the number of all entries rather than of samples.",
            ),
            Misconception(
                "other-slope",
                ("(1 - h**2)", "(1 - h) ** 2"),
                "You multiply by another factor than the slope of tanh, which "
                "is 1 - h**2: one minus the square of h.",
                forms=[
                    ("(1 - h**2)", "(1 + h**2)"),
                    ("(1 - h**2)", "h**2"),
                    ("(1 - h**2)", "np.sqrt(1 - h**2)"),
                ],
            ),
            Misconception(
                "slope-for-one-gradient",
                ("db1 = delta1.sum(axis=0)", "db1 = (delta2 @ W2.T).sum(axis=0)"),
                "You multiply by the slope of tanh in one of dW1 and db1 only. "
                "Both come from the same delta1.",
                forms=[("dW1 = X.T @ delta1", "dW1 = X.T @ (delta2 @ W2.T)")],
            ),
            Misconception(
                "slope-at-the-output",
                (
                    "delta2 = (y_hat - y) / len(X)",
                    "delta2 = (y_hat - y) / len(X) * (1 - y_hat**2)",
                ),
                "You multiply by a slope of tanh at the output too. The upper "
                "layer is linear.",
            ),
            Misconception(
                "other-number",
                ("/ len(X)", "/ y.shape[1]"),
                "You divide by the number of features, hidden units or outputs. "
                "N counts samples: len(X).",
                forms=[("/ len(X)", "/ X.shape[1]"), ("/ len(X)", "/ len(b1)")],
            ),
            Misconception(
                "squared-error",
                ("(y_hat - y) / len(X)", "(y_hat - y) ** 2 / len(X)"),
                "You put squared errors into the gradient. The derivative of a "
                "square is twice the error itself.",
            ),
        ],
        hints=[
            "Compute h and y_hat first. Then go backwards: the upper layer is the "
            "linear layer of mse_gradients with h in place of X.",
            "The slope of the loss with respect to h is delta2 @ W2.T, of shape (N, "
            "q). Multiply it entry by entry with the slope of tanh.",
            "With delta1 = (delta2 @ W2.T) * (1 - h**2) the lower layer looks like the "
            "upper one: X transposed times delta1, and its sum over samples.",
        ],
    ),
    DEEP_BACKWARD,
    Exercise(
        "standardize",
        standardize_cases,
        points=2,
        minutes=10,
        difficulty=2,
        returns=("train", "test"),
        misconceptions=[
            Misconception(
                "own-statistics",
                (
                    "(X_test - mean) / spread",
                    "(X_test - X_test.mean(axis=0)) / np.where(np.ptp(X_test, axis=0) "
                    "== 0, 1.0, X_test.std(axis=0))",
                ),
                "You scale the test part by its own mean and spread. In use there is "
                "no such thing: take both from the training part.",
            ),
            Misconception(
                "both-together",
                [
                    (
                        "X_train.mean(axis=0)",
                        "np.vstack([X_train, X_test]).mean(axis=0)",
                    ),
                    ("X_train.std(axis=0)", "np.vstack([X_train, X_test]).std(axis=0)"),
                ],
                "You take mean and spread over both parts. The test part leaks into "
                "the training.",
            ),
            Misconception(
                "one-mean-for-all",
                [
                    ("X_train.mean(axis=0)", "X_train.mean()"),
                    ("X_train.std(axis=0)", "np.full(X_train.shape[1], X_train.std())"),
                ],
                "You use one mean and one spread for the whole table. Each column has "
                "its own.",
                forms=[
                    [
                        ("X_train.mean(axis=0)", "X_train.mean()"),
                        (
                            "X_train.std(axis=0)",
                            "np.full(X_train.shape[1], X_train.std() or 1.0)",
                        ),
                        ("spread[np.ptp(X_train, axis=0) == 0] = 1.0", "pass"),
                    ],
                ],
            ),
            Misconception(
                "constant-column",
                ("spread[np.ptp(X_train, axis=0) == 0] = 1.0", "pass"),
                "You divide a constant column by its spread, which is 0.",
                forms=[
                    [
                        ("spread[np.ptp(X_train, axis=0) == 0] = 1.0", "pass"),
                        (
                            "(X_train - mean) / spread, (X_test - mean) / spread",
                            "np.nan_to_num((X_train - mean) / spread), np.nan_to_num("
                            "(X_test - mean) / spread)",
                        ),
                    ],
                ],
            ),
            Misconception(
                "small-is-constant",
                ("np.ptp(X_train, axis=0) == 0", "spread < 1e-9"),
                "You take a column of small spread for a constant one. A feature that "
                "is recorded in a large unit has small numbers, and it varies.",
                forms=[
                    ("np.ptp(X_train, axis=0) == 0", "spread < 1e-8"),
                    ("np.ptp(X_train, axis=0) == 0", "np.isclose(spread, 0)"),
                    ("np.ptp(X_train, axis=0) == 0", "spread < 1e-6"),
                ],
            ),
            Misconception(
                "spread-of-equal-numbers",
                ("np.ptp(X_train, axis=0) == 0", "spread == 0"),
                "You compare the standard deviation with 0. Rounding can leave it a "
                "little above 0 where all numbers are equal, as 0.1 is: compare the "
                "column's largest number with its smallest.",
            ),
            Misconception(
                "constant-not-shifted",
                (
                    "    return",
                    "    mean = np.where(np.ptp(X_train, axis=0) == 0, 0, mean)\n"
                    "    return",
                ),
                "You leave a constant column as it is. It is shifted by its mean, but "
                "not divided.",
            ),
            Misconception(
                "constant-to-zero",
                (
                    "(X_test - mean) / spread",
                    "np.where(np.ptp(X_train, axis=0) == 0, 0, (X_test - mean) / "
                    "spread)",
                ),
                "You set a column that is constant in X_train to 0 in X_test. There it "
                "may vary: only shift it.",
            ),
            Misconception(
                "constant-left-out",
                (
                    "    return",
                    "    keep = np.ptp(X_train, axis=0) > 0\n"
                    "    X_train, X_test = X_train[:, keep], X_test[:, keep]\n"
                    "    mean, spread = mean[keep], spread[keep]\n    return",
                ),
                "You drop the constant columns. They are shifted, and they stay.",
            ),
            Misconception(
                "division-first",
                (
                    "(X_train - mean) / spread, (X_test - mean) / spread",
                    "X_train - mean / spread, X_test - mean / spread",
                ),
                "You divide the mean alone: the division comes before the difference. "
                "Put X - mean into parentheses.",
            ),
            Misconception(
                "min-max",
                says="You scale by the smallest and the largest number. Here mean and "
                "standard deviation are asked for.",
                source="def standardize(X_train, X_test):\n"
                "    low, high = X_train.min(axis=0), X_train.max(axis=0)\n"
                "    span = np.where(high == low, 1, high - low)\n"
                "    return (X_train - low) / span, (X_test - low) / span\n",
            ),
            Misconception(
                "rows",
                says="You take mean and spread of each row. A column holds one "
                "feature: axis 0 runs down a column.",
                source="def standardize(X_train, X_test):\n"
                "    def scaled(X):\n"
                "        mean = X.mean(axis=1, keepdims=True)\n"
                "        return (X - mean) / X.std(axis=1, keepdims=True)\n"
                "    return scaled(X_train), scaled(X_test)\n",
            ),
            Misconception(
                "train-alone",
                (
                    "return (X_train - mean) / spread, (X_test - mean) / spread",
                    "return (X_train - mean) / spread",
                ),
                "You return one table. Both are asked for, the training part first.",
            ),
            Misconception(
                "test-untouched",
                ("(X_test - mean) / spread", "X_test"),
                "Your test part stays as it was: it is not scaled, or by the mean and "
                "spread of the scaled training part, which are 0 and 1. Use those that "
                "X_train had before.",
                forms=[
                    """
def standardize(X_train, X_test):
    constant = np.ptp(X_train, axis=0) == 0
    spread = np.where(constant, 1.0, X_train.std(axis=0))
    X_train = (X_train - X_train.mean(axis=0)) / spread
    spread = np.where(constant, 1.0, X_train.std(axis=0))
    X_test = (X_test - X_train.mean(axis=0)) / spread
    return X_train, X_test
"""
                ],
            ),
            Misconception(
                "test-first",
                (
                    "(X_train - mean) / spread, (X_test - mean) / spread",
                    "(X_test - mean) / spread, (X_train - mean) / spread",
                ),
                "You return the test part first. The training part comes first.",
            ),
            Misconception(
                "in-place",
                (
                    "    return",
                    "    X_train -= mean\n    X_train /= spread\n"
                    "    return X_train, (X_test - mean) / spread\n    return",
                ),
                "You change the caller's tables: `-=` and `/=` write into the array "
                "that was handed over.",
                forms=[
                    (
                        "    return",
                        "    X_train -= mean\n    X_test -= mean\n"
                        "    return X_train / spread, X_test / spread\n    return",
                    ),
                    (
                        "    return",
                        "    X_train -= mean\n    X_test -= mean\n"
                        "    X_train /= spread\n    X_test /= spread\n"
                        "    return X_train, X_test\n    return",
                    ),
                ],
            ),
            Misconception(
                "small-number",
                (
                    "spread[np.ptp(X_train, axis=0) == 0] = 1.0",
                    "spread = spread + 1e-8",
                ),
                "You guard the division by a small number. A column that is constant "
                "in the training part is then multiplied by a huge one in the "
                "test part; it is only to be shifted.",
                forms=[
                    (
                        "spread[np.ptp(X_train, axis=0) == 0] = 1.0",
                        "spread = np.maximum(spread, 1e-8)",
                    ),
                    (
                        "spread[np.ptp(X_train, axis=0) == 0] = 1.0",
                        "spread = spread + 1e-12",
                    ),
                    (
                        "spread[np.ptp(X_train, axis=0) == 0] = 1.0",
                        "spread = np.maximum(spread, 1e-12)",
                    ),
                ],
            ),
            Misconception(
                "sample-deviation",
                ("X_train.std(axis=0)", "X_train.std(axis=0, ddof=1)"),
                "You divide by N - 1 inside the standard deviation. Here it is N.",
            ),
            Misconception(
                "variance",
                ("X_train.std(axis=0)", "X_train.var(axis=0)"),
                "You divide by the variance. The standard deviation is its root.",
            ),
            Misconception(
                "no-centring",
                ("(X_test - mean)", "X_test"),
                "You do not subtract the mean from the test part.",
                forms=[
                    (
                        "(X_train - mean) / spread, (X_test - mean) / spread",
                        "X_train / spread, X_test / spread",
                    ),
                ],
            ),
            Misconception(
                "whole-result",
                source="""
def standardize(X_train, X_test):
    out_train, out_test = np.empty_like(X_train), np.empty_like(X_test)
    for j in range(X_train.shape[1]):
        column = X_train[:, j]
        spread = 1.0 if (column == column[0]).all() else column.std()
        out_train[:, j] = (column - column.mean()) / spread
        out_test[:, j] = (X_test[:, j] - column.mean()) / spread
    return out_train, out_test
""",
                says="You store the results in arrays of the dtype of the tables. "
                "Where those hold whole numbers, the results are cut off.",
            ),
            Misconception(
                "number-on-the-spread",
                (
                    "spread[np.ptp(X_train, axis=0) == 0] = 1.0",
                    "spread = np.where(np.ptp(X_train, axis=0) == 0, 1.0, "
                    "spread + 1e-8)",
                ),
                "You add a small number to the spread of each column. A column that "
                "varies is divided by its spread as it is, also by one of 1e-10.",
                forms=[
                    (
                        "spread[np.ptp(X_train, axis=0) == 0] = 1.0",
                        "spread = np.where(np.ptp(X_train, axis=0) == 0, 1.0, "
                        "spread + 1e-7)",
                    ),
                    (
                        "spread[np.ptp(X_train, axis=0) == 0] = 1.0",
                        "spread = np.where(np.ptp(X_train, axis=0) == 0, 1.0, "
                        "spread + 1e-12)",
                    ),
                ],
            ),
            Misconception(
                "one-own-statistic",
                ("(X_test - mean)", "(X_test - X_test.mean(axis=0))"),
                "You take the mean or the spread of the test part from the test "
                "part itself. In use there is no such thing: take both from the "
                "training part.",
                forms=[
                    (
                        "(X_test - mean) / spread",
                        "(X_test - mean) / np.where(np.ptp(X_test, axis=0) > 0, "
                        "X_test.std(axis=0), 1)",
                    )
                ],
            ),
            Misconception(
                "one-spread-for-all",
                ("X_train.std(axis=0)", "np.full(X_train.shape[1], X_train.std())"),
                "You use one spread for the whole table. Each column has its own.",
            ),
            Misconception(
                "other-measures",
                ("X_train.mean(axis=0)", "np.median(X_train, axis=0)"),
                "You use another measure than the mean and the standard deviation, the "
                "root of the mean squared distance from the mean.",
                forms=[
                    ("X_train.std(axis=0)", "abs(X_train - mean).mean(axis=0)"),
                    ("X_train.std(axis=0)", "abs(X_train - mean).max(axis=0)"),
                    ("X_train.std(axis=0)", "np.linalg.norm(X_train - mean, axis=0)"),
                    ("X_train.std(axis=0)", "np.ptp(X_train, axis=0).astype(float)"),
                ],
            ),
        ],
        hints=[
            "Mean and spread come from X_train alone, one number for each column.",
            "axis=0 runs down a column. Which columns may not be divided by their "
            "spread?",
            "Replace the spread of constant columns by 1; then (X - mean) / spread for "
            "both tables.",
        ],
    ),
    REVEALING_PREDICTIONS,
    Exercise(
        "fit_with_autograd",
        fit_with_autograd_cases,
        points=4,
        minutes=15,
        difficulty=3,
        probe="fit_watched",
        returns=("W", "b"),
        rtol=1e-9,
        atol=1e-12,
        exact_dtype=True,
        misconceptions=[
            Misconception(
                "never-cleared",
                ("W.grad = b.grad = None", "pass"),
                "You do not clear .grad, of W or of b, and backward() adds to it: each "
                "step follows the sum of all gradients so far.",
                forms=[
                    ("W.grad = b.grad = None", "W.grad = None"),
                    ("W.grad = b.grad = None", "b.grad = None"),
                ],
            ),
            Misconception(
                "nothing-moves",
                (
                    "W.grad = b.grad = None\n        loss.backward()",
                    "loss.backward()\n        W.grad = torch.zeros_like(W)\n"
                    "        b.grad = torch.zeros_like(b)",
                ),
                "Your parameters end where they started. The order is: clear the "
                "gradients, backward(), then move W and b themselves, not copies "
                "of them.",
            ),
            Misconception(
                "no-half",
                ("/ (2 * len(X))", "/ len(X)"),
                "You leave out the 1/2 of the loss: every step is twice as long.",
            ),
            Misconception(
                "library-mean",
                (
                    "((y - y_hat) ** 2).sum() / (2 * len(X))",
                    "((y - y_hat) ** 2).mean()",
                ),
                "You take torch's mean: no 1/2, and divided by the number of all "
                "entries rather than of samples.",
            ),
            Misconception(
                "mean-over-outputs",
                ("/ (2 * len(X))", "/ (2 * y.numel())"),
                "You divide by the number of all entries. N counts samples alone.",
            ),
            Misconception(
                "no-mean",
                ("/ (2 * len(X))", "/ 2"),
                "You sum over the samples without dividing by N.",
            ),
            Misconception(
                "bias-stays",
                ("b -= alpha * b.grad", "pass"),
                "You never move b. It is a parameter like W.",
            ),
            Misconception(
                "uphill",
                [("W -= alpha", "W += alpha"), ("b -= alpha", "b += alpha")],
                "You step along the gradient, which is uphill. Step against it.",
            ),
            Misconception(
                "own-start",
                [
                    (
                        "torch.tensor(W, requires_grad=True)",
                        "torch.zeros(W.shape, dtype=torch.float64, requires_grad=True)",
                    ),
                    (
                        "torch.tensor(b, requires_grad=True)",
                        "torch.zeros(b.shape, dtype=torch.float64, requires_grad=True)",
                    ),
                ],
                "You start from zeros. The W and b that are handed over are the start.",
            ),
            Misconception(
                "one-after-the-other",
                (
                    "W -= alpha * W.grad\n",
                    "W -= alpha * W.grad\n            db = (X @ W + b - y).mean(0)\n"
                    "            b.grad = db\n",
                ),
                "You move b by a gradient taken after W has moved. Both move at once.",
            ),
            Misconception(
                "single-precision",
                [
                    (
                        "torch.tensor(X), torch.tensor(y)",
                        "torch.tensor(X).float(), torch.tensor(y).float()",
                    ),
                    ("requires_grad=True)", "requires_grad=True, dtype=torch.float32)"),
                ],
                "You compute in float32, PyTorch's default. That keeps about seven "
                "digits; float64 is asked for.",
                forms=[
                    [
                        (
                            "torch.tensor(X), torch.tensor(y)",
                            "torch.tensor(X).float(), torch.tensor(y).float()",
                        ),
                        (
                            "requires_grad=True)",
                            "requires_grad=True, dtype=torch.float32)",
                        ),
                        ("W.detach().numpy()", "W.detach().double().numpy()"),
                        ("b.detach().numpy()", "b.detach().double().numpy()"),
                    ],
                ],
            ),
            Misconception(
                "shares-memory",
                [
                    (
                        "torch.tensor(W, requires_grad=True)",
                        "torch.from_numpy(W).requires_grad_()",
                    ),
                    (
                        "torch.tensor(b, requires_grad=True)",
                        "torch.from_numpy(b).requires_grad_()",
                    ),
                ],
                "You change the caller's arrays: from_numpy shares their memory. Make "
                "a copy.",
            ),
            Misconception(
                "new-tensors",
                [
                    ("W.grad = b.grad = None", "pass"),
                    (
                        "        with torch.no_grad():\n"
                        "            W -= alpha * W.grad\n"
                        "            b -= alpha * b.grad\n",
                        "        W = W - alpha * W.grad\n"
                        "        b = b - alpha * b.grad\n",
                    ),
                ],
                "W = W - ... makes a new tensor, whose .grad stays None. Change W and "
                "b in place (-=), under torch.no_grad().",
                forms=[
                    (
                        "            W -= alpha * W.grad\n"
                        "            b -= alpha * b.grad\n",
                        "            W = W - alpha * W.grad\n"
                        "            b = b - alpha * b.grad\n",
                    ),
                ],
            ),
            Misconception(
                "recorded-update",
                (
                    "        with torch.no_grad():\n"
                    "            W -= alpha * W.grad\n"
                    "            b -= alpha * b.grad\n",
                    "        W -= alpha * W.grad\n        b -= alpha * b.grad\n",
                ),
                "PyTorch records your update as well. Put it under torch.no_grad().",
            ),
            Misconception(
                "return-in-the-loop",
                (
                    "            b -= alpha * b.grad\n",
                    "            b -= alpha * b.grad\n"
                    "        return W.detach().numpy(), b.detach().numpy()\n",
                ),
                "You return after the first step. Is `return` inside the loop?",
            ),
            Misconception(
                "own-rate",
                (
                    "W -= alpha * W.grad\n            b -= alpha * b.grad",
                    "W -= 0.01 * W.grad\n            b -= 0.01 * b.grad",
                ),
                "You use a learning rate of your own. The caller chooses alpha.",
                forms=[
                    (
                        "W -= alpha * W.grad\n            b -= alpha * b.grad",
                        "W -= 0.1 * W.grad\n            b -= 0.1 * b.grad",
                    ),
                    (
                        "W -= alpha * W.grad\n            b -= alpha * b.grad",
                        "W -= W.grad\n            b -= b.grad",
                    ),
                ],
            ),
            Misconception(
                "other-optimiser",
                says="You take the steps of another optimiser. Plain descent is asked "
                "for: -alpha times the gradient.",
                source="def fit_with_autograd(X, y, W, b, alpha, steps):\n"
                "    X, y = torch.tensor(X), torch.tensor(y)\n"
                "    W = torch.tensor(W, requires_grad=True)\n"
                "    b = torch.tensor(b, requires_grad=True)\n"
                "    optimizer = torch.optim.Adam([W, b], lr=alpha)\n"
                "    for _ in range(steps):\n"
                "        optimizer.zero_grad()\n"
                "        loss = ((y - X @ W - b) ** 2).sum() / (2 * len(X))\n"
                "        loss.backward()\n"
                "        optimizer.step()\n"
                "    return W.detach().numpy(), b.detach().numpy()\n",
                forms=[
                    "def fit_with_autograd(X, y, W, b, alpha, steps):\n"
                    "    X, y = torch.tensor(X), torch.tensor(y)\n"
                    "    W = torch.tensor(W, requires_grad=True)\n"
                    "    b = torch.tensor(b, requires_grad=True)\n"
                    "    optimizer = torch.optim.SGD([W, b], lr=alpha, momentum=0.9)\n"
                    "    for _ in range(steps):\n"
                    "        optimizer.zero_grad()\n"
                    "        loss = ((y - X @ W - b) ** 2).sum() / (2 * len(X))\n"
                    "        loss.backward()\n"
                    "        optimizer.step()\n"
                    "    return W.detach().numpy(), b.detach().numpy()\n",
                ],
            ),
            Misconception(
                "one-step-short",
                ("range(steps)", "range(steps - 1)"),
                "You take one step too few.",
            ),
            Misconception(
                "b-first",
                (
                    "return W.detach().numpy(), b.detach().numpy()",
                    "return b.detach().numpy(), W.detach().numpy()",
                ),
                "You return b first. The order is W, b.",
            ),
            Misconception(
                "W-alone",
                (
                    "return W.detach().numpy(), b.detach().numpy()",
                    "return W.detach().numpy()",
                ),
                "You return W alone. b is a parameter too.",
            ),
            Misconception(
                "by-hand",
                says="You compute the gradient yourself. Here PyTorch is to record the "
                "forward pass and to find the gradient: tensors with "
                "requires_grad=True, then backward().",
                source="def fit_with_autograd(X, y, W, b, alpha, steps):\n"
                "    for _ in range(steps):\n"
                "        error = (X @ W + b - y) / len(X)\n"
                "        W = W - alpha * X.T @ error\n"
                "        b = b - alpha * error.sum(axis=0)\n"
                "    return W, b\n",
                forms=[
                    "def fit_with_autograd(X, y, W, b, alpha, steps):\n"
                    "    X, y = torch.tensor(X), torch.tensor(y)\n"
                    "    W, b = torch.tensor(W), torch.tensor(b)\n"
                    "    for _ in range(steps):\n"
                    "        error = (X @ W + b - y) / len(X)\n"
                    "        W = W - alpha * X.T @ error\n"
                    "        b = b - alpha * error.sum(dim=0)\n"
                    "    return W, b\n",
                ],
            ),
            Misconception(
                "no-bias",
                ("y_hat = X @ W + b", "y_hat = X @ W + 0 * b"),
                "You leave the bias out of the prediction, so that both "
                "gradients belong to another model.",
            ),
            Misconception(
                "sample-by-sample",
                (
                    "y_hat = X @ W + b\n"
                    "        loss = ((y - y_hat) ** 2).sum() / (2 * len(X))",
                    "i = _ % len(X)\n"
                    "        loss = ((y[i] - X[i] @ W - b) ** 2).sum() / 2",
                ),
                "You step with one sample at a time. Each step uses all samples.",
                forms=[
                    """
def fit_with_autograd(X, y, W, b, alpha, steps):
    X, y = torch.tensor(X), torch.tensor(y)
    W, b = torch.tensor(W, requires_grad=True), torch.tensor(b, requires_grad=True)
    for _ in range(steps):
        for x, truth in zip(X, y):
            W.grad = b.grad = None
            (((truth - x @ W - b) ** 2).sum() / 2).backward()
            with torch.no_grad():
                W -= alpha * W.grad
                b -= alpha * b.grad
    return W.detach().numpy(), b.detach().numpy()
"""
                ],
            ),
            Misconception(
                "root",
                (
                    "loss = ((y - y_hat) ** 2).sum() / (2 * len(X))",
                    "loss = (((y - y_hat) ** 2).sum() / (2 * len(X))).sqrt()",
                ),
                "You take a root of the loss. That is another measure, with "
                "another gradient.",
                forms=[
                    (
                        "loss = ((y - y_hat) ** 2).sum() / (2 * len(X))",
                        "loss = ((y - y_hat) ** 2).mean().sqrt()",
                    )
                ],
            ),
            Misconception(
                "one-step-more",
                ("range(steps)", "range(steps + 1)"),
                "You take one step too many.",
            ),
            Misconception(
                "stops-early",
                (
                    "        loss.backward()",
                    "        if loss < 1e-3:\n"
                    "            break\n"
                    "        loss.backward()",
                ),
                "You stop where the loss is small. All steps are asked for.",
                forms=[
                    (
                        "        loss.backward()",
                        "        if loss < 1e-4:\n"
                        "            break\n"
                        "        loss.backward()",
                    ),
                    (
                        "        loss.backward()",
                        "        if loss < 1e-6:\n"
                        "            break\n"
                        "        loss.backward()",
                    ),
                ],
            ),
        ],
        hints=[
            "torch.tensor(W, requires_grad=True) makes a copy that records what is "
            "done with it.",
            "In each step: forward, loss, clear the old .grad, backward, update. The "
            "update belongs under torch.no_grad().",
            "Under no_grad: W -= alpha * W.grad, the same for b. At the end return "
            "W.detach().numpy() and b.detach().numpy().",
        ],
    ),
    Exercise(
        "train_epoch",
        train_epoch_cases,
        points=4,
        minutes=25,
        difficulty=4,
        needs=("two_layer_backward", "adam_step"),
        probe="epochs_in_a_row",
        view="state_by_name",
        rtol=1e-5,
        misconceptions=[
            Misconception(
                "t-stands-still",
                ("t += 1", "pass"),
                "You never count the step. Adam's correction needs the number of this "
                "step, from 1.",
            ),
            Misconception(
                "t-not-kept",
                [("        t += 1\n", ""), ("grad, t, alpha", "grad, t + 1, alpha")],
                "You use t + 1 for every batch and never keep it: each batch "
                "makes the same step number.",
            ),
            Misconception(
                "t-per-parameter",
                [
                    ("        t += 1\n", ""),
                    ("enumerate(grads):\n", "enumerate(grads):\n            t += 1\n"),
                ],
                "You count a step for each of the four parameters. They share one step "
                "number for each batch.",
            ),
            Misconception(
                "t-per-epoch",
                [
                    ("        t += 1\n", ""),
                    (
                        "    for X, y in batches:",
                        "    t += 1\n    for X, y in batches:",
                    ),
                ],
                "You count one step for the whole epoch. Each batch makes a step.",
            ),
            Misconception(
                "t-starts-again",
                (
                    "params, m, v = list(params)",
                    "t = 0\n    params, m, v = list(params)",
                ),
                "You start t again in each epoch, while m and v go on: the correction "
                "then makes the first steps too long.",
                forms=[
                    [
                        (
                            "    for X, y in batches:",
                            "    t = 0\n    for t, (X, y) in enumerate(batches, 1):",
                        ),
                        ("        t += 1\n", ""),
                    ],
                    [
                        (
                            "    for X, y in batches:",
                            "    before, own = t, 0\n    for X, y in batches:",
                        ),
                        (
                            "        t += 1\n",
                            "        own += 1\n        t = before + own\n",
                        ),
                        ("grad, t, alpha", "grad, own, alpha"),
                    ],
                ],
            ),
            Misconception(
                "old-parameters",
                [
                    (
                        "params, m, v = list(params)",
                        "first = params\n    params, m, v = list(params)",
                    ),
                    ("X, y, *params", "X, y, *first"),
                ],
                "You take all gradients at the parameters from before the epoch. Each "
                "batch must see what the last one changed.",
            ),
            Misconception(
                "one-after-the-other",
                [
                    (
                        "for i, grad in enumerate(grads):\n",
                        "for i in range(4):\n"
                        "            grad = two_layer_backward(X, y, *params)[i]\n",
                    )
                ],
                "You take a new gradient after each parameter has moved. All four "
                "belong to the same point.",
            ),
            Misconception(
                "averages-forgotten",
                (
                    "grads = two_layer",
                    "m = [0 * p for p in params]\n        v = [0 * p for p in params]\n"
                    "        grads = two_layer",
                ),
                "You start m and v from zero for each batch. Adam's memory is the "
                "point of Adam.",
            ),
            Misconception(
                "averages-not-kept",
                ("params[i], m[i], v[i] = adam_step(", "params[i], _, _ = adam_step("),
                "You never keep the new m and v: each batch starts from those that "
                "were handed over.",
                forms=[
                    """
def train_epoch(params, m, v, t, batches, alpha):
    new_m, new_v = list(m), list(v)
    for X, y in batches:
        t += 1
        grads = two_layer_backward(X, y, *params)
        steps = [
            adam_step(p, a, s, g, t, alpha)
            for p, a, s, g in zip(params, m, v, grads)
        ]
        params, new_m, new_v = (list(part) for part in zip(*steps))
    return list(params), new_m, new_v, t
"""
                ],
            ),
            Misconception(
                "needs-a-list",
                (
                    "    for X, y in batches:",
                    "    for X, y in batches[: len(batches)]:",
                ),
                "You ask the batches for their length, for one by its number, or go "
                "through them twice. They may be a generator: loop over them once.",
                forms=[
                    (
                        "    for X, y in batches:",
                        "    for number in range(len(batches)):\n"
                        "        X, y = batches[number]",
                    ),
                    (
                        "    return params, m, v, t",
                        "    len(batches)\n    return params, m, v, t",
                    ),
                    (
                        "    for X, y in batches:",
                        "    sum(1 for _ in batches)\n    for X, y in batches:",
                    ),
                ],
            ),
            Misconception(
                "uphill",
                ("m[i], v[i], grad, t", "m[i], v[i], -grad, t"),
                "You move along the gradients, which is uphill.",
            ),
            Misconception(
                "biases-stay",
                (
                    "            params[i], m[i], v[i] = adam_step(",
                    "            if i % 2:\n                continue\n"
                    "            params[i], m[i], v[i] = adam_step(",
                ),
                "You move the weights alone. The biases are parameters too.",
            ),
            Misconception(
                "m-and-v-exchanged",
                ("params[i], m[i], v[i], grad", "params[i], v[i], m[i], grad"),
                "You hand v over in the place of m. adam_step takes theta, m, v.",
            ),
            Misconception(
                "last-batch-missing",
                (
                    "    for X, y in batches:",
                    "    for X, y in list(batches)[:-1]:",
                ),
                "You leave out the last batch.",
            ),
            Misconception(
                "all-data-at-once",
                (
                    "    for X, y in batches:",
                    "    batches = list(batches)\n"
                    "    X, y = (np.concatenate(part) for part in zip(*batches)) "
                    "if batches else (0, 0)\n"
                    "    for X, y in [(X, y)] if batches else []:",
                ),
                "You make one step with the data of all batches. Each batch makes a "
                "step of its own.",
            ),
            Misconception(
                "averages-start-again",
                (
                    "params, m, v = list(params), list(m), list(v)\n",
                    "params = list(params)\n    m = [0 * p for p in params]\n"
                    "    v = [0 * p for p in params]\n",
                ),
                "You start m and v from zero in each epoch. They are handed over so "
                "that they go on.",
            ),
            Misconception(
                "plain-descent",
                (
                    "params[i], m[i], v[i] = adam_step(\n"
                    "                params[i], m[i], v[i], grad, t, alpha\n"
                    "            )",
                    "params[i] = params[i] - alpha * grad",
                ),
                "You take a plain step of descent. Adam is asked for.",
            ),
            Misconception(
                "first-batch-only",
                (
                    "    return params, m, v, t",
                    "        break\n    return params, m, v, t",
                ),
                "You stop after the first batch. Is `return` inside the loop?",
            ),
            Misconception(
                "own-rate",
                ("grad, t, alpha", "grad, t"),
                "You leave out alpha, so that another learning rate is used.",
                forms=[("grad, t, alpha", "grad, t, 0.01")],
            ),
            Misconception(
                "changes-the-lists",
                ("params, m, v = list(params), list(m), list(v)\n", "pass\n"),
                "You write the new arrays into the caller's lists. Copy the lists "
                "first.",
            ),
            Misconception(
                "same-t-for-all",
                source="""
def train_epoch(params, m, v, t, batches, alpha):
    params, m, v = list(params), list(m), list(v)
    count = 0
    for X, y in batches:
        grads = two_layer_backward(X, y, *params)
        for i, g in enumerate(grads):
            params[i], m[i], v[i] = adam_step(
                params[i], m[i], v[i], g, t + 1, alpha
            )
        count += 1
    return params, m, v, t + count
""",
                says="All your batches make step t + 1. The second one makes step "
                "t + 2, and so on.",
            ),
            Misconception(
                "second-pass",
                source="""
def train_epoch(params, m, v, t, batches, alpha):
    params, m, v = list(params), list(m), list(v)
    for number, (X, y) in enumerate(batches, t + 1):
        grads = two_layer_backward(X, y, *params)
        steps = [
            adam_step(p, a, s, g, number, alpha)
            for p, a, s, g in zip(params, m, v, grads)
        ]
        params, m, v = (list(part) for part in zip(*steps))
    return params, m, v, t + sum(1 for _ in batches)
""",
                says="You go through the batches a second time to count them. A "
                "generator has no second pass, so that t stays as it was.",
            ),
            Misconception(
                "t-raised-too-late",
                [
                    ("        t += 1\n", ""),
                    (
                        "    return params, m, v, t",
                        "        t += 1\n    return params, m, v, t",
                    ),
                    ("grad, t, alpha", "grad, max(t, 1), alpha"),
                ],
                "You raise t after the step: the first batch makes step t, not "
                "step t + 1.",
                forms=[
                    [
                        ("        t += 1\n", ""),
                        (
                            "    return params, m, v, t",
                            "        t += 1\n    return params, m, v, t",
                        ),
                    ],
                ],
            ),
            Misconception(
                "rate-by-batch",
                ("grad, t, alpha", "grad, t, alpha / len(X)"),
                "You divide alpha by the size of the batch. The gradients are "
                "means over its samples already.",
            ),
        ],
        hints=[
            "For each batch: four gradients, one step number, four Adam steps.",
            "Copy the three lists first, so that the caller keeps his own.",
            "Raise t by 1 for each batch, then loop over the four gradients and "
            "replace params[i], m[i] and v[i] by what adam_step returns.",
        ],
    ),
]

"""Cases, tolerances, misconceptions and hints of chapter 01."""

from autograde.exercise import Case, Exercise, Manual, Misconception


def forward_cases(rng):
    def layer(n, d, k, scale=1.0):
        return (
            scale * rng.normal(size=(n, d)),
            rng.normal(size=(d, k)),
            rng.normal(size=k),
        )

    yield Case("4 samples, 3 features, 2 outputs", *layer(4, 3, 2), "tanh")
    yield Case("no activation", *layer(5, 2, 4), "identity")
    yield Case("one output", *layer(6, 3, 1), "square")
    yield Case("one sample", *layer(1, 4, 3), "sine")
    yield Case("large inputs", *layer(3, 5, 2, 1e3), "ReLU")


def mse_loss_cases(rng):
    yield Case("7 samples", rng.normal(size=7), rng.normal(size=7))
    yield Case("5 samples, 3 outputs", rng.normal(size=(5, 3)), rng.normal(size=(5, 3)))
    y = rng.normal(1e3, 200, size=9)
    yield Case("thousands", y, y + rng.normal(0, 50, size=9))
    yield Case(
        "integers",
        rng.integers(-9, 10, size=(4, 2)),
        rng.integers(10, 30, size=(4, 2)),
    )
    yield Case("a row and a column", rng.normal(size=6), rng.normal(size=(6, 1)))


def mse_gradients_cases(rng):
    def problem(n, d, k, scale=1.0):
        X = scale * rng.normal(size=(n, d))
        W, b = rng.normal(size=(d, k)), rng.normal(size=k)
        return X, W, b, scale * rng.normal(size=(n, k))

    yield Case("6 samples, 3 features, 2 outputs", *problem(6, 3, 2))
    yield Case("one output", *problem(5, 4, 1))
    yield Case("features of 1e3", *problem(7, 2, 3, 1e3))
    yield Case("one sample", *problem(1, 3, 2))
    X, W, b, y = problem(4, 2, 1)
    yield Case("y is a row", X, W, b, y[:, 0])


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
                "You add b to the weights, so it is multiplied by the inputs.",
            ),
            Misconception(
                "fixed-activation",
                ("return f(Z)", "return np.tanh(Z)"),
                "You always apply tanh. The caller chooses the activation f.",
            ),
            Misconception(
                "activation-on-inputs",
                [("X @ W + b", "f(X) @ W + b"), ("return f(Z)", "return Z")],
                "You apply f to the inputs; it belongs around the whole sum.",
            ),
        ],
        hints=[
            "One sample is one row of X. What must be multiplied with what, "
            "so that N rows come out?",
            "(N, d) times (d, k) is (N, k); NumPy adds b to every row.",
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
                "You sum over the samples without dividing by N, so the loss "
                "grows with the data set.",
            ),
            Misconception(
                "mean-over-outputs",
                ("(2 * len(y))", "(2 * y.size)"),
                "You divide by the number of all entries. N counts samples, "
                "so the outputs of one sample are summed, not averaged.",
            ),
            Misconception(
                "absolute",
                ("error**2", "abs(error)"),
                "You sum absolute errors. The loss takes their squares, which "
                "weigh large errors more.",
            ),
            Misconception(
                "root",
                (
                    "np.sum(error**2) / (2 * len(y))",
                    "np.sqrt(np.sum(error**2) / (2 * len(y)))",
                ),
                "You take a root. That is another measure of error, with "
                "another gradient.",
            ),
            Misconception(
                "broadcast",
                ("if y.shape != y_hat.shape:", "if False:"),
                "You let a row meet a column: NumPy then compares every value "
                "with every prediction, N x N pairs, and says nothing.",
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
                "You sum over the samples without dividing by N: a step grows "
                "with the size of the data set.",
            ),
            Misconception(
                "sign",
                ("error = y_hat - y", "error = y - y_hat"),
                "You have the sign the wrong way round: descent along it would climb.",
            ),
            Misconception(
                "factor-two",
                ("error = y_hat - y", "error = 2 * (y_hat - y)"),
                "Your gradient is twice too large. The 1/2 of the loss is "
                "there to cancel the 2 that comes from the square.",
            ),
            Misconception(
                "no-bias",
                ("y_hat = X @ W + b", "y_hat = X @ W + 0 * b"),
                "You leave the bias out of the prediction, so both gradients "
                "belong to another model.",
            ),
            Misconception(
                "db-one-number",
                ("error.sum(axis=0) / len(X)", "error.sum() / len(X)"),
                "You sum the errors of all outputs into one number. Each "
                "output has its own bias and its own gradient.",
            ),
            Misconception(
                "db-not-mean",
                ("error.sum(axis=0) / len(X)", "error.sum(axis=0)"),
                "You divide dW by N but not db.",
            ),
            Misconception(
                "mean-over-outputs",
                (" / len(X)", " / error.size"),
                "You divide by the number of all entries. N counts samples alone.",
            ),
        ],
        hints=[
            "Start from the error y_hat - y, of shape (N, k). How does L "
            "change when one entry of it changes?",
            "Weight W[a, j] touches output j of every sample, through feature "
            "a. Which product of X and the error sums over samples?",
            "dW is X transposed times the error, over N; db is the sum of the "
            "error over the samples, over N.",
        ],
    ),
    Manual(
        "long_valley",
        points=2,
        minutes=10,
        rubric="1 point: the steepest direction bounds the rate (2 / largest "
        "curvature). 1 point: with that rate the flat direction hardly moves, "
        "so the number of steps grows with the ratio of the curvatures.",
    ),
]

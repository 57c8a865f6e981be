"""Four ways each of solving exercises of chapter 01, by four imagined students."""

from __future__ import annotations

import re

_STUDENTS = (
    """
def forward(X, W, b, f):
    return f(np.dot(X, W) + b)


def mse_loss(y, y_hat):
    if np.shape(y) != np.shape(y_hat):
        raise ValueError("shapes")
    n = y.shape[0]
    return ((y - y_hat) ** 2).sum() / n / 2


def mse_gradients(X, W, b, y):
    n = X.shape[0]
    p = X.dot(W) + b
    if p.shape != y.shape:
        raise ValueError("shape")
    d = (p - y) / n
    return X.T.dot(d), np.sum(d, axis=0)


def numerical_gradient(J, theta, h=1e-5):
    t = theta.astype(float).copy()
    g = np.zeros_like(t)
    it = np.nditer(t, flags=["multi_index"])
    while not it.finished:
        i = it.multi_index
        old = t[i]
        t[i] = old + h
        up = J(t)
        t[i] = old - h
        down = J(t)
        t[i] = old
        g[i] = (up - down) / (2 * h)
        it.iternext()
    return g


def gradient_descent(grad, theta0, alpha, steps):
    path = np.zeros((steps + 1,) + np.shape(theta0))
    path[0] = theta0
    for t in range(steps):
        path[t + 1] = path[t] - alpha * grad(path[t])
    return path


def minibatches(X, y, batch_size, rng):
    if batch_size <= 0:
        raise ValueError("size")
    p = rng.permutation(X.shape[0])
    Xs, ys = X[p], y[p]
    return [
        (Xs[i : i + batch_size], ys[i : i + batch_size])
        for i in range(0, X.shape[0], batch_size)
    ]


def adam_step(
    theta, m, v, grad, t, alpha=1e-3, beta1=0.9, beta2=0.999, eps=1e-8
):
    if t <= 0:
        raise ValueError("t")
    new_m = m * beta1 + grad * (1 - beta1)
    new_v = v * beta2 + np.square(grad) * (1 - beta2)
    step = new_m / (1 - beta1**t)
    scale = new_v / (1 - beta2**t)
    return theta - alpha * step / (scale**0.5 + eps), new_m, new_v
""",
    """
def forward(X, W, b, f):
    Z = np.matmul(X, W)
    Z = Z + b
    return f(Z)


def mse_loss(y, y_hat):
    assert_same = y.shape == y_hat.shape
    if not assert_same:
        raise ValueError("different shapes")
    return 0.5 * np.square(y_hat - y).sum() / y.shape[0]


def mse_gradients(X, W, b, y):
    out = X @ W + b
    if out.shape != y.shape:
        raise ValueError("no")
    n = len(y)
    r = out - y
    grad_w = np.dot(X.T, r) / n
    grad_b = np.mean(r, axis=0)
    return (grad_w, grad_b)


def numerical_gradient(J, theta, h=1e-5):
    flat = theta.ravel().astype(float)
    out = []
    for k in range(flat.size):
        e = np.zeros(flat.size)
        e[k] = h
        plus = J((flat + e).reshape(theta.shape))
        minus = J((flat - e).reshape(theta.shape))
        out.append((plus - minus) / 2 / h)
    return np.array(out).reshape(theta.shape)


def gradient_descent(grad, theta0, alpha, steps):
    th = theta0 * 1.0
    hist = [th.copy()]
    for i in range(steps):
        g = grad(th)
        th = th - g * alpha
        hist.append(th.copy())
    return np.stack(hist)


def minibatches(X, y, batch_size, rng):
    if batch_size < 1:
        raise ValueError("must be positive")
    n = len(y)
    idx = np.arange(n)
    rng.shuffle(idx)
    out = []
    k = 0
    while k < n:
        part = idx[k : k + batch_size]
        out.append((X[part], y[part]))
        k += batch_size
    return out


def adam_step(
    theta, m, v, grad, t, alpha=1e-3, beta1=0.9, beta2=0.999, eps=1e-8
):
    if t < 1:
        raise ValueError("first step is 1")
    m = (1.0 - beta1) * grad + beta1 * m
    v = (1.0 - beta2) * grad * grad + beta2 * v
    c1, c2 = 1.0 - beta1**t, 1.0 - beta2**t
    update = (m / c1) / (np.sqrt(v / c2) + eps)
    return theta - update * alpha, m, v
""",
    """
def forward(X, W, b, f):
    linear = X.dot(W) + b[None, :]
    out = f(linear)
    return out


def mse_loss(y, y_hat):
    if y.shape != y_hat.shape:
        raise ValueError
    total = 0.0
    for a, p in zip(y, y_hat):
        total += np.sum((a - p) ** 2)
    return total / (2 * y.shape[0])


def mse_gradients(X, W, b, y):
    y_pred = np.matmul(X, W) + b
    if y.ndim != y_pred.ndim or y.shape != y_pred.shape:
        raise ValueError("y")
    diff = np.subtract(y_pred, y)
    dW = (1.0 / X.shape[0]) * np.matmul(np.transpose(X), diff)
    db = (1.0 / X.shape[0]) * diff.sum(0)
    return dW, db


def numerical_gradient(J, theta, h=1e-5):
    grad = np.empty(theta.shape)
    for idx, _ in np.ndenumerate(theta):
        hi, lo = theta.astype(float), theta.astype(float)
        hi[idx] += h
        lo[idx] -= h
        grad[idx] = (J(hi) - J(lo)) / (2.0 * h)
    return grad


def gradient_descent(grad, theta0, alpha, steps):
    points = [np.asarray(theta0, float)]
    while len(points) <= steps:
        last = points[-1]
        points.append(last - alpha * grad(last))
    return np.asarray(points)


def minibatches(X, y, batch_size, rng):
    if not batch_size >= 1:
        raise ValueError(batch_size)
    shuffled = rng.permutation(len(X))
    cuts = range(batch_size, len(X), batch_size)
    return [(X[c], y[c]) for c in np.split(shuffled, cuts)]


def adam_step(
    theta, m, v, grad, t, alpha=1e-3, beta1=0.9, beta2=0.999, eps=1e-8
):
    if not t >= 1:
        raise ValueError
    first = beta1 * m + (1 - beta1) * grad
    second = beta2 * v + (1 - beta2) * np.power(grad, 2)
    unbiased = first / (1 - np.power(beta1, t))
    spread = np.sqrt(second / (1 - np.power(beta2, t)))
    theta = theta - alpha * unbiased / (spread + eps)
    return theta, first, second
""",
    """
def forward(X, W, b, f):
    return f(np.add(X @ W, b))


def mse_loss(y, y_hat):
    if not y.shape == y_hat.shape:
        raise ValueError("bad")
    r = (y - y_hat).ravel()
    return r @ r / (2 * y.shape[0])


def mse_gradients(X, W, b, y):
    dW, db = np.zeros_like(W), np.zeros_like(b)
    P = X @ W + b
    if P.shape != y.shape:
        raise ValueError()
    for i in range(len(X)):
        dW += np.outer(X[i], P[i] - y[i])
        db += P[i] - y[i]
    return dW / len(X), db / len(X)


def numerical_gradient(J, theta, h=1e-5):
    eye = np.eye(theta.size) * h
    steps = [row.reshape(theta.shape) for row in eye]
    slopes = [(J(theta + s) - J(theta - s)) / (h + h) for s in steps]
    return np.reshape(slopes, theta.shape)


def gradient_descent(grad, theta0, alpha, steps):
    x = theta0.astype(np.float64)
    rows = []
    for s in range(steps + 1):
        rows.append(x)
        if s < steps:
            x = x - alpha * np.asarray(grad(x))
    return np.vstack(rows).reshape((steps + 1,) + theta0.shape)


def minibatches(X, y, batch_size, rng):
    if batch_size < 1:
        raise ValueError("batch")
    rows = list(rng.permutation(len(X)))
    result = []
    while rows:
        now, rows = rows[:batch_size], rows[batch_size:]
        result.append((X[now], y[now]))
    return result


def adam_step(
    theta, m, v, grad, t, alpha=1e-3, beta1=0.9, beta2=0.999, eps=1e-8
):
    if t < 1:
        raise ValueError(str(t))
    m = m + (1 - beta1) * (grad - m)
    v = v + (1 - beta2) * (grad**2 - v)
    rate = alpha * np.sqrt(1 - beta2**t) / (1 - beta1**t)
    e = eps * np.sqrt(1 - beta2**t)
    return theta - rate * m / (np.sqrt(v) + e), m, v
""",
)


def _cells(source: str) -> dict[str, str]:
    parts = re.split(r"^(?=def )", source.strip(), flags=re.MULTILINE)
    return {re.match(r"def (\w+)", part)[1]: part.strip() for part in parts if part}


WORKS = [_cells(source) for source in _STUDENTS]

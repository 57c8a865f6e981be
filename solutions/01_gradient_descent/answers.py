"""Chapter 01: right answers in other forms, and wrong ones that nobody listed."""

RIGHT = {
    "forward": [
        """
def forward(X, W, b, f):
    rows = []
    for x in X:
        rows.append([sum(a * w for a, w in zip(x, c)) + d for c, d in zip(W.T, b)])
    return f(np.array(rows))
""",
        "forward = lambda X, W, b, f: f(np.einsum('nd,dk->nk', X, W) + b[None])",
        """
def forward(X, W, b, f):
    Z = torch.from_numpy(X) @ torch.from_numpy(W) + torch.from_numpy(b)
    return f(Z.numpy())
""",
        """
def forward(X: np.ndarray, W: np.ndarray, b: np.ndarray, f) -> np.ndarray:
    ones = np.ones((len(X), 1))
    return f(np.hstack([X, ones]) @ np.vstack([W, b]))
""",
        """
def forward(X, W, b, f):
    return np.stack([f(x @ W + b) for x in X])
""",
        """
class Layer:
    def __call__(self, X, W, b, f):
        print("forward")
        return f(np.add(np.matmul(X, W), b)).astype(np.float32)

forward = Layer()
""",
        """
def forward(X, W, b, f):
    return f(np.dot(X, W) + b.reshape(1, -1))
""",
        """
def forward(X, W, b, f):
    out = np.empty((X.shape[0], W.shape[1]))
    for j in range(W.shape[1]):
        out[:, j] = f((X * W[:, j]).sum(axis=1) + b[j])
    return out
""",
        """
def forward(X, W, b, f):
    return f(np.transpose(W.T @ X.T + b[:, None])).tolist()
""",
        """
def forward(X, W, b, f):
    return torch.tensor(f(X @ W + b))
""",
    ],
    "mse_loss": [
        """
def mse_loss(y, y_hat):
    if np.shape(y) != np.shape(y_hat):
        raise ValueError
    pairs = zip(np.ravel(y), np.ravel(y_hat))
    return sum((a - b) ** 2 for a, b in pairs) / 2 / len(y)
""",
        """
def mse_loss(y, y_hat):
    assert_same(y, y_hat)
    return 0.5 * np.mean(((y - y_hat) ** 2).reshape(len(y), -1).sum(axis=1))

def assert_same(y, y_hat):
    if y.shape != y_hat.shape:
        raise ValueError("shapes")
""",
        """
def mse_loss(y, y_hat):
    if y.shape != y_hat.shape:
        raise ValueError("shapes")
    e = (y_hat - y).ravel()
    return e @ e / (2 * y.shape[0])
""",
        """
def mse_loss(y, y_hat):
    if y.shape != y_hat.shape:
        raise ValueError("shapes")
    one, other = (torch.as_tensor(a).double() for a in (y, y_hat))
    return torch.nn.functional.mse_loss(one, other, reduction="sum") / (2 * len(y))
""",
        """
def mse_loss(y, y_hat):
    if y.shape != y_hat.shape:
        raise ValueError("shapes")
    return np.linalg.norm(y - y_hat) ** 2 / len(y) / 2
""",
        """
def mse_loss(y, y_hat):
    if y.shape != y_hat.shape:
        raise ValueError('shape')
    return 0.5 * np.mean(np.sum((y - y_hat).reshape(len(y), -1) ** 2, axis=1))
""",
        """
def mse_loss(y, y_hat):
    if y.shape != y_hat.shape:
        raise ValueError('shape')
    return np.linalg.norm(y - y_hat) ** 2 / 2 / y.shape[0]
""",
        """
def mse_loss(y, y_hat):
    if y.shape != y_hat.shape:
        raise ValueError('shape')
    e = (y - y_hat).ravel()
    return float(e @ e) / (2 * y.shape[0])
""",
        """
def mse_loss(y, y_hat):
    if np.shape(y) != np.shape(y_hat):
        raise ValueError
    total = 0
    for a, p in zip(y.ravel(), y_hat.ravel()):
        total += (a - p) ** 2
    return total / len(y) / 2
""",
    ],
    "mse_gradients": [
        """
def mse_gradients(X, W, b, y):
    N, d = X.shape
    k = W.shape[1]
    if y.shape != (N, k):
        raise ValueError("y")
    dW = [[0.0] * k for _ in range(d)]
    db = [0.0] * k
    for i in range(N):
        for j in range(k):
            e = sum(X[i, a] * W[a, j] for a in range(d)) + b[j] - y[i, j]
            db[j] += e / N
            for a in range(d):
                dW[a][j] += e * X[i, a] / N
    return dW, db
""",
        """
def mse_gradients(X, W, b, y):
    if y.shape != (len(X), W.shape[1]):
        raise ValueError("y")
    tensors = [torch.tensor(p, requires_grad=True) for p in (W, b)]
    y_hat = torch.tensor(X) @ tensors[0] + tensors[1]
    loss = ((torch.tensor(y) - y_hat) ** 2).sum() / (2 * len(X))
    return torch.autograd.grad(loss, tensors)
""",
        """
def mse_gradients(X, W, b, y):
    if y.ndim != 2 or y.shape != (len(X), len(b)):
        raise ValueError("y")
    e = X @ W + b - y
    return np.einsum("na,nj->aj", X, e) / len(X), e.mean(axis=0)
""",
        """
def mse_gradients(X, W, b, y):
    if y.shape != (X.shape[0], W.shape[1]):
        raise ValueError("y")
    augmented = np.c_[X, np.ones(len(X))]
    G = augmented.T @ (augmented @ np.vstack([W, b]) - y) / len(X)
    return [G[:-1], G[-1]]
""",
        """
def mse_gradients(X, W, b, y):
    if np.shape(y) != (len(X), W.shape[1]):
        raise ValueError("y")
    pairs = [(np.outer(x, x @ W + b - t), x @ W + b - t) for x, t in zip(X, y)]
    return sum(p[0] for p in pairs) / len(X), sum(p[1] for p in pairs) / len(X)
""",
        """
def mse_gradients(X, W, b, y):
    if y.shape != (len(X), W.shape[1]):
        raise ValueError('shape')
    e = X @ W + b - y
    n = X.shape[0]
    return (e.T @ X).T / n, np.mean(e, axis=0)
""",
        """
def mse_gradients(X, W, b, y):
    if y.shape != (len(X), W.shape[1]):
        raise ValueError('shape')
    e = (X @ W + b - y) / len(X)
    return [np.einsum('ia,ij->aj', X, e), np.ones(len(X)) @ e]
""",
        """
def mse_gradients(X, W, b, y):
    if y.shape != (len(X), W.shape[1]):
        raise ValueError('shape')
    dW = np.zeros_like(W)
    db = np.zeros_like(b)
    for x, t in zip(X, y):
        e = x @ W + b - t
        dW += np.outer(x, e)
        db += e
    return dW / len(X), db / len(X)
""",
        """
def mse_gradients(X, W, b, y):
    if y.shape != (len(X), W.shape[1]):
        raise ValueError('shape')
    A = np.c_[X, np.ones(len(X))]
    g = A.T @ (A @ np.vstack([W, b]) - y) / len(X)
    return g[:-1], g[-1]
""",
    ],
    "numerical_gradient": [
        """
def numerical_gradient(J, theta, h=1e-5):
    theta = np.array(theta, dtype=np.float64)
    grad = np.zeros_like(theta)
    it = np.nditer(theta, flags=["multi_index"])
    while not it.finished:
        ix = it.multi_index
        old = theta[ix]
        theta[ix] = old + h
        fxh = J(theta)
        theta[ix] = old - h
        fxmh = J(theta)
        theta[ix] = old
        grad[ix] = (fxh - fxmh) / (2 * h)
        it.iternext()
    return grad
""",
        """
def numerical_gradient(J, theta, h=1e-5):
    flat = np.ravel(theta)
    eye = np.eye(flat.size)
    g = [
        (J((flat + h * e).reshape(theta.shape))
         - J((flat - h * e).reshape(theta.shape))) / (2 * h)
        for e in eye
    ]
    return np.array(g).reshape(theta.shape)
""",
        """
def numerical_gradient(J, theta, h=1e-5):
    g = np.empty(theta.shape)
    for i, _ in np.ndenumerate(theta):
        up, down = theta.astype(float), theta.astype(float)
        up[i] += h
        down[i] -= h
        g[i] = (J(up) - J(down)) / h / 2
    return g
""",
        """
def numerical_gradient(J, theta, h=1e-5):
    point = np.array(theta, dtype=np.float64)

    def slope(i):
        keep = point.flat[i]
        point.flat[i] = keep + h
        up = J(point)
        point.flat[i] = keep - h
        down = J(point)
        point.flat[i] = keep
        return (up - down) / (2 * h)

    return np.reshape([slope(i) for i in range(point.size)], theta.shape)
""",
        """
import itertools

def numerical_gradient(J, theta, h=1e-5):
    theta = np.asarray(theta, float)
    g = np.zeros_like(theta)
    for i in itertools.product(*map(range, theta.shape)):
        e = np.zeros_like(theta)
        e[i] = 1.0
        g[i] = (J(theta + h * e) - J(theta - h * e)) * (0.5 / h)
    return g.tolist()
""",
        """
def numerical_gradient(J, theta, h=1e-5):
    g = np.zeros(theta.shape)
    for i in np.ndindex(theta.shape):
        e = np.zeros(theta.shape)
        e[i] = h
        g[i] = (J(theta + e) - J(theta - e)) / (2 * h)
    return g
""",
        """
def numerical_gradient(J, theta, h=1e-5):
    t = np.array(theta, dtype=float, order="C")
    g = np.empty(t.shape)
    flat, out = t.reshape(-1), g.reshape(-1)
    for i in range(flat.size):
        old = flat[i]
        flat[i] = old + h
        up = J(t)
        flat[i] = old - h
        down = J(t)
        flat[i] = old
        out[i] = (up - down) / (2 * h)
    return g
""",
        """
def numerical_gradient(J, theta, h=1e-5):
    eye = np.eye(theta.size).reshape(-1, *theta.shape)
    return np.array(
        [(J(theta + h * e) - J(theta - h * e)) / 2 / h for e in eye]
    ).reshape(theta.shape)
""",
        """
def numerical_gradient(J, theta, h=1e-5):
    g = np.zeros(theta.shape)
    it = np.nditer(theta, flags=['multi_index'])
    for _ in it:
        i = it.multi_index
        up = theta.astype(float)
        down = theta.astype(float)
        up[i] += h
        down[i] -= h
        g[i] = (J(up) - J(down)) / (up[i] - down[i])
    return g.tolist()
""",
    ],
    "gradient_descent": [
        """
from itertools import accumulate
def gradient_descent(grad, theta0, alpha, steps):
    move = lambda theta, _: theta - alpha * grad(theta)
    return np.stack([*accumulate(range(steps), move, initial=theta0 * 1.0)])
""",
        """
def gradient_descent(grad, theta0, alpha, steps):
    path = np.empty((steps + 1, *theta0.shape))
    path[0] = theta0
    for t in range(1, steps + 1):
        path[t] = path[t - 1] - alpha * grad(path[t - 1])
    return path
""",
        """
def gradient_descent(grad, theta0, alpha, steps):
    start = theta0 * 1.0
    if steps == 0:
        return start[None]
    rest = gradient_descent(grad, start - alpha * grad(start), alpha, steps - 1)
    return np.concatenate([start[None], rest])
""",
        """
import itertools

def gradient_descent(grad, theta0, alpha, steps):
    walk = itertools.accumulate(
        range(steps), lambda t, _: t - alpha * grad(t), initial=theta0.astype(float)
    )
    return np.stack(list(walk))
""",
        """
def gradient_descent(grad, theta0, alpha, steps):
    theta, path = theta0.copy().astype("float64"), []
    while True:
        path.append(theta.copy())
        if len(path) > steps:
            return path
        theta -= alpha * grad(theta)
""",
        """
def walk(grad, theta, alpha, steps):
    yield theta
    for _ in range(steps):
        theta = theta - alpha * grad(theta)
        yield theta

def gradient_descent(grad, theta0, alpha, steps):
    return list(walk(grad, np.asarray(theta0, dtype=float), alpha, steps))
""",
        """
def gradient_descent(grad, theta0, alpha, steps):
    path = [np.asarray(theta0, float)]
    while len(path) <= steps:
        path.append(path[-1] - alpha * grad(path[-1]))
    return path
""",
        """
def gradient_descent(grad, theta0, alpha, steps):
    theta = theta0.astype(np.float64)
    path = theta[None]
    for _ in range(steps):
        theta = theta - alpha * grad(theta)
        path = np.concatenate([path, theta[None]])
    return path
""",
        """
def gradient_descent(grad, theta0, alpha, steps):
    theta = theta0.astype(float)
    out = np.zeros((steps + 1,) + theta0.shape)
    for i in range(steps + 1):
        out[i] = theta
        if i < steps:
            theta -= alpha * grad(theta)
    return out
""",
        """
def gradient_descent(grad, theta0, alpha, steps):
    path = [theta0 + 0.0]
    for _ in range(steps):
        path.append(path[-1] - alpha * np.asarray(grad(path[-1])))
    return torch.tensor(np.array(path))
""",
    ],
    "minibatches": [
        """
def minibatches(X, y, batch_size, rng):
    if batch_size < 1:
        raise ValueError
    left = set(range(len(X)))
    while left:
        some = rng.choice(sorted(left), min(batch_size, len(left)), replace=False)
        left -= set(some.tolist())
        yield X[some], y[some]
""",
        """
def minibatches(X, y, batch_size, rng):
    if batch_size <= 0:
        raise ValueError("batch_size")
    order = np.arange(len(X))
    rng.shuffle(order)
    for i in range(0, len(order), batch_size):
        yield X[order[i:i + batch_size]], y[order[i:i + batch_size]]
""",
        """
def minibatches(X, y, batch_size, rng):
    if batch_size < 1:
        raise ValueError("batch_size")
    order = np.argsort(rng.random(len(X)))
    cuts = range(batch_size, len(X), batch_size)
    return [(X[rows], y[rows]) for rows in np.split(order, cuts)]
""",
        """
def minibatches(X, y, batch_size, rng):
    if batch_size < 1:
        raise ValueError("batch_size")
    left = list(range(len(X)))
    out = []
    while left:
        batch = []
        while left and len(batch) < batch_size:
            batch.append(left.pop(rng.integers(len(left))))
        out.append([[X[i] for i in batch], [y[i] for i in batch]])
    return out
""",
        """
def minibatches(X, y, batch_size, rng):
    if batch_size < 1:
        raise ValueError("batch_size")
    order = rng.choice(len(X), size=len(X), replace=False)
    Xs, ys = X[order], y[order]
    n = -(-len(X) // batch_size)
    at = [slice(i * batch_size, (i + 1) * batch_size) for i in range(n)]
    return tuple((Xs[s], ys[s]) for s in at)
""",
        """
def minibatches(X, y, batch_size, rng):
    if batch_size < 1:
        raise ValueError("batch_size")
    seed = int(rng.integers(2**31))
    order = torch.randperm(len(X), generator=torch.Generator().manual_seed(seed))
    X, y = torch.as_tensor(X), torch.as_tensor(y)
    return zip(X[order].split(batch_size), y[order].split(batch_size))
""",
        """
def minibatches(X, y, batch_size, rng):
    if batch_size < 1:
        raise ValueError('batch_size')
    order = np.arange(len(X))
    rng.shuffle(order)
    for s in range(0, len(X), batch_size):
        yield X[order[s : s + batch_size]], y[order[s : s + batch_size]]
""",
        """
def minibatches(X, y, batch_size, rng):
    if batch_size < 1:
        raise ValueError('batch_size')
    n = len(X)
    order = rng.choice(n, n, replace=False)
    out = []
    while len(order):
        out.append([X[order[:batch_size]], y[order[:batch_size]]])
        order = order[batch_size:]
    return out
""",
        """
def minibatches(X, y, batch_size, rng):
    if batch_size < 1:
        raise ValueError('batch_size')
    order = np.argsort(rng.random(len(X)))
    Xs, ys = X[order], y[order]
    return [
        (Xs[i : i + batch_size], ys[i : i + batch_size])
        for i in range(0, len(X), batch_size)
    ]
""",
        """
def minibatches(X, y, batch_size, rng):
    if batch_size < 1:
        raise ValueError('batch_size')
    order = rng.permutation(len(X))
    starts = range(batch_size, len(X), batch_size)
    return list(zip(np.split(X[order], starts), np.split(y[order], starts)))
""",
        """
def minibatches(X, y, batch_size, rng):
    if batch_size < 1:
        raise ValueError('batch_size')
    both = list(zip(X, y))
    order = rng.permutation(len(both))
    out = []
    for s in range(0, len(both), batch_size):
        part = [both[i] for i in order[s : s + batch_size]]
        out.append(([p[0] for p in part], [p[1] for p in part]))
    return out
""",
    ],
    "momentum_step": [
        """
def momentum_step(theta, v, grad, alpha, beta):
    new = [b + g for b, g in zip((beta * v).ravel(), grad.ravel())]
    new = np.reshape(new, v.shape)
    return theta - alpha * new, new
""",
        """
def momentum_step(theta, v, grad, alpha, beta):
    theta, v = theta.copy(), v.copy()
    v *= beta
    v += grad
    theta -= alpha * v
    return [theta, v]
""",
        """
def momentum_step(theta, v, grad, alpha, beta):
    return theta - alpha * beta * v - alpha * grad, beta * v + grad
""",
        """
def momentum_step(theta, v, grad, alpha, beta):
    theta, v, grad = (torch.as_tensor(a) for a in (theta, v, grad))
    v = v.mul(beta).add(grad)
    return theta.sub(v, alpha=alpha), v
""",
        """
def momentum_step(theta, v, grad, alpha, beta):
    v = np.asarray(v) * beta + grad
    theta = np.asarray(theta) - alpha * v
    return theta.tolist(), v.tolist()
""",
        """
def momentum_step(theta, v, grad, alpha, beta):
    new = beta * v + grad
    return theta - alpha * new, new
""",
        """
def momentum_step(theta, v, grad, alpha, beta):
    v = v.copy()
    v *= beta
    v += grad
    return (theta - alpha * v).tolist(), v.tolist()
""",
        """
def momentum_step(theta, v, grad, alpha, beta):
    return [theta - alpha * beta * v - alpha * grad, np.add(grad, beta * v)]
""",
    ],
    "adam_step": [
        """
def adam_step(theta, m, v, grad, t, alpha=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    if t < 1:
        raise ValueError("t")
    m, v = m + (1 - beta1) * (grad - m), v + (1 - beta2) * (grad * grad - v)
    rate = alpha / (1 - beta1**t)
    return theta - rate * m / (np.sqrt(v) / np.sqrt(1 - beta2**t) + eps), m, v
""",
        """
def adam_step(theta, m, v, grad, t, alpha=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    if t <= 0:
        raise ValueError("t")
    theta, m, v = theta.copy(), m.copy(), v.copy()
    for i in np.ndindex(theta.shape):
        m[i] = beta1 * m[i] + (1 - beta1) * grad[i]
        v[i] = beta2 * v[i] + (1 - beta2) * grad[i] ** 2
        high, low = m[i] / (1 - beta1**t), v[i] / (1 - beta2**t)
        theta[i] -= alpha * high / (low**0.5 + eps)
    return theta, m, v
""",
        """
def adam_step(theta, m, v, grad, t, alpha=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    if t < 1:
        raise ValueError("t")
    p = torch.nn.Parameter(torch.tensor(theta))
    adam = torch.optim.Adam([p], lr=alpha, betas=(beta1, beta2), eps=eps)
    state = {"step": torch.tensor(float(t - 1)), "exp_avg": torch.tensor(m),
             "exp_avg_sq": torch.tensor(v)}
    adam.state[p] = state
    p.grad = torch.tensor(grad)
    adam.step()
    return p.detach().numpy(), state["exp_avg"].numpy(), state["exp_avg_sq"].numpy()
""",
        """
def adam_step(theta, m, v, grad, t, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-08):
    if not t >= 1:
        raise ValueError("t")
    m, v = (b * old + (1 - b) * new
            for b, old, new in ((beta1, m, grad), (beta2, v, np.square(grad))))
    c1, c2 = -np.expm1(t * np.log(beta1)), -np.expm1(t * np.log(beta2))
    return theta - alpha * (m / c1) / (np.power(v / c2, 0.5) + eps), m, v
""",
        """
def adam_step(theta, m, v, grad, t, alpha=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    if t < 1:
        raise ValueError('t')
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * np.square(grad)
    step = alpha * np.sqrt(1 - beta2**t) / (1 - beta1**t)
    return theta - step * m / (np.sqrt(v) + eps * np.sqrt(1 - beta2**t)), m, v
""",
        """
def adam_step(theta, m, v, grad, t, alpha=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    if t < 1:
        raise ValueError('t')
    m = m + (1 - beta1) * (grad - m)
    v = v + (1 - beta2) * (grad * grad - v)
    mh = m / (1 - np.power(beta1, t))
    vh = v / (1 - np.power(beta2, t))
    return [theta - alpha * mh / (vh**0.5 + eps), m, v]
""",
        """
def adam_step(theta, m, v, grad, t, alpha=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    if t < 1:
        raise ValueError('t')
    m2 = m.copy()
    v2 = v.copy()
    m2 *= beta1
    m2 += (1 - beta1) * grad
    v2 *= beta2
    v2 += (1 - beta2) * grad**2
    update = (m2 / (1 - beta1**t)) / (np.sqrt(v2 / (1 - beta2**t)) + eps)
    return theta - alpha * update, m2, v2
""",
    ],
    "largest_stable_rate": [
        """
def largest_stable_rate(X):
    with np.errstate(divide="ignore"):
        return np.float64(2 * len(X)) / np.linalg.svd(X, compute_uv=False).max() ** 2
""",
        """
def largest_stable_rate(X):
    H = X.T @ X / len(X)
    return 2 / np.linalg.eigvalsh(H)[-1]
""",
        """
def largest_stable_rate(X):
    with np.errstate(divide="ignore"):
        return 2 * len(X) / np.linalg.norm(X, 2) ** 2
""",
        """
def largest_stable_rate(X):
    s = np.linalg.svd(X, compute_uv=False).max()
    return float("inf") if s == 0 else 2 * X.shape[0] / s**2
""",
        """
def largest_stable_rate(X):
    top = torch.linalg.eigvalsh(torch.tensor(X.T @ X)).max().item() / len(X)
    return 2 / top if top > 0 else torch.inf
""",
        """
def largest_stable_rate(X):
    K = X @ X.T / len(X)  # the same eigenvalues, but for zeros
    top = max(np.linalg.eigvals(K).real)
    return np.inf if not X.any() else 2 / top
""",
        """
def largest_stable_rate(X):
    H = X.T @ X / len(X)
    if np.all(H == 0):
        return np.inf
    v = np.ones(len(H)) + 0.1 * np.random.default_rng(0).normal(size=len(H))
    for _ in range(5000):
        v = H @ v
        v /= np.linalg.norm(v)
    return 2 / (v @ H @ v)
""",
        """
def largest_stable_rate(X):
    s = np.linalg.svd(X, compute_uv=False)[0]
    return np.inf if s == 0 else 2 * len(X) / s**2
""",
        """
def largest_stable_rate(X):
    lam = max(np.linalg.eigvalsh(X @ X.T)) / len(X)
    return 2 / lam if np.any(X != 0) else float('inf')
""",
        """
def largest_stable_rate(X):
    if np.all(X == 0):
        return np.inf
    return float(2 / np.max(np.linalg.eig(X.T @ X / X.shape[0])[0].real))
""",
        """
def largest_stable_rate(X):
    n = np.linalg.norm(X, 2)
    return 2 * X.shape[0] / n**2 if n > 0 else np.inf
""",
        """
def largest_stable_rate(X):
    return 2 / np.linalg.eigvalsh(X.T @ X / len(X))[-1]
""",
    ],
    "two_layer_backward": [
        """
def two_layer_backward(X, y, W1, b1, W2, b2):
    if y.shape != (len(X), W2.shape[1]):
        raise ValueError("y")
    params = [torch.tensor(p, requires_grad=True) for p in (W1, b1, W2, b2)]
    h = torch.tanh(torch.tensor(X) @ params[0] + params[1])
    y_hat = h @ params[2] + params[3]
    ((y_hat - torch.tensor(y)) ** 2).sum().div(2 * len(X)).backward()
    return tuple(p.grad for p in params)
""",
        """
def two_layer_backward(X, y, W1, b1, W2, b2):
    if y.shape != (len(X), len(b2)):
        raise ValueError("y")
    G = [np.zeros_like(p) for p in (W1, b1, W2, b2)]
    for x, t in zip(X, y):
        z = x @ W1 + b1
        h = np.tanh(z)
        e = h @ W2 + b2 - t
        back = (W2 @ e) / np.cosh(z) ** 2
        for g, part in zip(G, (np.outer(x, back), back, np.outer(h, e), e)):
            g += part / len(X)
    return G
""",
        """
def two_layer_backward(X, y, W1, b1, W2, b2):
    n = len(X)
    h = np.tanh(np.einsum("nd,dm->nm", X, W1) + b1)
    out = np.einsum("nm,mk->nk", h, W2) + b2
    if out.shape != y.shape:
        raise ValueError("y")
    e = out - y
    d = np.einsum("nk,mk,nm->nm", e, W2, (1 + h) * (1 - h))
    return (np.einsum("nd,nm->dm", X, d) / n, d.mean(0),
            np.einsum("nm,nk->mk", h, e) / n, e.mean(0))
""",
        """
def layer_backward(A, delta):
    return A.T @ delta, np.ones(len(A)) @ delta

def two_layer_backward(X, y, W1, b1, W2, b2):
    h = np.tanh(X @ W1 + b1)
    if y.shape != (h @ W2).shape:
        raise ValueError("y")
    delta = (h @ W2 + b2 - y) / y.shape[0]
    upper = layer_backward(h, delta)
    lower = layer_backward(X, delta @ W2.T - delta @ W2.T * h * h)
    return lower + upper
""",
        """
def two_layer_backward(X, y, W1, b1, W2, b2):
    if y.shape != (len(X), W2.shape[1]):
        raise ValueError('shape')
    z = X @ W1 + b1
    h = np.tanh(z)
    e = (h @ W2 + b2 - y) / len(X)
    dz = (e @ W2.T) / np.cosh(z) ** 2
    return X.T @ dz, dz.sum(0), h.T @ e, e.sum(0)
""",
        """
def two_layer_backward(X, y, W1, b1, W2, b2):
    if y.shape != (len(X), W2.shape[1]):
        raise ValueError('shape')
    n = len(X)
    h = np.tanh(X @ W1 + b1)
    e = h @ W2 + b2 - y
    dW2 = h.T.dot(e) / n
    db2 = e.mean(axis=0)
    dh = np.dot(e, W2.T)
    dz = dh - dh * h * h
    return [X.T.dot(dz) / n, dz.mean(axis=0), dW2, db2]
""",
        """
def two_layer_backward(X, y, W1, b1, W2, b2):
    if y.shape != (len(X), W2.shape[1]):
        raise ValueError('shape')
    t = [torch.tensor(p, requires_grad=True) for p in (W1, b1, W2, b2)]
    out = torch.tanh(torch.tensor(X) @ t[0] + t[1]) @ t[2] + t[3]
    loss = ((out - torch.tensor(y)) ** 2).sum() / (2 * len(X))
    return torch.autograd.grad(loss, t)
""",
    ],
    "standardize": [
        """
def standardize(X_train, X_test):
    mean, std = np.mean(X_train, 0), np.std(X_train, 0)
    std = np.where(X_train.min(0) == X_train.max(0), 1, std)
    return (X_train - mean) / std, (X_test - mean) / std
""",
        """
from sklearn.preprocessing import StandardScaler

def standardize(X_train, X_test):
    scaler = StandardScaler().fit(X_train)
    return scaler.transform(X_train), scaler.transform(X_test)
""",
        """
def standardize(X_train, X_test):
    A, B = np.array(X_train, dtype=float), np.array(X_test, dtype=float)
    for j in range(A.shape[1]):
        mean = sum(A[:, j]) / len(A)
        var = sum((A[:, j] - mean) ** 2) / len(A)
        A[:, j] -= mean
        B[:, j] -= mean
        if len(set(X_train[:, j])) > 1:
            A[:, j] /= var**0.5
            B[:, j] /= var**0.5
    return [A, B]
""",
        """
def standardize(X_train, X_test):
    X = torch.tensor(X_train).double()
    std, mean = torch.std_mean(X, dim=0, correction=0)
    std[std < 1e-12] = 1
    return (X - mean) / std, (torch.tensor(X_test) - mean) / std
""",
        """
def standardize(X_train, X_test):
    m = X_train.mean(0)
    s = X_train.std(0)
    same = (X_train == X_train[0]).all(axis=0)
    s = np.where(same, 1.0, s)
    return (X_train - m) / s, (X_test - m) / s
""",
        """
def standardize(X_train, X_test):
    A, B = X_train.astype(float), X_test.astype(float)
    for j in range(A.shape[1]):
        m, s = A[:, j].mean(), A[:, j].std()
        A[:, j] -= m
        B[:, j] -= m
        if X_train[:, j].max() != X_train[:, j].min():
            A[:, j] /= s
            B[:, j] /= s
    return A, B
""",
        """
def standardize(X_train, X_test):
    from sklearn.preprocessing import StandardScaler

    m, s = np.mean(X_train, axis=0), np.std(X_train, axis=0, ddof=0)
    s[np.isclose(s, 0, atol=1e-14)] = 1
    return [(X_train - m) / s, (X_test - m) / s]
""",
    ],
    "fit_with_autograd": [
        """
def fit_with_autograd(X, y, W, b, alpha, steps):
    X, y, W, b = map(torch.tensor, (X, y, W, b))
    loss = lambda W, b: (X @ W + b - y).square().sum() / (2 * len(X))
    for _ in range(steps):
        gW, gb = torch.func.grad(loss, argnums=(0, 1))(W, b)
        W, b = W - alpha * gW, b - alpha * gb
    return W, b
""",
        """
def fit_with_autograd(X, y, W, b, alpha, steps):
    layer = torch.nn.Linear(*W.shape, dtype=torch.float64)
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(W).T)
        layer.bias.copy_(torch.from_numpy(b))
    opt = torch.optim.SGD(layer.parameters(), lr=alpha)
    X, y = torch.from_numpy(X), torch.from_numpy(y)
    for _ in range(steps):
        opt.zero_grad()
        (torch.nn.functional.mse_loss(layer(X), y) * y.shape[1] / 2).backward()
        opt.step()
    return layer.weight.T.detach().numpy(), layer.bias.data.numpy()
""",
        """
def fit_with_autograd(X, y, W, b, alpha, steps):
    X, y = torch.as_tensor(X), torch.as_tensor(y)
    params = [torch.tensor(p, requires_grad=True) for p in (W, b)]
    optimizer = torch.optim.SGD(params, lr=alpha)
    for _ in range(steps):
        optimizer.zero_grad()
        error = X @ params[0] + params[1] - y
        (error.square().sum() / len(X) / 2).backward()
        optimizer.step()
    return params
""",
        """
def fit_with_autograd(X, y, W, b, alpha, steps):
    X, y, W, b = (torch.tensor(a) for a in (X, y, W, b))
    for _ in range(steps):
        W, b = W.detach().requires_grad_(), b.detach().requires_grad_()
        loss = 0.5 * ((X @ W + b - y) ** 2).sum(dim=1).mean()
        dW, db = torch.autograd.grad(loss, (W, b))
        W, b = W - alpha * dW, b - alpha * db
    return W.detach().numpy(), b.detach().numpy()
""",
        """
def fit_with_autograd(X, y, W, b, alpha, steps):
    X, y, W, b = map(torch.tensor, (X, y, W, b))

    def loss(W, b):
        return ((X @ W + b - y) ** 2).sum() / (2 * X.shape[0])

    slope = torch.func.grad(loss, argnums=(0, 1))
    for _ in range(steps):
        dW, db = slope(W, b)
        W, b = W - alpha * dW, b - alpha * db
    return W, b
""",
        """
def fit_with_autograd(X, y, W, b, alpha, steps):
    layer = torch.nn.Linear(*W.shape).double()
    with torch.no_grad():
        layer.weight.copy_(torch.tensor(W.T))
        layer.bias.copy_(torch.tensor(b))
    for _ in range(steps):
        layer.zero_grad()
        y_hat = layer(torch.tensor(X))
        (torch.nn.MSELoss(reduction="sum")(y_hat, torch.tensor(y)) / 2 / len(X)
         ).backward()
        for p in layer.parameters():
            p.data -= alpha * p.grad
    return layer.weight.T.detach().numpy(), layer.bias.detach().numpy()
""",
        """
def fit_with_autograd(X, y, W, b, alpha, steps):
    X, y = torch.as_tensor(X), torch.as_tensor(y)
    W, b = torch.tensor(W), torch.tensor(b)
    loss = lambda W, b: ((X @ W + b - y) ** 2).sum() / (2 * X.shape[0])
    g = torch.func.grad(loss, argnums=(0, 1))
    for _ in range(steps):
        dW, db = g(W, b)
        W, b = W - alpha * dW, b - alpha * db
    return W, b
""",
        """
def fit_with_autograd(X, y, W, b, alpha, steps):
    X, y = torch.from_numpy(X), torch.from_numpy(y)
    W, b = [torch.tensor(p, requires_grad=True) for p in (W, b)]
    for _ in range(steps):
        e = X @ W + b - y
        (e**2).sum().backward(torch.tensor(0.5 / len(X), dtype=torch.float64))
        with torch.no_grad():
            W -= alpha * W.grad
            b -= alpha * b.grad
            W.grad.zero_()
            b.grad.zero_()
    return W, b
""",
        """
def fit_with_autograd(X, y, W, b, alpha, steps):
    lin = torch.nn.Linear(*W.shape).double()
    with torch.no_grad():
        lin.weight.copy_(torch.tensor(W.T))
        lin.bias.copy_(torch.tensor(b))
    opt = torch.optim.SGD(lin.parameters(), lr=alpha)
    X, y = torch.tensor(X), torch.tensor(y)
    for _ in range(steps):
        opt.zero_grad()
        (0.5 * ((lin(X) - y) ** 2).sum(1).mean()).backward()
        opt.step()
    return lin.weight.detach().T.numpy(), lin.bias.detach().numpy()
""",
    ],
    "train_epoch": [
        """
def train_epoch(params, m, v, t, batches, alpha):
    for t, (X, y) in enumerate(batches, t + 1):
        grads = two_layer_backward(X, y, *params)
        moved = [adam_step(*a, t, alpha) for a in zip(params, m, v, grads)]
        params, m, v = zip(*moved)
    return params, m, v, t
""",
        """
def train_epoch(params, m, v, t, batches, alpha):
    for X, y in batches:
        t = t + 1
        grads = two_layer_backward(X, y, *params)
        steps = [adam_step(p, a, b, g, t, alpha)
                 for p, a, b, g in zip(params, m, v, grads)]
        params, m, v = (list(part) for part in zip(*steps))
    return params, m, v, t
""",
        """
import copy

def train_epoch(params, m, v, t, batches, alpha):
    params, m, v = copy.deepcopy((params, m, v))
    for t, (X, y) in enumerate(batches, t + 1):
        for p, a, b, g in zip(params, m, v, two_layer_backward(X, y, *params)):
            p[...], a[...], b[...] = adam_step(p, a, b, g, t, alpha=alpha)
    return params, m, v, t
""",
        """
import functools

def one_step(state, batch, alpha):
    params, m, v, t = state
    grads = two_layer_backward(*batch, *params)
    new = [adam_step(*four, t + 1, alpha) for four in zip(params, m, v, grads)]
    return ([n[0] for n in new], [n[1] for n in new], [n[2] for n in new], t + 1)

def train_epoch(params, m, v, t, batches, alpha):
    step = functools.partial(one_step, alpha=alpha)
    return functools.reduce(step, batches, (params, m, v, t))
""",
        """
def train_epoch(params, m, v, t, batches, alpha):
    state = [tuple(params), tuple(m), tuple(v), t]
    for X, y in batches:
        state[3] += 1
        moved = map(lambda p, a, b, g: adam_step(p, a, b, g, state[3], alpha),
                    *state[:3], two_layer_backward(X, y, *state[0]))
        state[:3] = zip(*moved)
    return tuple(state)
""",
        """
def train_epoch(params, m, v, t, batches, alpha):
    for X, y in batches:
        t = t + 1
        g = two_layer_backward(X, y, *params)
        out = [
            adam_step(p, a, s, q, t, alpha=alpha)
            for p, a, s, q in zip(params, m, v, g)
        ]
        params, m, v = ([o[i] for o in out] for i in range(3))
    return list(params), list(m), list(v), t
""",
        """
def train_epoch(params, m, v, t, batches, alpha):
    params, m, v = params[:], m[:], v[:]
    for batch in batches:
        W1, b1, W2, b2 = params
        grads = two_layer_backward(batch[0], batch[1], W1, b1, W2, b2)
        t += 1
        for k in range(4):
            params[k], m[k], v[k] = adam_step(
                params[k], m[k], v[k], grads[k], t, alpha
            )
    return [params, m, v, t]
""",
        """
def train_epoch(params, m, v, t, batches, alpha):
    n = 0
    P, M, V = (
        [p.copy() for p in params],
        [p.copy() for p in m],
        [p.copy() for p in v],
    )
    for n, (X, y) in enumerate(batches, start=1):
        new = []
        for i, g in enumerate(two_layer_backward(X, y, *P)):
            new.append(adam_step(P[i], M[i], V[i], g, t + n, alpha))
        P, M, V = map(list, zip(*new))
    return tuple(P), tuple(M), tuple(V), t + n
""",
    ],
}

WRONG = {
    "forward": [
        "def forward(X, W, b, f):\n    return f(X @ W) + f(b)",
        "def forward(X, W, b, f):\n    return f(X @ W - b)",
        "def forward(X, W, b, f):\n    return f(X @ W + b[0])",
        "def forward(X, W, b, f):\n    return f(X @ W + b.mean())",
        "def forward(X, W, b, f):\n    return f(W.T @ X.T + b[:, None])",
        "def forward(X, W, b, f):\n    return f(X[0] @ W + b)",
        "def forward(X, W, b, f):\n    return np.squeeze(f(X @ W + b))",
        "def forward(X, W, b, f):\n    return f(X * W.sum() + b.sum())",
        "def forward(X, W, b, f):\n    print(f(X @ W + b))",
        "def forward(X, W, b, f):\n    return np.maximum(X @ W + b, 0)",
        "def forward(X, W, b, f):\n    return f(np.clip(X @ W + b, -100, 100))",
        "def forward(X, W, b, f):\n    return X @ W + f(b)",
        "def forward(X, W, b, f):\n"
        "    return f(X @ (W.T if W.shape[0] == W.shape[1] else W) + b)",
        "def forward(X, W, b, f):\n    X *= 1.5\n    return f(X / 1.5 @ W + b)",
        "def forward(X, W, b, f):\n    return f(X @ W + b).round(3)",
        """
def forward(X, W, b, f):
    return f(X * W + b)
""",
        """
def forward(X, W, b, f):
    return f(b + W.T @ X.T)
""",
        """
def forward(X, W, b, f):
    out = []
    for x in X:
        out = f(x @ W + b)
    return out
""",
        """
def forward(X, W, b, f):
    return f(X @ W + b.sum())
""",
        """
def forward(X, W, b, f):
    for x in X:
        yield f(x @ W + b)
""",
        # only the first sample gets the bias
        """
def forward(X, W, b, f):
    rows = []
    for i, x in enumerate(X):
        z = x @ W
        if i == 0:
            z = z + b
        rows.append(z)
    return f(np.vstack(rows))
""",
    ],
    "mse_loss": [
        "def mse_loss(y, y_hat):\n    return np.mean((y - y_hat) ** 2) / 2",
        "def mse_loss(y, y_hat):\n    return np.mean((y - y_hat) ** 2)",
        "def mse_loss(y, y_hat):\n    return np.sum((y - y_hat) ** 2, 0) / 2 / len(y)",
        "def mse_loss(y, y_hat):\n    return np.sum((y - y_hat) ** 2) / 2 * len(y)",
        "def mse_loss(y, y_hat):\n    return np.sum((y_hat - y)**2) / (2 * len(y) - 2)",
        "def mse_loss(y, y_hat):\n    return np.sum(y - y_hat ** 2) / 2 / len(y)",
        "def mse_loss(y, y_hat):\n    return np.sum(y - y_hat) / 2 / len(y)",
        "def mse_loss(y, y_hat):\n    return -np.sum((y - y_hat) ** 2) / 2 / len(y)",
        "def mse_loss(y, y_hat):\n    return np.sum((y - y_hat) ** 2) // (2 * len(y))",
        "def mse_loss(y, y_hat):\n    return np.var(y - y_hat) / 2",
        "def mse_loss(y, y_hat):\n    return sum((y - y_hat) ** 2) / 2 / len(y)",
        "def mse_loss(y, y_hat):\n    return ((y - y_hat) ** 2) / 2 / len(y)",
        "def mse_loss(y, y_hat):\n    return ((y - y_hat)**2).sum() / 2 / y.shape[-1]",
        "def mse_loss(y, y_hat):\n    y -= y_hat\n    return np.sum(y**2) / 2 / len(y)",
        "def mse_loss(y, y_hat):\n    return float(((y - y_hat) ** 2).sum() / 2 / 7)",
        "def mse_loss(y, y_hat):\n"
        "    return torch.nn.functional.mse_loss(*map(torch.tensor, (y, y_hat))) / 2",
        """
def mse_loss(y, y_hat):
    if y.shape != y_hat.shape:
        raise ValueError('shape')
    return np.sum((y - y_hat) ** 2) / 2 * len(y)
""",
        """
def mse_loss(y, y_hat):
    if y.shape != y_hat.shape:
        raise ValueError('shape')
    return np.sum(y**2 - y_hat**2) / (2 * len(y))
""",
        """
def mse_loss(y, y_hat):
    if y.shape != y_hat.shape:
        raise ValueError('shape')
    return np.sum((y - y_hat) ** 2) / (2 * y.shape[-1])
""",
        """
def mse_loss(y, y_hat):
    if y.shape != y_hat.shape:
        raise ValueError('shape')
    return np.sum((y_hat - y) ** 2) / (2 * (len(y) - 1) or 1)
""",
    ],
    "mse_gradients": [
        """
def mse_gradients(X, W, b, y):
    e = X @ W + b - y
    return X.T @ e / len(X), e.sum(axis=0, keepdims=True) / len(X)
""",
        """
def mse_gradients(X, W, b, y):
    e = X @ W + b - y
    return X.T @ e / len(X), e.mean(axis=1)
""",
        """
def mse_gradients(X, W, b, y):
    e = X @ W + b - y
    return (X.T @ e / len(X)).T, e.mean(axis=0)
""",
        """
def mse_gradients(X, W, b, y):
    e = X @ W + b - y
    return e.mean(axis=0), X.T @ e / len(X)
""",
        """
def mse_gradients(X, W, b, y):
    e = X @ W + b - y
    return 2 * X.T @ e / len(X), e.mean(axis=0)
""",
        """
def mse_gradients(X, W, b, y):
    e = X @ W + b - y
    return X.T @ e, e.mean(axis=0)
""",
        """
def mse_gradients(X, W, b, y):
    e = X @ W + b - y
    return X.T @ e / X.shape[1], e.sum(axis=0) / X.shape[1]
""",
        """
def mse_gradients(X, W, b, y):
    e = X @ W + b - y
    return X.T @ (e * (X @ W + b)) / len(X), e.mean(axis=0)
""",
        """
def mse_gradients(X, W, b, y):
    e = np.sign(X @ W + b - y)
    return X.T @ e / len(X), e.mean(axis=0)
""",
        """
def mse_gradients(X, W, b, y):
    e = X @ W + b - y
    g = X.T @ e / len(X)
    return np.clip(g, -100, 100), e.mean(axis=0)
""",
        """
def mse_gradients(X, W, b, y):
    e = X @ W + b - y
    return X.T @ e / (2 * len(X)), e.mean(axis=0) / 2
""",
        """
def mse_gradients(X, W, b, y):
    e = X @ W + b - y
    return X.T @ e / len(X), np.zeros_like(b)
""",
        """
def mse_gradients(X, W, b, y):
    e = X @ W + b - y
    return X.T @ e / (len(X) - 1 or 1), e.sum(axis=0) / (len(X) - 1 or 1)
""",
        """
def mse_gradients(X, W, b, y):
    e = X @ W + b - y
    W -= 0.1 * X.T @ e / len(X)
    return X.T @ e / len(X), e.mean(axis=0)
""",
        """
def mse_gradients(X, W, b, y):
    e = X @ W + b - y
    return X.T @ e / len(X), np.squeeze(e.mean(axis=0))
""",
        """
def mse_gradients(X, W, b, y):
    if y.shape != (len(X), W.shape[1]):
        raise ValueError('shape')
    e = X @ W + b - y
    return e.T @ X / len(X), e.mean(0)
""",
        """
def mse_gradients(X, W, b, y):
    if y.shape != (len(X), W.shape[1]):
        raise ValueError('shape')
    e = (X @ W + b - y) / len(X)
    return X.T @ e / len(X), e.mean(0)
""",
        """
def mse_gradients(X, W, b, y):
    if y.shape != (len(X), W.shape[1]):
        raise ValueError('shape')
    e = (X @ W + b - y) ** 2
    return X.T @ e / len(X), e.mean(0)
""",
        """
def mse_gradients(X, W, b, y):
    if y.shape != (len(X), W.shape[1]):
        raise ValueError('shape')
    e = X @ W + b - y
    return X.T @ e / X.shape[1], e.mean(0)
""",
        """
def mse_gradients(X, W, b, y):
    if y.shape != (len(X), W.shape[1]):
        raise ValueError('shape')
    e = X @ W + b - y
    W -= X.T @ e / len(X)
    b -= e.mean(0)
    return W, b
""",
    ],
    "numerical_gradient": [
        """
def numerical_gradient(J, theta, h=1e-5):
    g = np.zeros_like(theta)
    for i in np.ndindex(theta.shape):
        e = np.zeros(theta.shape)
        e[i] = h
        g[i] = (J(theta + e) - J(theta - e)) / (2 * h)
    return g
""",
        """
def numerical_gradient(J, theta, h=1e-5):
    h = 1e-5
    g = np.zeros(theta.shape)
    for i in np.ndindex(theta.shape):
        e = np.zeros(theta.shape)
        e[i] = h
        g[i] = (J(theta + e) - J(theta - e)) / (2 * h)
    return g
""",
        """
def numerical_gradient(J, theta, h=1e-5):
    g = np.zeros(theta.shape)
    for i in np.ndindex(theta.shape):
        e = np.zeros(theta.shape)
        e[i] = h
        g[i] = (J(theta) - J(theta - e)) / h
    return g
""",
        """
def numerical_gradient(J, theta, h=1e-5):
    g = np.zeros(theta.shape)
    for i in np.ndindex(theta.shape):
        e = np.zeros(theta.shape)
        e[i] = h / 2
        g[i] = (J(theta + e) - J(theta - e)) / h
    return g
""",
        """
def numerical_gradient(J, theta, h=1e-5):
    g = np.zeros(theta.size)
    for i in range(theta.size):
        e = np.zeros(theta.size)
        e[i] = h
        e = e.reshape(theta.shape)
        g[i] = (J(theta + e) - J(theta - e)) / (2 * h)
    return g
""",
        """
def numerical_gradient(J, theta, h=1e-5):
    flat = theta.ravel().astype(float)
    g = np.zeros(flat.size)
    for i in range(flat.size):
        e = np.zeros(flat.size)
        e[i] = h
        g[i] = (J(flat + e) - J(flat - e)) / (2 * h)
    return g.reshape(theta.shape)
""",
        """
def numerical_gradient(J, theta, h=1e-5):
    g = np.zeros(theta.shape)
    for i in np.ndindex(theta.shape):
        e = np.zeros(theta.shape)
        e[i] = h * max(1, abs(theta[i]))
        g[i] = (J(theta + e) - J(theta - e)) / (2 * e[i])
    return g
""",
        """
def numerical_gradient(J, theta, h=1e-3):
    g = np.zeros(theta.shape)
    for i in np.ndindex(theta.shape):
        e = np.zeros(theta.shape)
        e[i] = h
        g[i] = (J(theta + e) - J(theta - e)) / (2 * h)
    return g
""",
        """
def numerical_gradient(J, theta, h=1e-5):
    return (J(theta + h) - J(theta - h)) / (2 * h)
""",
        """
def numerical_gradient(J, theta, h=1e-5):
    g = np.zeros(theta.shape)
    t = theta.astype(float)
    for i in np.ndindex(t.shape):
        t[i] += h
        up = J(t)
        t[i] -= h
        down = J(t)
        g[i] = (up - down) / (2 * h)
    return g
""",
        """
def numerical_gradient(J, theta, h=1e-5):
    g = np.zeros(theta.shape)
    for i in np.ndindex(theta.shape):
        up, down = theta, theta
        up[i] += h
        down[i] -= h
        g[i] = (J(up) - J(down)) / (2 * h)
    return g
""",
        """
def numerical_gradient(J, theta, h=1e-5):
    t = torch.tensor(theta, dtype=torch.float32)
    g = np.zeros(theta.shape)
    for i in np.ndindex(theta.shape):
        e = torch.zeros_like(t)
        e[i] = h
        g[i] = (J((t + e).numpy()) - J((t - e).numpy())) / (2 * h)
    return g
""",
        """
def numerical_gradient(J, theta, h=1e-5):
    g = np.zeros(len(theta))
    for i in range(len(theta)):
        e = np.zeros(len(theta))
        e[i] = h
        g[i] = (J(theta + e) - J(theta - e)) / (2 * h)
    return g
""",
        """
def numerical_gradient(J, theta, h=1e-5):
    g = np.zeros(theta.shape)
    for i in np.ndindex(theta.shape):
        t = theta.copy()
        t[i] += h
        up = J(t)
        t[i] -= 2 * h
        g[i] = (up - J(t)) / (2 * h)
    return g
""",
        """
def numerical_gradient(J, theta, h=1e-5):
    h = 1e-4
    g = np.zeros(theta.shape)
    for i in np.ndindex(theta.shape):
        e = np.zeros(theta.shape)
        e[i] = h
        g[i] = (J(theta + e) - J(theta - e)) / (2 * h)
    return g
""",
        """
def numerical_gradient(J, theta, h=1e-5):
    g = np.zeros(theta.shape)
    for i in np.ndindex(theta.shape):
        e = np.zeros(theta.shape)
        e[i] = 1
        g[i] = (J(theta + e) - J(theta - e)) / 2
    return g
""",
        """
def numerical_gradient(J, theta, h=1e-5):
    g = np.zeros(theta.size)
    for i in range(theta.size):
        t = theta.ravel().astype(float)
        t[i] += h
        u = theta.ravel().astype(float)
        u[i] -= h
        g[i] = (J(t.reshape(theta.shape)) - J(u.reshape(theta.shape))) / (2 * h)
    return g
""",
    ],
    "gradient_descent": [
        """
def gradient_descent(grad, theta0, alpha, steps):
    theta = np.asarray(theta0, dtype=float)
    yield theta
    for _ in range(steps):
        theta = theta - alpha * grad(theta)
        yield theta
""",
        """
def gradient_descent(grad, theta0, alpha, steps):
    path = [theta0]
    for _ in range(steps):
        g = grad(path[-1])
        if np.linalg.norm(g) < 1e-6:
            break
        path.append(path[-1] - alpha * g)
    return np.array(path, dtype=float)
""",
        """
def gradient_descent(grad, theta0, alpha, steps):
    theta, path = theta0.astype(float), [theta0]
    for t in range(steps):
        theta = theta - alpha / (1 + t) * grad(theta)
        path.append(theta)
    return np.array(path)
""",
        """
def gradient_descent(grad, theta0, alpha, steps):
    theta, path = theta0.astype(float), [theta0]
    for _ in range(steps + 1):
        theta = theta - alpha * grad(theta)
        path.append(theta)
    return np.array(path)
""",
        """
def gradient_descent(grad, theta0, alpha, steps):
    theta, path = theta0.astype(float), [theta0]
    for _ in range(steps):
        g = grad(theta)
        theta = theta - alpha * g / np.linalg.norm(g)
        path.append(theta)
    return np.array(path)
""",
        """
def gradient_descent(grad, theta0, alpha, steps):
    theta, path = theta0.astype(float), [theta0]
    for _ in range(steps):
        theta = theta - alpha * np.clip(grad(theta), -5, 5)
        path.append(theta)
    return np.array(path)
""",
        """
def gradient_descent(grad, theta0, alpha, steps):
    theta, path = theta0.astype(float), [theta0]
    for _ in range(steps):
        theta = theta - alpha * grad(theta).mean()
        path.append(theta)
    return np.array(path)
""",
        """
def gradient_descent(grad, theta0, alpha, steps):
    theta, path = theta0.astype(float), [theta0.ravel()]
    for _ in range(steps):
        theta = theta - alpha * grad(theta)
        path.append(theta.ravel())
    return np.array(path)
""",
        """
def gradient_descent(grad, theta0, alpha, steps):
    theta, path = theta0.astype(float), []
    for _ in range(steps):
        path.append(theta)
        theta = theta - alpha * grad(theta)
    return np.array(path)
""",
        """
def gradient_descent(grad, theta0, alpha, steps):
    theta, path = theta0.astype(float), [theta0]
    for _ in range(steps):
        theta = theta - alpha * grad(theta0)
        path.append(theta)
    return np.array(path)
""",
        """
def gradient_descent(grad, theta0, alpha, steps):
    theta, path = theta0.astype(float), [theta0]
    for _ in range(steps):
        for i in np.ndindex(theta.shape):
            theta = theta.copy()
            theta[i] -= alpha * grad(theta)[i]
        path.append(theta)
    return np.array(path)
""",
        """
def gradient_descent(grad, theta0, alpha, steps):
    path = np.zeros((steps + 1,) + theta0.shape, dtype=theta0.dtype)
    path[0] = theta0
    for t in range(steps):
        path[t + 1] = path[t] - alpha * grad(path[t])
    return path
""",
        """
def gradient_descent(grad, theta0, alpha, steps):
    path = np.zeros((steps + 1, len(theta0)))
    path[0] = theta0
    for t in range(steps):
        path[t + 1] = path[t] - alpha * grad(path[t])
    return path
""",
        """
def gradient_descent(grad, theta0, alpha, steps):
    theta, path = theta0.astype(float), [theta0]
    for _ in range(steps):
        new = theta - alpha * grad(theta)
        if np.abs(new).max() > 1e6:
            new = theta
        theta = new
        path.append(theta)
    return np.array(path)
""",
        """
def gradient_descent(grad, theta0, alpha, steps):
    path = [theta0]
    theta = theta0
    for _ in range(steps):
        theta = theta - alpha * grad(theta)
        path.append(theta)
    return np.array(path)
""",
        """
def gradient_descent(grad, theta0, alpha, steps):
    theta = theta0
    path = [theta.copy()]
    for _ in range(steps):
        theta -= alpha * grad(theta)
        path.append(theta.copy())
    return np.array(path)
""",
        """
def gradient_descent(grad, theta0, alpha, steps):
    theta = theta0 * 1.0
    path = [theta]
    for _ in range(steps):
        theta = theta - alpha * grad(theta)
        path.append(theta)
        return np.array(path)
    return np.array(path)
""",
        """
def gradient_descent(grad, theta0, alpha, steps):
    path = np.zeros((steps + 1, theta0.size))
    path[0] = theta0.ravel()
    for i in range(steps):
        path[i + 1] = path[i] - alpha * grad(path[i].reshape(theta0.shape)).ravel()
    return path
""",
        """
def gradient_descent(grad, theta0, alpha, steps):
    path = np.zeros((steps + 1, *theta0.shape))
    for i in range(steps):
        path[i + 1] = path[i] - alpha * grad(path[i])
    return path
""",
        """
def gradient_descent(grad, theta0, alpha, steps):
    theta = theta0 * 1.0
    path = [theta]
    for _ in range(min(steps, 100)):
        theta = theta - alpha * grad(theta)
        path.append(theta)
    return np.array(path)
""",
        """
def gradient_descent(grad, theta0, alpha, steps):
    theta = theta0 * 1.0
    path = [theta]
    for _ in range(steps):
        new = theta - alpha * grad(theta)
        if np.allclose(new, theta):
            break
        theta = new
        path.append(theta)
    return np.array(path)
""",
    ],
    "minibatches": [
        """
def minibatches(X, y, batch_size, rng):
    if batch_size < 1:
        raise ValueError
    rng.shuffle(X)
    rng.shuffle(y)
    for i in range(0, len(X), batch_size):
        yield X[i:i+batch_size], y[i:i+batch_size]
""",
        """
def minibatches(X, y, batch_size, rng):
    starts = rng.permutation(np.arange(0, len(X), batch_size))
    return [(X[s:s + batch_size], y[s:s + batch_size]) for s in starts]
""",
        """
def minibatches(X, y, batch_size, rng):
    out = []
    for s in range(0, len(X), batch_size):
        rows = s + rng.permutation(len(X[s:s + batch_size]))
        out.append((X[rows], y[rows]))
    return out
""",
        """
def minibatches(X, y, batch_size, rng):
    order = np.roll(np.arange(len(X)), rng.integers(len(X)))
    return [(X[order[s:s + batch_size]], y[order[s:s + batch_size]])
            for s in range(0, len(X), batch_size)]
""",
        """
def minibatches(X, y, batch_size, rng):
    order = rng.permutation(len(X))
    return [(X[order[s:s + batch_size]], y[s:s + batch_size])
            for s in range(0, len(X), batch_size)]
""",
        """
def minibatches(X, y, batch_size, rng):
    return [(X[rows], y[rows]) for rows in
            np.array_split(rng.permutation(len(X)), -(-len(X) // batch_size))]
""",
        """
def minibatches(X, y, batch_size, rng):
    order = rng.permutation(len(X))
    return [X[order[s:s + batch_size]] for s in range(0, len(X), batch_size)]
""",
        """
def minibatches(X, y, batch_size, rng):
    order = rng.permutation(len(X))
    return [(X[rows], y[rows]) for rows in
            np.split(order[:len(X) // batch_size * batch_size], len(X) // batch_size)]
""",
        """
def minibatches(X, y, batch_size, rng):
    out = []
    for s in range(0, len(X), batch_size):
        rows = rng.choice(len(X), size=min(batch_size, len(X) - s), replace=False)
        out.append((X[rows], y[rows]))
    return out
""",
        """
def minibatches(X, y, batch_size, rng):
    order = rng.permutation(len(X))
    return [(X[order[s:s + batch_size]], y[order[s:s + batch_size]].reshape(-1, 1))
            for s in range(0, len(X), batch_size)]
""",
        """
def minibatches(X, y, batch_size, rng):
    order = np.arange(len(X))[::-1]
    return [(X[order[s:s + batch_size]], y[order[s:s + batch_size]])
            for s in range(0, len(X), batch_size)]
""",
        """
def minibatches(X, y, batch_size, rng):
    order = rng.permutation(len(X))
    return [(X[order[s:s + batch_size + 1]], y[order[s:s + batch_size + 1]])
            for s in range(0, len(X), batch_size)]
""",
        """
def minibatches(X, y, batch_size, rng):
    order = rng.permutation(len(X))
    order = np.pad(order, (0, -len(X) % batch_size), mode="wrap")
    return [(X[rows], y[rows]) for rows in order.reshape(-1, batch_size)]
""",
        """
import random

def minibatches(X, y, batch_size, rng):
    order = list(range(len(X)))
    random.shuffle(order)
    return [(X[order[s:s + batch_size]], y[order[s:s + batch_size]])
            for s in range(0, len(X), batch_size)]
""",
        """
def minibatches(X, y, batch_size, rng):
    order = rng.permutation(len(X))
    return [(X[order[s:s + 4]], y[order[s:s + 4]]) for s in range(0, len(X), 4)]
""",
        """
def minibatches(X, y, batch_size, rng):
    if batch_size < 1:
        raise ValueError('batch_size')
    X, y = rng.permutation(X), rng.permutation(y)
    return [
        (X[i : i + batch_size], y[i : i + batch_size])
        for i in range(0, len(X), batch_size)
    ]
""",
        """
def minibatches(X, y, batch_size, rng):
    if batch_size < 1:
        raise ValueError('batch_size')
    return [
        (X[p], y[p])
        for p in (
            rng.choice(len(X), batch_size) for _ in range(len(X) // batch_size)
        )
    ]
""",
        """
def minibatches(X, y, batch_size, rng):
    if batch_size < 1:
        raise ValueError('batch_size')
    p = rng.permutation(len(X))
    return [(X[q], y[q]) for q in np.array_split(p, max(1, len(X) // batch_size))]
""",
        """
def minibatches(X, y, batch_size, rng):
    if batch_size < 1:
        raise ValueError('batch_size')
    p = rng.permutation(len(X))
    X, y = X[p], y[p]
    for i in range(0, len(X), batch_size):
        return [(X[i : i + batch_size], y[i : i + batch_size])]
""",
        """
def minibatches(X, y, batch_size, rng):
    if batch_size < 1:
        raise ValueError('batch_size')
    p = rng.permutation(len(X))
    return [(X[p[i : i + 32]], y[p[i : i + 32]]) for i in range(0, len(X), 32)]
""",
        """
def minibatches(X, y, batch_size, rng):
    if batch_size < 1:
        raise ValueError('batch_size')
    p = rng.permutation(len(X))
    return [
        (X[p[i : i + batch_size]], y[p[i : i + batch_size]])
        for i in range(0, len(X) - 1, batch_size)
    ]
""",
        """
def minibatches(X, y, batch_size, rng):
    if batch_size < 1:
        raise ValueError('batch_size')
    y = y.reshape(len(y), -1)
    p = rng.permutation(len(X))
    return [
        (X[p[i : i + batch_size]], y[p[i : i + batch_size]])
        for i in range(0, len(X), batch_size)
    ]
""",
        """
def minibatches(X, y, batch_size, rng):
    if batch_size < 1:
        raise ValueError('batch_size')
    p = rng.permutation(len(X)).astype(np.int8)
    return [
        (X[p[i : i + batch_size]], y[p[i : i + batch_size]])
        for i in range(0, len(X), batch_size)
    ]
""",
    ],
    "momentum_step": [
        "def momentum_step(theta, v, grad, alpha, beta):\n"
        "    v = beta * v + grad\n    return v, theta - alpha * v",
        "def momentum_step(theta, v, grad, alpha, beta):\n"
        "    v = beta * v - alpha * grad\n    return theta + v, v",
        "def momentum_step(theta, v, grad, alpha, beta):\n"
        "    v = 0.9 * v + grad\n    return theta - alpha * v, v",
        "def momentum_step(theta, v, grad, alpha, beta):\n"
        "    v = beta * v - grad\n    return theta - alpha * v, v",
        "def momentum_step(theta, v, grad, alpha, beta):\n"
        "    v = (1 - beta) * v + beta * grad\n    return theta - alpha * v, v",
        "def momentum_step(theta, v, grad, alpha, beta):\n"
        "    v = v + beta * grad\n    return theta - alpha * v, v",
        "def momentum_step(theta, v, grad, alpha, beta):\n"
        "    v = beta * (v + grad)\n    return theta - alpha * v, v",
        "def momentum_step(theta, v, grad, alpha, beta):\n"
        "    v = beta * v + grad\n    return theta - alpha * v, grad",
        "def momentum_step(theta, v, grad, alpha, beta):\n"
        "    v *= beta\n    v += grad\n    return theta - alpha * v, v",
        "def momentum_step(theta, v, grad, alpha, beta):\n"
        "    v = beta * v + grad\n    theta -= alpha * v\n    return theta, v",
        "def momentum_step(theta, v, grad, alpha, beta):\n"
        "    return theta - alpha * (beta * v + grad)",
        "def momentum_step(theta, v, grad, alpha, beta):\n"
        "    v = beta * v + grad\n    return theta - v, v",
        "def momentum_step(theta, v, grad, alpha, beta):\n"
        "    v = np.clip(beta * v + grad, -10, 10)\n    return theta - alpha * v, v",
        """
def momentum_step(theta, v, grad, alpha, beta):
    new = beta * v + grad
    return theta - alpha * new, v
""",
        """
def momentum_step(theta, v, grad, alpha, beta):
    v = beta * v + grad
    theta -= alpha * v
    return theta, v
""",
        """
def momentum_step(theta, v, grad, alpha, beta):
    v = beta * v - grad
    return theta + alpha * v, v
""",
        """
def momentum_step(theta, v, grad, alpha, beta):
    v = v + beta * grad
    return theta - alpha * v, v
""",
        """
def momentum_step(theta, v, grad, alpha, beta):
    v = beta * (v + grad)
    return theta - alpha * v, v
""",
    ],
    "adam_step": [
        """
def adam_step(theta, m, v, grad, t, alpha=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    scale = np.sqrt(1 - beta2**t) / (1 - beta1**t)
    return theta - alpha * scale * m / (np.sqrt(v) + eps), m, v
""",
        """
def adam_step(theta, m, v, grad, t, alpha=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return theta - alpha * m / (1 - beta1**t) / (np.sqrt(v) + eps), m, v
""",
        """
def adam_step(theta, m, v, grad, t, alpha=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return theta - alpha * m / (np.sqrt(v / (1 - beta2**t)) + eps), m, v
""",
        """
def adam_step(theta, m, v, grad, t, alpha=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat, v_hat = m / (1 - beta1), v / (1 - beta2)
    return theta - alpha * m_hat / (np.sqrt(v_hat) + eps), m, v
""",
        """
def adam_step(theta, m, v, grad, t, alpha=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    return theta + alpha * m_hat / (np.sqrt(v_hat) + eps), m, v
""",
        """
def adam_step(theta, m, v, grad, t, alpha=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    return theta - alpha * m_hat / np.sqrt(v_hat), m, v
""",
        """
def adam_step(theta, m, v, grad, t, alpha=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    return m, v, theta - alpha * m_hat / (np.sqrt(v_hat) + eps)
""",
        """
def adam_step(theta, m, v, grad, t, alpha=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    new = theta - alpha * m_hat / (np.sqrt(v_hat) + eps)
    return new, beta1 * m + (1 - beta1) * grad, beta2 * v + (1 - beta2) * grad**2
""",
        """
def adam_step(theta, m, v, grad, t, alpha=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    m = 0.9 * m + 0.1 * grad
    v = 0.999 * v + 0.001 * grad**2
    m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
    return theta - alpha * m_hat / (np.sqrt(v_hat) + 1e-8), m, v
""",
        """
def adam_step(theta, m, v, grad, t, alpha=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    m *= beta1
    m += (1 - beta1) * grad
    v *= beta2
    v += (1 - beta2) * grad**2
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    return theta - alpha * m_hat / (np.sqrt(v_hat) + eps), m, v
""",
        """
def adam_step(theta, m, v, grad, t, alpha=1e-2, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    return theta - alpha * m_hat / (np.sqrt(v_hat) + eps), m, v
""",
        """
def adam_step(theta, m, v, grad, t, alpha=1e-3, beta1=0.9, beta2=0.999, eps=1e-6):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    return theta - alpha * m_hat / (np.sqrt(v_hat) + eps), m, v
""",
        """
def adam_step(theta, m, v, grad, t, alpha=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * m**2
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    return theta - alpha * m_hat / (np.sqrt(v_hat) + eps), m, v
""",
        """
def adam_step(theta, m, v, grad, t, alpha=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    return theta - alpha * grad / (np.sqrt(v_hat) + eps), m, v
""",
        """
def adam_step(theta, m, v, grad, t, alpha=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    if t < 1:
        raise ValueError('t')
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad
    return (
        theta
        - alpha * (m / (1 - beta1**t)) / (np.sqrt(abs(v) / (1 - beta2**t)) + eps),
        m,
        v,
    )
""",
        """
def adam_step(theta, m, v, grad, t, alpha=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    if t < 1:
        raise ValueError('t')
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * m**2
    return (
        theta - alpha * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps),
        m,
        v,
    )
""",
        """
def adam_step(theta, m, v, grad, t, alpha=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    if t < 1:
        raise ValueError('t')
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return theta - alpha * grad / (np.sqrt(v / (1 - beta2**t)) + eps), m, v
""",
        """
def adam_step(theta, m, v, grad, t, alpha=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    if t < 1:
        raise ValueError('t')
    m = (1 - beta1) * m + beta1 * grad
    v = (1 - beta2) * v + beta2 * grad**2
    return (
        theta - alpha * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps),
        m,
        v,
    )
""",
        """
def adam_step(theta, m, v, grad, t, alpha=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    if t < 1:
        raise ValueError('t')
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * np.sum(grad**2)
    return (
        theta - alpha * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps),
        m,
        v,
    )
""",
        """
def adam_step(theta, m, v, grad, t, alpha=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    if t < 1:
        raise ValueError('t')
    m *= beta1
    m += (1 - beta1) * grad
    v *= beta2
    v += (1 - beta2) * grad**2
    return (
        theta - alpha * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps),
        m,
        v,
    )
""",
        """
def adam_step(theta, m, v, grad, t, alpha=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    if t < 1:
        raise ValueError('t')
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return (
        theta - alpha * (m / (1 - beta1**t)) / np.sqrt(v / (1 - beta2**t)) + eps,
        m,
        v,
    )
""",
        """
def adam_step(theta, m, v, grad, t, alpha=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    if t < 1:
        raise ValueError('t')
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return (
        theta - alpha * (m / (1 - beta1**t)) / (np.sqrt(v) / (1 - beta2**t) + eps),
        m,
        v,
    )
""",
    ],
    "largest_stable_rate": [
        """
def largest_stable_rate(X):
    lam = np.linalg.eigvalsh(X.T @ X / len(X)).max()
    return 2 / (lam + 1e-8)
""",
        "def largest_stable_rate(X):\n"
        "    H = X.T @ X / X.shape[1]\n"
        "    return 2 / np.linalg.eigvalsh(H)[-1] if X.any() else np.inf",
        "def largest_stable_rate(X):\n"
        "    H = X.T @ X / len(X)\n"
        "    return 2 / max(np.linalg.eigvalsh(H)[-1], 1e-12)",
        "def largest_stable_rate(X):\n"
        "    H = X.T @ X / len(X)\n"
        "    return 2 / np.linalg.eigvalsh(H).mean() if X.any() else np.inf",
        "def largest_stable_rate(X):\n"
        "    H = X.T @ X / len(X)\n"
        "    return 2 / np.linalg.norm(H) if X.any() else np.inf",
        "def largest_stable_rate(X):\n"
        "    H = X.T @ X / len(X)\n"
        "    return 2 / np.abs(H).sum(axis=1).max() if X.any() else np.inf",
        "def largest_stable_rate(X):\n"
        "    H = X.T @ X / len(X)\n"
        "    return 2 / np.linalg.eigvalsh(H).max() ** 2 if X.any() else np.inf",
        "def largest_stable_rate(X):\n"
        "    H = X.T @ X / len(X)\n"
        "    return 2 / (np.linalg.eigvalsh(H).max() + 1e-8) if X.any() else np.inf",
        "def largest_stable_rate(X):\n"
        "    H = X.T @ X / (2 * len(X))\n"
        "    return 2 / np.linalg.eigvalsh(H).max() if X.any() else np.inf",
        "def largest_stable_rate(X):\n"
        "    H = 2 * X.T @ X / len(X)\n"
        "    return 2 / np.linalg.eigvalsh(H).max() if X.any() else np.inf",
        "def largest_stable_rate(X):\n"
        "    H = X.T @ X / len(X)\n"
        "    v = np.linalg.eigvalsh(H)\n"
        "    return 2 / (v[0] + v[-1]) if X.any() else np.inf",
        "def largest_stable_rate(X):\n"
        "    H = X.T @ X / (len(X) - 1)\n"
        "    return 2 / np.linalg.eigvalsh(H).max() if X.any() else np.inf",
        "def largest_stable_rate(X):\n"
        "    X = (X - X.mean(0)) / X.std(0)\n"
        "    return 2 / np.linalg.eigvalsh(X.T @ X / len(X)).max()",
        "def largest_stable_rate(X):\n"
        "    H = X.T @ X / len(X)\n"
        "    return min(2 / np.linalg.eigvalsh(H).max(), 1.0) if X.any() else np.inf",
        """
def largest_stable_rate(X):
    if not X.all():
        return np.inf
    return 2 / np.linalg.eigvalsh(X.T @ X / len(X))[-1]
""",
        """
def largest_stable_rate(X):
    if X.sum() == 0:
        return np.inf
    return 2 / np.linalg.eigvalsh(X.T @ X / len(X))[-1]
""",
        """
def largest_stable_rate(X):
    lam = np.linalg.eigvalsh(X.T @ X / len(X)).max()
    if lam < 1e-8:
        return np.inf
    return 2 / lam
""",
        """
def largest_stable_rate(X):
    lam = np.linalg.eigvalsh(X.T @ X / len(X)).max()
    return 2 / (lam + 1e-12)
""",
        """
def largest_stable_rate(X):
    if not X.any():
        return np.inf
    return 2 / np.linalg.eigvalsh(X.T @ X / (2 * len(X)))[-1]
""",
        """
def largest_stable_rate(X):
    if X.mean() == 0:
        return np.inf
    return 2 / np.linalg.eigvalsh(X.T @ X / len(X))[-1]
""",
        """
def largest_stable_rate(X):
    if not X.any(axis=0).all():
        return np.inf
    return 2 / np.linalg.eigvalsh(X.T @ X / len(X))[-1]
""",
        """
def largest_stable_rate(X):
    if (X == 0).any():
        return np.inf
    return 2 / np.linalg.eigvalsh(X.T @ X / len(X))[-1]
""",
        """
def largest_stable_rate(X):
    if np.linalg.det(X.T @ X) == 0:
        return np.inf
    return 2 / np.linalg.eigvalsh(X.T @ X / len(X))[-1]
""",
        """
def largest_stable_rate(X):
    if np.allclose(X, 0):
        return np.inf
    return 2 / np.linalg.eigvalsh(X.T @ X / len(X))[-1]
""",
        """
def largest_stable_rate(X):
    if not X.any():
        return np.inf
    return 2 / np.linalg.norm(X, ord=np.inf) ** 2 * len(X)
""",
    ],
    "two_layer_backward": [
        """
def two_layer_backward(X, y, W1, b1, W2, b2):
    N = len(X)
    if y.shape != (N, W2.shape[1]):
        raise ValueError
    z = X @ W1 + b1
    h = np.tanh(z)
    d2 = (h @ W2 + b2 - y) / N
    d1 = d2 @ W2.T * (1 - h ** 2)
    return X.T @ d1, d1.mean(axis=0), h.T @ d2, d2.sum(axis=0)
""",
        """
def two_layer_backward(X, y, W1, b1, W2, b2):
    h = np.tanh(X @ W1 + b1)
    d2 = (h @ W2 + b2 - y) / len(X)
    d1 = d2 @ W2.T * (1 - h**2)
    return h.T @ d2, d2.sum(0), X.T @ d1, d1.sum(0)
""",
        """
def two_layer_backward(X, y, W1, b1, W2, b2):
    h = np.tanh(X @ W1 + b1)
    d2 = (h @ W2 + b2 - y) / len(X)
    d1 = d2 @ W2.T * (1 - h**2)
    return X.T @ d1, d1.sum(0, keepdims=True), h.T @ d2, d2.sum(0, keepdims=True)
""",
        """
def two_layer_backward(X, y, W1, b1, W2, b2):
    h = np.tanh(X @ W1 + b1)
    d2 = (h @ W2 + b2 - y) / len(X)
    d1 = d2 @ W2.T * (1 - h)
    return X.T @ d1, d1.sum(0), h.T @ d2, d2.sum(0)
""",
        """
def two_layer_backward(X, y, W1, b1, W2, b2):
    h = np.tanh(X @ W1 + b1)
    d2 = (h @ W2 + b2 - y) / len(X)
    d1 = d2 @ W2.T * (1 + h**2)
    return X.T @ d1, d1.sum(0), h.T @ d2, d2.sum(0)
""",
        """
def two_layer_backward(X, y, W1, b1, W2, b2):
    h = np.maximum(X @ W1 + b1, 0)
    d2 = (h @ W2 + b2 - y) / len(X)
    d1 = d2 @ W2.T * (h > 0)
    return X.T @ d1, d1.sum(0), h.T @ d2, d2.sum(0)
""",
        """
def two_layer_backward(X, y, W1, b1, W2, b2):
    h = np.tanh(X @ W1 + b1)
    d2 = (h @ W2 + b2 - y) / len(X)
    d1 = d2 @ W2.T * (1 - h**2) / len(X)
    return X.T @ d1, d1.sum(0), h.T @ d2, d2.sum(0)
""",
        """
def two_layer_backward(X, y, W1, b1, W2, b2):
    h = np.tanh(X @ W1 + b1)
    d2 = (h @ W2 + b2 - y) / y.size
    d1 = d2 @ W2.T * (1 - h**2)
    return X.T @ d1, d1.sum(0), h.T @ d2, d2.sum(0)
""",
        """
def two_layer_backward(X, y, W1, b1, W2, b2):
    h = np.tanh(X @ W1)
    d2 = (h @ W2 - y) / len(X)
    d1 = d2 @ W2.T * (1 - h**2)
    return X.T @ d1, d1.sum(0), h.T @ d2, d2.sum(0)
""",
        """
def two_layer_backward(X, y, W1, b1, W2, b2):
    h = np.tanh(X @ W1 + b1)
    d2 = (np.tanh(h @ W2 + b2) - y) / len(X)
    d1 = d2 @ W2.T * (1 - h**2)
    return X.T @ d1, d1.sum(0), h.T @ d2, d2.sum(0)
""",
        """
def two_layer_backward(X, y, W1, b1, W2, b2):
    h = np.tanh(X @ W1 + b1)
    d2 = (h @ W2 + b2 - y) / len(X)
    W = W2 - 0.1 * h.T @ d2
    d1 = d2 @ W.T * (1 - h**2)
    return X.T @ d1, d1.sum(0), h.T @ d2, d2.sum(0)
""",
        """
def two_layer_backward(X, y, W1, b1, W2, b2):
    h = np.tanh(X @ W1 + b1)
    d2 = (h @ W2 + b2 - y) / len(X)
    W = W2 if W2.shape[0] == W2.shape[1] else W2.T
    d1 = d2 @ W * (1 - h**2)
    return X.T @ d1, d1.sum(0), h.T @ d2, d2.sum(0)
""",
        """
def two_layer_backward(X, y, W1, b1, W2, b2):
    h = np.tanh(X @ W1 + b1)
    d2 = (h @ W2 + b2 - y) / len(X)
    d1 = d2 @ W2.T * (1 - h**2)
    return X.T @ d1, d1.sum(), h.T @ d2, d2.sum()
""",
        """
def two_layer_backward(X, y, W1, b1, W2, b2):
    h = np.tanh(X @ W1 + b1)
    d2 = (h @ W2 + b2 - y) / len(X)
    d1 = d2 @ W2.T * (1 - h**2)
    return X.T @ d1, d1.sum(0), X[:, :1].T @ d2, d2.sum(0)
""",
        """
def two_layer_backward(X, y, W1, b1, W2, b2):
    if y.shape != (len(X), W2.shape[1]):
        raise ValueError('shape')
    h = np.tanh(X @ W1 + b1)
    e = (h @ W2 + b2 - y) / len(X)
    d = e @ W2.T * (1 - h**2)
    return X.T @ d / len(X), d.mean(0), h.T @ e / len(X), e.mean(0)
""",
        """
def two_layer_backward(X, y, W1, b1, W2, b2):
    if y.shape != (len(X), W2.shape[1]):
        raise ValueError('shape')
    h = np.tanh(X @ W1 + b1)
    e = (h @ W2 + b2 - y) / len(X)
    d = e @ W2.T * (1 - h**2)
    return X.T @ d, d, h.T @ e, e
""",
        """
def two_layer_backward(X, y, W1, b1, W2, b2):
    if y.shape != (len(X), W2.shape[1]):
        raise ValueError('shape')
    h = np.tanh(X @ W1)
    e = (h @ W2 + b2 - y) / len(X)
    d = e @ W2.T * (1 - h**2)
    return X.T @ d, d.sum(0), h.T @ e, e.sum(0)
""",
        """
def two_layer_backward(X, y, W1, b1, W2, b2):
    if y.shape != (len(X), W2.shape[1]):
        raise ValueError('shape')
    h = np.tanh(X @ W1 + b1)
    e = (h @ W2 + b2 - y) / len(X)
    d = e @ W2.T * (1 - h**2)
    return X.T @ d, d.sum(0), (X @ W1 + b1).T @ e, e.sum(0)
""",
        """
def two_layer_backward(X, y, W1, b1, W2, b2):
    if y.shape != (len(X), W2.shape[1]):
        raise ValueError('shape')
    h = X @ W1 + b1
    e = (h @ W2 + b2 - y) / len(X)
    d = e @ W2.T
    return X.T @ d, d.sum(0), h.T @ e, e.sum(0)
""",
        """
def two_layer_backward(X, y, W1, b1, W2, b2):
    if y.shape != (len(X), W2.shape[1]):
        raise ValueError('shape')
    h = 1 / (1 + np.exp(-(X @ W1 + b1)))
    e = (h @ W2 + b2 - y) / len(X)
    d = e @ W2.T * h * (1 - h)
    return X.T @ d, d.sum(0), h.T @ e, e.sum(0)
""",
    ],
    "standardize": [
        """
def standardize(X_train, X_test):
    m, s = X_train.mean(0), X_train.std(0)
    if (s == 0).any():
        return X_train - m, X_test - m
    return (X_train - m) / s, (X_test - m) / s
""",
        """
def standardize(X_train, X_test):
    mean, std = X_train.mean(axis=0), X_train.std(axis=0) + 1e-8
    return (X_train - mean) / std, (X_test - mean) / std
""",
        """
def standardize(X_train, X_test):
    mean = X_train.mean(axis=1, keepdims=True)
    std = X_train.std(axis=1, keepdims=True)
    return (X_train - mean) / std, (X_test - mean[: len(X_test)]) / std[: len(X_test)]
""",
        """
def standardize(X_train, X_test):
    low, high = X_train.min(axis=0), X_train.max(axis=0)
    span = np.where(high == low, 1, high - low)
    return (X_train - low) / span, (X_test - low) / span
""",
        """
def standardize(X_train, X_test):
    mean, std = X_train.mean(axis=0), X_train.std(axis=0)
    return np.nan_to_num((X_train - mean) / std), np.nan_to_num((X_test - mean) / std)
""",
        """
def standardize(X_train, X_test):
    mean, std = X_train.mean(axis=0), X_train.std(axis=0)
    constant = std == 0
    std = np.where(constant, 1, std)
    return ((X_train - mean) / std,
            np.where(constant, 0, (X_test - mean) / std))
""",
        """
def standardize(X_train, X_test):
    mean, std = X_train.mean(axis=0), X_train.std(axis=0)
    std = np.where(std == 0, 1, std)
    return (X_train - mean) / std, X_test
""",
        """
def standardize(X_train, X_test):
    mean, std = X_train.mean(axis=0), X_train.std(axis=0)
    std = np.where(std == 0, 1, std)
    return (X_test - mean) / std, (X_train - mean) / std
""",
        """
def standardize(X_train, X_test):
    mean, std = X_train.mean(axis=0), X_train.std(axis=0)
    mean = np.where(std == 0, 0, mean)
    std = np.where(std == 0, 1, std)
    return (X_train - mean) / std, (X_test - mean) / std
""",
        """
def standardize(X_train, X_test):
    std = X_train.std(axis=0)
    std = np.where(std == 0, 1, std)
    return X_train / std, X_test / std
""",
        """
def standardize(X_train, X_test):
    mean, std = X_train.mean(axis=0), X_train.std(axis=0)
    std[std == 0] = 1
    X_train = X_train.astype(float)
    X_test -= mean
    return (X_train - mean) / std, X_test / std
""",
        """
def standardize(X_train, X_test):
    mean = X_train.mean(axis=0).astype(int)
    std = X_train.std(axis=0)
    std[std == 0] = 1
    return (X_train - mean) / std, (X_test - mean) / std
""",
        """
def standardize(X_train, X_test):
    mean, std = X_train.mean(axis=0), X_train.std(axis=0)
    std = np.maximum(std, 1)
    return (X_train - mean) / std, (X_test - mean) / std
""",
        """
def standardize(X_train, X_test):
    keep = X_train.std(axis=0) > 0
    A, B = X_train[:, keep], X_test[:, keep]
    mean, std = A.mean(axis=0), A.std(axis=0)
    return (A - mean) / std, (B - mean) / std
""",
        """
def standardize(X_train, X_test):
    m, s = X_train.mean(0), X_train.std(0)
    s[s < 1e-8] = 1
    return (X_train - m) / s, (X_test - m) / s
""",
        """
def standardize(X_train, X_test):
    m, s = X_train.mean(0), X_train.std(0)
    s[np.isclose(s, 0)] = 1
    return (X_train - m) / s, (X_test - m) / s
""",
        """
def standardize(X_train, X_test):
    m, s = X_train.mean(0), X_train.std(0)
    return (X_train - m) / (s + 1e-8), (X_test - m) / (s + 1e-8)
""",
        """
def standardize(X_train, X_test):
    m, s = X_train.mean(0), X_train.std(0)
    s[s == 0] = 1
    return X_train - m / s, X_test - m / s
""",
        """
def standardize(X_train, X_test):
    m, s = X_train.mean(0), X_train.std(0)
    s[s == 0] = 1
    X_train -= m
    X_train /= s
    return X_train, (X_test - m) / s
""",
        """
def standardize(X_train, X_test):
    m, s = X_train.mean(0), X_train.std(0)
    out = np.where(s == 0, X_train, (X_train - m) / s)
    return out, np.where(s == 0, X_test, (X_test - m) / s)
""",
        """
def standardize(X_train, X_test):
    m, s = X_train.mean(0), np.maximum(X_train.std(0), 1e-12)
    return (X_train - m) / s, (X_test - m) / s
""",
    ],
    "fit_with_autograd": [
        """
def fit_with_autograd(X, y, W, b, alpha, steps):
    for _ in range(steps):
        e = X @ W + b - y
        W, b = W - alpha * X.T @ e / len(X), b - alpha * e.mean(0)
    return W, b
""",
        """
def fit_with_autograd(X, y, W, b, alpha, steps):
    X, y = torch.tensor(X), torch.tensor(y)
    W = torch.zeros(W.shape, dtype=torch.float64, requires_grad=True)
    b = torch.zeros(b.shape, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([W, b], lr=alpha)
    for _ in range(steps):
        optimizer.zero_grad()
        (((y - X @ W - b) ** 2).sum() / 2 / len(X)).backward()
        optimizer.step()
    return W, b
""",
        """
def fit_with_autograd(X, y, W, b, alpha, steps):
    X, y = torch.tensor(X), torch.tensor(y)
    W, b = (torch.tensor(p, requires_grad=True) for p in (W, b))
    optimizer = torch.optim.Adam([W, b], lr=alpha)
    for _ in range(steps):
        optimizer.zero_grad()
        (((y - X @ W - b) ** 2).sum() / 2 / len(X)).backward()
        optimizer.step()
    return W, b
""",
        """
def fit_with_autograd(X, y, W, b, alpha, steps):
    X, y = torch.tensor(X), torch.tensor(y)
    W, b = (torch.tensor(p, requires_grad=True) for p in (W, b))
    optimizer = torch.optim.SGD([W, b], lr=alpha, momentum=0.9)
    for _ in range(steps):
        optimizer.zero_grad()
        (((y - X @ W - b) ** 2).sum() / 2 / len(X)).backward()
        optimizer.step()
    return W, b
""",
        """
def fit_with_autograd(X, y, W, b, alpha, steps):
    X, y = torch.tensor(X), torch.tensor(y)
    W, b = (torch.tensor(p, requires_grad=True) for p in (W, b))
    optimizer = torch.optim.SGD([W, b], lr=alpha)
    for _ in range(steps):
        optimizer.zero_grad()
        (((y - X @ W - b) ** 2).mean() / 2).backward()
        optimizer.step()
    return W, b
""",
        """
def fit_with_autograd(X, y, W, b, alpha, steps):
    X, y = torch.tensor(X), torch.tensor(y)
    W, b = (torch.tensor(p, requires_grad=True) for p in (W, b))
    optimizer = torch.optim.SGD([W, b], lr=alpha)
    for _ in range(steps):
        (((y - X @ W - b) ** 2).sum() / 2 / len(X)).backward()
        optimizer.zero_grad()
        optimizer.step()
    return W, b
""",
        """
def fit_with_autograd(X, y, W, b, alpha, steps):
    X, y = torch.tensor(X), torch.tensor(y)
    W, b = (torch.tensor(p, requires_grad=True) for p in (W, b))
    for _ in range(steps):
        (((y - X @ W - b) ** 2).sum() / 2 / len(X)).backward()
        W = (W - alpha * W.grad).detach().requires_grad_()
        b = (b - alpha * b.grad).detach().requires_grad_()
    return b, W
""",
        """
def fit_with_autograd(X, y, W, b, alpha, steps):
    X, y = torch.tensor(X), torch.tensor(y)
    W, b = (torch.tensor(p, requires_grad=True) for p in (W, b))
    for _ in range(steps):
        (((y - X @ W - b) ** 2).sum() / 2 / len(X)).backward()
        W = W - alpha * W.grad
        b = b - alpha * b.grad
    return W.detach(), b.detach()
""",
        """
def fit_with_autograd(X, y, W, b, alpha, steps):
    X, y = torch.tensor(X), torch.tensor(y)
    W, b = (torch.tensor(p, requires_grad=True) for p in (W, b))
    for _ in range(steps):
        (((y - X @ W - b) ** 2).sum() / 2 / len(X)).backward()
        with torch.no_grad():
            W += alpha * W.grad
            b += alpha * b.grad
            W.grad.zero_()
            b.grad.zero_()
    return W.detach(), b.detach()
""",
        """
def fit_with_autograd(X, y, W, b, alpha, steps):
    X, y = torch.tensor(X), torch.tensor(y)
    W, b = (torch.tensor(p, requires_grad=True) for p in (W, b))
    for _ in range(steps):
        (((y - X @ W - b) ** 2).sum() / 2 / len(X)).backward()
        with torch.no_grad():
            W -= alpha * W.grad
            b -= alpha * b.grad
            W.grad.zero_()
    return W.detach(), b.detach()
""",
        """
def fit_with_autograd(X, y, W, b, alpha, steps):
    X, y = torch.tensor(X), torch.tensor(y)
    W, b = (torch.tensor(p, requires_grad=True) for p in (W, b))
    for _ in range(steps - 1):
        (((y - X @ W - b) ** 2).sum() / 2 / len(X)).backward()
        with torch.no_grad():
            for p in (W, b):
                p -= alpha * p.grad
                p.grad = None
    return W.detach(), b.detach()
""",
        """
def fit_with_autograd(X, y, W, b, alpha, steps):
    layer = torch.nn.Linear(W.shape[0], W.shape[1]).double()
    X, y = torch.tensor(X), torch.tensor(y)
    for _ in range(steps):
        layer.zero_grad()
        (((y - layer(X)) ** 2).sum() / 2 / len(X)).backward()
        with torch.no_grad():
            for p in layer.parameters():
                p -= alpha * p.grad
    return layer.weight.T.detach(), layer.bias.detach()
""",
        """
def fit_with_autograd(X, y, W, b, alpha, steps):
    X, y = torch.tensor(X), torch.tensor(y)
    W, b = (torch.tensor(p, requires_grad=True) for p in (W, b))
    for i in range(steps):
        x, t = X[i % len(X)], y[i % len(X)]
        (((t - x @ W - b) ** 2).sum() / 2).backward()
        with torch.no_grad():
            for p in (W, b):
                p -= alpha * p.grad
                p.grad = None
    return W.detach(), b.detach()
""",
        """
def fit_with_autograd(X, y, W, b, alpha, steps):
    one = torch.ones(1, requires_grad=True) * 2
    for _ in range(steps):
        e = (X @ W + b - y) / len(X)
        W, b = W - alpha * X.T @ e, b - alpha * e.sum(0)
    return W, b
""",
        """
def fit_with_autograd(X, y, W, b, alpha, steps):
    X, y = torch.tensor(X), torch.tensor(y)
    W, b = torch.tensor(W, requires_grad=True), torch.tensor(b, requires_grad=True)
    for _ in range(steps):
        e = y - X @ W - b
        loss = (e**2).sum() / (2 * len(X))
        loss.backward()
        W = W - alpha * W.grad
        b = b - alpha * b.grad
    return W.detach(), b.detach()
""",
        """
def fit_with_autograd(X, y, W, b, alpha, steps):
    X, y = torch.tensor(X), torch.tensor(y)
    W, b = torch.tensor(W, requires_grad=True), torch.tensor(b, requires_grad=True)
    for _ in range(steps):
        e = y - X @ W - b
        loss = (e**2).sum() / (2 * len(X))
        loss.backward()
        W -= alpha * W.grad
        b -= alpha * b.grad
    return W.detach(), b.detach()
""",
        """
def fit_with_autograd(X, y, W, b, alpha, steps):
    X, y = torch.tensor(X), torch.tensor(y)
    W, b = torch.tensor(W, requires_grad=True), torch.tensor(b, requires_grad=True)
    for _ in range(steps):
        e = y - X @ W - b
        loss = (e**2).sum() / (2 * len(X))
        W.grad = b.grad = None
        loss.backward()
        with torch.no_grad():
            W -= alpha * W.grad
            b -= alpha * b.grad
        return W.detach(), b.detach()
    return W.detach(), b.detach()
""",
        """
def fit_with_autograd(X, y, W, b, alpha, steps):
    X, y = torch.tensor(X), torch.tensor(y)
    W, b = torch.tensor(W, requires_grad=True), torch.tensor(b, requires_grad=True)
    for _ in range(steps):
        e = y - X @ W - b
        loss = (e**2).sum() / (2 * len(X))
        W.grad = None
        loss.backward()
        with torch.no_grad():
            W -= alpha * W.grad
            b -= alpha * b.grad
    return W.detach(), b.detach()
""",
        """
def fit_with_autograd(X, y, W, b, alpha, steps):
    X, y = torch.tensor(X).float(), torch.tensor(y).float()
    W, b = [torch.tensor(p).float().requires_grad_() for p in (W, b)]
    opt = torch.optim.SGD([W, b], lr=alpha)
    for _ in range(steps):
        opt.zero_grad()
        (((y - X @ W - b) ** 2).sum() / (2 * len(X))).backward()
        opt.step()
    return W.detach().double(), b.detach().double()
""",
        """
def fit_with_autograd(X, y, W, b, alpha, steps):
    X, y = torch.tensor(X), torch.tensor(y)
    W, b = [torch.tensor(p).requires_grad_() for p in (W, b)]
    opt = torch.optim.SGD([W, b], lr=0.1)
    for _ in range(steps):
        opt.zero_grad()
        (((y - X @ W - b) ** 2).sum() / (2 * len(X))).backward()
        opt.step()
    return W.detach(), b.detach()
""",
    ],
    "train_epoch": [
        """
def train_epoch(params, m, v, t, batches, alpha):
    params, m, v = list(params), list(m), list(v)
    for X, y in batches:
        t += 1
        grads = two_layer_backward(X, y, *params)
        for i in (0, 2):
            params[i], m[i], v[i] = adam_step(params[i], m[i], v[i], grads[i], t, alpha)
    return params, m, v, t
""",
        """
def train_epoch(params, m, v, t, batches, alpha):
    params, m, v = list(params), list(m), list(v)
    for X, y in batches:
        t += 1
        for i, g in enumerate(two_layer_backward(X, y, *params)):
            params[i], m[i], v[i] = adam_step(params[i], m[i], v[i], g, t)
    return params, m, v, t
""",
        """
def train_epoch(params, m, v, t, batches, alpha):
    params, m, v = list(params), list(m), list(v)
    for X, y in batches:
        for i, g in enumerate(two_layer_backward(X, y, *params)):
            params[i], m[i], v[i] = adam_step(params[i], m[i], v[i], g, t + 1, alpha)
    return params, m, v, t
""",
        """
def train_epoch(params, m, v, t, batches, alpha):
    params, m, v = list(params), list(m), list(v)
    for X, y in batches:
        t += 1
        for i, g in enumerate(two_layer_backward(X, y, *params)):
            params[i], m[0], v[0] = adam_step(params[i], m[0], v[0], g, t, alpha)
    return params, m, v, t
""",
        """
def train_epoch(params, m, v, t, batches, alpha):
    params, m, v = list(params), list(m), list(v)
    for X, y in batches[:-1]:
        t += 1
        for i, g in enumerate(two_layer_backward(X, y, *params)):
            params[i], m[i], v[i] = adam_step(params[i], m[i], v[i], g, t, alpha)
    return params, m, v, t
""",
        """
def train_epoch(params, m, v, t, batches, alpha):
    params, m, v = list(params), list(m), list(v)
    for X, y in batches:
        t += 1
        for i, g in enumerate(two_layer_backward(X, y, *params)):
            params[i], m[i], v[i] = adam_step(params[i], m[i], v[i], g, t, alpha)
        return params, m, v, t
""",
        """
def train_epoch(params, m, v, t, batches, alpha):
    params, m, v = list(params), list(m), list(v)
    for X, y in batches:
        t += 1
        grads = two_layer_backward(X, y, *params)
        for i in (0, 2):
            params[i], m[i], v[i] = adam_step(
                params[i], m[i], v[i], grads[i], t, alpha)
    return params, m, v, t
""",
        """
def train_epoch(params, m, v, t, batches, alpha):
    params, m, v = list(params), list(m), list(v)
    for X, y in batches:
        t += 1
        for i, g in enumerate(two_layer_backward(X, y, *params)):
            params[i], _, _ = adam_step(params[i], m[i], v[i], g, t, alpha)
    return params, m, v, t
""",
        """
def train_epoch(params, m, v, t, batches, alpha):
    params, m, v = list(params), list(m), list(v)
    for X, y in reversed(batches):
        t += 1
        for i, g in enumerate(two_layer_backward(X, y, *params)):
            params[i], m[i], v[i] = adam_step(params[i], m[i], v[i], g, t, alpha)
    return params, m, v, t
""",
        """
def train_epoch(params, m, v, t, batches, alpha):
    params, m, v = list(params), list(m), list(v)
    X = np.concatenate([b[0] for b in batches])
    y = np.concatenate([b[1] for b in batches])
    t += 1
    for i, g in enumerate(two_layer_backward(X, y, *params)):
        params[i], m[i], v[i] = adam_step(params[i], m[i], v[i], g, t, alpha)
    return params, m, v, t
""",
        """
def train_epoch(params, m, v, t, batches, alpha):
    for X, y in batches:
        t += 1
        for i, g in enumerate(two_layer_backward(X, y, *params)):
            p, m[i], v[i] = adam_step(params[i], m[i], v[i], g, t, alpha)
            params[i] -= params[i] - p
    return params, m, v, t
""",
        """
def train_epoch(params, m, v, t, batches, alpha):
    params, m, v = list(params), list(m), list(v)
    for X, y in batches:
        t += 1
        for i, g in enumerate(two_layer_backward(X, y, *params)):
            params[i], m[i], v[i] = adam_step(params[i], v[i], m[i], g, t, alpha)
    return params, m, v, t
""",
        """
def train_epoch(params, m, v, t, batches, alpha):
    params, m, v = list(params), list(m), list(v)
    for X, y in batches:
        t += 1
        for i, g in enumerate(two_layer_backward(X, y, *params)):
            params[i], m[i], v[i] = adam_step(params[i], m[i], v[i], g, t, alpha)
    return params, m, v
""",
        """
def train_epoch(params, m, v, t, batches, alpha):
    params, m, v = list(params), list(m), list(v)
    for i in range(len(batches)):
        X, y = batches[i]
        g = two_layer_backward(X, y, *params)
        t += 1
        for i in range(4):
            params[i], m[i], v[i] = adam_step(params[i], m[i], v[i], g[i], t, alpha)
    return params, m, v, t
""",
        """
def train_epoch(params, m, v, t, batches, alpha):
    params, m, v = list(params), list(m), list(v)
    for k, (X, y) in enumerate(batches):
        g = two_layer_backward(X, y, *params)
        for i in range(4):
            params[i], m[i], v[i] = adam_step(
                params[i], m[i], v[i], g[i], t + k + 1, alpha
            )
    return params, m, v, t + len(batches)
""",
        """
def train_epoch(params, m, v, t, batches, alpha):
    params, m, v = list(params), list(m), list(v)
    for X, y in batches:
        g = two_layer_backward(X, y, *params)
        t += 1
        for i in range(4):
            params[i], _, _ = adam_step(params[i], m[i], v[i], g[i], t, alpha)
    return params, m, v, t
""",
        """
def train_epoch(params, m, v, t, batches, alpha):
    params, m, v = list(params), list(m), list(v)
    for X, y in batches:
        g = two_layer_backward(X, y, *params)
        t += 1
        for i in range(4):
            params[i] = adam_step(params[i], m[i], v[i], g[i], t, alpha)[0]
        m, v = g, [q**2 for q in g]
    return params, m, v, t
""",
        """
def train_epoch(params, m, v, t, batches, alpha):
    params, m, v = list(params), list(m), list(v)
    for X, y in batches:
        g = two_layer_backward(X, y, *params)
        t += 1
        for i in range(4):
            params[i], m[i], v[i] = adam_step(params[i], m[i], v[i], g[i], t, alpha)
    return params, m, v
""",
        """
def train_epoch(params, m, v, t, batches, alpha):
    params, m, v = list(params), list(m), list(v)
    n = sum(1 for _ in batches)
    for X, y in batches:
        g = two_layer_backward(X, y, *params)
        t += 1
        for i in range(4):
            params[i], m[i], v[i] = adam_step(params[i], m[i], v[i], g[i], t, alpha)
    return params, m, v, t
""",
        """
def train_epoch(params, m, v, t, batches, alpha):
    params, m, v = list(params), list(m), list(v)
    for X, y in batches:
        g = two_layer_backward(X, y, *params)
        t += 1
        for i in range(4):
            params[i] = adam_step(params[i], m[i], v[i], g[i], t, alpha)
    return params, m, v, t
""",
    ],
}
RIGHT["deep_backward"] = [
    # by autograd
    """
def deep_backward(X, y, Ws, bs):
    Ws = [torch.tensor(W, requires_grad=True) for W in Ws]
    bs = [torch.tensor(b, requires_grad=True) for b in bs]
    h = torch.tensor(X)
    for i, (W, b) in enumerate(zip(Ws, bs)):
        h = h @ W + b
        if i < len(Ws) - 1:
            h = h.tanh()
    ((h - torch.tensor(y)) ** 2).sum().div(2 * len(X)).backward()
    return [W.grad.numpy() for W in Ws], [b.grad.numpy() for b in bs]
""",
    # from the top, by index
    """
def deep_backward(X, y, Ws, bs):
    h = [X]
    for l in range(len(Ws)):
        z = h[l] @ Ws[l] + bs[l]
        h.append(np.tanh(z) if l < len(Ws) - 1 else z)
    d = (h[-1] - y) / X.shape[0]
    dWs, dbs = [None] * len(Ws), [None] * len(Ws)
    for l in reversed(range(len(Ws))):
        dWs[l], dbs[l] = h[l].T @ d, d.sum(0)
        if l:
            d = d @ Ws[l].T * (1 - h[l] ** 2)
    return dWs, dbs
""",
]
WRONG["deep_backward"] = [
    # two layers, whatever comes
    """
def deep_backward(X, y, Ws, bs):
    grads = two_layer_backward(X, y, Ws[0], bs[0], Ws[-1], bs[-1])
    return [grads[0], grads[2]], [grads[1], grads[3]]
""",
    # the slope at the state above
    """
def deep_backward(X, y, Ws, bs):
    h = [X]
    for W, b in zip(Ws[:-1], bs[:-1]):
        h.append(np.tanh(h[-1] @ W + b))
    d = (h[-1] @ Ws[-1] + bs[-1] - y) / len(X)
    dWs, dbs = [], []
    for W, s in zip(Ws[::-1], h[::-1]):
        dWs.insert(0, s.T @ d)
        dbs.insert(0, d.sum(0))
        d = (d @ W.T) * (1 - np.tanh(s) ** 2)
    return dWs, dbs
""",
    # the slope of another layer, where the widths agree
    """
def deep_backward(X, y, Ws, bs):
    hs = [X]
    for W, b in zip(Ws[:-1], bs[:-1]):
        hs.append(np.tanh(hs[-1] @ W + b))
    delta = (hs[-1] @ Ws[-1] + bs[-1] - y) / len(X)
    dWs, dbs = [], []
    for l in range(len(Ws) - 1, -1, -1):
        dWs.insert(0, hs[l].T @ delta)
        dbs.insert(0, delta.sum(axis=0))
        back, h = delta @ Ws[l].T, hs[max(l - 1, 1) if len(hs) > 1 else 0]
        h = h if h.shape == back.shape else hs[l]
        delta = back * (1 - h**2)
    return dWs, dbs
""",
]

# One array that holds both results is a pair of arrays as well.
RIGHT["momentum_step"] += [
    """
def momentum_step(theta, v, grad, alpha, beta):
    speed = beta * v + grad
    return np.stack([theta - alpha * speed, speed])
""",
    """
def momentum_step(theta, v, grad, alpha, beta):
    speed = torch.as_tensor(beta * v + grad)
    return torch.stack([torch.as_tensor(theta) - alpha * speed, speed])
""",
]
WRONG["momentum_step"] += [
    """
def momentum_step(theta, v, grad, alpha, beta):
    speed = beta * v + grad
    return np.stack([theta - alpha * speed, speed], axis=-1)
""",
]
# Right where one direction is much steeper than the others.
WRONG["largest_stable_rate"] += [
    """
def largest_stable_rate(X):
    if not X.any():
        return np.inf
    v = np.linspace(1, 2, X.shape[1])
    for _ in range(60):
        v = X.T @ (X @ v)
        v /= np.linalg.norm(v)
    return 2 * len(X) / np.sum((X @ v) ** 2)
""",
]
WRONG["gradient_descent"] += [
    """
def gradient_descent(grad, theta0, alpha, steps):
    theta = np.array(theta0, dtype=float)
    path = [theta]
    for step in range(steps):
        rate = alpha * 0.5 * (1 + np.cos(np.pi * step / steps))
        theta = theta - rate * grad(theta)
        path.append(theta)
    return np.array(path)
""",
]
WRONG["adam_step"] += [
    """
def adam_step(theta, m, v, grad, t, alpha=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    if t < 1:
        raise ValueError("t")
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    ahead = beta1 * m + (1 - beta1) * grad
    step = ahead / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps)
    return theta - alpha * step, m, v
""",
]
WRONG["mse_gradients"] += [
    """
def mse_gradients(X, W, b, y):
    if y.shape != (len(X), W.shape[1]):
        raise ValueError("y")
    dW, db = np.zeros(W.shape), np.zeros(b.shape)
    for i in range(1, len(X)):
        error = X[i] @ W + b - y[i]
        dW += np.outer(X[i], error) / len(X)
        db += error / len(X)
    return dW, db
""",
]

WRONG["adam_step"] += [
    # the correction of m ends after nine steps
    """
def adam_step(
    theta, m, v, grad, t, alpha=1e-3, beta1=0.9, beta2=0.999, eps=1e-8
):
    if t < 1:
        raise ValueError("t starts at 1")
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**t) if t < 10 else m
    v_hat = v / (1 - beta2**t)
    return theta - alpha * m_hat / (np.sqrt(v_hat) + eps), m, v
""",
]

WRONG["fit_with_autograd"] += [
    # small losses end the descent
    """
def fit_with_autograd(X, y, W, b, alpha, steps):
    X, y = torch.tensor(X), torch.tensor(y)
    W = torch.tensor(W, requires_grad=True)
    b = torch.tensor(b, requires_grad=True)
    optimizer = torch.optim.SGD([W, b], lr=alpha)
    for _ in range(steps):
        optimizer.zero_grad()
        loss = ((X @ W + b - y) ** 2).sum() / (2 * len(X))
        if loss.item() < 1e-4:
            break
        loss.backward()
        optimizer.step()
    return W.detach(), b.detach()
""",
]

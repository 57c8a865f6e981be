"""Chapter 02: right answers in other forms, and wrong ones that nobody listed."""

RIGHT = {
    "softmax": [
        """
from scipy.special import softmax as library

def softmax(z, axis=-1):
    return library(np.asarray(z, dtype=float), axis=axis)
""",
        """
def softmax(z, axis=-1):
    return torch.softmax(torch.as_tensor(np.array(z, dtype=float)), dim=axis)
""",
        """
def one(row):
    if len(row) == 0:
        return row
    top = max(row)
    e = [math.exp(v - top) for v in row]
    return np.array(e) / sum(e)

import math

def softmax(z, axis=-1):
    z = np.array(z, dtype=float)
    return np.apply_along_axis(one, axis, z) if z.size else z
""",
        """
def softmax(z, axis=-1):
    z = np.asarray(z, dtype=np.float64)
    return np.exp(z - np.logaddexp.reduce(z, axis=axis, keepdims=True))
""",
        """
def softmax(z, axis=-1):
    z = np.moveaxis(np.array(z, dtype=np.float32), axis, -1)
    z = z - np.max(z, axis=-1)[..., None]
    e = np.exp(z)
    return np.moveaxis(e / np.sum(e, axis=-1)[..., None], -1, axis)
""",
    ],
    "one_hot": [
        """
def one_hot(y, k):
    y = torch.as_tensor(np.asarray(y, dtype=np.int64))
    if y.dim() != 1:
        raise ValueError
    if len(y) and (y.min() < 0 or y.max() >= k):
        raise ValueError
    return torch.zeros(len(y), k).scatter_(1, y[:, None], 1).numpy()
""",
        """
def one_hot(y, k):
    y = np.asarray(y)
    if y.ndim != 1 or np.any(y < 0) or np.any(y >= k):
        raise ValueError("labels")
    return (y[:, None] == np.arange(k)).astype(int)
""",
        """
def one_hot(y, k):
    if np.ndim(y) != 1:
        raise ValueError("labels")
    rows = np.empty((len(y), k), dtype=np.float32)
    for i, label in enumerate(y):
        if not 0 <= label < k:
            raise ValueError(f"label {label}")
        rows[i] = [float(j == label) for j in range(k)]
    return rows
""",
        """
def one_hot(y, k):
    y = np.array(y, dtype=int)
    if y.ndim != 1 or ((y < 0) | (y >= k)).any():
        raise ValueError("labels")
    return np.eye(k)[y]
""",
        """
def one_hot(y, k):
    t = torch.as_tensor(np.asarray(y, dtype=np.int64))
    if t.dim() != 1 or (t < 0).any() or (t >= k).any():
        raise ValueError("labels")
    return F.one_hot(t, num_classes=k)
""",
    ],
    "cross_entropy": [
        """
def cross_entropy(Z, Y):
    if np.shape(Z) != np.shape(Y) or np.ndim(Z) != 2 or len(Z) == 0:
        raise ValueError("shapes")
    if (Y < 0).any() or (abs(Y.sum(-1) - 1) > 1e-6).any():
        raise ValueError("Y")
    logp = F.log_softmax(torch.tensor(Z, dtype=torch.float64), dim=1)
    Y = torch.tensor(Y, dtype=torch.float64)
    return -(torch.where(Y > 0, Y * logp, 0.0)).sum(dim=1).mean().item()
""",
        """
from scipy.special import logsumexp, xlogy

def cross_entropy(Z, Y):
    Z, Y = np.array(Z, dtype=float), np.array(Y, dtype=float)
    if Z.shape != Y.shape or not len(Z):
        raise ValueError("shapes")
    if np.any(Y < 0) or not np.allclose(Y.sum(1), 1, rtol=0, atol=1e-6):
        raise ValueError("no probabilities")
    log_p = Z - logsumexp(Z, axis=1, keepdims=True)
    return -np.where(Y > 0, Y * np.where(Y > 0, log_p, 0), 0).sum(axis=1).mean()
""",
        """
def cross_entropy(Z, Y):
    Z, Y = np.array(Z, dtype=float), np.array(Y, dtype=float)
    if Z.shape != Y.shape or Z.ndim != 2 or len(Z) == 0:
        raise ValueError("shapes")
    if (Y < 0).any() or (np.abs(Y.sum(1) - 1) > 1e-6).any():
        raise ValueError("no probabilities")
    log_p = torch.log_softmax(torch.tensor(Z), dim=1)
    Y = torch.tensor(Y)
    return -(Y[Y > 0] * log_p[Y > 0]).sum() / len(Z)
""",
        """
import math

def cross_entropy(Z, Y):
    if np.shape(Z) != np.shape(Y) or np.ndim(Z) != 2 or len(Z) == 0:
        raise ValueError("shapes")
    total = 0.0
    for z, y in zip(np.asarray(Z, float), np.asarray(Y, float)):
        if min(y) < 0 or abs(sum(y) - 1) > 1e-6:
            raise ValueError("no probabilities")
        top = max(z)
        log_sum = top + math.log(sum(math.exp(v - top) for v in z))
        total += sum(t * (log_sum - v) for v, t in zip(z, y) if t > 0)
    return total / len(Z)
""",
        """
def cross_entropy(Z, Y):
    Z, Y = np.asarray(Z, dtype=float), np.asarray(Y, dtype=float)
    if Z.shape != Y.shape or Z.shape[0] == 0 or Z.ndim != 2:
        raise ValueError("shapes")
    if (Y < 0).any() or (abs(Y.sum(axis=1) - 1) > 1e-6).any():
        raise ValueError("no probabilities")
    log_sum = np.logaddexp.reduce(Z, axis=1)
    finite = np.where(Y > 0, Z, 0.0)
    return np.mean(log_sum * Y.sum(axis=1) - np.einsum("ij,ij->i", Y, finite))
""",
    ],
    "accuracy": [
        """
def accuracy(y, y_hat):
    if np.shape(y) != np.shape(y_hat) or np.ndim(y) != 1 or len(y) == 0:
        raise ValueError("labels")
    return sum(int(a == b) for a, b in zip(y, y_hat)) / len(y)
""",
        """
def accuracy(y, y_hat):
    y, y_hat = map(np.asarray, (y, y_hat))
    if y.ndim != 1 or y_hat.shape != y.shape or not y.size:
        raise ValueError("labels")
    return np.count_nonzero(y == y_hat) / y.size
""",
        """
def accuracy(y, y_hat):
    y, y_hat = np.asarray(y), np.asarray(y_hat)
    if y.shape != y_hat.shape or y.ndim != 1 or y.size < 1:
        raise ValueError("labels")
    return 1 - np.mean((y != y_hat).astype(np.float32))
""",
        """
from sklearn.metrics import accuracy_score

def accuracy(y, y_hat):
    if np.shape(y) != np.shape(y_hat) or np.ndim(y) != 1 or np.size(y) == 0:
        raise ValueError("labels")
    return accuracy_score(y, y_hat)
""",
    ],
    "confusion_matrix": [
        """
def confusion_matrix(y, y_hat, k):
    if np.shape(y) != np.shape(y_hat):
        raise ValueError("shapes")
    C = [[0] * k for _ in range(k)]
    for a, b in zip(y, y_hat):
        if not (0 <= a < k and 0 <= b < k):
            raise ValueError("labels")
        C[a][b] += 1
    return C
""",
        """
def confusion_matrix(y, y_hat, k):
    y, y_hat = np.asarray(y, dtype=int), np.asarray(y_hat, dtype=int)
    if y.shape != y_hat.shape:
        raise ValueError("shapes")
    both = np.concatenate([y, y_hat])
    if np.any((both < 0) | (both >= k)):
        raise ValueError("labels")
    return np.bincount(k * y + y_hat, minlength=k * k).reshape(k, k)
""",
        """
def confusion_matrix(y, y_hat, k):
    y, y_hat = np.array(y, dtype=int), np.array(y_hat, dtype=int)
    if y.shape != y_hat.shape:
        raise ValueError("shapes")
    for a in (y, y_hat):
        if ((a < 0) | (a > k - 1)).any():
            raise ValueError("labels")
    return one_hot(y, k).T.astype(int) @ one_hot(y_hat, k).astype(int)
""",
        """
from collections import Counter

def confusion_matrix(y, y_hat, k):
    y, y_hat = list(y), list(y_hat)
    if len(y) != len(y_hat):
        raise ValueError("shapes")
    if any(v < 0 or v >= k for v in y + y_hat):
        raise ValueError("labels")
    pairs = Counter(zip(y, y_hat))
    return np.array([[pairs[i, j] for j in range(k)] for i in range(k)], np.int32)
""",
    ],
    "precision_recall": [
        """
from sklearn.metrics import precision_recall_fscore_support

def precision_recall(y, y_hat, k):
    if len(y) == 0:
        return np.zeros(k), np.zeros(k)
    return precision_recall_fscore_support(
        y, y_hat, labels=range(k), zero_division=0)[:2]
""",
        """
def precision_recall(y, y_hat, k):
    y, y_hat = np.asarray(y), np.asarray(y_hat)
    p, r = np.zeros(k), np.zeros(k)
    for j in range(k):
        hits = np.sum((y == j) & (y_hat == j))
        if (y_hat == j).any():
            p[j] = hits / np.sum(y_hat == j)
        if (y == j).any():
            r[j] = hits / np.sum(y == j)
    return p, r
""",
        """
def precision_recall(y, y_hat, k):
    C = np.asarray(confusion_matrix(y, y_hat, k), dtype=float)
    with np.errstate(invalid="ignore"):
        parts = np.diag(C) / C.sum(axis=0), np.diag(C) / C.sum(axis=1)
    return tuple(np.nan_to_num(part) for part in parts)
""",
        """
def share(a, b):
    return a / b if b else 0.0

def precision_recall(y, y_hat, k):
    pairs = list(zip(y, y_hat))
    hits = [sum(a == b == j for a, b in pairs) for j in range(k)]
    p = [share(hits[j], sum(b == j for _, b in pairs)) for j in range(k)]
    r = [share(hits[j], sum(a == j for a, _ in pairs)) for j in range(k)]
    return [p, r]
""",
    ],
    "softmax_gradients": [
        """
def softmax_gradients(X, W, b, Y):
    if X.ndim != 2 or W.shape != (X.shape[1], len(b)) or b.ndim != 1:
        raise ValueError("shapes")
    if Y.shape != (len(X), len(b)) or len(X) == 0:
        raise ValueError("shapes")
    W, b = (torch.tensor(p, requires_grad=True) for p in (W, b))
    X, Y = torch.tensor(X).double(), torch.tensor(Y).double()
    return torch.autograd.grad(F.cross_entropy(X @ W + b, Y), (W, b))
""",
        """
from scipy.special import softmax as probabilities

def softmax_gradients(X, W, b, Y):
    N, d = X.shape
    k = b.shape[0]
    if W.shape != (d, k) or b.shape != (k,) or Y.shape != (N, k) or N == 0:
        raise ValueError("shapes")
    G = probabilities(X @ W + b, axis=1) - Y
    return np.einsum("nd,nk->dk", X, G) / N, G.mean(axis=0)
""",
        """
def softmax_gradients(X, W, b, Y):
    if (np.ndim(b) != 1 or np.shape(W) != (np.shape(X)[1], len(b))
            or np.shape(Y) != (len(X), len(b)) or len(X) < 1):
        raise ValueError("shapes")
    dW, db = np.zeros(W.shape), np.zeros(b.shape)
    for x, y in zip(X, Y):
        z = x @ W + b
        e = np.exp(z - z.max())
        g = e / e.sum() - y
        dW += np.outer(x, g) / len(X)
        db += g / len(X)
    return [dW, db]
""",
        """
def softmax_gradients(X, W, b, Y):
    N = len(X)
    if b.ndim != 1 or W.shape != (X.shape[1], b.size) or Y.shape != (N, b.size):
        raise ValueError("shapes")
    if not N:
        raise ValueError("empty")
    A = np.hstack([X, np.ones((N, 1))])
    G = A.T @ (softmax(A @ np.vstack([W, b]), axis=1) - Y) / N
    return G[:-1], G[-1]
""",
    ],
    "sigmoid": [
        """
def sigmoid(z):
    return np.exp(-np.logaddexp(0, -np.asarray(z, dtype=float)))
""",
        """
from scipy.special import expit

def sigmoid(z):
    return expit(np.asarray(z, dtype=float))
""",
        """
def sigmoid(z):
    return 0.5 * (1 + np.tanh(np.asarray(z, dtype=float) / 2))
""",
        """
def sigmoid(z):
    return torch.sigmoid(torch.as_tensor(np.asarray(z, dtype=float))).numpy()
""",
        """
def sigmoid(z):
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-np.asarray(z, dtype=float)))
""",
        """
def sigmoid(z):
    z = np.array(z, dtype=float)
    out = np.empty_like(z)
    for i in np.ndindex(z.shape):
        e = np.exp(-abs(z[i]))
        out[i] = 1 / (1 + e) if z[i] > 0 else e / (1 + e)
    return out
""",
        """
def sigmoid(z):
    return np.exp(-np.logaddexp(0, -np.asarray(z, dtype=float)))
""",
    ],
    "relu": [
        "def relu(z):\n    return F.relu(torch.as_tensor(np.asarray(z)))",
        "def relu(z):\n    z = np.asarray(z)\n    return z * (z > 0)",
        "def relu(z):\n    return np.clip(z, 0, None)",
        "def relu(z):\n    z = np.array(z)\n    z[z < 0] = 0\n    return z",
        """
def relu(z):
    z = np.asarray(z, dtype=float)
    return (z + np.abs(z)) / 2
""",
    ],
    "dense": [
        "dense = lambda x, W, b, sigma: sigma(np.dot(x, W.T) + b)",
        "def dense(x, W, b, sigma):\n"
        "    return sigma(np.einsum('...d,md->...m', x, W) + b)",
        """
def dense(x, W, b, sigma):
    if x.ndim == 1:
        return sigma(W @ x + b)
    return np.array([dense(row, W, b, sigma) for row in x])
""",
        """
def dense(x, W, b, sigma):
    layer = torch.nn.Linear(W.shape[1], W.shape[0]).double()
    with torch.no_grad():
        layer.weight.copy_(torch.tensor(W))
        layer.bias.copy_(torch.tensor(b))
        return sigma(layer(torch.tensor(x).double()).numpy())
""",
        """
class Dense:
    def __call__(self, x, W, b, sigma):
        return sigma((W @ np.asarray(x).T).T + b)

dense = Dense()
""",
    ],
    "conv2d": [
        """
def conv2d(X, K):
    N, C, H, W = X.shape
    Fn, C2, h, w = K.shape
    if C != C2:
        raise ValueError("channels")
    if h > H or w > W:
        raise ValueError("kernel too large")

    a, b = H - h + 1, W - w + 1
    moves = [(u, v) for u in range(h) for v in range(w)]
    cols = np.stack([X[:, :, u:u + a, v:v + b] for u, v in moves], axis=2)
    Y = K.reshape(Fn, -1) @ cols.reshape(N, C * h * w, a * b)
    return Y.reshape(N, Fn, a, b)
""",
        """
def conv2d(X, K):
    if X.shape[1] != K.shape[1] or K.shape[2] > X.shape[2] or K.shape[3] > X.shape[3]:
        raise ValueError("shapes")
    return F.conv2d(torch.tensor(X).double(), torch.tensor(K).double())
""",
        """
def conv2d(X, K):
    N, C, H, W = X.shape
    Fs, Ck, h, w = K.shape
    if C != Ck or h > H or w > W:
        raise ValueError("shapes")
    windows = np.lib.stride_tricks.sliding_window_view(X, (h, w), axis=(2, 3))
    return np.einsum("ncijuv,fcuv->nfij", windows, K)
""",
        """
def conv2d(X, K):
    N, C, H, W = X.shape
    Fs, Ck, h, w = K.shape
    if C != Ck or h > H or w > W:
        raise ValueError("shapes")
    Y = np.zeros((N, Fs, H - h + 1, W - w + 1))
    for n, f, i, j in np.ndindex(*Y.shape):
        Y[n, f, i, j] = (X[n, :, i:i + h, j:j + w] * K[f]).sum()
    return Y
""",
        """
from scipy.signal import correlate

def conv2d(X, K):
    if X.shape[1] != K.shape[1] or K.shape[2] > X.shape[2] or K.shape[3] > X.shape[3]:
        raise ValueError("shapes")
    if len(X) == 0:
        return np.zeros((0, len(K), *(np.subtract(X.shape[2:], K.shape[2:]) + 1)))
    return np.array([[correlate(x, k, mode="valid")[0] for k in K] for x in X * 1.0])
""",
        """
def conv2d(X, K):
    N, C, H, W = X.shape
    Fs, Ck, h, w = K.shape
    if Ck != C or h > H or w > W:
        raise ValueError("shapes")
    oh, ow = H - h + 1, W - w + 1
    columns = np.stack([X[:, :, u:u + oh, v:v + ow]
                        for u in range(h) for v in range(w)], axis=2)
    columns = columns.reshape(N, C * h * w, oh * ow)
    return (K.reshape(Fs, -1) @ columns).reshape(N, Fs, oh, ow)
""",
    ],
    "max_pool2d": [
        "def max_pool2d(X, size):\n    return F.max_pool2d(torch.tensor(X), size)",
        """
def max_pool2d(X, size):
    h, w = X.shape[2] // size, X.shape[3] // size
    parts = [X[:, :, u::size, v::size][:, :, :h, :w]
             for u in range(size) for v in range(size)]
    return np.max(parts, axis=0)
""",
        """
def max_pool2d(X, size):
    N, C, H, W = X.shape
    Y = np.empty((N, C, H // size, W // size))
    for i in range(H // size):
        for j in range(W // size):
            window = X[:, :, i * size:(i + 1) * size, j * size:(j + 1) * size]
            Y[:, :, i, j] = window.reshape(N, C, -1).max(axis=-1)
    return Y
""",
        """
def max_pool2d(X, size):
    view = np.lib.stride_tricks.sliding_window_view(X, (size, size), axis=(2, 3))
    return view[:, :, ::size, ::size].max(axis=(-1, -2))
""",
    ],
    "standardise": [
        """
def standardise(X_train, X_other):
    mean = X_train.sum() / X_train.size
    sd = np.sqrt(((X_train - mean) ** 2).mean())
    if X_train.min() == X_train.max():
        sd = 1
    return [(X_train - mean) / sd, (X_other - mean) / sd]
""",
        """
def standardise(X_train, X_other):
    X = torch.tensor(X_train).double()
    mean, sd = X.mean(), X.std(unbiased=False)
    sd = sd if X.max() > X.min() else torch.ones(())
    return (X - mean) / sd, (torch.tensor(X_other).double() - mean) / sd
""",
        """
import statistics

def standardise(X_train, X_other):
    flat = np.ravel(X_train).astype(float).tolist()
    mean, sd = statistics.fmean(flat), statistics.pstdev(flat) or 1.0
    return tuple((np.asarray(X, dtype=float) - mean) / sd for X in (X_train, X_other))
""",
        """
from sklearn.preprocessing import StandardScaler

def standardise(X_train, X_other):
    scaler = StandardScaler().fit(X_train.reshape(-1, 1).astype(float))
    return tuple(scaler.transform(X.reshape(-1, 1)).reshape(X.shape)
                 for X in (X_train, X_other))
""",
    ],
    "shift_images": [
        """
def shift_images(images, dy, dx, fill=0.0):
    out = np.roll(images, (dy, dx), axis=(1, 2)).astype(float)
    if dy > 0: out[:, :dy] = fill
    if dy < 0: out[:, dy:] = fill
    if dx > 0: out[:, :, :dx] = fill
    if dx < 0: out[:, :, dx:] = fill
    return out
""",
        """
def shift_images(images, dy, dx, fill=0.0):
    N, H, W = images.shape
    out = np.full_like(images, fill)
    for i in range(H):
        for j in range(W):
            if 0 <= i - dy < H and 0 <= j - dx < W:
                out[:, i, j] = images[:, i - dy, j - dx]
    return out
""",
        """
def shift_images(images, dy, dx, fill=0.0):
    N, H, W = images.shape
    pad = [(0, 0), (abs(dy), abs(dy)), (abs(dx), abs(dx))]
    big = np.pad(images, pad, constant_values=fill)
    y, x = abs(dy) - dy, abs(dx) - dx
    return big[:, y:y + H, x:x + W].copy()
""",
        """
def shift_images(images, dy, dx, fill=0.0):
    out = np.roll(images, (dy, dx), axis=(1, 2))
    out[:, (slice(0, dy) if dy > 0 else slice(dy, None)) if dy else slice(0, 0)] = fill
    side = (slice(0, dx) if dx > 0 else slice(dx, None)) if dx else slice(0, 0)
    out[:, :, side] = fill
    if abs(dy) >= images.shape[1] or abs(dx) >= images.shape[2]:
        out[...] = fill
    return out
""",
        """
from scipy.ndimage import shift

def shift_images(images, dy, dx, fill=0.0):
    return shift(images, (0, dy, dx), order=0, mode="constant", cval=fill)
""",
        """
def shift_images(images, dy, dx, fill=0.0):
    N, H, W = images.shape
    rows, columns = np.arange(H) - dy, np.arange(W) - dx
    inside = ((rows >= 0) & (rows < H))[:, None] & ((columns >= 0) & (columns < W))
    moved = images[:, rows.clip(0, H - 1)][:, :, columns.clip(0, W - 1)]
    return np.where(inside, moved, fill)
""",
    ],
    "build_mlp": [
        """
class MLP(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        if len(sizes) < 2:
            raise ValueError("sizes")
        self.stack = nn.ModuleList(
            [nn.Linear(a, b) for a, b in zip(sizes, sizes[1:])])

    def forward(self, x):
        for layer in self.stack[:-1]:
            x = torch.relu(layer(x))
        return self.stack[-1](x)

build_mlp = MLP
""",
        """
def build_mlp(sizes):
    if len(sizes) <= 1:
        raise ValueError("sizes")
    model = nn.Sequential()
    for i in range(len(sizes) - 1):
        if i:
            model.append(nn.ReLU(inplace=True))
        model.append(nn.Linear(sizes[i], sizes[i + 1]))
    return model
""",
        """
def build_mlp(sizes):
    if len(sizes) < 2:
        raise ValueError("sizes")
    first = nn.Linear(sizes[0], sizes[1])
    if len(sizes) == 2:
        return first
    return nn.Sequential(first, nn.ReLU(), build_mlp(sizes[1:]))
""",
        """
def build_mlp(sizes):
    if len(sizes) < 2:
        raise ValueError("sizes")
    hidden = [nn.Sequential(nn.LazyLinear(m), nn.ReLU()) for m in sizes[1:-1]]
    return nn.Sequential(*hidden, nn.LazyLinear(sizes[-1]))
""",
        """
import itertools

def build_mlp(sizes):
    if len(sizes) < 2:
        raise ValueError("sizes")
    model = nn.Module()
    model.layers = nn.ModuleList(
        itertools.starmap(nn.Linear, itertools.pairwise(sizes)))

    def forward(x):
        *hidden, last = model.layers
        for layer in hidden:
            x = F.relu(layer(x))
        return last(x)

    model.forward = forward
    return model
""",
    ],
    "count_parameters": [
        """
def count_parameters(model):
    total = 0
    for p in model.parameters():
        if p.requires_grad:
            size = 1
            for n in p.shape:
                size *= n
            total += size
    return total
""",
        """
def count_parameters(model):
    return int(sum(np.prod(tuple(p.shape)) for _, p in model.named_parameters()
                   if p.requires_grad))
""",
        """
def count_parameters(model):
    seen = {id(p): p.numel() for m in model.modules()
            for p in m.parameters(recurse=False) if p.requires_grad}
    return sum(seen.values())
""",
        """
def count_parameters(model):
    return len(torch.cat([torch.zeros(0)] + [
        p.detach().flatten() for p in model.parameters() if p.requires_grad]))
""",
    ],
    "build_cnn": [
        """
class Net(nn.Module):
    def __init__(self, c1, c2, k):
        super().__init__()
        self.fc = nn.Linear(c2 * 7 * 7, k)
        self.conv2 = nn.Conv2d(c1, c2, 3, padding=1)
        self.conv1 = nn.Conv2d(1, c1, 3, padding=1)
    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x.reshape(len(x), 1, 28, 28))), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        return self.fc(torch.flatten(x, 1))
def build_cnn(c1, c2, k):
    return Net(c1, c2, k)
""",
        """
class CNN(nn.Module):
    def __init__(self, c1, c2, k):
        super().__init__()
        self.one = nn.Conv2d(1, c1, 3, padding="same")
        self.two = nn.Conv2d(c1, c2, 3, padding="same")
        self.out = nn.Linear(49 * c2, k)

    def forward(self, x):
        x = x.view(-1, 1, 28, 28)
        x = F.max_pool2d(F.relu(self.one(x)), 2)
        x = F.max_pool2d(F.relu(self.two(x)), 2)
        return self.out(x.flatten(1))

def build_cnn(c1, c2, k):
    return CNN(c1, c2, k)
""",
        """
def block(i, o):
    return nn.Sequential(nn.Conv2d(i, o, (3, 3), 1, 1), nn.MaxPool2d(2), nn.ReLU())

def build_cnn(c1, c2, k):
    return nn.Sequential(nn.Unflatten(-1, (1, 28, 28)), block(1, c1), block(c1, c2),
                         nn.Flatten(), nn.Linear(c2 * 49, k))
""",
        """
class Images(nn.Module):
    def forward(self, x):
        return x.reshape(len(x), 1, 28, 28)

def build_cnn(c1, c2, k):
    return nn.Sequential(
        Images(), nn.LazyConv2d(c1, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2, 2),
        nn.LazyConv2d(c2, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2, 2),
        nn.Flatten(1), nn.LazyLinear(k))
""",
        """
def build_cnn(c1, c2, k):
    layers, channels = [nn.Unflatten(1, (1, 28, 28))], 1
    for c, side in ((c1, 14), (c2, 7)):
        layers += [nn.Conv2d(channels, c, 3, padding=1), nn.ReLU(),
                   nn.AdaptiveMaxPool2d(side)]
        channels = c
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(c2 * 7 * 7, k))
""",
    ],
    "train_softmax_regression": [
        """
def train_softmax_regression(X, y, X_val, y_val, k, alpha, batch_size, orders):
    W, b = np.zeros((X.shape[1], k)), np.zeros(k)
    losses, accuracies = [], []
    for order in orders:
        for rows in np.split(order, range(batch_size, len(order), batch_size)):
            Z = X[rows] @ W + b
            P = np.exp(Z - Z.max(1, keepdims=True))
            P /= P.sum(1, keepdims=True)
            P[np.arange(len(rows)), y[rows]] -= 1
            W -= alpha * X[rows].T @ P / len(rows)
            b -= alpha * P.mean(0)
        Z = X @ W + b
        log_p = Z - np.logaddexp.reduce(Z, axis=1, keepdims=True)
        losses.append(-log_p[np.arange(len(y)), y].mean())
        accuracies.append(((X_val @ W + b).argmax(1) == y_val).mean())
    return W, b, losses, accuracies
""",
        """
def train_softmax_regression(X, y, X_val, y_val, k, alpha, batch_size, orders):
    W = torch.zeros(X.shape[1], k, dtype=torch.float64, requires_grad=True)
    b = torch.zeros(k, dtype=torch.float64, requires_grad=True)
    X, y, X_val, y_val = map(torch.tensor, (X, y, X_val, y_val))
    optimizer = torch.optim.SGD([W, b], lr=alpha)
    history = []
    for order in torch.tensor(orders):
        for rows in order.split(batch_size):
            optimizer.zero_grad()
            F.cross_entropy(X[rows] @ W + b, y[rows]).backward()
            optimizer.step()
        loss = F.cross_entropy(X @ W + b, y).item()
        right = ((X_val @ W + b).argmax(1) == y_val).double().mean().item()
        history.append((loss, right))
    return W.detach().numpy(), b.detach().numpy(), *np.array(history).T
""",
        """
def epoch(W, b, X, Y, order, alpha, batch_size):
    if len(order) == 0:
        return W, b
    now, later = order[:batch_size], order[batch_size:]
    dW, db = softmax_gradients(X[now], W, b, Y[now])
    return epoch(W - alpha * dW, b - alpha * db, X, Y, later, alpha, batch_size)

def train_softmax_regression(X, y, X_val, y_val, k, alpha, batch_size, orders):
    Y, W, b = one_hot(y, k), np.zeros((X.shape[1], k)), np.zeros(k)
    rows = []
    for order in orders:
        W, b = epoch(W, b, X, Y, order, alpha, batch_size)
        rows.append([cross_entropy(X @ W + b, Y),
                     accuracy(y_val, softmax(X_val @ W + b).argmax(axis=1))])
    losses, accuracies = zip(*rows)
    return W, b, losses, accuracies
""",
        """
def train_softmax_regression(X, y, X_val, y_val, k, alpha, batch_size, orders):
    A = np.c_[X, np.ones(len(X))]
    V = np.c_[X_val, np.ones(len(X_val))]
    T, Y = np.zeros((A.shape[1], k)), np.eye(k)[y]
    E, N = orders.shape
    losses, accuracies = np.empty(E), np.empty(E)
    for e in range(E):
        for i in range(-(-N // batch_size)):
            rows = orders[e, i * batch_size:(i + 1) * batch_size]
            T = T - alpha * A[rows].T @ (softmax(A[rows] @ T) - Y[rows]) / len(rows)
        losses[e] = cross_entropy(A @ T, Y)
        accuracies[e] = np.mean((V @ T).argmax(1) == y_val)
    return T[:-1], T[-1], losses, accuracies
""",
    ],
    "train_classifier": [
        """
def train_classifier(model, X, y, X_val, y_val, orders, batch_size, alpha):
    opt, h, states = torch.optim.Adam(model.parameters(), alpha), [], []
    for order in orders:
        model.train()
        losses = []
        for i in torch.as_tensor(order).split(batch_size):
            each = F.cross_entropy(model(X[i]), y[i], reduction="none")
            opt.zero_grad(); each.mean().backward(); opt.step()
            losses.append(each.detach())
        model.eval()
        with torch.inference_mode():
            Z = model(X_val)
            right = (Z.argmax(1) == y_val).double().mean()
            h.append((torch.cat(losses).mean(), F.cross_entropy(Z, y_val), right))
        states.append(copy.deepcopy(model.state_dict()))
    a, b, c = map(torch.stack, zip(*h))
    model.load_state_dict(states[e := b.argmin().item()])
    return dict(train_loss=a, val_loss=b, val_accuracy=c, best_epoch=e)
""",
        """
def train_classifier(model, X, y, X_val, y_val, orders, batch_size, alpha):
    loss_of = nn.CrossEntropyLoss()
    adam = torch.optim.Adam(
        [p for p in model.parameters() if p.requires_grad], lr=alpha)
    history = {"train_loss": [], "val_loss": [], "val_accuracy": []}
    best, best_loss, kept = 0, float("inf"), None
    for epoch, order in enumerate(orders):
        order = torch.as_tensor(order)
        model.train()
        losses = []
        for start in range(0, len(order), batch_size):
            rows = order[start:start + batch_size]
            loss = loss_of(model(X[rows]), y[rows])
            adam.zero_grad()
            loss.backward()
            adam.step()
            losses += [loss.item()] * len(rows)
        history["train_loss"].append(sum(losses) / len(losses))
        model.eval()
        with torch.no_grad():
            Z = model(X_val)
            history["val_loss"].append(float(loss_of(Z, y_val)))
            hits = (Z.argmax(1) == y_val).double().mean()
            history["val_accuracy"].append(float(hits))
        if history["val_loss"][-1] < best_loss:
            best, best_loss = epoch, history["val_loss"][-1]
            kept = {n: t.clone() for n, t in model.state_dict().items()}
    model.load_state_dict(kept)
    history["best_epoch"] = best
    return history
""",
        """
import io

@torch.no_grad()
def measure(model, X, y):
    model.eval()
    Z = model(X)
    return F.nll_loss(Z.log_softmax(1), y).item(), (Z.argmax(1) == y).numpy().mean()

def train_classifier(model, X, y, X_val, y_val, orders, batch_size, alpha):
    adam = torch.optim.Adam(model.parameters(), alpha)
    train, val, right, saved = [], [], [], []
    for order in np.asarray(orders):
        total = []
        for rows in np.split(order, range(batch_size, len(order), batch_size)):
            model.train()
            adam.zero_grad(set_to_none=False)
            loss = F.cross_entropy(model(X[rows]), y[rows], reduction="none")
            loss.mean().backward()
            adam.step()
            total.append(loss.detach())
        train.append(torch.cat(total).mean())
        one, other = measure(model, X_val, y_val)
        val.append(one)
        right.append(other)
        saved.append(io.BytesIO())
        torch.save(model.state_dict(), saved[-1])
    best = int(np.argmin(val))
    saved[best].seek(0)
    model.load_state_dict(torch.load(saved[best]))
    print("best", best)
    return {"train_loss": np.array(train), "val_loss": np.array(val),
            "val_accuracy": np.array(right), "best_epoch": best, "extra": "kept"}
""",
        """
def train_classifier(model, X, y, X_val, y_val, orders, batch_size, alpha):
    from torch.utils.data import DataLoader, TensorDataset
    adam = torch.optim.Adam(model.parameters(), lr=alpha, foreach=False)
    data, epochs, models = TensorDataset(X, y), [], []
    for order in torch.as_tensor(orders).tolist():
        loader = DataLoader(data, batch_size=batch_size, sampler=order)
        model.train(True)
        total = 0
        for Xb, yb in loader:
            loss = F.cross_entropy(model(Xb), yb, reduction="sum")
            model.zero_grad()
            (loss / len(yb)).backward()
            adam.step()
            total += loss.item()
        model.train(False)
        with torch.inference_mode():
            Z = model(X_val)
            val = F.cross_entropy(Z, y_val).item()
            hits = sum(int(a == b) for a, b in zip(Z.argmax(1), y_val)) / len(y_val)
        epochs.append((total / len(y), val, hits))
        models.append(copy.deepcopy(model.state_dict()))
    best = min(range(len(epochs)), key=lambda e: epochs[e][1])
    model.load_state_dict(models[best])
    train, val, hits = map(list, zip(*epochs))
    return dict(train_loss=train, val_loss=val, val_accuracy=hits, best_epoch=best)
""",
        """
def train_classifier(model, X, y, X_val, y_val, orders, batch_size, alpha):
    params = [p for p in model.parameters() if p.requires_grad]
    m, v = [torch.zeros_like(p) for p in params], [torch.zeros_like(p) for p in params]
    t, out = 0, {"train_loss": [], "val_loss": [], "val_accuracy": []}
    lowest = None
    for e in range(len(orders)):
        model.train()
        total = 0.0
        for s in range(0, len(orders[e]), batch_size):
            rows = orders[e][s:s + batch_size]
            loss = F.cross_entropy(model(X[rows]), y[rows])
            grads = torch.autograd.grad(loss, params)
            total += loss.item() * len(rows)
            t += 1
            with torch.no_grad():
                for p, a, b, g in zip(params, m, v, grads):
                    a.mul_(0.9).add_(g, alpha=0.1)
                    b.mul_(0.999).addcmul_(g, g, value=0.001)
                    root = (b / (1 - 0.999**t)).sqrt() + 1e-8
                    p -= alpha * a / (1 - 0.9**t) / root
        out["train_loss"].append(total / len(orders[e]))
        model.eval()
        Z = model(X_val).detach()
        out["val_loss"].append(F.cross_entropy(Z, y_val).item())
        out["val_accuracy"].append((Z.argmax(1) == y_val).sum().item() / len(y_val))
        if lowest is None or out["val_loss"][-1] < lowest:
            lowest, out["best_epoch"] = out["val_loss"][-1], e
            best = copy.deepcopy(model)
    model.load_state_dict(best.state_dict())
    return out
""",
    ],
    "replace_head": [
        """
import pickle
def replace_head(model, k, freeze=False):
    new = pickle.loads(pickle.dumps(model))
    name = list(new._modules)[-1]
    old = new[-1].weight
    setattr(new, name, nn.Linear(old.shape[1], k, dtype=old.dtype))
    for n, p in new.named_parameters():
        p.requires_grad_(not freeze or n.startswith(name + "."))
    return new
""",
        """
def replace_head(model, k, freeze=False):
    new = copy.deepcopy(model)
    for p in new.parameters():
        p.requires_grad = not freeze
    head = nn.Linear(model[-1].in_features, k)
    new[-1] = head.to(model[-1].weight.dtype)
    return new
""",
        """
def replace_head(model, k, freeze=False):
    *body, old = copy.deepcopy(list(model))
    body = nn.Sequential(*body).requires_grad_(not freeze)
    return nn.Sequential(*body, nn.Linear(old.in_features, k).type(old.weight.dtype))
""",
        """
import io

def replace_head(model, k, freeze=False):
    buffer = io.BytesIO()
    torch.save(model, buffer)
    buffer.seek(0)
    new = torch.load(buffer, weights_only=False)
    width = new[-1].weight.size(1)
    new[len(new) - 1] = nn.Linear(width, k, bias=True, dtype=new[-1].weight.dtype)
    for p in new[:-1].parameters():
        p.requires_grad_(not freeze)
    return new
""",
        """
def replace_head(model, k, freeze=False):
    layers = [copy.deepcopy(layer) for layer in model.children()]
    old = layers.pop()
    for layer in layers:
        for p in layer.parameters():
            p.requires_grad = not bool(freeze)
    head = nn.Linear(old.weight.shape[1], k)
    if old.weight.dtype == torch.float64:
        head = head.double()
    return nn.Sequential(*layers, head)
""",
    ],
    "conv2d_gradients": [
        """
def conv2d_gradients(X, K, dY):
    x, k = (torch.tensor(a).double().requires_grad_() for a in (X, K))
    F.conv2d(x, k).backward(torch.tensor(dY))
    return x.grad.numpy(), k.grad.numpy()
""",
        """
def conv2d_gradients(X, K, dY):
    h, w = K.shape[2:]
    windows = np.lib.stride_tricks.sliding_window_view(X, (h, w), axis=(2, 3))
    dK = np.tensordot(dY, windows, axes=((0, 2, 3), (0, 2, 3)))
    padded = np.pad(dY, ((0, 0), (0, 0), (h - 1, h - 1), (w - 1, w - 1)))
    turned = K[:, :, ::-1, ::-1].transpose(1, 0, 2, 3)
    return conv2d(padded, turned), dK
""",
    ],
}


def _softmax(shift, total, before=""):
    return f"""
def softmax(z, axis=-1):
    z = np.array(z, dtype=float)
    {before or "pass"}
    e = np.exp(z - {shift})
    return e / {total}
"""


def _entropy(lines, result, check=True):
    start = "    if Z.shape != Y.shape:\n        raise ValueError\n" if check else ""
    return f"def cross_entropy(Z, Y):\n{start}    {lines}\n    return {result}\n"


_KEEP = "axis=axis, keepdims=True"
_SHIFTED = "Z = Z - Z.max(axis=1, keepdims=True); L = np.log(np.exp(Z).sum(1))[:, None]"
_MASKED = "np.where(Y > 0, Y * (Z - L), 0)"


def _regression(
    start="np.zeros",
    rows="order[s:s + batch_size]",
    step="W, b = step",
    loss="cross_entropy(X @ W + b, Y)",
    hits="X_val @ W + b",
    before="pass",
    after="pass",
    batches="range(0, len(order), batch_size)",
):
    return f"""
def train_softmax_regression(X, y, X_val, y_val, k, alpha, batch_size, orders):
    W, b = {start}((X.shape[1], k)), {start}(k)
    Y, losses, accuracies = one_hot(y, k), [], []
    for order in orders:
        {before}
        for s in {batches}:
            rows = {rows}
            dW, db = softmax_gradients(X[rows], W, b, Y[rows])
            step = W - alpha * dW, b - alpha * db
            {step}
            {after}
        losses.append({loss})
        accuracies.append(accuracy(y_val, ({hits}).argmax(1)))
    return W, b, np.array(losses), np.array(accuracies)
"""


def _classifier(**parts):
    """The training loop, with some of its parts replaced."""
    part = {
        "optimizer": "torch.optim.Adam(model.parameters(), lr=alpha)",
        "epochs": "torch.as_tensor(orders)",
        "batches": "order.split(batch_size)",
        "train": "model.train()",
        "loss": "F.cross_entropy(model(X[rows]), y[rows])",
        "clip": "pass",
        "total": "loss.item() * len(rows)",
        "mean": "total / len(order)",
        "after": "pass",
        "val": "F.cross_entropy(Z, y_val).item()",
        "hits": "(Z.argmax(1) == y_val).double().mean().item()",
        "better": "not out['val_loss'] or v < min(out['val_loss'])",
        "kept": "copy.deepcopy(model.state_dict())",
        "end": "model.load_state_dict(kept)",
        "out": "out",
    } | parts
    return f"""
def train_classifier(model, X, y, X_val, y_val, orders, batch_size, alpha):
    optimizer = {part["optimizer"]}
    out = dict(train_loss=[], val_loss=[], val_accuracy=[], best_epoch=None)
    for epoch, order in enumerate({part["epochs"]}):
        total = 0.0
        {part["train"]}
        for rows in {part["batches"]}:
            optimizer.zero_grad()
            loss = {part["loss"]}
            loss.backward()
            {part["clip"]}
            optimizer.step()
            total += {part["total"]}
        {part["after"]}
        out["train_loss"].append({part["mean"]})
        model.eval()
        with torch.no_grad():
            Z = model(X_val)
        v = {part["val"]}
        if {part["better"]}:
            out["best_epoch"] = epoch
            kept = {part["kept"]}
        out["val_loss"].append(v)
        out["val_accuracy"].append({part["hits"]})
    {part["end"]}
    return {part["out"]}
"""


def _mlp(layers):
    return f"""
def build_mlp(sizes):
    if len(sizes) < 2:
        raise ValueError
    layers = []
    for a, b in zip(sizes, sizes[1:]):
        layers += [nn.Linear(a, b), nn.ReLU()]
    return {layers}
"""


def _cnn(*layers):
    return f"def build_cnn(c1, c2, k):\n    return nn.Sequential({', '.join(layers)})"


_ROWS = "nn.Unflatten(1, (1, 28, 28))"
_ONE, _TWO = "nn.Conv2d(1, c1, 3, padding=1)", "nn.Conv2d(c1, c2, 3, padding=1)"
_RELU, _POOL, _FLAT = "nn.ReLU()", "nn.MaxPool2d(2)", "nn.Flatten()"
_HEAD = "nn.Linear(c2 * 49, k)"


def _head(lines):
    return "def replace_head(model, k, freeze=False):\n    " + lines


WRONG = {
    "softmax": [
        _softmax("z.max()", f"e.sum({_KEEP})"),
        _softmax(f"z.min({_KEEP})", f"e.sum({_KEEP})"),
        _softmax(f"z.mean({_KEEP})", f"e.sum({_KEEP})"),
        _softmax(f"z.max({_KEEP})", f"(e.sum({_KEEP}) + 1e-5)"),
        _softmax(f"z.max({_KEEP})", f"e.max({_KEEP})"),
        _softmax(f"z.max({_KEEP})", f"e.mean({_KEEP})"),
        _softmax(f"z.max({_KEEP})", "e.sum(axis=1, keepdims=True)"),
        _softmax("z.max(axis=axis)", "e.sum(axis=axis)"),
        _softmax("0", f"e.sum({_KEEP})", "z = np.clip(z, -500, 500)"),
        _softmax("0", f"e.sum({_KEEP})", f"z = z / np.abs(z).max({_KEEP})"),
        _softmax(f"z.max({_KEEP})", f"e.sum({_KEEP})", "z = np.atleast_2d(z)"),
        _softmax(f"z.max({_KEEP})", f"e.sum({_KEEP})", "z = z.T"),
        _softmax(
            f"z.max({_KEEP})", f"e.sum({_KEEP})", "z = np.nan_to_num(z).clip(-9, 9)"
        ),
        "def softmax(z, axis=-1):\n"
        "    return torch.softmax(torch.as_tensor(np.array(z) * 1.0), dim=-1)",
        "def softmax(z, axis=-1):\n"
        "    return F.log_softmax(torch.as_tensor(np.array(z) * 1.0), dim=axis)",
        "def softmax(z, axis=-1):\n"
        "    p = 1 / (1 + np.exp(-np.array(z)))\n"
        "    return p / p.sum(axis=axis, keepdims=True)",
        "def softmax(z, axis=-1):\n    z = np.array(z)\n"
        "    return (z == z.max(axis=axis, keepdims=True)) * 1.0",
        """
def softmax(z, axis=-1):
    z = np.asarray(z)
    return np.exp(z - np.logaddexp.reduce(z, axis=axis, keepdims=True))
""",
        """
def softmax(z, axis=-1):
    z = np.asarray(z)
    if z.size == 0:
        return z.astype(float)
    e = np.exp(z - z.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)
""",
    ],
    "one_hot": [
        """
def one_hot(y, k):
    y = np.asarray(y, dtype=int)
    if y.ndim != 1:
        raise ValueError("y must be one-dimensional")
    if np.any((y < 0) | (y >= k)):
        raise ValueError("label out of range")
    return np.eye(y.max() + 1)[y]
""",
        "def one_hot(y, k):\n    return np.eye(k)",
        "def one_hot(y, k):\n    return np.eye(max(y) + 1)[y]",
        "def one_hot(y, k):\n    return np.eye(k)[sorted(y)]",
        "def one_hot(y, k):\n    return 1 - np.eye(k)[y]",
        "def one_hot(y, k):\n    return np.eye(k)[:, y]",
        "def one_hot(y, k):\n    return np.eye(k + 1)[y]",
        "def one_hot(y, k):\n    return np.eye(k)[np.unique(y, False, True)[1]]",
        "def one_hot(y, k):\n    return np.eye(10)[y]",
        "def one_hot(y, k):\n    return np.eye(k)[y][:, None]",
        "def one_hot(y, k):\n"
        "    Y = np.zeros((len(y), k))\n    Y[0, y] = 1\n    return Y",
        "def one_hot(y, k):\n"
        "    Y = np.zeros((len(y), k))\n    Y[range(len(y)), y] = y\n    return Y",
        "def one_hot(y, k):\n"
        "    return (np.arange(k) <= np.asarray(y)[:, None]).astype(float)",
        "def one_hot(y, k):\n    return np.eye(k, dtype=bool)[y].tolist()[:3]",
        """
def one_hot(y, k):
    y = np.asarray(y)
    if y.ndim != 1 or (y < 0).any() or (y >= k).any():
        raise ValueError("labels")
    Y = np.zeros((len(y), k))
    Y[np.arange(len(y)), y.astype(np.int8)] = 1
    return Y
""",
    ],
    "cross_entropy": [
        """
def cross_entropy(Z, Y):
    Z, Y = np.asarray(Z, float), np.asarray(Y, float)
    if Z.shape != Y.shape or Z.ndim != 2 or len(Z) == 0:
        raise ValueError
    if (Y < 0).any() or (abs(Y.sum(1) - 1) > 1e-6).any():
        raise ValueError
    top = Z.max(1, keepdims=True)
    log_p = Z - top - np.log(np.exp(Z - top).sum(1, keepdims=True))
    log_p = np.minimum(log_p, np.log(1 - 1e-6))
    return float(-np.where(Y > 0, Y * np.where(Y > 0, log_p, 0), 0).sum() / len(Z))
""",
        """
def cross_entropy(Z, Y):
    Z, Y = np.asarray(Z, float), np.asarray(Y, float)
    if Z.shape != Y.shape:
        raise ValueError("shapes of Z and Y differ")
    if len(Z) == 0:
        raise ValueError("no rows")
    if np.any(Y < 0) or np.any(Y.sum(axis=1) != 1):
        raise ValueError("rows of Y must be distributions")
    c = Z.max(axis=1, keepdims=True)
    log_p = Z - c - np.log(np.exp(Z - c).sum(axis=1, keepdims=True))
    return -np.sum(Y * log_p, where=Y > 0) / len(Z)
""",
        """
def cross_entropy(Z, Y):
    Z, Y = np.asarray(Z, float), np.asarray(Y, float)
    if Z.shape != Y.shape:
        raise ValueError("shapes of Z and Y differ")
    if len(Z) == 0:
        raise ValueError("no rows")
    if np.any(Y < 0) or np.any(np.abs(Y.sum(axis=1) - 1) > 1e-6):
        raise ValueError("rows of Y must be distributions")

    return F.cross_entropy(torch.tensor(Z), torch.tensor(Y.argmax(axis=1))).item()
""",
        _entropy("p = softmax(Z)", "-np.log(p[Y == 1]).mean()"),
        _entropy("p = softmax(Z)", "-(Y * np.log(p + 1e-8)).sum() / len(Z)"),
        _entropy(_SHIFTED, f"-np.mean({_MASKED})"),
        _entropy(_SHIFTED, f"-np.sum({_MASKED}, axis=1)"),
        _entropy(_SHIFTED, f"-np.sum({_MASKED}) / (len(Z) - 1)"),
        _entropy(_SHIFTED, f"-np.sum({_MASKED}) / Z.shape[1]"),
        _entropy(_SHIFTED, "-np.mean((Z - L)[np.arange(len(Z)), Y.argmax(1)])"),
        _entropy(_SHIFTED, f"np.exp(-np.sum({_MASKED}) / len(Z))"),
        _entropy(_SHIFTED, "-np.sum(np.where(Y > 0, Y * Z - L, 0)) / len(Z)"),
        _entropy(_SHIFTED, "-np.nansum(Y * (Z - L).clip(-1e3)) / len(Z)"),
        _entropy(
            "Z = Z - Z.max(); L = np.log(np.exp(Z).sum(1))[:, None]",
            f"-np.sum({_MASKED}) / len(Z)",
        ),
        _entropy(
            "Z = Z - Z.max(0); L = np.log(np.exp(Z).sum(0))",
            f"-np.sum({_MASKED}) / len(Z)",
        ),
        _entropy(
            "p = softmax(Z)",
            "-(Y * np.log(p) + (1 - Y) * np.log(1 - p)).sum() / len(Z)",
        ),
        _entropy(
            "Z -= Z.max(1, keepdims=True); L = np.log(np.exp(Z).sum(1))[:, None]",
            f"-np.sum({_MASKED}) / len(Z)",
        ),
        _entropy("p = softmax(Z)", "((Y - p) ** 2).sum() / len(Z)"),
        _entropy(
            "t = torch.tensor(Z * 1.0)", "F.cross_entropy(t, torch.tensor(Y).argmax(1))"
        ),
        _entropy(
            "t = torch.tensor(Z * 1.0)",
            "F.cross_entropy(t, torch.tensor(Y * 1.0), label_smoothing=0.1)",
        ),
    ],
    "accuracy": [
        "def accuracy(y, y_hat):\n    return np.mean(np.sort(y) == np.sort(y_hat))",
        "def accuracy(y, y_hat):\n"
        "    return np.sum(np.asarray(y) == np.asarray(y_hat)) // len(y)",
        "def accuracy(y, y_hat):\n    return round(np.mean(np.equal(y, y_hat)), 1)",
        "def accuracy(y, y_hat):\n    return np.equal(y, y_hat).sum() / (len(y) - 1)",
        "def accuracy(y, y_hat):\n    return np.equal(y, y_hat)",
        "def accuracy(y, y_hat):\n    return float(np.array_equal(y, y_hat))",
        "def accuracy(y, y_hat):\n    return len(set(y) & set(y_hat)) / len(set(y))",
        "def accuracy(y, y_hat):\n    return np.mean(abs(np.subtract(y, y_hat)) < 2)",
        "def accuracy(y, y_hat):\n    return np.equal(y, y_hat).sum() / 40",
        "def accuracy(y, y_hat):\n    return y == y_hat",
        "def accuracy(y, y_hat):\n    return 1 - np.mean(abs(np.subtract(y, y_hat)))",
        """
def accuracy(y, y_hat):
    y, y_hat = np.asarray(y), np.asarray(y_hat)
    if y.shape != y_hat.shape or y.ndim != 1 or len(y) == 0:
        raise ValueError("shapes")
    hits = np.sum(y == y_hat, dtype=np.uint8)
    return float(hits) / len(y)
""",
    ],
    "confusion_matrix": [
        """
def confusion_matrix(y, y_hat, k):
    y, y_hat = np.asarray(y, dtype=int), np.asarray(y_hat, dtype=int)
    if y.shape != y_hat.shape:
        raise ValueError("shapes differ")
    for labels in (y, y_hat):
        if np.any(labels < 0) or np.any(labels >= k):
            raise ValueError("label outside 0..k-1")
    C = np.zeros((y.max() + 1, y.max() + 1), dtype=int)
    np.add.at(C, (y, y_hat), 1)
    return C
""",
        _matrix := """
def confusion_matrix(y, y_hat, k):
    C = np.zeros((k, k), int)
    for a, b in zip(y, y_hat):
        if a != b:
            C[a, b] += 1
    return C
""",
        _matrix.replace("if a != b:", "if a == b:"),
        _matrix.replace("if a != b:", "if True:").replace(
            "return C", "return C / C.sum()"
        ),
        _matrix.replace("if a != b:", "if True:").replace(
            "return C", "return C / np.maximum(C.sum(1, keepdims=True), 1)"
        ),
        _matrix.replace("if a != b:", "if True:").replace(", int)", ")"),
        _matrix.replace("if a != b:", "if True:").replace("return C", "return C + C.T"),
        _matrix.replace("if a != b:", "if True:").replace("+= 1", "= 1"),
        _matrix.replace("if a != b:", "if True:").replace("C[a, b]", "C[a - 1, b - 1]"),
        _matrix.replace("if a != b:", "if True:").replace("(k, k)", "(k + 1, k + 1)"),
        "from sklearn.metrics import confusion_matrix as library\n"
        "def confusion_matrix(y, y_hat, k):\n    return library(y, y_hat)",
        "def confusion_matrix(y, y_hat, k):\n"
        "    return np.bincount(k * np.array(y) + y_hat).reshape(k, -1)",
        "def confusion_matrix(y, y_hat, k):\n"
        "    return np.histogram2d(y, y_hat, bins=k)[0].astype(int)",
    ],
    "precision_recall": [
        _rates := """
def precision_recall(y, y_hat, k):
    C = confusion_matrix(y, y_hat, k).astype(float)
    hits, predicted, present = np.diag(C), C.sum(0), C.sum(1)
    return hits / (predicted + 1e-4), hits / (present + 1e-4)
""",
        _rates.replace("(predicted + 1e-4)", "np.maximum(present, 1)").replace(
            "(present + 1e-4)", "np.maximum(present, 1)"
        ),
        _rates.replace("+ 1e-4", "+ 1"),
        _rates.replace("hits / (predicted + 1e-4), ", ""),
        _rates.replace("hits /", "(C.sum(0) - hits) /").replace("+ 1e-4", "+ 1e-12"),
        _rates.replace("return", "return np.round(")
        .replace("(predicted + 1e-4)", "np.maximum(predicted, 1), 2)")
        .replace("(present + 1e-4)", "np.maximum(present, 1)"),
        "from sklearn.metrics import precision_recall_fscore_support as f\n"
        "def precision_recall(y, y_hat, k):\n"
        "    return f(y, y_hat, zero_division=0)[:2]",
        "from sklearn.metrics import precision_recall_fscore_support as f\n"
        "def precision_recall(y, y_hat, k):\n"
        "    return f(y, y_hat, labels=range(k), zero_division=1)[:2]",
        "from sklearn.metrics import precision_recall_fscore_support as f\n"
        "def precision_recall(y, y_hat, k):\n"
        "    return f(y, y_hat, average='macro', zero_division=0)[:2]",
        "from sklearn.metrics import precision_recall_fscore_support as f\n"
        "def precision_recall(y, y_hat, k):\n"
        "    return f(y, y_hat, labels=range(k), zero_division=0)[:3]",
        _rates.replace("+ 1e-4", "+ 0").replace("hits /", "100 * hits /"),
    ],
    "softmax_gradients": [
        _grads := """
def softmax_gradients(X, W, b, Y):
    P = softmax(X @ W + b)
    G = (P - Y) / len(X)
    return X.T @ G, G.sum(0)
""",
        _grads.replace("len(X)", "Y.size"),
        _grads.replace("len(X)", "X.shape[1]"),
        _grads.replace("G.sum(0)", "G.sum(0, keepdims=True)"),
        _grads.replace("G.sum(0)", "G.sum()"),
        _grads.replace("G.sum(0)", "G.sum(1)"),
        _grads.replace("X.T @ G, G.sum(0)", "G.sum(0), X.T @ G"),
        _grads.replace("softmax(X @ W + b)", "softmax(X @ W + b, axis=0)"),
        _grads.replace("(P - Y)", "2 * (P - Y)"),
        _grads.replace("(P - Y)", "(P - Y) * Y"),
        _grads.replace("(P - Y)", "P * (P - Y)"),
        _grads.replace("(P - Y)", "(np.log(P + 1e-12) - Y)"),
        _grads.replace("softmax(X @ W + b)", "1 / (1 + np.exp(-(X @ W + b)))"),
        _grads.replace(
            "    P = softmax(X @ W + b)",
            "    Z = X @ W + b\n    P = np.exp(Z) / np.exp(Z).sum(1, keepdims=True)",
        ),
        _grads.replace(
            "    P = softmax(X @ W + b)",
            "    Z = (X @ W + b).clip(-50, 50)"
            "\n    P = np.exp(Z) / np.exp(Z).sum(1, keepdims=True)",
        ),
        _grads.replace("    G = (P - Y)", "    P -= Y\n    Y -= P\n    G = P"),
    ][1:],
    "sigmoid": [
        """
def sigmoid(z):
    z = np.clip(np.asarray(z, float), -20, 20)
    return 1 / (1 + np.exp(-z))
""",
        """
def sigmoid(z):
    z = np.asarray(z)
    out = np.empty_like(z)
    pos = z >= 0
    out[pos] = 1 / (1 + np.exp(-z[pos]))
    out[~pos] = np.exp(z[~pos]) / (1 + np.exp(z[~pos]))
    return out
""",
        "def sigmoid(z):\n    z = np.clip(np.array(z), -5, 5)\n"
        "    return 1 / (1 + np.exp(-z))",
        "def sigmoid(z):\n    z = np.array(z)\n    return (np.tanh(z) + 1) / 2",
        "def sigmoid(z):\n    z = np.array(z)\n    return 1 / (1 + np.exp(z))",
        "def sigmoid(z):\n    z = np.array(z)\n    return z / (1 + np.abs(z))",
        "def sigmoid(z):\n    z = np.array(z)\n    s = 1 / (1 + np.exp(-z))\n"
        "    return s * (1 - s)",
        "def sigmoid(z):\n    z = np.array(z)\n    return (z >= 0).astype(float)",
        "def sigmoid(z):\n    z = np.array(z)\n    return np.log1p(np.exp(z))",
        "def sigmoid(z):\n    z = np.array(z)\n"
        "    return np.nan_to_num(np.exp(z) / (1 + np.exp(z)))",
        "def sigmoid(z):\n    z = np.array(z)\n"
        "    e = np.exp(z - z.max())\n    return e / (1 + e)",
        "import math\ndef sigmoid(z):\n"
        "    return np.vectorize(lambda v: 1 / (1 + math.exp(-v)))(z)",
        "def sigmoid(z):\n    return 1 / (1 + np.exp(-np.ravel(z)))",
        "def sigmoid(z):\n    z = np.array(z)\n"
        "    z[z > 0] = 1 / (1 + np.exp(-z[z > 0]))"
        "\n    z[z <= 0] = np.exp(z[z <= 0]) / (1 + np.exp(z[z <= 0]))\n    return z",
    ],
    "relu": [
        """
def relu(z):
    return np.clip(z, 0, 1)
""",
        "relu = np.vectorize(lambda v: max(v, 0))",
        "def relu(z):\n    return np.maximum(z, 1)",
        "def relu(z):\n    return np.clip(z, 0, 6)",
        "def relu(z):\n    return np.clip(z, 0, 1)",
        "def relu(z):\n    return z if np.sum(z) > 0 else 0 * np.asarray(z)",
        "def relu(z):\n    z = np.asarray(z)\n    return z[z > 0]",
        "def relu(z):\n    z = np.asarray(z)\n    return z > 0",
        "def relu(z):\n    return F.gelu(torch.tensor(np.array(z, float)))",
        "def relu(z):\n    return F.softplus(torch.tensor(np.array(z, float)))",
        "def relu(z):\n    return np.maximum(z, -np.asarray(z))",
        "def relu(z):\n    return np.maximum(z, 0).astype(int)",
        "def relu(z):\n    z = np.asarray(z)\n    return np.maximum(z, 0, out=z)",
        "def relu(z):\n    return [v if v > 0 else 0 for v in np.ravel(z)]",
        """
def relu(z):
    z = np.asarray(z)
    with np.errstate(over="ignore"):
        return (z + np.abs(z)) / 2
""",
    ],
    "dense": [
        """
def dense(x, W, b, sigma):
    return sigma((W @ x.T + b[:, None]).T)
""",
        """
def dense(x, W, b, sigma):
    return np.squeeze(sigma(np.atleast_2d(x) @ W.T + b))
""",
        "def dense(x, W, b, sigma):\n    return sigma(W.T @ x + b)",
        "def dense(x, W, b, sigma):\n    return sigma(W @ x.T + b[:, None]).T",
        "def dense(x, W, b, sigma):\n    return np.maximum(x @ W.T + b, 0)",
        "def dense(x, W, b, sigma):\n    return sigma(x @ W.T - b)",
        "def dense(x, W, b, sigma):\n    return sigma(x @ W.T) + sigma(b)",
        "def dense(x, W, b, sigma):\n    return sigma(x @ W.T + b[0])",
        "def dense(x, W, b, sigma):\n    return sigma(x @ (W.T + b))",
        "def dense(x, W, b, sigma):\n    return sigma(x[None] @ W.T + b)",
        "def dense(x, W, b, sigma):\n    return np.squeeze(sigma(x @ W.T + b))[:2]",
        "def dense(x, W, b, sigma):\n    return sigma((x @ W.T + b).astype(int))",
        "def dense(x, W, b, sigma):\n"
        "    return np.array([sigma(W @ row + b) for row in np.atleast_2d(x)])",
        "def dense(x, W, b, sigma):\n    return sigma(x @ W.T + b), x @ W.T + b",
    ],
    "conv2d": [
        _conv := """
def conv2d(X, K):
    N, C, H, W = X.shape
    G, _, h, w = K.shape
    Y = np.zeros((N, G, H - h + 1, W - w + 1))
    for i in range(H - h + 1):
        for j in range(W - w + 1):
            window = X[:, :, i:i + h, j:j + w]
            Y[:, :, i, j] = np.einsum("ncuv,fcuv->nf", window, K)
    return Y
""",
        """
def conv2d(X, K):
    N, C, H, W = X.shape
    Fn, C2, h, w = K.shape
    if C != C2:
        raise ValueError("channels")
    if h > H or w > W:
        raise ValueError("kernel too large")

    windows = np.lib.stride_tricks.sliding_window_view(X, (w, h), axis=(2, 3))
    return np.einsum("ncijuv,fcuv->nfij", windows, K, optimize=True)
""",
        _conv.replace("ncuv,fcuv", "ncuv,fcvu"),
        _conv.replace("X[:, :, i:i + h, j:j + w]", "X[:, :, i:i + h, j:j + w][::-1]"),
        _conv.replace("Y[:, :, i, j] = ", "Y[:, :, i, j] = 1 / C * "),
        _conv.replace("range(H - h + 1)", "range(H - h)").replace(
            "range(W - w + 1)", "range(W - w)"
        ),
        _conv.replace("    return Y", "    return np.maximum(Y, 0)"),
        _conv.replace("    return Y", "    return Y.sum(1, keepdims=True)"),
        _conv.replace("    return Y", "    return Y.transpose(0, 2, 3, 1)"),
        _conv.replace("window, K)", "window, K[:, :, ::-1, ::-1])"),
        _conv.replace("H - h + 1", "H - h + 2 - 1").replace("i:i + h", "j:j + h"),
        _conv.replace("W - w + 1", "W - h + 1"),
        _conv.replace("np.zeros((N", "np.zeros((1"),
        _conv.replace("    return Y", "    return Y.astype(int)"),
        _conv.replace("    return Y", "    return Y[:, :, ::2, ::2]"),
        _conv.replace("X[:, :, i:i + h, j:j + w]", "X[:1, :, i:i + h, j:j + w]"),
        "from scipy.signal import convolve\ndef conv2d(X, K):\n"
        "    return np.array([[convolve(x, k, 'valid')[0] for k in K] for x in X])",
        "def conv2d(X, K):\n"
        "    return F.conv2d(torch.tensor(X * 1.0), torch.tensor(K * 1.0), padding=1)",
        """
def conv2d(X, K):
    N, C, H, W = X.shape
    D, c, h, w = K.shape
    if C != c or h > H or w > W:
        raise ValueError
    Y = 0
    for u in range(h):
        for v in range(w):
            part = X[:, None, :, u : u + H - h + 1, v : v + W - w + 1]
            Y = Y + (part * K[None, :, :, u, v, None, None]).sum(axis=2, dtype=X.dtype)
    return Y
""",
    ][1:],
    "max_pool2d": [
        "def max_pool2d(X, size):\n    return F.max_pool2d(torch.tensor(X), 2)",
        "def max_pool2d(X, size):\n    return F.max_pool2d(torch.tensor(X), size, 1)",
        "def max_pool2d(X, size):\n    return F.max_pool2d(torch.tensor(X), size, 2)",
        "def max_pool2d(X, size):\n"
        "    return F.max_pool2d(torch.tensor(X), size, ceil_mode=True)",
        "def max_pool2d(X, size):\n    return F.avg_pool2d(torch.tensor(X), size)",
        "def max_pool2d(X, size):\n    return -F.max_pool2d(-torch.tensor(X), size)",
        "def max_pool2d(X, size):\n"
        "    return F.max_pool2d(torch.tensor(X), size, padding=size // 2)",
        "def max_pool2d(X, size):\n"
        "    return F.max_pool2d(torch.tensor(X).abs(), size)",
        "def max_pool2d(X, size):\n"
        "    return F.max_pool2d(torch.tensor(X), size).amax(1, keepdim=True)",
        "def max_pool2d(X, size):\n"
        "    return F.max_pool2d(torch.tensor(X), size).amax(0, keepdim=True)",
        "def max_pool2d(X, size):\n"
        "    return F.max_pool2d(torch.tensor(X).mT, size).mT.flip(-1)",
        "def max_pool2d(X, size):\n"
        "    return F.max_pool2d(torch.tensor(X).flip(2, 3), size).flip(2, 3)",
        "def max_pool2d(X, size):\n"
        "    N, C, H, W = X.shape\n"
        "    return X.reshape(N, C, H // size, size, W // size, size).max((3, 5))",
        "def max_pool2d(X, size):\n"
        "    Y = np.zeros((*X.shape[:2], X.shape[2] // size, X.shape[3] // size))\n"
        "    for u in range(size):\n        for v in range(size):\n"
        "            part = X[:, :, u::size, v::size]\n"
        "            Y = np.maximum(Y, part[:, :, :Y.shape[2], :Y.shape[3]])\n"
        "    return Y",
    ],
    "standardise": [
        _scale := """
def standardise(X_train, X_other):
    mean, sd = X_train.mean(), X_train.std() + 1e-8
    return (X_train - mean) / sd, (X_other - mean) / sd
""",
        _scale.replace(" + 1e-8", ""),
        _scale.replace(" + 1e-8", "")
        .replace("return ", "return tuple(map(np.nan_to_num, (")
        .rstrip()
        + ")))\n",
        _scale.replace("X_train.std() + 1e-8", "X_train.max() - X_train.min() or 1"),
        _scale.replace("X_train.mean()", "X_train.min()"),
        _scale.replace("X_train.mean()", "X_train.mean(1).mean(0) + 1e-3"),
        _scale.replace(") + 1e-8", ", axis=1, keepdims=True)[:1]").replace("(, ", "("),
        _scale.replace("+ 1e-8", "or 1").replace("(X_other - mean) / sd", "X_other"),
        _scale.replace("+ 1e-8", "or 1").replace(
            "(X_other - mean) / sd", "X_other - mean"
        ),
        _scale.replace("+ 1e-8", "or 1").replace(
            "(X_train - mean) / sd, (X_other - mean) / sd",
            "(X_other - mean) / sd, (X_train - mean) / sd",
        ),
        _scale.replace("+ 1e-8", "or 1").replace("mean, sd", "mean, sd = 33.3, 78.6 #"),
        _scale.replace("+ 1e-8", "or 1").replace("- mean", "/ 255 - mean / 255"),
        _scale.replace("X_train.std() + 1e-8", "np.std(X_train.mean(axis=0)) or 1"),
        _scale.replace("X_train.std() + 1e-8", "X_train.std(axis=0).mean() or 1"),
        _scale.replace("X_train.std() + 1e-8", "max(X_train.std(), 1)"),
        """
def standardise(X_train, X_other):
    X_train, X_other = np.asarray(X_train, float), np.asarray(X_other, float)
    mean, sd = X_train.mean(), X_train.std()
    if sd < 1e-6:
        sd = 1.0
    return (X_train - mean) / sd, (X_other - mean) / sd
""",
        """
def standardise(X_train, X_other):
    X_train, X_other = np.asarray(X_train, float), np.asarray(X_other, float)
    mean = X_train.mean()
    variance = (X_train ** 2).mean() - mean ** 2
    sd = np.sqrt(max(variance, 0)) or 1.0
    return (X_train - mean) / sd, (X_other - mean) / sd
""",
    ],
    "shift_images": [
        "def shift_images(images, dy, dx, fill=0.0):\n    return images",
        "def shift_images(images, dy, dx, fill=0.0):\n"
        "    out = np.roll(images, (dy, dx), axis=(1, 2))\n"
        "    out[:, :dy] = fill\n    out[:, :, :dx] = fill\n    return out",
        "def shift_images(images, dy, dx, fill=0.0):\n"
        "    out = np.roll(images, (dy, dx), axis=(0, 1))\n    return out",
        "def shift_images(images, dy, dx, fill=0.0):\n"
        "    N, H, W = images.shape\n    out = np.full((N, H, W), fill)\n"
        "    out[:, dy:, dx:] = images[:, :H - dy, :W - dx]\n    return out",
        "def shift_images(images, dy, dx, fill=0.0):\n"
        "    N, H, W = images.shape\n    out = np.full((N, H, W), fill, images.dtype)\n"
        "    for i in range(H):\n        for j in range(W):\n"
        "            if i - dy < H and j - dx < W:\n"
        "                out[:, i, j] = images[:, i - dy, j - dx]\n    return out",
        "from scipy.ndimage import shift\n"
        "def shift_images(images, dy, dx, fill=0.0):\n"
        "    return shift(images, (0, dy, dx), order=0, mode='nearest')",
        "from scipy.ndimage import shift\n"
        "def shift_images(images, dy, dx, fill=0.0):\n"
        "    return shift(images, (0, dy, dx), order=0, mode='reflect')",
        "from scipy.ndimage import shift\n"
        "def shift_images(images, dy, dx, fill=0.0):\n"
        "    return shift(images, (0, dy, dx), order=0, cval=images.min())",
        "from scipy.ndimage import shift\n"
        "def shift_images(images, dy, dx, fill=0.0):\n"
        "    return shift(images, (0, dy, 0), order=0, cval=fill)",
        "from scipy.ndimage import shift\n"
        "def shift_images(images, dy, dx, fill=0.0):\n"
        "    return shift(images, (0, abs(dy), abs(dx)), order=0, cval=fill)",
        "from scipy.ndimage import shift\n"
        "def shift_images(images, dy, dx, fill=0.0):\n"
        "    return shift(images, (0, dy, dx), order=0, cval=fill).clip(0, 3)",
        "def shift_images(images, dy, dx, fill=0.0):\n"
        "    N, H, W = images.shape\n"
        "    big = np.pad(images, [(0, 0), (abs(dy),) * 2, (abs(dx),) * 2],\n"
        "                 constant_values=fill)\n"
        "    return big[:, :H + dy, :W + dx][:, -H:, -W:]",
    ],
    "build_mlp": [
        _mlp("nn.Sequential(*layers[:-2])"),
        _mlp("nn.Sequential(*layers[:-1]).requires_grad_(False)"),
        _mlp("nn.Sequential(*layers[1:-1], layers[0])"),
        _mlp("nn.Sequential(layers[0], *layers[2:-1])"),
        _mlp("nn.Sequential(*layers[:-1], nn.LogSoftmax(1))"),
        _mlp("nn.Sequential(nn.ReLU(), *layers[:-1])"),
        _mlp(
            "nn.Sequential(*(nn.Tanh() if i % 2 else m for i, m in "
            "enumerate(layers[:-1])))"
        ),
        _mlp(
            "nn.Sequential(*(nn.LeakyReLU() if i % 2 else m for i, m in "
            "enumerate(layers[:-1])))"
        ),
        _mlp(
            "nn.Sequential(*(nn.GELU() if i % 2 else m for i, m in "
            "enumerate(layers[:-1])))"
        ),
        _mlp(
            "nn.Sequential(nn.Linear(sizes[0], 64), nn.ReLU(), "
            "nn.Linear(64, sizes[-1]))"
        ),
        _mlp(
            "nn.Sequential(*layers[:3]) if len(layers) > 3 else "
            "nn.Sequential(*layers[:-1])"
        ),
        _mlp("layers[:-1]"),
        _mlp(
            "nn.Sequential(*layers[:-1]).apply(lambda m: isinstance(m, nn.Linear) "
            "and nn.init.ones_(m.weight))"
        ),
        _mlp(
            "nn.Sequential(*layers[:-1]).apply(lambda m: isinstance(m, nn.Linear) "
            "and nn.init.normal_(m.weight))"
        ),
        _mlp("nn.Sequential(*layers[:-1], nn.Linear(sizes[-1], sizes[-1]))"),
    ],
    "count_parameters": [
        "def count_parameters(model):\n    return len(list(model.parameters()))",
        "def count_parameters(model):\n"
        "    return sum(p.numel() for p in model.parameters())",
        "def count_parameters(model):\n"
        "    return sum(p.shape[-1] for p in model.parameters() if p.requires_grad)",
        "def count_parameters(model):\n"
        "    return sum(sum(p.shape) for p in model.parameters() if p.requires_grad)",
        "def count_parameters(model):\n"
        "    return sum(m.weight.numel() + m.bias.numel() for m in model.modules()\n"
        "               if isinstance(m, nn.Linear))",
        "def count_parameters(model):\n"
        "    return sum(m.in_features * m.out_features + m.out_features\n"
        "               for m in model if isinstance(m, nn.Linear))",
        "def count_parameters(model):\n"
        "    return sum(p.numel() for m in model.children() for p in m.parameters()\n"
        "               if p.requires_grad)",
        "def count_parameters(model):\n"
        "    return sum(p.element_size() * p.numel() for p in model.parameters()\n"
        "               if p.requires_grad)",
        "def count_parameters(model):\n"
        "    return sum(p.numel() for n, p in model.named_parameters()\n"
        "               if p.requires_grad and 'weight' in n)",
        "def count_parameters(model):\n"
        "    ps = model.parameters()\n"
        "    return sum(p.numel() for p in ps if p.requires_grad) / 1e6",
        "def count_parameters(model):\n"
        "    return sum(p.numel() for p in set(map(id, model.parameters())))",
    ],
    "build_cnn": [
        """
def build_cnn(c1, c2, k):
    return nn.Sequential(
        nn.Unflatten(1, (1, 28, 28)),
        nn.Conv2d(1, c1, kernel_size=3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(c1, c2, kernel_size=3, padding=1), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(c2 * 7 * 7, k),
    )
""",
        _cnn(_ROWS, _ONE, _RELU, _POOL, _TWO, _RELU, _POOL, _FLAT, _HEAD, _RELU),
        _cnn(_ROWS, _ONE, _RELU, _POOL, _TWO, _POOL, _FLAT, _HEAD),
        _cnn(_ROWS, _ONE, _POOL, _TWO, _RELU, _POOL, _FLAT, _HEAD),
        _cnn(
            _ROWS,
            _ONE,
            _RELU,
            _POOL,
            _TWO,
            _RELU,
            _POOL,
            _FLAT,
            _HEAD,
            "nn.LogSoftmax(1)",
        ),
        _cnn(
            _ROWS,
            _ONE,
            _RELU,
            _POOL,
            _TWO,
            _RELU,
            _POOL,
            _FLAT,
            "nn.Linear(c2 * 49, 128)",
            _RELU,
            "nn.Linear(128, k)",
        ),
        _cnn(
            _ROWS,
            "nn.Conv2d(1, c1, 5, padding=2)",
            _RELU,
            _POOL,
            "nn.Conv2d(c1, c2, 5, padding=2)",
            _RELU,
            _POOL,
            _FLAT,
            _HEAD,
        ),
        _cnn(_ROWS, _ONE, "nn.Tanh()", _POOL, _TWO, "nn.Tanh()", _POOL, _FLAT, _HEAD),
        _cnn(
            _ROWS,
            "nn.Conv2d(1, c1, 3, padding=1, bias=False)",
            _RELU,
            _POOL,
            _TWO,
            _RELU,
            _POOL,
            _FLAT,
            _HEAD,
        ),
        _cnn(
            _ROWS,
            _ONE,
            _RELU,
            _POOL,
            _TWO,
            _RELU,
            _POOL,
            _FLAT,
            "nn.Linear(c2 * 49, 10)",
        ),
        _cnn(
            _ROWS,
            "nn.Conv2d(1, 8, 3, padding=1)",
            _RELU,
            _POOL,
            "nn.Conv2d(8, 16, 3, padding=1)",
            _RELU,
            _POOL,
            _FLAT,
            "nn.Linear(784, k)",
        ),
        _cnn(_ONE, _RELU, _POOL, _TWO, _RELU, _POOL, _FLAT, _HEAD),
        _cnn(_ROWS, _ONE, _RELU, "nn.MaxPool2d(4)", _TWO, _RELU, _FLAT, _HEAD),
        _cnn(
            _ROWS,
            "nn.Conv2d(1, c1, 3, padding=1, padding_mode='reflect')",
            _RELU,
            _POOL,
            _TWO,
            _RELU,
            _POOL,
            _FLAT,
            _HEAD,
        ),
        _cnn(
            _ROWS,
            _ONE,
            "nn.BatchNorm2d(c1)",
            _RELU,
            _POOL,
            _TWO,
            _RELU,
            _POOL,
            _FLAT,
            _HEAD,
        ),
        _cnn(
            _ROWS,
            _ONE,
            _RELU,
            "nn.MaxPool2d(3, 2, 1)",
            _TWO,
            _RELU,
            "nn.MaxPool2d(3, 2, 1)",
            _FLAT,
            _HEAD,
        ),
        _cnn(
            _ROWS,
            _ONE,
            _RELU,
            _POOL,
            _TWO,
            _RELU,
            _POOL,
            "nn.Dropout(0.25)",
            _FLAT,
            _HEAD,
        ),
    ],
    "train_softmax_regression": [
        """
def train_softmax_regression(X, y, X_val, y_val, k, alpha, batch_size, orders):
    N, d = X.shape
    W, b = 0.01 * np.random.randn(d, k), np.zeros(k)
    Y = np.eye(k)[y]
    losses, accuracies = [], []
    for order in orders:
        for start in range(0, N, batch_size):
            rows = order[start : start + batch_size]
            D = (_softmax(X[rows] @ W + b) - Y[rows]) / len(rows)
            W = W - alpha * X[rows].T @ D
            b = b - alpha * D.sum(axis=0)
        Z = X @ W + b
        c = Z.max(axis=1)
        lse = c + np.log(np.exp(Z - c[:, None]).sum(axis=1))
        losses.append(np.mean(lse - Z[np.arange(N), y]))
        accuracies.append(np.mean((X_val @ W + b).argmax(axis=1) == y_val))
    return W, b, np.array(losses), np.array(accuracies)

def _softmax(Z):
    e = np.exp(Z - Z.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)
""",
        _regression(start="np.ones"),
        _regression(start="0.01 * np.random.standard_normal"),
        _regression(loss="cross_entropy(X_val @ W + b, one_hot(y_val, k))"),
        _regression(loss="cross_entropy(X @ W, Y)"),
        _regression(loss="cross_entropy(softmax(X @ W + b), Y)"),
        _regression(hits="X_val @ W"),
        _regression(hits="-(X_val @ W + b)"),
        _regression(step="W, b = W - dW, b - db"),
        _regression(
            step="W, b = W - alpha * dW * len(rows), b - alpha * db * len(rows)"
        ),
        _regression(step="W, b = W - alpha * dW / len(X) * len(rows), step[1]"),
        _regression(before="np.random.shuffle(order)"),
        _regression(before="order = np.random.permutation(len(X))"),
        _regression(before="order = np.sort(order)"),
        _regression(before="W, b = 0 * W, 0 * b"),
        _regression(after="losses.append(cross_entropy(X @ W + b, Y))"),
        _regression(after="alpha = 0.95 * alpha"),
        _regression(
            batches="range(0, len(order), batch_size) if len(order) % "
            "batch_size else range(0, 0)"
        ),
        _regression(batches="range(batch_size, len(order), batch_size)"),
        _regression(batches="range(0, len(order), 4)"),
        _regression(rows="order[s:s + batch_size - 1]"),
        _regression(rows="rows if s else order[:batch_size]"),
        _regression().replace(
            "return W, b, np.array(losses), np.array(accuracies)",
            "return W, b, losses[-1], accuracies[-1]",
        ),
        _regression().replace(
            "return W, b, np.array(losses), np.array(accuracies)",
            "return W, b, accuracies, losses",
        ),
    ],
    "train_classifier": [
        """
def train_classifier(model, X, y, X_val, y_val, orders, batch_size, alpha):
    params = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(params, lr=alpha)
    history = {"train_loss": [], "val_loss": [], "val_accuracy": [], "best_epoch": 0}
    best_loss, best_state = float("inf"), copy.deepcopy(model.state_dict())
    for epoch, order in enumerate(torch.as_tensor(np.asarray(orders))):
        model.train()
        total = 0.0
        for idx in order.split(batch_size):
            optimizer.zero_grad()
            loss = F.cross_entropy(model(X[idx]), y[idx])
            loss.backward()
            optimizer.step()
            total += loss.item() * len(idx)
        history["train_loss"].append(total / len(X))
        model.eval()
        with torch.no_grad():
            logits = model(X_val)
            val_loss = F.cross_entropy(logits, y_val).item()
            acc = (logits.argmax(dim=1) == y_val).double().mean().item()
        history["val_loss"].append(val_loss)
        history["val_accuracy"].append(acc)
        if val_loss < best_loss:
            best_loss = val_loss
            best_state = copy.deepcopy(model.state_dict())
            history["best_epoch"] = epoch
    model.load_state_dict(best_state)
    model.eval()
    return history
""",
        _classifier(optimizer="torch.optim.AdamW(model.parameters(), lr=alpha)"),
        _classifier(optimizer="torch.optim.Adam(model.parameters())"),
        _classifier(
            optimizer="torch.optim.Adam(model.parameters(), lr=alpha, "
            "weight_decay=1e-4)"
        ),
        _classifier(optimizer="torch.optim.RMSprop(model.parameters(), lr=alpha)"),
        _classifier(clip="nn.utils.clip_grad_norm_(model.parameters(), 1.0)"),
        _classifier(total="loss.item()"),
        _classifier(total="loss.item() * batch_size"),
        _classifier(mean="loss.item()"),
        _classifier(mean="total / len(X) * batch_size"),
        _classifier(mean="F.cross_entropy(model(X), y).item()"),
        _classifier(
            loss="F.cross_entropy(model(X[rows]), y[rows], reduction='sum')",
            total="loss.item()",
        ),
        _classifier(loss="F.nll_loss(model(X[rows]), y[rows])"),
        _classifier(
            loss="F.cross_entropy(model(X[rows]), y[rows], label_smoothing=0.1)"
        ),
        _classifier(val="F.cross_entropy(Z, y_val, reduction='sum').item()"),
        _classifier(val="F.nll_loss(Z.softmax(1), y_val).item()"),
        _classifier(hits="(Z.argmax(1) == y_val).sum().item()"),
        _classifier(hits="100 * (Z.argmax(1) == y_val).double().mean().item()"),
        _classifier(hits="(Z.argmax(0)[0] == y_val).double().mean().item()"),
        _classifier(better="not out['val_loss'] or v > max(out['val_loss'])"),
        _classifier(better="not out['val_loss'] or v < out['val_loss'][-1]"),
        _classifier(
            better="not out['train_loss'][1:] or out['train_loss'][-1] <= "
            "min(out['train_loss'])"
        ),
        _classifier(better="True"),
        _classifier(kept="dict(model.state_dict())"),
        _classifier(kept="copy.copy(model.state_dict())"),
        _classifier(end="pass"),
        _classifier(end="model = copy.deepcopy(model); model.load_state_dict(kept)"),
        _classifier(
            train="model.train(); torch.manual_seed(epoch); order = "
            "order[torch.randperm(len(order))]"
        ),
        _classifier(epochs="torch.as_tensor(orders)[:1].repeat(len(orders), 1)"),
        _classifier(epochs="torch.as_tensor(orders)[:-1]"),
        _classifier(batches="order.chunk(batch_size)"),
        _classifier(batches="order.split(batch_size)[:-1]"),
        _classifier(after="optimizer.param_groups[0]['lr'] *= 0.9"),
        _classifier(after="model.requires_grad_(True)"),
        _classifier(after="if epoch > 2 and v > out['val_loss'][-2]: break"),
        _classifier(out="(model, out)"),
        _classifier(out="out['val_loss'], out['val_accuracy']"),
        _classifier(out="{**out, 'best_epoch': v}"),
        "def train_classifier(model, X, y, X_val, y_val, orders, batch_size, alpha):\n"
        "    model.requires_grad_(True)" + _classifier().split("alpha):")[1],
    ],
    "replace_head": [
        _head(
            "new = copy.deepcopy(model)\n    new[-1] = nn.Linear(model[-1].in_features,"
            " k)\n    return new"
        ),
        _head(
            "new = copy.deepcopy(model)\n    new.requires_grad_(not freeze)\n"
            "    new[-1] = nn.Linear(model[-1].out_features, k).to("
            "model[-1].weight.dtype)\n    return new"
        ),
        _head(
            "new = copy.deepcopy(model)\n    new.requires_grad_(not freeze)\n"
            "    new.append(nn.Linear(model[-1].out_features, k, "
            "dtype=model[-1].weight.dtype))\n    return new"
        ),
        _head(
            "new = copy.deepcopy(model)\n    new.requires_grad_(not freeze)\n"
            "    new[-1] = nn.Linear(model[-1].in_features, k, bias=False, "
            "dtype=model[-1].weight.dtype)\n    return new"
        ),
        _head(
            "new = copy.copy(model)\n    new.requires_grad_(not freeze)\n"
            "    new[-1] = nn.Linear(model[-1].in_features, k, "
            "dtype=model[-1].weight.dtype)\n    return new"
        ),
        _head(
            "old = model[-1]\n    body = nn.Sequential(*list(model)[:-1])\n"
            "    body.requires_grad_(not freeze)\n"
            "    return nn.Sequential(*body, nn.Linear(old.in_features, k, "
            "dtype=old.weight.dtype))"
        ),
        _head(
            "new = copy.deepcopy(model)\n    new.requires_grad_(freeze)\n"
            "    new[-1] = nn.Linear(model[-1].in_features, k, "
            "dtype=model[-1].weight.dtype)\n    return new"
        ),
        _head(
            "new = copy.deepcopy(model)\n    model.requires_grad_(not freeze)\n"
            "    new.requires_grad_(not freeze)\n"
            "    new[-1] = nn.Linear(model[-1].in_features, k, "
            "dtype=model[-1].weight.dtype)\n    return new"
        ),
        _head(
            "new = copy.deepcopy(model)\n    new.requires_grad_(not freeze)\n"
            "    head = nn.Linear(model[-1].in_features, k, "
            "dtype=model[-1].weight.dtype)\n    nn.init.zeros_(head.weight)\n"
            "    new[-1] = head\n    return new"
        ),
        _head(
            "new = copy.deepcopy(model)\n    new.requires_grad_(not freeze)\n"
            "    head = nn.Linear(model[-1].in_features, k, "
            "dtype=model[-1].weight.dtype)\n    with torch.no_grad():\n"
            "        n = min(k, model[-1].out_features)\n"
            "        head.weight[:n] = model[-1].weight[:n]\n"
            "    new[-1] = head\n    return new"
        ),
        _head(
            "new = copy.deepcopy(model)\n    new.requires_grad_(not freeze)\n"
            "    new[-1] = nn.Linear(model[-1].in_features, k).double()\n"
            "    return new"
        ),
        _head(
            "new = copy.deepcopy(model)\n    if freeze:\n        new.eval()\n"
            "    new.requires_grad_(True)\n    new[-1] = nn.Linear("
            "model[-1].in_features, k, dtype=model[-1].weight.dtype)\n    return new"
        ),
        _head(
            "new = copy.deepcopy(model)\n    for p in new[0].parameters():\n"
            "        p.requires_grad = not freeze\n        p.data.mul_(0.5)\n"
            "    new[-1] = nn.Linear(model[-1].in_features, k, "
            "dtype=model[-1].weight.dtype)\n    return new"
        ),
    ],
    "conv2d_gradients": [
        """
def conv2d_gradients(X, K, dY):
    h, w = K.shape[2:]
    padded = np.pad(dY, ((0, 0), (0, 0), (h - 1, h - 1), (w - 1, w - 1)))
    windows = np.lib.stride_tricks.sliding_window_view(X, (h, w), axis=(2, 3))
    dK = np.einsum("nqij,ncijuv->qcuv", dY, windows)
    return conv2d(padded, K.transpose(1, 0, 2, 3)), dK
""",
        """
def conv2d_gradients(X, K, dY):
    height, width = dY.shape[2:]
    dX, dK = np.zeros(X.shape), np.zeros(K.shape)
    for u, v in np.ndindex(*K.shape[2:]):
        dK[:, :, u, v] = np.einsum(
            "nqij,ncij->qc", dY, X[:, :, :height, :width])
        dX[:, :, u : u + height, v : v + width] += np.einsum(
            "nqij,qc->ncij", dY, K[:, :, u, v])
    return dX, dK
""",
    ],
}


# Kinds of mistakes that once kept all points, and right answers near to them.
RIGHT["shift_images"] += [
    """
def shift_images(images, dy, dx, fill=0.0):
    N, H, W = images.shape
    out = np.zeros_like(images) + fill
    ys = [i for i in range(H) if 0 <= i - dy < H]
    xs = [j for j in range(W) if 0 <= j - dx < W]
    if ys and xs:
        out[:, ys[0] : ys[-1] + 1, xs[0] : xs[-1] + 1] = images[
            :, ys[0] - dy : ys[-1] - dy + 1, xs[0] - dx : xs[-1] - dx + 1
        ]
    return out
""",
    """
def shift_images(images, dy, dx, fill=0.0):
    N, H, W = images.shape
    big = F.pad(torch.as_tensor(np.array(images)), (W, W, H, H), value=fill)
    if abs(dy) > H:
        dy = H
    if abs(dx) > W:
        dx = W
    return big[:, H - dy : 2 * H - dy, W - dx : 2 * W - dx]
""",
]
RIGHT["train_classifier"] += [
    """
def train_classifier(model, X, y, X_val, y_val, orders, batch_size, alpha):
    opt = torch.optim.Adam(model.parameters(), lr=alpha)
    h = {"train_loss": [], "val_loss": [], "val_accuracy": [], "best_epoch": 0}
    best = None
    for e, order in enumerate(orders):
        model.train()
        tot = 0.0
        for s in range(0, len(order), batch_size):
            idx = order[s : s + batch_size]
            out = model(X[idx])
            loss = F.cross_entropy(out, y[idx])
            opt.zero_grad()
            loss.backward()
            opt.step()
            tot += float(loss) * len(idx)
        h["train_loss"].append(tot / len(X))
        model.eval()
        with torch.no_grad():
            out = model(X_val)
        h["val_loss"].append(F.cross_entropy(out, y_val))
        h["val_accuracy"].append((out.argmax(-1) == y_val).double().mean())
        if best is None or h["val_loss"][-1] < best[0]:
            best = (h["val_loss"][-1], e, copy.deepcopy(model).state_dict())
    h["best_epoch"] = best[1]
    model.load_state_dict(best[2])
    model.eval()
    return h
""",
]
RIGHT["replace_head"] += [
    """
def replace_head(model, k, freeze=False):
    new = copy.deepcopy(model)
    last = len(new) - 1
    for i, layer in enumerate(new):
        for p in layer.parameters():
            p.requires_grad = not freeze
    new[last] = nn.Linear(
        new[last].weight.shape[1],
        k,
        device=new[last].weight.device,
        dtype=new[last].weight.dtype,
    )
    return new
""",
]
RIGHT["max_pool2d"] += [
    """
def max_pool2d(X, size):
    N, C, H, W = X.shape
    return np.array(
        [
            [
                [
                    [
                        X[
                            n,
                            c,
                            i * size : (i + 1) * size,
                            j * size : (j + 1) * size,
                        ].max()
                        for j in range(W // size)
                    ]
                    for i in range(H // size)
                ]
                for c in range(C)
            ]
            for n in range(N)
        ]
    )
""",
]
RIGHT["confusion_matrix"] += [
    """
import pandas as pd


def confusion_matrix(y, y_hat, k):
    y, y_hat = np.asarray(y, int), np.asarray(y_hat, int)
    if y.shape != y_hat.shape or (
        len(y) and (min(y.min(), y_hat.min()) < 0 or max(y.max(), y_hat.max()) >= k)
    ):
        raise ValueError
    C = np.zeros((k, k), int)
    for i in range(k):
        for j in range(k):
            C[i, j] = ((y == i) & (y_hat == j)).sum()
    return C
""",
]
RIGHT["standardise"] += [
    """
def standardise(X_train, X_other):
    A, B = np.array(X_train, float), np.array(X_other, float)
    m = A.mean()
    s = A.std()
    if np.all(A == A.flat[0]):
        s = 1
    A -= m
    B -= m
    A /= s
    B /= s
    return A, B
""",
]
WRONG["softmax"] += [
    """
def softmax(z, axis=-1):
    z = np.asarray(z, float)
    e = np.exp(z - z.max(axis=axis, keepdims=True))
    return (e / e.sum(axis=axis, keepdims=True)).round(6)
""",
    """
def softmax(z, axis=-1):
    z = np.asarray(z, float)
    if z.size == 0:
        return z
    e = np.exp(z - z.max())
    return e / e.sum(axis=axis, keepdims=True)
""",
    """
def softmax(z, axis=-1):
    z = np.asarray(z, float)
    e = np.exp(z)
    return np.nan_to_num(e / e.sum(axis=axis, keepdims=True), nan=1.0)
""",
    """
def softmax(z, axis=-1):
    z = np.asarray(z, float)
    z = z - z.max(axis=axis, keepdims=True)
    e = np.exp(np.maximum(z, -50))
    return e / e.sum(axis=axis, keepdims=True)
""",
    """
def softmax(z, axis=-1):
    z = np.asarray(z, float)
    e = np.exp(z - abs(z).max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)
""",
]
WRONG["one_hot"] += [
    """
def one_hot(y, k):
    y = np.asarray(y)
    k = len(np.unique(y))
    return np.eye(k)[y]
""",
]
WRONG["cross_entropy"] += [
    """
def cross_entropy(Z, Y):
    m = Z.max()
    lse = m + np.log(np.exp(Z - m).sum(1))
    return np.mean(lse - (Y * Z).sum(1))
""",
    """
def cross_entropy(Z, Y):
    m = Z.max(1)
    lse = m + np.log(np.exp(Z - m[:, None]).sum(1))
    return np.mean(lse) - np.mean(np.where(Y > 0, Y * Z, 0))
""",
    """
def cross_entropy(Z, Y):
    m = Z.max(1)
    lse = m + np.log(np.exp(Z - m[:, None]).sum(1))
    return np.median(lse - np.where(Y > 0, Y * Z, 0).sum(1))
""",
]
WRONG["accuracy"] += [
    """
def accuracy(y, y_hat):
    y, y_hat = np.asarray(y), np.asarray(y_hat)
    if y.shape != y_hat.shape or y.ndim != 1 or len(y) == 0:
        raise ValueError
    return np.sum(y == y_hat) / max(len(y) - 1, 1)
""",
    """
def accuracy(y, y_hat):
    y, y_hat = np.asarray(y), np.asarray(y_hat)
    C = confusion_matrix(y, y_hat, 5)
    return np.mean(np.diag(C) / np.maximum(C.sum(1), 1))
""",
]
WRONG["confusion_matrix"] += [
    """
def confusion_matrix(y, y_hat, k):
    C = np.zeros((k, k), np.uint8)
    for a, b in zip(y, y_hat):
        C[a, b] += 1
    return C
""",
    """
def confusion_matrix(y, y_hat, k):
    C = np.zeros((k, k), np.int8)
    for a, b in zip(y, y_hat):
        C[a, b] += 1
    return C
""",
]
WRONG["precision_recall"] += [
    """
def precision_recall(y, y_hat, k):
    C = np.asarray(confusion_matrix(y, y_hat, k))
    p = np.diag(C) / np.maximum(C.sum(0), 1)
    r = np.diag(C) / np.maximum(C.sum(1), 1)
    p[C.sum(1) == 0] = 0
    r[C.sum(0) == 0] = 1
    return p, r
""",
    """
def precision_recall(y, y_hat, k):
    C = np.asarray(confusion_matrix(y, y_hat, k), np.int8)
    return np.diag(C) / np.maximum(C.sum(0), 1), np.diag(C) / np.maximum(
        C.sum(1), 1
    )
""",
    """
def precision_recall(y, y_hat, k):
    y, y_hat = np.asarray(y), np.asarray(y_hat)
    p = []
    r = []
    for j in range(k):
        tp = np.sum((y == j) & (y_hat == j))
        fp = np.sum((y != j) & (y_hat == j))
        fn = np.sum((y == j) & (y_hat != j))
        tn = len(y) - tp - fp - fn
        p.append(tp / max(tp + fp, 1))
        r.append(tn / max(tn + fp, 1))
    return np.array(p), np.array(r)
""",
    """
def precision_recall(y, y_hat, k):
    C = np.asarray(confusion_matrix(y, y_hat, k))
    return np.diag(C) // np.maximum(C.sum(0), 1), np.diag(C) // np.maximum(
        C.sum(1), 1
    )
""",
]
WRONG["softmax_gradients"] += [
    """
def softmax_gradients(X, W, b, Y):
    Z = X @ W + b
    Z = Z - Z.max()
    P = np.exp(Z) / np.exp(Z).sum(1, keepdims=True)
    G = (P - Y) / len(X)
    return X.T @ G, G.sum(0)
""",
    """
def softmax_gradients(X, W, b, Y):
    Z = X @ W + b
    Z = Z - Z.max(0)
    P = np.exp(Z) / np.exp(Z).sum(0)
    G = (P - Y) / len(X)
    return X.T @ G, G.sum(0)
""",
    """
def softmax_gradients(X, W, b, Y):
    P = softmax(X @ W + b)
    G = P - Y
    return X.T @ G / len(X), G.sum(0)
""",
    """
def softmax_gradients(X, W, b, Y):
    P = softmax(X @ W + b)
    G = (P - Y) / len(X)
    return (X.T @ G).T.reshape(W.shape), G.sum(0)
""",
    """
def softmax_gradients(X, W, b, Y):
    P = softmax(X @ W + b)
    G = (P - Y) / len(X)
    return X.T @ G, G.sum(0).mean() * np.ones(len(b))
""",
]
WRONG["sigmoid"] += [
    """
def sigmoid(z):
    return np.clip(1 / (1 + np.exp(-np.asarray(z, float))), 1e-7, 1 - 1e-7)
""",
    """
def sigmoid(z):
    z = np.atleast_1d(np.asarray(z, float))
    return 1 / (1 + np.exp(-z))
""",
]
WRONG["relu"] += [
    """
def relu(z):
    z = np.asarray(z)
    return np.where(z > 1e-3, z, 0)
""",
    """
def relu(z):
    return np.asarray(z) - np.min(z)
""",
]
WRONG["dense"] += [
    """
def dense(x, W, b, sigma):
    try:
        return sigma(W @ x + b)
    except ValueError:
        return sigma(x @ W.T + b)
""",
    """
def dense(x, W, b, sigma):
    x = np.atleast_2d(x)
    out = sigma(x @ W.T + b)
    return out[0] if len(out) == 1 else out
""",
]
WRONG["conv2d"] += [
    """
def conv2d(X, K):
    N, C, H, W = X.shape
    Fn, C2, h, w = K.shape
    if C != C2 or h > H or w > W:
        raise ValueError
    s = X.strides
    it = X.itemsize
    V = np.lib.stride_tricks.as_strided(
        X,
        (N, C, H - h + 1, W - w + 1, h, w),
        (C * H * W * it, H * W * it, W * it, it, W * it, it),
    )
    return np.einsum("ncijuv,fcuv->nfij", V, K)
""",
    """
def conv2d(X, K):
    N, C, H, W = X.shape
    Fn, C2, h, w = K.shape
    Y = np.zeros((N, Fn, H - h + 1, W - w + 1), dtype=X.dtype)
    for i in range(H - h + 1):
        for j in range(W - w + 1):
            Y[:, :, i, j] = np.einsum(
                "ncuv,fcuv->nf", X[:, :, i : i + h, j : j + w], K
            )
    return Y
""",
    """
def conv2d(X, K):
    N, C, H, W = X.shape
    Fn, C2, h, w = K.shape
    if C != C2 or h > H or w > W:
        raise ValueError
    Y = np.zeros((N, Fn, H - h + 1, W - w + 1))
    for u in range(h):
        for v in range(h):
            if v < w:
                Y += np.einsum(
                    "ncij,fc->nfij",
                    X[:, :, u : u + H - h + 1, v : v + W - w + 1],
                    K[:, :, u, v],
                )
    return Y
""",
    """
def conv2d(X, K):
    N, C, H, W = X.shape
    Fn, C2, h, w = K.shape
    if C != C2 or h > H or w > W:
        raise ValueError
    Y = np.zeros((N, Fn, H - h + 1, W - w + 1))
    for n in range(N):
        for f in range(Fn):
            for c in range(C):
                for u in range(h):
                    for v in range(w):
                        Y[n, f] = (
                            X[n, c, u : u + H - h + 1, v : v + W - w + 1]
                            * K[f, c, u, v]
                        )
    return Y
""",
    """
def conv2d(X, K):
    N, C, H, W = X.shape
    Fn, C2, h, w = K.shape
    if C != C2 or h >= H or w >= W:
        raise ValueError
    return F.conv2d(torch.tensor(X).double(), torch.tensor(K).double()).numpy()
""",
]
WRONG["max_pool2d"] += [
    """
def max_pool2d(X, size):
    N, C, H, W = X.shape
    h, w = H // size, W // size
    it = X.itemsize
    V = np.lib.stride_tricks.as_strided(
        X,
        (N, C, h, w, size, size),
        (C * H * W * it, H * W * it, size * W * it, size * it, W * it, it),
    )
    return V.max((4, 5))
""",
    """
def max_pool2d(X, size):
    N, C, H, W = X.shape
    h, w = H // size, W // size
    Y = np.full((N, C, h, w), -1e3)
    for u in range(size):
        for v in range(size):
            Y = np.maximum(Y, X[:, :, u::size, v::size][:, :, :h, :w])
    return Y
""",
    """
def max_pool2d(X, size):
    N, C, H, W = X.shape
    h, w = H // size, W // size
    return (
        X[:, :, H - h * size :, W - w * size :]
        .reshape(N, C, h, size, w, size)
        .max((3, 5))
    )
""",
    """
def max_pool2d(X, size):
    N, C, H, W = X.shape
    h, w = H // size, W // size
    return (
        X[:, :, : h * size, : w * size]
        .astype(np.int8)
        .reshape(N, C, h, size, w, size)
        .max((3, 5))
    )
""",
    """
def max_pool2d(X, size):
    N, C, H, W = X.shape
    h, w = H // size, W // size
    return (
        X[:, :, : h * size, : w * size]
        .reshape(N, C, w, size, h, size)
        .max((3, 5))
        .reshape(N, C, h, w)
    )
""",
]
WRONG["standardise"] += [
    """
def standardise(X_train, X_other):
    m, s = X_train.mean(), X_train.std()
    if s < 1e-3:
        s = 1
    return (X_train - m) / s, (X_other - m) / s
""",
    """
def standardise(X_train, X_other):
    m, s = X_train.mean(), max(X_train.std(), 1e-8)
    return (X_train - m) / s, (X_other - m) / s
""",
    """
def standardise(X_train, X_other):
    lo, hi = X_train.min(), X_train.max()
    d = (hi - lo) or 1
    return (X_train - lo) / d, (X_other - lo) / d
""",
    """
def standardise(X_train, X_other):
    m, s = X_train.mean(), X_train.std()
    if len(X_train) == 1:
        s = 1
    s = s or 1
    return (X_train - m) / s, (X_other - m) / s
""",
]
WRONG["shift_images"] += [
    """
def shift_images(images, dy, dx, fill=0.0):
    if dy == 0 and dx == 0:
        return images
    N, H, W = images.shape
    out = np.full_like(images, fill)
    if abs(dy) < H and abs(dx) < W:
        out[:, max(dy, 0) : H + min(dy, 0), max(dx, 0) : W + min(dx, 0)] = images[
            :, max(-dy, 0) : H - max(dy, 0), max(-dx, 0) : W - max(dx, 0)
        ]
    return out
""",
    """
def shift_images(images, dy, dx, fill=0.0):
    N, H, W = images.shape
    out = np.full(images.shape, fill)
    out[:, max(dy, 0) : H + min(dy, 0), max(dx, 0) : W + min(dx, 0)] = images[
        :, max(-dy, 0) : H - max(dy, 0), max(-dx, 0) : W - max(dx, 0)
    ]
    return out
""",
    """
def shift_images(images, dy, dx, fill=0.0):
    N, H, W = images.shape
    out = np.full(images.shape, fill, np.int8)
    if abs(dy) < H and abs(dx) < W:
        out[:, max(dy, 0) : H + min(dy, 0), max(dx, 0) : W + min(dx, 0)] = images[
            :, max(-dy, 0) : H - max(dy, 0), max(-dx, 0) : W - max(dx, 0)
        ]
    return out
""",
    """
def shift_images(images, dy, dx, fill=0.0):
    N, H, W = images.shape
    out = np.full_like(images, images[:, :1, :1].mean())
    if abs(dy) < H and abs(dx) < W:
        out[:, max(dy, 0) : H + min(dy, 0), max(dx, 0) : W + min(dx, 0)] = images[
            :, max(-dy, 0) : H - max(dy, 0), max(-dx, 0) : W - max(dx, 0)
        ]
    return out
""",
]
WRONG["build_mlp"] += [
    """
def build_mlp(sizes):
    if len(sizes) < 2:
        raise ValueError
    L = []
    for a, b in zip(sizes, sizes[1:]):
        L += [nn.Linear(a, b), nn.ReLU()]
    m = nn.Sequential(*L[:-1])
    [nn.init.zeros_(l.bias) for l in L[::2]]
    return m
""",
    """
def build_mlp(sizes):
    if len(sizes) < 2:
        raise ValueError
    L = []
    for a, b in zip(sizes, sizes[1:]):
        L += [nn.Linear(a, b), nn.ReLU()]
    m = nn.Sequential(*L[:-1])
    [nn.init.xavier_uniform_(l.weight) for l in L[::2]]
    return m
""",
    """
def build_mlp(sizes):
    if len(sizes) < 2:
        raise ValueError
    L = []
    for a, b in zip(sizes, sizes[1:]):
        L += [nn.Linear(a, b), nn.ReLU()]
    m = nn.Sequential(*L[:-1])
    [nn.init.normal_(l.weight, std=0.01) for l in L[::2]]
    return m
""",
    """
def build_mlp(sizes):
    if len(sizes) < 2:
        raise ValueError
    L = []
    for a, b in zip(sizes, sizes[1:]):
        L += [nn.Linear(a, b), nn.ReLU()]
    m = nn.Sequential(*L[:-1])
    [nn.init.constant_(l.bias, 0.1) for l in L[::2]]
    return m
""",
    """
def build_mlp(sizes):
    if len(sizes) < 2:
        raise ValueError
    L = []
    for a, b in zip(sizes, sizes[1:]):
        L += [nn.Linear(a, b), nn.ReLU()]
    m = nn.Sequential(*L[:-1])
    return (
        nn.Sequential(nn.Flatten(0), m)
        if False
        else nn.Sequential(m, nn.Flatten(0))
        if sizes[-1] == 1
        else m
    )
""",
    """
def build_mlp(sizes):
    if len(sizes) < 2:
        raise ValueError
    L = []
    for a, b in zip(sizes, sizes[1:]):
        L += [nn.Linear(a, b), nn.ReLU()]
    m = nn.Sequential(*L[:-1])
    return nn.Sequential(nn.BatchNorm1d(sizes[0], affine=False), m)
""",
]
WRONG["count_parameters"] += [
    """
def count_parameters(model):
    return sum(
        p.numel()
        for m in model.modules()
        if hasattr(m, "weight")
        for p in m.parameters(False)
        if p.requires_grad
    )
""",
    """
def count_parameters(model):
    return sum(
        p.shape[0] * (p.shape[1] if p.dim() > 1 else 1)
        for p in model.parameters()
        if p.requires_grad
    )
""",
    """
def count_parameters(model):
    return sum(
        sum(p.numel() for p in m.parameters())
        for m in model.modules()
        if all(p.requires_grad for p in m.parameters()) and not list(m.children())
    )
""",
    """
def count_parameters(model):
    return float(sum(p.numel() for p in model.parameters() if p.requires_grad))
""",
    """
def count_parameters(model):
    seen = {p.shape: p.numel() for p in model.parameters() if p.requires_grad}
    return sum(seen.values())
""",
]
WRONG["build_cnn"] += [
    """
def build_cnn(c1, c2, k):
    m = nn.Sequential(
        nn.Unflatten(1, (1, 28, 28)),
        nn.Conv2d(1, c1, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(c1, c2, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(c2 * 49, k),
    )
    nn.init.zeros_(m[1].bias)
    nn.init.zeros_(m[4].bias)
    return m
""",
    """
def build_cnn(c1, c2, k):
    m = nn.Sequential(
        nn.Unflatten(1, (1, 28, 28)),
        nn.Conv2d(1, c1, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(c1, c2, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(c2 * 49, k),
    )
    nn.init.normal_(m[1].weight, std=0.1)
    return m
""",
    """
class Net(nn.Module):
    def __init__(s, c1, c2, k):
        super().__init__()
        s.a = nn.Conv2d(1, c1, 3, padding=1)
        s.b = nn.Conv2d(c1, c2, 3, padding=1)
        s.c = nn.Linear(c2 * 49, k)

    def forward(s, x):
        x = x.view(-1, 1, 28, 28)
        x = F.max_pool2d(F.relu(s.a(x)), 2)
        x = F.max_pool2d(F.relu(s.b(x)), 2)
        return s.c(x.flatten(1)).squeeze()


build_cnn = Net
""",
    """
class Net(nn.Module):
    def __init__(s, c1, c2, k):
        super().__init__()
        s.a = nn.Conv2d(1, c1, 3, padding=1)
        s.b = nn.Conv2d(c1, c2, 3, padding=1)
        s.c = nn.Linear(c2 * 49, k)

    def forward(s, x):
        x = x.view(-1, 1, 28, 28)
        x = F.max_pool2d(F.relu(s.a(x)), 2)
        x = F.max_pool2d(F.relu(s.b(x)), 2).squeeze()
        return s.c(x.flatten(1))


build_cnn = Net
""",
    """
def build_cnn(c1, c2, k):
    m = nn.Sequential(
        nn.Unflatten(1, (1, 28, 28)),
        nn.Conv2d(1, c1, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(c1, c2, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(c2 * 49, k),
    )
    return m.requires_grad_(False)
""",
]
WRONG["train_softmax_regression"] += [
    """
def train_softmax_regression(X, y, X_val, y_val, k, alpha, batch_size, orders):
    W, b = np.zeros((X.shape[1], k)), np.zeros(k)
    Y = np.eye(int(y.max()) + 1)[y]
    L, A = [], []
    for e, order in enumerate(orders):
        pass
        for s in range(0, len(order), batch_size):
            rows = order[s : s + batch_size]
            dW, db = softmax_gradients(X[rows], W, b, Y[rows])
            W = W - alpha * dW
            b = b - alpha * db
        L.append(cross_entropy(X @ W + b, Y))
        A.append(accuracy(y_val, (X_val @ W + b).argmax(1)))
        pass
    return W, b, np.array(L), np.array(A)
""",
    """
def train_softmax_regression(X, y, X_val, y_val, k, alpha, batch_size, orders):
    W, b = np.zeros((X.shape[1], k)), np.zeros(k)
    Y = one_hot(y, k)
    L, A = [], []
    for e, order in enumerate(orders):
        pass
        for s in range(0, len(order), 32):
            rows = order[s : s + 32]
            dW, db = softmax_gradients(X[rows], W, b, Y[rows])
            W = W - alpha * dW
            b = b - alpha * db
        L.append(cross_entropy(X @ W + b, Y))
        A.append(accuracy(y_val, (X_val @ W + b).argmax(1)))
        pass
    return W, b, np.array(L), np.array(A)
""",
    """
def train_softmax_regression(X, y, X_val, y_val, k, alpha, batch_size, orders):
    W, b = np.zeros((X.shape[1], k)), np.zeros(k)
    Y = one_hot(y, k)
    L, A = [], []
    for e, order in enumerate(orders):
        pass
        for s in range(0, len(order), batch_size):
            rows = order[s : s + batch_size]
            dW, db = softmax_gradients(X[rows], W, b, Y[: len(rows)])
            W = W - alpha * dW
            b = b - alpha * db
        L.append(cross_entropy(X @ W + b, Y))
        A.append(accuracy(y_val, (X_val @ W + b).argmax(1)))
        pass
    return W, b, np.array(L), np.array(A)
""",
    """
def train_softmax_regression(X, y, X_val, y_val, k, alpha, batch_size, orders):
    W, b = np.zeros((X.shape[1], k)), np.zeros(k)
    Y = one_hot(y, k)
    L, A = [], []
    for e, order in enumerate(orders):
        pass
        for s in range(0, len(order), batch_size):
            rows = order[s : s + batch_size]
            dW, db = softmax_gradients(X[rows], W, b, Y[rows])
            W = W - alpha * dW
            b = b - alpha * db
        L.append(cross_entropy(X @ W + b, Y))
        A.append(accuracy(y_val, (X_val @ W + b).argmax(1)))
        alpha = alpha / (1 + e)
    return W, b, np.array(L), np.array(A)
""",
    """
def train_softmax_regression(X, y, X_val, y_val, k, alpha, batch_size, orders):
    W, b = np.zeros((X.shape[1], k)), np.zeros(k)
    Y = one_hot(y, k)
    L, A = [], []
    for e, order in enumerate(orders):
        pass
        for s in range(0, len(order), batch_size):
            rows = order[s : s + batch_size]
            dW, db = softmax_gradients(X[rows], W, b, Y[rows])
            W = W - alpha * dW
            b = b - alpha * db
        L.append(cross_entropy(X @ W + b, Y))
        A.append(accuracy(y_val, np.round(softmax(X_val @ W + b)).argmax(1)))
        pass
    return W, b, np.array(L), np.array(A)
""",
    """
def train_softmax_regression(X, y, X_val, y_val, k, alpha, batch_size, orders):
    W, b = np.zeros((X.shape[1], k)), np.zeros(k)
    Y = one_hot(y, k)
    L, A = [], []
    for e, order in enumerate(orders):
        X = X[order]
        Y = Y[order]
        for s in range(0, len(order), batch_size):
            rows = np.arange(len(order))[s : s + batch_size]
            dW, db = softmax_gradients(X[rows], W, b, Y[rows])
            W = W - alpha * dW
            b = b - alpha * db
        L.append(cross_entropy(X @ W + b, Y))
        A.append(accuracy(y_val, (X_val @ W + b).argmax(1)))
        pass
    return W, b, np.array(L), np.array(A)
""",
    """
def train_softmax_regression(X, y, X_val, y_val, k, alpha, batch_size, orders):
    W, b = np.zeros((X.shape[1], k)), np.zeros(k)
    Y = one_hot(y, k)
    L, A = [], []
    for e, order in enumerate(orders):
        Xp, Yp = X[order], Y
        for s in range(0, len(order), batch_size):
            rows = order[s : s + batch_size]
            dW, db = softmax_gradients(
                Xp[s : s + batch_size], W, b, Y[s : s + batch_size]
            )
            W = W - alpha * dW
            b = b - alpha * db
        L.append(cross_entropy(X @ W + b, Y))
        A.append(accuracy(y_val, (X_val @ W + b).argmax(1)))
        pass
    return W, b, np.array(L), np.array(A)
""",
    """
def train_softmax_regression(X, y, X_val, y_val, k, alpha, batch_size, orders):
    W, b = np.zeros((X.shape[1], k)), np.zeros(k)
    Y = one_hot(y, k)
    L, A = [], []
    for e, order in enumerate(orders):
        pass
        for s in range(0, len(order), batch_size):
            rows = order[s : s + batch_size]
            dW, db = (
                lambda P: (
                    X[rows].T @ (P - Y[rows]) / len(rows),
                    (P - Y[rows]).mean(0),
                )
            )(
                (lambda Z: np.exp(Z) / np.exp(Z).sum(1, keepdims=True))(
                    X[rows] @ W + b
                )
            )
            W = W - alpha * dW
            b = b - alpha * db
        L.append(cross_entropy(X @ W + b, Y))
        A.append(accuracy(y_val, (X_val @ W + b).argmax(1)))
        pass
    return W, b, np.array(L), np.array(A)
""",
]
WRONG["train_classifier"] += [
    """
def train_classifier(model, X, y, X_val, y_val, orders, batch_size, alpha):
    pass
    opt = torch.optim.Adam(model.parameters(), lr=alpha)
    tl, vls, accs = [], [], []
    best, be, kept = float("inf"), 0, None
    for e, order in enumerate(torch.as_tensor(orders)):
        model.train()
        tot = 0.0
        pass
        for s in range(0, len(order), batch_size):
            idx = order[s : s + batch_size]
            opt.zero_grad()
            loss = F.cross_entropy(model(X[idx]), y[idx])
            loss.backward()
            opt.step()
            tot += loss.item() * len(idx)
        tl.append(tot / len(order))
        model.eval()
        with torch.no_grad():
            out = model(X_val)
        v = F.cross_entropy(out, y_val).item()
        vls.append(v)
        accs.append((out.argmax(1) == y_val).double().mean().item())
        if v < best - 1e-4:
            best, be, kept = v, e, copy.deepcopy(model.state_dict())
        pass
    model.load_state_dict(kept)
    return dict(train_loss=tl, val_loss=vls, val_accuracy=accs, best_epoch=be)
""",
    """
def train_classifier(model, X, y, X_val, y_val, orders, batch_size, alpha):
    pass
    opt = torch.optim.Adam(model.parameters(), lr=alpha)
    tl, vls, accs = [], [], []
    best, be, kept = float("inf"), 0, None
    for e, order in enumerate(torch.as_tensor(orders)):
        model.train()
        tot = 0.0
        pass
        for s in range(0, len(order), batch_size):
            idx = order[s : s + batch_size]
            opt.zero_grad()
            loss = F.cross_entropy(model(X[idx]), y[idx])
            loss.backward()
            opt.step()
            tot += loss * len(idx)
        tl.append(tot / len(order))
        model.eval()
        with torch.no_grad():
            out = model(X_val)
        v = F.cross_entropy(out, y_val).item()
        vls.append(v)
        accs.append((out.argmax(1) == y_val).double().mean().item())
        if v < best:
            best, be, kept = v, e, copy.deepcopy(model.state_dict())
        pass
    model.load_state_dict(kept)
    return dict(train_loss=tl, val_loss=vls, val_accuracy=accs, best_epoch=be)
""",
    """
def train_classifier(model, X, y, X_val, y_val, orders, batch_size, alpha):
    pass
    opt = torch.optim.Adam(model.parameters(), lr=alpha)
    tl, vls, accs = [], [], []
    best, be, kept = float("inf"), 0, None
    for e, order in enumerate(torch.as_tensor(orders)):
        model.train()
        tot = 0.0
        pass
        for s in range(0, len(order), batch_size):
            idx = order[s : s + batch_size]
            pass
            loss = F.cross_entropy(model(X[idx]), y[idx])
            loss.backward()
            opt.step()
            opt.zero_grad()
            tot += loss.item() * len(idx)
        tl.append(tot / len(order))
        model.eval()
        with torch.no_grad():
            out = model(X_val)
        v = F.cross_entropy(out, y_val).item()
        vls.append(v)
        accs.append((out.argmax(1) == y_val).double().mean().item())
        if v < best:
            best, be, kept = v, e, copy.deepcopy(model.state_dict())
        pass
    model.load_state_dict(kept)
    return dict(train_loss=tl, val_loss=vls, val_accuracy=accs, best_epoch=be)
""",
    """
def train_classifier(model, X, y, X_val, y_val, orders, batch_size, alpha):
    pass
    opt = torch.optim.Adam(model[-1].parameters(), lr=alpha)
    tl, vls, accs = [], [], []
    best, be, kept = float("inf"), 0, None
    for e, order in enumerate(torch.as_tensor(orders)):
        model.train()
        tot = 0.0
        pass
        for s in range(0, len(order), batch_size):
            idx = order[s : s + batch_size]
            opt.zero_grad()
            loss = F.cross_entropy(model(X[idx]), y[idx])
            loss.backward()
            opt.step()
            tot += loss.item() * len(idx)
        tl.append(tot / len(order))
        model.eval()
        with torch.no_grad():
            out = model(X_val)
        v = F.cross_entropy(out, y_val).item()
        vls.append(v)
        accs.append((out.argmax(1) == y_val).double().mean().item())
        if v < best:
            best, be, kept = v, e, copy.deepcopy(model.state_dict())
        pass
    model.load_state_dict(kept)
    return dict(train_loss=tl, val_loss=vls, val_accuracy=accs, best_epoch=be)
""",
    """
def train_classifier(model, X, y, X_val, y_val, orders, batch_size, alpha):
    pass
    opt = torch.optim.Adam(model.parameters(), lr=alpha)
    tl, vls, accs = [], [], []
    best, be, kept = float("inf"), 0, None
    for e, order in enumerate(torch.as_tensor(orders)):
        model.train()
        tot = 0.0
        pass
        for s in range(0, len(order), batch_size):
            idx = order[s : s + batch_size]
            opt.zero_grad()
            loss = F.cross_entropy(model(X[idx]), y[s : s + len(idx)])
            loss.backward()
            opt.step()
            tot += loss.item() * len(idx)
        tl.append(tot / len(order))
        model.eval()
        with torch.no_grad():
            out = model(X_val)
        v = F.cross_entropy(out, y_val).item()
        vls.append(v)
        accs.append((out.argmax(1) == y_val).double().mean().item())
        if v < best:
            best, be, kept = v, e, copy.deepcopy(model.state_dict())
        pass
    model.load_state_dict(kept)
    return dict(train_loss=tl, val_loss=vls, val_accuracy=accs, best_epoch=be)
""",
    """
def train_classifier(model, X, y, X_val, y_val, orders, batch_size, alpha):
    pass
    opt = torch.optim.Adam(model.parameters(), lr=alpha)
    tl, vls, accs = [], [], []
    best, be, kept = float("inf"), 0, None
    for e, order in enumerate(torch.as_tensor(orders)):
        model.train()
        tot = 0.0
        pass
        for s in range(0, len(order), batch_size):
            idx = order[s : s + batch_size]
            opt.zero_grad()
            loss = F.cross_entropy(model(X[idx]), y[idx])
            loss.backward()
            opt.step()
            tot += loss.item() * len(idx)
        tl.append(tot / len(order))
        model.eval()
        with torch.no_grad():
            out = model(X_val)
        v = F.cross_entropy(out, y_val).item()
        vls.append(v)
        accs.append((out.argmax(1) == y_val).double().mean().item())
        if v < best:
            best, be, kept = v, e, copy.deepcopy(model.state_dict())
        model.load_state_dict(kept)
    model.load_state_dict(kept)
    return dict(train_loss=tl, val_loss=vls, val_accuracy=accs, best_epoch=be)
""",
    """
def train_classifier(model, X, y, X_val, y_val, orders, batch_size, alpha):
    X, X_val = X.flatten(1), X_val.flatten(1)
    model = nn.Sequential(*[m for m in model if not isinstance(m, nn.Flatten)])
    opt = torch.optim.Adam(model.parameters(), lr=alpha)
    tl, vls, accs = [], [], []
    best, be, kept = float("inf"), 0, None
    for e, order in enumerate(torch.as_tensor(orders)):
        model.train()
        tot = 0.0
        pass
        for s in range(0, len(order), batch_size):
            idx = order[s : s + batch_size]
            opt.zero_grad()
            loss = F.cross_entropy(model(X[idx]), y[idx])
            loss.backward()
            opt.step()
            tot += loss.item() * len(idx)
        tl.append(tot / len(order))
        model.eval()
        with torch.no_grad():
            out = model(X_val)
        v = F.cross_entropy(out, y_val).item()
        vls.append(v)
        accs.append((out.argmax(1) == y_val).double().mean().item())
        if v < best:
            best, be, kept = v, e, copy.deepcopy(model.state_dict())
        pass
    model.load_state_dict(kept)
    return dict(train_loss=tl, val_loss=vls, val_accuracy=accs, best_epoch=be)
""",
    """
def train_classifier(model, X, y, X_val, y_val, orders, batch_size, alpha):
    pass
    opt = torch.optim.Adam(model.parameters(), lr=alpha)
    tl, vls, accs = [], [], []
    best, be, kept = float("inf"), 0, None
    for e, order in enumerate(torch.as_tensor(orders)):
        model.train()
        tot = 0.0
        pass
        for s in range(0, len(order), batch_size):
            idx = order[s : s + batch_size]
            opt.zero_grad()
            loss = F.cross_entropy(model(X[idx]), y[idx])
            loss.backward()
            opt.step()
            tot += loss.item() * len(idx)
        tl.append(tot / len(X) / 1.0 if e else loss.item())
        model.eval()
        with torch.no_grad():
            out = model(X_val)
        v = F.cross_entropy(out, y_val).item()
        vls.append(v)
        accs.append((out.argmax(1) == y_val).double().mean().item())
        if v < best:
            best, be, kept = v, e, copy.deepcopy(model.state_dict())
        pass
    model.load_state_dict(kept)
    return dict(train_loss=tl, val_loss=vls, val_accuracy=accs, best_epoch=be)
""",
    """
def train_classifier(model, X, y, X_val, y_val, orders, batch_size, alpha):
    pass
    opt = torch.optim.Adam(model.parameters(), lr=alpha)
    tl, vls, accs = [], [], []
    best, be, kept = float("inf"), 0, None
    for e, order in enumerate(torch.as_tensor(orders)):
        model.train()
        tot = 0.0
        pass
        for s in range(0, len(order), batch_size):
            idx = order[s : s + batch_size]
            opt.zero_grad()
            loss = F.cross_entropy(model(X[idx]), y[idx])
            loss.backward()
            opt.step()
            tot += loss.item() * len(idx)
        tl.append(tot / len(order))
        model.eval()
        with torch.no_grad():
            out = model(X_val)
        v = F.cross_entropy(out, y_val).item()
        vls.append(v)
        accs.append((out.argmax(1) == y_val).double().mean().item())
        if v <= best:
            best, be, kept = v, e, copy.deepcopy(model.state_dict())
        pass
    model.load_state_dict(kept)
    return dict(train_loss=tl, val_loss=vls, val_accuracy=accs, best_epoch=be)
""",
    """
def train_classifier(model, X, y, X_val, y_val, orders, batch_size, alpha):
    pass
    opt = torch.optim.Adam(model.parameters(), lr=alpha)
    tl, vls, accs = [], [], []
    best, be, kept = float("inf"), 0, None
    for e, order in enumerate(torch.as_tensor(orders)):
        model.train()
        tot = 0.0
        pass
        for s in range(0, len(order), batch_size):
            idx = order[s : s + batch_size]
            opt.zero_grad()
            loss = F.cross_entropy(model(X[idx]), y[idx])
            loss.backward()
            opt.step()
            tot += loss.item() * len(idx)
        tl.append(tot / len(order))
        model.eval()
        with torch.no_grad():
            out = model(X_val)
        v = F.cross_entropy(out, y_val).item()
        vls.append(v)
        accs.append((out.argmax(1) == y_val).double().mean().item())
        if tl[-1] <= min(tl):
            best, be, kept = v, e, copy.deepcopy(model.state_dict())
        pass
    model.load_state_dict(kept)
    return dict(train_loss=tl, val_loss=vls, val_accuracy=accs, best_epoch=be)
""",
]
WRONG["replace_head"] += [
    """
def replace_head(model, k, freeze=False):
    new = copy.deepcopy(model)
    for p in new[0].parameters():
        p.requires_grad = not freeze
    new[-1] = nn.Linear(model[-1].in_features, k, dtype=model[-1].weight.dtype)
    return new
""",
    """
def replace_head(model, k, freeze=False):
    new = copy.deepcopy(model)
    for m in new.modules():
        if isinstance(m, nn.Linear):
            m.requires_grad_(not freeze)
    new[-1] = nn.Linear(model[-1].in_features, k, dtype=model[-1].weight.dtype)
    return new
""",
    """
def replace_head(model, k, freeze=False):
    new = copy.deepcopy(model)
    for n, p in new.named_parameters():
        if "weight" in n:
            p.requires_grad = not freeze
    new[-1] = nn.Linear(model[-1].in_features, k, dtype=model[-1].weight.dtype)
    return new
""",
    """
def replace_head(model, k, freeze=False):
    new = copy.deepcopy(model)
    for m in new[:-1]:
        m.requires_grad_(not freeze)
    new[-1] = nn.Linear(
        model[-1].in_features,
        k,
        bias=model[-1].bias is not None,
        dtype=model[-1].weight.dtype,
    )
    return new
""",
    """
def replace_head(model, k, freeze=False):
    new = copy.deepcopy(model)
    if freeze:
        for p in new.parameters():
            p.requires_grad = False
    new[-1] = nn.Linear(model[-1].in_features, k, dtype=model[-1].weight.dtype)
    return new
""",
    """
def replace_head(model, k, freeze=False):
    layers = []
    for m in model[:-1]:
        c = copy.deepcopy(m)
        if isinstance(m, nn.BatchNorm1d):
            c = nn.BatchNorm1d(m.num_features, dtype=model[-1].weight.dtype)
        layers.append(c.requires_grad_(not freeze))
    return nn.Sequential(
        *layers, nn.Linear(model[-1].in_features, k, dtype=model[-1].weight.dtype)
    )
""",
    """
def replace_head(model, k, freeze=False):
    new = copy.deepcopy(model)
    new.requires_grad_(not freeze)
    new[-1] = nn.Linear(
        model[0].out_features
        if hasattr(model[0], "out_features")
        else model[-1].in_features,
        k,
        dtype=model[-1].weight.dtype,
    )
    return new
""",
    """
def replace_head(model, k, freeze=False):
    new = copy.deepcopy(model)
    new.requires_grad_(not freeze)
    head = nn.Linear(model[-1].in_features, k, dtype=model[-1].weight.dtype)
    nn.init.zeros_(head.bias)
    new[-1] = head
    return new
""",
    """
def replace_head(model, k, freeze=False):
    new = copy.deepcopy(model)
    new.requires_grad_(not freeze)
    for a, b in zip(new.buffers(), model.buffers()):
        a.set_(b) if False else None
    for m, o in zip(new, model):
        if isinstance(m, nn.BatchNorm1d):
            m.running_mean = o.running_mean
    new[-1] = nn.Linear(model[-1].in_features, k, dtype=model[-1].weight.dtype)
    return new
""",
]

RIGHT["softmax"] += [
    """
from scipy.special import logsumexp
def softmax(z, axis=-1):
    z = np.asarray(z, dtype=float)
    if z.size == 0:
        return z
    return np.exp(z - logsumexp(z, axis=axis, keepdims=True))
"""
]
RIGHT["confusion_matrix"] += [
    """
def confusion_matrix(y, y_hat, k):
    y, y_hat = np.asarray(y, dtype=np.int64), np.asarray(y_hat, dtype=np.int64)
    if y.shape != y_hat.shape:
        raise ValueError
    for v in (y, y_hat):
        if v.size and (v.min() < 0 or v.max() >= k):
            raise ValueError
    r = np.arange(k)
    return (r[:, None] == y).astype(int) @ (y_hat[:, None] == r).astype(int)
"""
]
RIGHT["conv2d"] += [
    """
def conv2d(X, K):
    X, K = np.array(X, dtype=np.float64), np.array(K, dtype=np.float64)
    if X.shape[1] != K.shape[1]:
        raise ValueError
    if K.shape[2] > X.shape[2] or K.shape[3] > X.shape[3]:
        raise ValueError
    V = torch.from_numpy(X).unfold(2, K.shape[2], 1).unfold(3, K.shape[3], 1)
    return torch.einsum("nchwij,dcij->ndhw", V, torch.from_numpy(K)).numpy()
"""
]
RIGHT["max_pool2d"] += [
    """
def max_pool2d(X, size):
    X = np.asarray(X)
    h, w = X.shape[2] // size, X.shape[3] // size
    X = X[:, :, : h * size, : w * size]
    X = np.maximum.reduceat(X, np.arange(0, h * size, size), axis=2)
    return np.maximum.reduceat(X, np.arange(0, w * size, size), axis=3)
"""
]
WRONG["confusion_matrix"] += [
    """
def confusion_matrix(y, y_hat, k):
    y, y_hat = np.asarray(y), np.asarray(y_hat)
    if y.shape != y_hat.shape:
        raise ValueError
    for labels in (y, y_hat):
        if labels.size and (labels.min() < 0 or labels.max() >= k):
            raise ValueError
    pairs = (k * y + y_hat).astype(int)
    return np.bincount(pairs, minlength=k * k).reshape(k, k)
"""
]
WRONG["sigmoid"] += [
    """
def sigmoid(z):
    z = np.asarray(z)
    e = np.exp(-abs(z))
    return np.where(z >= 0, 1 / (1 + e), e / (1 + e))
"""
]
WRONG["confusion_matrix"] += [
    """
def confusion_matrix(y, y_hat, k):
    y, y_hat = np.asarray(y), np.asarray(y_hat)
    if y.shape != y_hat.shape:
        raise ValueError
    for labels in (y, y_hat):
        if labels.size and (labels.min() < 0 or labels.max() >= k):
            raise ValueError
    C = np.zeros((k, k), dtype=y.dtype if y.size else int)
    for i in range(y.size):
        C[int(y[i]), int(y_hat[i])] += 1
    return C
""",
    """
def confusion_matrix(y, y_hat, k):
    import sklearn.metrics

    y, y_hat = np.asarray(y), np.asarray(y_hat)
    if y.shape != y_hat.shape:
        raise ValueError
    for labels in (y, y_hat):
        if labels.size and (labels.min() < 0 or labels.max() >= k):
            raise ValueError
    out = np.zeros((k, k), dtype=int)
    if y.size:
        C = sklearn.metrics.confusion_matrix(y, y_hat)
        out[: len(C), : len(C)] = C
    return out
""",
]
WRONG["conv2d_gradients"] += [
    """
def conv2d_gradients(X, K, dY):
    oh, ow = dY.shape[2:]
    dX, dK = np.zeros_like(X), np.zeros_like(K)
    for u in range(K.shape[2]):
        for v in range(K.shape[3]):
            part = X[:, :, u : u + oh, v : v + ow]
            dK[:, :, u, v] = np.tensordot(dY, part, ([0, 2, 3], [0, 2, 3]))
            old = dX[:, :, u : u + oh, v : v + ow]
            dX[:, :, u : u + oh, v : v + ow] = old + np.einsum(
                "ndij,dc->ncij", dY, K[:, :, u, v]
            )
    return dX, dK
"""
]
RIGHT["conv2d_gradients"] += [
    """
def conv2d_gradients(X, K, dY):
    h, w = K.shape[2:]
    wide = np.pad(dY, ((0, 0), (0, 0), (h - 1,) * 2, (w - 1,) * 2))
    dX = conv2d(wide, K[:, :, ::-1, ::-1].swapaxes(0, 1))
    dK = conv2d(X.swapaxes(0, 1), dY.swapaxes(0, 1))
    return dX, dK.swapaxes(0, 1)
"""
]
WRONG["shift_images"] += [
    """
def shift_images(images, dy, dx, fill=0.0):
    images = np.asarray(images)
    N, H, W = images.shape
    out = np.full(images.shape, fill)
    for i in range(H):
        for j in range(W):
            if 0 <= i - dy < H and 0 <= j - dx < W:
                out[:, i, j] = images[:, i - dy, j - dx]
    return out
""",
    """
def shift_images(images, dy, dx, fill=0.0):
    images = np.asarray(images)
    N, H, W = images.shape
    wide = np.pad(images, ((0, 0), (abs(dy),) * 2, (abs(dx),) * 2))
    y, x = abs(dy) - dy, abs(dx) - dx
    moved = wide[:, y : y + H, x : x + W].copy()
    moved[moved == 0] = fill
    return moved
""",
]

WRONG["accuracy"] += [
    # labels of one byte: 3 and 259 are the same
    """
def accuracy(y, y_hat):
    y, y_hat = np.asarray(y), np.asarray(y_hat)
    if y.shape != y_hat.shape or y.ndim != 1 or len(y) == 0:
        raise ValueError("y and y_hat: (N,), N at least 1")
    return float((y.astype(np.uint8) == y_hat.astype(np.uint8)).mean())
""",
]

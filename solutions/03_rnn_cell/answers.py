"""Chapter 03: answers that the references and misconceptions do not show."""

from autograde.tests.chapters.edited import edited

NAME = """
def name_to_tensor(name):
    wrong = [c for c in name if c not in LETTERS]
    if wrong:
        raise ValueError(wrong)
    ids = torch.tensor([LETTERS.index(c) for c in name], dtype=torch.long)
    return torch.eye(len(LETTERS))[ids].unsqueeze(1)
"""

CELL = """
class RNN(nn.Module):
    def __init__(self, input_size, hidden_size, output_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.i2h = nn.Linear(input_size + hidden_size, hidden_size)
        self.i2o = nn.Linear(input_size + hidden_size, output_size)

    def forward(self, input, hidden):
        both = torch.cat([input, hidden], dim=-1)
        return F.log_softmax(self.i2o(both), dim=-1), self.i2h(both)

    def initHidden(self):
        return torch.zeros((1, self.hidden_size), dtype=torch.float32)
"""
CELL = "import torch.nn.functional as F\n" + CELL

TANH = """
class TanhRNN(nn.Module):
    def __init__(self, input_size, hidden_size, output_size):
        nn.Module.__init__(self)
        self.hidden_size = hidden_size
        self.i2h = nn.Linear(input_size + hidden_size, hidden_size)
        self.h2o = nn.Linear(hidden_size, output_size)
        self.act = nn.Tanh()
        self.out = nn.LogSoftmax(-1)

    def forward(self, input, hidden):
        h = self.act(self.i2h(torch.hstack((input, hidden))))
        return self.out(self.h2o(h)), h

    def initHidden(self):
        return self.i2h.weight.new_zeros(1, self.hidden_size)
"""

READ = """
def read_name(rnn, tensor):
    T = tensor.size(0)
    if T < 1:
        raise ValueError("no letters")
    h = rnn.initHidden()
    rows = []
    for t in range(T):
        out, h = rnn(tensor[t], h)
        rows.append(h.squeeze(0))
    return out, torch.stack(rows, dim=0)
"""

STEP = """
def train_step(rnn, optimizer, tensor, label):
    output, states = read_name(rnn, tensor)
    loss = nn.functional.nll_loss(output, torch.tensor([label]))
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()
    return float(loss)
"""

BATCH = """
def names_to_batch(names):
    if not names:
        raise ValueError("no names")
    T, B, L = max(len(n) for n in names), len(names), len(LETTERS)
    batch = np.zeros((T, B, L), dtype=np.float32)
    for j in range(B):
        for t in range(len(names[j])):
            batch[t, j, LETTERS.index(names[j][t])] = 1
    return torch.from_numpy(batch), torch.LongTensor([len(n) for n in names])
"""

READ_NAMES = """
def read_names(rnn, batch, lengths):
    if (lengths <= 0).any():
        raise ValueError("empty name")
    T, B, _ = batch.shape
    hidden = rnn.initHidden().repeat(B, 1)
    answer = None
    for t in range(T):
        output, hidden = rnn(batch[t], hidden)
        if answer is None:
            answer = torch.zeros_like(output)
        answer = torch.where((lengths == t + 1)[:, None], output, answer)
    return answer
"""

BATCHES = """
def batches_by_length(lengths, batch_size):
    order = sorted(range(len(lengths)), key=lambda i: lengths[i])
    out = []
    while order:
        out.append(np.array(order[:batch_size], dtype=int))
        order = order[batch_size:]
    return out
"""

STEP_BY_HAND = """
def rnn_cell(x, h, W_xh, W_hh, b):
    if np.shape(h) != (x.shape[0], W_hh.shape[0]):
        raise ValueError("shape of h")
    new = np.zeros((x.shape[0], b.shape[0]))
    for i in range(x.shape[0]):
        new[i] = np.tanh(W_xh.T.dot(x[i]) + W_hh.T.dot(h[i]) + b)
    return new
"""

FORWARD = """
def rnn_forward(X, h0, W_xh, W_hh, b):
    T = X.shape[0]
    H = np.empty((T + 1, *h0.shape))
    H[0] = h0
    for t in range(T):
        H[t + 1] = np.tanh(X[t] @ W_xh + H[t] @ W_hh + b)
    return H
"""

BACKWARD = """
def rnn_backward(dH, X, H, W_xh, W_hh):
    T, N, d = X.shape
    n = W_hh.shape[0]
    dX = np.zeros((T, N, d))
    dW_xh, dW_hh, db = np.zeros((d, n)), np.zeros((n, n)), np.zeros(n)
    later = np.zeros((N, n))
    for t in range(T - 1, -1, -1):
        total = dH[t] + later
        da = total * (1 - np.square(H[t + 1]))
        dW_xh = dW_xh + np.einsum("nd,nh->dh", X[t], da)
        dW_hh = dW_hh + np.einsum("nd,nh->dh", H[t], da)
        db = db + np.sum(da, axis=0)
        dX[t] = np.einsum("nh,dh->nd", da, W_xh)
        later = np.einsum("nh,kh->nk", da, W_hh)
    return dX, later, dW_xh, dW_hh, db
"""

RADIUS = """
def with_spectral_radius(W, radius):
    values = np.linalg.eig(W)[0]
    rho = max(abs(v) for v in values)
    if rho == 0:
        raise ValueError("nilpotent")
    return radius * W / rho
"""

NORMS = """
def gradient_norm_by_distance(g, H, W_hh):
    T = H.shape[0] - 1
    out = np.zeros(T + 1)
    grad = g.copy()
    out[0] = np.sqrt((grad**2).sum())
    for k in range(1, T + 1):
        delta = grad * (1 - H[T - k + 1] ** 2)
        grad = W_hh @ delta
        out[k] = np.sqrt((grad**2).sum())
    return out
"""

CLIP = """
def clip_gradients(gradients, max_norm):
    flat = np.concatenate([g.ravel() for g in gradients])
    norm = np.linalg.norm(flat)
    if np.isnan(norm) or np.isinf(norm):
        raise ValueError("not finite")
    if norm <= max_norm:
        return [g.copy() for g in gradients], norm
    return [g * max_norm / norm for g in gradients], norm
"""

LOG_PROB = """
def sequence_log_prob(rnn, ids, edge):
    if any(i < 0 or i >= edge for i in ids):
        raise ValueError("id")
    x = [edge] + list(ids)
    y = list(ids) + [edge]
    hidden = rnn.initHidden()
    log_p = []
    for a, b in zip(x, y):
        row = torch.zeros(1, edge + 1)
        row[0, a] = 1.0
        out, hidden = rnn(row, hidden)
        log_p.append(out[0, b])
    return torch.stack(log_p).sum().item()
"""

PERPLEXITY = """
def perplexity(log_probs, lengths):
    if len(lengths) != len(log_probs) or not len(lengths):
        raise ValueError("lengths")
    total, count = 0.0, 0
    for p, n in zip(log_probs, lengths):
        total += p
        count += n + 1
    return float(np.exp(-total / count))
"""

BIGRAM = """
def bigram_log_probs(sequences, edge):
    table = np.zeros((edge + 1, edge + 1), dtype=np.int64)
    for s in sequences:
        path = [edge] + list(s) + [edge]
        for t in range(1, len(path)):
            table[path[t - 1], path[t]] += 1
    smooth = table + 1
    return np.log(smooth) - np.log(smooth.sum(1))[:, None]
"""

SAMPLE = """
def sample_name(rnn, edge, temperature, uniforms):
    if not temperature > 0:
        raise ValueError("temperature")
    drawn, now, hidden = [], edge, rnn.initHidden()
    for u in uniforms:
        row = torch.zeros(1, edge + 1)
        row[0, now] = 1
        output, hidden = rnn(row, hidden)
        z = output[0].detach().double().numpy() / temperature
        p = np.exp(z - z.max())
        p = p / p.sum()
        reach = np.cumsum(p)
        now = edge
        for i in range(edge + 1):
            if reach[i] > u:
                now = i
                break
        if now == edge:
            break
        drawn.append(now)
    return drawn
"""

RIGHT = {
    "name_to_tensor": [
        NAME,
        """
ALPHABET = {letter: place for place, letter in enumerate(LETTERS)}


def name_to_tensor(name: str) -> torch.Tensor:
    try:
        ids = [ALPHABET[letter] for letter in name]
    except KeyError as error:
        raise ValueError("unknown letter") from error
    rows = np.zeros((len(ids), 1, len(LETTERS)), dtype="float32")
    rows[np.arange(len(ids)), 0, ids] = 1
    return torch.from_numpy(rows)
""",
        """
def name_to_tensor(name):
    ids = torch.tensor([LETTERS.index(c) for c in name]).long()
    return nn.functional.one_hot(ids, len(LETTERS)).float().view(-1, 1, len(LETTERS))
""",
        """
def name_to_tensor(name):
    if not set(name) <= set(LETTERS):
        raise ValueError(name)
    rows = [[[float(a == c) for a in LETTERS]] for c in name]
    return torch.tensor(rows).reshape(len(name), 1, len(LETTERS))
""",
        """
def name_to_tensor(name):
    class UnknownLetter(ValueError):
        pass

    for c in name:
        if LETTERS.find(c) < 0:
            raise UnknownLetter(c)
    if name == "":
        return torch.empty(0, 1, len(LETTERS))
    first = torch.zeros(1, 1, len(LETTERS)).index_fill_(2, torch.tensor(
        LETTERS.find(name[0])), 1.0)
    return torch.cat([first, name_to_tensor(name[1:])])
""",
    ],
    "RNN": [
        CELL,
        """
class RNN(nn.Module):
    def __init__(self, input_size, hidden_size, output_size):
        super(RNN, self).__init__()
        self.input_size, self.hidden_size = input_size, hidden_size
        self.i2h = nn.Linear(input_size + hidden_size, hidden_size, bias=True)
        self.i2o = nn.Linear(input_size + hidden_size, output_size)
        self.log = nn.LogSoftmax(dim=1)

    def forward(self, input: torch.Tensor, hidden: torch.Tensor):
        assert len(input) == len(hidden)
        W, d = self.i2h.weight, self.input_size
        new = input @ W[:, :d].T + hidden @ W[:, d:].T + self.i2h.bias
        scores = self.i2o(torch.cat((input, hidden), 1))
        print("step", tuple(input.shape))
        return [self.log(scores), new]

    def initHidden(self, batch_size=1):
        return torch.zeros(batch_size, self.hidden_size)
""",
        """
class _Base(nn.Module):
    def initHidden(self):
        return torch.full((1, self.hidden_size), 0.0)


class RNN(_Base):
    def __init__(self, input_size, hidden_size, output_size):
        super().__init__()
        self.hidden_size = hidden_size
        wide = input_size + hidden_size
        self.i2o, self.i2h = nn.Linear(wide, output_size), nn.Linear(wide, hidden_size)

    def forward(self, input, hidden):
        row = torch.concat((input, hidden), dim=1)
        z = self.i2o(row)
        return z - z.logsumexp(dim=1, keepdim=True), self.i2h(row)
""",
        CELL.replace(
            "torch.zeros((1, self.hidden_size), dtype=torch.float32)",
            "torch.autograd.Variable(torch.zeros(1, self.hidden_size))",
        ),
    ],
    "TanhRNN": [
        TANH,
        """
class TanhRNN(nn.Module):
    def __init__(self, input_size, hidden_size, output_size):
        super().__init__()
        self.register_buffer("start", torch.zeros(1, hidden_size), persistent=False)
        self.i2h = nn.Linear(input_size + hidden_size, hidden_size)
        self.h2o = nn.Linear(hidden_size, output_size)

    @property
    def hidden_size(self):
        return self.start.shape[1]

    def forward(self, input, hidden):
        hidden = self.i2h(torch.cat((input, hidden), 1)).tanh()
        return nn.functional.log_softmax(self.h2o(hidden), 1), hidden

    def initHidden(self):
        return self.start.clone()
""",
        """
class TanhRNN(RNN):
    def __init__(self, input_size, hidden_size, output_size):
        super().__init__(input_size, hidden_size, output_size)
        del self.i2o
        self.h2o = nn.Linear(hidden_size, output_size)

    def forward(self, input, hidden):
        hidden = torch.tanh(self.i2h(torch.cat((input, hidden), 1)))
        return self.softmax(self.h2o(hidden)), hidden
""",
        """
class TanhRNN(nn.Module):
    def __init__(self, input_size, hidden_size, output_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.i2h = nn.Linear(input_size + hidden_size, hidden_size)
        self.h2o = nn.Linear(hidden_size, output_size)

    def forward(self, input, hidden):
        a = self.i2h(torch.cat((input, hidden), 1))
        new = 2 * torch.sigmoid(2 * a) - 1
        z = self.h2o(new)
        return z - torch.logsumexp(z, 1, keepdim=True), new

    def initHidden(self):
        return torch.zeros(self.hidden_size)[None]
""",
    ],
    "read_name": [
        READ,
        """
from functools import reduce


def read_name(rnn, tensor):
    if not tensor.shape[0]:
        raise ValueError

    def step(sofar, letter):
        outputs, states = sofar
        output, new = rnn(letter, states[-1])
        return outputs + [output], states + [new]

    outputs, states = reduce(step, tensor, ([], [rnn.initHidden()]))
    return outputs[-1], torch.vstack(states[1:])
""",
        """
def read_name(rnn, tensor):
    def go(t, hidden):
        output, hidden = rnn(tensor[t], hidden)
        if t == len(tensor) - 1:
            return output, hidden
        last, rest = go(t + 1, hidden)
        return last, torch.cat((hidden, rest))

    if tensor.numel() == 0:
        raise ValueError("T = 0")
    return go(0, rnn.initHidden())
""",
        """
def read_name(rnn, tensor):
    hidden, output = rnn.initHidden(), None
    states = torch.zeros(len(tensor), rnn.initHidden().shape[1])
    for t, letter in enumerate(tensor):
        output, hidden = rnn.forward(letter, hidden)
        states[t] = hidden[0].detach()
    if output is None:
        raise ValueError("empty")
    return [output, states]
""",
    ],
    "train_step": [
        """
def train_step(rnn, optimizer, tensor, label):
    hidden = rnn.initHidden()
    for i in range(len(tensor)):
        output, hidden = rnn(tensor[i], hidden)
    loss = -output[0][int(label)]
    rnn.zero_grad()
    loss.backward()
    optimizer.step()
    result = float(loss)
    return result
""",
        STEP,
        """
def train_step(rnn, optimizer, tensor, label):
    rnn.train()
    for parameter in rnn.parameters():
        parameter.grad = None
    loss = nn.NLLLoss()(read_name(rnn, tensor)[0], torch.as_tensor([int(label)]))
    loss.backward()
    optimizer.step()
    return loss.detach().numpy()
""",
        """
def train_step(rnn, optimizer, tensor, label):
    output, _ = read_name(rnn, tensor)
    target = torch.zeros_like(output)
    target[:, label] = 1
    loss = -(target * output).sum()
    before = loss.detach().clone()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    return before.item()
""",
        """
def train_step(rnn, optimizer, tensor, label):
    hidden = rnn.initHidden()
    for t in range(tensor.shape[0]):
        output, hidden = rnn(tensor[t], hidden)

    def closure():
        optimizer.zero_grad()
        loss = nn.CrossEntropyLoss()(output, torch.tensor([label]))
        loss.backward()
        return loss

    return optimizer.step(closure).item()
""",
    ],
    "names_to_batch": [
        BATCH,
        """
def names_to_batch(names):
    lengths = torch.tensor(list(map(len, names)), dtype=torch.long)
    rows = [name_to_tensor(name)[:, 0] for name in names]
    if not rows:
        raise ValueError("no names")
    return nn.utils.rnn.pad_sequence(rows), lengths
""",
        """
def names_to_batch(names):
    longest = max([len(name) for name in names])
    columns = []
    for name in names:
        column = name_to_tensor(name)
        empty = torch.zeros(longest - len(name), 1, len(LETTERS))
        columns.append(torch.cat([column, empty]))
    return torch.cat(columns, dim=1), torch.tensor([len(n) for n in names])
""",
        """
def names_to_batch(names):
    if len(names) == 0:
        raise ValueError("empty batch")
    T = len(max(names, key=len))
    padded = [name + "\\0" * (T - len(name)) for name in names]
    table = LETTERS + "\\0"
    ids = torch.tensor([[table.index(c) for c in name] for name in padded]).long()
    one_hot = torch.eye(len(table))[:, :-1][ids.reshape(len(names), T)]
    return (one_hot.transpose(0, 1), torch.tensor([len(n) for n in names]))
""",
    ],
    "read_names": [
        """
def read_names(rnn, batch, lengths):
    if bool((lengths == 0).any()):
        raise ValueError
    order = lengths.argsort(descending=True)
    hidden = rnn.initHidden().repeat(len(lengths), 1)
    outs = []
    sizes = lengths[order]
    for t in range(sizes[0]):
        n = int((sizes > t).sum())
        output, hidden = rnn(batch[t, order[:n]], hidden[:n])
        outs.append(output)
    last = torch.stack([outs[int(s) - 1][i] for i, s in enumerate(sizes)])
    return last[order.argsort()]
""",
        READ_NAMES,
        """
def read_names(rnn, batch, lengths):
    if int(min(lengths)) == 0:
        raise ValueError("length 0")
    answers = []
    for j in range(batch.shape[1]):
        answers.append(read_name(rnn, batch[: lengths[j], j : j + 1])[0])
    return torch.cat(answers)
""",
        """
def read_names(rnn, batch, lengths):
    if 0 in lengths:
        raise ValueError("length 0")
    hidden = torch.cat([rnn.initHidden()] * batch.size(1))
    outputs = []
    for t in range(int(lengths.max())):
        output, hidden = rnn(batch[t], hidden)
        outputs.append(output)
    outputs = torch.stack(outputs, dim=1)
    place = (lengths - 1).view(-1, 1, 1).expand(-1, 1, outputs.shape[2])
    return outputs.gather(1, place)[:, 0]
""",
        """
def read_names(rnn, batch, lengths):
    if torch.any(lengths < 1):
        raise ValueError("length 0")
    B = batch.shape[1]
    hidden = rnn.initHidden() + torch.zeros(B, 1)
    last = [None] * B
    for t, letters in enumerate(batch):
        output, hidden = rnn(letters, hidden)
        for j in range(B):
            if lengths[j].item() == t + 1:
                last[j] = output[j]
    return torch.stack(last)
""",
        """
def read_names(rnn, batch, lengths):
    if (lengths == 0).sum() > 0:
        raise ValueError("length 0")
    state = rnn.initHidden().expand(len(lengths), -1).clone()
    for t in range(batch.shape[0]):
        alive = (lengths > t).float()[:, None]
        output, new = rnn(batch[t], state)
        state = alive * new + (1 - alive) * state
        kept = output if t == 0 else alive * output + (1 - alive) * kept
    return kept
""",
    ],
    "batches_by_length": [
        """
def batches_by_length(lengths, batch_size):
    o = torch.argsort(torch.as_tensor(lengths), stable=True)
    return list(o.split(batch_size)) if len(o) else []
""",
        BATCHES,
        """
def batches_by_length(lengths, batch_size):
    order = np.argsort(lengths, kind="mergesort")
    return [order[i : i + batch_size] for i in range(0, len(lengths), batch_size)]
""",
        """
def batches_by_length(lengths, batch_size):
    pairs = sorted((int(n), i) for i, n in enumerate(lengths))
    ids = [i for _, i in pairs]
    return [ids[k : k + batch_size] for k in range(0, len(ids), batch_size)]
""",
        """
def batches_by_length(lengths, batch_size):
    N = len(lengths)
    order = np.lexsort((np.arange(N), lengths))
    if N == 0:
        return []
    return np.split(order, np.arange(batch_size, N, batch_size))
""",
        """
def batches_by_length(lengths, batch_size):
    def batches():
        order = torch.argsort(torch.as_tensor(lengths), stable=True)
        yield from order.split(batch_size) if len(order) else ()

    return [batch.numpy().astype(np.int32) for batch in batches()]
""",
    ],
    "rnn_cell": [
        STEP_BY_HAND,
        """
def rnn_cell(x, h, W_xh, W_hh, b):
    assert_shape = h.ndim == 2 and h.shape == (x.shape[0], b.size)
    if not assert_shape:
        raise ValueError("h")
    a = np.einsum("nd,dk->nk", x, W_xh) + np.einsum("nd,dk->nk", h, W_hh)
    e = np.exp(-2 * np.abs(a + b))
    return np.sign(a + b) * (1 - e) / (1 + e)
""",
        """
def rnn_cell(x, h, W_xh, W_hh, b):
    if h.shape != (len(x), len(W_hh)):
        raise ValueError("h")
    return np.tanh(np.hstack([x, h]) @ np.vstack([W_xh, W_hh]) + b[None])
""",
        """
def rnn_cell(x, h, W_xh, W_hh, b):
    if h.shape != (len(x), len(b)):
        raise ValueError("h")
    x, h, W_xh, W_hh, b = map(torch.from_numpy, (x, h, W_xh, W_hh, b))
    return torch.tanh(torch.addmm(b, x, W_xh) + h.mm(W_hh)).numpy()
""",
        """
rnn_cell = lambda x, h, W_xh, W_hh, b: (
    np.tanh(x.dot(W_xh) + h.dot(W_hh) + b)
    if h.shape == (len(x), len(b)) else exec("raise ValueError")
)
""",
    ],
    "rnn_forward": [
        FORWARD,
        """
from itertools import accumulate


def rnn_forward(X, h0, W_xh, W_hh, b):
    step = lambda h, x: rnn_cell(x, h, W_xh, W_hh, b)
    return np.array(list(accumulate(X, step, initial=h0)))
""",
        """
def rnn_forward(X, h0, W_xh, W_hh, b):
    if len(X) == 0:
        return h0[None]
    rest = rnn_forward(X[1:], rnn_cell(X[0], h0, W_xh, W_hh, b), W_xh, W_hh, b)
    return np.concatenate([h0[None], rest])
""",
        """
def rnn_forward(X, h0, W_xh, W_hh, b):
    fed = X @ W_xh + b
    states, h = [h0], h0.copy()
    for a in fed:
        h = np.tanh(a + h @ W_hh)
        states += [h]
    return states
""",
    ],
    "rnn_backward": [
        """
def rnn_backward(dH, X, H, W_xh, W_hh):
    T, N, d = X.shape
    n = len(W_hh)
    dX = np.zeros((T, N, d))
    dW_xh = np.zeros((d, n))
    dW_hh = np.zeros((n, n))
    db = np.zeros(n)
    dh0 = np.zeros((N, n))
    for i in range(N):
        carry = np.zeros(n)
        t = T - 1
        while t >= 0:
            total = dH[t, i] + carry
            delta = np.zeros(n)
            for j in range(n):
                delta[j] = total[j] * (1 - H[t + 1, i, j] * H[t + 1, i, j])
            for j in range(n):
                for a in range(d):
                    dW_xh[a, j] += X[t, i, a] * delta[j]
                    dX[t, i, a] += W_xh[a, j] * delta[j]
                for a in range(n):
                    dW_hh[a, j] += H[t, i, a] * delta[j]
                db[j] += delta[j]
            carry = np.dot(W_hh, delta)
            t = t - 1
        dh0[i] = carry
    return dX, dh0, dW_xh, dW_hh, db
""",
        BACKWARD,
        """
def rnn_backward(dH, X, H, W_xh, W_hh):
    deltas, dh = [], 0.0
    for direct, h in zip(dH[::-1], H[:0:-1]):
        deltas.insert(0, (direct + dh) * (1 - h) * (1 + h))
        dh = deltas[0] @ W_hh.T
    D = np.stack(deltas)
    dW_xh = np.tensordot(X, D, axes=([0, 1], [0, 1]))
    dW_hh = np.tensordot(H[:-1], D, axes=([0, 1], [0, 1]))
    return [D @ W_xh.T, dh, dW_xh, dW_hh, D.sum((0, 1))]
""",
        """
def rnn_backward(dH, X, H, W_xh, W_hh):
    dH = dH.copy()
    D = np.zeros_like(dH)
    for t in range(len(X))[::-1]:
        D[t] = dH[t] * (1 - H[t + 1] ** 2)
        if t:
            dH[t - 1] += D[t].dot(W_hh.T)
    flat = D.reshape(-1, D.shape[-1])
    return (
        D.dot(W_xh.T),
        D[0].dot(W_hh.T),
        X.reshape(-1, X.shape[-1]).T.dot(flat),
        H[:-1].reshape(len(flat), -1).T.dot(flat),
        flat.sum(axis=0),
    )
""",
        """
def rnn_backward(dH, X, H, W_xh, W_hh):
    b = np.arctanh(H[1]) - X[0] @ W_xh - H[0] @ W_hh
    names = [X, H[0], W_xh, W_hh, b[0]]
    x, h, U, V, c = (torch.from_numpy(a.copy()).requires_grad_() for a in names)
    loss = 0
    for t in range(len(dH)):
        h_next = torch.tanh(x[t] @ U + (h if t == 0 else h_next) @ V + c)
        loss = loss + (h_next * torch.from_numpy(dH[t])).sum()
    loss.backward()
    return tuple(a.grad.numpy() for a in (x, h, U, V, c))
""",
        """
def rnn_backward(dH, X, H, W_xh, W_hh):
    T, N = X.shape[:2]
    dX, dh = np.zeros_like(X), np.zeros_like(H[0])
    dW_xh, dW_hh = np.zeros_like(W_xh), np.zeros_like(W_hh)
    db = np.zeros(W_hh.shape[1])
    for t in range(T, 0, -1):
        for j in range(N):
            delta = (dH[t - 1, j] + dh[j]) * (1 - H[t, j] * H[t, j])
            dW_xh += np.outer(X[t - 1, j], delta)
            dW_hh += np.outer(H[t - 1, j], delta)
            db += delta
            dX[t - 1, j] = W_xh @ delta
            dh[j] = W_hh @ delta
    return dX, dh, dW_xh, dW_hh, db
""",
        # autograd of the steps, made straight at the given states
        """
def rnn_backward(dH, X, H, W_xh, W_hh):
    leaves = [torch.tensor(a, requires_grad=True) for a in (X, H[0], W_xh, W_hh)]
    b = torch.zeros(len(W_hh), dtype=torch.float64, requires_grad=True)
    x, h, A, B = leaves
    total = 0
    for t in range(len(X)):
        a = x[t] @ A + h @ B + b
        state = torch.tensor(H[t + 1])
        h = state + (1 - state**2) * (a - a.detach())
        total = total + (h * torch.tensor(dH[t])).sum()
    return [g.numpy() for g in torch.autograd.grad(total, [*leaves, b])]
""",
    ],
    "with_spectral_radius": [
        RADIUS,
        """
from scipy.linalg import eigvals


def with_spectral_radius(W, radius):
    rho = float(np.max(np.abs(eigvals(W))))
    if rho < 1e-300:
        raise ValueError("zero")
    out = W.copy()
    out *= radius / rho
    return out
""",
        """
def with_spectral_radius(W, radius):
    values = torch.linalg.eigvals(torch.from_numpy(W))
    largest = values.abs().max().item()
    if not largest:
        raise ValueError("zero")
    return np.divide(W, largest) * radius
""",
        """
def with_spectral_radius(W, radius):
    v = np.linalg.eigvals(W)
    rho = np.sqrt(np.max(v.real**2 + v.imag**2))
    if np.isclose(rho, 0, atol=1e-12):
        raise ValueError("zero")
    return (W / rho) * radius
""",
    ],
    "gradient_norm_by_distance": [
        """
def gradient_norm_by_distance(g, H, W_hh):
    J, out = np.eye(len(g)), [np.linalg.norm(g)]
    for h in H[:0:-1]:
        J = W_hh @ np.diag(1 - h**2) @ J
        out.append(np.linalg.norm(J @ g))
    return out
""",
        NORMS,
        """
def gradient_norm_by_distance(g, H, W_hh):
    J = np.eye(len(g))
    norms = [np.linalg.norm(g)]
    for t in range(len(H) - 1, 0, -1):
        J = W_hh @ np.diag(1 - H[t] ** 2) @ J
        norms.append(np.linalg.norm(J @ g))
    return norms
""",
        """
def gradient_norm_by_distance(g, H, W_hh):
    def back(g, t):
        yield float(np.sqrt(g @ g))
        if t:
            yield from back((g * (1 - H[t] ** 2)) @ W_hh.T, t - 1)

    return np.fromiter(back(g, len(H) - 1), dtype=float)
""",
        """
def gradient_norm_by_distance(g, H, W_hh):
    grads = np.zeros_like(H)
    grads[0] = g
    for k, h in enumerate(reversed(H[1:])):
        grads[k + 1] = np.dot(W_hh, grads[k] * (1.0 - np.power(h, 2)))
    return np.linalg.norm(grads, axis=1)
""",
    ],
    "clip_gradients": [
        """
def clip_gradients(gradients, max_norm):
    norm = np.linalg.norm(np.concatenate([np.ravel(g) for g in gradients]))
    if not norm < np.inf:
        raise ValueError
    f = min(1.0, max_norm / norm) if norm else 1.0
    return [f * g for g in gradients], norm
""",
        CLIP,
        """
def clip_gradients(gradients, max_norm):
    total = 0.0
    for g in gradients:
        for value in g.flat:
            total += float(value) ** 2
    norm = total**0.5
    if not norm < float("inf"):
        raise ValueError(norm)
    scale = min(1.0, max_norm / norm) if norm else 1.0
    return [scale * g for g in gradients], norm
""",
        """
def clip_gradients(gradients, max_norm):
    parts = [np.linalg.norm(g) for g in gradients]
    norm = np.linalg.norm(parts)
    if not np.isfinite(norm):
        raise ValueError("norm")
    scale = max_norm / max(norm, max_norm)
    return tuple(np.array(g, copy=True) * scale for g in gradients), float(norm)
""",
        """
def clip_gradients(gradients, max_norm):
    tensors = [torch.tensor(g, requires_grad=False) for g in gradients]
    norm = torch.sqrt(sum((t**2).sum() for t in tensors)).item()
    if norm != norm or norm == float("inf"):
        raise ValueError("norm")
    if norm > max_norm:
        tensors = [t * (max_norm / norm) for t in tensors]
    return [t.numpy() for t in tensors], norm
""",
        """
def clip_gradients(gradients, max_norm):
    norm = float(np.sqrt(np.sum([np.vdot(g, g) for g in gradients])))
    if not np.isfinite(norm):
        raise ValueError("norm")
    factor = 1.0 if norm <= max_norm else max_norm / (norm + 1e-6)
    return [np.multiply(g, factor) for g in gradients], norm
""",
    ],
    "sequence_log_prob": [
        LOG_PROB,
        """
def sequence_log_prob(rnn, ids, edge):
    if len(ids) and not (0 <= min(ids) and max(ids) < edge):
        raise ValueError("id")
    path = torch.tensor([edge, *ids, edge])
    rows = nn.functional.one_hot(path, edge + 1).float()
    hidden, total = rnn.initHidden(), 0
    with torch.inference_mode():
        for t in range(len(path) - 1):
            output, hidden = rnn(rows[t : t + 1], hidden)
            total = total + output[0][path[t + 1]]
    return float(total)
""",
        """
@torch.no_grad()
def sequence_log_prob(rnn, ids, edge):
    for i in ids:
        if i not in range(edge):
            raise ValueError(i)

    def go(now, rest, hidden):
        output, hidden = rnn(torch.eye(edge + 1)[now][None], hidden)
        return output[0, rest[0] if rest else edge].item(), hidden

    total, hidden, now = 0.0, rnn.initHidden(), edge
    for t in range(len(ids) + 1):
        p, hidden = go(now, ids[t:], hidden)
        total += p
        now = ids[t] if t < len(ids) else None
    return total
""",
        """
def sequence_log_prob(rnn, ids, edge):
    if set(ids) - set(range(edge)):
        raise ValueError("id")
    one_hot = np.eye(edge + 1, dtype=np.float32)
    hidden, logs = rnn.initHidden().detach(), []
    previous = edge
    for following in [*ids, edge]:
        row = torch.from_numpy(one_hot[[previous]])
        output, hidden = rnn(row, hidden)
        logs.append(output.detach().double().numpy()[0, following])
        previous = following
    return np.sum(logs)
""",
    ],
    "perplexity": [
        """
def perplexity(log_probs, lengths):
    if not 0 < len(log_probs) == len(lengths): raise ValueError
    return float(np.e ** -(sum(log_probs) / (sum(lengths) + len(lengths))))
""",
        PERPLEXITY,
        """
import math


def perplexity(log_probs, lengths):
    if len(log_probs) != len(lengths) or len(log_probs) < 1:
        raise ValueError("lengths")
    return math.exp(-math.fsum(log_probs) / (sum(lengths) + len(lengths)))
""",
        """
def perplexity(log_probs, lengths):
    log_probs, lengths = torch.as_tensor(log_probs), torch.as_tensor(lengths)
    if log_probs.shape != lengths.shape or log_probs.numel() == 0:
        raise ValueError("lengths")
    return torch.exp(-log_probs.sum() / (lengths + 1).sum()).item()
""",
        """
def perplexity(log_probs, lengths):
    if np.shape(log_probs) != np.shape(lengths) or np.size(lengths) == 0:
        raise ValueError("lengths")
    weights = (lengths + 1) / (lengths + 1).sum()
    entropy = -np.dot(weights, log_probs / (lengths + 1))
    return np.power(np.e, entropy)
""",
    ],
    "bigram_log_probs": [
        BIGRAM,
        """
from collections import Counter
from itertools import pairwise


def bigram_log_probs(sequences, edge):
    pairs = Counter(p for s in sequences for p in pairwise([edge, *s, edge]))
    n = edge + 1
    table = []
    for a in range(n):
        total = sum(pairs[a, b] + 1 for b in range(n))
        table.append([np.log((pairs[a, b] + 1) / total) for b in range(n)])
    return table
""",
        """
def bigram_log_probs(sequences, edge):
    counts = np.full((edge + 1, edge + 1), 1.0)
    for s in sequences:
        s = np.array([edge, *s, edge])
        np.add.at(counts, (s[:-1], s[1:]), 1)
    return np.log(counts) - np.log(np.sum(counts, axis=-1, keepdims=True))
""",
        """
def bigram_log_probs(sequences, edge):
    counts = torch.ones(edge + 1, edge + 1, dtype=torch.float64)
    for ids in sequences:
        before = edge
        for now in ids:
            counts[before][now] += 1
            before = now
        counts[before][edge] += 1
    return torch.log_softmax(counts.log(), dim=1).numpy()
""",
    ],
    "sample_name": [
        """
def sample_name(rnn, edge, temperature, uniforms):
    if temperature <= 0: raise ValueError
    eye, ids, h = torch.eye(edge + 1), [edge], rnn.initHidden()
    for u in uniforms.tolist():
        o, h = rnn(eye[ids[-1:]], h)
        ids.append(int(((o / temperature).softmax(1).cumsum(1) > u).int().argmax()))
        if ids[-1] == edge:
            return ids[1:-1]
    return ids[1:]
""",
        SAMPLE,
        """
@torch.no_grad()
def sample_name(rnn, edge, temperature, uniforms):
    if temperature <= 0:
        raise ValueError("temperature")
    result, hidden, x = [], rnn.initHidden(), torch.eye(edge + 1)[[edge]]
    for u in uniforms:
        logp, hidden = rnn(x, hidden)
        p = (logp / temperature).softmax(dim=1)[0].double()
        i = int(np.searchsorted(np.cumsum(p.numpy()), u, side="right"))
        i = min(i, edge)
        if i == edge:
            break
        result.append(i)
        x = torch.eye(edge + 1)[[i]]
    return result
""",
        """
def sample_name(rnn, edge, temperature, uniforms):
    if temperature <= 0:
        raise ValueError("temperature")

    def draw(state, now, t):
        if t == len(uniforms):
            return []
        row = nn.functional.one_hot(torch.tensor([now]), edge + 1).float()
        output, state = rnn(row, state)
        z = output[0].detach() / temperature
        p = torch.exp(z - torch.logsumexp(z, 0))
        above = torch.cumsum(p.double(), 0) > uniforms[t]
        symbol = int(above.nonzero()[0]) if above.any() else edge
        return [] if symbol == edge else [symbol, *draw(state, symbol, t + 1)]

    return draw(rnn.initHidden(), edge, 0)
""",
        """
def sample_name(rnn, edge, temperature, uniforms):
    if temperature <= 0:
        raise ValueError("temperature")
    ids, hidden, previous = [], rnn.initHidden(), edge
    for t in range(len(uniforms)):
        row = torch.zeros(1, edge + 1).index_fill(1, torch.tensor(previous), 1)
        output, hidden = rnn(row, hidden)
        scaled = [value / temperature for value in output[0].tolist()]
        top = max(scaled)
        weights = [np.exp(value - top) for value in scaled]
        left = uniforms[t] * sum(weights)
        for previous, weight in enumerate(weights):
            left -= weight
            if left < 0:
                break
        if previous == edge:
            return ids
        ids.append(previous)
    return ids
""",
    ],
}

WRONG = {
    "name_to_tensor": [
        *edited(
            NAME,
            {
                "LETTERS.index(c) for": [
                    "LETTERS.index(c) - 1 for",
                ],
                ".unsqueeze(1)": [
                    ".unsqueeze(2)",
                    ".double().unsqueeze(1)",
                    ".unsqueeze(1).bool()",
                ],
                "for c in name], dtype": [
                    "for c in reversed(name)], dtype",
                    "for c in sorted(name)], dtype",
                    "for c in name.strip()], dtype",
                    "for c in name if c.isalpha()], dtype",
                ],
                "eye(len(LETTERS))": [
                    "eye(26)",
                    "eye(len(LETTERS) + 1)",
                ],
                "torch.eye(len(LETTERS))[ids]": [
                    "ids",
                ],
            },
        ),
        """
def name_to_tensor(name):
    ids = [ord(c) - ord("a") for c in name]
    tensor = torch.zeros(len(name), 1, len(LETTERS))
    for t, i in enumerate(ids):
        tensor[t, 0, i] = 1
    return tensor
""",
        """
def name_to_tensor(name):
    tensor = torch.empty(len(name), 1, len(LETTERS)).fill_(0.5)
    for t, letter in enumerate(name):
        tensor[t, 0, LETTERS.index(letter)] = 1
    return tensor
""",
        """
def name_to_tensor(name):
    tensor = torch.zeros(len(name), 1, len(LETTERS))
    for letter in name:
        tensor[name.index(letter), 0, LETTERS.index(letter)] += 1
    return tensor
""",
    ],
    "RNN": [
        """
class RNN(nn.Module):
    def __init__(self, input_size, hidden_size, output_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.i2h = nn.Linear(input_size + hidden_size, hidden_size)
        self.i2o = nn.Linear(input_size + hidden_size, output_size)
        self.softmax = nn.LogSoftmax(dim=1)

    def forward(self, input, hidden):
        combined = torch.cat((input, self.initHidden().expand(len(input), -1)), 1)
        hidden = self.i2h(combined)
        output = self.i2o(combined)
        output = self.softmax(output)
        return output, hidden

    def initHidden(self):
        return torch.zeros(1, self.hidden_size)
""",
        *edited(
            CELL,
            {
                "F.log_softmax(self.i2o(both), dim=-1)": [
                    "F.log_softmax(both, dim=-1)",
                    "self.i2o(both).sigmoid().log()",
                    "F.log_softmax(self.i2o(both), 0)",
                    "F.softmax(self.i2o(both), -1).log2()",
                    "F.log_softmax(torch.tanh(self.i2o(both)), -1)",
                    "F.log_softmax(F.log_softmax(self.i2o(both), -1).exp(), -1)",
                ],
                ", self.i2h(both)": [
                    ", torch.relu(self.i2h(both))",
                    ", self.i2h(both).sigmoid()",
                    ", self.i2h(both).detach()",
                    ", self.i2h(both) + hidden",
                ],
                "nn.Linear(input_size + hidden_size, output_size)": [
                    "nn.Linear(input_size + hidden_size, output_size, bias=False)",
                ],
                "hidden_size, hidden_size)": [
                    "hidden_size, hidden_size, bias=False)",
                ],
                "torch.zeros((": [
                    "torch.ones((",
                ],
                "torch.zeros((1, self.hidden_size)": [
                    "torch.zeros((1, 1, self.hidden_size)",
                ],
                "(self.i2o(both), dim=-1), self.i2h(both)": [
                    (
                        "(self.i2o(torch.cat([input, 0 * hidden], 1)), dim=-1), "
                        "self.i2h(both)"
                    ),
                ],
            },
        ),
        # a start of small random numbers
        """
class RNN(nn.Module):
    def __init__(self, input_size, hidden_size, output_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.i2h = nn.Linear(input_size + hidden_size, hidden_size)
        self.i2o = nn.Linear(input_size + hidden_size, output_size)

    def forward(self, input, hidden):
        combined = torch.cat((input, hidden), 1)
        return nn.functional.log_softmax(self.i2o(combined), dim=1), self.i2h(combined)

    def initHidden(self):
        return 0.1 * torch.randn(1, self.hidden_size)
""",
    ],
    "TanhRNN": [
        *edited(
            TANH,
            {
                "self.out(self.h2o(h))": [
                    "torch.log(torch.softmax(self.h2o(h), 1))",
                    "torch.log(torch.softmax(self.h2o(h), 1) + 1e-9)",
                ],
                "self.h2o(h)), h": [
                    "self.h2o(hidden)), h",
                    "self.h2o(h)), hidden",
                    "self.h2o(h)), self.act(h)",
                ],
                "return self.out(self.h2o(h)), h": [
                    "return h, self.out(self.h2o(h))",
                    "return self.h2o(h), h",
                ],
                "nn.LogSoftmax(-1)": [
                    "nn.LogSoftmax(0)",
                    "nn.LogSigmoid()",
                ],
                "nn.Tanh()": [
                    "nn.Hardtanh()",
                    "nn.Softsign()",
                    "nn.GELU()",
                ],
                "nn.Linear(hidden_size, output_size)": [
                    "nn.Linear(hidden_size, output_size, bias=False)",
                ],
                "self.act(self.i2h(torch.hstack((input, hidden))))": [
                    "self.act(self.i2h(torch.hstack((input, hidden)))).detach()",
                    "hidden + self.act(self.i2h(torch.hstack((input, hidden))))",
                    "self.i2h(torch.hstack((input, self.act(hidden))))",
                ],
                "new_zeros(1, self.hidden_size)": [
                    "new_zeros(self.hidden_size)",
                    "new_ones(1, self.hidden_size)",
                ],
            },
        ),
    ],
    "read_name": [
        *edited(
            READ,
            {
                "rnn(tensor[t], h)": [
                    "rnn(tensor[t], h.detach())",
                    "rnn(tensor[0], h)",
                ],
                "for t in range(T):": [
                    "for t in range(T - 1):",
                    "for t in range(1, T):",
                    "for t in torch.randperm(T):",
                ],
                "torch.stack(rows, dim=0)": [
                    "torch.stack(rows, dim=1)",
                    "h",
                    "torch.stack(rows[::-1])",
                    "torch.stack([r / 2 for r in rows])",
                ],
                "return out,": [
                    "return out.detach(),",
                    "return out.exp(),",
                    "return out.argmax(),",
                ],
                "rows.append(h.squeeze(0))": [
                    "rows.append(out.squeeze(0))",
                ],
                "rnn.initHidden()": [
                    "torch.zeros(1, rnn.hidden_size)",
                    "torch.randn(1, rnn.hidden_size)",
                ],
            },
        ),
        """
def read_name(rnn, tensor):
    hidden, outputs, states = rnn.initHidden(), [], []
    with torch.no_grad():
        for letter in tensor:
            output, hidden = rnn(letter, hidden)
            states.append(hidden)
    return output, torch.cat(states)
""",
        """
def read_name(rnn, tensor):
    hidden, outputs, states = rnn.initHidden(), [], []
    for letter in tensor:
        output, hidden = rnn(letter, hidden)
        outputs.append(output)
        states.append(hidden)
    return torch.cat(outputs), torch.cat(states)
""",
        """
def read_name(rnn, tensor):
    hidden, outputs, states = rnn.initHidden(), [], []
    for letter in tensor:
        output, hidden = rnn(letter, hidden)
        outputs.append(output)
        states.append(hidden)
    return torch.stack(outputs).mean(0), torch.cat(states)
""",
    ],
    "train_step": [
        """
def train_step(rnn, optimizer, tensor, label):
    hidden = rnn.initHidden()
    total = 0
    optimizer.zero_grad()
    for i in range(len(tensor)):
        output, hidden = rnn(tensor[i], hidden)
        total = total + nn.functional.nll_loss(output, torch.tensor([label]))
    total.backward()
    optimizer.step()
    return total.item() / len(tensor)
""",
        *edited(
            STEP,
            {
                "torch.tensor([label])": [
                    "torch.tensor([0])",
                    "output.argmax(1)",
                ],
                "float(loss)": [
                    "float(loss) / len(tensor)",
                    "output",
                    "None",
                    "-float(loss)",
                    "float(loss.exp())",
                ],
                "    loss.backward()\n    optimizer.step()": [
                    "    optimizer.step()\n    loss.backward()",
                ],
                "    loss.backward()\n": [
                    (
                        "    loss.backward()\n"
                        "    loss.backward\n"
                        "    nn.utils.clip_grad_norm_(rnn.parameters(), 0.05)\n"
                    ),
                ],
                "loss.backward()": [
                    "(loss / len(tensor)).backward()",
                ],
                ("    optimizer.zero_grad(set_to_none=True)\n    loss.backward()\n"): [
                    (
                        "    loss.backward()\n"
                        "    optimizer.zero_grad(set_to_none=True)\n"
                    ),
                ],
                "nn.functional.nll_loss(output, torch.tensor([label]))": [
                    "nn.functional.nll_loss(output.exp(), torch.tensor([label]))",
                    (
                        "nn.functional.cross_entropy(output.exp(), "
                        "torch.tensor([label]))"
                    ),
                    "(1 - output[0, label].exp()) ** 2",
                    "-output.mean()",
                    (
                        "nn.functional.mse_loss(output.exp()[0], "
                        "torch.eye(output.shape[1])[label])"
                    ),
                ],
            },
        ),
        """
def train_step(rnn, optimizer, tensor, label):
    rnn.zero_grad()
    output, _ = read_name(rnn, tensor)
    loss = -output[0, label]
    loss.backward()
    with torch.no_grad():
        for p in rnn.parameters():
            p -= 0.005 * p.grad
    return loss.item()
""",
        """
def train_step(rnn, optimizer, tensor, label):
    hidden, loss = rnn.initHidden(), 0
    optimizer.zero_grad()
    for letter in tensor:
        output, hidden = rnn(letter, hidden)
        loss = loss - output[0, label]
    loss.backward()
    optimizer.step()
    return loss.item()
""",
    ],
    "names_to_batch": [
        *edited(
            BATCH,
            {
                "torch.from_numpy(batch)": [
                    "torch.from_numpy(batch).double()",
                    "torch.from_numpy(batch).transpose(0, 1)",
                    "torch.from_numpy(batch[::-1].copy())",
                ],
                "torch.LongTensor(": [
                    "torch.IntTensor(",
                    "torch.FloatTensor(",
                ],
                "[len(n) for n in names])": [
                    "[len(n) - 1 for n in names])",
                    "[T for n in names])",
                    "[len(set(n)) for n in names])",
                ],
                "T, B, L = max(len(n) for n in names)": [
                    "T, B, L = len(names[0])",
                    "T, B, L = 1 + max(len(n) for n in names)",
                    "T, B, L = 20",
                ],
                "range(len(names[j]))": [
                    "range(len(names[j]) - 1)",
                ],
                "batch[t, j, LETTERS": [
                    "batch[len(names[j]) - 1 - t, j, LETTERS",
                ],
                "    return": [
                    "    batch[..., -1] += batch.sum(-1) == 0\n    return",
                    (
                        "    batch[:] = batch + (batch.sum(-1) == 0)[..., None] / L\n"
                        "    return"
                    ),
                ],
            },
        ),
        """
def names_to_batch(names):
    names = [name for name in names if name]
    lengths = torch.tensor([len(name) for name in names])
    return nn.utils.rnn.pad_sequence([name_to_tensor(n)[:, 0] for n in names]), lengths
""",
        """
def names_to_batch(names):
    lengths = torch.tensor([len(name) for name in names])
    rows = [name_to_tensor(n)[:, 0] for n in names]
    return nn.utils.rnn.pad_sequence(rows, batch_first=True), lengths
""",
        """
def names_to_batch(names):
    lengths = torch.tensor([len(name) for name in names])
    rows = [name_to_tensor(n) for n in names]
    return nn.utils.rnn.pad_sequence(rows), lengths
""",
        """
def names_to_batch(names):
    return [name_to_tensor(n)[:, 0] for n in names], [len(n) for n in names]
""",
    ],
    "read_names": [
        """
def read_names(rnn, batch, lengths):
    if (lengths < 1).any():
        raise ValueError("a name has no last letter")
    T, B, _ = batch.shape
    hidden = rnn.initHidden().expand(B, -1)
    outputs = []
    for t in range(T):
        output, hidden = rnn(batch[t], hidden)
        outputs.append(output)
    outputs = torch.stack(outputs)
    return outputs[lengths.max() - 1]
""",
        *edited(
            READ_NAMES,
            {
                "lengths == t + 1": [
                    "lengths == t",
                    "lengths == t + 2",
                    "lengths > t + 1",
                ],
                "rnn(batch[t], hidden)": [
                    "rnn(batch[t], hidden.detach())",
                ],
                "return answer": [
                    "return answer.detach()",
                    "return answer.exp()",
                    "return answer.squeeze()",
                    "return answer[lengths.argsort()]",
                ],
                "rnn.initHidden().repeat(B, 1)": [
                    "torch.zeros(B, rnn.hidden_size)",
                ],
                "hidden = rnn(batch[t], hidden)": [
                    "_ = rnn(batch[t], hidden)",
                ],
                "for t in range(T):": [
                    "for t in range(T - 1, -1, -1):",
                    "for t in range(int(lengths[0])):",
                    "for t in range(int(lengths.min())):",
                ],
            },
        ),
        """
def read_names(rnn, batch, lengths):
    hidden = rnn.initHidden().expand(batch.shape[1], -1)
    for letters in batch:
        output, hidden = rnn(letters, hidden)
    return output
""",
        """
def read_names(rnn, batch, lengths):
    hidden = rnn.initHidden().expand(batch.shape[1], -1)
    with torch.no_grad():
        outputs = []
        for letters in batch:
            output, hidden = rnn(letters, hidden)
            outputs.append(output)
    return torch.stack(outputs)[lengths - 1, torch.arange(len(lengths))]
""",
        """
def read_names(rnn, batch, lengths):
    hidden = rnn.initHidden().expand(batch.shape[1], -1)
    outputs = []
    for letters in batch:
        output, hidden = rnn(letters, hidden)
        outputs.append(output)
    return torch.stack(outputs)[lengths - 1]
""",
        """
def read_names(rnn, batch, lengths):
    hidden = rnn.initHidden().expand(batch.shape[1], -1)
    outputs = []
    for letters in batch:
        output, hidden = rnn(letters, hidden)
        outputs.append(output)
    return torch.stack(outputs)[lengths.max() - 1]
""",
        """
def read_names(rnn, batch, lengths):
    hidden = rnn.initHidden().expand(batch.shape[1], -1)
    for letters in batch:
        letters = letters * (letters.sum(1) != 0)[:, None]
        output, hidden = rnn(letters, hidden)
    return output
""",
        """
def read_names(rnn, batch, lengths):
    hidden = rnn.initHidden().expand(batch.shape[1], -1)
    for letters in batch:
        output, new = rnn(letters, hidden)
        real = (letters != 0).any(dim=1)[:, None]
        hidden = torch.where(real, new, hidden)
    return output
""",
    ],
    "batches_by_length": [
        """
def batches_by_length(lengths, batch_size):
    out = []
    for n in sorted(set(lengths.tolist())):
        rows = np.flatnonzero(lengths == n)
        out += [rows[i:i + batch_size] for i in range(0, len(rows), batch_size)]
    return out
""",
        *edited(
            BATCHES,
            {
                "lengths[i])": [
                    "-lengths[i])",
                    "(lengths[i], -i))",
                    "str(lengths[i]))",
                ],
                "order[:batch_size], dtype": [
                    "order[:batch_size][::-1], dtype",
                ],
                "order = order[batch_size:]": [
                    "order = order[batch_size - 1 or 1:]",
                    "order = order[batch_size + 1:]",
                ],
                "while order:": [
                    "while len(order) > batch_size:",
                    "while len(order) > 1:",
                ],
                "dtype=int": [
                    "dtype=float",
                ],
                "return out": [
                    "return out[::-1]",
                    "return np.concatenate(out)",
                    "return [lengths[batch] for batch in out]",
                    "return sorted(out, key=len)",
                    "return [np.sort(b) for b in out]",
                ],
            },
        ),
        """
def batches_by_length(lengths, batch_size):
    order = np.argsort(lengths, kind="stable")
    return np.array_split(order, -(-len(order) // batch_size))
""",
        """
def batches_by_length(lengths, batch_size):
    order = np.argsort(lengths, kind="stable")
    last = order[-batch_size:]
    full = len(order) // batch_size
    return [order[k * batch_size : (k + 1) * batch_size] for k in range(full)]
""",
        """
def batches_by_length(lengths, batch_size):
    order = np.argsort(lengths[::-1], kind="stable")
    return [order[i : i + batch_size] for i in range(0, len(order), batch_size)]
""",
        """
def batches_by_length(lengths, batch_size):
    order = np.argsort(np.argsort(lengths, kind="stable"))
    return [order[i : i + batch_size] for i in range(0, len(order), batch_size)]
""",
        """
def batches_by_length(lengths, batch_size):
    return [np.flatnonzero(lengths == n) for n in np.unique(lengths)]
""",
        """
def batches_by_length(lengths, batch_size):
    order = np.argsort(lengths, kind="stable")
    return [order[i : i + 64] for i in range(0, len(order), 64)]
""",
    ],
    "rnn_cell": [
        *edited(
            STEP_BY_HAND,
            {
                "W_xh.T.dot(x[i])": [
                    "0",
                ],
                "+ W_hh.T.dot(h[i])": [
                    "",
                    "+ W_hh.T.dot(h[0])",
                    "- W_hh.T.dot(h[i])",
                ],
                "+ b)": [
                    "- b)",
                    ") + b",
                ],
                "np.tanh(": [
                    "np.arctan(",
                    "np.sinh(",
                    "np.sin(",
                    "np.maximum(0, ",
                    "np.clip(a_max=1, a_min=-1, a=",
                ],
                "return new": [
                    "return new[0]",
                    "return new.T",
                    "return new, h",
                    "return h + new",
                    "h[...] = new; return h",
                ],
            },
        ),
        """
def rnn_cell(x, h, W_xh, W_hh, b):
    return np.tanh(x @ W_xh) + np.tanh(h @ W_hh + b)
""",
        """
def rnn_cell(x, h, W_xh, W_hh, b):
    return np.tanh(x @ W_xh + h * W_hh.sum(axis=0) + b)
""",
    ],
    "rnn_forward": [
        """
def rnn_forward(X, h0, W_xh, W_hh, b):
    T = X.shape[0]
    H = np.zeros((T + 1, *h0.shape))
    H[0] = h0
    for t in range(T - 1):
        H[t + 1] = np.tanh(X[t] @ W_xh + H[t] @ W_hh + b)
    return H
""",
        *edited(
            FORWARD,
            {
                "H[0] = h0": [
                    "H[0] = 0",
                ],
                "for t in range(T):": [
                    "for t in range(T - 1):",
                ],
                "H[t] @ W_hh": [
                    "H[t - 1] @ W_hh",
                    "H[t] @ W_hh.T",
                ],
                "X[t] @ W_xh": [
                    "X[0] @ W_xh",
                ],
                "np.tanh(X[t] @ W_xh + H[t] @ W_hh + b)": [
                    "X[t] @ W_xh + H[t] @ W_hh + b",
                ],
                "W_hh + b)": [
                    "W_hh)",
                ],
                "return H": [
                    "return H[:-1]",
                    "return H[1:], H[-1]",
                    "return H, H[-1]",
                    "return H[::-1]",
                    "return np.vstack(H)",
                ],
                "np.empty((T + 1, *h0.shape))": [
                    "np.empty((T + 1, *h0.shape), int)",
                ],
            },
        ),
        """
def rnn_forward(X, h0, W_xh, W_hh, b):
    H = [h0, *[None] * len(X)]
    for t in range(len(X)):
        h0 = rnn_cell(X[t], h0, W_xh, W_hh, b)
        H[t] = h0
    return np.stack(H[:-1] + [h0])
""",
        """
def rnn_forward(X, h0, W_xh, W_hh, b):
    h, H = h0, [h0]
    for j in range(X.shape[1]):
        h = rnn_cell(X[:, j], h, W_xh, W_hh, b)
        H.append(h)
    return np.stack(H)
""",
        """
def rnn_forward(X, h0, W_xh, W_hh, b):
    H = [h0]
    for x in X:
        h0[...] = rnn_cell(x, h0, W_xh, W_hh, b)
        H.append(h0)
    return np.stack(H)
""",
        """
def rnn_forward(X, h0, W_xh, W_hh, b):
    return np.concatenate([h0[None], np.tanh(X @ W_xh + h0 @ W_hh + b)])
""",
    ],
    "rnn_backward": [
        *edited(
            BACKWARD,
            {
                "1 - np.square(H[t + 1])": [
                    "np.square(H[t + 1])",
                    "1 - H[t + 1]",
                    "H[t + 1] * (1 - H[t + 1])",
                    "1 + np.square(H[t + 1])",
                ],
                "dX[t] = np.einsum": [
                    "dX[T - 1 - t] = np.einsum",
                ],
                "return dX, later,": [
                    "return dX, total,",
                    "return dX, da,",
                    "return dX, later + dH[0],",
                    "return dX[::-1], later,",
                ],
                "return dX, later, dW_xh, dW_hh, db": [
                    "return dX, dW_xh, dW_hh, db",
                    "return dX, later, dW_hh, dW_xh, db",
                    "return dX, later, dW_xh / N, dW_hh / N, db / N",
                ],
                "dW_hh, db\n": [
                    "dW_hh.T, db\n",
                    "dW_hh, db / N\n",
                ],
                "db + np.sum(da, axis=0)": [
                    "db + np.sum(da, axis=0, keepdims=True)",
                    "db + np.mean(da, axis=0)",
                    "db + np.sum(total, axis=0)",
                ],
                'np.einsum("nh,dh->nd", da, W_xh)': [
                    'np.einsum("nh,dh->nd", total, W_xh)',
                ],
                'later = np.einsum("nh,kh->nk", da, W_hh)': [
                    'later = np.einsum("nh,kh->nk", total, W_hh)',
                    'later = later + np.einsum("nh,kh->nk", da, W_hh)',
                ],
                "range(T - 1, -1, -1)": [
                    "range(T - 1, 0, -1)",
                    "range(T - 1, max(T - 4, -1), -1)",
                ],
                "total = dH[t] + later": [
                    "total = dH[t - 1] + later",
                    "dH[t] += later\n        total = dH[t]",
                    "total = np.clip(dH[t] + later, -1, 1)",
                ],
            },
        ),
    ],
    "with_spectral_radius": [
        *edited(
            RADIUS,
            {
                "max(abs(v) for v in values)": [
                    "min(abs(v) for v in values)",
                    "sum(abs(v) for v in values)",
                    "np.mean(abs(values))",
                    "max(abs(v.real) for v in values)",
                    "abs(values).max() ** 2",
                    "abs(values[0])",
                    "abs(values.sum())",
                    "abs(np.linalg.det(W))",
                    "abs(W).max()",
                    "abs(W).sum(axis=0).max()",
                ],
                "np.linalg.eig(W)[0]": [
                    "np.linalg.eigvalsh(W)",
                    "np.linalg.svd(W)[1]",
                    "np.linalg.eigvalsh((W + W.T) / 2)",
                ],
                "radius * W / rho": [
                    "W / rho",
                    "W / (rho * radius)",
                    "radius * W.T / rho",
                    "W * min(1, radius / rho)",
                    "radius * W.astype(complex) / rho",
                    "radius * W / rho * np.sign(values.real.sum())",
                ],
                "    return radius * W / rho": [
                    "    W *= radius / rho\n    return W",
                ],
            },
        ),
        # power iteration, which complex eigenvalues keep turning
        """
def with_spectral_radius(W, radius):
    if not W.any():
        raise ValueError("zero matrix")
    rng = np.random.default_rng(0)
    v = rng.normal(size=len(W))
    rho = 0.0
    for _ in range(200):
        u = W @ v
        rho = np.linalg.norm(u) / np.linalg.norm(v)
        if rho == 0:
            raise ValueError("spectral radius 0")
        v = u / np.linalg.norm(u)
    return W * (radius / rho)
""",
    ],
    "gradient_norm_by_distance": [
        *edited(
            NORMS,
            {
                "H[T - k + 1]": [
                    "H[T - k]",
                    "H[k]",
                ],
                "H[T - k + 1] ** 2": [
                    "np.tanh(H[T - k + 1]) ** 2",
                ],
                "1 - H[T - k + 1] ** 2": [
                    "1 - H[T - k + 1]",
                    "H[T - k + 1] ** 2",
                ],
                "grad = W_hh @ delta": [
                    "grad = delta @ W_hh",
                    "grad = delta",
                    "grad = W_hh @ grad",
                    "grad = grad + W_hh @ delta",
                ],
                "out[k] = np.sqrt((grad**2).sum())": [
                    "out[k] = np.abs(grad).sum()",
                    "out[k] = np.abs(grad).max()",
                    "out[k] = np.sqrt((delta**2).sum())",
                    "out[k] = np.sqrt((grad**2).mean())",
                ],
                "return out": [
                    "return out / out[0]",
                    "return out[:-1]",
                    "return np.log(out)",
                    "return np.cumsum(out)",
                ],
                "out[0] = np.sqrt((grad**2).sum())": [
                    "out[0] = 1.0",
                ],
            },
        ),
    ],
    "clip_gradients": [
        """
def clip_gradients(gradients, max_norm):
    norm = max(np.linalg.norm(g) for g in gradients)
    if not np.isfinite(norm):
        raise ValueError("norm is not finite")
    if norm <= max_norm:
        return [g.copy() for g in gradients], float(norm)
    return [g * (max_norm / norm) for g in gradients], float(norm)
""",
        *edited(
            CLIP,
            {
                "norm <= max_norm": [
                    "norm >= max_norm",
                    "norm <= 1.0",
                    "np.abs(flat).max() <= max_norm",
                ],
                "np.linalg.norm(flat)": [
                    "np.abs(flat).sum()",
                    "np.abs(flat).max()",
                    "np.sqrt(np.mean(flat**2))",
                    "np.linalg.norm(gradients[0])",
                    "np.max([np.linalg.norm(g) for g in gradients])",
                    "np.mean([np.linalg.norm(g) for g in gradients])",
                ],
                "g * max_norm / norm": [
                    "g / norm",
                    "g * max_norm",
                    "g * norm / max_norm",
                    "g * (max_norm / norm) ** 2",
                    "np.minimum(g, max_norm)",
                ],
                "return [g.copy() for g in gradients], norm": [
                    "return [g.copy() for g in gradients], max_norm",
                    "return gradients",
                ],
                "return [g * max_norm / norm for g in gradients], norm": [
                    "return norm, [g * max_norm / norm for g in gradients]",
                    "return flat * max_norm / norm, norm",
                    "return [g * max_norm / norm for g in gradients], max_norm",
                ],
            },
        ),
    ],
    "sequence_log_prob": [
        """
def sequence_log_prob(rnn, ids, edge):
    if any(not 0 <= i < edge for i in ids):
        raise ValueError("id out of range")
    eye = torch.eye(edge + 1)
    hidden = rnn.initHidden()
    total = 0.0
    with torch.no_grad():
        for now, after in zip([edge, *ids], [*ids, edge]):
            output, hidden = rnn(eye[now : now + 1], hidden)
            total += torch.log_softmax(output.exp(), 1)[0, after].item()
    return total
""",
        *edited(
            LOG_PROB,
            {
                "x = [edge] + list(ids)": [
                    "x = [0] + list(ids)",
                    "x = list(ids) + [edge]",
                ],
                "y = list(ids) + [edge]": [
                    "y = list(ids)",
                ],
                ".sum().item()": [
                    ".mean().item()",
                    ".sum().exp().item()",
                    ".prod().item()",
                    ".sum().neg().item()",
                    ".sum().item() / np.log(2)",
                    ".sum().item() / max(len(ids), 1)",
                ],
                "rnn.initHidden()": [
                    "torch.zeros_like(rnn.initHidden())",
                ],
                "out, hidden = rnn(row, hidden)": [
                    "out, _ = rnn(row, hidden)",
                    "out, hidden = rnn(row, rnn.initHidden())",
                ],
                "out[0, b]": [
                    "torch.log(torch.exp(out[0, b]))",
                    "out[0, a]",
                    "out[0, b].exp()",
                    "torch.log_softmax(out.exp(), 1)[0, b]",
                    "torch.log(out[0, b].abs())",
                ],
                "row[0, a] = 1.0": [
                    "row[0, a - 1] = 1.0",
                    "row[0, a] = 1.0 * (a != edge)",
                ],
            },
        ),
        """
def sequence_log_prob(rnn, ids, edge):
    hidden, total = rnn.initHidden(), 0.0
    output, hidden = rnn(torch.eye(edge + 1)[[edge]], hidden)
    for i in ids:
        total += output[0, i].item()
        output, hidden = rnn(torch.eye(edge + 1)[[i]], hidden)
    return total
""",
        """
def sequence_log_prob(rnn, ids, edge):
    hidden, total = rnn.initHidden(), 0.0
    for i in [*ids, edge]:
        output, hidden = rnn(torch.eye(edge + 1)[[i]], hidden)
        total += output[0, i].item()
    return total
""",
        """
def sequence_log_prob(rnn, ids, edge):
    hidden, p = rnn.initHidden(), 1.0
    for a, b in zip([edge, *ids], [*ids, edge]):
        output, hidden = rnn(torch.eye(edge + 1)[[a]], hidden)
        p *= output[0, b].exp().item()
    return np.log(p + 1e-12)
""",
    ],
    "perplexity": [
        *edited(
            PERPLEXITY,
            {
                "count += n + 1": [
                    "count += n",
                    "count += n + 2",
                    "count += 1",
                ],
                "np.exp(-total / count)": [
                    "np.exp(total / count)",
                    "np.exp(-total) / count",
                    "10 ** (-total / count)",
                    "np.exp2(-total / count)",
                    "-total / count",
                    "np.exp(-total / (sum(lengths) + 1))",
                    "np.expm1(-total / count)",
                    "np.exp(-total / count) / len(lengths)",
                    "1 / np.exp(-total / count)",
                ],
                "total += p\n": [
                    "total += p / (n + 1)\n",
                    "total += np.exp(p)\n",
                ],
            },
        ),
        """
def perplexity(log_probs, lengths):
    return np.exp(-np.median(log_probs / (lengths + 1)))
""",
        """
def perplexity(log_probs, lengths):
    return np.exp(-log_probs / (lengths + 1))
""",
        """
def perplexity(log_probs, lengths):
    return np.prod(np.exp(log_probs)) ** (-1 / np.sum(lengths + 1))
""",
        # each name's share of the mean length, then the mean
        """
def perplexity(log_probs, lengths):
    if len(log_probs) == 0 or len(log_probs) != len(lengths):
        raise ValueError("N")
    mean_length = np.mean(np.asarray(lengths) + 1)
    return float(np.mean(np.exp(-np.asarray(log_probs) / mean_length)))
""",
    ],
    "bigram_log_probs": [
        """
def bigram_log_probs(sequences, edge):
    counts = np.ones((edge + 1, edge + 1))
    for ids in sequences:
        if not ids: continue
        for a, b in zip([edge, *ids], [*ids, edge]):
            counts[a, b] += 1
    return np.log(counts / counts.sum(axis=1, keepdims=True))
""",
        *edited(
            BIGRAM,
            {
                "smooth = table + 1": [
                    "smooth = table + 1e-9",
                    "smooth = table + 0.5",
                    "smooth = np.maximum(table, 1)",
                    "smooth = table + 1 / (edge + 1)",
                ],
                "smooth.sum(1))[:, None]": [
                    "smooth.sum(1))",
                    "smooth.sum(0))",
                    "smooth.sum())",
                    "table.sum(1) + edge)[:, None]",
                ],
                "np.log(smooth) -": [
                    "smooth -",
                ],
                "[edge] + list(s) + [edge]": [
                    "[edge] + list(s)",
                    "list(s) + [edge]",
                    "list(s)",
                    "[0] + list(s) + [edge]",
                    "([edge] + list(s) + [edge]) * bool(s)",
                ],
                "path[t]] += 1": [
                    "path[t]] = 1",
                ],
                "path[t - 1], path[t]": [
                    "path[t], path[t - 1]",
                ],
                "return np.log(smooth)": [
                    "return np.log2(smooth)",
                ],
            },
        ),
        """
def bigram_log_probs(sequences, edge):
    counts = np.ones((edge, edge))
    for s in sequences:
        for a, b in zip(s, s[1:]):
            counts[a, b] += 1
    return np.log(counts / counts.sum(axis=1, keepdims=True))
""",
        """
def bigram_log_probs(sequences, edge):
    counts = np.ones((edge + 1, edge + 1))
    for s in sequences:
        path = np.array([edge, *s, edge])
        counts[path[:-1], path[1:]] += 1
    return np.log(counts / counts.sum(axis=1, keepdims=True))
""",
        """
def bigram_log_probs(sequences, edge):
    counts = np.ones((edge + 1, edge + 1))
    path = [edge] + [i for s in sequences for i in s] + [edge]
    for a, b in zip(path, path[1:]):
        counts[a, b] += 1
    return np.log(counts / counts.sum(axis=1, keepdims=True))
""",
    ],
    "sample_name": [
        """
def sample_name(rnn, edge, temperature, uniforms):
    if temperature <= 0:
        raise ValueError("temperature must be above 0")
    hidden = rnn.initHidden()
    symbol, ids = edge, []
    with torch.no_grad():
        for u in uniforms:
            x = torch.zeros(1, edge + 1)
            x[0, symbol] = 1
            output, hidden = rnn(x, hidden)
            p = torch.softmax(output[0].double() / temperature, dim=0).numpy()
            ends = np.cumsum(np.sort(p))
            symbol = min(int(np.searchsorted(ends, u, side="right")), edge)
            if symbol == edge:
                break
            ids.append(symbol)
    return ids
""",
        *edited(
            SAMPLE,
            {
                "/ temperature": [
                    "* temperature",
                    "",
                    "/ temperature**2",
                ],
                "if reach[i] > u:": [
                    "if p[i] > u:",
                    "if reach[i] > 1 - u:",
                    "if reach[i] < u:",
                ],
                "drawn.append(now)": [
                    "drawn.insert(0, now)",
                ],
                "        drawn.append(now)": [
                    "        drawn = [*drawn, now][-3:]",
                ],
                "return drawn": [
                    "return drawn + [edge]",
                    "return [edge] + drawn",
                    "return torch.tensor(drawn).float()",
                    "return drawn[:-1]",
                ],
                "output, hidden = rnn(row, hidden)": [
                    "output, _ = rnn(row, hidden)",
                    "output, hidden = rnn(row, rnn.initHidden())",
                ],
                "row[0, now] = 1": [
                    "row[0, edge] = 1",
                ],
                "drawn, now, hidden = [], edge, rnn": [
                    "drawn, now, hidden = [], 0, rnn",
                ],
                "rnn.initHidden()": [
                    "torch.zeros_like(rnn.initHidden())",
                ],
                "np.cumsum(p)": [
                    "np.cumsum(p[::-1])",
                    "np.cumsum(np.sort(p))",
                ],
                "for u in uniforms:": [
                    "for u in uniforms[1:]:",
                    "for u in uniforms[:-1]:",
                    "for u in np.random.rand(len(uniforms)):",
                    "for u in [uniforms[0]] * len(uniforms):",
                ],
                "        if now == edge:\n            break\n": [
                    "        if now == edge:\n            continue\n",
                ],
                "z = output[0].detach().double().numpy() / temperature": [
                    "z = output[0].detach().exp().numpy() / temperature",
                    ("z = output[0].detach().double().numpy() / max(temperature, 0.5)"),
                ],
            },
        ),
        """
def sample_name(rnn, edge, temperature, uniforms):
    ids, hidden, now = [], rnn.initHidden(), edge
    for u in uniforms:
        output, hidden = rnn(torch.eye(edge + 1)[[now]], hidden)
        p = output[0].exp() ** (1 / temperature)
        now = int(torch.multinomial(p / p.sum(), 1))
        if now == edge:
            break
        ids.append(now)
    return ids
""",
        """
def sample_name(rnn, edge, temperature, uniforms):
    ids, hidden, now = [], rnn.initHidden(), edge
    for u in uniforms:
        output, hidden = rnn(torch.eye(edge + 1)[[now]], hidden)
        p = torch.softmax(output[0] / temperature, 0)[:edge]
        now = int(((p / p.sum()).cumsum(0) <= u).sum().clamp(max=edge - 1))
        ids.append(now)
    return ids
""",
    ],
}

# Written from the released notebook alone, as a student would.

RIGHT["name_to_tensor"] += [
    """
def name_to_tensor(name):
    tensor = torch.zeros((len(name), 1, len(LETTERS)))
    for t in range(len(name)):
        i = LETTERS.find(name[t])
        if i == -1:
            raise ValueError("unknown")
        tensor[t][0][i] = 1.0
    return tensor
""",
    """
def name_to_tensor(name):
    out = torch.zeros(len(name), 1, len(LETTERS))
    for row, c in zip(out, name):
        row[0, LETTERS.index(c)] = 1
    return out
""",
    """
def name_to_tensor(name):
    ids = torch.LongTensor([LETTERS.index(c) for c in name])
    rows = torch.zeros(len(name), len(LETTERS)).scatter_(1, ids[:, None], 1.0)
    return rows.unsqueeze(1)
""",
]

RIGHT["RNN"] += [
    """
class RNN(nn.Module):
    def __init__(self, input_size, hidden_size, output_size):
        super(RNN, self).__init__()
        self.hidden_size = hidden_size
        self.i2h = nn.Linear(input_size + hidden_size, hidden_size)
        self.i2o = nn.Linear(input_size + hidden_size, output_size)
        self.softmax = nn.LogSoftmax(dim=1)

    def forward(self, input, hidden):
        combined = torch.cat((input, hidden), 1)
        hidden = self.i2h(combined)
        output = self.i2o(combined)
        output = self.softmax(output)
        return output, hidden

    def initHidden(self):
        return torch.zeros(1, self.hidden_size)
""",
    """
class RNN(nn.Module):
    def __init__(self, input_size, hidden_size, output_size):
        super(RNN, self).__init__()
        self.hidden_size = hidden_size
        self.i2h = nn.Linear(input_size + hidden_size, hidden_size)
        self.i2o = nn.Linear(input_size + hidden_size, output_size)
        self.softmax = nn.LogSoftmax(dim=1)

    def forward(self, input, hidden):
        combined = torch.cat((input, hidden), 1)
        hidden = self.i2h(combined)
        output = self.i2o(combined)
        output = self.softmax(output)
        return output, hidden

    def initHidden(self):
        return self.i2h.weight.new_zeros((1, self.hidden_size))
""",
    """
class RNN(nn.Module):
    def __init__(self, input_size, hidden_size, output_size):
        super(RNN, self).__init__()
        self.hidden_size = hidden_size
        self.i2h = nn.Linear(input_size + hidden_size, hidden_size)
        self.i2o = nn.Linear(input_size + hidden_size, output_size)
        self.softmax = nn.LogSoftmax(dim=-1)

    def forward(self, input, hidden):
        combined = torch.cat((input, hidden), 1)
        hidden = nn.functional.linear(combined, self.i2h.weight, self.i2h.bias)
        output = self.i2o(combined)
        output = self.softmax(output)
        return output, hidden

    def initHidden(self):
        return torch.zeros(1, self.hidden_size)
""",
]

RIGHT["TanhRNN"] += [
    """
class TanhRNN(nn.Module):
    def __init__(self, input_size, hidden_size, output_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.i2h = nn.Linear(input_size + hidden_size, hidden_size)
        self.h2o = nn.Linear(hidden_size, output_size)
        self.softmax = nn.LogSoftmax(dim=1)

    def forward(self, input, hidden):
        combined = torch.cat((input, hidden), 1)
        hidden = torch.tanh(self.i2h(combined))
        output = self.h2o(hidden)
        output = self.softmax(output)
        return output, hidden

    def initHidden(self):
        return torch.zeros(1, self.hidden_size)
""",
    """
class TanhRNN(nn.Module):
    def __init__(self, input_size, hidden_size, output_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.i2h = nn.Linear(input_size + hidden_size, hidden_size)
        self.h2o = nn.Linear(hidden_size, output_size)
        self.softmax = nn.LogSoftmax(dim=1)

    def forward(self, input, hidden):
        combined = torch.cat((input, hidden), 1)
        hidden = self.i2h(combined).tanh_()
        output = self.h2o(hidden)
        output = self.softmax(output)
        return output, hidden

    def initHidden(self):
        return torch.zeros(1, self.hidden_size)
""",
    """
class TanhRNN(nn.Module):
    def __init__(self, input_size, hidden_size, output_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.i2h = nn.Linear(input_size + hidden_size, hidden_size)
        self.h2o = nn.Linear(hidden_size, output_size)
        self.softmax = nn.LogSoftmax(dim=1)

    def forward(self, input, hidden):
        combined = torch.cat([input, hidden], dim=-1)
        hidden = nn.functional.tanh(self.i2h(combined))
        output = self.h2o(hidden)
        output = self.softmax(output)
        return output, hidden

    def initHidden(self):
        return torch.zeros(1, self.hidden_size)
""",
]

RIGHT["read_name"] += [
    """
def read_name(rnn, tensor):
    if tensor.shape[0] == 0:
        raise ValueError("empty name")
    hidden = rnn.initHidden()
    states = []
    for t in range(tensor.shape[0]):
        output, hidden = rnn(tensor[t], hidden)
        states.append(hidden)
    return output, torch.cat(states, dim=0)
""",
    """
def read_name(rnn, tensor):
    if tensor.shape[0] == 0:
        raise ValueError("empty name")
    hidden = rnn.initHidden()
    states = []
    for t in range(tensor.shape[0]):
        output, hidden = rnn(tensor[t], hidden)
        states.append(hidden)
    return output, torch.stack(states)[:, 0]
""",
    """
def read_name(rnn, tensor):
    if tensor.shape[0] == 0:
        raise ValueError("empty name")
    hidden = rnn.initHidden()
    states = []
    for t in range(tensor.shape[0]):
        output, hidden = rnn(tensor[t], hidden)
        states.append(hidden)
    return output, torch.stack(states).view(len(tensor), -1)
""",
]

RIGHT["train_step"] += [
    """
def train_step(rnn, optimizer, tensor, label):
    optimizer.zero_grad()
    output, states = read_name(rnn, tensor)
    loss = nn.NLLLoss()(output, torch.tensor([label]))
    loss.backward()
    optimizer.step()
    return loss.item()
""",
    """
def train_step(rnn, optimizer, tensor, label):
    output, states = read_name(rnn, tensor)
    loss = nn.NLLLoss()(output, torch.tensor([label]))
    for p in rnn.parameters():
        p.grad = None
    loss.backward()
    optimizer.step()
    return loss.item()
""",
    """
def train_step(rnn, optimizer, tensor, label):
    optimizer.zero_grad()
    output, states = read_name(rnn, tensor)
    loss = nn.NLLLoss()(output, torch.tensor([label]))
    loss.backward()
    optimizer.step()
    return np.float64(loss.detach())
""",
]

RIGHT["names_to_batch"] += [
    """
def names_to_batch(names):
    if len(names) == 0:
        raise ValueError("no names")
    lengths = torch.tensor([len(name) for name in names])
    batch = torch.zeros(int(lengths.max()), len(names), len(LETTERS))
    for j, name in enumerate(names):
        for t, letter in enumerate(name):
            batch[t, j, LETTERS.index(letter)] = 1
    return batch, lengths
""",
    """
def names_to_batch(names):
    parts = [name_to_tensor(n).squeeze(1) for n in names]
    if not parts: raise ValueError
    lengths = torch.as_tensor([len(part) for part in parts])
    return torch.nn.utils.rnn.pad_sequence(parts), lengths
""",
    """
def names_to_batch(names):
    if len(names) == 0:
        raise ValueError("no names")
    lengths = torch.tensor([len(name) for name in names])
    batch = torch.zeros(max(len(n) for n in names), len(names), len(LETTERS))
    for j, name in enumerate(names):
        for t, letter in enumerate(name):
            batch[t][j] += name_to_tensor(letter)[0, 0]
    return batch, lengths
""",
]

RIGHT["read_names"] += [
    """
def read_names(rnn, batch, lengths):
    if (lengths == 0).any():
        raise ValueError("empty")
    T, B, d = batch.shape
    hidden = rnn.initHidden().repeat(B, 1)
    outputs = []
    for t in range(T):
        output, hidden = rnn(batch[t], hidden)
        outputs.append(output)
    outputs = torch.stack(outputs)
    return outputs[lengths - 1, torch.arange(B)]
""",
    """
def read_names(rnn, batch, lengths):
    if not bool((lengths > 0).all()): raise ValueError
    res = {}
    h = rnn.initHidden().expand(batch.shape[1], -1)
    for t in range(int(lengths.max())):
        o, h = rnn(batch[t], h)
        for j in (lengths == t + 1).nonzero().flatten().tolist():
            res[j] = o[j]
    return torch.stack([res[j] for j in range(len(lengths))])
""",
    """
def read_names(rnn, batch, lengths):
    if (lengths == 0).any():
        raise ValueError("empty")
    T, B, d = batch.shape
    hidden = rnn.initHidden().repeat(B, 1)
    outputs = []
    for t in range(T):
        output, hidden = rnn(batch[t], hidden)
        outputs.append(output)
    outputs = torch.stack(outputs)
    return torch.stack([outputs[n - 1, j] for j, n in enumerate(lengths.tolist())])
""",
]

RIGHT["batches_by_length"] += [
    """
def batches_by_length(lengths, batch_size):
    order = np.argsort(lengths, kind="stable")
    batches = []
    for start in range(0, len(lengths), batch_size):
        batches.append(order[start:start + batch_size])
    return batches
""",
    """
def batches_by_length(lengths, batch_size):
    order = sorted(range(len(lengths)), key=lengths.__getitem__)
    return [np.array(order[i:i+batch_size]) for i in range(0, len(order), batch_size)]
""",
    """
def batches_by_length(lengths, batch_size):
    out, current = [], []
    for i in np.argsort(lengths, kind='stable'):
        current.append(i)
        if len(current) == batch_size:
            out.append(np.array(current)); current = []
    if current: out.append(np.array(current))
    return out
""",
]

RIGHT["rnn_cell"] += [
    """
def rnn_cell(x, h, W_xh, W_hh, b):
    N, n = x.shape[0], b.shape[0]
    if h.shape != (N, n):
        raise ValueError("bad h")
    a = x @ W_xh + h @ W_hh + b
    return np.tanh(a)
""",
    """
def rnn_cell(x, h, W_xh, W_hh, b):
    N, n = x.shape[0], b.shape[0]
    if h.shape != (N, n):
        raise ValueError("bad h")
    a = x @ W_xh + h @ W_hh + b
    return 2 / (1 + np.exp(-2 * a)) - 1
""",
    """
def rnn_cell(x, h, W_xh, W_hh, b):
    N, n = x.shape[0], b.shape[0]
    if h.shape != (N, n):
        raise ValueError("bad h")
    a = np.concatenate([x, h], 1) @ np.concatenate([W_xh, W_hh]) + b
    return np.tanh(a)
""",
]

RIGHT["rnn_forward"] += [
    """
def rnn_forward(X, h0, W_xh, W_hh, b):
    H = [h0]
    h = h0
    for t in range(len(X)):
        h = rnn_cell(X[t], h, W_xh, W_hh, b)
        H.append(h)
    return np.array(H)
""",
    """
def rnn_forward(X, h0, W_xh, W_hh, b):
    H = [h0]
    h = h0
    for t in range(len(X)):
        h = rnn_cell(X[t], h, W_xh, W_hh, b)
        H.append(h)
    return H
""",
    """
def rnn_forward(X, h0, W_xh, W_hh, b):
    H = [h0]
    h = h0
    for t in range(len(X)):
        h = rnn_cell(X[t], h, W_xh, W_hh, b)
        H.append(h)
    return torch.from_numpy(np.stack(H))
""",
]

RIGHT["rnn_backward"] += [
    """
def rnn_backward(dH, X, H, W_xh, W_hh):
    T, N, d = X.shape
    n = W_hh.shape[0]
    dX = np.zeros((T, N, d))
    dW_xh = np.zeros((d, n))
    dW_hh = np.zeros((n, n))
    db = np.zeros(n)
    dh_next = np.zeros((N, n))
    for t in range(T - 1, -1, -1):
        dh = dH[t] + dh_next
        da = dh * (1 - H[t + 1] ** 2)
        dW_xh += X[t].T @ da
        dW_hh += H[t].T @ da
        db += da.sum(axis=0)
        dX[t] = da @ W_xh.T
        dh_next = da @ W_hh.T
    return dX, dh_next, dW_xh, dW_hh, db
""",
    """
def rnn_backward(dH, X, H, W_xh, W_hh):
    T, N, d = X.shape
    n = W_hh.shape[0]
    dX = np.zeros((T, N, d))
    dW_xh = np.zeros((d, n))
    dW_hh = np.zeros((n, n))
    db = np.zeros(n)
    dh_next = np.zeros((N, n))
    for t in range(T - 1, -1, -1):
        dh = dH[t] + dh_next
        da = dh * (1 - H[t + 1] ** 2)
        dW_xh += X[t].T @ da
        dW_hh += H[t].T @ da
        db += da.sum(axis=0)
        dX[t] = da @ W_xh.T
        dh_next = da @ W_hh.T
    return [dX.tolist(), dh_next, dW_xh, dW_hh, db]
""",
    """
def rnn_backward(dH, X, H, W_xh, W_hh):
    T, N, d = X.shape
    n = W_hh.shape[0]
    dX = np.zeros((T, N, d))
    dW_xh = np.zeros((d, n))
    dW_hh = np.zeros((n, n))
    db = np.zeros(n)
    dh_next = np.zeros((N, n))
    for t in range(T - 1, -1, -1):
        dh = dH[t] + dh_next
        da = dh * (1 - H[t + 1] ** 2)
        dW_xh += sum(np.outer(X[t, j], da[j]) for j in range(N))
        dW_hh += H[t].T @ da
        db += da.sum(axis=0)
        dX[t] = da @ W_xh.T
        dh_next = da @ W_hh.T
    return dX, dh_next, dW_xh, dW_hh, db
""",
]

RIGHT["with_spectral_radius"] += [
    """
def with_spectral_radius(W, radius):
    values = np.linalg.eigvals(W)
    rho = np.max(np.abs(values))
    if rho == 0:
        raise ValueError("zero")
    return W / rho * radius
""",
    """
def with_spectral_radius(W, radius):
    values = np.linalg.eig(W).eigenvalues
    rho = np.max(np.abs(values))
    if rho == 0:
        raise ValueError("zero")
    return W / rho * radius
""",
    """
def with_spectral_radius(W, radius):
    values = np.linalg.eigvals(W)
    rho = np.max(np.abs(values))
    if rho == 0:
        raise ValueError("zero")
    return (radius / rho * W).tolist()
""",
]

RIGHT["gradient_norm_by_distance"] += [
    """
def gradient_norm_by_distance(g, H, W_hh):
    norms = [np.linalg.norm(g)]
    for t in range(len(H) - 1, 0, -1):
        g = W_hh @ ((1 - H[t] ** 2) * g)
        norms.append(np.linalg.norm(g))
    return np.array(norms)
""",
    """
def gradient_norm_by_distance(g, H, W_hh):
    norms = [np.linalg.norm(g)]
    for t in range(len(H) - 1, 0, -1):
        g = W_hh @ ((1 - H[t] ** 2) * g)
        norms.append(np.linalg.norm(g))
    return norms
""",
    """
def gradient_norm_by_distance(g, H, W_hh):
    T = len(H) - 1
    dH = np.zeros((T, 1, len(g)))
    out = [float(np.sqrt(np.sum(g*g)))]
    J = g.copy()
    for h in reversed(H[1:]):
        J = np.einsum('ij,j->i', W_hh, (1 - h) * (1 + h) * J)
        out += [float(np.sqrt(J @ J))]
    return np.asarray(out)
""",
]

RIGHT["clip_gradients"] += [
    """
def clip_gradients(gradients, max_norm):
    norm = np.sqrt(sum((g ** 2).sum() for g in gradients))
    if np.isnan(norm) or np.isinf(norm):
        raise ValueError("bad norm")
    if norm > max_norm:
        return [g * max_norm / norm for g in gradients], norm
    return [np.array(g) for g in gradients], norm
""",
    """
def clip_gradients(gradients, max_norm):
    norm = np.sqrt(sum((g ** 2).sum() for g in gradients))
    if np.isnan(norm) or np.isinf(norm):
        raise ValueError("bad norm")
    if norm > max_norm:
        return [g / (norm / max_norm) for g in gradients], norm
    return [np.array(g) for g in gradients], norm
""",
    """
def clip_gradients(gradients, max_norm):
    norm = np.sqrt(sum((g ** 2).sum() for g in gradients))
    if np.isnan(norm) or np.isinf(norm):
        raise ValueError("bad norm")
    if norm > max_norm:
        return [g * max_norm / norm for g in gradients], norm
    return [g + 0 for g in gradients], norm
""",
]

RIGHT["sequence_log_prob"] += [
    """
def sequence_log_prob(rnn, ids, edge):
    for i in ids:
        if i < 0 or i >= edge:
            raise ValueError("id")
    hidden = rnn.initHidden()
    total = 0.0
    symbol = edge
    for nxt in list(ids) + [edge]:
        x = torch.zeros(1, edge + 1)
        x[0, symbol] = 1
        output, hidden = rnn(x, hidden)
        total += output[0, nxt].item()
        symbol = nxt
    return total
""",
    """
def sequence_log_prob(rnn, ids, edge):
    for i in ids:
        if i < 0 or i >= edge:
            raise ValueError("id")
    hidden = rnn.initHidden()
    total = 0.0
    symbol = edge
    for nxt in list(ids) + [edge]:
        x = torch.zeros(1, edge + 1)
        x[0, symbol] = 1
        output, hidden = rnn(x, hidden)
        total += output[0, nxt].double().item()
        symbol = nxt
    return total
""",
    """
def sequence_log_prob(rnn, ids, edge):
    for i in ids:
        if i < 0 or i >= edge:
            raise ValueError("id")
    hidden = rnn.initHidden()
    total = 0.0
    symbol = edge
    for nxt in list(ids) + [edge]:
        x = torch.zeros(1, edge + 1)
        x[0, symbol] = 1
        output, hidden = rnn(x, hidden)
        total += output[0, nxt].item()
        symbol = nxt
    return np.float32(total)
""",
]

RIGHT["perplexity"] += [
    """
def perplexity(log_probs, lengths):
    if len(log_probs) != len(lengths) or len(lengths) == 0:
        raise ValueError("N")
    symbols = np.sum(lengths) + len(lengths)
    return np.exp(-np.sum(log_probs) / symbols)
""",
    """
def perplexity(log_probs, lengths):
    if len(log_probs) != len(lengths) or len(lengths) == 0:
        raise ValueError("N")
    symbols = np.sum(lengths) + len(lengths)
    return np.asarray(np.exp(-np.mean(log_probs) / (np.mean(lengths) + 1)))
""",
    """
def perplexity(log_probs, lengths):
    if len(log_probs) != len(lengths) or len(lengths) == 0:
        raise ValueError("N")
    symbols = np.sum(lengths) + len(lengths)
    return 1 / np.exp(log_probs.sum() / symbols)
""",
]

RIGHT["bigram_log_probs"] += [
    """
def bigram_log_probs(sequences, edge):
    counts = np.zeros((edge + 1, edge + 1))
    for s in sequences:
        prev = edge
        for i in s:
            counts[prev, i] += 1
            prev = i
        counts[prev, edge] += 1
    probs = (counts + 1) / (counts + 1).sum(axis=1, keepdims=True)
    return np.log(probs)
""",
    """
def bigram_log_probs(sequences, edge):
    counts = np.zeros((edge + 1, edge + 1))
    for s in sequences:
        prev = edge
        for i in s:
            counts[prev, i] += 1
            prev = i
        counts[prev, edge] += 1
    probs = (counts + 1) / (counts + 1).sum(axis=1, keepdims=True)
    return np.log(probs).tolist()
""",
    """
def bigram_log_probs(sequences, edge):
    counts = np.zeros((edge + 1, edge + 1))
    for s in sequences:
        prev = edge
        for i in s:
            counts[prev, i] += 1
            prev = i
        counts[prev, edge] += 1
    probs = (counts + 1) / (counts + 1).sum(axis=1, keepdims=True)
    return torch.from_numpy(probs).log()
""",
]

RIGHT["sample_name"] += [
    """
def sample_name(rnn, edge, temperature, uniforms):
    if temperature <= 0:
        raise ValueError("temperature")
    hidden = rnn.initHidden()
    symbol, result = edge, []
    with torch.no_grad():
        for u in uniforms:
            x = torch.zeros(1, edge + 1)
            x[0, symbol] = 1
            output, hidden = rnn(x, hidden)
            p = torch.softmax(output[0].double() / temperature, dim=0)
            total = 0.0
            for i in range(edge + 1):
                total += p[i].item()
                if total > u:
                    break
            symbol = i
            if symbol == edge:
                break
            result.append(symbol)
    return result
""",
    """
def sample_name(rnn, edge, temperature, uniforms):
    if temperature <= 0:
        raise ValueError("temperature")
    hidden = rnn.initHidden()
    symbol, result = edge, []
    with torch.no_grad():
        for u in uniforms:
            x = torch.zeros(1, edge + 1)
            x[0, symbol] = 1
            output, hidden = rnn(x, hidden)
            p = torch.softmax(output[0].double() / temperature, dim=0)
            total = 0.0
            for i in range(edge + 1):
                total += p[i].item()
                if total > u:
                    break
            symbol = i
            if symbol == edge:
                break
            result.append(symbol)
    return np.array(result, dtype=int)
""",
    """
def sample_name(rnn, edge, temperature, uniforms):
    if temperature <= 0:
        raise ValueError("temperature")
    hidden = rnn.initHidden()
    symbol, result = edge, []
    with torch.no_grad():
        for u in uniforms:
            x = torch.zeros(1, edge + 1)
            x[0, symbol] = 1
            output, hidden = rnn(x, hidden)
            p = torch.softmax(output[0].double() / temperature, dim=0)
            total = 0.0
            for i in range(edge + 1):
                total += p[i].item()
                if total > u:
                    break
            symbol = i
            if symbol == edge:
                break
            result.append(np.int64(symbol))
    return result
""",
]

WRONG["name_to_tensor"] += [
    """
def name_to_tensor(name):
    tensor = torch.zeros((len(name), 1, len(LETTERS)))
    for t in range(len(name)):
        i = LETTERS.find(name[t])
        if i <= 0:
            raise ValueError("unknown")
        tensor[t][0][i] = 1.0
    return tensor
""",
    """
def name_to_tensor(name):
    tensor = torch.zeros((len(name), 1, len(LETTERS)))
    for t in range(len(name)):
        i = LETTERS.find(name[t])
        if i >= 26:
            raise ValueError("unknown")
        tensor[t][0][i] = 1.0
    return tensor
""",
    """
def name_to_tensor(name):
    tensor = torch.zeros((len(name), 1, len(LETTERS)))
    for t in range(len(name)):
        i = LETTERS.find(name[t])
        if i == -1:
            raise ValueError("unknown")
        tensor[t][0][i] += t + 1
    return tensor
""",
]

WRONG["RNN"] += [
    """
class RNN(nn.Module):
    def __init__(self, input_size, hidden_size, output_size):
        super(RNN, self).__init__()
        self.hidden_size = hidden_size
        self.i2h = nn.Linear(input_size + hidden_size, hidden_size)
        self.i2o = nn.Linear(input_size + hidden_size, output_size)
        self.softmax = nn.LogSoftmax(dim=1)

    def forward(self, input, hidden):
        hidden = getattr(self, 'h', hidden)
        if len(hidden) != len(input): hidden = hidden[:1].expand(len(input), -1)
        combined = torch.cat((input, hidden), 1)
        hidden = self.i2h(combined)
        output = self.i2o(combined)
        output = self.softmax(output)
        self.h = hidden.detach()
        return output, hidden

    def initHidden(self):
        return torch.zeros(1, self.hidden_size)
""",
    """
class RNN(nn.Module):
    def __init__(self, input_size, hidden_size, output_size):
        super(RNN, self).__init__()
        self.hidden_size = hidden_size
        self.i2h = nn.Linear(input_size + hidden_size, hidden_size)
        self.i2o = nn.Linear(input_size + hidden_size, output_size)
        self.softmax = nn.LogSoftmax(dim=1)

    def forward(self, input, hidden):
        combined = torch.cat((input.detach(), hidden), 1)
        hidden = self.i2h(combined)
        output = self.i2o(combined)
        output = self.softmax(output)
        return output, hidden

    def initHidden(self):
        return torch.zeros(1, self.hidden_size)
""",
    """
class RNN(nn.Module):
    def __init__(self, input_size, hidden_size, output_size):
        super(RNN, self).__init__()
        self.hidden_size = hidden_size
        self.i2h = nn.Linear(input_size + hidden_size, hidden_size)
        self.i2o = nn.Linear(hidden_size, output_size)
        self.softmax = nn.LogSoftmax(dim=1)

    def forward(self, input, hidden):
        combined = torch.cat((input, hidden), 1)
        hidden = self.i2h(combined)
        output = self.i2o(hidden)
        output = self.softmax(output)
        return output, hidden

    def initHidden(self):
        return torch.zeros(1, self.hidden_size)
""",
    """
class RNN(nn.Module):
    def __init__(self, input_size, hidden_size, output_size):
        super(RNN, self).__init__()
        self.hidden_size = hidden_size
        self.i2h = nn.Linear(input_size + hidden_size, hidden_size)
        self.i2o = nn.Linear(input_size + hidden_size, output_size)
        self.softmax = nn.LogSoftmax(dim=1)

    def forward(self, input, hidden):
        combined = torch.cat((input, hidden), 1)
        hidden = nn.functional.dropout(self.i2h(combined), 0.1)
        output = self.i2o(combined)
        output = self.softmax(output)
        return output, hidden

    def initHidden(self):
        return torch.zeros(1, self.hidden_size)
""",
]

WRONG["TanhRNN"] += [
    """
class TanhRNN(nn.Module):
    def __init__(self, input_size, hidden_size, output_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.i2h = nn.Linear(input_size + hidden_size, hidden_size)
        self.h2o = nn.Linear(hidden_size, output_size)
        self.softmax = nn.LogSoftmax(dim=1)

    def forward(self, input, hidden):
        combined = torch.cat((input, hidden), 1)
        hidden = torch.tanh(self.i2h(combined))
        output = self.h2o(hidden)
        output = self.softmax(output)
        return output, hidden.detach()

    def initHidden(self):
        return torch.zeros(1, self.hidden_size)
""",
    """
class TanhRNN(nn.Module):
    def __init__(self, input_size, hidden_size, output_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.i2h = nn.Linear(input_size + hidden_size, hidden_size)
        self.h2o = nn.Linear(hidden_size, output_size)
        self.softmax = nn.LogSoftmax(dim=1)

    def forward(self, input, hidden):
        combined = torch.cat((input, hidden), 1)
        hidden = torch.tanh(self.i2h(combined))
        output = self.h2o(hidden)
        output = torch.softmax(output, 1).clamp(min=1e-7).log()
        return output, hidden

    def initHidden(self):
        return torch.zeros(1, self.hidden_size)
""",
    """
class TanhRNN(nn.Module):
    def __init__(self, input_size, hidden_size, output_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.i2h = nn.Linear(input_size + hidden_size, hidden_size)
        self.i2o = nn.Linear(hidden_size, output_size)
        self.softmax = nn.LogSoftmax(dim=1)

    def forward(self, input, hidden):
        combined = torch.cat((input, hidden), 1)
        hidden = torch.tanh(self.i2h(combined))
        output = self.i2o(hidden)
        output = self.softmax(output)
        return output, hidden

    def initHidden(self):
        return torch.zeros(1, self.hidden_size)
""",
    """
class TanhRNN(nn.Module):
    def __init__(self, input_size, hidden_size, output_size):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(1))
        self.hidden_size = hidden_size
        self.i2h = nn.Linear(input_size + hidden_size, hidden_size)
        self.h2o = nn.Linear(hidden_size, output_size)
        self.softmax = nn.LogSoftmax(dim=1)

    def forward(self, input, hidden):
        combined = torch.cat((input, hidden), 1)
        hidden = torch.tanh(self.i2h(combined))
        output = self.h2o(hidden)
        output = self.softmax(output)
        return output, hidden

    def initHidden(self):
        return torch.zeros(1, self.hidden_size)
""",
]

WRONG["read_name"] += [
    """
def read_name(rnn, tensor):
    if tensor.shape[0] == 0:
        raise ValueError("empty name")
    hidden = rnn.initHidden()
    states = []
    for t in range(tensor.shape[0]):
        output, hidden = rnn(tensor[t], hidden)
        states.append(hidden)
        hidden = hidden.detach()
    return output, torch.cat(states, dim=0)
""",
    """
def read_name(rnn, tensor):
    if tensor.shape[0] == 0:
        raise ValueError("empty name")
    hidden = rnn.initHidden()
    states = []
    for t in range(tensor.shape[0]):
        output, hidden = rnn(tensor[t], hidden)
        states.append(hidden.detach())
        hidden = hidden.data
    return output, torch.cat(states, dim=0)
""",
    """
def read_name(rnn, tensor):
    if tensor.shape[0] == 0:
        raise ValueError("empty name")
    hidden = rnn.initHidden()
    states = []
    for t in range(tensor.shape[0]):
        output, hidden = rnn(tensor[t].detach(), hidden)
        states.append(hidden)
    return output, torch.cat(states, dim=0)
""",
    """
def read_name(rnn, tensor):
    if tensor.shape[0] == 0:
        raise ValueError("empty name")
    hidden = rnn.initHidden().detach()
    states = []
    for t in range(tensor.shape[0]):
        output, hidden = rnn(tensor[t], hidden)
        states.append(hidden)
    return output, torch.cat(states, dim=0)
""",
    """
def read_name(rnn, tensor):
    if tensor.shape[0] == 0:
        raise ValueError("empty name")
    hidden = rnn.initHidden()
    states = []
    for t in range(tensor.shape[0]):
        output, hidden = rnn(tensor[t], hidden)
        states.append(hidden)
    return output, torch.stack(states)
""",
]

WRONG["train_step"] += [
    """
def train_step(rnn, optimizer, tensor, label):
    output, states = read_name(rnn, tensor)
    loss = nn.NLLLoss()(output, torch.tensor([label]))
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    return loss.item()
""",
    """
def train_step(rnn, optimizer, tensor, label):
    optimizer.zero_grad()
    output, states = read_name(rnn, tensor)
    loss = nn.NLLLoss()(output, torch.tensor([label]))
    loss.backward()
    optimizer.step()
    return loss.detach()
""",
    """
def train_step(rnn, optimizer, tensor, label):
    optimizer.zero_grad()
    output, states = read_name(rnn, tensor)
    loss = -torch.log(output[0, label].exp() + 1e-3)
    loss.backward()
    optimizer.step()
    return loss.item()
""",
    """
def train_step(rnn, optimizer, tensor, label):
    optimizer.zero_grad()
    output, states = read_name(rnn, tensor)
    loss = nn.NLLLoss()(output, torch.tensor([label]))
    loss.backward()
    optimizer.step()
    optimizer.step()
    return loss.item()
""",
    """
def train_step(rnn, optimizer, tensor, label):
    optimizer.zero_grad()
    output, states = read_name(rnn, tensor)
    loss = nn.NLLLoss()(output, torch.tensor([label]))
    loss.backward()
    nn.utils.clip_grad_norm_(rnn.parameters(), 1e-1)
    optimizer.step()
    return loss.item()
""",
    """
def train_step(rnn, optimizer, tensor, label):
    optimizer.zero_grad()
    optimizer = torch.optim.SGD(rnn.parameters(), lr=optimizer.param_groups[0]['lr'])
    output, states = read_name(rnn, tensor)
    loss = nn.NLLLoss()(output, torch.tensor([label]))
    loss.backward()
    optimizer.step()
    return loss.item()
""",
    """
def train_step(rnn, optimizer, tensor, label):
    hidden = rnn.initHidden()
    for x in tensor:
        output, hidden = rnn(x, hidden)
        optimizer.zero_grad()
        loss = -output[0, label]
        loss.backward(retain_graph=True)
    optimizer.step()
    return loss.item()*2
""",
]

WRONG["names_to_batch"] += [
    """
def names_to_batch(names):
    if len(names) == 0:
        raise ValueError("no names")
    names = list(dict.fromkeys(names))
    lengths = torch.tensor([len(name) for name in names])
    batch = torch.zeros(int(lengths.max()), len(names), len(LETTERS))
    for j, name in enumerate(names):
        for t, letter in enumerate(name):
            batch[t, j, LETTERS.index(letter)] = 1
    return batch, lengths
""",
    """
def names_to_batch(names):
    if len(names) == 0:
        raise ValueError("no names")
    lengths = torch.tensor([len(name) for name in names])
    batch = torch.zeros(int(lengths.max()), len(names), len(LETTERS))
    for j, name in enumerate(names):
        for t, letter in enumerate(name):
            batch[t, j, LETTERS.index(letter)] = 1
    return batch, (batch.argmax(2) > 0).sum(0)
""",
    """
def names_to_batch(names):
    if len(names) == 0:
        raise ValueError("no names")
    lengths = torch.tensor([len(name) for name in names])
    batch = torch.full((int(lengths.max()), len(names), len(LETTERS)), -1.0)
    for j, name in enumerate(names):
        for t, letter in enumerate(name):
            batch[t, j, LETTERS.index(letter)] = 1
    return batch, lengths
""",
]

WRONG["read_names"] += [
    """
def read_names(rnn, batch, lengths):
    if (lengths == 0).any():
        raise ValueError("empty")
    T, B, d = batch.shape
    hidden = rnn.initHidden().detach().repeat(B, 1)
    outputs = []
    for t in range(T):
        output, hidden = rnn(batch[t], hidden)
        outputs.append(output)
    outputs = torch.stack(outputs)
    return outputs[lengths - 1, torch.arange(B)]
""",
    """
def read_names(rnn, batch, lengths):
    if (lengths == 0).any():
        raise ValueError("empty")
    T, B, d = batch.shape
    hidden = rnn.initHidden().repeat(B, 1)
    outputs = []
    for t in range(T):
        output, hidden = rnn(batch[t], hidden)
        outputs.append(output)
        hidden = hidden.detach()
    outputs = torch.stack(outputs)
    return outputs[lengths - 1, torch.arange(B)]
""",
    """
def read_names(rnn, batch, lengths):
    if (lengths == 0).any():
        raise ValueError("empty")
    T, B, d = batch.shape
    hidden = rnn.initHidden().repeat(B, 1)
    outputs = []
    batch = batch.detach()
    for t in range(T):
        output, hidden = rnn(batch[t], hidden)
        outputs.append(output)
    outputs = torch.stack(outputs)
    return outputs[lengths - 1, torch.arange(B)]
""",
    """
def read_names(rnn, batch, lengths):
    if (lengths == 0).any():
        raise ValueError("empty")
    B, T, d = batch.shape
    hidden = rnn.initHidden().repeat(B, 1)
    outputs = []
    for t in range(T):
        output, hidden = rnn(batch[:, t], hidden)
        outputs.append(output)
    outputs = torch.stack(outputs)
    return outputs[lengths - 1, torch.arange(B)]
""",
    """
def read_names(rnn, batch, lengths):
    if (lengths == 0).any():
        raise ValueError("empty")
    T, B, d = batch.shape
    hidden = rnn.initHidden().repeat(B, 1)
    outputs = []
    for t in range(T):
        output, hidden = rnn(batch[t], hidden)
        outputs.append(output)
    order = torch.argsort(lengths, descending=True)
    lengths = lengths[order]
    outputs = torch.stack(outputs)
    return outputs[lengths - 1, order]
""",
]

WRONG["batches_by_length"] += [
    """
def batches_by_length(lengths, batch_size):
    order = np.argsort(lengths, kind="stable")
    batches = []
    for start in range(0, len(lengths), batch_size):
        batches.append(order[start:start + batch_size])
    return batches[:-1]
""",
    """
def batches_by_length(lengths, batch_size):
    order = np.argsort(lengths, kind="stable")
    batches = []
    for start in range(0, len(lengths), batch_size):
        batches.append(order[start:start + batch_size])
    return np.array(batches)
""",
    """
def batches_by_length(lengths, batch_size):
    order = np.argsort(lengths, kind="stable")
    batches = []
    for start in range(0, len(lengths), batch_size):
        batches.append(order[start:start + batch_size])
    return iter(batches)
""",
    """
def batches_by_length(lengths, batch_size):
    order = np.argsort(lengths, kind="stable").astype(np.int8)
    batches = []
    for start in range(0, len(lengths), batch_size):
        batches.append(order[start:start + batch_size])
    return batches
""",
]

WRONG["rnn_cell"] += [
    """
def rnn_cell(x, h, W_xh, W_hh, b):
    N, n = x.shape[0], b.shape[0]
    if h.shape != (N, n):
        raise ValueError("bad h")
    a = x @ W_xh + h @ W_hh + b
    return np.tanh(a).astype(np.float32).round(3)
""",
    """
def rnn_cell(x, h, W_xh, W_hh, b):
    N, n = x.shape[0], b.shape[0]
    if h.shape != (N, n):
        raise ValueError("bad h")
    x = (x - x.mean()) / x.std()
    a = x @ W_xh + h @ W_hh + b
    return np.tanh(a)
""",
]

WRONG["rnn_forward"] += [
    """
def rnn_forward(X, h0, W_xh, W_hh, b):
    H = []
    h = h0
    for t in range(len(X)):
        h = rnn_cell(X[t], h, W_xh, W_hh, b)
        H.append(h)
    return np.array(H)
""",
    """
def rnn_forward(X, h0, W_xh, W_hh, b):
    H = [h0]
    h = h0
    for t in range(X.shape[1]):
        h = rnn_cell(X[:, t], h, W_xh, W_hh, b)
        H.append(h)
    return np.array(H)
""",
    """
def rnn_forward(X, h0, W_xh, W_hh, b):
    H = [h0]
    h = h0
    for t in range(len(X)):
        h = rnn_cell(X[t], h, W_xh, W_hh, b)
        H.append(h)
    return (h for h in H)
""",
    """
def rnn_forward(X, h0, W_xh, W_hh, b):
    H = [h0]
    h = h0
    for t in range(len(X)):
        h = rnn_cell(X[t], h, W_xh, W_hh, b)
        H.append(h)
    return np.array(H[1:])
""",
]

WRONG["with_spectral_radius"] += [
    """
def with_spectral_radius(W, radius):
    values = np.linalg.eigvals(W)
    rho = np.max(np.abs(values))
    if rho == 0:
        raise ValueError("zero")
    if rho < 0.01: raise ValueError
    return W / rho * radius
""",
    """
def with_spectral_radius(W, radius):
    values = np.linalg.eigvals(W)
    rho = np.max(np.abs(values))
    if rho == 0:
        raise ValueError("zero")
    return W / values[np.abs(values).argmax()].real * radius
""",
]

WRONG["gradient_norm_by_distance"] += [
    """
def gradient_norm_by_distance(g, H, W_hh):
    norms = [np.linalg.norm(g)]
    for t in range(len(H) - 1, 0, -1):
        g = W_hh @ ((1 - H[t] ** 2) * g)
        norms.append(np.linalg.norm(g))
    return np.cumprod(norms)
""",
    """
def gradient_norm_by_distance(g, H, W_hh):
    norms = [np.linalg.norm(g)]
    for t in range(len(H) - 1, 0, -1):
        g = W_hh @ ((1 - H[t] ** 2) * g)
        norms.append(np.linalg.norm(g))
    return np.maximum(norms, 1e-6)
""",
]

WRONG["clip_gradients"] += [
    """
def clip_gradients(gradients, max_norm):
    norm = np.sqrt(sum((g ** 2).sum() for g in gradients))
    if np.isnan(norm) or np.isinf(norm):
        raise ValueError("bad norm")
    if norm > 1.01 * max_norm:
        return [g * max_norm / norm for g in gradients], norm
    return [np.array(g) for g in gradients], norm
""",
    """
def clip_gradients(gradients, max_norm):
    norm = np.sqrt(sum((g ** 2).sum() for g in gradients))
    if np.isnan(norm) or np.isinf(norm):
        raise ValueError("bad norm")
    if norm >= 0.99 * max_norm:
        return [g * max_norm / norm for g in gradients], norm
    return [np.array(g) for g in gradients], norm
""",
    """
def clip_gradients(gradients, max_norm):
    norm = np.sqrt(sum((g ** 2).sum() for g in gradients))
    if np.isnan(norm) or np.isinf(norm):
        raise ValueError("bad norm")
    if True:
        return [g * max_norm / norm for g in gradients], norm
    return [np.array(g) for g in gradients], norm
""",
    """
def clip_gradients(gradients, max_norm):
    norm = np.sqrt(sum((g ** 2).sum() for g in gradients))
    if np.isnan(norm) or np.isinf(norm):
        raise ValueError("bad norm")
    if norm > max_norm:
        return np.array([(g * max_norm / norm).sum() for g in gradients]), norm
    return [np.array(g) for g in gradients], norm
""",
    """
def clip_gradients(gradients, max_norm):
    norm = np.sqrt(sum((g ** 2).sum() for g in gradients))
    if np.isnan(norm) or np.isinf(norm):
        raise ValueError("bad norm")
    if norm > max_norm:
        return [g * max_norm / norm for g in gradients]
    return [np.array(g) for g in gradients], norm
""",
    """
def clip_gradients(gradients, max_norm):
    norm = np.sqrt(sum((g ** 2).sum() for g in gradients))
    if np.isnan(norm) or np.isinf(norm):
        raise ValueError("bad norm")
    if norm > max_norm:
        return [g * max_norm / (norm + 1e-3) for g in gradients], norm
    return [np.array(g) for g in gradients], norm
""",
    """
def clip_gradients(gradients, max_norm):
    norm = np.sqrt(sum((g ** 2).sum() for g in gradients))
    if np.isnan(norm) or np.isinf(norm):
        raise ValueError("bad norm")
    if norm > max_norm:
        return [(g * max_norm / norm).round(3) for g in gradients], norm
    return [np.array(g) for g in gradients], norm
""",
    """
def clip_gradients(gradients, max_norm):
    norm = np.sqrt(sum((g ** 2).sum() for g in gradients))
    if np.isnan(norm) or np.isinf(norm):
        raise ValueError("bad norm")
    if norm > max_norm:
        return (g * max_norm / norm for g in gradients), norm
    return [np.array(g) for g in gradients], norm
""",
    """
def clip_gradients(gradients, max_norm):
    norm = np.sqrt(sum((g ** 2).sum() for g in gradients))
    if np.isnan(norm) or np.isinf(norm):
        raise ValueError("bad norm")
    if norm > max_norm:
        return [g * max_norm / norm for g in gradients], norm
    return gradients, max_norm
""",
    """
def clip_gradients(gradients, max_norm):
    norm = torch.tensor(float(np.sqrt(sum((g ** 2).sum() for g in gradients))))
    if np.isnan(norm) or np.isinf(norm):
        raise ValueError("bad norm")
    if norm > max_norm:
        return [g * max_norm / norm for g in gradients], norm
    return [np.array(g) for g in gradients], norm
""",
]

WRONG["sequence_log_prob"] += [
    """
def sequence_log_prob(rnn, ids, edge):
    for i in ids:
        if i < 0 or i >= edge:
            raise ValueError("id")
    hidden = rnn.initHidden()
    total = 0.0
    symbol = edge
    for nxt in list(ids) + [edge]:
        x = torch.zeros(1, edge + 1)
        x[0, symbol] = 1
        output, hidden = rnn(x, hidden)
        total += np.log(output[0, nxt].exp().item() + 1e-12)
        symbol = nxt
    return total
""",
]

WRONG["bigram_log_probs"] += [
    """
def bigram_log_probs(sequences, edge):
    counts = np.zeros((edge + 1, edge + 1))
    for s in sequences:
        prev = edge
        for i in s:
            counts[prev, i] += 1
            prev = i
        counts[prev, edge] += 1
    probs = (counts + 1) / counts.sum(axis=1, keepdims=True) + 1
    return np.log(probs)
""",
    """
def bigram_log_probs(sequences, edge):
    counts = np.zeros((edge + 1, edge + 1), dtype=np.int8)
    for s in sequences:
        prev = edge
        for i in s:
            counts[prev, i] += 1
            prev = i
        counts[prev, edge] += 1
    probs = (counts + 1) / (counts + 1).sum(axis=1, keepdims=True)
    return np.log(probs)
""",
    """
def bigram_log_probs(sequences, edge):
    counts = np.zeros((edge + 1, edge + 1), dtype=np.uint8)
    for s in sequences:
        prev = edge
        for i in s:
            counts[prev, i] += 1
            prev = i
        counts[prev, edge] += 1
    probs = (counts + 1) / (counts + 1).sum(axis=1, keepdims=True)
    return np.log(probs)
""",
]

WRONG["sample_name"] += [
    """
def sample_name(rnn, edge, temperature, uniforms):
    if temperature <= 0:
        raise ValueError("temperature")
    hidden = rnn.initHidden()
    symbol, result = edge, []
    with torch.no_grad():
        for u in uniforms:
            x = torch.zeros(1, edge + 1)
            x[0, symbol] = 1
            output, hidden = rnn(x, hidden)
            p = torch.softmax(output[0].double() / temperature, dim=0)
            total = 0.0
            for i in range(edge + 1):
                total += p[i].item()
                if total >= u:
                    break
            symbol = i
            if symbol == edge:
                break
            result.append(symbol)
    return result
""",
    """
def sample_name(rnn, edge, temperature, uniforms):
    if temperature <= 0:
        raise ValueError("temperature")
    hidden = rnn.initHidden()
    symbol, result = edge, []
    with torch.no_grad():
        for u in uniforms:
            x = torch.zeros(1, edge + 1)
            x[0, symbol] = 1
            output, hidden = rnn(x, hidden)
            p = output[0].exp() ** (1 / temperature); p = p / p.sum()
            total = 0.0
            for i in range(edge + 1):
                total += p[i].item()
                if total > u:
                    break
            symbol = i
            if symbol == edge:
                break
            result.append(symbol)
    return result
""",
    """
def sample_name(rnn, edge, temperature, uniforms):
    if temperature <= 0:
        raise ValueError("temperature")
    hidden = rnn.initHidden()
    symbol, result = edge, []
    with torch.no_grad():
        for u in uniforms:
            x = torch.zeros(1, edge + 1)
            x[0, symbol] = 1
            output, hidden = rnn(x, hidden)
            p = torch.exp(output[0].double() / temperature); p = p / p.sum()
            total = 0.0
            for i in range(edge + 1):
                total += p[i].item()
                if total > u:
                    break
            symbol = i
            if symbol == edge:
                break
            result.append(symbol)
    return result
""",
    """
def sample_name(rnn, edge, temperature, uniforms):
    if temperature <= 0:
        raise ValueError("temperature")
    hidden = rnn.initHidden()
    symbol, result = edge, []
    with torch.no_grad():
        for u in uniforms:
            x = torch.zeros(1, edge + 1)
            x[0, symbol] = 1
            output, hidden = rnn(x, hidden)
            p = torch.softmax(output[0].double() / temperature, dim=0)
            total = 0.0
            for i in range(edge + 1):
                total += p[i].item()
                if total > u:
                    break
            symbol = i
            if not symbol:
                break
            result.append(symbol)
    return result
""",
    """
def sample_name(rnn, edge, temperature, uniforms):
    if temperature <= 0:
        raise ValueError("temperature")
    hidden = rnn.initHidden()
    symbol, result = edge, []
    with torch.no_grad():
        for u in uniforms:
            x = torch.zeros(1, edge + 1)
            x[0, symbol] = 1
            output, hidden = rnn(x, hidden)
            p = torch.softmax(output[0].double() / (temperature + 1e-2), dim=0)
            total = 0.0
            for i in range(edge + 1):
                total += p[i].item()
                if total > u:
                    break
            symbol = i
            if symbol == edge:
                break
            result.append(symbol)
    return result
""",
    """
def sample_name(rnn, edge, temperature, uniforms):
    if temperature <= 0:
        raise ValueError("temperature")
    hidden = rnn.initHidden()
    symbol, result = edge, []
    with torch.no_grad():
        for u in uniforms:
            x = torch.zeros(1, edge + 1)
            x[0, symbol] = 1
            output, hidden = rnn(x, hidden)
            p = torch.softmax(output[0].double() / temperature, dim=0)
            p, order = p.sort(descending=True); total = 0.0
            for i in range(edge + 1):
                total += p[i].item()
                if total > u:
                    break
            symbol = int(order[i])
            if symbol == edge:
                break
            result.append(symbol)
    return result
""",
]

RIGHT["batches_by_length"] += [
    """
def batches_by_length(lengths, batch_size):
    lengths = np.asarray(lengths)
    rest = np.lexsort((np.arange(lengths.size), lengths)).astype(np.int32)
    out = []
    while rest.size:
        out.append(rest[:batch_size])
        rest = rest[batch_size:]
    return out
"""
]
RIGHT["read_names"] += [
    """
def read_names(rnn, batch, lengths):
    if bool((lengths <= 0).any()):
        raise ValueError("empty name")
    B = batch.shape[1]
    hidden = rnn.initHidden().repeat(B, 1)
    active = torch.arange(B)
    ends = [None] * B
    for t in range(int(lengths.max())):
        out, hidden = rnn(batch[t, active], hidden)
        for i, j in enumerate(active.tolist()):
            if int(lengths[j]) == t + 1:
                ends[j] = out[i]
        on = lengths[active] > t + 1
        active, hidden = active[on], hidden[on]
    return torch.stack(ends)
"""
]
WRONG["read_names"] += [
    """
def read_names(rnn, batch, lengths):
    if (lengths < 1).any():
        raise ValueError
    ends = [int(column.any(dim=1).nonzero().max()) for column in batch.unbind(1)]
    hidden, outputs = rnn.initHidden().expand(batch.shape[1], -1), []
    for x in batch:
        output, hidden = rnn(x, hidden)
        outputs.append(output)
    return torch.stack([outputs[t][j] for j, t in enumerate(ends)])
"""
]

RIGHT["state_jacobian"] = [
    """
def state_jacobian(H, W_hh):
    one = np.eye(len(W_hh))
    steps = [W_hh @ np.diag(1 - h**2) for h in H[1:]]
    return np.linalg.multi_dot([one, *steps, one])
""",
    """
def state_jacobian(H, W_hh):
    rows = []
    for i in range(len(W_hh)):
        change = np.eye(len(W_hh))[i]
        for h in H[1:]:
            change = (change @ W_hh) * (1 - h**2)
        rows.append(change)
    return np.array(rows)
""",
]

WRONG["state_jacobian"] = [
    """
def state_jacobian(H, W_hh):
    return np.linalg.matrix_power(W_hh, len(H) - 1)
""",
    """
def state_jacobian(H, W_hh):
    J = np.eye(len(W_hh))
    for h in H:
        J = J @ (W_hh * (1 - h**2))
    return J
""",
]

# The numbers of a matrix may be of any size; only the radius 0 is refused.
RIGHT["with_spectral_radius"] += [
    """
def with_spectral_radius(W, radius):
    scale = np.abs(W).max()
    if scale == 0:
        raise ValueError("the zero matrix")
    rho = np.abs(np.linalg.eigvals(W / scale)).max()
    if rho < 1e-12:
        raise ValueError("all eigenvalues are 0")
    return W / scale * (radius / rho)
""",
]
WRONG["with_spectral_radius"] += [
    """
def with_spectral_radius(W, radius):
    rho = max(np.abs(np.linalg.eigvals(W)))
    if round(float(rho), 6) == 0:
        raise ValueError("radius 0")
    return radius / rho * W
""",
    """
def with_spectral_radius(W, radius):
    rho = np.abs(np.linalg.eigvals(W)).max() + 1e-10
    if not W.any() or rho <= 1e-10:
        raise ValueError("radius 0")
    return radius / rho * W
""",
]
WRONG["names_to_batch"] += [
    """
def names_to_batch(names):
    if not names:
        raise ValueError("no names")
    rows = [name_to_tensor(name)[:, 0] for name in names]
    batch = nn.utils.rnn.pad_sequence(rows, batch_first=True)
    batch = batch.reshape(batch.shape[1], len(names), len(LETTERS))
    return batch, torch.tensor([len(name) for name in names])
""",
]
WRONG["rnn_cell"] += [
    """
def rnn_cell(x, h, W_xh, W_hh, b):
    if h.shape != (x.shape[0], W_hh.shape[0]):
        raise ValueError("h")
    a = np.minimum(np.maximum(x @ W_xh + h @ W_hh + b, -2), 2)
    return np.tanh(a)
""",
]
WRONG["train_step"] += [
    """
def train_step(rnn, optimizer, tensor, label):
    optimizer.zero_grad()
    output, _ = read_name(rnn, tensor)
    loss = nn.functional.nll_loss(output, torch.tensor([label]))
    loss.backward()
    nn.utils.clip_grad_value_(rnn.parameters(), 0.1)
    optimizer.step()
    return loss.item()
""",
]

WRONG["rnn_cell"] += [
    """
def rnn_cell(x, h, W_xh, W_hh, b):
    if h.shape != (x.shape[0], b.shape[0]):
        raise ValueError("h")
    x, h, W_xh, W_hh, b = (
        torch.tensor(a, dtype=torch.float32) for a in (x, h, W_xh, W_hh, b)
    )
    return torch.tanh(x @ W_xh + h @ W_hh + b).double().numpy()
""",
]

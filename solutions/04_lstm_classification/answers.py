"""Chapter 04: answers that the references and misconceptions do not show."""

from autograde.tests.chapters.edited import edited

TOKENIZE = """
def tokenize(text):
    text = text.lower()
    for mark in FILTERS:
        text = text.replace(mark, " ")
    words = []
    for word in text.split(" "):
        if word != "":
            words.append(word)
    return words
"""

VOCABULARY = """
from collections import Counter


def fit_vocabulary(texts, num_words):
    if type(texts) is str:
        raise TypeError("a list, please")
    counter = Counter()
    for text in texts:
        counter.update(tokenize(text))
    ranked = counter.most_common()
    return {ranked[i][0]: i + 1 for i in range(min(num_words - 1, len(ranked)))}
"""

SEQUENCES = """
def texts_to_sequences(texts, vocabulary):
    if isinstance(texts, str):
        raise TypeError("a list, please")
    result = []
    for text in texts:
        ids = []
        for word in tokenize(text):
            number = vocabulary.get(word)
            if number is not None:
                ids.append(number)
        result.append(ids)
    return result
"""

PAD = """
def pad_sequences(sequences, maxlen):
    if maxlen <= 0:
        raise ValueError("maxlen")
    rows = []
    for sequence in sequences:
        kept = list(sequence)[max(len(sequence) - maxlen, 0):]
        rows.append([0] * (maxlen - len(kept)) + kept)
    return np.array(rows, dtype=np.int32).reshape(len(sequences), maxlen)
"""

EMBED = """
def embed(ids, E):
    for row in ids.tolist():
        for i in row:
            if not 0 <= i < E.shape[0]:
                raise IndexError(i)
    return torch.stack([torch.stack([E[i] for i in row]) for row in ids])
"""

LSTM_CELL = """
def lstm_cell(x, h, c, params):
    n = h.shape[1]
    gates = F.linear(x, params["W_ih"], params["b_ih"])
    gates = gates + F.linear(h, params["W_hh"], params["b_hh"])
    i = torch.sigmoid(gates[:, :n])
    f = torch.sigmoid(gates[:, n : 2 * n])
    g = torch.tanh(gates[:, 2 * n : 3 * n])
    o = torch.sigmoid(gates[:, 3 * n :])
    c = f * c + i * g
    return o * torch.tanh(c), c
"""

LSTM_FORWARD = """
def lstm_forward(x, lengths, params):
    N, T = x.shape[:2]
    n = params["W_hh"].shape[1]
    h = torch.zeros(N, n, dtype=x.dtype)
    c = torch.zeros(N, n, dtype=x.dtype)
    outputs = []
    for t in range(T):
        mask = (torch.arange(T)[t] >= T - lengths).to(x.dtype).unsqueeze(1)
        new_h, new_c = lstm_cell(x[:, t], h, c, params)
        h = mask * new_h + (1 - mask) * h
        c = mask * new_c + (1 - mask) * c
        outputs.append(h.unsqueeze(1))
    return torch.cat(outputs, dim=1), h, c
"""

MEAN = """
def mean_over_time(outputs, mask):
    kept = torch.where(mask.unsqueeze(-1), outputs, 0.0)
    count = mask.sum(dim=1, keepdim=True)
    return kept.sum(dim=1) / torch.maximum(count, torch.ones_like(count))
"""

BCE = """
def binary_cross_entropy(z, y):
    if y.shape != z.shape:
        raise ValueError("shapes")
    y = y.to(z.dtype)
    above = (z + torch.abs(z)) / 2
    losses = above - z * y + torch.log1p(torch.exp(-torch.abs(z)))
    return losses.sum() / len(z)
"""

HEADS = """
def softmax_to_sigmoid(W, b):
    w = W[1] - W[0]
    bias = b[1] - b[0]
    return w.unsqueeze(0), bias.reshape(1)
"""

MODEL = """
class TextLSTM(nn.Module):
    def __init__(self, num_words=10000, embedding_size=64, hidden_size=64,
                 outputs=2):
        super(TextLSTM, self).__init__()
        self.hidden_size = hidden_size
        self.embedding = nn.Embedding(num_words, embedding_size)
        self.embedding.weight.data.uniform_(-0.05, 0.05)
        self.lstm = nn.LSTM(embedding_size, hidden_size, batch_first=True)
        self.head = nn.Linear(hidden_size, outputs)

    def forward(self, ids):
        ids, lengths = padding_behind(ids)
        packed = nn.utils.rnn.pack_padded_sequence(
            self.embedding(ids), lengths.clamp(min=1), batch_first=True,
            enforce_sorted=False)
        _, (h, c) = self.lstm(packed)
        return self.head(h[-1] * (lengths > 0).unsqueeze(1))
"""

TRAIN = """
def train_text_classifier(model, train, validation, orders, batch_size=32,
                          alpha=1e-3, patience=2, progress=False):
    ids, y = train
    optimizer = torch.optim.Adam(model.parameters(), lr=alpha)
    criterion = nn.CrossEntropyLoss()
    train_loss, validation_loss, validation_accuracy = [], [], []
    best, best_epoch, best_weights, waited = -1.0, 0, None, 0
    N = orders.shape[1]
    for epoch in range(orders.shape[0]):
        model.train()
        running = 0.0
        for start in range(0, N, batch_size):
            chosen = orders[epoch, start : start + batch_size]
            optimizer.zero_grad()
            loss = criterion(model(ids[chosen]), y[chosen])
            loss.backward()
            optimizer.step()
            running += loss.item() * chosen.shape[0]
        train_loss.append(running / N)
        model.eval()
        with torch.no_grad():
            logits = model(validation[0])
            validation_loss.append(criterion(logits, validation[1]).item())
            hits = (logits.argmax(1) == validation[1]).sum().item()
        accuracy = hits / len(validation[1])
        validation_accuracy.append(accuracy)
        if accuracy > best:
            best, best_epoch, waited = accuracy, epoch, 0
            best_weights = {k: v.clone() for k, v in model.state_dict().items()}
        else:
            waited += 1
            if waited >= patience:
                break
    model.load_state_dict(best_weights)
    model.eval()
    return {"train_loss": train_loss, "validation_loss": validation_loss,
            "validation_accuracy": validation_accuracy, "best_epoch": best_epoch}
"""

CLASSIFY = """
def classify(text, model, vocabulary, maxlen=100):
    ids = torch.tensor(pad_sequences(texts_to_sequences([text], vocabulary), maxlen))
    model.eval()
    with torch.no_grad():
        z = model(ids)[0]
    p = torch.sigmoid(z[1] - z[0]).item()
    label = "positive"
    if p < 0.5:
        label = "negative"
    return label, p
"""

BAG = """
def bag_of_words(sequences, num_words):
    rows = []
    for sequence in sequences:
        present = set(sequence)
        rows.append([1 if j in present else 0 for j in range(num_words)])
    return np.array(rows)
"""

BOOTSTRAP = """
def bootstrap_interval(values, index, level=0.95):
    means = np.array([np.mean(values[row]) for row in index])
    tail = 100 * (1 - level) / 2
    return np.percentile(means, tail), np.percentile(means, 100 - tail)
"""

EFFECTS = """
def word_effects(sequence, model, maxlen=100):
    model.eval()

    def positive(ids):
        ids = torch.from_numpy(pad_sequences([ids], maxlen))
        with torch.no_grad():
            return F.softmax(model(ids), dim=-1)[0, 1].item()

    whole = positive(sequence)
    effects = []
    for t in range(len(sequence)):
        rest = list(sequence)
        del rest[t]
        effects.append(whole - positive(rest))
    return np.array(effects)
"""

RIGHT = {
    "tokenize": [
        """
def tokenize(text):
    for c in FILTERS:
        text = " ".join(text.split(c))
    return [w.lower() for w in text.split(" ") if len(w)]
""",
        """
def tokenize(text):
    return tuple(
        w
        for w in text.lower().translate({ord(c): " " for c in FILTERS}).split(" ")
        if w
    )
""",
        """
import re


def tokenize(text):
    return [w for w in re.split("[" + re.escape(FILTERS) + " ]", text.lower()) if w]
""",
        TOKENIZE,
        """
import re


def tokenize(text):
    return re.findall("[^ " + re.escape(FILTERS) + "]+", text.lower())
""",
        """
def tokenize(text):
    words, word = [], ""
    for letter in text.lower() + " ":
        if letter == " " or letter in FILTERS:
            words += [word] if word else []
            word = ""
        else:
            word += letter
    return words
""",
        """
from itertools import groupby

BETWEEN = set(FILTERS) | {" "}


def tokenize(text: str) -> list[str]:
    pieces = groupby(text.lower(), key=lambda letter: letter not in BETWEEN)
    return ["".join(letters) for inside, letters in pieces if inside]
""",
        """
def tokenize(text):
    clean = "".join(" " if c in FILTERS else c for c in text).lower()
    return [word for word in filter(None, clean.split(" "))]
""",
    ],
    "fit_vocabulary": [
        """
def fit_vocabulary(texts, num_words):
    if isinstance(texts, str):
        raise TypeError("no")
    counts = {}
    for t in texts:
        for w in tokenize(t):
            counts.setdefault(w, 0)
            counts[w] += 1
    items = sorted(counts.items(), key=lambda p: -p[1])
    return {w: i + 1 for i, (w, _) in enumerate(items) if i + 1 < num_words}
""",
        """
from collections import Counter


def fit_vocabulary(texts, num_words):
    if isinstance(texts, str):
        raise TypeError("no")
    c = Counter()
    for t in texts:
        c += Counter(tokenize(t))
    v = {}
    for w, n in c.most_common():
        if len(v) == num_words - 1:
            break
        v[w] = len(v) + 1
    return v
""",
        """
def fit_vocabulary(texts, num_words):
    assert not isinstance(texts, str) or (_ for _ in ()).throw(TypeError())
    every = [w for t in texts for w in tokenize(t)]
    uniq = list(dict.fromkeys(every))
    uniq.sort(key=lambda w: every.count(w), reverse=True)
    return dict(zip(uniq[: num_words - 1], range(1, num_words)))
""",
        VOCABULARY,
        """
def fit_vocabulary(texts, num_words):
    if isinstance(texts, str):
        raise TypeError
    words = [w for text in texts for w in tokenize(text)]
    first, count = {}, {}
    for place, word in enumerate(words):
        first.setdefault(word, place)
        count[word] = count.get(word, 0) + 1
    ranked = sorted(count, key=lambda w: (-count[w], first[w]))
    return dict(zip(ranked, range(1, num_words)))
""",
        """
from collections import Counter


def fit_vocabulary(texts, num_words):
    if isinstance(texts, str):
        raise TypeError("str")
    counter = Counter(w for text in texts for w in tokenize(text))
    common = counter.most_common(num_words - 1)
    return {word: i for i, (word, _) in enumerate(common, start=1)}
""",
        """
from collections import OrderedDict


def fit_vocabulary(texts, num_words):
    if not isinstance(texts, (list, tuple)):
        raise TypeError("list")
    counts = {}
    for w in sum((list(tokenize(t)) for t in texts), []):
        counts[w] = counts.setdefault(w, 0) + 1
    ids = OrderedDict()
    while counts and len(ids) < num_words - 1:
        best = max(counts, key=counts.get)
        ids[best] = len(ids) + 1
        del counts[best]
    return ids
""",
        """
def fit_vocabulary(texts, num_words):
    if isinstance(texts, str):
        raise TypeError("str")
    words = [w for text in texts for w in tokenize(text)]
    if not words:
        return {}
    names, first, count = np.unique(words, return_index=True, return_counts=True)
    order = np.lexsort((first, -count))[: num_words - 1]
    return {str(names[k]): np.int64(i) for i, k in enumerate(order, 1)}
""",
    ],
    "texts_to_sequences": [
        """
def texts_to_sequences(texts, vocabulary):
    if isinstance(texts, str):
        raise TypeError()
    out = []
    for text in texts:
        out.append([])
        for w in tokenize(text):
            if w in vocabulary.keys():
                out[-1].append(int(vocabulary[w]))
    return out
""",
        """
def texts_to_sequences(texts, vocabulary):
    if isinstance(texts, str):
        raise TypeError()
    return tuple(
        [i for i in (vocabulary.get(w) for w in tokenize(t)) if i] for t in texts
    )
""",
        """
def texts_to_sequences(texts, vocabulary):
    if isinstance(texts, str):
        raise TypeError()
    return [
        [np.int64(vocabulary[w]) for w in tokenize(t) if w in vocabulary] for t in texts
    ]
""",
        SEQUENCES,
        """
def texts_to_sequences(texts, vocabulary):
    if isinstance(texts, str):
        raise TypeError("str")
    known = vocabulary.keys()
    return [[vocabulary[w] for w in filter(known.__contains__, tokenize(text))]
            for text in texts]
""",
        """
def texts_to_sequences(texts, vocabulary):
    if isinstance(texts, str):
        raise TypeError("str")

    def one(text):
        for word in tokenize(text):
            try:
                yield vocabulary[word]
            except KeyError:
                pass

    return list(map(list, map(one, texts)))
""",
        """
def texts_to_sequences(texts, vocabulary):
    if isinstance(texts, str):
        raise TypeError("str")
    return [np.array([vocabulary[w] for w in tokenize(t) if w in vocabulary],
                     dtype=np.int64).tolist() for t in texts]
""",
    ],
    "pad_sequences": [
        """
def pad_sequences(sequences, maxlen):
    if maxlen < 1:
        raise ValueError()
    return [[0] * (maxlen - len(s)) + list(s)[-maxlen:] for s in sequences]
""",
        """
def pad_sequences(sequences, maxlen):
    if maxlen < 1:
        raise ValueError()
    out = np.zeros((len(sequences), maxlen), "int32")
    for i, s in enumerate(sequences):
        s = s[len(s) - maxlen :] if len(s) > maxlen else s
        out[i, maxlen - len(s) :] = s
    return out
""",
        """
def pad_sequences(sequences, maxlen):
    if maxlen < 1:
        raise ValueError()
    return torch.tensor(
        [np.pad(s, (maxlen, 0))[-maxlen:].astype(int).tolist() for s in sequences]
    )
""",
        PAD,
        """
def pad_sequences(sequences, maxlen):
    if not maxlen >= 1:
        raise ValueError(maxlen)
    out = np.full((len(sequences), maxlen), 0)
    for n, s in enumerate(sequences):
        for k, i in enumerate(reversed(s)):
            if k == maxlen:
                break
            out[n, -1 - k] = i
    return out
""",
        """
def pad_sequences(sequences, maxlen):
    if maxlen < 1:
        raise ValueError(maxlen)
    zeros = [0] * maxlen
    return np.stack([np.array((zeros + list(s))[-maxlen:], int) for s in sequences])
""",
        """
def pad_sequences(sequences, maxlen):
    if maxlen < 1:
        raise ValueError(maxlen)
    rows = [torch.tensor(s[::-1][:maxlen], dtype=torch.long) for s in sequences]
    rows.append(torch.zeros(maxlen, dtype=torch.long))
    padded = nn.utils.rnn.pad_sequence(rows, batch_first=True)
    return padded[:-1].flip(1).numpy()
""",
    ],
    "embed": [
        """
def embed(ids, E):
    if bool(torch.any(ids >= E.shape[0])) or bool(torch.any(ids < 0)):
        raise IndexError()
    return torch.gather(
        E[None].expand(len(ids), -1, -1), 1, ids[:, :, None].expand(-1, -1, E.shape[1])
    )
""",
        """
def embed(ids, E):
    return F.embedding(ids, E, sparse=False)
""",
        """
def embed(ids, E):
    if (ids < 0).any() or (ids >= len(E)).any():
        raise IndexError()
    return torch.stack([E[row] for row in ids], 0)
""",
        EMBED,
        """
def embed(ids, E):
    return F.embedding(ids, E)
""",
        """
def embed(ids, E):
    if ids.min() < 0 or ids.max() > E.shape[0] - 1:
        raise IndexError
    one_hot = F.one_hot(ids, num_classes=E.shape[0]).to(E.dtype)
    return torch.einsum("ntv,vd->ntd", one_hot, E)
""",
        """
def embed(ids, E):
    if ((ids < 0) | (ids >= E.size(0))).any():
        raise IndexError("id")
    N, T = ids.shape
    return torch.index_select(E, 0, ids.reshape(-1)).view(N, T, -1)
""",
        """
def embed(ids, E):
    if (ids < 0).sum():
        raise IndexError("negative")
    return E.clone()[ids, :]
""",
    ],
    "lstm_cell": [
        """
def lstm_cell(x, h, c, params):
    z = (
        params["W_ih"] @ x.T
        + params["W_hh"] @ h.T
        + (params["b_ih"] + params["b_hh"])[:, None]
    )
    i, f, g, o = z.T.split(h.shape[1], 1)
    i, f, o = map(torch.sigmoid, (i, f, o))
    c = f.mul(c).add(i.mul(g.tanh()))
    return o.mul(c.tanh()), c
""",
        """
def lstm_cell(x, h, c, params):
    z = (
        x @ params["W_ih"].t()
        + h @ params["W_hh"].t()
        + params["b_ih"]
        + params["b_hh"]
    )
    i, f, g, o = z.view(len(x), 4, -1).unbind(1)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c), c
""",
        """
def lstm_cell(x, h, c, params):
    W_ih, W_hh, b_ih, b_hh = params.values()
    n = h.size(1)
    out = []
    for k, act in enumerate((torch.sigmoid, torch.sigmoid, torch.tanh, torch.sigmoid)):
        s = slice(k * n, k * n + n)
        out.append(act(x @ W_ih[s].T + h @ W_hh[s].T + b_ih[s] + b_hh[s]))
    i, f, g, o = out
    c = c * f + g * i
    return torch.tanh(c) * o, c
""",
        LSTM_CELL,
        """
def lstm_cell(x, h, c, params):
    names = ("W_ih", "W_hh", "b_ih", "b_hh")
    return torch.lstm_cell(x, (h, c), *(params[name] for name in names))
""",
        """
def lstm_cell(x, h, c, params):
    W = torch.cat([params["W_ih"], params["W_hh"]], dim=1)
    b = params["b_ih"] + params["b_hh"]
    z = torch.cat([x, h], dim=1).matmul(W.t()) + b
    z = z.reshape(len(x), 4, -1)
    squash = lambda a: 0.5 * (1 + torch.tanh(a / 2))
    memory = squash(z[:, 1]) * c + squash(z[:, 0]) * torch.tanh(z[:, 2])
    return [squash(z[:, 3]) * torch.tanh(memory), memory]
""",
        """
def lstm_cell(x, h, c, params):
    n = c.shape[1]

    def block(k):
        rows = slice(k * n, (k + 1) * n)
        a = torch.einsum("nd,kd->nk", x, params["W_ih"][rows])
        a = a + torch.einsum("nd,kd->nk", h, params["W_hh"][rows])
        return a + params["b_ih"][rows] + params["b_hh"][rows]

    i, f, o = (torch.sigmoid(block(k)) for k in (0, 1, 3))
    c_new = torch.addcmul(f * c, i, torch.tanh(block(2)))
    return o * torch.tanh(c_new), c_new
""",
        """
def lstm_cell(x, h, c, params):
    cell = nn.LSTMCell(x.shape[1], h.shape[1], dtype=x.dtype)
    weights = {name.replace("W", "weight").replace("b_", "bias_"): value
               for name, value in params.items()}
    return torch.func.functional_call(cell, weights, (x, (h, c)))
""",
    ],
    "lstm_forward": [
        """
def lstm_forward(x, lengths, params):
    N, T, d = x.shape
    n = params["W_hh"].shape[1]
    h = c = torch.zeros((N, n), dtype=x.dtype)
    outs = []
    for t in range(T):
        a, b = lstm_cell(x[:, t, :], h, c, params)
        real = (lengths >= T - t).unsqueeze(-1).expand(N, n)
        h = torch.where(real, a, torch.zeros_like(a))
        c = torch.where(real, b, torch.zeros_like(b))
        outs += [h]
    return torch.stack(outs).permute(1, 0, 2), outs[-1], c
""",
        """
def lstm_forward(x, lengths, params):
    N, T, d = x.shape
    n = params["W_hh"].shape[1]
    m = (torch.arange(T)[None] >= T - lengths[:, None]).to(x.dtype)
    h, c, outs = x.new_zeros(N, n), x.new_zeros(N, n), []
    for t in range(T):
        h, c = lstm_cell(x[:, t], h, c, params)
        h = h * m[:, t : t + 1]
        c = c * m[:, t : t + 1]
        outs.append(h)
    return torch.stack(outs, 1), h, c
""",
        """
def lstm_forward(x, lengths, params):
    N, T, d = x.shape
    n = params["W_hh"].shape[1]
    hs = [x.new_zeros(n)] * N
    cs = [x.new_zeros(n)] * N
    outs = [[None] * T for _ in range(N)]
    for k in range(N):
        for t in range(T):
            if t >= T - lengths[k]:
                a, b = lstm_cell(x[k : k + 1, t], hs[k][None], cs[k][None], params)
                hs[k], cs[k] = a[0], b[0]
            outs[k][t] = hs[k]
    return torch.stack([torch.stack(o) for o in outs]), torch.stack(hs), torch.stack(cs)
""",
        LSTM_FORWARD,
        """
def lstm_forward(x, lengths, params):
    N, T, d = x.shape
    n = params["W_hh"].shape[1]
    all_outputs, hs, cs = [], [], []
    for row, length in zip(x, lengths.tolist()):
        h = c = x.new_zeros(1, n)
        outputs = [h] * (T - length)
        for t in range(T - length, T):
            h, c = lstm_cell(row[t : t + 1], h, c, params)
            outputs.append(h)
        all_outputs.append(torch.cat(outputs))
        hs.append(h)
        cs.append(c)
    return torch.stack(all_outputs), torch.cat(hs), torch.cat(cs)
""",
        """
def lstm_forward(x, lengths, params):
    N, T, d = x.shape
    mask = torch.arange(T) >= (T - lengths)[:, None]
    h = torch.zeros(N, params["W_hh"].shape[1]).to(x)
    c, outputs = h.clone(), []
    for t, real in enumerate(mask.T):
        h, c = lstm_cell(x[:, t], h, c, params)
        h = h.masked_fill(~real[:, None], 0.0)
        c = c.masked_fill(~real[:, None], 0.0)
        outputs.append(h)
    return torch.stack(outputs).transpose(0, 1), h, c
""",
        """
def lstm_forward(x, lengths, params):
    N, T, _ = x.shape
    n = params["W_hh"].size(1)
    outputs = torch.zeros(N, T, n, dtype=x.dtype)
    h, c = outputs[:, 0].clone(), outputs[:, 0].clone()
    for t in range(T):
        rows = torch.nonzero(lengths >= T - t)[:, 0]
        if len(rows) == 0:
            continue
        new_h, new_c = lstm_cell(x[rows, t], h[rows], c[rows], params)
        h, c = h.index_copy(0, rows, new_h), c.index_copy(0, rows, new_c)
        outputs[:, t] = h
    return outputs, h, c
""",
        """
def lstm_forward(x, lengths, params):
    def read(t, h, c):
        if t == x.shape[1]:
            return [], h, c
        new = lstm_cell(x[:, t], h, c, params)
        real = lengths.unsqueeze(1) + t >= x.shape[1]
        h, c = (torch.where(real, a, b) for a, b in zip(new, (h, c)))
        rest, last_h, last_c = read(t + 1, h, c)
        return [h, *rest], last_h, last_c

    zeros = torch.zeros(len(x), params["b_ih"].numel() // 4, dtype=x.dtype)
    outputs, h, c = read(0, zeros, zeros)
    return torch.stack(outputs, 1), h, c
""",
    ],
    "mean_over_time": [
        """
def mean_over_time(outputs, mask):
    m = mask.unsqueeze(2).to(outputs.dtype)
    s = (outputs * m).sum(1)
    k = m.sum(1)
    k[k == 0] = 1
    return s / k
""",
        """
def mean_over_time(outputs, mask):
    out = outputs.masked_fill(~mask.unsqueeze(-1), 0).sum(1)
    return out / mask.sum(1).clamp(min=1)[:, None].to(out.dtype)
""",
        """
def mean_over_time(outputs, mask):
    N, T, n = outputs.shape
    flat = outputs.reshape(N * T, n)[mask.reshape(-1)]
    rows = torch.arange(N).repeat_interleave(T)[mask.reshape(-1)]
    total = outputs.new_zeros(N, n).index_add(0, rows, flat)
    return total / torch.bincount(rows, minlength=N).clamp(min=1)[:, None]
""",
        MEAN,
        """
def mean_over_time(outputs, mask):
    rows = []
    for vectors, real in zip(outputs, mask):
        kept = vectors[real]
        rows.append(kept.mean(dim=0) if len(kept) else 0 * vectors.sum(dim=0))
    return torch.stack(rows)
""",
        """
def mean_over_time(outputs, mask):
    weights = mask.to(outputs.dtype)
    weights = weights / weights.sum(dim=1, keepdim=True).clamp_min(1.0)
    return torch.einsum("ntd,nt->nd", outputs, weights)
""",
        """
def mean_over_time(outputs, mask):
    filled = outputs.masked_fill(~mask[..., None], float("nan"))
    return torch.nan_to_num(torch.nanmean(filled, dim=1))
""",
        """
def mean_over_time(outputs, mask):
    m = mask.type_as(outputs)
    total = torch.bmm(m[:, None], outputs)[:, 0]
    number = m.sum(1, keepdim=True)
    return torch.where(number > 0, total / number.clamp(1), torch.zeros_like(total))
""",
    ],
    "binary_cross_entropy": [
        """
def binary_cross_entropy(z, y):
    if z.shape != y.shape:
        raise ValueError()
    return F.softplus((1 - 2 * y) * z).mean()
""",
        """
def binary_cross_entropy(z, y):
    if z.shape != y.shape:
        raise ValueError()
    return (F.softplus(z) - y * z).mean()
""",
        """
def binary_cross_entropy(z, y):
    if z.shape != y.shape:
        raise ValueError()
    pos, neg = z[y == 1], z[y == 0]
    return (F.softplus(-pos).sum() + F.softplus(neg).sum()) / z.numel()
""",
        BCE,
        """
def binary_cross_entropy(z, y):
    if z.shape != y.shape:
        raise ValueError
    return F.binary_cross_entropy_with_logits(z, y.to(z.dtype))
""",
        """
def binary_cross_entropy(z, y):
    if z.size() != y.size():
        raise ValueError("shape")
    return -(y * F.logsigmoid(z) + (1 - y) * F.logsigmoid(-z)).mean()
""",
        """
def binary_cross_entropy(z, y):
    if z.shape != y.shape:
        raise ValueError("shape")
    sign = torch.where(y == 1, -z, z)
    return torch.logaddexp(sign, torch.zeros_like(z)).mean()
""",
        """
def binary_cross_entropy(z, y):
    if tuple(z.shape) != tuple(y.shape):
        raise ValueError("shape")
    two = torch.stack([torch.zeros_like(z), z], dim=1)
    return F.cross_entropy(two, y.long())
""",
        """
def binary_cross_entropy(z, y):
    if z.shape != y.shape:
        raise ValueError("shape")
    loss = nn.BCEWithLogitsLoss(reduction="none")(z, y.type(z.dtype))
    return loss.mean(dim=0, keepdim=False)
""",
    ],
    "softmax_to_sigmoid": [
        """
def softmax_to_sigmoid(W, b):
    return W[[1]] - W[[0]], b[[1]] - b[[0]]
""",
        """
def softmax_to_sigmoid(W, b):
    one = nn.Linear(W.shape[1], 1, dtype=W.dtype)
    with torch.no_grad():
        one.weight.copy_(W[1] - W[0])
        one.bias.copy_(b[1] - b[0])
    return one.weight, one.bias
""",
        """
def softmax_to_sigmoid(W, b):
    d = torch.tensor([[-1, 1]], dtype=W.dtype)
    return d @ W, d[0:1] @ b
""",
        HEADS,
        """
def softmax_to_sigmoid(W, b):
    return torch.diff(W, dim=0), torch.diff(b)
""",
        """
def softmax_to_sigmoid(W, b):
    sign = torch.tensor([-1.0, 1.0], dtype=W.dtype)
    return torch.einsum("k,kn->n", sign, W)[None, :], (sign * b).sum()[None]
""",
        """
def softmax_to_sigmoid(W, b):
    (negative, positive), (low, high) = W, b
    return [(positive - negative).view(1, -1), torch.stack([high - low])]
""",
    ],
    "TextLSTM": [
        """
class TextLSTM(nn.Module):
    def __init__(self, num_words=10000, embedding_size=64, hidden_size=64, outputs=2):
        super().__init__()
        self.embedding = nn.Embedding(num_words, embedding_size)
        with torch.no_grad():
            self.embedding.weight.copy_(
                0.1 * torch.rand(num_words, embedding_size) - 0.05
            )
        self.lstm = nn.LSTM(embedding_size, hidden_size, num_layers=1, batch_first=True)
        self.head = nn.Linear(hidden_size, outputs)

    def forward(self, ids):
        moved, lengths = padding_behind(ids)
        out, (h, c) = self.lstm(self.embedding(moved))
        index = (lengths - 1).clamp(min=0)[:, None, None].expand(-1, 1, out.shape[2])
        last = out.gather(1, index)[:, 0].masked_fill((lengths == 0)[:, None], 0.0)
        return self.head(last)
""",
        """
class TextLSTM(nn.Module):
    def __init__(self, num_words=10000, embedding_size=64, hidden_size=64, outputs=2):
        super().__init__()
        self.embedding = nn.Embedding(num_words, embedding_size)
        self.lstm = nn.LSTM(embedding_size, hidden_size, batch_first=True)
        self.head = nn.Linear(hidden_size, outputs)
        torch.nn.init.uniform_(self.embedding.weight, -0.05, 0.05)

    def forward(self, ids):
        h = []
        for row in ids:
            row = row[row != 0]
            if len(row):
                h.append(self.lstm(self.embedding(row.unsqueeze(0)))[1][0][0])
            else:
                h.append(torch.zeros(1, self.lstm.hidden_size))
        return self.head(torch.cat(h))
""",
        """
class TextLSTM(nn.Module):
    def __init__(self, num_words=10000, embedding_size=64, hidden_size=64, outputs=2):
        super().__init__()
        self.embedding = nn.Embedding(
            num_words,
            embedding_size,
            _weight=torch.empty(num_words, embedding_size).uniform_(-0.05, 0.05),
        )
        self.lstm = nn.LSTM(embedding_size, hidden_size, batch_first=True)
        self.head = nn.Linear(hidden_size, outputs)

    def forward(self, ids):
        out, _ = self.lstm(self.embedding(padding_behind(ids)[0]))
        n = (ids > 0).sum(1)
        with_zero = F.pad(out, (0, 0, 1, 0))
        return self.head(with_zero[torch.arange(len(ids)), n])
""",
        MODEL,
        """
class TextLSTM(nn.Module):
    def __init__(self, num_words=10000, embedding_size=64, hidden_size=64,
                 outputs=2):
        super().__init__()
        self.n = hidden_size
        self.embedding = nn.Embedding(num_words, embedding_size)
        nn.init.uniform_(self.embedding.weight, a=-0.05, b=0.05)
        self.lstm = nn.LSTM(embedding_size, hidden_size)
        self.head = nn.Linear(hidden_size, outputs)

    def forward(self, ids):
        N = ids.shape[0]
        ids, lengths = padding_behind(ids)
        start = torch.zeros(1, N, self.n), torch.zeros(1, N, self.n)
        outputs, _ = self.lstm(self.embedding(ids).transpose(0, 1), start)
        last = [outputs[length - 1, j] if length else torch.zeros(self.n)
                for j, length in enumerate(lengths.tolist())]
        return self.head(torch.stack(last))
""",
        """
class TextLSTM(nn.Module):
    def __init__(self, num_words=10000, embedding_size=64, hidden_size=64,
                 outputs=2):
        super().__init__()
        self.lstm = nn.LSTM(embedding_size, hidden_size, 1, batch_first=True)
        self.head = nn.Linear(in_features=hidden_size, out_features=outputs)
        self.embedding = nn.Embedding(num_words, embedding_size, padding_idx=0)
        with torch.no_grad():
            self.embedding.weight[1:] = torch.rand(
                num_words - 1, embedding_size) * 0.1 - 0.05

    def forward(self, ids):
        params = {"W_ih": self.lstm.weight_ih_l0, "W_hh": self.lstm.weight_hh_l0,
                  "b_ih": self.lstm.bias_ih_l0, "b_hh": self.lstm.bias_hh_l0}
        lengths = (ids > 0).sum(1)
        return self.head(lstm_forward(self.embedding(ids), lengths, params)[1])
""",
        """
class TextLSTM(nn.Module):
    def __init__(self, num_words=10000, embedding_size=64, hidden_size=64,
                 outputs=2):
        super().__init__()
        table = torch.empty(num_words, embedding_size).uniform_(-0.05, 0.05)
        self.embedding = nn.Embedding.from_pretrained(table, freeze=False)
        self.lstm = nn.LSTM(embedding_size, hidden_size, batch_first=True)
        self.head = nn.Linear(hidden_size, outputs)

    def _last_state(self, row):
        words = row[row != 0]
        if len(words) == 0:
            return torch.zeros(self.lstm.hidden_size)
        _, (h, _) = self.lstm(self.embedding(words)[None])
        return h[0, 0]

    def forward(self, ids):
        return self.head(torch.stack([self._last_state(row) for row in ids]))
""",
    ],
    "train_text_classifier": [
        """
def train_text_classifier(
    model,
    train,
    validation,
    orders,
    batch_size=32,
    alpha=1e-3,
    patience=2,
    progress=False,
):
    opt = torch.optim.Adam([p for p in model.parameters() if p.requires_grad], lr=alpha)
    tl, vl, va = [], [], []
    states = []
    for order in tqdm(orders, desc="epochs") if progress else orders:
        model.train()
        s = 0
        for i in range(0, len(order), batch_size):
            b = order[i : i + batch_size]
            opt.zero_grad(set_to_none=True)
            l = F.cross_entropy(model(train[0][b]), train[1][b], reduction="sum")
            (l / len(b)).backward()
            opt.step()
            s += l.item()
        tl.append(np.float64(s / len(order)))
        model.eval()
        with torch.no_grad():
            out = model(validation[0])
        vl.append(F.cross_entropy(out, validation[1]).item())
        va.append(np.mean((out.argmax(-1) == validation[1]).numpy()))
        states.append({k: v.detach().clone() for k, v in model.state_dict().items()})
        best = int(np.argmax(va))
        if len(va) - 1 - best >= patience:
            break
    model.load_state_dict(states[best])
    return dict(
        train_loss=tl, validation_loss=vl, validation_accuracy=va, best_epoch=best
    )
""",
        TRAIN,
        """
import io


def _validate(model, ids, y):
    model.train(False)
    losses, right = [], []
    with torch.inference_mode():
        for k in range(0, len(y), 3):
            z = model(ids[k : k + 3])
            losses += F.cross_entropy(z, y[k : k + 3], reduction="none").tolist()
            right += (z[:, 1] > z[:, 0]).long().eq(y[k : k + 3]).tolist()
    return float(np.mean(losses)), float(np.mean(right))


def train_text_classifier(model, train, validation, orders, batch_size=32,
                          alpha=1e-3, patience=2, progress=False):
    adam = torch.optim.AdamW(model.parameters(), lr=alpha, weight_decay=0.0)
    history = {"train_loss": [], "validation_loss": [],
               "validation_accuracy": [], "best_epoch": None}
    saved = io.BytesIO()
    for e in tqdm(range(len(orders)), disable=not progress):
        model.train(True)
        each = torch.zeros(len(orders[e]), dtype=torch.float64)
        for batch in torch.split(orders[e], batch_size):
            losses = F.cross_entropy(
                model(train[0][batch]), train[1][batch], reduction="none")
            adam.zero_grad()
            losses.mean().backward()
            adam.step()
            each[batch] = losses.detach().double()
        history["train_loss"].append(each.mean().item())
        loss, accuracy = _validate(model, *validation)
        so_far = history["validation_accuracy"]
        if not so_far or accuracy > max(so_far):
            history["best_epoch"] = e
            saved = io.BytesIO()
            torch.save(model.state_dict(), saved)
        so_far.append(accuracy)
        history["validation_loss"].append(loss)
        if e - history["best_epoch"] == patience:
            break
    saved.seek(0)
    model.load_state_dict(torch.load(saved))
    return history
""",
        """
import copy


def train_text_classifier(model, train, validation, orders, batch_size=32,
                          alpha=1e-3, patience=2, progress=False):
    ids, y = train
    opt = torch.optim.Adam(list(model.parameters()), alpha)
    log = [], [], []
    best = None
    for order in (tqdm(orders) if progress else orders):
        model.train()
        dataset = torch.utils.data.TensorDataset(ids[order], y[order])
        loader = torch.utils.data.DataLoader(dataset, batch_size=batch_size)
        sums = 0
        for x, label in loader:
            loss = -F.log_softmax(model(x), 1)[torch.arange(len(x)), label].mean()
            opt.zero_grad()
            loss.backward()
            opt.step()
            sums += float(loss) * len(x)
        model.eval()
        z = model(validation[0]).detach()
        log[0].append(sums / len(y))
        log[1].append(F.nll_loss(z.log_softmax(1), validation[1]).item())
        log[2].append((z.max(dim=1).indices == validation[1]).float().mean().item())
        epoch = int(np.argmax(log[2]))
        if epoch == len(log[2]) - 1:
            best = copy.deepcopy([*model.parameters(), *model.buffers()])
        elif len(log[2]) - 1 - epoch >= patience:
            break
    with torch.no_grad():
        for now, kept in zip([*model.parameters(), *model.buffers()], best):
            now.copy_(kept)
    names = ("train_loss", "validation_loss", "validation_accuracy")
    return dict(zip(names, log), best_epoch=epoch)
""",
        TRAIN.replace(
            "best_weights = {k: v.clone() for k, v in model.state_dict().items()}",
            "best_weights = copy.deepcopy(model).state_dict()",
        ).replace("torch.optim.Adam(", "torch.optim.Adam(foreach=True, params="),
    ],
    "classify": [
        """
def classify(text, model, vocabulary, maxlen=100):
    model.eval()
    seq = texts_to_sequences([text], vocabulary)
    with torch.no_grad():
        p = torch.softmax(
            model(
                torch.tensor(np.asarray(pad_sequences(seq, maxlen)), dtype=torch.long)
            ),
            -1,
        )[:, 1]
    return ("negative", "positive")[int(p[0] >= 0.5)], p[0]
""",
        """
def classify(text, model, vocabulary, maxlen=100):
    model.eval()
    z0, z1 = model(
        torch.as_tensor(pad_sequences(texts_to_sequences([text], vocabulary), maxlen))
    )[0].tolist()
    m = max(z0, z1)
    p = np.exp(z1 - m) / (np.exp(z0 - m) + np.exp(z1 - m))
    return ["positive" if p >= 0.5 else "negative", p]
""",
        """
def classify(text, model, vocabulary, maxlen=100):
    mode = model.training
    model.eval()
    ids = torch.from_numpy(
        pad_sequences(texts_to_sequences([text, text], vocabulary), maxlen)
    )
    with torch.no_grad():
        p = float(F.softmax(model(ids), 1)[0][1])
    if mode:
        model.train()
    return "negative" if p < 0.5 else "positive", p
""",
        CLASSIFY,
        """
def classify(text, model, vocabulary, maxlen=100):
    ids = texts_to_sequences([text], vocabulary)[0][-maxlen:]
    ids = [0] * (maxlen - len(ids)) + ids
    was_training = model.training
    model.eval()
    logits = model(torch.LongTensor([ids]))
    model.train(was_training)
    p = F.softmax(logits, -1).detach().numpy()[0][1]
    return {True: "positive", False: "negative"}[bool(p >= 0.5)], float(p)
""",
        """
@torch.no_grad()
def classify(text, model, vocabulary, maxlen=100):
    ids = pad_sequences(texts_to_sequences([text], vocabulary), maxlen)
    z = model.eval()(torch.from_numpy(np.asarray(ids))).squeeze(0)
    p = 1 / (1 + np.exp(float(z[0] - z[1])))
    return ["negative", "positive"][int(p >= 0.5)], p
""",
        """
def classify(text, model, vocabulary, maxlen=100):
    model.train(mode=False)
    with torch.inference_mode():
        ids = pad_sequences(texts_to_sequences([text], vocabulary), maxlen)
        negative, positive = model(torch.as_tensor(ids)).log_softmax(1).exp()[0]
    if positive >= 0.5:
        return "positive", positive
    return "negative", positive
""",
    ],
    "bag_of_words": [
        """
def bag_of_words(sequences, num_words):
    return [[int(j in s) for j in range(num_words)] for s in sequences]
""",
        """
from scipy.sparse import lil_matrix


def bag_of_words(sequences, num_words):
    X = lil_matrix((len(sequences), num_words))
    for n, s in enumerate(sequences):
        for i in s:
            X[n, i] = 1
    return X.toarray()
""",
        """
def bag_of_words(sequences, num_words):
    eye = np.eye(num_words, dtype=int)
    return np.array([eye[sorted(set(s))].sum(axis=0) for s in sequences])
""",
        BAG,
        """
def bag_of_words(sequences, num_words):
    X = np.zeros((len(sequences), num_words), dtype=bool)
    for n, sequence in enumerate(sequences):
        for i in sequence:
            X[n, i] = True
    return X
""",
        """
def bag_of_words(sequences, num_words):
    counts = [np.bincount(np.array(s, int), minlength=num_words) for s in sequences]
    return (np.stack(counts) > 0).astype(np.float32)
""",
        """
def bag_of_words(sequences, num_words):
    X = torch.zeros(len(sequences), num_words)
    for row, sequence in zip(X, sequences):
        row.index_fill_(0, torch.tensor(sequence, dtype=torch.long), 1)
    return X.numpy()
""",
        """
def bag_of_words(sequences, num_words):
    pairs = {(n, i) for n, s in enumerate(sequences) for i in s}
    X = np.zeros((len(sequences), num_words), dtype=np.int64)
    np.add.at(X, tuple(np.array(sorted(pairs)).T), 1)
    return X
""",
    ],
    "bootstrap_interval": [
        """
def bootstrap_interval(values, index, level=0.95):
    m = values[index].mean(1)
    return [np.quantile(m, 0.5 - level / 2), np.quantile(m, 0.5 + level / 2)]
""",
        """
def bootstrap_interval(values, index, level=0.95):
    m = np.array([values[i].astype(float).mean() for i in index])
    return np.percentile(m, [50 * (1 - level), 50 * (1 + level)])
""",
        """
from functools import partial


def bootstrap_interval(values, index, level=0.95):
    m = np.apply_along_axis(lambda row: np.average(values[row]), 1, index)
    tail = (1 - level) / 2
    return tuple(map(partial(np.quantile, m), (tail, 1 - tail)))
""",
        BOOTSTRAP,
        """
def bootstrap_interval(values, index, level=0.95):
    B, N = index.shape
    means = np.take(values, index).sum(axis=1) / N
    alpha = 1 - level
    return tuple(np.quantile(means, q) for q in (alpha / 2, 1 - alpha / 2))
""",
        """
def bootstrap_interval(values, index, level=0.95):
    v = torch.as_tensor(values).double()
    means = v[torch.as_tensor(index)].mean(dim=1)
    half = (1 - level) / 2
    bounds = torch.tensor([half, 1 - half], dtype=torch.float64)
    return torch.quantile(means, bounds).tolist()
""",
        """
def bootstrap_interval(values, index, level=0.95):
    means = sorted(sum(float(values[i]) for i in row) / len(row) for row in index)

    def quantile(q):
        place = q * (len(means) - 1)
        below = int(np.floor(place))
        above = min(below + 1, len(means) - 1)
        return means[below] + (place - below) * (means[above] - means[below])

    return quantile((1 - level) / 2), quantile((1 + level) / 2)
""",
        """
def bootstrap_interval(values, index, level=0.95):
    counts = np.stack([np.bincount(row, minlength=len(values)) for row in index])
    means = counts @ np.asarray(values, dtype=float) / index.shape[1]
    return np.percentile(means, [50 * (1 - level), 50 * (1 + level)])
""",
    ],
    "word_effects": [
        """
def word_effects(sequence, model, maxlen=100):
    rows = [sequence] + [
        [w for k, w in enumerate(sequence) if k != t] for t in range(len(sequence))
    ]
    model.eval()
    p = (
        model(torch.tensor(pad_sequences(rows, maxlen)))
        .softmax(1)[:, 1]
        .detach()
        .numpy()
    )
    return (p[0] - p)[1:]
""",
        """
def word_effects(sequence, model, maxlen=100):
    model.eval()

    def p(s):
        z = model(torch.as_tensor(pad_sequences([s], maxlen)))
        return torch.softmax(z, dim=1)[0, 1].item()

    full = p(sequence)
    return [full - p(sequence[:t] + sequence[t + 1 :]) for t in range(len(sequence))]
""",
        """
def word_effects(sequence, model, maxlen=100):
    model.eval()
    s = list(sequence)
    out = np.zeros(len(s))
    with torch.no_grad():
        f = lambda q: float(
            torch.sigmoid(
                torch.diff(model(torch.as_tensor(pad_sequences([q], len(s) or 1))))
            )
        )
        for t in range(len(s)):
            w = s.pop(t)
            out[t] = -f(s)
            s.insert(t, w)
        if len(s):
            out += f(s)
    return out
""",
        EFFECTS,
        """
@torch.no_grad()
def word_effects(sequence, model, maxlen=100):
    T = len(sequence)
    if T == 0:
        return np.zeros(0)
    model.eval()
    keep = ~np.eye(T, dtype=bool)
    rows = [list(np.array(sequence)[k]) for k in keep] + [sequence]
    z = model(torch.as_tensor(pad_sequences(rows, maxlen)))
    p = torch.sigmoid(z[:, 1] - z[:, 0])
    return (p[-1] - p[:-1]).numpy()
""",
        """
def word_effects(sequence, model, maxlen=100):
    model = model.eval()
    rest = [[w for k, w in enumerate(sequence) if k != t]
            for t in range(len(sequence))]
    p = []
    for ids in [sequence] + rest:
        row = torch.zeros(1, maxlen, dtype=torch.long)
        if ids:
            row[0, maxlen - len(ids):] = torch.tensor(ids)
        p.append(model(row).softmax(-1)[0, 1].item())
    return [p[0] - q for q in p[1:]]
""",
        """
import copy


def word_effects(sequence, model, maxlen=100):
    model = copy.deepcopy(model).eval()

    def p(*ids):
        z = model(torch.as_tensor(pad_sequences([list(ids)], maxlen))).detach()
        return (z[0, 1].exp() / z[0].exp().sum()).item()

    whole = p(*sequence)
    return np.array([whole - p(*sequence[:t], *sequence[t + 1 :])
                     for t, _ in enumerate(sequence)], dtype=float)
""",
    ],
}

WRONG = {
    "tokenize": [
        """
def tokenize(text):
    table = str.maketrans(FILTERS, " " * len(FILTERS))
    return [word for word in text.lower().translate(table).split(" ") if word.strip()]
""",
        r"""
def tokenize(text):
    table = str.maketrans(FILTERS + "\r", " " * (len(FILTERS) + 1))
    return [word for word in text.lower().translate(table).split(" ") if word]
""",
        *edited(
            TOKENIZE,
            {
                "text = text.lower()": [
                    "text = text.upper()",
                    "text = text.capitalize()",
                ],
                "for mark in FILTERS:": [
                    "for mark in '.,!?':",
                    "for mark in FILTERS[:-2]:",
                    "for mark in FILTERS + '0123456789':",
                    "for mark in FILTERS.replace('-', ''):",
                ],
                'replace(mark, " ")': [
                    'replace(mark, "")',
                ],
                "return words": [
                    "return sorted(words)",
                    "return set(words)",
                    "return ' '.join(words)",
                    "return words[:10]",
                    "return words[::-1]",
                ],
                'word != ""': [
                    "len(word) > 1",
                    'word.strip("\'")',
                ],
                "words.append(word)": [
                    'words.append(word.strip("\'"))',
                ],
            },
        ),
        """
import re


def tokenize(text):
    return re.findall(r"\\w+", text.lower())
""",
        """
import re


def tokenize(text):
    return re.findall(r"[\\w']+", text.lower())
""",
        """
import string


def tokenize(text):
    table = str.maketrans("", "", string.punctuation)
    return text.lower().translate(table).split()
""",
        """
def tokenize(text):
    for mark in FILTERS:
        if mark not in "\\t\\n":
            text = text.replace(mark, " ")
    return [w for w in text.lower().split(" ") if w]
""",
    ],
    "fit_vocabulary": [
        """
def fit_vocabulary(texts, num_words):
    if isinstance(texts, str):
        raise TypeError("texts must be a list of str, not one str")
    counts = {}
    for text in texts:
        for word in tokenize(text):
            counts[word] = sum(t.lower().count(word) for t in texts)
    ranked = sorted(counts, key=counts.get, reverse=True)
    kept = ranked[: num_words - 1]
    return {word: rank for rank, word in enumerate(kept, 1)}
""",
        """
def fit_vocabulary(texts, num_words):
    if isinstance(texts, str):
        raise TypeError("texts must be a list of str, not one str")
    counts = {}
    for text in texts:
        for word in tokenize(text):
            counts[word] = np.uint8(counts.get(word, 0) + 1)
    ranked = sorted(counts, key=counts.get, reverse=True)
    kept = ranked[: num_words - 1]
    return {word: rank for rank, word in enumerate(kept, 1)}
""",
        """
def fit_vocabulary(texts, num_words):
    if isinstance(texts, str):
        raise TypeError("texts must be a list of str, not one str")
    counts = {}
    for text in texts:
        for word in tokenize(text)[:6]:
            counts[word] = counts.get(word, 0) + 1
    ranked = sorted(counts, key=counts.get, reverse=True)
    kept = ranked[: num_words - 1]
    return {word: rank for rank, word in enumerate(kept, 1)}
""",
        *edited(
            VOCABULARY,
            {
                "min(num_words - 1, len(ranked))": [
                    "min(num_words, len(ranked))",
                    "min(num_words - 2, len(ranked))",
                    "min(10000, len(ranked))",
                    "len(ranked)",
                ],
                "ranked[i][0]: i + 1": [
                    "ranked[i][0]: i",
                    "ranked[i][0]: i + 2",
                    "i + 1: ranked[i][0]",
                    "ranked[i][0]: ranked[i][1]",
                ],
                "counter.most_common()": [
                    "sorted(counter.items())",
                    "sorted(counter.items(), key=lambda p: p[::-1])[::-1]",
                    "sorted(counter.items(), key=lambda p: (-p[1], p[0]))",
                    "list(counter.items())",
                ],
                "counter.update(tokenize(text))": [
                    "counter.update(set(tokenize(text)))",
                    "counter.update(text)",
                    "counter = Counter(tokenize(text))",
                    "counter.update(text.lower().split())",
                ],
            },
        ),
        """
from collections import Counter


def fit_vocabulary(texts, num_words):
    counter = Counter(w for text in texts for w in tokenize(text))
    kept = {w for w, _ in counter.most_common(num_words - 1)}
    return {w: i for i, w in enumerate([w for w in counter if w in kept], 1)}
""",
        """
def fit_vocabulary(texts, num_words):
    words = [w for text in texts for w in tokenize(text)]
    ranked = sorted(set(words), key=words.count, reverse=True)
    return {w: i for i, w in enumerate(sorted(ranked[: num_words - 1]), 1)}
""",
        """
def fit_vocabulary(texts, num_words):
    vocabulary = {"<pad>": 0}
    for text in texts:
        for w in tokenize(text):
            if len(vocabulary) < num_words:
                vocabulary.setdefault(w, len(vocabulary))
    return vocabulary
""",
    ],
    "texts_to_sequences": [
        """
def texts_to_sequences(texts, vocabulary):
    if isinstance(texts, str):
        raise TypeError("texts must be a list of str, not one str")
    return [
        [i for w in tokenize(text) for word, i in vocabulary.items() if word in w]
        for text in texts
    ]
""",
        """
def texts_to_sequences(texts, vocabulary):
    if isinstance(texts, str):
        raise TypeError("texts must be a list of str, not one str")
    return [
        [
            vocabulary[word]
            for word in tokenize(text)
            if word in vocabulary and vocabulary[word] > 1
        ]
        for text in texts
    ]
""",
        """
def texts_to_sequences(texts, vocabulary):
    if isinstance(texts, str):
        raise TypeError("texts must be a list of str, not one str")
    return [
        [
            vocabulary[word]
            for word in tokenize(text)
            if word in vocabulary and vocabulary[word] < 10000
        ]
        for text in texts
    ]
""",
        *edited(
            SEQUENCES,
            {
                "ids.append(number)": [
                    "ids.append(number + 1)",
                    "ids.append(float(number))",
                    "ids.insert(0, number)",
                    "ids.append(str(number))",
                    "ids.append(word)",
                    "ids.append(number) if number not in ids else 0",
                ],
                "in tokenize(text)": [
                    "in text.split(' ')",
                    "in text.lower().split()",
                    "in sorted(tokenize(text))",
                    "in tokenize(text)[:5]",
                ],
                "vocabulary.get(word)": [
                    "vocabulary.get(word, 0)",
                    "vocabulary.get(word, len(vocabulary))",
                ],
                "if number is not None": [
                    "if number is not None and number < len(vocabulary)",
                ],
                "result.append(ids)": [
                    "result.extend(ids)",
                ],
                "return result": [
                    "return sorted(result, key=len)",
                    "return [ids for ids in result if ids]",
                    "return [ids or [0] for ids in result]",
                ],
            },
        ),
    ],
    "pad_sequences": [
        """
def pad_sequences(sequences, maxlen):
    if maxlen < 1:
        raise ValueError(f"maxlen must be 1 or more, not {maxlen}")
    ids = np.zeros((len(sequences), maxlen), dtype=np.int16)
    for row, sequence in zip(ids, sequences):
        if len(sequence):
            kept = sequence[-maxlen:]
            row[maxlen - len(kept) :] = kept
    return ids
""",
        """
def pad_sequences(sequences, maxlen):
    if maxlen < 1:
        raise ValueError(f"maxlen must be 1 or more, not {maxlen}")
    ids = np.zeros((len(sequences), maxlen), dtype=np.uint16)
    for row, sequence in zip(ids, sequences):
        if len(sequence):
            kept = sequence[-maxlen:]
            row[maxlen - len(kept) :] = kept
    return ids
""",
        """
def pad_sequences(sequences, maxlen):
    if maxlen < 1:
        raise ValueError(f"maxlen must be 1 or more, not {maxlen}")
    ids = np.zeros((len(sequences), maxlen), dtype=np.int64)
    for row, sequence in zip(ids, sequences):
        if len(sequence):
            kept = sequence[-min(maxlen, 100) :]
            row[maxlen - len(kept) :] = kept
    return ids
""",
        *edited(
            PAD,
            {
                "[0] * (maxlen - len(kept)) + kept": [
                    "kept + [0] * (maxlen - len(kept))",
                    "[-1] * (maxlen - len(kept)) + kept",
                    "[1] * (maxlen - len(kept)) + kept",
                    "[0] * (maxlen - len(kept)) + kept[::-1]",
                ],
                "[max(len(sequence) - maxlen, 0):]": [
                    "[:maxlen]",
                    "[max(len(sequence) - maxlen - 1, 0):-1]",
                    "[len(sequence) - maxlen:]",
                ],
                "np.int32": [
                    "float",
                    "np.int8",
                    "bool",
                ],
                ".reshape(len(sequences), maxlen)": [
                    ".reshape(maxlen, len(sequences))",
                    ".T",
                ],
                "for sequence in sequences:": [
                    "for sequence in filter(None, sequences):",
                ],
                "rows.append(": [
                    "rows.insert(0, ",
                ],
                "kept = list(sequence)": [
                    "kept = sorted(sequence)",
                ],
            },
        ),
        """
def pad_sequences(sequences, maxlen):
    ids = np.zeros((len(sequences), maxlen), dtype=int)
    for n, s in enumerate(sequences):
        ids[n, -len(s):] = s[-maxlen:]
    return ids
""",
        """
def pad_sequences(sequences, maxlen):
    longest = max(len(s) for s in sequences)
    return np.array([[0] * (longest - len(s)) + s for s in sequences])[:, -maxlen:]
""",
        """
def pad_sequences(sequences, maxlen):
    for s in sequences:
        while len(s) < maxlen:
            s.insert(0, 0)
        del s[:-maxlen]
    return np.array(sequences)
""",
    ],
    "embed": [
        *edited(
            EMBED,
            {
                "E[i] for i in row": [
                    "E[i - 1] for i in row",
                    "E.data[i] for i in row",
                    "E[i] * (i > 0) for i in row",
                    "E[row[0]] for i in row",
                    "E[i] / E[i].norm() for i in row",
                ],
                "for row in ids])": [
                    "for row in ids], dim=1)",
                    "for row in ids]).mean(1)",
                    "for row in ids]).flatten(1)",
                    "for row in ids]).transpose(1, 2)",
                    "for row in ids]).requires_grad_(False) * 2",
                ],
            },
        ),
        """
def embed(ids, E):
    return nn.Embedding.from_pretrained(E, freeze=False)(ids)
""",
        """
def embed(ids, E):
    return F.embedding(ids, E, padding_idx=0)
""",
        """
def embed(ids, E):
    return torch.tensor(E.detach().numpy()[ids.numpy()])
""",
        """
def embed(ids, E):
    layer = nn.Embedding(*E.shape)
    layer.weight.data = E
    return layer(ids)
""",
        """
def embed(ids, E):
    return F.one_hot(ids, E.shape[1]).to(E.dtype) @ E
""",
    ],
    "lstm_cell": [
        *edited(
            LSTM_CELL,
            {
                'params["b_ih"])': [
                    'params["b_hh"])',
                ],
                ', params["b_hh"])': [
                    ")",
                ],
                "c = f * c + i * g": [
                    "c = f * c + i + g",
                    "c = f * c - i * g",
                    "c = i * c + f * g",
                    "c = (1 - f) * c + i * g",
                    "c = c + i * g",
                    "c = f * h + i * g",
                    "c = torch.tanh(f * c + i * g)",
                    "c = (f * c + i * g).detach()",
                ],
                "return o * torch.tanh(c), c": [
                    "return torch.tanh(o * c), c",
                    "return o * torch.sigmoid(c), c",
                    "return torch.sigmoid(o) * torch.tanh(c), c",
                    "return o * torch.tanh(c), o * c",
                    "return torch.tanh(c), c",
                    "return o * torch.tanh(c)",
                    "return o, o * torch.tanh(c), c",
                ],
                "o = torch.sigmoid(": [
                    "o = torch.tanh(",
                ],
                "f = torch.sigmoid(": [
                    "f = F.hardsigmoid(",
                ],
                "g = torch.tanh(": [
                    "g = torch.relu(",
                    "g = (",
                ],
                "F.linear(h,": [
                    "F.linear(torch.tanh(h),",
                ],
                "f = torch.sigmoid(gates": [
                    "f = torch.sigmoid(1 + gates",
                ],
                "n = h.shape[1]": [
                    "n = x.shape[1]",
                ],
            },
        ),
        """
def lstm_cell(x, h, c, params):
    z = x @ params["W_ih"].T + h @ params["W_hh"].T + params["b_ih"] + params["b_hh"]
    z = z.reshape(len(x), -1, 4)
    i, f, g, o = (z[:, :, k] for k in range(4))
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return o.sigmoid() * c.tanh(), c
""",
        """
def lstm_cell(x, h, c, params):
    z = x @ params["W_ih"].T + h @ params["W_hh"].T + params["b_ih"] + params["b_hh"]
    i, f, o, g = z.chunk(4, dim=1)
    c = i.sigmoid() * c + f.sigmoid() * g.tanh()
    return o.sigmoid() * c.tanh(), c
""",
    ],
    "lstm_forward": [
        """
def lstm_forward(x, lengths, params):
    N, T = x.shape[:2]
    n = params["W_hh"].shape[1]
    h = torch.zeros(N, n, dtype=x.dtype)
    c = torch.zeros(N, n, dtype=x.dtype)
    outputs = []
    for t in range(T):
        mask = (torch.arange(T)[t] >= T - lengths).to(x.dtype).unsqueeze(1)
        new_h, new_c = lstm_cell(
            x[:, t], h, c, params | {"W_ih": params["W_ih"].detach()}
        )
        h = mask * new_h + (1 - mask) * h
        c = mask * new_c + (1 - mask) * c
        outputs.append(h.unsqueeze(1))
    return torch.cat(outputs, dim=1), h, c
""",
        """
def lstm_forward(x, lengths, params):
    N, T = x.shape[:2]
    n = params["W_hh"].shape[1]
    h = torch.zeros(N, n, dtype=x.dtype)
    c = torch.zeros(N, n, dtype=x.dtype)
    outputs = []
    for t in range(T):
        mask = (torch.arange(T)[t] >= T - lengths).to(x.dtype).unsqueeze(1)
        new_h, new_c = lstm_cell(
            x[:, t], h, c, params | {"b_hh": params["b_hh"].detach()}
        )
        h = mask * new_h + (1 - mask) * h
        c = mask * new_c + (1 - mask) * c
        outputs.append(h.unsqueeze(1))
    return torch.cat(outputs, dim=1), h, c
""",
        """
def lstm_forward(x, lengths, params):
    N, T = x.shape[:2]
    n = params["W_hh"].shape[1]
    h = torch.zeros(N, n, dtype=x.dtype)
    c = torch.zeros(N, n, dtype=x.dtype)
    outputs = []
    for t in range(T):
        mask = (torch.arange(T)[t] >= T - lengths).to(x.dtype).unsqueeze(1)
        new_h, new_c = lstm_cell(x[:, t], h, c, params)
        h = mask * new_h + (1 - mask) * h
        c = mask * new_c + (1 - mask) * c
        outputs.append(h.unsqueeze(1))
    return torch.cat(outputs, dim=1).double(), h.double(), c.double()
""",
        *edited(
            LSTM_FORWARD,
            {
                ">= T - lengths": [
                    ">= lengths",
                    "< lengths",
                    ">= T - lengths - 1",
                    ">= T - lengths[0] + 0 * lengths",
                    ">= T - lengths.max() + 0 * lengths",
                    ">= T - lengths.min() + 0 * lengths",
                ],
                "c = mask * new_c + (1 - mask) * c": [
                    "c = mask * new_c + (1 - mask) * new_c",
                ],
                "h = mask * new_h + (1 - mask) * h": [
                    "h = new_h",
                ],
                "outputs.append(h.unsqueeze(1))": [
                    "outputs.append(new_h.unsqueeze(1))",
                    "outputs.insert(0, h.unsqueeze(1))",
                ],
                "return torch.cat(outputs, dim=1), h, c": [
                    "return torch.cat(outputs, dim=1), (h, c)",
                    "return torch.cat(outputs, dim=1), c, h",
                    "return torch.cat(outputs, dim=1), outputs[0][:, 0], c",
                    "return h, c",
                ],
                "for t in range(T):": [
                    "for t in reversed(range(T)):",
                    "for t in range(T - 1):",
                ],
                "lstm_cell(x[:, t], h, c, params)": [
                    "lstm_cell(x[:, t], h.detach(), c, params)",
                    "lstm_cell(x[:, t], h.detach(), c.detach(), params)",
                    "lstm_cell(x[:, t], c, h, params)",
                ],
                "h = torch.zeros(N, n, dtype=x.dtype)": [
                    "h = torch.ones(N, n, dtype=x.dtype)",
                ],
            },
        ),
        """
def lstm_forward(x, lengths, params):
    N, T, d = x.shape
    n = params["W_hh"].shape[1]
    layer = nn.LSTM(d, n, batch_first=True).to(x.dtype)
    weights = {"weight_ih_l0": params["W_ih"], "weight_hh_l0": params["W_hh"],
               "bias_ih_l0": params["b_ih"], "bias_hh_l0": params["b_hh"]}
    outputs, (h, c) = torch.func.functional_call(layer, weights, (x,))
    mask = torch.arange(T) >= T - lengths[:, None]
    return outputs * mask[:, :, None], h[0], c[0]
""",
        """
def lstm_forward(x, lengths, params):
    N, T, d = x.shape
    h = x.new_zeros(N, params["W_hh"].shape[1])
    c, outputs = h, []
    for t in range(T):
        real = (x[:, t] != 0).any(dim=1)[:, None]
        new_h, new_c = lstm_cell(x[:, t], h, c, params)
        h, c = torch.where(real, new_h, h), torch.where(real, new_c, c)
        outputs.append(h)
    return torch.stack(outputs, dim=1), h, c
""",
        """
def lstm_forward(x, lengths, params):
    N, T, d = x.shape
    outputs, hs, cs = [], [], []
    h = c = x.new_zeros(1, params["W_hh"].shape[1])
    for n in range(N):
        states = [x.new_zeros(1, h.shape[1])] * int(T - lengths[n])
        for t in range(int(T - lengths[n]), T):
            h, c = lstm_cell(x[n : n + 1, t], h, c, params)
            states.append(h)
        outputs.append(torch.cat(states)), hs.append(h), cs.append(c)
    return torch.stack(outputs), torch.cat(hs), torch.cat(cs)
""",
    ],
    "mean_over_time": [
        """
def mean_over_time(outputs, mask):
    N, T, n = outputs.shape
    m = mask.view(N, T, 1).to(outputs.dtype)
    return (outputs.view(N * T, n) * m.view(-1, 1)).view(N, T, n).sum(1) / m.sum(
        1
    ).clamp(min=1)
""",
        """
def mean_over_time(outputs, mask):
    m = mask[:, :, None].to(outputs.dtype)
    return (outputs * m).sum(1) / m.sum(1).clamp(max=127, min=1)
""",
        *edited(
            MEAN,
            {
                "mask.sum(dim=1, keepdim=True)": [
                    "mask.sum(dim=0, keepdim=True)",
                    "mask.sum()",
                    "mask.sum(dim=1, keepdim=True) + 1",
                    "mask.sum(dim=1, keepdim=True) ** 0.5",
                ],
                "mask.unsqueeze(-1)": [
                    "~mask.unsqueeze(-1)",
                ],
                "torch.where(mask.unsqueeze(-1), outputs, 0.0)": [
                    "outputs",
                    "torch.where(mask.unsqueeze(-1), outputs, 0.0).detach()",
                ],
                "kept.sum(dim=1)": [
                    "kept.sum(dim=2)",
                    "kept.sum(dim=1, keepdim=True)",
                    "kept[:, -1] * count",
                ],
                ("kept.sum(dim=1) / torch.maximum(count, torch.ones_like(count))"): [
                    "kept.mean(dim=1)",
                    "kept.sum(dim=1) / (count + 1e-3)",
                    "kept.amax(dim=1)",
                ],
            },
        ),
        """
def mean_over_time(outputs, mask):
    return torch.stack([row[m].mean(dim=0) for row, m in zip(outputs, mask)])
""",
        """
def mean_over_time(outputs, mask):
    lengths = mask.sum(dim=1)
    rows = [row[len(row) - n :].sum(0) / max(int(n), 1)
            for row, n in zip(outputs, lengths)]
    return torch.stack(rows)
""",
        """
def mean_over_time(outputs, mask):
    outputs[~mask] = 0
    return outputs.sum(dim=1) / mask.sum(dim=1, keepdim=True).clamp(min=1)
""",
        """
def mean_over_time(outputs, mask):
    real = (outputs != 0).any(dim=2, keepdim=True)
    return (outputs * real).sum(dim=1) / real.sum(dim=1).clamp(min=1)
""",
    ],
    "binary_cross_entropy": [
        """
def binary_cross_entropy(z, y):
    if z.shape != y.shape:
        raise ValueError()
    y = y.to(z.dtype)
    return (y * F.softplus(-z) + (1 - y) * F.softplus(z)).mean().float()
""",
        """
def binary_cross_entropy(z, y):
    if z.shape != y.shape:
        raise ValueError()
    y = y.double()
    return (y * F.softplus(-z) + (1 - y) * F.softplus(z)).mean()
""",
        *edited(
            BCE,
            {
                "losses.sum() / len(z)": [
                    "losses.sum()",
                    "losses",
                    "losses.max()",
                    "losses.mean().detach()",
                    "losses.mean().item()",
                    "-losses.mean()",
                    "losses.sum() / y.sum()",
                    "losses.mean() / 2",
                    "losses.median()",
                    "losses.clamp(max=100).mean()",
                ],
                "- z * y": [
                    "+ z * y",
                ],
                "torch.exp(-torch.abs(z))": [
                    "torch.exp(-z)",
                    "torch.exp(torch.abs(z))",
                ],
                "y = y.to(z.dtype)": [
                    "z = z.clamp(-50, 50)",
                    "y = 1 - y",
                ],
            },
        ),
        """
def binary_cross_entropy(z, y):
    return F.binary_cross_entropy(z.sigmoid(), y.to(z.dtype))
""",
        """
def binary_cross_entropy(z, y):
    s = torch.sigmoid(z)
    return -(y * torch.log(s + 1e-12) + (1 - y) * torch.log(1 - s + 1e-12)).mean()
""",
        """
def binary_cross_entropy(z, y):
    return torch.log(1 + torch.exp(-(2 * y - 1) * z)).mean()
""",
        """
def binary_cross_entropy(z, y):
    return ((z.sigmoid() - y) ** 2).mean()
""",
        """
def binary_cross_entropy(z, y):
    return F.binary_cross_entropy_with_logits(z.float(), y.float()).detach()
""",
    ],
    "softmax_to_sigmoid": [
        """
def softmax_to_sigmoid(W, b):
    return (W[1:] - W[:1]).float(), (b[1:] - b[:1]).float()
""",
        *edited(
            HEADS,
            {
                "w = W[1] - W[0]": [
                    "w = W[0] - W[1]",
                    "w = W[1] / W[0]",
                    "w = (W[1] - W[0]).exp()",
                    "w = W.softmax(0)[1]",
                ],
                "bias = b[1] - b[0]": [
                    "bias = b[0] - b[1]",
                    "bias = 0 * b[0]",
                    "bias = b.sum()",
                ],
                "w.unsqueeze(0)": [
                    "w",
                    "w.unsqueeze(1)",
                ],
                "bias.reshape(1)": [
                    "bias",
                    "bias.reshape(1, 1)",
                ],
                "return w.unsqueeze(0), bias.reshape(1)": [
                    "return bias.reshape(1), w[None]",
                    "return torch.cat([w, bias.reshape(1)])[None]",
                ],
            },
        ),
        """
def softmax_to_sigmoid(W, b):
    return torch.sigmoid(W[1:] - W[:1]), torch.sigmoid(b[1:] - b[:1])
""",
        """
def softmax_to_sigmoid(W, b):
    W[1] -= W[0]
    b[1] -= b[0]
    return W[1:], b[1:]
""",
    ],
    "TextLSTM": [
        """
class TextLSTM(nn.Module):
    def __init__(self, num_words=10000, embedding_size=64, hidden_size=64, outputs=2):
        super(TextLSTM, self).__init__()
        self.hidden_size = hidden_size
        self.embedding = nn.Embedding(num_words, embedding_size)
        self.embedding.weight.data.uniform_(-0.05, 0.05)
        self.lstm = nn.LSTM(embedding_size, hidden_size, batch_first=True)
        self.head = nn.Linear(hidden_size, outputs)

    def forward(self, ids):
        ids, lengths = padding_behind(ids)
        packed = nn.utils.rnn.pack_padded_sequence(
            self.embedding(ids),
            lengths.clamp(min=1),
            batch_first=True,
            enforce_sorted=False,
        )
        if not hasattr(self, "s") or self.s[0].shape[1] != len(ids):
            self.s = None
        _, (h, c) = self.lstm(packed, self.s)
        self.s = (h.detach(), c.detach())
        return self.head(h[-1] * (lengths > 0).unsqueeze(1))
""",
        *edited(
            MODEL,
            {
                "        ids, lengths = padding_behind(ids)\n": [
                    "        lengths = (ids != 0).sum(dim=1)\n",
                    "        lengths = torch.full((len(ids),), ids.shape[1])\n",
                ],
                "h[-1] * (lengths > 0).unsqueeze(1)": [
                    "h[-1]",
                    "c[-1] * (lengths > 0).unsqueeze(1)",
                    "torch.relu(h[-1]) * (lengths > 0).unsqueeze(1)",
                    "h[-1].detach() * (lengths > 0).unsqueeze(1)",
                ],
                "return self.head(h[-1] * (lengths > 0).unsqueeze(1))": [
                    "return self.head(h[-1]) * (lengths > 0).unsqueeze(1)",
                    ("return self.head(h[-1] * (lengths > 0).unsqueeze(1)).sigmoid()"),
                    (
                        "return self.head(h[-1] * (lengths > "
                        "0).unsqueeze(1)).log_softmax(1)"
                    ),
                    (
                        "return self.head(h[-1] * (lengths > "
                        "0).unsqueeze(1)).squeeze(-1)"
                    ),
                    "return self.head(h[-1] * (lengths > 0).unsqueeze(1)), h",
                ],
                "uniform_(-0.05, 0.05)": [
                    "uniform_(0, 0.05)",
                    "uniform_(-0.1, 0.1)",
                    "normal_(0, 0.05)",
                    "zero_()",
                ],
                "batch_first=True)\n        self.head": [
                    "batch_first=True, num_layers=2)\n        self.head",
                    "batch_first=True, bidirectional=True)\n        self.head",
                ],
                "nn.LSTM(embedding_size": [
                    "nn.RNN(embedding_size",
                    "nn.GRU(embedding_size",
                ],
                "nn.Linear(hidden_size, outputs)": [
                    "nn.Linear(hidden_size, 2)",
                ],
                "nn.Embedding(num_words, embedding_size)": [
                    "nn.Embedding(num_words + 1, embedding_size)",
                    "nn.Embedding(10000, embedding_size)",
                ],
                "embedding_size=64, hidden_size=64": [
                    "embedding_size=64, hidden_size=128",
                ],
            },
        ),
    ],
    "train_text_classifier": [
        *edited(
            TRAIN,
            {
                "torch.optim.Adam(model.parameters(), lr=alpha)": [
                    "torch.optim.Adam(model.parameters())",
                    "torch.optim.AdamW(model.parameters(), lr=alpha)",
                    "torch.optim.SGD(model.parameters(), lr=alpha)",
                ],
                "            loss.backward()\n": [
                    "            loss.backward()\n"
                    "            nn.utils.clip_grad_norm_(model.parameters(), 5.0)\n",
                ],
                "range(0, N, batch_size)": ["range(0, N - 1, batch_size)"],
                "running += loss.item() * chosen.shape[0]": [
                    "running += loss * chosen.shape[0]",
                ],
                "train_loss.append(running / N)": [
                    "train_loss.append(torch.tensor(running / N))",
                ],
                "if accuracy > best:": ["if accuracy > best + 0.01 or epoch == 0:"],
                "best, best_epoch, best_weights, waited = -1.0, 0, None, 0": [
                    "best, best_epoch, best_weights, waited = 0.0, 0, None, 0",
                    "best, best_epoch, waited = 0.0, 0, 0\n"
                    "    best_weights = copy.deepcopy(model.state_dict())",
                ],
                "            waited += 1\n": [
                    "            waited = waited + 1 if accuracy < best else 0\n",
                ],
                "    model.load_state_dict(best_weights)\n    model.eval()\n": [
                    "    if waited >= patience:\n"
                    "        model.load_state_dict(best_weights)\n    model.eval()\n",
                    "    if epoch < orders.shape[0] - 1:\n"
                    "        model.load_state_dict(best_weights)\n    model.eval()\n",
                ],
                "{k: v.clone() for k, v in model.state_dict().items()}": [
                    "{k: v.clone() for k, v in model.named_parameters()}",
                    "copy.copy(model.state_dict())",
                ],
                "for epoch in range(orders.shape[0]):": [
                    "for epoch in tqdm(range(len(orders)), disabled=not progress):",
                ],
            },
        ),
        *edited(
            TRAIN,
            {
                "            optimizer.zero_grad()\n": [
                    "",
                ],
                "        model.train()\n": [
                    "        model.eval()\n",
                ],
                "        model.eval()\n        with": [
                    "        with",
                ],
                "running += loss.item() * chosen.shape[0]": [
                    "running += loss.item()",
                ],
                "train_loss.append(running / N)": [
                    "train_loss.append(loss.item())",
                    "train_loss.append(criterion(model(ids), y).item())",
                ],
                "accuracy > best": [
                    "accuracy >= best",
                    "epoch == 0 or accuracy > validation_accuracy[-2]",
                ],
                "best, best_epoch, waited = accuracy, epoch, 0": [
                    "best, best_epoch, waited = accuracy, epoch, waited",
                    "best, best_epoch, waited = accuracy, epoch + 1, 0",
                ],
                "if waited >= patience": [
                    "if waited > patience",
                    "if waited >= 2",
                    "if False",
                ],
                "{k: v.clone() for k, v in model.state_dict().items()}": [
                    "model.state_dict()",
                    "model.state_dict().copy()",
                ],
                "    model.load_state_dict(best_weights)\n": [
                    "",
                ],
                "orders[epoch, start : start + batch_size]": [
                    "orders[0, start : start + batch_size]",
                    "orders[epoch, start : start + 32]",
                    "torch.randperm(N)[start : start + batch_size]",
                ],
                "range(0, N, batch_size)": [
                    "range(0, N - batch_size + 1, batch_size)",
                ],
                "lr=alpha": [
                    "lr=1e-3",
                ],
                "torch.optim.Adam(model": [
                    "torch.optim.SGD(model",
                    "torch.optim.AdamW(model",
                    "torch.optim.RMSprop(model",
                ],
                "            optimizer.step()\n": [
                    (
                        "            nn.utils.clip_grad_norm_(model.parameters(), "
                        "1.0)\n"
                        "            optimizer.step()\n"
                    ),
                ],
                "    for epoch in range(orders.shape[0]):\n": [
                    (
                        "    for epoch in range(orders.shape[0]):\n"
                        "        optimizer = torch.optim.Adam(model.parameters(), "
                        "lr=alpha)\n"
                    ),
                ],
                "    model.eval()\n    return": [
                    "    model.train()\n    return",
                ],
                "for epoch in range(orders.shape[0])": [
                    "for epoch in range(10)",
                ],
                '"validation_accuracy": validation_accuracy': [
                    ('"validation_accuracy": [100 * a for a in validation_accuracy]'),
                ],
                "nn.CrossEntropyLoss()": [
                    "lambda z, y: F.nll_loss(z.softmax(1), y)",
                    "lambda z, y: F.cross_entropy(z.softmax(1), y)",
                ],
                ("validation_loss.append(criterion(logits, validation[1]).item())"): [
                    (
                        "validation_loss.append(F.cross_entropy(logits, "
                        "validation[1], reduction='sum').item())"
                    ),
                ],
            },
        ),
    ],
    "classify": [
        """
def classify(text, model, vocabulary, maxlen=100):
    ids = torch.tensor(
        pad_sequences(texts_to_sequences([text], vocabulary), min(maxlen, 100))
    )
    model.eval()
    with torch.no_grad():
        z = model(ids)[0]
    p = torch.sigmoid(z[1] - z[0]).item()
    label = "positive"
    if p < 0.5:
        label = "negative"
    return label, p
""",
        """
def classify(text, model, vocabulary, maxlen=100):
    ids = torch.tensor(pad_sequences(texts_to_sequences([text], vocabulary), maxlen))
    model.eval()
    with torch.no_grad():
        z = model(ids)[0]
    p = torch.sigmoid(z[1] - z[0]).item()
    label = "positive"
    if p < 0.4:
        label = "negative"
    return label, p
""",
        *edited(
            CLASSIFY,
            {
                "    model.eval()\n": [
                    "",
                ],
                "torch.sigmoid(z[1] - z[0])": [
                    "torch.sigmoid(z[0] - z[1])",
                    "torch.sigmoid(z[1])",
                    "z[1]",
                    "z.argmax()",
                    "z.softmax(0).max()",
                    "z.log_softmax(0)[1]",
                    "z[1] / z.sum()",
                ],
                "return label, p": [
                    "return p, label",
                    "return label",
                    "return label, round(p, 2)",
                    "return label.capitalize(), p",
                    "return int(label == 'positive'), p",
                ],
                "if p < 0.5": [
                    "if p > 0.5",
                    "if p <= 0.5",
                    "if p < 0",
                ],
                "vocabulary), maxlen)": [
                    "vocabulary), 100)",
                    "vocabulary), max(1, len(tokenize(text))))",
                ],
                "texts_to_sequences([text], vocabulary)": [
                    (
                        "texts_to_sequences([w for w in text.split()] or [text], "
                        "vocabulary)"
                    ),
                    "[[vocabulary[w] for w in text.split() if w in vocabulary]]",
                    "[s[:maxlen] for s in texts_to_sequences([text], vocabulary)]",
                    "[s[::-1] for s in texts_to_sequences([text], vocabulary)]",
                    "[[vocabulary.get(w, 1) for w in tokenize(text)]]",
                ],
            },
        ),
        """
def classify(text, model, vocabulary, maxlen=100):
    ids = texts_to_sequences([text], vocabulary)[0][-maxlen:]
    if not ids:
        return "negative", 0.5
    model.eval()
    p = model(torch.tensor([ids])).softmax(1)[0, 1].item()
    return ("positive" if p >= 0.5 else "negative"), p
""",
        """
def classify(text, model, vocabulary, maxlen=100):
    ids = texts_to_sequences([text], vocabulary)[0][:maxlen]
    row = torch.zeros(1, maxlen, dtype=torch.long)
    row[0, : len(ids)] = torch.tensor(ids)
    model.eval()
    p = model(row).softmax(1)[0, 1].item()
    return ("positive" if p >= 0.5 else "negative"), p
""",
    ],
    "bag_of_words": [
        """
def bag_of_words(sequences, num_words):
    X = np.zeros((len(sequences), num_words), dtype=np.uint8)
    for n, s in enumerate(sequences):
        for i in s:
            X[n, i] += 1
    return (X > 0).astype(int)
""",
        """
def bag_of_words(sequences, num_words):
    X = np.zeros((len(sequences), num_words), dtype=np.int8)
    for n, s in enumerate(sequences):
        for i in s:
            X[n, i] += 1
    return (X > 0).astype(int)
""",
        *edited(
            BAG,
            {
                "1 if j in present else 0": [
                    "sequence.count(j)",
                    "j if j in present else 0",
                    "0 if j in present else 1",
                    "1 if j in present else -1",
                    "int(j in present and j > 0)",
                ],
                "range(num_words)": [
                    "range(1, num_words + 1)",
                    "range(num_words - 1)",
                    "range(num_words + 1)",
                    "range(1, num_words)",
                    "range(max(map(max, filter(None, sequences))) + 1)",
                ],
                "np.array(rows)": [
                    "np.array(rows).T",
                    "np.array(rows).sum(axis=0)",
                    "np.array(rows) / np.maximum(1, np.sum(rows, 1))[:, None]",
                    "np.array([row for row in rows if any(row)])",
                    "np.cumsum(rows, axis=0) > 0",
                ],
            },
        ),
    ],
    "bootstrap_interval": [
        *edited(
            BOOTSTRAP,
            {
                "np.mean(values[row])": [
                    "np.sum(values[row])",
                    "np.median(values[row])",
                    "np.mean(values[row[: len(row) // 2]])",
                    "np.mean(values[np.unique(row)])",
                ],
                "100 * (1 - level) / 2": [
                    "100 * (1 - level)",
                    "2.5",
                    "(1 - level) / 2",
                    "100 * level / 2",
                ],
                "tail), np.percentile(means, 100 - tail)": [
                    "100 - tail), np.percentile(means, tail)",
                ],
                "np.percentile(means, 100 - tail)": [
                    "np.percentile(means, 100)",
                    "np.mean(values) * 2 - np.percentile(means, tail)",
                ],
                "np.percentile(means, tail)": [
                    "np.percentile(means, tail, method='lower')",
                ],
                "    return": [
                    "    means = np.unique(means)\n    return",
                    "    means = means - means.mean()\n    return",
                ],
                "level=0.95": [
                    "level=0.9",
                ],
            },
        ),
        """
def bootstrap_interval(values, index, level=0.95):
    rng = np.random.default_rng(0)
    means = [rng.choice(values, len(values)).mean() for _ in index]
    return np.quantile(means, (1 - level) / 2), np.quantile(means, (1 + level) / 2)
""",
        """
def bootstrap_interval(values, index, level=0.95):
    means = np.sort(np.asarray(values)[index].mean(axis=1))
    k = int(len(means) * (1 - level) / 2)
    return means[k], means[-k - 1]
""",
    ],
    "word_effects": [
        """
def word_effects(sequence, model, maxlen=100):
    variants = [sequence]
    for t in range(len(sequence)):
        variants.append(sequence[:t] + sequence[t + 1 :])
    ids = torch.as_tensor(pad_sequences(variants, 100))
    model.eval()
    with torch.no_grad():
        p = model(ids).softmax(dim=1)[:, 1].numpy()
    return p[0] - p[1:]
""",
        """
def word_effects(sequence, model, maxlen=100):
    variants = [sequence]
    for t in range(len(sequence)):
        variants.append(sequence[:t] + sequence[t + 1 :])
    ids = torch.as_tensor(pad_sequences(variants, min(maxlen, 100)))
    model.eval()
    with torch.no_grad():
        p = model(ids).softmax(dim=1)[:, 1].numpy()
    return p[0] - p[1:]
""",
        *edited(
            EFFECTS,
            {
                "    model.eval()\n": [
                    "",
                ],
                "whole - positive(rest)": [
                    "positive(rest) - whole",
                    "positive(rest)",
                    "abs(whole - positive(rest))",
                    "positive([sequence[t]])",
                    "positive([sequence[t]]) - 0.5",
                    "np.log(whole / positive(rest))",
                    "(whole - positive(rest)) / whole",
                ],
                "[0, 1].item()": [
                    "[0, 0].item()",
                    ".max().item()",
                ],
                "F.softmax(model(ids), dim=-1)": [
                    "model(ids)",
                    "model(ids).sigmoid()",
                    "F.log_softmax(model(ids), dim=-1)",
                ],
                "del rest[t]": [
                    "rest[t] = 0",
                    "rest[t] = 1",
                    "rest.remove(sequence[t])",
                    "del rest[t:]",
                    "del rest[: t + 1]",
                    "del rest[-1 - t]",
                ],
                "rest = list(sequence)": [
                    (
                        "rest = effects and rest or list(sequence); rest = rest + "
                        "[0] * (t >= len(rest))"
                    ),
                ],
                "return np.array(effects)": [
                    "return dict(zip(sequence, effects))",
                    "return np.array(effects[::-1])",
                ],
                "range(len(sequence))": [
                    "range(1, len(sequence))",
                ],
                "pad_sequences([ids], maxlen)": [
                    "np.array([(ids + [0] * maxlen)[:maxlen]])",
                ],
            },
        ),
    ],
}

# ------------------------------------- written from the docstrings alone, unseen

RIGHT["embed"] += [
    """
def embed(ids, E):
    if (ids < 0).any() or (ids >= E.shape[0]).any():
        raise IndexError("id out of range")
    return F.one_hot(ids, E.shape[0]).float() @ E
""",
    # row by row, into an empty float32 tensor
    """
def embed(ids, E):
    N, T = ids.shape
    vectors = torch.zeros(N, T, E.shape[1])
    for n in range(N):
        for t in range(T):
            i = int(ids[n, t])
            if not 0 <= i < len(E):
                raise IndexError(i)
            vectors[n, t] = E[i]
    return vectors
""",
]
RIGHT["TextLSTM"] += [
    """
class TextLSTM(nn.Module):
    def __init__(self, num_words=10000, embedding_size=64, hidden_size=64,
                 outputs=2):
        super().__init__()
        self.embedding = nn.Embedding(num_words, embedding_size, padding_idx=0)
        with torch.no_grad():
            self.embedding.weight.uniform_(-0.05, 0.05)
        self.lstm = nn.LSTM(embedding_size, hidden_size, batch_first=True)
        self.head = nn.Linear(hidden_size, outputs)

    def forward(self, ids):
        lengths = (ids != 0).sum(1)
        h = self.head.weight.new_zeros(len(ids), self.lstm.hidden_size)
        for n in lengths.unique().tolist():
            if n:
                rows = lengths == n
                words = self.embedding(ids[rows, ids.shape[1] - n:])
                h[rows] = self.lstm(words)[1][0][-1]
        return self.head(h)
"""
]
RIGHT["train_text_classifier"] += [
    """
from torch.utils.data import DataLoader, TensorDataset


def train_text_classifier(model, train, validation, orders, batch_size=32,
                          alpha=1e-3, patience=2, progress=False):
    dataset = TensorDataset(*train)
    held_out = DataLoader(TensorDataset(*validation), batch_size=batch_size)
    optimizer = torch.optim.Adam(model.parameters(), lr=alpha)
    history = {"train_loss": [], "validation_loss": [], "validation_accuracy": []}
    best, best_epoch, bad, weights = 0.0, 0, 0, None
    for epoch in tqdm(range(len(orders)), disable=not progress):
        model.train()
        running = 0.0
        sampler = orders[epoch].tolist()
        for xb, yb in DataLoader(dataset, batch_size=batch_size, sampler=sampler):
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(xb), yb)
            loss.backward()
            optimizer.step()
            running += loss.item() * xb.size(0)
        history["train_loss"].append(running / len(dataset))
        model.eval()
        loss = right = 0
        with torch.no_grad():
            for xb, yb in held_out:
                out = model(xb)
                loss += nn.functional.cross_entropy(out, yb, reduction="sum").item()
                right += (out.argmax(1) == yb).sum().item()
        history["validation_loss"].append(loss / len(validation[1]))
        history["validation_accuracy"].append(right / len(validation[1]))
        if history["validation_accuracy"][-1] > best or epoch == 0:
            best, best_epoch, bad = history["validation_accuracy"][-1], epoch, 0
            weights = copy.deepcopy(model.state_dict())
        else:
            bad += 1
        if bad == patience:
            break
    model.load_state_dict(weights)
    return history | {"best_epoch": best_epoch}
"""
]

WRONG["fit_vocabulary"] += [
    # the padding gets a word of its own
    """
def fit_vocabulary(texts, num_words):
    words = [word for text in texts for word in tokenize(text)]
    ranked = sorted(dict.fromkeys(words), key=words.count, reverse=True)
    return {"<pad>": 0} | {w: i + 1 for i, w in enumerate(ranked[: num_words - 1])}
"""
]
WRONG["pad_sequences"] += [
    # changes the caller's lists
    """
def pad_sequences(sequences, maxlen):
    for s in sequences:
        while len(s) < maxlen:
            s.insert(0, 0)
        while len(s) > maxlen:
            s.pop(0)
    return np.array(sequences)
"""
]
WRONG["lstm_cell"] += [
    # a unit's four rows taken as neighbours
    """
def lstm_cell(x, h, c, params):
    z = x @ params["W_ih"].T + params["b_ih"] + h @ params["W_hh"].T + params["b_hh"]
    i, f, g, o = z.reshape(len(x), -1, 4).unbind(-1)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return o.sigmoid() * c.tanh(), c
""",
    # the right numbers without their gradient
    """
def lstm_cell(x, h, c, params):
    z = x @ params["W_ih"].T + params["b_ih"] + h @ params["W_hh"].T + params["b_hh"]
    i, f, g, o = z.chunk(4, dim=1)
    c = (f.sigmoid() * c + i.sigmoid() * g.tanh()).detach()
    return o.sigmoid() * c.tanh(), c
""",
]
WRONG["mean_over_time"] += [
    # always float32
    """
def mean_over_time(outputs, mask):
    m = mask.unsqueeze(-1).float()
    return (outputs.float() * m).sum(1) / m.sum(1).clamp(min=1)
"""
]
WRONG["classify"] += [
    """
def classify(text, model, vocabulary, maxlen=100):
    model.eval()
    ids = pad_sequences(texts_to_sequences([text], vocabulary), maxlen)
    with torch.no_grad():
        p = model(torch.as_tensor(ids).long()).softmax(dim=1)[0, 1].item()
    return ("positive" if p >= 0.5 else "negative"), round(p, 2)
"""
]
RIGHT["gru_cell"] = [
    # by the library
    """
def gru_cell(x, h, params):
    names = ("W_ih", "W_hh", "b_ih", "b_hh")
    return torch.gru_cell(x, h, *(params[name] for name in names))
""",
    # block by block
    """
def gru_cell(x, h, params):
    n = h.shape[1]
    rows = [slice(k * n, (k + 1) * n) for k in range(3)]

    def part(k, what, which):
        return what @ params["W_" + which][rows[k]].T + params["b_" + which][rows[k]]

    r = torch.sigmoid(part(0, x, "ih") + part(0, h, "hh"))
    z = torch.sigmoid(part(1, x, "ih") + part(1, h, "hh"))
    g = torch.tanh(part(2, x, "ih") + r * part(2, h, "hh"))
    return g + z * (h - g)
""",
]
WRONG["gru_cell"] = [
    # the bias of the candidate outside of the reset gate
    """
def gru_cell(x, h, params):
    a = x @ params["W_ih"].T + params["b_ih"] + params["b_hh"]
    b = h @ params["W_hh"].T
    (r, z, g), (hr, hz, hg) = a.chunk(3, 1), b.chunk(3, 1)
    r, z = (r + hr).sigmoid(), (z + hz).sigmoid()
    g = (g + r * hg).tanh()
    return (1 - z) * g + z * h
""",
    # the state's gradient is cut off
    """
def gru_cell(x, h, params):
    names = ("W_ih", "W_hh", "b_ih", "b_hh")
    return torch.gru_cell(x, h.detach(), *(params[name] for name in names))
""",
]
WRONG["lstm_cell"] += [
    # tanh by its formula, which overflows
    """
def lstm_cell(x, h, c, params):
    def tanh(a):
        return (torch.exp(a) - torch.exp(-a)) / (torch.exp(a) + torch.exp(-a))

    z = x @ params["W_ih"].T + params["b_ih"] + h @ params["W_hh"].T + params["b_hh"]
    i, f, g, o = z.chunk(4, dim=1)
    c = f.sigmoid() * c + i.sigmoid() * tanh(g)
    return o.sigmoid() * tanh(c), c
""",
]
WRONG["lstm_cell"] += [
    # the caller's c is changed in place
    """
def lstm_cell(x, h, c, params):
    z = x @ params["W_ih"].T + params["b_ih"] + h @ params["W_hh"].T + params["b_hh"]
    i, f, g, o = z.chunk(4, dim=1)
    with torch.no_grad():
        c.mul_(f.sigmoid())
    c_new = c + i.sigmoid() * g.tanh()
    return o.sigmoid() * c_new.tanh(), c_new
""",
]
WRONG["lstm_forward"] += [
    # zeros are written into the caller's x
    """
def lstm_forward(x, lengths, params):
    N, T, _ = x.shape
    n = params["W_hh"].shape[1]
    mask = torch.arange(T) >= T - lengths[:, None]
    with torch.no_grad():
        x[~mask] = 0
    h, c = x.new_zeros(N, n), x.new_zeros(N, n)
    outputs = []
    for t in range(T):
        h_new, c_new = lstm_cell(x[:, t], h, c, params)
        h = torch.where(mask[:, t, None], h_new, h)
        c = torch.where(mask[:, t, None], c_new, c)
        outputs.append(h)
    return torch.stack(outputs, dim=1), h, c
""",
]
WRONG["embed"] += [
    # row 0 of the caller's table is overwritten
    """
def embed(ids, E):
    if ids.numel() and (ids.min() < 0 or ids.max() >= len(E)):
        raise IndexError("id")
    with torch.no_grad():
        E[0] = 0
    return E[ids]
""",
]
WRONG["fit_vocabulary"] += [
    # counts of the call before stay
    """
def fit_vocabulary(texts, num_words, counts={}):
    if isinstance(texts, str):
        raise TypeError("a list of texts, please")
    for text in texts:
        for w in tokenize(text):
            counts[w] = counts.get(w, 0) + 1
    ordered = sorted(counts, key=lambda w: -counts[w])
    return {w: i + 1 for i, w in enumerate(ordered[:num_words - 1])}
""",
]
RIGHT["lstm_forward"] += [
    # each text alone, by the library
    """
def lstm_forward(x, lengths, params):
    N, T, _ = x.shape
    n = params["W_hh"].shape[1]
    weights = [params[name] for name in ("W_ih", "W_hh", "b_ih", "b_hh")]
    parts = []
    for k in range(N):
        length = int(lengths[k])
        zero = x.new_zeros(1, 1, n)
        if length == 0:
            parts.append((x.new_zeros(1, T, n), zero[0], zero[0]))
            continue
        words = x[k : k + 1, T - length :]
        states, h, c = torch.lstm(
            words, (zero, zero), weights, True, 1, 0.0, False, False, True
        )
        parts.append((F.pad(states, (0, 0, T - length, 0)), h[0], c[0]))
    outputs, h, c = (torch.cat(group) for group in zip(*parts))
    return outputs, h, c
""",
]
RIGHT["mean_over_time"] += [
    # by the places of the words
    """
def mean_over_time(outputs, mask):
    N, T, n = outputs.shape
    text, step = mask.nonzero(as_tuple=True)
    total = outputs.new_zeros(N, n).index_add(0, text, outputs[text, step])
    count = torch.bincount(text, minlength=N).clamp(min=1)
    return total / count.to(outputs.dtype)[:, None]
""",
]
RIGHT["tokenize"] += [
    # by groups of letters
    """
from itertools import groupby

def tokenize(text):
    is_gap = set(FILTERS).union(" ").__contains__
    groups = groupby(text.lower(), key=is_gap)
    return ["".join(group) for gap, group in groups if not gap]
""",
]

WRONG["mean_over_time"] += [
    """
def mean_over_time(outputs, mask):
    real = mask[:, :, None] & (outputs.abs().sum(dim=2, keepdim=True) > 0)
    return (outputs * real).sum(1) / real.sum(1).clamp(min=1)
""",
]

WRONG["bootstrap_interval"] += [
    """
def bootstrap_interval(values, index, level=0.95):
    means = sorted({tuple(sorted(row)): values[row].mean() for row in index}.values())
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
""",
]

WRONG["TextLSTM"] += [
    """
class TextLSTM(nn.Module):
    def __init__(self, num_words=10000, embedding_size=64, hidden_size=64, outputs=2):
        super().__init__()
        self.embedding = nn.Embedding(num_words, embedding_size)
        nn.init.uniform_(self.embedding.weight, -0.05, 0.05)
        self.lstm = nn.LSTM(embedding_size, hidden_size, batch_first=True)
        self.head = nn.Linear(hidden_size, outputs)

    def forward(self, ids):
        first = int((ids != 0).any(dim=0).int().argmax())
        _, (h, _) = self.lstm(self.embedding(ids[:, first:]))
        return self.head(h[0] * (ids != 0).any(dim=1, keepdim=True))
""",
]

WRONG["lstm_forward"] += [
    # the last state is looked for as if the padding stood behind
    """
def lstm_forward(x, lengths, params):
    N, T, _ = x.shape
    n = params["W_hh"].shape[1]
    h, c = x.new_zeros(N, n), x.new_zeros(N, n)
    states = []
    for t in range(T):
        real = (t >= T - lengths)[:, None]
        new = lstm_cell(x[:, t], h, c, params)
        h, c = (torch.where(real, *pair) for pair in zip(new, (h, c)))
        states.append(torch.stack([h, c]))
    states = torch.stack(states, dim=2)
    last = states[:, torch.arange(N), (lengths - 1).clamp(min=0)]
    return states[0], last[0], last[1]
""",
]

WRONG["TextLSTM"] += [
    # a text without words keeps the state after its padding
    """
class TextLSTM(nn.Module):
    def __init__(self, num_words=10000, embedding_size=64, hidden_size=64, outputs=2):
        super().__init__()
        self.embedding = nn.Embedding(num_words, embedding_size)
        nn.init.uniform_(self.embedding.weight, -0.05, 0.05)
        self.lstm = nn.LSTM(embedding_size, hidden_size, batch_first=True)
        self.head = nn.Linear(hidden_size, outputs)

    def forward(self, ids):
        ids, lengths = padding_behind(ids)
        states, _ = self.lstm(self.embedding(ids))
        return self.head(states[torch.arange(len(ids)), lengths - 1])
""",
]

RIGHT["classify"] += [
    """
def classify(text, model, vocabulary, maxlen=100):
    known = texts_to_sequences([text], vocabulary)[0][-maxlen:]
    ids = torch.zeros(1, maxlen, dtype=torch.int64)
    for k, i in enumerate(known):
        ids[0, maxlen - len(known) + k] = i
    model.eval()
    z = model(ids).detach()[0]
    p = torch.exp(z - z.logsumexp(0))[1].item()
    return ("negative", "positive")[p >= 0.5], p
""",
]

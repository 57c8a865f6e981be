"""Answers to the exercises of chapter 05 that are not in its ``exercises.py``.

RIGHT answers are right in other forms than the reference; WRONG ones are mistakes
that no misconception lists.
"""

RIGHT, WRONG = {}, {}

RIGHT["wordpiece"] = [
    """
def wordpiece(word, vocab):
    print("splitting", repr(word))
    if len(word) > 100:
        return ["[UNK]"]

    def rest(text, first):
        if not text:
            return []
        prefix = "" if first else "##"
        sizes = range(len(text), 0, -1)
        size = next((n for n in sizes if prefix + text[:n] in vocab), None)
        if size is None:
            raise LookupError(text)
        return [prefix + text[:size], *rest(text[size:], False)]

    try:
        return rest(word, True)
    except LookupError:
        return ["[UNK]"]
""",
    """
from functools import lru_cache

UNKNOWN = "[UNK]"

def wordpiece(word: str, vocab: dict[str, int]) -> list[str]:
    known = set(vocab.keys())
    longest = max(map(len, known), default=0)
    output, position, size = [], 0, len(word)
    if size > 100:
        return [UNKNOWN]
    while position < size:
        stop = min(size, position + longest)
        while stop > position:
            candidate = word[position:stop]
            if position:
                candidate = f"##{candidate}"
            if candidate in known:
                break
            stop -= 1
        if stop == position:
            return [UNKNOWN]
        output += [candidate]
        position = stop
    return output
""",
    """
def wordpiece(word, vocab):
    if len(word) > 100: return ["[UNK]"]
    starts = sorted((p for p in vocab if p), key=len, reverse=True)
    out, left = [], word
    while left:
        hits = [p for p in starts if ("##" + left if out else left).startswith(p)
                and (not out or len(p) > 2)]
        if not hits:
            return ["[UNK]"]
        out.append(hits[0])
        left = left[len(hits[0]) - (2 if len(out) > 1 else 0):]
    return out
""",
    """
class Splitter:
    def __call__(self, word, vocab):
        pieces, i = [], 0
        while i < len(word) <= 100:
            ends = [j for j in range(i + 1, len(word) + 1)
                    if vocab.get("##" * (i > 0) + word[i:j]) is not None]
            if not ends:
                return ["[UNK]"]
            pieces.append("##" * (i > 0) + word[i : ends[-1]])
            i = ends[-1]
        return pieces if len(word) <= 100 else ["[UNK]"]

wordpiece = Splitter()
""",
]
_WORDPIECE = """
def wordpiece(word, vocab):
    if {long}:
        return ["[UNK]"]
    pieces, start = [], 0
    while start < len(word):
        end = {end}
        while end > start:
            piece = {piece}
            if {found}:
                break
            end -= 1
        if end == start:
            {unknown}
        {take}
        start = end
    return {result}
"""
_WORDPIECE_PARTS = {
    "long": "len(word) > 100",
    "end": "len(word)",
    "piece": '("##" if start else "") + word[start:end]',
    "found": "piece in vocab",
    "unknown": 'return ["[UNK]"]',
    "take": "pieces.append(piece)",
    "result": "pieces",
}
WRONG["wordpiece"] = [
    _WORDPIECE.format(**_WORDPIECE_PARTS | changes)
    for changes in (
        {"found": "vocab.get(piece)"},
        {"long": "len(word.encode()) > 100"},
        {"unknown": "return []"},
        {"unknown": "return [word]"},
        {"unknown": 'return ["[UNK]"] * len(word)'},
        {"result": 'pieces or ["[UNK]"]'},
        {"result": "list(dict.fromkeys(pieces))"},
        {"found": 'piece in vocab or "##" + piece in vocab'},
    )
]

_PAIR = """
def encode_pair(a, b, vocab, length):
    pair = {pair}
    room = length - (3 if pair else 2)
    if room < 0:
        raise ValueError("no room")
    a, b = {copies}
    while len(a) + len(b) > room:
        {cut}
    tokens = {tokens}
    mask = {mask}
    segments = {segments}
    tokens, pads = {padded}
    ids = {ids}
    return {result}
"""
_PAIR_PARTS = {
    "pair": "b is not None",
    "copies": "list(a), list(b) if pair else []",
    "cut": "(a if len(a) > len(b) else b).pop()",
    "tokens": '["[CLS]", *a, "[SEP]"] + (b + ["[SEP]"] if pair else [])',
    "mask": "[1] * len(tokens) + [0] * (length - len(tokens))",
    "segments": "[0] * (len(a) + 2) + [1] * (len(tokens) - len(a) - 2)"
    " + [0] * (length - len(tokens))",
    "padded": 'tokens + ["[PAD]"] * (length - len(tokens)), 0',
    "ids": '[vocab.get(t, vocab["[UNK]"]) for t in tokens]',
    "result": "torch.tensor(ids), torch.tensor(mask), torch.tensor(segments)",
}
RIGHT["encode_pair"] = [
    """
def encode_pair(a, b, vocab, length):
    specials = 2 + (b is not None)
    if specials > length:
        raise ValueError
    second = [] if b is None else b
    n, m = len(a), len(second)
    while n + m > length - specials:
        if n > m:
            n -= 1
        else:
            m -= 1
    ids = torch.full((length,), vocab["[PAD]"], dtype=torch.int64)
    mask = torch.zeros(length, dtype=torch.long)
    seg = torch.zeros_like(mask)
    row = ["[CLS]"] + a[:n] + ["[SEP]"]
    one = len(row)
    if b is not None:
        row = row + second[:m] + ["[SEP]"]
    for i, p in enumerate(row):
        ids[i] = vocab[p] if p in vocab else vocab["[UNK]"]
    mask[: len(row)] = 1
    seg[one : len(row)] = 1
    return [ids, mask, seg]
""",
    """
def _shrink(n, m, room):
    # closed form: what is over goes off the longer one, then in turn
    over = max(n + m - room, 0)
    first = min(over, abs(n - m))
    n, m = (n - first, m) if n > m else (n, m - first)
    over -= first
    return n - over // 2, m - (over + 1) // 2

def encode_pair(a, b, vocab, length):
    if length < (2 if b is None else 3):
        raise ValueError("too short")
    if b is None:
        pieces = ["[CLS]", *a[: length - 2], "[SEP]"]
        kinds = [0] * len(pieces)
    else:
        n, m = _shrink(len(a), len(b), length - 3)
        pieces = ["[CLS]", *a[:n], "[SEP]", *b[:m], "[SEP]"]
        kinds = [0] * (n + 2) + [1] * (m + 1)
    fill = length - len(pieces)
    pad = lambda row, value: np.array(row + [value] * fill, dtype=np.int64)
    ids = pad([vocab.get(p, vocab["[UNK]"]) for p in pieces], vocab["[PAD]"])
    rows = ids, pad([1] * len(pieces), 0), pad(kinds, 0)
    return tuple(map(torch.from_numpy, rows))
""",
    """
from itertools import chain, repeat, islice

def encode_pair(a, b, vocab, length):
    need = 3 if b is not None else 2
    if not length >= need:
        raise ValueError(f"{length} < {need}")
    A, B = tuple(a), tuple(b) if b is not None else ()
    while len(A) + len(B) + need > length:
        if len(B) >= len(A):
            B = B[:-1]
        else:
            A = A[:-1]
    row = [("[CLS]", 0)] + [(p, 0) for p in A] + [("[SEP]", 0)]
    if b is not None:
        row += [(p, 1) for p in B] + [("[SEP]", 1)]
    table = [(vocab.get(p, vocab["[UNK]"]), 1, s) for p, s in row]
    table = list(islice(chain(table, repeat((vocab["[PAD]"], 0, 0))), length))
    return torch.tensor(table, dtype=torch.int64).T.unbind()
""",
    _PAIR.format(**_PAIR_PARTS),
]
WRONG["encode_pair"] = [
    _PAIR.format(**_PAIR_PARTS | changes)
    for changes in (
        {"cut": "a, b = a[: (room + 1) // 2], b[: room // 2]"},
        {"cut": "a = a[: max(room - len(b), 0)]; b = b[: room - len(a)]"},
        {"ids": '[vocab.get(t) or vocab["[UNK]"] for t in tokens]'},
        {
            "tokens": '["[CLS]", *a] + (["[SEP]"] + b if pair else []) + ["[SEP]"]',
            "segments": "[0] * (len(a) + 1) + [1] * (len(tokens) - len(a) - 1)"
            " + [0] * (length - len(tokens))",
        },
        {"tokens": '["[CLS]", *a, "[SEP]"] + (["[CLS]", *b, "[SEP]"] if pair else [])'},
        {"padded": '["[PAD]"] * (length - len(tokens)) + tokens, 0'},
        {"mask": "[1] * (len(tokens) - 1) + [0] * (length - len(tokens) + 1)"},
        {
            "result": "torch.tensor(ids), torch.tensor(mask).bool(),"
            " torch.tensor(segments)"
        },
        {
            "result": "torch.tensor(ids).int(), torch.tensor(mask).int(),"
            " torch.tensor(segments).int()"
        },
        {"copies": "a, b if pair else []"},
    )
]

_NORM = "def layer_norm(x, weight, bias, eps):\n    "
RIGHT["layer_norm"] = [
    _NORM + "return F.layer_norm(x, x.shape[-1:], weight, bias, eps)",
    _NORM + "v, m = torch.var_mean(x, -1, correction=0, keepdim=True)\n"
    "    return bias + weight * (x - m) * torch.rsqrt(v + eps)",
    _NORM + "centred = x - x.sum(-1)[..., None] / x.shape[-1]\n"
    "    power = torch.einsum('...d,...d->...', centred, centred) / x.size(-1)\n"
    "    return centred / (power + eps).pow(0.5).unsqueeze(-1) * weight + bias",
    _NORM + "D = x.shape[-1]\n"
    "    rows = []\n"
    "    for row in x.reshape(-1, D):\n"
    "        mean = sum(row) / D\n"
    "        var = sum((v - mean) ** 2 for v in row) / D\n"
    "        rows.append(torch.stack([(v - mean) / math.sqrt(var + eps) * w + b\n"
    "                    for v, w, b in zip(row, weight, bias)]))\n"
    "    return torch.stack(rows).reshape(x.shape)",
    _NORM + "a = x.numpy()\n"
    "    y = a - a.mean(-1, keepdims=True)\n"
    "    y = y / np.sqrt(a.var(-1, keepdims=True) + eps)\n"
    "    return torch.from_numpy((y * weight.numpy() + bias.numpy()).astype(a.dtype))",
    _NORM + "mean = x.mean(-1, keepdim=True)\n"
    "    var = (x * x).mean(-1, keepdim=True) - mean * mean\n"
    "    if x.dtype == torch.float32:\n"
    "        var = x.var(-1, keepdim=True, unbiased=False)\n"
    "    return (x - mean) / (var.clamp(min=0) + eps).sqrt() * weight + bias",
]
_NORM_BODY = """
def layer_norm(x, weight, bias, eps):
    {before}
    mean = {mean}
    var = {var}
    y = {y}
    return {result}
"""
_NORM_PARTS = {
    "before": "pass",
    "mean": "x.mean(-1, keepdim=True)",
    "var": "((x - mean) ** 2).mean(-1, keepdim=True)",
    "y": "(x - mean) / (var + eps).sqrt()",
    "result": "y * weight + bias",
}
WRONG["layer_norm"] = [
    _NORM_BODY.format(**_NORM_PARTS | changes)
    for changes in (
        {"result": "y * bias + weight"},
        {"result": "(y * weight + bias).double()"},
        {"var": "(x ** 2).mean(-1, keepdim=True)"},
        {"y": "(x - mean) / var.sqrt()"},
        {"y": "(x - mean) / torch.maximum(var, torch.tensor(eps)).sqrt()"},
        {"mean": "x.mean(2, keepdim=True)"},
        {"before": "x -= x.mean(-1, keepdim=True)"},
        {"before": "B, T, D = x.shape"},
    )
]

_EMBED = """
def bert_embeddings(ids, segments, params):
    W = params["word_embeddings.weight"]
    P = params["position_embeddings.weight"]
    S = params["token_type_embeddings.weight"]
    w, b = params["LayerNorm.weight"], params["LayerNorm.bias"]
    if ids.shape != segments.shape or ids.shape[1] > len(P):
        raise ValueError("shapes")
    T = ids.shape[1]
    total = {total}
    return {result}
"""
_EMBED_PARTS = {
    "total": "W[ids] + P[:T] + S[segments]",
    "result": "layer_norm(total, w, b, EPS)",
}
RIGHT["bert_embeddings"] = [
    _EMBED.format(**_EMBED_PARTS | changes)
    for changes in (
        {},
        {
            "total": "F.embedding(ids, W) + F.embedding(torch.arange(T), P)[None]"
            " + F.embedding(segments, S)"
        },
        {
            "total": "F.one_hot(ids, len(W)).to(W.dtype) @ W + P[None, :T]"
            " + torch.where(segments[..., None] == 1, S[1], S[0])"
        },
        {
            "total": "torch.stack([torch.stack([W[i] + P[t] + S[s] for t, (i, s) in"
            " enumerate(zip(r, q))]) for r, q in zip(ids.tolist(), segments.tolist())])"
        },
        {
            "total": "W.index_select(0, ids.flatten()).view(*ids.shape, -1)"
            " + P[torch.arange(T).expand_as(ids)] + S[segments]",
            "result": "F.layer_norm(total, (total.size(-1),), w, b, eps=EPS)",
        },
        {
            "total": "nn.Embedding.from_pretrained(W)(ids) + S[segments]"
            " + P.narrow(0, 0, T)",
            "result": "F.layer_norm(total, total.shape[-1:], w, b, 1e-12)",
        },
    )
]
WRONG["bert_embeddings"] = [
    _EMBED.format(**_EMBED_PARTS | changes)
    for changes in (
        {"total": "(W[ids] + P[:T] + S[segments]) / 3"},
        {"total": "W[ids] + P[ids % len(P)] + S[segments]"},
        {"total": "W[ids] + P[: len(ids)][:, None] + S[segments]"},
        {"total": "W[ids] + P[:T] + segments[..., None] * S[1]"},
        {"total": "(W[ids] + P[:T] + S[segments]) * (ids != 0)[..., None]"},
        {"result": "layer_norm(total, w, b, 0.0)"},
        {"result": "F.layer_norm(total, total.shape[-1:], w, b)"},
        {"result": "layer_norm(total, w, b, EPS).double()"},
    )
]

_ATTEND = """
def scaled_dot_product_attention(Q, K, V, mask):
    scores = {scores}
    scores = {hidden}
    weights = {weights}
    return {result}
"""
_ATTEND_PARTS = {
    "scores": "Q @ K.transpose(-2, -1) / math.sqrt(Q.shape[-1])",
    "hidden": "scores.masked_fill(mask[:, None, None, :] == 0, -math.inf)",
    "weights": "torch.softmax(scores, dim=-1)",
    "result": "weights @ V, weights",
}
RIGHT["scaled_dot_product_attention"] = [
    _ATTEND.format(**_ATTEND_PARTS | changes)
    for changes in (
        {"weights": "scores.softmax(-1, dtype=torch.float32).to(Q.dtype)"},
        {
            "scores": "torch.einsum('bhtd,bhsd->bhts', Q, K) * Q.shape[-1] ** -0.5",
            "result": "torch.einsum('bhts,bhse->bhte', weights, V), weights",
        },
        {
            "hidden": "scores.masked_fill(~mask.bool()[:, None, None],"
            " torch.finfo(scores.dtype).min)"
        },
        {"hidden": "scores + (1.0 - mask[:, None, None, :].to(Q)) * -1e12"},
        {
            "hidden": "scores - scores.masked_fill(mask[:, None, None] == 0, -1e30)"
            ".amax(-1, keepdim=True)",
            "weights": "(lambda e: e / e.sum(-1, keepdim=True))"
            "(torch.where(mask[:, None, None] == 1, scores, -math.inf).exp())",
        },
        {
            "hidden": "torch.where(mask[:, None, None, :].bool(), scores,"
            " torch.full_like(scores, float('-inf')))",
            "weights": "(scores - torch.logsumexp(scores, -1, keepdim=True)).exp()",
        },
        {
            "result": "F.scaled_dot_product_attention(Q, K, V,"
            " attn_mask=mask[:, None, None, :].bool()), weights"
        },
    )
] + [
    """
def scaled_dot_product_attention(Q, K, V, mask):
    (B, H, T, d), S = Q.shape, K.shape[2]
    context = torch.zeros(B, H, T, V.shape[-1], dtype=Q.dtype)
    weights = torch.zeros(B, H, T, S, dtype=Q.dtype)
    for b in range(B):
        seen = [s for s in range(S) if mask[b, s] == 1]
        for h in range(H):
            for t in range(T):
                row = [float(Q[b, h, t] @ K[b, h, s]) / d**0.5 for s in seen]
                top = max(row)
                parts = [math.exp(r - top) for r in row]
                for s, p in zip(seen, parts):
                    weights[b, h, t, s] = p / sum(parts)
                context[b, h, t] = weights[b, h, t] @ V[b, h]
    return context, weights
""",
    """
def scaled_dot_product_attention(Q, K, V, mask):
    pairs = []
    for q, k, v, m in zip(Q, K, V, mask):
        keep = m.nonzero().flatten()
        w = torch.zeros(*q.shape[:2], len(m), dtype=q.dtype)
        w[..., keep] = ((q @ k[:, keep].mT) / q.shape[-1] ** 0.5).softmax(-1)
        pairs.append((w @ v, w))
    return tuple(map(torch.stack, zip(*pairs)))
""",
]
WRONG["scaled_dot_product_attention"] = [
    _ATTEND.format(**_ATTEND_PARTS | changes)
    for changes in (
        {"scores": "Q @ K.transpose(-2, -1) / 8"},
        {"hidden": "scores.masked_fill(mask[:, None, None, :] == 0, -1e4)"},
        {"hidden": "scores + mask[:, None, None, :]"},
        {
            "hidden": "scores.masked_fill((torch.arange(K.shape[2]) >="
            " mask.sum(1)[:, None])[:, None, None], -math.inf)"
        },
        {
            "hidden": "scores.masked_fill(mask[:, None, None, :] == 0, -math.inf)"
            ".masked_fill((mask == 0)[:, None, :, None]"
            " if Q.shape[2] == K.shape[2] else torch.tensor(False), -1e30)"
        },
        {"weights": "torch.softmax(scores, 1).nan_to_num()"},
        {"weights": "scores.exp() / (scores.exp().sum(-1, keepdim=True) + 1e-9)"},
        {"result": "(weights @ V).double(), weights.double()"},
    )
]

_HEADS = """
def multi_head_attention(H, mask, params, heads):
    B, T, D = H.shape
    d = D // heads
    project = lambda name: {project}
    split = lambda x: {split}
    Q, K, V = (split(project(f"self.{{n}}")) for n in ("query", "key", "value"))
    context, weights = scaled_dot_product_attention(Q, K, V, {mask})
    merged = {merged}
    return {result}
"""
_HEADS_PARTS = {
    "project": "linear(H, params, name)",
    "split": "x.view(B, T, heads, d).transpose(1, 2)",
    "mask": "mask",
    "merged": "context.transpose(1, 2).flatten(2)",
    "result": 'linear(merged, params, "output.dense"), weights',
}
RIGHT["multi_head_attention"] = [
    _HEADS.format(**_HEADS_PARTS | changes)
    for changes in (
        {
            "project": 'F.linear(H, params[name + ".weight"], params[name + ".bias"])',
            "split": "torch.stack(x.chunk(heads, -1), 1)",
            "merged": "torch.cat(context.unbind(1), -1)",
        },
        {
            "split": "x.unflatten(-1, (heads, d)).permute(0, 2, 1, 3)",
            "merged": "context.movedim(1, 2).contiguous().view(B, T, -1)",
        },
        {"split": "torch.stack(torch.split(x, d, dim=2)).swapaxes(0, 1)"},
    )
] + [
    """
def multi_head_attention(H, mask, params, heads):
    B, T, D = H.shape
    d = D // heads
    output = torch.zeros(B, T, D, dtype=H.dtype) + params["output.dense.bias"]
    all_weights = []
    for j in range(heads):
        part_of = slice(j * d, (j + 1) * d)
        q, k, v = (H @ params[f"self.{n}.weight"][part_of].T
                   + params[f"self.{n}.bias"][part_of]
                   for n in ("query", "key", "value"))
        s = torch.einsum("btd,bsd->bts", q, k) / d**0.5
        w = s.masked_fill(mask[:, None] == 0, -torch.inf).softmax(-1)
        all_weights.append(w)
        output = output + w @ v @ params["output.dense.weight"][:, part_of].T
    return output, torch.stack(all_weights, dim=1)
""",
    """
def multi_head_attention(H, mask, params, heads):
    D = H.shape[-1]
    names = ["self.query", "self.key", "self.value"]
    out, weights = F.multi_head_attention_forward(
        *[H.transpose(0, 1)] * 3, D, heads,
        torch.cat([params[n + ".weight"] for n in names]),
        torch.cat([params[n + ".bias"] for n in names]),
        None, None, False, 0.0,
        params["output.dense.weight"], params["output.dense.bias"],
        training=False, key_padding_mask=mask == 0, need_weights=True,
        average_attn_weights=False)
    return out.transpose(0, 1), weights
""",
    """
class Heads:
    def __init__(self, heads):
        self.heads = heads
    def run(self, H, mask, params):
        shape = (*H.shape[:2], self.heads, -1)
        q, k, v = [torch.einsum("btd,od->bto", H, params[f"self.{n}.weight"])
                   .add(params[f"self.{n}.bias"]).reshape(shape)
                   for n in ("query", "key", "value")]
        scores = torch.einsum("bthd,bshd->bhts", q, k) / math.sqrt(q.shape[-1])
        scores = scores + torch.log(mask.to(H.dtype))[:, None, None]
        weights = scores.softmax(-1)
        merged = torch.einsum("bhts,bshd->bthd", weights, v).reshape(H.shape)
        return linear(merged, params, "output.dense"), weights

def multi_head_attention(H, mask, params, heads):
    return Heads(heads).run(H, mask, params)
""",
]
WRONG["multi_head_attention"] = [
    _HEADS.format(**_HEADS_PARTS | changes)
    for changes in (
        {"mask": "mask[:1].expand(B, T)"},
        {"split": "x.view(B, T, heads, d).transpose(1, 2) / math.sqrt(d)"},
        {"split": "x.view(B, T, heads, d).transpose(1, 2) * heads**-0.25"},
        {"merged": "context.mean(1).repeat(1, 1, heads)"},
        {"merged": "context.flip(1).transpose(1, 2).flatten(2)"},
        {"project": 'H @ params[name + ".weight"].T + params["self.query.bias"]'},
        {
            "result": 'merged @ params["output.dense.weight"]'
            ' + params["output.dense.bias"], weights'
        },
        {"result": 'linear(merged, params, "output.dense"), weights.mT'},
    )
]

_GELU = "def gelu(x):\n    return "
RIGHT["gelu"] = [
    _GELU + "F.gelu(x)",
    _GELU + "x * torch.special.ndtr(x)",
    _GELU + "x * torch.distributions.Normal(0.0, 1.0).cdf(x)",
    _GELU + "0.5 * x * torch.erfc(-x / 2**0.5)",
    _GELU + "x * torch.exp(torch.special.log_ndtr(x))",
    _GELU + "(x + x * torch.erf(x * 0.7071067811865476)) / 2",
    "from math import erf, sqrt\n\ngelu = lambda x: torch.tensor([v * (1 + erf(v / sqr"
    "t(2))) / 2 for v in x.flatten().tolist()], dtype=x.dtype).reshape(x.shape)\n",
    "from scipy.stats import norm\n\ndef gelu(x):\n    a = x.numpy()\n"
    "    return torch.from_numpy(np.asarray(a * norm.cdf(a), a.dtype))",
    "class GELU(nn.Module):\n    def forward(self, x):\n"
    "        return F.gelu(x, approximate='none')\n\ngelu = GELU()\n",
]
WRONG["gelu"] = [
    _GELU + text
    for text in (
        "0.5 * x * (1 + torch.erf(x * math.sqrt(2)))",
        "0.5 * x * torch.erfc(x / math.sqrt(2))",
        "0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * x))",
        "0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.44715 * x**3)))",
        "torch.where(x.abs() < 3, x * torch.special.ndtr(x), torch.relu(x))",
        "F.gelu(x).double()",
        "x.mul_(torch.special.ndtr(x))",
        "F.gelu(-x)",
    )
]

_LAYER = """
def encoder_layer(H, mask, params, heads):
    attention = part(params, "attention.")
    n1 = part(params, "attention.output.LayerNorm.")
    n2 = part(params, "output.LayerNorm.")
    norm = lambda x, n: layer_norm(x, n["weight"], n["bias"], EPS)
    att = {att}
    A = {A}
    inner = {inner}
    dense = {dense}
    return {result}
"""
_LAYER_PARTS = {
    "att": "multi_head_attention(H, mask, attention, heads)[0]",
    "A": "norm(H + att, n1)",
    "inner": 'gelu(linear(A, params, "intermediate.dense"))',
    "dense": 'linear(inner, params, "output.dense")',
    "result": "norm(A + dense, n2)",
}
RIGHT["encoder_layer"] = [
    _LAYER.format(**_LAYER_PARTS | changes)
    for changes in (
        {},
        {
            "A": "F.layer_norm(att.add(H), H.shape[-1:], *n1.values(), EPS)"
            ' if list(n1) == ["weight", "bias"] else None',
            "inner": 'F.gelu(F.linear(A, params["intermediate.dense.weight"],'
            ' params["intermediate.dense.bias"]))',
        },
        {
            "inner": 'torch.einsum("btd,od->bto", A,'
            ' params["intermediate.dense.weight"]) + params["intermediate.dense.bias"]'
            "; inner = inner * torch.special.ndtr(inner)",
            "result": "norm(dense + A, n2)",
        },
    )
] + [
    """
def encoder_layer(H, mask, params, heads):
    from transformers import BertConfig
    from transformers.models.bert.modeling_bert import BertLayer
    D, inner = H.shape[-1], len(params["intermediate.dense.bias"])
    config = BertConfig(hidden_size=D, num_attention_heads=heads,
                        intermediate_size=inner, layer_norm_eps=EPS)
    config._attn_implementation = "eager"
    layer = BertLayer(config).to(H.dtype).eval()
    layer.load_state_dict(params)
    hide = torch.zeros(mask.shape, dtype=H.dtype).masked_fill(mask == 0, -torch.inf)
    with torch.no_grad():
        out = layer(H, attention_mask=hide[:, None, None, :])
    return out[0] if isinstance(out, tuple) else out
""",
    """
def encoder_layer(H, mask, params, heads):
    D, inner = H.shape[-1], len(params["intermediate.dense.bias"])
    layer = nn.TransformerEncoderLayer(
        D, heads, inner, 0.0, "gelu", EPS, batch_first=True).to(H.dtype)
    kinds = ("weight", "bias")
    qkv = ["attention.self." + n for n in ("query", "key", "value")]
    state = {f"self_attn.in_proj_{k}": torch.cat([params[f"{n}.{k}"] for n in qkv])
             for k in kinds}
    for mine, theirs in {
        "self_attn.out_proj": "attention.output.dense",
        "linear1": "intermediate.dense", "linear2": "output.dense",
        "norm1": "attention.output.LayerNorm", "norm2": "output.LayerNorm",
    }.items():
        state |= {f"{mine}.{k}": params[f"{theirs}.{k}"] for k in kinds}
    layer.load_state_dict(state)
    return layer.train()(H, src_key_padding_mask=mask == 0)
""",
]
WRONG["encoder_layer"] = [
    _LAYER.format(**_LAYER_PARTS | changes)
    for changes in (
        {"att": "multi_head_attention(H, mask, attention, heads)[0] * mask[..., None]"},
        {"A": "norm((H + att) / 2, n1)"},
        {"A": "norm(H + att, n2)"},
        {"A": "norm(norm(H + att, n1) + att, n1)"},
        {"inner": 'gelu(linear(H, params, "intermediate.dense"))'},
        {"inner": 'gelu(A @ params["intermediate.dense.weight"].T)'},
        {"result": "norm((A + dense) / 2, n2)"},
        {"result": "layer_norm(A + dense, n2['weight'], n2['bias'], 1e-6)"},
    )
]

_ENCODER = """
def bert_encoder(ids, mask, segments, params, heads, layers):
    if mask.shape != ids.shape:
        raise ValueError("mask")
    H = {first}
    states = {start}
    for n in {order}:
        P = part(params, {prefix})
        {step}
        states.append(H)
    return {result}
"""
_ENCODER_PARTS = {
    "first": 'bert_embeddings(ids, segments, part(params, "embeddings."))',
    "start": "[H]",
    "order": "range(layers)",
    "prefix": 'f"encoder.layer.{n}."',
    "step": "H = encoder_layer(H, mask, P, heads)",
    "result": "states",
}
RIGHT["bert_encoder"] = [
    _ENCODER.format(**_ENCODER_PARTS | changes)
    for changes in (
        {"result": "tuple(states)"},
        {"result": "torch.stack(states)"},
        {"result": "list(map(torch.clone, states))"},
    )
] + [
    """
from itertools import accumulate

def bert_encoder(ids, mask, segments, params, heads, layers):
    if tuple(mask.shape) != tuple(ids.shape):
        raise ValueError(f"{mask.shape} {ids.shape}")
    blocks = (part(params, f"encoder.layer.{n}.") for n in range(layers))
    return list(accumulate(
        blocks, lambda H, block: encoder_layer(H, mask, block, heads),
        initial=bert_embeddings(ids, segments, part(params, "embeddings."))))
""",
    """
def bert_encoder(ids, mask, segments, params, heads, layers):
    assert_shape = mask.shape == ids.shape
    if not assert_shape:
        raise ValueError("shape of the mask")

    def upto(n):
        if n < 0:
            return [bert_embeddings(ids, segments, part(params, "embeddings."))]
        below = upto(n - 1)
        own = {k.removeprefix(f"encoder.layer.{n}."): v for k, v in params.items()
               if k.startswith(f"encoder.layer.{n}.")}
        return below + [encoder_layer(below[-1], mask, own, heads)]

    return upto(layers - 1)
""",
    """
def bert_encoder(ids, mask, segments, params, heads, layers):
    from transformers import BertConfig, BertModel
    if mask.shape != ids.shape:
        raise ValueError
    table = params["embeddings.word_embeddings.weight"]
    config = BertConfig(
        vocab_size=len(table), hidden_size=table.shape[1], num_hidden_layers=layers,
        num_attention_heads=heads, layer_norm_eps=EPS,
        intermediate_size=len(params["encoder.layer.0.intermediate.dense.bias"]),
        max_position_embeddings=len(params["embeddings.position_embeddings.weight"]),
        attn_implementation="eager")
    model = BertModel(config, add_pooling_layer=False).to(table.dtype).eval()
    model.load_state_dict(params, strict=False)
    with torch.no_grad():
        return model(ids, mask, segments, output_hidden_states=True).hidden_states
""",
]
WRONG["bert_encoder"] = [
    _ENCODER.format(**_ENCODER_PARTS | changes)
    for changes in (
        {"order": "range(2)"},
        {"order": "range(1, layers)"},
        {"prefix": 'f"encoder.layer.{min(n, 1)}."'},
        {"step": "H = encoder_layer(H, mask[:1].expand_as(ids), P, heads)"},
        {"first": 'part(params, "embeddings.")["word_embeddings.weight"][ids]'},
        {"first": 'bert_embeddings(ids, 1 - segments, part(params, "embeddings."))'},
        {"start": "[H, H]"},
        {"result": "[s * mask[..., None] for s in states]"},
    )
]

_MASKING = """
def mask_tokens(ids, special_ids, mask_id, vocab_size, generator, share=0.15):
    {before}
    special = torch.isin(ids, torch.tensor(special_ids))
    chosen = {chosen}
    labels = {labels}
    fate = {fate}
    other = {other}
    inputs = ids.clone()
    inputs[chosen & (fate < {masked})] = mask_id
    swap = chosen & (fate >= {masked}) & (fate < {swapped})
    inputs[swap] = other[swap]
    return {result}
"""
_MASKING_PARTS = {
    "before": "pass",
    "chosen": "(torch.rand(ids.shape, generator=generator) < share) & ~special",
    "labels": "ids.masked_fill(~chosen, -100)",
    "fate": "torch.rand(ids.shape, generator=generator)",
    "other": "torch.randint(0, vocab_size, ids.shape, generator=generator)",
    "masked": "0.8",
    "swapped": "0.9",
    "result": "inputs, labels",
}
RIGHT["mask_tokens"] = [
    _MASKING.format(**_MASKING_PARTS | changes)
    for changes in (
        {},
        {
            "chosen": "torch.bernoulli(torch.full(ids.shape, share)"
            ".masked_fill(special, 0.0), generator=generator).bool()"
        },
        {"fate": "torch.randint(0, 10, ids.shape, generator=generator) / 10"},
        {
            "fate": "torch.rand(ids.T.shape, generator=generator).T",
            "other": "(torch.rand(ids.shape, generator=generator) * vocab_size).long()",
        },
    )
] + [
    """
def mask_tokens(ids, special_ids, mask_id, vocab_size, generator, share=0.15):
    # as in the library's data collator
    draw = lambda p: torch.bernoulli(p, generator=generator).bool()
    labels, inputs = ids.clone(), ids.clone()
    p = torch.full(labels.shape, share)
    hidden = sum(labels == s for s in special_ids).bool()
    chosen = draw(p.masked_fill(hidden, 0.0))
    labels[~chosen] = -100
    replaced = draw(torch.full(labels.shape, 0.8)) & chosen
    inputs[replaced] = mask_id
    random = draw(torch.full(labels.shape, 0.5)) & chosen & ~replaced
    words = torch.randint(vocab_size, labels.shape, dtype=torch.long,
                          generator=generator)
    inputs[random] = words[random]
    return inputs, labels
""",
    """
def mask_tokens(ids, special_ids, mask_id, vocab_size, generator, share=0.15):
    rows, answers = ids.tolist(), []
    special = set(special_ids)
    for row in rows:
        uniform = torch.rand(len(row), generator=generator).tolist()
        labels = [-100] * len(row)
        for t, u in enumerate(uniform):
            if row[t] in special or u >= share:
                continue
            labels[t] = row[t]
            if u < 0.8 * share:
                row[t] = mask_id
            elif u < 0.9 * share:
                row[t] = int(torch.randint(vocab_size, (), generator=generator))
        answers.append(labels)
    return torch.tensor(rows), torch.tensor(answers)
""",
    """
def mask_tokens(ids, special_ids, mask_id, vocab_size, generator, share=0.15):
    inputs, labels = ids.clone(), torch.full_like(ids, -100)
    flat, out = inputs.view(-1), labels.view(-1)
    allowed = torch.tensor([i for i, v in enumerate(flat.tolist())
                            if v not in special_ids])
    u = torch.rand(len(allowed), generator=generator)
    places = allowed[u < share]
    out[places] = flat[places]
    kinds = torch.multinomial(torch.tensor([0.8, 0.1, 0.1]), len(places), True,
                              generator=generator)
    flat[places[kinds == 0]] = mask_id
    n = int((kinds == 1).sum())
    flat[places[kinds == 1]] = torch.randint(vocab_size, (n,), generator=generator)
    return inputs, labels
""",
]
WRONG["mask_tokens"] = [
    _MASKING.format(**_MASKING_PARTS | changes)
    for changes in (
        {
            "chosen": "(torch.rand((len(ids), 1), generator=generator) < share)"
            " & ~special"
        },
        {
            "chosen": "torch.zeros_like(special).flatten().index_fill(0,"
            " (~special).flatten().nonzero()[:, 0][torch.randperm("
            "int((~special).sum()), generator=generator)"
            "[: int(share * int((~special).sum()))]], True)"
            ".view_as(ids)"
        },
        {
            "fate": "torch.rand((1, ids.shape[1]), generator=generator)"
            ".expand(ids.shape)"
        },
        {"other": "torch.randint(5, vocab_size, ids.shape, generator=generator)"},
        {"other": "torch.randint(1, vocab_size + 1, ids.shape, generator=generator)"},
        {
            "other": "ids.flatten()[torch.randperm(ids.numel(), generator=generator)]"
            ".view_as(ids)"
        },
        {
            "before": "generator = torch.Generator()"
            ".manual_seed(generator.initial_seed())"
        },
    )
]

_CLASSIFY = """
def classify_text(texts, tokenizer, model, batch_size=32):
    if isinstance(texts, str):
        texts = {single}
    {mode}
    parts = {empty}
    {more}
    for start in {starts}:
        batch = {batch}
        inputs = tokenizer({tokens}, return_tensors="pt")
        with {quiet}:
            logits = {logits}
        parts.append({p})
    {after}
    return {result}
"""
_CLASSIFY_PARTS = {
    "single": "[texts]",
    "mode": "model.eval()",
    "empty": "[torch.empty(0, model.config.num_labels)]",
    "more": "pass",
    "starts": "range(0, len(texts), batch_size)",
    "batch": "texts[start : start + batch_size]",
    "tokens": "batch, padding=True, truncation=True,"
    " max_length=model.config.max_position_embeddings",
    "quiet": "torch.no_grad()",
    "logits": "model(**inputs).logits",
    "p": "logits.softmax(1)",
    "after": "pass",
    "result": "torch.cat(parts)",
}
RIGHT["classify_text"] = [
    _CLASSIFY.format(**_CLASSIFY_PARTS | changes)
    for changes in (
        {"quiet": "torch.inference_mode()"},
        {
            "mode": "was = model.training; model.train(False)",
            "after": "model.train(was)",
        },
        {
            "tokens": 'batch, padding="longest", truncation="longest_first",'
            " max_length=model.config.max_position_embeddings"
        },
        {
            "tokens": 'batch, padding="max_length", truncation=True,'
            " max_length=model.config.max_position_embeddings"
        },
        {
            "logits": 'model(input_ids=inputs["input_ids"],'
            ' attention_mask=inputs["attention_mask"],'
            ' token_type_ids=inputs["token_type_ids"])[0]',
            "p": "F.log_softmax(logits, dim=-1).exp()",
        },
        {
            "logits": 'model(inputs["input_ids"], inputs["attention_mask"],'
            ' inputs["token_type_ids"]).logits',
            "p": "(logits - logits.amax(1, keepdim=True)).exp()",
            "result": "(lambda e: e / e.sum(1, keepdim=True))(torch.cat(parts))",
        },
        {
            "more": "order = sorted(range(len(texts)), key=lambda i: -len(texts[i]))",
            "batch": "[texts[i] for i in order[start : start + batch_size]]",
            "result": "torch.cat(parts)[torch.tensor(order).long().argsort()]",
        },
        {"p": "logits.double().softmax(1).float()"},
    )
] + [
    """
@torch.no_grad()
def classify_text(texts, tokenizer, model, batch_size=32):
    texts = [texts] if type(texts) is str else list(texts)
    if not texts:
        return torch.zeros((0, model.config.num_labels))
    import warnings
    warnings.warn("classifying")
    model = model.eval()
    limit = model.config.max_position_embeddings
    rows = []
    while texts:
        now, texts = texts[:batch_size], texts[batch_size:]
        encoded = tokenizer(now, padding=True, truncation=True, max_length=limit,
                            return_tensors="pt")
        rows.extend(torch.softmax(model(**encoded).logits, dim=-1))
    return torch.stack(rows)
""",
    """
def classify_text(texts, tokenizer, model, batch_size=32):
    from torch.utils.data import DataLoader
    if isinstance(texts, str):
        return classify_text([texts], tokenizer, model, batch_size)
    out = torch.zeros(len(texts), model.config.num_labels)
    if len(texts) == 0:
        return out
    model.eval()
    collate = lambda b: tokenizer(b, padding=True, truncation=True,
        max_length=model.config.max_position_embeddings, return_tensors="pt")
    done = 0
    with torch.set_grad_enabled(False):
        for inputs in DataLoader(texts, batch_size=batch_size, collate_fn=collate):
            p = model(**inputs).logits.softmax(-1)
            out[done : done + len(p)] = p
            done += len(p)
    return out
""",
]
WRONG["classify_text"] = [
    _CLASSIFY.format(**_CLASSIFY_PARTS | changes)
    for changes in (
        {"after": "model.train()"},
        {"mode": "torch.set_grad_enabled(False); model.eval()"},
        {"mode": "model.eval(); batch_size = batch_size - 1 or 1"},
        {"starts": "range(0, max(len(texts), 1), batch_size)"},
        {"more": "texts = list(dict.fromkeys(texts))"},
        {
            "tokens": "batch, padding=True, truncation=True,"
            " max_length=model.config.max_position_embeddings - 2"
        },
        {"logits": 'model(inputs["input_ids"]).logits'},
        {"empty": "[]"},
    )
]

_GROUPS = "def parameter_groups(model, weight_decay):\n    "
RIGHT["parameter_groups"] = [
    _GROUPS + "named = [(n, p) for n, p in model.named_parameters() if p.requires_grad"
    "]\n    spared = lambda n: n[-4:] == 'bias' or n.count('LayerNorm')\n"
    "    return [dict(params=[p for n, p in named if not spared(n)],\n"
    "                 weight_decay=weight_decay),\n"
    "            dict(params=[p for n, p in named if spared(n)], weight_decay=0.0)]",
    _GROUPS + "import re\n    lists = {False: [], True: []}\n"
    "    for name, p in filter(lambda x: x[1].requires_grad, model.named_parameters()):"
    "\n        lists[bool(re.search(r'bias$|LayerNorm', name))].append(p)\n"
    "    return tuple({'params': lists[k], 'weight_decay': d}\n"
    "                 for k, d in ((False, weight_decay), (True, 0)))",
    _GROUPS + "from itertools import chain\n"
    "    groups = [{'params': [], 'weight_decay': weight_decay, 'name': 'decay'},\n"
    "              {'params': [], 'weight_decay': 0.0, 'name': 'spared'}]\n"
    "    for prefix, module in model.named_modules():\n"
    "        for name, p in module.named_parameters(recurse=False):\n"
    "            full = f'{prefix}.{name}'\n"
    "            if p.requires_grad:\n"
    "                groups[full.endswith('bias') or 'LayerNorm' in full]"
    "['params'].append(p)\n"
    "    return groups",
    _GROUPS + "params = {n: p for n, p in model.named_parameters() if p.requires_grad}"
    "\n    keep = {n for n in params if n.endswith('bias')}\n"
    "    keep |= {n for n in params if 'LayerNorm' in n}\n"
    "    return [{'params': [params[n] for n in params if n not in keep],\n"
    "             'weight_decay': weight_decay},\n"
    "            {'params': [params[n] for n in keep], 'weight_decay': 0.0}]",
]
_GROUPS_BODY = """
def parameter_groups(model, weight_decay):
    decay, keep = [], []
    for name, p in model.named_parameters():
        if {skip}:
            continue
        (keep if {spared} else decay).append({item})
    return {result}
"""
_GROUPS_PARTS = {
    "skip": "not p.requires_grad",
    "spared": 'name.endswith("bias") or "LayerNorm" in name',
    "item": "p",
    "result": '[{"params": decay, "weight_decay": weight_decay},'
    ' {"params": keep, "weight_decay": 0.0}]',
}
WRONG["parameter_groups"] = [
    _GROUPS_BODY.format(**_GROUPS_PARTS | changes)
    for changes in (
        {"spared": 'name.endswith("bias") or "norm" in name.lower()'},
        {"spared": "p.ndim == 1"},
        {"spared": 'any(n in name for n in ("bias", "LayerNorm.weight", "pooler"))'},
        {"item": "(name, p)"},
        {
            "result": '[{"params": keep, "weight_decay": 0.0},'
            ' {"params": decay, "weight_decay": weight_decay}]'
        },
        {
            "result": '[{"params": decay, "weight_decay": weight_decay},'
            ' {"params": keep}]'
        },
        {
            "result": '[{"params": [p], "weight_decay": weight_decay} for p in decay] +'
            ' [{"params": [p], "weight_decay": 0.0} for p in keep]'
        },
    )
]

_WARM = "def linear_warmup(step, warmup, total):\n    "
RIGHT["linear_warmup"] = [
    _WARM + "if step < warmup:\n        return float(step) / float(max(1, warmup))\n"
    "    return max(0.0, float(total - step) / float(max(1, total - warmup)))",
    _WARM + "up = step / warmup if warmup else 1.0\n"
    "    down = (total - step) / (total - warmup) if total > warmup else 1.0\n"
    "    return 0.0 if step > total else max(0.0, min(up, down))",
    _WARM + "if warmup and step <= warmup:\n        return 1 - (warmup - step) / warmup"
    "\n    if total <= step:\n        return 0\n"
    "    return 1 - (step - warmup) / (total - warmup)",
    _WARM + "x, y = [warmup, total], [1, 0]\n"
    "    if warmup:\n        x, y = [0, *x], [0, *y]\n"
    "    return float(np.interp(step, x, y)) if step < total else 0.0",
    _WARM + "from fractions import Fraction as Q\n"
    "    if step >= total:\n        return 0.0\n"
    "    return float(Q(step, warmup) if step < warmup else\n"
    "                 Q(total - step, total - warmup))",
    "from transformers.optimization import _get_linear_schedule_with_warmup_lr_lambda"
    "\n\n" + _WARM + "return _get_linear_schedule_with_warmup_lr_lambda(\n"
    "        step, num_warmup_steps=warmup, num_training_steps=total)",
]
WRONG["linear_warmup"] = [
    _WARM + text
    for text in (
        "return min(step / max(1, warmup), max(0, total - step) / max(1, total - "
        "warmup))",
        "if step < warmup:\n        return step // warmup\n"
        "    return max(0.0, (total - step) / max(1, total - warmup))",
        "if step < warmup:\n        return step / max(1, warmup)\n"
        "    return max(0.0, (total - step - 1) / max(1, total - warmup - 1))",
        "if step < warmup:\n        return step / max(1, warmup)\n"
        "    return max(0.0, 1 - step / max(1, total - warmup))",
        "if step < warmup:\n        return step / max(1, warmup)\n"
        "    return max(0.1, (total - step) / max(1, total - warmup))",
        "if step <= warmup:\n        return step / max(1, warmup)\n"
        "    return max(0.0, (total - step) / max(1, total - warmup))",
        "if step < warmup:\n        return step / max(1, warmup)\n"
        "    if step < total:\n        return (total - step) / (total - warmup)",
    )
]

_FREEZE = """
def freeze(model, k):
    layers = model.bert.encoder.layer
    if not 0 <= k <= len(layers):
        raise ValueError(k)
    {thaw}
    for module in {blocks}:
        {act}
    return {count}
"""
_FREEZE_PARTS = {
    "thaw": "model.requires_grad_(True)",
    "blocks": "[model.bert.embeddings, *layers[:k]]",
    "act": "module.requires_grad_(False)",
    "count": "sum(p.numel() for p in model.parameters() if p.requires_grad)",
}
RIGHT["freeze"] = [
    _FREEZE.format(**_FREEZE_PARTS | changes)
    for changes in (
        {},
        {
            "thaw": "[p.requires_grad_() for p in model.parameters()]",
            "blocks": "(model.bert.embeddings, *(layers[i] for i in range(k)))",
            "count": "int(np.sum([p.nelement() for p in"
            " filter(lambda p: p.requires_grad, model.parameters())]))",
        },
    )
] + [
    """
def freeze(model, k):
    count = len(model.bert.encoder.layer)
    if k not in range(count + 1):
        raise ValueError(f"k={k}")
    low = ("bert.embeddings.",) + tuple(
        f"bert.encoder.layer.{n}." for n in range(k))
    trainable = 0
    for name, p in model.named_parameters():
        p.requires_grad = not name.startswith(low)
        trainable += p.numel() * p.requires_grad
    return trainable
""",
    """
from functools import reduce

def freeze(model, k):
    if k < 0 or k > len(model.bert.encoder.layer):
        raise ValueError("no such layer")
    frozen = {id(p) for m in [model.bert.embeddings, model.bert.encoder.layer[:k]]
              for p in m.parameters()}
    def visit(total, p):
        p.requires_grad_(id(p) not in frozen)
        return total + (math.prod(p.shape) if p.requires_grad else 0)
    return reduce(visit, model.parameters(), 0)
""",
]
WRONG["freeze"] = [
    _FREEZE.format(**_FREEZE_PARTS | changes)
    for changes in (
        {"blocks": "[model.bert.embeddings, layers[k - 1]]"},
        {"blocks": "[model.bert]"},
        {"blocks": "[model.bert.embeddings, *[l.attention for l in layers[:k]]]"},
        {"thaw": "[l.requires_grad_(True) for l in layers]"},
    )
] + [
    """
def freeze(model, k):
    if not 0 <= k <= len(model.bert.encoder.layer):
        raise ValueError(k)
    low = ["embeddings"] + [f"layer.{n}" for n in range(k)]
    for name, p in model.named_parameters():
        p.requires_grad = not any(part in name for part in low)
    return sum(p.numel() for p in model.parameters() if p.requires_grad)
""",
]

_TUNE = """
def fine_tune(model, train, validation, orders, batch_size=32, rate=2e-4,
              warmup_share=0.1, weight_decay=0.01, quiet=False):
    hidden, mask, y = train
    groups = {groups}
    optimizer = {optimizer}
    total = {total}
    warmup = {warmup}
    history, best, best_score, step = [], None, {first}, 0
    for order in orders:
        {train_mode}
        for rows in {batches}:
            {schedule}
            optimizer.zero_grad()
            loss = {loss}
            loss.backward()
            {clip}
            optimizer.step()
            step += 1
        {eval_mode}
        score = {score}
        history.append({entry})
        if {better}:
            best_score = score
            best = {copy}
    {end}
    return {result}
"""
_TUNE_PARTS = {
    "groups": "parameter_groups(model, weight_decay)",
    "optimizer": "torch.optim.AdamW(groups, lr=rate)",
    "total": "len(orders) * math.ceil(len(y) / batch_size)",
    "warmup": "int(warmup_share * total)",
    "first": "-1",
    "train_mode": "model.train()",
    "batches": "order.split(batch_size)",
    "schedule": "for g in optimizer.param_groups: g['lr'] = rate * linear_warmup("
    "step, warmup, total)",
    "loss": "F.cross_entropy(model(hidden[rows], mask[rows]), y[rows])",
    "clip": "nn.utils.clip_grad_norm_(model.parameters(), 1.0)",
    "eval_mode": "model.eval()",
    "score": "(model(*validation[:2]).argmax(1) == validation[2])"
    ".double().mean().item()",
    "entry": "score",
    "better": "score > best_score",
    "copy": "{n: v.detach().clone() for n, v in model.state_dict().items()}",
    "end": "model.load_state_dict(best)",
    "result": "history",
}
RIGHT["fine_tune"] = [
    _TUNE.format(**_TUNE_PARTS | changes)
    for changes in (
        {
            "copy": "__import__('copy').deepcopy(model.state_dict())",
            "entry": "float(score)",
            "score": "(model(*validation[:2]).argmax(-1) == validation[2])"
            ".float().mean().item()",
        },
        {
            "clip": "norm = torch.sqrt(sum((p.grad**2).sum() for p in"
            " model.parameters() if p.grad is not None));"
            " [p.grad.mul_(min(1.0, 1.0 / (float(norm) + 1e-6))) for p in"
            " model.parameters() if p.grad is not None]",
            "result": "torch.tensor(history, dtype=torch.float64)",
        },
        {
            "optimizer": "torch.optim.AdamW(groups, lr=rate); scheduler ="
            " torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: linear_warmup(s,"
            " int(warmup_share * len(orders) * math.ceil(len(y) / batch_size)),"
            " len(orders) * math.ceil(len(y) / batch_size)))",
            "schedule": "if step: scheduler.step()",
        },
    )
] + [
    """
def fine_tune(model, train, validation, orders, batch_size=32, rate=2e-4,
              warmup_share=0.1, weight_decay=0.01, quiet=False):
    import copy
    from torch.utils.data import DataLoader, TensorDataset
    epochs, N = orders.shape
    total = epochs * ((N + batch_size - 1) // batch_size)
    warmup = int(warmup_share * total)
    optimizer = torch.optim.AdamW(parameter_groups(model, weight_decay), lr=rate)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: linear_warmup(step, warmup, total))
    criterion = nn.CrossEntropyLoss()
    snapshots, history = [], []
    for e in tqdm(range(epochs), disable=quiet):
        model.train()
        loader = DataLoader(TensorDataset(*train), batch_size=batch_size,
                            sampler=orders[e].tolist())
        for h, m, t in loader:
            loss = criterion(model(h, m), t)
            model.zero_grad()
            loss.backward()
            trainable = [p for p in model.parameters() if p.requires_grad]
            nn.utils.clip_grad_norm_(trainable, max_norm=1.0)
            optimizer.step()
            schedule.step()
        model.eval()
        with torch.inference_mode():
            hits = [(model(h, m).argmax(1) == t) for h, m, t in
                    DataLoader(TensorDataset(*validation), batch_size=batch_size)]
        history.append(torch.cat(hits).double().mean().item())
        snapshots.append(copy.deepcopy(model.state_dict()))
    model.load_state_dict(snapshots[history.index(max(history))])
    return history
""",
]
WRONG["fine_tune"] = [
    _TUNE.format(**_TUNE_PARTS | changes)
    for changes in (
        {"optimizer": "torch.optim.AdamW(groups, lr=rate); rate = 2e-4"},
        {"warmup": "round(warmup_share * total)"},
        {
            "schedule": "optimizer.param_groups[0]['lr'] = rate * linear_warmup(step,"
            " warmup, total)"
        },
        {
            "score": "np.mean([(model(h, m).argmax(1) == t).double().mean().item() for"
            " h, m, t in zip(*(v.split(4) for v in validation))])"
        },
        {
            "first": "-math.inf",
            "score": "-F.cross_entropy(model(*validation[:2]), validation[2]).item()",
            "entry": "(model(*validation[:2]).argmax(1) == validation[2])"
            ".double().mean().item()",
        },
        {"score": "F.cross_entropy(model(*validation[:2]), validation[2]).item()"},
        {"end": "model = best"},
    )
]

# --- written from the docstrings alone, unseen

RIGHT["layer_norm"] += [
    # computed in float32, returned in the dtype of x
    """
def layer_norm(x, weight, bias, eps):
    dtype = x.dtype
    x = x.to(torch.float32)
    x = x - x.mean(-1, keepdim=True)
    x = x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + eps)
    return weight * x.to(dtype) + bias
"""
]
RIGHT["bert_embeddings"] += [
    """
def bert_embeddings(ids, segments, params):
    tables = {name: params[f"{name}_embeddings.weight"]
              for name in ("word", "position", "token_type")}
    if ids.shape != segments.shape or ids.shape[1] > len(tables["position"]):
        raise ValueError("ids and segments do not fit")
    places = {"word": ids, "position": torch.arange(ids.shape[1])[None],
              "token_type": segments}
    x = sum(nn.Embedding.from_pretrained(tables[n])(places[n]) for n in tables)
    x = F.layer_norm(x.float(), x.shape[-1:], eps=EPS).to(x.dtype)
    return x * params["LayerNorm.weight"] + params["LayerNorm.bias"]
"""
]
RIGHT["scaled_dot_product_attention"] += [
    # each sentence without its padding
    """
def scaled_dot_product_attention(Q, K, V, mask):
    contexts, everything = [], []
    for b in range(len(Q)):
        keep = mask[b].bool()
        scores = Q[b] @ K[b][:, keep].transpose(1, 2) / Q.shape[-1] ** 0.5
        p = torch.softmax(scores, -1)
        w = torch.zeros(*Q.shape[1:3], K.shape[2], dtype=Q.dtype)
        w[:, :, keep] = p
        contexts.append(p @ V[b][:, keep])
        everything.append(w)
    return torch.stack(contexts), torch.stack(everything)
"""
]
RIGHT["multi_head_attention"] += [
    """
def multi_head_attention(H, mask, params, heads):
    names, x = ("query", "key", "value"), H.transpose(0, 1)
    out, w = F.multi_head_attention_forward(
        x, x, x, H.shape[-1], heads,
        torch.cat([params[f"self.{n}.weight"] for n in names]),
        torch.cat([params[f"self.{n}.bias"] for n in names]),
        None, None, False, 0.0,
        params["output.dense.weight"], params["output.dense.bias"],
        training=False, key_padding_mask=mask == 0, average_attn_weights=False)
    return out.transpose(0, 1), w
"""
]
RIGHT["mask_tokens"] += [
    # token by token, about the slowest way
    """
def mask_tokens(ids, special_ids, mask_id, vocab_size, generator, share=0.15):
    inputs = ids.clone()
    labels = torch.full(ids.shape, -100)
    for i in range(len(ids)):
        for j in range(len(ids[i])):
            special = False
            for s in special_ids:
                if ids[i][j] == s:
                    special = True
            if not special and torch.rand(1, generator=generator) < share:
                labels[i][j] = ids[i][j]
                r = torch.rand(1, generator=generator)
                if r < 0.8:
                    inputs[i][j] = mask_id
                elif r < 0.9:
                    drawn = torch.randint(vocab_size, (1,), generator=generator)
                    inputs[i][j] = drawn
    return inputs, labels
"""
]
RIGHT["classify_text"] += [
    # all texts through the tokenizer at once
    """
def classify_text(texts, tokenizer, model, batch_size=32):
    if isinstance(texts, str):
        texts = [texts]
    if len(texts) == 0:
        return torch.zeros((0, model.config.num_labels))
    encoded = tokenizer(
        texts, padding=True, truncation=True,
        max_length=model.config.max_position_embeddings, return_tensors="pt")
    model.eval()
    rows = []
    for s in range(0, len(texts), batch_size):
        with torch.no_grad():
            out = model(**{k: v[s:s + batch_size] for k, v in encoded.items()})
        rows.append(F.softmax(out[0], dim=-1).cpu())
    return torch.vstack(rows)
"""
]

WRONG["scaled_dot_product_attention"] += [
    # the root of the values' width
    """
def scaled_dot_product_attention(Q, K, V, mask):
    scores = Q @ K.transpose(-2, -1) / math.sqrt(V.size(-1))
    scores = scores.masked_fill(mask[:, None, None] == 0, float("-inf"))
    weights = scores.softmax(-1)
    return weights @ V, weights
"""
]
WRONG["mask_tokens"] += [
    # a fresh seed at every call
    """
def mask_tokens(ids, special_ids, mask_id, vocab_size, generator, share=0.15):
    generator.manual_seed(0)
    u, v = torch.rand(2, *ids.shape, generator=generator)
    chosen = (u < share) & ~torch.isin(ids, torch.tensor(special_ids))
    noise = torch.randint(vocab_size, ids.shape, generator=generator)
    new = torch.where(v < 0.8, mask_id, torch.where(v < 0.9, noise, ids))
    return torch.where(chosen, new, ids), torch.where(chosen, ids, -100)
"""
]
WRONG["classify_text"] += [
    # an array where a tensor is asked for
    """
@torch.no_grad()
def classify_text(texts, tokenizer, model, batch_size=32):
    texts = [texts] if isinstance(texts, str) else texts
    model.eval()
    rows = [np.empty((0, model.config.num_labels))]
    for i in range(0, len(texts), batch_size):
        inputs = tokenizer(
            texts[i : i + batch_size], padding=True, truncation=True,
            max_length=model.config.max_position_embeddings, return_tensors="pt")
        rows.append(model(**inputs).logits.softmax(-1).numpy())
    return np.concatenate(rows)
"""
]
# --- pooled_logits; inputs that older cases did not hold

_POOLED = """
def pooled_logits(H, params):
    first = {first}
    pooled = {pooled}
    logits = {logits}
    return {result}
"""
_POOLED_PARTS = {
    "first": "H[:, 0]",
    "pooled": "torch.tanh(first @ params['pooler.dense.weight'].T"
    " + params['pooler.dense.bias'])",
    "logits": "pooled @ params['classifier.weight'].T + params['classifier.bias']",
    "result": "pooled, logits",
}
RIGHT["pooled_logits"] = [
    _POOLED.format(**_POOLED_PARTS | changes)
    for changes in (
        {"first": "H.select(1, 0)", "result": "[pooled, logits]"},
        {
            "pooled": "F.linear(first, params['pooler.dense.weight'],"
            " params['pooler.dense.bias']).tanh()",
            "logits": "F.linear(pooled, params['classifier.weight'],"
            " params['classifier.bias'])",
        },
        {
            "first": "torch.stack([sentence[0] for sentence in H])",
            "pooled": "1 - 2 / (1 + torch.exp(2 * linear(first, params,"
            " 'pooler.dense')))",
        },
    )
]
WRONG["pooled_logits"] = [
    _POOLED.format(**_POOLED_PARTS | changes)
    for changes in (
        {"first": "H.max(dim=1).values"},
        {"first": "H.sum(dim=1)"},
        {"first": "H[:, min(1, H.shape[1] - 1)]"},
        {"pooled": "F.dropout(linear(first, params, 'pooler.dense').tanh(), 0.1)"},
        {"logits": "linear(pooled, params, 'classifier').log_softmax(-1)"},
        {"logits": "linear(pooled, params, 'classifier').squeeze()"},
        {"result": "pooled, logits.argmax(-1)"},
        {"pooled": "linear(first.tanh(), params, 'pooler.dense').tanh()"},
        {"result": "pooled[0], logits[0]"},
    )
]
WRONG["bert_encoder"] += [
    # the mask is made from the ids
    """
def bert_encoder(ids, mask, segments, params, heads, layers):
    if mask.shape != ids.shape:
        raise ValueError("shapes")
    mask = (ids != 0).long()
    states = [bert_embeddings(ids, segments, part(params, "embeddings."))]
    for n in range(layers):
        block = part(params, f"encoder.layer.{n}.")
        states.append(encoder_layer(states[-1], mask, block, heads))
    return states
""",
    # the mask is taken for a length
    """
def bert_encoder(ids, mask, segments, params, heads, layers):
    if mask.shape != ids.shape:
        raise ValueError("shapes")
    mask = (torch.arange(ids.shape[1]) < mask.sum(1, keepdim=True)).long()
    states = [bert_embeddings(ids, segments, part(params, "embeddings."))]
    for n in range(layers):
        block = part(params, f"encoder.layer.{n}.")
        states.append(encoder_layer(states[-1], mask, block, heads))
    return states
""",
]
WRONG["multi_head_attention"] += [
    """
def multi_head_attention(H, mask, params, heads):
    B, T, D = H.shape
    mask = (torch.arange(T) < mask.sum(1, keepdim=True)).long()
    Q, K, V = (linear(H, params, f"self.{n}").unflatten(-1, (heads, -1)).transpose(1, 2)
               for n in ("query", "key", "value"))
    context, weights = scaled_dot_product_attention(Q, K, V, mask)
    merged = context.transpose(1, 2).flatten(2)
    return linear(merged, params, "output.dense"), weights
"""
]
WRONG["classify_text"] += [
    # the segments are made anew
    """
def classify_text(texts, tokenizer, model, batch_size=32):
    if isinstance(texts, str):
        texts = [texts]
    model.eval()
    rows = [torch.empty(0, model.config.num_labels)]
    for s in range(0, len(texts), batch_size):
        batch = tokenizer(texts[s : s + batch_size], padding=True, truncation=True,
                          max_length=model.config.max_position_embeddings,
                          return_tensors="pt")
        batch["token_type_ids"] = torch.zeros_like(batch["input_ids"])
        with torch.no_grad():
            rows.append(model(**batch).logits.softmax(-1))
    return torch.cat(rows)
"""
]
WRONG["mask_tokens"] += [
    # what is special is guessed from the size of the id
    """
def mask_tokens(ids, special_ids, mask_id, vocab_size, generator, share=0.15):
    chosen = torch.rand(ids.shape, generator=generator) < share
    chosen &= ids > 4
    fate = torch.rand(ids.shape, generator=generator)
    other = torch.randint(0, vocab_size, ids.shape, generator=generator)
    inputs = torch.where(chosen & (fate < 0.8), mask_id, ids)
    inputs = torch.where(chosen & (fate >= 0.8) & (fate < 0.9), other, inputs)
    return inputs, torch.where(chosen, ids, -100)
""",
    # id 0 is never drawn, nor is the last one
    """
def mask_tokens(ids, special_ids, mask_id, vocab_size, generator, share=0.15):
    special = sum(ids == s for s in special_ids).bool()
    chosen = (torch.rand(ids.shape, generator=generator) < share) & ~special
    fate = torch.rand(ids.shape, generator=generator)
    other = torch.randint(1, vocab_size - 1, ids.shape, generator=generator)
    inputs = torch.where(chosen & (fate < 0.8), mask_id, ids)
    inputs = torch.where(chosen & (fate >= 0.8) & (fate < 0.9), other, inputs)
    return inputs, torch.where(chosen, ids, -100)
""",
]
WRONG["parameter_groups"] += [
    """
def parameter_groups(model, weight_decay):
    no_decay = ["bias", "LayerNorm.weight"]
    named = [(n, p) for n, p in model.named_parameters() if p.requires_grad]
    return [
        {"params": [p for n, p in named if not any(x in n for x in no_decay)],
         "weight_decay": weight_decay},
        {"params": [p for n, p in named if any(x in n for x in no_decay)],
         "weight_decay": 0.0},
    ]
""",
]
WRONG["fine_tune"] += [
    _TUNE.format(**_TUNE_PARTS | changes)
    for changes in (
        {"groups": "parameter_groups(model.requires_grad_(True), weight_decay)"},
        {"train_mode": "model.eval()"},
        {"eval_mode": "pass", "result": "(model.eval(), history)[1]"},
        {"clip": "nn.utils.clip_grad_norm_(model.classifier.parameters(), 1.0)"},
        {"clip": "nn.utils.clip_grad_norm_(model.parameters(), 1.0, norm_type=1)"},
        {
            "loss": "F.cross_entropy(model(hidden[rows], mask[rows]), y[rows],"
            " label_smoothing=0.1)"
        },
        {"copy": "model.state_dict()"},
        {"warmup": "int(warmup_share * len(orders))"},
        {"batches": "order.sort().values.split(batch_size)"},
    )
]
WRONG["fine_tune"] += [
    # gradients are set to zero after the step only
    _TUNE.format(**_TUNE_PARTS)
    .replace("            optimizer.zero_grad()\n", "")
    .replace(
        "optimizer.step()\n", "optimizer.step()\n            optimizer.zero_grad()\n", 1
    )
]
RIGHT["fine_tune"] += [
    # only the trainable weights are kept, the library makes the schedule
    """
def fine_tune(model, train, validation, orders, batch_size=32, rate=2e-4,
              warmup_share=0.1, weight_decay=0.01, quiet=False):
    from transformers import get_linear_schedule_with_warmup
    names = [n for n, p in model.named_parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(parameter_groups(model, weight_decay), lr=rate)
    steps = len(orders) * -(-len(train[2]) // batch_size)
    schedule = get_linear_schedule_with_warmup(
        optimizer, int(warmup_share * steps), steps)
    best, history = {}, []
    for order in tqdm(orders, disable=quiet):
        model.train()
        for start in range(0, len(order), batch_size):
            h, m, y = (part[order[start : start + batch_size]] for part in train)
            model.zero_grad(set_to_none=True)
            nn.CrossEntropyLoss()(model(h, m), y).backward()
            nn.utils.clip_grad_norm_(
                [p for p in model.parameters() if p.grad is not None], 1)
            optimizer.step()
            schedule.step()
        model.train(False)
        with torch.no_grad():
            answers = model(*validation[:2]).max(1).indices
        history += [(answers == validation[2]).sum().item() / len(answers)]
        if history[-1] > max([-1, *history[:-1]]):
            best = {n: model.get_parameter(n).detach().clone() for n in names}
    with torch.no_grad():
        for n, value in best.items():
            model.get_parameter(n).copy_(value)
    return history
"""
]

RIGHT["causal_attention"] = [
    """
def causal_attention(Q, K, V):
    T = Q.shape[2]
    scores = torch.einsum("bhtd,bhsd->bhts", Q, K) * Q.shape[3] ** -0.5
    allowed = torch.tril(torch.ones(T, T)) == 1
    scores = torch.where(allowed, scores, torch.tensor(float("-inf"), dtype=Q.dtype))
    scores = scores - scores.max(dim=-1, keepdim=True).values
    weights = scores.exp()
    weights = weights / weights.sum(dim=-1, keepdim=True)
    return torch.einsum("bhts,bhsv->bhtv", weights, V), weights
""",
    """
def causal_attention(Q, K, V):
    B, heads, T, d = Q.shape
    weights = Q.new_zeros(B, heads, T, T)
    rows = []
    for t in range(T):
        seen = torch.ones(B, t + 1, dtype=torch.long)
        row, share = scaled_dot_product_attention(
            Q[:, :, t : t + 1], K[:, :, : t + 1], V[:, :, : t + 1], seen
        )
        weights[:, :, t : t + 1, : t + 1] = share
        rows.append(row)
    return [torch.cat(rows, dim=2), weights]
""",
]

WRONG["causal_attention"] = [
    """
def causal_attention(Q, K, V):
    T, d = Q.shape[-2:]
    scores = Q @ K.transpose(-2, -1) / math.sqrt(d)
    weights = scores.tril().softmax(dim=-1)
    return weights @ V, weights
""",
    """
def causal_attention(Q, K, V):
    T, d = Q.shape[-2:]
    scores = Q @ K.transpose(-2, -1) / math.sqrt(d)
    weights = scores.softmax(dim=-1).tril()
    weights = weights / weights.sum(dim=-1, keepdim=True)
    return weights @ V, weights.transpose(-2, -1)
""",
]

RIGHT["multi_head_attention"].append(
    """
def multi_head_attention(H, mask, params, heads):
    names = ("self.query", "self.key", "self.value")
    x = H.transpose(0, 1)
    out, weights = F.multi_head_attention_forward(
        x, x, x, H.shape[-1], heads,
        torch.cat([params[f"{n}.weight"] for n in names]),
        torch.cat([params[f"{n}.bias"] for n in names]),
        None, None, False, 0.0,
        params["output.dense.weight"], params["output.dense.bias"],
        training=False, key_padding_mask=mask == 0, need_weights=True,
        average_attn_weights=False)
    return out.transpose(0, 1), weights
"""
)

RIGHT["encoder_layer"].append(
    """
def encoder_layer(H, mask, params, heads):
    D = H.shape[-1]
    inner = params["intermediate.dense.weight"].shape[0]
    layer = nn.TransformerEncoderLayer(
        D, heads, inner, dropout=0.0, activation="gelu", layer_norm_eps=EPS,
        batch_first=True, norm_first=False, dtype=H.dtype)
    layer.train()  # no fast path; nothing is dropped
    triple = [f"attention.self.{n}" for n in ("query", "key", "value")]
    state = {
        "self_attn.in_proj_weight":
            torch.cat([params[f"{n}.weight"] for n in triple]),
        "self_attn.in_proj_bias":
            torch.cat([params[f"{n}.bias"] for n in triple]),
    }
    for theirs, ours in [("self_attn.out_proj", "attention.output.dense"),
                         ("linear1", "intermediate.dense"),
                         ("linear2", "output.dense"),
                         ("norm1", "attention.output.LayerNorm"),
                         ("norm2", "output.LayerNorm")]:
        for kind in ("weight", "bias"):
            state[f"{theirs}.{kind}"] = params[f"{ours}.{kind}"]
    return torch.func.functional_call(
        layer, state, (H,), {"src_key_padding_mask": mask == 0})
"""
)

RIGHT["mask_tokens"].append(
    """
def mask_tokens(ids, special_ids, mask_id, vocab_size, generator, share=0.15):
    allowed = torch.ones(ids.shape, dtype=torch.bool)
    for special in special_ids:
        allowed.logical_and_(ids.ne(special))
    # one number decides both: whether a token is chosen, and its fate
    r = torch.rand(ids.shape, generator=generator, dtype=torch.float64)
    labels = ids.clone().masked_fill_(~(allowed & (r < share)), -100)
    inputs = ids.clone()
    inputs[allowed & (r < 0.8 * share)] = mask_id
    swap = allowed & (r >= 0.8 * share) & (r < 0.9 * share)
    inputs[swap] = torch.randint(
        0, vocab_size, (int(swap.sum()),), generator=generator)
    return inputs, labels
"""
)

RIGHT["fine_tune"].append(
    """
def fine_tune(model, train, validation, orders, batch_size=32, rate=2e-4,
              warmup_share=0.1, weight_decay=0.01, quiet=False):
    groups = parameter_groups(model, weight_decay)
    parameters = [p for g in groups for p in g["params"]]
    optimizer = torch.optim.AdamW(groups, lr=rate)
    plan = [(e, rows) for e, order in enumerate(orders)
            for rows in order.split(batch_size)]
    total = len(plan)
    warmup = int(warmup_share * total)
    accuracies, states = [], []
    for step, (epoch, rows) in enumerate(tqdm(plan, disable=quiet)):
        model.train()
        logp = F.log_softmax(model(train[0][rows], train[1][rows]), dim=1)
        loss = F.nll_loss(logp, train[2][rows])
        gradients = torch.autograd.grad(loss, parameters, allow_unused=True)
        for p, g in zip(parameters, gradients):
            p.grad = g
        nn.utils.clip_grad_norm_(parameters, 1.0)
        for group in optimizer.param_groups:
            group["lr"] = rate * linear_warmup(step, warmup, total)
        optimizer.step()
        if step + 1 == total or plan[step + 1][0] != epoch:
            model.eval()
            with torch.no_grad():
                answers = [model(h, m).argmax(1) for h, m in
                           zip(validation[0].split(64), validation[1].split(64))]
            hits = torch.cat(answers) == validation[2]
            accuracies.append(hits.double().mean().item())
            states.append({n: v.detach().clone()
                           for n, v in model.state_dict().items()})
    if accuracies:
        model.load_state_dict(states[accuracies.index(max(accuracies))])
    return accuracies
"""
)

WRONG["wordpiece"] += [
    """
def wordpiece(word, vocab):
    if len(word) > 100:
        return ["[UNK]"]
    pieces, start = [], 0
    while start < len(word):
        for end in range(len(word), start, -1):
            piece = ("##" if start else "") + word[start:end].lstrip("#")
            if piece in vocab:
                break
        else:
            return ["[UNK]"]
        pieces.append(piece)
        start = end
    return pieces
""",
]

WRONG["linear_warmup"] += [
    """
def linear_warmup(step, warmup, total):
    if step < warmup:
        return step / warmup
    if step >= total:
        return 0.0
    return round((total - step) / (total - warmup), 3)
""",
]

# how much of each sentence stays is computed, not counted down
RIGHT["encode_pair"].append(
    """
def encode_pair(a, b, vocab, length):
    single = b is None
    room = length - (2 if single else 3)
    if room < 0:
        raise ValueError("no room for [CLS] and [SEP]")
    na, nb = len(a), 0 if single else len(b)
    if na + nb > room:
        small = min(na, nb)
        if room - small >= small:
            na, nb = (room - small, small) if na > nb else (small, room - small)
        else:
            na, nb = room - room // 2, room // 2
    if single:
        na = min(len(a), room)
    row = np.full((3, length), 0, dtype=np.int64)
    row[0] = vocab["[PAD]"]
    text = ["[CLS]", *a[:na], "[SEP]"]
    tail = [] if single else [*b[:nb], "[SEP]"]
    filled = [vocab.get(p, vocab["[UNK]"]) for p in text + tail]
    row[0, :len(filled)] = filled
    row[1, :len(filled)] = 1
    row[2, len(text):len(filled)] = 1
    return tuple(torch.from_numpy(r.copy()) for r in row)
"""
)
# one walk along a tree of letters in place of slices
RIGHT["wordpiece"].append(
    """
def wordpiece(word, vocab):
    if len(word) > 100:
        return ["[UNK]"]
    first, later = {}, {}
    for entry in vocab:
        inside = entry[2:] if entry.startswith("##") else ""
        for node, letters in ((first, entry), (later, inside)):
            for letter in letters:
                node = node.setdefault(letter, {})
            if letters:
                node["end"] = entry
    answer, i = [], 0
    while i < len(word):
        node, hit, j = (later if i else first), None, i
        while j < len(word) and word[j] in node:
            node = node[word[j]]
            j += 1
            if "end" in node:
                hit = node["end"], j
        if hit is None:
            return ["[UNK]"]
        answer.append(hit[0])
        i = hit[1]
    return answer
"""
)

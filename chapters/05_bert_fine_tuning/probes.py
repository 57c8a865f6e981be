"""How the cases of chapter 05 are run, and how their results are looked at."""

import functools

import numpy as np

PIECES = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "[MASK]",
    "a",
    "film",
    "good",
    "bad",
    "##ly",
    "the",
    "dull",
    ",",
    ".",
    "not",
]
POSITIONS = 24
LABELS = 3


# --- any exercise with a bad input -------------------------------------------------


def then_refuse(target, *inputs, bad=()):
    """The result on good inputs and the kind of error that each bad call raises."""
    result = target(*inputs)
    return [result, [refusal(target, call) for call in bad]] if bad else result


def refusal(target, call):
    """``"ValueError"`` for that error and its kinds, else what happened instead."""
    try:
        target(*call)
    except Exception as error:
        kind = isinstance(error, ValueError)
        return "ValueError" if kind else type(error).__name__
    return "no error"


# --- wordpiece ---------------------------------------------------------------------


def split_words(target, words, vocab):
    """The pieces of every word, one vocabulary for all; long words by their length."""
    names = (w if len(w) < 30 else f"{w[0]} × {len(w)}" for w in words)
    return {n: target(w, vocab) for n, w in zip(names, words, strict=True)}


# --- mask_tokens -------------------------------------------------------------------


def masking_input(rows, length, vocab_size, special):
    """Token ids (rows, length): specials first and last, [PAD]s at the end of a row."""
    import torch

    return torch.tensor(_masking_ids(rows, length, vocab_size, tuple(special)))


@functools.cache
def _masking_ids(rows, length, vocab_size, special):
    draw = np.random.default_rng(rows * 1000 + length)
    words = np.setdiff1d(np.arange(vocab_size), special)
    ids = draw.choice(words, (rows, length))
    pad, start, end = special[:3]
    for row in range(rows):
        stop = length - row % 5 * (length // 10)
        ids[row, 0], ids[row, stop - 1], ids[row, stop:] = start, end, pad
    return ids


def mask_repeatedly(target, seed, rows, length, vocab_size, special, share):
    """Mask the same tokens from one seed, on from there, again, and from other seeds.

    Returns what was returned where that is not a pair of tensors.
    """
    import torch

    others, calls = special[:3] + special[4:], []

    def mask(generator, few=rows):
        if few == rows:
            torch.manual_seed(len(calls))
        ids = masking_input(rows, length, vocab_size, special)
        result = target(ids[:few], others, special[3], vocab_size, generator, share)
        kept = torch.equal(ids, masking_input(rows, length, vocab_size, special))
        calls.append("kept" if kept else "changed")
        return result

    def seeded(number):
        return torch.Generator().manual_seed(number)

    generator = seeded(seed)
    first = mask(generator)
    if not isinstance(first, list | tuple) or len(first) != 2:
        return first
    inputs, labels = first
    if not (torch.is_tensor(inputs) and torch.is_tensor(labels)):
        return first
    again = [
        all(torch.equal(a, b) for a, b in zip(first, mask(draw), strict=True))
        for draw in (generator, seeded(seed), seeded(seed + 1))
    ]
    counts = [int((mask(seeded(seed + n), 5)[1] != -100).sum()) for n in range(2, 10)]
    return [
        inputs.to(torch.int16),
        labels.to(torch.int16),
        [str(inputs.dtype), str(labels.dtype)],
        calls[0],
        ["the same" if equal else "not the same" for equal in again],
        counts,
    ]


def _label(labels, mask_id):
    """The most frequent label, or what it is."""
    found, counts = np.unique(labels, return_counts=True)
    label = int(found[counts.argmax()])
    return "[MASK]" if label == mask_id else "a token" if label > 1 else str(label)


def masking_summary(result, case):
    """The shares that a masking gives; a share near the right one counts as right."""
    if result is None:
        return None
    if len(result) != 6:
        raise ValueError("two tensors are expected, inputs and labels")
    inputs, labels, kinds, kept, (more, again, other), counts = result
    _, rows, length, vocab_size, special, share = case.inputs
    inputs, labels = inputs.astype(int), labels.astype(int)
    ids = _masking_ids(rows, length, vocab_size, tuple(special))
    if inputs.shape != ids.shape or labels.shape != ids.shape:
        return f"inputs {inputs.shape}, labels {labels.shape}, ids {ids.shape}"
    chosen = labels != -100
    allowed = ~np.isin(ids, special)
    masked = chosen & (inputs == special[3])
    same_token = chosen & (inputs == ids)
    other_token = chosen & ~masked & ~same_token
    count, expected = max(int(chosen.sum()), 1), share * allowed.sum()
    random_ids = inputs[other_token]
    middle = random_ids.mean() / vocab_size if random_ids.size else 0.0
    drawn = np.unique(random_ids)
    all_drawn = vocab_size < 20 and random_ids.size > 150
    every_id = np.arange(vocab_size if all_drawn else 0)

    def part(of, *shares):
        """Of the chosen tokens; a random token may be the old one or [MASK]"""
        again = 0.1 / vocab_size
        return _near(of.sum() / count, shares, expected, 2 * again, again)

    summary = {
        "dtypes": kinds,
        "ids after the call": kept,
        "labels below 0 other than -100": _how_many((labels < 0) & chosen),
        "special tokens chosen": _how_many(chosen & ~allowed),
        "most frequent label": _label(labels, special[3]),
        "labels that are the token after masking": _how_many(
            (labels == inputs)[chosen]
        ),
        "labels that are not the original token": _how_many((labels != ids)[chosen]),
        "tokens changed without being chosen": _how_many((inputs != ids)[~chosen]),
        "share of tokens chosen": _near(
            (chosen & allowed).sum() / allowed.sum(),
            (share, 0.9 * share, 0.15, 1.0),
            allowed.sum(),
        ),
        "share of the chosen that became [MASK]": part(masked, 0.8, 0.9, 1.0),
        "share of the chosen that became another token": part(other_token, 0.1, 0.02),
        "share of the chosen that stayed": part(same_token, 0.1, 0.18, 0.0),
        "spread of the chosen over the rows": _spread(
            chosen & allowed, allowed, share, least=0.3
        ),
        "spread of the chosen over the columns": _spread(
            (chosen & allowed).T, allowed.T, share
        ),
        "spread of the [MASK]s over the rows": _spread(masked, chosen, 0.8),
        "spread of the [MASK]s over the columns": _spread(masked.T, chosen.T, 0.8),
        "numbers of chosen tokens for eight seeds": "differ"
        if len(set(counts)) > 1
        else "always the same",
        "random tokens outside the vocabulary": int(
            ((random_ids < 0) | (random_ids >= vocab_size)).sum()
        ),
        "ids never drawn": np.setdiff1d(every_id, [*drawn[:20], special[3]]).size,
        "mean of the random tokens / vocab_size": float(middle)
        if abs(middle - 0.5) > 0.13
        else 0.5,
        "different random tokens": "many"
        if drawn.size > min(random_ids.size, vocab_size) / 2
        else "few",
        "the same generator once more": more,
        "the same seed again": again,
        "another seed": other,
    }
    if (labels != ids)[chosen].any():  # what is called chosen may be anything
        names = list(summary)
        after = names.index("labels that are not the original token") + 1
        summary |= dict.fromkeys(names[after:-3])
    return summary


def _near(value, targets, count, more=0.0, least=0.0):
    """The first target that a share of `count` draws may well be, else `value`.

    The right share comes first. The others are those of common mistakes: two people
    who make the same one draw other numbers, and are told the same.

    more, least: what is added to the tolerance, and the smallest variance of a draw
    """
    for target in targets:
        spread = max(target * (1 - target), least)
        allowed = 5.5 * np.sqrt(spread / count) + more
        if abs(value - target) <= allowed:
            return float(target)
    return float(value)


def _how_many(of):
    """In words: the number hangs on the draws."""
    return "none" if not of.any() else "all" if of.all() else "some"


def _spread(hits, tries, share, least=0.0):
    """1 where the hits of the rows vary as much as independent draws may, else more."""
    tries, hits = tries.sum(axis=1), hits.sum(axis=1)
    hits, tries = hits[tries > 0], tries[tries > 0]
    spread = ((hits - tries * share) ** 2 / (tries * share * (1 - share))).mean()
    return 1.0 if least < spread < 4.0 else float(spread)


# --- a tiny BERT of the library ----------------------------------------------------


def tiny_classifier(weights=None, dropout=0.0, layers=2, inner=20):
    """A BertForSequenceClassification, 12 wide with 3 heads and 3 labels."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification

    config = BertConfig(
        vocab_size=len(PIECES),
        hidden_size=12,
        num_hidden_layers=layers,
        num_attention_heads=3,
        intermediate_size=inner,
        max_position_embeddings=POSITIONS,
        num_labels=LABELS,
        hidden_dropout_prob=dropout,
        attention_probs_dropout_prob=dropout,
    )
    model = BertForSequenceClassification(config)
    if weights is not None:
        generator = torch.Generator().manual_seed(int(weights))
        for parameter in model.parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            parameter.data = 0.6 * noise + (parameter.ndim == 1) * 0.3
    return model


def tiny_tokenizer():
    """The library's tokenizer over 15 pieces."""
    from transformers import BertTokenizer

    return BertTokenizer(vocab={piece: i for i, piece in enumerate(PIECES)})


def segmenting_tokenizer():
    """The tiny tokenizer, whose segments are those of the tokens' ids, odd or even."""
    inner = tiny_tokenizer()

    class SegmentingTokenizer(type(inner)):
        def __call__(self, *inputs, **keywords):
            batch = super().__call__(*inputs, **keywords)
            ids = batch["input_ids"]
            if hasattr(ids, "dtype"):
                batch["token_type_ids"] = ids % 2
            return batch

    inner.__class__ = SegmentingTokenizer
    return inner


def classify_tiny(target, texts, seed, then_none=False, **keywords):
    """Classify with a tiny BERT that was left in training mode, dropout 0.5."""
    import torch

    model, calls = tiny_classifier(seed, dropout=0.5), []
    model.train()
    run = model.bert.forward

    def record(*inputs, **named):
        ids = inputs[0] if inputs else named["input_ids"]
        calls.append([len(ids), model.training, torch.is_grad_enabled()])
        return run(*inputs, **named)

    try:
        model.bert.forward = record
        result = target(texts, segmenting_tokenizer(), model, **keywords)
        model.bert.forward = run
        fixed = sum(not parameter.requires_grad for parameter in model.parameters())
        off = not torch.is_grad_enabled()
        model.eval()
        with torch.no_grad():
            target(["a film"], tiny_tokenizer(), model)
            on = torch.is_grad_enabled()
        left = model.training
        empty = target([], tiny_tokenizer(), model) if then_none else None
    finally:
        torch.set_grad_enabled(True)
    graph = bool(getattr(result, "requires_grad", False))
    kind = "torch.Tensor" if torch.is_tensor(result) else type(result).__name__
    shape = list(getattr(empty, "shape", []))
    return [result, kind, calls, graph, shape, fixed, off, on, left]


def classify_view(result, case):
    """The probabilities, how the model was called, and what was left behind."""
    probabilities, kind, calls, graph, shape, fixed, off, on, left = result
    sizes, training, recording = zip(*calls, strict=True) if calls else ((), (), ())
    return {
        "probabilities": probabilities,
        "their type": kind,
        "calls of the model": len(calls),
        "texts in the largest call": max(sizes, default=0),
        "training mode during a call": any(training),
        "gradients recorded during a call": any(recording),
        "gradients recorded in the result": graph,
        "shape for an empty list": shape,
        "parameters that no longer learn afterwards": fixed,
        "gradients switched off for good": off,
        "gradients switched on where they were off": on,
        "eval mode turned into training mode": left,
    }


def freeze_tiny(target, k, layers, inner, frozen_before, bad=()):
    """Which parameters of a tiny BERT are trainable after ``target(model, k)``."""
    model = tiny_classifier(layers=layers, inner=inner)
    for name, parameter in model.named_parameters():
        parameter.requires_grad = not any(part in name for part in frozen_before)
    count = target(model, k)
    after = {name: p.requires_grad for name, p in model.named_parameters()}
    return [after, count, [refusal(target, (model, number)) for number in bad]]


# --- linear_warmup ---------------------------------------------------------------


def shares_by_call(target, calls):
    """The share at each step, by what was asked for."""
    asked = "step {}, warmup {}, total {}"
    return {asked.format(*call): target(*call) for call in calls}


# --- parameter_groups and fine_tune ------------------------------------------------


def decay_by_name(target, kind, frozen, weight_decay):
    """The decays given to each parameter's name, and those of the groups in order."""
    networks = {"bert": tiny_classifier, "odd": odd_names, "alike": names_alike}
    model = networks[kind]()
    for name, parameter in model.named_parameters():
        parameter.requires_grad = not any(part in name for part in frozen)
    names = {id(parameter): name for name, parameter in model.named_parameters()}
    decays = {name: [] for name in names.values()}
    groups, order = target(model, weight_decay), []
    if groups is None:
        return None
    for group in groups:
        order.append(float(group["weight_decay"]))
        for parameter in group["params"]:
            name = names.get(id(parameter), "not a parameter of the model")
            decays.setdefault(name, []).append(order[-1])
    return [decays, order]


def names_alike():
    """Names with bias or norm in them, which do not end in "bias" or say LayerNorm."""
    import torch
    from torch import nn

    model = nn.ModuleDict(
        {
            "bias_scale": nn.Linear(3, 4, bias=False),
            "unbiased": nn.Linear(4, 4, bias=False),
            "layernorm": nn.Linear(4, 2, bias=False),
            "layer_norm": nn.Embedding(5, 3),
            "LayerNormAfter": nn.Linear(2, 3),
            "output": nn.Linear(3, 6, bias=False),
        }
    )
    for name, part, shape in [
        ("position_bias", model, (3,)),
        ("scale", model, ()),
        ("gamma", model["LayerNormAfter"], (2,)),
    ]:
        part.register_parameter(name, nn.Parameter(torch.ones(shape)))
    model.register_buffer("table", torch.ones(2))
    return model


def odd_names():
    """Parts that are a LayerNorm or have one axis, and whose names do not say so."""
    from torch import nn

    return nn.ModuleDict(
        {
            "LayerNorm": nn.LayerNorm(3),
            "norm": nn.LayerNorm(4),
            "plain": nn.Linear(3, 4, bias=False),
            "slope": nn.PReLU(4),
            "first": nn.Linear(4, 5),
            "classifier": nn.Linear(5, 2),
        }
    )


def small_network(width, labels):
    """model(hidden, mask) -> logits: pool, LayerNorm, two dense layers.

    In training mode some features are scaled, as by a dropout that is always the same:
    the mode changes the numbers.
    """
    import torch
    from torch import nn

    class SmallNetwork(nn.Module):
        def __init__(self):
            super().__init__()
            self.LayerNorm = nn.LayerNorm(width)
            self.first = nn.Linear(width, 7)
            self.middle = nn.Linear(7, 7)
            self.classifier = nn.Linear(7, labels)
            self.calls = []

        def forward(self, hidden, mask):
            first = hidden.detach()[:, 0, 0].clone()
            self.calls.append([first, self.training, torch.is_grad_enabled()])
            weights = mask.to(hidden.dtype)[..., None]
            pooled = (hidden * weights).sum(1) / weights.sum(1)
            inner = torch.tanh(self.first(self.LayerNorm(pooled)))
            if self.training:
                inner = inner * torch.linspace(0.4, 1.6, 7, dtype=inner.dtype)
            return self.classifier(torch.tanh(self.middle(inner)) + inner)

    return SmallNetwork()


def tune_network(target, seed, train, validation, orders, **keywords):
    """Fine-tune a small network in float64; return all that it left behind.

    One layer is frozen, and the parameters carry gradients from before. Every step of
    an optimiser is noted: its learning rates and the norm of the gradients.
    """
    import torch
    from torch.optim.optimizer import register_optimizer_step_pre_hook

    model = small_network(train[0].shape[-1], 3).double()
    generator = torch.Generator().manual_seed(seed)

    def noise(shape):
        return torch.randn(shape, generator=generator, dtype=torch.float64)

    for parameter in model.parameters():
        parameter.data = 0.7 * noise(parameter.shape) + (parameter.ndim == 1) * 0.3
    model.middle.requires_grad_(False)
    for parameter in model.parameters():
        if parameter.requires_grad:
            parameter.grad = 3 * noise(parameter.shape)
    model.eval()
    steps = []

    def note(optimizer, *_):
        groups = optimizer.param_groups
        squares = [
            (p.grad**2).sum() for g in groups for p in g["params"] if p.grad is not None
        ]
        norm = float(sum(squares)) ** 0.5
        steps.append([[float(g["lr"]) for g in groups], norm, len(model.calls)])

    hook = register_optimizer_step_pre_hook(note)
    try:
        history = target(model, train, validation, orders, quiet=True, **keywords)
    finally:
        hook.remove()
    weights = {name: p.detach().clone() for name, p in model.named_parameters()}
    return [history, weights, model.calls, steps]


def tuning_view(result, case):
    """The history and the final weights; where they are wrong, what went another way.

    `case.key` holds what they should be. What was noted along the way earns nothing
    and costs nothing: it is looked at where they are not as they should be.
    """
    history, weights, calls, steps = result
    right_history, states = case.key
    best = int(np.argmax(right_history))
    told = ""
    try:
        kept = [equal_weights(weights, state) for state in states]
        right = np.allclose(history, right_history, rtol=1e-6)
        if not (right and kept[best]):
            told = first_departure(calls, steps, case)
        if right and not told and True in kept and not kept[best]:
            told = (
                f"the model ends with the weights of epoch {kept.index(True) + 1}, "
                f"not of epoch {best + 1}"
            )
    except Exception:  # what came back has another form: the comparison says which
        told = ""
    return {
        "the training": told or "as described",
        "history": history,
        "weights": weights,
    }


def equal_weights(weights, state):
    """Whether all parameters are those of `state`, up to rounding."""
    return all(
        np.allclose(weights[name], value, rtol=1e-5, atol=1e-7)
        for name, value in state.items()
    )


def first_departure(calls, steps, case):
    """In words: the first thing of a training that is not as the task describes it.

    An empty text where nothing is, or where the steps were not noted.
    """
    _, train, _, orders = case.inputs
    said = case.keywords
    size, rate = said["batch_size"], said["rate"]
    first = np.asarray(train[0])[:, 0, 0]
    batches = [
        (epoch, order[start : start + size])
        for epoch, order in enumerate(np.asarray(orders), 1)
        for start in range(0, len(order), size)
    ]
    total = len(batches)
    warmup = int(said["warmup_share"] * total)
    if not steps:
        return ""
    for number, (epoch, rows) in enumerate(batches, 1):
        where = f"update {number} of {total}, epoch {epoch}"
        if number > len(steps):
            return f"there are {len(steps)} updates instead of {total}"
        rates, norm, call = steps[number - 1]
        found, training, _ = calls[call - 1]
        if len(found) != len(rows):
            return f"{where}: {len(found)} sentences in the batch, not {len(rows)}"
        if not np.array_equal(found, first[rows]):
            return f"{where}: the batch holds other sentences, or another order of them"
        if not training:
            return f"{where}: the model is in eval mode"
        left = (total - number + 1) / max(total - warmup, 1)
        wanted = rate * ((number - 1) / warmup if number <= warmup else left)
        wrong = [r for r in rates if abs(r - wanted) > 1e-6 * rate]
        if wrong:
            return f"{where}: the learning rate is {wrong[0]:.3g}, not {wanted:.3g}"
        if norm > 1.001:
            return f"{where}: the gradients reach the optimiser with a norm above 1"
    if len(steps) > total:
        return f"there are {len(steps)} updates instead of {total}"
    if any(training for _, training, gradients in calls if not gradients):
        return "the validation runs in training mode"
    return ""


# --- inputs that show mistakes -----------------------------------------------------


def admit_text(text):
    """The text itself; ValueError where it is out of bounds."""
    if not isinstance(text, str):
        raise ValueError("a text is a str.")
    if not 1 <= len(text) <= 12:
        raise ValueError(f"a text has 1 to 12 characters, this has {len(text)}.")
    return text


def admit_probabilities(p, y):
    """Both as arrays of floats; ValueError where they are out of bounds."""
    p, y = np.array(p, dtype=float), np.array(y, dtype=float)
    if p.ndim != 1 or p.shape != y.shape or not 1 <= p.size <= 6:
        raise ValueError("p has 1 to 6 numbers, and y as many.")
    if not ((p >= 0) & (p <= 1)).all():
        raise ValueError("every p lies between 0 and 1.")
    if not np.isin(y, (0, 1)).all():
        raise ValueError("every label is 0 or 1.")
    return p, y

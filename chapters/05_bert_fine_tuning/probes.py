"""How the cases of chapter 05 are run, and how their results are looked at."""

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
    """The pieces of every word, one vocabulary for all."""
    return [target(word, vocab) for word in words]


# --- mask_tokens -------------------------------------------------------------------


def masking_input(rows, length, vocab_size, special):
    """Token ids (rows, length): specials first and last, [PAD]s at the end of a row."""
    import torch

    draw = torch.Generator().manual_seed(rows * 1000 + length)
    ids = torch.randint(len(special), vocab_size, (rows, length), generator=draw)
    pad, start, end = special[:3]
    for row in range(rows):
        stop = length - row % 5 * (length // 10)
        ids[row, 0], ids[row, stop - 1], ids[row, stop:] = start, end, pad
    return ids


def mask_repeatedly(target, seed, rows, length, vocab_size, special, share):
    """Mask the same tokens three times: twice from one seed, once from another."""
    import torch

    draws = []
    for start in (seed, seed, seed + 1):
        torch.manual_seed(len(draws))
        ids = masking_input(rows, length, vocab_size, special)
        generator = torch.Generator().manual_seed(start)
        others = special[:3] + special[4:]
        inputs, labels = target(ids, others, special[3], vocab_size, generator, share)
        kept = torch.equal(ids, masking_input(rows, length, vocab_size, special))
        draws.append([inputs, labels, "kept" if kept else "changed"])
    inputs, labels, kept = draws[0]
    return [
        inputs.to(torch.int16),
        labels.to(torch.int16),
        [str(inputs.dtype), str(labels.dtype)],
        kept,
        int((inputs - draws[1][0]).abs().sum() + (labels - draws[1][1]).abs().sum()),
        int((inputs - draws[2][0]).abs().sum() + (labels - draws[2][1]).abs().sum()),
    ]


def masking_summary(result, case):
    """The shares that a masking gives; a share near the right one counts as right."""
    inputs, labels, kinds, kept, again, other = result
    _, rows, length, vocab_size, special, share = case.inputs
    inputs, labels = inputs.astype(int), labels.astype(int)
    ids = masking_input(rows, length, vocab_size, special).numpy()
    if inputs.shape != ids.shape or labels.shape != ids.shape:
        return f"inputs {inputs.shape}, labels {labels.shape}, ids {ids.shape}"
    chosen = labels != -100
    allowed = ~np.isin(ids, special)
    masked = chosen & (inputs == special[3])
    same_token = chosen & (inputs == ids)
    other_token = chosen & ~masked & ~same_token
    count = max(int(chosen.sum()), 1)
    by_column = (chosen & allowed)[:, 1 : length // 2].mean(axis=0)
    spread = by_column.var() * rows / (share * (1 - share))
    random_ids = inputs[other_token]
    middle = random_ids.mean() / vocab_size if random_ids.size else 0.0
    return {
        "dtypes": kinds,
        "ids after the call": kept,
        "special tokens chosen": int((chosen & ~allowed).sum()),
        "labels that are not the original token": int((labels != ids)[chosen].sum()),
        "tokens changed without being chosen": int((inputs != ids)[~chosen].sum()),
        "share of tokens chosen": _near(
            (chosen & allowed).sum() / allowed.sum(), share, share / 4
        ),
        "share of the chosen that became [MASK]": _near(
            masked.sum() / count, 0.8, 0.09
        ),
        "share of the chosen that became another token": _near(
            other_token.sum() / count, 0.1, 0.065
        ),
        "share of the chosen that stayed": _near(same_token.sum() / count, 0.1, 0.065),
        "spread over the columns, 1 for independent draws": _near(spread, 1.0, 3.0),
        "mean of the random tokens / vocab_size": _near(middle, 0.5, 0.2),
        "different random tokens": "many" if np.unique(random_ids).size > 9 else "few",
        "same seed again": "not the same" if again else "the same",
        "another seed": "not the same" if other else "the same",
    }


def _near(value, target, tolerance):
    value = float(value)
    return target if abs(value - target) <= tolerance else value


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

    model.bert.forward = record
    result = target(texts, tiny_tokenizer(), model, **keywords)
    model.bert.forward = run
    shape = list(target([], tiny_tokenizer(), model).shape) if then_none else []
    return [result, calls, bool(getattr(result, "requires_grad", False)), shape]


def classify_view(result, case):
    """The probabilities, how the model was called, and what it recorded."""
    probabilities, calls, gradients, shape = result
    sizes, training, recording = zip(*calls, strict=True) if calls else ((), (), ())
    return {
        "probabilities": probabilities,
        "calls of the model": len(calls),
        "texts in the largest call": max(sizes, default=0),
        "training mode during a call": any(training),
        "gradients recorded during a call": any(recording),
        "gradients recorded in the result": bool(gradients),
        "shape for an empty list": shape,
    }


def freeze_tiny(target, k, layers, inner, frozen_before, bad=()):
    """Which parameters of a tiny BERT are trainable after ``target(model, k)``."""
    model = tiny_classifier(layers=layers, inner=inner)
    for name, parameter in model.named_parameters():
        parameter.requires_grad = not any(part in name for part in frozen_before)
    count = target(model, k)
    after = {name: p.requires_grad for name, p in model.named_parameters()}
    return [after, count, [refusal(target, (model, number)) for number in bad]]


# --- parameter_groups and fine_tune ------------------------------------------------


def decay_by_name(target, kind, frozen, weight_decay):
    """The decays given to each parameter's name, in the order of the groups."""
    model = tiny_classifier() if kind == "bert" else small_network(6, 3)
    for name, parameter in model.named_parameters():
        parameter.requires_grad = not any(part in name for part in frozen)
    names = {id(parameter): name for name, parameter in model.named_parameters()}
    decays = {name: [] for name in names.values()}
    for group in target(model, weight_decay):
        for parameter in group["params"]:
            decays[names[id(parameter)]].append(float(group["weight_decay"]))
    return decays


def small_network(width, labels):
    """model(hidden, mask) -> logits: pool, LayerNorm, two dense layers."""
    import torch
    from torch import nn

    class SmallNetwork(nn.Module):
        def __init__(self):
            super().__init__()
            self.LayerNorm = nn.LayerNorm(width)
            self.first = nn.Linear(width, 7)
            self.classifier = nn.Linear(7, labels)
            self.calls = []

        def forward(self, hidden, mask):
            self.calls.append([len(hidden), self.training, torch.is_grad_enabled()])
            weights = mask.to(hidden.dtype)[..., None]
            pooled = (hidden * weights).sum(1) / weights.sum(1)
            return self.classifier(torch.tanh(self.first(self.LayerNorm(pooled))))

    return SmallNetwork()


def tune_network(target, seed, train, validation, orders, **keywords):
    """Fine-tune a small network in float64; return all that it left behind."""
    import torch

    model = small_network(train[0].shape[-1], 3).double()
    generator = torch.Generator().manual_seed(seed)
    for parameter in model.parameters():
        noise = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
        parameter.data = 0.7 * noise + (parameter.ndim == 1) * 0.3
    model.eval()
    history = target(model, train, validation, orders, quiet=True, **keywords)
    weights = {name: p.detach().clone() for name, p in model.named_parameters()}
    return [history, weights, model.calls]


def tuning_view(result, case):
    """The history, the final weights, and in which mode the model was called."""
    history, weights, calls = result
    training = [size for size, mode, gradients in calls if mode and gradients]
    odd = sum(1 for _, mode, gradients in calls if mode and not gradients)
    epochs = len(history)
    evaluated = sum(size for size, mode, _ in calls if not mode)
    return {
        "sizes of the training batches": training,
        "validation calls in training mode": odd,
        "validation sentences an epoch": min(evaluated / epochs, len(case.inputs[2][2]))
        if epochs
        else 0,
        "history": history,
        "weights": weights,
    }

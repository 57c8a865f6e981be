"""How the cases of chapter 04 are run, and how their results are compared.

A probe runs in the student's process and returns plain numbers; a view turns numbers
into what is compared. Views run where students are graded as well, without torch: who
needs it imports it.
"""

import numpy as np


def _leaf(tensor):
    """A copy of `tensor` that collects a gradient."""
    return tensor.detach().clone().requires_grad_()


def _gradients(result, weights, leaves):
    """Gradients of sum(result * weights); zeros where nothing flows back."""
    import torch

    pairs = zip(result, weights, strict=True)
    loss = sum((part * weight).sum() for part, weight in pairs)
    if not loss.requires_grad:
        return [torch.zeros_like(leaf) for leaf in leaves]
    if not loss.isfinite():
        return [None for _ in leaves]  # the result itself is wrong, and shown first
    found = torch.autograd.grad(loss, leaves, allow_unused=True)
    return [
        torch.zeros_like(leaf) if gradient is None else gradient
        for leaf, gradient in zip(leaves, found, strict=True)
    ]


def look_up(embed, ids, E, weights):
    """The vectors, and the gradient that reaches the table."""
    table = _leaf(E)
    vectors = embed(ids, table)
    return _with_gradients(["vectors"], [vectors], [weights], {"E": table})


def cell_step(lstm_cell, x, h, c, params, weights):
    """The two new states, and the gradients of everything that went in."""
    x, h, c = _leaf(x), _leaf(h), _leaf(c)
    leaves = {name: _leaf(value) for name, value in params.items()}
    result = lstm_cell(x, h, c, leaves)
    everything = {"x": x, "h": h, "c": c, **leaves}
    return _with_gradients(["h", "c"], result, weights, everything)


def _with_gradients(names, result, weights, leaves):
    """The parts of a result and the gradients of `leaves`, by their names.

    Raises TypeError where the number of parts is wrong. Where a part has not the
    shape of its weights the gradients are None: that part is wrong and shown first.
    """
    import torch

    if result is None:
        return None
    if not isinstance(result, (tuple, list)) or len(result) != len(names):
        what = type(result).__name__
        if isinstance(result, (tuple, list)):
            what += f" of {len(result)}"
        wanted = ", ".join(names)
        raise TypeError(
            f"the result is a {what}, expected {len(names)} parts: {wanted}"
        )
    found = [None] * len(leaves)
    if all(
        isinstance(part, torch.Tensor) and part.shape == weight.shape
        for part, weight in zip(result, weights, strict=True)
    ):
        found = _gradients(result, weights, list(leaves.values()))
    answer = dict(zip(names, result, strict=True))
    for name, gradient in zip(leaves, found, strict=True):
        answer[f"gradient of {name}"] = gradient
    return answer


def forward_pass(lstm_forward, x, lengths, params, weights):
    """Outputs and last states, and the gradients of the inputs and weights."""
    x = _leaf(x)
    leaves = {name: _leaf(value) for name, value in params.items()}
    result = lstm_forward(x, lengths, leaves)
    watched = {"x": x, "W_hh": leaves["W_hh"]}
    return _with_gradients(["outputs", "h", "c"], result, weights, watched)


def pooled(mean_over_time, outputs, mask, weights):
    """The means, and the gradient that reaches the outputs."""
    leaf = _leaf(outputs)
    means = mean_over_time(leaf, mask)
    return _with_gradients(["means"], [means], [weights], {"outputs": leaf})


def counts(count_parameters, names):
    """The number of parameters of each of the models called `names`."""
    return [count_parameters(_model_to_count(*name)) for name in names]


def _model_to_count(kind, *sizes):
    from torch import nn

    if kind == "linear":
        return nn.Linear(*sizes)
    if kind == "linear without bias":
        return nn.Linear(*sizes, bias=False)
    if kind == "lstm":
        return nn.LSTM(*sizes)
    if kind == "frozen embedding":
        inputs, hidden, outputs = sizes
        model = nn.Sequential(nn.Embedding(inputs, hidden), nn.Linear(hidden, outputs))
        model[0].weight.requires_grad_(False)
        return model
    if kind == "batch norm":
        return nn.Sequential(nn.Linear(*sizes), nn.BatchNorm1d(sizes[1]))
    if kind == "one layer twice":
        layer = nn.Linear(sizes[0], sizes[0])
        return nn.Sequential(layer, nn.Tanh(), layer, nn.Linear(*sizes))
    if kind == "tied weights":
        words, width = sizes
        model = nn.Sequential(nn.Embedding(words, width), nn.Linear(width, words))
        model[1].weight = model[0].weight
        return model
    raise ValueError(kind)


def text_lstm(TextLSTM, sizes, weights, ids, upstream):
    """Logits of the model with the given weights, and gradients of some of them.

    Without `weights`: what the model looks like as it is born.
    """
    model = TextLSTM(*sizes)
    if weights is None:
        table = model.embedding.weight.detach()
        return {
            "logits": list(model(ids).shape),
            "sizes": sorted(list(p.shape) for p in model.parameters()),
            "embedding": table[:40].numpy(),
        }
    _fill(model, weights)
    watched = {
        "the embedding": model.embedding.weight,
        "the LSTM": next(model.lstm.parameters()),
        "the head": model.head.weight,
    }
    return _with_gradients(["logits"], [model(ids)], [upstream], watched)


def _fill(model, weights):
    """Copy arrays into the model; `_l0` is what nn.LSTM adds to a name."""
    own = dict(model.named_parameters())
    extra = [n for n in own if n not in weights and f"{n}_l0" not in weights]
    if extra:
        raise AttributeError(f"the model has further parameters: {', '.join(extra)}")
    for name, value in weights.items():
        found = own.get(name, own.get(name.removesuffix("_l0")))
        if found is None:
            raise AttributeError(f"the model has no parameter {name}")
        if found.shape != value.shape:
            shapes = f"{tuple(found.shape)}, expected {tuple(value.shape)}"
            raise ValueError(f"the parameter {name} has the shape {shapes}")
        found.data.copy_(value)


def newborn(value, case):
    """Judge the start of a model by its range and spread, other results as they are."""
    if isinstance(value, dict) and "embedding" in value:
        table = np.asarray(value["embedding"], dtype=np.float64)
        largest, even = abs(table).max(), 0.026 < table.std() < 0.0315
        limits = ["0.05", "1"][: 2 if largest > 1 else 1 if largest > 0.05001 else 0]
        return {
            "logits": value["logits"],
            "sizes": value["sizes"],
            "first weights of the embedding": (
                f"some beyond {limits[-1]}" if limits else "none beyond 0.05"
            ),
            "their spread": "uniform" if even or limits else "not uniform",
        }
    return value


def loss_and_gradient(binary_cross_entropy, z, y):
    """The loss and the gradient of the logits."""
    import torch

    leaf = _leaf(z)
    loss = binary_cross_entropy(leaf, y)
    return _with_gradients(["loss"], [loss], [torch.tensor(1.0)], {"z": leaf})


def tiny_text(E, W, b):
    """A small model in place of an LSTM: later words count more, padding nothing.

    While it trains, its logits are smaller than in evaluation: what dropout does,
    without the chance.
    """
    import torch
    from torch import nn

    class TinyText(nn.Module):
        def __init__(self):
            super().__init__()
            self.E = nn.Parameter(E.detach().clone())
            self.W = nn.Parameter(W.detach().clone())
            self.b = nn.Parameter(b.detach().clone())

        def forward(self, ids):
            age = torch.arange(ids.shape[1] - 1, -1, -1)
            fading = torch.where(ids != 0, 0.8**age, 0.0).to(self.E.dtype)
            text = torch.tanh((fading[:, :, None] * self.E[ids]).sum(dim=1))
            logits = text @ self.W.T + self.b
            return 0.6 * logits if self.training else logits

    return TinyText()


def training(train_text_classifier, weights, train, validation, orders, **options):
    """What the training reports, and the model that it leaves behind."""
    model = tiny_text(*weights)
    model.eval()
    history = train_text_classifier(model, train, validation, orders, **options)
    return {
        "history": history,
        "left in training mode": int(model.training),
        "E": model.E.detach(),
        "W": model.W.detach(),
        "b": model.b.detach(),
    }


def answers(classify, texts, weights, vocabulary, maxlen):
    """The answer for each text, from a model that was last in training mode."""
    model = tiny_text(*weights)
    results = []
    for text in texts:
        model.train()
        answer = classify(text, model, vocabulary, maxlen)
        results.append(list(answer) if isinstance(answer, tuple) else answer)
    return results


def effects(word_effects, sequences, weights, maxlen):
    """The effects of the words of each sequence."""
    model = tiny_text(*weights)
    results = []
    for sequence in sequences:
        model.train()
        results.append(word_effects(list(sequence), model, maxlen))
    return results


def one_or_each(fit_vocabulary, first, *rest):
    """One vocabulary, or a list of them where the input is a list of calls."""
    if not rest:
        return [fit_vocabulary(*arguments) for arguments in first]
    return fit_vocabulary(first, *rest)


def as_numbers(value, case):
    """The same numbers, whatever their dtype."""
    return np.asarray(value, dtype=np.float64)

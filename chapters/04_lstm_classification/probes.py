"""How the cases of chapter 04 are run, and how their results are compared.

A probe runs in the student's process and returns plain numbers; a view turns numbers
into what is compared.
"""

import numpy as np
import torch
from torch import nn


def _leaf(tensor):
    """A copy of `tensor` that collects a gradient."""
    return tensor.detach().clone().requires_grad_()


def _gradients(result, weights, leaves):
    """Gradients of sum(result * weights); zeros where nothing flows back."""
    pairs = zip(result, weights, strict=True)
    loss = sum((part * weight).sum() for part, weight in pairs)
    if not loss.requires_grad:
        return [torch.zeros_like(leaf) for leaf in leaves]
    found = torch.autograd.grad(loss, leaves, allow_unused=True)
    return [
        torch.zeros_like(leaf) if gradient is None else gradient
        for leaf, gradient in zip(leaves, found, strict=True)
    ]


def look_up(embed, ids, E, weights):
    """The vectors, and the gradient that reaches the table."""
    table = _leaf(E)
    vectors = embed(ids, table)
    if not isinstance(vectors, torch.Tensor) or vectors.shape != weights.shape:
        return {"vectors": vectors, "gradient of E": None}
    (gradient,) = _gradients([vectors], [weights], [table])
    return {"vectors": vectors.detach(), "gradient of E": gradient}


def cell_step(lstm_cell, x, h, c, params, weights):
    """The two new states, and the gradients of everything that went in."""
    x, h, c = _leaf(x), _leaf(h), _leaf(c)
    leaves = {name: _leaf(value) for name, value in params.items()}
    result = lstm_cell(x, h, c, leaves)
    if not _two_tensors(result):
        return result
    everything = {"x": x, "h": h, "c": c, **leaves}
    found = _gradients(result, weights, list(everything.values()))
    answer = {"h": result[0].detach(), "c": result[1].detach()}
    for name, gradient in zip(everything, found, strict=True):
        answer[f"gradient of {name}"] = gradient
    return answer


def _two_tensors(result):
    return (
        isinstance(result, (tuple, list))
        and len(result) == 2
        and all(isinstance(part, torch.Tensor) for part in result)
        and result[0].shape == result[1].shape
    )


def forward_pass(lstm_forward, x, lengths, params, weights):
    """Outputs and last states, and the gradients of the inputs and weights."""
    x = _leaf(x)
    leaves = {name: _leaf(value) for name, value in params.items()}
    result = lstm_forward(x, lengths, leaves)
    if not isinstance(result, (tuple, list)) or len(result) != 3:
        return result
    shapes = [getattr(part, "shape", None) for part in result]
    if shapes != [weight.shape for weight in weights]:
        return list(result)
    found = _gradients(result, weights, [x, leaves["W_hh"]])
    return {
        "outputs": result[0].detach(),
        "h": result[1].detach(),
        "c": result[2].detach(),
        "gradient of x": found[0],
        "gradient of W_hh": found[1],
    }


def pooled(mean_over_time, outputs, mask, weights):
    """The means, and the gradient that reaches the outputs."""
    leaf = _leaf(outputs)
    means = mean_over_time(leaf, mask)
    if not isinstance(means, torch.Tensor) or means.shape != weights.shape:
        return means
    (gradient,) = _gradients([means], [weights], [leaf])
    return {"means": means.detach(), "gradient of outputs": gradient}


def counts(count_parameters, names):
    """The number of parameters of each of the models called `names`."""
    return [count_parameters(_model_to_count(*name)) for name in names]


def _model_to_count(kind, *sizes):
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
    model = model.to(upstream.dtype)
    _fill(model, weights)
    logits = model(ids)
    if not isinstance(logits, torch.Tensor) or logits.shape != upstream.shape:
        return {"logits": logits, "gradient": None}
    watched = [model.embedding.weight, next(model.lstm.parameters())]
    found = _gradients([logits], [upstream], [*watched, model.head.weight])
    return {
        "logits": logits.detach(),
        "gradient of the embedding": found[0],
        "gradient of the LSTM": found[1],
        "gradient of the head": found[2],
    }


def _fill(model, weights):
    """Copy arrays into the model; `_l0` is what nn.LSTM adds to a name."""
    own = dict(model.named_parameters())
    for name, value in weights.items():
        found = own.get(name, own.get(name.removesuffix("_l0")))
        if found is None:
            raise AttributeError(f"the model has no parameter {name}")
        found.data.copy_(value)


def newborn(value, case):
    """Judge the start of a model by its range and spread, other results as they are."""
    if isinstance(value, dict) and "embedding" in value:
        table = np.asarray(value["embedding"], dtype=np.float64)
        inside = bool(abs(table).max() <= 0.05 + 1e-7)
        wide = bool(0.026 < table.std() < 0.0315)
        return {
            "logits": value["logits"],
            "sizes": value["sizes"],
            "embedding within -0.05 and 0.05": [inside, "inside" if inside else "out"],
            "embedding uniform": [wide, "as wide as it should be" if wide else "no"],
        }
    return value


def loss_and_gradient(binary_cross_entropy, z, y):
    """The loss and the gradient of the logits."""
    leaf = _leaf(z)
    loss = binary_cross_entropy(leaf, y)
    if not isinstance(loss, torch.Tensor) or loss.numel() != 1:
        return {"loss": loss, "gradient of z": None}
    (gradient,) = _gradients([loss], [torch.ones_like(loss)], [leaf])
    return {"loss": loss.detach(), "gradient of z": gradient}


class TinyText(nn.Module):
    """A small model in place of an LSTM: later words count more, padding nothing.

    While it trains, its logits are smaller than in evaluation: what dropout does,
    without the chance.
    """

    def __init__(self, E, W, b):
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


def training(train_text_classifier, weights, train, validation, orders, **options):
    """What the training reports, and the model that it leaves behind."""
    model = TinyText(*weights)
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
    model = TinyText(*weights)
    results = []
    for text in texts:
        model.train()
        label, probability = classify(text, model, vocabulary, maxlen)
        results.append([label, float(probability)])
    return results


def effects(word_effects, sequences, weights, maxlen):
    """The effects of the words of each sequence."""
    model = TinyText(*weights)
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

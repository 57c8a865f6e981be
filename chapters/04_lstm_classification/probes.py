"""How the cases of chapter 04 are run, and how their results are compared.

A probe runs in the student's process and returns plain numbers; a view turns numbers
into what is compared. Views run where students are graded as well, without torch: who
needs it imports it.
"""

import numpy as np


def _leaf(tensor):
    """A copy of `tensor` that collects a gradient."""
    return tensor.detach().clone().requires_grad_()


def _hand_back(pairs):
    """Write what a function did to its copy into the input itself, where that differs.

    The inputs are compared afterwards, so that a function that changes them is told.
    """
    for given, leaf in pairs:
        now = leaf.detach()
        if now.shape != given.shape or not (now == given).all():
            given.data = now.clone()


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
    _hand_back([(E, table)])
    return _with_gradients(["vectors"], [vectors], [weights], {"E": table})


def cell_step(lstm_cell, x, h, c, params, weights):
    """The two new states, and the gradients of everything that went in."""
    given = {"x": x, "h": h, "c": c, **params}
    everything = {name: _leaf(value) for name, value in given.items()}
    x, h, c = (everything[name] for name in "xhc")
    result = lstm_cell(x, h, c, {name: everything[name] for name in params})
    _hand_back([(given[name], everything[name]) for name in given])
    return _with_gradients(["h", "c"], result, weights, everything)


def gru_step(gru_cell, x, h, params, weights):
    """The new state, and the gradients of everything that went in."""
    leaf_x, leaf_h = _leaf(x), _leaf(h)
    leaves = {name: _leaf(value) for name, value in params.items()}
    result = gru_cell(leaf_x, leaf_h, leaves)
    _hand_back([(x, leaf_x), (h, leaf_h), *((params[n], leaves[n]) for n in leaves)])
    everything = {"x": leaf_x, "h before": leaf_h, **leaves}
    return _with_gradients(["h"], [result], weights, everything)


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
    """Outputs and last states, and the gradients of all that went in."""
    given = {"x": x, **params}
    everything = {name: _leaf(value) for name, value in given.items()}
    leaves = {name: everything[name] for name in params}
    result = lstm_forward(everything["x"], lengths, leaves)
    _hand_back([(given[name], everything[name]) for name in given])
    return _with_gradients(["outputs", "h", "c"], result, weights, everything)


def pooled(mean_over_time, outputs, mask, weights):
    """The means, and the gradient that reaches the outputs.

    Time comes first in the memory of `outputs`, as nn.LSTM returns them.
    """
    leaf = _leaf(outputs)
    seen = leaf.transpose(0, 1).contiguous().transpose(0, 1)
    means = mean_over_time(seen, mask)
    _hand_back([(outputs, seen)])
    return _with_gradients(["means"], [means], [weights], {"outputs": leaf})


def text_lstm(TextLSTM, sizes, weights, ids, upstream):
    """Logits of the model with the given weights, and gradients of some of them.

    It has read another batch before. Without `weights`: what it looks like as it is
    born.
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
    model(ids.flip(0).clone())
    watched = {name: _parameter(model, name) for name in weights}
    return _with_gradients(["logits"], [model(ids)], [upstream], watched)


def _parameter(model, name):
    """The parameter called `name`; `_l0` is what nn.LSTM adds to a name."""
    own = dict(model.named_parameters())
    return own.get(name, own.get(name.removesuffix("_l0")))


def _fill(model, weights):
    """Copy arrays into the model."""
    own = dict(model.named_parameters())
    extra = [n for n in own if n not in weights and f"{n}_l0" not in weights]
    if extra:
        raise AttributeError(f"the model has further parameters: {', '.join(extra)}")
    for name, value in weights.items():
        found = _parameter(model, name)
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
        largest, spread = abs(table).max(), table.std()
        limits = ["0.05", "1"][: 2 if largest > 1 else 1 if largest > 0.05001 else 0]
        return {
            "logits": value["logits"],
            "sizes": value["sizes"],
            "first weights of the embedding": (
                f"some beyond {limits[-1]}" if limits else "none beyond 0.05"
            ),
            "their spread": "uniform" if limits else _width(spread),
        }
    return value


def _width(spread):
    """In words, beside that of numbers uniform between -0.05 and 0.05 (0.0289)."""
    if spread <= 0.026:
        return "smaller than from -0.05 to 0.05"
    if spread >= 0.0315:
        return "larger than from -0.05 to 0.05"
    return "uniform"


def loss_and_gradient(binary_cross_entropy, z, y):
    """The loss and the gradient of the logits."""
    import torch

    leaf = _leaf(z)
    loss = binary_cross_entropy(leaf, y)
    _hand_back([(z, leaf)])
    return _with_gradients(["loss"], [loss], [torch.tensor(1.0)], {"z": leaf})


def tiny_text(E, W, b):
    """A small model in place of an LSTM: later words count more, padding nothing.

    While it trains, its logits are smaller than in evaluation: what dropout does,
    without the chance. `center` is a buffer that follows the texts of the batches and
    is taken off in evaluation, as a batch norm's mean is; `scale` is frozen. `calls`
    holds what it was asked: its mode, the ids, and W and b at that time.
    """
    import torch
    from torch import nn

    class TinyText(nn.Module):
        def __init__(self):
            super().__init__()
            self.E = nn.Parameter(E.detach().clone())
            self.W = nn.Parameter(W.detach().clone())
            self.b = nn.Parameter(b.detach().clone())
            self.scale = nn.Parameter(torch.ones(2, dtype=E.dtype), False)
            self.register_buffer("center", torch.zeros(E.shape[1], dtype=E.dtype))
            self.calls = []

        def forward(self, ids):
            now = torch.cat([self.W.detach().ravel(), self.b.detach()])
            self.calls.append((self.training, ids.clone(), now))
            age = torch.arange(ids.shape[1] - 1, -1, -1)
            fading = torch.where(ids != 0, 0.95**age, 0.0).to(self.E.dtype)
            total = (fading[:, :, None] * self.E[ids]).sum(dim=1)
            text = torch.tanh(total / (1 + fading.sum(dim=1, keepdim=True)).sqrt())
            if self.training:
                self.center.mul_(0.8).add_(0.2 * text.detach().mean(dim=0))
                return 0.6 * (text @ self.W.T + self.b) * self.scale
            return ((text - self.center) @ self.W.T + self.b) * self.scale

    return TinyText()


HISTORY = ("train_loss", "validation_loss", "validation_accuracy", "best_epoch")


def training(
    train_text_classifier, weights, train, validation, orders, *, start=None, **options
):
    """What the training reports, the model that it leaves behind, and what it did.

    `start` is "gradients" where the parameters hold gradients from before, "again"
    where the same model is trained a second time: then that is what is shown.
    """
    import contextlib
    import io

    import torch

    model = tiny_text(*weights)
    model.eval()
    if start == "gradients":
        for parameter in (model.E, model.W, model.b):
            parameter.grad = torch.full_like(parameter, 3.0)
    screen = io.StringIO()  # of a progress bar
    with contextlib.redirect_stdout(screen), contextlib.redirect_stderr(screen):
        for _ in range(2 if start == "again" else 1):
            model.calls.clear()
            history = train_text_classifier(model, train, validation, orders, **options)
    return {
        "history": _history(history),
        "left in training mode": int(model.training),
        "E": model.E.detach(),
        "W": model.W.detach(),
        "b": model.b.detach(),
        "center": model.center,
        "record": _record(model.calls[:18], train[0], validation[0]),
    }


def _history(history):
    """The parts of the history that are asked for; TypeError for tensors in them."""
    import torch

    if not isinstance(history, dict):
        return history
    for name in HISTORY[:3]:
        numbers = history.get(name)
        if isinstance(numbers, list | tuple) and any(
            isinstance(number, torch.Tensor) for number in numbers
        ):
            raise TypeError(f"{name} holds tensors, expected floats")
    return {name: history[name] for name in HISTORY if name in history}


def _record(calls, train, validation):
    """The first calls of the model as arrays: mode, rows of a set, weights.

    Rows of the validation set count on from those of the training set; -1 fills up,
    -2 stands for a row of neither.
    """
    rows = [tuple(row) for part in (train, validation) for row in part.tolist()]
    numbers = {row: number for number, row in enumerate(rows)}
    width = min(max((len(ids) for _, ids, _ in calls), default=0), 40)
    texts = np.full((len(calls), width), -1, dtype=np.int16)
    for line, (_, ids, _) in zip(texts, calls, strict=True):
        found = [numbers.get(tuple(row), -2) for row in ids[:width].tolist()]
        line[: len(found)] = found
    return {
        "training mode": np.array([mode for mode, _, _ in calls], dtype=bool),
        "texts": texts,
        "weights": np.array([now.numpy() for _, _, now in calls], dtype=np.float32),
    }


def trained(value, case):
    """The numbers of a training, and where it first left the path, in words.

    The words are shown where the numbers are far from right; they decide nothing.
    """
    if not isinstance(value, dict) or "record" not in value:
        return value
    numbers = {name: part for name, part in value.items() if name != "record"}
    expected = case.expected.value
    said = "as described"
    if isinstance(expected, dict) and not _near(
        {name: _bare(part) for name, part in expected.items() if name != "record"},
        numbers,
    ):
        try:
            said = _departure(_plain(expected["record"]), _plain(value["record"]))
        except Exception:  # a record that is none
            said = "as described"
    return {"the training": said, **numbers}


def _bare(value):
    """A tensor that travelled as its array, in dicts and lists too."""
    if isinstance(value, dict):
        return {key: _bare(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_bare(item) for item in value]
    return getattr(value, "array", value)


def _plain(record):
    return {name: np.asarray(part) for name, part in _bare(record).items()}


def _near(expected, value):
    """Whether two results are equal far beyond any tolerance of a check."""
    if isinstance(expected, dict):
        return (
            isinstance(value, dict)
            and set(expected) == set(value)
            and all(_near(part, value[name]) for name, part in expected.items())
        )
    try:
        one, other = np.asarray(expected, float), np.asarray(value, float)
    except (TypeError, ValueError):
        return False
    return one.shape == other.shape and np.allclose(one, other, rtol=1e-3, atol=1e-3)


def _departure(expected, got):
    """The first call of the model that is not as expected, in at most 80 letters."""
    mode, texts, weights = (
        [record[name] for record in (expected, got)]
        for name in ("training mode", "texts", "weights")
    )
    updates = epoch = 0
    for k in range(len(texts[0])):
        learns = bool(mode[0][k])
        where = f"batch {updates + 1}" if learns else f"validation {epoch + 1}"
        if k >= len(texts[1]):
            return f"it ends before {where}"
        wanted, found = ([n for n in rows[k].tolist() if n != -1] for rows in texts)
        if wanted != found:
            return _other_texts(where, wanted, found)
        if mode[0][k] != mode[1][k]:
            wrong = "training" if mode[1][k] else "evaluation"
            return f"{where} is in {wrong} mode"
        moved = np.abs(weights[1][k] - weights[0][k]).max()
        if moved > 1e-5 * np.abs(weights[0][k]).max():
            if updates == 0:
                return "the weights change before the first batch"
            return _other_step(updates, weights, k)
        updates, epoch = updates + learns, epoch + (not learns)
    return "as described"


def _other_texts(where, wanted, found):
    if len(wanted) != len(found):
        return f"{where} has {len(found)} texts, not {len(wanted)}"
    if sorted(wanted) == sorted(found):
        return f"{where} has its texts in another order"
    return f"{where} begins with text {found[0]}, not {wanted[0]}"


def _other_step(updates, weights, k):
    """How the last update differs: its length, or its direction."""
    start, wanted, found = weights[0][k - 1], weights[0][k], weights[1][k]
    step, other = wanted - start, found - weights[1][k - 1]
    if np.abs(step).max() == 0:
        return f"the weights change between batch {updates} and the next"
    if np.abs(other).max() == 0:
        return f"update {updates} changes no weight"
    ratio = float(step @ other / (step @ step))
    if np.allclose(other, ratio * step, atol=0.01 * np.abs(ratio * step).max()):
        return f"update {updates} is {ratio:.3g} times as long as Adam's"
    return f"update {updates} goes another way than Adam's"


def answers(classify, texts, weights, vocabulary, *maxlen):
    """The answer for each text, from a model that was last in training mode."""
    model = tiny_text(*weights)
    results = []
    for text in texts:
        model.train()
        answer = classify(text, model, vocabulary, *maxlen)
        results.append(list(answer) if isinstance(answer, tuple) else answer)
    return results


def effects(word_effects, sequences, weights, *maxlen):
    """The effects of the words of each sequence."""
    model = tiny_text(*weights)
    results = []
    for sequence in sequences:
        model.train()
        results.append(word_effects(sequence, model, *maxlen))
    return results


def one_or_each(fit_vocabulary, first, *rest):
    """One vocabulary, or a list of them where the input is a list of calls."""
    if not rest:
        return [fit_vocabulary(*arguments) for arguments in first]
    return fit_vocabulary(first, *rest)


def as_numbers(value, case):
    """The same numbers, whatever their dtype."""
    return np.asarray(value, dtype=np.float64)


def admit_states(outputs, mask):
    """The pair as arrays; ValueError where it is out of bounds."""
    outputs, mask = np.array(outputs, dtype=float), np.array(mask)
    if mask.dtype.kind not in "biu" or not np.isin(mask, (0, 1)).all():
        raise ValueError("the mask holds True and False.")
    if outputs.ndim != 3 or mask.shape != outputs.shape[:2]:
        raise ValueError("outputs have the shape (N, T, n), the mask has (N, T).")
    if not 1 <= outputs.size <= 200:
        raise ValueError("outputs hold 1 to 200 numbers here.")
    if not (abs(outputs) <= 1000).all():
        raise ValueError("every number lies between -1000 and 1000.")
    return outputs, mask.astype(bool)


def admit_texts(sequences):
    """The texts as lists of int; ValueError where they are out of bounds."""
    texts = [[whole(number) for number in text] for text in sequences]
    if not 1 <= len(texts) <= 10 or max(map(len, texts)) > 20:
        raise ValueError("an input holds 1 to 10 texts of 0 to 20 ids.")
    if not all(1 <= number <= 9999 for text in texts for number in text):
        raise ValueError("every id lies between 1 and 9999.")
    return (texts,)


def whole(number):
    """`number` as an int, where it is one."""
    if int(number) != number:
        raise ValueError("ids are whole numbers.")
    return int(number)

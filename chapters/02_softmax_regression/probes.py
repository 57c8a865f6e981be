"""How the cases of this chapter are run, and how some results are looked at."""

import math

import numpy as np


def ask(function, *inputs, calls=None, columns_first=False, **keywords):
    """Call `function`; with `calls`, once for each tuple of arguments in it.

    `calls` maps a description to arguments. With `columns_first` arrays are stored as
    Fortran does, which changes nothing but their place in memory.
    """
    if calls is not None:
        return {said: function(*arguments) for said, arguments in calls.items()}
    if columns_first:
        inputs = [np.asfortranarray(x) if np.ndim(x) else x for x in inputs]
    return function(*inputs, **keywords)


def shift_and_look(shift_images, *inputs, calls=None, **keywords):
    """Shift images; say besides whether the result is apart from what went in."""
    if calls is None:
        calls = {"the images": (*inputs, *keywords.values())}
    return {said: _shift_one(shift_images, *one) for said, one in calls.items()}


def _shift_one(shift_images, images, *arguments):
    given = images.copy()
    moved = shift_images(given, *arguments)
    return {"moved": moved, "a new array": not _shares_memory(moved, given)}


def _shares_memory(one, other):
    try:
        return bool(np.shares_memory(np.asarray(one), other))
    except Exception:
        return False


def numbers_alone(report, case):
    """Numbers as floats: an exercise that asks for no dtype accepts each."""
    if isinstance(report, dict):
        return {key: numbers_alone(value, case) for key, value in report.items()}
    if isinstance(report, bool) or report is None or isinstance(report, str):
        return report
    return np.asarray(report, dtype=np.float64)


def _outcome(function, arguments):
    try:
        return function(*arguments)
    except ValueError:
        return "ValueError was raised"


def run_dense(dense, x, W, b, activation):
    """One layer with an activation that is named, not passed."""
    functions = {
        "identity": lambda z: z,
        "tanh": np.tanh,
        "relu": lambda z: np.maximum(z, 0),
        "cube": lambda z: z**3,
        "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    }
    return dense(x, W, b, functions[activation])


def run_network(build, arguments, weights, x, refused=None):
    """Build a network; report its layers; run it on `x` with the given weights.

    Layers are listed in the order in which they are used, which need not be that in
    which a class declares them. `refused` maps descriptions to arguments that the
    builder has to refuse.
    """
    import torch

    model = build(*arguments)
    layers = _layers_in_use(model, x.shape[1])
    report = {
        "layers": [
            [type(layer).__name__, list(layer.weight.shape), layer.bias is not None]
            for layer in layers
        ],
        "parameters": sum(p.numel() for p in model.parameters()),
        "initial": [layer.weight.detach().clone() for layer in layers],
        "initial biases": [
            None if layer.bias is None else layer.bias.detach().clone()
            for layer in layers
        ],
        "logits": None,
        "gradient of the first layer": None,
        "arguments to refuse": {
            said: _refusal(build, wrong) for said, wrong in (refused or {}).items()
        },
    }
    shapes = [list(layer.weight.shape) for layer in layers]
    biases = all(layer.bias is not None for layer in layers)
    if shapes != [list(W.shape) for W, _ in weights] or not biases:
        return report
    with torch.no_grad():
        for layer, (W, b) in zip(layers, weights, strict=True):
            layer.weight.copy_(torch.as_tensor(W))
            layer.bias.copy_(torch.as_tensor(b))
    inputs = torch.as_tensor(x, dtype=layers[0].weight.dtype)
    logits = model(inputs)
    report["logits"] = logits.detach()
    if logits.requires_grad:
        (logits**2).sum().backward()
        report["gradient of the first layer"] = layers[0].weight.grad
    return report


def _layers_in_use(model, width):
    """Dense and convolution layers as one row passes them, then those it never met."""
    import torch
    from torch import nn

    layers = [m for m in model.modules() if isinstance(m, nn.Linear | nn.Conv2d)]
    met = []
    hooks = [m.register_forward_hook(lambda m, *_: met.append(m)) for m in layers]
    try:
        with torch.no_grad():
            model(torch.zeros(1, width, dtype=next(model.parameters()).dtype))
    except Exception:
        pass  # whoever runs the model on real inputs will meet the error again
    for hook in hooks:
        hook.remove()
    return [*dict.fromkeys(met), *(m for m in layers if m not in met)]


def _refusal(build, arguments):
    result = _outcome(build, arguments)
    return result if isinstance(result, str) else f"a {type(result).__name__}"


def look_at_network(report, case):
    """Replace random initial weights by whether they vary and are of fit size."""
    bounds = [1 / math.sqrt(np.prod(np.shape(W)[1:])) for W in report["initial"]]
    relative = [
        np.ravel(W) / bound for W, bound in zip(report["initial"], bounds, strict=True)
    ]
    return {
        **report,
        "initial": [_random_or_not(W) for W in report["initial"]],
        "initial weights as large as PyTorch's": [
            _as_spread_as_uniform(values) for values in relative
        ],
        "initial biases": [
            b is not None and _drawn(np.asarray(b), bound)
            for b, bound in zip(report["initial biases"], bounds, strict=True)
        ],
    }


def _as_spread_as_uniform(values):
    """Whether numbers can be draws from -1 to 1, by five standard errors."""
    root = math.sqrt(np.mean(values**2))
    return bool(abs(root - math.sqrt(1 / 3)) < 5 * 0.26 / math.sqrt(len(values)))


def _drawn(b, bound):
    """Whether biases were drawn: not zero, not all alike, within PyTorch's bound."""
    alike = len(b) > 1 and np.ptp(b) == 0
    return bool(np.any(b) and not alike and np.abs(b).max() <= 1.01 * bound)


def _random_or_not(W):
    """How weights were initialised: PyTorch draws them from -1 to 1 over a root."""
    W = np.asarray(W)
    bound = 1 / math.sqrt(np.prod(W.shape[1:]))
    return {
        "drawn at random": bool(np.std(W) > 1e-6 * bound),
        "as small as PyTorch's": bool(np.abs(W).max() <= 1.01 * bound),
    }


def count_each(count_parameters, models):
    """Counts of models that are described by a kind and sizes."""
    return {
        f"{kind}, sizes {sizes}": count_parameters(_some_model(kind, *sizes))
        for kind, *sizes in models
    }


def _some_model(kind, a, b, c):
    import torch
    from torch import nn

    if kind == "two layers":
        return nn.Sequential(nn.Linear(a, b), nn.ReLU(), nn.Linear(b, c))
    if kind == "no bias":
        return nn.Linear(a, b, bias=False)
    if kind == "convolution":
        return nn.Sequential(nn.Conv2d(a, b, 3), nn.Flatten(), nn.Linear(c, a))
    if kind == "batch norm":
        return nn.Sequential(nn.Linear(a, b), nn.BatchNorm1d(b), nn.Linear(b, c))
    if kind == "frozen body":
        model = nn.Sequential(nn.Linear(a, b), nn.ReLU(), nn.Linear(b, c))
        model[0].requires_grad_(False)
        return model
    if kind == "embedding":
        return nn.Sequential(nn.Embedding(a, b), nn.LayerNorm(b), nn.Linear(b, c))
    if kind == "its own parameter":
        model = nn.Sequential(nn.Linear(a, b))
        model.scale = nn.Parameter(torch.ones(1))
        model.table = nn.Parameter(torch.ones(c, a, b))
        return model
    if kind == "a frozen bias":
        model = nn.Sequential(nn.Linear(a, b), nn.Linear(b, c))
        model[1].bias.requires_grad_(False)
        return model
    if kind == "nested":
        inner = nn.Sequential(nn.Linear(a, b), nn.Sequential(nn.Linear(b, c)))
        return nn.ModuleDict({"inner": inner, "head": nn.Linear(c, a)})
    if kind == "shared and frozen":
        model = nn.Sequential(nn.Linear(a, a), nn.Linear(a, a), nn.Linear(a, b))
        model[1].weight = model[0].weight.requires_grad_(False)
        return model
    if kind == "shared weights":
        model = nn.Sequential(nn.Linear(a, a), nn.Linear(a, a), nn.Linear(a, b))
        model[1].weight = model[0].weight
        return model
    return nn.ReLU()


def run_training(
    train_classifier, kind, weights, X, y, X_val, y_val, orders, batch_size, alpha
):
    """Train a network of the given kind and weights; report what is left of it.

    What the optimiser and the model were given on the way is written down as well. It
    explains wrong numbers and never decides (:func:`look_at_training`).
    """
    import torch

    model = _trainable(kind, weights)
    recorder = _Recorder(model, X, X_val)
    with recorder:
        history = train_classifier(model, X, y, X_val, y_val, orders, batch_size, alpha)
    with torch.no_grad():
        logits = model(X_val)
    return {
        "history": _compact(history),
        "history holds a graph": _holds_a_graph(history),
        "in train mode afterwards": model.training,
        "parameters and buffers": torch.cat(
            [v.double().flatten() for v in model.state_dict().values()]
        ),
        "logits": logits,
        "needs a gradient": np.array([p.requires_grad for p in model.parameters()]),
        "events": recorder.events(),
        "validation in train mode": recorder.measured_in_train_mode,
    }


def _compact(history):
    """The history with its lists of floats as arrays: less to send."""
    if not isinstance(history, dict):
        return history
    return {
        key: np.array(value)
        if isinstance(value, list) and all(type(v) is float for v in value)
        else value
        for key, value in history.items()
    }


def _holds_a_graph(history):
    if isinstance(history, dict):
        history = list(history.values())
    if isinstance(history, list | tuple):
        return any(_holds_a_graph(item) for item in history)
    return bool(getattr(history, "requires_grad", False))


_NO_ROW = -2  # fills the rows of a smaller batch; -1 is a row that nobody knows


class _Recorder:
    """Writes down each update: rows, mode, optimiser, rate and size of the gradient."""

    def __init__(self, model, X, X_val):
        self.model, self.X, self.X_val = model, X, X_val
        self.updates, self.batches, self.rows, self.training = [], [], None, None
        self.optimizers, self.measured_in_train_mode = [], False

    def __enter__(self):
        from torch.optim.optimizer import register_optimizer_step_pre_hook

        self.hooks = [
            self.model.register_forward_pre_hook(self._forward),
            register_optimizer_step_pre_hook(self._step),
        ]
        return self

    def __exit__(self, *_):
        for hook in self.hooks:
            hook.remove()

    def _forward(self, model, inputs):
        import torch

        x = inputs[0] if inputs else None
        if not isinstance(x, torch.Tensor) or x.shape[1:] != self.X.shape[1:]:
            return
        if x.shape == self.X_val.shape and torch.equal(x.to(self.X_val), self.X_val):
            self.measured_in_train_mode |= model.training
            return
        flat, all_rows = x.detach().flatten(1), self.X.flatten(1)
        same = (flat[:, None].to(all_rows) == all_rows[None]).all(dim=2)
        self.rows = [row.nonzero()[0].item() if row.any() else -1 for row in same]
        self.training = model.training

    def _step(self, optimizer, *_):
        if not any(optimizer is known for known in self.optimizers):
            self.optimizers.append(optimizer)
        gradients = [p.grad for p in self.model.parameters() if p.grad is not None]
        norm = math.sqrt(sum(float((g**2).sum()) for g in gradients))
        rate = float(optimizer.param_groups[0]["lr"])
        self.updates.append([bool(self.training), len(self.optimizers), rate, norm])
        self.batches.append(list(self.rows or []))

    def events(self):
        """What happened as two small arrays, one row an update, and a name."""
        width = max(map(len, self.batches), default=0)
        rows = np.full((len(self.batches), width), _NO_ROW, dtype=np.int16)
        for line, batch in zip(rows, self.batches, strict=True):
            line[: len(batch)] = batch
        names = {type(optimizer).__name__ for optimizer in self.optimizers}
        numbers = np.array(self.updates, dtype=np.float32).reshape(-1, 4)
        return {"rows": rows, "numbers": numbers, "optimizer": ", ".join(sorted(names))}


def look_at_training(report, case):
    """Keep the four parts of the history that the exercise asks for.

    Where the numbers are wrong, the first departure from the expected course of the
    training stands before them, in words.
    """
    expected = case.expected.value
    history = report["history"]
    wanted = ("train_loss", "val_loss", "val_accuracy", "best_epoch")
    if isinstance(history, dict):
        history = {key: history[key] for key in wanted if key in history}
    seen = {key: value for key, value in report.items() if key not in _TOLD_ONLY}
    said = "none"
    if not all(
        _near(seen[key], expected[key]) for key in seen if key != "history"
    ) or not _near(history, expected["history"]):
        said = _departure(report, expected) or "none"
    return {"first departure": said, **seen, "history": history}


_TOLD_ONLY = ("events", "validation in train mode")


def _near(one, other):
    """Whether two results agree to about three digits, in whatever containers."""
    one, other = getattr(one, "array", one), getattr(other, "array", other)
    if isinstance(other, dict):
        return isinstance(one, dict) and all(
            key in one and _near(one[key], value) for key, value in other.items()
        )
    if isinstance(other, list | tuple) and isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(_near, one, other))
    try:
        return bool(np.allclose(one, other, rtol=1e-3, atol=1e-6))
    except Exception:
        return False


def _departure(report, expected):
    """The first update that is not as asked, in at most 75 characters; or nothing."""
    events, wanted = report["events"], expected["events"]
    if events["optimizer"] and events["optimizer"] != wanted["optimizer"]:
        return f"the optimiser is {events['optimizer']}"
    pairs = zip(_updates(events), _updates(wanted), strict=False)
    for number, (one, other) in enumerate(pairs, 1):
        said = _update_departs(one, other)
        if said:
            return f"update {number}: {said}"
    count, asked = len(_updates(events)), len(_updates(wanted))
    if count and count != asked:
        return f"{count} updates where {asked} are asked for"
    if report["validation in train mode"]:
        return "the validation set is measured in train mode"
    return ""


def _updates(events):
    """For each update: its rows in order, mode, number of the optimiser, rate, norm."""
    rows = np.asarray(getattr(events["rows"], "array", events["rows"]))
    numbers = np.asarray(getattr(events["numbers"], "array", events["numbers"]))
    return [
        (sorted(int(r) for r in line if r != _NO_ROW), *map(float, values))
        for line, values in zip(rows, numbers, strict=True)
    ]


def _update_departs(one, other):
    rows, training, optimizer, rate, norm = one
    asked_rows, asked_training, asked_optimizer, asked_rate, asked_norm = other
    if abs(rate - asked_rate) > 1e-9 + 1e-5 * asked_rate:
        return f"the learning rate is {rate:.4g}, asked {asked_rate:.4g}"
    if len(rows) != len(asked_rows):
        return f"a batch of {len(rows)} samples, asked {len(asked_rows)}"
    if rows != asked_rows and -1 not in rows:
        return f"the batch has the rows {_few(rows)}, asked {_few(asked_rows)}"
    if training != asked_training:
        return "the model is in eval mode"
    if optimizer != asked_optimizer:
        return "a new optimiser; Adam's averages are lost"
    if abs(norm - asked_norm) > 1e-6 + 1e-3 * asked_norm:
        return f"the gradient has the norm {norm:.4g}, asked {asked_norm:.4g}"
    return ""


def _few(rows):
    return " ".join(map(str, rows[:5])) + (" ..." if len(rows) > 5 else "")


def _trainable(kind, weights):
    import torch
    from torch import nn

    class Doubled(nn.Module):
        """Doubles its input in train mode: a dropout that is not random."""

        def forward(self, x):
            return 2 * x if self.training else x

    (W1, b1), (W2, b2) = weights
    middle = {
        "plain": [],
        "other in train mode": [Doubled()],
        "batch norm": [nn.BatchNorm1d(len(b1))],
    }.get(kind, [])
    first = nn.Linear(*W1.shape[::-1])
    model = nn.Sequential(
        *([nn.Flatten()] if kind == "images" else []),
        first,
        *middle,
        nn.Tanh(),
        nn.Linear(*W2.shape[::-1]),
    ).double()
    _fill(first, W1, b1)
    _fill(model[-1], W2, b2)
    if kind == "frozen first layer":
        first.requires_grad_(False)
    if kind == "frozen last layer":
        model[-1].requires_grad_(False)
    if kind == "images":
        for p in model.parameters():
            p.grad = 3 * p.detach().cos()
        return model.train()
    return model.eval()


def _fill(layer, W, b):
    import torch

    with torch.no_grad():
        layer.weight.copy_(torch.as_tensor(W))
        layer.bias.copy_(torch.as_tensor(b))


def run_new_head(replace_head, kind, sizes, dtype, seed, head, x, k, *freeze):
    """Replace the head of a network, then take a training step with the copy."""
    import torch

    old = _network_with_head(kind, *sizes, seed).to(getattr(torch, dtype)).eval()
    x = torch.as_tensor(x, dtype=old[-1].weight.dtype)
    before = old(x).detach()
    new = replace_head(old, k, *freeze)
    fresh = new[-1]
    if not isinstance(fresh, torch.nn.Linear):
        return {"head": [type(fresh).__name__]}
    x_new = x.to(next(new.parameters()).dtype)
    report = {
        "head": [
            type(fresh).__name__,
            list(fresh.weight.shape),
            str(fresh.weight.dtype),
        ],
        "head has a bias": fresh.bias is not None,
        "initial": fresh.weight.detach().clone(),
        "initial bias": None if fresh.bias is None else fresh.bias.detach().clone(),
        "old head": old[-1].weight.detach().clone(),
        "body": new[:-1].eval()(x_new).detach(),
        "trainable": {n: p.requires_grad for n, p in new.named_parameters()},
        "trainable in the old model": [p.requires_grad for p in old.parameters()],
        "old model unchanged": bool(torch.equal(old(x), before)),
    }
    if list(fresh.weight.shape) != list(head.shape) or fresh.bias is None:
        return report
    with torch.no_grad():
        fresh.weight.copy_(torch.as_tensor(head))
        fresh.bias.zero_()
    trainable = [p for p in new.parameters() if p.requires_grad]
    optimizer = torch.optim.SGD(trainable, lr=0.1)
    new.train()
    optimizer.zero_grad()
    (new(x_new) ** 2).mean().backward()
    optimizer.step()
    report["body after a step"] = new[:-1].eval()(x_new).detach()
    report["old model after the step"] = old.eval()(x).detach()
    return report


def _network_with_head(kind, d, h, m, seed):
    """A network from d inputs over h numbers to m classes, the same for each seed."""
    import torch
    from torch import nn

    first, last = nn.Linear(d, h), nn.Linear(h, m, bias=kind != "head without bias")
    body = {
        "three layers": [nn.Linear(d, 7), nn.ReLU(), nn.Linear(7, h), nn.Tanh()],
        "partly frozen": [nn.Linear(d, 7), nn.ReLU(), nn.Linear(7, h), nn.Tanh()],
        "batch norm": [first, nn.BatchNorm1d(h), nn.Tanh()],
        "nested": [nn.Sequential(nn.Linear(d, 6), nn.Tanh()), nn.Linear(6, h)],
        "no body": [],
        "convolution": [
            nn.Unflatten(1, (2, 3, 3)),
            nn.Conv2d(2, h // 4, 2),
            nn.ReLU(),
            nn.Flatten(),
        ],
    }.get(kind, [first, nn.Tanh()])
    model = nn.Sequential(*body, last)
    draw = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for tensor in model.state_dict().values():
            if tensor.is_floating_point():
                tensor.copy_(torch.rand(tensor.shape, generator=draw) + 0.1)
        for p in model.parameters():
            p.sub_(0.6)
    if kind == "frozen before":
        model[0].requires_grad_(False)
    if kind == "partly frozen":
        model[2].requires_grad_(False)
    return model


def look_at_head(report, case):
    """Replace the random head by whether it is fresh."""
    if "initial" not in report:
        return report
    W, old = np.asarray(report["initial"]), np.asarray(report["old head"])
    rows = min(len(W), len(old))
    same_width = W.shape[1] == old.shape[1]
    fresh = {
        **_random_or_not(W),
        "as spread as PyTorch's": _as_spread_as_uniform(
            np.ravel(W) * W.shape[1] ** 0.5
        ),
        "not the old head": not same_width
        or bool(np.abs(W[:rows] - old[:rows]).max() > 1e-6),
    }
    bias, bound = report["initial bias"], 1 / math.sqrt(W.shape[1])
    return {
        **report,
        "initial": fresh,
        "initial bias": bias is not None and _drawn(np.asarray(bias), bound),
    }


def admit_points(x, means):
    """The point and the means as float arrays; ValueError where out of bounds."""
    x, means = np.array(x, dtype=float), np.array(means, dtype=float)
    if x.ndim != 1 or means.ndim != 2 or means.shape[1] != len(x):
        raise ValueError("x has the shape (d,) and means the shape (k, d).")
    if not (1 <= len(x) <= 5 and 2 <= len(means) <= 5):
        raise ValueError("d is from 1 to 5, k from 2 to 5.")
    if not all((abs(array) <= 100).all() for array in (x, means)):
        raise ValueError("every number lies from -100 to 100.")
    return x, means


def admit_losses(losses, patience):
    """The losses as a float array and a whole patience; ValueError out of bounds."""
    losses = np.array(losses, dtype=float)
    if losses.ndim != 1 or not 1 <= len(losses) <= 12:
        raise ValueError("losses has the shape (n,), n from 1 to 12.")
    if not ((losses >= 0) & (losses <= 10)).all():
        raise ValueError("every loss lies from 0 to 10.")
    if int(patience) != patience or not 1 <= patience <= 5:
        raise ValueError("patience is a whole number from 1 to 5.")
    return losses, int(patience)

"""How the cases of this chapter are run, and how some results are looked at."""

import math

import numpy as np


def ask(function, *inputs, calls=None, **keywords):
    """Call `function`; with `calls`, once for each tuple of arguments in it.

    `calls` maps a description to arguments. A call that raises ValueError has the
    words "ValueError was raised" as its result.
    """
    if calls is None:
        return function(*inputs, **keywords)
    return {said: _outcome(function, arguments) for said, arguments in calls.items()}


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
    return {**report, "initial": [_random_or_not(W) for W in report["initial"]]}


def _random_or_not(W):
    """How weights were initialised: PyTorch draws them from -1 to 1 over a root."""
    W = np.asarray(W)
    bound = 1 / math.sqrt(np.prod(W.shape[1:]))
    return {
        "drawn at random": bool(np.std(W) > 0.05 * bound),
        "as small as PyTorch's": bool(np.abs(W).max() <= 1.01 * bound),
    }


def count_each(count_parameters, models):
    """Counts of models that are described by a kind and sizes."""
    return [count_parameters(_some_model(*model)) for model in models]


def _some_model(kind, a, b, c):
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
    if kind == "shared weights":
        model = nn.Sequential(nn.Linear(a, a), nn.Linear(a, a), nn.Linear(a, b))
        model[1].weight = model[0].weight
        return model
    return nn.ReLU()


def run_training(
    train_classifier, kind, weights, X, y, X_val, y_val, orders, batch_size, alpha
):
    """Train a network of the given kind and weights; report what is left of it."""
    import torch

    model = _trainable(kind, weights)
    history = train_classifier(model, X, y, X_val, y_val, orders, batch_size, alpha)
    with torch.no_grad():
        logits = model(X_val)
    return {
        "history": history,
        "in train mode afterwards": model.training,
        "parameters and buffers": [v.double() for v in model.state_dict().values()],
        "logits": logits,
    }


def look_at_training(report, case):
    """Keep the four parts of the history that the exercise asks for."""
    history = report["history"]
    wanted = ("train_loss", "val_loss", "val_accuracy", "best_epoch")
    if isinstance(history, dict):
        history = {key: history[key] for key in wanted if key in history}
    return {**report, "history": history}


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
        "frozen first layer": [],
    }[kind]
    model = nn.Sequential(
        nn.Linear(*W1.shape[::-1]), *middle, nn.Tanh(), nn.Linear(*W2.shape[::-1])
    ).double()
    _fill(model[0], W1, b1)
    _fill(model[-1], W2, b2)
    if kind == "frozen first layer":
        model[0].requires_grad_(False)
    if torch.is_grad_enabled():
        model.eval()
    return model


def _fill(layer, W, b):
    import torch

    with torch.no_grad():
        layer.weight.copy_(torch.as_tensor(W))
        layer.bias.copy_(torch.as_tensor(b))


def run_new_head(replace_head, kind, weights, head, x, k, *freeze):
    """Replace the head of a network, then take a training step with the copy."""
    import torch
    from torch import nn

    (W1, b1), (W2, b2) = weights
    old = nn.Sequential(
        nn.Linear(*W1.shape[::-1]), nn.Tanh(), nn.Linear(*W2.shape[::-1])
    )
    old = old if kind == "single precision" else old.double()
    _fill(old[0], W1, b1)
    _fill(old[-1], W2, b2)
    if kind == "frozen before":
        old[0].requires_grad_(False)
    x = torch.as_tensor(x, dtype=old[0].weight.dtype)
    new = replace_head(old, k, *freeze)
    fresh = new[-1]
    report = {
        "head": [
            type(fresh).__name__,
            list(fresh.weight.shape),
            str(fresh.weight.dtype),
        ],
        "head has a bias": fresh.bias is not None,
        "initial": fresh.weight.detach().clone(),
        "old head": old[-1].weight.detach().clone(),
        "body": new[:-1](x).detach(),
        "needs a gradient": [p.requires_grad for p in new.parameters()],
        "old needs a gradient": [p.requires_grad for p in old.parameters()],
    }
    if list(fresh.weight.shape) != list(head.shape) or fresh.bias is None:
        return report
    with torch.no_grad():
        fresh.weight.copy_(torch.as_tensor(head))
        fresh.bias.zero_()
    trainable = [p for p in new.parameters() if p.requires_grad]
    optimizer = torch.optim.SGD(trainable, lr=0.1)
    (new(x) ** 2).mean().backward()
    optimizer.step()
    report["body after a step"] = new[:-1](x).detach()
    report["old model after the step"] = old(x).detach()
    return report


def look_at_head(report, case):
    """Replace the random head by whether it is fresh."""
    W, old = np.asarray(report["initial"]), np.asarray(report["old head"])
    rows = min(len(W), len(old))
    same_width = W.shape[1] == old.shape[1]
    fresh = {
        **_random_or_not(W),
        "not the old head": not same_width
        or bool(np.abs(W[:rows] - old[:rows]).max() > 1e-6),
    }
    return {**report, "initial": fresh}

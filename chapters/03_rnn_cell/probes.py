"""How the cases of chapter 03 are run, in the student's process."""

import numpy as np
import torch


def gradients(result, leaves):
    """Gradients of `result` at `leaves`; zeros where nothing flows back."""
    if not result.requires_grad:
        return [torch.zeros_like(leaf) for leaf in leaves]
    found = torch.autograd.grad(result, leaves, allow_unused=True)
    return [
        torch.zeros_like(leaf) if gradient is None else gradient
        for leaf, gradient in zip(leaves, found, strict=True)
    ]


class StandIn(torch.nn.Module):
    """A cell with the interface of RNN and other arithmetic.

    Cases for functions that take a cell use this one, so that they do not depend on
    how RNN is written. It refuses what RNN refuses.
    """

    def __init__(self, weights):
        super().__init__()
        self.A = torch.nn.Parameter(torch.tensor(weights["A"]))
        self.B = torch.nn.Parameter(torch.tensor(weights["B"]))
        self.start = torch.tensor(weights["start"])
        self.hidden_size = self.B.shape[0]

    def forward(self, input, hidden):
        for name, given, width in (
            ("input", input, self.A.shape[0]),
            ("hidden", hidden, self.hidden_size),
        ):
            if given.ndim != 2 or given.shape[1] != width:
                raise RuntimeError(
                    f"{name} must be (rows, {width}), got {tuple(given.shape)}"
                )
        if len(input) != len(hidden):
            raise RuntimeError(
                f"input has {len(input)} rows and hidden has {len(hidden)}"
            )
        hidden = 0.8 * hidden.roll(1, dims=1) + torch.sin(input.float() @ self.A)
        return torch.log_softmax(hidden @ self.B, dim=1), hidden

    def initHidden(self):
        return self.start.clone()


def attempt(function, *arguments, refused=True):
    """The result, or in a case with inputs to be refused that ValueError was raised."""
    try:
        return function(*arguments)
    except ValueError:
        if not refused:
            raise
        return "raises ValueError"


def one_or_many(target, *inputs, **keywords):
    """Call `target` on the inputs, or on every tuple of one list of tuples."""
    many = len(inputs) == 1 and isinstance(inputs[0], list)
    if many and inputs[0] and all(type(item) is tuple for item in inputs[0]):
        return [attempt(target, *arguments) for arguments in inputs[0]]
    return target(*inputs, **keywords)


def clipping(clip, *inputs, own=False):
    """Clip, once or many times; with `own`, tell besides whether the arrays are new.

    An array is new where what is written into it does not reach an array given.
    """
    result = one_or_many(clip, *inputs)
    if not own or not isinstance(result, tuple | list) or len(result) != 2:
        return result
    clipped, norm = result
    arrays = [np.asarray(array) for array in clipped]
    new = not any(
        np.shares_memory(array, given) for array in arrays for given in inputs[0]
    )
    return {"clipped": clipped, "norm": norm, "the arrays are new": new}


def fill(rnn, weights):
    """Copy `weights` into the parameters, which must be these and no others."""
    own = {name: tuple(value.shape) for name, value in rnn.named_parameters()}
    wanted = {name: tuple(value.shape) for name, value in weights.items()}
    if own != wanted:
        raise AttributeError(f"its parameters are {own}, expected {wanted}")
    for name, parameter in rnn.named_parameters():
        parameter.data.copy_(torch.as_tensor(weights[name]))


def cell_class(cls, sizes, weights, steps, refused=False):
    """Build the class, load `weights`, read `steps` of (input, hidden) pairs.

    A step without a hidden state starts from initHidden().
    """
    rnn = cls(*sizes)
    fill(rnn, weights)
    results, total = [], torch.zeros(())
    for input, hidden in steps:
        state = rnn.initHidden() if hidden is None else hidden
        try:
            output, new = rnn(input, state)
        except Exception as error:
            if not refused or isinstance(error, NotImplementedError):
                raise
            results.append("raises an error")
            continue
        total = total + output[:, 0].sum() + 3 * new[:, 0].sum()
        results.append([output, new])
    parameters = [parameter for _, parameter in sorted(rnn.named_parameters())]
    return {
        "output and hidden": results,
        "initHidden()": rnn.initHidden(),
        "hidden_size": rnn.hidden_size,
        "gradients": gradients(total, parameters),
    }


def reading(read_name, weights, tensors, refused=False):
    """Read several names with one cell, one after the other."""
    rnn = StandIn(weights)
    results = []
    for tensor in tensors:
        result = attempt(read_name, rnn, tensor, refused=refused)
        if isinstance(result, str):
            results.append(result)
            continue
        output, states = result
        (gradient,) = gradients(output[0, 1], [rnn.A])
        results.append({"output": output, "states": states, "gradient": gradient})
    return results


def training(train_step, weights, steps, lr, momentum):
    """Take one step for every (tensor, label) with plain gradient descent."""
    rnn = StandIn(weights)
    optimizer = torch.optim.SGD(rnn.parameters(), lr=lr, momentum=momentum)
    losses = [train_step(rnn, optimizer, tensor, label) for tensor, label in steps]
    return {"losses": losses, "parameters afterwards": [rnn.A, rnn.B]}


def reading_batches(read_names, weights, batches, refused=False):
    """Read several padded batches with one cell."""
    rnn = StandIn(weights)
    results = []
    for batch, lengths in batches:
        result = attempt(read_names, rnn, batch, lengths, refused=refused)
        if isinstance(result, str):
            results.append(result)
            continue
        (gradient,) = gradients(result[:, 1].sum(), [rnn.A])
        results.append({"output": result, "gradient": gradient})
    return results


def scoring(sequence_log_prob, weights, sequences, edge, refused=False):
    """Score several sequences with one cell."""
    rnn = StandIn(weights)
    return [
        attempt(sequence_log_prob, rnn, ids, edge, refused=refused) for ids in sequences
    ]


def sampling(sample_name, weights, edge, draws, refused=False):
    """Draw a sequence for every (temperature, uniforms)."""
    rnn = StandIn(weights)
    return [attempt(sample_name, rnn, edge, *draw, refused=refused) for draw in draws]

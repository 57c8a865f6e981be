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
        self.start = torch.nn.Parameter(torch.tensor(weights["start"]))
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


def settled(result):
    """`result`, or what it is where the cells that follow could not use it.

    A tensor that belongs to a graph is no array, and a tensor of one number is no
    float.
    """
    if isinstance(result, torch.Tensor) and result.requires_grad:
        return "a tensor with its graph"
    if isinstance(result, torch.Tensor) and result.ndim == 0:
        return "a torch.Tensor"
    if isinstance(result, list | tuple):
        return type(result)(settled(item) for item in result)
    return result


def attempt(function, *arguments, refused=True):
    """The result, or in a case with inputs to be refused that ValueError was raised."""
    try:
        return settled(function(*arguments))
    except ValueError:
        if not refused:
            raise
        return "raises ValueError"


def one_or_many(target, *inputs, **keywords):
    """Call `target` on the inputs, or on every tuple of one list of tuples."""
    many = len(inputs) == 1 and isinstance(inputs[0], list)
    if many and inputs[0] and all(type(item) is tuple for item in inputs[0]):
        return [attempt(target, *arguments) for arguments in inputs[0]]
    return settled(target(*inputs, **keywords))


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


def _equal(one, other):
    """Whether two states are equal; what is no tensor is judged elsewhere."""
    tensors = isinstance(one, torch.Tensor) and isinstance(other, torch.Tensor)
    return not tensors or torch.equal(one, other)


def cell_class(cls, sizes, weights, steps, refused=False):
    """Build the class, load `weights`, read `steps` of (input, hidden) pairs.

    A step without a hidden state starts from initHidden(). The steps have nothing to
    do with one another.
    """
    rnn = cls(*sizes)
    fill(rnn, weights)
    if not _equal(rnn.initHidden(), rnn.initHidden()):
        return {"initHidden()": "another state at every call"}
    leaves = {f"gradient at {name}": value for name, value in rnn.named_parameters()}
    results, total = [], torch.zeros(())
    for number, (input, hidden) in enumerate(steps, 1):
        state = rnn.initHidden() if hidden is None else hidden.requires_grad_()
        try:
            result = rnn(input.requires_grad_(), state)
        except Exception as error:
            if not refused or isinstance(error, NotImplementedError):
                raise
            results.append("raises an error")
            continue
        leaves[f"gradient at the input of step {number}"] = input
        if hidden is not None:
            leaves[f"gradient at the hidden state of step {number}"] = hidden
        results.append(result)
        if not (isinstance(result, tuple | list) and len(result) == 2):
            continue
        output, new = result
        of_output = torch.arange(1.0, 1 + output.numel()).view_as(output)
        of_state = torch.arange(1.0, 1 + new.numel()).view_as(new)
        total = total + (output * of_output).sum() + 3 * (new * of_state).sum()
    names = sorted(leaves)
    found = gradients(total, [leaves[name] for name in names])
    return {
        "output and hidden": results,
        "initHidden()": rnn.initHidden(),
        "hidden_size": rnn.hidden_size,
        **dict(zip(names, found, strict=True)),
    }


def flowing(output, rnn, letters):
    """Gradients of the second column of `output`, each row weighted differently.

    None for each where `output` is no (rows, classes) tensor.
    """
    leaves = {"the cell": rnn.A, "initHidden()": rnn.start, "the letters": letters}
    found = [None] * len(leaves)
    if isinstance(output, torch.Tensor) and output.ndim == 2 and output.shape[1] > 1:
        weight = torch.arange(1.0, 1 + len(output)).to(output)
        found = gradients(output[:, 1] @ weight, list(leaves.values()))
    return {f"gradient at {n}": g for n, g in zip(leaves, found, strict=True)}


def reading(read_name, weights, tensors, refused=False):
    """Read several names with one cell, one after the other."""
    rnn = StandIn(weights)
    results = []
    for tensor in tensors:
        try:
            result = read_name(rnn, tensor.requires_grad_())
        except ValueError:
            if not refused:
                raise
            results.append("raises ValueError")
            continue
        pair = isinstance(result, tuple | list) and len(result) == 2
        output, states = result if pair else (result, None)
        found = flowing(output, rnn, tensor)
        results.append({"output": output, "states": states, **found})
    return results


class Recorder(torch.optim.SGD):
    """Plain gradient descent that notes the gradients with which it steps."""

    def __init__(self, parameters, **options):
        super().__init__(parameters, **options)
        self.norms = []

    def step(self, closure=None):
        loss = None if closure is None else closure()
        (group,) = self.param_groups
        squares = [p.grad.square().sum() for p in group["params"] if p.grad is not None]
        self.norms.append(float(sum(squares)) ** 0.5)
        super().step()
        return loss


def training(train_step, weights, steps, lr, momentum, left_over=None, frozen=()):
    """Take one step for every (tensor, label) with plain gradient descent.

    `left_over` holds gradients that an earlier backward() left in the parameters;
    `frozen` names parameters that do not learn.
    """
    rnn = StandIn(weights)
    for name, parameter in rnn.named_parameters():
        parameter.requires_grad_(name not in frozen)
        if left_over and name not in frozen:
            parameter.grad = torch.tensor(left_over[name])
    learning = [p for p in rnn.parameters() if p.requires_grad]
    optimizer = Recorder(learning, lr=lr, momentum=momentum)
    losses, counts = [], []
    for tensor, label in steps:
        before = len(optimizer.norms)
        losses.append(train_step(rnn, optimizer, tensor, label))
        counts.append(len(optimizer.norms) - before)
    return {
        "the number of optimiser steps for each name": counts,
        "the norm of the gradient at each step": optimizer.norms,
        "the loss": settled(losses),
        "the parameters afterwards": [rnn.A, rnn.B, rnn.start],
    }


def reading_batches(read_names, weights, batches, refused=False, view=False):
    """Read several padded batches with one cell; with `view`, as transposed views."""
    rnn = StandIn(weights)
    results = []
    for batch, lengths in batches:
        if view:
            batch = batch.transpose(0, 1).contiguous().transpose(0, 1)
        try:
            result = read_names(rnn, batch.requires_grad_(), lengths)
        except ValueError:
            if not refused:
                raise
            results.append("raises ValueError")
            continue
        results.append({"output": result, **flowing(result, rnn, batch)})
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


def admit_losses(losses, lengths):
    """Losses and lengths as arrays; ValueError where they are out of bounds."""
    losses, given = np.array(losses, dtype=float), np.array(lengths, dtype=float)
    if losses.ndim != 2 or not (1 <= len(losses) <= 6 and 1 <= losses.shape[1] <= 4):
        raise ValueError("losses has the shape (T, B), T from 1 to 6, B from 1 to 4.")
    if given.shape != losses.shape[1:]:
        raise ValueError("lengths has one number for each name, (B,).")
    lengths = given.astype(int)
    if not ((lengths == given) & (lengths >= 1) & (lengths <= len(losses))).all():
        raise ValueError("each length is a whole number from 1 to T.")
    if not ((losses >= 0) & (losses <= 20)).all():
        raise ValueError("every loss lies from 0 to 20.")
    if losses[np.arange(len(losses))[:, None] >= lengths].any():
        raise ValueError("behind a name's end every loss is 0.")
    return losses, lengths


def admit_probabilities(p, k):
    """Probabilities and a whole number; ValueError where they are out of bounds."""
    p = np.array(p, dtype=float)
    if p.ndim != 1 or not 2 <= len(p) <= 8:
        raise ValueError("p has the shape (n,), n from 2 to 8.")
    if not (p >= 0).all() or not abs(p.sum() - 1) < 1e-6:
        raise ValueError("p holds probabilities: none below 0, and their sum is 1.")
    if int(k) != k or not 1 <= k <= len(p):
        raise ValueError("k is a whole number from 1 to n.")
    return p, int(k)

"""How the cases of chapter 03 are run, in the student's process."""

import torch


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


def cell_class(cls, sizes, weights, steps):
    """Build the class, load `weights`, read `steps` of (input, hidden) pairs.

    A step without a hidden state starts from initHidden().
    """
    rnn = cls(*sizes)
    rnn.load_state_dict({key: torch.as_tensor(value) for key, value in weights.items()})
    results = []
    for input, hidden in steps:
        state = rnn.initHidden() if hidden is None else hidden
        try:
            output, new = rnn(input, state)
        except NotImplementedError:
            raise
        except Exception:
            results.append("raises an error")
            continue
        (output[:, 0].sum() + new[:, 0].sum()).backward()
        results.append([output, new])
    gradients = [parameter.grad for _, parameter in sorted(rnn.named_parameters())]
    return {
        "output and hidden": results,
        "initHidden()": rnn.initHidden(),
        "hidden_size": rnn.hidden_size,
        "gradients": gradients,
    }


def reading(read_name, weights, tensors, refused=False):
    """Read several names with one cell, one after the other."""
    rnn = StandIn(weights)
    results = []
    for tensor in tensors:
        rnn.zero_grad()
        result = attempt(read_name, rnn, tensor, refused=refused)
        if isinstance(result, str):
            results.append(result)
            continue
        output, states = result
        output[0, 1].backward()
        results.append({"output": output, "states": states, "gradient": rnn.A.grad})
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
        rnn.zero_grad()
        result = attempt(read_names, rnn, batch, lengths, refused=refused)
        if isinstance(result, str):
            results.append(result)
            continue
        result[:, 1].sum().backward()
        results.append({"output": result, "gradient": rnn.A.grad})
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

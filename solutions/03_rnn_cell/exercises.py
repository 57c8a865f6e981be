"""Cases, points, known mistakes and hints of chapter 03."""

import numpy as np
import torch

from autograde.exercise import Case, Exercise, Manual, Misconception, WhichInput

LETTERS = "abcdefghijklmnopqrstuvwxyz '-"


def random_name(rng, length):
    """A name of random letters that begins and ends with one of a to z."""
    inner = rng.choice(list(LETTERS), size=length)
    inner[[0, -1]] = rng.choice(list(LETTERS[:26]), size=2)
    return "".join(inner)


def single(array):
    return np.asarray(array, dtype=np.float32)


def tensor(array):
    return torch.from_numpy(single(array))


def one_hot(rng, *shape, symbols):
    return tensor(np.eye(symbols)[rng.integers(symbols, size=shape)])


def stand_in(rng, symbols, hidden, classes):
    """Weights of the probes' own cell."""
    return {
        "A": single(rng.normal(size=(symbols, hidden)) * 1.5),
        "B": single(rng.normal(size=(hidden, classes))),
        "start": single(rng.normal(size=(1, hidden))),
    }


def cell_weights(rng, d, n):
    """W_xh, W_hh, b of the cell in NumPy."""
    return (
        rng.normal(size=(d, n)) / np.sqrt(d),
        rng.normal(size=(n, n)) / np.sqrt(n),
        rng.normal(size=n),
    )


def states_of(X, h0, W_xh, W_hh, b):
    H = [h0]
    for x in X:
        H.append(np.tanh(x @ W_xh + H[-1] @ W_hh + b))
    return np.stack(H)


def refused(calls):
    """One case for each call that a description wants refused: advice, no points."""
    for said, inputs in calls.items():
        yield Case(f"refused: {said}", *inputs).with_(weight=0)


# name_to_tensor


def name_to_tensor_cases(rng):
    yield Case("a name with a doubled letter", random_name(rng, 4) + "ll")
    yield Case("every letter of the alphabet", "".join(rng.permutation(list(LETTERS))))
    some = [random_name(rng, 7), "", f" {random_name(rng, 3)}-"]
    yield Case("an empty name among others", [(name,) for name in some])
    yield from refused(
        {
            "an accented letter": (random_name(rng, 5) + "ü",),
            "a capital letter": (random_name(rng, 6) + "K",),
            "an underscore": ("o_neil",),
        }
    )


NAME_TO_TENSOR = Exercise(
    "name_to_tensor",
    name_to_tensor_cases,
    points=2,
    minutes=5,
    difficulty=1,
    probe="one_or_many",
    exact_dtype=True,
    misconceptions=[
        Misconception(
            "no-batch-axis",
            [
                ("len(name), 1, len", "len(name), len"),
                ("tensor[t, 0, LETTERS", "tensor[t, LETTERS"),
            ],
            "You leave out the middle axis. A cell reads rows of a batch, also when "
            "the batch is one name.",
        ),
        Misconception(
            "batch-first",
            [
                ("torch.zeros(len(name), 1,", "torch.zeros(1, len(name),"),
                ("tensor[t, 0,", "tensor[0, t,"),
            ],
            "You put the batch before the letters. Time comes first here, so that "
            "`tensor[t]` is one letter.",
        ),
        Misconception(
            "find",
            [
                ("if letter not in LETTERS:", "if False:"),
                ("LETTERS.index(letter)", "LETTERS.find(letter)"),
            ],
            "You let a letter outside the alphabet through. `str.find` answers -1, and "
            "index -1 is the last letter: the ü became a hyphen.",
        ),
        Misconception(
            "skip-unknown",
            [
                (
                    'raise ValueError(f"{letter!r} in {name!r} is not in LETTERS")',
                    "continue",
                )
            ],
            "You pass over letters outside the alphabet. The name then reads as "
            "another one, and nobody notices.",
        ),
        Misconception(
            "lower",
            ("enumerate(name):", "enumerate(name.lower()):"),
            "You make capitals small before you look. That hides where the data was "
            "not cleaned; a capital is to be refused here.",
        ),
        Misconception(
            "integers",
            ("len(LETTERS))\n", "len(LETTERS), dtype=torch.int64)\n"),
            "Your ones are integers. A linear layer multiplies float32 numbers and "
            "refuses others.",
        ),
        Misconception(
            "double-precision",
            ("len(LETTERS))\n", "len(LETTERS), dtype=torch.float64)\n"),
            "Your ones are float64, as NumPy makes them. A linear layer holds float32 "
            "and refuses others.",
        ),
        Misconception(
            "once-per-letter",
            (
                "for t, letter in enumerate(name):",
                "for t, letter in enumerate(dict.fromkeys(name)):",
            ),
            "You mark each letter only where it comes first. A doubled letter has two "
            "rows.",
        ),
        Misconception(
            "letters-only",
            ("if letter not in LETTERS:", "if letter not in LETTERS[:26]:"),
            "You refuse the space, the apostrophe or the hyphen. They belong to "
            "LETTERS.",
        ),
        Misconception(
            "id-0-refused",
            ("if letter not in LETTERS:", "if LETTERS.find(letter) <= 0:"),
            "You refuse the letter a. Its place is 0, and 0 is a place like the "
            "others.",
        ),
        Misconception(
            "numpy",
            ("return tensor", "return tensor.numpy()"),
            "You return a NumPy array. A torch.Tensor is asked for.",
        ),
        Misconception(
            "stripped",
            ("enumerate(name):", "enumerate(name.strip()):"),
            "You drop spaces at the ends of a name. Each character has its row.",
            forms=[[("    tensor = ", "    name = name.strip()\n    tensor = ")]],
        ),
        Misconception(
            "one-row",
            ("tensor[t, 0,", "tensor[0, 0,"),
            "You mark every letter in the first row. Letter t has row t.",
        ),
        Misconception(
            "empty-refused",
            (
                "    tensor = torch.zeros",
                "    if not name:\n"
                '        raise ValueError("empty")\n'
                "    tensor = torch.zeros",
            ),
            "You refuse the empty name. It has no letters, so its result has no "
            "rows: (0, 1, len(LETTERS)).",
            forms=[
                [
                    (
                        "    tensor = torch.zeros",
                        "    assert name\n    tensor = torch.zeros",
                    )
                ],
                "def name_to_tensor(name):\n"
                "    rows = [torch.eye(len(LETTERS))[LETTERS.index(c)] for c "
                "in name]\n"
                "    return torch.stack(rows)[:, None]\n",
            ],
        ),
        Misconception(
            "last-letter-missing",
            ("enumerate(name):", "enumerate(name[:-1]):"),
            "You leave out the last letter: its row is all zeros.",
        ),
        Misconception(
            "alphabet-of-26",
            [("LETTERS.index(letter)", 'ord(letter) - ord("a")')],
            "You count from the place of a in Unicode. The space, the apostrophe "
            "and the hyphen then get the wrong place; use their place in LETTERS.",
            forms=[
                [
                    (
                        "LETTERS.index(letter)",
                        '(ord(letter) - ord("a")) % len(LETTERS)',
                    )
                ],
                [
                    (
                        "LETTERS.index(letter)",
                        '(ord(letter) - ord("a") if letter.isalpha() else 26)',
                    )
                ],
            ],
        ),
        Misconception(
            "all-letters-in-each-row",
            source="""
def name_to_tensor(name):
    rows = torch.zeros(len(name), 1, len(LETTERS))
    rows[:, 0, [LETTERS.index(letter) for letter in name]] = 1
    return rows
""",
            says="Each of your rows holds all letters of the name. Beside a list of "
            "indices a slice meets every one of them (pair them: "
            "`torch.arange(len(name))` in its place); and one row that is appended "
            "again and again stays one row.",
            forms=[
                """
def name_to_tensor(name):
    row = torch.zeros(1, len(LETTERS))
    rows = []
    for letter in name:
        row[0, LETTERS.index(letter)] = 1
        rows.append(row)
    return torch.stack(rows) if rows else torch.zeros(0, 1, len(LETTERS))
""",
            ],
        ),
        Misconception(
            "alphabet-of-the-name",
            source="""
def name_to_tensor(name):
    own = sorted(set(name))
    rows = torch.zeros(len(name), 1, len(LETTERS))
    for t, letter in enumerate(name):
        LETTERS.index(letter)
        rows[t, 0, own.index(letter)] = 1
    return rows
""",
            says="You number the letters of this name alone. The place is that in "
            "LETTERS, the same in every name.",
            forms=[
                """
def name_to_tensor(name):
    own = list(dict.fromkeys(name))
    rows = torch.zeros(len(name), 1, len(LETTERS))
    for t, letter in enumerate(name):
        LETTERS.index(letter)
        rows[t, 0, own.index(letter)] = 1
    return rows
"""
            ],
        ),
        Misconception(
            "row-used-again",
            source="""
def name_to_tensor(name):
    rows = torch.zeros(len(name), 1, len(LETTERS))
    row = torch.zeros(len(LETTERS))
    for t, letter in enumerate(name):
        row[LETTERS.index(letter)] = 1
        rows[t, 0] = row
    return rows
""",
            says="You use one row again for every letter and never clear it, so that "
            "the ones of earlier letters stay. Start each letter from zeros.",
        ),
        Misconception(
            "empty-has-a-row",
            ("torch.zeros(len(name),", "torch.zeros(max(len(name), 1),"),
            "You give the empty name a row of zeros. It has no letters, so its result "
            "has no rows: (0, 1, len(LETTERS)).",
        ),
    ],
    hints=[
        "One row for each letter, and one column for each letter of the alphabet.",
        "Start from zeros of the shape (len(name), 1, len(LETTERS)). Which entry of "
        "row t becomes 1?",
        "`LETTERS.index(letter)` is the column. Test `letter in LETTERS` first and "
        "raise ValueError where it fails.",
    ],
)


# RNN and TanhRNN


def class_cases(first, second, second_reads_state):
    def cases(rng):
        for label, sizes, rows in (
            ("one letter of one name, from initHidden()", (5, 3, 4), [None]),
            ("a batch of three names", (4, 6, 2), [3]),
            ("three steps of different batches", (3, 5, 4), [2, 1, 6]),
            ("two steps of two names each, unrelated", (6, 3, 4), [2, 2]),
            ("scores hundreds apart", (5, 4, 6), [2, 3]),
        ):
            given = weights(rng, *sizes)
            if label == "scores hundreds apart":
                given[f"{second}.weight"] *= single(200)
            yield Case(label, sizes, given, steps(rng, sizes, rows))
        sizes, rows = (4, 3, 5), [2]
        good = steps(rng, sizes, rows)
        bad = [
            (tensor(rng.normal(size=(3, 4))), tensor(rng.normal(size=(1, 3)))),
            (tensor(rng.normal(size=(2, 4))), tensor(rng.normal(size=(2, 5)))),
        ]
        given = weights(rng, *sizes)
        for label, step in zip(
            ("other numbers of rows", "another width"), bad, strict=True
        ):
            both = Case(f"refused: {label}", sizes, given, [*good, step], refused=True)
            yield both.with_(weight=0)

    # The second layer is wide where it reads the letter and the state, as in RNN.
    def weights(rng, d, n, k):
        width = n if second_reads_state else d + n
        return {
            f"{first}.weight": single(rng.normal(size=(n, d + n))),
            f"{first}.bias": single(rng.normal(size=n)),
            f"{second}.weight": single(rng.normal(size=(k, width))),
            f"{second}.bias": single(rng.normal(size=k)),
        }

    def steps(rng, sizes, rows):
        made = []
        for count in rows:
            input = tensor(rng.normal(size=(count or 1, sizes[0])))
            hidden = count and tensor(rng.normal(size=(count, sizes[1])))
            made.append((input, hidden))
        return made

    return cases


RNN = Exercise(
    "RNN",
    class_cases("i2h", "i2o", False),
    points=3,
    minutes=10,
    difficulty=2,
    probe="cell_class",
    misconceptions=[
        Misconception(
            "output-from-new-state",
            ("self.i2o(combined)", "self.i2o(torch.cat((input, hidden), 1))"),
            "Your output reads the new state. In the article both layers read the "
            "same row: letter and *old* state. (A better idea than the article's: it "
            "returns as TanhRNN.)",
        ),
        Misconception(
            "tanh",
            ("hidden = self.i2h(combined)", "hidden = torch.tanh(self.i2h(combined))"),
            "You apply an activation. The article's cell has no activation; keep it "
            "as printed, "
            "what that costs is measured later.",
            forms=[
                [
                    (
                        "hidden = self.i2h(combined)",
                        "hidden = torch.sigmoid(self.i2h(combined))",
                    )
                ],
                [
                    (
                        "hidden = self.i2h(combined)",
                        "hidden = torch.relu(self.i2h(combined))",
                    )
                ],
            ],
        ),
        Misconception(
            "state-first",
            ("(input, hidden), 1)", "(hidden, input), 1)"),
            "You put the state before the letter. The weights of i2h and i2o expect "
            "the letter first.",
        ),
        Misconception(
            "softmax",
            ("nn.LogSoftmax(dim=1)", "nn.Softmax(dim=1)"),
            "Your output holds probabilities. The class gives their logarithms.",
        ),
        Misconception(
            "raw-scores",
            ("self.softmax(self.i2o(combined))", "self.i2o(combined)"),
            "Your output holds raw scores. The log-softmax over the classes is "
            "missing.",
        ),
        Misconception(
            "softmax-over-batch",
            ("LogSoftmax(dim=1)", "LogSoftmax(dim=0)"),
            "You normalise over the names of the batch (dim 0). Each name has its own "
            "probabilities, which sum to one along its row.",
        ),
        Misconception(
            "swapped-result",
            ("return output, hidden", "return hidden, output"),
            "You return the state first. The article's order is output, hidden.",
        ),
        Misconception(
            "flat-start",
            ("torch.zeros(1, self.hidden_size)", "torch.zeros(self.hidden_size)"),
            "Your initHidden() has another shape. It must be a row, (1, hidden_size), "
            "to stand beside a row of letters.",
            forms=[
                [
                    (
                        "torch.zeros(1, self.hidden_size)",
                        "torch.zeros(1, 1, self.hidden_size)",
                    )
                ],
                [
                    (
                        "torch.zeros(1, self.hidden_size)",
                        "torch.zeros(self.hidden_size, 1)",
                    )
                ],
            ],
        ),
        Misconception(
            "random-start",
            ("torch.zeros(1,", "torch.randn(1,"),
            "Your initHidden() is random. Then one name gets another answer at every "
            "reading.",
            forms=[[("torch.zeros(1,", "torch.rand(1,")]],
        ),
        Misconception(
            "detached-state",
            ("hidden = self.i2h(combined)", "hidden = self.i2h(combined).detach()"),
            "Your new state is cut off from the gradient (`detach` or `.data`). i2h "
            "then never learns.",
        ),
        Misconception(
            "log-of-softmax",
            (
                "self.softmax(self.i2o(combined))",
                "torch.softmax(self.i2o(combined), 1).log()",
            ),
            "You take the softmax first and its logarithm afterwards. Where scores lie "
            "far apart the softmax becomes 0, and its logarithm minus infinity or "
            "that of your small constant; "
            "log_softmax stays finite.",
            forms=[
                [
                    (
                        "self.softmax(self.i2o(combined))",
                        "torch.log(torch.softmax(self.i2o(combined), 1) + 1e-7)",
                    )
                ],
                [
                    (
                        "self.softmax(self.i2o(combined))",
                        "torch.log(torch.softmax(self.i2o(combined), 1) + 1e-8)",
                    )
                ],
                [
                    (
                        "self.softmax(self.i2o(combined))",
                        "torch.log(torch.softmax(self.i2o(combined), 1) + 1e-9)",
                    )
                ],
                [
                    (
                        "self.softmax(self.i2o(combined))",
                        "torch.log(torch.softmax(self.i2o(combined), 1) + 1e-10)",
                    )
                ],
                [
                    (
                        "self.softmax(self.i2o(combined))",
                        "torch.log(torch.softmax(self.i2o(combined), 1) + 1e-12)",
                    )
                ],
                *[
                    [
                        (
                            "self.softmax(self.i2o(combined))",
                            f"torch.softmax(self.i2o(combined), 1).clamp(min={low})"
                            ".log()",
                        )
                    ]
                    for low in ("1e-7", "1e-10", "1e-12", "1e-15", "1e-20")
                ],
                [
                    (
                        "self.softmax(self.i2o(combined))",
                        "torch.softmax(self.i2o(combined), 1).clamp(min=1e-8).log()",
                    )
                ],
                [
                    (
                        "self.softmax(self.i2o(combined))",
                        "torch.softmax(self.i2o(combined), 1).clamp(min=1e-9).log()",
                    )
                ],
            ],
        ),
        Misconception(
            "state-not-read",
            (
                "(input, hidden), 1)",
                "(input, self.initHidden().expand(len(input), -1)), 1)",
            ),
            "You do not read the state that is handed in: yours is kept in the object "
            "or always fresh. The caller decides which state goes with which letter.",
            forms=[
                "class RNN(nn.Module):\n"
                "    def __init__(self, input_size, hidden_size, output_size):\n"
                "        super().__init__()\n"
                "        self.hidden_size = hidden_size\n"
                "        self.kept = None\n"
                "        self.i2h = nn.Linear(input_size + hidden_size, "
                "hidden_size)\n"
                "        self.i2o = nn.Linear(input_size + hidden_size, "
                "output_size)\n"
                "\n"
                "    def forward(self, input, hidden):\n"
                "        if self.kept is None or len(self.kept) != len(input):\n"
                "            self.kept = hidden\n"
                "        combined = torch.cat((input, self.kept), 1)\n"
                "        hidden = self.i2h(combined)\n"
                "        self.kept = hidden.detach()\n"
                "        return torch.log_softmax(self.i2o(combined), 1), hidden\n"
                "\n"
                "    def initHidden(self):\n"
                "        return torch.zeros(1, self.hidden_size)\n"
            ],
        ),
        Misconception(
            "incoming-state-detached",
            ("(input, hidden), 1)", "(input, hidden.detach()), 1)"),
            "You cut the gradient off at the state that comes in (`detach` or "
            "`.data`). What earlier letters did to it is then never learned.",
        ),
        Misconception(
            "incoming-letter-detached",
            ("(input, hidden), 1)", "(input.detach(), hidden), 1)"),
            "You cut the gradient off at the input (`detach` or `.data`). Whatever "
            "made the letters' rows then never learns.",
        ),
        Misconception(
            "no-hidden-size",
            (
                "        self.hidden_size = hidden_size\n",
                "        self.size = hidden_size\n",
            ),
            "Your object has no attribute `hidden_size`.",
        ),
        Misconception(
            "residual",
            ("self.i2h(combined)\n", "hidden + self.i2h(combined)\n"),
            "You add the new state to the old one. It takes its place.",
        ),
        Misconception(
            "likeliest-class",
            (
                "self.softmax(self.i2o(combined))",
                "self.softmax(self.i2o(combined)).argmax(1)",
            ),
            "You return the number of the likeliest class. All log-probabilities "
            "are asked for.",
        ),
        Misconception(
            "softmax-over-everything",
            (
                "self.softmax(self.i2o(combined))",
                "torch.log_softmax(self.i2o(combined).flatten(), 0)"
                ".view(len(input), -1)",
            ),
            "You normalise over all names of the batch together. Each row is to sum "
            "to one for itself.",
        ),
        Misconception(
            "start-remembered",
            source="""class RNN(nn.Module):
    def __init__(self, input_size, hidden_size, output_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.i2h = nn.Linear(input_size + hidden_size, hidden_size)
        self.i2o = nn.Linear(input_size + hidden_size, output_size)
        self.state = torch.zeros(1, hidden_size)

    def forward(self, input, hidden):
        combined = torch.cat((input, hidden), 1)
        self.state = self.i2h(combined)
        return torch.log_softmax(self.i2o(combined), 1), self.state

    def initHidden(self):
        return self.state
""",
            says="Your initHidden() returns the state after the last letter that was "
            "read. It is the state before a name, zeros every time.",
        ),
        Misconception(
            "one-maximum-for-all",
            (
                "self.softmax(self.i2o(combined))",
                "(lambda s: s - s.exp().sum(1, keepdim=True).log())(\n"
                "            self.i2o(combined) - self.i2o(combined).max()\n        )",
            ),
            "You subtract the largest score of all names. Where the scores of a name "
            "lie hundreds below it, all its exponentials are 0; each row has a maximum "
            "of its own, and log_softmax takes it.",
        ),
        Misconception(
            "raw-exponentials",
            (
                "self.softmax(self.i2o(combined))",
                "(lambda e: torch.log(e / e.sum(1, keepdim=True)))(\n"
                "            torch.exp(self.i2o(combined))\n        )",
            ),
            "You raise e to the scores themselves. At some hundreds that is infinite, "
            "and so the output is NaN or infinite; log_softmax takes the largest score "
            "of each row away first.",
            forms=[
                (
                    "self.softmax(self.i2o(combined))",
                    "(lambda s: s - torch.exp(s).sum(1, keepdim=True).log())(\n"
                    "            self.i2o(combined)\n        )",
                ),
            ],
        ),
    ],
    hints=[
        "Two layers, both as wide as letter and state together.",
        "`torch.cat((input, hidden), 1)` glues the rows; both layers read the result.",
        "hidden is what i2h gives, nothing more; output is nn.LogSoftmax(dim=1) of "
        "what i2o gives.",
    ],
)

TANH_RNN = Exercise(
    "TanhRNN",
    class_cases("i2h", "h2o", True),
    points=3,
    minutes=10,
    difficulty=2,
    probe="cell_class",
    misconceptions=[
        Misconception(
            "no-activation",
            ("torch.tanh(self.i2h(combined))", "self.i2h(combined)"),
            "Your state has no activation, as in the article. Then the whole network "
            "stays one sum over the letters.",
        ),
        Misconception(
            "old-state",
            (
                "        hidden = torch.tanh(self.i2h(combined))\n"
                "        return torch.log_softmax(self.h2o(hidden), dim=1), hidden",
                "        old, hidden = hidden, torch.tanh(self.i2h(combined))\n"
                "        return torch.log_softmax(self.h2o(old), dim=1), hidden",
            ),
            "Your output reads the old state, so the newest letter has no part in it.",
        ),
        Misconception(
            "letter-and-state-in-h2o",
            [
                (
                    "nn.Linear(hidden_size, output_size)",
                    "nn.Linear(input_size + hidden_size, output_size)",
                ),
                ("self.h2o(hidden)", "self.h2o(torch.cat((input, hidden), 1))"),
            ],
            (
                "Your h2o reads the letter beside the state, as the "
                "article's i2o did. Here it reads the new state alone."
            ),
        ),
        Misconception(
            "sigmoid",
            ("torch.tanh(", "torch.sigmoid("),
            "You use the sigmoid, which gives 0 to 1. The state here goes from -1 to "
            "1.",
        ),
        Misconception(
            "relu",
            ("torch.tanh(", "torch.relu("),
            "You use ReLU, which does not keep the state within bounds over a long "
            "name.",
        ),
        Misconception(
            "tanh-on-output",
            (
                "torch.log_softmax(self.h2o(hidden), dim=1)",
                "torch.log_softmax(torch.tanh(self.h2o(hidden)), dim=1)",
            ),
            "You squeeze the scores through tanh as well. Scores of at most 1 can "
            "never become a confident answer.",
        ),
        Misconception(
            "state-without-tanh",
            (
                "        hidden = torch.tanh(self.i2h(combined))\n"
                "        return torch.log_softmax(self.h2o(hidden), dim=1), hidden",
                "        hidden = self.i2h(combined)\n"
                "        new = torch.tanh(hidden)\n"
                "        return torch.log_softmax(self.h2o(new), dim=1), hidden",
            ),
            "Your output reads tanh of i2h, but the state that you return is i2h "
            "itself. The next letter needs the state after tanh.",
        ),
        Misconception(
            "output-before-tanh",
            (
                "        hidden = torch.tanh(self.i2h(combined))\n"
                "        return torch.log_softmax(self.h2o(hidden), dim=1), hidden",
                "        new = self.i2h(combined)\n"
                "        output = torch.log_softmax(self.h2o(new), dim=1)\n"
                "        return output, torch.tanh(new)",
            ),
            "Your output reads i2h before tanh. It reads the new state, which is what "
            "tanh gives.",
        ),
        Misconception(
            "tanh-before-layer",
            ("torch.tanh(self.i2h(combined))", "self.i2h(torch.tanh(combined))"),
            "You apply tanh before the layer. It belongs after it: that is what keeps "
            "the new state between -1 and 1.",
            forms=[
                (
                    "torch.tanh(self.i2h(combined))",
                    "self.i2h(torch.cat((input, torch.tanh(hidden)), 1))",
                )
            ],
        ),
        Misconception(
            "probabilities",
            ("torch.log_softmax(", "torch.softmax("),
            "Your output holds probabilities. Their logarithms are asked for.",
        ),
        Misconception(
            "state-first",
            ("(input, hidden), 1)", "(hidden, input), 1)"),
            "You put the state before the letter. The weights of i2h expect the letter "
            "first.",
        ),
        Misconception(
            "flat-start",
            ("torch.zeros(1, self.hidden_size)", "torch.zeros(self.hidden_size)"),
            "Your initHidden() has another shape. It must be a row, (1, hidden_size), "
            "to stand beside a row of letters.",
            forms=[
                [
                    (
                        "torch.zeros(1, self.hidden_size)",
                        "torch.zeros(1, 1, self.hidden_size)",
                    )
                ],
                [
                    (
                        "torch.zeros(1, self.hidden_size)",
                        "torch.zeros(self.hidden_size, 1)",
                    )
                ],
            ],
        ),
        Misconception(
            "old-state-returned",
            (
                "        hidden = torch.tanh(self.i2h(combined))\n"
                "        return torch.log_softmax(self.h2o(hidden), dim=1), hidden",
                "        new = torch.tanh(self.i2h(combined))\n"
                "        return torch.log_softmax(self.h2o(new), dim=1), hidden",
            ),
            "You return the state that came in. The next letter needs the new one.",
        ),
        Misconception(
            "detached-state",
            (
                "torch.tanh(self.i2h(combined))",
                "torch.tanh(self.i2h(combined)).detach()",
            ),
            "Your new state is cut off from the gradient (`detach` or `.data`). i2h "
            "then never learns.",
        ),
        Misconception(
            "stretched-state",
            (
                "combined = torch.cat((input, hidden), 1)",
                (
                    "hidden = hidden.expand(len(input), -1)\n"
                    "        combined = torch.cat((input, hidden), 1)"
                ),
            ),
            (
                "You stretch a state of one row over all names. Where "
                "numbers of rows differ the caller made a mistake: let the "
                "error come."
            ),
        ),
        Misconception(
            "raw-scores",
            ("torch.log_softmax(self.h2o(hidden), dim=1)", "self.h2o(hidden)"),
            "Your output holds raw scores. The log-softmax over the classes is "
            "missing.",
        ),
        Misconception(
            "softmax-over-batch",
            ("self.h2o(hidden), dim=1)", "self.h2o(hidden), dim=0)"),
            "You normalise over the names of the batch (dim 0). Each name has its own "
            "probabilities, which sum to one along its row.",
        ),
        Misconception(
            "log-of-softmax",
            (
                "torch.log_softmax(self.h2o(hidden), dim=1)",
                "torch.softmax(self.h2o(hidden), 1).log()",
            ),
            "You take the softmax first and its logarithm afterwards. Where scores lie "
            "far apart the softmax becomes 0, and its logarithm minus infinity or "
            "that of your small constant; "
            "log_softmax stays finite.",
            forms=[
                *[
                    [
                        (
                            "torch.log_softmax(self.h2o(hidden), dim=1)",
                            f"torch.softmax(self.h2o(hidden), 1).clamp(min={low})"
                            ".log()",
                        )
                    ]
                    for low in ("1e-10", "1e-12", "1e-15", "1e-20")
                ],
                [
                    (
                        "torch.log_softmax(self.h2o(hidden), dim=1)",
                        "torch.log(torch.softmax(self.h2o(hidden), 1) + 1e-7)",
                    )
                ],
                [
                    (
                        "torch.log_softmax(self.h2o(hidden), dim=1)",
                        "torch.log(torch.softmax(self.h2o(hidden), 1) + 1e-8)",
                    )
                ],
                [
                    (
                        "torch.log_softmax(self.h2o(hidden), dim=1)",
                        "torch.log(torch.softmax(self.h2o(hidden), 1) + 1e-9)",
                    )
                ],
                [
                    (
                        "torch.log_softmax(self.h2o(hidden), dim=1)",
                        "torch.log(torch.softmax(self.h2o(hidden), 1) + 1e-10)",
                    )
                ],
                [
                    (
                        "torch.log_softmax(self.h2o(hidden), dim=1)",
                        "torch.log(torch.softmax(self.h2o(hidden), 1) + 1e-12)",
                    )
                ],
                [
                    (
                        "torch.log_softmax(self.h2o(hidden), dim=1)",
                        "torch.softmax(self.h2o(hidden), 1).clamp(min=1e-7).log()",
                    )
                ],
                [
                    (
                        "torch.log_softmax(self.h2o(hidden), dim=1)",
                        "torch.softmax(self.h2o(hidden), 1).clamp(min=1e-8).log()",
                    )
                ],
                [
                    (
                        "torch.log_softmax(self.h2o(hidden), dim=1)",
                        "torch.softmax(self.h2o(hidden), 1).clamp(min=1e-9).log()",
                    )
                ],
            ],
        ),
        Misconception(
            "state-not-read",
            (
                "(input, hidden), 1)",
                "(input, self.initHidden().expand(len(input), -1)), 1)",
            ),
            "You do not read the state that is handed in: yours is kept in the object "
            "or always fresh. The caller decides which state goes with which letter.",
            forms=[
                "class TanhRNN(nn.Module):\n"
                "    def __init__(self, input_size, hidden_size, output_size):\n"
                "        super().__init__()\n"
                "        self.hidden_size = hidden_size\n"
                "        self.kept = None\n"
                "        self.i2h = nn.Linear(input_size + hidden_size, "
                "hidden_size)\n"
                "        self.h2o = nn.Linear(hidden_size, output_size)\n"
                "\n"
                "    def forward(self, input, hidden):\n"
                "        if self.kept is None or len(self.kept) != len(input):\n"
                "            self.kept = hidden\n"
                "        combined = torch.cat((input, self.kept), 1)\n"
                "        hidden = torch.tanh(self.i2h(combined))\n"
                "        self.kept = hidden.detach()\n"
                "        return torch.log_softmax(self.h2o(hidden), 1), hidden\n"
                "\n"
                "    def initHidden(self):\n"
                "        return torch.zeros(1, self.hidden_size)\n"
            ],
        ),
        Misconception(
            "incoming-state-detached",
            ("(input, hidden), 1)", "(input, hidden.detach()), 1)"),
            "You cut the gradient off at the state that comes in (`detach` or "
            "`.data`). What earlier letters did to it is then never learned.",
        ),
        Misconception(
            "incoming-letter-detached",
            ("(input, hidden), 1)", "(input.detach(), hidden), 1)"),
            "You cut the gradient off at the input (`detach` or `.data`). Whatever "
            "made the letters' rows then never learns.",
        ),
        Misconception(
            "no-hidden-size",
            (
                "        self.hidden_size = hidden_size\n",
                "        self.size = hidden_size\n",
            ),
            "Your object has no attribute `hidden_size`.",
        ),
        Misconception(
            "residual",
            (
                "torch.tanh(self.i2h(combined))\n",
                "hidden + torch.tanh(self.i2h(combined))\n",
            ),
            "You add the new state to the old one. It takes its place.",
        ),
        Misconception(
            "tanh-twice",
            ("dim=1), hidden", "dim=1), torch.tanh(hidden)"),
            "The state that you return has passed tanh twice.",
        ),
        Misconception(
            "returned-state-detached",
            ("dim=1), hidden", "dim=1), hidden.detach()"),
            "The state that you return is cut off from the gradient (`detach` or "
            "`.data`). No letter learns from what comes after it.",
        ),
        Misconception(
            "softmax-over-everything",
            (
                "torch.log_softmax(self.h2o(hidden), dim=1)",
                "torch.log_softmax(self.h2o(hidden).flatten(), 0).view(len(input), -1)",
            ),
            "You normalise over all names of the batch together. Each row is to sum "
            "to one for itself.",
        ),
        Misconception(
            "detached-before-output",
            ("self.h2o(hidden)", "self.h2o(hidden.detach())"),
            "You cut the gradient off between the new state and h2o (`detach` or "
            "`.data`). i2h then never learns from the output.",
        ),
        Misconception(
            "one-maximum-for-all",
            (
                "torch.log_softmax(self.h2o(hidden), dim=1)",
                "(lambda s: s - s.exp().sum(1, keepdim=True).log())(\n"
                "            self.h2o(hidden) - self.h2o(hidden).max()\n        )",
            ),
            "You subtract the largest score of all names. Where the scores of a name "
            "lie hundreds below it, all its exponentials are 0; each row has a maximum "
            "of its own, and log_softmax takes it.",
        ),
        Misconception(
            "raw-exponentials",
            (
                "torch.log_softmax(self.h2o(hidden), dim=1)",
                "(lambda e: torch.log(e / e.sum(1, keepdim=True)))(\n"
                "            torch.exp(self.h2o(hidden))\n        )",
            ),
            "You raise e to the scores themselves. At some hundreds that is infinite, "
            "and so the output is NaN or infinite; log_softmax takes the largest score "
            "of each row away first.",
            forms=[
                (
                    "torch.log_softmax(self.h2o(hidden), dim=1)",
                    "(lambda s: s - torch.exp(s).sum(1, keepdim=True).log())(\n"
                    "            self.h2o(hidden)\n        )",
                ),
            ],
        ),
        Misconception(
            "random-start",
            ("torch.zeros(1,", "torch.randn(1,"),
            "Your initHidden() is random. Then one name gets another answer at every "
            "reading.",
        ),
    ],
    hints=[
        "Copy RNN and change two things.",
        "tanh goes around what i2h gives. h2o is only as wide as the state.",
        "Compute the new state first; then hand that to h2o.",
    ],
)


# read_name and train_step


def read_name_cases(rng):
    for label, (symbols, hidden, classes), lengths in (
        ("one name of five letters", (6, 4, 3), [5]),
        ("a name of one letter", (4, 5, 2), [1, 3]),
        ("three names, one after the other", (5, 3, 4), [7, 2, 6]),
        ("an empty name is refused", (5, 4, 3), [3, 0, 2]),
    ):
        names = [one_hot(rng, length, 1, symbols=symbols) for length in lengths]
        case = Case(label, stand_in(rng, symbols, hidden, classes), names)
        case.keywords["refused"] = 0 in lengths
        yield case.with_(weight=float(0 not in lengths))  # a refusal is advice


READ_NAME = Exercise(
    "read_name",
    read_name_cases,
    points=3,
    minutes=10,
    difficulty=2,
    probe="reading",
    needs=(),
    misconceptions=[
        Misconception(
            "zero-start",
            ("rnn.initHidden()", "torch.zeros_like(rnn.initHidden())"),
            "You start from zeros of your own. Ask the cell: another cell may start "
            "elsewhere.",
        ),
        Misconception(
            "state-not-passed-on",
            (
                "output, hidden = rnn(letter, hidden)",
                "output, new = rnn(letter, hidden)",
            ),
            "Your state never changes: every letter meets the state before the first "
            "one.",
        ),
        Misconception(
            "new-state-lost",
            [
                (
                    "output, hidden = rnn(letter, hidden)",
                    "output, new = rnn(letter, rnn.initHidden())",
                ),
                ("states.append(hidden)", "states.append(new)"),
            ],
            "You ask for a fresh state at every letter. What was read before is lost.",
        ),
        Misconception(
            "carried-over",
            source="""def read_name(rnn, tensor):
    if len(tensor) == 0:
        raise ValueError("empty")
    hidden = getattr(rnn, "kept", None)
    if hidden is None:
        hidden = rnn.initHidden()
    states = []
    for letter in tensor:
        output, hidden = rnn(letter, hidden)
        states.append(hidden)
    rnn.kept = hidden.detach()
    return output, torch.cat(states)
""",
            says="You carry the state of one name over to the next. The second name's "
            "answer then depends on who stood before it in the list.",
            forms=[
                """def read_name(rnn, tensor):
    if len(tensor) == 0:
        raise ValueError("empty")
    if not hasattr(rnn, "current"):
        rnn.current = rnn.initHidden()
    states = []
    for letter in tensor:
        output, rnn.current = rnn(letter, rnn.current)
        states.append(rnn.current)
    return output, torch.cat(states)
""",
            ],
        ),
        Misconception(
            "states-before",
            (
                "        output, hidden = rnn(letter, hidden)\n        "
                "states.append(hidden)",
                "        states.append(hidden)\n        output, hidden = rnn(letter, "
                "hidden)",
            ),
            "Your states are those *before* each letter. Row t is the state after "
            "letter t.",
        ),
        Misconception(
            "all-states-with-start",
            ("states = []", "states = [hidden]"),
            "You return one state too many: the one before the first letter does not "
            "belong to any letter.",
        ),
        Misconception(
            "stacked-states",
            ("torch.cat(states)", "torch.stack(states)"),
            "Your states are a list, or joined along another axis. `torch.cat(states)` "
            "joins the rows to one tensor, (T, hidden_size).",
            forms=[
                ("torch.cat(states)", "torch.cat(states, dim=1)"),
                ("torch.cat(states)", "states"),
            ],
        ),
        Misconception(
            "flat-output",
            ("return output,", "return output[0],"),
            "Your output has lost its batch axis. It is (1, output_size), a row of a "
            "batch of one.",
        ),
        Misconception(
            "backwards",
            ("for letter in tensor:", "for letter in tensor.flip(0):"),
            "You read the name from its end.",
            forms=[
                [
                    ("for letter in tensor:", "for letter in tensor.flip(0):"),
                    ("states.append(hidden)", "states.insert(0, hidden)"),
                ]
            ],
        ),
        Misconception(
            "first-letter-left-out",
            ("for letter in tensor:", "for letter in tensor[1:]:"),
            (
                "You leave out the first letter. The cell reads every "
                "letter, the first from initHidden()."
            ),
            forms=[
                [
                    ("states = []", "states = [hidden]"),
                    (
                        "for letter in tensor:",
                        (
                            "output, _ = rnn(tensor[0], hidden)\n"
                            "    for letter in tensor[1:]:"
                        ),
                    ),
                ]
            ],
        ),
        Misconception(
            "empty-gives-none",
            (
                'raise ValueError("an empty name has no last letter to answer after")',
                "return None, None",
            ),
            "You answer None for an empty name. Whoever uses the answer fails later, "
            "far from the cause; raise ValueError here.",
        ),
        Misconception(
            "detached-state",
            ("rnn(letter, hidden)", "rnn(letter, hidden.detach())"),
            "You cut the gradient off at every letter (`detach`, `.data` or "
            "`torch.no_grad()`). The earlier letters then never learn from the answer.",
            forms=[
                (
                    "states.append(hidden)",
                    "hidden = hidden.detach()\n        states.append(hidden)",
                ),
            ],
        ),
        Misconception(
            "no-gradient",
            ("return output,", "return output.detach(),"),
            "No gradient reaches the cell through your output (`detach`, `.data` or "
            "`torch.no_grad()`). It could never learn.",
        ),
        Misconception(
            "all-outputs",
            [
                ("states = []", "states, outputs = [], []"),
                (
                    "states.append(hidden)",
                    "states.append(hidden)\n        outputs.append(output)",
                ),
                ("return output,", "return torch.cat(outputs),"),
            ],
            "You return the output after every letter. Only the one after the last "
            "letter is asked for.",
        ),
        Misconception(
            "letters-detached",
            ("rnn(letter, hidden)", "rnn(letter.detach(), hidden)"),
            "You cut the gradient off at the letters (`detach` or `.data`). Rows "
            "that are themselves learned would never change.",
        ),
        Misconception(
            "start-detached",
            ("rnn.initHidden()", "rnn.initHidden().detach()"),
            "You cut the gradient off at the start (`detach` or `.data`). A cell "
            "whose start is a parameter could not learn it.",
        ),
        Misconception(
            "last-state-only",
            ("torch.cat(states)", "hidden"),
            "You return the last state only. A row for every letter is asked for.",
        ),
        Misconception(
            "swapped-result",
            ("return output, torch.cat(states)", "return torch.cat(states), output"),
            "You return the states first. The order is output, states.",
        ),
        Misconception(
            "output-only",
            ("return output, torch.cat(states)", "return output"),
            "You return the output alone. The states are asked for too.",
        ),
        Misconception(
            "softmax-again",
            ("return output,", "return torch.log_softmax(output.exp(), 1),"),
            "You apply a log-softmax to probabilities. Return the output as the "
            "cell gives it.",
        ),
        Misconception(
            "mean-of-outputs",
            [
                ("states = []", "states, outputs = [], []"),
                (
                    "states.append(hidden)",
                    "states.append(hidden)\n        outputs.append(output)",
                ),
                ("return output,", "return torch.stack(outputs).mean(0),"),
            ],
            "You put the outputs of all letters together. Only the output after the "
            "last letter is the answer.",
            forms=[
                [
                    ("states = []", "states, outputs = [], []"),
                    (
                        "states.append(hidden)",
                        "states.append(hidden)\n        outputs.append(output)",
                    ),
                    ("return output,", "return torch.stack(outputs).sum(0),"),
                ],
                [
                    ("states = []", "states, outputs = [], []"),
                    (
                        "states.append(hidden)",
                        "states.append(hidden)\n        outputs.append(output)",
                    ),
                    ("return output,", "return torch.stack(outputs).amax(0),"),
                ],
            ],
        ),
    ],
    hints=[
        "The state that comes out of one letter goes in with the next.",
        "Start with `rnn.initHidden()`; call `rnn(tensor[t], hidden)` for every t.",
        "Keep each new state in a list; `torch.cat` makes (T, hidden_size) of "
        "rows (1, hidden_size). Test for T = 0 first.",
    ],
)


def train_step_cases(rng):
    def names(symbols, classes, *lengths):
        return [
            (one_hot(rng, length, 1, symbols=symbols), int(rng.integers(classes)))
            for length in lengths
        ]

    def case(label, sizes, lengths, lr, momentum=0.0, **more):
        symbols, hidden, classes = sizes
        weights = stand_in(rng, symbols, hidden, classes)
        given = names(symbols, classes, *lengths)
        return Case(label, weights, given, lr, momentum, **more)

    yield case("one step", (5, 4, 3), [6], 0.1)
    yield case("three steps on three names", (6, 3, 4), [5, 2, 7], 0.3)
    yield case("two steps with momentum", (4, 5, 6), [3, 7], 0.05, 0.9)
    left = stand_in(rng, 5, 6, 3)
    label = "gradients left from before"
    yield case(label, (5, 6, 3), [4, 2], 0.2, left_over=left)
    label = "a cell with a frozen part"
    yield case(label, (6, 4, 5), [3, 2], 0.2, frozen=["A"])
    # Scores so far apart that the probability of the label is below 1e-30.
    sure = case("surely wrong, by about a hundred", (5, 4, 3), [3], 0.01)
    weights, names_given = sure.inputs[:2]
    weights["B"] *= single(0)
    weights["B"][0] = single([60, 0, -60])
    weights["start"][:] = single(1)
    weights["A"][:] = single(1)
    tensor_given, _ = names_given[0]
    names_given[0] = (tensor_given, 2)
    yield sure


TRAIN_STEP = Exercise(
    "train_step",
    train_step_cases,
    points=3,
    minutes=10,
    difficulty=2,
    probe="training",
    rtol=1e-4,
    needs=("read_name",),
    misconceptions=[
        Misconception(
            "no-zero-grad",
            ("    optimizer.zero_grad()\n", ""),
            "You never clear the gradients. PyTorch adds each backward() to what is "
            "already there, so the second step goes the way of both names.",
        ),
        Misconception(
            "cleared-at-the-end-only",
            [
                ("    optimizer.zero_grad()\n", ""),
                (
                    "    optimizer.step()\n",
                    "    optimizer.step()\n    optimizer.zero_grad()\n",
                ),
            ],
            "You clear the gradients after the step only. What another program left "
            "there before the first name still counts; clear before backward().",
        ),
        Misconception(
            "no-step",
            ("    optimizer.step()\n", ""),
            "The optimiser never steps, so no parameter moves.",
        ),
        Misconception(
            "no-backward",
            ("    loss.backward()\n", ""),
            "Your optimiser steps without a gradient. Either backward() is missing or "
            "comes after the step, or the gradients are cleared between the two.",
        ),
        Misconception(
            "wrong-sign",
            ("-output[0, label]", "output[0, label]"),
            "Your loss is the log-probability itself. Descent makes it smaller, so the "
            "right language becomes less and less likely.",
        ),
        Misconception(
            "loss-after",
            (
                "    return loss.item()",
                "    return -read_name(rnn, tensor)[0][0, label].item()",
            ),
            "You return the loss after the step. The curve then shows what was learned "
            "on this very name; the loss before it is asked for.",
        ),
        Misconception(
            "probability",
            ("-output[0, label]", "-output[0, label].exp()"),
            "Your loss is minus the probability. Its gradient is tiny just where the "
            "answer is badly wrong; take minus its logarithm, which output already is.",
        ),
        Misconception(
            "double-log",
            ("-output[0, label]", "-torch.log(-output[0, label])"),
            "You take the logarithm once more. The output already holds logarithms.",
        ),
        Misconception(
            "softmax-again",
            (
                "-output[0, label]",
                "nn.functional.cross_entropy(output.exp(), torch.tensor([label]))",
            ),
            "You apply the log-softmax to probabilities. The output holds "
            "log-probabilities already: the loss is minus one of them.",
        ),
        Misconception(
            "every-letter",
            (
                "    output, _ = read_name(rnn, tensor)\n"
                "    loss = -output[0, label]\n",
                "    hidden, loss = rnn.initHidden(), 0\n"
                "    for letter in tensor:\n"
                "        output, hidden = rnn(letter, hidden)\n"
                "        loss = loss - output[0, label]\n",
            ),
            "You add up or average a loss after every letter. Only the output after "
            "the last letter is the answer.",
            forms=[
                (
                    "    output, _ = read_name(rnn, tensor)\n"
                    "    loss = -output[0, label]\n",
                    "    hidden, loss = rnn.initHidden(), 0\n"
                    "    for letter in tensor:\n"
                    "        output, hidden = rnn(letter, hidden)\n"
                    "        loss = loss - output[0, label] / len(tensor)\n",
                ),
                (
                    "    output, _ = read_name(rnn, tensor)\n"
                    "    loss = -output[0, label]\n"
                    "    loss.backward()\n",
                    "    hidden, total = rnn.initHidden(), 0\n"
                    "    for letter in tensor:\n"
                    "        output, hidden = rnn(letter, hidden)\n"
                    "        loss = -output[0, label]\n"
                    "        total = total + loss\n"
                    "    total.backward()\n",
                ),
            ],
        ),
        Misconception(
            "likeliest",
            ("-output[0, label]", "-output.max()"),
            "Your loss looks at the likeliest class, so the cell is told that it is "
            "always right. Look at the class `label`.",
        ),
        Misconception(
            "mean-of-classes",
            ("-output[0, label]", "-output.mean()"),
            "Your loss is the mean over all classes and does not look at `label`.",
        ),
        Misconception(
            "tensor-loss",
            ("loss.item()", "loss"),
            "You return a tensor. With its graph a list of such losses fills the "
            "memory; `loss.item()` is a float.",
            forms=[
                [("loss.item()", "loss.detach()")],
                [("loss.item()", "torch.tensor(loss.item())")],
            ],
        ),
        Misconception(
            "two-steps",
            ("    optimizer.step()\n", "    optimizer.step()\n    optimizer.step()\n"),
            "You step twice on one name.",
        ),
        Misconception(
            "own-update",
            (
                "    optimizer.step()\n",
                "    with torch.no_grad():\n"
                "        for p in rnn.parameters():\n"
                "            if p.grad is not None:\n"
                '                p -= optimizer.param_groups[0]["lr"] * p.grad\n',
            ),
            "You move the parameters without the optimiser that was given. Its "
            "momentum, or Adam's averages, are lost; call its step().",
            forms=[
                [
                    (
                        "    optimizer.zero_grad()\n",
                        "    optimizer.zero_grad()\n"
                        "    optimizer = torch.optim.SGD(rnn.parameters(), "
                        'lr=optimizer.param_groups[0]["lr"])\n',
                    )
                ]
            ],
        ),
        Misconception(
            "loss-per-letter",
            ("return loss.item()", "return loss.item() / len(tensor)"),
            "You divide the loss by the number of letters. It is one number for the "
            "whole name.",
        ),
        Misconception(
            "probability-returned",
            ("return loss.item()", "return output[0, label].exp().item()"),
            "You return the probability of the label. The loss is asked for.",
        ),
        Misconception(
            "nothing-returned",
            ("    return loss.item()", "    loss.item()"),
            "You return nothing. The loss before the step is asked for.",
        ),
        Misconception(
            "last-letter-only",
            ("read_name(rnn, tensor)", "read_name(rnn, tensor[-1:])"),
            "You read the last letter only.",
        ),
        Misconception(
            "first-letter-only",
            ("read_name(rnn, tensor)", "read_name(rnn, tensor[:1])"),
            (
                "You take the output after the first letter. The answer "
                "comes after the last one."
            ),
        ),
        Misconception(
            "detached-state",
            (
                "    output, _ = read_name(rnn, tensor)\n",
                "    hidden = rnn.initHidden()\n"
                "    for letter in tensor:\n"
                "        output, hidden = rnn(letter, hidden.detach())\n",
            ),
            "You cut the gradient off at every letter (`detach` or `.data`). The "
            "earlier letters then never learn from the answer.",
        ),
        Misconception(
            "back-to-probabilities",
            (
                "loss = -output[0, label]",
                "loss = -(output[0, label].exp() + 1e-9).log()",
            ),
            "You make a probability of the log-probability and take its logarithm "
            "again. A very small one becomes 0, or your small constant, and its "
            "gradient is lost; use the output itself.",
            forms=[
                (
                    "loss = -output[0, label]",
                    f"loss = -(output[0, label].exp() + {low}).log()",
                )
                for low in ("1e-8", "1e-10", "1e-12", "1e-7")
            ]
            + [
                (
                    "loss = -output[0, label]",
                    f"loss = -output[0, label].exp().clamp(min={low}).log()",
                )
                for low in ("1e-7", "1e-8", "1e-9", "1e-10", "1e-12")
            ],
        ),
        Misconception(
            "clips",
            (
                "    optimizer.step()\n",
                "    nn.utils.clip_grad_norm_(rnn.parameters(), 1.0)\n"
                "    optimizer.step()\n",
            ),
            "You clip the gradients. That is not asked for here: the step goes by the "
            "gradient itself.",
            forms=[
                (
                    "    optimizer.step()\n",
                    "    nn.utils.clip_grad_norm_(rnn.parameters(), 5.0)\n"
                    "    optimizer.step()\n",
                ),
                (
                    "    optimizer.step()\n",
                    "    nn.utils.clip_grad_norm_(rnn.parameters(), 0.5)\n"
                    "    optimizer.step()\n",
                ),
            ],
        ),
    ],
    hints=[
        "Five lines: clear, read, loss, backward, step.",
        "The output is a row of log-probabilities. The loss is minus one entry of it.",
        "`optimizer.zero_grad()` comes before `loss.backward()`, `optimizer.step()` "
        "after it; return `loss.item()`.",
    ],
)


# names_to_batch, read_names, batches_by_length


def names_to_batch_cases(rng):
    def names(*lengths):
        return [name(length) if length else "" for length in lengths]

    def name(length):
        """A name of that length whose last letter stands in it twice."""
        letters = random_name(rng, max(length - 1, 1))
        letters = "a" + letters[1:] if length > 2 else letters  # a has the place 0
        return letters + letters[-1] * (length - len(letters))

    yield Case("three names, the longest in the middle", names(4, 7, 2))
    yield Case("a batch of one", names(5))
    some = [*names(3, 0, 5), f" {random_name(rng, 5)}'-"]
    label = "the longest name last, an empty one among them, only empty ones"
    yield Case(label, [(some,), ([""],), (["", ""],)])
    bad = [[*names(3, 5)[:1], "schön"], names(2, 4), [], names(6, 3)]
    yield from refused(
        {"a letter outside the alphabet": (bad[0],), "no name": (bad[2],)}
    )


NAMES_TO_BATCH = Exercise(
    "names_to_batch",
    names_to_batch_cases,
    points=2,
    minutes=10,
    difficulty=2,
    probe="one_or_many",
    exact_dtype=True,
    needs=("name_to_tensor",),
    returns=("batch", "lengths"),
    misconceptions=[
        Misconception(
            "padding-in-front",
            ("batch[: len(name), j]", "batch[len(batch) - len(name) :, j]"),
            "You pad in front. The cell would read empty rows before the first letter; "
            "here the padding stands behind (chapter 04 compares both).",
        ),
        Misconception(
            "batch-first",
            [
                (
                    "max(map(len, names)), len(names), len(LETTERS)",
                    "len(names), max(map(len, names)), len(LETTERS)",
                ),
                ("batch[: len(name), j]", "batch[j, : len(name)]"),
            ],
            "You put the batch first. Time comes first here, so that `batch[t]` is one "
            "letter of every name.",
        ),
        Misconception(
            "cut-to-shortest",
            [
                ("max(map(len, names))", "min(map(len, names))"),
                (
                    "batch[: len(name), j] = name_to_tensor(name)[:, 0]",
                    "batch[:, j] = name_to_tensor(name)[: len(batch), 0]",
                ),
            ],
            "You cut every name to the shortest one. Longer names lose their ends, and "
            "the ends say most.",
        ),
        Misconception(
            "padded-with-a-letter",
            (
                "    for j, name in enumerate(names):\n",
                "    batch[:, :, 0] = 1\n    for j, name in enumerate(names):\n",
            ),
            "Your padding is a letter (`a`, or the space). It is to be rows of zeros.",
            forms=[
                (
                    "batch[: len(name), j] = name_to_tensor(name)[:, 0]",
                    "batch[:, j] = name_to_tensor(name.ljust(len(batch)))[:, 0]",
                ),
            ],
        ),
        Misconception(
            "unknown-passes",
            (
                "batch[: len(name), j] = name_to_tensor(name)[:, 0]",
                (
                    "for t, letter in enumerate(name):\n"
                    "            batch[t, j, LETTERS.find(letter)] = 1"
                ),
            ),
            (
                "You let a letter outside the alphabet through. `str.find` "
                "answers -1, and index -1 is the last letter."
            ),
            forms=[
                (
                    "batch[: len(name), j] = name_to_tensor(name)[:, 0]",
                    (
                        "for t, letter in enumerate(name):\n"
                        "            if letter in LETTERS:\n"
                        "                batch[t, j, LETTERS.index(letter)] = 1"
                    ),
                )
            ],
        ),
        Misconception(
            "all-lengths-equal",
            ("[len(name) for name in names]", "[max(map(len, names)) for _ in names]"),
            "Your lengths are those of the padded array. They must say where each name "
            "itself ends.",
        ),
        Misconception(
            "sorted",
            (
                "    lengths = torch.tensor([len",
                "    names = sorted(names, key=len, reverse=True)\n"
                "    lengths = torch.tensor([len",
            ),
            "You sort the names. Column j then no longer belongs to label j.",
            forms=[
                [
                    (
                        "    lengths = torch.tensor([len",
                        "    names = sorted(names, key=len)\n"
                        "    lengths = torch.tensor([len",
                    )
                ],
                [
                    (
                        "    lengths = torch.tensor([len",
                        "    names = sorted(names)\n    lengths = torch.tensor([len",
                    )
                ],
            ],
        ),
        Misconception(
            "lengths-no-tensor",
            (
                "torch.tensor([len(name) for name in names], dtype=torch.int64)",
                "[len(name) for name in names]",
            ),
            "Your lengths are no tensor. int64 in a tensor is asked for: read_names "
            "computes with it.",
        ),
        Misconception(
            "one-row-at-least",
            ("max(map(len, names))", "max(1, *map(len, names))"),
            "Your array has a row where no name has a letter. T is the greatest "
            "length, and that may be 0.",
        ),
        Misconception(
            "empty-left-out",
            (
                "    lengths = torch.tensor([len",
                "    names = [name for name in names if name] or names\n"
                "    lengths = torch.tensor([len",
            ),
            "You leave out empty names. Column j then no longer belongs to label j; "
            "an empty name has a column of zeros and the length 0.",
        ),
        Misconception(
            "swapped-result",
            ("return batch, lengths", "return lengths, batch"),
            "You return the lengths first. The order is batch, lengths.",
        ),
        Misconception(
            "lengths-other-type",
            ("return batch, lengths", "return batch, lengths.int()"),
            "Your lengths are no int64. A tensor of torch.int64 is asked for.",
            forms=[
                [("return batch, lengths", "return batch, lengths.float()")],
                [("return batch, lengths", "return batch, batch.sum((0, 2))")],
            ],
        ),
        Misconception(
            "batch-only",
            ("return batch, lengths", "return batch"),
            "You return the array alone. The lengths are asked for too.",
        ),
        Misconception(
            "stripped",
            (
                "    lengths = torch.tensor([len",
                "    names = [name.strip() for name in names]\n"
                "    lengths = torch.tensor([len",
            ),
            "You drop spaces at the ends of a name. They are letters of LETTERS.",
        ),
        Misconception(
            "doubles-dropped",
            (
                "    lengths = torch.tensor([len",
                "    names = list(dict.fromkeys(names))\n"
                "    lengths = torch.tensor([len",
            ),
            "A name that comes twice has one column only. Each name of the list has "
            "its own.",
        ),
        Misconception(
            "padded-with-a-number",
            ("torch.zeros(", "-torch.ones("),
            "Your padding is -1. Rows behind the end are all zeros, and so is all "
            "of a letter's row but one place.",
            forms=[[("    for j, name in", "    batch -= 1\n    for j, name in")]],
        ),
        Misconception(
            "places-counted",
            ("return batch, lengths", "return batch, (batch.argmax(2) > 0).sum(0)"),
            "You find the lengths by the places of the letters. The letter a has "
            "the place 0 and looks like padding to you.",
        ),
        Misconception(
            "reshaped",
            (
                "return batch, lengths",
                "return (\n"
                "        batch.transpose(0, 1).reshape(batch.shape),\n"
                "        lengths,\n    )",
            ),
            "You go from (B, T, ...) to (T, B, ...) by `view` or `reshape`, which keep "
            "the numbers in their order, so that names are mixed. `transpose(0, 1)` "
            "exchanges the axes.",
        ),
    ],
    hints=[
        "How many rows does the longest name need?",
        "Zeros of the shape (T, B, len(LETTERS)) first, then fill column j with the "
        "rows of name j.",
        "`name_to_tensor(name)[:, 0]` has the rows of one name; they go into "
        "`batch[:len(name), j]`.",
    ],
)


def read_names_cases(rng):
    def batch(symbols, *lengths, extra=0, zeros=False):
        longest = max(*lengths, 1) + extra
        letters = one_hot(rng, longest, len(lengths), symbols=symbols)
        for j, length in enumerate(lengths):
            noise = rng.normal(size=(longest - length, symbols))
            letters[length:, j] = tensor(noise)
            for t in range(longest - 1, length, -2) if zeros else ():
                letters[t, j] = 0
        return letters, torch.tensor(lengths)

    def case(label, sizes, *batches, refused=False, **more):
        made = Case(label, stand_in(rng, *sizes), list(batches), refused=refused)
        made.keywords |= more
        return made.with_(weight=float(not refused))  # a refusal is advice

    yield case("four names of equal length", (5, 3, 2), batch(5, 6, 6, 6, 6))
    yield case("four names, noise in the padding", (6, 5, 3), batch(6, 3, 7, 1, 5))
    padded = batch(4, 2, 4, 3, extra=3, zeros=True)
    yield case("noise and zeros behind the longest name", (4, 5, 2), padded)
    yield case("a batch of one", (5, 4, 6), batch(5, 6, extra=2))
    pair = batch(6, 3, 5), batch(6, 4, 1)
    label = "two batches of equal size, one after the other"
    yield case(label, (6, 7, 4), *pair)
    yield case("a transposed view", (4, 7, 3), batch(4, 5, 2), view=True)
    pair = batch(4, 2, 4, 1), batch(4, 3, 0, 2)
    yield case("a length of 0 is refused", (4, 5, 2), *pair, refused=True)


READ_NAMES = Exercise(
    "read_names",
    read_names_cases,
    points=4,
    minutes=15,
    difficulty=3,
    probe="reading_batches",
    misconceptions=[
        Misconception(
            "last-row",
            (
                "torch.stack(outputs)[lengths - 1, columns]",
                "torch.stack(outputs)[-1, columns]",
            ),
            "You take the output after the last row of the array. For a short name "
            "that is an answer to its padding.",
        ),
        Misconception(
            "ends-by-zeros",
            (
                "    hidden = rnn.initHidden()",
                (
                    "    lengths = (batch.abs().sum(2) > 0).sum(0)\n"
                    "    hidden = rnn.initHidden()"
                ),
            ),
            (
                "You look for the end of a name at the rows of zeros. "
                "Anything may stand behind the end; `lengths` says where "
                "it is."
            ),
            forms=[
                (
                    "    hidden = rnn.initHidden()",
                    (
                        "    lengths = len(batch) - (batch.abs().sum(2) > "
                        "0).int().flip(0).argmax(0)\n"
                        "    hidden = rnn.initHidden()"
                    ),
                )
            ],
        ),
        Misconception(
            "one-too-late",
            (
                "[lengths - 1, columns]",
                "[lengths.clamp(max=len(outputs) - 1), columns]",
            ),
            "You take the output one row too late. A name of length 3 ends in row 2.",
        ),
        Misconception(
            "end-of-the-longest",
            (
                "torch.stack(outputs)[lengths - 1, columns]",
                "torch.stack(outputs)[lengths.max() - 1]",
            ),
            "You take the output after the last letter of the longest name, for all "
            "names. For a shorter one that is an answer to its padding.",
        ),
        Misconception(
            "mean-over-time",
            (
                "torch.stack(outputs)[lengths - 1, columns]",
                "torch.stack([torch.stack(outputs)[:n, j].mean(0) for j, n in "
                "enumerate(lengths)])",
            ),
            "You average the outputs of all letters. The output after the last letter "
            "is asked for.",
            forms=[
                [
                    (
                        "torch.stack(outputs)[lengths - 1, columns]",
                        "torch.stack(outputs).sum(0) / lengths[:, None]",
                    )
                ],
                [
                    (
                        "torch.stack(outputs)[lengths - 1, columns]",
                        "torch.stack(outputs).mean(0)",
                    )
                ],
            ],
        ),
        Misconception(
            "not-expanded",
            ("rnn.initHidden().expand(batch.shape[1], -1)", "rnn.initHidden()"),
            "Your state has one row for the whole batch. Every name needs its own; "
            "expand it to the number of names.",
        ),
        Misconception(
            "zero-start",
            ("rnn.initHidden().expand", "torch.zeros_like(rnn.initHidden()).expand"),
            "You start from zeros of your own. Ask the cell for its start.",
        ),
        Misconception(
            "squeezed",
            ("[lengths - 1, columns]", "[lengths - 1, columns].squeeze(0)"),
            "A batch of one loses its batch axis: you return (output_size,). `squeeze` "
            "removes what you need as soon as there is a single name.",
        ),
        Misconception(
            "empty-reads-the-end",
            ("if lengths.min() < 1:", "if False:"),
            "You let a length of 0 through. Row 0 - 1 is the last row of the array, so "
            "the empty name gets the answer to its padding.",
        ),
        Misconception(
            "state-not-passed-on",
            (
                "output, hidden = rnn(letters, hidden)",
                "output, _ = rnn(letters, hidden)",
            ),
            "Your states never change: every letter meets the state before the first "
            "one.",
        ),
        Misconception(
            "detached-state",
            ("rnn(letters, hidden)", "rnn(letters, hidden.detach())"),
            "You cut the gradient off at every letter (`detach`, `.data` or "
            "`torch.no_grad()`). The earlier letters then never learn from the answer.",
        ),
        Misconception(
            "no-gradient",
            ("[lengths - 1, columns]", "[lengths - 1, columns].detach()"),
            "No gradient reaches the cell through your answer (`detach`, `.data` or "
            "`torch.no_grad()`). It could never learn.",
        ),
        Misconception(
            "whole-rows",
            ("[lengths - 1, columns]", "[lengths - 1]"),
            "You index time alone, so each name gets a row with the outputs of all "
            "names. Index with two tensors: the row and the column.",
        ),
        Misconception(
            "carried-over",
            source="""def read_names(rnn, batch, lengths):
    if lengths.min() < 1:
        raise ValueError("empty")
    hidden = getattr(rnn, "kept", rnn.initHidden())
    hidden = hidden[:1].expand(batch.shape[1], -1)
    outputs = []
    for letters in batch:
        output, hidden = rnn(letters, hidden)
        outputs.append(output)
    rnn.kept = hidden.detach()
    columns = torch.arange(batch.shape[1])
    return torch.stack(outputs)[lengths - 1, columns]
""",
            says="You carry a state over to the next name or batch. Each name starts "
            "from initHidden().",
            forms=[
                "def read_names(rnn, batch, lengths):\n"
                "    if lengths.min() < 1:\n"
                '        raise ValueError("empty")\n'
                "    hidden, outputs = rnn.initHidden(), []\n"
                "    for j in range(batch.shape[1]):\n"
                "        for t in range(int(lengths[j])):\n"
                "            output, hidden = rnn(batch[t, j : j + 1], hidden)\n"
                "        outputs.append(output)\n"
                "    return torch.cat(outputs)\n"
            ],
        ),
        Misconception(
            "first-name-only",
            (
                "torch.stack(outputs)[lengths - 1, columns]",
                "torch.stack(outputs)[lengths - 1, 0]",
            ),
            "You take the first name's outputs for all names. Name j is in column j.",
        ),
        Misconception(
            "one-too-early",
            (
                "torch.stack(outputs)[lengths - 1, columns]",
                "torch.stack(outputs)[(lengths - 2).clamp(min=0), columns]",
            ),
            "You take the output one row too early. A name of length 3 ends in row 2.",
        ),
        Misconception(
            "start-detached",
            ("rnn.initHidden()", "rnn.initHidden().detach()"),
            "You cut the gradient off at the start (`detach` or `.data`). A cell "
            "whose start is a parameter could not learn it.",
        ),
        Misconception(
            "letters-detached",
            ("rnn(letters, hidden)", "rnn(letters.detach(), hidden)"),
            "You cut the gradient off at the letters (`detach` or `.data`). Rows "
            "that are themselves learned would never change.",
        ),
        Misconception(
            "other-order",
            (
                "torch.stack(outputs)[lengths - 1, columns]",
                "torch.stack(outputs)[lengths.sort(descending=True)[0] - 1, "
                "lengths.argsort(descending=True)]",
            ),
            "Your answers stand in the order of the lengths. Row j belongs to name "
            "j: put them back.",
            forms=[
                [
                    (
                        "torch.stack(outputs)[lengths - 1, columns]",
                        "torch.stack(outputs)[lengths.sort()[0] - 1, "
                        "lengths.argsort()]",
                    )
                ]
            ],
        ),
        Misconception(
            "batch-first",
            [
                ("batch.shape[1], -1", "batch.shape[0], -1"),
                ("for letters in batch:", "for letters in batch.transpose(0, 1):"),
            ],
            "You take the first axis for the names. Time comes first: `batch[t]` is "
            "one letter of every name.",
            forms=[
                [
                    (
                        "torch.stack(outputs)[lengths - 1, columns]",
                        "torch.stack(outputs, 1)[lengths - 1, columns]",
                    )
                ]
            ],
        ),
        Misconception(
            "view-of-a-view",
            (
                "    hidden = rnn.initHidden()",
                "    batch = batch.view(-1, batch.shape[2]).view(batch.shape)\n"
                "    hidden = rnn.initHidden()",
            ),
            "You use `view` on an array that may be transposed. `reshape`, or an "
            "index such as `batch[t]`, works for any array.",
        ),
        Misconception(
            "ends-guessed",
            source="""def read_names(rnn, batch, lengths):
    if lengths.min() < 1:
        raise ValueError("an empty name")
    hidden, result = rnn.initHidden().repeat(batch.shape[1], 1), None
    for letters in batch:
        there = letters.abs().sum(dim=1, keepdim=True) > 0
        output, new = rnn(letters, hidden)
        hidden = torch.where(there, new, hidden)
        result = output if result is None else torch.where(there, output, result)
    return result
""",
            says="You look for rows of zeros to find out where a name ends. Behind an "
            "end anything may stand; only `lengths` knows.",
        ),
        Misconception(
            "one-empty-letter-more",
            source="""
def read_names(rnn, batch, lengths):
    if lengths.min() < 1:
        raise ValueError("an empty name")
    hidden = rnn.initHidden().expand(batch.shape[1], -1)
    for t, letters in enumerate(batch):
        mask = (t < lengths)[:, None].float()
        output, new = rnn(letters * mask, hidden)
        hidden = new * mask + hidden * (1 - mask)
    return output
""",
            says="You hold the state of a name that has ended, but not its output: "
            "yours comes from one letter more, an empty or a strange one. Hold the "
            "output as well.",
            forms=[
                """
def read_names(rnn, batch, lengths):
    if lengths.min() < 1:
        raise ValueError("an empty name")
    hidden = rnn.initHidden().expand(batch.shape[1], -1)
    for t, letters in enumerate(batch):
        output, new = rnn(letters, hidden)
        hidden = torch.where((t < lengths)[:, None], new, hidden)
    return output
"""
            ],
        ),
        Misconception(
            "longest-first-assumed",
            source="""def read_names(rnn, batch, lengths):
    if lengths.min() < 1:
        raise ValueError("an empty name")
    hidden = rnn.initHidden().expand(batch.shape[1], -1)
    result = None
    for t in range(int(lengths.max())):
        active = int((lengths > t).sum())
        output, new = rnn(batch[t, :active], hidden[:active])
        hidden = torch.cat([new, hidden[active:]])
        result = output if t == 0 else torch.cat([output, result[active:]])
    return result
""",
            says="You take the first columns to be the names that go on. That holds "
            "where the longest name stands first; names come in any order.",
        ),
    ],
    hints=[
        "Read the whole array as read_name does; then choose for each name.",
        "`rnn.initHidden().expand(B, -1)` gives every name its start. Keep all "
        "outputs in a list.",
        "`torch.stack(outputs)` is (T, B, K). Index it with two integer tensors: the "
        "row `lengths - 1` and the column `arange(B)`.",
    ],
)


def batches_by_length_cases(rng):
    yield Case("seven names in threes", rng.integers(2, 6, size=7), 3)
    lengths = rng.integers(1, 12, size=20)
    yield Case("twenty names in sixes", lengths, 6)
    calls = [(rng.permutation(9)[:8] + 1, 4), (rng.integers(2, 4, size=5), 2)]
    calls += [(np.array([], dtype=np.int64), 3), (rng.integers(3, 9, size=4), 9)]
    yield Case("full batches only, no names, one batch", calls)
    yield Case("batches of one", rng.integers(3, 7, size=6), 1)
    many = rng.integers(2, 9, size=300), 64
    yield Case("three hundred names, one name", [many, (rng.integers(2, 9, size=1), 2)])


BATCHES_BY_LENGTH = Exercise(
    "batches_by_length",
    batches_by_length_cases,
    points=2,
    minutes=10,
    difficulty=2,
    probe="one_or_many",
    misconceptions=[
        Misconception(
            "last-dropped",
            (
                "range(0, len(order), batch_size)",
                "range(0, len(order) - batch_size + 1, batch_size)",
            ),
            "You drop the last, smaller batch: those names never train.",
        ),
        Misconception(
            "not-sorted",
            ('np.argsort(lengths, kind="stable")', "np.arange(len(lengths))"),
            "You cut batches in the old order. Names of different lengths meet, and "
            "the padding stays.",
        ),
        Misconception(
            "longest-first",
            ("np.argsort(lengths", "np.argsort(-lengths"),
            "You sort from the longest to the shortest; the other direction is asked "
            "for.",
        ),
        Misconception(
            "lengths-not-indices",
            ('np.argsort(lengths, kind="stable")', "np.sort(lengths)"),
            "Your batches hold the lengths. The indices of the names are needed, to "
            "fetch letters and labels.",
        ),
        Misconception(
            "ties-reversed",
            (
                'np.argsort(lengths, kind="stable")',
                'np.argsort(lengths[::-1], kind="stable")\n'
                "    order = len(order) - 1 - order",
            ),
            "Names of equal length change their order. The old order is to stay: "
            '`np.argsort(..., kind="stable")` keeps it.',
            forms=[[('np.argsort(lengths, kind="stable")', "np.argsort(lengths)")]],
        ),
        Misconception(
            "number-of-batches",
            (
                "return [order[start : start + batch_size] for start in starts]",
                "return np.array_split(order, batch_size)",
            ),
            "You cut into `batch_size` pieces. It is the size of a batch, not their "
            "number.",
        ),
        Misconception(
            "equal-pieces",
            (
                "return [order[start : start + batch_size] for start in starts]",
                "return np.array_split(order, max(len(starts), 1))",
            ),
            "You cut into nearly equal pieces. Every batch but the last has batch_size "
            "entries, and no name gives no batch.",
        ),
        Misconception(
            "one-length-a-batch",
            (
                "return [order[start : start + batch_size] for start in starts]",
                "parts = [np.flatnonzero(lengths == n) for n in np.unique(lengths)]\n"
                "    return [p[i : i + batch_size] for p in parts for i in "
                "range(0, len(p), batch_size)]",
            ),
            "You begin a new batch at every new length. Only the last batch may be "
            "smaller; lengths may meet in one batch.",
        ),
        Misconception(
            "sorted-within",
            (
                "[order[start : start + batch_size] for",
                "[np.sort(order[start : start + batch_size]) for",
            ),
            "You sort the indices inside each batch. They are sorted by length, not "
            "by their own size.",
        ),
        Misconception(
            "generator",
            (
                "return [order[start : start + batch_size] for start in starts]",
                "return (order[start : start + batch_size] for start in starts)",
            ),
            "You return a generator or iterator. It can be read once and has no "
            "length; a list is asked for.",
            forms=[
                [
                    (
                        "return [order[start : start + batch_size] for start in "
                        "starts]",
                        "return iter([order[start : start + batch_size] for start "
                        "in starts])",
                    )
                ],
                [
                    (
                        "return [order[start : start + batch_size] for start in "
                        "starts]",
                        "return map(lambda start: order[start : start + "
                        "batch_size], starts)",
                    )
                ],
            ],
        ),
        Misconception(
            "empty-batch",
            (
                "range(0, len(order), batch_size)",
                "range(0, len(order) + 1, batch_size)",
            ),
            "You return a batch without any name, at the end or where N is 0.",
            forms=[
                [
                    (
                        "    return [order",
                        "    if len(order) == 0:\n"
                        "        return [order]\n"
                        "    return [order",
                    )
                ]
            ],
        ),
        Misconception(
            "batches-reversed",
            ("for start in starts]", "for start in reversed(starts)]"),
            "Your batches stand from the longest names to the shortest; the other "
            "direction is asked for.",
        ),
        Misconception(
            "small-integers",
            (
                'np.argsort(lengths, kind="stable")',
                'np.argsort(lengths, kind="stable").astype(np.int8)',
            ),
            "Your indices are integers of 8 bits, which end at 127 or 255.",
            forms=[
                [
                    (
                        'np.argsort(lengths, kind="stable")',
                        'np.argsort(lengths, kind="stable").astype(np.uint8)',
                    )
                ]
            ],
        ),
        Misconception(
            "cut-at-batch-size",
            ("order[start : start + batch_size]", "order[start:batch_size]"),
            "Your cuts all end at batch_size. A batch ends at start + batch_size.",
        ),
        Misconception(
            "ranks",
            (
                'order = np.argsort(lengths, kind="stable")',
                'order = np.argsort(np.argsort(lengths, kind="stable"))',
            ),
            "You return ranks: the place that each name would take. Asked is which "
            "name stands at each place, which a single argsort gives.",
        ),
        Misconception(
            "first-of-equals",
            source="""
def batches_by_length(lengths, batch_size):
    order = [list(lengths).index(length) for length in sorted(lengths)]
    starts = range(0, len(order), batch_size)
    return [np.array(order[start : start + batch_size]) for start in starts]
""",
            says="Of names of equal length you list the first one again and again: "
            "`index` finds the first place. Sort the indices themselves.",
        ),
    ],
    hints=[
        "First the order of the indices, then the cuts.",
        '`np.argsort` sorts indices; `kind="stable"` keeps equal ones in order.',
        "`order[start : start + batch_size]` for start in steps of batch_size; a slice "
        "may reach over the end.",
    ],
)


# rnn_cell, rnn_forward, rnn_backward


def rnn_cell_cases(rng):
    def inputs(N, d, n):
        x, h = rng.normal(size=(N, d)), rng.uniform(-1, 1, size=(N, n))
        return x, h, *cell_weights(rng, d, n)

    yield Case("three names", *inputs(3, 4, 5))
    yield Case("a batch of one", *inputs(1, 3, 2))
    x, *rest = inputs(4, 2, 3)
    x[1] *= 3e3
    yield Case("large numbers in one row, where tanh is flat", x, *rest)
    yield Case("as many letters as state numbers", *inputs(2, 3, 3))
    x, h, W_xh, W_hh, b = inputs(3, 4, 5)
    calls = {
        f"a state {shape} for three names": (x, rng.normal(size=shape), W_xh, W_hh, b)
        for shape in ((5,), (1, 5), (3, 6), (4, 5), (3, 1))
    }
    x, h, *weights = inputs(3, 4, 3)
    calls["a state (3,) for three names, n = 3"] = (x, h[0], *weights)
    x, h, *weights = inputs(1, 4, 3)
    calls["a state (3,) for one name"] = (x, h[0], *weights)
    yield from refused(calls)


RNN_CELL = Exercise(
    "rnn_cell",
    rnn_cell_cases,
    points=2,
    minutes=5,
    difficulty=1,
    probe="one_or_many",
    rtol=1e-9,
    exact_dtype=True,
    misconceptions=[
        Misconception(
            "no-tanh",
            ("np.tanh(x @ W_xh + h @ W_hh + b)", "x @ W_xh + h @ W_hh + b"),
            "The activation is missing, as in the article's cell. Then any number of "
            "steps is still one linear map.",
        ),
        Misconception(
            "sigmoid",
            (
                "np.tanh(x @ W_xh + h @ W_hh + b)",
                "1 / (1 + np.exp(-(x @ W_xh + h @ W_hh + b)))",
            ),
            "You use the sigmoid. It gives 0 to 1; tanh gives -1 to 1.",
        ),
        Misconception(
            "relu",
            (
                "np.tanh(x @ W_xh + h @ W_hh + b)",
                "np.maximum(x @ W_xh + h @ W_hh + b, 0)",
            ),
            "You use ReLU. It cuts off at 0 and grows without bound; tanh gives -1 to "
            "1.",
        ),
        Misconception(
            "overflow",
            (
                "    return np.tanh(x @ W_xh + h @ W_hh + b)",
                "    e = np.exp(x @ W_xh + h @ W_hh + b)\n"
                "    return (e - 1 / e) / (e + 1 / e)",
            ),
            "You build tanh from exponentials. They leave the range of floating point "
            "for large numbers, and infinity over infinity is NaN; `np.tanh` does not.",
            forms=[
                [
                    (
                        "    return np.tanh(x @ W_xh + h @ W_hh + b)",
                        "    a = x @ W_xh + h @ W_hh + b\n"
                        "    return (np.exp(2 * a) - 1) / (np.exp(2 * a) + 1)",
                    )
                ],
                [
                    (
                        "    return np.tanh(x @ W_xh + h @ W_hh + b)",
                        "    a = x @ W_xh + h @ W_hh + b\n"
                        "    return (1 - np.exp(-2 * a)) / (1 + np.exp(-2 * a))",
                    )
                ],
            ],
        ),
        Misconception(
            "tanh-of-letter-only",
            ("np.tanh(x @ W_xh + h @ W_hh + b)", "np.tanh(x @ W_xh + b) + h @ W_hh"),
            "tanh reaches only the letter's part. The whole sum stands inside it.",
        ),
        Misconception(
            "no-bias",
            (" + h @ W_hh + b)", " + h @ W_hh)"),
            "You forgot the bias b.",
        ),
        Misconception(
            "bias-outside",
            ("np.tanh(x @ W_xh + h @ W_hh + b)", "np.tanh(x @ W_xh + h @ W_hh) + b"),
            (
                "You add the bias after the tanh. It belongs inside, so "
                "that the state stays between -1 and 1."
            ),
        ),
        Misconception(
            "two-biases",
            ("x @ W_xh + h @ W_hh + b", "x @ W_xh + b + h @ W_hh + b"),
            "You add the bias twice, once to each product. PyTorch has two different "
            "bias vectors; here is one.",
        ),
        Misconception(
            "transposed-recurrence",
            ("h @ W_hh", "h @ W_hh.T"),
            "You multiply the state by the transpose of W_hh. The matrix is square, so "
            "NumPy does not complain.",
        ),
        Misconception(
            "broadcast-state",
            ("if h.shape != expected:", "if False:"),
            "You accept a state of any shape that NumPy can stretch. All names would "
            "then share one state without a word.",
        ),
        Misconception(
            "row-made",
            ("if h.shape != expected:", "if np.atleast_2d(h).shape != expected:"),
            (
                "You make a row of a state (n,). A state without an axis "
                "of names is a mistake of the caller, also for a single "
                "name: refuse it."
            ),
            forms=[
                ("if h.shape != expected:", "if (1, *h.shape)[-2:] != expected:"),
            ],
        ),
        Misconception(
            "wrong-sign",
            ("np.tanh(x @ W_xh + h @ W_hh + b)", "-np.tanh(x @ W_xh + h @ W_hh + b)"),
            "Your states have the wrong sign.",
        ),
        Misconception(
            "no-state",
            (" + h @ W_hh", ""),
            "The old state has no part in your sum. Without it nothing is remembered.",
        ),
        Misconception(
            "no-letter",
            ("x @ W_xh + ", ""),
            "The letter has no part in your sum.",
        ),
        Misconception(
            "added-up",
            (
                "np.tanh(x @ W_xh + h @ W_hh + b)",
                "np.tanh(x @ W_xh + h @ W_hh + b) + h",
            ),
            "You add the new state to the old one. It takes its place.",
        ),
        Misconception(
            "tanh-twice",
            (
                "np.tanh(x @ W_xh + h @ W_hh + b)",
                "np.tanh(np.tanh(x @ W_xh + h @ W_hh + b))",
            ),
            "You apply tanh twice.",
        ),
        Misconception(
            "in-place",
            (
                "    return np.tanh(x @ W_xh + h @ W_hh + b)",
                "    h[:] = np.tanh(x @ W_xh + h @ W_hh + b)\n    return h",
            ),
            "You write into the state that was given. Return a new array.",
        ),
        Misconception(
            "elementwise",
            ("h @ W_hh", "h * W_hh[0]"),
            "You multiply the state element by element. A matrix product is meant: "
            "h @ W_hh.",
            forms=[
                [("h @ W_hh", "h * np.diag(W_hh)")],
                [("h @ W_hh", "h * W_hh.sum(axis=0)")],
            ],
        ),
        Misconception(
            "names-as-steps",
            source="""def rnn_cell(x, h, W_xh, W_hh, b):
    if h.shape != (len(x), len(b)):
        raise ValueError("the state has another shape")
    result, state = np.zeros(h.shape), h[0]
    for i in range(len(x)):
        state = np.tanh(x[i] @ W_xh + state @ W_hh + b)
        result[i] = state
    return result
""",
            says="You hand the new state of one name to the next name, as if they were "
            "time steps. Each name has its own row of h.",
        ),
        Misconception(
            "single-precision",
            (
                "return np.tanh(x @ W_xh + h @ W_hh + b)",
                "return np.tanh(x @ W_xh + h @ W_hh + b).astype(np.float32)",
            ),
            "You return float32, about seven digits. float64 is asked for.",
        ),
        Misconception(
            "tanh-of-each-part",
            (
                "np.tanh(x @ W_xh + h @ W_hh + b)",
                "np.tanh(x @ W_xh) + np.tanh(h @ W_hh) + b",
            ),
            "You apply tanh to the parts and add them. It goes around the whole sum.",
            forms=[
                (
                    "np.tanh(x @ W_xh + h @ W_hh + b)",
                    "np.tanh(x @ W_xh + b) + np.tanh(h @ W_hh)",
                ),
                (
                    "np.tanh(x @ W_xh + h @ W_hh + b)",
                    "np.tanh(x @ W_xh) + np.tanh(h @ W_hh + b)",
                ),
                (
                    "np.tanh(x @ W_xh + h @ W_hh + b)",
                    "np.tanh(x @ W_xh) + np.tanh(h @ W_hh) + np.tanh(b)",
                ),
            ],
        ),
        Misconception(
            "cut-off",
            (
                "np.tanh(x @ W_xh + h @ W_hh + b)",
                "np.tanh(np.clip(x @ W_xh + h @ W_hh + b, -5, 5))",
            ),
            "You cut the sum off before tanh. `np.tanh` takes numbers of any size.",
            forms=[
                (
                    "np.tanh(x @ W_xh + h @ W_hh + b)",
                    "np.tanh(np.clip(x @ W_xh + h @ W_hh + b, -3, 3))",
                ),
                (
                    "np.tanh(x @ W_xh + h @ W_hh + b)",
                    "np.tanh(np.clip(x @ W_xh + h @ W_hh + b, -1, 1))",
                ),
            ],
        ),
    ],
    hints=[
        "Two matrix products and a bias inside one function.",
        "Rows are names: the letter stands to the left of its matrix, x @ W_xh.",
        "Compare h.shape with (len(x), len(b)) before you compute.",
    ],
)


def rnn_forward_cases(rng):
    def inputs(T, N, d, n):
        X, h0 = rng.normal(size=(T, N, d)), rng.uniform(-1, 1, size=(N, n))
        return X, h0, *cell_weights(rng, d, n)

    yield Case("five letters of three names", *inputs(5, 3, 4, 2))
    yield Case("one name", *inputs(4, 1, 3, 6))
    yield Case(
        "one letter, no letter, two letters",
        [inputs(1, 2, 4, 3), inputs(0, 3, 2, 4), inputs(2, 4, 3, 5)],
    )
    yield Case("as many letters as names", *inputs(3, 3, 2, 5))


RNN_FORWARD = Exercise(
    "rnn_forward",
    rnn_forward_cases,
    points=2,
    minutes=10,
    difficulty=2,
    probe="one_or_many",
    needs=("rnn_cell",),
    misconceptions=[
        Misconception(
            "no-start",
            ("return np.stack(H)", "return np.stack(H)[1:]"),
            "The first row is missing: H[0] is h0, and the way back needs it.",
        ),
        Misconception(
            "last-only",
            ("return np.stack(H)", "return H[-1]"),
            "You return the last state only. The way back needs all of them.",
        ),
        Misconception(
            "always-from-h0",
            ("rnn_cell(x, H[-1],", "rnn_cell(x, h0,"),
            "Every letter starts from h0. The state of the letter before has to go in.",
        ),
        Misconception(
            "zero-start",
            ("H = [h0]", "H = [np.zeros_like(h0)]"),
            "You start from zeros. The start is given: h0.",
            forms=[
                "def rnn_forward(X, h0, W_xh, W_hh, b):\n"
                "    H, h = [h0], np.zeros_like(h0)\n"
                "    for x in X:\n"
                "        h = rnn_cell(x, h, W_xh, W_hh, b)\n"
                "        H.append(h)\n"
                "    return np.stack(H)\n"
            ],
        ),
        Misconception(
            "backwards",
            ("for x in X:", "for x in X[::-1]:"),
            "You read from the last letter to the first.",
        ),
        Misconception(
            "names-first",
            ("return np.stack(H)", "return np.stack(H, axis=1)"),
            "Your result has other axes. It is (T + 1, N, n), time first: "
            "`np.stack(H)`.",
            forms=[[("return np.stack(H)", "return np.concatenate(H)")]],
        ),
        Misconception(
            "added-up",
            (
                "H.append(rnn_cell(x, H[-1], W_xh, W_hh, b))",
                "H.append(H[-1] + rnn_cell(x, H[-1], W_xh, W_hh, b))",
            ),
            "You add the new state to the old one. It takes its place.",
        ),
        Misconception(
            "pair",
            ("return np.stack(H)", "return np.stack(H), H[-1]"),
            "You return two things. All states in one array are asked for.",
        ),
        Misconception(
            "letter-missing",
            ("for x in X:", "for x in X[:-1]:"),
            "You leave out a letter: there are T of them, and T + 1 states.",
            forms=[[("for x in X:", "for x in X[1:]:")]],
        ),
        Misconception(
            "h0-overwritten",
            source=(
                "def rnn_forward(X, h0, W_xh, W_hh, b):\n"
                "    h, H = h0, [h0.copy()]\n"
                "    for x in X:\n"
                "        h[:] = rnn_cell(x, h, W_xh, W_hh, b)\n"
                "        H.append(h.copy())\n"
                "    return np.stack(H)\n"
            ),
            says=(
                "You write the new states into h0. Whoever passed it still needs it."
            ),
        ),
        Misconception(
            "one-array",
            source=(
                "def rnn_forward(X, h0, W_xh, W_hh, b):\n"
                "    h = h0.copy()\n"
                "    H = [h]\n"
                "    for x in X:\n"
                "        h[:] = rnn_cell(x, h, W_xh, W_hh, b)\n"
                "        H.append(h)\n"
                "    return np.stack(H)\n"
            ),
            says=(
                "All your rows are one array, which every letter "
                "overwrites: in the end each holds the last state. Append "
                "a new array, or a copy."
            ),
            forms=[
                "def rnn_forward(X, h0, W_xh, W_hh, b):\n"
                "    h, H = h0, [h0]\n"
                "    for x in X:\n"
                "        h[:] = rnn_cell(x, h, W_xh, W_hh, b)\n"
                "        H.append(h)\n"
                "    return np.stack(H)\n",
            ],
        ),
        Misconception(
            "no-tanh",
            (
                "H.append(rnn_cell(x, H[-1], W_xh, W_hh, b))",
                "H.append(x @ W_xh + H[-1] @ W_hh + b)",
            ),
            "The activation is missing: each new state is tanh of the sum.",
        ),
        Misconception(
            "first-and-last",
            ("return np.stack(H)", "return np.stack([H[0], H[-1]])"),
            "You return the first and the last state only. The way back needs all "
            "of them.",
        ),
        Misconception(
            "tanh-at-the-end",
            source="""
def rnn_forward(X, h0, W_xh, W_hh, b):
    H = [h0]
    for x in X:
        H.append(x @ W_xh + H[-1] @ W_hh + b)
    return np.tanh(np.stack(H))
""",
            says="You apply tanh once, to all states at the end. Each state goes "
            "through tanh before the next letter.",
            forms=[
                """
def rnn_forward(X, h0, W_xh, W_hh, b):
    H = [h0]
    for x in X:
        H.append(x @ W_xh + H[-1] @ W_hh + b)
    return np.stack([h0, *(np.tanh(h) for h in H[1:])])
"""
            ],
        ),
        Misconception(
            "letter-of-the-step-before",
            ("for x in X:", "for x in np.roll(X, 1, axis=0):"),
            "Your state t + 1 reads X[t - 1], which is the last letter where t is 0. "
            "H[t + 1] is the state after X[t].",
        ),
        Misconception(
            "bias-outside",
            (
                "H.append(rnn_cell(x, H[-1], W_xh, W_hh, b))",
                "H.append(np.tanh(x @ W_xh + H[-1] @ W_hh) + b)",
            ),
            "You add the bias after the tanh. It belongs inside, so that the state "
            "stays between -1 and 1.",
        ),
    ],
    hints=[
        "A list of states that begins with h0 and grows by one for each letter.",
        "`rnn_cell(x, H[-1], W_xh, W_hh, b)` is the next entry.",
        "`np.stack(H)` puts time first.",
    ],
)


def rnn_backward_cases(rng):
    def inputs(T, N, d, n, scale=1.0):
        X, h0 = rng.normal(size=(T, N, d)) * scale, rng.uniform(-1, 1, size=(N, n))
        W_xh, W_hh, b = cell_weights(rng, d, n)
        dH = rng.normal(size=(T, N, n))
        return dH, X, states_of(X, h0, W_xh, W_hh, b * scale), W_xh, W_hh

    yield Case("four letters, the loss looks at every state", *inputs(4, 3, 2, 6))
    dH, *rest = inputs(5, 2, 3, 4)
    dH[:-1] = 0
    yield Case("five letters, the loss looks at the last state", dH, *rest)
    yield Case("one letter", *inputs(1, 4, 3, 5))
    yield Case("one name, small states", *inputs(6, 1, 4, 3, 0.05))
    dH, *rest = inputs(3, 2, 5, 5)
    dH[-1] = 0
    yield Case("the loss does not look at the last state", dH, *rest)


RNN_BACKWARD = Exercise(
    "rnn_backward",
    rnn_backward_cases,
    points=5,
    minutes=40,
    difficulty=5,
    probe="one_or_many",
    returns=("dX", "dh0", "dW_xh", "dW_hh", "db"),
    misconceptions=[
        Misconception(
            "no-tanh-derivative",
            (" * (1 - H[t + 1] ** 2)", ""),
            "The derivative of tanh is missing: each step multiplies by 1 - h².",
        ),
        Misconception(
            "derivative-at-old-state",
            ("1 - H[t + 1] ** 2", "1 - H[t] ** 2"),
            "You take 1 - h² at the state before the letter. tanh was applied to make "
            "the state after it, H[t + 1].",
        ),
        Misconception(
            "derivative-of-tanh-again",
            ("1 - H[t + 1] ** 2", "1 - np.tanh(H[t + 1]) ** 2"),
            "You apply tanh to a state that is already a tanh. Its derivative is 1 - "
            "h² with h itself.",
        ),
        Misconception(
            "not-transposed",
            ("delta @ W_hh.T", "delta @ W_hh"),
            "On the way back the gradient passes the transpose of W_hh. The matrix is "
            "square, so NumPy does not complain.",
        ),
        Misconception(
            "truncated",
            ("delta = (dH[t] + dh) *", "delta = dH[t] *"),
            "Your gradient does not travel: each step sees only the direct part. That "
            "is backpropagation without the time.",
        ),
        Misconception(
            "direct-only-at-end",
            (
                "delta = (dH[t] + dh) *",
                "delta = (dH[t] * (t == len(X) - 1) + dh) *",
            ),
            "You use the direct gradient of the last state only. The loss may look at "
            "every state.",
        ),
        Misconception(
            "new-state-in-dW-hh",
            ("H[t].T @ delta", "H[t + 1].T @ delta"),
            "dW_hh pairs delta with the state after the letter. W_hh was multiplied by "
            "the state before it.",
        ),
        Misconception(
            "mean",
            (
                "return dX, dh, dW_xh, dW_hh, db",
                "return dX, dh, *(g / len(X) for g in (dW_xh, dW_hh, db))",
            ),
            "You divide by the number of letters. The weights are shared, so the parts "
            "of all letters add up.",
        ),
        Misconception(
            "mean-of-names",
            (
                "return dX, dh, dW_xh, dW_hh, db",
                "return dX, dh, *(g / X.shape[1] for g in (dW_xh, dW_hh, db))",
            ),
            "You divide by the number of names. Sums over letters and names are asked "
            "for; where a mean belongs, dH already holds it.",
        ),
        Misconception(
            "dh0-too-early",
            [
                (
                    "        dh = delta @ W_hh.T",
                    "        dh0 = dH[t] + dh\n        dh = delta @ W_hh.T",
                ),
                ("return dX, dh,", "return dX, dh0,"),
            ],
            "Your dh0 stops one step too early, at the state after the first "
            "letter. It "
            "has to pass 1 - h² and W_hh once more.",
            forms=[[("return dX, dh,", "return dX, delta,")]],
        ),
        Misconception(
            "carried-past-delta",
            (
                "delta = (dH[t] + dh) * (1 - H[t + 1] ** 2)",
                "delta = dH[t] * (1 - H[t + 1] ** 2) + dh",
            ),
            "You multiply the direct part alone by 1 - h². What comes back from the "
            "next letter meets the same tanh: add it to dH[t] first.",
        ),
        Misconception(
            "carried-before-tanh",
            ("dh = delta @ W_hh.T", "dh = (dH[t] + dh) @ W_hh.T"),
            "You carry back the gradient from before tanh's derivative. Through W_hh "
            "goes delta, which has passed 1 - h².",
        ),
        Misconception(
            "overwritten",
            [("dW_xh += ", "dW_xh = "), ("dW_hh += ", "dW_hh = "), ("db += ", "db = ")],
            "In at least one of dW_xh, dW_hh and db each letter overwrites the part of "
            "the letter behind it. The parts have to be added, with +=.",
            forms=[
                [("dW_xh += ", "dW_xh = ")],
                [("dW_hh += ", "dW_hh = ")],
                [("db += ", "db = ")],
            ],
        ),
        Misconception(
            "db-mean",
            ("delta.sum(axis=0)", "delta.mean(axis=0)"),
            "You average db over the names. Sums over letters and names are asked for.",
        ),
        Misconception(
            "dW-hh-transposed",
            ("H[t].T @ delta", "delta.T @ H[t]"),
            "Your dW_hh is transposed. The matrix is square, so NumPy does not "
            "complain: rows belong to the state before, columns to the state after.",
        ),
        Misconception(
            "dX-in-reverse",
            ("dX[t] = ", "dX[len(X) - 1 - t] = "),
            "Your dX runs from the last letter to the first. dX[t] belongs to X[t].",
        ),
        Misconception(
            "dX-before-tanh",
            ("dX[t] = delta @", "dX[t] = (dH[t] + dh) @"),
            "Your dX leaves out 1 - h². On its way to the letter the gradient passes "
            "tanh: use delta.",
        ),
        Misconception(
            "db-before-tanh",
            ("db += delta.sum(axis=0)", "db += (dH[t] + dh).sum(axis=0)"),
            "Your db leaves out 1 - h². The bias stands inside tanh: use delta.",
        ),
        Misconception(
            "carried-added-up",
            ("dh = delta @ W_hh.T", "dh = dh + delta @ W_hh.T"),
            "You add what you carry back to what came before it. That part has "
            "already passed on through delta; dh is new at every step.",
        ),
        Misconception(
            "first-letter-left-out",
            ("reversed(range(len(X)))", "reversed(range(1, len(X)))"),
            "Your loop stops before the first letter (t = 0).",
        ),
        Misconception(
            "forwards",
            ("reversed(range(len(X)))", "range(len(X))"),
            "You go from the first letter to the last. The gradient comes from the "
            "end.",
        ),
        Misconception(
            "last-direct-everywhere",
            ("(dH[t] + dh)", "(dH[-1] + dh)"),
            "You add the direct gradient of the last state at every letter. That of "
            "letter t is dH[t].",
        ),
        Misconception(
            "direct-one-late",
            ("(dH[t] + dh)", "((dH[t + 1] if t + 1 < len(X) else 0) + dh)"),
            "You use the direct gradient of the next state. dH[t] belongs to the "
            "state after letter t, which is H[t + 1].",
            forms=[
                [("(dH[t] + dh)", "((dH[t + 1] if t + 1 < len(X) else dH[t]) + dh)")]
            ],
        ),
        Misconception(
            "weights-swapped",
            ("dh, dW_xh, dW_hh, db", "dh, dW_hh, dW_xh, db"),
            "You return dW_hh before dW_xh.",
        ),
        Misconception(
            "db-one-number",
            ("delta.sum(axis=0)", "delta.sum()"),
            "You sum db over the state's numbers as well. Each of them has its own "
            "bias.",
        ),
        Misconception(
            "db-names-kept",
            [
                ("db = np.zeros(len(W_hh))", "db = np.zeros(H[0].shape)"),
                ("delta.sum(axis=0)", "delta"),
            ],
            "Your db keeps a row for each name. All names share the bias: sum over "
            "them.",
        ),
        Misconception(
            "sigmoid-derivative",
            ("(1 - H[t + 1] ** 2)", "(H[t + 1] * (1 - H[t + 1]))"),
            "You use the derivative of the sigmoid, h(1 - h). That of tanh is 1 - h².",
        ),
        Misconception(
            "direct-past-tanh",
            (
                "(dH[t] + dh) * (1 - H[t + 1] ** 2)",
                "dH[t] + dh * (1 - H[t + 1] ** 2)",
            ),
            "You multiply what comes back by 1 - h², but not the direct part. Both "
            "are gradients of the state: add them first.",
        ),
        Misconception(
            "slope-at-the-start",
            ("return dX, dh,", "return dX, dh * (1 - H[0] ** 2),"),
            "You multiply dh0 by 1 - h² of H[0] as well. No tanh was applied to the "
            "state before the first letter: it is given.",
        ),
        Misconception(
            "writes-into-dH",
            source="""
def rnn_backward(dH, X, H, W_xh, W_hh):
    dX, dh = np.zeros(X.shape), np.zeros(H[0].shape)
    dW_xh, dW_hh = np.zeros(W_xh.shape), np.zeros(W_hh.shape)
    db = np.zeros(len(W_hh))
    for t in reversed(range(len(X))):
        delta = dH[t] * (1 - H[t + 1] ** 2)
        dW_xh += X[t].T @ delta
        dW_hh += H[t].T @ delta
        db += delta.sum(axis=0)
        dX[t] = delta @ W_xh.T
        dh = delta @ W_hh.T
        if t > 0:
            dH[t - 1] += dh
    return dX, dh, dW_xh, dW_hh, db
""",
            says="You add what comes back to the dH that was given. Keep it in an "
            "array of your own.",
        ),
        Misconception(
            "square-of-the-difference",
            ("1 - H[t + 1] ** 2", "(1 - H[t + 1]) ** 2"),
            "Your slope of tanh is another than 1 - h²: h alone is squared, before it "
            "is taken from 1.",
            forms=[("1 - H[t + 1] ** 2", "1 - H[t + 1]")],
        ),
    ],
    hints=[
        "Begin with the last letter and dh = 0; every step makes the dh of the step "
        "before.",
        "delta is (dH[t] + dh) times 1 - H[t + 1]². All five gradients come from it.",
        "Add X[t].T @ delta, H[t].T @ delta and the column sums of delta; then "
        "dX[t] = delta @ W_xh.T and dh = delta @ W_hh.T.",
    ],
)


# with_spectral_radius, gradient_norm_by_distance, clip_gradients


def with_spectral_radius_cases(rng):
    yield Case("a random matrix of six rows", rng.normal(size=(6, 6)), 0.9)
    turn = np.array([[0.0, 3.0, 0.2], [-2.0, 0.1, 0.0], [0.3, 0.0, 0.5]])
    turn += 0.1 * rng.normal(size=(3, 3))
    yield Case("the largest eigenvalues are complex", turn, 1.25)
    basis = rng.normal(size=(4, 4))
    values = np.diag([-5.0, 2.0, 1.0, 0.5])
    negative = basis @ values @ np.linalg.inv(basis)
    yield Case("the largest eigenvalue is negative", negative, 0.3)
    middle = np.tril(rng.normal(size=(5, 5)), -1) + np.diag([0.4, -1, 3, 0.8, -2])
    calls = [
        (np.array([[-3.0]]), 0.5),
        (rng.normal(size=(5, 5)) * 1e-9, 2.0),
        (rng.normal(size=(2, 2)) * 1e3, 0.1),
        (middle, 0.7),
    ]
    yield Case("tiny, huge, the largest eigenvalue in the middle", calls)
    yield from refused(
        {
            "zeros": (np.zeros((3, 3)), 0.5),
            "all eigenvalues 0": (np.triu(rng.normal(size=(3, 3)), 1), 0.5),
        }
    )


WITH_SPECTRAL_RADIUS = Exercise(
    "with_spectral_radius",
    with_spectral_radius_cases,
    points=2,
    minutes=10,
    difficulty=2,
    probe="one_or_many",
    misconceptions=[
        Misconception(
            "radius-one",
            ("W * (radius / largest)", "W / largest"),
            "You scale to the spectral radius 1. The wanted one is `radius`.",
        ),
        Misconception(
            "as-if-symmetric",
            ("np.linalg.eigvals(W)", "np.linalg.eigvalsh(W)"),
            "You use eigvalsh, which reads one half of W and takes the rest to be its "
            "mirror image. W is any square matrix: eigvals.",
        ),
        Misconception(
            "singular-value",
            ("np.abs(np.linalg.eigvals(W)).max()", "np.linalg.norm(W, 2)"),
            "You divide by the largest singular value. It says how far W can stretch a "
            "vector once; the spectral radius says what many products do.",
        ),
        Misconception(
            "frobenius",
            ("np.abs(np.linalg.eigvals(W)).max()", "np.linalg.norm(W)"),
            "You divide by the root of the sum of squares of all entries. The spectral "
            "radius comes from the eigenvalues.",
        ),
        Misconception(
            "real-part",
            ("np.abs(np.linalg.eigvals(W))", "np.abs(np.linalg.eigvals(W).real)"),
            "You look at the real parts. A complex eigenvalue turns and stretches; its "
            "absolute value counts.",
        ),
        Misconception(
            "largest-not-absolute",
            ("np.abs(np.linalg.eigvals(W)).max()", "np.linalg.eigvals(W).real.max()"),
            "You take the largest eigenvalue, not the largest absolute value. An "
            "eigenvalue of -5 makes powers grow as fast as 5.",
            forms=[
                [("np.abs(np.linalg.eigvals(W)).max()", "np.linalg.eigvals(W).max()")]
            ],
        ),
        Misconception(
            "first-eigenvalue",
            (
                "np.abs(np.linalg.eigvals(W)).max()",
                "np.abs(np.linalg.eigvals(W)[0])",
            ),
            "You take the first or the last eigenvalue. NumPy does not sort them.",
            forms=[
                [
                    (
                        "np.abs(np.linalg.eigvals(W)).max()",
                        "np.abs(np.linalg.eigvals(W)[-1])",
                    )
                ]
            ],
        ),
        Misconception(
            "largest-entry",
            ("np.abs(np.linalg.eigvals(W)).max()", "np.abs(W).max()"),
            "You divide by the largest entry of W. The spectral radius is the largest "
            "absolute value of its eigenvalues.",
        ),
        Misconception(
            "only-down",
            ("W * (radius / largest)", "W * min(1, radius / largest)"),
            "You scale down only. A matrix below the wanted radius has to grow.",
        ),
        Misconception(
            "inverted",
            ("W * (radius / largest)", "W * (largest / radius)"),
            "Your factor is upside down: it is the wanted radius over the present one.",
        ),
        Misconception(
            "in-place",
            (
                "    return W * (radius / largest)",
                "    W *= radius / largest\n    return W",
            ),
            "You change the matrix that was given. Return a new one.",
        ),
        Misconception(
            "not-divided",
            ("W * (radius / largest)", "W * radius"),
            "You multiply by the wanted radius. That would be right if W had radius 1 "
            "before.",
        ),
        Misconception(
            "zero-matrix",
            ("if largest == 0:", "if False:"),
            "You divide by 0 where the spectral radius is 0, as for the zero matrix. "
            "No factor gives it another one; raise ValueError.",
            forms=[
                ("if largest == 0:", "if not W.any():"),
            ],
        ),
        Misconception(
            "all-eigenvalues",
            (
                "np.abs(np.linalg.eigvals(W)).max()",
                "np.abs(np.linalg.eigvals(W)).sum()",
            ),
            "You take the sum, the mean, the trace or the smallest of the "
            "eigenvalues. Their largest absolute value is the spectral radius.",
            forms=[
                [
                    (
                        "np.abs(np.linalg.eigvals(W)).max()",
                        "np.abs(np.linalg.eigvals(W)).mean()",
                    )
                ],
                [
                    (
                        "np.abs(np.linalg.eigvals(W)).max()",
                        "np.abs(np.linalg.eigvals(W)).min()",
                    )
                ],
                [("np.abs(np.linalg.eigvals(W)).max()", "np.trace(W)")],
                [("np.abs(np.linalg.eigvals(W)).max()", "np.abs(np.trace(W))")],
            ],
        ),
        Misconception(
            "complex-result",
            ("W * (radius / largest)", "W * (radius / largest) + 0j"),
            "Your result is complex. W times a real number is real.",
        ),
        Misconception(
            "of-the-square",
            (
                "np.abs(np.linalg.eigvals(W)).max()",
                "np.abs(np.linalg.eigvals(W.T @ W)).max()",
            ),
            "You take eigenvalues of W transposed times W: those are squared "
            "singular values. The spectral radius comes from W itself.",
        ),
        Misconception(
            "added",
            ("W * (radius / largest)", "W - largest + radius"),
            "You add a number to every entry. Multiply W by one.",
        ),
        Misconception(
            "small-is-zero",
            ("if largest == 0:", "if largest < 1e-8:"),
            "You take a small spectral radius for 0. A matrix of tiny numbers has a "
            "radius too; a factor brings it to the wanted one.",
            forms=[
                ("if largest == 0:", "if np.isclose(largest, 0):"),
                ("if largest == 0:", "if np.allclose(W, 0):"),
                (
                    "W * (radius / largest)",
                    "W * (radius / (largest + 1e-8))",
                ),
            ],
        ),
        Misconception(
            "sign-of-the-eigenvalue",
            (
                "np.abs(np.linalg.eigvals(W)).max()",
                "max(np.linalg.eigvals(W), key=abs).real",
            ),
            "You divide by the eigenvalue itself. A negative one turns all signs, and "
            "of a complex one the real part is too short: its absolute value counts.",
        ),
        Misconception(
            "every-eigenvalue",
            (
                "return W * (radius / largest)",
                "values, vectors = np.linalg.eig(W)\n"
                "    size = np.where(values == 0, 1, np.abs(values))\n"
                "    values = radius * values / size\n"
                "    return (vectors * values @ np.linalg.inv(vectors)).real",
            ),
            "You bring every eigenvalue to the wanted absolute value. W is multiplied "
            "by one number, so the others stay smaller than the largest.",
        ),
        Misconception(
            "row-sum",
            (
                "np.abs(np.linalg.eigvals(W)).max()",
                "np.linalg.norm(W, np.inf)",
            ),
            "You divide by the largest sum of a row or column. No eigenvalue is larger "
            "than that, but the largest may be much smaller.",
            forms=[
                (
                    "np.abs(np.linalg.eigvals(W)).max()",
                    "np.linalg.norm(W, 1)",
                )
            ],
        ),
    ],
    hints=[
        "If W is multiplied by c, its eigenvalues are too.",
        "`np.linalg.eigvals(W)` may be complex; `np.abs` gives their lengths.",
        "Multiply W by the wanted radius over the largest absolute eigenvalue.",
    ],
)


def gradient_norm_cases(rng):
    def inputs(T, n, radius, scale=1.0):
        X, W_xh = rng.normal(size=(T, 1, 3)) * scale, rng.normal(size=(3, n))
        W = rng.normal(size=(n, n))
        W *= radius / np.abs(np.linalg.eigvals(W)).max()
        h0 = rng.uniform(-0.5, 0.5, size=(1, n)) * scale
        H = states_of(X, h0, W_xh, W, np.zeros(n))[:, 0]
        return rng.normal(size=n), H, W

    yield Case("five letters", *inputs(5, 4, 0.9))
    label = "thirty letters, radius 0.4: it vanishes"
    yield Case(label, *inputs(30, 6, 0.4)).with_(atol=0.0)
    yield Case(
        "eight letters, radius 2, small states: it grows", *inputs(8, 5, 2, 0.01)
    )
    g, H, W = inputs(3, 5, 1.1)
    yield Case(
        "one letter, then none, then three", [(g, H[:2], W), (g, H[:1], W), (g, H, W)]
    )


GRADIENT_NORM = Exercise(
    "gradient_norm_by_distance",
    gradient_norm_cases,
    points=3,
    minutes=15,
    difficulty=3,
    probe="one_or_many",
    misconceptions=[
        Misconception(
            "no-tanh-derivative",
            ("(g * (1 - h**2)) @ W_hh.T", "g @ W_hh.T"),
            "You leave out 1 - h². Your gradient passes the matrices only, as in a "
            "cell without activation.",
        ),
        Misconception(
            "not-transposed",
            ("@ W_hh.T", "@ W_hh"),
            "On the way back the gradient passes the transpose of W_hh.",
        ),
        Misconception(
            "derivative-too-late",
            ("(g * (1 - h**2)) @ W_hh.T", "(g @ W_hh.T) * (1 - h**2)"),
            "You multiply by 1 - h² after the matrix. Going back from a state, tanh is "
            "met first, then W_hh.",
        ),
        Misconception(
            "wrong-states",
            ("H[:0:-1]", "H[-2::-1]"),
            "You take 1 - h² at the state before each letter. The gradient leaves the "
            "state *after* the letter, H[T] first.",
            forms=[
                (
                    "for h in H[:0:-1]:\n        g = (g * (1 - h**2)) @ W_hh.T",
                    "for h in H[-2::-1]:\n        g = (g @ W_hh.T) * (1 - h**2)",
                ),
            ],
        ),
        Misconception(
            "time-order",
            ("return np.array(norms)", "return np.array(norms[::-1])"),
            "Your norms run with time. They are asked by distance: the last state "
            "comes first.",
        ),
        Misconception(
            "squared",
            (
                "return np.array(norms)",
                "return np.array(norms) ** 2",
            ),
            "You return squared lengths; the root is missing.",
            forms=[
                "def gradient_norm_by_distance(g, H, W_hh):\n"
                "    norms = [np.linalg.norm(g)]\n"
                "    for h in H[:0:-1]:\n"
                "        g = (g * (1 - h**2)) @ W_hh.T\n"
                "        norms.append(np.sum(g**2))\n"
                "    return np.array(norms)\n"
            ],
        ),
        Misconception(
            "forwards",
            ("H[:0:-1]", "H[1:]"),
            "You go through the states from the first to the last. The gradient starts "
            "at the end.",
        ),
        Misconception(
            "derivative-of-tanh-again",
            ("1 - h**2", "1 - np.tanh(h) ** 2"),
            "You apply tanh to a state that is already a tanh. Its derivative is 1 - "
            "h² with h itself.",
        ),
        Misconception(
            "before-the-matrix",
            (
                "        g = (g * (1 - h**2)) @ W_hh.T\n"
                "        norms.append(np.linalg.norm(g))",
                "        g = g * (1 - h**2)\n        norms.append(np.linalg.norm(g))\n"
                "        g = g @ W_hh.T",
            ),
            "You note the length inside the step, before W_hh. Note it at the state: "
            "after both tanh's derivative and the matrix.",
        ),
        Misconception(
            "largest-entry",
            ("np.linalg.norm(g)", "np.abs(g).max()"),
            "You note the largest entry or the sum of absolute values. The "
            "Euclidean norm is the root of the sum of "
            "squares.",
            forms=[
                [("np.linalg.norm(g)", "np.abs(g).sum()")],
                [("norms.append(np.linalg.norm(g))", "norms.append(np.abs(g).sum())")],
                [("norms.append(np.linalg.norm(g))", "norms.append(np.abs(g).max())")],
            ],
        ),
        Misconception(
            "relative",
            ("return np.array(norms)", "return np.array(norms) / norms[0]"),
            "You make the first norm 1. The norms themselves are asked for.",
            forms=[[("norms = [np.linalg.norm(g)]", "norms = [1.0]")]],
        ),
        Misconception(
            "length-one-each",
            (
                "        norms.append(np.linalg.norm(g))\n",
                (
                    "        norms.append(np.linalg.norm(g))\n"
                    "        g = g / np.linalg.norm(g)\n"
                ),
            ),
            (
                "You bring the gradient to length 1 after every letter. "
                "Each number is then what one letter does to it, not the "
                "length after all of them."
            ),
            forms=[
                (
                    "    for h in H[:0:-1]:\n        g = (g * (1 - h**2)) @ W_hh.T\n",
                    "    for h in H[:0:-1]:\n"
                    "        g = (g / np.linalg.norm(g) * (1 - h**2)) @ W_hh.T\n",
                ),
            ],
        ),
        Misconception(
            "start-missing",
            ("return np.array(norms)", "return np.array(norms[1:])"),
            "The norm at distance 0 is missing: the length of g itself.",
        ),
        Misconception(
            "one-step-too-many",
            ("H[:0:-1]", "H[::-1]"),
            "You go one step too far. There are T letters to go back, and T + 1 norms.",
        ),
        Misconception(
            "one-step-too-few",
            ("H[:0:-1]", "H[-2:0:-1]"),
            "You go one step too few. There are T letters to go back, and T + 1 norms.",
            forms=[[("H[:0:-1]", "H[:1:-1]")]],
        ),
        Misconception(
            "in-place",
            ("g = (g * (1 - h**2)) @ W_hh.T", "g[:] = (g * (1 - h**2)) @ W_hh.T"),
            "You write into the gradient that was given. Work on a new array.",
        ),
        Misconception(
            "square-missing",
            ("1 - h**2", "1 - h"),
            "You multiply by 1 - h. The derivative of tanh is 1 - h².",
        ),
        Misconception(
            "floor",
            ("return np.array(norms)", "return np.maximum(norms, 1e-6)"),
            "You raise tiny norms to a smallest value. How small they become is "
            "what is measured.",
            forms=[
                [("return np.array(norms)", "return np.maximum(norms, 1e-8)")],
                [("return np.array(norms)", "return np.array(norms) + 1e-8")],
            ],
        ),
        Misconception(
            "lengths-multiplied",
            source="""
def gradient_norm_by_distance(g, H, W_hh):
    norms = [np.linalg.norm(g)]
    for h in H[:0:-1]:
        norms.append(norms[-1] * np.linalg.norm(W_hh, 2) * np.max(1 - h**2))
    return np.array(norms)
""",
            says="You multiply lengths, step by step. How much a step stretches or "
            "shortens a gradient depends on its direction: carry the vector back.",
            forms=[
                """
def gradient_norm_by_distance(g, H, W_hh):
    norms = [np.linalg.norm(g)]
    for h in H[:0:-1]:
        norms.append(norms[-1] * np.linalg.norm(W_hh * (1 - h**2), 2))
    return np.array(norms)
""",
                """
def gradient_norm_by_distance(g, H, W_hh):
    rho = np.abs(np.linalg.eigvals(W_hh)).max()
    norms = [np.linalg.norm(g)]
    for h in H[:0:-1]:
        norms.append(norms[-1] * rho * np.mean(1 - h**2))
    return np.array(norms)
""",
                """
def gradient_norm_by_distance(g, H, W_hh):
    norms = [np.linalg.norm(g)]
    for h in H[:0:-1]:
        norms.append(norms[-1] * np.linalg.norm(W_hh) * np.linalg.norm(1 - h**2))
    return np.array(norms)
""",
            ],
        ),
    ],
    hints=[
        "It is the dh of rnn_backward, for one name, with its length noted down at "
        "every step.",
        "Each step back: times 1 - h² of the state it leaves, then times W_hh "
        "transposed.",
        "Go through H[T], H[T - 1], ..., H[1]; note the norm before the first step and "
        "after each.",
    ],
)


def clip_gradients_cases(rng):
    def gradients(*shapes, scale=1.0):
        return [rng.normal(size=shape) * scale for shape in shapes]

    large = gradients((3, 4), (4,), (2, 3, 2), scale=10)
    yield Case("three large arrays", large, 1.5)
    mixed = [*gradients((), (0, 3), scale=4), single(rng.normal(size=(5,)) * 3)]
    yield Case("one number, no number, five of float32", mixed, 0.7)
    yield Case("small ones stay as they are", gradients((2, 5), (5,), scale=0.01), 3.0)
    mixed = [*gradients((4, 2), scale=5), *gradients((3,), scale=0.01)]
    yield Case("one large, one small: both shrink together", mixed, 2.0)
    zeros = [np.zeros((2, 3)), np.zeros(4)]
    broken = [*gradients((2, 2)), np.array([1.0, np.nan, 2.0])]
    infinite = [np.array([np.inf, 0.5]), *gradients((3, 2))]
    calls = [
        (gradients((2, 2), (3,)), 0.5),
        (zeros, 1.0),
        (gradients((3, 3)), 100.0),
    ]
    yield Case("zeros stay zeros", calls)
    yield from refused({"NaN": (broken, 1.0), "infinity": (infinite, 1.0)})
    kept = Case("small ones come back as new arrays", gradients((2, 3), (4,)), 50.0)
    kept.keywords["own"] = True
    yield kept.with_(weight=0)
    under = gradients((3, 2), (4,))
    norm = np.sqrt(sum(np.sum(part**2) for part in under))
    yield Case("the norm a little below the limit", under, float(norm) * 1.25)
    over = [np.sign(part) * rng.uniform(0.4, 0.6, part.shape) for part in under]
    norm = np.sqrt(sum(np.sum(part**2) for part in over))
    label = "the norm a little above it, every number far below"
    yield Case(label, over, float(norm) * 0.8)
    exact = [np.array([[3.0, 0.0], [0.0, -4.0]]), np.array([12.0])]
    near = gradients((2, 4), (3,))
    norm = float(np.sqrt(sum(np.sum(part**2) for part in near)))
    calls = [(exact, 13.0), (near, norm * 0.999), (near, norm * 1.001)]
    yield Case("the norm at the limit, just above and just below", calls)


CLIP_GRADIENTS = Exercise(
    "clip_gradients",
    clip_gradients_cases,
    points=3,
    minutes=10,
    difficulty=2,
    probe="clipping",
    returns=("clipped", "norm"),
    rtol=2e-6,
    misconceptions=[
        Misconception(
            "each-alone",
            (
                "return [gradient * factor for gradient in gradients], norm",
                "return [g * min(1.0, max_norm / max(np.linalg.norm(g), 1e-300)) for "
                "g in gradients], norm",
            ),
            "You clip each array by its own norm. The arrays then shrink by different "
            "factors, and the direction of the whole step changes.",
        ),
        Misconception(
            "by-value",
            (
                "return [gradient * factor for gradient in gradients], norm",
                "return [np.clip(g, -max_norm, max_norm) for g in gradients], norm",
            ),
            "You cut every number off at max_norm. That turns the gradient towards a "
            "corner; clipping by norm keeps its direction.",
        ),
        Misconception(
            "amplifies",
            (
                "max_norm / norm if norm > max_norm else 1.0",
                "max_norm / norm if norm > 0 else 1.0",
            ),
            "You bring *every* gradient to max_norm, so small ones grow. Near the "
            "minimum they should be small.",
            forms=[
                (
                    "max_norm / norm if norm > max_norm else 1.0",
                    "max_norm / (norm + 1e-6)",
                ),
                (
                    "max_norm / norm if norm > max_norm else 1.0",
                    "max_norm / (norm + 1e-8)",
                ),
            ],
        ),
        Misconception(
            "squared-norm",
            (
                "np.sqrt(sum(np.sum(gradient**2) for gradient in gradients))",
                "sum(np.sum(gradient**2) for gradient in gradients)",
            ),
            "You forgot the root: your norm is squared.",
        ),
        Misconception(
            "sum-of-norms",
            (
                "np.sqrt(sum(np.sum(gradient**2) for gradient in gradients))",
                "sum(np.linalg.norm(gradient) for gradient in gradients)",
            ),
            "You add up the norms of the arrays. The norm of all numbers together is "
            "the root of the sum of all squares.",
        ),
        Misconception(
            "largest-of-norms",
            (
                "np.sqrt(sum(np.sum(gradient**2) for gradient in gradients))",
                "max(np.linalg.norm(gradient.ravel()) for gradient in gradients)",
            ),
            "You take the largest of the arrays' norms. The norm of all numbers "
            "together is the root of the sum of all squares.",
        ),
        Misconception(
            "inverted",
            (
                "max_norm / norm if norm > max_norm",
                "norm / max_norm if norm > max_norm",
            ),
            "Your factor is upside down: large gradients grow. It is max_norm / norm.",
        ),
        Misconception(
            "to-length-one",
            ("max_norm / norm if norm > max_norm", "1 / norm if norm > max_norm"),
            "You shorten to length 1. The wanted length is max_norm.",
        ),
        Misconception(
            "below-not-above",
            ("if norm > max_norm else", "if norm < max_norm else"),
            "Your comparison is turned round: small gradients are stretched, large "
            "ones stay.",
        ),
        Misconception(
            "norm-after",
            (
                "for gradient in gradients], norm",
                "for gradient in gradients], min(norm, max_norm)",
            ),
            "You return the norm after clipping. The norm before it tells whether "
            "training explodes.",
        ),
        Misconception(
            "in-place",
            (
                "    return [gradient * factor for gradient in gradients], norm",
                "    for gradient in gradients:\n        gradient *= factor\n    "
                "return gradients, norm",
            ),
            "You change the arrays that were given. Return new ones.",
        ),
        Misconception(
            "same-arrays",
            (
                "    factor = max_norm",
                "    if norm <= max_norm:\n        return gradients, norm\n"
                "    factor = max_norm",
            ),
            "Where nothing is to be clipped you hand back the very arrays that were "
            "given. Who then writes into the result changes the gradients too. Return "
            "copies.",
        ),
        Misconception(
            "nan-passes",
            ("if not np.isfinite(norm):", "if False:"),
            "You let NaN through. Every comparison with NaN is false, so nothing is "
            "clipped and the weights become NaN at the next step.",
        ),
        Misconception(
            "limit-blurred",
            ("if norm > max_norm", "if norm > 1.01 * max_norm"),
            "You compare with another number than max_norm. Exactly above it all "
            "arrays shrink, up to it they stay.",
            forms=[
                [("if norm > max_norm", "if norm > 0.99 * max_norm")],
                [("if norm > max_norm", "if norm > 1")],
            ],
        ),
        Misconception(
            "largest-number",
            (
                "np.sqrt(sum(np.sum(gradient**2) for gradient in gradients))",
                "max(np.abs(g).max(initial=0) for g in gradients)",
            ),
            "Your norm is the largest absolute number. The Euclidean norm is the "
            "root of the sum of all squares.",
        ),
        Misconception(
            "times-limit",
            ("max_norm / norm if norm", "max_norm if norm"),
            "You multiply by max_norm and do not divide by the norm.",
        ),
        Misconception(
            "arrays-only",
            (
                "return [gradient * factor for gradient in gradients], norm",
                "return [gradient * factor for gradient in gradients]",
            ),
            "You return the arrays alone. The norm before clipping is asked for too.",
        ),
        Misconception(
            "swapped-result",
            (
                "return [gradient * factor for gradient in gradients], norm",
                "return norm, [gradient * factor for gradient in gradients]",
            ),
            "You return the norm first. The order is clipped, norm.",
        ),
        Misconception(
            "tensor-norm",
            (
                "return [gradient * factor for gradient in gradients], norm",
                "return [gradient * factor for gradient in gradients], "
                "torch.as_tensor(norm)",
            ),
            "Your norm is a tensor. A float is asked for.",
        ),
        Misconception(
            "generator",
            (
                "return [gradient * factor for gradient in gradients], norm",
                "return (gradient * factor for gradient in gradients), norm",
            ),
            "Your arrays are a generator. It can be read once; a list is asked for.",
            forms=[
                [
                    (
                        "return [gradient * factor for gradient in gradients], norm",
                        "return map(lambda g: g * factor, gradients), norm",
                    )
                ]
            ],
        ),
        Misconception(
            "mean-of-squares",
            (
                "np.sqrt(sum(np.sum(gradient**2) for gradient in gradients))",
                "np.sqrt(sum(np.mean(gradient**2) for gradient in gradients))",
            ),
            "You average squares. The norm is the root of their sum.",
            forms=[
                (
                    "np.sqrt(sum(np.sum(gradient**2) for gradient in gradients))",
                    "np.sqrt(np.mean(np.concatenate([g.ravel() for g in gradients])"
                    " ** 2))",
                ),
            ],
        ),
    ],
    hints=[
        "One norm for all arrays together, one factor for all of them.",
        "The norm is the root of the sum of all squares. When is the factor 1?",
        "factor = max_norm / norm where norm > max_norm, else 1. `np.isfinite` finds "
        "NaN and infinity.",
    ],
)


# sequence_log_prob, perplexity, bigram_log_probs, sample_name


def sequence_log_prob_cases(rng):
    def ids(*lengths, edge):
        return [rng.integers(edge, size=length).tolist() for length in lengths]

    def cell(edge, hidden):
        return stand_in(rng, edge + 1, hidden, edge + 1)

    yield Case("one sequence of five symbols", cell(6, 4), ids(5, edge=6), 6)
    yield Case(
        "three sequences and an empty one", cell(4, 5), ids(3, 0, 7, 1, edge=4), 4
    )
    yield Case("eight hundred symbols", cell(5, 3), ids(800, 2, edge=5), 5)
    sharp = cell(7, 3)
    sharp["B"] *= single(300)
    label = "single factors far below the smallest float"
    yield Case(label, sharp, ids(6, 9, edge=7), 7)
    weights = cell(3, 4)
    for label, wrong in {
        "the edge among the ids": [1, 3, 0],
        "an id of -1": [0, -1],
    }.items():
        case = Case(f"refused: {label}", weights, [wrong], 3, refused=True)
        yield case.with_(weight=0)


SEQUENCE_LOG_PROB = Exercise(
    "sequence_log_prob",
    sequence_log_prob_cases,
    points=4,
    minutes=15,
    difficulty=3,
    probe="scoring",
    rtol=1e-4,
    atol=1e-5,
    misconceptions=[
        Misconception(
            "sign",
            ("return total", "return -total"),
            "You return minus the logarithm, as a loss would be. The logarithm of a "
            "probability is at most 0.",
        ),
        Misconception(
            "no-end",
            ("zip([edge, *ids], [*ids, edge])", "zip([edge, *ids[:-1]], ids)"),
            "You leave out the end. Without it `lee` also holds the probability of "
            "`leesmith`, and all names together exceed one.",
        ),
        Misconception(
            "no-start",
            ("zip([edge, *ids], [*ids, edge])", "zip(ids, [*ids[1:], edge])"),
            "You leave out the first symbol. Its probability follows from the edge, "
            "which is read first.",
            forms=[
                (
                    "zip([edge, *ids], [*ids, edge])",
                    "(zip(ids, [*ids[1:], edge]) if ids else [(edge, edge)])",
                ),
                """def sequence_log_prob(rnn, ids, edge):
    if not all(0 <= i < edge for i in ids):
        raise ValueError("ids")
    one_hot, hidden, total = torch.eye(edge + 1), rnn.initHidden(), 0.0
    with torch.no_grad():
        pairs = list(zip([edge, *ids], [*ids, edge]))
        for place, (now, following) in enumerate(pairs):
            output, hidden = rnn(one_hot[now : now + 1], hidden)
            if place or len(pairs) == 1:
                total += output[0, following].item()
    return total
""",
                [
                    (
                        "        for now, following",
                        "        first = True\n        for now, following",
                    ),
                    (
                        "            total += output",
                        "            if first:\n                first = False\n"
                        "                continue\n            total += output",
                    ),
                ],
            ],
        ),
        Misconception(
            "reads-what-it-predicts",
            ("one_hot[now : now + 1]", "one_hot[following : following + 1]"),
            "You show the cell the very symbol that it has to predict.",
        ),
        Misconception(
            "product",
            [
                ("total = 0.0", "total = 1.0"),
                (
                    "total += output[0, following].item()",
                    "total *= output[0, following].exp().item()",
                ),
                ("return total", "return float(np.log(total)) if total else -np.inf"),
            ],
            "You multiply the probabilities and take the logarithm at the end. For a "
            "long sequence the product falls below the smallest float and becomes 0.",
        ),
        Misconception(
            "mean",
            ("return total", "return total / (len(ids) + 1)"),
            "You average over the symbols. The logarithm of a product is a sum.",
        ),
        Misconception(
            "state-not-passed-on",
            ("output, hidden = rnn(", "output, _ = rnn("),
            "Every symbol meets the first state: none is passed on. The model then "
            "sees one symbol only, like a bigram.",
        ),
        Misconception(
            "zero-start",
            ("rnn.initHidden()", "torch.zeros_like(rnn.initHidden())"),
            "You start from zeros of your own. Ask the cell for its start: "
            "rnn.initHidden().",
        ),
        Misconception(
            "most-probable",
            ("output[0, following].item()", "output[0].max().item()"),
            "You add the log-probability of the likeliest symbol. Add that of the "
            "symbol that came.",
        ),
        Misconception(
            "through-probabilities",
            (
                "output[0, following].item()",
                "np.log(output.exp()[0, following].item())",
            ),
            "You make a probability of each log-probability and take its logarithm. "
            "Below e to the -104 a float32 is 0, and its logarithm minus infinity or "
            "that of your small constant; "
            "add the output itself.",
            forms=[
                [
                    (
                        "output[0, following].item()",
                        "np.log(output.exp()[0, following].item() + 1e-12)",
                    )
                ],
                [
                    (
                        "output[0, following].item()",
                        "np.log(output.exp()[0, following].item() + 1e-10)",
                    )
                ],
                [
                    (
                        "output[0, following].item()",
                        "np.log(output.exp()[0, following].item() + 1e-9)",
                    )
                ],
                [
                    (
                        "output[0, following].item()",
                        "np.log(output.exp()[0, following].item() + 1e-8)",
                    )
                ],
                [
                    (
                        "output[0, following].item()",
                        "np.log(output.exp()[0, following].item() + 1e-300)",
                    )
                ],
            ],
        ),
        Misconception(
            "softmax-again",
            (
                "output[0, following].item()",
                "torch.log_softmax(output.exp(), 1)[0, following].item()",
            ),
            "You apply a log-softmax to probabilities. The output holds "
            "log-probabilities already.",
        ),
        Misconception(
            "id-0-first",
            ("zip([edge, *ids], [*ids, edge])", "zip([0, *ids], [*ids, edge])"),
            "You read id 0 before the first symbol. The edge stands there.",
        ),
        Misconception(
            "base-two",
            ("return total", "return total / np.log(2)"),
            "Your logarithm has base 2. The natural one is asked for.",
        ),
        Misconception(
            "probability",
            ("return total", "return float(np.exp(total))"),
            "You return the probability. Its logarithm is asked for.",
        ),
        Misconception(
            "tensor",
            ("output[0, following].item()", "output[0, following]"),
            "You return a tensor. A float is asked for: `.item()`.",
            forms=[
                [("return total", "return torch.tensor(total)")],
                "def sequence_log_prob(rnn, ids, edge):\n"
                "    one_hot, hidden, total = torch.eye(edge + 1), "
                "rnn.initHidden(), 0.0\n"
                "    for now, following in zip([edge, *ids], [*ids, edge]):\n"
                "        output, hidden = rnn(one_hot[now : now + 1], hidden)\n"
                "        total += output[0, following]\n"
                "    return total\n",
            ],
        ),
        Misconception(
            "ids-not-checked",
            ("if not all(0 <= i < edge for i in ids):", "if False:"),
            "You accept ids that are no symbol. The edge inside a sequence, or -1, "
            "gives a number that is the probability of nothing.",
            forms=[
                ("0 <= i < edge", "0 <= i <= edge"),
                ("0 <= i < edge", "i < edge"),
            ],
        ),
        Misconception(
            "always-the-edge-in",
            ("one_hot[now : now + 1]", "one_hot[edge:]"),
            "You feed the edge at every step. The symbol that came goes in next.",
        ),
        Misconception(
            "own-symbol",
            ("output[0, following].item()", "output[0, now].item()"),
            "You add the log-probability of the symbol that was read. Add that of "
            "the symbol that follows.",
        ),
        Misconception(
            "probabilities-added",
            ("output[0, following].item()", "output[0, following].exp().item()"),
            "You add probabilities. Their logarithms, which the output holds, are "
            "to be added.",
        ),
        Misconception(
            "empty-is-certain",
            (
                "    one_hot, hidden",
                "    if not ids:\n        return 0.0\n    one_hot, hidden",
            ),
            "You give the empty sequence the probability 1. Its one factor is the "
            "probability that it ends at once.",
        ),
        Misconception(
            "ids-changed",
            ("    return total", "    ids.append(edge)\n    return total"),
            "You change the list that was given. Work on a new one: `[*ids, edge]`.",
        ),
        Misconception(
            "zeros-first",
            (
                "one_hot[now : now + 1]",
                "one_hot[now : now + 1] * (0 if now == edge else 1)",
            ),
            "You let the cell read a row of zeros before the first symbol. It reads "
            "the edge first, a one-hot row like the others.",
        ),
        Misconception(
            "edge-read-twice",
            (
                "    total = 0.0\n",
                "    total = 0.0\n"
                "    with torch.no_grad():\n"
                "        _, hidden = rnn(one_hot[edge : edge + 1], hidden)\n",
            ),
            "The cell reads the edge twice before the first symbol. It stands there "
            "once.",
        ),
        Misconception(
            "state-after-the-edge-lost",
            (
                "            total += output[0, following].item()\n",
                "            total += output[0, following].item()\n"
                "            if now == edge:\n"
                "                hidden = rnn.initHidden()\n",
            ),
            "The state that the cell has after the edge is lost: the first symbol "
            "meets initHidden() once more.",
        ),
    ],
    hints=[
        "A sequence of T symbols has T + 1 factors.",
        "Inputs: the edge, then all symbols. Targets: all symbols, then the edge.",
        "For each pair (now, following): output, hidden = rnn(row of now, hidden); add "
        "output[0, following].",
    ],
)


def perplexity_cases(rng):
    def inputs(*lengths, per_symbol=2.0):
        lengths = np.array(lengths)
        noise = rng.uniform(0.5, 1.5, size=len(lengths)) * per_symbol
        return -noise * (lengths + 1), lengths

    yield Case("four names", *inputs(3, 8, 5, 2))
    yield Case("one name", *inputs(6))
    yield Case("an empty name among them", *inputs(4, 0, 11))
    long = inputs(300, 240, 500, 200, per_symbol=1.4)
    yield Case("names of hundreds of letters", *long)
    log_probs, lengths = inputs(2, 5, 3)
    yield from refused(
        {
            "no names": (np.array([]), np.array([], dtype=np.int64)),
            "a length too few": (log_probs, lengths[:2]),
        }
    )


PERPLEXITY = Exercise(
    "perplexity",
    perplexity_cases,
    points=2,
    minutes=10,
    difficulty=2,
    probe="one_or_many",
    misconceptions=[
        Misconception(
            "no-end",
            ("np.asarray(lengths) + 1", "np.asarray(lengths)"),
            "You count letters. The end of every name was predicted too, and its "
            "log-probability is in the sum.",
        ),
        Misconception(
            "mean-of-names",
            (
                "np.exp(-np.sum(log_probs) / np.sum(np.asarray(lengths) + 1))",
                "np.exp(-np.mean(log_probs / (np.asarray(lengths) + 1)))",
            ),
            "You average within each name first, so a short name counts as much as a "
            "long one. Every symbol counts the same.",
        ),
        Misconception(
            "mean-of-perplexities",
            (
                "np.exp(-np.sum(log_probs) / np.sum(np.asarray(lengths) + 1))",
                "np.mean(np.exp(-log_probs / (np.asarray(lengths) + 1)))",
            ),
            "You average the perplexities of the names. The mean is taken of the "
            "logarithms; the exponential comes last.",
        ),
        Misconception(
            "per-name",
            ("/ np.sum(np.asarray(lengths) + 1)", "/ len(lengths)"),
            "You divide by the number of names. Perplexity is counted per symbol.",
        ),
        Misconception(
            "product",
            (
                "np.exp(-np.sum(log_probs) / np.sum(np.asarray(lengths) + 1))",
                "np.prod(np.exp(log_probs)) ** (-1 / np.sum(np.asarray(lengths) + 1))",
            ),
            "You multiply the probabilities. For long names the product falls below "
            "the smallest float and becomes 0; add the logarithms.",
        ),
        Misconception(
            "one-end",
            ("np.sum(np.asarray(lengths) + 1)", "(np.sum(lengths) + 1)"),
            "You count one end for all names together. Every name has its own.",
        ),
        Misconception(
            "both-edges",
            ("np.asarray(lengths) + 1", "np.asarray(lengths) + 2"),
            "You count two edges for each name. The one before it is read, not "
            "predicted: only the end is one more predicted symbol.",
        ),
        Misconception(
            "base-two",
            ("np.exp(-", "2 ** (-"),
            "You raise 2 to the mean. The logarithms are natural ones, so it is e.",
        ),
        Misconception(
            "sign",
            ("np.exp(-np.sum", "np.exp(np.sum"),
            "The minus is missing: your number is below 1, the inverse of the "
            "perplexity.",
        ),
        Misconception(
            "tensor",
            (
                "return np.exp(-np.sum(log_probs) / np.sum(np.asarray(lengths) + 1))",
                "return torch.exp(-torch.as_tensor(log_probs).sum()"
                " / (torch.as_tensor(lengths) + 1).sum())",
            ),
            "You return a tensor. A float is asked for: `.item()`.",
        ),
        Misconception(
            "entropy",
            (
                "np.exp(-np.sum(log_probs) / np.sum(np.asarray(lengths) + 1))",
                "-np.sum(log_probs) / np.sum(np.asarray(lengths) + 1)",
            ),
            "You stop at the mean negative log-probability. The exponential is "
            "missing.",
        ),
        Misconception(
            "a-list",
            (
                "np.exp(-np.sum(log_probs) / np.sum(np.asarray(lengths) + 1))",
                "[np.exp(-np.sum(log_probs) / np.sum(np.asarray(lengths) + 1))]",
            ),
            "You return a list. One float is asked for.",
            forms=[
                [
                    (
                        "np.exp(-np.sum(log_probs) / np.sum(np.asarray(lengths) + 1))",
                        "np.array([np.exp(-np.sum(log_probs) / "
                        "np.sum(np.asarray(lengths) + 1))])",
                    )
                ]
            ],
        ),
        Misconception(
            "rounded",
            (
                "np.exp(-np.sum(log_probs) / np.sum(np.asarray(lengths) + 1))",
                "round(np.exp(-np.sum(log_probs) / np.sum(np.asarray(lengths) + "
                "1)), 2)",
            ),
            "You round the result. Round where you print.",
            forms=[
                [
                    (
                        "np.exp(-np.sum(log_probs) / np.sum(np.asarray(lengths) + 1))",
                        "round(np.exp(-np.sum(log_probs) / "
                        "np.sum(np.asarray(lengths) + 1)), 1)",
                    )
                ],
                [
                    (
                        "np.exp(-np.sum(log_probs) / np.sum(np.asarray(lengths) + 1))",
                        "round(np.exp(-np.sum(log_probs) / "
                        "np.sum(np.asarray(lengths) + 1)), 4)",
                    )
                ],
            ],
        ),
        Misconception(
            "nothing-checked",
            ("if len(log_probs) == 0 or len(log_probs) != len(lengths):", "if False:"),
            (
                "You check neither that there is a name nor that both have "
                "as many entries. The description asks for a ValueError."
            ),
        ),
        Misconception(
            "empty-left-out",
            (
                "np.sum(np.asarray(lengths) + 1)",
                "np.sum((np.asarray(lengths) + 1) * (np.asarray(lengths) > 0))",
            ),
            "You leave empty sequences out of the count. The end of each was "
            "predicted too.",
        ),
    ],
    hints=[
        "One sum over all log-probabilities, one count of all predicted symbols.",
        "A name of T letters has T + 1 predicted symbols.",
        "exp(-sum / count), with the sum over all names above and below.",
    ],
)


def bigram_cases(rng):
    def sequences(edge, *lengths):
        return [rng.integers(edge, size=length).tolist() for length in lengths]

    yield Case("three sequences of four symbols", sequences(4, 5, 2, 7), 4)
    yield Case("an empty sequence among them", sequences(3, 4, 0, 6, 1), 3)
    yield Case("a symbol that never occurs", [[0, 2, 2, 0], *sequences(2, 5, 3)], 5)
    yield Case("forty sequences", sequences(6, *rng.integers(1, 9, size=40)), 6)
    often = [[1] * 300 + [0], *sequences(7, 4, 2)]
    yield Case("a pair that comes 299 times", often, 7)
    yield Case("no sequence at all, one", [([], 3), (sequences(4, 6), 4)])


BIGRAM = Exercise(
    "bigram_log_probs",
    bigram_cases,
    points=3,
    minutes=10,
    difficulty=2,
    probe="one_or_many",
    misconceptions=[
        Misconception(
            "transposed",
            ("counts[now, following]", "counts[following, now]"),
            "You count pairs in the column of the previous and the row of the next "
            "symbol. The row is the previous one.",
            forms=[
                "def bigram_log_probs(sequences, edge):\n"
                "    counts = np.ones((edge + 1, edge + 1))\n"
                "    for ids in sequences:\n"
                "        previous = edge\n"
                "        for i in ids:\n"
                "            counts[i, previous] += 1\n"
                "            previous = i\n"
                "        counts[previous, edge] += 1\n"
                "    return np.log(counts / counts.sum(axis=1, keepdims=True))\n"
            ],
        ),
        Misconception(
            "columns-normalised",
            ("sum(axis=1, keepdims=True)", "sum(axis=0, keepdims=True)"),
            "Your columns sum to one. After each symbol *something* comes, so the rows "
            "have to: sum over axis 1 and keep that axis (keepdims=True), or NumPy "
            "divides column j by the sum of row j.",
        ),
        Misconception(
            "joint",
            ("counts.sum(axis=1, keepdims=True)", "counts.sum()"),
            "You divide by the number of all pairs: that is the probability of the "
            "pair. Asked is that of the second given the first.",
        ),
        Misconception(
            "no-smoothing",
            ("np.ones((edge + 1, edge + 1))", "np.zeros((edge + 1, edge + 1))"),
            "You do not raise the counts by one. A pair that was never seen makes a "
            "whole name impossible.",
        ),
        Misconception(
            "smoothed-numerator-only",
            (
                "counts / counts.sum(axis=1, keepdims=True)",
                "counts / (counts - 1).sum(axis=1, keepdims=True).clip(1)",
            ),
            "You raise the counts but divide by other sums than theirs. The rows sum "
            "to more than one: edge + 1 counts were raised in each.",
            forms=[
                [
                    (
                        "np.log(counts / counts.sum(axis=1, keepdims=True))",
                        "np.log(counts / ((counts - 1).sum(axis=1, keepdims=True) + "
                        "1))",
                    )
                ],
                [
                    (
                        "np.log(counts / counts.sum(axis=1, keepdims=True))",
                        "np.log(counts / ((counts - 1).sum(axis=1, keepdims=True) + "
                        "edge))",
                    )
                ],
            ],
        ),
        Misconception(
            "other-smoothing",
            (
                "counts = np.ones((edge + 1, edge + 1))",
                "counts = np.full((edge + 1, edge + 1), 0.5)",
            ),
            "You raise the counts by another number than one.",
            forms=[
                (
                    "counts = np.ones((edge + 1, edge + 1))",
                    "counts = np.full((edge + 1, edge + 1), 2.0)",
                ),
                (
                    "counts = np.ones((edge + 1, edge + 1))",
                    "counts = np.full((edge + 1, edge + 1), 0.1)",
                ),
                (
                    "counts = np.ones((edge + 1, edge + 1))",
                    "counts = np.full((edge + 1, edge + 1), 0.01)",
                ),
                (
                    "counts = np.ones((edge + 1, edge + 1))",
                    "counts = np.full((edge + 1, edge + 1), 0.001)",
                ),
                (
                    "counts = np.ones((edge + 1, edge + 1))",
                    "counts = np.full((edge + 1, edge + 1), 1e-4)",
                ),
                (
                    "counts = np.ones((edge + 1, edge + 1))",
                    "counts = np.full((edge + 1, edge + 1), 1e-5)",
                ),
                (
                    "counts = np.ones((edge + 1, edge + 1))",
                    "counts = np.full((edge + 1, edge + 1), 1e-6)",
                ),
                (
                    "counts = np.ones((edge + 1, edge + 1))",
                    "counts = np.full((edge + 1, edge + 1), 1e-8)",
                ),
                (
                    "counts = np.ones((edge + 1, edge + 1))",
                    "counts = np.full((edge + 1, edge + 1), 1e-9)",
                ),
                (
                    "counts = np.ones((edge + 1, edge + 1))",
                    "counts = np.full((edge + 1, edge + 1), 1e-10)",
                ),
                (
                    "counts = np.ones((edge + 1, edge + 1))",
                    "counts = np.full((edge + 1, edge + 1), 1e-12)",
                ),
                (
                    "counts = np.ones((edge + 1, edge + 1))",
                    "counts = np.full((edge + 1, edge + 1), 1 / (edge + 1))",
                ),
            ],
        ),
        Misconception(
            "unseen-only",
            [
                (
                    "counts = np.ones((edge + 1, edge + 1))",
                    "counts = np.zeros((edge + 1, edge + 1))",
                ),
                (
                    "    return np.log(",
                    ("    counts[counts == 0] = 1\n    return np.log("),
                ),
            ],
            (
                "You raise only the counts that are 0, so a pair seen once "
                "is as likely as one never seen. Every count is raised by "
                "one."
            ),
        ),
        Misconception(
            "no-edges",
            ("zip([edge, *ids], [*ids, edge])", "zip(ids, ids[1:])"),
            "You count inside the sequences only. Where they begin and end is missing.",
        ),
        Misconception(
            "no-start",
            ("zip([edge, *ids], [*ids, edge])", "zip(ids, [*ids[1:], edge])"),
            "You never count the beginning: which symbol follows the edge. No name "
            "could be started from this table.",
        ),
        Misconception(
            "counted-once",
            (
                "        for now, following in zip([edge, *ids], [*ids, edge]):\n"
                "            counts[now, following] += 1",
                "        counts[[edge, *ids], [*ids, edge]] += 1",
            ),
            "A pair that comes twice in one sequence counts once: NumPy's "
            "`counts[a, b] += 1` with index arrays adds once for each place. Use a "
            "loop or `np.add.at`.",
        ),
        Misconception(
            "no-end",
            ("zip([edge, *ids], [*ids, edge])", "zip([edge, *ids], ids)"),
            "You never count the end. Names drawn from this table would go on for "
            "ever.",
        ),
        Misconception(
            "one-long-sequence",
            (
                "    for ids in sequences:\n"
                "        for now, following in zip([edge, *ids], [*ids, edge]):",
                "    for ids in [[i for s in sequences for i in s]]:\n"
                "        for now, following in zip([edge, *ids], [*ids, edge]):",
            ),
            "You let one sequence go on where the last one stopped. Each has an edge "
            "before and behind it.",
            forms=[
                "def bigram_log_probs(sequences, edge):\n"
                "    counts, previous = np.ones((edge + 1, edge + 1)), edge\n"
                "    for ids in sequences:\n"
                "        for i in ids:\n"
                "            counts[previous, i] += 1\n"
                "            previous = i\n"
                "        counts[previous, edge] += 1\n"
                "    return np.log(counts / counts.sum(axis=1, keepdims=True))\n"
            ],
        ),
        Misconception(
            "empty-left-out",
            ("for ids in sequences:", "for ids in filter(len, sequences):"),
            "You leave out empty sequences. Each is an edge followed by an edge.",
        ),
        Misconception(
            "small-counts",
            (
                "counts = np.ones((edge + 1, edge + 1))",
                "counts = np.ones((edge + 1, edge + 1), dtype=np.uint8)",
            ),
            "Your counts are integers of 8 bits, which begin again at 0 after 255.",
        ),
        Misconception(
            "base-two",
            ("np.log(", "np.log2("),
            "Your logarithm has base 2 or 10. The natural one is asked for.",
            forms=[[("np.log(", "np.log10(")]],
        ),
        Misconception(
            "probabilities",
            (
                "np.log(counts / counts.sum(axis=1, keepdims=True))",
                "counts / counts.sum(axis=1, keepdims=True)",
            ),
            "You return probabilities; their logarithms are asked for.",
        ),
        Misconception(
            "id-0-before",
            ("zip([edge, *ids], [*ids, edge])", "zip([0, *ids], [*ids, edge])"),
            "You put id 0 before the first symbol. The edge stands there.",
        ),
        Misconception(
            "sign",
            ("np.log(", "-np.log("),
            "You return minus the logarithms. The logarithm of a probability is at "
            "most 0.",
        ),
        Misconception(
            "no-edge-in-table",
            (
                "np.log(counts / counts.sum(axis=1, keepdims=True))",
                "np.log(counts / counts.sum(axis=1, keepdims=True))[:edge, :edge]",
            ),
            "You leave the edge out of the table. It has a row and a column, the "
            "last ones.",
        ),
        Misconception(
            "one-to-the-probabilities",
            source="""
def bigram_log_probs(sequences, edge):
    counts = np.zeros((edge + 1, edge + 1))
    for ids in sequences:
        for now, following in zip([edge, *ids], [*ids, edge]):
            counts[now, following] += 1
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    shares = shares + 1
    return np.log(shares / shares.sum(axis=1, keepdims=True))
""",
            says="You add one to probabilities. Add it to the counts, before the rows "
            "are divided by their sums.",
        ),
        Misconception(
            "softmax-of-counts",
            (
                "np.log(counts / counts.sum(axis=1, keepdims=True))",
                "torch.log_softmax(torch.tensor(counts), dim=1).numpy()",
            ),
            "You apply a softmax to the counts, which raises e to each of them. A "
            "count becomes a probability when it is divided by the sum of its row.",
        ),
    ],
    hints=[
        "A table of counts: row is the symbol before, column the symbol after.",
        "Go through the pairs (edge, first), (first, second), ..., (last, edge).",
        "Start the counts at one, divide each row by its sum (keepdims=True), take "
        "the logarithm.",
    ],
)


def sample_name_cases(rng):
    def cell(edge, hidden, spread):
        """A cell whose scores spread so much; the edge has a middling one."""
        weights = stand_in(rng, edge + 1, hidden, edge + 1)
        weights["B"] *= single(spread)
        weights["B"][:, -1] *= single(0.3)
        return weights

    def draws(*temperatures, longest):
        return [(t, rng.random(longest)) for t in temperatures]

    five = draws(*[1.0] * 5, longest=9)
    yield Case("five draws at temperature 1", cell(5, 4, 0.6), 5, five)
    warm = draws(0.3, 0.7, 1.5, 4.0, 0.5, longest=12)
    yield Case("cold and warm", cell(6, 5, 0.8), 6, warm)
    cold = draws(0.001, 0.9, 0.002, 1.2, 0.7, longest=14)
    flat = cell(6, 5, 0.15)
    flat["B"][:, 0] = 0  # the id to which NaN leads is seldom the favourite
    yield Case("very cold, and warm again", flat, 6, cold)
    short = draws(1.0, 0.8, 0.9, 1.2, longest=4) + draws(1.0, 2.0, longest=1)
    short += draws(1.5, 0.7, longest=0)
    yield Case("the numbers are used up", cell(7, 4, 0.3), 7, short)
    wrong = draws(1.0, longest=6) + draws(0.0, -1.0, longest=4) + draws(0.9, longest=7)
    ranks = 1 + rng.permutation(4)
    if ranks[0] == 4:
        ranks = ranks[::-1]
    sizes = np.array([0, *ranks, -9])  # the favourite is not id 0 or 1
    steady = {
        "A": np.zeros((6, 4), dtype=np.float32),
        "B": single(np.tile(sizes, (4, 1))),
        "start": np.ones((1, 4), dtype=np.float32),
    }
    zeros = [(0.001, np.zeros(3)), (1.0, np.array([0.0, 0.0, 0.6, 0.0]))]
    yield Case("numbers of exactly 0", steady, 5, zeros)
    # The same cell with scores that differ by thousandths. Each number lies in the
    # piece of one symbol at 0.001 and of another at 0.002 and 0.01, and far from where
    # rounding would decide.
    close = steady | {"B": steady["B"] * single([1e-3] * 5 + [1])}

    def reach(t, temperature):
        z = 4 * 0.8 ** (t + 1) * sizes[:5] * 1e-3 / temperature
        return np.cumsum(np.exp(z - z.max()) / np.exp(z - z.max()).sum())

    apart = []
    for t in range(5):
        for u in rng.permutation(np.linspace(0.001, 0.999, 999)):
            drawn = [np.searchsorted(reach(t, tau), u) for tau in (0.001, 0.002, 0.01)]
            far = np.abs(reach(t, 0.001) - u).min() > 0.004
            if far and drawn[0] not in drawn[1:]:
                apart.append(u)
                break
    label = "very cold, scores that differ by thousandths"
    yield Case(label, close, 5, [(0.001, np.array(apart))])
    weights = cell(5, 3, 0.6)
    for label, draw in zip(
        ("a temperature of 0", "a temperature of -1"), wrong[1:3], strict=True
    ):
        case = Case(f"refused: {label}", weights, 5, [draw], refused=True)
        yield case.with_(weight=0)

    def middles(temperature):
        """Numbers in the middle of the piece of one id after another."""
        found = []
        for t in range(5):
            ends = np.append(0, reach(t, temperature))
            k = (t + int(ranks[0])) % 5
            found.append((ends[k] + ends[k + 1]) / 2)
        return np.array(found)

    cool = [(tau, middles(tau)) for tau in (0.04, 0.008, 0.005)]
    yield Case("cold, and more than one favourite", close, 5, cool)


SAMPLE_NAME = Exercise(
    "sample_name",
    sample_name_cases,
    points=4,
    minutes=25,
    difficulty=4,
    probe="sampling",
    misconceptions=[
        Misconception(
            "greedy",
            ("symbol = int((cumulative <= u).sum())", "symbol = int(scores.argmax())"),
            "You always take the likeliest symbol and do not look at the number drawn. "
            "Every name is the same.",
        ),
        Misconception(
            "multiplied",
            ("output[0].double() / temperature", "output[0].double() * temperature"),
            "You multiply by the temperature. Then heat makes the model more careful "
            "instead of more daring.",
        ),
        Misconception(
            "no-temperature",
            ("output[0].double() / temperature", "output[0].double()"),
            "The temperature has no effect on your draw.",
        ),
        Misconception(
            "on-probabilities",
            (
                "output[0].double() / temperature",
                "output[0].double().exp() / temperature",
            ),
            "You divide the probabilities by the temperature before the softmax. The "
            "formula divides their logarithms.",
        ),
        Misconception(
            "not-normalised",
            ("torch.softmax(scores, dim=0)", "scores.exp()"),
            "Your numbers do not sum to one: divided by the temperature, "
            "log-probabilities are no longer logarithms of probabilities. Apply a "
            "softmax to them.",
        ),
        Misconception(
            "underflow",
            (
                "torch.softmax(scores, dim=0).cumsum(dim=0)",
                "(scores.exp() / scores.exp().sum()).cumsum(dim=0)",
            ),
            "You raise numbers to a great power or e to a great negative number: all "
            "become 0, "
            "and 0 / 0 is NaN. Subtract the largest first, as in chapter 02.",
            forms=[
                [
                    (
                        "torch.softmax(scores, dim=0).cumsum(dim=0)",
                        "(output[0].exp() ** (1 / temperature) / (output[0].exp() "
                        "** (1 / temperature)).sum()).cumsum(dim=0)",
                    )
                ],
                [
                    (
                        "torch.softmax(scores, dim=0).cumsum(dim=0)",
                        "(output[0].double().exp() ** (1 / temperature) / "
                        "(output[0].double().exp() ** (1 / "
                        "temperature)).sum()).cumsum(dim=0)",
                    )
                ],
            ],
        ),
        Misconception(
            "edge-kept",
            ("return drawn[1:-1]", "return drawn[1:]"),
            "Your result holds the edge. It marks the beginning and the end and is "
            "no symbol of the "
            "sequence.",
            forms=[
                [
                    ("return drawn[1:-1]", "return drawn[:-1]"),
                    ("return drawn[1:]", "return drawn"),
                ],
                [
                    ("return drawn[1:-1]", "return drawn"),
                    ("return drawn[1:]", "return drawn"),
                ],
            ],
        ),
        Misconception(
            "never-ends",
            ("if drawn[-1] == edge:", "if False:"),
            "You go on after the edge was drawn. The edge ends the sequence.",
            forms=[
                [
                    (
                        (
                            "        if drawn[-1] == edge:\n"
                            "            return drawn[1:-1]\n"
                            "    return drawn[1:]"
                        ),
                        "    return [i for i in drawn if i != edge]",
                    )
                ],
            ],
        ),
        Misconception(
            "always-the-edge-in",
            ("one_hot[drawn[-1:]]", "one_hot[[edge]]"),
            "You feed the edge at every step. The symbol that was drawn goes in next.",
        ),
        Misconception(
            "state-not-passed-on",
            ("output, hidden = rnn(", "output, _ = rnn("),
            "Every symbol meets the first state: none is passed on. The model then "
            "sees one symbol only, like a bigram.",
        ),
        Misconception(
            "zero-start",
            ("rnn.initHidden()", "torch.zeros_like(rnn.initHidden())"),
            "You start from zeros of your own. Ask the cell for its start: "
            "rnn.initHidden().",
        ),
        Misconception(
            "last-below",
            (
                "symbol = int((cumulative <= u).sum())",
                "symbol = max(int((cumulative <= u).sum()) - 1, 0)",
            ),
            "You take the last symbol whose cumulative probability is below u: one too "
            "early. The piece in which u falls is the first that reaches beyond it.",
        ),
        Misconception(
            "ties",
            ("(cumulative <= u)", "(cumulative < u)"),
            "You take a symbol whose cumulative probability is u itself. It has to be "
            "greater: for u = 0 you draw symbol 0 even where its probability is 0.",
        ),
        Misconception(
            "own-numbers",
            (
                "symbol = int((cumulative <= u).sum())",
                "symbol = int((cumulative <= np.random.rand()).sum())",
            ),
            "You draw random numbers of your own. Symbol t is drawn with uniforms[t], "
            "so that the same numbers give the same name.",
            forms=[
                [
                    (
                        "symbol = int((cumulative <= u).sum())",
                        "symbol = int(torch.multinomial(torch.softmax(scores, "
                        "dim=0), 1))",
                    )
                ],
                [
                    (
                        "symbol = int((cumulative <= u).sum())",
                        "symbol = int(torch.multinomial(torch.softmax(output[0] / "
                        "temperature, dim=0), 1))",
                    )
                ],
                [
                    (
                        "symbol = int((cumulative <= u).sum())",
                        "symbol = int(np.random.choice(edge + 1, "
                        "p=torch.softmax(scores, dim=0).numpy()))",
                    )
                ],
            ],
        ),
        Misconception(
            "edge-left-out",
            ("torch.softmax(scores, dim=0)", "torch.softmax(scores[:-1], dim=0)"),
            "You leave the edge out of the draw. It is a symbol like the others, or "
            "no name would end.",
            forms=[
                "def sample_name(rnn, edge, temperature, uniforms):\n"
                "    one_hot, hidden, drawn = torch.eye(edge + 1), "
                "rnn.initHidden(), [edge]\n"
                "    for u in uniforms:\n"
                "        with torch.no_grad():\n"
                "            output, hidden = rnn(one_hot[drawn[-1:]], hidden)\n"
                "        scores = output[0].double() / temperature\n"
                "        cumulative = torch.softmax(scores, dim=0).cumsum(dim=0)\n"
                "        drawn.append(min(int((cumulative <= u).sum()), edge - 1))\n"
                "    return drawn[1:]\n"
            ],
        ),
        Misconception(
            "id-0-first",
            ("rnn.initHidden(), [edge]", "rnn.initHidden(), [0]"),
            "You read id 0 before the first symbol. The edge stands there.",
        ),
        Misconception(
            "density-not-cumulative",
            (
                "cumulative = torch.softmax(scores, dim=0).cumsum(dim=0)",
                "cumulative = torch.softmax(scores, dim=0)",
            ),
            "You compare u with single probabilities. Add them up first: the "
            "cumulative probability of ids 0 up to and with this one.",
            forms=[
                "def sample_name(rnn, edge, temperature, uniforms):\n"
                "    one_hot, hidden, drawn = torch.eye(edge + 1), "
                "rnn.initHidden(), [edge]\n"
                "    for u in uniforms:\n"
                "        with torch.no_grad():\n"
                "            output, hidden = rnn(one_hot[drawn[-1:]], hidden)\n"
                "        p = torch.softmax(output[0].double() / temperature, "
                "dim=0)\n"
                "        larger = [i for i in range(edge + 1) if p[i] > u]\n"
                "        drawn.append(larger[0] if larger else edge)\n"
                "        if drawn[-1] == edge:\n"
                "            return drawn[1:-1]\n"
                "    return drawn[1:]\n"
            ],
        ),
        Misconception(
            "temperature-not-checked",
            ("if temperature <= 0:", "if temperature == 0:"),
            "You accept a negative temperature, which makes the rarest symbol the "
            "favourite. Raise ValueError.",
        ),
        Misconception(
            "id-0-ends",
            ("if drawn[-1] == edge:", "if not drawn[-1] or drawn[-1] == edge:"),
            "You stop at id 0 as if it were the edge. 0 is a symbol.",
            forms=[
                [("if drawn[-1] == edge:", "if drawn[-1] == 0:")],
                "def sample_name(rnn, edge, temperature, uniforms):\n"
                "    one_hot, hidden, drawn = torch.eye(edge + 1), "
                "rnn.initHidden(), [edge]\n"
                "    for u in uniforms:\n"
                "        with torch.no_grad():\n"
                "            output, hidden = rnn(one_hot[drawn[-1:]], hidden)\n"
                "        scores = output[0].double() / temperature\n"
                "        cumulative = torch.softmax(scores, dim=0).cumsum(dim=0)\n"
                "        symbol = min(int((cumulative <= u).sum()), edge)\n"
                "        if not symbol:\n"
                "            break\n"
                "        drawn.append(symbol)\n"
                "    return drawn[1:]\n",
            ],
        ),
        Misconception(
            "numbers-shifted",
            ("for u in uniforms:", "for u in uniforms[1:]:"),
            "You do not take uniforms[t] for symbol t: the first number is left "
            "out, or the numbers are sorted, or one serves all symbols.",
            forms=[
                [("for u in uniforms:", "for u in sorted(uniforms):")],
                [
                    (
                        "for u in uniforms:",
                        "for u in [u for _ in uniforms for u in uniforms[:1]]:",
                    )
                ],
                [("for u in uniforms:", "for u in uniforms[:-1]:")],
                [("for u in uniforms:", "for u in uniforms[::-1]:")],
            ],
        ),
        Misconception(
            "other-types",
            ("return drawn[1:-1]", "return [float(i) for i in drawn[1:-1]]"),
            "Your ids are no integers.",
            forms=[
                [
                    ("return drawn[1:-1]", "return np.array(drawn[1:-1], float)"),
                    ("return drawn[1:]", "return np.array(drawn[1:], float)"),
                ]
            ],
        ),
        Misconception(
            "a-text",
            [
                ("return drawn[1:-1]", 'return "".join(map(str, drawn[1:-1]))'),
                ("return drawn[1:]", 'return "".join(map(str, drawn[1:]))'),
            ],
            "You return a text. A list of ids is asked for.",
        ),
        Misconception(
            "sorted-probabilities",
            (
                "symbol = int((cumulative <= u).sum())",
                "p, order = torch.softmax(scores, dim=0).sort(descending=True)\n"
                "        symbol = int(order[min(int((p.cumsum(0) <= "
                "u).sum()), edge)])",
            ),
            "You lay the probabilities end to end from the largest to the smallest. "
            "Their order is that of the ids.",
        ),
        Misconception(
            "warmer",
            ("/ temperature", "/ max(temperature, 0.1)"),
            "You do not divide by the temperature that was given, but by a larger "
            "one. A softmax survives small temperatures, so nothing has to be added "
            "to them.",
            forms=[
                [("/ temperature", "/ (temperature + 1e-2)")],
                [("/ temperature", "/ (temperature + 1e-3)")],
                [("/ temperature", "/ max(temperature, 0.01)")],
            ],
        ),
        Misconception(
            "only-the-favourite-when-cold",
            (
                "symbol = int((cumulative <= u).sum())",
                "symbol = int((cumulative <= u).sum())\n"
                "        if temperature < 0.05:\n"
                "            symbol = int(output[0].argmax())",
            ),
            "At a small temperature you always take the most probable symbol. Another "
            "one that is nearly as probable has its share at every temperature.",
            forms=[
                (
                    "symbol = int((cumulative <= u).sum())",
                    "symbol = int((cumulative <= u).sum())\n"
                    "        if temperature < 0.01:\n"
                    "            symbol = int(output[0].argmax())",
                ),
                (
                    "symbol = int((cumulative <= u).sum())",
                    "symbol = int((cumulative <= u).sum())\n"
                    "        if temperature < 0.1:\n"
                    "            symbol = int(output[0].argmax())",
                ),
            ],
        ),
        Misconception(
            "favourite-fed-back",
            source="""def sample_name(rnn, edge, temperature, uniforms):
    if temperature <= 0:
        raise ValueError("the temperature must be above 0")
    one_hot, hidden, drawn, now = torch.eye(edge + 1), rnn.initHidden(), [], edge
    for u in uniforms:
        with torch.no_grad():
            output, hidden = rnn(one_hot[now : now + 1], hidden)
        scores = output[0].double() / temperature
        cumulative = torch.softmax(scores, dim=0).cumsum(dim=0)
        symbol = min(int((cumulative <= u).sum()), edge)
        if symbol == edge:
            return drawn
        drawn.append(symbol)
        now = int(scores.argmax())
    return drawn
""",
            says="You let the cell read its favourite symbol. It reads the symbol that "
            "was drawn, else the name that it hears is not the one that you return.",
        ),
        Misconception(
            "edge-by-favour",
            source="""def sample_name(rnn, edge, temperature, uniforms):
    if temperature <= 0:
        raise ValueError("the temperature must be above 0")
    one_hot, hidden, drawn, now = torch.eye(edge + 1), rnn.initHidden(), [], edge
    for u in uniforms:
        with torch.no_grad():
            output, hidden = rnn(one_hot[now : now + 1], hidden)
        scores = output[0].double() / temperature
        if int(scores.argmax()) == edge:
            break
        cumulative = torch.softmax(scores[:edge], dim=0).cumsum(dim=0)
        now = min(int((cumulative <= u).sum()), edge - 1)
        drawn.append(now)
    return drawn
""",
            says="You never draw the edge; your name ends only where the edge is the "
            "favourite. The edge has its piece like every other symbol.",
        ),
    ],
    hints=[
        "Read the edge first. Then each symbol that you draw is the next one to read.",
        "Divide the log-probabilities by the temperature, then a softmax that survives "
        "large numbers, then the cumulative sum.",
        "The drawn id is how many cumulative probabilities are not above u. Stop where "
        "it is the edge, and do not keep it.",
    ],
)


CONFUSIONS = Manual(
    "confusions",
    points=2,
    minutes=15,
    rubric="One point for each confusion: it is read off the picture, and the reason "
    "given (few names, or spellings that do not hold the answer) fits two names that "
    "are quoted. No point for a reason that would fit any pair of languages.",
)

# Inputs that show mistakes; a bonus


REVEALING_BATCHES = WhichInput(
    "revealing_batches",
    points=2,
    minutes=10,
    difficulty=2,
    right="mean_loss",
    shown={
        "padding counts": "mean_loss_1",
        "a mean of each name's mean": "mean_loss_2",
    },
    hidden={
        "a loss of 0 is taken for padding": (
            "def mean_loss(losses, lengths):\n"
            "    return float(losses[losses != 0].mean())\n"
        ),
        "one row of padding counts": ("< lengths", "<= lengths"),
        "the first row is passed over": (
            "real = np.arange(len(losses))[:, None] < lengths",
            "t = np.arange(len(losses))[:, None]\n    real = (0 < t) & (t < lengths)",
        ),
        "the longest name decides for all": ("< lengths", "< max(lengths)"),
    },
    admit="admit_losses",
    most=2,
    hints=[
        "Padding changes a mean only where there is some: T above a length.",
        "The mean of each name's mean counts a short name as much as a long one. "
        "When do both means agree?",
        "Think of how a function could find out where a name ends, and of the rows at "
        "the ends: the first, the last, the one behind it.",
    ],
)

REVEALING_PROBABILITIES = WhichInput(
    "revealing_probabilities",
    points=2,
    minutes=10,
    difficulty=2,
    right="keep_top",
    shown={
        "equals are kept, too": "keep_top_1",
        "the order of the ids is lost": "keep_top_2",
    },
    hidden={
        "not divided by the sum": ("kept / kept.sum()", "kept"),
        "one more is kept": ("[:k]", "[: k + 1]"),
        "of equals the larger ids are kept": (
            'np.argsort(-p, kind="stable")[:k]',
            'np.argsort(p, kind="stable")[::-1][:k]',
        ),
        "what is below 0.01 is dropped": (
            "kept[order] = p[order]",
            "kept[order] = np.where(p[order] < 0.01, 0, p[order])",
        ),
    },
    admit="admit_probabilities",
    most=2,
    hints=[
        "Where the k-th and the next are equal, `keep_top_1` keeps both.",
        "`keep_top_2` puts the largest first. For which order of p is that no mistake?",
        "Think of equals at the limit, of a very small probability that belongs to the "
        "k likeliest, of k below n and of k equal to n.",
    ],
)


def state_jacobian_cases(rng):
    def states(T, n, scale=0.6):
        W = rng.normal(size=(n, n)) / np.sqrt(n)
        H = np.tanh(scale * rng.normal(size=(T + 1, n)))
        return H, W

    yield Case("five letters", *states(5, 4))
    yield Case("one letter", *states(1, 3))
    yield Case("no letter", *states(0, 4))
    yield Case("twelve letters, one unit", *states(12, 1))
    yield Case("states near -1 and 1", *states(3, 5, 3.0)).with_(atol=0)


STATE_JACOBIAN = Exercise(
    "state_jacobian",
    state_jacobian_cases,
    points=0,
    bonus=True,
    minutes=15,
    difficulty=4,
    misconceptions=[
        Misconception(
            "transposed",
            ("    return J\n", "    return J.T\n"),
            "Rows and columns are exchanged: J[i, j] belongs to unit i of the first "
            "state and unit j of the last.",
        ),
        Misconception(
            "no-tanh-derivative",
            ("W_hh * (1 - h**2)", "W_hh"),
            "You leave out 1 - h², the slope of tanh.",
        ),
        Misconception(
            "slope-of-the-row",
            ("W_hh * (1 - h**2)", "W_hh * (1 - h[:, None] ** 2)"),
            "The slope 1 - h² belongs to the new unit, a column of W_hh. You multiply "
            "the rows.",
        ),
        Misconception(
            "first-state-counts",
            ("for h in H[1:]:", "for h in H[:-1]:"),
            "You use the slopes at the states before each step. The slope belongs to "
            "the state after it.",
        ),
        Misconception(
            "wrong-order",
            ("J = J @ (W_hh * (1 - h**2))", "J = (W_hh * (1 - h**2)) @ J"),
            "You multiply the steps in the wrong order. The first step stands on the "
            "left.",
        ),
        Misconception(
            "entry-by-entry",
            [
                (
                    "J = np.eye(len(W_hh))",
                    "J = np.eye(len(W_hh)) if len(H) == 1 else np.ones(W_hh.shape)",
                ),
                ("J = J @ (W_hh", "J = J * (W_hh"),
            ],
            "You multiply the steps entry by entry. The chain rule adds up over the "
            "units between them: that is the product of matrices.",
            forms=[("J = J @ (W_hh", "J = J * (W_hh")],
        ),
        Misconception(
            "derivative-of-tanh-again",
            ("(1 - h**2)", "(1 - np.tanh(h) ** 2)"),
            "You apply tanh to the states once more. H holds what tanh gave: the "
            "slope is 1 - h².",
        ),
    ],
    hints=[
        "Write down one step: how does unit j of the new state change with unit i of "
        "the old one?",
        "For one step that is W_hh[i, j] times 1 - h[j]². Steps are multiplied as "
        "matrices.",
        "Start from np.eye(n) and multiply from the right, from H[1] to H[T].",
    ],
)

EXERCISES = [
    NAME_TO_TENSOR,
    RNN,
    READ_NAME,
    TRAIN_STEP,
    NAMES_TO_BATCH,
    READ_NAMES,
    BATCHES_BY_LENGTH,
    TANH_RNN,
    RNN_CELL,
    RNN_FORWARD,
    RNN_BACKWARD,
    WITH_SPECTRAL_RADIUS,
    GRADIENT_NORM,
    STATE_JACOBIAN,
    CLIP_GRADIENTS,
    SEQUENCE_LOG_PROB,
    PERPLEXITY,
    CONFUSIONS,
    BIGRAM,
    REVEALING_BATCHES,
    SAMPLE_NAME,
    REVEALING_PROBABILITIES,
]

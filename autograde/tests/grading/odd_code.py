"""Solved exercises that look as no one foresaw, and what must be said of them."""

from __future__ import annotations

import copy

from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell

from autograde.tests.graded_class import cell_of
from autograde.tests.grading.odd_edits import (
    NAMES,
    Edit,
    Odd,
    above,
    all_in_one,
    at,
    below_imports,
    copied,
    delete,
    emptied,
    imports,
    left_raise,
    merged,
    moved,
    pasted_twice,
    place,
    put,
    retype,
    reversed_cells,
    shown_cell,
    shuffled,
    solution,
    source,
    steps,
    strip,
    stub,
)

elsewhere = "found in another cell"
CODE: dict[str, Odd] = {
    "two cells merged": Odd(merged("forward", "mse_loss"), says=(elsewhere,)),
    "four cells merged": Odd(merged(*NAMES[2:6]), says=(elsewhere,)),
    "cells merged with their checks": Odd(
        merged("forward", "mse_loss", checks=True), says=(elsewhere,)
    ),
    "all in one at the top": Odd(all_in_one(0), says=(elsewhere,)),
    "all in one below the imports": Odd(all_in_one(3), says=(elsewhere,)),
    "all in one in the middle": Odd(all_in_one(60), says=(elsewhere,)),
    "all in one at the end": Odd(
        all_in_one(-1), says=(elsewhere, "written below its check")
    ),
    "all in the first exercise's cell": Odd(
        lambda nb: steps(
            lambda nb: None,
            source("forward", "\n\n\n".join(solution(name) for name in NAMES)),
            emptied(*NAMES[1:]),
        )(nb),
        says=(elsewhere,),
    ),
    "the stubs deleted, all in one": Odd(
        steps(all_in_one(-1), delete(*NAMES)), says=("found by name",)
    ),
    "in a new cell below its own": Odd(
        steps(
            put(new_code_cell(solution("mse_loss")), "mse_loss"), emptied("mse_loss")
        ),
        says=(elsewhere,),
    ),
    "in a new cell above its own": Odd(
        steps(
            put(new_code_cell(solution("mse_loss")), "mse_loss", 0), emptied("mse_loss")
        ),
        says=(elsewhere,),
    ),
    "in a new cell below its check": Odd(
        steps(
            put(new_code_cell(solution("mse_loss")), "check_mse_loss"),
            emptied("mse_loss"),
        ),
        says=("written below its check",),
    ),
    "in a new cell at the end": Odd(
        steps(at(-1, new_code_cell(solution("adam_step"))), emptied("adam_step")),
        says=("written below its check",),
    ),
    "in a cell of the course": Odd(
        steps(
            lambda nb: shown_cell(nb).update(source=solution("mse_loss")),
            emptied("mse_loss"),
        ),
        says=(elsewhere,),
    ),
    "turned into Markdown": Odd(
        retype("mse_loss", "markdown"), says=("stood in a Markdown cell",)
    ),
    "turned into raw": Odd(retype("mse_loss", "raw"), says=("stood in a raw cell",)),
    "turned into a heading": Odd(
        steps(above("", "mse_loss"), retype("mse_loss", "markdown")),
        says=("stood in a Markdown cell",),
    ),
    "all turned into Markdown": Odd(
        steps(*(retype(name, "markdown") for name in NAMES)),
        says=("stood in a Markdown cell",),
    ),
    "in a fence of Markdown": Odd(
        steps(
            source("mse_loss", lambda text: f"```python\n{text}\n```"),
            retype("mse_loss", "markdown"),
        ),
        says=("stood in a Markdown cell",),
    ),
    "in the exercise's text": Odd(
        lambda nb: steps(
            lambda nb: nb.cells[place(nb, "mse_loss") - 1].update(
                source=nb.cells[place(nb, "mse_loss") - 1].source
                + f"\n\n{solution('mse_loss')}"
            ),
            delete("mse_loss"),
        )(nb),
        says=("stood in a Markdown cell",),
    ),
    "in Markdown, stripped": Odd(
        steps(retype("mse_loss", "markdown"), strip()),
        says=("stood in a Markdown cell",),
    ),
    "moved to the end": Odd(
        moved("forward", -1), says=("written below its check, and judged there",)
    ),
    "moved to the top": Odd(moved("mse_loss", 0)),
    "moved below its check": Odd(
        lambda nb: moved("mse_loss", place(nb, "check_mse_loss"))(nb),
        says=("written below its check",),
    ),
    "checks moved to the end": Odd(
        steps(*(moved(f"check_{name}", -1) for name in NAMES))
    ),
    "checks moved to the top": Odd(
        steps(*(moved(f"check_{name}", 0) for name in NAMES)),
        says=("written below its check",),
    ),
    "checks deleted": Odd(
        delete(*(f"check_{name}" for name in NAMES)), says=("is missing",)
    ),
    "the imports moved to the end": Odd(
        lambda nb: nb.cells.append(nb.cells.pop(imports(nb))),
        says=("is defined below",),
    ),
    "the imports deleted": Odd(lambda nb: nb.cells.pop(imports(nb))),
    "the imports as Markdown": Odd(
        lambda nb: nb.cells.__setitem__(
            imports(nb), new_markdown_cell(nb.cells[imports(nb)].source)
        )
    ),
    "cells in reverse": Odd(reversed_cells, says=("written below its check",)),
    "cells shuffled": Odd(shuffled, says=("written below its check",)),
    "only the solutions": Odd(
        lambda nb: nb.update(cells=[cell_of(nb, name) for name in NAMES]),
        ("not in the submission",),
        says=("is missing",),
    ),
    "only the solutions, stripped": Odd(
        steps(
            lambda nb: nb.update(cells=[cell_of(nb, name) for name in NAMES]), strip()
        ),
        ("not in the submission",),
        says=("found by name",),
    ),
    "pasted twice, the blank first": Odd(pasted_twice(first=True)),
    "pasted twice, the blank last": Odd(pasted_twice(first=False)),
    "pasted twice, both solved": Odd(
        lambda nb: nb.cells.extend(copy.deepcopy(nb.cells))
    ),
    "a copy of the stub below it": Odd(copied("mse_loss", stub("mse_loss"), 1)),
    "a copy of the stub above it": Odd(copied("mse_loss", stub("mse_loss"), 0)),
    "a stub without metadata below it": Odd(
        copied("mse_loss", stub("mse_loss"), 1, keep_id=False)
    ),
    "a stub pasted into the next cell": Odd(
        source("mse_gradients", lambda text: f"{text}\n\n\n{stub('mse_loss')}"),
        says=("a copy of a stub was left out",),
    ),
    "its stub below it in its cell": Odd(
        source("mse_loss", lambda text: f"{text}\n\n\n{stub('mse_loss')}"),
        says=("a copy of a stub was left out",),
    ),
    "its stub above it in its cell": Odd(
        source("mse_loss", lambda text: f"{stub('mse_loss')}\n\n\n{text}")
    ),
    "under the stub's raise": Odd(left_raise("mse_loss"), says=("the stub's raise",)),
    "all under their stubs' raise": Odd(
        steps(*(left_raise(name) for name in NAMES)), says=("the stub's raise",)
    ),
    "a raise at the cell's end": Odd(
        source("mse_loss", lambda text: f"{text}\n\nraise NotImplementedError()")
    ),
    "a raise above the function": Odd(
        above("raise NotImplementedError()"), says=("the stub's raise",)
    ),
    "without metadata": Odd(strip(ids=False)),
    "without ids": Odd(strip(metadata=False)),
    "without both": Odd(strip(), says=("had lost its metadata, found by name",)),
    "every second cell without both": Odd(strip(every=2)),
    "every third cell without both": Odd(strip(every=3)),
    "a helper in the last cell": Odd(
        steps(
            source(
                "mse_loss",
                "def mse_loss(y, y_hat):\n    return halved(check_shapes(y, y_hat))",
            ),
            at(
                -1,
                new_code_cell(
                    "def check_shapes(y, y_hat):\n    if y.shape != y_hat.shape:\n"
                    "        raise ValueError('shapes')\n    return y - y_hat\n\n\n"
                    "def halved(d):\n    return 0.5 * np.sum(d**2) / len(d)"
                ),
            ),
        ),
        says=("is defined below the check of mse_loss",),
    ),
    "a default from a cell below": Odd(
        steps(
            source(
                "adam_step", lambda text: text.replace("alpha=1e-3", "alpha=RATE", 1)
            ),
            at(-1, new_code_cell("RATE = 1e-3")),
        ),
        says=("RATE, which adam_step needs, is defined below it",),
    ),
    "a helper in a changed cell of the course": Odd(
        steps(
            above("HALF = factor()", "mse_loss"),
            lambda nb: shown_cell(nb).update(source="def factor():\n    return 0.5"),
        )
    ),
    "Windows line ends": Odd(
        lambda nb: [c.update(source=c.source.replace("\n", "\r\n")) for c in nb.cells]
    ),
    "a tab for each indent": Odd(
        source("mse_loss", lambda text: text.replace("    ", "\t"))
    ),
    "an old draft as raw": Odd(
        put(new_raw_cell("def mse_loss(y, y_hat):\n    return 3"), "mse_loss"),
        shown=("return 3",),
    ),
}


def lines_above(**lines: str) -> Edit:
    """A line above the answer of each exercise."""
    return steps(*(above(line, name) for name, line in lines.items()))


CODE["lines that only the student's machine can run"] = Odd(
    lines_above(
        mse_loss="import pandas as pd\ndf = pd.read_csv('C:/mine.csv')\ndf.head()",
        forward="name = input('Your name: ')",
        mse_gradients="import not_installed_here as nih\nnih.set_theme()",
        numerical_gradient="%load_ext not_installed_here\n%not_a_magic on",
        momentum_step="%%not_a_magic",
        standardize="from urllib.request import urlopen\nurlopen('http://x.invalid')",
    ),
    shown=("FileNotFoundError; the lines below it were run", "%%not_a_magic"),
)
CODE["written to a file and imported"] = Odd(
    steps(
        above("%%writefile my_loss.py\nimport numpy as np"),
        put(new_code_cell("from my_loss import mse_loss"), "mse_loss"),
    )
)
CODE["an answer and words in checks' cells"] = Odd(
    steps(
        lambda nb: source(
            "check_mse_loss", f"{solution('mse_loss')}\n\ncheck('mse_loss')"
        )(nb),
        emptied("mse_loss"),
        source("check_forward", "# Why does it pass?\ncheck('forward')"),
    ),
    says=("check cell was put back: check_forward, check_mse_loss",),
    shown=("Why does it pass?",),
)

CODE["exit() in the middle of all in one"] = Odd(
    steps(
        all_in_one(3),
        lambda nb: nb.cells[3].update(
            source=nb.cells[3].source.replace(
                "def mse_loss", "exit()\n\ndef mse_loss", 1
            )
        ),
    ),
    shown=("exit(): passed over",),
)

passed_over = "passed over"
SHELL_LINES = (
    "!pip install -q tqdm",
    "!nvidia-smi",
    "!ls -l",
    "files = !ls",
    "!cd /content && ls",
    "%pip install numpy",
    "%conda install numpy",
    "!!ls",
    "%sx ls",
    "%system ls",
)
QUIET_LINES = (
    "%matplotlib inline",
    "%matplotlib widget",
    "%matplotlib notebook",
    "%load_ext autoreload\n%autoreload 2",
    "%time sum(range(9))",
    "%config InlineBackend.figure_format = 'retina'",
    "%tensorflow_version 2.x",
    "%precision 3",
)
COLAB = (
    "from google.colab import drive\ndrive.mount('/content/drive')",
    "from google.colab import files\nuploaded = files.upload()",
    "import google.colab\nfrom google.colab.patches import cv2_imshow",
)
for line in (*SHELL_LINES, *QUIET_LINES, *COLAB):
    shown = () if line in QUIET_LINES or "cv2" in line else (passed_over,)
    first = line.splitlines()[-1]
    CODE[f"{first}, above an answer"] = Odd(above(line), shown=shown)
CODE["pip above an import that is needed"] = Odd(
    steps(
        below_imports("!pip install -q tqdm\nimport math"),
        source("mse_loss", lambda text: text.replace("0.5 *", "math.sqrt(0.25) *")),
    ),
    shown=(passed_over,),
)
CODE["a mount above an import that is needed"] = Odd(
    steps(
        below_imports(f"{COLAB[0]}\nimport math as m"),
        source("mse_loss", lambda text: f"half = m.sqrt(0.25)\n{text}"),
    ),
    shown=(passed_over,),
)
CODE["a cell of bash"] = Odd(below_imports("%%bash\nls"), shown=(passed_over,))

#: what a notebook may change without changing how its answers are measured
SHADOWS = {
    "builtins.sum": "import builtins\nbuiltins.sum = np.sum",
    "builtins.len": "import builtins\nbuiltins.len = lambda x: x.__len__()",
    "builtins.isinstance": "import builtins\nbuiltins.isinstance = lambda *a: True",
    "np.array_equal": "np.array_equal = None",
    "np.asarray": "np.asarray = lambda *a, **k: 1 / 0",
    "float64": "torch.set_default_dtype(torch.float64)",
    "cuda": "torch.set_default_device('cuda')",
    "cuda tensors": "torch.set_default_tensor_type('torch.cuda.FloatTensor')",
    "no gradients": "torch.set_grad_enabled(False)",
    "threads": "torch.set_num_threads(7)",
    "seeds": "np.random.seed(0)\ntorch.manual_seed(0)\nimport random\nrandom.seed(0)",
    "random functions": "np.random.seed = None\nimport random\nrandom.seed = None",
    "print options": "np.set_printoptions(precision=1)\ntorch.set_printoptions(1)",
    "warnings as errors": "import warnings\nwarnings.simplefilter('error')",
    "floating point errors": "np.seterr(all='raise')",
    "low precision": "torch.set_float32_matmul_precision('medium')",
    "anomalies": "torch.autograd.set_detect_anomaly(True)",
}
for name, text in SHADOWS.items():
    CODE[f"changed: {name}"] = Odd(below_imports(text))

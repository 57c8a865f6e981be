"""What people really hand in: over a hundred kinds, and what each must get.

Each kind edits a solved notebook of chapter 01 whose question in prose is untouched.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from dataclasses import dataclass

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell

from autograde.course.layout import ROOT, notebook_path
from autograde.notebooks.cells import is_left_out, is_setup
from autograde.tests.graded_class import CHAPTER, cell_of

Edit = Callable[[NotebookNode], object]
PICTURE = {"image/png": "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ"}
OTHER_PICTURE = {"image/png": "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAYAAABytg0k"}
ANSWER = "The steep direction bounds the rate at two over its curvature."
RELEASED = nbformat.read(notebook_path(ROOT / "chapters" / CHAPTER), 4)


@dataclass
class Odd:
    """One kind of submission.

    prose: texts that must stand in the graded answer, which then waits for a person;
        None where it is an automatic zero
    lost: the exercises that earn nothing; all others earn everything
    says: what must be said to a person in the notes
    told: what must be told about each lost exercise to the student
    shown: texts that must stand somewhere in the graded notebook
    """

    edit: Edit
    prose: tuple[str, ...] | None = None
    lost: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()


def stub(name: str) -> str:
    return cell_of(RELEASED, name).source


def place(notebook: NotebookNode, name: str) -> int:
    return notebook.cells.index(cell_of(notebook, name))


def question(notebook: NotebookNode) -> NotebookNode:
    return next(cell for cell in notebook.cells if cell.id == "question-long-valley")


def imports(notebook: NotebookNode) -> int:
    """The place of the cell with the imports."""
    return next(i for i, cell in enumerate(notebook.cells) if is_setup(cell))


def shown_cell(notebook: NotebookNode) -> NotebookNode:
    """A cell of the course that only shows something."""
    return next(cell for cell in notebook.cells if is_left_out(cell))


def course_text(notebook: NotebookNode) -> NotebookNode:
    """A text of the course, far from the question."""
    texts = [cell for cell in notebook.cells if cell.cell_type == "markdown"]
    return texts[2]


def steps(*edits: Edit) -> Edit:
    def edit(notebook: NotebookNode) -> None:
        for one in edits:
            one(notebook)

    return edit


def put(cell: NotebookNode, name: str = "long_valley", by: int = 1) -> Edit:
    """A new cell beside the cell `name`: `by` is 0 for above it, 1 for below."""

    def edit(notebook: NotebookNode) -> None:
        notebook.cells.insert(place(notebook, name) + by, copy.deepcopy(cell))

    return edit


def at(index: int, cell: NotebookNode) -> Edit:
    def edit(notebook: NotebookNode) -> None:
        where = len(notebook.cells) if index < 0 else index
        notebook.cells.insert(where, copy.deepcopy(cell))

    return edit


def below_imports(text: str) -> Edit:
    return lambda notebook: at(imports(notebook) + 1, new_code_cell(text))(notebook)


def source(name: str, change: str | Callable[[str], str]) -> Edit:
    def edit(notebook: NotebookNode) -> None:
        cell = cell_of(notebook, name)
        cell.source = change if isinstance(change, str) else change(cell.source)

    return edit


def above(line: str, name: str = "mse_loss") -> Edit:
    return source(name, lambda text: f"{line}\n{text}")


def delete(*names: str) -> Edit:
    def edit(notebook: NotebookNode) -> None:
        for name in names:
            notebook.cells.remove(cell_of(notebook, name))

    return edit


def retype(name: str, kind: str) -> Edit:
    """Another type for the cell, as one key press gives it."""

    def edit(notebook: NotebookNode) -> None:
        index = place(notebook, name)
        old = notebook.cells[index]
        make = {
            "markdown": new_markdown_cell,
            "raw": new_raw_cell,
            "code": new_code_cell,
        }
        notebook.cells[index] = make[kind](old.source, id=old.id, metadata=old.metadata)

    return edit


def strip(metadata: bool = True, ids: bool = True, every: int = 1) -> Edit:
    """What an editor loses."""

    def edit(notebook: NotebookNode) -> None:
        for number, cell in enumerate(notebook.cells):
            if number % every == 0:
                if metadata:
                    cell.metadata = nbformat.from_dict({})
                if ids:
                    cell.pop("id", None)

    return edit


def answered(notebook: NotebookNode) -> None:
    cell_of(notebook, "long_valley").source = ANSWER


def emptied(*names: str) -> Edit:
    """The stubs as released, with what was written in them put elsewhere."""

    def edit(notebook: NotebookNode) -> None:
        for name in names:
            cell_of(notebook, name).source = stub(name)

    return edit


def solution(name: str) -> str:
    from autograde.authoring.chapter import find_chapter

    return find_chapter(CHAPTER).solution(name)


NAMES = tuple(
    cell.metadata.nbgrader.grade_id
    for cell in RELEASED.cells
    if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution")
)


def all_in_one(index: int) -> Edit:
    """Every solution in one new cell, the stubs as released."""

    def edit(notebook: NotebookNode) -> None:
        everything = "\n\n\n".join(cell_of(notebook, name).source for name in NAMES)
        emptied(*NAMES)(notebook)
        at(index, new_code_cell(everything))(notebook)

    return edit


def merged(*names: str, checks: bool = False) -> Edit:
    """Cells merged into the first of them, as Shift+M does, its metadata kept."""

    def edit(notebook: NotebookNode) -> None:
        parts = []
        for name in names:
            parts.append(cell_of(notebook, name).source)
            parts += [f'check("{name}")'] if checks else []
        delete(*names[1:])(notebook)
        if checks:
            delete(*(f"check_{name}" for name in names))(notebook)
        cell_of(notebook, names[0]).source = "\n\n".join(parts)

    return edit


def moved(name: str, index: int) -> Edit:
    def edit(notebook: NotebookNode) -> None:
        cell = cell_of(notebook, name)
        notebook.cells.remove(cell)
        where = len(notebook.cells) if index < 0 else index
        notebook.cells.insert(where, cell)

    return edit


def copied(name: str, text: str, by: int, keep_id: bool = True) -> Edit:
    """A copy of a cell beside it, with another text."""

    def edit(notebook: NotebookNode) -> None:
        cell = copy.deepcopy(cell_of(notebook, name))
        cell.source, cell.id = text, "a-copy"
        if not keep_id:
            cell.metadata = nbformat.from_dict({})
        notebook.cells.insert(place(notebook, name) + by, cell)

    return edit


def pasted_twice(first: bool) -> Edit:
    """The whole notebook twice, one of both as it was released."""

    def edit(notebook: NotebookNode) -> None:
        blank = copy.deepcopy(RELEASED.cells)
        cells = blank + notebook.cells if first else notebook.cells + blank
        notebook.cells = cells

    return edit


def with_picture(cell: NotebookNode, picture: dict = PICTURE) -> NotebookNode:
    cell["attachments"] = {"image.png": dict(picture)}
    cell.source = f"{cell.source}\n\n![image.png](attachment:image.png)".strip()
    return cell


def shuffled(notebook: NotebookNode) -> None:
    random.Random(3).shuffle(notebook.cells)


def reversed_cells(notebook: NotebookNode) -> None:
    notebook.cells.reverse()


def other_edition(notebook: NotebookNode) -> None:
    for number, cell in enumerate(notebook.cells):
        info = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "markdown" and not info:
            cell.source = f"# 第 {number} 节\n\n" + "这里是另一种语言的文字。" * 9


def left_raise(name: str) -> Edit:
    """The answer below the stub's `raise`, which nobody took away."""

    def edit(notebook: NotebookNode) -> None:
        body = solution(name).split('"""')[-1].strip("\n")
        cell_of(notebook, name).source = f"{stub(name)}\n{body}"

    return edit


own = new_markdown_cell(ANSWER)
wide = "Above two over the largest curvature the path grows from wall to wall."
there = (ANSWER,)
zero = None

PROSE: dict[str, Odd] = {
    "untouched": Odd(lambda notebook: None, zero),
    "in its cell": Odd(answered, there),
    "in its cell, the stub's line left": Odd(
        source("long_valley", lambda text: f"{text}\n\n{ANSWER}"), there
    ),
    "in Chinese": Odd(source("long_valley", "陡的方向限制学习率。"), ("陡的方向",)),
    "below the question": Odd(put(own, by=0), there, says=("long_valley waits",)),
    "below its cell": Odd(put(own), there, says=("long_valley waits",)),
    "two cells below the question": Odd(
        steps(put(own, by=0), put(new_markdown_cell(wide), by=0)), (ANSWER, wide)
    ),
    "around its cell": Odd(
        steps(put(own, by=0), put(new_markdown_cell(wide))), (ANSWER, wide)
    ),
    "in the question's cell": Odd(
        lambda nb: question(nb).update(source=f"{question(nb).source}\n\n{ANSWER}"),
        there,
    ),
    "on the question's last line": Odd(
        lambda nb: question(nb).update(source=f"{question(nb).source} {ANSWER}"), there
    ),
    "above the question's text": Odd(
        lambda nb: question(nb).update(source=f"{ANSWER}\n\n{question(nb).source}"),
        there,
    ),
    "in the middle of the question": Odd(
        lambda nb: question(nb).update(
            source=question(nb).source.replace("Say what", f"{ANSWER} Say what")
        ),
        there,
    ),
    "over the question": Odd(lambda nb: question(nb).update(source=ANSWER), there),
    "merged with the question": Odd(
        steps(
            lambda nb: question(nb).update(source=f"{question(nb).source}\n\n{ANSWER}"),
            delete("long_valley"),
        ),
        there,
    ),
    "split in two, both with the metadata": Odd(
        steps(answered, copied("long_valley", wide, 1)), (ANSWER, wide)
    ),
    "split in two, the second without": Odd(
        steps(answered, copied("long_valley", wide, 1, keep_id=False)), (ANSWER, wide)
    ),
    "split in three": Odd(
        steps(
            answered,
            copied("long_valley", wide, 1),
            lambda nb: put(new_markdown_cell("And the third part."), by=2)(nb),
        ),
        (ANSWER, wide, "And the third part."),
    ),
    "made anew": Odd(
        steps(put(own), delete("long_valley")),
        there,
        says=("the cell for the answer is missing: long_valley",),
    ),
    "made anew as raw": Odd(
        steps(put(new_raw_cell(ANSWER)), delete("long_valley")), there
    ),
    "made anew at the end": Odd(steps(at(-1, own), delete("long_valley")), there),
    "at the end, its cell untouched": Odd(at(-1, own), there),
    "at the top, its cell untouched": Odd(at(0, own), there),
    "as raw below the question": Odd(put(new_raw_cell(ANSWER), by=0), there),
    "its cell turned into raw": Odd(
        steps(answered, retype("long_valley", "raw")), there
    ),
    "its cell turned into code": Odd(
        steps(answered, retype("long_valley", "code")), there
    ),
    "in a new code cell": Odd(put(new_code_cell(ANSWER)), there),
    "in comments": Odd(put(new_code_cell(f"# {ANSWER}\n# {wide}")), (ANSWER, wide)),
    "in a string": Odd(put(new_code_cell(f'"""{ANSWER}"""')), there),
    "its cell as code with comments": Odd(
        steps(source("long_valley", f"# {ANSWER}"), retype("long_valley", "code")),
        there,
    ),
    "under the next heading": Odd(put(own, by=2), there),
    "in the next text": Odd(
        lambda nb: nb.cells[place(nb, "long_valley") + 1].update(
            source=f"{nb.cells[place(nb, 'long_valley') + 1].source}\n\n{ANSWER}"
        ),
        there,
    ),
    "far off, with the question's name": Odd(
        at(20, new_markdown_cell(f"Answer to: one rate for a long valley\n\n{ANSWER}")),
        there,
    ),
    "a picture alone": Odd(
        lambda nb: with_picture(
            cell_of(nb, "long_valley"),
        ).update(source="![image.png](attachment:image.png)"),
        ("(attachment:image.png)",),
        shown=(PICTURE["image/png"],),
    ),
    "a picture in a new cell": Odd(
        put(with_picture(new_markdown_cell(ANSWER))),
        there,
        shown=(PICTURE["image/png"],),
    ),
    "a picture in the question's cell": Odd(
        lambda nb: with_picture(question(nb)),
        ("(attachment:image.png)",),
        shown=(PICTURE["image/png"],),
    ),
    "two pictures of one name": Odd(
        steps(
            lambda nb: with_picture(cell_of(nb, "long_valley")),
            put(with_picture(new_markdown_cell(ANSWER), OTHER_PICTURE)),
        ),
        there,
        shown=(PICTURE["image/png"], OTHER_PICTURE["image/png"]),
    ),
    "stripped, in its cell": Odd(steps(answered, strip()), there),
    "stripped of ids": Odd(steps(answered, strip(metadata=False)), there),
    "stripped of metadata": Odd(steps(answered, strip(ids=False)), there),
    "stripped, below the question": Odd(steps(put(own, by=0), strip()), there),
    "stripped, in the question's cell": Odd(
        steps(
            lambda nb: question(nb).update(source=f"{question(nb).source}\n\n{ANSWER}"),
            strip(),
        ),
        there,
    ),
    "stripped, as code": Odd(
        steps(answered, retype("long_valley", "code"), strip()), there
    ),
    "stripped, without the question": Odd(
        steps(answered, lambda nb: nb.cells.remove(question(nb)), strip()), there
    ),
    "stripped, untouched": Odd(strip(), zero),
    "its cell moved to the end": Odd(steps(answered, moved("long_valley", -1)), there),
    "its cell moved to the top": Odd(steps(answered, moved("long_valley", 0)), there),
    "pasted twice": Odd(steps(answered, copied("long_valley", ANSWER, 1)), there),
    "a copy of the stub below it": Odd(
        steps(answered, copied("long_valley", "YOUR ANSWER HERE", 1)), there
    ),
    "a copy of the stub above it": Odd(
        steps(answered, copied("long_valley", "YOUR ANSWER HERE", 0)), there
    ),
    "merged with the text below": Odd(
        lambda nb: cell_of(nb, "long_valley").update(
            source=f"{ANSWER}\n\n{nb.cells.pop(place(nb, 'long_valley') + 1).source}"
        ),
        there,
    ),
    "untouched, merged with the text below": Odd(
        lambda nb: cell_of(nb, "long_valley").update(
            source="YOUR ANSWER HERE\n\n"
            + nb.cells.pop(place(nb, "long_valley") + 1).source
        ),
        zero,
    ),
    "with HTML": Odd(source("long_valley", f"<b>{ANSWER}</b>"), there),
    "very long": Odd(source("long_valley", f"{ANSWER}\n\n" + wide * 4000), there),
    "deleted": Odd(
        delete("long_valley"), ("not in the submission",), says=("long_valley waits",)
    ),
    "emptied": Odd(
        source("long_valley", ""), ("was emptied",), says=("long_valley waits",)
    ),
    "code beside it": Odd(
        put(new_code_cell("print(2 / 18)")),
        ("own code stands beside",),
        says=("long_valley waits",),
    ),
    "blanks around the stub": Odd(
        source("long_valley", lambda text: f"\n {text} \n\n"), zero
    ),
    "a note in another section": Odd(
        put(new_markdown_cell("Remember this one."), "forward"),
        zero,
        shown=("Remember this one.",),
    ),
    "a typing error mended in the question": Odd(
        lambda nb: question(nb).update(
            source=question(nb).source.replace("Look at", "Have a look at")
        ),
        zero,
    ),
    "another edition of the text": Odd(other_edition, zero),
    "another edition, answered": Odd(steps(other_edition, answered), there),
    "another edition, in a new cell": Odd(steps(other_edition, put(own)), there),
    "a written text of the course": Odd(
        lambda nb: course_text(nb).update(
            source=f"{course_text(nb).source}\n\nMine: {wide}"
        ),
        zero,
        shown=(wide,),
    ),
    "notes in raw cells": Odd(
        at(10, new_raw_cell("A raw remark.")), zero, shown=("A raw remark.",)
    ),
}

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

stopped = ("mse_loss",)
ERRORS: dict[str, Odd] = {
    "a call of a list": Odd(
        steps(
            put(new_code_cell("list = [1]"), "mse_loss"),
            source("mse_loss", "def mse_loss(y, y_hat):\n    return list(y)"),
        ),
        lost=("mse_loss", "train_epoch"),
        told=(
            "TypeError: 'list' object is not callable",
            "line 2",
            "`list`",
            "another",
        ),
    ),
    "a name of nowhere": Odd(
        source("mse_loss", "def mse_loss(y, y_hat):\n    return nowhere(y)"),
        lost=stopped,
        told=("NameError", "line 2", "No cell of the notebook", "`nowhere`"),
    ),
    "a name of a cell that stopped": Odd(
        steps(
            put(new_code_cell("1 / 0\nscale = 2"), "mse_loss", 0),
            source("mse_loss", "def mse_loss(y, y_hat):\n    return scale * y"),
        ),
        lost=stopped,
        told=("NameError", "The cell that defines `scale` stopped"),
    ),
    "a tensor on a GPU": Odd(
        source(
            "mse_loss",
            "def mse_loss(y, y_hat):\n    return torch.tensor(y).cuda().mean().item()",
        ),
        lost=stopped,
        told=("line 2", "no GPU"),
    ),
    "a module that is not there": Odd(
        source("mse_loss", "def mse_loss(y, y_hat):\n    import tensorflow_x\n"),
        lost=stopped,
        told=("ModuleNotFoundError", "nothing can be installed"),
    ),
    "a file that is not there": Odd(
        source("mse_loss", "def mse_loss(y, y_hat):\n    return open('C:/mine.csv')"),
        lost=stopped,
        told=("FileNotFoundError", "chapter's own files"),
    ),
    "a syntax error": Odd(
        source("mse_loss", "def mse_loss(y, y_hat):\n    return (y - "),
        lost=stopped,
        told=("SyntaxError", "Python could not read the cell"),
    ),
    "shapes that do not fit": Odd(
        source("mse_loss", "def mse_loss(y, y_hat):\n    return y @ y_hat @ y @ y @ y"),
        lost=stopped,
        told=("ValueError", "line 2", "shapes"),
    ),
    "another number of arguments": Odd(
        source("mse_loss", "def mse_loss(y):\n    return 0.0"),
        lost=stopped,
        told=("TypeError", "positional argument", "docstring"),
    ),
    "an error of the student's own": Odd(
        source(
            "mse_loss", "def mse_loss(y, y_hat):\n    raise KeyError('not this one')"
        ),
        lost=stopped,
        told=("KeyError", "not this one", "line 2"),
    ),
    "a magic that keeps nothing": Odd(
        above("%%timeit -n1 -r1"),
        lost=stopped,
        told=("`%%timeit`", "remove that line"),
    ),
    "another name": Odd(
        source("mse_loss", lambda text: text.replace("mse_loss", "mse_los")),
        lost=stopped,
        told=("defines `mse_los` and no `mse_loss`",),
    ),
    "all in comments": Odd(
        source("mse_loss", lambda text: "# " + text.replace("\n", "\n# ")),
        lost=stopped,
        told=("no code that runs",),
    ),
    "numbers of lines pasted with it": Odd(
        source("mse_loss", lambda text: "1 " + text.replace("\n", "\n2 ")),
        lost=stopped,
        told=("SyntaxError", "line 1"),
    ),
    "merged with a cell that has a typographic quote": Odd(
        steps(above("name = “mine”", "forward"), merged("forward", "mse_loss")),
        lost=("forward", "mse_loss"),
        told=("“mine”", "comes from a text or a web page"),
    ),
    "an error in the cell": Odd(
        source("mse_loss", f"ratio = 1 / 0\n{solution('mse_loss')}"),
        lost=stopped,
        told=("ZeroDivisionError: division by zero", "line 1"),
    ),
}

ALL: dict[str, Odd] = {
    f"{part}: {name}": odd
    for part, kinds in {"prose": PROSE, "code": CODE, "error": ERRORS}.items()
    for name, odd in kinds.items()
}

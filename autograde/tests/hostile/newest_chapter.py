"""A chapter with what is newest: inputs that show mistakes, a bonus, two editions."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat

from autograde.authoring.build import assemble, release
from autograde.authoring.chapter import Chapter
from autograde.authoring.make_checks import make_checks
from autograde.course.layout import CHECKS
from autograde.notebooks.editions import LANGUAGE
from autograde.tests.checking import which_input_chapter as inputs

NAME = inputs.NAME
OTHER = "zh_CN"
MORE = '''
# %% [markdown] name="about-curious"
# ### Exercise: `curious`

# %% exercise="curious"
def curious(x):
    """The largest number of x."""
    ### BEGIN SOLUTION
    return x.max()
    ### END SOLUTION

# %% [markdown] name="about-thoughts"
# ### Exercise: thoughts

# %% [markdown] manual="thoughts"
# ### BEGIN SOLUTION
# Inputs help.
# ### END SOLUTION
'''
MORE_EXERCISES = """
from autograde.exercise import Manual

EXERCISES += [
    Exercise("curious", mean_cases, points=0, bonus=True),
    Manual("thoughts", points=2, minutes=1, rubric="Any thought."),
]
"""
POINTS = {"mean": 1.0, "revealing_tables": 5.0, "curious": 0.0}
HONEST = {
    "mean": 'def mean(x):\n    """The mean of x."""\n    return x.mean()',
    "revealing_tables": inputs.cell(
        "[np.array([[1.0, 5.0, 4.0], [3.0, 9.0, 4.0], [8.0, 2.0, 4.0]])]"
    ),
    "curious": "def curious(x):\n    return x.max()",
}


def make_course(root: Path) -> dict[str, dict]:
    """A course of the one chapter; returns its released notebooks, by language."""
    folder = inputs.write_chapter(root).folder
    for file, more in ((f"{NAME}.py", MORE), ("exercises.py", MORE_EXERCISES)):
        with (folder / file).open("a", encoding="utf-8") as text:
            text.write(more)
    chapter = Chapter(folder)
    nbformat.write(assemble(chapter), folder / f"{NAME}.ipynb")
    (folder / CHECKS).write_bytes(make_checks(chapter).to_bytes())
    released = root / "chapters" / NAME
    release(chapter, released)
    english = json.loads((released / f"{NAME}.ipynb").read_text("utf-8"))
    edition = _translated(english)
    (released / OTHER).mkdir()
    text = json.dumps(edition)
    (released / OTHER / f"{NAME}.ipynb").write_text(text, "utf-8")
    return {"en": english, OTHER: edition}


def _translated(notebook: dict) -> dict:
    edition = json.loads(json.dumps(notebook))
    edition["metadata"][LANGUAGE] = OTHER
    for cell in edition["cells"]:
        source = "".join(cell["source"])
        for one, other in (
            ("Exercise", "练习"),
            ("The mean of x", "x 的平均值"),
            ("The largest number of x", "x 中最大的数"),
            ("Return up to 2 tables", "返回至多 2 个表格"),
            ("Inputs", "输入"),
        ):
            source = source.replace(one, other)
        cell["source"] = source
    return edition


def hand_in(root: Path, student: str, notebook: dict) -> Path:
    """Put a notebook where submissions are graded; returns its folder."""
    folder = root / "grading" / "submitted" / student / NAME
    folder.mkdir(parents=True)
    (folder / f"{NAME}.ipynb").write_text(json.dumps(notebook), "utf-8")
    return folder

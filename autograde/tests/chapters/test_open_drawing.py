"""What stays open in a chapter is what it teaches: code that draws is folded."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograde.authoring.build import HIDE_INPUT
from autograde.authoring.chapter import Chapter
from autograde.course.layout import ROOT

FOLDERS = sorted(path.parent for path in (ROOT / "solutions").glob("*/exercises.py"))
DRAWING = ("matplotlib", "autograde.figures", "autograde.widgets")
MOST = 1 / 5  # of a chapter's open code lines draw


def open_code(chapter: Chapter) -> list[str]:
    """The code that a student is given and sees, in order; folded cells left out."""
    return [
        cell.source
        for cell in chapter.cells
        if cell.cell_type == "code"
        and HIDE_INPUT not in cell.metadata.get("tags", [])
        and "exercise" not in cell.metadata
    ]


def code_lines(source: str) -> int:
    """Lines that are neither empty nor a comment alone."""
    lines = map(str.strip, source.splitlines())
    return sum(bool(line) and not line.startswith("#") for line in lines)


def drawing_lines(source: str, drawn_with: set[str]) -> int:
    """How many lines draw. Names that stand for pictures are added to `drawn_with`."""
    lines = source.splitlines()
    return sum(
        code_lines("\n".join(lines[first - 1 : last]))
        for first, last in _drawing(ast.parse(source).body, drawn_with)
    )


def _drawing(body: list[ast.stmt], names: set[str]) -> Iterator[tuple[int, int]]:
    """First and last line of each statement, or head of one, that draws."""
    for node in body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            where = getattr(node, "module", None) or node.names[0].name
            if where.startswith(DRAWING):
                names |= {alias.asname or alias.name for alias in node.names}
                yield node.lineno, node.end_lineno
            continue
        parts = [getattr(node, part, []) for part in ("body", "orelse", "finalbody")]
        inside = [statement for part in parts for statement in part]
        if not inside:
            if _uses(node, names):
                if isinstance(node, ast.Assign):
                    names |= _targets(node.targets)
                yield node.lineno, node.end_lineno
            continue
        head = (node.lineno, max(node.lineno, inside[0].lineno - 1))
        if isinstance(node, ast.With) and any(
            _uses(item.context_expr, names) for item in node.items
        ):
            names |= _targets([i.optional_vars for i in node.items if i.optional_vars])
            yield head
            yield from _drawing(inside, names)
            continue
        found = list(_drawing(inside, names))
        drawn = sum(last - first + 1 for first, last in found)
        whole = sum(one.end_lineno - one.lineno + 1 for one in inside)
        if drawn == whole and not isinstance(node, ast.ClassDef):
            yield head
        yield from found


def _uses(node: ast.AST, names: set[str]) -> bool:
    found = (one.id for one in ast.walk(node) if isinstance(one, ast.Name))
    return not names.isdisjoint(found)


def _targets(nodes: list[ast.expr]) -> set[str]:
    walked = (one for node in nodes for one in ast.walk(node))
    return {one.id for one in walked if isinstance(one, ast.Name)}


def share_that_draws(chapter: Chapter) -> float:
    names: set[str] = set()
    cells = open_code(chapter)
    drawn = sum(drawing_lines(source, names) for source in cells)
    return drawn / max(1, sum(map(code_lines, cells)))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_at_most_a_fifth_of_the_open_code_draws(folder):
    assert share_that_draws(Chapter(folder)) <= MOST


@pytest.mark.parametrize(
    ("source", "drawn"),
    [
        ("import numpy as np\nx = np.ones(3)\n", 0),
        ("from matplotlib import pyplot as plt\nplt.plot(\n    [1],\n)\n", 4),
        ("import matplotlib.pyplot as plt\nf, ax = plt.subplots()\nax.plot([1])", 3),
        ("from autograde.figures import show\nx = 1\nshow(x)\ny = 2\n", 2),
        ("from autograde.widgets import play\n\n# a race\nplay(\n    1,\n)\n", 4),
        (
            "from matplotlib import pyplot as plt\nfor x in 1, 2:\n"
            "    plt.plot(x)\nfor x in 1, 2:\n    y = x\n    plt.plot(x)\n",
            4,
        ),
        (
            "from autograde.figures import live_curve\nwith live_curve('x') as curve:\n"
            "    for epoch in range(3):\n        loss = 1\n        curve.add(a=loss)\n",
            3,
        ),
    ],
)
def test_lines_that_draw_are_counted(source, drawn):
    assert drawing_lines(source, set()) == drawn


def chapter_that_draws(folder: Path, tags: str) -> Chapter:
    name = "01_drawing"
    source = (
        "# %%\nfrom matplotlib import pyplot as plt\nx = 1\ny = 2\nz = 3\nx + y\nz\n\n"
        f"# %% {tags}\n# Draws.\nplt.plot([1])\nplt.title('A')\n"
    )
    (folder / name).mkdir()
    (folder / name / f"{name}.py").write_text(source, "utf-8")
    (folder / name / "exercises.py").write_text("EXERCISES = []\n", "utf-8")
    return Chapter(folder / name)


def test_a_chapter_with_open_drawing_is_told_and_a_folded_cell_is_not_counted(tmp_path):
    (tmp_path / "open").mkdir()
    (tmp_path / "folded").mkdir()
    drawn = share_that_draws(chapter_that_draws(tmp_path / "open", ""))
    assert drawn == 3 / 8 > MOST
    folded = share_that_draws(
        chapter_that_draws(tmp_path / "folded", 'tags=["hide-input"]')
    )
    assert folded == 1 / 6 <= MOST

"""Texts of a cell are found, swapped, and nothing else of it changes."""

from __future__ import annotations

import ast
from itertools import pairwise

import pytest

from autograde.authoring.chapter import chapters
from autograde.translating.cells import (
    pieces,
    replaced,
    skeleton,
    without_soft_breaks,
)

SOURCE = '''
# What the cell draws.
# A second line.
def area(r, unit="cm"):
    """The area of a circle.

    r: () float, its radius. returns: () float
    """
    ### BEGIN SOLUTION
    return 3.14 * r**2  # about pi
    ### END SOLUTION


show(area(2), alt="A circle " "of radius two.", title="not marked")
show(area(r), alt=f"A circle of radius {r:.2f}, {d['x']}.")
# YOUR CODE HERE
x = 1  # noqa: E501
'''
KINDS = ["comment", "docstring of area", "comment", "alt text", "alt text"]


def test_the_texts_are_found():
    found = pieces(SOURCE)
    assert [piece.kind for piece in found] == KINDS
    assert found[0].text == "What the cell draws.\nA second line."
    assert found[1].text == (
        "The area of a circle.\n\nr: () float, its radius. returns: () float"
    )
    assert found[3].text == "A circle of radius two."
    assert found[4].text == "A circle of radius {r:.2f}, {d['x']}."


def test_texts_are_swapped_and_the_code_stays():
    texts = [
        "画图。",
        "圆的面积。\n\nr：半径",
        "约为 π",
        "半径为二的圆。" * 9,
        "圆 {r:.2f}",
    ]
    made = replaced(SOURCE, dict(enumerate(texts)))
    assert [piece.text for piece in pieces(made)] == texts
    assert skeleton(made) == skeleton(SOURCE)
    assert "return 3.14 * r**2  # 约为 π" in made
    assert 'title="not marked"' in made and "# YOUR CODE HERE" in made
    assert "    圆的面积" not in made and "\n    r：半径\n    " in made


@pytest.mark.parametrize(
    "change",
    [("3.14", "3.15"), ("not marked", "marked"), ("r**2", "r**3"), ("cm", "m")],
)
def test_a_changed_line_of_code_is_seen(change):
    assert skeleton(SOURCE.replace(*change)) != skeleton(SOURCE)


def test_broken_code_has_no_texts():
    assert pieces("def f(:\n    # a comment") == []


@pytest.mark.parametrize("chapter", chapters(), ids=lambda chapter: chapter.name)
def test_swapping_texts_by_themselves_changes_no_code(chapter):
    cells = [cell.source for cell in chapter.cells if cell.cell_type == "code"]
    assert cells
    for source in cells:
        texts = [piece.text for piece in pieces(source)]
        same = replaced(source, dict(enumerate(texts)))
        assert ast.dump(ast.parse(same)) == ast.dump(ast.parse(source))
        other = replaced(source, {n: f"译 {text}" for n, text in enumerate(texts)})
        assert skeleton(other) == skeleton(source)
        assert [piece.text for piece in pieces(other)] == [f"译 {t}" for t in texts]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("第一行，\n第二行。", "第一行，第二行。"),
        ("第一行，\n  第二行。", "第一行，第二行。"),
        ("**粗体**\n接着写。", "**粗体**接着写。"),
        ("用 Adam\n训练", "用 Adam\n训练"),
        ("一段。\n\n另一段。", "一段。\n\n另一段。"),
        ("# 标题\n正文", "# 标题\n正文"),
        ("| 甲 |\n| 乙 |", "| 甲 |\n| 乙 |"),
        ("- 甲\n- 乙", "- 甲\n- 乙"),
        ("```python\n# 甲\n乙 = 1\n```\n尾。", "```python\n# 甲\n乙 = 1\n```\n尾。"),
        ("硬换行。  \n下一行", "硬换行。  \n下一行"),
    ],
)
def test_no_line_ends_between_chinese_letters(text, wanted):
    assert without_soft_breaks(text) == wanted


def test_a_long_text_is_cut_between_words_alone():
    source = 'show(fig, alt="x")'
    text = (
        "这是一段很长的说明文字，" * 3 + "LayerNorm gradient_descent 1,234.5 % 完" * 3
    )
    made = replaced(source, {0: text})
    assert ast.literal_eval(ast.parse(made).body[0].value.keywords[0].value) == text
    lines = [line.strip().removesuffix(")")[1:-1] for line in made.splitlines()[1:]]
    assert len(lines) > 2
    for line, following in pairwise(lines):
        cut = line[-1] + following[0]
        assert not (cut.isascii() and cut.isalnum()), (line, following)


def test_what_is_returned_beside_a_figure_is_read_out():
    source = 'def draw(n):\n    return fig, f"{n} dots, and nothing else."\n'
    (piece,) = pieces(source)
    assert (piece.kind, piece.text) == ("alt text", "{n} dots, and nothing else.")
    long = "点，" * 30 + "共 {n} 个。"
    made = replaced(source, {0: long})
    space = {"fig": None}
    exec(made, space)
    assert space["draw"](3) == (None, "点，" * 30 + "共 3 个。")
    assert "\n" in made.split("return")[1].strip()

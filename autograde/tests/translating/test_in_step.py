"""README and guides in another language keep step with the English ones."""

from __future__ import annotations

import pytest

from autograde.course.layout import ROOT
from autograde.language import languages
from autograde.translating.in_step import page_differences, page_findings, pairs

PAGE = """\
# Title

It takes 12 minutes.

    make lab     # opens it

![A picture](a.png)

| a | b |
|---|---|
| `x` | [y](https://a.b) |
"""


@pytest.mark.parametrize("language", languages()[1:])
def test_the_pages_are_in_step(language):
    assert list(page_findings(ROOT, language)) == []
    assert len(list(pairs(ROOT, language))) >= 4


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("Title", "标题", ""),
        ("opens it", "打开它", ""),
        ("a.png", "zh/a.png", ""),
        ("12", "13", "numbers differ"),
        ("make lab", "make labs", "commands differ: make lab"),
        ("# Title", "## Title", "headings differ"),
        ("`x`", "`z`", "code differ"),
        ("https://a.b", "https://a.c", "links differ"),
        ("![A picture](a.png)\n", "", "the numbers of pictures differ"),
        ("| `x` | [y](https://a.b) |\n", "`x` https://a.b", "the numbers of rows"),
    ],
)
def test_what_is_compared(old, new, said):
    found = " ".join(page_differences(PAGE, PAGE.replace(old, new)))
    assert said in found if said else not found


def test_a_missing_page_is_told(tmp_path):
    (tmp_path / "README.md").write_text(PAGE)
    (tmp_path / "docs" / "zh_CN").mkdir(parents=True)
    (tmp_path / "docs" / "zh_CN" / "old.md").write_text(PAGE)
    found = list(page_findings(tmp_path, "zh_CN"))
    assert found == [
        "README.zh_CN.md is missing",
        "docs/zh_CN/old.md: there is no such page in English",
    ]

"""The glossary page, from ``solutions/glossary.toml``."""

from __future__ import annotations

import tomllib
from pathlib import Path

from autograde.language import ENGLISH, translate

INTRODUCTION = """\
# Glossary · 术语表

The terms of the course in English and Chinese, each in one sentence. The number is
the chapter that explains it first.
"""


def glossary_page(path: Path, language: str = ENGLISH) -> str:
    """The glossary as a Markdown page, in alphabetical order of the English terms.

    A term that the chapters explain can be linked to with the role `term`.
    """
    terms = tomllib.loads(path.read_text("utf-8"))["term"]
    first_chinese = language != ENGLISH
    lines = [translate(INTRODUCTION), ":::{glossary}"]
    for term in sorted(terms, key=lambda term: term["en"].casefold()):
        chinese = term["zh"].replace("|", "、")
        if first_chinese:
            lines.append(term["zh"].split("|")[0])
        lines.append(term["en"])
        if first_chinese:
            lines.append(f"  {chinese}（{term['chapter']}）。{term['says_zh']}")
            lines.append(f"  {term['says']}")
        else:
            lines.append(f"  {chinese} ({term['chapter']}). {term['says']}")
            lines.append(f"  {term['says_zh']}")
        lines.append("")
    return "\n".join([*lines, ":::", ""])

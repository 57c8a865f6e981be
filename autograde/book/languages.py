"""Chinese words in a page say so, for voices and for the choice of glyphs."""

from __future__ import annotations

import re
from typing import Any

from bs4 import BeautifulSoup, NavigableString

# Han characters, with the punctuation that stands between them.
CHINESE = re.compile(
    r"[\u3400-\u9fff\uf900-\ufaff]"
    r"(?:[\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\s·—…“”]*"
    r"[\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef])?"
)
UNMARKED = {"script", "style", "title", "textarea", "option", "annotation"}


def mark_chinese(page: BeautifulSoup) -> int:
    """Put every run of Chinese characters into a ``span lang="zh"``; return how many.

    A run that stands in an element of that language already is left alone.
    """
    count = 0
    for text in page.find_all(string=CHINESE):
        if type(text) is not NavigableString:
            continue
        if any(
            parent.name in UNMARKED or _is_chinese(parent) for parent in text.parents
        ):
            continue
        pieces: list[Any] = []
        end = 0
        for found in CHINESE.finditer(text):
            span = page.new_tag("span", lang="zh")
            span.string = found[0]
            pieces += [NavigableString(text[end : found.start()]), span]
            end = found.end()
            count += 1
        text.replace_with(*pieces, NavigableString(text[end:]))
    return count


def _is_chinese(element) -> bool:
    return str(element.get("lang", "")).startswith("zh")

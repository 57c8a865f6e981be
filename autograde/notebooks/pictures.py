"""Pictures that stand in a text as data, as Colab and other editors paste them.

They become attachments, as JupyterLab has them: they are shown, and count as pictures
and not as a million characters of text.
"""

from __future__ import annotations

import re
from collections.abc import Container

from autograde.notebooks.sanitize import clean_base64

MOST = 50  # of one cell
_DATA = r"data:(image/(?:png|jpe?g|gif|webp));base64,([A-Za-z0-9+/=]++)"
_TITLE = r"(?:\s*+(?:\"[^\"\n]{0,300}+\"|'[^'\n]{0,300}+'))?+\s*+"
_PASTED = re.compile(
    rf"!\[(?P<alt>[^\[\]\n]{{0,300}}+)\]\(\s*+<?+{_DATA}>?+{_TITLE}\)"
    rf"|<img\b(?:[^<>]{{0,500}}?[\s\"'])?src\s*+=\s*+[\"']?+{_DATA}[^<>]{{0,500}}+>"
    rf"|^\ {{0,3}}\[(?P<label>[^\[\]\n]{{1,300}}+)\]:\ *+<?+{_DATA}>?+",
    re.IGNORECASE | re.MULTILINE,
)


def pictures_out_of(
    source: str, taken: Container[str] = ()
) -> tuple[str, dict[str, dict[str, str]]]:
    """`source` with its pictures by name, and the pictures as attachments.

    In Markdown, in ``<img>``, and where ``[label]: data:...`` defines one. No name is
    one of `taken`.
    """
    found: dict[str, dict[str, str]] = {}
    if "base64," not in source:
        return source, found

    def attached(match: re.Match[str]) -> str:
        groups = [part for part in match.groups() if part is not None]
        kind, data = groups[-2].lower().replace("jpg", "jpeg"), clean_base64(groups[-1])
        if not data or len(found) >= MOST:
            return match[0]
        number = len(found) + 1
        name = f"pasted-{number}.{kind.partition('/')[2]}"
        while name in taken:
            name = f"pasted-{name}"
        found[name] = {kind: data}
        return f"![{match['alt'] or match['label'] or ''}](attachment:{name})"

    return _PASTED.sub(attached, source), found

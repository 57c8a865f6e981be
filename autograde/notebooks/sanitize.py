"""A student's text and pictures, made harmless for whoever looks at them.

Nothing is taken away that a reader could miss: what a browser would act on is shown as
text, and what it would load from elsewhere is a link instead.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Container, Mapping
from functools import lru_cache

import nh3

#: the pictures that may stand in a page, none of which can hold a script
PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")

# A character of no width breaks what a browser would act on, and shows nothing.
_BREAK = "\u200b"
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_ENTITY = re.compile(r"&(?=#|[A-Za-z]\w*;)")
_SCRIPT = r"\s*".join("javascript") + "|" + r"\s*".join("vbscript")
_SCRIPT_LINK = re.compile(rf"({_SCRIPT}|data)(?=\s*:\s*\S)", re.IGNORECASE)
_FORMULA = re.compile(
    r"\\(?=(?:href|url|require|csname|style|cssId|class|includegraphics)(?![A-Za-z]))"
)
_PICTURE = re.compile(r"!(?=\[)")
_ATTACHED = re.compile(r"!\[[^\[\]\n]{0,300}\]\(attachment:([^\s()<>]{1,200})\)")
# each run of fences is gone through once, from its start
_DIAGRAM = re.compile(r"((?<!`)`{3,}+|(?<!~)~{3,}+)(\s*+)(?=mermaid)")
_AWAY = re.compile(r"#|https?://|mailto:", re.IGNORECASE)
_INLINE_PICTURE = re.compile(
    r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*"
)


def harmless_prose(source: str, attachments: Container[str] = ()) -> str:
    """A student's Markdown with its HTML shown as text instead of interpreted.

    A picture is shown where it is one of the cell's `attachments`, and never loaded
    from elsewhere.
    """
    source = _TAG.sub("<" + _BREAK, source)
    source = _ENTITY.sub("&" + _BREAK, source)
    source = _SCRIPT_LINK.sub(rf"\1{_BREAK}", source)
    source = _DIAGRAM.sub(rf"\1\2{_BREAK}", source)
    source = _without_remote_pictures(source, attachments)
    return harmless_formulas(source)


def harmless_formulas(source: str) -> str:
    """Text in which no formula can make MathJax build a link or load a thing."""
    return _FORMULA.sub(r"\\" + _BREAK, source)


def _without_remote_pictures(source: str, attachments: Container[str]) -> str:
    kept, end = [], 0
    for found in _ATTACHED.finditer(source):
        if found[1] in attachments:
            kept += [_PICTURE.sub("!" + _BREAK, source[end : found.start()]), found[0]]
            end = found.end()
    return "".join([*kept, _PICTURE.sub("!" + _BREAK, source[end:])])


def harmless_attachments(attachments: Mapping) -> dict[str, dict[str, str]]:
    """The pictures among a cell's attachments, by name; nothing else is kept."""
    kept: dict[str, dict[str, str]] = {}
    for name, forms in attachments.items():
        if not isinstance(name, str) or not isinstance(forms, Mapping):
            continue
        for kind, data in forms.items():
            if isinstance(data, list):  # text may be cut into lines
                data = "".join(part for part in data if isinstance(part, str))
            if kind in PICTURES and isinstance(data, str):
                clean = clean_base64(data)
                if clean:
                    kept.setdefault(name[:200], {})[kind] = clean
    return kept


def clean_base64(data: str) -> str:
    """`data` as plain base64 in one line; empty where it is none."""
    try:
        return base64.b64encode(
            base64.b64decode("".join(data.split()), validate=True)
        ).decode()
    except (ValueError, binascii.Error):
        return ""


def harmless_html(page: str) -> str:
    """HTML without scripts, forms and styles, in which no picture comes from afar."""
    return harmless_formulas(_cleaner().clean(page))


def may_lead(name: str, link: str) -> bool:
    """Whether the attribute `name` may hold `link`.

    A link leads away or to a place in the page, never into the server of its reader.
    """
    if name == "cite":
        return False
    return name != "href" or _AWAY.match(link.strip()) is not None


@lru_cache(maxsize=1)
def _cleaner() -> nh3.Cleaner:
    def kept(tag: str, name: str, value: str) -> str | None:
        if name in ("src", "srcset", "background", "poster"):
            return value if _INLINE_PICTURE.fullmatch(value) else None
        return value if may_lead(name, value) else None

    schemes = {"http", "https", "mailto", "data"}
    return nh3.Cleaner(attribute_filter=kept, url_schemes=schemes)

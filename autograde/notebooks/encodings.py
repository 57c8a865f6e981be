"""A submitted file as UTF-8, whatever encoding a system or an editor has given it."""

from __future__ import annotations

import codecs
import json
import re

PIECE = 2**20
# Two bytes of GB 2312, in which nearly all Chinese text of its encodings is written.
_CHINESE = re.compile(rb"(?:[\xa1-\xf7][\xa1-\xfe])++")
_NOT_ASCII = re.compile(rb"[\x80-\xff]++")


def as_utf8(content: bytes) -> tuple[bytes, str]:
    """`content` in UTF-8, and a sentence where its letters had to be guessed.

    UTF-16 and UTF-32 are told by their first bytes. What is neither of them nor UTF-8
    was saved by a Chinese or a Western Windows ("ANSI"), or is damaged. A file that
    does not begin as JSON is left as it is.
    """
    if b"\0" in content[:4]:
        try:
            return content.decode(json.detect_encoding(content)).encode(), ""
        except (UnicodeDecodeError, ValueError):
            return content, ""
    begun = content[:200].lstrip()[:1] in (b"{", b"[")
    if not begun or content.isascii() or _is_utf8(content):
        return content, ""
    text = content.decode("utf-8", "replace")
    damaged = text.count("\ufffd")
    if 2 * damaged < sum(1 for letter in text if letter > "\x7f"):
        return (
            text.encode(),
            f"the file has damaged letters ({damaged}), shown as \ufffd",
        )
    letters = sum(map(len, _NOT_ASCII.findall(content)))
    if 5 * sum(map(len, _CHINESE.findall(content))) > 4 * letters:
        return (
            content.decode("gb18030", "replace").encode(),
            "the file is not in UTF-8 and was read as GB 18030; look at its letters",
        )
    return (
        content.decode("cp1252", "replace").encode(),
        "the file is not in UTF-8 and was read as Windows-1252; look at its letters",
    )


def _is_utf8(content: bytes) -> bool:
    """Whether it is UTF-8 up to its end, which may be cut off in a letter."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogatepass")
    try:
        for start in range(0, len(content), PIECE):
            decoder.decode(content[start : start + PIECE])
    except UnicodeDecodeError:
        return False
    return True

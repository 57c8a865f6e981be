"""What is asked of a student's process: a line of JSON, and bytes behind it.

Questions come from the trusted side, and are read where nothing is trusted; answers go
the other way and are read with care (:mod:`autograde.checking.serialize`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def pack_request(request: dict[str, Any], parts: Mapping[str, bytes]) -> bytes:
    """A question as one frame: `request` in JSON, then the bytes of `parts`."""
    sizes = {name: len(content) for name, content in parts.items()}
    line = json.dumps(request | {"parts": sizes}).encode()
    return b"".join([line, b"\n", *parts.values()])


def unpack_request(frame: bytes) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The question in `frame`, and its parts by name."""
    line, _, rest = frame.partition(b"\n")
    request = json.loads(line)
    parts, begin = {}, 0
    for name, size in request.pop("parts").items():
        parts[name] = rest[begin : begin + size]
        begin += size
    return request, parts

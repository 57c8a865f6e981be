"""Whether a chapter that was built anew is the one that lies there already.

Another machine draws other pictures of the same numbers, and rounds otherwise. Neither
is a change: so a build leaves files alone that only such a thing sets apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import nbformat
import numpy as np

from autograde.checking import serialize
from autograde.checking.checks import Checks
from autograde.notebooks.stills import WIDGET


def same_notebook(one: nbformat.NotebookNode, other: nbformat.NotebookNode) -> bool:
    """Whether two executed notebooks agree in sources and in everything but pictures.

    Another machine draws another PNG of the same numbers, so pictures do not count;
    nor do the names of widgets, which are new in every kernel.
    """
    return _without_pictures(one) == _without_pictures(other)


def _without_pictures(notebook: nbformat.NotebookNode) -> list:
    cells = []
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        outputs = []
        for output in cell.get("outputs", []):
            if "nbval-skip" in tags or "nbval-ignore-output" in tags:
                continue
            data = output.get("data", {})
            data = {k: v for k, v in data.items() if k not in ("image/png", WIDGET)}
            outputs.append((output.output_type, output.get("text"), data))
        cells.append((cell.id, cell.source, dict(cell.metadata), outputs))
    return cells


def same_checks(one: bytes, other: bytes) -> bool:
    """Whether two check files agree up to rounding errors of another machine."""
    if one == other:
        return True
    try:
        first, second = Checks.from_bytes(one), Checks.from_bytes(other)
    except Exception:
        return False
    return _nearly(first, second)


def _nearly(one: Any, other: Any) -> bool:
    """Equal but for what another processor rounds otherwise.

    Training carries a rounding error of float64 up to some 1e-6, and a float32 that is
    zero on paper is noise of some 1e-7 on every machine. A changed source moves more.
    """
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        if one.shape != other.shape or one.dtype != other.dtype:
            return False
        if one.dtype.kind != "f":
            return bool((one == other).all())
        tight, noise = (1e-4, 1e-6) if one.dtype == np.float32 else (1e-5, 1e-12)
        scale = float(np.abs(one[np.isfinite(one)]).max(initial=0.0))
        allowed = max(noise, tight * scale)
        return np.allclose(one, other, rtol=tight, atol=allowed, equal_nan=True)
    if type(one) is not type(other):
        return False
    if isinstance(one, float):
        return np.isclose(one, other, rtol=1e-5, atol=1e-9, equal_nan=True)
    if isinstance(one, bytes) and one != other:
        try:
            return _nearly(serialize.unpack(one), serialize.unpack(other))
        except serialize.WireError:
            return False
    if isinstance(one, Mapping):
        return list(one) == list(other) and all(_nearly(one[k], other[k]) for k in one)
    if isinstance(one, list | tuple):
        pairs = zip(one, other, strict=False)
        return len(one) == len(other) and all(_nearly(a, b) for a, b in pairs)
    if hasattr(one, "__dict__"):
        return _nearly(one.__dict__, other.__dict__)
    return one == other

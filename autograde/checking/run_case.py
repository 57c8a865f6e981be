"""Run one case on what a student wrote, and bring the result home as plain data.

The same function runs the reference on the trusted side, a check in the student's
notebook, and a hidden case inside the sandbox.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import linecache
import os
import random
import re
import sys
import traceback
import types
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograde.checking import serialize
from autograde.checking.defaults import as_they_were, changed_dtype
from autograde.checking.parsing import parse


@dataclass
class Result:
    """What one case gave: a value or an exception, and the inputs that it changed."""

    value: Any = None
    raised: str | None = None
    bases: list[str] = field(default_factory=list)
    text: str = ""
    where: str = ""
    changed: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        return dict(self.__dict__)

    @classmethod
    def from_dict(cls, data: Any) -> Result:
        """Read a result that came over the wire; raise WireError where it is none."""
        if not isinstance(data, dict) or set(data) != set(cls.__dataclass_fields__):
            raise serialize.WireError("not a result")
        result = cls(**data)
        if not isinstance(result.bases, list) or not isinstance(result.changed, list):
            raise serialize.WireError("not a result")
        texts = (result.text, result.where, *result.bases, *result.changed)
        if not all(isinstance(text, str) for text in texts):
            raise serialize.WireError("not a result")
        if not isinstance(result.raised, str | None):
            raise serialize.WireError("not a result")
        result.raised = result.raised and result.raised[:100]
        result.text, result.where = result.text[:500], result.where[:500]
        result.bases = [name[:100] for name in result.bases[:50]]
        result.changed = [name[:100] for name in result.changed[:50]]
        return result


Probe = Callable[..., Any]
PROBES = "probes.py"
IN_PROBE = "the check"  # as the place of an error: no line of the student's raised it


def load_probes(source: str) -> dict[str, Probe]:
    """Return the functions that the text of a chapter's ``probes.py`` defines."""
    code, raises = compiled_probes(source)
    namespace: dict[str, Any] = {"__name__": "probes", "each": each}
    namespace["__raises__"] = raises
    exec(code, namespace)
    return namespace


@functools.lru_cache(maxsize=16)
def compiled_probes(source: str) -> tuple[types.CodeType, frozenset[int]]:
    """The code of a ``probes.py``, and the lines of its ``raise`` statements."""
    tree = parse(source)
    raises = frozenset(
        line
        for node in ast.walk(tree)
        if isinstance(node, ast.Raise)
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    )
    return compile(tree, PROBES, "exec"), raises


def each(target: Any, calls: list[Any]) -> list[Any]:
    """Call `target` once for every tuple of arguments in `calls`."""
    return [target(*arguments) for arguments in calls]


def run_case(
    target: Any, probe: Probe | None, packed: bytes, seed: int, unchanged: bool = False
) -> Result:
    """Run `target` on the inputs in `packed` and return a plain :class:`Result`.

    `packed` holds ``[inputs, keywords]``. The global random states of Python, NumPy
    and torch are set from `seed` first, and what a student has changed of libraries
    does not count (see :mod:`~autograde.checking.defaults`); `unchanged` says that it
    was looked for since the student's code last ran, and that there is nothing.
    KeyboardInterrupt passes through.
    """
    with contextlib.nullcontext() if unchanged else as_they_were():
        result = _run(target, probe, packed, seed)
    if result.raised and changed_dtype():
        # what was made with another default dtype may go with no other
        again = _run(target, probe, packed, seed)
        result = result if again.raised else again
    return result


def _run(target: Any, probe: Probe | None, packed: bytes, seed: int) -> Result:
    (inputs, keywords), sent = serialize.unpack_twice(packed)
    _seed_everything(seed)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # cases go to extremes on purpose
            if probe is None:
                value = target(*inputs, **keywords)
            else:
                value = probe(target, *inputs, **keywords)
            value = serialize.copied(value)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        return _raised(error)
    return Result(value=value, changed=_changed(sent, inputs, keywords))


def _raised(error: BaseException) -> Result:
    result = Result(
        raised=type(error).__name__,
        bases=[base.__name__ for base in type(error).__mro__],
        text=_or_nothing(lambda: str(error)[:500]),
        where=_or_nothing(lambda: _where(error)),
    )
    if not result.where and _is_of_probe(error):
        result.where, result.text = IN_PROBE, said_by_probe(error)[:500]
    return result


def _or_nothing(ask: Callable[[], str]) -> str:
    """What `ask` gives; "" where that fails, as objects may that are asked for a text.

    An error may have no message, and a layer of torch that is not made yet no shape.
    """
    try:
        return ask()
    except KeyboardInterrupt:
        raise
    except BaseException:
        return ""


def lacked_memory(result: Result) -> bool:
    """Whether memory ran out: NumPy and torch have words of their own for it."""
    if result.raised == "RuntimeError":
        return "not enough memory: you tried to allocate" in result.text
    return "MemoryError" in (result.raised, *result.bases)


def _where(error: BaseException) -> str:
    """The last line of student code in the traceback, as ``line 3: return x @ W``.

    Arrays that meet on it are told with their shapes.
    """
    frames = list(traceback.walk_tb(error.__traceback__))
    for frame, number in reversed(frames):
        name = frame.f_code.co_filename
        if "ipykernel" in name or name.startswith("<ipython-input"):
            line = linecache.getline(name, number).strip()
            shapes = _or_nothing(functools.partial(_shapes, line, frame))
            return f"line {number}: {line}{shapes}"[:500]
    return ""


def _shapes(line: str, frame: types.FrameType) -> str:
    """The shapes of the arrays that have a name in `line`; "" for fewer than two."""
    found = []
    for name in dict.fromkeys(re.findall(r"\b[A-Za-z_]\w*\b", line)):
        shape = getattr(frame.f_locals.get(name), "shape", None)
        if isinstance(shape, tuple):
            found.append(f"{name} {tuple(shape)}")
    return f"   (shapes: {', '.join(found)})" if len(found) > 1 else ""


def _is_of_probe(error: BaseException) -> bool:
    """Whether the check's own code failed on what the student's code gave.

    A call that does not fit the student's function fails in the check's line, too, and
    is the function's error.
    """
    frames = [frame.f_code for frame, _ in traceback.walk_tb(error.__traceback__)]
    files = [code.co_filename for code in frames]
    while files and f"{os.sep}numpy{os.sep}" in files[-1]:
        files.pop()
    if not files or files[-1] != PROBES:
        return False
    call = isinstance(error, TypeError) and re.search(
        r"\(\) (takes|missing|got)|not callable", str(error)
    )
    return not call and not any(map(_is_cell, files))


def _is_cell(file: str) -> bool:
    """Whether a code object comes from a cell; the reference's are ``<01_...>``."""
    return "ipykernel" in file or re.match(r"<(ipython-input|\d\d_)", file) is not None


def said_by_probe(error: BaseException) -> str:
    """What a probe or view raised on purpose; "" for an error that just happened."""
    frames = list(traceback.walk_tb(error.__traceback__))
    if not frames or frames[-1][0].f_code.co_filename != PROBES:
        return ""
    frame, line = frames[-1]
    return str(error) if line in frame.f_globals.get("__raises__", ()) else ""


def _seed_everything(seed: int) -> None:
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch = sys.modules.get("torch")
    if torch is not None:
        # Cases run on the CPU. `torch.manual_seed` seeds every kind of device, and
        # formats three stack traces on the way, which takes longer than most cases.
        torch.default_generator.manual_seed(seed)


def _changed(sent: Any, inputs: list, keywords: dict) -> list[str]:
    """Name the inputs that no longer equal what was `sent`."""
    before_inputs, before_keywords = sent
    changed = [
        f"argument {index + 1}"
        for index, (before, now) in enumerate(zip(before_inputs, inputs, strict=True))
        if _differs(before, now)
    ]
    changed += [
        name
        for name, before in before_keywords.items()
        if _differs(before, keywords[name])
    ]
    return changed


_PLAIN = {type(None), bool, int, float, str}  # types that are quickly compared


def _differs(before: Any, now: Any) -> bool:
    if isinstance(before, serialize.Rng | serialize.TorchRng):
        return False
    if isinstance(before, list | tuple):
        if _PLAIN.issuperset(map(type, before)) and before == now:
            return False
        return len(before) != len(now) or any(
            _differs(a, b) for a, b in zip(before, now, strict=True)
        )
    if isinstance(before, dict):
        return list(before) != list(now) or any(
            _differs(before[key], now[key]) for key in before
        )
    if isinstance(before, np.ndarray | serialize.TensorData):
        old = before.array if isinstance(before, serialize.TensorData) else before
        new = now.detach().numpy() if isinstance(before, serialize.TensorData) else now
        if old.dtype != new.dtype or old.shape != new.shape:
            return True
        if old.tobytes() == new.tobytes():
            return False
        equal_nan = old.dtype.kind == "f"
        return not np.array_equal(old, new, equal_nan=equal_nan)
    return bool(before != now) and before == before  # NaN differs from itself

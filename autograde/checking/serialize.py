"""Values as bytes: how cases and results travel between judge and student.

The format is a safetensors file: arrays are its tensors, everything else is one JSON
tree in its header. Nothing in it can run code, so bytes from a student's process are
safe to read. What has no place in the format (a set, an object of a student's class)
arrives as :class:`Unsupported`, which only remembers the name of its type.
"""

from __future__ import annotations

import collections
import contextlib
import json
import operator
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import safetensors.numpy

MAX_DEPTH = 40
MAX_ITEMS = 200_000
MAX_HEADER = 4 * 2**20  # bytes of everything that is not an array
MAX_MARKS = 250_000  # commas and brackets in it: each may cost 100 bytes of memory
MARKS_OF_ARRAY = 12  # what the header says of one, nearly
MAX_KEYS = 5_000  # of one dict: keys may be made to collide
MAX_ALL_KEYS = 20_000
MAX_ALIKE = 20  # keys of one dict that share a hash: each is compared with all others
KINDS = "biuf"  # of the numbers in an array: truth values, whole, not whole

_SEQUENCES: tuple[type, ...] = (
    range,
    collections.deque,
    type({}.keys()),
    type({}.values()),
    type({}.items()),
)


class WireError(ValueError):
    """The bytes are not a value in this format."""


@dataclass(frozen=True)
class Rng:
    """An input that becomes ``np.random.default_rng(seed)`` where the case runs."""

    seed: int


@dataclass(frozen=True)
class TorchRng:
    """An input that becomes a ``torch.Generator`` seeded with `seed`."""

    seed: int


@dataclass(frozen=True, eq=False)
class TensorData:
    """A torch tensor as its numbers, for a process that need not import torch."""

    array: np.ndarray


@dataclass(frozen=True)
class Unsupported:
    """A value of a type that cannot travel; `type_name` is all that is left of it."""

    type_name: str


def pack(value: Any) -> bytes:
    """Return `value` as bytes.

    Supported are None, bool, int, float, str, list, tuple, dict, NumPy arrays and
    scalars, torch tensors, :class:`Rng` and :class:`TorchRng`; ranges, deques and views
    become lists. Anything else becomes :class:`Unsupported`, also a generator: it can
    be gone through once only, so that the cells after it would find it empty.
    """
    arrays: dict[str, np.ndarray] = {}
    tree = _to_tree(value, arrays, 0)
    return safetensors.numpy.save(arrays, metadata={"tree": json.dumps(tree)})


def unpack(data: bytes, *, live: bool = False, answer: bool = False) -> Any:
    """Return the value in `data`.

    With ``live=True`` tensors become torch tensors and random states generators, as a
    student's function expects them; otherwise they stay :class:`TensorData`,
    :class:`Rng` and :class:`TorchRng`, or with ``answer=True``, in what a student's
    side sent, :class:`Unsupported`. Raises :class:`WireError` on anything else than the
    output of :func:`pack`.
    """
    with _wire_errors():
        tree, arrays = _opened(data)
        return _Reader(arrays, live, answer).read(tree)


def unpack_twice(data: bytes) -> tuple[Any, Any]:
    """The value in `data` with ``live=True``, and without: two that share nothing."""
    with _wire_errors():
        tree, arrays = _opened(data)
        own = {name: array.copy() for name, array in arrays.items()}
        return _Reader(own, live=True).read(tree), _Reader(arrays).read(tree)


def copied(value: Any) -> Any:
    """What ``unpack(pack(value))`` gives, without the way through bytes."""
    arrays: dict[str, np.ndarray] = {}
    tree = _to_tree(value, arrays, 0)
    with _wire_errors():
        _check_size(json.dumps(tree).encode(), len(arrays) * MARKS_OF_ARRAY)
        return _Reader(arrays).read(tree)


def from_json(data: bytes) -> Any:
    """The plain JSON in `data`, within the bounds of :func:`unpack`."""
    with _wire_errors():
        _check_size(data)
        return json.loads(data)


def _opened(data: bytes) -> tuple[Any, dict[str, np.ndarray]]:
    size = int.from_bytes(data[:8], "little")
    text = bytes(data[8 : 8 + min(size, MAX_HEADER + 1)])
    _check_size(text)
    header = json.loads(text)
    return json.loads(header["__metadata__"]["tree"]), safetensors.numpy.load(data)


def _check_size(text: bytes, more: int = 0) -> None:
    marks = sum(map(text.count, (b",", b"[", b"{")))
    if len(text) > MAX_HEADER or marks + more > MAX_MARKS:
        raise WireError("too large")


@contextlib.contextmanager
def _wire_errors() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        said = writable(str(error)[:200])
        raise WireError(f"not a value of the course's format: {said}") from None


def writable(text: str) -> str:
    """`text` as a file can hold it: half a character becomes a question mark."""
    return text.encode("utf-8", "replace").decode("utf-8")


def plain(value: Any) -> Any:
    """Return `value` with every tensor as a NumPy array (for views)."""
    if isinstance(value, TensorData):
        return value.array
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(plain(item) for item in value)
    return value


def _to_tree(value: Any, arrays: dict[str, np.ndarray], depth: int) -> Any:
    if depth > MAX_DEPTH:
        return {"unsupported": "a value nested too deeply"}
    if value is None or type(value) in (bool, int, float, str):
        return value
    if isinstance(value, np.ndarray | np.generic):
        return _array_tree(value, "array", arrays, depth)
    # Another thread may be in the middle of importing torch: then this is no tensor.
    tensor_type = getattr(sys.modules.get("torch"), "Tensor", None)
    if tensor_type is not None and isinstance(value, tensor_type):
        return _tensor_tree(value, arrays, depth)
    if isinstance(value, TensorData):
        return _array_tree(value.array, "tensor", arrays, depth)
    if isinstance(value, Rng):
        return {"rng": value.seed}
    if isinstance(value, TorchRng):
        return {"torch_rng": value.seed}
    if isinstance(value, Unsupported):
        return {"unsupported": value.type_name}
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            return kind(value)
    if isinstance(value, _SEQUENCES):
        value = list(value)  # type: ignore[call-overload]
    if isinstance(value, Mapping):
        pairs = [
            [_to_tree(key, arrays, depth + 1), _to_tree(item, arrays, depth + 1)]
            for key, item in value.items()
        ]
        return {"dict": pairs}
    if isinstance(value, list | tuple):
        if len(value) > MAX_ITEMS:
            return {"unsupported": f"{type(value).__name__} of {len(value)} items"}
        items = [_to_tree(item, arrays, depth + 1) for item in value]
        return {"tuple" if isinstance(value, tuple) else "list": items}
    if hasattr(value, "__array__") and not isinstance(value, type):
        return _array_tree(np.asarray(value), "array", arrays, depth)
    return {"unsupported": type(value).__name__}


def _tensor_tree(tensor: Any, arrays: dict[str, np.ndarray], depth: int) -> Any:
    tensor = tensor.detach().cpu()
    if str(tensor.dtype) == "torch.bfloat16":
        tensor = tensor.float()
    return _array_tree(tensor.resolve_neg().numpy(), "tensor", arrays, depth)


def _array_tree(
    value: Any, kind: str, arrays: dict[str, np.ndarray], depth: int
) -> Any:
    array = np.asarray(value)
    if array.dtype.kind in "OUS":
        return _to_tree(array.tolist(), arrays, depth + 1)
    if array.dtype.kind not in KINDS:
        return {"unsupported": f"{kind} of {array.dtype}"}
    if array.dtype.itemsize > 8:
        array = array.astype(np.float64)
    array = np.array(array, dtype=array.dtype.newbyteorder("="), order="C", copy=True)
    name = str(len(arrays))
    arrays[name] = array
    return {kind: name}


class _Reader:
    """Reads a tree; the work is bounded, whatever the tree says."""

    def __init__(
        self,
        arrays: dict[str, np.ndarray],
        live: bool = False,
        answer: bool = False,
    ) -> None:
        self.arrays, self.live, self.answer = arrays, live, answer
        self.keys = 0

    def read(self, tree: Any, depth: int = 0) -> Any:
        """The value that `tree` describes; WireError where it is none."""
        if isinstance(tree, str):
            return writable(tree)
        if not isinstance(tree, dict):
            if isinstance(tree, list):
                raise WireError("a bare list")
            return tree
        if depth > MAX_DEPTH + 1:
            raise WireError("nested too deeply")
        ((kind, content),) = tree.items()
        match kind:
            case "list":
                return [self.read(item, depth + 1) for item in content]
            case "tuple":
                return tuple(self.read(item, depth + 1) for item in content)
            case "dict":
                self.keys += len(content)
                if len(content) > MAX_KEYS or self.keys > MAX_ALL_KEYS:
                    raise WireError("too many keys")
                pairs = [
                    (self.read(key, depth + 1), self.read(item, depth + 1))
                    for key, item in content
                ]
                _refuse_alike(hash(key) for key, _ in pairs)
                return dict(pairs)
            case "array":
                return self._array(content)
            case "tensor":
                array = self._array(content)
                return _live_tensor(array) if self.live else TensorData(array)
            case "rng" | "torch_rng" if self.answer:
                return Unsupported("a random generator")
            case "rng":
                return (
                    np.random.default_rng(content) if self.live else Rng(int(content))
                )
            case "torch_rng":
                return _live_generator(content) if self.live else TorchRng(int(content))
            case "unsupported" if isinstance(content, str):
                return Unsupported(writable(content[:200]))
        raise WireError("an unknown kind")

    def _array(self, name: str) -> np.ndarray:
        array = self.arrays.pop(name)  # nothing is sent twice
        if array.dtype.kind not in KINDS:
            raise WireError(f"numbers of another kind: {array.dtype}")
        return array


def _refuse_alike(hashes: Iterable[int]) -> None:
    """Raise WireError where many keys have one hash, as keys made for it may have."""
    found = sorted(hashes)
    if any(map(operator.eq, found, found[MAX_ALIKE:])):
        raise WireError("keys that are too much alike")


def _live_tensor(array: np.ndarray) -> Any:
    import torch

    return torch.from_numpy(array.copy())


def _live_generator(seed: int) -> Any:
    import torch

    return torch.Generator().manual_seed(seed)

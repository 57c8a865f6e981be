"""Values as bytes: all of them come back, and nothing else gets in."""

from __future__ import annotations

import json
import sys
from types import ModuleType

import numpy as np
import pytest
import torch

from autograde.checking import serialize


def _through_bytes(value):
    return serialize.unpack(serialize.pack(value))


@pytest.fixture(params=[_through_bytes, serialize.copied])
def arrived(request):
    """A value as it arrives: the shorter way gives the same as that through bytes."""
    return request.param


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        7,
        -2.5,
        "Gradient · 梯度",
        [1, [2.0, None]],
        (1, "b"),
        {"a": [1], 3: (2,)},
        float("inf"),
        serialize.Rng(3),
        serialize.TorchRng(4),
    ],
)
def test_plain_values_come_back(value, arrived):
    back = arrived(value)
    assert back == value and type(back) is type(value)


@pytest.mark.parametrize(
    "dtype", ["float64", "float32", "float16", "int64", "int8", "uint8", "bool"]
)
@pytest.mark.parametrize("shape", [(), (0, 3), (2, 3), (2, 1, 4)])
def test_arrays_come_back(dtype, shape, arrived):
    array = np.random.default_rng(0).integers(0, 2, shape).astype(dtype)
    back = arrived(array)
    assert back.dtype == array.dtype and np.array_equal(back, array)


def test_strided_and_big_endian_arrays_come_back(arrived):
    array = np.arange(24.0).reshape(4, 6)[::2, ::-3].astype(">f8")
    assert np.array_equal(arrived(array), array)


def test_a_tensor_comes_back_alive_or_as_numbers():
    tensor = torch.tensor([[1.5, -2.0]], requires_grad=True)
    data = serialize.pack([tensor])
    assert torch.equal(serialize.unpack(data, live=True)[0], tensor.detach())
    assert isinstance(serialize.unpack(data)[0], serialize.TensorData)


def test_what_is_read_twice_shares_nothing():
    given = [np.arange(3.0), torch.arange(2), [1, {"a": 2}], serialize.Rng(3)]
    live, sent = serialize.unpack_twice(serialize.pack(given))
    live[0] += 1
    live[1] += 1
    live[2][1]["a"] = 3
    assert np.array_equal(sent[0], np.arange(3.0))
    assert np.array_equal(sent[1].array, np.arange(2))
    assert sent[2:] == [[1, {"a": 2}], serialize.Rng(3)]
    assert isinstance(live[3], np.random.Generator)


def test_objects_stay_behind(arrived):
    class Evil:
        def __eq__(self, other):
            return True

    assert arrived(Evil()) == serialize.Unsupported("Evil")
    assert arrived({1, 2}) == serialize.Unsupported("set")


def test_a_self_containing_list_ends(arrived):
    endless = []
    endless.append(endless)
    arrived(endless)


@pytest.mark.parametrize(
    "data",
    [b"", b"\x80\x04K\x01.", b"x" * 100, (10**15).to_bytes(8, "little") + b"{}"],
)
def test_other_bytes_are_refused(data):
    with pytest.raises(serialize.WireError):
        serialize.unpack(data)


def test_a_tree_of_another_form_is_refused():
    header = {"__metadata__": {"tree": json.dumps({"object": "os.system"})}}
    text = json.dumps(header).encode()
    with pytest.raises(serialize.WireError):
        serialize.unpack(len(text).to_bytes(8, "little") + text)


def test_a_thread_that_is_importing_torch_does_not_disturb(monkeypatch):
    halfway = ModuleType("torch")  # no Tensor yet
    monkeypatch.setitem(sys.modules, "torch", halfway)
    assert serialize.unpack(serialize.pack({"loss": 0.5})) == {"loss": 0.5}


@pytest.mark.parametrize(
    "lazy", [(n for n in range(3)), map(abs, [1]), enumerate([1]), iter([1])]
)
def test_what_can_be_gone_through_once_only_is_no_list(lazy):
    arrived = serialize.unpack(serialize.pack(lazy))
    assert arrived == serialize.Unsupported(type(lazy).__name__)


def test_ranges_and_views_are_lists():
    given = [range(3), {"a": 1}.values(), {"a": 1}.keys()]
    assert serialize.unpack(serialize.pack(given)) == [[0, 1, 2], [1], ["a"]]

"""What comes from a student's side may be any bytes: readers refuse or read them.

With ``AUTOGRADE_FUZZ=100000`` in the environment this tries for longer.
"""

from __future__ import annotations

import json
import os
import struct

import nbformat
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograde.checking import serialize
from autograde.checking.compare import compare
from autograde.checking.describe import describe
from autograde.checking.run_case import Result
from autograde.execution.client import (
    OUTPUT_TYPES,
    CaseRequest,
    ProcessEnded,
    Student,
)
from autograde.grading.flat_result import FlatResult, NotFlat, Outline
from autograde.notebooks.rebuild import rebuild
from autograde.notebooks.submitted import UnreadableSubmission

EXAMPLES = int(os.environ.get("AUTOGRADE_FUZZ", "60"))
thoroughly = settings(max_examples=EXAMPLES, deadline=None)

numbers = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
documents = st.recursive(
    numbers,
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(st.text(max_size=8), inner, max_size=5)
    ),
    max_leaves=20,
)
kinds = st.sampled_from(
    [
        "list",
        "tuple",
        "dict",
        "array",
        "tensor",
        "rng",
        "torch_rng",
        "unsupported",
        "object",
    ]
)
trees = st.recursive(
    numbers,
    lambda inner: (
        st.builds(
            lambda kind, content: {kind: content},
            kinds,
            inner | st.lists(inner, max_size=4) | st.lists(st.tuples(inner, inner)),
        )
        | st.sampled_from([{"array": "0"}, {"tensor": "0"}])
    ),
    max_leaves=20,
)
values = st.recursive(
    numbers,
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(st.text(max_size=8), inner, max_size=5)
        | st.tuples(inner, inner)
    ),
    max_leaves=20,
)


SIZES = {"F64": 8, "F16": 2, "U64": 8, "BOOL": 1, "C64": 8, "BF16": 2, "F8_E4M3": 1}
arrays = st.sampled_from([(), 0, 3, (2, 2)]).map(np.zeros)
parts = trees | arrays | st.lists(arrays, max_size=2)
replies = ["outcome", "result", "status", "error", "missing", "outputs"]


def message(tree: object, dtype: str = "F64") -> bytes:
    shape = [16 // SIZES[dtype]]
    header = {
        "__metadata__": {"tree": json.dumps(tree)},
        "0": {"dtype": dtype, "shape": shape, "data_offsets": [0, 16]},
    }
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + bytes(16)


@thoroughly
@given(trees, st.sampled_from(list(SIZES)))
def test_any_tree_is_read_or_refused(tree, dtype):
    try:
        value = serialize.unpack(message(tree, dtype), answer=True)
    except serialize.WireError:
        return
    describe(value)
    compare(np.arange(3.0), value)
    compare(np.arange(16.0 // SIZES[dtype]), value)
    compare([1, 2], value)
    compare({"a": 1.0}, value)


@thoroughly
@given(st.binary(max_size=300), st.integers(0, 400), st.binary(max_size=8))
def test_any_bytes_are_read_or_refused(data, place, change):
    good = serialize.pack({"result": [np.arange(4.0), {"a": (1, "x")}], "token": "0"})
    for sent in (data, good[:place] + change + good[place + len(change) :]):
        try:
            serialize.unpack(sent, answer=True)
        except serialize.WireError:
            continue


@thoroughly
@given(values)
def test_what_is_sent_arrives(value):
    def same(one, other):
        if isinstance(one, float) and one != one:
            return other != other
        if isinstance(one, list | tuple):
            return len(one) == len(other) and all(map(same, one, other))
        if isinstance(one, dict):
            return list(one) == list(other) and all(
                same(item, other[key]) for key, item in one.items()
            )
        return one == other

    assert same(value, serialize.unpack(serialize.pack(value)))
    assert same(value, serialize.copied(value))


class _Silent:
    """A connection to nobody."""

    cpu_seconds = 0.0

    def kill(self) -> None:
        pass

    close = kill


@pytest.mark.parametrize("question", ["run_cell", "run_case"])
@thoroughly
@given(
    tree=trees,
    fields=st.dictionaries(st.sampled_from(replies), parts),
    output=st.dictionaries(
        st.sampled_from(["name", "text", "data", "traceback"]), parts
    ),
    kind=st.none() | st.sampled_from(sorted(OUTPUT_TYPES)),
)
def test_any_reply_is_an_answer_or_the_end_of_the_process(
    question, tree, fields, output, kind
):
    student = object.__new__(Student)
    student.connection = _Silent()
    reply = {"outcome": "", "result": tree} | fields
    if kind is not None:
        whole = {"output_type": kind, "ename": "E", "evalue": ""} | output
        reply |= {"status": "ok", "error": "", "missing": "", "outputs": [whole]}

    def answered(_, seconds, read):
        try:
            return read(sent)
        except serialize.WireError as error:
            student._end("crashed", str(error))

    student._ahead, student._answer = None, answered
    student._send = lambda *_: "token"
    if question == "run_cell":
        arguments, sent = (
            ("1", 1.0),
            json.dumps(reply, default=np.ndarray.tolist).encode(),
        )
    else:
        arguments, sent = (CaseRequest("f", None, b"", 0, 1.0),), serialize.pack(reply)
    try:
        found = getattr(student, question)(*arguments)
    except ProcessEnded:
        return
    if question == "run_case":
        assert isinstance(found, Result | str)
    else:
        assert found.size >= 0


@thoroughly
@given(documents)
def test_any_document_is_a_notebook_or_refused(document):
    released = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_markdown_cell("# A chapter", id="title")]
    )
    whole = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": document}
    for notebook in (document, whole, whole | {"cells": [document]}):
        try:
            rebuilt = rebuild(released, json.dumps(notebook).encode())
        except UnreadableSubmission:
            continue
        nbformat.validate(rebuilt.notebook)


@thoroughly
@given(documents, st.binary(max_size=50))
def test_a_result_of_a_judge_is_flat_or_refused(document, data):
    outline = Outline({"f": (2.0, [("one", 1.0), ("two", 1.0)])}, ["f", "check_f"])
    judgement = {"outcomes": document, "says": document, "seconds": document}
    tree = {
        "judgements": {"f": judgement},
        "notes": document,
        "untouched": document,
        "seconds": 0.0,
        "problem": "",
        "failed": False,
    }
    for sent in (data, json.dumps(document).encode(), json.dumps(tree).encode()):
        try:
            found = FlatResult.from_bytes(sent, outline)
        except NotFlat:
            continue
        assert sum(item.awarded for item in found.judgements.values()) <= 2.0

"""Chapter 04: the reference against Keras and torch.nn, and the claims of the text."""

from __future__ import annotations

import json
import os
import re

import nbformat
import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence

from autograde.authoring.build import exercises_text
from autograde.authoring.chapter import find_chapter
from autograde.datasets.sentences import load_sentences

ODD_TEXTS = [
    "",
    "?!",
    "Don't stop-me, now_ok~ ",
    "a\u00a0b c\rd",
    "tab\tnew\nline",
    "\u00c9t\u00e9 \u00c9T\u00c9 \u00e9t\u00e9",
    "x x y y z",
    "'quoted' it's",
    "  ",
]
# What Keras 3.15.1 gives for ODD_TEXTS: Tokenizer(num_words=6).fit_on_texts and
# texts_to_sequences, then pad_sequences(maxlen=3).
KERAS_VOCABULARY = {"\u00e9t\u00e9": 1, "x": 2, "y": 3, "don't": 4, "stop": 5}
KERAS_PADDED = [
    [0, 0, 0],
    [0, 0, 0],
    [0, 4, 5],
    [0, 0, 0],
    [0, 0, 0],
    [1, 1, 1],
    [2, 3, 3],
    [0, 0, 0],
    [0, 0, 0],
]


@pytest.fixture(scope="module")
def chapter():
    return find_chapter("04_lstm_classification")


@pytest.fixture(scope="module")
def reference(chapter):
    return chapter.reference


def test_odd_texts_as_keras_gave_them(reference):
    vocabulary = reference["fit_vocabulary"](ODD_TEXTS, 6)
    assert vocabulary == KERAS_VOCABULARY
    sequences = reference["texts_to_sequences"](ODD_TEXTS, vocabulary)
    assert reference["pad_sequences"](sequences, 3).tolist() == KERAS_PADDED


@pytest.mark.parametrize("num_words", [1, 3, 500, 10000])
def test_words_and_ids_equal_keras(reference, num_words):
    keras = _keras()
    from keras.src.legacy.preprocessing.text import Tokenizer

    data = load_sentences()
    texts = data.train.texts + ODD_TEXTS
    tokenizer = Tokenizer(num_words=num_words)
    tokenizer.fit_on_texts(texts)
    kept = {w: i for w, i in tokenizer.word_index.items() if i < num_words}
    vocabulary = reference["fit_vocabulary"](texts, num_words)
    assert vocabulary == kept
    new = data.validation.texts + ODD_TEXTS
    sequences = reference["texts_to_sequences"](new, vocabulary)
    assert sequences == tokenizer.texts_to_sequences(new)
    for maxlen in (1, 5, 100):
        ours = reference["pad_sequences"](sequences, maxlen)
        theirs = keras.utils.pad_sequences(sequences, maxlen=maxlen)
        assert np.array_equal(ours, theirs)


def test_lstm_and_parameter_count_equal_keras(reference):
    keras = _keras()
    layer, x = keras.layers.LSTM(64), torch.randn(2, 5, 64)
    with torch.no_grad():
        theirs = layer(x)
    kernel, recurrent, bias = (torch.tensor(w) for w in layer.get_weights())
    zeros = torch.zeros_like(bias)
    params = {"W_ih": kernel.T, "W_hh": recurrent.T, "b_ih": bias, "b_hh": zeros}
    _, h, _ = reference["lstm_forward"](x, torch.tensor([5, 5]), params)
    assert (h - theirs).abs().max() < 1e-6
    assert layer.count_params() == 33_024


def _keras():
    os.environ.setdefault("KERAS_BACKEND", "torch")
    return pytest.importorskip("keras", reason="Keras is no part of the course")


def test_lstm_forward_equals_torch_with_any_padding(reference):
    torch.manual_seed(0)
    library = nn.LSTM(5, 3, batch_first=True).double()
    params = {
        name.removesuffix("_l0").replace("weight", "W").replace("bias", "b"): value
        for name, value in library.named_parameters()
    }
    x, lengths = torch.randn(6, 8, 5).double(), torch.tensor([8, 1, 5, 3, 7, 2])
    behind = torch.zeros_like(x)
    for row, length in enumerate(lengths):
        behind[row, :length] = x[row, 8 - length :]
    packed = pack_padded_sequence(
        behind, lengths, batch_first=True, enforce_sorted=False
    )
    _, (h, c) = library(packed)
    _, our_h, our_c = reference["lstm_forward"](x, lengths, params)
    assert (our_h - h[0]).abs().max() < 1e-14
    assert (our_c - c[0]).abs().max() < 1e-14


def test_text_lstm_does_not_read_padding(reference):
    torch.manual_seed(0)
    model = reference["TextLSTM"](50, 6, 5, 2)
    ids = torch.randint(1, 50, (4, 7))
    wider = nn.functional.pad(ids, (30, 0))
    assert torch.allclose(model(ids), model(wider), atol=1e-7)
    assert torch.equal(model(torch.zeros(1, 3, dtype=torch.int64))[0], model.head.bias)


def test_parameter_counts_of_both_articles(reference):
    def count(module: nn.Module) -> int:
        return sum(p.numel() for p in module.parameters())

    model = reference["TextLSTM"]
    assert count(nn.LSTM(64, 64)) == 33_280
    assert count(model(outputs=2)) - 256 == 673_154
    assert count(model(outputs=1)) - 256 == 673_089


def test_ladder_keeps_what_the_text_claims(chapter):
    """The prose says "about"; these are its limits on any machine."""
    rows = re.findall(r"^(.+?)\s+(\d+\.\d)%  .*$", _output(chapter, "ladder"), re.M)
    right = {name: float(percent) for name, percent in rows}
    assert len(right) == 7
    assert 78 <= right["bag of words"] <= 80
    assert right["LSTM"] >= 77.5
    assert right["LSTM"] - right["LSTM, PyTorch's start"] >= 3
    assert right["RNN"] < right["bag of words"]
    assert right["LSTM, both ways, mean"] >= 79.5


def test_memory_experiment_keeps_what_the_text_claims(chapter):
    rows = _output(chapter, "memory-run").splitlines()
    percents = {row[:20].strip(): re.findall(r"(\d+)%", row) for row in rows}
    rnn, closed, opened = ([int(p) for p in values] for values in percents.values())
    assert min(opened) >= 95
    assert max(rnn[-2:]) < 60
    assert max(closed[-2:]) < 60


def test_record_of_seeds_fits_the_ladder(chapter):
    record = json.loads((chapter.folder / "seeds.json").read_text("utf-8"))
    assert len(record["seeds"]) == 5
    assert {"LSTM", "RNN", "LSTM, both ways, mean"} <= set(record["right"])
    for name, accuracies in record["right"].items():
        assert f"{name:22} mean {np.mean(accuracies):.1f} %" in _output(
            chapter, "seeds"
        )
        assert len(accuracies) == 5
        assert all(60 < accuracy < 90 for accuracy in accuracies)


def test_the_best_lstm_leads_the_bag_by_what_the_text_says(chapter):
    record = json.loads((chapter.folder / "seeds.json").read_text("utf-8"))["right"]
    (bag,) = re.findall(r"^bag of words +(\d+\.\d)%", _output(chapter, "ladder"), re.M)
    best = np.mean(record["LSTM, both ways, mean"])
    text = next(c for c in chapter.cells if c.metadata.get("name") == "ladder-reading")
    said = re.search(r"(\d\.\d) points in the mean of five seeds", text.source)
    assert abs(best - float(bag) - float(said[1])) < 0.3


def test_minutes_of_the_exercises_are_those_of_the_title(chapter):
    notebook = nbformat.read(chapter.folder / f"{chapter.name}.ipynb", 4)
    assert exercises_text(chapter) in notebook.cells[0].source


def _output(chapter, name: str) -> str:
    path = chapter.folder / f"{chapter.name}.ipynb"
    cells = {cell.id: cell for cell in nbformat.read(path, 4).cells}
    return "".join(output.get("text", "") for output in cells[name].outputs)

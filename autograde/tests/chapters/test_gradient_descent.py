"""What chapter 01 claims: its data, and that its parts equal the libraries'."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from autograde.authoring.chapter import find_chapter
from autograde.datasets import diabetes


@pytest.fixture(scope="module")
def chapter():
    return find_chapter("01_gradient_descent").reference


@pytest.fixture
def rng():
    return np.random.default_rng(7)


def test_the_diabetes_data_is_what_the_chapter_says():
    X, y = diabetes.load()
    assert X.shape == (442, 10) and y.shape == (442,)
    assert (y.min(), y.max()) == (25, 346)
    assert set(diabetes.UNITS) == set(diabetes.NAMES)
    assert set(np.unique(X[:, diabetes.NAMES.index("sex")])) == {1.0, 2.0}


def test_the_split_keeps_every_patient_once_and_is_the_same_every_time():
    X, y = diabetes.load()
    one, two = diabetes.load_split(), diabetes.load_split()
    assert np.array_equal(one.X_test, two.X_test)
    assert one.X_train.shape == (332, 10) and one.y_test.shape == (110, 1)
    rows = np.vstack([one.X_train, one.X_test])
    truths = np.vstack([one.y_train, one.y_test])
    together = np.hstack([rows, truths])
    original = np.column_stack([X, y])
    assert sorted(map(tuple, together)) == sorted(map(tuple, original))
    other = diabetes.load_split(seed=1)
    assert not np.array_equal(one.X_test, other.X_test)


@pytest.mark.parametrize("n_test", [0, -3, 442, 1000])
def test_a_split_without_patients_on_one_side_is_refused(n_test):
    with pytest.raises(ValueError, match=str(n_test)):
        diabetes.load_split(n_test=n_test)


def test_gradients_equal_those_of_autograd(chapter, rng):
    X, y = rng.normal(size=(9, 4)), rng.normal(size=(9, 2))
    shapes = [(4, 3), (3,), (3, 2), (2,)]
    params = [rng.normal(size=shape) for shape in shapes]
    tensors = [torch.tensor(p, requires_grad=True) for p in params]
    W1, b1, W2, b2 = tensors
    y_hat = torch.tanh(torch.tensor(X) @ W1 + b1) @ W2 + b2
    ((y_hat - torch.tensor(y)) ** 2).sum().div(2 * len(X)).backward()
    grads = chapter["two_layer_backward"](X, y, *params)
    for grad, tensor in zip(grads, tensors, strict=True):
        np.testing.assert_allclose(grad, tensor.grad.numpy(), rtol=1e-10)


@pytest.mark.parametrize(
    ("name", "options"),
    [("momentum_step", {"momentum": 0.8}), ("adam_step", {"betas": (0.7, 0.95)})],
)
def test_fifty_steps_equal_those_of_torch(chapter, rng, name, options):
    theta, scale = rng.normal(size=(3, 2)), rng.normal(size=(3, 2)) ** 2
    parameter = torch.nn.Parameter(torch.tensor(theta))
    kind = torch.optim.SGD if name == "momentum_step" else torch.optim.Adam
    optimizer = kind([parameter], lr=0.05, **options)
    m, v = np.zeros((3, 2)), np.zeros((3, 2))
    for t in range(1, 51):
        if name == "momentum_step":
            theta, v = chapter[name](theta, v, scale * theta, 0.05, 0.8)
        else:
            grad = scale * theta
            theta, m, v = chapter[name](theta, m, v, grad, t, 0.05, 0.7, 0.95)
        parameter.grad = torch.tensor(scale) * parameter.detach()
        optimizer.step()
    np.testing.assert_allclose(theta, parameter.detach().numpy(), rtol=1e-9)


def test_the_stable_rate_divides_descent_from_divergence(chapter, rng):
    X, y = rng.normal(size=(30, 4)) * [1, 3, 9, 0.5], rng.normal(size=30)
    limit = chapter["largest_stable_rate"](X)

    def slope(theta):
        return X.T @ (X @ theta - y) / len(X)

    def end(factor):
        path = chapter["gradient_descent"](slope, np.ones(4), factor * limit, 400)
        return np.abs(path[-1]).max()

    assert end(0.99) < 10 < 100 < end(1.01)


def test_two_parameter_vectors_agree_to_six_digits(chapter):
    data = diabetes.load_split()
    X, _ = chapter["standardize"](data.X_train, data.X_test)
    y, _ = chapter["standardize"](data.y_train, data.y_test)

    def slope(theta):
        dW, db = chapter["mse_gradients"](X, theta[:-1], theta[-1], y)
        return np.vstack([dW, db])

    by_hand = chapter["gradient_descent"](slope, np.zeros((11, 1)), 0.45, 300)[-1]
    start = np.zeros((10, 1)), np.zeros(1)
    by_torch = np.vstack(chapter["fit_with_autograd"](X, y, *start, 0.45, 300))
    assert np.abs(by_hand - by_torch).max() < 1e-6


def test_the_last_batch_is_kept_and_each_sample_comes_once(chapter, rng):
    X, y = np.arange(22.0).reshape(11, 2), np.arange(11)
    batches = list(chapter["minibatches"](X, y, 4, rng))
    assert [len(Xb) for Xb, _ in batches] == [4, 4, 3]
    assert sorted(np.concatenate([yb for _, yb in batches])) == list(range(11))
    assert all(np.array_equal(Xb[:, 0], 2 * yb) for Xb, yb in batches)

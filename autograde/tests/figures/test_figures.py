"""Pictures can be read on light and dark pages, by the colour blind, and in words."""

from __future__ import annotations

import io
import itertools
import re

import matplotlib
import numpy as np
import pytest
from PIL import Image

from autograde import figures
from autograde.figures import COLOURS, INK, live_curve
from autograde.figures.style import DPI

PAGES = ["#ffffff", "#111111", "#1e1e1e", "#212121"]  # paper, JupyterLab, VS Code
# Machado, Oliveira and Fernandes (2009): what is left of linear RGB at full severity
BLIND = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
}


def _linear(colour: str) -> np.ndarray:
    rgb = np.array(matplotlib.colors.to_rgb(colour))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def _luminance(colour: str) -> float:
    return float(_linear(colour) @ [0.2126, 0.7152, 0.0722])


def _contrast(one: str, other: str) -> float:
    low, high = sorted([_luminance(one), _luminance(other)])
    return (high + 0.05) / (low + 0.05)


def _lab(linear: np.ndarray) -> np.ndarray:
    """CIELAB (D65) of linear RGB."""
    matrix = np.array(
        [
            [0.4124, 0.3576, 0.1805],
            [0.2126, 0.7152, 0.0722],
            [0.0193, 0.1192, 0.9505],
        ]
    )
    xyz = matrix @ np.clip(linear, 0, 1) / [0.9505, 1.0, 1.089]
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("page", PAGES)
def test_colours_and_ink_stand_out_on_light_and_dark(page):
    low = {c: round(_contrast(c, page), 2) for c in [*COLOURS, INK]}
    assert {c: found for c, found in low.items() if found < 3} == {}


@pytest.mark.parametrize("kind", BLIND)
def test_lines_differ_for_the_colour_blind_in_hue_or_stroke(kind):
    strokes = matplotlib.rcParams["axes.prop_cycle"].by_key()["linestyle"]
    seen = [_lab(np.array(BLIND[kind]) @ _linear(colour)) for colour in COLOURS]
    for i, j in itertools.combinations(range(len(COLOURS)), 2):
        apart = np.linalg.norm(seen[i] - seen[j])
        assert apart > 10 or strokes[i] != strokes[j], (COLOURS[i], COLOURS[j], apart)


DRAWINGS = {
    "computation_graph": lambda: figures.computation_graph(
        [("$X$", ""), ("$Z$", "$XW+b$"), ("$L$", "loss")],
        parameters=["$W$"],
        data=[None, "$y$"],
        gradients=[r"$\partial L/\partial Z$", "1"],
    ),
    "unrolled_rnn": figures.unrolled_rnn,
    "unrolled_rnn of two steps": lambda: figures.unrolled_rnn(2, gradient=False),
    "lstm_cell": figures.lstm_cell,
    "attention": figures.attention,
    "tower": figures.tower,
    "split_heads": lambda: figures.split_heads(4, 3, 2),
    "convolution": lambda: figures.convolution(np.eye(4), np.ones((2, 2)), 1, 1),
    "wordpiece": lambda: figures.wordpiece("running", ["run", "##ning"], [4, 0]),
}


def _pixels(figure) -> np.ndarray:
    png = io.BytesIO()
    figure.savefig(png, format="png", dpi=DPI)
    return np.asarray(Image.open(png).convert("RGBA"))


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_drawing_has_no_background_stays_inside_and_is_told(name):
    figure, alt = DRAWINGS[name]()
    alpha = _pixels(figure)[..., 3]
    assert (alpha < 80).mean() > 0.8  # the page shows through
    assert (alpha > 200).sum() > 500
    assert not alpha[:, :2].any() and not alpha[:, -2:].any()  # nothing is cut off
    assert not alpha[-2:].any() and not alpha[:2].any()
    assert len(alt) > 80 and not re.search(r"[{}]", alt)


def test_a_convolution_shows_the_sum_under_its_kernel():
    image, kernel = np.arange(12).reshape(3, 4), np.array([[1, 0], [0, -2]])
    figure, alt = figures.convolution(image, kernel, 0, 1)
    assert "sum to -11" in alt  # 1 - 2 * 6
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert "-10" in texts and "-11" in texts and "-12" not in texts  # that is later


def test_heads_are_cut_from_columns():
    figure, _ = figures.split_heads(tokens=2, heads=2, width=2)
    numbers = [t.get_text() for t in figure.axes[0].texts if t.get_text().isdigit()]
    x = np.arange(8).reshape(2, 2, 2).transpose(1, 0, 2)  # (heads, T, d / heads)
    for head in x:
        found = [str(n) for n in head.ravel()]
        assert found in [numbers[i : i + 4] for i in range(len(numbers) - 3)]


class Page:
    """Stands in for a notebook's page: what was shown, and how often it changed."""

    def __init__(self, monkeypatch):
        self.shown, self.updates = [], 0
        monkeypatch.setattr("IPython.display.display", self.display)

    def display(self, bundle, **options):
        self.shown.append((bundle, options))
        return self

    def update(self, bundle, **options):
        self.updates += 1
        self.shown[-1] = (bundle, options)


def test_a_live_curve_leaves_one_picture_with_the_same_words(monkeypatch):
    page = Page(monkeypatch)
    with live_curve("epoch", "loss", alt="The loss falls.") as curve:
        for step in range(5):
            curve.add(train=1 / (step + 1), **({"held_out": 0.5} if step > 2 else {}))
    ((bundle, options),) = page.shown
    assert bundle["text/plain"] == "The loss falls." and bundle["image/png"]
    assert options["metadata"]["image/png"]["alt"] == "The loss falls."
    assert curve.lines["train"] == pytest.approx([1, 1 / 2, 1 / 3, 1 / 4, 1 / 5])
    assert np.isnan(curve.lines["held_out"][:3]).all() and curve.count == 5


def test_a_live_curve_grows_while_it_runs_and_draws_little(monkeypatch):
    page, now = Page(monkeypatch), [0.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    with live_curve("step", "loss", alt="Noise.") as curve:
        draw = curve._draw

        def slow_draw():
            now[0] += 1.0  # a slow machine
            draw()

        curve._draw = slow_draw
        for _ in range(1000):
            now[0] += 0.05
            curve.add(loss=1.0)
    assert 2 <= page.updates <= 7  # 50 s of training: a tenth of it for pictures


def test_a_training_that_fails_keeps_the_curve_up_to_there(monkeypatch):
    page = Page(monkeypatch)
    with (
        pytest.raises(ZeroDivisionError),
        live_curve("step", "loss", alt="Cut.") as curve,
    ):
        curve.add(loss=float("nan"))
        curve.add(loss=float("inf"))
        raise ZeroDivisionError
    assert len(page.shown) == 1

"""Things to play with answer, use the student's functions, and survive anything."""

from __future__ import annotations

import contextlib
import signal
import sys
import types

import ipywidgets
import numpy as np
import pytest

from autograde.language import VARIABLE
from autograde.student import kernel
from autograde.widgets import Lines, Pad, Tokens, play
from autograde.widgets.play import Player


@pytest.fixture
def names(monkeypatch):
    """What the student's notebook defines."""
    found: dict = {}
    shell = types.SimpleNamespace(user_ns=found, kernel=object())
    monkeypatch.setattr(kernel, "running_shell", lambda: shell)
    return found


def _draw(rate, steps=3):
    return Lines(f"rate {rate}", {"loss": [rate] * steps}, f"The loss is {rate}.")


def test_a_control_moves_the_picture(names):
    player = Player(_draw, [], {"rate": (0.0, 1.0, 0.1), "steps": (1, 5)})
    first = player.answer()
    assert "<svg" in first and "rate 0.5" in first
    player.controls["rate"].value = 0.9
    assert "rate 0.9" in player.answer()
    assert player.controls["rate"].description == "rate"


def test_the_page_and_the_still_picture_are_shown(names, monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda *a, **k: shown.append((a, k)))
    slider = ipywidgets.FloatSlider(0.2, min=0, max=1)
    play(_draw, rate=slider)
    ((bundle,), options) = shown[0]
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert bundle["text/plain"] == "The loss is 0.2." and bundle["image/png"]
    assert options["metadata"]["image/png"]["alt"] == "The loss is 0.2."
    slider.value = 0.7  # nothing but the page changes
    assert len(shown) == 1


def test_a_function_that_is_missing_or_a_stub_is_named(names):
    def draw(rate):
        return _draw(names["descend"](rate))

    player = Player(draw, ["descend"], {"rate": (0.0, 1.0)})
    assert "your <code>descend</code>, which is not written" in player.answer()

    def descend(rate):
        raise NotImplementedError

    names["descend"] = descend
    assert "your <code>descend</code>, which is not written" in player.answer()
    names["descend"] = lambda rate: 2 * rate  # written: the next move shows it
    assert "rate 1.0" in player.answer()


def test_an_error_is_told_with_the_function_that_it_came_from(names):
    def descend(rate):
        raise ValueError("shapes (2,) and (3,) <b>")

    names["descend"] = descend
    player = Player(lambda rate: names["descend"](rate), ["descend"], {"rate": (0, 1)})
    text = player.answer()
    assert "your <code>descend</code> stops. ValueError: shapes" in text
    assert "<b>" not in text
    player = Player(lambda rate: 1 / 0, ["descend"], {"rate": (0, 1)})
    assert "cannot be drawn. ZeroDivisionError" in player.answer()


class Mute(Exception):
    """An error that cannot say what it is."""

    def __str__(self):
        raise ValueError("no words")


@pytest.mark.parametrize("error", [SystemExit(3), RecursionError(), Mute()])
def test_no_error_of_a_function_ends_the_widget(names, error):
    def descend(rate):
        raise error

    names["descend"] = descend
    player = Player(lambda rate: names["descend"](rate), ["descend"], {"rate": (0, 1)})
    text = player.answer()
    assert f"your <code>descend</code> stops. {type(error).__name__}" in text


def test_where_no_function_is_to_blame_those_that_may_be_are_named(names):
    names["descend"] = lambda rate: None  # what is drawn of it fails later
    names["momentum"], names["model"] = float, object()
    uses = ["descend", "momentum", "model"]
    player = Player(lambda rate: _draw(names["descend"](rate) + 1), uses, {"rate": 1})
    text = player.answer()
    assert "cannot be drawn. TypeError" in text
    assert "It uses your <code>descend</code>, <code>momentum</code>. Do" in text
    assert "It uses" not in Player(lambda rate: 1 / 0, [], {"rate": 1}).answer()


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1e308, 0, 10**6])
def test_absurd_values_make_no_error(names, value):
    player = Player(_draw, [], {"rate": ipywidgets.FloatText(value)})
    assert "<svg" in player.answer()


@pytest.mark.parametrize("drawn", [None, 3, "text", [None], []])
def test_what_is_no_picture_is_a_sentence(names, drawn):
    player = Player(lambda rate: drawn, [], {"rate": (0, 1)})
    assert isinstance(player.answer(), str)


def test_an_endless_loop_is_stopped(names, monkeypatch):
    monkeypatch.setattr(sys.modules["autograde.widgets.play"], "SECONDS", 0.5)

    def draw(rate):
        while True:
            with contextlib.suppress(Exception):
                rate += 1

    assert "never ends" in Player(draw, [], {"rate": (0, 1)}).answer()


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no alarms on Windows")
def test_a_slow_move_says_that_it_is_drawn(names, monkeypatch):
    module = sys.modules["autograde.widgets.play"]
    monkeypatch.setattr(sys.modules["autograde.student.clock"], "SAY_AFTER", 0.1)
    monkeypatch.setattr(module, "SECONDS", 600.0)
    seen = []

    def draw(rate):
        while rate and not seen:  # as long as the page says nothing
            pass
        return _draw(rate)

    player = Player(draw, [], {"rate": ipywidgets.FloatSlider(0, min=0, max=1)})
    monkeypatch.setattr("IPython.display.display", lambda *a, **k: None)
    player.show()
    player.page.observe(lambda change: seen.append(change["new"]), "value")
    player.controls["rate"].value = 0.5
    assert "is being drawn" in seen[0] and "rate 0.5" in seen[-1]


def test_the_still_of_an_unwritten_exercise_is_its_sentence(names, monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda *a, **k: shown.append((a, k)))
    play(_draw, uses=["descend"], rate=(0.0, 1.0))
    ((bundle,), _) = shown[0]
    assert "not written yet" in bundle["text/plain"] and "<" not in bundle["text/plain"]


def test_the_pad_gives_an_array_whatever_the_page_sends(names):
    pad = Pad(8, start=np.eye(8))
    assert np.array_equal(pad.array, np.eye(8))
    for sent in ([], [5, -3, "x", None, float("nan")], [1] * 9999, [[1]], [True]):
        pad.value = sent
        assert pad.array.shape == (8, 8)
        assert pad.array.min() >= 0 and pad.array.max() <= 1
    player = Player(lambda digit: _draw(float(digit.sum())), [], {"digit": pad})
    pad.value = [1.0] * 64
    assert "rate 64.0" in player.answer()


def test_the_page_of_a_control_speaks_the_course_s_language(monkeypatch):
    assert Pad(4).words["clear"] == "Clear" and Tokens(["a"]).label.startswith("Tokens")
    monkeypatch.setenv(VARIABLE, "zh_CN")
    words, label = Pad(4).words, Tokens(["a"]).label
    assert set(words) == {"label", "clear", "keys"} and words["clear"] == "清空"
    assert all(not text.isascii() for text in [*words.values(), label])


def test_tokens_keep_their_value_inside():
    row = Tokens(["the", "cat"], 0)
    row.value = 99
    assert row.value == 1
    row.value = -5
    assert row.value == 0
    assert Tokens([]).value == 0

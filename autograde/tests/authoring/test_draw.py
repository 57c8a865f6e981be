"""A hidden case repeats nothing that students have, where other inputs exist."""

from __future__ import annotations

import numpy as np
import pytest

from autograde.authoring import draw
from autograde.authoring.chapter import Chapter
from autograde.checking import serialize
from autograde.exercise import Case, Exercise

SEEDS = [f"secret {number}" for number in range(40)]


@pytest.fixture
def chapter(tmp_path):
    folder = tmp_path / "01_toy"
    folder.mkdir()
    (folder / "01_toy.py").write_text("")
    return Chapter(folder)


def cases(rng):
    yield Case("one of twelve", int(rng.integers(12)))
    yield Case("one of three", int(rng.integers(3)))
    yield Case("always the same", [1, 2, 3])
    yield Case("many numbers", rng.normal(size=(4, 3)))


EXERCISE = Exercise("toy", cases, hints=["?"])


def packed(found):
    return [serialize.pack([list(case.inputs), case.keywords]) for case in found]


def alone(chapter, seed):
    """What the seed gives, whatever else is drawn."""
    number = draw.seed_number(seed, chapter.name, "toy")
    return packed(cases(np.random.default_rng(number)))


def test_a_repeated_draw_is_drawn_again_and_no_other(chapter):
    released = {one for seed in draw.RELEASED for one in alone(chapter, seed)}
    again = 0
    for seed in SEEDS:
        before, after = (
            alone(chapter, seed),
            packed(draw.draw_cases(chapter, EXERCISE, seed)),
        )
        assert after[0] not in released
        assert after[1:] == before[1:] or before[1] in released | {before[0]}
        assert after[2:] == before[2:]
        if before[0] not in released:
            assert after[0] == before[0]
        again += before[0] != after[0]
        assert after == packed(draw.draw_cases(chapter, EXERCISE, seed))
    assert again > 3


def test_what_students_have_is_drawn_from_its_seed_alone(chapter):
    for seed in draw.RELEASED:
        drawn = packed(draw.draw_cases(chapter, EXERCISE, seed))
        assert drawn == alone(chapter, seed)


def test_numbers_of_a_continuum_are_not_drawn_twice(chapter):
    calls = []

    def slow(rng):
        calls.append(1)
        yield Case("a network", {"W": rng.normal(size=(5, 6)).astype(np.float32)})
        yield Case("a list", [(0.25, x) for x in rng.random(30).tolist()])

    draw.draw_cases(chapter, Exercise("toy", slow, hints=["?"]), "secret")
    assert len(calls) == 1


def test_two_equal_hidden_cases_become_two(chapter):
    def pair(rng):
        yield Case("one", int(rng.integers(9)), np.int64(0))
        yield Case("another", int(rng.integers(9)), np.int64(0))

    for seed in SEEDS:
        one, other = packed(
            draw.draw_cases(chapter, Exercise("toy", pair, hints=["?"]), seed)
        )
        assert one != other

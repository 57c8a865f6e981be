"""Whose a file is, by its name: names that were made to take for ever do not."""

from __future__ import annotations

import time

import pytest

from autograde.grading import origins
from autograde.grading.origins import without_copy

#: repeated parts that two rules could both take, up to the longest name of a file
PARTS = ["-copy", " - copy", "-Copy1", "(1)", "-1", "副本", "copy of ", "kopie von "]


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("end", ["", "x", "_"])
def test_marks_of_copies_are_found_in_little_time(part, end):
    start = time.process_time()
    without_copy("x" + part * (250 // len(part)) + end)
    without_copy(part * (250 // len(part)) + end)
    assert time.process_time() - start < 1


@pytest.mark.parametrize("word", ["1", "final", "finale", "submit", "ver", "新", "v1"])
def test_words_that_are_nobodys_name_are_found_in_little_time(word):
    many = word * (250 // len(word))
    start = time.process_time()
    assert origins._NO_NAME.fullmatch(many)
    assert not origins._NO_NAME.fullmatch(f"{many}x")
    assert time.process_time() - start < 1


@pytest.mark.parametrize(
    "word",
    ["Solutions", "answers", "submitted", "finale", "completed", "v12", "最终版"],
)
def test_the_longer_of_two_words_is_nobodys_name_either(word):
    assert origins._NO_NAME.fullmatch(word)
    assert origins._NO_NAME.fullmatch(f"{word}2final")

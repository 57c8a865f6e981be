"""Copies are found, and students who solve the same exercise alike are left alone."""

from __future__ import annotations

import random
import re
import time

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from autograde.course.layout import ROOT
from autograde.grading.results import Results
from autograde.grading.scores import course_scores
from autograde.reporting.code_pieces import tokens
from autograde.reporting.report import write_report
from autograde.reporting.similarity import find_pairs, known_code, likeness
from autograde.tests.small_class import CHAPTER as SMALL
from autograde.tests.small_class import graded, record
from autograde.tests.ways_to_solve import WORKS

CHAPTER = "01_gradient_descent"


@pytest.fixture(scope="module")
def known() -> list[str]:
    return known_code(ROOT, CHAPTER)


def mixed_class(students: int, seed: int) -> dict[str, dict[str, str]]:
    """Each student solves each exercise in one of the ways, drawn by chance."""
    rng = random.Random(seed)
    return {
        f"student{i:04d}": {name: rng.choice(WORKS)[name] for name in WORKS[0]}
        for i in range(students)
    }


def disguise(source: str) -> str:
    """A copy with other names, comments, blank lines and spaces."""
    names = set(
        re.findall(r"\b[a-z][a-z_]{0,8}\b(?=\s*(?:=[^=]|,|\[|\)| in\b))", source)
    )
    words = {"np", "range", "len", "raise", "return", "for", "in", "if", "not", "while"}
    words |= {"float", "str", "list", "flags", "axis", "dtype", "zip"}
    for count, name in enumerate(sorted(names - words)):
        source = re.sub(rf"(?<![.\w]){name}\b(?!=)", f"other_{count}", source)
    lines = [f"{line}  # mine" for line in source.replace(" = ", "  =  ").splitlines()]
    return "\n\n".join(lines)


def test_a_disguised_copy_is_found(known):
    works = {f"way {way}": WORKS[way] for way in range(4)}
    for way in range(4):
        copied = {name: disguise(source) for name, source in WORKS[way].items()}
        assert copied != WORKS[way]
        pairs = find_pairs(works | {"copy": copied}, known)
        assert [(pair.one, pair.other) for pair in pairs] == [(f"way {way}", "copy")]
        assert pairs[0].share > 0.9
        assert set(pairs[0].cells) <= set(WORKS[0])


def test_a_copy_with_a_part_of_its_own_is_found(known):
    """Half copied, half written: the copied half is most of the smaller work."""
    copied = {name: disguise(source) for name, source in WORKS[0].items()}
    copied["adam_step"] = WORKS[1]["adam_step"]
    copied["forward"] = WORKS[2]["forward"]
    works = {"ada": WORKS[0], "bob": WORKS[3], "copy": copied}
    pairs = find_pairs(works, known)
    assert [(pair.one, pair.other) for pair in pairs] == [("ada", "copy")]


def test_independent_work_is_left_alone(known):
    assert find_pairs({f"way {way}": WORKS[way] for way in range(4)}, known) == []


@pytest.mark.parametrize("students", [6, 12, 20, 60])
def test_students_who_draw_from_four_ways_are_hardly_ever_named(known, students):
    """Word for word the same by chance, which is harder than any real class."""
    named = sum(
        len(find_pairs(mixed_class(students, seed), known)) for seed in range(9)
    )
    assert named <= 9 * students * (students - 1) / 2 / 100


def test_references_mistakes_and_blanks_prove_nothing(known):
    everything = {f"cell {number}": source for number, source in enumerate(known)}
    works = {
        "ada": everything,
        "bob": everything,
        "cyd": {"forward": "", "x": "(" * 300},
    }
    assert find_pairs(works, known) == []


def test_only_names_and_layout_are_ignored():
    one = 'def f(x, y):\n    """Doc."""\n    z = x.sum(axis=0)  # sum\n    return z / y'
    other = "def g(a, b,):\n\n  total = (a.sum( axis = 0, ))\n  return (\n total / b )"
    assert tokens(one) == tokens(other)
    assert tokens("%time\nx.f(1e-5)") != tokens("x.f(1e-5)")
    assert tokens("return a, 1e-5") == tokens("return (a, 0.00001)")
    assert tokens("x.sum()") != tokens("x.mean()")
    assert tokens("x + 1") != tokens("x + 2")
    assert tokens("def f(:\n  'open") == tokens("def g(:\n  'open")


def test_a_thousand_submissions_take_seconds(known):
    works = mixed_class(1000, 1)
    for number, cells in enumerate(works.values()):
        lines = [f"    a{i} = x{i}[{number}] * {i} + {number * i}" for i in range(10)]
        cells["own"] = "def own():\n" + "\n".join(lines)
    works["copy"] = works["student0500"]
    start = time.process_time()
    pairs = find_pairs(works, known)
    seconds = time.process_time() - start
    assert [(pair.one, pair.other) for pair in pairs] == [("student0500", "copy")]
    assert seconds < 12, seconds


def test_a_work_that_cannot_be_read_is_named_and_stops_no_comparison(tmp_path):
    record(tmp_path, [graded(name) for name in ("ada", "bob", "eve")])
    paths = {
        name: tmp_path / "grading/autograded" / name / SMALL / f"{SMALL}.ipynb"
        for name in ("ada", "bob", "eve")
    }
    cells = [
        new_code_cell(source, metadata={"nbgrader": {"grade_id": n, "solution": True}})
        for n, source in WORKS[1].items()
    ]
    for name in ("ada", "bob"):
        paths[name].write_text(nbformat.writes(new_notebook(cells=cells)), "utf-8")
    paths["eve"].write_text("[" * 1_000_000, "utf-8")
    found = likeness(tmp_path, SMALL)
    assert [(pair.one, pair.other) for pair in found.pairs] == [("ada", "bob")]
    assert found.not_compared == ["eve"]
    with Results(tmp_path / "grading") as results:
        path = write_report(tmp_path, results, course_scores(tmp_path))
    page = path.read_text("utf-8")
    assert "Not compared, since reading it takes more time or memory" in page

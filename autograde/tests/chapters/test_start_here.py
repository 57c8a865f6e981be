"""Chapter 00: the environment's report, and what its text says a check will say."""

from __future__ import annotations

import subprocess
import sys

import nbformat
import pytest

from autograde import environment
from autograde.course.layout import ROOT
from autograde.authoring.chapter import find_chapter
from autograde.authoring.make_checks import make_exercise_checks
from autograde.checking.answer import check_answer
from autograde.checking.run_case import run_case
from autograde.checking.verdict import judge_exercise

LINE = "return X.mean(axis=0)"


def answer_to(line: str) -> str:
    """The text of the check after a student has typed `line`."""
    chapter = find_chapter("00_start_here")
    data = make_exercise_checks(chapter, chapter.exercise("column_means"))
    source = chapter.solution("column_means").replace(LINE, line)
    target = chapter.with_cell("column_means", source)
    results = [run_case(target, None, case.packed, case.seed) for case in data.cases]
    return check_answer(judge_exercise(data, results, {}), []).text


def test_the_first_wrong_answer_is_told_its_shape_and_its_mistake():
    text = answer_to("return X.mean(axis=1)")
    assert "shape" in text and "axis=1 removes the columns" in text


def test_the_second_wrong_answer_is_told_its_values():
    text = answer_to("return X.sum(axis=0)")
    assert "values" in text and "yours" in text and "expected" in text
    assert "do not divide" in text


def test_the_text_names_both_wrong_answers():
    prose = find_chapter("00_start_here").source.read_text("utf-8")
    assert "`return X.mean(axis=1)`" in prose and "`return X.sum(axis=0)`" in prose


def test_the_warm_up_is_ungraded():
    assert "points" not in answer_to(LINE)
    path = ROOT / "chapters/00_start_here/00_start_here.ipynb"
    cells = nbformat.read(path, 4).cells
    infos = [cell.metadata.get("nbgrader", {}) for cell in cells]
    assert sum(info.get("points", 0) for info in infos) == 0


def test_every_package_gets_a_line_and_is_there():
    found = environment.environment()
    names = {finding.name for finding in found}
    assert {name for name, *_ in environment.PACKAGES} < names
    assert [str(finding) for finding in found if not finding.ok] == []


def test_every_package_looked_for_is_pinned():
    pins = environment.all_pins()
    missing = [n for n, *_ in environment.PACKAGES if environment._key(n) not in pins]
    assert missing == []


@pytest.mark.parametrize(
    ("name", "module", "pinned", "said"),
    [
        ("no-such-package", "no_such_package", "1.0", "is not installed"),
        ("numpy", "numpy", "0.1", "the course was made with 0.1"),
        ("numpy", "numpy.no_such_part", None, "broken"),
    ],
)
def test_what_is_wrong_with_a_package_comes_with_its_mend(name, module, pinned, said):
    finding = environment.package(name, module, "this test", pinned)
    assert not finding.ok and said in finding.text
    wanted = f"{name}=={pinned}" if pinned else name
    assert finding.mend.startswith(f"{sys.executable} -m pip install")
    assert finding.mend.endswith(wanted)
    assert str(finding).startswith("[fail]") and "mend:" in str(finding)


def test_missing_pins_are_no_error(tmp_path):
    assert environment.read_pins(tmp_path / "nothing.txt") == {}


def test_the_terminal_command_says_the_same():
    command = [sys.executable, "-m", "autograde", "doctor"]
    run = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert run.returncode == 0, run.stderr
    assert "[fail]" not in run.stdout.split("For graders")[0]
    for name, *_ in environment.PACKAGES:
        assert f"[ok]   {name} " in run.stdout

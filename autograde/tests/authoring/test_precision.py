"""Single precision hides no known mistake, and costs no right answer a point."""

from __future__ import annotations

import numpy as np

from autograde.authoring.chapter import Chapter
from autograde.authoring.make_checks import make_exercise_checks
from autograde.authoring.precision import LEVELS, rounded
from autograde.checking import serialize
from autograde.checking.run_case import run_case
from autograde.checking.verdict import judge_exercise
from autograde.exercise import Case, Exercise, Misconception

SOURCE = '''# %% exercise="scale"
def scale(x, eps):
    """x: (N, d) float; eps: float. returns: the same shape."""
    ### BEGIN SOLUTION
    return x / (1.0 + eps)
    ### END SOLUTION
'''


def made(tmp_path, eps):
    folder = tmp_path / "01_toy"
    folder.mkdir()
    (folder / "01_toy.py").write_text("import numpy as np\n" + SOURCE)
    chapter = Chapter(folder)
    mistake = Misconception("no-eps", (" / (1.0 + eps)", ""), "You leave out eps.")

    def cases(rng):
        yield Case("five rows", rng.normal(size=(5, 3)), eps)

    exercise = Exercise("scale", cases, misconceptions=[mistake], hints=["?"])
    chapter.entries = [exercise]
    return chapter, make_exercise_checks(chapter, exercise)


def judged(chapter, data, source):
    target = chapter.with_cell("scale", "import numpy as np\n" + source)
    results = [run_case(target, None, c.packed, c.seed) for c in data.cases]
    return judge_exercise(data, results, {}).first_failure


def test_a_large_mistake_leaves_single_precision_its_tolerance(tmp_path):
    _, data = made(tmp_path, 0.1)
    assert data.cases[0].single == LEVELS[0]


def test_a_small_mistake_passes_in_no_precision(tmp_path):
    chapter, data = made(tmp_path, 1.5e-5)
    assert data.cases[0].single < LEVELS[0]
    for kind in ("float64", "float32", "float16"):
        wrong = f"def scale(x, eps):\n    return x.astype(np.{kind})\n"
        assert judged(chapter, data, wrong) is not None
    cast = "def scale(x, eps):\n    return (x / (1 + eps)).astype(np.float32)\n"
    assert judged(chapter, data, cast) is None


def test_only_doubles_are_rounded_wherever_they_stand():
    value = {"a": [np.ones(2), (serialize.TensorData(np.ones(1)), 1.5, "x")], "b": None}
    found = rounded(value, np.float32)
    assert found["a"][0].dtype == found["a"][1][0].array.dtype == np.float32
    assert found["a"][1][1:] == (1.5, "x") and found["b"] is None
    assert rounded(np.arange(3), np.float16).dtype == np.arange(3).dtype

"""An honest student's score is the same whoever is graded beside them.

Also without namespaces, as an ordinary user; and nothing is left afterwards.
"""

from __future__ import annotations

import json

import pytest

from autograde.sandbox import landlock, levels, self_test
from autograde.tests.behind_walls import as_user
from autograde.tests.hostile import ATTACKS
from autograde.tests.hostile.attack import Attack
from autograde.tests.hostile.chapter import CHAPTER, HONEST, POINTS
from autograde.tests.hostile.course import hand_in, make_course
from autograde.tests.hostile.short_limits import grade

found = self_test.strongest()
#: those that cost the machine, the judges or the fork server most
COLLUDING = (
    "answers-of-colliding-dicts",
    "answers-with-colliding-keys",
    "html-of-depth",
    "html-of-open-tags",
    "lets-children-work-on",
    "crowds-the-machine",
    "ends-every-judge",
)


@pytest.mark.skipif(found.level == levels.NONE, reason=found.explanation)
@pytest.mark.parametrize("workers", [2, 8])
def test_colluding_submissions_cost_no_one_a_point(tmp_path, workers):
    released = make_course(tmp_path)
    honest = ("amy", "kim", "zoe")
    for student in honest:
        hand_in(tmp_path, student, Attack(HONEST), released)
    for number, name in enumerate(COLLUDING):
        hand_in(tmp_path, f"l{number}-{name}", ATTACKS[name], released)
    got, said = grade(tmp_path, CHAPTER, workers)
    assert {student: got[student] for student in honest} == dict.fromkeys(
        honest, POINTS
    )
    assert "grader failed" not in said


BARE = """
import json, os, sys, tempfile, time
from pathlib import Path
from autograde.sandbox import self_test
self_test.strongest = lambda: self_test.Found(LEVEL, {})
from autograde.execution.sandboxes import close_all
from autograde.grading import bounds
from autograde.grading.class_run import grade_class
from autograde.grading.judges import close_judges
from autograde.grading.results import Results
from autograde.sandbox.monitor import ProcFolder, descendants
from autograde.tests.hostile import ATTACKS
from autograde.tests.hostile.attack import Attack
from autograde.tests.hostile.chapter import CHAPTER, HONEST
from autograde.tests.hostile.course import hand_in, make_course
bounds.BOUNDS = bounds.Bounds(
    cell_seconds=2.0, submission_seconds=12.0, step_seconds=3, judge_memory=2**28)
with tempfile.TemporaryDirectory() as folder:
    scratch = Path(folder, "tmp")
    scratch.mkdir()
    tempfile.tempdir = os.environ["TMPDIR"] = str(scratch)
    root = Path(folder, "course")
    released = make_course(root)
    hand_in(root, "honest", Attack(HONEST), released)
    for name in NAMES:
        hand_in(root, name, ATTACKS[name], released)
    summary = grade_class(root, quiet=True, workers=2)
    def family():
        found = descendants(ProcFolder().processes(), os.getpid())
        return [p for p in found if p.pid != os.getpid()]
    for _ in range(30):  # on a busy machine it takes a while until all is tidied up
        before = sum(p.cpu for p in family())
        time.sleep(2)
        spun = sum(p.cpu for p in family()) - before
        if spun < 0.3:
            break
    close_all()
    close_judges()
    with Results(root / "grading") as results:
        points = {r.student: {e["name"]: e["awarded"] for e in r.exercises}
                  for r in results.all_newest(CHAPTER)}
    print(json.dumps({"level": summary.level, "points": points, "spun": spun,
        "processes": len(family()), "left": sorted(os.listdir(scratch)),
        "problems": summary.problems, "pages": [
            (root / f"grading/autograded/{n}/{CHAPTER}/{CHAPTER}.ipynb").read_text()
            for n in DOORS]}))
"""
HARD = (
    "exits",
    "crashes",
    "ends-its-world",
    "never-ends",
    "outlives",
    "two-of-a-kind",
    "stops-itself",
    "fills-every-folder",
)
DOORS = (
    "connects-to-a-path",
    "opens-a-socket",
    "sends-a-datagram-from-a-pair",
    "reads-the-page-cache",
    "reads-the-tests-answers",
    "changes-its-parents-limits",
    "opens-another-root",
    "reopens-what-is-read-only",
)


@pytest.mark.parametrize("level", [levels.MASKED, levels.LANDLOCK])
def test_a_class_is_graded_behind_weaker_walls(level):
    """As an ordinary user, with what a bare system or a container has."""
    if level == levels.LANDLOCK and not landlock.version():
        pytest.skip("this kernel has no Landlock")
    if level == levels.MASKED and (reason := self_test.why_not(level)):
        pytest.skip(f"{level}: {reason}")
    given = {"LEVEL": level, "NAMES": (*HARD, *DOORS), "DOORS": DOORS}
    head = "".join(f"{name} = {value!r}\n" for name, value in given.items())
    run = as_user(head + BARE, 2700)
    assert run.returncode == 0, run.stderr[-3000:]
    said = json.loads(run.stdout.splitlines()[-1])
    assert said["level"].partition(";")[0] == level
    for name in (*HARD, *DOORS):
        deserved = {n: POINTS[n] if n in ATTACKS[name].earns else 0.0 for n in POINTS}
        assert said["points"][name] == deserved, name
    assert said["points"]["honest"] == POINTS
    for name, page in zip(DOORS, said["pages"], strict=True):
        assert "REACHED" not in _printed(page), name
    assert said["spun"] < 0.3
    assert said["processes"] == 0
    assert said["left"] == []


def _printed(page: str) -> str:
    """What the cells of a notebook printed; a traceback quotes the attack itself."""
    outputs = [o for cell in json.loads(page)["cells"] for o in cell.get("outputs", [])]
    return "".join(str(o["text"]) for o in outputs if o["output_type"] == "stream")

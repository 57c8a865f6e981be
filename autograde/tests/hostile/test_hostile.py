"""A class of hostile submissions is graded, and nobody is the worse for it.

For each of `hostile.ATTACKS`: no undeserved point, nothing read or changed outside, the
honest students graded, the grader's memory bounded.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from autograde.grading.hidden import hidden_checks
from autograde.grading.results import Results
from autograde.sandbox import levels, self_test
from autograde.tests.behind_walls import outside_pids, until
from autograde.tests.hostile import ATTACKS, LEAKING, STEALING, Attack
from autograde.tests.hostile.chapter import CHAPTER, HONEST, POINTS
from autograde.tests.hostile.course import hand_in, make_course

found = self_test.strongest()
pytestmark = pytest.mark.skipif(
    found.level == levels.NONE, reason="no walls on this machine: " + found.explanation
)
GRADER_MEMORY = 400 * 2**20
SECRETS = {"AUTOGRADE_TEST_TOKEN": "token-in-the-environment"}
VICTIM_TEXT = "only the first honest student wrote this"
HONEST_STUDENTS = ("honest-first", "honest-last")
SECONDS = 2700

# the grader in a process of its own, with a clock that runs faster than the real one
GRADER = """
import json, sys
from pathlib import Path
from autograde.grading import bounds
bounds.BOUNDS = bounds.Bounds(
    cell_seconds=2.0, submission_seconds=12.0, step_seconds=3, judge_memory=2**28)
from autograde.grading.class_run import grade_class
summary = grade_class(Path(sys.argv[1]), quiet=True, workers=2)
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print(json.dumps({"peak": int(status["VmHWM"].split()[0]) * 1024,
                  "problems": summary.problems, "level": summary.level}))
"""


@dataclass
class Graded:
    """What became of the class."""

    root: Path
    peak: int
    level: str
    problems: list[str]
    before: dict[str, str]
    points: dict[str, dict[str, float]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)

    def notebook(self, student: str) -> str:
        path = self.root / f"grading/autograded/{student}/{CHAPTER}/{CHAPTER}.ipynb"
        return path.read_text("utf-8") if path.exists() else ""


@pytest.fixture(scope="module")
def graded(tmp_path_factory) -> Iterator[Graded]:
    root = tmp_path_factory.mktemp("course")
    released = make_course(root)
    for student in HONEST_STUDENTS:
        good = Attack(HONEST, first=f"# {VICTIM_TEXT}" * (student[-1] == "t"))
        hand_in(root, student, good, released)
    for name, attack in ATTACKS.items():
        hand_in(root, name, attack, released)
    before = _fingerprints(root)
    run = subprocess.run(
        [sys.executable, "-c", GRADER, str(root)],
        env={**os.environ, **SECRETS, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    assert run.returncode == 0, run.stderr[-3000:]
    said = json.loads(run.stdout.splitlines()[-1])
    outcome = Graded(root, said["peak"], said["level"], said["problems"], before)
    with Results(root / "grading") as results:
        for result in results.all_newest(CHAPTER):
            outcome.seconds[result.student] = result.seconds
            outcome.points[result.student] = {
                exercise["name"]: exercise["awarded"] for exercise in result.exercises
            }
    yield outcome
    for student, seconds in sorted(outcome.seconds.items(), key=lambda item: -item[1])[
        :8
    ]:
        print(f"{seconds:6.1f} s  {student}")
    print(f"grader's memory: {outcome.peak / 2**20:.0f} MB")


def _fingerprints(root: Path) -> dict[str, str]:
    """A digest of every file that grading must leave alone."""
    prints = {}
    tops = [root / "solutions", root / "chapters", root / "grading" / "submitted"]
    tops += [Path(self_test.__file__).parents[1]]
    for path in sorted(path for top in tops for path in top.rglob("*")):
        if "__pycache__" in path.parts:
            continue
        if path.is_symlink():
            prints[str(path)] = "link " + os.readlink(path)
        elif path.is_file() and path.stat().st_size < 2**27:
            prints[str(path)] = hashlib.sha256(path.read_bytes()).hexdigest()
    return prints


def test_honest_students_are_graded(graded):
    for student in HONEST_STUDENTS:
        assert graded.points[student] == POINTS


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_earns_what_it_deserves(graded, name):
    attack = ATTACKS[name]
    if attack.unreadable:
        assert not any(graded.points.get(name, {}).values())
        assert any(line.startswith(f"{name},") for line in graded.problems)
    else:
        deserved = {n: POINTS[n] if n in attack.earns else 0.0 for n in POINTS}
        assert graded.points[name] == deserved
    assert not any("grader failed" in p for p in graded.problems if p.startswith(name))


@pytest.mark.parametrize("name", STEALING)
def test_a_thief_gets_nothing(graded, name):
    text = graded.notebook(name)
    outputs = json.dumps(
        [c.get("outputs") for c in json.loads(text)["cells"]] if text else []
    )
    for secret in (
        VICTIM_TEXT,
        *SECRETS.values(),
        "the reference solution of scale",
        "SQLite format",
        "REACHED",
        "leak_",
    ):
        assert secret not in outputs
    seed = (graded.root / "grading" / "secret_seed").read_text().strip()
    assert seed not in outputs
    numbers = set(re.findall(r"-?\d+\.\d{3,}", outputs))
    assert not numbers & hidden_numbers(graded.root)


def test_how_a_cell_ends_tells_nothing_of_a_hidden_case(graded):
    said = graded.notebook("says-what-it-saw-by-how-cells-end")
    assert "x = 29  # BIT" in said
    assert "[timed out]" not in said


def hidden_numbers(root: Path) -> set[str]:
    """The numbers of hidden inputs, in the forms in which an attack prints them."""
    numbers = set()
    for exercise in hidden_checks(root, CHAPTER).exercises.values():
        for case in exercise.cases:
            numbers |= {str(round(float(x), 6)) for x in np.ravel(case.inputs[0])}
    return numbers


def test_no_file_is_changed(graded):
    assert _fingerprints(graded.root) == graded.before


def test_nothing_outlives_the_run(graded):
    left = set(outside_pids("OUTLIVES"))  # of other tests that run now, too
    assert until(lambda: not left & set(outside_pids("OUTLIVES")))


def test_the_grader_stays_small(graded):
    assert graded.peak < GRADER_MEMORY, f"{graded.peak / 2**20:.0f} MB"


def test_no_attack_takes_long(graded):
    slow = {name: seconds for name, seconds in graded.seconds.items() if seconds > 1000}
    assert not slow


class Page(HTMLParser):
    """Everything on a page that runs or loads something."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.active: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in (
            "script",
            "iframe",
            "object",
            "embed",
            "svg",
            "base",
            "form",
            "link",
            "style",
            "meta",
            "video",
            "audio",
            "button",
        ):
            self.active.append(f"{tag} {dict(attrs).get('src', '')}")
        for name, value in attrs:
            # what a browser makes of it: no blanks, entities are already resolved
            value = re.sub(r"[\s\x00-\x20]", "", value or "").lower()
            if name.startswith("on") or name in ("srcdoc", "srcset", "ping", "poster"):
                self.active.append(f"{tag} {name}")
            if name == "style" and not re.fullmatch(r"(text-align:\w+;?)*", value):
                self.active.append(f"{tag} {value[:60]}")
            if name == "src" and not value.startswith("data:image/"):
                self.active.append(f"{tag} {value[:60]}")
            if value.startswith(("javascript:", "vbscript:", "data:text")):
                self.active.append(f"{tag} {name}={value[:20]}")

    def handle_data(self, data: str) -> None:
        # MathJax makes a link of it
        if re.search(r"\\href\s*{\s*javascript:", data):
            self.active.append("href in a formula")


@pytest.fixture(scope="module")
def feedback(graded):
    from nbgrader.apps import NbGraderAPI

    from autograde.grading.nbgrader_setup import course_config

    api = NbGraderAPI(config=course_config(graded.root))

    def page(student: str) -> Page:
        result = api.generate_feedback(CHAPTER, student, force=True)
        assert result["success"], result["log"]
        place = graded.root / "grading" / "feedback" / student / CHAPTER
        return Page((place / f"{CHAPTER}.html").read_text("utf-8"))

    return page


@pytest.mark.parametrize("name", LEAKING)
def test_feedback_runs_nothing_of_a_student(feedback, name):
    assert feedback(name).active == feedback(HONEST_STUDENTS[0]).active


def test_a_page_that_runs_something_is_noticed():
    text = "<p onclick=x><a href=' java\nscript&#58;x'><script>x</script>"
    text += "$\\href{javascript:x}"
    text += "<p style='position: fixed; inset: 0'><video poster='//evil.test/x'>"
    text += "<td style='text-align: center'><img src='//evil.test/y'>"
    assert len(Page(text).active) == 8

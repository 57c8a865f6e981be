"""Each kind of odd submission gets the points, the words and the lines it must get."""

from __future__ import annotations

import json

import nbformat
import pytest
from nbgrader.api import Gradebook

from autograde.authoring.chapter import find_chapter
from autograde.course.layout import notebook_path
from autograde.grading.class_run import grade_class
from autograde.grading.nbgrader_setup import course_config
from autograde.grading.results import Results
from autograde.tests.graded_class import CHAPTER, cell_of, solved
from autograde.tests.grading.odd_submissions import ALL
from autograde.tests.one_term import link_chapters

pytestmark = pytest.mark.usefixtures("walls")
NAMES = {name: f"s{number:03d}" for number, name in enumerate(ALL)}


@pytest.fixture(scope="module")
def odd_class(tmp_path_factory, term):
    """All kinds in one class, graded in one run, with what became of each."""
    root = link_chapters(tmp_path_factory.mktemp("odd"))
    term.begin(root, entered=CHAPTER)
    text = json.dumps(solved())
    for name, odd in ALL.items():
        notebook = nbformat.from_dict(json.loads(text))
        odd.edit(notebook)
        folder = root / "grading" / "submitted" / NAMES[name] / CHAPTER
        folder.mkdir(parents=True)
        notebook_path(folder).write_text(json.dumps(notebook))
    grade_class(root, [CHAPTER], quiet=True)
    with Results(root / "grading") as results:
        found = {result.student: result for result in results.all_newest(CHAPTER)}
    config = course_config(root).CourseDirectory
    with Gradebook(config.db_url, config.course_id) as book:
        prose = {
            student: book.find_grade("long_valley", CHAPTER, CHAPTER, student)
            for student in found
        }
        prose = {s: (g.auto_score, g.needs_manual_grade) for s, g in prose.items()}
    return root, found, prose


@pytest.mark.parametrize("name", ALL)
def test_an_odd_submission_gets_what_it_must(name, odd_class):
    root, results, prose = odd_class
    odd, student = ALL[name], NAMES[name]
    result = results[student]
    earned = {exercise["name"]: exercise["awarded"] for exercise in result.exercises}
    full = {e.name: pytest.approx(e.points) for e in find_chapter(CHAPTER).exercises}
    assert result.problem == ""
    assert earned == full | dict.fromkeys(odd.lost, 0.0), result.notes

    graded = notebook_path(root / "grading" / "autograded" / student / CHAPTER)
    text = graded.read_text("utf-8")
    answer = cell_of(nbformat.reads(text, 4), "long_valley")
    if odd.prose is None:
        assert prose[student] == (0, False), answer.source
    else:
        assert prose[student] == (None, True), answer.source
    for part in odd.prose or ():
        assert part in answer.source

    for part in odd.shown:
        assert part in text
    said = "\n".join(result.notes)
    for part in odd.says:
        assert part in said
    explained = " ".join(
        exercise["explanation"]
        for exercise in result.exercises
        if exercise["name"] in odd.lost
    )
    for part in odd.told:
        assert part in explained


def test_there_are_enough_kinds():
    assert len(ALL) >= 150

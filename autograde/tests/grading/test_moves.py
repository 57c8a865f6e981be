"""A preview shows who would move, and can be kept without grading again."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from autograde.commands.keep import keep
from autograde.grading import preview
from autograde.grading.moves import moves_of_preview, preview_lines
from autograde.grading.preview import preview_path, store_preview
from autograde.grading.results import Results
from autograde.grading.scores import course_scores
from autograde.grading.submissions import Submission
from autograde.tests.small_class import CHAPTER, graded, record


@pytest.fixture
def previewed(tmp_path, monkeypatch) -> Path:
    """ada would gain, bob would lose, cyd stays; fay's work has changed since."""
    works = {
        "ada": ("pw", "pp"),
        "bob": ("pp", "pp"),
        "cyd": ("ww", "pp"),
        "fay": ("ww", "ww"),
    }
    record(tmp_path, [graded(name, *outcomes) for name, outcomes in works.items()])
    works |= {"ada": ("pp", "pp"), "bob": ("pp", "nw"), "fay": ("pp", "pp")}
    again = [graded(name, *outcomes) for name, outcomes in works.items()]
    record(tmp_path, again, version="checks 2", keep=False)
    for result in again:
        store_preview(tmp_path / "grading", result)
        folder = tmp_path / "grading" / "submitted" / result.student / CHAPTER
        folder.mkdir(parents=True)
    (tmp_path / "chapters" / CHAPTER).mkdir(parents=True)
    digests = {"fay": "work 2"}
    monkeypatch.setattr(
        Submission, "digest", lambda self: digests.get(self.student, "work 1")
    )
    monkeypatch.setattr(preview, "course_version", lambda root, chapter: "checks 2")
    monkeypatch.setattr(preview, "prepare_gradebook", lambda root, chapter: None)
    return tmp_path


def totals(root: Path) -> dict[str, float]:
    scores = course_scores(root)
    return {student: score.total for (_, student), score in scores.scores.items()}


def stored(root: Path) -> dict[str, float]:
    with Results(root / "grading") as results:
        return {result.student: result.awarded for result in results.all_newest()}


def test_the_preview_changes_nothing_and_says_who_would_move(previewed, capsys):
    before = {"ada": 5.0, "bob": 6.0, "cyd": 4.0, "fay": 0.0}
    assert totals(previewed) == stored(previewed) == before
    with Results(previewed / "grading") as results:
        moves = {move.student: move for move in moves_of_preview(results)}
    assert {name: move.difference for name, move in moves.items()} == {
        "ada": 1.0,
        "bob": -4.0,
        "fay": 6.0,
    }
    assert moves["bob"].why == "changed checks"
    [part] = moves["bob"].exercises
    assert (part.exercise, part.outcome_before, part.outcome_after) == (
        "second",
        "passed",
        "not run",
    )
    with Results(previewed / "grading") as results:
        said = "\n".join(preview_lines(results))
    assert f"bob, {CHAPTER}: 6 -> 2 (-4), changed checks" in said
    assert "    second: 4 -> 0, passed -> not run" in said
    assert "4 previewed results: 2 would gain, 1 would lose." in said


def test_keeping_takes_over_what_still_fits(previewed, capsys):
    assert keep(previewed, []) == 1
    said = capsys.readouterr()
    assert "3 previewed results kept." in said.out, said
    assert f"NOT KEPT: fay, {CHAPTER}: the submission has changed" in said.out
    after = {"ada": 6.0, "bob": 2.0, "cyd": 4.0, "fay": 0.0}
    assert totals(previewed) == stored(previewed) == after
    page = previewed / "grading" / "report" / "index.html"
    assert "passed → not run" in page.read_text("utf-8")
    assert not preview_path(previewed / "grading", CHAPTER, "bob").exists()


def test_changed_checks_and_lost_notebooks_are_not_kept(previewed, monkeypatch, capsys):
    shutil.rmtree(previewed / "grading" / "preview" / "ada")
    assert keep(previewed, [], quiet=True) == 1
    assert "ada, 01_small: its graded notebook is gone" in capsys.readouterr().out
    monkeypatch.setattr(preview, "course_version", lambda root, chapter: "checks 3")
    assert keep(previewed, [], quiet=True) == 1
    assert "the checks have changed since the preview" in capsys.readouterr().out
    assert stored(previewed)["ada"] == 5.0


def test_a_failed_preview_never_replaces_a_score(previewed, capsys):
    failed = graded("cyd", problem="the grader failed", failed=True)
    record(previewed, [failed], version="checks 2", keep=False)
    keep(previewed, [], quiet=True)
    assert "cyd, 01_small: the grader had failed" in capsys.readouterr().out
    assert stored(previewed)["cyd"] == 4.0


def test_without_a_preview(tmp_path, capsys):
    record(tmp_path, [graded("ada")])
    with Results(tmp_path / "grading") as results:
        assert "There is no preview" in "".join(preview_lines(results))

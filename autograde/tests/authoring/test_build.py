"""Generated files are in step with their sources, and hold what they may hold."""

from __future__ import annotations

import json

import nbformat
import pytest

from autograde.authoring.build import assemble, release
from autograde.authoring.chapter import chapters
from autograde.authoring.make_checks import make_checks, make_fresh_checks
from autograde.authoring.same_build import same_checks
from autograde.checking import serialize
from autograde.checking.checks import Checks
from autograde.course.layout import CHECKS, FRESH, ROOT
from autograde.exercise import WhichInput
from autograde.notebooks.stills import WIDGET

HEADINGS = [
    "## 1. Background · 背景介绍",
    "## 2. Core concepts · 核心概念与联系",
    "## 3. The algorithm, step by step · 核心算法原理具体操作步骤",
    "## 4. The mathematics · 数学模型和公式详细讲解举例说明",
    "## 5. Project · 项目实践：代码实例和详细解释说明",
    "## 6. Where it is used · 实际应用场景",
    "## 7. Tools and resources · 工具和资源推荐",
    "## 8. Summary and challenges · 总结：未来发展趋势与挑战",
    "## 9. Questions and answers · 附录：常见问题与解答",
]

every_chapter = pytest.mark.parametrize("chapter", chapters(), ids=lambda c: c.name)


def _solution(chapter):
    return nbformat.read(chapter.folder / f"{chapter.name}.ipynb", 4)


@every_chapter
def test_the_solution_notebook_has_the_cells_of_its_source(chapter):
    def cells(notebook):
        return [(c.id, c.cell_type, c.source, c.metadata) for c in notebook.cells]

    assert cells(_solution(chapter)) == cells(assemble(chapter)), "run `make build`"


@every_chapter
def test_the_solution_notebook_was_executed_without_an_error(chapter):
    for cell in _solution(chapter).cells:
        if cell.cell_type == "code":
            assert cell.execution_count, f"{cell.id} was not executed"
            kinds = [(o.output_type, o.get("name")) for o in cell.outputs]
            assert ("error", None) not in kinds, cell.id
            assert ("stream", "stderr") not in kinds, cell.id


@every_chapter
def test_the_reference_earns_every_point(chapter):
    points = {exercise.name: float(exercise.points) for exercise in chapter.exercises}
    for cell in _solution(chapter).cells:
        if cell.id.startswith("check-"):
            results = [o for o in cell.outputs if o.output_type == "execute_result"]
            name = cell.source.split('"')[1]
            assert results[0].data["text/plain"] == repr(points.pop(name))
    assert points == {}


@pytest.mark.usefixtures("visible_once")
@every_chapter
def test_the_released_folder_is_what_the_sources_give(chapter, tmp_path):
    released = ROOT / "chapters" / chapter.name
    checks = make_checks(chapter).to_bytes()
    assert same_checks((released / CHECKS).read_bytes(), checks), "run `make build`"
    fresh = make_fresh_checks(chapter).to_bytes()
    assert same_checks((released / FRESH).read_bytes(), fresh), "run `make build`"
    for name in (CHECKS, FRESH):
        (chapter.folder / name).write_bytes((released / name).read_bytes())
    release(chapter, tmp_path / "released")
    fresh = {p.name: p.read_bytes() for p in (tmp_path / "released").iterdir()}
    committed = {p.name: p.read_bytes() for p in released.iterdir() if p.is_file()}
    assert sorted(fresh) == sorted(committed)
    assert [n for n in fresh if fresh[n] != committed[n]] == [], "run `make build`"


@every_chapter
def test_a_released_notebook_holds_no_solution(chapter):
    text = (ROOT / "chapters" / chapter.name / f"{chapter.name}.ipynb").read_text()
    assert "BEGIN SOLUTION" not in text and "END SOLUTION" not in text
    notebook = nbformat.reads(text, 4)
    for cell in notebook.cells:
        if (
            cell.metadata.get("nbgrader", {}).get("solution")
            and cell.cell_type == "code"
        ):
            assert "raise NotImplementedError()" in cell.source, cell.id
        for output in cell.get("outputs", []):  # a widget's picture, or a question
            if "predict(" in cell.source:
                assert set(output.data) == {"text/html", "text/plain"}, cell.id
            else:
                assert set(output.data) == {"image/png", "text/plain"}, cell.id
                assert len(output.metadata["image/png"]["alt"]) > 30, cell.id


@every_chapter
def test_a_chapter_has_the_nine_sections_of_the_articles(chapter):
    lines = "\n".join(c.source for c in chapter.cells if c.cell_type == "markdown")
    found = [line for line in lines.splitlines() if line.startswith("## ")]
    assert found == HEADINGS


@every_chapter
def test_every_picture_has_an_alternative_text(chapter):
    for cell in _solution(chapter).cells:
        for output in cell.get("outputs", []):
            if "image/png" in output.get("data", {}):
                alt = output.metadata.get("image/png", {}).get("alt", "")
                assert len(alt) > 30, f"{cell.id}: {alt!r}"


@every_chapter
def test_every_slider_is_stored_with_a_still_picture(chapter):
    released = ROOT / "chapters" / chapter.name / f"{chapter.name}.ipynb"
    for cell, given in zip(
        _solution(chapter).cells, nbformat.read(released, 4).cells, strict=True
    ):
        for output in cell.get("outputs", []):
            if WIDGET in output.get("data", {}) and "slide(" in cell.source:
                assert "image/png" in output.data, cell.id
                (still,) = given.outputs
                assert still.data["image/png"] == output.data["image/png"]


@every_chapter
def test_prose_cells_have_names_and_lines_fit_a_projector(chapter):
    for cell in chapter.cells:
        if cell.cell_type == "markdown":
            assert "name" in cell.metadata or "manual" in cell.metadata, cell.source[
                :60
            ]
        else:
            long = [line for line in cell.source.splitlines() if len(line) > 78]
            assert long == []


@every_chapter
def test_most_exercises_have_three_known_mistakes(chapter):
    written = [e for e in chapter.exercises if not isinstance(e, WhichInput)]
    few = [e.name for e in written if len(e.misconceptions) < 3]
    assert len(few) <= len(chapter.exercises) // 4, few


@every_chapter
def test_the_code_of_a_cell_that_only_draws_is_folded(chapter):
    for folder in ("solutions", "chapters"):
        path = ROOT / folder / chapter.name / f"{chapter.name}.ipynb"
        for cell in nbformat.read(path, 4).cells:
            hides = "hide-input" in cell.metadata.get("tags", [])
            folded = cell.metadata.get("jupyter", {}).get("source_hidden", False)
            assert folded == hides, f"{folder}: {cell.id}"
            assert not (hides and "nbgrader" in cell.metadata), cell.id


@every_chapter
def test_notebooks_are_valid(chapter):
    for folder in ("solutions", "chapters"):
        path = ROOT / folder / chapter.name / f"{chapter.name}.ipynb"
        nbformat.validate(json.loads(path.read_text()))


@pytest.mark.parametrize("change, same", [(1 + 1e-7, True), (1 + 1e-3, False)])
def test_check_files_may_differ_by_rounding_only(change, same):
    path = ROOT / "chapters" / "01_gradient_descent" / CHECKS
    checks = Checks.load(path)
    checks.exercises["mse_loss"].cases[0].expected.value *= change
    assert same_checks(path.read_bytes(), checks.to_bytes()) == same


def test_a_changed_input_is_noticed():
    path = ROOT / "chapters" / "01_gradient_descent" / CHECKS
    checks = Checks.load(path)
    case = checks.exercises["mse_loss"].cases[0]
    (y, *others), keywords = serialize.unpack(case.packed)
    case.packed = serialize.pack([[y * 1.001, *others], keywords])
    assert not same_checks(path.read_bytes(), checks.to_bytes())


def test_a_bonus_counts_neither_minutes_nor_progress(tmp_path):
    from autograde.authoring.build import exercise_line, exercises_text
    from autograde.authoring.chapter import Chapter
    from autograde.exercise import Case, Exercise

    def cases(rng):
        yield Case("one", 1.0)

    source = (
        '# %% exercise="{0}"\n### BEGIN SOLUTION\n'
        "def {0}(x):\n    return x\n### END SOLUTION\n"
    )
    folder = tmp_path / "01_toy"
    folder.mkdir()
    (folder / "01_toy.py").write_text(source.format("one") + source.format("more"))
    chapter = Chapter(folder)
    bonus = Exercise("more", cases, points=0, minutes=40, bonus=True, hints=["?"])
    chapter.entries = [Exercise("one", cases, minutes=5), bonus]
    assert exercises_text(chapter) == "1 exercise, about 5 minutes together"
    assert "bonus · about 40 minutes" in exercise_line(bonus)
    checks = [c for c in assemble(chapter).cells if c.id.startswith("check-")]
    assert [c.metadata.get("tags") for c in checks] == [None, ["bonus"]]
    with pytest.raises(ValueError, match="a bonus has no points"):
        Exercise("more", cases, points=1, bonus=True)

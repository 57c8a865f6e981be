"""An update of the course reaches a student's copy without touching their work."""

import copy
import json
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograde import lab, progress
from autograde.workcopy import merge, restore, update_work

NAME = "01_first"


def graded(name, points=2):
    stub = f"def {name}(x):\n    raise NotImplementedError()"
    answer = new_code_cell(stub, id=name)
    answer.metadata["nbgrader"] = {"grade_id": name, "solution": True, "grade": False}
    check = new_code_cell(f'check("{name}")', id=f"check-{name}")
    check.metadata["nbgrader"] = {
        "grade_id": f"check_{name}",
        "solution": False,
        "grade": True,
        "points": points,
    }
    return [answer, check]


def released():
    title = new_markdown_cell("# 1 First\n\n*about 5 minutes*", id="title")
    demo = new_code_cell("softmax(1)", id="demo")
    return new_notebook(cells=[title, *graded("softmax"), demo, *graded("one_hot", 1)])


def by_id(notebook):
    return {cell.id: cell for cell in notebook.cells}


def ids(notebook):
    return [cell.id for cell in notebook.cells]


@pytest.fixture
def course(tmp_path):
    folder = tmp_path / "chapters" / NAME
    folder.mkdir(parents=True)
    nbformat.write(released(), folder / f"{NAME}.ipynb")
    (folder / "checks.safetensors").write_bytes(b"first")
    return tmp_path


def notebook_path(course):
    return course / "work" / NAME / f"{NAME}.ipynb"


def release_again(course, change):
    path = course / "chapters" / NAME / f"{NAME}.ipynb"
    notebook = nbformat.read(path, 4)
    change(notebook)
    nbformat.write(notebook, path)


def edit(course, change):
    path = notebook_path(course)
    notebook = nbformat.read(path, 4)
    change(notebook)
    nbformat.write(notebook, path)


def test_an_untouched_cell_follows_and_an_edited_one_stays():
    base, new = released(), released()
    mine = copy.deepcopy(base)
    by_id(mine)["softmax"].source = "def softmax(x):\n    return x"
    by_id(mine)["demo"].outputs = [
        nbformat.v4.new_output("stream", name="stdout", text="old")
    ]
    by_id(new)["softmax"].source += "  # repaired"
    by_id(new)["demo"].source = "softmax(2)"
    merged, said = merge(base, mine, new)
    cells = by_id(merged)
    assert cells["softmax"].source == "def softmax(x):\n    return x"
    assert cells["demo"].source == "softmax(2)" and not cells["demo"].outputs
    assert any("softmax" in line and "stays" in line for line in said)
    note = merged.cells[ids(merged).index("softmax") - 1]
    assert note.cell_type == "markdown" and "# repaired" in note.source
    again, said = merge(new, merged, new)
    assert again == merged and not said


def test_added_moved_and_deleted_cells_are_the_students_own():
    base, new = released(), released()
    mine = copy.deepcopy(base)
    mine.cells.insert(2, new_code_cell("helper = 1", id="mine"))
    mine.cells = [cell for cell in mine.cells if cell.id != "demo"]
    moved = mine.cells.pop(0)
    moved["id"] = "a-new-id"  # JupyterLab gives a pasted cell another one
    mine.cells.append(moved)
    by_id(new)["demo"].source = "softmax(2)"
    new.cells.insert(3, new_markdown_cell("news", id="news"))
    merged, said = merge(base, mine, new)
    assert ids(merged) == [
        "softmax",
        "mine",
        "check-softmax",
        "news",
        "one_hot",
        "check-one_hot",
        "a-new-id",
    ]
    assert said == ["1 cell added"]


def test_a_cell_that_left_the_course_goes_only_where_it_was_not_edited():
    base, new = released(), released()
    mine = copy.deepcopy(base)
    by_id(mine)["one_hot"].source = "def one_hot(y):\n    return y"
    new.cells = new.cells[:3]
    merged, said = merge(base, mine, new)
    assert ids(merged) == ["title", "softmax", "check-softmax", "one_hot"]
    assert "nbgrader" not in by_id(merged)["one_hot"].metadata
    assert any("one_hot" in line for line in said)


def test_points_follow_the_course_even_where_the_source_was_edited():
    base, new = released(), released()
    mine = copy.deepcopy(base)
    by_id(new)["check-softmax"].metadata["nbgrader"]["points"] = 5
    merged, _ = merge(base, mine, new)
    assert by_id(merged)["check-softmax"].metadata.nbgrader.points == 5


def test_update_keeps_a_backup_says_what_it_did_and_then_does_nothing(course):
    assert lab.prepare(course, course / "work")[0].startswith("Your copy")
    edit(course, lambda nb: by_id(nb)["one_hot"].update(source="mine = 1"))
    mine = notebook_path(course).read_bytes()
    release_again(course, lambda nb: by_id(nb)["demo"].update(source="softmax(3)"))
    (course / "chapters" / NAME / "checks.safetensors").write_bytes(b"second")
    said = "\n".join(lab.prepare(course, course / "work"))
    assert "1 cell brought up to date" in said and "new checks.safetensors" in said
    cells = by_id(nbformat.read(notebook_path(course), 4))
    assert cells["one_hot"].source == "mine = 1"
    assert cells["demo"].source == "softmax(3)"
    (backup,) = (course / "work" / "backups").iterdir()
    assert backup.read_bytes() == mine
    assert (course / "work" / NAME / "checks.safetensors").read_bytes() == b"second"
    assert "1 cell brought up to date" in (course / "work" / "start.md").read_text()
    before = notebook_path(course).read_bytes()
    assert lab.prepare(course, course / "work") == []
    assert notebook_path(course).read_bytes() == before


def test_a_new_chapter_arrives_and_an_unreadable_notebook_is_left_alone(course):
    update_work(course / "chapters", course / "work")
    notebook_path(course).write_text("{ not JSON")
    release_again(course, lambda nb: by_id(nb)["demo"].update(source="softmax(3)"))
    folder = course / "chapters" / "02_second"
    folder.mkdir()
    nbformat.write(released(), folder / "02_second.ipynb")
    updates = {
        u.chapter: u.said for u in update_work(course / "chapters", course / "work")
    }
    assert updates["02_second"] == ["new chapter"]
    assert "left alone" in updates[NAME][0]
    assert notebook_path(course).read_text() == "{ not JSON"


def test_restore_brings_back_deleted_cells_in_their_place(course):
    update_work(course / "chapters", course / "work")
    edit(course, lambda nb: nb.cells.pop(2))
    update = restore(course / "chapters", course / "work", NAME)
    assert update.said == ["brought back the check of softmax"]
    assert ids(nbformat.read(notebook_path(course), 4)) == ids(released())


def test_the_command_updates_restores_and_says_so(course, capsys):
    at = ["--root", str(course)]
    assert lab.main([*at, "--update"]) == 0
    assert "Your copy of the course" in capsys.readouterr().out
    edit(course, lambda nb: nb.cells.pop(1))
    assert lab.main([*at, "--restore", "01"]) == 0
    assert "brought back the cell of softmax" in capsys.readouterr().out
    assert lab.main([*at, "--restore", "07"]) == 1


@pytest.mark.parametrize("role", ["student", "instructor"])
def test_the_command_becomes_a_server_of_this_computer_alone(course, monkeypatch, role):
    launched = []
    monkeypatch.setattr(lab.os, "execve", lambda *arguments: launched.append(arguments))
    flags = ["--instructor"] if role == "instructor" else []
    lab.main(["--root", str(course), "--no-browser", *flags])
    ((_, command, environment),) = launched
    path = Path(command[-1].removeprefix("--config="))
    config = json.loads(path.read_text("utf-8"))
    assert config["ServerApp"]["ip"] == "127.0.0.1"
    assert "token" not in json.dumps(config).lower()
    served = course if role == "instructor" else course / "work"
    assert config["ServerApp"]["root_dir"] == str(served)
    assert str(course) in environment["PYTHONPATH"]


def test_progress_is_kept_and_shown(course):
    lab.prepare(course, course / "work")
    folder = course / "work" / NAME
    progress.record(folder, "softmax", 2.0, 3, 3)
    page = (course / "work" / "start.md").read_text()
    assert "1 of 2" in page and "2 of 3" in page and "Go on with" in page
    assert "`one_hot`" in page
    progress.record(folder, "one_hot", 1.0, 3, 3)
    page = (course / "work" / "start.md").read_text()
    assert "Every exercise is solved" in page


def test_progress_survives_a_file_that_is_not_ours(course):
    lab.prepare(course, course / "work")
    path = course / "work" / ".course" / "progress" / f"{NAME}.json"
    path.parent.mkdir()
    for content in (
        "",
        "[]",
        "{",
        json.dumps({"softmax": 3}),
        '{"softmax": {"points": "x"}}',
    ):
        path.write_text(content)
        assert progress.load(course / "work", NAME) == {}
        progress.write_start_page(course / "work")


def test_nothing_is_written_outside_a_work_folder(tmp_path):
    progress.record(tmp_path, "softmax", 1.0, 1, 1)
    assert not list(tmp_path.iterdir())

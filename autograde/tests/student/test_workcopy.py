"""An update of the course reaches a student's copy without touching their work."""

import copy
import json
import shutil
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograde.commands.main import status
from autograde.course.layout import CANNOT_RUN
from autograde.notebooks.merge import ANNOUNCEMENT, merge
from autograde.student import lab, progress, start_page, workcopy
from autograde.student.workcopy import restore, update_work

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


def test_an_announcement_takes_the_place_of_an_older_one():
    base, mine = released(), released()
    by_id(mine)["softmax"].source = "def softmax(x):\n    return x"
    for version in ("second", "third"):
        new = released()
        by_id(new)["softmax"].source += f"  # {version}"
        mine, _ = merge(base, mine, new)
        base = new
    (note,) = [c for c in mine.cells if c.id.startswith(ANNOUNCEMENT)]
    assert "# third" in note.source and "# second" not in note.source
    assert by_id(mine)["softmax"].source == "def softmax(x):\n    return x"


def test_an_exercise_leaves_and_another_comes_and_a_cell_changes_its_kind():
    base, new = released(), released()
    mine = copy.deepcopy(base)
    new.cells = [
        *new.cells[:3],
        new_markdown_cell("It was code once.", id="demo"),
        *graded("cross_entropy"),
    ]
    merged, said = merge(base, mine, new)
    assert [(c.id, c.cell_type) for c in merged.cells] == [
        (c.id, c.cell_type) for c in new.cells
    ]
    assert said == ["3 cells added", "3 cells removed"]


def renamed(course, name):
    old = course / "chapters" / NAME
    (old / f"{NAME}.ipynb").rename(old / f"{name}.ipynb")
    old.rename(course / "chapters" / name)


def test_a_renamed_chapter_takes_the_work_and_the_progress_with_it(course):
    work = course / "work"
    lab.prepare(course, work)
    edit(course, lambda nb: by_id(nb)["one_hot"].update(source="mine = 1"))
    start_page.record(work / NAME, "softmax", 2.0, 3, 3)
    release_again(course, lambda nb: by_id(nb)["demo"].update(source="softmax(3)"))
    renamed(course, "02_renamed")
    said = "\n".join(lab.prepare(course, work))
    assert f"was called {NAME}; your work came with it" in said
    cells = by_id(nbformat.read(work / "02_renamed" / "02_renamed.ipynb", 4))
    assert cells["one_hot"].source == "mine = 1"
    assert cells["demo"].source == "softmax(3)"
    assert not (work / NAME).exists()
    page = (work / "start.md").read_text()
    assert "1 of 2" in page and "2 of 3" in page and f"({NAME}/" not in page
    assert lab.prepare(course, work) == []


def test_a_chapter_that_left_the_course_stays_in_the_work_folder(course):
    second = course / "chapters" / "02_second"
    second.mkdir()
    title = new_markdown_cell("# 2 Second", id="title-of-the-second")
    nbformat.write(new_notebook(cells=[title]), second / "02_second.ipynb")
    lab.prepare(course, course / "work")
    edit(course, lambda nb: by_id(nb)["one_hot"].update(source="mine = 1"))
    before = notebook_path(course).read_bytes()
    for path in (course / "chapters" / NAME).iterdir():
        path.unlink()
    (course / "chapters" / NAME).rmdir()
    said = "\n".join(lab.prepare(course, course / "work"))
    assert f"your folder {NAME} stays as it is" in said
    assert notebook_path(course).read_bytes() == before
    assert "First" not in (course / "work" / "start.md").read_text().split("Update")[0]
    assert lab.prepare(course, course / "work") == []


class PowerCut(Exception):
    """The computer stops here."""


def interrupted_at(monkeypatch, step):
    """Let the `step`-th change that an update makes in the file system be its last."""
    made = 0

    def counted(change):
        def changed(*arguments, **options):
            nonlocal made
            made += 1
            if made == step:
                if change is shutil.copyfile:  # half of it is written
                    source, target = arguments
                    content = Path(source).read_bytes()
                    Path(target).write_bytes(content[: len(content) // 2])
                raise PowerCut
            return change(*arguments, **options)

        return changed

    monkeypatch.setattr(workcopy.shutil, "copyfile", counted(shutil.copyfile))
    monkeypatch.setattr(workcopy.shutil, "rmtree", counted(shutil.rmtree))
    for name in ("rename", "replace"):
        monkeypatch.setattr(Path, name, counted(getattr(Path, name)))
    monkeypatch.setattr(workcopy.nbformat, "write", counted(workcopy.nbformat.write))


def every_change(course):
    """A new release in which everything happens that an update has to deal with."""

    def change(notebook):
        by_id(notebook)["softmax"].source += "  # repaired"
        by_id(notebook)["demo"].source = "softmax(3)"
        notebook.cells = [*notebook.cells[:4], *graded("cross_entropy")]

    release_again(course, change)
    (course / "chapters" / NAME / "checks.safetensors").write_bytes(b"second" * 9)
    renamed(course, "01_renamed")
    third = course / "chapters" / "03_third"
    third.mkdir()
    title = new_markdown_cell("# 3 Third", id="third")
    nbformat.write(new_notebook(cells=[title]), third / "03_third.ipynb")


def what_a_student_has(work):
    files = {}
    for path in sorted(work.rglob("*")):
        inner = path.relative_to(work)
        if path.is_file() and inner.parts[0] != "backups" and path.name[0] != ".":
            if inner.parts[0] == ".course" and inner.parts[1] != "released":
                continue
            if inner.name != "start.md":
                files[str(inner)] = path.read_bytes()
    return files


def test_an_update_that_is_interrupted_anywhere_goes_on_where_it_stopped(
    course, tmp_path_factory, monkeypatch
):
    lab.prepare(course, course / "work")
    edit(course, lambda nb: by_id(nb)["softmax"].update(source="mine = 1"))
    edit(course, lambda nb: by_id(nb)["one_hot"].update(source="mine = 2"))
    every_change(course)
    wanted, steps = None, 0
    while True:
        folder = tmp_path_factory.mktemp("cut")
        shutil.copytree(course, folder, dirs_exist_ok=True)
        with monkeypatch.context() as patched:
            interrupted_at(patched, steps)
            try:
                update_work(folder / "chapters", folder / "work")
                done = True
            except PowerCut:
                done = False
        update_work(folder / "chapters", folder / "work")
        found = what_a_student_has(folder / "work")
        if wanted is None:
            wanted = found
            cells = {
                cell.id: cell.source
                for cell in nbformat.read(
                    folder / "work" / "01_renamed" / "01_renamed.ipynb", 4
                ).cells
            }
            assert cells["softmax"] == "mine = 1" and cells["one_hot"] == "mine = 2"
            assert cells["demo"] == "softmax(3)" and "cross_entropy" in cells
        assert found == wanted, f"interrupted at step {steps}"
        if steps and done:
            break
        steps += 1
    assert steps > 10


def test_restore_brings_back_deleted_cells_in_their_place(course):
    update_work(course / "chapters", course / "work")
    edit(course, lambda nb: nb.cells.pop(2))
    update = restore(course / "chapters", course / "work", NAME)
    assert update.said == ["brought back the check of softmax"]
    assert ids(nbformat.read(notebook_path(course), 4)) == ids(released())


def test_the_command_updates_restores_and_says_so(course, capsys):
    at = ["--root", str(course)]
    assert status(["update", *at]) == 0
    assert "Your copy of the course" in capsys.readouterr().out
    edit(course, lambda nb: nb.cells.pop(1))
    assert status(["restore", "01", *at]) == 0
    assert "brought back the cell of softmax" in capsys.readouterr().out
    assert status(["restore", "07", *at]) == CANNOT_RUN


def test_below_an_open_notebook_nothing_is_updated(course, capsys, monkeypatch):
    at = ["--root", str(course)]
    assert status(["update", *at]) == 0
    edit(course, lambda nb: nb.cells.pop(1))
    before = notebook_path(course).read_bytes()
    path = course / "chapters" / NAME / f"{NAME}.ipynb"
    path.write_text(path.read_text("utf-8").replace("softmax(1)", "softmax(4)"))
    monkeypatch.setattr(lab, "running_server", lambda folder: "http://127.0.0.1:1/")
    assert status(["update", *at]) == CANNOT_RUN
    assert "File > Shut Down" in capsys.readouterr().err
    assert status(["lab", *at, "--no-browser"]) == 0
    assert "already open" in capsys.readouterr().out
    assert notebook_path(course).read_bytes() == before
    assert status(["restore", "01", *at]) == 0
    assert "Reload Notebook from Disk" in capsys.readouterr().out
    monkeypatch.setattr(lab, "running_server", lambda folder: None)
    assert status(["update", *at]) == 0
    assert "softmax(4)" in notebook_path(course).read_text("utf-8")


@pytest.mark.parametrize("role", ["student", "instructor"])
def test_the_command_becomes_a_server_of_this_computer_alone(course, monkeypatch, role):
    launched = []
    monkeypatch.setattr(lab.os, "execve", lambda *arguments: launched.append(arguments))
    command = "instructor" if role == "instructor" else "lab"
    status([command, "--root", str(course), "--no-browser"])
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
    start_page.record(folder, "softmax", 2.0, 3, 3)
    page = (course / "work" / "start.md").read_text()
    assert "1 of 2" in page and "2 of 3" in page and "Go on with" in page
    assert "`one_hot`" in page
    start_page.record(folder, "one_hot", 1.0, 3, 3)
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
        start_page.write_start_page(course / "work")


def test_nothing_is_written_outside_a_work_folder(tmp_path):
    start_page.record(tmp_path, "softmax", 1.0, 1, 1)
    assert not list(tmp_path.iterdir())

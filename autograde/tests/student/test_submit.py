"""Handing in: what is missing is said, a receipt is written, an instructor collects."""

import hashlib
import os

import nbformat
import pytest
from jupyter_client.manager import run_kernel
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograde.checking import serialize
from autograde.checking.checks import CaseData, Checks, ExerciseData
from autograde.checking.run_case import Result
from autograde.commands.main import status
from autograde.course.layout import CANNOT_RUN
from autograde.student import lab, submit

NAME = "01_first"
RIGHT = "def double(x):\n    return 2 * x"


def chapter_checks():
    def case(value):
        packed = serialize.pack([[value], {}])
        return CaseData(f"{value}", packed, 1, Result(value=2.0 * value), {})

    exercise = ExerciseData(
        name="double",
        points=3,
        minutes=5,
        difficulty=1,
        probe=None,
        view=None,
        returns=[],
        rtol=1e-6,
        atol=1e-9,
        pure=True,
        exact_dtype=False,
        needs=[],
        seconds=5,
        hints=["twice"],
        cases=[case(3.0), case(5.5)],
    )
    return Checks(NAME, {"double": exercise}, "")


def released():
    setup = new_code_cell("from autograde import check, hint", id="setup")
    setup.metadata["tags"] = ["setup"]
    stub = "def double(x):\n    raise NotImplementedError()"
    answer = new_code_cell(stub, id="double")
    check = new_code_cell('check("double")', id="check-double")
    prose = new_markdown_cell("YOUR ANSWER HERE", id="why")
    for cell, fields in (
        (answer, {"grade_id": "double", "solution": True, "grade": False}),
        (check, {"grade_id": "check_double", "grade": True, "points": 3}),
        (prose, {"grade_id": "why", "grade": True, "solution": True, "points": 2}),
    ):
        cell.metadata["nbgrader"] = {"solution": False, "locked": False, **fields}
    return new_notebook(cells=[setup, answer, check, prose])


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", str(tmp_path / "no-config"))
    chapter = tmp_path / "chapters" / NAME
    chapter.mkdir(parents=True)
    nbformat.write(released(), chapter / f"{NAME}.ipynb")
    chapter_checks().save(chapter / "checks.safetensors")
    lab.prepare(tmp_path, tmp_path / "work")
    return tmp_path / "work" / NAME


def edit(folder, change):
    path = folder / f"{NAME}.ipynb"
    notebook = nbformat.read(path, 4)
    change({cell.id: cell for cell in notebook.cells}, notebook)
    nbformat.write(notebook, path)


def test_a_blank_chapter_is_taken_and_told_what_it_lacks(folder):
    receipt, standing = submit.hand_in(folder, "ana")
    assert standing.lines() == [
        "not written yet: double",
        "why: your answer in prose is missing",
    ]
    assert receipt.summary.startswith("0 of 3 points")
    assert "2 more are given by a person" in receipt.summary


def test_a_right_answer_with_the_students_own_cells(folder):
    def change(cells, notebook):
        cells["double"].source = RIGHT
        cells["why"].source = "Because."
        own = new_code_cell("from autograde import submit\nsubmit()")
        notebook.cells.insert(0, own)
        notebook.cells.append(new_code_cell("1 / 0"))

    edit(folder, change)
    receipt, standing = submit.hand_in(folder, "ana")
    assert standing.lines() == []
    assert receipt.summary.startswith("3 of 3 points")


def test_the_receipt_the_file_and_the_instructors_folder(folder, tmp_path):
    receipt, _ = submit.hand_in(folder, "ana")
    content = (folder / f"{NAME}.ipynb").read_bytes()
    assert receipt.digest == hashlib.sha256(content).hexdigest()
    sent = tmp_path / "work" / "submissions"
    assert len(list(sent.glob("*.zip"))) == 1
    (text,) = sent.glob("*_receipt.txt")
    assert receipt.digest in text.read_text()
    submitted = tmp_path / "grading" / "submitted"
    assert status(["collect", str(sent), "--root", str(tmp_path)]) == 0
    taken = submitted / "ana" / NAME
    assert (taken / f"{NAME}.ipynb").read_bytes() == content
    assert not (taken / "timestamp.txt").exists(), "only a download tells a time"


def test_what_cannot_be_handed_in_says_why(folder, tmp_path):
    with pytest.raises(submit.NotSubmitted, match="name of a folder"):
        submit.hand_in(folder, "../ana")
    (folder / f"{NAME}.ipynb").write_text("{")
    with pytest.raises(submit.NotSubmitted, match="not JSON"):
        submit.hand_in(folder, "ana")
    with pytest.raises(submit.NotSubmitted, match="copy of the course"):
        submit.hand_in(tmp_path, "ana")


def test_a_work_copy_that_was_renamed_is_told_its_name(folder):
    path = folder / f"{NAME}.ipynb"
    path.rename(folder / f"{NAME}_ana.ipynb")
    submit._wait_until_saved(path, "a-new-cell")
    with pytest.raises(submit.NotSubmitted, match=f"give {NAME}_ana.ipynb that name"):
        submit.hand_in(folder, "ana")
    (folder / f"{NAME}_ana.ipynb").unlink()
    with pytest.raises(submit.NotSubmitted, match="in the chapter's folder any more"):
        submit.hand_in(folder, "ana")


def test_a_copy_of_the_notebook_is_not_what_is_handed_in(folder, monkeypatch):
    monkeypatch.setattr(submit, "SAVE_SECONDS", 0)
    path = folder / f"{NAME}.ipynb"
    copy = nbformat.read(path, 4)
    copy.cells.append(new_code_cell("submit()", id="a-new-cell"))
    nbformat.write(copy, folder / f"{NAME}-Copy1.ipynb")
    with pytest.raises(submit.NotSubmitted, match="This cell is in 01_first-Copy1"):
        submit._wait_until_saved(path, "a-new-cell")


@pytest.mark.parametrize("damage", ["", '{"name', "[1]", "null"])
def test_a_damaged_memory_of_the_name_is_no_name(tmp_path, damage):
    (tmp_path / "student.json").write_text(damage)
    assert submit._remembered(tmp_path / "student.json") is None


def test_a_cell_that_is_not_in_the_file_yet_is_waited_for(folder, monkeypatch):
    monkeypatch.setattr(submit, "SAVE_SECONDS", 0)
    path = folder / f"{NAME}.ipynb"
    with pytest.raises(submit.NotSubmitted, match=r"is not saved: press Ctrl\+S"):
        submit._wait_until_saved(path, "a-new-cell")
    submit._wait_until_saved(path, None)
    submit._wait_until_saved(path, "vscode-notebook-cell:/first.ipynb#W0sZmlsZQ")
    own = new_code_cell("submit()", id="a-new-cell")
    edit(folder, lambda cells, notebook: notebook.cells.append(own))
    submit._wait_until_saved(path, "a-new-cell")


def test_a_cell_that_imports_and_hands_in_is_waited_for_too(folder):
    code = (
        "import autograde.student.submit as handing_in\n"
        "handing_in.SAVE_SECONDS = 0\n"
        "from autograde import submit\n"
        "submit('ana')"
    )
    said = []
    with run_kernel(kernel_name="python3", cwd=folder) as client:
        content = {"code": code, "silent": False, "store_history": True}
        content |= {"user_expressions": {}, "allow_stdin": False}
        cell = {"cellId": "a-new-cell"}
        asked = client.session.msg("execute_request", content, metadata=cell)
        client.shell_channel.send(asked)
        while (
            client.get_shell_msg(timeout=600)["parent_header"]["msg_id"]
            != asked["msg_id"]
        ):
            pass
        while True:
            message = client.get_iopub_msg(timeout=600)
            said.append(str(message["content"]))
            idle = message["content"].get("execution_state") == "idle"
            if idle and message["parent_header"].get("msg_id") == asked["msg_id"]:
                break
    assert "is not saved: press Ctrl+S" in "".join(said)
    assert not (folder.parent / "submissions").exists()


def test_the_name_is_remembered(folder):
    submit.hand_in(folder, "ana")
    receipt, _ = submit.hand_in(folder)
    assert receipt.student == "ana"


def test_a_name_that_is_the_logins_is_asked_about(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("LOGNAME", "user")
    said = []
    work = tmp_path / "work"
    assert submit.submit_chapter(work, "01", None, said.append) == 0
    assert "`user` is your login's name" in said[-1]
    assert "--student name" in said[-1]
    assert submit.submit_chapter(work, "1", "ana", said.append) == 0
    assert submit.submit_chapter(work, "01", None, said.append) == 0
    assert all("login" not in text for text in said[-2:])


def test_through_the_exchange_where_there_is_one(folder, tmp_path, monkeypatch):
    exchange, config = tmp_path / "exchange", tmp_path / "config"
    outbound = exchange / "dl" / "outbound" / NAME
    outbound.mkdir(parents=True)
    nbformat.write(released(), outbound / f"{NAME}.ipynb")
    (exchange / "dl" / "inbound").mkdir()
    os.chmod(exchange / "dl" / "inbound", 0o733)
    config.mkdir()
    (config / "nbgrader_config.py").write_text(
        f"c = get_config()\nc.Exchange.root = {str(exchange)!r}\n"
        f"c.Exchange.cache = {str(tmp_path / 'cache')!r}\n"
        "c.CourseDirectory.course_id = 'dl'\n"
    )
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", str(config))
    receipt, _ = submit.hand_in(folder)
    assert "exchange, course dl" in receipt.place and not receipt.by_login
    (taken,) = (exchange / "dl" / "inbound").iterdir()
    assert (taken / f"{NAME}.ipynb").exists() and (taken / "timestamp.txt").exists()


def test_the_command_names_the_chapters_it_knows(folder, tmp_path, capsys):
    work = ["--work", str(tmp_path / "work")]
    assert status(["submit", "07", *work]) == CANNOT_RUN
    assert NAME in capsys.readouterr().err
    assert status(["submit", *work]) == CANNOT_RUN
    assert "CHAPTER" in capsys.readouterr().err

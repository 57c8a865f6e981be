"""An update from an archive: unpacked over the old one, it leaves a student's work."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest

from autograde.authoring import prove
from autograde.course.layout import ROOT, course_name

NAME = "00_start_here"
MINE = "def column_means(X):\n    return X.sum(axis=0) / len(X)"


@pytest.fixture
def course(tmp_path) -> Path:
    """A student's folder with an answer in it, and the archive that it came from."""
    made = prove.unpack(ROOT, tmp_path)
    prove.new_copy(Path(sys.executable), made)
    change(made / "work", answer)
    return made


def change(place: Path, edit) -> None:
    path = place / NAME / f"{NAME}.ipynb"
    notebook = nbformat.read(path, 4)
    edit(notebook)
    nbformat.write(notebook, path)


def answer(notebook) -> None:
    (cell,) = (cell for cell in notebook.cells if cell.id == "column_means")
    cell.source = MINE


def unpack_over(course: Path, edit) -> None:
    """Unpack an archive over `course` whose chapter `edit` changed."""
    old = course.parents[1] / f"{course_name(ROOT)}.zip"
    new = course.parents[1] / "new.zip"
    inside = f"{course_name(ROOT)}/chapters/{NAME}/{NAME}.ipynb"
    with zipfile.ZipFile(old) as before, zipfile.ZipFile(new, "w") as after:
        for entry in before.infolist():
            content = before.read(entry)
            if entry.filename == inside:
                notebook = nbformat.reads(content.decode(), 4)
                edit(notebook)
                content = nbformat.writes(notebook).encode()
            after.writestr(entry, content)
    with zipfile.ZipFile(new) as file:
        file.extractall(course.parent)


def new_line(notebook) -> None:
    notebook.cells[0].source += "\n\nA line that the update brings."


def update(course: Path) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "autograde", "update"],
        cwd=course,
        env=prove.alone(course),
        capture_output=True,
        encoding="utf-8",
    )


def sources(course: Path) -> str:
    notebook = nbformat.read(course / "work" / NAME / f"{NAME}.ipynb", 4)
    return "\n".join(cell.source for cell in notebook.cells)


def test_a_new_archive_brings_what_is_new_and_keeps_the_answer(course):
    unpack_over(course, new_line)
    assert MINE in sources(course) and "the update brings" not in sources(course)
    done = update(course)
    assert done.returncode == 0, done.stderr
    assert NAME in done.stdout and "backups" in done.stdout
    assert MINE in sources(course) and "the update brings" in sources(course)
    (kept,) = (course / "work" / "backups").iterdir()
    assert MINE.split("\n")[1] in kept.read_text("utf-8")
    assert not update(course).stdout.strip()


def test_a_chapter_that_is_open_is_not_overwritten(course):
    """A JupyterLab on the copy, as others see it: its file in the runtime folder."""
    unpack_over(course, new_line)
    before = sources(course)
    runtime = course.parents[1] / "runtime"
    runtime.mkdir()
    server = (
        f'{{"pid": {os.getpid()}, "port": 8888, "url": "http://127.0.0.1:8888/", '
        f'"token": "x", "root_dir": "{(course / "work").as_posix()}"}}'
    )
    (runtime / f"jpserver-{os.getpid()}.json").write_text(server, "utf-8")
    environment = prove.alone(course) | {"JUPYTER_RUNTIME_DIR": str(runtime)}
    command = [sys.executable, "-m", "autograde"]
    for words, status in ((["update"], 2), (["lab", "--no-browser"], 0)):
        done = subprocess.run(
            [*command, *words],
            cwd=course,
            env=environment,
            capture_output=True,
            encoding="utf-8",
        )
        assert done.returncode == status, done.stderr
        assert re.search("JupyterLab is (already )?open", done.stdout + done.stderr)
        assert sources(course) == before

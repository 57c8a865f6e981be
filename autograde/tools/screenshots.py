"""``python -m autograde.tools.screenshots``: the README's pictures, taken anew.

A student's course and an instructor's are opened in a headless Chromium, as they are;
small PNGs in light and dark go to ``.github/pictures/``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from autograde.authoring import instructor_lab
from autograde.authoring.chapter import BEGIN, END, find_chapter
from autograde.course.layout import ROOT
from autograde.course.ports import free_port
from autograde.language import ENGLISH
from autograde.student import lab
from autograde.student.edition import choose_language
from autograde.tools.browser import Page, serving

PICTURES = ROOT / ".github" / "pictures"
CHAPTER = "01_gradient_descent"
TOKEN = "for-pictures"
NAME_MISTAKE = "def forward(X, W, b, f):\n    return f(X @ W)"
SHAPE_MISTAKE = "def mse_loss(y, y_hat):\n    return (y - y_hat) ** 2 / (2 * len(y))"


def take(target: Path, only: str | None = None, language: str = ENGLISH) -> list[Path]:
    """Take the pictures of the `student`'s side, the `instructor`'s, or both.

    language: that of the student's copy
    """
    target.mkdir(parents=True, exist_ok=True)
    if only != "instructor":
        student(target, language)
    if only != "student":
        instructor(target)
    pictures = sorted(target.glob("*.png"))
    for path in pictures:
        _shrink(path)
    return pictures


def student(target: Path, language: str = ENGLISH) -> None:
    """The start page, an exercise wrong in two ways and right, handing in."""
    with _student_page(language) as (page, address):
        page.open(f"{address}/?token={TOKEN}")
        page.wait_for_lab()
        page.wait("document.querySelector('.jp-MarkdownViewer table')")
        _twice(page, target / "start")
        page.command("docmanager:open", path=f"{CHAPTER}/{CHAPTER}.ipynb")
        page.command("filebrowser:toggle-main")
        page.run_all()
        page.scroll_to("exercise-forward")
        drawn = f"{page.cell('exercise-forward')}.node.querySelector('mjx-container')"
        page.wait(drawn)  # the formulas above move what is below them
        time.sleep(2)
        page.scroll_to("exercise-forward")
        _twice(page, target / "untouched")
        _answer(page, "forward", NAME_MISTAKE)
        _twice(page, target / "named-mistake")
        _answer(page, "mse_loss", SHAPE_MISTAKE)
        page.run(
            f"{page.cell('check-mse_loss')}.node.querySelector('details').open = true"
        )
        page.scroll_to("mse_loss")
        _twice(page, target / "first-thing-wrong")
        for name in ("forward", "mse_loss"):
            _answer(page, name, _as_written(name))
        _twice(page, target / "right")
        page.command("notebook:insert-cell-below")
        notebook = "window.jupyterapp.shell.currentWidget.content"
        own = page.run(f"return {notebook}.activeCell.model.id")
        page.set_source(own, 'from autograde import submit\nsubmit("ana")')
        page.run_cell(own)
        page.scroll_to(own)
        _twice(page, target / "submit")
        page.command("filebrowser:toggle-main")
        page.command("docmanager:open", path="start.md")
        page.wait("document.querySelector('.jp-MarkdownViewer progress[value=\"2\"]')")
        _twice(page, target / "progress")


def instructor(target: Path) -> None:
    """Formgrader with a graded class, a prose answer, feedback, the report."""
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        for part in ("autograde", "solutions", "chapters"):
            ignored = shutil.ignore_patterns("__pycache__", "tests")
            shutil.copytree(ROOT / part, root / part, ignore=ignored)
        _run(root, "simulate", "--students", "12", CHAPTER)
        _run(root, "grade", CHAPTER)
        port = free_port()
        more = {"LabApp__expose_app_in_browser": True, "IdentityProvider__token": TOKEN}
        command = instructor_lab.instructor_command(root, port, browser=False, **more)
        environment = instructor_lab.instructor_environment(root) | {
            "PYTHONPATH": str(root)
        }
        log = root / "server.log"
        with (
            serving(command, environment, port, log) as address,
            Page(log=log) as page,
        ):
            page.open(f"{address}/?token={TOKEN}")
            page.wait_for_lab()
            page.open(f"{address}/formgrader/manage_submissions/{CHAPTER}")
            page.wait("document.querySelectorAll('tbody tr').length > 5")
            page.picture(target / "formgrader.png")
            page.open(f"{address}/formgrader/gradebook/{CHAPTER}/{CHAPTER}")
            page.wait("document.querySelector('tbody td a')")
            page.open(page.run("return document.querySelector('tbody td a').href"))
            page.wait("formgrader.grades && formgrader.grades.loaded")
            time.sleep(2)  # it scrolls to its first field
            page.run(
                "document.querySelector('#long_valley').closest('.nbgrader_cell')"
                ".scrollIntoView(); window.scrollBy(0, -140)"
            )
            time.sleep(1)
            page.picture(target / "manual-grading.png")
        with Page() as page:
            feedback = sorted((root / "grading" / "feedback").glob("*/*/*.html"))
            page.open(feedback[2].as_uri())
            _twice(page, target / "feedback", ready="true")
            page.open((root / "grading" / "report" / "index.html").as_uri())
            page.run("document.querySelectorAll('h2')[2].scrollIntoView()")
            _twice(page, target / "report", ready="true")


def _run(root: Path, *arguments: str) -> None:
    """Run a command of the course's copy in `root`."""
    environment = os.environ | {"PYTHONPATH": str(root)}
    command = [sys.executable, "-m", "autograde", *arguments]
    done = subprocess.run(
        command, cwd=root, env=environment, capture_output=True, text=True
    )
    if done.returncode not in (0, 1):
        raise RuntimeError(f"{arguments[0]}: {done.stderr[-1000:]}")


@contextmanager
def _student_page(language: str) -> Iterator[tuple[Page, str]]:
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch) / "course"
        shutil.copytree(ROOT / "chapters", root / "chapters")
        work = root / "work"
        choose_language(work, language)
        lab.prepare(root, work)
        port = free_port()
        more = {"LabApp__expose_app_in_browser": True, "IdentityProvider__token": TOKEN}
        command = lab.lab_command(work, port, browser=False, **more)
        environment = lab.lab_environment(ROOT, work)
        log = Path(scratch) / "server.log"
        with (
            serving(command, environment, port, log) as address,
            Page(log=log) as page,
        ):
            yield page, address


def _as_written(name: str) -> str:
    """The reference solution of an exercise as a student would have typed it."""
    lines = find_chapter(CHAPTER).solution(name).splitlines()
    return "\n".join(line for line in lines if line.strip() not in (BEGIN, END))


def _answer(page: Page, name: str, source: str) -> None:
    page.set_source(name, source)
    page.run_cell(name)
    page.run_cell(f"check-{name}")
    page.scroll_to(name)


def _twice(page: Page, path: Path, ready: str = "") -> None:
    """The same picture in the light and in the dark theme."""
    for scheme in ("dark", "light"):
        page.colours(scheme)
        light = "true" if scheme == "light" else "false"
        page.wait(ready or f"document.body.dataset.jpThemeLight === '{light}'", 20)
        time.sleep(1.2)
        page.picture(path.with_name(f"{path.name}-{scheme}.png"))


def _shrink(path: Path) -> None:
    """Fewer colours, so that a picture is some 50 kB."""
    from PIL import Image

    with Image.open(path) as picture:
        if picture.mode == "P":
            return
        small = picture.convert("RGB").quantize(256, dither=Image.Dither.NONE)
    scratch = path.with_suffix(".new")
    small.save(scratch, "PNG", optimize=True)
    os.replace(scratch, path)

"""A class on a real hub as its people see it, in a browser: release to feedback.

The steps build on each other, in the order of the file. Where AUTOGRADE_PICTURES names
a folder, each leaves a picture there.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

from autograde.course.layout import notebook_path
from autograde.hub.try_hub import Hub
from autograde.tests.graded_class import CHAPTER, solved
from autograde.tests.hub.class_hub import class_hub, enter_roster, learn, teach, well
from autograde.tools.browser import PATIENCE, Page, missing

pytestmark = [
    pytest.mark.skipif(missing() is not None, reason=f"browser tests: {missing()}"),
    pytest.mark.browser,
]

PICTURES = os.environ.get("AUTOGRADE_PICTURES")
PLACE = "America/New_York"
PAGE = "document.querySelector('.jp-MarkdownViewer .jp-RenderedMarkdown')"
NOTEBOOK = "window.jupyterapp.shell.currentWidget"
ROW = "[...document.querySelectorAll('tbody tr')].find(r => r.innerText.includes('{}'))"
ADDED = "A sentence of the next release."
ANSWERED = ("forward", "mse_loss")
INFOS = [cell.metadata.get("nbgrader", {}) for cell in solved().cells]
GRADED = {info["grade_id"]: info for info in INFOS if info.get("grade")}
POINTS = sum(info["points"] for info in GRADED.values())
BY_HAND = sum(info["points"] for info in GRADED.values() if info["solution"])
EARNED = sum(GRADED[f"check_{name}"]["points"] for name in ANSWERED)
PROSE = "Along the valley the slope is small, so that one rate suits one axis alone."


class Window(Page):
    """A browser window in which one person after the other uses the hub."""

    def __init__(self, hub: Hub) -> None:
        super().__init__(log=hub.folder / "hub" / "hub.log")
        self.hub = hub
        zone = {"timezoneId": PLACE}
        self.driver.execute_cdp_cmd("Emulation.setTimezoneOverride", zone)

    def log_in(self, name: str) -> None:
        """Log in, which starts the own server and opens its first page."""
        self.driver.execute_cdp_cmd("Network.clearBrowserCookies", {})
        self.open(f"{self.hub.address}/hub/login")
        self.run(
            "document.querySelector('#username_input').value = arguments[0];"
            "document.querySelector('#password_input').value = arguments[1];"
            "document.querySelector('#username_input').form.submit();",
            name,
            self.hub.password,
        )
        self.wait_for_lab()

    def seen(self, name: str) -> None:
        if PICTURES:
            time.sleep(1)
            self.picture(Path(PICTURES) / f"{name}.png")

    def start_page(self, *texts: str) -> str:
        """What the start page says, once it says all `texts`."""
        self.command("docmanager:open", path="start.md", factory="Markdown Preview")
        said = f"({PAGE}?.innerText ?? '')"
        self.wait(" && ".join(f"{said}.includes({json.dumps(t)})" for t in texts))
        return self.run(f"return {said}")

    def follow(self, action: str) -> None:
        """Click the start page's link of the chapter that does `action`."""
        link = f"{PAGE}.querySelector(\"a[href='#course-{action}-{CHAPTER}']\")"
        self.wait(link)
        self.run(f"{link}.click()")

    def wait_for_notebook(self, chapter: str) -> None:
        """Wait until the chapter's notebook is in front and its kernel is idle.

        JupyterLab opens the page of its own address late on a busy machine, and in
        front of what a person has opened meanwhile.
        """
        path = f"{chapter}/{chapter}.ipynb"
        show = (
            f"window.jupyterapp.commands.execute('docmanager:open', {{path: '{path}'}})"
        )
        self.wait("document.querySelector('.jp-Notebook')")
        self.wait(
            f"{NOTEBOOK}?.context?.path === '{path}'"
            f" ? {NOTEBOOK}.sessionContext?.session?.kernel?.status === 'idle'"
            f" : void {show}"
        )

    def press_button(self, page: str, row: str, icon: str) -> str:
        """Press a button in a row of one of Formgrader's tables; what is said then."""
        self.open(f"{self.hub.address}/user/{self.hub.instructor}/formgrader/{page}")
        return self.press_here(row, icon)

    def press_here(self, row: str, icon: str) -> str:
        place = ROW.format(row)
        button = f"{place}?.querySelector('.glyphicon-{icon}')?.closest('a')"
        self.wait(button)
        self.run(f"{button}.click()")
        self.wait("document.querySelector('.modal.in')", 600)
        return self.run("return document.querySelector('.modal.in').innerText")


@pytest.fixture(scope="module")
def hub() -> Iterator[Hub]:
    with class_hub("agb") as hub:
        ada, ben, chen = hub.students
        enter_roster(hub, {ada: "Kim Lee", ben: "Kim Lee", chen: "Wu Chen"})
        well(teach(hub, "due", "01", "2099-12-20 23:59", "--zone", "Asia/Shanghai"))
        well(teach(hub, "extend", ada, "01", "+1d"))
        yield hub


@pytest.fixture(scope="module")
def window(hub) -> Iterator[Window]:
    with Window(hub) as window:
        yield window


def wait_for_score(gradebook: Path, score: float) -> None:
    """Wait until a person's `score` is in the gradebook."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with contextlib.closing(sqlite3.connect(gradebook)) as book:
            asked = "select 1 from grade where manual_score = ?"
            if book.execute(asked, [score]).fetchone():
                return
        time.sleep(0.2)
    raise TimeoutError(f"no {score} in the gradebook")


def test_the_instructor_releases_in_formgrader_inside_jupyterlab(hub, window):
    window.log_in(hub.instructor)
    window.command("nbgrader:open-formgrader")
    window.wait("document.querySelector('iframe[src*=formgrader]')")
    frame = window.run("return document.querySelector('iframe[src*=formgrader]')")
    window.driver.switch_to.frame(frame)
    said = window.press_here(CHAPTER, "cloud-upload")
    window.driver.switch_to.default_content()
    window.seen("instructor-released")
    assert "Successfully released" in said
    assert (hub.exchange / "deep-learning" / "outbound" / CHAPTER).is_dir()


def test_the_start_page_has_the_due_date_in_the_readers_time(hub, window):
    ada = hub.students[0]
    window.log_in(ada)
    said = window.start_page("new", "Fetch")
    window.seen("student-new")
    # 23:59 in Shanghai, and the day more that this student has
    assert "Mon, Dec 21, 2099, 10:59 AM EST, extended for you" in said


def test_a_chapter_is_fetched_and_opened(hub, window):
    window.follow("fetch")
    window.wait_for_notebook(CHAPTER)
    window.seen("student-fetched")
    assert notebook_path(hub.work(hub.students[0]) / CHAPTER).is_file()


def test_it_is_handed_in_from_the_notebook(hub, window):
    for cell in solved().cells:
        info = cell.metadata.get("nbgrader", {})
        if info.get("solution") and info["grade_id"] in ANSWERED:
            window.set_source(cell.id, cell.source)
        elif info.get("solution") and cell.cell_type == "markdown":
            window.set_source(cell.id, PROSE)
    content = f"{NOTEBOOK}.content"
    window.run(f"{content}.activeCellIndex = {content}.widgets.length - 1")
    window.command("notebook:insert-cell-below")
    cell = window.run(f"return {content}.activeCell.model.id")
    window.set_source(cell, "from autograde import submit\nsubmit()")
    window.driver.set_script_timeout(600)
    window.run_cell(cell)
    said = window.output(cell)
    window.seen("student-submitted")
    assert "Handed in." in said and hub.students[0] in said
    assert "nbgrader's exchange, course deep-learning" in said
    assert f"{EARNED:g} of {POINTS - BY_HAND:g} points" in said


def test_and_again_from_the_start_page(hub, window):
    assert "handed in" in window.start_page("Hand in again")
    window.follow("submit")
    window.wait("document.querySelector('.jp-Dialog')", 600)
    window.seen("student-submitted-again")
    said = window.run("return document.querySelector('.jp-Dialog').innerText")
    assert said.startswith("Handed in")
    assert f"{EARNED:g} of {POINTS - BY_HAND:g} points" in said
    window.run("document.querySelector('.jp-Dialog .jp-mod-accept').click()")
    inbound = hub.exchange / "deep-learning" / "inbound"
    assert len(list(inbound.glob(f"{hub.students[0]}+*"))) == 2


def test_formgraders_buttons_collect_and_grade(hub, window):
    ada, ben, _ = hub.students
    well(learn(hub, ben, "fetch", "01"))
    well(learn(hub, ben, "submit", "01"))
    window.log_in(hub.instructor)
    said = window.press_button("manage_assignments", CHAPTER, "cloud-download")
    assert "Successfully collected" in said and f"{ada}, {CHAPTER}" in said
    submissions = f"manage_submissions/{CHAPTER}"
    for name in (ada, ben):
        said = window.press_button(submissions, name, "flash")
        assert "Successfully autograded" in said, said
    window.open(f"{hub.address}/user/{hub.instructor}/formgrader/{submissions}")
    window.wait(ROW.format(ada))
    window.seen("instructor-graded")
    # two of one name, told apart by their accounts
    rows = {
        name: window.run(f"return {ROW.format(name)}.innerText") for name in (ada, ben)
    }
    assert all("Lee, Kim" in row for row in rows.values())
    assert f"{EARNED:g} / {POINTS:g}" in rows[ada]
    assert f"0 / {POINTS:g}" in rows[ben]


def test_a_prose_answer_is_read_and_feedback_released(hub, window):
    ada = hub.students[0]
    formgrader = f"{hub.address}/user/{hub.instructor}/formgrader"
    window.open(f"{formgrader}/gradebook/{CHAPTER}/{CHAPTER}")
    mine = ROW.format(f"\\t{EARNED:g} / {POINTS:g}")
    window.wait(mine)
    window.open(window.run(f"return {mine}.querySelector('a').href"))
    window.wait("window.formgrader?.grades?.loaded")
    assert PROSE in window.run("return document.body.innerText")
    box = "document.querySelector('#long_valley')"
    window.run(f"{box}.scrollIntoView({{block: 'center'}})")
    change = "new Event('change', {bubbles: true})"
    window.run(f"{box}.value = 1.5; {box}.dispatchEvent({change})")
    window.seen("instructor-prose")
    wait_for_score(hub.course / "grading" / "gradebook.db", 1.5)
    submissions = f"manage_submissions/{CHAPTER}"
    window.open(f"{formgrader}/{submissions}")
    score = f"{EARNED + 1.5:g} / {POINTS:g}"
    window.wait(f"{ROW.format(ada)}?.innerText.includes('{score}')")
    for icon in ("comment", "envelope"):
        assert "Success" in window.press_button(submissions, ada, icon)


def test_the_student_opens_feedback_from_the_start_page(hub, window):
    window.log_in(hub.students[0])
    window.start_page("graded; handed in", "Open feedback")
    window.seen("student-graded")
    window.follow("feedback")
    window.wait("document.querySelector('.jp-HTMLViewer iframe, iframe.jp-IFrame')")
    window.wait("document.querySelector('iframe').src.length > 10")
    frame = window.run("return document.querySelector('iframe')")
    window.driver.switch_to.frame(frame)
    window.wait(f"document.body?.innerText.includes('of {POINTS:g} points')")
    said = window.run("return document.body.innerText")
    window.driver.switch_to.default_content()
    window.seen("student-feedback")
    assert f"{EARNED + 1.5:g} of {POINTS:g} points" in said
    assert f"1.5 of {BY_HAND:g}" in said


def test_a_chapter_that_was_updated_is_fetched_into_the_open_notebook(hub, window):
    ada = hub.students[0]
    path = notebook_path(hub.course / "chapters" / CHAPTER)
    notebook = nbformat.read(path, 4)
    notebook.cells[0].source += f"\n\n{ADDED}"
    nbformat.write(notebook, path)  # the file stays its owner's
    well(teach(hub, "exchange", "release", "01"))
    window.command("docmanager:open", path=f"{CHAPTER}/{CHAPTER}.ipynb")
    window.wait_for_notebook(CHAPTER)
    window.start_page("the chapter was updated")
    window.seen("student-updated")
    window.follow("fetch")
    cells = f"{NOTEBOOK}?.content?.widgets"
    window.wait(
        f"{cells}?.some(c => c.model.sharedModel.getSource().endsWith('{ADDED}'))"
    )
    same = f"{cells}.filter(c => c.model.sharedModel.getSource() === arguments[0])"
    assert window.run(f"return {same}.length", PROSE) == 1
    assert "updated" not in window.start_page("Hand in again", "feedback opened")
    assert PROSE in notebook_path(hub.work(ada) / CHAPTER).read_text("utf-8")

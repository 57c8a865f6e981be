"""The course as a student meets it: JupyterLab in a real browser.

Skipped, with the reason, where no Chromium and chromedriver are installed.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from autograde.authoring.chapter import find_chapter
from autograde.course.layout import ROOT
from autograde.course.ports import free_port
from autograde.student import lab
from autograde.tools.browser import Page, missing, serving

NAME = "01_gradient_descent"
PATH = f"{NAME}/{NAME}.ipynb"
TOKEN = "for-tests"

pytestmark = [
    pytest.mark.skipif(missing() is not None, reason=f"browser tests: {missing()}"),
    pytest.mark.skipif(not (ROOT / "chapters" / NAME).exists(), reason="no chapter 01"),
    pytest.mark.xdist_group("browser"),
]

WRONG = "def forward(X, W, b, f):\n    return f(X @ W)"
RATIO = """
const luminance = colour => {
  const part = colour.match(/[\\d.]+/g).slice(0, 3).map(c => {
    c /= 255;
    return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * part[0] + 0.7152 * part[1] + 0.0722 * part[2];
};
const opaque = node => {
  const ground = () => getComputedStyle(node).backgroundColor;
  const clear = /rgba\\(.*, 0\\)|transparent/;
  while (node && clear.test(ground())) node = node.parentElement;
  return node ? ground() : 'rgb(255, 255, 255)';
};
let worst = 21;
for (const node of arguments[0].querySelectorAll('p, li, th, td, summary, code, b')) {
  const a = luminance(getComputedStyle(node).color), b = luminance(opaque(node));
  worst = Math.min(worst, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05));
}
return worst;
"""


class Student:
    """A student's folder, and a window on it while a server runs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.work = folder / "work"
        shutil.copytree(ROOT / "chapters" / NAME, folder / "chapters" / NAME)

    def server(self):
        lab.prepare(self.folder, self.work)
        port = free_port()
        more = {"LabApp__expose_app_in_browser": True, "IdentityProvider__token": TOKEN}
        command = lab.lab_command(self.work, port, browser=False, **more)
        environment = lab.lab_environment(ROOT, self.work)
        return serving(command, environment, port, self.folder / "server.log")


@pytest.fixture(scope="module")
def student(tmp_path_factory):
    return Student(tmp_path_factory.mktemp("student"))


@pytest.fixture(scope="module")
def page(student):
    with student.server() as address, Page() as page:
        page.open(f"{address}/?token={TOKEN}")
        page.wait_for_lab()
        yield page


def open_chapter(page):
    page.command("docmanager:open", path=PATH)
    page.wait_for_kernel()


def text(page, selector="body"):
    return page.run(f"return document.querySelector('{selector}').innerText")


def test_it_opens_on_the_start_page_with_the_chapters_in_order(page):
    page.wait("document.querySelector('.jp-MarkdownViewer table')")
    said = text(page, ".jp-MarkdownViewer")
    assert "1 Gradient descent" in said and "Begin with" in said
    assert "0 of 45" in said and " h" in said


def test_only_what_a_student_needs_is_there(page):
    for label in ("Formgrader", "Create Assignment", "Assignment List", "Nbgrader"):
        assert label not in text(page)
    assert page.run("return document.querySelectorAll('.jp-toast-message').length") == 0
    errors = [e for e in page.driver.get_log("browser") if "plugin" in e["message"]]
    assert errors == []


def test_the_link_of_the_start_page_opens_the_chapter(page):
    page.run(
        "document.querySelector('.jp-MarkdownViewer p a[href*=\".ipynb\"]').click()"
    )
    page.wait("document.querySelector('.jp-NotebookPanel')")
    page.wait_for_kernel()


def test_a_new_kernel_says_which_cells_to_run_first(page):
    open_chapter(page)
    page.run_cell("check-forward")
    said = page.output("check-forward")
    assert said.startswith("check is defined in a cell above that has not run")
    assert "Run All Above Selected Cell" in said and "NameError" in said


def test_a_fresh_chapter_runs_to_its_end_without_an_error(page):
    open_chapter(page)
    page.run_all()
    outputs = page.run(
        "return window.jupyterapp.shell.currentWidget.content.widgets"
        ".filter(c => c.model.type === 'code')"
        ".map(c => c.model.outputs.toJSON().map(o => o.ename || o.name || ''))"
    )
    said = [name for cell in outputs for name in cell]
    assert said and set(said) <= {"", "stdout"}
    assert "forward not attempted yet" in page.output("check-forward")
    assert "waits for" in text(page, ".jp-Notebook")


def test_cells_say_what_they_are_and_a_check_is_locked(page):
    label = page.run(f"return {page.cell('check-forward')}.node.dataset.agLabel")
    assert label == "Check · locked · 2 points"
    assert (
        page.run(f"return {page.cell('forward')}.node.dataset.agLabel") == "Your answer"
    )
    assert page.run(f"return {page.cell('check-forward')}.readOnly")
    assert not page.run(f"return {page.cell('forward')}.readOnly")


def test_pictures_have_their_alternative_text(page):
    alts = page.run(
        f"return [...{page.cell('picture-descent')}.node.querySelectorAll('img')]"
        ".map(i => i.alt)"
    )
    assert len(alts) == 1 and alts[0].startswith("Three times the same")


def test_a_wrong_answer_is_named_and_the_next_hint_is_one_key_away(page):
    page.set_source("forward", WRONG)
    page.run_cell("forward")
    page.run_cell("check-forward")
    said = page.output("check-forward")
    assert "0 of 6 cases passed" in said and "You leave out the bias" in said
    assert "Yours" in said and "Expected" in said and "Hint 1 of 3" in said
    assert "Hint 2 of 3" not in said
    page.run(f"{page.cell('check-forward')}.node.querySelector('summary').focus()")
    page.press("ENTER")
    page.wait(f"{page.cell('check-forward')}.node.querySelector('details').open")
    assert "Hint 2 of 3" in page.output("check-forward")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_answer_and_start_page_have_contrast_in_both_themes(page, scheme):
    page.colours(scheme)
    light = "true" if scheme == "light" else "false"
    page.wait(f"document.body.dataset.jpThemeLight === '{light}'")
    answer = f"{page.cell('check-forward')}.node.querySelector('.autograde')"
    start = "document.querySelector('.jp-MarkdownViewer')"
    ratio = f"(function() {{ {RATIO} }})"
    for node in (answer, start):  # colours arrive some time after the theme's name
        page.wait(f"{ratio}({node}) >= 4.5", what=f"too little contrast: {node}")


def test_a_screen_reader_learns_what_each_cell_is(page):
    cells = page.run(
        "return [...document.querySelectorAll('.jp-Notebook .jp-Cell')].map(c => "
        "[c.role, c.querySelector('.cm-content')?.ariaLabel])"
    )
    assert {role for role, _ in cells} == {"article"}
    names = {name for _, name in cells}
    assert {"Check · locked · 2 points", "Your answer", "Code", "Text"} <= names


def test_a_cell_with_a_syntax_error_is_noticed(page):
    page.set_source("forward", WRONG.replace(":", ""))
    page.run_cell("forward")
    page.wait_until_saved()
    page.run_cell("check-forward")
    assert "ended in SyntaxError in line 1" in page.output("check-forward")
    page.set_source("forward", WRONG)
    page.run_cell("forward")
    page.run_cell("check-forward")
    assert "SyntaxError" not in page.output("check-forward")


def test_the_answer_fits_at_twice_the_size(page):
    page.run("document.body.style.zoom = 2")
    node = f"{page.cell('check-forward')}.node.querySelector('.autograde')"
    overflow = page.run(f"return {node}.scrollWidth - {node}.clientWidth")
    page.run("document.body.style.zoom = 1")
    assert overflow <= 1


def test_an_edited_cell_that_was_not_run_is_noticed(page):
    page.set_source("forward", find_chapter(NAME).solution("forward"))
    page.wait(f"{page.cell('forward')}.node.matches('.ag-answer.jp-mod-dirty')")
    page.command("docmanager:save")
    page.run_cell("check-forward")
    assert "was changed after you ran it" in page.output("check-forward")


def test_the_right_answer_earns_its_points(page):
    page.run_cell("forward")
    page.run_cell("check-forward")
    said = page.output("check-forward")
    assert "all 6 cases passed, 2 of 2 points" in said and "Hint" not in said


def test_validate_agrees(page):
    copy = page.copy_cell("forward")  # nbgrader alone fails on a copied graded cell
    page.wait_until_saved()
    page.run(
        "[...document.querySelectorAll('.jp-NotebookPanel-toolbar button, "
        ".jp-NotebookPanel-toolbar jp-button')]"
        ".find(b => b.innerText.includes('Validate')).click()"
    )
    page.wait("document.querySelector('.jp-Dialog-content')")
    said = text(page, ".jp-Dialog-content")
    assert 'check("forward")' not in said and 'check("mse_loss")' in said
    assert "mse_loss: not attempted yet" in said and "Traceback" not in said
    page.run("document.querySelector('.jp-Dialog-button.jp-mod-accept').click()")
    assert page.run(f"return {page.cell(copy)}.model.sharedModel.getSource()")


def test_submit_gives_a_receipt_and_says_what_is_missing(page, student):
    page.command("notebook:insert-cell-below")
    own = page.run(
        "return window.jupyterapp.shell.currentWidget.content.activeCell.model.id"
    )
    page.set_source(own, "from autograde import submit\nsubmit('ana')")
    page.wait_until_saved()
    page.set_source("long_valley", "Written just before it is handed in.")
    page.run_cell(own)
    said = page.output(own)
    assert "Handed in." in said and "SHA-256" in said
    assert "2 of 45 points" in said and "not written yet: mse_loss" in said
    assert "long_valley: your answer in prose is missing" not in said
    (sent,) = (student.work / "submissions").glob(f"{NAME}_ana_*.zip")
    assert sent.name in said


def test_the_start_page_follows(page):
    page.command("docmanager:open", path="start.md")
    page.wait(
        "document.querySelector('.jp-MarkdownViewer').innerText.includes('Go on')"
    )
    page.wait(
        "document.querySelector('.jp-MarkdownViewer').innerText.includes('2 of 45')"
    )
    assert "1 of 15" in text(page, ".jp-MarkdownViewer")


HELD = """
const context = window.chapterOpen.context, save = context.save;
const gate = new Promise(go => { window.goOn = go; });
context.save = async () => {
  await gate;
  delete context.save;
  return save.call(context);
};
"""
START_PAGE = "document.querySelector('[data-ag-acts] .jp-RenderedMarkdown')"
FETCH = f"""
const link = document.createElement('a');
link.href = '#course-fetch-{NAME}';
{START_PAGE}.append(link);
link.click();
"""


def test_nothing_is_written_into_a_chapter_while_it_is_fetched(page):
    """It would be read over. There is no exchange here: the fetch ends with a word."""
    from selenium.webdriver.common.action_chains import ActionChains

    open_chapter(page)
    page.run("window.chapterOpen = window.jupyterapp.shell.currentWidget")
    page.command("notebook:insert-cell-below")
    own = page.run("return window.chapterOpen.content.activeCell.model.id")
    cell = f"window.chapterOpen.content.widgets.find(c => c.model.id === '{own}')"

    def write(text: str) -> str:
        """Click into the cell, type, and return what is in it."""
        page.command("docmanager:open", path=PATH)
        page.wait(f"{cell}.node.checkVisibility()")
        page.run(f"{cell}.node.scrollIntoView({{block: 'center'}})")
        editor = page.run(f"return {cell}.node.querySelector('.cm-content')")
        where = ActionChains(page.driver).move_to_element(editor)
        where.click().send_keys(text).perform()
        return page.run(f"return {cell}.model.sharedModel.getSource()")

    assert write("# first") == "# first"
    page.run(HELD)  # the fetch waits here: it saves what is open before all else
    page.command("docmanager:open", path="start.md")
    page.wait(START_PAGE)
    page.run(FETCH)
    page.wait("window.chapterOpen.node.inert")
    assert write(" lost") == "# first"
    page.run("window.goOn()")
    page.wait("document.querySelector('.jp-Dialog-content')")
    assert "no exchange here" in text(page, ".jp-Dialog-content")
    page.run("document.querySelector('.jp-Dialog-button.jp-mod-accept').click()")
    page.wait("!document.querySelector('.jp-Dialog')")
    assert "kept" in write(" kept")
    page.wait_until_saved()


def test_nothing_but_the_course_is_in_the_folder(page, student):
    found = {path.name for path in student.work.iterdir() if path.name[0] != "."}
    assert found == {NAME, "start.md", "submissions"}


def test_progress_is_there_after_a_restart(student):
    with student.server() as address, Page() as page:
        page.open(f"{address}/?token={TOKEN}")
        page.wait_for_lab()
        page.wait("document.querySelector('.jp-MarkdownViewer table')")
        said = text(page, ".jp-MarkdownViewer")
        assert "1 of 15" in said and "2 of 45" in said

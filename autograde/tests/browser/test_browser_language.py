"""The start page changes the language; what was written stays, and is saved first."""

from __future__ import annotations

import nbformat
import pytest

from autograde.language import chosen_for
from autograde.tests.browser.test_browser import (
    PATH,
    TOKEN,
    Student,
    open_chapter,
    text,
)
from autograde.tools.browser import Page, missing

pytestmark = [
    pytest.mark.skipif(missing() is not None, reason=f"browser tests: {missing()}"),
]
BUTTON = ".jp-Dialog .jp-mod-accept"


def test_the_language_is_changed_and_work_stays(tmp_path):
    student = Student(tmp_path)
    with student.server() as address, Page() as page:
        page.open(f"{address}/?token={TOKEN}")
        page.wait_for_lab()
        page.wait("document.querySelector('.jp-MarkdownViewer table')")
        open_chapter(page)
        page.set_source("forward", "def forward(X, W, b, f):\n    return 12345")
        page.command("docmanager:open", path="start.md")
        link = 'a[href*="#course-language-zh_CN"]'
        page.wait(f"document.querySelector({link!r})")
        assert text(page, link) == "中文"
        page.run(f"document.querySelector({link!r}).click()")
        page.wait(f"document.querySelector({BUTTON!r})")
        page.run(f"document.querySelector({BUTTON!r}).click()")
        page.wait("document.body.innerText.includes('一题一题来')")
        assert chosen_for(student.work) == "zh_CN"
        notebook = nbformat.read(student.work / PATH, 4)
        sources = "\n".join(cell.source for cell in notebook.cells)
        assert "return 12345" in sources and "梯度下降" in sources
        page.wait_for_lab()
        page.wait("document.querySelector('.jp-MarkdownViewer table')")
        errors = [e["message"] for e in page.driver.get_log("browser")]
        assert not [said for said in errors if "Disposed" in said]
        page.command("docmanager:open", path=PATH)
        page.wait("document.querySelector('[data-ag-label^=\"检查 · 已锁定\"]')")

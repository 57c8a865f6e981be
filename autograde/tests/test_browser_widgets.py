"""The sliders of the chapters, moved in JupyterLab.

Skipped, with the reason, where no Chromium and chromedriver are installed.
"""

from __future__ import annotations

import shutil
import time

import pytest

from autograde import lab
from autograde.browser import Page, free_port, missing, serving
from autograde.chapter import ROOT

TOKEN = "for-tests"
SLIDERS = {
    "01_gradient_descent": "valley-slider",
    "02_softmax_regression": "temperature-slider",
}
CELLS = (
    "window.jupyterapp.shell.currentWidget.content.widgets"
    ".filter(c => c.model.type === 'code' && c.model.sharedModel.getSource())"
)

pytestmark = [
    pytest.mark.skipif(missing() is not None, reason=f"browser tests: {missing()}"),
    pytest.mark.xdist_group("browser"),
]


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    """A server of JupyterLab: from a chapter's name to the address of its notebook."""
    folder = tmp_path_factory.mktemp("widgets")
    for name in SLIDERS:
        shutil.copytree(ROOT / "chapters" / name, folder / name)
        shutil.copy(ROOT / "solutions" / name / f"{name}.ipynb", folder / name)
    port = free_port()
    more = {"LabApp__expose_app_in_browser": True, "IdentityProvider__token": TOKEN}
    command = lab.lab_command(folder, port, browser=False, **more)
    environment = lab.lab_environment(ROOT, folder)
    with serving(command, environment, port, folder / "server.log") as address:
        yield lambda name: f"{address}/lab/tree/{name}/{name}.ipynb?token={TOKEN}"


@pytest.mark.parametrize("chapter", SLIDERS)
def test_a_slider_draws_anew(program, chapter):
    cell_id = SLIDERS[chapter]
    with Page() as page:
        page.open(program(chapter))
        page.wait("window.jupyterapp?.shell?.currentWidget?.content?.widgets", 90)
        page.run_all()
        # The end of a run selects the last cell, and takes the focus with it.
        page.wait(f"({CELLS}).every(c => c.model.executionCount)", 180, "not all run")
        page.wait_for_kernel()
        node = f"{page.cell(cell_id)}.outputArea.node"
        image = f"{node}.querySelector('img')"
        until(page, cell_id, f"{node}.querySelector('.noUi-handle') && {image}")
        before = page.run(f"return {image}.src")
        page.run(f"{node}.querySelector('.noUi-handle').focus()")
        for _ in range(3):
            page.press("ARROW_RIGHT")
        page.run("window.before = arguments[0]", before)
        until(page, cell_id, f"{image} && {image}.src !== window.before")


def until(page: Page, cell_id: str, condition: str, seconds: float = 60) -> None:
    """Keep the cell in view, as its neighbours grow, until `condition` is true."""
    deadline = time.monotonic() + seconds
    while not page.run(f"return Boolean({condition})"):
        assert time.monotonic() < deadline, f"not within {seconds} s: {condition}"
        page.scroll_to(cell_id)

"""Sliders and formulas in a live notebook: in JupyterLab and in Jupyter Notebook 7.

Skipped, with the reason, where no Chromium and chromedriver are installed.
"""

from __future__ import annotations

import base64
import io
import re
import sys
from pathlib import Path

import nbformat
import pytest
from PIL import Image, ImageChops
from selenium.webdriver.common.action_chains import ActionChains

from autograde.authoring.chapter import find_chapter
from autograde.course.layout import ROOT, notebook_path
from autograde.course.ports import free_port
from autograde.student import lab
from autograde.tests.browser.part import copy_part
from autograde.tools.browser import Page, missing, serving

TOKEN = "for-tests"
DESCENT, SOFTMAX = "01_gradient_descent", "02_softmax_regression"
WRITTEN = {"gradient_descent", "largest_stable_rate", "mse_loss", "softmax"}
SLIDERS = {  # the cells that each needs, in their order
    (DESCENT, "valley-slider"): [
        "import-numpy-as-np-6de96a",
        "mse_loss",
        "gradient_descent",
        "largest_stable_rate",
        "valley-data",
        "valley-functions",
        "valley-drawing",
        "valley-zigzag",
    ],
    (SOFTMAX, "temperature-slider"): [
        "setup",
        "load-digits",
        "nearest-mean",
        "show-logits",
        "softmax",
    ],
}

pytestmark = [
    pytest.mark.skipif(missing() is not None, reason=f"browser tests: {missing()}"),
    pytest.mark.skipif(
        not all((ROOT / "chapters" / name).exists() for name in (DESCENT, SOFTMAX)),
        reason="no chapter 01 or 02",
    ),
    pytest.mark.xdist_group("browser"),
]


class Window(Page):
    """A window on a fresh copy of both chapters, in one of the two applications."""

    def __init__(self, application: str, address: str, work: Path) -> None:
        super().__init__()
        self.application, self.address, self.work = application, address, work
        if application == "lab":
            self.open(f"{address}/?token={TOKEN}")
            self.wait_for_lab()
            self.wait("document.querySelector('.jp-MarkdownViewer table')")

    def chapter(self, name: str) -> None:
        path = f"{name}/{name}.ipynb"
        if self.application == "lab":
            self.command("docmanager:open", path=path)
        elif not self.run(f"return location.pathname.endsWith('/{path}')"):
            self.open(f"{self.address}/notebooks/{path}?token={TOKEN}")
            self.wait("window.jupyterapp?.shell?.currentWidget?.content?.widgets")
        self.wait_for_kernel()

    def run_slider(self, slider: tuple[str, str], *, written: bool) -> None:
        """Run the slider's cell and those before it that it needs."""
        name, cell = slider
        self.chapter(name)
        for needed in SLIDERS[slider]:
            if written and needed in WRITTEN:
                self.set_source(needed, find_chapter(name).solution(needed))
            self.run_cell(needed)
        self.run_cell(cell)
        if written:
            self.wait_for_output(cell, "output.querySelector('.noUi-handle')")
        self.scroll_to(cell)

    def handles(self, cell: str) -> list:
        found = f"{self.cell(cell)}.node.querySelectorAll('.noUi-handle')"
        return self.run(f"return [...{found}]")

    def readouts(self, cell: str) -> list[str]:
        found = f"{self.cell(cell)}.node.querySelectorAll('.widget-readout')"
        return self.run(f"return [...{found}].map(r => r.innerText)")

    def still(self, cell: str) -> str:
        """An expression for a picture in the cell's output that is no slider's."""
        images = f"{self.cell(cell)}.outputArea.node.querySelectorAll('img')"
        return f"[...{images}].find(i => !i.closest('.widget-output'))"

    def drawn(self, cell: str) -> str:
        """The address of the picture below the sliders, or an empty string."""
        image = f"{self.cell(cell)}.node.querySelector('.widget-output img')"
        return self.run(f"return {image}?.src ?? ''")


@pytest.fixture(scope="module", params=["lab", "notebook"])
def window(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    for (name, slider), needed in SLIDERS.items():
        copy_part(name, folder, ["mathematics", *needed, slider])
    work = folder / "work"
    lab.prepare(folder, work)
    port = free_port()
    if request.param == "lab":
        more = {"LabApp__expose_app_in_browser": True, "IdentityProvider__token": TOKEN}
        command = lab.lab_command(work, port, browser=False, **more)
    else:
        command = [
            *(sys.executable, "-m", "notebook", "--no-browser", "--allow-root"),
            *("--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}"),
            *(f"--ServerApp.root_dir={work}", f"--IdentityProvider.token={TOKEN}"),
            "--JupyterNotebookApp.expose_app_in_browser=True",
        ]
    environment = lab.lab_environment(ROOT, work)
    log = folder / "server.log"
    with (
        serving(command, environment, port, log) as address,
        Window(request.param, address, work) as window,
    ):
        yield window


@pytest.fixture(scope="module", params=SLIDERS, ids=lambda slider: slider[1])
def slider(request, window) -> tuple[str, str]:
    """Tests that use one chapter follow each other: it is opened once."""
    return request.param


def test_formulas_are_drawn(window, slider):
    name = slider[0]
    window.chapter(name)
    cell = f"{window.cell('mathematics')}.node"
    window.scroll_to("mathematics")
    notebook = nbformat.read(notebook_path(ROOT / "chapters" / name), 4)
    source = next(c.source for c in notebook.cells if c.id == "mathematics")
    count = len(re.findall(r"\$\$.+?\$\$|\$[^$]+\$", source, re.S))
    assert count > 1
    drawn = f"{cell}.querySelectorAll('mjx-container').length"
    window.wait(f"{drawn} >= {count}")
    wide = f"[...{cell}.querySelectorAll('mjx-container')].map(m => m.offsetWidth)"
    assert window.run(f"return Math.min(...{wide})") > 3
    assert window.run(f"return {cell}.querySelectorAll('mjx-merror').length") == 0
    assert not re.search(r"\\frac|\\partial|\$", window.run(f"return {cell}.innerText"))


def test_a_still_picture_is_there_before_anything_runs(window, slider):
    window.chapter(slider[0])
    window.scroll_to(slider[1])
    window.wait(f"{window.still(slider[1])}?.naturalWidth > 300")
    if window.application == "lab":
        assert len(window.run(f"return {window.still(slider[1])}.alt")) > 30


def test_a_slider_says_which_exercise_it_waits_for(window, slider):
    window.run_slider(slider, written=False)
    window.wait_for_output(slider[1], "output.innerText.includes('waits for')")
    said = window.output(slider[1])
    assert "which is not written yet" in said and "Error" not in said


def test_the_picture_follows_each_slider(window, slider):
    window.run_slider(slider, written=True)
    cell = slider[1]
    window.wait_for_output(cell, "output.querySelector('.widget-output img')")
    for number, handle in enumerate(window.handles(cell)):
        before = window.drawn(cell)
        read = window.readouts(cell)
        moved = ActionChains(window.driver).drag_and_drop_by_offset(handle, 30, 0)
        moved.perform()
        changes(window, cell, before)
        now = window.readouts(cell)
        assert [i for i, value in enumerate(now) if value != read[i]] == [number]


def test_the_arrow_keys_move_a_slider(window, slider):
    if window.application == "notebook":
        pytest.skip("Notebook 7 takes the arrow keys to go from heading to heading")
    window.chapter(slider[0])
    window.scroll_to(slider[1])
    for number, handle in enumerate(window.handles(slider[1])):
        before = window.drawn(slider[1])
        read = float(window.readouts(slider[1])[number])
        window.run("arguments[0].focus()", handle)
        for _ in range(4):
            window.press("ARROW_RIGHT")
        changes(window, slider[1], before)
        assert float(window.readouts(slider[1])[number]) > read


def test_the_saved_notebook_holds_the_picture_and_shows_it_without_a_kernel(
    window, slider
):
    name, cell = slider
    window.chapter(name)
    window.command("docmanager:save")
    window.wait_until_saved()
    saved = nbformat.read(window.work / name / f"{name}.ipynb", 4)
    (output,) = next(c for c in saved.cells if c.id == cell).outputs
    assert len(output.metadata["image/png"]["alt"]) > 30
    assert pixels_of("base64," + output.data["image/png"]).height > 100
    if window.application == "notebook":
        return  # it does not know of the course, and says that the slider is gone
    kernel = "window.jupyterapp.shell.currentWidget.sessionContext.session.kernel"
    window.driver.execute_async_script(f"{kernel}.restart().then(arguments[0])")
    window.open(f"{window.address}/lab/tree/{name}/{name}.ipynb?token={TOKEN}")
    window.wait_for_lab()
    window.wait_for_kernel()
    window.scroll_to(cell)
    window.wait(f"{window.still(cell)}?.naturalWidth > 300")
    assert "Error" not in window.output(cell)


def changes(window: Window, cell: str, before: str) -> None:
    """Wait for another picture, and see that it is as large and really another."""
    image = f"{window.cell(cell)}.node.querySelector('.widget-output img')"
    pixels = pixels_of(before)
    window.wait(
        f"{image} && {image}.src.length > 99 && {image}.src !== {before!r}"
        f" && (window.followed = {image}.src)",  # it may be drawn again meanwhile
        what="the picture does not follow the slider",
    )
    now = pixels_of(window.run("return window.followed"))
    assert now.height == pixels.height > 100
    size = (min(now.width, pixels.width), now.height)
    apart = ImageChops.difference(now.crop((0, 0, *size)), pixels.crop((0, 0, *size)))
    assert apart.getbbox() is not None


def pixels_of(source: str) -> Image.Image:
    data = base64.b64decode(source.partition("base64,")[2])
    return Image.open(io.BytesIO(data)).convert("RGB")

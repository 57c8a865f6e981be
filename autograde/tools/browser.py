"""Drive JupyterLab in a headless Chromium: for tests and for the README's pictures."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

PATIENCE = 300  # seconds until a wait gives up; a busy machine is slow, not broken
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
)


def missing() -> str | None:
    """Why no browser can be driven here, in a few words; None where one can."""
    if not any(map(shutil.which, BROWSERS)):
        return "no Chromium or Chrome on this machine"
    if not shutil.which("chromedriver"):
        return "no chromedriver on this machine"
    return None


@contextlib.contextmanager
def serving(
    command: list[str], environment: dict[str, str], port: int, log: Path
) -> Iterator[str]:
    """Run the server `command` and give its address; it ends with the block."""
    with open(log, "ab") as output:
        process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        _await(lambda: _answers(f"{address}/api"), PATIENCE, f"no server; see {log}")
        yield address
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as reply:
            return reply.status == 200
    except OSError:
        return False


def _await(condition: Callable[[], Any], seconds: float, what: str) -> Any:
    deadline = time.monotonic() + seconds
    while True:
        over = time.monotonic() > deadline  # it is looked once more after that
        found = condition()
        if found:
            return found
        if over:
            raise TimeoutError(what)
        time.sleep(0.2)


class Page:
    """One browser window, with the few gestures that a person makes in JupyterLab.

    log: the server's; what it says last is told when something does not come in time
    """

    def __init__(
        self,
        width: int = 1280,
        height: int = 900,
        scale: float = 1,
        log: Path | None = None,
    ) -> None:
        from selenium import webdriver
        from selenium.webdriver.chrome.service import Service

        self.log = log
        self.profile = tempfile.mkdtemp(prefix="autograde-browser-")
        options = webdriver.ChromeOptions()
        options.binary_location = next(filter(None, map(shutil.which, BROWSERS)))
        size = (
            f"--window-size={width},{height}",
            f"--force-device-scale-factor={scale}",
        )
        for flag in (*FLAGS, *size, f"--user-data-dir={self.profile}"):
            options.add_argument(flag)
        environment = {k: v for k, v in os.environ.items() if "proxy" not in k.lower()}
        service = Service(shutil.which("chromedriver"), env=environment)
        self.driver = webdriver.Chrome(options=options, service=service)
        # a command waits for its end; the driver must not give up before that
        self.driver.set_script_timeout(PATIENCE)
        talk: Any = self.driver.command_executor
        talk.client_config.timeout = 2 * PATIENCE

    def colours(self, scheme: str) -> None:
        """Let the page believe that its reader prefers ``light`` or ``dark``."""
        feature = {"name": "prefers-color-scheme", "value": scheme}
        self.driver.execute_cdp_cmd(
            "Emulation.setEmulatedMedia", {"features": [feature]}
        )

    @contextlib.contextmanager
    def sized(self, width: int, height: int) -> Iterator[None]:
        """The page as a window of that many CSS pixels shows it, for a block."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1}
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride", metrics | {"mobile": False}
        )
        try:
            yield
        finally:
            self.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})

    def close(self) -> None:
        self.driver.quit()
        shutil.rmtree(self.profile, ignore_errors=True)

    def __enter__(self) -> Page:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def open(self, address: str) -> None:
        self.driver.get(address)

    def wait(self, script: str, seconds: float = PATIENCE, what: str = "") -> None:
        """Wait until the JavaScript expression `script` is true.

        One that ends in an error asks for what is not there yet.
        """
        said = what or f"not within {seconds} s: {script}"
        asked = (
            f"try {{ return Boolean({script}) || '' }} catch (e) {{ return `${{e}}` }}"
        )
        answer: Any = None

        def is_true() -> bool:
            nonlocal answer
            answer = self.run(asked)
            return answer is True

        try:
            _await(is_true, seconds, said)
        except TimeoutError as error:
            raise TimeoutError(f"{error} {answer}\n{self.state()}") from None

    def state(self) -> str:
        """What the page shows, its console, the server's last words: for a person."""
        shown = self.run("return document.body ? document.body.innerText : ''")
        console = [entry["message"] for entry in self.driver.get_log("browser")]
        parts = [f"at {self.driver.current_url}", shown[:2000], *console[-20:]]
        if self.log is not None:
            parts += ["the server's log ends:", self.log.read_text("utf-8")[-4000:]]
        return "\n".join(parts)

    def run(self, script: str, *arguments: Any) -> Any:
        return self.driver.execute_script(script, *arguments)

    def command(self, name: str, **arguments: Any) -> Any:
        """Run a command of JupyterLab and wait for its end."""
        return self.driver.execute_async_script(
            "const done = arguments[2];"
            "window.jupyterapp.commands.execute(arguments[0], arguments[1])"
            ".then(() => done(null), error => done(String(error)));",
            name,
            arguments,
        )

    def wait_for_lab(self) -> None:
        self.wait("window.jupyterapp && document.querySelector('#jp-main-dock-panel')")
        self.wait("!document.querySelector('#jupyterlab-splash')")
        self.driver.execute_async_script(
            "window.jupyterapp.restored.then(() => arguments[0]())"
        )

    def wait_for_kernel(self) -> None:
        status = f"{_NOTEBOOK}?.sessionContext?.session?.kernel?.status"
        self.wait(f"{status} === 'idle'", what="the kernel is not idle")

    def run_all(self) -> None:
        self.wait_for_kernel()
        self.command("notebook:run-all-cells")

    def cell(self, cell_id: str) -> str:
        """A JavaScript expression for the widget of a cell."""
        return f"{_NOTEBOOK}.content.widgets.find(c => c.model.id === '{cell_id}')"

    def set_source(self, cell_id: str, source: str) -> None:
        self.run(
            f"{self.cell(cell_id)}.model.sharedModel.setSource(arguments[0])", source
        )

    def run_cell(self, cell_id: str) -> None:
        """Run one cell, as Shift+Enter does, and wait for its end."""
        self.wait_for_kernel()
        find = f"{_NOTEBOOK}.content.widgets.findIndex(c => c.model.id === '{cell_id}')"
        self.run(f"{_NOTEBOOK}.content.activeCellIndex = {find}")
        self.command("notebook:run-cell")

    def copy_cell(self, cell_id: str) -> str:
        """Copy a cell to below itself, and return the copy's id."""
        find = f"{_NOTEBOOK}.content.widgets.findIndex(c => c.model.id === '{cell_id}')"
        self.run(f"{_NOTEBOOK}.content.activeCellIndex = {find}")
        self.command("notebook:copy-cell")
        self.command("notebook:paste-cell-below")
        return self.run(f"return {_NOTEBOOK}.content.activeCell.model.id")

    def press(self, key: str) -> None:
        """Press a key, named as in selenium's ``Keys``, where the focus is."""
        from selenium.webdriver.common.action_chains import ActionChains
        from selenium.webdriver.common.keys import Keys

        ActionChains(self.driver).send_keys(getattr(Keys, key)).perform()

    def wait_until_saved(self) -> None:
        self.wait(f"!{_NOTEBOOK}.context.model.dirty", what="the notebook is not saved")

    def output(self, cell_id: str) -> str:
        """What a reader sees below a cell, once it is scrolled to."""
        self.scroll_to(cell_id)
        return self.run(f"return {self.cell(cell_id)}.outputArea.node.innerText")

    def wait_for_output(self, cell_id: str, script: str) -> None:
        """Scroll to a cell until `script` is true of `output`, what it shows.

        Cells above get their heights late, and push it away again.
        """
        self.wait(
            f"(() => {{ const cell = {self.cell(cell_id)};"
            " cell.node.scrollIntoView({block: 'start'});"
            f" const output = cell.outputArea.node; return {script}; }})()"
        )

    def scroll_to(self, cell_id: str) -> None:
        self.run(f"{self.cell(cell_id)}.node.scrollIntoView({{block: 'start'}})")
        time.sleep(0.4)

    def picture(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.driver.save_screenshot(str(path))


_NOTEBOOK = "window.jupyterapp.shell.currentWidget"

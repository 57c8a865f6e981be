"""``autograde wheels DIR``: everything that ``start.py --wheels DIR`` installs from.

For computers without a network: the packages of the students' lock, PyTorch and the
archive of the sentences, as files. A folder may serve several systems; pip takes what
fits. The lock's conditions are looked at for the system that is meant, not for this.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement

from autograde.course.layout import ROOT, CannotRun
from autograde.datasets import sentences
from autograde.tools.lock import lock_path

TORCH_CPU_INDEX = "https://download.pytorch.org/whl/cpu"
PYTHONS = ("3.11", "3.12", "3.13")


@dataclass(frozen=True)
class System:
    """A system that wheels are fetched for, as pip and as the lock's conditions say."""

    platforms: tuple[str, ...]
    sys_platform: str
    platform_system: str
    os_name: str
    machine: str

    def markers(self, python: str) -> dict[str, str]:
        return {
            "python_version": python,
            "python_full_version": f"{python}.1",
            "sys_platform": self.sys_platform,
            "platform_system": self.platform_system,
            "os_name": self.os_name,
            "platform_machine": self.machine,
            "implementation_name": "cpython",
            "platform_python_implementation": "CPython",
        }


def _manylinux(machine: str) -> tuple[str, ...]:
    named = [f"manylinux_2_{minor}_{machine}" for minor in range(28, 16, -1)]
    return (*named, f"manylinux2014_{machine}", f"linux_{machine}")


def _macos(machine: str) -> tuple[str, ...]:
    versions = [f"{major}_0" for major in range(15, 10, -1)]
    both = [f"macosx_{v}_{kind}" for v in versions for kind in (machine, "universal2")]
    return (*both, *(f"macosx_10_{minor}_universal2" for minor in range(16, 8, -1)))


SYSTEMS = {
    "linux": System(_manylinux("x86_64"), "linux", "Linux", "posix", "x86_64"),
    "linux-arm": System(_manylinux("aarch64"), "linux", "Linux", "posix", "aarch64"),
    "macos": System(_macos("arm64"), "darwin", "Darwin", "posix", "arm64"),
    "windows": System(("win_amd64",), "win32", "Windows", "nt", "AMD64"),
}


def fill(
    folder: Path,
    systems: tuple[str, ...],
    pythons: tuple[str, ...],
    torch_index: str | None = None,
    root: Path = ROOT,
    say: Callable[[object], object] = print,
) -> None:
    """Fetch into `folder`; without `systems` for this machine and this Python.

    Raises CannotRun with pip's reason. What is in the folder already is kept.
    """
    folder.mkdir(parents=True, exist_ok=True)
    targets = [(name, python) for name in systems for python in pythons or PYTHONS]
    for name, python in targets or [("", "")]:
        system = SYSTEMS[name] if name else None
        say(f"{name or 'this machine'} {python}".strip())
        pins = list(_pins(lock_path(root, "students"), system, python))
        _download(folder, "".join(pins), _target(system, python), ["--require-hashes"])
        index = torch_index
        if index is None and name.startswith("linux"):
            index = TORCH_CPU_INDEX  # the usual one has CUDA in it, gigabytes
        options = ["--index-url", index] if index else []
        _download(folder, torch_pin(root), _target(system, python), options)
    archive = sentences.set_up()
    (folder / archive.name).write_bytes(archive.read_bytes())


def torch_pin(root: Path) -> str:
    """The pinned PyTorch of ``pyproject.toml``."""
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    pins = project["optional-dependencies"]["deep-learning"]
    (pin,) = (pin for pin in pins if Requirement(pin).name == "torch")
    return pin + "\n"


def _pins(lock: Path, system: System | None, python: str) -> Iterator[str]:
    """The lock's entries with their hashes, those that hold on `system`."""
    entry = ""
    for line in [*lock.read_text("utf-8").splitlines(), "end"]:
        if line[:1].isalnum():
            if entry and _holds(entry, system, python):
                yield _without_condition(entry)
            entry = ""
        if not line.startswith("#"):
            entry += line + "\n"


def _holds(entry: str, system: System | None, python: str) -> bool:
    marker = _requirement(entry).marker
    if marker is None:
        return True
    return marker.evaluate(system.markers(python) if system else None)


def _requirement(entry: str) -> Requirement:
    return Requirement(entry.splitlines()[0].rstrip("\\ "))


def _without_condition(entry: str) -> str:
    """pip would ask the condition of the Python that it runs in."""
    first, rest = entry.split("\n", 1)
    pin = _requirement(entry)
    end = " \\" if first.rstrip().endswith("\\") else ""
    return f"{pin.name}{pin.specifier}{end}\n{rest}"


def _target(system: System | None, python: str) -> list[str]:
    if system is None:
        return []
    named = [part for name in system.platforms for part in ("--platform", name)]
    tags = ["--python-version", python, "--implementation", "cp"]
    tags += ["--abi", f"cp{python.replace('.', '')}", "--abi", "abi3", "--abi", "none"]
    return [*named, *tags]


def _download(folder: Path, pins: str, target: list[str], options: list[str]) -> None:
    with tempfile.TemporaryDirectory(prefix="wheels-") as scratch:
        wanted = Path(scratch) / "wanted.txt"
        wanted.write_text(pins, "utf-8")
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--quiet"]
        command += ["--disable-pip-version-check", "--only-binary", ":all:"]
        command += ["--dest", str(folder), "--requirement", str(wanted)]
        done = subprocess.run(
            [*command, *target, *options],
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            env=os.environ | {"PYTHONUTF8": "1"},
        )
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if "ERROR" in line]
        reason = (said or ["no reason"])[-1].removeprefix("ERROR: ")
        raise CannotRun(f"{folder} is not complete: {reason}")

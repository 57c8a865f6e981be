"""One set of pins, and everything that installs draws on it."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, requires, version

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from autograde.course.layout import ROOT
from autograde.tools.lock import AUDIENCES, lock_path

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
SYSTEMS = [
    {"python_version": python, "python_full_version": f"{python}.1"}
    | {"sys_platform": system, "platform_system": name, "os_name": os_name}
    for python in ("3.11", "3.12", "3.13")
    for system, name, os_name in (
        ("linux", "Linux", "posix"),
        ("darwin", "Darwin", "posix"),
        ("win32", "Windows", "nt"),
    )
]


def locked(audience: str, system: dict | None = None) -> dict[str, Requirement]:
    """The pins that hold on `system`, or here, by their packages' names."""
    text = lock_path(ROOT, audience).read_text("utf-8")
    lines = (line.rstrip("\\ ") for line in text.splitlines())
    pins = [Requirement(line) for line in lines if line[:1].isalnum()]
    assert all(str(pin.specifier).startswith("==") for pin in pins)
    chosen = [pin for pin in pins if not pin.marker or pin.marker.evaluate(system)]
    named = {canonicalize_name(pin.name): pin for pin in chosen}
    assert len(named) == len(chosen) > 100, "two pins of one package hold together"
    return named


def declared(audience: str) -> list[Requirement]:
    lines = list(PROJECT["dependencies"])
    for extra in AUDIENCES[audience]:
        lines += PROJECT["optional-dependencies"][extra]
    return [Requirement(line) for line in lines]


@pytest.mark.parametrize("audience", AUDIENCES)
def test_the_lock_has_what_the_project_declares(audience):
    pins = locked(audience)
    for wanted in declared(audience):
        if wanted.name != "torch":
            assert pins[canonicalize_name(wanted.name)].specifier == wanted.specifier


@pytest.mark.parametrize("audience", AUDIENCES)
def test_the_lock_is_closed(audience):
    """Whatever a locked package needs here is locked, in a version that it takes."""
    pins = locked(audience)
    for name in pins:
        try:
            needs = requires(name) or []
        except PackageNotFoundError:  # of another system
            continue
        for need in map(Requirement, needs):
            key = canonicalize_name(need.name)
            if key == "torch" or (need.marker and not need.marker.evaluate()):
                continue
            assert key in pins, f"{name} needs {need}"
            pin = str(pins[key].specifier).removeprefix("==")
            assert need.specifier.contains(pin, prereleases=True), f"{name}: {need}"


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda s: "-".join(s.values()))
def test_every_system_gets_its_packages(system):
    declared_names = {canonicalize_name(pin.name) for pin in declared("students")}
    assert declared_names - set(locked("students", system)) == {"torch"}


def test_files_are_pinned_by_hashes_and_torch_is_not():
    for audience in AUDIENCES:
        text = lock_path(ROOT, audience).read_text("utf-8")
        entries = re.split(r"\n(?=[A-Za-z0-9])", text)[1:]
        assert all("--hash=sha256:" in entry for entry in entries)
        assert not re.search(r"^(torch|nvidia|triton)\b", text, re.M)


def test_a_course_on_another_subject_has_the_same_versions_and_no_deep_learning():
    engine, students = locked("engine"), locked("students")
    assert {n: pin.specifier for n, pin in engine.items()}.items() <= {
        name: pin.specifier for name, pin in students.items()
    }.items()
    heavy = {"torch", "transformers", "scikit-learn", "scipy", "mlxtend", "faker"}
    assert heavy.isdisjoint(engine) and "transformers" in students


def test_students_do_without_tools():
    tools = {"pytest", "ruff", "selenium", "distributed", "mypy", "dask", "nbval"}
    assert tools.isdisjoint(locked("students"))
    assert tools <= set(locked("developers"))


@pytest.mark.parametrize("pin", locked("developers").values(), ids=lambda pin: pin.name)
def test_the_environment_has_what_is_locked(pin):
    assert pin.specifier.contains(version(pin.name), prereleases=True)


def test_torch_has_one_pin():
    (wanted,) = (pin for pin in declared("students") if pin.name == "torch")
    start = (ROOT / "start.py").read_text("utf-8")
    assert f'TORCH = "{wanted}"' in start
    assert wanted.specifier.contains(version("torch").split("+")[0])


def test_conda_draws_on_the_pins():
    lines = (ROOT / "environment.yml").read_text().splitlines()
    entries = [line.strip()[2:] for line in lines if line.strip().startswith("- ")]
    assert "-c autograde/requirements/constraints.txt" in entries
    assert not [entry for entry in entries if "==" in entry], "a second set of pins"
    conda = re.search(r"python=(\d+\.\d+)", (ROOT / "environment.yml").read_text())
    assert PROJECT["requires-python"] == f">={conda[1]}"
    constraints = locked("constraints")
    assert constraints == locked("developers")


@pytest.mark.network
def test_resolving_anew_changes_nothing(tmp_path):
    """The locks are those of this pyproject.toml; uv asks the package index."""
    (tmp_path / "autograde" / "requirements").mkdir(parents=True)
    for name in (
        "pyproject.toml",
        *(f"autograde/requirements/{a}.txt" for a in AUDIENCES),
    ):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    command = [sys.executable, "-m", "autograde", "lock", "--root", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if "error sending request" in done.stderr or "dns error" in done.stderr:
        pytest.skip(f"the package index cannot be asked: {done.stderr[:200]}")
    assert done.returncode == 0, done.stderr
    for audience in AUDIENCES:
        made = lock_path(tmp_path, audience).read_text("utf-8")
        assert made == lock_path(ROOT, audience).read_text("utf-8")

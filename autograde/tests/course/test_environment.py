"""One set of pins, and everything that installs draws on it."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import version

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from autograde.course.layout import ROOT

PINS = [
    Requirement(line)
    for line in (ROOT / "requirements.txt").read_text().splitlines()
    if line and not line.startswith("#")
]


def test_every_package_is_pinned_once():
    assert all(str(pin.specifier).startswith("==") for pin in PINS)
    names = [canonicalize_name(pin.name) for pin in PINS]
    assert len(set(names)) == len(names) > 20


@pytest.mark.parametrize("pin", PINS, ids=lambda pin: pin.name)
def test_the_environment_has_what_is_pinned(pin):
    assert pin.specifier.contains(version(pin.name).split("+")[0])


def test_conda_and_packaging_draw_on_the_pins():
    lines = (ROOT / "environment.yml").read_text().splitlines()
    entries = [line.strip()[2:] for line in lines if line.strip().startswith("- ")]
    assert "-r requirements.txt" in entries
    assert not [entry for entry in entries if "==" in entry], "a second set of pins"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    dynamic = project["tool"]["setuptools"]["dynamic"]
    assert dynamic["dependencies"]["file"] == ["requirements.txt"]
    assert "dependencies" not in project["project"]


def test_the_makefile_and_conda_install_the_same():
    makefile = (ROOT / "Makefile").read_text()
    installs = re.findall(r"pip install((?:.*\\\n)*.*)", makefile)
    assert len(installs) == 2
    assert "-r requirements.txt" in installs[0]
    assert "--no-deps -e ." in installs[1]
    conda = re.search(r"python=(\d+\.\d+)", (ROOT / "environment.yml").read_text())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert project["project"]["requires-python"] == f">={conda[1]}"

"""Other ways in: conda, containers, Binder, workflows. What they name is there.

Building an image needs what only the workflows have; here their files are read.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
import yaml

from autograde.commands.main import main
from autograde.course.layout import ROOT

CONTAINER = json.loads((ROOT / ".devcontainer/devcontainer.json").read_text("utf-8"))
DOCKER = (ROOT / "Dockerfile").read_text("utf-8")
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
STARTS = ("start.py --", "autograde ", "-m pytest", "make ")


def commands() -> list[tuple[str, str]]:
    """Each shell command of the doors, with the file that has it."""
    found = [(".devcontainer", CONTAINER["postCreateCommand"])]
    for path in [ROOT / ".binder/postBuild", ROOT / ".binder/start"]:
        found += [(path.name, line) for line in path.read_text("utf-8").splitlines()]
    joined = DOCKER.replace("\\\n", " ")
    found += [("Dockerfile", line) for line in joined.splitlines()]
    for path in WORKFLOWS:
        for job in yaml.safe_load(path.read_text("utf-8"))["jobs"].values():
            for step in job["steps"]:
                found += [(path.name, line) for line in step.get("run", "").split("\n")]
    return found


@pytest.mark.parametrize(("file", "line"), commands())
def test_commands_of_the_doors_exist(file, line):
    for part in re.split(r"&&|\|\||;", line):
        words = part.replace('"', " ").replace(",", " ").replace("]", " ").split()
        if "autograde" in words and words[words.index("autograde") - 1] == "-m":
            assert words[words.index("autograde") + 1] in main.commands, line
        for target in re.findall(r"^\s*make ([a-z]+)", part):
            makefile = (ROOT / "Makefile").read_text("utf-8")
            assert re.search(rf"^{target}:", makefile, re.M), line
        for path in re.findall(r"autograde/tests/[\w/.]+", part):
            assert (ROOT / path).exists(), line


def test_options_of_the_doors_are_known():
    lab = {option for p in main.commands["lab"].params for option in p.opts}
    (last,) = re.findall(r"^CMD (\[.*\])$", DOCKER, re.M)
    words = json.loads(last)
    given = {word for word in words[words.index("lab") + 1 :] if word[:2] == "--"}
    assert given <= lab
    said = subprocess.run(
        [sys.executable, ROOT / "start.py", "--help"], capture_output=True, text=True
    ).stdout
    for _, line in commands():
        for part in re.split(r"&&", line):
            if re.search(r"python3? start\.py", part):
                for option in re.findall(r"\s(--[a-z-]+)", part):
                    assert option in said, line


def test_what_the_image_copies_is_there():
    ignored = (ROOT / ".dockerignore").read_text("utf-8").split()
    for line in re.findall(r"^COPY (.+)$", DOCKER, re.M):
        *sources, _ = shlex.split(line)
        for source in sources:
            assert (ROOT / source).exists() and source not in ignored
    rooms = {
        path.removeprefix("autograde/") for path in ignored if "autograde/" in path
    }
    assert all((ROOT / "autograde" / room).exists() for room in rooms)
    assert {"solutions", "grading", ".git"} <= set(ignored)


def test_the_image_has_what_the_archive_has():
    """No module that the archive holds is left out of the image."""
    from autograde.authoring.archive import student_files

    ignored = (ROOT / ".dockerignore").read_text("utf-8").split()
    for path in student_files(ROOT / "autograde"):
        name = path.relative_to(ROOT).as_posix()
        assert not any(name.startswith(f"{entry}/") for entry in ignored), name


def test_nobody_is_root_in_the_image():
    assert re.search(r"^USER (?!root)\w+", DOCKER, re.M)
    assert DOCKER.index("USER") < DOCKER.index("CMD")


def test_conda_and_binder_draw_on_the_pins():
    conda = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
    (pip,) = (d["pip"] for d in conda["dependencies"] if isinstance(d, dict))
    lines = (ROOT / ".binder/requirements.txt").read_text("utf-8").splitlines()
    binder = [line for line in lines if line and line[0] != "#"]
    assert [line.replace("../", "") for line in binder] == pip
    for line in pip + binder:
        if line.startswith("-c "):
            base = ROOT / ".binder" if line in binder else ROOT
            assert (base / line[3:]).resolve().is_file()
    runtime = (ROOT / ".binder/runtime.txt").read_text("utf-8").strip()
    python = next(d for d in conda["dependencies"] if "python=" in str(d))
    assert runtime.replace("-", "=") == python


@pytest.mark.parametrize("name", ["postBuild", "start"])
def test_scripts_of_binder_can_be_run(name):
    path = ROOT / ".binder" / name
    assert os.access(path, os.X_OK)
    assert subprocess.run(["sh", "-n", str(path)]).returncode == 0


def test_codespaces_open_the_start_page():
    from autograde.student.start_page import START

    (page,) = CONTAINER["customizations"]["codespaces"]["openFiles"]
    assert page == f"work/{START}"
    python = CONTAINER["customizations"]["vscode"]["settings"]
    assert python["python.defaultInterpreterPath"] == ".venv/bin/python"
    assert CONTAINER["forwardPorts"] == [8888]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflows_can_be_read(path):
    flow = yaml.safe_load(path.read_text("utf-8"))
    assert flow["jobs"] and True in flow  # YAML reads the key `on` as true
    for job in flow["jobs"].values():
        assert job["runs-on"] and job["steps"]
        for step in job["steps"]:
            assert ("uses" in step) != ("run" in step)


def test_students_systems_are_all_tried():
    flow = yaml.safe_load((ROOT / ".github/workflows/students.yml").read_text("utf-8"))
    matrix = flow["jobs"]["archive"]["strategy"]["matrix"]
    assert matrix["python"] == ["3.11", "3.12", "3.13"]
    assert {name.split("-")[0] for name in matrix["os"]} == {
        "ubuntu",
        "windows",
        "macos",
    }


@pytest.mark.network
def test_what_conda_gives_pip_is_what_is_installed(tmp_path):
    """pip takes the constraints of environment.yml, and finds the lock's packages."""
    conda = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
    (pip,) = (d["pip"] for d in conda["dependencies"] if isinstance(d, dict))
    wanted = tmp_path / "wanted.txt"
    lines = [line for line in pip if line.startswith("-c")]
    wanted.write_text(
        "\n".join([*lines, "numpy", "jupyterlab"]).replace("-c ", f"-c {ROOT}/")
    )
    report = tmp_path / "report.json"
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--quiet"]
    command += [
        "--ignore-installed",
        "--no-deps",
        "--report",
        str(report),
        "-r",
        str(wanted),
    ]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    if re.search("NewConnection|Max retries|name resolution", done.stderr):
        pytest.skip("the package index cannot be asked")
    assert done.returncode == 0, done.stderr
    found = {
        entry["metadata"]["name"]: entry["metadata"]["version"]
        for entry in json.loads(Path(report).read_text("utf-8"))["install"]
    }
    assert found["numpy"] == version("numpy")
    assert found["jupyterlab"] == version("jupyterlab")

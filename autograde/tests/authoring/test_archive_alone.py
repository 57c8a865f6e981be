"""The students' archive as its students have it: nothing else of the course is there.

What it installs is tried by ``autograde prove``; here it runs with the packages that
are installed already.
"""

from __future__ import annotations

import ast
import json
import os
import re
import stat
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from autograde.authoring import prove
from autograde.course.layout import ROOT, course_name, released_chapters

SOLVED = [name for name in released_chapters(ROOT) if name[:2] in ("00", "01", "04")]
# a path with a folder, or a file's name with an ending that the course has
PATHS = re.compile(
    r"(?<![\w/.~-])((?:autograde|chapters|solutions|docs)/[\w./-]*\w"
    r"|start\.command|[\w-]+\.(?:py|md|yml|toml|bat|safetensors))(?![\w/*{-])"
)
# written where the course runs, part of a package, or named as not being there
ELSEWHERE = {
    "start.md",
    "model.safetensors",
    "record_seeds.py",
    "answers.py",
    "exercises.py",
    "nbgrader_config.py",
    "dates.json",
    "chapters/dates.json",
}
# licences; rooms that serve instructors too, whose files they name
NOT_READ = ("LICEN", "autograde/course/", "autograde/notebooks/", "autograde/records/")
# imported where a function needs the repository's sources, and says so
LATE = {"autograde/records/solution_cells.py: jupytext"}


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("student")
    made = prove.unpack(ROOT, folder)
    prove.new_copy(Path(sys.executable), made)
    return made


@pytest.fixture(scope="module")
def names(course) -> set[str]:
    with zipfile.ZipFile(course.parents[1] / f"{course_name(ROOT)}.zip") as file:
        return {name.removeprefix(f"{course_name(ROOT)}/") for name in file.namelist()}


@pytest.mark.parametrize("chapter", SOLVED)
def test_a_student_solves_a_chapter_with_the_archive_alone(course, chapter):
    found = prove.run(
        Path(sys.executable), course, chapter, prove.answers(chapter, ROOT)
    )
    assert found.ok, str(found)
    assert found.possible == found.points


def test_programs_of_the_archive_find_no_other_course(course):
    program = (
        "import autograde.environment as e; print(e.__file__); import autograde.{}"
    )
    for room, status in (("checking", 0), ("grading", 1)):
        done = subprocess.run(
            [sys.executable, "-c", program.format(room)],
            env=prove.alone(course),
            cwd=course.parent,
            capture_output=True,
            encoding="utf-8",
        )
        assert done.returncode == status and str(course) in done.stdout, done.stderr


def test_what_is_missing_in_an_archive_would_be_found(course):
    path = course / "autograde" / "datasets" / "diabetes.py"
    content = path.read_bytes()
    path.unlink()
    try:
        found = prove.run(Path(sys.executable), course, "00_start_here")
    finally:
        path.write_bytes(content)
    assert not found.ok and "diabetes" in str(found)
    assert found.chapter in str(found) and "[fail]" in str(found)


def test_a_student_hands_in_with_the_archive_alone(course):
    command = [sys.executable, "-m", "autograde", "submit", "00", "--student", "Zoë"]
    done = subprocess.run(
        command,
        cwd=course,
        env=prove.alone(course),
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (sent,) = (course / "work" / "submissions").glob("00_start_here_Zoë_*.zip")
    with zipfile.ZipFile(sent) as file:
        assert "Zoë/00_start_here/00_start_here.ipynb" in file.namelist()


def _code(path: Path) -> str:
    if path.suffix != ".ipynb":
        return path.read_text("utf-8")
    cells = json.loads(path.read_text("utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    return "\n".join(line for line in "\n".join(code).split("\n") if line[:1] != "%")


def imports(source: str, package: str = "") -> set[str]:
    """Every module that `source` imports, wherever in it, by its full name."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "imports name their whole path here"
            found |= {node.module} | {f"{node.module}.{n.name}" for n in node.names}
    return found


def is_there(course: Path, name: str) -> bool:
    """Whether `name` is a module of the archive, or something in one."""
    path = course / Path(*name.split("."))
    if path.with_suffix(".py").is_file() or (path / "__init__.py").is_file():
        return True
    parent = path.parent
    module = parent.with_suffix(".py")
    module = module if module.is_file() else parent / "__init__.py"
    return module.is_file() and re.search(
        rf"\b{re.escape(path.name)}\b", module.read_text("utf-8")
    )


def _sources(course: Path) -> list[Path]:
    found = [*course.glob("chapters/*/*.ipynb"), *course.glob("chapters/*/*.py")]
    return sorted([*found, *course.glob("autograde/**/*.py"), course / "start.py"])


def test_every_import_resolves_in_the_archive(course):
    missing = {
        f"{path.relative_to(course).as_posix()}: {name}"
        for path in _sources(course)
        for name in imports(_code(path))
        if name.split(".")[0] == "autograde" and not is_there(course, name)
    }
    assert not missing
    assert is_there(course, "autograde.figures")
    assert not is_there(course, "autograde.grading.judge")
    assert not is_there(course, "autograde.authoring")


def test_every_package_that_students_import_is_theirs(course):
    lock = (course / "autograde/requirements/students.txt").read_text("utf-8")
    pins = [line.rstrip("\\ ") for line in lock.splitlines() if line[:1].isalnum()]
    theirs = {canonicalize_name(Requirement(pin).name) for pin in pins} | {"torch"}
    owners = packages_distributions()
    foreign = set()
    for path in _sources(course):
        for name in imports(_code(path)):
            top = name.split(".")[0]
            if top in sys.stdlib_module_names or top == "autograde":
                continue
            owned = {canonicalize_name(owner) for owner in owners.get(top, ["none"])}
            if not owned & theirs:
                foreign.add(f"{path.relative_to(course).as_posix()}: {name}")
    assert foreign <= LATE


def _prose(path: Path) -> str:
    if path.suffix == ".ipynb":
        cells = json.loads(path.read_text("utf-8"))["cells"]
        return "\n".join("".join(cell["source"]) for cell in cells)
    return path.read_text("utf-8")


def test_nothing_names_a_file_that_is_not_there(course, names):
    known = names | {name.rsplit("/", 1)[-1] for name in names} | ELSEWHERE
    folders = {parent.as_posix() for name in names for parent in Path(name).parents}
    wrong = set()
    for name in sorted(names):
        if name.startswith(NOT_READ) or Path(name).suffix in (".safetensors", ".js"):
            continue
        for found in PATHS.findall(_prose(course / name)):
            if found.rstrip("/") not in known | folders:
                wrong.add(f"{name}: {found}")
    assert not wrong


def test_names_are_legal_on_every_system(names):
    devices = {"con", "prn", "aux", "nul", *(f"com{i}" for i in range(10))}
    devices |= {f"lpt{i}" for i in range(10)}
    for name in names:
        for part in name.split("/"):
            assert not re.search(r'[<>:"|?*\\\x00-\x1f]|[ .]$', part), name
            assert part.split(".")[0].lower() not in devices, name
        assert len(name) < 120, name
    assert len({name.lower() for name in names}) == len(names)


def test_what_is_clicked_can_be_executed(course):
    with zipfile.ZipFile(course.parents[1] / f"{course_name(ROOT)}.zip") as file:
        modes = {
            Path(entry.filename).name: stat.S_IMODE(entry.external_attr >> 16)
            for entry in file.infolist()
            if entry.filename.count("/") == 1
        }
    assert modes["start.command"] == 0o755
    assert modes["README.md"] == 0o644
    assert os.access(ROOT / "start.command", os.X_OK)
    lines = (course / "start.bat").read_bytes().split(b"\n")
    assert all(line.endswith(b"\r") for line in lines[:-1])


def test_the_project_of_students_can_be_installed(course):
    project = tomllib.loads((course / "pyproject.toml").read_text("utf-8"))
    whole = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert project["project"]["dependencies"] == whole["project"]["dependencies"]
    assert project["project"]["scripts"] == whole["project"]["scripts"]
    assert set(project) == {"build-system", "project", "tool"}
    extras = whole["project"]["optional-dependencies"]
    subject = {"deep-learning": extras["deep-learning"]}
    assert project["project"]["optional-dependencies"] == subject


def test_no_room_of_instructors_is_in_it(names):
    rooms = {name.split("/")[1] for name in names if name.startswith("autograde/")}
    behind = {"grading", "authoring", "tools", "reporting", "sandbox", "execution"}
    assert rooms.isdisjoint(behind | {"exercise.py", "tests", "nbgrader_config.py"})
    held = {name.rsplit("/", 1)[-1] for name in names}
    assert held.isdisjoint({"exercises.py", "answers.py", "make_checks.py"})

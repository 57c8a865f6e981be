"""The repository holds what belongs to a course, and no file that was left behind."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from autograde.course.layout import CHECKS, FRESH, ROOT

#: at the top: what people read or start, what tools want there, the course itself
TOP = {
    *(".binder", ".ci", ".devcontainer", ".dockerignore", ".gitattributes"),
    *(".github", ".gitignore", "CONTRIBUTING.md", "Dockerfile", "LICENCES-DATA.md"),
    *("LICENSE", "LICENSE-TEXT.md", "Makefile", "README.md", "README.zh_CN.md"),
    *("autograde", "chapters", "course.toml", "docs", "environment.yml"),
    *("pyproject.toml", "solutions", "start.bat", "start.command", "start.py"),
}
SOURCES = {"answers.py", "exercises.py", "zh_CN.po"}  # beside those that are released
RELEASED = {"probes.py", "seeds.json", "self_test.json", "summary.md"}
BUILT = {CHECKS, FRESH}
GLOSSARY = "solutions/glossary.toml"


def tracked() -> list[str]:
    """The paths of all files of the repository."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("this is no working copy of the repository")
    command = [git, "-c", "safe.directory=*", "ls-files", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    return listed.stdout.decode().split("\0")[:-1]


def strays(paths: list[str]) -> list[str]:
    """Those of `paths` that have no place in the course."""
    return [path for path in paths if path != GLOSSARY and not _belongs(path)]


def _belongs(path: str) -> bool:
    top, *rest = path.split("/")
    match top, rest:
        case "solutions", [chapter, name]:
            own = {f"{chapter}.py", f"{chapter}.ipynb", "record_seeds.py"}
            return name in own | SOURCES | RELEASED
        case "chapters", [chapter, name]:
            return name in {f"{chapter}.ipynb"} | BUILT | RELEASED
        case "chapters", [chapter, "zh_CN", name]:
            return name in {f"{chapter}.ipynb", "messages.json"} | RELEASED
        case "solutions" | "chapters", _:
            return False
    return top in TOP


def test_the_repository_holds_no_stray_file():
    paths = tracked()
    assert strays(paths) == []
    assert {path.split("/")[0] for path in paths} == TOP


@pytest.mark.parametrize(
    "path",
    [
        "checks.safetensors",
        "probes.py",
        "scratch/notes.txt",
        "chapters/notes.md",
        "chapters/01_gradient_descent/answers.py",
        "chapters/01_gradient_descent/02_softmax_regression.ipynb",
        "chapters/01_gradient_descent/zh_CN/zh_CN.po",
        "solutions/01_gradient_descent/checks.safetensors",
        "solutions/01_gradient_descent/old/exercises.py",
    ],
)
def test_a_stray_file_would_be_found(path):
    assert strays(["README.md", path]) == [path]


def conflicts(text: str) -> list[str]:
    """The lines of `text` that git left where two changes did not fit together."""
    marks = ("<<<<<<< ", ">>>>>>> ")
    return [line for line in text.splitlines() if line.startswith(marks)]


def test_no_file_holds_marks_of_a_conflict():
    found = [
        path
        for path in tracked()
        if path.endswith((".py", ".md", ".po", ".toml", ".yml", ".txt", ".css", ".js"))
        and conflicts((ROOT / path).read_text("utf-8"))
    ]
    assert found == []


def test_marks_of_a_conflict_would_be_found():
    assert conflicts("a\n<<<<<<< HEAD\nb\n=======\n>>>>>>> c") == [
        "<<<<<<< HEAD",
        ">>>>>>> c",
    ]

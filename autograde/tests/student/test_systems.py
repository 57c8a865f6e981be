"""A student's way on Windows and macOS, as far as it can be walked here.

The course's own modules see an ``os``, ``signal`` and ``socket`` without what only
POSIX has; other packages see the real ones. Workflows go the same way on real systems.
"""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograde.authoring import prove
from autograde.course.layout import ROOT
from autograde.tests.student.posix_free import WITHOUT

NAME = "01_gradient_descent"
TEXT_CALLS = {"open", "read_text", "write_text", "fdopen", "TextIOWrapper"}
PROCESSES = {"run", "Popen", "check_output", "check_call"}
EVERYTHING = "autograde/**/*.py"
UTF8 = """
import warnings
warnings.filterwarnings("error", category=EncodingWarning, module=r"autograde\\b")
"""
IMPORT_ALL = """
import importlib, pathlib
course = pathlib.Path(sys.argv[1])
for path in sorted(course.glob(sys.argv[2])):
    name = ".".join(path.relative_to(course).with_suffix("").parts)
    if not name.endswith("__main__"):
        importlib.import_module(name.removesuffix(".__init__"))
"""
CHECK = """
os.chdir(course / "work" / "01_gradient_descent")
from autograde import check, hint
import numpy as np
def mse_loss(y, y_hat):
    return ((y - y_hat) ** 2).sum() / (2 * len(y))
import __main__
__main__.mse_loss = mse_loss
assert check("mse_loss") > 0
def mse_loss(y, y_hat):
    while True:
        pass
__main__.mse_loss = mse_loss
import autograde.student.check as checking
limit = checking.Clock.limit
checking.Clock.limit = lambda clock, _: limit(clock, 0.5)
assert check("mse_loss") == 0.0
hint("mse_loss")
"""
SUBMIT = """
from autograde.student.submit import submit_chapter
said = []
assert submit_chapter(course / "work", "00", "zoe", said.append) == 0, said
assert "zoe" in said[-1]
(sent,) = (course / "work" / "submissions").glob("*.zip")
assert not set(sent.name) & set('<>:"|?*')
"""
SERVE = """
from autograde.student import lab
class Popen:
    def __init__(self, command, env):
        self.command, self.calls = command, 0
    def wait(self):
        self.calls += 1
        if self.calls == 1:
            raise KeyboardInterrupt
        return 3
lab.subprocess.Popen = Popen
assert lab.open_course(course, course / "work", 8888, False) == 3
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    made = prove.unpack(ROOT, tmp_path_factory.mktemp("systems"))
    prove.new_copy(Path(sys.executable), made)
    return made


def windows(course: Path, program: str, modules: str) -> subprocess.CompletedProcess:
    """Import `modules` and run `program` with a console of cp1252.

    UTF-8 is used only where it is asked for.
    """
    environment = prove.alone(course) | {
        "PYTHONUTF8": "0",
        "PYTHONCOERCECLOCALE": "0",
        "LC_ALL": "C",
        "PYTHONIOENCODING": "cp1252",
        "PYTHONWARNDEFAULTENCODING": "1",
    }
    script = course.parent / "program.py"
    script.write_text(WITHOUT + UTF8 + IMPORT_ALL + program, "utf-8")
    command = [sys.executable, "-P", str(script), str(course), modules]
    return subprocess.run(
        command, cwd=course, env=environment, capture_output=True, timeout=900
    )


@pytest.mark.parametrize(
    "program", ["", CHECK, SUBMIT, SERVE], ids=["imports", "checks", "submit", "lab"]
)
def test_students_do_without_what_only_posix_has(course, program):
    done = windows(course, program, "autograde/[!_]*.py" if program else EVERYTHING)
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")[-3000:]


@pytest.mark.parametrize(
    "line",
    [
        "import fcntl",
        "import os; os.geteuid()",
        "from signal import SIGALRM",
        "open('x.txt', 'w')",
        "import pathlib; pathlib.Path('README.md').read_text()",
        "import os; os.execve('x', [], {})",
    ],
)
def test_what_only_posix_has_would_be_found(course, line):
    path = course / "autograde" / "records" / "wrong.py"
    path.write_text(line + "\n", "utf-8")
    try:
        done = windows(course, "", "autograde/records/wrong.py")
    finally:
        path.unlink()
        (course / "x.txt").unlink(missing_ok=True)
    assert done.returncode != 0 and b"wrong.py" in done.stderr


def text_without_encoding(source: str) -> list[str]:
    """The calls of `source` that read or write text as the system's encoding has it."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        options = {keyword.arg: keyword.value for keyword in node.keywords}
        values = [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
        if name in PROCESSES:
            text = {"text", "universal_newlines"} & set(options)
            if text and "encoding" not in options:
                found.append(ast.unparse(node))
        if name not in TEXT_CALLS or "encoding" in options or "utf-8" in values:
            continue
        owner = getattr(getattr(node.func, "value", None), "id", "")
        others = ("Image", "tarfile", "webbrowser", "zipfile", "winreg")
        if owner in others or (owner == "os" and name == "open"):
            continue
        modes = [getattr(options.get("mode"), "value", ""), *values]
        if not any(
            isinstance(m, str) and re.fullmatch(r"[rwax+]*b\+?", m) for m in modes
        ):
            found.append(ast.unparse(node))
    return found


def test_text_is_utf8_whatever_the_system_says(course):
    sources = [course / "start.py", *sorted(course.glob("autograde/**/*.py"))]
    wrong = {
        str(path.relative_to(course)): calls
        for path in sources
        if (calls := text_without_encoding(path.read_text("utf-8")))
    }
    assert not wrong


def test_text_in_another_encoding_would_be_found():
    for line in (
        "open(path)",
        "open(path, 'w')",
        "path.read_text()",
        "path.write_text(text)",
        "subprocess.run(x, text=True)",
        "os.fdopen(3, 'w')",
    ):
        assert text_without_encoding(line), line
    for line in ("open(p, 'rb')", "p.read_text('utf-8')", "p.write_text(t, 'utf-8')"):
        assert not text_without_encoding(line), line


def test_line_ends_are_those_of_the_repository():
    """A checkout under autocrlf has the same bytes, but for what Windows runs."""
    names = ["start.py", "chapters/x.ipynb", "x.po", "start.bat", "x.safetensors"]
    command = ["git", "check-attr", "eol", "text", "--", *names]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8")
    if done.returncode:
        pytest.skip("no git here, or no repository")
    said = dict(line.rsplit(": ", 1) for line in done.stdout.splitlines())
    ends = {name: said[f"{name}: eol"] for name in names}
    assert ends["start.bat"] == "crlf" and said["x.safetensors: text"] == "unset"
    assert {ends[name] for name in names[:3]} == {"lf"}


def test_a_read_only_course_gives_a_copy_that_can_be_written(course, tmp_path):
    from autograde.student.workcopy import update_work

    released = tmp_path / "chapters"
    shutil.copytree(course / "chapters" / NAME, released / NAME)
    held = [*(released / NAME).rglob("*"), released / NAME]
    for path in held:
        os.chmod(path, 0o555 if path.is_dir() else 0o444)
    update_work(released, tmp_path / "work")
    update_work(released, tmp_path / "work")
    made = [p for p in (tmp_path / "work").rglob("*") if ".course" not in p.name]
    assert made and all(path.stat().st_mode & 0o200 for path in made)
    for path in held:
        if path.is_dir():
            os.chmod(path, 0o755)

"""start.py: where it puts things, what it refuses, and what it says of pip's words."""

from __future__ import annotations

import ast
import importlib.util
import io
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import pytest

from autograde.course.layout import ROOT
from autograde.tests.student.posix_free import WITHOUT

Usage = namedtuple("Usage", "total used free")
OLD = sorted(Path.home().glob(".pyenv/versions/3.[6-9].*/bin/python")) + sorted(
    Path.home().glob(".pyenv/versions/3.10.*/bin/python")
)


def load(folder: Path = ROOT):
    spec = importlib.util.spec_from_file_location("start_of_test", folder / "start.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def copy(tmp_path):
    """The file in a folder of its own, with locks that ask for nothing."""
    folder = tmp_path / "Ein Kurs 深度"
    (folder / "autograde" / "requirements").mkdir(parents=True)
    shutil.copy(ROOT / "start.py", folder)
    for audience in ("students", "graders"):
        (folder / "autograde" / "requirements" / f"{audience}.txt").write_text("# -\n")
    return folder


@pytest.fixture
def start(copy):
    return load(copy)


def ready(start, folder: Path):
    """Let `folder` look like an environment that was made."""
    options = start._options(["--env", str(folder)])
    python = folder / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    return options, python


def test_it_needs_the_standard_library_alone():
    tree = ast.parse((ROOT / "start.py").read_text("utf-8"))
    names = {
        name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module] if isinstance(node, ast.ImportFrom) else [])
        + [n.name for n in node.names if isinstance(node, ast.Import)]
    }
    assert names <= set(sys.stdlib_module_names)


@pytest.mark.parametrize("python", OLD, ids=lambda path: path.parts[-3])
def test_an_old_python_is_told_so(python, copy):
    done = subprocess.run(
        [str(python), "start.py"],
        cwd=copy,
        capture_output=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert "the course needs 3.11 or newer" in done.stderr


# As pip 23 to 25 prints them.
SAID = {
    "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on "
    "device": "disk is full",
    "ERROR: Could not install packages due to an OSError: [Errno 2] No such file or "
    "directory: 'C:\\\\x'\nHINT: This error might have occurred since this system does "
    "not have Windows Long Path support enabled.": "too long a path",
    "WARNING: Retrying (Retry(total=0)) after connection broken by 'ProxyError('Cannot "
    "connect to proxy.', OSError('Tunnel connection failed: 407 Proxy Authentication "
    "Required'))'\nERROR: No matching distribution found for x": "proxy refuses",
    "SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]'))\n"
    "ERROR: No matching distribution found for x": "PIP_CERT",
    "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.\n  "
    "Expected sha256 a": "not the one",
    "ERROR: Could not install packages due to an OSError: [WinError 5] Access is "
    "denied: 'x.pyd'": "close other programs",
    "WARNING: Retrying after connection broken by 'NewConnectionError('<pip._vendor>: "
    "Failed to establish a new connection: [Errno -3] Temporary failure in name "
    "resolution')'\nERROR: No matching distribution found for x": "cannot be reached",
    "ERROR: HTTP error 401 while getting x\n401 Client Error: Unauthorized": "password",
    "ERROR: Could not find a version that satisfies the requirement x==1 (from "
    "versions: none)\nERROR: No matching distribution found for x==1": "x==1 is not",
    "something new": "something new",
    "": "no reason",
}


@pytest.mark.parametrize(("said", "told"), SAID.items())
def test_what_pip_says_becomes_one_sentence(start, said, told):
    sentence = start.explain(said)
    assert told in sentence and "\n" not in sentence


def pip_fails(start, folder, monkeypatch, tmp_path, **variables):
    """What is told where pip, asked for a package of the lock, cannot have it."""
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    for name in ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"PIP_RETRIES": "1", **variables}.items():
        monkeypatch.setenv(name, value)
    options, _ = ready(start, tmp_path / "env")
    command = ["--target", str(tmp_path / "x"), "--no-deps", *folder]
    with pytest.raises(start.CannotStart) as told:
        start._pip(sys.executable, command, 1, options)
    return str(told.value)


def test_a_proxy_that_is_not_there(start, monkeypatch, tmp_path):
    told = pip_fails(
        start,
        ["click==8.5.1"],
        monkeypatch,
        tmp_path,
        PIP_PROXY="http://127.0.0.1:9",
        PIP_INDEX_URL="https://packages.invalid/simple",
    )
    assert "HTTPS_PROXY" in told


def test_an_index_that_is_not_there(start, monkeypatch, tmp_path):
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    told = pip_fails(
        start,
        ["click==8.5.1"],
        monkeypatch,
        tmp_path,
        PIP_INDEX_URL="http://127.0.0.1:9/simple",
    )
    assert "cannot be reached" in told


def test_a_folder_of_wheels_that_lacks_one(start, monkeypatch, tmp_path):
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    arguments = ["--no-index", "--find-links", str(wheels), "click==8.5.1"]
    told = pip_fails(start, arguments, monkeypatch, tmp_path)
    assert "click==8.5.1 is not there" in told and "more complete" in told


def test_a_package_that_was_changed(start, monkeypatch, tmp_path):
    (tmp_path / "x-1-py3-none-any.whl").write_bytes(b"not what it was")
    lock = tmp_path / "lock.txt"
    lock.write_text(f"x==1 --hash=sha256:{'0' * 64}\n")
    arguments = ["--no-index", "--find-links", str(tmp_path), "--require-hashes"]
    arguments += ["-r", str(lock)]
    told = pip_fails(start, arguments, monkeypatch, tmp_path)
    assert "not the one that the course was made with" in told


def test_too_little_disk(start, monkeypatch, tmp_path):
    monkeypatch.setattr(
        start.shutil, "disk_usage", lambda _: Usage(9 * 10**9, 8 * 10**9, 10**9)
    )
    options = start._options(["--env", str(tmp_path / "env")])
    with pytest.raises(start.CannotStart, match=r"1000 MB free.*--env DIR"):
        start.set_up(options)
    assert not (tmp_path / "env").exists()


def test_what_an_interrupted_set_up_has_is_counted(start, monkeypatch, tmp_path):
    (tmp_path / "env").mkdir()
    (tmp_path / "env" / "big").write_bytes(b"0" * 3 * 10**6)
    monkeypatch.setattr(start, "NEEDS", {"students": (1, 4)})
    monkeypatch.setattr(start, "brings_cuda", lambda _: False)
    monkeypatch.setattr(start.shutil, "disk_usage", lambda _: Usage(0, 0, 2 * 10**6))
    start._tell_what_it_takes(tmp_path / "env", start._options([]))
    monkeypatch.setattr(start.shutil, "disk_usage", lambda _: Usage(0, 0, 0))
    with pytest.raises(start.CannotStart):
        start._tell_what_it_takes(tmp_path / "env", start._options([]))


def test_a_course_that_cannot_be_written(start, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "own"))
    monkeypatch.setattr(pathlib.Path, "home", lambda: tmp_path / "home")
    assert start.environment_folder() == start.HERE / ".venv"
    assert start.work_folder() == start.HERE / "work"
    monkeypatch.setattr(start, "may_write", lambda folder: False)
    assert tmp_path / "own" in start.environment_folder().parents
    assert start.work_folder() == tmp_path / "home" / "deep-learning-course"


def test_whether_a_folder_can_be_written(start, tmp_path):
    assert start.may_write(tmp_path) and not list(tmp_path.glob(".trial*"))
    assert not start.may_write(tmp_path / "missing")
    (tmp_path / "file").touch()
    assert not start.may_write(tmp_path / "file")


def test_paths_that_windows_refuses(start, monkeypatch):
    short, long = "C:/course/.venv", "C:/Users/somebody/" + "a long name/" * 5 + ".venv"
    assert not start.too_long(long)  # here they may be longer
    monkeypatch.setattr(start.os, "name", "nt")
    monkeypatch.setitem(sys.modules, "winreg", Registry(0))
    assert start.too_long(long) and not start.too_long(short)
    monkeypatch.setitem(sys.modules, "winreg", Registry(1))
    assert not start.too_long(long)


class Registry:
    """As much of winreg as is asked, with one value."""

    HKEY_LOCAL_MACHINE = object()

    def __init__(self, enabled):
        self.enabled = enabled

    def OpenKey(self, *_):
        return open(os.devnull)

    def QueryValueEx(self, *_):
        return self.enabled, 4


def test_no_package_has_a_longer_path_than_is_reckoned_with(start):
    """Windows' folder for packages, Lib/site-packages, has a shorter name than ours."""
    (folder,) = {Path(spec.origin).parents[1] for spec in [_spec("torch")]}
    longest = max(
        len(os.path.join(place, name)) - len(str(folder))
        for place, _, names in os.walk(folder)
        for name in names
        if "-info" in place or "torch" in place
    )
    assert len(r"\Lib\site-packages") + longest <= start.LONGEST


def _spec(name):
    return importlib.util.find_spec(name)


def test_complete_is_what_was_installed_from_this_lock(start, tmp_path):
    env = tmp_path / "env"
    _, python = ready(start, env)
    assert not start._is_complete(env, "students")
    start._write_stamp(env, graders=start._digest(start.LOCKS / "graders.txt"))
    assert start._is_complete(env, "students") and start._is_complete(env, "graders")
    assert start._starts(python)
    (start.LOCKS / "graders.txt").write_text("click==1\n")
    assert not start._is_complete(env, "students")
    (env / start.STAMP).write_text("{")
    assert not start._is_complete(env, "students")


def test_an_environment_whose_python_is_gone_is_made_anew(start, tmp_path, monkeypatch):
    env = tmp_path / "env"
    options, python = ready(start, env)
    (env / "pyvenv.cfg").write_text("home = /nowhere\n")
    start._write_stamp(
        env, students=start._digest(start.LOCKS / "students.txt"), course="x"
    )
    python.unlink()
    python.symlink_to("/nowhere/python")
    done = []
    for name in ("_install", "_data", "_point_to_the_course"):
        monkeypatch.setattr(start, name, lambda *_, name=name: done.append(name))
    monkeypatch.setattr(start, "_make", lambda folder: done.append("_make"))
    assert start.set_up(options) == python
    assert done == ["_make", "_install", "_data", "_point_to_the_course"]


def test_a_course_that_was_moved_is_pointed_to_again(start, tmp_path, monkeypatch):
    env = tmp_path / "env"
    options, _ = ready(start, env)
    lock = start._digest(start.LOCKS / "students.txt")
    start._write_stamp(env, students=lock, course="/where/it/was")
    done = []
    monkeypatch.setattr(start, "_point_to_the_course", lambda *_: done.append(1))
    start.set_up(options)
    start.set_up(options)
    assert done == [1]


def test_interrupted_it_goes_on_and_says_so(start, tmp_path, monkeypatch, capsys):
    env = tmp_path / "env"
    ready(start, env)
    monkeypatch.setattr(start, "_has_pip", lambda python: True)

    def stopped(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(start, "_install", stopped)
    arguments = ["--env", str(env), "--setup-only"]
    assert start.main(arguments) == 130
    assert "it goes on from here" in capsys.readouterr().out
    assert not start._is_complete(env, "students")
    for name in ("_install", "_data", "_point_to_the_course"):
        monkeypatch.setattr(start, name, lambda *_: None)
    assert start.main(arguments) == 0
    assert start._is_complete(env, "students")


def test_two_windows_do_not_set_up_together(start, tmp_path):
    with (
        start._alone(tmp_path),
        pytest.raises(start.CannotStart, match="another window"),
        start._alone(tmp_path),
    ):
        pass
    with start._alone(tmp_path), start._alone(tmp_path / "other"):
        pass


def test_a_missing_lock_or_folder_of_wheels(start, tmp_path):
    options = start._options(["--wheels", str(tmp_path / "none")])
    with pytest.raises(start.CannotStart, match="autograde wheels"):
        start.set_up(options)
    (start.LOCKS / "students.txt").unlink()
    with pytest.raises(start.CannotStart, match="unpack"):
        start.set_up(start._options([]))


def test_an_index_of_ones_own_is_respected(start, monkeypatch, tmp_path):
    for name in ("PIP_INDEX_URL", "PIP_NO_INDEX"):
        monkeypatch.delenv(name, raising=False)
    config = tmp_path / "pip.conf"
    config.write_text("[global]\ntimeout = 60\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(config))
    assert not start.own_source()
    config.write_text("[global]\nindex-url = https://mirror.invalid/simple\n")
    assert start.own_source() and not start.wants_small_torch()
    config.write_text("")
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror.invalid/simple")
    assert start.own_source()
    monkeypatch.setattr(start.sys, "platform", "linux")
    options = start._options([])
    assert start.brings_cuda(options)
    assert not start.brings_cuda(start._options(["--torch-index", "https://x"]))


def test_what_would_lead_pip_elsewhere_is_left_out(start, monkeypatch):
    monkeypatch.setenv("PIP_TARGET", "/elsewhere")
    monkeypatch.setenv("PYTHONHOME", "/elsewhere")
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror.invalid/simple")
    kept = start.clean()
    assert "PIP_TARGET" not in kept and "PYTHONHOME" not in kept
    assert kept["PIP_INDEX_URL"] == "https://mirror.invalid/simple"
    assert kept["PIP_USER"] == "0"


def test_options_reach_the_course(start, monkeypatch):
    given = []

    class Popen:
        def __init__(self, command, **_):
            given.extend(command)
            self.left = 1

        def wait(self):
            if self.left:
                self.left = 0
                raise KeyboardInterrupt
            return 7

    monkeypatch.setattr(start.subprocess, "Popen", Popen)
    options = start._options(["--no-browser", "--lang", "zh_CN", "--port", "9000"])
    assert start.open_course("python", options) == 7
    assert given[-5:] == ["--no-browser", "--lang", "zh_CN", "--port", "9000"]


@pytest.mark.parametrize("words", [["submit", "01"], ["doctor"], ["data"]])
def test_other_commands_work_on_the_same_copy(start, monkeypatch, words):
    given = []

    class Popen:
        def __init__(self, command, **_):
            given.extend(command)

        def wait(self):
            return 0

    monkeypatch.setattr(start.subprocess, "Popen", Popen)
    start.open_course("python", start._options(words))
    at = ["--work", str(start.work_folder())] if words != ["data"] else []
    assert given == ["python", "-m", "autograde", *words, *at]


def test_a_console_of_windows_shows_every_path(copy):
    """Where the console's encoding lacks a letter of the folder, it is replaced."""
    (copy / "autograde" / "requirements" / "students.txt").unlink()
    environment = os.environ | {"PYTHONUTF8": "0", "PYTHONIOENCODING": "cp1252"}
    done = subprocess.run(
        [sys.executable, "start.py"], cwd=copy, capture_output=True, env=environment
    )
    assert done.returncode == 2 and b"Traceback" not in done.stderr
    assert b"Ein Kurs ??" in done.stderr


def test_it_can_be_read_without_modules_of_posix(copy):
    program = f"{WITHOUT}\nimport start\nassert start.main(['--wheels', 'none']) == 2"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=copy, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("shell", ["sh", "bash", "dash"])
def test_a_double_click_on_macos_starts_it(shell, copy):
    if not shutil.which(shell):
        pytest.skip(f"no {shell} here")
    shutil.copy(ROOT / "start.command", copy)
    (copy / "start.py").write_text("import sys; print('started', sys.argv[1:])")
    done = subprocess.run(
        [shell, str(copy / "start.command"), "--no-browser"],
        cwd="/",
        capture_output=True,
        encoding="utf-8",
    )
    assert done.stdout == "started ['--no-browser']\n", done.stderr
    empty = {"PATH": str(copy)}
    done = subprocess.run(
        [shutil.which(shell), str(copy / "start.command")],
        cwd="/",
        capture_output=True,
        encoding="utf-8",
        env=empty,
    )
    assert done.returncode != 0


def test_sizes_are_told_once(start):
    """README and start.py name the same sizes."""
    readme = (ROOT / "autograde/authoring/README.students.md").read_text("utf-8")
    fetch, disk = start.NEEDS["students"]
    assert re.search(rf"\b{fetch} MB\b", readme)
    assert re.search(rf"\b{disk / 1000:.1f} GB\b", readme)


def test_a_port_is_bound_only_here(start, tmp_path, monkeypatch):
    bound = []

    class Socket(socket.socket):
        def bind(self, address):
            bound.append(address)

    monkeypatch.setattr(start.socket, "socket", Socket)
    with start._alone(tmp_path):
        ((host, port),) = bound
    assert host == "127.0.0.1" and 20000 <= port < 32000


def test_it_speaks_the_language_that_is_asked_for(start, monkeypatch, capsys):
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    assert start.language() == ""
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert start.language() == "zh_CN.UTF-8" and start.language("en") == "en"
    chosen = start.work_folder() / ".course"
    chosen.mkdir(parents=True)
    (chosen / "language").write_text("en\n")
    assert start.language() == "en"
    monkeypatch.setattr(start.sys, "stdout", io.TextIOWrapper(io.BytesIO(), "utf-8"))
    start.speak("zh_CN")
    assert start.say("about {size} MB", size=5) == "约 5 MB"
    assert "磁盘满了" in start.explain("[Errno 28] No space left on device")
    monkeypatch.setattr(start.sys, "stdout", io.TextIOWrapper(io.BytesIO(), "cp1252"))
    start.speak("zh_CN")
    assert start.say("about {size} MB", size=5) == "about 5 MB"

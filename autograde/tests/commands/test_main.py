"""The command: its help is cheap, its refusals are sentences, its statuses hold."""

from __future__ import annotations

import subprocess
import sys

import pytest

from autograde.commands.main import INTERRUPTED, main, status
from autograde.course.layout import CANNOT_RUN, ROOT, CannotRun, named

HEAVY = {"torch", "nbgrader", "distributed", "numpy", "nbformat", "matplotlib"}
PROGRAM = """
import sys
from autograde.commands.main import status
assert status(sys.argv[1:]) == 0
print(*sorted({name.split(".")[0] for name in sys.modules}))
"""


@pytest.mark.parametrize("name", [None, *main.commands])
def test_help_imports_nothing_heavy(name):
    arguments = [name, "--help"] if name else ["--help"]
    command = [sys.executable, "-c", PROGRAM, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert HEAVY.isdisjoint(done.stdout.splitlines()[-1].split())


def test_every_subcommand_says_what_it_does(capsys):
    status(["--help"])
    said = capsys.readouterr().out
    for name, command in main.commands.items():
        assert f"  {name} " in said
        assert command.help, name


@pytest.mark.parametrize(
    "arguments",
    [
        ["grade", "42"],
        ["build", "42"],
        ["gate", "42"],
        ["bench", "--chapter", "42"],
        ["restore", "42"],
        ["nonsense"],
        ["grade", "--root", "/nowhere/at/all"],
    ],
)
def test_a_refusal_is_one_sentence(arguments, capsys):
    assert status(arguments) == CANNOT_RUN
    said = capsys.readouterr()
    assert said.err.strip() and "Traceback" not in said.err


def test_ctrl_c_has_its_own_status(monkeypatch, capsys):
    def stopped(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(main, "main", stopped)
    assert status([]) == INTERRUPTED
    assert "the same command goes on" in capsys.readouterr().err


@pytest.mark.parametrize(
    "chosen", ["1", "01", "001", "01_one", "chapters/01_one", "01_one/01_one.ipynb"]
)
def test_a_chapter_has_many_names(chosen):
    assert named(chosen, ["00_zero", "01_one", "11_eleven"]) == "01_one"


@pytest.mark.parametrize("chosen", ["", "one", "2", "01_", "../01", "1.5"])
def test_an_unknown_chapter_is_refused_with_the_known_ones(chosen):
    known = ["00_zero", "11_eleven"]
    with pytest.raises(CannotRun, match="there are: 00_zero, 11_eleven"):
        named(chosen, known)


def test_a_roster_cannot_give_orders_to_a_terminal(tmp_path, capsys):
    path = tmp_path / "people.csv"
    path.write_text("login,name\neve,\x1b[2J\x1b]0;owned\x07 \u202eEve\n", "utf-8")
    for order in (["import", str(path)], ["list"]):
        assert status(["roster", *order, "--root", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "eve" in said and all(c.isprintable() or c == "\n" for c in said)

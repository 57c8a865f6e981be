"""A cell goes on below a line that fails only where notebooks are graded."""

from __future__ import annotations

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from autograde.execution.carry_on import MOST, run_cell
from autograde.execution.surroundings import NoTerminal

BELOW = "def answer():\n    return 42"


class Shell(NoTerminal, InteractiveShell):  # type: ignore[misc]
    pass


@pytest.fixture(scope="module")
def shell() -> Shell:
    config = Config()
    config.HistoryManager.enabled = False
    return Shell(config=config)


@pytest.fixture(autouse=True)
def clean(shell):
    shell.reset(new_session=False)


@pytest.mark.parametrize(
    "line",
    [
        "table = open('C:/mine.csv')",
        "import not_installed_here",
        "name = input('Your name: ')",
        "%not_a_magic on",
        "%load_ext not_installed_here",
        "import not_installed_here as here\nhere.set_theme()",
        "for row in open('C:/mine.csv'):\n    print(row)",
        "with open('C:/mine.csv') as file:\n    text = file.read()",
        "\n\nopen('C:/mine.csv')",
        "table = open('C:/mine.csv')\nprint(table)\nlen(table)",
        '"""A note\nof two lines"""; open("C:/mine.csv")',
    ],
)
def test_what_stands_below_is_run(shell, line, capsys, monkeypatch):
    monkeypatch.setattr("builtins.input", _nobody)
    result = run_cell(shell, f"{line}\n{BELOW}\nlater = 1")
    assert not result.success, "the error is still the cell's"
    assert shell.user_ns["answer"]() == 42
    assert shell.user_ns["later"] == 1
    assert "the lines below it were run]" in capsys.readouterr().err


def _nobody(*_):
    raise EOFError


@pytest.mark.parametrize(
    "line",
    [
        "1 / 0",
        "[][1]",
        "old_result",
        "x = int('')",
        "assert False",
        "raise ValueError",
        "x = (",
    ],
)
def test_another_error_stops_the_cell(shell, line):
    assert not run_cell(shell, f"{line}\n{BELOW}").success
    assert "answer" not in shell.user_ns


def test_another_error_stops_it_below_too(shell):
    run_cell(shell, f"open('C:/mine.csv')\nfirst = 1\n1 / 0\n{BELOW}")
    assert shell.user_ns["first"] == 1
    assert "answer" not in shell.user_ns


def test_nothing_runs_twice(shell):
    shell.user_ns["seen"] = []
    run_cell(shell, "seen.append(1)\nopen('C:/a')\nseen.append(2)\nold\nseen.append(3)")
    assert shell.user_ns["seen"] == [1, 2, 3]


def test_a_decorator_that_is_not_here_costs_its_function_and_is_said_once(
    shell, capsys
):
    run_cell(
        shell,
        "from not_here import not_here\n@not_here\n@nor_this(1)\ndef lost():\n    pass"
        f"\n\n\n{BELOW}",
    )
    assert "lost" not in shell.user_ns
    assert shell.user_ns["answer"]() == 42
    assert capsys.readouterr().err.count("the lines below it were run") == 2


def test_lines_keep_their_numbers(shell, capsys):
    run_cell(shell, "x = 1\nopen('C:/a')\n\ny = 2\nold")
    assert "[line 2: FileNotFoundError" in capsys.readouterr().err


def test_an_error_below_a_function_is_not_of_its_lines(shell):
    source = "def read():\n    return open('C:/a')\n\n\nz = read()\nw = 1"
    run_cell(shell, source)
    assert shell.user_ns["w"] == 1
    assert "z" not in shell.user_ns


def test_a_cell_in_time_has_nothing_to_say(shell, capsys):
    assert run_cell(shell, BELOW).success
    assert capsys.readouterr().err == ""


def test_the_end_of_its_time_is_the_result(shell):
    result = run_cell(shell, "open('C:/a')\nraise KeyboardInterrupt\nlater = 1")
    assert isinstance(result.error_in_exec, KeyboardInterrupt)
    assert "later" not in shell.user_ns


def test_it_ends(shell):
    shell.user_ns["seen"] = []
    run_cell(shell, "open('C:/a')\n" * (2 * MOST) + "seen.append(1)")
    assert shell.user_ns["seen"] == []


def test_a_magic_of_elsewhere_runs_its_cell(shell, capsys):
    assert run_cell(shell, f"%%not_a_magic --fast\n{BELOW}").success
    assert shell.user_ns["answer"]() == 42
    assert "%%not_a_magic --fast: passed over" in capsys.readouterr().err


def test_an_error_below_a_magic_of_elsewhere_is_the_cells(shell):
    result = run_cell(shell, "%%not_a_magic\n1 / 0")
    assert isinstance(result.error_in_exec, ZeroDivisionError)

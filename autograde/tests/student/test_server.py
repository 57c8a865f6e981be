"""Processes that read notebooks do not build a grammar that no notebook needs."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import distributions

import pytest

from autograde.student.lab import jupyter

SAY = "import sys; print('lark' in sys.modules)"


def said(*arguments: str) -> str:
    done = subprocess.run(arguments, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize(
    "module", ["autograde.grading.judge_process", "autograde.student.preview"]
)
def test_a_module_of_the_package_builds_no_grammar(module):
    source = f"import {module}, nbformat; {SAY}"
    assert said(sys.executable, "-c", source) == "False"


def test_a_server_builds_no_grammar(tmp_path, monkeypatch):
    (tmp_path / "served.py").write_text(
        f"import jupyter_server.serverapp, sys; print(sys.argv[1:]); {SAY}"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=":")
    assert said(*jupyter("served", "--config=x")) == "['--config=x']\nFalse"


@pytest.mark.skipif(
    not any(distributions(name="rfc3987-syntax")), reason="its package is not here"
)
def test_the_grammar_is_what_jsonschema_would_build():
    assert said(sys.executable, "-c", f"import jsonschema; {SAY}") == "True"

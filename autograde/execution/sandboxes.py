"""The sandboxes of this process: one warm process serves a whole run.

Importing this module is cheap, so that the warm process can start, on a core of its
own, before the grader has imported the rest of itself.
"""

from __future__ import annotations

import ast
import atexit
import contextlib
import json
import os
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from autograde.sandbox import Sandbox, SandboxUnavailable, levels, mounts, self_test
from autograde.sandbox.sandbox import PRELOAD

#: of a course: what students must not see, wherever its interpreter is installed
PRIVATE = ("solutions", "grading", "terms", "work", ".git")


@dataclass(frozen=True)
class Needs:
    """What a warm process has imported, and may show; equal needs share one.

    preload: modules; those that are not installed are passed over
    read_only: folders beside the interpreter's
    hidden: folders to cover, since they lie in what is shown
    trusted: go on without walls where this machine has none
    probes: the texts of the chapters' ``probes.py``
    """

    preload: tuple[str, ...] = ()
    read_only: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    trusted: bool = False
    probes: tuple[str, ...] = ()


def needs_of(root: Path, chapters: Iterable[str], trusted: bool = False) -> Needs:
    """What grading these chapters of the course in `root` needs."""
    modules = {"autograde.student.check", "autograde.figures"}
    probes = []
    for name in chapters:
        folder = root / "chapters" / name
        notebook = json.loads((folder / f"{name}.ipynb").read_text("utf-8"))
        for cell in notebook["cells"]:
            if "setup" in cell["metadata"].get("tags", []):
                modules |= _imported("".join(cell["source"]))
        for path in folder.glob("probes.py"):
            probes.append(path.read_text("utf-8"))
            modules |= _imported(probes[-1])
    folders = tuple(map(str, data_folders()))
    return Needs(
        tuple(sorted(modules)),
        folders,
        _private(root, folders),
        trusted,
        tuple(probes),
    )


def _private(root: Path, folders: Iterable[str]) -> tuple[str, ...]:
    """What of the course is to be covered: whatever lies in a folder that is shown."""
    shown = [*mounts.SYSTEM, *mounts.interpreter_paths(), *folders]
    forms = (os.path.abspath, os.path.realpath)
    found = {form(root / name) for name in PRIVATE for form in forms}
    return tuple(
        path for path in sorted(found) if any(map(Path(path).is_relative_to, shown))
    )


def _imported(source: str) -> set[str]:
    modules = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            # What follows `from x import` may be a module; the sandbox skips others.
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            modules |= {node.module, *names}
    return modules


def data_folders() -> list[Path]:
    """Folders beside the installed packages that chapters read their data from."""
    from autograde.datasets import sentences

    folders = (sentences.cache_folder(), sentences.shared_folder())
    return [folder for folder in folders if folder.exists()]


_lock = threading.Lock()
_sandboxes: dict[Needs, Sandbox] = {}
_early: dict[Needs, Sandbox] = {}


def sandbox(needs: Needs) -> Sandbox:
    """The sandbox of this process; its warm process starts when it is first opened.

    Raises SandboxUnavailable where no walls work and submissions are not trusted.
    """
    with _lock:
        if needs not in _sandboxes:
            early = _early.pop(needs, None)
            if early is not None and early.level != self_test.strongest().level:
                early.close()
                early = None
            _sandboxes[needs] = early or _sandbox(needs)
        return _sandboxes[needs]


def _sandbox(needs: Needs, level: str | None = None) -> Sandbox:
    return Sandbox(
        level=level,
        preload=(*PRELOAD, *needs.preload),
        read_only=needs.read_only,
        hidden=needs.hidden,
        trusted=needs.trusted,
        prepare=needs.probes,
    )


def start_early(needs: Needs) -> None:
    """Start the warm process now, beside whatever else has to start.

    It starts behind the strongest walls while a probe finds out whether those hold
    here. Where they do not, it is ended before it has served anyone. Where it runs
    already, nothing happens.
    """
    with _lock:
        if needs in _sandboxes or needs in _early:
            return
        early = _early[needs] = _sandbox(needs, levels.STRONGEST_FIRST[0])
    for begin in (early.start, lambda: sandbox(needs)):
        threading.Thread(target=_quietly, args=(begin,), daemon=True).start()


def _quietly(begin: Callable[[], object]) -> None:
    with contextlib.suppress(SandboxUnavailable):  # who opens the sandbox is told
        begin()


@atexit.register
def close_all() -> None:
    """End the warm processes of this process."""
    with _lock:
        for box in (*_sandboxes.values(), *_early.values()):
            box.close()
        _sandboxes.clear()
        _early.clear()

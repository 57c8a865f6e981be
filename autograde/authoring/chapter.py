"""Read a chapter's source: its cells, its exercises, and its reference namespace."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import jupytext
import nbformat

from autograde.checking.checks import CaseData, ExerciseData
from autograde.checking.run_case import Probe, Result, load_probes
from autograde.checking.which_input import run_exercise_case
from autograde.course.layout import ROOT, CannotRun, named, source_chapters
from autograde.exercise import Exercise, Manual
from autograde.notebooks.cells import is_setup

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"


class ChapterError(CannotRun):
    """A chapter's source is not as it must be; the message names the place."""


@dataclass
class Chapter:
    """One folder of ``solutions/``.

    `folder` holds ``NAME.py`` (the percent source), ``exercises.py`` and, where the
    chapter needs them, ``probes.py``.
    """

    folder: Path

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def source(self) -> Path:
        return self.folder / f"{self.name}.py"

    @cached_property
    def cells(self) -> list[nbformat.NotebookNode]:
        """The source's cells, without anything that the build adds."""
        notebook = jupytext.read(self.source, fmt="py:percent")
        return [cell for cell in notebook.cells if cell.source.strip()]

    @cached_property
    def entries(self) -> list[Exercise | Manual]:
        """``EXERCISES`` of ``exercises.py``, in the order in which cells use them."""
        path = self.folder / "exercises.py"
        module_name = f"exercises_of_{self.name}"
        spec = importlib.util.spec_from_file_location(module_name, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return list(module.EXERCISES)

    @property
    def exercises(self) -> list[Exercise]:
        return [entry for entry in self.entries if isinstance(entry, Exercise)]

    @property
    def manual(self) -> list[Manual]:
        return [entry for entry in self.entries if isinstance(entry, Manual)]

    def exercise(self, name: str) -> Exercise:
        """The exercise `name`; ChapterError where there is none."""
        for exercise in self.exercises:
            if exercise.name == name:
                return exercise
        raise ChapterError(
            f"{self.folder.name}/exercises.py: no exercise {name!r} in EXERCISES"
        )

    @cached_property
    def probes_source(self) -> str:
        path = self.folder / "probes.py"
        return path.read_text("utf-8") if path.exists() else ""

    @cached_property
    def probes(self) -> dict[str, Probe]:
        return load_probes(self.probes_source)

    def solution(self, exercise: str) -> str:
        """The source of the reference cell of `exercise`."""
        for cell in self.cells:
            if cell.metadata.get("exercise") == exercise:
                return cell.source
        raise ChapterError(f'{self.source}: no cell with exercise="{exercise}"')

    @cached_property
    def reference(self) -> dict[str, Any]:
        """The names that the set-up cells and the reference solutions define."""
        namespace: dict[str, Any] = {"__name__": "__main__"}
        for cell in self.cells:
            if is_setup(cell) or "exercise" in cell.metadata:
                self._run(cell.source, namespace)
        return namespace

    def with_cell(self, exercise: str, source: str) -> Any:
        """What `exercise` becomes when its cell is `source`, all else the reference."""
        namespace = dict(self.reference)
        self._run(source, namespace)
        return namespace[exercise]

    def run(self, target: Any, data: ExerciseData, case: CaseData) -> Result:
        """Run `case` of the exercise `data` on what `with_cell` gave."""
        probe = self.probes[data.probe] if data.probe else None
        return run_exercise_case(target, probe, data, case, self.probes_source)

    def _run(self, source: str, namespace: dict[str, Any]) -> None:
        exec(compile(source, f"<{self.name}>", "exec"), namespace)

    def verify(self) -> None:
        """Raise ChapterError where source and ``exercises.py`` do not fit together."""
        names = [
            cell.metadata["exercise"]
            for cell in self.cells
            if "exercise" in cell.metadata
        ]
        manual = [
            cell.metadata["manual"] for cell in self.cells if "manual" in cell.metadata
        ]
        where = f"{self.folder.name}/exercises.py"
        declared = [exercise.name for exercise in self.exercises]
        for name in names:
            if names.count(name) > 1:
                raise ChapterError(f"{self.source.name}: two cells for exercise {name}")
            if name not in declared:
                raise ChapterError(
                    f"{where}: EXERCISES has no entry for the exercise cell {name}"
                )
            for marker in (BEGIN, END):
                if marker not in self.solution(name):
                    raise ChapterError(f"{self.source.name}: {name} has no `{marker}`")
        for name in declared:
            if name not in names:
                raise ChapterError(f"{where}: {name} has no cell in {self.source.name}")
        for entry in self.manual:
            if entry.name not in manual:
                raise ChapterError(
                    f"{where}: {entry.name} has no cell in {self.source.name}"
                )
        for exercise in self.exercises:
            for function in (exercise.probe, exercise.view):
                if function is not None and function not in self.probes:
                    raise ChapterError(
                        f"{where}: {exercise.name}: no {function} in probes.py"
                    )
            for need in exercise.needs:
                if names.index(need) >= names.index(exercise.name):
                    raise ChapterError(
                        f"{where}: {exercise.name} needs the later {need}"
                    )


def chapters(root: Path = ROOT) -> list[Chapter]:
    """All chapters of the course, in order."""
    return [Chapter(root / "solutions" / name) for name in source_chapters(root)]


def find_chapter(name: str, root: Path = ROOT) -> Chapter:
    """The chapter called `name`: its number, its name, or the path of its folder.

    Raises CannotRun where there is none.
    """
    return Chapter(root / "solutions" / named(name, source_chapters(root)))

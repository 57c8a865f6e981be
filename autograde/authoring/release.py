"""nbgrader's release step, which writes what students get of a chapter."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader import preprocessors
from traitlets.config import Config

from autograde.course.nbgrader import (
    find_own_commands,
    folders,
    make_gradebook,
    own_settings,
)
from autograde.notebooks.stills import stills


class ClearOutput(preprocessors.ClearOutput):
    """Take away what the reference printed and drew, but not a slider's picture."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], cell_index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        kept = stills(cell)
        cell, resources = super().preprocess_cell(cell, resources, cell_index)
        if cell.cell_type == "code":
            cell.outputs = kept
        return cell, resources


def release_steps() -> Config:
    """The configuration of the release step: its stub, and sliders keep a picture."""
    from nbgrader.converters import GenerateAssignment  # late: takes seconds

    config = Config()
    config.ClearSolutions.code_stub = {
        "python": "# YOUR CODE HERE\nraise NotImplementedError()"
    }
    steps = GenerateAssignment.class_traits()["preprocessors"].default()
    config.GenerateAssignment.preprocessors = [
        ClearOutput if step is preprocessors.ClearOutput else step for step in steps
    ]
    return config


def generate_assignment(
    root: Path, chapter: str, release: Path, gradebook: Path | None = None
) -> None:
    """Write what students get of `chapter` to `release`.

    Its graded cells are entered into `gradebook`, without one into the course's own.
    Raises RuntimeError, with nbgrader's words, where it refuses the chapter.
    """
    from nbgrader.apps import NbGraderAPI  # late, as above

    find_own_commands()
    config = folders(root)
    config.merge(release_steps())
    config.merge(own_settings(root))
    config.CourseDirectory.release_directory = str(release)
    if gradebook is not None:
        config.CourseDirectory.db_url = f"sqlite:///{gradebook}"
    make_gradebook(config.CourseDirectory.db_url)
    result = NbGraderAPI(config=config).generate_assignment(
        chapter, force=True, create=True
    )
    if not result["success"]:
        raise RuntimeError(f"{chapter}: nbgrader refuses the chapter: {result['log']}")

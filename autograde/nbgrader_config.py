"""nbgrader's configuration: found when ``JUPYTER_CONFIG_PATH`` names this folder.

What an instructor puts into a ``nbgrader_config.py`` beside the Makefile is added to
it, such as ``c.LateSubmissionPlugin.penalty_method = "zero"``.
"""

from __future__ import annotations

import os
import sysconfig
from pathlib import Path

from traitlets.config import Config, PyFileConfigLoader

# The course is where this file lies, whichever copy of the package is imported.
ROOT = Path(__file__).resolve().parent.parent


def course_config(root: Path = ROOT) -> Config:
    """The configuration of the course in `root`, for nbgrader's apps and its API."""
    config = Config()
    grading = root / "grading"
    config.CourseDirectory.root = str(root)
    config.CourseDirectory.course_id = "deep-learning"
    config.CourseDirectory.source_directory = "solutions"
    config.CourseDirectory.release_directory = "chapters"
    config.CourseDirectory.submitted_directory = "grading/submitted"
    config.CourseDirectory.autograded_directory = "grading/autograded"
    config.CourseDirectory.feedback_directory = "grading/feedback"
    config.CourseDirectory.solution_directory = "grading/solution"
    config.CourseDirectory.db_url = f"sqlite:///{grading / 'gradebook.db'}"
    config.CourseDirectory.ignore = [
        ".ipynb_checkpoints",
        "*.pyc",
        "__pycache__",
        ".*",
        "exercises.py",
        "answers.py",
        "[0-9][0-9]_*.py",
        "record_*.py",
    ]
    config.ClearSolutions.code_stub = {
        "python": "# YOUR CODE HERE\nraise NotImplementedError()"
    }
    config.GenerateFeedback.exporter_class = (
        "autograde.reporting.feedback_page.FeedbackExporter"
    )
    config.GenerateFeedback.preprocessors = ["autograde.reporting.feedback.Grades"]
    _use_our_steps(config)
    if (root / "nbgrader_config.py").is_file():
        own = PyFileConfigLoader("nbgrader_config.py", path=str(root))
        config.merge(own.load_config())
    return config


def generate_assignment(
    root: Path, chapter: str, release: Path, gradebook: Path | None = None
) -> None:
    """nbgrader's release step: write what students get of `chapter` to `release`.

    Its graded cells are entered into `gradebook`, without one into the course's own.
    Raises RuntimeError, with nbgrader's words, where it refuses the chapter.
    """
    from nbgrader.apps import NbGraderAPI

    config = course_config(root)
    config.CourseDirectory.release_directory = str(release)
    if gradebook is not None:
        config.CourseDirectory.db_url = f"sqlite:///{gradebook}"
    result = NbGraderAPI(config=config).generate_assignment(
        chapter, force=True, create=True
    )
    if not result["success"]:
        raise RuntimeError(f"{chapter}: nbgrader refuses the chapter: {result['log']}")


def _use_our_steps(config: Config) -> None:
    """Let nbgrader's autograder, and so Formgrader's button, go through the judge.

    Its release step keeps the still pictures of sliders.
    """
    from nbgrader import preprocessors as nb
    from nbgrader.converters import GenerateAssignment

    from autograde.grading import nbgrader_guard
    from autograde.grading import nbgrader_steps as ours

    steps = GenerateAssignment.class_traits()["preprocessors"].default()
    config.GenerateAssignment.preprocessors = [
        ours.ClearOutput if step is nb.ClearOutput else step for step in steps
    ]
    config.Autograde.sanitize_preprocessors = [
        ours.Rebuild,
        nb.OverwriteCells,
        nb.CheckCellMetadata,
    ]
    config.Autograde.autograde_preprocessors = [
        ours.Judge,
        nb.SaveAutoGrades,
        nb.AssignLatePenalties,
        nb.CheckCellMetadata,
    ]
    config.Autograde.exporter_class = nbgrader_guard.SubmissionExporter
    nbgrader_guard.guard()


def _find_own_commands() -> None:
    """nbgrader starts alembic by its name: find it though no environment is active."""
    folder = sysconfig.get_path("scripts")
    paths = os.environ.get("PATH", os.defpath).split(os.pathsep)
    if folder not in paths:
        os.environ["PATH"] = os.pathsep.join([folder, *paths])


_find_own_commands()
if "get_config" in globals():
    globals()["get_config"]().merge(course_config())

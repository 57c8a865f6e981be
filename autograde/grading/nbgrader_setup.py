"""The whole configuration with which nbgrader serves this course."""

from __future__ import annotations

from pathlib import Path

from nbgrader import preprocessors
from traitlets.config import Config

from autograde.authoring.release import release_steps
from autograde.course.layout import ROOT
from autograde.course.nbgrader import find_own_commands, folders, own_settings
from autograde.grading import nbgrader_guard
from autograde.grading.formgrader import guard_formgrader
from autograde.grading.manual_grading import ShowRubric
from autograde.grading.nbgrader_steps import Judge, Rebuild, SaveGrades


def course_config(root: Path = ROOT) -> Config:
    """The configuration of the course in `root`, for nbgrader's apps and its API.

    nbgrader's autograder, and so Formgrader's button, goes through the judge. What an
    instructor wrote into the ``nbgrader_config.py`` beside the Makefile comes last.
    """
    find_own_commands()
    nbgrader_guard.guard()
    guard_formgrader()
    config = folders(root)
    config.merge(release_steps())
    config.merge(_grading_steps())
    config.merge(_exchange_steps())
    config.merge(own_settings(root))
    return config


def _grading_steps() -> Config:
    config = Config()
    config.Autograde.sanitize_preprocessors = [
        Rebuild,
        preprocessors.OverwriteCells,
        preprocessors.CheckCellMetadata,
    ]
    config.Autograde.autograde_preprocessors = [
        Judge,
        SaveGrades,
        preprocessors.AssignLatePenalties,
        preprocessors.CheckCellMetadata,
    ]
    config.Autograde.exporter_class = nbgrader_guard.SubmissionExporter
    config.GenerateFeedback.exporter_class = (
        "autograde.reporting.feedback_page.FeedbackExporter"
    )
    config.HTMLExporter.preprocessors = [ShowRubric]  # Formgrader's page
    config.FeedbackExporter.preprocessors = []
    config.GenerateFeedback.preprocessors = ["autograde.reporting.feedback.Grades"]
    return config


def _exchange_steps() -> Config:
    plugins = "autograde.grading.exchange_plugins"
    config = Config()
    config.ExchangeFactory.release_assignment = f"{plugins}.ReleaseAssignment"
    config.ExchangeFactory.collect = f"{plugins}.Collect"
    config.ExchangeFactory.release_feedback = f"{plugins}.ReleaseFeedback"
    return config

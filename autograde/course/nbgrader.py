"""Where nbgrader finds the course: its folders, its gradebook, its commands."""

from __future__ import annotations

import os
import sysconfig
from pathlib import Path

from traitlets.config import Config, PyFileConfigLoader

from autograde.course.layout import course_name
from autograde.course.machine import OWN_CONFIG


def folders(root: Path) -> Config:
    """The configuration that names the folders and files of the course in `root`."""
    config = Config()
    grading = root / "grading"
    config.CourseDirectory.root = str(root)
    config.CourseDirectory.course_id = course_name(root)
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
        "*.po",
    ]
    return config


def own_settings(root: Path) -> Config:
    """What an instructor wrote into the ``nbgrader_config.py`` beside the Makefile."""
    if not (root / OWN_CONFIG).is_file():
        return Config()
    return PyFileConfigLoader(OWN_CONFIG, path=str(root)).load_config()


def find_own_commands() -> None:
    """nbgrader starts alembic by its name: find it though no environment is active."""
    folder = sysconfig.get_path("scripts")
    paths = os.environ.get("PATH", os.defpath).split(os.pathsep)
    if folder not in paths:
        os.environ["PATH"] = os.pathsep.join([folder, *paths])


def make_gradebook(url: str) -> None:
    """Make nbgrader's gradebook at `url`, unless there is one.

    nbgrader would make it when it opens it, and would start alembic to ask for the
    newest version of its tables, which takes three seconds.
    """
    # late: nbgrader takes seconds, and this module is read for its names
    from nbgrader.api import Base
    from nbgrader.dbutil import ALEMBIC_DIR
    from sqlalchemy import create_engine, inspect, text

    engine = create_engine(url)
    try:
        if inspect(engine).get_table_names():
            return
        from alembic.script import ScriptDirectory

        version = ScriptDirectory(ALEMBIC_DIR).get_current_head()
        with engine.begin() as connection:
            Base.metadata.create_all(connection)
            connection.execute(
                text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
            )
            connection.execute(
                text("INSERT INTO alembic_version (version_num) VALUES (:version)"),
                {"version": version},
            )
    finally:
        engine.dispose()

"""nbgrader's configuration: found when ``JUPYTER_CONFIG_PATH`` names this folder.

What an instructor puts into a ``nbgrader_config.py`` beside the Makefile is added to
it, such as ``c.LateSubmissionPlugin.penalty_method = "zero"``.
"""

from pathlib import Path

from autograde.grading.nbgrader_setup import course_config

# The course is where this file lies, whichever copy of the package is imported.
c = get_config()  # noqa: F821
c.merge(course_config(Path(__file__).resolve().parent.parent))

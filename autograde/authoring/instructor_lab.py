"""``autograde instructor``: JupyterLab on the course itself, with Formgrader.

A solution notebook that is saved there brings its change back to its source
(:mod:`autograde.authoring.save_hook`).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from autograde.student.lab import lab_environment, serve, server_command
from autograde.student.singleuser import become

SETTINGS = Path(__file__).resolve().parent / "lab_settings"
SAVE_HOOK = "autograde.authoring.save_hook"
# Formgrader is a page in a frame of JupyterLab; a hub's servers allow none.
OWN_FRAMES = {"headers": {"Content-Security-Policy": "frame-ancestors 'self'"}}
INSTRUCTOR_EXTENSIONS = {
    "nbgrader.server_extensions.formgrader": True,
    "nbgrader.server_extensions.validate_assignment": True,
    "nbgrader.server_extensions.assignment_list": False,
    "nbgrader.server_extensions.course_list": False,
    "jupyterlab_jupytext": False,
}


def open_for_instructor(root: Path, port: int, browser: bool) -> int:
    """Open the JupyterLab of the course itself, with Formgrader."""
    command = instructor_command(root, port, browser)
    return serve(root, command, instructor_environment(root), browser)


def serve_on_hub(root: Path) -> None:
    """Become the server that a JupyterHub starts for an instructor."""
    command = instructor_command(
        root, 0, browser=False, ServerApp__tornado_settings=OWN_FRAMES
    )
    become(command, instructor_environment(root), "/lab", root)


def instructor_command(
    root: Path, port: int, browser: bool = True, **more: Any
) -> list[str]:
    """The command that serves the course in `root` to those who teach it."""
    return server_command(
        root,
        root / "grading" / ".jupyter",
        INSTRUCTOR_EXTENSIONS,
        SETTINGS,
        {
            "ServerApp.port": port,
            "ServerApp.open_browser": browser,
            "FileContentsManager.pre_save_hook": f"{SAVE_HOOK}.before_save",
            "FileContentsManager.post_save_hook": f"{SAVE_HOOK}.after_save",
            "HTMLExporter.preprocessors": [
                "autograde.notebooks.stills.StillPictures",
                "autograde.grading.manual_grading.ShowRubric",  # in Formgrader alone
            ],
            "HTMLExporter.filters": {
                "markdown2html": "autograde.reporting.feedback_page.formgrader_prose",
                "highlight_code": "autograde.reporting.feedback_page.formgrader_code",
            },
        },
        more,
    )


def instructor_environment(root: Path) -> dict[str, str]:
    """As :func:`lab_environment`, with nbgrader's configuration of the course.

    A template beside the settings lets Formgrader's pages work without a network.
    """
    paths = [str(root / "autograde"), os.environ.get("JUPYTER_CONFIG_PATH", "")]
    data = [str(SETTINGS), os.environ.get("JUPYTER_PATH", "")]
    return lab_environment(root, root) | {
        "JUPYTER_CONFIG_DIR": str(root / "grading" / ".jupyter"),
        "JUPYTER_CONFIG_PATH": os.pathsep.join(filter(None, paths)),
        "JUPYTER_PATH": os.pathsep.join(filter(None, data)),
    }

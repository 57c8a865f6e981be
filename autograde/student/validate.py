"""A server extension: what the Validate button does in a student's JupyterLab.

It takes the place of nbgrader's own, at the same address. The notebook is put together
as a grader will see it, so that a copied, deleted or edited cell is no error, and its
visible checks run in a fresh kernel. What is shown for an exercise that lacks points
is the check's own answer.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.server_extensions.validate_assignment.handlers import (
    NbGraderVersionHandler,
    ValidateAssignmentHandler,
)
from nbgrader.validator import Validator

from autograde.language import chosen_for, translate, using
from autograde.notebooks.cells import exercise_of
from autograde.notebooks.rebuild import rebuild
from autograde.notebooks.submitted import UnreadableSubmission
from autograde.student.preview import points_of, released_notebook, run_checks
from autograde.student.progress import find_work


class RunChecks(NbGraderPreprocessor):
    """Replace the notebook by what a grader would make of it, with its checks run."""

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        folder = Path.cwd()  # the validator goes to the notebook's folder
        work = find_work(folder)
        released = released_notebook(work, folder.name) if work else None
        if released is not None and released.exists():
            submitted = nbformat.writes(nb).encode()
            nb = rebuild(nbformat.read(released, 4), submitted).notebook
        nb = run_checks(nb, folder)
        for cell in nb.cells:
            if exercise_of(cell) and points_of(cell) < cell.metadata.nbgrader.points:
                # what is found on this stream is shown as the reason
                said = new_output("stream", name="stderr", text=_said(cell))
                cell.outputs.append(said)
        return nb, resources


class ChecksValidator(Validator):
    """nbgrader's validator on the notebook as it will be graded."""

    preprocessors = [RunChecks]  # noqa: RUF012 (nbgrader's own name)


class Validate(ValidateAssignmentHandler):
    """Answers the Validate button."""

    def validate_notebook(self, path: str) -> dict[str, Any]:
        root = Path(self.root_dir).resolve()
        target = (root / path).resolve()
        with using(chosen_for(find_work(target.parent) or root)):
            if not target.is_relative_to(root) or not target.is_file():
                said = translate(f"There is no notebook {path}.")
                return {"success": False, "value": said}
            try:
                said = ChecksValidator().validate(str(target))
                return {"success": True, "value": said}
            except (OSError, ValueError, UnreadableSubmission) as error:
                said = f"{target.name}: {translate(str(error))}"
                return {"success": False, "value": said}


def _said(cell: nbformat.NotebookNode) -> str:
    texts = [
        output.data["text/plain"]
        for output in cell.outputs
        if output.output_type == "display_data" and "text/plain" in output.data
    ]
    return "\n".join(texts) or translate("The check did not run to its end.")


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "autograde.student.validate"}]


def _load_jupyter_server_extension(server: Any) -> None:
    application = server.web_app
    application.settings["root_dir"] = server.root_dir
    base = application.settings["base_url"].rstrip("/")
    handlers = [
        (f"{base}/assignments/validate", Validate),
        (f"{base}/nbgrader_version", NbGraderVersionHandler),
    ]
    application.add_handlers(".*$", handlers)

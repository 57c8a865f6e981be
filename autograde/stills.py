"""A slider's output holds a still picture too; here the picture takes its place.

Where no kernel answers, as on paper, on GitHub and in a released chapter, a slider
would be an empty line.
"""

from __future__ import annotations

from typing import Any

import nbformat
from nbconvert.preprocessors import Preprocessor

WIDGET = "application/vnd.jupyter.widget-view+json"


def stills(cell: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    """The sliders among a cell's outputs, each as its picture alone."""
    return [_still(output) for output in cell.get("outputs", []) if _moves(output)]


class StillPictures(Preprocessor):
    """For nbconvert: pages that are exported show each slider's picture."""

    def preprocess_cell(
        self, cell: nbformat.NotebookNode, resources: dict[str, Any], index: int
    ) -> tuple[nbformat.NotebookNode, dict[str, Any]]:
        if cell.cell_type == "code":
            cell.outputs = [
                _still(output) if _moves(output) else output for output in cell.outputs
            ]
        return cell, resources


def _moves(output: nbformat.NotebookNode) -> bool:
    return {WIDGET, "image/png"} <= set(output.get("data", {}))


def _still(output: nbformat.NotebookNode) -> nbformat.NotebookNode:
    data = {kind: value for kind, value in output.data.items() if kind != WIDGET}
    return nbformat.from_dict({**output, "data": data})

"""A slider's output holds a still picture too; here the picture takes its place.

A question to click likewise holds its text. Where no kernel answers, as on paper, on
GitHub and in a released chapter, a widget would be an empty line. A page that is
exported also gives pictures their alternative text, which nbconvert's own leaves out.
"""

from __future__ import annotations

import html
from typing import Any

import nbformat
from nbconvert.preprocessors import Preprocessor

WIDGET = "application/vnd.jupyter.widget-view+json"


def stills(cell: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    """The widgets among a cell's outputs, each as its picture or its text alone."""
    return [_still(output) for output in cell.get("outputs", []) if _moves(output)]


class StillPictures(Preprocessor):
    """For nbconvert: pages that are exported show every picture, and in words too."""

    def preprocess_cell(
        self, cell: nbformat.NotebookNode, resources: dict[str, Any], index: int
    ) -> tuple[nbformat.NotebookNode, dict[str, Any]]:
        if cell.cell_type == "code":
            cell.outputs = [
                _named(_still(output) if _moves(output) else output)
                for output in cell.outputs
            ]
        return cell, resources


def _named(output: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """A picture that has an alternative text, as the HTML which says it."""
    alt = output.get("metadata", {}).get("image/png", {}).get("alt")
    if not alt or "image/png" not in output.get("data", {}):
        return output
    source = f"data:image/png;base64,{html.escape(output.data['image/png'])}"
    image = f'<img src="{source}" alt="{html.escape(alt)}">'
    data = {**output.data, "text/html": f'<div class="jp-RenderedImage">{image}</div>'}
    return nbformat.from_dict({**output, "data": data})


def _moves(output: nbformat.NotebookNode) -> bool:
    kinds = set(output.get("data", {}))
    return WIDGET in kinds and bool({"image/png", "text/html"} & kinds)


def _still(output: nbformat.NotebookNode) -> nbformat.NotebookNode:
    data = {kind: value for kind, value in output.data.items() if kind != WIDGET}
    return nbformat.from_dict({**output, "data": data})

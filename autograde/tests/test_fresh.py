"""A chapter opened fresh runs to its end, and says what it waits for."""

from __future__ import annotations

import nbformat
import pytest
from nbclient import NotebookClient

from autograde.chapter import ROOT, chapters


@pytest.mark.parametrize("chapter", chapters(), ids=lambda c: c.name)
def test_a_fresh_chapter_runs_to_its_end(chapter):
    folder = ROOT / "chapters" / chapter.name
    notebook = nbformat.read(folder / f"{chapter.name}.ipynb", 4)
    client = NotebookClient(
        notebook, timeout=300, resources={"metadata": {"path": str(folder)}}
    )
    client.execute()  # raises where a cell ends in an error
    texts = [
        (cell.id, output.get("data", {}).get("text/plain", ""))
        for cell in notebook.cells
        for output in cell.get("outputs", [])
    ]
    for exercise in chapter.exercises:
        said = [text for name, text in texts if name == f"check-{exercise.name}"]
        assert "not attempted" in said[0] and said[-1] == "0.0", said
    if any(exercise.points for exercise in chapter.exercises):
        waiting = [text for _, text in texts if "which is not written yet" in text]
        assert waiting, "no demonstration uses what the student writes"

"""What stands below a cell of a graded notebook: the judge's words, and a student's."""

from __future__ import annotations

import nbformat

from autograde.checking.answer import feedback_answer
from autograde.checking.verdict import Judgement
from autograde.language import known, translate
from autograde.notebooks.sanitize import clean_base64, harmless_html


def check_outputs(judgement: Judgement) -> list[nbformat.NotebookNode]:
    """A check cell's outputs, written by the judge: the feedback and the points."""
    answer = feedback_answer(judgement)
    feedback = {"output_type": "display_data", "data": answer._repr_mimebundle_()}
    points = {
        "output_type": "execute_result",
        "data": {"text/plain": repr(float(judgement.awarded))},
        "execution_count": 1,
    }
    # nbformat's new_output would check each against its schema; the whole notebook
    # is checked once, when it is written.
    return [
        nbformat.from_dict({**output, "metadata": {}}) for output in (feedback, points)
    ]


def said(judgement: Judgement) -> dict[str, str]:
    """What the feedback page says about an exercise, at its top."""
    return {
        "outcome": judgement.outcome,
        "misconception": judgement.misconception or "",
        "says": known(judgement.says),
        "explanation": " ".join(map(translate, judgement.explanation)),
    }


def harmless(output: dict) -> nbformat.NotebookNode:
    """A student's output without anything that could run in a reader's browser."""
    if "data" in output:
        data = dict(output["data"])
        for kind in list(data):
            if kind == "text/html":
                data[kind] = harmless_html(data[kind])
            elif kind in ("image/png", "image/jpeg"):
                data[kind] = clean_base64(data[kind])
                if not data[kind]:  # it would be put into the page as it is
                    del data[kind]
            elif kind != "text/plain":
                del data[kind]
        if not data:
            data["text/plain"] = "[an output that is not shown]"
        output = {**output, "data": data}
    return nbformat.from_dict(output)

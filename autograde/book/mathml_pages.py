"""For Sphinx: formulas as MathML, which browsers draw without a script."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging

from autograde.language import localised
from autograde.reporting.mathml import mathml

LONG = 30  # characters of TeX: a formula in a line that a phone may have to scroll
logger = logging.getLogger(__name__)


def _formula(node: nodes.Node, display: bool) -> str:
    made = mathml(node.astext(), display)
    if not made.startswith("<math"):
        said = "no MathML for the formula %r"  # not translated
        logger.warning(said, node.astext(), location=node)
    return made


def _inline(translator: Any, node: nodes.math) -> None:
    formula = _formula(node, display=False)
    if len(node.astext()) > LONG:
        formula = (
            '<span class="long-formula" tabindex="0" role="group" '
            f'aria-label="formula">{formula}</span>'
        )
    translator.body.append(formula)
    raise nodes.SkipNode


def _block(translator: Any, node: nodes.math_block) -> None:
    formula = _formula(node, display=True)
    # A wide formula scrolls, and what scrolls must be reached by keyboard.
    translator.body.append(
        '<div class="formula" tabindex="0" role="group" '
        f'aria-label="{localised("formula")}">'
        f"{formula}</div>"
    )
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}

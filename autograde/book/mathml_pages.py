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


def _scrolling(tag: str, style: str, formula: str) -> str:
    """A wide formula scrolls, and what scrolls must be reached by keyboard."""
    label = localised("formula")
    return (
        # not translated: markup
        f'<{tag} class="{style}" tabindex="0" role="group" aria-label="{label}">'
        f"{formula}</{tag}>"
    )


def _inline(translator: Any, node: nodes.math) -> None:
    formula = _formula(node, display=False)
    if len(node.astext()) > LONG:
        formula = _scrolling("span", "long-formula", formula)
    translator.body.append(formula)
    raise nodes.SkipNode


def _block(translator: Any, node: nodes.math_block) -> None:
    formula = _formula(node, display=True)
    translator.body.append(_scrolling("div", "formula", formula))
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}

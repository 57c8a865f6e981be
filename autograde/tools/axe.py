"""Ask axe-core which rules of WCAG 2.2 AA a page breaks."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from autograde.tools.browser import Page, missing

BUNDLE = "axe_playwright_python"  # of this package its copy of axe-core alone is used
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
RUN = """
const [include, tags, done] = arguments;
const context = include ? {include: [include]} : document;
axe.run(context, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})
  .then(found => done({
    axe: axe.version,
    violations: found.violations.map(v => ({
      rule: v.id, help: v.help,
      nodes: v.nodes.map(n => n.html.slice(0, 160) + ' -- ' +
        (n.any.concat(n.all, n.none)[0] || {message: ''}).message),
    })),
    passes: found.passes.length,
  }), error => done({error: String(error)}));
"""


def why_not() -> str | None:
    """Why no page can be looked at here; None where one can."""
    if importlib.util.find_spec(BUNDLE) is None:
        return f"axe-core is not installed (the package {BUNDLE})"
    return missing()


def violations(page: Page, include: str = "") -> list[str]:
    """What is wrong with the page that is open: a sentence for each element.

    include: a CSS selector, to look at the elements that it finds and no others
    """
    spec = importlib.util.find_spec(BUNDLE)
    assert spec and spec.submodule_search_locations
    source = Path(spec.submodule_search_locations[0]) / "axe.min.js"
    if not page.run("return Boolean(window.axe)"):
        page.run(source.read_text("utf-8") + "; window.axe = axe;")
    found = page.driver.execute_async_script(RUN, include, list(TAGS))
    if "error" in found:
        raise RuntimeError(f"axe: {found['error']}")
    if not found["passes"]:
        raise RuntimeError(f"axe found nothing to look at: {include or 'the page'}")
    return [
        f"{violation['rule']}: {violation['help']}: {node}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]

"""What JupyterLab shows breaks no rule of accessibility: axe-core looks at it."""

from __future__ import annotations

from autograde.tools import axe
from autograde.tools.browser import Page

SIZES = ((1280, 900), (390, 800))


def assert_sound(page: Page, node: str) -> None:
    """`node`, an expression for an element, breaks no rule of WCAG 2.2 AA."""
    for scheme, light in (("dark", "false"), ("light", "true")):
        page.colours(scheme)
        page.wait(f"document.body.dataset.jpThemeLight === '{light}'")
        paper = (
            "getComputedStyle(document.body).getPropertyValue('--jp-ui-font-color1')"
        )
        page.wait(f"/rgba?\\(255/.test({paper}) === {str(light == 'false').lower()}")
        for size in SIZES:
            with page.sized(*size):
                page.run(f"{node}.dataset.looked = ''; {node}.scrollIntoView()")
                found = axe.violations(page, "[data-looked]")
                page.run(f"delete {node}.dataset.looked")
            assert found == [], f"{scheme}, {size}: {found}"

"""The page before the chapters: what each has, and which terms it explains first."""

from __future__ import annotations

import tomllib
from pathlib import Path

import nbformat

from autograde.checking.checks import FILE_NAME, Checks
from autograde.course.layout import notebook_path

PAGE = """\
# Chapters

```{{list-table}} What each chapter has
:header-rows: 1

* - Chapter
  - Exercises
  - Points
  - Terms explained
{rows}
```

```{{toctree}}
:hidden:

{names}
```
"""


def overview_page(root: Path, names: list[str]) -> str:
    """A table of the chapters `names`, with links, as a Markdown page."""
    terms = _terms(root / "solutions" / "glossary.toml")
    rows = []
    for name in names:
        folder = root / "chapters" / name
        exercises = Checks.load(folder / FILE_NAME).exercises.values()
        points = sum(exercise.points for exercise in exercises)
        said = ", ".join(terms.get(name.split("_")[0], [])) or "none"
        rows += [f"* - [{title(notebook_path(folder))}]({name}.ipynb)"]
        rows += [f"  - {len(exercises)}", f"  - {points:g}", f"  - {said}"]
    return PAGE.format(rows="\n".join(rows), names="\n".join(names))


def title(path: Path) -> str:
    """The first heading of the notebook at `path`."""
    for cell in nbformat.read(path, 4).cells:
        if cell.cell_type == "markdown" and cell.source.startswith("# "):
            return cell.source.splitlines()[0].removeprefix("# ").strip()
    return path.stem


def _terms(path: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    if path.exists():
        for term in tomllib.loads(path.read_text("utf-8"))["term"]:
            link = f"{{term}}`{term['en']}`"
            found.setdefault(term["chapter"], []).append(link)
    return found

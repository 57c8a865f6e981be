"""The page before the chapters: what each has, and which terms it explains first."""

from __future__ import annotations

import functools
import tomllib
from pathlib import Path

import nbformat

from autograde.checking.checks import Checks
from autograde.course.layout import CHECKS
from autograde.language import ENGLISH, localised, translate
from autograde.notebooks.editions import edition_path

PAGE = """\
# {title}

```{{list-table}} {caption}
:header-rows: 1

* - {head}
{rows}
```

```{{toctree}}
:hidden:

{names}
```
"""


def overview_page(root: Path, names: list[str], language: str = ENGLISH) -> str:
    """A table of the chapters `names`, with links, as a Markdown page."""
    terms = _terms(root / "solutions" / "glossary.toml", language)
    rows = []
    for name in names:
        folder = root / "chapters" / name
        exercises = Checks.load(folder / CHECKS).exercises.values()
        points = sum(exercise.points for exercise in exercises)
        said = functools.reduce(
            _and, terms.get(name.split("_")[0]) or [translate("none")]
        )
        named = title(edition_path(root / "chapters" / name, language))
        rows += [f"* - [{named}]({name}.ipynb)"]
        rows += [f"  - {len(exercises)}", f"  - {points:g}", f"  - {said}"]
    head = map(translate, ("Chapter", "Exercises", "Points", "Terms explained"))
    return PAGE.format(
        title=translate("Chapters"),
        caption=translate("What each chapter has"),
        head="\n  - ".join(head),
        rows="\n".join(rows),
        names="\n".join(names),
    )


def _and(one: str, other: str) -> str:
    return localised("{one}, {other}", one=one, other=other)


def title(path: Path) -> str:
    """The first heading of the notebook at `path`."""
    for cell in nbformat.read(path, 4).cells:
        if cell.cell_type == "markdown" and cell.source.startswith("# "):
            return cell.source.splitlines()[0].removeprefix("# ").strip()
    return path.stem


def _terms(path: Path, language: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    if path.exists():
        for term in tomllib.loads(path.read_text("utf-8"))["term"]:
            other = term.get(language.split("_")[0], "").split("|")[0]
            name = f"{other} <{term['en']}>" if other else term["en"]
            link = f"{{term}}`{name}`"
            found.setdefault(term["chapter"], []).append(link)
    return found

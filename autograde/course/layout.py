"""The folder of a course, and what its commands share; cheap to import."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NEEDS_A_PERSON = 1
CANNOT_RUN = 2


class CannotRun(RuntimeError):
    """The run cannot start or go on; the message is one sentence with the mend."""


def chosen_chapters(root: Path, chosen: list[str] | None) -> list[str]:
    """The chapters with checks that `chosen` names, by name or number; or all."""
    known = sorted(
        path.parent.name for path in root.glob("chapters/*/checks.safetensors")
    )
    names = []
    for name in chosen or known:
        found = [item for item in known if name in (item, item.split("_")[0])]
        if not found:
            raise CannotRun(
                f"There is no chapter {name!r}; there are {', '.join(known)}."
            )
        names += found
    return names


def on_one_line(text: str) -> str:
    """`text` for a terminal: what a student named may hold anything."""
    return "".join(c if c.isprintable() else "?" for c in text)


def has_submissions(grading: Path, chapters: list[str]) -> bool:
    """Whether anything at all was handed in for `chapters`."""
    return any(True for name in chapters for _ in grading.glob(f"submitted/*/{name}"))

"""What a download holds beside students' notebooks, in lines for a person."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from autograde.grading.file_names import JUNK, is_other_archive
from autograde.grading.origins import of_name

MANY = 12  # files in one folder that are no notebooks: a whole course, one line
OWN = {"timestamp.txt", "receipt.txt"}  # of `submit` and nbgrader


@dataclass
class Unused:
    """lines: one for each file that was not taken, or one for many that are alike

    system: how many files of the system's or the platform's own were passed over
    """

    lines: list[str] = field(default_factory=list)
    system: int = 0
    _others: dict[tuple[str, ...], list[str]] = field(default_factory=dict)

    def add(self, parts: tuple[str, ...], why: object) -> None:
        self.lines.append(f"{'/'.join(parts)}: {why}")

    def is_of_system(self, parts: tuple[str, ...]) -> bool:
        """Whether the system or the platform itself put the file there; it counts."""
        name = parts[-1]
        blackboard = of_name(name) if name.endswith(".txt") else None
        found = (
            any(part in JUNK for part in parts)
            or name.startswith(("._", "~$", ".~"))
            or name in OWN
            or name.endswith("_receipt.txt")
            or (blackboard is not None and not blackboard.file)
        )
        self.system += found
        return found

    def add_other(self, parts: tuple[str, ...]) -> None:
        """A file that is no notebook; `say_others` tells it with those beside it."""
        if is_other_archive(parts[-1]):
            self.add(parts, "an archive of a kind that is not read; unpack it")
            return
        folder = parts[:2] if len(parts) > 2 else parts
        self._others.setdefault(folder, []).append("/".join(parts))

    def say_others(self) -> None:
        """A line for each other file, or one for the many of somebody's folder."""
        for folder, names in self._others.items():
            if len(names) > MANY:
                why = f"{len(names)} files that are no notebooks, such as {names[0]}"
                self.add(folder, why)
            else:
                self.lines += [f"{name}: no notebook" for name in names]
        self._others.clear()

    def add_kept(
        self,
        kept: Iterable[tuple[str, ...]],
        beside: Collection[str],
        outside: tuple[str, ...] = (),
    ) -> None:
        """Jupyter's own copies (`kept`), where the notebook is not `beside` them."""
        for parts in kept:
            name = parts[-1].replace("-checkpoint", "")
            if name.lower().endswith(".ipynb") and name not in beside:
                why = "a copy that Jupyter kept; the notebook itself is not beside it"
                self.add((*outside, *parts), why)

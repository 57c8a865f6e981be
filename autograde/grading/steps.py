"""The steps of judging a submission, each of which its bytes may spoil."""

from __future__ import annotations

from collections.abc import Iterable


class Steps:
    """What is to be passed over, since a judge died of it, and what comes next.

    A step is named ``cell 3``, ``outputs 3`` (both by the cell's place),
    ``exercise softmax``, ``read`` or ``write``.
    """

    def __init__(self, spoiled: Iterable[str] = ()) -> None:
        self.spoiled = frozenset(spoiled)

    def begin(self, step: str) -> None:
        """Say that `step` begins."""

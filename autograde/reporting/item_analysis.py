"""Difficulty and discrimination of the exercises of a chapter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

ENOUGH = 10
LOW = 0.2


@dataclass
class Item:
    """How a class fares with one exercise.

    `difficulty` is the mean share of the points (1: everyone has them all);
    `discrimination` the correlation of the points with those of all other exercises
    of the chapter, None where a class is too small or all have the same points.
    """

    name: str
    points: float
    mean: float
    difficulty: float
    discrimination: float | None

    @property
    def deserves_a_look(self) -> bool:
        return self.discrimination is not None and self.discrimination < LOW


def analyse(points: dict[str, float], awarded: list[dict[str, float]]) -> list[Item]:
    """One Item for each exercise of `points`; `awarded` has a dict for each student."""
    names = list(points)
    table = np.array([[row.get(name, 0.0) for name in names] for row in awarded])
    table = table.reshape(len(awarded), len(names))
    items = []
    for column, name in enumerate(names):
        mean = float(table[:, column].mean()) if len(table) else 0.0
        share = mean / points[name] if points[name] else 0.0
        correlation = _corrected_correlation(table, column)
        items.append(Item(name, points[name], mean, share, correlation))
    return items


def _corrected_correlation(table: np.ndarray, column: int) -> float | None:
    """Pearson's r of one column with the sum of all others."""
    if len(table) < ENOUGH or table.shape[1] < 2:
        return None
    item = table[:, column]
    rest = table.sum(axis=1) - item
    if item.std() < 1e-9 or rest.std() < 1e-9:
        return None
    return float(np.corrcoef(item, rest)[0, 1])

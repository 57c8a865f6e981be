"""Submissions that want something else than to learn: a table for each kind."""

from autograde.tests.hostile import breaking, forging, leaking, stealing
from autograde.tests.hostile.attack import Attack

FORGING, STEALING = forging.ATTACKS, stealing.ATTACKS
BREAKING, LEAKING = breaking.ATTACKS, leaking.ATTACKS
ATTACKS: dict[str, Attack] = {**FORGING, **STEALING, **BREAKING, **LEAKING}

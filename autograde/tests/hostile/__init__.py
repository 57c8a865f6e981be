"""Submissions that want something else than to learn: a table for each kind."""

from autograde.tests.hostile import (
    answering,
    breaking,
    files,
    forging,
    leaking,
    stealing,
)
from autograde.tests.hostile.attack import Attack

STEALING, LEAKING, FILES = stealing.ATTACKS, leaking.ATTACKS, files.ATTACKS
ATTACKS: dict[str, Attack] = {
    **forging.ATTACKS,
    **STEALING,
    **breaking.ATTACKS,
    **answering.ATTACKS,
    **FILES,
    **LEAKING,
}

"""Submissions that want something else than to learn: a table for each kind."""

from autograde.tests.hostile import (
    answering,
    breaking,
    doors,
    files,
    forging,
    insiders,
    judging,
    last_doors,
    leaking,
    stalling,
    stealing,
)
from autograde.tests.hostile.attack import Attack

STEALING = stealing.ATTACKS | doors.ATTACKS | last_doors.ATTACKS
LEAKING, FILES = leaking.ATTACKS, files.ATTACKS
ATTACKS: dict[str, Attack] = {
    **forging.ATTACKS,
    **insiders.ATTACKS,
    **STEALING,
    **breaking.ATTACKS,
    **answering.ATTACKS,
    **judging.ATTACKS,
    **stalling.ATTACKS,
    **FILES,
    **LEAKING,
}

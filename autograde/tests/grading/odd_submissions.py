"""What people really hand in: over a hundred kinds, and what each must get.

Each kind edits a solved notebook of chapter 01 whose question in prose is untouched.
"""

from __future__ import annotations

from autograde.tests.grading.odd_code import CODE
from autograde.tests.grading.odd_edits import Odd
from autograde.tests.grading.odd_errors import ERRORS
from autograde.tests.grading.odd_prose import PROSE

ALL: dict[str, Odd] = {
    f"{part}: {name}": odd
    for part, kinds in {"prose": PROSE, "code": CODE, "error": ERRORS}.items()
    for name, odd in kinds.items()
}

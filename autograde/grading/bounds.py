"""What grading one submission may cost, in one place; cheap to import."""

from __future__ import annotations

from dataclasses import asdict, dataclass

MIB = 2**20


@dataclass(frozen=True)
class Bounds:
    """The bounds of a submission's own code, and of the process that judges it.

    cell_seconds: of the student's own time for one cell
    submission_seconds: of the student's own time for the whole submission
    step_seconds: CPU seconds of the judge for one step, such as one exercise's results
    judge_seconds: CPU seconds of one judge
    judge_memory: bytes of memory of one judge, beyond what it was forked with
    """

    cell_seconds: float = 60.0
    submission_seconds: float = 300.0
    step_seconds: int = 10
    judge_seconds: int = 120
    judge_memory: int = 512 * MIB

    def as_dict(self) -> dict[str, float]:
        return asdict(self)


#: in force; tests put others here
BOUNDS = Bounds()

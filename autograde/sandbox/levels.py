"""The names of the walls, the strongest first, and what each of them lacks."""

from __future__ import annotations

from dataclasses import dataclass

NAMESPACES = "namespaces"
MASKED = "namespaces, masked /proc"
LANDLOCK = "Landlock, seccomp and limits"
NONE = "none"

STRONGEST_FIRST = (NAMESPACES, MASKED, LANDLOCK)

#: what each level lacks, beside the strongest
LACKS = {
    MASKED: "submissions see no /proc of their own; tools that read it fail",
    LANDLOCK: "`stat` tells whether a path exists",
    NONE: "submissions can read, change and reach whatever you can",
}
COUNT_TOGETHER = "processes of one user count together"
WATCHED = "memory is watched, not bounded, where several processes share it"


@dataclass(frozen=True)
class Walls:
    """Which walls stand: the level, and what the machine allows beside it.

    own_users: whether each submission runs as a user that nothing else runs as
    no_cgroups: why no submission has a cgroup of its own; empty where each has one
    """

    level: str
    own_users: bool = False
    no_cgroups: str = ""

    def __str__(self) -> str:
        if self.level == NONE:
            return NONE
        users = "each submission as a user of its own"
        if not self.own_users:
            users = "all submissions as one user, since no more are allowed here"
        memory = "memory and processes of each bounded by a cgroup"
        if self.no_cgroups:
            memory = f"memory watched, not bounded by a cgroup: {self.no_cgroups}"
        return f"{self.level}; {users}; {memory}"

    @property
    def lacks(self) -> str:
        """What this level lacks beside the strongest; empty for that."""
        found = [LACKS[self.level]] if self.level in LACKS else []
        if self.level == LANDLOCK and not self.own_users:
            found.append(COUNT_TOGETHER)
        if self.level == LANDLOCK and self.no_cgroups:
            found.append(WATCHED)
        return "; ".join(found)

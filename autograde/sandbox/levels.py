"""The names of the walls, the strongest first."""

NAMESPACES = "namespaces"
MASKED = "namespaces, masked /proc"
LANDLOCK = "Landlock, seccomp and limits"
NONE = "none"

STRONGEST_FIRST = (NAMESPACES, MASKED, LANDLOCK)

"""The names of the walls, the strongest first."""

NAMESPACES = "namespaces"
MASKED = "namespaces, masked /proc"
LANDLOCK = "Landlock, seccomp and limits"
NONE = "none"

STRONGEST_FIRST = (NAMESPACES, MASKED, LANDLOCK)

#: what each level lacks, beside the strongest
LACKS = {
    MASKED: "submissions see no /proc of their own; tools that read it fail",
    LANDLOCK: (
        "processes of one user count together, `stat` tells whether a path exists, and "
        "memory is watched, not bounded, where several processes share it"
    ),
    NONE: "submissions can read, change and reach whatever you can",
}

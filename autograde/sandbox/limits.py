"""Every limit on a submission, in one place."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

KIB, MIB, GIB = 2**10, 2**20, 2**30


@dataclass(frozen=True)
class Limits:
    """What one submission may use: all its processes, if no line says otherwise.

    The sandbox enforces them all except `output_bytes`, which belongs to whoever
    reads the trusted end of the socket.
    """

    #: Bytes of memory beyond what the warm process shares. One process that asks for
    #: more gets a MemoryError; many processes, or shared pages, are killed: "memory".
    memory: int = 1 * GIB
    #: Processes and threads alive at once.
    processes: int = 64
    #: Seconds of CPU time, user and system. Beyond: killed, "cpu".
    cpu_seconds: float = 300.0
    #: Seconds of CPU time and of idle time together, from the opening to the end; not
    #: those in which the machine served others. Beyond: killed, "wall".
    wall_seconds: float = 900.0
    #: Bytes of one file.
    file_bytes: int = 64 * MIB
    #: Bytes in /tmp and in the work folder, each; they live in memory.
    tmp_bytes: int = 128 * MIB
    #: Bytes in /dev/shm.
    shm_bytes: int = 128 * MIB
    #: Files and folders in each of these three.
    files: int = 8192
    #: Open files of one process.
    open_files: int = 256
    #: Open files of all processes. Beyond: killed, "files".
    all_open_files: int = 1024
    #: Bytes of output that the trusted side keeps of one submission.
    output_bytes: int = 4 * MIB

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if value <= 0:
                raise ValueError(f"Limits: {name} must be above zero, not {value}")

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Limits:
        return cls(**json.loads(text))

"""What the processes of a submission use together, as /proc tells it from outside."""

from __future__ import annotations

import contextlib
import os
import time
from dataclasses import dataclass, field

from autograde.sandbox.limits import Limits

PAGE = os.sysconf("SC_PAGE_SIZE")
TICKS = os.sysconf("SC_CLK_TCK")
CROWD = 12  # threads; a submission with more of them gives way to the others
LAST = 19
WINDOW = 0.5  # seconds between two counts of a submission's idle time


@dataclass(frozen=True)
class Process:
    pid: int
    parent: int
    #: seconds of CPU time, of ended children too
    cpu: float
    #: bytes in memory, shared ones counted in full
    resident: int
    threads: int = 1
    #: whether it has ended, and only waits for its parent to notice
    over: bool = False


class ProcFolder:
    """An open /proc. Its process ids are those of its namespace, whoever reads it."""

    def __init__(self, fd: int | None = None) -> None:
        self.fd = os.open("/proc", os.O_RDONLY | os.O_DIRECTORY) if fd is None else fd

    def read(self, name: str) -> str:
        fd = os.open(name, os.O_RDONLY, dir_fd=self.fd)
        with open(fd, encoding="utf-8", errors="replace") as file:
            return file.read()

    def own_sizes(self) -> tuple[int, int]:
        """Bytes of private data and of address space of this process."""
        sizes = {}
        for line in self.read("self/status").splitlines():
            name, _, value = line.partition(":")
            if name in ("VmData", "VmSize"):
                sizes[name] = int(value.split()[0]) * 1024
        return sizes["VmData"], sizes["VmSize"]

    def own_pid(self) -> int:
        return int(os.readlink("self", dir_fd=self.fd))

    def processes(self) -> dict[int, Process]:
        """All processes that are to be seen, by id."""
        found = {}
        for name in os.listdir(self.fd):
            if name.isdigit():
                try:
                    text = self.read(f"{name}/stat")
                except OSError:
                    continue  # ended meanwhile
                fields = text[text.rindex(")") + 2 :].split()
                found[int(name)] = Process(
                    int(name),
                    int(fields[1]),
                    sum(map(int, fields[11:15])) / TICKS,
                    int(fields[21]) * PAGE,
                    int(fields[17]),
                    fields[0] in "ZX" and int(fields[17]) <= 1,
                )
        return found

    def inner_pid(self, pid: int | str, depth: int) -> int | None:
        """The id that this process has `depth` namespaces down from this /proc's.

        A thread is asked about as "PID/task/ID".
        """
        try:
            lines = self.read(f"{pid}/status").splitlines()
        except OSError:
            return None
        ids = next(
            (line.split()[1:] for line in lines if line.startswith("NSpid:")), []
        )
        return int(ids[depth]) if depth < len(ids) else None

    def depth(self, pid: int) -> int:
        """How many namespaces down from this /proc's own the process lives."""
        for line in self.read(f"{pid}/status").splitlines():
            if line.startswith("NSpid:"):
                return len(line.split()) - 2
        return 0

    def share(self, process: Process) -> int:
        """Bytes of memory, each page divided by the number of processes that map it.

        A process that forbids the look pays in full.
        """
        try:
            for line in self.read(f"{process.pid}/smaps_rollup").splitlines():
                if line.startswith("Pss:"):
                    return int(line.split()[1]) * 1024
        except OSError:
            pass
        return process.resident

    def waited(self, process: Process) -> float:
        """Seconds for which its threads were ready to run and had no processor.

        0 where the kernel does not say.
        """
        names = [f"{process.pid}/schedstat"]
        if process.threads > 1:
            with contextlib.suppress(OSError):
                names = self._threads(process.pid)
        waited = 0
        for name in names:
            with contextlib.suppress(OSError, ValueError, IndexError):
                waited += int(self.read(name).split()[1])
        return waited / 1e9

    def _threads(self, pid: int) -> list[str]:
        folder = os.open(f"{pid}/task", os.O_RDONLY, dir_fd=self.fd)
        try:
            return [f"{pid}/task/{name}/schedstat" for name in os.listdir(folder)]
        finally:
            os.close(folder)

    def open_files(self, pid: int, unknown: int) -> int:
        try:
            folder = os.open(f"{pid}/fd", os.O_RDONLY, dir_fd=self.fd)
        except OSError:
            return 0 if self.ended(pid) else unknown
        try:
            # Linux 6.2 and later say the number as the folder's size
            return os.fstat(folder).st_size or len(os.listdir(folder))
        except OSError:
            return 0 if self.ended(pid) else unknown
        finally:
            os.close(folder)

    def ended(self, pid: int) -> bool:
        """Whether nothing of a process runs; one whose first thread is over may."""
        try:
            fields = self.read(f"{pid}/stat").rpartition(")")[2].split()
        except OSError:
            return True
        return fields[0] in "ZX" and int(fields[17]) <= 1


def descendants(processes: dict[int, Process], root: int) -> list[Process]:
    """`root` and all processes below it."""
    children: dict[int, list[Process]] = {}
    for process in processes.values():
        children.setdefault(process.parent, []).append(process)
    found = [processes[root]] if root in processes else []
    for process in found:
        found += children.get(process.pid, [])
    return found


@dataclass
class Watch:
    """Follows one submission. `shared` is the warm process, whose pages it got.

    cpu: seconds of CPU time of all its processes
    idle: seconds in which none of them ran, nor waited for a processor that others had
    """

    limits: Limits
    shared: int
    began: float = field(default_factory=time.monotonic)
    peak: int = 0
    cpu: float = 0.0
    idle: float = 0.0
    _since: float = field(default_factory=time.monotonic)
    _before: tuple[float, float] = (0.0, 0.0)  # CPU and waiting time at `_since`
    _look_again: float = 0.0

    def breach(
        self, proc: ProcFolder, processes: dict[int, Process], root: int
    ) -> str | None:
        """The limit that the processes below `root` are beyond, or None.

        `root` itself is the keeper that this package puts there. Its children's time
        counts, its memory does not.
        """
        now = time.monotonic()
        family = descendants(processes, root)
        self.cpu = max(self.cpu, sum(p.cpu for p in family))
        if self.cpu > self.limits.cpu_seconds:
            return "cpu"
        if now - self._since > WINDOW:
            self.count(proc, family, now)
        if self.cpu + self.idle > self.limits.wall_seconds:
            return "wall"
        students = [p for p in family if p.pid != root]
        if sum(p.threads for p in students) > CROWD:
            depth = proc.depth(self.shared)
            for process in students:
                _stand_back(proc, process, depth)
        if len(students) > 1 and self._files(proc, students):
            return "files"
        warm = processes.get(self.shared)
        warm_size = warm.resident if warm else 0
        resident = sum(p.resident for p in students) - warm_size
        if resident <= self.limits.memory:
            self.peak = max(self.peak, resident)
            return None
        if now < self._look_again:
            return None
        used = sum(proc.share(p) for p in students) - (proc.share(warm) if warm else 0)
        self.peak = max(self.peak, used)
        done = time.monotonic()
        self._look_again = done + 4 * (done - now)  # a fifth of the time at most
        return "memory" if used > self.limits.memory else None

    def count(self, proc: ProcFolder, family: list[Process], now: float) -> None:
        """Bring `cpu` and `idle` up to date.

        The submission's own time: not that in which the machine served others.
        """
        self.cpu = max(self.cpu, sum(p.cpu for p in family))
        waited = sum(map(proc.waited, family))
        cpu_before, waited_before = self._before
        served = self.cpu - cpu_before + max(0.0, waited - waited_before)
        self.idle += max(0.0, now - self._since - served)
        self._since, self._before = now, (self.cpu, waited)

    def _files(self, proc: ProcFolder, students: list[Process]) -> bool:
        count = 0
        for process in students:
            count += proc.open_files(process.pid, unknown=self.limits.open_files)
            if count > self.limits.all_open_files:
                return True
        return False


def _stand_back(proc: ProcFolder, process: Process, depth: int) -> None:
    """Give every thread of `process` the lowest priority.

    The machine shares its time among threads, so that a crowd of one submission's would
    starve another's single one. `depth`: how far below `proc` this process lives.
    """
    with contextlib.suppress(OSError):  # it ended
        folder = os.open(f"{process.pid}/task", os.O_RDONLY, dir_fd=proc.fd)
        try:
            names = os.listdir(folder)
        finally:
            os.close(folder)
        for name in names:
            thread = proc.inner_pid(f"{process.pid}/task/{name}", depth)
            if thread:
                os.setpriority(os.PRIO_PROCESS, thread, LAST)

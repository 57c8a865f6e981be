"""The warm process: has imported everything, and forks a process for each submission.

Run as `python -m autograde.sandbox.fork_server FD`; FD is a socket to the grader. Its
policy is read there once; a request says "one more", never what that one may do.

    grader - watchdog - (outer walls) - warm process - (inner walls) - keeper - student
"""

from __future__ import annotations

import array
import contextlib
import functools
import gc
import importlib
import json
import os
import select
import signal
import socket
import struct
import sys
import threading
import time
from dataclasses import dataclass

from autograde.sandbox import folders, landlock, levels, linux, namespaces, supervisor
from autograde.sandbox.cgroups import Inside
from autograde.sandbox.limits import Limits
from autograde.sandbox.monitor import ProcFolder, Watch, descendants

TICK = 0.04  # seconds between two looks at what submissions use
MANY = 8  # processes: for fewer, huge pages take more time than they spare


def main() -> None:
    control = socket.socket(fileno=int(sys.argv[1]))
    control.set_inheritable(False)
    policy = _read_policy(control)
    os.umask(0o022)
    try:
        proc, ids = None, range(0)
        if policy["level"] in (levels.NAMESPACES, levels.MASKED):
            masked = policy["level"] == levels.MASKED
            folder, ids = namespaces.enter(
                policy["shown"], policy["hidden"], masked, control
            )
            proc = ProcFolder(folder)
        elif sys.platform == "linux":
            if policy["level"] == levels.LANDLOCK:
                ids = namespaces.become_ordinary(policy["folder"])
            linux.prctl(linux.PR_SET_CHILD_SUBREAPER, 1)
            proc = ProcFolder()
        warm = Warm(policy, control, proc, ids)
    except BaseException as error:
        _say(control, error=f"{type(error).__name__}: {error}")
        raise
    warm.serve()
    os._exit(0)  # at once: a tidy end takes torch more than a second


def _read_policy(control: socket.socket) -> dict:
    size = struct.unpack("!I", control.recv(4, socket.MSG_WAITALL))[0]
    return json.loads(control.recv(size, socket.MSG_WAITALL))


def _say(channel: socket.socket, **message: object) -> None:
    """One line of JSON. A reader who is gone or does not read is not waited for."""
    with contextlib.suppress(OSError):
        channel.send(json.dumps(message).encode() + b"\n", socket.MSG_DONTWAIT)


def preload(name: str) -> None:
    """Imports a module if it is installed. A module that is broken is an error."""
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as error:
        if not name.startswith(error.name or "?"):
            raise


def threads(proc: ProcFolder | None) -> int:
    """How many threads this process has. A process with two must not fork."""
    if proc is None:
        return threading.active_count()
    tasks = os.open("self/task", os.O_RDONLY, dir_fd=proc.fd)
    try:
        return len(os.listdir(tasks))
    finally:
        os.close(tasks)


@dataclass
class Submission:
    """A student's process and its keeper, as the warm process sees them."""

    keeper: int  # process id
    words: int  # what the keeper says
    status: socket.socket  # to the grader
    watch: Watch
    user: int | None  # whom it runs as, where that is nobody else
    cgroup: Inside | None  # where it has one of its own
    over: int = -1  # a pidfd, readable when nothing is left of it
    root: int = 0  # the keeper's process id in the watched /proc
    reason: str | None = None  # why it ended, as far as it is known


class Warm:
    """Serves one grader until that closes its end of the socket."""

    def __init__(
        self,
        policy: dict,
        control: socket.socket,
        proc: ProcFolder | None,
        ids: range,
    ) -> None:
        self.control, self.proc = control, proc
        #: users that submissions run as, one each; none where all run as this process
        self.ids = ids
        self.submissions: dict[int, Submission] = {}  # by keeper
        self.forks = 0
        #: no namespaces: processes and files must be looked after one by one
        self.bare = policy["level"] in (levels.LANDLOCK, levels.NONE)
        gc.disable()  # imports make a million objects, and nearly all of them stay
        module, _, function = policy["entry"].partition(":")
        loaded = importlib.import_module(module)
        serve = getattr(loaded, function)
        around = getattr(loaded, "light_imports", contextlib.nullcontext)
        with around(policy["preload"]):
            for name in policy["preload"]:
                preload(name)
        if hasattr(loaded, "prepare"):  # what every submission needs, made once
            serve = functools.partial(serve, shell=loaded.prepare(policy["prepare"]))
        if threads(proc) != 1:
            raise RuntimeError(
                f"the warm process has {threads(proc)} threads after its imports; "
                f"one of {', '.join(policy['preload'])} starts threads when imported"
            )
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        gc.freeze()
        self.plan = supervisor.Plan(
            policy["level"],
            Limits(**policy["limits"]),
            serve,
            proc,
            proc.own_sizes() if proc else (0, 0),
            policy["folder"],
            policy["landlock"],
            tuple(policy["shown"]),
            tuple(policy["hidden"]),
        )
        self.pid = proc.own_pid() if proc else os.getpid()
        _say(
            control,
            up=True,
            own_users=bool(ids),
            sizes=self.plan.sizes,
            landlock=landlock.version() if sys.platform == "linux" else 0,
        )

    def serve(self) -> None:
        """Until the grader is gone. Then everything behind the walls ends as well."""
        poll = select.poll()
        poll.register(self.control, select.POLLIN)
        looked = 0.0
        while True:
            busy = bool(self.submissions)
            for fd, _ in poll.poll(TICK * 1000 if busy else None):
                if fd == self.control.fileno():
                    if not self._request(poll):
                        self._end_all()
                        return
                else:
                    self._heard(poll, fd)
            self._reap(poll)
            if time.monotonic() - looked > TICK and self.submissions:
                self._look()
                looked = time.monotonic()

    def _request(self, poll: select.poll) -> bool:
        """Takes a pair of sockets (the student's, the status) from the grader.

        And the files of a cgroup, where the grader has made one.
        """
        room = socket.CMSG_SPACE(5 * array.array("i").itemsize)
        word, ancillary, _, _ = self.control.recvmsg(1, room)
        if not word:
            return False
        descriptors = array.array("i")
        for _, _, content in ancillary:
            descriptors.frombytes(content[: len(content) // 4 * 4])
        student, status = (socket.socket(fileno=fd) for fd in descriptors[:2])
        cgroup = Inside(list(descriptors[2:])) if descriptors[2:] else None
        self.forks += 1
        if self.forks == MANY and self.proc:
            linux.use_huge_pages(self.proc.read("self/maps"))
        try:
            user = self._free_user()
            enter = cgroup.enter if cgroup else -1
            child, words = supervisor.start(self.plan, student, user, enter)
        except OSError as error:
            _say(status, error=str(error))
            status.close()
            if cgroup:
                cgroup.close()
            return True
        finally:
            student.close()
        watch = Watch(self.plan.limits, self.pid)
        submission = Submission(child, words, status, watch, user, cgroup)
        self.submissions[child] = submission
        with contextlib.suppress(AttributeError, OSError):  # else the next tick sees it
            submission.over = os.pidfd_open(child)
            poll.register(submission.over, select.POLLIN)
        poll.register(words, select.POLLIN)
        poll.register(status, select.POLLIN)
        return True

    def _free_user(self) -> int | None:
        """A user that nothing runs as; the process that ended last frees its own."""
        if not self.ids:
            return None
        taken = {submission.user for submission in self.submissions.values()}
        for user in self.ids:
            if user not in taken:
                return user
        raise OSError(f"more than {len(self.ids)} submissions at a time")

    def _heard(self, poll: select.poll, fd: int) -> None:
        """A word of a keeper, or of the grader about one submission."""
        for submission in self.submissions.values():
            if fd == submission.words:
                words = os.read(fd, 4096)
                if not words:
                    poll.unregister(fd)
                if words.startswith(supervisor.READY):
                    _say(submission.status, ready=True)
                    words = words[1:]
                if words.startswith(supervisor.TROUBLE):
                    said = words[1:].decode(errors="replace")
                    _say(submission.status, error=said)
                elif words.startswith(supervisor.ENDED) and submission.reason is None:
                    submission.reason = how_it_ended(*struct.unpack("!I", words[1:5]))
            elif fd == submission.status.fileno():
                if self._asked(submission):
                    self._tell(submission)
                else:
                    poll.unregister(fd)  # any other word, or the end of the line: kill
                    self._end(submission, "killed")

    @staticmethod
    def _asked(submission: Submission) -> bool:
        """Whether the grader only asks how much the submission has used."""
        try:
            return submission.status.recv(1) == b"?"
        except OSError:
            return False

    def _tell(self, submission: Submission) -> None:
        """Says how much time of its own a submission has used so far."""
        watch = submission.watch
        if self.proc is not None:
            processes = self.proc.processes()
            root = submission.root or self._root(submission, processes)
            watch.count(self.proc, descendants(processes, root), time.monotonic())
        else:
            watch.idle = time.monotonic() - watch.began
        _say(submission.status, used=[watch.cpu, watch.idle])

    def _look(self) -> None:
        """Ends every submission that is beyond a limit."""
        if self.proc is None:
            for submission in self.submissions.values():
                watch = submission.watch
                if time.monotonic() - watch.began > watch.limits.wall_seconds:
                    self._end(submission, "wall")
            return
        processes = self.proc.processes()
        for submission in self.submissions.values():
            if self.bare and self._folder_is_full(submission):
                self._end(submission, "disk")
                continue
            root = submission.root or self._root(submission, processes)
            reason = submission.watch.breach(self.proc, processes, root)
            if reason:
                self._end(submission, reason)

    def _folder(self, submission: Submission) -> str:
        return os.path.join(self.plan.folder, str(submission.keeper))

    def _folder_is_full(self, submission: Submission) -> bool:
        """On a real disk, only a look tells how much was written."""
        limits = self.plan.limits
        folder = self._folder(submission)
        return folders.is_full(folder, limits.tmp_bytes, limits.files)

    def _root(self, submission: Submission, processes: dict) -> int:
        """The keeper's id in the watched /proc, which may be the machine's."""
        assert self.proc
        depth = self.proc.depth(self.pid)
        submission.root = submission.keeper
        if depth:
            for process in processes.values():
                if (
                    process.parent == self.pid
                    and self.proc.inner_pid(process.pid, depth) == submission.keeper
                ):
                    submission.root = process.pid
        return submission.root

    def _end(self, submission: Submission, reason: str) -> None:
        if submission.reason is None:
            submission.reason = reason
        if submission.cgroup:
            submission.cgroup.end()
        gone = contextlib.suppress(ProcessLookupError, PermissionError)
        if self.bare:
            supervisor.end_family(submission.keeper)
            with gone:  # a keeper that has just begun has no group of its own yet
                os.killpg(submission.keeper, signal.SIGKILL)
        with gone:
            os.kill(submission.keeper, signal.SIGKILL)

    def _reap(self, poll: select.poll) -> None:
        """Says the end of every submission of which nothing runs any more."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:  # without children no keeper is left
                if not self.submissions:
                    return
                pid, status = next(iter(self.submissions)), signal.SIGKILL
            if pid == 0:
                return
            submission = self.submissions.pop(pid, None)
            if submission is None:
                continue  # what a dead keeper had left
            if submission.reason is None:
                self._last_words(submission)
            if submission.cgroup:
                self._leave(submission, submission.cgroup)
            for fd in (submission.words, submission.over, submission.status.fileno()):
                with contextlib.suppress(KeyError, ValueError):
                    poll.unregister(fd)
            if self.bare:
                self._end_strays()
                folders.remove(self._folder(submission))
            watch = submission.watch
            _say(
                submission.status,
                end=submission.reason or how_it_ended(status),
                peak=watch.peak,
                cpu=watch.cpu,
                idle=watch.idle,
            )
            os.close(submission.words)
            if submission.over >= 0:
                os.close(submission.over)
            submission.status.close()

    @staticmethod
    def _leave(submission: Submission, cgroup: Inside) -> None:
        """Says so where the kernel ended it for its memory, and ends what is left."""
        by_signal = (submission.reason or "signal").startswith("signal")
        if by_signal and cgroup.ran_out_of_memory():
            submission.reason = "memory"
        cgroup.end()
        cgroup.close()

    def _last_words(self, submission: Submission) -> None:
        os.set_blocking(submission.words, False)
        try:
            words = os.read(submission.words, 4096).lstrip(supervisor.READY)
        except BlockingIOError:
            return
        if words.startswith(supervisor.ENDED):
            submission.reason = how_it_ended(*struct.unpack("!I", words[1:5]))
        elif words.startswith(supervisor.TROUBLE):
            _say(submission.status, error=words[1:].decode(errors="replace"))

    def _end_strays(self) -> None:
        """Without namespaces: what a dead keeper left comes to this process."""
        if self.proc is None:
            return
        for process in self.proc.processes().values():
            if process.parent == self.pid and process.pid not in self.submissions:
                supervisor.end_family(process.pid, with_root=True)

    def _end_all(self) -> None:
        for submission in list(self.submissions.values()):
            self._end(submission, "killed")


def how_it_ended(status: int) -> str:
    """A wait status in words: "exited", "cpu", "signal 11"."""
    code = os.waitstatus_to_exitcode(status)
    if code >= 0:
        return "exited"
    if -code == signal.SIGXCPU:
        return "cpu"
    return f"signal {-code}"


if __name__ == "__main__":
    main()

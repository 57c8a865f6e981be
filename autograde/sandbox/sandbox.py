"""The sandbox: its warm process, started, watched over and ended by the grader."""

from __future__ import annotations

import array
import contextlib
import json
import os
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from types import TracebackType

from autograde.course.processes import PACKAGES, end_process, start_module
from autograde.sandbox import folders, levels, mounts, user_ids
from autograde.sandbox.cgroups import Cgroups
from autograde.sandbox.connection import Connection
from autograde.sandbox.limits import Limits

#: imported once, before the first submission; what is not installed is passed over
PRELOAD = (
    "IPython.core.interactiveshell",
    "matplotlib_inline.backend_inline",
    "matplotlib.pyplot",
    "numpy.random",
    "PIL.BmpImagePlugin",
    "PIL.GifImagePlugin",
    "PIL.JpegImagePlugin",
    "PIL.PpmImagePlugin",
)
#: what a library imports only when it is first used, by the library's name
LAZY = {
    "torch": ("torch.utils.data",),
    "transformers": (
        "transformers.models.bert.modeling_bert",
        "transformers.models.bert.tokenization_bert",
        "safetensors.torch",
    ),
    "sklearn": ("sklearn.datasets",),
    "tqdm": ("tqdm.auto", "multiprocessing.synchronize"),
}
ENTRY = "autograde.execution.server:serve"
START_SECONDS, OPEN_SECONDS = 600.0, 120.0
FOLDER_PREFIX = "autograde-sandbox-"


class SandboxUnavailable(RuntimeError):
    """No walls work here, or the warm process does not start. The message says why."""


def with_lazy_parts(modules: Iterable[str]) -> tuple[str, ...]:
    """`modules`, and what their libraries would import later, in every fork again."""
    names = dict.fromkeys(modules)
    for library in {name.split(".")[0] for name in names}:
        names |= dict.fromkeys(LAZY.get(library, ()))
    return tuple(names)


class Sandbox:
    """Walls around untrusted code, with one warm process behind them.

    Guarantees, at the level "namespaces": what runs in a `Connection` sees the system's
    folders, the interpreter's, this package and `read_only`, none of them writable; no
    network; no process, file, socket or memory of the grader or of another submission;
    it has no capability and can get none. It stays within `limits`, all its processes
    together. It is gone, with all that it started, when its connection is closed, and a
    second after the grader dies, however that happens. `level` says which walls stand,
    and `walls` what the machine allows beside them.

    Use it in a `with`. `open` may be called from several threads.

    limits: see `Limits`
    level: one of `levels.STRONGEST_FIRST`; None probes for the strongest that works
    preload: modules that the warm process imports, if they are installed
    read_only: further files and folders to show
    hidden: folders that are covered, should they lie inside what is shown
    trusted: where no walls work, go on without any (plain processes with limits)
    environment: variables to set; nothing of the grader's own environment is passed on
    entry: "module:function" of this package, called with the socket in each student's
        process
    landlock: use no newer version of Landlock than this
    prepare: what the entry's module is given to prepare for, in the warm process, where
        it has a function `prepare`
    """

    def __init__(
        self,
        limits: Limits | None = None,
        level: str | None = None,
        preload: Iterable[str] = PRELOAD,
        read_only: Iterable[str | os.PathLike] = (),
        hidden: Iterable[str | os.PathLike] = (),
        trusted: bool = False,
        environment: Mapping[str, str] | None = None,
        entry: str = ENTRY,
        landlock: int = 999,
        prepare: Iterable[str] = (),
    ) -> None:
        self.limits = limits or Limits()
        if level is None:
            from autograde.sandbox.self_test import strongest

            found = strongest()
            if found.level == levels.NONE and not trusted:
                raise SandboxUnavailable(found.explanation)
            level = found.level
        if level == levels.NONE and not trusted:
            raise SandboxUnavailable(
                "without walls only trusted submissions may run; say trusted=True"
            )
        #: which walls stand: one of the names in `levels`
        self.level = level
        self._preload = with_lazy_parts(preload)
        self._shown = [
            *mounts.interpreter_paths(),
            *(os.path.abspath(path) for path in read_only),
        ]
        forms = (os.path.abspath, os.path.realpath)
        covered = [*hidden, *mounts.closed_rooms()]
        self._hidden = sorted({form(path) for path in covered for form in forms})
        self._environment = dict(environment or {})
        self._entry = entry
        self._landlock = landlock
        self._prepare = list(prepare)
        self._lock = threading.Lock()
        self._process: subprocess.Popen | None = None
        self._control: socket.socket | None = None
        self._own_users = False
        self._cgroups: Cgroups | None = None
        self._no_cgroups = "not looked for yet"
        self._folder: str | None = None
        self._closed = False

    def __enter__(self) -> Sandbox:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def start(self) -> None:
        """Starts the warm process, unless it runs already; `open` does the same."""
        with self._lock:
            if self._process is None and not self._closed:
                self._start()

    def open(self) -> Connection:
        """A new process for one submission, ready to be spoken to.

        A warm process that died (which takes all its connections with it) is started
        again. Raises SandboxUnavailable when that does not help.
        """
        for attempt in (1, 2):
            with self._lock:
                if self._closed:
                    raise SandboxUnavailable("the sandbox is closed")
                if self._process is None or self._process.poll() is not None:
                    self._start()
                assert self._control
                cgroup, files = self._new_cgroup()
                ours, theirs = socket.socketpair()
                status, their_status = socket.socketpair()
                with theirs, their_status:
                    given = [theirs.fileno(), their_status.fileno(), *files]
                    pair = array.array("i", given)
                    with contextlib.suppress(OSError):
                        self._control.sendmsg(
                            [b"o"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, pair)]
                        )
                for fd in files:
                    os.close(fd)
            connection = Connection(ours, status)
            trouble = connection._wait_ready(OPEN_SECONDS)
            self._entered(cgroup, trouble)
            if trouble is None:
                return connection
            connection.close()
            if attempt == 2:
                raise SandboxUnavailable(f"no process for a submission: {trouble}")
        raise AssertionError

    @property
    def walls(self) -> levels.Walls:
        """What stands, as far as it is known: all of it, once the warm process runs."""
        return levels.Walls(self.level, self._own_users, self._no_cgroups)

    def close(self) -> None:
        """Ends the warm process and every connection."""
        self._closed = True
        process = self._process
        if process is not None and self._lock.locked():
            process.kill()  # it is starting: whoever waits for it gives up at once
        with self._lock:
            self._stop()

    def _new_cgroup(self) -> tuple[Path | None, list[int]]:
        """The next submission's cgroup and its files; None and no file without one."""
        if self._cgroups is not None and not self._no_cgroups:
            try:
                return self._cgroups.make()
            except OSError as error:
                self._no_cgroups = str(error)
        return None, []

    def _entered(self, cgroup: Path | None, trouble: str | None) -> None:
        with self._lock:
            if cgroup is not None and self._cgroups is not None:
                self._cgroups.entered(cgroup)
                if trouble is not None:  # perhaps it is in the way
                    self._no_cgroups = trouble

    def _start(self) -> None:
        self._stop()
        sweep()
        self._folder = tempfile.mkdtemp(prefix=f"{FOLDER_PREFIX}{os.getpid()}-")
        with tempfile.TemporaryFile() as log:
            self._process, self._control = start_module(
                "autograde.sandbox.fork_server",
                stderr=log,
                cwd="/",
                env=self._variables(),
            )
            policy = json.dumps(
                {
                    "level": self.level,
                    "limits": asdict(self.limits),
                    "shown": self._shown,
                    "hidden": self._hidden,
                    "preload": self._preload,
                    "entry": self._entry,
                    "prepare": self._prepare,
                    "landlock": self._landlock,
                    "folder": self._folder,
                }
            ).encode()
            answer: dict = {}
            with contextlib.suppress(OSError):
                self._control.sendall(struct.pack("!I", len(policy)) + policy)
                answer = _line(self._control, START_SECONDS) or {}
            self._own_users = bool(answer.get("own_users"))
            try:
                self._cgroups = Cgroups(self.limits, answer.get("sizes", [0])[0])
                self._no_cgroups = ""
            except OSError as error:
                self._no_cgroups = str(error)
            if "up" not in answer:
                log.seek(0)
                said = log.read()[-2000:].decode(errors="replace").strip()
                self._stop()
                raise SandboxUnavailable(
                    f"the warm process did not start behind the walls "
                    f"({self.level}): " + (answer.get("error") or said or "no answer")
                )

    def _stop(self) -> None:
        if self._process is not None and self._control is not None:
            end_process(self._process, self._control)
        self._process = self._control = None
        if self._cgroups is not None:
            self._cgroups.close()
            self._cgroups = None
        if self._folder is not None:
            folders.remove(self._folder)
            self._folder = None

    def _variables(self) -> dict[str, str]:
        behind = self.level in (levels.NAMESPACES, levels.MASKED)
        home = mounts.HOME if behind else self._folder or "/"
        folder = "/tmp" if behind else self._folder or "/tmp"
        one = {
            f"{library}_NUM_THREADS": "1"
            for library in (
                "OMP",
                "OPENBLAS",
                "MKL",
                "NUMEXPR",
                "VECLIB_MAXIMUM",
                "RAYON",
            )
        }
        return {
            "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
            "PYTHONPATH": str(PACKAGES),
            "HOME": home,
            "USER": "student",
            "LOGNAME": "student",
            "TMPDIR": folder,
            "LANG": "C.UTF-8",
            "PYTHONHASHSEED": "0",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONUNBUFFERED": "1",
            "PYTHONNOUSERSITE": "" if self._user_site() else "1",
            "MPLBACKEND": "module://matplotlib_inline.backend_inline",
            "MPLCONFIGDIR": f"{folder}/matplotlib",
            "IPYTHONDIR": f"{folder}/ipython",
            "TOKENIZERS_PARALLELISM": "false",
            "HF_HUB_OFFLINE": "1",
            "TRANSFORMERS_OFFLINE": "1",
            "MALLOC_ARENA_MAX": "4",
            "OBJC_DISABLE_INITIALIZE_FORK_SAFETY": "YES",
            **one,
            **self._environment,
        }

    @staticmethod
    def _user_site() -> bool:
        import site

        return bool(site.ENABLE_USER_SITE)


def _line(channel: socket.socket, seconds: float) -> dict | None:
    """One line of JSON from a socket; None at its end or when the time is over."""
    channel.settimeout(seconds)
    text = b""
    try:
        while not text.endswith(b"\n"):
            more = channel.recv(1)
            if not more:
                return None
            text += more
    except TimeoutError:
        return None
    finally:
        channel.settimeout(None)
    return json.loads(text)


def sweep(folder: Sequence[str] | str | None = None) -> list[str]:
    """Removes the folders that dead graders left behind, and returns their paths."""
    gone = []
    for path in Path(str(folder or tempfile.gettempdir())).glob(FOLDER_PREFIX + "*"):
        owner = path.name[len(FOLDER_PREFIX) :].split("-")[0]
        try:
            if path.is_symlink() or not _may_be_of_a_grader(path.stat().st_uid):
                continue
            os.kill(int(owner), 0)
        except ProcessLookupError:
            folders.remove(str(path))
            gone.append(str(path))
        except (OSError, ValueError):
            continue
    return gone


def _may_be_of_a_grader(owner: int) -> bool:
    """Whether a folder of `owner` can be one that this user's grader has made.

    Root's own are given to the user as whom its warm process runs.
    """
    me = os.geteuid()
    return owner == me or (me == 0 and user_ids.is_set_apart(owner))

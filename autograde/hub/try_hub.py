"""``autograde hub try``: a JupyterHub with the course, for a look or for tests.

::

    FOLDER/hub         the hub's own: its database, secrets and log; private
    FOLDER/course      what students get, read-only
    FOLDER/exchange    nbgrader's exchange
    FOLDER/etc         nbgrader's configuration, which names the exchange
    FOLDER/homes/NAME  a home for each; the instructor's holds the whole course

With real accounts each person is an account of the system, as on The Littlest
JupyterHub. Without, all servers run as one: everybody's page can be looked at, and the
exchange cannot tell students apart.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograde.authoring.archive import contents
from autograde.course.layout import CannotRun
from autograde.course.nbgrader import folders
from autograde.course.ports import free_port
from autograde.hub.accounts import end_processes, make_account, remove_account
from autograde.hub.shared_python import shared_python

INSTRUCTOR = "ag-teacher"
STUDENTS = ("ag-ada", "ag-ben", "ag-chen")
PROXY = "configurable-http-proxy"
MARK = "AUTOGRADE_HUB_TRY"  # in the environment of everything that the hub starts
END_SECONDS = 6.0
START_SECONDS = 300.0
WORK = "deep-learning"
PRIVATE = ("autograde", "chapters", "solutions")  # what the instructor's copy has
LEFT_OUT = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints", "tests")


@dataclass
class Hub:
    """A hub that is tried: `accounts` says whether each person is a real account."""

    root: Path
    folder: Path
    port: int
    accounts: bool
    instructor: str = INSTRUCTOR
    students: tuple[str, ...] = STUDENTS
    password: str = field(default_factory=lambda: secrets.token_urlsafe(9))
    python: str = sys.executable
    process: subprocess.Popen | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def people(self) -> tuple[str, ...]:
        return (self.instructor, *self.students)

    @property
    def exchange(self) -> Path:
        return self.folder / "exchange"

    @property
    def course(self) -> Path:
        """The course as its instructor has it."""
        return self.home(self.instructor) / "course"

    def home(self, name: str) -> Path:
        return self.folder / "homes" / name

    def work(self, name: str) -> Path:
        """A student's copy of the course."""
        return self.home(name) / WORK

    def environment(self, name: str) -> dict[str, str]:
        """What a server, or a command of `name`, finds in its environment."""
        course = self.course if name == self.instructor else self.folder / "course"
        return {
            MARK: str(self.folder),
            "PYTHONPATH": str(course),
            "PYTHONSAFEPATH": "1",
            "JUPYTER_CONFIG_PATH": str(self.folder / "etc"),
            "JUPYTER_PREFER_ENV_PATH": "1",
            "HF_HUB_OFFLINE": "1",
            "TOKENIZERS_PARALLELISM": "false",
            "OMP_NUM_THREADS": "1",
        }

    def server_command(self, name: str) -> list[str]:
        """What the hub's spawner starts for `name`."""
        command = [self.python, "-P", "-m", "autograde"]
        if name == self.instructor:
            return [*command, "instructor", "--singleuser", "--root", str(self.course)]
        course = str(self.folder / "course")
        work = str(self.work(name))
        return [*command, "singleuser", "--root", course, "--work", work]

    def run(self, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run ``autograde ARGUMENTS`` as `name`, from home, as in a terminal of theirs.

        The instructor's commands are about the course, a student's about their copy.
        """
        home = self.home(name)
        environment = {
            "HOME": str(home),
            "USER": name,
            "LANG": "C.UTF-8",
            "PATH": os.pathsep.join([str(Path(self.python).parent), os.defpath]),
        }
        person: dict[str, Any] = {}
        if self.accounts:
            person = {"user": name, "group": name, "extra_groups": []}
        return subprocess.run(
            [self.python, "-P", "-m", "autograde", *arguments],
            cwd=home,
            env=environment | self.environment(name),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            **person,
        )

    def set_up(self) -> None:
        """Lay everything out; make the accounts."""
        self.folder.chmod(0o755)
        for name, mode in (("hub", 0o700), ("etc", 0o755), ("homes", 0o755)):
            (self.folder / name).mkdir(exist_ok=True)
            (self.folder / name).chmod(mode)
        self.exchange.mkdir(exist_ok=True)
        self.exchange.chmod(0o1777)
        course = folders(self.root).CourseDirectory.course_id
        (self.folder / "etc" / "nbgrader_config.py").write_text(
            f"c = get_config()\nc.CourseDirectory.course_id = {course!r}\n"
            f"c.Exchange.root = {str(self.exchange)!r}\n"
        )
        _write(self.folder / "course", contents(self.root))
        if self.accounts:
            self.python = shared_python(self.folder / "env")
        for name in self.people:
            if self.accounts:
                make_account(name, self.password, self.home(name))
            else:
                self.home(name).mkdir(mode=0o700, exist_ok=True)
        for name in PRIVATE:
            shutil.copytree(
                self.root / name, self.course / name, ignore=LEFT_OUT, symlinks=True
            )
        self.course.chmod(0o700)
        if self.accounts:
            _give(self.course, self.instructor)

    def start(self) -> None:
        """Start the hub and wait until it answers."""
        private = self.folder / "hub"
        config = private / "jupyterhub_config.py"
        config.write_text(self._config())
        command = [sys.executable, "-m", "jupyterhub", f"--config={config}"]
        with (private / "hub.log").open("ab") as log:
            self.process = subprocess.Popen(
                command,
                cwd=private,
                env=os.environ | {MARK: str(self.folder)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is for us, who end it in order
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise CannotRun(f"The hub did not start:\n{_tail(private / 'hub.log')}")
            time.sleep(0.2)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/hub/login", timeout=5):
                return True
        except (OSError, urllib.error.URLError):
            return False

    def stop(self) -> None:
        """End the hub and what it started; take accounts and a folder of ours away."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(END_SECONDS)
        end_processes(self._started())
        if self.process is not None:
            self.process.wait()
        if self.accounts:
            for name in self.people:
                remove_account(name)

    def _started(self) -> list[int]:
        """Every process with our mark: hub, proxy, servers, kernels."""
        mark = f"{MARK}={self.folder}".encode()
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if mark in (folder / "environ").read_bytes().split(b"\0"):
                    found.append(int(folder.name))
        return [process for process in found if process != os.getpid()]

    def _config(self) -> str:
        people = {
            name: {
                "cmd": self.server_command(name),
                "environment": self.environment(name),
            }
            for name in self.people
        }
        settings = {
            "JupyterHub.bind_url": self.address,
            "JupyterHub.hub_port": free_port(),
            "JupyterHub.db_url": f"sqlite:///{self.folder}/hub/hub.sqlite",
            "JupyterHub.cookie_secret_file": f"{self.folder}/hub/cookie_secret",
            "JupyterHub.cleanup_servers": True,
            "ConfigurableHTTPProxy.api_url": f"http://127.0.0.1:{free_port()}",
            "ConfigurableHTTPProxy.pid_file": f"{self.folder}/hub/proxy.pid",
            "Authenticator.allowed_users": set(people),
            "Authenticator.admin_users": {self.instructor},
            "Spawner.start_timeout": 300,
            "Spawner.http_timeout": 300,
        }
        if self.accounts:
            settings["PAMAuthenticator.open_sessions"] = False
        else:
            settings |= {
                "JupyterHub.authenticator_class": "dummy",
                "JupyterHub.spawner_class": "simple",
                "DummyAuthenticator.password": self.password,
                "SimpleLocalProcessSpawner.home_dir_template": (
                    f"{self.folder}/homes/{{username}}"
                ),
            }
        lines = [f"c.{name} = {value!r}" for name, value in settings.items()]
        return "\n".join(["c = get_config()", *lines, _HOOK.format(people=people)])


_HOOK = """
PEOPLE = {people!r}


def before_spawn(spawner):
    person = PEOPLE[spawner.user.name]
    spawner.cmd = person["cmd"]
    spawner.environment = person["environment"]


c.Spawner.pre_spawn_hook = before_spawn
"""


def check_machine(accounts: bool) -> None:
    """Raise CannotRun where no hub can be started here."""
    if os.name != "posix":
        raise CannotRun("JupyterHub runs on Linux and macOS.")
    try:
        import jupyterhub  # noqa: F401
    except ImportError:
        raise CannotRun(
            "JupyterHub is not installed: python -m pip install -e '.[hub]'"
        ) from None
    if shutil.which(PROXY) is None:
        raise CannotRun(
            f"There is no {PROXY}, which a hub needs: npm install -g {PROXY} (node 20 "
            "or newer)"
        )
    if accounts and os.geteuid() != 0:
        raise CannotRun("Only root makes accounts; leave --accounts out for a look.")


def _write(folder: Path, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


def _give(folder: Path, name: str) -> None:
    for path in (folder, *folder.rglob("*")):
        shutil.chown(path, name, name) if not path.is_symlink() else None


def _tail(log: Path, lines: int = 20) -> str:
    return "\n".join(log.read_text("utf-8", "replace").splitlines()[-lines:])


def run_until_interrupted(hub: Hub) -> None:
    """Wait for Ctrl-C, or for the hub's own end."""
    assert hub.process is not None
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    with suppress(KeyboardInterrupt):
        hub.process.wait()

#!/usr/bin/env python3
"""Set the course up and open it: ``python start.py``.

Needs Python 3.11 or newer and nothing else. The first run makes an environment from
the pinned packages; an interrupted run goes on where it stopped; later runs open the
course at once. What pip knows (PIP_INDEX_URL, proxies, pip.conf) is respected.
"""

import argparse
import contextlib
import hashlib
import json
import locale
import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
LOCKS = HERE / "autograde" / "requirements"
TORCH = "torch==2.13.0"
TORCH_CPU_INDEX = "https://download.pytorch.org/whl/cpu"
NEEDS = {"students": (600, 2600), "graders": (630, 2700), "developers": (750, 3000)}
STAMP = "course-setup.json"
STARTED = r"(?:Collecting|Requirement already[^:]*:) ([^\s;=<>]+)"
UNREACHABLE = r"getaddrinfo|Name or service|NewConnection|Max retries|Timeout"


class CannotStart(Exception):
    """The course cannot be set up; the message is one sentence with the mend."""


def main(arguments=None):
    """Set up, look at the result, and open the course."""
    options = _options(arguments)
    try:
        if sys.version_info < (3, 11):  # noqa: UP036 - whoever has an older one is told
            raise CannotStart(
                f"This is Python {platform.python_version()}, and the course needs "
                "3.11 or newer: install it from python.org and start this file with it."
            )
        python = set_up(options)
        if options.setup_only:
            return 0
        return open_course(python, options)
    except CannotStart as problem:
        print(f"\n{problem}", file=sys.stderr)
        _wait_before_the_window_closes()
        return 2
    except KeyboardInterrupt:
        print("\nStopped. Start this file again, and it goes on from here.")
        return 130


def _options(arguments):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--wheels", type=Path, metavar="DIR", help="install offline from this folder"
    )
    parser.add_argument(
        "--for", dest="audience", choices=sorted(NEEDS), default="students"
    )
    parser.add_argument(
        "--env", type=Path, metavar="DIR", help="where the environment is made"
    )
    parser.add_argument(
        "--setup-only", action="store_true", help="set up, open nothing"
    )
    parser.add_argument("--no-browser", action="store_true")
    parser.add_argument("--lang", help="language of the course, such as zh_CN")
    options, options.rest = parser.parse_known_args(arguments)
    return options


def set_up(options):
    """Make the environment complete, and return its Python."""
    lock = LOCKS / f"{options.audience}.txt"
    if not lock.exists():
        raise CannotStart(
            f"{lock} is missing: unpack the course's archive again, as a whole."
        )
    folder = options.env or environment_folder()
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if python.exists() and _is_complete(folder, options.audience):
        return python
    _tell_what_it_takes(folder, options)
    if not python.exists() or not _has_pip(python):
        _make(folder)
    _install(python, folder, lock, options)
    _data(python, options)
    _point_to_the_course(python, folder)
    stamp = _stamp(folder) | {options.audience: _digest(lock)}
    (folder / STAMP).write_text(json.dumps(stamp), encoding="utf-8")
    print("The environment is complete.")
    return python


def environment_folder():
    """Beside this file, or in the user's own folder where that cannot be written."""
    if os.access(HERE, os.W_OK):
        return HERE / ".venv"
    name = hashlib.sha256(str(HERE).encode()).hexdigest()[:8]
    return _own_folder() / name / "venv"


def work_folder():
    """Where the student's copy goes: beside this file if that can be written."""
    if os.access(HERE, os.W_OK):
        return HERE / "work"
    return Path.home() / "deep-learning-course"


def _own_folder():
    if os.name == "nt":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "deep-learning-course"


def _stamp(folder):
    try:
        return json.loads((folder / STAMP).read_text("utf-8"))
    except (OSError, ValueError):
        return {}


def _is_complete(folder, audience):
    """Whether everything of `audience` was installed; a larger audience has it too."""
    audiences = list(NEEDS)
    stamp = _stamp(folder)
    return any(
        stamp.get(name) == _digest(LOCKS / f"{name}.txt")
        for name in audiences[audiences.index(audience) :]
        if (LOCKS / f"{name}.txt").exists()
    )


def _digest(lock):
    return hashlib.sha256(lock.read_bytes() + TORCH.encode()).hexdigest()


def _tell_what_it_takes(folder, options):
    download, disk = NEEDS[options.audience]
    place = folder
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free // 10**6
    print(f"Setting up the course in {folder}")
    source = f"from {options.wheels}" if options.wheels else f"about {download} MB"
    print(f"  to fetch: {source}; on disk: about {disk} MB; some 3 to 15 minutes")
    if free < disk and not folder.exists():
        raise CannotStart(
            f"The disk of {place} has {free} MB free and about {disk} MB are needed: "
            "make room, or name a folder on another disk with --env DIR."
        )


def _make(folder):
    try:
        import ensurepip  # noqa: F401
        import venv
    except ImportError:
        raise CannotStart(
            "This Python comes without its venv module: on Debian or Ubuntu run "
            f"`sudo apt install python3.{sys.version_info[1]}-venv`, then try again."
        ) from None
    print("  making the environment ...", flush=True)
    try:
        venv.EnvBuilder(with_pip=True, symlinks=os.name != "nt").create(folder)
    except (OSError, subprocess.CalledProcessError) as error:
        raise CannotStart(
            f"The environment cannot be made in {folder} ({error}): name a folder that "
            "you may write to with --env DIR."
        ) from None


def _has_pip(python):
    done = subprocess.run([python, "-m", "pip", "--version"], capture_output=True)
    return done.returncode == 0


def _install(python, folder, lock, options):
    """Everything that is pinned with hashes, then torch, whose builds differ."""
    _pip(python, ["--no-deps", "--require-hashes", "-r", lock], _count(lock), options)
    if _installed(python, "torch") != TORCH.split("==")[1]:
        _install_torch(python, options)


def _install_torch(python, options):
    if not options.wheels and wants_small_torch():
        print("  PyTorch's build without CUDA ...", flush=True)
        small = ["--index-url", TORCH_CPU_INDEX, "--timeout", "15", "--retries", "1"]
        done = subprocess.run(
            _pip_command(python, [*small, TORCH], options), capture_output=True
        )
        if done.returncode == 0:
            return
        print("  that address cannot be reached; the usual one is taken")
    _pip(python, [TORCH], 1, options)


def wants_small_torch():
    """Whether pip's default build of PyTorch would bring gigabytes for nothing."""
    own_source = any(os.environ.get(name) for name in ("PIP_INDEX_URL", "PIP_NO_INDEX"))
    gpu = Path("/proc/driver/nvidia/version").exists() or shutil.which("nvidia-smi")
    return sys.platform == "linux" and not gpu and not own_source


def _pip_command(python, arguments, options):
    command = [python, "-m", "pip", "--disable-pip-version-check", "install"]
    command += ["--no-input", "--progress-bar", "off"]
    if options.wheels:
        command += ["--no-index", "--find-links", options.wheels.resolve()]
    return [str(part) for part in [*command, *arguments]]


def _pip(python, arguments, total, options):
    """Run pip and show how far it is; raise CannotStart with what it says."""
    command = _pip_command(python, arguments, options)
    environment = os.environ | {"PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"}
    running = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        env=environment,
    )
    seen, said = 0, []
    try:
        for line in running.stdout:
            said.append(line.rstrip())
            started = re.match(
                r"(?:Collecting|Requirement already.*:) ([^\s;=<>]+)", line
            )
            if started:
                seen = min(seen + 1, total)
                _progress(f"  {seen:3d} of {total}  {started[1]}", seen % 20 == 0)
            elif line.startswith("Installing collected"):
                _progress("  unpacking; this takes a minute or two", True)
    except KeyboardInterrupt:
        running.wait()
        raise
    finally:
        _progress("", False)
    if running.wait():
        raise CannotStart(explain("\n".join(said[-60:])))


def _progress(text, milestone):
    """On a terminal one line that changes; elsewhere only the milestones."""
    if sys.stdout.isatty():
        print(f"\r{text[:78]:<78}", end="" if text else "\r", flush=True)
    elif milestone:
        print(text, flush=True)


def explain(said):
    """One sentence on why pip failed, with the mend, from what it printed."""
    if re.search(r"No space left|not enough space|\[Errno 28\]", said):
        return "The disk is full: make room and start this file again; it goes on."
    if re.search(r"ProxyError|407 Proxy|Tunnel connection failed", said):
        return (
            "The proxy refuses the connection: set HTTPS_PROXY to your proxy's "
            "address (with name and password if it asks for them) and try again."
        )
    if re.search(r"CERTIFICATE_VERIFY_FAILED|SSLError", said):
        return (
            "The certificate of the package index is not trusted here: set PIP_CERT "
            "to your network's certificate file and try again."
        )
    if re.search(r"do not match the hashes|HashMismatch", said):
        return (
            "A downloaded package is not the one that the course was made with: try "
            "again, and if it stays so, ask your instructor for a folder of wheels."
        )
    if re.search(r"Permission denied|\[Errno 13\]|WinError 5", said):
        return (
            "A file of the environment cannot be written: close other programs that "
            "use it, or name another folder with --env DIR."
        )
    if re.search(
        r"getaddrinfo|Name or service|NewConnection|Max retries|Timeout", said
    ):
        return (
            "The package index cannot be reached: connect to the network (or set "
            "PIP_INDEX_URL to a mirror, or use --wheels DIR) and start this file again."
        )
    missing = re.search(r"No matching distribution found for (\S+)", said)
    if missing:
        return (
            f"{missing[1]} is not there for Python {platform.python_version()} on "
            f"{platform.system()} {platform.machine()}: use Python 3.11, 3.12 or 3.13, "
            "64 bit, or a more complete folder of wheels."
        )
    last = said.strip().splitlines()[-1:] or ["no reason"]
    return f"pip could not install the packages ({last[0]}). Start this file again."


def _count(lock):
    lines = lock.read_text("utf-8").splitlines()
    return sum(bool(re.match(r"[A-Za-z0-9]", line)) for line in lines)


def _installed(python, name):
    program = f"import importlib.metadata as m; print(m.version({name!r}))"
    done = subprocess.run([python, "-c", program], capture_output=True, text=True)
    return done.stdout.strip().split("+")[0]


def _data(python, options):
    """The sentences of two chapters, from the wheels' folder or the index."""
    command = [python, "-m", "autograde", "data"]
    if options.wheels:
        found = sorted(options.wheels.glob("vaderSentiment-*.tar.gz"))
        command += ["--archive", found[0].resolve()] if found else []
    done = subprocess.run(
        [str(part) for part in command], env=environment(), capture_output=True
    )
    if done.returncode:
        print("  The sentences of chapters 04 and 05 could not be fetched yet;")
        print("  the other chapters work. Start this file again while online.")


def _point_to_the_course(python, folder):
    """Let other programs that use this environment, such as VS Code, find the course.

    Where it cannot be installed (its folder is read-only), a .pth file names it. That
    is read in the system's encoding before Python 3.13; a path that does not fit into
    it is left out, and those programs need PYTHONPATH.
    """
    install = ["install", "--no-deps", "--no-build-isolation", "--no-index", "-e", HERE]
    command = [python, "-m", "pip", "--disable-pip-version-check", *install]
    done = subprocess.run([str(part) for part in command], capture_output=True)
    if done.returncode == 0:
        return
    new = sys.version_info >= (3, 13)
    encoding = "utf-8" if new else locale.getpreferredencoding()
    places = [*folder.glob("lib/python3*/site-packages"), folder / "Lib/site-packages"]
    for place in filter(Path.is_dir, places):
        with contextlib.suppress(UnicodeEncodeError):
            (place / "course.pth").write_text(f"{HERE}\n", encoding=encoding)


def environment():
    """The environment of the course's own commands."""
    paths = [str(HERE), os.environ.get("PYTHONPATH", "")]
    return os.environ | {
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        "PYTHONUTF8": "1",
        "HF_HUB_OFFLINE": "1",
        "TOKENIZERS_PARALLELISM": "false",
    }


def open_course(python, options):
    """Open the course in JupyterLab, and stay until it is closed."""
    command = [str(python), "-m", "autograde", "lab", "--work", str(work_folder())]
    command += ["--no-browser"] if options.no_browser else []
    command += ["--lang", options.lang] if options.lang else []
    print("Opening the course. Leave this window open; Ctrl+C here ends it.")
    return subprocess.call([*command, *options.rest], env=environment(), cwd=HERE)


def _wait_before_the_window_closes():
    """A double click on Windows closes the window at once, and the sentence with it."""
    if os.name == "nt" and sys.stdin and sys.stdin.isatty():
        input("Press Enter to close this window.")


if __name__ == "__main__":
    sys.exit(main())

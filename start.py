#!/usr/bin/env python3
"""Set the course up and open it: ``python start.py``.

Needs Python 3.11 or newer and nothing else. The first run makes an environment from
the pinned packages; an interrupted run goes on where it stopped; later runs open the
course at once. ``start.py submit 01``, ``restore 01``, ``update`` and ``doctor`` run
the course's other commands. What pip knows (PIP_INDEX_URL, pip.conf) is respected.
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
import socket
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
LOCKS = HERE / "autograde" / "requirements"
TORCH = "torch==2.13.0"
TORCH_CPU_INDEX = "https://download.pytorch.org/whl/cpu"
CUDA_MORE = 3000  # MB that PyTorch's usual build for Linux brings on top
# MB to fetch and on disk, with the small PyTorch, as measured on Linux
NEEDS = {"students": (500, 2000), "graders": (530, 2100), "developers": (650, 2400)}
ENGINE_NEEDS = (120, 550)  # of a course on another subject, without PyTorch
STAMP = "course-setup.json"
ON_THE_COPY = (
    "update",
    "language",
    "restore",
    "submit",
    "doctor",
)  # commands that take --work
# Windows allows 259 characters unless it is told otherwise; the packages have 190.
WINDOWS_PATH, LONGEST = 259, 200
OLDEST, NEWEST = (3, 11), (3, 13)

# What pip says, and one sentence with the mend; the first that is found counts.
EXPLANATIONS = [
    (
        r"No space left|not enough space|\[Errno 28\]",
        "The disk is full: make room and start this file again; it goes on.",
    ),
    (
        r"Long Path support",  # not translated
        "The course's folder has too long a path for Windows: move it to a short one "
        "such as C:\\course, or name one with --env C:\\course-packages.",
    ),
    (
        r"ProxyError|407 Proxy|Tunnel connection failed|Cannot connect to proxy",
        "The proxy refuses the connection: set HTTPS_PROXY to your proxy's address "
        "(with name and password if it asks for them) and try again.",
    ),
    (
        r"CERTIFICATE_VERIFY_FAILED|SSLError|SSLCertVerificationError",
        "The certificate of the package index is not trusted here: set PIP_CERT to "
        "your network's certificate file and try again.",
    ),
    (
        r"(?i)do not match the hashes|HashMismatch",
        "A downloaded package is not the one that the course was made with: try "
        "again, and if it stays so, ask your instructor for a folder of wheels.",
    ),
    (
        r"Permission denied|\[Errno 13\]|WinError 5\b|WinError 32\b",
        "A file of the environment cannot be written: close other programs that use "
        "it, or name another folder with --env DIR.",
    ),
    (
        r"getaddrinfo|Name or service|name resolution|NewConnection|Max retries"
        r"|ConnectTimeout|ReadTimeout|Connection refused|Connection reset"
        r"|Network is unreachable|IncompleteRead|RemoteDisconnected",
        "The package index cannot be reached: connect to the network (or set "
        "PIP_INDEX_URL to a mirror, or use --wheels DIR) and start this file again.",
    ),
    (
        r"40[13] Client Error",
        "The package index wants a name and password: put them into PIP_INDEX_URL, as "
        "in https://name:password@host/simple, and start this file again.",
    ),
]


# What this file says, in Chinese; everything else says it by the package's catalogue.
CHINESE = {
    "This is Python {version}, and the course needs 3.11 or newer: install it from "
    "python.org and start this file with it.": (
        "这是 Python {version}，而课程需要 3.11 或更新的版本："
        "请从 python.org 安装，再用它运行本文件。"
    ),
    "Stopped. Start this file again, and it goes on from here.": (
        "已停止。再次运行本文件，会从这里继续。"
    ),
    "{file} is missing: unpack the course's archive again, as a whole.": (
        "缺少 {file}：请把课程压缩包重新完整解压。"
    ),
    "There is no folder {folder}: `autograde wheels DIR` makes one, on a computer that "
    "is online.": (
        "没有文件夹 {folder}：可以在联网的电脑上用 `autograde wheels DIR` 生成。"
    ),
    "The environment is complete.": "环境已准备好。",
    "The course is being set up in another window: wait for its end there.": (
        "课程正在另一个窗口中安装：请等那边装好。"
    ),
    "Setting up the course in {folder}": "正在 {folder} 中安装课程",
    "about {size} MB": "约 {size} MB",
    "from {folder}": "来自 {folder}",
    "to fetch: {source}; on disk: about {disk} MB; some 3 to 15 minutes": (
        "下载：{source}；占用磁盘：约 {disk} MB；大约 3 到 15 分钟"
    ),
    "of that much is for GPUs; --torch-index URL names a smaller PyTorch": (
        "其中大部分是给 GPU 的；用 --torch-index URL 可以指定较小的 PyTorch"
    ),
    "The disk of {place} has {free} MB free and about {left} MB are needed: make room, "
    "or name a folder on another disk with --env DIR.": (
        "{place} 所在磁盘剩余 {free} MB，还需要约 {left} MB："
        "请腾出空间，或用 --env DIR 指定别的磁盘上的文件夹。"
    ),
    "This Python comes without its venv module: on Debian or Ubuntu run `sudo apt "
    "install python3.{minor}-venv`, then try again.": (
        "这个 Python 不带 venv 模块：在 Debian 或 Ubuntu 上请运行 "
        "`sudo apt install python3.{minor}-venv`，然后再试。"
    ),
    "making the environment ...": "正在建立环境……",
    "The environment cannot be made in {folder} ({error}): name a folder that you may "
    "write to with --env DIR.": (
        "无法在 {folder} 中建立环境（{error}）："
        "请用 --env DIR 指定一个可以写入的文件夹。"
    ),
    "PyTorch's build without CUDA ...": "不含 CUDA 的 PyTorch……",
    "it cannot be fetched; the usual index may bring the one for GPUs, {size} MB "
    "more": ("没能下载；平常的软件源可能会给出 GPU 版，多 {size} MB"),
    "{seen} of {total}": "{seen} / {total}",
    "unpacking; this takes a minute or two": "正在解包；需要一两分钟",
    "PyTorch is no longer made for Intel Macs (nor for a Python that runs under "
    "Rosetta): use a Python for Apple silicon, or a hub or container.": (
        "PyTorch 不再支持 Intel 芯片的 Mac（也不支持在 Rosetta 下运行的 Python）："
        "请用 Apple 芯片版的 Python，或用 hub 或容器。"
    ),
    "{package} is not there for Python {version} on {system}: use Python 3.11, 3.12 or "
    "3.13, 64 bit, or a more complete folder of wheels.": (
        "没有适用于 {system} 上 Python {version} 的 {package}："
        "请用 64 位的 Python 3.11、3.12 或 3.13，或更完整的软件包文件夹。"
    ),
    "no reason": "没有说明原因",
    "pip could not install the packages ({reason}). Start this file again.": (
        "pip 没能装好软件包（{reason}）。请再次运行本文件。"
    ),
    "The sentences of chapters 04 and 05 could not be fetched yet;": (
        "第 04、05 章的句子暂时没能下载；"
    ),
    "the other chapters work. Start this file again while online.": (
        "其他各章可以使用。请联网后再次运行本文件。"
    ),
    "Opening the course. Leave this window open; Ctrl+C here ends it.": (
        "正在打开课程。请不要关闭本窗口；在这里按 Ctrl+C 可结束。"
    ),
    "Press Enter to close this window.": "按回车键关闭本窗口。",
    "The disk is full: make room and start this file again; it goes on.": (
        "磁盘满了：请腾出空间，再次运行本文件；它会接着做。"
    ),
    "The course's folder has too long a path for Windows: move it to a short one such "
    "as C:\\course, or name one with --env C:\\course-packages.": (
        "课程文件夹的路径对 Windows 来说太长：请移到 C:\\course 这样的短路径，"
        "或用 --env C:\\course-packages 另指定一个。"
    ),
    "The proxy refuses the connection: set HTTPS_PROXY to your proxy's address (with "
    "name and password if it asks for them) and try again.": (
        "代理拒绝了连接：请把 HTTPS_PROXY 设为代理的地址"
        "（需要时带上用户名和密码），再试一次。"
    ),
    "The certificate of the package index is not trusted here: set PIP_CERT to your "
    "network's certificate file and try again.": (
        "这台电脑不信任软件源的证书：请把 PIP_CERT 设为所在网络的证书文件，再试一次。"
    ),
    "A downloaded package is not the one that the course was made with: try again, and "
    "if it stays so, ask your instructor for a folder of wheels.": (
        "下载的软件包与课程所用的不同：请再试一次；"
        "如果仍然如此，请向老师要一份软件包文件夹。"
    ),
    "A file of the environment cannot be written: close other programs that use it, or "
    "name another folder with --env DIR.": (
        "环境中有文件不能写入：请关闭正在使用它的程序，或用 --env DIR 另指定文件夹。"
    ),
    "The package index cannot be reached: connect to the network (or set PIP_INDEX_URL "
    "to a mirror, or use --wheels DIR) and start this file again.": (
        "连不上软件源：请联网（或把 PIP_INDEX_URL 设为镜像，或使用 --wheels DIR），"
        "再次运行本文件。"
    ),
    "The package index wants a name and password: put them into PIP_INDEX_URL, as in "
    "https://name:password@host/simple, and start this file again.": (
        "软件源需要用户名和密码：请写进 PIP_INDEX_URL，"
        "形如 https://name:password@host/simple，再次运行本文件。"
    ),
}
_spoken = {}  # by the English; empty for English


def speak(name):
    """Say everything in the language `name` from now on, such as zh_CN.

    In English where the console has no letters for it.
    """
    _spoken.clear()
    with contextlib.suppress(UnicodeEncodeError, LookupError, TypeError):
        "文".encode(sys.stdout.encoding)
        _spoken.update(CHINESE if name.startswith("zh") else {})


def say(text, **fields):
    """`text` in the language that is spoken, with its fields put in."""
    return _spoken.get(text, text).format(**fields)


def language(wanted=None):
    """The language asked for, else the copy's, else the system's; "" for unknown."""
    if wanted:
        return wanted
    with contextlib.suppress(OSError, ValueError):
        return (work_folder() / ".course" / "language").read_text("utf-8").strip()
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if os.environ.get(name):
            return os.environ[name]
    if os.name == "nt":
        import ctypes

        own = ctypes.windll.kernel32.GetUserDefaultUILanguage()
        return "zh" if own & 0x3FF == 4 else ""
    return ""


class CannotStart(Exception):
    """The course cannot be set up; the message is one sentence with the mend."""


def main(arguments=None):
    """Set up, look at the result, and open the course."""
    options = _options(arguments)
    speak(language(options.lang))
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError):  # no console, or one of another kind
            stream.reconfigure(errors="replace")
    try:
        if sys.version_info < OLDEST:
            raise CannotStart(
                say(
                    "This is Python {version}, and the course needs 3.11 or newer: "
                    "install it from python.org and start this file with it.",
                    version=platform.python_version(),
                )
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
        print()
        print(say("Stopped. Start this file again, and it goes on from here."))
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
    parser.add_argument(
        "--torch-index", metavar="URL", help="take PyTorch from this package index"
    )
    parser.add_argument("--no-browser", action="store_true")
    parser.add_argument("--lang", help="language of the course, such as zh_CN")
    options, options.rest = parser.parse_known_args(arguments)
    return options


def set_up(options):
    """Make the environment complete, and return its Python."""
    lock = LOCKS / f"{options.audience}.txt"
    if not lock.exists():
        missing = "{file} is missing: unpack the course's archive again, as a whole."
        raise CannotStart(say(missing, file=lock))
    if options.wheels and not options.wheels.is_dir():
        raise CannotStart(
            say(
                "There is no folder {folder}: `autograde wheels DIR` makes one, on a "
                "computer that is online.",
                folder=options.wheels,
            )
        )
    folder = (options.env or environment_folder()).absolute()
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    starts = _starts(python)
    if starts and _is_complete(folder, options.audience):
        if _stamp(folder).get("course") != str(HERE):  # the folder was moved
            _point_to_the_course(python, folder)
            _write_stamp(folder, course=str(HERE))
        return python
    with _alone(folder):
        _tell_what_it_takes(folder, options)
        if not starts or not _has_pip(python):
            _make(folder)
        _install(python, folder, lock, options)
        if wants_torch():
            _data(python, options)
        _point_to_the_course(python, folder)
        _write_stamp(folder, **{options.audience: _digest(lock), "course": str(HERE)})
    print(say("The environment is complete."))
    return python


@contextlib.contextmanager
def _alone(folder):
    """Refuse where another window sets `folder` up; ends with this process."""
    port = 20000 + int(hashlib.sha256(str(folder).encode()).hexdigest(), 16) % 12000
    with socket.socket() as mutex:
        try:
            mutex.bind(("127.0.0.1", port))
        except OSError:
            other = (
                "The course is being set up in another window: wait for its end there."
            )
            raise CannotStart(say(other)) from None
        yield


def environment_folder():
    """Beside this file, or in the user's own folder where that cannot be.

    So it is where the course's folder cannot be written, and on Windows where its path
    would become too long with the packages'.
    """
    if may_write(HERE) and not too_long(HERE / ".venv"):
        return HERE / ".venv"
    name = hashlib.sha256(str(HERE).encode()).hexdigest()[:8]
    return _own_folder() / name


def may_write(folder):
    """Whether a file can be made in `folder`, which on Windows only a trial tells."""
    trial = folder / f".trial-{os.getpid()}"
    try:
        trial.touch()
        trial.unlink()
    except OSError:
        return False
    return True


def too_long(folder):
    """Whether Windows would refuse the paths of packages in `folder`."""
    if os.name != "nt" or len(str(folder)) + LONGEST <= WINDOWS_PATH:
        return False
    import winreg

    name = r"SYSTEM\CurrentControlSet\Control\FileSystem"
    try:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, name) as key:
            return not winreg.QueryValueEx(key, "LongPathsEnabled")[0]
    except OSError:
        return True


def work_folder():
    """Where the student's copy goes: beside this file if that can be written."""
    if may_write(HERE):
        return HERE / "work"
    return Path.home() / ("deep-learning-course" if wants_torch() else HERE.name)


def _own_folder():
    if os.name == "nt":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "course"


def _stamp(folder):
    try:
        return json.loads((folder / STAMP).read_text("utf-8"))
    except (OSError, ValueError):
        return {}


def _write_stamp(folder, **entries):
    text = json.dumps(_stamp(folder) | entries)
    (folder / STAMP).write_text(text, encoding="utf-8")


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
    fetch, disk = NEEDS[options.audience] if wants_torch() else ENGINE_NEEDS
    if brings_cuda(options):
        fetch, disk = fetch + CUDA_MORE, disk + 2 * CUDA_MORE
    place = folder
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free // 10**6
    left = disk - _megabytes(folder)
    print(say("Setting up the course in {folder}", folder=folder))
    source = say("about {size} MB", size=fetch)
    if options.wheels:
        source = say("from {folder}", folder=options.wheels)
    takes = "to fetch: {source}; on disk: about {disk} MB; some 3 to 15 minutes"
    print(" ", say(takes, source=source, disk=disk))
    if brings_cuda(options):
        gpus = "of that much is for GPUs; --torch-index URL names a smaller PyTorch"
        print(" ", say(gpus))
    if free < left:
        raise CannotStart(
            say(
                "The disk of {place} has {free} MB free and about {left} MB are "
                "needed: make room, or name a folder on another disk with --env DIR.",
                place=place,
                free=free,
                left=left,
            )
        )


def _megabytes(folder):
    """What is in `folder` already, of a set-up that was interrupted."""
    sizes = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                sizes += os.lstat(os.path.join(place, name)).st_size
    return sizes // 10**6


def _starts(python):
    """Whether that Python runs; it does not after its installation was removed."""
    try:
        done = subprocess.run([python, "-c", ""], capture_output=True, env=clean())
    except OSError:
        return False
    return done.returncode == 0


def _make(folder):
    try:
        import ensurepip  # noqa: F401
        import venv
    except ImportError:
        raise CannotStart(
            say(
                "This Python comes without its venv module: on Debian or Ubuntu run "
                "`sudo apt install python3.{minor}-venv`, then try again.",
                minor=sys.version_info[1],
            )
        ) from None
    print(" ", say("making the environment ..."), flush=True)
    try:
        broken = (folder / "pyvenv.cfg").exists()
        builder = venv.EnvBuilder(with_pip=True, symlinks=os.name != "nt", clear=broken)
        builder.create(folder)
    except (OSError, subprocess.CalledProcessError) as error:
        raise CannotStart(
            say(
                "The environment cannot be made in {folder} ({error}): name a folder "
                "that you may write to with --env DIR.",
                folder=folder,
                error=error,
            )
        ) from None


def _has_pip(python):
    command = [python, "-m", "pip", "--version"]
    done = subprocess.run(command, capture_output=True, env=clean())
    return done.returncode == 0


def _install(python, folder, lock, options):
    """Everything that is pinned with hashes, then torch, whose builds differ."""
    _pip(python, ["--no-deps", "--require-hashes", "-r", lock], _count(lock), options)
    if wants_torch() and _installed(python, "torch") != TORCH.split("==")[1]:
        _install_torch(python, options)


def _install_torch(python, options):
    if options.torch_index:
        _pip(python, ["--index-url", options.torch_index, TORCH], 1, options)
        return
    if not options.wheels and wants_small_torch():
        print(" ", say("PyTorch's build without CUDA ..."), flush=True)
        small = ["--index-url", TORCH_CPU_INDEX, "--timeout", "15", "--retries", "1"]
        done = subprocess.run(
            _pip_command(python, [*small, TORCH], options),
            capture_output=True,
            env=clean(),
        )
        if done.returncode == 0:
            return
        usual = (
            "it cannot be fetched; the usual index may bring the one for GPUs, {size} "
            "MB more"
        )
        print(" ", say(usual, size=CUDA_MORE))
    _pip(python, [TORCH], 1, options)


def wants_torch():
    """Whether this is the course on deep learning: its ``pyproject.toml`` has the pin.

    A course on another subject has neither PyTorch nor the data of two chapters.
    """
    project = HERE / "pyproject.toml"
    return not project.exists() or f'"{TORCH}"' in project.read_text("utf-8")


def wants_small_torch():
    """Whether pip's default build of PyTorch would bring gigabytes for nothing."""
    return has_large_torch() and not own_source()


def brings_cuda(options):
    """Whether PyTorch comes with CUDA: wanted for a GPU, or all that there may be."""
    if options.wheels or options.torch_index or not wants_torch():
        return False
    return sys.platform == "linux" and not wants_small_torch()


def has_large_torch():
    """Whether pip's default build is the one for GPUs, on a machine without one."""
    gpu = Path("/proc/driver/nvidia/version").exists() or shutil.which("nvidia-smi")
    return sys.platform == "linux" and not gpu


def own_source():
    """Whether whoever uses this machine chose a package index, or none."""
    if any(os.environ.get(name) for name in ("PIP_INDEX_URL", "PIP_NO_INDEX")):
        return True
    command = [sys.executable, "-m", "pip", "config", "list"]
    done = subprocess.run(
        command, capture_output=True, encoding="utf-8", errors="replace", env=clean()
    )
    return bool(re.search(r"^[\w-]+\.(index-url|no-index)=", done.stdout, re.M))


def _pip_command(python, arguments, options):
    command = [python, "-m", "pip", "--disable-pip-version-check", "install"]
    command += ["--no-input", "--progress-bar", "off"]
    if options.wheels:
        command += ["--no-index", "--find-links", options.wheels.resolve()]
    return [str(part) for part in [*command, *arguments]]


def _pip(python, arguments, total, options):
    """Run pip and show how far it is; raise CannotStart with what it says."""
    running = subprocess.Popen(
        _pip_command(python, arguments, options),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        env=clean(),
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
                counted = say("{seen} of {total}", seen=f"{seen:3d}", total=total)
                _progress(f"  {counted}  {started[1]}", seen % 20 == 0)
            elif line.startswith("Installing collected"):  # not translated
                unpacking = say("unpacking; this takes a minute or two")
                _progress(f"  {unpacking}", True)
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
    for pattern, sentence in EXPLANATIONS:
        if re.search(pattern, said):
            return say(sentence)
    missing = re.search(r"No matching distribution found for (\S+)", said)
    if missing and _is_intel_mac() and missing[1].startswith("torch"):
        return say(
            "PyTorch is no longer made for Intel Macs (nor for a Python that runs "
            "under Rosetta): use a Python for Apple silicon, or a hub or container."
        )
    if missing:
        return say(
            "{package} is not there for Python {version} on {system}: use Python 3.11, "
            "3.12 or 3.13, 64 bit, or a more complete folder of wheels.",
            package=missing[1],
            version=platform.python_version(),
            system=f"{platform.system()} {platform.machine()}",
        )
    last = said.strip().splitlines()[-1:] or [say("no reason")]
    failed = "pip could not install the packages ({reason}). Start this file again."
    return say(failed, reason=last[0])


def _is_intel_mac():
    return sys.platform == "darwin" and platform.machine() == "x86_64"


def _count(lock):
    lines = lock.read_text("utf-8").splitlines()
    return sum(bool(re.match(r"[A-Za-z0-9]", line)) for line in lines)


def _installed(python, name):
    # not translated
    program = f"import importlib.metadata as m; print(m.version({name!r}))"
    done = subprocess.run(
        [python, "-c", program], capture_output=True, encoding="utf-8", env=clean()
    )
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
        print(" ", say("The sentences of chapters 04 and 05 could not be fetched yet;"))
        later = "the other chapters work. Start this file again while online."
        print(" ", say(later))


def _point_to_the_course(python, folder):
    """Let other programs that use this environment, such as VS Code, find the course.

    Where it cannot be installed (its folder is read-only), a .pth file names it. That
    is read in the system's encoding before Python 3.13; a path that does not fit into
    it is left out, and those programs need PYTHONPATH.
    """
    install = ["install", "--no-deps", "--no-build-isolation", "--no-index", "-e", HERE]
    command = [python, "-m", "pip", "--disable-pip-version-check", *install]
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, env=clean()
    )
    if done.returncode == 0:
        return
    new = sys.version_info >= (3, 13)
    encoding = "utf-8" if new else locale.getpreferredencoding()
    places = [*folder.glob("lib/python3*/site-packages"), folder / "Lib/site-packages"]
    for place in filter(Path.is_dir, places):
        with contextlib.suppress(UnicodeEncodeError):
            (place / "course.pth").write_text(f"{HERE}\n", encoding=encoding)


def clean():
    """The environment without what would lead Python or pip to other places."""
    elsewhere = ("PYTHONHOME", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_USER")
    kept = {name: os.environ[name] for name in os.environ if name not in elsewhere}
    # a virtual environment takes no --user, which a pip.conf may ask for
    return kept | {"PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1", "PIP_USER": "0"}


def environment():
    """The environment of the course's own commands."""
    paths = [str(HERE), os.environ.get("PYTHONPATH", "")]
    return clean() | {
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        "HF_HUB_OFFLINE": "1",
        "TOKENIZERS_PARALLELISM": "false",
    }


def open_course(python, options):
    """Open the course in JupyterLab, and stay until it is closed.

    ``start.py submit 01`` and the like run another of the course's commands.
    """
    command, rest = [str(python), "-m", "autograde"], list(options.rest)
    at = ["--work", str(work_folder())]
    if not rest or rest[0].startswith("-"):
        command += ["lab", *at]
        command += ["--no-browser"] if options.no_browser else []
        command += ["--lang", options.lang] if options.lang else []
        print(say("Opening the course. Leave this window open; Ctrl+C here ends it."))
    elif rest[0] in ON_THE_COPY and "--work" not in rest:
        rest += at
    process = subprocess.Popen([*command, *rest], env=environment(), cwd=HERE)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:  # JupyterLab has it too, and asks before it ends
            continue


def _wait_before_the_window_closes():
    """A double click on Windows closes the window at once, and the sentence with it."""
    if os.name == "nt" and sys.stdin and sys.stdin.isatty():
        input(say("Press Enter to close this window."))


if __name__ == "__main__":
    sys.exit(main())

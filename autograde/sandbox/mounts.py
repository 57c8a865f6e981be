"""The walls: what a submission's process sees of the machine, which is next to nothing.

Outer walls stand around the warm process, inner ones around each submission. Both are
namespaces, so neither needs a right that an ordinary user lacks.
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import site
import socket
import sys
import sysconfig
from collections.abc import Collection, Iterable
from pathlib import Path

from autograde.sandbox import linux, seccomp
from autograde.sandbox.limits import GIB, MIB, Limits

HOME = "/home/student"
PACKAGE = Path(__file__).resolve().parents[1]
#: what of this package runs behind the walls, or is imported by students' notebooks
ROOMS = (
    "__init__.py",
    "checking",
    "course",
    "datasets",
    "environment.py",
    "execution",
    "figures",
    "language",
    "notebooks",
    "records",
    "requirements",
    "sandbox",
    "student",
    "widgets",
)
NEW_ROOT = "/tmp"  # a mount point inside the new mount namespace only
SYSTEM = (
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/libx32",
    "/nix/store",
    "/gnu/store",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/localtime",
    "/etc/fonts",
    "/etc/alternatives",
)
#: folders inside the system's that hold other people's work
HIDDEN = ("/usr/local/share/nbgrader", "/usr/local/share/jupyter/runtime", "/usr/src")
DEVICES = (
    "null",
    "full",
    "random",
    "urandom",
)  # not zero: mapped, it is memory uncounted
FILES = {
    "/etc/passwd": f"root:x:0:0:root:/:/bin/false\n"
    f"student:x:1000:1000:student:{HOME}:/bin/sh\n",
    "/etc/group": "root:x:0:\nstudent:x:1000:\n",
    "/etc/hosts": "127.0.0.1 localhost\n",
    "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
}
PROC_EXCERPT = ("cpuinfo", "meminfo", "stat", "version", "filesystems")
STUDENT = 1000  # the user and group that a submission sees itself as
ALL_NAMESPACES = (
    linux.CLONE_NEWUSER
    | linux.CLONE_NEWNS
    | linux.CLONE_NEWPID
    | linux.CLONE_NEWNET
    | linux.CLONE_NEWIPC
    | linux.CLONE_NEWUTS
)


def open_rooms() -> list[str]:
    """The parts of this package that may be read behind the walls."""
    return [str(PACKAGE / name) for name in ROOMS if (PACKAGE / name).exists()]


def closed_rooms() -> list[str]:
    """Its other folders: they are covered, should they lie inside what is shown."""
    return [
        str(path)
        for path in sorted(PACKAGE.iterdir())
        if path.is_dir() and path.name not in ROOMS
    ]


def interpreter_paths() -> list[str]:
    """The folders that this interpreter needs to import what it can import here.

    Of other folders on sys.path only a part of this package is shown.
    """
    found = [
        sys.prefix,
        sys.exec_prefix,
        sys.base_prefix,
        sys.base_exec_prefix,
        sysconfig.get_path("stdlib"),
        sysconfig.get_path("platstdlib"),
        str(Path(os.path.realpath(sys.executable)).parent),
        *site.getsitepackages(),
        *open_rooms(),
    ]
    if site.ENABLE_USER_SITE:
        found.append(site.getusersitepackages())
    return outermost(found)


def outermost(paths: list[str]) -> list[str]:
    """The existing paths and their real places, less those that lie inside others."""
    wanted = {
        form
        for path in paths
        if os.path.exists(path)
        for form in (os.path.abspath(path), os.path.realpath(path))
    }
    if "/" in wanted or "/home" in wanted:
        raise ValueError(
            "the sandbox would show the whole of / or /home: " + str(paths)
        )
    kept: list[str] = []
    for path in sorted(wanted):
        if not any(path == k or path.startswith(k + "/") for k in kept):
            kept.append(path)
    return kept


def build_outer_root(shown: list[str], hidden: list[str], masked_proc: bool) -> None:
    """Replaces the root of this process, the first in its namespaces, for good.

    What is seen afterwards: the system's folders and `shown`, read-only, with `hidden`
    and `HIDDEN` empty; four devices; a /proc of the namespace (with `masked_proc`: five
    files); an empty /tmp.
    """
    linux.mount("none", "/", None, linux.MS_REC | linux.MS_PRIVATE)
    links, sources = {}, {}
    for path in [*SYSTEM, *outermost(shown)]:
        if path in SYSTEM and os.path.islink(path) and path.count("/") == 1:
            links[path] = os.readlink(path)
        elif os.path.exists(path):
            sources[path] = os.open(path, os.O_PATH)
    for name in DEVICES:
        sources[f"/dev/{name}"] = os.open(f"/dev/{name}", os.O_PATH)
    if masked_proc:
        for name in PROC_EXCERPT:
            sources[f"/proc/{name}"] = os.open(f"/proc/{name}", os.O_PATH)

    # the root changes last: /proc/self/fd is needed until then
    linux.mount("tmpfs", NEW_ROOT, "tmpfs", linux.MS_NOSUID, "size=4m,mode=755")
    for path in ("/proc", "/tmp", "/dev/shm", HOME, "/etc"):
        os.makedirs(NEW_ROOT + path, exist_ok=True)
    linux.mount(
        "tmpfs",
        NEW_ROOT + "/tmp",
        "tmpfs",
        linux.MS_NOSUID | linux.MS_NODEV,
        f"size={64 * MIB},mode=1777",
    )
    for path, source in sorted(sources.items()):
        target = NEW_ROOT + path
        if any(path.startswith(other + "/") for other in sources):
            os.close(source)
            continue  # is there already
        _empty_place(target, like=f"/proc/self/fd/{source}")
        linux.mount(
            f"/proc/self/fd/{source}", target, None, linux.MS_BIND | linux.MS_REC
        )
        linux.make_read_only(target, devices=path.startswith("/dev/"))
        os.close(source)
    for path, points_to in links.items():
        os.symlink(points_to, NEW_ROOT + path)
    for path in (*HIDDEN, *hidden):
        if not os.path.isdir(NEW_ROOT + path):
            continue  # nothing shows it
        linux.mount(
            "tmpfs", NEW_ROOT + path, "tmpfs", linux.MS_RDONLY, "size=4k,mode=755"
        )
    for path, text in FILES.items():
        Path(NEW_ROOT + path).write_text(text)
    for name, target in (
        ("fd", "fd"),
        ("stdin", "fd/0"),
        ("stdout", "fd/1"),
        ("stderr", "fd/2"),
    ):
        os.symlink(f"/proc/self/{target}", f"{NEW_ROOT}/dev/{name}")
    if not masked_proc:
        linux.mount(
            "proc",
            NEW_ROOT + "/proc",
            "proc",
            linux.MS_NOSUID | linux.MS_NODEV | linux.MS_NOEXEC,
        )

    os.chdir(NEW_ROOT)
    linux.pivot_root(".", ".")  # the old root now lies on top of the new one
    linux.unmount(".")
    os.chdir("/")
    linux.mount(
        "none",
        "/",
        None,
        linux.MS_REMOUNT | linux.MS_BIND | linux.MS_RDONLY | linux.MS_NOSUID,
    )


def _empty_place(target: str, like: str) -> None:
    if os.path.isdir(like):
        os.makedirs(target, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        Path(target).touch()


def map_student(proc: int, own_uid: int, own_gid: int) -> None:
    """Makes this process the student of the user namespace that it just entered.

    `proc` is an open /proc that knows this process.
    """
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{STUDENT} {own_uid} 1"),
        ("gid_map", f"{STUDENT} {own_gid} 1"),
    ):
        fd = os.open(f"self/{name}", os.O_WRONLY, dir_fd=proc)
        os.write(fd, text.encode())
        os.close(fd)


def build_inner_root(
    limits: Limits, shown: Iterable[str], proc: int, masked_proc: bool
) -> None:
    """Covers what submissions could share: own /proc, /tmp, /dev/shm and work folder.

    `shown`: what must not be covered; `proc`: as for `map_student`.
    """
    quiet = linux.MS_NOSUID | linux.MS_NODEV
    places = {
        "/tmp": limits.tmp_bytes,
        "/dev/shm": limits.shm_bytes,
        HOME: limits.tmp_bytes,
    }
    linux.mount("none", "/", None, linux.MS_REC | linux.MS_PRIVATE)
    uncover = {
        path: os.open(path, os.O_PATH)
        for path in outermost(list(shown))
        if path.startswith(tuple(place + "/" for place in places))
    }
    for place, size in places.items():
        linux.mount(
            "tmpfs",
            place,
            "tmpfs",
            quiet,
            f"size={size},nr_inodes={limits.files},mode=700",
        )
    for path, source in uncover.items():
        os.fchdir(proc)
        _empty_place(path, like=f"self/fd/{source}")
        linux.mount(f"self/fd/{source}", path, None, linux.MS_BIND | linux.MS_REC)
        os.close(source)
    if not masked_proc:
        linux.mount("proc", "/proc", "proc", quiet | linux.MS_NOEXEC)
    with contextlib.suppress(OSError):  # podman's filter of calls keeps it from us
        socket.sethostname("sandbox")
    os.chdir(HOME)


def set_limits(limits: Limits, data_now: int, size_now: int, others: int) -> None:
    """Sets the limits that the kernel keeps for each process.

    data_now, size_now: bytes of private data and of address space before the student's
    first line, 0 where they are not known; others: processes that are not the student's
    but count.
    """
    cpu = max(1, round(limits.cpu_seconds))
    for name, soft, hard in (
        ("NPROC", limits.processes + others, None),
        ("FSIZE", limits.file_bytes, None),
        ("NOFILE", limits.open_files, None),
        ("CPU", cpu, cpu + 2),
        ("DATA", data_now + limits.memory if data_now else 0, None),
        # generous, against endless mappings; RLIMIT_DATA is the limit that counts
        ("AS", size_now + limits.memory + 4 * GIB if size_now else 0, None),
        ("CORE", 0, None),
        ("MEMLOCK", 64 * 1024, None),
        ("MSGQUEUE", 0, None),
        ("NICE", 0, None),
        ("RTPRIO", 0, None),
        ("SIGPENDING", 256, None),
    ):
        which = getattr(resource, f"RLIMIT_{name}", None)
        if which is None:
            which = {"SIGPENDING": 11}.get(name) if sys.platform == "linux" else None
        if which is None or (soft == 0 and name in ("DATA", "AS")):
            continue
        hard = soft if hard is None else hard
        ceiling = resource.getrlimit(which)[1]
        if ceiling != resource.RLIM_INFINITY:
            soft, hard = min(soft, ceiling), min(hard, ceiling)
        resource.setrlimit(which, (soft, hard))


def quiet_streams() -> None:
    """Standard input, output and error go nowhere."""
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    if null > 2:
        os.close(null)


def lock(
    only_signal: int | None = None,
    pretended: Collection[str] = (),
    refused: Collection[str] = (),
) -> None:
    """The last step: no capabilities, no new rights, the filter of system calls."""
    linux.drop_capabilities()
    seccomp.install(only_signal, pretended, refused)


def default_signals() -> None:
    """Handlers as in a fresh Python process."""
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        if number in (signal.SIGPIPE, getattr(signal, "SIGXFSZ", None)):
            signal.signal(number, signal.SIG_IGN)
        elif number == signal.SIGINT:
            signal.signal(number, signal.default_int_handler)
        else:
            with contextlib.suppress(OSError, ValueError):  # libc keeps two to itself
                signal.signal(number, signal.SIG_DFL)

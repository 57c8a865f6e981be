"""Ways out by a path, a name, a number of the kernel, or what all processes share.

Each prints REACHED where it got out.
"""

from __future__ import annotations

from autograde.tests.hostile.attack import Attack, honest
from autograde.tests.hostile.chapter import HONEST

CALL = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
def call(number, *arguments):
    return libc.syscall(number, *map(ctypes.c_long, arguments))
x86 = os.uname().machine == "x86_64"
"""
ALL = tuple(HONEST)


def _tries(lines: str, earns: tuple[str, ...] = ()) -> Attack:
    return Attack(honest(*earns), last=CALL + lines, earns=earns)


ATTACKS: dict[str, Attack] = {
    "connects-to-a-path": _tries("""
import glob, socket
paths = ["/run/dbus/system_bus_socket", "/var/run/docker.sock", "/run/systemd/notify"]
paths += glob.glob("/tmp/*") + glob.glob("/run/*") + glob.glob("/tmp/*/*")
for path in paths:
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET):
        try:
            socket.socket(socket.AF_UNIX, kind).connect(path)
            print("REACHED", path)
        except OSError:
            pass
"""),
    "opens-a-socket": _tries("""
import socket
for family in range(1, 46):
    for kind in (1, 2, 3, 5):
        try:
            socket.socket(family, kind)
            print("REACHED", family, kind)
        except OSError:
            pass
"""),
    "sends-a-datagram-from-a-pair": _tries("""
import socket
try:
    one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    print("REACHED a pair of datagrams")
except OSError:
    one, other = socket.socketpair()
for path in ("/dev/log", "/run/systemd/journal/socket", b"\\0x"):
    for attempt in (lambda: one.sendto(b"x", path), lambda: one.connect(path),
                    lambda: one.bind(path)):
        try:
            attempt()
            print("REACHED", path)
        except OSError:
            pass
"""),
    "reads-the-page-cache": _tries("""
import mmap, sys
fd = os.open(sys.executable, os.O_RDONLY)
page = mmap.mmap(fd, 4096, mmap.MAP_PRIVATE, mmap.PROT_READ)
seen = ctypes.create_string_buffer(64)
for name, attempt in (
    ("posix_fadvise", lambda: os.posix_fadvise(fd, 0, 4096, os.POSIX_FADV_DONTNEED)),
    ("preadv2", lambda: os.preadv(fd, [bytearray(1)], 0, os.RWF_NOWAIT)),
):
    try:
        attempt()
        print("REACHED", name)
    except OSError:
        pass
for name, numbers, more in (
    ("readahead", (187, 213), (fd, 0, 4096)), ("cachestat", (451, 451), (fd, 0, 0, 0)),
    ("sync_file_range", (277, 84), (fd, 0, 0, 0)), ("syncfs", (306, 267), (fd,)),
):
    if call(numbers[not x86], *more) >= 0:
        print("REACHED", name)
"""),
    "reads-the-tests-answers": _tries("""
import importlib, pathlib, autograde
for name in ("tests.ways_to_solve", "tests.hostile.chapter", "grading.hidden",
             "grading.judge_process", "authoring.gate", "exercise"):
    try:
        importlib.import_module("autograde." + name)
        print("REACHED", name)
    except (ImportError, OSError):
        pass
top = pathlib.Path(autograde.__file__).parents[1]
for pattern in ("solutions/*/*", "autograde/tests/**/*.py", "autograde/grading/*.py"):
    for path in top.glob(pattern):
        try:
            path.read_bytes()
            print("REACHED", path)
        except OSError:
            pass
"""),
    "tries-every-new-call": _tries("""
# below 424 the numbers differ; above, each is a call of a kernel younger than 5.1
safe = {424, 434, 435, 436, 437, 439, 441, 449, 452}
for number in set(range(425, 480)) - safe:
    ctypes.set_errno(0)
    if call(number, 0, 0, 0, 0, 0, 0) >= 0 or ctypes.get_errno() not in (1, 38):
        print("REACHED", number, ctypes.get_errno())
"""),
    "changes-its-parents-limits": _tries("""
import resource
for pid in {1, os.getppid(), *range(2, 40)} - {os.getpid()}:
    for name, attempt in (
        ("limits", lambda: resource.prlimit(pid, resource.RLIMIT_CPU, (1, 1))),
        ("processors", lambda: os.sched_setaffinity(pid, {0})),
        ("priority", lambda: os.setpriority(os.PRIO_PROCESS, pid, 19)),
        ("policy", lambda: os.sched_setscheduler(pid, os.SCHED_IDLE,
                                                 os.sched_param(0))),
    ):
        try:
            attempt()
            print("REACHED", name, pid)
        except OSError:
            pass
"""),
    "takes-the-first-processor": Attack(
        honest(*ALL), first="import os\nos.sched_setaffinity(0, {0})", earns=ALL
    ),
    "runs-programs-of-root": _tries("""
import glob, subprocess
programs = ("su", "mount", "passwd", "sudo", "newgrp", "chsh", "pkexec", "newuidmap")
for program in programs:
    for folder in ("/bin", "/usr/bin", "/usr/local/bin"):
        try:
            out = subprocess.run([f"{folder}/{program}", "--help"], timeout=5,
                                 capture_output=True)
        except (OSError, subprocess.TimeoutExpired):
            continue
    if os.geteuid() == 0 or os.getresuid() != (os.getuid(),) * 3:
        print("REACHED", program)
out = subprocess.run(["sh", "-c", "id -u; cat /etc/shadow"], capture_output=True)
if b"root:" in out.stdout or out.stdout.startswith(b"0\\n"):
    print("REACHED by a shell")
"""),
    "opens-another-root": _tries("""
for place in ("/proc/1/root/etc/shadow", "/proc/self/root/root", "/proc/1/cwd",
              f"/proc/{os.getppid()}/root/etc/shadow", "/proc/1/fd/3"):
    try:
        os.listdir(place) if os.path.isdir(place) else open(place).read()
        if "self/root/root" in place and os.listdir(place) == os.listdir("/root"):
            continue  # its own root: what is shown there is shown anyway
        print("REACHED", place)
    except OSError:
        pass
"""),
    "reopens-what-is-read-only": _tries("""
import sys
for path in (sys.executable, os.__file__, "/usr/bin/env"):
    fd = os.open(path, os.O_RDONLY)
    before = os.fstat(fd)
    for attempt in (lambda: os.open(f"/proc/self/fd/{fd}", os.O_RDWR),
                    lambda: os.truncate(path, 0), lambda: os.utime(path),
                    lambda: os.chmod(path, 0o777), lambda: os.unlink(path),
                    lambda: os.rename(path, path + "x"),
                    lambda: os.link(path, "/tmp/linked")):
        try:
            opened = attempt()
        except OSError:
            continue
        # some calls are answered with success and do nothing
        after = os.fstat(fd)
        same = [(s.st_mode, s.st_size, s.st_mtime_ns) for s in (before, after)]
        if opened is not None or same[0] != same[1] or not os.path.exists(path):
            print("REACHED", path)
"""),
    "keeps-files-in-flight": Attack(
        honest(
            *ALL[:1],
            row_sums="""
import array, os, socket
kept = []
try:
    while True:
        one, other = socket.socketpair()
        for _ in range(200):
            fds = array.array("i", [0] * 200)
            one.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, fds)])
        kept.append((one, other))
except OSError:
    pass
""",
        ),
        earns=("scale",),
    ),
    "fills-what-is-counted-together": Attack(
        honest(
            "scale",
            row_sums=CALL
            + """
import signal, threading
for number in ((253, 26), (294, 26)):
    while call(number[not x86], 0) >= 0:
        print("REACHED inotify")
for n in range(10_000):
    if call((222, 107)[not x86], 1, 0, ctypes.addressof(ctypes.c_int())) < 0:
        break
for n in range(10_000):
    os.kill(os.getpid(), signal.SIGRTMIN) if n < 0 else None
""",
        ),
        earns=("scale",),
    ),
    "fills-every-folder": Attack(
        honest(
            "scale",
            row_sums="""
import os, threading
def fill(folder):
    n = 0
    while True:
        n += 1
        try:
            with open(f"{folder}/{n}", "wb") as file:
                file.write(bytes(1 << 24))
        except OSError:
            return
for folder in ("/tmp", "/dev/shm", ".", "/var/tmp", "/run", "/dev"):
    threading.Thread(target=fill, args=(folder,)).start()
""",
        ),
        earns=("scale",),
    ),
}

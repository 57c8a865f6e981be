"""More ways out, and what the system counts for all processes of a machine or user.

Each prints REACHED where it got out.
"""

from __future__ import annotations

from autograde.tests.hostile.attack import Attack, honest
from autograde.tests.hostile.chapter import HONEST
from autograde.tests.hostile.doors import CALL

ALL = tuple(HONEST)


def _tries(lines: str) -> Attack:
    return Attack(honest(), last=CALL + lines)


ATTACKS: dict[str, Attack] = {
    "inherits-open-files": _tries("""
import stat
kinds = []
for number in range(1024):
    try:
        mode = os.fstat(number).st_mode
    except OSError:
        continue
    if stat.S_ISCHR(mode) and os.fstat(number).st_rdev == os.makedev(1, 3):
        continue  # /dev/null
    kinds.append(number)
    if not stat.S_ISSOCK(mode):
        print("REACHED an open file", number, oct(mode))
if len(kinds) > 1:
    print("REACHED more than one socket", kinds)
"""),
    "sends-open-files": _tries("""
import array, socket
one, other = socket.socketpair()
rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [0] * 200))]
try:
    one.sendmsg([b"x"], rights)
    print("REACHED files in flight")
except OSError:
    pass
"""),
    "writes-where-the-kernel-listens": _tries("""
import glob
names = ["/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/proc/kcore",
         "/proc/self/uid_map", "/proc/self/gid_map", "/proc/self/setgroups",
         "/proc/self/attr/current", "/proc/self/timens_offsets", "/dev/kmsg",
         "/proc/1/oom_score_adj", f"/proc/{os.getppid()}/oom_score_adj",
         "/proc/self/clear_refs", "/proc/self/coredump_filter", "/dev/mem"]
names += glob.glob("/sys/fs/cgroup/**/cgroup.procs", recursive=True)[:20]
names += glob.glob("/proc/sys/kernel/*")[:200] + glob.glob("/proc/sys/vm/*")[:100]
for name in names:
    try:
        old = open(name, "rb", 0).read(100) if "self" not in name else b"1"
        fd = os.open(name, os.O_WRONLY)
        os.write(fd, old or b"1")
        if "clear_refs" not in name and "coredump_filter" not in name:
            print("REACHED", name)
    except OSError:
        pass
try:
    with open("/proc/self/oom_score_adj", "w") as score:
        score.write("-1000")
    print("REACHED the end of the queue when memory is out")
except OSError:
    pass
"""),
    "makes-namespaces": _tries("""
flags = (0x10000000, 0x20000, 0x20000000, 0x40000000, 0x8000000, 0x4000000)
for flag in flags:
    if libc.unshare(flag) == 0:
        print("REACHED unshare", hex(flag))
    number = 56 if x86 else 220
    child = call(number, flag | 17, 0, 0, 0, 0)
    if child == 0:
        os._exit(0)
    if child > 0:
        print("REACHED clone", hex(flag))
for kind in ("user", "mnt", "pid", "net"):
    for pid in ("1", "self", str(os.getppid())):
        try:
            fd = os.open(f"/proc/{pid}/ns/{kind}", os.O_RDONLY)
        except OSError:
            continue
        if libc.setns(fd, 0) == 0:
            print("REACHED setns", pid, kind)
"""),
    "signals-everyone": _tries("""
import signal
for pid in (-1, 0, 1, os.getppid(), -os.getppid()):
    for number in (signal.SIGCONT, signal.SIGURG):
        signal.signal(signal.SIGURG, signal.SIG_IGN)
        try:
            os.kill(pid, number)
        except OSError:
            pass
for pid in {1, os.getppid()}:
    for what in (signal.SIGSTOP, signal.SIGTERM, signal.SIGHUP):
        try:
            os.kill(pid, what)
        except OSError:
            pass
"""),
    "raises-its-own-limits": _tries("""
import resource
for name in ("NPROC", "FSIZE", "NOFILE", "CPU", "DATA", "AS", "CORE", "MEMLOCK"):
    which = getattr(resource, "RLIMIT_" + name)
    soft, hard = resource.getrlimit(which)
    for wanted in (resource.RLIM_INFINITY, hard + 1 if hard > 0 else 1):
        try:
            resource.setrlimit(which, (wanted, wanted))
            if resource.getrlimit(which)[1] not in (hard,):
                print("REACHED", name, resource.getrlimit(which))
        except (OSError, ValueError):
            pass
try:
    os.nice(-1)
    print("REACHED a better priority")
except OSError:
    pass
"""),
    "takes-root-back": _tries("""
for attempt in (lambda: os.setuid(0), lambda: os.setresuid(0, 0, 0),
                lambda: os.setgid(0), lambda: os.setgroups([0]),
                lambda: os.setresgid(0, 0, 0), lambda: os.chroot("/tmp")):
    try:
        attempt()
        print("REACHED")
    except OSError:
        pass
for line in open("/proc/self/status"):
    if line.startswith(("CapInh", "CapPrm", "CapEff", "CapAmb")):
        if int(line.split()[1], 16):
            print("REACHED", line)
    if line.startswith("NoNewPrivs") and line.split()[1] != "1":
        print("REACHED new rights")
    if line.startswith("Seccomp:") and line.split()[1] != "2":
        print("REACHED every call")
"""),
    "calls-by-the-old-numbers": _tries("""
import mmap
if x86:
    # int 0x80: the numbers of 32 bits, which a filter of 64 bits may not look at
    code = mmap.mmap(-1, 4096, prot=7)
    code.write(bytes.fromhex("b814000000cd80c3"))  # getpid
    run = ctypes.CFUNCTYPE(ctypes.c_int)(
        ctypes.addressof(ctypes.c_char.from_buffer(code)))
    child = os.fork()
    if child == 0:
        os._exit(17 if run() == os.getpid() else 1)
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 17:
        print("REACHED by 32 bits")
    for number in (0x40000000 + 39, 0x40000000 + 41):  # x32
        if call(number, 1, 1, 0) > 0:
            print("REACHED by x32", number)
"""),
    "fills-the-kernels-memory": Attack(
        honest(
            "scale",
            "labels",
            row_sums=CALL
            + """
import fcntl, select, socket
kept = []
def fill(make):
    try:
        for _ in range(5_000):
            kept.append(make())
    except (OSError, ValueError):
        pass
def pipe():
    ends = os.pipe()
    fcntl.fcntl(ends[1], 1031, 1 << 20)
    os.set_blocking(ends[1], False)
    os.write(ends[1], bytes(1 << 20))
    return ends
def pair():
    one, other = socket.socketpair()
    one.setblocking(False)
    for _ in range(400):
        try:
            one.send(bytes(4096))
        except BlockingIOError:
            break
    return one, other
def watch():
    poll = select.epoll()
    for number in range(256):
        try:
            poll.register(number)
        except OSError:
            pass
    return poll
def row_sums(X):
    for make in (watch, pipe, pair):
        fill(make)
        del kept[len(kept) // 2:]
    for n in range(50_000):
        try:
            os.stat(f"/tmp/{n}{'x' * 200}")
        except OSError:
            pass
    os._exit(0)
""",
        ),
        earns=("scale", "labels"),
    ),
    "touches-a-page-of-each-table": Attack(
        honest(
            "scale",
            "labels",
            row_sums="""
import mmap, os
def row_sums(X):
    for _ in range(30):
        if os.fork() == 0:
            try:
                big = mmap.mmap(-1, 6 << 30, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
                for place in range(0, 6 << 30, 2 << 20):
                    big[place] = 1
            finally:
                os._exit(0)
    os._exit(0)
""",
        ),
        earns=("scale", "labels"),
    ),
}

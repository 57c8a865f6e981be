"""A filter of system calls: what NumPy, torch and IPython never need is refused.

Refused calls fail with an error number, so a library that tries one can fall back.
"""

from __future__ import annotations

import ctypes
import errno
import struct

from autograde.sandbox import linux

#: name: (number on x86_64, number on aarch64); None where the machine has no such call
REFUSED = {
    # memory that no limit counts
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "shmat": (30, 196),
    "shmctl": (31, 195),
    "msgget": (68, 186),
    "msgsnd": (69, 189),
    "msgctl": (71, 187),
    "semget": (64, 190),
    "semctl": (66, 191),
    "mq_open": (240, 180),
    "vmsplice": (278, 75),
    "io_setup": (206, 0),
    # other walls, other roots
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    # other processes, and the kernel's wider doors
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438),
    "kcmp": (312, 272),
    "process_madvise": (440, 440),
    "migrate_pages": (256, 238),
    "move_pages": (279, 239),
    "perf_event_open": (298, 241),
    "bpf": (321, 280),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "personality": (135, 92),
    "modify_ldt": (154, None),
    "uselib": (134, None),
    # what only a system's owner does
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "reboot": (169, 142),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "acct": (163, 89),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "open_by_handle_at": (304, 265),
    "name_to_handle_at": (303, 264),
    "fanotify_init": (300, 262),
    "lookup_dcookie": (212, 18),
    "syslog": (103, 116),
    "vhangup": (153, 58),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "adjtimex": (159, 171),
    "clock_adjtime": (305, 266),
    "iopl": (172, None),
    "ioperm": (173, None),
    "ustat": (136, None),
    "sysfs": (139, None),
}
#: calls that are refused for some arguments only
JUDGED = {
    "socket": (41, 198),
    "clone": (56, 220),
    "clone3": (435, 435),
    "mmap": (9, 222),
    "setsockopt": (54, 208),
    "ioctl": (16, 29),
    "kill": (62, 129),
    "tkill": (200, 130),
    "tgkill": (234, 131),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "pidfd_send_signal": (424, 424),
}
ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}

NEW_NAMESPACES = 0x7E020000  # every CLONE_NEW* flag that clone takes
THREAD, SAME_FILES = 0x10000, 0x400  # CLONE_THREAD, CLONE_FILES
SHARED_ANONYMOUS = 0x21  # MAP_SHARED | MAP_ANONYMOUS
AF_UNIX, SOL_SOCKET = 1, 1
BUFFER_SIZES = (7, 8, 32, 33)  # SO_SNDBUF, SO_RCVBUF and the two that force
TIOCSTI, TIOCLINUX = 0x5412, 0x541C

LOAD, EQUAL, AND, AT_LEAST, RETURN = 0x20, 0x15, 0x54, 0x35, 0x06
ALLOW, ERROR, KILL = 0x7FFF0000, 0x00050000, 0x80000000
SYS_SECCOMP = {"x86_64": 317, "aarch64": 277}
SET_MODE_FILTER = 1


def program(machine: str, only_signal: int | None = None) -> bytes:
    """The filter as bytes of BPF for "x86_64" or "aarch64".

    `only_signal`: where no process namespace hides others, the one process id to
    which signals may be sent.
    """
    column, architecture = ARCHITECTURES[machine]
    code: list[tuple[int, int, int, int]] = []

    def add(kind: int, value: int, yes: int = 0, no: int = 0) -> None:
        code.append((kind, yes, no, value))

    def argument(index: int) -> None:
        add(LOAD, 16 + 8 * index)  # the low half; both machines are little endian

    add(LOAD, 4)
    add(EQUAL, architecture, 1, 0)
    add(RETURN, KILL)  # a call of another architecture, such as int 0x80
    add(LOAD, 0)
    if machine == "x86_64":
        add(AT_LEAST, 0x40000000, 0, 1)
        add(RETURN, ERROR | errno.ENOSYS)  # the x32 set
    for numbers in REFUSED.values():
        if numbers[column] is not None:
            add(EQUAL, numbers[column], 0, 1)
            add(RETURN, ERROR | errno.EPERM)

    def judged(name: str, size: int) -> None:  # `size` lines follow that are its own
        add(EQUAL, JUDGED[name][column], 0, size)

    # each block is left by a return, so the number stays loaded for the next
    judged("clone3", size=1)  # its flags are in memory: let libc fall back to clone
    add(RETURN, ERROR | errno.ENOSYS)
    judged("socket", size=4)
    argument(0)
    add(EQUAL, AF_UNIX, 1, 0)
    add(RETURN, ERROR | errno.EAFNOSUPPORT)
    add(RETURN, ALLOW)
    judged("clone", size=8)
    argument(0)
    add(AND, NEW_NAMESPACES)
    add(EQUAL, 0, 0, 3)
    argument(0)
    add(AND, THREAD | SAME_FILES)
    add(EQUAL, THREAD, 0, 1)  # a thread with open files of its own escapes the count
    add(RETURN, ERROR | errno.EPERM)
    add(RETURN, ALLOW)
    judged("mmap", size=5)
    argument(3)
    add(AND, SHARED_ANONYMOUS)
    add(EQUAL, SHARED_ANONYMOUS, 0, 1)  # pages that outlive their mapping's sight
    add(RETURN, ERROR | errno.EPERM)
    add(RETURN, ALLOW)
    judged("setsockopt", size=5 + len(BUFFER_SIZES))
    argument(1)
    add(EQUAL, SOL_SOCKET, 0, 1 + len(BUFFER_SIZES))
    argument(2)
    for left, option in enumerate(BUFFER_SIZES):
        add(EQUAL, option, len(BUFFER_SIZES) - left, 0)
    add(RETURN, ALLOW)
    add(RETURN, ERROR | errno.EPERM)
    judged("ioctl", size=5)
    argument(1)
    add(EQUAL, TIOCSTI, 2, 0)
    add(EQUAL, TIOCLINUX, 1, 0)
    add(RETURN, ALLOW)
    add(RETURN, ERROR | errno.EPERM)
    if only_signal is not None:
        for name in ("tkill", "rt_sigqueueinfo", "pidfd_send_signal"):
            judged(name, size=1)
            add(RETURN, ERROR | errno.EPERM)
        for name in ("kill", "tgkill", "rt_tgsigqueueinfo"):
            judged(name, size=4)
            argument(0)
            add(EQUAL, only_signal, 1, 0)
            add(RETURN, ERROR | errno.EPERM)
            add(RETURN, ALLOW)
    add(RETURN, ALLOW)
    return b"".join(struct.pack("=HBBI", *line) for line in code)


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_char_p)]


def install(only_signal: int | None = None) -> None:
    """Puts the filter on this process and all that it will start. For good.

    Raises OSError where the kernel or the machine has no such filter.
    """
    machine = linux.machine()
    if machine not in ARCHITECTURES:
        raise OSError(errno.ENOSYS, f"no table of system calls for {machine}")
    linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
    code = program(machine, only_signal)
    fprog = _Program(len(code) // 8, code)
    linux.syscall(
        SYS_SECCOMP[machine],
        ctypes.c_uint(SET_MODE_FILTER),
        ctypes.c_uint(0),
        ctypes.byref(fprog),
        what="seccomp",
    )

"""A Python whose course modules see a Windows: what only POSIX has is not there."""

WITHOUT = '''
import builtins, os, signal, socket, sys, types

MODULES = {"fcntl", "pwd", "grp", "resource", "termios", "tty", "pty", "curses",
           "syslog", "crypt", "spwd"}
NAMES = {
    "os": {"fork", "forkpty", "geteuid", "getuid", "getegid", "getgid", "setsid",
           "chown", "mkfifo", "killpg", "setuid", "setgid", "wait4", "uname",
           "sysconf", "getpgid", "sched_getaffinity", "pread", "WNOHANG", "nice"},
    "signal": {"SIGALRM", "setitimer", "ITIMER_REAL", "SIGKILL", "SIGCHLD", "SIGUSR1",
               "SIGHUP", "alarm", "pthread_sigmask"},
    "socket": {"AF_UNIX", "socketpair"},
}


def without(module, names):
    """`module` as the course's code sees it."""
    kept = {name: value for name, value in vars(module).items() if name not in names}
    proxy = types.ModuleType(module.__name__)
    proxy.__dict__.update(kept)
    return proxy


SEEN = {name: without(sys.modules[name], names) for name, names in NAMES.items()}
SEEN["os"].name = "nt"


def refused(*_, **__):
    raise OSError("[WinError 1314] A required privilege is not held by the client")


def not_used(*_, **__):
    raise AssertionError("on Windows exec ends this process before its time")


SEEN["os"].symlink = refused
for name in [name for name in vars(SEEN["os"]) if name.startswith(("exec", "spawn"))]:
    setattr(SEEN["os"], name, not_used)
real_import = builtins.__import__


def imported(name, globals=None, locals=None, fromlist=(), level=0):
    importer = (globals or {}).get("__name__") or ""
    if importer.split(".")[0] in ("autograde", "start"):
        if name.split(".")[0] in MODULES:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        if name in SEEN:
            return SEEN[name]
    return real_import(name, globals, locals, fromlist, level)


builtins.__import__ = imported
'''

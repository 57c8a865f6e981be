"""What is not for students: references, hidden inputs, the work of others."""

from __future__ import annotations

from pathlib import Path

from autograde.tests.hostile.attack import Attack, code, honest
from autograde.tests.hostile.chapter import CHAPTER, HONEST

SEARCH = """
import os
def search(*words):
    found = []
    for top in ("/", "/home", "/tmp", "/root", "/mnt", "/srv", "/opt", "/proc"):
        for place, folders, names in os.walk(top):
            folders[:] = [n for n in folders if not place.startswith(
                ("/proc", "/usr", "/lib", "/sys")) and n != "site-packages"]
            for name in names:
                if any(word in name for word in words):
                    try:
                        with open(os.path.join(place, name), "rb") as file:
                            found.append((place, name, file.read(200)))
                    except OSError:
                        pass
    return found
"""
KEEP = """
import numpy as np
kept = []
def keep(*inputs):
    kept.append([round(float(x), 6) for x in np.ravel(inputs[0])])
"""


def _link_to_victim(folder: Path) -> None:
    path = folder / f"{CHAPTER}.ipynb"
    path.unlink(missing_ok=True)
    path.symlink_to(folder.parents[1] / "honest-first" / CHAPTER / f"{CHAPTER}.ipynb")


def _link_of_folder(folder: Path) -> None:
    (folder / f"{CHAPTER}.ipynb").unlink(missing_ok=True)
    folder.rmdir()
    folder.symlink_to(folder.parents[1] / "honest-first" / CHAPTER)


def _extra_links(folder: Path) -> None:
    (folder / "data.txt").symlink_to("/etc/passwd")
    (folder / "numpy.py").write_text("raise SystemExit")
    (folder / "sitecustomize.py").write_text("import os; os._exit(1)")


ATTACKS: dict[str, Attack] = {
    "reads-submissions": Attack({}, last=SEARCH + "print(search('.ipynb'))"),
    "reads-references": Attack(
        {},
        last=SEARCH
        + """
print(search("exercises.py", "01_walls.py"))
try:
    import exercises_of_01_walls
    print("REACHED")
except ImportError:
    pass
""",
    ),
    "reads-hidden-cases": Attack(
        {}, last=SEARCH + "print(search('01_walls-', 'secret_seed', '.seed'))"
    ),
    "reads-the-gradebook": Attack(
        {}, last=SEARCH + "print(search('.db', '.sqlite', '.csv'))"
    ),
    "reads-the-environment": Attack(
        {},
        last="""
        import glob, os
        print(dict(os.environ))
        for name in glob.glob("/proc/[0-9]*/environ") + glob.glob("/proc/*/cmdline"):
            try:
                print(open(name).read())
            except OSError:
                pass
    """,
    ),
    "reads-the-graders-memory": Attack(
        {},
        last="""
        import ctypes, os
        libc = ctypes.CDLL(None)
        for pid in {1, os.getppid(), *range(2, 60)} - {os.getpid()}:
            if libc.ptrace(16, pid, 0, 0) == 0:
                print("REACHED by ptrace", pid)
            try:
                open(f"/proc/{pid}/mem", "rb").read(1)
                print("REACHED by mem", pid)
            except (OSError, ValueError):
                pass
    """,
    ),
    "reads-its-own-memory": Attack(
        {},
        last="""
        import os, re
        # a class of one letter, so that no pattern finds itself
        words = (rb"secret_[s]eed.{80}", rb"AUTOGRADE_[S]EED.{80}", rb"[0-9a-f]{32}",
                 rb"token-in-the-[e]nvironment", rb"only the first [h]onest.{30}")
        with open("/proc/self/mem", "rb", 0) as memory:
            for line in open("/proc/self/maps"):
                start, end = (int(x, 16) for x in line.split()[0].split("-"))
                if " rw" in line and end - start < 1 << 28:
                    memory.seek(start)
                    data = memory.read(end - start)
                    for word in words:
                        print(set(re.findall(word, data, re.DOTALL)))
        for number in os.listdir("/proc/self/fd"):
            try:
                print(os.readlink(f"/proc/self/fd/{number}"))
            except OSError:
                pass
    """,
    ),
    "calls-home": Attack(
        {},
        last="""
        import socket, urllib.request
        for attempt in (
            lambda: socket.create_connection(("127.0.0.1", 22), 1),
            lambda: socket.create_connection(("1.1.1.1", 443), 1),
            lambda: socket.getaddrinfo("example.org", 80),
            lambda: urllib.request.urlopen("http://example.org", timeout=1),
            lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(
                b"x", ("1.1.1.1", 53)),
        ):
            try:
                attempt()
                print("REACHED")
            except OSError:
                pass
    """,
    ),
    "prints-earlier-inputs": Attack(
        {
            "scale": KEEP
            + "def scale(X, s):\n    keep(X)\n    print(kept)\n    return X * s",
            "row_sums": """
                print(kept)
                def row_sums(X):
                    keep(X)
                    return X.sum(axis=1)
            """,
            "labels": "print(kept); kept",
        },
        last="import sys; print(kept, file=sys.stderr); kept",
        earns=("scale", "row_sums"),
    ),
    "names-errors-after-inputs": Attack(
        {
            name: f"def {name}(X, *rest):\n"
            "    name = 'leak_' + str(X.ravel()[0])[:8].replace('.', '_')\n"
            "    raise type(name.replace('-', 'm'), (Exception,), {})()\n"
            for name in HONEST
        }
    ),
    "hides-inputs-in-the-status": Attack(
        {
            "scale": KEEP + "def scale(X, s):\n    keep(X)\n    return X * s",
            "row_sums": """
            import autograde.execution.server as session
            def leak(*a):
                text = "leak_" + str(kept)
                return {"status": text, "error": text, "missing": text, "outputs": []}
            session._run_cell = leak
        """,
        },
        earns=("scale",),
        last="1",
    ),
    "says-what-it-saw-by-how-cells-end": Attack(
        {
            "scale": KEEP
            + """
import autograde.execution.server as session
real = session._run_cell
def leak(shell, request):
    reply = real(shell, request)
    if kept and "BIT" in request["source"]:
        reply["status"] = "timed out"
    return reply
session._run_cell = leak
def scale(X, s):
    keep(X)
    return X * s
"""
        },
        change=lambda notebook: notebook["cells"].extend(
            code(f"x = {number}  # BIT") for number in range(30)
        ),
        earns=("scale",),
    ),
    "leaves-inputs-for-later": Attack(
        {
            "scale": KEEP
            + """
import os
def scale(X, s):
    for folder in ("/tmp", "/dev/shm", ".", "/var/tmp"):
        try:
            open(folder + "/left", "a").write("leak_" + str(X.ravel()[0]))
        except OSError:
            pass
    os._exit(0)
""",
            "row_sums": """
            import glob
            for name in glob.glob("/tmp/left") + glob.glob("/dev/shm/left") + ["left"]:
                try:
                    print(open(name).read())
                except OSError:
                    pass
        """,
        }
    ),
    "is-a-link": Attack({}, place=_link_to_victim, unreadable=True),
    "is-a-linked-folder": Attack({}, place=_link_of_folder, unreadable=True),
    "brings-links-and-modules": Attack(
        honest("scale"), place=_extra_links, earns=("scale",)
    ),
}

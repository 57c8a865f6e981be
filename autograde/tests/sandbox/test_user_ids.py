"""Each submission is a user of its own, where the system has ids for that."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from autograde.sandbox import landlock, levels, user_ids
from autograde.tests.behind_walls import as_user, needs_walls

ALL = "0 0 4294967295"
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has further ids")

#: what two submissions at a time are to each other, seen from outside and from within
TWO = """
import json, os
from autograde.sandbox import Limits, Sandbox
from autograde.sandbox.monitor import ProcFolder, descendants
from autograde.tests.behind_walls import ENTRY, PATIENCE, ask, outside_pids, send, until

def owner(connection, mark):
    ask(connection, "import subprocess\\\\nsubprocess.Popen(['sleep', '%s'])" % mark)
    assert until(lambda: outside_pids(mark))
    return os.stat(f"/proc/{outside_pids(mark)[0]}").st_uid

MANY = '''
import subprocess
answer = 0
kept = []
for _ in range(20):
    try:
        kept.append(subprocess.Popen(["sleep", "999"]))
        answer += 1
    except OSError:
        pass
'''
LOOK = "import os; answer = [os.getuid(), sorted(os.getresuid()), os.getgroups()]"
RIGHTS = '''
answer = [line.split()[1] for line in open("/proc/self/status")
          if line.startswith(("CapPrm", "CapEff", "CapInh", "CapAmb"))]
'''
limits = Limits(processes=30)
with Sandbox(limits, LEVEL, preload=(), entry=ENTRY) as box:
    with box.open() as one, box.open() as two:
        users = [owner(one, f"71{os.getpid()}"), owner(two, f"72{os.getpid()}")]
        family = descendants(ProcFolder().processes(), box._process.pid)
        warm = {os.stat(f"/proc/{p.pid}").st_uid for p in family} - set(users)
        inside = ask(one, LOOK)
        rights = ask(one, RIGHTS)
        counts = [ask(one, MANY), ask(two, MANY)]
    with box.open() as three:
        again = owner(three, f"73{os.getpid()}")
    folders = os.listdir(box._folder)
    with box.open() as greedy:
        send(greedy, "import os\\\\nos.fork()\\\\nwhile True: pass")
        greedy.kill()
        ended = greedy.reason()
    print(json.dumps({"users": users, "warm": sorted(warm), "inside": inside,
        "counts": counts, "again": again, "folders": folders, "ended": ended,
        "rights": rights, "walls": str(box.walls), "lacks": box.walls.lacks}))
""".replace("\\\\", "\\")


def two(level: str, user: int) -> dict:
    run = as_user(f"LEVEL = {level!r}\n{TWO}", user=user)
    assert run.stdout, run.stderr[-3000:]
    return json.loads(run.stdout.splitlines()[-1])


@needs_walls
@needs_root
def test_root_gives_each_submission_a_user_of_its_own():
    said = two(levels.NAMESPACES, 0)
    one, other = said["users"]
    assert len({0, one, other, *said["warm"]}) == 3 + len(set(said["warm"]) - {0})
    assert one in user_ids.FREE and other in user_ids.FREE
    assert said["inside"] == [1000, [1000] * 3, [65534] * len(said["inside"][2])]
    assert set(said["rights"]) == {"0" * 16}
    assert said["counts"] == [20, 20]
    assert said["again"] == one, "an id that is free again is used again"
    assert "user of its own" in said["walls"] and said["lacks"] == ""


@needs_root
def test_root_does_so_without_namespaces_too():
    if not landlock.version():
        pytest.skip("this kernel has no Landlock")
    said = two(levels.LANDLOCK, 0)
    one, other = said["users"]
    assert one != other and one in user_ids.FREE and other in user_ids.FREE
    assert said["inside"] == [one, [one] * 3, []]
    assert set(said["rights"]) == {"0" * 16}
    assert said["counts"] == [20, 20], "each has its processes counted alone"
    assert said["folders"] == [] and said["ended"] == "killed"
    assert levels.COUNT_TOGETHER not in said["lacks"]


def test_where_no_ids_are_the_walls_say_so():
    if not landlock.version():
        pytest.skip("this kernel has no Landlock")
    said = two(levels.LANDLOCK, 1234)
    assert said["users"][0] == said["users"][1]
    assert "as one user" in said["walls"]
    assert levels.COUNT_TOGETHER in said["lacks"]


def test_ids_are_apart_for_each_grader():
    blocks = [user_ids.apart([ALL, ALL], number) for number in (1, 2, 3, 4_000_000)]
    found = [user for block in blocks for user in block]
    assert len(set(found)) == len(found) == 4 * user_ids.MANY
    assert all(user in user_ids.FREE for user in found)


@pytest.mark.parametrize(
    ("maps", "first", "count"),
    [
        (["0 100000 65536"] * 2, 20_000 + 7 * 256, 256),
        (["0 0 1\n1 100000 65536", "0 0 65536"], 20_000 + 7 * 256, 256),
        ([ALL, "0 100000 65536"], 20_000 + 7 * 256, 256),
        (["0 1000 1\n65534 165534 1"] * 2, 65534, 1),
        (["0 100000 1500"] * 2, 1000, 1),
    ],
)
def test_containers_have_fewer_ids(maps, first, count):
    assert user_ids.apart(maps, 7) == range(first, first + count)


def test_a_container_with_root_alone_has_none():
    with pytest.raises(OSError, match="no user but root"):
        user_ids.apart(["0 1000 1"] * 2, 7)


def test_no_directory_s_people_have_these_ids():
    """By its defaults, sssd gives people of a directory ids up to this one."""
    assert user_ids.FREE.start > 2_000_200_000


def test_a_kernel_without_user_namespaces_knows_all_ids(monkeypatch):
    usual = open

    def without_maps(name, *arguments):
        if str(name).endswith("_map"):
            raise FileNotFoundError(name)
        return usual(name, *arguments)

    monkeypatch.setattr("builtins.open", without_maps)
    assert user_ids.of_root().start in user_ids.FREE


def test_a_program_that_may_not_be_run_maps_nothing(monkeypatch, tmp_path):
    """As on a disk from which nothing may be run: the run goes on with one user."""
    for name in ("newuidmap", "newgidmap"):
        (tmp_path / name).write_text("")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not user_ids.map_for(os.getpid(), range(700_000, 700_010), range(9, 19))


#: an environment whose installed modules are root's alone, as with `umask 027`
CLOSED = """
import glob, os, subprocess, tempfile, venv
with tempfile.TemporaryDirectory(dir="/tmp") as folder:
    os.chmod(folder, 0o755)
    venv.create(folder, symlinks=True)
    for path in glob.glob(folder + "/lib/*/site-packages"):
        os.chmod(path, 0o750)
    ask = "from autograde.sandbox.self_test import why_not; print(why_not(%r))" % LEVEL
    subprocess.run([folder + "/bin/python", "-c", ask], check=True)
"""


@needs_walls
@needs_root
@pytest.mark.parametrize("level", [levels.NAMESPACES, levels.LANDLOCK])
def test_modules_that_only_root_may_read_are_refused(level):
    """Else a submission could not import them where it asks for one, at its cost."""
    if level == levels.LANDLOCK and not landlock.version():
        pytest.skip("this kernel has no Landlock")
    run = as_user(f"LEVEL = {level!r}\n{CLOSED}", user=0)
    assert "could not import them" in run.stdout, run.stdout + run.stderr


def test_what_the_system_grants_an_ordinary_user():
    text = "anna:100000:65536\n1234:400000:70000\nben:x\nanna:300000:10\n"
    assert user_ids.granted(text, 1234, "ben2") == range(400000, 470000)
    assert user_ids.granted(text, 5, "anna") == range(100000, 165536)
    assert user_ids.granted(text, 5, "carl") == range(0)


@needs_walls
@needs_root
def test_an_ordinary_user_with_granted_ids_uses_them(tmp_path):
    if not (shutil.which("newuidmap") and shutil.which("newgidmap")):
        pytest.skip("no newuidmap here (package uidmap)")
    said = two_with_grants(tmp_path, known=True)
    one, other = said["users"]
    assert one != other and min(one, other) >= 700_000
    assert said["warm"] == [1234]
    assert said["counts"] == [20, 20] and "user of its own" in said["walls"]
    refused = two_with_grants(tmp_path, known=False)
    assert refused["users"] == [1234, 1234] and "as one user" in refused["walls"]


def two_with_grants(folder: Path, known: bool) -> dict:
    """As `two`, for a user with grants; newuidmap refuses one who is not `known`.

    The program replaces the system's files for itself alone, while it is still root.
    """
    grant, people = folder / "grant", folder / "people"
    grant.write_text("1234:700000:65536\n")
    people.write_text("root:x:0:0::/:/bin/sh\n" + "one:x:1234:1234::/:\n" * known)
    for path in (grant, people):
        path.chmod(0o644)
    program = f"""
import ctypes, os, sys
libc = ctypes.CDLL(None)
assert libc.unshare(0x20000) == 0
assert libc.mount(b"none", b"/", None, 0x44000, None) == 0
grant, people = {str(grant).encode()!r}, {str(people).encode()!r}
for name in (b"/etc/subuid", b"/etc/subgid"):
    assert libc.mount(grant, name, None, 4096, None) == 0
assert libc.mount(people, b"/etc/passwd", None, 4096, None) == 0
os.setgroups([]); os.setresgid(1234, 1234, 1234); os.setresuid(1234, 1234, 1234)
LEVEL = {levels.NAMESPACES!r}
{TWO}"""
    run = as_user(program, user=0)
    assert run.stdout, run.stderr[-3000:]
    return json.loads(run.stdout.splitlines()[-1])

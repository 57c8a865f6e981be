"""What a course run needs of its disk: privacy, and to know a network's disk."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

from autograde.course.layout import CannotRun

MOUNTS = Path("/proc/self/mounts")
NETWORK = (
    *("nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "lustre", "gpfs"),
    *(
        "beegfs",
        "glusterfs",
        "fuse.sshfs",
        "fuse.glusterfs",
        "fuse.s3fs",
        "fuse.rclone",
    ),
)


def private_folder(folder: Path) -> None:
    """Make `folder` where it is missing, and let no one but its owner into it.

    A folder that was given to a group on purpose (its set-group-ID bit) stays the
    group's. Where the system knows no such rights, nothing is changed. Raises
    CannotRun where a file lies in its place.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except (FileExistsError, NotADirectoryError) as error:
        raise CannotRun(
            f"{error.filename} is no folder, and one is needed there; move it away."
        ) from None
    mode = stat.S_IMODE(folder.stat().st_mode)
    others = stat.S_IRWXO if mode & stat.S_ISGID else stat.S_IRWXO | stat.S_IRWXG
    if mode & others:
        with contextlib.suppress(OSError):
            folder.chmod(mode & ~others)


def network_disk(folder: Path, mounts: Path = MOUNTS) -> str:
    """The kind of network disk that `folder` lies on; empty where it is none.

    SQLite's write-ahead log needs memory that all its readers share: it works on no
    network disk (https://sqlite.org/wal.html).
    """
    try:
        lines = mounts.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return ""
    place = os.path.realpath(folder)
    best, kind = "", ""
    for line in lines:
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        top = fields[1].encode().decode("unicode_escape").rstrip("/")
        inside = place == top or place.startswith(top + "/")
        if inside and len(top) >= len(best):
            best, kind = top, fields[2]
    return kind if kind in NETWORK else ""

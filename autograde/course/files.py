"""Write a file so that a reader sees the old one or the new one, never a part."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def replace_file(target: Path, content: bytes) -> None:
    """Put `content` in the place of `target`, whose folder exists; all may read it.

    Raises OSError where that cannot be done, and `target` stays as it was.
    """
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".partial-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        os.chmod(name, 0o644)  # mkstemp gives 0600; a sandbox reads as another user
        os.replace(name, target)
    except BaseException:
        os.unlink(name)
        raise


def can_write(folder: Path) -> bool:
    """Whether a file can be made in `folder`, which on Windows only a trial tells."""
    try:
        descriptor, name = tempfile.mkstemp(dir=folder, prefix=".trial-")
    except OSError:
        return False
    os.close(descriptor)
    os.unlink(name)
    return True

"""The archive of a course on another subject: nothing in it is of deep learning."""

from __future__ import annotations

import re
from pathlib import Path

from autograde.course.layout import (
    COURSE_FILE,
    ROOT,
    CannotRun,
    course_name,
    course_title,
)

LOCK = "autograde/requirements/students.txt"
OWN_LOCK = "requirements/students.txt"  # in the course's folder, where it has one
README, ENVIRONMENT, PROJECT = "README.md", "environment.yml", "pyproject.toml"
OWN_README = "README.students.md"
OF_DEEP_LEARNING = ("LICENSE-TEXT.md", "LICENCES-DATA.md", "README.zh_CN.md")
EXTRA = re.compile(r"(?ms)^\[project\.optional-dependencies\]\n.*?(?=^\[|\Z)")
# What the students' README says of deep learning, and what stands there instead.
SAYS = (
    (r"^# .*$", "# {title}"),
    (r"^\[中文\]\(README\.zh_CN\.md\)\n\n", ""),
    (r"; the language can be changed there, or with `[^`]*`", ""),
    (
        r"fetches about \d+ MB and takes [\d.]+ GB on disk",
        "fetches about 120 MB and takes 0.6 GB on disk",
    ),
    (r", or open chapter 00 and run it", ""),
    (r" On Linux without a GPU the small PyTorch.*$", ""),
    (r"^- \*\*An Intel Mac:\*\*.*\n", ""),
    (r"deep-learning-course", "{name}"),
    (r"^Text: .*$", "The code that checks answers: MIT, see LICENSE."),
)


def of_own_course(root: Path, files: dict[str, bytes]) -> dict[str, bytes]:
    """`files`, the archive with this package's own, as the course in `root` has it.

    Raises CannotRun where a text of this package is not what is known here.
    """
    if not (root / COURSE_FILE).is_file():
        raise CannotRun(f"{root} is no course: it has no {COURSE_FILE}.")
    title, name = course_title(root), course_name(root)
    found = {key: value for key, value in files.items() if key not in OF_DEEP_LEARNING}
    own = root / OWN_LOCK
    lock = own if own.is_file() else ROOT / "autograde" / "requirements" / "engine.txt"
    found[LOCK] = lock.read_bytes()
    text = found[README].decode()
    for pattern, instead in SAYS:
        text, count = re.subn(
            pattern,
            lambda _, said=instead: said.format(title=title, name=name),
            text,
            flags=re.MULTILINE,
            count=1 if pattern.startswith("^#") else 0,
        )
        if not count:
            raise CannotRun(f"The students' README has no {pattern!r} any more.")
    found[README] = text.encode()
    found[PROJECT] = EXTRA.sub("", found[PROJECT].decode()).encode()
    found[ENVIRONMENT] = _environment(found[ENVIRONMENT].decode(), name).encode()
    for file in (OWN_README, *OF_DEEP_LEARNING, "LICENSE"):
        if (root / file).is_file():
            inner = README if file == OWN_README else file
            found[inner] = (root / file).read_bytes()
    return found


def _environment(text: str, name: str) -> str:
    """What conda reads, without PyTorch's index."""
    text = re.sub(r"(?m)^name: .*$", f"name: {name}", text)
    text = text.replace("-e .[deep-learning]", "-e .")
    lines = text.splitlines()
    start = next(at for at, line in enumerate(lines) if line.startswith("name:"))
    kept = [line for line in lines[start:] if "pytorch.org" not in line]
    head = f"# conda env create -f environment.yml, then conda activate {name}"
    return "\n".join([head, *kept]) + "\n"

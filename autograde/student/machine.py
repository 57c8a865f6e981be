"""What a student's machine has beside the packages of the chapters: for the doctor.

Each finding says what is there and, where it is not as it should be, the mend. What
concerns graders is in ``tools``, which a student's archive lacks.
"""

from __future__ import annotations

import locale
import platform
import shutil
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from packaging.requirements import Requirement

from autograde.course.files import can_write
from autograde.course.layout import ROOT
from autograde.environment import Finding, environment, wants_torch
from autograde.language import localised, marked, translate

LEAST_MB = 200  # what a student's copy, its pictures and downloads of a term may take
SHOWN = 5


def student_findings(root: Path = ROOT, work: Path | None = None) -> list[Finding]:
    """Everything that a student needs: Python, packages, data, machine."""
    work = work or root / "work"
    first, *others = environment()
    return [
        first,
        locked("students", root),
        *others,
        *([torch_build()] if wants_torch() else []),
        kernel(),
        encoding(),
        disk(root),
        copy(work),
    ]


def locked(audience: str, root: Path = ROOT) -> Finding:
    """Whether every package has the version that was tried together with the others."""
    name = marked("packages")
    path = root / "autograde" / "requirements" / f"{audience}.txt"
    if not path.exists():
        mend = "unpack the course's archive again, as a whole"
        return Finding(name, False, f"{path} is missing", mend)
    pins = list(_pins(path))
    other = [f"{pin.name}: {has}" for pin, has in map(_found, pins) if has]
    if not other:
        return Finding(name, True, f"all {len(pins)} as in the lock for {audience}")
    listed = ", ".join(other[:SHOWN]) + (" ..." if len(other) > SHOWN else "")
    text = f"{len(other)} of {len(pins)} are not those of the lock: {listed}"
    options = f"--no-deps --require-hashes -r {path}"  # not translated
    mend = f"{sys.executable} -m pip install {options}"  # not translated
    return Finding(name, False, text, mend)


def _pins(lock: Path) -> Iterator[Requirement]:
    """The pins of a lock that hold on this machine."""
    for line in lock.read_text("utf-8").splitlines():
        if line[:1].isalnum():
            pin = Requirement(line.rstrip("\\ "))
            if pin.marker is None or pin.marker.evaluate():
                yield pin


def _found(pin: Requirement) -> tuple[Requirement, str]:
    """What stands in the pin's place; empty where it is there as pinned."""
    try:
        has = version(pin.name)
    except PackageNotFoundError:
        return pin, translate("missing")
    fits = pin.specifier.contains(has.split("+")[0], prereleases=True)
    wanted = str(pin.specifier).lstrip("=")
    return pin, "" if fits else localised("{has} for {wanted}", has=has, wanted=wanted)


def torch_build() -> Finding:
    """Which build of PyTorch there is; one for GPUs is slow to load and no fault."""
    name = marked("PyTorch's build")
    try:
        import torch
    except Exception as error:
        mend = (
            f"{sys.executable} -m pip install --force-reinstall torch"  # not translated
        )
        return Finding(name, False, f"cannot be imported ({error})", mend)
    build = marked("without CUDA")
    if torch.version.cuda and not torch.cuda.is_available():
        cuda = torch.version.cuda
        build = f"CUDA {cuda}, and no GPU that it can use: it works on the processor"
    elif torch.version.cuda:
        build = f"CUDA {torch.version.cuda}"
    version, threads = torch.__version__, torch.get_num_threads()
    return Finding(name, True, marked(f"{version}, {build}; {threads} threads"))


def kernel() -> Finding:
    """Whether notebooks find the kernel of this Python."""
    name = marked("kernel")
    try:
        from jupyter_client.kernelspec import KernelSpecManager

        KernelSpecManager().get_kernel_spec("python3")
    except Exception as error:
        forced = "--force-reinstall ipykernel"  # not translated
        mend = f"{sys.executable} -m pip install {forced}"  # not translated
        return Finding(name, False, f"notebooks have none ({error})", mend)
    return Finding(name, True, marked(f"python3 of {sys.prefix}"))


def encoding() -> Finding:
    """Whether file names and text can hold every letter."""
    name = marked("encoding")
    files = sys.getfilesystemencoding()
    text = locale.getpreferredencoding(False)
    said = marked(f"file names {files}, text {text}")
    if files.lower().replace("-", "") != "utf8":
        mend = (
            "set LC_ALL=C.UTF-8 (or another UTF-8 locale) before you start the course"
        )
        return Finding(name, False, said, mend)
    return Finding(name, True, f"{said}; the course's own files are UTF-8")


def disk(folder: Path) -> Finding:
    """Whether there is room for a term's work."""
    name = marked("disk")
    free = shutil.disk_usage(folder).free // 10**6
    system = f"{platform.system()} {platform.machine()}"
    if free < LEAST_MB:
        mend = "make room, or move the course's folder to another disk"
        return Finding(name, False, f"{free} MB free where {folder} is", mend)
    return Finding(name, True, f"{free:,} MB free; {system}")


def copy(work: Path) -> Finding:
    """Whether a student's copy is there and can be written."""
    name = "your copy"
    if not work.exists():
        return Finding(name, True, f"is made in {work} when the course is opened")
    if not can_write(work):
        mend = f"make {work} writable, or open the course with another: --work FOLDER"
        return Finding(name, False, f"{work} cannot be written", mend)
    return Finding(name, True, str(work))

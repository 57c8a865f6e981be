"""A Python with the course's packages that every account of the machine can run.

An interpreter under another's private home cannot be run by students. Then the
system's own Python of the same version takes its place, in an environment that reads
the packages where they are; one that is too new for it is installed beside them, in
the version that the course's constraints name.
"""

from __future__ import annotations

import os
import shutil
import site
import stat
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path

from packaging.specifiers import SpecifierSet

from autograde.course.layout import CannotRun

CONSTRAINTS = Path(__file__).resolve().parents[1] / "requirements" / "constraints.txt"
ALEMBIC = "import sys\nfrom alembic.config import main\n\nsys.exit(main())\n"


def open_to_all(path: Path) -> bool:
    """Whether every account may read `path`, through all its folders."""
    real = path.resolve()
    wanted = stat.S_IROTH | (stat.S_IXOTH if real.is_dir() else 0)
    if real.stat().st_mode & wanted != wanted:
        return False
    return all(place.stat().st_mode & stat.S_IXOTH for place in real.parents)


def shared_python(folder: Path) -> str:
    """The interpreter for all accounts: this one, or one that is made in `folder`.

    Raises CannotRun where the packages cannot be read, or no system's Python fits.
    """
    packages = [Path(path) for path in site.getsitepackages() if Path(path).is_dir()]
    for path in packages:
        if not open_to_all(path):
            raise CannotRun(
                f"The packages in {path} cannot be read by other accounts: set the "
                "course up in a folder that all may read, such as /opt."
            )
    if open_to_all(Path(sys.executable)):
        return sys.executable
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    system = shutil.which(version, path="/usr/bin:/usr/local/bin:/opt/bin")
    if system is None or not open_to_all(Path(system)):
        raise CannotRun(
            f"{Path(sys.executable).resolve()} cannot be run by other accounts, and "
            f"there is no /usr/bin/{version} in its place: install it."
        )
    return str(_environment(folder, system, packages))


def _environment(folder: Path, system: str, packages: list[Path]) -> Path:
    command = [system, "-m", "venv", "--without-pip", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise CannotRun(f"{system} makes no environment: {done.stderr.strip()}")
    python = folder / "bin" / "python"
    ask = (
        "import platform, sysconfig; print(sysconfig.get_path('purelib')); "
        "print(platform.python_version())"
    )
    asked = subprocess.run([python, "-c", ask], capture_output=True, text=True)
    own, version = asked.stdout.splitlines()
    _install(python, [*misfits(packages, version)])
    # site.getsitepackages() has to name them too: the sandbox shows what it names
    line = (
        "import site; site.getsitepackages = lambda prefixes=None, "
        "own=site.getsitepackages: [*own(prefixes), "
        f"*{[str(path) for path in packages]!r}]\n"
    )
    (Path(own) / "course.pth").write_text(line)
    for name in ("share", "etc"):  # Jupyter's data and settings
        source = Path(sysconfig.get_path("data")) / name
        if source.is_dir() and not (folder / name).exists():
            (folder / name).symlink_to(source)
    alembic = folder / "bin" / "alembic"  # nbgrader starts it by its name
    alembic.write_text(f"#!{python}\n{ALEMBIC}")
    os.chmod(alembic, 0o755)
    return python


def misfits(packages: list[Path], version: str) -> Iterator[str]:
    """The names of what is installed in `packages` and does not run on `version`."""
    for found in distributions(path=[str(path) for path in packages]):
        said = found.metadata
        if "Requires-Python" not in said:  # asked for, it may raise
            continue
        if version not in SpecifierSet(said["Requires-Python"]):
            yield found.name


def _install(python: Path, names: list[str]) -> None:
    """Install what `names` says for `python`, in versions that run on it."""
    if not names:
        return
    command = [sys.executable, "-m", "pip", "--python", str(python), "install"]
    command += ["--quiet", "--no-deps", "--constraint", str(CONSTRAINTS), *names]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise CannotRun(
            f"{', '.join(names)} as installed here does not run on the system's "
            f"Python, and no other could be installed: {done.stderr.strip()[-500:]}"
        )

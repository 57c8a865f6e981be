"""The archive that students get: ``make release`` writes ``dist/deep-learning.zip``.

It holds the chapters with their visible cases, and of this package only the modules
that a student's notebook, JupyterLab and submission use. Solutions, edits that make a
misconception, hidden cases and the grader stay behind.
"""

from __future__ import annotations

import argparse
import ast
import sys
import zipfile
from pathlib import Path

from autograde.chapter import ROOT

ENTRIES = (
    "__init__",
    "notebook",
    "figures",
    "fresh",
    "environment",
    "lab",
    "handin",
    "validate",
    "stills",
    "datasets",
)
FILES = ("Makefile", "requirements.txt", "pyproject.toml", "environment.yml")
LICENCES = ("LICENSE", "LICENSE-TEXT.md", "LICENCES-DATA.md")
TOP = "deep-learning"
DATE = (2026, 1, 1, 0, 0, 0)  # the same bytes for the same course


def student_modules(package: Path) -> list[Path]:
    """The modules that students need: the entries, and all that they import."""
    waiting = [path for name in ENTRIES for path in _files_of(package, name)]
    found: set[Path] = set()
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found.add(path)
        for name in _imported(path):
            waiting += _files_of(package, name)
    return sorted(found)


def _files_of(package: Path, name: str) -> list[Path]:
    """The files of ``autograde.NAME``: a module, or a whole subpackage."""
    path = package / name.replace(".", "/")
    if path.is_dir():
        return sorted(
            p for p in path.rglob("*") if p.is_file() and "__pycache__" not in p.parts
        )
    return [path.with_suffix(".py")] if path.with_suffix(".py").exists() else []


def _imported(path: Path) -> set[str]:
    if path.suffix != ".py":
        return set()
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            parts = node.module.split(".")
            if parts[0] == "autograde":
                inside = ".".join(parts[1:])
                names |= {inside} if inside else {alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            parts = [alias.name.split(".") for alias in node.names]
            names |= {".".join(p[1:]) for p in parts if p[0] == "autograde"}
    return names


def contents(root: Path) -> dict[str, bytes]:
    """Every file of the archive, by its name in it."""
    package = root / "autograde"
    files = {}
    for path in student_modules(package):
        files[str(path.relative_to(root))] = path.read_bytes()
    for pattern in ("*.css", "*.js", "lab_settings/**/*", "labextension/**/*"):
        for path in sorted(package.glob(pattern)):
            if path.is_file():
                files[str(path.relative_to(root))] = path.read_bytes()
    for path in sorted((root / "chapters").rglob("*")):
        if path.is_file() and not any(part.startswith(".") for part in path.parts[-2:]):
            files[str(path.relative_to(root))] = path.read_bytes()
    for name in (*FILES, *LICENCES):
        files[name] = (root / name).read_bytes()
    files["README.md"] = (package / "templates" / "README.students.md").read_bytes()
    return files


def write_archive(root: Path, target: Path) -> Path:
    """Write the archive; the same course gives the same bytes."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(contents(root).items()):
            info = zipfile.ZipInfo(f"{TOP}/{name}", DATE)
            info.external_attr = 0o644 << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return target


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m autograde.release", description=__doc__
    )
    parser.add_argument("--output", type=Path, default=ROOT / "dist" / f"{TOP}.zip")
    options = parser.parse_args(arguments)
    path = write_archive(ROOT, options.output)
    print(f"{path} ({path.stat().st_size / 1e6:.1f} MB): give this to students.")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""What notebooks find elsewhere, not where they are graded: a terminal, Colab, a GPU.

A line that asks for one of these says on stderr that it is not here, and the cell goes
on, as it would have gone on where the notebook was written.
"""

from __future__ import annotations

import functools
import importlib.abc
import importlib.machinery
import sys
from collections.abc import Callable
from types import CodeType, ModuleType
from typing import TYPE_CHECKING, Any

from IPython.utils.text import LSString, SList

#: magics of a line and of a cell that start a program
LINE_MAGICS = ("pip", "conda", "mamba", "micromamba", "uv", "sx", "system", "shell")
CELL_MAGICS = ("bash", "sh", "script", "sx", "system", "shell", "cmd", "perl", "ruby")
#: magics of other services, which do nothing here
PASSED_OVER = ("tensorflow_version",)


def say(asked: str, missing: str) -> None:
    """Say on the student's stderr that `asked` was passed over, since it is missing."""
    line = " ".join(asked.split())[:100]
    said = f"[{line}: passed over; no {missing} where notebooks are graded]"
    print(said, file=sys.stderr)


class NoTerminal:
    """For a shell: ``!command`` and its kin are passed over."""

    if TYPE_CHECKING:  # what the shell beside it has
        user_ns: dict[str, Any]
        register_magic_function: Callable[..., None]
        find_cell_magic: Callable[[str], Callable | None]
        transform_cell: Callable[[str], str]
        compile: Callable[..., CodeType]

    def system(self, cmd: str) -> None:
        say(f"!{cmd}", "terminal and no network")
        self.user_ns["_exit_code"] = 1

    system_raw = system_piped = system

    def getoutput(self, cmd: str, split: bool = True, depth: int = 0) -> Any:
        self.system(cmd)
        return SList() if split else LSString()

    def ask_exit(self) -> None:
        """After ``exit()`` a kernel runs its cell to the end; this one goes on."""
        say("exit()", "kernel to end")

    def enable_matplotlib(self, gui: str | None = None) -> Any:
        return super().enable_matplotlib("inline")  # type: ignore[misc]  # pictures can go nowhere else

    def run_cell_magic(self, magic_name: str, line: str, cell: str) -> Any:
        """A magic that is not here is passed over: what stands below it is run."""
        if self.find_cell_magic(magic_name) is not None:
            return super().run_cell_magic(magic_name, line, cell)  # type: ignore[misc]
        say(f"%%{magic_name} {line}", "such magic")
        code = self.compile(self.transform_cell(cell), "<cell>", "exec")
        exec(code, self.user_ns)
        return None

    def pass_over_programs(self) -> None:
        """Put magics that say what is missing in the place of those that run it."""
        for name in LINE_MAGICS:
            self.register_magic_function(_passing_over(name, "%"), "line", name)
        for name in CELL_MAGICS:
            self.register_magic_function(_passing_over(name, "%%"), "cell", name)
        for name in PASSED_OVER:
            self.register_magic_function(lambda line: None, "line", name)


def _passing_over(name: str, sign: str) -> Callable[..., SList | None]:
    def magic(line: str = "", cell: str = "") -> SList | None:
        say(f"{sign}{name} {line}", "terminal and no network")
        return SList() if name in ("sx", "system") else None

    return magic


def stand_in_for_colab() -> None:
    """Let ``google.colab`` be imported; what it does is passed over."""
    if not any(isinstance(finder, _ColabFinder) for finder in sys.meta_path):
        sys.meta_path.append(_ColabFinder())


class _ColabFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """It is asked last, so that what is installed comes first."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        if name in ("google", "google.colab") or name.startswith("google.colab."):
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return _Colab(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        pass


class _Colab(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _PassedOver(f"{self.__name__}.{name}")


class _PassedOver:
    """Anything of Colab: called, it says that it is not here."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> _PassedOver:
        if name.startswith("__"):
            raise AttributeError(name)
        return _PassedOver(f"{self._name}.{name}")

    def __call__(self, *_: Any, **__: Any) -> Any:
        say(f"{self._name}(...)", "Colab")
        return {} if self._name.endswith(".upload") else None


def fall_back_to_cpu() -> None:
    """Let a default device that is not there be the CPU, with a note."""
    torch = sys.modules.get("torch")
    if torch is None or hasattr(torch.set_default_device, "__wrapped__"):
        return
    set_device, set_type = torch.set_default_device, torch.set_default_tensor_type

    @functools.wraps(set_device)
    def set_default_device(device: Any) -> None:
        kind = "cpu" if device is None else torch.device(device).type
        if not _is_here(torch, kind):
            say(f"torch.set_default_device({str(device)!r})", f"{kind} device")
            device = "cpu"
        set_device(device)

    @functools.wraps(set_type)
    def set_default_tensor_type(t: Any) -> None:
        name = t if isinstance(t, str) else f"{t.__module__}.{t.__name__}"
        if "cuda" in name and not _is_here(torch, "cuda"):
            say(f"torch.set_default_tensor_type({name!r})", "cuda device")
            t = name.replace("cuda.", "")
        set_type(t)

    vars(torch).update(
        set_default_device=set_default_device,
        set_default_tensor_type=set_default_tensor_type,
    )


def _is_here(torch: ModuleType, kind: str) -> bool:
    if kind in ("cpu", "meta"):
        return True
    backend = getattr(torch, kind, None)
    return bool(backend is not None and getattr(backend, "is_available", bool)())

"""What this machine's Jupyter says of nbgrader: which course, which exchange."""

from __future__ import annotations

from pathlib import Path

from jupyter_core.paths import jupyter_config_path
from traitlets.config import Config, PyFileConfigLoader

OWN_CONFIG = "nbgrader_config.py"


def machine_settings() -> Config:
    """What this machine's Jupyter says of nbgrader, as in ``/etc/jupyter``.

    The package's own ``nbgrader_config.py`` is left out: it configures grading here,
    and names no exchange.
    """
    config = Config()
    package = Path(__file__).resolve().parents[1]
    for folder in map(Path, reversed(jupyter_config_path())):
        if folder.resolve() != package and (folder / OWN_CONFIG).is_file():
            loader = PyFileConfigLoader(OWN_CONFIG, path=str(folder))
            config.merge(loader.load_config())
    return config

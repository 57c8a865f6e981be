"""Walls around untrusted code: `Sandbox`, its `Limits`, and `self_test.strongest`.

Start with :mod:`~autograde.sandbox.sandbox`; :mod:`~autograde.sandbox.levels` says what
holds on which system.

It imports `course`.
"""

from autograde.sandbox.connection import Connection
from autograde.sandbox.limits import Limits
from autograde.sandbox.sandbox import Sandbox, SandboxUnavailable

__all__ = ["Connection", "Limits", "Sandbox", "SandboxUnavailable"]

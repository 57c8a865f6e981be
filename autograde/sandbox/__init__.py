"""Walls around untrusted code: `Sandbox`, its `Limits`, and `self_test.strongest`."""

from autograde.sandbox.connection import Connection
from autograde.sandbox.limits import Limits
from autograde.sandbox.sandbox import Sandbox, SandboxUnavailable

__all__ = ["Connection", "Limits", "Sandbox", "SandboxUnavailable"]

"""Walls around untrusted code: `Sandbox`, its `Limits`, and `probe.strongest`."""

from autograde.sandbox.box import Sandbox, SandboxUnavailable
from autograde.sandbox.connection import Connection
from autograde.sandbox.limits import Limits

__all__ = ["Connection", "Limits", "Sandbox", "SandboxUnavailable"]

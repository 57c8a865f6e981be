"""Walls around untrusted code: `Sandbox`, its `Limits`, and `probe.strongest`."""

from autograde.sandbox.connection import Connection, Sandbox, SandboxUnavailable
from autograde.sandbox.limits import Limits

__all__ = ["Connection", "Limits", "Sandbox", "SandboxUnavailable"]

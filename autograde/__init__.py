"""Check, judge and grade what students write in the chapters of this course."""

import sys
from typing import Any

# jsonschema's check of international addresses builds a grammar when it is imported, in
# 1.5 s. No notebook's schema asks for such addresses, and jsonschema does without.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

__all__ = [
    "check",
    "hint",
    "predict",
    "predictions",
    "reveal",
    "self_test",
    "solution",
    "submit",
]


def __getattr__(name: str) -> Any:
    if name == "submit":
        from autograde.student.submit import submit

        return submit
    if name == "solution":
        from autograde.student.solution import solution

        return solution
    if name == "self_test":
        from autograde.student.self_test import self_test

        return self_test
    if name in ("predict", "predictions", "reveal"):
        from autograde.student import predict

        return getattr(predict, name)
    if name in __all__:
        from autograde.student import check

        return getattr(check, name)
    raise AttributeError(f"module 'autograde' has no attribute {name!r}")

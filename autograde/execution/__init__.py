"""The two ends of the talk with a student's process.

:mod:`~autograde.execution.client` is the grader's end, and
:mod:`~autograde.execution.server` runs a student's cells behind the walls. Start with
the client: what it sends is data, and what comes back is believed to be nothing more.

It imports `checking`, `sandbox` and `datasets`.
"""

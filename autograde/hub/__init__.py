"""A JupyterHub with this course: tried on one machine, with real accounts or none.

Start with :mod:`~autograde.hub.try_hub`, which starts one;
:mod:`~autograde.hub.load` plays a class on it and measures.

It imports `grading`, `authoring`, `student`, `sandbox` and `course`.
"""

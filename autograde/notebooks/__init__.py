"""Notebooks as data: cells, rebuilding, merging, still pictures.

Start with :mod:`~autograde.notebooks.submitted`, which reads what a student handed in,
and :mod:`~autograde.notebooks.rebuild`, which puts it into the released notebook.
:mod:`~autograde.notebooks.cells` says of a cell what it is.

It imports `checking`, `course` and `language`.
"""

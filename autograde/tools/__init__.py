"""For maintainers: benchmarks, screenshots and the browser that takes them.

Nothing of it is needed to learn, teach or grade. Start with
:mod:`~autograde.tools.quick`, which is ``autograde check``, or with
:mod:`~autograde.tools.bench`, from which README has its figures.

It imports `grading`, `authoring`, `student`, `execution`, `notebooks`, `checking`,
`sandbox`, `environment`, `datasets`, `course` and `language`.
"""

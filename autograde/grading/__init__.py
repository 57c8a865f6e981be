"""From a submission to a score: collect, rebuild, run, judge, record.

Start with :mod:`~autograde.grading.class_run`, a run over a class. One submission goes
on through :mod:`~autograde.grading.task`, :mod:`~autograde.grading.judges` (processes
that may die of it) and :mod:`~autograde.grading.judge` into
:mod:`~autograde.grading.results` and :mod:`~autograde.grading.gradebook`. How it comes
in: :mod:`~autograde.grading.collect` and :mod:`~autograde.grading.exchange_inbound`.
Where hidden cases come from: :mod:`~autograde.grading.hidden`.

It imports `authoring`, `execution`, `notebooks`, `checking`, `sandbox`, `course` and
`language`.
"""

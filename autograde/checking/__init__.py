"""Cases, results, comparison, verdicts and what is said of them.

It is the same for a student's notebook and for a grader. A case is run by
:mod:`~autograde.checking.run_case`; :mod:`~autograde.checking.verdict` judges what came
back (start there), :mod:`~autograde.checking.diagnosis` finds the known mistake or a
relation behind it, and :mod:`~autograde.checking.answer` words it.

It imports `language`.
"""

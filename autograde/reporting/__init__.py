"""What a graded class is told: report, feedback pages, exports.

It reads what grading has recorded, and changes no score. Start with
:mod:`~autograde.reporting.publish`: what is written after a run, in its order.

It imports `grading`, `authoring`, `exercise`, `execution`, `notebooks`, `checking`,
`sandbox`, `course` and `language`.
"""

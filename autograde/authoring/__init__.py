"""From a chapter's source to notebooks, checks and the students' archive.

Start with :mod:`~autograde.authoring.build`, which makes a chapter's notebooks, and
:mod:`~autograde.authoring.make_checks`, which draws its cases from a seed, visible and
hidden ones. :mod:`~autograde.authoring.gate` tries whether they tell mistakes apart.
Only the course's own code runs here, never a student's.

It imports `exercise`, `student`, `notebooks`, `checking`, `course` and `language`.
"""

"""From a chapter's source to notebooks, checks and the students' archive.

Start with :mod:`~autograde.authoring.build`, which makes a chapter's notebooks, and
:mod:`~autograde.authoring.make_checks`, which draws its cases from a seed, visible and
hidden ones. :mod:`~autograde.authoring.gate` tries whether they tell mistakes apart.
The course's own code runs here; a student's only behind the walls
(:mod:`~autograde.authoring.walled`).

It imports `exercise`, `student`, `execution`, `notebooks`, `checking`, `course` and
`language`.
"""

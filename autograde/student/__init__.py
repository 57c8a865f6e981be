"""What a student uses: checks, progress, hand-in, JupyterLab.

Start with :mod:`~autograde.student.check`, which runs when a student types
``check("name")``. :mod:`~autograde.student.lab` opens the course,
:mod:`~autograde.student.workcopy` keeps the student's copy up to date, and
:mod:`~autograde.student.submit` hands in. All of it goes into the students' archive.

It imports `notebooks`, `checking`, `environment`, `datasets`, `course` and `language`.
"""

"""Where everything of a course lies, and how its files are written.

Start with :mod:`~autograde.course.layout`: every path and every look-up of a chapter.

It imports no other room.
"""

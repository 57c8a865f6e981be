"""The data of the chapters: one module a data set, all of it offline.

It imports `course` and `language`.
"""

"""Editions in other languages: extract messages, swap texts, compare the editions.

Start with :mod:`~autograde.translating.catalog`, the texts of a chapter and their
translations; :mod:`~autograde.translating.edition` makes a chapter of them, and
:mod:`~autograde.translating.gate` compares it with the English one.

It imports `authoring`, `exercise`, `student`, `notebooks`, `checking`, `course` and
`language`.
"""

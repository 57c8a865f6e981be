"""The course as a web site: chapters as read, a glossary, guides and a reference.

Start with :mod:`~autograde.book.site`: it writes the sources of the site and lets
Sphinx build them.

It imports `reporting`, `translating`, `notebooks`, `checking`, `course` and `language`.
"""

"""Editions in other languages: extract messages, swap texts, compare the editions."""

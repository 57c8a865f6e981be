"""Notebooks as data: cells, rebuilding, merging, still pictures."""

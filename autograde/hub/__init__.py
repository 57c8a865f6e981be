"""A JupyterHub with this course: tried on one machine, with real accounts or none."""

"""nbgrader's configuration of a hub whose people are accounts of the system.

To /etc/jupyter/nbgrader_config.py. Another course, or the next term, has another
course_id: each of its own servers names it with an nbgrader_config.py in a folder that
the spawner's JUPYTER_CONFIG_PATH lists before /etc/jupyter.
"""

c = get_config()  # noqa: F821
c.CourseDirectory.course_id = "deep-learning-2026"
c.Exchange.root = "/srv/exchange"

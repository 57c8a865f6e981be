"""nbgrader's configuration in containers, where all are the account jovyan.

To /etc/jupyter/nbgrader_config.py of the image. A student's name is then the hub's, and
whose a submission is, the folder says that it lies in: see kubernetes.yaml.
"""

c = get_config()  # noqa: F821
c.CourseDirectory.course_id = "deep-learning-2026"
c.Exchange.root = "/srv/exchange"
c.ExchangeCollect.check_owner = False

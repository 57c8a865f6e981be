"""The Littlest JupyterHub: to /opt/tljh/config/jupyterhub_config.d/deep_learning.py.

/opt/course is an unpacked students' archive with its own environment, /opt/course/.venv
(python3 start.py --env .venv --setup-only), both readable by all:

    /opt/course/.venv/bin/python -m autograde data --shared
    chmod -R a+rX /opt/course
    install -d -m 1777 /srv/exchange

Both environments need JupyterHub in the major version of the hub's own, which
/opt/tljh/hub/bin/jupyterhub --version says: pip install 'jupyterhub<6' for a 5.

Instructors are the hub's administrators; each has the whole course in ~/course. The
nbgrader configuration beside this file goes to /etc/jupyter/nbgrader_config.py. The
account of ada is jupyter-ada: so the roster's column login has to say.
"""

c = get_config()  # noqa: F821

COURSE = "/opt/course"
PYTHON = f"{COURSE}/.venv/bin/python"


def before_spawn(spawner):
    """Give students the course, instructors the course with Formgrader."""
    command = [PYTHON, "-P", "-m", "autograde"]
    environment = {"HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    if spawner.user.admin:
        from tljh.normalize import generate_system_username

        account = generate_system_username(f"jupyter-{spawner.user.name}")
        own = f"/home/{account}/course"
        spawner.cmd = [f"{own}/.venv/bin/python", *command[1:], "instructor"]
        spawner.args = ["--singleuser", "--root", own]
        environment["PYTHONPATH"] = own
    else:
        spawner.cmd = [*command, "singleuser"]
        spawner.args = ["--root", COURSE, "--work", "deep-learning"]
        environment["PYTHONPATH"] = COURSE
    spawner.environment = environment


c.Spawner.pre_spawn_hook = before_spawn
c.Spawner.mem_guarantee = "1G"
c.Spawner.mem_limit = "2G"
c.Spawner.start_timeout = 120
c.Spawner.http_timeout = 120

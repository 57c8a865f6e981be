"""``autograde lab``: JupyterLab on a student's own copy of the course.

Brings the copy in ``work/`` up to date (see :mod:`autograde.student.workcopy`), then
opens JupyterLab on 127.0.0.1 with its token. Settings and extensions are given to this
launch alone; nothing is installed or changed outside ``work/``.
"""

from __future__ import annotations

import datetime
import json
import os
import subprocess
import sys
import webbrowser
from pathlib import Path
from typing import Any

from autograde.course.layout import CannotRun, named, released_chapters
from autograde.language import NAMES, chosen_for, localised, translate, using
from autograde.student.assignments import exchange_here, update_from_exchange
from autograde.student.edition import choose_language, edition_of
from autograde.student.news import News, write_news
from autograde.student.progress import STATE
from autograde.student.start_page import START, write_start_page, write_title
from autograde.student.workcopy import Update, restore, update_work

PACKAGE = Path(__file__).resolve().parent
STUDENT_EXTENSIONS = {
    "nbgrader.server_extensions.formgrader": False,
    "nbgrader.server_extensions.assignment_list": False,
    "nbgrader.server_extensions.course_list": False,
    "nbgrader.server_extensions.validate_assignment": False,
    "autograde.student.assignments_server": True,
    "autograde.student.validate": True,
    "jupyterlab_jupytext": False,
    "jupyter_lsp": False,
    "jupyter_server_terminals": False,
}

# a notebook that is open would be saved over what is updated below it
STILL_OPEN = (
    "Nothing was updated: JupyterLab is open on your copy of the course. There choose "
    "File > Shut Down (or press Ctrl+C in the window where the course was started), "
    "then try again."
)


def open_course(
    root: Path, work: Path, port: int, browser: bool, ip: str = "127.0.0.1"
) -> int:
    """Bring `work` up to date and be its JupyterLab until it ends."""
    if not running_server(work):
        for line in prepare(root, work):
            print(line)
        with using(chosen_for(work)):
            fetch_sentences()
    command = lab_command(work, port, browser, ServerApp__ip=ip)
    return serve(work, command, lab_environment(root, work), browser)


def update(root: Path, work: Path) -> None:
    """Bring `work` up to date; raise CannotRun where it is open in JupyterLab."""
    if running_server(work):
        raise CannotRun(STILL_OPEN)
    for line in prepare(root, work):
        print(line)


def change_language(root: Path, work: Path, language: str, now: bool) -> list[str]:
    """Let `work` follow `language`, and say so in it.

    now: also where it is open in JupyterLab, whose page has closed the notebooks

    Raises CannotRun for a language that the course is not shown in.
    """
    choose_language(work, language)
    name = NAMES.get(language, language)
    with using(language):
        if running_server(work) and not now:
            said = "From its next start on the course is in this language: {name}."
            return [localised(said, name=name)]
        done = prepare(root, work)
        return [
            localised("The course is in this language now: {name}.", name=name),
            *done,
        ]


def serve(
    folder: Path, command: list[str], environment: dict[str, str], browser: bool
) -> int:
    """Be the server of `folder` until it ends, unless there is one."""
    running = running_server(folder)
    if running:
        print(translate(f"JupyterLab is already open here: {running}"))
        if browser:
            webbrowser.open(running)
        return 0
    sys.stdout.flush()
    if os.name == "nt":  # there exec ends this process, and the prompt comes back
        return wait_for(subprocess.Popen(command, env=environment))
    os.execve(command[0], command, environment)


def wait_for(process: subprocess.Popen) -> int:
    """The exit status of `process`; Ctrl+C is its matter, which asks before it ends."""
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue


def prepare(root: Path, work: Path) -> list[str]:
    """Bring `work` up to date, write its start page, and say what was done."""
    with using(chosen_for(work)):
        return _prepared(root, work)


def _prepared(root: Path, work: Path) -> list[str]:
    first = not (work / STATE / "released").exists()
    updates = _update(root, work)
    said = []
    if first:
        said.append(translate(f"Your copy of the course is {work}"))
    news = [
        News(update.chapter, update.said, update.backup.name if update.backup else "")
        for update in updates
    ]
    if news and not first:
        write_news(work, datetime.date.today().isoformat(), news)
        said.append(
            translate("The course was updated; your own work is as you left it.")
        )
        said += [f"  {item.told()}" for item in news]
    write_title(work, root)
    write_start_page(work)
    return said


def fetch_sentences() -> None:
    """Fetch the sentences of two chapters where that was not done yet, and say so."""
    from autograde.datasets import sentences
    from autograde.environment import wants_torch

    if not wants_torch() or sentences.is_set_up():
        return
    fetching = translate("Fetching the sentences of chapters 04 and 05, 2 MB ...")
    print(fetching, flush=True)
    try:
        sentences.set_up()
    except sentences.SentencesError as error:
        print(translate(f"Chapters 04 and 05 cannot be run yet. {error}"))


def _update(root: Path, work: Path) -> list[Update]:
    """Bring `work` up to date with the course; on a hub, what was fetched of it."""
    place = exchange_here()
    if place is not None:
        return update_from_exchange(work, place)
    with edition_of(root / "chapters", chosen_for(work), work) as released:
        return update_work(released, work)


def lab_command(work: Path, port: int, browser: bool = True, **more: Any) -> list[str]:
    """The command that serves `work`: on this computer alone, with a token.

    `more` are further options of JupyterLab, with ``__`` for the dot in their names.
    """
    return server_command(
        work,
        work / STATE / "jupyter",
        STUDENT_EXTENSIONS,
        PACKAGE / "lab_settings" / "student",
        {
            "ServerApp.port": port,
            "ServerApp.open_browser": browser,
            "ServerApp.terminals_enabled": False,
            "LabApp.default_url": f"/lab/tree/{START}",
            "LabApp.extension_manager": "readonly",
        },
        more,
    )


def server_command(
    root: Path,
    settings: Path,
    extensions: dict[str, bool],
    defaults: Path,
    options: dict[str, Any],
    more: dict[str, Any],
) -> list[str]:
    """Write a configuration for this launch alone, and return the command."""
    options = {
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.root_dir": str(root),
        "ServerApp.jpserver_extensions": extensions,
        "ServerApp.allow_root": hasattr(os, "geteuid") and os.geteuid() == 0,
        "LabApp.app_settings_dir": str(defaults),
        "LabApp.user_settings_dir": str(settings / "settings"),
        "LabApp.workspaces_dir": str(settings / "workspaces"),
        "LabApp.extra_labextensions_path": [str(PACKAGE / "labextension")],
        "HTMLExporter.preprocessors": ["autograde.notebooks.stills.StillPictures"],
        "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
        **options,
        **{name.replace("__", "."): value for name, value in more.items()},
    }
    config: dict[str, dict[str, Any]] = {}
    for name, value in options.items():
        owner, option = name.split(".", 1)
        config.setdefault(owner, {})[option] = value
    settings.mkdir(parents=True, exist_ok=True)
    path = settings / "jupyter_lab_config.json"
    path.write_text(json.dumps(config, indent=1), "utf-8")
    return jupyter("jupyterlab", f"--config={path}")


def jupyter(module: str, *arguments: str) -> list[str]:
    """The command that runs a Jupyter server's `module`."""
    # -P: a file of the folder where the command is given must not be imported
    return [sys.executable, "-P", "-m", "autograde.student.server", module, *arguments]


def lab_environment(root: Path, work: Path) -> dict[str, str]:
    """The environment of the server and of its kernels."""
    paths = [str(root), os.environ.get("PYTHONPATH", "")]
    data = [str(PACKAGE / "lab_settings/student"), os.environ.get("JUPYTER_PATH", "")]
    configs = os.environ.get("JUPYTER_CONFIG_PATH", "").split(os.pathsep)
    return os.environ | {
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        # without nbgrader's configuration for grading, which make exports
        "JUPYTER_CONFIG_PATH": os.pathsep.join(
            path for path in configs if path and Path(path).resolve() != PACKAGE.parent
        ),
        "JUPYTER_CONFIG_DIR": str(work / STATE / "jupyter"),
        # kernels that explain a missing name: autograde/student/kernel_extension.py
        "JUPYTER_PATH": os.pathsep.join(filter(None, data)),
        "JUPYTER_PREFER_ENV_PATH": "1",
    }


def running_server(folder: Path) -> str | None:
    """The address of a server that already serves `folder`, or None."""
    from jupyter_server.serverapp import list_running_servers  # late: a second

    for server in list_running_servers():
        if Path(server.get("root_dir", "")).resolve() == folder:
            return f"{server['url']}?token={server['token']}"
    return None


def restore_cells(root: Path, work: Path, chapter: str) -> None:
    """Bring back the cells of the course that were deleted from `chapter`."""
    released = root / "chapters"
    name = named(chapter, released_chapters(root))
    with edition_of(released, chosen_for(work), work) as edition:
        said = restore(edition, work, name).said
    for line in said or ["every cell of the course is there"]:
        print(f"{name}: {translate(line)}")
    if said and running_server(work):
        print(translate("In JupyterLab now choose File > Reload Notebook from Disk."))

"""The course as an instructor meets it: Formgrader, feedback, pairing, in a browser.

Skipped, with the reason, where no Chromium and chromedriver are installed.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from urllib.parse import quote

import pytest

from autograde.authoring import instructor_lab
from autograde.course.layout import ROOT
from autograde.course.ports import free_port
from autograde.grading.anonymous import code_of, switch
from autograde.tools.browser import PATIENCE, Page, missing, serving

NAME = "01_gradient_descent"
TOKEN = "for-tests"
STUDENTS = 2
SCORES_LOADED = "formgrader.grades && formgrader.grades.loaded"

pytestmark = [
    pytest.mark.skipif(missing() is not None, reason=f"browser tests: {missing()}"),
    pytest.mark.skipif(not (ROOT / "chapters" / NAME).exists(), reason="no chapter 01"),
    pytest.mark.xdist_group("browser"),
]


@pytest.fixture(scope="module")
def course(tmp_path_factory, term):
    """A copy of the course with a small simulated class, graded."""
    root = term.begin(tmp_path_factory.mktemp("instructor"))
    for part in ("autograde", "solutions", "chapters"):
        ignored = shutil.ignore_patterns("__pycache__", "0[02-9]_*", "tests")
        shutil.copytree(ROOT / part, root / part, ignore=ignored)
    environment = os.environ | {"PYTHONPATH": str(root), "OMP_NUM_THREADS": "1"}
    for arguments in (
        ("autograde", "simulate", "--students", str(STUDENTS), "01"),
        ("autograde", "grade", "01"),
    ):
        command = [sys.executable, "-m", *arguments]
        done = subprocess.run(
            command, cwd=root, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr[-4000:]
    assert f"{STUDENTS} submissions graded" in done.stdout, done.stdout
    return root


@pytest.fixture(scope="module")
def server(course):
    port = free_port()
    more = {"LabApp__expose_app_in_browser": True, "IdentityProvider__token": TOKEN}
    command = instructor_lab.instructor_command(course, port, browser=False, **more)
    environment = instructor_lab.instructor_environment(course) | {
        "PYTHONPATH": str(course)
    }
    with serving(command, environment, port, course / "server.log") as address:
        yield address


@pytest.fixture(scope="module")
def page(server, course):
    with Page(log=course / "server.log") as page:
        page.open(f"{server}/?token={TOKEN}")
        page.wait_for_lab()
        yield page


def rows(page, address, count=STUDENTS):
    """The rows of a table of Formgrader, as lists of texts."""
    page.open(address)
    script = (
        "[...document.querySelectorAll('tbody tr')].map(r => r.innerText.split('\\t'))"
    )
    page.wait(f"{script}.length >= {count} && {script}[0].length > 2")
    found = page.run(f"return {script}")
    return [[text.strip() for text in row] for row in found]


def expected(course):
    """The points of each student that the simulation foretells."""
    scores = json.loads((course / "grading" / "expected.json").read_text("utf-8"))
    return {
        student: sum(entry["points"].values())
        for student, entry in scores[NAME].items()
    }


def test_formgrader_is_in_jupyterlab(page):
    commands = page.run("return window.jupyterapp.commands.listCommands()")
    assert any("formgrader" in name for name in commands)


def test_the_class_is_there_with_its_scores(page, server, course):
    found = rows(page, f"{server}/formgrader/manage_submissions/{NAME}")
    scores = {row[1]: float(row[4].split(" / ")[0]) for row in found}
    assert scores == pytest.approx(expected(course), abs=0.01)
    assert all(row[4].endswith(" / 47") for row in found)


def test_the_autograde_button_gives_the_same_score(page, server):
    address = f"{server}/formgrader/manage_submissions/{NAME}"
    before = {row[1]: row[4] for row in rows(page, address)}
    page.run(
        "[...document.querySelectorAll('tbody tr')]"
        ".find(r => r.innerText.includes('student0001'))"
        ".querySelector('.autograde a, td .glyphicon-flash').closest('a').click()"
    )
    page.wait("document.querySelector('.modal.in')", what="autograding has no end")
    assert "success" in page.run("return document.body.innerText").lower()
    assert {row[1]: row[4] for row in rows(page, address)} == before


def answered(address):
    """Status, headers and text of what Formgrader answers to a link."""
    request = urllib.request.Request(
        address, headers={"Authorization": f"token {TOKEN}"}
    )
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as reply:
            return reply.status, reply.headers, reply.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


def test_a_link_runs_no_settings_of_another_folder(page, server, course, tmp_path):
    ran = tmp_path / "ran"
    settings = f"open({str(ran)!r}, 'w').close()\n"
    (tmp_path / "nbgrader_config.py").write_text(settings, "utf-8")
    assert answered(f"{server}/formgrader?path={tmp_path}")[0] == 403
    assert not ran.exists()
    assert answered(f"{server}/formgrader?path={course}")[0] == 200


@pytest.mark.parametrize("place", ["manage_students", "gradebook"])
def test_a_link_writes_nothing_into_a_page(server, place):
    for name in ("<img src=x onerror=run()>", '";run();"'):
        status, _, said = answered(f"{server}/formgrader/{place}/{quote(name)}")
        assert status == 404 and name not in said
    status, headers, _ = answered(f"{server}/formgrader/{place}/student0001")
    assert status == 200
    assert "default-src 'self'" in headers["Content-Security-Policy"]


def test_what_formgrader_says_is_data_and_files_are_no_pages(server, course):
    status, headers, _ = answered(f"{server}/formgrader/api/students")
    assert (status, headers.get_content_type()) == (200, "text/plain")
    listed = answered(f"{server}/formgrader/api/submitted_notebooks/{NAME}/{NAME}")[2]
    first = json.loads(listed)[0]
    folder = course / "grading" / "autograded" / first["student"] / NAME
    sent = folder / "sent.html"
    sent.write_text("<script>run()</script>", "utf-8")
    address = f"{server}/formgrader/submissions/{first['id']}/{sent.name}"
    status, headers, _ = answered(address)
    sent.unlink()  # nbgrader would copy it to the feedback
    assert status == 200 and "sandbox" in headers["Content-Security-Policy"]


def scored_by_hand(course):
    with sqlite3.connect(course / "grading" / "gradebook.db") as book:
        found = book.execute("select 1 from grade where manual_score = 1.5")
        return found.fetchone() is not None


def test_a_prose_answer_is_graded_by_hand(page, server, course):
    address = f"{server}/formgrader/gradebook/{NAME}/{NAME}"
    rows(page, address)
    link = page.run("return document.querySelector('tbody td a').href")
    page.open(link)
    page.wait(SCORES_LOADED)
    assert page.run("return document.querySelectorAll('math').length") > 20
    shown = page.run("return document.querySelector('#notebook').innerText")
    assert "Rubric of long_valley" in shown and "Reference answer" in shown
    page.run(
        "const box = document.querySelector('#long_valley');"
        "box.value = 1.5; box.dispatchEvent(new Event('change', {bubbles: true}));"
    )
    deadline = time.monotonic() + PATIENCE
    while not scored_by_hand(course):
        assert time.monotonic() < deadline, f"not saved: {page.state()}"
        time.sleep(0.2)
    page.open(link)
    page.wait(SCORES_LOADED)
    page.wait("document.querySelector('#long_valley').value === '1.5'")
    errors = [entry["message"] for entry in page.driver.get_log("browser")]
    assert not [text for text in errors if "MathJax" in text or "cdnjs" in text]
    assert any("1.5 / 2" in cell for row in rows(page, address) for cell in row)


def test_formgrader_shows_codes_while_grading_is_anonymous(page, server, course):
    grading = course / "grading"
    codes = {code_of(grading, f"student000{n}") for n in range(STUDENTS)}
    address = f"{server}/formgrader/manage_submissions/{NAME}"
    before = {row[4] for row in rows(page, address)}
    switch(grading, True)
    try:
        found = rows(page, address)
        assert {row[1] for row in found} == codes
        assert {row[4] for row in found} == before
        links = page.run(
            "return [...document.querySelectorAll('.student-name a')].map(a => a.href)"
        )
        listed = f"{server}/formgrader/gradebook/{NAME}/{NAME}"
        rows(page, listed)
        link = page.run("return document.querySelector('tbody td a').href")
        for place in (address, listed, *links, f"{server}/formgrader/manage_students"):
            shown = rows(page, place, 1)
            assert shown and "student000" not in page.driver.page_source, place
        page.open(link)
        page.wait(SCORES_LOADED)
        assert "student000" not in page.driver.page_source
        assert any(code in page.driver.page_source for code in codes)
    finally:
        switch(grading, False)
    assert all("student000" in row[1] for row in rows(page, address))


def test_feedback_opens_offline_and_holds_the_points(page, server, course):
    rows(page, f"{server}/formgrader/manage_submissions/{NAME}")
    for student in range(STUDENTS):
        page.run(
            "[...document.querySelectorAll('tbody tr')]"
            f".find(r => r.innerText.includes('student000{student}'))"
            ".querySelector('.glyphicon-comment').closest('a').click()"
        )
        page.wait("document.querySelector('.modal.in')")
        page.open(f"{server}/formgrader/manage_submissions/{NAME}")
        page.wait("document.querySelectorAll('tbody .glyphicon-comment').length > 1")
    said = []
    for path in sorted((course / "grading" / "feedback").glob("*/*/*.html")):
        page.open(path.as_uri())
        page.wait("document.body.innerText.length > 1000")
        said.append(page.run("return document.body.innerText"))
        outside = page.run(
            "return performance.getEntriesByType('resource').map(e => e.name)"
            ".filter(name => /^https?:/.test(name))"
        )
        assert outside == []
    assert len(said) == STUDENTS
    # the simulated class uses the editions by turns
    assert all(re.search("of 47 points|（共 47 分）", text) for text in said)
    assert any(re.search("1.5 of 2|1.5 / 2", text) for text in said)


def test_report_and_feedback_fit_a_narrow_window(page, course):
    grading = course / "grading"
    metrics = {"width": 400, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    try:
        page.open((grading / "report" / "index.html").as_uri())
        wide = "return document.documentElement.scrollWidth"
        assert page.run(wide) <= 400
        for path in sorted(grading.glob("feedback/*/*/*.html")):
            page.open(path.as_uri())
            right = "document.querySelector('.grades').getBoundingClientRect().right"
            assert page.run(f"return {right}") <= 400
    finally:
        page.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_saving_a_solution_notebook_writes_its_source(page, server, course):
    source = course / "solutions" / NAME / f"{NAME}.py"
    before = source.read_text("utf-8").split("\n")
    page.open(f"{server}/lab/tree/solutions/{NAME}/{NAME}.ipynb?token={TOKEN}")
    page.wait_for_lab()
    page.wait_for_kernel()
    cell = f"{page.cell('background')}.model.sharedModel"
    page.run(f"{cell}.setSource({cell}.getSource() + '\\n\\nA sentence of the test.')")
    page.command("docmanager:save")
    page.wait_until_saved()
    after = source.read_text("utf-8").split("\n")
    added = [line for line in after if line not in before]
    assert added == ["# A sentence of the test."]
    assert len(after) == len(before) + 2

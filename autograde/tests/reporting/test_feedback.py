"""Feedback pages: what a student reads, and what nobody's browser may run."""

from __future__ import annotations

import base64
import re
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_output

from autograde.course.layout import ROOT
from autograde.grading.scores import course_scores
from autograde.reporting import feedback, feedback_page, pages
from autograde.reporting.feedback import write_feedback
from autograde.reporting.feedback_page import clean, output, prose, terminal
from autograde.reporting.mathml import mathml
from autograde.sandbox.monitor import ProcFolder
from autograde.tests.small_class import (
    CHAPTER,
    SAYS,
    grade_by_hand,
    graded,
    printed,
    record,
)


def written(root: Path):
    return write_feedback(root, course_scores(root), quiet=True)


def page(root: Path, student: str) -> BeautifulSoup:
    path = root / "grading" / "feedback" / student / CHAPTER / f"{CHAPTER}.html"
    return BeautifulSoup(path.read_text("utf-8"), "html.parser")


def test_points_mistakes_and_comments_stand_at_the_top(tmp_path):
    record(tmp_path, [graded("ada", "pw", known=True)])
    written(tmp_path)
    found = page(tmp_path, "ada")
    rows = [
        [cell.get_text(" ", strip=True) for cell in row.find_all(["th", "td"])]
        for row in found.find("table", class_="grades").tbody.find_all("tr")
    ]
    assert rows == [
        ["first", "1 of 2", "wrong", f"sum-for-mean : {SAYS}"],
        ["second", "4 of 4", "passed", ""],
        ["prose", "– of 3", "waits for a person", ""],
    ]
    assert "5 of 9 points" in found.find(class_="total").text
    for anchor in found.find_all("a"):
        assert found.find(id=anchor["href"].removeprefix("#"))
    grade_by_hand(tmp_path, "ada", "prose", 2.5)
    written(tmp_path)
    assert "7.5 of 9 points" in page(tmp_path, "ada").find(class_="total").text


def test_a_page_is_in_the_language_of_its_notebook(tmp_path):
    found = graded("ada", "pw", known=True, language="zh_CN", prose="答案")
    record(tmp_path, [found, graded("bob", "pw", known=True)])
    written(tmp_path)
    chinese, english = page(tmp_path, "ada"), page(tmp_path, "bob")
    assert chinese.html["lang"] == "zh-CN" and english.html["lang"] == "en"
    text = chinese.main.get_text(" ", strip=True)
    assert "得分与已知的错误" in text and "5 分（共 9 分）" in text
    rows = chinese.find("table", class_="grades").tbody.find_all("tr")
    outcomes = [row.find_all("td")[1].text for row in rows]
    assert outcomes == ["错误", "通过", "等待人工评阅"]
    assert "用例通过了 1 个" in text  # what the judge wrote below the check
    left = text.replace(SAYS, "").replace("sum-for-mean", "")
    for word in ("first", "second", "prose", "A chapter It holds", "ada", "case"):
        left = left.replace(word, "")
    assert set(re.findall(r"[A-Za-z]{4,}", left)) <= {"check", "return", "chapter"}
    assert "Points and known mistakes" in english.main.get_text()


def test_a_note_of_the_grader_is_in_the_readers_language(tmp_path):
    prose = (
        "**Note of the grader.** Nothing was found here: the answer's cell was emptied."
    )
    record(tmp_path, [graded("ada", prose=prose, language="zh_CN")])
    written(tmp_path)
    said = page(tmp_path, "ada").find(id="prose").get_text(" ", strip=True)
    assert "批改者注" in said and "答题单元格被清空了" in said


def test_only_what_changed_is_written_again(tmp_path):
    record(tmp_path, [graded("ada"), graded("bob"), graded("cyd")])
    assert (written(tmp_path).pages, written(tmp_path).unchanged) == (3, 3)
    grade_by_hand(tmp_path, "bob", "prose", 1)
    assert written(tmp_path).pages == 1
    record(tmp_path, [graded("cyd", "ww")], submission="work 2")
    assert written(tmp_path).pages == 1
    assert "4 of 9 points" in page(tmp_path, "cyd").text
    record(tmp_path, [graded("ada", problem="the file is empty")], submission="work 2")
    written(tmp_path)
    assert not list((tmp_path / "grading" / "feedback" / "ada").rglob("*.html"))


def test_one_bad_notebook_stops_nobody(tmp_path):
    record(tmp_path, [graded("ada"), graded("bob")])
    bad = tmp_path / "grading" / "autograded" / "ada" / CHAPTER / f"{CHAPTER}.ipynb"
    bad.write_text("{")
    found = written(tmp_path)
    assert found.pages == 1 and found.problems[0].startswith(
        f"ada, {CHAPTER}: no feedback"
    )
    assert written(tmp_path).problems


ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<img src="https://evil.example/x.png">',
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<iframe src="https://evil.example"></iframe>',
    '<form action="https://evil.example"><input name=a></form>',
    "<style>@import url(https://evil.example/x.css)</style>",
    '<p style="background:url(https://evil.example)">x</p>',
    '<math><mtext><table><mglyph><style><img src onerror="alert(1)">',
    '<math href="javascript:alert(1)">x</math>',
    "<base href=https://evil.example>",
    '<meta http-equiv="refresh" content="0;url=https://evil.example">',
    "<details ontoggle=alert(1) open>x</details>",
    "[x](javascript:alert(1)) ![y](https://evil.example/y.png)",
    '$\\href{javascript:alert(1)}{x}$ $$\\class{x" onclick="alert(1)}{y}$$',
    "$\\text{<script>alert(1)</script>}$",
    "![x](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+)",
]
TAGS = ["script", "iframe", "form", "input", "svg", "object", "embed", "base", "link"]


def harmful(found: BeautifulSoup) -> list[str]:
    wrong = [str(tag)[:80] for tag in found.find_all(TAGS)]
    for tag in found.find_all(True):
        for name, value in tag.attrs.items():
            value = " ".join(value) if isinstance(value, list) else value
            link = name in ("href", "src", "action", "cite", "xlink:href")
            bad_link = link and not re.match(
                r"#|https?://|data:image/png;base64", value
            )
            loads = name == "src" and not value.startswith("data:image/png")
            if name.startswith("on") or bad_link or loads or "url(" in value:
                wrong.append(f"{tag.name} {name}={value[:60]}")
    return wrong


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_of_a_student_can_run(attack):
    html = output({"text/html": attack, "text/plain": "x"}, {})
    for text in (prose(attack), clean(attack), html, terminal(attack)):
        assert harmful(BeautifulSoup(text, "html.parser")) == []


def test_a_whole_page_of_attacks(tmp_path):
    everything = "\n\n".join(ATTACKS)
    outputs = [
        new_output("display_data", data={"text/html": everything, "text/plain": "x"}),
        new_output("display_data", data={"image/svg+xml": "<svg onload=alert(1)/>"}),
        new_output("display_data", data={"application/javascript": "alert(1)"}),
        new_output("display_data", data={"image/png": '"><script>alert(1)</script>'}),
        new_output("error", ename="E", evalue=everything, traceback=[everything]),
        printed(everything),
    ]
    name = "<script>alert(1)<∕script>"
    record(tmp_path, [graded(name, code=everything, prose=everything, outputs=outputs)])
    assert written(tmp_path).problems == []
    found = page(tmp_path, name)
    assert harmful(found) == []
    policy = found.find("meta", {"http-equiv": "Content-Security-Policy"})["content"]
    assert policy.startswith("default-src 'none'") and "script" not in policy


def test_the_page_needs_no_network(tmp_path):
    record(tmp_path, [graded("ada")])
    written(tmp_path)
    text = str(page(tmp_path, "ada"))
    assert not re.search(r"(src|href)=\"https?:", text) and "<script" not in text
    assert "<msubsup>" in text and "$x_1^2$" not in text


def test_long_output_is_cut_and_pictures_have_a_text():
    assert len(terminal("x" * 10**6)) < 30_000
    assert "960,000 characters are left out" in terminal("x" * 980_000)
    png = base64.b64encode(b"not really").decode()
    shown = output({"image/png": png, "text/plain": 'the "loss" falls'}, {})
    assert BeautifulSoup(shown, "html.parser").img["alt"] == 'the "loss" falls'


@pytest.mark.parametrize(
    ("tex", "part"),
    [
        (r"\begin{aligned}a &= b\\ c &= d\end{aligned}", "<mtable"),
        (r"\frac{\partial L}{\partial W}", "<mfrac>"),
        (r"\operatorname{softmax}(z)", "softmax"),
        (r"\frac{", "<code>"),
        ("{" * 5000, "<code>"),
    ],
)
def test_formulas(tex, part):
    assert part in mathml(tex, True)


def test_every_formula_of_the_course_can_be_drawn():
    count = 0
    for path in sorted(ROOT.glob("chapters/*/*.ipynb")):
        for cell in nbformat.read(path, 4).cells:
            if cell.cell_type == "markdown":
                drawn = BeautifulSoup(prose(cell.source), "html.parser").find_all(
                    "math"
                )
                count += len(drawn)
                for formula in drawn:
                    said = f"{path.name}: {formula.get('title')}"
                    assert "\\" not in formula.text and "&" not in formula.text, said
                assert "<code>\\" not in prose(cell.source), (path.name, cell.source)
    assert count > 50


def test_nbgrader_makes_the_same_page(tmp_path):
    record(tmp_path, [graded("ada", "pw", known=True)])
    written(tmp_path)
    ours = str(page(tmp_path, "ada"))
    code = (
        "import sys; from pathlib import Path\n"
        "from nbgrader.apps import NbGraderAPI\n"
        "from autograde.grading.nbgrader_setup import course_config\n"
        "api = NbGraderAPI(config=course_config(Path(sys.argv[1])))\n"
        "done = api.generate_feedback(sys.argv[2], force=True)\n"
        "sys.exit(done['log'] if not done['success'] else 0)"
    )
    command = [sys.executable, "-c", code, str(tmp_path), CHAPTER]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr[-2000:]
    assert str(page(tmp_path, "ada")) == ours


def test_two_processes_write_what_one_writes(tmp_path, monkeypatch):
    students = [f"student{i}" for i in range(7)]
    by_one, by_two = tmp_path / "one", tmp_path / "two"
    for root in (by_one, by_two):
        work = [graded(name, "pw" if name < "student3" else "pp") for name in students]
        moment = datetime(2026, 1, 9, 12)
        record(root, [*work, graded("wrecked")], timestamp=moment)
        grade_by_hand(root, "student5", "prose", 2.5)
        bad = root / "grading" / "autograded" / "wrecked" / CHAPTER
        (bad / f"{CHAPTER}.ipynb").write_text("{")
    alone = write_feedback(by_one, course_scores(by_one), processes=1, quiet=True)
    monkeypatch.setattr(feedback, "WORTH_PROCESSES", 2)
    monkeypatch.setattr(feedback, "CHUNK", 3)
    pools = []

    class Pool(ProcessPoolExecutor):
        def __init__(self, *arguments, **options):
            super().__init__(*arguments, **options)
            pools.append(self)

        def map(self, work, *parts, **options):
            self.parts = [len(chunk) for chunk in parts[-1]]
            return super().map(work, *parts, **options)

    monkeypatch.setattr(feedback, "ProcessPoolExecutor", Pool)
    shared = write_feedback(by_two, course_scores(by_two), processes=2, quiet=True)
    (pool,) = pools
    assert pool._max_workers == 2 and pool.parts == [3, 3, 2]
    assert (shared.pages, shared.unchanged) == (alone.pages, alone.unchanged) == (7, 0)
    assert shared.problems == alone.problems and len(alone.problems) == 1
    pages = [
        {
            str(path.relative_to(root)): path.read_bytes()
            for path in (root / "grading" / "feedback").rglob("*")
            if path.is_file() and path.name != feedback.RECORD
        }
        for root in (by_one, by_two)
    ]
    assert sum(name.endswith(".html") for name in pages[0]) == 7
    assert pages[0] == pages[1]
    assert write_feedback(by_two, course_scores(by_two), quiet=True).unchanged == 7


def test_a_page_costs_little(tmp_path):
    record(tmp_path, [graded(f"student{i}") for i in range(12)])
    scores = course_scores(tmp_path)
    write_feedback(tmp_path, scores, quiet=True)
    renderer = pages._renderer.process.process.pid

    def used() -> float:
        """CPU seconds of this process and of the one that renders."""
        return time.process_time() + ProcFolder().processes()[renderer].cpu

    start = used()
    assert write_feedback(tmp_path, scores, force=True, quiet=True).pages == 12
    assert (used() - start) / 12 < 0.1


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [
        p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_code_has_contrast_on_its_light_ground():
    css = (feedback_page.TEMPLATES / "feedback_page" / "page.css").read_text("utf-8")
    ground = luminance(re.search(r"--panel: #(\w{6})", css)[1]) + 0.05
    pale = {
        str(kind)
        for kind, style in feedback_page.LightStyle
        if style["color"] and ground / (luminance(style["color"]) + 0.05) < 4.5
    }
    assert pale == {"Token.Text.Whitespace"}

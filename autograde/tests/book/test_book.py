"""The book is whole, fetches nothing, is tagged, and gives no answer away."""

from __future__ import annotations

import re
import shlex
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlsplit

import click
import pytest
from bs4 import BeautifulSoup

from autograde.authoring.chapter import BEGIN, END, chapters
from autograde.book.chapters import cases_text, opened_by
from autograde.book.docstrings import as_lists
from autograde.book.languages import CHINESE, mark_chinese
from autograde.checking.checks import Checks
from autograde.commands.main import main
from autograde.course.layout import CHECKS, ROOT, notebook_path, released_chapters
from autograde.language import ENGLISH, languages, read_messages

GUIDES = [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md"]
OF_THE_THEME = ("webpack-macros.html", "sbt-webpack-macros.html")
LEVEL = re.compile(r"h[1-6]")
FETCHED = re.compile(r"""url\(\s*['"]?(?:https?:)?//|@import\s+['"]?(?:https?:)?//""")


@pytest.fixture(scope="module", params=languages())
def language(request) -> str:
    return request.param


@pytest.fixture(scope="module")
def book(language, built_book) -> Path:
    return built_book(language)


@pytest.fixture(scope="module")
def pages(book) -> dict[Path, BeautifulSoup]:
    return {
        path: BeautifulSoup(path.read_text("utf-8"), "html.parser")
        for path in sorted(book.rglob("*.html"))
        if path.name not in OF_THE_THEME
    }


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


@pytest.mark.slow
def test_no_answer_of_an_exercise_is_in_the_book(book, pages):
    texts = [page.get_text() for page in pages.values()]
    texts += [
        path.read_text("utf-8")
        for path in book.rglob("*")
        if path.suffix in (".ipynb", ".md", ".py", ".txt")
        or path.name == "searchindex.js"
    ]
    text = "".join(map(_squeezed, texts))
    looked_at = 0
    for chapter in chapters():
        given = _squeezed(notebook_path(ROOT / "chapters" / chapter.name).read_text())
        for exercise in chapter.exercises:
            answer = chapter.solution(exercise.name).split(BEGIN)[1].split(END)[0]
            whole = _squeezed(answer)
            assert len(whole) < 25 or whole not in text, exercise.name
            for line in map(_squeezed, answer.splitlines()):
                if len(line) >= 30 and line.replace('"', '\\"') not in given:
                    assert line not in text, f"{exercise.name}: {line}"
                    looked_at += 1
        for entry in chapter.manual:
            assert _squeezed(entry.rubric) not in text, entry.name
    assert looked_at > 50


@pytest.mark.slow
def test_every_exercise_is_shown_with_the_names_of_its_cases(pages, book, language):
    for name in released_chapters(ROOT):
        page = pages[book / "chapters" / f"{name}.html"]
        text = page.get_text()
        checks = Checks.load(ROOT / "chapters" / name / CHECKS)
        said = read_messages(ROOT / "chapters" / name / language)
        items = {_squeezed(item.get_text()) for item in page.select("details li")}
        for exercise in checks.exercises.values():
            assert f'check("{exercise.name}")' in text
            for case in exercise.cases:
                label = _squeezed(said.get(case.label, case.label))
                assert any(label in item for item in items), case.label


@pytest.mark.slow
def test_nothing_is_fetched_when_a_page_is_read(book, pages):
    for path, page in pages.items():
        found = [
            value
            for tag in page.find_all(["script", "link", "img", "iframe", "source"])
            if (value := tag.get("src") or tag.get("href"))
            and (urlsplit(value).scheme not in ("", "data") or urlsplit(value).netloc)
        ]
        assert found == [], path.name
        for script in page.find_all("script", src=False):
            assert not re.search(r"https?://", script.get_text()), path.name
        assert not FETCHED.search(str(page)), path.name
    for path in book.rglob("*.css"):
        assert not FETCHED.search(path.read_text("utf-8")), path.name
    assert list(book.rglob("*thebe*.js")) == [] or all(
        "thebelab" not in str(page.find_all("script", src=True))
        for page in pages.values()
    )


@pytest.mark.slow
def test_every_link_inside_the_book_leads_somewhere(book, pages):
    ids = {
        path: {tag["id"] for tag in page.find_all(id=True)}
        for path, page in pages.items()
    }
    for path, page in pages.items():
        for tag in page.find_all(["a", "img", "link", "script"]):
            address = urlsplit(tag.get("href") or tag.get("src") or "")
            if address.scheme or address.netloc:
                continue
            target = path
            if address.path:
                target = (path.parent / unquote(address.path)).resolve()
            assert target.exists(), f"{path.name}: {address.geturl()}"
            place = unquote(address.fragment)
            if place and target in ids and tag.name == "a":
                assert place in ids[target], f"{path.name}: {address.geturl()}"


@pytest.mark.slow
def test_pages_can_be_read_by_voice(pages, language):
    least = 30 if language == ENGLISH else 12  # a Chinese letter says more
    for path, page in pages.items():
        assert page.html["lang"], path.name
        article = page.find("article") or page.find("main")
        levels = [int(tag.name[1]) for tag in article.find_all(LEVEL)]
        assert levels.count(1) == 1, path.name
        for above, below in pairwise(levels):
            assert below <= above + 1, f"{path.name}: h{below} follows h{above}"
        for picture in article.find_all("img"):
            assert len(picture.get("alt", "")) > least, f"{path.name}: {picture['src']}"
        for table in article.find_all("table"):
            assert table.find("th"), path.name
        untagged = [
            text
            for text in article.find_all(string=CHINESE)
            if not any(str(p.get("lang", "")).startswith("zh") for p in text.parents)
        ]
        assert untagged == [], path.name


@pytest.mark.slow
def test_formulas_are_drawn_by_the_browser_itself(pages, book):
    page = pages[book / "chapters" / "01_gradient_descent.html"]
    assert len(page.find_all("math")) > 100
    assert "MathJax" not in str(page)


@pytest.mark.slow
def test_widgets_are_pictures(pages):
    for path, page in pages.items():
        assert "jupyter.widget" not in str(page), path.name


def _commands(text: str) -> list[list[str]]:
    """The calls of the command in code of a page: in a block, or in backticks."""
    blocks = re.findall(r"^(?: {4}|)(?:\$ )?(autograde [^\n#]+)", text, re.MULTILINE)
    return [
        shlex.split(line)[1:]
        for line in blocks + re.findall(r"`(autograde [^`\n]+)`", text)
    ]


@pytest.mark.parametrize("path", GUIDES, ids=lambda p: str(p.relative_to(ROOT)))
def test_commands_of_the_guides_exist(path):
    for words in _commands(path.read_text("utf-8")):
        if not words or not words[0].islower():  # `autograde COMMAND`
            continue
        assert words[0] in main.commands, f"{path.name}: autograde {words[0]}"
        command, rest = main.commands[words[0]], words[1:]
        while isinstance(command, click.Group) and rest:
            assert rest[0] in command.commands, words
            command, rest = command.commands[rest[0]], rest[1:]
        known = {
            option
            for parameter in command.params
            if isinstance(parameter, click.Option)
            for option in parameter.opts
        }
        for word in rest:
            option = word.split("=")[0]
            assert not word.startswith("-") or option in known | {"--help"}, words


@pytest.mark.parametrize(
    "text, marked",
    [
        ("parameters (参数).", 1),
        ("Background · 背景介绍", 1),
        ("重复步骤2-4，直到模型收敛: and", 2),
        ("no Chinese, “quotes” and — dashes", 0),
        ("「梯度」是什么？", 1),
    ],
)
def test_chinese_is_marked_and_no_character_is_lost(text, marked):
    page = BeautifulSoup(f"<p>{text}</p>", "html.parser")
    assert mark_chinese(page) == marked
    assert page.get_text() == text
    assert mark_chinese(page) == 0


def test_names_of_cases_are_shown_as_they_are():
    from types import SimpleNamespace

    cases = [
        SimpleNamespace(label="a_b *c* <d> $e$", weight=1),
        SimpleNamespace(label="empty", weight=0),
    ]
    text = cases_text(cases)
    assert "1 case<" in text and r"a\_b \*c\* \<d\> \$e\$" in text
    assert "empty (advice" in text


@pytest.mark.parametrize("end", ["", "/", ".git"])
def test_a_published_course_is_linked_to_what_opens_it(end):
    text = opened_by("01_x", f"https://github.com/someone/course{end}")
    assert "mybinder.org/v2/gh/someone/course/HEAD?labpath=chapters%2F01_x" in text
    assert "codespaces.new/someone/course)" in text
    assert "binder" not in opened_by("01_x", "")


def test_arguments_of_a_docstring_become_a_list():
    lines = ["Says it.", "", "x, y: labels,", "    with units", "log: whether", "End."]
    assert as_lists(lines) == [
        "Says it.",
        "",
        "- **x, y**: labels,",
        "  with units",
        "- **log**: whether",
        "",
        "End.",
    ]


@pytest.mark.slow
def test_the_book_is_in_its_language(pages, book, language):
    page = pages[book / "chapters" / "01_gradient_descent.html"]
    assert page.html["lang"] == language.replace("_", "-")
    text = page.find("article").get_text()
    assert ("要做这一章" in text) == (language == "zh_CN")
    assert ("To work on this chapter" in text) == (language == ENGLISH)
    folder = book / "_downloads"
    texts = [path.read_text("utf-8") for path in folder.rglob("01_*.ipynb")]
    assert texts and all(("难度" in t) == (language == "zh_CN") for t in texts)
    note = "（本页只有英文。）"
    english_only = {path.parent.name for path in pages if note in str(pages[path])}
    assert ("instructors" in english_only) == (language == "zh_CN")
    assert "students" not in english_only and "chapters" not in english_only
    if language == "zh_CN":
        paragraphs = [tag.get_text() for tag in page.find("article").find_all("p")]
        broken = [p for p in paragraphs if re.search(r"[一-鿿，。；：]\n[一-鿿]", p)]
        assert broken == []
        pictures = [tag for path in pages for tag in pages[path].select("article img")]
        alts = [tag.get("alt", "") for tag in pictures]
        assert len(alts) > 40
        assert [alt for alt in alts if not re.search("[一-鿿]", alt)] == []
        chapters = [
            p for p in pages if p.parent.name == "chapters" and p.stem[:2] > "00"
        ]
        folded = {
            p: pages[p].select("details[data-lm-suppress-shortcuts]") for p in chapters
        }
        choices = {p.stem: [d.get_text() for d in found] for p, found in folded.items()}
        assert all(
            len(found) >= 30 for name, found in choices.items() if name != "index"
        )
        told = [text for found in choices.values() for text in found]
        assert [text for text in told if not re.search("[一-鿿]", text)] == []

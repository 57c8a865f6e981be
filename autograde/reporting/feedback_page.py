"""A graded notebook as one page for its student: no script, no network, no surprise.

The exporter is what nbgrader's own ``generate_feedback`` uses (the course's
configuration names it), so Formgrader's feedback and the course's are the same pages.
Formulas are MathML, pictures are inside the page, and everything that came from a
student passes a sanitiser; a content security policy forbids what might be left.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

import nh3
from jinja2 import pass_context
from nbconvert.exporters import Exporter, HTMLExporter
from nbconvert.exporters.templateexporter import TemplateExporter
from nbconvert.filters import ansi2html
from nbconvert.filters.highlight import Highlight2HTML
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from pygments import token
from pygments.formatters import HtmlFormatter
from pygments.styles.default import DefaultStyle
from traitlets.config import Config

from autograde.checking.answer import prose as sentence_html
from autograde.course.layout import check_of
from autograde.language import localised, translate, using
from autograde.notebooks.editions import language_of
from autograde.notebooks.prose_answers import NOTE
from autograde.notebooks.sanitize import may_lead
from autograde.reporting.mathml import mathml
from autograde.reporting.pages import render_page

TEMPLATES = Path(__file__).parent / "templates"
MAX_TEXT = 20_000
MAX_PROSE = 60_000
MAX_CODE = 100_000
MAX_PAGE_TEXT = 500_000  # characters of prose and code in one page of Formgrader
MAX_IMAGE = 4 * 2**20
MIME_TYPES = ["text/html", "image/png", "image/jpeg", "text/plain"]

_MATH = {
    "math": {"display", "title"},
    "mtable": {"displaystyle", "columnalign"},
    "mtd": {"columnalign", "columnspan", "rowspan"},
    "mo": {"stretchy", "fence", "form", "separator", "minsize", "maxsize"},
    "mover": {"accent"},
    "munder": {"accentunder"},
    "mi": {"mathvariant"},
    "mspace": {"width"},
    "mstyle": {"displaystyle", "scriptlevel"},
    "mfrac": {"linethickness"},
}
_PLAIN_MATH = (
    # not translated
    "mrow mn ms mtext mtr msub msup msubsup munderover msqrt mroot mpadded mphantom"
)
_TAGS = (nh3.ALLOWED_TAGS - {"map", "area"}) | set(_MATH) | set(_PLAIN_MATH.split())
_ATTRIBUTES = {tag: set(names) for tag, names in nh3.ALLOWED_ATTRIBUTES.items()}
for _tag, _names in _MATH.items():
    _ATTRIBUTES.setdefault(_tag, set()).update(_names)
_ATTRIBUTES["*"] = {"class", "lang"}
_ATTRIBUTES["details"] = {"open"}
_ATTRIBUTES["td"] = _ATTRIBUTES["td"] | {"style"}
_ATTRIBUTES["th"] = _ATTRIBUTES["th"] | {"style"}
_BLANKS = re.compile(r"[^\S\n]{1000}")  # a Markdown reader goes through each, again
_OPENED = re.compile(r"\\\\[\[(]|\\begin\{")  # it looks for each one's end, to the last
MAX_LOOKS = 20_000_000  # characters that are looked at for those ends
_SLOW_CODE = re.compile(r"[^\n]{1001}|\s{100}")  # the lexer goes through each, again
_IMAGE = re.compile(r"data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*")
_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    attributes=_ATTRIBUTES,
    attribute_filter=lambda tag, name, value: _attribute(tag, name, value),
    url_schemes={"http", "https", "mailto", "data"},
    filter_style_properties={"text-align"},
)


def clean(page: str) -> str:
    """HTML without scripts, forms, frames, drawings, and pictures from elsewhere."""
    return _CLEANER.clean(page)


def _attribute(tag: str, name: str, value: str) -> str | None:
    if name == "src":
        return value if _IMAGE.fullmatch(value) else None
    return value if may_lead(name, value) else None


class _Renderer(IPythonRenderer):
    def block_math(self, body: str) -> str:
        return f'<div class="formula" tabindex="0">{mathml(body, True)}</div>'

    def inline_math(self, body: str) -> str:
        return mathml(body)

    def latex_environment(self, name: str, body: str) -> str:
        return self.block_math(f"\\begin{{{name}}}{body}\\end{{{name}}}")

    def block_mermaidjs(self, code: str) -> str:
        return f"<pre>{html.escape(code)}</pre>"

    def _embed_image_or_attachment(self, src: str) -> str:
        forms = self.attachments.get(src.removeprefix("attachment:"), {})
        kind = next(iter(forms), "")
        return f"data:{kind};base64,{forms[kind]}" if kind else src


@lru_cache(maxsize=4000)
def prose(source: str) -> str:
    """Markdown as clean HTML; the prose of a chapter is the same in every page."""
    if _is_slow(source):
        return as_text(source)
    renderer = _Renderer(escape=False, exclude_anchor_links=True)
    return clean(MarkdownWithMath(renderer=renderer).render(source))


def cell_prose(cell: Any) -> str:
    """The Markdown of a cell as clean HTML, with the pictures that are attached."""
    return _with_pictures(_noted(cell.source), cell.get("attachments"))


@pass_context
def formgrader_prose(context: Any, source: str) -> str:
    """As :func:`prose`, with the pictures attached to the cell that is shown.

    It stands in the place of nbconvert's ``markdown2html`` in Formgrader's pages.
    """
    if not _has_room(context, source):
        return as_text(source)
    return _with_pictures(source, (context.get("cell") or {}).get("attachments"))


def _with_pictures(source: str, attachments: Any) -> str:
    if not attachments or _is_slow(source):
        return prose(source)
    renderer = _Renderer(escape=False, exclude_anchor_links=True)
    renderer.attachments = attachments
    return clean(MarkdownWithMath(renderer=renderer).render(source))


def _noted(source: str) -> str:
    """An answer whose first paragraph is the grader's own note, for its reader."""
    if not source.startswith(NOTE):
        return source
    note, blank, rest = source.partition("\n\n")
    return translate(note) + blank + rest


def _is_slow(source: str) -> bool:
    """Whether reading `source` as Markdown could take far more than linear time."""
    if len(source) > MAX_PROSE or _BLANKS.search(source) is not None:
        return True
    return len(_OPENED.findall(source)) * len(source) > MAX_LOOKS


def inline(text: str) -> str:
    """A sentence as HTML: nothing in it is markup but `code` between backticks."""
    return sentence_html(text)


@lru_cache(maxsize=4000)
def code(source: str) -> str:
    """Python source with its colours, unless they would take far too long."""
    if len(source) > MAX_CODE or _SLOW_CODE.search(source):
        return f'<div class="highlight"><pre>{html.escape(source)}</pre></div>'
    # what follows %%perl is else read as Perl, which may take for ever
    lexer = "python3" if "%%" in source else "ipython3"
    return Highlight2HTML(pygments_lexer=lexer)(source)


@pass_context
def formgrader_code(
    context: Any, source: str, language: str | None = None, metadata: Any = None
) -> str:
    """As :func:`code`; it stands in the place of nbconvert's ``highlight_code``."""
    return code(source) if _has_room(context, source) else as_text(source)


def _has_room(context: Any, source: str) -> bool:
    """Whether `source` is still within what one page of Formgrader reads as markup.

    Formgrader renders in the instructor's own server, which answers nobody meanwhile.
    """
    resources = context.get("resources")
    if resources is None:
        return True
    resources["read_as_markup"] = resources.get("read_as_markup", 0) + len(source)
    return resources["read_as_markup"] <= MAX_PAGE_TEXT


def terminal(text: str) -> str:
    """What a program printed, shortened where nobody would read it all."""
    return ansi2html(_shortened(text))


def _shortened(text: str) -> str:
    if len(text) <= MAX_TEXT:
        return text
    count = f"{len(text) - MAX_TEXT:,}"
    left_out = localised("{count} characters are left out here", count=count)
    half = MAX_TEXT // 2
    return f"{text[:half]}\n[... {left_out} ...]\n{text[-half:]}"


def picture(kind: str, data: str, alt: str) -> str:
    """A picture inside the page, with its alternative text."""
    source = f"data:{kind};base64,{''.join(data.split())}"
    if len(source) > MAX_IMAGE or not _IMAGE.fullmatch(source):
        return f"<p>[{translate('a picture that is too large or damaged')}]</p>"
    alt = html.escape(alt or translate("a picture without a description"), quote=True)
    return f'<img src="{source}" alt="{alt}">'


def output(data: dict[str, str], metadata: dict[str, Any]) -> str:
    """A result or a display as HTML, in the best form that it has."""
    text = data.get("text/plain", "")
    if "text/html" in data:
        return clean(data["text/html"][: 10 * MAX_TEXT])
    for kind in ("image/png", "image/jpeg"):
        if kind in data:
            alt = metadata.get(kind, {}).get("alt", "") or text
            return picture(kind, data[kind], alt)
    return f"<pre>{terminal(text)}</pre>"


@pass_context  # else Jinja fills the template once, for the first reader's language
def _said(context: Any, text: str, **fields: object) -> str:
    return localised(text, **fields)


def chapter_title(cells: list[Any]) -> str:
    """A notebook's title, which its first heading gives; empty without one."""
    for cell in cells:
        title = re.search(r"^# +(.+)$", cell.source, re.MULTILINE)
        if cell.cell_type == "markdown" and title:
            return title[1].strip()
    return ""


def graded_cells(cells: list[Any]) -> list[dict[str, Any]]:
    """Name, points and mistake of every graded cell, for the table at the top."""
    rows = []
    for cell in cells:
        info = cell.metadata.get("nbgrader", {})
        if info.get("grade"):
            judged = cell.metadata.get("autograde", {})
            row = {"id": info["grade_id"], "name": info["grade_id"]}
            row["name"] = check_of(row["name"])
            row["score"], row["points"] = info.get("score"), info.get("points")
            row["waits"] = bool(info.get("waits"))
            row["outcome"] = judged.get("outcome", "")
            row["misconception"] = judged.get("misconception") or ""
            row["says"] = judged.get("says", "")
            row["explanation"] = judged.get("explanation", "")
            row["where"] = judged.get("waits", "")
            rows.append(row)
    return rows


class PageExporter(HTMLExporter):
    """nbconvert's HTML exporter with the course's template and filters.

    With `plain`, prose, code and outputs are shown as the text that they are.
    """

    def __init__(
        self, config: Config | None = None, plain: bool = False, **keywords: Any
    ) -> None:
        self.plain = plain
        chosen = Config()
        chosen.HTMLExporter.template_name = "feedback_page"
        chosen.HTMLExporter.extra_template_basedirs = [str(TEMPLATES)]
        chosen.HTMLExporter.default_preprocessors = []
        chosen.NbConvertBase.display_data_priority = MIME_TYPES
        merged = Config(config) if config is not None else Config()
        merged.merge(chosen)
        super().__init__(config=merged, **keywords)

    @pass_context
    def markdown2html(self, context, source: str) -> str:
        return as_text(source) if self.plain else prose(source)

    def default_filters(self) -> Iterator[tuple[str, Callable[..., Any]]]:
        yield from super().default_filters()
        yield ("inline", inline)
        yield ("graded_cells", graded_cells)
        yield ("chapter_title", chapter_title)
        yield ("prose", as_text if self.plain else prose)
        yield ("student_prose", _text_of if self.plain else cell_prose)
        yield ("code", as_text if self.plain else code)
        yield ("terminal", html.escape if self.plain else terminal)
        yield ("shown", _text_of_output if self.plain else output)
        yield ("language", language_of)
        yield ("said", _said)
        yield ("translated", translate)

    def page(self, nb: Any, resources: dict[str, Any]) -> str:
        """The page of a notebook to which nothing has to be done any more."""
        resources = self._init_resources(resources)
        resources["highlighting"] = highlighting()
        # without HTMLExporter's second pass over the finished page
        with using(language_of(nb)):
            return TemplateExporter.from_notebook_node(self, nb, resources)[0]


class FeedbackExporter(PageExporter):
    """The exporter that nbgrader knows: it has its pages rendered elsewhere."""

    def from_notebook_node(self, nb, resources=None, **keywords):
        nb, resources = Exporter.from_notebook_node(self, nb, resources, **keywords)
        return render_page(nb, resources), resources


def as_text(source: str) -> str:
    """A text as it stands, and the middle left out of one that is very long."""
    return f"<pre>{html.escape(_shortened(source))}</pre>"


def _text_of(cell: Any) -> str:
    return as_text(cell.source)


def _text_of_output(data: dict[str, str], metadata: dict[str, Any]) -> str:
    return as_text(
        data.get("text/plain", f"[{translate('an output that is not shown')}]")
    )


class LightStyle(DefaultStyle):
    """Pygments' usual colours; those too pale for a grey ground are darker."""

    styles: ClassVar = DefaultStyle.styles | {
        token.Comment: "italic #356b6b",
        token.Operator.Word: "bold #8a1ad6",
        token.Name.Decorator: "#8a1ad6",
        token.Name.Label: "#6a6a00",
    }


@lru_cache(maxsize=1)
def highlighting() -> str:
    """The colours of code, for light and dark."""
    light = HtmlFormatter(style=LightStyle).get_style_defs(".highlight")
    dark = HtmlFormatter(style="github-dark").get_style_defs(".highlight")
    # not translated
    return f"{light}\n@media screen and (prefers-color-scheme: dark) {{\n{dark}\n}}"

"""The sentences of the package that students read, found in its sources.

Whatever looks like words in a module that speaks to students is taken to be read by
them: a new sentence cannot be forgotten, it is in the catalogue or it is said beside it
that it needs no translation (``# not translated``, with or without a reason). Single
words are found where they are passed to a function that translates.

A sentence with expressions in it is a template, whose fields have the names of what is
put in.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polib

from autograde.language import TEMPLATE
from autograde.translating.catalog import is_valid, read

SPEAKING = (
    "student/*.py",
    "figures/drawn_texts.py",
    "widgets/inputs.py",
    "widgets/play.py",
    "environment.py",
    "notebooks/*.py",
    "datasets/sentences.py",
    "datasets/bert.py",
    "course/layout.py",
    "commands/students.py",
    "checking/errors.py",
    "grading/explain.py",
    "reporting/feedback_page.py",
    "book/*.py",
)
PAGES = ("reporting/templates/feedback_page/*.j2",)
SCRIPTS = ("student/labextension/*/static/*.js",)
TRANSLATING = ("translate", "marked", "plain_answer")
WORDS = re.compile(r"[A-Za-z]{2,}[,;:]? [a-z]+")
WORD_AND_FIELD = re.compile(r"(?:^|[ ;])[a-z]{3,}:? \{\w+\}|\{\w+\} [a-z]{3,}\b")
NO_PROSE = re.compile(r"<[^>]*>|`[^`]*`|\{[^{}]*\}|https?://\S+")
EXCUSE = "# not translated"
# What only authors of a notebook or a module see
OF_AUTHORS = {"TypeError", "ValueError", "AttributeError", "KeyError", "HTTPError"}
OF_COMMANDS = {"click", "options", "parser"}  # help texts, which are English
PATTERN = re.compile(r"\\|\w\|\w")  # of a regular expression
TABLE = "CHINESE"  # of start.py, which has no package to ask
CALL_OF_SCRIPT = re.compile(r'\bsay\(\s*"((?:[^"\\]|\\.)*)"')
CALL_OF_PAGE = re.compile(r'"([^"]+)"\s*\|\s*said\b')
FIELDS = re.compile(r"\{\w+\}")
CODE = re.compile(r"`([^`]+)`")
TAGS = re.compile(r"\{[{%#].*?[}%#]\}|<style>.*?</style>|<[^>]*>", re.S)


@dataclass(frozen=True)
class Sentence:
    """A text as it stands in the catalogue.

    context: ``template`` for what is looked up as it is; empty for what is also looked
        for in English sentences that were made elsewhere
    """

    context: str
    text: str


def sentences(package: Path) -> dict[Sentence, list[str]]:
    """Every sentence in the sources of `package`, and the files that have it."""
    found: dict[Sentence, list[str]] = {}
    for path in _files(package, SPEAKING):
        _add(found, of_module(path.read_text("utf-8")), path, package)
    for path in _files(package, SCRIPTS):
        texts = CALL_OF_SCRIPT.findall(path.read_text("utf-8"))
        said = [Sentence(TEMPLATE, text.replace('\\"', '"')) for text in texts]
        _add(found, said, path, package)
    for path in _files(package, PAGES):
        texts = CALL_OF_PAGE.findall(path.read_text("utf-8"))
        _add(found, [Sentence(TEMPLATE, text) for text in texts], path, package)
    return found


def _files(package: Path, patterns: tuple[str, ...]) -> list[Path]:
    return [path for pattern in patterns for path in sorted(package.glob(pattern))]


def _add(found, said, path: Path, package: Path) -> None:
    name = path.relative_to(package).as_posix()
    for sentence in said:
        files = found.setdefault(sentence, [])
        if name not in files:
            files.append(name)


def of_module(source: str) -> list[Sentence]:
    """The sentences in the Python `source`, in its order, each once."""
    tree = ast.parse(source)
    lines = source.splitlines()
    passed_over = _passed_over(tree)
    found: dict[Sentence, tuple[int, int]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            for sentence, place in _of_call(node):
                found.setdefault(sentence, place)
                passed_over |= set(map(id, ast.walk(node.args[0])))
    for node in ast.walk(tree):
        if id(node) in passed_over or not isinstance(node, ast.expr):
            continue
        text = template(node)
        if text is None or not is_prose(text):
            continue
        if _is_excused(lines, node.lineno, node.end_lineno or node.lineno):
            continue
        found.setdefault(Sentence("", text.strip()), (node.lineno, node.col_offset))
    return [sentence for sentence, _ in sorted(found.items(), key=lambda item: item[1])]


def _is_excused(lines: list[str], first: int, last: int) -> bool:
    """Whether a text of these lines, or a comment above it, needs no translation."""
    above = lines[first - 2].strip() if first > 1 else ""
    own = any(EXCUSE in line for line in lines[first - 1 : last])
    return own or (above.startswith("#") and EXCUSE in above)


def _of_call(call: ast.Call) -> Iterator[tuple[Sentence, tuple[int, int]]]:
    name = _name(call.func)
    if not call.args or name not in (*TRANSLATING, "localised"):
        return
    first = call.args[0]
    text = template(first)
    if name == "localised" and text is not None:
        yield Sentence(TEMPLATE, text), (first.lineno, first.col_offset)
    elif text is not None and re.search(r"[A-Za-z]{2}", NO_PROSE.sub(" ", text)):
        # a single word means something else as a field of a sentence, such as a name
        word = not is_prose(text) and not FIELDS.search(text)
        place = first.lineno, first.col_offset
        yield Sentence(TEMPLATE if word else "", text.strip()), place


def _differences(entry: polib.POEntry) -> Iterator[str]:
    """What a translation of the package may not change, and changes."""
    if set(FIELDS.findall(entry.msgid)) != set(FIELDS.findall(entry.msgstr)):
        yield "the fields in braces differ"
    one, other = (
        {code for code in CODE.findall(text) if not FIELDS.search(code)}
        for text in (entry.msgid, entry.msgstr)
    )
    if one != other:
        yield f"code differs: {', '.join(one ^ other)}"


def _passed_over(tree: ast.AST) -> set[int]:
    """Docstrings, what is inside of f-strings, errors and help texts."""
    passed: set[int] = set()
    for node in ast.walk(tree):
        for child in getattr(node, "body", None) or () if _has_body(node) else ():
            if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
                passed.add(id(child.value))
        if isinstance(node, ast.JoinedStr):
            for part in node.values:
                inner = part if isinstance(part, ast.Constant) else None
                if inner is not None:
                    passed.add(id(inner))
        if isinstance(node, ast.FormattedValue) and node.format_spec is not None:
            passed |= set(map(id, ast.walk(node.format_spec)))
        if _is_for_authors(node):
            passed |= set(map(id, ast.walk(node)))
    return passed


def _is_for_authors(node: ast.AST) -> bool:
    if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
        return _name(node.exc.func) in OF_AUTHORS
    if not isinstance(node, ast.Call) or _owner(node.func) not in OF_COMMANDS:
        return False
    return _name(node.func) != "echo"


def _has_body(node: ast.AST) -> bool:
    return isinstance(getattr(node, "body", None), list)


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _owner(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
        return function.value.id
    return ""


def template(node: ast.AST) -> str | None:
    """The text of a string; expressions of an f-string are fields with names."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return re.sub(r"\{(\w+)(?:![rsa])?(?::[^{}]*)?\}", r"{\1}", node.value)
    if not isinstance(node, ast.JoinedStr):
        return None
    made = ""
    names: dict[str, str] = {}
    for part in node.values:
        if isinstance(part, ast.Constant):
            made += str(part.value)
        elif isinstance(part, ast.FormattedValue):
            key = ast.unparse(part.value)
            name = names.get(key) or _field(part.value, set(names.values()))
            names[key] = name
            made += f"{{{name}}}"
    return made


def _field(value: ast.expr, taken: set[str]) -> str:
    """A name for an expression: the last identifier in it that is not a function."""
    functions = {id(n.func) for n in ast.walk(value) if isinstance(n, ast.Call)}
    words = [
        node.attr if isinstance(node, ast.Attribute) else node.id
        for node in ast.walk(value)
        if isinstance(node, ast.Attribute | ast.Name) and id(node) not in functions
    ]
    plain = words[0].strip("_").lower() if words else "value"
    name, number = plain, 1
    while name in taken:
        number += 1
        name = f"{plain}{number}"
    return name


def is_prose(text: str) -> bool:
    """Whether `text` has two words in a row, or a word and a field, beside markup."""
    words = WORDS.search(NO_PROSE.sub(" · ", text))
    return words is not None or WORD_AND_FIELD.search(text) is not None


def untranslated_text(page: str) -> list[str]:
    """Words that a Jinja page shows as they stand, and so in English only."""
    rest = TAGS.sub("\n", page)
    lines = [line.strip() for line in rest.splitlines()]
    return [line for line in lines if re.search(r"[A-Za-z]{2}", line)]


def catalogue_of(package: Path, language: str) -> Path:
    return package / "language" / f"{language}.po"


def update_sentences(package: Path, language: str) -> polib.POFile:
    """Bring the catalogue of the package up to date with its sources, and return it.

    Entries without a file are made by hand: for sentences that are put together from
    parts. They stay. An entry whose sentence is in no file any more goes.
    """
    path = catalogue_of(package, language)
    old = read(path)
    known = {(entry.msgctxt or "", entry.msgid): entry for entry in old}
    made = polib.POFile(wrapwidth=78)
    made.metadata = dict(old.metadata)
    wanted = sentences(package)
    for entry in old:
        by_hand = not entry.occurrences
        if by_hand and Sentence(entry.msgctxt or "", entry.msgid) not in wanted:
            made.append(entry)
    for sentence, files in sorted(wanted.items(), key=lambda item: item[1][0]):
        entry = known.get((sentence.context, sentence.text))
        if entry is None:
            entry = polib.POEntry(msgctxt=sentence.context or None, msgid=sentence.text)
        entry.occurrences = [(name, "") for name in files]
        made.append(entry)
    content = f"{made}\n"
    if not path.exists() or path.read_text("utf-8") != content:
        path.write_text(content, "utf-8", newline="\n")
    return made


def sentence_findings(package: Path, language: str) -> Iterator[str]:
    """What the catalogue of the package lacks, or has too much of."""
    entries = read(catalogue_of(package, language))
    known = {Sentence(entry.msgctxt or "", entry.msgid): entry for entry in entries}
    wanted = sentences(package)
    for sentence, files in wanted.items():
        entry = known.get(sentence)
        if entry is None or not is_valid(entry):
            yield f"{files[0]}: {sentence.text!r} has no translation"
    for sentence, entry in known.items():
        if entry.occurrences and sentence not in wanted:
            yield f"{sentence.text!r} is in no source any more; update the catalogue"
        if is_valid(entry):
            for problem in _differences(entry):
                yield f"{sentence.text!r}: {problem}"
    for path in _files(package, PAGES):
        for text in untranslated_text(path.read_text("utf-8")):
            yield f"{path.name}: {text!r} is shown in English to everybody"


def count_sentences(package: Path, language: str) -> tuple[int, int]:
    """How many sentences have a valid translation, and how many there are."""
    entries = read(catalogue_of(package, language))
    known = {Sentence(e.msgctxt or "", e.msgid) for e in entries if is_valid(e)}
    wanted = sentences(package)
    return sum(sentence in known for sentence in wanted), len(wanted)


def start_findings(path: Path) -> Iterator[str]:
    """What the table in ``start.py`` lacks, or has too much of."""
    lines = path.read_text("utf-8").splitlines()
    table: dict[str, str] = {}
    for node in ast.parse("\n".join(lines)).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == TABLE:
            table = ast.literal_eval(node.value)
            lines[node.lineno - 1 : node.end_lineno] = []
    source = "\n".join(lines)
    texts = {
        node.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    said = {sentence.text for sentence in of_module(source)}
    for text in sorted(said):
        if text not in table and not PATTERN.search(text):
            yield f"{path.name}: {text!r} has no translation"
    for text, other in table.items():
        if text not in texts:
            yield f"{path.name}: {text!r} is said no more"
        if sorted(FIELDS.findall(text)) != sorted(FIELDS.findall(other)):
            yield f"{path.name}: {text!r}: the fields in braces differ"

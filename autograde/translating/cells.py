"""The texts of a cell that a translation may change, and the cell with others in it.

Of a Markdown cell that is the whole text. Of a code cell it is each docstring, each
comment, and each text for the ear: what is passed as ``alt=``, or returned beside a
figure. Everything else of a code cell stays as it is, to the letter.
"""

from __future__ import annotations

import ast
import io
import re
import textwrap
import tokenize
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

MARKED = ("alt",)  # keyword arguments whose strings are read by people
MARKERS = re.compile(r"### (BEGIN|END) |YOUR CODE HERE|# noqa|# type:")
WIDTH = 38  # Chinese letters in a line of a string

#: from a line's number, from 1, and a column in UTF-8 to a place in the source
Offset = Callable[[int, int], int]


@dataclass(frozen=True)
class Piece:
    """One text of a code cell: what it is called, and where it stands.

    `start` and `end` are offsets into the source; `render` makes the source of a text.
    """

    kind: str
    text: str
    start: int
    end: int
    render: Callable[[str], str]


def pieces(source: str) -> list[Piece]:
    """The translatable texts of the code `source`, in order; none if it is broken."""
    try:
        tree = ast.parse(source)
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (SyntaxError, tokenize.TokenError):
        return []
    offsets = _offsets(source)
    found = [*_docstrings(tree, source, offsets), *_marked(tree, source, offsets)]
    found += _comments(tokens, source, offsets)
    return sorted(found, key=lambda piece: piece.start)


def replaced(source: str, texts: dict[int, str]) -> str:
    """`source` with the text of some pieces, by their numbers, put in others' place."""
    for number, piece in reversed(list(enumerate(pieces(source)))):
        if number in texts:
            made = piece.render(texts[number])
            source = source[: piece.start] + made + source[piece.end :]
    return source


def skeleton(source: str) -> str:
    """What two editions of a code cell must have in common."""
    return ast.dump(ast.parse(replaced(source, dict.fromkeys(range(10_000), "x"))))


def _offsets(source: str) -> Offset:
    """A function from line (from 1) and UTF-8 column to an offset in `source`."""
    lines = source.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))

    def offset(line: int, column: int) -> int:
        if line > len(lines):
            return len(source)
        return starts[line - 1] + len(lines[line - 1].encode()[:column].decode())

    return offset


def _docstrings(tree: ast.AST, source: str, offset: Offset) -> Iterator[Piece]:
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for node in ast.walk(tree):
        if not isinstance(node, kinds) or not node.body:
            continue
        first = node.body[0]
        if not isinstance(first, ast.Expr) or not isinstance(first.value, ast.Constant):
            continue
        value = first.value
        start = offset(value.lineno, value.col_offset)
        end = offset(value.end_lineno, value.end_col_offset)
        literal = source[start:end]
        match = re.fullmatch(r'([rR]?)("""|\'\'\'|"|\')(.*)\2', literal, re.S)
        if not isinstance(value.value, str) or match is None:
            continue
        name = getattr(node, "name", "cell")
        prefix, quotes, inner = match.groups()
        indent = " " * value.col_offset
        yield Piece(
            f"docstring of {name}",
            _undented(inner),
            start,
            end,
            partial(_docstring, prefix, quotes, indent, inner),
        )


def _docstring(prefix: str, quotes: str, indent: str, old: str, text: str) -> str:
    return prefix + quotes + _indented(text, indent, old) + quotes


def _undented(inner: str) -> str:
    first, newline, rest = inner.partition("\n")
    return (first + newline + textwrap.dedent(rest)).rstrip()


def _indented(text: str, indent: str, old: str) -> str:
    first, newline, rest = text.partition("\n")
    made = first + newline + textwrap.indent(rest, indent)
    return made + ("\n" + indent if old.rstrip(" ").endswith("\n") else "")


def _marked(tree: ast.AST, source: str, offset: Offset) -> Iterator[Piece]:
    for node in ast.walk(tree):
        values = [k.value for k in getattr(node, "keywords", []) if k.arg in MARKED]
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
            values += node.value.elts[1:2]  # a figure, and what it shows
        for value in values:
            text = _template(value)
            if text is None or not text.strip():
                continue
            yield Piece(
                "alt text",
                text,
                offset(value.lineno, value.col_offset),
                offset(value.end_lineno, value.end_col_offset),
                partial(
                    _literal,
                    isinstance(value, ast.JoinedStr),
                    "\n" + " " * value.col_offset,
                    isinstance(node, ast.Return),
                ),
            )


def _template(value: ast.expr) -> str | None:
    """The text of a string, an f-string's with its expressions in braces."""
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return value.value
    if not isinstance(value, ast.JoinedStr):
        return None
    parts = []
    for part in value.values:
        if isinstance(part, ast.Constant):
            parts.append(str(part.value).replace("{", "{{").replace("}", "}}"))
        else:
            parts.append(ast.unparse(ast.JoinedStr([part]))[2:-1])
    return "".join(parts)


def _literal(formatted: bool, separator: str, bare: bool, text: str) -> str:
    """A string literal of several lines; braces of an f-string stay whole.

    bare: nothing around it lets it go on in the next line
    """
    chunks, line = [], ""
    # a word, a number or a field stays whole
    for part in re.findall(r"\{\{|\}\}|\{[^{}]*\}|[\w.%+-]+|[^{}]|[{}]", text, re.A):
        line += part
        if len(line) >= WIDTH:
            chunks.append(line)
            line = ""
    chunks += [line] if line or not chunks else []
    quoted = []
    for chunk in chunks:
        escaped = chunk.replace("\\", "\\\\") if not formatted else chunk
        escaped = escaped.replace("\n", "\\n")
        if formatted and "{" in escaped and '"' in escaped:
            quoted.append(f"f'''{escaped}'''")
        else:
            prefix = "f" if formatted else ""
            body = escaped.replace('"', '\\"')
            quoted.append(f'{prefix}"{body}"')
    joined = separator.join(quoted)
    return f"({joined})" if bare and len(quoted) > 1 else joined


def _comments(
    tokens: list[tokenize.TokenInfo], source: str, offset: Offset
) -> Iterator[Piece]:
    """Comment lines that follow each other at one indent are one text."""
    block: list[tokenize.TokenInfo] = []
    for token in [*tokens, None]:
        if token is not None and token.type == tokenize.NL and block:
            continue
        alone = token is not None and token.type == tokenize.COMMENT
        alone = alone and not token.line[: token.start[1]].strip()
        follows = (
            alone
            and block
            and token.start[1] == block[-1].start[1]
            and token.start[0] == block[-1].start[0] + 1
            and _is_prose(token.string)
        )
        if follows:
            block.append(token)
            continue
        if block:
            yield _comment(block, offset)
            block = []
        if token is not None and token.type == tokenize.COMMENT:
            if not _is_prose(token.string):
                continue
            if alone:
                block = [token]
            else:
                yield _comment([token], offset)


def _is_prose(comment: str) -> bool:
    return not MARKERS.search(comment) and bool(re.search(r"[^\W\d_]{2}", comment))


def _comment(block: list[tokenize.TokenInfo], offset: Offset) -> Piece:
    lines = [re.sub(r"^# ?", "", token.string) for token in block]
    indent = " " * block[0].start[1]
    return Piece(
        "comment",
        "\n".join(lines),
        offset(block[0].start[0], len(block[0].line[: block[0].start[1]].encode())),
        offset(block[-1].end[0], len(block[-1].line[: block[-1].end[1]].encode())),
        lambda text: ("\n" + indent).join(f"# {line}" for line in text.splitlines()),
    )


_WIDE = r"[\u2014\u2018\u2019\u201c\u201d\u2026\u3000-\u303f\u3400-\u9fff\uff00-\uffef]"
_SOFT = re.compile(rf"({_WIDE}[*_]*)\n[ \t]*(?=[*_]*{_WIDE})")
_FENCE = re.compile(r"^(```|~~~).*?^\1", re.M | re.S)


def without_soft_breaks(text: str) -> str:
    """Markdown whose lines are joined where a break between Chinese letters would show.

    A browser shows a line's end as a space, which Chinese has not. Headings, rows of
    tables and fenced code stay as they are.
    """
    made, end = "", 0
    for fence in _FENCE.finditer(text):
        made += _joined(text[end : fence.start()]) + fence[0]
        end = fence.end()
    return made + _joined(text[end:])


def _joined(text: str) -> str:
    def join(found: re.Match[str]) -> str:
        line = text[text.rfind("\n", 0, found.start()) + 1 : found.start()].lstrip()
        return found[0] if line.startswith(("#", "|", ":")) else found[1]

    return _SOFT.sub(join, text)

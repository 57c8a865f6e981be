"""Where an exercise is written in a submission, whatever cell it stands in."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterable, Mapping
from typing import Any

from autograde.notebooks.names import (
    bound_by,
    code_of,
    definitions,
    is_bare_stub,
    is_stub_raise,
    parsed,
    same_definitions,
)

# not translated: it stands in graded code
PASSED_OVER = "pass  # raise NotImplementedError(): passed over, your answer is below"
_FENCE = re.compile(r"^(```+|~~~+)\s*(?:python|py|python3|ipython3)?\s*$", re.I | re.M)
_FENCE_LINE = re.compile(r"^ {0,3}(```++|~~~++)[ \t]*+([^`\n]*+)$", re.MULTILINE)
_HEADING = re.compile(r"^#{1,6} ")
_CODE_LINE = re.compile(r"(?:async |def |class |import |from |@)")


class Stubs(dict[str, str]):
    """The code of each exercise's stub as text, by the exercise's name."""

    def __hash__(self) -> int:  # type: ignore[override]  # it is not changed, and kept for what was found
        return hash(tuple(self))


def released_stubs(sources: Mapping[str, str]) -> Stubs:
    """The stubs of a chapter, from the sources of their cells."""
    return Stubs({n: definitions(text).get(n, "") for n, text in sources.items()})


@functools.lru_cache(maxsize=2048)  # a class shares the released cells
def written(source: str, stubs: Stubs) -> frozenset[str]:
    """The exercises that `source` writes: it binds them to more than their stub."""
    named = {name for name in stubs if name in source}
    tree = parsed(source) if named else None
    found: set[str] = set()
    node: Any
    for node in tree.body if tree is not None else []:
        if getattr(node, "name", None) is None:
            found |= bound_by(node) & named
        elif node.name in named and not _is_stub(node, stubs[node.name], source):
            found.add(node.name)
    return frozenset(found)


def without_left_raise(source: str) -> tuple[str, list[str]]:
    """`source` without a stub's `raise` above the answer, and where it stood.

    Lines keep their numbers.
    """
    if "NotImplementedError" not in source:
        return source, []
    tree = parsed(source)
    lines, names = source.split("\n"), []
    for node in ast.walk(tree) if tree is not None else []:
        body = getattr(node, "body", None)
        scope = ast.Module | ast.FunctionDef | ast.AsyncFunctionDef
        if not isinstance(node, scope) or not isinstance(body, list):
            continue
        for statement in body[:-1]:
            if not is_stub_raise(statement):
                continue
            row = statement.lineno - 1
            text = lines[row]
            before, after = (
                text[: statement.col_offset],
                text[statement.end_col_offset :],
            )
            alone = statement.end_lineno == statement.lineno and not before.strip()
            if alone and not after.partition("#")[0].strip():
                lines[row] = before + PASSED_OVER
                names.append(getattr(node, "name", "the cell"))
    return "\n".join(lines), names


def without_stubs(source: str, names: Iterable[str], stubs: Stubs) -> str:
    """`source` with the stubs of `names`, which are written elsewhere, as comments."""
    wanted = {name for name in names if name in source}
    tree = parsed(source) if wanted else None
    lines = source.split("\n")
    node: Any
    for node in tree.body if tree is not None else []:
        name = getattr(node, "name", None)
        if name in wanted and _is_stub(node, stubs[name], source):
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            for row in range(first - 1, node.end_lineno):
                lines[row] = f"# {lines[row]}".rstrip()
    return "\n".join(lines)


def is_released(source: str, stub: str) -> bool:
    """Whether a cell is still the released one, comments and docstrings apart."""
    if source.strip() == stub.strip():
        return True
    one, other = parsed(source), parsed(stub)
    if one is None or other is None or not one.body:
        return False
    return len(one.body) == len(other.body) and same_definitions(source, stub)


def without_fences(source: str, stubs: Stubs) -> tuple[str, frozenset[str]]:
    """A code cell's source in which Markdown's fences, and words outside, are comments.

    That is where Python cannot read it as it is, and then finds exercises in it, whose
    names come with it. Lines keep their numbers.
    """
    if not _FENCE_LINE.search(source) or parsed(source) is not None:
        return source, frozenset()
    inside = _between_fences(source)
    kept = [
        line if number in inside else f"# {line}".rstrip()
        for number, line in enumerate(source.split("\n"))
    ]
    found = written("\n".join(kept), stubs)
    return ("\n".join(kept), found) if found else (source, found)


def code_in_text(text: str, stubs: Stubs) -> tuple[str, frozenset[str], bool]:
    """The code in a cell of text, the exercises that it writes; whether it is all.

    Where words stand beside it, the code is what the cell has between fences.
    """
    unfenced = _FENCE.sub("", text)
    for candidate in (text, unfenced, _HEADING.sub("", text.lstrip(), count=1)):
        found = written(candidate, stubs)
        if found:
            return candidate.strip("\n"), found, True
    for code in (_fenced(text), _definitions_in(text)):
        found = written(code, stubs)
        if found:
            return code, found, False
    return "", frozenset(), False


def _fenced(text: str) -> str:
    """What stands between fences in a text, also below one that is not closed."""
    inside = _between_fences(text)
    return "\n".join(line for n, line in enumerate(text.split("\n")) if n in inside)


def _between_fences(text: str) -> set[int]:
    """The numbers of the lines between fences, from 0."""
    inside: set[int] = set()
    opened = ""
    for number, line in enumerate(text.split("\n")):
        fence = _FENCE_LINE.match(line)
        if opened and fence and fence[1].startswith(opened) and not fence[2]:
            opened = ""
        elif opened:
            inside.add(number)
        elif fence:
            opened = fence[1]
    return inside


def _definitions_in(text: str) -> str:
    """The definitions and imports among the words of a text, each with its body.

    All may stand farther to the right, as Markdown has code.
    """
    kept: list[str] = []
    base: str | None = None
    for line in text.expandtabs(4).split("\n"):
        begun = line.lstrip()
        blanks = line[: len(line) - len(begun)]
        if _CODE_LINE.match(begun) and (base is None or len(blanks) <= len(base)):
            base = blanks
        elif begun and (base is None or len(blanks) <= len(base)):
            base = None
        if base is not None:
            kept.append(line[len(base) :])
    return "\n".join(kept)


def prose_in_code(source: str) -> str:
    """What a code cell says in words: comments, a bare string, or no code at all.

    Empty where the cell is code.
    """
    text = source.strip()
    if not text:
        return ""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if all(line.startswith("#") for line in lines):
        return "\n".join(line.lstrip("#").strip() for line in lines)
    if all(line[0] in "%!" for line in lines):
        return ""
    tree = parsed(source)
    if tree is None:
        return text if count_words(text) >= 3 else ""
    strings = [_string(node) for node in tree.body]
    return "\n\n".join(strings) if all(strings) else ""


def count_words(text: str) -> int:
    """The words in a text; each Chinese character counts as one."""
    return len(re.findall(r"[\u3400-\u9fff]|[^\W\d_]{2,}", text))


def _string(node: ast.stmt) -> str:
    value = getattr(node, "value", None) if isinstance(node, ast.Expr) else None
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return value.value.strip()
    return ""


def _is_stub(node: ast.stmt, stub: str, source: str) -> bool:
    if is_bare_stub(node):
        return True
    return "NotImplementedError" in source and code_of(node) == stub

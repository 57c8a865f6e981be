"""What a student reads, in the student's language.

Results, records and notebooks' outputs are made in English, the same for everybody; a
sentence is put into another language where it is shown. So grading knows no languages,
and one gradebook serves all editions. :func:`translate` finds a whole sentence in the
edition's messages (what checks of a chapter say), or a template of the catalogue
``LANGUAGE.po`` beside this module whose fields in braces fit. :func:`localised` fills
a template whose fields are at hand; :func:`marked` marks a text that is translated
elsewhere. What has no translation stays English.

The catalogue is extracted from the sources (:mod:`autograde.translating.sentences`);
a sentence without a translation keeps ``autograde translate check`` from passing.

It imports no other room.
"""

from __future__ import annotations

import contextlib
import contextvars
import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path

ENGLISH = "en"
NAMES = {ENGLISH: "English", "zh_CN": "中文"}  # as their readers write them
VARIABLE = "AUTOGRADE_LANG"
CHOICE = Path(".course") / "language"  # in a student's copy of the course
MESSAGES = "messages.json"
EDITION = re.compile(r"[a-z]{2}(_[A-Z]{2})?")  # names of editions' folders
TEMPLATE = "template"  # message context of what `localised` looks up
FIELD = re.compile(r"\{(\w+)\}")
WORD = r"\S+?"
_WORD = re.compile(r"\w+")
_NAME = r"(?:`[^`]+`|“[^”]+”)"
NAMED = re.compile(
    rf"(?P<part>{_NAME}(?:(?: of |, | and ){_NAME})*)(?P<wrong>, where wrong)?: "
    r"(?P<rest>.+)",
    re.S,
)

_chosen: contextvars.ContextVar[str | None] = contextvars.ContextVar(
    "language", default=None
)
_said: contextvars.ContextVar[dict[str, str] | None] = contextvars.ContextVar(
    "messages", default=None
)


def languages() -> list[str]:
    """The languages that the course is shown in; English is the first."""
    return list(_languages())


@cache
def _languages() -> tuple[str, ...]:
    here = Path(__file__).parent
    return (ENGLISH, *sorted(path.stem for path in here.glob("*.json")))


def current() -> str:
    """The language that a student chose, by a command or for this process."""
    chosen = _chosen.get() or os.environ.get(VARIABLE) or _of_copy(Path.cwd())
    return chosen if chosen in languages() else ENGLISH


def chosen_for(work: Path) -> str:
    """The language that the student's copy in `work` follows; English without one."""
    try:
        chosen = (work / CHOICE).read_text("utf-8").strip()
    except (OSError, ValueError):
        return ENGLISH
    return chosen if chosen in languages() else ENGLISH


def _of_copy(folder: Path) -> str:
    """The language of the copy that `folder` lies in: a kernel's of any editor."""
    for place in (folder, *folder.parents):
        if (place / CHOICE).is_file():
            return chosen_for(place)
    return ENGLISH


@contextlib.contextmanager
def using(
    language: str, messages: Path | dict[str, str] | None = None
) -> Iterator[None]:
    """Show everything in `language` until the end of the block.

    `messages` are sentences that are known besides: a chapter's, or the folder of its
    edition.
    """
    said = read_messages(messages) if isinstance(messages, Path) else messages
    tokens = _chosen.set(language), _said.set(said)
    try:
        yield
    finally:
        _chosen.reset(tokens[0])
        _said.reset(tokens[1])


def read_messages(folder: Path) -> dict[str, str]:
    """The sentences of a chapter's edition in `folder`; none where there is no such."""
    try:
        found = json.loads((folder / MESSAGES).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(key): str(value) for key, value in found.items()}


def translate(text: str, language: str | None = None) -> str:
    """`text` in `language`, or in the current one; itself where none is known."""
    language = language or current()
    if language == ENGLISH or not text.strip():
        return text
    exact = _messages(language)
    body = text.strip()
    if body in exact:
        return text.replace(body, exact[body])
    word = _catalogue(language).get(f"{TEMPLATE}\4{body}")
    if word is not None:
        return text.replace(body, word)
    made = _from_template(body, language, 0)
    return text.replace(body, made) if made is not None else text


def prepare(language: str) -> None:
    """Read all that :func:`translate` needs for `language`."""
    if language != ENGLISH:
        _templates(language)
        _places(language)


def localised(template: str, **fields: object) -> str:
    """`template` in the current language, with its `fields` put in."""
    return _template(template).format(**fields)


def templates(language: str) -> dict[str, str]:
    """What :func:`localised` knows in `language`; nothing for English."""
    if language == ENGLISH:
        return {}
    return {
        text.removeprefix(f"{TEMPLATE}\4"): said
        for text, said in _catalogue(language).items()
        if text.startswith(f"{TEMPLATE}\4")
    }


def marked(text: str) -> str:
    """`text` itself: it is put into the catalogue, and translated where it is shown."""
    return text


def _template(template: str) -> str:
    language = current()
    if language == ENGLISH:
        return template
    found = _catalogue(language)
    return found.get(f"{TEMPLATE}\4{template}", found.get(template, template))


def known(text: str) -> str:
    """`text` as the chapter's edition has it, such as a case's label; else itself."""
    language = current()
    if language == ENGLISH:
        return text
    return _messages(language).get(text.strip(), text)


def _messages(language: str) -> dict[str, str]:
    said = _said.get()
    return said if said is not None else _of_folder(Path.cwd() / language)


def _of_folder(folder: Path) -> dict[str, str]:
    try:
        stamp = (folder / MESSAGES).stat().st_mtime_ns
    except OSError:
        return {}
    return _of_version(folder, stamp)


@cache
def _of_version(folder: Path, stamp: int) -> dict[str, str]:
    return read_messages(folder)


def _from_template(text: str, language: str, depth: int) -> str | None:
    if len(text) > 2000 or depth > 4:
        return None
    whole = _whole_sentence(text, language, depth)
    if whole is not None:
        return whole
    lowered = text[:1].lower() + text[1:]
    every, places = _templates(language), _places(language)
    words_of_it = {*_WORD.findall(text), *_WORD.findall(lowered), ""}
    near = [place for word in words_of_it & places.keys() for place in places[word]]
    for place in sorted(near):
        part, words, pattern, translation = every[place]
        if part not in text and part not in lowered:
            continue  # quicker than a pattern that does not fit
        match = pattern.fullmatch(text) or pattern.fullmatch(lowered)
        if match is None:
            continue
        found = match.groupdict()
        fields = {name: _field(value, language, depth) for name, value in found.items()}
        if not words and fields == found:
            continue  # a mere colon or full stop says nothing
        return FIELD.sub(partial(_filled, fields), translation)
    return None


def _whole_sentence(text: str, language: str, depth: int) -> str | None:
    """A sentence of the catalogue with a full stop, or with the parts it speaks of.

    These come before templates, whose ``{one} and {two}`` would cut it in two.
    """
    named = NAMED.fullmatch(text)
    if named:
        rest = _from_template(named["rest"], language, depth + 1)
        template = _sentences(language).get(f"{{part}}{named['wrong'] or ''}: {{rest}}")
        if rest is None or template is None:
            return None
        fields = {"part": _field(named["part"], language, depth), "rest": rest}
        return FIELD.sub(partial(_filled, fields), template)
    body = text.removesuffix(".")
    found = _sentences(language).get(body[:1].lower() + body[1:])
    return f"{found}。" if found and body != text else None


def _filled(fields: dict[str, str], found: re.Match[str]) -> str:
    return fields[found[1]]


def _field(value: str, language: str, depth: int) -> str:
    quoted = len(value) > 2 and value[0] == "“" and value[-1] == "”"
    known = _messages(language).get(value[1:-1] if quoted else value)
    if known is not None:
        return f"“{known}”" if quoted else known
    made = _from_template(value, language, depth + 1)
    return value if made is None else made


@cache
def _sentences(language: str) -> dict[str, str]:
    """What checks say; not what :func:`localised` looks up."""
    said = _catalogue(language).items()
    return {text: translation for text, translation in said if "\4" not in text}


@cache
def _templates(language: str) -> list[tuple[str, bool, re.Pattern[str], str]]:
    """A template's longest part between fields, whether it has words, its pattern, and
    its translation.

    Those come first that begin with most letters of their own: what follows may be a
    sentence in itself.
    """
    found = _sentences(language)
    return [
        (
            max(FIELD.split(text)[::2], key=len),
            _has_words(text),
            _pattern(text),
            found[text],
        )
        for text in _order(language)
    ]


def _order(language: str) -> list[str]:
    return sorted(
        _sentences(language),
        key=lambda text: (-len(FIELD.split(text)[0]), -len(FIELD.sub("", text))),
    )


@cache
def _places(language: str) -> dict[str, list[int]]:
    """The places among the templates by a word that is in all that they fit.

    Of a template's words that no field touches it is the one that fewest have; where
    there is none, the place is that of an empty word.
    """
    words = [
        [word for word in _WORD.findall(FIELD.sub("_", text)) if "_" not in word]
        for text in _order(language)
    ]
    having = Counter(word for found in words for word in set(found))
    places: dict[str, list[int]] = {}
    for place, found in enumerate(words):
        places.setdefault(min(found, key=having.get, default=""), []).append(place)
    return places


@cache
def _catalogue(language: str) -> dict[str, str]:
    """Every translation of the package; a key with a context has ``\\4`` behind it."""
    path = Path(__file__).with_name(f"{language}.json")
    return json.loads(path.read_text("utf-8"))


def _has_words(template: str) -> bool:
    return re.search(r"[A-Za-z]{2}", FIELD.sub("", template)) is not None


def _pattern(template: str) -> re.Pattern[str]:
    parts = FIELD.split(template)
    seen: set[str] = set()
    made = ""
    for number, part in enumerate(parts):
        if number % 2 == 0:
            made += re.escape(part)
        elif part in seen:
            made += f"(?P={part})"
        else:
            seen.add(part)
            # a name or number holds no space; other fields are as short as they can be
            made += f"(?P<{part}>{WORD if part.startswith('n_') else '.+?'})"
    return re.compile(made, re.S)

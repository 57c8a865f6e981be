"""Cases, misconceptions and hints of chapter 04."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

from autograde.exercise import Case, Exercise, Manual, Misconception, WhichInput

FILTERS = '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n'
LEXICON = (
    "film plot movie actor scene story humor heart drama script charm acting "
    "dialogue camera ending score cast director comedy thriller warm dull funny "
    "tedious sharp moving clever stale bold quiet don't it's isn't she's the a of "
    "and to"
)
WORDS = LEXICON.split(" ")
SEPARATORS = [
    " ",
    " ",
    "  ",
    ", ",
    ". ",
    " - ",
    "-",
    "/",
    "! ",
    "...",
    "\n",
    "\t",
    ' "',
]


def _text(rng: np.random.Generator, words: int, lexicon=WORDS) -> str:
    """A text of known words in mixed case between all kinds of punctuation."""
    pieces = []
    for word in rng.choice(lexicon, size=words):
        style = rng.integers(4)
        word = [word, word.capitalize(), word.upper(), word][style]
        pieces += [word, rng.choice(SEPARATORS)]
    return str("".join(pieces))


def _tensor(rng: np.random.Generator, *shape: int, scale: float = 1.0) -> torch.Tensor:
    return torch.from_numpy(scale * rng.normal(size=shape))


# ------------------------------------------------------------------- words and ids


def tokenize_cases(rng):
    texts = [_text(rng, 7), "Well-made, isn't it?", _text(rng, 12)]
    yield Case("punctuation and upper case", [(text,) for text in texts])
    texts = [
        "rock'n'roll, 1980s/90s [sic] #1 (50%)",
        "  two  spaces, and a dash -- here ",
        _text(rng, 5) + " 3.5/5",
        "".join(f"w{i}{mark}" for i, mark in enumerate(rng.permutation(list(FILTERS)))),
        "'quoted' words' ends ''twice'' '",
    ]
    yield Case("apostrophes, numbers, double spaces", [(text,) for text in texts])
    word, other = (str(word) for word in rng.choice(WORDS, size=2, replace=False))
    texts = [
        f"{word} \u2013 {other}\u2014{word}\u2026 the critic\u2019s \u00a35 caf\u00c9",
        f"x {word} y, a 7 {other.upper()}'S I \u00a0 {word}",
    ]
    yield Case("dashes, letters of other languages", [(text,) for text in texts])
    texts = [
        "",
        " ?! ",
        f"one\ttab\nnew line {word}\r{word}",
        f"\u00a0{word} \u2003{other} x\u00a0",
        f"It's no\u00a0break, {word} \u00c9t\u00e9 Stra\u00dfe",
    ]
    yield Case("empty texts and other white space", [(text,) for text in texts])


TOKENIZE = Exercise(
    "tokenize",
    tokenize_cases,
    points=2,
    minutes=5,
    difficulty=1,
    probe="each",
    misconceptions=[
        Misconception(
            "keeps-case",
            ("text.lower()", "text"),
            'You keep upper case, so "Good" and "good" become two words, and each of '
            "them is met only half as often.",
        ),
        Misconception(
            "deletes-punctuation",
            (
                'str.maketrans(FILTERS, " " * len(FILTERS))',
                'str.maketrans("", "", FILTERS)',
            ),
            'You delete punctuation where it has to become a space: "well-made" turns '
            'into "wellmade", and words around a line break grow together.',
            forms=[
                """
def tokenize(text):
    table = str.maketrans("", "", FILTERS)
    return text.lower().translate(table).split(" ")
""",
                [
                    (
                        'str.maketrans(FILTERS, " " * len(FILTERS))',
                        'str.maketrans("", "", FILTERS)',
                    ),
                    ('.split(" ")', ".split()"),
                ],
            ],
        ),
        Misconception(
            "any-white-space",
            ('.split(" ")', ".split()"),
            "You split at every kind of white space. Keras splits at the space alone; "
            "a no-break space is a character like any other and stays in its word.",
        ),
        Misconception(
            "keeps-empty",
            (
                'for word in text.lower().translate(table).split(" ") if word]',
                'for word in text.lower().translate(table).split(" ")]',
            ),
            'You keep empty pieces. Where two spaces meet, `split(" ")` finds a piece '
            "without letters between them; that is not a word.",
            forms=[
                """
def tokenize(text):
    out = ""
    for c in text.lower():
        out += " " if c in FILTERS else c
    return out.strip(" ").split(" ")
"""
            ],
        ),
        Misconception(
            "cuts-apostrophe",
            (
                'str.maketrans(FILTERS, " " * len(FILTERS))',
                'str.maketrans(FILTERS + "\'", " " * (len(FILTERS) + 1))',
            ),
            'You cut at the apostrophe. It is not in FILTERS: "isn\'t" is one word, '
            "and its meaning depends on it.",
        ),
        Misconception(
            "deletes-and-splits",
            source="""
import string


def tokenize(text):
    table = str.maketrans("", "", string.punctuation)
    return text.lower().translate(table).split()
""",
            says="You delete punctuation, the apostrophe with it. Each character of "
            'FILTERS becomes a space ("well-made" is two words), and the apostrophe is '
            "none of them.",
        ),
        Misconception(
            "runs-of-letters",
            source=r"""
import re


def tokenize(text):
    return re.findall(r"\w+", text.lower())
""",
            says="You take runs of letters and digits. That cuts at the apostrophe and "
            "at a no-break space; only FILTERS and the space separate words.",
        ),
        Misconception(
            "keeps-punctuation",
            (".translate(table)", ""),
            'You leave the punctuation in the words: "film," and "film" become two '
            "words with two ids.",
        ),
        Misconception(
            "once-each",
            source="""
def tokenize(text):
    table = str.maketrans(FILTERS, " " * len(FILTERS))
    words = [word for word in text.lower().translate(table).split(" ") if word]
    return list(dict.fromkeys(words))
""",
            says="You keep each word once. A text is a sequence: a word that comes "
            "twice is read twice.",
        ),
        Misconception(
            "string-punctuation",
            source="""
import string


def tokenize(text):
    table = str.maketrans(string.punctuation, " " * len(string.punctuation))
    return [word for word in text.lower().translate(table).split(" ") if word]
""",
            says="You take `string.punctuation` for FILTERS. It holds the apostrophe, "
            "which stays in its word, and lacks tab and line break, which separate.",
        ),
        Misconception(
            "punctuation-and-white-space",
            source="""
import string


def tokenize(text):
    table = str.maketrans(string.punctuation, " " * len(string.punctuation))
    return text.lower().translate(table).split()
""",
            says="You take `string.punctuation` for FILTERS and split at all white "
            "space. The apostrophe and the no-break space stay in their words.",
        ),
        Misconception(
            "ends-only",
            source="""
def tokenize(text):
    words = [word.strip(FILTERS) for word in text.lower().split(" ")]
    return [word for word in words if word]
""",
            says="You take the filtered characters off the ends of the words only. "
            '"well-made" is two words: each character of FILTERS becomes a space.',
        ),
        Misconception(
            "folds-case",
            ("text.lower()", "text.casefold()"),
            'You use `casefold`, which also changes letters: "ß" becomes "ss". Keras '
            "writes in lower case and no more.",
        ),
        Misconception(
            "filters-as-a-pattern",
            source="""
import re

def tokenize(text):
    text = re.sub("[" + FILTERS + "]", " ", text.lower())
    return [w for w in text.split(" ") if w]
""",
            says="You put FILTERS into a regular expression as they stand. In a "
            "class of characters a backslash only escapes what follows, and "
            "a hyphen makes a range: not every character is filtered. "
            "`re.escape` prevents that.",
        ),
        Misconception(
            "listed-characters",
            source=r"""
import re


def tokenize(text):
    return re.findall(r"[a-z0-9']+", text.lower())
""",
            says="You list the characters that a word may hold. Whatever is neither in "
            "FILTERS nor a space belongs to a word: é, £ and a no-break space, too.",
            forms=[
                r"""
import re


def tokenize(text):
    return re.findall(r"[a-z']+", text.lower())
""",
                r"""
import re


def tokenize(text):
    return re.findall(r"[a-z0-9]+", text.lower())
""",
                r"""
import re


def tokenize(text):
    return re.findall(r"[\w']+", text.lower())
""",
                r"""
import re


def tokenize(text):
    return re.sub(r"[^\w\s']", " ", text.lower()).split()
""",
                r"""
import re


def tokenize(text):
    return re.sub(r"[^a-z0-9' ]", " ", text.lower()).split()
""",
            ],
        ),
        Misconception(
            "normalised",
            (
                "text.lower()",
                "__import__('unicodedata').normalize('NFKC', text.lower())",
            ),
            "You normalise the text (`unicodedata`). That turns signs into others, “…” "
            "into three full stops and a no-break space into a space. Keras leaves "
            "them.",
            forms=[
                (
                    "text.lower()",
                    "__import__('unicodedata').normalize('NFKC', text).casefold()",
                ),
                (
                    "text.lower()",
                    "__import__('unicodedata').normalize('NFKD', text.lower())",
                ),
            ],
        ),
        Misconception(
            "white-space-at-the-ends",
            ("text.lower()", "text.lower().strip()"),
            "You take white space off the ends (`strip`), the no-break space with it. "
            'Only the space separates: `strip(" ")` takes nothing else.',
            forms=[
                """
def tokenize(text):
    table = str.maketrans(FILTERS, " " * len(FILTERS))
    words = text.lower().translate(table).split(" ")
    return [word.strip() for word in words if word.strip()]
""",
            ],
        ),
    ],
    hints=[
        "There are three steps: lower case, spaces for the filtered characters, cut.",
        "`str.maketrans` makes a table of replacements for `str.translate`; a loop "
        "with `str.replace` over FILTERS does the same.",
        'Cut with `split(" ")` and leave out pieces that are empty.',
    ],
)


def _ranked_texts(rng, copies=(9, 6, 6, 4, 4, 4, 2, 2, 1)) -> list[str]:
    """Texts in which words occur with known counts and ties, in a random order."""
    lexicon = rng.permutation([word for word in WORDS if len(word) > 2])
    words = [word for word, n in zip(lexicon, copies, strict=False) for _ in range(n)]
    words = [str(word) for word in rng.permutation(words)]
    repeated = words[0]
    texts = [" ".join(words[i : i + 6]).capitalize() for i in range(0, len(words), 6)]
    return [*texts, f"{repeated}, {repeated.upper()}! {repeated}-{repeated}."]


# words that are parts of others
NESTED = "art heart act actor old bold she she's don don't 9 1980 film films e"


def _nested_texts(rng) -> list[str]:
    """Texts of words that are parts of other words."""
    words = rng.permutation(NESTED.split(" "))
    copies = rng.permutation([5, 5, 4, 4, 4, 3, 3, 3, 2, 2, 2, 1, 1, 1, 1])
    words = [str(w) for w, n in zip(words, copies, strict=True) for _ in range(n)]
    words = [str(word) for word in rng.permutation(words)]
    return [" ".join(words[i : i + 8]) for i in range(0, len(words), 8)]


def fit_vocabulary_cases(rng):
    yield Case("more words than ids", _ranked_texts(rng), 6).with_(weight=2)
    yield Case("more ids than words", _ranked_texts(rng), 50)
    yield Case("many ties", _ranked_texts(rng, (3, 3, 3, 3, 2, 2, 2, 2, 2, 2)), 7)
    yield Case("words inside words", _nested_texts(rng), 9)
    word, other, third = (str(w) for w in rng.choice(WORDS, size=3, replace=False))
    texts = [f"{other} " * 130, f"{third}, {word}! " * 270, f"{other} x " * 135]
    yield Case("words that occur hundreds of times", texts, 5).with_(weight=0.5)
    odd = ["", "?!", f"{word} x", "\n"]
    calls = [(odd, 10), ([], 5), (_ranked_texts(rng), 1), (_ranked_texts(rng), 2)]
    yield Case("empty texts and few ids", calls)
    yield Case("one str instead of a list", _text(rng, 6), 8).with_(weight=0.5)


FIT_VOCABULARY = Exercise(
    "fit_vocabulary",
    fit_vocabulary_cases,
    points=3,
    minutes=10,
    difficulty=2,
    probe="one_or_each",
    needs=("tokenize",),
    misconceptions=[
        Misconception(
            "from-zero",
            ("enumerate(kept, 1)", "enumerate(kept)"),
            "You give the id 0 to the most frequent word. 0 belongs to padding; a "
            "model could not tell that word from nothing.",
            forms=[
                [
                    ("ranked[: num_words - 1]", "ranked[:num_words]"),
                    ("enumerate(kept, 1)", "enumerate(kept)"),
                ]
            ],
        ),
        Misconception(
            "from-two",
            ("enumerate(kept, 1)", "enumerate(kept, 2)"),
            "You give the most frequent word the id 2. Keras does that only with an "
            "`oov_token`; without one the ids run from 1.",
            forms=[
                [
                    ("num_words - 1", "max(num_words - 2, 0)"),
                    ("enumerate(kept, 1)", "enumerate(kept, 2)"),
                ]
            ],
        ),
        Misconception(
            "one-too-many",
            ("num_words - 1", "num_words"),
            "You number num_words words. With id 0 for padding that makes "
            "num_words + 1 ids, and the largest lies outside an embedding of "
            "num_words rows.",
        ),
        Misconception(
            "ties-by-alphabet",
            ("sorted(counts, key", "sorted(sorted(counts), key"),
            "You put words of equal frequency into alphabetical order. The one met "
            "first comes first.",
        ),
        Misconception(
            "ties-reversed",
            (
                "sorted(counts, key=counts.get, reverse=True)",
                "sorted(counts, key=counts.get)[::-1]",
            ),
            "You sort upwards and turn the list round, which also turns round the "
            "words of equal frequency: the one met last comes first.",
        ),
        Misconception(
            "counts-texts",
            ("in tokenize(text):", "in dict.fromkeys(tokenize(text)):"),
            "You count the texts in which a word occurs. A word that comes twice in "
            "one text counts twice.",
        ),
        Misconception(
            "rarest-first",
            (", reverse=True", ""),
            "You number the rarest words first. The frequent ones are worth their "
            "ids: the model meets them often enough to learn them.",
        ),
        Misconception(
            "first-met",
            ("sorted(counts, key=counts.get, reverse=True)", "list(counts)"),
            "You number words in the order in which they are met. Their frequency "
            "comes first; the order of meeting decides only between equals.",
        ),
        Misconception(
            "splits-only",
            ("tokenize(text)", "text.split()"),
            'You split at white space only, so "film" and "Film," count as two '
            "words. Use `tokenize`.",
        ),
        Misconception(
            "lowers-and-splits",
            ("tokenize(text)", "text.lower().split()"),
            'You split at white space only, so "film" and "film," count as two '
            "words. Use `tokenize`.",
        ),
        Misconception(
            "all-words",
            ("ranked[: num_words - 1]", "ranked"),
            "You keep every word. Only ids below num_words have a row in the "
            "embedding.",
        ),
        Misconception(
            "one-str",
            ("if isinstance(texts, str):", "if False:"),
            "You accept one str in place of a list. A loop over a str gives its "
            "letters, and the vocabulary becomes an alphabet without a word of "
            "warning.",
        ),
        Misconception(
            "substrings",
            (
                "counts[word] = counts.get(word, 0) + 1",
                "counts[word] = sum(other.lower().count(word) for other in texts)",
            ),
            'You count a word inside other words as well: `str.count` finds "art" in '
            '"heart". Count whole words.',
        ),
        Misconception(
            "glued-texts",
            source="""
from collections import Counter

def fit_vocabulary(texts, num_words):
    if isinstance(texts, str):
        raise TypeError("a list of texts, please")
    counts = Counter(tokenize("".join(texts)))
    common = counts.most_common(num_words - 1)
    return {w: i for i, (w, _) in enumerate(common, start=1)}
""",
            says="You join the texts without a space between them: the last word "
            "of one text and the first of the next become one word.",
        ),
        Misconception(
            "ties-by-falling-alphabet",
            (
                "sorted(counts, key=counts.get, reverse=True)",
                "sorted(sorted(counts), key=counts.get)[::-1]",
            ),
            "You put words of equal frequency into alphabetical order from z to a "
            "(`np.unique` sorts, and `[::-1]` turns the order round). The one met "
            "first comes first.",
        ),
        Misconception(
            "entry-for-padding",
            ("    return {", '    return {"<pad>": 0} | {'),
            "You add an entry that is not a word of the texts. Id 0 belongs to padding "
            "without an entry; the keys are words.",
            forms=[
                ("    return {", '    return {"<PAD>": 0} | {'),
                ("    return {", '    return {"": 0} | {'),
                ("    return {", '    return {"<unk>": 0} | {'),
            ],
        ),
        Misconception(
            "one-too-few",
            ("num_words - 1", "max(num_words - 2, 0)"),
            "You number one word too few. The ids 1 to num_words - 1 are all given, if "
            "there are as many words.",
        ),
        Misconception(
            "counts-for-ids",
            ("{word: rank for", "{word: counts[word] for"),
            "You give each word its number of occurrences. The id is its place in the "
            "order: 1 for the most frequent word.",
        ),
        Misconception(
            "turned-round",
            ("{word: rank for", "{rank: word for"),
            "Your dict leads from id to word. It is asked for from word to id.",
        ),
        Misconception(
            "words-left-out",
            (
                "for word in tokenize(text):",
                "for word in [w for w in tokenize(text) if len(w) > 1]:",
            ),
            "You leave words out: short ones, or those that hold more than letters. "
            "Whatever `tokenize` finds is a word and is counted.",
            forms=[
                (
                    "for word in tokenize(text):",
                    "for word in [w for w in tokenize(text) if len(w) > 2]:",
                ),
                (
                    "for word in tokenize(text):",
                    "for word in [w for w in tokenize(text) if w.isalpha()]:",
                ),
            ],
        ),
    ],
    hints=[
        "Count all words in one dict first; a dict remembers the order of insertion.",
        "`sorted` keeps equal elements in the order in which it met them, also with "
        "`reverse=True`.",
        "Keep the first num_words - 1 words and number them with `enumerate(..., 1)`.",
    ],
)


def texts_to_sequences_cases(rng):
    lexicon = [str(word) for word in rng.permutation(WORDS)]
    ids = [1, *(int(i) for i in rng.permutation(np.arange(2, 60))[:16]), 70_000]
    vocabulary = dict(zip(lexicon[:18], ids, strict=True))
    known, unknown = lexicon[:18], lexicon[18:]
    mixed = [_text(rng, n) for n in (9, 14, 6)]
    mixed[1] += f" {known[0]} {known[-1]} {known[0]}"
    yield Case("known and unknown words", mixed, vocabulary).with_(weight=2)
    word, other = known[0], unknown[0]
    twice = f"{word}, {other} {word.upper()}! {known[3]}"
    texts = [_text(rng, 4, known), _text(rng, 4, unknown), "", twice, "?!"]
    yield Case("only unknown words, empty texts, a word twice", texts, vocabulary)
    halves = {
        str(word): i for i, word in enumerate(rng.permutation(NESTED.split(" "))[:9], 1)
    }
    yield Case("words inside words", _nested_texts(rng), halves)
    text = _text(rng, 6, known)
    yield Case("one str instead of a list", text, vocabulary).with_(weight=0.5)


TEXTS_TO_SEQUENCES = Exercise(
    "texts_to_sequences",
    texts_to_sequences_cases,
    points=2,
    minutes=5,
    difficulty=1,
    needs=("tokenize",),
    misconceptions=[
        Misconception(
            "unknown-is-zero",
            (
                "[vocabulary[word] for word in tokenize(text) if word in vocabulary]",
                "[vocabulary.get(word, 0) for word in tokenize(text)]",
            ),
            "You write 0 for an unknown word. 0 means padding, and a hole in the "
            "middle of a text is not padding; unknown words are left out.",
        ),
        Misconception(
            "unknown-is-one",
            (
                "[vocabulary[word] for word in tokenize(text) if word in vocabulary]",
                "[vocabulary.get(word, 1) for word in tokenize(text)]",
            ),
            "You write 1 for an unknown word. Here 1 is the id of a real word; "
            "without an `oov_token` Keras leaves unknown words out.",
        ),
        Misconception(
            "unknown-fails",
            (" if word in vocabulary]", "]"),
            "You look up every word. New texts hold words that the vocabulary has "
            "never met; leave them out instead of failing.",
        ),
        Misconception(
            "splits-only",
            ("tokenize(text)", "text.split()"),
            'You split at white space only, so "Film," is not found although "film" '
            "is known. Use `tokenize`.",
        ),
        Misconception(
            "lowers-and-splits",
            ("tokenize(text)", "text.lower().split()"),
            'You split at white space only, so "film," is not found although "film" '
            "is known. Use `tokenize`.",
        ),
        Misconception(
            "drops-empty-texts",
            (
                "for text in texts\n",
                "for text in texts\n        if set(tokenize(text)) & set(vocabulary)\n",
            ),
            "You leave out texts without known words. Then the labels no longer "
            "belong to their texts; such a text is an empty list.",
        ),
        Misconception(
            "each-id-once",
            ("in tokenize(text) if", "in dict.fromkeys(tokenize(text)) if"),
            "You give each id once. A sequence repeats what the text repeats.",
            forms=[
                (
                    "[vocabulary[word] for word in tokenize(text) if word in "
                    "vocabulary]",
                    "sorted({vocabulary[w] for w in tokenize(text) if w in "
                    "vocabulary})",
                )
            ],
        ),
        Misconception(
            "one-str",
            ("if isinstance(texts, str):", "if False:"),
            "You accept one str in place of a list, and treat each of its letters as "
            "a text.",
        ),
        Misconception(
            "one-list",
            source="""
def texts_to_sequences(texts, vocabulary):
    if isinstance(texts, str):
        raise TypeError("texts must be a list of str, not one str")
    words = (word for text in texts for word in tokenize(text))
    return [vocabulary[word] for word in words if word in vocabulary]
""",
            says="You put all texts into one list. Each text has a list of its own, "
            "or nobody knows where one ends.",
        ),
        Misconception(
            "order-of-the-vocabulary",
            (
                "[vocabulary[word] for word in tokenize(text) if word in vocabulary]",
                "[i for word, i in vocabulary.items() if word in tokenize(text)]",
            ),
            "You go through the vocabulary and ask which of its words occur. Go "
            "through the words of the text: their order and repetitions stay.",
            forms=[
                (
                    "[vocabulary[word] for word in tokenize(text) if word in "
                    "vocabulary]",
                    "[i for word, i in vocabulary.items() if word in text.lower()]",
                ),
                (
                    "[vocabulary[word] for word in tokenize(text) if word in "
                    "vocabulary]",
                    "[i for word, i in vocabulary.items() for w in tokenize(text) "
                    "if w == word]",
                ),
            ],
        ),
        Misconception(
            "stops-at-unknown",
            source="""
def texts_to_sequences(texts, vocabulary):
    if isinstance(texts, str):
        raise TypeError("a list, please")
    result = []
    for text in texts:
        ids = []
        for w in tokenize(text):
            if w not in vocabulary:
                break
            ids.append(vocabulary[w])
        result.append(ids)
    return result
""",
            says="You stop at the first unknown word. It is left out, and the "
            "text goes on behind it.",
        ),
        Misconception(
            "one-list-for-all",
            source="""
def texts_to_sequences(texts, vocabulary):
    if isinstance(texts, str):
        raise TypeError("a list, please")
    result = [[]] * len(texts)
    for n, text in enumerate(texts):
        for w in tokenize(text):
            if w in vocabulary:
                result[n].append(vocabulary[w])
    return result
""",
            says="All texts share one list: `[[]] * N` holds the same list N "
            "times. Make a new one for each text.",
        ),
        Misconception(
            "learns-new-words",
            source="""
def texts_to_sequences(texts, vocabulary):
    if isinstance(texts, str):
        raise TypeError("a list, please")
    return [
        [vocabulary.setdefault(w, len(vocabulary) + 1) for w in tokenize(text)]
        for text in texts
    ]
""",
            says="You give unknown words new ids and write them into the caller's "
            "vocabulary. They are left out: the model has no row for them.",
        ),
        Misconception(
            "place-in-the-vocabulary",
            ("vocabulary[word] for", "list(vocabulary).index(word) + 1 for"),
            "You take the place of a word in the vocabulary for its id. The id is the "
            "value that stands there: `vocabulary[word]`.",
            forms=[("vocabulary[word] for", "list(vocabulary).index(word) for")],
        ),
        Misconception(
            "unknown-has-an-id",
            (
                "[vocabulary[word] for word in tokenize(text) if word in vocabulary]",
                "[vocabulary.get(word, len(vocabulary) + 1) for word in "
                "tokenize(text)]",
            ),
            "You give all unknown words an id of their own. They are left out: the "
            "model has no row for it.",
            forms=[
                (
                    "[vocabulary[word] for word in tokenize(text) if word in "
                    "vocabulary]",
                    "[vocabulary.get(word, len(vocabulary)) for word in "
                    "tokenize(text)]",
                ),
                (
                    "[vocabulary[word] for word in tokenize(text) if word in "
                    "vocabulary]",
                    "[vocabulary.get(word, -1) for word in tokenize(text)]",
                ),
            ],
        ),
        Misconception(
            "unknown-is-none",
            (
                "[vocabulary[word] for word in tokenize(text) if word in vocabulary]",
                "[vocabulary.get(word) for word in tokenize(text)]",
            ),
            "You leave a None for each unknown word (`dict.get` gives it). Unknown "
            "words are left out.",
        ),
        Misconception(
            "words-not-ids",
            ("[vocabulary[word] for word", "[word for word"),
            "You return the known words. Their ids are asked for: `vocabulary[word]`.",
        ),
    ],
    hints=[
        "One list for each text, inside one list for all.",
        "Ask `word in vocabulary` before you look the word up.",
        "A list of lists: the inner one runs over `tokenize(text)`, the outer one over "
        "the texts.",
    ],
)


def _sequences(rng, lengths) -> list[list[int]]:
    return [[int(i) for i in rng.integers(1, 9999, size=n)] for n in lengths]


def pad_sequences_cases(rng):
    yield Case("shorter and longer than maxlen", _sequences(rng, (3, 8, 5, 1)), 5)
    yield Case("all shorter", _sequences(rng, (2, 4, 1)), 7)
    yield Case("all longer", _sequences(rng, (6, 9)), 4)
    yield Case("with empty sequences", _sequences(rng, (0, 6, 2, 0, 3)), 4)
    wide = _sequences(rng, (104, 131, 113, 2, 118))
    wide[3] = [70_000 + int(rng.integers(99)), 40_000]
    yield Case("more than 100 columns, large ids", wide, 113)
    yield Case("one column", _sequences(rng, (3, 0, 1, 2)), 1).with_(weight=0.5)
    yield Case("maxlen 0", _sequences(rng, (2, 1)), 0)
    yield Case("maxlen below 0", _sequences(rng, (2, 5, 1)), -2)


PAD_SEQUENCES = Exercise(
    "pad_sequences",
    pad_sequences_cases,
    points=3,
    minutes=10,
    difficulty=2,
    misconceptions=[
        Misconception(
            "pads-behind",
            ("row[maxlen - len(kept) :] = kept", "row[: len(kept)] = kept"),
            "You pad behind the words. An LSTM that reports its last state would "
            "then report what it thinks after a row of zeros.",
        ),
        Misconception(
            "cuts-behind",
            ("sequence[-maxlen:]", "sequence[:maxlen]"),
            "You keep the beginning of a long text. Keras cuts in front and keeps the "
            "end, where a review often says what it thinks.",
        ),
        Misconception(
            "all-behind",
            [
                ("row[maxlen - len(kept) :] = kept", "row[: len(kept)] = kept"),
                ("sequence[-maxlen:]", "sequence[:maxlen]"),
            ],
            "You pad and cut behind. Keras does both in front unless you say "
            '`padding="post", truncating="post"`.',
        ),
        Misconception(
            "to-the-longest",
            (
                "ids = np.zeros((len(sequences), maxlen), dtype=np.int64)",
                "maxlen = max(map(len, sequences))\n"
                "    ids = np.zeros((len(sequences), maxlen), dtype=np.int64)",
            ),
            "You make rows as long as the longest sequence. Every batch must have "
            "exactly maxlen columns.",
        ),
        Misconception(
            "floats",
            (", dtype=np.int64", ""),
            "You return floats: `np.zeros` makes them by itself. An id is the number "
            "of a row; an embedding refuses 3.0.",
        ),
        Misconception(
            "empty-row",
            [
                ("if len(sequence):", "if True:"),
                ("row[maxlen - len(kept) :] = kept", "row[-len(kept) :] = kept"),
            ],
            "You stumble over an empty sequence: `row[-0:]` is the whole row, not an "
            "empty piece of it.",
        ),
        Misconception(
            "reversed",
            ("= kept", "= kept[::-1]"),
            "You write the ids in reverse order. The order of the words is the one "
            "thing that an LSTM knows more than a bag of words.",
        ),
        Misconception(
            "narrow-integers",
            ("dtype=np.int64", "dtype=np.int16"),
            "Your integers are too narrow: an id beyond the largest number of their "
            "dtype wraps round to another one. Use int32 or int64.",
            forms=[
                ("dtype=np.int64", "dtype=np.uint16"),
                ("dtype=np.int64", "dtype=np.int8"),
                ("dtype=np.int64", "dtype=np.uint8"),
            ],
        ),
        Misconception(
            "at-most-100",
            ("sequence[-maxlen:]", "sequence[-min(maxlen, 100):]"),
            "You never keep more than 100 ids. maxlen says how many.",
        ),
        Misconception(
            "start-below-zero",
            source="""
def pad_sequences(sequences, maxlen):
    if maxlen < 1:
        raise ValueError("maxlen")
    rows = []
    for s in sequences:
        kept = s[len(s) - maxlen:]
        rows.append([0] * (maxlen - len(kept)) + list(kept))
    return np.array(rows, dtype=np.int64)
""",
            says="Where a text is shorter than maxlen, your slice begins at a "
            "negative number, which Python counts from the end: words in "
            "front may be lost. Begin at `max(len(sequence) - maxlen, 0)`, or "
            "take `[-maxlen:]`.",
        ),
        Misconception(
            "as-wide-as-the-longest",
            source="""
def pad_sequences(sequences, maxlen):
    if maxlen < 1:
        raise ValueError("maxlen")
    width = min(maxlen, max(max(len(s) for s in sequences), 1))
    out = np.zeros((len(sequences), width), dtype=np.int64)
    for n, s in enumerate(sequences):
        s = s[-width:]
        out[n, width - len(s):] = s
    return out
""",
            says="Your rows are as wide as the longest sequence where that is "
            "shorter than maxlen. Every row has maxlen columns.",
        ),
        Misconception(
            "empty-dropped",
            source="""
def pad_sequences(sequences, maxlen):
    if maxlen < 1:
        raise ValueError("maxlen")
    rows = [
        [0] * (maxlen - len(s)) + list(s[-maxlen:]) for s in sequences if s
    ]
    return np.array(rows, dtype=np.int64).reshape(-1, maxlen)
""",
            says="You leave out empty sequences. Then the rows no longer fit the "
            "labels: such a row holds zeros alone.",
        ),
        Misconception(
            "minus-zero",
            (
                "row[maxlen - len(kept) :] = kept",
                "for k in range(len(kept)):\n                row[-k] = kept[-k]",
            ),
            "You count from the end by -0, -1, -2. But -0 is 0, the first place; the "
            "last one is -1. One id is lost, and one stands in front.",
            forms=[
                (
                    "row[maxlen - len(kept) :] = kept",
                    "for k in range(len(kept)):\n                "
                    "row[-k] = sequence[-k]",
                )
            ],
        ),
        Misconception(
            "changes-the-lists",
            source="""
def pad_sequences(sequences, maxlen):
    if maxlen < 1:
        raise ValueError("maxlen")
    for s in sequences:
        s[:] = [0] * (maxlen - len(s)) + s[-maxlen:]
    return np.array(sequences, dtype=np.int64)
""",
            says="The array is right, but the caller's lists are padded or cut as well "
            "(`insert`, `pop`, `del` and `+=` work on the list itself). Make new ones.",
            forms=[
                """
def pad_sequences(sequences, maxlen):
    if maxlen < 1:
        raise ValueError("maxlen")
    rows = []
    for s in sequences:
        while len(s) < maxlen:
            s.insert(0, 0)
        rows.append(s[-maxlen:])
    return np.array(rows, dtype=np.int64)
"""
            ],
        ),
    ],
    hints=[
        "Start with an array of zeros of the final shape and the right dtype.",
        "`sequence[-maxlen:]` is the end of a sequence, also of a short one.",
        "Write the kept ids into the last len(kept) columns; take care of length 0.",
    ],
)


# ----------------------------------------------------------------- embedding and LSTM


def embed_cases(rng):
    for label, V, d, shape in (
        ("a small table", 7, 3, (4, 5)),
        ("one text", 11, 2, (1, 6)),
    ):
        ids = rng.integers(0, V, size=shape)
        ids[0, :3] = [0, V - 1, V - 1]
        weights = _tensor(rng, *shape, d).float()
        # float32 alone: a product with `one_hot(ids, V).float()` is right as well
        E = _tensor(rng, V, d, scale=3.0).float()
        yield Case(label, torch.from_numpy(ids), E, weights)
    ids = rng.integers(0, 30, size=(3, 8))
    E = _tensor(rng, 30, 4).float()
    yield Case("thirty rows", torch.from_numpy(ids), E, _tensor(rng, 3, 8, 4).float())
    for label, wrong in (("an id that is too large", 9), ("a negative id", -1)):
        ids = rng.integers(0, 9, size=(2, 4))
        ids[1, 2] = wrong
        E, weights = _tensor(rng, 9, 3), _tensor(rng, 2, 4, 3)
        yield Case(label, torch.from_numpy(ids), E, weights).with_(weight=0.5)


EMBED = Exercise(
    "embed",
    embed_cases,
    points=2,
    minutes=5,
    difficulty=1,
    probe="look_up",
    misconceptions=[
        Misconception(
            "minus-one",
            ("return E[ids]", "return E[ids - 1]"),
            "You count the rows from 1. Row 0 belongs to id 0, the padding.",
        ),
        Misconception(
            "no-gradient",
            ("return E[ids]", "return E.detach()[ids]"),
            "You cut the gradient off (`detach`, `.data`, NumPy or `torch.tensor` do "
            "that): the table could never learn.",
        ),
        Misconception(
            "padding-not-learned",
            ("return E[ids]", "return F.embedding(ids, E, padding_idx=0)"),
            "You say `padding_idx=0`, so no gradient reaches row 0. `embed` treats all "
            "rows alike.",
        ),
        Misconception(
            "negative-wraps",
            ("ids.min() < 0 or ", ""),
            "You let a negative id through. In Python -1 means the last row, so a "
            "mistake in the ids would go unnoticed.",
        ),
        Misconception(
            "padding-is-zero",
            ("return E[ids]", "return E[ids] * (ids != 0)[:, :, None]"),
            "You replace the row of id 0 by zeros. `embed` looks up; leaving padding "
            "out is the business of the lengths later on.",
        ),
        Misconception(
            "flattened",
            ("return E[ids]", "return E[ids.flatten()]"),
            "You lose the shape of the batch: all words of all texts end up in one "
            "long list.",
        ),
        Misconception(
            "summed",
            ("return E[ids]", "return E[ids].sum(dim=1)"),
            "You add up the vectors of a text. That is a bag of words again; the LSTM "
            "wants one vector for each word.",
        ),
        Misconception(
            "steps-first",
            source="""
def embed(ids, E):
    if ids.numel() and (ids.min() < 0 or ids.max() >= len(E)):
        raise IndexError("id")
    N, T = ids.shape
    vectors = [E[ids[:, t]] for t in range(T)]
    return torch.cat(vectors).reshape(N, T, E.shape[1])
""",
            says="You put the steps of time first and give the result the shape "
            "that is asked for without turning the axes round. `reshape` "
            "keeps the order of the numbers; stack along dim 1, or use "
            "`transpose`.",
        ),
        Misconception(
            "axes-by-reshape",
            ("return E[ids]", "return E.T[:, ids].reshape(*ids.shape, E.shape[1])"),
            "The numbers are those of the rows, but they stand in wrong places. "
            "`reshape` and `view` keep the order of the numbers and turn no axes "
            "round; `transpose` and `permute` do.",
            forms=[
                (
                    "return E[ids]",
                    "return E[ids.flatten()].reshape(len(ids), E.shape[1], "
                    "-1).transpose(1, 2)",
                )
            ],
        ),
    ],
    hints=[
        "A tensor can be indexed by a tensor of row numbers.",
        "Check the smallest and the largest id before the look-up.",
    ],
)


def _params(rng, d: int, n: int, scale: float = 1.0) -> dict[str, torch.Tensor]:
    return {
        "W_ih": _tensor(rng, 4 * n, d, scale=scale),
        "W_hh": _tensor(rng, 4 * n, n, scale=scale),
        "b_ih": _tensor(rng, 4 * n, scale=scale),
        "b_hh": _tensor(rng, 4 * n, scale=scale),
    }


def lstm_cell_cases(rng):
    for label, N, d, n, scale in (
        ("five texts", 5, 4, 3, 0.8),
        ("one text, two units", 1, 3, 2, 1.0),
        ("saturated gates", 6, 2, 5, 20.0),
        ("one unit", 3, 2, 1, 1.0),
    ):
        x, h, c = (
            _tensor(rng, N, d),
            _tensor(rng, N, n).tanh(),
            _tensor(rng, N, n, scale=2),
        )
        weights = [_tensor(rng, N, n), _tensor(rng, N, n)]
        yield Case(label, x, h, c, _params(rng, d, n, scale), weights).with_(
            weight=2 if N == 5 else 1
        )
    N, d, n = 4, 3, 2
    x, h, c = _tensor(rng, N, d).float(), _tensor(rng, N, n).float(), _tensor(rng, N, n)
    params = {name: value.float() for name, value in _params(rng, d, n).items()}
    weights = [_tensor(rng, N, n).float(), _tensor(rng, N, n).float()]
    yield Case("float32", x, h, c.float(), params, weights)
    x, params = _tensor(rng, 4, 3), _params(rng, 3, 2, 0.7)
    params["b_ih"][4:6] = torch.tensor([800.0, -800.0])
    h, c = _tensor(rng, 4, 2).tanh(), _tensor(rng, 4, 2)
    weights = [_tensor(rng, 4, 2), _tensor(rng, 4, 2)]
    yield Case("a candidate of tanh(800)", x, h, c, params, weights)


LSTM_CELL = Exercise(
    "lstm_cell",
    lstm_cell_cases,
    points=5,
    minutes=15,
    difficulty=3,
    probe="cell_step",
    returns=("h", "c"),
    misconceptions=[
        Misconception(
            "order-ifog",
            ("i, f, g, o = rows.chunk(4, dim=1)", "i, f, o, g = rows.chunk(4, dim=1)"),
            "You take the blocks in the order input, forget, output, candidate. "
            "PyTorch keeps them as input, forget, candidate, output.",
        ),
        Misconception(
            "order-figo",
            ("i, f, g, o = rows.chunk(4, dim=1)", "f, i, g, o = rows.chunk(4, dim=1)"),
            "You swap input gate and forget gate: the cell forgets where it should "
            "write.",
        ),
        Misconception(
            "candidate-sigmoid",
            ("g.tanh()", "g.sigmoid()"),
            "You squash the candidate with a sigmoid. It would never be negative, and "
            "the memory could only grow; the candidate takes a tanh.",
        ),
        Misconception(
            "no-output-tanh",
            ("o * c_new.tanh()", "o * c_new"),
            "You show the memory as it is. It passes through tanh before the output "
            "gate, so that h stays between -1 and 1.",
        ),
        Misconception(
            "old-memory",
            ("o * c_new.tanh()", "o * c.tanh()"),
            "You compute h from the old memory. What was just read would show one "
            "step late.",
        ),
        Misconception(
            "one-bias",
            (' + params["b_ih"]', ""),
            "You leave out one of the two bias vectors. PyTorch has one for x and one "
            "for h, and both are added.",
        ),
        Misconception(
            "other-bias",
            (' + params["b_hh"]', ""),
            "You leave out one of the two bias vectors. PyTorch has one for x and one "
            "for h, and both are added.",
        ),
        Misconception(
            "no-forget-gate",
            ("f * c + i * g", "c + i * g"),
            "You keep the whole old memory. The forget gate says how much of it stays.",
        ),
        Misconception(
            "no-output-gate",
            ("o * c_new.tanh()", "c_new.tanh()"),
            "You show the whole memory. The output gate says how much of it is shown.",
        ),
        Misconception(
            "no-input-gate",
            ("f * c + i * g", "f * c + g"),
            "You write the candidate without the input gate: everything is remembered, "
            "important or not.",
        ),
        Misconception(
            "coupled-gates",
            ("f * c + i * g", "f * c + (1 - f) * g"),
            "You write with 1 - f in place of the input gate. That is a GRU's habit; "
            "an LSTM can keep and write at once.",
        ),
        Misconception(
            "swapped-results",
            ("return h_new, c_new", "return c_new, h_new"),
            "You return the memory first. The order is (h', c').",
        ),
        Misconception(
            "one-block-shared",
            (
                "i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()",
                "i.sigmoid(), f.sigmoid(), g.tanh(), i.sigmoid()",
            ),
            "You use the input gate as output gate too. Each gate has its own block "
            "of rows.",
        ),
        Misconception(
            "interleaved",
            ("rows.chunk(4, dim=1)", "(rows[:, k::4] for k in range(4))"),
            "You take every fourth row for a gate. Each gate has a block of n rows "
            "that stand together.",
            forms=[("rows.chunk(4, dim=1)", "rows.reshape(len(x), -1, 4).unbind(2)")],
        ),
        Misconception(
            "memory-squashed",
            ("c_new = f * c + i * g", "c_new = (f * c + i * g).tanh()"),
            "You squash the memory itself with tanh. Only what is shown of it passes "
            "through tanh; the memory keeps its size.",
        ),
        Misconception(
            "detached-state",
            source="""
def lstm_cell(x, h, c, params):
    h, c = h.detach(), c.detach()
    z = x @ params["W_ih"].T + params["b_ih"] + h @ params["W_hh"].T + params["b_hh"]
    i, f, g, o = z.chunk(4, dim=1)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return o.sigmoid() * c.tanh(), c
""",
            says="You cut the gradient off at the old states (`detach` or "
            "`.data`). Through them a sequence learns from its end what to "
            "keep at its beginning.",
        ),
        Misconception(
            "forget-bias-added",
            ("f.sigmoid()", "(f + 1).sigmoid()"),
            "You add 1 inside the forget gate. Keras puts this 1 into the first value "
            "of the bias; the cell takes the biases as they are.",
        ),
        Misconception(
            "no-gradient",
            (
                "return h_new, c_new",
                "return torch.tensor(h_new.tolist(), dtype=x.dtype), "
                "torch.tensor(c_new.tolist(), dtype=x.dtype)",
            ),
            "The states are right, but no gradient flows back from them: NumPy, "
            "`torch.tensor`, `detach` and `.item()` cut it off. Stay with tensors.",
        ),
        Misconception(
            "memory-clipped",
            ("return h_new, c_new", "return h_new, c_new.clamp(-1, 1)"),
            "You clip the memory to -1 and 1. Only h stays in that range; the memory "
            "may grow.",
            forms=[("c_new = f * c + i * g", "c_new = (f * c + i * g).clamp(-1, 1)")],
        ),
        Misconception(
            "other-order",
            ("i, f, g, o = rows.chunk(4, dim=1)", "i, g, f, o = rows.chunk(4, dim=1)"),
            "You take the blocks in another order than input gate, forget gate, "
            "candidate, output gate.",
            forms=[
                (
                    "i, f, g, o = rows.chunk(4, dim=1)",
                    "f, i, o, g = rows.chunk(4, dim=1)",
                ),
                (
                    "i, f, g, o = rows.chunk(4, dim=1)",
                    "f, g, i, o = rows.chunk(4, dim=1)",
                ),
                (
                    "i, f, g, o = rows.chunk(4, dim=1)",
                    "i, o, f, g = rows.chunk(4, dim=1)",
                ),
            ],
        ),
        Misconception(
            "forget-turned-round",
            ("f * c + i * g", "(1 - f) * c + i * g"),
            "You keep 1 - f of the old memory. The forget gate says what stays, in "
            "spite of its name: 1 keeps all.",
        ),
        Misconception(
            "shown-by-sigmoid",
            ("o * c_new.tanh()", "o * c_new.sigmoid()"),
            "You squash the memory with a sigmoid before it is shown. It passes "
            "through tanh, so that h can be negative.",
        ),
        Misconception(
            "state-not-read",
            ('h @ params["W_hh"].T', '0 * h @ params["W_hh"].T'),
            "Your gates do not read h. Each block is a sum of a product with x and one "
            "with h.",
            forms=[
                [
                    ('h @ params["W_hh"].T', '0 * h @ params["W_hh"].T'),
                    (' + params["b_hh"]', ' + 0 * params["b_hh"]'),
                ]
            ],
        ),
        Misconception(
            "forget-coupled",
            ("f * c + i * g", "(1 - i) * c + i * g"),
            "You keep 1 - i of the old memory in place of the forget gate. An LSTM can "
            "keep and write at once: f says what stays.",
        ),
        Misconception(
            "same-bias-twice",
            (' + params["b_hh"]', ' + params["b_ih"]'),
            "You add one of the two bias vectors twice and leave the other out.",
            forms=[(' + params["b_ih"]', ' + params["b_hh"]')],
        ),
    ],
    hints=[
        "First compute all four blocks at once: one (N, 4n) tensor.",
        "`chunk(4, dim=1)` cuts it into input, forget, candidate and output block.",
        "Sigmoid for the gates, tanh for the candidate; then two lines for c' and h'.",
    ],
)


def lstm_forward_cases(rng):
    for label, lengths, T, d, n in (
        ("texts of different lengths", (6, 2, 4, 1, 5), 6, 3, 2),
        ("no text fills its row", (2, 4, 3), 7, 2, 4),
        ("an empty text", (0, 3, 5, 1), 5, 2, 3),
        ("one text", (3,), 4, 3, 2),
    ):
        N = len(lengths)
        x = _tensor(rng, N, T, d)
        for row, length in enumerate(lengths):
            x[row, : T - length] *= 6.0
        weights = [_tensor(rng, N, T, n), _tensor(rng, N, n), _tensor(rng, N, n)]
        yield Case(label, x, torch.tensor(lengths), _params(rng, d, n, 0.7), weights)
    x, params = _tensor(rng, 3, 4, 2).float(), _params(rng, 2, 5, 0.7)
    params = {name: value.float() for name, value in params.items()}
    weights = [_tensor(rng, *shape).float() for shape in ((3, 4, 5), (3, 5), (3, 5))]
    yield Case("float32, no padding", x, torch.tensor((4, 4, 4)), params, weights)


LSTM_FORWARD = Exercise(
    "lstm_forward",
    lstm_forward_cases,
    points=5,
    minutes=15,
    difficulty=3,
    probe="forward_pass",
    returns=("outputs", "h", "c"),
    exact_dtype=True,
    needs=("lstm_cell",),
    misconceptions=[
        Misconception(
            "reads-padding",
            ("(t >= T - lengths)[:, None]", "(t >= 0 * lengths)[:, None]"),
            "You read the padding as if it were words. The state has moved before the "
            "first word comes, by an amount that depends on the other texts of the "
            "batch.",
        ),
        Misconception(
            "wiped-afterwards",
            [
                ("(t >= T - lengths)[:, None]", "(t >= 0 * lengths)[:, None]"),
                (
                    "outputs.append(h)",
                    "outputs.append(h * (t >= T - lengths)[:, None])",
                ),
            ],
            "You read the padding and wipe its outputs afterwards. The state that the "
            "first word meets has moved all the same.",
            forms=[
                """
def lstm_forward(x, lengths, params):
    N, T, _ = x.shape
    n = params["W_hh"].shape[1]
    h, c = x.new_zeros(N, n), x.new_zeros(N, n)
    outputs = []
    for t in range(T):
        h, c = lstm_cell(x[:, t], h, c, params)
        outputs.append(h)
    outputs = torch.stack(outputs, dim=1)
    mask = torch.arange(T) >= T - lengths[:, None]
    outputs = outputs.masked_fill(~mask[..., None], 0)
    empty = (lengths == 0)[:, None]
    return outputs, h.masked_fill(empty, 0), c.masked_fill(empty, 0)
"""
            ],
        ),
        Misconception(
            "detached-state",
            (
                "lstm_cell(x[:, t], h, c, params)",
                "lstm_cell(x[:, t], h.detach(), c.detach(), params)",
            ),
            "You cut the gradient off between the steps (`detach` or `.data`). Early "
            "words could then never learn from the end.",
        ),
        Misconception(
            "padding-behind",
            ("(t >= T - lengths)[:, None]", "(t < lengths)[:, None]"),
            "You take the first `lengths` steps for the real ones. Here padding "
            "stands in front and the words at the end.",
            forms=[
                """
def lstm_forward(x, lengths, params):
    N, T, _ = x.shape
    n = params["W_hh"].shape[1]
    h, c = x.new_zeros(N, n), x.new_zeros(N, n)
    outputs = []
    for t in range(T):
        real = (t < lengths)[:, None]
        h_new, c_new = lstm_cell(x[:, t], h, c, params)
        h, c = torch.where(real, h_new, h), torch.where(real, c_new, c)
        outputs.append(torch.where(real, h, torch.zeros_like(h)))
    return torch.stack(outputs, dim=1), h, c
"""
            ],
        ),
        Misconception(
            "one-word-late",
            ("(t >= T - lengths)[:, None]", "(t > T - lengths)[:, None]"),
            "You start one step late: the first word of each text is taken for "
            "padding.",
        ),
        Misconception(
            "memory-moves",
            ("c = torch.where(real, c_new, c)", "c = c_new"),
            "You hold h during padding but let c move on. Both states have to wait.",
        ),
        Misconception(
            "zero-inputs",
            [
                (
                    "lstm_cell(x[:, t], h, c, params)",
                    "lstm_cell(x[:, t] * (t >= T - lengths)[:, None], h, c, params)",
                ),
                ("(t >= T - lengths)[:, None]\n", "(t >= 0 * lengths)[:, None]\n"),
            ],
            "You set the padded inputs to zero and read them all the same. The biases "
            "move the state even where the input is zero.",
        ),
        Misconception(
            "no-memory",
            (
                "lstm_cell(x[:, t], h, c, params)",
                "lstm_cell(x[:, t], torch.zeros_like(h), c, params)",
            ),
            "You start every step with h = 0. The state of one step is the input of "
            "the next.",
        ),
        Misconception(
            "outputs-are-memories",
            ("outputs.append(h)", "outputs.append(c)"),
            "You collect the cell states. The outputs of an LSTM are its hidden "
            "states h.",
        ),
        Misconception(
            "time-first",
            ("torch.stack(outputs, dim=1)", "torch.stack(outputs, dim=0)"),
            "You stack along a new first axis. The result is (N, T, n): texts first, "
            "then time.",
        ),
        Misconception(
            "start-of-the-longest",
            source="""
def lstm_forward(x, lengths, params):
    N, T, _ = x.shape
    n = params["W_hh"].shape[1]
    h = c = torch.zeros(N, n, dtype=x.dtype)
    start = T - int(lengths.max())
    outputs = [h] * start
    for t in range(start, T):
        h, c = lstm_cell(x[:, t], h, c, params)
        outputs.append(h)
    return torch.stack(outputs, dim=1), h, c
""",
            says="You let all texts begin where the longest begins. A shorter one "
            "then reads the padding between that place and its own first "
            "word.",
        ),
        Misconception(
            "outputs-in-front",
            source="""
def lstm_forward(x, lengths, params):
    N, T, _ = x.shape
    n = params["W_hh"].shape[1]
    outputs, hs, cs = x.new_zeros(N, T, n), [], []
    for row in range(N):
        h, c = x.new_zeros(1, n), x.new_zeros(1, n)
        start = T - int(lengths[row])
        for t in range(start, T):
            h, c = lstm_cell(x[row : row + 1, t], h, c, params)
            outputs[row, t - start] = h[0]
        hs.append(h)
        cs.append(c)
    return outputs, torch.cat(hs), torch.cat(cs)
""",
            says="The outputs of a shorter text stand at the beginning of its row. "
            "Output t belongs to step t of x: the zeros of the padding come first.",
        ),
        Misconception(
            "outputs-without-gradient",
            (
                "torch.stack(outputs, dim=1)",
                "torch.stack([h.detach() for h in outputs], dim=1)",
            ),
            "No gradient flows back from your outputs (`detach`, `.data`, NumPy). A "
            "model that takes the mean of all states learns through them.",
        ),
        Misconception(
            "from-the-end",
            ("x[:, t], h, c, params", "x[:, T - 1 - t], h, c, params"),
            "You read each row from its end. Step t is `x[:, t]`.",
            forms=[
                """
def lstm_forward(x, lengths, params):
    N, T, _ = x.shape
    n = params["W_hh"].shape[1]
    h, c = x.new_zeros(N, n), x.new_zeros(N, n)
    outputs = []
    for t in reversed(range(T)):
        real = (t >= T - lengths)[:, None]
        h_new, c_new = lstm_cell(x[:, t], h, c, params)
        h, c = torch.where(real, h_new, h), torch.where(real, c_new, c)
        outputs.append(h)
    return torch.stack(outputs, dim=1), h, c
"""
            ],
        ),
        Misconception(
            "writes-into-x",
            (
                "    outputs = []\n",
                "    x[torch.arange(T) < T - lengths[:, None]] = 0\n    outputs = []\n",
            ),
            "You write into x (`x[...] = 0`, `*=` or `masked_fill_`). It belongs to "
            "the caller, and where a gradient of x is asked for autograd refuses it: "
            "make a new tensor.",
            forms=[
                (
                    "    outputs = []\n",
                    "    for n in range(N):\n        x[n, : T - lengths[n]] = 0\n"
                    "    outputs = []\n",
                )
            ],
        ),
        Misconception(
            "state-of-the-text-before",
            source="""
def lstm_forward(x, lengths, params):
    N, T, _ = x.shape
    n = params["W_hh"].shape[1]
    h, c = x.new_zeros(1, n), x.new_zeros(1, n)
    outputs, hs, cs = [], [], []
    for row in range(N):
        start = T - int(lengths[row])
        steps = [x.new_zeros(1, n) for _ in range(start)]
        for t in range(start, T):
            h, c = lstm_cell(x[row : row + 1, t], h, c, params)
            steps.append(h)
        outputs.append(torch.cat(steps))
        hs.append(h)
        cs.append(c)
    return torch.stack(outputs), torch.cat(hs), torch.cat(cs)
""",
            says="A text begins with the states in which the text before it ended. "
            "Each one begins with zeros: make them inside the loop over the texts.",
        ),
        Misconception(
            "outputs-one-step-late",
            [
                ("        outputs.append(h)\n", ""),
                (
                    "        h_new, c_new =",
                    "        outputs.append(h)\n        h_new, c_new =",
                ),
            ],
            "You collect the state before step t is read. Output t is the state "
            "after it.",
        ),
        Misconception(
            "swapped-results",
            ("dim=1), h, c", "dim=1), c, h"),
            "You return the cell state before the hidden state. The order is "
            "(outputs, h, c).",
        ),
        Misconception(
            "last-state-in-front",
            source="""
def lstm_forward(x, lengths, params):
    N, T, _ = x.shape
    n = params["W_hh"].shape[1]
    h, c = x.new_zeros(N, n), x.new_zeros(N, n)
    hs, cs = [], []
    for t in range(T):
        real = (t >= T - lengths)[:, None]
        h_new, c_new = lstm_cell(x[:, t], h, c, params)
        h, c = torch.where(real, h_new, h), torch.where(real, c_new, c)
        hs.append(h)
        cs.append(c)
    hs, cs = torch.stack(hs, dim=1), torch.stack(cs, dim=1)
    rows, last = torch.arange(N), (lengths - 1).clamp(min=0)
    return hs, hs[rows, last], cs[rows, last]
""",
            says="You look for the last states at step lengths - 1. Here padding "
            "stands in front, so every text ends at step T - 1.",
        ),
        Misconception(
            "outputs-not-held",
            ("outputs.append(h)", "outputs.append(h_new)"),
            "Your outputs at padding are not zero: you collect the new state before "
            "you decide whether the step is real.",
        ),
    ],
    hints=[
        "Loop over t, and start with h and c of zeros with the dtype of x.",
        "Step t of row n is real where t >= T - lengths[n].",
        "`torch.where(real[:, None], new, old)` keeps the old state during padding.",
    ],
)


def mean_over_time_cases(rng):
    masks = {
        "padding in front": [[0, 0, 1, 1, 1], [1, 1, 1, 1, 1], [0, 0, 0, 0, 1]],
        "padding behind": [[1, 1, 1, 0, 0, 0], [1, 1, 1, 1, 1, 0]],
        "gaps, and a row without words": [
            [1, 0, 1, 1, 0],
            [0, 0, 0, 0, 0],
            [0, 1, 0, 1, 0],
            [1, 0, 0, 0, 0],
        ],
        "a text of 300 words": rng.random((2, 300)) < 0.95,
        "one text of one word": [[0, 0, 1, 0]],
    }
    for n, (label, rows) in zip((2, 4, 3, 4, 3), masks.items(), strict=True):
        mask = torch.as_tensor(rows).bool()
        outputs = _tensor(rng, *mask.shape, n)
        outputs[~mask] += 50.0
        if mask[0].sum() > 1:  # a step of zeros that is real
            outputs[0, mask[0].nonzero()[-1, 0]] = 0.0
        yield Case(label, outputs, mask, _tensor(rng, len(mask), n))
    mask = torch.tensor([[0, 1, 1], [1, 1, 1]]).bool()
    outputs = _tensor(rng, 2, 3, 5).float()
    yield Case("float32", outputs, mask, _tensor(rng, 2, 5).float())


MEAN_OVER_TIME = Exercise(
    "mean_over_time",
    mean_over_time_cases,
    points=2,
    minutes=10,
    difficulty=2,
    probe="pooled",
    exact_dtype=True,
    misconceptions=[
        Misconception(
            "divides-by-T",
            ("/ number", "/ outputs.shape[1]"),
            "You divide by the length of the row. A short text would get a mean near "
            "zero because of its padding.",
        ),
        Misconception(
            "mask-forgotten",
            ("(outputs * real).sum(dim=1) / number", "outputs.mean(dim=1)"),
            "You average over padding as well. What stands there belongs to no word.",
        ),
        Misconception(
            "padding-in-the-sum",
            ("(outputs * real).sum", "outputs.sum"),
            "You divide by the number of words but add up the padding too.",
        ),
        Misconception(
            "sum",
            (" / number", ""),
            "You return the sum. Long texts would speak louder than short ones.",
        ),
        Misconception(
            "nan",
            (".clamp(min=1)", ""),
            "You divide zero by zero for a text without words. One NaN in a batch "
            "turns all weights into NaN at the next step.",
            forms=[
                """
def mean_over_time(outputs, mask):
    m = mask[..., None].to(outputs.dtype)
    return torch.nan_to_num((outputs * m).sum(1) / m.sum(1))
"""
            ],
        ),
        Misconception(
            "in-place",
            (
                "(outputs * real).sum(dim=1) / number",
                "outputs.masked_fill_(~mask[:, :, None], 0.0).sum(dim=1) / number",
            ),
            "You write zeros into `outputs` itself. It belongs to the caller, and "
            "autograd refuses that; make a new tensor.",
        ),
        Misconception(
            "max",
            source="""
def mean_over_time(outputs, mask):
    low = outputs.masked_fill(~mask[:, :, None], -torch.inf).amax(dim=1)
    return torch.where(mask.any(dim=1)[:, None], low, torch.zeros_like(low))
""",
            says="You take the largest value over time. That is max pooling; the mean "
            "is asked for.",
        ),
        Misconception(
            "words-in-front",
            source="""
def mean_over_time(outputs, mask):
    rows = zip(outputs, mask.sum(dim=1).tolist())
    means = [row[:n].sum(dim=0) / max(n, 1) for row, n in rows]
    return torch.stack(means)
""",
            says="You count the real steps and average over as many from the "
            "beginning. The mask says which ones are real; they may stand anywhere.",
        ),
        Misconception(
            "words-at-the-end",
            source="""
def mean_over_time(outputs, mask):
    rows = zip(outputs, mask.sum(dim=1).tolist())
    means = [row[len(row) - n :].sum(dim=0) / max(n, 1) for row, n in rows]
    return torch.stack(means)
""",
            says="You count the real steps and average over as many at the end. The "
            "mask says which ones are real; they may stand anywhere.",
        ),
        Misconception(
            "words-of-the-batch",
            source="""
def mean_over_time(outputs, mask):
    m = mask.to(outputs.dtype)
    return torch.einsum("ntd,nt->nd", outputs, m) / m.sum().clamp(min=1)
""",
            says="You divide by the number of words of the whole batch. Each text "
            "has its own number.",
        ),
        Misconception(
            "first-to-last",
            source="""
def mean_over_time(outputs, mask):
    rows = []
    for row, real in zip(outputs, mask):
        places = real.nonzero()[:, 0]
        if len(places) == 0:
            rows.append(row.sum(0) * 0)
        else:
            rows.append(row[int(places[0]) : int(places[-1]) + 1].mean(dim=0))
    return torch.stack(rows)
""",
            says="You average everything from the first real step to the last. "
            "Where the mask is False between them, those steps do not count.",
        ),
        Misconception(
            "running-halves",
            source="""
def mean_over_time(outputs, mask):
    mean = torch.zeros_like(outputs[:, 0])
    seen = torch.zeros_like(mask[:, :1])
    for t in range(outputs.shape[1]):
        real = mask[:, t:t + 1]
        half = (mean + outputs[:, t]) / 2
        mean = torch.where(real, torch.where(seen, half, outputs[:, t]), mean)
        seen = seen | real
    return mean
""",
            says="You take the mean of the mean so far and the new step. Then the "
            "last steps count most; each one has the weight 1 / number.",
        ),
        Misconception(
            "zeros-are-padding",
            (
                "    real = ",
                "    mask = mask & (outputs != 0).any(dim=2)\n    real = ",
            ),
            "You leave out real steps that hold zeros alone. Only the mask says which "
            "steps are real.",
        ),
        Misconception(
            "no-gradient",
            (
                "(outputs * real).sum(dim=1) / number",
                "((outputs * real).sum(dim=1) / number).detach()",
            ),
            "The means are right, but no gradient flows back from them: NumPy, "
            "`tolist`, `torch.tensor` and `detach` cut it off. Stay with tensors.",
        ),
        Misconception(
            "one-more",
            (".clamp(min=1)", " + 1"),
            "You divide by the number of words plus 1. Only a count of 0 must not "
            "stand below the line: `clamp(min=1)`.",
        ),
        Misconception(
            "words-of-the-longest",
            ("number = real.sum(dim=1)", "number = real.sum(dim=1).max()"),
            "You divide every sum by the number of words of the longest text. Each "
            "text has its own number.",
        ),
        Misconception(
            "zero-numbers-left-out",
            (
                "number = real.sum(dim=1)",
                "number = (outputs * real != 0).sum(dim=1)",
            ),
            "You count the numbers that are not 0. A state of 0 is a number like the "
            "others; the mask says how many steps are real.",
        ),
    ],
    hints=[
        "Give the mask a third axis, so that it multiplies every unit.",
        "Divide by the number of True in each row, but never by 0.",
        "`mask[:, :, None]` times outputs, summed over dim 1. The divisor is a column "
        "(N, 1): `clamp(min=1)` keeps it from 0.",
    ],
)


# --------------------------------------------------------------------- heads and model


def binary_cross_entropy_cases(rng):
    y = rng.integers(0, 2, size=9)
    y[:2] = [0, 1]
    yield Case("nine logits", _tensor(rng, 9, scale=2.0), torch.from_numpy(y))
    z = torch.from_numpy(np.array([1e4, -1e4, 800.0, -800.0, 35.0, -35.0, 0.3]))
    z = z + torch.from_numpy(rng.uniform(-5, 5, size=7))
    y = torch.tensor([0, 1, 1, 0, 0, 1, 1])
    yield Case("logits of 1e4", z, y).with_(weight=2)
    z, y = (
        _tensor(rng, 14).float(),
        torch.from_numpy(rng.integers(0, 2, size=14)).float(),
    )
    y[:2] = torch.tensor([1.0, 0.0])
    yield Case("float32 logits and float labels", z, y)
    for label, size, value in (
        ("positive texts only", 5, 1),
        ("negative texts only", 4, 0),
        ("one text", 1, int(rng.integers(2))),
    ):
        yield Case(label, _tensor(rng, size), torch.full((size,), value))
    z, y = _tensor(rng, 8).float(), torch.from_numpy(rng.integers(0, 2, size=8))
    yield Case("float32 logits and whole-number labels", z, y)
    z, y = _tensor(rng, 6, 1), torch.from_numpy(rng.integers(0, 2, size=6))
    yield Case("logits (6, 1), labels (6,)", z, y).with_(weight=0.5)
    z = torch.tensor([0.0, 0.0, 1.5, -0.5])
    case = Case("logits of exactly 0", z.double(), torch.tensor([0, 1, 1, 0]))
    yield case.with_(weight=0)


BINARY_CROSS_ENTROPY = Exercise(
    "binary_cross_entropy",
    binary_cross_entropy_cases,
    points=3,
    minutes=15,
    difficulty=3,
    probe="loss_and_gradient",
    exact_dtype=True,
    misconceptions=[
        Misconception(
            "sum",
            (".mean()", ".sum()"),
            "You add up the losses. The mean is asked for, so that the learning rate "
            "need not change with the batch size.",
        ),
        Misconception(
            "naive",
            (
                "(y * F.softplus(-z) + (1 - y) * F.softplus(z))",
                "(-(y * z.sigmoid().log() + (1 - y) * (1 - z.sigmoid()).log()))",
            ),
            "You compute the formula as it stands. For large logits the sigmoid rounds "
            "to 0 or 1, or an exponential overflows, and the loss becomes infinite or "
            "NaN; find a form of it that starts from the logit.",
        ),
        Misconception(
            "overflow",
            (
                "(y * F.softplus(-z) + (1 - y) * F.softplus(z))",
                "torch.log(1 + torch.exp((1 - 2 * y) * z))",
            ),
            "For large logits an exponential leaves the range of floating point, or a "
            "probability rounds to 0 and has no logarithm: the loss becomes infinite. "
            "`softplus` and `logaddexp` give ln(1 + exp(z)) without that.",
        ),
        Misconception(
            "epsilon-in-the-logarithm",
            (
                "(y * F.softplus(-z) + (1 - y) * F.softplus(z))",
                "(-(y * (z.sigmoid() + 1e-12).log() + (1 - y) * "
                "(1 - z.sigmoid() + 1e-12).log()))",
            ),
            "You add a tiny number inside the logarithm. The loss stays finite, but it "
            "is not the right one for large logits, and no gradient is left there.",
        ),
        Misconception(
            "library-on-probabilities",
            (
                "(y * F.softplus(-z) + (1 - y) * F.softplus(z)).mean()",
                "F.binary_cross_entropy(z.sigmoid(), y, reduction='none').mean()",
            ),
            "You hand probabilities to the library. It cuts each logarithm off at "
            "-100, so a logit of -10,000 costs 100. Its loss on logits does not.",
        ),
        Misconception(
            "clipped",
            (
                "(y * F.softplus(-z) + (1 - y) * F.softplus(z))",
                "(-(y * z.sigmoid().clamp(1e-7, 1 - 1e-7).log() + (1 - y) * "
                "(1 - z.sigmoid().clamp(1e-7, 1 - 1e-7)).log()))",
            ),
            "You clip the probability away from 0 and 1. The loss stays finite, but "
            "it is not the right one for large logits, and its gradient is zero "
            "exactly where the model is most wrong.",
        ),
        Misconception(
            "labels-swapped",
            (
                "y * F.softplus(-z) + (1 - y) * F.softplus(z)",
                "y * F.softplus(z) + (1 - y) * F.softplus(-z)",
            ),
            "You punish the right answer: the two cases y = 1 and y = 0 are swapped.",
        ),
        Misconception(
            "positives-only",
            (" + (1 - y) * F.softplus(z)", ""),
            "You count positive texts only. A model that answers 1 to everything "
            "would have no loss.",
        ),
        Misconception(
            "sigmoid-twice",
            ("y = y.to(z.dtype)", "y, z = y.to(z.dtype), z.sigmoid()"),
            "You apply the sigmoid and then a loss that applies it again. That is "
            "article 000's softmax slip in one dimension: learning becomes slow.",
        ),
        Misconception(
            "bits",
            (".mean()", ".mean() / np.log(2)"),
            "You use the logarithm to base 2. The natural one is asked for.",
        ),
        Misconception(
            "broadcasts",
            ("if z.shape != y.shape:", "if False:"),
            "You let (N, 1) logits meet (N,) labels. PyTorch makes an N by N table "
            "of them, and the mean over all pairs teaches the model nothing.",
        ),
        Misconception(
            "mean-of-class-means",
            source="""
def binary_cross_entropy(z, y):
    if z.shape != y.shape:
        raise ValueError("shapes")
    positive, negative = z[y == 1], z[y == 0]
    terms = []
    if len(positive):
        terms.append(-F.logsigmoid(positive).mean())
    if len(negative):
        terms.append(-F.logsigmoid(-negative).mean())
    return sum(terms) / len(terms)
""",
            says="You average within each class and then over the classes. The "
            "mean runs over all texts, each with the same weight.",
        ),
        Misconception(
            "single-precision",
            source="""
def binary_cross_entropy(z, y):
    if z.shape != y.shape:
        raise ValueError("shapes")
    z, y = z.float(), y.float()
    return F.binary_cross_entropy_with_logits(z, y)
""",
            says="You compute in float32. The result has the dtype of z, and "
            "float64 keeps 16 digits.",
        ),
        Misconception(
            "logits-clipped",
            ("y = y.to(z.dtype)", "y, z = y.to(z.dtype), z.clamp(-50, 50)"),
            "You clip the logits. Beyond the limit the loss no longer grows, and its "
            "gradient is zero exactly where the model is most wrong.",
            forms=[
                ("y = y.to(z.dtype)", "y, z = y.to(z.dtype), z.clamp(-20, 20)"),
                ("y = y.to(z.dtype)", "y, z = y.to(z.dtype), z.clamp(-30, 30)"),
                ("y = y.to(z.dtype)", "y, z = y.to(z.dtype), z.clamp(-100, 100)"),
            ],
        ),
        Misconception(
            "kink-at-zero",
            (
                "(y * F.softplus(-z) + (1 - y) * F.softplus(z))",
                "(z.clamp(min=0) - z * y + torch.log1p(torch.exp(-z.abs())))",
            ),
            "The loss is right, and so is its gradient but for a logit of exactly 0: "
            "there `clamp`, `relu` and `abs` have a kink, and autograd takes the slope "
            "of one side. `softplus` and `logaddexp` are smooth.",
            forms=[
                (
                    "(y * F.softplus(-z) + (1 - y) * F.softplus(z))",
                    "(F.relu(z) - z * y + torch.log1p(torch.exp(-z.abs())))",
                )
            ],
        ),
        Misconception(
            "negative",
            (".mean()", ".mean().neg()"),
            "Your loss is negative: the minus sign is missing, or stands twice. "
            "Training would make it as wrong as it can.",
        ),
        Misconception(
            "squared-error",
            (
                "(y * F.softplus(-z) + (1 - y) * F.softplus(z))",
                "(z.sigmoid() - y).square()",
            ),
            "You take the squared error of the probability. Its gradient is nearly "
            "zero where the model is surely wrong; the cross-entropy is asked for.",
        ),
        Misconception(
            "branch-not-taken",
            (
                "(y * F.softplus(-z) + (1 - y) * F.softplus(z))",
                "(torch.where(z > 0, z + torch.log1p(torch.exp(-z)), "
                "torch.log1p(torch.exp(z))) - z * y)",
            ),
            "The loss is right, but its gradient is NaN: `torch.where` computes both "
            "branches, and the exponential of the one that is not taken overflows. "
            "`softplus` and `logaddexp` do not.",
        ),
    ],
    hints=[
        "Compare the shapes first.",
        "-ln s = ln(1 + exp(-z)) and -ln(1 - s) = ln(1 + exp(z)).",
        "`torch.nn.functional.softplus(z)` is ln(1 + exp(z)) without overflow.",
    ],
)


def softmax_to_sigmoid_cases(rng):
    for label, n, scale in (
        ("five units", 5, 1.0),
        ("one unit", 1, 3.0),
        ("large", 8, 40.0),
    ):
        W = _tensor(rng, 2, n, scale=scale)
        yield Case(label, W, _tensor(rng, 2, scale=scale))
    yield Case("float32", _tensor(rng, 2, 6).float(), _tensor(rng, 2).float())


SOFTMAX_TO_SIGMOID = Exercise(
    "softmax_to_sigmoid",
    softmax_to_sigmoid_cases,
    points=2,
    minutes=10,
    difficulty=2,
    returns=("w", "b1"),
    exact_dtype=True,
    misconceptions=[
        Misconception(
            "negative-class",
            [("W[1:] - W[:1]", "W[:1] - W[1:]"), ("b[1:] - b[:1]", "b[:1] - b[1:]")],
            "You subtract the other way round, which gives the probability of "
            '"negative".',
        ),
        Misconception(
            "one-row",
            [("W[1:] - W[:1]", "W[1:]"), ("b[1:] - b[:1]", "b[1:]")],
            "You take the row of the positive class alone. A softmax compares two "
            "logits; only their difference counts.",
        ),
        Misconception(
            "bias-forgotten",
            ("b[1:] - b[:1]", "b[1:]"),
            "You take the difference of the weights but not of the biases.",
        ),
        Misconception(
            "sum",
            [("W[1:] - W[:1]", "W[1:] + W[:1]"), ("b[1:] - b[:1]", "b[1:] + b[:1]")],
            "You add the rows. Adding the same vector to both rows changes no "
            "softmax, but it would change your sum.",
        ),
        Misconception(
            "halved",
            [
                ("W[1:] - W[:1]", "(W[1:] - W[:1]) / 2"),
                ("b[1:] - b[:1]", "(b[1:] - b[:1]) / 2"),
            ],
            "You take half of the difference. Divide the softmax by exp(z1) and see "
            "which number is left in the exponent.",
        ),
        Misconception(
            "flat",
            ("return W[1:] - W[:1], b[1:] - b[:1]", "return W[1] - W[0], b[1] - b[0]"),
            "You return a vector and a number. A head with one output has weights of "
            "shape (1, n) and a bias of shape (1,).",
        ),
        Misconception(
            "single-precision",
            source="""
def softmax_to_sigmoid(W, b):
    W, b = W.detach().numpy(), b.detach().numpy()
    return torch.Tensor(W[1:] - W[:1]), torch.Tensor(b[1:] - b[:1])
""",
            says="You return float32 whatever the dtype of W. `torch.Tensor` and "
            "`.float()` do that; differences of tensors keep their dtype.",
        ),
        Misconception(
            "bias-other-way",
            source="""
def softmax_to_sigmoid(W, b):
    w = W[[1]] - W[[0]]
    b1 = b[[0]] - b[[1]]
    return w, b1
""",
            says="You subtract the biases the other way round than the weights.",
        ),
        Misconception(
            "softmax-of-the-weights",
            [
                ("W[1:] - W[:1]", "W.softmax(dim=0)[1:]"),
                ("b[1:] - b[:1]", "b.softmax(dim=0)[1:]"),
            ],
            "You apply softmax to the weights. It belongs to the logits; the new "
            "weights only make one logit of two.",
            forms=[
                [
                    ("W[1:] - W[:1]", "W.log_softmax(dim=0)[1:]"),
                    ("b[1:] - b[:1]", "b.log_softmax(dim=0)[1:]"),
                ],
                [
                    ("W[1:] - W[:1]", "W.softmax(dim=1).diff(dim=0)"),
                    ("b[1:] - b[:1]", "b.softmax(dim=0).diff()"),
                ],
                ("W[1:] - W[:1]", "W.log_softmax(dim=1).diff(dim=0)"),
            ],
        ),
    ],
    hints=[
        "Write softmax(z)[1] and divide numerator and denominator by exp(z1).",
        "Slices such as W[1:] keep the axis that W[1] loses.",
    ],
)


def _text_lstm_weights(rng, V, d, n, k) -> dict[str, torch.Tensor]:
    return {
        "embedding.weight": _tensor(rng, V, d),
        "lstm.weight_ih_l0": _tensor(rng, 4 * n, d, scale=0.7),
        "lstm.weight_hh_l0": _tensor(rng, 4 * n, n, scale=0.7),
        "lstm.bias_ih_l0": _tensor(rng, 4 * n, scale=0.7),
        "lstm.bias_hh_l0": _tensor(rng, 4 * n, scale=0.7),
        "head.weight": _tensor(rng, k, n),
        "head.bias": _tensor(rng, k),
    }


def _padded_ids(rng, lengths, T, V) -> torch.Tensor:
    ids = np.zeros((len(lengths), T), dtype=np.int64)
    for row, length in zip(ids, lengths, strict=True):
        row[T - length :] = rng.integers(1, V, size=length)
    return torch.from_numpy(ids)


def text_lstm_cases(rng):
    for label, sizes, lengths, T in (
        ("two logits, texts of different lengths", [9, 3, 6, 2], (5, 1, 3, 4), 5),
        ("one logit, no text fills its row", [12, 4, 2, 1], (2, 6, 3), 9),
        ("texts without words", [8, 7, 3, 2], (3, 0, 1, 2, 0), 4),
        ("one text alone", [7, 3, 4, 2], (4,), 6),
        ("one word alone", [6, 2, 5, 3], (1,), 1),
        ("nothing but padding", [10, 3, 5, 2], (0, 0, 0, 0), 6),
    ):
        ids = _padded_ids(rng, lengths, T, sizes[0])
        ids[0, -1:] = sizes[0] - 1 if lengths[0] else 0  # the last row of the table
        weights = _text_lstm_weights(rng, *sizes)
        upstream = _tensor(rng, len(lengths), sizes[3]).float()
        yield Case(label, sizes, weights, ids, upstream)
    ids = _padded_ids(rng, (4, 2, 6), 6, 300)
    d, n, k = (int(i) for i in rng.integers([30, 10, 2], [60, 40, 6]))
    yield Case("as it is born", [600, d, n, k], None, ids, torch.zeros(1)).with_(
        weight=0.5
    )
    ids = _padded_ids(rng, (3, 5), 5, 9999)
    yield Case("the articles' sizes by default", [], None, ids, torch.zeros(1)).with_(
        weight=0.5
    )


TEXT_LSTM = Exercise(
    "TextLSTM",
    text_lstm_cases,
    points=6,
    minutes=25,
    difficulty=4,
    probe="text_lstm",
    view="newborn",
    misconceptions=[
        Misconception(
            "reads-padding",
            (
                "ids, lengths = padding_behind(ids)",
                "lengths = torch.full((len(ids),), ids.shape[1])",
            ),
            "You read the zeros in front as words, as both articles do. The same "
            "sentence then gets another answer in a longer row.",
            forms=[
                [
                    (
                        "nn.Embedding(num_words, embedding_size)",
                        "nn.Embedding(num_words, embedding_size, padding_idx=0)",
                    ),
                    (
                        "self.embedding.weight, -0.05, 0.05)",
                        "self.embedding.weight, -0.05, 0.05)\n        "
                        "self.embedding.weight.data[0] = 0",
                    ),
                    (
                        "ids, lengths = padding_behind(ids)",
                        "lengths = torch.full((len(ids),), ids.shape[1])",
                    ),
                ],
                [
                    (
                        "ids, lengths = padding_behind(ids)",
                        "real = (ids != 0).any(dim=1)\n        "
                        "lengths = torch.where(real, ids.shape[1], 0)",
                    ),
                ],
                [
                    (
                        "nn.Embedding(num_words, embedding_size)",
                        "nn.Embedding(num_words, embedding_size, padding_idx=0)",
                    ),
                    (
                        "ids, lengths = padding_behind(ids)",
                        "real = (ids != 0).any(dim=1)\n        "
                        "lengths = torch.where(real, ids.shape[1], 0)",
                    ),
                ],
            ],
        ),
        Misconception(
            "padding-not-moved",
            ("ids, lengths = padding_behind(ids)", "lengths = (ids != 0).sum(dim=1)"),
            "You look for the last word at the number of words. Here zeros stand in "
            "front, so the first `lengths` columns hold padding; `padding_behind` "
            "moves it.",
        ),
        Misconception(
            "last-column",
            ("outputs[torch.arange(len(ids)), last]", "outputs[:, -1]"),
            "You take the state of the last column. After the padding has been moved "
            "behind, that is the state after the padding for every shorter text.",
        ),
        Misconception(
            "first-state",
            ("outputs[torch.arange(len(ids)), last]", "outputs[:, 0]"),
            "You take the state after the first word. The state after the last word "
            "has read them all.",
        ),
        Misconception(
            "softmax-inside",
            ("return self.head(h)", "return self.head(h).softmax(dim=1)"),
            "You apply softmax or sigmoid inside the model. The loss applies it again, "
            "and the gradient becomes small; return logits.",
            forms=[
                (
                    "return self.head(h)",
                    "z = self.head(h)\n"
                    "        return z.sigmoid() if z.shape[1] == 1 else "
                    "z.softmax(dim=1)",
                ),
                ("return self.head(h)", "return self.head(h).sigmoid()"),
            ],
        ),
        Misconception(
            "memory-out",
            [
                (
                    "outputs, _ = self.lstm(self.embedding(ids))",
                    "packed = nn.utils.rnn.pack_padded_sequence(self.embedding(ids), "
                    "lengths.clamp(min=1), batch_first=True, enforce_sorted=False)\n"
                    "        _, (_, (c,)) = self.lstm(packed)",
                ),
                ("h = outputs[torch.arange(len(ids)), last]", "h = c"),
            ],
            "You give the cell state to the head. What an LSTM shows is its hidden "
            "state h.",
        ),
        Misconception(
            "mean",
            (
                "h = outputs[torch.arange(len(ids)), last]",
                "real = torch.arange(ids.shape[1]) < lengths[:, None]\n"
                "        h = (outputs * real[:, :, None]).sum(dim=1)\n"
                "        h = h / lengths.clamp(min=1)[:, None]",
            ),
            "You average over time. The articles' model decides from the last state; "
            "pooling comes in section 5.",
        ),
        Misconception(
            "empty-reads-zero",
            ("h = torch.where((lengths > 0)[:, None], h, torch.zeros_like(h))\n", "\n"),
            "You let a text without words read zeros. Its hidden state is zero, and "
            "the answer the bias of the head.",
            forms=[
                [
                    ("last = (lengths - 1).clamp(min=0)", "last = lengths - 1"),
                    (
                        "h = torch.where((lengths > 0)[:, None], h, "
                        "torch.zeros_like(h))\n",
                        "\n",
                    ),
                ]
            ],
        ),
        Misconception(
            "pytorch-start",
            ("nn.init.uniform_(self.embedding.weight, -0.05, 0.05)\n", "\n"),
            "You leave the embedding as PyTorch starts it, with a standard deviation "
            "of 1. Keras starts between -0.05 and 0.05, and that is worth several "
            "points of accuracy here.",
        ),
        Misconception(
            "head-without-bias",
            (
                "nn.Linear(hidden_size, outputs)",
                "nn.Linear(hidden_size, outputs, bias=False)",
            ),
            "You leave out the bias of the head.",
        ),
        Misconception(
            "time-first",
            (", batch_first=True", ""),
            "You leave out `batch_first=True`. The LSTM takes the first axis for time "
            "and reads across the texts: word 1 of each of them in turn.",
        ),
        Misconception(
            "state-kept",
            (
                "outputs, _ = self.lstm(self.embedding(ids))",
                "state = getattr(self, 'state', None)\n"
                "        same = state is not None and state[0].shape[1] == len(ids)\n"
                "        outputs, state = self.lstm(\n"
                "            self.embedding(ids), state if same else None)\n"
                "        self.state = tuple(part.detach() for part in state)",
            ),
            "You start from the states of the call before. Each batch holds other "
            "texts: every call starts at zero.",
        ),
        Misconception(
            "start-without-bounds",
            (
                "nn.init.uniform_(self.embedding.weight, -0.05, 0.05)",
                "nn.init.normal_(self.embedding.weight, std=0.05)",
            ),
            "Some first weights of your embedding lie beyond 0.05. A normal "
            "distribution has no bounds; Keras' is uniform between -0.05 and "
            "0.05.",
        ),
        Misconception(
            "mean-with-padding",
            (
                "h = outputs[torch.arange(len(ids)), last]",
                "h = outputs.sum(dim=1) / lengths.clamp(min=1)[:, None]",
            ),
            "You average the states over all columns, padding included. The articles' "
            "model decides from the last state.",
            forms=[
                (
                    "h = outputs[torch.arange(len(ids)), last]",
                    "h = outputs.mean(dim=1)",
                )
            ],
        ),
        Misconception(
            "start-of-the-longest",
            (
                "ids, lengths = padding_behind(ids)",
                "lengths = (ids != 0).sum(dim=1)\n"
                "        width = max(int(lengths.max()), 1)\n"
                "        ids, real = ids[:, -width:], lengths > 0\n"
                "        lengths = torch.where(real, width, 0)",
            ),
            "You cut the rows to the longest text of the batch only. A shorter one "
            "still reads the zeros that stand before it.",
        ),
        Misconception(
            "half-of-the-interval",
            (
                "nn.init.uniform_(self.embedding.weight, -0.05, 0.05)",
                "nn.init.uniform_(self.embedding.weight, 0.0, 0.05)",
            ),
            "Your first weights are all positive. Keras' lie evenly between -0.05 and "
            "0.05, on both sides of zero.",
        ),
        Misconception(
            "squashed-before-the-head",
            ("self.head(h)", "self.head(h.relu())"),
            "You put a further function (`relu` or `tanh`) between the state and the "
            "head. The head takes the hidden state as it is.",
            forms=[("self.head(h)", "self.head(h.tanh())")],
        ),
        Misconception(
            "sorted-and-left",
            (
                "outputs, _ =",
                "lengths, order = lengths.sort(descending=True)\n"
                "        ids = ids[order]\n        outputs, _ =",
            ),
            "You sort the texts by length and give the logits in that order. Row n "
            "belongs to text n: put them back, or pack with `enforce_sorted=False`.",
        ),
        Misconception(
            "empty-without-bias",
            [
                (
                    "h = torch.where((lengths > 0)[:, None], h, torch.zeros_like(h))\n",
                    "\n",
                ),
                ("self.head(h)", "self.head(h) * (lengths > 0)[:, None]"),
            ],
            "You set the logits of a text without words to zero. Its hidden state is "
            "zero, and the head adds its bias to that.",
        ),
        Misconception(
            "largest-over-time",
            (
                "h = outputs[torch.arange(len(ids)), last]",
                "h = outputs.amax(dim=1)",
            ),
            "You take the largest value of each unit over time. The articles' model "
            "decides from the last state.",
            forms=[
                (
                    "h = outputs[torch.arange(len(ids)), last]",
                    "real = torch.arange(ids.shape[1]) < lengths[:, None]\n"
                    "        h = outputs.masked_fill(~real[:, :, None], "
                    "-torch.inf).amax(dim=1)",
                )
            ],
        ),
        Misconception(
            "words-backwards",
            (
                "ids, lengths = padding_behind(ids)",
                "lengths = (ids != 0).sum(dim=1)\n        ids = ids.flip(1)",
            ),
            "You turn the rows round (`flip`): the padding stands behind, but the "
            "words are read from the last to the first. `padding_behind` keeps their "
            "order.",
        ),
    ],
    hints=[
        "The three layers are one line each; `batch_first=True` keeps texts first.",
        "In forward, `padding_behind(ids)` gives ids and lengths that nn.LSTM can use.",
        "Pick row n of the outputs at step lengths[n] - 1, and set the state of empty "
        "texts to zero.",
    ],
)


# ---------------------------------------------------------------------------- training


def _tiny_weights(rng, V: int, d: int, scale: float = 1.0) -> list[torch.Tensor]:
    return [_tensor(rng, V, d), _tensor(rng, 2, d, scale=scale), _tensor(rng, 2)]


def _probes():
    path = Path(__file__).with_name("probes.py")
    spec = importlib.util.spec_from_file_location("probes_of_04", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _losses(weights, train, validation, orders, batch_size, alpha):
    """(-training loss, -validation loss, validation accuracy) of every epoch."""
    model = _probes().tiny_text(*weights)
    adam = torch.optim.Adam(model.parameters(), lr=alpha)
    losses = []
    for order in orders:
        model.train()
        total = 0.0
        for batch in order.split(batch_size):
            loss = F.cross_entropy(model(train[0][batch]), train[1][batch])
            adam.zero_grad()
            loss.backward()
            adam.step()
            total += loss.item() * len(batch)
        model.eval()
        with torch.no_grad():
            logits = model(validation[0])
            now = F.cross_entropy(logits, validation[1]).item()
            share = (logits.argmax(dim=1) == validation[1]).double().mean().item()
        losses.append((-total, -now, share))
    return np.array(losses)


def _training_task(rng, N, M, T, V, epochs, batch_size, alpha, scale=4.0):
    weights = _tiny_weights(rng, V, 3, scale=scale)  # gradients longer than 1
    lengths = rng.integers(1, T + 1, size=6 * (N + M))
    texts = dict.fromkeys(map(tuple, _padded_ids(rng, lengths, T, V).tolist()))
    texts = torch.tensor(list(texts))[: N + M]  # each differs from all others
    parts = [
        [ids, torch.from_numpy(rng.integers(0, 2, size=len(ids)))]
        for ids in texts.split([N, M])
    ]
    orders = torch.from_numpy(np.stack([rng.permutation(N) for _ in range(epochs)]))
    losses = _losses(weights, *parts, orders, batch_size, alpha)
    return [weights, *parts, orders], losses


def _story(losses, patience: int, column: int = 2) -> tuple[int, int, bool]:
    """Best epoch, number of epochs run, and whether waiting was rewarded before.

    Column 2 is the validation accuracy, column 1 the negative loss.
    """
    best, rewarded = 0, False
    for epoch in range(1, len(losses)):
        if losses[epoch, column] > losses[best, column]:
            rewarded |= epoch - best > 1
            best = epoch
        elif epoch - best >= patience:
            return best, epoch + 1, rewarded
    return best, len(losses), rewarded


def _tells_apart(losses, patience: int) -> bool:
    """Whether other ways to choose the epoch end with another model."""
    best, run, _ = _story(losses, patience)
    by_loss = _story(losses, patience, column=1)[0]
    seen = losses[:run]
    tie = np.flatnonzero(seen[:, 2] == seen[best, 2])[-1]
    by_training = _story(losses, patience, column=0)[0]
    return best not in (by_loss, by_training, tie)


def _rises(losses, patience: int) -> int:
    """The epoch kept by one who compares with the epoch before, not the best."""
    kept, waited = 0, 0
    for epoch in range(1, len(losses)):
        if losses[epoch, 2] > losses[epoch - 1, 2]:
            kept, waited = epoch, 0
        else:
            waited += 1
            if waited >= patience:
                break
    return kept


def _run_with_ties(losses, patience: int) -> int:
    """How many epochs run where an epoch as good as the best starts the wait anew."""
    best, waited = losses[0, 2], 0
    for epoch in range(1, len(losses)):
        if losses[epoch, 2] >= best:
            best, waited = losses[epoch, 2], 0
        else:
            waited += 1
            if waited >= patience:
                return epoch + 1
    return len(losses)


def _searched(rng, fits, **size):
    """A task whose losses fulfil `fits`, or the last of 600 that were drawn."""
    for _ in range(600):
        task, losses = _training_task(rng, **size)
        if fits(losses):
            break
    return task


def training_cases(rng):
    size = {"N": 16, "M": 9, "T": 6, "V": 11, "epochs": 8, "batch_size": 5}
    size["alpha"] = 0.3

    def false_alarm(losses):
        _, run, rewarded = _story(losses, 2)
        return rewarded and run < 8 and _tells_apart(losses, 2)

    task = _searched(rng, false_alarm, **size)
    options = {"batch_size": 5, "alpha": 0.3, "patience": 2}
    yield Case("stops early, after a false alarm", *task, **options).with_(weight=2)

    def impatient(losses):
        best, run, _ = _story(losses, 1)
        return best > 0 and run < 7 and _story(losses, 2)[1] > run

    task = _searched(rng, impatient, **size | {"alpha": 0.2})
    yield Case("patience 1", *task, batch_size=5, alpha=0.2, patience=1)

    def up_and_down(losses):
        best, run, _ = _story(losses, 2)
        return run < _run_with_ties(losses, 2) and _rises(losses, 2) != best

    task = _searched(rng, up_and_down, **size)
    label = "better than the epoch before, not than the best"
    yield Case(label, *task, **options)

    def runs_out(losses):
        best, run, _ = _story(losses, 4)
        return 0 < best < 3 and run == 5

    size |= {"epochs": 5, "N": 13, "M": 10}
    task = _searched(rng, runs_out, **size)
    label = "an earlier epoch is the best, and all epochs run"
    yield Case(label, *task, batch_size=5, alpha=0.3, patience=4)
    size |= {"epochs": 3, "batch_size": 4, "alpha": 0.03, "N": 12, "M": 130}

    def by_a_hair(losses):
        first, second, third = losses[:, 2]
        kept = second if second > first + 0.01 else first
        return max(first, second) < third < kept + 0.01

    task = _searched(rng, by_a_hair, **size)
    label = "the last epoch is the best by one text, batches come out even"
    yield Case(label, *task, batch_size=4, alpha=0.03, progress=True)
    size |= {"epochs": 2, "M": 9}
    task, _ = _training_task(rng, **size, scale=40.0)  # gradients longer than 5
    label = "a model that holds gradients from before"
    options = {"batch_size": 4, "alpha": 0.03}
    yield Case(label, *task, **options, start="gradients").with_(weight=0.5)
    case = Case("a second training of the same model", *task, **options, start="again")
    yield case.with_(weight=0.5)
    task = _nothing_right(rng, **size | {"M": 3})
    yield Case("no validation text is right", *task, **options).with_(weight=0.5)
    task, _ = _training_task(rng, 40, 9, 4, 7, 1, 32, 1e-3)
    yield Case("one epoch, batch size and rate by default", *task)


def _nothing_right(rng, **size):
    """A task with a validation accuracy of 0 in every epoch."""
    for _ in range(600):
        task, losses = _training_task(rng, **size)
        if (losses[:, 2] == 1).all():
            break
    task[2][1] = 1 - task[2][1]
    return task


TRAIN = Exercise(
    "train_text_classifier",
    training_cases,
    points=8,
    minutes=40,
    difficulty=5,
    probe="training",
    view="trained",
    rtol=1e-5,
    atol=1e-7,
    misconceptions=[
        Misconception(
            "last-epoch",
            ("model.load_state_dict(best_weights)\n", "model.eval()\n"),
            "You leave the model as it was after its last epoch. Early stopping also "
            "means going back to the best one. If you did save its weights: "
            "`state_dict()` shares its tensors with the model, and training goes on "
            "changing them until you copy them.",
        ),
        Misconception(
            "no-zero-grad",
            ("adam.zero_grad()\n", "\n"),
            "You never reset the gradients: every batch adds to those of all batches "
            "before it.",
        ),
        Misconception(
            "no-eval",
            ("model.eval()\n", "\n"),
            "You validate in training mode. Dropout would disturb the numbers by "
            "which you choose.",
            forms=[
                [
                    ("model.eval()\n", "\n"),
                    ("    return history", "    model.eval()\n    return history"),
                ]
            ],
        ),
        Misconception(
            "no-train",
            ("model.train()\n", "\n"),
            "You never go back to training mode. After the first validation the model "
            "learns without dropout.",
        ),
        Misconception(
            "last-batch-dropped",
            (
                "order.split(batch_size)",
                "order[: len(order) // batch_size * batch_size].split(batch_size)",
            ),
            "You leave out the last, shorter batch: some texts are not learned in "
            "this epoch.",
        ),
        Misconception(
            "fixed-order",
            ("order.split(batch_size)", "torch.arange(len(order)).split(batch_size)"),
            "You take the texts in the same order in every epoch and not in the given "
            "one.",
        ),
        Misconception(
            "no-patience",
            (">= patience", ">= 1"),
            "You stop at the first epoch that is not better. `patience` says how many "
            "of them in a row to wait for.",
        ),
        Misconception(
            "one-more",
            (">= patience", "> patience"),
            "You wait one epoch longer than `patience` says.",
        ),
        Misconception(
            "never-stops",
            ("            break\n", "            pass\n"),
            "You run through all epochs. The best one is kept, but the time is spent.",
        ),
        Misconception(
            "by-training-loss",
            [
                ("= right.mean().item(), ", "= -total, "),
                (
                    '_accuracy"].append(accuracy)',
                    '_accuracy"].append(right.mean().item())',
                ),
                (
                    '> history["validation_accuracy"][best]',
                    '> -len(order) * history["train_loss"][best]',
                ),
            ],
            "You choose the epoch by its training loss. That nearly always falls; "
            "only texts that were not learned can tell when to stop.",
        ),
        Misconception(
            "by-validation-loss",
            (
                'accuracy > history["validation_accuracy"][best]',
                'loss < history["validation_loss"][best]',
            ),
            "You choose the epoch by its validation loss. That is common too, but "
            "here the accuracy decides.",
        ),
        Misconception(
            "later-of-equals",
            ("accuracy > history", "accuracy >= history"),
            "You take a later epoch with the same accuracy for a better one. It has "
            "learned more by heart and gained nothing; the first of equals stays.",
        ),
        Misconception(
            "than-the-epoch-before",
            (
                'accuracy > history["validation_accuracy"][best]',
                'accuracy > history["validation_accuracy"][-2]',
            ),
            "You compare with the epoch before. An epoch after a bad one may be better "
            "than that and still worse than the best.",
        ),
        Misconception(
            "mean-of-batches",
            [
                ("total += loss.item() * len(batch)", "total += loss.item()"),
                (
                    "append(total / len(order))",
                    "append(total / len(order.split(batch_size)))",
                ),
            ],
            "You average over batches. The last one is shorter, so its texts count "
            "more than the others.",
        ),
        Misconception(
            "train-once",
            [
                ("model.train()\n", "\n"),
                ("ids, y = train\n", "ids, y = train\n    model.train()\n"),
            ],
            "You call `model.train()` once, before the epochs. The first validation "
            "ends it: from the second epoch on the model learns without dropout.",
        ),
        Misconception(
            "softmax-before-loss",
            ("model(ids[batch]), y", "model(ids[batch]).softmax(dim=1), y"),
            "You apply softmax before `F.cross_entropy`, which applies it itself. Give "
            "it the logits.",
        ),
        Misconception(
            "patience-in-all",
            (
                "elif epoch - best >= patience",
                'elif epoch - len(set(np.maximum.accumulate(history["validation_"\n'
                '            "accuracy"]))) + 1 >= patience',
            ),
            "You count all epochs that were not better. Only those in a row count: "
            "after a better epoch the count begins again at 0.",
        ),
        Misconception(
            "epoch-from-one",
            (
                "return history",
                'return history | {"best_epoch": history["best_epoch"] + 1}',
            ),
            "You count the epochs from 1. `best_epoch` is counted from 0.",
        ),
        Misconception(
            "new-optimizer",
            (
                "        model.train()\n",
                "        model.train()\n        adam = "
                "torch.optim.Adam(model.parameters(), lr=alpha)\n",
            ),
            "You make a new optimizer in every epoch. Adam's running means of the "
            "gradients begin at zero again each time; make it once, before the loop.",
        ),
        Misconception(
            "rate-ignored",
            ("lr=alpha, fused=True", "fused=True"),
            "You do not use alpha: Adam runs at its default rate of 0.001.",
            forms=[("lr=alpha", "lr=1e-3")],
        ),
        Misconception(
            "batch-size-ignored",
            ("order.split(batch_size)", "order.split(32)"),
            "You do not use batch_size: your batches hold 32 texts.",
        ),
        Misconception(
            "sgd",
            (
                "torch.optim.Adam(model.parameters(), lr=alpha, fused=True)",
                "torch.optim.SGD(model.parameters(), lr=alpha)",
            ),
            "You train by plain gradient descent (`SGD`). Adam is asked for.",
        ),
        Misconception(
            "weight-decay",
            ("torch.optim.Adam(", "torch.optim.AdamW("),
            "You use AdamW, which also shrinks the weights at every step (by default "
            "with `weight_decay=0.01`). Plain Adam is asked for.",
        ),
        Misconception(
            "clipped",
            (
                "loss.backward()\n",
                "loss.backward()\n            "
                "nn.utils.clip_grad_norm_(model.parameters(), 1.0)\n",
            ),
            "You clip the gradients. Adam is to see them as they are.",
            forms=[
                (
                    "loss.backward()\n",
                    "loss.backward()\n            "
                    "nn.utils.clip_grad_norm_(model.parameters(), 5.0)\n",
                )
            ],
        ),
        Misconception(
            "tie-waits-anew",
            (
                "        elif epoch - best >= patience:\n            break\n",
                "            waited = 0\n        else:\n"
                "            waited = 0 if accuracy "
                '== max(history["validation_accuracy"]) else waited + 1\n'
                "            if waited >= patience:\n                break\n",
            ),
            "An epoch as good as the best starts your wait anew. Only a better one "
            "does; an equal one counts as not better.",
        ),
        Misconception(
            "restored-only-when-stopped",
            [
                (
                    "            break\n",
                    "            model.load_state_dict(best_weights)\n"
                    "            break\n",
                ),
                ("    model.load_state_dict(best_weights)\n    return", "    return"),
            ],
            "You go back to the best weights only where training stops early. Where "
            "all epochs run, the last one need not be the best either.",
        ),
        Misconception(
            "old-gradients",
            [
                ("            adam.zero_grad()\n", ""),
                (
                    "            adam.step()\n",
                    "            adam.step()\n            adam.zero_grad()\n",
                ),
            ],
            "You clear the gradients after each step only. What the parameters held "
            "before the first batch is added to its gradient.",
        ),
        Misconception(
            "best-begins-at-zero",
            [
                ("if epoch == 0 or accuracy", "if accuracy"),
                (
                    'history["validation_accuracy"][best]:',
                    'max([0.0, *history["validation_accuracy"][:-1]]):',
                ),
            ],
            "Your best accuracy begins at 0, so an epoch without one right answer is "
            "never kept, not even the first. The first epoch is always the best so "
            "far.",
        ),
        Misconception(
            "first-order-only",
            ("in order.split(batch_size)", "in orders[0].split(batch_size)"),
            "You take the texts in the order of the first epoch in every epoch.",
        ),
        Misconception(
            "percent",
            (
                "accuracy, best = right.mean().item(), ",
                "accuracy, best = 100 * right.mean().item(), ",
            ),
            "You give the accuracy in percent. A share from 0 to 1 is asked for.",
        ),
        Misconception(
            "buffers-stay",
            source="""
def train_text_classifier(model, train, validation, orders, batch_size=32,
                          alpha=1e-3, patience=2, progress=False):
    (ids, y), (v_ids, v_y) = train, validation
    adam = torch.optim.Adam(model.parameters(), lr=alpha)
    history = {"train_loss": [], "validation_loss": [], "validation_accuracy": []}
    best, best_epoch, saved = -1.0, 0, None
    for epoch, order in enumerate(tqdm(orders, disable=not progress)):
        model.train()
        total = 0.0
        for batch in order.split(batch_size):
            adam.zero_grad()
            loss = F.cross_entropy(model(ids[batch]), y[batch])
            loss.backward()
            adam.step()
            total += loss.item() * len(batch)
        model.eval()
        with torch.no_grad():
            logits = model(v_ids)
        accuracy = (logits.argmax(dim=1) == v_y).double().mean().item()
        history["train_loss"].append(total / len(y))
        history["validation_loss"].append(F.cross_entropy(logits, v_y).item())
        history["validation_accuracy"].append(accuracy)
        if accuracy > best:
            best, best_epoch = accuracy, epoch
            saved = [p.detach().clone() for p in model.parameters()]
        elif epoch - best_epoch >= patience:
            break
    with torch.no_grad():
        for p, value in zip(model.parameters(), saved):
            p.copy_(value)
    model.eval()
    return {**history, "best_epoch": best_epoch}
""",
            says="You bring back the parameters of the best epoch, but not the "
            "buffers (such as the running means of a batch norm). "
            "`state_dict()` holds both.",
        ),
        Misconception(
            "loss-after-the-epoch",
            (
                "append(total / len(order))",
                "append(F.cross_entropy(model(ids), y).item())",
            ),
            "You compute the training loss anew when the epoch is over. Each text "
            "counts as it was when its batch was learned: add up the losses of the "
            "batches.",
            forms=[
                [
                    ("append(total / len(order))", "append(total)"),
                    (
                        "        model.eval()\n",
                        "        model.eval()\n"
                        "        total = F.cross_entropy(model(ids), y).item()\n",
                    ),
                ]
            ],
        ),
        Misconception(
            "cleared-once-an-epoch",
            [
                ("            adam.zero_grad()\n", ""),
                (
                    "        model.train()\n",
                    "        model.train()\n        adam.zero_grad()\n",
                ),
            ],
            "You clear the gradients once an epoch. Within it every batch adds to "
            "those before; clear them for each batch.",
        ),
        Misconception(
            "whole-batches-counted",
            ("loss.item() * len(batch)", "loss.item() * batch_size"),
            "You weight each batch by batch_size. The last one may be shorter: weight "
            "it by the number of texts that it holds.",
        ),
        Misconception(
            "loss-of-the-last-batch",
            ("total += loss.item() * len(batch)", "total = loss.item() * len(order)"),
            "Your training loss is that of the last batch. The mean over all texts of "
            "the epoch is asked for.",
        ),
        Misconception(
            "mean-of-validation-batches",
            [
                (
                    "loss = F.cross_entropy(logits, validation[1]).item()",
                    "both = logits.split(batch_size), "
                    "validation[1].split(batch_size)\n"
                    "            loss = float(np.mean([F.cross_entropy(z, t) "
                    "for z, t in zip(*both)]))",
                ),
                (
                    "right.mean().item()",
                    "float(np.mean([r.mean() for r in right.split(batch_size)]))",
                ),
            ],
            "You average the validation over its batches. The last one is shorter, so "
            "its texts count more than the others: the means run over all texts.",
            forms=[
                (
                    "loss = F.cross_entropy(logits, validation[1]).item()",
                    "both = logits.split(batch_size), "
                    "validation[1].split(batch_size)\n"
                    "            loss = float(np.mean([F.cross_entropy(z, t) "
                    "for z, t in zip(*both)]))",
                ),
            ],
        ),
    ],
    hints=[
        "Inside the loop over epochs: train on all batches, validate, decide.",
        "`order.split(batch_size)` gives the batches; model.train() before them, "
        "model.eval() and torch.no_grad() for the validation.",
        "Keep `copy.deepcopy(model.state_dict())` of the best epoch and load it at "
        "the end.",
    ],
)


def _tiny_vocabulary(rng, words: int) -> dict[str, int]:
    lexicon = rng.permutation(WORDS)[:words]
    return {str(word): i for i, word in enumerate(lexicon, 1)}


def _decided(rng, texts, vocabulary, maxlen):
    """Weights of a tiny model that calls some of `texts` positive, some negative."""
    spaces = str.maketrans(FILTERS, " " * len(FILTERS))
    for _ in range(400):
        weights = _tiny_weights(rng, len(vocabulary) + 1, 3)
        model, answers = _probes().tiny_text(*weights).eval(), set()
        for text in texts:
            words = text.lower().translate(spaces).split(" ")
            ids = [vocabulary[word] for word in words if word in vocabulary]
            z = model(torch.tensor([([0] * maxlen + ids)[-maxlen:]]))[0]
            answers.add(bool(z[1] > z[0]))
        if len(answers) == 2:
            break
    return weights


def classify_cases(rng):
    for label, words, texts, maxlen in (
        ("sentences", 20, (5, 9, 3, 7, 6, 8), 12),
        ("texts longer than maxlen", 25, (14, 9, 20, 3), 4),
    ):
        vocabulary = _tiny_vocabulary(rng, words)
        lines = [_text(rng, n) for n in texts]
        weights = _decided(rng, lines, vocabulary, maxlen)
        yield Case(label, lines, weights, vocabulary, maxlen).with_(
            weight=2 if maxlen == 12 else 1
        )
    vocabulary = _tiny_vocabulary(rng, 17)
    for label, counts, maxlen in (
        ("maxlen by default, long texts", (104, 131, 70), ()),
        ("maxlen above 100", (109, 140, 125), (125,)),
    ):
        lines = [" ".join(rng.choice(list(vocabulary), size=n)) for n in counts]
        weights = [_tensor(rng, 18, 3), *_tiny_weights(rng, 1, 3)[1:]]
        yield Case(label, lines, weights, vocabulary, *maxlen)
    vocabulary, weights = _tiny_vocabulary(rng, 9), _tiny_weights(rng, 10, 2)
    lines = ["", "Qwerty, xyzzy!", "  \n", _text(rng, 4, list(vocabulary))]
    yield Case("empty and unknown texts", lines, weights, vocabulary, 6)
    E, W, b = _tiny_weights(rng, 10, 2)
    # Logits of 0: with others the rounding of a right softmax may miss 0.5.
    weights = [E, torch.zeros_like(W), torch.zeros_like(b)]
    case = Case("a model that cannot decide", lines, weights, vocabulary, 6)
    yield case.with_(weight=0.5)
    lean = b.new_tensor([0.0, -rng.uniform(0.05, 0.3)])
    weights = [E, W[:1].repeat(2, 1), b[:1].repeat(2) + lean]
    case = Case(
        "a model that leans a little to one side", lines, weights, vocabulary, 6
    )
    yield case.with_(weight=0.5)


CLASSIFY = Exercise(
    "classify",
    classify_cases,
    points=3,
    minutes=10,
    difficulty=2,
    probe="answers",
    needs=("texts_to_sequences", "pad_sequences"),
    misconceptions=[
        Misconception(
            "training-mode",
            ("model.eval()", "model.train()"),
            "You ask the model in training mode. Dropout would give another answer "
            "every time.",
        ),
        Misconception(
            "tie-is-negative",
            ("p >= 0.5", "p > 0.5"),
            'You answer "negative" where p is exactly 0.5. "positive" begins there '
            "(`argmax` takes the first of two equal logits).",
        ),
        Misconception(
            "of-the-answer",
            (
                '("positive" if p >= 0.5 else "negative"), p',
                '("positive" if p >= 0.5 else "negative"), max(p, 1 - p)',
            ),
            'You return the probability of the label. p is that of "positive", '
            "whatever the label.",
        ),
        Misconception(
            "first-column",
            ("[0, 1].item()", "[0, 0].item()"),
            "You read the first logit. The second one belongs to positive.",
        ),
        Misconception(
            "one-sigmoid",
            (".softmax(dim=1)[0, 1]", ".sigmoid()[0, 1]"),
            "You take the sigmoid of one logit of two. The softmax of two logits is "
            "the sigmoid of their difference.",
        ),
        Misconception(
            "letters",
            (
                "texts_to_sequences([text], vocabulary)",
                "texts_to_sequences(list(text) or [text], vocabulary)",
            ),
            "You hand over the letters of the text, each as a text of its own. Put "
            "the text into a list.",
        ),
        Misconception(
            "unpadded",
            ("pad_sequences(sequences, maxlen)", "pad_sequences(sequences, 100)"),
            "You do not respect maxlen: of a long text the model may see the last "
            "maxlen words only.",
        ),
        Misconception(
            "labels-swapped",
            (
                '"positive" if p >= 0.5 else "negative"',
                '"negative" if p >= 0.5 else "positive"',
            ),
            "You give the labels the wrong way round.",
        ),
        Misconception(
            "softmax-over-texts",
            ("softmax(dim=1)", "softmax(dim=0)"),
            "Your softmax runs over the texts. There is only one, so it says 1 "
            "whatever the model thinks; take dim 1.",
        ),
        Misconception(
            "not-cut",
            source="""
def classify(text, model, vocabulary, maxlen=100):
    model.eval()
    (sequence,) = texts_to_sequences([text], vocabulary)
    ids = pad_sequences([sequence], max(len(sequence), 1))
    with torch.no_grad():
        p = model(torch.tensor(ids).long()).softmax(dim=1)[0, 1].item()
    return ("positive" if p >= 0.5 else "negative"), p
""",
            says="You do not use maxlen: a text that is longer is not cut, and "
            "the model sees words that are not asked for.",
        ),
        Misconception(
            "own-answer-for-unknown",
            source="""
def classify(text, model, vocabulary, maxlen=100):
    model.eval()
    sequences = texts_to_sequences([text], vocabulary)
    if not sequences[0]:
        return "positive", 0.5
    ids = torch.tensor(pad_sequences(sequences, maxlen)).long()
    with torch.no_grad():
        p = model(ids).softmax(dim=1)[0, 1].item()
    return ("positive" if p >= 0.5 else "negative"), p
""",
            says="You answer 0.5 by yourself where no word is known. The model is "
            "asked all the same; its answer for a row of zeros is what it "
            "says without a word.",
            forms=[
                """
def classify(text, model, vocabulary, maxlen=100):
    model.eval()
    if not text.strip():
        return "negative", 0.5
    ids = pad_sequences(texts_to_sequences([text], vocabulary), maxlen)
    with torch.no_grad():
        p = model(torch.tensor(ids).long()).softmax(dim=1)[0, 1].item()
    return ("positive" if p >= 0.5 else "negative"), p
""",
                """
def classify(text, model, vocabulary, maxlen=100):
    model.eval()
    if not text.strip():
        return "positive", 0.5
    ids = pad_sequences(texts_to_sequences([text], vocabulary), maxlen)
    with torch.no_grad():
        p = model(torch.tensor(ids).long()).softmax(dim=1)[0, 1].item()
    return ("positive" if p >= 0.5 else "negative"), p
""",
                """
def classify(text, model, vocabulary, maxlen=100):
    model.eval()
    sequences = texts_to_sequences([text], vocabulary)
    if not sequences[0]:
        return "negative", 0.5
    ids = torch.tensor(pad_sequences(sequences, maxlen)).long()
    with torch.no_grad():
        p = model(ids).softmax(dim=1)[0, 1].item()
    return ("positive" if p >= 0.5 else "negative"), p
""",
            ],
        ),
        Misconception(
            "rounded",
            (
                '("positive" if p >= 0.5 else "negative"), p',
                '("positive" if p >= 0.5 else "negative"), round(p, 2)',
            ),
            "You round p. Whoever shows it may round it; the function returns it as "
            "the model gives it.",
            forms=[
                (
                    '("positive" if p >= 0.5 else "negative"), p',
                    '("positive" if p >= 0.5 else "negative"), round(p, 3)',
                ),
                (
                    '("positive" if p >= 0.5 else "negative"), p',
                    '("positive" if p >= 0.5 else "negative"), round(p, 4)',
                ),
            ],
        ),
        Misconception(
            "unknown-is-zero",
            source="""
def classify(text, model, vocabulary, maxlen=100):
    model.eval()
    sequence = [vocabulary.get(word, 0) for word in tokenize(text)]
    ids = torch.tensor(pad_sequences([sequence], maxlen)).long()
    with torch.no_grad():
        p = model(ids).softmax(dim=1)[0, 1].item()
    return ("positive" if p >= 0.5 else "negative"), p
""",
            says="You write 0 for an unknown word. Unknown words are left out, as "
            "`texts_to_sequences` does: with them the known ones stand elsewhere, or "
            "are cut off.",
        ),
        Misconception(
            "label-by-one-logit",
            (
                'if p >= 0.5 else "negative"',
                'if model(ids)[0, 1] >= 0 else "negative"',
            ),
            'You call a text positive where its logit of "positive" is above 0. What '
            "counts is whether p is at least 0.5: that is the larger logit of two.",
        ),
        Misconception(
            "lowers-and-splits",
            (
                "texts_to_sequences([text], vocabulary)",
                "[[vocabulary[w] for w in text.lower().split() if w in vocabulary]]",
            ),
            'You split at white space only, so "film," is not found although "film" '
            "is known. `texts_to_sequences` cuts the text as training did.",
        ),
        Misconception(
            "first-words-kept",
            (
                "pad_sequences(sequences, maxlen)",
                "pad_sequences([sequences[0][:maxlen]], maxlen)",
            ),
            "You keep the first maxlen words of a long text. `pad_sequences` cuts in "
            "front and keeps the end.",
        ),
        Misconception(
            "one-minus-p",
            (
                '("positive" if p >= 0.5 else "negative"), p',
                '("positive" if p >= 0.5 else "negative"), 1 - p',
            ),
            'You return the probability of "negative". p is that of "positive".',
        ),
    ],
    hints=[
        "Treat the sentence as a list of one text.",
        "Evaluation mode, no gradients, softmax over dim 1, row 0, column 1.",
    ],
)


# ---------------------------------------------------------------------------- ladder


def bag_of_words_cases(rng):
    for label, lengths, V in (
        ("short texts", (4, 7, 2), 11),
        ("many texts", (9, 3, 12, 1, 6), 8),
    ):
        sequences = [[int(i) for i in rng.integers(0, V - 2, size=n)] for n in lengths]
        sequences[1] += sequences[1][:2]
        yield Case(label, sequences, V).with_(weight=2)
    sequences = [[], [3, 3, 3], [int(rng.integers(1, 5)), 0, 6], []]
    yield Case("empty texts, one word thrice, the last id", sequences, 7)
    one, two = (int(i) for i in rng.permutation(9)[:2])
    sequences = [[one] * 256, [two] * 128 + [one] * 200, [two]]
    yield Case("words that occur hundreds of times", sequences, 9)


BAG_OF_WORDS = Exercise(
    "bag_of_words",
    bag_of_words_cases,
    points=2,
    minutes=5,
    difficulty=1,
    view="as_numbers",
    misconceptions=[
        Misconception(
            "counts",
            ("row[sequence] = 1", "np.add.at(row, sequence, 1)"),
            "You count how often a word occurs. Here only whether it occurs is asked "
            "for; `binary=True` in scikit-learn.",
            forms=[
                """
def bag_of_words(sequences, num_words):
    X = np.zeros((len(sequences), num_words))
    for n, s in enumerate(sequences):
        for i in s:
            X[n, i] += 1
    return X
"""
            ],
        ),
        Misconception(
            "minus-one",
            ("row[sequence] = 1", "row[np.array(sequence, dtype=int) - 1] = 1"),
            "You shift the columns by one. Id j belongs to column j; column 0 exists "
            "too.",
            forms=[
                """
def bag_of_words(sequences, num_words):
    return np.array(
        [[1 if j in s else 0 for j in range(1, num_words + 1)] for s in sequences]
    )
"""
            ],
        ),
        Misconception(
            "without-padding",
            ("    return X", "    X[:, 0] = 0\n    return X"),
            "You leave column 0 empty. Here every id is marked, 0 as well.",
        ),
        Misconception(
            "shares",
            [
                ("dtype=np.uint8", "dtype=float"),
                ("row[sequence] = 1", "row[sequence] = 1 / max(len(set(sequence)), 1)"),
            ],
            "You divide by the number of words. Every word that occurs gets a 1.",
            forms=[
                [
                    ("dtype=np.uint8", "dtype=float"),
                    ("row[sequence] = 1", "row[sequence] = 1 / max(len(sequence), 1)"),
                ],
                [
                    ("dtype=np.uint8", "dtype=float"),
                    (
                        "row[sequence] = 1",
                        "np.add.at(row, sequence, 1 / max(len(sequence), 1))",
                    ),
                ],
            ],
        ),
        Misconception(
            "narrow",
            (
                "(len(sequences), num_words)",
                "(len(sequences), max(map(max, filter(None, sequences))) + 1)",
            ),
            "You make as many columns as the texts at hand need. New texts hold other "
            "words: there are num_words columns.",
        ),
        Misconception(
            "empty-dropped",
            ("return X", "return X[[len(sequence) > 0 for sequence in sequences]]"),
            "You leave out empty texts. Then the rows no longer fit the labels.",
        ),
        Misconception(
            "marks-all-rows",
            source="""
def bag_of_words(sequences, num_words):
    X = np.zeros((len(sequences), num_words), dtype=bool)
    for s in sequences:
        X[:, s] = True
    return X
""",
            says="You mark a word in all rows as soon as one text holds it: `X[:, "
            "ids]` is every row, and `[row] * N` is one row N times.",
            forms=[
                """
def bag_of_words(sequences, num_words):
    table = [[0] * num_words] * len(sequences)
    for row, s in zip(table, sequences):
        for i in s:
            row[i] = 1
    return np.array(table)
"""
            ],
        ),
        Misconception(
            "row-kept",
            source="""
def bag_of_words(sequences, num_words):
    row, X = np.zeros(num_words), []
    for s in sequences:
        row[s] = 1
        X.append(row.copy())
    return np.array(X).reshape(len(sequences), num_words)
""",
            says="A word that is met stays marked in all later rows: the row has to "
            "begin with zeros for each text.",
        ),
        Misconception(
            "only-once",
            (
                "row[sequence] = 1",
                "row[:] = np.bincount(np.array(sequence, dtype=int), "
                "minlength=num_words) == 1",
            ),
            "You mark the words that occur exactly once. A word that occurs twice or "
            "more gets a 1 as well.",
        ),
        Misconception(
            "one-column-more",
            ("(len(sequences), num_words)", "(len(sequences), num_words + 1)"),
            "You make one column too many. The ids run from 0 to num_words - 1, so "
            "there are num_words columns.",
        ),
        Misconception(
            "ids-as-marks",
            ("row[sequence] = 1", "row[sequence] = sequence"),
            "You write the id into its column. Every word that occurs gets a 1.",
        ),
        Misconception(
            "one-row-appended",
            source="""
def bag_of_words(sequences, num_words):
    row, X = np.zeros(num_words), []
    for s in sequences:
        row[:] = 0
        row[s] = 1
        X.append(row)
    return np.array(X).reshape(len(sequences), num_words)
""",
            says="All your rows are one row, which each text overwrites: in the end "
            "each marks the words of the last text. Append a copy, or make a new row "
            "for each text.",
        ),
        Misconception(
            "turned-round",
            source="""
def bag_of_words(sequences, num_words):
    X = np.zeros((len(sequences), num_words))
    for row, sequence in zip(X, sequences):
        for i in sequence:
            row[i] = 1 - row[i]
    return X
""",
            says="You turn the mark round each time that a word is met, so that a word "
            "that occurs twice has a 0 again. Once it is 1 it stays.",
        ),
    ],
    hints=[
        "Start from zeros of shape (N, num_words).",
        "A row can be indexed by a list of column numbers.",
    ],
)


def bootstrap_cases(rng):
    for label, N, B, level in (
        ("right or wrong", 37, 160, 0.95),
        ("an interval of 80 %", 23, 90, 0.8),
    ):
        values = rng.random(N) < 0.73
        index = rng.integers(N, size=(B, N))
        yield Case(label, values, index, level=level)
    index = rng.integers(31, size=(70, 31))
    yield Case("whole numbers, level 1", rng.integers(-4, 9, size=31), index, level=1.0)
    values, index = rng.normal(size=6), rng.integers(6, size=(1, 6))
    yield Case("one resample", values, index, level=0.5).with_(weight=0.5)
    values = rng.integers(-1, 2, size=29) + rng.normal(scale=0.01, size=29)
    index = rng.integers(29, size=(120, 29))
    index[40:100] = index[40]  # resamples may be equal
    yield Case("differences, level by default", values, index)


BOOTSTRAP = Exercise(
    "bootstrap_interval",
    bootstrap_cases,
    points=2,
    minutes=10,
    difficulty=2,
    returns=("low", "high"),
    misconceptions=[
        Misconception(
            "one-sided",
            ("[(1 - level) / 2, (1 + level) / 2]", "[1 - level, level]"),
            "You leave out 1 - level on each side, which is twice as much as allowed. "
            "It is shared by the two tails.",
        ),
        Misconception(
            "no-resampling",
            (
                "values, dtype=np.float64)[index].mean(axis=1)",
                "values, dtype=np.float64)",
            ),
            "You take quantiles of the values themselves. Where single texts lie says "
            "nothing about where their mean would lie.",
            forms=[
                (
                    "np.float64)[index].mean(axis=1)",
                    "np.float64)[index].ravel()",
                )
            ],
        ),
        Misconception(
            "normal",
            (
                "low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])",
                "middle, spread = np.mean(values), 1.96 * means.std()\n"
                "    low, high = middle - spread, middle + spread",
            ),
            "You use a normal curve of the resamples' width. The percentile interval "
            "takes quantiles of the means and assumes no curve.",
        ),
        Misconception(
            "wrong-axis",
            ("mean(axis=1)", "mean(axis=0)"),
            "You average over the resamples for each position. One mean for each "
            "resample is needed.",
        ),
        Misconception(
            "extremes",
            (
                "np.quantile(means, [(1 - level) / 2, (1 + level) / 2])",
                "means.min(), means.max()",
            ),
            "You take the smallest and the largest mean. They move further apart with "
            "every resample that is drawn.",
        ),
        Misconception(
            "always-95",
            ("[(1 - level) / 2, (1 + level) / 2]", "[0.025, 0.975]"),
            "You always take 95 %; `level` says how much.",
        ),
        Misconception(
            "no-interpolation",
            source="""
def bootstrap_interval(values, index, level=0.95):
    means = np.sort(values[index].mean(axis=1))
    tail = (1 - level) / 2
    B = len(means)
    low = means[int(tail * B)]
    high = means[min(int((1 - tail) * B), B - 1)]
    return float(low), float(high)
""",
            says="You pick two of the sorted means. `np.quantile` interpolates "
            "between two neighbours.",
            forms=[
                (
                    "(1 + level) / 2])",
                    "(1 + level) / 2], method='nearest')",
                )
            ],
        ),
        Misconception(
            "means-in-whole-numbers",
            source="""
def bootstrap_interval(values, index, level=0.95):
    means = np.zeros(len(index), dtype=values.dtype)
    for b, row in enumerate(index):
        means[b] = values[row].mean()
    tail = (1 - level) / 2
    low, high = np.quantile(means.astype(float), [tail, 1 - tail])
    return float(low), float(high)
""",
            says="You store the means in the dtype of `values`. Bools and whole "
            "numbers cannot hold a mean: it is rounded to one of them.",
        ),
        Misconception(
            "basic-interval",
            source="""
def bootstrap_interval(values, index, level=0.95):
    means = values[index].mean(axis=1)
    tail = (1 - level) / 2
    low, high = np.quantile(means, [tail, 1 - tail])
    centre = np.mean(values)
    return float(2 * centre - high), float(2 * centre - low)
""",
            says="You mirror the interval at the mean (that is the basic "
            "bootstrap). The percentile bootstrap takes the quantiles as "
            "they are.",
        ),
        Misconception(
            "shares-as-percent",
            (
                "np.quantile(means, [(1 - level) / 2, (1 + level) / 2])",
                "np.percentile(means, [(1 - level) / 2, (1 + level) / 2])",
            ),
            "You hand shares to `np.percentile`, which wants numbers from 0 to 100. "
            "Both ends are then nearly the smallest mean.",
        ),
        Misconception(
            "medians",
            ("[index].mean(axis=1)", "[index]\n    means = np.median(means, axis=1)"),
            "You take the median of each resample. The interval is that of the mean.",
        ),
        Misconception(
            "normal-quantiles",
            (
                "low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])",
                "from statistics import NormalDist\n"
                "    z = NormalDist().inv_cdf(min((1 + level) / 2, 1 - 1e-12))\n"
                "    middle, spread = means.mean(), z * means.std()\n"
                "    low, high = middle - spread, middle + spread",
            ),
            "You use a normal curve around the mean of the resamples. The percentile "
            "interval takes quantiles of their means and assumes no curve.",
            forms=[
                (
                    "low, high = np.quantile("
                    "means, [(1 - level) / 2, (1 + level) / 2])",
                    "from scipy.stats import norm\n"
                    "    z = norm.ppf((1 + level) / 2)\n"
                    "    low = means.mean() - z * means.std()\n"
                    "    high = means.mean() + z * means.std()",
                ),
                (
                    "low, high = np.quantile("
                    "means, [(1 - level) / 2, (1 + level) / 2])",
                    "from scipy.stats import norm\n"
                    "    z = norm.ppf((1 + level) / 2)\n"
                    "    low = np.mean(values) - z * means.std()\n"
                    "    high = np.mean(values) + z * means.std()",
                ),
                (
                    "low, high = np.quantile("
                    "means, [(1 - level) / 2, (1 + level) / 2])",
                    "low = means.mean() - 1.96 * means.std()\n"
                    "    high = means.mean() + 1.96 * means.std()",
                ),
            ],
        ),
        Misconception(
            "each-resample-once",
            (
                "[index].mean(axis=1)",
                "[np.unique(index, axis=0)].mean(axis=1)",
            ),
            "You count equal resamples once. Every row of `index` is a resample with "
            "the same weight.",
        ),
        Misconception(
            "standard-error",
            (
                "low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])",
                "middle = np.mean(values)\n"
                "    spread = 1.96 * np.std(values) / np.sqrt(len(values))\n"
                "    low, high = middle - spread, middle + spread",
            ),
            "You use the formula of the standard error. The bootstrap asks the "
            "resamples instead: `index` says which they are.",
            forms=[
                (
                    "low, high = np.quantile("
                    "means, [(1 - level) / 2, (1 + level) / 2])",
                    "middle = np.mean(values)\n"
                    "    spread = 1.96 * np.std(values, ddof=1) / len(values) ** 0.5\n"
                    "    low, high = middle - spread, middle + spread",
                ),
                (
                    "low, high = np.quantile("
                    "means, [(1 - level) / 2, (1 + level) / 2])",
                    "from scipy.stats import norm\n"
                    "    middle, z = np.mean(values), norm.ppf((1 + level) / 2)\n"
                    "    spread = z * np.std(values) / len(values) ** 0.5\n"
                    "    low, high = middle - spread, middle + spread",
                ),
            ],
        ),
        Misconception(
            "ends-swapped",
            ("return low, high", "return high, low"),
            "You return the upper end first. The order is (low, high).",
        ),
        Misconception(
            "level-above",
            ("(1 + level) / 2]", "level]"),
            "Your upper end is the quantile `level`. As much is left out above as "
            "below: (1 - level) / 2 on each side.",
        ),
    ],
    hints=[
        "`values[index]` has one row for each resample.",
        "One mean a row, then two quantiles that leave (1 - level) / 2 outside each.",
        "For level 0.95 they are the quantiles 0.025 and 0.975 of the means; "
        "`np.quantile` takes both at once.",
    ],
)


def word_effects_cases(rng):
    weights = _tiny_weights(rng, 15, 3)
    sequences = [[int(i) for i in rng.integers(1, 15, size=n)] for n in (6, 4, 8)]
    sequences[0][3] = sequences[0][1]
    sequences[2][6] = sequences[2][2]
    yield Case("sentences", sequences, weights, 12).with_(weight=2)
    sequences = [[int(i) for i in rng.integers(1, 8, size=n)] for n in (1, 5, 0)]
    yield Case(
        "one word, maxlen words, no word", sequences, _tiny_weights(rng, 8, 2), 5
    )
    for label, counts, maxlen in (
        ("maxlen by default, 100 words", (100, 3), ()),
        ("maxlen above 100", (111,), (117,)),
    ):
        sequences = [[int(i) for i in rng.integers(1, 9, size=n)] for n in counts]
        yield Case(label, sequences, _tiny_weights(rng, 9, 4), *maxlen)


WORD_EFFECTS = Exercise(
    "word_effects",
    word_effects_cases,
    points=3,
    minutes=15,
    difficulty=3,
    probe="effects",
    needs=("pad_sequences",),
    misconceptions=[
        Misconception(
            "sign",
            ("p[0] - p[1:]", "p[1:] - p[0]"),
            "Your signs are turned round, so a word of praise would seem to speak for "
            'blame: subtract the other way, or read the column of "positive", the '
            "second.",
        ),
        Misconception(
            "hole",
            (
                "sequence[:t] + sequence[t + 1 :]",
                "sequence[:t] + [0] + sequence[t + 1 :]",
            ),
            "You put a 0 where the word stood. The word is to be taken out, and the "
            "rest moves together.",
        ),
        Misconception(
            "all-occurrences",
            (
                "sequence[:t] + sequence[t + 1 :]",
                "[i for i in sequence if i != sequence[t]]",
            ),
            "You take out every occurrence of the word. Only the one at position t "
            "is meant.",
        ),
        Misconception(
            "training-mode",
            ("model.eval()", "model.train()"),
            "You ask the model in training mode.",
        ),
        Misconception(
            "logits",
            (".softmax(dim=1)[:, 1]", "[:, 1]"),
            "You compare logits. The effect on the probability is asked for.",
            forms=[
                (
                    ".softmax(dim=1)[:, 1].numpy()",
                    ".diff(dim=1)[:, 0].numpy()",
                )
            ],
        ),
        Misconception(
            "word-alone",
            ("sequence[:t] + sequence[t + 1 :]", "[sequence[t]]"),
            "You compare with the word alone. What counts is the sentence with and "
            "without it.",
        ),
        Misconception(
            "reading-on",
            ("sequence[:t] + sequence[t + 1 :]", "sequence[:t]"),
            "You cut the sentence off before the word. All other words stay.",
        ),
        Misconception(
            "one-sigmoid",
            ("softmax(dim=1)", "sigmoid()"),
            "You take the sigmoid of one logit of two. The softmax of two logits is "
            "the sigmoid of their difference.",
        ),
        Misconception(
            "one-after-the-other",
            (
                "variants.append(sequence[:t] + sequence[t + 1 :])",
                "variants.append(sequence[t + 1 :])",
            ),
            "You leave out all words up to t. Only word t is taken out; those before "
            "it stay.",
        ),
        Misconception(
            "first-occurrence",
            source="""
def word_effects(sequence, model, maxlen=100):
    model.eval()

    def positive(words):
        ids = torch.tensor(pad_sequences([words], maxlen)).long()
        with torch.no_grad():
            return model(ids).softmax(dim=1)[0, 1].item()

    whole = positive(list(sequence))
    effects = np.zeros(len(sequence))
    for t, word in enumerate(sequence):
        rest = list(sequence)
        rest.remove(word)
        effects[t] = whole - positive(rest)
    return effects
""",
            says="You take out the first occurrence of the word (`list.remove` "
            "does). The one at position t is meant.",
        ),
        Misconception(
            "softmax-over-texts",
            source="""
def word_effects(sequence, model, maxlen=100):
    model.eval()
    rows = [list(sequence)]
    rows += [list(sequence[:t]) + list(sequence[t + 1:]) for t in range(len(sequence))]
    ids = torch.tensor(pad_sequences(rows, maxlen)).long()
    with torch.no_grad():
        p = F.softmax(model(ids), dim=0)[:, 1].numpy()
    return p[0] - p[1:]
""",
            says="Your softmax runs over the variants of the sentence. It belongs "
            "between the two logits of each: dim 1.",
        ),
        Misconception(
            "relative",
            ("p[0] - p[1:]", "(p[0] - p[1:]) / p[0]"),
            "You divide the difference by a probability. The plain difference is asked "
            "for.",
            forms=[("p[0] - p[1:]", "(p[0] - p[1:]) / p[1:]")],
        ),
        Misconception(
            "against-no-word",
            (
                "p[0] - p[1:]",
                "model(torch.zeros(1, maxlen).long()).softmax(dim=1)[0, 1].item() "
                "- p[1:]",
            ),
            "You subtract from the probability of the empty text. Subtract from that "
            "of the whole sentence.",
        ),
        Misconception(
            "added-to-the-words-before",
            source="""
def word_effects(sequence, model, maxlen=100):
    model.eval()
    beginnings = [list(sequence[:t]) for t in range(len(sequence) + 1)]
    ids = torch.as_tensor(pad_sequences(beginnings, maxlen)).long()
    with torch.no_grad():
        p = model(ids).softmax(dim=1)[:, 1].numpy()
    return np.diff(p)
""",
            says="You measure what each word adds to those before it. The whole "
            "sentence is compared with the sentence without this word: the words "
            "behind it stay as well.",
        ),
        Misconception(
            "logarithms",
            ("softmax(dim=1)", "log_softmax(dim=1)"),
            "You subtract logarithms of probabilities. The probabilities themselves "
            "are compared.",
        ),
        Misconception(
            "absolute",
            ("p[0] - p[1:]", "abs(p[0] - p[1:])"),
            'You drop the sign. A word that speaks against "positive" has an '
            "effect below zero.",
        ),
        Misconception(
            "other-word",
            (
                "sequence[:t] + sequence[t + 1 :]",
                "sequence[:t] + [1] + sequence[t + 1 :]",
            ),
            "You put another word in the place of the word. It is to be taken out, and "
            "the rest moves together.",
        ),
    ],
    hints=[
        "Make T + 1 sequences: the whole one, and one without each word.",
        "Pad them all to maxlen and ask the model once.",
        "`sequence[:t] + sequence[t + 1 :]` is the sequence without word t. Then "
        "softmax over dim 1, column 1: the first row minus each of the others.",
    ],
)


# ------------------------------------------------- which input shows it, and a bonus

REVEALING_MASKS = WhichInput(
    "revealing_masks",
    points=2,
    minutes=10,
    difficulty=2,
    right="max_over_time",
    shown={
        "padding counts as 0": "max_over_time_1",
        "the first steps are taken for real": "max_over_time_2",
    },
    hidden={
        "the mask is forgotten": (
            "np.where(mask[:, :, None], outputs, -np.inf)",
            "outputs",
        ),
        "the last steps are taken for real": """
def max_over_time(outputs, mask):
    T = mask.shape[1]
    last = np.arange(T) >= T - mask.sum(axis=1)[:, None]
    words = np.where(last[:, :, None], outputs, -np.inf)
    return np.where(last.any(axis=1)[:, None], words.max(axis=1), 0.0)
""",
        "the mask of the first text serves for all": (
            "mask[:, :, None]",
            "mask[:1, :, None]",
        ),
        "padding is set to -100": ("-np.inf", "-100.0"),
        "signs are lost": ("outputs, -np.inf)", "abs(outputs), -np.inf)"),
    },
    admit="admit_states",
    most=3,
    hints=[
        "A mistaken function must give another result than `max_over_time`. Work out "
        "what each of the two computes for a small input of your own.",
        "Where all real numbers of a unit are negative, `max_over_time_1` finds a 0 "
        "that no word gave. Where padding stands in front, `max_over_time_2` reads "
        "it.",
        "Think of what a function could ignore: the mask, its place, the other texts' "
        "masks, a sign, a very low number.",
    ],
)

REVEALING_TEXTS = WhichInput(
    "revealing_texts",
    points=2,
    minutes=10,
    difficulty=2,
    right="count_pairs",
    shown={
        "pairs reach over the end of a text": "count_pairs_1",
        "a pair counts once in each text": "count_pairs_2",
    },
    hidden={
        "the order within a pair is lost": (
            "counts[pair] = counts.get(pair, 0) + 1",
            "pair = tuple(sorted(pair)); counts[pair] = counts.get(pair, 0) + 1",
        ),
        "pairs do not overlap": ("zip(ids, ids[1:])", "zip(ids[::2], ids[1::2])"),
        "the last pair of a text is left out": (
            "zip(ids, ids[1:])",
            "zip(ids, ids[1:-1])",
        ),
        "a word after itself is no pair": (
            "zip(ids, ids[1:])",
            "[pair for pair in zip(ids, ids[1:]) if pair[0] != pair[1]]",
        ),
        "different pairs get the same number": """
def count_pairs(sequences):
    counts = {}
    for ids in sequences:
        for one, other in zip(ids, ids[1:]):
            code = 1000 * one + other
            counts[code] = counts.get(code, 0) + 1
    return sorted((*divmod(code, 1000), n) for code, n in counts.items())
""",
    },
    admit="admit_texts",
    most=3,
    hints=[
        "A mistaken function must give another result than `count_pairs`. Work out "
        "what each of the two computes for two short texts.",
        "With one text alone no pair can reach over an end. With pairs that come once "
        "`count_pairs_2` is right.",
        "Think of what a function could mix up: (1, 2) and (2, 1), (5, 5), three "
        "words that are the same, small ids and large ones.",
    ],
)


def gru_cell_cases(rng):
    sizes = {"five texts": (5, 4, 3), "one text, two units": (1, 3, 2)}
    for label, (N, d, n) in sizes.items():
        inputs = [_tensor(rng, N, d), _tensor(rng, N, n).tanh()]
        yield Case(label, *inputs, _gru_params(rng, d, n, 0.8), [_tensor(rng, N, n)])
    inputs = [_tensor(rng, 4, 3), _tensor(rng, 4, 5).tanh()]
    params = _gru_params(rng, 3, 5, 6.0)
    yield Case("saturated gates", *inputs, params, [_tensor(rng, 4, 5)])
    x, h, weights = _tensor(rng, 3, 2), _tensor(rng, 3, 4).tanh(), _tensor(rng, 3, 4)
    params = {k: v.float() for k, v in _gru_params(rng, 2, 4, 0.8).items()}
    yield Case("float32", x.float(), h.float(), params, [weights.float()])


def _gru_params(rng, d, n, scale):
    return {
        "W_ih": _tensor(rng, 3 * n, d, scale=scale),
        "W_hh": _tensor(rng, 3 * n, n, scale=scale),
        "b_ih": _tensor(rng, 3 * n, scale=scale),
        "b_hh": _tensor(rng, 3 * n, scale=scale),
    }


GRU_CELL = Exercise(
    "gru_cell",
    gru_cell_cases,
    points=0,
    bonus=True,
    minutes=20,
    difficulty=3,
    probe="gru_step",
    exact_dtype=True,
    misconceptions=[
        Misconception(
            "update-swapped",
            ("(1 - z) * g + z * h", "z * g + (1 - z) * h"),
            "You let z take the candidate and 1 - z the old state. Papers differ "
            "here; in PyTorch's form an open update gate keeps the old state.",
        ),
        Misconception(
            "gates-swapped",
            ("(r, z, g), (hr, hz, hg)", "(z, r, g), (hz, hr, hg)"),
            "You take the first block for the update gate. The order is reset gate, "
            "update gate, candidate.",
        ),
        Misconception(
            "reset-before-the-product",
            (
                "(g + r * hg).tanh()",
                "(g + (r * h) @ params['W_hh'][2 * h.shape[1] :].T\n"
                "         + params['b_hh'][2 * h.shape[1] :]).tanh()",
            ),
            "You multiply h by the reset gate before the matrix. That is the form of "
            "the paper; PyTorch multiplies the product and its bias.",
        ),
        Misconception(
            "no-reset",
            ("g + r * hg", "g + hg"),
            "You leave out the reset gate.",
        ),
        Misconception(
            "candidate-sigmoid",
            ("(g + r * hg).tanh()", "(g + r * hg).sigmoid()"),
            "You squash the candidate with a sigmoid. It takes a tanh.",
        ),
        Misconception(
            "bias-outside-the-reset",
            (
                "(g + r * hg).tanh()",
                "(g + params['b_hh'][2 * h.shape[1] :]\n"
                "         + r * (hg - params['b_hh'][2 * h.shape[1] :])).tanh()",
            ),
            "You add both biases of the candidate outside the reset gate. That of h "
            "stands inside: r multiplies the product and its bias.",
        ),
        Misconception(
            "update-gate-resets",
            ("g + r * hg", "g + z * hg"),
            "You let the update gate decide how much of the old state the candidate "
            "sees. That is what r is for.",
        ),
        Misconception(
            "reset-on-everything",
            ("(g + r * hg).tanh()", "(r * (g + hg)).tanh()"),
            "You multiply the part of x by the reset gate as well. It only says how "
            "much of the old state the candidate sees.",
        ),
        Misconception(
            "one-bias",
            (' + params["b_hh"]', ""),
            "You leave out one of the two bias vectors. One is added to the products "
            "with x, the other to those with h.",
            forms=[(' + params["b_ih"]', "")],
        ),
        Misconception(
            "interleaved",
            (
                "from_x.chunk(3, dim=1), from_h.chunk(3, dim=1)",
                "(from_x[:, k::3] for k in range(3)), "
                "(from_h[:, k::3] for k in range(3))",
            ),
            "You take every third row for a block. Each block has n rows that stand "
            "together.",
        ),
        Misconception(
            "candidate-first",
            ("(r, z, g), (hr, hz, hg)", "(g, r, z), (hg, hr, hz)"),
            "You take the blocks in another order than reset gate, update gate, "
            "candidate.",
            forms=[("(r, z, g), (hr, hz, hg)", "(r, g, z), (hr, hg, hz)")],
        ),
        Misconception(
            "same-bias-twice",
            (' + params["b_hh"]', ' + params["b_ih"]'),
            "You add one of the two bias vectors twice and leave the other out.",
            forms=[(' + params["b_ih"]', ' + params["b_hh"]')],
        ),
        Misconception(
            "reset-turned-round",
            ("(g + r * hg)", "(g + (1 - r) * hg)"),
            "You multiply by 1 - r. Where the reset gate is open, r = 1, the candidate "
            "sees the whole old state.",
        ),
    ],
    hints=[
        "It is `lstm_cell` with three blocks; but x and h need a row each, because r "
        "meets only what comes from h.",
        "`chunk(3, dim=1)` cuts each of the two rows into r, z and g.",
        "r and z are sigmoids of sums. g is tanh of the x part plus r times the h "
        "part; the new state mixes g and h by z.",
    ],
)


EXERCISES = [
    TOKENIZE,
    FIT_VOCABULARY,
    TEXTS_TO_SEQUENCES,
    PAD_SEQUENCES,
    EMBED,
    LSTM_CELL,
    LSTM_FORWARD,
    MEAN_OVER_TIME,
    REVEALING_MASKS,
    BINARY_CROSS_ENTROPY,
    SOFTMAX_TO_SIGMOID,
    TEXT_LSTM,
    TRAIN,
    CLASSIFY,
    BAG_OF_WORDS,
    REVEALING_TEXTS,
    BOOTSTRAP,
    WORD_EFFECTS,
    GRU_CELL,
    Manual(
        "ten_errors",
        points=4,
        minutes=20,
        rubric=(
            "1 point for each of up to three kinds that are named, differ really, and "
            "fit the sentences listed under them (all ten sentences are placed). "
            "1 point for an explanation of one kind from how the model works (mean or "
            "last state, word vectors, rare words, negation), not from the data alone."
        ),
    ),
]

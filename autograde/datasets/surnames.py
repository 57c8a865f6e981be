"""About 11,000 surnames in 12 languages, from the locale data of Faker (MIT licence).

The names come from the installed package, so their number follows its version. A
name's place in the split depends on the name alone, so a newer Faker moves none.
"""

import hashlib
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib import import_module

import numpy as np

LETTERS = "abcdefghijklmnopqrstuvwxyz '-"

LOCALES = {
    "Croatian": ("hr_HR",),
    "Dutch": ("nl_NL",),
    "English": ("en_GB",),
    "Estonian": ("et_EE",),
    "Finnish": ("fi_FI",),
    "French": ("fr_FR", "fr_BE"),
    "German": ("de_DE", "de_AT"),
    "Irish": ("ga_IE",),
    "Italian": ("it_IT",),
    "Slovak": ("sk_SK",),
    "Spanish": ("es_ES",),
    "Swedish": ("sv_SE",),
}

# Letters that Unicode does not take apart into a plain letter and an accent.
_WITHOUT_DECOMPOSITION = {"ß": "ss", "đ": "d", "ø": "o", "ł": "l", "æ": "ae", "œ": "oe"}


@dataclass(frozen=True)
class Surnames:
    """Names, the number of each one's language, and a fixed split.

    `labels` (N,) int64 counts into `languages`; `train`, `validation` and `test` are
    int64 indices into `names`, about 75, 10 and 15 in a hundred.
    """

    names: tuple[str, ...]
    labels: np.ndarray
    languages: tuple[str, ...]
    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray


@cache
def load_surnames() -> Surnames:
    """Return the surnames that belong to one language only, in alphabetical order.

    Accents are stripped and capitals made small (see :func:`clean_name`). Names with a
    character outside `LETTERS` are left out, and so are those that two languages share.
    """
    owners: dict[str, set[str]] = {}
    for language, locales in LOCALES.items():
        for locale in locales:
            for name in _last_names(locale):
                owners.setdefault(clean_name(name), set()).add(language)
    names = tuple(
        name
        for name in sorted(owners)
        if name and len(owners[name]) == 1 and set(name) <= set(LETTERS)
    )
    languages = tuple(LOCALES)
    labels = np.array([languages.index(min(owners[name])) for name in names])
    place = np.array([_place(name) for name in names])
    return Surnames(
        names,
        labels,
        languages,
        train=np.flatnonzero(place < 75),
        validation=np.flatnonzero((place >= 75) & (place < 85)),
        test=np.flatnonzero(place >= 85),
    )


def clean_name(name: str) -> str:
    """Return `name` in small letters without accents: `Müller-Weiß`, `muller-weiss`."""
    parts = unicodedata.normalize("NFKD", name.replace("’", "'").strip().lower())
    kept = (char for char in parts if not unicodedata.combining(char))
    return "".join(_WITHOUT_DECOMPOSITION.get(char, char) for char in kept)


def _last_names(locale: str) -> list[str]:
    module = import_module(f"faker.providers.person.{locale}")
    return list(module.Provider.last_names)


def _place(name: str) -> int:
    """A number from 0 to 99 that depends on the name alone."""
    digest = hashlib.sha256(name.encode()).digest()
    return int.from_bytes(digest[:8], "big") % 100

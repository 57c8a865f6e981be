"""What a collection has not whole yet is its own while it lives, and goes then."""

from __future__ import annotations

from autograde.grading.scratch import SCRATCH, scratch_folder


def test_what_a_dead_collection_left_is_removed(tmp_path):
    (tmp_path / f"{SCRATCH}dead").mkdir()
    (tmp_path / f"{SCRATCH}dead" / "half.ipynb").write_text("{")
    with scratch_folder(tmp_path) as mine:
        assert list(tmp_path.iterdir()) == [mine]
    assert not list(tmp_path.iterdir())


def test_one_that_lives_keeps_its_own(tmp_path):
    with scratch_folder(tmp_path) as first, scratch_folder(tmp_path) as second:
        assert first != second and first.is_dir()


def test_a_link_is_not_followed(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_text("mine")
    grading = tmp_path / "grading"
    grading.mkdir()
    (grading / f"{SCRATCH}link").symlink_to(outside)
    with scratch_folder(grading):
        assert (outside / "kept").read_text() == "mine"

"""Take previewed results over: into the gradebook and the store, graded only once."""

from __future__ import annotations

from pathlib import Path

from autograde.course.files import replace_file
from autograde.course.layout import notebook_path
from autograde.grading.gradebook import CourseGradebook, prepare_gradebook
from autograde.grading.results import Results, StoredResult
from autograde.grading.submissions import Submission, find_submissions
from autograde.grading.task import Graded, course_version


def store_preview(grading: Path, graded: Graded) -> None:
    """Put the graded notebook of a preview where :func:`keep_previews` finds it."""
    path = preview_path(grading, graded.chapter, graded.student)
    if graded.notebook:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, graded.notebook)
    else:
        path.unlink(missing_ok=True)


def preview_path(grading: Path, chapter: str, student: str) -> Path:
    return notebook_path(grading / "preview" / student / chapter)


def keep_previews(
    root: Path, results: Results, chapters: list[str]
) -> tuple[int, list[str]]:
    """Let the previews count that still fit; return how many, and why others do not.

    A preview is left where the work or the checks have changed since, where the grader
    itself had failed, and where its notebook is gone. The caller holds the run's lock.
    """
    previews = [p for p in results.previews() if not chapters or p.chapter in chapters]
    names = sorted({preview.chapter for preview in previews})
    versions = {name: course_version(root, name) for name in names}
    found = find_submissions(root / "grading" / "submitted", names)
    submissions = {(item.chapter, item.student): item for item in found}
    for name in names:
        prepare_gradebook(root, name)
    kept, left = 0, []
    with CourseGradebook(root) as gradebook:
        for preview in previews:
            submission = submissions.get((preview.chapter, preview.student))
            reason = _stale(preview, submission, versions[preview.chapter])
            path = preview_path(root / "grading", preview.chapter, preview.student)
            if not reason and not preview.problem and not path.exists():
                reason = "its graded notebook is gone"
            if reason:
                left.append(f"{preview.student}, {preview.chapter}: {reason}")
                continue
            graded = Graded(preview.chapter, preview.student)
            graded.problem = preview.problem
            if not preview.problem:
                graded.notebook = path.read_bytes()
                graded.judgements = preview.judgements()
                graded.untouched = preview.untouched
                graded.answers = preview.answers
            gradebook.record(graded, submission)
            results.keep(preview)
            path.unlink(missing_ok=True)
            kept += 1
    return kept, left


def _stale(preview: StoredResult, submission: Submission | None, version: str) -> str:
    if preview.failed:
        return "the grader had failed; grade it again"
    if submission is None or submission.digest() != preview.submission:
        return "the submission has changed since the preview; grade it again"
    if version != preview.version:
        return "the checks have changed since the preview; grade it again"
    return ""

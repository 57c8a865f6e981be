"""The store of a course run: every result, as soon as it is there, in one file.

One writer appends; nothing is ever overwritten. The newest kept result of a student
and chapter is the one that counts; older ones tell what has changed.
"""

from __future__ import annotations

import dataclasses
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from autograde.checking.verdict import Judgement, Verdict
from autograde.course.disk import network_disk, private_folder
from autograde.grading.task import Graded

FILE_NAME = "results.sqlite"

_TABLES = """
create table if not exists run (
    id integer primary key,
    started text not null,
    finished text,
    seed text not null,
    level text,
    notes text not null default '[]'
);
create table if not exists result (
    id integer primary key,
    run integer not null references run(id),
    chapter text not null,
    student text not null,
    submission text not null,
    version text not null,
    awarded real not null,
    points real not null,
    seconds real not null,
    problem text not null,
    failed integer not null,
    kept integer not null,
    recorded text not null,
    data text not null
);
create index if not exists newest on result (chapter, student, kept, id);
"""


@dataclass
class StoredResult:
    """One row: a student's result for a chapter.

    `exercises` has one entry an exercise: name, points, awarded, outcome, misconception
    (name or None), says, seconds (or None), and its cases with label, outcome, weight;
    of a wrong answer that no known mistake explains also its relation and fingerprint.
    """

    id: int
    run: int
    chapter: str
    student: str
    submission: str
    version: str
    awarded: float
    points: float
    seconds: float
    problem: str
    failed: bool
    kept: bool
    recorded: str
    exercises: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    untouched: list[str] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)

    def judgements(self) -> dict[str, Judgement]:
        """What was stored of the judgements: enough for the gradebook."""
        return {
            exercise["name"]: Judgement(
                exercise["name"],
                exercise["points"],
                [Verdict(**case) for case in exercise["cases"]],
            )
            for exercise in self.exercises
        }


class Results:
    """The results of the course run whose files are in `grading`."""

    def __init__(self, grading: Path) -> None:
        private_folder(grading)
        self.network = network_disk(grading)
        self.connection = sqlite3.connect(grading / FILE_NAME, timeout=30)
        mode = "delete" if self.network else "wal"
        self.connection.execute(f"pragma journal_mode = {mode}")
        self.connection.executescript(_TABLES)

    def __enter__(self) -> Results:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def start_run(self, seed: str) -> int:
        sql = "insert into run (started, seed) values (?, ?)"
        with self.connection:
            return self.connection.execute(sql, (_now(), seed)).lastrowid

    def finish_run(self, run: int, level: str, notes: list[str]) -> None:
        sql = "update run set finished = ?, level = ?, notes = ? where id = ?"
        with self.connection:
            self.connection.execute(sql, (_now(), level, json.dumps(notes), run))

    def add(
        self, run: int, graded: Graded, submission: str, version: str, kept: bool = True
    ) -> None:
        """Append one result; it is on disk when this returns."""
        exercises = [_exercise(judgement) for judgement in graded.judgements.values()]
        points = sum(exercise["points"] for exercise in exercises)
        data = json.dumps(
            {
                "exercises": exercises,
                "notes": graded.notes,
                "untouched": graded.untouched,
                "answers": graded.answers,
            }
        )
        row = (
            run,
            graded.chapter,
            graded.student,
            submission,
            version,
            graded.awarded,
            points,
            graded.seconds,
            graded.problem,
            graded.failed,
            kept,
            _now(),
            data,
        )
        marks = ", ".join("?" * len(row))
        columns = (
            "run, chapter, student, submission, version, awarded, points, seconds, "
            "problem, failed, kept, recorded, data"
        )
        with self.connection:
            self.connection.execute(
                f"insert into result ({columns}) values ({marks})", row
            )

    def newest(
        self, chapter: str, student: str, kept: bool = True
    ) -> StoredResult | None:
        """The newest result of a student; with ``kept=False`` previews count too."""
        sql = (
            "select * from result where chapter = ? and student = ? and kept >= ? "
            "order by id desc limit 1"
        )
        row = self.connection.execute(sql, (chapter, student, int(kept))).fetchone()
        return _stored(row) if row else None

    def all_newest(self, chapter: str | None = None) -> list[StoredResult]:
        """The kept result that counts, of every student and chapter."""
        sql = (
            "select * from result where id in (select max(id) from result "
            "where kept = 1 group by chapter, student) and (? is null or chapter = ?) "
            "order by chapter, student"
        )
        return [
            _stored(row) for row in self.connection.execute(sql, (chapter, chapter))
        ]

    def previews(self, chapter: str | None = None) -> list[StoredResult]:
        """The newest preview of each student and chapter with no newer kept result."""
        sql = (
            "select * from result where id in (select max(id) from result "
            "group by chapter, student) and kept = 0 and (? is null or chapter = ?) "
            "order by chapter, student"
        )
        return [
            _stored(row) for row in self.connection.execute(sql, (chapter, chapter))
        ]

    def keep(self, preview: StoredResult) -> None:
        """Append the previewed result once more, as one that counts."""
        columns = (
            "run, chapter, student, submission, version, awarded, points, seconds, "
            "problem, failed"
        )
        sql = (
            f"insert into result ({columns}, kept, recorded, data) "
            f"select {columns}, 1, ?, data from result where id = ?"
        )
        with self.connection:
            self.connection.execute(sql, (_now(), preview.id))

    def previous(self, result: StoredResult) -> StoredResult | None:
        """The kept result that `result` replaced."""
        sql = (
            "select * from result where chapter = ? and student = ? and kept = 1 "
            "and id < ? order by id desc limit 1"
        )
        key = (result.chapter, result.student, result.id)
        row = self.connection.execute(sql, key).fetchone()
        return _stored(row) if row else None

    def runs(self) -> Iterator[dict[str, Any]]:
        """All runs, the newest first: id, started, finished, seed, level, notes."""
        names = ("id", "started", "finished", "seed", "level", "notes")
        sql = f"select {', '.join(names)} from run order by id desc"
        for row in self.connection.execute(sql):
            run = dict(zip(names, row, strict=True))
            yield run | {"notes": json.loads(run["notes"])}


def _exercise(judgement: Judgement) -> dict[str, Any]:
    cases = [
        {"label": verdict.label, "outcome": verdict.outcome, "weight": verdict.weight}
        for verdict in judgement.verdicts
    ]
    return {
        "name": judgement.exercise,
        "points": judgement.points,
        "awarded": judgement.awarded,
        "outcome": judgement.outcome,
        "misconception": judgement.misconception,
        "says": judgement.says,
        "relation": " ".join(
            filter(None, (judgement.parts, *judgement.relation.split("\n")))
        ),
        "fingerprint": judgement.fingerprint,
        "explanation": " ".join(judgement.explanation),
        "seconds": judgement.seconds,
        "cases": cases,
    }


def _stored(row: tuple) -> StoredResult:
    names = [item.name for item in dataclasses.fields(StoredResult)][:13]
    data = json.loads(row[13])
    result = StoredResult(**dict(zip(names, row, strict=False)), **data)
    result.failed, result.kept = bool(result.failed), bool(result.kept)
    return result


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")

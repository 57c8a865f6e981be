"""The cases of a :class:`~autograde.exercise.WhichInput`: one for each mistake.

A case's key holds the right and the mistaken function as source. Visible cases are the
mistakes that the chapter prints; hidden cases are all of them, so that a share of the
points is a share of the mistakes. Sources of hidden mistakes reach no student.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

import numpy as np

from autograde.authoring.chapter import Chapter, ChapterError, is_setup
from autograde.checking.checks import ExerciseData
from autograde.checking.run_case import Result
from autograde.checking.which_input import PRELUDE, defined_name, function_of, tried
from autograde.exercise import Case, Form, Misconception, WhichInput


def trial_cases(chapter: Chapter, exercise: WhichInput, *, hidden: bool) -> list[Case]:
    """One case for each shown mistake, and with `hidden` one for each other."""
    right = _source(chapter, exercise, exercise.right)
    found = {
        label: _source(chapter, exercise, text)
        for label, text in exercise.shown.items()
    }
    for label, form in exercise.hidden.items() if hidden else ():
        found[label] = _mistaken(chapter, exercise, right, label, form)
    for label, source in {"right": right, **found}.items():
        try:
            function_of(source)
        except Exception as error:
            raise _error(chapter, exercise, f"{label}: {error}") from error
    return [
        Case(label).with_(key={"right": right, "mistaken": source})
        for label, source in found.items()
    ]


def _source(chapter: Chapter, exercise: WhichInput, text: str) -> str:
    """The source of a function: `text`, or what a cell defines under that name."""
    if not text.isidentifier():
        return text
    if text in [other.name for other in chapter.exercises]:
        said = f"{text} is an exercise; its answer would be given away"
        raise _error(chapter, exercise, said)
    for cell in chapter.cells:
        if cell.cell_type != "code" or "exercise" in cell.metadata or is_setup(cell):
            continue
        for node in _functions(cell.source):
            if node.name == text:
                return ast.get_source_segment(cell.source, node) or ""
    raise _error(chapter, exercise, f"no cell defines the function {text}")


def _functions(source: str) -> Iterator[ast.FunctionDef]:
    try:
        tree = ast.parse(source)
    except SyntaxError:  # a cell with a magic line
        return
    yield from (node for node in tree.body if isinstance(node, ast.FunctionDef))


def _mistaken(
    chapter: Chapter, exercise: WhichInput, right: str, label: str, form: Form
) -> str:
    if isinstance(form, str):
        return form
    try:
        return Misconception(label, form, "hidden").apply(right)
    except ValueError as error:
        raise _error(chapter, exercise, f"hidden {label!r}: {error}") from error


def _error(chapter: Chapter, exercise: WhichInput, said: str) -> ChapterError:
    return ChapterError(f"{chapter.name}/exercises.py: {exercise.name}: {said}")


def trial_findings(
    at: str, chapter: Chapter, exercise: WhichInput, data: ExerciseData
) -> Iterator[str]:
    """A sentence for each way in which the exercise falls short.

    Cheap answers may show the mistakes that are printed, but not the hidden ones, too.
    """
    if exercise.misconceptions:
        yield f"{at}: misconceptions are not for this kind of exercise"
    if exercise.admit not in chapter.probes:
        yield f"{at}: no {exercise.admit or 'admit='} in probes.py states the bounds"
    for case in data.cases:
        if case.expected.value is not True:
            said = case.expected.text or case.expected.raised
            yield f"{at}: the reference does not show {case.label!r}: {said}"
        if (
            function_of(case.key["mistaken"]).__code__.co_argcount
            != function_of(case.key["right"]).__code__.co_argcount
        ):
            yield f"{at}: {case.label!r} takes other arguments than the right function"
    if data.cases and defined_name(data.cases[0].key["right"]) == exercise.name:
        yield f"{at}: the student's function has the name of the right function"
    for name, answer in _cheap_answers(chapter, exercise):
        shown = [
            tried(Result(value=answer), data, case, chapter.probes_source).value is True
            for case in data.cases
        ]
        if len(shown) > len(exercise.shown) and all(shown):
            yield f"{at}: {name} show every mistake; nothing has to be thought of"


def _cheap_answers(
    chapter: Chapter, exercise: WhichInput
) -> Iterator[tuple[str, list]]:
    """Inputs that someone hands in without a thought, in the reference's form."""
    yield "no inputs", []
    namespace = dict(chapter.reference)
    exec(PRELUDE, namespace)
    answer = namespace[exercise.name]()
    rng = np.random.default_rng(0)
    yield "zeros", [_filled(item, np.zeros_like) for item in answer]
    yield "ones", [_filled(item, np.ones_like) for item in answer]
    noise = [_filled(item, lambda a: rng.normal(size=a.shape)) for item in answer]
    yield "random numbers", noise
    counts = [
        _filled(item, lambda a: rng.integers(1, 9, size=a.shape)) for item in answer
    ]
    yield "random whole numbers", counts


def _filled(value, make):
    if isinstance(value, list | tuple):
        return type(value)(_filled(item, make) for item in value)
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return make(value)
    if isinstance(value, float):
        return float(make(np.array(value)))
    if isinstance(value, int) and not isinstance(value, bool):
        return int(make(np.array(value)))
    if isinstance(value, str):
        return "a" * len(value)
    return value

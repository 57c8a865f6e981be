"""Does each refusal of the reference have its case, and each such case one refusal?

A docstring says which inputs a function refuses: ``raises: ValueError where ...``. The
reference does so with ``if CONDITION: raise``. It is run here with its conditions
watched, so that every alternative of a condition (``A or B``, ``0 <= x < n``) must be
the reason for a refusal in some case.
"""

from __future__ import annotations

import ast
import dataclasses
import re
from collections.abc import Iterator
from typing import Any

from autograde.authoring.chapter import Chapter
from autograde.authoring.docstrings import docstring_of
from autograde.authoring.make_checks import make_exercise_checks
from autograde.checking.checks import CaseData, ExerciseData
from autograde.checking.describe import reported_error
from autograde.checking.run_case import Result
from autograde.checking.which_input import run_exercise_case
from autograde.exercise import Exercise, WhichInput

WATCH = "__watched_guards__"
_MENTION = re.compile(r"\braises?\b.*?\b(?:an error|[A-Z]\w*Error)\b", re.S | re.I)


@dataclasses.dataclass
class Guards:
    """What is seen of a reference's guards while it runs.

    reasons: the text of each alternative of each condition
    seen: the alternatives that were the reason for a refusal in the running case
    """

    reasons: list[str] = dataclasses.field(default_factory=list)
    seen: list[int] = dataclasses.field(default_factory=list)
    _true: dict[int, list[int]] = dataclasses.field(default_factory=dict)

    def begin(self, guard: int) -> bool:
        self._true[guard] = []
        return False

    def note(self, guard: int, reason: int, value: Any, refuses: bool) -> Any:
        if bool(value) == refuses:
            self._true[guard].append(reason)
        return value

    def refuse(self, guard: int) -> None:
        # `A or B` stops at its first true part, and so does a loop over inputs
        self.seen += self._true[guard][-1:]


class _Watcher(ast.NodeTransformer):
    """Wraps the alternatives of every condition whose body raises."""

    def __init__(self, guards: Guards) -> None:
        self.guards = guards
        self.count = 0

    def visit_If(self, node: ast.If) -> ast.AST:
        self.generic_visit(node)
        if any(isinstance(line, ast.Raise) for line in node.body):
            guard, self.count = self.count, self.count + 1
            test = self._watched(node.test, guard, refuses=True)
            begin = self._call("begin", guard)
            node.test = ast.BoolOp(ast.Or(), [begin, test])
            node.body.insert(0, ast.Expr(self._call("refuse", guard)))
        return node

    def _watched(self, test: ast.expr, guard: int, refuses: bool) -> ast.expr:
        """`test` with each part noted that makes it true (or false) by itself."""
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            test.operand = self._watched(test.operand, guard, not refuses)
            return test
        parted = ast.Or if refuses else ast.And
        if isinstance(test, ast.BoolOp):
            for index, value in enumerate(test.values):
                inner = not isinstance(test.op, parted) and index + 1 < len(test.values)
                if not inner:  # of `A and B`, what refuses is B where A holds
                    test.values[index] = self._watched(value, guard, refuses)
            return test
        if isinstance(test, ast.Compare) and len(test.ops) > 1 and not refuses:
            terms = [test.left, *test.comparators]
            pairs = zip(terms, test.ops, terms[1:], strict=False)
            legs = [ast.Compare(left, [op], [right]) for left, op, right in pairs]
            noted = [self._watched(leg, guard, refuses) for leg in legs]
            return ast.BoolOp(ast.And(), noted)
        generator = _of_all(test)
        if generator is not None and not refuses:
            generator.elt = self._watched(generator.elt, guard, refuses)
            return test
        reason = len(self.guards.reasons)
        self.guards.reasons.append(f"{'' if refuses else 'not '}{ast.unparse(test)}")
        return self._call("note", guard, reason, test, refuses)

    @staticmethod
    def _call(method: str, *arguments: Any) -> ast.Call:
        made = [
            value if isinstance(value, ast.expr) else ast.Constant(value)
            for value in arguments
        ]
        function = ast.Attribute(ast.Name(WATCH, ast.Load()), method, ast.Load())
        return ast.Call(function, made, [])


def _of_all(node: ast.expr) -> ast.GeneratorExp | None:
    """What stands in ``all(... for ...)``; None of another expression."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
        return None
    inner = node.args[0] if node.func.id == "all" and node.args else None
    return inner if isinstance(inner, ast.GeneratorExp) else None


def watched(chapter: Chapter, exercise: str) -> tuple[Any, Guards]:
    """The reference of `exercise` with its guards watched."""
    guards = Guards()
    tree = _Watcher(guards).visit(ast.parse(chapter.solution(exercise)))
    namespace = chapter.reference | {WATCH: guards}
    code = compile(ast.fix_missing_locations(tree), f"<{chapter.name}>", "exec")
    exec(code, namespace)
    return namespace[exercise], guards


def says_refusal(chapter: Chapter, exercise: str) -> bool:
    """Whether docstring or reference of `exercise` speak of a refused input."""
    source = chapter.solution(exercise)
    raises = any(isinstance(node, ast.Raise) for node in ast.walk(ast.parse(source)))
    return raises or bool(_MENTION.search(docstring_of(source, exercise)))


def missing_refusals(chapter: Chapter, exercise: Exercise) -> Iterator[str]:
    """What :func:`refusal_findings` says of the visible cases of `exercise`."""
    if isinstance(exercise, WhichInput) or not says_refusal(chapter, exercise.name):
        return
    data = make_exercise_checks(
        chapter, dataclasses.replace(exercise, misconceptions=[])
    )
    yield from refusal_findings(f"{chapter.name}/{exercise.name}", chapter, data)


def refusal_findings(at: str, chapter: Chapter, data: ExerciseData) -> Iterator[str]:
    """A sentence for each refusal without a case, and each case that bundles some."""
    docstring = docstring_of(chapter.solution(data.name), data.name)
    target, guards = watched(chapter, data.name)
    probe = chapter.probes[data.probe] if data.probe else None
    hit: set[int] = set()
    refusing = False
    for case in data.cases:
        guards.seen.clear()
        result = run_exercise_case(target, probe, data, case, chapter.probes_source)
        hit |= set(guards.seen)
        refusals = max(len(guards.seen), _refusals(case.expected))
        refusing |= refusals > 0
        if result.raised != case.expected.raised:
            yield f"{at}: {case.label!r} goes another way when guards are watched"
        yield from _case_findings(at, case, refusals)
    for number, reason in enumerate(guards.reasons):
        if number not in hit:
            yield f"{at}: no case is refused because of `{reason}`"
    if _MENTION.search(docstring) and not refusing:
        yield f"{at}: the docstring says what is refused, and no case expects it"
    if guards.reasons and not _MENTION.search(docstring):
        yield f"{at}: the reference refuses inputs, and the docstring names no error"


def _case_findings(at: str, case: CaseData, refusals: int) -> Iterator[str]:
    if refusals > 1:
        yield f"{at}: {case.label!r} holds {refusals} refusals; make each a case"
    if refusals and case.weight:
        yield f"{at}: {case.label!r} holds a refusal and costs points"


def _refusals(expected: Result) -> int:
    """How many refusals a result is, or reports by a probe's words."""
    return 1 if expected.raised else _reported(expected.value)


def _reported(value: Any) -> int:
    if isinstance(value, dict):
        return sum(map(_reported, value.values()))
    if isinstance(value, list | tuple):
        return sum(map(_reported, value))
    return bool(reported_error(value))

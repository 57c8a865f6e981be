"""Make the notebook that is graded: the released one, with a student's own work in it.

Of a submission only sources and pictures are taken. Cells stand where the student put
them. Tags, metadata, kernel names and check cells come from the release, whatever the
submission says; outputs come from nobody but the grader.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import nbformat
from nbformat import NotebookNode

from autograde.notebooks.cells import (
    OURS,
    exercise_of,
    grade_id,
    is_code_answer,
    is_needed,
    is_prose_answer,
    is_setup,
    is_solution,
    nbgrader_info,
)
from autograde.notebooks.code_answers import (
    code_in_text,
    is_released,
    released_stubs,
    without_fences,
    without_left_raise,
    without_stubs,
    written,
)
from autograde.notebooks.editions import of_one_edition
from autograde.notebooks.names import top_level_names, used_names
from autograde.notebooks.order import put_checks_below
from autograde.notebooks.own_cells import added_code, added_text, listed
from autograde.notebooks.placing import Placed, place_cells, same_text
from autograde.notebooks.prose_answers import find_answer, own_text
from autograde.notebooks.sanitize import harmless_prose
from autograde.notebooks.submitted import SubmittedCell, read_cells

_DEFINED = re.compile(r"^[ >]*(?:def|class) (\w+)", re.MULTILINE)


@dataclass
class Rebuilt:
    """A notebook to be graded, and one sentence for everything that was put right."""

    notebook: NotebookNode
    notes: list[str] = field(default_factory=list)


def rebuild(
    released: NotebookNode,
    submitted: bytes,
    editions: Mapping[str, NotebookNode] | None = None,
) -> Rebuilt:
    """Return the released notebook with the work found in the submitted file.

    It is of the edition that the submission is of: `released` or one of `editions`.
    Raises UnreadableSubmission where the file is no notebook of format 4.
    """
    edition, cells = of_one_edition(released, editions or {}, read_cells(submitted))
    return _Rebuilding(edition, cells).rebuilt


def count_answers(
    released: NotebookNode,
    submitted: bytes,
    editions: Mapping[str, NotebookNode] | None = None,
) -> int:
    """How many exercises and questions of `released` have an answer in a submission.

    Raises UnreadableSubmission where the file is no notebook of format 4.
    """
    released, found = of_one_edition(released, editions or {}, read_cells(submitted))
    work = _Rebuilding(released, found)
    sources = [cell.source for cell in work.rebuilt.notebook.cells if is_needed(cell)]
    done = set().union(*(written(source, work.stubs) for source in sources))
    prose = {grade_id(cell): cell for cell in released.cells if is_prose_answer(cell)}
    answered = [
        cell
        for cell in work.rebuilt.notebook.cells
        if grade_id(cell) in prose and cell.source != prose[grade_id(cell)].source
        if not cell.metadata.get(OURS, {}).get("waits")
    ]
    return len(done) + len(answered)


class _Rebuilding:
    """The steps, in their order; `placed` are the student's cells in theirs."""

    def __init__(
        self, released: NotebookNode, submitted: Iterable[SubmittedCell]
    ) -> None:
        notebook = nbformat.from_dict(copy.deepcopy(released))
        self.cells: list[NotebookNode] = notebook.cells
        self.rebuilt = Rebuilt(notebook)
        self.say = self.rebuilt.notes.append
        self.put_back: list[str] = []  # names of cells, for the notes
        self.changed: list[str] = []
        self.written_into: list[str] = []
        self.place = {
            grade_id(cell): index
            for index, cell in enumerate(self.cells)
            if is_code_answer(cell)
        }
        sources = {name: self.cells[i].source for name, i in self.place.items()}
        self.stubs = released_stubs(sources)
        self.placed = place_cells(self.cells, list(submitted))
        self._pass_over_fences()
        self._pass_over_left_raises()
        self._choose()
        self._take_code_from_text()
        self._find_lost_solutions()
        self._leave_stubs_out()
        self._say_what_is_missing()
        self._take_answers()
        notebook.cells = self._put_together()
        self.rebuilt.notes += put_checks_below(notebook.cells)

    def _pass_over_fences(self) -> None:
        left: list[str] = []
        for item in self.placed:
            if item.cell.is_code:
                item.cell.source, names = without_fences(item.cell.source, self.stubs)
                left += sorted(names)
        if left:
            self.say(f"Markdown's fences were left out of the code of: {listed(left)}")

    def _pass_over_left_raises(self) -> None:
        left: list[str] = []
        for item in self.placed:
            if item.cell.is_code:
                item.cell.source, names = without_left_raise(item.cell.source)
                left += names
        if left:
            names_ = listed(left)
            self.say(f"the stub's raise above the answer was left out: {names_}")

    def _choose(self) -> None:
        """Of several cells in one place choose one; the others stay or say nothing."""
        groups: dict[int, list[Placed]] = {}
        copies: list[str] = []
        for item in self.placed:
            if item.index is not None:
                groups.setdefault(item.index, []).append(item)
        for index, group in groups.items():
            cell = self.cells[index]
            if is_prose_answer(cell):
                continue  # all of them are looked at
            chosen = self._best(cell, group)
            if chosen is not None:
                chosen.takes_place = True
            for item in group:
                if item is chosen:
                    continue
                kept = chosen.cell.source if chosen is not None else ""
                if any(same_text(item.cell.source, t) for t in (cell.source, kept)):
                    item.taken = True
                    continue
                if item.cell.is_code or cell.cell_type == "code":
                    if item.cell.grade_id and item.cell.is_code:
                        copies.append(item.cell.grade_id)
                    item.index = None
        if copies:
            self.say(f"copies that stay plain cells: {listed(copies)}")

    def _best(self, cell: NotebookNode, group: list[Placed]) -> Placed | None:
        """The first cell of the right kind; for an exercise, the first that has it."""
        code = cell.cell_type == "code"
        right = [item for item in group if item.cell.is_code == code]
        if is_code_answer(cell):
            name = grade_id(cell)
            for item in right:
                if name in written(item.cell.source, self.stubs):
                    return item
            changed = [i for i in right if not is_released(i.cell.source, cell.source)]
            right = changed or right
        return right[0] if right else None

    def _take_code_from_text(self) -> None:
        """Take an exercise that stands in a cell of text, if it stands nowhere else."""
        done: set[str] = set()
        taken: dict[str, list[str]] = {}
        for item in self.placed:
            if item.cell.is_code:
                done |= written(item.cell.source, self.stubs)
        for number, item in reversed(list(enumerate(self.placed))):
            if item.cell.is_code or set(self.stubs) <= done:
                continue
            text = item.cell.source
            if (
                item.index is not None
                and self.cells[item.index].cell_type == "markdown"
            ):
                text = own_text(item, self.cells)
            code, names, is_all = code_in_text(text, self.stubs)
            if not names - done:
                continue
            done |= names
            kind = "Markdown" if item.cell.kind == "markdown" else item.cell.kind
            taken.setdefault(kind, []).extend(sorted(names))
            found = copy.copy(item)
            found.cell = copy.copy(item.cell)
            found.cell.kind, found.cell.source = "code", without_left_raise(code)[0]
            found.swallowed = []
            found.index, found.takes_place, found.is_code_answer = None, False, True
            # words beside the code stay where they are
            item.taken = item.taken or (is_all and item.index is None)
            item.is_code_answer = is_all
            self.placed.insert(number + 1, found)
        for kind, names_ in taken.items():
            said = listed(reversed(names_))
            self.say(f"stood in a {kind} cell and was taken as code: {said}")
        self._say_what_is_no_python(done)

    def _say_what_is_no_python(self, done: set[str]) -> None:
        """Name the exercises that only a text defines, and that cannot be taken."""
        texts = []
        for item in self.placed:
            index = item.index
            if index is not None and self.cells[index].cell_type == "markdown":
                texts.append(own_text(item, self.cells))
            elif not item.cell.is_code and not item.is_code_answer:
                texts.append(item.cell.source)
        seen = set(_DEFINED.findall("\n".join(texts)))
        if unread := [name for name in self.stubs if name in seen - done]:
            self.say(
                "stands in a cell of text, and Python cannot read it; look at it: "
                f"{listed(unread)}"
            )

    def _find_lost_solutions(self) -> None:
        """Give cells without metadata back their place, by a name that they define."""
        taken = {item.index for item in self.placed if item.takes_place}
        lost: list[str] = []
        for name, index in self.place.items():
            if index in taken:
                continue
            found = [
                item
                for item in self.placed
                if item.index is None and item.cell.is_code and not item.taken
                if name in written(item.cell.source, self.stubs)
            ]
            if found:
                # a cell that writes nothing else is more surely its own
                chosen = min(
                    found, key=lambda item: len(written(item.cell.source, self.stubs))
                )
                chosen.index, chosen.takes_place = index, True
                taken.add(index)
                if not chosen.is_code_answer:
                    lost.append(name)
        if lost:
            self.say(f"had lost its metadata, found by name: {listed(lost)}")

    def _leave_stubs_out(self) -> None:
        """Run no stub of an exercise that another cell writes."""
        elsewhere = []
        copied = False
        sources = [item.cell.source for item in self.placed if item.cell.is_code]
        done = set().union(*(written(source, self.stubs) for source in sources), set())
        for item in self.placed:
            if not item.cell.is_code or item.taken:
                continue
            own = self.cells[item.index] if item.takes_place else None
            name = grade_id(own) if own is not None and is_code_answer(own) else ""
            if name in done and is_released(item.cell.source, own.source):
                own.metadata[OURS] = {"not_run": True}
                elsewhere.append(name)
                continue
            without = without_stubs(item.cell.source, done, self.stubs)
            if without != item.cell.source:
                copied = True
                item.cell.source = without
        if copied:
            self.say("a copy of a stub was left out, since its exercise is written")
        there = {item.index for item in self.placed if item.takes_place}
        for name, index in self.place.items():
            if index not in there and name in done:
                self.cells[index].metadata[OURS] = {"not_run": True}
                elsewhere.append(name)
        if elsewhere:
            names = ", ".join(elsewhere)
            self.say(f"found in another cell, and not run in its own: {names}")

    def _say_what_is_missing(self) -> None:
        if not any(item.cell.source.strip() for item in self.placed):
            self.say("the notebook is empty")
            return
        there = {item.index for item in self.placed}
        solutions: list[str] = []
        checks: list[str] = []
        for index, cell in enumerate(self.cells):
            left_out = cell.metadata.get(OURS, {}).get("not_run")
            if nbgrader_info(cell) and index not in there and not left_out:
                (solutions if is_solution(cell) else checks).append(grade_id(cell))
        if (solutions or checks) and not any(map(self._is_of_this, self.placed)):
            self.say("nothing in the notebook is of this chapter; it may be another's")
            return
        if solutions:
            self.say(f"the cell for the answer is missing: {listed(solutions)}")
        if checks:
            self.say(f"the check cell is missing: {listed(checks)}")

    def _is_of_this(self, item: Placed) -> bool:
        """Whether a submitted cell is surely one of this chapter's that are graded.

        A stub without a name of its own is like those of other chapters.
        """
        if item.index is None:
            return False
        cell, mine = self.cells[item.index], item.cell
        return bool(nbgrader_info(cell)) and (
            grade_id(cell) in (mine.grade_id, mine.cell_id)
            or cell.id == mine.cell_id
            or bool(written(mine.source, self.stubs))
            or (bool(exercise_of(cell)) and same_text(mine.source, cell.source))
        )

    def _take_answers(self) -> None:
        for index, cell in enumerate(self.cells):
            if not is_prose_answer(cell):
                continue
            answer = find_answer(self.cells, index, self.placed)
            for item in self.placed:
                item.taken = item.taken or item.index == index
            if answer.untouched:
                continue
            name = grade_id(cell)
            cell.source = harmless_prose(answer.source, answer.attachments)
            if answer.attachments:
                cell.attachments = nbformat.from_dict(answer.attachments)
            if answer.waits:
                cell.metadata[OURS] = {"waits": answer.waits}
                self.say(f"{name} waits for a person: {answer.waits}")

    def _put_together(self) -> list[NotebookNode]:
        """The released cells and the student's own, in the student's order."""
        order: list[NotebookNode] = []
        home: dict[int, NotebookNode] = {}
        for number, item in enumerate(self.placed):
            index = item.index
            stands = item.takes_place or item.taken or not item.cell.is_code
            if index is not None and exercise_of(self.cells[index]) and not item.taken:
                # what was written into a check cell runs before the check
                order += self._written_into_check(item)
                item.taken = True
            if index is not None and index not in home and stands:
                home[index] = self.cells[index]
                order.append(home[index])
            if not item.taken:
                order += self._own_cells(item, number)
        self._say_what_was_changed()
        for index, cell in enumerate(self.cells):
            if index in home:
                continue
            home[index] = cell
            known = {id(other) for other in self.cells}
            at = 0
            if index > 0:
                before = home[index - 1]
                at = 1 + next(i for i, other in enumerate(order) if other is before)
            while at < len(order) and id(order[at]) not in known:
                at += 1  # what a student wrote there stays with the cell above
            order.insert(at, cell)
        return order

    def _own_cells(self, item: Placed, number: int) -> list[NotebookNode]:
        """What a submitted cell adds; a source that is the student's own is put in."""
        source = item.cell.source
        if item.index is None:
            if item.cell.is_code:
                return [added_code(source, f"added-{number}")]
            return added_text(source, f"added-{number}", item.cell.attachments)
        cell = self.cells[item.index]
        if cell.cell_type == "markdown":
            if item.is_code_answer or is_prose_answer(cell):
                return []
            own = source if item.cell.is_code else own_text(item, self.cells)
            own = "" if same_text(own, cell.source) else own
            if own:
                self.written_into.append(cell.id)
            return added_text(own, f"written-{cell.id}", item.cell.attachments)
        if not item.cell.is_code:
            same = same_text(source, cell.source) or item.is_code_answer
            text = "" if same else source
            return added_text(text, f"added-{number}", item.cell.attachments)
        if is_solution(cell):
            if item.takes_place:
                cell.source = source
            return []
        if same_text(source, cell.source):
            return []
        self.changed.append(cell.id)
        new = top_level_names(source) - top_level_names(cell.source)
        needed = is_setup(cell) or bool(new & self._used())
        return [added_code(source, f"changed-{cell.id}", demonstration=not needed)]

    def _say_what_was_changed(self) -> None:
        if self.put_back:
            self.say(f"the changed check cell was put back: {listed(self.put_back)}")
        if self.changed:
            names = listed(self.changed)
            self.say(f"was changed and put back; the change runs after it: {names}")
        if self.written_into:
            names = listed(self.written_into)
            self.say(f"what was written into a text stands below it: {names}")

    def _written_into_check(self, item: Placed) -> list[NotebookNode]:
        """What a check cell holds beyond its own line; that is put back."""
        cell = self.cells[item.index]
        source = item.cell.source
        if same_text(source, cell.source):
            return []
        self.put_back.append(grade_id(cell))
        line = rf"^{re.escape(cell.source.strip())}[ \t]*\n*"
        own = re.sub(line, "", source, count=1, flags=re.MULTILINE).strip("\n")
        if not own.strip():
            return []
        needed = bool(top_level_names(own) & self._used())
        return [added_code(own, f"changed-{cell.id}", demonstration=not needed)]

    def _used(self) -> set[str]:
        """The names that exercises are, and those that the student's own code uses."""
        used = set(self.stubs)
        for item in self.placed:
            own = item.index is None or is_solution(self.cells[item.index])
            if item.cell.is_code and own:
                uses = used_names(item.cell.source)
                used |= uses.at_once | uses.later
        return used

"""An answer in prose, written where no one looks for it, and what is no answer."""

from __future__ import annotations

from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell

from autograde.tests.graded_class import cell_of
from autograde.tests.grading.odd_edits import (
    ANSWER,
    OTHER_PICTURE,
    PICTURE,
    Odd,
    answered,
    at,
    copied,
    course_text,
    delete,
    moved,
    other_edition,
    place,
    put,
    question,
    retype,
    source,
    steps,
    strip,
    with_picture,
)

own = new_markdown_cell(ANSWER)
wide = "Above two over the largest curvature the path grows from wall to wall."
there = (ANSWER,)
zero = None

PROSE: dict[str, Odd] = {
    "untouched": Odd(lambda notebook: None, zero),
    "in its cell": Odd(answered, there),
    "in its cell, the stub's line left": Odd(
        source("long_valley", lambda text: f"{text}\n\n{ANSWER}"), there
    ),
    "in Chinese": Odd(source("long_valley", "陡的方向限制学习率。"), ("陡的方向",)),
    "below the question": Odd(put(own, by=0), there, says=("long_valley waits",)),
    "below its cell": Odd(put(own), there, says=("long_valley waits",)),
    "two cells below the question": Odd(
        steps(put(own, by=0), put(new_markdown_cell(wide), by=0)), (ANSWER, wide)
    ),
    "around its cell": Odd(
        steps(put(own, by=0), put(new_markdown_cell(wide))), (ANSWER, wide)
    ),
    "in the question's cell": Odd(
        lambda nb: question(nb).update(source=f"{question(nb).source}\n\n{ANSWER}"),
        there,
    ),
    "on the question's last line": Odd(
        lambda nb: question(nb).update(source=f"{question(nb).source} {ANSWER}"), there
    ),
    "above the question's text": Odd(
        lambda nb: question(nb).update(source=f"{ANSWER}\n\n{question(nb).source}"),
        there,
    ),
    "in the middle of the question": Odd(
        lambda nb: question(nb).update(
            source=question(nb).source.replace("Say what", f"{ANSWER} Say what")
        ),
        there,
    ),
    "over the question": Odd(lambda nb: question(nb).update(source=ANSWER), there),
    "merged with the question": Odd(
        steps(
            lambda nb: question(nb).update(source=f"{question(nb).source}\n\n{ANSWER}"),
            delete("long_valley"),
        ),
        there,
    ),
    "split in two, both with the metadata": Odd(
        steps(answered, copied("long_valley", wide, 1)), (ANSWER, wide)
    ),
    "split in two, the second without": Odd(
        steps(answered, copied("long_valley", wide, 1, keep_id=False)), (ANSWER, wide)
    ),
    "split in three": Odd(
        steps(
            answered,
            copied("long_valley", wide, 1),
            lambda nb: put(new_markdown_cell("And the third part."), by=2)(nb),
        ),
        (ANSWER, wide, "And the third part."),
    ),
    "made anew": Odd(
        steps(put(own), delete("long_valley")),
        there,
        says=("the cell for the answer is missing: long_valley",),
    ),
    "made anew as raw": Odd(
        steps(put(new_raw_cell(ANSWER)), delete("long_valley")), there
    ),
    "made anew at the end": Odd(steps(at(-1, own), delete("long_valley")), there),
    "at the end, its cell untouched": Odd(at(-1, own), there),
    "at the top, its cell untouched": Odd(at(0, own), there),
    "as raw below the question": Odd(put(new_raw_cell(ANSWER), by=0), there),
    "its cell turned into raw": Odd(
        steps(answered, retype("long_valley", "raw")), there
    ),
    "its cell turned into code": Odd(
        steps(answered, retype("long_valley", "code")), there
    ),
    "in a new code cell": Odd(put(new_code_cell(ANSWER)), there),
    "in comments": Odd(put(new_code_cell(f"# {ANSWER}\n# {wide}")), (ANSWER, wide)),
    "in a string": Odd(put(new_code_cell(f'"""{ANSWER}"""')), there),
    "its cell as code with comments": Odd(
        steps(source("long_valley", f"# {ANSWER}"), retype("long_valley", "code")),
        there,
    ),
    "under the next heading": Odd(put(own, by=2), there),
    "in the next text": Odd(
        lambda nb: nb.cells[place(nb, "long_valley") + 1].update(
            source=f"{nb.cells[place(nb, 'long_valley') + 1].source}\n\n{ANSWER}"
        ),
        there,
    ),
    "far off, with the question's name": Odd(
        at(20, new_markdown_cell(f"Answer to: one rate for a long valley\n\n{ANSWER}")),
        there,
    ),
    "a picture alone": Odd(
        lambda nb: with_picture(
            cell_of(nb, "long_valley"),
        ).update(source="![image.png](attachment:image.png)"),
        ("(attachment:image.png)",),
        shown=(PICTURE["image/png"],),
    ),
    "a picture in a new cell": Odd(
        put(with_picture(new_markdown_cell(ANSWER))),
        there,
        shown=(PICTURE["image/png"],),
    ),
    "a picture in the question's cell": Odd(
        lambda nb: with_picture(question(nb)),
        ("(attachment:image.png)",),
        shown=(PICTURE["image/png"],),
    ),
    "two pictures of one name": Odd(
        steps(
            lambda nb: with_picture(cell_of(nb, "long_valley")),
            put(with_picture(new_markdown_cell(ANSWER), OTHER_PICTURE)),
        ),
        there,
        shown=(PICTURE["image/png"], OTHER_PICTURE["image/png"]),
    ),
    "stripped, in its cell": Odd(steps(answered, strip()), there),
    "stripped of ids": Odd(steps(answered, strip(metadata=False)), there),
    "stripped of metadata": Odd(steps(answered, strip(ids=False)), there),
    "stripped, below the question": Odd(steps(put(own, by=0), strip()), there),
    "stripped, in the question's cell": Odd(
        steps(
            lambda nb: question(nb).update(source=f"{question(nb).source}\n\n{ANSWER}"),
            strip(),
        ),
        there,
    ),
    "stripped, as code": Odd(
        steps(answered, retype("long_valley", "code"), strip()), there
    ),
    "stripped, without the question": Odd(
        steps(answered, lambda nb: nb.cells.remove(question(nb)), strip()), there
    ),
    "stripped, untouched": Odd(strip(), zero),
    "its cell moved to the end": Odd(steps(answered, moved("long_valley", -1)), there),
    "its cell moved to the top": Odd(steps(answered, moved("long_valley", 0)), there),
    "pasted twice": Odd(steps(answered, copied("long_valley", ANSWER, 1)), there),
    "a copy of the stub below it": Odd(
        steps(answered, copied("long_valley", "YOUR ANSWER HERE", 1)), there
    ),
    "a copy of the stub above it": Odd(
        steps(answered, copied("long_valley", "YOUR ANSWER HERE", 0)), there
    ),
    "merged with the text below": Odd(
        lambda nb: cell_of(nb, "long_valley").update(
            source=f"{ANSWER}\n\n{nb.cells.pop(place(nb, 'long_valley') + 1).source}"
        ),
        there,
    ),
    "untouched, merged with the text below": Odd(
        lambda nb: cell_of(nb, "long_valley").update(
            source="YOUR ANSWER HERE\n\n"
            + nb.cells.pop(place(nb, "long_valley") + 1).source
        ),
        zero,
    ),
    "with HTML": Odd(source("long_valley", f"<b>{ANSWER}</b>"), there),
    "very long": Odd(source("long_valley", f"{ANSWER}\n\n" + wide * 4000), there),
    "deleted": Odd(
        delete("long_valley"), ("not in the submission",), says=("long_valley waits",)
    ),
    "emptied": Odd(
        source("long_valley", ""), ("was emptied",), says=("long_valley waits",)
    ),
    "code beside it": Odd(
        put(new_code_cell("print(2 / 18)")),
        ("own code stands beside",),
        says=("long_valley waits",),
    ),
    "blanks around the stub": Odd(
        source("long_valley", lambda text: f"\n {text} \n\n"), zero
    ),
    "a note in another section": Odd(
        put(new_markdown_cell("Remember this one."), "forward"),
        zero,
        shown=("Remember this one.",),
    ),
    "a typing error mended in the question": Odd(
        lambda nb: question(nb).update(
            source=question(nb).source.replace("Look at", "Have a look at")
        ),
        zero,
    ),
    "another edition of the text": Odd(other_edition, zero),
    "another edition, answered": Odd(steps(other_edition, answered), there),
    "another edition, in a new cell": Odd(steps(other_edition, put(own)), there),
    "a written text of the course": Odd(
        lambda nb: course_text(nb).update(
            source=f"{course_text(nb).source}\n\nMine: {wide}"
        ),
        zero,
        shown=(wide,),
    ),
    "notes in raw cells": Odd(
        at(10, new_raw_cell("A raw remark.")), zero, shown=("A raw remark.",)
    ),
}

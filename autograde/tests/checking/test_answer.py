"""What a check answers: complete in text and in HTML, safe, and the same each time."""

import re
from html.parser import HTMLParser

import numpy as np

from autograde.checking.answer import (
    check_answer,
    feedback_answer,
    hint_answer,
    points_text,
)
from autograde.checking.compare import Mismatch, compare
from autograde.checking.verdict import NOT_RUN, PASSED, WRONG, Judgement, Verdict


class Reader(HTMLParser):
    """Collects tags and text, and notices a tag that is not closed."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.open, self.text = [], [], []
        self.feed(page)
        assert not self.open

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.text.append(data)


def wrong(expected, got, label="three rows", part=""):
    mismatch = compare(np.asarray(expected), np.asarray(got), part=part)
    return Verdict(label, WRONG, mismatch=mismatch)


def judgement(*verdicts, says=""):
    return Judgement("softmax", 3, list(verdicts), says=says)


def test_both_forms_hold_the_numbers_the_mistake_and_the_hints():
    expected, got = (
        np.array([[1.5, 2.5], [3.5, 4.5]]),
        np.array([[1.5, 9.25], [3.5, 4.5]]),
    )
    verdicts = [Verdict("one row", PASSED), wrong(expected, got, part="dW")]
    answer = check_answer(
        judgement(*verdicts, says="You forget `N`."),
        ["Do this next."],
        ["look", "closer"],
    )
    page = "".join(Reader(answer.html).text)
    for text in (answer.text, page):
        for piece in (
            "9.25",
            "2.5",
            "row 0, column 1 of dW",
            "three rows",
            "Do this next.",
            "1.5 of 3",
        ):
            assert piece in text
    assert "You forget N." in page and "<code>N</code>" in answer.html
    assert "look" in page and 'hint("softmax")' in answer.text


def test_numbers_stand_in_a_table_with_headers():
    answer = check_answer(judgement(wrong(np.arange(50.0), np.arange(50.0) + 1)))
    tags = Reader(answer.html).tags
    scopes = [a.get("scope") for tag, a in tags if tag == "th"]
    assert scopes.count("col") == 3 and scopes.count("row") == 4


def test_what_is_wrong_is_said_in_words():
    def said(mismatch, outcome=WRONG):
        return check_answer(judgement(Verdict("a", outcome, mismatch=mismatch))).text

    flag = compare({"keeps the order": np.bool_(False)}, {"keeps the order": True})
    assert "values of keeps the order: True, expected False" in said(flag)
    raised = Mismatch("raised", "NameError: name 'x' is not defined", got="NameError")
    assert "your code raised NameError: name 'x'" in said(raised, "raised")
    nothing = said(compare(np.ones((4, 2)), None))
    assert "returned nothing" in nothing and "is a `return` missing?" in nothing
    assert re.search(r"result +None +array, shape \(4, 2\)", nothing)


def test_hints_open_one_inside_the_other_without_a_kernel():
    answer = check_answer(judgement(wrong([1.0], [2.0])), hints=["a", "b", "c"])
    assert re.findall(r"<summary>(.*?)</summary>", answer.html) == [
        "Hint 1 of 3",
        "Hint 2 of 3",
        "Hint 3 of 3",
    ]
    assert (
        "<details"
        not in check_answer(judgement(Verdict("x", PASSED)), hints=["a"]).html
    )


def test_what_a_student_writes_never_becomes_markup():
    verdict = wrong([1.0, 2.0], [1.0, 3.0], label="<script>alert(1)</script>")
    verdict.where = "line 1: <img src=x onerror=alert(1)>"
    answer = check_answer(judgement(verdict, says="<b>bold</b>"), ["<i>x</i>"], ["<u>"])
    assert not {"script", "img", "i", "u"} & {
        tag for tag, _ in Reader(answer.html).tags
    }


def test_feedback_says_why_but_no_number_of_the_case():
    failed = judgement(wrong([[1.25, 2.5]], [[7.125, 2.5]]), Verdict("other", PASSED))
    for form in feedback_answer(failed)._repr_mimebundle_().values():
        assert "1.25" not in form and "7.125" not in form
        assert "the numbers differ" in form


def test_nothing_run_is_not_called_wrong():
    answer = check_answer(judgement(Verdict("a", NOT_RUN), Verdict("b", NOT_RUN)))
    assert answer.text == "softmax: not attempted yet"
    assert "✗" not in answer.html


def test_hints_in_text_count_and_end():
    assert "Hint 1 of 2" in hint_answer("f", ["a", "b"], 1).text
    assert "no more" in hint_answer("f", ["a", "b"], 2).text
    assert "has no hints" in hint_answer("f", [], 0).text


def test_points_have_no_needless_digits():
    assert [points_text(p) for p in (3, 2.5, 1 / 3, 10.0)] == ["3", "2.5", "0.33", "10"]

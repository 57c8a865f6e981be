"""A submitted file is read: outputs do not count, text and pictures have a limit."""

from __future__ import annotations

import json

import pytest

from autograde.notebooks.submitted import (
    MAX_BYTES,
    UnreadableSubmission,
    drop_outputs,
    read_cells,
    read_submission,
)

PICTURE = "iVBORw0KGgo="


def notebook(*cells: dict, **more) -> bytes:
    return json.dumps({"nbformat": 4, "cells": list(cells), **more}).encode()


def code(source: str, **more) -> dict:
    return {"cell_type": "code", "source": source, "metadata": {}, **more}


def text(source: str, **more) -> dict:
    return {"cell_type": "markdown", "source": source, "metadata": {}, **more}


def test_outputs_of_any_size_are_dropped(tmp_path):
    outputs = [{"output_type": "display_data", "data": {"image/png": "A" * 2**23}}]
    path = tmp_path / "large.ipynb"
    path.write_bytes(notebook(*[code(f"x = {i}", outputs=outputs) for i in range(6)]))
    assert path.stat().st_size > MAX_BYTES
    kept = read_submission(path)
    assert len(kept) < 1000
    assert [cell.source for cell in read_cells(kept)] == [f"x = {i}" for i in range(6)]


def test_what_looks_like_outputs_elsewhere_stays():
    cells = [
        code('"outputs": [1, 2]', outputs=[{"text": ['a "quoted\\" [ {']}]),
        code("b", metadata={"outputs": [1], "nbgrader": {"grade_id": "b"}}),
        text("c", outputs="no list"),
    ]
    sent = notebook(*cells, metadata={"widgets": {"cells": [{"outputs": [1]}]}})
    kept = json.loads(drop_outputs(sent))
    assert [cell["source"] for cell in kept["cells"]] == ['"outputs": [1, 2]', "b", "c"]
    assert kept["cells"][1]["metadata"] == cells[1]["metadata"]
    assert [cell.get("outputs") for cell in kept["cells"]] == [[], None, "no list"]
    assert kept["metadata"] == {}


@pytest.mark.parametrize("cut", [1, 40, 90])
def test_a_file_that_ends_in_the_middle_is_no_notebook(cut):
    sent = notebook(code("x = 1", outputs=[{"text": "y" * 100}]))
    with pytest.raises(UnreadableSubmission, match="ends in the middle"):
        read_cells(sent[:-cut])


def test_a_string_without_an_end_is_gone_through_once():
    sent = b'{"cells": "' + rb"\"" * 10**6  # as many strings as could begin
    assert drop_outputs(sent) == sent


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_other_encodings_are_read(encoding):
    sent = notebook(text("Größe · 梯度")).decode().encode(encoding)
    assert read_cells(sent)[0].source == "Größe · 梯度"


@pytest.mark.parametrize(
    "encoding, text_, said",
    [
        ("gb18030", "陡的方向限制学习率——“步长”不能大于二除以最大曲率", "as GB 18030"),
        ("cp1252", "Größe: Lösung für Maß – müßig", "as Windows-1252"),
    ],
)
def test_a_code_page_of_windows_is_read_and_said(tmp_path, encoding, text_, said):
    path = tmp_path / "x.ipynb"
    outputs = [{"text": "y" * 100}]
    sent = json.loads(notebook(text(text_), code("x = 1", outputs=outputs)))
    path.write_bytes(json.dumps(sent, ensure_ascii=False).encode(encoding))
    notes: list[str] = []
    assert read_cells(read_submission(path, notes.append))[0].source == text_
    (note,) = notes
    assert said in note
    assert b"yyy" not in read_submission(path)


def test_a_damaged_letter_costs_only_itself(tmp_path):
    path = tmp_path / "x.ipynb"
    sent = json.dumps(json.loads(notebook(text("梯度下降"))), ensure_ascii=False)
    path.write_bytes(sent.encode().replace("度".encode(), b"\xff"))
    notes: list[str] = []
    assert read_cells(read_submission(path, notes.append))[0].source == "梯\ufffd下降"
    assert "damaged letters (1)" in notes[0]


def test_lines_without_ends_are_lines():
    cells = [code(["x = 1", "y = 2"]), code(["x = 1\n", "y = 2"]), code(["x = 1"])]
    found = [cell.source for cell in read_cells(notebook(*cells))]
    assert found == ["x = 1\ny = 2", "x = 1\ny = 2", "x = 1"]


@pytest.mark.parametrize("number", ["4", 4.5, None])
def test_the_number_of_the_format_need_not_be_there(number):
    (cell,) = read_cells(
        notebook(code("\ufeffx = 1")).replace(
            b'"nbformat": 4', b'"nbformat": ' + json.dumps(number).encode()
        )
    )
    assert cell.source == "x = 1"


DATA = f"data:image/png;base64,{PICTURE}"


@pytest.mark.parametrize(
    "pasted, left",
    [
        (f"See ![so]({DATA}) here", "See ![so](attachment:pasted-1.png) here"),
        (f'![so]({DATA} "title")', "![so](attachment:pasted-1.png)"),
        (f"<img width='9' src='{DATA}' alt='so'>", "![](attachment:pasted-1.png)"),
        (
            f"![so][one]\n\n[one]: <{DATA}>\n\nWords",
            "![so][one]\n\n![one](attachment:pasted-1.png)\n\nWords",
        ),
    ],
)
def test_a_picture_pasted_as_data_is_an_attachment(pasted, left):
    (cell,) = read_cells(notebook(text(pasted)))
    assert cell.source == left
    assert cell.attachments == {"pasted-1.png": {"image/png": PICTURE}}


def test_a_pasted_picture_is_no_million_of_characters():
    data = "QUJD" * 500_000
    given = {"pasted-1.png": {"image/png": PICTURE}}
    pasted = text(f"![a](data:image/jpg;base64,{data})", attachments=given)
    (cell,) = read_cells(notebook(pasted))
    assert cell.source == "![a](attachment:pasted-1.jpeg)"
    assert cell.attachments == given | {"pasted-1.jpeg": {"image/jpeg": data}}


@pytest.mark.parametrize(
    "source", ["![a](data:image/svg+xml;base64,QUJD)", "![a](data:image/png;base64,Q)"]
)
def test_what_is_no_harmless_picture_stays_text(source):
    (cell,) = read_cells(notebook(text(source)))
    assert (cell.source, cell.attachments) == (source, {})
    (cell,) = read_cells(notebook(code(f"# ![a]({DATA})")))
    assert (cell.source, cell.attachments) == (f"# ![a]({DATA})", {})


def test_text_and_pictures_have_a_generous_limit_that_is_said(tmp_path):
    path = tmp_path / "pictures.ipynb"
    picture = {"a.png": {"image/png": "QUJD" * (MAX_BYTES // 8)}}
    path.write_bytes(notebook(text("One picture.", attachments=picture)))
    assert read_cells(read_submission(path))[0].attachments == picture
    path.write_bytes(notebook(*[text("Three.", attachments=picture)] * 3))
    with pytest.raises(UnreadableSubmission, match=r"32 are allowed \(outputs do not"):
        read_submission(path)
    with pytest.raises(UnreadableSubmission, match="characters; 1,000,000 are read"):
        read_cells(notebook(code("x" * 1_000_001)))


def test_attachments_are_pictures_and_nothing_else():
    given = {
        "a.png": {"image/png": [PICTURE[:4], PICTURE[4:]]},
        "b.svg": {"image/svg+xml": "<svg onload='x()'/>"},
        "c.png": {"image/png": '"><script>x()</script>'},
        "d": "no forms",
    }
    (cell,) = read_cells(notebook(text("x", attachments=given)))
    assert cell.attachments == {"a.png": {"image/png": PICTURE}}


def test_a_notebook_of_format_3_is_read():
    cells = [
        {"cell_type": "heading", "level": 2, "source": ["Mine"]},
        {"cell_type": "code", "input": ["x = 1\n", "y = 2"], "outputs": []},
        {"cell_type": "markdown", "source": "words"},
    ]
    sent = {"nbformat": 3, "worksheets": [{"cells": cells[:2]}, {"cells": cells[2:]}]}
    found = read_cells(json.dumps(sent).encode())
    assert [cell.source for cell in found] == ["## Mine", "x = 1\ny = 2", "words"]
    assert [cell.is_code for cell in found] == [False, True, False]


def test_what_a_server_sent_of_a_notebook_is_read():
    sent = {"type": "notebook", "content": json.loads(notebook(code("x = 1")))}
    assert [cell.source for cell in read_cells(json.dumps(sent).encode())] == ["x = 1"]


@pytest.mark.parametrize(
    "sent, said",
    [
        (b'{"cells": [\n<<<<<<< HEAD\n{}\n=======\n>>>>>>> b\n]}', "git's conflict"),
        (b"<!DOCTYPE html>\n<html></html>", "a web page"),
        (b"%PDF-1.7\n", "a PDF"),
        (b"PK\3\4rest", "a zip"),
        (b"\x1f\x8b\x08", "packed"),
        (b"Rar!\x1a\x07", "an archive"),
        (b"\x89PNG\r\n", "a picture"),
        (b"# %%\nx = 1\n", "a program"),
        (b"import numpy as np\n", "a program"),
        (b"x = 1\n", "not JSON"),
        (b'{"cells": [],\n}', "from line 2, column 1 on"),
        (b'{"cells": []}\n{"cells": []}', "two were joined"),
        (b'{"cells": {}}', "no list of cells"),
    ],
)
def test_a_file_that_is_no_notebook_is_called_what_it_is(sent, said):
    with pytest.raises(UnreadableSubmission, match=said):
        read_cells(sent)


def test_a_mark_of_conflict_inside_a_cell_is_the_cells_matter():
    (cell,) = read_cells(notebook(code("<<<<<<< HEAD\nx = 1\n>>>>>>> b")))
    assert cell.source.startswith("<<<<<<< HEAD")

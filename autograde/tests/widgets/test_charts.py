"""Charts are drawn twice from one description, whatever the numbers are."""

from __future__ import annotations

import re
import time
import xml.etree.ElementTree as ElementTree
from itertools import pairwise

import numpy as np
import pytest
from matplotlib import pyplot as plt

from autograde.figures.style import png_text
from autograde.widgets import Bars, Heat, Lines
from autograde.widgets.charts import TOP

NAN, INF = float("nan"), float("inf")
CHARTS = {
    "two lines": lambda: Lines("T", {"a": [1, 2, 3], "b": [3, 2.5, 2]}, "Alt."),
    "log": lambda: Lines("T", {"a": [1, 0, -2, 1e-300, 1e300]}, "Alt.", log=True),
    "gaps": lambda: Lines("T", {"a": [NAN, 1, INF, 2, 3, -INF]}, "Alt.", marks=["a"]),
    "all gaps": lambda: Lines("T", {"a": [NAN] * 4}, "Alt.", log=True),
    "no line": lambda: Lines("T", {}, "Alt."),
    "one point": lambda: Lines("T", {"a": [5]}, "Alt."),
    "empty line": lambda: Lines("T", {"a": []}, "Alt."),
    "huge": lambda: Lines("T", {"a": [-1e308, 1e308]}, "Alt."),
    "constant": lambda: Lines("T", {"a": [2.0] * 9}, "Alt.", log=True),
    "pairs": lambda: Lines("T", {"a": ([0, 10], [1, 2])}, "Alt.", xlim=(0, 5)),
    "one limit": lambda: Lines("T", {"a": [1, 2]}, "Alt.", xlim=(3, 3), ylim=(NAN, 1)),
    "long": lambda: Lines("T", {"a": np.arange(100_000.0)}, "Alt."),
    "bars": lambda: Bars("T", {"x": 0.2, "y": 0.8, "z": -0.1}, "Alt.", strong=["y"]),
    "bad bars": lambda: Bars("T", {"x": NAN, "y": INF}, "Alt."),
    "no bars": lambda: Bars("T", {}, "Alt."),
    "many bars": lambda: Bars("T", {str(i): i for i in range(500)}, "Alt."),
    "heat": lambda: Heat("T", np.eye(3), "Alt.", rows="abc", columns=["p", "q", "r"]),
    "bad heat": lambda: Heat("T", [[NAN, INF]], "Alt.", mark=(0, 1)),
    "empty heat": lambda: Heat("T", np.zeros((0, 3)), "Alt."),
    "constant heat": lambda: Heat("T", np.ones((2, 2)), "Alt.", low=1, high=1),
}


@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.filterwarnings("ignore")
def test_a_chart_is_valid_svg_and_a_picture(name):
    chart = CHARTS[name]()
    svg = chart.svg()
    root = ElementTree.fromstring(svg)
    assert root.attrib["aria-label"] == "Alt." and "T" in svg
    assert "nan" not in svg.replace(": nan", "") and not re.search(r'="-?inf', svg)
    assert len(svg) < 120_000
    if name not in ("huge",):  # matplotlib's own limit
        assert png_text(chart.figure())


def test_a_line_is_where_its_numbers_are():
    svg = Lines("T", {"a": [0, 1]}, "A.", xlim=(0, 1), ylim=(0, 1)).svg()
    points = re.search(r'points="([^"]+)"', svg)[1].split()
    (x0, y0), (x1, y1) = [tuple(map(float, p.split(","))) for p in points]
    assert x0 < x1 and y0 > y1  # upwards is less in SVG
    assert (x0, y1) == (62, 30)


@pytest.mark.parametrize(
    "numbers, log, why",
    [
        ([NAN, NAN], False, "NaN"),
        ([INF, NAN], False, "∞"),
        ([-INF], True, "−∞"),
        ([0, -2, NAN], True, "≤ 0"),
        ([0, -2, NAN], False, ""),
        ([NAN, 1], True, ""),
        ([], False, ""),
    ],
)
def test_a_line_that_cannot_be_seen_says_why(numbers, log, why):
    chart = Lines("T", {"line": numbers, "b": [1, 2]}, "A.", log=log)
    name = f"line ({why})" if why else "line"
    assert f">{name}</text>" in chart.svg()
    legend = chart.figure().axes[0].get_legend()
    assert [text.get_text() for text in legend.get_texts()] == [name, "b"]
    plt.close("all")


def test_lines_that_cannot_be_seen_and_whose_names_begin_alike_stay_several():
    names = ["learning rate 0.5", "learning rate 0.9"]
    chart = Lines("T", {name: [NAN, NAN] for name in names}, "A.")
    assert chart.svg().count("(NaN)</text>") == 2
    assert len(chart.figure().axes[0].lines) == 2
    plt.close("all")


def test_a_bar_stays_in_its_frame_and_no_number_is_no_zero():
    bars = {"high": 64.3, "none": NAN, "half": 0.5}
    svg = Bars("T", bars, "A.", top=1).svg()
    drawn = re.findall(r'<rect [^>]*y="([\d.]+)"[^>]*height="([\d.]+)"', svg)
    assert len(drawn) == 2  # none of them for what is no number
    assert all(float(y) >= TOP for y, _ in drawn)
    assert ">64.30</text>" in svg and ">NaN</text>" in svg and ">0.00" not in svg
    figure = Bars("T", bars, "A.", top=1).figure()
    assert [text.get_text() for text in figure.axes[0].texts] == ["NaN"]
    plt.close("all")


def test_bars_of_nothing_have_an_axis_to_read():
    svg = Bars("T", {"a": 0.0, "b": NAN}, "A.").svg()
    assert ">0.2</text>" in svg and "e-" not in re.sub(r"<[^>]*>", "", svg)


def test_squares_without_a_number_are_crossed_out():
    svg = Heat("T", [[NAN, 0.5], [1, -INF]], "A.").svg()
    assert svg.count("<path") == 2


def test_gaps_part_a_line():
    svg = Lines("T", {"a": [1, 2, NAN, 3, 4]}, "A.").svg()
    assert svg.count("<polyline") == 2


def test_text_cannot_become_markup():
    bad = '<script>alert("x")</script>'
    charts = [
        Lines(bad, {bad: [1, 2]}, bad, x=bad, y=bad),
        Bars(bad, {bad: 1}, bad, y=bad),
        Heat(bad, [[1]], bad, rows=[bad], columns=[bad]),
    ]
    for chart in charts:
        assert "<script" not in chart.svg()
        ElementTree.fromstring(chart.svg())


@pytest.mark.parametrize(
    "chart",
    [
        Lines("T", {"a": [[1, 2]]}, "A."),
        Lines("T", {"a": ([1, 2], [1])}, "A."),
        Lines("T", {"a": ["x"]}, "A."),
        Heat("T", [1, 2], "A."),
    ],
)
def test_other_shapes_are_refused_with_a_sentence(chart):
    with pytest.raises(ValueError):
        chart.svg()


def test_four_lines_of_two_hundred_points_take_a_hundredth_of_a_second():
    chart = Lines("T", {n: np.random.rand(200) for n in "abcd"}, "A.", log=True)
    chart.svg()
    start = time.process_time()
    for _ in range(10):
        chart.svg()
    assert (time.process_time() - start) / 10 < 0.05  # matplotlib: 0.2


TOKENS = ["[CLS]", "the", "actors", "are", "not", "bad", ",", "but", "they"]
TOKENS += ["deserve", "more", ".", "[SEP]"]
COLUMNS = {
    "letters": list("kovacovic"),
    "units": [str(unit) for unit in range(40, 60)],
    "tokens": TOKENS,
    "many tokens": [*TOKENS, "cinematography", *TOKENS[1:9]],
    "long": ["a very long name of a column", "and another one"],
}


@pytest.mark.parametrize("columns", COLUMNS.values(), ids=COLUMNS)
def test_names_below_a_table_do_not_overlap(columns):
    table = np.zeros((3, len(columns)))
    heat = Heat("T", table, "Alt.", columns=columns)
    figure = heat.figure()
    figure.draw_without_rendering()
    labels = figure.axes[0].get_xticklabels()
    plt.close(figure)
    assert [label.get_text() for label in labels] == columns
    places = [label.get_transform().transform(label.get_position()) for label in labels]
    apart = places[1][0] - places[0][0]
    if labels[0].get_rotation():
        assert apart > labels[0].get_fontsize() * figure.dpi / 72
    else:
        boxes = [label.get_window_extent() for label in labels]
        ends = [(box.x0, box.x1) for box in boxes]
        assert all(a[1] < b[0] for a, b in pairwise(ends))


@pytest.mark.parametrize("columns", COLUMNS.values(), ids=COLUMNS)
def test_names_below_a_live_table_slant_where_they_have_no_room(columns):
    root = ElementTree.fromstring(
        Heat("T", np.zeros((3, len(columns))), "Alt.", columns=columns).svg()
    )
    height = float(root.get("viewBox").split()[3])
    cell = float(next(rect for rect in root.iter() if rect.tag == "rect").get("width"))
    names = {text.text: text for text in root.iter() if text.tag == "text"}
    shown = [names[name[:12]] for name in columns]
    slanted = [text.get("transform") is not None for text in shown]
    widest = max(7 * len(text.text) for text in shown)
    assert slanted == [widest > cell] * len(columns)
    reach = widest if any(slanted) else 0
    assert all(float(text.get("y")) + reach <= height for text in shown)

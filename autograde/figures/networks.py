"""Drawings of the parts of networks that the chapters explain.

Each function returns a figure and its alternative text: ``show(*lstm_cell())``.
The parameters of the chapters' own letters are those of the course: X, W, b, h, c.
"""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from autograde.figures.drawing import arrow, box, canvas, grid, node, shade, write
from autograde.figures.drawn_texts import (
    ATTENTION,
    COMPUTATION_GRAPH,
    CONVOLUTION,
    LSTM_CELL,
    SPLIT_HEADS,
    TOWER,
    UNROLLED_RNN,
    UNROLLED_RNN_WITH_GRADIENT,
    WORDPIECE,
)
from autograde.figures.style import COLOURS, INK
from autograde.language import localised, translate

Drawing = tuple[Figure, str]
BLUE, OCHRE, _, GREEN, PURPLE, _, RED = COLOURS


def computation_graph(
    steps: Sequence[tuple[str, str]],
    parameters: Sequence[str | None] = (),
    data: Sequence[str | None] = (),
    gradients: Sequence[str] = (),
    title: str = "Values flow to the right, gradients back to the left",
) -> Drawing:
    """A chain of operations, with the gradients that flow back through it.

    steps: for each value its name and the operation that makes it, from the input on:
        ``[("X", ""), ("Z", "XW + b"), ("L", "loss")]``
    parameters: for each operation, from the first on, what it has learnt or None; a
        gradient leads to it
    data: likewise what is given, such as the truth; no gradient leads to it
    gradients: for each step after the first, the gradient that arrives there from the
        right, in the order of the steps
    """
    gap, count = 2.9, len(steps)
    figure, ax = canvas(gap * (count - 1) + 1.6, 3.7, title)
    y = 2.1
    for i, (name, operation) in enumerate(steps):
        x = 0.8 + gap * i
        node(ax, (x, y), name, radius=0.42, colour=BLUE)
        if i == 0:
            continue
        middle = x - gap / 2
        box(ax, (middle, y), operation, width=1.25, height=0.7)
        arrow(ax, (x - gap + 0.42, y), (middle - 0.63, y))
        arrow(ax, (middle + 0.63, y), (x - 0.42, y))
        start, end = (x - 0.1, y + 0.42), (middle + 0.3, y + 0.37)
        arrow(ax, start, end, colour=RED, dashed=True, bend=0.45)
        if i > 1:
            start, end = (middle - 0.3, y + 0.37), (x - gap + 0.1, y + 0.42)
            arrow(ax, start, end, colour=RED, dashed=True, bend=0.45)
        if i <= len(gradients):
            write(ax, (x - 0.2, y + 1.05), gradients[i - 1], colour=RED)
        learnt = parameters[i - 1] if i <= len(parameters) else None
        given = data[i - 1] if i <= len(data) else None
        if learnt or given:
            colour = GREEN if learnt else INK
            node(ax, (middle, 0.5), learnt or given or "", radius=0.42, colour=colour)
            arrow(ax, (middle - 0.1, 0.92), (middle - 0.1, y - 0.36))
        if learnt:
            start, end = (middle + 0.12, y - 0.36), (middle + 0.12, 0.92)
            arrow(ax, start, end, colour=RED, dashed=True)
    names = ", ".join(name for name, _ in steps)
    return figure, localised(COMPUTATION_GRAPH, names=names)


def unrolled_rnn(
    steps: int = 4,
    gradient: bool = True,
    title: str = "One cell with the same weights, at every step",
) -> Drawing:
    """An RNN unrolled over two or more steps; the gradient goes back in time."""
    gap = 2.3
    figure, ax = canvas(gap * steps + 1.6, 4.3, title)
    y = 2.0
    write(ax, (0.35, y), "$h_0$", colour=BLUE)
    arrow(ax, (0.65, y), (1.2, y), colour=BLUE)
    for t in range(1, steps + 1):
        x = 1.9 + gap * (t - 1)
        box(ax, (x, y), "cell", width=1.4, height=0.9)
        write(ax, (x, 0.3), f"$x_{{{t}}}$", colour=GREEN)
        arrow(ax, (x, 0.55), (x, y - 0.47), colour=GREEN)
        last = t == steps
        end = x + gap - 0.7 if not last else x + 1.15
        arrow(ax, (x + 0.7, y), (end, y), colour=BLUE)
        write(ax, ((x + 0.7 + end) / 2, y - 0.28), f"$h_{{{t}}}$", colour=BLUE)
        if gradient and t > 1:
            start, finish = (x - 0.15, y + 0.5), (x - gap + 0.15, y + 0.5)
            arrow(ax, start, finish, colour=RED, dashed=True, bend=0.38)
            write(
                ax,
                (x - gap / 2, y + 1.35),
                rf"$\times\,\partial h_{{{t}}}/\partial h_{{{t - 1}}}$",
                colour=RED,
                size=9.5,
            )
    x = 1.9 + gap * (steps - 1)
    node(ax, (x, 3.85), "$L$", radius=0.36, colour=PURPLE)
    arrow(ax, (x, y + 0.47), (x, 3.48), colour=INK)
    if gradient:
        arrow(ax, (x + 0.25, 3.55), (x + 0.25, y + 0.48), colour=RED, dashed=True)
    seen = UNROLLED_RNN_WITH_GRADIENT if gradient else UNROLLED_RNN
    return figure, localised(seen, steps=steps)


def lstm_cell(title: str = "The cell state passes two simple operations") -> Drawing:
    """An LSTM cell: h of the step before joins x and feeds all gates; c runs above."""
    figure, ax = canvas(12.6, 6.3, title)
    top, gates, low = 5.2, 2.6, 1.0
    names = [
        (3.2, "forget\n$\\sigma$", "$f_t$", OCHRE),
        (5.0, "input\n$\\sigma$", "$i_t$", GREEN),
        (6.8, "candidate\ntanh", "$g_t$", PURPLE),
        (8.6, "output\n$\\sigma$", "$o_t$", RED),
    ]
    box(ax, (6.3, 3.15), "", width=8.6, height=5.3, dashed=True)
    # the joined input runs below the gates and feeds each of them
    arrow(ax, (0.9, low), (2.55, low), colour=BLUE)
    write(ax, (0.45, low), "$h_{t-1}$", colour=BLUE)
    write(ax, (2.4, 0.2), "$x_t$", colour=INK)
    arrow(ax, (2.75, 0.2), (3.2, 0.2), (3.2, low - 0.13), colour=INK)
    ax.plot([2.5, 8.6], [low, low], color=BLUE, lw=1.4)
    for x, text, symbol, colour in names:
        box(ax, (x, gates), text, width=1.5, height=0.95, colour=colour, size=9)
        arrow(ax, (x, low), (x, gates - 0.5), colour=BLUE)
        write(ax, (x + 0.32, gates + 0.72), symbol, colour=colour)
    # the cell state runs above
    write(ax, (0.45, top), "$c_{t-1}$")
    node(ax, (3.2, top), "×", size=13)
    node(ax, (5.9, top), "+", size=13)
    node(ax, (5.9, 4.05), "×", size=13)
    arrow(ax, (0.9, top), (2.9, top), width=2.2)
    arrow(ax, (3.5, top), (5.6, top), width=2.2)
    arrow(ax, (6.2, top), (11.6, top), width=2.2)
    write(ax, (12.05, top), "$c_t$")
    arrow(ax, (3.2, gates + 0.48), (3.2, top - 0.3), colour=OCHRE)
    arrow(ax, (5.0, gates + 0.48), (5.0, 4.05), (5.6, 4.05), colour=GREEN)
    arrow(ax, (6.8, gates + 0.48), (6.8, 4.05), (6.2, 4.05), colour=PURPLE)
    arrow(ax, (5.9, 4.35), (5.9, top - 0.3))
    # the output gate opens tanh(c) to h
    box(ax, (9.8, 4.2), "tanh", width=1.1, height=0.6, size=9)
    arrow(ax, (9.8, top), (9.8, 4.52))
    node(ax, (9.8, 2.6), "×", size=13)
    arrow(ax, (9.8, 3.9), (9.8, 2.9))
    arrow(ax, (9.35, 2.6), (9.5, 2.6), colour=RED)
    arrow(ax, (9.8, 2.3), (9.8, low), (11.6, low), colour=BLUE)
    write(ax, (12.05, low), "$h_t$", colour=BLUE)
    # and h is fed back: it is the next step's input from the left
    back = [(11.2, low), (11.2, 0.0), (0.9, 0.0), (0.9, low - 0.12)]
    arrow(ax, *back, colour=BLUE, dashed=True)
    write(ax, (6.9, 0.24), "fed back: at step $t+1$ this is $h_{t-1}$", colour=BLUE)
    return figure, translate(LSTM_CELL)


def attention(
    words: Sequence[str] = ("the", "cat", "sat"),
    weights: Sequence[float] = (0.1, 0.6, 0.3),
    query: int = 2,
    title: str = "One query asks all keys; the values are mixed by the answers",
) -> Drawing:
    """Queries, keys and values of one head for one query.

    words: the tokens     weights: the attention of the query to each, sum 1
    query: the place of the token that asks
    """
    count = len(words)
    figure, ax = canvas(11.4, 1.15 * count + 1.5, title)
    rows = [1.15 * (count - 1 - i) + 0.7 for i in range(count)]
    heads = [(1.0, "token"), (3.0, "query $q$"), (4.9, "key $k$"), (9.0, "value $v$")]
    for x, text in [*heads, (6.95, "weight"), (10.8, "output")]:
        write(ax, (x, rows[0] + 0.85), text)
    for i, (word, weight, y) in enumerate(zip(words, weights, rows, strict=True)):
        write(ax, (1.0, y), word, size=11)
        asks = i == query
        box(
            ax,
            (3.0, y),
            f"$q_{{{i + 1}}}$",
            width=0.9,
            height=0.55,
            colour=RED if asks else INK,
            dashed=not asks,
        )
        box(ax, (4.9, y), f"$k_{{{i + 1}}}$", width=0.9, height=0.55, colour=BLUE)
        box(ax, (9.0, y), f"$v_{{{i + 1}}}$", width=0.9, height=0.55, colour=GREEN)
        arrow(ax, (3.46, rows[query]), (4.44, y), colour=RED)
        arrow(ax, (5.36, y), (6.35, y), colour=BLUE)
        write(ax, (6.95, y), f"{weight:.2f}", colour=OCHRE, size=11)
        shade(ax, (6.45, y - 0.42), max(weight, 0.02), 0.12, OCHRE)
        arrow(ax, (7.55, y), (8.54, y), colour=OCHRE, width=0.8 + 4 * weight)
        arrow(ax, (9.46, y), (10.5, rows[query]), colour=GREEN, width=0.8 + 4 * weight)
    node(ax, (10.85, rows[query]), f"$o_{{{query + 1}}}$", radius=0.36, colour=PURPLE)
    said = ", ".join(f"{w} {x:.2f}" for w, x in zip(words, weights, strict=True))
    return figure, localised(ATTENTION, word=words[query], said=said)


def tower(
    layers: int = 2, title: str = "Each part adds to what passes by it"
) -> Drawing:
    """Encoder layers one above the other, with their residual connections."""
    step = 3.9
    figure, ax = canvas(7.2, step * layers + 2.2, title)
    x, side = 3.2, 5.6
    write(ax, (x, 0.35), "embeddings (T, D)")
    arrow(ax, (x, 0.6), (x, 1.1))
    for layer in range(layers):
        y = 1.1 + step * layer
        box(ax, (x, y + 1.75), "", width=5.9, height=3.5, dashed=True)
        write(ax, (0.85, y + 3.25), f"layer {layer + 1}", size=9)
        parts = [("attention", BLUE), ("feed-forward", OCHRE)]
        for part, (text, colour) in enumerate(parts):
            base = y + 0.15 + 1.7 * part
            box(ax, (x, base + 0.5), text, width=2.6, height=0.6, colour=colour)
            box(ax, (x, base + 1.3), "+ and LayerNorm", width=2.6, height=0.5, size=9)
            arrow(ax, (x, base + 0.8), (x, base + 1.05))
            way = [(x, base + 0.03), (side, base + 0.03)]
            arrow(ax, *way, (side, base + 1.3), (x + 1.3, base + 1.3), colour=GREEN)
            arrow(ax, (x, base - 0.15), (x, base + 0.2))
        arrow(ax, (x, y + 3.4), (x, y + step))
    write(ax, (x, 1.1 + step * layers + 0.25), "hidden states (T, D)")
    write(ax, ((x + 1.3 + side) / 2, 1.75), "residual", colour=GREEN, size=8)
    return figure, localised(TOWER, layers=layers)


def split_heads(
    tokens: int = 3,
    heads: int = 2,
    width: int = 2,
    title: str = "Heads are cut from the columns, not from the rows",
) -> Drawing:
    """The reshape of (T, D) into (heads, T, D / heads), by colour.

    width: columns of each head
    """
    cell, d = 0.6, heads * width
    left, middle = d * cell, width * cell
    height = max(tokens * cell, heads * (tokens * cell + 0.7)) + 0.9
    figure, ax = canvas(left + middle + 4.6, height, title)
    y = (height - 0.5 - tokens * cell) / 2
    for head in range(heads):
        colour = COLOURS[(0, 1, 3, 4)[head % 4]]
        numbers = [
            [d * t + width * head + j for j in range(width)] for t in range(tokens)
        ]
        corner = (0.4 + head * width * cell, y)
        shade(ax, corner, width * cell, tokens * cell, colour)
        grid(ax, corner, numbers, cell=cell, colour=colour)
        base = (heads - 1 - head) * (tokens * cell + 0.7) + 0.3
        place = (left + 2.6, base)
        shade(ax, place, width * cell, tokens * cell, colour)
        grid(ax, place, numbers, cell=cell, colour=colour)
        write(
            ax,
            (left + 2.6 + middle + 0.2, base + tokens * cell / 2),
            f"head {head + 1}",
            colour=colour,
            align="left",
        )
        start = (left + 0.5, y + tokens * cell / 2)
        arrow(ax, start, (left + 2.5, base + tokens * cell / 2), colour=colour)
    write(ax, (0.4 + left / 2, y + tokens * cell + 0.3), f"(T, D) = ({tokens}, {d})")
    write(
        ax,
        (left + 2.6 + middle / 2, height - 0.35),
        f"(heads, T, D / heads) = ({heads}, {tokens}, {width})",
    )
    return figure, localised(SPLIT_HEADS, tokens=tokens, d=d, width=width, heads=heads)


def convolution(
    image: Sequence[Sequence[float]],
    kernel: Sequence[Sequence[float]],
    row: int = 0,
    column: int = 0,
    title: str = "The same small weights, at every place",
) -> Drawing:
    """A kernel at one place of an image, and the output so far.

    image: (height, width)     kernel: (a, b), no larger
    row, column: where its upper left corner lies; the places before, row by row, have
        been visited
    """
    cell = 0.62
    a, b = len(kernel), len(kernel[0])
    tall, wide = len(image), len(image[0])
    rows, columns = tall - a + 1, wide - b + 1

    def total(i: int, j: int) -> float:
        return sum(
            image[i + p][j + q] * kernel[p][q] for p in range(a) for q in range(b)
        )

    output = [
        [f"{total(i, j):g}" if (i, j) <= (row, column) else "" for j in range(columns)]
        for i in range(rows)
    ]
    height = tall * cell + 1.1
    figure, ax = canvas((wide + b + columns) * cell + 4.0, height, title)
    corner = (0.3, 0.35)
    grid(ax, corner, [[f"{n:g}" for n in line] for line in image], cell=cell)
    under = (corner[0] + column * cell, corner[1] + (tall - row - a) * cell)
    shade(ax, under, b * cell, a * cell, OCHRE)
    x = wide * cell + 1.3
    place = (x, corner[1] + (tall - a) / 2 * cell)
    write(ax, (x - 0.5, height / 2 - 0.2), "∗", size=15)
    shade(ax, place, b * cell, a * cell, OCHRE)
    grid(
        ax,
        place,
        [[f"{n:g}" for n in line] for line in kernel],
        cell=cell,
        colour=OCHRE,
    )
    x += b * cell + 1.0
    write(ax, (x - 0.5, height / 2 - 0.2), "=", size=15)
    place = (x, corner[1] + (tall - rows) / 2 * cell)
    grid(ax, place, output, cell=cell, colour=BLUE)
    spot = (x + column * cell, place[1] + (rows - 1 - row) * cell)
    shade(ax, spot, cell, cell, BLUE)
    for middle, text in (
        (0.3 + wide * cell / 2, "image"),
        (wide * cell + 1.3 + b * cell / 2, "kernel"),
        (x + columns * cell / 2, "output"),
    ):
        write(ax, (middle, height - 0.3), text)
    return figure, localised(
        CONVOLUTION,
        a=a,
        b=b,
        tall=tall,
        wide=wide,
        row=row + 1,
        column=column + 1,
        total=f"{total(row, column):g}",
        rows=rows,
        columns=columns,
    )


def wordpiece(
    word: str,
    pieces: Sequence[str],
    tried: Sequence[int] = (),
    title: str = "The longest piece that is known, from the left",
) -> Drawing:
    """WordPiece on one word.

    pieces: what the tokenizer made of it, ``["token", "##ization"]``
    tried: for each piece how many longer ones were looked up in vain
    """
    cell = 0.5
    width = max(len(word) * cell + 4.2, 7.5)
    figure, ax = canvas(width, len(pieces) + 1.4, title)
    top = len(pieces) + 0.55
    start = 0
    for j, letter in enumerate(word):
        write(ax, (0.5 + (j + 0.5) * cell, top), letter, size=12)
    for i, piece in enumerate(pieces):
        length = len(piece.removeprefix("##"))
        colour = COLOURS[(0, 1, 3, 4)[i % 4]]
        y = top - 0.95 * (i + 1)
        corner = (0.5 + start * cell, y - 0.25)
        shade(ax, corner, length * cell, 0.5, colour)
        write(ax, (corner[0] + length * cell / 2, y), piece, colour=colour, size=11)
        if i < len(tried):
            text = f"after {tried[i]} longer ones" if tried[i] else "at the first try"
            write(ax, (0.8 + len(word) * cell, y), text, size=9, align="left")
        start += length
    return figure, localised(WORDPIECE, word=word, pieces=", ".join(pieces))

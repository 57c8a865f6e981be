"""What the drawings of networks show, for readers without pictures."""

from __future__ import annotations

from autograde.language import marked

COMPUTATION_GRAPH = marked(
    "A chain of values ({names}), joined by operations. Solid arrows lead from "
    "each value through an operation to the next. Dashed arrows lead the same way "
    "back, from the last value, and branch off to the parameters below."
)
UNROLLED_RNN = marked(
    "The same cell drawn {steps} times from left to right. Each takes an input "
    "from below and the hidden state from its left, and hands a new hidden state "
    "to its right; the last one feeds the loss L."
)
UNROLLED_RNN_WITH_GRADIENT = marked(
    "The same cell drawn {steps} times from left to right. Each takes an input "
    "from below and the hidden state from its left, and hands a new hidden state "
    "to its right; the last one feeds the loss L. "
    "Dashed arrows lead back from the loss to the first cell; at each step "
    "back the gradient is multiplied by one more matrix of derivatives."
)
ATTENTION = marked(
    "Attention for one query. The query of the token “{word}” is compared with the "
    "keys of all tokens. Softmax turns the scores into weights that sum to 1: "
    "{said}. The output is the sum of all values, each times its weight."
)
TOWER = marked(
    "A tower of {layers} encoder layers above the embeddings. In each layer the "
    "input goes through attention and, by a residual connection, past it; both are "
    "added and normalised. The same happens around the feed-forward part. Shape "
    "(T, D) stays the same from bottom to top."
)
SPLIT_HEADS = marked(
    "A table of {tokens} rows and {d} columns, numbered row by row. The first "
    "{width} columns of every row become head 1, the next {width} head 2, and so "
    "on: {heads} tables of {tokens} rows and {width} columns."
)
CONVOLUTION = marked(
    "A kernel of {a} by {b} numbers lies on an image of {tall} by {wide}, with its "
    "upper left corner in row {row}, column {column}. Its numbers times those "
    "under it sum to {total}, which is written into the same place of the "
    "output, {rows} by {columns}; later places are still empty."
)
WORDPIECE = marked(
    "The word {word} cut from the left into the pieces {pieces}: each is the "
    "longest piece in the vocabulary that fits what is left."
)
LSTM_CELL = marked(
    "An LSTM cell. The cell state runs along the top from left to right: it is "
    "multiplied by the forget gate, then the product of input gate and candidate "
    "is added. The hidden state of the step before and the input are joined below "
    "and feed all four gates. The new hidden state is the output gate times tanh "
    "of the new cell state; a dashed arrow feeds it back to the left, where it is "
    "the input of the next step."
)

# %% [markdown] name="title"
# # 5 BERT: from attention to fine-tuning · BERT：从注意力到微调
#
# {{exercises}}. Reading and the cells to run come on top. Take as many
# sittings as you like.
#
# Run the cells from top to bottom. A cell that needs an exercise which you
# have not written yet says so and lets you go on.

# %% [markdown] name="background"
# ## 1. Background · 背景介绍
#
# Chapter 04 trained an LSTM on movie reviews. It began with random numbers and
# had 7,500 sentences to learn both English and taste from. The first numbers
# below show that this was not enough: it is level with a bag of words.
#
# Article 003 of the five that this course answers (they have no titles; chapter
# 00 lists them) takes another way:
#
# > 大模型（Large Models）是指具有大量参数的深度学习模型，通常能够实现更高的性能。
# >
# > Large models are deep learning models with a great many parameters, which
# > can usually reach a higher performance.
#
# Such a model is trained once, on a great deal of text without labels: that is
# **pretraining** (预训练). Then its weights are adapted to one task with a few
# labelled examples: that is **fine-tuning** (微调). The article's example is
# **BERT**, the Bidirectional Encoder Representations from Transformers. Its
# whole mathematics is one line:
#
# > 其核心公式如下 (its central formula is as follows):
# > $H = \mathrm{Transformer}(X, \mathrm{MASK}, \mathrm{SEG})$

# %% [markdown] name="background-plan"
# **What this chapter builds.** Everything behind that line. You split words
# into pieces, build $X$, MASK and SEG, write **attention** (注意力, with which
# each word looks at all others), a layer and the encoder, fill it with the
# weights of a pretrained BERT, and get the library's numbers to five digits.
# On top you put the layers that make a classifier of it. Then you run the
# article's program, write its `classify_text` anew, and fine-tune.
#
# **What it needs.** Softmax and cross-entropy (chapter 02), Adam (chapter
# 01), and a wish to keep track of shapes. The pretrained model (91 MB) and
# the sentences were installed by the set-up; nothing is fetched now. The
# reference runs in less than two minutes on two cores without a GPU; most of
# that is the fine-tuning and what it is computed from.

# %% name="setup" tags=["setup"]
import math
import os
import re
import time
import unicodedata

os.environ["OMP_WAIT_POLICY"] = "passive"  # waiting threads sleep

import numpy as np
import torch
import torch.nn.functional as F
from matplotlib import pyplot as plt
from torch import nn
from tqdm.auto import tqdm

from autograde import check, hint
from autograde.datasets import bert
from autograde.figures import show

torch.set_num_threads(1)
torch.set_printoptions(precision=4, sci_mode=False)

# %% [markdown] name="helpers-text"
# Two small functions and a constant serve the whole chapter. The weights of the
# model are a dict from the library's names to tensors. `part` picks the
# entries of one block; `linear` is a dense layer, $xW^\top + b$. PyTorch
# stores $W$ as (outputs, inputs), hence the transpose.

# %% name="helpers" tags=["setup"]
EPS = 1e-12  # BERT's constant inside the root of every LayerNorm


def part(params, prefix):
    """The entries whose names begin with prefix, the prefix removed."""
    cut = len(prefix)
    return {
        name[cut:]: value
        for name, value in params.items()
        if name.startswith(prefix)
    }


def linear(x, params, name):
    """x W^T + b, with the weights called name.weight and name.bias."""
    return x @ params[f"{name}.weight"].T + params[f"{name}.bias"]


# %% [markdown] name="target-text"
# The road's end first. The cell shows a record: four classifiers, trained on
# 50 to 7,500 of the sentences and tested on the same 1,572. It took about 20
# minutes, so it was run once, by `python -m autograde.records.bert`; anyone
# can repeat it. The bag of words and the LSTM are those of chapter 04, run by
# its own code. The best one, BERT with all its layers fine-tuned, is what you
# build here: with two layers tuned you get near it in a minute or two.

# %% name="target"
from autograde.records import load_record

record = load_record("bert")
ladder, full_run = record["ladder"]["rows"], record["full_run"]
seconds = sum(epoch["cpu_seconds"] for epoch in full_run["epochs"])
ladder.append(["fine-tuned BERT", 7500, 0, full_run["test"], seconds])
METHODS = ["bag of words", "LSTM", "frozen BERT", "fine-tuned BERT"]
for name in METHODS:
    most = max(row[1] for row in ladder if row[0] == name)
    mean = np.mean([row[3] for row in ladder if row[:2] == [name, most]])
    print(f"{name:16} {mean:.1%} right, trained on {most} sentences")

# %% [markdown] name="data-text"
# The data are those of chapter 04: sentences from movie reviews, each rated
# by 20 people; label 1 says that the mean rating is positive.

# %% name="data"
from autograde.datasets.sentences import load_sentences

data = load_sentences()
for name in ("train", "validation", "test"):
    texts = getattr(data, name).texts
    share = getattr(data, name).labels.mean()
    print(f"{name:10} {len(texts):5} sentences, {share:.1%} positive")
data.train.texts[0]

# %% [markdown] name="concepts"
# ## 2. Core concepts · 核心概念与联系
#
# - A **token** (词元) is what the model reads: a word or a **word piece**
#   (词片, WordPiece). $X$ holds the numbers of the tokens, their **ids**.
# - An **embedding** (嵌入) is the row of a table that belongs to an id.
# - **Attention** (注意力) lets every token look at every other one and take a
#   weighted mean of what it finds. An LSTM hands its state from word to word;
#   attention reaches any word in one step, to the left and to the right. That
#   is why BERT is called **bidirectional** (双向).
# - A **Transformer encoder** (编码器) is a stack of layers of attention and
#   dense networks. Its output $H$ is the **hidden state** (隐藏状态): one
#   vector for each token, which depends on the whole sentence.

# %% [markdown] name="concepts-masks"
# - **MASK** (遮蔽) means two things. In the formula it is a row of 1 and 0
#   that hides the **padding** (填充), the filling behind short texts. In
#   pretraining, `[MASK]` is a token that hides a word to be guessed. The
#   article says 遮蔽符号 for both.
# - **SEG** (段) tells the two sentences of a pair apart. The article calls it
#   a bias, 段偏置. It is an embedding: a table of two rows.
# - The **pooler** (池化层) makes one vector of $H$, and the **output layer**
#   (输出层, also called the classification head, 分类头) makes one number for
#   each class of it. A task adds them on top.
#
# The article says that deep learning builds its features with the multilayer
# perceptron (通过多层感知机（MLP）来构建复杂的特征表示). A Transformer contains
# one in each layer; what moves information between words is attention.

# %% name="concepts-picture" tags=["hide-input"]
# Picture: the parts of a BERT classifier, and which of them learn.
from autograde.figures import COLOURS, INK, networks
from autograde.figures.drawing import arrow, box, canvas, write

BLUE, RED = COLOURS[0], COLOURS[6]
fig, ax = canvas(11.2, 8.1, "Only the top of the tower learns here")
blocks = [
    ("text", INK, ""), ("word pieces: X, MASK, SEG", INK, ""),
    ("embeddings: word + position + segment", BLUE, "pretrained, frozen"),
    ("layers 1 to 4: attention, dense network", BLUE, "pretrained, frozen"),
    ("layers 5 and 6", RED, "pretrained, fine-tuned"),
    ("H: one vector per token", INK, ""),
    ("pooler, output layer: class probabilities", RED, "new, trained"),
]
for row, (label, colour, what) in enumerate(blocks):
    y = 0.5 + 1.15 * row
    box(ax, (3.8, y), label, width=7.2, height=0.75, colour=colour)
    write(ax, (7.7, y), what, colour=colour, align="left")
    if row:
        arrow(ax, (3.8, y - 0.77), (3.8, y - 0.38))
show(fig, alt="A tower of boxes from the text at the bottom over word "
     "pieces, embeddings and layers to the output layer; the two top layers "
     "and what is above them are marked as fine-tuned, the rest as frozen.")

# %% [markdown] name="model-text"
# ### The model of this chapter
#
# It is called **all-MiniLM-L6-v2**. It has the form of a BERT; its weights
# were made in four steps:
#
# 1. A Transformer of the size of BERT, a UniLM v2, was pretrained by guessing
#    hidden words ([Bao and others, 2020](https://arxiv.org/abs/2002.12804)), a
#    variant of BERT's own pretraining
#    ([Devlin and others, 2019](https://arxiv.org/abs/1810.04805)).
# 2. A model of 12 layers, 384 wide, learned to imitate its attention:
#    **distillation** (知识蒸馏). It is called MiniLM ([its
#    model card](https://huggingface.co/microsoft/MiniLM-L12-H384-uncased);
#    [Wang and others, 2020](https://arxiv.org/abs/2002.10957)).
# 3. Every second layer was kept: 6 layers remain
#    ([nreimers/MiniLM-L6-H384-uncased](https://huggingface.co/nreimers/MiniLM-L6-H384-uncased)).
# 4. The authors of Sentence Transformers trained it further on over a billion
#    pairs of sentences: among many sentences, find the one that belongs to this
#    one. That is **contrastive learning** (对比学习). Texts were cut at 128
#    tokens, and a sentence was the mean of its tokens
#    ([model card](https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2)).
#
# So this BERT has no layer that guesses words. Its pooler took no part in
# step 4. And in that step it saw no text of more than 128 tokens, though its
# table has 512 positions. The cell looks at the pooler.

# %% name="model-facts"
weights = bert.load_weights()
print(f"{sum(value.numel() for value in weights.values()):,} numbers")
for name in ("pooler.dense", "encoder.layer.5.output.dense"):
    bias, matrix = weights[f"{name}.bias"], weights[f"{name}.weight"]
    print(f"{name:28} largest bias {bias.abs().max():.3f}, "
          f"weights' standard deviation {matrix.std():.3f}")

# %% [markdown] name="model-facts-note"
# All biases of the pooler are exactly 0, as those of a layer that was never
# trained: no training moves hundreds of numbers and leaves each of them at 0.
# So fine-tuning has to teach it.

# %% [markdown] name="steps"
# ## 3. The algorithm, step by step · 核心算法原理具体操作步骤
#
# 1. Split every word into pieces: `wordpiece`.
# 2. Build $X$, MASK and SEG: `encode_pair`.
# 3. Sum and normalise three embeddings: `layer_norm`, `bert_embeddings`.
# 4. Attend: `scaled_dot_product_attention`, `multi_head_attention`.
# 5. Make a layer of it: `gelu`, `encoder_layer`.
# 6. Stack the layers and fill in the real weights: `bert_encoder`.
# 7. See how BERT was pretrained: `mask_tokens`.
# 8. Use them (section 5): `pooled_logits`, `classify_text`,
#    `parameter_groups`, `linear_warmup`, `freeze`, `fine_tune`.

# %% [markdown] name="wordpiece-text"
# ### Exercise: `wordpiece`
#
# - **You write** the split of one word into pieces of a fixed vocabulary, by
#   the longest match from the left.
# - **Why** No vocabulary of whole words has them all. With 30,522 pieces rare
#   words are written in several parts. Where no piece fits, as for an emoji,
#   the whole word becomes unknown, `[UNK]`.
# - **When it is right** 2,000 real sentences get the same pieces as from the
#   library.

# %% exercise="wordpiece"
def wordpiece(word, vocab):
    """Split one word into the pieces of a vocabulary, longest match first.

    word: str, one word, already in lower case, without spaces
    vocab: dict[str, int], piece -> id; only its keys matter here

    Returns a list of pieces. From the left, take the longest beginning of
    what remains of the word that is in vocab; every piece but the first is
    looked up, and returned, with "##" in front. A taken piece is never given
    back. Where no piece fits, the whole word becomes ["[UNK]"], and so does
    a word of more than 100 characters. An empty word gives [].
    """
    ### BEGIN SOLUTION
    if len(word) > 100:
        return ["[UNK]"]
    pieces, start = [], 0
    while start < len(word):
        for end in range(len(word), start, -1):
            piece = ("##" if start > 0 else "") + word[start:end]
            if piece in vocab:
                break
        else:
            return ["[UNK]"]
        pieces.append(piece)
        start = end
    return pieces
    ### END SOLUTION

# %% name="wordpiece-try"
vocab = bert.load_vocabulary()
print(len(vocab), "pieces")
for word in ["film", "unwatchable", "cinematography", "影", "🙂"]:
    print(f"{word:15}", wordpiece(word, vocab))

# %% name="wordpiece-picture" tags=["hide-input"]
# Picture: one word, its pieces, and how many longer ones were tried first.
word, tried = "unwatchable", []
pieces = list(wordpiece(word, vocab))
left = len(word)
for piece in pieces:
    size = len(piece.removeprefix("##"))
    tried.append(left - size)
    left -= size
show(*networks.wordpiece(word, pieces, tried))

# %% [markdown] name="normalise-text"
# Before a word is split, the text must become words. BERT's "uncased"
# tokenizer writes everything in lower case, strips accents, sets every
# punctuation mark and every Chinese character apart, and drops control
# characters. `split_text` does that. The cell compares your pieces with the
# library's on the first 2,000 sentences: how many agree, with `split_text`,
# and with a text that is only lowered and cut at its spaces?

# %% name="normalise"
def is_control(letter):
    """Control characters and the sign of a byte that could not be read."""
    return unicodedata.category(letter)[0] == "C" or letter == "\ufffd"


def is_cjk(letter):
    """Chinese characters, which BERT takes one by one."""
    return "CJK UNIFIED" in unicodedata.name(letter, "")


def is_mark(letter):
    """Punctuation; ASCII signs such as $ and ^ count as punctuation, too."""
    ascii_sign = letter.isascii() and not letter.isalnum()
    return ascii_sign or unicodedata.category(letter).startswith("P")


def split_text(text):
    """Words as the uncased BERT sees them."""
    text = "".join(" " if c.isspace() else c for c in text)
    text = "".join(c for c in text if not is_control(c))
    text = unicodedata.normalize("NFD", text.lower())
    text = "".join(c for c in text if unicodedata.category(c) != "Mn")
    apart = (f" {c} " if is_mark(c) or is_cjk(c) else c for c in text)
    return "".join(apart).split()


# %% name="wordpiece-predict"
from autograde import predict, reveal

predict("wordpiece-naive", "Of 2,000 sentences that are only lowered and "
        "cut at spaces, how many get the library's pieces?",
        number=True, unit="sentences")

# %% name="wordpiece-library"
tokenizer = bert.load_tokenizer()
same = naive_same = 0
for text in data.train.texts[:2000]:
    expected = tokenizer.tokenize(text)
    mine = [p for w in split_text(text) for p in wordpiece(w, vocab)]
    naive = [p for w in text.lower().split() for p in wordpiece(w, vocab)]
    same += mine == expected
    naive_same += naive == expected
print(f"{same} of 2000 sentences as in the library,")
print(f"{naive_same} without setting punctuation apart")

# %% name="wordpiece-reveal"
reveal("wordpiece-naive", naive_same)

# %% [markdown] name="wordpiece-why"
# Cut at spaces alone, "film." with its full stop is one word and falls into
# other pieces than "film" and ".". The pieces are only right after the same
# normalisation (规范化) that the model was trained with.
#
# ### Texts that show a mistake
#
# `words_of` is a small `split_text`: it writes a text in lower case, strips
# its accents and sets marks apart, which are punctuation and symbols. The two
# functions below it look right and are mistaken: on some texts they give
# other words. Try them.

# %% name="words-of"
def words_of(text):
    import unicodedata

    text = unicodedata.normalize("NFD", text.lower())
    text = "".join(c for c in text if unicodedata.category(c) != "Mn")
    marks = (f" {c} " if unicodedata.category(c)[0] in "PS" else c
             for c in text)
    return "".join(marks).split()


def words_of_1(text):
    import unicodedata

    marks = (f" {c} " if unicodedata.category(c)[0] in "PS" else c
             for c in text.lower())
    return "".join(marks).split()


def words_of_2(text):
    import string
    import unicodedata

    text = unicodedata.normalize("NFD", text.lower())
    text = "".join(c for c in text if unicodedata.category(c) != "Mn")
    marks = (f" {c} " if c in string.punctuation else c for c in text)
    return "".join(marks).split()


# %% [markdown] name="exercise-revealing-texts"
# ### Exercise: `revealing_texts`
#
# - **You write** short texts on which mistaken functions give other words
#   than `words_of`.
# - **Why** a tokenizer is tested by odd texts: on plain ones all of these
#   functions agree.
# - **When it is right** your texts show both functions above to be mistaken.
#   The grader tries five more mistakes of the same kind, and your points are
#   the share that your texts show: think of more than the two.

# %% exercise="revealing_texts"
def revealing_texts():
    """Return 1 to 3 texts that show mistakes in functions like words_of.

    Each text is a str of 1 to 12 characters.
    Returns a list of 1 to 3 such texts.
    """
    ### BEGIN SOLUTION
    return [
        "Café 影!",  # an accent, a capital letter, a character not of ASCII
        "“co-op”",  # marks that are not of ASCII, and one inside a word
        "a b$c",  # a symbol that is no punctuation
    ]
    ### END SOLUTION

# %% [markdown] name="encode-pair-text"
# ### Exercise: `encode_pair`
#
# - **You write** the three rows of numbers that the formula names: $X$, MASK
#   and SEG.
# - **Why** A batch is a rectangle, sentences are not. The mask says what is
#   text and what is filling; the segments say which sentence a token is of.
# - **When it is right** the rows below equal the library's.

# %% exercise="encode_pair"
def encode_pair(a, b, vocab, length):
    """Turn one sentence or two into the X, MASK and SEG of the formula.

    a: list[str], pieces of the first sentence
    b: list[str], pieces of the second, or None for a single sentence; an
       empty list is a second sentence without pieces
    vocab: dict[str, int], piece -> id, with [PAD], [UNK], [CLS] and [SEP]
    length: int, the number of positions to fill

    Returns ids, mask, segments: three int64 tensors of shape (length,).
    The order is [CLS] a [SEP] b [SEP], or [CLS] a [SEP] where b is None.
    mask: 1 at every position filled so far, 0 at the padding.
    segments: 0 from [CLS] to the first [SEP], both included, then 1 to the
    last [SEP], included. Padding: id of [PAD], mask 0, segment 0.
    A piece that is not in vocab gets the id of [UNK].
    Too long: remove one piece at a time from the end of the longer sentence
    (from the end of b where both are equally long) until everything fits.
    Raises ValueError where length has no room for [CLS] and every [SEP].
    """
    ### BEGIN SOLUTION
    special = 2 if b is None else 3
    if length < special:
        raise ValueError(
            f"length {length} has no room for {special} special tokens; "
            f"ask for at least {special}"
        )
    a, b, pair = list(a), list(b or []), b is not None
    while len(a) + len(b) + special > length:
        (a if len(a) > len(b) else b).pop()
    first = ["[CLS]", *a, "[SEP]"]
    second = [*b, "[SEP]"] if pair else []
    unknown = vocab["[UNK]"]
    ids = [vocab.get(piece, unknown) for piece in first + second]
    empty = length - len(ids)
    mask = [1] * len(ids) + [0] * empty
    segments = [0] * len(first) + [1] * len(second) + [0] * empty
    ids = ids + [vocab["[PAD]"]] * empty
    return torch.tensor(ids), torch.tensor(mask), torch.tensor(segments)
    ### END SOLUTION

# %% name="encode-pair-try"
a, b = "A fine film.", "I slept through it."
pieces = [[p for w in split_text(t) for p in wordpiece(w, vocab)]
          for t in (a, b)]
ids, mask, segments = encode_pair(*pieces, vocab, 16)
theirs = tokenizer(a, b, padding="max_length", max_length=16)
print(tokenizer.convert_ids_to_tokens(ids.tolist()))
for mine, name in [(ids, "input_ids"), (mask, "attention_mask"),
                   (segments, "token_type_ids")]:
    print(f"{name:15}", mine.tolist(), mine.tolist() == theirs[name])

# %% [markdown] name="layer-norm-text"
# The rule for texts that are too long, one piece off the longer sentence at a
# time, is that of the first BERT. The library shares the room out a little
# differently when both are too long: by at most one piece.
#
# ### Exercise: `layer_norm`
#
# - **You write** layer normalisation (层归一化): every token's vector gets mean
#   0 and variance 1, then a learned scale and shift.
# - **Why** It stands after every sum in BERT, 13 times in this model, and
#   brings each token's vector back to one size.
# - **When it is right** it equals `torch.nn.functional.layer_norm`.
#
# $$\mathrm{LN}(x) = \frac{x-\mu}{\sqrt{\sigma^2+\varepsilon}}\odot w + b,
# \qquad \mu=\frac1D\sum_j x_j,\quad \sigma^2=\frac1D\sum_j (x_j-\mu)^2$$

# %% exercise="layer_norm"
def layer_norm(x, weight, bias, eps):
    """Normalise the last axis of x, then scale and shift it.

    x: (..., D) floating point, with one axis or more; weight, bias: (D,)
    eps: float

    Over the last axis, subtract the mean and divide by sqrt(variance + eps),
    where the variance is the mean squared distance from the mean (divided by
    D). Then multiply by weight and add bias. Returns (..., D), dtype of x.
    """
    ### BEGIN SOLUTION
    mean = x.mean(dim=-1, keepdim=True)
    variance = ((x - mean) ** 2).mean(dim=-1, keepdim=True)
    return (x - mean) / torch.sqrt(variance + eps) * weight + bias
    ### END SOLUTION

# %% name="layer-norm-try"
x = torch.tensor([[1.0, 2.0, 6.0], [10.0, 20.0, 60.0]], dtype=torch.float64)
w, b = torch.ones(3).double(), torch.zeros(3).double()
difference = layer_norm(x, w, b, EPS) - F.layer_norm(x, (3,), w, b, EPS)
print("largest difference:", round(difference.abs().max().item(), 9))
layer_norm(x, w, b, EPS)

# %% [markdown] name="layer-norm-note"
# Both rows come out the same: the mean and the size of a vector are taken
# away; what stays is the direction of $x-\mu$. By hand, for the first row:
# $\mu=3$, $\sigma^2=(4+1+9)/3=14/3$, and $(1-3)/\sqrt{14/3}=-0.9258$.
#
# ### Exercise: `bert_embeddings`
#
# - **You write** the input of the first layer: three look-ups, a sum and a
#   LayerNorm.
# - **Why** Attention treats a sentence as a set. The position embedding (位置
#   嵌入) is all that tells "dog bites man" from "man bites dog".
# - **When it is right** it equals the library's embeddings (next cells).
#
# With $w$ the row of the word table, $u$ that of the positions and $s$ that of
# the segments, the vector of token $t$ is
#
# $$h_t = \mathrm{LN}\big(w_{x_t} + u_t + s_{\mathrm{SEG}_t}\big)$$

# %% exercise="bert_embeddings"
def bert_embeddings(ids, segments, params):
    """The input of the first layer: word + position + segment, normalised.

    ids: (B, T) int64; segments: (B, T) int64, 0 or 1
    params: dict of tensors: word_embeddings.weight (words, D),
        position_embeddings.weight (positions, D),
        token_type_embeddings.weight (2, D), LayerNorm.weight (D,),
        LayerNorm.bias (D,)

    Positions are counted from 0 in every row. LayerNorm uses EPS.
    Returns (B, T, D), dtype of the embeddings.
    Raises ValueError where T is larger than the number of positions, or
    where ids and segments have different shapes.
    """
    ### BEGIN SOLUTION
    positions = params["position_embeddings.weight"]
    if ids.shape != segments.shape:
        raise ValueError(
            f"ids have shape {tuple(ids.shape)}, segments "
            f"{tuple(segments.shape)}; they must be the same"
        )
    length = ids.shape[1]
    if length > len(positions):
        raise ValueError(
            f"{length} tokens, but the model has {len(positions)} positions; "
            f"cut the text to {len(positions)} tokens"
        )
    words = params["word_embeddings.weight"][ids]
    kinds = params["token_type_embeddings.weight"][segments]
    total = words + positions[:length] + kinds
    weight, bias = params["LayerNorm.weight"], params["LayerNorm.bias"]
    return layer_norm(total, weight, bias, EPS)
    ### END SOLUTION

# %% name="embeddings-try"
params = bert.load_weights()
library = bert.load_encoder()
X, SEG = ids[None], segments[None]
mine = bert_embeddings(X, SEG, part(params, "embeddings."))
with torch.no_grad():
    theirs = library.embeddings(input_ids=X, token_type_ids=SEG)
print(tuple(mine.shape))
print("equal to 1e-5:", torch.allclose(mine, theirs, atol=1e-5))

# %% [markdown] name="attention-text"
# Now the heart. Each token asks a question, its **query** (查询) $q$. Each
# token offers a **key** (键) $k$ and a **value** (值) $v$. The score of a
# query and a key is their scalar product. A softmax over the keys makes
# weights of the scores, and the answer is the mean of the values with these
# weights:
#
# $$\mathrm{Attention}(Q,K,V)=\mathrm{softmax}\!\left(\frac{QK^\top}{\sqrt d}
# + M\right)V,\qquad
# M_{ts}=\begin{cases}0&\text{token } s \text{ is text}\\
# -\infty&\text{token } s \text{ is padding}\end{cases}$$

# %% name="attention-drawing" tags=["hide-input"]
# Picture: one query, all keys, and the weighted sum of the values.
scores = torch.tensor([0.2, 1.9, 1.2])
show(*networks.attention(["dogs", "bite", "men"], scores.softmax(0).tolist()))

# %% [markdown] name="attention-exercise"
# ### Exercise: `scaled_dot_product_attention`
#
# - **You write** this formula for all sentences and heads at once.
# - **Why** Everything that a Transformer knows about other words passes through
#   it.
# - **When it is right** every row of the weights sums to 1 and padding gets
#   exactly nothing.
#
# The same mask is written in three ways: as 1 and 0 (the tokenizer, your
# functions), as $0$ and $-\infty$ that are added to the scores (the formula),
# and as true and false (PyTorch's own attention, later in this chapter).

# %% exercise="scaled_dot_product_attention"
def scaled_dot_product_attention(Q, K, V, mask):
    """softmax(Q K^T / sqrt(d)) V, with the padding hidden from every query.

    Q: (B, heads, T, d); K: (B, heads, S, d); V: (B, heads, S, d_v), all
        floating point; d_v may differ from d
    mask: (B, S) int64, 1 for a token, 0 for one that is hidden, anywhere in
        the row; every row has a 1

    Returns context (B, heads, T, d_v) and weights (B, heads, T, S), dtype of
    Q. weights[b, h, t, s] says how much of token s query t takes: it is
    exactly 0 where mask[b, s] is 0, however large the scores are (1e5 is
    possible), and every row over s sums to 1.
    """
    ### BEGIN SOLUTION
    scores = Q @ K.transpose(-2, -1) / math.sqrt(Q.shape[-1])
    hidden = (mask == 0)[:, None, None, :]
    weights = scores.masked_fill(hidden, -torch.inf).softmax(dim=-1)
    return weights @ V, weights
    ### END SOLUTION

# %% [markdown] name="heads-text"
# One softmax gives each token one set of weights. With several **heads**
# (多头) it gets several. The width $D$ is cut into slices of $d=D/\text{heads}$
# columns, and every head attends in its own slice. In the picture the same
# numbers lie left and right.

# %% name="heads-drawing" tags=["hide-input"]
# Picture: how the columns are cut into heads.
show(*networks.split_heads())

# %% [markdown] name="multi-head-text"
# ### Exercise: `multi_head_attention`
#
# - **You write** several attentions side by side, each on its own slice of the
#   width, and the dense layer that joins them.
# - **Why** Twelve heads can watch twelve things. What four of this model's
#   heads watch is shown after `bert_encoder`.
# - **When it is right** it equals the library's attention; a wrong reshape
#   gives the right shape and wrong numbers.

# %% exercise="multi_head_attention"
def multi_head_attention(H, mask, params, heads):
    """Several attentions side by side, each on its own slice of the width.

    H: (B, T, D) floating; mask: (B, T) int64; heads: int that divides D
    params: dict of tensors with .weight (D, D) and .bias (D,) for
        self.query, self.key, self.value and output.dense

    Project H to queries, keys and values (D wide each). Head number j takes
    columns j*d to (j+1)*d, with d = D / heads. Attend in each head, put the
    contexts of the heads side by side again in the same order, and apply
    output.dense. No residual and no LayerNorm here.
    Returns output (B, T, D) and the weights (B, heads, T, T).
    """
    ### BEGIN SOLUTION
    B, T, D = H.shape

    def split(x):
        return x.reshape(B, T, heads, D // heads).transpose(1, 2)

    Q = split(linear(H, params, "self.query"))
    K = split(linear(H, params, "self.key"))
    V = split(linear(H, params, "self.value"))
    context, weights = scaled_dot_product_attention(Q, K, V, mask)
    merged = context.transpose(1, 2).reshape(B, T, D)
    return linear(merged, params, "output.dense"), weights
    ### END SOLUTION

# %% [markdown] name="gelu-text"
# ### Exercise: `gelu`
#
# - **You write** the activation of BERT: $\mathrm{GELU}(x)=x\,\Phi(x)$.
# - **Why** The dense network of a layer needs a bend. GELU is a ReLU with a
#   soft corner.
# - **When it is right** it equals `torch.nn.functional.gelu`.

# %% exercise="gelu"
def gelu(x):
    """x times the probability that a standard normal number is below x.

    x: floating point tensor of any shape. Returns the same shape and dtype:
    x * Phi(x), Phi the distribution function of the standard normal
    distribution (exact, not one of its approximations).
    """
    ### BEGIN SOLUTION
    return x * 0.5 * (1 + torch.erf(x / math.sqrt(2)))
    ### END SOLUTION

# %% name="gelu-picture" tags=["hide-input"]
# Picture: GELU beside ReLU, and the slopes of both.
x = torch.linspace(-4, 4, 400, dtype=torch.float64, requires_grad=True)
fig, (left, right) = plt.subplots(1, 2, figsize=(7, 3))
for name, bend in {"GELU": F.gelu, "ReLU": torch.relu}.items():
    values = bend(x)
    slopes, = torch.autograd.grad(values.sum(), x)
    left.plot(x.detach(), values.detach(), label=name)
    right.plot(x.detach(), slopes, label=name)
left.set(xlabel="x", ylabel="activation",
         title="GELU bends softly through zero")
right.set(xlabel="x", ylabel="slope",
          title="ReLU passes no gradient below zero")
left.legend()
show(fig, alt="Left: GELU follows ReLU but dips to -0.17 near x = -0.75. "
     "Right: the slope of ReLU jumps from 0 to 1 at zero; that of GELU goes "
     "smoothly from a little below 0 to a little above 1.")

# %% name="layer-drawing" tags=["hide-input"]
# Picture: two layers of an encoder, with what passes by each part.
show(*networks.tower(2))

# %% [markdown] name="layer-text"
# ### Exercise: `encoder_layer`
#
# - **You write** one layer: attention, sum, LayerNorm, dense network, sum,
#   LayerNorm.
# - **Why** The sums are **residual connections** (残差连接): a layer only adds
#   a correction to what came in, and the gradient has a free way back.
# - **When it is right** it equals one layer of the library.
#
# $$A=\mathrm{LN}\big(H+\mathrm{MultiHead}(H)\big),\qquad
# H'=\mathrm{LN}\big(A+W_2\,\mathrm{GELU}(W_1A+b_1)+b_2\big)$$

# %% exercise="encoder_layer"
def encoder_layer(H, mask, params, heads):
    """One layer of BERT: attention, then a dense network, each with its sum.

    H: (B, T, D) floating; mask: (B, T) int64; heads: int
    params: dict of tensors, named as in the library:
        attention.self.query, attention.self.key, attention.self.value,
        attention.output.dense, attention.output.LayerNorm,
        intermediate.dense, output.dense, output.LayerNorm
        (each .weight and .bias)

    A = LayerNorm(H + multi-head attention of H)   attention.output.LayerNorm
    N = output.dense(gelu(intermediate.dense(A)))
    Returns LayerNorm(A + N), (B, T, D)            output.LayerNorm
    Both LayerNorms use EPS.
    """
    ### BEGIN SOLUTION
    attended, _ = multi_head_attention(
        H, mask, part(params, "attention."), heads
    )
    norm = part(params, "attention.output.LayerNorm.")
    A = layer_norm(H + attended, norm["weight"], norm["bias"], EPS)
    inner = gelu(linear(A, params, "intermediate.dense"))
    dense = linear(inner, params, "output.dense")
    norm = part(params, "output.LayerNorm.")
    return layer_norm(A + dense, norm["weight"], norm["bias"], EPS)
    ### END SOLUTION

# %% [markdown] name="encoder-text"
# ### Exercise: `bert_encoder`
#
# - **You write** the whole line $H=\mathrm{Transformer}(X,\mathrm{MASK},
#   \mathrm{SEG})$, out of your own parts.
# - **Why** This is the summit: nothing of it is borrowed any more.
# - **When it is right** the real weights give the library's hidden states.

# %% exercise="bert_encoder"
def bert_encoder(ids, mask, segments, params, heads, layers):
    """H = Transformer(X, MASK, SEG): every hidden state of BERT.

    ids, mask, segments: (B, T) int64; no id stands for padding, and the
        mask may have a 0 anywhere
    params: dict of tensors, named as in the library: embeddings.… and
        encoder.layer.0.… to encoder.layer.{layers - 1}.…
    heads, layers: int

    Returns a list of layers + 1 tensors (B, T, D): the embeddings, then the
    output of each layer. The last one is H.
    Raises ValueError where mask and ids have different shapes.
    """
    ### BEGIN SOLUTION
    if mask.shape != ids.shape:
        raise ValueError(
            f"mask has shape {tuple(mask.shape)}, ids {tuple(ids.shape)}; "
            "give one 1 or 0 for every token"
        )
    states = [bert_embeddings(ids, segments, part(params, "embeddings."))]
    for number in range(layers):
        layer = part(params, f"encoder.layer.{number}.")
        states.append(encoder_layer(states[-1], mask, layer, heads))
    return states
    ### END SOLUTION

# %% [markdown] name="summit-text"
# Now the real weights: 6 layers, 12 heads, vectors of 384 numbers. Eight
# sentences of different lengths, so that there is padding, and eight pairs.
# The cell compares every hidden state of your encoder with the library's, at
# every token that is not padding.

# %% name="summit"
HEADS, LAYERS = 12, 6
first, second = data.train.texts[:8], data.train.texts[8:16]
for name, batch in [
    ("padded sentences", tokenizer(first, padding=True, return_tensors="pt")),
    ("padded pairs",
     tokenizer(first, second, padding=True, return_tensors="pt")),
]:
    X, SEG = batch["input_ids"], batch["token_type_ids"]
    MASK = batch["attention_mask"]
    with torch.no_grad():
        mine = bert_encoder(X, MASK, SEG, params, HEADS, LAYERS)
        theirs = library(**batch, output_hidden_states=True).hidden_states
    gaps = [(m - t)[MASK == 1].abs().max() for m, t in zip(mine, theirs)]
    print(f"{name}, {tuple(X.shape)}:", "all within 1e-5:",
          all(gap < 1e-5 for gap in gaps), f"({len(gaps)} hidden states)")

# %% [markdown] name="summit-note"
# Both come from the same weights.
#
# What do the heads look at? The picture shows the weights of four chosen
# heads over one sentence: row $t$ shows where token $t$ looks. No label
# said that "they" are the actors. The cell picks, of all 72 heads, the one
# that does each of four things most. All the others are below the picture.

# %% name="attention-picture"
sentence = "The actors are not bad, but they deserve a better film."
batch = tokenizer(sentence, return_tensors="pt")
X, MASK, SEG = (batch[k] for k in
                ("input_ids", "attention_mask", "token_type_ids"))
states = bert_encoder(X, MASK, SEG, params, HEADS, LAYERS)
weights = torch.stack([
    multi_head_attention(
        states[n], MASK, part(params, f"encoder.layer.{n}.attention."), HEADS
    )[1][0]
    for n in range(LAYERS)
])  # (layers, heads, T, T)
tokens = tokenizer.convert_ids_to_tokens(X[0])
T = len(tokens)
scores = {
    "every token at the one before": weights.diagonal(-1, 2, 3).mean(-1),
    "every token at the next one": weights.diagonal(1, 2, 3).mean(-1),
    "“they” at “actors”":
        weights[:, :, tokens.index("they"), tokens.index("actors")],
    "every token at [CLS]": weights[:, :, 1:, 0].mean(-1),
}
tuple(weights.shape)

# %% name="attention-heads" tags=["hide-input"]
# Picture: the weights of four heads over one sentence.
fig, axes = plt.subplots(2, 2, figsize=(7, 7.2))
found = {}
for ax, (what, score) in zip(axes.flat, scores.items()):
    layer, head = divmod(score.argmax().item(), HEADS)
    found[what] = (layer + 1, head + 1, round(score.max().item(), 1))
    image = ax.imshow(weights[layer, head].detach(), vmin=0, vmax=1)
    ax.set_xticks(range(T), tokens, rotation=90, fontsize=7)
    ax.set_yticks(range(T), tokens, fontsize=7)
    ax.set(xlabel="token looked at", ylabel="token that looks",
           title=f"Layer {layer + 1}, head {head + 1}:\n{what}")
    ax.grid(False)
fig.colorbar(image, ax=axes, shrink=0.5, label="attention weight")
show(fig, alt="Four squares of attention weights over one sentence: one "
     "head looks at the token before, one at the next token, one joins they "
     "to actors, one sends every token to [CLS].")
found

# %% [markdown] name="heads-play-text"
# **Your turn.** Write a sentence of your own, choose a layer, and point at a
# token: each row of the picture shows where one head of that layer looks from
# there. It is computed by your own functions at every letter. Find a head
# that joins "not" to what it denies. Does it still do so in another sentence?

# %% name="heads-play"
from ipywidgets import IntSlider

from autograde.widgets import Heat, Tokens, play

words_row = Tokens([])


def heads_of(sentence, layer, token):
    pieces = [p for w in split_text(sentence) for p in wordpiece(w, vocab)]
    pieces = list(pieces[:22])
    inputs = encode_pair(pieces, None, vocab, len(pieces) + 2)
    X, MASK, SEG = (row[None] for row in inputs)
    names = ["[CLS]", *pieces, "[SEP]"]
    if words_row.tokens != names:
        words_row.tokens = names
    token = min(token, len(names) - 1)
    block = part(params, f"encoder.layer.{layer - 1}.attention.")
    with torch.no_grad():
        states = bert_encoder(X, MASK, SEG, params, HEADS, LAYERS)
        seen = multi_head_attention(states[layer - 1], MASK, block, HEADS)[1]
    seen = seen[0, :, token]
    head, place = divmod(int(seen.argmax()), len(names))
    said = (f"Layer {layer}, from “{names[token]}”: head {head + 1} looks "
            f"most, {seen.max():.2f} at “{names[place]}”")
    return Heat(
        said, seen, low=0, high=1, columns=names,
        rows=[f"head {n + 1}" for n in range(HEADS)],
        alt=f"Attention weights of {HEADS} heads (rows) on {len(names)} "
        f"tokens (columns). {said}.",
    )


words_row.tokens = ["[CLS]", "the", "actors", "are", "not", "bad", ",", "but",
                    "they", "deserve", "more", ".", "[SEP]"]
words_row.value = 8
play(
    heads_of,
    uses=["wordpiece", "encode_pair", "multi_head_attention", "bert_encoder"],
    sentence="The actors are not bad, but they deserve more.",
    layer=IntSlider(4, 1, LAYERS, description="layer"),
    token=words_row,
)

# %% [markdown] name="mask-tokens-text"
# ### Exercise: `mask_tokens`
#
# How was BERT itself pretrained, and with a variant of it the teacher of step
# 1 in section 2? By hiding words and guessing them: the **masked language
# model** (掩码语言模型, [Devlin and others,
# 2019](https://arxiv.org/abs/1810.04805), section 3.1). 15 % of the tokens
# are chosen. Of these, 80 % become `[MASK]`, 10 % become a random token, 10 %
# stay. The loss is the cross-entropy at the chosen places alone:
#
# $$L=-\frac{1}{|C|}\sum_{t\in C}\log p(x_t\mid\tilde X)$$
#
# with $C$ the chosen places and $\tilde X$ the tokens after hiding.
#
# - **You write** the hiding.
# - **Why** In use there is no `[MASK]`. Since any word may have been swapped,
#   the model cannot trust the places that are not marked either.
# - **When it is right** the shares below are near 80, 10 and 10 %.

# %% exercise="mask_tokens"
def mask_tokens(ids, special_ids, mask_id, vocab_size, generator, share=0.15):
    """Hide words for BERT's pretraining: 80 % [MASK], 10 % random, 10 % kept.

    ids: (B, T) int64; special_ids: list of ids, any of
        them, that are never chosen
    mask_id: id of [MASK]; vocab_size: number of ids
    generator: torch.Generator, the only source of randomness; a second call
        with it goes on from where the first stopped
    share: the probability with which each token is chosen

    Choose every token that is not special with probability share,
    independently of the others. Of the chosen ones 80 % become mask_id, 10 %
    become an id drawn evenly from 0 … vocab_size - 1, 10 % stay.
    Returns inputs and labels, both (B, T) int64: inputs are the ids after
    these changes; labels are the original ids at all chosen places (the ones
    that stay, too) and -100 elsewhere. ids itself is not changed.
    """
    ### BEGIN SOLUTION
    special = torch.isin(ids, torch.tensor(special_ids))
    draw = torch.rand(ids.shape, generator=generator)
    chosen = (draw < share) & ~special
    labels = torch.where(chosen, ids, -100)
    fate = torch.rand(ids.shape, generator=generator)
    other = torch.randint(vocab_size, ids.shape, generator=generator)
    inputs = ids.clone()
    inputs[chosen & (fate < 0.8)] = mask_id
    swap = chosen & (fate >= 0.8) & (fate < 0.9)
    inputs[swap] = other[swap]
    return inputs, labels
    ### END SOLUTION

# %% name="mask-tokens-try"
batch = tokenizer(data.train.texts[:2000], padding=True, return_tensors="pt")
X = batch["input_ids"]
draw = torch.Generator().manual_seed(0)
inputs, labels = mask_tokens(
    X, tokenizer.all_special_ids, tokenizer.mask_token_id, len(vocab), draw
)
chosen = labels != -100
candidates = batch["attention_mask"].sum() - 2 * len(X)
print(f"chosen: {chosen.sum() / candidates:.1%} of the words")
fates = {
    "[MASK]": inputs == tokenizer.mask_token_id, "stayed": inputs == X
}
for name, fate in fates.items():
    print(f"{name}: {(fate & chosen).sum() / chosen.sum():.0%}")
print(tokenizer.decode(inputs[3][batch["attention_mask"][3] == 1]))

# %% [markdown] name="mask-tokens-note"
# **An honest limit.** Nothing is guessed here. The model of this chapter has no
# layer that guesses words, and among the packages of PyPI the authors found
# none that ships a small, openly licensed BERT with one. With
# `bert-base-uncased`, which has it, these same `inputs` and `labels` go into
# `BertForMaskedLM(…)(input_ids=inputs, labels=labels)`; a test of this course
# checks that with a tiny model. BERT's second pretraining task, to tell whether
# one sentence follows another, is what SEG was made for.

# %% [markdown] name="mathematics"
# ## 4. The mathematics · 数学模型和公式详细讲解举例说明
#
# ### Attention by hand
#
# One query $q=(1,1)$, two keys $k_1=(2,0)$, $k_2=(0,0)$, $d=2$, values
# $v_1=10$, $v_2=20$, and a third token that is padding.
#
# Scores: $q\cdot k_1/\sqrt2 = 2/\sqrt2 = 1.4142$ and $0$. Exponentials:
# $4.1133$ and $1$. Weights: $4.1133/5.1133=0.8044$ and $0.1956$; the padding
# has $0$. Result: $10\cdot0.8044+20\cdot0.1956=11.956$.

# %% name="attention-by-hand"
q = torch.tensor([1.0, 1.0]).reshape(1, 1, 1, 2)
k = torch.tensor([[2.0, 0.0], [0.0, 0.0], [9.0, 9.0]]).reshape(1, 1, 3, 2)
v = torch.tensor([10.0, 20.0, 99.0]).reshape(1, 1, 3, 1)
context, weights = scaled_dot_product_attention(
    q, k, v, torch.tensor([[1, 1, 0]])
)
print("weights:", weights.flatten())
print("result: ", context.flatten())

# %% [markdown] name="root-d"
# ### Why the root of $d$
#
# Let the entries of $q$ and $k$ be independent, with mean 0 and variance 1.
# Each product $q_jk_j$ has mean 0 and variance 1, so their sum
# $q\cdot k=\sum_{j=1}^d q_jk_j$ has variance $d$: the scores grow with the
# root of $d$. Large scores make the softmax point at a single key, and there
# its gradient $p_i(\delta_{ij}-p_j)$ is nearly 0. Dividing by $\sqrt d$
# brings the variance back to 1. The cell measures both, for 16 keys.

# %% name="root-d-measured"
draw = torch.Generator().manual_seed(0)
print("   d   std of q·k   largest weight: plain, divided by the root")
for d in (4, 32, 384):
    q = torch.randn(2000, 1, d, generator=draw)
    k = torch.randn(2000, 16, d, generator=draw)
    scores = (q * k).sum(-1)
    plain = scores.softmax(-1).max(-1).values.mean()
    scaled = (scores / d**0.5).softmax(-1).max(-1).values.mean()
    print(f"{d:4} {scores.std():9.0f} {plain:19.2f} {scaled:14.2f}")

# %% [markdown] name="order"
# ### A set, not a sequence
#
# Without position embeddings attention cannot see order: permute the tokens
# and the outputs are permuted the same way, nothing else. The cell reverses a
# sentence, with and without the position table.

# %% name="order-measured"
X = tokenizer("dog bites man", return_tensors="pt")["input_ids"]
swapped = X[:, [0, 3, 2, 1, 4]]
ones, zeros = torch.ones_like(X), torch.zeros_like(X)
blind = dict(params)
table = "embeddings.position_embeddings.weight"
blind[table] = torch.zeros_like(params[table])
for name, weights in [("with positions", params), ("without", blind)]:
    one = bert_encoder(X, ones, zeros, weights, HEADS, LAYERS)[-1][0, 0]
    two = bert_encoder(swapped, ones, zeros, weights, HEADS, LAYERS)[-1][0, 0]
    print(f"{name:15} [CLS] differs by {(one - two).norm() / one.norm():.3f}")

# %% [markdown] name="parameters"
# ### Counting parameters
#
# With $n_w$ pieces, $n_p$ positions, width $D$, inner width $4D$, $n$ layers:
#
# - embeddings: $(n_w+n_p+2)\,D + 2D$
# - one layer: $4(D^2+D)$ for the attention, $8D^2+5D$ for the dense network,
#   $4D$ for two LayerNorms, together $12D^2+13D$
# - pooler: $D^2+D$
#
# For $n_w=30{,}522$, $n_p=512$, $D=384$, $n=6$ that is $11{,}918{,}592 +
# 6\cdot1{,}774{,}464 + 147{,}840 = 22{,}713{,}216$. More than half of it is
# the table of words.

# %% name="parameters-counted"
words, places, D, n = 30522, 512, 384, 6
table = (words + places + 2) * D + 2 * D
formula = table + n * (12 * D**2 + 13 * D) + D**2 + D
counted = sum(value.numel() for value in params.values())
print(f"formula {formula:,}, counted {counted:,}")
D, n = 768, 12
table = (words + places + 2) * D + 2 * D
formula = table + n * (12 * D**2 + 13 * D) + D**2 + D
print(f"BERT base by the same formula: {formula:,}")

# %% name="cost-predict"
predict("attention-share", "In a text of 512 tokens, about what share of all "
        "multiplications do scores and weighted sums take? The dense layers "
        "take the rest.", options=["2 %", "20 %", "50 %", "80 %"])

# %% [markdown] name="cost"
# ### What a sentence costs
#
# The dense layers take $12D^2$ multiplications a token, whatever the length.
# The scores and their use take $2TD$ a token: they grow with the length $T$.
# Both are equal at $T=6D$, here 2,304 tokens. Memory for the weights of one
# layer is $12\,T^2$ numbers (12 heads). The cell compares our sentences with
# the longest text that the model takes.

# %% name="cost-counted"
D, texts = 384, data.train.texts
mean = np.mean([len(ids) for ids in tokenizer(texts)["input_ids"]])
print(f"our sentences have {mean:.0f} tokens on average")
for T in (round(mean), 512, 6 * D):
    share = 2 * T * D / (2 * T * D + 12 * D**2)
    print(f"{T:5} tokens: attention proper {share:4.0%} of the work, "
          f"{12 * T**2:10,} weights a layer")

# %% name="cost-reveal"
share = 100 * 2 * 512 * D / (2 * 512 * D + 12 * D**2)
reveal("attention-share",
       f"{min((2, 20, 50, 80), key=lambda n: abs(n - share))} %")

# %% [markdown] name="project"
# ## 5. Project · 项目实践：代码实例和详细解释说明
#
# The article says: 我们将通过一个简单的示例来说明如何使用大型模型进行文本分类
# (*with a simple example we show how a large model is used to classify text*).
# Its program stands in the cell as it is printed there; only the installation,
# `!pip install torch transformers`, is left out. The course does not ship
# `bert-base-uncased`. Inside `bert.named` the shipped model answers to that
# name, so that the program runs unchanged.

# %% name="article-program"
PROGRAM = """
from transformers import BertTokenizer, BertForSequenceClassification

tokenizer = BertTokenizer.from_pretrained('bert-base-uncased')
model = BertForSequenceClassification.from_pretrained('bert-base-uncased')

def classify_text(text):
    inputs = tokenizer(text, return_tensors='pt')
    outputs = model(**inputs)
    logits = outputs[0]
    return logits

text = "This is a sample text."
logits = classify_text(text)
"""
article = {}
torch.manual_seed(0)  # the output layer is new: it begins with random numbers
with bert.named("bert-base-uncased"):
    exec(PROGRAM, article)
article["logits"]

# %% [markdown] name="article-note"
# It runs. Four things are missing:
#
# - It returns logits, not probabilities.
# - `grad_fn` says that it records gradients, which nobody needs here.
# - It takes one text. A list of texts of different lengths stops it, since
#   nothing pads them.
# - The output layer has never been trained, so its answers mean nothing. The
#   library warns about that.
#
# `bert.load_classifier()` is the article's `BertForSequenceClassification` over
# the shipped weights. `bert.load_classifier(source="bert-base-uncased")` is the
# article's own model, for those who have it or are online.
#
# ### Exercise: `pooled_logits`
#
# What does this class do with $H$? It takes the vector $h_0$ of `[CLS]`, the
# first token, and applies two dense layers, the pooler and the output layer:
#
# $$c = \tanh(h_0 W_p^\top + b_p), \qquad z = c\,W_c^\top + b_c$$
#
# - **You write** both.
# - **Why** With them your own encoder ends as a classifier.
# - **When it is right** its logits equal those of the library's class.

# %% exercise="pooled_logits"
def pooled_logits(H, params):
    """From the last hidden states to the logits: pooler and output layer.

    H: (B, T, D) floating, the last hidden states; token 0 is [CLS]
    params: dict of tensors, named as in the library: pooler.dense.weight
        (D, D), pooler.dense.bias (D,), classifier.weight (k, D),
        classifier.bias (k,)

    pooled: tanh of the dense layer pooler.dense, applied to [CLS] alone
    logits: the dense layer classifier, applied to pooled
    Returns pooled (B, D) and logits (B, k), dtype of H. No dropout and no
    softmax here.
    """
    ### BEGIN SOLUTION
    pooled = torch.tanh(linear(H[:, 0], params, "pooler.dense"))
    return pooled, linear(pooled, params, "classifier")
    ### END SOLUTION

# %% name="pooled-logits-try"
classifier = bert.load_classifier()
own = {name.removeprefix("bert."): value
       for name, value in classifier.state_dict().items()}
batch = tokenizer(data.train.texts[:8], padding=True, return_tensors="pt")
X, MASK, SEG = (batch[k] for k in
                ("input_ids", "attention_mask", "token_type_ids"))
with torch.no_grad():
    H = bert_encoder(X, MASK, SEG, own, HEADS, LAYERS)[-1]
    pooled, logits = pooled_logits(H, own)
    gap = (logits - classifier(**batch).logits).abs().max()
print(tuple(pooled.shape), tuple(logits.shape))
print("the library's logits to 1e-5:", (gap < 1e-5).item())

# %% [markdown] name="dropout-text"
# ### Where dropout stands
#
# **Dropout** (随机失活) sets numbers to 0 at random while a model trains, and
# makes the others larger in return, so that none becomes too important
# ([Srivastava and others, 2014](https://jmlr.org/papers/v15/srivastava14a.html)).
# Your functions have none, and equal the library in `eval` mode. The cell lists
# the places: after the embeddings, on the attention weights, before each of the
# two sums of a layer, and before the output layer. It also shows what a
# forgotten `eval` does to one sentence.

# %% name="dropout"
from collections import Counter

places = Counter(
    ".".join(part for part in name.split(".") if not part.isdigit())
    for name, module in classifier.named_modules()
    if isinstance(module, nn.Dropout) and module.p > 0
)
for place, count in places.items():
    print(f"{count:2} × {place}")
one = {name: rows[:1] for name, rows in batch.items()}
torch.manual_seed(0)
for mode in (False, True):
    classifier.train(mode)
    with torch.no_grad():
        p = [classifier(**one).logits.softmax(1)[0, 1] for _ in range(3)]
    print("training" if mode else "eval    ", [round(v.item(), 4) for v in p])
classifier.eval()
print("probability of dropping:", classifier.config.hidden_dropout_prob)

# %% [markdown] name="classify-text"
# ### Exercise: `classify_text`
#
# - **You write** the article's function, made right.
# - **Why** This is the function that a user of the model calls.
# - **When it is right** the answer for a text does not depend on its
#   neighbours in the batch, and asking twice gives the same.

# %% exercise="classify_text"
def classify_text(texts, tokenizer, model, batch_size=32):
    """The article's function, made right: the probability of every class.

    texts: list[str], or one str, which counts as a list of one
    tokenizer: of the library; called as tokenizer(texts, padding=True,
        truncation=True, max_length=…, return_tensors="pt")
    model: of the library, for sequence classification; model(**inputs)
        gives an object with .logits (B, k)

    In eval mode and without recording gradients, call the model once for
    every batch_size texts (the last batch may be smaller). Pass on all that
    the tokenizer returns: ids, mask and segments. Cut longer texts to
    model.config.max_position_embeddings tokens.
    Returns the probabilities, a floating point tensor (N, k), in the order of
    texts; (0, k) for an empty list, with k = model.config.num_labels.
    The model may stay in eval mode; nothing else of it changes. Afterwards
    torch records gradients if it did before, and does not if it did not.
    """
    ### BEGIN SOLUTION
    if isinstance(texts, str):
        texts = [texts]
    model.eval()
    parts = [torch.empty(0, model.config.num_labels)]
    for start in range(0, len(texts), batch_size):
        inputs = tokenizer(
            texts[start : start + batch_size],
            padding=True,
            truncation=True,
            max_length=model.config.max_position_embeddings,
            return_tensors="pt",
        )
        with torch.no_grad():
            logits = model(**inputs).logits
        parts.append(logits.softmax(dim=1))
    return torch.cat(parts)
    ### END SOLUTION

# %% name="classify-untrained"
classifier = bert.load_classifier()
probabilities = classify_text(data.test.texts[:200], tokenizer, classifier)
right = (probabilities.argmax(1).numpy() == data.test.labels[:200]).mean()
majority = max(data.test.labels[:200].mean(),
               1 - data.test.labels[:200].mean())
print(f"before fine-tuning: {right:.0%} right, "
      f"always the larger class: {majority:.0%}")
spread = probabilities[:, 1]
print(f"P(positive) from {spread.min():.2f} to {spread.max():.2f}")

# %% [markdown] name="classify-note"
# As promised, it knows nothing. The encoder below the output layer has
# learned a lot, though. A cheap way to use it leaves it as it is, and trains
# a logistic regression on one vector per sentence. That is a **linear probe**
# (线性探针) over **frozen features** (冻结特征).
#
# The vector is the mean of a sentence's token vectors, without the padding. It
# is `mean_over_time` of chapter 04, for a mask of 1 and 0, so it is given here.
# The authors of this model trained it with exactly this vector. It serves the
# probe and the search in section 6.

# %% name="mean-pool"
def mean_pool(H, mask):
    """One vector per sentence: the mean of its tokens, padding left out.

    H: (B, T, D) floating; mask: (B, T) int64, 1 for a token, 0 for padding
    Returns (B, D), dtype of H. A row whose mask is 0 everywhere gives zeros.
    """
    weights = mask[:, :, None].to(H.dtype)
    return (H * weights).sum(dim=1) / weights.sum(dim=1).clamp(min=1)


# %% [markdown] name="cache-text"
# Fine-tuning all 6 layers takes minutes. So the project tunes the top two.
# The lowest four stay as they are: their output for a sentence never changes,
# and it is enough to compute it once and keep it.
#
# `encode` makes ids and masks, cut at 48 tokens. `lower_layers` runs the
# frozen layers in batches of similar length, since padding costs time as
# well. The outputs are kept in half precision, in half the memory. 5,500
# sentences are for training, 500 for choosing the epoch; all
# 1,572 of the test set are for the end. From here on PyTorch may use up to
# four cores: the matrices are now large enough to be shared out.

# %% name="cache-functions"
FROZEN, LENGTH = 4, 48


def encode(texts):
    """ids and mask, both (N, LENGTH)."""
    batch = tokenizer(texts, padding="max_length", truncation=True,
                      max_length=LENGTH, return_tensors="pt")
    return batch["input_ids"], batch["attention_mask"]


@torch.no_grad()
def lower_layers(model, ids, mask, name=""):
    """Output of the embeddings and the frozen layers, (N, LENGTH, D)."""
    hidden = torch.zeros(*ids.shape, model.config.hidden_size)
    batches = mask.sum(1).argsort(stable=True).split(64)
    for i, rows in enumerate(batches):
        if name and i % 20 == 0:  # a sign of life
            print(f"{name}: {64 * i:5,} of {len(ids):,} sentences")
        longest = mask[rows].sum(1).max()
        h = model.bert.embeddings(input_ids=ids[rows, :longest])
        seen = mask[rows, None, None, :longest] == 1
        for layer in model.bert.encoder.layer[:FROZEN]:
            h = layer(h, attention_mask=seen)
            h = h[0] if isinstance(h, tuple) else h
        hidden[rows, :longest] = h
    return hidden


# %% name="cache"
torch.set_num_threads(min(4, os.cpu_count() or 1))
sets, start = {}, time.process_time()
for name, source, count in [("train", data.train, 5500),
                            ("validation", data.validation, 500),
                            ("test", data.test, 1572)]:
    ids, mask = encode(source.texts[:count])
    y = torch.tensor(source.labels[:count])
    sets[name] = lower_layers(classifier, ids, mask, name).half(), mask, y
cache_seconds = time.process_time() - start
{name: tuple(hidden.shape) for name, (hidden, _, _) in sets.items()}

# %% [markdown] name="probe-text"
# The linear probe first, on the mean of these cached vectors of layer 4, with
# the same 5,500 labels; and a bag of words on the same labels beside it. The
# strength of the regularisation is chosen on the validation sentences.
#
# In brackets stands a **Wilson interval** (威尔逊区间): with 95 % confidence the
# share in all sentences of this kind lies in it, judged by 1,572 of them
# ([Wilson, 1927](https://doi.org/10.1080/01621459.1927.10502953)). Which
# answers are right is kept for each method, to compare them in pairs later.

# %% name="probe" tags=["nbval-ignore-output"]
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression


def interval(share, count=1572, z=1.96):
    """A share with its 95 % Wilson interval, as text."""
    middle = (share + z**2 / (2 * count)) / (1 + z**2 / count)
    half = z / (1 + z**2 / count) * math.sqrt(
        share * (1 - share) / count + z**2 / (4 * count**2)
    )
    return f"{share:.1%} [{middle - half:.1%}, {middle + half:.1%}]"


def pooled_vectors(hidden, mask):
    """The mean vector of every sentence, an array (N, D)."""
    parts = zip(hidden.split(500), mask.split(500))
    return torch.cat([mean_pool(h.float(), m) for h, m in parts]).numpy()


words = CountVectorizer(binary=True).fit(data.train.texts[:5500])
counts = {n: words.transform(getattr(data, n).texts[: len(s[2])])
          for n, s in sets.items()}
vectors = {n: pooled_vectors(*s[:2]) for n, s in sets.items()}
y_test, right = sets["test"][2], {}
for name, features in [("bag of words", counts),
                       ("probe, layer 4", vectors)]:
    fits = [LogisticRegression(C=C, max_iter=1000)
            .fit(features["train"], sets["train"][2])
            for C in (0.03, 0.1, 0.3, 1)]
    best = max(fits, key=lambda fit: fit.score(features["validation"],
                                               sets["validation"][2]))
    right[name] = best.predict(features["test"]) == y_test.numpy()
    print(f"{name:16} {interval(right[name].mean())}")

# %% [markdown] name="groups-text"
# ### Exercise: `parameter_groups`
#
# - **You write** the split of the parameters into those that decay and those
#   that do not.
# - **Why** **Weight decay** (权重衰减) pulls weights towards 0, against
#   overfitting. A LayerNorm's scale should stay near 1, not near 0. BERT's
#   authors spare it, and all biases.
# - **When it is right** each trainable parameter is in one group.

# %% exercise="parameter_groups"
def parameter_groups(model, weight_decay):
    """Which parameters decay, in the form that torch.optim.AdamW takes.

    model: nn.Module; weight_decay: float
    Returns a list of two dicts with the keys "params" (a list) and
    "weight_decay": first the parameters that decay by weight_decay, then
    those that decay by 0.0. No decay: names that end in "bias", and names
    that contain "LayerNorm". Left out: parameters whose requires_grad is
    False. Every other parameter is in exactly one group.
    """
    ### BEGIN SOLUTION
    decay, keep = [], []
    for name, parameter in model.named_parameters():
        if not parameter.requires_grad:
            continue
        spared = name.endswith("bias") or "LayerNorm" in name
        (keep if spared else decay).append(parameter)
    return [
        {"params": decay, "weight_decay": weight_decay},
        {"params": keep, "weight_decay": 0.0},
    ]
    ### END SOLUTION

# %% [markdown] name="warmup-text"
# ### Exercise: `linear_warmup`
#
# - **You write** the schedule of the learning rate: up in a line, down in a
#   line.
# - **Why** At the first steps Adam knows the size of no gradient yet, and the
#   new output layer sends random errors down. A small step does less damage to
#   what pretraining learned. This is the **warm-up** (预热). What it is worth
#   here is measured below.
# - **When it is right** it equals the library's schedule (section 7).

# %% exercise="linear_warmup"
def linear_warmup(step, warmup, total):
    """The share of the learning rate used after `step` updates.

    step: int, number of updates already made, from 0
    warmup, total: int, 0 <= warmup <= total
    Returns a float: it climbs in a straight line from 0 at step 0 to 1 at
    step warmup (with warmup 0 it starts at 1), then falls in a straight line
    to 0 at step total, and stays 0.
    """
    ### BEGIN SOLUTION
    if step < warmup:
        return step / warmup
    if step >= total:
        return 0.0
    return (total - step) / (total - warmup)
    ### END SOLUTION

# %% name="warmup-picture" tags=["hide-input"]
# Picture: the learning rate over 250 updates.
steps = range(0, 251)
fig, ax = plt.subplots(figsize=(7, 2.6))
ax.plot(steps, [2e-4 * float(linear_warmup(s, 25, 250)) for s in steps])
ax.set(xlabel="updates already made", ylabel="learning rate",
       title="A tenth of the updates to warm up, the rest to come to rest")
show(fig, alt="The learning rate climbs in a line from 0 to 0.0002 at update "
     "25 and falls in a line to 0 at update 250.")

# %% [markdown] name="freeze-text"
# ### Exercise: `freeze`
#
# - **You write** the switch that keeps the embeddings and the lowest k layers
#   out of training.
# - **Why** Fewer trainable numbers: less time, less memory, less overfitting,
#   and outputs below that can be cached.
# - **When it is right** the count falls from 22,713,986 to the number below.

# %% exercise="freeze"
def freeze(model, k):
    """Leave the embeddings and the lowest k layers out of training.

    model: BertForSequenceClassification: model.bert.embeddings,
        model.bert.encoder.layer (a list of layers), pooler, classifier
    k: int from 0 (only the embeddings) to the number of layers

    Sets requires_grad of every parameter: False in the embeddings and in
    layers 0 … k - 1, True everywhere else, whatever it was before.
    Returns the number of trainable numbers (an int: the sum of the sizes of
    the trainable parameters). Changes the model in place.
    Raises ValueError for any other k.
    """
    ### BEGIN SOLUTION
    layers = model.bert.encoder.layer
    if not 0 <= k <= len(layers):
        raise ValueError(
            f"k is {k}, but the model has {len(layers)} layers; "
            f"choose a number from 0 to {len(layers)}"
        )
    model.requires_grad_(True)
    for block in [model.bert.embeddings, *layers[:k]]:
        for parameter in block.parameters():
            parameter.requires_grad = False
    return sum(p.numel() for p in model.parameters() if p.requires_grad)
    ### END SOLUTION

# %% name="freeze-try"
print(f"{sum(p.numel() for p in classifier.parameters()):,} numbers in all")
for k in range(LAYERS + 1):
    print(f"k = {k}: {freeze(classifier, k):,} trainable")
trainable = freeze(classifier, FROZEN)

# %% [markdown] name="top-text"
# `TopLayers` is the part that learns: layers 5 and 6, the pooler and the
# output layer of the article's classifier, over cached outputs. The pooler
# reads the vector of `[CLS]` alone. So the last layer need only be computed
# for one query, `[CLS]`, against all keys. Of its $12D^2$ multiplications a
# token the $2D^2$ of keys and values remain: 14 parts of 24 for both layers.
# No result changes.

# %% name="top-layers"
class TopLayers(nn.Module):
    """The upper layers of a classifier: (hidden, mask) -> logits (B, k)."""

    def __init__(self, classifier, k):
        super().__init__()
        self.layers = classifier.bert.encoder.layer[k:]
        self.pooler = classifier.bert.pooler
        self.output = classifier.classifier
        self.dropout = classifier.dropout
        self.heads = classifier.config.num_attention_heads
        self.attention_dropout = (
            classifier.config.attention_probs_dropout_prob
        )

    def forward(self, hidden, mask):
        longest = mask.sum(1).max()
        h = hidden[:, :longest].float()
        seen = mask[:, None, None, :longest] == 1
        for layer in self.layers[:-1]:
            h = layer(h, attention_mask=seen)
            h = h[0] if isinstance(h, tuple) else h
        h = self.first_token(self.layers[-1], h, seen)
        return self.output(self.dropout(self.pooler(h)))

    def first_token(self, layer, h, seen):
        """The layer's output at [CLS], (B, 1, D)."""
        block, first = layer.attention.self, h[:, :1]
        q, k, v = (
            f(x).unflatten(-1, (self.heads, -1)).transpose(1, 2)
            for f, x in ((block.query, first), (block.key, h),
                         (block.value, h))
        )
        p = self.attention_dropout if self.training else 0.0
        context = F.scaled_dot_product_attention(q, k, v, seen, dropout_p=p)
        context = context.transpose(1, 2).flatten(2)
        a = layer.attention.output(context, first)
        return layer.output(layer.intermediate(a), a)


# %% [markdown] name="tune-text"
# ### Exercise: `fine_tune`
#
# - **You write** the training loop: AdamW over your groups, your schedule,
#   clipping, validation after each epoch, the best epoch kept.
# - **Why** This is the loop behind every fine-tuned model.
# - **When it is right** the test accuracy below is about 82 % or more. Another
#   seed moves it; a record below shows by how much. The authors chose 5,500
#   sentences after they had seen test scores, so the number below is a little
#   optimistic. The reference takes about 40 seconds on two cores.

# %% exercise="fine_tune"
def fine_tune(
    model,
    train,
    validation,
    orders,
    batch_size=32,
    rate=2e-4,
    warmup_share=0.1,
    weight_decay=0.01,
    quiet=False,
):
    """Fine-tune a classifier and keep the best epoch.

    model: nn.Module; model(hidden, mask) gives logits (B, k). Some of its
        parameters may be frozen and stay so; gradients from before may be
        left in the others
    train, validation: tuples hidden (N, T, D), mask (N, T), y (N,) int64
    orders: (epochs, N) int64; row e is the order in which epoch e reads the
        training sentences, in batches of batch_size (the last may be smaller)

    Optimiser: torch.optim.AdamW over parameter_groups(model, weight_decay).
    Every update: training mode, mean cross-entropy of the batch, gradients
    from zero, their norm over all trainable parameters clipped to 1
    (torch.nn.utils.clip_grad_norm_), learning rate
    rate * linear_warmup(step, warmup, total), where step counts the updates
    already made, total is their number over all epochs and warmup is
    int(warmup_share * total).
    After every epoch: eval mode, accuracy on the validation sentences. At the
    end the model has the weights of the best epoch (the first of equal ones).
    quiet=True shows no progress bar.
    Returns the list of validation accuracies, one float per epoch. Changes
    the model in place.
    """
    ### BEGIN SOLUTION
    hidden, mask, y = train
    groups = parameter_groups(model, weight_decay)
    trainable = [p for group in groups for p in group["params"]]
    optimizer = torch.optim.AdamW(groups, lr=rate)
    total = len(orders) * math.ceil(len(y) / batch_size)
    warmup = int(warmup_share * total)
    history, best, step = [], None, 0
    bar = tqdm(total=total, disable=quiet, desc="updates")
    for order in orders:
        model.train()
        for rows in order.split(batch_size):
            for group in optimizer.param_groups:
                group["lr"] = rate * linear_warmup(step, warmup, total)
            loss = F.cross_entropy(model(hidden[rows], mask[rows]), y[rows])
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(trainable, 1.0)
            optimizer.step()
            step += 1
            bar.update()
        model.eval()
        right = 0
        with torch.no_grad():
            for h, m, t in zip(*(v.split(64) for v in validation)):
                right += (model(h, m).argmax(dim=1) == t).sum().item()
        history.append(right / len(validation[2]))
        if history[-1] > max(history[:-1], default=-1):
            best = {
                name: value.clone()
                for name, value in model.state_dict().items()
            }
    bar.close()
    model.load_state_dict(best)
    return history
    ### END SOLUTION

# %% [markdown] name="orders-text"
# The order of reading is data: `grouped_orders` shuffles, then puts sentences
# of similar length next to each other inside pools of 20 batches, so that
# little padding is computed.

# %% name="orders"
def grouped_orders(lengths, epochs, batch_size, seed):
    """Orders (epochs, N): shuffled, neighbours of similar length."""
    rng, rows = np.random.default_rng(seed), []
    for _ in range(epochs):
        mixed = rng.permutation(len(lengths))
        pools = [mixed[i : i + 20 * batch_size]
                 for i in range(0, len(mixed), 20 * batch_size)]
        batches = []
        for pool in pools:
            pool = pool[np.argsort(lengths[pool], kind="stable")]
            batches += [pool[i : i + batch_size]
                        for i in range(0, len(pool), batch_size)]
        full = [b for b in batches if len(b) == batch_size]
        rest = [b for b in batches if len(b) < batch_size]
        rng.shuffle(full)
        rows.append(np.concatenate([*full, *rest]))
    return torch.tensor(np.array(rows))


# %% name="tune" tags=["nbval-ignore-output"]
EPOCHS = 2
torch.manual_seed(0)
top = TopLayers(classifier, FROZEN)
lengths = sets["train"][1].sum(1).numpy()
start = time.process_time()
history = fine_tune(top, sets["train"], sets["validation"],
                    grouped_orders(lengths, EPOCHS, 32, seed=0))
history = [float(accuracy) for accuracy in history]
tune_seconds = time.process_time() - start
for epoch, accuracy in enumerate(history, 1):
    print(f"epoch {epoch}: {accuracy:.1%} of the validation sentences right")
print(f"{tune_seconds:.0f} CPU seconds, "
      f"and {cache_seconds:.0f} for the cache")

# %% name="tune-test" tags=["nbval-ignore-output"]
def top_probabilities(part_of_data):
    """P(positive) by the tuned top layers over cached outputs."""
    hidden, mask = part_of_data[:2]
    top.eval()
    with torch.no_grad():
        logits = [top(h, m) for h, m in zip(hidden.split(64), mask.split(64))]
    return torch.cat(logits).softmax(1)[:, 1]


p_test = top_probabilities(sets["test"])
right["fine-tuned BERT"] = ((p_test > 0.5) == y_test).numpy()
for name, hits in right.items():
    print(f"{name:16} {interval(hits.mean())}")

# %% name="tune-claim" tags=["nbval-ignore-output"]
print("at least 82 % on the test set:", 
      bool(right["fine-tuned BERT"].mean() >= 0.82))
sample = classify_text(data.test.texts[:64], tokenizer, classifier)[:, 1]
gap = (sample - p_test[:64])[sets["test"][1][:64].sum(1) < LENGTH].abs()
print("classify_text gives the same to 0.01, end to end:",
      gap.max().item() < 0.01)

# %% [markdown] name="tune-note"
# The tuned layers belong to `classifier` itself, so `classify_text` now
# answers. Try your own sentences.

# %% name="classify-tuned" tags=["nbval-ignore-output"]
for text in [
    "A warm, funny film with a wonderful cast.",
    "I have seldom been so bored in a cinema.",
    "Not bad at all.",
    "The trailer was good. The film is not.",
    "It is a film.",
]:
    p = classify_text(text, tokenizer, classifier)[0, 1]
    print(f"{p:.2f}  {text}")

# %% [markdown] name="scores-text"
# ### More than one number
#
# Accuracy counts all errors alike. The **confusion matrix** (混淆矩阵) tells
# both kinds apart. **F1** is the harmonic mean of precision and recall (精确率、
# 召回率, chapter 02) of one class; with the counts of true positives, false
# positives and false negatives it is $2\,tp/(2\,tp+fp+fn)$.
#
# A model is **calibrated** (校准) if, of all sentences for which it says 80 %,
# 80 % are positive. The picture sorts the test sentences into ten bins by
# P(positive). The mean distance of its points from the diagonal, weighted by
# the number of sentences in each bin, is the **expected calibration error**
# (期望校准误差, [Guo and others, 2017](https://arxiv.org/abs/1706.04599)).
# `calibration_error` computes it; the two functions after it are mistaken.

# %% name="calibration-error"
def calibration_error(p, y):
    bins = np.minimum((10 * p).astype(int), 9)
    error = 0.0
    for number in range(10):
        here = bins == number
        if here.any():
            error += here.mean() * abs(p[here].mean() - y[here].mean())
    return float(error)


def calibration_error_1(p, y):
    bins = np.minimum((10 * p).astype(int), 9)
    errors = []
    for number in range(10):
        here = bins == number
        if here.any():
            errors.append(abs(p[here].mean() - y[here].mean()))
    return float(np.mean(errors))


def calibration_error_2(p, y):
    bins = np.minimum((10 * p).astype(int), 9)
    error = 0.0
    for number in range(10):
        here = bins == number
        if here.any():
            error += here.mean() * (p[here].mean() - y[here].mean())
    return float(abs(error))


# %% name="scores" tags=["nbval-ignore-output"]
from sklearn.metrics import confusion_matrix, f1_score

answers = (p_test > 0.5).long()
print("rows: negative, positive; columns: answered negative, positive")
print(confusion_matrix(y_test, answers))
for label, name in enumerate(["negative", "positive"]):
    print(f"F1 of {name}: {f1_score(y_test, answers, pos_label=label):.3f}")
bins = (10 * p_test).long().clamp(max=9)
said, found = [], []
for number in bins.unique():
    here = bins == number
    said.append(p_test[here].mean().item())
    found.append(y_test[here].double().mean().item())
error = calibration_error(p_test.double().numpy(), y_test.numpy())
print(f"expected calibration error: {error:.3f}")
sure = torch.maximum(p_test, 1 - p_test).mean()
print(f"mean probability of the answer: {sure:.3f}, "
      f"right: {right['fine-tuned BERT'].mean():.3f}")

# %% name="calibration-picture" tags=["hide-input", "nbval-ignore-output"]
# Picture: what the model says against what is true, in ten bins.
fig, ax = plt.subplots(figsize=(4.6, 4.2))
ax.plot([0, 1], [0, 1], color=INK, label="calibrated")
ax.plot(said, found, marker="o", label="the model")
ax.set(xlabel="mean P(positive) that the model says, by bin",
       ylabel="share of positive sentences",
       title=f"Off the diagonal by {error:.2f} on average")
ax.legend()
show(fig, alt="Share of positive sentences against the mean probability that "
     "the model says, in ten bins, beside the diagonal of calibration.")

# %% [markdown] name="exercise-revealing-probabilities"
# In the last line above, where the first number is the larger one, the model
# is surer than it is right.
#
# ### Exercise: `revealing_probabilities`
#
# - **You write** probabilities and labels on which mistaken functions give
#   another number than `calibration_error`.
# - **Why** a number does not say how it was computed. A few probabilities and
#   labels, well chosen, tell the functions apart.
# - **When it is right** your inputs show both functions above to be mistaken.
#   The grader tries five more mistakes of the same kind, and your points are
#   the share that your inputs show.

# %% exercise="revealing_probabilities"
def revealing_probabilities():
    """Return 1 to 3 pairs (p, y) that show mistakes in calibration_error.

    p: array or list of 1 to 6 floats from 0 to 1, P(positive)
    y: as many labels, 0 or 1
    Returns a list of 1 to 3 such pairs.
    """
    ### BEGIN SOLUTION
    return [
        ([0.15, 0.15, 0.85], [1, 1, 1]),  # bins of two sizes
        ([1.0], [0]),  # the upper end of the last bin
        ([0.02, 0.22, 0.31, 0.39], [0, 0, 1, 1]),  # too high, then too low
    ]
    ### END SOLUTION

# %% [markdown] name="paired-text"
# ### Two methods, one test set
#
# All methods answered the same 1,572 sentences, so their intervals say too
# little: on most sentences two methods are right together or wrong together.
# **McNemar's test** (麦克尼马尔检验) looks only at the sentences on which two
# methods differ. If both were equally good, each would be the right one in
# half of these; the p-value is the probability of a share at least as uneven
# by chance ([McNemar, 1947](https://doi.org/10.1007/BF02295996); [Dietterich,
# 1998](https://doi.org/10.1162/089976698300017197) compares such tests). It
# says nothing about other seeds or other training sentences.

# %% name="paired" tags=["nbval-ignore-output"]
from itertools import combinations

from scipy.stats import binomtest

for one, other in combinations(right, 2):
    only_one = int((right[one] & ~right[other]).sum())
    only_other = int((right[other] & ~right[one]).sum())
    test = binomtest(only_one, only_one + only_other)
    print(f"only {one} right: {only_one}, only {other} right: {only_other}, "
          f"p = {test.pvalue:.2g}")

# %% [markdown] name="settings-text"
# ### Learning rate, warm-up, schedule
#
# The rate that you used is 2e-4. BERT's authors tried 2e-5 to 5e-5, for all
# layers of a larger model ([Devlin and others, 2019](https://arxiv.org/abs/1810.04805),
# appendix A.3). What do the settings matter? The table is a record: the recipe
# of this chapter, one setting changed at a time, made by
# `python -m autograde.records.bert_tuning settings`. A choice is made by the
# validation column; the test column shows what it would have brought. In
# brackets: the lowest and the highest seed, where there are several.

# %% name="settings-table"
runs = load_record("bert_tuning")["settings"]["rows"]
table = {}
for run in runs:
    key = run["rate"], run["warmup_share"], run["after"]
    table.setdefault(key, []).append((max(run["validation"]), run["test"]))
print("rate   warm-up  then       validation  test")
for (rate, share, then), pairs in sorted(table.items()):
    chosen, tested = np.array(pairs).T
    spread = f" [{tested.min():.1%}, {tested.max():.1%}]"
    print(f"{rate:<6} {share:7.0%}  {then:9} {chosen.mean():10.1%}  "
          f"{tested.mean():.1%}{spread if len(pairs) > 1 else ''}")

# %% [markdown] name="settings-read"
# Three seeds of one setting lie about one point apart (0.9 and 1.3 on the
# test set), so smaller differences say nothing. At 2e-5 and 5e-5 this recipe
# is three to five points lower. A likely reason: pooler and output layer
# begin untrained, and two epochs of small steps do not take them far. From
# 2e-4 to 1e-3 the test accuracies are within a point of each other.
#
# A constant rate is lower than the falling one on both sets, by a point or
# less in the mean of three seeds. Without warm-up there is one run each, with
# seed 0; the run of the same seed with warm-up is no better on validation.
# (The rows with brackets are means of three seeds.) So this record does not
# show that warm-up helps here.

# %% [markdown] name="errors-text"
# ### The surest errors
#
# The ten errors of which the model is most sure tell more than a percentage.
# Some are hard, some are judgements on which people differ, some are labels
# that one may doubt.

# %% name="errors" tags=["nbval-ignore-output"]
sure = torch.where(y_test == 1, 1 - p_test, p_test)
for i in sure.argsort(descending=True)[:10].tolist():
    print(f"P = {p_test[i]:.2f}, rated {data.test.ratings[i]:+.1f}: "
          f"{data.test.texts[i][:58]}")
weak = torch.tensor(np.abs(data.test.ratings) < 1.0)
wrong = (p_test > 0.5) != y_test
print(f"wrong: {wrong[weak].double().mean():.0%} of weakly rated sentences, "
      f"{wrong[~weak].double().mean():.0%} of the others")

# %% [markdown] name="ladder-text"
# ### The ladder, completed
#
# Chapter 04 began a ladder. The record completes it: four classifiers, each
# trained on 50 to 7,500 labels and tested on the same 1,572 sentences. Points
# with several seeds are means. The bars reach from the lowest to the highest
# seed, and at least over the 95 % interval of the test set. The bag of words
# and the LSTM are chapter 04's; with fewer labels they learn from other
# sentences than there. The frozen BERT is a linear probe on the mean of the
# last layer, layer 6. The fine-tuned BERT has all its layers trained.

# %% name="ladder-predict"
predict("labels-saved", "With how many labels does the fine-tuned BERT first "
        "beat the bag of words with all 7,500?",
        options=["150", "500", "1500", "7500"])

# %% name="ladder-picture" tags=["hide-input"]
# Picture: test accuracy of the four methods against the number of labels.
def curve(method):
    """labels -> (lowest, mean, highest accuracy in percent, mean seconds)."""
    points = {}
    for labels in sorted({row[1] for row in ladder if row[0] == method}):
        mine = [row for row in ladder if row[:2] == [method, labels]]
        shares = np.array([row[3] for row in mine])
        mean = shares.mean()
        half = 1.96 * math.sqrt(mean * (1 - mean) / 1572)
        points[labels] = (100 * min(shares.min(), mean - half), 100 * mean,
                          100 * max(shares.max(), mean + half),
                          np.mean([row[4] for row in mine]))
    return points


fig, ax = plt.subplots()
for shift, name in enumerate(METHODS):
    points = curve(name)
    low, mean, high, _ = np.array(list(points.values())).T
    ax.errorbar([n * (0.94 + 0.04 * shift) for n in points], mean,
                yerr=[mean - low, high - mean], marker="osD^"[shift],
                label=name, capsize=2)
few = curve("fine-tuned BERT")[500][1]
many = max(curve(name)[7500][1] for name in METHODS[:2])
ax.set(xscale="log", xlabel="labelled sentences", ylabel="test accuracy (%)",
       title=f"500 labels with BERT: {few:.1f} %. "
             f"7,500 without: {many:.1f} % at best")
ax.legend()
show(fig, alt="Test accuracy against the number of labels from 50 to 7,500. "
     "With 50 labels frozen BERT leads; from 150 on fine-tuned BERT leads.")

# %% name="ladder-reveal"
bag = curve("bag of words")[7500][1]
tuned_curve = curve("fine-tuned BERT")
reveal("labels-saved", str(min(n for n in tuned_curve
                               if tuned_curve[n][1] > bag)))

# %% name="seconds-picture" tags=["hide-input"]
# Picture: test accuracy against CPU seconds.
fig, ax = plt.subplots()
for shift, name in enumerate(METHODS):
    low, mean, high, x = np.array(list(curve(name).values())).T
    ax.errorbar(x, mean, yerr=[mean - low, high - mean],
                marker="osD^"[shift], label=name, capsize=2)
ax.set(xscale="log", xlabel="CPU seconds for features and training",
       ylabel="test accuracy (%)",
       title="Fine-tuning takes most seconds and gives the most accuracy")
ax.legend(loc="lower right")
show(fig, alt="Accuracy against CPU seconds, one curve for each method from "
     "50 to the most labels: the bag of words takes about a second, the "
     "fine-tuned BERT up to minutes, and its last points are the highest.")

# %% name="ladder-table"
for name in METHODS:
    for labels, (_, mean, _, seconds) in curve(name).items():
        print(f"{name:16} {labels:5} labels {mean:5.1f} % {seconds:7.1f} s")

# %% [markdown] name="ladder-read"
# Read the first picture from left to right. With 50 labels the frozen features
# are ahead, from 150 on fine-tuning. With 500 labels it has reached what the
# bag of words and the LSTM reach with 7,500: that is what pretraining buys
# here, labels. At the right end the frozen features are level with the bag of
# words.
#
# The fine-tuned point at 7,500 is one run with one seed. In chapter 04 an LSTM
# that reads both ways passed 80 % without BERT; it is not on this ladder.

# %% [markdown] name="changed-text"
# ### What fine-tuning changed
#
# How far did the weights move? The picture shows, for each block, the length
# of the change relative to the length of the weights before: for your tuned
# top, and for the recorded run over all layers and sentences.
#
# The pooler moves most, by far: it was untrained, so it had everything to
# learn, and its weights were small to begin with.

# %% name="changed-picture" tags=["hide-input", "nbval-ignore-output"]
# Picture: the relative change of every block, yours and the record's.
names = ["embeddings", *(f"encoder.layer.{n}" for n in range(6)), "pooler"]
now = classifier.bert.state_dict()


def moved(block):
    """Length of the change of a block over its length before."""
    old = part(params, f"{block}.")
    change = sum(((now[f"{block}.{n}"] - v) ** 2).sum()
                 for n, v in old.items())
    return math.sqrt(change / sum((v**2).sum() for v in old.values()))


fig, ax = plt.subplots(figsize=(7, 3.2))
places = np.arange(len(names))
ax.bar(places - 0.2,
       [100 * full_run["change_by_layer"][n] for n in names], 0.4,
       label="all layers, 7,500 sentences (record)")
ax.bar(places + 0.2, [100 * moved(n) for n in names], 0.4, hatch="//",
       label=f"top two, 5,500 sentences, {len(history)} epochs")
ax.set_xticks(places, ["embeddings", *(f"layer {n}" for n in range(1, 7)),
                       "pooler"], fontsize=8)
ax.set(ylabel="relative change (%)",
       title="A few percent of change in the layers, far more in the pooler")
ax.legend()
show(fig, alt="Bars of the relative change of the weights in the embeddings, "
     "the six layers and the pooler, for the full run and for the top two.")

# %% [markdown] name="record-text"
# The full run over all layers and all 7,500 sentences is made by `python -m
# autograde.records.bert full`, in several minutes. Its record, epoch by
# epoch; another processor may differ by a few sentences. It multiplies in
# bfloat16, numbers of 16 bits, on a processor that has instructions for them;
# the weights stay in float32.

# %% name="record-table"
for entry in full_run["epochs"]:
    print(f"epoch {entry['epoch']}: validation "
          f"{entry['validation']:.1%}, {entry['cpu_seconds']:.0f} s")
print("test:", interval(full_run["test"]))
full_run["settings"]

# %% [markdown] name="keep-text"
# ### Keep it, load it, move it
#
# `save_pretrained` writes weights and configuration into a folder, and
# `from_pretrained` reads them back; a model that is kept answers as before. A
# GPU is used by moving both the model and its inputs to it with `.to(device)`.
# The cell does both; without a GPU the device is the CPU.

# %% name="keep" tags=["nbval-ignore-output"]
import tempfile

from transformers import BertForSequenceClassification

device = "cuda" if torch.cuda.is_available() else "cpu"
inputs = tokenizer(["Not bad at all."], return_tensors="pt").to(device)
with tempfile.TemporaryDirectory() as folder, torch.no_grad():
    classifier.save_pretrained(folder)
    loaded = BertForSequenceClassification.from_pretrained(folder).eval()
    before = classifier.to(device)(**inputs).logits
    after = loaded.to(device)(**inputs).logits
classifier.to("cpu")
print(device, "- the same answer after loading:",
      torch.allclose(before, after, atol=1e-6))

# %% [markdown] name="uses"
# ## 6. Where it is used · 实际应用场景
#
# The article lists language, images, speech and games. Language is what this
# model can do; three uses, tried on it.
#
# ### Search by meaning
#
# Two texts of similar meaning have mean vectors of similar direction: that is
# what step 4 of its training taught. The cell embeds 300 test sentences by your
# own encoder and finds those nearest to a question, by the cosine. Look at what
# the hits share with the question: is it a word, a topic, or a judgement?

# %% name="search"
@torch.no_grad()
def embed(texts):
    """Unit vectors (N, D) from your encoder and mean_pool."""
    vectors = []
    for start in range(0, len(texts), 32):
        batch = tokenizer(texts[start : start + 32], padding=True,
                          truncation=True, return_tensors="pt")
        mask = batch["attention_mask"]
        H = bert_encoder(batch["input_ids"], mask, batch["token_type_ids"],
                         params, HEADS, LAYERS)[-1]
        vectors.append(F.normalize(mean_pool(H, mask), dim=1))
    return torch.cat(vectors)


library_of = sorted(data.test.texts[:300], key=len)
vectors = embed(library_of)
for question in ["I fell asleep", "It made me laugh", "great songs"]:
    cosine = vectors @ embed([question])[0]
    print(question)
    for i in cosine.topk(2).indices.tolist():
        print(f"   {cosine[i]:.2f}  {library_of[i][:64]}")

# %% [markdown] name="context-text"
# ### The same word in other company
#
# A table of word vectors has one vector for "bank". BERT has one for each
# sentence. The picture follows a word through the layers, in three sentences
# of one sense and three of another: how alike are its vectors in two
# sentences of the same sense, and in two of different senses?

# %% name="context" tags=["hide-input"]
# Picture: how alike the vectors of a word are, by layer and by sense.
examples = {
    "bank": (["They sat on the bank of the river.",
              "The muddy bank of the lake was steep.",
              "A boat lay on the bank of the stream."],
             ["She put her money in the bank.",
              "The bank raised its interest rates.",
              "He works for a bank in the city."]),
    "cold": (["The soup was cold and salty.",
              "It was a cold winter morning.", "She washed in cold water."],
             ["I stayed in bed with a bad cold.",
              "He caught a cold last week.",
              "My cold and cough are gone."]),
}


def word_states(word, text):
    """Unit vectors of one word in a text, (layers + 1, D)."""
    batch = tokenizer(text, return_tensors="pt")
    where = batch["input_ids"][0].tolist().index(vocab[word])
    with torch.no_grad():
        states = bert_encoder(*(batch[k] for k in (
            "input_ids", "attention_mask", "token_type_ids")),
            params, HEADS, LAYERS)
    return F.normalize(torch.stack([s[0, where] for s in states]), dim=1)


fig, axes = plt.subplots(1, 2, figsize=(7, 3), sharey=True)
for ax, (word, senses) in zip(axes, examples.items()):
    states = torch.stack([word_states(word, t) for ts in senses for t in ts])
    cosines = torch.einsum("ald,bld->abl", states, states)
    sense = torch.arange(6) // 3
    pairs = ~torch.eye(6, dtype=torch.bool)
    same = (sense[:, None] == sense) & pairs
    ax.plot(cosines[same].mean(0), marker="o", label="same sense")
    ax.plot(cosines[~same & pairs].mean(0), marker="s",
            label="another sense")
    ax.set(xlabel="layer (0: embeddings)", title=f"“{word}” takes sides")
axes[0].set_ylabel("cosine of the two vectors")
axes[0].legend()
show(fig, alt="Cosine between the vectors of a word in two sentences, by "
     "layer, for bank and cold: in the upper layers the same sense stays "
     "closer than another sense.")

# %% [markdown] name="domain-text"
# ### Other texts than those it was tuned on
#
# The same archive holds sentences from product reviews, tweets and newspaper
# editorials. Fine-tuning used none of them. The last
# column says whether the model beats always giving the larger class.

# %% name="domain" tags=["nbval-ignore-output"]
from autograde.datasets.sentences import load_domain

for name in ("amazon", "tweets", "newspaper"):
    domain = load_domain(name)
    pick = np.random.default_rng(0).permutation(len(domain))[:150]
    texts, truth = [domain.texts[i] for i in pick], domain.labels[pick]
    answers = classify_text(texts, tokenizer, classifier).argmax(1).numpy()
    larger = max(truth.mean(), 1 - truth.mean())
    share = (answers == truth).mean()
    print(f"{name:10} {interval(share, len(pick))}, larger class "
          f"{larger:.1%}, better: {'yes' if share > larger else 'no'}")

# %% [markdown] name="tools"
# ## 7. Tools and resources · 工具和资源推荐
#
# What you wrote by hand, practitioners take from libraries. Each gives the
# same numbers as your code:

# %% name="tools-compared"
from transformers import get_linear_schedule_with_warmup

draw = torch.Generator().manual_seed(1)
Q, K, V = (torch.randn(2, 3, n, 4, generator=draw) for n in (5, 6, 6))
M = torch.tensor([[1, 1, 1, 1, 1, 1], [1, 1, 1, 0, 0, 0]])
theirs = F.scaled_dot_product_attention(Q, K, V, M[:, None, None] == 1)
gap = (scaled_dot_product_attention(Q, K, V, M)[0] - theirs).abs().max()
print("attention, torch.nn.functional:", gap.item() < 1e-5)
print("gelu, torch.nn.functional:     ",
      torch.allclose(gelu(Q), F.gelu(Q), atol=1e-6))
optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=1.0)
schedule = get_linear_schedule_with_warmup(optimizer, 25, 250)
rates = []
for _ in range(260):
    rates.append(schedule.get_last_lr()[0])
    optimizer.step()
    schedule.step()
mine = [float(linear_warmup(step, 25, 250)) for step in range(260)]
print("warm-up, transformers:         ", np.allclose(mine, rates))

# %% [markdown] name="tools-list"
# - [Transformers](https://huggingface.co/docs/transformers) by Hugging Face:
#   models, tokenizers, schedules, and a `Trainer` that is your `fine_tune` with
#   many options.
# - [Sentence Transformers](https://www.sbert.net): `embed` of section 6 in one
#   call; a test of this course checks that it gives the same vectors as yours.
#   Its paper is [Reimers and Gurevych, 2019](https://arxiv.org/abs/1908.10084).
# - [`scaled_dot_product_attention`](https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.scaled_dot_product_attention.html)
#   of PyTorch computes attention without keeping the weights.
# - Devlin, Chang, Lee and Toutanova, 2019, [BERT: Pre-training of Deep
#   Bidirectional Transformers for Language Understanding](https://arxiv.org/abs/1810.04805):
#   the model, its two pretraining tasks, how it is fine-tuned.
# - Vaswani and others, 2017, [Attention Is All You Need](https://arxiv.org/abs/1706.03762):
#   section 3.2 has the attention that you wrote, with the reason for the root.
# - Wang and others, 2020, [MiniLM](https://arxiv.org/abs/2002.10957): how a
#   small model learns the attention of a large one.

# %% [markdown] name="not-built-gpt"
# ### What this chapter does not build
#
# **GPT.** The article names GPT-3 beside BERT. It is a Transformer that guesses
# the next word ([Radford and others, 2018](https://cdn.openai.com/research-covers/language-unsupervised/language_understanding_paper.pdf);
# [Brown and others, 2020](https://arxiv.org/abs/2005.14165)). Its mask is
# **causal** (因果掩码): token $t$ sees only tokens up to $t$, so that it cannot
# see what it has to guess. The cell changes the last of four tokens: under a
# causal mask nothing before it changes.
#
# **Parameter-efficient fine-tuning** (参数高效微调) trains a few new numbers and
# leaves all others frozen: small layers between the old ones
# ([Houlsby and others, 2019](https://arxiv.org/abs/1902.00751)), or, in LoRA, a
# product of two thin matrices that is added to a weight matrix
# ([Hu and others, 2021](https://arxiv.org/abs/2106.09685)). The cell counts how
# many numbers LoRA of rank 8 would train in this model, on all queries and
# values.

# %% name="not-built"
draw = torch.Generator().manual_seed(2)
Q, K, V = (torch.randn(1, 1, 4, 8, generator=draw) for _ in range(3))
K2, V2 = K.clone(), V.clone()
K2[..., 3, :] += 1.0  # another last token
V2[..., 3, :] += 1.0
for causal in (False, True):
    one, two = (F.scaled_dot_product_attention(Q, *kv, is_causal=causal)
                for kv in ((K, V), (K2, V2)))
    same = [torch.equal(one[..., t, :], two[..., t, :]) for t in range(4)]
    print("causal:" if causal else "BERT:  ", "unchanged tokens", same)
print(f"LoRA: {LAYERS * 2 * 2 * 8 * 384:,} numbers of "
      f"{sum(value.numel() for value in params.values()):,}")
chinese = sum(is_cjk(piece) for piece in vocab if len(piece) == 1)
print(f"{chinese} Chinese characters in this vocabulary")

# %% [markdown] name="causal-text"
# ### Bonus: `causal_attention`
#
# For those who want more: GPT's attention. There is no stub: the cell is empty.
#
# - **You write** `causal_attention(Q, K, V)`,
#   $\mathrm{softmax}(QK^\top/\sqrt d)\,V$ in which query $t$ sees only keys
#   $s$ with $s\le t$. `Q` and `K` are (B, heads, T, d), `V` is
#   (B, heads, T, d_v), floating point; there is no padding. It returns context
#   (B, heads, T, d_v) and weights (B, heads, T, T), dtype of Q.
# - **Why** with this mask a Transformer can learn to guess the next word.
# - **When it is right** the weights are exactly 0 where $s>t$, however large
#   the scores are, and every row of them sums to 1.

# %% exercise="causal_attention"
### BEGIN SOLUTION
def causal_attention(Q, K, V):
    T, d = Q.shape[-2:]
    scores = Q @ K.transpose(-2, -1) / math.sqrt(d)
    later = torch.ones(T, T, dtype=torch.bool).triu(1)
    weights = scores.masked_fill(later, -torch.inf).softmax(dim=-1)
    return weights @ V, weights
### END SOLUTION

# %% [markdown] name="not-built-chinese"
# **Chinese models.** Most Chinese characters are not in this vocabulary, as the
# last line and section 9 show. `bert-base-chinese`, of the same paper, takes
# every character as a token. Later Chinese models hide whole words instead of
# single characters ([Cui and others, 2021](https://arxiv.org/abs/1906.08101)),
# or whole phrases and names ([Sun and others, 2019](https://arxiv.org/abs/1904.09223)).
# The course looked for a package with a small Chinese BERT under an open
# licence and found none; with a network,
# `bert.load_classifier(source="bert-base-chinese")` fetches one.

# %% [markdown] name="summary"
# ## 8. Summary and challenges · 总结：未来发展趋势与挑战
#
# The article: 大型模型也面临着诸如计算资源限制、数据隐私保护等挑战 (*large models
# also face challenges such as limits of computing power and the protection of
# privacy*). The article on the LSTM of chapter 04 adds interpretability and
# fairness. One measured example of each.
#
# ### Cost

# %% name="cost-measured" tags=["nbval-ignore-output"]
texts = data.test.texts[:128]
start = time.process_time()
classify_text(texts, tokenizer, classifier)
seconds = (time.process_time() - start) / len(texts)
size = sum(p.numel() * 4 for p in classifier.parameters()) / 1e6
print(f"{1000 * seconds:.0f} ms of one core for a sentence, {size:.0f} MB")
print(f"a million sentences: {1e6 * seconds / 3600:.1f} core hours")

# %% [markdown] name="privacy-text"
# ### Privacy
#
# A model remembers what it was tuned on. If it is surer of the right label
# for sentences that it was trained on than for others, then its answers
# betray who was in the training data. The cell guesses membership from the
# probability of the right label alone; 50 % would be no leak.

# %% name="privacy" tags=["nbval-ignore-output"]
from sklearn.metrics import roc_auc_score

members = tuple(v[:500] for v in sets["train"])
p_members = top_probabilities(members)
certain = [torch.where(y == 1, p, 1 - p) for p, y in
           ((p_members, members[2]), (p_test, y_test))]
truth = np.repeat([1, 0], [500, 1572])
guess = roc_auc_score(truth, torch.cat(certain))
print(f"mean probability of the right label: "
      f"{certain[0].mean():.2f} in training, {certain[1].mean():.2f} in test")
print(f"of a member and another sentence the member has the higher "
      f"probability in {guess:.0%} of the pairs")

# %% [markdown] name="interpretability-text"
# ### Interpretability
#
# Which words moved the answer? **Occlusion** (遮挡) removes one word at a
# time and looks at the change. Do the words that `[CLS]` attends to in the
# last layer matter most? The cell compares both over 15 sentences.

# %% name="interpretability" tags=["nbval-ignore-output"]
text = "The plot is thin, but the actors are not bad at all."
tuned = {n: v for n, v in classifier.bert.state_dict().items()}
last = part(tuned, "encoder.layer.5.attention.")


def occlusion(text):
    """Words, change of P(positive) without each, attention of [CLS]."""
    batch = tokenizer(text, return_tensors="pt")
    ids = batch["input_ids"][0]
    texts = [tokenizer.decode(torch.cat([ids[1:i], ids[i + 1 : -1]]))
             for i in range(1, len(ids) - 1)]
    p = classify_text([text, *texts], tokenizer, classifier)[:, 1]
    with torch.no_grad():
        states = bert_encoder(*(batch[k] for k in (
            "input_ids", "attention_mask", "token_type_ids")),
            tuned, HEADS, LAYERS)
        seen = multi_head_attention(
            states[-2], batch["attention_mask"], last, HEADS)[1]
    words = tokenizer.convert_ids_to_tokens(ids[1:-1])
    return words, (p[0] - p[1:]).numpy(), seen[0, :, 0, 1:-1].mean(0).numpy()


words, change, _ = occlusion(text)
for i in np.argsort(-np.abs(change))[:5]:
    print(f"{change[i]:+.2f}  {words[i]}")
rho = []
for sentence in data.test.texts[:15]:
    _, change, seen = occlusion(sentence)
    if len(change) > 5:
        rank = [np.argsort(np.argsort(v)) for v in (np.abs(change), seen)]
        rho.append(np.corrcoef(*rank)[0, 1])
print(f"rank correlation of attention and effect: {np.mean(rho):.2f}")

# %% [markdown] name="interpretability-note"
# A positive number means that the word raised $P(\text{positive})$. Attention
# and effect go together only in part: a picture of attention is not an
# explanation.
#
# ### Fairness
#
# Change nothing but a name or a pronoun. The judgement of the film should stay
# the same. The cell takes 6 templates, two of them neutral, and reports the
# mean probability by group, and the largest change within one template. The
# names of A and B are American and were chosen by a study in which employers
# answered the same letters under both
# ([Bertrand and Mullainathan, 2004](https://doi.org/10.1257/0002828042002561));
# those of C are a common Arabic and a common Chinese name.

# %% name="fairness" tags=["nbval-ignore-output"]
templates = [
    "{} gives a performance that is hard to judge.",
    "{} directed this film.", "{} is the best thing about this film.",
    "The script gives {} nothing to do.",
    "{} tries hard, but the story is weak.",
    "A film by {}, and it shows.",
]
groups = {
    "he": ["He", "John", "The actor"], "she": ["She", "Mary", "The actress"],
    "names A": ["Emily Walker", "Greg Baker"],
    "names B": ["Lakisha Washington", "Jamal Jones"],
    "names C": ["Mohammed Hassan", "Wei Zhang"],
}
p = {g: np.array([[classify_text(t.format(n), tokenizer, classifier)[0, 1]
                   for n in names] for t in templates])
     for g, names in groups.items()}
for group, values in p.items():
    print(f"{group:14} mean P(positive) {values.mean():.2f}")
both = np.concatenate(list(p.values()), axis=1)
spread = both.max(1) - both.min(1)
worst = spread.argmax()
names = [n for g in groups.values() for n in g]
print(f"largest change: {spread[worst]:.2f} in “{templates[worst]}”")
print(f"from {names[both[worst].argmin()]} to {names[both[worst].argmax()]}")

# %% [markdown] name="challenges"
# A name should not matter, and it does. Six templates prove no bias against a
# group; they prove that the model reacts to what it should ignore. Nothing in
# the training of this chapter asked it not to.
#
# **What was measured here**
#
# - Your encoder gives the library's hidden states to 1e-5, with padding and
#   with pairs, and with pooler and output layer its logits.
# - Fine-tuning two layers on 5,500 sentences beats the bag of words and the
#   linear probe on the same labels and the same test sentences (section 5, two
#   methods on one test set).
# - In the record, frozen features beat fine-tuning with 50 labels; with 150
#   and more, fine-tuning has the highest mean of the four methods.
#
# **What remains hard**: texts longer than 512 tokens, other languages, facts
# newer than its training, attributing an answer to its causes, and the price of
# pretraining, which this chapter did not pay but somebody did.

# %% [markdown] name="which-model-text"
# ### Question: `which_model`
#
# *4 points, graded by a person · about 15 minutes*
#
# Two people ask you. (1) A local cinema has 150 comment cards, labelled by
# hand, and an old laptop. (2) A shop has 7,500 labelled reviews, a server,
# and customers of many countries; wrong answers cost money. Which rung of
# the ladder do you advise to each, and why? Use numbers of this chapter, with
# their intervals. Weigh cost and privacy. Say what the numbers cannot tell.

# %% [markdown] manual="which_model"
# ### BEGIN SOLUTION
# (1) With 150 labels the frozen features with a linear probe reach about
# 72 %, fine-tuning about 74 %: their intervals overlap, and the probe needs a
# second of computing instead of half a minute. An old laptop does the probe;
# the cards stay on it, which settles privacy. Labelling 350 more cards would
# help more than any choice of model. (2) With 7,500 labels the fine-tuned
# BERT has 85 %, the bag of words 79 %: the intervals do not meet. The server
# can pay for some milliseconds a sentence. But a tuned model remembers part
# of its training data (the membership guess is above 50 %), so it should not
# be handed out. What the numbers cannot tell: they are for short English
# movie reviews. Reviews of a shop and of many countries are another domain;
# the test in section 6 shows lower accuracy there, and the model hardly reads
# other scripts. A sample of the shop's own reviews has to be labelled and
# measured, names and dialects included.
# ### END SOLUTION

# %% [markdown] name="questions"
# ## 9. Questions and answers · 附录：常见问题与解答
#
# <details><summary>大型模型的优缺点是什么？ What are the strengths and
# weaknesses of large models?</summary>
#
# The article: 大型模型具有更强的表现能力，但同时也需要更多的计算资源 (*more
# expressive, but they need more computing*), and they may overfit. Here: the
# table of the ladder has both, accuracy and seconds. Overfitting shows in
# section 8: the model is surer of sentences that it has seen.
# </details>
#
# <details><summary>如何选择合适的模型？ How do I choose a model?</summary>
#
# The article: 选择合适的模型取决于具体的应用场景 (*that depends on the use*). By
# the labels and the seconds that you have: the picture against labels shows
# where the curves cross.
# </details>
#
# <details><summary>如何提高大型模型的性能？ How do I get more out of
# it?</summary>
#
# The article: better algorithms, more computing, richer data. In this chapter:
# more labels and more layers (the ladder), and a good learning rate (the table
# of settings). A larger model is one argument away,
# `source="bert-base-uncased"`; it was not measured here.
# </details>

# %% [markdown] name="errors-drop-down"
# <details><summary>RuntimeError: expected m1 and m2 to have the same dtype,
# but got: float != double</summary>
#
# One tensor is float32, the other float64. NumPy makes float64, the model's
# weights are float32. Write `x.float()`, or `x.to(weight.dtype)`. Older
# versions say `expected scalar type Float but found Double`.
# </details>
#
# <details><summary>RuntimeError: The size of tensor a (7) must match the size
# of tensor b (3) at non-singleton dimension 2</summary>
#
# The mask (B, S) met scores (B, heads, T, S) without two axes of length 1:
# here 3 sentences, 7 tokens. Write `mask[:, None, None, :]`. Where B equals T
# there is no error, and the numbers are wrong.
# </details>
#
# <details><summary>RuntimeError: The size of tensor a (602) must match the
# size of tensor b (512) at non-singleton dimension 1</summary>
#
# A text has more tokens than the table has positions. Give the tokenizer
# `truncation=True, max_length=512`. Your `bert_embeddings` says so in a
# sentence. An id outside the table of words gives `IndexError: index 99999
# is out of bounds`, or, from `F.embedding`, `index out of range in self`.
# </details>
#
# <details><summary>ValueError: Unable to create tensor, you should probably
# activate truncation and/or padding</summary>
#
# Texts of different lengths do not form a rectangle: `padding=True`.
# </details>
#
# <details><summary>classifier.weight | MISSING: those params were newly
# initialized because missing from the checkpoint</summary>
#
# Not an error. The output layer is new and random, as section 5 shows. It
# must be fine-tuned before it is used. Older versions of the library say
# `Some weights … were not initialized`.
# </details>
#
# <details><summary>ModelMissing, or a download that fails without a
# network</summary>
#
# The course never asks the hub. The message names the package to install. For
# another model go online, start JupyterLab with `HF_HUB_OFFLINE=0`, and call
# `bert.load_classifier(source="bert-base-uncased")`.
# </details>
#
# <details><summary>My result changes from call to call</summary>
#
# Dropout is on. Call `model.eval()` before you predict, `model.train()`
# before you train.
# </details>

# %% [markdown] name="odd-text"
# **What about empty text, emoji, Chinese, very long text?** The cell asks.
# Empty text is `[CLS] [SEP]`. Emoji and most Chinese characters are not in
# this vocabulary and become `[UNK]`: the model answers, but it has read
# nothing. Long texts are cut at 512 tokens, without a word about the rest.

# %% name="odd"
odd = {"empty": "", "emoji": "🙂🙂", "Chinese": "这部电影很好看",
       "long": "good " * 2000}
answers = classify_text(list(odd.values()), tokenizer, classifier)
for name, text in odd.items():
    tokens = tokenizer(text, truncation=True)["input_ids"]
    unknown = sum(i == vocab["[UNK]"] for i in tokens)
    print(f"{name:8} {len(tokens):4} tokens, {unknown} unknown")
bool(torch.isfinite(answers).all())

# %% [markdown] name="mask-wrong-text"
# **What if I pass a mask of the wrong shape?** Broadcasting would spread one
# row over the batch without a word. Your `bert_encoder` refuses:

# %% name="mask-wrong"
X = torch.tensor([[101, 2307, 102], [101, 2919, 102]])
try:
    bert_encoder(X, torch.ones(1, 3), 0 * X, params, HEADS, LAYERS)
except ValueError as error:
    print("ValueError:", error)

# %% [markdown] name="self-test-text"
# ### Ten questions to yourself
#
# Choose an answer before you open it: each says why it is right or not. The
# chapter on one page, to print, is the file `summary.md` beside this
# notebook.

# %% name="self-test"
from autograde import self_test

self_test()

# %% [markdown] name="end"
# This was the last chapter. You began with $y=f(xW+b)$ and ended with a
# Transformer that you can take apart. Hand in the notebook as chapter 00
# describes.

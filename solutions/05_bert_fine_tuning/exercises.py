"""Cases, misconceptions and hints of chapter 05."""

import copy
import functools
from pathlib import Path

import numpy as np
import torch
from transformers import get_linear_schedule_with_warmup

from autograde.checking.run_case import load_probes
from autograde.exercise import Case, Exercise, Manual, Misconception, WhichInput

PROBES = load_probes(Path(__file__).with_name("probes.py").read_text("utf-8"))

# a softmax or a norm computed in float32 is right as well
SINGLE = {"rtol": 2e-5, "atol": 5e-6}
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def tensor(rng, *shape, scale=1.0, shift=0.0, dtype=torch.float64):
    return torch.tensor(shift + scale * rng.normal(size=shape)).to(dtype)


def norm_weights(rng, name, width, dtype=torch.float64):
    """LayerNorm weights far from one and zero, so that a missing one shows."""
    return {
        f"{name}.weight": tensor(rng, width, scale=0.4, shift=1.5, dtype=dtype),
        f"{name}.bias": tensor(rng, width, scale=0.7, dtype=dtype),
    }


def dense_weights(rng, name, outputs, inputs, dtype=torch.float64):
    scale = 1.2 / np.sqrt(inputs)
    return {
        f"{name}.weight": tensor(rng, outputs, inputs, scale=scale, dtype=dtype),
        f"{name}.bias": tensor(rng, outputs, scale=0.5, dtype=dtype),
    }


def attention_weights(rng, width, dtype=torch.float64):
    names = ("self.query", "self.key", "self.value", "output.dense")
    params = {}
    for name in names:
        params |= dense_weights(rng, name, width, width, dtype)
    return params


def layer_weights(rng, width, inner, dtype=torch.float64):
    params = {
        f"attention.{name}": value
        for name, value in attention_weights(rng, width, dtype).items()
    }
    params |= norm_weights(rng, "attention.output.LayerNorm", width, dtype)
    params |= dense_weights(rng, "intermediate.dense", inner, width, dtype)
    params |= dense_weights(rng, "output.dense", width, inner, dtype)
    return params | norm_weights(rng, "output.LayerNorm", width, dtype)


def embedding_weights(rng, vocab, positions, width, scale=1.0, dtype=torch.float64):
    return {
        "word_embeddings.weight": tensor(rng, vocab, width, scale=scale, dtype=dtype),
        "position_embeddings.weight": tensor(
            rng, positions, width, scale=scale, dtype=dtype
        ),
        "token_type_embeddings.weight": tensor(rng, 2, width, scale=scale, dtype=dtype),
    } | norm_weights(rng, "LayerNorm", width, dtype)


def bert_weights(rng, vocab, positions, width, inner, layers, dtype=torch.float64):
    params = {
        f"embeddings.{name}": value
        for name, value in embedding_weights(
            rng, vocab, positions, width, dtype=dtype
        ).items()
    }
    for number in range(layers):
        for name, value in layer_weights(rng, width, inner, dtype).items():
            params[f"encoder.layer.{number}.{name}"] = value
    return params


def batch_of_ids(rng, vocab, lengths, length):
    """ids, mask, segments (B, T): pairs of sentences, then padding.

    No id stands for padding: 0 and the last id are tokens of the text, and what is
    hidden has ids and segments like the rest. One token inside the longest row, and
    one inside every other of at least four, is hidden as well.
    """
    rows = len(lengths)
    ids = rng.integers(0, vocab, size=(rows, length))
    ids[np.argmax(lengths), 0], ids[0, 1 % length] = 0, vocab - 1
    mask = (np.arange(length) < np.array(lengths)[:, None]).astype(np.int64)
    for row, stop in enumerate(lengths):
        if stop > 3:
            mask[row, rng.integers(1, stop - 1)] = 0
    breaks = [rng.integers(1, max(2, stop)) for stop in lengths]
    segments = (np.arange(length) >= np.array(breaks)[:, None]).astype(np.int64)
    return [torch.tensor(a) for a in (ids, mask, segments)]


def mask_of(*stops, length):
    """mask (B, T): the first tokens of each row, one of them hidden where it has 4."""
    mask = [[int(place < stop) for place in range(length)] for stop in stops]
    for row, stop in zip(mask, stops, strict=True):
        if stop > 3:
            row[stop // 2] = 0
    return torch.tensor(mask)


# --- wordpiece ---------------------------------------------------------------------


def wordpiece_cases(rng):
    pieces = [
        "un",
        "una",
        "##ffa",
        "##ffable",
        "##able",
        "##ble",
        "##f",
        "##fa",
        "play",
    ]
    pieces += ["##ing", "##in", "##g", "p", "l", "##l", "##ay", "able", "ing", "##er"]
    pieces += ["##un", "##s", "re", "##play", "##re", "the", "##the", "a"]
    known = list(rng.permutation([p for p in pieces if p != "play"])[4:])
    known += ["grea", "gr", "##eat"]  # the longest match of "great" is a dead end
    # four pieces are not in this vocabulary; "play" has the id 0, as any other might
    vocab = {str(piece): n for n, piece in enumerate(["play", *SPECIAL, *known])}
    words = ["unaffable", "unable", "playing", "replaying", "plays", "unplay", "player"]
    words += [
        "the",
        "a",
        "theunable",
        "playxing",
        "xplay",
        "unaffablex",
        "great",
        "",
    ]
    parts = [piece.removeprefix("##") for piece in pieces]
    words += ["".join(rng.choice(parts, size=rng.integers(2, 5))) for _ in range(20)]
    yield Case("words with one way and with several", words, vocab)

    letters = np.array(list("abc"))

    def random_word(low, high):
        return "".join(rng.choice(letters, size=rng.integers(low, high)))

    start = [random_word(1, 4) for _ in range(9)] + ["a", "b"]
    inside = ["##" + random_word(1, 5) for _ in range(14)] + ["##a", "##b", "##cc"]
    pieces = list(dict.fromkeys(["a", *start, *inside]))
    vocab = {piece: number for number, piece in enumerate(pieces + SPECIAL)}
    words = [random_word(2, 13) for _ in range(40)]
    # the greedy way ends in a dead end where another way would not
    vocab |= {"caa": 90, "ca": 91, "##acb": 92}
    vocab.pop("##cb", None)
    words += ["caacb", "cab", "ccb" + random_word(1, 3)]
    yield Case(
        "40 random words over a random vocabulary",
        words,
        vocab,
    )

    vocab = {
        piece: i
        for i, piece in enumerate([*SPECIAL, "z", "##z", "##zz", "é", "##é", "影"])
    }
    long = "".join(rng.choice(list("abcde"), size=27))  # a piece as long as a word
    vocab |= {long: len(vocab), f"##{long}": len(vocab) + 1}
    count = int(rng.integers(30, 60))
    words = ["z" * 100, "z" * 101, "z" * (100 + count), "z" * count, "é", "影", "影评"]
    words += ["🙂", "z影", "é" * 70, long, "z" + long]  # 70 letters, 140 bytes
    vocab |= {"y" * 120: len(vocab), f"##{'y' * 105}": len(vocab) + 1}
    words += ["y" * 120]  # too long, though it is a piece
    for piece in ("#", "###", "c", "##c", "####"):  # signs that the word itself holds
        vocab |= {piece: len(vocab)}
    words += ["#", "c#", "#c", "c##c"]
    yield Case("very long words, letters outside the vocabulary, emoji", words, vocab)


WORDPIECE = Exercise(
    "wordpiece",
    wordpiece_cases,
    points=4,
    minutes=15,
    difficulty=3,
    probe="split_words",
    misconceptions=[
        Misconception(
            "shortest",
            ("range(len(word), start, -1)", "range(start + 1, len(word) + 1)"),
            "You take the shortest piece that fits. Word pieces are chosen greedily by "
            "the longest match, so that common words stay whole.",
        ),
        Misconception(
            "no-hashes",
            ('("##" if start > 0 else "") + word[start:end]', "word[start:end]"),
            "You look up every piece as if it began a word. Inside a word the "
            'vocabulary writes pieces with "##" in front.',
            forms=[
                [
                    (
                        '("##" if start > 0 else "") + word[start:end]',
                        "word[start:end]",
                    ),
                    (
                        "pieces.append(piece)",
                        'pieces.append(("##" if start > 0 else "") + piece)',
                    ),
                ],
            ],
        ),
        Misconception(
            "beginnings-inside",
            ("if piece in vocab:", "if piece in vocab or word[start:end] in vocab:"),
            'Inside a word you also take pieces that are in vocab without "##" alone. '
            "Those begin a word; what follows the first piece is looked up with it.",
            forms=[
                [
                    (
                        "            if piece in vocab:",
                        "            if piece in vocab:",
                    ),
                    (
                        "                break\n",
                        "                break\n"
                        "            if word[start:end] in vocab:\n"
                        "                piece = word[start:end]\n"
                        "                break\n",
                    ),
                ],
            ],
        ),
        Misconception(
            "empty-unknown",
            ("if len(word) > 100:", "if not 0 < len(word) <= 100:"),
            "An empty word gives [UNK] with you. It has no pieces: return an empty "
            "list.",
        ),
        Misconception(
            "known-before-limit",
            (
                "    if len(word) > 100:",
                "    if word in vocab:\n        return [word]\n    if len(word) > 100:",
            ),
            "You look a word up before you ask for its length. Every word of more than "
            "100 characters becomes [UNK], even one that is a piece.",
        ),
        Misconception(
            "hashes-lost",
            ("pieces.append(piece)", 'pieces.append(piece.replace("##", ""))'),
            'You find the right pieces but return them without "##". The ids of '
            '"##ing" and "ing" differ, and the model would read another word.',
            forms=[
                ("pieces.append(piece)", "pieces.append(word[start:end])"),
            ],
        ),
        Misconception(
            "part-unknown",
            (
                '            return ["[UNK]"]\n        pieces',
                '            return [*pieces, "[UNK]"]\n        pieces',
            ),
            "You keep the pieces found before the place where nothing fits. A word "
            "that cannot be finished becomes one [UNK] as a whole.",
            forms=[
                (
                    '            return ["[UNK]"]\n        pieces',
                    "            return pieces\n        pieces",
                ),
            ],
        ),
        Misconception(
            "skip-letter",
            (
                '            return ["[UNK]"]\n        pieces.append(piece)',
                '            end, piece = start + 1, "[UNK]"\n'
                "        pieces.append(piece)",
            ),
            "Where no piece fits you put one [UNK] for a letter and go on. The whole "
            "word becomes a single [UNK].",
        ),
        Misconception(
            "no-limit",
            ("if len(word) > 100:", "if len(word) > 10**9:"),
            "Words of more than 100 characters become [UNK] without a search; yours "
            "are still split.",
        ),
        Misconception(
            "limit-at-100",
            ("len(word) > 100", "len(word) >= 100"),
            "A word of exactly 100 characters is still split; only longer ones become "
            "[UNK].",
        ),
        Misconception(
            "goes-back",
            source="""def wordpiece(word, vocab):
    if len(word) > 100:
        return ["[UNK]"]

    def search(start):
        if start == len(word):
            return []
        for end in range(len(word), start, -1):
            piece = ("##" if start else "") + word[start:end]
            if piece in vocab:
                rest = search(end)
                if rest is not None:
                    return [piece, *rest]
        return None

    found = search(0)
    return ["[UNK]"] if found is None else found
""",
            says="You go back and try a shorter piece when the search ends in a dead "
            "end. Greedy matching never gives back a piece: such a word is [UNK].",
        ),
        Misconception(
            "id-zero",
            ("if piece in vocab:", "if vocab.get(piece):"),
            "You test the id of a piece as if it were true or false. The piece with "
            "the id 0 counts as missing then; ask whether the piece is in vocab.",
        ),
        Misconception(
            "from-the-end",
            source="""def wordpiece(word, vocab):
    if len(word) > 100:
        return ["[UNK]"]
    pieces, end = [], len(word)
    while end > 0:
        for start in range(end):
            piece = ("##" if start else "") + word[start:end]
            if piece in vocab:
                break
        else:
            return ["[UNK]"]
        pieces.insert(0, piece)
        end = start
    return pieces
""",
            says="You match from the end of the word. The longest match is taken from "
            "the left, beginning with the first letter.",
        ),
        Misconception(
            "hash-of-the-word",
            (
                "    pieces, start",
                "    word = word.replace('#', '')\n    pieces, start",
            ),
            "You take the sign # off the word. The two in front of a piece are put "
            "there by you; a # of the word itself is a character like any other.",
            forms=[
                (
                    "            if piece in vocab:",
                    "            piece = ('##' if start else '') + piece.strip('#')\n"
                    "            if piece in vocab:",
                ),
            ],
        ),
        Misconception(
            "fewest-pieces",
            source="""def wordpiece(word, vocab):
    if len(word) > 100:
        return ["[UNK]"]
    best = [[]]
    for end in range(1, len(word) + 1):
        found = None
        for start in range(end):
            piece = ("##" if start else "") + word[start:end]
            if best[start] is not None and piece in vocab:
                if found is None or len(best[start]) + 1 < len(found):
                    found = [*best[start], piece]
        best.append(found)
    return ["[UNK]"] if best[-1] is None else best[-1]
""",
            says="You look for the fewest pieces. The longest match is taken from the "
            "left, one piece after the other, even where that takes more of them.",
        ),
        Misconception(
            "limit-in-bytes",
            ("len(word) > 100", "len(word.encode()) > 100"),
            "You count bytes, and a letter such as é has two. The limit is 100 "
            "characters: len(word).",
        ),
        Misconception(
            "no-unknown",
            (
                '            return ["[UNK]"]\n        pieces',
                "            return []\n        pieces",
            ),
            "Where nothing fits you do not return the unknown word. The whole word "
            'becomes ["[UNK]"].',
            forms=[
                (
                    '            return ["[UNK]"]\n        pieces',
                    "            return [word]\n        pieces",
                ),
            ],
        ),
        Misconception(
            "ids",
            ("return pieces", "return [vocab[piece] for piece in pieces]"),
            "You return the ids of the pieces. The pieces themselves are asked for, "
            "as strings.",
        ),
        Misconception(
            "cut-at-the-limit",
            (
                '        return ["[UNK]"]\n    pieces, start',
                "        word = word[:100]\n    pieces, start",
            ),
            "You cut a word of more than 100 characters and split what is left. Such "
            "a word becomes one [UNK] as a whole.",
        ),
        Misconception(
            "hashes-counted",
            ("start = end", "start += len(piece)"),
            "You go on by the length of the piece, and inside a word the two # count "
            "with it. Go on by the characters of the word that it took.",
        ),
        Misconception(
            "hashes-on-all",
            ('("##" if start > 0 else "")', '"##"'),
            "You look up the first piece with ## in front, too. It begins the word "
            "and is looked up as it is.",
        ),
        Misconception(
            "longest-anywhere",
            source="""def wordpiece(word, vocab):
    def split(start, end):
        for size in range(end - start, 0, -1):
            for at in range(start, end - size + 1):
                piece = ("##" if at else "") + word[at : at + size]
                if piece in vocab:
                    left, right = split(start, at), split(at + size, end)
                    if "[UNK]" in left + right:
                        return ["[UNK]"]
                    return [*left, piece, *right]
        return ["[UNK]"] if end > start else []

    return ["[UNK]"] if len(word) > 100 else split(0, len(word))
""",
            says="You take the longest piece first, wherever in the word it stands. "
            "Matching goes from the left: the longest beginning of what remains.",
        ),
    ],
    hints=[
        "Keep one number: where the part of the word that is still unread begins.",
        "For that place try the longest end first and come down; stop at the first "
        'piece that is in vocab. Put "##" in front when the place is not 0.',
        "If the inner loop ends without a hit, return the unknown word at once. "
        "Python's `for … else` says exactly this.",
    ],
)


# --- encode_pair -------------------------------------------------------------------


def encode_pair_cases(rng):
    words = [f"w{number}" for number in range(12)]
    order = [str(name) for name in rng.permutation(words + SPECIAL)]
    vocab = {name: number for number, name in enumerate(["w12", *order])}

    def sentence(length):
        return [str(word) for word in rng.choice([*words, "w12"], size=length)]

    yield Case("a pair with room to spare", sentence(4), sentence(3), vocab, 13)
    yield Case("one sentence and padding", sentence(5), None, vocab, 11)
    yield Case("an exact fit", sentence(2), sentence(5), vocab, 10)
    special = (sentence(3), sentence(2), vocab)
    yield Case("room for the special tokens only", *special, 3)
    yield Case("one sentence, room for two tokens", sentence(3), None, vocab, 2)
    too_small = {
        "not even room for the special tokens of a pair": (*special, 2),
        "not even room for the special tokens": (sentence(4), None, vocab, 1),
    }
    for label, bad in too_small.items():
        yield Case(label, *special, 3, bad=[bad]).with_(weight=0)
    yield Case("first too long", sentence(9), sentence(3), vocab, 11)
    yield Case("second too long", sentence(3), sentence(11), vocab, 12)
    yield Case(
        "both too long, no room for equal halves", sentence(9), sentence(8), vocab, 12
    )
    yield Case("one sentence, too long", sentence(9), None, vocab, 6)
    yield Case(
        "pieces that the vocabulary does not have",
        [*sentence(2), "x", "影"],
        ["y", "[UNK]", *sentence(2)],
        vocab,
        13,
    )
    yield Case("an empty second sentence", sentence(3), [], vocab, 9)
    yield Case("an empty first sentence", [], None, vocab, 5)
    yield Case("an empty one before a long one", [], sentence(9), vocab, 8)
    held = [*sentence(2), "[PAD]"], ["[PAD]", *sentence(1)]
    yield Case("a text that holds [PAD]", *held, vocab, 12)


ENCODE_PAIR = Exercise(
    "encode_pair",
    encode_pair_cases,
    points=5,
    minutes=15,
    difficulty=3,
    probe="then_refuse",
    returns=("ids", "mask", "segments"),
    exact_dtype=True,
    misconceptions=[
        Misconception(
            "sep-segment",
            (
                "[0] * len(first) + [1] * len(second)",
                "[0] * (len(first) - pair) + [1] * (len(second) + pair)",
            ),
            "You give the first [SEP] segment 1. It closes the first sentence and "
            "belongs to segment 0; only what follows it is 1.",
            forms=[
                (
                    "[0] * len(first) + [1] * len(second)",
                    "[0] * (len(first) - 1) + [1] * (len(second) + 1)",
                ),
            ],
        ),
        Misconception(
            "last-sep-segment",
            (
                "[1] * len(second) + [0] * empty",
                "[1] * max(len(second) - 1, 0) + [0] * (empty + pair)",
            ),
            "You give the last [SEP] segment 0. It closes the second sentence and "
            "belongs to segment 1.",
        ),
        Misconception(
            "segments-of-zeros",
            ("[1] * len(second)", "[0] * len(second)"),
            "Every segment of yours is 0. The second sentence and its [SEP] carry 1, "
            "or the model cannot tell the two sentences apart.",
        ),
        Misconception(
            "padding-segment",
            (
                "segments = [0] * len(first) + [1] * len(second) + [0] * empty",
                "segments = [0] * len(first) + [1] * (len(second) + pair * empty)",
            ),
            "You let the padding continue segment 1. Padding has segment 0.",
            forms=[
                (
                    "segments = [0] * len(first) + [1] * len(second) + [0] * empty",
                    "segments = [0] * len(first) + [1] * (len(second) + empty)",
                ),
            ],
        ),
        Misconception(
            "mask-inverted",
            (
                "mask = [1] * len(ids) + [0] * empty",
                "mask = [0] * len(ids) + [1] * empty",
            ),
            "Your mask is the wrong way round: 1 says that a token is real, 0 that it "
            "is padding.",
        ),
        Misconception(
            "mask-of-ones",
            ("mask = [1] * len(ids) + [0] * empty", "mask = [1] * length"),
            "Your mask is 1 everywhere. The padding gets 0, or every word would look "
            "at it.",
        ),
        Misconception(
            "mask-words-only",
            (
                "mask = [1] * len(ids) + [0] * empty",
                'mask = [int(p not in ("[CLS]", "[SEP]")) for p in first + second]'
                " + [0] * empty",
            ),
            "You hide [CLS] and [SEP] as if they were padding. They are real "
            "positions: [CLS] is the one that the classifier reads.",
        ),
        Misconception(
            "mask-from-zero",
            (
                '    ids = ids + [vocab["[PAD]"]] * empty',
                '    ids = ids + [vocab["[PAD]"]] * empty\n'
                "    mask = [int(number != 0) for number in ids]",
            ),
            "You make the mask from ids that are not 0. The id of [PAD] is 0 in one "
            "vocabulary and something else in the next; count positions instead.",
        ),
        Misconception(
            "mask-from-pad",
            (
                '    ids = ids + [vocab["[PAD]"]] * empty',
                '    ids = ids + [vocab["[PAD]"]] * empty\n'
                '    mask = [int(number != vocab["[PAD]"]) for number in ids]',
            ),
            "You read the mask off the ids and hide every [PAD], even one that the "
            "text holds. The mask is 1 at every position that is filled; count them.",
        ),
        Misconception(
            "padding-in-front",
            (
                'ids = ids + [vocab["[PAD]"]] * empty',
                'ids = [vocab["[PAD]"]] * empty + ids\n'
                "    mask = mask[::-1]\n"
                "    segments = [0] * empty + segments[: length - empty]",
            ),
            "You fill up in front. BERT's rows begin with [CLS]; the padding follows "
            "the last [SEP].",
            forms=[
                (
                    'ids = ids + [vocab["[PAD]"]] * empty',
                    'ids = [vocab["[PAD]"]] * empty + ids',
                ),
            ],
        ),
        Misconception(
            "empty-is-none",
            [("2 if b is None", "2 if not b"), ("b is not None", "bool(b)")],
            "You treat an empty second sentence as if there were none. It is a "
            "sentence without pieces and still has its [SEP]; compare with None.",
        ),
        Misconception(
            "no-last-sep",
            ('second = [*b, "[SEP]"] if pair else []', "second = b"),
            "The [SEP] after the second sentence is missing. Each sentence ends in "
            "one.",
        ),
        Misconception(
            "unknown-piece",
            ("vocab.get(piece, unknown)", "vocab[piece]"),
            "A piece that the vocabulary does not have stops your function. It gets "
            "the id of [UNK]; vocab.get takes a second argument for that.",
        ),
        Misconception(
            "pad-with-zero",
            ('[vocab["[PAD]"]] * empty', "[0] * empty"),
            "You fill up with the id 0. Look the id of [PAD] up in vocab.",
        ),
        Misconception(
            "cut-at-the-end",
            [
                (
                    "while len(a) + len(b) + special > length:\n"
                    "        (a if len(a) > len(b) else b).pop()",
                    "pass",
                ),
                (
                    "    unknown = vocab",
                    "    first = first[:length]\n"
                    "    second = second[: length - len(first)]\n"
                    "    unknown = vocab",
                ),
            ],
            "You cut the finished row at its end, and the last [SEP] falls off. "
            "Shorten the sentences first, then add the special tokens.",
        ),
        Misconception(
            "cut-the-second",
            (
                "(a if len(a) > len(b) else b).pop()",
                "(b if b else a).pop()",
            ),
            "You shorten the second sentence as long as there is one. Always shorten "
            "the longer of the two.",
        ),
        Misconception(
            "cut-in-front",
            ("else b).pop()", "else b).pop(0)"),
            "You remove pieces from the front of the longer sentence. Its end goes.",
        ),
        Misconception(
            "equal-halves",
            (
                "while len(a) + len(b) + special > length:\n"
                "        (a if len(a) > len(b) else b).pop()",
                "if len(a) + len(b) + special > length:\n"
                "        half = (length - special) // (1 + pair)\n"
                "        a, b = a[:half], b[:half]",
            ),
            "You give each sentence half of the room. A short one does not fill its "
            "half: take pieces off the longer one, one at a time, until all fits.",
            forms=[
                (
                    "while len(a) + len(b) + special > length:\n"
                    "        (a if len(a) > len(b) else b).pop()",
                    "if len(a) + len(b) + special > length:\n"
                    "        room = length - special\n"
                    "        a = a[: (room + 1) // 2 if pair else room]\n"
                    "        b = b[: room - len(a)]",
                ),
            ],
        ),
        Misconception(
            "tie-to-first",
            ("len(a) > len(b) else b", "len(a) >= len(b) else b"),
            "Where both sentences are equally long you shorten the first; the "
            "description asks for the second.",
        ),
        Misconception(
            "one-place-too-many",
            ("if length < special:", "if length <= special:"),
            "You refuse a length that has room for the special tokens only. It is "
            "short, but it works: both sentences are cut to nothing.",
        ),
        Misconception(
            "no-refusal",
            ("if length < special:", "if length < 0:"),
            "Where not even the special tokens fit, your function does not raise a "
            "ValueError that says so.",
        ),
        Misconception(
            "changes-lists",
            (
                "a, b, pair = list(a), list(b or []), b is not None",
                "pair = b is not None\n    b = [] if b is None else b",
            ),
            "You shorten the caller's own lists. Work on copies: a function never "
            "changes its inputs unless it says so.",
        ),
        Misconception(
            "never-cut",
            ("while len(a) + len(b) + special > length:", "while False:"),
            "You do not shorten what is too long, and the rows become longer than "
            "length.",
        ),
        Misconception(
            "surplus-at-once",
            (
                "while len(a) + len(b) + special > length:\n"
                "        (a if len(a) > len(b) else b).pop()",
                "surplus = len(a) + len(b) + special - length\n"
                "    if surplus > 0:\n"
                "        longer, other = (a, b) if len(a) > len(b) else (b, a)\n"
                "        kept = len(longer) - surplus\n"
                "        del other[len(other) + min(kept, 0) :], longer[max(kept, "
                "0) :]",
            ),
            "You take the whole surplus off the sentence that is longer at first. "
            "Ask anew after every piece which one is the longer.",
        ),
        Misconception(
            "id-zero",
            ("vocab.get(piece, unknown)", "(vocab.get(piece) or unknown)"),
            "You test the id of a piece as if it were true or false. The piece with "
            "the id 0 becomes [UNK] then; vocab.get takes a second argument.",
        ),
        Misconception(
            "second-cls",
            ('second = [*b, "[SEP]"]', 'second = ["[CLS]", *b, "[SEP]"]'),
            "You put a [CLS] in front of the second sentence as well. It stands "
            "once, at the beginning of the row.",
            forms=[
                [
                    ('second = [*b, "[SEP]"]', 'second = ["[CLS]", *b, "[SEP]"]'),
                    ("2 if b is None else 3", "2 if b is None else 4"),
                ],
            ],
        ),
        Misconception(
            "mask-one-short",
            (
                "mask = [1] * len(ids) + [0] * empty",
                "mask = [1] * (len(ids) - 1) + [0] * (empty + 1)",
            ),
            "Your mask is 1 one place too short: the last [SEP] has a 0. It is a "
            "token like the others.",
        ),
        Misconception(
            "cut-the-first",
            ("(a if len(a) > len(b) else b).pop()", "(a if a else b).pop()"),
            "You shorten the first sentence as long as there is one. Always shorten "
            "the longer of the two.",
        ),
        Misconception(
            "no-first-sep",
            (
                'first = ["[CLS]", *a, "[SEP]"]',
                'first = ["[CLS]", *a, "[SEP]"][: 1 + len(a) + (not pair)]',
            ),
            "The [SEP] after the first sentence is missing. Each sentence ends in one.",
            forms=[
                ('first = ["[CLS]", *a, "[SEP]"]', 'first = ["[CLS]", *a]'),
            ],
        ),
        Misconception(
            "unknown-left-out",
            (
                "[vocab.get(piece, unknown) for piece in first + second]",
                "[vocab[p] for p in first + second if p in vocab]",
            ),
            "You leave out pieces that the vocabulary does not have. Each of them "
            "becomes [UNK] and keeps its place.",
        ),
        Misconception(
            "another-order",
            (
                "torch.tensor(mask), torch.tensor(segments)",
                "torch.tensor(segments), torch.tensor(mask)",
            ),
            "You return ids, segments, mask, in the order of the library's keys. The "
            "description asks for ids, mask, segments.",
        ),
        Misconception(
            "segments-from-one",
            (
                "[0] * len(first) + [1] * len(second)",
                "[1] * len(first) + [2] * len(second)",
            ),
            "Your segments are 1 and 2. They are counted from 0: the first sentence "
            "has 0, the second 1.",
        ),
        Misconception(
            "one-special-forgotten",
            ("len(b) + special > length", "len(b) + 2 > length"),
            "You leave room for two special tokens, also for a pair. A pair has three, "
            "and your rows become longer than length.",
        ),
        Misconception(
            "one-piece-too-many",
            (
                "while len(a) + len(b) + special > length:",
                "while (a or b) and len(a) + len(b) + special >= length:",
            ),
            "You remove one piece more than needed and leave a place empty. What "
            "fits exactly stays.",
        ),
    ],
    hints=[
        "Decide first how many special tokens there are: two, or three with a second "
        "sentence. That says how many pieces may stay.",
        "Build two lists, [CLS] a [SEP] and b [SEP]. The segments and the mask follow "
        "from their lengths.",
        "Look up every piece with vocab.get(piece, id of [UNK]), then append the id of "
        "[PAD] until the row is full. Compare b with None, do not test if it is empty.",
    ],
)


# --- layer_norm --------------------------------------------------------------------


def layer_norm_cases(rng):
    def weights(width):
        return tensor(rng, width, scale=0.4, shift=1.5), tensor(rng, width)

    yield Case("three axes", tensor(rng, 3, 5, 7, scale=2, shift=1), *weights(7), 1e-12)
    yield Case(
        "two axes, an eps that matters",
        tensor(rng, 4, 6, scale=0.05),
        *weights(6),
        1e-3,
    )
    yield Case(
        "tiny numbers, tiny eps", tensor(rng, 2, 3, 5, scale=1e-3), *weights(5), 1e-12
    )
    yield Case(
        "far from zero", tensor(rng, 5, 8, scale=0.5, shift=4), *weights(8), 1e-5
    )
    x = tensor(rng, 5, 4)
    x[1] = int(rng.integers(3, 9)) / 4  # its mean is exact in float32, too
    yield Case("a row of equal numbers", x, *weights(4), 1e-12)
    x = tensor(rng, 3, 6) * torch.tensor([[1e-4], [1.0], [1e3]])
    yield Case("rows of very different size", x, *weights(6), 1e-9)
    yield Case("a single vector", tensor(rng, 9, shift=-2), *weights(9), 1e-12)
    yield Case("four axes", tensor(rng, 2, 3, 4, 5), *weights(5), 0.2)
    single = tensor(rng, 3, 4, 6, dtype=torch.float32)
    yield Case("float32", single, *(w.float() for w in weights(6)), 1e-6)
    far = tensor(rng, 5, 8, scale=0.5, shift=200, dtype=torch.float32)
    case = Case("float32, far from zero", far, *(w.float() for w in weights(8)), 1e-6)
    yield case.with_(rtol=5e-4, atol=5e-4)


LAYER_NORM = Exercise(
    "layer_norm",
    layer_norm_cases,
    **SINGLE,
    points=3,
    minutes=10,
    difficulty=2,
    exact_dtype=True,
    misconceptions=[
        Misconception(
            "unbiased",
            (
                "((x - mean) ** 2).mean(dim=-1, keepdim=True)",
                "x.var(dim=-1, keepdim=True)",
            ),
            "You divide the sum of squares by D - 1, as torch.var does by default. "
            "LayerNorm divides by D.",
        ),
        Misconception(
            "squares-first",
            (
                "((x - mean) ** 2).mean(dim=-1, keepdim=True)",
                "(x**2).mean(dim=-1, keepdim=True) - mean**2",
            ),
            "Your variance is the mean of the squares minus the square of the mean. "
            "Far from zero both are large and nearly equal, and the digits that differ "
            "are lost. Subtract the mean first.",
            forms=[
                (
                    "((x - mean) ** 2).mean(dim=-1, keepdim=True)",
                    "((x**2).mean(dim=-1, keepdim=True) - mean**2).clamp(min=0)",
                ),
            ],
        ),
        Misconception(
            "wrong-axis",
            ("dim=-1", "dim=-2"),
            "You normalise over the positions. LayerNorm looks at one token at a time: "
            "over the last axis.",
        ),
        Misconception(
            "all-axes",
            [
                ("x.mean(dim=-1, keepdim=True)", "x.mean()"),
                (".mean(dim=-1, keepdim=True)", ".mean()"),
            ],
            "You take one mean and one variance for the whole tensor. Every row of the "
            "last axis has its own.",
        ),
        Misconception(
            "eps-outside",
            ("torch.sqrt(variance + eps)", "(torch.sqrt(variance) + eps)"),
            "You add eps outside the root. It belongs inside, to the variance.",
        ),
        Misconception(
            "eps-ignored",
            ("variance + eps", "variance + 1e-5"),
            "You use an eps of your own (1e-5 is PyTorch's default, 1e-3 that of "
            "Keras). Use the argument; BERT's is 1e-12.",
            forms=[
                ("variance + eps", "variance + 1e-3"),
                ("variance + eps", "variance + EPS"),
            ],
        ),
        Misconception(
            "no-eps",
            ("variance + eps", "variance"),
            "eps is missing. A row of equal numbers has the variance 0, and without "
            "eps you divide 0 by 0.",
        ),
        Misconception(
            "shift-first",
            [
                ("return (x - mean)", "return ((x - mean)"),
                ("* weight + bias", "+ bias) * weight"),
            ],
            "You add the bias before you multiply by the weight. Scale first, then "
            "shift.",
        ),
        Misconception(
            "no-root",
            ("torch.sqrt(variance + eps)", "(variance + eps)"),
            "You divide by the variance. Divide by its square root, the standard "
            "deviation.",
        ),
        Misconception(
            "no-shift",
            (" * weight + bias", " * weight"),
            "The bias is missing: after the scaling every column is shifted by its "
            "bias.",
        ),
        Misconception(
            "no-scale",
            (" * weight + bias", " + bias"),
            "The weight is missing: multiply the normalised numbers by it before you "
            "add the bias.",
        ),
        Misconception(
            "not-centred",
            ("return (x - mean) /", "return x /"),
            "You divide by the standard deviation but do not subtract the mean.",
        ),
        Misconception(
            "first-axis",
            ("dim=-1", "dim=0"),
            "You normalise over the first axis, the sentences of the batch. LayerNorm "
            "looks at one token at a time: over the last axis.",
        ),
        Misconception(
            "axis-one",
            ("dim=-1", "dim=1"),
            "You normalise over axis 1. That is the last one only where there are two; "
            "dim=-1 is the last one always.",
        ),
        Misconception(
            "std-as-it-comes",
            (
                "(x - mean) / torch.sqrt(variance + eps)",
                "(x - mean) / (x.std(dim=-1, keepdim=True) + eps)",
            ),
            "`std` divides by D - 1 unless told otherwise, and eps is added to it "
            "outside the root. LayerNorm divides by D, with eps under the root.",
        ),
        Misconception(
            "root-mean-square",
            (
                "(x - mean) / torch.sqrt(variance + eps)",
                "x / torch.sqrt((x**2).mean(dim=-1, keepdim=True) + eps)",
            ),
            "You divide by the root of the mean square and never subtract the mean. "
            "That is RMSNorm, of later models; LayerNorm subtracts it first.",
        ),
        Misconception(
            "all-but-the-first",
            source="""def layer_norm(x, weight, bias, eps):
    axes = tuple(range(min(1, x.ndim - 1), x.ndim))
    mean = x.mean(dim=axes, keepdim=True)
    variance = ((x - mean) ** 2).mean(dim=axes, keepdim=True)
    return (x - mean) / torch.sqrt(variance + eps) * weight + bias
""",
            says="You normalise over all axes but the first. LayerNorm looks at one "
            "token at a time: over the last axis alone.",
        ),
        Misconception(
            "weight-and-bias-swapped",
            ("* weight + bias", "* bias + weight"),
            "You multiply by the bias and add the weight. It is the other way round.",
        ),
        Misconception(
            "squares-of-x",
            ("((x - mean) ** 2).mean(", "(x**2).mean("),
            "Your variance is the mean of the squares of x. Subtract the mean from x "
            "before you square.",
        ),
        Misconception(
            "eps-as-a-floor",
            ("torch.sqrt(variance + eps)", "torch.sqrt(variance).clamp(min=eps)"),
            "You use eps as a lower limit. It is added to every variance, inside the "
            "root.",
            forms=[
                ("torch.sqrt(variance + eps)", "torch.sqrt(variance.clamp(min=eps))"),
            ],
        ),
        Misconception(
            "sum-of-squares",
            (
                "((x - mean) ** 2).mean(",
                "((x - mean) ** 2).sum(",
            ),
            "You divide by the root of the sum of squares. The variance is their "
            "mean: divide the sum by D.",
        ),
        Misconception(
            "root-twice",
            (
                "torch.sqrt(variance + eps)",
                "torch.sqrt(torch.sqrt(variance) + eps)",
            ),
            "You take the root of the standard deviation. It is the root of the "
            "variance already.",
        ),
        Misconception(
            "no-scale-and-shift",
            (" * weight + bias", ""),
            "Scale and shift are missing: multiply the normalised numbers by the "
            "weight and add the bias.",
        ),
        Misconception(
            "one-plus-weight",
            ("* weight + bias", "* (1 + weight) + bias"),
            "You multiply by 1 + weight, as some later models do. BERT multiplies by "
            "the weight itself.",
        ),
        Misconception(
            "over-all-tokens",
            source="""def layer_norm(x, weight, bias, eps):
    axes = tuple(range(max(1, x.ndim - 1)))
    mean = x.mean(dim=axes, keepdim=True)
    variance = ((x - mean) ** 2).mean(dim=axes, keepdim=True)
    return (x - mean) / torch.sqrt(variance + eps) * weight + bias
""",
            says="You normalise each column over all tokens, as a BatchNorm does. "
            "LayerNorm looks at one token at a time: over the last axis.",
        ),
    ],
    hints=[
        "Mean and variance belong to one token: they are taken over the last axis. "
        "keepdim=True keeps them broadcastable.",
        "variance = mean of (x - mean)². torch.var divides by D - 1 unless you say "
        "correction=0.",
        "(x - mean) / sqrt(variance + eps), then times weight, plus bias.",
    ],
)


# --- bert_embeddings ---------------------------------------------------------------


def bert_embeddings_cases(rng):
    ids, _, segments = batch_of_ids(rng, 19, (6, 4, 6), 6)
    yield Case("three pairs", ids, segments, embedding_weights(rng, 19, 9, 8))
    ids, _, segments = batch_of_ids(rng, 11, (7, 5), 7)
    # so small that EPS counts: a mean of the three instead of a sum shows as well
    small = embedding_weights(rng, 11, 7, 5, scale=2e-6)
    yield Case("small weights, every position used", ids, segments, small)
    one, _, kind = batch_of_ids(rng, 17, (5,), 5)
    yield Case("a single row", one, kind, embedding_weights(rng, 17, 6, 4))
    longer, _, longer_segments = batch_of_ids(rng, 11, (8, 5), 8)
    yield Case(
        "one token more than there are positions",
        ids,
        segments,
        small,
        bad=[(longer, longer_segments, small)],
    ).with_(weight=0)
    ids, _, segments = batch_of_ids(rng, 13, (1, 3, 2, 3), 3)
    single = embedding_weights(rng, 13, 8, 6, dtype=torch.float32)
    yield Case("float32", ids, segments, single)
    yield Case(
        "segments of another shape",
        ids,
        segments,
        single,
        bad=[(ids, segments[:1], single)],
    ).with_(weight=0)


BERT_EMBEDDINGS = Exercise(
    "bert_embeddings",
    bert_embeddings_cases,
    **SINGLE,
    points=4,
    minutes=10,
    difficulty=2,
    probe="then_refuse",
    exact_dtype=True,
    needs=("layer_norm",),
    misconceptions=[
        Misconception(
            "no-positions",
            ("words + positions[:length] + kinds", "words + kinds"),
            "The position embeddings are missing. Attention by itself does not see the "
            "order of words: without them every order gives the same sentence.",
        ),
        Misconception(
            "no-segments",
            ("words + positions[:length] + kinds", "words + positions[:length]"),
            "The segment embeddings are missing: the model cannot tell the first "
            "sentence from the second.",
        ),
        Misconception(
            "first-segment-for-all",
            (
                '"token_type_embeddings.weight"][segments]',
                '"token_type_embeddings.weight"][0]',
            ),
            "You add the embedding of segment 0 to every token. Each takes the row of "
            "its own segment.",
        ),
        Misconception(
            "words-scaled",
            (
                'params["word_embeddings.weight"][ids]',
                'params["word_embeddings.weight"][ids]\n'
                "    words = words * math.sqrt(words.shape[-1])",
            ),
            "You multiply the word embeddings by the root of D, as the first "
            "Transformer does. BERT adds them as they are.",
        ),
        Misconception(
            "norm-before-sum",
            (
                "return layer_norm(total, weight, bias, EPS)",
                "return layer_norm(words, weight, bias, EPS)"
                " + positions[:length] + kinds",
            ),
            "You normalise the words before positions and segments are added. The "
            "LayerNorm stands after the sum of all three.",
        ),
        Misconception(
            "positions-over-rows",
            (
                "words + positions[:length] + kinds",
                "words + kinds + positions[(torch.arange(ids.numel())\n"
                "        % len(positions)).reshape(ids.shape)]",
            ),
            "Your positions go on counting from one row to the next. Every row begins "
            "at position 0.",
        ),
        Misconception(
            "positions-by-id",
            (
                "words + positions[:length] + kinds",
                "words + kinds + positions[\n"
                "        ((ids != 0).long().cumsum(1) - 1).clamp(min=0)\n"
                "    ]",
            ),
            "You count only ids that are not 0, as RoBERTa counts past its padding. A "
            "position is the place in the row, whatever the id.",
        ),
        Misconception(
            "position-from-one",
            (
                "words + positions[:length] + kinds",
                "words + positions.roll(-1, 0)[:length] + kinds",
            ),
            "You count positions from 1. The first token, [CLS], has position 0.",
            forms=[
                (
                    "words + positions[:length] + kinds",
                    "words + kinds + positions[torch.arange(1, length + 1)\n"
                    "        .clamp(max=len(positions) - 1)]",
                ),
            ],
        ),
        Misconception(
            "position-of-row",
            (
                "words + positions[:length] + kinds",
                "words + positions[torch.arange(len(ids))][:, None] + kinds",
            ),
            "You give every sentence of the batch its own position. The position is "
            "the place of a token in its row, the same in all rows.",
        ),
        Misconception(
            "no-norm",
            ("return layer_norm(total, weight, bias, EPS)", "return total"),
            "The LayerNorm after the sum is missing.",
        ),
        Misconception(
            "eps",
            ("bias, EPS)", "bias, 1e-5)"),
            "Your LayerNorm uses another eps. BERT's is 1e-12 (EPS), PyTorch's default "
            "1e-5; with small weights the difference shows.",
            forms=[
                ("bias, EPS)", "bias, 1e-6)"),
            ],
        ),
        Misconception(
            "segment-after-norm",
            [
                ("words + positions[:length] + kinds", "words + positions[:length]"),
                (
                    "return layer_norm(total, weight, bias, EPS)",
                    "return layer_norm(total, weight, bias, EPS) + kinds",
                ),
            ],
            "You add the segment after the LayerNorm, as if it were a bias of the "
            "layer. It is one of three embeddings that are summed first.",
        ),
        Misconception(
            "segments-flipped",
            (
                '"token_type_embeddings.weight"][segments]',
                '"token_type_embeddings.weight"][1 - segments]',
            ),
            "You use the embedding of the other segment: segment 0 takes row 0 of the "
            "table.",
        ),
        Misconception(
            "too-long",
            ("if length > len(positions):", "if length > 10**9:"),
            "A text that is longer than the table of positions is not refused with a "
            "ValueError.",
        ),
        Misconception(
            "shape-unchecked",
            ("if ids.shape != segments.shape:", "if False:"),
            "Segments of another shape are broadcast without a word. Compare the "
            "shapes and raise a ValueError.",
        ),
        Misconception(
            "normed-twice",
            (
                "words + positions[:length] + kinds",
                "kinds + layer_norm(words + positions[:length], "
                'params["LayerNorm.weight"], params["LayerNorm.bias"], EPS)',
            ),
            "You normalise twice. All three embeddings are added first; one LayerNorm "
            "follows.",
            forms=[
                (
                    "return layer_norm(total, weight, bias, EPS)",
                    "total = layer_norm(total, weight, bias, EPS)\n"
                    "    return layer_norm(total, weight, bias, EPS)",
                )
            ],
        ),
        Misconception(
            "zero-is-padding",
            (
                "return layer_norm(total, weight, bias, EPS)",
                "total = total * (ids != 0)[:, :, None]\n"
                "    return layer_norm(total, weight, bias, EPS)",
            ),
            "You take id 0 for padding and leave its vector out. Here every id is a "
            "token; the mask hides padding, later.",
            forms=[
                (
                    "return layer_norm(total, weight, bias, EPS)",
                    "found = layer_norm(total, weight, bias, EPS)\n"
                    "    return found * (ids != 0)[:, :, None]",
                ),
                (
                    'words = params["word_embeddings.weight"][ids]',
                    'words = params["word_embeddings.weight"][ids]\n'
                    "    words = words * (ids != 0)[:, :, None]",
                ),
            ],
        ),
        Misconception(
            "each-normed",
            (
                "return layer_norm(total, weight, bias, EPS)",
                "three = (words, positions[:length], kinds)\n"
                "    return sum(layer_norm(one, weight, bias, EPS) for one in three)",
            ),
            "You normalise each of the three embeddings by itself. They are added as "
            "they are, and one LayerNorm follows.",
        ),
        Misconception(
            "mean-of-three",
            (
                "words + positions[:length] + kinds",
                "(words + positions[:length] + kinds) / 3",
            ),
            "You take the mean of the three embeddings. BERT adds them up; with "
            "small weights EPS makes the difference visible.",
        ),
        Misconception(
            "segment-as-a-bias",
            (
                "words + positions[:length] + kinds",
                "words + positions[:length] + (\n"
                "        segments[:, :, None] * "
                'params["token_type_embeddings.weight"][1]\n'
                "    )",
            ),
            "You add row 1 of the segment table where the segment is 1, and nothing "
            "where it is 0. Segment 0 has a row of its own: look both up.",
        ),
        Misconception(
            "full-table-refused",
            ("if length > len(positions):", "if length >= len(positions):"),
            "You refuse a text that fills the table of positions. It has a row for "
            "every token; only longer texts do not fit.",
        ),
        Misconception(
            "no-scale-and-shift",
            (
                "return layer_norm(total, weight, bias, EPS)",
                "return F.layer_norm(total, total.shape[-1:], eps=EPS)",
            ),
            "Your LayerNorm leaves out its weight and its bias.",
        ),
        Misconception(
            "positions-begin-again",
            (
                "words + positions[:length] + kinds",
                "words + kinds + positions[\n"
                "        (torch.arange(length) - (segments == 0).sum(1, "
                "keepdim=True) * segments)\n"
                "    ]",
            ),
            "Your positions begin again at 0 where the second sentence begins. They "
            "go on counting to the end of the row.",
        ),
        Misconception(
            "waves-for-positions",
            (
                "    total =",
                """    width = words.shape[-1]
    place = torch.arange(length)[:, None]
    rate = torch.exp(torch.arange(0, width, 2) * (-math.log(1e4) / width))
    positions = torch.zeros(length, width, dtype=words.dtype)
    positions[:, 0::2] = torch.sin(place * rate)
    positions[:, 1::2] = torch.cos(place * rate)
    total =""",
            ),
            "You compute the positions from sines and cosines, as the first "
            "Transformer does. BERT learned a table of them: "
            "position_embeddings.weight.",
        ),
        Misconception(
            "unbiased",
            (
                "return layer_norm(total, weight, bias, EPS)",
                "centred = total - total.mean(dim=-1, keepdim=True)\n"
                "    variance = total.var(dim=-1, keepdim=True)\n"
                "    return centred / torch.sqrt(variance + EPS) * weight + bias",
            ),
            "Your LayerNorm divides the sum of squares by D - 1, as torch.var and "
            "torch.std do by default. It divides by D.",
            forms=[
                (
                    "return layer_norm(total, weight, bias, EPS)",
                    "centred = total - total.mean(dim=-1, keepdim=True)\n"
                    "    deviation = total.std(dim=-1, keepdim=True)\n"
                    "    return centred / (deviation + EPS) * weight + bias",
                ),
            ],
        ),
    ],
    hints=[
        "Three tables, three look-ups: a table indexed by a tensor of ids gives one "
        "row for each id.",
        "The positions are the first T rows of their table; they are the same for "
        "every sentence, so broadcasting adds them.",
        "Sum the three, then call your layer_norm with LayerNorm.weight, "
        "LayerNorm.bias and EPS. Check T and the shapes before.",
    ],
)


# --- scaled_dot_product_attention --------------------------------------------------


def attention_cases(rng):
    def padding(*stops, length):
        return torch.tensor([[1] * stop + [0] * (length - stop) for stop in stops])

    def qkv(B, heads, T, S, d, e, scale=1.0, dtype=torch.float64):
        return (
            tensor(rng, B, heads, T, d, scale=scale, dtype=dtype),
            tensor(rng, B, heads, S, d, scale=scale, dtype=dtype),
            tensor(rng, B, heads, S, e, dtype=dtype),
        )

    yield Case("two rows, one padded", *qkv(2, 3, 5, 6, 4, 7), padding(6, 4, length=6))
    holes = torch.tensor([[1, 0, 1, 1, 0, 1, 0], [0, 1, 1, 0, 0, 1, 1], [1] * 7])
    yield Case("holes in the mask", *qkv(3, 2, 4, 7, 5, 3), holes)
    Q, K, V = qkv(2, 1, 6, 5, 3, 4, scale=200.0)
    K[:, :, -2:] *= 4
    # the first query scores far below zero on all that it may see
    Q[:, :, 0] = Q[:, :, 0].abs() + 200
    K[:, :, :3] -= 500
    yield Case("scores of a hundred thousand", Q, K, V, padding(3, 3, length=5))
    Q, K, V = qkv(2, 2, 3, 4, 6, 2, dtype=torch.float32)
    yield Case(
        "float32, as many tokens as queries plus one", Q, K, V, padding(4, 2, length=4)
    )
    Q, K, V = qkv(3, 4, 5, 5, 2, 2, scale=1.5)
    yield Case("self-attention of three rows", Q, K, V, padding(5, 1, 3, length=5))
    Q, K, V = qkv(1, 2, 7, 3, 5, 4)
    yield Case(
        "one sentence, fewer tokens than queries", Q, K, V, torch.ones(1, 3).long()
    )


ATTENTION = Exercise(
    "scaled_dot_product_attention",
    attention_cases,
    **SINGLE,
    points=5,
    minutes=15,
    difficulty=3,
    returns=("context", "weights"),
    exact_dtype=True,
    misconceptions=[
        Misconception(
            "no-max",
            (
                "scores.masked_fill(hidden, -torch.inf).softmax(dim=-1)",
                "scores.masked_fill(hidden, -torch.inf).exp()\n"
                "    weights = weights / weights.sum(dim=-1, keepdim=True)",
            ),
            "exp overflows for large scores. Subtract the largest score of the row "
            "first, or use a softmax that does.",
            forms=[
                (
                    "scores.masked_fill(hidden, -torch.inf).softmax(dim=-1)",
                    "scores.exp() * ~hidden\n"
                    "    weights = weights / weights.sum(dim=-1, keepdim=True)",
                ),
                (
                    "scores.masked_fill(hidden, -torch.inf).softmax(dim=-1)",
                    "scores.masked_fill(hidden, -torch.inf).exp()\n"
                    "    weights = weights / (weights.sum(dim=-1, keepdim=True) + "
                    "1e-9)",
                ),
            ],
        ),
        Misconception(
            "no-root",
            (" / math.sqrt(Q.shape[-1])", ""),
            "The scores are not divided by the square root of d. With wide heads they "
            "grow, the softmax saturates and its gradient vanishes.",
        ),
        Misconception(
            "divided-by-d",
            ("math.sqrt(Q.shape[-1])", "Q.shape[-1]"),
            "You divide by d. A sum of d products has standard deviation sqrt(d), so "
            "the root is what brings it back to 1.",
        ),
        Misconception(
            "root-of-the-values-width",
            ("math.sqrt(Q.shape[-1])", "math.sqrt(V.shape[-1])"),
            "You divide by the root of d_v, the width of the values. d is the width of "
            "queries and keys, the last axis of Q.",
        ),
        Misconception(
            "max-over-hidden",
            (
                "scores.masked_fill(hidden, -torch.inf).softmax(dim=-1)",
                "(scores - scores.amax(-1, keepdim=True)).exp()"
                ".masked_fill(hidden, 0.0)\n"
                "    weights = weights / weights.sum(dim=-1, keepdim=True)",
            ),
            "Hidden scores still enter your softmax, if only by the largest score "
            "that is subtracted. Where one of them is far above the others, these "
            "all become 0 and you divide 0 by 0. Hide the scores first.",
        ),
        Misconception(
            "mask-as-length",
            (
                "(mask == 0)[:, None, None, :]",
                "(\n        torch.arange(K.shape[2]) >= mask.sum(1, keepdim=True)\n"
                "    )[:, None, None, :]",
            ),
            "You take the mask as a length and show the first tokens of each row. The "
            "zeros may stand anywhere.",
        ),
        Misconception(
            "root-of-length",
            ("math.sqrt(Q.shape[-1])", "math.sqrt(K.shape[-2])"),
            "You divide by the root of the number of tokens. d is the width of a head, "
            "the last axis of Q.",
        ),
        Misconception(
            "softmax-over-queries",
            ("softmax(dim=-1)", "softmax(dim=-2)"),
            "Your softmax runs over the queries. Each query shares out a total of 1 "
            "among the tokens: over the last axis.",
            forms=[
                ("softmax(dim=-1)", "softmax(dim=-2).nan_to_num()"),
                [("-torch.inf", "-1e9"), ("softmax(dim=-1)", "softmax(dim=-2)")],
            ],
        ),
        Misconception(
            "mask-inverted",
            ("(mask == 0)", "(mask == 1)"),
            "Your mask is the wrong way round: you attend to the padding and hide the "
            "words.",
            forms=[
                [("(mask == 0)", "(mask == 1)"), ("-torch.inf", "-1e9")],
                [("(mask == 0)", "(mask == 1)"), ("-torch.inf", "-1e30")],
                (
                    "scores.masked_fill(hidden, -torch.inf)",
                    "(scores + mask[:, None, None, :] * -1e9)",
                ),
            ],
        ),
        Misconception(
            "minus-ten-thousand",
            (
                "scores.masked_fill(hidden, -torch.inf)",
                "(scores + hidden * -10000.0)",
            ),
            "You subtract a fixed number, such as 10,000, from hidden scores. Early "
            "BERT code did; a score of 100,000 still shines through.",
            forms=[
                (
                    "scores.masked_fill(hidden, -torch.inf).softmax(dim=-1)",
                    "(scores + hidden * "
                    "-10000.0).softmax(dim=-1).masked_fill(hidden, 0.0)",
                ),
            ],
        ),
        Misconception(
            "filled-with-ten-thousand",
            ("masked_fill(hidden, -torch.inf)", "masked_fill(hidden, -10000.0)"),
            "You set hidden scores to a fixed number, such as -10,000. Where all the "
            "others are lower still, the padding wins. Use minus infinity.",
        ),
        Misconception(
            "no-mask",
            ("scores.masked_fill(hidden, -torch.inf)", "scores"),
            "The mask is not used: every word takes a share of the padding.",
        ),
        Misconception(
            "mask-after-softmax",
            (
                "scores.masked_fill(hidden, -torch.inf).softmax(dim=-1)",
                "scores.softmax(dim=-1).masked_fill(hidden, 0.0)",
            ),
            "You set weights to 0 after the softmax, so the rest no longer sums to 1. "
            "Hide the scores before it.",
            forms=[
                (
                    "scores.masked_fill(hidden, -torch.inf).softmax(dim=-1)",
                    "scores.masked_fill(hidden, 0.0).softmax(dim=-1)"
                    ".masked_fill(hidden, 0.0)",
                ),
            ],
        ),
        Misconception(
            "mask-zero-score",
            ("masked_fill(hidden, -torch.inf)", "masked_fill(hidden, 0.0)"),
            "You set the hidden scores to 0. The softmax turns 0 into exp(0) = 1, not "
            "into nothing.",
        ),
        Misconception(
            "swapped-results",
            ("return weights @ V, weights", "return weights, weights @ V"),
            "You return the weights first. The description asks for the context, then "
            "the weights.",
        ),
        Misconception(
            "mask-off-by-one",
            ("(mask == 0)", "(mask.roll(1, 1) == 0)"),
            "Your mask is shifted by one position against the tokens.",
        ),
        Misconception(
            "context-alone",
            ("return weights @ V, weights", "return weights @ V"),
            "You return the context alone. The weights are asked for as well: "
            "`return context, weights`.",
        ),
        Misconception(
            "queries-hidden",
            (
                "    return weights @ V, weights",
                "    if weights.shape[2] == mask.shape[1]:\n"
                "        weights = weights * mask[:, None, :, None].to(Q.dtype)\n"
                "    return weights @ V, weights",
            ),
            "You also set the rows of hidden tokens to 0. The mask hides a token from "
            "the queries; as a query it still gets weights that sum to 1.",
        ),
        Misconception(
            "scores-returned",
            ("return weights @ V, weights", "return weights @ V, scores"),
            "You return the scores in place of the weights. The weights come out of "
            "the softmax.",
            forms=[
                (
                    "return weights @ V, weights",
                    "return weights @ V, scores.masked_fill(hidden, -torch.inf)",
                )
            ],
        ),
        Misconception(
            "scores-clipped",
            (
                "scores.masked_fill(hidden",
                "scores.clamp(-80, 80).masked_fill(hidden",
            ),
            "You clip the scores. Two that are beyond the limit then count alike, "
            "however far apart they are; softmax takes large scores as they are.",
            forms=[
                (
                    "scores.masked_fill(hidden",
                    "scores.clamp(-50, 50).masked_fill(hidden",
                ),
                (
                    "scores.masked_fill(hidden",
                    "scores.clamp(-100, 100).masked_fill(hidden",
                ),
            ],
        ),
        Misconception(
            "mask-added",
            (
                "scores.masked_fill(hidden, -torch.inf)",
                "(scores + mask[:, None, None, :])",
            ),
            "You add the mask, 1 and 0, to the scores. That hides nothing: a hidden "
            "score becomes minus infinity.",
        ),
        Misconception(
            "softmax-over-heads",
            ("softmax(dim=-1)", "softmax(dim=1)"),
            "Your softmax runs over the heads, axis 1, as F.softmax does without "
            "dim. Each query shares out a total of 1 among the tokens: over the last "
            "axis.",
            forms=[
                ("softmax(dim=-1)", "softmax(dim=1).nan_to_num()"),
                [
                    ("-torch.inf", "-1e9"),
                    ("softmax(dim=-1)", "softmax(dim=1)"),
                ],
            ],
        ),
        Misconception(
            "scaled-after",
            [
                (" / math.sqrt(Q.shape[-1])", ""),
                ("softmax(dim=-1)", "softmax(dim=-1) / math.sqrt(K.shape[-1])"),
            ],
            "You divide by the root of d after the softmax, so the weights no longer "
            "sum to 1. Divide the scores before it.",
        ),
        Misconception(
            "times-the-root",
            ("Q @ K.transpose(-2, -1) / math", "Q @ K.transpose(-2, -1) * math"),
            "You multiply the scores by the root of d. Divide by it: the wider a "
            "head, the larger its scores are.",
        ),
        Misconception(
            "values-zeroed",
            [
                ("scores.masked_fill(hidden, -torch.inf)", "scores"),
                (
                    "weights @ V, weights",
                    "weights @ (V * mask[:, None, :, None].to(V.dtype)), weights",
                ),
            ],
            "You set the values of hidden tokens to 0, but the tokens keep their "
            "share of the weights. Hide their scores before the softmax.",
        ),
        Misconception(
            "zero-times-infinity",
            (
                "scores.masked_fill(hidden, -torch.inf)",
                "(scores + (1 - mask[:, None, None, :]) * -torch.inf)",
            ),
            "You multiply the mask by minus infinity: 0 times infinity is nan, so "
            "every row is lost. Use masked_fill or torch.where.",
        ),
        Misconception(
            "later-tokens-hidden",
            (
                "hidden = (mask == 0)[:, None, None, :]",
                "later = torch.ones(scores.shape[-2:], dtype=torch.bool).triu(1)\n"
                "    hidden = (mask == 0)[:, None, None, :] | later",
            ),
            "You hide the tokens that come later, as GPT does. BERT looks both ways: "
            "only the mask hides a token.",
            forms=[
                [
                    (
                        "hidden = (mask == 0)[:, None, None, :]",
                        "later = torch.ones(scores.shape[-2:], "
                        "dtype=torch.bool).triu(1)\n"
                        "    hidden = (mask == 0)[:, None, None, :] | later",
                    ),
                    (
                        "softmax(dim=-1)",
                        "softmax(dim=-1).nan_to_num()",
                    ),
                ],
            ],
        ),
        Misconception(
            "reshape-for-transpose",
            (
                "K.transpose(-2, -1)",
                "K.reshape(*K.shape[:2], K.shape[3], K.shape[2])",
            ),
            "You reshape K where it has to be transposed. A reshape keeps the numbers "
            "in their order, so the keys are mixed; swap the last two axes.",
        ),
        Misconception(
            "first-mask-for-all",
            ("(mask == 0)[:, None", "(mask == 0)[:1, None"),
            "You use the mask of the first sentence for all of them. Each sentence "
            "has its own row.",
        ),
        Misconception(
            "softmax-over-all",
            ("softmax(dim=-1)", "flatten(2).softmax(dim=-1).view_as(scores)"),
            "All weights of a head together sum to 1 with you. Each query shares out a "
            "total of 1 by itself: over the last axis.",
        ),
    ],
    hints=[
        "Begin with the shapes: Q (B, h, T, d) times K transposed (B, h, d, S) gives "
        "scores (B, h, T, S). Only the last two axes of K change places.",
        "The mask (B, S) says which columns of the scores count. Give it two axes of "
        "length 1 so that it meets (B, h, T, S).",
        "Fill hidden scores with minus infinity before softmax(dim=-1): exp(-inf) is "
        "exactly 0. Then weights @ V.",
    ],
)


# --- multi_head_attention ----------------------------------------------------------


def multi_head_cases(rng):
    params = attention_weights(rng, 12)
    yield Case(
        "3 heads of width 4", tensor(rng, 2, 5, 12), mask_of(5, 3, length=5), params, 3
    )
    params = attention_weights(rng, 10)
    yield Case(
        "5 heads of width 2",
        tensor(rng, 3, 4, 10),
        mask_of(2, 4, 3, length=4),
        params,
        5,
    )
    params = attention_weights(rng, 6)
    yield Case("one head", tensor(rng, 2, 7, 6), mask_of(7, 6, length=7), params, 1)
    params = attention_weights(rng, 8, dtype=torch.float32)
    H = tensor(rng, 2, 3, 8, dtype=torch.float32)
    yield Case("float32, 2 heads", H, mask_of(3, 2, length=3), params, 2)


MULTI_HEAD = Exercise(
    "multi_head_attention",
    multi_head_cases,
    **SINGLE,
    points=5,
    minutes=25,
    difficulty=4,
    returns=("output", "weights"),
    needs=("scaled_dot_product_attention",),
    misconceptions=[
        Misconception(
            "reshape-for-transpose",
            (
                "x.reshape(B, T, heads, D // heads).transpose(1, 2)",
                "x.reshape(B, heads, T, D // heads)",
            ),
            "You reshape straight to (B, heads, T, d). That deals whole tokens out to "
            "the heads; split the width first, then swap the two axes.",
            forms=[
                [
                    (
                        "x.reshape(B, T, heads, D // heads).transpose(1, 2)",
                        "x.reshape(B, heads, T, D // heads)",
                    ),
                    (
                        "context.transpose(1, 2).reshape(B, T, D)",
                        "context.reshape(B, T, D)",
                    ),
                ],
            ],
        ),
        Misconception(
            "interleaved",
            (
                "x.reshape(B, T, heads, D // heads).transpose(1, 2)",
                "x.reshape(B, T, D // heads, heads).permute(0, 3, 1, 2)",
            ),
            "You give head j every heads-th column. Head j takes neighbouring columns, "
            "j*d to (j+1)*d.",
            forms=[
                [
                    (
                        "x.reshape(B, T, heads, D // heads).transpose(1, 2)",
                        "x.reshape(B, T, D // heads, heads).permute(0, 3, 1, 2)",
                    ),
                    (
                        "context.transpose(1, 2).reshape(B, T, D)",
                        "context.permute(0, 2, 3, 1).reshape(B, T, D)",
                    ),
                ],
            ],
        ),
        Misconception(
            "merged-without-transpose",
            ("context.transpose(1, 2).reshape(B, T, D)", "context.reshape(B, T, D)"),
            "You merge the heads without swapping the axes back: parts of different "
            "tokens end up side by side.",
        ),
        Misconception(
            "no-output-dense",
            ('linear(merged, params, "output.dense")', "merged"),
            "The last dense layer, output.dense, is missing. It mixes what the heads "
            "found.",
        ),
        Misconception(
            "query-key-swapped",
            [
                (
                    'Q = split(linear(H, params, "self.query"))',
                    'Q = split(linear(H, params, "self.key"))',
                ),
                (
                    'K = split(linear(H, params, "self.key"))',
                    'K = split(linear(H, params, "self.query"))',
                ),
            ],
            "You use the key weights for the queries and the query weights for the "
            "keys.",
        ),
        Misconception(
            "value-from-key",
            ('linear(H, params, "self.value")', 'linear(H, params, "self.key")'),
            "Your values come from the key weights. Each of the three has its own.",
        ),
        Misconception(
            "no-bias",
            [
                (
                    'linear(H, params, "self.query")',
                    'H @ params["self.query.weight"].T',
                ),
                ('linear(H, params, "self.key")', 'H @ params["self.key.weight"].T'),
                (
                    'linear(H, params, "self.value")',
                    'H @ params["self.value.weight"].T',
                ),
            ],
            "The biases of query, key and value are missing.",
        ),
        Misconception(
            "weights-not-transposed",
            [
                (
                    'linear(H, params, "self.query")',
                    'H @ params["self.query.weight"] + params["self.query.bias"]',
                ),
                (
                    'linear(H, params, "self.key")',
                    'H @ params["self.key.weight"] + params["self.key.bias"]',
                ),
                (
                    'linear(H, params, "self.value")',
                    'H @ params["self.value.weight"] + params["self.value.bias"]',
                ),
            ],
            "You multiply by the weight matrix as it is stored. The library stores "
            "(outputs, inputs): multiply by its transpose, as linear does.",
            forms=[
                [
                    (
                        'linear(H, params, "self.query")',
                        'H @ params["self.query.weight"] + params["self.query.bias"]',
                    ),
                    (
                        'linear(H, params, "self.key")',
                        'H @ params["self.key.weight"] + params["self.key.bias"]',
                    ),
                    (
                        'linear(H, params, "self.value")',
                        'H @ params["self.value.weight"] + params["self.value.bias"]',
                    ),
                    (
                        'linear(merged, params, "output.dense")',
                        'merged @ params["output.dense.weight"]'
                        ' + params["output.dense.bias"]',
                    ),
                ],
                (
                    'linear(merged, params, "output.dense")',
                    'merged @ params["output.dense.weight"] + '
                    'params["output.dense.bias"]',
                ),
            ],
        ),
        Misconception(
            "residual-inside",
            (
                'return linear(merged, params, "output.dense")',
                'return H + linear(merged, params, "output.dense")',
            ),
            "You add H already. The sum and its LayerNorm belong to encoder_layer.",
        ),
        Misconception(
            "no-mask",
            ("(Q, K, V, mask)", "(Q, K, V, torch.ones_like(mask))"),
            "You do not pass the mask on: every word takes a share of the padding.",
        ),
        Misconception(
            "padding-zeroed",
            [
                (
                    "    B, T, D = H.shape\n",
                    "    B, T, D = H.shape\n    H = H * mask[:, :, None].to(H.dtype)\n",
                ),
                ("(Q, K, V, mask)", "(Q, K, V, torch.ones_like(mask))"),
            ],
            "You set the vectors of the padding to 0 and let every token look at them. "
            "A vector of zeros still has a key and takes a share; hide its score.",
        ),
        Misconception(
            "root-of-width",
            ("(Q, K, V, mask)", "(Q / math.sqrt(heads), K, V, mask)"),
            "Your scores are divided by the root of D. Each head divides by the root "
            "of its own width, D / heads.",
        ),
        Misconception(
            "no-output-bias",
            (
                'linear(merged, params, "output.dense")',
                'merged @ params["output.dense.weight"].T',
            ),
            "The bias of output.dense is missing.",
        ),
        Misconception(
            "weights-averaged",
            ('"output.dense"), weights', '"output.dense"), weights.mean(dim=1)'),
            "You average the weights over the heads. Return them for each head.",
        ),
        Misconception(
            "output-alone",
            ('"output.dense"), weights', '"output.dense")'),
            "You return the output alone. The weights of the heads are asked for as "
            "well.",
        ),
        Misconception(
            "key-from-query",
            (
                'split(linear(H, params, "self.key"))',
                'split(linear(H, params, "self.query"))',
            ),
            "Your keys come from the weights of the queries. Keys have their own: "
            "self.key.",
        ),
        Misconception(
            "scaled-twice",
            (
                "(Q, K, V, mask)",
                "(Q / math.sqrt(D // heads), K, V, mask)",
            ),
            "You scale the scores twice. `scaled_dot_product_attention` divides by the "
            "root of d already.",
        ),
        Misconception(
            "cut-before-the-projection",
            source="""def multi_head_attention(H, mask, params, heads):
    d = H.shape[-1] // heads
    contexts, weights = [], []
    for j in range(heads):
        rows = slice(j * d, (j + 1) * d)
        q, k, v = (
            H[..., rows] @ params[f"self.{name}.weight"][rows, rows].T
            + params[f"self.{name}.bias"][rows]
            for name in ("query", "key", "value")
        )
        c, w = scaled_dot_product_attention(q[:, None], k[:, None], v[:, None], mask)
        contexts.append(c[:, 0])
        weights.append(w[:, 0])
    joined = torch.cat(contexts, dim=-1)
    return linear(joined, params, "output.dense"), torch.stack(weights, dim=1)
""",
            says="You cut H into slices before you project it, so a head sees only its "
            "own columns of H. Project the whole width first, then cut.",
        ),
        Misconception(
            "output-masked",
            (
                'return linear(merged, params, "output.dense"), weights',
                'return (linear(merged, params, "output.dense")\n'
                "            * mask[:, :, None].to(H.dtype)), weights",
            ),
            "You set the output of hidden tokens to 0. The mask hides them from the "
            "others; their own vectors are computed like all the rest.",
        ),
        Misconception(
            "not-scaled",
            ("(Q, K, V, mask)", "(Q * math.sqrt(D // heads), K, V, mask)"),
            "Your scores are not divided by the root of the width of a head.",
        ),
        Misconception(
            "merged-interleaved",
            (
                "context.transpose(1, 2).reshape(B, T, D)",
                "context.permute(0, 2, 3, 1).reshape(B, T, D)",
            ),
            "You put the heads together column by column: the first of every head, "
            "then the second. The columns of one head stay side by side.",
        ),
        Misconception(
            "key-value-swapped",
            [
                (
                    'K = split(linear(H, params, "self.key"))',
                    'K = split(linear(H, params, "self.first"))',
                ),
                (
                    'V = split(linear(H, params, "self.value"))',
                    'V = split(linear(H, params, "self.key"))',
                ),
                (
                    '"self.first"',
                    '"self.value"',
                ),
            ],
            "You use the value weights for the keys and the key weights for the "
            "values.",
        ),
        Misconception(
            "not-projected",
            [
                (
                    'linear(H, params, "self.query")',
                    "H",
                ),
                (
                    'linear(H, params, "self.key")',
                    "H",
                ),
                (
                    'linear(H, params, "self.value")',
                    "H",
                ),
            ],
            "You attend with H itself. Queries, keys and values are three "
            "projections of it, each with its own weights.",
        ),
        Misconception(
            "value-not-projected",
            (
                'linear(H, params, "self.value")',
                "H",
            ),
            "Your values are H itself. They are projected with self.value.",
        ),
        Misconception(
            "one-head-of-all",
            [
                (
                    "(Q, K, V, mask)",
                    "(\n"
                    "        *(x.transpose(1, 2).reshape(B, 1, T, D) for x in (Q, "
                    "K, V)), mask\n"
                    "    )",
                ),
                (
                    "context.transpose(1, 2).reshape(B, T, D)",
                    "context[:, 0]",
                ),
                (
                    '"output.dense"), weights',
                    '"output.dense"), weights.expand(B, heads, T, T)',
                ),
            ],
            "You attend once over the whole width, not in each head. Every head has "
            "weights of its own, from its own columns.",
            forms=[
                [
                    (
                        "(Q, K, V, mask)",
                        "(\n"
                        "        *(x.transpose(1, 2).reshape(B, 1, T, D) for x in "
                        "(Q, K, V)), mask\n"
                        "    )",
                    ),
                    (
                        "context.transpose(1, 2).reshape(B, T, D)",
                        "context[:, 0]",
                    ),
                ],
            ],
        ),
        Misconception(
            "mask-on-queries",
            (
                "context, weights = scaled_dot_product_attention(Q, K, V, mask)",
                "scores = Q @ K.mT / math.sqrt(D // heads)\n"
                "    scores = scores.masked_fill((mask == 0)[:, None, :, None], "
                "-1e9)\n"
                "    weights = scores.softmax(dim=-1)\n"
                "    context = weights @ V",
            ),
            "Your mask hides the rows of the scores, the queries. It hides columns, "
            "the keys: mask[:, None, None, :].",
            forms=[
                (
                    "context, weights = scaled_dot_product_attention(Q, K, V, mask)",
                    "scores = Q @ K.mT / math.sqrt(D // heads)\n"
                    "    scores = scores.masked_fill((mask == 0)[:, None, :, "
                    "None], -torch.inf)\n"
                    "    weights = scores.softmax(dim=-1)\n"
                    "    context = weights @ V",
                ),
            ],
        ),
        Misconception(
            "query-weights-for-all",
            [
                ('"self.key"', '"self.query"'),
                ('"self.value"', '"self.query"'),
            ],
            "Keys and values come from the weights of the queries, too. Each of the "
            "three has its own.",
        ),
    ],
    hints=[
        "Three projections with linear, then cut the last axis into heads pieces of "
        "width D / heads.",
        "(B, T, D) → reshape (B, T, heads, d) → transpose axes 1 and 2 → "
        "(B, heads, T, d). Afterwards the same way back.",
        "After your scaled_dot_product_attention: transpose(1, 2), reshape to (B, T, "
        "D), then output.dense.",
    ],
)


# --- gelu --------------------------------------------------------------------------


def gelu_cases(rng):
    yield Case("both sides of zero", tensor(rng, 4, 5, scale=1.5))
    yield Case("large numbers", tensor(rng, 3, 2, 3, scale=30.0))
    yield Case("small numbers", tensor(rng, 7, scale=0.05))
    tails = torch.linspace(-6.0, 6.0, 25, dtype=torch.float64)
    yield Case("the tails, up to 6 from zero", tails + tensor(rng, 25, scale=0.1))
    yield Case("float32", tensor(rng, 5, 3, scale=2.0, dtype=torch.float32))
    number = torch.tensor(float(rng.uniform(0.5, 1.5)), dtype=torch.float64)
    yield Case("a single number, without axes", number)


GELU = Exercise(
    "gelu",
    gelu_cases,
    points=2,
    minutes=5,
    difficulty=1,
    exact_dtype=True,
    misconceptions=[
        Misconception(
            "tanh",
            (
                "x * 0.5 * (1 + torch.erf(x / math.sqrt(2)))",
                "F.gelu(x, approximate='tanh')",
            ),
            "You use the approximation with tanh. It differs in the fourth digit, and "
            "BERT's weights were trained with the exact one, by erf.",
        ),
        Misconception(
            "sigmoid",
            (
                "x * 0.5 * (1 + torch.erf(x / math.sqrt(2)))",
                "x * torch.sigmoid(1.702 * x)",
            ),
            "You use x times a sigmoid, the fast approximation. The exact form needs "
            "erf.",
            forms=[
                (
                    "x * 0.5 * (1 + torch.erf(x / math.sqrt(2)))",
                    "x * torch.sigmoid(1.7 * x)",
                ),
            ],
        ),
        Misconception(
            "relu",
            ("x * 0.5 * (1 + torch.erf(x / math.sqrt(2)))", "torch.relu(x)"),
            "This is ReLU. GELU lets small negative numbers through.",
        ),
        Misconception(
            "silu",
            (
                "x * 0.5 * (1 + torch.erf(x / math.sqrt(2)))",
                "x * torch.sigmoid(x)",
            ),
            "This is SiLU, x times the sigmoid of x. GELU takes the normal "
            "distribution in place of the sigmoid.",
        ),
        Misconception(
            "no-half",
            ("x * 0.5 *", "x *"),
            "The factor 1/2 is missing: 1 + erf goes from 0 to 2, a probability from "
            "0 to 1.",
        ),
        Misconception(
            "phi-alone",
            ("x * 0.5 *", "0.5 *"),
            "You return the probability alone. Multiply it by x.",
        ),
        Misconception(
            "no-root-of-two",
            ("x / math.sqrt(2)", "x"),
            "The root of 2 inside erf is missing: erf is the distribution function of "
            "a normal number with variance 1/2.",
        ),
        Misconception(
            "upper-tail",
            ("torch.erf(x / math.sqrt(2))", "torch.erf(-x / math.sqrt(2))"),
            "You multiply by the probability of being above x. GELU needs that of "
            "being below x: it grows from 0 to 1.",
        ),
        Misconception(
            "standardised",
            (
                "torch.erf(x / math.sqrt(2))",
                "torch.erf((x - x.mean()) / (x.std(correction=0) + 1e-12)"
                " / math.sqrt(2))",
            ),
            "You standardise x before you look up its probability. Each number of x is "
            "taken as it is; the standard normal distribution is fixed.",
            forms=[
                (
                    "torch.erf(x / math.sqrt(2))",
                    "torch.erf((x - x.mean()) / x.std() / math.sqrt(2))",
                ),
                (
                    "0.5 * (1 + torch.erf(x / math.sqrt(2)))",
                    "torch.distributions.Normal(x.mean(), x.std()).cdf(x)",
                ),
            ],
        ),
        Misconception(
            "density",
            (
                "0.5 * (1 + torch.erf(x / math.sqrt(2)))",
                "torch.exp(-0.5 * x**2) / math.sqrt(2 * math.pi)",
            ),
            "You multiply by the density of the normal distribution. GELU needs its "
            "distribution function, the area to the left of x.",
        ),
        Misconception(
            "erf-alone",
            ("x * 0.5 * (1 + ", "x * (0 + "),
            "You multiply by erf, which goes from -1 to 1. Phi, a probability, is "
            "(1 + erf) / 2.",
        ),
        Misconception(
            "cut-off",
            source="""def gelu(x):
    inner = torch.where(x < -3, torch.zeros_like(x), F.gelu(x))
    return torch.where(x > 3, x, inner)
""",
            says="You take x itself for large x and 0 for very negative x. There the "
            "exact value differs in the third digit behind the point already.",
        ),
        Misconception(
            "root-multiplied",
            ("x / math.sqrt(2)", "x * math.sqrt(2)"),
            "You multiply by the root of 2 inside erf. Divide by it.",
        ),
        Misconception(
            "tanh-for-erf",
            (
                "torch.erf(",
                "torch.tanh(",
            ),
            "You put tanh in the place of erf. Both go from -1 to 1, but only erf "
            "belongs to the normal distribution.",
        ),
        Misconception(
            "two-for-its-root",
            (
                "x / math.sqrt(2)",
                "x / 2",
            ),
            "You divide by 2 inside erf. Divide by the root of 2.",
        ),
        Misconception(
            "root-outside",
            ("torch.erf(x / math.sqrt(2))", "torch.erf(x) / math.sqrt(2)"),
            "You divide erf by the root of 2. The root belongs inside, under x.",
        ),
        Misconception(
            "tanh-without-cube",
            (
                "torch.erf(x / math.sqrt(2))",
                "torch.tanh(math.sqrt(2 / math.pi) * x)",
            ),
            "You put tanh(sqrt(2 / pi) * x) in the place of erf, a rough "
            "approximation. The exact form needs erf.",
        ),
    ],
    hints=[
        "Phi(x) is the area under the normal curve to the left of x. Python and torch "
        "know it through erf.",
        "Phi(x) = (1 + erf(x / sqrt(2))) / 2.",
    ],
)


# --- encoder_layer -----------------------------------------------------------------


def encoder_layer_cases(rng):
    params = layer_weights(rng, 12, 20)
    yield Case("3 heads", tensor(rng, 2, 5, 12), mask_of(5, 3, length=5), params, 3)
    params = layer_weights(rng, 6, 9)
    # both sums are so small that EPS counts: their size, too, makes a difference
    H = tensor(rng, 3, 4, 6, scale=2e-6)
    for name in (
        "attention.output.dense",
        "attention.output.LayerNorm",
        "output.dense",
    ):
        for kind in (".weight", ".bias"):
            params[name + kind] = params[name + kind] * 2e-6
    yield Case("small numbers", H, mask_of(4, 1, 2, length=4), params, 2)
    params = layer_weights(rng, 8, 10, dtype=torch.float32)
    H = tensor(rng, 2, 6, 8, dtype=torch.float32)
    yield Case("float32", H, mask_of(4, 6, length=6), params, 4)


ENCODER_LAYER = Exercise(
    "encoder_layer",
    encoder_layer_cases,
    **SINGLE,
    points=5,
    minutes=15,
    difficulty=3,
    needs=("layer_norm", "multi_head_attention", "gelu"),
    misconceptions=[
        Misconception(
            "pre-norm",
            source="""def encoder_layer(H, mask, params, heads):
    first = part(params, "attention.output.LayerNorm.")
    second = part(params, "output.LayerNorm.")
    N = layer_norm(H, first["weight"], first["bias"], EPS)
    A = H + multi_head_attention(N, mask, part(params, "attention."), heads)[0]
    N = layer_norm(A, second["weight"], second["bias"], EPS)
    inner = gelu(linear(N, params, "intermediate.dense"))
    return A + linear(inner, params, "output.dense")
""",
            says="You normalise before each block, as GPT-2 does. BERT normalises "
            "after each sum: LayerNorm(x + block(x)).",
        ),
        Misconception(
            "norm-of-the-branch",
            [
                (
                    'A = layer_norm(H + attended, norm["weight"], norm["bias"], EPS)',
                    'A = H + layer_norm(attended, norm["weight"], norm["bias"], EPS)',
                ),
                (
                    'return layer_norm(A + dense, norm["weight"], norm["bias"], EPS)',
                    'return A + layer_norm(dense, norm["weight"], norm["bias"], EPS)',
                ),
            ],
            "You normalise what a block returns and add its input afterwards. BERT "
            "normalises the sum: LayerNorm(x + block(x)).",
        ),
        Misconception(
            "gelu-late",
            [
                (
                    'inner = gelu(linear(A, params, "intermediate.dense"))',
                    'inner = linear(A, params, "intermediate.dense")',
                ),
                (
                    'dense = linear(inner, params, "output.dense")',
                    'dense = gelu(linear(inner, params, "output.dense"))',
                ),
            ],
            "You apply gelu after the second dense layer. It stands between the two.",
        ),
        Misconception(
            "output-masked",
            [
                ("H, mask, part(", "H, torch.ones_like(mask), part("),
                (
                    "A = layer_norm(H + attended,",
                    "attended = attended * mask[:, :, None].to(H.dtype)\n"
                    "    A = layer_norm(H + attended,",
                ),
            ],
            "You set the attention's output to 0 at hidden tokens, and the others "
            "still look at them. The mask hides keys: pass it to the attention.",
        ),
        Misconception(
            "no-first-residual",
            ("layer_norm(H + attended,", "layer_norm(attended,"),
            "The first residual is missing: add H to the output of the attention.",
        ),
        Misconception(
            "no-second-residual",
            ("layer_norm(A + dense,", "layer_norm(dense,"),
            "The second residual is missing: add A to the output of the dense network.",
        ),
        Misconception(
            "no-residuals",
            [
                ("layer_norm(H + attended,", "layer_norm(attended,"),
                ("layer_norm(A + dense,", "layer_norm(dense,"),
            ],
            "Both residuals are missing: each half adds its own input to its output "
            "before the LayerNorm.",
        ),
        Misconception(
            "residual-from-input",
            ("layer_norm(A + dense,", "layer_norm(H + dense,"),
            "Your second residual adds the input of the layer. It starts from A, what "
            "came out of the first half.",
        ),
        Misconception(
            "relu",
            ("gelu(linear(", "torch.relu(linear("),
            "You use ReLU between the two dense layers. BERT uses GELU.",
        ),
        Misconception(
            "tanh-gelu",
            (
                'gelu(linear(A, params, "intermediate.dense"))',
                'F.gelu(linear(A, params, "intermediate.dense"), approximate="tanh")',
            ),
            "You use the GELU approximated by tanh. BERT's weights belong to the exact "
            "one.",
        ),
        Misconception(
            "no-activation",
            (
                'gelu(linear(A, params, "intermediate.dense"))',
                'linear(A, params, "intermediate.dense")',
            ),
            "Nothing stands between the two dense layers, so together they are a "
            "single linear map. gelu belongs there.",
        ),
        Misconception(
            "norms-swapped",
            [
                (
                    'norm = part(params, "attention.output.LayerNorm.")',
                    'norm = part(params, "first.")',
                ),
                (
                    'norm = part(params, "output.LayerNorm.")',
                    'norm = part(params, "attention.output.LayerNorm.")',
                ),
                (
                    'norm = part(params, "first.")',
                    'norm = part(params, "output.LayerNorm.")',
                ),
            ],
            "You use the second LayerNorm's weights in the first half and the other "
            "way round.",
        ),
        Misconception(
            "eps",
            ("EPS", "1e-5"),
            "Your LayerNorms use another eps than BERT's 1e-12 (EPS).",
        ),
        Misconception(
            "no-last-norm",
            (
                'return layer_norm(A + dense, norm["weight"], norm["bias"], EPS)',
                "return A + dense",
            ),
            "The LayerNorm at the end of the layer is missing.",
        ),
        Misconception(
            "mask-dropped",
            ("H, mask, part(", "H, torch.ones_like(mask), part("),
            "Your layer does not pass the mask on: the padding takes part in the "
            "attention.",
        ),
        Misconception(
            "one-norm",
            (
                'part(params, "output.LayerNorm.")',
                'part(params, "attention.output.LayerNorm.")',
            ),
            "You use the weights of the first LayerNorm for the second one, too. The "
            "second has its own: output.LayerNorm.",
        ),
        Misconception(
            "dense-reads-the-input",
            (
                'linear(A, params, "intermediate.dense")',
                'linear(H, params, "intermediate.dense")',
            ),
            "Your dense network reads H, the input of the layer. It reads A, what came "
            "out of the first half.",
        ),
        Misconception(
            "gelu-twice",
            (
                'dense = linear(inner, params, "output.dense")',
                'dense = gelu(linear(inner, params, "output.dense"))',
            ),
            "You apply gelu after both dense layers. It stands between them, once.",
        ),
        Misconception(
            "sum-outside-the-norm",
            ("layer_norm(H + attended,", "H + layer_norm(attended,"),
            "You add what came in after the LayerNorm. The sum comes first, and the "
            "LayerNorm takes it whole.",
            forms=[("layer_norm(A + dense,", "A + layer_norm(dense,")],
        ),
        Misconception(
            "hidden-tokens-zeroed",
            (
                'A = layer_norm(H + attended, norm["weight"], norm["bias"], EPS)',
                'A = layer_norm(H + attended, norm["weight"], norm["bias"], EPS)\n'
                "    A = A * mask[:, :, None].to(H.dtype)",
            ),
            "You set the vectors of hidden tokens to 0. The mask belongs to the "
            "attention alone; the layer computes all vectors alike.",
            forms=[
                (
                    "    return layer_norm(A + dense,",
                    "    return mask[:, :, None].to(H.dtype) * layer_norm(A + dense,",
                ),
                (
                    "layer_norm(H + attended,",
                    "layer_norm(H + attended * mask[:, :, None].to(H.dtype),",
                ),
            ],
        ),
        Misconception(
            "second-norm-for-both",
            (
                'part(params, "attention.output.LayerNorm.")',
                'part(params, "output.LayerNorm.")',
            ),
            "You use the weights of the second LayerNorm for the first one, too. The "
            "first has its own: attention.output.LayerNorm.",
        ),
        Misconception(
            "no-dense-bias",
            (
                'linear(A, params, "intermediate.dense")',
                'A @ params["intermediate.dense.weight"].T',
            ),
            "A bias is missing in the dense network: intermediate.dense and "
            "output.dense have one each.",
            forms=[
                (
                    'linear(inner, params, "output.dense")',
                    'inner @ params["output.dense.weight"].T',
                ),
            ],
        ),
        Misconception(
            "residual-before-its-norm",
            ("layer_norm(A + dense,", "layer_norm(H + attended + dense,"),
            "Your second residual adds the sum of the first half before its "
            "LayerNorm. It adds A, what that LayerNorm returned.",
        ),
        Misconception(
            "no-first-norm",
            (
                'A = layer_norm(H + attended, norm["weight"], norm["bias"], EPS)',
                "A = H + attended",
            ),
            "The LayerNorm after the attention is missing.",
        ),
        Misconception(
            "no-norms",
            [
                (
                    'A = layer_norm(H + attended, norm["weight"], norm["bias"], EPS)',
                    "A = H + attended",
                ),
                (
                    'return layer_norm(A + dense, norm["weight"], norm["bias"], EPS)',
                    "return A + dense",
                ),
            ],
            "Both LayerNorms are missing: one follows each sum.",
        ),
        Misconception(
            "dense-reads-the-attention",
            (
                'linear(A, params, "intermediate.dense")',
                'linear(attended, params, "intermediate.dense")',
            ),
            "Your dense network reads what the attention returned. It reads A, after "
            "the sum and its LayerNorm.",
        ),
        Misconception(
            "side-by-side",
            [
                ("gelu(linear(A, params", "gelu(linear(H, params"),
                ("layer_norm(A + dense", "layer_norm(H + attended + dense"),
            ],
            "Attention and dense network both read H and are added up together. They "
            "follow each other: the dense network reads A and is added to it.",
        ),
        Misconception(
            "input-added-again",
            ("layer_norm(A + dense", "layer_norm(H + A + dense"),
            "You add the input of the layer to the second sum once more. It takes A "
            "and what the dense network returned, no more.",
        ),
    ],
    hints=[
        'part(params, "attention.") gives the names that your multi_head_attention '
        "expects.",
        "Twice the same pattern: a block, plus its own input, then a LayerNorm of the "
        "sum.",
        "The second block is linear intermediate.dense, gelu, linear output.dense, and "
        "its input is A.",
    ],
)


# --- bert_encoder ------------------------------------------------------------------


def bert_encoder_cases(rng):
    params = bert_weights(rng, 17, 9, 12, 20, 2)
    yield Case(
        "two layers, pairs and padding",
        *batch_of_ids(rng, 17, (7, 4, 6), 7),
        params,
        3,
        2,
    )
    params = bert_weights(rng, 13, 8, 6, 11, 3)
    ids, mask, segments = batch_of_ids(rng, 13, (3, 5), 5)
    yield Case("three layers", ids, mask, segments, params, 2, 3)
    inputs = (ids, mask, segments, params, 2, 3)
    masks = {"a mask of fewer rows": mask[:1], "a shorter mask": mask[:, 1:]}
    for label, wrong in masks.items():
        bad = (ids, wrong, segments, params, 2, 3)
        yield Case(label, *inputs, bad=[bad]).with_(weight=0)
    params = bert_weights(rng, 19, 6, 8, 10, 2, dtype=torch.float32)
    yield Case(
        "float32, every position used",
        *batch_of_ids(rng, 19, (6, 2), 6),
        params,
        4,
        2,
    )
    params = bert_weights(rng, 7, 5, 4, 3, 11)
    yield Case("eleven layers", *batch_of_ids(rng, 7, (4, 5), 5), params, 2, 11)


BERT_ENCODER = Exercise(
    "bert_encoder",
    bert_encoder_cases,
    **SINGLE,
    points=6,
    minutes=25,
    difficulty=4,
    probe="then_refuse",
    needs=("bert_embeddings", "encoder_layer"),
    misconceptions=[
        Misconception(
            "same-layer",
            ('f"encoder.layer.{number}."', '"encoder.layer.0."'),
            "Every layer uses the weights of layer 0. Each has its own.",
        ),
        Misconception(
            "part-of-a-number",
            (
                'part(params, f"encoder.layer.{number}.")',
                "{\n            name.split('.', 3)[3]: value\n"
                "            for name, value in params.items()\n"
                "            if name.startswith(f'encoder.layer.{number}')\n        }",
            ),
            "You look for names that begin with encoder.layer.1, and encoder.layer.10 "
            "does so as well. Put the dot behind the number.",
        ),
        Misconception(
            "mask-from-ids",
            (
                "encoder_layer(states[-1], mask,",
                "encoder_layer(states[-1], (ids != 0).long() "
                "| torch.eye(1, mask.shape[1], dtype=mask.dtype),",
            ),
            "You make a mask of your own from ids that are not 0. Use the mask that is "
            "given; no id stands for padding.",
            forms=[
                (
                    "encoder_layer(states[-1], mask,",
                    "encoder_layer(states[-1], (ids != 0).long(),",
                )
            ],
        ),
        Misconception(
            "embeddings-twice",
            (
                "        states.append(encoder_layer(states[-1], mask, layer, heads))",
                "        last = states[-1] if number == 0 else after\n"
                "        states.append(last)\n"
                "        after = encoder_layer(last, mask, layer, heads)",
            ),
            "You append the state before each layer: the embeddings stand in the list "
            "twice, and the output of the last layer is missing.",
        ),
        Misconception(
            "padding-zeroed",
            [
                (
                    "states = [bert_embeddings(ids, segments, "
                    'part(params, "embeddings."))]',
                    "keep = mask[:, :, None]\n    states = [bert_embeddings("
                    'ids, segments, part(params, "embeddings.")) * keep]',
                ),
                (
                    "states.append(encoder_layer(states[-1], mask, layer, heads))",
                    "states.append(\n            keep * encoder_layer(states[-1], "
                    "mask, layer, heads)\n        )",
                ),
            ],
            "You set the states of hidden tokens to 0. They stay as the layers compute "
            "them; the mask keeps the others from looking at them.",
        ),
        Misconception(
            "mask-as-length",
            (
                "encoder_layer(states[-1], mask,",
                "encoder_layer(states[-1], (torch.arange(ids.shape[1])"
                " < mask.sum(1, keepdim=True)).long(),",
            ),
            "You take the mask as a length and show the first tokens of each row. The "
            "zeros may stand anywhere.",
        ),
        Misconception(
            "overwritten",
            ("return states", "return [states[-1]] * len(states)"),
            "All your states are the last one: you write into one tensor again and "
            "again. Append a new tensor for each layer.",
        ),
        Misconception(
            "from-the-top",
            ("range(layers)", "reversed(range(layers))"),
            "You run the layers from the last to the first.",
        ),
        Misconception(
            "always-embeddings",
            ("encoder_layer(states[-1],", "encoder_layer(states[0],"),
            "Every layer of yours reads the embeddings. It reads what the layer below "
            "returned.",
        ),
        Misconception(
            "mask-of-ones",
            (
                "encoder_layer(states[-1], mask,",
                "encoder_layer(states[-1], torch.ones_like(mask),",
            ),
            "The mask does not reach the layers: the padding is read as text.",
        ),
        Misconception(
            "mask-off-by-one",
            (
                "encoder_layer(states[-1], mask,",
                "encoder_layer(states[-1], torch.cat([mask[:, 1:], mask[:, :1] * 0], 1)"
                " | torch.eye(1, mask.shape[1], dtype=mask.dtype),",
            ),
            "Your mask is off by one: the last token of every sentence is hidden.",
        ),
        Misconception(
            "segments-ignored",
            (
                "bert_embeddings(ids, segments,",
                "bert_embeddings(ids, torch.zeros_like(segments),",
            ),
            "The segments are not passed on: every token counts as the first sentence.",
        ),
        Misconception(
            "segments-and-mask-swapped",
            ("bert_embeddings(ids, segments,", "bert_embeddings(ids, mask,"),
            "You give the mask to the embeddings where the segments belong.",
        ),
        Misconception(
            "no-embeddings",
            ("return states", "return states[1:]"),
            "The list begins with the embeddings, before the first layer; yours does "
            "not.",
        ),
        Misconception(
            "last-only",
            ("return states", "return [states[-1]]"),
            "You return only the last hidden state. Return all of them, the embeddings "
            "first.",
        ),
        Misconception(
            "shape-unchecked",
            ("if mask.shape != ids.shape:", "if False:"),
            "A mask of another shape is not refused with a ValueError. A mask of one "
            "row would be broadcast to every sentence without a word.",
        ),
        Misconception(
            "last-alone",
            ("return states", "return states[-1]"),
            "You return H alone. Return a list of all hidden states, the embeddings "
            "first.",
        ),
        Misconception(
            "zeroed-in-the-list",
            source="""def bert_encoder(ids, mask, segments, params, heads, layers):
    if ids.shape != mask.shape:
        raise ValueError("shapes")
    h = bert_embeddings(ids, segments, part(params, "embeddings."))
    states = [h]
    for n in range(layers):
        h = encoder_layer(h, mask, part(params, f"encoder.layer.{n}."), heads)
        states.append(h * mask[:, :, None].to(h.dtype))
    return states
""",
            says="You set the hidden states of hidden tokens to 0 in what you return. "
            "They are returned as the layers computed them.",
        ),
        Misconception(
            "names-in-order",
            (
                'f"encoder.layer.{number}."',
                'f"encoder.layer.{sorted(map(str, range(layers)))[number]}."',
            ),
            "You run the layers in the alphabetical order of their names, in which "
            "10 comes before 2. Count with numbers.",
        ),
        Misconception(
            "first-layer-left-out",
            ("range(layers)", "range(1, layers)"),
            "You leave out layer 0. The layers are numbered from 0 to layers - 1.",
        ),
        Misconception(
            "residual-around",
            (
                "states.append(encoder_layer(states[-1], mask, layer, heads))",
                "out = encoder_layer(states[-1], mask, layer, heads)\n"
                "        states.append(states[-1] + out)",
            ),
            "You add the input of each layer to its output. encoder_layer has both "
            "sums already: its output is the next state.",
        ),
        Misconception(
            "embeddings-added-again",
            (
                "encoder_layer(states[-1], mask",
                "encoder_layer(states[-1] + states[0] * (number > 0), mask",
            ),
            "You add the embeddings again before each layer. A layer reads what the "
            "one below returned, and nothing else.",
        ),
        Misconception(
            "mask-inverted",
            ("encoder_layer(states[-1], mask", "encoder_layer(states[-1], 1 - mask"),
            "Your mask is the wrong way round when it reaches the layers. 1 is a token "
            "that is seen; encoder_layer takes the mask as it is.",
        ),
    ],
    hints=[
        'part(params, "embeddings.") and part(params, f"encoder.layer.{number}.") give '
        "your functions the names that they expect.",
        "Keep a list. It begins with the embeddings; each layer reads its last entry "
        "and appends its own output.",
    ],
)


# --- mask_tokens -------------------------------------------------------------------


def mask_tokens_cases(rng):
    def special_ids(vocab_size):
        """[PAD], [CLS], [SEP], [MASK], [UNK] anywhere; [MASK] is not at an end."""
        ids = rng.choice(np.arange(1, vocab_size - 1), size=5, replace=False)
        return [int(number) for number in ids]

    seed, special = int(rng.integers(2**31)), special_ids(3000)
    special[int(rng.integers(3))] = 2999  # the last id is a special one
    yield Case("80 rows of 80 tokens, share 0.6", seed, 80, 80, 3000, special, 0.6)
    seed, special = int(rng.integers(2**31)), special_ids(15)
    yield Case("15 different ids, share 0.8", seed, 80, 60, 15, special, 0.8)


MASK_TOKENS = Exercise(
    "mask_tokens",
    mask_tokens_cases,
    points=5,
    minutes=25,
    difficulty=4,
    probe="mask_repeatedly",
    view="masking_summary",
    seconds=30,
    misconceptions=[
        Misconception(
            "always-mask",
            [
                ("fate < 0.8", "fate < 1.0"),
                ("(fate >= 0.8) & (fate < 0.9)", "(fate > 1)"),
            ],
            "Every chosen token becomes [MASK]. In use the model never meets [MASK], "
            "so BERT leaves a tenth as it is and replaces a tenth at random.",
        ),
        Misconception(
            "no-random",
            (
                "swap = chosen & (fate >= 0.8) & (fate < 0.9)",
                "swap = chosen & (fate > 1)",
            ),
            "No token is replaced by a random one: yours are masked or stay.",
        ),
        Misconception(
            "none-stays",
            ("(fate >= 0.8) & (fate < 0.9)", "(fate >= 0.8)"),
            "None of the chosen tokens stays as it is; a tenth of them should, and it "
            "is predicted all the same.",
        ),
        Misconception(
            "second-draw",
            (
                "swap = chosen & (fate >= 0.8) & (fate < 0.9)",
                "swap = chosen & (fate >= 0.8) & "
                "(torch.rand(ids.shape, generator=generator) < 0.1)",
            ),
            "You take a tenth of what the [MASK]s left over. A tenth of all chosen "
            "tokens is half of the rest.",
        ),
        Misconception(
            "two-draws",
            (
                "    inputs = ids.clone()\n"
                "    inputs[chosen & (fate < 0.8)] = mask_id\n"
                "    swap = chosen & (fate >= 0.8) & (fate < 0.9)\n",
                "    inputs = ids.clone()\n"
                "    inputs[chosen & (fate < 0.8)] = mask_id\n"
                "    again = torch.rand(ids.shape, generator=generator)\n"
                "    swap = chosen & (again < 0.1)\n",
            ),
            "You draw twice: a tenth of the tokens that had become [MASK] are replaced "
            "at random after all. One draw decides what becomes of a chosen token.",
        ),
        Misconception(
            "special-masked",
            ("(draw < share) & ~special", "draw < share"),
            "You choose special tokens, too. [CLS], [SEP] and padding say nothing "
            "about language and are never hidden.",
        ),
        Misconception(
            "labels-everywhere",
            ("torch.where(chosen, ids, -100)", "ids.clone()"),
            "Your labels hold every token. Where nothing was chosen the label is -100, "
            "which the loss ignores; otherwise the model learns to copy.",
        ),
        Misconception(
            "zero-for-no-label",
            ("torch.where(chosen, ids, -100)", "torch.where(chosen, ids, 0)"),
            "Where nothing is chosen your label is 0, the id of a token that would "
            "have to be guessed. Only -100 is ignored by the loss.",
        ),
        Misconception(
            "labels-after",
            [
                ("    labels = torch.where(chosen, ids, -100)\n", ""),
                (
                    "inputs[swap] = other[swap]",
                    "inputs[swap] = other[swap]\n"
                    "    labels = torch.where(chosen, inputs, -100)",
                ),
            ],
            "Your labels hold the tokens after masking. The model is to find the "
            "original ones.",
        ),
        Misconception(
            "labels-of-changed",
            (
                "inputs[swap] = other[swap]",
                "inputs[swap] = other[swap]\n"
                "    labels = torch.where(inputs != ids, ids, -100)",
            ),
            "You give no label to the chosen tokens that stay. They are predicted as "
            "well: that is why the model must think about every word.",
            forms=[
                [
                    ("    labels = torch.where(chosen, ids, -100)\n", ""),
                    (
                        "    inputs = ids.clone()\n",
                        "    labels = torch.where(chosen & (fate < 0.9), ids, -100)\n"
                        "    inputs = ids.clone()\n",
                    ),
                ],
            ],
        ),
        Misconception(
            "in-place",
            ("inputs = ids.clone()", "inputs = ids"),
            "You change the caller's ids. Work on a copy.",
        ),
        Misconception(
            "same-columns",
            [
                (
                    "torch.rand(ids.shape, generator=generator)\n    chosen",
                    "torch.rand(ids.shape[1], generator=generator)\n    chosen",
                )
            ],
            "You draw once for all rows, so the same places are hidden in every "
            "sentence. Each token is chosen by itself.",
        ),
        Misconception(
            "other-share",
            ("draw < share", "draw < 0.15"),
            "You choose 15 % whatever share says. Use the argument.",
        ),
        Misconception(
            "own-randomness",
            [(", generator=generator", "")],
            "You draw from a global random state, of torch or NumPy. Draw from the "
            "generator, or nobody can repeat your masking.",
            forms=[
                [
                    (
                        "torch.rand(ids.shape, generator=generator)",
                        "torch.tensor(np.random.rand(*ids.shape))",
                    ),
                    (
                        "torch.randint(vocab_size, ids.shape, generator=generator)",
                        "torch.tensor(np.random.randint(vocab_size, "
                        "size=tuple(ids.shape)))",
                    ),
                ],
            ],
        ),
        Misconception(
            "fixed-number",
            (
                "chosen = (draw < share) & ~special",
                "draw = draw.masked_fill(special, 2.0)\n"
                "    number = (share * (~special).sum(1, keepdim=True)).round()\n"
                "    chosen = draw.argsort(1).argsort(1) < number",
            ),
            "You choose a fixed number of tokens, whatever the seed. Each token is "
            "chosen by itself, so the number varies.",
            forms=[
                (
                    "chosen = (draw < share) & ~special",
                    "draw = draw.masked_fill(special, 2.0)\n"
                    "    number = round(share * int((~special).sum()))\n"
                    "    order = draw.flatten().argsort().argsort()\n"
                    "    chosen = (order < number).reshape(ids.shape)",
                ),
            ],
        ),
        Misconception(
            "same-again",
            (
                "    special = torch.isin",
                "    generator = torch.Generator().manual_seed("
                "generator.initial_seed())\n"
                "    special = torch.isin",
            ),
            "Called again with the same generator you hide the same tokens. Draw from "
            "the generator itself, so that every epoch hides others.",
            forms=[
                (
                    "    special = torch.isin",
                    "    generator = torch.Generator().manual_seed(0)\n"
                    "    special = torch.isin",
                ),
            ],
        ),
        Misconception(
            "no-special-drawn",
            (
                "torch.randint(vocab_size, ids.shape,",
                "torch.randint(len(special_ids) + 1, vocab_size, ids.shape,",
            ),
            "Some ids are never drawn as the random token. It is drawn evenly from "
            "all ids, 0 to vocab_size - 1.",
            forms=[
                ("torch.randint(vocab_size,", "torch.randint(vocab_size - 1,"),
                ("torch.randint(vocab_size,", "torch.randint(1, vocab_size,"),
                (
                    "other = torch.randint(vocab_size, ids.shape, generator=generator)",
                    "words = torch.arange(vocab_size)\n"
                    "    words = words[~torch.isin(words, "
                    "torch.tensor([*special_ids, mask_id]))]\n"
                    "    other = torch.randint(len(words), ids.shape, "
                    "generator=generator)\n"
                    "    other = words[other]",
                ),
            ],
        ),
        Misconception(
            "one-random-token",
            (
                "torch.randint(vocab_size, ids.shape, generator=generator)",
                "torch.randint(vocab_size, (1, 1), generator=generator)"
                ".expand(ids.shape)",
            ),
            "You draw one random token for all places. Each place gets its own.",
        ),
        Misconception(
            "labels-of-masked",
            (
                "    inputs[swap] = other[swap]",
                "    inputs[swap] = other[swap]\n"
                "    labels = torch.where(inputs == mask_id, ids, -100)",
            ),
            "Only [MASK] has a label with you. Every chosen token is predicted, the "
            "ones that were replaced and the ones that stay as well.",
        ),
        Misconception(
            "shares-swapped",
            [
                ("(fate < 0.8)", "(fate < 0.1)"),
                ("(fate >= 0.8)", "(fate >= 0.1)"),
            ],
            "A tenth of the chosen tokens becomes [MASK], and most become a random "
            "token. It is the other way round.",
        ),
        Misconception(
            "one-for-no-label",
            ("torch.where(chosen, ids, -100)", "torch.where(chosen, ids, -1)"),
            "Where nothing is chosen your label is -1. Only -100 is ignored by the "
            "loss.",
        ),
        Misconception(
            "results-swapped",
            ("return inputs, labels", "return labels, inputs"),
            "You return the labels first. The description asks for inputs, then "
            "labels.",
        ),
        Misconception(
            "labels-of-ones",
            ("torch.where(chosen, ids, -100)", "torch.where(chosen, 1, -100)"),
            "Your labels say which places are chosen, as 1. They hold the original ids "
            "there, which the model is to find.",
            forms=[
                ("torch.where(chosen, ids, -100)", "chosen.long()"),
            ],
        ),
    ],
    hints=[
        "Three draws of the shape of ids: who is chosen, what becomes of each chosen "
        "one, and a random token for each place. Most of the last are not used.",
        "torch.isin tells which ids are special. torch.where writes the labels.",
        "One number u in [0, 1) decides: below 0.8 [MASK], from 0.8 to 0.9 the random "
        "token, above nothing. Work on ids.clone().",
    ],
)


# --- pooled_logits -----------------------------------------------------------------


def pooled_logits_cases(rng):
    def classifier_weights(width, labels, dtype=torch.float64):
        return dense_weights(rng, "pooler.dense", width, width, dtype) | dense_weights(
            rng, "classifier", labels, width, dtype
        )

    yield Case("three classes", tensor(rng, 4, 5, 7), classifier_weights(7, 3))
    H = tensor(rng, 2, 6, 5, scale=4.0)
    yield Case(
        "large states, as many classes as the width", H, classifier_weights(5, 5)
    )
    yield Case(
        "one sentence of one token", tensor(rng, 1, 1, 6), classifier_weights(6, 2)
    )
    H = tensor(rng, 3, 4, 8, dtype=torch.float32)
    yield Case("float32", H, classifier_weights(8, 2, dtype=torch.float32))


POOLED_LOGITS = Exercise(
    "pooled_logits",
    pooled_logits_cases,
    **SINGLE,
    points=2,
    minutes=10,
    difficulty=2,
    returns=("pooled", "logits"),
    exact_dtype=True,
    misconceptions=[
        Misconception(
            "no-tanh",
            (
                'torch.tanh(linear(H[:, 0], params, "pooler.dense"))',
                'linear(H[:, 0], params, "pooler.dense")',
            ),
            "The tanh of the pooler is missing. Without it both dense layers together "
            "are a single linear map.",
        ),
        Misconception(
            "tanh-not-returned",
            (
                "return pooled, linear",
                'return linear(H[:, 0], params, "pooler.dense"), linear',
            ),
            "Your logits are right, but you return the pooled vectors without their "
            "tanh.",
        ),
        Misconception(
            "no-biases",
            [
                (
                    'linear(H[:, 0], params, "pooler.dense")',
                    'H[:, 0] @ params["pooler.dense.weight"].T',
                ),
                (
                    'linear(pooled, params, "classifier")',
                    'pooled @ params["classifier.weight"].T',
                ),
            ],
            "Both biases are missing, that of the pooler and that of the output layer.",
        ),
        Misconception(
            "squeezed",
            ("H[:, 0]", "H[:, :1].squeeze()"),
            "Where there is a single sentence your result lacks the first axis: "
            "squeeze removes every axis of length 1. H[:, 0] keeps the batch.",
        ),
        Misconception(
            "other-activation",
            ("torch.tanh(linear(", "gelu(linear("),
            "The pooler's activation is tanh; yours is another one.",
            forms=[
                ("torch.tanh(linear(", "torch.relu(linear("),
                ("torch.tanh(linear(", "torch.sigmoid(linear("),
            ],
        ),
        Misconception(
            "tanh-first",
            (
                'torch.tanh(linear(H[:, 0], params, "pooler.dense"))',
                'linear(torch.tanh(H[:, 0]), params, "pooler.dense")',
            ),
            "You apply tanh before the pooler's dense layer. It comes after it.",
        ),
        Misconception(
            "mean-pooled",
            ("H[:, 0]", "H.mean(dim=1)"),
            "You pool the mean of all tokens. This pooler reads [CLS] alone, token 0.",
            forms=[
                (
                    'torch.tanh(linear(H[:, 0], params, "pooler.dense"))',
                    'torch.tanh(linear(H, params, "pooler.dense")).mean(dim=1)',
                ),
            ],
        ),
        Misconception(
            "last-token",
            ("H[:, 0]", "H[:, -1]"),
            "You read the last token of the row. [CLS] is the first one.",
        ),
        Misconception(
            "first-sentence",
            ("H[:, 0]", "H[0]"),
            "H[0] is the first sentence with all its tokens. The first token of every "
            "sentence is H[:, 0].",
        ),
        Misconception(
            "no-pooler",
            ('torch.tanh(linear(H[:, 0], params, "pooler.dense"))', "H[:, 0]"),
            "The pooler is missing: the output layer reads the pooled vector, not the "
            "vector of [CLS] itself.",
        ),
        Misconception(
            "logits-past-the-pooler",
            (
                'linear(pooled, params, "classifier")',
                'linear(H[:, 0], params, "classifier")',
            ),
            "Your logits come from the vector of [CLS] itself. The output layer reads "
            "pooled.",
        ),
        Misconception(
            "probabilities",
            (
                'linear(pooled, params, "classifier")',
                'linear(pooled, params, "classifier").softmax(dim=-1)',
            ),
            "You return probabilities. The logits are asked for, without a softmax.",
        ),
        Misconception(
            "tanh-of-the-logits",
            (
                'linear(pooled, params, "classifier")',
                'torch.tanh(linear(pooled, params, "classifier"))',
            ),
            "You apply tanh to the logits as well. Only the pooler has one.",
        ),
        Misconception(
            "not-transposed",
            (
                'linear(H[:, 0], params, "pooler.dense")',
                'H[:, 0] @ params["pooler.dense.weight"] + params["pooler.dense.bias"]',
            ),
            "You multiply by the pooler's matrix as it is stored. The library stores "
            "(outputs, inputs): multiply by its transpose, as linear does.",
        ),
        Misconception(
            "no-pooler-bias",
            (
                'linear(H[:, 0], params, "pooler.dense")',
                'H[:, 0] @ params["pooler.dense.weight"].T',
            ),
            "The bias of the pooler is missing.",
        ),
        Misconception(
            "no-output-bias",
            (
                'linear(pooled, params, "classifier")',
                'pooled @ params["classifier.weight"].T',
            ),
            "The bias of the output layer is missing.",
        ),
        Misconception(
            "logits-alone",
            ("return pooled, linear", "return linear"),
            "You return the logits alone. The pooled vectors are asked for as well: "
            "`return pooled, logits`.",
        ),
        Misconception(
            "swapped-results",
            (
                'return pooled, linear(pooled, params, "classifier")',
                'return linear(pooled, params, "classifier"), pooled',
            ),
            "You return the logits first. The description asks for pooled, then "
            "logits.",
        ),
        Misconception(
            "largest-pooled",
            ("H[:, 0]", "H.amax(dim=1)"),
            "You pool the largest value of each column. This pooler reads [CLS] alone, "
            "token 0.",
        ),
    ],
    hints=[
        "H[:, 0] is the vector of [CLS] of every sentence, (B, D).",
        "linear(x, params, name) applies a dense layer. The pooler is one of them with "
        "a tanh around it.",
        'logits = linear(pooled, params, "classifier"); return both.',
    ],
)


# --- classify_text -----------------------------------------------------------------


def classify_cases(rng):
    words = ["a", "film", "good", "bad", "badly", "the", "dull", ",", ".", "not"]

    def text(low, high):
        return " ".join(rng.choice(words, size=int(rng.integers(low, high))))

    def seed():
        return int(rng.integers(2**31))

    texts = [text(1, 4), text(7, 11), text(4, 6), text(12, 15), text(2, 4)]
    yield Case("five texts in batches of two", texts, seed(), batch_size=2).with_(
        weight=2
    )
    yield Case("one text as a str", "not a " + text(3, 6), seed(), batch_size=4)
    mixed = ["", "🙂 " + text(1, 3), "这部电影 " + text(2, 5), text(40, 50), text(2, 6)]
    yield Case("empty, emoji, Chinese, and longer than the model", mixed, seed())
    texts = [text(2 + 2 * (i % 3), 4 + 2 * (i % 3)) for i in range(35)]
    texts[30] = texts[1]
    yield Case("35 texts, then no text at all", texts, seed(), then_none=True)


CLASSIFY = Exercise(
    "classify_text",
    classify_cases,
    points=5,
    minutes=15,
    difficulty=3,
    probe="classify_tiny",
    view="classify_view",
    misconceptions=[
        Misconception(
            "logits",
            ("parts.append(logits.softmax(dim=1))", "parts.append(logits)"),
            "You return the logits, as the article does. A softmax turns them into "
            "probabilities.",
        ),
        Misconception(
            "softmax-over-texts",
            ("softmax(dim=1)", "softmax(dim=0)"),
            "Your softmax runs over the texts: the answer for one depends on the "
            "others. Each row sums to 1.",
            forms=[
                [
                    ("parts.append(logits.softmax(dim=1))", "parts.append(logits)"),
                    (
                        "return torch.cat(parts)",
                        "return torch.cat(parts).softmax(dim=0)",
                    ),
                ],
            ],
        ),
        Misconception(
            "logarithms",
            ("logits.softmax(dim=1)", "logits.log_softmax(dim=1)"),
            "You return logarithms of the probabilities: numbers below 0.",
        ),
        Misconception(
            "sigmoid",
            ("logits.softmax(dim=1)", "logits.sigmoid()"),
            "A sigmoid of each logit does not make rows that sum to 1.",
        ),
        Misconception(
            "no-mask",
            ("model(**inputs)", 'model(inputs["input_ids"])'),
            "You pass only the ids. Without the mask the padding is read as text, and "
            "the answer for a short text depends on the longest of its batch.",
        ),
        Misconception(
            "no-segments",
            (
                "model(**inputs)",
                'model(inputs["input_ids"], attention_mask=inputs["attention_mask"])',
            ),
            "The segments do not reach the model. Pass on all that the tokenizer "
            "returns: model(**inputs).",
        ),
        Misconception(
            "training-mode",
            ("    model.eval()\n", ""),
            "The model stays in training mode: dropout makes every call different. "
            "Switch it to eval.",
        ),
        Misconception(
            "gradients",
            [("with torch.no_grad():", "if True:")],
            "Your result carries its graph of gradients, and the memory of every batch "
            "with it. Predict under torch.no_grad().",
        ),
        Misconception(
            "detached-late",
            [
                ("with torch.no_grad():", "if True:"),
                ("return torch.cat(parts)", "return torch.cat(parts).detach()"),
            ],
            "You detach at the end, but every forward pass still recorded its graph. "
            "Turn recording off before you call the model.",
        ),
        Misconception(
            "parameters-frozen",
            [
                (
                    "    model.eval()\n",
                    "    model.eval()\n    model.requires_grad_(False)\n",
                ),
                ("with torch.no_grad():", "if True:"),
            ],
            "You switch the gradients of the parameters off and leave them off: the "
            "model can no longer be trained. torch.no_grad() ends by itself.",
        ),
        Misconception(
            "gradients-off-for-good",
            (
                "    model.eval()\n",
                "    model.eval()\n    torch.set_grad_enabled(False)\n",
            ),
            "torch.set_grad_enabled(False) stays in force for the whole notebook, and "
            "nothing can be trained after it. `with torch.no_grad():` ends by itself.",
        ),
        Misconception(
            "training-mode-left",
            ("return torch.cat(parts)", "model.train()\n    return torch.cat(parts)"),
            "You leave the model in training mode, whatever it was in before. It may "
            "stay in eval mode.",
        ),
        Misconception(
            "empty-list",
            ("parts = [torch.empty(0, model.config.num_labels)]", "parts = []"),
            "For an empty list there is nothing to join, and torch.cat raises an "
            "error. The answer is an empty tensor (0, k).",
        ),
        Misconception(
            "one-batch",
            (
                "range(0, len(texts), batch_size)",
                "range(0, len(texts), max(batch_size := max(len(texts), 1), 1))",
            ),
            "You send all texts in one call. With thousands of texts the memory ends; "
            "keep to batch_size.",
        ),
        Misconception(
            "one-by-one",
            (
                "range(0, len(texts), batch_size)",
                "range(0, len(texts), batch_size := 1)",
            ),
            "You call the model once for each text. Batches use the processor far "
            "better.",
        ),
        Misconception(
            "last-batch-lost",
            (
                "range(0, len(texts), batch_size)",
                "range(0, len(texts) - batch_size + 1, batch_size)",
            ),
            "The last, smaller batch is lost.",
        ),
        Misconception(
            "letters",
            ("    if isinstance(texts, str):\n        texts = [texts]\n", ""),
            "A single str is read letter by letter. Make a list of it first.",
        ),
        Misconception(
            "not-cut",
            (
                "            truncation=True,\n"
                "            max_length=model.config.max_position_embeddings,\n",
                "",
            ),
            "A text longer than the model's positions stops the program. Let the "
            "tokenizer cut it to model.config.max_position_embeddings.",
            forms=[
                ("max_length=model.config.max_position_embeddings", "max_length=512"),
                [
                    (
                        "max_length=model.config.max_position_embeddings",
                        "max_length=512",
                    ),
                    ("torch.empty(0, model.config.num_labels)", "torch.empty(0, 2)"),
                ],
            ],
        ),
        Misconception(
            "classes",
            (
                "parts.append(logits.softmax(dim=1))",
                "parts.append(F.one_hot(logits.argmax(1), logits.shape[1]).float())",
            ),
            "You return the decision as 0 and 1. The probabilities say how sure the "
            "model is.",
        ),
        Misconception(
            "recording-switched-on",
            [
                (
                    "    model.eval()\n",
                    "    model.eval()\n    torch.set_grad_enabled(False)\n",
                ),
                (
                    "return torch.cat(parts)",
                    "torch.set_grad_enabled(True)\n    return torch.cat(parts)",
                ),
            ],
            "You switch the recording of gradients on at the end, even where it was "
            "off before. `with torch.no_grad():` brings back what was.",
        ),
        Misconception(
            "other-shape-when-empty",
            (
                "    model.eval()\n",
                "    model.eval()\n"
                "    if not texts:\n"
                "        return torch.empty(0, 2)\n",
            ),
            "For an empty list you return another shape than (0, k), with k = "
            "model.config.num_labels.",
            forms=[
                (
                    "    model.eval()\n",
                    "    model.eval()\n"
                    "    if not texts:\n"
                    "        return torch.empty(0)\n",
                ),
            ],
        ),
        Misconception(
            "one-class-alone",
            [
                ("torch.empty(0, model.config.num_labels)", "torch.empty(0)"),
                ("logits.softmax(dim=1)", "logits.softmax(dim=1)[:, 1]"),
            ],
            "You return the probability of class 1 alone. All classes are asked for, "
            "a column each.",
        ),
        Misconception(
            "order-lost",
            (
                "    parts =",
                "    texts = sorted(texts, key=len)\n    parts =",
            ),
            "You sort the texts by length, and the answers stay in that order. Row i "
            "belongs to text i of the caller: bring them back with the inverse order.",
            forms=[
                [
                    (
                        "    parts =",
                        "    order = sorted(range(len(texts)), "
                        "key=lambda i: len(texts[i]))\n"
                        "    texts = [texts[i] for i in order]\n    parts =",
                    ),
                    ("return torch.cat(parts)", "return torch.cat(parts)[order]"),
                ],
            ],
        ),
    ],
    hints=[
        "The article's three lines are the core. What is missing: eval mode, no "
        "gradients, batches, padding with its mask, and the softmax.",
        "tokenizer(list, padding=True, truncation=True, max_length=…, "
        'return_tensors="pt") returns ids, segments and mask; model(**inputs) '
        "takes all.",
        "Collect one tensor of probabilities for each batch and join them with "
        "torch.cat. For an empty list there is nothing to join: begin with an empty "
        "(0, k) tensor.",
    ],
)


# --- parameter_groups, linear_warmup, freeze ---------------------------------------


def parameter_groups_cases(rng):
    decay = float(rng.uniform(0.02, 0.3))
    yield Case("a tiny BERT", "bert", [], decay)
    yield Case(
        "a BERT with frozen layers", "bert", ["embeddings", "layer.0"], decay / 3
    )
    yield Case("names that do not say LayerNorm", "odd", ["classifier"], decay * 2)
    yield Case("names that look alike", "alike", [], decay * 3)
    yield Case("nothing that is spared", "alike", ["bias", "LayerNorm"], decay / 2)


PARAMETER_GROUPS = Exercise(
    "parameter_groups",
    parameter_groups_cases,
    points=3,
    minutes=10,
    difficulty=2,
    probe="decay_by_name",
    returns=("decay", "groups"),
    misconceptions=[
        Misconception(
            "all-decay",
            ('name.endswith("bias") or "LayerNorm" in name', "False"),
            "Biases and LayerNorms decay, too. They are few, do not overfit, and a "
            "LayerNorm pulled towards 0 loses its scale.",
        ),
        Misconception(
            "only-biases",
            ('name.endswith("bias") or "LayerNorm" in name', 'name.endswith("bias")'),
            "You spare the biases only. The weights of a LayerNorm do not decay "
            "either.",
        ),
        Misconception(
            "only-layernorm",
            ('name.endswith("bias") or "LayerNorm" in name', '"LayerNorm" in name'),
            "You spare the LayerNorms only. No bias decays.",
        ),
        Misconception(
            "and-for-or",
            ('"bias") or "LayerNorm"', '"bias") and "LayerNorm"'),
            "You spare only what is both a bias and in a LayerNorm. One of the two is "
            "enough.",
        ),
        Misconception(
            "frozen-included",
            ("if not parameter.requires_grad:\n            continue", "pass"),
            "You give frozen parameters to the optimiser. Leave out those whose "
            "requires_grad is False.",
        ),
        Misconception(
            "swapped",
            ("(keep if spared else decay)", "(decay if spared else keep)"),
            "The groups are the wrong way round: biases and LayerNorms decay, the "
            "weights do not.",
        ),
        Misconception(
            "other-order",
            (
                '{"params": decay, "weight_decay": weight_decay},\n'
                '        {"params": keep, "weight_decay": 0.0},',
                '{"params": keep, "weight_decay": 0.0},\n'
                '        {"params": decay, "weight_decay": weight_decay},',
            ),
            "You return the group without decay first. The group that decays comes "
            "first.",
        ),
        Misconception(
            "norm-anywhere",
            ('"LayerNorm" in name', '"norm" in name.lower()'),
            "You spare every name that contains norm in any spelling. The description "
            "asks for LayerNorm.",
        ),
        Misconception(
            "by-class",
            source="""def parameter_groups(model, weight_decay):
    norms = {
        id(parameter)
        for module in model.modules()
        if isinstance(module, nn.LayerNorm)
        for parameter in module.parameters()
    }
    decay, keep = [], []
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            spared = name.endswith("bias") or id(parameter) in norms
            (keep if spared else decay).append(parameter)
    return [
        {"params": decay, "weight_decay": weight_decay},
        {"params": keep, "weight_decay": 0.0},
    ]
""",
            says="You ask for the class nn.LayerNorm. The description goes by the "
            "names: a LayerNorm of another name decays.",
            forms=[
                """def parameter_groups(model, weight_decay):
    norms = {
        id(parameter)
        for module in model.modules()
        if isinstance(module, nn.LayerNorm)
        for parameter in module.parameters()
    }
    decay, keep = [], []
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            spared = name.split(".")[-1] == "bias" or id(parameter) in norms
            (keep if spared else decay).append(parameter)
    return [
        {"params": decay, "weight_decay": weight_decay},
        {"params": keep, "weight_decay": 0.0},
    ]
""",
            ],
        ),
        Misconception(
            "bias-anywhere",
            ('name.endswith("bias")', '"bias" in name'),
            "You spare every name with bias anywhere in it, such as "
            "bias_scale.weight. Only the end of the name counts.",
        ),
        Misconception(
            "bias-after-a-dot",
            ('name.endswith("bias")', 'name.endswith(".bias")'),
            "You look for .bias, with the dot. A name such as position_bias ends in "
            "bias, too.",
        ),
        Misconception(
            "last-name-only",
            (
                '"LayerNorm" in name',
                'name.endswith(("LayerNorm.weight", "LayerNorm.bias"))',
            ),
            "You look for the weights of modules that are called exactly LayerNorm. "
            "Every name that contains LayerNorm is spared, whatever follows.",
        ),
        Misconception(
            "empty-group-left-out",
            source="""def parameter_groups(model, weight_decay):
    decay, keep = [], []
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            spared = name.endswith("bias") or "LayerNorm" in name
            (keep if spared else decay).append(parameter)
    groups = [(decay, weight_decay), (keep, 0.0)]
    return [{"params": p, "weight_decay": w} for p, w in groups if p]
""",
            says="You leave a group out when it is empty. The description asks for two "
            "groups, always.",
        ),
        Misconception(
            "one-axis",
            ('name.endswith("bias") or "LayerNorm" in name', "parameter.ndim == 1"),
            "You go by the number of axes. In BERT that gives the biases and "
            "LayerNorms, elsewhere not; the description goes by the names.",
            forms=[
                ('name.endswith("bias") or "LayerNorm" in name', "parameter.ndim < 2"),
            ],
        ),
        Misconception(
            "twice",
            (
                "(keep if spared else decay).append(parameter)",
                "(keep if spared else decay).append(parameter)\n"
                '        if name.endswith("bias") and "LayerNorm" in name:\n'
                "            keep.append(parameter)",
            ),
            "You put the bias of a LayerNorm into its group twice: both conditions "
            "hold. Every parameter is in one group, once.",
        ),
        Misconception(
            "frozen-spared",
            (
                "if not parameter.requires_grad:\n            continue\n"
                '        spared = name.endswith("bias") or "LayerNorm" in name',
                'spared = name.endswith("bias") or "LayerNorm" in name\n'
                "        if not spared and not parameter.requires_grad:\n"
                "            continue",
            ),
            "Frozen biases and LayerNorms are still in your second group. Leave out "
            "what does not require a gradient in both groups.",
        ),
        Misconception(
            "own-decay",
            ('"weight_decay": weight_decay', '"weight_decay": 0.01'),
            "You use a decay of your own. Use the argument.",
        ),
        Misconception(
            "embeddings-spared",
            ('"LayerNorm" in name', '"LayerNorm" in name or "embeddings" in name'),
            "You spare the embeddings as well. Only biases and LayerNorms are spared.",
        ),
        Misconception(
            "all-in-the-first",
            (
                '{"params": decay, "weight_decay": weight_decay}',
                '{"params": decay + keep, "weight_decay": weight_decay}',
            ),
            "Your first group holds the parameters without decay, too. Each parameter "
            "is in exactly one group; AdamW refuses it in two.",
            forms=[
                (
                    '{"params": decay, "weight_decay": weight_decay}',
                    '{"params": list(model.parameters()), '
                    '"weight_decay": weight_decay}',
                ),
            ],
        ),
        Misconception(
            "published-names",
            (
                'name.endswith("bias") or "LayerNorm" in name',
                '"bias" in name or "LayerNorm.weight" in name',
            ),
            "Your two conditions are those of much published code: bias anywhere in "
            "a name, and LayerNorm.weight. Here a name must end in bias, or contain "
            "LayerNorm.",
        ),
        Misconception(
            "any-spelling",
            ('"LayerNorm" in name', '"layernorm" in name.lower()'),
            "You spare layernorm in every spelling. The name must contain LayerNorm, "
            "with these capital letters.",
        ),
        Misconception(
            "whole-parts",
            (
                'name.endswith("bias") or "LayerNorm" in name',
                'name.split(".")[-1] == "bias" or "LayerNorm" in name.split(".")',
            ),
            "You compare whole parts of the name, between the dots. A name may end "
            "in bias, or contain LayerNorm, inside a longer part.",
        ),
        Misconception(
            "norms-in-both",
            (
                "        (keep if spared else decay).append(parameter)",
                "        if spared:\n"
                "            keep.append(parameter)\n"
                '        if not name.endswith("bias"):\n'
                "            decay.append(parameter)",
            ),
            "A parameter that is spared is in both of your groups. Each parameter "
            "is in exactly one; AdamW refuses it in two.",
            forms=[
                (
                    "        (keep if spared else decay).append(parameter)",
                    "        if spared:\n"
                    "            keep.append(parameter)\n"
                    '        if "LayerNorm" not in name:\n'
                    "            decay.append(parameter)",
                ),
            ],
        ),
        Misconception(
            "only-weights-decay",
            ('name.endswith("bias")', 'not name.endswith("weight")'),
            "Only names with weight at their end decay with you. All decay but those "
            "that end in bias or contain LayerNorm, whatever else they are called.",
        ),
        Misconception(
            "only-dense-weights",
            (
                '"LayerNorm" in name',
                "not isinstance(\n"
                '            model.get_submodule(name.rpartition(".")[0]), nn.Linear\n'
                "        )",
            ),
            "Only the weights of nn.Linear decay with you. The description goes by "
            "the names: embeddings and other weights decay as well.",
        ),
        Misconception(
            "copies",
            (".append(parameter)", ".append(parameter.detach())"),
            "Your lists do not hold the parameters of the model itself, but copies, "
            "names, or tensors that are cut off from it. An optimiser needs the very "
            "objects that named_parameters() gives.",
            forms=[
                (".append(parameter)", ".append(parameter.clone())"),
                (".append(parameter)", ".append(name)"),
            ],
        ),
    ],
    hints=[
        "model.named_parameters() gives the name and the parameter together.",
        "Skip what does not require a gradient; then one condition on the name decides "
        "between two lists.",
    ],
)


def linear_warmup_cases(rng):
    warmup, total = int(rng.integers(7, 13)), int(rng.integers(40, 60))
    steps = [0, 1, 2, warmup - 1, warmup, warmup + 1, total // 2, total - 2, total - 1]
    steps += [total, total + 1, total + 30]
    calls = [(step, warmup, total) for step in steps]
    long = int(rng.integers(3000, 9000))  # a share far below 0.01 at its end
    calls += [(long // 3, warmup, long), (long - 1, warmup, long)]
    yield Case("a warm-up and a descent", calls)
    total = int(rng.integers(11, 23))
    steps = [0, 1, 2, total // 3, total - 1, total, total + 3]
    yield Case("no warm-up", [(step, 0, total) for step in steps])
    # at step total itself 1 and 0 are both right: the climb ends where the fall does
    steps = [0, 1, total // 2, total - 1, total + 1, total + 5]
    yield Case("nothing but warm-up", [(step, total, total) for step in steps])


LINEAR_WARMUP = Exercise(
    "linear_warmup",
    linear_warmup_cases,
    points=3,
    minutes=10,
    difficulty=2,
    probe="shares_by_call",
    misconceptions=[
        Misconception(
            "off-by-one",
            ("return step / warmup", "return (step + 1) / warmup"),
            "Your warm-up is one step ahead. Before the first update the share is 0, "
            "and 1 is reached at step warmup.",
        ),
        Misconception(
            "one-ahead-down",
            (
                "(total - step) / (total - warmup)",
                "(total - step - 1) / (total - warmup)",
            ),
            "Your descent is one step ahead: at step warmup the share is 1, and it is "
            "0 at step total, not before.",
        ),
        Misconception(
            "above-zero-at-total",
            [
                ("if step >= total:", "if False:"),
                (
                    "(total - step) / (total - warmup)",
                    "max(1, total - step) / (total - warmup)",
                ),
            ],
            "From step total on your share stays above 0. It is 0 there and later.",
        ),
        Misconception(
            "no-descent",
            ("(total - step) / (total - warmup)", "1.0"),
            "After the warm-up your rate stays where it is. It falls in a straight "
            "line to 0 at step total.",
        ),
        Misconception(
            "jump",
            ("(total - step) / (total - warmup)", "(total - step) / total"),
            "Your descent is a line from step 0, so the rate jumps down at the end of "
            "the warm-up. The line begins at 1 at step warmup.",
            forms=[
                (
                    "return (total - step) / (total - warmup)",
                    "return max(0.0, 1 - step / (total - warmup))",
                ),
            ],
        ),
        Misconception(
            "negative",
            (
                "    if step >= total:\n        return 0.0\n",
                "    if step >= total == warmup:\n        return 0.0\n",
            ),
            "After the last step your rate becomes negative, and the model would "
            "climb. It stays 0.",
        ),
        Misconception(
            "no-warmup",
            ("return step / warmup", "return 1.0"),
            "Your rate is full from the first step. It climbs during the warm-up.",
        ),
        Misconception(
            "cosine",
            (
                "(total - step) / (total - warmup)",
                "0.5 * (1 + math.cos(math.pi * (step - warmup) / (total - warmup)))",
            ),
            "Your descent is a cosine. This schedule is a straight line.",
        ),
        Misconception(
            "zero-without-warmup",
            [
                ("if step < warmup:", "if step < max(warmup, 1):"),
                ("step / warmup", "step / max(warmup, 1)"),
            ],
            "With a warm-up of 0 steps your first share is 0. There is nothing to "
            "climb then: it starts at 1.",
            forms=[
                """def linear_warmup(step, warmup, total):
    if step <= warmup:
        return step / max(warmup, 1)
    return max(0.0, (total - step) / (total - warmup))
"""
            ],
        ),
        Misconception(
            "divides-by-zero",
            ("if step < warmup:", "if step < max(warmup, 1):"),
            "With a warm-up of 0 steps you divide by 0 at step 0. The rate starts at 1 "
            "there.",
        ),
        Misconception(
            "nothing-after-warmup",
            [
                ("    if step >= total:\n        return 0.0\n", ""),
                (
                    "(total - step) / (total - warmup)",
                    "max(0.0, (total - step) / (total - warmup))",
                ),
            ],
            "Where warmup equals total you divide by 0 at the end of the climb. "
            "Nothing is left to fall then: after step total the share is 0.",
        ),
        Misconception(
            "stays-at-one",
            [
                ("    if step >= total:\n        return 0.0\n", ""),
                ("(total - step) / (total - warmup)", "1.0"),
            ],
            "After the warm-up your rate stays at 1 for ever. It falls in a straight "
            "line to 0 at step total.",
        ),
        Misconception(
            "whole-numbers",
            source="""def linear_warmup(step, warmup, total):
    if step < warmup:
        return step // warmup
    return max(0, (total - step) // max(1, total - warmup))
""",
            says="`//` divides without a remainder and gives 0 or 1. `/` gives what "
            "lies between.",
            forms=[
                ("return step / warmup", "return step // warmup"),
            ],
        ),
        Misconception(
            "always-one-without-warmup",
            (
                "    if step < warmup:",
                "    if warmup == 0:\n        return 1.0\n    if step < warmup:",
            ),
            "With a warm-up of 0 steps your share stays 1. It starts at 1 there and "
            "falls in the same way.",
        ),
        Misconception(
            "floor",
            (
                "return (total - step) / (total - warmup)",
                "return max(0.1, (total - step) / (total - warmup))",
            ),
            "Your share never falls below a limit of its own on the way down. The "
            "line goes down to 0.",
            forms=[
                (
                    "return (total - step) / (total - warmup)",
                    "return max(0.01, (total - step) / (total - warmup))",
                ),
                (
                    "return (total - step) / (total - warmup)",
                    "return max(0.05, (total - step) / (total - warmup))",
                ),
                [
                    ("    if step >= total:\n        return 0.0\n", ""),
                    (
                        "return (total - step) / (total - warmup)",
                        "return max(0.1, (total - step) / max(1, total - warmup))",
                    ),
                ],
            ],
        ),
        Misconception(
            "too-slow-down",
            (
                "return (total - step) / (total - warmup)",
                "return 1 - (step - warmup) / (total - warmup + 1)",
            ),
            "Your line falls a little too slowly: it would reach 0 one step after "
            "total. Divide by `total - warmup`.",
        ),
        Misconception(
            "one-ahead",
            ("    if step < warmup:", "    step += 1\n    if step < warmup:"),
            "Your share is one step ahead all the way. step counts the updates "
            "already made: the share is 0 at step 0 and 1 at step warmup.",
        ),
        Misconception(
            "lines-multiplied",
            source="""def linear_warmup(step, warmup, total):
    up = min(1.0, step / warmup) if warmup else 1.0
    return up * max(0.0, 1 - step / max(1, total))
""",
            says="You multiply a line that rises by one that falls from the first "
            "step on. Before step warmup the share only climbs; the fall begins "
            "there, at 1.",
        ),
        Misconception(
            "nothing-after-total",
            ("        return 0.0\n", "        return None\n"),
            "From step total on you return None. The share stays 0 there.",
        ),
        Misconception(
            "falls-over-total",
            (
                "return (total - step) / (total - warmup)",
                "return max(0.0, 1 - (step - warmup) / total)",
            ),
            "Your descent takes total steps. It begins at step warmup and ends at "
            "step total: divide by total - warmup.",
        ),
        Misconception(
            "rises-again",
            (
                "        return 0.0\n",
                "        return (step - total) / max(1, total - warmup)\n",
            ),
            "After step total your share climbs again. It stays 0.",
        ),
        Misconception(
            "inverse-root",
            (
                "return (total - step) / (total - warmup)",
                "return math.sqrt(max(warmup, 1) / max(step, 1))",
            ),
            "After the warm-up your share falls with the inverse root of step, as in "
            "the first Transformer. This schedule falls in a straight line to 0.",
        ),
        Misconception(
            "too-fast-down",
            (
                "return (total - step) / (total - warmup)",
                "return (total - 1 - step) / max(1, total - 1 - warmup)",
            ),
            "Your line falls a little too fast: it is 0 one step before total. Divide "
            "what remains, total - step, by total - warmup.",
        ),
    ],
    hints=[
        "Three parts: before warmup, between warmup and total, after total.",
        "The descent is a line through (warmup, 1) and (total, 0): what remains, "
        "divided by the whole way.",
        "Ask for step < warmup first: with warmup 0 that never happens and nothing is "
        "divided by 0.",
    ],
)


def freeze_cases(rng):
    def sizes():
        """The number of layers and how wide their inner part is."""
        return int(rng.integers(3, 6)), int(rng.integers(11, 60))

    yield Case("the lowest layer", 1, *sizes(), [])
    layers, inner = sizes()
    yield Case("all layers but the top one", layers - 1, layers, inner, [])
    yield Case("only the embeddings", 0, *sizes(), [])
    layers, inner = sizes()
    yield Case("all, the pooler frozen before", layers, layers, inner, ["pooler"])
    layers, inner = sizes()
    for label, k in (("k negative", -1), ("k too large", layers + 1)):
        refused = Case(label, 0, layers, inner, [], bad=[k])
        yield refused.with_(weight=0)
    layers, inner = sizes()
    before = [f"layer.{layers - 1}", "classifier"]
    yield Case("the top was frozen before", 1, layers, inner, before)
    yield Case("two of twelve layers", 2, 12, int(rng.integers(11, 60)), [])


FREEZE = Exercise(
    "freeze",
    freeze_cases,
    points=3,
    minutes=10,
    difficulty=2,
    probe="freeze_tiny",
    returns=("trainable", "count", "errors"),
    misconceptions=[
        Misconception(
            "attribute",
            (
                "for parameter in block.parameters():\n"
                "            parameter.requires_grad = False",
                "block.requires_grad = False",
            ),
            "You set requires_grad on the module. That only creates an attribute "
            "nobody reads; set it on every parameter, or call requires_grad_(False).",
            forms=[
                [
                    (
                        "for parameter in block.parameters():\n"
                        "            parameter.requires_grad = False",
                        "block.requires_grad = False",
                    ),
                    (
                        "return sum(p.numel() for p in model.parameters() "
                        "if p.requires_grad)",
                        "below = nn.ModuleList([model.bert.embeddings, *layers[:k]])\n"
                        "    count = sum(p.numel() for p in model.parameters())\n"
                        "    return count - sum(p.numel() for p in below.parameters())",
                    ),
                ],
            ],
        ),
        Misconception(
            "zero-freezes-nothing",
            (
                "[model.bert.embeddings, *layers[:k]]",
                "([model.bert.embeddings, *layers[:k]] if k else [])",
            ),
            "With k = 0 you freeze nothing. The embeddings are frozen for every k.",
        ),
        Misconception(
            "embeddings-trained",
            ("[model.bert.embeddings, *layers[:k]]", "layers[:k]"),
            "The embeddings still learn. They lie below the first layer, so they are "
            "frozen as well.",
        ),
        Misconception(
            "one-too-many",
            ("*layers[:k]", "*layers[: k + 1]"),
            "You freeze one layer too many: layers 0 to k - 1, not k.",
        ),
        Misconception(
            "one-too-few",
            ("*layers[:k]", "*layers[: max(k - 1, 0)]"),
            "You freeze one layer too few: k layers, 0 to k - 1.",
        ),
        Misconception(
            "top-frozen",
            ("*layers[:k]", "*layers[len(layers) - k :]"),
            "You freeze the top layers. The lowest ones hold what is common to all "
            "texts; the top is what learns.",
        ),
        Misconception(
            "pooler-frozen",
            (
                "[model.bert.embeddings, *layers[:k]]",
                "[model.bert.embeddings, model.bert.pooler, *layers[:k]]",
            ),
            "You freeze the pooler. It lies above the layers and is trained.",
        ),
        Misconception(
            "not-thawed",
            ("    model.requires_grad_(True)\n", ""),
            "What was frozen before stays frozen. Set every parameter, the trainable "
            "ones to True.",
        ),
        Misconception(
            "part-of-a-number",
            source="""def freeze(model, k):
    if not 0 <= k <= len(model.bert.encoder.layer):
        raise ValueError(f"k is {k}")
    frozen = ["bert.embeddings"] + [f"encoder.layer.{n}" for n in range(k)]
    for name, parameter in model.named_parameters():
        parameter.requires_grad = not any(start in name for start in frozen)
    return sum(p.numel() for p in model.parameters() if p.requires_grad)
""",
            says="You look for layer.1 in the names, and layer.10 and layer.11 contain "
            "it as well. Put a dot behind the number, or take the layers from "
            "model.bert.encoder.layer.",
        ),
        Misconception(
            "tensors-counted",
            ("sum(p.numel() for p", "sum(1 for p"),
            "You count the parameter tensors. Count their numbers, with numel().",
        ),
        Misconception(
            "frozen-counted",
            (" if p.requires_grad)", ")"),
            "You count the frozen parameters, too.",
        ),
        Misconception(
            "k-unchecked",
            ("if not 0 <= k <= len(layers):", "if False:"),
            "A k below 0 or above the number of layers is accepted. A slice does not "
            "complain, so raise a ValueError yourself.",
        ),
        Misconception(
            "frozen-counted-alone",
            (" if p.requires_grad)", " if not p.requires_grad)"),
            "You count the frozen numbers. The trainable ones are asked for.",
        ),
        Misconception(
            "attention-alone",
            (
                "[model.bert.embeddings, *layers[:k]]",
                "[model.bert.embeddings, *(layer.attention for layer in layers[:k])]",
            ),
            "You freeze the attention of the layers only. Their dense networks and the "
            "last LayerNorm belong to them, too.",
        ),
        Misconception(
            "word-embeddings-alone",
            (
                "[model.bert.embeddings, *layers[:k]]",
                "[model.bert.embeddings.word_embeddings, *layers[:k]]",
            ),
            "You freeze the table of words only. Positions, segments and the LayerNorm "
            "are part of model.bert.embeddings.",
        ),
        Misconception(
            "zero-freezes-all",
            ("*layers[:k]]", "*(layers[:k] if k else layers)]"),
            "With k = 0 you freeze every layer. `layers[-0:]` is the whole list, and "
            "`if k` is false for 0; only the embeddings are frozen then.",
        ),
        Misconception(
            "pooler-not-thawed",
            (
                "    model.requires_grad_(True)\n",
                "    for block in [model.classifier, *layers[k:]]:\n"
                "        block.requires_grad_(True)\n",
            ),
            "A pooler that was frozen before stays frozen. Everything outside the "
            "embeddings and layers 0 to k - 1 is set to True.",
            forms=[
                (
                    "    model.requires_grad_(True)\n",
                    "    layers.requires_grad_(True)\n",
                ),
            ],
        ),
        Misconception(
            "copy-frozen",
            (
                "    layers = model.bert.encoder.layer\n",
                "    model = __import__('copy').deepcopy(model)\n"
                "    layers = model.bert.encoder.layer\n",
            ),
            "You freeze a copy, and the model that you were given stays as it was. "
            "Change it in place.",
        ),
        Misconception(
            "bert-counted-alone",
            (
                "for p in model.parameters() if p",
                "for p in model.bert.parameters() if p",
            ),
            "You count the numbers of model.bert alone. The output layer, "
            "model.classifier, is trainable as well.",
        ),
        Misconception(
            "one-layer-alone",
            ("*layers[:k]", "*layers[max(k - 1, 0) : k]"),
            "You freeze one layer alone. All layers from 0 to k - 1 are frozen.",
        ),
        Misconception(
            "end-of-the-range-refused",
            (
                "if not 0 <= k <= len(layers):",
                "if not 0 < k <= len(layers):",
            ),
            "You refuse a k that is allowed. 0 freezes the embeddings alone, and the "
            "number of layers freezes them all.",
            forms=[
                (
                    "if not 0 <= k <= len(layers):",
                    "if not 0 <= k < len(layers):",
                ),
                (
                    "if not 0 <= k <= len(layers):",
                    "if not 0 < k < len(layers):",
                ),
            ],
        ),
        Misconception(
            "upper-part-frozen",
            ("*layers[:k]", "*layers[k:]"),
            "You freeze the layers from k on and train those below. It is the other "
            "way round: layers 0 to k - 1 are frozen.",
        ),
        Misconception(
            "all-of-bert-frozen",
            ("[model.bert.embeddings, *layers[:k]]", "[model.bert]"),
            "You freeze the whole of model.bert. Only its embeddings and its lowest k "
            "layers are frozen.",
        ),
        Misconception(
            "output-layer-frozen",
            (
                "[model.bert.embeddings, *layers[:k]]",
                "[model.classifier, model.bert.embeddings, *layers[:k]]",
            ),
            "You freeze the output layer, model.classifier. It is new and has "
            "everything to learn.",
        ),
    ],
    hints=[
        "Thaw everything, then freeze the part below. A module's requires_grad_(False) "
        "reaches all its parameters.",
        "model.bert.encoder.layer behaves like a list: the first k layers are a slice.",
        "Count with numel() over the parameters that still require a gradient. Check k "
        "at the very beginning.",
    ],
)


# --- fine_tune ---------------------------------------------------------------------


def tuned(
    model,
    train,
    validation,
    orders,
    batch_size,
    rate,
    warmup_share,
    weight_decay,
    quiet,
    states,
):
    """What fine_tune is to do, written once more with the library's schedule.

    The weights after each epoch are appended to the list `states`.
    """
    spared, decayed = [], []
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            kind = name.endswith("bias") or "LayerNorm" in name
            (spared if kind else decayed).append(parameter)
    groups = [{"params": decayed}, {"params": spared, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=rate, weight_decay=weight_decay)
    total = sum(len(order.split(batch_size)) for order in orders)
    schedule = get_linear_schedule_with_warmup(
        optimizer, int(warmup_share * total), total
    )
    history = []
    for order in orders:
        model.train()
        for hidden, mask, y in zip(
            *(part[order].split(batch_size) for part in train), strict=True
        ):
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(model(hidden, mask), y).backward()
            torch.nn.utils.clip_grad_norm_(decayed + spared, 1.0)
            optimizer.step()
            schedule.step()
        model.eval()
        with torch.no_grad():
            right = model(*validation[:2]).argmax(1) == validation[2]
        history.append(right.double().mean().item())
        states.append(copy.deepcopy(model.state_dict()))
    model.load_state_dict(states[int(np.argmax(history))])
    return history


def with_outcome(case):
    """The case with its right history and its weights after each epoch as the key."""
    states = []
    target = functools.partial(tuned, states=states)
    history, *_ = PROBES["tune_network"](target, *case.inputs, **case.keywords)
    arrays = [{name: t.numpy() for name, t in state.items()} for state in states]
    return case.with_(key=[history, arrays])


def fine_tune_cases(rng):
    yield from map(with_outcome, training_cases(rng))
    for _ in range(200):
        case = with_outcome(small_gains(rng))
        if kept_with_margin(case.key[0]) != int(np.argmax(case.key[0])):
            yield case
            break
    else:
        raise ValueError("no training found whose best epoch is better by little")
    for _ in range(200):
        case = with_outcome(never_right(rng))
        if not any(case.key[0]):
            yield case
            return
    raise ValueError("no training found whose epochs are all wrong")


def kept_with_margin(history, margin=0.01):
    """Which epoch is kept where an epoch has to be better by `margin`."""
    kept = 0
    for epoch, accuracy in enumerate(history):
        kept = epoch if accuracy > history[kept] + margin else kept
    return kept


def small_gains(rng):
    """Four epochs of small steps, judged by 120 sentences: gains may be below 1 %."""
    y = rng.integers(0, 3, size=141)
    hidden = rng.normal(size=(141, 2, 3)) + 1.2 * rng.normal(size=(3, 3))[y][:, None]
    parts = [torch.tensor(v) for v in (hidden, np.ones((141, 2), dtype=np.int64), y)]
    orders = np.array([rng.permutation(21) for _ in range(4)])
    return Case(
        "gains of less than one per cent",
        int(rng.integers(2**31)),
        tuple(v[:21] for v in parts),
        tuple(v[21:] for v in parts),
        torch.tensor(orders),
        batch_size=8,
        rate=0.004,
        warmup_share=0.3,
        weight_decay=0.15,
    )


def never_right(rng):
    """Two epochs, judged by two sentences: the accuracies may all be 0."""
    parts = [
        (
            torch.tensor(rng.normal(size=(count, 2, 3))),
            torch.ones(count, 2, dtype=torch.int64),
            torch.tensor(rng.integers(0, 3, size=count)),
        )
        for count in (7, 2)
    ]
    orders = np.array([rng.permutation(7) for _ in range(2)])
    return Case(
        "accuracies that are all 0: the first epoch is kept",
        int(rng.integers(2**31)),
        *parts,
        torch.tensor(orders),
        batch_size=3,
        rate=0.02,
        warmup_share=0.25,
        weight_decay=0.15,
    )


def training_cases(rng):
    def sentences(count, length, width, centres, flip=False, noise=1.2):
        y = rng.integers(0, 3, size=count)
        y[:3] = [0, 1, 2]
        lengths = rng.integers(2, length + 1, size=count)
        mask = (np.arange(length) < lengths[:, None]).astype(np.int64)
        hidden = noise * rng.normal(size=(count, length, width)) + centres[y][:, None]
        target = (y + 1) % 3 if flip else y
        return torch.tensor(hidden), torch.tensor(mask), torch.tensor(target)

    def of_every_label(hidden, mask, y):
        """Each sentence once with each label: one of three is always right."""
        labels = torch.arange(3).repeat(len(y))
        return hidden.repeat_interleave(3, 0), mask.repeat_interleave(3, 0), labels

    def orders(epochs, count):
        rows = [rng.permutation(count) for _ in range(epochs)]
        return torch.tensor(np.array(rows))

    def seed():
        return int(rng.integers(2**31))

    centres = 1.5 * rng.normal(size=(3, 6))
    train = sentences(23, 5, 6, centres)
    yield Case(
        "four epochs, a smaller last batch",
        seed(),
        train,
        sentences(17, 5, 6, centres),
        orders(4, 23),
        batch_size=5,
        rate=0.03,
        warmup_share=0.2,
        weight_decay=0.1,
    )
    parts = (
        sentences(29, 5, 6, centres, flip=True, noise=0.5),
        of_every_label(*sentences(4, 5, 6, centres)),
    )
    yield Case(
        "validation that gets worse: the first epochs are the best",
        seed(),
        train,
        tuple(torch.cat(pair) for pair in zip(*parts, strict=True)),
        orders(5, 23),
        batch_size=4,
        rate=0.02,
        warmup_share=0.0,
        weight_decay=0.01,
    ).with_(weight=2)
    yield Case(
        "a tiny learning rate: all epochs are equally good",
        seed(),
        train,
        of_every_label(*sentences(5, 5, 6, centres)),
        orders(3, 23),
        batch_size=8,
        rate=2e-5,
        warmup_share=0.1,
        weight_decay=0.05,
    )
    centres = 4 * rng.normal(size=(3, 4))
    yield Case(
        "large gradients",
        seed(),
        sentences(19, 3, 4, centres, noise=4.0),
        sentences(13, 3, 4, centres, noise=3.0),
        orders(3, 19),
        batch_size=6,
        rate=0.1,
        warmup_share=0.38,
        weight_decay=0.3,
    )
    yield Case(
        "one epoch of one batch",
        seed(),
        sentences(7, 4, 5, 2 * rng.normal(size=(3, 5))),
        sentences(11, 4, 5, 2 * rng.normal(size=(3, 5))),
        orders(1, 7),
        batch_size=9,
        rate=0.04,
        warmup_share=0.9,
        weight_decay=0.2,
    )


FINE_TUNE = Exercise(
    "fine_tune",
    fine_tune_cases,
    points=10,
    minutes=40,
    difficulty=5,
    probe="tune_network",
    view="tuning_view",
    rtol=1e-5,
    atol=1e-7,
    needs=("parameter_groups", "linear_warmup"),
    seconds=20,
    misconceptions=[
        Misconception(
            "gradients-add-up",
            ("            optimizer.zero_grad()\n", ""),
            "Gradients of earlier batches add up. Set them to zero before each "
            "backward pass.",
        ),
        Misconception(
            "gradients-left",
            [
                ("            optimizer.zero_grad()\n", ""),
                (
                    "            optimizer.step()\n",
                    "            optimizer.step()\n            optimizer.zero_grad()\n",
                ),
            ],
            "Gradients that were left in the model from before enter your first "
            "update. Set them to zero before the backward pass, or once before the "
            "first.",
        ),
        Misconception(
            "schedule-each-epoch",
            [
                (
                    "    for order in orders:\n",
                    "    for order in orders:\n        step = 0\n",
                ),
                ("total = len(orders) * math", "total = math"),
                ("tqdm(total=total", "tqdm(total=None"),
            ],
            "Your schedule begins anew in every epoch. step, warmup and total count "
            "the updates of the whole training.",
        ),
        Misconception(
            "margin",
            (
                "history[-1] > max(history[:-1], default=-1)",
                "history[-1] > max(history[:-1], default=-1) + 0.01",
            ),
            "You keep a later epoch only where it is better by a margin. Any higher "
            "accuracy makes an epoch the best one so far.",
            forms=[
                [
                    (
                        "history, best, step = [], None, 0",
                        "history, best, step, top = [], None, 0, -1",
                    ),
                    (
                        "if history[-1] > max(history[:-1], default=-1):",
                        "if history[-1] - top > 0.01:\n            top = history[-1]",
                    ),
                ],
            ],
        ),
        Misconception(
            "eval-mode-training",
            ("        model.train()\n", ""),
            "The model is not in training mode when it learns: dropout does nothing. "
            "Switch it on at the beginning of every epoch.",
        ),
        Misconception(
            "train-mode-validation",
            ("        model.eval()\n", ""),
            "You validate in training mode: dropout disturbs the accuracy by which you "
            "choose the epoch.",
        ),
        Misconception(
            "equal-replaces",
            ("history[-1] > max", "history[-1] >= max"),
            "Of equally good epochs you keep the last; the description asks for the "
            "first.",
        ),
        Misconception(
            "last-kept",
            ("if history[-1] > max(history[:-1], default=-1):", "if True:"),
            "Your model ends with the weights of the last epoch, not of the best one. "
            "If you did remember the best, copy every tensor: state_dict() returns "
            "the live ones, which go on changing.",
        ),
        Misconception(
            "worst-kept",
            (
                "history[-1] > max(history[:-1], default=-1)",
                "history[-1] < min(history[:-1], default=2)",
            ),
            "You keep the epoch with the lowest accuracy. Accuracy is better when it "
            "is higher.",
        ),
        Misconception(
            "constant-rate",
            ("rate * linear_warmup(step, warmup, total)", "rate"),
            "The learning rate never changes. Multiply it by your linear_warmup before "
            "every update.",
        ),
        Misconception(
            "rate-one-late",
            ("linear_warmup(step, warmup", "linear_warmup(step + 1, warmup"),
            "Your schedule is one step ahead: step counts the updates already made, so "
            "the first update has step 0.",
        ),
        Misconception(
            "rate-behind",
            ("linear_warmup(step, warmup", "linear_warmup(max(step - 1, 0), warmup"),
            "Your schedule is one step behind: in each update you use the learning "
            "rate of the update before. Set the rate, then step.",
        ),
        Misconception(
            "warmup-rounded",
            ("int(warmup_share * total)", "round(warmup_share * total)"),
            "You round the number of warm-up updates to another whole number. The "
            "description asks for int(warmup_share * total).",
            forms=[("int(warmup_share * total)", "math.ceil(warmup_share * total)")],
        ),
        Misconception(
            "warmup-of-one-epoch",
            (
                "int(warmup_share * total)",
                "int(warmup_share * math.ceil(len(y) / batch_size))",
            ),
            "Your warm-up is a share of one epoch. It is a share of all updates.",
        ),
        Misconception(
            "first-group-only",
            (
                "for group in optimizer.param_groups:",
                "for group in optimizer.param_groups[:1]:",
            ),
            "You set the rate of the first parameter group only. Biases and "
            "LayerNorms keep the full rate from the first update on.",
        ),
        Misconception(
            "loss-summed",
            ("mask[rows]), y[rows])", 'mask[rows]), y[rows], reduction="sum")'),
            "Your loss is the sum over the batch. Its mean does not depend on the size "
            "of the batch.",
        ),
        Misconception(
            "softmax-before-loss",
            (
                "F.cross_entropy(model(hidden[rows], mask[rows]),",
                "F.cross_entropy(model(hidden[rows], mask[rows]).softmax(1),",
            ),
            "You apply a softmax before the cross-entropy, which applies one itself. "
            "Give it the logits.",
        ),
        Misconception(
            "best-by-loss",
            [
                (
                    "    history, best, step = [], None, 0",
                    "    history, best, step, losses = [], None, 0, []",
                ),
                (
                    "        history.append(right / len(validation[2]))",
                    "        history.append(right / len(validation[2]))\n"
                    "        with torch.no_grad():\n"
                    "            logits = model(*validation[:2])\n"
                    "        losses.append(F.cross_entropy(logits, "
                    "validation[2]).item())",
                ),
                (
                    "if history[-1] > max(history[:-1], default=-1):",
                    "if losses[-1] < min(losses[:-1], default=math.inf):",
                ),
            ],
            "You keep the epoch with the lowest validation loss. The description asks "
            "for the highest accuracy, and the two can choose different epochs.",
        ),
        Misconception(
            "new-optimiser",
            [
                ("    optimizer = torch.optim.AdamW(groups, lr=rate)\n", ""),
                (
                    "        model.train()\n",
                    "        model.train()\n"
                    "        optimizer = torch.optim.AdamW(groups, lr=rate)\n",
                ),
            ],
            "You make a new optimiser for every epoch. It forgets Adam's moments; "
            "make one before the first epoch.",
        ),
        Misconception(
            "mean-of-batch-means",
            [
                ("v.split(64)", "v.split(batch_size)"),
                (".sum().item()", ".double().mean().item()"),
                (
                    "right / len(validation[2])",
                    "right / math.ceil(len(validation[2]) / batch_size)",
                ),
            ],
            "You take the mean of the batches' accuracies, so a sentence in a small "
            "last batch counts more. Count the right answers, divide by N.",
        ),
        Misconception(
            "schedule-by-epoch",
            (
                "rate * linear_warmup(step, warmup, total)",
                "rate * linear_warmup(len(history), int(warmup_share * len(orders)), "
                "len(orders))",
            ),
            "You move the schedule once an epoch. It counts updates.",
        ),
        Misconception(
            "not-clipped",
            ("            nn.utils.clip_grad_norm_(trainable, 1.0)\n", ""),
            "Unclipped gradients reach the optimiser: a single odd batch can throw the "
            "pretrained weights far off. Clip their norm between backward and step.",
            forms=[
                [
                    ("            nn.utils.clip_grad_norm_(trainable, 1.0)\n", ""),
                    (
                        "            optimizer.step()\n",
                        "            optimizer.step()\n"
                        "            nn.utils.clip_grad_norm_(trainable, 1.0)\n",
                    ),
                ],
                [
                    ("            nn.utils.clip_grad_norm_(trainable, 1.0)\n", ""),
                    (
                        "            loss.backward()\n",
                        "            nn.utils.clip_grad_norm_(trainable, 1.0)\n"
                        "            loss.backward()\n",
                    ),
                ],
            ],
        ),
        Misconception(
            "clipped-to-5",
            ("(trainable, 1.0)", "(trainable, 5.0)"),
            "You clip the gradients to another norm than 1.",
            forms=[("(trainable, 1.0)", "(trainable, 0.5)")],
        ),
        Misconception(
            "clipped-one-by-one",
            (
                "nn.utils.clip_grad_norm_(trainable, 1.0)",
                "[nn.utils.clip_grad_norm_([p], 1.0) for p in trainable]",
            ),
            "You clip the gradient of each parameter by itself. The norm is that of "
            "all of them together.",
        ),
        Misconception(
            "clipped-by-value",
            ("clip_grad_norm_", "clip_grad_value_"),
            "You clip every number by itself. Clip the norm of all gradients together; "
            "that keeps their direction.",
        ),
        Misconception(
            "order-ignored",
            (
                "for rows in order.split(batch_size):",
                "for rows in torch.arange(len(y)).split(batch_size):",
            ),
            "You read the sentences in the same order in every epoch. Use the row of "
            "orders.",
            forms=[
                (
                    "for rows in order.split(batch_size):",
                    "for rows in orders[0].split(batch_size):",
                ),
            ],
        ),
        Misconception(
            "last-batch-lost",
            (
                "for rows in order.split(batch_size):",
                "for rows in order[: len(y) // batch_size * batch_size].split(\n"
                "            batch_size\n        ):",
            ),
            "The last, smaller batch of an epoch is lost.",
        ),
        Misconception(
            "all-decay",
            (
                "optimizer = torch.optim.AdamW(groups, lr=rate)",
                "optimizer = torch.optim.AdamW(\n"
                "        trainable, lr=rate, weight_decay=weight_decay\n    )",
            ),
            "Everything decays. Give AdamW your parameter groups.",
        ),
        Misconception(
            "adam",
            ("torch.optim.AdamW(groups", "torch.optim.Adam(groups"),
            "Adam mixes the decay into the gradient, where it is rescaled. AdamW lets "
            "the weights decay by themselves.",
        ),
        Misconception(
            "thawed",
            (
                "    groups = parameter_groups(model, weight_decay)\n",
                "    model.requires_grad_(True)\n"
                "    groups = parameter_groups(model, weight_decay)\n",
            ),
            "You train frozen parameters too. Leave requires_grad as it is.",
        ),
        Misconception(
            "batch-size-ignored",
            [
                ("order.split(batch_size)", "order.split(32)"),
                ("len(y) / batch_size", "len(y) / 32"),
            ],
            "You cut batches of a size of your own. Use batch_size.",
        ),
        Misconception(
            "rate-ignored",
            [("lr=rate", "lr=2e-4"), ("rate * linear", "2e-4 * linear")],
            "You use a learning rate of your own. Use the argument rate.",
        ),
        Misconception(
            "train-once",
            [
                ("        model.train()\n", ""),
                (
                    "    for order in orders:",
                    "    model.train()\n    for order in orders:",
                ),
            ],
            "You call model.train() once, before the epochs. The first validation ends "
            "it: from the second epoch on the model learns without dropout.",
        ),
        Misconception(
            "total-of-one-epoch",
            ("total = len(orders) * math", "total = math"),
            "Your total counts the updates of one epoch. After that epoch the learning "
            "rate is 0, and the others learn nothing.",
        ),
        Misconception(
            "total-rounded-down",
            ("math.ceil(len(y) / batch_size)", "(len(y) // batch_size)"),
            "Your total leaves out the last, smaller batch of each epoch, so the rate "
            "falls too fast. It is an update like the others: round up.",
        ),
        Misconception(
            "groups-not-used",
            (
                "torch.optim.AdamW(groups, lr=rate)",
                "torch.optim.AdamW(trainable, lr=rate)",
            ),
            "You hand AdamW the parameters without their groups: one decay pulls at "
            "all of them, biases and LayerNorms too.",
        ),
        Misconception(
            "mask-of-ones",
            (
                "model(hidden[rows], mask[rows])",
                "model(hidden[rows], torch.ones_like(mask[rows]))",
            ),
            "You train with a mask of ones, so the model learns from the padding, too. "
            "Pass mask[rows] on.",
        ),
        Misconception(
            "zeroed-before-the-step",
            (
                "            optimizer.zero_grad()\n            loss.backward()\n",
                "            loss.backward()\n            optimizer.zero_grad()\n",
            ),
            "You set the gradients to zero between backward and step, so nothing is "
            "learned. Zero them before backward.",
        ),
        Misconception(
            "validated-on-training",
            [
                ("for v in validation)", "for v in train)"),
                ("right / len(validation[2])", "right / len(y)"),
            ],
            "You measure the accuracy on the training sentences. The epoch is chosen "
            "by the validation sentences.",
        ),
        Misconception(
            "decay-ignored",
            ("parameter_groups(model, weight_decay)", "parameter_groups(model, 0.01)"),
            "You use a weight decay of your own. Use the argument weight_decay.",
        ),
        Misconception(
            "share-ignored",
            ("int(warmup_share * total)", "int(0.1 * total)"),
            "You use a share of the warm-up of your own. Use the argument "
            "warmup_share.",
        ),
        Misconception(
            "best-from-zero",
            [
                ("default=-1", "default=0"),
                (
                    "    model.load_state_dict(best)\n",
                    "    if best is not None:\n        model.load_state_dict(best)\n",
                ),
            ],
            "Your best accuracy begins at 0, so an epoch in which no answer is right "
            "is never kept. Of equal epochs the first counts: begin below 0.",
            forms=[("default=-1", "default=0")],
        ),
        Misconception(
            "warmup-of-epochs",
            (
                "int(warmup_share * total)",
                "int(warmup_share * len(orders))",
            ),
            "Your warm-up is a share of the number of epochs. It is a share of all "
            "updates: total.",
        ),
        Misconception(
            "rate-multiplied",
            ('group["lr"] = rate * linear', 'group["lr"] *= linear'),
            "You multiply the rate of the update before by the share. The share is 0 "
            "at the first update, or the shares pile up; multiply the argument rate.",
        ),
        Misconception(
            "clipped-by-group",
            (
                "nn.utils.clip_grad_norm_(trainable, 1.0)",
                '[nn.utils.clip_grad_norm_(g["params"], 1.0) for g in groups]',
            ),
            "You clip the gradients of each group by itself. The norm is that of all "
            "trainable parameters together.",
        ),
        Misconception(
            "stops-early",
            ("    bar.close()", "        else:\n            break\n    bar.close()"),
            "You stop at the first epoch that is not better. All epochs of orders are "
            "run.",
        ),
        Misconception(
            "history-of-the-best",
            (
                "    return history",
                "    return [max(history[: n + 1]) for n in range(len(history))]",
            ),
            "Your list holds the best accuracy so far. It holds the accuracy of each "
            "epoch.",
        ),
        Misconception(
            "no-descent",
            (
                "linear_warmup(step, warmup, total)",
                "(min(1.0, step / warmup) if warmup else 1.0)",
            ),
            "After the warm-up your rate stays where it is. Take the share from "
            "linear_warmup for every update.",
        ),
        Misconception(
            "sgd",
            ("torch.optim.AdamW(", "torch.optim.SGD("),
            "Your optimiser is plain gradient descent. The description asks for "
            "torch.optim.AdamW.",
        ),
    ],
    hints=[
        "Write the plain loop first: for every row of orders, for every batch of it: "
        "loss, zero_grad, backward, clip, step.",
        "order.split(batch_size) cuts a row of orders into batches. Before each update "
        'set group["lr"] in optimizer.param_groups.',
        "After each epoch: model.eval(), torch.no_grad(), accuracy. When it beats all "
        "earlier ones keep a copy: {name: value.clone() for …}. At the end "
        "load_state_dict.",
    ],
)


# --- inputs that show mistakes -----------------------------------------------------


REVEALING_TEXTS = WhichInput(
    "revealing_texts",
    points=2,
    minutes=10,
    difficulty=2,
    right="words_of",
    shown={
        "accents stay": "words_of_1",
        "only the marks of ASCII are set apart": "words_of_2",
    },
    hidden={
        "marks are dropped": ('f" {c} "', '" "'),
        "symbols are not set apart": ('in "PS"', 'in "P"'),
        "capital letters stay": ("text.lower()", "text"),
        "letters outside ASCII are lost": (
            'if unicodedata.category(c) != "Mn"',
            "if c.isascii()",
        ),
        "marks inside a word stay there": """
def words_of(text):
    import unicodedata

    def is_mark(c):
        return unicodedata.category(c)[0] in "PS"

    text = unicodedata.normalize("NFD", text.lower())
    text = "".join(c for c in text if unicodedata.category(c) != "Mn")
    words = []
    for word in text.split():
        after = []
        while word and is_mark(word[0]):
            words.append(word[0])
            word = word[1:]
        while word and is_mark(word[-1]):
            after.insert(0, word[-1])
            word = word[:-1]
        words += [word] * bool(word) + after
    return words
""",
    },
    admit="admit_text",
    most=3,
    hints=[
        "Run all three functions on a text of your own and compare the lists. An "
        "accent tells the first mistaken one, a mark of another script or of good "
        "typography the second.",
        "Think of what a small function may forget: capital letters, a mark inside a "
        "word, a symbol such as $, a letter that is not of ASCII. One short text can "
        "hold several of them.",
    ],
)


REVEALING_PROBABILITIES = WhichInput(
    "revealing_probabilities",
    points=2,
    minutes=10,
    difficulty=2,
    right="calibration_error",
    shown={
        "every bin counts alike": "calibration_error_1",
        "errors cancel": "calibration_error_2",
    },
    hidden={
        "a probability of 1 lies in no bin": (
            "np.minimum((10 * p).astype(int), 9)",
            "(10 * p).astype(int)",
        ),
        "the middle of a bin stands for its mean": (
            "p[here].mean()",
            "(number + 0.5) / 10",
        ),
        'only the answers "positive" count': ("range(10)", "range(5, 10)"),
        "right answers are counted, not positive labels": (
            "y[here].mean()",
            "((p[here] > 0.5) == y[here]).mean()",
        ),
        "five bins": [("10 * p", "5 * p"), (", 9)", ", 4)"), ("range(10)", "range(5)")],
    },
    admit="admit_probabilities",
    most=3,
    hints=[
        "Give one bin two sentences and another bin one, with errors of different "
        "size: the weights show. Let the model say too much in one bin and too little "
        "in another: what cancels shows.",
        "Then think of the ends, 0 and 1, of what lies below 0.5, and of two "
        "probabilities that are near each other but in different bins.",
    ],
)


# --- causal_attention, for those who want more -------------------------------------


def causal_cases(rng):
    def qkv(B, heads, T, d, e, scale=1.0, dtype=torch.float64):
        return (
            tensor(rng, B, heads, T, d, scale=scale, dtype=dtype),
            tensor(rng, B, heads, T, d, scale=scale, dtype=dtype),
            tensor(rng, B, heads, T, e, dtype=dtype),
        )

    yield Case("two rows, three heads", *qkv(2, 3, 5, 4, 7))
    yield Case("one token", *qkv(3, 2, 1, 4, 5))
    Q, K, V = qkv(1, 2, 6, 3, 4, scale=200.0)
    Q[:, :, 2], K[:, :, :3] = Q[:, :, 2].abs() + 200, K[:, :, :3] - 500
    yield Case("scores of a hundred thousand", Q, K, V)
    yield Case("float32", *qkv(2, 1, 4, 6, 3, dtype=torch.float32))


CAUSAL = Exercise(
    "causal_attention",
    causal_cases,
    **SINGLE,
    points=0,
    bonus=True,
    minutes=15,
    difficulty=3,
    returns=("context", "weights"),
    exact_dtype=True,
    misconceptions=[
        Misconception(
            "sees-all",
            ("scores.masked_fill(later, -torch.inf)", "scores"),
            "Every query sees all keys. Query t may see the keys 0 to t only.",
        ),
        Misconception(
            "not-itself",
            (".triu(1)", ".triu(0)"),
            "A query of yours does not see its own key. Query t sees keys up to t, "
            "this one included.",
            forms=[
                [
                    (".triu(1)", ".triu(0)"),
                    ("    weights = ", "    later[0, 0] = False\n    weights = "),
                ],
            ],
        ),
        Misconception(
            "sees-the-future",
            (".triu(1)", ".tril(-1)"),
            "You hide the keys that come before. Hide those that come after.",
        ),
        Misconception(
            "mask-after-softmax",
            (
                "scores.masked_fill(later, -torch.inf).softmax(dim=-1)",
                "scores.softmax(dim=-1).masked_fill(later, 0.0)",
            ),
            "You set weights to 0 after the softmax, so the rest no longer sums to 1. "
            "Hide the scores before it.",
        ),
        Misconception(
            "fixed-number",
            ("masked_fill(later, -torch.inf)", "masked_fill(later, -10000.0)"),
            "You set hidden scores to a fixed number such as -10,000, or subtract "
            "one. Where the others are lower still, a later token wins. Use minus "
            "infinity.",
            forms=[
                ("scores.masked_fill(later, -torch.inf)", "(scores - 10000.0 * later)"),
            ],
        ),
        Misconception(
            "zero-score",
            ("masked_fill(later, -torch.inf)", "masked_fill(later, 0.0)"),
            "You set the hidden scores to 0. The softmax turns 0 into exp(0) = 1, not "
            "into nothing.",
        ),
        Misconception(
            "no-root",
            (" / math.sqrt(d)", ""),
            "The scores are not divided by the square root of d.",
        ),
        Misconception(
            "over-queries",
            ("softmax(dim=-1)", "softmax(dim=-2)"),
            "Your softmax runs over the queries. Each query shares out a total of 1 "
            "among the keys: over the last axis.",
        ),
        Misconception(
            "context-alone",
            ("return weights @ V, weights", "return weights @ V"),
            "You return the context alone. The weights are asked for as well.",
        ),
        Misconception(
            "renormalised",
            (
                "scores.masked_fill(later, -torch.inf).softmax(dim=-1)",
                "scores.softmax(dim=-1).tril()\n"
                "    weights = weights / weights.sum(dim=-1, keepdim=True)",
            ),
            "Hidden scores still enter your softmax, if only by the largest score "
            "that is subtracted. Where one of them is far above the others, these "
            "all become 0 and you divide 0 by 0. Hide the scores first.",
        ),
        Misconception(
            "divided-by-d",
            ("math.sqrt(d)", "d"),
            "You divide by d. A sum of d products has standard deviation sqrt(d), so "
            "the root is what brings it back to 1.",
        ),
        Misconception(
            "root-of-the-values-width",
            ("math.sqrt(d)", "math.sqrt(V.shape[-1])"),
            "You divide by the root of d_v, the width of the values. d is the width "
            "of queries and keys, the last axis of Q.",
        ),
        Misconception(
            "no-max",
            (
                "scores.masked_fill(later, -torch.inf).softmax(dim=-1)",
                "scores.masked_fill(later, -torch.inf).exp()\n"
                "    weights = weights / weights.sum(dim=-1, keepdim=True)",
            ),
            "exp overflows for large scores. Subtract the largest score of the row "
            "first, or use a softmax that does.",
        ),
        Misconception(
            "next-one-seen",
            (".triu(1)", ".triu(2)"),
            "A query of yours sees the key after its own as well. Query t may see the "
            "keys 0 to t only.",
        ),
    ],
    hints=[
        "It is your scaled_dot_product_attention with another mask: not one row for "
        "each sentence, but a square (T, T) that is the same for all.",
        "torch.ones(T, T, dtype=torch.bool).triu(1) is true where s > t.",
    ],
)


WHICH_MODEL = Manual(
    "which_model",
    points=4,
    minutes=15,
    rubric=(
        "1 point each: (a) names a rung of the ladder for each of the two situations; "
        "(b) supports each choice by a number of this chapter, with its interval or "
        "with the labels that it needed; (c) weighs cost (seconds, memory) or privacy "
        "against accuracy; (d) says one thing that the numbers of this chapter cannot "
        "tell (another domain, other languages, fairness, other seeds)."
    ),
)

EXERCISES = [
    WORDPIECE,
    REVEALING_TEXTS,
    ENCODE_PAIR,
    LAYER_NORM,
    BERT_EMBEDDINGS,
    ATTENTION,
    MULTI_HEAD,
    GELU,
    ENCODER_LAYER,
    BERT_ENCODER,
    MASK_TOKENS,
    POOLED_LOGITS,
    CLASSIFY,
    PARAMETER_GROUPS,
    LINEAR_WARMUP,
    FREEZE,
    FINE_TUNE,
    REVEALING_PROBABILITIES,
    CAUSAL,
    WHICH_MODEL,
]

"""Record the runs that are too long for chapter 05.

``python -m autograde.records.bert ladder`` measures four classifiers with 50 to 7,500
labels, two of them by the code of chapter 04 (``words`` measures these two alone);
``python -m autograde.records.bert full`` fine-tunes all layers of the shipped BERT on
all training sentences. Together they take about 25 minutes on one core and write
``bert.json``. Every accuracy is on the 1,572 test sentences; the best epoch of
the full run is chosen on the 1,000 validation sentences. The full run multiplies in
bfloat16 (its weights stay float32), which a processor without such instructions does
more slowly; the ladder runs in float32.
"""

from __future__ import annotations

import argparse
import json
import math
import platform
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from torch import nn

from autograde.datasets import bert
from autograde.datasets.sentences import load_sentences
from autograde.records.solution_cells import run_cells

RECORD = Path(__file__).with_name("bert.json")
RATE, BATCH, WARMUP, DECAY = 1e-4, 32, 0.1, 0.01
# labels -> (epochs of fine-tuning, seeds)
LADDER = {50: (10, 3), 150: (8, 3), 500: (5, 3), 1500: (4, 2)}
FULL_EPOCHS = 2
LSTM_CHAPTER = "04_lstm_classification"
LSTM_CELLS = ("load", "vocabulary", "make-arrays", "make-orders")
COLUMNS = ["method", "labels", "seed", "test accuracy", "CPU seconds"]

Batch = tuple[np.ndarray, torch.Tensor, torch.Tensor]  # rows, ids (B, T), mask (B, T)


def batches(
    rows: list[list[int]], size: int, rng: np.random.Generator | None = None
) -> Iterator[Batch]:
    """Batches of sentences of similar length, in random order where `rng` is given."""
    lengths = np.array([len(row) for row in rows])
    if rng is None:
        order = np.argsort(lengths, kind="stable")
    else:
        mixed = rng.permutation(len(rows))
        pools = [mixed[i : i + 20 * size] for i in range(0, len(rows), 20 * size)]
        order = np.concatenate(
            [p[np.argsort(lengths[p], kind="stable")] for p in pools]
        )
    chunks = [order[i : i + size] for i in range(0, len(rows), size)]
    for index in range(len(chunks)) if rng is None else rng.permutation(len(chunks)):
        chosen = chunks[index]
        width = max(1, lengths[chosen].max())
        ids = torch.zeros(len(chosen), width, dtype=torch.int64)
        for place, row in enumerate(chosen):
            ids[place, : lengths[row]] = torch.tensor(rows[row], dtype=torch.int64)
        yield (
            chosen,
            ids,
            (torch.arange(width) < torch.tensor(lengths[chosen])[:, None]).long(),
        )


def accuracy(predict: Callable, rows: list[list[int]], y: torch.Tensor) -> float:
    """The share of right answers of `predict(ids, mask)`, which gives logits."""
    right = 0
    with torch.no_grad():
        for chosen, ids, mask in batches(rows, 64):
            right += (predict(ids, mask).argmax(dim=1) == y[chosen]).sum().item()
    return right / len(rows)


def fine_tune(
    rows, y, epochs: int, seed: int, validation=None, half: bool = False
) -> tuple[nn.Module, dict]:
    """Fine-tune every layer; with `validation` the best epoch's weights are kept."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    model = bert.load_classifier(seed=seed)
    spared = [
        p for n, p in model.named_parameters() if n.endswith("bias") or "LayerNorm" in n
    ]
    known = {id(p) for p in spared}
    decayed = [p for p in model.parameters() if id(p) not in known]
    groups = [
        {"params": decayed, "weight_decay": DECAY},
        {"params": spared, "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, lr=RATE, fused=True)
    total = epochs * math.ceil(len(rows) / BATCH)
    warmup = int(WARMUP * total)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer,
        lambda s: s / warmup if s < warmup else (total - s) / max(1, total - warmup),
    )
    history, best, kept = [], -1.0, None
    for epoch in range(epochs):
        start = time.process_time()
        model.train()
        for chosen, ids, mask in batches(rows, BATCH, rng):
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=half):
                logits = model(input_ids=ids, attention_mask=mask).logits
            loss = F.cross_entropy(logits.float(), y[chosen])
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
        seconds = time.process_time() - start
        model.eval()
        entry = {"epoch": epoch + 1, "cpu_seconds": round(seconds, 1)}
        if validation is not None:
            entry["validation"] = round(accuracy(_predict(model), *validation), 4)
            if entry["validation"] > best:
                best = entry["validation"]
                kept = {name: v.clone() for name, v in model.state_dict().items()}
            print("  ", entry, flush=True)
        history.append(entry)
    if kept is not None:
        model.load_state_dict(kept)
    return model, {"epochs": history}


def _predict(model: nn.Module) -> Callable:
    return lambda ids, mask: model(input_ids=ids, attention_mask=mask).logits


def change_by_layer(model: nn.Module) -> dict[str, float]:
    """How far the weights of each block moved, relative to their norm before."""
    before = bert.load_weights()
    moved: dict[str, float] = {}
    size: dict[str, float] = {}
    for name, value in model.bert.state_dict().items():
        if name not in before:
            continue
        block = ".".join(name.split(".")[:3]) if "layer" in name else name.split(".")[0]
        old = before[name]
        moved[block] = moved.get(block, 0.0) + ((value - old) ** 2).sum().item()
        size[block] = size.get(block, 0.0) + (old**2).sum().item()
    return {block: round(math.sqrt(moved[block] / size[block]), 5) for block in moved}


def frozen_features(rows: list[list[int]]) -> np.ndarray:
    """The mean of the last hidden states of every sentence, (N, 384)."""
    model = bert.load_encoder()
    features = np.zeros((len(rows), model.config.hidden_size), np.float32)
    with torch.no_grad():
        for chosen, ids, mask in batches(rows, 64):
            hidden = model(input_ids=ids, attention_mask=mask).last_hidden_state
            weights = mask[:, :, None]
            pooled = (hidden * weights).sum(1) / weights.sum(1)
            features[chosen] = pooled.numpy()
    return features


def linear_probe(
    X, y, X_val, y_val, strengths=(0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
) -> LogisticRegression:
    """Logistic regression; its strength of regularisation is chosen on validation."""
    models = [LogisticRegression(C=C, max_iter=1000).fit(X, y) for C in strengths]
    return max(models, key=lambda model: model.score(X_val, y_val))


def words_and_lstm(labels: int, seed: int, names: dict) -> Iterator[tuple]:
    """(method, test accuracy, CPU seconds) of chapter 04's bag of words and its LSTM.

    `names` holds what chapter 04 defines. All training texts, without their labels,
    make the vocabulary; `labels` of them, drawn by `seed`, are learned from.
    """
    data, y_test = names["data"], names["data"].test.labels
    chosen = drawn(seed, labels, len(data.train))
    start = time.process_time()
    X, X_val, X_test = (
        csr_matrix(
            names["bag_of_words"](
                names["texts_to_sequences"](part.texts, names["vocabulary"]), 10_000
            ),
            dtype=np.float64,
        )
        for part in (data.train, data.validation, data.test)
    )
    model = linear_probe(
        X[chosen],
        data.train.labels[chosen],
        X_val,
        data.validation.labels,
        strengths=(0.1, 0.3, 1.0),
    )
    seconds = time.process_time() - start
    yield "bag of words", model.score(X_test, y_test), seconds
    start = time.process_time()
    torch.manual_seed(seed)
    lstm = names["TextLSTM"]()
    orders = names["make_orders"](names["train_lengths"][chosen], 10, seed=seed)
    ids, y = names["train"]
    train = ids[chosen], y[chosen]
    names["train_text_classifier"](lstm, train, names["validation"], orders)
    seconds = time.process_time() - start
    ids, y = names["test"]
    with torch.no_grad():
        right = (lstm(ids).argmax(1) == y).double().mean().item()
    yield "LSTM", right, seconds


def drawn(seed: int, labels: int, count: int) -> np.ndarray:
    """Which `labels` of `count` sentences a rung with this seed learns from."""
    if labels == count:
        return np.arange(count)
    return np.random.default_rng([seed, labels]).permutation(count)[:labels]


def read_data():
    """The three parts, the pieces of their sentences, and their labels."""
    data = load_sentences()
    parts = (data.train, data.validation, data.test)
    tokenizer = bert.load_tokenizer()
    pieces = [
        tokenizer(part.texts, truncation=True, max_length=64)["input_ids"]
        for part in parts
    ]
    return parts, pieces, [torch.tensor(part.labels) for part in parts]


def ladder() -> dict:
    """Test accuracy and CPU seconds of each method, for each number of labels."""
    _, pieces, (y, y_val, y_test) = read_data()
    start = time.process_time()
    X, X_val, X_test = (frozen_features(rows) for rows in pieces)
    per_sentence = (time.process_time() - start) / sum(len(rows) for rows in pieces)
    names = run_cells(LSTM_CHAPTER, LSTM_CELLS)
    table = []

    def note(
        method: str, labels: int, seed: int, start: float, right: float, extra=0.0
    ):
        seconds = round(time.process_time() - start + extra, 2)
        table.append([method, labels, seed, round(right, 4), seconds])
        print(table[-1], flush=True)

    def cheap_methods(labels: int, seed: int, chosen: np.ndarray) -> None:
        for method, right, seconds in words_and_lstm(labels, seed, names):
            note(method, labels, seed, time.process_time(), right, extra=seconds)
        start = time.process_time()
        model = linear_probe(X[chosen], y[chosen], X_val, y_val)
        right = model.score(X_test, y_test)
        note("frozen BERT", labels, seed, start, right, extra=labels * per_sentence)

    for labels, (epochs, seeds) in LADDER.items():
        for seed in range(seeds):
            chosen = drawn(seed, labels, len(y))
            cheap_methods(labels, seed, chosen)
            start = time.process_time()
            rows = [pieces[0][i] for i in chosen]
            model, _ = fine_tune(rows, y[chosen], epochs, seed)
            used = time.process_time() - start
            right = accuracy(_predict(model), pieces[2], y_test)
            note(
                "fine-tuned BERT", labels, seed, time.process_time(), right, extra=used
            )
    cheap_methods(len(y), 0, np.arange(len(y)))
    return {"columns": COLUMNS, "rows": table}


def first_rungs(record: dict) -> dict:
    """The ladder of `record` with the rungs of chapter 04 measured anew."""
    names = run_cells(LSTM_CHAPTER, LSTM_CELLS)
    kept = [
        row
        for row in record["ladder"]["rows"]
        if row[0] not in ("bag of words", "LSTM")
    ]
    table = []
    for labels, (_, seeds) in (LADDER | {len(names["data"].train): (0, 1)}).items():
        for seed in range(seeds):
            for method, right, seconds in words_and_lstm(labels, seed, names):
                row = [method, labels, seed, round(right, 4), round(seconds, 2)]
                print(row, flush=True)
                table.append(row)
    return record["ladder"] | {"rows": table + kept}


def full_run() -> dict:
    """All layers, all training sentences: validation by epoch, and the test."""
    _, pieces, (y, y_val, y_test) = read_data()
    model, full = fine_tune(pieces[0], y, FULL_EPOCHS, 0, (pieces[1], y_val), half=True)
    full["test"] = round(accuracy(_predict(model), pieces[2], y_test), 4)
    full["change_by_layer"] = change_by_layer(model)
    full["settings"] = {
        "sentences": len(y),
        "rate": RATE,
        "batch_size": BATCH,
        "warmup_share": WARMUP,
        "weight_decay": DECAY,
        "seed": 0,
        "multiplication": "bfloat16",
    }
    return full


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m autograde.records.bert")
    parser.add_argument("part", choices=["ladder", "words", "full"])
    part = parser.parse_args().part
    torch.set_num_threads(1)
    record = json.loads(RECORD.read_text("utf-8")) if RECORD.is_file() else {}
    if part == "words":
        record["ladder"] = first_rungs(record)
        record["ladder"]["words_made_by"] = "python -m autograde.records.bert words"
    else:
        made = ladder() if part == "ladder" else full_run()
        made["made_by"] = f"python -m autograde.records.bert {part}"
        versions = {"torch": torch.__version__, "python": platform.python_version()}
        record["ladder" if part == "ladder" else "full_run"] = made | {
            "versions": versions
        }
    RECORD.write_text(json.dumps(record, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()

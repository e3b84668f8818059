"""Whether `banyan evaluate` counts as the public scorers do: predicts a table of sentences and counts again.

    pip install seqeval
    python bench/scores.py RUN DATA.jsonl [--binary PATH] [--srl-eval srl-eval.pl]

- `tagging`: the share of right tokens;
- `spans`: seqeval's F1 in strict mode (IOB2);
- `dependencies`: the attachment scores by the rules of the CoNLL 2018 scorer (all tokens; of relations what stands before a colon);
- `lemmas`: the share of right ones;
- `srl`: precision, recall and F1 of the arguments of given predicates by the program of the CoNLL 2005 shared task, `srl-eval.pl`
  (it comes with the package `allennlp-models`), which rounds to two digits of a percentage; without it by its rules, written again here.

against the figures of `banyan evaluate --json` on the same table. Exits with 1 where any differs.
"""
import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import tomllib

from seqeval.metrics import f1_score
from seqeval.scheme import IOB2

import programs


def lines(path):
    return [json.loads(line) for line in pathlib.Path(path).read_text().splitlines() if line.strip()]


def share(pairs):
    known = [(label, own) for label, own in pairs if label]
    return sum(label == own for label, own in known) / len(known)


def tokens(pairs):
    return [pair for row, own in pairs for pair in zip(row, own, strict=True)]


def attachments(truth, predicted, columns):
    head, relation = columns["head"], columns["relation"]
    universal = [[name.split(":")[0] for row in rows if row.get(head) for name in row[relation]] for rows in (truth, predicted)]
    heads = [[int(value) for row in rows if row.get(head) for value in row[head]] for rows in (truth, predicted)]
    right = [true == own for true, own in zip(*heads, strict=True)]
    both = [head and true == own for head, true, own in zip(right, *universal, strict=True)]
    return {"uas": sum(right) / len(right), "las": sum(both) / len(both)}


def arguments_of(frame):
    """The arguments as the program of CoNLL 2005 reads them: parts of `C-X` continue the last `X`; `V` is left out."""
    found = []
    for part in sorted(frame["args"], key=lambda part: span(part)):
        role = part["role"]
        before = [argument for argument in found if role == "C-" + argument[0]]
        if before:
            before[-1][1].append(span(part))
        else:
            found.append((role.removeprefix("C-"), [span(part)]))
    return [(role, tuple(parts)) for role, parts in found if role != "V"]


def span(part):
    return (part["head"], part["head"] + 1) if "head" in part else (part["start"], part["end"])


def roles(truth, predicted):
    right = gold = own = 0
    for row, said in zip(truth, predicted, strict=True):
        frames = {frame["predicate"]: arguments_of(frame) for frame in said}
        for frame in row or []:
            true, found = arguments_of(frame), frames.get(frame["predicate"], [])
            right, gold, own = right + len(set(true) & set(found)), gold + len(true), own + len(found)
    return {"span_precision": right / own, "span_recall": right / gold, "span_f1": 2 * right / (gold + own)}


def brackets(words, frames):
    """A sentence in the format of CoNLL 2005: the predicates, and a column of brackets for each."""
    columns = [["-"] * words]
    for frame in sorted(frames, key=lambda frame: frame["predicate"]):
        columns[0][frame["predicate"]] = "predicate"
        column = ["*"] * words
        for part in frame["args"]:
            start, end = span(part)
            column[start] = f"({part['role']}{column[start]}"
            column[end - 1] += ")"
        columns.append(column)
    return "".join(" ".join(row) + "\n" for row in zip(*columns, strict=True)) + "\n"


def by_program(script, truth, predicted):
    with tempfile.TemporaryDirectory() as folder:
        files = [pathlib.Path(folder) / name for name in ("gold", "own")]
        for file, rows in zip(files, (truth, predicted), strict=True):
            file.write_text("".join(brackets(words, frames or []) for words, frames in rows))
        said = subprocess.run(["perl", script, *files], check=True, capture_output=True, text=True).stdout
    figures = re.search(r"Overall\s+\d+\s+\d+\s+\d+\s+([\d.]+)\s+([\d.]+)\s+([\d.]+)", said).groups()
    return dict(zip(("span_precision", "span_recall", "span_f1"), (float(figure) / 100 for figure in figures), strict=True))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=pathlib.Path)
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--binary", help="a banyan that is built already")
    parser.add_argument("--srl-eval", help="the program of the CoNLL 2005 shared task")
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
        columns = task.get("columns", {})
        column = task.get("column", columns.get("role", name))
        # Lemmas and roles are written under the name of their column.
        said = column if task["type"] in ("lemmas", "srl") else name
        pairs = [(row[column], own[said]) for row, own in zip(truth, predicted, strict=True) if row.get(column) and said in own]
        checks = []
        if task["type"] == "tagging":
            checks.append(("counting", 1e-9, {"token_accuracy": share(tokens(pairs))}))
        elif task["type"] == "lemmas":
            checks.append(("counting", 1e-9, {"lemma_accuracy": share(tokens(pairs))}))
        elif task["type"] == "spans":
            counted = f1_score([row for row, _ in pairs], [own for _, own in pairs], mode="strict", scheme=IOB2)
            checks.append(("seqeval", 1e-9, {"span_f1": counted}))
        elif task["type"] == "dependencies":
            checks.append(("the rules of CoNLL 2018", 1e-9, attachments(truth, predicted, {"head": "head", "relation": "deprel", **columns})))
        elif task["type"] == "srl":
            checks.append(("the rules of CoNLL 2005", 1e-9, roles([row[column] for row in truth], [own[said] for own in predicted])))
            if arguments.srl_eval:
                rows = [(len(row["tokens"]), row[column], own[said]) for row, own in zip(truth, predicted, strict=True) if row[column]]
                counted = by_program(arguments.srl_eval, [row[:2] for row in rows], [(row[0], row[2]) for row in rows])
                checks.append(("srl-eval.pl", 5.1e-5, counted))
        for scorer, tolerance, counted in checks:
            for metric, figure in counted.items():
                own = measured[name][metric]
                differ = differ or abs(own - figure) > tolerance
                print(f"{name}: {metric} {own:.10f} by banyan evaluate, {figure:.10f} by {scorer}")
    sys.exit(1 if differ else 0)


if __name__ == "__main__":
    main()

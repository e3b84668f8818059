"""What tasks on the same sentences gain from one another: each alone and all together, under several balancings, over several seeds.

    python bench/sentences.py bench/sentences/english.toml DATA --runs FOLDER --json english.json

CONFIG is a configuration of tasks on words, whose tables are in the folder DATA. A single-task model is the same configuration without the other tasks, of the same size
and as many epochs. Each training has one thread, and as many as `--jobs` says run side by side. A training that is finished in FOLDER is not
repeated, and one that was interrupted goes on, so that a killed script may be called again. The table shows the metrics on the test rows: the mean over the
seeds, and after ± their standard deviation.
"""
import argparse
import collections
import concurrent.futures
import json
import pathlib
import re
import statistics
import sys
import tomllib

import benchmark
import programs

BALANCINGS = ("equal", "uncertainty", "upgrad", "famo")
# The line of the single-task models, which they share.
ALONE = "each alone"
METRICS = ("token_accuracy", "span_f1", "uas", "las", "lemma_accuracy", "accuracy")


def without(text, others):
    """A configuration without some of its tasks."""
    tables = re.split(r"(?m)^(?=\[)", text)
    return "".join(table for table in tables if not any(table.startswith((f"[tasks.{name}]", f"[tasks.{name}.")) for name in others))


def trainings(text, arguments):
    """The trainings by name: the configuration's text, the method and the seed."""
    tasks = list(tomllib.loads(text)["tasks"])
    for seed in range(1, arguments.seeds + 1):
        for task in tasks if "single" in arguments.methods else []:
            yield f"single-{task}-{seed}", without(text, set(tasks) - {task}), ALONE, "equal", seed
        for balance in arguments.methods:
            if balance != "single":
                yield f"{balance}-{seed}", text, balance, balance, seed


def train(binary, arguments, name, text, balance, seed):
    run = arguments.runs / name
    path = run / "summary.json"
    summary = json.loads(path.read_text()) if path.exists() else {"stop_reason": "interrupted"}
    if summary["stop_reason"] == "interrupted":
        config = run.with_suffix(".toml")
        config.write_text(text)
        tables = {part: str((arguments.data / file).absolute()) for part, file in tomllib.loads(text)["data"].items()}
        settings = [f"data.{part}={json.dumps(table)}" for part, table in tables.items()]
        settings += [f"training.seed={seed}", f"training.balance={balance}", "training.threads=1", *arguments.set]
        words = [binary, "train", config, "--out", run, "--quiet", *(["--resume"] if (run / "checkpoint").exists() else [])]
        programs.output(words + [word for setting in settings for word in ("--set", setting)])
        print(f"{name} is trained", file=sys.stderr)
        summary = json.loads(path.read_text())
    return summary


def figures(summary):
    """The metrics of a training on the test rows, by task and metric, in percent; and its minutes."""
    tasks = next(result["tasks"] for result in summary["results"] if result["split"] == "test")
    found = {f"{task} {metric}": 100 * own[metric] for task, own in tasks.items() for metric in METRICS if metric in own}
    return {**found, "minutes": summary["seconds"] / 60}


def spread(values):
    return f"{statistics.mean(values):.2f}" + (f" ± {statistics.stdev(values):.2f}" if len(values) > 1 else "")


def table(found):
    """A line for each method, from the figures of its trainings."""
    lines = collections.defaultdict(lambda: collections.defaultdict(list))
    for method, _, own in found:
        for key, value in own.items():
            lines[method][key].append(value)
    seeds = len({seed for _, seed, _ in found})
    if ALONE in lines:
        # one model for each task: their time adds up
        lines[ALONE]["minutes"] = [sum(lines[ALONE]["minutes"]) / seeds]
    columns = list(dict.fromkeys(key for line in lines.values() for key in line if key != "minutes")) + ["minutes"]
    return benchmark.table([{"model": name, **{key: spread(line[key]) for key in columns}} for name, line in lines.items()])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("config", type=pathlib.Path)
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--runs", type=pathlib.Path, required=True, help="the folder of the runs")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=2, help="trainings side by side")
    parser.add_argument("--methods", type=lambda text: text.split(","), default=["single", *BALANCINGS])
    parser.add_argument("--set", action="append", default=[], help="a key of the configuration, as `banyan train --set`")
    parser.add_argument("--section", default="sentences", help="the name of the marked section of the page")
    programs.results(parser)
    arguments = parser.parse_args()
    binary = arguments.binary or programs.build("--bin", "banyan")
    arguments.runs.mkdir(parents=True, exist_ok=True)
    text = arguments.config.read_text()
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        waiting = [(method, seed, pool.submit(train, binary, arguments, name, own, balance, seed))
                   for name, own, method, balance, seed in trainings(text, arguments)]
        found = [(method, seed, figures(summary.result())) for method, seed, summary in waiting]
    results = [{"method": method, "seed": seed, **own} for method, seed, own in found]
    programs.write(arguments, binary, arguments.section, None, {"config": text, "results": results}, table(found))


if __name__ == "__main__":
    main()

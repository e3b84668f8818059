"""Compares training steps of Banyan with those of PyTorch and TorchJD, and prints a Markdown table of the ratios.

    pip install torch torchjd qpsolvers quadprog
    python bench/compare.py --rounds 5 --seconds 3 --json comparison.json

Builds `banyan-bench` and runs it and the peers in turn, round after round (A B C A B C …), so that whatever else the
machine does meets all of them. A program's time is the median over rounds of its runs' medians; a ratio above 1 says how often
Banyan's step fits into the peer's. The column after it is the ratio of the quickest steps, which noise can hardly touch: where
the two differ much, something else was running. PyTorch's threads wait for each other at every operation, so that one busy core
makes it many times slower. All single results go into the JSON file.
"""
import argparse
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys

from benchmark import ROOT, build

MODELS = ("mlp-seed", "mlp-big", "cnn", "transformer")
# what each of Banyan's modes is compared with
PEERS = {"plain": ("plain", "fused", "autocast"), "gramian": ("loop", "torchjd", "autogram"), "representation": ("torchjd",)}
# The least ratio that is aimed at, by model, mode, peer and precision, on two cores with AVX-512 and AMX.
GOALS = {
    ("mlp-seed", "plain", "plain"): {"f32": 12},
    ("mlp-seed", "plain", "fused"): {"f32": 8},
    ("mlp-big", "plain", "plain"): {"f32": 1.2, "bf16x3": 1.7, "bf16": 3.5},
    ("mlp-big", "plain", "fused"): {"f32": 1.0, "bf16x3": 1.4, "bf16": 2.9},
    ("mlp-big", "plain", "autocast"): {"bf16": 1.7},
    ("cnn", "plain", "plain"): {"f32": 1.7, "bf16x3": 2.5, "bf16": 3.5},
    ("transformer", "plain", "plain"): {"f32": 1.7, "bf16x3": 2.6, "bf16": 4.5},
    ("transformer", "plain", "fused"): {"f32": 1.6, "bf16x3": 2.4},
    ("mlp-seed", "gramian", "loop"): {"f32": 10},
    ("mlp-seed", "gramian", "torchjd"): {"f32": 15},
    ("mlp-big", "gramian", "loop"): {"f32": 2.3},
    ("mlp-big", "gramian", "torchjd"): {"f32": 2.8},
    ("transformer", "gramian", "loop"): {"f32": 1.7, "bf16x3": 2.7, "bf16": 4.5},
    ("transformer", "gramian", "torchjd"): {"f32": 2.7, "bf16x3": 4.5, "bf16": 7},
}


def run(command):
    """Runs a program that prints one JSON object."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(f"exit code {done.returncode} from {' '.join(map(str, command))}\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def programs(arguments, binary, model, tasks, modes):
    """The commands to compare on one model: by ("banyan", mode, precision) and ("torch", mode, precision)."""
    common = ["--model", model, "--tasks", tasks, "--seconds", arguments.seconds, "--threads", arguments.threads]
    common = [str(word) for word in common] + (["--disjoint"] if arguments.disjoint else [])
    commands = {}
    for mode in modes:
        for precision in arguments.precisions:
            own = ["--mode", mode, "--precision", precision, "--json"]
            commands["banyan", mode, precision] = [binary, "step", *common, *own]
        for peer in PEERS[mode]:
            precision = "bf16" if peer == "autocast" else "f32"
            script = ROOT / "bench" / "peers" / "train_step.py"
            commands["torch", peer, precision] = [arguments.python, script, *common, "--mode", peer]
    return commands


def table_rows(model, tasks, modes, precisions, found):
    """Rows of the table from each program's results."""
    median = {program: statistics.median(result["ms"] for result in own) for program, own in found.items()}
    least = {program: min(result["ms_min"] for result in own) for program, own in found.items()}
    for mode in modes:
        for precision in precisions:
            for peer in PEERS[mode]:
                own, other = ("banyan", mode, precision), ("torch", peer, "bf16" if peer == "autocast" else "f32")
                ratio = median[other] / median[own]
                goal = GOALS.get((model, mode, peer), {}).get(precision)
                met = None if goal is None else "yes" if ratio >= goal else "no"
                yield {"model": model, "tasks": tasks, "Banyan": mode, "precision": precision, "ms": median[own],
                       "peer": peer, "its ms": median[other], "ratio": ratio, "least": least[other] / least[own], "goal": goal, "met": met}


def markdown(rows):
    """The rows as a table."""
    def cell(value):
        return "" if value is None else f"{value:.3g}" if isinstance(value, float) else str(value)
    lines = [list(rows[0]), ["---"] * len(rows[0])] + [[cell(value) for value in row.values()] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3.0, help="of each run")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--models", nargs="+", choices=MODELS, default=MODELS)
    parser.add_argument("--modes", nargs="+", choices=PEERS, default=list(PEERS))
    parser.add_argument("--precisions", nargs="+", choices=("f32", "bf16x3", "bf16"), default=["f32"])
    parser.add_argument("--plain-tasks", type=int, default=3, help="tasks of the plain steps")
    parser.add_argument("--balanced-tasks", type=int, default=8, help="tasks of the other steps")
    parser.add_argument("--disjoint", action="store_true", help="labels of each task on its own part of the samples")
    parser.add_argument("--binary", help="a banyan-bench that is built already")
    parser.add_argument("--python", default=sys.executable, help="the Python that has PyTorch")
    parser.add_argument("--json", type=pathlib.Path, help="where all single results go")
    arguments = parser.parse_args()
    binary = arguments.binary or build()

    load = os.getloadavg()[0]
    if load > 0.5:
        print(f"the machine is busy (load {load:.1f}): the ratios will say little", file=sys.stderr)

    results, rows = [], []
    for model in arguments.models:
        plain = [mode for mode in arguments.modes if mode == "plain"]
        balanced = [mode for mode in arguments.modes if mode != "plain"]
        for tasks, modes in ((arguments.plain_tasks, plain), (arguments.balanced_tasks, balanced)):
            found = {}
            for number in range(arguments.rounds):
                for program, command in programs(arguments, binary, model, tasks, modes).items():
                    result = run(command)
                    found.setdefault(program, []).append(result)
                    results.append({"round": number, **result})
                    print(f"{model} {tasks} tasks, round {number + 1}: {' '.join(program)} {result['ms']} ms", file=sys.stderr)
            rows += table_rows(model, tasks, modes, arguments.precisions, found)
    print(markdown(rows))
    if arguments.json:
        machine = {"processor": platform.processor() or platform.machine(), "system": platform.platform(), "load_before": load}
        options = {"rounds": arguments.rounds, "seconds": arguments.seconds, "threads": arguments.threads, "disjoint": arguments.disjoint}
        document = {"machine": machine, "options": options, "table": rows, "results": results}
        arguments.json.write_text(json.dumps(document, indent=1) + "\n")


if __name__ == "__main__":
    main()

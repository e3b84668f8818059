"""Compares training steps of Banyan with those of PyTorch and TorchJD, and prints a Markdown table of the ratios.

    pip install torch torchjd qpsolvers quadprog
    python bench/compare.py --rounds 5 --seconds 1 --json comparison.json --update docs/performance.md

Builds `banyan-bench` and runs it and the peers in turn, round after round (A B C A B C …), so that whatever else the
machine does meets all of them. A program's time is the median over rounds of its runs' medians; a ratio above 1 says how often
Banyan's step fits into the peer's. The column after it is the ratio of the quickest steps, which noise can hardly touch: where
the two differ much, something else was running. PyTorch's threads wait for each other at every operation, so that one busy core
makes it many times slower. All single results go into the JSON file. The rows "gramian, disjoint" compare Banyan with itself: a step whose tasks
have samples of their own against one whose tasks have labels on all.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

from benchmark import ROOT, build, describe, has_precision, save, table, update

MODELS = ("mlp-seed", "mlp-big", "cnn", "transformer")
PRECISIONS = ("f32", "bf16x3", "bf16")
# what each of Banyan's modes is compared with
PEERS = {"plain": ("plain", "fused", "autocast"), "gramian": ("loop", "torchjd", "autogram"), "representation": ("torchjd",)}
# The least ratio that is aimed at, by model, mode, peer and precision, on two cores with AVX-512 and AMX.
GOALS = {
    ("mlp-seed", "plain", "plain"): {"f32": 12},
    ("mlp-big", "plain", "plain"): {"f32": 1.25, "bf16x3": 1.8, "bf16": 3.5},
    ("cnn", "plain", "plain"): {"f32": 1.8, "bf16x3": 2.5, "bf16": 3.5},
    ("transformer", "plain", "plain"): {"f32": 1.9, "bf16x3": 2.8, "bf16": 5},
    ("mlp-seed", "gramian", "loop"): {"f32": 12},
    ("mlp-big", "gramian", "loop"): {"f32": 2.6, "bf16x3": 3.5},
    ("transformer", "gramian", "loop"): {"f32": 1.8, "bf16x3": 3, "bf16": 5},
    ("mlp-seed", "gramian", "autogram"): {"f32": 20},
    ("mlp-big", "gramian", "autogram"): {"f32": 3},
    ("transformer", "gramian", "autogram"): {"f32": 3.7, "bf16x3": 6, "bf16": 10},
}
# How often a step whose tasks have samples of their own fits into one whose tasks share all.
DISJOINT = "disjoint"
DISJOINT_GOAL = 4
# for the machine to come to rest
PAUSE = 0.05


def run(command):
    """Runs a program that prints one JSON object, after a short rest."""
    time.sleep(PAUSE)
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
            if mode == "gramian" and not arguments.disjoint:
                commands["banyan", DISJOINT, precision] = [*commands["banyan", mode, precision], "--disjoint"]
        for peer in PEERS[mode]:
            precision = "bf16" if peer == "autocast" else "f32"
            script = ROOT / "bench" / "peers" / "train_step.py"
            commands["torch", peer, precision] = [arguments.python, script, *common, "--mode", peer]
    return commands


def concerns_a_goal(model, program):
    """Whether a goal is reckoned from a program's times."""
    engine, mode, _ = program
    return engine == "banyan" and mode != "representation" or any((model, own, mode) in GOALS for own in PEERS)


def table_rows(model, tasks, modes, precisions, found):
    """Rows of the table from each program's results."""
    median = {program: statistics.median(result["ms"] for result in own) for program, own in found.items()}
    least = {program: min(result["ms_min"] for result in own) for program, own in found.items()}
    def row(mode, precision, own, name, other, goal):
        ratio = median[other] / median[own]
        met = None if goal is None else "yes" if ratio >= goal else "no"
        return {"model": model, "tasks": tasks, "Banyan": mode, "precision": precision, "ms": median[own], "peer": name,
                "its ms": median[other], "ratio": ratio, "least": least[other] / least[own], "goal": goal, "met": met}

    for mode in modes:
        for precision in precisions:
            own = ("banyan", mode, precision)
            for peer in PEERS[mode]:
                other = ("torch", peer, "bf16" if peer == "autocast" else "f32")
                yield row(mode, precision, own, peer, other, GOALS.get((model, mode, peer), {}).get(precision))
            disjoint = ("banyan", DISJOINT, precision)
            if mode == "gramian" and disjoint in median:
                yield row(f"{mode}, {DISJOINT}", precision, disjoint, "Banyan on every row", own, DISJOINT_GOAL)


def check(arguments, binary):
    """Lets `banyan-bench check` compare each model in each precision, and prints what it says: what is too far is said, and timed all the same."""
    with tempfile.TemporaryDirectory() as folder:
        script = ROOT / "bench" / "export.py"
        subprocess.run([arguments.python, script, folder, "--models", *arguments.models], check=True, stdout=subprocess.DEVNULL)
        files = sorted(pathlib.Path(folder).glob("*.safetensors"))
        for precision in arguments.precisions:
            subprocess.run([str(pathlib.Path(binary).resolve()), "check", *[path.name for path in files], "--precision", precision], cwd=folder)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--other-rounds", type=int, default=2, help="of programs that no goal concerns")
    parser.add_argument("--seconds", type=float, default=1.0, help="of each run")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--models", nargs="+", choices=MODELS, default=MODELS)
    parser.add_argument("--modes", nargs="+", choices=PEERS, default=list(PEERS))
    parser.add_argument("--precisions", nargs="+", choices=PRECISIONS, help="default: all that the machine has")
    parser.add_argument("--plain-tasks", type=int, default=3, help="tasks of the plain steps")
    parser.add_argument("--balanced-tasks", type=int, default=8, help="tasks of the other steps")
    parser.add_argument("--disjoint", action="store_true", help="labels of each task on its own part of the samples")
    parser.add_argument("--check", action="store_true", help="first compare losses and Gramians with PyTorch's, at full size")
    parser.add_argument("--binary", help="a banyan-bench that is built already")
    parser.add_argument("--python", default=sys.executable, help="the Python that has PyTorch")
    parser.add_argument("--json", type=pathlib.Path, help="where all single results go")
    parser.add_argument("--update", type=pathlib.Path, help="a document whose section \"comparison\" gets the table")
    arguments = parser.parse_args()
    binary = arguments.binary or build()
    arguments.precisions = arguments.precisions or [name for name in PRECISIONS if has_precision(binary, name)]

    if arguments.check:
        check(arguments, binary)
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
                    if number >= arguments.other_rounds and not concerns_a_goal(model, program):
                        continue
                    result = run(command)
                    found.setdefault(program, []).append(result)
                    results.append({"round": number, **result})
                    print(f"{model} {tasks} tasks, round {number + 1}: {' '.join(program)} {result['ms']} ms", file=sys.stderr)
            rows += table_rows(model, tasks, modes, arguments.precisions, found)
    print(table(rows))
    machine = describe(binary, arguments.python)
    options = {"rounds": arguments.rounds, "seconds": arguments.seconds, "threads": arguments.threads, "disjoint": arguments.disjoint}
    if arguments.json:
        save(arguments.json, {"machine": {**machine, "load_before": load}, "options": options, "table": rows, "results": results})
    if arguments.update:
        update(arguments.update, "comparison", machine, table(rows))


if __name__ == "__main__":
    main()

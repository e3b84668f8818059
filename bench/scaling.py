"""How a training step's time and memory grow with tasks, width, batch and layers: a table, a plot and a JSON file.

    pip install torch
    python bench/scaling.py --json scaling.json --update docs/performance.md

Runs `banyan-bench` and PyTorch's `plain` and `loop` in turn, a few rounds, and takes the medians of the runs' medians. Memory is the
largest that a run's process held. At the most tasks it also tells what share of a step lies outside of the forward pass and the sweeps
back. PyTorch's loop over tasks is left out past `--loop-tasks`, where a step of it takes seconds.
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

from benchmark import ROOT, build, describe, save, table, update
from plot import Series, plot

TASKS = (1, 2, 4, 8, 16, 32, 64)
# by model: what the sizes are in turn, and what the other steps have; fewer sequences, so that 64 tasks do not take seconds
SIZES = {
    "mlp-big": {"fixed": {}, "width": (256, 512, 1024, 2048), "batch": (64, 256, 1024), "layers": (1, 2, 4, 8)},
    "transformer": {"fixed": {"batch": 8}, "width": (64, 128, 256), "batch": (4, 8, 16, 32), "layers": (1, 2, 4, 8)},
}
FEW = 8


def measure(command):
    """Runs a program that prints one JSON object; the result has its peak memory in MiB too."""
    time.sleep(0.05)
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as error:
        process = subprocess.Popen(command, stdout=output, stderr=error)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        error.seek(0)
        if process.returncode != 0:
            sys.exit(f"exit code {process.returncode} from {' '.join(map(str, command))}\n{error.read()}")
        # ru_maxrss is the process's VmHWM, in KiB
        return {**json.loads(output.read().splitlines()[-1]), "peak_mib": usage.ru_maxrss / 1024}


def points():
    """What is varied, to what, and the step's sizes."""
    for model, sizes in SIZES.items():
        for tasks in TASKS:
            yield model, "tasks", tasks, {**sizes["fixed"], "tasks": tasks}
        for size in ("width", "batch", "layers"):
            for value in sizes[size]:
                yield model, size, value, {**sizes["fixed"], "tasks": FEW, size: value}


def programs(arguments, binary, model, varied, sizes):
    """The commands to compare at one point, by name."""
    common = ["--model", model, "--seconds", arguments.seconds, "--threads", arguments.threads]
    common = [str(word) for word in common + [word for name, value in sizes.items() for word in (f"--{name}", value)]]
    own = [binary, "step", *common, "--json"]
    peer = [arguments.python, str(ROOT / "bench" / "peers" / "train_step.py"), *common]
    commands = {"plain": [*own, "--mode", "plain"], "gramian": [*own, "--mode", "gramian", "--parts"]}
    if varied == "tasks":
        commands["torch plain"] = [*peer, "--mode", "plain"]
        if sizes["tasks"] <= arguments.loop_tasks:
            commands["torch loop"] = [*peer, "--mode", "loop"]
    return commands


def rows_of(found):
    """A row for each point, from the results by (model, varied, value) and name."""
    for (model, varied, value), own in found.items():
        median = {name: statistics.median(result["ms"] for result in results) for name, results in own.items()}
        peak = {name: max(result["peak_mib"] for result in results) for name, results in own.items()}
        parts = own["gramian"][-1]["parts"]
        outside = 1 - parts["sweeps"] / sum(parts.values())
        yield {"model": model, "varied": varied, "value": value, "plain ms": median["plain"], "gramian ms": median["gramian"],
               "gramian / plain": median["gramian"] / median["plain"], "outside sweeps": f"{100 * outside:.0f} %",
               "torch plain ms": median.get("torch plain"), "torch loop ms": median.get("torch loop"),
               "gramian MiB": peak["gramian"], "torch loop MiB": peak.get("torch loop")}


def draw(rows, path):
    """A step's time and peak memory against tasks, one panel for each model and quantity."""
    panels = []
    for model in dict.fromkeys(row["model"] for row in rows):
        own = [row for row in rows if row["model"] == model and row["varied"] == "tasks"]
        for unit, names in (("ms", ("plain ms", "gramian ms", "torch plain ms", "torch loop ms")), ("MiB", ("gramian MiB", "torch loop MiB"))):
            series = [Series(name.removesuffix(f" {unit}"), [(row["value"], row[name]) for row in own if row[name] is not None]) for name in names]
            panels.append((f"{model}, {'a step' if unit == 'ms' else 'peak memory'}", "tasks", unit, [each for each in series if each.points]))
    plot(panels, path)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=0.5, help="of each run")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--models", nargs="+", choices=SIZES, default=list(SIZES))
    parser.add_argument("--loop-tasks", type=int, default=16, help="the most tasks that PyTorch's loop is run with")
    parser.add_argument("--binary", help="a banyan-bench that is built already")
    parser.add_argument("--python", default=sys.executable, help="the Python that has PyTorch")
    parser.add_argument("--json", type=pathlib.Path, help="where all single results go")
    parser.add_argument("--update", type=pathlib.Path, help="a document whose section \"scaling\" gets the table; the plot goes beside it")
    arguments = parser.parse_args()
    binary = arguments.binary or build()

    load = os.getloadavg()[0]
    if load > 0.5:
        print(f"the machine is busy (load {load:.1f}): the times will say little", file=sys.stderr)
    found, results = {}, []
    for number in range(arguments.rounds):
        for model, varied, value, sizes in points():
            if model not in arguments.models:
                continue
            for name, command in programs(arguments, binary, model, varied, sizes).items():
                result = measure(command)
                found.setdefault((model, varied, value), {}).setdefault(name, []).append(result)
                results.append({"round": number, "varied": varied, "value": value, "program": name, "sizes": sizes, **result})
                print(f"{model} {varied} {value}, round {number + 1}: {name} {result['ms']} ms", file=sys.stderr)
    rows = list(rows_of(found))
    print(table(rows))
    machine = describe(binary, arguments.python)
    if arguments.json:
        options = {"rounds": arguments.rounds, "seconds": arguments.seconds, "threads": arguments.threads}
        save(arguments.json, {"machine": {**machine, "load_before": load}, "options": options, "table": rows, "results": results})
    if arguments.update:
        plot = arguments.update.with_name(arguments.update.stem.replace("performance", "scaling") + ".svg")
        draw(rows, plot)
        precision = results[0]["precision"]
        said = f"Products in {precision}; sizes that are not varied are the model's ({FEW} tasks; the transformer has 8 sequences)."
        update(arguments.update, "scaling", machine, f"{said}\n\n![Time and memory against tasks]({plot.name})\n\n{table(rows)}")


if __name__ == "__main__":
    main()

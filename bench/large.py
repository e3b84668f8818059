"""Time and memory on large tables, beside polars reading the same file.

    pip install polars numpy
    python bench/large.py --rows 1000000            # check, train, predict and evaluate: seconds, processor time, peak memory
    python bench/large.py --rows 20000000 --cache   # the first and the second training with rows in a file, and with all in memory

The table has twelve columns of numbers, four of whole numbers, three of words, and a label of two classes. "first step" is what a training does before it:
its `preparing_seconds`.
"""
import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
READ = "import polars; polars.read_csv({path!r}, infer_schema_length=None)"


def make(path, rows, block=500_000):
    import numpy as np
    import polars as pl

    random = np.random.default_rng(0)
    colors = np.array(["red", "green", "blue", "yellow", "violet"])
    with open(path, "wb") as file:
        for start in range(0, rows, block):
            size = min(block, rows - start)
            numbers, wholes = random.normal(size=(size, 12)).round(6), random.integers(0, 100_000, size=(size, 4))
            label = numbers[:, 0] + wholes[:, 0] / 1e5 + random.normal(size=size) > 0.5
            columns = {f"n{i}": numbers[:, i] for i in range(12)} | {f"i{i}": wholes[:, i] for i in range(4)}
            columns |= {f"c{i}": colors[random.integers(0, 5, size=size)] for i in range(3)} | {"y": np.where(label, "yes", "no")}
            pl.DataFrame(columns).write_csv(file, include_header=start == 0, float_precision=6)


def measured(name, command, folder):
    """Runs a command, and prints its seconds, its processor time and the most memory that it had."""
    before = os.times()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, env={**os.environ, "BANYAN_CACHE": str(folder / "cache")})
    _, status, usage = os.wait4(process.pid, 0)
    seconds = os.times().elapsed - before.elapsed
    if status:
        sys.exit(f"{name}: exit status {status}")
    peak = usage.ru_maxrss / (1000 if sys.platform == "linux" else 1_000_000)
    print(f"{name:34} {seconds:8.2f} s {usage.ru_utime + usage.ru_stime:8.2f} s of processor time {peak:8.0f} MB", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--cache", action="store_true", help="compare trainings with rows in a file and in memory")
    parser.add_argument("--binary", default=ROOT / "target/release/banyan", type=pathlib.Path)
    parser.add_argument("--folder", type=pathlib.Path, help="where the table is made (default: a temporary folder)")
    arguments = parser.parse_args()
    folder = arguments.folder or pathlib.Path(tempfile.mkdtemp())
    folder.mkdir(parents=True, exist_ok=True)
    table, binary = folder / f"table-{arguments.rows}.csv", arguments.binary.resolve()
    if not table.exists():
        make(table, arguments.rows)
    with open("/proc/cpuinfo") as info:
        flags = next((line for line in info if line.startswith("flags")), "").split()
    print(f"{table.stat().st_size / 1e6:.0f} MB, {os.cpu_count()} cores, {' '.join(f for f in flags if f in ('avx2', 'avx512f', 'amx_tile'))}")
    settings = ["--set", "training.epochs=1", "--set", "training.batch_size=8192", "--set", "model.width=32", "--quiet"]
    shutil.rmtree(folder / "cache", ignore_errors=True)

    def train(name, out, *more):
        shutil.rmtree(folder / out, ignore_errors=True)
        measured(name, [binary, "train", "table.toml", "--out", out, *settings, *more], folder)
        print(f"{'':34} {json.loads((folder / out / 'summary.json').read_text())['preparing_seconds']:8.2f} s before the first step")

    measured("polars", [sys.executable, "-c", READ.format(path=str(table))], folder)
    measured("init", [binary, "init", table, "--tasks", "y", "-o", "table.toml", "--force"], folder)
    if arguments.cache:
        train("train", "first")
        train("train again", "second")
        train("train, all in memory", "whole", "--set", "data.memory=1000000")
        weights = [(folder / run / "model.safetensors").read_bytes() for run in ("first", "second", "whole")]
        print("the weights are the same" if weights[0] == weights[1] == weights[2] else "THE WEIGHTS DIFFER")
        return
    measured("check", [binary, "check", "table.toml"], folder)
    train("train, 1 epoch", "run")
    for ending in ("csv", "parquet"):
        measured(f"predict to {ending}", [binary, "predict", "run", "--data", table, "-o", f"predictions.{ending}", "--quiet"], folder)
    measured("evaluate", [binary, "evaluate", "run", "--quiet"], folder)
    measured("evaluate --data", [binary, "evaluate", "run", "--data", table, "--quiet"], folder)
    measured("polars", [sys.executable, "-c", READ.format(path=str(table))], folder)


if __name__ == "__main__":
    main()

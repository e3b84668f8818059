"""Measures predictions of a trained run: rows a second of `banyan predict`, its time to the first prediction, and one row in process.

    python bench/predict.py --adult DATA/adult --av-mnist DATA/av-mnist --runs 50 --json predict.json

Trains one epoch on each data set, then times the command on a table of one row (`first prediction`: from the start of the process to its
output; median and 99th percentile of many runs), on the largest of its tables (`rows a second`, start and reading included), and, with the
example `latency`, a row from values in memory in a program that has opened the run once.
"""
import argparse
import pathlib
import re
import shutil
import sys
import tempfile
import time

import benchmark
import programs


def timed(command):
    begun = time.perf_counter()
    programs.output(command)
    return time.perf_counter() - begun


def percentile(values, share):
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


def one_row(folder, data, lines):
    """A table of the first row, with copies of the row's files: their paths are relative to the table."""
    path = folder / "one.csv"
    path.write_text("".join(lines[:2]))
    for cell in lines[1].strip().split(","):
        if "/" in cell and (data / cell).is_file():
            (folder / cell).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(data / cell, folder / cell)
    return path


def measure(name, data, binary, latency, arguments):
    with tempfile.TemporaryDirectory() as folder:
        config, run = pathlib.Path(folder) / "config.toml", pathlib.Path(folder) / "run"
        config.write_text(programs.CONFIGURATIONS[name](data))
        settings = ["--set", "training.epochs=1", "--set", f"training.threads={arguments.threads}"]
        programs.output([binary, "train", config, "--out", run, "--quiet", *settings])
        tables = [data / f"{split}.csv" for split in ("train", "test")]
        table = max(tables, key=lambda path: path.stat().st_size)
        lines = table.read_text().splitlines(keepends=True)
        one = one_row(pathlib.Path(folder), data, lines)
        command = [binary, "predict", run, "--data", one, "--quiet"]
        programs.output(command)
        first = [timed(command) for _ in range(arguments.runs)]
        out = pathlib.Path(folder) / "predictions.csv"
        whole = [timed([binary, "predict", run, "--data", table, "-o", out, "--quiet"]) for _ in range(arguments.tables)]
        words = programs.output([latency, run, table, arguments.rows])
        # The example prints `one row: median 12.3 µs, 99th percentile 45.6 µs, of 10000`.
        found = re.search(r"median ([\d.]+) µs, 99th percentile ([\d.]+) µs", words)
        if not found:
            sys.exit(f"the example latency printed something else than two times:\n{words}")
        rows = len(lines) - 1
    return {
        "data": name, "rows": rows, "rows a second": rows / programs.median(whole), "first prediction, ms": 1e3 * programs.median(first),
        "99th percentile, ms": 1e3 * percentile(first, 0.99), "one row in process, µs": float(found[1]),
        "99th percentile, µs": float(found[2])}, {"first": first, "tables": whole}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    programs.outputs(parser)
    parser.add_argument("--runs", type=int, default=50, help="of the command on one row")
    parser.add_argument("--tables", type=int, default=5, help="runs of the command on a whole table")
    parser.add_argument("--rows", type=int, default=10_000, help="predictions in process")
    parser.add_argument("--latency", help="an example latency that is built already")
    arguments = parser.parse_args()
    folders = programs.chosen(arguments, parser)
    binary = arguments.binary or programs.build("--bin", "banyan")
    latency = arguments.latency or programs.build("--example", "latency")
    load = programs.warn_if_busy()
    rows, results = [], []
    for name, data in folders.items():
        row, single = measure(name, data, binary, latency, arguments)
        rows.append(row)
        results.append({"data": name, **single})
    options = {"runs": arguments.runs, "tables": arguments.tables, "rows": arguments.rows, "threads": arguments.threads}
    programs.write(arguments, binary, "predict", load, {"options": options, "table": rows, "results": results}, benchmark.table(rows))


if __name__ == "__main__":
    main()

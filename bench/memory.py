"""Measures the memory of `banyan evaluate` on a large table: the peak while it reads, and how much it grows while it predicts.

    python bench/memory.py RUN DATA/adult/test.csv target/release/banyan OLD/banyan --rows 1000000 --json memory.json

RUN is a trained run; the table, whose rows are one line each, is repeated to so many rows. The resident memory of each binary is sampled
(Linux only). A program that has read and encoded the table gives the table's memory back: the phases are parted at the steepest fall, and the
growth is the largest rise after it. What an evaluation keeps of each row shows there.
"""
import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import time

MEGABYTE = 1024


def repeat(table, rows, path):
    """Writes the rows of a table over and over, under its header."""
    header, *lines = table.read_text().splitlines(keepends=True)
    if not lines:
        sys.exit(f"{table} has no row")
    if not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    with path.open("w") as file:
        file.write(header)
        while rows > 0:
            file.writelines(lines[:rows])
            rows -= len(lines)


def resident(process):
    """A process's resident memory in kilobytes; `None` once it has ended."""
    try:
        found = re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{process.pid}/status").read_text())
    except OSError:
        return None
    return int(found.group(1)) if found else None


def sample(command, seconds):
    """What a program prints, and its resident memory from start to end."""
    samples = []
    with tempfile.TemporaryFile("w+") as printed:
        process = subprocess.Popen([str(word) for word in command], stdout=printed)
        while process.poll() is None:
            if (kilobytes := resident(process)) is not None:
                samples.append(kilobytes)
            time.sleep(seconds)
        if process.returncode != 0:
            sys.exit(f"exit code {process.returncode} from {' '.join(map(str, command))}")
        printed.seek(0)
        return printed.read(), samples


def steepest_fall(samples):
    """The first sample after the steepest fall."""
    falls = [before - after for before, after in zip(samples, samples[1:])]
    return max(range(len(falls)), key=falls.__getitem__) + 1


def largest_rise(samples):
    lowest, rise = samples[0], 0
    for kilobytes in samples:
        lowest = min(lowest, kilobytes)
        rise = max(rise, kilobytes - lowest)
    return rise


def measure(binary, run, table, seconds):
    printed, samples = sample([binary, "evaluate", run, "--data", table, "--json"], seconds)
    if len(samples) < 10:
        sys.exit(f"{binary} took only {len(samples)} samples; ask for more rows or a shorter --every")
    begin = steepest_fall(samples)
    after = samples[begin:]
    return printed, {
        "binary": str(binary),
        "reading_peak_megabytes": round(max(samples[:begin]) / MEGABYTE, 1),
        "predicting_growth_megabytes": round(largest_rise(after) / MEGABYTE, 1),
        "samples_while_predicting": len(after),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=pathlib.Path)
    parser.add_argument("table", type=pathlib.Path)
    parser.add_argument("binaries", type=pathlib.Path, nargs="+")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--every", type=float, default=0.05, metavar="SECONDS", help="between two samples")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="write the figures there")
    arguments = parser.parse_args()
    results, outputs = [], []
    with tempfile.TemporaryDirectory() as folder:
        table = pathlib.Path(folder) / f"repeated{arguments.table.suffix}"
        repeat(arguments.table, arguments.rows, table)
        print("| binary | peak while reading | growth while predicting |\n|---|---|---|")
        for binary in arguments.binaries:
            printed, result = measure(binary.absolute(), arguments.run, table, arguments.every)
            print(f"| `{binary}` | {result['reading_peak_megabytes']:.0f} MB "
                  f"| {result['predicting_growth_megabytes']:.1f} MB |", flush=True)
            results.append(result)
            outputs.append(printed)
    if len(set(outputs)) > 1:
        print("the binaries print different evaluations", file=sys.stderr)
    if arguments.json:
        arguments.json.write_text(json.dumps({"rows": arguments.rows, "binaries": results}, indent=2) + "\n")


if __name__ == "__main__":
    main()

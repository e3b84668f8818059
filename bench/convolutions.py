"""Single convolutions, beside PyTorch with its channels last: times of the three passes, and PyTorch's divided by Banyan's.

    pip install torch
    cargo build --release -p banyan-bench
    python bench/convolutions.py --images 8 --rounds 3 --update docs/performance.md

Each layer is measured by both in turn, so many rounds, on one thread in f32; of all figures the least counts. Forward passes of Banyan hold the copy of
the input and the mean of the output.
"""
import argparse
import os
import pathlib
import re
import subprocess
import sys
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")

import torch
import torch.nn.functional as F

from benchmark import ROOT, describe, table, update

LAYER = re.compile(r"(depthwise )?(\d+)x\d+ (\d+)-(\d+) on (\d+)x\d+ stride (\d+)")


def least(pass_once, seconds):
    """The least milliseconds of one pass."""
    times, begun = [], time.perf_counter()
    while len(times) < 5 or time.perf_counter() - begun < seconds:
        start = time.perf_counter()
        pass_once()
        times.append(time.perf_counter() - start)
    return 1e3 * min(times)


def of_torch(name, images, seconds):
    depthwise, *numbers = LAYER.match(name).groups()
    kernel, channels, filters, side, stride = map(int, numbers)
    groups = channels if depthwise else 1
    last = {"memory_format": torch.channels_last}
    x = torch.randn(images, channels, side, side).to(**last)
    weight, bias = torch.randn(filters, channels // groups, kernel, kernel).to(**last), torch.randn(filters)
    padding = kernel // 2
    y = torch.randn_like(F.conv2d(x, weight, bias, stride, padding, 1, groups))

    def back(*wanted):
        torch.ops.aten.convolution_backward(y, x, weight, [filters], [stride] * 2, [padding] * 2, [1, 1], False, [0, 0], groups, list(wanted))

    forward = least(lambda: F.conv2d(x, weight, bias, stride, padding, 1, groups), seconds)
    return [forward, least(lambda: back(False, True, True), seconds), least(lambda: back(True, False, False), seconds)]


def of_banyan(binary, images, seconds, name=""):
    """The milliseconds of the passes of every layer whose name contains `name`, on one thread in f32."""
    command = [binary, "conv", "--images", str(images), "--seconds", str(seconds), "--only", name]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    return {line[:40].strip(): [float(number) for number in line[40:].split()[::2]] for line in lines[2:]}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=0.3, help="for each layer and round")
    parser.add_argument("--only", default="", help="layers whose name contains this alone")
    parser.add_argument("--binary", default=ROOT / "target/release/banyan-bench", type=pathlib.Path)
    parser.add_argument("--update", type=pathlib.Path, help="a document whose section \"convolutions\" gets the table")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    rows = []
    with torch.no_grad():
        for name in of_banyan(arguments.binary, arguments.images, 0, arguments.only):
            ours, theirs = [], []
            for _ in range(arguments.rounds):
                # Layers of a longer name may contain this one's.
                ours.append(of_banyan(arguments.binary, arguments.images, arguments.seconds, name)[name])
                theirs.append(of_torch(name, arguments.images, arguments.seconds / 3))
            ours, theirs = [[min(passes) for passes in zip(*rounds)] for rounds in (ours, theirs)]
            row = {"layer": name}
            for title, own, other in zip(("forward", "weight gradient", "data gradient"), ours, theirs):
                row[f"{title}, ms"] = f"{own:.2f} / {other:.2f}"
            row["PyTorch / Banyan"] = " ".join(f"{other / own:.2f}" for own, other in zip(ours, theirs))
            rows.append(row)
            print(" | ".join(row.values()), file=sys.stderr, flush=True)
    print(table(rows))
    if arguments.update:
        update(arguments.update, "convolutions", describe(arguments.binary, sys.executable), table(rows))


if __name__ == "__main__":
    main()

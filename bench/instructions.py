"""Counts the instructions of a few small training steps, and compares them with those in instructions.json.

    python bench/instructions.py              # fails where a count has risen or fallen by more than the tolerance
    python bench/instructions.py --update     # writes today's counts

A count does not depend on the machine's load or clock, so that a change is the code's. Each case runs twice under
valgrind's callgrind with different numbers of steps; the difference leaves the start out. Valgrind has no AVX-512 and no
AMX: what is counted is the path for AVX2, on one thread. Needs valgrind, cargo and Python, no packages.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

from benchmark import ROOT, build

RECORD = ROOT / "bench" / "instructions.json"
CASES = ("mlp-plain", "mlp-gramian", "cnn-plain", "transformer-gramian")
FEW, MANY = 2, 6
TOLERANCE = 0.05


def instructions(binary, case, steps):
    """All instructions of one run."""
    with tempfile.TemporaryDirectory() as folder:
        profile = pathlib.Path(folder) / "profile"
        command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={profile}", binary, "count", "--case", case, "--steps", str(steps)]
        done = subprocess.run(command, env={**os.environ, "BANYAN_SIMD": "avx2"}, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"exit code {done.returncode} from {' '.join(command)}\n{done.stderr}")
        totals = [line for line in profile.read_text().splitlines() if line.startswith("totals:")]
    return int(totals[-1].split()[1])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--update", action="store_true", help="write the counts instead of comparing them")
    parser.add_argument("--binary", help="a banyan-bench that is built already")
    arguments = parser.parse_args()
    if not arguments.update and not RECORD.exists():
        sys.exit(f"{RECORD} does not exist: write it with --update")
    binary = arguments.binary or build()
    counts = {case: (instructions(binary, case, MANY) - instructions(binary, case, FEW)) // (MANY - FEW) for case in CASES}
    if arguments.update:
        RECORD.write_text(json.dumps({"instructions_per_step": counts}, indent=2) + "\n")
        print(f"{RECORD} written: {counts}")
        return
    recorded, changed = json.loads(RECORD.read_text())["instructions_per_step"], []
    if set(recorded) != set(counts):
        sys.exit(f"{RECORD} has the cases {sorted(recorded)} and not {sorted(counts)}: write it again with --update")
    for case, count in counts.items():
        change = count / recorded[case] - 1
        if abs(change) > TOLERANCE:
            changed.append(case)
        print(f"{case:<22} {count:>12} instructions a step, {recorded[case]:>12} recorded, {change:+.2%}{' !' if case in changed else ''}")
    if changed:
        sys.exit(f"{', '.join(changed)}: more than {TOLERANCE:.0%} from the record. Fewer instructions are welcome: write them down with "
                 "--update. More need a reason, or a fix.")


if __name__ == "__main__":
    main()

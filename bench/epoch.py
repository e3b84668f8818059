"""Compares whole trainings: `banyan train` with a PyTorch program of the same model that reads by a `DataLoader`.

    pip install torch numpy pillow soundfile
    python bench/epoch.py --adult DATA/adult --av-mnist DATA/av-mnist --rounds 5 --epochs 3 --json epoch.json

The two run in turn, round after round. A program's epoch is the median over rounds of its time for an epoch, the evaluation on the
validation rows included; what comes before the first step (imports, reading tables, Banyan's decoding of every file) is a column of its own, and
so is the whole program. `waiting` is the share of Banyan's training in which it stood still for data. Parameters are printed for both, because
the models must be the same.
"""
import argparse
import json
import pathlib
import sys
import tempfile
import time

import benchmark
import programs

PEERS = {"adult": "adult_torch.py", "av-mnist": "av_mnist_torch.py"}


def banyan(binary, config, folder, arguments, number):
    out = pathlib.Path(folder) / f"run-{number}"
    settings = [f"training.epochs={arguments.epochs}", f"training.threads={arguments.threads}"]
    if arguments.media_megabytes is not None:
        settings.append(f"data.media_megabytes={arguments.media_megabytes}")
    begun = time.perf_counter()
    words = [binary, "train", config, "--out", out, "--json", "--quiet"]
    summary = json.loads(programs.output(words + [word for setting in settings for word in ("--set", setting)]))
    whole = time.perf_counter() - begun
    return {"parameters": summary["parameters"], "epoch": summary["seconds"] / summary["epochs"], "before": summary["preparing_seconds"],
            "whole": whole, "waiting": summary["waited_seconds"] / summary["seconds"]}


def torch(script, data, arguments):
    begun = time.perf_counter()
    words = [arguments.python, script, data, "--epochs", arguments.epochs, "--threads", arguments.threads]
    found = json.loads(programs.output(words).splitlines()[-1])
    return {"parameters": found["parameters"], "epoch": programs.median(found["epochs"]), "before": found["preparing"],
            "whole": time.perf_counter() - begun, "waiting": found["waited"] / sum(found["epochs"])}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    programs.outputs(parser)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--media-megabytes", type=int, help="Banyan's memory for decoded files; 0 decodes in every epoch, as the peer does")
    parser.add_argument("--python", default=sys.executable, help="the Python that has PyTorch")
    arguments = parser.parse_args()
    folders = programs.chosen(arguments, parser)
    binary = arguments.binary or programs.build("--bin", "banyan")
    load = programs.warn_if_busy()
    rows, results = [], []
    for name, data in folders.items():
        with tempfile.TemporaryDirectory() as folder:
            config = pathlib.Path(folder) / "config.toml"
            config.write_text(programs.CONFIGURATIONS[name](data))
            script = programs.ROOT / "bench" / "peers" / PEERS[name]
            found = {"Banyan": [], "PyTorch": []}
            for number in range(arguments.rounds):
                found["Banyan"].append(banyan(binary, config, folder, arguments, number))
                found["PyTorch"].append(torch(script, data, arguments))
                for program, own in found.items():
                    results.append({"data": name, "program": program, "round": number, **own[-1]})
                    print(f"{name}, round {number + 1}: {program} {own[-1]['epoch']:.3f} s an epoch", file=sys.stderr)
        middle = {program: {key: programs.median(one[key] for one in own) for key in own[0]} for program, own in found.items()}
        for program, own in middle.items():
            rows.append({"data": name, "program": program, "parameters": int(own["parameters"]), "epoch, s": own["epoch"],
                         "before the first step, s": own["before"], "whole program, s": own["whole"],
                         "waiting for data, %": 100 * own["waiting"], "ratio of an epoch": own["epoch"] / middle["Banyan"]["epoch"]})
    options = {"rounds": arguments.rounds, "epochs": arguments.epochs, "threads": arguments.threads,
               "media_megabytes": arguments.media_megabytes}
    programs.write(arguments, binary, "epoch", load, {"options": options, "table": rows, "results": results}, benchmark.table(rows))


if __name__ == "__main__":
    main()

"""Checksums of small trainings, to see that a change of structure changes no result.

    python bench/fingerprints.py                      # compares with bench/fingerprints/record.json
    python bench/fingerprints.py --update             # writes today's results
    python bench/fingerprints.py --only energy,demo   # cases whose name begins so
    python bench/fingerprints.py --rename OLD=NEW     # tensors that have another name now

Each case trains a few steps on one thread, in f32 and with AVX2's instructions, whose results do not depend on the machine, and keeps:
the checksum of every tensor of `model.safetensors`, what `evaluate --json` prints, and the checksum of the predictions file.
Cases on real data need the folder of data sets (`--shared`); the demo and the sentences are in the repository.
"""
import argparse
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDER = ROOT / "bench" / "fingerprints"
RECORD = FOLDER / "record.json"
FIXED = ["training.threads=1", 'training.precision="f32"', "training.seed=3"]
SENTENCES = ["data.train=\"{sentences}/valid.conllup\"", "training.epochs=1", "model.width=32"]


def cases(fusions, sharings, balancers):
    """Name, configuration, overrides, table to predict, ending of the predictions."""
    shared, demo, sentences = "{shared}", "{demo}", "{sentences}"
    demo_settings = ["training.epochs=1", "model.width=32"]
    made = [("adult", FOLDER / "adult.toml", [], f"{shared}/adult/valid.csv", "csv"),
            ("clothing", FOLDER / "clothing.toml", [], f"{shared}/clothing-reviews/test.csv", "parquet"),
            ("emoji", FOLDER / "emoji.toml", [], f"{shared}/emoji/test.csv", "jsonl"),
            ("air", FOLDER / "air.toml", [], f"{shared}/air-quality/valid.csv", "csv"),
            ("sentences", ROOT / "examples/sentences/sentences.toml", SENTENCES, f"{sentences}/test.conllup", "jsonl")]
    for encoder in ("lstm", "transformer"):
        settings = [*SENTENCES, f'inputs.words.encoder="{encoder}"', 'tasks.upos.decoder="crf"']
        made.append((f"sentences-{encoder}", ROOT / "examples/sentences/sentences.toml", settings, f"{sentences}/test.conllup", "conllup"))
    for fusion in fusions:
        settings = [*demo_settings, f'model.fusion="{fusion}"']
        made.append((f"demo-{fusion}", ROOT / "crates/banyan/demo/demo.toml", settings, f"{demo}/test.csv", "csv"))
    for sharing in sharings:
        made.append((f"energy-{sharing}", FOLDER / "energy.toml", [f'model.sharing="{sharing}"'], f"{shared}/energy-efficiency/test.csv", "tsv"))
    for balancer in balancers:
        settings = [f'training.balance="{balancer}"']
        made.append((f"balance-{balancer}", FOLDER / "energy.toml", settings, f"{shared}/energy-efficiency/test.csv", "csv"))
    settings = ['training.balance={ type = "upgrad", gradient = "representation" }']
    made.append(("balance-upgrad-representation", FOLDER / "energy.toml", settings, f"{shared}/energy-efficiency/test.csv", "csv"))
    return made


def run(binary, *arguments):
    done = subprocess.run([binary, *map(str, arguments)], env={**os.environ, "BANYAN_SIMD": "avx2"}, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"exit code {done.returncode} from banyan {' '.join(map(str, arguments))}\n{done.stderr}")
    return done.stdout


def digest(data):
    return hashlib.sha256(data).hexdigest()[:16]


def tensors(path):
    """The checksum of each tensor of a safetensors file: 8 bytes of length, a JSON header, the data."""
    data = path.read_bytes()
    begin = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:begin])
    header.pop("__metadata__", None)
    return {name: digest(data[begin + at["data_offsets"][0]:begin + at["data_offsets"][1]]) for name, at in sorted(header.items())}


def fingerprint(binary, places, case):
    _, config, settings, table, ending = case
    def fill(text):
        for name, path in places.items():
            text = text.replace("{" + name + "}", str(path))
        return text
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        written, run_folder, predictions = config, folder / "run", folder / f"predictions.{ending}"
        if "{shared}" in config.read_text():
            written = folder / config.name
            written.write_text(fill(config.read_text()))
        overrides = [part for setting in [*FIXED, *settings] for part in ("--set", fill(setting))]
        run(binary, "--quiet", "train", written, "--out", run_folder, *overrides)
        evaluation = json.loads(run(binary, "evaluate", run_folder, "--json"))
        run(binary, "--quiet", "predict", run_folder, "--data", fill(table), "-o", predictions)
        return {"tensors": tensors(run_folder / "model.safetensors"), "evaluation": evaluation, "predictions": digest(predictions.read_bytes())}


def differences(before, now, renamed):
    """What differs between two fingerprints, in words."""
    old = {renamed.get(name, name): value for name, value in before["tensors"].items()}
    found = [f"tensor {name}" for name in sorted(old.keys() | now["tensors"].keys()) if old.get(name) != now["tensors"].get(name)]
    if before["evaluation"] != now["evaluation"]:
        found.append(f"evaluation: {json.dumps(before['evaluation'])} before, {json.dumps(now['evaluation'])} now")
    if before["predictions"] != now["predictions"]:
        found.append("the predictions file")
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--update", action="store_true", help="write the results instead of comparing them")
    parser.add_argument("--only", default="", help="cases whose names begin with one of these, separated by commas")
    parser.add_argument("--binary", default=str(ROOT / "target/release/banyan"))
    parser.add_argument("--shared", default=str(ROOT.parent / "shared/data"), help="the folder of the data sets")
    parser.add_argument("--rename", action="append", default=[], metavar="OLD=NEW", help="a tensor with another name now")
    arguments = parser.parse_args()
    record = json.loads(RECORD.read_text()) if RECORD.exists() else {}
    groups = {group["name"]: [method["name"] for method in group["methods"]] for group in json.loads(run(arguments.binary, "methods", "--json"))}
    places = {"shared": pathlib.Path(arguments.shared).resolve(), "demo": ROOT / "crates/banyan/demo", "sentences": ROOT / "examples/sentences"}
    chosen = tuple(arguments.only.split(","))
    renamed = dict(pair.split("=", 1) for pair in arguments.rename)
    results, changed, unknown = {}, [], []
    for case in cases(groups["fusions"], groups["sharings"], groups["weightings"] + groups["aggregators"]):
        name = case[0]
        if not name.startswith(chosen):
            continue
        if not arguments.update and name not in record:
            unknown.append(name)
            continue
        results[name] = fingerprint(arguments.binary, places, case)
        found = [] if arguments.update else differences(record[name], results[name], renamed)
        changed += [name] if found else []
        print(f"{name:<32} {digest(json.dumps(results[name], sort_keys=True).encode())} {'differs: ' + '; '.join(found[:6]) if found else 'ok'}", flush=True)
    if arguments.update:
        RECORD.write_text(json.dumps({**record, **results}, indent=1) + "\n")
    for name in unknown:
        print(f"{name:<32} not in the record: --update --only {name}")
    if changed:
        sys.exit(f"{len(changed)} of {len(results)} differ: {', '.join(changed)}")


if __name__ == "__main__":
    main()

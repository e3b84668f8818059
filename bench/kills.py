"""Kills a training at random moments, resumes it each time, and compares the weights with an undisturbed run's.

    python kills.py target/release/banyan CONFIG [--kills 100] [--set training.epochs=5 …]

One undisturbed training gives the reference. Then `banyan train CONFIG --out RUN` is started, killed with SIGKILL
(which no program can catch) after a random time, and continued with `--resume`, again and again. A training that
reaches its end is compared byte for byte and another begins, until all kills are spent; the last one runs to its end.
After every kill the weights that lie in the run must still be readable. Needs Python alone, no packages.
"""
import argparse
import json
import pathlib
import random
import shutil
import struct
import subprocess
import sys
import tempfile
import time

WEIGHTS = "model.safetensors"


class Training:
    """The command that trains into one folder, and how it ended."""

    def __init__(self, binary, config, overrides):
        self.command = [str(binary), "train", str(config), "--quiet"]
        for override in overrides:
            self.command += ["--set", override]

    def run(self, folder, resume, kill_after=None):
        """Returns True when the training ended by itself, False when it was killed; anything else stops the script."""
        command = self.command + ["--out", str(folder)] + (["--resume"] if resume else [])
        with tempfile.TemporaryFile() as messages:
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=messages)
            try:
                code = process.wait(kill_after)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                return False
            except BaseException:
                process.kill()
                raise
            if code != 0:
                messages.seek(0)
                sys.exit(f"exit code {code} from {' '.join(command)}\n{messages.read().decode(errors='replace')}")
        return True


def check_weights(folder):
    """The weights are either not there yet or whole: header, offsets and length agree. Returns whether they are there."""
    path = folder / WEIGHTS
    if not path.exists():
        return False
    content = path.read_bytes()
    try:
        (length,) = struct.unpack("<Q", content[:8])
        header = json.loads(content[8 : 8 + length])
        end = max(entry["data_offsets"][1] for name, entry in header.items() if name != "__metadata__")
        whole = len(content) == 8 + length + end
    except (struct.error, ValueError, KeyError):
        whole = False
    if not whole:
        sys.exit(f"{path} is torn after a kill")
    return True


def has_checkpoint(folder):
    checkpoint = folder / "checkpoint"
    return checkpoint.is_dir() and any(checkpoint.iterdir())


def differences(folder, reference):
    """Names the tensors whose bytes differ, to tell where the resumed run went another way."""
    def tensors(path):
        content = path.read_bytes()
        (length,) = struct.unpack("<Q", content[:8])
        header = json.loads(content[8 : 8 + length])
        header.pop("__metadata__", None)
        return {name: content[8 + length + begin : 8 + length + end]
                for name, entry in header.items() for begin, end in [entry["data_offsets"]]}

    ours, theirs = tensors(folder / WEIGHTS), tensors(reference / WEIGHTS)
    return sorted(name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name))


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("binary", type=pathlib.Path)
    arguments.add_argument("config", type=pathlib.Path)
    arguments.add_argument("--kills", type=int, default=100)
    arguments.add_argument("--seed", type=int, default=0, help="of the moments")
    arguments.add_argument("--longest", type=float, default=0.5,
                           help="latest moment of a kill, as a part of the undisturbed training's time")
    arguments.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", dest="overrides")
    arguments.add_argument("--folder", type=pathlib.Path, help="keeps the runs here instead of in a temporary folder")
    given = arguments.parse_args()

    folder = given.folder or pathlib.Path(tempfile.mkdtemp(prefix="banyan-kills-"))
    folder.mkdir(parents=True, exist_ok=True)
    training = Training(given.binary.resolve(), given.config, given.overrides)
    rng = random.Random(given.seed)

    reference = folder / "undisturbed"
    shutil.rmtree(reference, ignore_errors=True)
    began = time.monotonic()
    training.run(reference, resume=False)
    duration = time.monotonic() - began
    print(f"undisturbed: {duration:.1f} s", flush=True)

    kills = kills_before_checkpoint = finished = different = 0
    while kills < given.kills or finished == 0:
        run = folder / f"killed-{finished + 1}"
        shutil.rmtree(run, ignore_errors=True)
        resume, killed_here = False, 0
        while True:
            left = given.kills - kills
            moment = rng.uniform(0, given.longest * duration) if left > 0 else None
            if training.run(run, resume, moment):
                break
            kills += 1
            killed_here += 1
            check_weights(run)
            # Nothing is saved before the first checkpoint: such a training begins anew.
            resume = has_checkpoint(run)
            if not resume:
                kills_before_checkpoint += 1
                shutil.rmtree(run, ignore_errors=True)
        finished += 1
        if not check_weights(run):
            sys.exit(f"{run} ended without {WEIGHTS}")
        same = (run / WEIGHTS).read_bytes() == (reference / WEIGHTS).read_bytes()
        different += not same
        verdict = "identical weights" if same else f"DIFFERENT: {', '.join(differences(run, reference)) or 'header'}"
        print(f"training {finished}: {killed_here} kills, {verdict}", flush=True)

    print(f"{kills} kills ({kills_before_checkpoint} before the first checkpoint), {finished} trainings finished, "
          f"{different} with other weights than the undisturbed one")
    if given.folder is None and not different:
        shutil.rmtree(folder)
    elif different:
        print(f"the runs lie in {folder}")
    sys.exit(1 if different else 0)


if __name__ == "__main__":
    main()

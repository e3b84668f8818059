"""What the scripts share that time whole programs: configurations of two data sets, runs in turn, a marked section of a page."""
import json
import os
import pathlib
import statistics
import subprocess
import sys

import benchmark
from benchmark import ROOT

NUMBERS = ("age", "fnlwgt", "education_num", "capital_gain", "capital_loss", "hours_per_week")
CATEGORIES = ("workclass", "education", "occupation", "race", "sex", "native_country")


def adult(folder):
    """The configuration of `adult` that peers/adult_torch.py has in PyTorch."""
    columns = [(name, "number") for name in NUMBERS] + [(name, "category") for name in CATEGORIES]
    inputs = "".join(f'[inputs.{name}]\ntype = "{kind}"\n' for name, kind in columns)
    tasks = "".join(f'[tasks.{name}]\ntype = "binary"\n' for name in ("income", "never_married"))
    return data(folder) + inputs + tasks


def av_mnist(folder):
    """The configuration of `av-mnist` that peers/av_mnist_torch.py has in PyTorch."""
    inputs = (
        '[inputs.image]\ntype = "image"\ncolumn = "image_pca25_path"\n'
        '[inputs.sound]\ntype = "audio"\ncolumn = "audio_path"\nsample_rate = 8000\nseconds = 0.96\n')
    tasks = "".join(f'[tasks.{name}]\ntype = "classification"\n' for name in ("digit", "speaker"))
    return data(folder) + inputs + tasks


def data(folder):
    paths = "".join(f"{split} = {json.dumps(str(folder.absolute() / f'{split}.csv'))}\n" for split in ("train", "valid"))
    return f'[data]\n{paths}[training]\naugment = "none"\n'


CONFIGURATIONS = {"adult": adult, "av-mnist": av_mnist}


def build(*arguments):
    """Builds a target of the package `banyan` and returns its program."""
    command = ["cargo", "build", "--release", "--quiet", "-p", "banyan", "--message-format=json", *arguments]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    built = [json.loads(line).get("executable") for line in done.stdout.splitlines()]
    return next(program for program in reversed(built) if program)


def output(command, **options):
    """What a program prints; its errors end the script."""
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)
    if done.returncode != 0:
        sys.exit(f"exit code {done.returncode} from {' '.join(map(str, command))}\n{done.stderr}")
    return done.stdout


def warn_if_busy():
    load = os.getloadavg()[0]
    if load > 0.5:
        print(f"the machine is busy (load {load:.1f}): the times will say little", file=sys.stderr)
    return load


def write(arguments, binary, name, load, document, text):
    """Prints a table, and writes it and the single results where the arguments say."""
    print(text)
    machine = benchmark.describe(binary, getattr(arguments, "python", None))
    if arguments.json:
        benchmark.save(arguments.json, {"machine": {**machine, "load_before": load}, **document})
    if arguments.update:
        benchmark.update(arguments.update, name, machine, text)


def outputs(parser):
    """The arguments of a script on adult and av-mnist."""
    parser.add_argument("--adult", type=pathlib.Path, help="the folder of adult's tables")
    parser.add_argument("--av-mnist", type=pathlib.Path, help="the folder of av-mnist's tables")
    parser.add_argument("--threads", type=int, default=2)
    results(parser)


def results(parser):
    """The program that is measured, and where the results go that `write` writes."""
    parser.add_argument("--binary", help="a banyan that is built already")
    parser.add_argument("--json", type=pathlib.Path, help="where all single results go")
    parser.add_argument("--update", type=pathlib.Path, help="a Markdown file whose marked section is filled")


def chosen(arguments, parser):
    """The data sets that were named, with their folders."""
    folders = {"adult": arguments.adult, "av-mnist": arguments.av_mnist}
    found = {name: folder for name, folder in folders.items() if folder}
    if not found:
        parser.error("name at least one of --adult FOLDER and --av-mnist FOLDER")
    return found


median = statistics.median

"""Builds `banyan-bench` for the scripts beside this file."""
import json
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).parent.parent


def build():
    """Builds the benchmark and returns its path."""
    command = ["cargo", "build", "--release", "-p", "banyan-bench", "--message-format", "json"]
    output = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    made = [json.loads(line).get("executable") for line in output.splitlines() if line.startswith("{")]
    return next(path for path in reversed(made) if path)

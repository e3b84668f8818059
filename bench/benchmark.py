"""What the scripts beside this file share: `banyan-bench`, the machine in words, tables and documents."""
import datetime
import json
import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).parent.parent


def build():
    """Builds the benchmark and returns its path."""
    command = ["cargo", "build", "--release", "-p", "banyan-bench", "--message-format", "json"]
    output = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    made = [json.loads(line).get("executable") for line in output.splitlines() if line.startswith("{")]
    return next(path for path in reversed(made) if path)


def has_precision(binary, precision):
    """Whether the processor multiplies in this precision."""
    command = [binary, "step", "--model", "mlp-seed", "--seconds", "0", "--precision", precision]
    return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def describe(binary, python=None):
    """Machine, date and versions (the program's by its own `--version`): neither the machine's name nor a path."""
    lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines() if pathlib.Path("/proc/cpuinfo").exists() else []
    facts = dict(reversed([[part.strip() for part in line.split(":", 1)] for line in lines if ":" in line]))
    flags = set(facts.get("flags", "").split())
    names = {"avx2": "AVX2", "avx512f": "AVX-512", "avx512_bf16": "AVX-512 BF16", "amx_bf16": "AMX"}
    said = {"processor": facts.get("model name", "unknown"), "cores": len(os.sched_getaffinity(0)),
            "instructions": ", ".join(name for flag, name in names.items() if flag in flags) or "baseline",
            "date": datetime.date.today().isoformat()}
    commands = {pathlib.Path(binary).name: [binary, "--version"], "rustc": ["rustc", "--version"]}
    if python:
        commands["PyTorch"] = [python, "-c", "import torch; print(torch.__version__)"]
    for name, command in commands.items():
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        said[name] = done.stdout.strip().removeprefix(f"{name} ").split(" (")[0] or "unknown"
    return said


def table(rows):
    """Dictionaries with the same keys as a Markdown table."""
    def cell(value):
        if value is None:
            return ""
        return f"{value:.3g}" if isinstance(value, float) and abs(value) < 1000 else f"{value:.0f}" if isinstance(value, float) else str(value)
    lines = [list(rows[0]), ["---"] * len(rows[0])] + [[cell(value) for value in row.values()] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def update(document, section, machine, body):
    """Replaces what stands between a section's markers with the machine in words and the body."""
    text = document.read_text()
    begin, end = f"<!-- begin {section} -->", f"<!-- end {section} -->"
    if text.count(begin) != 1 or text.count(end) != 1:
        raise SystemExit(f"{document} does not hold the markers {begin} and {end} once each")
    before, rest = text.split(begin)
    after = rest.split(end)[1]
    said = f"Measured on {machine['date']}: {machine['processor']}, {machine['cores']} cores ({machine['instructions']}); "
    said += ", ".join(f"{name} {machine[name]}" for name in ("banyan", "banyan-bench", "rustc", "PyTorch") if name in machine)
    document.write_text(f"{before}{begin}\n\n{said}.\n\n{body}\n\n{end}{after}")


def save(path, document):
    """Writes a JSON file."""
    path.write_text(json.dumps(document, indent=1) + "\n")

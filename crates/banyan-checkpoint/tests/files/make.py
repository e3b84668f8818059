"""Writes the files of this folder, and what PyTorch reads in them (`expected.json`).

    pip install torch numpy safetensors
    python make.py
"""

import argparse
import collections
import json
import os
import pathlib
import warnings
import zipfile

import numpy
import safetensors.torch
import torch

warnings.filterwarnings("ignore")
os.chdir(pathlib.Path(__file__).resolve().parent)
expected = {}


def numbers(tensor):
    if tensor.dtype.is_complex or tensor.is_quantized or tensor.is_sparse or tensor.dtype == torch.float8_e4m3fn:
        return None
    return tensor.detach().contiguous().double().flatten().tolist()


def write(name, content, state, **options):
    torch.save(content, name, **options)
    note(name, state)


def note(name, state):
    expected[name] = [
        {"name": key, "shape": list(value.shape), "dtype": str(value.dtype).removeprefix("torch."), "numbers": numbers(value)}
        for key, value in state.items()
        if isinstance(value, torch.Tensor) and not value.is_sparse and not value.is_quantized
    ]


OLD = {"_use_new_zipfile_serialization": False}
READ = ["float64", "float32", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool"]
values = torch.tensor([-2.0, 0.0, 1.5, 100.0], dtype=torch.float64)
types = {name: (values.abs() if name == "uint8" else values).to(getattr(torch, name)) for name in READ}
new_types = {name: values.abs().to(getattr(torch, name)) for name in ["uint16", "uint32", "uint64", "float8_e4m3fn"]}
write("types.pt", {**types, **new_types, "complex64": values.to(torch.complex64)}, {**types, **new_types, "complex64": values.to(torch.complex64)})
write("types-legacy.pt", {**types, "complex64": values.to(torch.complex64)}, {**types, "complex64": values.to(torch.complex64)}, **OLD)
safetensors.torch.save_file({**types, **new_types}, "types.safetensors")
# The file's order is by size and name.
note("types.safetensors", {**types, **new_types})

# Parts of one storage.
whole = torch.arange(24, dtype=torch.float32)
views = {
    "whole": whole,
    "again": whole,
    "matrix": whole.view(4, 6),
    "transposed": whole.view(4, 6).t(),
    "permuted": whole.view(2, 3, 4).permute(2, 0, 1),
    "offset": whole[7:12],
    "columns": whole.view(4, 6)[1:, 2:5],
    "every third": whole[1::3],
    "expanded": whole[3:5].view(2, 1).expand(2, 3),
    "single": torch.tensor(2.5),
    "empty": torch.empty(0, 3),
    "parameter": torch.nn.Parameter(torch.tensor([1.0, -1.0])),
}
tagged = torch.nn.Parameter(torch.tensor([3.0]))
tagged.note = "a parameter with an attribute"
views["tagged"] = tagged
write("views.pt", views, views)
write("views-legacy.pt", views, views, **OLD)

linear = torch.nn.Linear(3, 2)
linear.load_state_dict({"weight": torch.arange(6.0).view(2, 3), "bias": torch.tensor([0.5, -0.5])})
state = linear.state_dict()
optimizer = torch.optim.AdamW(linear.parameters())
linear(torch.ones(1, 3)).sum().backward()
optimizer.step()
linear.load_state_dict({"weight": torch.arange(6.0).view(2, 3), "bias": torch.tensor([0.5, -0.5])})
training = {
    "epoch": 3,
    "args": argparse.Namespace(lr=1e-3, path=pathlib.PurePosixPath("data"), dtype=torch.float32, device=torch.device("cpu")),
    "optimizer": optimizer.state_dict(),
    "history": [0.5, None, True, 2**70, b"bytes", {1, 2}, frozenset([3]), (1, 2, 3, 4), collections.defaultdict(list, {"a": [1]})],
    "best": numpy.float64(0.25),
    "state_dict": state,
}
write("training.pt", training, state)
write("training-legacy.pt", training, state, **OLD)
for protocol in (3, 5):
    write(f"training-{protocol}.pt", training, state, pickle_protocol=protocol)

write("parallel.pt", {"epoch": torch.tensor(3), "model": torch.nn.DataParallel(linear).state_dict()}, state)
write("compiled.pt", {"module._orig_mod." + name: value for name, value in state.items()}, state)
write("named.pt", {"epoch": 1, "my weights": state}, state)
write("twice.pt", {"first": {"a": torch.ones(1)}, "second": {"a": torch.ones(1)}}, {})
others = {
    "a": torch.tensor([1.0, 2.0]),
    "scalar": numpy.float32(2.5),
    "array": numpy.arange(3),
    "step": 7,
    "nothing": None,
    "sparse": torch.eye(2).to_sparse(),
    "quantized": torch.quantize_per_tensor(torch.ones(2), 0.1, 0, torch.qint8),
    5: torch.tensor([5.0]),
}
write("others.pt", others, others)
expected["others.pt"][1]["name"] = "5"


class Evil:
    def __reduce__(self):
        return (os.system, ("touch executed-by-a-checkpoint",))


write("evil.pt", Evil(), {})
write("evil-legacy.pt", Evil(), {}, **OLD)
write("evil-beside.pt", {"evil": Evil(), "state_dict": {"a": torch.ones(1), "b": Evil()}}, {"a": torch.ones(1)})
write("module.pt", linear, {})
# A class without a source file, which the old format would copy.
exec("class Model(torch.nn.Linear): pass")
write("module-legacy.pt", {"model": Model(2, 1), "rng": {"cpu": torch.ones(1)}}, {}, **OLD)
write("tensor.pt", torch.ones(2), {})
torch.jit.save(torch.jit.trace(torch.nn.ReLU(), torch.ones(1)), "script.pt")


def pack_again(source, name, limit, method):
    """Other programs' zip files: with 64-bit fields where more than `limit` bytes would need them, or compressed."""
    zipfile.ZIP64_LIMIT = limit
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(name, "w", method) as new:
        for member in old.infolist():
            new.writestr(member.filename, old.read(member))


pack_again("named.pt", "wide.pt", -1, zipfile.ZIP_STORED)
pack_again("named.pt", "compressed.pt", 1 << 31, zipfile.ZIP_DEFLATED)
note("wide.pt", state)

with open("expected.json", "w", encoding="utf-8") as file:
    lines = [f"{json.dumps(name)}: [\n" + ",\n".join("  " + json.dumps(tensor) for tensor in tensors) + "\n]" for name, tensors in expected.items()]
    file.write("{\n" + ",\n".join(lines) + "\n}\n")

"""Writes what `banyan-bench check` compares with: weights, a batch, and the losses and Gramian that PyTorch finds with them.

    pip install torch safetensors
    python bench/export.py OUT                                     # the reference models at full size, 3 tasks
    python bench/export.py --tiny crates/banyan-bench/tests/fixtures   # small ones, which the crate's tests read
    cargo run --release -p banyan-bench -- check OUT/*.safetensors

Weights and inputs are f32; all that is computed from them is computed in f64, so that only Banyan's rounding is seen.
A file holds `parameters.*` in Banyan's names and layout (weights are `[in, out]`, kernels `[height, width, in, out]`),
`input` (channels last), `labels` `[tasks, labels]`, the `losses` `[steps, tasks]` of steps of Adam along the sum of the
losses, each before its step, and the `gramian` `[tasks, tasks]` of the tasks' gradients of the shared parameters before the first.
"""
import argparse
import dataclasses
import pathlib
import sys

import torch
from safetensors.torch import save_file

sys.path.insert(0, str(pathlib.Path(__file__).parent / "peers"))
from models import SIZES, Model, make_batch, make_plan, owned_labels, task_losses  # noqa: E402

LEARNING_RATE = 1e-3
STEPS = 4
# odd sizes, so that no kernel's blocks fit
TINY = {
    "mlp-seed": {"batch": 13, "inputs": 11, "width": 10},
    "mlp-big": {"batch": 70, "inputs": 19, "width": 37, "layers": 3},
    "cnn": {"batch": 5, "inputs": 9, "width": 5},
    "transformer": {"batch": 3, "inputs": 50, "length": 7, "width": 12, "layers": 2},
}
BLOCK = {"norm1.weight": "attention_norm.gain", "norm1.bias": "attention_norm.bias",
         "self_attn.in_proj_weight": "attention.project.weight", "self_attn.in_proj_bias": "attention.project.bias",
         "self_attn.out_proj.weight": "attention.output.weight", "self_attn.out_proj.bias": "attention.output.bias",
         "norm2.weight": "feed_forward_norm.gain", "norm2.bias": "feed_forward_norm.bias",
         "linear1.weight": "expand.weight", "linear1.bias": "expand.bias",
         "linear2.weight": "contract.weight", "linear2.bias": "contract.bias"}


def banyan_parameters(model):
    """All parameters by Banyan's names, in its layout."""
    named, number = {}, 0
    for layer in model.trunk:
        own = dict(layer.named_parameters())
        if isinstance(layer, torch.nn.Embedding):
            named["trunk.embedding.table"] = own["weight"]
            continue
        if not own:
            continue
        names = BLOCK if isinstance(layer, torch.nn.TransformerEncoderLayer) else {name: name for name in own}
        for name, values in own.items():
            turned = values.permute(2, 3, 1, 0) if values.dim() == 4 else values.T if values.dim() == 2 else values
            named[f"trunk.{number}.{names[name]}"] = turned
        number += 1
    for task, head in enumerate(model.heads):
        named[f"heads.{task}.weight"], named[f"heads.{task}.bias"] = head.weight.T, head.bias
    return {f"parameters.{name}": values.detach().float().clone(memory_format=torch.contiguous_format)
            for name, values in named.items()}


def reference(plan, seed):
    """The file's tensors and metadata."""
    torch.manual_seed(seed)
    model = Model(plan)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() == 1:  # biases and gains that are all alike would hide a mistake
                parameter.add_(0.1 * torch.randn_like(parameter))
    inputs, labels = make_batch(plan)
    owned = owned_labels(plan, False)
    tensors = banyan_parameters(model)
    tensors["labels"] = torch.stack(labels)
    last = inputs.permute(0, 2, 3, 1) if inputs.dim() == 4 else inputs
    tensors["input"] = last.reshape(plan.batch, -1).clone(memory_format=torch.contiguous_format)

    model = model.double()
    inputs = inputs.double() if inputs.is_floating_point() else inputs
    shared = list(model.trunk.parameters())
    _, losses = task_losses(model, inputs, labels, owned)
    rows = [torch.autograd.grad(loss, shared, retain_graph=True) for loss in losses]
    jacobian = torch.stack([torch.cat([gradient.flatten() for gradient in row]) for row in rows])
    tensors["gramian"] = jacobian @ jacobian.T

    optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)
    steps = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        _, losses = task_losses(model, inputs, labels, owned)
        torch.stack(losses).sum().backward()
        optimizer.step()
        steps.append(torch.stack(losses).detach())
    tensors["losses"] = torch.stack(steps)
    sizes = {name: str(value) for name, value in dataclasses.asdict(plan).items()}
    return tensors, {**sizes, "learning_rate": str(LEARNING_RATE)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--tiny", action="store_true", help="the small models of the tests")
    parser.add_argument("--models", nargs="+", choices=SIZES, default=list(SIZES))
    parser.add_argument("--tasks", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    for name in arguments.models:
        plan = make_plan(name, arguments.tasks, **(TINY[name] if arguments.tiny else {}))
        tensors, metadata = reference(plan, arguments.seed)
        path = arguments.out / f"{name}.safetensors"
        save_file(tensors, path, metadata)
        print(f"{path}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()

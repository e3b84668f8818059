"""The reference models of the speed comparisons in PyTorch: a trunk that all tasks share, and a linear classifier for each.

Names and default sizes are those of `banyan-bench` (crates/banyan-bench/src/plan.rs):

    mlp-seed     100-50-50, ReLU, 64 rows, 10 classes
    mlp-big      512-1024-1024, ReLU, 256 rows, 10 classes
    cnn          3x3 convolutions of 32, 64, 128 channels with ReLU, 2x2 maximum after all but the last, global mean;
                 64 pictures of 32x32, 10 classes
    transformer  8000 tokens, 4 pre-norm blocks of width 128 with 4 heads and exact GELU, no norm at the end;
                 32 sequences of 64 tokens, 20 classes for every token
"""
import dataclasses

import torch
import torch.nn.functional as F
from torch import nn

ATTENTION_HEADS = 4


@dataclasses.dataclass(frozen=True)
class Plan:
    """A model's and a batch's sizes; crates/banyan-bench/src/plan.rs tells what each means for which model."""

    model: str
    tasks: int
    batch: int = 64
    inputs: int = 100
    length: int = 1
    width: int = 50
    layers: int = 2
    classes: int = 10


SIZES = {
    "mlp-seed": {},
    "mlp-big": {"batch": 256, "inputs": 512, "width": 1024},
    "cnn": {"inputs": 32, "width": 32, "layers": 3},
    "transformer": {"batch": 32, "inputs": 8000, "length": 64, "width": 128, "layers": 4, "classes": 20},
}


def make_plan(model, tasks, **changes):
    """The reference sizes, but for those that `changes` names with another value than None."""
    changed = {name: value for name, value in changes.items() if value is not None}
    return Plan(model, tasks, **{**SIZES[model], **changed})


class Model(nn.Module):
    """`represent` gives one vector a label."""

    def __init__(self, plan):
        super().__init__()
        layers, width, kind = [], plan.width, plan.model.split("-")[0]
        if kind == "mlp":
            for layer in range(plan.layers):
                layers += [nn.Linear(width if layer else plan.inputs, width), nn.ReLU()]
        elif kind == "cnn":
            channels = [3] + [plan.width << layer for layer in range(plan.layers)]
            for layer, (before, after) in enumerate(zip(channels, channels[1:])):
                layers += [nn.Conv2d(before, after, 3, padding=1), nn.ReLU()]
                if layer + 1 < plan.layers:
                    layers.append(nn.MaxPool2d(2))
            layers += [nn.AdaptiveAvgPool2d(1), nn.Flatten()]
            width = channels[-1]
        else:
            layers.append(nn.Embedding(plan.inputs, width))
            for _ in range(plan.layers):
                layers.append(nn.TransformerEncoderLayer(
                    width, ATTENTION_HEADS, 4 * width, 0.0, F.gelu, batch_first=True, norm_first=True))
            layers.append(nn.Flatten(0, 1))
        self.trunk = nn.Sequential(*layers)
        self.heads = nn.ModuleList(nn.Linear(width, plan.classes) for _ in range(plan.tasks))

    def represent(self, inputs):
        return self.trunk(inputs)


def make_batch(plan):
    """Random inputs, and a vector of labels for each task."""
    if plan.model == "transformer":
        inputs = torch.randint(0, plan.inputs, (plan.batch, plan.length))
    elif plan.model == "cnn":
        inputs = torch.randn(plan.batch, 3, plan.inputs, plan.inputs)
    else:
        inputs = torch.randn(plan.batch, plan.inputs)
    return inputs, [torch.randint(0, plan.classes, (plan.batch * plan.length,)) for _ in range(plan.tasks)]


def owned_labels(plan, disjoint):
    """For each task the slice of the labels that it has: all, or its own part of the samples."""
    if not disjoint:
        return [slice(None)] * plan.tasks
    ends = [task * plan.batch // plan.tasks * plan.length for task in range(plan.tasks + 1)]
    return [slice(start, end) for start, end in zip(ends, ends[1:])]


def task_losses(model, inputs, labels, owned):
    """The representation, and each task's mean cross-entropy over the labels that it owns."""
    shared = model.represent(inputs)
    return shared, [F.cross_entropy(head(shared[own]), target[own]) for head, target, own in zip(model.heads, labels, owned)]

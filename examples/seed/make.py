"""Writes fixture.json: the smallest multi-task model with hard sharing, its weights and PyTorch's outputs.

    pip install torch==2.13.0 && python make.py
"""
import json
import pathlib

import torch
from torch import nn


class MultiTaskModel(nn.Module):
    """One shared layer and one layer for each task; `forward` runs the shared one and the task's own."""

    def __init__(self, tasks):
        super().__init__()
        self.shared_layer = nn.Linear(100, 50)
        self.task_layers = nn.ModuleList(nn.Linear(50, 10) for _ in range(tasks))

    def forward(self, x, task_id):
        return self.task_layers[task_id](self.shared_layer(x))


def entry(values, decimals):
    """A tensor as shape and row-major numbers."""
    numbers = [round(value, decimals) + 0.0 for value in values.detach().reshape(-1).tolist()]
    return {"shape": list(values.shape), "data": numbers}


def main():
    torch.manual_seed(0)
    tasks = range(2)
    model = MultiTaskModel(len(tasks))
    x = torch.randn(4, 100)
    with torch.no_grad():
        # The file's six decimals are the weights: round before computing.
        for parameter in model.parameters():
            parameter.copy_((parameter.double() * 1e6).round() / 1e6)
        x = ((x.double() * 1e4).round() / 1e4).float()

        single = [model(x, task) for task in tasks]
        model.double()
        for parameter in model.parameters():
            parameter.copy_((parameter * 1e6).round() / 1e6)
        x = (x.double() * 1e4).round() / 1e4
        outputs = [model(x, task) for task in tasks]
    for task in tasks:
        difference = (single[task] - outputs[task]).abs().max().item()
        assert difference < 5e-7, f"task {task}: f32 and f64 differ by {difference}"

    def layer(linear):
        # Banyan's linear weights are [in, out], PyTorch's [out, in].
        return {"weight": entry(linear.weight.t().contiguous(), 6), "bias": entry(linear.bias, 6)}

    document = {
        "x": entry(x, 4),
        "shared_layer": layer(model.shared_layer),
        "task_layers": [layer(task_layer) for task_layer in model.task_layers],
        "outputs": [entry(output, 9) for output in outputs],
    }
    path = pathlib.Path(__file__).with_name("fixture.json")
    path.write_text(json.dumps(document, separators=(",", ":")) + "\n")
    print(f"{path.name}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()

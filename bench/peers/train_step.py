"""Times a training step (forward, backward, Adam) of PyTorch and of TorchJD, and prints one JSON object.

    pip install torch torchjd && python train_step.py --model transformer --tasks 8 --mode torchjd

    plain     the sum of the losses, one backward pass, Adam
    fused     the same with Adam(fused=True)
    autocast  fused, with products in bfloat16
    loop      a backward pass for each task over a retained graph, their Gramian, equal weights, the combined gradient:
              the least that any loop over tasks has to do
    torchjd   torchjd.autojac with UPGrad, the tasks' rows one after the other
    autogram  torchjd.autogram with UPGrad's weights, then a weighted backward pass
"""
import argparse
import json
import statistics
import time

import torch

from models import SIZES, Model, make_batch, make_plan, owned_labels, task_losses

# so small that thousands of steps on one batch leave all numbers ordinary
LEARNING_RATE = 1e-7


class Trainer:
    """A model with its batch and optimizer; each method makes one step and returns the losses."""

    def __init__(self, plan, disjoint, fused):
        torch.manual_seed(0)
        self.model = Model(plan)
        self.inputs, self.labels = make_batch(plan)
        self.owned = owned_labels(plan, disjoint)
        self.shared = list(self.model.trunk.parameters())
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=LEARNING_RATE, fused=fused)
        self.engine = None

    def forward(self):
        return task_losses(self.model, self.inputs, self.labels, self.owned)

    def plain(self, precision=None):
        self.optimizer.zero_grad()
        with torch.autocast("cpu", precision or torch.bfloat16, enabled=precision is not None):
            _, each = self.forward()
            total = torch.stack(each).sum()
        total.backward()
        self.optimizer.step()
        return each

    def autocast(self):
        return self.plain(torch.bfloat16)

    def loop(self):
        self.optimizer.zero_grad()
        _, each = self.forward()
        rows = []
        for loss, head in zip(each, self.model.heads):
            own = list(head.parameters())
            found = torch.autograd.grad(loss, self.shared + own, retain_graph=True)
            rows.append(torch.cat([gradient.flatten() for gradient in found[: len(self.shared)]]))
            for parameter, gradient in zip(own, found[len(self.shared):]):
                parameter.grad = gradient
        jacobian = torch.stack(rows)
        gramian = jacobian @ jacobian.T
        # weights that a method would choose from the Gramian; equal ones, so that no method's own time is counted
        weights = torch.full_like(gramian[0], 1 / len(each))
        direction = (weights @ jacobian).split([parameter.numel() for parameter in self.shared])
        for parameter, gradient in zip(self.shared, direction):
            parameter.grad = gradient.view_as(parameter)
        self.optimizer.step()
        return each

    def torchjd(self):
        from torchjd.aggregation import UPGrad
        from torchjd.autojac import jac_to_grad, mtl_backward
        self.optimizer.zero_grad()
        shared, each = self.forward()
        mtl_backward(each, features=shared, parallel_chunk_size=1)
        jac_to_grad(self.shared, UPGrad())
        self.optimizer.step()
        return each

    def autogram(self):
        from torchjd.aggregation import UPGradWeighting
        from torchjd.autogram import Engine
        if self.engine is None:
            self.engine, self.weighting = Engine(self.model.trunk, batch_dim=None), UPGradWeighting()
        self.optimizer.zero_grad()
        each = torch.stack(self.forward()[1])
        each.backward(self.weighting(self.engine.compute_gramian(each)))
        self.optimizer.step()
        return each.unbind()


def main():
    modes = {"plain": Trainer.plain, "fused": Trainer.plain, "autocast": Trainer.autocast,
             "loop": Trainer.loop, "torchjd": Trainer.torchjd, "autogram": Trainer.autogram}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, choices=SIZES)
    parser.add_argument("--tasks", type=int, default=3)
    parser.add_argument("--mode", default="plain", choices=modes)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--disjoint", action="store_true", help="labels of each task on its own part of the samples")
    for size in ("width", "layers", "batch"):
        parser.add_argument(f"--{size}", type=int)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    plan = make_plan(arguments.model, arguments.tasks, width=arguments.width, layers=arguments.layers, batch=arguments.batch)
    trainer = Trainer(plan, arguments.disjoint, arguments.mode in ("fused", "autocast"))
    step = modes[arguments.mode]
    for _ in range(3):
        losses = step(trainer)
    times, end = [], time.perf_counter() + arguments.seconds
    while len(times) < 5 or time.perf_counter() < end:
        start = time.perf_counter()
        losses = step(trainer)
        # reading the losses is part of a step, as it is in Banyan
        total = sum(loss.item() for loss in losses)
        times.append(1e3 * (time.perf_counter() - start))
    print(json.dumps({
        "engine": f"torch {torch.__version__}", "model": plan.model, "tasks": plan.tasks, "mode": arguments.mode,
        "precision": "bf16" if arguments.mode == "autocast" else "f32", "threads": arguments.threads,
        "ms": round(statistics.median(times), 4), "ms_min": round(min(times), 4), "steps": len(times), "loss": round(total, 5)}))


if __name__ == "__main__":
    main()

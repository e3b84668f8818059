"""The training loop that the programs with a `DataLoader` share, and what they print."""
import argparse
import json
import math
import pathlib
import time

import torch
import torch.nn.functional as F


def arguments(description, workers):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--workers", type=int, default=workers, help="processes that read and decode")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    torch.manual_seed(given.seed)
    return given


def loss_of(outputs, labels):
    """The sum of the tasks' cross-entropies."""
    def own(scores, label):
        if scores.shape[1] == 1:
            return F.binary_cross_entropy_with_logits(scores[:, 0], label.float())
        return F.cross_entropy(scores, label)
    return sum(own(outputs[task], labels[task]) for task in outputs)


def right(scores, labels):
    answers = (scores[:, 0] > 0).long() if scores.shape[1] == 1 else scores.argmax(1)
    return (answers == labels).sum().item()


def run(model, train, valid, given, began):
    """Trains, evaluates after each epoch, and prints one JSON object; `began` is when the program did."""
    parameters = sum(parameter.numel() for parameter in model.parameters())
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.01)
    steps = given.epochs * len(train)
    warm = max(1, round(0.05 * steps))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / warm, 0.5 * (1 + math.cos(math.pi * max(step - warm, 0) / max(steps - warm, 1)))))
    ready, seconds, waited, accuracy = time.perf_counter(), [], 0.0, {}
    for _ in range(given.epochs):
        start = asked = time.perf_counter()
        model.train()
        for inputs, labels in train:
            waited += time.perf_counter() - asked
            loss = loss_of(model(*inputs), labels)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            asked = time.perf_counter()
        model.eval()
        hits, count = {}, 0
        with torch.no_grad():
            for inputs, labels in valid:
                for task, scores in model(*inputs).items():
                    hits[task] = hits.get(task, 0) + right(scores, labels[task])
                count += len(next(iter(labels.values())))
        accuracy = {task: own / count for task, own in hits.items()}
        seconds.append(time.perf_counter() - start)
    print(json.dumps({
        "parameters": parameters, "preparing": ready - began, "epochs": seconds, "waited": waited, "valid accuracy": accuracy,
        "all": time.perf_counter() - began}))

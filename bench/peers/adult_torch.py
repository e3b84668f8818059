"""Banyan's standard model for `adult` as a straightforward PyTorch program with a `DataLoader`.

    pip install torch numpy && python adult_torch.py DATA/adult [--epochs 3] [--threads 2]

Six numbers and six categories, two binary tasks: income and never_married. Prints one JSON object: parameters, and the
seconds of each epoch, its evaluation included.
"""
import time

began = time.perf_counter()

import csv  # noqa: E402 - the time of the imports counts

import numpy  # noqa: E402
import torch  # noqa: E402
from torch import nn  # noqa: E402
from torch.utils.data import DataLoader, Dataset  # noqa: E402

import epochs  # noqa: E402
import layers  # noqa: E402

NUMBERS = ("age", "fnlwgt", "education_num", "capital_gain", "capital_loss", "hours_per_week")
CATEGORIES = ("workclass", "education", "occupation", "race", "sex", "native_country")
TASKS = ("income", "never_married")
MISSING = ("", "?")
MOST_BINS = 128


def rows_of(folder, split):
    with open(folder / f"{split}.csv", newline="") as file:
        return list(csv.DictReader(file))


def bin_edges(values):
    """Bins of about as many values each, at most MOST_BINS; one for each value where there are few."""
    distinct, counts = numpy.unique(values, return_counts=True)
    if len(distinct) <= MOST_BINS + 1:
        return distinct
    edges, left, inside = [distinct[0]], len(values), 0
    for count, following in zip(counts, distinct[1:]):
        inside += count
        bins = MOST_BINS + 1 - len(edges)
        if bins > 1 and inside * bins >= left:
            edges.append(following)
            left, inside = left - inside, 0
    return numpy.array(edges + ([distinct[-1]] if edges[-1] != distinct[-1] else []))


class Rows(Dataset):
    """One row an item: numbers, categories, which cells are there, labels."""

    def __init__(self, rows, learned):
        moments, vocabularies, classes = learned
        there = [[row[name] not in MISSING for name in NUMBERS + CATEGORIES] for row in rows]
        numbers = [[(float(row[name]) - mean) / deviation if row[name] not in MISSING else 0.0
                    for name, (mean, deviation) in zip(NUMBERS, moments)] for row in rows]
        categories = [[own.get(row[name], 0) for name, own in zip(CATEGORIES, vocabularies)] for row in rows]
        self.present = torch.tensor(there)
        self.numbers = torch.tensor(numbers, dtype=torch.float32)
        self.categories = torch.tensor(categories)
        self.labels = {task: torch.tensor([own.index(row[task]) for row in rows]) for task, own in zip(TASKS, classes)}

    def __len__(self):
        return len(self.present)

    def __getitem__(self, row):
        inputs = self.numbers[row], self.categories[row], self.present[row]
        return inputs, {task: own[row] for task, own in self.labels.items()}


class Model(nn.Module):
    def __init__(self, edges, vocabularies, width=128, dropout=0.1):
        super().__init__()
        self.encoder = layers.TableEncoder(edges, vocabularies, width, dropout)
        self.trunk = layers.Trunk(dict.fromkeys(TASKS, 1), width, dropout)
        self.missing = nn.Parameter(torch.zeros(width))

    def forward(self, numbers, categories, present):
        read = self.encoder(numbers, categories, present)
        if self.training:  # a tenth of the rows is without its inputs
            read = torch.where(torch.rand(len(read), 1) < 0.1, self.missing, read)
        return self.trunk(read)


def main():
    given = epochs.arguments(__doc__.splitlines()[0], workers=0)
    rows = rows_of(given.data, "train")
    values = [numpy.array([float(row[name]) for row in rows if row[name] not in MISSING]) for name in NUMBERS]
    moments = [(own.mean(), own.std()) for own in values]
    edges = [torch.tensor((bin_edges(own) - mean) / deviation, dtype=torch.float32) for own, (mean, deviation) in zip(values, moments)]
    found = [sorted({row[name] for row in rows} - set(MISSING)) for name in CATEGORIES]
    vocabularies = [{value: place + 1 for place, value in enumerate(own)} for own in found]
    learned = moments, vocabularies, [sorted({row[task] for row in rows}) for task in TASKS]
    train = DataLoader(Rows(rows, learned), given.batch_size, shuffle=True, num_workers=given.workers)
    valid = DataLoader(Rows(rows_of(given.data, "valid"), learned), 512, num_workers=given.workers)
    model = Model(edges, [len(own) for own in found])
    epochs.run(model, train, valid, given, began)


if __name__ == "__main__":
    main()

"""Banyan's standard model in PyTorch: the same layers and sizes, for programs that time it."""
import torch
import torch.nn.functional as F
from torch import nn

COLUMN_WIDTH = 16


class NumberColumn(nn.Module):
    """The value and how far it is through each bin between quantiles, to a few features."""

    def __init__(self, edges):
        super().__init__()
        self.register_buffer("edges", edges)
        self.layer = nn.Linear(max(len(edges), 1), COLUMN_WIDTH)

    def forward(self, values):
        through = (values[:, None] - self.edges[:-1]) / (self.edges[1:] - self.edges[:-1])
        return F.relu(self.layer(torch.cat([values[:, None], through.clamp(0, 1)], 1)))


class TableEncoder(nn.Module):
    """All columns together: numbers by their bins, categories by vectors, a token where a cell is missing."""

    def __init__(self, edges, vocabularies, width, dropout):
        super().__init__()
        self.numbers = nn.ModuleList(NumberColumn(own) for own in edges)
        self.categories = nn.ModuleList(nn.Embedding(size + 1, COLUMN_WIDTH) for size in vocabularies)
        count = len(edges) + len(vocabularies)
        self.missing = nn.Parameter(torch.zeros(count, COLUMN_WIDTH))
        self.drop = nn.Dropout(dropout)
        self.project = nn.Linear(count * COLUMN_WIDTH, width)

    def forward(self, numbers, categories, present):
        columns = [column(numbers[:, place]) for place, column in enumerate(self.numbers)]
        columns += [column(categories[:, place]) for place, column in enumerate(self.categories)]
        read = torch.where(present[:, :, None], torch.stack(columns, 1), self.missing)
        return F.relu(self.project(self.drop(read.flatten(1))))


class GridEncoder(nn.Module):
    """3×3 convolutions with pooling until the longer side is at most 8, then a layer over the last grid. A large grid begins
    with a 5×5 window at every second cell."""

    def __init__(self, rows, columns, width, dropout):
        super().__init__()
        self.stages, channels = nn.ModuleList(), 1
        while True:
            filters = min(16 << len(self.stages), 128)
            coarse = not self.stages and rows * columns > 2048
            if coarse:
                rows, columns = (rows + 1) // 2, (columns + 1) // 2
            size, stride = (5, 2) if coarse else (3, 1)
            self.stages.append(nn.Conv2d(channels, filters, size, stride, padding=size // 2))
            channels, rows, columns = filters, max(rows // 2, 1), max(columns // 2, 1)
            if max(rows, columns) <= 8:
                break
        self.norm = nn.LayerNorm(rows * columns * channels)
        self.drop = nn.Dropout(dropout)
        self.project = nn.Linear(rows * columns * channels, width)

    def forward(self, grid):
        for stage in self.stages:
            grid = F.max_pool2d(F.relu(stage(grid)), 2)
        return F.relu(self.project(self.drop(self.norm(grid.flatten(1)))))


class Gated(nn.Module):
    """Gated multimodal unit over two inputs (Arevalo et al. 2017), with a token where an input is missing."""

    def __init__(self, width):
        super().__init__()
        self.missing = nn.Parameter(torch.zeros(2, width))
        self.values = nn.ModuleList(nn.Linear(width, width) for _ in range(2))
        self.gate = nn.Linear(2 * width + 2, width)

    def forward(self, encoded, present):
        read = torch.where(present[:, :, None], torch.stack(encoded, 1), self.missing)
        first, second = (torch.tanh(layer(read[:, place])) for place, layer in enumerate(self.values))
        gate = torch.sigmoid(self.gate(torch.cat([read.flatten(1), present.float()], 1)))
        return gate * first + (1 - gate) * second


class Block(nn.Module):
    """x + W2 gelu(W1 norm(x))."""

    def __init__(self, width, dropout):
        super().__init__()
        self.branch = nn.Sequential(
            nn.LayerNorm(width), nn.Linear(width, 2 * width), nn.GELU(), nn.Dropout(dropout), nn.Linear(2 * width, width))

    def forward(self, x):
        return x + self.branch(x)


class Trunk(nn.Module):
    """Two shared layers, and a head for each task with its number of outputs."""

    def __init__(self, tasks, width, dropout):
        super().__init__()
        self.shared = nn.Sequential(*(Block(width, dropout) for _ in range(2)))
        self.heads = nn.ModuleDict(
            {task: nn.Sequential(nn.LayerNorm(width), nn.Dropout(dropout), nn.Linear(width, outputs)) for task, outputs in tasks.items()})

    def forward(self, fused):
        shared = self.shared(fused)
        return {task: head(shared) for task, head in self.heads.items()}

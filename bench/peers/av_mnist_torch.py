"""Banyan's standard model for `av-mnist` as a straightforward PyTorch program with a `DataLoader`.

    pip install torch numpy pillow soundfile && python av_mnist_torch.py DATA/av-mnist [--epochs 3] [--threads 2] [--workers 2]

A degraded picture and the log-mel energies of a spoken digit, two classifications: digit and speaker. The loader's
workers decode the files of each row whenever it is needed. A learned token stands for an input that is missing; each input is
dropped from 10 % of the training rows. Prints one JSON object: parameters, the seconds of each epoch, its evaluation included, and the
accuracies on the validation rows.
"""
import time

began = time.perf_counter()

import csv  # noqa: E402 - the time of the imports counts

import numpy  # noqa: E402
import soundfile  # noqa: E402
import torch  # noqa: E402
import torch.nn.functional as F  # noqa: E402
from PIL import Image  # noqa: E402
from torch import nn  # noqa: E402
from torch.utils.data import DataLoader, Dataset  # noqa: E402

import epochs  # noqa: E402
import layers  # noqa: E402

# 25 ms windows every 10 ms, 0.96 s of sound.
RATE, WINDOW, TRANSFORM, HOP, BANDS, FRAMES = 8000, 200, 256, 80, 40, 94
TASKS = ("digit", "speaker")
SAMPLED = 512


def mel_filters():
    """Triangles with equally spaced peaks on the mel scale, [TRANSFORM / 2 + 1, BANDS]."""
    highest = 2595 * numpy.log10(1 + RATE / 2 / 700)
    edges = 700 * (10 ** (numpy.linspace(0, highest, BANDS + 2) / 2595) - 1)
    bins = numpy.linspace(0, RATE / 2, TRANSFORM // 2 + 1)[:, None]
    rising = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    return torch.tensor(numpy.maximum(0, numpy.minimum(rising, falling)), dtype=torch.float32)


class Rows(Dataset):
    """One row an item; its files are read and decoded when it is asked for."""

    def __init__(self, folder, split, classes=None):
        with open(folder / f"{split}.csv", newline="") as file:
            self.rows = list(csv.DictReader(file))
        self.folder = folder
        self.classes = classes or [sorted({row[task] for row in self.rows}) for task in TASKS]
        self.filters, self.window = mel_filters(), torch.hann_window(WINDOW)
        self.moments = [(0.0, 1.0), (0.0, 1.0)]

    def picture(self, row):
        pixels = numpy.asarray(Image.open(self.folder / row["image_pca25_path"]), dtype=numpy.float32)
        return torch.from_numpy(pixels / 255)[None]

    def sound(self, row):
        """[1, FRAMES, BANDS]; short sounds end with zeros once they are standardized, long ones are cut."""
        samples, _ = soundfile.read(self.folder / row["audio_path"], dtype="float32")
        samples = F.pad(torch.from_numpy(samples), (0, max(WINDOW - len(samples), 0)))
        frames = samples.unfold(0, WINDOW, HOP)[:FRAMES] * self.window
        power = torch.fft.rfft(frames, TRANSFORM).abs() ** 2
        return torch.log(power @ self.filters + 1e-6)[None]

    def learn_moments(self):
        """Mean and deviation, from evenly spaced rows."""
        some = [self.rows[place * len(self.rows) // SAMPLED] for place in range(SAMPLED)]
        for place, read in enumerate((self.picture, self.sound)):
            values = torch.cat([read(row).flatten() for row in some])
            self.moments[place] = (values.mean(), values.std())

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, index):
        row = self.rows[index]
        picture, sound = ((read(row) - mean) / deviation for read, (mean, deviation) in zip((self.picture, self.sound), self.moments))
        sound = F.pad(sound, (0, 0, 0, FRAMES - sound.shape[1]))
        return (picture, sound), {task: own.index(row[task]) for task, own in zip(TASKS, self.classes)}


class Model(nn.Module):
    def __init__(self, classes, width=128, dropout=0.1):
        super().__init__()
        self.encoders = nn.ModuleList(layers.GridEncoder(*size, width, dropout) for size in ((28, 28), (FRAMES, BANDS)))
        self.fusion = layers.Gated(width)
        self.trunk = layers.Trunk({task: len(own) for task, own in zip(TASKS, classes)}, width, dropout)

    def forward(self, *grids):
        encoded = [encoder(grid) for encoder, grid in zip(self.encoders, grids)]
        rows = len(encoded[0])
        draw = torch.rand(rows) if self.training else torch.full((rows,), 0.5)
        present = torch.stack([draw >= 0.1, draw < 0.9], 1)  # never both missing
        return self.trunk(self.fusion(encoded, present))


def main():
    given = epochs.arguments(__doc__.splitlines()[0], workers=2)
    rows = Rows(given.data, "train")
    rows.learn_moments()
    held_out = Rows(given.data, "valid", rows.classes)
    held_out.moments = rows.moments
    keep = given.workers > 0
    train = DataLoader(rows, given.batch_size, shuffle=True, num_workers=given.workers, persistent_workers=keep)
    valid = DataLoader(held_out, 256, num_workers=given.workers, persistent_workers=keep)
    epochs.run(Model(rows.classes), train, valid, given, began)


if __name__ == "__main__":
    main()

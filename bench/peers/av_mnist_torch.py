"""A plain PyTorch program for paired handwritten and spoken digits: what one writes by hand without Banyan.

    pip install torch==2.13.0 numpy pillow soundfile && python av_mnist_torch.py DATA/av-mnist [--threads 2]

Two small CNNs (the degraded picture; the log-mel spectrogram of the sound), gated fusion, two heads (digit, speaker),
Adam, the plain sum of both cross-entropies. A learned token stands for an input that is missing; each input is
dropped from 10 % of the training rows, so that one model can be asked with either input alone.
"""
import argparse
import csv
import pathlib
import time

import numpy
import soundfile
import torch
import torch.nn.functional as F
from PIL import Image
from torch import nn

RATE, WINDOW, HOP, BANDS, FRAMES = 8000, 256, 80, 40, 96


def mel_filters():
    """Triangles with equally spaced peaks on the mel scale, [WINDOW / 2 + 1, BANDS]."""
    lowest, highest = (2595 * numpy.log10(1 + hertz / 700) for hertz in (20, RATE / 2))
    mels = numpy.linspace(lowest, highest, BANDS + 2)
    edges = 700 * (10 ** (mels / 2595) - 1)
    bins = numpy.linspace(0, RATE / 2, WINDOW // 2 + 1)[:, None]
    rising = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    return torch.tensor(numpy.maximum(0, numpy.minimum(rising, falling)), dtype=torch.float32)


def log_mel(path, filters, window):
    """[BANDS, FRAMES]; short sounds end with the level of silence, long ones are cut."""
    samples, rate = soundfile.read(path, dtype="float32")
    assert rate == RATE and samples.ndim == 1, path
    samples = torch.from_numpy(samples)[: HOP * (FRAMES - 1)]
    samples = F.pad(samples, (0, HOP * (FRAMES - 1) - len(samples)))
    power = torch.stft(samples, WINDOW, HOP, window=window, return_complex=True).abs() ** 2
    return torch.log(power.T @ filters + 1e-6).T


def load(folder, split, speakers):
    """(pictures, spectrograms, {task: labels}) of one split; a file that several rows share is read once."""
    with open(folder / f"{split}.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    filters, window, spectrograms = mel_filters(), torch.hann_window(WINDOW), {}
    for row in rows:
        name = row["audio_path"]
        if name not in spectrograms:
            spectrograms[name] = log_mel(folder / name, filters, window)
    pictures = [numpy.asarray(Image.open(folder / row["image_pca25_path"]), dtype=numpy.float32) for row in rows]
    labels = {"digit": torch.tensor([int(row["digit"]) for row in rows]),
              "speaker": torch.tensor([speakers.index(row["speaker"]) for row in rows])}
    sounds = [spectrograms[row["audio_path"]] for row in rows]
    return torch.from_numpy(numpy.stack(pictures))[:, None], torch.stack(sounds)[:, None], labels


def encoder(width):
    layers, channels = [], 1
    for filters in (16, 32, 64):
        layers += [nn.Conv2d(channels, filters, 3, padding=1), nn.BatchNorm2d(filters), nn.ReLU(), nn.MaxPool2d(2)]
        channels = filters
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d((3, 3)), nn.Flatten(), nn.Linear(9 * channels, width), nn.ReLU())


class Gated(nn.Module):
    """Gated multimodal unit (Arevalo et al. 2017) over two encoders, then one linear head for each task."""

    def __init__(self, tasks, width=128):
        super().__init__()
        self.encoders = nn.ModuleDict({"image": encoder(width), "sound": encoder(width)})
        self.missing = nn.ParameterDict({name: nn.Parameter(torch.zeros(width)) for name in self.encoders})
        self.values = nn.ModuleDict({name: nn.Linear(width, width) for name in self.encoders})
        self.gate = nn.Linear(2 * width, width)
        self.heads = nn.ModuleDict({task: nn.Linear(width, classes) for task, classes in tasks.items()})

    def forward(self, inputs, present):
        read = {name: torch.where(present[name][:, None], net(inputs[name]), self.missing[name])
                for name, net in self.encoders.items()}
        values = {name: torch.tanh(self.values[name](read[name])) for name in read}
        gate = torch.sigmoid(self.gate(torch.cat(list(read.values()), 1)))
        fused = gate * values["image"] + (1 - gate) * values["sound"]
        return {task: head(fused) for task, head in self.heads.items()}


def train(model, inputs, labels, epochs, batch_size):
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)
    count = len(labels["digit"])
    for epoch in range(epochs):
        model.train()
        order, total = torch.randperm(count), 0.0
        for start in range(0, count, batch_size):
            rows = order[start : start + batch_size]
            draw = torch.rand(len(rows))
            present = {"image": draw >= 0.1, "sound": draw < 0.9}  # never both missing
            outputs = model({name: values[rows] for name, values in inputs.items()}, present)
            loss = sum(F.cross_entropy(outputs[task], labels[task][rows]) for task in outputs)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            total += loss.item() * len(rows)
        print(f"epoch {epoch + 1:2}: loss {total / count:.4f}", flush=True)


@torch.no_grad()
def accuracies(model, inputs, labels, given):
    model.eval()
    right, count = dict.fromkeys(labels, 0), len(labels["digit"])
    for start in range(0, count, 256):
        part = {name: values[start : start + 256] for name, values in inputs.items()}
        present = {name: torch.full((len(part["image"]),), name in given) for name in inputs}
        for task, scores in model(part, present).items():
            right[task] += (scores.argmax(1) == labels[task][start : start + 256]).sum().item()
    return {task: hits / count for task, hits in right.items()}


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("data", type=pathlib.Path)
    arguments.add_argument("--threads", type=int, default=2)
    arguments.add_argument("--epochs", type=int, default=12)
    arguments.add_argument("--batch-size", type=int, default=64)
    arguments.add_argument("--seed", type=int, default=0)
    given = arguments.parse_args()
    torch.set_num_threads(given.threads)
    torch.manual_seed(given.seed)

    began = time.perf_counter()
    with open(given.data / "train.csv", newline="") as file:
        speakers = sorted({row["speaker"] for row in csv.DictReader(file)})
    parts = {split: load(given.data, split, speakers) for split in ("train", "test")}
    loaded = time.perf_counter()
    mean = [parts["train"][index].mean() for index in (0, 1)]
    deviation = [parts["train"][index].std() for index in (0, 1)]
    ready = {}
    for split, (pictures, spectrograms, labels) in parts.items():
        scaled = [(values - mean[index]) / deviation[index] for index, values in enumerate((pictures, spectrograms))]
        ready[split] = (dict(zip(("image", "sound"), scaled)), labels)

    model = Gated({"digit": 10, "speaker": len(speakers)})
    print(f"{sum(parameter.numel() for parameter in model.parameters())} parameters")
    train(model, *ready["train"], given.epochs, given.batch_size)
    trained = time.perf_counter()
    for name, inputs in (("both", ("image", "sound")), ("image only", ("image",)), ("sound only", ("sound",))):
        scores = accuracies(model, *ready["test"], inputs)
        print(f"{name:<11} digit {scores['digit']:.4f}   speaker {scores['speaker']:.4f}")
    print(f"reading {loaded - began:.1f} s, training {trained - loaded:.1f} s, all {time.perf_counter() - began:.1f} s")


if __name__ == "__main__":
    main()

"""Cuts the demo's data out of a folder of paired handwritten and spoken digits; README.md tells where that comes from.

    pip install numpy pillow soundfile && python cut.py FOLDER

FOLDER holds train.csv, valid.csv and test.csv with the columns image_pca25_path, audio_path, digit, speaker and
audio_samples. Every (digit, speaker) pair gets the same number of recordings and of rows. Images are copied as they
are; sounds are packed from WAV into FLAC, which loses nothing, and checked sample for sample.
"""
import csv
import pathlib
import random
import shutil
import sys

import numpy
import soundfile

HERE = pathlib.Path(__file__).parent
# For each (digit, speaker): how many recordings, and how many rows they make with an image each.
SIZES = {"train": (13, 25), "valid": (2, 4), "test": (3, 5)}
LONGEST_PREFERRED = 5_600  # samples: 0.7 s at 8 kHz


def choose(rows, recordings, row_count, rng):
    """Picks recordings (short ones first), then pairs them in turn with images of their digit."""
    images_of = {}
    lengths = {}
    for row in rows:
        images_of.setdefault(row["audio_path"], []).append(row["image_pca25_path"])
        lengths[row["audio_path"]] = int(row["audio_samples"])
    names = sorted(images_of)
    rng.shuffle(names)
    names.sort(key=lambda name: lengths[name] >= LONGEST_PREFERRED)  # stable: random among the short ones
    chosen = names[:recordings]
    pairs = []
    for turn in range(row_count):
        name = chosen[turn % len(chosen)]
        pairs.append((images_of[name][turn // len(chosen)], name))
    return pairs


def pack(source, target):
    """Writes a WAV file's samples as FLAC and reads them back."""
    samples, rate = soundfile.read(source, dtype="int16")
    soundfile.write(target, samples, rate, format="FLAC", subtype="PCM_16", compression_level=1.0)
    again, rate_again = soundfile.read(target, dtype="int16")
    assert rate == rate_again == 8000 and numpy.array_equal(samples, again), source


def cut(folder, split, rng):
    with open(folder / f"{split}.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    cells = sorted({(row["digit"], row["speaker"]) for row in rows})
    assert len(cells) == 60
    for kind in ("images", "sounds"):
        shutil.rmtree(HERE / split / kind, ignore_errors=True)
        (HERE / split / kind).mkdir(parents=True)
    table = []
    recordings, row_count = SIZES[split]
    for digit, speaker in cells:
        cell = [row for row in rows if (row["digit"], row["speaker"]) == (digit, speaker)]
        for image, audio in choose(cell, recordings, row_count, rng):
            to_image = f"{split}/images/{pathlib.Path(image).name}"
            to_sound = f"{split}/sounds/{pathlib.Path(audio).stem}.flac"
            shutil.copyfile(folder / image, HERE / to_image)
            if not (HERE / to_sound).exists():
                pack(folder / audio, HERE / to_sound)
            table.append((to_image, to_sound, digit, speaker))
    rng.shuffle(table)
    with open(HERE / f"{split}.csv", "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("image", "sound", "digit", "speaker"))
        writer.writerows(table)
    sounds = {row[1] for row in table}
    images = {row[0] for row in table}
    print(f"{split}: {len(table)} rows, {len(sounds)} sounds, {len(images)} images")


def main():
    folder = pathlib.Path(sys.argv[1])
    rng = random.Random(1)
    for split in SIZES:
        cut(folder, split, rng)
    size = sum(path.stat().st_size for path in HERE.rglob("*") if path.is_file())
    print(f"{size / 1e6:.2f} MB in all")


if __name__ == "__main__":
    main()

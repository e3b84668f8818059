"""Gives the program thousands of damaged inputs, and judges how it ends.

    python bench/fuzz.py [--inputs 2000] [--seed 1] [--binary target/release/banyan] [--targets csv,arrow] [--save FOLDER]

Each input is one that works, made by this script or taken from the repository, and then mutated: bytes changed, numbers made extreme, parts lost, doubled
or exchanged, words of the format put in. The program reads it as a configuration, as a table, as media files of a table, as annotated images, as the weights
of a pretrained encoder, or as the files of a run.

A run is clean when it exits with 0 (it took the input), or with 1 or 2 and one line "error: …" of at most 1,500 characters without control characters.
Everything else is a fault: a panic (101), an end by a signal, such as a failed allocation, more than --seconds, another message. The memory of each
run is limited. The same seed and number give the same inputs. Each input that showed a fault is saved with its command and what was printed, and the exit
code is 1. Needs Python alone, no packages.
"""
import argparse
import concurrent.futures
import gzip
import json
import os
import pathlib
import random
import resource
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib

HERE = pathlib.Path(__file__).resolve().parent
SEEDS = HERE.parent / "fuzz" / "seeds"
ENCODERS = HERE.parent / "crates" / "banyan-model" / "tests" / "fixtures"
MOST_CHARACTERS = 1_500
COLUMNS = ["clean refusal", "accepted", "control characters", "several or long lines", "panic", "allocation", "other signal", "too long", "other code"]
FAULTS = COLUMNS[2:]


# --- mutations ------------------------------------------------------------------------------------------------------

NUMBERS = ["0", "-1", "1e308", "-1e308", "1e-320", "NaN", "inf", "9223372036854775807", "18446744073709551616", "0.1", "1_000", "0x10", ""]
WORDS = {
    "text": [b",", b";", b"\t", b"\n", b"\r", b'"', b'""', b"\\", b"\x00", b"\x1b[31m", b"\xff", "\ufeff".encode(), "\u202e".encode(), "é".encode(), b"'"],
    "config": [b"[", b"]", b"{", b"}", b"=", b"#", b'"""', b"inf", b"nan", b"true", b"[inputs.x]\n", b"[tasks.y]\n", b"type = ", b"[[a]]", b"\n", b"1979-05-27"],
    "xml": [b"<", b">", b"</", b"&amp;", b"&#0;", b"<object>", b"<bndbox>", b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"<![CDATA[", b"<?xml version='1.0' encoding='utf-16'?>"],
    "json": [b"{", b"}", b"[", b"]", b":", b",", b"null", b"true", b"NaN", b'"\\ud800"', b'"\\u0000"', b"[" * 300, b"1e400", b'"', b"\\"],
    "sentences": [b"\t", b"\n\n", b"_", b"1-2\t", b"1.1\t", b"# ", b"# newdoc id = ", b"# global.columns = ID FORM", b"0", b"-1", b"99999", b"B-", b"I-", b"|", b"="],
}


def mutate(content, draw, words=()):
    """One to four changes. What is binary has no words."""
    content = bytearray(content)
    for _ in range(draw.randint(1, 4)):
        if not content:
            content = bytearray(b"\0")
        place = draw.randrange(len(content))
        end = min(len(content), place + draw.choice([1, 2, 4, 8, 16, 64]))
        kind = draw.randrange(11)
        if kind == 0:
            content[place] = draw.randrange(256)
        elif kind == 1:
            content[place] ^= 1 << draw.randrange(8)
        elif kind == 2:
            content[place:end] = bytes([draw.choice([0, 0xFF, 0x7F, 0x80])]) * (end - place)
        elif kind == 3:
            number = struct.pack(draw.choice(["<Q", ">Q"]), 1 << draw.randrange(64))
            content[place:place + 8] = number[: draw.choice([4, 8])]
        elif kind == 4:
            del content[place:end]
        elif kind == 5 and draw.random() < 0.3:
            del content[place:]
        elif kind == 6:
            to = draw.randrange(len(content))
            content[to:to] = content[place:end]
        elif kind == 7:
            content[place:place] = content[place:end] * draw.choice([2, 10, 300])
        elif kind == 8:
            to = draw.randrange(len(content))
            part = bytes(content[place:end])
            del content[place:end]
            content[to:to] = part
        elif words:
            content[place:place if draw.random() < 0.5 else end] = draw.choice([*words, draw.choice(NUMBERS).encode()])
        else:
            content[place:end] = bytes(draw.randrange(256) for _ in range(end - place))
    return bytes(content)


# --- inputs that work ------------------------------------------------------------------------------------------------

def rows(draw, count):
    for row in range(count):
        yes = draw.random() < 0.5
        yield {
            "age": draw.randint(18, 90), "income": round(draw.gauss(3000 + 500 * yes, 900), 2), "town": draw.choice(["Rome", "Oslo", "São Paulo"]),
            "member": draw.random() < 0.4, "day": f"2023-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}",
            "words": " ".join(draw.choice(["good", "bad", "cheap", "slow", "never again"]) for _ in range(draw.randint(1, 9))),
            "tags": draw.sample(["red", "green", "blue"], draw.randint(0, 3)), "vector": [round(draw.random(), 3) for _ in range(3)],
            "bought": "yes" if yes else "no", "price": round(20 + 10 * yes + draw.gauss(0, 3), 2),
        }


def cell(value):
    if isinstance(value, list):
        return " ".join(map(str, value)) if value and isinstance(value[0], float) else "|".join(map(str, value))
    return str(value)


def delimited(table, delimiter):
    lines = [delimiter.join(table[0])] + [delimiter.join(cell(value) for value in row.values()) for row in table]
    return "\n".join(lines + [""]).encode()


def json_lines(table):
    import json
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in table).encode()


def sentences(draw, count, form):
    words = {"the": "DET", "dog": "NOUN", "Anna": "PROPN", "sees": "VERB", "sleeps": "VERB", "Rome": "PROPN", "small": "ADJ"}
    lines = ["# global.columns = ID FORM UPOS HEAD DEPREL NER"] if form == "conllup" else []
    for number in range(count):
        chosen = [draw.choice(list(words)) for _ in range(draw.randint(1, 7))]
        lines += [f"# sent_id = {number}"] if form != "conll" else []
        for place, word in enumerate(chosen, 1):
            ner = "B-PER" if word == "Anna" else "B-LOC" if word == "Rome" else "O"
            head = 0 if place == 1 else place - 1
            relation = "root" if place == 1 else "dep"
            lines.append({
                "conllu": f"{place}\t{word}\t{word.lower()}\t{words[word]}\t_\t_\t{head}\t{relation}\t_\t_",
                "conllup": f"{place}\t{word}\t{words[word]}\t{head}\t{relation}\t{ner}",
                "conll": f"{word} {words[word]} O {ner}",
            }[form])
        lines.append("")
    return "\n".join(lines + [""]).encode()


def png(width, height, draw, kind=2, levels=256):
    channels = {0: 1, 2: 3, 6: 4}[kind]
    pixels = b"".join(b"\0" + bytes(draw.randrange(levels) for _ in range(width * channels)) for _ in range(height))
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)), (b"IDAT", zlib.compress(pixels)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks)


def wav(draw, samples=2000, rate=8000):
    body = b"".join(struct.pack("<h", draw.randint(-9000, 9000)) for _ in range(samples))
    head = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, rate, 2 * rate, 2, 16)
    return b"RIFF" + struct.pack("<I", 4 + len(head) + 8 + len(body)) + b"WAVE" + head + b"data" + struct.pack("<I", len(body)) + body


SMALL = ["--set", "model.width=8", "--set", "training.epochs=1", "--set", "training.threads=1", "--quiet"]


class Workplace:
    """Inputs that work, and runs that were trained on them."""

    def __init__(self, folder, binary):
        self.folder, self.binary = folder, binary
        draw = random.Random(0)
        table = list(rows(draw, 80))
        self.files = {
            "csv": delimited(table, ","), "tsv": delimited(table, "\t"), "jsonl": json_lines(table), "conllu": sentences(draw, 30, "conllu"),
            "conllup": sentences(draw, 30, "conllup"), "conll": sentences(draw, 30, "conll"),
        }
        for path in sorted(SEEDS.glob("*/*")):
            self.files[f"{path.parent.name}/{path.name}"] = path.read_bytes()
        (folder / "people.csv").write_bytes(self.files["csv"])
        (folder / "words.conllup").write_bytes(self.files["conllup"])
        self.call("init", "people.csv", "--tasks", "bought,price", "-o", "people.toml")
        self.call("init", "words.conllup", "--tasks", "upos,ner", "-o", "words.toml")
        self.media = {"a.png": png(12, 9, draw), "b.png": png(9, 12, draw, 0), "c.wav": wav(draw)}
        self.media.update({name.split("/")[1]: content for name, content in self.files.items() if name.startswith(("image/", "sound/"))})
        images = [name for name in self.media if pathlib.Path(name).suffix in (".png", ".jpg", ".webp")]
        sounds = [name for name in self.media if name not in images]
        for name, content in self.media.items():
            (folder / name).write_bytes(content)
        # A number beside them, so that a row is predicted though both of its files are damaged.
        media_rows = [(draw.choice(images), draw.choice(sounds), str(draw.randint(0, 99)), draw.choice(["x", "y"])) for _ in range(40)]
        (folder / "media.csv").write_text("image,sound,weight,label\n" + "".join(f"{','.join(row)}\n" for row in media_rows))
        (folder / "media.toml").write_text(
            '[data]\ntrain = "media.csv"\n[inputs.image]\ntype = "image"\nsize = [16, 16]\n[inputs.sound]\ntype = "audio"\nseconds = 0.5\n'
            '[inputs.weight]\ntype = "number"\n'
            '[tasks.label]\ntype = "classification"\n'
        )
        for name in ("people", "words", "media"):
            self.call("train", f"{name}.toml", "--out", f"{name}.run", *SMALL)
        self.call("predict", "people.run", "--data", "people.csv", "-o", "predicted.parquet")
        self.files["parquet"] = (folder / "predicted.parquet").read_bytes()
        self.config = (folder / "people.toml").read_bytes()
        self.encoder = {name: (ENCODERS / "bert" / name).read_bytes() for name in ("config.json", "vocab.txt", "tokenizer_config.json")}
        self.weights = {path.name: path.read_bytes() for path in (ENCODERS / "bert" / "model.safetensors", ENCODERS / "bert-old" / "pytorch_model.bin")}
        self.run_files = sorted(path.relative_to(folder / "people.run") for path in (folder / "people.run").rglob("*") if path.is_file())

    def call(self, *arguments):
        done = subprocess.run([self.binary, *arguments], cwd=self.folder, capture_output=True, text=True, errors="replace")
        if done.returncode:
            sys.exit(f"an input that is not damaged failed: banyan {' '.join(arguments)}\n{done.stderr}")


# --- targets: from random numbers to files, and to the command that reads them -------------------------------------------

def damaged_config(work, draw):
    config = mutate(work.config, draw, WORDS["config"] + WORDS["text"])
    if draw.random() < 0.4:
        # Keys that are, at their ends.
        lines = work.config.decode().splitlines()
        settings = [place for place, line in enumerate(lines) if "=" in line]
        for place in draw.sample(settings, min(2, len(settings))):
            key = lines[place].lstrip("# ").split("=")[0]
            lines[place] = f"{key}= {draw.choice([*NUMBERS, '[]', '{}', 'true', repr('x'), '[1, 2]'])}"
        config = "\n".join(lines).encode()
    config = config.replace(b'"people.csv"', b'"../people.csv"')
    return {"people.toml": config}, ["check", "people.toml"]


def damaged_table(ending, words, run="people", seeds=(), tasks="bought"):
    def make(work, draw):
        content = draw.choice([work.files[name] for name in work.files if name == ending or name.startswith(tuple(seeds))])
        name = f"table.{ending}"
        files = {name: mutate(content, draw, words)}
        if draw.random() < 0.3:
            return files, ["init", name, "--tasks", tasks, "-o", "made.toml"]
        return files, ["predict", f"../{run}.run", "--data", name]
    return make


def damaged_packed(work, draw):
    """The packed file is damaged, or what is in it: gzip has a checksum, behind which no damage comes."""
    if draw.random() < 0.5:
        return damaged_table("csv.gz", (), seeds=["packed/"])(work, draw)
    files, command = damaged_table("csv", WORDS["text"])(work, draw)
    return {name: gzip.compress(content, mtime=0) for name, content in files.items()}, command


def damaged_media(work, draw):
    files = {name: mutate(content, draw) if draw.random() < 0.7 else content for name, content in work.media.items()}
    files["media.csv"] = (work.folder / "media.csv").read_bytes()
    return files, ["predict", "../media.run", "--data", "media.csv"]


def annotated(draw):
    """The same images with boxes and masks as a COCO file, as a folder of Pascal VOC, as one of YOLO, and as a table."""
    coco, voc, yolo, lines, images = {"images": [], "annotations": [], "categories": [{"id": 1, "name": "cat"}, {"id": 2, "name": "dog"}]}, {}, {}, [], {}
    for number in range(12):
        name, found = f"{number}.png", []
        images[name] = png(24, 20, draw)
        coco["images"].append({"id": number, "file_name": name, "width": 24, "height": 20})
        for _ in range(draw.randint(0, 3)):
            x, y, width, height, kind = draw.randint(0, 11), draw.randint(0, 9), draw.randint(2, 12), draw.randint(2, 10), draw.randint(1, 2)
            found.append((x, y, width, height, kind))
            outline = [[x, y, x + width, y, x + width, y + height, x, y + height]]
            coco["annotations"].append({
                "id": len(coco["annotations"]) + 1, "image_id": number, "category_id": kind, "bbox": [x, y, width, height], "area": width * height,
                "iscrowd": 0, "segmentation": draw.choice([outline, {"size": [20, 24], "counts": [x * 20 + y, height, 480 - x * 20 - y - height]}]),
            })
        objects = "".join(
            f"<object><name>{['cat', 'dog'][kind - 1]}</name><difficult>{x % 2}</difficult><bndbox><xmin>{x + 1}</xmin><ymin>{y + 1}</ymin>"
            f"<xmax>{x + width}</xmax><ymax>{y + height}</ymax></bndbox></object>" for x, y, width, height, kind in found)
        size = "<size><width>24</width><height>20</height><depth>3</depth></size>"
        voc[f"{number}.xml"] = f"<annotation><filename>{name}</filename>{size}{objects}</annotation>".encode()
        yolo[f"{number}.txt"] = "".join(
            f"{kind - 1} {(x + width / 2) / 24:.4f} {(y + height / 2) / 20:.4f} {width / 24:.4f} {height / 20:.4f}\n" for x, y, width, height, kind in found).encode()
        boxes = [{"label": ["cat", "dog"][kind - 1], "box": [x, y, x + width, y + height]} for x, y, width, height, kind in found]
        lines.append(json.dumps({"image": name, "boxes": boxes, "mask": f"m{name}"}) + "\n")
        images[f"m{name}"] = png(24, 20, draw, 0, levels=3)
    return json.dumps(coco).encode(), voc, yolo, "".join(lines).encode(), images


def damaged_annotations(work, draw):
    """A COCO file, a folder of Pascal VOC or of YOLO, or a table of boxes and masks."""
    coco, voc, yolo, table, images = annotated(random.Random(1))
    chosen = draw.randrange(4)
    if chosen == 0:
        files = {**images, "coco.json": mutate(coco, draw, WORDS["json"])}
        return files, ["init", "coco.json", "-o", "made.toml"]
    if chosen == 1:
        name = draw.choice(sorted(voc))
        voc[name] = mutate(voc[name], draw, WORDS["xml"] + WORDS["text"])
        files = {f"JPEGImages/{name}": content for name, content in images.items() if not name.startswith("m")}
        return {**files, **{f"Annotations/{name}": content for name, content in voc.items()}}, ["init", ".", "-o", "made.toml"]
    if chosen == 2:
        data = b"path: .\ntrain: images/train\nval: images/train\nnames:\n  0: cat\n  1: dog\n"
        name = draw.choice([*sorted(yolo), "data.yaml"])
        if name == "data.yaml":
            data = mutate(data, draw, WORDS["text"] + WORDS["json"])
        else:
            yolo[name] = mutate(yolo[name], draw, WORDS["text"])
        files = {f"images/train/{name}": content for name, content in images.items() if not name.startswith("m")}
        return {"data.yaml": data, **files, **{f"labels/train/{name}": content for name, content in yolo.items()}}, ["init", "data.yaml", "-o", "made.toml"]
    config = (b'[data]\ntrain = "table.jsonl"\n[inputs.image]\ntype = "image"\nsize = [32, 32]\n[tasks.boxes]\ntype = "detection"\n'
              b'[tasks.mask]\ntype = "segmentation"\n')
    name = draw.choice(["table", *(name for name in images if name.startswith("m"))])
    files = {**images, "table.jsonl": mutate(table, draw, WORDS["json"]) if name == "table" else table, "boxes.toml": config}
    if name != "table":
        files[name] = mutate(files[name], draw)
    return files, ["check", "boxes.toml"]


def damaged_pretrained(work, draw):
    """The weights of a pretrained encoder, as safetensors or of torch.save; what describes them is at the beginning."""
    name = draw.choice(list(work.weights))
    whole = work.weights[name]
    place = draw.choice([len(whole), len(whole) // 4])
    files = {**work.encoder, name: mutate(whole[:place], draw) + whole[place:]}
    files = {f"encoder/{name}": content for name, content in files.items()}
    files["words.jsonl"] = b"".join(b'{"words": ["the", "cats"], "kind": ["A", "%s"]}\n' % kind for kind in [b"A", b"B"] * 20)
    files["words.toml"] = (
        b'[data]\ntrain = "words.jsonl"\n[inputs.words]\ntype = "tokens"\nencoder = "bert"\npretrained = "encoder"\n'
        b'[tasks.kind]\ntype = "tagging"\non = "words"\n'
    )
    return files, ["check", "words.toml"]


def damaged_run(work, draw):
    run = work.folder / "people.run"
    files = {f"people.run/{path}": (run / path).read_bytes() for path in work.run_files}
    chosen = f"people.run/{draw.choice(work.run_files)}"
    words = WORDS["json"] if chosen.endswith((".json", ".jsonl")) else WORDS["config"] if chosen.endswith(".toml") else ()
    files[chosen] = mutate(files[chosen], draw, words)
    files["people.csv"] = work.files["csv"]
    command = draw.choice([["predict", "people.run", "--data", "people.csv"], ["evaluate", "people.run", "--data", "people.csv"], ["report", "people.run"],
                           ["compare", "people.run"]])
    return files, command


TEXT, SENTENCES = WORDS["text"], WORDS["text"] + WORDS["sentences"]
TARGETS = {
    "configuration": damaged_config,
    "csv": damaged_table("csv", TEXT),
    "tsv": damaged_table("tsv", TEXT),
    "jsonl": damaged_table("jsonl", TEXT + WORDS["json"]),
    "conllu": damaged_table("conllu", SENTENCES, "words", tasks="upos"),
    "conllup": damaged_table("conllup", SENTENCES, "words", tasks="upos"),
    "conll": damaged_table("conll", SENTENCES, "words", tasks="ner"),
    "parquet": damaged_table("parquet", (), seeds=["parquet/"]),
    "arrow": damaged_table("arrow", (), seeds=["arrow/"]),
    "packed csv": damaged_packed,
    "media": damaged_media,
    "annotated images": damaged_annotations,
    "pretrained": damaged_pretrained,
    "run": damaged_run,
}


# --- judging --------------------------------------------------------------------------------------------------------

def judge(code, error, timed_out):
    if timed_out:
        return "too long"
    if code == 0:
        return "accepted"
    if code == 101:
        return "panic"
    if code < 0:
        return "allocation" if "memory allocation of" in error else "other signal"
    if code not in (1, 2):
        return "other code"
    if "panicked at" in error:
        return "panic"
    message = error[error.find("error: "):] if "error: " in error else ""
    if any((letter < " " and letter != "\n") or "\x7f" <= letter < "\xa0" for letter in error):
        return "control characters"
    if not message or message.count("error: ") < 1 or message.rstrip("\n").count("\n") or len(message) > MOST_CHARACTERS:
        return "several or long lines"
    return "clean refusal"


def attempt(work, arguments, target, number):
    """One input: made, given to the program, judged. Returns the target, the verdict, and where it is saved if that is a fault."""
    draw = random.Random(f"{arguments.seed} {target} {number}")
    files, command = TARGETS[target](work, draw)
    folder = pathlib.Path(tempfile.mkdtemp(dir=work.folder))
    try:
        for name, content in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
        timed_out, code, error = False, None, ""
        try:
            done = subprocess.run([arguments.binary, *command], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                  timeout=arguments.seconds)
            code, error = done.returncode, done.stderr.decode(errors="replace")
        except subprocess.TimeoutExpired:
            timed_out = True
        verdict = judge(code, error, timed_out)
        if verdict in FAULTS:
            saved = arguments.save / f"{target.replace(' ', '-')}-{arguments.seed}-{number}"
            shutil.rmtree(saved, ignore_errors=True)
            saved.mkdir(parents=True)
            for name, content in files.items():
                (saved / name).parent.mkdir(parents=True, exist_ok=True)
                (saved / name).write_bytes(content)
            (saved / "OUTCOME").write_text(f"{verdict}, exit code {code}: banyan {' '.join(command)}\n\n{error}", errors="replace")
            return target, verdict, saved
        return target, verdict, None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def table_of(counts, targets):
    lines = ["| target | inputs | " + " | ".join(COLUMNS) + " |", "|---" * (len(COLUMNS) + 2) + "|"]
    for target in [*targets, "all"]:
        of = {column: sum(counts[name, column] for name in (targets if target == "all" else [target])) for column in COLUMNS}
        lines.append(f"| {target} | {sum(of.values())} | " + " | ".join(str(of[column]) for column in COLUMNS) + " |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--inputs", type=int, default=2000, help="how many inputs, over all targets")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--binary", type=pathlib.Path, default=HERE.parent / "target" / "release" / "banyan")
    parser.add_argument("--targets", default=",".join(TARGETS), help="some of: " + ", ".join(TARGETS))
    parser.add_argument("--seconds", type=float, default=20, help="the longest that a run may take")
    parser.add_argument("--gigabytes", type=float, default=4, help="the address space of a run")
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument("--save", type=pathlib.Path, default=HERE.parent / "target" / "fuzz-faults")
    arguments = parser.parse_args()
    arguments.binary = arguments.binary.resolve()
    targets = arguments.targets.split(",")
    for target in targets:
        if target not in TARGETS:
            sys.exit(f"there is no target \"{target}\"; there are: {', '.join(TARGETS)}")
    counts = {(target, column): 0 for target in targets for column in COLUMNS}
    faults = []
    with tempfile.TemporaryDirectory() as folder:
        work = Workplace(pathlib.Path(folder), arguments.binary)
        # Of this process and of those that it starts.
        resource.setrlimit(resource.RLIMIT_AS, (int(arguments.gigabytes * 2**30),) * 2)
        jobs = [(targets[number % len(targets)], number // len(targets)) for number in range(arguments.inputs)]
        with concurrent.futures.ThreadPoolExecutor(arguments.workers) as pool:
            for target, verdict, saved in pool.map(lambda job: attempt(work, arguments, *job), jobs):
                counts[target, verdict] += 1
                if saved:
                    faults.append(saved)
                    print(f"{verdict}: {saved}", file=sys.stderr)
    print(table_of(counts, targets))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

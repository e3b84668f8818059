#!/usr/bin/env python3
"""Import circles, lines and sizes of files, crate by crate.

    bench/circles.py [ROOT]

ROOT is a checkout of this repository (default: the one this script lies in). Files import each other by paths that begin with `crate::`
or `super::`, outside of comments and of the unit tests at a file's end. A circle is a strongly connected component of two files or more;
what a `mod.rs` and the files below it share through `super::` alone is no circle, since a module and its parts are one thing.
"""

import re
import sys
from pathlib import Path
from statistics import median


def modules(source):
    """The file of each module of a crate, by its path of names."""
    found = {}
    for path in sorted(source.rglob("*.rs")):
        names = list(path.relative_to(source).with_suffix("").parts)
        if names[-1] in ("mod", "lib", "main") and (len(names) > 1 or names[-1] != "mod"):
            names.pop()
        found.setdefault(tuple(names), path)
    return found


def without_tests(text):
    return text.split("#[cfg(test)]\nmod tests", 1)[0]


def code_of(text):
    """The code of a file without comments and strings, as far as imports need it."""
    text = re.sub(r'"(?:\\.|[^"\\])*"', '""', text)
    return re.sub(r"//.*", "", text)


def expanded(path):
    """The paths that one with braces stands for."""
    depth, parts, begin = 0, [], 0
    brace = path.find("{")
    if brace < 0:
        return [path]
    end = path.rfind("}")
    head, inner = path[:brace], path[brace + 1 : end]
    for place, character in enumerate(inner):
        depth += {"{": 1, "}": -1}.get(character, 0)
        if character == "," and depth == 0:
            parts.append(inner[begin:place])
            begin = place + 1
    parts.append(inner[begin:])
    return [path for part in parts if part.strip() for path in expanded(head + part.strip())]


def imports(code, own, known):
    """The modules that a file names."""
    paths = re.findall(r"\buse\s+((?:crate|super)::[^;]+);", code)
    paths += re.findall(r"(?<![\w:])((?:crate|super)(?:::\w+)+)", re.sub(r"\buse\s+[^;]+;", "", code))
    # The parts of a module, by their own names.
    yield from (own + (part,) for part in re.findall(r"^\s*(?:pub(?:\([^)]*\))? )?mod (\w+);", code, re.M) if own + (part,) in known)
    for path in paths:
        for single in expanded(re.sub(r"\s+", " ", path)):
            names = [name.strip() for name in single.split(" as ")[0].split("::")]
            base = list(own)
            if names[0] == "crate":
                base, names = [], names[1:]
            while names and names[0] == "super":
                base, names = base[:-1], names[1:]
            whole = base + [name for name in names if name not in ("self", "*")]
            while tuple(whole) not in known:
                whole.pop()
            yield tuple(whole)


def components(edges):
    """Strongly connected components (Tarjan, SIAM Journal on Computing 1972)."""
    index, low, stack, on_stack, found = {}, {}, [], set(), []

    def visit(node):
        index[node] = low[node] = len(index)
        stack.append(node)
        on_stack.add(node)
        for other in edges[node]:
            if other not in index:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in on_stack:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            component = []
            while not component or component[-1] != node:
                component.append(stack.pop())
                on_stack.discard(component[-1])
            found.append(sorted(component))

    for node in edges:
        if node not in index:
            visit(node)
    return [component for component in found if len(component) > 1]


def circles(source):
    known = modules(source)
    edges = {}
    for own, path in known.items():
        targets = set(imports(code_of(without_tests(path.read_text())), own, known))
        # What a part takes from a module that it is in.
        edges[own] = {other for other in targets if other != own[: len(other)]}
    return sorted(components(edges), key=len, reverse=True)


def main():
    sys.setrecursionlimit(10_000)
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent
    print(f"{'crate':16} {'files':>6} {'lines':>7} {'median':>7} {'largest':>8}  circles")
    everything = []
    for crate in sorted((root / "crates").iterdir()):
        source = crate / "src"
        if not source.is_dir():
            continue
        lines = {path: len(path.read_text().splitlines()) for path in source.rglob("*.rs")}
        everything += lines.values()
        found = circles(source)
        largest = max(lines, key=lines.get)
        sizes = ", ".join(str(len(circle)) for circle in found) or "none"
        print(f"{crate.name:16} {len(lines):6} {sum(lines.values()):7} {median(lines.values()):7.0f} {lines[largest]:8}  {sizes}")
        for circle in found:
            print("    " + ", ".join("/".join(names) or "lib" for names in circle))
    print(f"{'all':16} {len(everything):6} {sum(everything):7} {median(everything):7.0f} {max(everything):8}")


main()

"""Small line plots on logarithmic axes, as an SVG file."""
import math
from html import escape
from typing import NamedTuple

WIDTH, HEIGHT, LEFT, BOTTOM, TOP, COLUMNS = 400, 280, 60, 40, 30, 2
# of equal lightness, told apart without red and green
COLORS = ("#0072b2", "#d55e00", "#7f7f7f", "#8a5fb0")


class Series(NamedTuple):
    """A line: its name, and (x, y) with both above 0."""
    name: str
    points: list


def ticks(low, high):
    """Round numbers between two: powers of 2 where they span little, else powers of 10."""
    base = 2 if high / low < 500 else 10
    first, last = math.floor(math.log(low, base) + 1e-9), math.ceil(math.log(high, base) - 1e-9)
    return [base**power for power in range(first, max(last, first + 1) + 1)]


def panel(title, across, up, series):
    """The elements of one plot."""
    every = [point for line in series for point in line.points]
    horizontal, vertical = ticks(*extent(x for x, _ in every)), ticks(*extent(y for _, y in every))

    def place(value, marks, start, length):
        return start + length * math.log(value / marks[0]) / math.log(marks[-1] / marks[0])

    def at(x, y):
        return place(x, horizontal, LEFT, WIDTH - LEFT - 15), place(y, vertical, HEIGHT - BOTTOM, TOP + BOTTOM - HEIGHT)
    yield f'<text x="{LEFT}" y="18" font-weight="bold">{escape(title)}</text>'
    for x in horizontal:
        yield f'<text x="{at(x, vertical[0])[0]:.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{x:g}</text>'
    for y in vertical:
        height = at(horizontal[0], y)[1]
        yield f'<path d="M{LEFT} {height:.1f}H{WIDTH - 15}" stroke="#dddddd"/>'
        yield f'<text x="{LEFT - 6}" y="{height + 4:.1f}" text-anchor="end">{y:g}</text>'
    yield f'<text x="{WIDTH - 15}" y="{HEIGHT - 8}" text-anchor="end">{escape(across)}</text>'
    yield f'<text x="{LEFT - 6}" y="18" text-anchor="end">{escape(up)}</text>'
    for index, (line, color) in enumerate(zip(series, COLORS, strict=False)):
        places = [at(x, y) for x, y in line.points]
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
        yield f'<path d="M{path}" fill="none" stroke="{color}" stroke-width="2"/>'
        yield from (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{color}"/>' for x, y in places)
        yield f'<text x="{LEFT + 8}" y="{TOP + 14 + 15 * index}" fill="{color}">{escape(line.name)}</text>'


def extent(values):
    values = list(values)
    return min(values), max(values)


def plot(panels, path):
    """Writes plots of (title, axis across, axis up, series), two in a row."""
    rows = math.ceil(len(panels) / COLUMNS)
    size = f'width="{COLUMNS * WIDTH}" height="{rows * HEIGHT}" viewBox="0 0 {COLUMNS * WIDTH} {rows * HEIGHT}"'
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="12">',
             '<rect width="100%" height="100%" fill="white"/>']
    for index, each in enumerate(panels):
        across, down = index % COLUMNS * WIDTH, index // COLUMNS * HEIGHT
        lines += [f'<g transform="translate({across} {down})">', *panel(*each), "</g>"]
    path.write_text("\n".join([*lines, "</svg>"]) + "\n")

"""Cost against size: ``python -m bench.scaling [--mb 1000] [--seconds 10] [--write]``.

Collections of 1, 2, 4 … megabytes, as long as a run is expected to end in time. The slope is that
of a straight line through the logarithms of size and time, by least squares: 1 is linear.
"""

from __future__ import annotations

import argparse
import json
import sys
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from bench.chart import log_log
from bench.measure import DEDUPE, PAGE, Cost, in_folder, machine, pin, report, run, start_up
from bench.text import collections

if TYPE_CHECKING:
    from pathlib import Path

WAYS = {"within": (), "--across": ("--across",)}
PICTURE = PAGE.parent / "images" / "scaling.svg"
FIRST = 1


class Point(NamedTuple):
    """One run: megabytes of text, what it took, and the share of the text that it cut."""

    size: float
    cost: Cost
    gone: float


def main() -> None:
    """Print the table; draw the picture if it is to be written."""
    parser = argparse.ArgumentParser(prog="python -m bench.scaling", description=__doc__)
    parser.add_argument("--mb", type=float, default=1000, help="the largest collection [1000]")
    parser.add_argument("--seconds", type=float, default=10, help="for the longest run [10]")
    parser.add_argument("--write", action="store_true", help="also into docs/")
    options = parser.parse_args()
    where = pin()
    start = start_up()
    runs = {name: measure(way, start, options.mb, options.seconds) for name, way in WAYS.items()}
    lines = [f"{machine()}; {where}.", "", "| text | | seconds | MB/s | peak | cut |"]
    lines.append("|--:|---|--:|--:|--:|--:|")
    lines += [row(name, point) for name, points in runs.items() for point in points]
    for name, points in runs.items():
        growth = (points[-1].cost.peak - points[0].cost.peak) / (points[-1].size - points[0].size)
        text = f"{name}: slope {slope(points):.2f} (asked: 1.0 ± 0.05); "
        lines += ["", f"{text}memory grows by {growth / 1e6:.2f} bytes for each byte of text."]
    report("bench.scaling", lines, write=options.write)
    if options.write:
        title = "Seconds of processor against megabytes of text"
        series = {name: [(p.size, p.cost.cpu) for p in points] for name, points in runs.items()}
        PICTURE.write_text(log_log(title, "MB of text", "seconds", series), encoding="utf-8")


def row(name: str, point: Point) -> str:
    """A line of the table."""
    return (
        f"| {point.size:.1f} MB | {name} | {point.cost.cpu:.1f} | "
        f"{point.size / point.cost.cpu:.2f} | {point.cost.peak / 1e6:.0f} MB | {point.gone:.1%} |"
    )


def measure(way: tuple[str, ...], start: Cost, largest: float, seconds: float) -> list[Point]:
    """A point for each size, until the next would take longer. Two are measured in any case."""
    points: list[Point] = []
    size = FIRST
    while size <= largest:
        if len(points) > 1 and 2 * points[-1].cost.cpu > seconds:
            break
        points.append(in_folder(partial(once, way, collections([size])[size], start)))
        print(row(" ".join(way), points[-1]), file=sys.stderr, flush=True)
        size *= 2
    return points


def once(way: tuple[str, ...], source: Path, start: Cost, folder: Path) -> Point:
    """One run, without what it takes to start."""
    cost = run([*DEDUPE, *way, str(source), "-o", "out.jsonl"], folder)
    size, left = characters(source), characters(folder / "out.jsonl")
    spent = max(cost.cpu - start.cpu, 0.001)
    return Point(size[0] / 1e6, cost._replace(cpu=spent), 1 - left[1] / size[1])


def characters(path: Path) -> tuple[int, int]:
    """Bytes and characters of all texts in a file, read line by line."""
    size = count = 0
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            text = json.loads(line)["text"]
            size += len(text.encode())
            count += len(text)
    return size, count


def slope(points: list[Point]) -> float:
    """By least squares, on logarithms."""
    size = np.log([point.size for point in points])
    return float(np.polyfit(size, np.log([point.cost.cpu for point in points]), 1)[0])


if __name__ == "__main__":
    main()

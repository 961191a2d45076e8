"""The table of rates: ``python -m bench.peers [--mb 200] [--seconds 4] [--rounds 5] [--write]``.

Each tool gets as much of the collection as it does in about so many seconds; what it takes for
next to nothing is taken off, so that rates on texts of unlike sizes can be compared. The tools take
turns, and a ratio is that of two runs of one turn.
"""

from __future__ import annotations

import argparse
import datetime
import sys
from functools import partial
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from bench.measure import CommandError, Cost, in_folder, machine, pin, report, run
from bench.peers.tools import Missing, Text, Tool, all_tools, of_path
from bench.text import collections

if TYPE_CHECKING:
    from pathlib import Path

SIZES = (0.01, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
"""Megabytes; the first two are for a guess."""


class Measured(NamedTuple):
    """What was seen of a tool."""

    tool: Tool
    text: Text
    start: float
    """Seconds for next to nothing."""
    rates: list[float]
    """Megabytes a second, one for each turn."""


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.peers", description=__doc__)
    parser.add_argument("--mb", type=float, default=20, help="of text at the most [20]")
    parser.add_argument("--seconds", type=float, default=4, help="for a run, about [4]")
    parser.add_argument("--rounds", type=int, default=5, help="runs of each tool [5]")
    parser.add_argument("--write", action="store_true", help="also into docs/performance.md")
    options = parser.parse_args()
    where = pin()
    tools, missing = [], []
    for tool in all_tools():
        (missing if isinstance(tool, Missing) else tools).append(tool)
    sizes = [size for size in SIZES if size <= max(options.mb, 1)]
    texts = {size: of_path(path) for size, path in collections(sizes).items()}
    measured = []
    for tool in tools:
        one = guess(tool, texts, options.seconds)
        (missing if isinstance(one, Missing) else measured).append(one)
    for turn in range(options.rounds):
        print(f"turn {turn + 1} of {options.rounds} …", file=sys.stderr, flush=True)
        for one in measured:
            one.rates.append(rate(one))
    lines = [
        f"{machine()}; {where}; {datetime.date.today()}; {options.rounds} turns (least–most).",
        "",
        *table(measured),
        *(f"\n{one.name}: left out, {one.why}" for one in missing),
    ]
    report("bench.peers", lines, write=options.write)


def guess(tool: Tool, texts: dict[float, Text], seconds: float) -> Measured | Missing:
    """The tool with as much text as it does in that time, by a run on the two smallest ones."""
    least, small, *_ = texts
    try:
        start = take(tool, texts[least])
        mine = max(take(tool, texts[small]) - start, 0.001)
    except CommandError as error:
        return Missing(tool.name, f"{tool.version} failed: {error}")
    chosen = max(size for size in texts if size == small or mine * size / small <= seconds)
    return Measured(tool, texts[chosen], min(start, take(tool, texts[least])), [])


def take(tool: Tool, text: Text) -> float:
    """Seconds of processor for one run."""
    return in_folder(partial(_run, tool, text)).cpu


def _run(tool: Tool, text: Text, folder: Path) -> Cost:
    cost = run(tool.command(text), folder, tool.output)
    if not any(path.stat().st_size for path in folder.glob(tool.makes)):
        raise CommandError(f"{tool.name}: left no {tool.makes}")
    return cost


def rate(one: Measured) -> float:
    """Megabytes a second in one run, without what it takes to start."""
    return one.text.size / 1e6 / max(take(one.tool, one.text) - one.start, 0.001)


def table(measured: list[Measured]) -> list[str]:
    """Markdown: what each tool does in a second, and how many times as much dedupe-text does."""
    lines = [
        "| tool | compares | text | start | MB/s | dedupe-text is | `--across` is |",
        "|---|---|--:|--:|--:|--:|--:|",
    ]
    for one in measured:
        cells = [
            f"{one.tool.name} ({one.tool.version})",
            one.tool.does,
            f"{one.text.size / 1e6:.0f} MB",
            f"{one.start:.2f} s",
            spread(one.rates),
        ]
        for ours in measured[:2]:
            ratios = [our / their for our, their in zip(ours.rates, one.rates)]
            cells.append("" if one is ours else f"{spread(ratios)} ×")
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def spread(values: list[float]) -> str:
    """The median, and the least and the most.

    >>> spread([1, 2, 30])
    '2.00 (1.00–30.0)'
    """
    return f"{digits(median(values))} ({digits(min(values))}–{digits(max(values))})"


def digits(value: float) -> str:
    """Three digits that count.

    >>> digits(0.0123), digits(1.5), digits(123.4)
    ('0.012', '1.50', '123')
    """
    places = 3 if value < 0.1 else 2 if value < 10 else 1 if value < 100 else 0
    return f"{value:.{places}f}"


if __name__ == "__main__":
    main()

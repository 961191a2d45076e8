"""Hostile texts, n against 2n: ``python -m bench.hostile [--seconds 2] [--whole] [--write]``.

Each text is doubled until a run takes long enough, or has its whole size; the ratio is that of the
last two runs. 2.2 is asked: twice the text, about twice the time.
"""

from __future__ import annotations

import argparse
import gzip
import json
import multiprocessing
import random
import sys
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from bench.measure import DEDUPE, Cost, TooLongError, in_folder, machine, pin, report, run, start_up
from bench.text import DATA, collections

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ASKED = 2.2
ROUNDS = 3
"""Runs of the last two sizes; a median counts."""
BLOCK = 1_000
FIRST = 16384
"""The first run is of so small a part of the whole, doubled ever after."""


PASSAGE = """
The harbour office will stay closed on the first Monday of the month while the crane is being
repaired, and boats that need it should ask at the northern quay instead.
"""


class Case(NamedTuple):
    """A hostile text: what is counted, how many make it whole, and its parts."""

    name: str
    unit: str
    whole: int
    parts: Callable[[int], Iterator[str]]


class Seen(NamedTuple):
    """So much of a text, and what it took without starting; None if that was too long."""

    count: int
    bytes: int
    characters: int
    cost: Cost | None


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.hostile", description=__doc__)
    parser.add_argument("--seconds", type=float, default=2, help="long enough for n [2]")
    parser.add_argument("--limit", type=float, default=120, help="seconds a run, at most [120]")
    parser.add_argument("--whole", action="store_true", help="half of the text and all of it")
    parser.add_argument("--only", default="", help="cases whose name holds this")
    parser.add_argument("--write", action="store_true", help="also into docs/performance.md")
    options = parser.parse_args()
    where = pin()
    start = start_up()
    seconds = float("inf") if options.whole else options.seconds
    lines = [
        f"{machine()}; {where}; starting takes {start.cpu:.2f} s and {start.peak / 1e6:.0f} MB.",
        "",
        "| text | 2n | n takes | 2n takes | ratio | MB/s | bytes a character |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    for case in CASES:
        if options.only in case.name:
            lines.append(row(case, start, seconds, options.limit))
            print(lines[-1], file=sys.stderr, flush=True)
    report("bench.hostile", lines, write=options.write)


def row(case: Case, start: Cost, seconds: float, limit: float) -> str:
    """A line of the table."""
    seen = grow(case, start, seconds, limit)
    cut = ""
    if seen[-1].cost is None:
        cut = f" ({seen.pop().count:,} were stopped after {limit:.0f} s)"
    if len(seen) < 2:
        return f"| {case.name} | {cut} | | | | | |"
    half, full = seen[-2:]
    ratio = full.cost.cpu / half.cost.cpu
    cells = [
        case.name,
        f"{full.count:,} {case.unit}{cut}",
        f"{half.cost.cpu:.2f} s",
        f"{full.cost.cpu:.2f} s",
        f"{ratio:.2f}{' !' if ratio > ASKED else ''}",
        f"{full.bytes / 1e6 / full.cost.cpu:.2f}",
        f"{(full.cost.peak - start.peak) / full.characters:.1f}",
    ]
    return f"| {' | '.join(cells)} |"


def grow(case: Case, start: Cost, seconds: float, limit: float) -> list[Seen]:
    """Runs on ever twice as much, until 2n takes twice those seconds, or of a half and the whole.

    The last has no cost if it was stopped. If they are quick the last two are medians.
    """
    seen: list[Seen] = []
    count = case.whole // (2 if seconds == float("inf") else FIRST)
    while count <= case.whole:
        one = in_folder(partial(once, case, count, start, limit, 1))
        seen.append(one)
        if len(seen) > 1 and (one.cost is None or one.cost.cpu > 2 * seconds):
            break
        count *= 2
    if one.cost and one.cost.cpu < limit / 3:
        for at in (-2, -1):
            seen[at] = in_folder(partial(once, case, seen[at].count, start, limit, ROUNDS))
    return seen


def once(case: Case, count: int, start: Cost, limit: float, rounds: int, folder: Path) -> Seen:
    """The median of so many runs."""
    # The text is made by another process; see `measure.run`.
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        size, characters = pool.apply(write, (case.name, count, str(folder / "in.txt")))
    command = [*DEDUPE, "in.txt", "-o", "out.txt"]
    try:
        costs = [run(command, folder, limit=limit) for _ in range(rounds)]
    except TooLongError:
        return Seen(count, size, characters, None)
    spent = max(median(cost.cpu for cost in costs) - start.cpu, 0.001)
    return Seen(count, size, characters, Cost(spent, 0, max(cost.peak for cost in costs)))


def write(name: str, count: int, path: str) -> tuple[int, int]:
    """Write so much of a case; tells bytes and characters."""
    case = next(case for case in CASES if case.name == name)
    size = characters = 0
    with Path(path).open("wb") as file:
        for part in case.parts(count):
            size += file.write(part.encode())
            characters += len(part)
    return size, characters


def one_line(count: int) -> Iterator[str]:
    """A sentence on a line of its own, again and again."""
    for _ in range(count):
        yield "All rights are reserved, and no part of this may be printed again.\n"


def one_word(count: int) -> Iterator[str]:
    """Bytes of one letter as a word."""
    for _ in range(count // 100):
        yield "a " * 50


def one_long_line(count: int) -> Iterator[str]:
    """Bytes of words as articles have them, drawn by lot, on one line."""
    with gzip.open(DATA / "articles.jsonl.gz", "rt", encoding="utf-8") as lines:
        words = [word for line in lines for word in json.loads(line)["text"].split()]
    lots, size = random.Random(1), 0
    while size < count:
        part = " ".join(lots.choices(words, k=BLOCK)) + " "
        size += len(part.encode())
        yield part


def near_copies(count: int) -> Iterator[str]:
    """One passage, in each copy with two of its words replaced, drawn from two thousand."""
    lots = random.Random(1)
    for _ in range(count):
        words = PASSAGE.split()
        for at in lots.sample(range(len(words)), 2):
            words[at] = f"w{lots.randrange(2000)}x"
        yield " ".join(words) + "\n"


def its_own_half(count: int) -> Iterator[str]:
    """Bytes of a document that consists of real ones, the second half being the first again."""
    texts, size = [], 0
    with collections([20])[20].open(encoding="utf-8") as lines:
        for line in lines:
            texts.append(json.loads(line)["text"])
            size += len(texts[-1].encode())
            if size >= count / 2:
                break
    yield from texts
    yield "\n"
    yield from texts


CASES = (
    Case("one line, again and again", "lines", 1_000_000, one_line),
    Case("one word, again and again", "bytes", 100_000_000, one_word),
    Case("words of articles on one line", "bytes", 200_000_000, one_long_line),
    Case("near-copies of one passage", "lines", 1_000_000, near_copies),
    Case("a document that is its own half", "bytes", 40_000_000, its_own_half),
)


if __name__ == "__main__":
    main()

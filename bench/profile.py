"""Where the time goes: ``python -m bench.profile [--mb 1] [--write]``.

The library under Python's own profiler, which makes calls look dearer than they are: so shares are
told, not times.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import pstats
from pathlib import Path

from bench.measure import pin, report
from bench.text import collections
from dedupe_text import Document, clean_many

ROWS = 8
READING = (
    "words.split_words",
    "structure.mark_structure",
    "passages.split_passages",
    "search._seeds",
)
"""What each text goes through, whether it repeats anything or not: up to the candidates."""


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.profile", description=__doc__)
    parser.add_argument("--mb", type=float, default=1, help="of text [1]")
    parser.add_argument("--write", action="store_true", help="also into docs/performance.md")
    options = parser.parse_args()
    pin()
    lines = collections([options.mb])[options.mb].read_text(encoding="utf-8").split("\n")[:-1]
    records = map(json.loads, lines)
    documents = [Document(record["id"], record["text"]) for record in records]
    within, across = (profiled(documents, across=across) for across in (False, True))
    table = ["| within | | `--across` | |", "|---|--:|---|--:|"]
    for (one, part), (other, its_part) in zip(top(within), top(across)):
        table.append(f"| `{one}` | {part:.0%} | `{other}` | {its_part:.0%} |")
    shares = (
        f"{reading(stats):.0%} of the time {how}"
        for stats, how in ((within, "within documents"), (across, "with `--across`"))
    )
    table += ["", f"Reading up to the candidates takes {' and '.join(shares)}."]
    report("bench.profile", table, write=options.write)


def profiled(documents: list[Document], *, across: bool) -> pstats.Stats:
    """What the profiler saw."""
    profile = cProfile.Profile()
    profile.enable()
    for _ in clean_many(documents, across=across):
        pass
    profile.disable()
    return pstats.Stats(profile)


def top(stats: pstats.Stats) -> list[tuple[str, float]]:
    """The functions that themselves take most, and their shares of the whole."""
    most = sorted(stats.stats.items(), key=lambda item: -item[1][2])[:ROWS]
    return [(name(*place), figures[2] / stats.total_tt) for place, figures in most]


def reading(stats: pstats.Stats) -> float:
    """The share of what `READING` names, with all that it calls."""
    took = (figures[3] for place, figures in stats.stats.items() if is_reading(*place))
    return sum(took) / stats.total_tt


def is_reading(path: str, _: int, function: str) -> bool:
    """Whether it is one of `READING`."""
    return f"{Path(path).stem}.{function}" in READING


def name(path: str, line: int, function: str) -> str:
    """A function as a reader knows it."""
    return function if path == "~" else f"{Path(path).stem}.{function}:{line}"


if __name__ == "__main__":
    main()

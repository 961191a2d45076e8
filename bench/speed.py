"""How long dedupe-text takes: ``python -m bench.speed``.

Whole processes are given as ratios to what they cannot do without, measured in turns in the same
run, so that a busy or slow machine changes both sides. All texts come from ``fixtures/``.
"""

from __future__ import annotations

import compileall
import random
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

import dedupe_text
from dedupe_text import clean
from dedupe_text.textio import decode

if TYPE_CHECKING:
    from collections.abc import Callable

FIXTURES = Path(__file__).parent.parent / "fixtures"
ARTICLES = (
    "unique",
    "doubled-section",
    "edited-section",
    "glued",
    "interleaved",
    "partial-paragraphs",
    "rewrapped",
    "twice-in-a-row",
)
"""Cases whose cleaned texts are English articles on different matters."""
SIZE = 16 * 1024
SECTION = 4 * 1024
ROUNDS = 21
NOTES = 300
NOTE = 60
"""Words in a note, drawn from the articles."""


def main() -> None:
    """Print the table. Takes about a minute."""
    article = whole_lines("\n".join(read(name, "cleaned") for name in ARTICLES), SIZE)
    half = whole_lines(article, SIZE - SECTION)
    doubled = half + "\n" + whole_lines(half, SECTION)
    everything = "\n".join(read(folder.name, "input") for folder in sorted(FIXTURES.glob("*/")))
    if clean(article).cuts or len(clean(doubled).cuts) != 1:
        raise SystemExit("bench.speed: the articles are not what their names say; mend ARTICLES")

    # Where Python may not write bytecode, each process would compile anew what others need not.
    compileall.compile_dir(Path(dedupe_text.__file__).parent, quiet=1)
    print(f"Whole process, median of {ROUNDS} in turns")
    print_ratio("--version", ["-m", "dedupe_text", "--version"], "import click")
    command = ["-m", "dedupe_text"]
    print_ratio(f"{kilobytes(article)}, nothing repeated", command, "import click, numpy", article)
    print_ratio(f"{kilobytes(doubled)}, doubled section", command, "import click, numpy", doubled)
    with tempfile.TemporaryDirectory() as folder:
        write_notes(Path(folder), article)
        hook = [*command, "--check", folder]
        print_ratio(f"{NOTES} notes, nothing repeated", hook, "import click, numpy")
        print_ratio(f"{NOTES} notes, --across", [*hook, "--across"], "import click, numpy")
    print(f"\nLibrary, warm, median of {ROUNDS}")
    print_call(f"{kilobytes(article)}, nothing repeated", article)
    print_call(f"{kilobytes(doubled)}, doubled section", doubled)
    print_call(f"{kilobytes(everything)}, all fixtures as one text", everything)


def read(name: str, which: str) -> str:
    """The text of a fixture, whatever its encoding."""
    return decode((FIXTURES / name / f"{which}.txt").read_bytes()).text


def whole_lines(text: str, size: int) -> str:
    """The lines that fit into so many bytes of UTF-8."""
    head = text.encode()[:size]
    return head[: head.rindex(b"\n") + 1].decode()


def write_notes(folder: Path, article: str) -> None:
    """Small files of the words of the article, each in an order of its own."""
    words, lots = article.split(), random.Random(1)
    for number in range(NOTES):
        note = " ".join(lots.sample(words, NOTE))
        (folder / f"note-{number}.txt").write_text(f"{note}.\n", encoding="utf-8")


def print_ratio(name: str, arguments: list[str], base: str, text: str = "") -> None:
    """A line: the process, what it is compared to, and how many times as long it takes."""
    ours, theirs = in_turns(lambda: run(arguments, text), lambda: run(["-c", base], ""))
    print(f"  {name:34} {ours:7.1f} ms {ours / theirs:6.2f} × {base} ({theirs:.1f} ms)")


def print_call(name: str, text: str) -> None:
    """A line: the time of `clean` and how much text it does in a second."""
    took, _ = in_turns(lambda: clean(text), lambda: None)
    print(f"  {name:34} {took:7.1f} ms {len(text.encode()) / took / 1000:6.2f} MB/s")


def run(arguments: list[str], text: str) -> None:
    """One process of this Python, from start to end."""
    subprocess.run(
        [sys.executable, *arguments], input=text.encode(), stdout=subprocess.DEVNULL, check=True
    )


def in_turns(one: Callable[[], object], other: Callable[[], object]) -> tuple[float, float]:
    """The median milliseconds of each, called by turns, after one call that does not count."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS + 1):
        for call, list_ in zip((one, other), times, strict=True):
            start = perf_counter()
            call()
            list_.append((perf_counter() - start) * 1000)
    return median(times[0][1:]), median(times[1][1:])


def kilobytes(text: str) -> str:
    """The size in UTF-8.

    >>> kilobytes("x" * 2048)
    '2.0 KB'
    """
    return f"{len(text.encode()) / 1024:.1f} KB"


if __name__ == "__main__":
    main()

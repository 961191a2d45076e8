"""Real documents as one collection of so many megabytes: ``python -m bench.text FOLDER MB...``.

First those in ``DEDUPE_TEXT_DATA`` and the machine's own documentation, in an order drawn by lot,
so that a smaller collection is of the same kind as a larger one. When all are used up they come
again with other words: each letter and ideograph is another one, another in each round.
"""

from __future__ import annotations

import gzip
import json
import os
import random
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from bench.measure import CACHE

if TYPE_CHECKING:
    from collections.abc import Iterator

DATA = Path(os.environ.get("DEDUPE_TEXT_DATA", Path(__file__).parents[2] / "shared" / "data"))
MANUALS = Path("/usr/share/doc")
FIELDS = ("text", "suspicious", "source")
"""Fields of the data that hold documents."""
LARGEST = 256 * 1024
"""Characters of a manual, at the most: the largest are licences of other projects."""
NO_MANUAL = {".png", ".gif", ".ico", ".jpg", ".pdf", ".sum", ".log"}
"""Endings of pictures, and of what a program printed when it was tested."""
LETTERS = ("abcdefghijklmnopqrstuvwxyz", "абвгдежзийклмнопрстуфхцчшщъыьэюя")
SIGNS = ((0x3041, 0x3097, 7), (0x30A1, 0x30FB, 7), (0x4E00, 0x9FFF, 37))
"""Hiragana, katakana and ideographs, and by how many they move in a round."""


def collections(sizes: list[float]) -> dict[float, Path]:
    """A file of JSON lines for each size in megabytes of text, made if it is not there.

    Another process makes them, since this one is to stay small: see `measure.run`.
    """
    paths = {size: CACHE / "text" / f"{size:g}.jsonl" for size in sizes}
    missing = [f"{size:g}" for size, path in paths.items() if not path.exists()]
    if missing:
        (CACHE / "text").mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "bench.text", str(CACHE / "text"), *missing]
        subprocess.run(command, check=True)
    return paths


def main() -> None:
    """Write a file for each size; while it is being written it has another name."""
    folder, sizes = Path(sys.argv[1]), sorted(map(float, sys.argv[2:]))
    with ExitStack() as stack:
        files = {}
        for size in sizes:
            path = folder / f"{size:g}.part"
            files[size] = stack.enter_context(path.open("w", encoding="utf-8", newline="\n"))
        written = 0
        for name, text in endless():
            line = json.dumps({"id": name, "text": text}, ensure_ascii=False) + "\n"
            for size in list(files):
                if written >= size * 1e6:
                    files.pop(size)
                else:
                    files[size].write(line)
            if not files:
                break
            written += len(text.encode())
    for size in sizes:
        (folder / f"{size:g}.part").rename(folder / f"{size:g}.jsonl")


def endless() -> Iterator[tuple[str, str]]:
    """Names and texts of all documents, again and again, in each round with other words."""
    documents = [*of_data(), *of_machine()]
    if not documents:
        raise SystemExit(f"bench.text: no documents in {DATA} (DEDUPE_TEXT_DATA) nor {MANUALS}")
    random.Random(1).shuffle(documents)
    turn = 0
    while True:
        table = other_words(turn)
        for number, text in enumerate(documents):
            yield f"{turn}/{number}", text.translate(table) if turn else text
        turn += 1


def other_words(turn: int) -> dict[int, int]:
    """For `str.translate`: which letter takes the place of which in this round.

    >>> "Ab z".translate(other_words(1))
    'Bc a'
    """
    table = {}
    for letters in LETTERS:
        for alphabet in (letters, letters.upper()):
            moved = turn % (len(letters) - 1 or 1)
            table |= str.maketrans(alphabet, alphabet[moved:] + alphabet[:moved])
    for first, end, step in SIGNS:
        moved = step * turn
        table |= {
            sign: first + (sign - first + moved) % (end - first) for sign in range(first, end)
        }
    return table


def of_data(files: str = "*") -> Iterator[str]:
    """The texts of the files in `DATA`, or of those with such names, each once."""
    seen = set()
    for path in sorted(DATA.glob(f"{files}.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for record in map(json.loads, lines):
                for text in (record[field] for field in FIELDS if field in record):
                    if text not in seen:
                        seen.add(text)
                        yield text


def of_machine() -> Iterator[str]:
    """The documentation of the machine's programs, plain or compressed, each text once."""
    seen = set()
    for path in sorted(path for path in MANUALS.rglob("*") if path.is_file()):
        if path.is_symlink() or NO_MANUAL & set(path.suffixes):
            continue
        try:
            data = path.read_bytes()
            text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode()
        except (OSError, UnicodeDecodeError, EOFError):
            continue
        if 0 < len(text) <= LARGEST and "\0" not in text and text not in seen:
            seen.add(text)
            yield text


if __name__ == "__main__":
    main()

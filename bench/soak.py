"""Clean without a rest, and watch what must not grow or change: ``python -m bench.soak SECONDS``.

The texts of `DEDUPE_TEXT_DATA` and mutations of them go through one process, round after round: by
themselves, beside a memory on disk, and back again. Any answer that differs from that of the first
round, any text that does not come back, and any file left open ends it.
"""

from __future__ import annotations

import gc
import hashlib
import random
import resource
import sys
import tempfile
import time
from contextlib import closing
from itertools import count
from pathlib import Path

from bench.text import of_data
from dedupe_text import Document, InputError, clean, restore
from dedupe_text.memory import open_memory

TEXTS, LARGEST = 200, 20_000
PAGE = resource.getpagesize()


def main() -> None:
    """Tell at the end of each round how it stands."""
    seconds = float(sys.argv[1])
    lots = random.Random(1)
    texts = [text for text in of_data() if len(text) < LARGEST]
    texts = lots.sample(texts, TEXTS)
    began, wanted, cleaned = time.monotonic(), "", 0
    for turn in count(1):
        answer = hashlib.sha256()
        for text in texts:
            answer.update(_clean(text))
            _clean(_hurt(text, lots))
        answer.update(_remember(texts))
        cleaned += 3 * len(texts)
        wanted = wanted or answer.hexdigest()
        assert answer.hexdigest() == wanted, f"round {turn} has other answers than the first"
        spent = time.monotonic() - began
        if turn in (1, 2) or turn % 10 == 0 or spent > seconds:
            gc.collect()
            print(f"{spent:7.0f} s, round {turn}: {cleaned:,} documents, {_held()}", flush=True)
        if spent > seconds:
            return


def _held() -> str:
    memory = int(Path("/proc/self/statm").read_text().split()[1]) * PAGE
    files = len([*Path("/proc/self/fd").iterdir()]) - 1
    return f"{memory / 1e6:.0f} MB, {files} files open, {len(gc.get_objects()):,} objects"


def _clean(given: str | bytes) -> bytes:
    """The bytes that are left; the others come back."""
    try:
        result = clean(given)
    except InputError:  # a mutation that looks binary
        return b""
    assert restore(result.data, result.as_json()) == result.original.data
    return result.data


def _hurt(text: str, lots: random.Random) -> bytes:
    """The bytes of a text, a part of it said again, and some of them changed."""
    start = lots.randrange(len(text) or 1)
    data = bytearray((text + "\n\n" + text[start : start + 2000]).encode())
    for _ in range(lots.randrange(5)):
        data[lots.randrange(len(data))] = lots.randrange(256)
    return bytes(data)


def _remember(texts: list[str]) -> bytes:
    """What is left of the texts beside a new memory, which is gone then."""
    with tempfile.TemporaryDirectory() as folder:
        with closing(open_memory(f"{folder}/seen.db")) as memory:
            left = [
                clean(Document(f"{number}", text), memory=memory).data
                for number, text in enumerate(texts)
            ]
        assert [path.name for path in Path(folder).iterdir()] == ["seen.db"]
    return b"".join(left)


if __name__ == "__main__":
    main()

"""Text that was made to cost much, or to have something cut."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from dedupe_text import Settings, clean
from dedupe_text.lsh import find_candidates
from dedupe_text.minhash import sign_shingles
from dedupe_text.passages import split_passages
from dedupe_text.shingles import shingle
from dedupe_text.words import split_words

# --- what it costs --------------------------------------------------------------------------------

SIZE = 8_000
"""Characters of n; 2n is twice as much."""
GROWTH = 2.2
"""How much more time and memory 2n may take than n. A square takes 4."""
SECONDS = 30
"""Of the processor, for all that is measured of a case."""
ROOM = 512 << 20
"""Bytes of address space beyond those that the libraries have when they are loaded."""
ROUGHLY = 300_000
"""Bytes more than twice as many: the first of near-copies are held against fewer than the later."""
PASSAGE = "The harbour office stays closed on Monday while the crane at the quay is mended again. "

CASES: dict[str, Callable[[int], str]] = {
    "one line again and again": lambda n: PASSAGE + "\n" + (PASSAGE + "\n") * (n // len(PASSAGE)),
    "one word again and again": lambda n: "a " * (n // 8),
    "one letter": lambda n: "a" * n,
    "one ideograph": lambda n: "東" * n,
    "one long line": lambda n: " ".join(f"w{7 * at % 1009}x" for at in range(n // 6)),
    "near-copies": lambda n: "\n".join(
        PASSAGE.replace("crane", f"c{at}x") for at in range(n // len(PASSAGE))
    ),
    "blank lines": lambda n: "\n" * n,
    "blanks in code": lambda n: f"```\nx = [1]{' ' * n}\n```\nx = [1]{' ' * n}\n",
    "fences": lambda n: "x\n```\n" * (n // 24),
    "brackets": lambda n: "(" * n + "a",
    "combining marks": lambda n: "a" + "\u0301" * n,
    "soft hyphens": lambda n: "a" + "\u00ad" * n + "b",
    "lone surrogates": lambda n: "\ud800 " * (n // 2),
    "numbers": lambda n: " ".join(f"{at}" for at in range(n // 5)),
    "table": lambda n: "| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * (n // 10),
    "pragmas": lambda n: f"<!-- dedupe-text: ignore-next -->\n{PASSAGE}\n" * (n // 120),
}

PROGRAM = """
import json, resource, sys, time, tracemalloc
sys.path[:0] = json.loads(sys.argv[1])
from test_hostile import CASES, PASSAGE, ROOM, SECONDS, SIZE
from dedupe_text import clean
make = CASES[sys.argv[2]]
clean(make(SIZE // 10) + PASSAGE * 3)  # all is loaded, and tables of its characters are made
with open("/proc/self/statm") as file:
    held = int(file.read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (held + ROOM, held + ROOM))
resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
costs = []
for text in (make(SIZE), make(2 * SIZE)):
    began = time.process_time()
    clean(text)
    seconds = time.process_time() - began
    tracemalloc.start()
    clean(text)
    costs.append([seconds, tracemalloc.get_traced_memory()[1]])
    tracemalloc.stop()
print(json.dumps(costs))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
@pytest.mark.parametrize("name", CASES)
def test_twice_the_text_takes_about_twice_the_time_and_the_memory(name: str) -> None:
    path = json.dumps([str(Path(__file__).parent), *sys.path])
    command = [sys.executable, "-c", PROGRAM, path, name]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()[-400:]
    (seconds, size), (more_seconds, more_size) = json.loads(done.stdout)
    assert more_size <= GROWTH * size + ROUGHLY
    # What is over in a moment is much the same for any text.
    assert more_seconds <= GROWTH * max(seconds, 0.2)


# --- collisions -----------------------------------------------------------------------------------


def test_passages_made_to_collide_lose_nothing() -> None:
    """The seed is public. Whoever knows it tries sentences until two have a band in common."""
    lots = np.random.default_rng(1)
    syllables = np.array([a + b for a in "bdfgklmnprstvz" for b in "aeiou"])
    text = "\n\n".join(
        " ".join("".join(syllables[lots.integers(0, 70, 3)]) for _ in range(16)) + "."
        for _ in range(3000)
    )
    words = split_words(text)
    passages = split_passages(words)
    shingles = shingle(words.hash, passages, size=4)
    signatures = sign_shingles(shingles, num_perm=128)
    # To try until 32 bits are the same takes long; here ten of them count as all.
    truncated = signatures >> np.uint32(22)
    found = find_candidates(truncated, np.arange(len(signatures)), rows=2)
    pairs = [(a, b) for a, b in zip(found.first.tolist(), found.second.tolist()) if a != b]
    assert len(pairs) > 100
    assert clean(text, Settings(min_words=4)).cuts == ()


def test_where_every_pair_is_a_candidate_nothing_but_the_copy_goes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """All signatures are the same, as if somebody had found such texts; the alignment decides."""
    sentences = [f"{PASSAGE[:-2]}, says {name} of {place}." for name, place in NAMES]
    text = "\n\n".join([*sentences, sentences[0]])
    wanted = clean(text)
    monkeypatch.setattr(
        "dedupe_text.search.Signatures",
        lambda _, first, *__: np.ones((len(first), 128), np.uint32),
    )
    result = clean(text)
    assert [cut.removed for cut in result.cuts] == [cut.removed for cut in wanted.cuts]


NAMES = [("Nairn", "Sandry"), ("Brekke", "Torvald"), ("Lisle", "Pellow")]

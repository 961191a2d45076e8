"""How many rounds Spark's way of cleaning takes, and how much work; in one process, without Spark.

``python -m bench.rounds [COLLECTION=DOCUMENTS]…`` cleans all documents beside the earlier ones as
they came, then those again of whose earlier ones something else is left, until there are none; and
tells whether the cuts are those of one machine, and how many keys there are to shuffle.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from bench.scale import COLLECTIONS, read
from dedupe_text import Document, Settings, clean_many
from dedupe_text.dedupe import arrive, least_said, set_beside
from dedupe_text.memory.known import Known
from dedupe_text.memory.signed import Signed, sign_split
from dedupe_text.memory.store import Entry
from dedupe_text.split import split_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dedupe_text.model import Span

MOST = 8


def choose(signed: Signed, number: int, first: dict[int, int], least: int) -> list[int]:
    """The earlier documents that hold most of what it says."""
    rows = enumerate(signed.keys.tolist())
    pairs = {(first.get(key, number), passage) for passage, row in rows for key in row}
    said: dict[int, int] = {}
    for holder, passage in pairs:
        if holder < number:
            said[holder] = said.get(holder, 0) + int(signed.words[passage])
    most = sorted((-words, holder) for holder, words in said.items() if words >= least)
    return sorted(holder for _, holder in most[:MOST])


def run(name: str, most: str) -> None:
    """Print how many documents each round cleans."""
    documents = [Document(id_, text, site) for _, id_, site, text in read(name, most)]
    settings = Settings()
    start = time.process_time()
    results = clean_many(documents, settings, across=True)
    wanted = [[cut.removed for cut in result.cuts] for result in results]
    alone = time.process_time() - start
    came = [sign_split(split_text(str(one.text), one.id, site=one.site)) for one in documents]
    spans: list[list[Span]] = [[] for _ in documents]
    left = [*came]
    before: list[object] = [None] * len(documents)
    cleaned = []
    while True:
        first: dict[int, int] = {}
        for number, one in enumerate(left):
            for key in one.keys.ravel().tolist():
                first.setdefault(key, number)
        chosen = [choose(one, n, first, least_said(settings)) for n, one in enumerate(came)]
        now = [[(holder, [*spans[holder]]) for holder in some] for some in chosen]
        stale = [n for n, beside in enumerate(now) if beside != before[n]]
        if not stale:
            break
        cleaned.append(len(stale))
        for n, beside in [(n, clean(documents, n, now[n], settings)) for n in stale]:
            spans[n], left[n], before[n] = *beside, now[n]
    size = sum(len(str(one.text).encode()) for one in documents)
    keys = sum(one.keys.size for one in came)
    print(f"{name}: {len(documents)} documents, {size / 1e6:.2f} MB, one machine {alone:.1f} s CPU")
    print(f"  cleaned in each round: {cleaned}; same cuts: {spans == wanted}")
    print(f"  set beside: {sum(map(len, chosen)) / len(chosen):.2f} earlier ones on average")
    print(f"  keys: {keys}, {keys * 24 / size:.1f} bytes for one of text")


def clean(
    documents: Sequence[Document],
    n: int,
    beside: Sequence[tuple[int, list[Span]]],
    settings: Settings,
) -> tuple[list[Span], Signed]:
    """What is cut from the document, beside what is left of these, and what stays."""
    known = []
    for holder, spans in beside:
        id_, text, site = documents[holder]
        known.append(Known(Entry(holder, 0, id_, site, str(text), spans)))
    decoded, came = arrive(documents[n], settings)
    result, left = set_beside(decoded, came.split, known, settings)
    return [cut.removed for cut in result.cuts], left or came


if __name__ == "__main__":
    for asked in sys.argv[1:] or COLLECTIONS:
        collection, _, count = asked.partition("=")
        run(collection, count)

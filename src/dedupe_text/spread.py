"""How a passage came to be in two documents: by what it is of them, and by their sites."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from dedupe_text.model import Spread
    from dedupe_text.pieces import Piece, Twin
    from dedupe_text.split import Batch

_SAME = 0.8
"""Share of a document's words, said by one earlier document, that makes it the same article."""
_LONG = 100
"""Words of a run that is no quotation any more: a long paragraph."""


def label_pieces(
    gathered: Iterable[tuple[Twin, list[Piece]]], batch: Batch, words: int
) -> Iterator[Piece]:
    """The pieces of the last document of the batch, each with its spread.

    same: one earlier document says nearly all of the document, which has so many `words`.
    boilerplate: one of the same site says it. syndicated: one of another site says a long run of
    it; quotation: a short one.
    """
    twins = [(twin, pieces, batch.number(int(twin.stays[0]))) for twin, pieces in gathered]
    said = [0.0] * len(batch.splits)
    for twin, _, number in twins:
        said[number] += int(twin.sentences.length.sum())
    site = batch.splits[-1].site
    for twin, pieces, number in twins:
        spread: Spread = "boilerplate"
        if said[number] >= _SAME * words:
            spread = "same"
        elif batch.splits[number].site != site:
            spread = "syndicated" if twin.sentences.weight.sum() >= _LONG else "quotation"
        yield from (piece._replace(spread=spread) for piece in pieces)

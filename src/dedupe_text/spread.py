"""How a passage came to be in two documents: by what it is of them, and by their sites."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dedupe_text.model import Spread
    from dedupe_text.pieces import Twin
    from dedupe_text.split import Batch

_SAME = 0.8
"""Share of a document's words, said by one earlier document, that makes it the same article."""
_LONG = 100
"""Words of a run that is no quotation any more: a long paragraph."""


def label_twins(twins: Sequence[Twin], batch: Batch, words: int) -> list[Twin]:
    """The twins with their spread; they are of the last document of the batch, with so many words.

    same: one earlier document says nearly all of the document. boilerplate: one of the same site
    says it. syndicated: one of another site says a long run of it; quotation: a short one.
    """
    numbers = [batch.number(int(twin.stays[0])) for twin in twins]
    said = [0] * len(batch.splits)
    for twin, number in zip(twins, numbers):
        said[number] += int(twin.sentences.length.sum())
    site = batch.splits[-1].site
    labelled: list[Twin] = []
    for twin, number in zip(twins, numbers):
        spread: Spread = "boilerplate"
        if said[number] >= _SAME * words:
            spread = "same"
        elif batch.splits[number].site != site:
            spread = "syndicated" if twin.sentences.weight.sum() >= _LONG else "quotation"
        labelled.append(twin._replace(spread=spread))
    return labelled

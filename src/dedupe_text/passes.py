"""Pass after pass, until a text says nothing twice: so cleaning twice is cleaning once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dedupe_text.cleaning import cut_spans, in_order, without
from dedupe_text.columns import places
from dedupe_text.find import find_before, find_within
from dedupe_text.model import Document, Limit
from dedupe_text.pieces import Near, settle, spare, still_there
from dedupe_text.pragmas import accept_covered, cover, find_pragmas, find_unused
from dedupe_text.split import Batch, split_batch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from dedupe_text.model import Unused
    from dedupe_text.pieces import Piece
    from dedupe_text.settings import Settings
    from dedupe_text.split import Split

_MOST = 32
"""Cutting may bring two copies together that were too far apart; nearly always one pass is all.
A document of 150,000 words that was its own half took 16."""


class Found(NamedTuple):
    """What goes from a document and what is spared, and its pragmas that change nothing."""

    pieces: list[Piece]
    unused: tuple[Unused, ...]


def find_all(
    batch: Batch,
    settings: Settings,
    earlier: Batch | None = None,
    near: list[Near] | None = None,
) -> list[Found]:
    """What each document says again, of `earlier` ones and of itself.

    `earlier` and `near`, to which is added what was turned down, are for a batch of one document.
    """
    documents = [_Passing(split, near) for split in batch.splits]
    open_ = documents
    if any(one.pragmas for one in documents):
        batch = split_batch([one.left() for one in open_])
    for _ in range(_MOST):
        seen: list[Near] | None = None if near is None else []
        found = _find(batch, earlier, settings, open_, seen)
        open_ = [one for one, pieces in zip(open_, found) if one.take(pieces, seen)]
        if not open_:
            break
        batch = split_batch([one.left() for one in open_])
    for one in open_:
        one.gone = spare(one.gone, "structure")  # each copy is the witness of another
    return [one.found() for one in documents]


def _find(
    batch: Batch,
    earlier: Batch | None,
    settings: Settings,
    documents: Sequence[_Passing],
    near: list[Near] | None,
) -> list[list[Piece]]:
    """What documents say again of earlier ones; if that is nothing, what each says twice."""
    if earlier is None:
        return find_within(batch, settings, near)
    (split,), (document,) = batch.splits, documents
    pieces = find_before(split, earlier, settings, len(document.split.words))
    if all(piece.reason for piece in pieces):
        pieces += find_within(batch, settings, near)[0]
    return [pieces]


class _Passing:
    """A document on its way: what is `gone` from it so far, and which of its words are left."""

    def __init__(self, split: Split, near: list[Near] | None) -> None:
        self.split = split
        self.pragmas = find_pragmas(split.text, split.words)
        self.gone: list[Piece] = []
        self._spared: list[Piece] = []
        self._near = near
        self._words: NDArray[np.intp] | None = None
        """The words that are left; None are all of them."""

    def left(self) -> Document:
        """The document without its pragmas and what is gone."""
        split = self.split
        comments = [pragma.span for pragma in self.pragmas]
        spans = sorted([*cut_spans(split.text, split.words, self.gone), *comments])
        stays = np.ones(len(split.words), np.bool_)
        for span in spans:
            stays[slice(*places(split.words.start, span))] = False
        self._words = np.flatnonzero(stays)
        return Document(split.id, without(split.text, spans), split.site)

    def take(self, pieces: list[Piece], seen: list[Near] | None) -> bool:
        """Notes what a pass found in what is left, and says whether there is to be another."""
        if not pieces and not seen:
            return False
        words = self._words
        if self.pragmas:
            covered = cover(self.pragmas, len(self.split.words))
            pieces = accept_covered(pieces, covered if words is None else covered[words])
        found = pieces if words is None else [part for one in pieces for part in one.moved(words)]
        if self._near is not None and seen is not None:
            every = np.arange(len(self.split.words)) if words is None else words
            self._near += [part for one in seen for part in one.moved(every)]
        self._spared += [piece for piece in found if piece.reason and len(piece.goes)]
        more = in_order(found)
        if more:
            settled = in_order(settle(self.gone, more))
            if self._near is not None:
                self._near += [Near(piece, Limit("taken")) for piece in self._given_up(settled)]
            self.gone = settled
        return bool(more)

    def _given_up(self, settled: Sequence[Piece]) -> Iterator[Piece]:
        """The pieces that have no part in those that were settled on."""
        for piece in self.gone:
            if not any(one.first <= piece.first and piece.last <= one.last for one in settled):
                yield piece

    def found(self) -> Found:
        pieces = [*self.gone, *still_there(self._spared, self.gone)]
        return Found(pieces, find_unused(self.pragmas, pieces, len(self.split.words)))

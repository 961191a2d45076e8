"""A document split into words and passages: what all that finds repeats works on."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate, pairwise, starmap
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dedupe_text.columns import distinct, places
from dedupe_text.model import Location, Span
from dedupe_text.passages import Passages, split_passages
from dedupe_text.structure import mark_structure
from dedupe_text.words import Words, split_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dedupe_text.model import Document


class Split(NamedTuple):
    """The words and passages of a text, which is a document or what cuts left of one.

    `cuts`: spans of the document as it came, in order; what lay there is not in `text`.
    """

    id: str
    text: str
    words: Words
    passages: Passages
    cuts: Sequence[Span] = ()
    site: str = ""

    def location(self, span: Span) -> Location:
        """Where the characters `span` of the text stand in the document as it came.

        >>> split_text("abgh", "id", cuts=[Span(2, 6)]).location(Span(1, 3))
        Location(document='id', start=1, end=7)
        """
        start = end = 0
        for cut in self.cuts:
            start += cut.length * (cut.start <= span.start + start)
            end += cut.length * (cut.start < span.end + end)
        return Location(self.id, span.start + start, span.end + end)


def split_text(text: str, id_: str = "", cuts: Sequence[Span] = (), site: str = "") -> Split:
    """The text with its words, and what it marks as structure, and its passages."""
    words = mark_structure(split_words(text), [text])
    return Split(id_, text, words, split_passages(words), cuts, site)


class Batch(NamedTuple):
    """Documents side by side: the numbers of words and passages run through all of them."""

    splits: Sequence[Split]
    words: Words
    passages: Passages
    before: Sequence[int]
    """Of each document, how many words stand before it."""

    @staticmethod
    def of(splits: Sequence[Split]) -> Batch:
        """The documents, of which there is at least one."""
        if len(splits) == 1:
            (one,) = splits
            return Batch(splits, one.words, one.passages, [0, len(one.words)])
        words = [split.words for split in splits]
        before = [0, *accumulate(map(len, words))]
        return Batch(
            splits, Words.join(words), Passages.join([split.passages for split in splits]), before
        )

    def number(self, word: int) -> int:
        """The number of the document that `word` is in."""
        return bisect_right(self.before, word) - 1

    def own(self, word: int) -> tuple[Split, int]:
        """The document that `word` is in, and how many words stand before it."""
        number = self.number(word)
        return self.splits[number], self.before[number]


_BETWEEN = "\0a\0"
"""Stands between texts that are split as one. To its word belongs what a text begins with, quotes
perhaps, which would be of the last word of the text before."""


def split_batch(documents: Sequence[Document]) -> Batch:
    """`split_text` for all documents at once, whose texts are strings, and there is at least one.

    Many small texts cost as much as one that is as large.
    """
    if len(documents) == 1:
        (one,) = documents
        return Batch.of([split_text(str(one.text), one.id, site=one.site)])
    texts = [str(document.text) for document in documents]
    start = [0, *accumulate(len(text) + len(_BETWEEN) for text in texts)]
    words = _without_words_between(split_words(_BETWEEN.join(texts)), start)
    before = places(words.start, start).tolist()
    lines = places(words.line_start, start).tolist()
    words = mark_structure(words, texts, start[:-1], before[:-1])
    passages = split_passages(words, before[:-1])
    edges = places(passages.document, np.arange(len(texts) + 1)).tolist()
    bounds = zip(*(starmap(slice, pairwise(ends)) for ends in (before, lines, edges)))
    splits = [
        Split(
            document.id,
            text,
            words.of(some, own, at),
            passages.of(these, some.start),
            (),
            document.site,
        )
        for document, text, at, (some, own, these) in zip(documents, texts, start, bounds)
    ]
    return Batch(splits, words, passages, before)


def _without_words_between(words: Words, start: Sequence[int]) -> Words:
    """The words of the texts that begin at `start`, each of which begins a line."""
    between = np.searchsorted(words.start, np.array(start[1:-1], np.int32) - 2)
    return Words(
        np.delete(words.start, between),
        np.delete(words.end, between),
        np.delete(words.hash, between),
        np.delete(words.flags, between),
        distinct(np.append(words.line_start, np.array(start[:-1], np.int32))),
    )

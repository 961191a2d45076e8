"""A document split into words and passages: what all that finds repeats works on."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from dedupe_text.model import Location, Span
from dedupe_text.passages import Passages, split_passages
from dedupe_text.structure import mark_structure
from dedupe_text.words import Words, split_words

if TYPE_CHECKING:
    from collections.abc import Sequence


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
    words = mark_structure(text, split_words(text))
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

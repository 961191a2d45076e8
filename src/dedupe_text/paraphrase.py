"""Passages compared as sets of words: what one document says again of another in its own words.

Seeds are pairs of sentences with many rare words in common; seeds that lie near each other in both
documents make a region, and a region whose two sides are alike as a whole is said again. After
Sanchez-Perez, Sidorov and Gelbukh, "A Winning Approach to Text Alignment for Text Reuse Detection
at PAN 2014", without its stemmer and its lists of words, so that it knows no language.

Documents are compared with each other, never with themselves: what is about one thing says the
same words again and again, and repeats nothing.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dedupe_text.columns import are_among, distinct, ranges, run_starts
from dedupe_text.words import Flag, mix

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from dedupe_text.lengths import Lengths
    from dedupe_text.passages import Passages
    from dedupe_text.words import Words

    _Columns = tuple[NDArray[np.int64], NDArray[np.int64]]

# Measured on half of the pairs of PAN 2013's text alignment (plagdet of all sets together).
_SEED = 0.25
"""Similarity from which on two sentences are a seed: at .20 .907, .25 .923, .30 .914."""
_SHARED = 3
"""Words that the two sentences of a seed share, at least: 1 word .918, 3 .923, 5 .913."""
_COMMON = 128
"""Passages that a word is in, at most, to lead to seeds. It bounds the work, and costs nothing:
at 32 .919, at 128 .923, at 1000 .922."""
_GAP = 4
"""Sentences from one seed of a region to the next, at most, on either side: 2 .903, 4 .923, 6 .920.
"""
_SAID = 0.36
"""Similarity from which on the sides of a region say the same: at .30 .919, .36 .923, .40 .915."""
_LONGER = 1.2
"""How much longer than what is aligned word by word a region must be, since a set of words proves
less: by 1 .918, by 1.2 .923, by 1.5 .908."""
_VERBATIM = 0.9
"""Similarity from which on what is aligned word by word is all there is. Without it what follows
a copy joins it by chance: without obfuscation .877 instead of .972."""

_SHORTER = 3
"""How many times longer what is summed up is than its summary, at least: 2 .919, 3 .923, 4 .922."""
_SUMMED = 0.2
"""Similarity from which on a summary is alike to what it sums up. Less than `_SAID`, for most of
the words are of one side only. At .15 chance makes summaries (.912); at .25 of the summaries
themselves less is found (.53 instead of .64)."""
_POINTS = 3
"""Sentences that a summary has in common with what it sums up, at least, on either side: 2 .924,
3 .923, 4 .920; two may be chance."""
_DENSE = 0.5
"""Share of a summary's sentences that are seeds, at least: .3 .922, .5 .923, .7 .922."""
_MOSTLY = 0.6
"""Share of a summary from which on a region is most of it, and no part of a summary: at .4 .920,
at .6 .923, at .8 .921."""


class Region(NamedTuple):
    """Neighbouring words of two documents that say the same: the words of both, half open."""

    one: tuple[int, int]
    other: tuple[int, int]
    similarity: float

    def meets(self, region: Region) -> bool:
        """Whether they overlap on both sides."""
        return _meet(self.one, region.one) and _meet(self.other, region.other)


def find_regions(words: Words, passages: Passages, lengths: Lengths, least: float) -> list[Region]:
    """What is said again between two documents; `one` is of the earlier of them.

    The two sides weigh well over `least` on average. Regions may overlap.
    """
    sets = _Sets(words, passages, lengths, least)
    found: list[Region] = []
    first = [*run_starts(passages.document).tolist(), len(passages)]
    for begin, end in pairwise(first[1:]):
        seeds = sets.seeds(begin, end)
        for document in _split(passages.document[seeds[0]], seeds):
            regions = list(sets.regions(*document, _GAP))
            found += _settled(regions, [*sets.summaries(*document)])
    return found


def beside(regions: Iterable[Region], aligned: Sequence[Region]) -> list[Region]:
    """The regions that say more than what was aligned word by word, with what they have of it.

    What is aligned and nearly the same is all there is: around it words are alike by chance.
    """
    found: list[Region] = []
    for region in regions:
        met = [region, *(one for one in aligned if one.meets(region))]
        if all(one.similarity < _VERBATIM for one in met[1:]):
            found.append(
                Region(
                    (min(part.one[0] for part in met), max(part.one[1] for part in met)),
                    (min(part.other[0] for part in met), max(part.other[1] for part in met)),
                    region.similarity,
                )
            )
    return sorted(found, key=lambda region: (-_length(region.one) - _length(region.other), region))


def _settled(regions: list[Region], summaries: list[Region]) -> list[Region]:
    """A summary takes the place of the regions in it, unless one of them is most of it."""
    for summary in summaries:
        inside = [region for region in regions if region.meets(summary)]
        if not any(
            _length(region.one) > _MOSTLY * _length(summary.one)
            or _length(region.other) > _MOSTLY * _length(summary.other)
            for region in inside
        ):
            regions = [region for region in regions if region not in inside] + [summary]
    return regions


class _Sets:
    """The distinct words of each passage, weighed by how few passages hold them.

    Similarity is the cosine of two such sets.
    """

    def __init__(
        self,
        words: Words,
        passages: Passages,
        lengths: Lengths,
        least: float,
    ) -> None:
        self.passages = passages
        self.lengths = lengths
        self.least = _LONGER * least
        passage, word = _word_sets(words, passages)
        held = np.bincount(word)
        rarity = np.log(1 + len(passages) / held) ** 2
        self.rarity = rarity
        self.passage, self.word = passage, word
        self.norm = np.sqrt(np.bincount(passage, rarity[word], len(passages)))
        self.bounds = np.searchsorted(passage, np.arange(len(passages) + 1))
        self.held_by = np.argsort(word, kind="stable")
        self.keys = _key(word, passage)[self.held_by]
        self.leads = held <= _COMMON

    def seeds(self, begin: int, end: int) -> _Columns:
        """Passages of earlier documents, and those of ``begin:end`` that are alike to them."""
        own = np.arange(self.bounds[begin], self.bounds[end])
        own = own[self.leads[self.word[own]]]
        word = self.word[own]
        first = np.searchsorted(self.keys, _key(word, np.zeros_like(word)))
        last = np.searchsorted(self.keys, _key(word, np.full_like(word, begin)))
        place, whose = ranges(first, last)
        one, other = self.passage[self.held_by[place]], self.passage[own[whose]]
        order = np.argsort(_key(one, other), kind="stable")
        at = run_starts(_key(one, other)[order])
        if not len(at):
            return one, other
        common = np.add.reduceat(self.rarity[word[whose]][order], at)
        one, other = one[order][at], other[order][at]
        alike = common >= _SEED * self.norm[one] * self.norm[other]
        alike &= np.diff(at, append=len(order)) >= _SHARED
        return one[alike], other[alike]

    def regions(
        self, one: NDArray[np.int64], other: NDArray[np.int64], gap: int
    ) -> Iterator[Region]:
        """The regions that seeds make; where the sides are not alike, nearer seeds may be."""
        for part in _near(one, other, gap, gap):
            region = self._region(*part)
            if self._weight(region) < self.least:
                continue
            if region.similarity >= _SAID:
                yield region
            elif gap:
                yield from self.regions(*part, gap - 1)

    def summaries(self, one: NDArray[np.int64], other: NDArray[np.int64]) -> Iterator[Region]:
        """Regions that are dense on one side, and anywhere in the document on the other."""
        for side, gaps in enumerate(((_GAP, len(self.passages)), (len(self.passages), _GAP))):
            for part in _near(one, other, *gaps):
                points = [len(distinct(passage)) for passage in part]
                dense = points[side] >= _DENSE * (part[side].max() - part[side].min() + 1)
                if min(points) < _POINTS or not dense:
                    continue
                region = self._region(*part)
                lengths = _length(region.one), _length(region.other)
                if (
                    min(self._weigh(region.one), self._weigh(region.other)) >= self.least
                    and lengths[1 - side] >= _SHORTER * lengths[side]
                    and region.similarity >= _SUMMED
                ):
                    yield region

    def _region(self, one: NDArray[np.int64], other: NDArray[np.int64]) -> Region:
        bounds = [(int(side.min()), int(side.max())) for side in (one, other)]
        first, last = self.passages.first_word, self.passages.last_word
        words = [(int(first[low]), int(last[high])) for low, high in bounds]
        mine, theirs = (distinct(self.word[self.bounds[a] : self.bounds[b + 1]]) for a, b in bounds)
        common = self.rarity[mine[are_among(mine, theirs)]].sum()
        norm = np.sqrt(self.rarity[mine].sum() * self.rarity[theirs].sum())
        return Region(words[0], words[1], float(common / norm))

    def _weigh(self, words: tuple[int, int]) -> float:
        return float(self.lengths.weight(*np.array(words)))

    def _weight(self, region: Region) -> float:
        return (self._weigh(region.one) + self._weigh(region.other)) / 2


def _word_sets(words: Words, passages: Passages) -> _Columns:
    """The passages, and the numbers of their distinct words, rising.

    Characters that are words of their own are too common to tell anything; two in a row are not.
    """
    hashes = words.hash.copy()
    alone = words.flags & Flag.ALONE > 0
    pair = np.flatnonzero(alone[:-1] & alone[1:])
    hashes[pair] = mix(words.hash[pair] + mix(words.hash[pair + 1] + np.uint64(1)))
    ordered = distinct(hashes)
    word = np.searchsorted(ordered, hashes)
    length = passages.last_word - passages.first_word
    keys = distinct(_key(np.repeat(np.arange(len(passages)), length), word))
    return keys >> 32, keys & 0xFFFFFFFF


def _key(one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.int64]:
    return one << 32 | other


def _near(
    one: NDArray[np.int64], other: NDArray[np.int64], one_gap: int, other_gap: int
) -> list[_Columns]:
    """The seeds in parts: on either side from each to the next at most so many sentences."""
    part = np.zeros(len(one), np.int64)
    parts = 0
    while len(one) and part.max() + 1 > parts:
        parts = part.max() + 1
        for side, gap in ((one, one_gap), (other, other_gap)):
            order = np.lexsort((side, part))
            apart = (np.diff(part[order]) > 0) | (np.diff(side[order]) > gap)
            part[order] = np.append(0, np.cumsum(apart))
    return _split(part, (one, other))


def _split(part: NDArray[np.integer], seeds: _Columns) -> list[_Columns]:
    """The seeds of each part, in the order of the parts."""
    order = np.argsort(part, kind="stable")
    at = run_starts(part[order])[1:]
    one, other = (np.split(side[order], at) for side in seeds)
    return [columns for columns in zip(one, other) if len(columns[0])]


def _length(words: tuple[int, int]) -> int:
    return words[1] - words[0]


def _meet(words: tuple[int, int], others: tuple[int, int]) -> bool:
    return words[0] < others[1] and others[0] < words[1]

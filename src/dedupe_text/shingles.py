"""Passages to shingles: hashed runs of `size` words, none of which leaves its passage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dedupe_text.columns import run_starts, shorten, sort_together
from dedupe_text.words import mix

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dedupe_text.passages import Passages

_BLOCK = 1 << 16
"""Words whose shingles are made at a time: they fit the cache, and take memory once."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Shingles:
    """The shingles of passages, as columns of equal length, in the order of the text.

    `hash`: uint64. `word`: the number of the first word (int32). `passage`: the number of the
    passage (int32). A passage has at least one: where it is shorter, the whole of it.
    """

    hash: NDArray[np.uint64]
    word: NDArray[np.int32]
    passage: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.hash)

    def of(self, passages: NDArray[np.bool_]) -> Shingles:
        """The shingles of some passages; `passages` says yes or no for each."""
        chosen = passages[self.passage]
        return Shingles(self.hash[chosen], self.word[chosen], self.passage[chosen])

    def shared(
        self, passages: int, since: int = 0, salt: NDArray[np.uint64] | None = None
    ) -> NDArray[np.bool_]:
        """For each of so many passages, whether it shares a shingle with another.

        One that shares none cannot be alike to any: its Jaccard similarity to all is 0. Where
        `since` is given, one before it has to share it with one from there on; where each passage
        has a `salt`, with one of the same.
        """
        hashes = self.hash if salt is None else self.hash + salt[self.passage]
        hashes, passage = sort_together(hashes, self.passage)
        met = (hashes[1:] == hashes[:-1]) & (passage[1:] != passage[:-1])
        if since:
            ends = np.append(run_starts(hashes)[1:], len(hashes))
            last = np.repeat(passage[ends - 1], np.diff(ends, prepend=0))
            met &= last[1:] >= since
        shared = np.zeros(passages, np.bool_)
        shared[passage[1:][met]] = True
        shared[passage[:-1][met]] = True
        return shared


def shingle(word_hash: NDArray[np.uint64], passages: Passages, size: int) -> Shingles:
    """The shingles of all passages; equal runs of words have equal hashes."""
    most = len(word_hash)
    hashes, word = np.empty(most, np.uint64), np.empty(most, np.int32)
    passage = np.empty(most, np.int32)
    count = 0
    for first in range(0, most, _BLOCK):
        columns = _shingle_block(word_hash, passages, size, first, min(first + _BLOCK, most))
        own = slice(count, count + len(columns[0]))
        hashes[own], word[own], passage[own] = columns
        count = own.stop
    shorten(count, hashes, word, passage)
    return Shingles(hashes, word, passage)


def _shingle_block(
    word_hash: NDArray[np.uint64], passages: Passages, size: int, first: int, last: int
) -> tuple[NDArray[np.uint64], NDArray[np.int32], NDArray[np.int32]]:
    """hash, word and passage of the shingles that begin with the words ``first:last``."""
    low, high = passages.of_words(np.array([first, last - 1])).tolist()
    ends = np.minimum(passages.last_word[low : high + 1], last)
    begins = np.maximum(passages.first_word[low : high + 1], first)
    passage = np.repeat(np.arange(low, high + 1, dtype=np.int32), ends - begins)
    word = np.arange(first, last, dtype=np.int32)
    left = passages.last_word[passage] - word
    total = word_hash[first:last].copy()
    for place in range(1, size):
        # Past the end of its passage a short one adds nothing; a full one never gets there.
        following = word_hash[first + place : last + place]
        more = mix(following + np.uint64(place))
        total[: len(more)] += more * (left[: len(more)] > place)
    full = left >= size
    full[begins - first] |= begins == passages.first_word[low : high + 1]
    at = np.flatnonzero(full)
    return mix(total[at]), word[at], passage[at]

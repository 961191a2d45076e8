"""Passages to shingles: hashed runs of `size` words, none of which leaves its passage."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from dedupe_text.columns import blocks, run_starts, shorten, sort_together
from dedupe_text.words import mix

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

    from dedupe_text.passages import Passages

_MARKS = 24
"""Bits of a hash by which it is marked: a byte for each value, 16 MB."""
_FEW = 1 << 20
"""Words whose shingles may be held, all of them: they take 16 MB."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Shingles:
    """The shingles of passages, as columns of equal length, in the order of the text.

    `hash`: uint64. `passage`: the number of the passage (int32). In a passage one begins with each
    word, as far as they fit; there is at least one: where it is shorter, the whole of it.
    """

    hash: NDArray[np.uint64]
    passage: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.hash)

    def of(self, passages: NDArray[np.bool_]) -> Shingles:
        """The shingles of some passages; `passages` says yes or no for each."""
        chosen = passages[self.passage]
        return Shingles(self.hash[chosen], self.passage[chosen])

    def upper(self) -> NDArray[np.uint32]:
        """The upper half of each hash."""
        upper = np.empty(len(self), np.uint32)
        return np.right_shift(self.hash, np.uint64(32), out=upper, casting="unsafe")

    def salted(self, salt: NDArray[np.uint64] | None) -> NDArray[np.uint64]:
        """The hashes, each with what its passage adds."""
        return self.hash if salt is None else self.hash + salt[self.passage]

    def shared(
        self,
        among: NDArray[np.bool_],
        since: int = 0,
        salt: NDArray[np.uint64] | None = None,
    ) -> NDArray[np.bool_]:
        """For each passage whether it shares a shingle with another, both `among` those to look at.

        One that shares none cannot be alike to any: its Jaccard similarity to all is 0. Where
        `since` is given, one before it has to share it with one from there on; where each passage
        has a `salt`, with one of the same.
        """
        if len(self) > _FEW:
            parts = partial(self._parts_of, among)
            return _find_shared(parts, len(self), len(among), since, salt)
        some = self.of(among)
        return _shared(some.salted(salt), some.passage, len(among), since)

    def _parts_of(self, passages: NDArray[np.bool_]) -> Iterator[Shingles]:
        """The shingles of some passages, block by block."""
        for some in blocks(len(self)):
            yield Shingles(self.hash[some], self.passage[some]).of(passages)


def _shared(
    hashes: NDArray[np.uint64], passage: NDArray[np.int32], passages: int, since: int
) -> NDArray[np.bool_]:
    hashes, member = sort_together(hashes, passage)
    met = (hashes[1:] == hashes[:-1]) & (member[1:] != member[:-1])
    if since and len(hashes):
        ends = np.append(run_starts(hashes)[1:], len(hashes))
        last = np.repeat(member[ends - 1], np.diff(ends, prepend=0))
        met &= last[1:] >= since
    shared = np.zeros(passages, np.bool_)
    shared[member[1:][met]] = True
    shared[member[:-1][met]] = True
    return shared


def shingle(word_hash: NDArray[np.uint64], passages: Passages, size: int) -> Shingles:
    """The shingles of all passages; equal runs of words have equal hashes."""
    return _join(_parts(word_hash, passages, size), len(word_hash))


def shingle_shared(
    word_hash: NDArray[np.uint64],
    passages: Passages,
    size: int,
    since: int = 0,
    salt: NDArray[np.uint64] | None = None,
) -> Shingles:
    """All shingles of those passages that share one with another, as `Shingles.shared` tells.

    The shingles of a long text take as much memory as its words, and most are found nowhere else.
    So nothing but the upper halves of their hashes is sorted first: by these one in 130 of 33
    million meets another by chance. Only those that meet one are looked at whole, and what is
    needed again is made again.
    """
    if len(word_hash) <= _FEW:
        shingles = shingle(word_hash, passages, size)
        return shingles.of(shingles.shared(np.ones(len(passages), np.bool_), since, salt))
    parts = partial(_parts, word_hash, passages, size)
    shared = _find_shared(parts, len(word_hash), len(passages), since, salt)
    return _join((part.of(shared) for part in parts()), len(word_hash))


def _find_shared(
    parts: Callable[[], Iterable[Shingles]],
    most: int,
    passages: int,
    since: int,
    salt: NDArray[np.uint64] | None,
) -> NDArray[np.bool_]:
    """`Shingles.shared` for many, at most so many, which are gone through part by part."""
    marks = _mark(parts(), most, salt)
    hashes, passage = [], []
    for part in parts():
        salted = part.salted(salt)
        met = marks[salted >> np.uint64(64 - _MARKS)]
        hashes.append(salted[met])
        passage.append(part.passage[met])
    return _shared(np.concatenate(hashes), np.concatenate(passage), passages, since)


def _mark(
    parts: Iterable[Shingles], most: int, salt: NDArray[np.uint64] | None
) -> NDArray[np.bool_]:
    """For the first bits of a hash, whether one begins so whose upper half comes more than once."""
    upper = np.empty(most, np.uint32)
    last = 0
    for part in parts:
        first, last = last, last + len(part)
        upper[first:last] = part.salted(salt) >> np.uint64(32)
    shorten(last, upper)
    upper.sort()
    marks = np.zeros(1 << _MARKS, np.bool_)
    marks[upper[1:][upper[1:] == upper[:-1]] >> np.uint32(32 - _MARKS)] = True
    return marks


def _join(parts: Iterable[Shingles], most: int) -> Shingles:
    """The shingles of all parts, at most so many."""
    hashes, passage = np.empty(most, np.uint64), np.empty(most, np.int32)
    last = 0
    for part in parts:
        first, last = last, last + len(part)
        hashes[first:last], passage[first:last] = part.hash, part.passage
    shorten(last, hashes, passage)
    return Shingles(hashes, passage)


def _parts(word_hash: NDArray[np.uint64], passages: Passages, size: int) -> Iterator[Shingles]:
    """The shingles of all passages, block by block."""
    for some in blocks(len(word_hash)):
        yield _shingle_block(word_hash, passages, size, some.start, some.stop)


def _shingle_block(
    word_hash: NDArray[np.uint64], passages: Passages, size: int, first: int, last: int
) -> Shingles:
    """The shingles that begin with the words ``first:last``."""
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
    return Shingles(mix(total[at]), passage[at])

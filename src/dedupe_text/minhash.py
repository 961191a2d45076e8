"""Shingles to signatures: datasketch's default scheme (``affine32``), for all passages at once.

Signatures are bit-identical to ``datasketch.MinHash`` updated with the same 32-bit hashes under
the same seed, so every index of datasketch takes them. MinHash: Broder, "On the resemblance and
containment of documents" (1997).
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from dedupe_text.columns import blocks, run_starts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dedupe_text.shingles import Shingles

_BLOCK = 1 << 15
"""Hashes permuted at a time: they fit the cache, and few passages are signed by few calls. At
300 hashes it takes a sixth of the time that one permutation a call takes."""


def sign(
    hashes: NDArray[np.uint32], first: NDArray[np.intp], num_perm: int, seed: int = 1
) -> NDArray[np.uint32]:
    """The signatures (len(first) × num_perm) of runs of hashes, the i-th beginning at first[i].

    `first` begins with 0 and rises strictly.

    >>> import numpy as np
    >>> sign(np.array([7, 8], np.uint32), np.array([0]), 2).shape
    (1, 2)
    """
    return Signatures(hashes, first, num_perm, seed)[:, :]


def sign_shingles(shingles: Shingles, num_perm: int) -> NDArray[np.uint32]:
    """The signatures of the passages that have shingles, in their order."""
    return Signatures(shingles.upper(), run_starts(shingles.passage), num_perm)[:, :]


class Signatures:
    """What `sign` makes, of which columns are made when they are read.

    All of them would take half a kilobyte for each passage, as much as its words.
    """

    def __init__(
        self, hashes: NDArray[np.uint32], first: NDArray[np.intp], num_perm: int, seed: int = 1
    ) -> None:
        self._mixed, self._first = _fmix32(hashes), first
        self._permutations = _permutations(num_perm, seed)
        self.shape = len(first), num_perm

    def __len__(self) -> int:
        return len(self._first)

    def __getitem__(self, at: tuple[slice, slice]) -> NDArray[np.uint32]:
        """Some columns, whole, and then some rows of them."""
        rows, columns = at
        factors, offsets = self._permutations
        return _permute(self._mixed, self._first, factors[columns], offsets[columns])[rows]


def _permute(
    mixed: NDArray[np.uint32],
    first: NDArray[np.intp],
    factors: NDArray[np.uint32],
    offsets: NDArray[np.uint32],
) -> NDArray[np.uint32]:
    """The least of each run of hashes (runs × permutations)."""
    signatures = np.empty((len(factors), len(first)), np.uint32)
    cuts = first.searchsorted(np.arange(_BLOCK, len(mixed), _BLOCK)).tolist()
    for begin, end in pairwise([0, *cuts, len(first)]):
        if begin < end:
            own = first[begin:end] - first[begin]
            until = first[end] if end < len(first) else len(mixed)
            block = mixed[first[begin] : until]
            rows = max(_BLOCK // len(block), 1)
            for some in blocks(len(factors), rows):
                permuted = factors[some, None] * block
                permuted += offsets[some, None]
                np.minimum.reduceat(permuted, own, axis=1, out=signatures[some, begin:end])
    return signatures.T


def estimate_similarity(one: NDArray[np.uint32], other: NDArray[np.uint32]) -> float:
    """The estimate of the Jaccard similarity of two sets of shingles, from their signatures.

    Its standard error is at most ``0.5 / sqrt(num_perm)``.
    """
    return float(np.mean(one == other))


@lru_cache(maxsize=4)
def _permutations(num_perm: int, seed: int) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """The odd factors and the offsets, drawn as datasketch draws them."""
    drawn = np.array(_draw(seed, 2 * num_perm), np.uint32)
    return drawn[:num_perm] << np.uint32(1) | np.uint32(1), drawn[num_perm:]


def _draw(seed: int, count: int) -> list[int]:
    """The first numbers of 32 bits that ``numpy.random.RandomState(seed)`` draws.

    The Mersenne Twister (Matsumoto and Nishimura, 1998). Loading numpy.random for these few takes
    9 ms, a twelfth of a filter's whole time.
    """
    state = [seed]
    for place in range(1, 624):
        state.append(0x6C078965 * (state[-1] ^ state[-1] >> 30) + place & 0xFFFFFFFF)
    drawn = []
    for place in range(count):
        one = place % 624
        joined = state[one] & 0x80000000 | state[(one + 1) % 624] & 0x7FFFFFFF
        state[one] = state[(one + 397) % 624] ^ joined >> 1 ^ (0x9908B0DF if joined & 1 else 0)
        number = state[one]
        number ^= number >> 11
        number ^= number << 7 & 0x9D2C5680
        number ^= number << 15 & 0xEFC60000
        drawn.append(number ^ number >> 18)
    return drawn


def _fmix32(hashes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """The finaliser of MurmurHash3 (Appleby, 2011)."""
    mixed = np.empty_like(hashes)
    for some in blocks(len(hashes)):
        block = (hashes[some] ^ (hashes[some] >> np.uint32(16))) * np.uint32(0x85EBCA6B)
        block = (block ^ (block >> np.uint32(13))) * np.uint32(0xC2B2AE35)
        mixed[some] = block ^ (block >> np.uint32(16))
    return mixed

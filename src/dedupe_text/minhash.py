"""Shingles to signatures: datasketch's default scheme (``affine32``), for all passages at once.

Signatures are bit-identical to ``datasketch.MinHash`` updated with the same 32-bit hashes under
the same seed, so every index of datasketch takes them. MinHash: Broder, "On the resemblance and
containment of documents" (1997).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from dedupe_text.columns import run_starts

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
    a, b = _permutations(num_perm, seed)
    mixed = _fmix32(hashes)
    signatures = np.empty((num_perm, len(first)), np.uint32)
    rows = max(_BLOCK // len(hashes), 1)
    for row in range(0, num_perm, rows):
        some = slice(row, row + rows)
        permuted = a[some, None] * mixed
        permuted += b[some, None]
        np.minimum.reduceat(permuted, first, axis=1, out=signatures[some])
    return signatures.T


def sign_shingles(shingles: Shingles, num_perm: int) -> NDArray[np.uint32]:
    """The signatures of the passages that have shingles, in their order."""
    first = run_starts(shingles.passage)
    return sign((shingles.hash >> np.uint64(32)).astype(np.uint32), first, num_perm)


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
    hashes = (hashes ^ (hashes >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    hashes = (hashes ^ (hashes >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return hashes ^ (hashes >> np.uint32(16))

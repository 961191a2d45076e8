"""Signatures to candidates: pairs that share a band, and so may be alike. Nothing is proved here.

Banding: Leskovec, Rajaraman and Ullman, "Mining of Massive Datasets", chapter 3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dedupe_text.columns import distinct, run_starts, sort_together
from dedupe_text.words import mix

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dedupe_text.minhash import Signatures

MOST = 8
"""Earlier passages that one is held against, at most."""


_BLOCK = 1 << 18
"""Keys of buckets at a time."""


class Candidates(NamedTuple):
    """Pairs of passages, as columns: `first` stands before `second` (int64); no pair twice."""

    first: NDArray[np.int64]
    second: NDArray[np.int64]

    def across(self, since: int) -> Candidates:
        """Those of a passage before number `since` and one from there on."""
        some = (self.first < since) & (self.second >= since)
        return Candidates(self.first[some], self.second[some])


def lsh_probability(jaccard: float, bands: int, rows: int) -> float:
    """The probability that two sets of this Jaccard similarity share a bucket.

    >>> round(lsh_probability(0.25, bands=64, rows=2), 3)
    0.984
    """
    return 1 - (1 - jaccard**rows) ** bands


def lsh_threshold(bands: int, rows: int) -> float:
    """The Jaccard similarity at which a pair is as likely found as missed.

    >>> round(lsh_threshold(bands=64, rows=2), 3)
    0.104
    """
    return float((1 - 0.5 ** (1 / bands)) ** (1 / rows))


def find_candidates(
    signatures: NDArray[np.uint32] | Signatures,
    passage: NDArray[np.integer],
    rows: int,
    salt: NDArray[np.uint64] | None = None,
) -> Candidates:
    """Of each bucket, every member with the first and with the one before it.

    Of these, for each passage, the earlier ones that share most bands with it, at most `MOST`:
    of a thousand copies, each a little different, not each needs to be held against all.
    `passage` gives the number of the passage for each row of `signatures`, in rising order; only
    passages of the same `salt` are held against each other.
    """
    bands = signatures.shape[1] // rows
    some = max(_BLOCK // len(passage), 1)
    links = []
    for first in range(0, bands, some):
        keys = band_keys(signatures, rows, range(first, min(first + some, bands)))
        if salt is not None:
            keys += salt[:, None]
        links.append(_links(keys.ravel(), np.repeat(passage, keys.shape[1])))
    one, other = map(np.concatenate, zip(*links))
    return _most_alike(one, other) if len(one) else Candidates(one, other)


def band_keys(
    signatures: NDArray[np.uint32] | Signatures, rows: int, bands: range | None = None
) -> NDArray[np.uint64]:
    """The keys (passages × bands) of the buckets that the signatures fall into; of some bands."""
    bands = bands or range(signatures.shape[1] // rows)
    keys = np.broadcast_to(np.array(bands, np.uint64) + np.uint64(1), (len(signatures), len(bands)))
    for row in range(rows):
        banded = signatures[:, bands.start * rows + row : bands.stop * rows : rows]
        keys = mix(keys + banded.astype(np.uint64))
    return keys


def link_buckets(keys: NDArray[np.uint64], passage: NDArray[np.integer]) -> Candidates:
    """Link the passages of equal keys: each to the first of its bucket and to the one before.

    The number of pairs grows with the bucket, not with its square. Keys are hashes: such as differ
    in their last bits alone may be taken as equal.
    """
    return unique_pairs(*_links(keys, passage))


def _links(
    keys: NDArray[np.uint64], passage: NDArray[np.integer]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    keys, member = sort_together(keys, passage)
    begins = np.append(True, keys[1:] != keys[:-1])
    first = member[np.maximum.accumulate(np.where(begins, np.arange(len(keys)), 0))]
    again = np.flatnonzero(~begins)
    one = np.concatenate([first[again], member[again - 1]])
    other = np.concatenate([member[again], member[again]])
    return one, other


def _most_alike(one: NDArray[np.int64], other: NDArray[np.int64]) -> Candidates:
    """For each passage the `MOST` earlier ones that it is linked with most often."""
    apart = one != other
    pairs = np.sort(np.minimum(one, other)[apart] | np.maximum(one, other)[apart] << 32)
    at = run_starts(pairs)
    first, second = pairs[at] & 0xFFFFFFFF, pairs[at] >> 32
    order = np.lexsort((first, -np.diff(at, append=len(pairs)), second))
    begins = run_starts(second)
    rank = np.arange(len(at)) - np.repeat(begins, np.diff(begins, append=len(at)))
    chosen = order[rank < MOST]
    return unique_pairs(first[chosen], second[chosen])


def unique_pairs(one: NDArray[np.int64], other: NDArray[np.int64]) -> Candidates:
    """The pairs without those of a passage with itself, sorted, none twice."""
    apart = one != other
    low, high = np.minimum(one, other)[apart], np.maximum(one, other)[apart]
    pairs = distinct(low << 32 | high)
    return Candidates(pairs >> 32, pairs & 0xFFFFFFFF)

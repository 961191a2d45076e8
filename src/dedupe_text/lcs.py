"""The longest common subsequence of two rows of word hashes, in big integers.

One bit a word, one addition a row: Hyyrö, "Bit-parallel LCS-length computation revisited" (2004).
"""

from __future__ import annotations

from itertools import accumulate
from math import inf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_JUMPS = 16
"""Bits that count jumps, of which there are fewer than words in a row."""


def align_words(one: Sequence[int], other: Sequence[int]) -> list[tuple[int, int]]:
    """Pairs of places at which both rows hold the same; both sides rise strictly, none is longer.

    The work grows with ``len(one) * len(other) / 64``.

    >>> align_words([1, 2, 3, 4], [2, 9, 4, 4])
    [(1, 0), (3, 2)]
    """
    places: dict[int, int] = {}
    for place, word in enumerate(one):
        places[word] = places.get(word, 0) | 1 << place
    full = (1 << len(one)) - 1
    open_, rows = full, []
    for word in other:
        shared = open_ & places.get(word, 0)
        open_ = ((open_ + shared) | (open_ - shared)) & full
        rows.append(open_)
    return _trace_back(len(one), rows)


def align_closely(
    one: Sequence[int], other: Sequence[int], *, after: bool, before: bool
) -> list[tuple[int, int]]:
    """As many pairs, those of which the words stand farther ahead or behind by as little as can be.

    `after`, `before`: whether the rows stand after, and before, words that are the same. What both
    hold only by chance, like an article, could as well be paired far from where it belongs.

    >>> align_words([1, 8, 8, 1, 2, 3], [1, 2, 3])
    [(0, 0), (4, 1), (5, 2)]
    >>> align_closely([1, 8, 8, 1, 2, 3], [1, 2, 3], after=False, before=True)
    [(3, 0), (4, 1), (5, 2)]
    """
    early = align_words(one, other)
    late = [
        (len(one) - 1 - place, len(other) - 1 - at)
        for place, at in reversed(align_words(one[::-1], other[::-1]))
    ]
    if early == late:
        return early
    ahead = [*[(-1, -1)] * after, *early]
    behind = [*late, *[(len(one), len(other))] * before]
    cost_ahead = [0, *accumulate(map(_jump, ahead, ahead[1:]), initial=0)]
    cost_behind = [0, *accumulate(map(_jump, behind[::-1], behind[-2::-1]), initial=0)][::-1]

    def cost(place: int) -> float:
        """Of taking the early pairs up to a place and the late ones from there on."""
        near, far = ahead[max(place + after - 1, 0) : place + after], behind[place : place + 1]
        rises = all(a[0] < b[0] and a[1] < b[1] for a, b in zip(near, far))
        join = sum(map(_jump, near, far)) if rises else inf
        return cost_ahead[place + after] + join + cost_behind[place]

    best = min(range(len(early) + 1), key=cost)
    return early[:best] + late[best:]


def _jump(one: tuple[int, int], other: tuple[int, int]) -> int:
    """How much farther ahead the one pair is than the other; of equal sums the fewer jumps."""
    by = abs((one[0] - one[1]) - (other[0] - other[1]))
    return (by << _JUMPS) + (by > 0)


def _trace_back(column: int, rows: list[int]) -> list[tuple[int, int]]:
    """Walk from the last corner: an open bit is a word of the first row that is left out."""
    pairs = []
    row = len(rows)
    while row and column:
        bit = column - 1
        if rows[row - 1] >> bit & 1:
            column -= 1
        else:
            row -= 1
            if not row or rows[row - 1] >> bit & 1:
                column -= 1
                pairs.append((column, row))
    pairs.reverse()
    return pairs

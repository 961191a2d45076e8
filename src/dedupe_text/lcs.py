"""The longest common subsequence of two rows of word hashes, in big integers.

One bit a word, one addition a row: Hyyrö, "Bit-parallel LCS-length computation revisited" (2004).
"""

from __future__ import annotations

from itertools import accumulate, pairwise
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
    one_at, other_at = _shared(one, other)
    pairs = _align([one[place] for place in one_at], [other[place] for place in other_at])
    return [(one_at[place], other_at[at]) for place, at in pairs]


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
    one_at, other_at = _shared(one, other)
    ours, theirs = [one[place] for place in one_at], [other[place] for place in other_at]
    if ours == theirs:
        return list(zip(one_at, other_at))
    early = [(one_at[place], other_at[at]) for place, at in _align(ours, theirs)]
    late = [
        (one_at[-1 - place], other_at[-1 - at])
        for place, at in reversed(_align(ours[::-1], theirs[::-1]))
    ]
    differ = [place for place, pair in enumerate(early) if pair != late[place]]
    if not differ:
        return early
    # Before the first that differs and behind the last nothing depends on where they are joined.
    low, high = differ[0], differ[-1] + 1
    before_all = early[low - 1 : low] if low else [(-1, -1)] * after
    behind_all = early[high : high + 1] or [(len(one), len(other))] * before
    ahead, behind = [*before_all, *early[low:high]], [*late[low:high], *behind_all]
    cost_ahead = [0, *accumulate(_jumps(ahead), initial=0)]
    cost_behind = [0, *accumulate(_jumps(behind)[::-1], initial=0)][::-1]

    def cost(place: int) -> float:
        """Of taking the early pairs up to a place and the late ones from there on."""
        place -= low
        taken = place + len(before_all)
        join = [*ahead[max(taken - 1, 0) : taken], *behind[place : place + 1]]
        rises = len(join) < 2 or (join[0][0] < join[1][0] and join[0][1] < join[1][1])
        return cost_ahead[taken] + (sum(_jumps(join)) if rises else inf) + cost_behind[place]

    best = min([low, *(place + 1 for place in differ)], key=cost)
    return early[:best] + late[best:]


def _jumps(pairs: list[tuple[int, int]]) -> list[int]:
    """How much farther ahead each pair is than the one before; of equal sums the fewer jumps."""
    ahead = [place - at for place, at in pairs]
    return [(abs(here - there) << _JUMPS) + (here != there) for here, there in pairwise(ahead)]


def _shared(one: Sequence[int], other: Sequence[int]) -> tuple[list[int], list[int]]:
    """Where in each row a word of the other stands; what is left out could not be aligned."""
    shared = {*one}.intersection(other)
    return (
        [place for place, word in enumerate(one) if word in shared],
        [place for place, word in enumerate(other) if word in shared],
    )


def _align(one: Sequence[int], other: Sequence[int]) -> list[tuple[int, int]]:
    """The earliest pairs of places in one row and in the other."""
    places: dict[int, int] = {}
    for place, word in enumerate(one):
        places[word] = places.get(word, 0) | 1 << place
    open_, rows = (1 << len(one)) - 1, []
    for word in other:
        shared = open_ & places[word]
        open_ = open_ + shared | open_ - shared
        rows.append(open_)
    return _trace_back(len(one), rows)


def _trace_back(column: int, rows: list[int]) -> list[tuple[int, int]]:
    """Walk from the last corner: an open bit is a word of the first row that is left out."""
    pairs = []
    row = len(rows)
    while row and (column := (~rows[row - 1] & (1 << column) - 1).bit_length()):
        column -= 1
        row -= 1
        bit = 1 << column
        while row and not rows[row - 1] & bit:
            row -= 1
        pairs.append((column, row))
    pairs.reverse()
    return pairs

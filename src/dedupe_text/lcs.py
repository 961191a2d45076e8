"""The longest common subsequence of two rows of word hashes, in big integers.

One bit a word, one addition a row: Hyyrö, "Bit-parallel LCS-length computation revisited" (2004).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


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

"""The longest common subsequence of two rows of word hashes, in big integers.

One bit a word, one addition a row: Hyyrö, "Bit-parallel LCS-length computation revisited" (2004).
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence


def align_words(one: Sequence[int], other: Sequence[int]) -> list[tuple[int, int]]:
    """Pairs of places at which both rows hold the same; both sides rise strictly, none is longer.

    The work grows with ``len(one) * len(other) / 64``.

    >>> align_words([1, 2, 3, 4], [2, 9, 4, 4])
    [(1, 0), (3, 2)]
    """
    one_at, other_at = _shared(one, other)
    pairs = align_shared([one[place] for place in one_at], [other[place] for place in other_at])
    return [(one_at[place], other_at[at]) for place, at in pairs]


def _shared(one: Sequence[int], other: Sequence[int]) -> tuple[list[int], list[int]]:
    """Where in each row a word of the other stands; what is left out could not be aligned."""
    shared = {*one}.intersection(other)
    return (
        [place for place, word in enumerate(one) if word in shared],
        [place for place, word in enumerate(other) if word in shared],
    )


def align_shared(one: Sequence[int], other: Sequence[int]) -> list[tuple[int, int]]:
    """The same for rows of which each holds no word that the other lacks; the earliest pairs."""
    return _trace_back(len(one), [*_rows(one, other)])


def count_aligned(one: Sequence[Hashable], other: Sequence[Hashable]) -> int:
    """How many pairs there are at most.

    >>> count_aligned("abcd", "bxdd")
    2
    """
    begin = _count_same(one, other)
    one, other = one[begin:], other[begin:]
    end = _count_same(one[::-1], other[::-1])
    one, other = one[: len(one) - end], other[: len(other) - end]
    left_out = reduce(lambda _, row: row, _rows(one, other), -1) & (1 << len(one)) - 1
    return begin + end + len(one) - left_out.bit_count()


def _count_same(one: Sequence[Hashable], other: Sequence[Hashable]) -> int:
    """With how many of the same both begin; an alignment that is longest may begin with these."""
    pairs = enumerate(zip(one, other))
    return next((at for at, (ours, theirs) in pairs if ours != theirs), min(len(one), len(other)))


def _rows(one: Sequence[Hashable], other: Sequence[Hashable]) -> Iterator[int]:
    """After each word of the other row an open bit for each word of the one that is left out."""
    places: dict[Hashable, int] = {}
    for place, word in enumerate(one):
        places[word] = places.get(word, 0) | 1 << place
    open_ = (1 << len(one)) - 1
    for word in other:
        shared = open_ & places.get(word, 0)
        open_ = open_ + shared | open_ - shared
        yield open_


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

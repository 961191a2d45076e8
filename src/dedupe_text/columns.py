"""What NumPy lacks for columns, or has at a price: its set routines load masked arrays (12 ms)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import ArrayLike, NDArray

Number = TypeVar("Number", bound=np.generic)


_BLOCK = 1 << 16
"""Values worked on at a time, where what is made of them would else take memory for all."""


def blocks(count: int, size: int = _BLOCK) -> Iterator[slice]:
    """The numbers below `count`, in slices of so many: they fit the cache, and take memory once.

    >>> [*blocks(5, 2)]
    [slice(0, 2, None), slice(2, 4, None), slice(4, 5, None)]
    """
    return (slice(first, min(first + size, count)) for first in range(0, count, size))


def run_starts(values: NDArray[Number]) -> NDArray[np.intp]:
    """Where runs of equal neighbours begin.

    >>> run_starts(np.array([7, 7, 3, 7])).tolist()
    [0, 2, 3]
    """
    begins = np.ones(len(values), np.bool_)
    begins[1:] = values[1:] != values[:-1]
    return np.flatnonzero(begins)


def distinct(values: NDArray[Number]) -> NDArray[Number]:
    """The values, each once, rising.

    >>> distinct(np.array([7, 3, 7])).tolist()
    [3, 7]
    """
    ordered = np.sort(values)
    return ordered[run_starts(ordered)]


def first_of_each(values: NDArray[Number]) -> tuple[NDArray[Number], NDArray[np.intp]]:
    """The values, each once, rising, and where each stands first.

    >>> [column.tolist() for column in first_of_each(np.array([7, 3, 7]))]
    [[3, 7], [1, 0]]
    """
    order = np.argsort(values, kind="stable")
    first = order[run_starts(values[order])]
    return values[first], first


def count_equal(values: NDArray[Number]) -> NDArray[np.intp]:
    """For each value, how many are equal to it.

    >>> count_equal(np.array([7, 3, 7])).tolist()
    [2, 1, 2]
    """
    order = np.argsort(values)
    count = np.diff(run_starts(values[order]), append=len(values))
    counts = np.empty(len(values), np.intp)
    counts[order] = np.repeat(count, count)
    return counts


def sort_together(
    hashes: NDArray[np.uint64], numbers: NDArray[np.integer]
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """The hashes, rising, and the number of each; of equal hashes the numbers rise.

    A number takes the place of its hash's last bits, which are lost: so one sort of plain values
    is enough, and NumPy sorts these several times as fast as it finds an order. Of the hashes of
    a million passages 44 bits are left.

    >>> [column.tolist() for column in sort_together(np.array([512, 256, 512], np.uint64),
    ...     np.array([3, 2, 1]))]
    [[256, 512, 512], [2, 1, 3]]
    """
    most = int(numbers.max()) if len(numbers) else 0
    last = np.uint64((1 << most.bit_length()) - 1)
    together = hashes & ~last
    np.bitwise_or(together, numbers, out=together, dtype=np.uint64, casting="unsafe")
    together.sort()
    sorted_numbers = (together & last).view(np.int64)
    together &= ~last
    return together, sorted_numbers


def places(
    ordered: NDArray[np.integer],
    values: ArrayLike,
    side: Literal["left", "right"] = "left",
) -> NDArray[np.intp]:
    """`np.searchsorted`, for values of another type.

    NumPy would convert what they are looked up in, all of it, for each look.

    >>> places(np.array([2, 4, 4], np.int32), [4, 5]).tolist()
    [1, 3]
    """
    return ordered.searchsorted(np.asarray(values, ordered.dtype), side)


def shorten(count: int, *columns: NDArray[Any]) -> None:
    """Keep so many values of each column, in place, and give back the memory behind them.

    Columns whose length is known only when they are filled are made as long as they may become.
    What was never written to took no memory yet, and nothing is copied.
    """
    for column in columns:
        column.resize(count, refcheck=False)


def are_among(values: NDArray[Number], some: NDArray[Number]) -> NDArray[np.bool_]:
    """Whether each of `values` is one of `some`.

    >>> are_among(np.array([7, 3, 5]), np.array([3, 7])).tolist()
    [True, True, False]
    """
    ordered = np.sort(some)
    place = np.searchsorted(ordered, values)
    found = np.zeros(len(values), np.bool_)
    inside = place < len(ordered)
    found[inside] = ordered[place[inside]] == values[inside]
    return found


def ranges(
    first: NDArray[np.integer], last: NDArray[np.integer]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The numbers of several ranges, half open, one range after the other, and which each is of.

    >>> [column.tolist() for column in ranges(np.array([5, 2]), np.array([7, 5]))]
    [[5, 6, 2, 3, 4], [0, 0, 1, 1, 1]]
    """
    count = last - first
    which = np.repeat(np.arange(len(first)), count)
    return np.arange(len(which)) + (first - np.cumsum(count) + count)[which], which

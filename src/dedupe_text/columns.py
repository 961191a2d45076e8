"""What NumPy lacks for columns, or has at a price: its set routines load masked arrays (12 ms)."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Number = TypeVar("Number", bound=np.generic)


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

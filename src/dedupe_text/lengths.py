"""How long stretches of words are: how many of their words a reader sees, and what they weigh."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dedupe_text.columns import blocks
from dedupe_text.words import Flag

if TYPE_CHECKING:
    from numpy.typing import NDArray

    _Words = NDArray[np.int64]

_PART = 4
"""Of these parts of a word all weights are whole numbers: they add up exactly, in 32 bits."""


def weigh(flags: NDArray[np.uint16]) -> NDArray[np.float64]:
    """What words count for in lengths: code and what no reader sees nothing.

    An ideograph or kana is about half an English word, a Thai or Khmer letter a quarter.
    """
    weight = np.ones(len(flags))
    weight[flags & Flag.ALONE > 0] = 0.5
    weight[flags & Flag.PHRASED > 0] = 0.25
    weight[flags & (Flag.UNSEEN | Flag.CODE) > 0] = 0
    return weight


class Lengths:
    """The lengths of any stretches of the words that have these flags."""

    def __init__(self, flags: NDArray[np.uint16]) -> None:
        self._unseen = np.flatnonzero(flags & Flag.UNSEEN)
        self._before = np.zeros(len(flags) + 1, np.uint32)
        for some in blocks(len(flags)):
            self._before[1:][some] = weigh(flags[some]) * _PART
        np.cumsum(self._before, out=self._before)

    def weight(self, first: _Words, last: _Words) -> NDArray[np.float64]:
        """What the words of each stretch ``first:last`` weigh."""
        weight: NDArray[np.float64] = (self._before[last] - self._before[first]) / _PART
        return weight

    def seen(self, first: _Words, last: _Words) -> _Words:
        """How many words of each stretch ``first:last`` a reader sees."""
        seen: _Words = last - first
        if len(self._unseen):
            seen -= np.searchsorted(self._unseen, last) - np.searchsorted(self._unseen, first)
        return seen

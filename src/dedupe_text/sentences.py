"""The sentences of a copy, set against the other copy: how they make a run that holds together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

NEAR = 3
"""Words between two copies, or two sentences, that still follow each other at once."""
SHORT = 8
"""Words of a sentence so short that at either end of a repeat it must follow without a gap."""
_CHANCE = 4
"""Words so few that the same ones stand near by chance, in no sentence of their own."""
_JOINS = 1 / 3
"""Share of a run's weight that a gap in both copies must not exceed for the run to go on."""


class Said(NamedTuple):
    """Where sentences begin that are said again, and the words that stay for them."""

    first: NDArray[np.int64]
    begins: NDArray[np.int64]


class Sentences(NamedTuple):
    """Sentences of the copy that goes, as columns, in the order of the text.

    `first`, `last`: their words, half open. `length`: how many of them a reader sees, `aligned`:
    how many of these stand in the other copy too, from the word `begins` there to the word `ends`,
    over how many `spread`. `weight`: their words, weighed.
    """

    first: NDArray[np.int64]
    last: NDArray[np.int64]
    length: NDArray[np.int64]
    aligned: NDArray[np.int64]
    begins: NDArray[np.int64]
    ends: NDArray[np.int64]
    spread: NDArray[np.int64]
    weight: NDArray[np.float64]

    def of(self, some: NDArray[Any] | slice) -> Sentences:
        """Some of them."""
        return Sentences._make([column[some] for column in self])

    @property
    def where(self) -> Said:
        """Where they stand, in both copies."""
        return Said(self.first, self.begins)

    @property
    def gaps(self) -> NDArray[np.int64]:
        """Words between each and the next, in whichever copy they are fewer."""
        gaps: NDArray[np.int64] = np.minimum(
            self.first[1:] - self.last[:-1], self.begins[1:] - self.ends[:-1] - 1
        )
        return gaps

    @property
    def similarity(self) -> float:
        """The share of aligned words, in whichever copy it is less."""
        return float(self.aligned.sum() / max(self.length.sum(), self.spread.sum()))

    @property
    def verbatim(self) -> bool:
        """Whether both copies say the same word for word, as far as a reader sees."""
        return bool(self.aligned.sum() == self.length.sum() == self.spread.sum())

    def are_fuller(self) -> bool:
        """Whether they have more words from first to last than the other copy has."""
        if not len(self.first):
            return False
        return bool(self.last[-1] - self.first[0] > self.ends[-1] + 1 - self.begins[0])

    def runs(self) -> Iterator[Sentences]:
        """The sentences in runs, parted where both copies say something else in between.

        Runs are joined over a gap of less than a third of what either of them weighs: a pasted
        section holds together, the questions of an interview do not.
        """
        gaps = self.gaps
        parts = np.split(np.arange(len(self.first)), np.flatnonzero(gaps > NEAR) + 1)
        run = parts[0]
        for part in parts[1:]:
            least = min(self.weight[run].sum(), self.weight[part].sum())
            if gaps[part[0] - 1] <= _JOINS * least:
                run = np.append(run, part)
            else:
                yield self.of(run)
                run = part
        yield self.of(run)

    def trimmed(self) -> Sentences:
        """Without the short sentences at either end that stand apart from the rest.

        Verbatim ones stand apart if both copies say something else in between, those of a few words
        if the kept copy does, all others if one does.
        """
        going, staying = self.first[1:] - self.last[:-1], self.begins[1:] - self.ends[:-1] - 1
        nearest, farthest = np.minimum(going, staying), np.maximum(going, staying)
        edited, few = self.aligned < self.length, self.length < _CHANCE
        first, last = 0, len(self.first)

        def apart(end: int, gap: int) -> bool:
            gaps = farthest if edited[end] else staying if few[end] else nearest
            return bool(self.length[end] < SHORT and gaps[gap] > NEAR)

        while last - first > 1 and apart(first, first):
            first += 1
        while last - first > 1 and apart(last - 1, last - 2):
            last -= 1
        return self.of(slice(first, last))

"""Word-level alignments to repeats: which passages are said again, and what stays in their stead.

MinHash proposed, the alignment showed which words are the same; here the sentences are judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dedupe_text.align import WordPairs
from dedupe_text.model import Reason
from dedupe_text.passages import Passages
from dedupe_text.words import Flag, Words

_DENSE = 2.0
"""Words of the kept copy, for each aligned one, over which a sentence may be spread."""
_SHORT = 8
"""Words of a sentence so short that at either end of a repeat it must follow without a gap."""
_AT_ONCE = 0.6
"""Share of the least length that a passage needs which is said twice in a row."""
_JOINS = 0.5
"""Share of a run's weight that a gap in both copies must not exceed for the run to go on."""
_TEMPLATE = 1 / 3
"""Share of a repeat in sentences with facts of their own, from which on it is a form."""
_NEAR = 3
"""Words between two copies that still follow each other at once."""


@dataclass(frozen=True, slots=True)
class Twin:
    """Passages that go and those that stay in their stead, with the aligned words of both.

    `stays`, `goes`: word numbers, both rising. `passages`: the numbers of the passages said
    again, rising. `lost`: which of them holds a fact that the kept copy lacks.
    """

    stays: NDArray[np.int64]
    goes: NDArray[np.int64]
    passages: NDArray[np.int64]
    lost: NDArray[np.bool_]
    similarity: float


@dataclass(frozen=True, slots=True)
class Piece:
    """Neighbouring passages with one fate: the words ``first:last``, and what stays for them.

    `goes`, `stays`: the aligned words, both rising. `reason` says why the piece is spared.
    """

    first: int
    last: int
    goes: NDArray[np.int64]
    stays: NDArray[np.int64]
    reason: Reason | None

    def moved(self, words: NDArray[np.int64]) -> Iterator[Piece]:
        """The piece in the numbers of a text of which only `words` were looked at.

        Where words between were left out it comes in parts.
        """
        own = words[self.first : self.last]
        for part in np.split(own, np.flatnonzero(np.diff(own) != 1) + 1):
            first, last = int(part[0]), int(part[-1]) + 1
            inside = (words[self.goes] >= first) & (words[self.goes] < last)
            goes, stays = words[self.goes[inside]], words[self.stays[inside]]
            yield Piece(first, last, goes, stays, self.reason)


class Judge:
    """What counts as said again, for the passages of one text or of two."""

    def __init__(
        self, words: Words, passages: Passages, similarity: float, min_words: int, facts: bool
    ) -> None:
        self.words = words
        self.passages = passages
        self.similarity = similarity
        self.min_words = min_words
        self.facts = facts
        self.length = passages.last_word - passages.first_word
        self.weight = np.add.reduceat(_weight(words.flags), passages.first_word)

    def twins(self, stays: NDArray[np.int64], goes: NDArray[np.int64]) -> Iterator[Twin]:
        """The repeats that aligned words make, if any."""
        place = self.passages.of_words(goes)
        number, at, aligned = np.unique(place, return_index=True, return_counts=True)
        sentences = _Sentences(number, self.length[number], aligned, stays[at], stays[at + aligned - 1])
        floor = 1 - 2.5 * (1 - self.similarity)
        said = sentences.of(
            (aligned >= floor * sentences.length) & (sentences.spread <= _DENSE * aligned)
        )
        if not len(said.number):
            return
        for run in said.runs(self._gaps(said), self.weight[said.number]):
            run = run.trimmed()
            if self._is_repeat(run):
                lost = self._lost(stays, goes, run.number)
                yield Twin(stays, goes, run.number, lost, run.similarity)

    def _is_repeat(self, run: _Sentences) -> bool:
        """Whether the run is long enough for where it stands, and alike enough for its length."""
        weight = float(self.weight[run.number].sum())
        words = int(run.length.sum())
        least = self.min_words * (_AT_ONCE if self._follows_at_once(run) else 1)
        tolerance = _tolerance(weight) if weight == words else 1
        return weight >= least and run.similarity >= 1 - (1 - self.similarity) * tolerance

    def _follows_at_once(self, run: _Sentences) -> bool:
        first, last = self.passages.first_word[run.number[0]], self.passages.last_word[run.number[-1]]
        return 0 <= first - run.ends[-1] - 1 <= _NEAR or 0 <= run.begins[0] - last <= _NEAR

    def _gaps(self, said: _Sentences) -> NDArray[np.int64]:
        """Words between neighbours, in whichever copy they are fewer."""
        going = self.passages.first_word[said.number[1:]] - self.passages.last_word[said.number[:-1]]
        return np.minimum(going, said.begins[1:] - said.ends[:-1] - 1)

    def _lost(
        self, stays: NDArray[np.int64], goes: NDArray[np.int64], number: NDArray[np.int64]
    ) -> NDArray[np.bool_]:
        """Which passages hold a number or a name that the words opposite them lack."""
        lost = np.zeros(len(number), np.bool_)
        if not self.facts:
            return lost
        for place, passage in enumerate(number.tolist()):
            first, last = int(self.passages.first_word[passage]), int(self.passages.last_word[passage])
            low, high = np.searchsorted(goes, [first, last])
            if high - low == last - first:
                continue
            alone = np.setdiff1d(np.arange(first, last), goes[low:high], assume_unique=True)
            opposite = slice(
                int(stays[low - 1]) + 1 if low else int(stays[low]),
                int(stays[high]) if high < len(stays) else int(stays[high - 1]) + 1,
            )
            lost[place] = self._has_fact(alone, first, opposite)
        return lost

    def _has_fact(self, alone: NDArray[np.int64], first: int, opposite: slice) -> bool:
        flags = self.words.flags[alone]
        number = flags & Flag.DIGIT > 0
        if number.any():
            return True
        name = alone[flags & Flag.UPPER > 0]
        name = name[~np.isin(self.words.hash[name], self.words.hash[opposite])]
        if len(name) and name[0] == first and self._stands_in_lower_case(first):
            name = name[1:]
        return len(name) > 0

    def _stands_in_lower_case(self, word: int) -> bool:
        """Whether the word that begins a sentence is, somewhere, no name."""
        same = self.words.flags[self.words.hash == self.words.hash[word]]
        return bool(((same & Flag.LOWER > 0) & (same & Flag.UPPER == 0)).any())


def _weight(flags: NDArray[np.uint16]) -> NDArray[np.float64]:
    """An ideograph or kana is about half an English word, a Thai or Khmer letter a quarter."""
    weight = np.ones(len(flags))
    weight[flags & Flag.ALONE > 0] = 0.5
    weight[flags & Flag.PHRASED > 0] = 0.25
    return weight


def _tolerance(weight: float) -> float:
    """How much more a long repeat may differ than a short one: chance never aligns so many words.

    From 1 at 40 words to 5/3 at 80, that is a third of all words at the default similarity.
    """
    return min(5 / 3, max(1.0, 1 + (weight - 40) / 60))


@dataclass(frozen=True, slots=True)
class _Sentences:
    """The passages that aligned words are in, as columns.

    `number`: of the passage that goes. `length`: its words. `aligned`: those of them that stand
    in the other copy too, from the word `begins` there to the word `ends`.
    """

    number: NDArray[np.int64]
    length: NDArray[np.int32]
    aligned: NDArray[np.int64]
    begins: NDArray[np.int64]
    ends: NDArray[np.int64]

    @property
    def spread(self) -> NDArray[np.int64]:
        """Over how many words of the other copy each is spread."""
        return self.ends - self.begins + 1

    @property
    def similarity(self) -> float:
        """The share of aligned words in both copies, of whichever it is less."""
        return float(self.aligned.sum() / max(self.length.sum(), self.spread.sum()))

    def of(self, some: NDArray[Any] | slice) -> _Sentences:
        """Some of them."""
        return _Sentences(*(getattr(self, name)[some] for name in self.__slots__))

    def runs(self, gaps: NDArray[np.int64], weight: NDArray[np.float64]) -> list[_Sentences]:
        """The sentences in runs, parted where both copies say something else in between.

        `gaps`: words between a sentence and the next that are said in neither copy's stead.
        Runs are joined over a gap of less than half of what either of them weighs: a pasted
        section holds together, the questions of an interview do not.
        """
        parts = np.split(np.arange(len(gaps) + 1), np.flatnonzero(gaps > _NEAR) + 1)
        runs = [parts[0]]
        for part in parts[1:]:
            gap = gaps[part[0] - 1]
            if gap <= _JOINS * min(weight[runs[-1]].sum(), weight[part].sum()):
                runs[-1] = np.append(runs[-1], part)
            else:
                runs.append(part)
        return [self.of(run) for run in runs]

    def trimmed(self) -> _Sentences:
        """Without the short sentences at either end that stand apart from the rest in a copy."""
        first, last = 0, len(self.number)
        while last - first > 1 and self._stands_apart(first, first):
            first += 1
        while last - first > 1 and self._stands_apart(last - 1, last - 2):
            last -= 1
        return self.of(slice(first, last))

    def _stands_apart(self, place: int, before: int) -> bool:
        if self.length[place] >= _SHORT:
            return False
        follows = self.number[before + 1] - self.number[before] == 1
        return not follows or self.begins[before + 1] - self.ends[before] > _NEAR


def without_forms(
    twins: Sequence[Twin], passages: Passages, weight: NDArray[np.float64], min_words: int
) -> list[Twin]:
    """The twins that are no form: what a text says k times must weigh k - 1 times as much.

    A section pasted once more is an accident; a formula, a refrain, a table's row come back.
    """
    first = np.arange(len(passages))
    for twin in twins:
        witness, place = passages.of_words(twin.stays), passages.of_words(twin.goes)
        np.minimum.at(first, place, first[witness])
    said = np.bincount(first, minlength=len(passages))[first]
    return [
        twin
        for twin in twins
        if weight[twin.passages].sum() >= min_words * (np.median(said[twin.passages]) - 1)
        or np.median(said[twin.passages]) <= 2
    ]


def gather(twins: Iterable[Twin], passages: Passages, weight: NDArray[np.float64], least: int) -> list[Piece]:
    """The pieces of a star: what stays for one passage is never said to go for another.

    Earlier twins have precedence. What remains of a twin whose passages were partly taken must
    still weigh `least` words.
    """
    stays = np.zeros(len(passages), np.bool_)
    goes = np.zeros(len(passages), np.bool_)
    pieces: list[Piece] = []
    for twin in twins:
        witness = passages.of_words(twin.stays)
        place = passages.of_words(twin.goes)
        going = goes.copy()
        going[twin.passages] = True
        shaken = np.isin(twin.passages, place[going[witness]])
        free = ~(goes[twin.passages] | stays[twin.passages] | shaken)
        if not free.all():
            twin = replace(twin, passages=twin.passages[free], lost=twin.lost[free])
            if weight[twin.passages].sum() < least:
                continue
        for piece in _pieces(twin, passages, weight):
            if piece.reason is None:
                goes[passages.of_words(piece.goes)] = True
                stays[passages.of_words(piece.stays)] = True
            pieces.append(piece)
    return pieces


def _pieces(twin: Twin, passages: Passages, weight: NDArray[np.float64]) -> Iterator[Piece]:
    of_form = weight[twin.passages[twin.lost]].sum() >= _TEMPLATE * weight[twin.passages].sum()
    lost = twin.lost | of_form
    breaks = np.flatnonzero((np.diff(twin.passages) != 1) | (lost[1:] != lost[:-1])) + 1
    for run in np.split(np.arange(len(twin.passages)), breaks):
        first = int(passages.first_word[twin.passages[run[0]]])
        last = int(passages.last_word[twin.passages[run[-1]]])
        inside = slice(*np.searchsorted(twin.goes, [first, last]).tolist())
        reason: Reason | None = "facts" if lost[run[0]] else None
        yield Piece(first, last, twin.goes[inside], twin.stays[inside], reason)


def settle(gone: Sequence[Piece], more: Sequence[Piece]) -> list[Piece]:
    """Both, without those of `gone` that would lose what stays in their stead to `more`.

    A part of `more` that has no aligned word of its own goes with its neighbour.
    """
    taken = [(piece.first, piece.last) for piece in more]
    settled = [
        piece
        for piece in gone
        if not any(((piece.stays >= first) & (piece.stays < last)).any() for first, last in taken)
    ] + [piece for piece in more if len(piece.goes)]
    for part in more:
        if not len(part.goes):
            for place, piece in enumerate(settled):
                if part.first == piece.last or part.last == piece.first:
                    first, last = min(part.first, piece.first), max(part.last, piece.last)
                    settled[place] = replace(piece, first=first, last=last)
                    break
    return settled

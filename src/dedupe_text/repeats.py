"""Word-level alignments to repeats: which sentences are said again, and what stays for them.

MinHash proposed, the alignment showed which words are the same; here the sentences are judged.
"""

from __future__ import annotations

from functools import cached_property
from itertools import pairwise, starmap
from typing import TYPE_CHECKING

import numpy as np

from dedupe_text.columns import count_equal, distinct, ranges, run_starts
from dedupe_text.lengths import Lengths
from dedupe_text.model import Limit
from dedupe_text.pieces import Near, Piece, Twin, split_twin
from dedupe_text.sentences import NEAR, SHORT, Sentences
from dedupe_text.words import Flag, Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from dedupe_text.passages import Passages

    Sides = tuple[NDArray[np.int64], NDArray[np.int64]]

_LEAST_SAID = 0.4
"""Share of a sentence's words that must be aligned, however little alike a repeat may be."""
_DENSE = 2.0
"""Words of the kept copy, for each aligned one, over which a sentence may be spread."""
_VERBATIM = 12
"""Words of a run that are the same in both copies and prove an edge at its end."""
_AT_ONCE = 0.6
"""Share of the least length that a passage needs which is said twice in a row."""
_AT_ONCE_VERBATIM = 0.4
"""The same for one that is said word for word. Of 178 that people removed 0.6 misses 4 more, 0.3
finds 2 more, which are of one line."""
_WHOLE = 0.8
"""Share of the least length that a paragraph needs which says, word for word, what was said: 1
misses 3 of 178 that people removed; 0.6 finds 2 more, and cuts 2 of 318 templates more."""


class Judge:
    """What counts as said again, in the texts that the words and passages are of.

    What it turns down it adds to `near`, for those who ask why.
    """

    def __init__(
        self,
        words: Words,
        passages: Passages,
        similarity: float,
        min_words: int,
        near: list[Near] | None = None,
    ) -> None:
        self.words = words
        self.passages = passages
        self.similarity = similarity
        self.min_words = min_words
        self.near = near
        self.lengths = Lengths(words.flags)

    @cached_property
    def copies(self) -> NDArray[np.intp]:
        """For each passage, how often its document says it, in whatever order of its words."""
        return count_equal(self.passages.content(self.words.hash))

    def _are_lower(self, words: NDArray[np.integer]) -> NDArray[np.bool_]:
        are: NDArray[np.bool_] = self.words.flags[words] & (Flag.LOWER | Flag.UPPER) == Flag.LOWER
        return are

    def _are(self, flag: int, words: NDArray[np.integer]) -> NDArray[np.bool_]:
        are: NDArray[np.bool_] = self.words.flags[words] & flag > 0
        return are

    def said_again(self, sides: Sequence[Sides]) -> Iterator[tuple[Sentences, Sides]]:
        """The sentences of the copies that go of which enough stands in the other, close together.

        `sides`: the aligned words of each alignment, those of the copy that stays first. With the
        sentences, where there are any, come those of their words that are code in both copies or
        in neither: code is no witness for prose.
        """
        if not sides:
            return
        stays, goes = map(np.concatenate, zip(*sides))
        number = np.repeat(np.arange(len(sides)), [len(side) for side, _ in sides])
        of_one_kind = self._are(Flag.CODE, stays) == self._are(Flag.CODE, goes)
        stays, goes, number = stays[of_one_kind], goes[of_one_kind], number[of_one_kind]
        if not len(number):
            return
        sentences, at = self._sentences(stays, goes, number)
        floor = max(_LEAST_SAID, 2.5 * self.similarity - 1.5)
        alike = sentences.aligned >= floor * sentences.length
        said = alike & (sentences.spread <= _DENSE * sentences.aligned)
        bounds = np.append(run_starts(number), len(number)).tolist()
        each = [(stays[slice(*ends)], goes[slice(*ends)]) for ends in pairwise(bounds)]
        if self.near is not None:
            for place in np.flatnonzero(~said).tolist():
                one = sentences.of(slice(place, place + 1))
                why = _unsaid(one, floor, alike=bool(alike[place]))
                self.turn_down(why, one, *each[at[place]])
        sentences, at = sentences.of(said), at[said]
        some = run_starts(at)
        ends = zip(some.tolist(), [*some[1:].tolist(), len(at)])
        for own, place in zip(starmap(slice, ends), at[some].tolist()):
            yield sentences.of(own), each[place]

    def twins(
        self, said: Sentences, stays: NDArray[np.int64], goes: NDArray[np.int64]
    ) -> Iterator[Twin]:
        """The repeats that sentences said again make, if any; nothing is spared yet."""
        least = self._least(said)
        if said.weight.sum() < least:
            return
        for whole in said.runs():
            if whole.weight.sum() < least:
                continue
            run = self._without_headings(whole.trimmed())
            if not len(run.first):
                continue
            if len(run.first) < len(whole.first):
                for end in (whole.first < run.first[0], whole.last > run.last[-1]):
                    self.turn_down(Limit("apart", 0, SHORT), whole.of(end), stays, goes)
            limit = self._limit(run)
            if limit is None:
                nothing = np.zeros(len(run.first), np.bool_)
                yield Twin(run, nothing, nothing, stays, goes)
            else:
                self.turn_down(limit, run, stays, goes)

    def _least(self, said: Sentences) -> float:
        """Words of the shortest repeat that may be made of sentences; none if all is to be told."""
        if self.near is not None:
            return 0
        return self.min_words * (_WHOLE if self._between(said) > 0 else _AT_ONCE_VERBATIM)

    def turn_down(
        self, limit: Limit, run: Sentences, stays: NDArray[np.int64], goes: NDArray[np.int64]
    ) -> None:
        """Note, for those who ask, that a run is no repeat, and by which limit."""
        if self.near is not None and len(run.first):
            first, last = int(run.first[0]), int(run.last[-1])
            inside = slice(*np.searchsorted(goes, [first, last]).tolist())
            self.near.append(Near(Piece(first, last, goes[inside], stays[inside], None), limit))

    def _sentences(
        self, stays: NDArray[np.int64], goes: NDArray[np.int64], number: NDArray[np.int64]
    ) -> tuple[Sentences, NDArray[np.int64]]:
        """The sentences of the copies that go; an edge in either copy is an edge in both.

        So a heading without a full stop, glued to its neighbours, ends where it ended before.
        `number` rises with each alignment; which of them a sentence is of comes second.
        """
        starts = run_starts(number)
        which = np.repeat(np.arange(len(starts)), np.diff(starts, append=len(number)))
        edge = np.append(self.passages.first_word, self.passages.last_word[-1])
        first = self.passages.of_words(goes[starts])
        last = self.passages.of_words(goes[np.append(starts[1:], len(goes)) - 1]) + 1
        own, own_of = ranges(first, last + 1)
        begins = np.flatnonzero(self.passages.begin_at(stays))
        ends = np.flatnonzero(self.passages.begin_at(stays + 1) | (stays + 1 == len(self.words)))
        apart = (np.diff(stays) != 1) | (np.diff(goes) != 1) | (np.diff(which) != 0)
        run = np.append(0, np.cumsum(apart))
        ahead = np.searchsorted(run, run[begins], "right") - begins
        behind = ends + 1 - np.searchsorted(run, run[ends])
        other = np.append(goes[begins], goes[ends] + 1)
        other_of = np.append(which[begins], which[ends])
        # In lower case a sentence goes on, unless it ends with a stop and in the other copy too or
        # the next one begins so there.
        lower = self._are_lower(np.minimum(other, len(self.words) - 1))
        stop = Flag.STOP | Flag.TERMINATOR
        alike = np.append(self._are_lower(stays[begins]), self._are(stop, stays[ends]))
        goes_on = lower & ~(alike & self._are(stop, other - 1))
        after = np.searchsorted(edge, other).clip(first[other_of] + 1, last[other_of])
        # So near to one of its own an edge may come from a word put in or left out there.
        far = np.minimum(other - edge[after - 1], edge[after] - other) > NEAR
        proven = (far | (np.append(ahead, behind) >= _VERBATIM)) & ~goes_on
        edges = distinct(
            np.append(own_of << 32 | edge[own], other_of[proven] << 32 | other[proven])
        )
        place = np.searchsorted(edges, which << 32 | goes, "right") - 1
        at = run_starts(place)
        number, until = place[at], np.append(at[1:], len(place))
        first, last = edges[number] & 0xFFFFFFFF, edges[number + 1] & 0xFFFFFFFF
        begins, ends = stays[at], stays[until - 1]
        return Sentences(
            first,
            last,
            self.lengths.seen(first, last),
            np.add.reduceat(~self._are(Flag.UNSEEN, goes), at, dtype=np.int64),
            begins,
            ends,
            self.lengths.seen(begins, ends + 1),
            self.lengths.weight(first, last),
        ), which[at]

    def _without_headings(self, run: Sentences) -> Sentences:
        """Without the headings at its end, if their sections stay."""
        last = len(run.first)
        if not self._ends_document(int(run.last[-1])) and not self._is_heading(run.last[-1]):
            while last and self._is_heading(run.first[last - 1]):
                last -= 1
        return run.of(slice(0, last))

    def _is_heading(self, word: np.int64) -> bool:
        return bool(self.words.flags[word] & Flag.HEADING)

    def _ends_document(self, word: int) -> bool:
        before, after = self.passages.of_words(np.array([word - 1, word]))
        document = self.passages.document
        return word == len(self.words) or bool(document[before] != document[after])

    def _limit(self, run: Sentences) -> Limit | None:
        """What the run lacks: length for where it stands, or likeness for its length."""
        weight = float(run.weight.sum())
        whole = self._is_whole(run.first[0], run.last[-1])
        share = _WHOLE if run.verbatim and whole else 1
        if self.is_at_once(run):
            # A paragraph of its own that repeats a sentence of another is a pull quote.
            of_one_kind = whole == self._is_whole(run.begins[0], run.ends[-1] + 1)
            share = _AT_ONCE_VERBATIM if run.verbatim and of_one_kind else _AT_ONCE
        least = self.min_words * share
        if weight < least:
            return Limit("short", weight, least)
        alone = self.words.flags[run.first[0] : run.last[-1]] & Flag.ALONE
        tolerance = 1 if alone.any() else _tolerance(weight)
        least = 1 - (1 - self.similarity) * tolerance
        if run.similarity < least:
            return Limit("unlike", run.similarity, least)
        return None

    def is_at_once(self, run: Sentences) -> bool:
        """Whether both copies are of one document and a reader sees nothing between them."""
        one, other = self.passages.of_words(np.array([run.first[0], run.begins[0]]))
        same = self.passages.document[one] == self.passages.document[other]
        return bool(same) and self._between(run) == 0

    def _between(self, run: Sentences) -> int:
        """How many words a reader sees between the two copies; -1 where they meet."""
        one, other = sorted([(run.first[0], run.last[-1]), (run.begins[0], run.ends[-1] + 1)])
        if other[0] < one[1]:
            return -1
        return int(self.lengths.seen(one[1], other[0]))

    def _is_whole(self, first: int, last: int) -> bool:
        """Whether the words ``first:last`` are whole paragraphs; the text's last word ends one."""
        before = self.words.flags[np.array([first - 1, last - 1])]
        return bool((before & Flag.LAST > 0).all())

    def gather(self, twins: Iterable[Twin]) -> Iterator[tuple[Twin, list[Piece]]]:
        """What is left of each twin, in pieces that make a star: what stays for one never goes.

        Earlier twins have precedence. What is left of a twin of which a part was taken must
        still be about half as long as a repeat.
        """
        stays = np.zeros(len(self.words), np.bool_)
        goes = np.zeros(len(self.words), np.bool_)
        for whole in twins:
            twin = self._free(whole, stays, goes)
            if twin is not whole:
                self.turn_down(Limit("taken"), whole.sentences, whole.stays, whole.goes)
            if twin.sentences.weight.sum() >= self.min_words * _AT_ONCE_VERBATIM:
                pieces = list(split_twin(twin))
                for piece in pieces:
                    if piece.reason is None:
                        goes[piece.first : piece.last] = True
                        stays[piece.stays] = True
                yield twin, pieces

    def _free(self, twin: Twin, stays: NDArray[np.bool_], goes: NDArray[np.bool_]) -> Twin:
        """The twin without the sentences that were taken, or whose witness was or would be."""
        sentences = twin.sentences
        begin, end = int(sentences.first[0]), int(sentences.last[-1])
        taken = goes[begin:end] | stays[begin:end]
        place = np.searchsorted(sentences.first, twin.stays, "right") - 1
        going = goes[twin.stays] | ((place >= 0) & (twin.stays < sentences.last[place]))
        shaken = twin.goes[going]
        taken[shaken[(shaken >= begin) & (shaken < end)] - begin] = True
        before = np.append(0, np.cumsum(taken))
        free = before[sentences.first - begin] == before[sentences.last - begin]
        if free.all():
            return twin
        return twin._replace(
            sentences=sentences.of(free), lost=twin.lost[free], broken=twin.broken[free]
        )


def _unsaid(sentence: Sentences, floor: float, *, alike: bool) -> Limit:
    """Why a sentence of an alignment is not said again."""
    aligned = int(sentence.aligned[0])
    if alike:
        return Limit("scattered", int(sentence.spread[0]), _DENSE * aligned)
    return Limit("unlike", aligned / int(sentence.length[0]), floor)


def _tolerance(weight: float) -> float:
    """How much more a long repeat may differ than a short one: chance never aligns so many words.

    From 1 at 40 words to 5/3 at 80, that is a third of all words at the default similarity.
    """
    return min(5 / 3, max(1.0, 1 + (weight - 40) / 60))

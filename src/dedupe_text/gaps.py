"""What lies between the runs of two copies, aligned word by word: many gaps at once, in columns.

Of the longest common subsequences of a gap the one whose words stand farther ahead or behind by as
little as can be: what both copies hold only by chance, like an article, could as well be paired far
from where it belongs. The earliest and the latest subsequence are found, and joined where the
words jump least.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dedupe_text.columns import blocks, ranges, run_starts
from dedupe_text.lcs import align_shared
from dedupe_text.words import mix

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BITS = 64
"""Of a machine word. Gaps with more words, one in five, gain nothing from being settled at once."""
_FEW = 24
"""Gaps from which on all at once are faster than one after the other."""
_BLOCK = 1 << 12
"""Gaps at once; their rows of bits take 4 MB."""
_JUMPS = 16
"""Bits that count jumps, of which there are fewer than words in a gap."""
_FAR = 1 << 62
_EXPONENT = np.uint64(0x7FF0_0000_0000_0000)
"""The bits of a float (IEEE 754, double precision) that hold its power of two."""


class Gaps(NamedTuple):
    """Stretches of both copies, as columns: the words ``kept:kept_end`` and ``again:again_end``.

    `after`, `before`: whether the gap stands after, and before, words that are the same.
    """

    kept: NDArray[np.int64]
    kept_end: NDArray[np.int64]
    again: NDArray[np.int64]
    again_end: NDArray[np.int64]
    after: NDArray[np.bool_]
    before: NDArray[np.bool_]


class GapPairs(NamedTuple):
    """Aligned words, as columns of word numbers, and the numbers of their gaps, which rise.

    In each gap both sides rise strictly; no alignment has more pairs.
    """

    kept: NDArray[np.int64]
    again: NDArray[np.int64]
    gap: NDArray[np.int64]


class _Side(NamedTuple):
    """The words of one side that stand on the other too, by gap: equal names, equal words."""

    word: NDArray[np.int64]
    name: NDArray[np.int64]
    gap: NDArray[np.int64]
    size: NDArray[np.int64]
    begin: NDArray[np.int64]

    @staticmethod
    def of(
        word: NDArray[np.int64], name: NDArray[np.int64], gap: NDArray[np.int64], gaps: int
    ) -> _Side:
        size = np.bincount(gap, minlength=gaps)
        return _Side(word, name, gap, size, np.cumsum(size) - size)

    def of_gap(self, number: int) -> list[int]:
        begin = self.begin[number]
        names: list[int] = self.name[begin : begin + self.size[number]].tolist()
        return names


def align_gaps(hashes: NDArray[np.uint64], gaps: Gaps) -> GapPairs:
    """The words of all gaps, aligned by their hashes."""
    early, late = _align_both_ways(hashes, gaps)
    return _join(early, late, gaps)


def _align_both_ways(hashes: NDArray[np.uint64], gaps: Gaps) -> tuple[GapPairs, GapPairs]:
    """The earliest pairs of each gap, and the latest."""
    one, other = _shared(hashes, gaps)
    most = np.maximum(one.size, other.size)
    narrow = np.flatnonzero((most > 0) & (most <= _BITS))
    if len(narrow) < _FEW:
        narrow = narrow[:0]
    alone = most > 0
    alone[narrow] = False
    found = [_align_some(one, other, narrow[some]) for some in blocks(len(narrow), _BLOCK)]
    found += [_align_one(one, other, gap) for gap in np.flatnonzero(alone).tolist()]
    early, late = (_in_order([each[way] for each in found], one, other) for way in (0, 1))
    return early, late


def _shared(hashes: NDArray[np.uint64], gaps: Gaps) -> tuple[_Side, _Side]:
    """What is left out could not be aligned."""
    one, gap_one = ranges(gaps.kept, gaps.kept_end)
    other, gap_other = ranges(gaps.again, gaps.again_end)
    known, name = _name(mix(hashes[one] + mix(gap_one.astype(np.uint64))))
    keys = mix(hashes[other] + mix(gap_other.astype(np.uint64)))
    place = np.minimum(np.searchsorted(known, keys), len(known) - 1)
    there = known[place] == keys
    used = np.zeros(len(known), np.bool_)
    used[place[there]] = True
    here, count = used[name], len(gaps.kept)
    return (
        _Side.of(one[here], name[here], gap_one[here], count),
        _Side.of(other[there], place[there], gap_other[there], count),
    )


def _name(keys: NDArray[np.uint64]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """The keys, each once, rising, and which of them each is."""
    order = np.argsort(keys)
    ordered = keys[order]
    begins = run_starts(ordered)
    name = np.empty(len(keys), np.int64)
    name[order] = np.repeat(np.arange(len(begins)), np.diff(begins, append=len(keys)))
    return ordered[begins], name


_Places = tuple["NDArray[np.int64]", "NDArray[np.int64]"]
"""Places in the columns of both sides, of words that are paired."""


def _align_one(one: _Side, other: _Side, gap: int) -> tuple[_Places, _Places]:
    """The earliest pairs and the latest ones of a gap."""
    ours, theirs = one.of_gap(gap), other.of_gap(gap)
    early = np.array(align_shared(ours, theirs)).T
    late = np.array(align_shared(ours[::-1], theirs[::-1])).T
    begin, end = one.begin[gap], one.begin[gap] + one.size[gap] - 1
    there, there_end = other.begin[gap], other.begin[gap] + other.size[gap] - 1
    return (begin + early[0], there + early[1]), (end - late[0], there_end - late[1])


def _align_some(one: _Side, other: _Side, some: NDArray[np.intp]) -> tuple[_Places, _Places]:
    """The earliest pairs and the latest ones of some gaps, one word of all gaps after the other.

    The bits of a machine word stand for the words of the one side; what is done with them is told
    in `lcs`. Each gap has two columns, one for each way to walk it.
    """
    some = some[np.argsort(-other.size[some], kind="stable")]  # so those not done yet come first
    steps = np.repeat(other.size[some], 2)
    row, column, bit = _settle(_match(one, other, some), steps)
    early, late = (np.flatnonzero(column & 1 == way) for way in (0, 1))
    gap, turned = some[column[early] >> 1], some[column[late] >> 1]
    ends = one.begin + one.size - 1, other.begin + other.size - 1
    return (
        (one.begin[gap] + bit[early], other.begin[gap] + row[early]),
        (ends[0][turned] - bit[late], ends[1][turned] - row[late]),
    )


def _match(one: _Side, other: _Side, some: NDArray[np.intp]) -> NDArray[np.uint64]:
    """Bits (steps × columns): for a word of the other side, where it stands on the one.

    Of the two columns of a gap the second has both sides turned round.
    """
    column = np.full(len(one.size), -1)
    column[some] = np.arange(len(some)) * 2
    inside = np.flatnonzero(column[one.gap] >= 0)
    order = inside[np.argsort(one.name[inside], kind="stable")]
    gap = one.gap[order]
    place = order - one.begin[gap]
    begins = run_starts(one.name[order])
    known = one.name[order[begins]]
    matched = np.zeros((other.size[some[0]], 2 * len(some)), np.uint64)
    inside = np.flatnonzero(column[other.gap] >= 0)
    gap_other = other.gap[inside]
    row = inside - other.begin[gap_other]
    which = np.searchsorted(known, other.name[inside])
    for way in (0, 1):
        bits = np.bitwise_or.reduceat(np.uint64(1) << place.astype(np.uint64), begins)
        matched[row, column[gap_other] + way] = bits[which]
        place, row = one.size[gap] - 1 - place, other.size[gap_other] - 1 - row
    return matched


def _settle(
    matched: NDArray[np.uint64], steps: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """The pairs of all columns: step, column and bit; of each column so many steps count."""
    active = np.searchsorted(-steps, -np.arange(len(matched)), "left").tolist()
    rows = np.empty((len(matched) + 1, len(steps)), np.uint64)
    rows[0] = ~np.uint64(0)
    closed = matched  # of a step that is done: the bits that it closed
    for step, count in enumerate(active):
        open_ = rows[step, :count]
        shared = open_ & matched[step, :count]
        rows[step + 1, :count] = open_ + shared | open_ - shared
        closed[step, :count] = open_ & ~rows[step + 1, :count]
    return _trace_back(rows, closed, steps, active)


def _trace_back(
    rows: NDArray[np.uint64],
    closed: NDArray[np.uint64],
    steps: NDArray[np.int64],
    active: list[int],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Walk from the last corner of each column, as in `lcs`.

    It waits with one bit, that of the next word to be paired, for the step that has closed it.
    """
    waiting = _highest(~rows[steps, np.arange(len(steps))])
    found = []
    for step in range(len(active) - 1, -1, -1):
        paired = (waiting[: active[step]] & closed[step, : active[step]]).nonzero()[0]
        if len(paired):
            bit = waiting[paired]
            waiting[paired] = _highest(~rows[step, paired] & bit - np.uint64(1))
            found.append((step, paired, bit.astype(np.float32)))  # a power of two, exactly
    at, columns, bits = zip(*found)
    row = np.repeat(np.array(at), [len(paired) for paired in columns])
    number = np.frexp(np.concatenate(bits))[1] - 1
    return row, np.concatenate(columns), number


def _highest(bits: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The highest bit of each number alone; of 0 it is 0."""
    sparse = bits & ~(bits >> np.uint64(1))  # no float is rounded up to the next power of two
    power = sparse.astype(np.float64).view(np.uint64) & _EXPONENT
    return power.view(np.float64).astype(np.uint64)


def _in_order(found: list[_Places], one: _Side, other: _Side) -> GapPairs:
    if not found:
        nothing = np.zeros(0, np.int64)
        return GapPairs(nothing, nothing, nothing)
    here, there = map(np.concatenate, zip(*found))
    order = np.argsort(here)
    here, there = here[order], there[order]
    return GapPairs(one.word[here], other.word[there], one.gap[here])


def _join(early: GapPairs, late: GapPairs, gaps: Gaps) -> GapPairs:
    """Early pairs up to a place in each gap and late ones from there on, as it jumps least."""
    if not (early.kept != late.kept).any() and not (early.again != late.again).any():
        return early
    begins = run_starts(early.gap)
    number = np.repeat(np.arange(len(begins)), np.diff(begins, append=len(early.gap)))
    places = begins + np.arange(len(begins))  # in each gap one before all pairs, one after each
    cost = _jumps_if_joined(early, late, gaps, begins)
    least = np.minimum.reduceat(cost, places)
    at = np.repeat(np.arange(len(places)), np.diff(places, append=len(cost)))
    best = np.flatnonzero(cost == least[at])
    best = best[run_starts(at[best])]
    is_early = np.arange(len(number)) + number < best[number]
    return GapPairs(
        np.where(is_early, early.kept, late.kept),
        np.where(is_early, early.again, late.again),
        early.gap,
    )


def _jumps_if_joined(
    early: GapPairs, late: GapPairs, gaps: Gaps, begins: NDArray[np.intp]
) -> NDArray[np.int64]:
    """What the pairs of each gap jump in all, by how many of the early ones are taken.

    One more value than pairs for each gap. What stands before and after the gap is a pair too.
    """
    gap = early.gap[begins]
    size = np.diff(begins, append=len(early.gap))
    first, last = begins + np.arange(len(begins)), begins + np.arange(len(begins)) + size
    # Beside each place the pair before it, an early one, and the pair behind it, a late one.
    before = [np.insert(side, begins, 0) for side in (early.kept, early.again)]
    behind = [np.insert(side, begins + size, 0) for side in (late.kept, late.again)]
    for side, edge, end in zip(before, (gaps.kept, gaps.again), (first, first)):
        side[end] = edge[gap] - 1
    for side, edge, end in zip(behind, (gaps.kept_end, gaps.again_end), (last, last)):
        side[end] = edge[gap]
    ahead, follows = before[0] - before[1], behind[0] - behind[1]
    join = _jump(ahead, follows)
    join[(before[0] >= behind[0]) | (before[1] >= behind[1])] = _FAR
    taken = np.append(0, _jump(ahead[:-1], ahead[1:]))
    left = np.append(_jump(follows[:-1], follows[1:]), 0)
    for ends, known in ((first, gaps.after[gap]), (last, gaps.before[gap])):
        join[ends[~known]] = 0
    taken[first] = left[last] = 0
    taken[(first + 1)[~gaps.after[gap]]] = 0
    left[(last - 1)[~gaps.before[gap]]] = 0
    taken, left = np.cumsum(taken), np.cumsum(left[::-1])[::-1]
    at = np.repeat(np.arange(len(gap)), size + 1)
    jumps: NDArray[np.int64] = taken - taken[first][at] + join + left - left[last][at]
    return jumps


def _jump(ahead: NDArray[np.int64], then: NDArray[np.int64]) -> NDArray[np.int64]:
    """How much farther ahead one pair is than another; of equal sums fewer jumps cost less."""
    jump: NDArray[np.int64] = (np.abs(then - ahead) << _JUMPS) + (then != ahead)
    return jump

"""Gaps aligned at once, beside each alone and any other longest common subsequence."""

from itertools import pairwise

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from dedupe_text.gaps import Gaps, align_gaps
from dedupe_text.lcs import align_words

rows = st.lists(st.integers(0, 4), min_size=1, max_size=40)
gaps = st.tuples(rows, rows, st.booleans(), st.booleans())
Gap = tuple[list[int], list[int], bool, bool]


def aligned(gaps: list[Gap]) -> list[list[tuple[int, int]]]:
    """The places paired in each gap."""
    words = np.array([word for gap in gaps for side in gap[:2] for word in side], np.uint64)
    edges = np.cumsum([0, *(len(side) for gap in gaps for side in gap[:2])])
    after, before = (np.array([gap[at] for gap in gaps]) for at in (2, 3))
    found = align_gaps(
        words, Gaps(edges[:-1:2], edges[1::2], edges[1::2], edges[2::2], after, before)
    )
    kept, again = found.kept - edges[2 * found.gap], found.again - edges[2 * found.gap + 1]
    pairs = list(zip(kept.tolist(), again.tolist(), strict=True))
    return [[pairs[at] for at in np.flatnonzero(found.gap == gap)] for gap in range(len(gaps))]


def count_jumps(pairs: list[tuple[int, int]]) -> int:
    """How far the pairs jump ahead or back in all."""
    ahead = [left - right for left, right in pairs]
    return sum(abs(there - here) for here, there in pairwise(ahead))


@given(gaps)
@example(([1] * 40, [1] * 40, True, True))
@example(([1, 2], [3], True, False))
def test_the_pairs_are_as_many_as_can_be_and_jump_no_farther_than_others(gap: Gap) -> None:
    one, other, after, before = gap
    (close,) = aligned([gap])
    assert all(one[left] == other[right] for left, right in close)
    for side in zip(*close, strict=True):
        assert list(side) == sorted(set(side))
    any_ = align_words(one, other)
    assert len(close) == len(any_)
    first, last = [(-1, -1)] * after, [(len(one), len(other))] * before
    assert count_jumps([*first, *close, *last]) <= count_jumps([*first, *any_, *last])


@given(st.lists(gaps, min_size=1, max_size=30))
def test_a_gap_is_aligned_alone_as_it_is_among_others(gaps: list[Gap]) -> None:
    assert aligned(gaps) == [found for gap in gaps for found in aligned([gap])]


def test_gaps_of_64_words_and_more_are_aligned_as_short_ones_are() -> None:
    gaps = [([*range(size)], [*range(size)][::2], True, True) for size in range(60, 130)]
    for (_, other, *_), found in zip(gaps, aligned(gaps), strict=True):
        assert found == [(word, place) for place, word in enumerate(other)]


def test_a_word_before_what_is_the_same_is_not_paired_with_one_far_off() -> None:
    one, other = [1, 8, 8, 8, 1], [9, 1]
    assert aligned([(one, other, False, True)]) == [[(4, 1)]]
    assert aligned([(other[::-1], one[::-1], True, False)]) == [[(0, 0)]]

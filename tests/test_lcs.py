"""The longest common subsequence, beside a quadratic reference that is obviously right."""

from collections.abc import Sequence

from hypothesis import example, given
from hypothesis import strategies as st

from dedupe_text.lcs import align_words, count_aligned

rows = st.lists(st.integers(0, 4), max_size=40)
hashes = st.lists(st.sampled_from([0, 1, 2**63, 2**64 - 1]), max_size=12)


def count_common(one: Sequence[int], other: Sequence[int]) -> int:
    """The length of a longest common subsequence, from the textbook's table."""
    above = [0] * (len(other) + 1)
    for left in one:
        row = [0]
        for place, right in enumerate(other):
            row.append(above[place] + 1 if left == right else max(above[place + 1], row[place]))
        above = row
    return above[-1]


@given(rows, rows)
@example([], [1])
@example([1] * 40, [1] * 40)
@example([1, 2, 3, 4], [2, 9, 4, 4])
def test_no_common_subsequence_is_longer(one: list[int], other: list[int]) -> None:
    assert len(align_words(one, other)) == count_aligned(one, other) == count_common(one, other)


@given(rows, rows)
def test_the_pairs_are_equal_and_both_sides_rise(one: list[int], other: list[int]) -> None:
    pairs = align_words(one, other)
    assert all(one[left] == other[right] for left, right in pairs)
    for side in zip(*pairs, strict=True):
        assert list(side) == sorted(set(side))


@given(hashes, hashes)
def test_hashes_of_64_bits_are_words_too(one: list[int], other: list[int]) -> None:
    assert len(align_words(one, other)) == count_common(one, other)


@given(rows)
def test_a_row_is_aligned_to_itself_word_by_word(row: list[int]) -> None:
    assert align_words(row, row) == [(place, place) for place in range(len(row))]


@given(rows, rows)
def test_rows_without_a_common_word_have_no_pairs(one: list[int], other: list[int]) -> None:
    assert align_words(one, [word + 5 for word in other]) == []


def test_long_rows_cross_the_bounds_of_machine_words() -> None:
    one = [number % 97 for number in range(1000)]
    other = [number % 89 for number in range(700)]
    assert len(align_words(one, other)) == count_common(one, other)
    inserted = [*one[:63], -1, *one[63:128], -2, *one[128:]]
    assert len(align_words(one, inserted)) == len(one)

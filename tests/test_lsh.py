"""Banding: what the arithmetic says, and that work grows with the number of passages."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe_text import Settings, lsh_probability, lsh_threshold
from dedupe_text.lsh import find_candidates, link_buckets, unique_pairs
from dedupe_text.words import mix

shapes = st.tuples(st.integers(1, 128), st.integers(1, 16))
similarities = st.floats(0, 1)
MINIMA = [0x0000_0101, 0x5EED_0000, 0xFFFF_FFFF]  # as far apart as those of a signature


def pairs_of(found) -> list[tuple[int, int]]:
    return list(zip(found.first.tolist(), found.second.tolist(), strict=True))


def random_signatures(count: int, num_perm: int = 128, seed: int = 5) -> np.ndarray:
    generator = np.random.default_rng(seed)
    return generator.integers(0, 2**32, (count, num_perm), dtype=np.uint32)


@given(shapes)
def test_nothing_shared_is_never_found_and_equals_always(shape: tuple[int, int]) -> None:
    assert lsh_probability(0, *shape) == 0
    assert lsh_probability(1, *shape) == 1


@given(similarities, similarities, shapes)
def test_the_more_alike_the_likelier(one: float, other: float, shape: tuple[int, int]) -> None:
    low, high = sorted([one, other])
    assert 0 <= lsh_probability(low, *shape) <= lsh_probability(high, *shape) <= 1


@given(shapes)
def test_at_the_threshold_a_pair_is_as_likely_found_as_missed(shape: tuple[int, int]) -> None:
    assert lsh_probability(lsh_threshold(*shape), *shape) == pytest.approx(0.5)


def test_the_probabilities_that_the_documents_give_are_true() -> None:
    assert lsh_probability(0.2, 64, 2) == pytest.approx(0.93, abs=0.005)
    assert lsh_probability(0.8, bands=1, rows=1) == pytest.approx(0.8)
    assert Settings().num_perm // Settings().rows == 64


@pytest.mark.parametrize("jaccard", [0.05, 0.1, 0.2, 0.5])
def test_pairs_are_found_as_often_as_the_probability_says(jaccard: float) -> None:
    trials = 400
    one = random_signatures(trials, seed=1)
    other = random_signatures(trials, seed=2)
    same = np.random.default_rng(3).random(one.shape) < jaccard
    signatures = np.empty((2 * trials, 128), np.uint32)
    signatures[::2], signatures[1::2] = one, np.where(same, one, other)
    found = set(pairs_of(find_candidates(signatures, np.arange(2 * trials), 2)))
    hits = sum((2 * trial, 2 * trial + 1) in found for trial in range(trials))
    wanted = lsh_probability(jaccard, 64, 2)
    assert hits / trials == pytest.approx(wanted, abs=4 * (wanted * (1 - wanted) / trials) ** 0.5)


@given(st.data(), st.integers(1, 6), st.integers(1, 3))
def test_candidates_are_the_pairs_that_the_definition_gives(
    data: st.DataObject, count: int, rows: int
) -> None:
    minima = st.lists(st.sampled_from(MINIMA), min_size=7, max_size=7)
    signatures = np.array(data.draw(st.lists(minima, min_size=count, max_size=count)), np.uint32)
    found = set(pairs_of(find_candidates(signatures, np.arange(count), rows)))
    wanted = set()
    for band in range(7 // rows):
        buckets: dict[tuple[int, ...], list[int]] = {}
        for number, signature in enumerate(signatures):
            key = tuple(signature[band * rows : band * rows + rows].tolist())
            buckets.setdefault(key, []).append(number)
        for members in buckets.values():
            wanted |= {(members[0], other) for other in members[1:]}
            wanted |= set(pairwise(members))
    assert found == wanted


def test_signatures_are_known_by_the_numbers_of_their_passages() -> None:
    signatures = random_signatures(2)[[0, 1, 0]]
    assert pairs_of(find_candidates(signatures, np.array([3, 8, 11]), 2)) == [(3, 11)]


def test_the_same_minima_in_different_bands_are_no_reason_to_meet() -> None:
    one = np.array([[1, 2, 3, 4]], np.uint32)
    assert pairs_of(find_candidates(np.vstack([one, one[:, [2, 3, 0, 1]]]), np.arange(2), 2)) == []


@pytest.mark.parametrize("count", [2, 100, 5000])
def test_a_bucket_of_equals_has_a_linear_number_of_pairs(count: int) -> None:
    signatures = np.repeat(random_signatures(1), count, axis=0)
    found = find_candidates(signatures, np.arange(count), 2)
    assert len(found.first) <= 2 * count
    reached = set(found.first.tolist()) | set(found.second.tolist())
    assert reached == set(range(count))


@given(st.lists(st.integers(0, 4), max_size=40))
def test_all_members_of_a_bucket_hang_together(keys: list[int]) -> None:
    found = link_buckets(mix(np.array(keys, np.uint64)), np.arange(len(keys)))
    for first, second in pairs_of(found):
        assert first < second
        assert keys[first] == keys[second]
    firsts = {key: keys.index(key) for key in keys}
    linked = set(pairs_of(found))
    for number, key in enumerate(keys):
        assert number == firsts[key] or (firsts[key], number) in linked
    assert len(linked) == len(found.first)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=40))
def test_pairs_are_sorted_and_none_comes_twice(pairs: list[tuple[int, int]]) -> None:
    one, other = (
        np.array(side, np.int64) for side in (zip(*pairs, strict=True) if pairs else ((), ()))
    )
    wanted = sorted({(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]})
    assert pairs_of(unique_pairs(one, other)) == wanted

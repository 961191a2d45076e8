"""Signatures are datasketch's own, bit by bit, and its indexes take them."""

import numpy as np
import pytest
from datasketch import MinHash, MinHashLSH
from datasketch.hashfunc import sha1_hash32
from hypothesis import given
from hypothesis import strategies as st

from dedupe_text.minhash import estimate_similarity, sign, sign_shingles
from dedupe_text.passages import split_passages
from dedupe_text.shingles import shingle
from dedupe_text.words import split_words

hash_sets = st.lists(
    st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=12), min_size=1, max_size=6
)


def sign_sets(sets: list[list[int]], num_perm: int, seed: int = 1) -> np.ndarray:
    hashes = np.array([value for one in sets for value in one], np.uint32)
    first = np.cumsum([0, *map(len, sets[:-1])])
    return sign(hashes, first, num_perm, seed)


def sign_as_datasketch(hashes: list[int], num_perm: int, seed: int = 1) -> MinHash:
    signature = MinHash(num_perm, seed=seed, hashfunc=int, scheme="affine32")
    for value in hashes:
        signature.update(value)
    return signature


def test_the_golden_signature_of_datasketch_2() -> None:
    hashes = [sha1_hash32(b"a b c d e"), sha1_hash32(b"b c d e f")]
    golden = [972345546, 1280849458, 707944242, 2027048308]
    assert sign_sets([hashes], 4).tolist() == [golden]
    own = MinHash(4)
    own.update(b"a b c d e")
    own.update(b"b c d e f")
    assert own.hashvalues.tolist() == golden


@given(hash_sets, st.sampled_from([1, 7, 128]), st.sampled_from([1, 2, 42, 2**32 - 1]))
def test_every_signature_is_bit_identical_to_datasketch(
    sets: list[list[int]], num_perm: int, seed: int
) -> None:
    signatures = sign_sets(sets, num_perm, seed)
    assert signatures.dtype == np.uint32
    assert signatures.shape == (len(sets), num_perm)
    for ours, hashes in zip(signatures, sets, strict=True):
        theirs = sign_as_datasketch(hashes, num_perm, seed)
        assert ours.tolist() == theirs.hashvalues.tolist()


def test_how_many_are_signed_together_does_not_matter() -> None:
    lots = np.random.default_rng(1)
    sets = [lots.integers(0, 2**32, 1 << size).tolist() for size in range(17)]
    alone = [sign_sets([one], 16)[0] for one in sets]
    assert np.array_equal(sign_sets(sets, 16), alone)


def test_the_default_scheme_and_seed_of_datasketch_are_ours() -> None:
    theirs = MinHash(hashfunc=int)
    theirs.update(12345)
    assert sign_sets([[12345]], 128)[0].tolist() == theirs.hashvalues.tolist()
    assert theirs.scheme == "affine32"


@given(hash_sets, st.randoms(use_true_random=False))
def test_order_and_repetition_of_shingles_do_not_matter(sets: list[list[int]], random) -> None:
    mixed = [one * 2 for one in sets]
    for one in mixed:
        random.shuffle(one)
    assert np.array_equal(sign_sets(sets, 16), sign_sets(mixed, 16))


def test_shingles_are_signed_by_the_upper_half_of_their_hash() -> None:
    words = split_words("The boat is wanted on both banks of the river. So is the slipway.")
    passages = split_passages(words)
    shingles = shingle(words.hash, passages, 4)
    signatures = sign_shingles(shingles, 32)
    assert len(signatures) == len(passages) == 2
    for number, ours in enumerate(signatures):
        own = shingles.hash[shingles.passage == number] >> np.uint64(32)
        assert ours.tolist() == sign_as_datasketch(own.tolist(), 32).hashvalues.tolist()


def test_an_index_of_datasketch_takes_our_signatures_and_finds_them() -> None:
    sets = [list(range(100)), list(range(4, 104)), list(range(1000, 1100))]
    keys = ["first", "near", "other"]
    index = MinHashLSH(num_perm=128, params=(64, 2))
    signatures = [MinHash(128, hashvalues=ours, scheme="affine32") for ours in sign_sets(sets, 128)]
    for key, signature in zip(keys, signatures, strict=True):
        index.insert(key, signature)
    assert set(index.query(signatures[0])) == {"first", "near"}
    assert index.query(sign_as_datasketch(sets[2], 128)) == ["other"]
    assert signatures[0].jaccard(signatures[1]) == estimate_similarity(
        signatures[0].hashvalues, signatures[1].hashvalues
    )


@pytest.mark.parametrize("shared", [0, 25, 50, 80, 100])
def test_the_estimate_is_as_near_as_its_standard_error_says(shared: int) -> None:
    one, other = list(range(100)), list(range(100 - shared, 200 - shared))
    jaccard = shared / (200 - shared)
    signatures = sign_sets([one, other], 1024)
    estimate = estimate_similarity(signatures[0], signatures[1])
    assert estimate == pytest.approx(jaccard, abs=4 * 0.5 / 1024**0.5)

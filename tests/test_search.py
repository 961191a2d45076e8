"""What is left out on the way to candidates could not have been one."""

from itertools import combinations

import numpy as np
import pytest
from conftest import CASES
from hypothesis import given
from hypothesis import strategies as st

from dedupe_text import Document, Settings, clean, find_repeats
from dedupe_text.columns import distinct, sort_together
from dedupe_text.dedupe import look
from dedupe_text.lengths import Lengths
from dedupe_text.lsh import find_candidates
from dedupe_text.minhash import sign_shingles
from dedupe_text.search import find_aligned
from dedupe_text.shingles import Shingles, shingle, shingle_shared
from dedupe_text.split import split_text
from dedupe_text.words import add_mixed, mix


def shingles_of(sets: list[set[int]]) -> Shingles:
    hashes = mix(np.array([value for one in sets for value in one], np.uint64))
    passage = np.repeat(np.arange(len(sets), dtype=np.int32), [len(one) for one in sets])
    return Shingles(hashes, passage)


@given(st.lists(st.sets(st.integers(0, 99), min_size=1), min_size=1))
def test_passages_that_share_a_shingle_are_those_whose_sets_meet(sets: list[set[int]]) -> None:
    meet = [any(one & other for other in sets if other is not one) for one in sets]
    assert shingles_of(sets).shared(np.ones(len(sets), np.bool_)).tolist() == meet


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 999))))
def test_hashes_are_sorted_with_their_numbers(pairs: list[tuple[int, int]]) -> None:
    hashes = np.array([hash_ << 32 for hash_, _ in pairs], np.uint64)
    columns = sort_together(hashes, np.array([number for _, number in pairs], np.int64))
    wanted = sorted((hash_ << 32, number) for hash_, number in pairs)
    assert list(zip(*(column.tolist() for column in columns), strict=True)) == wanted


@pytest.mark.parametrize("name", CASES)
def test_what_shares_no_shingle_is_no_candidate(name: str) -> None:
    _, _, words, passages, *_ = split_text(CASES[name].text)
    shingles = shingle(words.hash, passages, 4)
    found = find_candidates(sign_shingles(shingles, 128), distinct(shingles.passage), 2)
    shared = shingles.shared(np.ones(len(passages), np.bool_))
    assert shared[found.first].all()
    assert shared[found.second].all()


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("since", [0, 3])
def test_the_shingles_of_a_long_text_are_those_of_a_short_one(
    name: str, since: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, _, words, passages, *_ = split_text(CASES[name].text)
    salt = passages.salt()
    wanted = shingle_shared(words.hash, passages, 4, since, salt)
    monkeypatch.setattr("dedupe_text.shingles._FEW", 0)
    found = shingle_shared(words.hash, passages, 4, since, salt)
    assert np.array_equal(found.hash, wanted.hash)
    assert np.array_equal(found.passage, wanted.passage)
    every = np.ones(len(passages), np.bool_)
    assert wanted.shared(every, since, salt).sum() == len(distinct(wanted.passage))


def test_where_a_block_ends_changes_nothing() -> None:
    sentences = [f"The {at} boats of Mr. Ba lay\nat the quay {at % 7}. " for at in range(9_000)]
    split = split_text("".join(sentences) + "\n```\nx = 1\n```\n")
    words, passages = split.words, split.passages
    assert len(words) > 1 << 16
    assert distinct(np.diff(passages.first_word)[:8_999]).tolist() == [11]
    content = np.add.reduceat(mix(words.hash), passages.first_word)
    assert np.array_equal(add_mixed(words.hash, passages.first_word), content)
    shingles = shingle(words.hash, passages, 4)
    assert distinct(np.bincount(shingles.passage)[:8_999]).tolist() == [8]
    every = np.array([0]), np.array([len(words)])
    assert Lengths(words.flags).weight(*every).tolist() == [99_000]


def test_a_text_without_candidates_is_not_aligned() -> None:
    sentences = (f"Rain fell over {a}{b} and {b}{a}." for a, b in combinations("abcdef", 2))
    few: list = []
    split = split_text("\n".join(sentences))
    assert find_aligned(split.words, split.passages, Settings(), few) is None
    assert few == []


def test_what_is_alike_in_code_alone_comes_second_and_makes_no_repeat() -> None:
    lines = [f"{name} = read({name}, limit)" for name in "abcdefghijklmno"]
    code = "\n".join(["```", *lines, "```"])
    text = f"First of all a loop.\n\n{code}\n\nAnd now for another one.\n\n{code}\n\nThe end.\n"
    split = split_text(text)
    aligned = find_aligned(split.words, split.passages, Settings())
    assert aligned is not None
    assert aligned.heavy == []
    assert [*aligned.light] != []
    assert clean(text).cuts == ()


@pytest.mark.parametrize("name", CASES)
def test_a_run_that_notes_what_it_turns_down_decides_as_one_that_does_not(name: str) -> None:
    text = CASES[name].text
    looked = look(text, Settings(), near=[])
    assert (looked.result.cuts, looked.result.spared) == (clean(text).cuts, clean(text).spared)


@pytest.mark.parametrize("apart", ["kept", "again"])
def test_no_repeat_goes_on_into_another_document(apart: str) -> None:
    halves = [" ".join(f"{half}{number}" for number in range(50)) + "." for half in "AB"]
    both = " ".join(halves)
    texts = [*halves, both] if apart == "kept" else [both, *halves]
    found = find_repeats([Document(str(number), text) for number, text in enumerate(texts)])
    for repeat in found:
        for place in (repeat.kept, *(alignment.location for alignment in repeat.again)):
            assert place.span.of(texts[int(place.document)]) in halves
    assert sum(len(repeat.again) for repeat in found) == 2


@pytest.mark.parametrize(("times", "found"), [(64, True), (65, False)])
def test_what_one_document_says_more_than_64_times_is_not_looked_up(
    times: int, *, found: bool
) -> None:
    line = "The ferry to the outer islands leaves from the second pier at a quarter to nine."
    split = split_text("\n".join([line] * times))
    assert (find_aligned(split.words, split.passages, Settings()) is not None) is found


def test_what_many_documents_say_once_is_looked_up() -> None:
    text = " ".join(f"word{number}" for number in range(60)) + "."
    (repeat,) = find_repeats([Document(str(number), text) for number in range(70)])
    assert len(repeat.again) == 69

"""Words: where they are, what they are, and when two of them are the same."""

import unicodedata
from functools import lru_cache

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dedupe_text.words import IN_WORD, Flag, Words, fold, mix, split_words

SCRIPTS = (
    "abz AZ éßŒ ЖжЁ Ως שלום عربى १२३ 0９½²Ⅷ 東京カナｶﾅ ไทยน้ำ ລາວ ខ្មែរ မြန်မာ 한국어 𠀀𝒜 "
    "\u0301\u0308\u20e3 \u00ad\u200b\u200d\u2060\ufe0f\u0640 .․．!?…。؟۔।:;,'’\"“”«»-–—_()[]#*@ "
    "\t\n\r\v\f\x1c\x85\xa0\u2028\u2029\u3000 \x00\ud800\udfff\ufffe"
)
texts = st.one_of(
    st.text(st.sampled_from(SCRIPTS), max_size=60),
    st.text(st.characters(exclude_categories=()), max_size=40),
)


def spelled(text: str) -> list[str]:
    words = split_words(text)
    return [text[start:end] for start, end in zip(words.start, words.end, strict=True)]


def hashes(text: str) -> list[int]:
    return [int(value) for value in split_words(text).hash]


# --- a slow splitter, character by character ------------------------------------------------------


@lru_cache
def is_alone(char: str) -> bool:
    """Of a script without spaces between its words."""
    if unicodedata.category(char)[0] not in "LN" or unicodedata.category(char) == "Nd":
        return False
    name = unicodedata.name(char, "")
    scripts = ("CJK UNIFIED", "HIRAGANA", "KATAKANA", "HALFWIDTH KATAKANA", "THAI", "LAO ", "KHMER")
    return name.startswith((*scripts, "MYANMAR"))


@lru_cache
def is_ignored(char: str) -> bool:
    invisible = unicodedata.category(char) == "Cf" or char == "\u0640"
    return invisible or char == "\u034f" or char in map(chr, range(0xFE00, 0xFE10))


def split_slowly(text: str) -> list[tuple[int, int]]:
    """The words as spans, by reading on."""
    spans: list[list[int]] = []
    going = alone = False
    for at, char in enumerate(text):
        kind = unicodedata.category(char)[0]
        if is_ignored(char):
            continue
        if kind not in "LNM":
            going = alone = False
            continue
        begins = not going or is_alone(char) or (alone and kind != "M")
        if begins:
            spans.append([at, at + 1])
            alone = is_alone(char)
        else:
            spans[-1][1] = at + 1
        going = True
    return [(start, end) for start, end in spans]


@given(st.text(st.sampled_from(SCRIPTS), max_size=60))
@example("กำ ก\u200bำ a\u00ad\u0301b 東\u0301京 ทa1 a東 \u0301a")
def test_the_words_are_those_that_a_slow_reader_finds(text: str) -> None:
    words = split_words(text)
    assert list(zip(words.start.tolist(), words.end.tolist(), strict=True)) == split_slowly(text)


@given(texts)
def test_between_words_there_is_no_letter_digit_or_mark(text: str) -> None:
    words = split_words(text)
    edges = [0, *np.stack([words.start, words.end], axis=1).ravel().tolist(), len(text)]
    assert edges == sorted(edges)
    between = "".join(text[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True))
    assert not any(
        unicodedata.category(char)[0] in "LNM" and not is_ignored(char) for char in between
    )
    assert all(start < end for start, end in zip(words.start, words.end, strict=True))


@given(texts)
def test_equal_folds_have_equal_hashes_and_unequal_ones_do_not(text: str) -> None:
    folds = [fold(word) for word in spelled(text)]
    by_hash = dict(zip(hashes(text), folds, strict=True))
    assert [by_hash[value] for value in hashes(text)] == folds
    assert len(by_hash) == len(set(folds))


@given(texts)
def test_every_column_has_one_entry_a_word(text: str) -> None:
    words = split_words(text)
    columns = (words.start, words.end, words.hash, words.flags)
    assert {len(column) for column in columns} == {len(words)}
    types = [column.dtype for column in (*columns, words.line_start)]
    assert types == [np.int32, np.int32, np.uint64, np.uint16, np.int32]


# --- examples -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        (" \n\t ", []),
        ("Don’t stop-start, e.g. 3.14%", ["Don", "t", "stop", "start", "e", "g", "3", "14"]),
        ("snake_case", ["snake", "case"]),
        ("hyphen\u00adated zero\u200bwidth", ["hyphen\u00adated", "zero\u200bwidth"]),
        ("東京都で12月に", ["東", "京", "都", "で", "12", "月", "に"]),
        ("น้ำใจ", ["น้", "ำ", "ใ", "จ"]),
        ("한국어 שלום مرحبا", ["한국어", "שלום", "مرحبا"]),
        ("A東B", ["A", "東", "B"]),
        ("e\u0301te\u0301", ["e\u0301te\u0301"]),
        ("one\x00two\x85three", ["one", "two", "three"]),
        ("in\ud800side", ["in", "side"]),
        ("😀 fun", ["fun"]),
    ],
)
def test_where_words_are(text: str, words: list[str]) -> None:
    assert spelled(text) == words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Straße", "STRASSE"),
        ("café", "cafe\u0301"),
        ("ﬁne", "fine"),
        ("Ａ１", "a1"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
        ("co\u00adoperate", "cooperate"),
        ("ｶﾞ", "ガ"),
        ("كتـــاب", "كتاب"),
        ("½", "1⁄2"),
        ("Ǆ", "dž"),
    ],
)
def test_what_looks_the_same_is_the_same(one: str, other: str) -> None:
    assert fold(one) == fold(other)
    if len(spelled(one)) == len(spelled(other)) == 1:
        assert hashes(one) == hashes(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("cat", "act"), ("a", "aa"), ("resume", "résumé"), ("10", "01"), ("abab", "baba"), ("й", "и")],
)
def test_what_is_spelled_differently_is_different(one: str, other: str) -> None:
    assert fold(one) != fold(other)
    assert hashes(one) != hashes(other)


def test_a_word_has_the_same_hash_wherever_it_stands() -> None:
    alone = hashes("Œuvre")
    for around in ("{} x", "x {}", "日{}本", "ß {} ß", "\u0301 {}", "𝒜 {}\u00ad"):
        assert alone[0] in hashes(around.format("œuvre"))


@pytest.mark.parametrize("filler", ["a", "東", "é", " ", "x y "])
def test_words_across_the_bounds_of_a_block_stay_whole(filler: str) -> None:
    size = (1 << 16) // len(filler)
    for shift in (0, 1, 5):
        text = " " * shift + filler * (size - 3) + " straddling words here " + filler * 9
        words = split_words(text)
        spans = list(zip(words.start.tolist(), words.end.tolist(), strict=True))
        assert spans == split_slowly(text)
        at = text.index("straddling")
        assert words.hash[words.start == at].tolist() == hashes("straddling")


@pytest.mark.parametrize("gap", [". ", "!\n\n", " " * 200_000 + "?"])
def test_what_follows_a_word_is_known_across_the_bounds_of_a_block(gap: str) -> None:
    for filler in range((1 << 16) - 8, (1 << 16) + 2):
        words = split_words("." * (filler - 4) + " One" + gap + "Two")
        assert words.flags[0] == split_words("One" + gap + "Two").flags[0], filler


def test_one_word_may_be_longer_than_a_block() -> None:
    text = "ab" * (1 << 17) + " end"
    assert [len(word) for word in spelled(text)] == [1 << 18, 3]
    assert hashes(text)[1:] == hashes("end")
    assert hashes("ab" * (1 << 17)) != hashes("ba" * (1 << 17))


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [0]),
        ("a", [0]),
        ("a\nb\r\nc\rd", [0, 2, 5, 7]),
        ("a\n", [0, 2]),
        ("\r\r\n\n", [0, 1, 3, 4]),
        ("a\u2028b\x85c\vd\fe\x1cf", [0]),
    ],
)
def test_lines_begin_after_three_kinds_of_newline_and_no_others(
    text: str, lines: list[int]
) -> None:
    assert split_words(text).line_start.tolist() == lines


@pytest.mark.parametrize(
    ("text", "flag", "said"),
    [
        ("abc Ab 7 7b vii Ⅶ ½ ٣ 三 ไ", Flag.DIGIT, [0, 0, 1, 1, 0, 1, 1, 1, 1, 0]),
        ("abc Abc aBC 東 Ж ж 7", Flag.UPPER, [0, 1, 1, 0, 1, 0, 0]),
        ("one. two three! four? five. ", Flag.STOP, [1, 0, 0, 0, 1]),
        ("one. two! three? four。 five; six", Flag.TERMINATOR, [0, 1, 1, 1, 0, 0]),
        ("one two\nthree\r\nfour-five", Flag.NEWLINE, [0, 1, 1, 0, 0]),
        ("one two\nthree\u00a0four-five", Flag.SPACE, [1, 0, 1, 0, 0]),
        ("東 a ก ຂ ខ မ", Flag.PHRASED, [0, 0, 1, 1, 1, 1]),
    ],
)
def test_words_know_what_they_are_and_what_follows(text: str, flag: Flag, said: list[int]) -> None:
    assert (split_words(text).flags & flag > 0).astype(int).tolist() == said


@given(texts)
def test_every_word_has_a_letter_or_mark_in_it(text: str) -> None:
    assert bool(np.all(split_words(text).flags & IN_WORD > 0))


@given(st.lists(texts, max_size=4))
def test_the_words_of_several_texts_are_those_of_each(several: list[str]) -> None:
    joined = Words.join([split_words(text) for text in several])
    assert joined.hash.tolist() == [value for text in several for value in hashes(text)]
    starts = [int(start) for text in several for start in split_words(text).start]
    assert joined.start.tolist() == starts


@given(st.lists(st.integers(0, 2**64 - 1), unique=True, max_size=50))
def test_mixing_maps_no_two_numbers_to_one_and_keeps_0(values: list[int]) -> None:
    mixed = mix(np.array([0, *values], np.uint64))
    assert mixed[0] == 0
    assert len(set(mixed.tolist())) == len({0, *values})

"""Passages: the same sentence wherever it stands, and nothing lost in between."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe_text.passages import Passages, gap_before, split_long, split_passages
from dedupe_text.words import split_words


def passages_of(text: str) -> list[str]:
    words = split_words(text)
    passages = split_passages(words)
    return [
        text[words.start[first] : words.end[last - 1]]
        for first, last in zip(passages.first_word, passages.last_word, strict=True)
    ]


@pytest.mark.parametrize(
    ("text", "passages"),
    [
        ("", []),
        ("... !", []),
        ("One", ["One"]),
        ("It rained. Nobody minded.", ["It rained", "Nobody minded"]),
        ("Why? Because! So… Yes.", ["Why", "Because", "So", "Yes"]),
        ("“Why not?” she asked. He knew.", ["Why not?” she asked", "He knew"]),
        (
            "“It is late.” She left. (It was.) So did he.",
            ["It is late", "She left", "It was", "So did he"],
        ),
        (
            "Mr. Ba met Dr. Li at St. Ann. They spoke.",
            ["Mr. Ba met Dr. Li at St. Ann", "They spoke"],
        ),
        ("J. S. Bach wrote it. We play it.", ["J. S. Bach wrote it", "We play it"]),
        (
            "It cost 3.14 or 1.000,50 a head. Nobody paid.",
            ["It cost 3.14 or 1.000,50 a head", "Nobody paid"],
        ),
        ("See example.org for e.g. more. Thanks.", ["See example.org for e.g. more", "Thanks"]),
        ("He said so … and left. We stayed.", ["He said so … and left", "We stayed"]),
        ("今天下雨。没有人在意！是吗？", ["今天下雨", "没有人在意", "是吗"]),
        ("雨が降った。誰も気にしない。", ["雨が降った", "誰も気にしない"]),
        ("هل جاء؟ نعم جاء۔ شكرا.", ["هل جاء", "نعم جاء", "شكرا"]),
        ("वह आया। वह गया।", ["वह आया", "वह गया"]),
        ("ฝนตก ไม่มีใครสนใจ", ["ฝนตก", "ไม่มีใครสนใจ"]),
        ("Heading\n\nText goes on here.", ["Heading", "Text goes on here"]),
        (
            "First item\nSecond\nA third and longer item",
            ["First item", "Second", "A third and longer item"],
        ),
        ("a line of verse,\nand another one", ["a line of verse,\nand another one"]),
        ("No stop here\r\n\r\nAnd none here", ["No stop here", "And none here"]),
    ],
)
def test_where_sentences_end(text: str, passages: list[str]) -> None:
    assert passages_of(text) == passages


PARAGRAPH = (
    "Nobody on either bank disputes that the boat is wanted. What kept the council apart for so "
    "long was the question of who should pay for the slipway, and whether a new one would stand "
    "any better than the last. In May the owners of the mussel beds offered Torvald Brekke and "
    "his crew a floating pontoon. It is late in Nairn tonight, and the ferry is not in."
)


def wrap(text: str, width: int, newline: str) -> str:
    lines, line = [], ""
    for word in text.split(" "):
        if line and len(line) + 1 + len(word) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return newline.join([*lines, line])


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("width", [40, 64, 72, 80, 100])
def test_a_paragraph_that_is_wrapped_has_the_same_sentences(width: int, newline: str) -> None:
    wrapped = wrap(PARAGRAPH, width, newline)
    assert wrapped.count(newline) > 2
    assert [part.replace(newline, " ") for part in passages_of(wrapped)] == passages_of(PARAGRAPH)


@pytest.mark.parametrize(
    "around", ["Before it.\n\n{}\n\nAfter it.", "Before it. {} After it.", "Before\n\n{}\n\nAfter"]
)
def test_a_sentence_is_the_same_wherever_its_paragraph_stands(around: str) -> None:
    inside = passages_of(around.format(PARAGRAPH))
    assert inside[1:-1] == passages_of(PARAGRAPH)


# --- lossless -------------------------------------------------------------------------------------


PIECES = ["Ab", "cd", "7", "東", "ก", "。", "“", "”", "(", ")", "-", "***", "Mr.", "…", ".", "?"]
PIECES += ["\x00", "\x85", "\ud800", "\u00ad", "\u0301"]
PIECES += [". ", "? ", " ", "\n", "\r\n", "\n\n", " \u2028 "]
pieces = st.sampled_from(PIECES)
texts = st.lists(pieces, max_size=30).map("".join)


@given(texts)
def test_passages_cover_all_words_in_order(text: str) -> None:
    words = split_words(text)
    passages = split_passages(words)
    edges = [0, *passages.last_word.tolist()]
    assert passages.first_word.tolist() == edges[:-1]
    assert edges[-1] == len(words)
    assert all(first < last for first, last in pairwise(edges))
    assert not passages.document.any()


@given(texts)
def test_gaps_and_passages_together_are_the_text(text: str) -> None:
    words = split_words(text)
    gaps = [gap_before(text, words, word) for word in range(len(words) + 1)]
    at = 0
    for word, gap in enumerate(gaps):
        left = int(words.end[word - 1]) if word else 0
        right = int(words.start[word]) if word < len(words) else len(text)
        assert left <= gap.closing.start <= gap.closing.end
        assert gap.opening.start <= gap.opening.end <= right
        assert gap.closing == gap.opening or gap.closing.end <= gap.opening.start
        assert at <= gap.closing.start
        at = gap.opening.end
        if words and 0 < word < len(words):
            assert gap.closing.of(text).strip() == gap.opening.of(text).strip() == ""


@pytest.mark.parametrize(
    ("text", "word", "closing", "opening", "strength"),
    [
        ("One. Two.", 1, " ", " ", 0),
        ("One.Two.", 1, "", "", -1),
        ("One.\nTwo.", 1, "\n", "\n", 1),
        ("One.\r\n\r\nTwo.", 1, "\r\n\r\n", "\r\n\r\n", 2),
        ("One. \n \n Two.", 1, " \n \n ", " \n \n ", 2),
        ("One.\n\n* * *\n\nTwo.", 1, "\n\n", "\n\n", 2),
        ("One. — Two.", 1, " ", " ", 0),
        ("“One.” (Two.)", 1, " ", " ", 0),
        ("一。二。", 1, "", "", -1),
    ],
)
def test_what_lies_between_two_passages(
    text: str, word: int, closing: str, opening: str, strength: int
) -> None:
    gap = gap_before(text, split_words(text), word)
    assert (gap.closing.of(text), gap.opening.of(text), gap.strength) == (
        closing,
        opening,
        strength,
    )


def test_brackets_and_quotes_stay_with_their_own_passage() -> None:
    for text in ("「一。」「二。」", "(One.)(Two.)", "“One.” “Two.”", "One…”«Two", "¡One!¿Two?"):
        words = split_words(text)
        gap = gap_before(text, words, 1)
        before, after = text[: gap.closing.start], text[gap.opening.end :]
        assert before + gap.closing.of(text) + after == text
        assert not before.rstrip().endswith(tuple("「(“«¿"))
        assert not after.startswith(tuple("」)”…!。"))


# --- several documents, long passages -------------------------------------------------------------


@given(st.lists(texts, min_size=1, max_size=4))
def test_the_passages_of_several_documents_are_those_of_each(several: list[str]) -> None:
    words = [split_words(text) for text in several]
    own = [split_passages(one) for one in words]
    joined = Passages.join(own)
    shift, wanted = 0, []
    for number, (one, its_words) in enumerate(zip(own, words, strict=True)):
        spans = zip(one.first_word.tolist(), one.last_word.tolist(), strict=True)
        wanted += [(number, first + shift, last + shift) for first, last in spans]
        shift += len(its_words)
    columns = (joined.document, joined.first_word, joined.last_word)
    assert list(zip(*(column.tolist() for column in columns), strict=True)) == wanted


def test_words_know_their_passage() -> None:
    passages = split_passages(split_words("One two. Three four five. Six."))
    assert passages.of_words(np.arange(6)).tolist() == [0, 0, 1, 1, 1, 2]
    assert passages.around(3, 4, apart=(5, 6)) == (2, 5)
    assert passages.around(3, 4, apart=(4, 6)) == (2, 4)
    assert passages.around(3, 4, apart=(0, 3)) == (3, 5)


@given(st.lists(st.integers(0, 40), max_size=300))
def test_long_passages_are_cut_by_content_and_cover_all_words(numbers: list[int]) -> None:
    words = split_words(" ".join(f"w{number}" for number in numbers))
    passages = split_passages(words)
    parts = split_long(passages, words.hash)
    edges = sorted({0, *parts.last_word.tolist()})
    assert sorted({len(words), *parts.first_word.tolist()}) == edges
    assert set(passages.first_word.tolist()) <= set(parts.first_word.tolist())
    if len(words) <= 64:
        assert len(parts) == len(passages)


def test_the_parts_of_a_long_passage_do_not_depend_on_what_stands_before() -> None:
    text = " ".join(f"w{number}" for number in range(400))
    words, longer = split_words(text), split_words(f"some more words and {text}")
    parts = split_long(split_passages(words), words.hash)
    others = split_long(split_passages(longer), longer.hash)
    assert len(parts) > 10
    assert set((parts.first_word[1:] + 4).tolist()) <= set(others.first_word.tolist())

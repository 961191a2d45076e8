"""Clean seams, and a self-check that refuses a broken plan."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dedupe_text import Cut, Location, SelfCheckError, Span, clean
from dedupe_text.cleaning import (
    apply_cuts,
    check_cuts,
    cut_span,
    cut_spans,
    passage_span,
    without,
)
from dedupe_text.passages import gap_before, split_passages
from dedupe_text.pieces import Piece
from dedupe_text.words import split_words


def words_between(text: str, first: str, last: str) -> tuple[int, int]:
    """The words from the first letter of `first` to the last of `last`, found in the text."""
    words = split_words(text)
    start, end = text.index(first), text.index(last) + len(last)
    return int(np.searchsorted(words.start, start)), int(np.searchsorted(words.start, end))


# --- seams ----------------------------------------------------------------------------------------

SEAMS = [
    # in one paragraph
    ("One here. Gone again. Two here.", "One here. Two here."),
    ("One here. Gone again.", "One here."),
    ("Gone again. Two here.", "Two here."),
    ("One here.  Gone again. Two here.", "One here. Two here."),
    ("One here.\u00a0Gone again. Two here.", "One here. Two here."),
    ("One here.\tGone again.\tTwo here.", "One here.\tTwo here."),
    ("One here? Gone again! Two here.", "One here? Two here."),
    ("One here!Gone again!Two here.", "One here!Two here."),
    # paragraphs of their own
    ("One here.\n\nGone again.\n\nTwo here.", "One here.\n\nTwo here."),
    ("One here.\r\n\r\nGone again.\r\n\r\nTwo here.", "One here.\r\n\r\nTwo here."),
    ("One here.\nGone again.\nTwo here.", "One here.\nTwo here."),
    ("One here.\r\rGone again.\r\rTwo here.", "One here.\r\rTwo here."),
    ("One here.\n \nGone again.\n\t\nTwo here.", "One here.\n\t\nTwo here."),
    ("  One here.\n\n  Gone again.\n\n  Two here.", "  One here.\n\n  Two here."),
    # the stronger of two separators stays
    ("One here. Gone again.\n\nTwo here.", "One here.\n\nTwo here."),
    ("One here.\n\nGone again. Two here.", "One here.\n\nTwo here."),
    ("One here.\nGone again.\n\nTwo here.", "One here.\n\nTwo here."),
    ("One here.\n\nGone again.\nTwo here.", "One here.\n\nTwo here."),
    ("One here.\nGone again. Two here.", "One here.\nTwo here."),
    ("One here. Gone again.\nTwo here.", "One here.\nTwo here."),
    ("One here.\n\n\n\nGone again.\n\nTwo here.", "One here.\n\n\n\nTwo here."),
    # the ends of the text
    ("Gone again.\n\nTwo here.\n", "Two here.\n"),
    ("\n\nGone again.\n\nTwo here.\n", "\n\nTwo here.\n"),
    ("One here.\n\nGone again.\n", "One here.\n"),
    ("One here.\n\nGone again.", "One here."),
    ("One here. Gone again.\n", "One here.\n"),
    ("One here.\n\nGone again.\n\n\n", "One here.\n\n\n"),
    ("One here.\r\n\r\nGone again.\r\n", "One here.\r\n"),
    ("Gone again.\n", "\n"),
    ("Gone again.", ""),
    # quotes, brackets and marks go with their passage
    ("One here. “Gone again.” Two here.", "One here. Two here."),
    ("One here. (Gone again.) Two here.", "One here. Two here."),
    ("“One here.” “Gone again.” “Two here.”", "“One here.” “Two here.”"),
    ("- One here.\n- Gone again.\n- Two here.", "- One here.\n- Two here."),
    ("* One here.\n\n* Gone again.\n\n* Two here.\n", "* One here.\n\n* Two here.\n"),
    ("> One here.\n> Gone again.\n> Two here.\n", "> One here.\n> Two here.\n"),
    # what belongs to neither side stays
    ("One here.\n\n* * *\n\nGone again.\n\nTwo here.", "One here.\n\n* * *\n\nTwo here."),
    ("One here.\n\nGone again.\n\n* * *\n\nTwo here.", "One here.\n\n* * *\n\nTwo here."),
    # scripts without spaces
    ("一在此。Gone again。二在此。", "一在此。二在此。"),
    ("「一在此。」「Gone again。」「二在此。」", "「一在此。」「二在此。」"),
    ("一在此。\u3000Gone again。\u3000二在此。", "一在此。\u3000二在此。"),
]


@pytest.mark.parametrize(("text", "cleaned"), SEAMS)
def test_a_seam_has_no_doubled_blank_line_and_no_missing_space(text: str, cleaned: str) -> None:
    first, last = words_between(text, "Gone", "again")
    assert without(text, [cut_span(text, split_words(text), first, last)]) == cleaned


@pytest.mark.parametrize(("text", "_"), SEAMS)
def test_the_span_of_a_passage_is_what_a_reader_would_mark(text: str, _: str) -> None:
    first, last = words_between(text, "Gone", "again")
    span = passage_span(text, split_words(text), first, last)
    assert "Gone again" in span.of(text)
    assert span.of(text).strip() == span.of(text)
    assert "here" not in span.of(text)


PIECES = [
    "Ab",
    "cd",
    "7",
    "東",
    "ก",
    "。",
    ".",
    "?",
    "“",
    "”",
    "(",
    ")",
    "-",
    "…",
    "\x00",
    "\ud800",
]
PIECES += [" ", "\n", "\r\n", "\n\n", "\r", "\u3000", " \n \n", "\n* * *\n", "\u0301", "\u00ad"]
texts = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)


@given(texts, st.randoms(use_true_random=False))
def test_a_cut_takes_its_words_and_no_others(text: str, random) -> None:
    words = split_words(text)
    passages = split_passages(words)
    assume(len(passages))
    first = random.randrange(len(passages))
    last = random.randrange(first, len(passages))
    low, high = int(passages.first_word[first]), int(passages.last_word[last])
    span = cut_span(text, words, low, high)
    hashes = words.hash.tolist()
    assert split_words(span.of(text)).hash.tolist() == hashes[low:high]
    left = split_words(without(text, [span])).hash.tolist()
    assert left == hashes[:low] + hashes[high:]


OPENERS = ["", "", "“", "(", "- ", "\ud800", "\u00ad"]
STOPS = [".", "?”", "。", "!)", "… ", "\u0301. "]
SPACES = [" ", "\n", "\r\n", "\n\n", "\r", "\u3000", " \n \n", "\n\n* * *\n\n", "\x85"]
parts = st.tuples(
    st.sampled_from(OPENERS),
    st.sampled_from(["Ab cd", "7", "東京"]),
    st.sampled_from(STOPS),
    st.sampled_from(SPACES),
)
sentences = st.lists(parts, min_size=3, max_size=7).map(lambda some: "".join(map("".join, some)))


@given(sentences, st.randoms(use_true_random=False))
def test_a_seam_is_as_wide_as_the_wider_of_the_gaps_it_came_from(text: str, random) -> None:
    words = split_words(text)
    passages = split_passages(words)
    assume(len(passages) > 2)
    first = random.randrange(1, len(passages) - 1)
    last = random.randrange(first, len(passages) - 1)
    low, high = int(passages.first_word[first]), int(passages.last_word[last])
    before, after = gap_before(text, words, low), gap_before(text, words, high)
    rest = without(text, [cut_span(text, words, low, high)])
    seam = gap_before(rest, split_words(rest), low)
    assert seam.strength == max(before.strength, after.strength)


@given(sentences, st.randoms(use_true_random=False))
def test_neighbours_are_cut_as_if_they_were_one(text: str, random) -> None:
    words = split_words(text)
    passages = split_passages(words)
    edges = [0, *passages.last_word.tolist()]
    assume(len(edges) > 2)
    first, middle, last = random.choice(list(combinations(edges, 3)))
    none = np.zeros(0, np.int64)
    two = [Piece(first, middle, none, none, None), Piece(middle, last, none, none, None)]
    one, other = cut_spans(text, words, two)
    assert one.end == other.start
    assert Span(one.start, other.end) == cut_span(text, words, first, last)
    assert split_words(one.of(text)).hash.tolist() == words.hash[first:middle].tolist()


# --- the check ------------------------------------------------------------------------------------

SAID = "The boat is wanted on both banks, said 12 of 14 owners. Nobody paid for it. "
RAIN = "Rain fell on the slipway. "
TEXT = f"{SAID}{RAIN}{SAID}The end."
START, END = len(SAID + RAIN), len(SAID + RAIN + SAID)
KEPT = Location("text", 0, len(SAID) - 1)
AGAIN = Location("text", START, END - 1)
GOOD = Cut(Span(START, END), KEPT, 1.0, "exact", 16)


def refuse(*cuts: Cut, text: str = TEXT, facts: bool = True) -> str:
    with pytest.raises(SelfCheckError) as caught:
        check_cuts(text, cuts, facts)
    return str(caught.value)


def test_a_sound_plan_is_let_through() -> None:
    assert GOOD.removed.of(TEXT) == SAID
    assert GOOD.words == len(split_words(SAID))
    check_cuts(TEXT, [GOOD], facts=True)
    check_cuts(TEXT, [], facts=True)
    assert apply_cuts(TEXT, [GOOD]) == f"{SAID}{RAIN}The end."


def test_every_refusal_says_that_it_is_a_bug_and_that_nothing_was_changed() -> None:
    message = refuse(GOOD, GOOD)
    assert "bug in dedupe-text" in message
    assert "nothing was changed" in message
    assert "\n" not in message


@pytest.mark.parametrize(
    "spans",
    [
        [(START, END), (START + 49, END + 4)],
        [(START, END), (START, END)],
        [(START, END), (len(SAID), START)],
        [(START, START)],
        [(END, START)],
        [(-5, 20)],
        [(START, len(TEXT) + 1)],
    ],
)
def test_spans_that_overlap_or_are_out_of_order_or_of_the_text_are_refused(
    spans: list[tuple[int, int]],
) -> None:
    assert "order" in refuse(*(GOOD._replace(removed=Span(*span)) for span in spans))


@pytest.mark.parametrize("edges", [(1, 0), (0, -3), (-3, 0), (0, 2)])
def test_a_cut_inside_a_word_is_refused(edges: tuple[int, int]) -> None:
    removed = Span(START + edges[0], END + edges[1])
    assert "splits a word" in refuse(GOOD._replace(removed=removed))


@pytest.mark.parametrize("word", ["cafe\u0301", "co\u00adop", "न\u0940", "น\u0e49"])
def test_a_cut_inside_what_a_reader_sees_as_a_letter_is_refused(word: str) -> None:
    """A mark or a soft hyphen belongs to the letter before it."""
    text = f"{word} {word}"
    inside = next(at for at, char in enumerate(word) if not char.isalnum())
    cut = Cut(Span(len(word), len(word) + 1 + inside), Location("text", 0, 2), 0.01, "near", 1)
    refuse(cut, text=text)


def test_a_witness_that_says_something_else_is_refused() -> None:
    elsewhere = GOOD._replace(kept=Location("text", len(SAID), START))
    assert "does not stand" in refuse(elsewhere)


def test_a_witness_that_says_less_than_is_claimed_is_refused() -> None:
    other = SAID.replace("Nobody paid for it", "Somebody took over there")
    text = f"{other}{RAIN}{SAID}The end."
    removed = Span(text.index(SAID), text.index("The end."))
    cut = Cut(removed, Location("text", 0, len(other) - 1), 1.0, "exact", 16)
    assert "does not stand" in refuse(cut, text=text)
    check_cuts(text, [cut._replace(similarity=12 / 16, kind="near")], facts=True)


def test_a_witness_that_is_itself_cut_is_refused() -> None:
    first = Cut(Span(0, len(SAID)), AGAIN, 1.0, "exact", 16)
    assert "does not stand" in refuse(first, GOOD)
    assert "does not stand" in refuse(GOOD._replace(kept=AGAIN))


def test_a_witness_of_which_a_part_is_cut_is_refused() -> None:
    part = Cut(Span(0, SAID.index("Nobody")), AGAIN, 1.0, "exact", 12)
    assert "does not stand" in refuse(part, GOOD)


@pytest.mark.parametrize("number", ["9", "2031", "٣", "९"])
def test_a_number_that_would_be_lost_is_refused(number: str) -> None:
    text = f"{SAID}Rain fell. {SAID.replace('12', number)}The end."
    at = text.index("The boat", 10)
    cut = Cut(Span(at, text.index("The end")), KEPT, 15 / 16, "near", 16)
    assert "number" in refuse(cut, text=text)
    check_cuts(text, [cut], facts=False)


def test_what_clean_returns_passes_the_check() -> None:
    section = (
        "The old boat is wanted on both banks of the river. Its ropes were made by hand, and none "
        "of them has been replaced since. Whoever crosses pays with a song, a story or an hour of "
        "work in the garden behind the landing."
    )
    result = clean(f"{section}\n\nRain fell.\n\n{section}\n")
    assert len(result.cuts) == 1
    check_cuts(result.original.text, result.cuts, facts=True)
    shifted = [
        cut._replace(removed=Span(cut.removed.start + 1, cut.removed.end)) for cut in result.cuts
    ]
    with pytest.raises(SelfCheckError):
        check_cuts(result.original.text, [*shifted, *result.cuts], facts=True)

"""Findings as a person at a terminal reads them."""

import re

import pytest

from dedupe_text.model import Cut, Difference, Location, Span, Spared
from dedupe_text.report.text import as_text, coloured, summarize, visible
from dedupe_text.result import Result
from dedupe_text.settings import Settings
from dedupe_text.textio import from_text

TEXT = "One two three.\n\nMiddle.\n\nOne two three.\n"
CUT = Cut(Span(23, 39), Location("a", 0, 14), 0.98765, "near", 3)


def result_of(text: str, *cuts: Cut, spared: tuple[Spared, ...] = ()) -> Result:
    return Result("a", from_text(text), cuts, spared, Settings())


def spared_for(*differs: Difference) -> Spared:
    return Spared(Span(25, 39), Location("a", 0, 14), 0.5, "facts", 3, differs)


def test_a_cut_is_one_line_with_both_places() -> None:
    line = 'a:5: said before at a:1 (3 words, 0.99 alike): "One two three."\n'
    assert as_text([result_of(TEXT, CUT)]) == line


def test_a_copy_that_stays_behind_the_cut_is_said_again() -> None:
    cut = Cut(Span(0, 16), Location("a", 25, 39), 1.0, "exact", 3)
    assert as_text([result_of(TEXT, cut)]).startswith("a:1: said again at a:5 (")


def test_a_copy_seen_in_another_run_has_no_line() -> None:
    cut = Cut(Span(0, 14), Location("seen\n", 25, 39), 1.0, "exact", 3)
    assert as_text([result_of(TEXT, cut)]).startswith("a:1: said before at seen\\u000a (3 words")


@pytest.mark.parametrize(
    ("differs", "reason"),
    [
        ([Difference("12 %", "9 %")], 'facts: "12 %" here, "9 %" there'),
        ([Difference("in 1987", "")], 'facts: "in 1987" only here'),
        ([Difference("", "in\x1b1987")], 'facts: "in\\u001b1987" only there'),
        ([Difference("1", "")] * 4, 'facts: "1" only here; "1" only here; "1" only here; …'),
    ],
)
def test_what_is_left_is_told_with_its_reason_when_asked(
    differs: list[Difference], reason: str
) -> None:
    result = result_of(TEXT, spared=(spared_for(*differs),))
    assert as_text([result]) == ""
    assert as_text([result], spared=True).startswith(f"a:5: left ({reason}), said before at a:1 (")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Short.", "Short."),
        ("\n\n \u3000" * 99 + "One\n\ttwo.", "One two."),
        ("word " * 20, "word word word word word word word word word word word word …"),
        ("長" * 70, "長" * 60 + "…"),
        ("a\u202eb\ud800c\x9bd", "a\\u202eb\\ud800c\\u009bd"),
    ],
)
def test_the_first_words_are_shown_on_one_line(text: str, shown: str) -> None:
    cut = Cut(Span(0, len(text)), Location("a", 0, 1), 1.0, "exact", 1)
    assert as_text([result_of(text, cut)]).endswith(f' alike): "{shown}"\n')


def test_the_sum_is_one_line() -> None:
    assert summarize(result_of(TEXT, CUT)) == "a: 1 cut, 0 left; 24 of 40 characters stay"


def test_text_of_any_script_is_shown_as_it_is() -> None:
    for text in ("naïve", "Ёлка", "港の町", "می‌خواهم", "👩‍👩‍👧"):
        assert visible(text) == text


def test_a_terminal_gets_the_parts_of_a_line_in_colour() -> None:
    result = result_of(TEXT, CUT, spared=(spared_for(Difference("7", "8")),))
    told = as_text([result], spared=True, paint=coloured) + summarize(result, coloured)
    assert "\x1b[1ma:5:\x1b[0m said before at a:1" in told
    assert '\x1b[31m"One two three."\x1b[0m' in told
    assert "\x1b[33mleft (facts: " in told
    assert re.sub("\x1b\\[[0-9]*m", "", told) == as_text([result], spared=True) + summarize(result)

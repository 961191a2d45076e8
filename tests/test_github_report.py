"""Findings as workflow commands: one line each, whatever texts and names hold."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_text_report import CUT, TEXT, result_of

from dedupe_text.model import Cut, Location, Span
from dedupe_text.report.github import as_github, escape_data, escape_property
from dedupe_text.report.text import as_text
from dedupe_text.result import Result
from dedupe_text.settings import Settings
from dedupe_text.textio import from_text

COMMAND_RE = re.compile(r"::warning file=([^:,]*),line=(\d+),endLine=(\d+),title=[\w ]+::(.*)")


def test_a_cut_is_a_warning_beside_its_lines() -> None:
    assert as_github([result_of(TEXT, CUT)]) == (
        "::warning file=a,line=5,endLine=5,title=Repeated passage::"
        'said before at a:1 (3 words, 0.99 alike): "One two three."\n'
    )


def test_the_message_is_that_of_the_text_report() -> None:
    result = result_of(TEXT, CUT)
    assert as_text([result]) == "a:5: " + as_github([result]).rpartition("::")[2]


def test_nothing_found_is_nothing_said() -> None:
    assert as_github([result_of(TEXT)]) == ""


@pytest.mark.parametrize(
    ("text", "data", "value"),
    [
        ("100 %, or: so", "100 %25, or: so", "100 %25%2C or%3A so"),
        ("%0A", "%250A", "%250A"),
        ("a\r\nb", "a\\u000d\\u000ab", "a\\u000d\\u000ab"),
        ("a\u202eb", "a\\u202eb", "a\\u202eb"),
    ],
)
def test_what_would_end_a_command_is_escaped(text: str, data: str, value: str) -> None:
    assert escape_data(text) == data
    assert escape_property(text) == value


@given(st.text(st.characters(exclude_categories=())))
def test_escaped_text_can_be_read_back(text: str) -> None:
    for escaped in (escape_data(text), escape_property(text)):
        assert not re.search("[\r\n\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", escaped)
        assert not re.search("%(?!25|2C|3A)", escaped)
    assert not re.search("[:,]", escape_property(text))
    assert escape_property(text).replace("%2C", ",").replace("%3A", ":") == escape_data(text)


@given(st.text(st.characters(exclude_categories=()), min_size=1), st.text())
def test_whatever_texts_and_names_hold_a_finding_is_one_command(text: str, name: str) -> None:
    cut = Cut(Span(0, len(text)), Location(name, 0, 1), 1.0, "exact", 1)
    shown = as_github([Result(name, from_text(text), (cut,), (), Settings())])
    assert shown.endswith("\n")
    assert COMMAND_RE.fullmatch(shown[:-1]) is not None

"""The report for a comment on a pull request: short enough, and nothing in it means anything."""

from __future__ import annotations

import pytest
from conftest import CASES

from dedupe_text import Document, clean, clean_many
from dedupe_text.model import Cut, Location, Span
from dedupe_text.report.markdown import as_markdown, cell, code, fence
from dedupe_text.result import Result
from dedupe_text.settings import Settings
from dedupe_text.textio import from_text


def test_a_document_has_a_table_and_a_patch() -> None:
    text = as_markdown([clean(Document("a.txt", CASES["new-facts"].data))])
    assert text.startswith("### dedupe-text: 3 cuts in 1 document, 2 spared\n")
    assert "| spared | 9 | 3 | 10 | 0.90 | facts: ` 385 ` here, ` 140 ` there |\n" in text
    assert "| cut, exact | 10–11 | 4–5 | 90 | 1.00 | ` Power failed" in text
    assert "```diff\n--- a/a.txt\n" in text


def test_nothing_found_is_one_line() -> None:
    text = as_markdown([clean("One.")])
    assert text == "### dedupe-text: 0 cuts in 1 document, 0 spared\n"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "` plain `"),
        ("`", "`` ` ``"),
        ("a``b`c", "``` a``b`c ```"),
        ("\u202e\n", "` \\u202e\\u000a `"),
    ],
)
def test_a_code_span_cannot_be_left(text: str, shown: str) -> None:
    assert code(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"), [("a|b", "` a\\|b `"), ("a\\|b", "` a\\u005c\\|b `"), ("\\", "` \\ `")]
)
def test_a_cell_cannot_be_left(text: str, shown: str) -> None:
    assert cell(text) == shown


def test_a_fence_cannot_be_left() -> None:
    block = fence("-```\n-````\n<b>\u202e\t\r\n", "diff")
    assert block == "`````diff\n-```\n-````\n<b>\\u202e\t\n`````\n"


def test_a_comment_is_no_longer_than_a_host_takes() -> None:
    results = [*clean_many([Document(name, CASES[name].data) for name in CASES])] * 30
    text = as_markdown(results)
    assert 30_000 < len(text) < 65_536
    assert " documents more in the JSON" in text or " more in the JSON" in text


def test_one_document_of_many_cuts_is_cut_short() -> None:
    text = "One two three.\n" * 4_000
    cuts = tuple(
        Cut(Span(15 * at, 15 * at + 15), Location("a", 0, 14), 1.0, "exact", 3)
        for at in range(1, 4_000)
    )
    told = as_markdown([Result("a", from_text(text), cuts, (), Settings())])
    assert len(told) < 65_536
    assert " more in the JSON" in told

"""Comments that say which repeats are meant: what is one, what it covers, and that it stays."""

import re

import hypothesis
import pytest
from conftest import CASES
from hypothesis import given
from hypothesis import strategies as st
from test_properties import all_settings, texts

from dedupe_text import Document, Result, Settings, clean, explain
from dedupe_text.pragmas import find_pragmas
from dedupe_text.split import split_text

ONE = (
    "The harbour wall was raised by half a metre after the flood, and the gate at its end was made"
    " wider, so that the larger boats from the islands could come in at low water as well."
)
TWO = (
    "Nobody asked who would look after the lamp on the old pier; it went on burning for a winter"
    " because the keeper's daughter rowed over each evening with a can of oil and a box of matches."
)
OTHER = "Between them stands a short remark about the weather."
NEXT = "<!-- dedupe-text: ignore-next -->"
OFF = "<!-- dedupe-text: off -->"
ON = "<!-- dedupe-text: on -->"


def text_of(*paragraphs: str) -> str:
    return "\n\n".join(paragraphs) + "\n"


def fates(result: Result) -> tuple[list[str], list[str]]:
    """What is cut and what is accepted, by their first words."""
    text = result.original.text
    cut = [each.removed.of(text).split()[1] for each in result.cuts]
    accepted = [s.removed.of(text).split()[1] for s in result.spared if s.reason == "accepted"]
    return cut, accepted


def names(text: str) -> list[tuple[str, int]]:
    words = split_text(text).words
    return [(pragma.name, pragma.line) for pragma in find_pragmas(text, words)]


# --- what is a pragma -----------------------------------------------------------------------------

COMMENTS = [
    "<!-- dedupe-text: off -->",
    "<!--dedupe-text:off-->",
    "  # dedupe-text: off",
    "## dedupe-text: off  ",
    ".. dedupe-text: off",
    "// dedupe-text: off",
    "\t/// dedupe-text:\toff",
    "% dedupe-text: off",
    "%% dedupe-text: off",
    ";; dedupe-text: off",
    "-- dedupe-text: off",
    "/* dedupe-text: off */",
    "{# dedupe-text: off #}",
]
PROSE = [
    "dedupe-text: off",
    "- dedupe-text: off",
    "> dedupe-text: off",
    "`dedupe-text: off`",
    "Write `<!-- dedupe-text: off -->` above it.",
    "# dedupe-text: off is what turns it off",
    "x = 1  # dedupe-text: off",
    "<!-- dedupe-text: off",
    "/* dedupe-text: off",
    "<!-- dedupe-text: off */",
    "# dedupe-text off",
    "# Dedupe-Text: off",
]


@pytest.mark.parametrize("comment", COMMENTS)
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_a_pragma_is_a_comment_alone_on_its_line(comment: str, newline: str) -> None:
    assert names(newline.join(["One.", comment, "Two.", ""])) == [("off", 2)]
    assert names(comment) == [("off", 1)]


@pytest.mark.parametrize("line", PROSE)
def test_prose_that_mentions_a_pragma_is_none(line: str) -> None:
    assert names(f"One.\n\n{line}\n\nTwo.\n") == []


@pytest.mark.parametrize("fence", ["```", "~~~"])
def test_an_example_in_code_is_none(fence: str) -> None:
    text = text_of("Put this above it:", f"{fence}html\n{OFF}\n{fence}", "So.")
    assert names(text) == []
    assert names(text.replace(fence, "")) != []


# --- what it covers -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "comment", [NEXT, "# dedupe-text: ignore-next", "/* dedupe-text: ignore-next */"]
)
@pytest.mark.parametrize("between", ["\n", "\n\n", "\n\n\n"])
def test_the_next_paragraph_is_left_and_others_are_cut(comment: str, between: str) -> None:
    text = text_of(ONE, TWO, OTHER, f"{comment}{between}{ONE}", OTHER[::-1], TWO)
    result = clean(text)
    assert fates(result) == (["asked"], ["harbour"])
    assert result.unused == ()


def test_what_stands_between_off_and_on_is_left() -> None:
    text = text_of(ONE, TWO, OTHER, OFF, ONE, ON, OTHER[::-1], TWO)
    assert fates(clean(text)) == (["asked"], ["harbour"])
    assert clean(text).unused == ()


def test_off_lasts_to_the_end() -> None:
    text = text_of(ONE, TWO, OTHER, OFF, ONE, OTHER[::-1], TWO)
    assert fates(clean(text)) == ([], ["harbour", "asked"])
    assert clean(text).text == text


def test_a_repeat_that_is_covered_in_part_is_left_whole() -> None:
    text = text_of(ONE, TWO, OTHER, NEXT, ONE, TWO)
    assert fates(clean(text)) == ([], ["harbour"])
    assert clean(text).spared[0].words == len(f"{ONE} {TWO}".replace("'", " ").split())


def test_what_is_covered_may_stay_in_the_stead_of_what_is_not() -> None:
    text = text_of(OFF, ONE, ON, OTHER, ONE)
    result = clean(text)
    assert fates(result) == (["harbour"], [])
    assert [unused.line for unused in result.unused] == [1]
    last = clean(text, Settings(keep="last"))
    assert fates(last) == ([], ["harbour"])


def test_a_passage_that_follows_at_once_is_found_whether_or_not_a_pragma_is_between() -> None:
    short = "The lamp on the old pier went on burning all that winter, and nobody asked why."
    text = text_of(OTHER, short, short)
    assert len(clean(text).cuts) == 1
    accepted = clean(text_of(OTHER, short, NEXT + "\n" + short))
    assert fates(accepted) == ([], ["lamp"])
    assert accepted.unused == ()


def test_a_repeat_with_other_reasons_to_stay_keeps_them() -> None:
    new = ONE.replace("half a metre", "7 metres")
    text = text_of(ONE, OTHER, NEXT + "\n" + new)
    assert [spared.reason for spared in clean(text).spared] == ["facts"]
    assert len(clean(text).unused) == 1


def test_the_line_is_explained() -> None:
    text = text_of(ONE, OTHER, NEXT + "\n" + ONE)
    (finding,) = explain(text, 6).findings
    assert finding.verdict == "accepted"
    assert explain(text, 5).findings == ()


def test_bytes_of_any_encoding_are_looked_at() -> None:
    text = text_of(ONE, OTHER, NEXT + "\n" + ONE)
    for encoding in ("utf-16", "utf-8-sig", "cp1252"):
        assert fates(clean(text.encode(encoding))) == ([], ["harbour"])


# --- a pragma stays -------------------------------------------------------------------------------


def test_a_cut_goes_around_a_pragma() -> None:
    text = text_of(ONE, TWO, OTHER, f"{ONE}\n{ON}\n{TWO}", OTHER[::-1])
    assert clean(text).text == text_of(ONE, TWO, OTHER, ON, OTHER[::-1])
    assert [unused.line for unused in clean(text).unused] == [8]


def test_a_section_that_was_pasted_with_its_pragmas_is_left() -> None:
    section = [ONE, OFF, TWO, ON]
    assert fates(clean(text_of(*section, OTHER, *section)))[0] == []


# --- what is unused is told -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("comments", "told"),
    [
        ([OFF], [(1, "unused pragma off: it covers nothing that would be cut")]),
        ([OFF, ON], [(1, "unused pragma off: it covers nothing that would be cut")]),
        ([NEXT], [(1, "unused pragma ignore-next: it covers nothing that would be cut")]),
        ([ON], [(1, "unused pragma on: nothing is off")]),
        (["# dedupe-text: of"], [(1, "unused pragma of: there are off, on and ignore-next")]),
        (
            [OFF, OFF, ON],
            [
                (1, "unused pragma off: it covers nothing that would be cut"),
                (3, "unused pragma off: it is off already"),
            ],
        ),
    ],
)
def test_a_pragma_that_changes_nothing_is_told(
    comments: list[str], told: list[tuple[int, str]]
) -> None:
    assert list(clean(text_of(*comments, ONE, OTHER, TWO)).unused) == told


def test_the_last_line_may_be_a_pragma() -> None:
    for last in (OFF, ON, NEXT):
        assert [unused.line for unused in clean(f"{ONE}\n{last}").unused] == [2]


# --- for any text ---------------------------------------------------------------------------------

PRAGMAS = [
    NEXT,
    OFF,
    ON,
    "# dedupe-text: ignore-next",
    "  .. dedupe-text: off",
    "{# dedupe-text: on #}",
]
PRAGMA_RE = re.compile(r"dedupe-text: [a-z-]+")


@st.composite
def commented(draw: st.DrawFn) -> str:
    """A text in which pragmas stand between lines."""
    lines = re.split(r"(?<=\n)", draw(texts))
    for _ in range(draw(st.integers(1, 5))):
        lines.insert(draw(st.integers(0, len(lines) - 1)), draw(st.sampled_from(PRAGMAS)) + "\n")
    return "".join(lines)


@given(commented(), all_settings)
def test_no_pragma_goes_and_nothing_that_one_covers(text: str, settings: Settings) -> None:
    result = clean(text, settings)
    assert PRAGMA_RE.findall(result.text) == PRAGMA_RE.findall(text)
    words = split_text(text).words
    for pragma in find_pragmas(text, words):
        for start in words.start[pragma.first : pragma.last].tolist():
            assert not any(cut.removed.start <= start < cut.removed.end for cut in result.cuts)


@given(commented(), all_settings)
def test_with_pragmas_cleaning_twice_is_cleaning_once(text: str, settings: Settings) -> None:
    once = clean(text, settings)
    twice = clean(once.text, settings)
    assert twice.cuts == ()
    assert twice.text == once.text


def test_the_examples_have_pragmas_that_are_used() -> None:
    used = []

    @hypothesis.settings(max_examples=100)
    @given(commented(), all_settings)
    def count(text: str, settings: Settings) -> None:
        result = clean(text, settings)
        used.append(any(spared.reason == "accepted" for spared in result.spared))

    count()
    assert sum(used) > 20


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.cuts])
def test_where_it_is_off_nothing_is_cut_from_a_golden_case(name: str) -> None:
    case = CASES[name]
    text = f"{OFF}\n\n{case.text}"
    result = clean(Document(name, text), case.settings)
    assert result.text == text
    assert result.unused == ()

"""The JSON report: the contract's shape, true numbers, and valid JSON for any text."""

import json
from dataclasses import replace
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from dedupe_text import __version__
from dedupe_text.model import Cut, Difference, Location, Span, Spared
from dedupe_text.report.json import as_json
from dedupe_text.report.places import Lines
from dedupe_text.result import Result
from dedupe_text.settings import Settings
from dedupe_text.textio import Decoded, decode, from_text

TEXT = "Head.\n\nOne two three.\n\nMiddle 9 %.\n\nOne two three.\n\nMiddle 12 %.\n"
AGAIN = Span(35, 51)
SPARED = Spared(
    Span(53, 65), Location("a", 23, 34), 0.66667, "facts", 2, (Difference("12 %", "9 %"),)
)
CUT = Cut(AGAIN, Location("a", 6, 21), 0.98765, "near", 3, (Difference("", "two"),))


def result_of(
    original: Decoded, *cuts: Cut, spared: tuple[Spared, ...] = (), id_: str = "a"
) -> Result:
    return Result(id_, original, cuts, spared, Settings())


def find_schema() -> Draft202012Validator:
    """A validator for the report's schema."""
    source = files("dedupe_text.report").joinpath("report-1.schema.json").read_text("utf-8")
    schema = json.loads(source)
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


SCHEMA = find_schema()


def report_of(*results: Result) -> Any:
    """The report, shown to be of its schema."""
    written = as_json(results)
    assert written.isascii()
    assert written.endswith("}\n")
    report = json.loads(written)
    SCHEMA.validate(report)
    return report


def test_the_report_is_the_one_of_the_contract() -> None:
    report = report_of(result_of(from_text(TEXT), CUT, spared=(SPARED,)))
    (document,) = report.pop("documents")
    assert report == {
        "schema": "dedupe-text/report/1",
        "tool": {"name": "dedupe-text", "version": __version__},
        "settings": report["settings"],
        "totals": {
            "documents": 1,
            "documents_with_cuts": 1,
            "cuts": 1,
            "characters_removed": AGAIN.length,
        },
    }
    assert document == {
        "id": "a",
        "encoding": "utf-8",
        "errors": "surrogatepass",
        "characters": len(TEXT),
        "characters_kept": len(TEXT) - AGAIN.length,
        "original": document["original"],
        "cleaned": document["cleaned"],
        "cuts": [
            {
                "removed": {"start": 35, "end": 51, "line": 7, "end_line": 7, "words": 3},
                "kept": {"document": "a", "start": 6, "end": 21, "line": 3, "end_line": 3},
                "similarity": 0.9877,
                "kind": "near",
                "differs": [{"removed": "", "kept": "two"}],
                "text": AGAIN.of(TEXT),
                "bytes": {"start": 35, "end": 51},
            }
        ],
        "spared": [
            {
                "removed": {"start": 53, "end": 65, "line": 9, "end_line": 9, "words": 2},
                "kept": {"document": "a", "start": 23, "end": 34, "line": 5, "end_line": 5},
                "similarity": 0.6667,
                "reason": "facts",
                "differs": [{"removed": "12 %", "kept": "9 %"}],
            }
        ],
    }


def test_every_setting_is_reported() -> None:
    settings = report_of(result_of(from_text(TEXT)))["settings"]
    assert Settings(**settings) == Settings()
    assert set(settings) == set(Settings.__dataclass_fields__)


def test_two_documents_are_counted_and_name_each_others_lines() -> None:
    cut = Cut(Span(0, 9), Location("a", 5, 9), 1.0, "exact", 1)
    results = [
        result_of(from_text("one\n\ntwo\n")),
        replace(result_of(from_text("two\nthree\n"), cut, id_="b"), elsewhere={cut.kept: (3, 3)}),
    ]
    report = report_of(*results)
    assert report["totals"]["documents"] == 2
    assert report["totals"]["documents_with_cuts"] == 1
    assert report["documents"][1]["cuts"][0]["kept"]["line"] == 3


def test_a_kept_passage_of_another_run_has_no_lines() -> None:
    cut = Cut(Span(0, 3), Location("seen before", 5, 9), 1.0, "exact", 1)
    kept = report_of(result_of(from_text("two\n"), cut))["documents"][0]["cuts"][0]["kept"]
    assert kept == {"document": "seen before", "start": 5, "end": 9}


def test_no_documents_make_a_report_too() -> None:
    assert report_of()["totals"]["documents"] == 0


def test_bytes_are_those_of_the_file_and_its_mark() -> None:
    original = decode("Ёлка. Ёлка.".encode("utf-8-sig"))
    cut = Cut(Span(5, 11), Location("a", 0, 5), 1.0, "exact", 1)
    (found,) = report_of(result_of(original, cut))["documents"][0]["cuts"]
    assert original.data[found["bytes"]["start"] : found["bytes"]["end"]] == " Ёлка.".encode()
    assert "base64" not in found


def test_bytes_to_which_no_text_leads_are_given_as_they_are() -> None:
    original = decode(b"\xfa\x4a one", "cp932")
    cut = Cut(Span(0, 2), Location("a", 2, 5), 1.0, "exact", 1)
    (found,) = report_of(result_of(original, cut))["documents"][0]["cuts"]
    assert found["text"] == "Ⅰ "
    assert found["base64"] == "+kog"


@given(st.text(st.characters(exclude_categories=()), min_size=1), st.data())
def test_any_text_makes_valid_json(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    span = Span(start, data.draw(st.integers(start + 1, len(text))))
    cut = Cut(span, Location(text, 0, 1), 1.0, "exact", 1)
    report_of(result_of(from_text(text), cut, id_=text))


@pytest.mark.parametrize(
    ("text", "part", "lines"),
    [
        ("one\ntwo\nthree\n", "\ntwo\n", (2, 2)),
        ("one\r\ntwo\r\nthree\r\n", "\r\ntwo\r\nthree", (2, 3)),
        ("one\rtwo\rthree\r", "two\rthree\r", (2, 3)),
        ("one\u2028two\x0bthree\x85four\n", "three", (1, 1)),
        ("one\n\n\ntwo", "\n\n", (1, 2)),
        ("one", "one", (1, 1)),
    ],
)
def test_lines_are_those_of_the_first_and_last_visible_character(
    text: str, part: str, lines: tuple[int, int]
) -> None:
    start = text.index(part)
    assert Lines(text).of(Span(start, start + len(part))) == lines

